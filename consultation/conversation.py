"""A talk as the database knows it: messages recorded first, each turn completed exactly once.

The road of a turn: ``record`` stores what was typed; ``begin_turn`` hands it to the assistant, with
a fresh tracker name when it was tried before; ``complete`` stores bubbles and effects in one
transaction, and does nothing for a message that was completed already. See
``docs/decisions/0002-turns.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation import participants
from consultation.catalogue import Catalogue
from consultation.effects import (
    AnswerGiven,
    ConsentGiven,
    ConversationEnded,
    Effect,
    GroupChosen,
    OpdrachtChosen,
    SubmissionConfirmed,
)
from consultation.errors import ClientIdReused, PayloadNotOffered, TalkError
from consultation.models import (
    Contribution,
    ContributionVersion,
    Conversation,
    Message,
    Participant,
    Submission,
    now,
)

OPENING = "/begroeten"


@dataclass(frozen=True)
class Bubble:
    """One thing the assistant says."""

    text: str | None = None
    buttons: tuple[dict[str, str], ...] = ()
    custom: dict[str, Any] | None = None


@dataclass(frozen=True)
class Position:
    """Where a talk stands: the step, and the opdracht, question and probe that are open."""

    step: str = "start"
    opdracht: int | None = None
    question: str | None = None
    probe: str | None = None


@dataclass(frozen=True)
class Turn:
    """What the assistant gets to see of one message."""

    message_id: str
    conversation_id: str
    sender_id: str
    text: str
    payload: str | None
    position: Position


@dataclass(frozen=True)
class Standing:
    """All that an assistant needs to go on with a talk, whatever it forgot."""

    position: Position
    consents: dict[str, bool]
    group: str | None
    organisation: str | None
    opdracht: int | None
    answers: dict[str, str] = field(default_factory=dict)
    finished: tuple[int, ...] = ()
    probes: tuple[str, ...] = ()
    ended: bool = False


def start(
    session: Session, participant: Participant, round_id: int, opdracht: int | None = None
) -> Conversation:
    """Starts or takes up the participant's talk in a round, and queues the opening turn."""
    conversation = session.scalar(
        select(Conversation)
        .where(
            Conversation.participant_id == participant.id,
            Conversation.round_id == round_id,
        )
        .order_by(Conversation.created_at.desc())
        .limit(1)
        .with_for_update()
    )
    if conversation is None:
        conversation = Conversation(participant_id=participant.id, round_id=round_id)
        session.add(conversation)
        session.flush()
    conversation.ended_at = None
    if opdracht is not None:
        conversation.opdracht = opdracht
    waiting = session.scalar(
        select(Message.id).where(
            Message.conversation_id == conversation.id,
            Message.sender == "systeem",
            Message.state == "ontvangen",
        )
    )
    if waiting is None:
        _append(session, conversation, sender="systeem", text="", payload=OPENING)
    return conversation


def record(
    session: Session,
    conversation_id: str,
    *,
    client_id: str,
    text: str,
    payload: str | None = None,
) -> Message:
    """Stores what a participant typed or tapped; the same client_id and text are stored once.

    Raises:
        ClientIdReused: the client_id came before with another text or payload.
        PayloadNotOffered: the payload is not on a button of the assistant's last turn.
        TalkError: there is no such conversation.
    """
    conversation = _locked(session, conversation_id)
    earlier = session.scalar(
        select(Message).where(
            Message.conversation_id == conversation_id, Message.client_id == client_id
        )
    )
    if earlier is not None:
        if earlier.text != text or earlier.payload != payload:
            raise ClientIdReused("this client_id was used for another message.")
        return earlier
    if payload is not None and payload not in _offered(session, conversation_id):
        raise PayloadNotOffered("this choice was not offered in the last turn.")
    return _append(
        session,
        conversation,
        sender="deelnemer",
        text=text,
        payload=payload,
        client_id=client_id,
    )


def waiting_turns(session: Session, conversation_id: str) -> list[str]:
    """Ids of the messages that were recorded but not completed, oldest first."""
    query = select(Message.id).where(
        Message.conversation_id == conversation_id, Message.state == "ontvangen"
    )
    return list(session.scalars(query.order_by(Message.seq)))


def waiting_conversations(session: Session) -> list[str]:
    """Ids of the talks that have a message to complete."""
    query = select(Message.conversation_id).where(Message.state == "ontvangen").distinct()
    return list(session.scalars(query))


def begin_turn(session: Session, message_id: str) -> Turn | None:
    """Takes a message up, to hand it to the assistant; None when it is completed already.

    A second try gets another ``sender_id``: what the assistant remembers of the first try may be
    ahead of the database, and the database is the truth. So does a new opdracht, since a turn costs
    more the longer a tracker is.
    """
    message = session.get(Message, message_id, with_for_update=True)
    if message is None or message.state != "ontvangen":
        return None
    conversation = _locked(session, message.conversation_id)
    if message.attempts > 0:
        conversation.attempt += 1
    message.attempts += 1
    return Turn(
        message_id=message.id,
        conversation_id=conversation.id,
        sender_id=f"{conversation.id}.{conversation.attempt}",
        text=message.text,
        payload=message.payload,
        position=position(session, conversation.id),
    )


def complete(
    session: Session,
    catalogue: Catalogue,
    message_id: str,
    bubbles: Sequence[Bubble],
    effects: Sequence[Effect],
) -> list[Message]:
    """Stores the replies and applies the effects, once; gives the stored replies back.

    Raises:
        TalkError: the message is gone (erased meanwhile).
    """
    message = session.get(Message, message_id, with_for_update=True)
    if message is None:
        raise TalkError("this message was erased.")
    if message.state == "verwerkt":
        return replies(session, message_id)
    conversation = _locked(session, message.conversation_id)
    for effect in effects:
        _apply(session, catalogue, conversation, message, effect)
    for bubble in bubbles:
        _append(
            session,
            conversation,
            sender="assistent",
            text=bubble.text or "",
            buttons=list(bubble.buttons),
            custom=bubble.custom,
            reply_to_id=message.id,
            state="verwerkt",
        )
    message.state = "verwerkt"
    session.flush()
    return replies(session, message_id)


def replies(session: Session, message_id: str) -> list[Message]:
    """What the assistant answered to a message, in order."""
    query = select(Message).where(Message.reply_to_id == message_id)
    return list(session.scalars(query.order_by(Message.seq)))


def transcript(session: Session, conversation_id: str, after: int = 0) -> list[Message]:
    """What was said by participant and assistant after a sequence number, in order."""
    query = select(Message).where(
        Message.conversation_id == conversation_id,
        Message.seq > after,
        Message.sender != "systeem",
    )
    return list(session.scalars(query.order_by(Message.seq)))


def position(session: Session, conversation_id: str) -> Position:
    """Where a talk stands, read from the last bubble that names a step."""
    query = select(Message.custom).where(
        Message.conversation_id == conversation_id, Message.sender == "assistent"
    )
    for custom in session.scalars(query.order_by(Message.seq.desc()).limit(50)):
        if custom and custom.get("step"):
            return Position(
                step=custom["step"],
                opdracht=custom.get("opdracht"),
                question=custom.get("question"),
                probe=custom.get("probe"),
            )
    return Position()


def standing(session: Session, conversation_id: str) -> Standing:
    """All that is known of a talk.

    Raises:
        TalkError: there is no such conversation.
    """
    conversation = session.get(Conversation, conversation_id)
    if conversation is None:
        raise TalkError("there is no such conversation.")
    participant = session.get_one(Participant, conversation.participant_id)
    where = position(session, conversation_id)
    opdracht = conversation.opdracht
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
    current = next((each for each in submissions if each.opdracht == opdracht), None)
    return Standing(
        position=where,
        consents=participants.consents(session, participant.id),
        group=participant.group,
        organisation=participant.organisation,
        opdracht=opdracht,
        answers=_answers(session, current) if current and opdracht else {},
        finished=finished,
        probes=_probes(session, conversation_id),
        ended=conversation.ended_at is not None,
    )


def _probes(session: Session, conversation_id: str) -> tuple[str, ...]:
    query = select(Message.custom).where(
        Message.conversation_id == conversation_id, Message.sender == "assistent"
    )
    customs = session.scalars(query.order_by(Message.seq))
    return tuple(custom["probe"] for custom in customs if custom and custom.get("probe"))


def _answers(session: Session, submission: Submission) -> dict[str, str]:
    query = (
        select(Contribution.question, ContributionVersion.text)
        .join(ContributionVersion, ContributionVersion.contribution_id == Contribution.id)
        .where(
            Contribution.submission_id == submission.id,
            Contribution.withdrawn_at.is_(None),
            ContributionVersion.version == Contribution.version,
        )
        .order_by(Contribution.created_at)
    )
    return {question: text for question, text in session.execute(query) if question}


def _locked(session: Session, conversation_id: str) -> Conversation:
    conversation = session.get(Conversation, conversation_id, with_for_update=True)
    if conversation is None:
        raise TalkError("there is no such conversation.")
    return conversation


def _append(session: Session, conversation: Conversation, **values: Any) -> Message:
    conversation.last_seq += 1
    message = Message(conversation_id=conversation.id, seq=conversation.last_seq, **values)
    session.add(message)
    session.flush()
    return message


def _offered(session: Session, conversation_id: str) -> set[str]:
    last = session.scalar(
        select(Message.reply_to_id)
        .where(Message.conversation_id == conversation_id, Message.sender == "assistent")
        .order_by(Message.seq.desc())
        .limit(1)
    )
    if last is None:
        return set()
    return {button["payload"] for reply in replies(session, last) for button in reply.buttons}


def _apply(
    session: Session,
    catalogue: Catalogue,
    conversation: Conversation,
    message: Message,
    effect: Effect,
) -> None:
    match effect:
        case ConsentGiven():
            participants.give_consent(
                session, catalogue, conversation.participant_id, effect.purpose, effect.granted
            )
        case GroupChosen():
            participant = session.get_one(Participant, conversation.participant_id)
            participant.group = effect.group
        case OpdrachtChosen():
            conversation.opdracht = effect.opdracht
            conversation.attempt += 1
            _submission(session, conversation, effect.opdracht)
        case AnswerGiven():
            _store_answer(session, conversation, message, effect)
        case SubmissionConfirmed():
            submission = _submission(session, conversation, effect.opdracht)
            submission.status, submission.confirmed_at = "bevestigd", now()
            conversation.opdracht = None
        case ConversationEnded():
            conversation.ended_at = now()


def _submission(session: Session, conversation: Conversation, opdracht: int) -> Submission:
    found = session.scalar(
        select(Submission).where(
            Submission.participant_id == conversation.participant_id,
            Submission.round_id == conversation.round_id,
            Submission.opdracht == opdracht,
        )
    )
    if found is None:
        found = Submission(
            participant_id=conversation.participant_id,
            round_id=conversation.round_id,
            opdracht=opdracht,
        )
        session.add(found)
        session.flush()
    return found


def _store_answer(
    session: Session, conversation: Conversation, message: Message, effect: AnswerGiven
) -> None:
    submission = _submission(session, conversation, effect.opdracht)
    contribution = session.scalar(
        select(Contribution).where(
            Contribution.submission_id == submission.id,
            Contribution.question == effect.question,
            Contribution.withdrawn_at.is_(None),
        )
    )
    text = message.text
    parts = [{"message": message.id, "start": 0, "end": len(text)}]
    if contribution is None:
        contribution = Contribution(
            submission_id=submission.id, question=effect.question, channel="chat"
        )
        session.add(contribution)
        session.flush()
    else:
        last = contribution.versions[-1]
        if effect.probe is not None:
            offset = len(last.text) + 1
            parts = [
                *last.parts,
                {"message": message.id, "start": offset, "end": offset + len(text)},
            ]
            text = f"{last.text}\n{text}"
        contribution.version += 1
    contribution.value = effect.value
    contribution.probe = effect.probe or contribution.probe
    contribution.versions.append(
        ContributionVersion(
            version=contribution.version,
            text=text,
            parts=parts,
            measure=effect.measure.model_dump() if effect.measure else None,
        )
    )
    session.flush()
