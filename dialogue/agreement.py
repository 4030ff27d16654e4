"""Guards the effects of a turn: nothing of a participant goes without a word of theirs for it.

The one place that every effect of the assistant passes, between its reply and the database. What
agrees to a change is what the participant saw and did: a button, an answer to a bubble that offered
the change, the question that they went back to, a request that was said back to them. A text alone
agrees to a change of an answer only where this turn shows it with the way back.

- An answer that would take the place of another one is added to it; nothing that stood there goes.
- Words that would be taken out of an answer stay.
- A consent stays as it was; an erasure is not carried out.

None of these should ever be needed: the actions ask first. Each is logged, without any words.
``answers.store`` does the first two, as it knows what stands in the answer.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence

from consultation.participation.conversation import Bubble, Position, Turn
from consultation.participation.effects import (
    TAKE_BACK,
    AnswerGiven,
    AnswerWithdrawn,
    ConsentGiven,
    Effect,
    ParticipantErased,
)

INSTEAD = frozenset({"vervang", "misschien"})
"""``Position.rewrite`` where the next text takes the place of the answer to the open question."""

_CONSENT, _ERASE, _ALL = "toestemming", "wissen", "alles"
_log = logging.getLogger("samenspraak.dialogue.agreement")


def agreed_effects(
    turn: Turn, bubbles: Sequence[Bubble], effects: Iterable[Effect]
) -> tuple[Effect, ...]:
    """The effects that the participant agreed to; an answer that may take none away is marked."""
    return tuple(_agreed(turn, bubbles, effects))


def _agreed(turn: Turn, bubbles: Sequence[Bubble], effects: Iterable[Effect]) -> Iterator[Effect]:
    for effect in effects:
        if turn.payload is not None or _allows(turn.position, bubbles, effect):
            yield effect
        elif isinstance(effect, AnswerGiven):
            yield effect.model_copy(update={"agreed": False})
        else:
            told = (turn.conversation_id, effect.kind, turn.position.step)
            _log.warning("talk %s: %s without agreement at %s, not carried out", *told)


def _allows(where: Position, bubbles: Sequence[Bubble], effect: Effect) -> bool:
    """Whether a typed text agrees to an effect, by what was asked and what this turn shows."""
    match effect:
        case AnswerGiven():
            return (
                not may_replace(effect)
                or where.step == "reactie"
                or (where.offer or {}).get("question") == effect.question
                or (where.rewrite in INSTEAD and where.question == effect.question)
                or _shows_way_back(bubbles)
            )
        case ConsentGiven():
            return _allows_consent(where, effect)
        case ParticipantErased():
            return where.step == "beheer" and _ALL in _targets(where, _ERASE)
        case AnswerWithdrawn():
            named = {effect.question, f"{effect.opdracht}.{effect.question}"}
            return where.step == "beheer" and not named.isdisjoint(_targets(where, _ERASE))
    return True


def may_replace(effect: AnswerGiven) -> bool:
    """Whether an answer may take words of an earlier one away."""
    return effect.corrects is not None or not (effect.added or effect.probe is not None)


def _shows_way_back(bubbles: Iterable[Bubble]) -> bool:
    return any(button["payload"] == TAKE_BACK for each in bubbles for button in each.buttons)


def _allows_consent(where: Position, effect: ConsentGiven) -> bool:
    if where.step == "toestemming":
        return True
    if where.step == "beheer":
        wanted = f"{effect.purpose}={'ja' if effect.granted else 'nee'}"
        return wanted in _targets(where, _CONSENT)
    # A text after a refusal stores the refusal again.
    return where.step == "einde" and effect.purpose == "analyse" and not effect.granted


def _targets(where: Position, kind: str) -> tuple[str, ...]:
    """What the open request names, if it is of this kind."""
    asked, _, targets = (where.request or "").removesuffix("?").partition(":")
    return tuple(targets.split("+")) if asked == kind else ()
