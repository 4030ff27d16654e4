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


PHONES = (320, 390)


@dataclass
class Seen:
    """What a page shows with all unfolded: its width on phones, names of buttons, and its text."""

    widths: dict[int, int]
    alike: list[str]
    text: str


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
def crawled(browser: Browser, filled: Site) -> Iterator[dict[str, Seen]]:
    """What is seen at one address of each kind of page to which links lead a manager."""
    context = browser.new_context(base_url=filled.url, is_mobile=True)
    page = context.new_page()
    page.goto("/beheer/login")
    page.get_by_label("Naam").fill("baas")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Aanmelden").click()
    page.wait_for_url("**/beheer")
    kinds: set[str] = set()
    found: dict[str, Seen] = {}
    todo = ["/", "/opdrachten/4", "/beheer", "/beheer/opdrachten/4", "/nergens", "/beheer/nergens"]
    while todo:
        path = todo.pop(0)
        kind = re.sub(r"[0-9a-f]{32}|(?<=T)\d{3}|=[^&]*", "", path)
        # Two opdrachten will do: one with everything, and one with nothing.
        if kind in kinds or re.search(r"/(opdrachten|formulier)/(?![45]\b)", path):
            continue
        kinds.add(kind)
        page.set_viewport_size({"width": PHONES[0], "height": 844})
        page.goto(path)
        links = page.locator("a[href^='/']").evaluate_all(
            "all => all.map((each) => each.getAttribute('href'))"
        )
        found[path] = seen(page)
        for address in (link.partition("#")[0] for link in links):
            if not re.search(r"\.(csv|json|docx|html|xlsx|md|zip)(\?|$)", address):
                todo.append(address)
    yield found
    context.close()


def seen(page: Page) -> Seen:
    """What a page shows with all unfolded, on phones and then on a desk."""
    page.locator("main details").evaluate_all("all => all.forEach((each) => { each.open = true })")
    widths = {}
    for width in PHONES:
        page.set_viewport_size({"width": width, "height": 844})
        # A phone zooms out on a page that is too wide: then its own width is what grew.
        widths[width] = page.evaluate(
            "Math.max(window.innerWidth, document.documentElement.scrollWidth)"
        )
    page.set_viewport_size({"width": 1280, "height": 900})
    return Seen(widths, alike(page), page.locator("body").inner_text())


def test_the_links_lead_to_every_kind_of_page(crawled: dict[str, Seen]) -> None:
    kinds = {re.sub(r"[0-9a-f]{32}|\d+", "", path).partition("?")[0] for path in crawled}
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


@pytest.mark.parametrize("width", PHONES)
def test_no_page_is_wider_than_a_phone(crawled: dict[str, Seen], width: int) -> None:
    wide = {path: page.widths for path, page in crawled.items() if page.widths[width] > width}
    assert wide == {}


def test_no_two_things_to_press_bear_the_same_name(crawled: dict[str, Seen]) -> None:
    assert {path: page.alike for path, page in crawled.items() if page.alike} == {}


def test_dates_are_read_in_dutch_words(
    browser: Browser, filled: Site, crawled: dict[str, Seen]
) -> None:
    other = {path: NO_DUTCH_DATE.findall(page.text) for path, page in crawled.items()}
    assert {path: dates for path, dates in other.items() if dates} == {}
    moments = {
        re.sub(r"[0-9a-f]{32}|\d+", "", path).partition("?")[0]
        for path, page in crawled.items()
        if DUTCH_MOMENT.search(page.text)
    }
    assert {"/beheer", "/beheer/beslissingen", "/beheer/logboek", "/beheer/accounts"} <= moments
    page = browser.new_page(base_url=filled.url)
    page.goto("/opdrachten/4#acties")
    assert "1 september 2027" in page.locator("main").inner_text()
    page.close()
