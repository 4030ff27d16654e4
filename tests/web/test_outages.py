"""Only what is an outage is told as one; a fault of ours is told as a fault, with its place."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from consultation.database.outages import is_outage, reason
from consultation.database.storage import Storage
from consultation.errors import StorageError
from consultation.settings import ROOT
from dialogue import turns
from dialogue.messages import say
from tests.web_stage import Site, StandIn, begin, small_talk

pytest_plugins = ["tests.web_fixtures"]

WORDS = "De lift in Zomergem is stuk"
TWICE = "insert into consultation (id, slug, titel) values (77, :words, 'x'), (77, 'y', 'y')"

FAULTS = {
    "constraint": TWICE,
    "no table": "insert into nergens values (:words)",
    "no value": "insert into consultation (id, slug, titel) values (78, :words, null)",
}
POSTGRES_FAULTS = {"wrong value": "select cast(:words as integer)"}
POSTGRES_OUTAGES = {
    "connection": "select pg_terminate_backend(pg_backend_pid())",
    "time": "set local statement_timeout = 1; select pg_sleep(5)",
    "read only": "set transaction read only; create table x (y int)",
}
SQLITE_OUTAGES = {
    "full disk": "pragma max_page_count = 1; create table x (y); ",
    "read only": "pragma query_only = on; create table x (y)",
}


def error_of(storage: Storage, program: str) -> SQLAlchemyError:
    """What comes of statements in a transaction of their own."""
    with pytest.raises(SQLAlchemyError) as caught, storage.writing() as session:
        for each in program.split(";"):
            if each.strip():
                values = {"words": WORDS} if ":words" in each else {}
                session.execute(text(each), values)
    storage.engine.dispose()
    return caught.value


def test_faults_of_ours_are_no_outage_and_are_told_without_words(storage: Storage) -> None:
    postgres = storage.engine.dialect.name == "postgresql"
    for program in (FAULTS | (POSTGRES_FAULTS if postgres else {})).values():
        error = error_of(storage, program)
        assert not is_outage(error), program
        assert "Zomergem" not in reason(error)
        assert "\n" not in reason(error)


def test_no_connection_a_lock_a_disk_and_time_that_ran_out_are_outages(storage: Storage) -> None:
    postgres = storage.engine.dialect.name == "postgresql"
    for program in (POSTGRES_OUTAGES if postgres else SQLITE_OUTAGES).values():
        assert is_outage(error_of(storage, program)), program
    lock = "set local lock_timeout = 1; " if postgres else "pragma busy_timeout = 0; "
    take = "lock table consultation" if postgres else "begin immediate"
    with storage.engine.connect() as connection:
        connection.exec_driver_sql("select 1" if postgres else "commit")
        connection.exec_driver_sql(take)
        other = create_engine(storage.engine.url)
        with pytest.raises(SQLAlchemyError) as caught, Session(other) as session:
            for each in f"{lock}delete from consultation".split(";"):
                session.execute(text(each))
        other.dispose()
        connection.exec_driver_sql("rollback")
    assert is_outage(caught.value)
    few = create_engine(storage.engine.url, pool_size=1, max_overflow=0, pool_timeout=0.01)
    with few.connect(), pytest.raises(SQLAlchemyError) as caught:
        few.connect()
    few.dispose()
    assert is_outage(caught.value)
    nowhere = "postgresql+psycopg://postgres@127.0.0.1:1/x" if postgres else "sqlite:////proc/x/y"
    with pytest.raises(SQLAlchemyError) as caught:
        create_engine(nowhere).connect()
    assert is_outage(caught.value)


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """All that is logged, by the web server's own loggers too; logging is as it was after it."""
    factory = logging.getLogRecordFactory()
    logging.getLogger("uvicorn.error").addHandler(caplog.handler)
    yield caplog
    logging.getLogger("uvicorn.error").removeHandler(caplog.handler)
    logging.setLogRecordFactory(factory)


@pytest.mark.parametrize("program", FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_of_ours_is_500_with_its_place_in_the_log(
    site: Site, http: httpx.Client, logged: pytest.LogCaptureFixture, program: str
) -> None:
    storage = site.app.state.services.storage
    site.app.add_api_route("/api/stuk", lambda: broken(storage, program))
    answer = http.get("/api/stuk")
    assert answer.status_code == 500
    assert answer.json()["detail"] == say("fout")
    until = time.monotonic() + 20
    while "in broken" not in logged.text and time.monotonic() < until:
        time.sleep(0.01)
    assert "in broken" in logged.text
    assert "Zomergem" not in logged.text


@pytest.mark.parametrize("program", SQLITE_OUTAGES.values(), ids=SQLITE_OUTAGES.keys())
def test_an_outage_is_503_and_says_when_to_come_back(
    site: Site, http: httpx.Client, logged: pytest.LogCaptureFixture, program: str
) -> None:
    storage = site.app.state.services.storage
    site.app.add_api_route("/api/weg", lambda: broken(storage, program))
    answer = http.get("/api/weg")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "SQLITE_" in logged.text


def broken(storage: Storage, program: str) -> None:
    """A request that fails in the database."""
    with storage.writing() as session:
        connection = session.connection()
        try:
            for each in program.split(";"):
                if each.strip():
                    values = {"words": WORDS} if ":words" in each else {}
                    session.execute(text(each), values)
        finally:
            # Pragmas stay with the connection.
            connection.invalidate()


def test_a_message_that_is_a_fault_for_us_holds_nobody_up_and_ends(
    site: Site,
    http: httpx.Client,
    stand_in: StandIn,
    logged: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "WORKER_PAUSE", 0.05)
    monkeypatch.setattr(turns, "LONGEST_WAIT", 0.1)
    monkeypatch.setattr(turns, "PAUSES", ())
    with site.storage.writing() as session:
        session.execute(
            text(
                "create trigger stuk before insert on contribution_version"
                " when new.text like '%Zomergem%' begin select json('{'); end"
            )
        )
    bad, good = begin(http), begin(http)
    for each in (bad, good):
        each.send("Ja", "c1", payload="/bevestigen")
    after = bad.read()[-1]["seq"]
    answer = bad.send(WORDS, "c2")
    assert answer.status_code == 202, answer.text
    assert [each["custom"]["question"] for each in good.send("te duur", "c2").json()][-1:] == [
        "voorstel"
    ]
    assert say("mislukt") in [each["text"] for each in bad.wait_for_reply(after)]
    tries = sum(each["message"] == WORDS for each in stand_in.heard)
    assert tries == turns.HOPELESS_ATTEMPTS
    assert "in complete" in logged.text
    assert "Zomergem" not in logged.text
    assert bad.send("te duur", "c3").status_code == 200


def test_a_message_that_cannot_even_be_looked_through_ends_too(
    site: Site, http: httpx.Client, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "WORKER_PAUSE", 0.05)
    monkeypatch.setattr(turns, "LONGEST_WAIT", 0.1)
    monkeypatch.setattr(turns, "PAUSES", ())
    stand_in.answer = small_talk
    bad = begin(http)
    bad.send("Ja", "c1", payload="/bevestigen")
    after = bad.read()[-1]["seq"]
    care = site.app.state.services.care

    def fails(_: str) -> Any:
        raise RuntimeError(WORDS)

    monkeypatch.setattr(care, "settles", fails)
    monkeypatch.setattr(care, "is_plain", fails)
    assert bad.send("te duur", "c2").status_code == 202
    assert say("mislukt") in [each["text"] for each in bad.wait_for_reply(after)]


def test_a_migration_that_fails_says_which_and_why_and_changes_nothing(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    storage = Storage(database_url)
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    with storage.engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.downgrade(config, "0007")
    add = "alter table assignment add column subtheme text"
    with storage.writing() as session:
        session.execute(text(add))
    with pytest.raises(StorageError) as caught:
        Storage(database_url)
    told = str(caught.value)
    assert "migration 0009 (the sub-theme of a statement) failed" in told
    assert "subtheme" in told
    assert "as it was" in told
    assert "report" in told
    assert "\n" not in told
    assert "migration 0009" in caplog.text
    with storage.writing() as session:
        at = session.execute(text("select version_num from alembic_version")).scalar()
        assert at == "0007"
        session.execute(text("alter table assignment drop column subtheme"))
    storage.close()
    Storage(database_url).close()


def test_a_database_that_somebody_holds_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consultation.database.storage._LOCK_SECONDS", 0.1)
    blocked = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    blocked.execute("pragma journal_mode=wal")
    blocked.execute("begin immediate")
    with pytest.raises(StorageError, match=r"locked \(SQLITE_BUSY\)"):
        Storage(f"sqlite:///{tmp_path / 'a.db'}")
    blocked.execute("rollback")
    blocked.close()
