"""One friendly follow-up to a thin answer, never the same wording twice in a talk.

Asking everyone for more does harm, one probe rescues most thin answers and a second adds little;
see ``docs/decisions/0004-probing.md``. The answer is stored before the probe is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from actions.talk import Talk
from consultation.catalogue import Vraag
from consultation.participation.effects import Measure
from language import measuring
from language.budget import Budget
from language.informativeness import Judgement, judge_answer

_SHOWN = 80


@dataclass(frozen=True)
class Read:
    """How much a text says: the judgement, and what is kept of it with the answer."""

    judgement: Judgement
    measure: Measure


def read(vraag: Vraag, text: str, others: Iterable[str], budget: Budget) -> Read | None:
    """How much an answer says, for the kind of question it answers; None over its budget.

    ``others`` are the answers to other questions. What is not measured here the analysis measures.
    """
    if not budget.left:
        return None
    judgement = judge_answer(text, vraag.soort, vraag.tekst, strictness=vraag.strengheid)
    if not budget.left:
        return None
    measure = Measure(**measuring.measure(judgement, text, others))
    return Read(judgement, measure) if budget.left else None


def next_probe(talk: Talk, vraag: Vraag, found: Read) -> str | None:
    """The wording to ask now, or None: the answer is rich enough, or enough was asked.

    One probe per question; a second only when the answer to the first says nothing at all. What is
    nonsense, repeated or in another language is let be: a follow-up would be arguing.
    """
    judgement = found.judgement
    if not judgement.thin or found.measure.marks or found.measure.language:
        return None
    asked = set(talk.slot("doorgevraagd") or [])
    if talk.slot("doorvraag") is not None:
        of_this_question = asked & set(vraag.doorvraag)
        if not judgement.non_answer or len(of_this_question) > 1:
            return None
    fresh = [wording for wording in vraag.doorvraag if wording not in asked]
    wanted = judgement.missing or ""
    fitting = [wording for wording in fresh if wanted in wording.casefold()]
    return next(iter(fitting or fresh), None)


def shortened(text: str) -> str:
    """An answer to repeat in a bubble: one line, cut at a word beyond some 80 characters."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[:_SHOWN].rsplit(" ", 1)[0] + " …"
