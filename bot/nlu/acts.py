"""What a text does at an open question, where the intents take it for an answer.

The intents are about commands in everyday words. People also ask for a moment, think aloud, mend an
earlier answer, or ask what is meant, in sentences that resemble content. ``step_model`` gives the
probability of each act; here it is decided what that is enough for.

An act is ``sure`` where an answer is most unlikely. In doubt the participant is asked whether the
text is the answer, so that nothing is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from language.reading import acts
from language.reading.request import CONSENT, ERASE, GROUP, Reading

MOST_WORDS = 25
"""A longer text is an answer."""

SURE, SURE_TO_LEAVE, DOUBT = 0.05, 0.05, 0.35
"""Below these chances of an answer an act is done, the question or the talk is left, or the
participant is asked."""

SURE_OF_OWN_DATA = 0.6

_QUOTES = "citaat"
_COME_TO: Mapping[str, str] = {
    acts.HESITATE: acts.REMARK,
    acts.ADD: acts.MEND,
    acts.DROP: acts.MEND,
    acts.WRONG: acts.MEND,
    acts.ON: acts.PASS,
}
"""Acts that come to another one at an open question."""
_ACTS = frozenset(
    {
        *(acts.WAIT, acts.REMARK, acts.ASK, acts.PASS, acts.MEND, acts.MOVE, acts.LEAVE, acts.STOP),
        *(acts.SHOW, acts.EXPLAIN, acts.HUMAN, acts.BACK, *acts.QUOTING),
        *(acts.OTHER_GROUP, acts.WITHDRAW, acts.ERASE),
    }
)
"""What a text may do instead of answering; the rest, as a bare yes or a step, is looked at as an
answer."""


@dataclass(frozen=True)
class Act:
    """What a text does, whether that is sure, and the chance of it."""

    name: str
    sure: bool
    chance: float = 1.0


def read(chances: Mapping[str, float], *, follow_up: bool = False) -> Act | None:
    """The act of a text at an open question, or None for an answer.

    Args:
        chances: the probability of every act, 0 to 1, see ``StepModel.chances``.
        follow_up: a follow-up question is open, which a no passes.
    """
    found: dict[str, float] = {}
    for name, chance in chances.items():
        name = _COME_TO.get(name, acts.PASS if follow_up and name == acts.NO else name)
        if name in _ACTS:
            found[name] = found.get(name, 0.0) + chance
    answer = 1.0 - sum(found.values())
    if answer >= DOUBT or not found:
        return None
    name = max(found, key=lambda name: found[name])
    if request(name) is not None:
        # It is asked about before it is done, so being likely is enough.
        return Act(name, found[name] >= SURE_OF_OWN_DATA, found[name])
    least = SURE_TO_LEAVE if name in (acts.PASS, acts.STOP) else SURE
    return Act(name, answer < least, found[name])


def request(name: str) -> Reading | None:
    """The request about one's own data that an act is; None for another act."""
    if name in acts.QUOTING:
        return Reading(CONSENT, consents=((_QUOTES, acts.QUOTING[name]),))
    if name == acts.WITHDRAW:
        return Reading(CONSENT, consents=(("", None),))
    if name == acts.ERASE:
        return Reading(ERASE)
    return Reading(GROUP) if name == acts.OTHER_GROUP else None
