"""What a database says of itself: its schema, its address, and words that wait to be erased."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from consultation.database.outages import reason
from consultation.settings import ROOT

MIGRATIONS = ROOT / "migrations"
# SQLite reserves this number in the file header for the application. It is not 0 while the
# write-ahead log may still hold erased words.
DUE = "pragma user_version"


def newest_schema() -> str:
    """The migration that this version's models need: the last of the numbered files."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def schema_of(connection: Connection) -> str | None:
    """The last migration of a database; None before the first."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("select version_num from alembic_version"))
    return found


def mark_due(connection: Connection) -> None:
    """Notes in an SQLite file that its write-ahead log may hold erased words."""
    number = connection.exec_driver_sql(DUE).scalar() or 0
    connection.exec_driver_sql(f"{DUE} = {number + 1}")


def shown_address(engine: Engine) -> str:
    """The address of a database for messages, without its password."""
    return engine.url.render_as_string(hide_password=True)


def unreachable(engine: Engine, error: DBAPIError) -> str:
    """The message for a database that cannot be opened, with the mend."""
    if engine.dialect.name == "postgresql":
        mend = "start PostgreSQL, create the database, or correct SAMENSPRAAK_DATABASE_URL"
    else:
        mend = "check that the path exists and is writable, or set SAMENSPRAAK_DATABASE_URL"
    return f"{shown_address(engine)}: the database cannot be opened ({reason(error)}); {mend}."
