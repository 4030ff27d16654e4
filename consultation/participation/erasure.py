"""Erasure: what goes is worked out while others may write, and goes in a short transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.database.models import Consultation
from consultation.database.storage import Storage
from consultation.participation.answers import Erasure, Overtaken, work_out

_TRIES = 3

_Written = TypeVar("_Written")


def erasing(
    storage: Storage,
    erased: Callable[[Session], list[str]],
    write: Callable[[Session, Erasure | None], _Written],
) -> _Written:
    """Carries out ``write``, in one transaction, with the erasure worked out before it of the
    contributions that ``erased`` names.

    Where something was stored or erased meanwhile that matters, it is worked out anew. Who is
    overtaken again and again works under the lock: ``write`` gets None then.
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
        except Overtaken:
            continue
    with storage.writing() as session:
        _lock(session)
        return write(session, None)


def _lock(session: Session) -> None:
    """Makes two erasures, or one and a run, wait for each other on PostgreSQL: each may be the last
    to say a word that the other keeps."""
    ids = select(Consultation.id).order_by(Consultation.id)
    session.execute(ids.with_for_update()).all()
