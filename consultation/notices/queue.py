"""The queue of news mails: one per participant and published round, each sent at most once.

A mail is taken up (``bezig``), and marked ``onzeker`` just before its text goes to the mail server.
Whatever breaks off before that is tried again; what breaks off after it is not, as the server may
have taken it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete, func, insert, select, update
from sqlalchemy.orm import Session

from consultation.database.models import NewsAddress, NewsMail, Participant, Round, now
from consultation.database.models.notices import BUSY, FAILED, SENT, UNCERTAIN, WAITS

PAUSES = (5, 15, 60, 240, 720, 720, 1440)
"""Minutes until a mail that the server did not take is tried again; then it has failed."""

_STALE = timedelta(minutes=15)
"""After this long whoever took up a mail is taken for dead; a delivery times out well before."""


@dataclass(frozen=True)
class DueMail:
    """A mail that was taken up: to whom, on which round, at the how manieth attempt."""

    id: int
    participant: str
    address: str
    round: int
    attempt: int


def queue_round(session: Session, round_: Round) -> int:
    """Queues a mail to all who asked for news, unless they had one on this round; returns how many.

    The round is published; who asks later gets news of the next one.
    """
    had = select(NewsMail.participant_id).where(NewsMail.round_id == round_.id)
    asked = session.scalars(
        select(NewsAddress.participant_id)
        .join(Participant, Participant.id == NewsAddress.participant_id)
        .where(
            Participant.consultation_id == round_.consultation_id,
            NewsAddress.participant_id.not_in(had),
        )
    ).all()
    if asked:
        rows = [{"participant_id": each, "round_id": round_.id} for each in asked]
        session.execute(insert(NewsMail), rows)
    return len(asked)


def drop_round(session: Session, round_: Round) -> None:
    """Drops the mails on a round that still wait: its publication was taken back."""
    session.execute(delete(NewsMail).where(NewsMail.round_id == round_.id, NewsMail.state == WAITS))


def take_up(session: Session, at: datetime | None = None) -> DueMail | None:
    """Takes up the next mail that is due; None when there is none. Commit before it is sent."""
    moment = at or now()
    stale = NewsMail.state == BUSY, NewsMail.due_at < moment - _STALE
    session.execute(update(NewsMail).where(*stale).values(state=WAITS))
    due = (
        select(NewsMail.id, NewsMail.participant_id, NewsAddress.address, Round.number)
        .join(NewsAddress, NewsAddress.participant_id == NewsMail.participant_id)
        .join(Round, Round.id == NewsMail.round_id)
        .where(NewsMail.state == WAITS, NewsMail.due_at <= moment)
        .order_by(NewsMail.due_at, NewsMail.id)
    )
    for id_, participant, address, number in session.execute(due.limit(20)).all():
        taken = (
            update(NewsMail)
            .where(NewsMail.id == id_, NewsMail.state == WAITS)
            .values(state=BUSY, due_at=moment, attempts=NewsMail.attempts + 1)
        )
        if _changed(session, taken):
            attempt = session.scalar(select(NewsMail.attempts).where(NewsMail.id == id_)) or 1
            return DueMail(id_, participant, address, number, attempt)
    return None


def hand_over(session: Session, mail: DueMail) -> bool:
    """Marks that the text of a mail goes to the server now; False if it may not be sent any more.

    That is so if another process took it up since, or its address was removed. Commit before
    sending.
    """
    kept = session.get(NewsAddress, mail.participant)
    mine = NewsMail.id == mail.id, NewsMail.state == BUSY, NewsMail.attempts == mail.attempt
    if kept is None or kept.address != mail.address:
        session.execute(update(NewsMail).where(*mine).values(state=WAITS))
        return False
    return _changed(session, update(NewsMail).where(*mine).values(state=UNCERTAIN))


def sent(session: Session, mail: DueMail) -> None:
    """The server took the mail."""
    done = update(NewsMail).where(NewsMail.id == mail.id)
    session.execute(done.values(state=SENT, sent_at=now()))


def not_taken(session: Session, mail: DueMail, for_good: bool) -> None:
    """The server did not take the mail: it waits for another attempt, or has failed for good."""
    own = NewsMail.id == mail.id, NewsMail.attempts == mail.attempt
    if for_good or mail.attempt > len(PAUSES):
        session.execute(update(NewsMail).where(*own).values(state=FAILED))
        return
    due = now() + timedelta(minutes=PAUSES[mail.attempt - 1])
    session.execute(update(NewsMail).where(*own).values(state=WAITS, due_at=due))


def counts(session: Session) -> Mapping[str, int]:
    """The number of mails by state; states without any are left out."""
    query = select(NewsMail.state, func.count()).group_by(NewsMail.state)
    return dict(session.execute(query).tuples().all())


def _changed(session: Session, statement: object) -> bool:
    done = session.execute(statement)  # type: ignore[call-overload]
    assert isinstance(done, CursorResult)
    return bool(done.rowcount == 1)
