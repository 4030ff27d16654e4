"""Checks decisions of the review, appends them to the event log and reads their history.

The log is append-only: a decision adds one row to ``curation_event``, and undoing it adds another;
no row is changed or deleted. ``curated`` (in ``curation.store``) reads the current state; this
module writes. ``decide`` works a decision out without a lock, while others may write, and then
writes it in a short transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.curation.ledger import Ledger, LedgerOutdated
from consultation.curation.operations import CurationError, Operation, parse
from consultation.curation.refusals import ConflictError, NewerEvent, OutOfScopeError
from consultation.curation.state import (
    Actor,
    Event,
    Outcome,
)
from consultation.curation.store import (
    curated,
)
from consultation.database.models import (
    Theme,
)
from consultation.database.storage import Storage
from consultation.rounds import lock_consultation
from consultation.theme_code import ThemeCode

__all__ = [
    "ConflictError",
    "CurationError",
    "Ledger",
    "NewerEvent",
    "OutOfScopeError",
    "append",
    "curated",
    "decide",
    "history",
    "theme_id",
]
_TRIES = 5


def decide(
    storage: Storage,
    consultation_id: int,
    opdrachten: Collection[int] | None,
    make: Callable[[Ledger], object],
    limit: int | None = None,
) -> list[Event]:
    """Writes the decisions that ``make`` appends to a ledger, all or none; returns the events.

    ``limit`` is the only opdracht that they may affect.

    ``make`` runs without the lock, and again if somebody else wrote meanwhile, so it must be
    repeatable. After ``_TRIES`` failed attempts it runs while holding the lock.

    Raises:
        OutOfScopeError: a decision affects an opdracht outside the limit.
        CurationError: a decision does not apply to the current state, or ``make`` raised this.
        ConflictError: a version differs from the expected one.
    """
    for _ in range(_TRIES):
        with storage.reading() as session:
            ledger = Ledger(session, consultation_id, opdrachten, limit)
            make(ledger)
        try:
            with storage.writing() as session:
                lock_consultation(session, consultation_id)
                return ledger.write(session)
        except LedgerOutdated:
            continue
    with storage.writing() as session:
        lock_consultation(session, consultation_id)
        ledger = Ledger(session, consultation_id, opdrachten, limit)
        make(ledger)
        return ledger.write(session)


def append(
    session: Session,
    consultation_id: int,
    account: str,
    operation: Operation | dict[str, Any],
    expected: Mapping[str, int] | None = None,
    opdrachten: Collection[int] | None = None,
    actor: Actor = "facilitator",
) -> Event:
    """Checks and writes one decision, inside the caller's transaction (``Storage.writing``).

    ``operation`` is one of ``curation.operations``, or its JSON object; ``Ledger.append`` describes
    the other arguments. Returns the written event.

    Raises:
        CurationError: it is not a valid operation, or does not apply to the current state.
        ConflictError: a version differs from the expected one; nothing was written.
    """
    known = parse(operation) if isinstance(operation, dict) else operation
    lock_consultation(session, consultation_id)
    ledger = Ledger(session, consultation_id, opdrachten)
    ledger.append(account, known, expected, actor=actor)
    (event,) = ledger.write(session)
    return event


def append_all(
    storage: Storage,
    consultation_id: int,
    account: str,
    operations: Sequence[tuple[str, object]],
    opdrachten: Collection[int] | None = None,
) -> list[Event]:
    """Writes several operations in order, all or none; each applies on top of the earlier ones.

    ``operations`` pairs the location of an operation ("events.jsonl, line 3") with its JSON object.

    Raises:
        CurationError: an operation is invalid; the message starts with its location. Nothing was
            written.
    """

    def make(ledger: Ledger) -> None:
        for where, raw in operations:
            try:
                ledger.append(account, parse(raw))
            except CurationError as error:
                raise error.at(where) from error

    return decide(storage, consultation_id, opdrachten, make)


def theme_id(session: Session, consultation_id: int, ref: str) -> str | None:
    """The id of a theme, given its id or code (``O04-T012``); None if there is no such theme."""
    query = select(Theme.id).where(Theme.consultation_id == consultation_id)
    code = ThemeCode.read(ref)
    if code is not None:
        query = query.where(Theme.opdracht == code.opdracht, Theme.number == code.number)
    else:
        query = query.where(Theme.id == ref)
    return session.scalar(query)


def history(session: Session, consultation_id: int, ref: str) -> list[Outcome]:
    """All events about a theme with their outcomes, oldest first.

    Raises:
        CurationError: there is no such theme.
    """
    found = theme_id(session, consultation_id, ref)
    row = session.get(Theme, found) if found else None
    if row is None:
        raise CurationError("theme_unknown", f"there is no theme {ref}.", "THEME", theme=ref)
    return curated(session, consultation_id, row.opdracht).about(row.id)
