"""Floods: participants who are kept apart from what counts, until a facilitator decides.

Nothing of them is dropped. Whoever comes from one address faster than its limit allows still takes
part, after a sum of the browser (``web.server.challenges``), and is kept apart. Talks that look
like those of a program are only shown; a facilitator sets them apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consultation.database.models import (
    Contribution,
    ContributionVersion,
    Conversation,
    Flood,
    Message,
    Participant,
    Submission,
    now,
)

SHOWN = 3
"""The number of answers that are shown of a flood."""

LONG = 60
AT_ONCE = timedelta(seconds=1.5)
AT_LEAST = 3
"""A talk is like a program's where ``AT_LEAST`` texts of ``LONG`` characters came ``AT_ONCE``."""


@dataclass(frozen=True)
class FloodAnswer:
    """An answer of a flood: its id, and its text as it stands now."""

    id: str
    text: str


@dataclass(frozen=True)
class FloodView:
    """A flood with the numbers of its participants and answers, and some of the answers."""

    flood: Flood
    people: int
    answers: int
    some: tuple[FloodAnswer, ...]


@dataclass(frozen=True)
class FastTalk:
    """A talk in which ``fast`` of ``long`` long texts came sooner than people type or paste."""

    participant: str
    fast: int
    long: int
    last: datetime
    some: tuple[FloodAnswer, ...]


def flood_of(session: Session, consultation_id: int, mark: str) -> int:
    """The id of the flood of an address today; the first participant of it makes it."""
    known = select(Flood.id).where(Flood.consultation_id == consultation_id, Flood.mark == mark)
    found = session.scalar(known)
    if found is not None:
        return found
    forget_marks(session, consultation_id)
    made = Flood(consultation_id=consultation_id, kind="stroom", mark=mark)
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        # Another process made it meanwhile.
        return session.scalars(known).one()
    return made.id


def forget_marks(session: Session, consultation_id: int) -> None:
    """Removes the marks of addresses of earlier days (UTC)."""
    today = now().replace(hour=0, minute=0, second=0, microsecond=0)
    session.execute(
        update(Flood)
        .where(
            Flood.consultation_id == consultation_id,
            Flood.mark.is_not(None),
            Flood.started_at < today,
        )
        .values(mark=None)
    )


def set_apart(session: Session, consultation_id: int, participant_id: str, by: str) -> int | None:
    """Keeps one participant apart, as a program; returns the flood's id.

    None: there is no such participant, or a flood has it already.
    """
    participant = session.get(Participant, participant_id, with_for_update=True)
    if (
        participant is None
        or participant.consultation_id != consultation_id
        or participant.flood_id is not None
    ):
        return None
    made = Flood(consultation_id=consultation_id, kind="robot", decided_by=by, decided_at=now())
    session.add(made)
    session.flush()
    participant.flood_id = made.id
    return made.id


def decide(session: Session, consultation_id: int, flood_id: int, counted: bool, by: str) -> bool:
    """Counts the participants of a flood, or keeps them apart; False where there is no such flood.

    The other choice undoes it.
    """
    found = session.get(Flood, flood_id)
    if found is None or found.consultation_id != consultation_id:
        return False
    found.counted, found.decided_by, found.decided_at = counted, by, now()
    return True


def waiting(session: Session, consultation_id: int) -> int:
    """How many floods with answers no facilitator has decided on."""
    query = (
        select(func.count(Flood.id.distinct()))
        .join(Participant, Participant.flood_id == Flood.id)
        .join(Submission, Submission.participant_id == Participant.id)
        .join(Contribution, Contribution.submission_id == Submission.id)
        .where(Flood.consultation_id == consultation_id, Flood.decided_at.is_(None))
    )
    return session.scalar(query) or 0


def floods(session: Session, consultation_id: int) -> list[FloodView]:
    """All floods, those without a decision first, then the newest first."""
    query = (
        select(Flood, func.count(Participant.id.distinct()), func.count(Contribution.id.distinct()))
        .outerjoin(Participant, Participant.flood_id == Flood.id)
        .outerjoin(Submission, Submission.participant_id == Participant.id)
        .outerjoin(Contribution, Contribution.submission_id == Submission.id)
        .where(Flood.consultation_id == consultation_id)
        .group_by(Flood.id)
        .order_by(Flood.decided_at.is_not(None), Flood.id.desc())
    )
    return [
        FloodView(flood, people, answers, _some(session, Participant.flood_id == flood.id))
        for flood, people, answers in session.execute(query)
    ]


def fast_talks(session: Session, consultation_id: int, most: int = 20) -> list[FastTalk]:
    """The newest ``most`` talks that look like those of a program and are in no flood."""
    query = (
        select(
            Participant.id,
            Message.sender,
            Message.payload.is_(None),
            func.length(Message.text),
            Message.at,
        )
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(Participant, Participant.id == Conversation.participant_id)
        .where(
            Participant.consultation_id == consultation_id,
            Participant.flood_id.is_(None),
        )
        .order_by(Participant.id, Conversation.id, Message.seq)
    )
    rows = session.execute(query)
    found = []
    for participant, said in groupby(rows, key=lambda row: row[0]):
        waits = list(_waits(said))
        fast = [at for wait, at in waits if wait < AT_ONCE]
        if len(fast) >= AT_LEAST and 2 * len(fast) > len(waits):
            found.append((participant, len(fast), len(waits), fast[-1]))
    return [
        FastTalk(*each, some=_some(session, Participant.id == each[0]))
        for each in sorted(found, key=lambda each: each[3], reverse=True)[:most]
    ]


def _waits(
    said: Iterator[tuple[str, str, bool, int, datetime]],
) -> Iterator[tuple[timedelta, datetime]]:
    """How long each long typed text came after the bubble before it, and when."""
    shown: datetime | None = None
    for _, sender, typed, length, at in said:
        if sender != "deelnemer":
            shown = at
        elif shown is not None and shown <= at and typed and length >= LONG:
            yield at - shown, at


def _some(session: Session, whose: ColumnElement[bool]) -> tuple[FloodAnswer, ...]:
    query = (
        select(Contribution.id, ContributionVersion.text)
        .join(Submission, Submission.id == Contribution.submission_id)
        .join(Participant, Participant.id == Submission.participant_id)
        .join(
            ContributionVersion,
            (ContributionVersion.contribution_id == Contribution.id)
            & (ContributionVersion.version == Contribution.version),
        )
        .where(whose)
        .order_by(Contribution.created_at, Contribution.id)
        .limit(SHOWN)
    )
    return tuple(FloodAnswer(*row) for row in session.execute(query))
