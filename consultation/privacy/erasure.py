"""Erasure: planned without a lock, then carried out in a short transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.database.models import Consultation
from consultation.database.storage import Storage
from consultation.participation.answers import Erasure, ErasurePlanOutdated, work_out

_TRIES = 3

_Written = TypeVar("_Written")


def erasing(
    storage: Storage,
    erased: Callable[[Session], list[str]],
    write: Callable[[Session, Erasure | None], _Written],
) -> _Written:
    """Runs ``write`` in one transaction, with a planned erasure.

    The plan covers the contributions whose ids ``erased`` returns. It is made in a read
    transaction before. If data changed meanwhile (``ErasurePlanOutdated``), plan and write are
    tried again, ``_TRIES`` times in all. After that ``write`` runs under the lock with None, and
    plans the erasure itself. Returns the result of ``write``.
    """
    for _ in range(_TRIES):
        with storage.reading() as session:
            contributions = erased(session)
            planned = work_out(session, contributions) if contributions else Erasure()
        try:
            with storage.writing() as session:
                if planned.words is not None:
                    _lock(session)
                return write(session, planned)
        except ErasurePlanOutdated:
            continue
    with storage.writing() as session:
        _lock(session)
        return write(session, None)


def _lock(session: Session) -> None:
    """Serialises erasures with each other and with runs on PostgreSQL.

    Without it, one erasure could keep a word because of an answer that the other erases.
    """
    ids = select(Consultation.id).order_by(Consultation.id)
    session.execute(ids.with_for_update()).all()
