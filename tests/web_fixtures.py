"""The stage of the website as fixtures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from consultation import rounds
from consultation.database.storage import Storage
from consultation.settings import Settings
from tests.web_stage import FLAGS, FOREIGN, Site, StandIn, Talk, begin, free_port


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    """A running stand-in for Rasa."""
    rasa = StandIn(free_port())
    rasa.start()
    yield rasa
    rasa.stop()


@pytest.fixture
def site(tmp_path: Path, stand_in: StandIn) -> Iterator[Site]:
    """The running website with round 1 open."""
    settings = Settings(
        data_dir=tmp_path,
        database_url="",
        secret_key="only for tests",
        rasa_port=stand_in.port,
        actions_port=stand_in.port,
        embed_origins=f"https://gemeente.example, {FOREIGN}",
    )
    storage = Storage(settings.resolved_database_url)
    running = Site(settings, storage, stand_in)
    running.start()
    with storage.writing() as session:
        rounds.open_(session, 1, 1)
    yield running
    running.stop()
    storage.close()


@pytest.fixture
def http(site: Site) -> Iterator[httpx.Client]:
    """A client of the running website."""
    with site.client() as client:
        yield client


@pytest.fixture
def talk(http: httpx.Client) -> Talk:
    """A talk that was opened."""
    return begin(http)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Chromium."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A page on the website, that fails the test on any script error or policy violation."""
    context = browser.new_context(base_url=site.url, viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on(
        "console",
        lambda message: problems.append(message.text) if "Policy" in message.text else None,
    )
    yield opened
    context.close()
    assert problems == []
