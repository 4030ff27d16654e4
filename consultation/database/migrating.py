"""Runs Alembic's migrations on a database."""

from __future__ import annotations

import logging

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from consultation.database.outages import is_outage, reason
from consultation.database.revision import install_triggers, remove_triggers
from consultation.database.schema import MIGRATIONS, mark_due, shown_address, unreachable
from consultation.errors import StorageError

_MIGRATION_LOCK = 5_147_001
_NO_PRIVILEGE = "42501"

_log = logging.getLogger("samenspraak.storage")


def schema_versions() -> frozenset[str]:
    """The migrations that this version knows."""
    return frozenset(step.revision for step in _script(Config()).walk_revisions())


def upgrade(engine: Engine, target: str | None = None) -> None:
    """Runs the migrations that a database lacks; ``storage.migrate`` calls it where some do.

    The arguments and errors are those of ``storage.migrate``.
    """
    config = Config()
    script = _script(config)
    head = target or script.get_current_head()
    try:
        with (
            engine.connect().execution_options(sqlite_begin="IMMEDIATE") as connection,
            connection.begin(),
        ):
            if engine.dialect.name == "postgresql":
                lock = text("select pg_advisory_xact_lock(:key)")
                connection.execute(lock, {"key": _MIGRATION_LOCK})
            config.attributes["connection"] = connection
            # PostgreSQL cannot alter a table that has pending deferred triggers.
            remove_triggers(connection)
            current = MigrationContext.configure(connection).get_current_revision()
            for step in reversed(list(script.iterate_revisions(head, current or "base"))):
                _upgrade(engine, config, step)
            # A migration that recreates a table drops its triggers, so install all of them again.
            if target is None:
                install_triggers(connection)
            if engine.dialect.name == "sqlite":
                mark_due(connection)
    except DBAPIError as error:
        raise StorageError(unreachable(engine, error)) from error
    except (CommandError, RevisionError) as error:
        raise StorageError(
            f"{shown_address(engine)}: made by a newer version ({error}); update Samenspraak."
        ) from error


def _script(config: Config) -> ScriptDirectory:
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config)


def _upgrade(engine: Engine, config: Config, step: Script) -> None:
    """Runs one migration.

    Raises:
        StorageError: it failed; names the migration, the cause and the correction.
    """
    try:
        command.upgrade(config, step.revision)
    except CommandError:
        raise
    except Exception as error:
        if is_outage(error):
            mend = "see that the disk has room and that nothing else uses it, then try again"
        elif getattr(getattr(error, "orig", None), "sqlstate", None) == _NO_PRIVILEGE:
            mend = "give its user the right to change tables"
        else:
            mend = "go on with the version that made it, and report this; the log tells where"
            _log.exception("migration %s failed", step.revision)
        raise StorageError(
            f"{shown_address(engine)}: migration {step.revision} ({step.doc.rstrip('.')}) failed: "
            f"{reason(error)}. The database is as it was; {mend}."
        ) from error
