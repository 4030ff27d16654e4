"""Classifies the kind of a statement when no question determines it.

The kind of the question always takes precedence. For imports without one, a logistic regression
uses the statement's vector and some features of its wording (does it order, plead, wish or ask;
does it name an obstacle or something that helps). It is trained on ``data/soorten.jsonl``: 290
statements labelled by hand. For its accuracy see ``docs/decisions/0010-what-is-a-statement.md``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from analysis.preprocessing import proposals
from consultation.settings import ROOT, settings
from language.embedding import SHIPPED, Encoder, Vectors, kept_vectors

Kind = Literal["drempel", "hefboom", "voorstel", "anders"]

EXAMPLES = ROOT / "data" / "soorten.jsonl"
KIND_VECTORS = "soorten"
_VECTOR_WEIGHT = 3.0
_STRENGTH = 2.0

_HURDLE = re.compile(
    r"""\b(?:niet|geen|nergens|nooit|niemand|niets|amper|nauwelijks|te\s+(?:weinig|duur|ver|laat|veel|
    moeilijk|traag|lang|vaak|hoog|laag|ingewikkeld|klein|groot|kort|streng|oud)|gebrek|ontbre\w+|mis(?:t|sen)
    |moeilijk\w*|lastig|tekort\w*|drempels?|hinder\w*|belemmer\w*|problee?m\w*|kloof|risico\w*|bang|schrik
    |wachtlijst\w*|haakt?\s+af|haken\s+af|stoppen|afwezig|uitsluiting|achterop|zwakke?|bedreig\w+)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_LEVER = re.compile(
    r"""\b(?:hefboom|helpt|helpen|hielp(?:en)?|versterk(?:t|en)|dankzij|stimuleert|stimuleren|draagt\s+bij
    |bijdragen|werkt\s+(?:goed|wel)|zorgt\s+voor|kans(?:en)?|mogelijkheden|motiveert|lukt)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_OPENS_WISH = frozenset({"een", "één", "eén", "geen", "elke", "elk", "meer", "gratis"})
_OPENS_FACT = frozenset("ik we wij de het er mijn onze in wie ze".split())  # noqa: SIM905


def names_hurdle(text: str) -> bool:
    """Whether the wording names something that is missing or an obstacle."""
    return bool(_HURDLE.search(text))


def examples() -> tuple[list[str], list[Kind]]:
    """The texts labelled by hand, and their kinds."""
    rows = [json.loads(line) for line in Path(EXAMPLES).read_text(encoding="utf-8").splitlines()]
    return [row["text"] for row in rows], [row["kind"] for row in rows]


def example_vectors(encoder: Encoder) -> Vectors:
    """The vectors of the labelled texts, (examples, dimension); cached in the data directory."""
    kept = settings().data_dir / "vectors" / KIND_VECTORS
    return kept_vectors(examples()[0], encoder, kept, shipped=SHIPPED / KIND_VECTORS)


def kinds_of(
    texts: Sequence[str],
    vectors: Vectors,
    example_vectors: Vectors,
    labels: Sequence[Kind] | None = None,
    example_texts: Sequence[str] | None = None,
) -> list[Kind]:
    """The most likely kind of each text.

    ``vectors`` (texts, dimension) and ``example_vectors`` (examples, dimension) come from the same
    encoder. The latter belong to the texts of ``examples``, or to ``example_texts`` with their
    ``labels`` if both are given.
    """
    from sklearn.linear_model import LogisticRegression

    if not texts:
        return []
    if example_texts is None or labels is None:
        example_texts, labels = examples()
    centre = example_vectors.mean(axis=0)
    model = LogisticRegression(C=_STRENGTH, max_iter=3_000)
    model.fit(_features(example_texts, example_vectors - centre), np.asarray(labels))
    found: list[Kind] = list(model.predict(_features(texts, vectors - centre)))
    return [str(kind) for kind in found]  # type: ignore[misc]


def _features(texts: Sequence[str], vectors: Vectors) -> npt.NDArray[np.float64]:
    marks = np.array([_marks(" ".join(text.split())) for text in texts], dtype=np.float64)
    return np.hstack([marks, _VECTOR_WEIGHT * vectors.astype(np.float64)])


@lru_cache(maxsize=4_096)
def _marks(text: str) -> tuple[bool, ...]:
    wording = proposals.wording(text)
    words = text.split()
    first = words[0].lower() if words else ""
    return (
        wording.order,
        wording.plea,
        wording.states,
        wording.has_verb,
        wording.wish,
        wording.infinitive,
        text.endswith("?"),
        bool(_HURDLE.search(text)),
        bool(_LEVER.search(text)),
        any(letter.isdigit() for letter in text),
        len(words) < 4,
        len(words) > 20,
        first in _OPENS_WISH,
        first in _OPENS_FACT,
    )
