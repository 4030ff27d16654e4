"""How long each kind of personal data is kept, and the job that erases what is older.

Answers stay as long as the consultation: the plan rests on them, and their participant can erase
them at any time. What only served the talk, the invitation or the answer to a question goes
earlier.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import Session

from consultation import audit
from consultation.database.models import (
    Conversation,
    Invitation,
    Message,
    Participant,
    ParticipantQuestion,
    Reaction,
    Round,
    Submission,
)
from consultation.database.storage import Storage
from consultation.participation import participants
from consultation.participation.answers import GONE, quotes, silence

_AT_ONCE = 200
"""How many rows one transaction erases, so that nobody waits long for it."""


@dataclass(frozen=True)
class RetentionKind:
    """A kind of data: what it is, which ids are too old, and how these are erased."""

    name: str
    told: str
    old: Callable[[int, datetime], Select[Any]]
    erase: Callable[[Session, list[str] | list[int]], None]


def _closed(before: datetime, consultation_id: int) -> ColumnElement[bool]:
    """Rounds of the consultation that were closed before a moment, and are not open again."""
    return (
        (Round.consultation_id == consultation_id)
        & (Round.status != "open")
        & (Round.closed_at < before)
    )


def _invitations(consultation_id: int, before: datetime) -> Select[Any]:
    named = or_(Invitation.name.is_not(None), Invitation.email.is_not(None))
    query = select(Invitation.id).join(Round, Round.id == Invitation.round_id)
    return query.where(_closed(before, consultation_id), named)


def _forget_invited(session: Session, ids: list[str] | list[int]) -> None:
    for each in session.scalars(select(Invitation).where(Invitation.id.in_(ids))):
        each.name = each.email = None


def _messages(consultation_id: int, before: datetime) -> Select[Any]:
    query = (
        select(Message.id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(Round, Round.id == Conversation.round_id)
    )
    typed = (Message.sender == "deelnemer") & Message.payload.is_(None)
    bubble = (Message.sender == "assistent") & Message.custom["quotes"].as_boolean()
    done = (Message.state == "verwerkt") & (Message.text != GONE)
    asks = (ParticipantQuestion.message_id == Message.id) & (ParticipantQuestion.state == "open")
    return query.where(
        _closed(before, consultation_id), or_(typed, bubble), done, ~exists().where(asks)
    )


def _silence(session: Session, ids: list[str] | list[int]) -> None:
    found = session.scalars(select(Message).where(Message.id.in_(ids))).all()
    silence(session, (each for each in found if each.sender == "deelnemer" or quotes(each)))


def _questions(consultation_id: int, before: datetime) -> Select[Any]:
    query = select(ParticipantQuestion.id).join(Round, Round.id == ParticipantQuestion.round_id)
    handled = (ParticipantQuestion.state == "beantwoord") & (
        ParticipantQuestion.handled_at < before
    )
    return query.where(Round.consultation_id == consultation_id, handled)


def _drop_questions(session: Session, ids: list[str] | list[int]) -> None:
    query = select(ParticipantQuestion).where(ParticipantQuestion.id.in_(ids))
    for each in session.scalars(query):
        session.delete(each)


def _silent(consultation_id: int, before: datetime) -> Select[Any]:
    """Who came once, and gave no answer: no submission, no reaction, nothing since the moment."""
    mine = Participant.id
    said = exists().where(Submission.participant_id == mine)
    reacted = exists().where(Reaction.participant_id == mine)
    lately = (
        exists()
        .where(Conversation.participant_id == mine)
        .where(Conversation.id == Message.conversation_id, Message.at >= before)
    )
    query = select(Participant.id).where(
        Participant.consultation_id == consultation_id, Participant.created_at < before
    )
    return query.where(~said, ~reacted, ~lately)


def _drop_participants(session: Session, ids: list[str] | list[int]) -> None:
    for each in ids:
        participants.erase(session, str(each), by=None)


KINDS = (
    RetentionKind("uitnodigingen", "names and e-mail addresses", _invitations, _forget_invited),
    RetentionKind("vragen", "questions that were answered", _questions, _drop_questions),
    RetentionKind("gesprekken", "what was typed in talks", _messages, _silence),
    RetentionKind("zonder_antwoord", "people who gave no answer", _silent, _drop_participants),
)
"""The kinds, in the order in which they are erased."""


def retain(
    storage: Storage,
    consultation_id: int,
    days: Mapping[str, int],
    moment: datetime,
    *,
    dry_run: bool = False,
) -> dict[str, int]:
    """Erases what is older than its kind is kept; returns how much of each kind.

    ``days`` are the days by kind; a kind that is not there, or 0, is kept. With ``dry_run`` nothing
    is erased. What was erased is in the audit log, as numbers.
    """
    found = {}
    for kind in KINDS:
        kept = days.get(kind.name, 0)
        found[kind.name] = 0
        if not kept:
            continue
        query = kind.old(consultation_id, moment - timedelta(days=kept))
        with storage.reading() as session:
            ids = list(session.scalars(query))
        for start in range(0, 0 if dry_run else len(ids), _AT_ONCE):
            with storage.writing() as session:
                # Somebody may have come back meanwhile.
                still = set(session.scalars(query))
                kind.erase(
                    session, [each for each in ids[start : start + _AT_ONCE] if each in still]
                )
        found[kind.name] = len(ids)
    if not dry_run and any(found.values()):
        with storage.writing() as session:
            told = {name: count for name, count in found.items() if count}
            audit.record(session, consultation_id, "bewaartermijn", "bewaartermijn", **told)
    return found
