"""One friendly follow-up question (probe) to a thin answer, each wording once per conversation.

A probe after every answer does harm, one probe improves most thin answers, and a second adds
little; see ``docs/decisions/0004-probing.md``. The answer is stored before the probe is asked.
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
class AnswerReading:
    """The judgement of a text, and the measure that is stored with the answer."""

    judgement: Judgement
    measure: Measure


def read(vraag: Vraag, text: str, others: Iterable[str], budget: Budget) -> AnswerReading | None:
    """Measures an answer, for the kind of question it answers; None where the budget is used up.

    ``others`` are the answers to other questions. Answers that are not measured here are measured
    by the analysis.
    """
    if not budget.left:
        return None
    judgement = judge_answer(text, vraag.soort, vraag.tekst, strictness=vraag.strengheid)
    if not budget.left:
        return None
    measure = Measure(**measuring.measure(judgement, text, others))
    return AnswerReading(judgement, measure) if budget.left else None


def next_probe(talk: Talk, vraag: Vraag, found: AnswerReading) -> str | None:
    """The wording of the probe to ask now, or None where none is needed or none is left to ask.

    A question gets one probe; a second only when the answer to the first is a non-answer. Answers
    that are nonsense, repeated or in another language get none: a probe would be arguing.
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
    """An answer to quote in a chat bubble: one line, cut after a word at some 80 characters."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[:_SHOWN].rsplit(" ", 1)[0] + " …"
