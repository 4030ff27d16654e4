"""Who should do it: the names in people's answers, counted, shown with the words, and offered."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from analysis.supporters import is_proposal
from analysis.trekkers import trekkers
from consultation.catalogue import load_catalogue
from consultation.database.models import (
    Consent,
    Contribution,
    ContributionVersion,
    Participant,
    Submission,
)
from consultation.queries.opdracht_snapshot import opdracht_snapshot
from consultation.settings import ROOT
from reporting import report
from tests.review_stage import as_role
from tests.web_stage import Site, analysed

pytest_plugins = ["tests.web_fixtures"]

CATALOGUE = load_catalogue(ROOT / "data" / "opdrachten.yml")
SAID = [
    "de VDAB met de gemeenten",
    "VDAB",
    "Lokale besturen <b>samen</b> met de sectorfondsen",
    "niet de VDAB maar Ligo",
    "Wij allemaal samen, toch?",
]


@pytest.fixture
def made(site: Site) -> dict[str, Any]:
    """Opdracht 4 analysed, in which the first five people said who should do it."""
    found = analysed(site.storage)
    with site.storage.writing() as session:
        for number, text in enumerate(SAID):
            answer = session.get_one(Contribution, found["answers"][2 * number])
            added = Contribution(
                submission_id=answer.submission_id, question="trekker", channel="form"
            )
            added.versions.append(ContributionVersion(version=1, text=text))
            session.add(added)
    return found


@pytest.fixture
def els(site: Site, made: dict[str, Any]) -> Iterator[httpx.Client]:  # noqa: ARG001
    """A facilitator, logged in."""
    with as_role(site, "els", "facilitator") as http:
        yield http


def listed(page: str) -> list[tuple[str, str]]:
    """The names on a page, each with its people."""
    return re.findall(r"<summary><span>([^<]+)</span> · (\d+) deelnemer", page)


def test_names_are_counted_over_people_with_the_exact_words(els: httpx.Client) -> None:
    page = els.get("/beheer/opdrachten/4/trekkers").text
    assert listed(page) == [
        ("Gemeente", "2"),
        ("VDAB", "2"),
        ("Ligo", "1"),
        ("Sectorfondsen", "1"),
    ]
    assert "5 antwoorden van 5 deelnemers" in page
    for text in SAID:
        assert f"<blockquote>{html.escape(text, quote=False)}</blockquote>" in page
    unnamed = page.partition("Zonder naam (1)")[2]
    assert "Wij allemaal samen, toch?" in unnamed
    assert "VDAB" not in unnamed


def test_a_theme_shows_whom_those_name_who_propose_something_in_it(
    els: httpx.Client, made: dict[str, Any], site: Site
) -> None:
    with site.storage.reading() as session:
        seen = opdracht_snapshot(session, 1, 4)
        found = trekkers(session, 1, CATALOGUE, 4)
        barriers = next(each for each in seen.themes if not any(map(is_proposal, each.said)))
        proposals = next(each for each in seen.themes if any(map(is_proposal, each.said)))
        assert len(found.behind(proposals.said, seen.said).answers) == 5
        assert found.behind(barriers.said, seen.said).answers == ()
        assert len(found.behind(barriers.said, barriers.said).answers) == 4, "nobody proposes there"
    page = els.get(f"/beheer/themas/{proposals.code}").text
    assert "<li>VDAB <b>2</b></li>" in page
    assert 'id="wie"' not in els.get(f"/beheer/themas/{barriers.code}").text
    assert made["codes"]


def test_the_names_are_offered_where_a_trekker_is_filled_in(
    els: httpx.Client, site: Site, made: dict[str, Any]
) -> None:
    with site.storage.reading() as session:
        actions = opdracht_snapshot(session, 1, 4).actions
    paths = [f"/beheer/opdrachten/4/acties?thema={made['codes'][1]}"]
    paths += [f"/beheer/opdrachten/4/acties/{each.id}" for each in actions]
    for path in paths:
        page = els.get(path).text
        names = re.findall(r'<option value="([^"]+)">\d+ deelnemer', page)
        assert names == ["Gemeente", "VDAB", "Ligo", "Sectorfondsen"], path
        for field in ("trekker", "partners"):
            assert re.search(rf'data-fill="{field}" data-name="VDAB">VDAB <b>[12]</b>', page), path
        assert 'list="genoemd"' in page


def test_an_answer_without_opdracht_follows_the_others_of_its_person(
    els: httpx.Client, site: Site, made: dict[str, Any]
) -> None:
    with site.storage.writing() as session:
        person = Participant(consultation_id=1, group="burger")
        person.consents.append(Consent(purpose="analyse", granted=True, version="1"))
        session.add(person)
        session.flush()
        known = session.get_one(Contribution, made["answers"][0])
        round_ = session.get_one(Submission, known.submission_id).round_id
        apart = Submission(participant_id=person.id, round_id=round_, opdracht=None)
        session.add(apart)
        session.flush()
        answer = Contribution(submission_id=apart.id, question="trekker", channel="import")
        answer.versions.append(ContributionVersion(version=1, text="De provincie dan."))
        session.add(answer)
    assert "De provincie dan." in els.get("/beheer/zonder-opdracht").text
    with site.storage.writing() as session:
        session.get_one(Contribution, made["answers"][1]).submission_id = apart.id
    assert "De provincie dan." in els.get("/beheer/opdrachten/4/trekkers").text
    assert "De provincie dan." not in els.get("/beheer/zonder-opdracht").text


def test_who_takes_back_consent_is_no_longer_counted(els: httpx.Client, site: Site) -> None:
    with site.storage.writing() as session:
        added = session.query(ContributionVersion).filter_by(text="VDAB").one().contribution
        person = session.get_one(Submission, added.submission_id).participant
        person.consents.append(Consent(purpose="analyse", granted=False, version="1"))
    assert ("VDAB", "1") in listed(els.get("/beheer/opdrachten/4/trekkers").text)


def test_who_has_another_opdracht_does_not_see_them(
    site: Site,
    made: dict[str, Any],  # noqa: ARG001
) -> None:
    with as_role(site, "tine", "facilitator", 5) as tine:
        assert tine.get("/beheer/opdrachten/4/trekkers").status_code == 403
        assert "Nog niemand zei" in tine.get("/beheer/opdrachten/5/trekkers").text


def test_the_report_tells_who_is_named(site: Site, made: dict[str, Any]) -> None:  # noqa: ARG001
    page = report.render(site.storage, 1, CATALOGUE, "use")
    assert re.search(r'<tr><td>VDAB</td><td class="getal">2</td>', page)
    assert "<td>geen naam herkend</td>" in page
