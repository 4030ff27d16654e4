"""Classifies database errors: outages, which may pass, and faults of this program."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from consultation.logs import named

_SQLITE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
    }
)
# Classes: connection, transaction rollback, resources, operator intervention, system error. Codes:
# lock not available, read-only transaction.
_POSTGRES_CLASSES = ("08", "40", "53", "57", "58")
_POSTGRES = frozenset({"55P03", "25006"})
# PostgreSQL's messages of this class (data exception) quote the data.
_QUOTES_DATA = "22"


def is_outage(error: BaseException) -> bool:
    """Whether a retry may succeed later: no connection, a lock, a disk error, a timeout.

    Errors of our own statements are no outage: a violated constraint, a missing table, an invalid
    value.
    """
    if isinstance(error, NoConnectionFree):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        # The low byte is the primary result code; the others extend it.
        return (getattr(cause, "sqlite_errorcode", 0) or 0) & 0xFF in _SQLITE
    state = getattr(cause, "sqlstate", None)
    if state is None:
        # psycopg gives no code if no server answered.
        return type(cause).__name__ == "OperationalError"
    return state[:2] in _POSTGRES_CLASSES or state in _POSTGRES


def reason(error: BaseException) -> str:
    """The database's error message, on one line and without participants' words."""
    cause = getattr(error, "orig", None) or error
    state = getattr(cause, "sqlstate", None)
    if not isinstance(error, DBAPIError) or (state or "")[:2] == _QUOTES_DATA:
        return named(cause)
    first = next(iter(str(cause).strip().splitlines()), "")
    return f"{first} ({state or getattr(cause, 'sqlite_errorname', None) or named(cause)})"
