"""A reaction round with the real servers: people react in chat and form, and one amends an action.

One walk: the actions are approved, the round is opened, people react, the facilitator reads what
the groups think, accepts an amendment, and its author reads what became of it and is erased.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import delete, select, text

from consultation import accounts, rounds
from consultation.database.models import Participant, Round
from consultation.database.storage import Storage
from consultation.participation import participants
from consultation.participation.answers import GONE
from tests.reaction_stage import LOKET, OPVANG, VERBOD, reaction_round
from tests.review_stage import PASSWORD, agree_to_quotes
from tests.servers import Servers, Talk
from tests.web_stage import analysed

pytest_plugins = ["tests.web_fixtures"]
pytestmark = [pytest.mark.servers, pytest.mark.browser]

OPDRACHT = 7
BETTER = "De gemeente betaalt opvang tijdens alle lessen, ook overdag."
AMENDED = "Eén loket beantwoordt alle vragen, ook in het weekend."
FORMS = (
    ("werkgeversorganisatie", {OPVANG: "steun", LOKET: "tegen", VERBOD: "tegen"}),
    ("burger", {OPVANG: "steun", LOKET: "steun", VERBOD: "weet_niet"}),
    ("werknemersorganisatie", {OPVANG: "voorwaarde", LOKET: "steun", VERBOD: "steun"}),
)
PEOPLE = 4
"""How many people of each group react by form."""


@pytest.fixture
def reacting(servers: Servers) -> Iterator[Storage]:
    """An analysed round 1, and round 2 in which people react; after the walk round 1 is open."""
    storage = servers.storage()
    analysed(storage, people=10, opdracht=OPDRACHT)
    agree_to_quotes(storage)
    reaction_round(storage, opdracht=OPDRACHT)
    with storage.writing() as session:
        accounts.add_account(session, "rita", "facilitator", PASSWORD)
    yield storage
    with storage.writing() as session:
        second = rounds.require_round(session, 1, 2)
        for who in session.scalars(select(Participant.id)):
            participants.erase(session, who)
        session.execute(delete(Round).where(Round.id == second.id))
        rounds.open_(session, 1, 1)
    storage.close()


def fields(page: str) -> dict[str, str]:
    """The hidden fields and the prefilled texts of a page of the form."""
    form = page[page.index('class="questions"') :]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    areas = re.findall(r'<textarea id="[^"]+" name="([^"]+)"[^>]*>\n([^<]*)</textarea>', form)
    return {name: html.unescape(value) for name, value in (*found, *areas)}


def fills_in(http: httpx.Client, group: str, stances: dict[str, str], **texts: str) -> str:
    """Somebody who reacts by form; returns the receipt code."""
    path = f"/formulier/{OPDRACHT}"
    agreed = {"toestemming_analyse": "ja", "toestemming_citaat": "ja", "groep": group}
    page = http.post(path, data={**fields(http.get(path).text), **agreed}).text
    chosen = {f"reactie_{action}": stance for action, stance in stances.items()}
    condition = {f"voorwaarde_{each}": "Als het kan." for each in stances}
    told = {name: text for name, text in condition.items() if stances[name[-32:]] == "voorwaarde"}
    page = http.post(path, data={**fields(page), **chosen, **told, **texts}).text
    page = http.post(path, data={**fields(page), "ontbreekt": "Meer bussen."}).text
    code = re.search(r'<b class="receipt">([^<]+)</b>', page)
    assert code, page
    assert "U zei van 3 acties wat u ervan vindt." in page
    return code[1]


def talks(servers: Servers) -> Talk:
    """Somebody who reacts in the chat: typed and tapped, corrected, and gone in between."""
    talk = Talk(servers.url)
    talk.open()
    talk.say(f"opdracht {OPDRACHT}")
    assert talk.at == ("reactie", OPDRACHT, f"actie:{OPVANG}")
    talk.say("ja, want mijn cursisten vragen dat al jaren")
    talk.say("toch liever tegen")
    assert "ctie 1" in talk.said
    assert "ik ben tegen" in talk.said
    assert talk.at[2] == f"actie:{LOKET}"
    talk.tap("Anders verwoorden")
    servers.forget(talk.session)
    talk.say(AMENDED, times=2)
    back = Talk(servers.url, receipt=talk.receipt)
    assert back.at == ("reactie", OPDRACHT, f"actie:{LOKET}")
    back.say("joa zeker")
    back.say("alleen als de vakbond akkoord is")
    assert back.at == ("vraag", OPDRACHT, "ontbreekt")
    back.tap("Er ontbreekt niets")
    assert back.at == ("reactie", OPDRACHT, "rangorde")
    back.say("3")
    assert back.at[0] == "verder"
    back.say("wat heb ik al gezegd")
    assert "Actie 1: ik ben tegen." in back.said
    back.say("nee")
    return back


def test_people_react_and_read_what_became_of_it(
    servers: Servers, reacting: Storage, browser: Browser
) -> None:
    codes = []
    with httpx.Client(base_url=servers.url, timeout=60) as http:
        for group, stances in FORMS:
            for number in range(PEOPLE):
                amends = group == "burger" and number == 0
                texts = {f"wijziging_{OPVANG}": BETTER} if amends else {}
                codes.append(fills_in(http, group, stances, **texts))
    author = codes[PEOPLE]
    talker = talks(servers)
    context = browser.new_context(base_url=servers.url, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto("/beheer/login")
    page.get_by_label("Naam").fill("rita")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Aanmelden").click()
    page.wait_for_url("**/beheer")
    page.goto(f"/beheer/opdrachten/{OPDRACHT}/reacties")
    rows = page.get_by_role("table").first.get_by_role("row")
    expect(rows.nth(1)).to_have_accessible_name("Burger 4 0 1 0 80 % (tussen 38 % en 96 %) is voor")
    expect(page.get_by_text("Tegen: Werkgever of werkgeversorganisatie.").first).to_be_visible()
    expect(page.get_by_role("article").first.locator("ins").first).to_contain_text("alle")
    expect(page.get_by_role("article").nth(1)).to_contain_text("Burger · steunt de actie")
    own = page.get_by_role("article").filter(has_text=BETTER)
    own.get_by_role("button", name="Neem over").click()
    expect(page.get_by_role("status")).to_contain_text("nam de wijziging van een deelnemer over")
    expect(page.get_by_role("heading", name=BETTER)).to_be_visible()
    page.get_by_role("link", name=BETTER).click()
    expect(page.locator("ol.log")).to_contain_text(f"er staat nu ‘{BETTER}’")
    answer = httpx.post(f"{servers.url}/mijn-antwoorden/geworden", data={"code": author})
    assert "Uw voorstel is overgenomen. De actie heeft nu uw tekst." in answer.text
    assert "Nog niet bekeken." in answer.text
    talker.say("wat werd er van mijn woorden?")
    assert "Uw voorstel voor een andere tekst is nog niet bekeken." in talker.said
    later = Talk(servers.url)
    later.open()
    later.say(f"opdracht {OPDRACHT}")
    assert BETTER in later.said
    erased = httpx.post(f"{servers.url}/mijn-antwoorden/wis", data={"code": author, "zeker": "ja"})
    assert "gewist" in erased.text
    assert GONE in [each["text"] for each in later.transcript()]
    assert BETTER not in str(later.transcript())
    page.reload()
    expect(page.get_by_role("heading", name="Zonder tekst: de woorden zijn gewist")).to_be_visible()
    context.close()
    with reacting.reading() as session:
        for storage_text in session.execute(text("select text from message")).scalars():
            assert BETTER not in storage_text
