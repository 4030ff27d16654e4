"""Round after round: what people decided stays, what is new is mapped, added or proposed."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from analysis.comparison import COMPARISON_COLUMNS, compare, developments, theme_sizes
from analysis.preprocessing.embeddings import AnalysisError
from analysis.result import RunResult
from analysis.run import analyse
from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.curation.log import append, curated
from consultation.database.models import Assignment, RunMark
from consultation.database.storage import Storage
from consultation.importing.imports import store_rows
from consultation.importing.readers import ImportFile, ImportRow
from consultation.participation.participants import erase
from consultation.queries.statements import active_statements
from consultation.queries.themes import SAME_TEXT, ThemeView, theme_views
from consultation.settings import settings as product_settings
from samenspraak.cli import app
from tests.databases import open_storage

SUBJECTS = {
    "bus": (
        ["De bus naar de cursus", "De trein naar de school", "Het openbaar vervoer naar de les"],
        ["rijdt 's avonds niet meer", "is altijd te laat", "stopt te ver van mijn huis"],
        ["en een auto heb ik niet", "dus ik raak er niet", "en fietsen is gevaarlijk"],
    ),
    "opvang": (
        ["Kinderopvang tijdens de les", "Een oppas voor mijn kinderen", "Een plek in de crèche"],
        ["is veel te duur", "vind ik nergens in de buurt", "is er niet na zes uur"],
        ["voor een alleenstaande moeder", "voor jonge ouders", "met een baby en een kleuter"],
    ),
    "computer": (
        ["Werken met een computer", "Een laptop gebruiken", "Online inschrijven op een website"],
        ["heb ik nooit geleerd", "is moeilijk zonder hulp", "lukt niet op mijn oude toestel"],
        ["en de software verandert altijd", "want internet is traag", "en ik vergeet wachtwoorden"],
    ),
    "taal": (
        ["Nederlands spreken", "Een Nederlandse tekst lezen", "De taalles Nederlands"],
        ["oefen ik te weinig", "blijft moeilijk voor wie Arabisch spreekt", "gaat te snel"],
        ["want thuis praten wij Turks", "zonder tolk of woordenboek", "na mijn inburgering"],
    ),
}


def sentences(subject: str, start: int, number: int) -> list[str]:
    made = [f"{one} {two} {three}." for one, two, three in itertools.product(*SUBJECTS[subject])]
    order = sorted(made, key=lambda text: (len(text) * 7919 + ord(text[-5])) % 101)
    return order[start : start + number]


def say(storage: Storage, catalogue: Catalogue, number: int, **said: tuple[int, int]) -> int:
    """Opens a round and stores its answers: per subject from which sentence on, and how many."""
    texts = [text for name, (start, size) in said.items() for text in sentences(name, start, size)]
    with storage.writing() as session:
        consultation = rounds.ensure_consultation(session, catalogue).id
        for each in rounds.all_rounds(session, consultation):
            if each.status == "open" and each.number != number:
                rounds.close(session, consultation, each.number)
        round_ = rounds.open_(session, consultation, number)
        rows = [ImportRow("", text, opdracht=4, question="drempel") for text in texts]
        store_rows(
            session,
            consultation,
            round_,
            ImportFile(f"ronde{number}.jsonl", tuple(rows)),
            catalogue,
        )
    return consultation


def analysed(storage: Storage, catalogue: Catalogue, number: int) -> RunResult:
    with storage.writing() as session:
        consultation = rounds.ensure_consultation(session, catalogue).id
    return analyse(
        storage,
        consultation,
        catalogue,
        encoder_name="use",
        spacy_model="nl_core_news_sm",
        round_number=number,
        opdracht=4,
    )


def decide(storage: Storage, consultation: int, **operation: Any) -> int:
    with storage.writing() as session:
        return append(session, consultation, "els", operation).id


def views(storage: Storage, consultation: int) -> dict[str, ThemeView]:
    with storage.reading() as session:
        return {each.label: each for each in theme_views(session, consultation, 4)}


def subject_of(view: ThemeView) -> str:
    """The subject that most of a theme's statements are about."""
    made = {text: name for name in SUBJECTS for text in sentences(name, 0, 27)}
    names = [made[each.text] for each in view.said]
    return max(set(names), key=names.count)


@pytest.fixture
def reviewed(tmp_path: Path, catalogue: Catalogue) -> tuple[Storage, int]:
    """Three themes of round 1, each named for its subject and approved."""
    storage = open_storage(f"sqlite:///{tmp_path / 'samenspraak.db'}")
    consultation = say(storage, catalogue, 1, bus=(0, 18), opvang=(0, 18), computer=(0, 18))
    analysed(storage, catalogue, 1)
    named: dict[str, str] = {}
    for view in views(storage, consultation).values():
        subject = subject_of(view)
        if subject in named:
            decide(storage, consultation, op="merge", themes=[view.id], into=named[subject])
        else:
            named[subject] = view.id
            decide(storage, consultation, op="rename", theme=view.id, label=subject)
            decide(storage, consultation, op="approve", theme=view.id)
    assert set(named) == {"bus", "opvang", "computer"}
    return storage, consultation


def kinds(storage: Storage, consultation: int) -> dict[str, str]:
    with storage.reading() as session:
        return {each.label: each.kind for each in developments(session, consultation, 4, 1, 2)}


def test_approved_themes_stay_and_new_statements_come_to_them(
    reviewed: tuple[Storage, int], catalogue: Catalogue
) -> None:
    storage, consultation = reviewed
    before = views(storage, consultation)
    say(storage, catalogue, 2, bus=(18, 9), opvang=(18, 9), computer=(18, 9))
    (figures,) = analysed(storage, catalogue, 2).opdrachten
    assert figures.refit
    assert figures.mapped >= 24
    assert figures.label_persistence == 1.0
    after = views(storage, consultation)
    for label, theme in before.items():
        assert after[label].id == theme.id
        assert after[label].status == "goedgekeurd"
        assert {each.id for each in theme.said} <= {each.id for each in after[label].said}
        added = [each for each in after[label].said if each.round == 2]
        own = set(sentences(label, 18, 9))
        assert sum(each.text in own for each in added) >= 7
        assert sum(each.text not in own for each in added) <= 1
    assert set(kinds(storage, consultation).values()) == {"same"}


def test_what_has_a_place_speaks_before_what_repeats_it_later(
    reviewed: tuple[Storage, int], catalogue: Catalogue
) -> None:
    storage, consultation = reviewed
    known = next(each for each in views(storage, consultation)["opvang"].said)
    with storage.writing() as session:
        rounds.close(session, consultation, 1)
        round_ = rounds.open_(session, consultation, 2)
        rows = [ImportRow("", f"Beste, {known.text}", opdracht=4, question="drempel")] * 3
        store_rows(
            session, consultation, round_, ImportFile("ronde2.jsonl", tuple(rows)), catalogue
        )
    analysed(storage, catalogue, 2)
    with storage.reading() as session:
        marks = session.scalars(select(RunMark).where(RunMark.mark == SAME_TEXT)).all()
    assert [each.value for each in marks] == [known.id] * 3
    held = {each.id for each in views(storage, consultation)["opvang"].said}
    assert {known.id, *(each.statement_id for each in marks)} <= held


def test_a_new_theme_and_a_fading_one_are_told(
    reviewed: tuple[Storage, int], catalogue: Catalogue
) -> None:
    storage, consultation = reviewed
    say(storage, catalogue, 2, bus=(18, 9), computer=(18, 9), taal=(0, 27))
    analysed(storage, catalogue, 2)
    told = kinds(storage, consultation)
    (new,) = [label for label in told if label not in ("bus", "opvang", "computer")]
    assert told == {"bus": "same", "computer": "same", "opvang": "faded", new: "new"}
    found = views(storage, consultation)[new]
    assert found.status == "kandidaat"
    assert subject_of(found) == "taal"
    assert len(found.said) >= 20
    with storage.reading() as session:
        frame = compare(session, consultation, 1, 2, [4])
        plot = theme_sizes(session, consultation, 4, [1, 2])
        assert tuple(frame.columns) == COMPARISON_COLUMNS
        assert frame.set_index("label").loc["opvang", "added"] == 0
        assert plot.groupby("round")["statements"].sum().to_dict() == {1: 54, 2: 45}
        with pytest.raises(AnalysisError, match="earlier with a later"):
            compare(session, consultation, 2, 1, [4])


def test_an_unchanged_copy_raises_no_alarm(
    reviewed: tuple[Storage, int], catalogue: Catalogue
) -> None:
    storage, consultation = reviewed
    say(storage, catalogue, 2, bus=(0, 18), opvang=(0, 18), computer=(0, 18))
    (figures,) = analysed(storage, catalogue, 2).opdrachten
    assert figures.statements == 108
    assert figures.proposals == 0
    assert kinds(storage, consultation) == {"bus": "same", "opvang": "same", "computer": "same"}


def test_a_rejected_theme_does_not_come_back(
    reviewed: tuple[Storage, int], catalogue: Catalogue
) -> None:
    storage, consultation = reviewed
    rejected = views(storage, consultation)["opvang"]
    decide(storage, consultation, op="reject", theme=rejected.id)
    say(storage, catalogue, 2, bus=(18, 9), opvang=(18, 9), computer=(18, 9))
    analysed(storage, catalogue, 2)
    after = views(storage, consultation)
    assert set(after) == {"bus", "opvang", "computer"}
    assert after["opvang"].status == "verworpen"
    with storage.reading() as session:
        loose = curated(session, consultation, 4).without_theme(4)
    assert {each.id for each in rejected.said} <= set(loose)


def test_every_decision_survives_reruns_and_undo_still_works_after(
    reviewed: tuple[Storage, int], catalogue: Catalogue
) -> None:
    storage, consultation = reviewed
    first = views(storage, consultation)
    bus, care, computer = first["bus"], first["opvang"], first["computer"]
    moved = [each.id for each in bus.said[:5]]
    parted = [each.id for each in computer.said[:6]]
    decide(storage, consultation, op="move", statements=moved, to=computer.id)
    decide(storage, consultation, op="split", theme=computer.id, statements=parted, label="apart")
    merge = decide(storage, consultation, op="merge", themes=[care.id], into=bus.id)
    off = [bus.said[6].id]
    decide(storage, consultation, op="off_topic", statements=off)
    stands = views(storage, consultation)
    again = analysed(storage, catalogue, 1)
    assert not again.reused
    assert not again.opdrachten[0].refit
    assert analysed(storage, catalogue, 1).reused
    kept = views(storage, consultation)
    assert {label: {each.id for each in view.said} for label, view in kept.items()} == {
        label: {each.id for each in view.said} for label, view in stands.items()
    }
    say(storage, catalogue, 2, bus=(18, 9), opvang=(18, 9))
    analysed(storage, catalogue, 2)
    after = views(storage, consultation)
    assert set(stands) <= set(after)
    assert set(moved) <= {each.id for each in after["computer"].said}
    assert set(parted) <= {each.id for each in after["apart"].said}
    assert not set(off) & {each.id for view in after.values() for each in view.said}
    assert sum(each.round == 2 for each in after["bus"].said) >= 12
    decide(storage, consultation, op="revoke", event=merge)
    undone = views(storage, consultation)
    assert {each.id for each in care.said} <= {each.id for each in undone["opvang"].said}
    assert sum(each.text in sentences("opvang", 18, 9) for each in undone["opvang"].said) >= 6
    assert not {each.id for each in care.said} & {each.id for each in undone["bus"].said}


def test_a_few_new_answers_are_mapped_without_clustering_anew(
    reviewed: tuple[Storage, int], catalogue: Catalogue
) -> None:
    storage, consultation = reviewed
    say(storage, catalogue, 1, bus=(18, 3))
    (figures,) = analysed(storage, catalogue, 1).opdrachten
    assert (figures.refit, figures.mapped) == (False, 3)
    assert (
        sum(
            each.text in sentences("bus", 18, 3)
            for each in views(storage, consultation)["bus"].said
        )
        == 3
    )


def test_erasure_between_two_runs_reaches_what_was_decided(
    reviewed: tuple[Storage, int], catalogue: Catalogue
) -> None:
    storage, consultation = reviewed
    bus = views(storage, consultation)["bus"]
    gone, left = bus.said[0], bus.said[1]
    target = views(storage, consultation)["computer"].id
    decide(storage, consultation, op="move", statements=[gone.id, left.id], to=target)
    with storage.writing() as session:
        erase(session, gone.participant)
    analysed(storage, catalogue, 1)
    after = views(storage, consultation)
    assert left.id in {each.id for each in after["computer"].said}
    assert not any(gone.id == each.id for view in after.values() for each in view.said)
    with storage.reading() as session:
        rows = session.scalar(
            select(func.count()).select_from(Assignment).where(Assignment.statement_id == gone.id)
        )
        assert rows == 0
        assert len(active_statements(session, consultation, 4)) == 53


def test_a_run_tells_how_well_it_agrees_with_people(
    reviewed: tuple[Storage, int], catalogue: Catalogue
) -> None:
    storage, consultation = reviewed
    found = views(storage, consultation)
    for label, few in (("bus", True), ("computer", False)):
        ids = [each.id for each in found[label].said]
        decide(storage, consultation, op="copy", statements=ids, to=found[label].id)
        (result,) = analysed(storage, catalogue, 1).opdrachten
        figures = result.agreement
        assert figures is not None
        assert (figures["decisions"] < 30, figures["f1"] is None) == (few, few)
    assert figures is not None
    assert 0.7 <= figures["low"] <= figures["f1"] <= figures["high"] <= 1


def test_compare_tells_it_as_table_and_json(
    reviewed: tuple[Storage, int], catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage, _ = reviewed
    monkeypatch.setenv("SAMENSPRAAK_DATABASE_URL", str(storage.engine.url))
    product_settings.cache_clear()
    runner = CliRunner()
    missing = runner.invoke(app, ["compare", "--from", "1", "--to", "2"])
    assert "round open 2" in str(missing.exception)
    say(storage, catalogue, 2, bus=(18, 9), opvang=(18, 9), computer=(18, 9))
    early = runner.invoke(app, ["compare", "--from", "1", "--to", "2"])
    assert "analyse --round 2" in str(early.exception)
    analysed(storage, catalogue, 2)
    told = json.loads(runner.invoke(app, ["compare", "--from", "1", "--to", "2", "--json"]).stdout)
    assert (told["from"], told["to"]) == (1, 2)
    assert {each["kind"] for each in told["themes"]} == {"same"}
    assert "bus" in runner.invoke(app, ["compare", "--from", "1", "--to", "2"]).stdout
    product_settings.cache_clear()
