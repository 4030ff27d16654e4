"""A run with a codebook: statements are mapped to it, people's placings stay, the rest is
clustered."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from analysis import opdracht_themes
from analysis.asking.desk import CodebookDesk
from analysis.labelling.representation import Representation
from analysis.labelling.representations import representations
from analysis.preprocessing import deduplication
from analysis.result import OpdrachtAnalysis
from analysis.stance.model import StanceModel
from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.curation.codebook_file import CodebookRow, import_codebook
from consultation.curation.log import curated
from consultation.curation.state import CurationState
from consultation.database.storage import Storage
from consultation.importing.imports import store_rows
from consultation.importing.readers import ImportFile, ImportRow
from consultation.queries.statements import active_statements
from consultation.queries.themes import marks_of
from consultation.runs import last_run_themes, latest_run
from consultation.settings import settings
from language.embedding import Vectors
from language.pipeline import load_pipeline
from tests.analysis.test_rounds import SUBJECTS, analysed, decide, say, sentences, subject_of, views
from tests.databases import open_storage

BOOK = {
    "bus": "Met de bus, de trein of ander openbaar vervoer naar de les raken.",
    "opvang": "Kinderopvang, een oppas of de crèche voor wie kinderen heeft.",
    "computer": "Werken met een computer, een laptop, internet of een website.",
    "taal": "Nederlands spreken en lezen, de taalles, een tolk.",
}
ALL = dict.fromkeys(SUBJECTS, (0, 18))


def described(storage: Storage, consultation: int, *names: str) -> dict[str, str]:
    """Imports these themes of the codebook; returns their ids by name."""
    rows = [CodebookRow(4, name, BOOK[name]) for name in names]
    import_codebook(storage, consultation, "els", rows, [4])
    themes = state(storage, consultation).themes.values()
    return {each.label: each.id for each in themes if each.label in names}


def state(storage: Storage, consultation: int) -> CurationState:
    with storage.reading() as session:
        return curated(session, consultation, 4)


def texts(storage: Storage, consultation: int) -> dict[str, str]:
    with storage.reading() as session:
        return {each.text: each.id for each in active_statements(session, consultation, 4)}


def homes(storage: Storage, consultation: int) -> dict[str, set[str]]:
    """The names of the live themes of each statement."""
    found: dict[str, set[str]] = {}
    for theme in state(storage, consultation).themes.values():
        for member in theme.members if theme.live else ():
            found.setdefault(member.statement, set()).add(theme.label)
    return found


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return open_storage(f"sqlite:///{tmp_path / 'samenspraak.db'}")


def test_a_fresh_codebook_is_filled_and_what_it_lacks_becomes_a_candidate(
    storage: Storage, catalogue: Catalogue
) -> None:
    consultation = say(storage, catalogue, 1, **{**ALL, "computer": (0, 27), "taal": (0, 27)})
    analysed(storage, catalogue, 1)
    before = {each.id for each in views(storage, consultation).values()}
    ids = described(storage, consultation, "bus", "opvang")
    result = analysed(storage, catalogue, 1).opdrachten[0]
    after = views(storage, consultation)
    for name in ("bus", "opvang"):
        assert after[name].id == ids[name]
        own = [text in sentences(name, 0, 18) for text in (each.text for each in after[name].said)]
        assert sum(own) >= 12
        assert after[name].quotes
    candidates = [each for each in after.values() if each.status == "kandidaat"]
    assert {subject_of(each) for each in candidates} == {"computer", "taal"}
    # A cluster of before that is found again is the same candidate.
    assert any(each.id in before for each in candidates)
    assert (result.stability, result.refit) == (None, True)
    again = analysed(storage, catalogue, 1)
    assert again.reused


def test_a_placing_stays_teaches_others_and_can_be_undone(
    storage: Storage, catalogue: Catalogue
) -> None:
    consultation = say(storage, catalogue, 1, **ALL)
    ids = described(storage, consultation, *BOOK)
    analysed(storage, catalogue, 1)
    said = texts(storage, consultation)
    bus = [said[text] for text in sentences("bus", 0, 18)]
    before = homes(storage, consultation)
    # The reviewer sees it otherwise than any machine would: what speaks of buses is about opvang.
    events = [
        decide(storage, consultation, op="place", statement=each, themes=[ids["opvang"]])
        for each in bus[:9]
    ]
    alone = decide(storage, consultation, op="place", statement=bus[9], themes=[])
    both = [ids["taal"], ids["computer"]]
    twofold = decide(storage, consultation, op="place", statement=bus[10], themes=both)
    run = analysed(storage, catalogue, 1).opdrachten[0]
    assert not run.refit
    after = homes(storage, consultation)
    assert all(after[each] == {"opvang"} for each in bus[:9])
    assert bus[9] not in after
    assert after[bus[10]] == {"taal", "computer"}
    assert sum(after.get(each) == {"opvang"} for each in bus[11:]) > sum(
        before.get(each) == {"opvang"} for each in bus[11:]
    )
    for event in (*events, alone, twofold):
        decide(storage, consultation, op="revoke", event=event)
    analysed(storage, catalogue, 1)
    assert homes(storage, consultation) == before


def stored_quotes(storage: Storage, consultation: int, theme: str) -> set[str]:
    with storage.reading() as session:
        rows = session.scalars(last_run_themes(consultation, 4))
        return {each for row in rows if row.theme_id == theme for each in row.quotes}


def keywords(storage: Storage, theme: str) -> list[str]:
    with storage.reading() as session:
        rows = session.scalars(last_run_themes(1, 4))
        return next(list(row.keywords) for row in rows if row.theme_id == theme)


def stances(storage: Storage, consultation: int) -> dict[str, tuple[str, float]]:
    with storage.reading() as session:
        run = latest_run(session, consultation, 4)
        assert run is not None
        return dict(marks_of(session, run.id, 4).stances)


def test_a_theme_that_loses_its_quotes_to_another_gets_new_ones(
    storage: Storage, catalogue: Catalogue
) -> None:
    consultation = say(storage, catalogue, 1, **ALL)
    ids = described(storage, consultation, *BOOK)
    analysed(storage, catalogue, 1)
    before = stored_quotes(storage, consultation, ids["bus"])
    assert before
    for each in before:
        decide(storage, consultation, op="place", statement=each, themes=[ids["taal"]])
    assert not analysed(storage, catalogue, 1).opdrachten[0].refit
    now = stored_quotes(storage, consultation, ids["bus"])
    assert now
    assert now.isdisjoint(before)


def test_quotes_and_actions_after_placings_are_those_of_a_full_description(
    storage: Storage, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    consultation = say(storage, catalogue, 1, **ALL)
    ids = described(storage, consultation, *BOOK)
    analysed(storage, catalogue, 1)
    shown = [next(iter(stored_quotes(storage, consultation, ids[name]))) for name in BOOK]
    for each, name in zip(shown, ("taal", "bus", "taal", "opvang"), strict=True):
        decide(storage, consultation, op="place", statement=each, themes=[ids[name]])
    cheap = opdracht_themes._with_new_examples
    made: list[tuple[dict[str, Representation], dict[str, Representation]]] = []

    def both(found: OpdrachtAnalysis, vectors: Vectors, homes: Sequence[str | None]) -> Any:
        full = representations(
            found.said,
            vectors,
            homes,
            load_pipeline(settings().spacy_model),
            None,
            found.recurring,
            found.popular,
        )
        made.append((cheap(found, vectors, homes), full))
        return made[0][0]

    monkeypatch.setattr(opdracht_themes, "_with_new_examples", both)
    analysed(storage, catalogue, 1)
    [(new, full)] = made
    assert new.keys() == set(ids.values())
    for theme, seen in new.items():
        assert (seen.quotes, seen.action) == (full[theme].quotes, full[theme].action)
        assert seen.trust["closeness"] == full[theme].trust["closeness"]
        assert stored_quotes(storage, consultation, theme) == set(full[theme].quotes)


def test_many_placings_give_new_keywords(storage: Storage, catalogue: Catalogue) -> None:
    consultation = say(storage, catalogue, 1, **ALL)
    ids = described(storage, consultation, *BOOK)
    analysed(storage, catalogue, 1)
    before = keywords(storage, ids["taal"])
    said = texts(storage, consultation)
    for text in sentences("bus", 0, 18):
        decide(storage, consultation, op="place", statement=said[text], themes=[ids["taal"]])
    assert not analysed(storage, catalogue, 1).opdrachten[0].refit
    now = keywords(storage, ids["taal"])
    assert now != before
    one = said[sentences("opvang", 0, 1)[0]]
    decide(storage, consultation, op="place", statement=one, themes=[ids["taal"]])
    analysed(storage, catalogue, 1)
    assert keywords(storage, ids["taal"]) == now


def test_stances_are_guessed_again_only_where_something_changed(
    storage: Storage, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    consultation = say(storage, catalogue, 1, **ALL)
    ids = described(storage, consultation, *BOOK)
    analysed(storage, catalogue, 1)
    trained: list[object] = []
    made = StanceModel.__init__

    def counted(self: StanceModel, *args: Any) -> None:
        trained.append(args)
        made(self, *args)

    monkeypatch.setattr(StanceModel, "__init__", counted)
    said = texts(storage, consultation)
    bus, *taal = (said[text] for text in (sentences("bus", 0, 1) + sentences("taal", 0, 6)))
    decide(storage, consultation, op="stance", statements=taal, stance="tegen")
    analysed(storage, catalogue, 1)
    assert len(trained) == 1
    before = stances(storage, consultation)
    assert before
    decide(storage, consultation, op="place", statement=bus, themes=[ids["taal"]])
    assert not analysed(storage, catalogue, 1).reused
    assert len(trained) == 1
    assert stances(storage, consultation) == before


def test_a_rerun_reads_only_what_the_last_run_left_without_theme_and_mark(
    storage: Storage, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Statements do not change, so why they are excluded does not either."""
    consultation = say(storage, catalogue, 1, **ALL)
    foreign = "I do not have the time for this because of my children."
    rows = [ImportRow("", text, opdracht=4, question="drempel") for text in ("weet niet", foreign)]
    with storage.writing() as session:
        round_ = rounds.require_round(session, consultation, 1)
        file = ImportFile("meer.jsonl", tuple(rows))
        store_rows(session, consultation, round_, file, catalogue)
    ids = described(storage, consultation, *BOOK)
    analysed(storage, catalogue, 1)
    apart = excluded(storage, consultation)
    assert set(apart.values()) == {"weet niet", foreign}
    read: list[str] = []
    exclusion = deduplication._exclusion

    def counted(row: int, text: str) -> deduplication.Exclusion | None:
        read.append(text)
        return exclusion(row, text)

    monkeypatch.setattr(deduplication, "_exclusion", counted)
    said = texts(storage, consultation)
    placed = homes(storage, consultation)
    bus = said[sentences("bus", 0, 1)[0]]
    decide(storage, consultation, op="place", statement=bus, themes=[ids["taal"]])
    assert not analysed(storage, catalogue, 1).opdrachten[0].refit
    assert excluded(storage, consultation) == apart
    loose = {text for text, each in said.items() if each not in placed and each not in apart}
    assert set(read) == loose
    assert len(read) < len(said) // 4


def excluded(storage: Storage, consultation: int) -> dict[str, str]:
    """The texts of the statements that the last run excluded, by id."""
    with storage.reading() as session:
        run = latest_run(session, consultation, 4)
        assert run is not None
        apart = marks_of(session, run.id, 4).apart
    return {each: text for text, each in texts(storage, consultation).items() if each in apart}


def test_names_descriptions_and_placings_last_through_rounds(
    storage: Storage, catalogue: Catalogue
) -> None:
    consultation = say(storage, catalogue, 1, **ALL)
    ids = described(storage, consultation, *BOOK)
    analysed(storage, catalogue, 1)
    said = texts(storage, consultation)
    placed = {said[text]: "taal" for text in sentences("bus", 0, 4)}
    for each, name in placed.items():
        decide(storage, consultation, op="place", statement=each, themes=[ids[name]])
    say(storage, catalogue, 2, bus=(18, 9), opvang=(18, 9), taal=(18, 9))
    analysed(storage, catalogue, 2)
    after = state(storage, consultation)
    assert {each.label: each.id for each in after.themes.values() if each.description} == ids
    assert {ids[each]: after.themes[ids[each]].description for each in BOOK} == {
        ids[each]: BOOK[each] for each in BOOK
    }
    now = homes(storage, consultation)
    assert {each: now[each] for each in placed} == {each: {"taal"} for each in placed}
    fresh = texts(storage, consultation)
    found = [now.get(fresh[text], set()) for text in sentences("opvang", 18, 9)]
    assert sum("opvang" in each for each in found) >= 6


def test_what_the_desk_says_is_what_the_next_run_stores(
    storage: Storage, catalogue: Catalogue
) -> None:
    consultation = say(storage, catalogue, 1, **ALL)
    ids = described(storage, consultation, *BOOK)
    analysed(storage, catalogue, 1)
    desk = CodebookDesk(storage, consultation, "use")
    for _ in range(5):
        (asked,) = desk.queue(4, 1)
        themes = [ids["taal"]]
        decide(storage, consultation, op="place", statement=asked.statement.id, themes=themes)
    told = {
        each: {theme.name for theme in found}
        for each, found in desk.likeliest(4, list(texts(storage, consultation).values())).items()
    }
    analysed(storage, catalogue, 1)
    now = homes(storage, consultation)
    assert {each: names for each, names in told.items() if names} == {
        each: names for each, names in now.items() if names & set(BOOK)
    }


def test_a_duplicate_follows_the_statement_that_a_person_placed(
    storage: Storage, catalogue: Catalogue
) -> None:
    consultation = say(storage, catalogue, 1, **ALL)
    ids = described(storage, consultation, *BOOK)
    say(storage, catalogue, 2, bus=(0, 3))
    analysed(storage, catalogue, 2)
    with storage.reading() as session:
        twice = [
            each.id
            for each in active_statements(session, consultation, 4)
            if each.text == sentences("bus", 0, 1)[0]
        ]
    assert len(twice) == 2
    desk = CodebookDesk(storage, consultation, "use")
    asked = {each.statement.id for each in desk.queue(4, 100)}
    (one,) = asked & set(twice)
    decide(storage, consultation, op="place", statement=one, themes=[ids["taal"]])
    analysed(storage, catalogue, 2)
    now = homes(storage, consultation)
    assert [now[each] for each in twice] == [{"taal"}, {"taal"}]


def test_a_theme_approved_without_a_description_keeps_its_statements(
    storage: Storage, catalogue: Catalogue
) -> None:
    consultation = say(storage, catalogue, 1, **ALL)
    analysed(storage, catalogue, 1)
    theme = next(
        each for each in views(storage, consultation).values() if subject_of(each) == "bus"
    )
    decide(storage, consultation, op="approve", theme=theme.id)
    ids = described(storage, consultation, "bus", "opvang", "computer", "taal")
    analysed(storage, catalogue, 1)
    after = state(storage, consultation)
    kept = {each.statement for each in after.themes[theme.id].members}
    assert kept >= {each.id for each in theme.said}
    moves = [each for each in after.proposals if each.kind == "move"]
    assert moves
    assert {each.themes[0] for each in moves} == {theme.id}
    assert ids["bus"] in {each.themes[1] for each in moves}


def test_a_merge_that_is_undone_gives_back_what_was_mapped(
    storage: Storage, catalogue: Catalogue
) -> None:
    consultation = say(storage, catalogue, 1, **ALL)
    ids = described(storage, consultation, *BOOK)
    analysed(storage, catalogue, 1)
    before = homes(storage, consultation)
    event = decide(storage, consultation, op="merge", themes=[ids["bus"]], into=ids["opvang"])
    analysed(storage, catalogue, 1)
    assert not any("bus" in each for each in homes(storage, consultation).values())
    decide(storage, consultation, op="revoke", event=event)
    analysed(storage, catalogue, 1)
    assert homes(storage, consultation) == before


def test_a_rejected_candidate_is_not_proposed_again(storage: Storage, catalogue: Catalogue) -> None:
    consultation = say(storage, catalogue, 1, **{**ALL, "computer": (0, 27), "taal": (0, 27)})
    described(storage, consultation, "bus", "opvang")
    analysed(storage, catalogue, 1)
    wrong = next(
        each
        for each in views(storage, consultation).values()
        if each.status == "kandidaat" and subject_of(each) == "taal"
    )
    decide(storage, consultation, op="reject", theme=wrong.id)
    # The codebook changes, so what it lacks is clustered anew.
    bus = next(
        each.id for each in state(storage, consultation).themes.values() if each.label == "bus"
    )
    decide(storage, consultation, op="describe", theme=bus, text=BOOK["bus"] + " En de tram.")
    assert analysed(storage, catalogue, 1).opdrachten[0].refit
    after = views(storage, consultation)
    assert after[wrong.label].status == "verworpen"
    gone = {each.id for each in wrong.said}
    assert {each.id for each in after[wrong.label].said} == gone
    assert all(
        gone.isdisjoint(each.id for each in view.said)
        for view in after.values()
        if view.status == "kandidaat"
    )


def test_few_statements_are_mapped_too(storage: Storage, catalogue: Catalogue) -> None:
    consultation = say(storage, catalogue, 1, bus=(0, 4), taal=(0, 4))
    described(storage, consultation, "bus", "taal")
    assert analysed(storage, catalogue, 1).opdrachten[0].mapped >= 6


def test_a_codebook_before_any_answer_waits(storage: Storage, catalogue: Catalogue) -> None:
    consultation = say(storage, catalogue, 1)
    described(storage, consultation, *BOOK)
    assert analysed(storage, catalogue, 1).opdrachten[0].statements == 0
    assert set(views(storage, consultation)) == set(BOOK)
    desk = CodebookDesk(storage, consultation, "use")
    assert desk.has_codebook(4)
    assert (desk.queue(4), desk.pairs(4)) == ((), ())
    assert desk.would_catch(4, "geld", "Wat het kost.") == ()
    assert desk.progress(4) is None
    say(storage, catalogue, 1, bus=(0, 2))
    analysed(storage, catalogue, 1)
    assert len(desk.queue(4)) == 2
