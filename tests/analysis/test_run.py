"""From imported answers to stored themes, and again, with nothing lost and nothing invented."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import func, select, update
from typer.testing import CliRunner

import analysis.find_themes
import analysis.run_store
import analysis.scheduling.tasks
from analysis import dataframes
from analysis.labelling.candidates import usable
from analysis.preprocessing import embeddings
from analysis.preprocessing.embeddings import AnalysisError, encoder_named, model_key, vectors_of
from analysis.preprocessing.statements import STATEMENT_COLUMNS, cut_new
from analysis.result import OpdrachtAnalysis
from analysis.run import RunResult, analyse
from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.curation.log import append
from consultation.database.models import (
    AnalysisRun,
    Assignment,
    Consent,
    Contribution,
    ContributionVersion,
    Embedding,
    Participant,
    RunMark,
    RunProposal,
    RunStance,
    RunTheme,
    Statement,
    Theme,
)
from consultation.database.storage import Storage
from consultation.errors import RoundError
from consultation.importing.imports import store_rows
from consultation.importing.readers import ImportFile, ImportRow, read_rows
from consultation.participation.answers import take_back, text_hash
from consultation.queries.opdracht_snapshot import SnapshotCache, opdracht_snapshot
from consultation.queries.stances import StatementStance
from consultation.queries.statements import active_statements
from consultation.queries.themes import theme_views, without_theme
from consultation.settings import ROOT, settings
from reporting.report import render
from samenspraak.cli import app
from web.cache import RevisionCache

FAST: dict[str, Any] = {"encoder_name": "use", "spacy_model": "nl_core_news_sm"}
SAMPLE = ROOT / "data" / "voorbeeld" / "ronde1.jsonl"


def prepared(
    storage: Storage, catalogue: Catalogue, rows: list[ImportRow], auto: bool = False
) -> int:
    with storage.writing() as session:
        consultation = rounds.ensure_consultation(session, catalogue).id
        round_ = rounds.open_(session, consultation, 1)
        file = ImportFile("rijen.jsonl", tuple(rows))
        store_rows(session, consultation, round_, file, catalogue, auto=auto)
    return consultation


def sample_rows(opdracht: int) -> list[ImportRow]:
    from consultation.catalogue import load_catalogue

    known = load_catalogue(ROOT / "data" / "opdrachten.yml")
    return [row for row in read_rows(SAMPLE, known).rows if row.opdracht == opdracht]


def analysed(storage: Storage, consultation: int, catalogue: Catalogue) -> RunResult:
    return analyse(storage, consultation, catalogue, opdracht=4, **FAST)


def test_statements_are_slices_and_only_of_questions_that_ask_for_them(
    storage: Storage, catalogue: Catalogue
) -> None:
    consultation = prepared(storage, catalogue, sample_rows(4))
    cut = cut_new(storage, consultation, catalogue, "use")
    assert cut.statements > 20
    assert cut_new(storage, consultation, catalogue, "use").contributions == 0
    with storage.reading() as session:
        for statement in session.scalars(select(Statement)):
            version = statement.contribution_version
            question = version.contribution.question
            assert version.text[statement.start : statement.end].strip()
            assert question in ("drempel", "voorstel")
            assert statement.kind == question
        frame = dataframes.statements(session, consultation, [4])
    assert tuple(frame.columns) == STATEMENT_COLUMNS
    assert len(frame) == cut.statements


def test_who_withdrew_consent_or_answer_is_not_cut_nor_counted(
    storage: Storage, catalogue: Catalogue
) -> None:
    rows = [ImportRow("", f"Zin nummer {n}.", opdracht=4, participant=str(n)) for n in range(4)]
    consultation = prepared(storage, catalogue, rows)
    with storage.writing() as session:
        people = list(session.scalars(select(Participant)))
        session.add(
            Consent(participant_id=people[0].id, purpose="analyse", granted=False, version="1")
        )
    assert cut_new(storage, consultation, catalogue, "use").statements == 3
    with storage.writing() as session:
        said = active_statements(session, consultation)
        gone = session.get(Contribution, said[0].contribution)
        assert gone is not None
        take_back(session, gone)
    with storage.reading() as session:
        assert len(active_statements(session, consultation)) == 2


def test_what_is_kept_for_pages_goes_when_one_answer_is_taken_back_and_another_comes(
    storage: Storage, catalogue: Catalogue
) -> None:
    rows = [ImportRow("", f"Zin nummer {n}.", opdracht=4, participant="1") for n in range(2)]
    consultation = prepared(storage, catalogue, rows)
    cut_new(storage, consultation, catalogue, "use")
    snapshots, pages = SnapshotCache(), RevisionCache()

    def read() -> tuple[list[str], list[str]]:
        with storage.reading() as session:

            def texts() -> list[str]:
                return [each.text for each in active_statements(session, consultation)]

            return snapshots.kept(session, consultation, "x", texts), pages.of(session, "x", texts)

    before = read()
    assert len(before[0]) == len(before[1]) == 2
    with storage.writing() as session:
        gone = session.scalars(select(Contribution)).first()
        assert gone is not None
        words = gone.versions[0].text
        fresh = Contribution(
            submission_id=gone.submission_id, question=gone.question, channel="chat"
        )
        fresh.versions.append(ContributionVersion(version=1, text="Een nieuwe zin."))
        take_back(session, gone)
        session.add(fresh)
    cut_new(storage, consultation, catalogue, "use")
    for texts in read():
        assert words not in texts
        assert "Een nieuwe zin." in texts


def test_statements_without_an_opdracht_are_placed_or_left_for_a_person(
    storage: Storage, catalogue: Catalogue
) -> None:
    rows = [
        ImportRow("", "Iedereen een leerrekening geven."),
        ImportRow("", "Zaterdag wint Brugge met drie tegen nul."),
    ]
    consultation = prepared(storage, catalogue, rows, auto=True)
    cut = cut_new(storage, consultation, catalogue, "use")
    assert (cut.statements, cut.unplaced) == (2, 1)
    with storage.reading() as session:
        placed, left = active_statements(session, consultation)
        assert {placed.opdracht, left.opdracht} == {10, None}
        assert set(session.scalars(select(Statement.placed_by))) == {"machine"}


def test_a_run_gives_themes_with_exact_quotes_and_loses_no_statement(
    storage: Storage, catalogue: Catalogue
) -> None:
    consultation = prepared(storage, catalogue, sample_rows(4))
    (figures,) = analysed(storage, consultation, catalogue).opdrachten
    assert figures.themes >= 2
    assert figures.coverage >= 0.95
    assert figures.label_persistence is None
    with storage.reading() as session:
        views = theme_views(session, consultation, 4)
        texts = set(session.scalars(select(ContributionVersion.text)))
        frame = dataframes.themes(session, consultation, [4])
        loose = without_theme(active_statements(session, consultation, 4), views)
    # One person answered "geen mening": that is listed, not clustered.
    assert [each.text for each in loose] == ["geen mening"]
    assert sum(len(view.said) for view in views) == figures.statements - 1
    assert len({view.label.casefold() for view in views}) == len(views)
    for view in views:
        assert view.quotes
        assert view.code.startswith("O04-T")
        assert all(any(quote.text in text for text in texts) for quote in view.quotes)
        if view.action:
            assert view.action.kind == "voorstel"
            assert usable(view.action.text)
    assert tuple(frame.columns) == dataframes.THEME_COLUMNS
    assert frame["statements"].sum() == figures.statements - 1


def test_a_rerun_on_the_same_changes_nothing(storage: Storage, catalogue: Catalogue) -> None:
    consultation = prepared(storage, catalogue, sample_rows(4))
    first = analysed(storage, consultation, catalogue)
    again = analysed(storage, consultation, catalogue)
    assert again.reused
    assert again.run == first.run
    assert again.opdrachten == first.opdrachten
    with storage.reading() as session:
        assert session.scalar(select(func.count()).select_from(AnalysisRun)) == 1
        seen = opdracht_snapshot(session, consultation, 4)
    guessed = next(each for each, held in seen.stances.items() if held.stance == "voor")
    with storage.writing() as session:
        words = {"op": "stance", "statements": [guessed], "stance": "tegen"}
        append(session, consultation, "els", words)
    # What people decide on stance makes the next run learn, and stays.
    assert not analysed(storage, consultation, catalogue).reused
    with storage.reading() as session:
        seen = opdracht_snapshot(session, consultation, 4)
    assert seen.stances[guessed] == StatementStance("tegen")
    assert seen.marks.stances[guessed][0] == "tegen"


def stored(storage: Storage, run: int, opdracht: int) -> dict[str, list[Any]]:
    """All that a run holds of one opdracht, by table."""
    themes = select(Theme.id).where(Theme.opdracht == opdracht)
    statements = select(Statement.id).where(Statement.opdracht == opdracht)
    tables: dict[Any, Any] = {
        RunTheme: RunTheme.theme_id.in_(themes),
        Assignment: Assignment.theme_id.in_(themes),
        RunMark: RunMark.statement_id.in_(statements),
        RunStance: RunStance.statement_id.in_(statements),
        RunProposal: RunProposal.opdracht == opdracht,
    }
    found = {}
    with storage.reading() as session:
        for table, own in tables.items():
            new = ("run_id", "at", *(["id"] if table is Assignment else []))
            columns = [each for each in table.__table__.columns if each.name not in new]
            rows = session.execute(select(*columns).where(table.run_id == run, own))
            found[table.__name__] = sorted(map(repr, rows))
    return found


def test_an_opdracht_in_which_nothing_changed_keeps_what_the_last_run_found(
    storage: Storage, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    consultation = prepared(storage, catalogue, [*sample_rows(4), *sample_rows(10)])
    worked_on: list[int] = []
    find = analysis.scheduling.tasks.find

    def seen(found: OpdrachtAnalysis, *rest: Any) -> OpdrachtAnalysis:
        worked_on.append(found.opdracht)
        return find(found, *rest)

    monkeypatch.setattr(analysis.find_themes, "find", seen)
    first = analyse(storage, consultation, catalogue, **FAST)
    assert {4, 10} <= set(worked_on)
    with storage.reading() as session:
        one, other, *_ = theme_views(session, consultation, 4)
        elsewhere, answer = theme_views(session, consultation, 10)[0].said[:2]
    moved = {"op": "place", "statement": one.said[0].id, "themes": [other.id]}
    with storage.writing() as session:
        append(session, consultation, "els", moved)
    worked_on.clear()
    second = analyse(storage, consultation, catalogue, **FAST)
    assert worked_on == [4]
    before = stored(storage, first.run, 10)
    assert all(before[each] for each in ("RunTheme", "Assignment", "RunStance"))
    assert stored(storage, second.run, 10) == before
    told = {
        run: next(each for each in result.opdrachten if each.opdracht == 10)
        for run, result in (("first", first), ("second", second))
    }
    assert told["second"] == replace(told["first"], refit=False, mapped=0, seconds=0.0)
    # A stance that a person set teaches all opdrachten; another answer changes its own.
    with storage.writing() as session:
        words = {"op": "stance", "statements": [elsewhere.id], "stance": "tegen"}
        append(session, consultation, "els", words)
    worked_on.clear()
    analyse(storage, consultation, catalogue, **FAST)
    assert {4, 10} <= set(worked_on)
    with storage.writing() as session:
        take_back(session, session.get_one(Contribution, answer.contribution))
    worked_on.clear()
    analyse(storage, consultation, catalogue, **FAST)
    assert worked_on == [10]


def test_themes_keep_their_ids_when_answers_arrive(storage: Storage, catalogue: Catalogue) -> None:
    rows = sample_rows(4)
    consultation = prepared(storage, catalogue, rows[: len(rows) * 9 // 10])
    analysed(storage, consultation, catalogue)
    with storage.reading() as session:
        before = {view.id for view in theme_views(session, consultation, 4)}
    prepared(storage, catalogue, rows)
    (figures,) = analysed(storage, consultation, catalogue).opdrachten
    with storage.reading() as session:
        after = {view.id for view in theme_views(session, consultation, 4)}
    assert len(before & after) >= len(before) / 2
    assert figures.label_persistence is not None
    assert figures.label_persistence > 0.4


@pytest.mark.parametrize("n", [0, 1, 5, 29])
def test_few_answers_are_shown_unclustered(storage: Storage, catalogue: Catalogue, n: int) -> None:
    rows = [ImportRow("", f"De les begint om {i} uur.", opdracht=4) for i in range(n)]
    consultation = prepared(storage, catalogue, rows)
    (figures,) = analysed(storage, consultation, catalogue).opdrachten
    assert (figures.statements, figures.themes, figures.coverage) == (n, 0, 0.0)
    with storage.reading() as session:
        assert len(active_statements(session, consultation, 4)) == n


def test_a_run_is_made_anew_once_somebody_is_in_another_group(
    storage: Storage, catalogue: Catalogue
) -> None:
    """A run's warnings tell which share one group has."""
    rows = [ImportRow("", f"De les begint om {i} uur.", opdracht=4) for i in range(5)]
    consultation = prepared(storage, catalogue, rows)
    assert not analysed(storage, consultation, catalogue).reused
    with storage.writing() as session:
        session.execute(update(Participant).values(group="burger"))
    assert not analysed(storage, consultation, catalogue).reused
    assert analysed(storage, consultation, catalogue).reused


def test_an_interrupted_run_leaves_the_database_as_it_was(
    storage: Storage, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    consultation = prepared(storage, catalogue, sample_rows(4))

    def interrupted(*_: object, **__: object) -> object:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(analysis.scheduling.tasks, "cluster_from_scratch", interrupted)
        with pytest.raises(KeyboardInterrupt):
            analysed(storage, consultation, catalogue)
    with storage.reading() as session:
        for table in (AnalysisRun, Theme, Assignment):
            assert session.scalar(select(func.count()).select_from(table)) == 0
    assert not analysed(storage, consultation, catalogue).reused


def test_writers_store_the_same_vectors_at_the_same_time(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = encoder_named("use")
    texts = [f"zin nummer {number}" for number in range(200)]
    right = encoder.encode(texts)
    together = threading.Barrier(4)
    looked_up = embeddings.cached_vectors

    def none_yet(*given: Any) -> dict[str, Any]:
        found = looked_up(*given)
        together.wait(timeout=30)
        return found

    monkeypatch.setattr(embeddings, "cached_vectors", none_yet)
    orders = [texts, texts[::-1], texts[1::2] + texts[::2], texts]
    with ThreadPoolExecutor(4) as writers:
        made = list(writers.map(lambda order: vectors_of(storage, encoder, order), orders))
    for order, vectors in zip(orders, made, strict=True):
        places = [texts.index(text) for text in order]
        assert np.allclose(vectors, right[places], atol=1e-6)
    monkeypatch.undo()
    assert np.allclose(vectors_of(storage, encoder, texts), right, atol=1e-6)


def test_vectors_are_computed_once_per_text_and_model(storage: Storage) -> None:
    encoder = encoder_named("use")
    first = vectors_of(storage, encoder, ["een zin", "nog  een\nzin", "een zin"])
    assert (first[0] == first[2]).all()
    again = vectors_of(storage, encoder, ["nog  een\nzin"])
    assert (again[0] == first[1]).all()
    with storage.reading() as session:
        keys = session.execute(select(Embedding.model, Embedding.text_hash)).all()
    assert {tuple(key) for key in keys} == {
        (model_key(encoder), text_hash("een zin")),
        (model_key(encoder), text_hash("nog  een\nzin")),
    }


def test_what_does_not_exist_is_refused_with_the_mend(
    storage: Storage, catalogue: Catalogue
) -> None:
    consultation = prepared(storage, catalogue, [])
    with pytest.raises(AnalysisError, match="no opdracht 99; choose from 1, 2"):
        analyse(storage, consultation, catalogue, opdracht=99, **FAST)
    with pytest.raises(RoundError, match="round open 7"):
        analyse(storage, consultation, catalogue, round_number=7, **FAST)
    with pytest.raises(AnalysisError, match="SAMENSPRAAK_EMBEDDING"):
        analyse(storage, consultation, catalogue, encoder_name="bert", spacy_model="x")


def test_the_report_is_one_file_that_needs_nothing_and_trusts_no_text(
    storage: Storage, catalogue: Catalogue
) -> None:
    rows = [*sample_rows(4), ImportRow("", "<script>alert(1)</script> is duur.", opdracht=4)]
    rows.append(ImportRow("", "Te weinig <b>coaches</b>.", opdracht=5))
    consultation = prepared(storage, catalogue, rows)
    analyse(storage, consultation, catalogue, **FAST)
    html = render(storage, consultation, catalogue, "use")
    # One script, the report's own: it filters the tables.
    assert html.count("<script") == 1
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html
    assert "<b>coaches" not in html
    assert "<svg" in html
    assert "O04-T001" in html
    assert "te weinig om te groeperen" in html
    for outside in ('src="', "<link", "@import", "url(http"):
        assert outside not in html
    with storage.reading() as session:
        for said in active_statements(session, consultation):
            assert said.id in html


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CliRunner]:
    monkeypatch.setenv("SAMENSPRAAK_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SAMENSPRAAK_EMBEDDING", "use")
    monkeypatch.delenv("SAMENSPRAAK_DATABASE_URL", raising=False)
    settings.cache_clear()
    yield CliRunner()
    settings.cache_clear()


def test_a_run_that_is_overtaken_each_time_ends_and_says_so(
    storage: Storage, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    consultation = prepared(storage, catalogue, sample_rows(4)[:3])
    really = analysis.run_store.store
    others = 0

    def overtaken(*args: Any) -> RunResult:
        nonlocal others
        others += 1
        assert others <= 20, "it never ends"
        with storage.writing() as session:
            round_ = rounds.require_round(session, consultation, 1)
            session.add(AnalysisRun(round_id=round_.id, opdracht=4))
        return really(*args)

    monkeypatch.setattr(analysis.run_store, "store", overtaken)
    with pytest.raises(AnalysisError, match=r"5 times .* Run it again"):
        analysed(storage, consultation, catalogue)
    with storage.reading() as session:
        assert session.scalar(select(func.count()).select_from(AnalysisRun)) == 5
        assert session.scalar(select(func.count()).select_from(Assignment)) == 0


def test_the_analysts_verbs_keep_data_on_stdout(command: CliRunner, tmp_path: Path) -> None:
    closed = command.invoke(app, ["import", str(SAMPLE)])
    assert closed.exit_code == 1
    assert "round open 1" in str(closed.exception)
    assert command.invoke(app, ["round", "open", "1"]).exit_code == 0
    summary = json.loads(command.invoke(app, ["import", str(SAMPLE), "--json"]).stdout)
    assert summary["added"] == 285
    result = json.loads(command.invoke(app, ["analyse", "--json"]).stdout)
    assert [each["opdracht"] for each in result["opdrachten"]] == list(range(1, 11))
    shown = json.loads(command.invoke(app, ["themes", "--format", "json"]).stdout)
    assert tuple(shown[0]) == dataframes.THEME_COLUMNS
    said = json.loads(command.invoke(app, ["statements", "--format", "json"]).stdout)
    assert len(said) == summary["statements"]
    assert any(each["themes"] for each in said)
    rows = command.invoke(app, ["statements", "--opdracht", "4", "--format", "csv"]).stdout
    assert rows.splitlines()[0] == ",".join(STATEMENT_COLUMNS)
    actions = json.loads(command.invoke(app, ["actions", "--format", "json"]).stdout)
    assert {each["status"] for each in actions} == {"ontwerp"}
    assert {each["text"] for each in actions} <= {each["text"] for each in said}
    assert "O04-T001" in command.invoke(app, ["themes"]).stdout
    report = tmp_path / "rapport.html"
    assert command.invoke(app, ["report", "--round", "1", "-o", str(report)]).exit_code == 0
    assert report.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert command.invoke(app, ["themes", "--round", "9"]).exit_code == 1
    assert command.invoke(app, ["themes", "--opdracht", "99"]).exit_code == 1
    assert command.invoke(app, ["import", str(SAMPLE), "--opdracht", "x"]).exit_code == 2
