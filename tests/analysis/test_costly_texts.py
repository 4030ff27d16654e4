"""A text that takes too much work is stored, marked and let be; nobody else waits for it."""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

import httpx
import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import select
from typer.testing import CliRunner

from actions.contribution_form import ValidateContributionForm
from actions.talk import Talk as Turn
from analysis.preprocessing import answer_reader
from analysis.preprocessing.answer_quality import measure_new
from analysis.preprocessing.statements import cut_new
from analysis.run import analyse
from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.database.models import Contribution, ContributionVersion, Message, Statement
from consultation.database.storage import Storage
from consultation.importing.imports import store_rows
from consultation.importing.readers import ImportFile, ImportRow
from consultation.queries.disclosure import quotable
from consultation.queries.statements import active_statements
from consultation.settings import settings
from dialogue import turns
from language import budget, personal_data
from reporting.report import render
from samenspraak.cli import app
from samenspraak.workplace import Workplace
from tests.nasty_texts import filled
from tests.review_stage import agree_to_quotes, as_role
from tests.web_stage import Site, StandIn, Talk, small_talk
from web.chat import gateway

pytest_plugins = ["tests.web_fixtures"]

NUMBERS = filled("85.07.30-033 29 ", 9_000)
"""More of what looks like a telephone number, and is none, than is tried."""
HEAVY = filled("* x\n")
"""Takes a hundred times longer to read than an ordinary answer does."""


def marks(storage: Storage) -> list[tuple[str, str | None]]:
    """The beginning of each answer that stands, and why it was not read whole."""
    query = select(ContributionVersion.text, ContributionVersion.unread).join(
        Contribution,
        (Contribution.id == ContributionVersion.contribution_id)
        & (Contribution.version == ContributionVersion.version),
    )
    with storage.reading() as session:
        rows = session.execute(query.order_by(Contribution.created_at))
        return [(text[:9], unread) for text, unread in rows]


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that personal data were looked for in, as often as they were."""
    seen: list[str] = []
    look = personal_data.look

    def counted(text: str, *more: Any) -> personal_data.ScanResult:
        seen.append(text)
        return look(text, *more)

    monkeypatch.setattr(personal_data, "look", counted)
    return seen


def test_a_message_over_its_budget_is_stored_and_marked_and_not_looked_at_at_each_attempt(
    site: Site,
    talk: Talk,
    stand_in: StandIn,
    looks: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "LONGEST_WAIT", 0.1)
    monkeypatch.setattr(turns, "WORKER_PAUSE", 0.05)
    monkeypatch.setattr(turns, "PAUSES", ())
    monkeypatch.setattr(gateway, "TURN_PATIENCE", 0.1)
    talk.send("Ja", "c1", payload="/bevestigen")
    talk.wait_for_reply(2)
    tries = len(stand_in.heard) + 3
    stand_in.answer = lambda body: 503 if len(stand_in.heard) < tries else small_talk(body)
    after = talk.read()[-1]["seq"]
    answer = talk.send(NUMBERS, "c2")
    assert answer.status_code in (200, 202)
    assert talk.wait_for_reply(after, 60)[-1]["custom"]["question"] == "voorstel"
    told = [body["metadata"] for body in stand_in.heard if body["message"] == NUMBERS]
    assert len(told) == 3
    assert all(each["unread"] and each["content"] for each in told)
    # Before it is recorded, and after it to be marked; what was seen is remembered in between.
    assert looks.count(NUMBERS) == 2
    with site.storage.reading() as session:
        assert session.scalars(select(Message.text).where(Message.unread)).all() == [NUMBERS]
    assert marks(site.storage) == [(NUMBERS[:9], "nazicht")]


def test_what_is_found_before_the_budget_ends_is_asked_about_and_the_mark_stays(
    site: Site, talk: Talk, stand_in: StandIn
) -> None:
    talk.send("Ja", "c1", payload="/bevestigen")
    asked = talk.send("mail mij op jan@voorbeeld.be " + NUMBERS, "c2").json()
    assert asked[-1]["custom"]["step"] == "keuze"
    assert talk.send("weg", "c3").status_code == 200
    assert stand_in.heard[-1]["message"].startswith("mail mij op [e-mailadres] ")
    assert marks(site.storage) == [("mail mij ", "nazicht")]


def test_a_call_for_help_is_heard_whatever_the_text_costs(
    talk: Talk, stand_in: StandIn, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk.send("Ja", "c1", payload="/bevestigen")
    monkeypatch.setattr(budget, "SECONDS", -1.0)
    said = talk.send("Ik wil niet meer leven. Waarom?", "c2").json()
    assert said[0]["text"] == catalogue.consultatie.crisis
    assert stand_in.heard[-1]["metadata"]["unread"] is True
    assert stand_in.heard[-1]["metadata"]["aside"] is None


def test_a_form_over_its_budget_is_stored_and_marked(http: httpx.Client, site: Site) -> None:
    answers = {"toestemming_analyse": "ja", "formulier": "a", "antwoord_drempel": NUMBERS}
    sent = http.post("/formulier/4", data={**answers, "antwoord_voorstel": "Meer bussen."})
    assert sent.status_code == 200
    assert marks(site.storage) == [(NUMBERS[:9], "nazicht"), ("Meer buss", None)]


def test_the_assistant_leaves_the_measure_of_a_costly_answer_to_the_analysis(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def measured(text: str, **metadata: Any) -> Any:
        slots = {"opdracht": 4, "vraag": "drempel", "requested_slot": "antwoord"}
        tracker = Tracker("a", slots, {"metadata": metadata}, [], False, None, {}, "action_listen")
        dispatcher = CollectingDispatcher()
        ValidateContributionForm().validate_antwoord(text, dispatcher, tracker, {})
        said = [each["custom"] for each in dispatcher.messages if each.get("custom")]
        assert Turn(dispatcher, tracker).opdracht == catalogue.opdracht(4)
        return next(each for each in said if "effects" in each)["effects"][0]["measure"]

    assert measured("geld")["thin"] is True
    assert measured("geld", unread=True) is None
    monkeypatch.setattr(budget, "SECONDS", -1.0)
    assert measured("geld") is None


# The analysis.


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer may take twenty milliseconds for each ten thousand characters."""
    answer_reader.measure("Een gewone zin.", "voorstel", "Wat?", 1, ())
    monkeypatch.setattr(answer_reader, "SECONDS", 0.02)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that were given to be read."""
    texts: list[str] = []
    read = answer_reader._reader.read

    def counted(what: str, text: str, more: tuple[Any, ...]) -> Any:
        texts.append(text)
        return read(what, text, more)

    monkeypatch.setattr(answer_reader._reader, "read", counted)
    return texts


ROWS = (
    ImportRow("", HEAVY, opdracht=4, question="drempel", participant="a"),
    ImportRow("", "De les begint te vroeg.", opdracht=4, question="drempel", participant="b"),
    ImportRow("", "Geen bus na zes uur.", opdracht=4, question="drempel", participant="c"),
)


def given(storage: Storage, catalogue: Catalogue, *rows: ImportRow) -> int:
    with storage.writing() as session:
        consultation = rounds.ensure_consultation(session, catalogue).id
        round_ = rounds.open_(session, consultation, 1)
        store_rows(session, consultation, round_, ImportFile("a", rows), catalogue)
    return consultation


def found(storage: Storage, consultation: int, catalogue: Catalogue) -> Any:
    return analyse(
        storage, consultation, catalogue, encoder_name="use", spacy_model="nl_core_news_sm"
    )


@pytest.mark.usefixtures("strict")
def test_an_answer_that_takes_too_long_is_set_aside_once_and_the_others_are_read(
    storage: Storage, catalogue: Catalogue, asked: list[str]
) -> None:
    consultation = given(storage, catalogue, *ROWS)
    result = found(storage, consultation, catalogue)
    assert marks(storage) == [(HEAVY[:9], "tijd"), ("De les be", None), ("Geen bus ", None)]
    with storage.reading() as session:
        said = active_statements(session, consultation)
        heavy = session.scalars(
            select(ContributionVersion).where(ContributionVersion.unread == "tijd")
        ).one()
        heavy_id = heavy.contribution_id
    # It is one whole statement, so that nothing of it is lost.
    assert [(each.text.strip()[:3], each.set_aside) for each in said] == [
        ("* x", True),
        ("De ", False),
        ("Gee", False),
    ]
    assert result.set_aside == ((heavy_id, "tijd"),)
    assert json.loads(result.as_json())["set_aside"] == [{"answer": heavy_id, "reason": "tijd"}]
    assert next(each.statements for each in result.opdrachten if each.opdracht == 4) == 2
    assert asked.count(HEAVY) == 1
    again = found(storage, consultation, catalogue)
    assert again.reused
    assert again.set_aside == result.set_aside
    assert asked.count(HEAVY) == 1


@pytest.mark.usefixtures("strict")
def test_an_answer_that_was_set_aside_is_read_when_it_was_changed(
    storage: Storage, catalogue: Catalogue
) -> None:
    consultation = given(storage, catalogue, *ROWS)
    cut_new(storage, consultation, catalogue, "use")
    with storage.writing() as session:
        first = session.scalars(select(Contribution).order_by(Contribution.created_at)).first()
        assert first
        first.version = 2
        first.versions.append(ContributionVersion(version=2, text="Er rijdt geen trein."))
    assert cut_new(storage, consultation, catalogue, "use").contributions == 1
    assert marks(storage)[0] == ("Er rijdt ", None)


def test_one_that_is_cut_and_cannot_be_measured_is_set_aside_as_well(
    storage: Storage, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def give_up(text: str, *_: object) -> Any:
        raise answer_reader.UnreadableText("fout" if text.startswith("Geen") else "tijd")

    consultation = given(storage, catalogue, *ROWS[1:])
    cut_new(storage, consultation, catalogue, "use")
    monkeypatch.setattr(answer_reader, "measure", give_up)
    assert measure_new(storage, consultation, catalogue) == 0
    assert [why for _, why in marks(storage)] == ["tijd", "fout"]
    monkeypatch.undo()
    assert measure_new(storage, consultation, catalogue) == 0, "it is not tried again"
    result = found(storage, consultation, catalogue)
    assert sum(each.statements for each in result.opdrachten) == 0
    assert [why for _, why in result.set_aside] == ["tijd", "fout"]


@pytest.mark.usefixtures("strict")
def test_what_was_set_aside_is_told_on_the_pages_and_in_the_report(
    site: Site, catalogue: Catalogue
) -> None:
    consultation = 1
    with site.storage.writing() as session:
        round_ = rounds.require_round(session, 1)
        store_rows(session, consultation, round_, ImportFile("a", ROWS), catalogue)
    found(site.storage, consultation, catalogue)
    agree_to_quotes(site.storage)
    with site.storage.writing() as session:
        said = active_statements(session, consultation)
        session.get_one(Statement, said[1].id).contribution_version.unread = "nazicht"
    with site.storage.reading() as session:
        assert set(quotable(session, [each.id for each in said])) == {said[2].id}
    with as_role(site, "els", "analist") as http:
        aside = http.get("/beheer/opdrachten/4/apart").text
        assert "Niet gelezen: duurde te lang" in aside
        assert f"/beheer/antwoorden/{said[0].contribution}#u-{said[0].id}" in aside
        assert said[1].id not in aside
        whole = http.get(f"/beheer/antwoorden/{said[0].contribution}").text
        assert "De computer heeft dit antwoord niet gelezen" in whole
        looked = http.get(f"/beheer/antwoorden/{said[1].contribution}").text
        assert "niet helemaal nagekeken" in looked
        listed = http.get("/beheer/opdrachten/4").text
        assert listed.count("niet helemaal nagekeken") == 1
    report = render(site.storage, consultation, catalogue, "use")
    assert "Niet gelezen (1)" in report


@pytest.mark.usefixtures("strict")
def test_the_command_line_names_what_is_set_aside(
    workplace: Workplace, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMENSPRAAK_DATA_DIR", str(workplace.settings.data_dir))
    monkeypatch.setenv("SAMENSPRAAK_EMBEDDING", "use")
    settings.cache_clear()
    given(workplace.storage, catalogue, *ROWS)
    done = CliRunner().invoke(app, ["analyse"])
    settings.cache_clear()
    assert done.exit_code == 0, done.output
    with workplace.storage.reading() as session:
        answer = session.scalars(
            select(ContributionVersion.contribution_id).where(ContributionVersion.unread == "tijd")
        ).one()
    line = f"warning: answer {answer} is set aside: reading it takes too much time"
    assert line in " ".join(done.output.split())


def test_whatever_ends_the_reading_process_no_answer_is_blamed_for_it() -> None:
    spans = answer_reader.statement_spans("Een zin. Nog een zin.")
    assert [text for text, *_ in spans] == [0, 9]
    child = answer_reader._reader._child
    assert child
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert answer_reader.statement_spans("Een zin. Nog een zin.") == spans


def test_where_nothing_can_be_read_that_is_said_and_no_answer_is_marked(
    storage: Storage, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_reader._reader.close()
    monkeypatch.setattr(sys, "executable", "/bin/false")
    consultation = given(storage, catalogue, *ROWS)
    with pytest.raises(answer_reader.ReaderBroken, match="samenspraak doctor"):
        cut_new(storage, consultation, catalogue, "use")
    assert {why for _, why in marks(storage)} == {None}
