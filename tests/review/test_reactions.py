"""Reactions in the review: support by group with intervals, and amendments accepted and undone."""

from __future__ import annotations

import html
import os
import re

import httpx
import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from consultation import accounts, rounds
from consultation.catalogue import Gedragen
from consultation.curation.log import append
from consultation.database.models import Consent, Participant
from consultation.participation.reactions import AMENDMENT, CONDITION, MISSING, key_of
from consultation.queries.opdracht_snapshot import opdracht_snapshot
from consultation.queries.statements import active_statements
from consultation.reactions.results import verdict
from tests.reaction_stage import (
    ACTIONS,
    LOKET,
    OPVANG,
    VERBOD,
    person,
    reaction_round,
    reacts,
    says,
)
from tests.review_stage import PASSWORD, as_role, field_of, post
from tests.web_pages import alike, violations
from tests.web_stage import Site, analysed

pytest_plugins = ["tests.web_fixtures"]

BETTER = "De gemeente betaalt opvang tijdens alle lessen & examens."


@pytest.fixture
def reacted(site: Site) -> Site:
    """A reaction round in which ten people of three groups reacted."""
    analysed(site.storage, people=6)
    reaction_round(site.storage)
    with site.storage.writing() as session:
        for group, count in (("burger", 4), ("werkgeversorganisatie", 4), ("lokaal_bestuur", 2)):
            for number in range(count):
                who = person(session, group, quotes=group == "burger")
                against = group == "werkgeversorganisatie" and number
                stances = {OPVANG: "steun", LOKET: "voorwaarde", VERBOD: "steun"}
                reacts(session, who, stances | ({VERBOD: "tegen"} if against else {}))
                if number == 0 and group == "burger":
                    says(session, who, key_of(AMENDMENT, OPVANG), BETTER)
                if number == 1 and group == "burger":
                    says(session, who, key_of(CONDITION, LOKET), "Als het ook in het weekend is.")
                if number == 1 and group == "werkgeversorganisatie":
                    says(session, who, key_of(AMENDMENT, OPVANG), "De stad betaalt opvang.")
                if number == 2 and group == "burger":
                    says(session, who, MISSING, "Er rijdt geen bus.")
    return site


def answered(http: httpx.Client, page: str, contribution: str, verdict: str, why: str = "") -> str:
    """Answers an amendment as the page's form does; returns the page that follows."""
    start = page.index(f'value="{contribution}"')
    versions = re.findall(r'name="versie" value="([^"]+)"', page[:start])
    answer = post(
        http,
        "/beheer/opdrachten/4/reacties/wijziging",
        actie=OPVANG,
        bijdrage=contribution,
        besluit=verdict,
        reden=why,
        ronde="2",
        versie=versions[-1],
    )
    assert answer.status_code == 303, answer.text
    return html.unescape(http.get(answer.headers["location"]).text)


def test_a_facilitator_reads_who_supports_what_and_accepts_an_amendment(reacted: Site) -> None:
    with as_role(reacted, "els", "facilitator") as http:
        page = html.unescape(http.get("/beheer/opdrachten/4/reacties").text)
        assert "<td>100 % (tussen 51 % en 100 %)</td><td>is voor</td>" in page
        assert "Niet gedragen</span> 1 van de 2 groepen is voor; er is 66 % nodig." in page
        assert "Tegen: Werkgever of werkgeversorganisatie." in page
        assert "is te klein om te tellen" in page
        assert "Als het ook in het weekend is." in page
        assert "Er rijdt geen bus." in page
        assert "erbij: </span>alle lessen & examens</ins>" in page
        assert "steunt de actie" in page
        assert "Geen toestemming voor citaten" in page
        assert "Reactie (10 mensen reageerden)" in http.get("/beheer").text
        overview = html.unescape(http.get("/beheer/opdrachten/4/acties").text)
        assert "10 reacties in ronde 2" in overview
        own = html.unescape(http.get(f"/beheer/opdrachten/4/acties/{OPVANG}").text)
        assert "(2 nog te bekijken)" in own
        first, second = re.findall(r'name="bijdrage" value="([0-9a-f]{32})"', page)
        page = answered(http, page, first, "neem_over", "Dit is ruimer.")
        assert f"er staat nu ‘{BETTER}’, want ‘Dit is ruimer.’" in page
        assert "10 mensen reageerden op een eerdere tekst" in page
        page = answered(http, page, second, "neem_niet_over", "Niet elke gemeente is een stad.")
        assert "Niet overgenomen</span> door els" in page
        history = html.unescape(http.get(f"/beheer/opdrachten/4/acties/{OPVANG}").text)
        assert f"bij de actie ‘{ACTIONS[OPVANG]}’: er staat nu" in history
        event = re.findall(r'name="beslissing" value="(\d+)"', history)[-1]
        undo = {"doe": "herroep", "beslissing": event, "terug": "/beheer/opdrachten/4/reacties"}
        events = re.findall(r'name="beslissing" value="(\d+)"', page)
        assert events
        log = html.unescape(http.get("/beheer/opdrachten/4/beslissingen").text)
        accepted = re.search(r'nam de wijziging van een deelnemer over.*?value="(\d+)"', log, re.S)
        assert accepted
        undo["beslissing"] = accepted[1]
        assert post(http, "/beheer/opdrachten/4/beslis", **undo).status_code == 303
        page = html.unescape(http.get("/beheer/opdrachten/4/reacties").text)
        assert re.search(rf">{re.escape(ACTIONS[OPVANG])}</a></h2>", page)
        assert first in re.findall(r'name="bijdrage" value="([0-9a-f]{32})"', page)


def test_reactions_suggest_priorities_that_a_facilitator_takes_over_and_undoes(
    reacted: Site,
) -> None:
    where = "/beheer/opdrachten/4/reacties"
    with as_role(reacted, "els", "facilitator") as http:
        page = html.unescape(http.get(where).text)
        assert "De reacties geven prioriteit <strong>5</strong> (tussen 3 en 5)." in page
        assert "<td>is te klein om te tellen</td><td>te weinig mensen</td>" in page
        assert "Neem de 3 voorgestelde prioriteiten over" in page
        assert "de reacties geven prioriteit 5" in http.get("/beheer/opdrachten/4/acties").text
        offered = re.findall(r'name="voorgesteld" value="([0-9a-f]{32}:\d)"', page)[:3]
        versions = re.findall(r'name="versie" value="([^"]+)"', page)[:3]
        form = {"doe": "prioriteiten", "voorgesteld": offered, "versie": versions, "terug": where}
        done = post(http, "/beheer/opdrachten/4/beslis", **form)
        assert done.status_code == 303
        page = html.unescape(http.get(done.headers["location"]).text)
        assert page.count("Die is ook gekozen.") == 3
        assert "voorgestelde prioriteiten over" not in page
        with reacted.storage.reading() as session:
            actions = {each.id: each for each in opdracht_snapshot(session, 1, 4).actions}
        assert [actions[each].priority for each in (OPVANG, LOKET, VERBOD)] == [5, 5, 3]
        stale = post(http, "/beheer/opdrachten/4/beslis", **form)
        assert stale.status_code == 409
        assert "Reacties</h1>" in stale.text
        events = re.findall(r'name="beslissing" value="(\d+)"', page)[:3]
        undo = {"doe": "herroep", "beslissing": events, "terug": where}
        assert post(http, "/beheer/opdrachten/4/beslis", **undo).status_code == 303
        page = html.unescape(http.get(where).text)
        assert "Neem de 3 voorgestelde prioriteiten over" in page
        chosen = {"doe": "prioriteiten", "voorgesteld": f"{OPVANG}:2", "terug": where}
        assert post(http, "/beheer/opdrachten/4/beslis", **chosen).status_code == 303
        assert "Gekozen is 2." in http.get(where).text
        wrong = {**chosen, "voorgesteld": f"{OPVANG}:9"}
        assert post(http, "/beheer/opdrachten/4/beslis", **wrong).status_code == 422
    with as_role(reacted, "jan", "analist") as http:
        assert "voorgestelde prioriteiten over" not in http.get(where).text


def test_the_page_tells_which_actions_nobody_sees_and_where_too_few_reacted(reacted: Site) -> None:
    action = "e" * 32
    with reacted.storage.writing() as session:
        said = active_statements(session, 1, 4)[0]
        create = {"op": "action", "do": "create", "opdracht": 4, "statement": said.id, "id": action}
        append(session, 1, "els", create)
        approve = {"op": "action", "do": "status", "action": action, "status": "goedgekeurd"}
        append(session, 1, "els", approve)
    with as_role(reacted, "els", "facilitator") as http:
        page = html.unescape(http.get("/beheer/opdrachten/4/reacties").text)
        assert "1 actie van deze opdracht krijgen de deelnemers niet te zien" in page
        assert f"/acties/{action}" in page
        with reacted.storage.writing() as session:
            for person_ in session.scalars(select(Participant)):
                person_.consents.append(Consent(purpose="citaat", granted=True, version="1"))
        assert "niet te zien" not in http.get("/beheer/opdrachten/4/reacties").text
        assert "Nog niet bekend" not in page
        few = verdict([], Gedragen(), {})
        assert (few.carried, few.known) == (False, False)


def test_stale_and_foreign_answers_are_refused(reacted: Site) -> None:
    with as_role(reacted, "els", "facilitator") as http:
        page = http.get("/beheer/opdrachten/4/reacties").text
        first, second = re.findall(r'name="bijdrage" value="([0-9a-f]{32})"', page)
        form = {"ronde": "2", "besluit": "neem_over", "reden": "Goed."}
        where = "/beheer/opdrachten/4/reacties/wijziging"
        stale = {"versie": f"{OPVANG}:1", "actie": OPVANG, "bijdrage": first}
        refused = post(http, where, **form, **stale)
        assert refused.status_code == 409
        assert "Goed." in refused.text
        other = post(http, where, **form, actie=LOKET, bijdrage=second)
        assert other.status_code == 422
        gone = post(http, where, **form, actie=OPVANG, bijdrage="f" * 32)
        assert gone.status_code == 409
        assert http.get("/beheer/opdrachten/4/reacties?ronde=1").status_code == 404
        assert http.get("/beheer/opdrachten/4/reacties?ronde=x").status_code == 404
        assert "nog niemand reageerde" in http.get("/beheer/opdrachten/5/reacties").text.lower()
    with as_role(reacted, "jan", "analist") as http:
        assert http.get("/beheer/opdrachten/4/reacties").status_code == 200
        answer = {**form, "actie": OPVANG, "bijdrage": first}
        assert post(http, where, **answer).status_code == 403
    with as_role(reacted, "an", "facilitator", opdracht=5) as http:
        field = field_of(http)
        assert http.post(where, data={**answer, "formulier": field}).status_code == 403
    with reacted.client() as http:
        away = http.get("/beheer/opdrachten/4/reacties")
        assert away.status_code == 303


def test_a_manager_opens_a_reaction_round_in_the_review(site: Site) -> None:
    with as_role(site, "baas", "beheerder") as http:
        with site.storage.writing() as session:
            rounds.close(session, 1, 1)
        assert "Reactie: deelnemers zeggen" in http.get("/beheer/rondes/2/open").text
        opened = post(http, "/beheer/rondes/2/open", zeker="ja", soort="reactie")
        assert opened.status_code == 303
        assert "Reactie (0 mensen reageerden)" in http.get("/beheer").text
        with site.storage.writing() as session:
            rounds.close(session, 1, 2)
        # A closed round keeps its kind, whatever the form says.
        assert "Reactie: deelnemers" not in http.get("/beheer/rondes/2/open").text
        assert post(http, "/beheer/rondes/2/open", zeker="ja", soort="x").status_code == 303
        assert "Reactie (0 mensen reageerden)" in http.get("/beheer").text


@pytest.mark.browser
def test_the_page_is_for_everybody(reacted: Site, browser: Browser) -> None:
    with reacted.storage.writing() as session:
        accounts.add_account(session, "els", "facilitator", PASSWORD)
    context = browser.new_context(base_url=reacted.url, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto("/beheer/login")
    page.get_by_label("Naam").fill("els")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Aanmelden").press("Enter")
    expect(page.get_by_role("heading", name="Overzicht")).to_be_visible()
    for path in ("/beheer/opdrachten/4/reacties", f"/beheer/opdrachten/4/acties/{OPVANG}"):
        page.goto(path)
        assert violations(page) == []
        assert alike(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto("/beheer/opdrachten/4/reacties")
    if folder := os.environ.get("SAMENSPRAAK_PICTURES"):
        page.screenshot(path=f"{folder}/reacties-390.png", full_page=True)
        page.set_viewport_size({"width": 1280, "height": 900})
        page.screenshot(path=f"{folder}/reacties.png", full_page=True)
    page.get_by_role("button", name="Neem over").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("nam de wijziging van een deelnemer over")
    context.close()
