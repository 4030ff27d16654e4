"""An organisation, and a letter campaign, count as one where a facilitator says so: everywhere."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser, expect
from sqlalchemy import select
from typer.testing import CliRunner

from analysis.preprocessing.joint_suggestions import near_letters, normalised_name
from analysis.run import analyse
from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.curation.joint_participants import joined
from consultation.curation.log import append
from consultation.curation.operations import CurationError, parse
from consultation.database.models import (
    AnalysisRun,
    Assignment,
    Contribution,
    ContributionVersion,
    JointParticipant,
    Participant,
    Statement,
    Submission,
    Theme,
)
from consultation.database.storage import Storage
from consultation.participation.participants import erase
from consultation.participation.reactions import reacted
from consultation.queries import participation
from consultation.queries.opdracht_snapshot import opdracht_snapshot
from consultation.queries.statements import active_statements, authors, counts
from consultation.queries.themes import theme_views
from consultation.reactions.results import round_reactions
from consultation.settings import settings
from reporting.export import export
from reporting.export_formats import ExportSubject, Format
from reporting.indicators.figures import indicators
from reporting.proof import contents
from reporting.proof.bundle import proof_of
from reporting.proof.verification import verify
from reporting.publication import publish
from samenspraak.cli import app
from samenspraak.workplace import Workplace
from tests.analysis.test_run import FAST
from tests.databases import open_storage
from tests.reaction_stage import LOKET, OPVANG, person, reaction_round, reacts
from tests.reporting.test_proof import entries_of, packed
from tests.review.test_surveys import log_in
from tests.review_stage import agree_to_quotes, as_role, post
from tests.web_pages import alike, check_everywhere
from tests.web_stage import Site, analysed

pytest_plugins = ["tests.web_fixtures"]

PATH = "/beheer/telt-als-een"
NAMES = ["Leerpunt Noord vzw", "leerpunt noord", "Leerpunt Noord V.Z.W."]
LETTER = (
    "Geachte minister, wij vragen dat de avondlessen in onze streek blijven bestaan. Wie overdag "
    "werkt, heeft geen andere kans om bij te leren. Schaf de lessen dus niet af, en betaal de bus."
)
SENDERS = 6


def stage(storage: Storage) -> dict[str, Any]:
    """24 people; three of them of one organisation, and six more who all send the same letter."""
    staged = analysed(storage)
    with storage.writing() as session:
        people = session.scalars(
            select(Participant).join(Submission).order_by(Submission.created_at, Submission.id)
        ).all()
        for each, name in zip(people, NAMES, strict=False):
            each.organisation = name
        people[3].organisation, people[4].organisation = "Particulier", "n.v.t."
        theme = session.scalar(select(Theme).where(Theme.number == 2))
        run = session.scalar(select(AnalysisRun.id))
        assert theme
        letters = []
        for number in range(SENDERS):
            text = f"Ik ben {['Jan', 'An', 'Els', 'Bart', 'Lies', 'Tom'][number]}. {LETTER}"
            who = person(session, "burger" if number % 3 else "werknemersorganisatie")
            round_ = rounds.require_round(session, 1)
            said = Submission(participant_id=who, round_id=round_.id, opdracht=4)
            session.add(said)
            session.flush()
            letter = Contribution(submission_id=said.id, question="voorstel", channel="form")
            session.add(letter)
            session.flush()
            version = ContributionVersion(contribution_id=letter.id, version=1, text=text)
            session.add(version)
            session.flush()
            start = text.index("wij vragen")
            statement = Statement(
                contribution_version_id=version.id,
                start=start,
                end=text.index(" Wie"),
                kind="voorstel",
                opdracht=4,
            )
            session.add(statement)
            session.flush()
            session.add(Assignment(statement_id=statement.id, theme_id=theme.id, run_id=run))
            letters.append(letter.id)
        return {**staged, "people": [each.id for each in people[:3]], "letters": letters}


def decide(storage: Storage, **named: Any) -> int:
    with storage.writing() as session:
        return append(session, 1, "els", {"op": "count_as_one", **named}).id


def verb(*asked: str) -> Any:
    done = CliRunner().invoke(app, list(asked))
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.fixture
def told(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workplace]:
    """A consultation with round 1 open, also for the verbs of the command line."""
    monkeypatch.setenv("SAMENSPRAAK_DATABASE_URL", workplace.settings.resolved_database_url)
    settings.cache_clear()
    with workplace.storage.writing() as session:
        rounds.open_(session, 1, 1)
    yield workplace
    settings.cache_clear()


def sizes(storage: Storage, catalogue: Catalogue) -> dict[str, Any]:
    """How many people each count of the product tells for opdracht 4."""
    with storage.reading() as session:
        seen = opdracht_snapshot(session, 1, 4)
        whole = active_statements(session, 1, 4)
        parts = participation.per_opdracht(session, 1)
        figures = indicators(session, 1, catalogue, {4: seen})
        themes = {each.code: each for each in theme_views(session, 1, 4)}
        return {
            "statements": len({each.participant for each in whole}),
            "authors": len({each.participant for each in authors(session, 1).values()}),
            "counts": counts(session, 1)[4].people,
            "opdracht": parts[4].people,
            "groups": sum(parts[4].groups.values()),
            "of": participation.of_opdracht(session, 1, 4).people,
            "round": participation.per_round(session, 1)[0].people,
            "part": participation.rounds_of(session, 1, 4)[0].people,
            "totals": participation.totals(session, 1).people,
            "snapshot": len({each.participant for each in seen.said}),
            "indicators": next(each.people for each in figures.opdrachten if each.opdracht == 4),
            "uninvited": sum(each.uninvited for each in figures.responses),
            "theme": themes["O04-T002"].people,
            "theme groups": sum(themes["O04-T002"].groups.values()),
        }


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_every_count_tells_one_and_undo_brings_all_back(
    engine: str, tmp_path: Path, catalogue: Catalogue, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path / 'db'}"
    if engine == "postgres":
        url = request.getfixturevalue("postgres_url")
    storage = open_storage(url)
    with storage.writing() as session:
        rounds.ensure_consultation(session, catalogue)
        rounds.open_(session, 1, 1)
    found = stage(storage)
    before = sizes(storage, catalogue)
    assert set(before.values()) == {24 + SENDERS}
    first = decide(storage, participants=found["people"])
    assert set(sizes(storage, catalogue).values()) == {24 + SENDERS - 2}
    second = decide(storage, answers=found["letters"])
    assert set(sizes(storage, catalogue).values()) == {22 + 1}
    with storage.reading() as session:
        view = next(each for each in theme_views(session, 1, 4) if each.code == "O04-T002")
        assert view.joint == (SENDERS, 3)
        # The letters are of burgers for the most part, so the one participant is one.
        whose = {each.participant: each.group for each in view.said}
        joint = session.scalars(select(JointParticipant.id)).all()
        assert [whose[each] for each in joint if each in whose].count("burger") >= 1
    with storage.writing() as session:
        for event in (first, second):
            append(session, 1, "bart", {"op": "revoke", "event": event})
    assert sizes(storage, catalogue) == before
    with storage.writing() as session:
        assert session.scalars(select(JointParticipant)).all() == []
        # Undoing the undoing counts as one again.
        last = append(session, 1, "bart", {"op": "count_as_one", "participants": found["people"]})
        undone = append(session, 1, "bart", {"op": "revoke", "event": last.id})
        append(session, 1, "bart", {"op": "revoke", "event": undone.id})
    assert set(sizes(storage, catalogue).values()) == {24 + SENDERS - 2}


def test_operations_that_share_a_member_make_one_and_what_is_unknown_is_refused(
    workplace: Workplace,
) -> None:
    with workplace.storage.writing() as session:
        rounds.open_(session, 1, 1)
    found = stage(workplace.storage)
    one, two, three = found["people"]
    first = decide(workplace.storage, participants=[one, two])
    decide(workplace.storage, participants=[two, three])
    with workplace.storage.reading() as session:
        assert len({*session.scalars(select(Participant.joint_id))}) == 2  # and None
        assert [each.group for each in session.scalars(select(JointParticipant))] == ["burger"]
    with workplace.storage.writing() as session:
        append(session, 1, "els", {"op": "revoke", "event": first})
    with workplace.storage.reading() as session:
        left = {each.id for each in session.scalars(select(Participant)) if each.joint_id}
        assert left == {two, three}
    for raw, code in (
        ({"participants": [one, "f" * 32]}, "participant_unknown"),
        ({"answers": [found["letters"][0], one]}, "answer_unknown"),
        ({"participants": [one]}, "wrong_value"),
        ({"participants": [one, one]}, "wrong_value"),
        ({"participants": [one, two], "answers": found["letters"]}, "wrong_value"),
        ({}, "wrong_value"),
    ):
        with workplace.storage.writing() as session, pytest.raises(CurationError) as refused:
            append(session, 1, "els", parse({"op": "count_as_one", **raw}))
        assert refused.value.code == code, raw


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=2, max_size=4), max_size=6))
def test_what_is_joined_are_the_connected_members(named: list[list[str]]) -> None:
    found = joined([(str(number), members) for number, members in enumerate(named)])
    parent = {each: each for members in named for each in members}

    def root(each: str) -> str:
        while parent[each] != each:
            each = parent[each]
        return each

    for members in named:
        for each in members:
            parent[root(each)] = root(members[0])
    groups: dict[str, set[str]] = {}
    for each in parent:
        groups.setdefault(root(each), set()).add(each)
    assert sorted(map(sorted, found.values())) == sorted(map(sorted, groups.values()))
    # Each bears the number of the first that names one of its members.
    for id_, members in found.items():
        at = next(number for number, own in enumerate(named) if set(own) & set(members))
        assert id_ == str(at)


def test_names_and_letters_are_found_and_what_differs_is_left_apart() -> None:
    assert len({normalised_name(each) for each in NAMES}) == 1
    assert normalised_name("De Ligo, Noord-Limburg") == normalised_name("LIGO Noord Limburg vzw")
    assert normalised_name("Vormingplus Gent") != normalised_name("Vormingplus Brugge")
    for nobody in ("", "-", "n.v.t.", "nvt", "geen", "Particulier", "vzw", "Ikzelf"):
        assert normalised_name(nobody) is None, nobody
    other = (
        "Wij zijn een school voor volwassenen. Onze leraren willen lesgeven in bedrijven, maar de "
        "regels laten dat niet toe. Maak een statuut waarmee iemand halftijds in beide kan werken."
    )
    texts = [
        LETTER,
        f"Beste, {LETTER} Met vriendelijke groeten, Jan",
        "Meer lessen op zaterdag.",
        "Meer lessen op zaterdag.",
        other,
        f"Ik werk zelf in de zorg en ik leer Spaans. {LETTER.replace('minister', 'mevrouw')}",
        # It has the letter inside, but it is a text of its own.
        f"{other} {' '.join(f'woord{number} zegt{number}' for number in range(60))} {LETTER}",
    ]
    assert near_letters(texts) == [[0, 1, 5]]


def test_the_verbs_suggest_decide_and_tell_how_many_senders(
    told: Workplace, tmp_path: Path
) -> None:
    stage(told.storage)
    suggested = verb("joint", "--json")
    assert [(each["kind"], each["senders"]) for each in suggested] == [
        ("organisation", 3),
        ("letter", SENDERS),
    ]
    before = {each["code"]: each for each in verb("themes", "--opdracht", "4", "--format", "json")}
    file = tmp_path / "events.jsonl"
    file.write_text("\n".join(json.dumps(each["operation"]) for each in suggested))
    events = verb("curate", str(file), "--as", "els", "--json")["events"]
    after = {each["code"]: each for each in verb("themes", "--opdracht", "4", "--format", "json")}
    assert before["O04-T002"]["people"] - after["O04-T002"]["people"] == 2 + SENDERS - 1
    assert after["O04-T002"]["trust"]["joint"] == [SENDERS, 3]
    assert before["O04-T002"]["statements"] == after["O04-T002"]["statements"]
    assert verb("joint", "--json") == []
    file.write_text(json.dumps({"op": "revoke", "event": events[0]}))
    verb("curate", str(file), "--as", "els", "--json")
    assert [each["kind"] for each in verb("joint", "--json")] == ["organisation"]


def test_who_is_apart_is_not_suggested_again_until_somebody_joins_them(told: Workplace) -> None:
    found = stage(told.storage)
    with told.storage.writing() as session:
        operation = {"op": "count_apart", "participants": found["people"]}
        event = append(session, 1, "els", operation).id
    assert [each["kind"] for each in verb("joint", "--json")] == ["letter"]
    with told.storage.writing() as session:
        session.get_one(Participant, said_by(session, found["letters"][0])).organisation = NAMES[1]
    assert [each["senders"] for each in verb("joint", "--json")] == [4, SENDERS]
    with told.storage.writing() as session:
        append(session, 1, "els", {"op": "revoke", "event": event})
    assert len(verb("joint", "--json")) == 2


def said_by(session: Any, answer: str) -> str:
    found: str = session.scalar(
        select(Submission.participant_id)
        .join(Contribution, Contribution.submission_id == Submission.id)
        .where(Contribution.id == answer)
    )
    return found


def test_an_erasure_takes_one_sender_and_the_last_one_the_participant(told: Workplace) -> None:
    found = stage(told.storage)
    decide(told.storage, answers=found["letters"])
    people = sizes(told.storage, told.catalogue)["theme"]
    for left in range(SENDERS - 1, -1, -1):
        with told.storage.writing() as session:
            erase(session, said_by(session, found["letters"][left]))
        with told.storage.reading() as session:
            view = next(each for each in theme_views(session, 1, 4) if each.code == "O04-T002")
            assert view.joint == ((left,) if left else ())
            assert view.people == people - (not left)
    # The decision is still there, and can still be undone.
    with told.storage.writing() as session:
        append(session, 1, "els", {"op": "revoke", "event": 1})


def test_the_plan_the_exports_and_the_proof_tell_it(told: Workplace, tmp_path: Path) -> None:
    found = stage(told.storage)
    agree_to_quotes(told.storage)
    with told.storage.writing() as session:
        theme = session.scalar(select(Theme.id).where(Theme.number == 2))
        append(session, 1, "els", {"op": "rename", "theme": theme, "label": "Leren op het werk"})
        append(session, 1, "els", {"op": "approve", "theme": theme})
        rounds.close(session, 1, 1)
        publish(session, 1, told.catalogue, 1, "els")
    decide(told.storage, participants=found["people"])
    decide(told.storage, answers=found["letters"])
    with told.storage.reading_one_moment() as session:

        def told_in(what: ExportSubject, format_: Format) -> str:
            return export(session, 1, told.catalogue, what, format_).decode()

        words = "6 afzenders tellen als één deelnemer"
        assert words in told_in(ExportSubject.themes, Format.md)
        assert words in told_in(ExportSubject.actieplan, Format.md)
        table = csv.reader(io.StringIO(told_in(ExportSubject.themes, Format.csv)))
        row = next(each for each in table if "Leren op het werk" in each)
        assert "23" in row
        assert words in " ".join(row)
        plan = json.loads(told_in(ExportSubject.actieplan, Format.json))
        theme = plan["opdrachten"][0]["themes"][0]
        # Nobody outside is told of an organisation of three: they are fewer than five.
        assert (theme["people"]["people"], theme["joint"]) == (23, [6])
        proof = proof_of(session, 1, told.catalogue, "only for tests")
    assert verdict(tmp_path, proof.content) == []
    # Who tells of other numbers of senders is found, also with a mended manifest.
    entries = entries_of(proof.content)
    name = contents.PLANS
    assert b'"joint":[6]' in entries[name]
    entries[name] = entries[name].replace(b'"joint":[6]', b'"joint":[7]')
    assert any("senders that count as one" in each for each in verdict(tmp_path, packed(entries)))


def verdict(folder: Path, content: bytes) -> list[str]:
    path = folder / "bewijs.zip"
    path.write_bytes(content)
    return verify(path).faults


def test_an_analysis_keeps_it_and_counts_by_it(told: Workplace) -> None:
    found = stage(told.storage)
    decide(told.storage, answers=found["letters"])
    with told.storage.writing() as session:
        theme = session.scalar(select(Theme.id).where(Theme.number == 2))
        append(session, 1, "els", {"op": "approve", "theme": theme})
    with told.storage.reading() as session:
        before = participation.per_opdracht(session, 1)[4].people
        last = session.scalar(select(AnalysisRun.id).order_by(AnalysisRun.id.desc()))
    analyse(told.storage, 1, told.catalogue, opdracht=4, **FAST)
    with told.storage.reading() as session:
        run = session.scalar(select(AnalysisRun.id).order_by(AnalysisRun.id.desc()))
        assert run != last
        letters = session.scalars(
            select(Contribution.joint_id).where(Contribution.id.in_(found["letters"]))
        ).all()
        assert len({*letters}) == 1
        assert None not in letters
        assert participation.per_opdracht(session, 1)[4].people == before == 25
        view = next(each for each in theme_views(session, 1, 4) if each.code == "O04-T002")
        assert view.joint == (SENDERS,)


def test_of_an_organisation_the_last_reaction_counts(told: Workplace) -> None:
    storage = told.storage
    reaction_round(storage)
    with storage.writing() as session:
        one, two, three = (person(session, "burger") for _ in range(3))
        reacts(session, one, {OPVANG: "tegen", LOKET: "steun"})
        reacts(session, two, {OPVANG: "steun"})
        reacts(session, three, {OPVANG: "tegen"})

    def stances() -> tuple[dict[str, int], dict[str, int]]:
        with storage.reading() as session:
            seen = opdracht_snapshot(session, 1, 4)
            found = round_reactions(session, 1, seen, told.catalogue)
            assert found
            one, other = (
                {name: count for name, count in found.actions[each].total.people.items() if count}
                for each in (OPVANG, LOKET)
            )
            return one, other

    assert stances() == ({"steun": 1, "tegen": 2}, {"steun": 1})
    event = decide(storage, participants=[one, two])
    assert stances() == ({"steun": 1, "tegen": 1}, {"steun": 1})
    with storage.reading() as session:
        assert reacted(session, rounds.require_round(session, 1, 2).id) == 2
    with storage.writing() as session:
        append(session, 1, "els", {"op": "revoke", "event": event})
    assert stances() == ({"steun": 1, "tegen": 2}, {"steun": 1})


def test_only_who_decides_on_the_whole_decides_this(site: Site) -> None:
    found = stage(site.storage)
    with as_role(site, "tom", "facilitator", 4) as tom, as_role(site, "ann", "analist") as ann:
        for http in (tom, ann):
            assert http.get(PATH).status_code == 403
            assert post(http, PATH, doe="als_een", voorstel="x").status_code == 403
        event = decide(site.storage, participants=found["people"])
        assert post(tom, PATH, doe="herroep", beslissing=str(event)).status_code == 403
        raw = {"doe": "herroep", "beslissing": str(event), "terug": "/beheer/opdrachten/4"}
        assert post(tom, "/beheer/opdrachten/4/beslis", **raw).status_code == 403
    with as_role(site, "els", "facilitator") as els:
        assert post(els, PATH, doe="als_een", voorstel="weg").status_code == 409
        assert post(els, PATH, doe="iets").status_code == 422
        page = els.get("/beheer/opdrachten/4/beslissingen").text
        assert "telde 3 deelnemers van een organisatie als één" in page


@pytest.mark.browser
def test_it_is_decided_and_undone_in_the_browser_by_keyboard(browser: Browser, site: Site) -> None:
    stage(site.storage)
    page = log_in(browser, site)
    page.goto("/beheer/themas/O04-T002")
    expect(page.get_by_text("30 deelnemers", exact=True)).to_be_visible()
    page.get_by_role("link", name="Inlezen").click()
    page.get_by_role("link", name="Wat telt als één").click()
    expect(page.get_by_role("heading", name="Leerpunt Noord")).to_be_visible()
    page.get_by_text("Wie dat zijn").nth(1).click()
    check_everywhere(page, "suggestions", 320, 1280)
    assert alike(page) == []
    # One of the three is of another organisation after all.
    page.get_by_label("leerpunt noord, ").check()
    page.get_by_role("button", name=re.compile("Tel als één ?: Leerpunt")).press("Enter")
    status = page.get_by_role("status")
    expect(status).to_contain_text("els telde 2 deelnemers van een organisatie als één")
    # Who was left out is suggested again, with those who count as one.
    expect(page.get_by_text("2 daarvan tellen al als één.")).to_be_visible()
    page.get_by_role("button", name=re.compile("Laat apart tellen ?: Leerpunt")).press("Enter")
    expect(status).to_contain_text("els liet 3 deelnemers van een organisatie apart tellen")
    page.get_by_role("button", name=re.compile("Tel als één ?: Ik ben")).press("Enter")
    expect(status).to_contain_text("els telde 6 brieven met bijna dezelfde tekst als één")
    expect(page.get_by_text("De computer vindt nu niets dat samen hoort.")).to_be_visible()
    check_everywhere(page, "decided", 320, 1280)
    page.goto("/beheer/themas/O04-T002")
    expect(page.get_by_text("24 deelnemers", exact=True)).to_be_visible()
    expect(page.get_by_text("6 afzenders tellen als één deelnemer.")).to_be_visible()
    check_everywhere(page, "theme", 1280)
    page.goto(PATH)
    page.get_by_role("button", name=re.compile("Maak ongedaan ?: els telde 6 brieven")).press(
        "Enter"
    )
    expect(page.get_by_role("status")).to_contain_text("ongedaan gemaakt")
    expect(page.get_by_role("button", name=re.compile("Tel als één ?: Ik ben"))).to_be_visible()
    page.context.close()
