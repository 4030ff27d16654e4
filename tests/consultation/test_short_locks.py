"""Nothing is worked out while the database's write lock is held: computed first, written last.

A profiler watches every transaction that writes and notes what of the slow parts of the product, or
of the libraries under them, is called in it.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from analysis.run import analyse
from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.curation.log import ConflictError, CurationError, Ledger, append, curated, decide
from consultation.curation.operations import parse
from consultation.database.models import (
    AnalysisRun,
    Assignment,
    Contribution,
    ContributionVersion,
    Message,
    Participant,
    RunProposal,
    RunTheme,
    Statement,
    Submission,
    Theme,
)
from consultation.database.storage import Storage
from consultation.importing import imports
from consultation.importing.imports import import_files, store_rows
from consultation.importing.readers import ImportFile, ImportRow
from consultation.participation import answers, conversation, participants
from consultation.privacy import erasure
from consultation.queries.opdracht_snapshot import opdracht_snapshot
from consultation.settings import settings
from language.personal_data import Detector
from samenspraak.cli import app
from tests.analysis.test_run import FAST, prepared
from tests.consultation.test_erased_at_once import (
    PRIVATE,
    answered,
    ask_for_it,
    empty_the_form,
    holding,
    take_one_answer_back,
)
from tests.consultation.test_erased_at_once import delete as delete_talk
from tests.curation_stage import sid, staged, tid
from tests.public_stage import published_round
from tests.review_stage import PASSWORD, as_role, field_of, post
from tests.web_stage import Site, Talk, ask, begin

pytest_plugins = ["tests.web_fixtures"]

SLOW = (
    "language",
    "spacy",
    "numpy",
    "pandas",
    "sklearn",
    "argon2",
    "jinja2",
    "docx",
    "openpyxl",
    "httpx",
    "difflib",
    "consultation.queries.agreement",
    "analysis.continuity.alignment",
    "analysis.clustering.coherence",
    "analysis.preprocessing.statement_kind",
    "reporting.export",
    "consultation.queries.opdracht_snapshot",
    "analysis.preprocessing.opdracht_classifier",
    "reporting.plan",
    "consultation.queries.disclosure",
    "reporting.sheets",
    "consultation.queries.statements",
    "consultation.queries.themes",
    "analysis.clustering.stability",
    "consultation.participation.answers.text_hash",
    "consultation.participation.answers.work_out",
    "consultation.catalogue.load_catalogue",
    "consultation.curation.actions",
    "consultation.curation.replay.replay",
    "consultation.curation.replay.apply",
    "consultation.curation.replay.frozen",
    "consultation.participation.derived_words.renames",
    "consultation.participation.derived_words.said_by_nobody",
    "consultation.participation.derived_words.words_to_forget",
    "consultation.importing.readers",
    "consultation.importing.keys",
    "consultation.importing.tables",
    "consultation.importing.values",
    "consultation.rounds.ensure_consultation",
    "dialogue.screening",
    "web.pages",
)
"""Packages, modules and functions that read whole opdrachten, or compute."""


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """What slow functions were called while a transaction wrote; how many such there were is under
    ``transactions``."""
    found: Counter[str] = Counter()
    original = Storage.writing

    def note(frame: FrameType, event: str, _argument: Any) -> None:
        if event == "call":
            module = str(frame.f_globals.get("__name__", ""))
            name = f"{module}.{frame.f_code.co_name}"
            if any(f"{name}.".startswith(f"{each}.") for each in SLOW):
                found[name] += 1

    @contextmanager
    def writing(self: Storage) -> Iterator[Session]:
        with original(self) as session:
            found["transactions"] += 1
            before = sys.getprofile()
            sys.setprofile(note)
            try:
                yield session
            finally:
                sys.setprofile(before)

    monkeypatch.setattr(Storage, "writing", writing)
    return found


def only_wrote(called: Counter[str]) -> None:
    """Some transactions wrote, and nothing slow was called in any."""
    assert called.pop("transactions") > 0
    assert dict(called) == {}


def test_a_talk_with_personal_data_and_the_same_message_again(
    site: Site, called: Counter[str]
) -> None:
    site.rasa.answer = lambda _: ask("Wat houdt u tegen?", "vraag", opdracht=4, question="drempel")
    with site.client() as http:
        talk = begin(http)
        words = "Bel mij op 0470 12 34 56 of mail jan.peeters@voorbeeld.be. De lessen zijn laat."
        assert talk.send(words, "a").status_code == 200
        assert talk.send("wat bedoelt u daarmee precies, beste computer?", "b").status_code == 200
        assert talk.send("ja, haal weg", "c").status_code == 200
        assert "0470" not in str(talk.read())
        assert talk.send(words, "a").status_code == 200
        assert talk.send("iets heel anders", "a").status_code == 409
        http.delete("/api/chat", headers=talk.headers)
    only_wrote(called)


def test_a_form_and_what_is_taken_back(site: Site, called: Counter[str]) -> None:
    with site.client() as http:
        fields = {"formulier": "y" * 24, "toestemming_analyse": "ja", "groep": "burger"}
        words = {"antwoord_drempel": "Mail mij: an@voorbeeld.be", "persoonlijk_drempel": "weg"}
        page = http.post("/formulier/4", data={**fields, **words})
        seen = re.search(r'name="gezien_drempel" value="([^"]+)"', page.text)
        assert seen
        words["gezien_drempel"] = seen[1]
        page = http.post("/formulier/4", data={**fields, **words})
        assert page.status_code == 200, page.text
        code = re.search(r'class="receipt">([^<]+)<', page.text)
        assert code
        again = {**fields, "code": code[1], "antwoord_voorstel": "Later beginnen."}
        assert http.post("/formulier/4", data=again).status_code == 200
        gone = http.post("/mijn-antwoorden/wis", data={"code": code[1], "zeker": "ja"})
        assert gone.status_code == 200
    only_wrote(called)


def test_decisions_of_every_kind(site: Site, catalogue: Catalogue, called: Counter[str]) -> None:
    ids = published_round(site, catalogue)
    with site.storage.writing() as session:
        run = session.scalars(select(Theme.created_run_id)).first()
        placed = session.scalars(select(Statement.id).where(Statement.kind == "voorstel")).all()
        session.add(
            RunProposal(
                run_id=run or 1,
                id="split:a",
                opdracht=4,
                kind="split",
                themes=[ids["second"]],
                statements=list(placed[:3]),
                label="een deel",
            )
        )
    called.clear()
    base = "/beheer/opdrachten/4"
    with as_role(site, "els", "beheerder") as http:
        proof = field_of(http)
        called.clear()

        def decide(doe: str, **fields: Any) -> None:
            data = {"formulier": proof, "doe": doe, "opdracht": 4, "terug": base, **fields}
            answer = http.post(f"{base}/beslis", data=data)
            assert answer.status_code == 303, (doe, answer.text)

        second = ids["second"]
        decide("hernoem", thema=second, label="een naam", beschrijving="", label_was="x")
        decide("aanvaard", voorstel="split:a")
        decide("verplaats", uit=second, naar=ids["first"], uitspraak=placed[4])
        decide("plaats", uitspraak=placed[5])
        decide("nieuw_thema", label="van ons", uitspraak=placed[6])
        decide("niet_hierover", uitspraak=placed[7])
        decide("nieuwe_actie", tekst="Iets doen.", thema=second)
        with site.storage.reading() as session:
            last = opdracht_snapshot(session, 1, 4).state.log[-1].event.id
            action = next(
                each for each in opdracht_snapshot(session, 1, 4).actions if not each.proposed
            )
        decide("herroep", beslissing=last)
        decide("keur_goed", thema=second)
        key = catalogue.consultatie.criteria[0].sleutel
        toets = post(http, f"{base}/acties/{action.id}/toets", **{f"toets_{key}": "ja"})
        assert toets.status_code == 303
        task = post(http, f"{base}/coderen", aantal=5)
        assert task.status_code == 303, task.text
        assert post(http, task.headers["location"], uitspraak="x").status_code == 303
        for doe in ("trek_in", "publiceer"):
            assert post(http, "/beheer/rondes/1", doe=doe).status_code == 303
        assert http.get("/beheer/uitvoer/themes.xlsx").status_code == 200
        account = {"naam": "an", "rol": "analist", "wachtwoord": PASSWORD, "herhaald": PASSWORD}
        assert post(http, "/beheer/accounts", **account).status_code == 303
        other = {"huidig": PASSWORD, "wachtwoord": "een ander lang", "herhaald": "een ander lang"}
        assert post(http, "/beheer/wachtwoord", **other).status_code == 303
    only_wrote(called)


def test_an_import_and_an_analysis(
    storage: Storage, catalogue: Catalogue, called: Counter[str]
) -> None:
    rows = [
        ImportRow("", f"De bus rijdt niet meer om {hour} uur.", opdracht=4, question="drempel")
        for hour in range(31)
    ]
    consultation = prepared(storage, catalogue, rows[:3])
    called.clear()
    with storage.reading() as session:
        into = rounds.require_round(session, consultation)
    numbered = [replace(each, id=str(at)) for at, each in enumerate(rows[:3])]
    corrected = [replace(each, text=f"{each.text} Nooit.") for each in numbered]
    for part in (numbered, corrected, numbered):
        file = ImportFile("uren.csv", tuple(part))
        import_files(storage, consultation, into, [file], catalogue)
    assert not analyse(storage, consultation, catalogue, opdracht=4, **FAST).reused
    only_wrote(called)


def test_who_is_overtaken_decides_on_what_stands_then(
    storage: Storage, catalogue: Catalogue
) -> None:
    """Also when somebody else is first each time: at last under the lock."""
    consultation = staged(storage, catalogue)
    tries = 0

    def make(ledger: Ledger) -> None:
        nonlocal tries
        tries += 1
        if tries <= 5:
            with storage.writing() as session:
                raw = {"op": "rename", "theme": tid(0), "label": f"naam {tries}"}
                append(session, consultation, "jan", raw)
        ledger.append("els", parse({"op": "describe", "theme": tid(0), "text": f"poging {tries}"}))

    (event,) = decide(storage, consultation, None, make)
    assert tries == 6
    with storage.reading() as session:
        state = curated(session, consultation, 4)
        log = [each.event for each in state.log]
        assert [each.account for each in log] == ["jan"] * 5 + ["els"]
        assert log[-1].id == event.id
        assert state.themes[tid(0)].label == "naam 5"
        assert state.themes[tid(0)].description == "poging 6"


def test_a_version_that_changed_while_it_was_worked_out_is_a_conflict(
    storage: Storage, catalogue: Catalogue
) -> None:
    consultation = staged(storage, catalogue)
    made: list[int] = []

    def make(ledger: Ledger) -> None:
        if not made:
            with storage.writing() as session:
                raw = {"op": "rename", "theme": tid(0), "label": "van jan"}
                made.append(append(session, consultation, "jan", raw).id)
        raw = {"op": "rename", "theme": tid(0), "label": "van els"}
        ledger.append("els", parse(raw), {tid(0): 0})

    with pytest.raises(ConflictError, match="jan: rename"):
        decide(storage, consultation, None, make)
    with storage.reading() as session:
        assert curated(session, consultation, 4).themes[tid(0)].label == "van jan"


def test_a_statement_that_was_erased_while_it_was_worked_out_is_missed(
    storage: Storage, catalogue: Catalogue
) -> None:
    consultation = staged(storage, catalogue)

    def make(ledger: Ledger) -> None:
        ledger.append("els", parse({"op": "off_topic", "statements": [sid(1)]}))
        with storage.writing() as session:
            session.execute(delete(Statement).where(Statement.id == sid(1)))

    with pytest.raises(CurationError, match="there is no"):
        decide(storage, consultation, None, make)


def test_what_is_typed_while_a_message_is_cleaned_is_cleaned_too(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.rasa.answer = lambda _: ask("Wat houdt u tegen?", "vraag", opdracht=4, question="drempel")
    cleaned = Detector.masked
    sent: list[str] = []
    with site.client() as http:
        talk = begin(http)
        talk.send("Mijn nummer is 0470 12 34 56, bel mij.", "a")

        def slow(self: Detector, text: str) -> str:
            if not sent:
                sent.append("En jan@voorbeeld.be ook.")
                with site.storage.writing() as session:
                    conversation.record_message(session, talk.session, client_id="c", text=sent[0])
            return cleaned(self, text)

        monkeypatch.setattr(Detector, "masked", slow)
        talk.send("ja, haal weg", "b")
        assert sent
        with site.storage.reading() as session:
            texts = session.scalars(select(Message.text)).all()
        assert not any("0470" in each or "jan@" in each for each in texts)


def analysed_words(storage: Storage) -> None:
    """A run that named a theme, a part and a proposal after the words of all that was said."""
    with storage.writing() as session:
        run = AnalysisRun(round_id=1)
        theme = Theme(consultation_id=1, opdracht=4, number=1)
        session.add_all([run, theme])
        session.flush()
        for version in session.scalars(select(ContributionVersion)).all():
            said = Statement(
                contribution_version_id=version.id,
                start=0,
                end=len(version.text),
                kind="drempel",
                opdracht=4,
                placed_by="vraag",
            )
            session.add(said)
            session.flush()
            session.add(
                Assignment(
                    statement_id=said.id,
                    theme_id=theme.id,
                    run_id=run.id,
                    score=0.9,
                    is_primary=True,
                    subtheme="Zomergem",
                )
            )
        keywords = ["xylofoonbomen", "tijd"]
        session.add(
            RunTheme(run_id=run.id, theme_id=theme.id, label="Kweekbank", keywords=keywords)
        )
        session.add(
            RunProposal(
                run_id=run.id,
                id="split:a",
                opdracht=4,
                kind="split",
                themes=[theme.id],
                label="De kweekbank",
            )
        )


def names(storage: Storage) -> str:
    with storage.reading() as session:
        found = [
            session.scalars(select(column)).all()
            for column in (
                RunTheme.label,
                RunTheme.keywords,
                Assignment.subtheme,
                RunProposal.label,
            )
        ]
    return str(found).lower()


def erase_by_code(_: Site, talk: Talk) -> None:
    sent = {"code": talk.receipt, "zeker": "ja"}
    assert talk.http.post("/mijn-antwoorden/wis", data=sent).status_code == 200


def forget(site: Site, talk: Talk) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SAMENSPRAAK_DATA_DIR", str(site.settings.data_dir))
        patch.setenv("SAMENSPRAAK_SECRET_KEY", site.settings.secret_key)
        patch.setenv("SAMENSPRAAK_RASA_PORT", str(site.settings.rasa_port))
        patch.setenv("SAMENSPRAAK_ACTIONS_PORT", str(site.settings.actions_port))
        settings.cache_clear()
        done = CliRunner().invoke(app, ["forget", talk.receipt])
        settings.cache_clear()
    assert done.exit_code == 0, done.output
    assert "1 answers, 1 statements" in done.output


@pytest.mark.parametrize(
    "erase",
    [delete_talk, forget, erase_by_code, ask_for_it, take_one_answer_back, empty_the_form],
)
def test_an_erasure(site: Site, called: Counter[str], erase: Callable[[Site, Talk], None]) -> None:
    with site.client() as http:
        talk = answered(http)
        analysed_words(site.storage)
        assert "xylofoonbomen" in names(site.storage)
        called.clear()
        erase(site, talk)
        assert holding(site.settings.data_dir) == []
    assert not [word for word in PRIVATE if word in names(site.storage)]
    only_wrote(called)


def said_by(storage: Storage, *texts: str) -> list[str]:
    """People of whom each gave one answer, and a run named after what they said."""
    ids = []
    with storage.writing() as session:
        for text in texts:
            person = Participant(consultation_id=1)
            session.add(person)
            session.flush()
            place = Submission(participant_id=person.id, round_id=1, opdracht=4)
            session.add(place)
            session.flush()
            answer = Contribution(submission_id=place.id, question="drempel", channel="form")
            answer.versions.append(ContributionVersion(version=1, text=text))
            session.add(answer)
            ids.append(person.id)
    analysed_words(storage)
    return ids


@pytest.fixture
def one_round(storage: Storage, catalogue: Catalogue) -> Storage:
    """A database with round 1 open."""
    with storage.writing() as session:
        rounds.open_(session, rounds.ensure_consultation(session, catalogue).id, 1)
    return storage


def erased(storage: Storage, person: str) -> participants.Erased:
    return erasure.erasing(
        storage,
        lambda session: participants.contributions(session, person),
        lambda session, planned: participants.erase(session, person, planned),
    )


def test_two_who_are_erased_at_once_leave_no_word_that_only_they_said(
    one_round: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = said_by(one_round, "De kweekbank en tijd.", "Tijd voor een kweekbank.")
    worked_out = answers.work_out
    tries = 0

    def meanwhile(session: Session, contributions: list[str]) -> answers.Erasure:
        nonlocal tries
        tries += 1
        made = worked_out(session, contributions)
        if tries == 1:
            with one_round.writing() as writing:
                participants.erase(writing, other)
        return made

    monkeypatch.setattr(erasure, "work_out", meanwhile)
    assert erased(one_round, one).statements == 1
    assert tries == 2
    assert "kweekbank" not in names(one_round)


@pytest.mark.parametrize("change", ["run", "version", "names"])
def test_who_is_overtaken_each_time_is_erased_all_the_same(
    one_round: Storage, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    (one,) = said_by(one_round, "De kweekbank.")
    worked_out = answers.work_out
    tries = 0

    def meanwhile(session: Session, contributions: list[str]) -> answers.Erasure:
        nonlocal tries
        tries += 1
        made = worked_out(session, contributions)
        with one_round.writing() as writing:
            if change == "run":
                theme = writing.scalars(select(Theme)).one()
                run = AnalysisRun(round_id=1)
                writing.add(run)
                writing.flush()
                row = RunTheme(run_id=run.id, theme_id=theme.id, label="Kweekbank", keywords=[])
                writing.add(row)
            elif change == "version":
                answer = writing.get_one(Contribution, contributions[0])
                answer.version += 1
                text = f"Meer van de kweekbank {tries}"
                answer.versions.append(ContributionVersion(version=answer.version, text=text))
            else:
                named = writing.scalars(select(RunTheme)).one()
                named.keywords = [*named.keywords, f"kweekbank {tries}"]
        return made

    monkeypatch.setattr(erasure, "work_out", meanwhile)
    erased(one_round, one)
    assert tries == 3
    assert "kweekbank" not in names(one_round)
    with one_round.reading() as session:
        assert session.scalars(select(ContributionVersion.text)).all() == []


def test_answers_of_others_meanwhile_do_not_overtake(
    one_round: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a busy website somebody answers all the time."""
    (one,) = said_by(one_round, "De kweekbank.")
    worked_out = answers.work_out
    tries = 0

    def meanwhile(session: Session, contributions: list[str]) -> answers.Erasure:
        nonlocal tries
        tries += 1
        made = worked_out(session, contributions)
        with one_round.writing() as writing:
            place = Submission(
                participant=Participant(consultation_id=1), round_id=1, opdracht=tries
            )
            answer = Contribution(submission=place, question="drempel", channel="form")
            answer.versions.append(ContributionVersion(version=1, text="Iets anders."))
            writing.add(answer)
        return made

    monkeypatch.setattr(erasure, "work_out", meanwhile)
    erased(one_round, one)
    assert tries == 1


@pytest.mark.parametrize("times", [1, 99])
def test_an_import_that_is_overtaken_doubles_no_row(
    one_round: Storage, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    """Also when somebody else imports each time: at last under the lock."""
    rows = tuple(
        ImportRow("", f"De bus rijdt niet meer om {hour} uur.", opdracht=4, question="drempel")
        for hour in range(8)
    )
    with one_round.reading() as session:
        into = rounds.require_round(session, 1)
    take = imports._Import.take
    tries = 0

    def meanwhile(self: imports._Import, session: Session, *values: Any) -> imports.ImportResult:
        nonlocal tries
        result = take(self, session, *values)
        if not session.info.get("writing"):
            tries += 1
            if tries <= times:
                monkeypatch.setattr(imports._Import, "take", take)
                part = ImportFile("zelfde.csv", rows[: 2 * tries])
                with one_round.writing() as writing:
                    store_rows(writing, 1, into, part, catalogue)
                monkeypatch.setattr(imports._Import, "take", meanwhile)
        return result

    monkeypatch.setattr(imports._Import, "take", meanwhile)
    (done,) = import_files(one_round, 1, into, [ImportFile("zelfde.csv", rows)], catalogue)
    others = 2 * min(times, tries)
    assert (done.added, done.skipped) == (8 - others, others)
    with one_round.reading() as session:
        assert session.scalar(select(func.count(Contribution.id))) == 8
        assert session.scalar(select(func.count(Participant.id))) == 8


def test_a_verb_that_only_reads_takes_no_lock(
    tmp_path: Path, called: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMENSPRAAK_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    run = CliRunner().invoke
    assert run(app, ["round", "open", "1"]).exit_code == 0
    assert called["transactions"] == 2
    called.clear()
    for verb in (["round", "list"], ["themes"], ["statements"], ["doctor"]):
        run(app, verb)
    settings.cache_clear()
    assert called["transactions"] == 0
