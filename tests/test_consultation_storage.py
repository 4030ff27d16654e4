"""The schema is made or migrated as needed, and a database that is not there is said plainly."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

import consultation.records  # noqa: F401  (its tables belong to the same schema)
from consultation.errors import StorageError
from consultation.models import Base
from consultation.storage import Storage


def test_the_migrations_make_exactly_the_tables_of_the_models(storage: Storage) -> None:
    with storage.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_sqlite_runs_in_wal_mode_with_foreign_keys(tmp_path: Path) -> None:
    storage = Storage(f"sqlite:///{tmp_path / 'a.db'}")
    with storage.engine.connect() as connection:
        assert connection.execute(text("pragma journal_mode")).scalar() == "wal"
        assert connection.execute(text("pragma foreign_keys")).scalar() == 1
    storage.close()


def test_what_was_written_is_there_after_opening_again(database_url: str) -> None:
    first = Storage(database_url)
    with first.writing() as session:
        session.execute(text("insert into consultation (slug, titel) values ('a', 'A')"))
    first.close()
    second = Storage(database_url)
    with second.reading() as session:
        assert session.execute(text("select titel from consultation")).scalar() == "A"
    second.close()


def test_a_block_that_fails_writes_nothing(storage: Storage) -> None:
    with pytest.raises(ZeroDivisionError), storage.writing() as session:
        session.execute(text("insert into consultation (slug, titel) values ('a', 'A')"))
        raise ZeroDivisionError
    with storage.reading() as session:
        assert session.execute(text("select count(*) from consultation")).scalar() == 0


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://postgres@127.0.0.1:1/nergens", "start PostgreSQL"),
        ("mysql://root@127.0.0.1/x", "use sqlite or postgresql"),
        ("geen url", "write e.g."),
        ("sqlite:////proc/nergens/a.db", "SAMENSPRAAK_DATA_DIR"),
    ],
)
def test_a_database_that_is_not_there_gives_one_line_with_the_mend(url: str, words: str) -> None:
    with pytest.raises(StorageError, match=words) as caught:
        Storage(url)
    assert "\n" not in str(caught.value)


def test_a_schema_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    storage = Storage(url)
    with storage.writing() as session:
        session.execute(text("update alembic_version set version_num = '9999'"))
    storage.close()
    with pytest.raises(StorageError, match="newer version"):
        Storage(url)
