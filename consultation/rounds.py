"""Rounds: at most one is open. For publishing see ``reporting.publication``."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.catalogue import Catalogue
from consultation.database.models import Consultation, Round, now
from consultation.database.storage import Storage
from consultation.errors import RoundError


def find_consultation(session: Session, catalogue: Catalogue) -> Consultation | None:
    """The row of the catalogue's consultation; None before its first use."""
    slug = catalogue.consultatie.slug
    return session.scalar(select(Consultation).where(Consultation.slug == slug))


def consultation_id(storage: Storage, catalogue: Catalogue) -> int:
    """The id of the catalogue's consultation; creates the row, under the write lock, if missing."""
    with storage.reading() as session:
        found = find_consultation(session, catalogue)
    if found is not None:
        return found.id
    with storage.writing() as session:
        return ensure_consultation(session, catalogue).id


def ensure_consultation(session: Session, catalogue: Catalogue) -> Consultation:
    """The row of the catalogue's consultation, created if missing."""
    texts = catalogue.consultatie
    found = find_consultation(session, catalogue)
    if found is None:
        found = Consultation(slug=texts.slug, titel=texts.titel)
        session.add(found)
        session.flush()
    return found


def lock_consultation(session: Session, consultation_id: int) -> None:
    """Locks the consultation's row, so that decisions, runs and imports take turns on PostgreSQL.

    On SQLite the write lock does that already.
    """
    session.get(Consultation, consultation_id, with_for_update=True)


def all_rounds(session: Session, consultation_id: int) -> list[Round]:
    """The consultation's rounds, by number."""
    query = select(Round).where(Round.consultation_id == consultation_id).order_by(Round.number)
    return list(session.scalars(query))


def open_round(session: Session, consultation_id: int) -> Round | None:
    """The open round, or None."""
    return session.scalar(
        select(Round).where(Round.consultation_id == consultation_id, Round.status == "open")
    )


def latest_round(session: Session, consultation_id: int) -> Round | None:
    """The round with the highest number, or None."""
    query = select(Round).where(Round.consultation_id == consultation_id)
    return session.scalar(query.order_by(Round.number.desc()).limit(1))


def require_round(session: Session, consultation_id: int, number: int | None = None) -> Round:
    """The round with a number; without one, the open round, else the latest.

    Raises:
        RoundError: there is no such round; says how to open one.
    """
    if number is None:
        found = open_round(session, consultation_id) or latest_round(session, consultation_id)
    else:
        found = session.scalar(
            select(Round).where(Round.consultation_id == consultation_id, Round.number == number)
        )
    if found is None:
        which = "there is no round yet" if number is None else f"there is no round {number}"
        raise RoundError(f"{which}; open one with: samenspraak round open {number or 1}")
    return found


def require_open_round(session: Session, consultation_id: int) -> Round:
    """The open round.

    Raises:
        RoundError: no round is open; says how to open one.
    """
    found = open_round(session, consultation_id)
    if found is None:
        last = latest_round(session, consultation_id)
        number = last.number + 1 if last else 1
        raise RoundError(f"no round is open; open one with: samenspraak round open {number}")
    return found


def open_(session: Session, consultation_id: int, number: int, kind: str = "bevraging") -> Round:
    """Opens a round and creates it if it is new; a closed round may be opened again.

    Raises:
        RoundError: another round is open, the number is below 1 or skips one, the round is
            published, or it is of another kind.
    """
    if number < 1:
        raise RoundError(f"round {number}: rounds are numbered from 1.")
    other = open_round(session, consultation_id)
    if other is not None and other.number != number:
        raise RoundError(
            f"round {other.number} is open; close it first with: samenspraak round close "
            f"{other.number}"
        )
    found = session.scalar(
        select(Round).where(Round.consultation_id == consultation_id, Round.number == number)
    )
    if found is None:
        last = latest_round(session, consultation_id)
        expected = last.number + 1 if last else 1
        if number != expected:
            raise RoundError(f"round {number}: the next round is {expected}; open that one.")
        found = Round(consultation_id=consultation_id, number=number, kind=kind)
        session.add(found)
    elif found.status == "gepubliceerd":
        raise RoundError(f"round {number} is published; open the next one instead.")
    elif found.kind != kind:
        raise RoundError(f"round {number} is of kind {found.kind}; leave --kind {kind} out.")
    found.status, found.closed_at = "open", None
    session.flush()
    return found


def close(session: Session, consultation_id: int, number: int) -> Round:
    """Closes a round, which then accepts no answers; does nothing if it is not open.

    Raises:
        RoundError: there is no such round.
    """
    found = require_round(session, consultation_id, number)
    if found.status == "open":
        found.status, found.closed_at = "gesloten", now()
    return found


def require_closed_round(session: Session, consultation_id: int, number: int) -> Round:
    """The round with a number if it is not open, as publishing requires.

    Raises:
        RoundError: there is no such round, or it is still open.
    """
    found = require_round(session, consultation_id, number)
    if found.status == "open":
        raise RoundError(
            f"round {number} is still open; close it first with: samenspraak round close {number}"
        )
    return found
