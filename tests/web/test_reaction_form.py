"""The form of a reaction round: a few actions at a time, every page kept, without JavaScript."""

from __future__ import annotations

import html
import os
import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from consultation.curation.log import append
from consultation.database.models import (
    Contribution,
    ContributionVersion,
    Participant,
    Reaction,
)
from consultation.participation.reactions import AMENDMENT, CONDITION, MISSING, key_of
from tests.reaction_stage import ACTIONS, OPVANG, reaction_round
from tests.web_pages import violations
from tests.web_stage import Site

pytest_plugins = ["tests.web_fixtures"]

EXTRA = {f"{number:032x}": f"Nog een goede actie met nummer {number}." for number in (0xE1, 0xE2)}
BETTER = "De gemeente betaalt opvang tijdens alle lessen."


@pytest.fixture
def reacting(site: Site) -> Site:
    """The website in a reaction round with five actions, so on two pages."""
    with site.storage.writing() as session:
        for action, text in EXTRA.items():
            made = {"op": "action", "do": "create", "opdracht": 4, "id": action, "text": text}
            append(session, 1, "els", made)
            status = {"op": "action", "do": "status", "status": "goedgekeurd", "action": action}
            append(session, 1, "els", status)
        draft = {"op": "action", "do": "create", "opdracht": 4, "text": "Dit is nog maar een idee."}
        append(session, 1, "els", draft)
    reaction_round(site.storage)
    return site


def hidden(page: str) -> dict[str, str]:
    """The hidden fields and the prefilled other wordings of the form."""
    form = page[page.index('class="questions"') :]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    areas = re.findall(r'<textarea id="[^"]+" name="([^"]+)"[^>]*>\n([^<]*)</textarea>', form)
    return {name: html.unescape(value) for name, value in (*found, *areas)}


def send(http: httpx.Client, page: str, **changes: str) -> httpx.Response:
    """Sends the page as it stands, with these changes."""
    return http.post("/formulier/4", data={**hidden(page), **changes})


def begun(http: httpx.Client) -> str:
    """The first page with actions, of a citizen who agrees."""
    first = http.get("/formulier/4").text
    agreed = {"toestemming_analyse": "ja", "toestemming_citaat": "ja", "groep": "burger"}
    answer = send(http, first, **agreed)
    assert answer.status_code == 200
    return answer.text


def stored(site: Site) -> tuple[dict[str, tuple[str, int | None]], dict[str | None, str]]:
    """The reactions and the words that stand, of one participant."""
    with site.storage.reading() as session:
        rows = session.scalars(select(Reaction).order_by(Reaction.version))
        stances = {each.action_id: (each.stance, each.rank) for each in rows}
        words = select(Contribution.question, ContributionVersion.text).join(ContributionVersion)
        words = words.where(ContributionVersion.version == Contribution.version)
        return stances, {each.question: each.text for each in session.execute(words)}


def test_a_participant_reacts_page_by_page_and_comes_back_to_change_it(
    reacting: Site, http: httpx.Client
) -> None:
    page = begun(http)
    shown = [text for text in (*ACTIONS.values(), *EXTRA.values()) if text in html.unescape(page)]
    assert len(shown) == 3
    assert "deel 1 van 3" in page
    assert "maar een idee" not in page
    on_page = re.findall(r'name="reactie_([0-9a-f]{32})" value="steun"', page)
    first, second, third = on_page
    wording = {**ACTIONS, **EXTRA}[first]
    page = send(
        http,
        page,
        **{f"reactie_{first}": "steun", f"reactie_{second}": "tegen"},
        **{f"voorwaarde_{third}": "Als het gratis is.", f"wijziging_{first}": f"{wording} Altijd."},
    ).text
    assert "deel 2 van 3" in page
    others = re.findall(r'name="reactie_([0-9a-f]{32})" value="steun"', page)
    assert len(others) == 2
    page = send(http, page, **{f"reactie_{others[0]}": "steun"}).text
    assert "Wat is voor u het belangrijkst?" in page
    ranks = {f"rang_{others[0]}": "1", f"rang_{first}": "1"}
    wrong = send(http, page, ontbreekt="Er is geen bus.", **ranks)
    assert wrong.status_code == 422
    assert "dezelfde plaats" in wrong.text
    assert "Er is geen bus." in wrong.text
    ranks[f"rang_{first}"] = "2"
    done = send(http, wrong.text, ontbreekt="Er is geen bus.", **ranks)
    assert "U zei van 4 acties wat u ervan vindt." in done.text
    assert stored(reacting) == (
        {
            first: ("steun", 2),
            second: ("tegen", None),
            third: ("voorwaarde", None),
            others[0]: ("steun", 1),
        },
        {
            key_of(CONDITION, third): "Als het gratis is.",
            key_of(AMENDMENT, first): f"{wording} Altijd.",
            MISSING: "Er is geen bus.",
        },
    )
    code = re.search(r'<b class="receipt">([^<]+)</b>', done.text)
    assert code
    again = http.post("/formulier/4/verder", data={"code": code[1]}).text
    assert re.search(rf'name="reactie_{first}" value="steun" checked', again)
    assert f"{wording} Altijd." in html.unescape(again)
    same = send(http, again, **{f"reactie_{first}": "tegen", f"wijziging_{first}": wording})
    assert same.status_code == 200
    stances, words = stored(reacting)
    assert stances[first] == ("tegen", None)
    assert key_of(AMENDMENT, first) not in words
    with reacting.storage.reading() as session:
        assert len(list(session.scalars(select(Participant)))) == 1
    mine = html.unescape(http.post("/mijn-antwoorden", data={"code": code[1]}).text)
    assert "Als het gratis is." in mine
    assert "Uw voorwaarde bij een actie" in mine


def test_mistakes_are_told_and_nothing_typed_is_lost(reacting: Site, http: httpx.Client) -> None:
    no_consent = send(http, http.get("/formulier/4").text)
    assert no_consent.status_code == 422
    page = begun(http)
    action = re.findall(r'name="reactie_([0-9a-f]{32})" value="steun"', page)[0]
    empty = send(http, page, **{f"reactie_{action}": "voorwaarde"})
    assert empty.status_code == 422
    assert "onder welke voorwaarde" in empty.text
    named = "Bel Jan Peeters op 0470 12 34 56."
    asked = send(http, page, **{f"voorwaarde_{action}": named})
    assert asked.status_code == 422
    assert "0470 12 34 56" in asked.text
    masked = send(http, asked.text, **{f"persoonlijk_voorwaarde_{action}": "weg"})
    assert masked.status_code == 200
    _, words = stored(reacting)
    assert "0470" not in words[key_of(CONDITION, action)]
    nobody = send(http, page, code="AAAA-BBBB-CCCC")
    assert nobody.status_code == 404
    forged = send(http, page, **{f"reactie_{'f' * 32}": "steun", f"reactie_{action}": "misschien"})
    assert forged.status_code == 200
    assert len(stored(reacting)[0]) == 1


@pytest.mark.usefixtures("reacting")
def test_an_opdracht_without_actions_asks_what_has_to_happen(http: httpx.Client) -> None:
    first = http.get("/formulier/5").text
    assert "nog geen acties" in first
    answer = http.post("/formulier/5", data={**hidden(first), "toestemming_analyse": "ja"})
    assert 'name="ontbreekt"' in answer.text
    assert OPVANG not in answer.text


@pytest.mark.browser
def test_the_form_is_for_everybody(reacting: Site, browser: Browser) -> None:
    context = browser.new_context(
        base_url=reacting.url,
        viewport={"width": 390, "height": 844},
        is_mobile=True,
        java_script_enabled=True,
    )
    page: Page = context.new_page()
    page.goto("/formulier/4")
    found: dict[str, Any] = {"begin": violations(page)}
    page.locator("#toestemming_analyse").focus()
    page.keyboard.press("Space")
    page.get_by_label("Voor wie spreekt u vooral?").select_option("burger")
    page.get_by_role("button", name="Begin").press("Enter")
    page.wait_for_url("**/formulier/4")
    page.get_by_role("heading", name=ACTIONS[OPVANG]).wait_for()
    page.locator("main details").evaluate_all("all => all.forEach((each) => { each.open = true })")
    found["acties"] = violations(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    first, second, third = re.findall(
        r'name="reactie_([0-9a-f]{32})" value="steun"', page.content()
    )
    page.locator(f"#reactie_{first}_steun").focus()
    page.keyboard.press("Space")
    page.locator(f"#reactie_{second}_steun").check()
    page.locator(f"#reactie_{third}_voorwaarde").check()
    page.get_by_role("button", name="Verstuur en ga verder").click()
    page.get_by_role("alert").wait_for()
    found["fout"] = violations(page)
    page.locator(f"#voorwaarde_{third}").fill("Als de werknemer akkoord is.")
    page.get_by_role("button", name="Verstuur en ga verder").click()
    page.get_by_text("deel 2 van 3").wait_for()
    if folder := os.environ.get("SAMENSPRAAK_PICTURES"):
        page.screenshot(path=f"{folder}/formulier.png", full_page=True)
    page.get_by_role("button", name="Verstuur en ga verder").click()
    page.get_by_text("Wat is voor u het belangrijkst?").wait_for()
    found["laatste"] = violations(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Verstuur", exact=True).click()
    page.get_by_role("heading", name="Dank u, uw reactie is bewaard").wait_for()
    found["klaar"] = violations(page)
    assert {name: each for name, each in found.items() if each} == {}
    context.close()
