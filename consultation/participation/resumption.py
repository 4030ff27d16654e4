"""Where a conversation stands, and all from which the assistant can resume it.

Everything is read from the bubbles and answers in the database: the assistant's own memory may be
gone, or be that of another process.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from consultation.database.models import (
    Conversation,
    Invitation,
    Message,
    Participant,
    Round,
    Submission,
)
from consultation.errors import TalkError
from consultation.participation import answers, participants, reactions

LANGUAGE = "other_language"
"""``custom`` of the bubble that says, once a talk, that the assistant speaks only Dutch."""
END = "einde"
RESUMABLE = ("toestemming", "groep", "opdracht", "vraag", "reactie", "bevestigen", "verder")
"""Steps that a conversation can resume at."""

_message = cast(Table, Message.__table__)
_CUSTOMS = (
    select(_message.c.custom)
    .where(_message.c.conversation_id == bindparam("talk"), _message.c.sender == "assistent")
    .order_by(_message.c.seq.desc())
)

ASIDE = "keuze"
"""Step of a bubble that asks what to do with a message; it does not move the conversation."""


@dataclass(frozen=True)
class Position:
    """Position in a conversation: the step, and the open opdracht, question and probe.

    ``changing``: the participant changes an answer from the summary and returns to the summary
    afterwards. ``request`` is the open request about the participant's own data (step ``beheer``);
    ``under`` is the step to return to after it. ``offer`` is a part of a message that the
    participant is asked to place in an answer, before this step goes on; see ``actions.offering``.
    ``rewrite``: how the next text relates to the answer that the open question has already,
    ``vervang`` or ``erbij``. ``unclear``: how many answers to this question for consent were
    neither a yes nor a no.
    """

    step: str = "start"
    opdracht: int | None = None
    question: str | None = None
    probe: str | None = None
    changing: bool = False
    request: str | None = None
    under: str | None = None
    offer: dict[str, Any] | None = None
    rewrite: str | None = None
    unclear: int = 0


@dataclass(frozen=True)
class ResumptionState:
    """The state from which the assistant can resume a conversation without its own memory.

    ``kept`` are the parts of messages that wait to be placed in an answer, each with its ``text``.
    ``noticed`` is the participant's language, once they were told that the assistant speaks Dutch.
    """

    position: Position
    consents: dict[str, bool]
    group: str | None
    organisation: str | None
    opdracht: int | None
    answers: dict[str, str] = field(default_factory=dict)
    finished: tuple[int, ...] = ()
    probes: tuple[str, ...] = ()
    invited: tuple[int, ...] = ()
    kept: tuple[dict[str, Any], ...] = ()
    ended: bool = False
    noticed: str | None = None
    paused: Position | None = None
    """Where the talk stood before it ended, or before a request made after the end."""
    queue: tuple[int, ...] = ()
    """The opdrachten that the participant named to talk about after this one."""
    kind: str = "bevraging"
    """The kind of the round of the conversation."""
    reactions: dict[str, tuple[str, int | None]] = field(default_factory=dict)
    """In a reaction round: stance and rank by action."""
    returned: bool = False
    """The participant comes back to the page, or opens it: the current message is that opening."""


def position(session: Session, conversation_id: str) -> Position:
    """Position of a conversation: the last of its bubbles that names a step."""
    return _position(_customs(session, conversation_id))


def names_step(custom: Mapping[str, Any] | None) -> bool:
    """Whether ``custom`` of a bubble moves the conversation to a step."""
    return bool(custom and custom.get("step") and custom["step"] != ASIDE)


def answers_on(session: Session, conversation_id: str, opdracht: int) -> dict[str, str]:
    """The participant's current answers on an opdracht in this round, by question."""
    talk = session.get(Conversation, conversation_id)
    if talk is None:
        return {}
    place = session.scalar(
        select(Submission).where(
            Submission.participant_id == talk.participant_id,
            Submission.round_id == talk.round_id,
            Submission.opdracht == opdracht,
        )
    )
    return answers.standing(session, place) if place else {}


def reactions_in(session: Session, conversation_id: str) -> dict[str, tuple[str, int | None]]:
    """The participant's reactions in the round of a conversation: stance and rank by action."""
    talk = session.get(Conversation, conversation_id)
    return reactions.current(session, talk.participant_id, talk.round_id) if talk else {}


def last_change(session: Session, conversation_id: str, opdracht: int) -> tuple[str, str] | None:
    """The question whose answer changed last on an opdracht, and its text before; or None."""
    talk = session.get(Conversation, conversation_id)
    if talk is None:
        return None
    return answers.last_change(session, answers.submission(session, talk, opdracht))


def _customs(session: Session, conversation_id: str) -> list[dict[str, Any]]:
    """``custom`` of the bubbles of a conversation, newest first."""
    found = session.connection().execute(_CUSTOMS, {"talk": conversation_id})
    return [custom for (custom,) in found if custom]


def _position(customs: Sequence[dict[str, Any]]) -> Position:
    return next((position_of(each) for each in customs if names_step(each)), Position())


def _paused(customs: Sequence[dict[str, Any]]) -> Position | None:
    """The last position that the conversation can resume at; None before its first question."""
    return next((position_of(each) for each in customs if each.get("step") in RESUMABLE), None)


def _queue(customs: Sequence[dict[str, Any]]) -> tuple[int, ...]:
    """The opdrachten that the participant named to talk about later, in that order."""
    named = next((each["queue"] for each in customs if "queue" in each), ())
    return tuple(int(number) for number in named)


def position_of(custom: Mapping[str, Any]) -> Position:
    """The position that ``custom`` of a bubble names."""
    return Position(
        step=custom["step"],
        opdracht=custom.get("opdracht"),
        question=custom.get("question"),
        probe=custom.get("probe"),
        changing=bool(custom.get("changing")),
        request=custom.get("request"),
        under=custom.get("under"),
        offer=custom.get("offer"),
        rewrite=custom.get("rewrite"),
        unclear=int(custom.get("unclear") or 0),
    )


def standing(
    session: Session, conversation_id: str, message_id: str | None = None
) -> ResumptionState:
    """The full state of a conversation, for the turn of ``message_id``.

    Raises:
        TalkError: there is no such conversation.
    """
    conversation = session.get(Conversation, conversation_id)
    if conversation is None:
        raise TalkError("there is no such conversation.")
    participant = session.get_one(Participant, conversation.participant_id)
    kind = session.get_one(Round, conversation.round_id).kind
    customs = _customs(session, conversation_id)
    where = _position(customs)
    before = _paused(customs) if END in (where.step, where.under) else None
    opdracht = conversation.opdracht
    # A page or an invitation may name another opdracht than the one that is talked about.
    open_one = (before or where).opdracht or opdracht
    message = session.get(Message, message_id) if message_id else None
    submissions = list(
        session.scalars(
            select(Submission).where(
                Submission.participant_id == participant.id,
                Submission.round_id == conversation.round_id,
            )
        )
    )
    finished = tuple(
        sorted(each.opdracht for each in submissions if each.opdracht and each.confirmed_at)
    )
    current = next((each for each in submissions if each.opdracht == open_one), None)
    return ResumptionState(
        position=where,
        consents=participants.consents(session, participant.id),
        group=participant.group,
        organisation=participant.organisation,
        opdracht=opdracht,
        answers=answers.standing(session, current) if current and open_one else {},
        finished=finished,
        probes=tuple(each["probe"] for each in reversed(customs) if each.get("probe")),
        invited=_invited(session, participant),
        kept=_kept(session, conversation_id, customs),
        ended=conversation.ended_at is not None,
        noticed=next((each[LANGUAGE] for each in customs if each.get(LANGUAGE)), None),
        paused=before,
        queue=_queue(customs),
        kind=kind,
        reactions=(
            reactions.current(session, participant.id, conversation.round_id)
            if kind == "reactie"
            else {}
        ),
        returned=message is not None and message.sender == "systeem",
    )


def _kept(
    session: Session, conversation_id: str, customs: Sequence[dict[str, Any]]
) -> tuple[dict[str, Any], ...]:
    """The parts of messages that a bubble kept or offered, and that none settled since."""
    waiting: dict[tuple[str, int], dict[str, Any]] = {}
    for custom in reversed(customs):
        for part in _parts(custom, "kept") + _parts(custom, "offer"):
            waiting[part["message"], part["start"]] = part
        for part in _parts(custom, "settled"):
            waiting.pop((part["message"], part["start"]), None)
    if not waiting:
        return ()
    said = select(Message.id, Message.text).where(
        Message.conversation_id == conversation_id,
        Message.id.in_({part["message"] for part in waiting.values()}),
    )
    texts = {name: text for name, text in session.execute(said) if text != answers.GONE}
    read = (
        {**part, "text": answers.part_of(texts[part["message"]], part["start"], part["end"])}
        for part in waiting.values()
        if part["message"] in texts
    )
    return tuple(part for part in read if part["text"])


def _parts(custom: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = custom.get(key) or []
    return [found] if isinstance(found, dict) else list(found)


def _invited(session: Session, participant: Participant) -> tuple[int, ...]:
    if participant.invitation_id is None:
        return ()
    found = session.get(Invitation, participant.invitation_id)
    return tuple(int(number) for number in found.opdrachten) if found else ()
