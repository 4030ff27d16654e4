"""The schema is made or migrated as needed, and a database that is not there is said plainly."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError

import consultation.database.records  # noqa: F401  (its tables belong to the same schema)
from consultation.curation.chain import FIRST_LINK, link_after, log_head, open_part, sealed_part
from consultation.database.migrating import schema_versions
from consultation.database.models import (
    AnalysisRun,
    Assignment,
    Base,
    CurationEvent,
    RunMark,
    RunTheme,
    Theme,
)
from consultation.database.schema import newest_schema
from consultation.database.storage import Storage
from consultation.errors import StorageError
from consultation.settings import ROOT


def test_the_migrations_make_exactly_the_tables_of_the_models(storage: Storage) -> None:
    with storage.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_last_file_of_the_migrations_is_the_schema_of_the_models(storage: Storage) -> None:
    """The number of the file counts when a database is opened, as Alembic takes long to load."""
    assert newest_schema() == max(schema_versions())
    with storage.engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_heads() == (newest_schema(),)


def test_sqlite_runs_in_wal_mode_with_foreign_keys(tmp_path: Path) -> None:
    storage = Storage(f"sqlite:///{tmp_path / 'a.db'}")
    with storage.engine.connect() as connection:
        assert connection.execute(text("pragma journal_mode")).scalar() == "wal"
        assert connection.execute(text("pragma foreign_keys")).scalar() == 1
    storage.close()


def test_a_connection_that_is_in_use_at_the_close_closes_at_its_end(database_url: str) -> None:
    storage = Storage(database_url)
    with storage.reading() as session:
        session.execute(text("select 1"))
        used = session.connection().connection.dbapi_connection
        storage.close()
        assert session.execute(text("select 1")).scalar() == 1
    assert used is not None
    with pytest.raises((sqlite3.ProgrammingError, psycopg.OperationalError), match="closed"):
        used.cursor().execute("select 1")


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


def test_an_answer_that_was_marked_as_taken_back_is_gone_and_the_others_stay_whole(
    database_url: str,
) -> None:
    """The table of answers loses a column, and no answer what hangs on it."""
    storage = Storage(database_url)
    migrated(storage.engine, "0006")
    with storage.writing() as session:
        for statement in OLD_ANSWERS.strip().splitlines():
            session.execute(text(statement))
    storage.close()
    newer = Storage(database_url)
    with newer.reading() as session:
        for table, column in (
            ("contribution", "id"),
            ("contribution_version", "text"),
            ("statement", "id"),
        ):
            rows = session.execute(text(f"select {column} from {table}")).scalars()
            assert list(rows) == ["blijft"], table
    newer.close()


def test_a_measure_that_told_less_than_it_does_now_is_made_anew(database_url: str) -> None:
    storage = Storage(database_url)
    migrated(storage.engine, "0007")
    with storage.writing() as session:
        for statement in OLD_ANSWERS.strip().splitlines():
            if "withdrawn_at" not in statement and "'v2'" not in statement:
                session.execute(text(statement))
        more = (
            ("chat", "chat", 1, "null"),
            ("form", "form", 1, "null"),
            ("gevraagd", "chat", 2, "'Wie?'"),
        )
        for name, channel, last, probe in more:
            session.execute(
                text(
                    "insert into contribution"
                    " (id, submission_id, channel, auto, version, probe, created_at) values"
                    f" ('{name}', 's', '{channel}', false, {last}, {probe}, '2026-01-01 00:00:00')"
                )
            )
            for version in range(1, last + 1):
                session.execute(
                    text(
                        "insert into contribution_version"
                        " (id, contribution_id, version, text, parts, measure, at) values"
                        f" ('{name}{version}', '{name}', {version}, 'x', '[]', '7',"
                        " '2026-01-01 00:00:00')"
                    )
                )
    storage.close()
    newer = Storage(database_url)
    with newer.reading() as session:
        kept = session.execute(
            text("select id from contribution_version where measure is not null order by id")
        ).scalars()
        assert list(kept) == ["chat1", "gevraagd1"]
    newer.close()


def test_marks_stay_when_another_one_becomes_possible(database_url: str) -> None:
    storage = Storage(database_url)
    migrated(storage.engine, "0015")
    with storage.writing() as session:
        for statement in OLD_ANSWERS.strip().splitlines():
            if "'gaat'" not in statement:
                session.execute(text(statement))
        session.execute(
            text(
                "insert into analysis_run (id, round_id, status, parameters, models, seed,"
                " input_hash, curation_hash, metrics, started_at) values"
                " (1, 1, 'klaar', '{}', '{}', 0, 'x', 'x', '{}', '2026-01-01 00:00:00')"
            )
        )
        session.execute(
            text(
                "insert into run_mark (run_id, statement_id, mark)"
                " values (1, 'blijft', 'geen_antwoord')"
            )
        )
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text("update run_mark set mark = 'vaste_tekst'"))
    storage.close()
    newer = Storage(database_url)
    with newer.writing() as session:
        assert session.scalars(text("select mark from run_mark")).all() == ["geen_antwoord"]
        session.execute(text("update run_mark set mark = 'vaste_tekst'"))
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text("update run_mark set mark = 'iets anders'"))
    newer.close()


def test_runs_and_their_results_stay_when_unused_columns_go(database_url: str) -> None:
    """The table of runs loses two columns, and no run what hangs on it."""
    storage = Storage(database_url)
    migrated(storage.engine, "0016")
    with storage.writing() as session:
        for statement in OLD_ANSWERS.strip().splitlines():
            if "'gaat'" not in statement and "'v2'" not in statement:
                session.execute(text(statement))
        for statement in OLD_RUN.strip().splitlines():
            session.execute(text(statement))
    storage.close()
    newer = Storage(database_url)
    with newer.writing() as session:
        assert session.scalars(select(AnalysisRun.input_hash)).all() == ["x"]
        assert session.scalars(select(RunTheme.label)).all() == ["thema"]
        (placed,) = session.scalars(select(Assignment))
        assert (placed.statement_id, placed.score, placed.run_id) == ("blijft", 0.5, 1)
        assert session.scalars(select(RunMark.mark)).all() == ["geen_antwoord"]
        assert session.scalars(select(Theme.created_run_id)).all() == [1]
        again = Assignment(statement_id="blijft", theme_id="t", run_id=1)
        with pytest.raises(IntegrityError), session.begin_nested():
            session.add(again)
        session.add(AnalysisRun(id=2, round_id=1))
    if newer.file is not None:
        with newer.reading() as session:
            assert session.execute(text("pragma integrity_check")).scalar() == "ok"
            assert not session.execute(text("pragma foreign_key_check")).all()
    migrated(newer.engine, "0016")
    with newer.engine.connect() as connection:
        rows = connection.execute(text("select status, seed from analysis_run")).all()
        assert [tuple(row) for row in rows] == [("klaar", 0)] * 2
        assert connection.execute(text("select count(*) from run_theme")).scalar() == 1
    newer.close()
    Storage(database_url).close()


def migrated(engine: Engine, revision: str) -> None:
    """Takes a schema back to how it was."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    with engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


OLD_ANSWERS = """
insert into consultation (id, slug, titel) values (1, 'a', 'A')
insert into round (id, consultation_id, number, kind, status, opened_at) values (1, 1, 1, 'bevraging', 'open', '2026-01-01 00:00:00')
insert into participant (id, consultation_id, created_at) values ('p', 1, '2026-01-01 00:00:00')
insert into submission (id, participant_id, round_id, status, created_at) values ('s', 'p', 1, 'open', '2026-01-01 00:00:00')
insert into contribution (id, submission_id, channel, auto, version, created_at) values ('blijft', 's', 'chat', false, 1, '2026-01-01 00:00:00')
insert into contribution (id, submission_id, channel, auto, version, created_at, withdrawn_at) values ('gaat', 's', 'chat', false, 1, '2026-01-01 00:00:00', '2026-01-02 00:00:00')
insert into contribution_version (id, contribution_id, version, text, parts, at) values ('v1', 'blijft', 1, 'blijft', '[]', '2026-01-01 00:00:00')
insert into contribution_version (id, contribution_id, version, text, parts, at) values ('v2', 'gaat', 1, 'gaat', '[]', '2026-01-01 00:00:00')
insert into statement (id, contribution_version_id, start, "end", kind, placed_by, created_at) values ('blijft', 'v1', 0, 6, 'anders', 'vraag', '2026-01-01 00:00:00')
insert into statement (id, contribution_version_id, start, "end", kind, placed_by, created_at) values ('gaat', 'v2', 0, 4, 'anders', 'vraag', '2026-01-01 00:00:00')
"""  # noqa: E501
OLD_RUN = """
insert into analysis_run (id, round_id, status, parameters, models, seed, input_hash, curation_hash, metrics, started_at) values (1, 1, 'klaar', '{}', '{}', 0, 'x', 'x', '{}', '2026-01-01 00:00:00')
insert into theme (id, consultation_id, opdracht, number, status, parents, created_run_id, created_at) values ('t', 1, 4, 1, 'kandidaat', '[]', 1, '2026-01-01 00:00:00')
insert into run_theme (run_id, theme_id, label, keywords, quotes, trust) values (1, 't', 'thema', '[]', '[]', '{}')
insert into assignment (statement_id, theme_id, run_id, decided_by, is_primary, score, at) values ('blijft', 't', 1, '', true, 0.5, '2026-01-01 00:00:00')
insert into run_mark (run_id, statement_id, mark) values (1, 'blijft', 'geen_antwoord')
"""  # noqa: E501


def test_a_schema_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    storage = Storage(url)
    with storage.writing() as session:
        session.execute(text("update alembic_version set version_num = '9999'"))
    storage.close()
    with pytest.raises(StorageError, match="newer version"):
        Storage(url)


def test_decisions_from_before_the_chain_get_their_links(database_url: str) -> None:
    """The links that the migration gives are those that the program follows."""
    storage = Storage(database_url)
    migrated(storage.engine, "0022")
    rename = '{"op": "rename", "theme": "t", "label": "é", "recorded": {"themes": ["t"]}}'
    status = (
        '{"op": "action", "do": "status", "action": "a", "status": "verworpen",'
        ' "recorded": {"opdrachten": [4], "themes": []}}'
    )
    with storage.writing() as session:
        session.execute(
            text("insert into consultation (id, slug, titel) values (1, 'a', 'A'), (2, 'b', 'B')")
        )
        for number, (consultation, op, payload, revokes) in enumerate(
            (
                (1, "rename", rename, None),
                (2, "rename", rename, None),
                (1, "action", status, None),
                (1, "revoke", '{"op": "revoke", "event": 1, "recorded": {}}', 1),
            ),
            start=1,
        ):
            session.execute(
                text(
                    "insert into curation_event"
                    " (id, consultation_id, account, op, payload, revokes_id, at) values"
                    " (:id, :of, 'els', :op, :payload, :revokes, '2026-01-01 23:30:00.000100')"
                ),
                {
                    "id": number,
                    "of": consultation,
                    "op": op,
                    "payload": payload,
                    "revokes": revokes,
                },
            )
    storage.close()
    newer = Storage(database_url)
    with newer.reading() as session:
        links: dict[int, str] = {}
        last = {1: FIRST_LINK, 2: FIRST_LINK}
        for row in session.scalars(select(CurationEvent).order_by(CurationEvent.id)):
            told = open_part(row, links.get(row.revokes_id or 0))
            assert row.link == link_after(last[row.consultation_id], told, sealed_part(row))
            last[row.consultation_id] = links[row.id] = row.link
        assert log_head(session, 1).link == links[4]
        assert log_head(session, 1).events == 3
    newer.close()
