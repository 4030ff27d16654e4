"""Indicators: response, saturation, quality, decisions, and what themes rest on."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from analysis.overlap import ComparedAction, Overlap
from consultation import audit, rounds
from consultation.catalogue import Catalogue, load_catalogue
from consultation.curation.log import append
from consultation.database.models import (
    Consent,
    Contribution,
    ContributionVersion,
    Invitation,
    Participant,
    Round,
    RunMark,
    Submission,
    Theme,
)
from consultation.database.storage import Storage
from consultation.queries.opdracht_snapshot import SnapshotCache
from consultation.queries.themes import SAME_TEXT
from reporting.indicators.figures import Indicators, indicators
from tests.conftest import CATALOGUE
from tests.review_stage import as_role
from tests.web_stage import Site, analysed

pytest_plugins = ["tests.web_fixtures"]


def found(storage: Storage) -> Indicators:
    with storage.reading() as session:
        snapshots = SnapshotCache().all(session, 1, [4, 5])
        return indicators(session, 1, load_catalogue(CATALOGUE), snapshots)


def with_invitations(storage: Storage) -> None:
    """48 statements in two themes of opdracht 4; three invited, of whom one answered."""
    analysed(storage)
    with storage.writing() as session:
        round_ = session.scalar(select(Round.id))
        assert round_
        for number in range(3):
            group = "burger" if number < 2 else "lokaal_bestuur"
            id_ = f"{number:032x}"
            session.add(Invitation(id=id_, round_id=round_, token_hash=id_, group=group))
        session.flush()
        person = session.query(Participant).first()
        assert person
        person.invitation_id = f"{0:032x}"


@pytest.fixture
def stage(storage: Storage, catalogue: Catalogue) -> Storage:
    """A round with invitations, answers and themes; see ``with_invitations``."""
    with storage.writing() as session:
        rounds.ensure_consultation(session, catalogue)
        rounds.open_(session, 1, 1)
    with_invitations(storage)
    return storage


def test_the_invited_are_set_against_those_who_answered(stage: Storage) -> None:
    rows = {each.group: each for each in found(stage).responses}
    assert (rows["burger"].invited, rows["burger"].answered, rows["burger"].share) == (2, 1, 0.5)
    office = rows["lokaal_bestuur"]
    assert (office.invited, office.answered, office.share) == (1, 0, 0.0)
    with stage.reading() as session:
        people = session.query(Participant).count()
    assert sum(each.uninvited for each in rows.values()) == people - 1


def test_saturation_counts_the_themes_that_only_the_last_people_brought(stage: Storage) -> None:
    (four, five) = found(stage).opdrachten
    assert four.saturation
    assert four.saturation.people == min(20, four.saturation.among // 2)
    assert four.saturation.new_themes == 0
    assert five.saturation is None
    with stage.writing() as session:
        # One more theme, of the one who came last only.
        seen = SnapshotCache()
        with stage.reading() as reading:
            said = seen.of(reading, 1, 4).said
        last = [each.id for each in said if each.participant == said[-1].participant]
        create = {"op": "create", "opdracht": 4, "label": "iets nieuws", "statements": last}
        append(session, 1, "els", create)
    assert found(stage).opdrachten[0].saturation.new_themes == 1  # type: ignore[union-attr]


def test_decisions_are_counted_with_the_days_that_they_took(stage: Storage) -> None:
    before = found(stage).opdrachten[0]
    assert (before.decided_share, before.days, before.decided_on) == (0.0, None, ())
    with stage.writing() as session:
        first, second = session.query(Theme).order_by(Theme.number)
        for each in (first, second):
            each.created_at -= timedelta(days=3)
        append(session, 1, "els", {"op": "approve", "theme": first.id})
        last = append(session, 1, "els", {"op": "reject", "theme": second.id})
    after = found(stage).opdrachten[0]
    assert after.decided_share == 1.0
    assert after.days == pytest.approx(3, abs=0.01)
    assert [count for _, count in after.decided_on] == [2]
    with stage.writing() as session:
        append(session, 1, "els", {"op": "revoke", "event": last.id})
    assert found(stage).opdrachten[0].decided_share == 0.5


def test_a_theme_is_told_without_its_largest_group_and_without_a_campaign(stage: Storage) -> None:
    theme = found(stage).opdrachten[0].themes[0]
    assert (theme.campaign, theme.without_campaign) == (0, theme.people)
    with stage.reading() as session:
        seen = SnapshotCache().of(session, 1, 4)
        view = next(each for each in seen.themes if each.code == theme.code)
    assert theme.people - theme.without_group == max(view.groups.values())
    with stage.writing() as session:
        assert seen.run
        one, *copies = view.said
        for each in copies:
            session.add(
                RunMark(run_id=seen.run.id, statement_id=each.id, mark=SAME_TEXT, value=one.id)
            )
    after = next(each for each in found(stage).opdrachten[0].themes if each.code == theme.code)
    assert after.campaign == len(view.said)
    assert after.without_campaign == 0
    assert after.outcome(after.without_campaign) == "weg"
    assert [after.outcome(each) for each in (1, 4, 5)] == ["weg", "klein", "blijft"]


def test_rounds_and_thin_answers_make_the_history(stage: Storage) -> None:
    with stage.writing() as session:
        round_ = Round(consultation_id=1, number=2)
        session.add(round_)
        version = session.query(ContributionVersion).first()
        assert version
        said = version.contribution
        said.question = "drempel"
        measure: dict[str, Any] = {"information": 1.0, "specificity": 0.0, "thin": True}
        version.measure = {**measure, "non_answer": False, "language": None}
        person = Participant(consultation_id=1)
        person.consents.append(Consent(purpose="analyse", granted=True, version="1"))
        session.add(person)
        session.flush()
        place = Submission(participant_id=person.id, round_id=round_.id, opdracht=4)
        session.add(place)
        session.flush()
        session.add(Contribution(submission_id=place.id, channel="chat"))
    every = found(stage)
    first = every.rounds[0]
    assert (first.round, first.measured, first.thin) == (1, 1, 1)
    assert every.opdrachten[0].thin_share == 1.0
    assert {each.round for each in every.responses} == {1, 2}


def test_the_page_and_the_csv_hold_the_same_for_who_may_see_them(site: Site) -> None:
    with_invitations(site.storage)
    with as_role(site, "els", "facilitator") as els:
        page = els.get("/beheer/indicatoren").text
        assert "Waarop rusten de thema’s?" in page
        assert "brachten 0 nieuwe thema’s" in page
        raw = els.get("/beheer/indicatoren.csv").content.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(raw)))
        reply = [each for each in rows if each["Indicator"] == "Uitgenodigden die antwoordden"]
        assert {(each["Groep"], each["Waarde"], each["Van"]) for each in reply} >= {
            ("Burger", "1", "2"),
            ("Stad, gemeente of OCMW", "0", "1"),
        }
        assert {each["Opdracht"] for each in rows} > {"O04"}
    with site.storage.reading() as session:
        assert audit.entries(session, 1)[0].about == {"wat": "indicatoren", "soort": "csv"}
    with as_role(site, "tine", "facilitator", 5) as tine:
        page = tine.get("/beheer/indicatoren").text
        assert "U ziet alleen opdracht 5." in page
        assert "O04" not in page
        raw = tine.get("/beheer/indicatoren.csv").content.decode("utf-8-sig")
        assert "O04" not in raw


@pytest.mark.parametrize(
    ("one", "other", "opposed"),
    [
        ("Verhoog het inschrijvingsgeld.", "Verlaag het inschrijvingsgeld.", "richting"),
        ("Schaf de leerrekening af.", "Geef meer op de leerrekening.", "richting"),
        ("Vraag opleiding niet meer in de vrije tijd.", "Vraag vaker opleiding.", "richting"),
        ("Verhoog het inschrijvingsgeld.", "Verhoog de premie.", ""),
        ("Maak alles gratis.", "Laat mensen betalen.", ""),
        ("Laat de lessen langer duren.", "Maak de lessen korter: hoogstens een uur.", "richting"),
        ("Het attest moet verplicht zijn.", "Een attest mag niet meer verplicht zijn.", "richting"),
        ("Er zijn meer praattafels nodig.", "Geen praattafels meer in de vakantie.", "richting"),
        ("Vaker een toets voor cursisten.", "Toetsen moeten worden afgeschaft.", "richting"),
        # More of one thing and less of another, about the same people or place.
        ("Geef cursisten meer begeleiding.", "Minder papierwerk voor cursisten.", ""),
        ("Zet meer bushaltes bij de school.", "Laat de bus aan de stop van de school wachten.", ""),
        ("Schaf het lesgeld niet af.", "Behoud het lesgeld voor hobbycursussen.", ""),
        ("Verplicht werkgevers om te melden.", "Verbied werkgevers om geld te vragen.", ""),
    ],
)
def test_two_actions_may_conflict_by_their_direction(one: str, other: str, opposed: str) -> None:
    pair = Overlap(ComparedAction("a", 1, one), ComparedAction("b", 2, other), 0.5)
    assert pair.opposed == opposed
    assert Overlap(pair.other, pair.one, 0.5).opposed == opposed


def test_new_rules_and_an_end_to_rules_may_conflict() -> None:
    pair = Overlap(
        ComparedAction("a", 1, "x", "nieuw"), ComparedAction("b", 2, "y", "stopzetten"), 0.5
    )
    assert pair.opposed == "regels"
