"""Which web processes live: each holds a lock of its own on PostgreSQL for as long as it lives.

A turn takes longer than a transaction, so no row lock can cover it. A message holds the number of
the process that works on it (``Message.owner``), and that process holds an advisory lock with the
same number, over one connection that it keeps. PostgreSQL releases the lock as soon as the process
ends, however it ends. So a turn costs no statement more, and who meets a message of another process
knows whether to leave it alone. On SQLite there is one web process, and its number is ``NOBODY``.
"""

from __future__ import annotations

import logging
import secrets
import threading
from contextlib import suppress

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

NOBODY = 0
"""The owner of a message that no process works on."""
WORKS = 0x53414D45
"""Processes that take turns; the first half of the keys of their locks."""
ANALYSES = 0x53414D46
"""Processes that run the analyses that others were asked for (``samenspraak serve worker``)."""
_KEEPALIVE = (
    "set tcp_keepalives_idle = 5",
    "set tcp_keepalives_interval = 2",
    "set tcp_keepalives_count = 3",
)
"""A machine that is cut off loses its locks after some ten seconds, not after two hours."""

_log = logging.getLogger("samenspraak.presence")


class Presence:
    """The number of this process, and the lock that shows that it lives."""

    def __init__(self, engine: Engine, kind: int = WORKS) -> None:
        """Takes no lock yet: ``keep`` does."""
        self._engine = engine
        self._kind = kind
        self._shared = engine.dialect.name == "postgresql"
        self._connection: Connection | None = None
        self._lock = threading.Lock()
        self.number = secrets.randbelow(2**31 - 1) + 1 if self._shared else NOBODY

    def keep(self) -> None:
        """Takes the lock where it is not held, as at the start or after a restart of PostgreSQL.

        Raises:
            DBAPIError: the database does not answer.
        """
        if not self._shared:
            return
        with self._lock:
            try:
                if self._connection is not None:
                    self._connection.execute(text("select 1"))
                    return
                self._connection = self._engine.connect().execution_options(
                    isolation_level="AUTOCOMMIT"
                )
                for statement in _KEEPALIVE:
                    self._connection.execute(text(statement))
                while not self._taken():
                    self.number = secrets.randbelow(2**31 - 1) + 1
            except SQLAlchemyError:
                self._drop()
                raise

    def close(self) -> None:
        """Releases the lock: what this process did not finish is free for the others."""
        with self._lock:
            self._drop()

    def _taken(self) -> bool:
        assert self._connection is not None
        take = text("select pg_try_advisory_lock(:kind, :number)")
        return bool(self._connection.scalar(take, {"kind": self._kind, "number": self.number}))

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(SQLAlchemyError):
                # Not back to the pool: the lock lasts as long as the connection.
                connection.invalidate()
            connection.close()


def living(session: Session, kind: int = WORKS) -> frozenset[int]:
    """The numbers of the processes of a kind that live; none on SQLite."""
    if session.get_bind().dialect.name != "postgresql":
        return frozenset()
    query = text(
        "select objid::bigint from pg_locks where locktype = 'advisory' and granted "
        "and objsubid = 2 and classid::bigint = :kind and database = "
        "(select oid from pg_database where datname = current_database())"
    )
    return frozenset(session.scalars(query, {"kind": kind}))
