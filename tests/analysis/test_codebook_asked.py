"""The codebook in the product: imported and exported, asked about, placed, checked, erased."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.asking.desk import CodebookDesk
from consultation.catalogue import Catalogue
from consultation.curation.codebook_file import (
    CodebookImport,
    as_csv,
    codebook_rows,
    import_codebook,
    read_codebook,
)
from consultation.curation.log import CurationError, append, curated, history
from consultation.curation.state import PARTICIPANT, CuratedTheme
from consultation.database.storage import Storage
from consultation.errors import ImportFileError
from tests.curation_stage import sid, staged, tid

FILE = """opdracht,name,description,excludes,examples
4,Lessen,Wanneer de lessen zijn en hoe lang ze duren.,Wie ze geeft.,Te lange lessen | ’s Avonds les
4,Machine 1,Vervoer naar de les.,,Uitspraak nummer 05.
5,Geld,Wat het kost.,,
"""


@pytest.fixture
def consultation(storage: Storage, catalogue: Catalogue) -> int:
    return staged(storage, catalogue)


def taken_over(
    storage: Storage, consultation: int, catalogue: Catalogue, path: Path, text: str = FILE
) -> CodebookImport:
    path = path / "codeboek.csv"
    path.write_text(text, encoding="utf-8")
    numbers = [each.nummer for each in catalogue.opdrachten]
    return import_codebook(storage, consultation, "els", read_codebook(path, catalogue), numbers)


def themes(storage: Storage, consultation: int, opdracht: int = 4) -> dict[str, CuratedTheme]:
    with storage.reading() as session:
        found = curated(session, consultation, opdracht).themes_of(opdracht)
    return {each.label: each for each in found}


def placed(storage: Storage, consultation: int, statement: int, *to: str, **more: str) -> int:
    raw = {"op": "place", "statement": sid(statement), "themes": list(to)}
    with storage.writing() as session:
        return append(session, consultation, more.pop("by", "els"), raw, **more).id  # type: ignore[arg-type]


def homes(storage: Storage, consultation: int, statement: int) -> dict[str, bool]:
    """The themes of a statement, and whether each is the primary one."""
    with storage.reading() as session:
        state = curated(session, consultation, 4)
    return {
        theme.id: member.primary
        for theme in state.themes.values()
        for member in theme.members
        if member.statement == sid(statement)
    }


def test_an_import_makes_approves_and_changes_and_a_second_one_does_nothing(
    storage: Storage, consultation: int, catalogue: Catalogue, tmp_path: Path
) -> None:
    done = taken_over(storage, consultation, catalogue, tmp_path)
    assert done == CodebookImport(created=2, changed=1)
    found = themes(storage, consultation)
    assert found["Lessen"].status == found["machine 1"].status == "goedgekeurd"
    assert found["Lessen"].excludes == "Wie ze geeft."
    assert found["Lessen"].examples == ("Te lange lessen", "’s Avonds les")
    assert found["machine 1"].id == tid(1)
    # An example that somebody said is kept as a reference, not in words.
    assert (found["machine 1"].examples, found["machine 1"].example_statements) == ((), (sid(5),))
    with storage.reading() as session:
        log = history(session, consultation, found["Lessen"].id)
        written = as_csv(codebook_rows(session, consultation, [4, 5]))
    assert [(each.event.account, each.event.operation.op) for each in log] == [
        ("els", "create"),
        ("els", "describe"),
        ("els", "approve"),
    ]
    assert "4,machine 1,Vervoer naar de les.,,Uitspraak nummer 05." in written
    assert taken_over(storage, consultation, catalogue, tmp_path) == CodebookImport(same=3)
    again = taken_over(storage, consultation, catalogue, tmp_path, written)
    assert again == CodebookImport(same=3)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("naam,opdracht\nx,4\n", "no column name"),
        ("opdracht,name,kleur\n4,x,rood\n", "'kleur' is no column"),
        ("opdracht;name\n99;x\n", "line 2: opdracht: there is no opdracht '99'"),
        ("opdracht\tname\n4\t\n", "line 2: name: is empty"),
        ("opdracht,name\n4,Les\n4,les\n", "line 3: 'les' is on line 2 already"),
    ],
)
def test_a_file_that_is_no_codebook_is_refused_with_line_and_mend(
    storage: Storage, consultation: int, catalogue: Catalogue, tmp_path: Path, text: str, words: str
) -> None:
    with pytest.raises(ImportFileError, match=words):
        taken_over(storage, consultation, catalogue, tmp_path, text)
    assert all(each.status == "kandidaat" for each in themes(storage, consultation).values())


def test_a_placing_is_exact_can_be_revoked_and_comes_back(
    storage: Storage, consultation: int
) -> None:
    assert homes(storage, consultation, 3) == {tid(0): True}
    event = placed(storage, consultation, 3, tid(2), tid(1))
    assert homes(storage, consultation, 3) == {tid(2): True, tid(1): False}
    placed(storage, consultation, 4)
    assert homes(storage, consultation, 4) == {}
    with storage.writing() as session:
        append(session, consultation, "bas", {"op": "revoke", "event": event})
    assert homes(storage, consultation, 3) == {tid(0): True}


@pytest.mark.parametrize(
    ("statement", "to", "code"),
    [
        (3, tid(3), "other_opdracht"),
        (99, tid(0), "statement_unknown"),
        (3, "O04-T099", "theme_unknown"),
    ],
)
def test_a_placing_that_cannot_be_is_refused(
    storage: Storage, consultation: int, statement: int, to: str, code: str
) -> None:
    with pytest.raises(CurationError) as refusal:
        placed(storage, consultation, statement, to)
    assert refusal.value.code == code


def test_a_participant_places_and_a_facilitator_has_the_last_word(
    storage: Storage, consultation: int
) -> None:
    placed(storage, consultation, 3, tid(1), by=PARTICIPANT, actor="participant")
    placed(storage, consultation, 3, tid(2), by=PARTICIPANT, actor="participant")
    assert homes(storage, consultation, 3) == {tid(2): True}
    with storage.reading() as session:
        assert curated(session, consultation, 4).settled[sid(3)].actor == "participant"
    placed(storage, consultation, 3, tid(0))
    with pytest.raises(CurationError) as refusal:
        placed(storage, consultation, 3, tid(1), by=PARTICIPANT, actor="participant")
    assert refusal.value.code == "facilitator_decided"
    assert homes(storage, consultation, 3) == {tid(0): True}


def test_a_decision_teaches_the_next_question_at_once(
    storage: Storage, consultation: int, catalogue: Catalogue, tmp_path: Path
) -> None:
    desk = CodebookDesk(storage, consultation, "e5")
    assert desk.queue(4) == ()
    assert not desk.has_codebook(4)
    taken_over(storage, consultation, catalogue, tmp_path)
    first, *others = desk.queue(4, 50)
    assert len(others) == 11
    assert {each.name for each in first.suggestions} == {"Lessen", "machine 1"}
    number = int(first.statement.id, 16)
    event = placed(storage, consultation, number, tid(1))
    asked = {each.statement.id for each in desk.queue(4, 50)}
    assert asked == {each.statement.id for each in others}
    assert [each.theme for each in desk.likeliest(4, [first.statement.id])[first.statement.id]] == [
        tid(1)
    ]
    told = desk.progress(4)
    assert told is not None
    assert (told.decided, told.statements) == (1, 12)
    with storage.writing() as session:
        append(session, consultation, "els", {"op": "revoke", "event": event})
    assert [each.statement.id for each in desk.queue(4, 50)] == [
        first.statement.id,
        *(each.statement.id for each in others),
    ]


def test_a_description_shows_what_it_would_take_and_changes_nothing(
    storage: Storage, consultation: int, catalogue: Catalogue, tmp_path: Path
) -> None:
    taken_over(storage, consultation, catalogue, tmp_path)
    desk = CodebookDesk(storage, consultation, "e5")
    before = desk.likeliest(4, [sid(each) for each in range(12)])
    caught = desk.would_catch(4, "nummers", "Uitspraak nummer")
    assert caught
    for each in caught:
        had = before[each.statement.id]
        assert (each.source.theme if each.source else None) == (had[0].theme if had else None)
    assert desk.likeliest(4, list(before)) == before


def test_the_pairs_of_a_check_stay_until_answered_and_the_answers_tell(
    storage: Storage, consultation: int
) -> None:
    desk = CodebookDesk(storage, consultation, "e5")
    pairs = desk.pairs(4, 10)
    assert len(pairs) == 10
    assert all(each.a.participant != each.b.participant for each in pairs)
    placed(storage, consultation, 3, tid(2))
    assert desk.pairs(4, 10) == pairs
    assert desk.pair_result(4).check is None
    assert desk.answer_pairs("els", {each.pair: True for each in pairs[:8]}) == (4,)
    assert desk.pairs(4, 10) == pairs[8:]
    found = desk.pair_result(4)
    assert found.check is not None
    assert (found.check.pairs, found.open_, found.current) == (8, 2, True)
    assert found.check.precision.mid == 1.0
    with pytest.raises(CurationError, match="no pair nergens"):
        desk.answer_pairs("els", {pairs[8].pair: True, "nergens": True})
    assert desk.pairs(4, 10) == pairs[8:]
