"""While no round is open a receipt code still reads and erases, and nobody reads a command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import yaml
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from consultation import rounds
from consultation.catalogue import load_catalogue
from consultation.database.models import Contribution, Conversation, Message, Participant
from consultation.database.storage import Storage
from consultation.settings import Settings
from dialogue.messages import MESSAGES, say
from samenspraak import doctor
from tests.web.test_form import code, send
from tests.web_pages import answer_box, violations
from tests.web_stage import Site, Talk, begin
from web.pages import TEMPLATES

pytest_plugins = ["tests.web_fixtures"]

SAID = "Te duur, <b>zegt</b> de baas."


@pytest.fixture
def close(site: Site) -> Callable[[], None]:
    """Closes round 1."""

    def closed() -> None:
        with site.storage.writing() as session:
            rounds.close(session, 1, 1)

    return closed


@pytest.fixture
def answered(talk: Talk) -> Talk:
    """A talk with one answer."""
    talk.send("Ja", "c1", payload="/bevestigen")
    assert talk.send(SAID, "c2").status_code == 200
    return talk


def people(site: Site) -> int:
    with site.storage.reading() as session:
        return session.scalar(select(func.count()).select_from(Participant)) or 0


def test_a_code_opens_the_talk_to_read_and_erase(
    answered: Talk, site: Site, close: Callable[[], None]
) -> None:
    close()
    back = begin(answered.http, receipt=answered.receipt)
    assert back.session == answered.session
    assert back.read()[-1]["text"] == say("ronde_gesloten")
    seqs = len(back.read())
    again = begin(answered.http, receipt=answered.receipt)
    assert len(again.read()) == seqs, "it is said once"
    own = back.http.get("/api/chat/answers", headers=back.headers).json()
    assert [each["text"] for each in own] == [SAID]
    assert back.http.delete("/api/chat", headers=back.headers).status_code == 204
    assert people(site) == 0


def test_a_code_from_the_form_opens_it_too(
    http: httpx.Client, site: Site, close: Callable[[], None]
) -> None:
    receipt = code(send(http).text)
    close()
    back = begin(http, receipt=receipt)
    assert len(http.get("/api/chat/answers", headers=back.headers).json()) == 3
    assert [each["from"] for each in back.read()] == ["assistent"]
    assert http.delete("/api/chat", headers=back.headers).status_code == 204
    assert people(site) == 0


def test_a_closed_round_takes_no_message_but_answers_one_that_came_before(
    answered: Talk, site: Site, close: Callable[[], None]
) -> None:
    first = answered.send("De stad.", "c3")
    close()
    assert answered.send("De stad.", "c3").json() == first.json()
    refused = answered.send("Nog iets", "c4")
    assert refused.status_code == 409
    assert "Uw bericht is niet bewaard" in refused.json()["detail"]
    with site.storage.reading() as session:
        stored = session.scalars(select(Message.text).where(Message.text == "Nog iets"))
        assert list(stored) == []


def test_when_the_round_opens_again_the_talk_goes_on_where_it_was(
    answered: Talk, site: Site, close: Callable[[], None]
) -> None:
    close()
    begin(answered.http, receipt=answered.receipt)
    with site.storage.writing() as session:
        rounds.open_(session, 1, 1)
    assert answered.send("Een proefweek.", "c5").status_code == 200
    heard = site.rasa.heard[-1]["metadata"]
    assert (heard["step"], heard["question"]) == ("vraag", "voorstel")


def test_the_page_shows_keeps_and_erases(
    answered: Talk, http: httpx.Client, site: Site, close: Callable[[], None]
) -> None:
    close()
    for path in ("/", "/gesprek", "/opdrachten/4", "/formulier/4", "/privacy"):
        assert 'href="/mijn-antwoorden"' in http.get(path).text
    copied = {"code": answered.receipt.lower().replace("-", " ")}
    shown = http.post("/mijn-antwoorden", data=copied)
    assert shown.headers["cache-control"] == "no-store"
    assert "Te duur, &lt;b&gt;zegt&lt;/b&gt; de baas." in shown.text
    kept = http.post("/mijn-antwoorden/bewaar", data=copied)
    assert SAID in kept.text
    assert answered.receipt in kept.text
    assert "attachment" in kept.headers["content-disposition"]
    unsure = http.post("/mijn-antwoorden/wis", data=copied)
    assert unsure.status_code == 422
    assert people(site) == 1
    gone = http.post("/mijn-antwoorden/wis", data={**copied, "zeker": "ja"})
    assert "Uw gegevens zijn gewist" in gone.text
    assert people(site) == 0
    assert f"/{answered.session}" in site.rasa.forgot
    assert http.post("/mijn-antwoorden", data=copied).status_code == 404
    with site.storage.reading() as session:
        for table in (Conversation, Contribution, Message):
            assert session.scalar(select(func.count()).select_from(table)) == 0


@pytest.mark.parametrize("path", ["", "/bewaar", "/wis"])
@pytest.mark.parametrize("sent", [{}, {"code": ""}, {"code": "2222-2222-2222"}])
def test_an_unknown_code_is_told_on_the_page(
    http: httpx.Client, path: str, sent: dict[str, str]
) -> None:
    answer = http.post(f"/mijn-antwoorden{path}", data={**sent, "zeker": "ja"})
    assert answer.status_code == 404
    assert "We kennen deze ontvangstcode niet" in answer.text
    assert http.get(f"/mijn-antwoorden{path}", follow_redirects=True).status_code == 200


def test_codes_cannot_be_tried_without_end(http: httpx.Client) -> None:
    tried = {
        http.post("/mijn-antwoorden", data={"code": f"2222-2222-{number:04}"}).status_code
        for number in range(70)
    }
    assert tried == {404, 429}


def test_no_sentence_for_citizens_names_a_command() -> None:
    review = yaml.safe_load(MESSAGES.read_text(encoding="utf-8"))
    for_operators = {"overlap_kan_niet", "codeboek_kan_niet"}
    assert [
        key for key, text in review.items() if "samenspraak " in text and key not in for_operators
    ] == []
    for path in TEMPLATES.glob("*.html"):
        assert "<code>" not in path.read_text(encoding="utf-8"), path.name


def test_the_doctor_tells_how_to_open_a_round(tmp_path: Path) -> None:
    values = Settings(data_dir=tmp_path, database_url="", secret_key="x")
    assert doctor.open_round(values) == []
    storage = Storage(values.resolved_database_url)
    (check,) = doctor.open_round(values)
    assert (check.ok, check.mend) == (False, "samenspraak round open 1")
    consultation = rounds.consultation_id(storage, load_catalogue(values.catalogue))
    with storage.writing() as session:
        rounds.open_(session, consultation, 1)
    assert doctor.open_round(values)[0].ok
    storage.close()


@pytest.mark.browser
def test_the_widget_leads_a_code_to_its_answers(
    page: Page, answered: Talk, site: Site, close: Callable[[], None]
) -> None:
    page.goto("/opdrachten/4")
    close()
    page.get_by_role("button", name="Start het gesprek").click()
    expect(page.get_by_text("Er loopt nu geen bevraging").first).to_be_visible()
    page.get_by_role("button", name="Verder met een code").click()
    page.get_by_label("Uw ontvangstcode").fill(answered.receipt)
    page.get_by_role("button", name="Verder", exact=True).click()
    expect(page.get_by_text(say("ronde_gesloten"))).to_be_visible()
    expect(answer_box(page)).to_be_hidden()
    assert violations(page) == []
    page.get_by_role("button", name="Mijn antwoorden").first.click()
    expect(page.get_by_role("button", name="Download")).to_be_visible()
    page.get_by_role("button", name="Terug naar het gesprek").click()
    page.get_by_role("button", name="Wis mijn gegevens").click()
    page.get_by_role("button", name="Ja, wis alles").click()
    expect(page.get_by_text("Uw gegevens zijn gewist.")).to_be_visible()
    assert people(site) == 0


@pytest.mark.browser
def test_what_is_typed_while_the_round_closes_comes_back_with_the_reason(
    page: Page, close: Callable[[], None]
) -> None:
    page.goto("/gesprek?opdracht=4")
    expect(page.get_by_text("Mogen we uw antwoorden bewaren?")).to_be_visible()
    close()
    answer_box(page).fill("Nog iets")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Uw bericht is niet bewaard").first).to_be_visible()
    expect(answer_box(page)).to_have_value("Nog iets")


@pytest.mark.browser
def test_the_page_works_without_javascript_and_for_every_eye(
    page: Page, answered: Talk, close: Callable[[], None]
) -> None:
    close()
    page.goto("/mijn-antwoorden")
    assert violations(page) == []
    page.get_by_label("Uw ontvangstcode").fill("2222")
    page.get_by_role("button", name="Toon mijn antwoorden").click()
    assert violations(page) == []
    page.get_by_label("Uw ontvangstcode").fill(answered.receipt)
    page.get_by_role("button", name="Toon mijn antwoorden").click()
    expect(page.get_by_text(SAID)).to_be_visible()
    assert violations(page) == []
    page.get_by_label("Ja, ik ben zeker").check()
    page.get_by_role("button", name="Wis mijn gegevens").click()
    expect(page.get_by_text("Uw gegevens zijn gewist")).to_be_visible()
    assert violations(page) == []
