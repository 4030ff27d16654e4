"""Where the tables live: SQLite in WAL mode by default, PostgreSQL by URL; migrated as needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.orm import Session

from consultation.errors import StorageError
from consultation.settings import ROOT

_MIGRATIONS = ROOT / "migrations"
_MIGRATION_LOCK = 5_147_001


class Storage:
    """An open database.

    ``reading`` gives a session whose changes are thrown away; ``writing`` commits when its block
    ends well and rolls back when it does not.
    """

    def __init__(self, url: str) -> None:
        """Opens the database at a SQLAlchemy URL and brings its schema up to date.

        Raises:
            StorageError: the URL is wrong, or the database cannot be reached or migrated.
        """
        self.engine = _engine(url)
        migrate(self.engine)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session to read from: one consistent view."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session to write with, in one transaction.

        On SQLite the write lock is taken at the start, so that a read followed by a write inside
        the block cannot fail half-way because somebody else wrote in between.
        """
        options: dict[str, Any] = {"sqlite_begin": "IMMEDIATE"}
        with (
            self.engine.connect().execution_options(**options) as connection,
            Session(connection, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    def close(self) -> None:
        """Gives all connections back."""
        self.engine.dispose()


def migrate(engine: Engine) -> None:
    """Brings the schema to this version's; does nothing where it is there already.

    Raises:
        StorageError: the database cannot be reached, or was made by a newer version.
    """
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    head = ScriptDirectory.from_config(config).get_current_head()
    try:
        with engine.connect() as connection:
            if MigrationContext.configure(connection).get_current_revision() == head:
                return
        with (
            engine.connect().execution_options(sqlite_begin="IMMEDIATE") as connection,
            connection.begin(),
        ):
            if engine.dialect.name == "postgresql":
                lock = text("select pg_advisory_xact_lock(:key)")
                connection.execute(lock, {"key": _MIGRATION_LOCK})
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except DBAPIError as error:
        raise StorageError(_unreachable(engine, error)) from error
    except CommandError as error:
        raise StorageError(
            f"{_shown(engine)}: made by a newer version ({error}); update Samenspraak."
        ) from error


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            if parsed.database and parsed.database != ":memory:":
                folder = Path(parsed.database).resolve().parent
                try:
                    folder.mkdir(parents=True, exist_ok=True)
                except OSError as error:
                    raise StorageError(
                        f"{folder}: the folder for the database cannot be made "
                        f"({error.strerror}); set SAMENSPRAAK_DATA_DIR or SAMENSPRAAK_DATABASE_URL."
                    ) from error
            engine = create_engine(parsed, hide_parameters=True, connect_args={"timeout": 30})
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        if parsed.get_backend_name() == "postgresql":
            if parsed.drivername == "postgresql":
                parsed = parsed.set(drivername="postgresql+psycopg")
            return create_engine(
                parsed,
                hide_parameters=True,
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


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"begin {mode}")


def _shown(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=True)


def _unreachable(engine: Engine, error: DBAPIError) -> str:
    reason = str(error.orig).strip().splitlines()[0] if error.orig else str(error)
    if engine.dialect.name == "postgresql":
        mend = "start PostgreSQL, create the database, or correct SAMENSPRAAK_DATABASE_URL"
    else:
        mend = "check that the path exists and is writable, or set SAMENSPRAAK_DATABASE_URL"
    return f"{_shown(engine)}: the database cannot be opened ({reason}); {mend}."
