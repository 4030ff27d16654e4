"""No words of participants get into a log, whatever fails: an erasure does not reach a log."""

from __future__ import annotations

import asyncio
import builtins
import gc
import logging
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from consultation.database.storage import Storage
from consultation.logs import without_words
from consultation.settings import ROOT
from tests.servers import Servers, Talk
from tests.web_stage import Site, StandIn, begin, small_talk
from tests.web_stage import Talk as StagedTalk
from web.chat import gateway

pytest_plugins = ["tests.web_fixtures"]

WORDS = "De lift in Zomergem is stuk"


class Number(BaseModel):
    """Something that no words fit."""

    value: int


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """All that is logged, by the web server's own loggers too; logging is as it was after it."""
    factory = logging.getLogRecordFactory()
    loggers = [logging.getLogger(name) for name in ("uvicorn", "uvicorn.error")]
    for each in loggers:
        each.addHandler(caplog.handler)
    yield caplog
    for each in loggers:
        each.removeHandler(caplog.handler)
    logging.setLogRecordFactory(factory)


def wait_for(words: str, logged: pytest.LogCaptureFixture) -> None:
    """Waits until a log tells this; what nobody took is collected meanwhile, and told."""
    until = time.monotonic() + 60
    while words not in logged.text and time.monotonic() < until:
        time.sleep(0.05)
        gc.collect()
    assert words in logged.text


def failing(how: str) -> BaseException:
    """An error that holds words, raised in one of the ways errors come."""
    try:
        if how == "chained":
            try:
                raise KeyError(WORDS)
            except KeyError as error:
                raise RuntimeError("x") from error
        if how == "beside":
            try:
                raise KeyError(WORDS)
            except KeyError:
                raise RuntimeError("x")  # noqa: B904
        if how == "validation":
            Number.model_validate({"value": WORDS})
        if how == "group":
            raise builtins.ExceptionGroup("more", [ValueError(WORDS)])
        raise ValueError(WORDS)
    except Exception as error:
        return error


@pytest.mark.parametrize("how", ["plain", "chained", "beside", "validation", "group"])
def test_of_an_error_only_type_and_place_are_logged(
    logged: pytest.LogCaptureFixture, how: str
) -> None:
    without_words()
    log = logging.getLogger("anything")
    error = failing(how)
    log.error("it failed", exc_info=error)
    log.error("it failed with %s", error)
    log.error(error)
    assert "Zomergem" not in logged.text
    assert "in failing" in logged.text
    assert type(error).__qualname__ in logged.text


def test_errors_that_nothing_catches_tell_no_words() -> None:
    """In a process of its own: what is set up for a process stays."""
    program = f"""
import threading
from consultation import logs
logs.set_up()
class Leaves:
    def __del__(self): raise ValueError({WORDS!r})
def fails(): raise KeyError({WORDS!r})
Leaves()
thread = threading.Thread(target=fails)
thread.start()
thread.join()
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert "in fails" in done.stderr
    assert "in __del__" in done.stderr
    assert "Zomergem" not in done.stdout + done.stderr


def test_a_task_whose_error_nobody_took_is_logged_without_words(
    logged: pytest.LogCaptureFixture,
) -> None:
    without_words()

    async def lost() -> None:
        raise ValueError(WORDS)

    async def main() -> None:
        task = asyncio.create_task(lost())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        del task
        gc.collect()

    asyncio.run(main())
    assert "never retrieved" in logged.text
    assert "in lost" in logged.text
    assert "Zomergem" not in logged.text


def test_a_database_error_does_not_show_what_was_to_be_stored(storage: Storage) -> None:
    with pytest.raises(DBAPIError) as caught, storage.writing() as session:
        session.execute(text("insert into nergens values (:words)"), {"words": WORDS})
    assert "Zomergem" not in str(caught.value)


def test_a_turn_that_fails_after_its_request_was_answered_tells_no_words(
    talk: StagedTalk,
    site: Site,
    stand_in: StandIn,
    logged: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gateway, "TURN_PATIENCE", 0.05)

    def slow(body: dict[str, Any]) -> Any:
        time.sleep(0.3)
        return small_talk(body)

    talk.send("Ja", "c1", payload="/bevestigen")
    after = talk.wait_for_reply(talk.read()[-1]["seq"] - 1)[-1]["seq"]
    stand_in.answer = slow
    with site.storage.writing() as session:
        session.execute(text("alter table contribution_version rename to elders"))
    assert talk.send(WORDS, "c2").status_code == 202
    wait_for("OperationalError", logged)
    assert "Zomergem" not in logged.text
    assert "never retrieved" not in logged.text
    with site.storage.writing() as session:
        session.execute(text("alter table elders rename to contribution_version"))
    stand_in.answer = small_talk
    assert talk.wait_for_reply(after), "nothing that was accepted is lost"


def test_an_error_in_a_page_tells_no_words(site: Site, logged: pytest.LogCaptureFixture) -> None:
    def broken() -> None:
        raise ValueError(WORDS)

    site.app.add_api_route("/stuk", broken)
    with site.client() as http:
        begin(http)
        assert http.get("/stuk").status_code == 500
    wait_for("in broken", logged)
    assert "Zomergem" not in logged.text


@pytest.mark.servers
def test_what_fails_in_an_action_is_told_in_no_log(tmp_path: Path) -> None:
    catalogue = tmp_path / "catalogus.yml"
    shutil.copy(ROOT / "data" / "opdrachten.yml", catalogue)
    servers = Servers(tmp_path / "var", SAMENSPRAAK_CATALOGUE=str(catalogue))
    assert servers.verb("round", "open", "1").returncode == 0
    servers.start()
    try:
        talk = Talk(servers.url, opdracht=4)
        talk.open()
        good = catalogue.read_text(encoding="utf-8")
        catalogue.write_text("stuk: [", encoding="utf-8")
        with httpx.Client(base_url=servers.url, headers=talk.http.headers, timeout=60) as http:
            answer = http.post("/api/chat/messages", json={"message": WORDS, "client_id": "c1"})
        assert answer.status_code == 202
        catalogue.write_text(good, encoding="utf-8")
        told = {path.name: path.read_text("utf-8") for path in servers.logs()}
    finally:
        assert servers.stop() == 0
    assert "CatalogueError" in told["actions.log"]
    assert "running action" in told["rasa.log"]
    assert [name for name, log in told.items() if "Zomergem" in log] == []
