"""Cues of stance in the wording of a statement: words of approval, refusal, condition and doubt.

The words are in ``houding.yml``; ``analysis.stance.model`` learns what each of them is worth.
"""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from analysis.preprocessing import proposals
from analysis.preprocessing.statement_kind import names_hurdle

MOST_READ = 1_000
"""The characters of a statement that are read."""

_FILE = Path(__file__).with_name("houding.yml")
_AROUND = {"words": (r"\b", r"\b"), "first": (r"^\W*", r"\b"), "any": ("", "")}
_CONDITION, _REFUSAL = "condition", "refusal"


def cues(text: str) -> tuple[float, ...]:
    """The cues of a statement, each 0 or 1: those of ``houding.yml``, then forms and sums."""
    plain = " ".join(text[:MOST_READ].split())
    found = {name: bool(pattern.search(plain)) for name, pattern in _CUES.items()}
    how = proposals.wording(plain)
    words = len(plain.split())
    asks = how.order or how.wish or how.infinitive or how.plea
    conditions = sum(each for name, each in found.items() if name.startswith(_CONDITION))
    refusals = sum(each for name, each in found.items() if name.startswith(_REFUSAL))
    return tuple(
        float(each)
        for each in (
            *found.values(),
            how.order,
            how.plea,
            how.states,
            how.has_verb,
            how.wish,
            how.infinitive,
            proposals.reads_as_proposal(plain),
            names_hurdle(plain),
            words < 4,
            words > 20,
            conditions > 1,
            refusals > 1,
            conditions > 0 and asks,
            refusals > 0 and asks,
            refusals > 0 and conditions > 0,
            not conditions and not refusals and asks,
            not conditions and not refusals and not asks and how.states,
        )
    )


def _compiled() -> dict[str, re.Pattern[str]]:
    found = {}
    for cue in yaml.safe_load(_FILE.read_text(encoding="utf-8")):
        ((kind, forms),) = ((key, value) for key, value in cue.items() if key != "name")
        (before, after), any_of = _AROUND[kind], "|".join(forms)
        found[cue["name"]] = re.compile(f"{before}(?:{any_of}){after}", re.IGNORECASE)
    return found


_CUES = _compiled()
