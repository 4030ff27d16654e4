"""The form without JavaScript: the same questions, the same contributions, nothing lost."""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from analysis.preprocessing.answer_quality import measure_new
from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.database.models import (
    Consent,
    Contribution,
    ContributionVersion,
    Conversation,
    Participant,
    Submission,
)
from consultation.participation.conversation import tracker_name
from consultation.participation.invitations import InvitationRow, invite
from tests.web_pages import violations
from tests.web_stage import Site, begin

pytest_plugins = ["tests.web_fixtures"]

BARRIER = "De les begint om 18u30,\nen de opvang sluit om 18u. <b>Te laat!</b>"
ANSWERS = {
    "toestemming_analyse": "ja",
    "toestemming_citaat": "ja",
    "groep": "burger",
    "antwoord_drempel": BARRIER.replace("\n", "\r\n"),
    "antwoord_voorstel": "Laat de gemeente langer opvang betalen.",
    "antwoord_prioriteit": "4",
}


def fields(page: str) -> dict[str, str]:
    """The hidden fields of the form with the questions."""
    form = page[page.index('class="questions"') :]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in found}


def send(http: httpx.Client, **changes: str) -> httpx.Response:
    """Fills the form of opdracht 4 in, and sends it."""
    hidden = fields(http.get("/formulier/4").text)
    return http.post("/formulier/4", data={**hidden, **ANSWERS, **changes})


def code(page: str) -> str:
    """The receipt code on a page."""
    found = re.search(r'<b class="receipt">([^<]+)</b>', page)
    assert found
    return found[1]


def stored(site: Site) -> list[tuple[Any, ...]]:
    """All versions of all contributions that stand."""
    query = (
        select(
            Contribution.question,
            Contribution.channel,
            ContributionVersion.version,
            ContributionVersion.text,
            Contribution.value,
        )
        .join(ContributionVersion)
        .order_by(Contribution.created_at, ContributionVersion.version)
    )
    with site.storage.reading() as session:
        return [tuple(row) for row in session.execute(query)]


def test_the_form_asks_what_the_chat_asks(http: httpx.Client, catalogue: Catalogue) -> None:
    for opdracht in catalogue.opdrachten:
        page = html.unescape(http.get(f"/formulier/{opdracht.nummer}").text)
        places = [page.index(vraag.tekst) for vraag in opdracht.vragen]
        assert places == sorted(places)
        assert page.index(catalogue.consultatie.toestemmingen[0].vraag) < places[0]


def test_a_form_is_stored_as_the_chat_stores(
    http: httpx.Client, site: Site, catalogue: Catalogue
) -> None:
    answer = send(http)
    assert answer.status_code == 200
    assert stored(site) == [
        ("drempel", "form", 1, BARRIER, None),
        ("voorstel", "form", 1, ANSWERS["antwoord_voorstel"], None),
        ("prioriteit", "form", 1, "Dringend", 4),
    ]
    assert measure_new(site.storage, 1, catalogue) == 2
    with site.storage.reading() as session:
        person = session.scalars(select(Participant)).one()
        assert person.group == "burger"
        assert {each.purpose: each.granted for each in person.consents} == {
            "analyse": True,
            "citaat": True,
        }
        submission = session.scalars(select(Submission)).one()
        assert (submission.opdracht, submission.status) == (4, "bevestigd")
        measures = {
            each.contribution.question: each.measure
            for each in session.scalars(select(ContributionVersion))
        }
        measure = measures["drempel"]
    assert measure
    assert measure["information"] > 50
    assert measure["non_answer"] is False
    assert measures["prioriteit"] is None


def test_the_receipt_code_of_a_form_opens_the_chat_and_the_form(
    http: httpx.Client, site: Site
) -> None:
    receipt = code(send(http).text)
    talk = begin(http, receipt=receipt)
    own = http.get("/api/chat/answers", headers=talk.headers).json()
    assert [each["text"] for each in own] == [
        BARRIER,
        "Laat de gemeente langer opvang betalen.",
        "Dringend",
    ]
    page = http.post("/formulier/4/verder", data={"code": receipt.lower().replace("-", " ")}).text
    assert html.escape(BARRIER, quote=False) in page
    assert 'value="4" checked' in page
    changed = {**fields(page), **ANSWERS, "antwoord_voorstel": "Iets anders", "groep": "andere"}
    assert code(http.post("/formulier/4", data=changed).text) == receipt
    assert ("voorstel", "form", 2, "Iets anders", None) in stored(site)
    assert len(stored(site)) == 4
    emptied = {**fields(page), **ANSWERS, "antwoord_drempel": " \r\n"}
    assert http.post("/formulier/4", data=emptied).status_code == 200
    assert "drempel" not in {row[0] for row in stored(site)}
    with site.storage.reading() as session:
        assert session.scalar(select(func.count()).select_from(Participant)) == 1
        words = session.scalars(select(ContributionVersion.text)).all()
    assert BARRIER not in words
    assert f"/{talk.session}" in site.rasa.forgot


def test_after_a_change_in_the_form_the_assistant_starts_the_talk_anew(
    http: httpx.Client, site: Site
) -> None:
    receipt = code(send(http).text)
    talk = begin(http, receipt=receipt)
    talk.send("Ja", "c1", payload="/bevestigen")
    same = {**fields(http.post("/formulier/4/verder", data={"code": receipt}).text), **ANSWERS}

    def name() -> str:
        with site.storage.reading() as session:
            return tracker_name(talk.session, session.get_one(Conversation, talk.session).attempt)

    before = name()
    for barrier, new in ((BARRIER, False), ("Iets anders", True)):
        assert http.post("/formulier/4", data={**same, "antwoord_drempel": barrier}).is_success
        assert (name() != before) is new
    talk.send("Een antwoord", "c2")
    assert site.rasa.heard[-1]["sender"] == name()


def test_a_form_sent_twice_is_stored_once(http: httpx.Client, site: Site) -> None:
    data = {**fields(http.get("/formulier/4").text), **ANSWERS}
    codes: list[str] = []

    def again() -> None:
        with site.client() as client:
            codes.append(code(client.post("/formulier/4", data=data).text))

    threads = [threading.Thread(target=again) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    again()
    assert len(codes) == 5
    assert len(set(codes)) == 1
    assert len(stored(site)) == 3
    with site.storage.reading() as session:
        assert session.scalar(select(func.count()).select_from(Participant)) == 1
        assert session.scalar(select(func.count()).select_from(Consent)) == 2
    assert code(send(http).text) not in codes


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"toestemming_analyse": ""}, "Kruis die aan"),
        ({"antwoord_voorstel": "x" * 10_001}, "Het mag er hoogstens 10000 tellen"),
        ({"code": "2222-2222-2222"}, "We kennen deze ontvangstcode niet"),
        ({"uitnodiging": "verzonnen"}, "We kennen deze uitnodiging niet"),
    ],
)
def test_an_error_stores_nothing_and_keeps_what_was_typed(
    http: httpx.Client, site: Site, changes: dict[str, str], told: str
) -> None:
    answer = send(http, **changes)
    assert answer.status_code in (404, 422)
    assert answer.headers["cache-control"] == "no-store"
    assert told in answer.text
    assert html.escape(BARRIER, quote=False) in answer.text
    assert '<option value="burger" selected>' in answer.text
    assert 'value="4" checked' in answer.text
    assert stored(site) == []


def test_an_empty_form_is_no_contribution(http: httpx.Client, site: Site) -> None:
    for text in ("", " \r\n", "\u200b", "\u2060 \ufeff"):
        nothing = {name: text for name in ANSWERS if name.startswith("antwoord")}
        assert "Beantwoord minstens een vraag" in send(http, **nothing).text
    assert stored(site) == []


def test_a_closed_round_keeps_what_was_typed_on_the_page(http: httpx.Client, site: Site) -> None:
    hidden = fields(http.get("/formulier/4").text)
    with site.storage.writing() as session:
        rounds.close(session, 1, 1)
    answer = http.post("/formulier/4", data={**hidden, **ANSWERS})
    assert answer.status_code == 409
    assert "De bevraging is nu gesloten" in answer.text
    assert html.escape(BARRIER, quote=False) in answer.text
    assert "Er loopt nu geen bevraging" in http.get("/formulier/4").text


PERSONAL = "Bel mevrouw Peeters op 0470 12 34 56, zij weet er alles van."


@pytest.mark.parametrize(("choice", "kept"), [("weg", False), ("laten", True)])
def test_personal_data_are_noticed_before_anything_is_stored(
    http: httpx.Client, site: Site, choice: str, kept: bool
) -> None:
    answer = send(http, antwoord_voorstel=PERSONAL)
    assert answer.status_code == 422
    assert "0470 12 34 56”" in answer.text
    assert stored(site) == []
    again = {**fields(answer.text), **ANSWERS, "antwoord_voorstel": PERSONAL}
    chosen = http.post("/formulier/4", data={**again, "persoonlijk_voorstel": choice})
    assert chosen.status_code == 200
    text = next(row[3] for row in stored(site) if row[0] == "voorstel")
    assert ("0470 12 34 56" in text) is kept
    assert text.endswith("zij weet er alles van.")
    more = {**again, "persoonlijk_voorstel": choice, "antwoord_voorstel": PERSONAL + " Of x@y.be."}
    assert http.post("/formulier/4", data=more).status_code == 422


def test_an_invitation_gives_group_and_organisation_to_the_form(
    http: httpx.Client, site: Site
) -> None:
    with site.storage.writing() as session:
        row = InvitationRow("An", "Ligo", "publieke_opleider", (4,), "")
        (token,) = invite(session, 1, [row], site.settings.signing_key)
    page = http.get("/formulier/4", params={"uitnodiging": token}).text
    assert '<option value="publieke_opleider" selected>' in page
    asked = {**fields(page), **ANSWERS, "groep": "publieke_opleider"}
    answer = http.post("/formulier/4", data={**asked, "toestemming_organisatie": "ja"})
    assert answer.status_code == 200
    with site.storage.reading() as session:
        person = session.scalars(select(Participant)).one()
        assert person.organisation == "Ligo"
        assert {each.purpose for each in person.consents} == {"analyse", "citaat", "organisatie"}


@pytest.fixture
def plain(browser: Browser, site: Site) -> Iterator[Page]:
    """A page in a browser that runs no script."""
    context = browser.new_context(
        base_url=site.url, java_script_enabled=False, viewport={"width": 320, "height": 600}
    )
    yield context.new_page()
    context.close()


@pytest.mark.browser
def test_with_javascript_off_a_whole_contribution_can_be_made(plain: Page, site: Site) -> None:
    plain.goto("/gesprek")
    plain.get_by_role("link", name="Een goed aanbod binnen ieders bereik").click()
    plain.get_by_role("button", name="Verstuur mijn antwoorden").click()
    expect(plain.get_by_role("alert")).to_contain_text("nog niet verstuurd")
    plain.get_by_role("checkbox").first.check()
    plain.get_by_label("Voor wie spreekt u vooral?").select_option("burger")
    plain.get_by_label("Vraag 1.").fill("Te ver <script>alert(1)</script>")
    plain.get_by_label("Vraag 2.").fill("Een bus")
    plain.get_by_label("Heel dringend").check()
    plain.get_by_role("button", name="Verstuur mijn antwoorden").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Dank u, uw antwoorden zijn bewaard")
    assert [row[3] for row in stored(site)] == [
        "Te ver <script>alert(1)</script>",
        "Een bus",
        "Heel dringend",
    ]
    plain.get_by_label("Kies een opdracht").select_option("4")
    plain.get_by_role("button", name="Verder").click()
    expect(plain.get_by_label("Vraag 1.")).to_have_value("Te ver <script>alert(1)</script>")


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_state_of_the_form_has_an_accessibility_error(page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto("/formulier/4")
    assert violations(page) == []
    page.get_by_label("Vraag 2.").fill(PERSONAL)
    page.get_by_role("button", name="Verstuur mijn antwoorden").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Verstuur mijn antwoorden").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Dank u")
    assert violations(page) == []
