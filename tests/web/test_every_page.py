"""Every page of the site and of the review, as links lead to it: on a phone, dates, buttons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from consultation import accounts, rounds
from consultation.catalogue import Catalogue
from consultation.curation.log import append
from consultation.database.models import AnalysisRun, RunProposal, Statement
from consultation.database.storage import Storage
from consultation.settings import Settings
from tests.public_stage import published_round, second_round
from tests.review_stage import PASSWORD, set_aside
from tests.web_pages import alike
from tests.web_stage import Site, StandIn, free_port

pytest_plugins = ["tests.web_fixtures"]
pytestmark = pytest.mark.browser

NO_DUTCH_DATE = re.compile(r"\b\d{4}-\d\d-\d\d\b|\b\d{1,2}/\d{1,2}/\d{4}\b|\b\d{1,2}:\d\d\b")
DUTCH_MOMENT = re.compile(r"\b\d{1,2} [a-z]+ 20\d\d om \d{1,2}\.\d\d uur\b")
WORD = "Arbeidsongeschiktheidsverzekeringsmaatschappijenoverleg"
"""A Dutch word may be as long as this, and a screen as narrow as 320."""

ACTION = f"Geef ieder die in ploegen werkt een halve dag per maand, samen met het {WORD}."


@dataclass
class Crawled:
    """The running site, and one address of each kind of page, public ones first."""

    site: Site
    paths: list[str]
    page: Page


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Iterator[Site]:
    """Two published rounds with a whole action, decisions of every sort, and a third round open."""
    rasa = StandIn(free_port())
    rasa.start()
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("pages"),
        database_url="",
        secret_key="only for tests",
        rasa_port=rasa.port,
        actions_port=rasa.port,
    )
    storage = Storage(settings.resolved_database_url)
    site = Site(settings, storage, rasa)
    site.start()
    with storage.writing() as session:
        rounds.open_(session, 1, 1)
    themes = published_round(site, catalogue)
    made = {"op": "action", "do": "create", "opdracht": 4, "themes": list(themes.values())}
    facts = {"trekker": f"Vlaams {WORD}", "partners": ["Sectorfondsen", WORD], "priority": 5}
    with storage.writing() as session:
        append(
            session,
            1,
            "els",
            {**made, **facts, "id": "c" * 32, "text": ACTION, "deadline": "2027-09-01"}
            | {"regelgeving": "hervormen"},
        )
        status = {"op": "action", "do": "status", "status": "goedgekeurd"}
        append(session, 1, "els", {**status, "action": "c" * 32})
        append(session, 1, "els", {"op": "note", "theme": themes["first"], "text": WORD})
        undone = append(session, 1, "els", {"op": "reject", "theme": themes["first"]})
        append(session, 1, "els", {"op": "revoke", "event": undone.id})
        append(session, 1, "els", {"op": "describe", "theme": themes["second"], "text": ACTION})
        run = session.scalars(select(AnalysisRun)).one()
        some = list(session.scalars(select(Statement.id).limit(2)))
        for name, kind in (("merge:a", "merge"), ("merge:b", "merge")):
            session.add(
                RunProposal(
                    run_id=run.id,
                    id=name,
                    opdracht=4,
                    kind=kind,
                    themes=list(themes.values()),
                    statements=some,
                    label="",
                )
            )
        for one in session.scalars(select(Statement).limit(1)):
            one.opdracht = None
        for name in ("els", "baas"):
            role = "beheerder" if name == "baas" else "facilitator"
            accounts.add_account(session, name, role, PASSWORD)
        run_id = run.id
    set_aside(storage, run_id)
    second_round(site, catalogue, themes)
    with storage.writing() as session:
        rounds.open_(session, 1, 3)
    yield site
    site.stop()
    storage.close()
    rasa.stop()


@pytest.fixture(scope="module")
def crawled(browser: Browser, filled: Site) -> Iterator[Crawled]:
    """One address of each kind of page that a manager who follows every link comes to."""
    context = browser.new_context(base_url=filled.url, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto("/beheer/login")
    page.get_by_label("Naam").fill("baas")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Aanmelden").click()
    page.wait_for_url("**/beheer")
    found: dict[str, str] = {}
    todo = ["/", "/opdrachten/4", "/beheer", "/beheer/opdrachten/4", "/nergens", "/beheer/nergens"]
    while todo:
        path = todo.pop(0)
        kind = re.sub(r"[0-9a-f]{32}|(?<=T)\d{3}|=[^&]*", "", path)
        # Two opdrachten will do: one with everything, and one with nothing.
        if kind in found or re.search(r"/(opdrachten|formulier)/(?![45]\b)", path):
            continue
        found[kind] = path
        page.goto(path)
        for link in page.locator("a[href^='/']").all():
            address = (link.get_attribute("href") or "").partition("#")[0]
            if not re.search(r"\.(csv|json|docx|html|xlsx|md|zip)(\?|$)", address):
                todo.append(address)
    yield Crawled(filled, list(found.values()), page)
    context.close()


def opened(page: Page, path: str) -> None:
    """Goes to a page and unfolds all that is folded."""
    page.goto(path)
    page.locator("main details").evaluate_all("all => all.forEach((each) => { each.open = true })")


def test_the_links_lead_to_every_kind_of_page(crawled: Crawled) -> None:
    kinds = {re.sub(r"[0-9a-f]{32}|\d+", "", path).partition("?")[0] for path in crawled.paths}
    assert {
        "/", "/opdrachten/", "/formulier/", "/gesprek", "/mijn-antwoorden", "/open-data",
        "/methode", "/beheer", "/beheer/opdrachten/", "/beheer/opdrachten//acties",
        "/beheer/opdrachten//apart",
        "/beheer/opdrachten//acties/", "/beheer/opdrachten//voorstellen", "/beheer/themas/O-T",
        "/beheer/opdrachten//beslissingen", "/beheer/opdrachten//coderen", "/beheer/antwoorden/",
        "/beheer/opdrachten//codeboek", "/beheer/opdrachten//wachtrij",
        "/beheer/beslissingen", "/beheer/zonder-opdracht", "/beheer/acties", "/beheer/rondes/",
        "/beheer/acties/overlap", "/beheer/themas/O-T/splitsing", "/beheer/analyse",
        "/beheer/uitvoer", "/beheer/vragen", "/beheer/indicatoren", "/beheer/accounts",
        "/beheer/opdrachten//reacties", "/beheer/bezwaren", "/beheer/invoer",
        "/beheer/telt-als-een", "/beheer/logboek", "/beheer/wachtwoord",
    } <= kinds  # fmt: skip


@pytest.mark.parametrize("width", [320, 390])
def test_no_page_is_wider_than_a_phone(browser: Browser, crawled: Crawled, width: int) -> None:
    state = crawled.page.context.storage_state()
    context = browser.new_context(
        base_url=crawled.site.url,
        viewport={"width": width, "height": 844},
        is_mobile=True,
        storage_state=state,
    )
    page = context.new_page()
    wide = {}
    for path in crawled.paths:
        opened(page, path)
        # A phone zooms out on a page that is too wide: then its own width is what grew.
        found = page.evaluate("Math.max(window.innerWidth, document.documentElement.scrollWidth)")
        if found > width:
            wide[path] = found
    context.close()
    assert wide == {}


def test_no_two_things_to_press_bear_the_same_name(crawled: Crawled) -> None:
    same = {}
    for path in crawled.paths:
        opened(crawled.page, path)
        if found := alike(crawled.page):
            same[path] = found
    assert same == {}


def test_dates_are_read_in_dutch_words(crawled: Crawled) -> None:
    other, moments = {}, set()
    for path in crawled.paths:
        opened(crawled.page, path)
        text = crawled.page.locator("body").inner_text()
        if found := NO_DUTCH_DATE.findall(text):
            other[path] = found
        if DUTCH_MOMENT.search(text):
            moments.add(re.sub(r"[0-9a-f]{32}|\d+", "", path).partition("?")[0])
    assert other == {}
    assert {"/beheer", "/beheer/beslissingen", "/beheer/logboek", "/beheer/accounts"} <= moments
    crawled.page.goto("/opdrachten/4#acties")
    assert "1 september 2027" in crawled.page.locator("main").inner_text()
