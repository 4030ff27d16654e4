"""What is erased is at once in no file of the data directory, an analysis before it included."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import delete as sql_delete
from sqlalchemy import select, text
from typer.testing import CliRunner

from analysis import run_store
from analysis.run import analyse
from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.database.models import (
    Assignment,
    Consultation,
    Contribution,
    Conversation,
    Embedding,
    Participant,
    RunProposal,
    RunTheme,
    Statement,
    Submission,
    Theme,
)
from consultation.database.storage import Storage
from consultation.importing.imports import store_rows
from consultation.importing.readers import ImportFile, read_rows
from consultation.participation import participants
from consultation.participation.answers import text_hash
from consultation.participation.derived_words import forget_words
from consultation.settings import ROOT, settings
from samenspraak import organiser
from samenspraak.cli import app
from samenspraak.workplace import Workplace
from tests.databases import open_storage
from tests.servers import SAMENSPRAAK, workplace_variables
from tests.web.test_form import ANSWERS, fields
from tests.web_stage import Site, StandIn, Talk, analysed, ask, begin, effects, small_talk

pytest_plugins = ["tests.web_fixtures"]

SAID = "De kweekbank in Zomergem heeft geen xylofoonbomen voor de avondles."
PRIVATE = ("zomergem", "xylofoonbomen", "kweekbank")
SAMPLE = ROOT / "data" / "voorbeeld" / "ronde1.jsonl"


def holding(folder: Path) -> list[str]:
    """The files that hold one of the private words."""
    files = [each for each in folder.rglob("*") if each.is_file()]
    assert "samenspraak.db" in {each.name for each in files}
    return [
        each.name
        for each in files
        if any(word.encode() in each.read_bytes().lower() for word in PRIVATE)
    ]


def consultation_of_many(site: Site, catalogue: Catalogue) -> None:
    """What others said, so that there is something to analyse."""
    every = read_rows(SAMPLE, catalogue).rows
    file = ImportFile("rijen.jsonl", tuple(row for row in every if row.opdracht == 4))
    with site.storage.writing() as session:
        store_rows(session, 1, rounds.require_round(session, 1, 1), file, catalogue)


def analysis_of(site: Site, catalogue: Catalogue) -> None:
    analyse(
        site.storage, 1, catalogue, encoder_name="use", spacy_model="nl_core_news_sm", opdracht=4
    )


def answered(http: httpx.Client) -> Talk:
    """A talk in which the private words were said."""
    talk = begin(http)
    talk.send("Ja", "c1", payload="/bevestigen")
    assert talk.send(SAID, "c2").status_code == 200
    return talk


def delete(_: Site, talk: Talk) -> None:
    assert talk.http.delete("/api/chat", headers=talk.headers).status_code == 204


def forget(site: Site, talk: Talk) -> None:
    """From the command line, with the website running."""
    variables = {
        **workplace_variables(site.settings.data_dir),
        "SAMENSPRAAK_SECRET_KEY": site.settings.secret_key,
        "SAMENSPRAAK_RASA_PORT": str(site.settings.rasa_port),
    }
    done = subprocess.run(
        [str(SAMENSPRAAK), "forget", talk.receipt],
        env=variables,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def ask_for_it(site: Site, talk: Talk) -> None:
    """In the talk: the assistant proposes the effect."""
    site.rasa.answer = lambda _: [effects({"kind": "erased"}), *ask("Gewist.", "gewist")]
    assert talk.send("wis alles", "c3").status_code == 200


def take_one_answer_back(site: Site, talk: Talk) -> None:
    withdrawn = {"kind": "withdrawn", "opdracht": 4, "question": "drempel"}
    site.rasa.answer = lambda _: [effects(withdrawn), *ask("Weg.", "vraag", opdracht=4)]
    assert talk.send("wis mijn antwoord", "c3").status_code == 200


def empty_the_form(_: Site, talk: Talk) -> None:
    page = talk.http.post("/formulier/4/verder", data={"code": talk.receipt}).text
    sent = {**fields(page), **ANSWERS, "antwoord_drempel": ""}
    answer = talk.http.post("/formulier/4", data=sent)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    "erase", [delete, forget, ask_for_it, take_one_answer_back, empty_the_form]
)
def test_after_an_erasure_no_file_holds_the_words(
    site: Site, http: httpx.Client, catalogue: Catalogue, erase: Callable[[Site, Talk], None]
) -> None:
    consultation_of_many(site, catalogue)
    talk = answered(http)
    analysis_of(site, catalogue)
    assert holding(site.settings.data_dir)
    erase(site, talk)
    assert holding(site.settings.data_dir) == []


def test_personal_data_that_are_removed_are_in_no_file(site: Site, http: httpx.Client) -> None:
    talk = begin(http)
    talk.send("Ja", "c1", payload="/bevestigen")
    asked = talk.send("Schrijf naar jan@xylofoonbomen.be", "c2").json()
    button = asked[-1]["buttons"][0]
    assert holding(site.settings.data_dir)
    assert talk.send(button["title"], "c3", payload=button["payload"]).status_code == 200
    assert holding(site.settings.data_dir) == []


def test_what_was_typed_before_a_refusal_is_in_no_file(
    site: Site, http: httpx.Client, stand_in: StandIn
) -> None:
    talk = begin(http)
    stand_in.answer = lambda body: (
        small_talk(body)
        if "Zomergem" in body["message"]
        else [
            effects({"kind": "consent", "purpose": "analyse", "granted": False}),
            *ask("Goed.", "einde"),
        ]
    )
    assert talk.send(SAID, "c1").status_code == 200
    assert holding(site.settings.data_dir)
    assert talk.send("toch liever niet", "c2").status_code == 200
    assert holding(site.settings.data_dir) == []


def test_a_reader_in_the_way_only_delays_it(site: Site, http: httpx.Client) -> None:
    talk = answered(http)
    with site.storage.reading() as reader:
        reader.execute(text("select count(*) from message")).scalar()
        delete(site, talk)
        assert holding(site.settings.data_dir)
    until = time.monotonic() + 20
    while holding(site.settings.data_dir):
        assert time.monotonic() < until, "the website did not finish it"
        time.sleep(0.1)


def test_forget_says_when_a_reader_is_in_the_way_and_the_next_verb_finishes_it(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = workplace
    monkeypatch.setattr(organiser, "_SCRUB_SECONDS", 0.1)
    monkeypatch.setenv("SAMENSPRAAK_DATA_DIR", str(place.settings.data_dir))
    monkeypatch.setenv("SAMENSPRAAK_SECRET_KEY", place.settings.secret_key)
    settings.cache_clear()
    with place.storage.writing() as session:
        rounds.open_(session, place.consultation_id, 1)
        receipt = participants.new_receipt()
        hashed = participants.keyed_hash(receipt, place.settings.signing_key)
        someone = Participant(
            consultation_id=place.consultation_id, receipt_hash=hashed, organisation=SAID
        )
        session.add(someone)
    with place.storage.reading() as reader:
        reader.execute(text("select count(*) from message")).scalar()
        told = CliRunner().invoke(app, ["forget", receipt])
        assert "samenspraak.db-wal: still holds the erased words" in str(told.exception)
        assert holding(place.settings.data_dir)
    assert CliRunner().invoke(app, ["round", "list"]).exit_code == 0
    assert holding(place.settings.data_dir) == []
    settings.cache_clear()


@pytest.mark.parametrize(
    ("statement", "due"),
    [
        ("insert", False),
        ("update", True),
        ("fill", False),
        ("delete", True),
        ("delete all", True),
    ],
)
def test_a_transaction_that_takes_words_away_is_known_by_what_it_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, statement: str, due: bool
) -> None:
    """Whoever writes it: nobody has to remember to say so."""
    storage = open_storage(f"sqlite:///{tmp_path / 'a.db'}")
    with storage.writing() as session:
        session.add(Consultation(slug="a", titel=SAID))
        session.flush()
        session.add(Participant(consultation_id=1))
    tried: list[float] = []
    monkeypatch.setattr(storage, "scrub", tried.append)
    with storage.writing() as session:
        first = session.scalars(select(Consultation)).one()
        someone = session.scalars(select(Participant)).one()
        match statement:
            case "insert":
                session.add(Consultation(slug="b", titel="B"))
            case "update":
                first.titel = "anders"
            case "fill":
                someone.organisation = "CVO"
            case "delete":
                session.delete(someone)
            case "delete all":
                session.execute(sql_delete(Participant))
    assert bool(tried) is due
    storage.close()


def private_theme(storage: Storage) -> dict[str, Any]:
    """An analysed consultation where one person's words named a theme, a part and a proposal."""
    with storage.writing() as session:
        session.add(Consultation(slug="a", titel="A"))
        session.flush()
        rounds.open_(session, 1, 1)
    made = analysed(storage)
    with storage.writing() as session:
        one, other = session.scalars(select(RunTheme).order_by(RunTheme.label))
        one.label, one.keywords = "Xylofoonbomen voor de avondles", ["kweekbank", "opvang"]
        other.keywords = ["xylofoonbomen", "tijd"]
        assignment = session.scalars(
            select(Assignment).where(Assignment.theme_id == one.theme_id).limit(1)
        ).one()
        assignment.subtheme = "Zomergem"
        session.add(
            RunProposal(
                run_id=one.run_id,
                id="split",
                opdracht=4,
                kind="split",
                themes=[one.theme_id],
                label="De kweekbank",
            )
        )
        statement = assignment.statement_id
        contribution = session.get_one(
            Contribution,
            session.get_one(Statement, statement).contribution_version.contribution_id,
        )
        contribution.versions[-1].text += " " + SAID
        made["participant"] = session.get_one(Submission, contribution.submission_id).participant_id
    return made


def test_names_of_themes_lose_the_words_that_only_the_erased_said(storage: Storage) -> None:
    made = private_theme(storage)
    with storage.writing() as session:
        participants.erase(session, made["participant"])
    with storage.reading() as session:
        themes = {row.label: row.keywords for row in session.scalars(select(RunTheme))}
        names = set(session.scalars(select(Assignment.subtheme))) - {None}
        proposal = session.scalars(select(RunProposal.label)).one()
        code = session.scalars(select(Theme)).first()
    assert code
    assert sorted(themes.values()) == [["opvang"], ["tijd"]]
    assert "Opvang" in themes
    told = " ".join([*themes, *sorted(map(str, names)), proposal]).lower()
    assert [word for word in PRIVATE if word in told] == []
    assert proposal


def test_a_word_that_somebody_else_says_stays(storage: Storage) -> None:
    private_theme(storage)
    with storage.writing() as session:
        forget_words(session, [SAID], [], {4})
        assert (
            "kweekbank"
            in session.scalars(select(RunTheme.keywords)).all()[0]
            + (session.scalars(select(RunTheme.keywords)).all()[1])
        )


def test_a_talk_in_which_nothing_is_erased_scrubs_nothing(
    http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To scrub is to write the whole log away, which everybody waits for."""
    after_writing: list[float] = []

    def scrub(_: Storage, patience: float = 0.0) -> bool:
        if patience:
            after_writing.append(patience)
        return True

    monkeypatch.setattr(Storage, "scrub", scrub)
    answered(http)
    assert after_writing == []


def test_who_is_erased_while_an_analysis_runs_leaves_nothing_in_it(
    site: Site, http: httpx.Client, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    consultation_of_many(site, catalogue)
    talk = answered(http)
    store = run_store.store

    def erased_meanwhile(*values: Any) -> Any:
        delete(site, talk)
        found = values[4]
        for theme in found[0].themes:
            object.__setattr__(theme.representation, "keywords", ("xylofoonbomen", "tijd"))
        return store(*values)

    monkeypatch.setattr("analysis.run_store.store", erased_meanwhile)
    analysis_of(site, catalogue)
    assert holding(site.settings.data_dir) == []
    with site.storage.reading() as session:
        assert session.scalars(select(RunTheme.keywords)).first() == ["tijd"]
        hashed = {text_hash(SAID)}
        assert not session.scalars(select(Embedding).where(Embedding.text_hash.in_(hashed))).all()
        assert session.scalars(select(Conversation)).all() == []
