"""Under the form, and with one's own answers: people say what their answers are about."""

from __future__ import annotations

import os
import re
import time
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from consultation.catalogue import Catalogue
from consultation.curation.codebook_file import import_codebook, parse_codebook
from consultation.database.models import OwnPlacing, Participant
from consultation.participation import participants
from tests.web.test_form import code, fields
from tests.web_pages import alike, violations
from tests.web_stage import Site, analysed

pytest_plugins = ["tests.web_fixtures"]

CODEBOOK = b"""opdracht,name,description
4,Opvang van kinderen,Kinderopvang en opvanguren tijdens de les.
4,Vervoer,Bussen en treinen naar de les.
4,Kosten,Wat een opleiding kost en wie ze betaalt.
4,Taal,Moeilijke woorden en brieven.
"""
CHILDCARE = "De opvang van onze kinderen sluit voor de les begint."
BUS = "Er rijdt na zes uur geen bus meer naar het dorp."


@pytest.fixture
def described(site: Site, catalogue: Catalogue) -> None:
    """An analysed opdracht, whose codebook has four themes."""
    analysed(site.storage)
    rows = parse_codebook(CODEBOOK, "codeboek.csv", catalogue)
    import_codebook(site.storage, 1, "els", rows, [4])


def sent(http: httpx.Client) -> str:
    """The page after a form with two answers; sent again until the model is read."""
    data = {"toestemming_analyse": "ja", "antwoord_drempel": CHILDCARE, "antwoord_voorstel": BUS}
    answer = http.post("/formulier/4", data={**fields(http.get("/formulier/4").text), **data})
    for _ in range(30):
        if "U schreef" in answer.text:
            break
        page = http.post("/formulier/4/verder", data={"code": code(answer.text)}).text
        answer = http.post("/formulier/4", data={**fields(page), **data})
    assert answer.status_code == 200
    return answer.text


def stored(site: Site) -> dict[str, list[str] | None]:
    """What was chosen, by field."""
    with site.storage.reading() as session:
        return {f"waarover_{each.id}": each.themes for each in session.scalars(select(OwnPlacing))}


def choices(page: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="radio" id="[^"]+" name="([^"]+)" value="([^"]+)"', page):
        found.setdefault(name, []).append(value)
    return found


@pytest.mark.usefixtures("described")
def test_a_choice_is_stored_changed_and_erased(http: httpx.Client, site: Site) -> None:
    page = sent(http)
    receipt = code(page)
    assert f"U schreef: “{CHILDCARE}”" in page
    first, second = choices(page)
    assert list(stored(site).values()) == [None, None]
    likeliest, *others, none = choices(page)[first]
    assert (len(others), none) == (3, "geen")
    data = {"code": receipt, first: likeliest, second: "verzonnen"}
    answer = http.post("/mijn-antwoorden/waarover", data=data)
    assert "Uw keuze is bewaard" in answer.text
    assert f'value="{likeliest}" checked' in answer.text
    assert stored(site) == {first: [likeliest], second: None}
    http.post("/mijn-antwoorden/waarover", data={"code": receipt, first: others[-1], second: none})
    assert stored(site) == {first: [others[-1]], second: []}
    kept = http.post("/mijn-antwoorden/bewaar", data={"code": receipt}).text
    assert f"{BUS}\n→ Geen van deze" in kept
    again = http.post("/mijn-antwoorden", data={"code": receipt}).text
    assert choices(again).keys() == {first, second}
    assert (
        http.post("/mijn-antwoorden/waarover", data={"code": "2222-2222-2222"}).status_code == 404
    )
    http.post("/mijn-antwoorden/wis", data={"code": receipt, "zeker": "ja"})
    assert stored(site) == {}


@pytest.mark.usefixtures("described")
def test_somebody_else_cannot_choose_for_you(http: httpx.Client, site: Site) -> None:
    first, second = choices(sent(http))
    other = code(sent(http))
    http.post("/mijn-antwoorden/waarover", data={"code": other, first: "geen", second: "geen"})
    assert stored(site)[first] is None
    with site.storage.reading() as session:
        assert participants.find_by_receipt(session, 1, other, site.settings.signing_key)
        assert len(list(session.scalars(select(Participant)))) == 26


@pytest.mark.usefixtures("described")
def test_the_first_form_after_a_restart_is_asked_too(site: Site) -> None:
    site.stop()
    site.start()
    desk = site.app.state.services.desk
    for _ in range(400):
        if 4 in desk._at:  # looking in any other way would have it read
            break
        time.sleep(0.05)
    with site.client() as http:
        data = {"toestemming_analyse": "ja", "antwoord_drempel": CHILDCARE}
        answer = http.post("/formulier/4", data={**fields(http.get("/formulier/4").text), **data})
    assert f"U schreef: “{CHILDCARE}”" in answer.text


def test_without_a_codebook_nobody_is_asked(http: httpx.Client, site: Site) -> None:
    analysed(site.storage)
    data = {"toestemming_analyse": "ja", "antwoord_drempel": CHILDCARE}
    answer = http.post("/formulier/4", data={**fields(http.get("/formulier/4").text), **data})
    assert answer.status_code == 200
    assert "Waarover" not in answer.text
    assert stored(site) == {}


@pytest.mark.browser
@pytest.mark.usefixtures("described")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_question_about_a_theme_has_an_accessibility_error(
    http: httpx.Client, page: Page, scheme: Any
) -> None:
    sent(http)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto("/formulier/4")
    page.get_by_role("checkbox").first.check()
    page.get_by_label("Vraag 1.").fill(CHILDCARE)
    page.get_by_label("Vraag 2.").fill(BUS)
    page.get_by_role("button", name="Verstuur mijn antwoorden").click()
    page.get_by_text("Een ander onderwerp voor antwoord 1").click()
    assert violations(page) == []
    assert alike(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    if folder := os.environ.get("SCHERMFOTOS"):
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=f"{folder}/klaar-{width}-{scheme}.png", full_page=True)
    page.get_by_label("Geen van deze").first.check()
    page.get_by_role("button", name="Bewaar mijn keuze").click()
    expect(page.get_by_role("status")).to_contain_text("Uw keuze is bewaard")
    expect(page.get_by_label("Geen van deze").first).to_be_checked()
    assert violations(page) == []
    if folder:
        page.screenshot(path=f"{folder}/mijn-390-{scheme}.png", full_page=True)
