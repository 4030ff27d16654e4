"""What became of my words: a page by receipt code, an objection, and the list in the review."""

from __future__ import annotations

import html
import os
import re

import httpx
import pytest
from playwright.sync_api import Browser

from consultation import accounts
from consultation.curation.log import append
from consultation.database.models import (
    AnalysisRun,
    Assignment,
    Contribution,
    Participant,
    Statement,
    Theme,
    now,
)
from consultation.participation.own_answers import own_answers
from dialogue.questions import Addressed, addressed
from tests.review_stage import PASSWORD, as_role, post
from tests.web.test_form import code, send
from tests.web_pages import alike, violations
from tests.web_stage import Site, analysed

pytest_plugins = ["tests.web_fixtures"]

REPLY = "We vragen de gemeenten om opvang te betalen."


def said_and_read(site: Site, http: httpx.Client) -> tuple[str, list[str]]:
    """Somebody filled in the form, and a run read it: the receipt code, and two statements."""
    receipt = code(send(http).text)
    analysed(site.storage, people=8)
    with site.storage.writing() as session:
        who = session.query(Participant).filter(Participant.receipt_hash.is_not(None)).one()
        run = session.query(AnalysisRun).one()
        themes = session.query(Theme).order_by(Theme.number).all()
        made = []
        for answer in own_answers(session, who.id):
            if answer.question not in ("drempel", "voorstel"):
                continue
            version = session.get_one(Contribution, answer.contribution).versions[-1]
            version.cut_at = run.started_at
            statement = Statement(
                contribution_version_id=version.id,
                start=0,
                end=len(version.text),
                kind=answer.question,
                opdracht=4,
            )
            session.add(statement)
            session.flush()
            made.append(statement.id)
            theme = themes[0 if answer.question == "drempel" else 1]
            session.add(Assignment(statement_id=statement.id, theme_id=theme.id, run_id=run.id))
        run.finished_at = now()
        append(session, 1, "els", {"op": "approve", "theme": themes[1].id})
        append(session, 1, "els", {"op": "reply", "theme": themes[1].id, "text": REPLY})
        create = {"op": "action", "do": "create", "opdracht": 4, "id": "c" * 32}
        append(
            session,
            1,
            "els",
            {**create, "text": "Elke gemeente betaalt opvang.", "sources": [made[1]]},
        )
        status = {"op": "action", "do": "status", "action": "c" * 32, "status": "goedgekeurd"}
        append(session, 1, "els", status)
    return receipt, made


def test_each_statement_has_an_answer_and_an_objection_reaches_the_facilitators(
    site: Site, http: httpx.Client
) -> None:
    receipt, (barrier, proposal) = said_and_read(site, http)
    mine = http.post("/mijn-antwoorden", data={"code": receipt})
    assert "Wat werd er van mijn woorden?" in mine.text
    page = http.post("/mijn-antwoorden/geworden", data={"code": receipt.lower()})
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    shown = html.unescape(page.text)
    assert "Uw woorden staan achter een actie die goedgekeurd is." in shown
    assert "Elke gemeente betaalt opvang." in shown
    assert REPLY in shown
    assert "Er is nog geen actie uit gekomen." in shown
    assert "Dit telt mee bij hoe dringend de opdracht is." in shown
    assert "geen tijd <script>alert(1)</script>" not in page.text
    assert shown.count("Dit is niet wat ik bedoelde") == 2
    told = http.post("/mijn-antwoorden/bezwaar", data={"code": receipt, "uitspraak": barrier})
    assert "Een begeleider leest uw woorden opnieuw." in told.text
    assert html.unescape(told.text).count("Dit is niet wat ik bedoelde") == 1
    wrong = http.post("/mijn-antwoorden/bezwaar", data={"code": receipt, "uitspraak": "f" * 32})
    assert wrong.status_code == 404
    nobody = {"code": "AAAA-BBBB-CCCC", "uitspraak": proposal}
    assert http.post("/mijn-antwoorden/bezwaar", data=nobody).status_code == 404
    assert http.post("/mijn-antwoorden/geworden", data=nobody).status_code == 404
    assert http.get("/mijn-antwoorden/geworden").status_code == 303
    with as_role(site, "els", "facilitator") as review:
        assert "1 nog te bekijken" in review.get("/beheer").text
        listed = review.get("/beheer/bezwaren").text
        assert "De les begint om 18u30" in html.unescape(listed)
        number = re.search(r'id="bezwaar-(\d+)"', listed)
        assert number
        where = f"/beheer/bezwaren/{number[1]}"
        assert post(review, where, doe="bekeken", notitie="Staat goed.").status_code == 303
        listed = review.get("/beheer/bezwaren").text
        assert "els bekeek dit" in listed
        assert "Staat goed." in listed
        assert post(review, where, doe="heropen").status_code == 303
        assert "0 van 1" not in review.get("/beheer/bezwaren").text
        assert post(review, where, doe="wis").status_code == 404
        assert post(review, "/beheer/bezwaren/99", doe="bekeken").status_code == 404
        log = html.unescape(review.get("/beheer/opdrachten/4/beslissingen").text)
        assert f"antwoordde aan wie O04-T002 ‘leren op het werk’ zei: ‘{REPLY}’" in log
        theme = html.unescape(review.get("/beheer/themas/O04-T002").text)
        assert REPLY in theme
    with as_role(site, "an", "facilitator", opdracht=5) as review:
        assert "De les begint" not in review.get("/beheer/bezwaren").text
        assert post(review, where, doe="bekeken").status_code == 403
    with site.client() as stranger:
        assert stranger.get("/beheer/bezwaren").status_code == 303


@pytest.mark.parametrize(
    "text",
    ["Wat werd er van mijn woorden?", "wat is er met mijn antwoord gebeurd",
     "en wat hebben jullie gedaan met wat ik zei?", "wat kwam er van mijn voorstel"],
)  # fmt: skip
def test_the_question_is_known_in_the_talk(text: str) -> None:
    assert addressed(text) == Addressed("geworden")


@pytest.mark.parametrize(
    "text", ["Wat doen jullie met mijn gegevens?", "Wat werd er van de cursus in Gent?"]
)
def test_other_questions_are_not_taken_for_it(text: str) -> None:
    assert addressed(text) != Addressed("geworden")


@pytest.mark.browser
def test_the_pages_are_for_everybody(site: Site, http: httpx.Client, browser: Browser) -> None:
    receipt, _ = said_and_read(site, http)
    with site.storage.writing() as session:
        accounts.add_account(session, "els", "facilitator", PASSWORD)
    context = browser.new_context(base_url=site.url, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto("/mijn-antwoorden")
    page.get_by_label("Uw ontvangstcode").fill(receipt)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Wat werd er van mijn woorden?").press("Enter")
    page.get_by_role("heading", name="Wat werd er van mijn woorden?").wait_for()
    assert violations(page) == []
    assert alike(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    if folder := os.environ.get("SAMENSPRAAK_PICTURES"):
        page.screenshot(path=f"{folder}/woorden-390.png", full_page=True)
    page.get_by_role("button", name="Dit is niet wat ik bedoelde").first.press("Enter")
    page.get_by_role("status").wait_for()
    assert violations(page) == []
    page.goto("/beheer/login")
    page.get_by_label("Naam").fill("els")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Aanmelden").press("Enter")
    page.wait_for_url("**/beheer")
    for path in ("/beheer/bezwaren", "/beheer/themas/O04-T002", "/beheer/opdrachten/4/acties"):
        page.goto(path)
        assert violations(page) == [], path
        assert alike(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    context.close()
