"""Floods are kept apart and count once a facilitator says so; talks like a program's are shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect, sync_playwright
from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation import accounts, audit, rounds
from consultation.access import floods
from consultation.database.models import (
    Consent,
    Contribution,
    ContributionVersion,
    Conversation,
    Flood,
    Invitation,
    Message,
    Participant,
    Statement,
    Submission,
    now,
)
from consultation.database.storage import Storage
from consultation.participation import participants
from consultation.queries import participation
from consultation.queries.disclosure import masked_statements, quotable
from consultation.queries.statements import active_statements, counts
from tests.review_stage import PASSWORD, as_role, post
from tests.web.test_challenges import answer
from tests.web_pages import check_everywhere
from tests.web_stage import FLAGS, Site, analysed
from web.server.limits import RateLimiter

pytest_plugins = ["tests.web_fixtures"]

SAID = "Geef elke buurt een lokaal waar iedereen 's avonds gratis kan leren."


def come_in(http: httpx.Client, **how: str) -> str:
    """Starts a talk, with an answer to the challenge if one is asked; its conversation."""
    begun = http.post("/api/chat/sessions", json=how)
    if begun.status_code == 429:
        proof = answer(begun.json()["challenge"])
        begun = http.post("/api/chat/sessions", json={**how, "proof": proof})
    assert begun.status_code == 201
    return str(begun.json()["session"])


def person_of(session: Session, talk: str) -> Participant:
    return session.get_one(Participant, session.get_one(Conversation, talk).participant_id)


def say_something(storage: Storage, talk: str, text: str = SAID) -> str:
    """Stores an answer of the talk's participant, cut into one statement; its id."""
    with storage.writing() as session:
        person = person_of(session, talk)
        for purpose in ("analyse", "citaat"):
            person.consents.append(Consent(purpose=purpose, granted=True, version="1"))
        place = Submission(participant_id=person.id, round_id=1, opdracht=4)
        session.add(place)
        session.flush()
        said = Contribution(submission_id=place.id, question="voorstel", channel="chat")
        session.add(said)
        session.flush()
        version = ContributionVersion(contribution_id=said.id, version=1, text=text)
        session.add(version)
        session.flush()
        cut = Statement(
            contribution_version_id=version.id,
            start=0,
            end=len(text),
            kind="voorstel",
            opdracht=4,
        )
        session.add(cut)
        session.flush()
        return cut.id


@pytest.fixture
def crowded(site: Site) -> Site:
    """A website where a second talk from one address is one too many."""
    analysed(site.storage)
    limits = replace(site.app.state.services.limits, sessions=RateLimiter(1e-6, 1))
    site.app.state.services = replace(site.app.state.services, limits=limits)
    return site


@pytest.fixture
def flooded(crowded: Site, http: httpx.Client) -> list[str]:
    """The statements of one who came in time, and of two who came after the limit."""
    return [say_something(crowded.storage, come_in(http)) for _ in range(3)]


def counted(storage: Storage, said: Sequence[str]) -> list[bool]:
    """Whether each statement counts, in the same way everywhere."""
    with storage.reading() as session:
        found = {each.id for each in active_statements(session, 1, 4)}
        assert found & set(said) == quotable(session, said).keys()
        assert found & set(said) == masked_statements(session, said).keys()
        number = len(found & set(said))
        assert counts(session, 1)[4].people == 24 + number
        assert participation.totals(session, 1).people == 24 + number
        assert participation.per_round(session, 1)[0].people == 24 + number
        assert participation.per_round(session, 1)[0].answers == 48 + number
        assert participation.of_opdracht(session, 1, 4).people == 24 + number
        return [each in found for each in said]


def test_who_comes_past_the_limit_is_kept_apart_until_a_facilitator_counts_it(
    crowded: Site, flooded: list[str]
) -> None:
    assert counted(crowded.storage, flooded) == [True, False, False]
    with as_role(crowded, "els", "facilitator") as els:
        assert "<strong>1 nog te bekijken</strong>" in els.get("/beheer").text
        page = els.get("/beheer/vloed").text
        assert "Staat apart, nog niet bekeken" in page
        assert "2 deelnemers, 2 antwoorden." in page
        assert page.count("Geef elke buurt een lokaal") == 2
        number = re.search(r'name="vloed" value="(\d+)"', page)
        assert number
        for what, found in (("tel", True), ("apart", False), ("tel", True)):
            done = post(els, "/beheer/vloed", doe=what, vloed=number[1])
            assert done.headers["location"] == f"/beheer/vloed#vloed-{number[1]}"
            assert counted(crowded.storage, flooded) == [True, found, found]
        page = els.get("/beheer/vloed").text
        assert "Telt mee" in page
        assert "els besliste dat op" in page
        assert "nog te bekijken" not in els.get("/beheer").text
        assert post(els, "/beheer/vloed", doe="tel", vloed="99").status_code == 404
        assert post(els, "/beheer/vloed", doe="iets", vloed=number[1]).status_code == 404
        with crowded.storage.reading() as session:
            done_by = [each.what for each in audit.entries(session, 1, "els")]
        assert done_by[:3] == ["vloed_telt", "vloed_apart", "vloed_telt"]
    with as_role(crowded, "ann", "analist") as ann:
        assert "/beheer/vloed" not in ann.get("/beheer").text
        assert ann.get("/beheer/vloed").status_code == 403
        assert post(ann, "/beheer/vloed", doe="apart", vloed=number[1]).status_code == 403
    assert counted(crowded.storage, flooded) == [True, True, True]


def test_who_was_invited_or_comes_back_is_no_flood(crowded: Site, http: httpx.Client) -> None:
    key = crowded.app.state.services.key
    come_in(http)
    with crowded.storage.writing() as session:
        hashed = participants.keyed_hash("uitgenodigd", key)
        session.add(Invitation(round_id=1, token_hash=hashed, opdrachten=[]))
    invited = come_in(http, invitation="uitgenodigd")
    stranger = come_in(http)
    with crowded.storage.writing() as session:
        assert person_of(session, invited).flood_id is None
        assert person_of(session, stranger).flood_id is not None
        person_of(session, invited).receipt_hash = participants.keyed_hash("TERUG", key)
    assert come_in(http, receipt="TERUG") == invited
    with crowded.storage.reading() as session:
        assert person_of(session, invited).flood_id is None


def test_a_day_later_nothing_tells_the_address_and_a_new_flood_begins(
    crowded: Site, flooded: list[str], http: httpx.Client
) -> None:
    with crowded.storage.writing() as session:
        first = session.scalars(select(Flood)).one()
        assert first.mark
        floods.forget_marks(session, 1)
        assert first.mark
        first.started_at = now() - timedelta(days=1)
        session.flush()
        floods.forget_marks(session, 1)
        session.refresh(first)
        assert first.mark is None
    later = say_something(crowded.storage, come_in(http))
    with crowded.storage.reading() as session:
        people = [each.people for each in floods.floods(session, 1)]
    assert people == [1, 2]
    assert counted(crowded.storage, [*flooded, later]) == [True, False, False, False]


def typed(storage: Storage, waits: Sequence[float], text: str) -> str:
    """A talk in which a text came so many seconds after each question; its participant."""
    with storage.writing() as session:
        person = Participant(consultation_id=1)
        session.add(person)
        session.flush()
        talk = Conversation(participant_id=person.id, round_id=rounds.require_round(session, 1).id)
        session.add(talk)
        session.flush()
        at = now() - timedelta(hours=1)
        for number, wait in enumerate(waits):
            about = {"conversation_id": talk.id, "state": "verwerkt"}
            asked = Message(**about, seq=2 * number, sender="assistent", text="En nu?", at=at)
            at += timedelta(seconds=wait)
            said = Message(**about, seq=2 * number + 1, sender="deelnemer", text=text, at=at)
            session.add_all([asked, said])
            at += timedelta(seconds=1)
        return person.id


def test_talks_faster_than_people_type_are_shown_and_set_apart(site: Site) -> None:
    robot = typed(site.storage, [0.2, 0.4, 9, 0.1, 1.4], SAID)
    typed(site.storage, [0.2, 0.4, 9, 9, 9, 0.1], SAID)
    typed(site.storage, [0.2] * 9, "ja, dat klopt")
    typed(site.storage, [20, 35, 8, 2], SAID)
    typed(site.storage, [0.2, 0.2], SAID)
    with site.storage.reading() as session:
        (found,) = floods.fast_talks(session, 1)
    assert (found.participant, found.fast, found.long) == (robot, 4, 5)
    with as_role(site, "els", "facilitator") as els:
        assert "4 van 5 lange teksten kwamen zo snel" in els.get("/beheer/vloed").text
        assert post(els, "/beheer/vloed", doe="robot", deelnemer="0" * 32).status_code == 404
        assert post(els, "/beheer/vloed", doe="robot", deelnemer=robot).status_code == 303
        # One flood has a participant at most.
        assert post(els, "/beheer/vloed", doe="robot", deelnemer=robot).status_code == 404
        page = els.get("/beheer/vloed").text
        assert "Er zijn er nu geen." in page
        assert "Staat apart</span> 1 deelnemer, 0 antwoorden." in page


@pytest.mark.browser
def test_the_page_has_no_barriers_and_works_in_a_browser(
    crowded: Site, flooded: list[str], chromium: str, tmp_path: Path
) -> None:
    typed(crowded.storage, [0.2] * 3, SAID)
    with crowded.storage.writing() as session:
        accounts.add_account(session, "els", "facilitator", PASSWORD)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(base_url=crowded.url, viewport={"width": 390, "height": 800})
        page.goto("/beheer/login")
        page.get_by_label("Naam").fill("els")
        page.get_by_label("Wachtwoord").fill(PASSWORD)
        page.get_by_role("button", name="Aanmelden").click()
        page.get_by_role("link", name="Vloed en robots").click()
        page.screenshot(path=tmp_path / "vloed.png", full_page=True)
        check_everywhere(page, "vloed", 320, 1280)
        page.screenshot(path=tmp_path / "vloed-breed.png", full_page=True)
        page.get_by_role("button", name="Tel mee").click()
        expect(page.get_by_text("Telt mee", exact=True)).to_be_visible()
        page.get_by_role("button", name=re.compile("Zet apart.*gesprek 1")).click()
        expect(page.get_by_text("Er zijn er nu geen.")).to_be_visible()
        browser.close()
    assert counted(crowded.storage, flooded) == [True, True, True]
