"""One friendly follow-up to a thin answer, never the same wording twice in a talk.

Asking everyone for more does harm, one probe rescues most thin answers and a second adds little;
see ``docs/decisions/0004-probing.md``. The answer is stored before the probe is asked.
"""

from __future__ import annotations

from collections.abc import Iterable

from actions.talk import Talk
from consultation.catalogue import Vraag
from consultation.effects import Measure
from language import measuring
from language.informativeness import Judgement, judge_answer

_SHOWN = 80


def judged(vraag: Vraag, text: str) -> Judgement:
    """How much an answer says, for the kind of question it answers."""
    return judge_answer(text, vraag.soort, vraag.tekst, strictness=vraag.strengheid)


def measure(judgement: Judgement, text: str, others: Iterable[str]) -> Measure:
    """The judgement as it is kept with the answer; ``others`` are those to other questions."""
    return Measure(**measuring.measure(judgement, text, others))


def next_probe(talk: Talk, vraag: Vraag, judgement: Judgement, found: Measure) -> str | None:
    """The wording to ask now, or None: the answer is rich enough, or enough was asked.

    One probe per question; a second only when the answer to the first says nothing at all. What is
    nonsense, repeated or in another language is let be: a follow-up would be arguing.
    """
    if not judgement.thin or found.marks or found.language:
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
