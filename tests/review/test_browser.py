"""In a real browser: a facilitator's morning, two people on one theme, keys, and no barriers."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from sqlalchemy import select

from analysis import run
from analysis.preprocessing.statements import cut_new
from consultation import accounts, rounds
from consultation.catalogue import Catalogue
from consultation.curation.log import append
from consultation.database.models import Participant, Statement
from consultation.database.records import CodingTask
from consultation.database.storage import Storage
from consultation.importing.imports import store_rows
from consultation.importing.readers import read_rows
from consultation.queries.coding import choices, draw, items
from consultation.queries.opdracht_snapshot import (
    OpdrachtSnapshot,
    SnapshotCache,
    opdracht_snapshot,
)
from consultation.reactions.outcome import SENTENCES, outcomes
from consultation.settings import ROOT, Settings
from tests.review_stage import PASSWORD, agree_to_quotes, set_aside
from tests.web_pages import check_everywhere, violations
from tests.web_stage import FLAGS, Site, StandIn, analysed, free_port

pytest_plugins = ["tests.web_fixtures"]
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Chromium."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        launched.close()


def log_in(browser: Browser, site: Site, name: str, role: str, **how: Any) -> Page:
    """A browser of somebody's own; any script error or policy violation fails the test."""
    with site.storage.writing() as session:
        accounts.add_account(session, name, role, PASSWORD)
    options = {"viewport": {"width": 1280, "height": 900}, **how}
    context: BrowserContext = browser.new_context(base_url=site.url, **options)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "console",
        lambda message: problems.append(message.text) if "Policy" in message.text else None,
    )
    page.problems = problems  # type: ignore[attr-defined]
    page.goto("/beheer/login")
    page.get_by_label("Naam").fill(name)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Aanmelden").click()
    expect(page.get_by_role("heading", name="Overzicht")).to_be_visible()
    return page


def leave(page: Page) -> None:
    assert page.problems == []  # type: ignore[attr-defined]
    page.context.close()


def seen(site: Site, opdracht: int = 4) -> OpdrachtSnapshot:
    with site.storage.reading() as session:
        return opdracht_snapshot(session, 1, opdracht)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Iterator[Site]:
    """Two opdrachten of the sample, both rounds read and the first analysed, served."""
    folder = tmp_path_factory.mktemp("sample")
    rasa = StandIn(free_port())
    settings = Settings(
        data_dir=folder,
        database_url="",
        secret_key="only for tests",
        embedding="use",
        rasa_port=rasa.port,
        actions_port=rasa.port,
    )
    storage = Storage(settings.resolved_database_url)
    with storage.writing() as session:
        consultation = rounds.ensure_consultation(session, catalogue).id
        for number in (1, 2):
            into = rounds.open_(session, consultation, number)
            file = read_rows(ROOT / "data" / "voorbeeld" / f"ronde{number}.jsonl", catalogue)
            rows = tuple(row for row in file.rows if row.opdracht in (4, 10))
            store_rows(session, consultation, into, replace(file, rows=rows), catalogue)
            rounds.close(session, consultation, number)
    cut_new(storage, consultation, catalogue, settings.embedding)
    agree_to_quotes(storage)
    run.analyse(
        storage,
        consultation,
        catalogue,
        encoder_name=settings.embedding,
        spacy_model=settings.spacy_model,
        round_number=1,
    )
    site = Site(settings, storage, rasa)
    site.start()
    yield site
    site.stop()
    storage.close()


def test_a_facilitators_morning_is_kept_and_exported(browser: Browser, sample: Site) -> None:
    els = log_in(browser, sample, "els", "facilitator")
    els.get_by_role("link", name="Een goed aanbod binnen ieders bereik").first.click()
    told = els.locator("#gedaan")

    # merges two
    first, second, third, fourth = seen(sample).themes[:4]
    els.get_by_label(f"Kies {third.code}").check()
    els.get_by_label(f"Kies {fourth.code}").check()
    expect(els.get_by_text(f"Bij samenvoegen blijft {third.code} bestaan")).to_be_visible()
    els.get_by_role("button", name="Voeg samen").click()
    expect(told).to_contain_text(f"els voegde {fourth.code}")
    assert fourth.id not in {each.id for each in seen(sample).themes}

    # splits one, as the machine proposes
    els.get_by_role("link", name=first.label, exact=True).click()
    els.get_by_role("link", name="Laat de computer een splitsing voorstellen").click()
    expect(els.get_by_role("heading", name="Hoe de computer zou splitsen")).to_be_visible()
    els.get_by_label("Naam van het nieuwe thema").fill("Een eigen thema van Els")
    gone = els.get_by_role("checkbox").count()
    els.get_by_role("button", name="Splits af").click()
    expect(told).to_contain_text(f"els splitste {gone} ")
    made = next(each for each in seen(sample).themes if each.label == "Een eigen thema van Els")
    assert len(made.said) == gone

    # moves five statements
    els.goto(f"/beheer/themas/{second.code}")
    moved = [each.id for each in second.said[:5]]
    for each in moved:
        els.locator(f'input[value="{each}"]').check()
    els.get_by_label("Zet in thema").select_option(made.id)
    els.get_by_role("button", name="Verplaats").click()
    expect(told).to_contain_text("els verplaatste 5 uitspraken")

    # approves four, with the keyboard alone
    els.goto("/beheer/opdrachten/4")
    wanted = [each.code for each in seen(sample).themes[:4]]
    for code in wanted:
        els.locator(f"#thema-{code}").focus()
        els.keyboard.press("a")
        expect(told).to_contain_text(f"els keurde {code}")
    approved = [each.code for each in seen(sample).themes if each.status == "goedgekeurd"]
    assert sorted(approved) == sorted(wanted)

    # writes an action
    els.get_by_role("link", name="Acties", exact=True).last.click()
    els.get_by_label("Wat moet er gebeuren").fill("Laat de bus rijden tot na de les.")
    els.get_by_role("checkbox", name=re.compile(f"^{wanted[0]} ")).check()
    els.get_by_label("Trekker", exact=True).fill("De Lijn")
    els.get_by_label("Prioriteit").select_option("5")
    els.get_by_role("button", name="Bewaar actie").click()
    expect(told).to_contain_text("els maakte de actie")
    card = els.get_by_role("article", name="Laat de bus rijden tot na de les.")
    card.get_by_role("button", name="Keur goed").click()
    expect(told).to_contain_text("goedgekeurd")

    # undoes the merge
    els.get_by_role("link", name="Beslissingen").click()
    els.locator("li", has_text=f"voegde {fourth.code}").get_by_role(
        "button", name="Maak ongedaan"
    ).click()
    expect(told).to_contain_text("ongedaan")
    assert fourth.id in {each.id for each in seen(sample).themes}
    before = seen(sample)

    # an analyst runs the analysis again, now with round 2
    ann = log_in(browser, sample, "ann", "analist")
    ann.get_by_role("link", name="Analyse", exact=True).click()
    ann.get_by_role("button", name="Start de analyse").click()
    expect(ann.get_by_text("De analyse van ronde 2 is klaar")).to_be_visible(timeout=300_000)
    leave(ann)

    # finds all of it kept
    after = seen(sample)
    assert after.run
    assert before.run
    assert after.run.id > before.run.id
    themes = {each.id: each for each in after.themes}
    assert {each.code for each in after.themes if each.status == "goedgekeurd"} == set(approved)
    assert themes[made.id].label == "Een eigen thema van Els"
    assert set(moved) <= {each.id for each in themes[made.id].said}
    assert fourth.id in after.state.themes
    assert after.state.themes[fourth.id].merged_into is None
    els.goto("/beheer/opdrachten/4/acties")
    expect(els.get_by_role("article", name="Laat de bus rijden tot na de les.")).to_be_visible()

    # exports docx and xlsx; a library opens them and finds what was decided
    els.goto("/beheer/uitvoer")
    files = {}
    for name in ("Word", "Excel"):
        with els.expect_download() as download:
            els.get_by_role("link", name=f"Actieplan als {name}").click()
        files[name] = Path(download.value.path()).read_bytes()
    document = docx.Document(io.BytesIO(files["Word"]))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert "Laat de bus rijden tot na de les." in cells
    assert "De Lijn" in cells
    headings = [
        each.text
        for each in document.paragraphs
        if each.style and str(each.style.name).startswith("Heading")
    ]
    themes_told = {each.split()[0] for each in headings if each.startswith("O04-T")}
    assert themes_told == set(approved)
    book = openpyxl.load_workbook(io.BytesIO(files["Excel"]))
    rows = list(book["Actieplan"].iter_rows(values_only=True))
    assert rows[1][1] == "Laat de bus rijden tot na de les."
    assert {row[0] for row in book["Thema’s"].iter_rows(min_row=2, values_only=True)} == set(
        approved
    )
    leave(els)


def test_the_second_of_two_on_one_theme_is_told_and_loses_nothing(
    browser: Browser, site: Site
) -> None:
    made = analysed(site.storage)
    path = f"/beheer/themas/{made['codes'][1]}"
    els = log_in(browser, site, "els", "facilitator")
    tom = log_in(browser, site, "tom", "facilitator")
    for page, name in ((els, "Van Els"), (tom, "Van Tom")):
        page.goto(path)
        page.get_by_text("Naam en beschrijving").click()
        page.get_by_label("Naam", exact=True).fill(name)
        page.get_by_label("Beschrijving").fill(f"Wat {name} erover schrijft.")
    els.get_by_role("button", name="Bewaar", exact=True).click()
    expect(els.locator("#gedaan")).to_contain_text("els")
    tom.get_by_role("button", name="Bewaar", exact=True).click()
    told = tom.get_by_role("alert")
    expect(told).to_contain_text("els was u voor")
    expect(told).to_contain_text("Er is niets opgeslagen")
    expect(told).to_be_focused()
    expect(tom.get_by_label("Naam", exact=True)).to_have_value("Van Tom")
    expect(tom.get_by_label("Beschrijving")).to_have_value("Wat Van Tom erover schrijft.")
    expect(tom.get_by_role("heading", level=1)).to_have_text("Van Els")
    tom.get_by_role("button", name="Bewaar", exact=True).click()
    expect(tom.get_by_role("heading", level=1)).to_have_text("Van Tom")
    leave(els)
    leave(tom)


def test_deciding_by_keyboard_alone(browser: Browser, site: Site) -> None:
    made = analysed(site.storage)
    first, second = made["codes"][1], made["codes"][0]
    els = log_in(browser, site, "els", "facilitator")
    els.goto("/beheer/opdrachten/4")
    els.keyboard.press("j")
    expect(els.locator(f"#thema-{first}")).to_be_focused()
    els.keyboard.press("x")
    els.keyboard.press("j")
    els.keyboard.press("x")
    els.keyboard.press("s")
    expect(els.locator("#gedaan")).to_contain_text(f"els voegde {second}")
    expect(els.locator("#gedaan")).to_be_focused()
    els.keyboard.press("u")
    expect(els.locator("#gedaan")).to_contain_text("maakte ongedaan: els")
    els.keyboard.press("j")
    els.keyboard.press("v")
    expect(els.get_by_text("1 verworpen thema")).to_be_visible()
    els.get_by_label("Tekst").focus()
    els.keyboard.type("java")
    expect(els.get_by_label("Tekst")).to_have_value("java")
    assert len(seen(site).state.log) == 3
    leave(els)


def test_coding_by_keyboard_alone(browser: Browser, site: Site) -> None:
    analysed(site.storage)
    with site.storage.writing() as session:
        themes = [each.id for each in opdracht_snapshot(session, 1, 4).themes]
        for each in themes:
            append(session, 1, "els", {"op": "approve", "theme": each})
        task = draw(session, 1, opdracht_snapshot(session, 1, 4), "els", 5)
        task_id, first = task.id, items(session, task)[0].statement_id
    els = log_in(browser, site, "els", "facilitator")
    els.goto(f"/beheer/coderen/{task_id}")
    expect(els.get_by_role("checkbox").nth(0)).to_be_focused()
    for key in ("1", "2", "1"):
        els.keyboard.press(key)
    expect(els.get_by_role("checkbox").nth(0)).not_to_be_checked()
    expect(els.get_by_role("checkbox").nth(1)).to_be_checked()
    els.keyboard.press("9")
    els.keyboard.press("Enter")
    expect(els.get_by_role("heading", name="Uitspraak 2 van 5")).to_be_visible()
    expect(els.get_by_role("checkbox").nth(0)).to_be_focused()
    els.keyboard.press("1")
    expect(els.get_by_role("checkbox").nth(0)).to_be_checked()
    with site.storage.reading() as session:
        chosen = choices(session, session.get_one(CodingTask, task_id))["els"]
    assert chosen == {first: frozenset({themes[1]})}
    leave(els)


def test_without_a_connection_nothing_that_was_typed_is_lost(browser: Browser, site: Site) -> None:
    made = analysed(site.storage)
    els = log_in(browser, site, "els", "facilitator")
    els.goto(f"/beheer/themas/{made['codes'][1]}")
    note = els.get_by_label("Nieuwe notitie")
    note.fill("Dit mag niet weg.")
    els.context.set_offline(True)
    els.get_by_role("button", name="Bewaar notitie").click()
    expect(els.get_by_text("Geen verbinding. Er is niets opgeslagen.")).to_be_visible()
    expect(note).to_have_value("Dit mag niet weg.")
    els.context.set_offline(False)
    els.get_by_role("button", name="Bewaar notitie").click()
    expect(els.locator("#gedaan")).to_contain_text("els schreef een notitie")
    leave(els)


def test_deciding_works_without_scripts(browser: Browser, site: Site) -> None:
    made = analysed(site.storage)
    els = log_in(browser, site, "els", "facilitator", java_script_enabled=False)
    els.goto("/beheer/opdrachten/4")
    els.locator(f"#goed-{made['codes'][1]}").click()
    expect(els.locator("#gedaan")).to_contain_text("els keurde")
    els.locator("#gedaan").get_by_role("button", name="Maak ongedaan").click()
    assert {each.status for each in seen(site).themes} == {"kandidaat"}
    els.context.close()


def test_no_page_of_the_review_has_an_accessibility_error(browser: Browser, site: Site) -> None:
    made = analysed(site.storage)
    with site.storage.writing() as session:
        themes = [each.id for each in opdracht_snapshot(session, 1, 4).themes]
        for each in themes:
            append(session, 1, "els", {"op": "approve", "theme": each})
        append(session, 1, "els", {"op": "note", "theme": themes[0], "text": "Let op."})
        create = {"op": "action", "do": "create", "opdracht": 4, "themes": themes}
        append(session, 1, "els", {**create, "id": "a" * 32, "text": "Begin later."})
        append(session, 1, "els", {**create, "id": "b" * 32, "text": "Begin vroeger."})
        alike = {**create, "opdracht": 7, "themes": [], "id": "c" * 32, "text": "Begin later."}
        append(session, 1, "els", alike)
        approve = {"op": "action", "do": "status", "status": "goedgekeurd", "action": "a" * 32}
        append(session, 1, "els", approve)
        task = draw(session, 1, opdracht_snapshot(session, 1, 4), "els", 5).id
        rounds.close(session, 1, 1)
        rounds.open_(session, 1, 2)
    set_aside(site.storage, made["run"])
    site.settings.embedding = "use"
    baas = log_in(browser, site, "baas", "beheerder")

    def check(where: str) -> None:
        check_everywhere(baas, where, 768, 1280)

    theme = made["codes"][0]
    for path in (
        "/beheer",
        "/beheer/opdrachten/4?gedaan=1",
        "/beheer/opdrachten/5",
        "/beheer/opdrachten/4/nieuw",
        "/beheer/opdrachten/4/trekkers",
        "/beheer/opdrachten/4/regels",
        "/beheer/opdrachten/4/acties?thema=O04-T002",
        "/beheer/vragen",
        "/beheer/opdrachten/4/acties",
        f"/beheer/opdrachten/4/acties/{'a' * 32}",
        "/beheer/opdrachten/4/voorstellen",
        "/beheer/opdrachten/4/beslissingen",
        "/beheer/opdrachten/4/coderen",
        "/beheer/opdrachten/4/codeboek",
        "/beheer/opdrachten/4/wachtrij",
        f"/beheer/coderen/{task}",
        f"/beheer/themas/{theme}",
        f"/beheer/themas/{theme}?deelthema=De+weg+vinden",
        f"/beheer/themas/{theme}/splitsing",
        f"/beheer/themas/{theme}/splitsing?deelthema=De+weg+vinden",
        "/beheer/opdrachten/4/apart",
        f"/beheer/antwoorden/{made['answers'][2]}",
        "/beheer/zonder-opdracht",
        "/beheer/acties?ook=voorstellen",
        "/beheer/acties/overlap",
        "/beheer/analyse",
        "/beheer/rondes/1",
        "/beheer/uitvoer",
        "/beheer/invoer",
        "/beheer/indicatoren",
        "/beheer/accounts",
        "/beheer/logboek",
        "/beheer/wachtwoord",
        "/beheer/nergens",
    ):
        baas.goto(path)
        check(path)
    baas.goto(f"/beheer/themas/{theme}")
    baas.get_by_text("Naam en beschrijving").click()
    baas.get_by_label("Naam", exact=True).fill("x" * 5000)
    baas.get_by_role("button", name="Bewaar", exact=True).click()
    expect(baas.get_by_role("alert")).to_contain_text("hoogstens")
    check("a label that is too long")
    plan = baas.request.get("/beheer/uitvoer/actieplan.html").text()
    assert plan.count("<table>") >= 2
    baas.goto("about:blank")
    baas.set_content(plan)
    for width in (390, 1280):
        baas.set_viewport_size({"width": width, "height": 800})
        assert violations(baas) == []
        assert baas.evaluate("document.documentElement.scrollWidth") <= width
    leave(baas)


def test_one_tap_fills_in_the_trekker_that_people_named(sample: Site, browser: Browser) -> None:
    page = log_in(browser, sample, "tik", "facilitator", viewport={"width": 390, "height": 800})
    page.goto("/beheer/opdrachten/4/acties#nieuw")
    page.get_by_label("Wat moet er gebeuren").fill("Lessen in elke bibliotheek.")
    for_lead = page.get_by_role("group", name="voor de trekker")
    for_lead.get_by_role("button", name="Gemeente").click()
    for_lead.get_by_role("button", name="VDAB").click()
    expect(page.get_by_label("Trekker", exact=True)).to_have_value("VDAB")
    for_others = page.get_by_role("group", name="voor de partners")
    for name in ("CVO", "Gemeente", "CVO"):
        for_others.get_by_role("button", name=name).click()
    expect(page.get_by_role("textbox", name="Partners")).to_have_value("CVO, Gemeente")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_role("button", name="Bewaar actie").click()
    expect(page.locator("#gedaan")).to_be_visible()
    expect(page.get_by_text("Trekker: VDAB. Met: CVO, Gemeente.")).to_be_visible()
    page.goto("/beheer/opdrachten/4/trekkers")
    assert violations(page) == []
    leave(page)


def test_every_statement_has_an_answer(sample: Site, catalogue: Catalogue) -> None:
    cache, fates, answered = SnapshotCache(), Counter[str](), set[str | None]()
    with sample.storage.reading() as session:
        wanted = set(session.scalars(select(Statement.id)))
        for who in session.scalars(select(Participant.id)):
            for each in outcomes(session, who, catalogue, lambda n: cache.of(session, 1, n)):
                assert each.told
                fates[each.fate] += 1
                answered.add(each.statement)
    assert len(wanted) > 150
    assert wanted <= answered
    assert "thema" in fates
    assert fates.keys() <= SENTENCES.keys()
