"""Questions of participants in the review: listed, answered with a note, undone, erased."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect, sync_playwright
from sqlalchemy import select

from consultation import accounts, audit, rounds
from consultation.catalogue import Catalogue
from consultation.database.models import (
    Conversation,
    Message,
    Participant,
    ParticipantQuestion,
)
from consultation.database.storage import Storage
from consultation.participation import answers, conversation, participants, questions
from consultation.participation.effects import ConsentGiven, QuestionAsked
from tests.review_stage import PASSWORD, as_role, post
from tests.web_pages import check_everywhere
from tests.web_stage import FLAGS, Site

pytest_plugins = ["tests.web_fixtures"]

ASKED = (
    ("Is er al budget voor?", 4, False),
    ("Kan ik <b>iets</b> uploaden?", 4, False),
    ("ik wil een mens spreken", 7, True),
    ("wanneer krijg ik antwoord?", None, False),
)


def ask(storage: Storage) -> list[int]:
    """One participant's questions, stored as the chat stores them."""
    with storage.writing() as session:
        person = Participant(consultation_id=1, group="burger")
        session.add(person)
        session.flush()
        participants.give_consent(session, _CATALOGUE, person.id, "analyse", granted=True)
        talk = Conversation(participant_id=person.id, round_id=rounds.require_round(session, 1).id)
        session.add(talk)
        session.flush()
        for number, (text, opdracht, contact) in enumerate(ASKED):
            said = conversation.record_message(session, talk.id, client_id=f"c{number}", text=text)
            session.get_one(Message, said.id).state = "verwerkt"
            questions.ask(
                session, talk, said.id, text, QuestionAsked(opdracht=opdracht, contact=contact)
            )
        return list(session.scalars(select(ParticipantQuestion.id)))


class _NoTexts:
    """A catalogue as far as ``give_consent`` needs one."""

    def toestemming(self, _: str) -> None:
        return None


_CATALOGUE: Any = _NoTexts()


@pytest.fixture
def asked(site: Site) -> list[int]:
    """The ids of the questions."""
    return ask(site.storage)


def states(site: Site) -> list[str]:
    with site.storage.reading() as session:
        query = select(ParticipantQuestion.state).order_by(ParticipantQuestion.id)
        return list(session.scalars(query))


def test_a_facilitator_marks_a_question_and_undoes_it(site: Site, asked: list[int]) -> None:
    with as_role(site, "els", "facilitator") as els:
        assert "<strong>4 open vragen</strong>" in els.get("/beheer").text
        page = els.get("/beheer/vragen").text
        assert "4 open vragen van 4" in page
        assert "Kan ik &lt;b&gt;iets&lt;/b&gt; uploaden?" in page
        assert re.findall(r"<h2>(O\d\d|Buiten)", page) == ["O04", "O07", "Buiten"]
        assert page.count("Wil een mens spreken") == 1
        first = f"/beheer/vragen/{asked[0]}"
        done = post(els, first, doe="beantwoord", notitie="Staat <i>nu</i> op de site.")
        assert done.status_code == 303
        assert done.headers["location"] == f"/beheer/vragen#vraag-{asked[0]}"
        assert states(site) == ["beantwoord", "open", "open", "open"]
        page = els.get("/beheer/vragen").text
        assert "3 open vragen van 4" in page
        assert "Staat &lt;i&gt;nu&lt;/i&gt; op de site." in page
        assert "els zette dit op beantwoord" in page
        assert post(els, first, doe="heropen").status_code == 303
        assert states(site) == ["open"] * 4
        # The note is still there, to be changed.
        assert (
            "Staat &lt;i&gt;nu&lt;/i&gt; op de site.</textarea>" in els.get("/beheer/vragen").text
        )
        with site.storage.reading() as session:
            done_by = [each.what for each in audit.entries(session, 1, "els")]
        assert {"vraag_beantwoord", "vraag_heropend"} <= set(done_by)


def test_only_who_decides_marks_and_only_forms_of_the_site_count(
    site: Site, asked: list[int]
) -> None:
    path = f"/beheer/vragen/{asked[0]}"
    with as_role(site, "ann", "analist") as ann:
        page = ann.get("/beheer/vragen").text
        assert "Is er al budget voor?" in page
        assert "Zet op beantwoord" not in page
        assert post(ann, path, doe="beantwoord").status_code == 403
    with as_role(site, "zeven", "facilitator", opdracht=7) as zeven:
        page = zeven.get("/beheer/vragen").text
        assert "Is er al budget voor?" not in page
        assert "ik wil een mens spreken" in page
        assert "<strong>1 open vraag</strong>" in zeven.get("/beheer").text
        assert post(zeven, path, doe="beantwoord").status_code == 403
        assert post(zeven, f"/beheer/vragen/{asked[2]}", doe="beantwoord").status_code == 303
        assert post(zeven, f"/beheer/vragen/{asked[2]}", doe="iets").status_code == 404
        assert post(zeven, "/beheer/vragen/999", doe="beantwoord").status_code == 404
        forged = zeven.post(f"/beheer/vragen/{asked[2]}", data={"doe": "heropen"})
        assert forged.status_code == 403
    with site.client() as nobody:
        assert nobody.get("/beheer/vragen").status_code == 303
        refused = post(nobody, path, doe="beantwoord")
        assert refused.status_code == 401
    assert states(site) == ["open", "open", "beantwoord", "open"]


def test_erasure_reaches_questions(site: Site, asked: list[int]) -> None:
    with site.storage.writing() as session:
        said = session.scalars(select(Message).where(Message.text == ASKED[0][0]))
        answers.silence(session, said)
    assert len(states(site)) == len(asked) - 1
    with site.storage.writing() as session:
        person = session.scalars(select(ParticipantQuestion.participant_id).distinct()).one()
        participants.erase(session, person)
    assert states(site) == []


def test_a_question_is_kept_once_and_only_with_consent(site: Site, catalogue: Catalogue) -> None:
    effect = QuestionAsked(opdracht=None)
    with site.storage.writing() as session:
        person = Participant(consultation_id=1)
        session.add(person)
        session.flush()
        talk = Conversation(participant_id=person.id, round_id=rounds.require_round(session, 1).id)
        session.add(talk)
        session.flush()
        first = conversation.record_message(
            session, talk.id, client_id="a", text="wie ziet dit, Jan?"
        ).id
        second = conversation.record_message(
            session, talk.id, client_id="b", text="wie ziet dit, Jan?"
        ).id
        shown = [conversation.Bubble(text="Dat weet ik niet.", custom={"step": "groep"})]
        for message, more in (
            (first, []),
            (second, [ConsentGiven(purpose="analyse", granted=True)]),
        ):
            conversation.complete(
                session, catalogue, message, shown, [*more, effect, effect], question="wie, [naam]?"
            )
    with site.storage.reading() as session:
        kept = list(session.scalars(select(ParticipantQuestion)))
        assert [(each.message_id, each.text) for each in kept] == [(second, "wie, [naam]?")]


@pytest.mark.browser
def test_the_page_has_no_barriers_and_works_with_the_keyboard(
    site: Site,
    asked: list[int],
    chromium: str,
    tmp_path: Path,
) -> None:
    with site.storage.writing() as session:
        accounts.add_account(session, "els", "facilitator", PASSWORD)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(base_url=site.url, viewport={"width": 390, "height": 800})
        page.goto("/beheer/login")
        page.get_by_label("Naam").fill("els")
        page.get_by_label("Wachtwoord").fill(PASSWORD)
        page.get_by_role("button", name="Aanmelden").click()
        page.get_by_role("link", name="Vragen van deelnemers").click()
        expect(page.get_by_role("heading", name="Vragen van deelnemers")).to_be_visible()
        page.get_by_label(f"Notitie bij vraag {asked[0]}").fill("Nagevraagd bij het team.")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_text("els zette dit op beantwoord")).to_be_visible()
        page.screenshot(path=tmp_path / "vragen.png", full_page=True)
        check_everywhere(page, "vragen", 320, 1280)
        page.screenshot(path=tmp_path / "vragen-breed.png", full_page=True)
        page.get_by_role("button", name="Maak ongedaan").click()
        expect(page.get_by_text("4 open vragen van 4")).to_be_visible()
        browser.close()


def test_the_list_is_paged(site: Site, asked: list[int]) -> None:  # noqa: ARG001
    with site.storage.writing() as session:
        first = session.scalars(select(ParticipantQuestion)).first()
        assert first is not None
        for number in range(60):
            text = f"vraag nummer {number}?"
            said = conversation.record_message(
                session,
                session.get_one(Message, first.message_id).conversation_id,
                client_id=f"x{number}",
                text=text,
            )
            session.get_one(Message, said.id).state = "verwerkt"
            session.add(
                ParticipantQuestion(
                    participant_id=first.participant_id,
                    message_id=said.id,
                    round_id=first.round_id,
                    opdracht=4,
                    text=text,
                )
            )
    with as_role(site, "els", "facilitator") as els:
        shown: httpx.Response = els.get("/beheer/vragen?pagina=2")
        assert "vraag nummer 59?" in shown.text
        assert "vraag nummer 1?" not in shown.text
        assert "64 open vragen van 64" in shown.text
