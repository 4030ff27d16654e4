"""Conversations in the database: a message is recorded first, and its turn completed exactly once.

A turn has three steps. ``record`` stores the participant's message. ``begin_turn`` prepares the
turn for the assistant, under a new tracker name if the message was tried before. ``complete``
stores bubbles and effects in one transaction, and does nothing if the message is already
completed. See ``docs/decisions/0002-turns.md``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BindParameter, Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from consultation.catalogue import Catalogue
from consultation.database.models import (
    Contribution,
    Conversation,
    Invitation,
    Message,
    Participant,
    Round,
    Submission,
    new_id,
    now,
)
from consultation.errors import ClientIdReused, PayloadNotOffered, RoundError, TalkError
from consultation.participation import answers, participants
from consultation.participation.effects import (
    AnswerGiven,
    AnswerWithdrawn,
    ConsentGiven,
    ConversationEnded,
    Effect,
    GroupChosen,
    OpdrachtChosen,
    ParticipantErased,
    SubmissionConfirmed,
)

OPENING = "/begroeten"
ASIDE = "keuze"
"""Step of a bubble that asks what to do with a message; it does not move the conversation."""


@dataclass(frozen=True)
class Bubble:
    """One message of the assistant."""

    text: str | None = None
    buttons: tuple[dict[str, str], ...] = ()
    custom: dict[str, Any] | None = None


@dataclass(frozen=True)
class Position:
    """Position in a conversation: the step, and the open opdracht, question and probe.

    ``changing``: the participant changes an answer from the summary and returns to the summary
    afterwards. ``request`` is the open request about the participant's own data (step ``beheer``);
    ``under`` is the step to return to after it.
    """

    step: str = "start"
    opdracht: int | None = None
    question: str | None = None
    probe: str | None = None
    changing: bool = False
    request: str | None = None
    under: str | None = None


@dataclass(frozen=True)
class Turn:
    """One message as it is sent to the assistant.

    ``held``: the message waited for the participant's choice, and a later message made that choice.
    ``unread``: an earlier scan of the text took too much work; do not scan it again.
    """

    message_id: str
    conversation_id: str
    sender_id: str
    text: str
    payload: str | None
    position: Position
    held: bool = False
    unread: bool = False


@dataclass(frozen=True)
class Standing:
    """The state from which the assistant can resume a conversation without its own memory."""

    position: Position
    consents: dict[str, bool]
    group: str | None
    organisation: str | None
    opdracht: int | None
    answers: dict[str, str] = field(default_factory=dict)
    finished: tuple[int, ...] = ()
    probes: tuple[str, ...] = ()
    invited: tuple[int, ...] = ()
    ended: bool = False


# The statements of every turn, built once: to build one, and to compute the key under which
# SQLAlchemy finds its compiled form, takes longer than to execute it.
_CONVERSATION: BindParameter[str] = bindparam("conversation")
_WITH_ROUND = (
    select(Conversation, Round.status)
    .join(Round, Round.id == Conversation.round_id)
    .where(Conversation.id == _CONVERSATION)
    .with_for_update(of=Conversation)
    .execution_options(populate_existing=True)
)
_SAME_CLIENT_ID = select(Message).where(
    Message.conversation_id == _CONVERSATION, Message.client_id == bindparam("client")
)
_OTHER_UNANSWERED = (
    select(Message.id)
    .where(
        Message.conversation_id == _CONVERSATION,
        Message.id != bindparam("message"),
        Message.state != "verwerkt",
    )
    .limit(1)
)
_CUSTOMS = (
    select(Message.custom)
    .where(Message.conversation_id == _CONVERSATION, Message.sender == "assistent")
    .order_by(Message.seq.desc())
)
_NEWEST_CUSTOMS = _CUSTOMS.limit(4)
_OLDER_CUSTOMS = _CUSTOMS.offset(4).limit(46)
_newer = aliased(Message)
_LAST_BUTTONS = select(Message.buttons).where(
    Message.reply_to_id
    == select(_newer.reply_to_id)
    .where(
        _newer.conversation_id == _CONVERSATION,
        _newer.sender == "assistent",
        _newer.reply_to_id.is_not(None),
    )
    .order_by(_newer.seq.desc())
    .limit(1)
    .scalar_subquery()
)
_HELD = select(Message).where(
    Message.conversation_id == _CONVERSATION, Message.state == "wacht_op_keuze"
)
_TO_COMPLETE = (
    select(Message, Conversation)
    .join(Conversation, Conversation.id == Message.conversation_id)
    .where(Message.id == bindparam("message"))
    .with_for_update(of=(Message, Conversation))
    .execution_options(populate_existing=True)
)


def start(
    session: Session, participant: Participant, round_id: int, opdracht: int | None = None
) -> Conversation:
    """Starts or resumes the participant's conversation in a round, and queues the opening turn.

    An opening turn that is still waiting is not queued again.
    """
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


def look_back(
    session: Session, participant: Participant, round_id: int, notice: str
) -> Conversation:
    """Returns the participant's last conversation while no round is open, to read and erase.

    A notice at its end says that no round is open. A participant who only filled in forms gets a
    conversation in the round of their last submission, or in ``round_id``.
    """
    conversation = session.scalar(
        select(Conversation)
        .where(Conversation.participant_id == participant.id)
        .order_by(Conversation.created_at.desc())
        .limit(1)
        .with_for_update()
    )
    if conversation is None:
        latest = select(Submission.round_id).where(Submission.participant_id == participant.id)
        last = session.scalar(latest.order_by(Submission.created_at.desc()).limit(1))
        conversation = Conversation(participant_id=participant.id, round_id=last or round_id)
        session.add(conversation)
        session.flush()
    said = select(Message.text, Message.sender).where(Message.conversation_id == conversation.id)
    if session.execute(said.order_by(Message.seq.desc()).limit(1)).first() != (notice, "assistent"):
        closed = {"closed": True}
        _append(
            session,
            conversation,
            sender="assistent",
            text=notice,
            custom=closed,
            state="verwerkt",
        )
    return conversation


def record(
    session: Session,
    conversation_id: str,
    *,
    client_id: str,
    text: str,
    payload: str | None = None,
    cleaned: str | None = None,
) -> Message:
    """Stores a typed or tapped message; the same client_id and text are stored once.

    ``cleaned`` is the text without its personal data, if known: a repeated request with the
    original text then still matches the cleaned message.

    Raises:
        ClientIdReused: the client_id was used before with another text or payload.
        PayloadNotOffered: the payload is not on a button of the assistant's last turn.
        RoundError: the round of this conversation is closed.
        TalkError: there is no such conversation.
    """
    conversation, status = _locked_with_round(session, conversation_id)
    same = {"conversation": conversation_id, "client": client_id}
    earlier = session.scalar(_SAME_CLIENT_ID, same)
    if earlier is not None:
        if earlier.payload != payload or not _same_words(earlier.text, text, cleaned):
            raise ClientIdReused("this client_id was used for another message.")
        return earlier
    if status != "open":
        raise RoundError("the round of this talk is closed; nothing was stored.")
    if payload is not None and payload not in _offered(session, conversation_id):
        raise PayloadNotOffered("this choice was not offered in the last turn.")
    conversation.last_seq += 1
    message = Message(
        id=new_id(),
        conversation_id=conversation.id,
        seq=conversation.last_seq,
        sender="deelnemer",
        text=text,
        payload=payload,
        client_id=client_id,
        state="ontvangen",
        attempts=0,
        unread=False,
    )
    session.add(message)
    return message


def _same_words(stored: str, sent: str, cleaned: str | None) -> bool:
    return stored in (sent, answers.GONE, cleaned)


def waiting_turns(session: Session, conversation_id: str) -> list[str]:
    """Ids of the messages that were recorded but not completed, oldest first."""
    query = select(Message.id).where(
        Message.conversation_id == conversation_id, Message.state == "ontvangen"
    )
    return list(session.scalars(query.order_by(Message.seq)))


def waiting_conversations(session: Session) -> list[str]:
    """Ids of the conversations that have a message to complete."""
    query = select(Message.conversation_id).where(Message.state == "ontvangen").distinct()
    return list(session.scalars(query))


def begin_alone(session: Session, message: Message) -> Turn | None:
    """Begins the turn of a message that ``record`` stored in this same transaction.

    Returns None if another message of the conversation is unanswered: that one comes first. The
    transaction holds the lock of the conversation, and nobody else knows the message yet, so
    nothing is read again, and one statement stores the message with its first attempt.
    """
    if message.state != "ontvangen":
        return None
    conversation = session.get_one(Conversation, message.conversation_id)
    others = {"conversation": conversation.id, "message": message.id}
    with session.no_autoflush:
        if session.scalar(_OTHER_UNANSWERED, others) is not None:
            return None
        where = position(session, conversation.id)
    if message.attempts > 0:
        conversation.attempt += 1
    message.attempts += 1
    return _turn(conversation, message, message, where)


def begin_turn(session: Session, message_id: str) -> Turn | None:
    """Prepares a message for the assistant; None unless its state is ``ontvangen``.

    A second try gets a new ``sender_id``: the assistant's memory of the first try may be ahead of
    the database, and the database is the truth. A new opdracht gets one too, since the cost of a
    turn grows with the length of the tracker.
    """
    message = session.get(Message, message_id, with_for_update=True)
    if message is None or message.state != "ontvangen":
        return None
    conversation = _locked(session, message.conversation_id)
    if message.attempts > 0:
        conversation.attempt += 1
    message.attempts += 1
    # This message may be the choice about a held message; the turn then answers the held one.
    meant = held(session, conversation.id) or message
    return _turn(conversation, message, meant, position(session, conversation.id))


def _turn(conversation: Conversation, message: Message, meant: Message, where: Position) -> Turn:
    return Turn(
        message_id=message.id,
        conversation_id=conversation.id,
        sender_id=tracker_name(conversation.id, conversation.attempt),
        text=meant.text,
        payload=meant.payload,
        position=where,
        held=meant is not message,
        unread=meant.unread,
    )


def tracker_name(conversation_id: str, attempt: int) -> str:
    """The assistant's tracker name for a conversation, or for a part of it."""
    return f"{conversation_id}.{attempt}"


def held(session: Session, conversation_id: str) -> Message | None:
    """The message that waits for the participant's choice about it, or None."""
    return session.scalar(_HELD, {"conversation": conversation_id})


def hold(session: Session, message_id: str, bubbles: Sequence[Bubble]) -> None:
    """Holds a message until the participant makes the choice that the bubbles ask for."""
    message = session.get_one(Message, message_id, with_for_update=True)
    if message.state == "ontvangen":
        message.state = "wacht_op_keuze"
        _say(session, _locked(session, message.conversation_id), message, bubbles)


def mark_unread(session: Session, message_id: str) -> None:
    """Marks the held message of the conversation, or else this one, as too costly to scan."""
    message = session.get(Message, message_id, with_for_update=True)
    if message is not None:
        (held(session, message.conversation_id) or message).unread = True
        session.flush()


def typed_since(session: Session, waiting: Message) -> set[str]:
    """The texts of a held message and of the messages typed since."""
    return {each.text for each in session.scalars(_typed_since(waiting))}


def clean(session: Session, message_id: str, cleaned: Mapping[str, str]) -> set[str]:
    """Removes personal data from the held message and from the messages typed since.

    ``message_id`` is the message with the participant's choice. ``cleaned`` maps a text to its
    version without personal data. Returns the texts that ``cleaned`` lacks because they were typed
    meanwhile; the caller scans these and calls again.
    """
    message = session.get_one(Message, message_id, with_for_update=True)
    waiting = held(session, message.conversation_id)
    if waiting is None or message.state != "ontvangen":
        return set()
    unseen = set()
    for each in session.scalars(_typed_since(waiting)):
        if each.text in cleaned:
            each.text = cleaned[each.text]
        elif each.text not in cleaned.values():
            unseen.add(each.text)
    session.flush()
    return unseen


def _typed_since(waiting: Message) -> Select[Message]:
    return select(Message).where(
        Message.conversation_id == waiting.conversation_id,
        Message.seq >= waiting.seq,
        Message.sender == "deelnemer",
        Message.payload.is_(None),
    )


def answer_only(session: Session, message_id: str, bubbles: Sequence[Bubble]) -> None:
    """Completes a message with bubbles and no effects, without the assistant."""
    message = session.get_one(Message, message_id, with_for_update=True)
    if message.state == "ontvangen":
        message.state = "verwerkt"
        _say(session, _locked(session, message.conversation_id), message, bubbles)


def complete(
    session: Session,
    catalogue: Catalogue,
    message_id: str,
    bubbles: Sequence[Bubble],
    effects: Sequence[Effect],
    planned: answers.Erasure | None = None,
) -> list[Message]:
    """Stores the replies and applies the effects, once; returns the stored replies.

    ``planned`` is the erasure that was planned for the contributions of ``erased_by``.

    Raises:
        TalkError: the message was erased meanwhile.
    """
    found = session.execute(_TO_COMPLETE, {"message": message_id}).first()
    if found is None:
        raise TalkError("this message was erased.")
    message, conversation = found
    if message.state == "verwerkt":
        return replies(session, message_id)
    # Read under the lock: before it, another transaction may still hold a message.
    meant = held(session, conversation.id) or message
    for effect in effects:
        _apply(session, catalogue, conversation, meant, effect, planned)
    if any(isinstance(effect, ParticipantErased) for effect in effects):
        return []
    meant.state = message.state = "verwerkt"
    return _say(session, conversation, message, bubbles)


def erased_by(session: Session, message_id: str, effects: Sequence[Effect]) -> list[str]:
    """Ids of the contributions that a turn's effects erase; none if the turn is completed."""
    erasing = [each for each in effects if isinstance(each, AnswerWithdrawn | ParticipantErased)]
    message = session.get(Message, message_id) if erasing else None
    if message is None or message.state == "verwerkt":
        return []
    talk = session.get_one(Conversation, message.conversation_id)
    if any(isinstance(each, ParticipantErased) for each in erasing):
        return participants.contributions(session, talk.participant_id)
    places = [
        and_(Submission.opdracht == each.opdracht, Contribution.question == each.question)
        for each in erasing
        if isinstance(each, AnswerWithdrawn)
    ]
    query = (
        select(Contribution.id)
        .join(Submission, Submission.id == Contribution.submission_id)
        .where(
            Submission.participant_id == talk.participant_id,
            Submission.round_id == talk.round_id,
            or_(*places),
        )
    )
    return list(session.scalars(query))


def replies(session: Session, message_id: str) -> list[Message]:
    """The assistant's replies to a message, in order."""
    query = select(Message).where(Message.reply_to_id == message_id)
    return list(session.scalars(query.order_by(Message.seq)))


def transcript(session: Session, conversation_id: str, after: int = 0) -> list[Message]:
    """Messages of participant and assistant after a sequence number, in order."""
    query = select(Message).where(
        Message.conversation_id == conversation_id,
        Message.seq > after,
        Message.sender != "systeem",
    )
    return list(session.scalars(query.order_by(Message.seq)))


def position(session: Session, conversation_id: str) -> Position:
    """Position of a conversation: the last of its newest 50 bubbles that names a step."""
    for custom in _newest_customs(session, conversation_id):
        if custom and custom.get("step") and custom["step"] != ASIDE:
            return Position(
                step=custom["step"],
                opdracht=custom.get("opdracht"),
                question=custom.get("question"),
                probe=custom.get("probe"),
                changing=bool(custom.get("changing")),
                request=custom.get("request"),
                under=custom.get("under"),
            )
    return Position()


def _newest_customs(session: Session, conversation_id: str) -> Iterator[dict[str, Any] | None]:
    # Nearly always one of the newest four names a step, and each row is JSON to decode.
    # Nearly always one of the newest four names a step, and each row is JSON to decode.
    yield from session.scalars(_NEWEST_CUSTOMS, {"conversation": conversation_id})
    yield from session.scalars(_OLDER_CUSTOMS, {"conversation": conversation_id})


def standing(session: Session, conversation_id: str) -> Standing:
    """The full state of a conversation.

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
        answers=answers.standing(session, current) if current and opdracht else {},
        finished=finished,
        probes=_probes(session, conversation_id),
        invited=_invited(session, participant),
        ended=conversation.ended_at is not None,
    )


def _probes(session: Session, conversation_id: str) -> tuple[str, ...]:
    query = select(Message.custom).where(
        Message.conversation_id == conversation_id, Message.sender == "assistent"
    )
    customs = session.scalars(query.order_by(Message.seq))
    return tuple(custom["probe"] for custom in customs if custom and custom.get("probe"))


def _invited(session: Session, participant: Participant) -> tuple[int, ...]:
    found = session.get(Invitation, participant.invitation_id or "")
    return tuple(int(number) for number in found.opdrachten) if found else ()


def _locked(session: Session, conversation_id: str) -> Conversation:
    conversation = session.get(Conversation, conversation_id, with_for_update=True)
    if conversation is None:
        raise TalkError("there is no such conversation.")
    return conversation


def _locked_with_round(session: Session, conversation_id: str) -> tuple[Conversation, str]:
    """The conversation, locked, and the status of its round."""
    found = session.execute(_WITH_ROUND, {"conversation": conversation_id}).first()
    if found is None:
        raise TalkError("there is no such conversation.")
    return found.Conversation, found.status


def _append(session: Session, conversation: Conversation, **values: Any) -> Message:
    conversation.last_seq += 1
    message = Message(conversation_id=conversation.id, seq=conversation.last_seq, **values)
    session.add(message)
    session.flush()
    return message


def _say(
    session: Session, conversation: Conversation, message: Message, bubbles: Sequence[Bubble]
) -> list[Message]:
    first = conversation.last_seq + 1
    conversation.last_seq += len(bubbles)
    said = [
        Message(
            conversation_id=conversation.id,
            seq=seq,
            sender="assistent",
            text=bubble.text or "",
            buttons=list(bubble.buttons),
            custom=bubble.custom,
            reply_to_id=message.id,
            state="verwerkt",
        )
        for seq, bubble in enumerate(bubbles, first)
    ]
    session.add_all(said)
    session.flush()
    return said


def _offered(session: Session, conversation_id: str) -> set[str]:
    shown = session.scalars(_LAST_BUTTONS, {"conversation": conversation_id})
    return {button["payload"] for buttons in shown for button in buttons}


def _apply(
    session: Session,
    catalogue: Catalogue,
    conversation: Conversation,
    message: Message,
    effect: Effect,
    planned: answers.Erasure | None,
) -> None:
    match effect:
        case ConsentGiven():
            participants.give_consent(
                session, catalogue, conversation.participant_id, effect.purpose, effect.granted
            )
            if effect.purpose == "analyse" and not effect.granted:
                participants.refuse(session, conversation)
                conversation.attempt += 1
        case GroupChosen():
            participant = session.get_one(Participant, conversation.participant_id)
            participant.group = effect.group
        case OpdrachtChosen():
            conversation.opdracht = effect.opdracht
            conversation.attempt += 1
            answers.submission(session, conversation, effect.opdracht)
        case AnswerGiven():
            answers.store(session, conversation, message, effect)
        case AnswerWithdrawn():
            answers.withdraw(session, conversation, effect.opdracht, effect.question, planned)
            # The assistant's tracker also holds the erased words, so it gets a new name.
            conversation.attempt += 1
        case ParticipantErased():
            participants.erase(session, conversation.participant_id, planned)
        case SubmissionConfirmed():
            submission = answers.submission(session, conversation, effect.opdracht)
            submission.status, submission.confirmed_at = "bevestigd", now()
            conversation.opdracht = None
        case ConversationEnded():
            conversation.ended_at = now()
