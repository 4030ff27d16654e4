"""Conversations in the database: a message is recorded first, and its turn completed exactly once.

A turn has three steps. ``record_message`` stores the participant's message. ``begin_turn`` prepares
the turn for the assistant, under a new tracker name if the message was tried before. ``complete``
stores bubbles and effects in one transaction, and does nothing if the message is already
completed. Several web processes may share a database: a turn belongs to the process that began it
last, and only that one completes it. See decisions 2 and 28.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, and_, or_, select
from sqlalchemy.orm import Session

from consultation.catalogue import Catalogue
from consultation.database.models import (
    Contribution,
    Conversation,
    Message,
    Participant,
    Submission,
    now,
)
from consultation.database.presence import NOBODY, living
from consultation.errors import (
    ClientIdReused,
    PayloadNotOffered,
    RoundError,
    TalkError,
    TurnElsewhere,
)
from consultation.participation import answers, participants, questions, reactions, turn_rows
from consultation.participation.effects import (
    AnswerGiven,
    AnswerRestored,
    AnswerWithdrawn,
    ConsentGiven,
    ConversationEnded,
    Effect,
    GroupChosen,
    OpdrachtChosen,
    ParticipantErased,
    QuestionAsked,
    ReactionGiven,
    ReactionsRanked,
    SubmissionConfirmed,
)
from consultation.participation.resumption import (
    RESUMABLE,
    Position,
    names_step,
    position,
    position_of,
)

OPENING = "/begroeten"
MORE = "more"
"""Key in ``custom`` of a bubble: buttons that are not shown at first, but may be tapped."""
_LONGEST_TITLE = 300


@dataclass(frozen=True)
class Bubble:
    """One message of the assistant."""

    text: str | None = None
    buttons: tuple[dict[str, str], ...] = ()
    custom: dict[str, Any] | None = None


@dataclass(frozen=True)
class Turn:
    """One message as it is sent to the assistant.

    ``held``: the message waited for the participant's choice, and a later message made that choice.
    ``unread``: an earlier scan of the text took too much work; do not scan it again. ``said_id`` is
    the message with the text: the held one, or this one. ``said`` are the fingerprints of the
    assistant's previous bubbles, so that none is said twice in a row. ``returns``: the participant
    comes back with the receipt code. ``attempt`` counts how often the turn was begun. ``after`` is
    the message that was answered last: what the assistant remembers counts only where its last turn
    was that one.
    """

    message_id: str
    conversation_id: str
    sender_id: str
    text: str
    payload: str | None
    position: Position
    held: bool = False
    unread: bool = False
    said_id: str | None = None
    said: tuple[str, ...] = ()
    returns: bool = False
    attempt: int = 1
    after: str | None = None


@dataclass(frozen=True)
class Recorded:
    """A message of the participant after ``record_message``.

    ``done``: it was sent before and needs no more processing. ``turn``: its turn, if that function
    began it.
    """

    id: str
    seq: int
    done: bool
    turn: Turn | None = None


@dataclass(frozen=True)
class TranscriptBubble:
    """A bubble as it stands in a conversation, with its sequence number."""

    seq: int
    bubble: Bubble


@dataclass(frozen=True)
class _Newest:
    """What the newest bubbles tell: the last turn, the position, and the message answered last."""

    said: list[Bubble]
    position: Position
    after: str | None


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
        # Under a new tracker name the assistant resumes from the database, as after a restart.
        conversation.attempt += 1
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


def record_message(
    session: Session,
    conversation_id: str,
    *,
    client_id: str,
    text: str,
    payload: str | None = None,
    cleaned: str | None = None,
    begin: bool = False,
    owner: int = NOBODY,
) -> Recorded:
    """Stores a typed or tapped message; the same client_id and text are stored once.

    ``cleaned`` is the text without its personal data, if known: a repeated request with the
    original text then still matches the cleaned message. ``begin``: begin the turn of a new message
    too (see ``begin_turn``), unless another message of the conversation waits. ``owner`` is the
    number of the process that then works on it.

    Raises:
        ClientIdReused: the client_id was used before with another text or payload.
        PayloadNotOffered: the payload is not on a button of the assistant's last turn.
        RoundError: the round of this conversation is closed.
        TalkError: there is no such conversation.
    """
    talk = turn_rows.talk(session, conversation_id)
    if talk is None:
        raise TalkError("there is no such conversation.")
    known = turn_rows.sent_or_unfinished(session, conversation_id, client_id)
    earlier = next((each for each in known if each.client_id == client_id), None)
    if earlier is not None:
        if earlier.payload != payload or not _same_words(earlier.text, text, cleaned):
            raise ClientIdReused("this client_id was used for another message.")
        return Recorded(earlier.id, earlier.seq, done=earlier.state != "ontvangen")
    if talk.status != "open":
        raise RoundError("the round of this talk is closed; nothing was stored.")
    begin = begin and not known
    newest = _newest(session, conversation_id) if begin or payload is not None else None
    if payload is not None and newest and payload not in _payloads(newest.said):
        raise PayloadNotOffered("this choice was not offered in the last turn.")
    seq = talk.last_seq + 1
    message_id = turn_rows.add_message(
        session,
        conversation_id,
        seq,
        client_id,
        text,
        payload,
        attempts=int(begin),
        owner=owner if begin else NOBODY,
    )
    turn = None
    if begin and newest:
        turn = Turn(
            message_id=message_id,
            conversation_id=conversation_id,
            sender_id=tracker_name(conversation_id, talk.attempt),
            text=text,
            payload=payload or _titled(text, newest.said),
            position=newest.position,
            said_id=message_id,
            said=fingerprints(newest.said),
            after=newest.after,
        )
    return Recorded(message_id, seq, done=False, turn=turn)


def _same_words(stored: str, sent: str, cleaned: str | None) -> bool:
    return stored in (sent, answers.GONE, cleaned)


def waiting_turns(session: Session, conversation_id: str) -> list[str]:
    """Ids of the messages that were recorded but not completed, oldest first."""
    query = select(Message.id).where(
        Message.conversation_id == conversation_id, Message.state == "ontvangen"
    )
    return list(session.scalars(query.order_by(Message.seq)))


def waiting_conversations(session: Session, owner: int = NOBODY) -> list[str]:
    """Ids of the conversations that have a message to complete.

    Those that another living process than ``owner`` works on are left out.
    """
    query = select(Message.conversation_id, Message.owner).where(Message.state == "ontvangen")
    found = session.execute(query.distinct()).tuples().all()
    foreign = {each for _, each in found} - {NOBODY, owner}
    others = foreign & living(session) if foreign else frozenset[int]()
    busy = {talk for talk, each in found if each in others}
    return list(dict.fromkeys(talk for talk, _ in found if talk not in busy))


def begin_turn(session: Session, message_id: str, owner: int = NOBODY) -> Turn | None:
    """Prepares a message for the assistant; None unless its state is ``ontvangen``.

    A second try gets a new ``sender_id``: the assistant's memory of the first try may be ahead of
    the database, and the database is the truth. A new opdracht gets one too, since the cost of a
    turn grows with the length of the tracker. The turn is then of the process ``owner``.

    Raises:
        TurnElsewhere: another process works on the message, and lives.
    """
    message = session.get(Message, message_id, with_for_update=True)
    if message is None or message.state != "ontvangen":
        return None
    if message.owner not in (NOBODY, owner) and message.owner in living(session):
        raise TurnElsewhere("another process works on this message.")
    message.owner = owner
    conversation = _locked(session, message.conversation_id)
    if message.attempts > 0:
        conversation.attempt += 1
    message.attempts += 1
    # This message may be the choice about a held message; the turn then answers the held one.
    waiting = held(session, conversation.id)
    meant = waiting or message
    newest = _newest(session, conversation.id)
    return Turn(
        message_id=message.id,
        conversation_id=conversation.id,
        sender_id=tracker_name(conversation.id, conversation.attempt),
        text=meant.text,
        payload=_tapped(meant, newest.said) if waiting is None else meant.payload,
        position=newest.position,
        held=waiting is not None,
        unread=meant.unread,
        said_id=meant.id,
        said=fingerprints(newest.said),
        returns=message.sender == "systeem",
        attempt=message.attempts,
        after=newest.after,
    )


def fingerprint(text: str) -> str:
    """A short hash of a bubble; equal for texts that differ in case or white space only."""
    plain = " ".join(text.casefold().split())
    return hashlib.blake2b(plain.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def fingerprints(said: Sequence[Bubble]) -> tuple[str, ...]:
    """The fingerprints of the bubbles that have a text."""
    return tuple(fingerprint(each.text) for each in said if each.text)


def last_typed(session: Session, message_id: str) -> str | None:
    """The last text that the participant typed up to a message; None if it was erased."""
    message = session.get(Message, message_id)
    found = _typed_before(session, message) if message is not None else None
    return found.text if found is not None and found.text != answers.GONE else None


def _typed_before(session: Session, message: Message) -> Message | None:
    return session.scalar(
        select(Message)
        .where(
            Message.conversation_id == message.conversation_id,
            Message.seq <= message.seq,
            Message.sender == "deelnemer",
            Message.payload.is_(None),
        )
        .order_by(Message.seq.desc())
        .limit(1)
    )


def _tapped(message: Message, said: Sequence[Bubble]) -> str | None:
    """The payload of a message: of the button tapped, or of the one whose title was typed."""
    typed = message.sender == "deelnemer" and message.payload is None
    return _titled(message.text, said) if typed else message.payload


def _titled(text: str, said: Sequence[Bubble]) -> str | None:
    """The payload of the button of the assistant's last turn whose title a text is.

    Case, accents, spaces and punctuation do not matter.
    """
    wanted = _letters(text) if len(text) <= _LONGEST_TITLE else ""
    if not wanted:
        return None
    found = (each["payload"] for each in _buttons(said) if _letters(each["title"]) == wanted)
    return next(found, None)


def _letters(title: str) -> str:
    split = unicodedata.normalize("NFKD", title.casefold())
    return "".join(sign for sign in split if sign.isalnum())


def last_said(session: Session, conversation_id: str) -> list[Bubble]:
    """The bubbles of the assistant's last turn."""
    return _newest(session, conversation_id).said


def _newest(session: Session, conversation_id: str) -> _Newest:
    """What the newest bubbles tell; older ones are read only where these leave it open."""
    rows = turn_rows.newest_bubbles(session, conversation_id)
    whole = len(rows) < turn_rows.NEWEST
    last = next((each.reply_to_id for each in rows if each.reply_to_id is not None), None)
    if (last is None or rows[-1].reply_to_id == last) and not whole:
        last, said = _said_before(session, conversation_id)
    else:
        said = [_bubble(each) for each in reversed(rows) if last and each.reply_to_id == last]
    steps = (each.custom for each in rows if names_step(each.custom))
    named = next(steps, None)
    if named is None:
        where = Position() if whole else position(session, conversation_id)
        return _Newest(said, where, last)
    return _Newest(said, position_of(named), last)


def _said_before(session: Session, conversation_id: str) -> tuple[str | None, list[Bubble]]:
    """The last turn, however many bubbles it or the notices after it have: its message and them."""
    last = session.scalar(
        select(Message.reply_to_id)
        .where(
            Message.conversation_id == conversation_id,
            Message.sender == "assistent",
            Message.reply_to_id.is_not(None),
        )
        .order_by(Message.seq.desc())
        .limit(1)
    )
    found = turn_rows.replies(session, last) if last is not None else ()
    return last, [_bubble(each) for each in found]


def _bubble(row: Row[Any]) -> Bubble:
    return Bubble(text=row.text or None, buttons=tuple(row.buttons), custom=row.custom)


def tracker_name(conversation_id: str, attempt: int) -> str:
    """The assistant's tracker name for a conversation, or for a part of it."""
    return f"{conversation_id}.{attempt}"


def held(session: Session, conversation_id: str) -> Message | None:
    """The message that waits for the participant's choice about it, or None."""
    return session.scalar(
        select(Message).where(
            Message.conversation_id == conversation_id, Message.state == "wacht_op_keuze"
        )
    )


def hold(session: Session, message_id: str, bubbles: Sequence[Bubble]) -> None:
    """Holds a message until the participant makes the choice that the bubbles ask for."""
    message = session.get_one(Message, message_id, with_for_update=True)
    if message.state == "ontvangen":
        message.state = "wacht_op_keuze"
        talk = _locked(session, message.conversation_id)
        _say(session, talk.id, talk.last_seq, message.id, bubbles)


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
        talk = _locked(session, message.conversation_id)
        _say(session, talk.id, talk.last_seq, message.id, bubbles)


def say_more(
    session: Session, message_id: str, last_seq: int, bubbles: Sequence[Bubble]
) -> list[TranscriptBubble]:
    """Adds bubbles to the reply to a message, unless something was said since ``last_seq``."""
    message = session.get(Message, message_id)
    talk = _locked(session, message.conversation_id) if message is not None else None
    if message is None or talk is None or talk.last_seq != last_seq:
        return []
    return _say(session, talk.id, last_seq, message.id, bubbles)


def complete(
    session: Session,
    catalogue: Catalogue,
    message_id: str,
    bubbles: Sequence[Bubble],
    effects: Sequence[Effect],
    planned: answers.Erasure | None = None,
    question: str | None = None,
    attempt: int | None = None,
) -> list[TranscriptBubble]:
    """Stores the replies and applies the effects, once; returns the stored replies.

    ``planned`` is the erasure that was planned for the contributions of ``erased_by``. ``question``
    is the participant's question to the organiser without personal data, for ``QuestionAsked``.
    ``attempt`` is that of the turn: a reply to an earlier one was made for a talk that may have
    gone on since, so it is stored nowhere.

    Raises:
        TalkError: the message was erased meanwhile.
        TurnElsewhere: the turn was begun again since.
    """
    turn = turn_rows.turn(session, message_id)
    if turn is None:
        raise TalkError("this message was erased.")
    if turn.state == "verwerkt":
        return replies(session, message_id)
    if attempt not in (None, turn.attempts):
        raise TurnElsewhere("another process took this turn over.")
    talk, meant_id = turn.conversation_id, turn.held_id or message_id
    locked = None
    for effect in effects:
        if isinstance(effect, AnswerGiven):
            answers.store(session, answers.said_in(turn, message_id), effect)
            continue
        # The few other effects go through the ORM, which watches for erased words.
        locked = locked or _locked(session, talk)
        if isinstance(effect, QuestionAsked):
            meant = session.get_one(Message, meant_id)
            _keep_question(session, locked, meant, effect, question)
        else:
            _apply(session, catalogue, locked, effect, planned)
        session.flush()
    if any(isinstance(effect, ParticipantErased) for effect in effects):
        return []
    turn_rows.finish(session, message_id, meant_id)
    steps = {each.custom.get("step") for each in bubbles if each.custom}
    ends = any(isinstance(effect, ConversationEnded) for effect in effects)
    goes_on = turn.ended_at is not None and not ends and bool(steps.intersection(RESUMABLE))
    return _say(session, talk, turn.last_seq, message_id, bubbles, goes_on)


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


def replies(session: Session, message_id: str) -> list[TranscriptBubble]:
    """The assistant's replies to a message, in order."""
    return [
        TranscriptBubble(each.seq, _bubble(each)) for each in turn_rows.replies(session, message_id)
    ]


def transcript(session: Session, conversation_id: str, after: int = 0) -> list[Message]:
    """Messages of participant and assistant after a sequence number, in order."""
    query = select(Message).where(
        Message.conversation_id == conversation_id,
        Message.seq > after,
        Message.sender != "systeem",
    )
    return list(session.scalars(query.order_by(Message.seq)))


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


def _say(
    session: Session,
    conversation_id: str,
    last_seq: int,
    message_id: str,
    bubbles: Sequence[Bubble],
    goes_on: bool = False,
) -> list[TranscriptBubble]:
    rows = [
        {"text": each.text or "", "buttons": list(each.buttons), "custom": each.custom}
        for each in bubbles
    ]
    turn_rows.add_bubbles(session, conversation_id, last_seq, message_id, rows, goes_on)
    return [TranscriptBubble(seq, each) for seq, each in enumerate(bubbles, last_seq + 1)]


def _keep_question(
    session: Session,
    conversation: Conversation,
    message: Message,
    effect: QuestionAsked,
    text: str | None,
) -> None:
    """Stores a question for the organiser; it belongs to the message in which it was typed."""
    typed = message if message.payload is None else _typed_before(session, message)
    consented = participants.consents(session, conversation.participant_id).get("analyse")
    if typed is not None and consented and text:
        questions.ask(session, conversation, typed.id, text, effect)


def _payloads(said: Sequence[Bubble]) -> set[str]:
    return {button["payload"] for button in _buttons(said)}


def _buttons(said: Sequence[Bubble]) -> Iterator[dict[str, str]]:
    """The buttons of bubbles, also those that are not shown at first."""
    for bubble in said:
        yield from bubble.buttons
        yield from (bubble.custom or {}).get(MORE, ())


def _apply(
    session: Session,
    catalogue: Catalogue,
    conversation: Conversation,
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
        case AnswerWithdrawn():
            answers.withdraw(session, conversation, effect.opdracht, effect.question, planned)
            # The assistant's tracker also holds the erased words, so it gets a new name.
            conversation.attempt += 1
        case AnswerRestored():
            answers.restore(session, conversation, effect.opdracht, effect.question)
        case ParticipantErased():
            participants.erase(session, conversation.participant_id, planned)
        case ReactionGiven():
            who = (conversation.participant_id, conversation.round_id)
            reactions.react(session, *who, effect.action, effect.stance, effect.wording, "chat")
        case ReactionsRanked():
            who = (conversation.participant_id, conversation.round_id)
            reactions.rank(session, *who, effect.actions, effect.among, "chat")
        case SubmissionConfirmed():
            submission = answers.submission(session, conversation, effect.opdracht)
            submission.status, submission.confirmed_at = "bevestigd", now()
            conversation.opdracht = None
        case ConversationEnded():
            conversation.ended_at = now()
            # The next turn resumes from the database, where the talk stood before the end.
            conversation.attempt += 1
