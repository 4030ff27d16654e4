"""The codebook and its queue in the browser: written, tried, asked, undone; by keyboard alone."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from review_stage import PASSWORD, as_role, field_of, post
from test_analysis_rounds import say as told
from web_pages import violations
from web_stage import Site, StandIn, analysed, free_port

from consultation import accounts
from consultation.catalogue import Catalogue
from consultation.curation.log import append, append_all, curated
from consultation.curation.operations import PlaceExactly
from consultation.curation.state import CurationState, Outcome
from consultation.database.storage import Storage
from consultation.queries.statements import active_statements
from consultation.settings import Settings

pytest_plugins = ["web_fixtures"]

QUEUE = "/beheer/opdrachten/4/wachtrij"
CODEBOOK = "/beheer/opdrachten/4/codeboek"
THEMES = {
    "Bus en trein": "Met de bus, de trein of ander openbaar vervoer naar de les raken.",
    "Taal": "Nederlands spreken, lezen en begrijpen; de taalles.",
    "Geld": "Wat een opleiding kost, en of mensen dat kunnen betalen.",
}


@pytest.fixture
def asked(tmp_path: Path, stand_in: StandIn, catalogue: Catalogue) -> Iterator[Site]:
    """A site with statements on opdracht 4 that no analysis has read."""
    settings = Settings(
        data_dir=tmp_path,
        database_url="",
        secret_key="only for tests",
        embedding="use",
        rasa_port=stand_in.port,
        actions_port=stand_in.port,
    )
    storage = Storage(settings.resolved_database_url)
    told(storage, catalogue, 1, bus=(0, 18), taal=(0, 18), geld=(0, 12))
    running = Site(settings, storage, stand_in)
    running.start()
    yield running
    running.stop()
    storage.close()


def state(site: Site) -> CurationState:
    with site.storage.reading() as session:
        return curated(session, 1, 4)


def placings(site: Site) -> list[Outcome]:
    """The placings that stand, oldest first."""
    return [
        each
        for each in state(site).log
        if isinstance(each.event.operation, PlaceExactly) and each.status == "applied"
    ]


def described(site: Site) -> dict[str, str]:
    """Puts the themes in the codebook; their ids by name."""
    made = {name: f"{at + 1:032x}" for at, name in enumerate(THEMES)}
    rows: list[tuple[str, object]] = []
    for name, theme in made.items():
        rows += [
            ("", {"op": "create", "opdracht": 4, "label": name, "id": theme}),
            ("", {"op": "describe", "theme": theme, "text": THEMES[name]}),
            ("", {"op": "approve", "theme": theme}),
        ]
    append_all(site.storage, 1, "bas", rows)
    return made


def statement_of(page: str) -> str:
    found = re.search(r'name="gevraagd" value="(\w+)"', page)
    assert found
    return found[1]


def follow(http: httpx.Client, answer: httpx.Response) -> str:
    assert answer.status_code == 303, answer.text
    return http.get(answer.headers["location"]).text


def test_placing(asked: Site) -> None:
    described(asked)
    with as_role(asked, "els", "facilitator") as els:
        print(els.get(QUEUE).text)
        print(els.get(CODEBOOK).text)
