"""An answer that is imported again is the same, corrected or new; nobody becomes two people."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.database.models import Contribution, ContributionVersion, Participant, Submission
from consultation.database.storage import Storage
from consultation.importing.imports import ImportResult, store_rows
from consultation.importing.keys import KeyedRow, keyed_rows
from consultation.importing.readers import ImportFile, ImportRow, read_rows
from tests.conftest import SHARED

FIELD = SHARED / "field"
FIRST = (
    'id,text\n1,"De les begint om 16 uur.\nDan werk ik nog."\n'
    "2,Ik betaal 340 euro inschrijving en krijg pas later iets terug.\n3,Eén les op zaterdag.\n"
)


def counted(result: ImportResult) -> tuple[int, int, int, int]:
    return result.added, result.changed, result.skipped, result.participants


class Imports:
    """Files imported one after another into round 1."""

    def __init__(self, storage: Storage, catalogue: Catalogue, folder: Path) -> None:
        self.storage = storage
        self.catalogue = catalogue
        self.folder = folder
        with storage.writing() as session:
            self.consultation = rounds.ensure_consultation(session, catalogue).id
            rounds.open_(session, self.consultation, 1)

    def __call__(
        self, name: str, content: str | bytes, text_column: str | None = None, **options: object
    ) -> ImportResult:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return self.file(read_rows(path, self.catalogue, text_column), **options)

    def file(self, file: ImportFile, **options: object) -> ImportResult:
        with self.storage.writing() as session:
            round_ = rounds.require_round(session, self.consultation, 1)
            return store_rows(session, self.consultation, round_, file, self.catalogue, **options)  # type: ignore[arg-type]

    def answers(self) -> list[tuple[str, str]]:
        """Who said what, as it stands: group or number of the person, and the words."""
        with self.storage.reading() as session:
            rows = session.execute(
                select(Submission.participant_id, ContributionVersion.text)
                .join(Contribution, Contribution.submission_id == Submission.id)
                .join(ContributionVersion, ContributionVersion.contribution_id == Contribution.id)
                .where(ContributionVersion.version == Contribution.version)
                .order_by(ContributionVersion.text)
            ).all()
        return [(who, text) for who, text in rows]

    def people(self) -> dict[str, int]:
        """How many answers each person gave."""
        counts: dict[str, int] = {}
        with self.storage.reading() as session:
            counts = dict.fromkeys(session.scalars(select(Participant.id)), 0)
        for who, _ in self.answers():
            counts[who] += 1
        return counts


@pytest.fixture
def imports(storage: Storage, catalogue: Catalogue, tmp_path: Path) -> Imports:
    return Imports(storage, catalogue, tmp_path)


@pytest.mark.parametrize(
    "saved",
    [
        FIRST.replace("\n", "\r\n").replace(",", ";"),
        FIRST.replace("id,text\n", "id,text,,\n")
        .replace(" uur", "\xa0uur")
        .replace("nog.", "nog.  "),
        unicodedata.normalize("NFD", FIRST),
        FIRST.replace("\n1,", "\n001,").replace("\n2,", "\n002,").replace("\n3,", "\n003,"),
        FIRST.replace(",", "\t").encode("utf-16"),
        FIRST.replace("16 uur.\n", "16 uur._x000D_\n"),
    ],
    ids=["line ends", "blanks", "accents", "noughts", "unicode text", "carriage returns"],
)
def test_a_file_saved_by_a_spreadsheet_adds_nothing(imports: Imports, saved: str | bytes) -> None:
    assert counted(imports("a.csv", FIRST)) == (3, 0, 0, 3)
    stood = imports.answers()
    assert counted(imports("a (opgeslagen).csv", saved)) == (0, 0, 3, 0)
    assert imports.answers() == stood


def test_rows_without_id_saved_by_a_spreadsheet_add_nothing(imports: Imports) -> None:
    first = 'text,submitted_at\n"Te duur.\nTe ver.",2026-03-02 09:28:37\nTe laat.,\n'
    again = 'text;submitted_at\r\n"Te duur. \r\nTe ver.";2/03/2026 9:28\r\nTe laat.\xa0;\r\n'
    assert counted(imports("a.csv", first)) == (2, 0, 0, 2)
    assert counted(imports("b.csv", again)) == (0, 0, 2, 0)


def test_an_id_with_other_words_is_a_new_version_and_the_old_one_is_kept(imports: Imports) -> None:
    imports("v1.csv", FIRST)
    who = {text: person for person, text in imports.answers()}
    corrected = FIRST.replace("340", "430") + "4,Zorg voor opvang.\n"
    assert counted(imports("v2.csv", corrected)) == (1, 1, 2, 1)
    assert len(imports.answers()) == 4
    after = {text: person for person, text in imports.answers()}
    old, new = (next(text for text in all_ if "euro" in text) for all_ in (who, after))
    assert "430" in new
    assert after[new] == who[old]
    with imports.storage.reading() as session:
        answer = session.scalars(select(Contribution).where(Contribution.version == 2)).one()
        assert [version.text for version in answer.versions] == [old, new]
    # A third file, of another name again, corrects what came with the second.
    third = corrected.replace("Zorg voor opvang.", "Opvang aan de school.")
    assert counted(imports("v3.csv", third)) == (0, 1, 3, 0)
    assert counted(imports("v3.csv", third)) == (0, 0, 4, 0)
    back = imports("v1.csv", FIRST)
    assert counted(back) == (0, 1, 2, 0)
    assert "back to words of an earlier import" in " ".join(back.warnings)


def test_what_stands_beside_an_id_is_corrected_too(imports: Imports) -> None:
    header = "id,text,opdracht,question,group\n"
    imports("a.csv", header + "1,Te duur voor mij.,4,drempel,burger\n2,Een busje.,4,voorstel,\n")
    again = header + "1,Te duur voor mij.,5,drempel,burger\n2,Een busje.,4,drempel,vakbond\n"
    assert counted(imports("a.csv", again)) == (0, 2, 0, 0)
    with imports.storage.reading() as session:
        found = session.execute(
            select(Submission.opdracht, Contribution.question, Participant.group)
            .join(Contribution, Contribution.submission_id == Submission.id)
            .join(Participant, Participant.id == Submission.participant_id)
            .order_by(Submission.opdracht)
        )
        assert found.all() == [(4, "drempel", "werknemersorganisatie"), (5, "drempel", "burger")]
        assert len(list(session.scalars(select(Submission)))) == 2
    assert counted(imports("a.csv", again)) == (0, 0, 2, 0)


def test_two_sources_that_count_from_one_are_told_apart(imports: Imports) -> None:
    texts = ["Er is geen bus.", "Te duur.", "Mijn chef wil niet.", "Kinderopvang!", "Meer online."]
    others = ["Ik ben te oud.", "Geef korting.", "Les op zondag.", "De zaal is koud.", "Niets."]
    files = [
        "id,text\n" + "".join(f"{nr},{text}\n" for nr, text in enumerate(each))
        for each in (texts, others)
    ]
    imports("antwoorden.csv", files[0])
    second = imports("antwoorden.csv", files[1])
    assert counted(second) == (5, 0, 0, 5)
    assert "--source 'antwoorden.csv'" in " ".join(second.warnings)
    assert counted(imports("antwoorden.csv", files[0])) == (0, 0, 5, 0)
    assert counted(imports("antwoorden.csv", files[1])) == (0, 0, 5, 0)
    assert sorted(text for _, text in imports.answers()) == sorted(texts + others)
    # Who knows better says so: a translation, of which no word is the same.
    translated = "id,text\n0,There is no bus.\n1,Too expensive.\n"
    assert counted(imports("en.csv", translated, source="antwoorden.csv")) == (0, 2, 0, 0)


def test_another_question_of_the_same_file_is_no_correction(imports: Imports) -> None:
    wide = "id,drempel,voorstel\n1,Te duur voor ons.,Geef korting.\n2,Te ver weg.,Een busje.\n"
    assert counted(imports("breed.csv", wide, "drempel")) == (2, 0, 0, 2)
    assert imports("breed.csv", wide, "voorstel").added == 2
    assert counted(imports("breed.csv", wide, "Drempel")) == (0, 0, 2, 0)


def test_whom_a_spreadsheet_made_equal_are_several_until_their_numbers_are_back(
    imports: Imports,
) -> None:
    texts = ["Te duur.", "Te ver.", "Geen tijd.", "Geen tijd.", "Te moe."]
    mangled = "participant;text\n" + "".join(f"1,14018E+11;{text}\n" for text in texts)
    assert counted(imports("a.csv", mangled)) == (5, 0, 0, 5)
    assert counted(imports("a.csv", mangled)) == (0, 0, 5, 0)
    numbers = ["114018000001", "114018000002", "114018000001", "114018000003", "114018000004"]
    mended = "participant;text\n" + "".join(
        f"{who};{text}\n" for who, text in zip(numbers, texts, strict=True)
    )
    assert counted(imports("hersteld.csv", mended)) == (0, 5, 0, 4)
    assert sorted(imports.people().values()) == [1, 1, 1, 2]
    assert counted(imports("hersteld.csv", mended)) == (0, 0, 5, 0)


def test_a_participant_stays_one_person_over_files(imports: Imports) -> None:
    imports("a.csv", "participant,text,group\n007,Te duur.,burger\n8,Te ver.,burger\n")
    later = imports("b.csv", "participant,text,group\n7.0,Geef korting.,vakbond\n9,Te laat.,\n")
    assert counted(later) == (2, 0, 0, 1)
    assert "another group than in an earlier import" in " ".join(later.warnings)
    assert sorted(imports.people().values()) == [1, 1, 2]


def test_an_option_given_later_moves_nothing(imports: Imports) -> None:
    imports("a.csv", "text\nTe duur.\nTe ver.\n")
    again = imports("a.csv", "text\nTe duur.\nTe ver.\n", opdracht=4, group="Burger")
    assert (again.added, len(imports.answers())) == (0, 2)
    assert "under another opdracht, or none, and stay there" in " ".join(again.warnings)
    with imports.storage.reading() as session:
        assert set(session.scalars(select(Participant.group))) == {"burger"}


def test_answers_of_before_ids_counted_are_known_again(
    imports: Imports, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"id": "a", "text": "Te duur."}, {"text": "Te ver.", "participant": "p"}]
    content = "\n".join(json.dumps(row) for row in rows)
    with monkeypatch.context() as earlier:
        earlier.setattr("consultation.importing.imports.keyed_rows", keyed_by_all_they_hold)
        assert counted(imports("a.jsonl", content)) == (2, 0, 0, 2)
    assert counted(imports("a.jsonl", content)) == (0, 0, 2, 0)
    corrected = content.replace("Te duur.", "Veel te duur.")
    assert counted(imports("a.jsonl", corrected)) == (0, 1, 1, 0)


def keyed_by_all_they_hold(rows: Sequence[ImportRow], source: str) -> list[KeyedRow]:
    """The keys of before: version 1 of them, which stands in databases."""
    return [KeyedRow(each.row, each.others[0], ()) for each in keyed_rows(rows, source)]


@pytest.mark.skipif(not FIELD.is_dir(), reason="the field cases are not beside the project")
def test_the_field_cases_that_come_again(imports: Imports) -> None:
    results = [
        counted(imports.file(read_rows(FIELD / name, imports.catalogue)))
        for name in ("37a-v1.csv", "37b-v2-resaved.csv", "37c-v3-corrected.csv")
    ]
    assert results == [(3, 0, 0, 3), (0, 0, 3, 0), (1, 1, 2, 1)]
