"""Database access: SQLite in WAL mode by default, PostgreSQL by URL; migrated as needed.

SQLite's write-ahead log keeps old copies of pages, and thus erased words, until it is truncated. A
transaction that erases words sets a mark in the database itself, in the same commit.
``Storage.scrub`` truncates the log: at once if no reader blocks it, else later.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Text, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction
from sqlalchemy.pool import ConnectionPoolEntry

from consultation.database.revision import WRITING
from consultation.database.schema import (
    DUE,
    mark_due,
    newest_schema,
    schema_of,
    unreachable,
)
from consultation.errors import StorageError
from consultation.private_files import make_private_file, make_private_folder

_LOCK_SECONDS = 30.0
_SCRUB_PATIENCE = 1.0
_SCRUB_PAUSE = 0.05
_CHUNK = 500
_TAKES_WORDS_AWAY = "takes words away"

_log = logging.getLogger("samenspraak.storage")


class Storage:
    """An open database.

    ``reading`` gives a session whose changes are discarded; ``writing`` commits at the end of its
    block and rolls back on an exception. ``file`` is the path of an SQLite database, else None.
    """

    def __init__(self, url: str) -> None:
        """Opens the database at a SQLAlchemy URL and brings its schema up to date.

        Raises:
            StorageError: the URL is wrong, or the database cannot be reached or migrated.
        """
        self.engine = open_engine(url)
        database = self.engine.url.database if self.engine.dialect.name == "sqlite" else None
        self.file = Path(database).resolve() if database and database != ":memory:" else None
        self._writers = threading.Lock()
        try:
            migrate(self.engine)
            self.scrub()
        except BaseException:
            self.close()
            raise

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session to read from, with one consistent view."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def reading_one_moment(self) -> Iterator[Session]:
        """A session in which all reads see the same moment, also between queries on PostgreSQL."""
        postgres = self.engine.dialect.name == "postgresql"
        options = {"isolation_level": "REPEATABLE READ"} if postgres else {}
        with (
            self.engine.connect().execution_options(**options) as connection,
            Session(connection, expire_on_commit=False) as session,
        ):
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session to write with, in one transaction.

        On SQLite the write lock is taken at the start, so that a read followed by a write in the
        block cannot fail because of another write in between. A thread that waits for the lock
        holds no connection, so that the pool has one for readers. If words are erased, the
        write-ahead log is scrubbed after the commit.
        """
        with self._one_writer():
            options: dict[str, Any] = {"sqlite_begin": "IMMEDIATE"}
            with (
                self.engine.connect().execution_options(**options) as connection,
                _WatchedSession(connection, expire_on_commit=False) as session,
                session.begin(),
            ):
                session.info[WRITING] = True
                yield session
                session.flush()
                erased = self.file is not None and session.info.get(_TAKES_WORDS_AWAY, False)
                if erased:
                    mark_due(connection)
        if erased:
            self.scrub(_SCRUB_PATIENCE)

    def takes_writes(self) -> bool:
        """Whether a write can succeed now; does not wait for SQLite's write lock.

        Raises:
            DBAPIError: the database does not answer or accepts no writes.
        """
        with self.engine.connect() as connection:
            if self.file is None and self.engine.dialect.name == "postgresql":
                # This tests the write-ahead log and the disk without a change to any table.
                logged = text("select pg_logical_emit_message(true, 'samenspraak', 'ready')")
                connection.execute(logged)
                connection.execute(text("update consultation set id = id where false"))
                connection.commit()
            else:
                connection.execute(text("select 1"))
        return self.file is None or os.access(self.file, os.W_OK)

    def connections_in_use(self) -> int:
        """The connections of this process that somebody uses now; 0 where they are not counted."""
        counted = getattr(self.engine.pool, "checkedout", None)
        return int(counted()) if counted is not None else 0

    def scrub(self, patience: float = 0.0) -> bool:
        """Removes erased words from SQLite's write-ahead log.

        Returns False if readers or writers blocked it for ``patience`` seconds; the scrub then
        remains due, for this process or another. PostgreSQL needs no scrub: returns True.
        """
        if self.file is None:
            return True
        until = time.monotonic() + patience
        while not _scrubbed(self.file):
            if time.monotonic() >= until:
                return False
            time.sleep(_SCRUB_PAUSE)
        return True

    def close(self) -> None:
        """Closes all connections; one that is in use closes when its block ends."""
        if not event.contains(self.engine.pool, "checkin", _close_returned):
            event.listen(self.engine.pool, "checkin", _close_returned)
        self.engine.dispose()

    @contextmanager
    def _one_writer(self) -> Iterator[None]:
        if self.engine.dialect.name != "sqlite":
            yield
            return
        if not self._writers.acquire(timeout=_LOCK_SECONDS):
            locked = sqlite3.OperationalError("database is locked")
            locked.sqlite_errorcode = sqlite3.SQLITE_BUSY
            locked.sqlite_errorname = "SQLITE_BUSY"
            raise OperationalError("begin immediate", None, locked)
        try:
            yield
        finally:
            self._writers.release()


def in_chunks(session: Session, query: Any, column: Any, wanted: Iterable[str]) -> Iterator[Any]:
    """The rows of a query where a column has one of many values, fetched 500 values at a time.

    Databases limit the number of parameters of a statement.
    """
    every = list(dict.fromkeys(wanted))
    for start in range(0, len(every), _CHUNK):
        yield from session.execute(query.where(column.in_(every[start : start + _CHUNK])))


class _WatchedSession(Session):
    """A session that records whether words were erased in it.

    That is so if rows were deleted, or if existing texts were changed.
    """


@event.listens_for(_WatchedSession, "before_flush")
def _watch_flush(session: Session, _context: UOWTransaction, _instances: object) -> None:
    if session.deleted or any(_loses_text(each) for each in session.dirty):
        session.info[_TAKES_WORDS_AWAY] = True


@event.listens_for(_WatchedSession, "do_orm_execute")
def _watch_execute(state: ORMExecuteState) -> None:
    if state.is_delete or (state.is_update and _has_text(state.statement.table)):  # type: ignore[attr-defined]
        state.session.info[_TAKES_WORDS_AWAY] = True


def _loses_text(row: object) -> bool:
    found = inspect(row)
    for attribute in found.mapper.column_attrs:
        if not isinstance(attribute.columns[0].type, Text):
            continue
        changed = found.attrs[attribute.key].history
        # An old value that was not loaded is unknown, so it counts as a text.
        if changed.added and (not changed.deleted or any(changed.deleted)):
            return True
    return False


def _has_text(table: Any) -> bool:
    return any(isinstance(column.type, Text) for column in table.columns)


def _scrubbed(file: Path) -> bool:
    """Truncates the write-ahead log if that is due; False if a reader or writer blocks it."""
    try:
        # Not from the pool: its connections have a long timeout, and may all be in use.
        address = f"{file.as_uri()}?mode=rw"
        with closing(
            sqlite3.connect(address, uri=True, timeout=0.2, isolation_level=None)
        ) as connection:
            (due,) = connection.execute(DUE).fetchone()
            if not due:
                return True
            (busy, _, _) = connection.execute("pragma wal_checkpoint(truncate)").fetchone()
            if busy:
                return False
            connection.execute("begin immediate")
            if connection.execute(DUE).fetchone() == (due,):
                connection.execute(f"{DUE} = 0")
            connection.execute("commit")
    except sqlite3.OperationalError:
        return False
    return True


def migrate(engine: Engine, target: str | None = None) -> None:
    """Migrates the schema to this version; does nothing if it is up to date.

    Args:
        engine: the database.
        target: a migration to stop at, for a backup; the triggers of the revision are left to a
            later call without it.

    Raises:
        StorageError: the database cannot be reached, was made by a newer version, or a migration
            failed; the database is then unchanged.
    """
    try:
        with engine.connect() as connection:
            if schema_of(connection) == (target or newest_schema()):
                return
    except DBAPIError as error:
        raise StorageError(unreachable(engine, error)) from error
    # Alembic and all migrations take a quarter of a second to load, and are seldom needed.
    from consultation.database.migrating import upgrade

    upgrade(engine, target)


def open_engine(url: str) -> Engine:
    """The database at a SQLAlchemy URL, with its schema as it is.

    Raises:
        StorageError: the URL is wrong, or the folder of the database cannot be made.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            pool: dict[str, int] = {}
            if parsed.database and parsed.database != ":memory:":
                pool = {"pool_size": 10, "max_overflow": 30}
                folder = Path(parsed.database).resolve().parent
                try:
                    make_private_folder(folder)
                except OSError as error:
                    raise StorageError(
                        f"{folder}: the folder for the database cannot be made "
                        f"({error.strerror}); set SAMENSPRAAK_DATA_DIR or SAMENSPRAAK_DATABASE_URL."
                    ) from error
                # SQLite gives its journal files the permissions of this file. If it cannot be made,
                # opening the database reports why.
                if not parsed.database.startswith("file:"):
                    with suppress(OSError):
                        make_private_file(Path(parsed.database))
            engine = create_engine(
                parsed, hide_parameters=True, connect_args={"timeout": _LOCK_SECONDS}, **pool
            )
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        if parsed.get_backend_name() == "postgresql":
            if parsed.drivername == "postgresql":
                parsed = parsed.set(drivername="postgresql+psycopg")
            return create_engine(
                parsed,
                hide_parameters=True,
                pool_size=10,
                max_overflow=20,
                pool_pre_ping=True,
                connect_args={"connect_timeout": 5},
            )
    except (ArgumentError, NoSuchModuleError) as error:
        raise StorageError(
            f"SAMENSPRAAK_DATABASE_URL: not a database URL ({error}); write e.g. "
            "sqlite:///var/samenspraak.db or postgresql+psycopg://user@host/name."
        ) from error
    raise StorageError(
        f"SAMENSPRAAK_DATABASE_URL: {parsed.get_backend_name()} is not supported; use sqlite or "
        "postgresql."
    )


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("pragma journal_mode=wal")
    cursor.execute("pragma foreign_keys=on")
    cursor.execute("pragma synchronous=normal")
    cursor.execute("pragma secure_delete=on")
    cursor.close()


def _close_returned(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.invalidate()


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"begin {mode}")
