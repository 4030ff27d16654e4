"""Answers: stored verbatim in versions; withdrawing an answer erases its text everywhere."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, delete, select
from sqlalchemy.orm import Session

from consultation.database.models import (
    Contribution,
    ContributionVersion,
    Conversation,
    Embedding,
    Message,
    ParticipantQuestion,
    Round,
    Statement,
    Submission,
    now,
)
from consultation.database.records import ErasedStatement
from consultation.database.storage import in_chunks
from consultation.participation import turn_rows
from consultation.participation.derived_words import Words, forget, stands, words_to_forget
from consultation.participation.effects import AnswerGiven
from language.segmentation.plain_text import readable

GONE = "[…]"
"""Replacement text of a message whose words were erased."""


@dataclass(frozen=True)
class Erasure:
    """Plan of what is erased with some contributions.

    It holds the contributions' versions, their statements (as statement id and opdracht), the
    hashes of texts with cached vectors, and the words to remove from names of themes.
    """

    contributions: frozenset[str] = frozenset()
    versions: frozenset[str] = frozenset()
    statements: frozenset[tuple[str, int | None]] = frozenset()
    hashes: frozenset[str] = frozenset()
    words: Words | None = None


_CARRIED_OUT = "erasure that was carried out"
"""Key in ``Session.info`` of the planned erasure that this transaction carried out."""


class ErasurePlanOutdated(Exception):
    """Data changed since an erasure was planned; nothing was written."""


def submission(session: Session, conversation: Conversation, opdracht: int) -> Submission:
    """Returns the participant's submission on an opdracht in this round; creates it if missing."""
    return _submission(session, conversation.participant_id, conversation.round_id, opdracht)


def _submission(session: Session, participant_id: str, round_id: int, opdracht: int) -> Submission:
    found = session.scalar(
        select(Submission).where(
            Submission.participant_id == participant_id,
            Submission.round_id == round_id,
            Submission.opdracht == opdracht,
        )
    )
    if found is None:
        found = Submission(participant_id=participant_id, round_id=round_id, opdracht=opdracht)
        session.add(found)
        session.flush()
    return found


@dataclass(frozen=True)
class TypedText:
    """What a participant typed in a turn: the message with the text, and whose it is.

    ``unread``: see ``Message``.
    """

    message_id: str
    text: str
    unread: bool
    conversation_id: str
    participant_id: str
    round_id: int


def said_in(turn: Row[Any], message_id: str) -> TypedText:
    """The text that a turn is about (``turn_rows.turn``): of the held message, or of this one."""
    held = turn.held_id is not None
    return TypedText(
        message_id=turn.held_id if held else message_id,
        text=turn.held_text if held else turn.text,
        unread=turn.held_unread if held else turn.unread,
        conversation_id=turn.conversation_id,
        participant_id=turn.participant_id,
        round_id=turn.round_id,
    )


def store(session: Session, said: TypedText, effect: AnswerGiven) -> None:
    """Stores a message as an answer: a new one, a new version, or text added to the last version.

    A part of an earlier message whose words were erased meanwhile is not stored.
    """
    text = said.text
    if effect.source is not None:
        meant = turn_rows.said(session, effect.source.message)
        ours = meant is not None and meant.conversation_id == said.conversation_id
        if meant is None or not ours or meant.text == GONE:
            return
        said = replace(said, message_id=meant.id, text=meant.text, unread=meant.unread)
        text = part_of(said.text, effect.source.start, effect.source.end)
        if not text and not effect.corrects:
            return
    message, (participant, round_id) = said.message_id, (said.participant_id, said.round_id)
    last = turn_rows.answer(session, participant, round_id, effect.opdracht, effect.question)
    parts = [{"message": message, "start": 0, "end": len(text)}]
    unread = "nazicht" if said.unread else None
    version = 1
    if last is None or last.id is None:
        if last is None:
            place = _submission(session, participant, round_id, effect.opdracht).id
        else:
            place = last.submission_id
        answer = turn_rows.add_contribution(
            session, place, effect.question, effect.value, effect.probe
        )
    else:
        answer, version, value = last.id, last.version + 1, last.value
        spot = _spot(last.text, effect.corrects) if effect.corrects else None
        if spot is None and not text:
            # The words to take away do not stand there any more.
            return
        if spot is not None:
            start, end = spot
            parts = _spliced(last.parts or (), start, end, message, len(text))
            text = f"{last.text[:start]}{text}{last.text[end:]}"
            unread = unread or last.unread
        elif effect.probe is not None or effect.added:
            offset = len(last.text) + 1
            parts = [*last.parts, {"message": message, "start": offset, "end": offset + len(text)}]
            text = f"{last.text}\n{text}"
            unread = unread or last.unread
        if effect.value is not None or not (effect.added or effect.corrects):
            value = effect.value
        turn_rows.renew_contribution(session, answer, version, value, effect.probe or last.probe)
    measure = effect.measure.model_dump() if effect.measure else None
    turn_rows.add_version(session, answer, version, text, parts, measure, unread)


def part_of(text: str, start: int, end: int) -> str:
    """The part of a message that an effect or a bubble refers to; the assistant strips texts."""
    return text.strip()[start:end].strip()


def _spot(text: str, words: str) -> tuple[int, int] | None:
    """Where words stand in an answer, as whole words; the last place if there are several."""
    before = r"(?<!\w)" if words[:1].isalnum() else ""
    after = r"(?!\w)" if words[-1:].isalnum() else ""
    found = re.finditer(rf"{before}{re.escape(words)}{after}", text, re.IGNORECASE)
    places = [each.span() for each in found]
    return places[-1] if places else None


def _spliced(
    parts: Iterable[dict[str, Any]], start: int, end: int, message: str, length: int
) -> list[dict[str, Any]]:
    """The parts of an answer after characters ``start`` to ``end`` became words of a message."""
    before = ({**each, "end": min(each["end"], start)} for each in parts if each["start"] < start)
    moved = start + length - end
    after = (
        {**each, "start": max(each["start"], end) + moved, "end": each["end"] + moved}
        for each in parts
        if each["end"] > end
    )
    return [*before, {"message": message, "start": start, "end": start + length}, *after]


def standing(session: Session, place: Submission) -> dict[str, str]:
    """The current answers of a submission, by question."""
    query = (
        select(Contribution.question, ContributionVersion.text)
        .join(ContributionVersion, ContributionVersion.contribution_id == Contribution.id)
        .where(
            Contribution.submission_id == place.id,
            ContributionVersion.version == Contribution.version,
        )
        .order_by(Contribution.created_at)
    )
    return {question: text for question, text in session.execute(query) if question}


def last_change(session: Session, place: Submission) -> tuple[str, str] | None:
    """The question whose answer changed last, and the text that stood there before; or None."""
    query = select(Contribution).where(Contribution.submission_id == place.id)
    changed = [each for each in session.scalars(query) if each.question and each.version > 1]
    if not changed:
        return None
    latest = max(changed, key=lambda each: (each.versions[-1].at, each.version))
    return str(latest.question), latest.versions[-2].text


def restore(session: Session, conversation: Conversation, opdracht: int, question: str) -> None:
    """Makes the text before the last change the answer again, as a new version."""
    place = submission(session, conversation, opdracht)
    contribution = _contribution(session, place.id, question)
    if contribution is None or len(contribution.versions) < 2:
        return
    before = contribution.versions[-2]
    chosen = re.match(r"([1-5])(?= - |$)", before.text)
    contribution.version += 1
    if contribution.value is not None or chosen is not None:
        contribution.value = int(chosen[1]) if chosen else None
    contribution.versions.append(
        ContributionVersion(
            version=contribution.version,
            text=before.text,
            parts=before.parts,
            measure=before.measure,
            unread=before.unread,
        )
    )
    session.flush()


def withdraw(
    session: Session,
    conversation: Conversation,
    opdracht: int,
    question: str,
    planned: Erasure | None = None,
) -> None:
    """Erases one answer (see ``take_back``); does nothing if there is none."""
    place = submission(session, conversation, opdracht)
    contribution = _contribution(session, place.id, question)
    if contribution is not None:
        take_back(session, contribution, planned)


def take_back(session: Session, contribution: Contribution, planned: Erasure | None = None) -> None:
    """Erases an answer: its versions, all data derived from them, and its words in conversations.

    Messages with the answer, and bubbles that quote answers, stay as turns with the text ``GONE``.
    ``planned``: see ``erase_words_made_from``.
    """
    said = {part["message"] for version in contribution.versions for part in version.parts or ()}
    talks = select(Conversation.id).where(
        Conversation.participant_id == contribution.submission.participant_id
    )
    quoting = select(Message).where(
        Message.conversation_id.in_(talks), Message.sender == "assistent"
    )
    erase_words_made_from(session, [contribution.id], planned)
    session.delete(contribution)
    session.flush()
    silence(session, session.scalars(select(Message).where(Message.id.in_(said))))
    silence(session, (each for each in session.scalars(quoting) if quotes(each)))


def silence(session: Session, messages: Iterable[Message]) -> None:
    """Replaces the text of messages by ``GONE``; the turns stay, questions in them are deleted."""
    silenced = []
    for message in messages:
        message.text = GONE
        silenced.append(message.id)
    session.flush()
    for chunk in _chunks(silenced, 500):
        session.execute(
            delete(ParticipantQuestion).where(ParticipantQuestion.message_id.in_(chunk))
        )


def quotes(message: Message) -> bool:
    """Whether a bubble quotes the participant."""
    return bool(message.custom and message.custom.get("quotes"))


def erase_words_made_from(
    session: Session, contributions: Collection[str], planned: Erasure | None = None
) -> int:
    """Erases the data derived from contributions; returns the number of deleted statements.

    Deletes their statements, the cached vectors of their texts, and the words in names of themes
    that no other answer contains. A vector that another participant's equal text needs is computed
    again. ``planned`` is an erasure planned earlier for these contributions and possibly more: the
    first call carries out all of it, later calls in the same transaction return 0. Without it the
    erasure is planned here.

    Raises:
        Overtaken: the plan no longer matches the data; nothing was written.
    """
    if planned is None:
        return carry_out(session, work_out(session, contributions))
    if session.info.get(_CARRIED_OUT) is planned:
        return 0
    if not planned.contributions.issuperset(contributions) or not _fits(session, planned):
        raise ErasurePlanOutdated
    session.info[_CARRIED_OUT] = planned
    return carry_out(session, planned)


def work_out(session: Session, contributions: Collection[str]) -> Erasure:
    """Plans the erasure of contributions. Reads all answers and names; writes nothing."""
    texts = _versions(session, contributions)
    spans = _spans(session, texts)
    slices = {texts[row[1]][row[2] : row[3]] for row in spans}
    hashes = {text_hash(each) for each in slices | set(map(readable, slices))}
    opdrachten = {row[4] for row in spans if row[4] is not None}
    words = None
    if opdrachten:
        read = [*texts.values(), *map(readable, texts.values())]
        words = words_to_forget(session, read, contributions, opdrachten)
    return Erasure(
        contributions=frozenset(contributions),
        versions=frozenset(texts),
        statements=frozenset((row[0], row[4]) for row in spans),
        hashes=frozenset(hashes | {text_hash(text) for text in texts.values()}),
        words=words,
    )


def carry_out(session: Session, erasure: Erasure) -> int:
    """Carries out a planned erasure; returns the number of deleted statements."""
    forget_vectors(session, erasure.hashes)
    if erasure.words is not None:
        forget(session, erasure.words)
    gone = sorted(each for each, _ in erasure.statements)
    if gone:
        _remember_erased(session, erasure.contributions, gone)
    unquote(session, gone)
    for chunk in _chunks(gone, 500):
        session.execute(delete(Statement).where(Statement.id.in_(chunk)))
    return len(gone)


def _remember_erased(session: Session, contributions: Collection[str], gone: list[str]) -> None:
    """Keeps the ids of erased statements, with the day and nothing else."""
    query = (
        select(Round.consultation_id, Contribution.id)
        .join(Submission, Submission.round_id == Round.id)
        .join(Contribution, Contribution.submission_id == Submission.id)
    )
    owner = next(iter(in_chunks(session, query, Contribution.id, contributions)))
    day = now().date().isoformat()
    session.add_all(ErasedStatement(id=each, consultation_id=owner[0], day=day) for each in gone)


def unquote(session: Session, statements: list[str]) -> None:
    """Replaces the text of bubbles that show an action which quotes one of these statements."""
    quoting = Message.custom["statement"].as_string()
    rounds = select(Round.id).where(Round.kind == "reactie")
    talks = select(Conversation.id).where(Conversation.round_id.in_(rounds))
    for chunk in _chunks(sorted(statements), 500):
        shown = select(Message).where(Message.conversation_id.in_(talks), quoting.in_(chunk))
        for message in session.scalars(shown):
            message.text = GONE
    session.flush()


def _fits(session: Session, planned: Erasure) -> bool:
    """Whether a plan still matches the data: versions, statements and words in names."""
    if _versions(session, planned.contributions).keys() != planned.versions:
        return False
    spans = _spans(session, planned.versions)
    if {(row[0], row[4]) for row in spans} != planned.statements:
        return False
    return planned.words is None or stands(session, planned.words)


def _versions(session: Session, contributions: Iterable[str]) -> dict[str, str]:
    query = select(ContributionVersion.id, ContributionVersion.text)
    rows = in_chunks(session, query, ContributionVersion.contribution_id, contributions)
    return dict(tuple(row) for row in rows)


def _spans(
    session: Session, versions: Iterable[str]
) -> list[tuple[str, str, int, int, int | None]]:
    query = select(
        Statement.id,
        Statement.contribution_version_id,
        Statement.start,
        Statement.end,
        Statement.opdracht,
    )
    return list(in_chunks(session, query, Statement.contribution_version_id, versions))


def forget_vectors(session: Session, hashes: Iterable[str]) -> None:
    """Deletes the cached vectors of texts, given the hashes of the texts."""
    for chunk in _chunks(sorted(hashes), 500):
        session.execute(delete(Embedding).where(Embedding.text_hash.in_(chunk)))


def text_hash(text: str) -> str:
    """Cache key of a text's vector (SHA-256, hex)."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _contribution(session: Session, place: str, question: str) -> Contribution | None:
    return session.scalar(
        select(Contribution).where(
            Contribution.submission_id == place,
            Contribution.question == question,
        )
    )


def _chunks(items: list[str], size: int) -> list[list[str]]:
    return [items[index : index + size] for index in range(0, len(items), size)]
