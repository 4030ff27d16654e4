"""Files come in whole or not at all, once, with every problem named with its place and mend."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from analysis.release import quotable
from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.errors import ImportFileError
from consultation.import_files import read_rows
from consultation.imports import ImportResult, store_rows
from consultation.models import (
    Contribution,
    ContributionVersion,
    Participant,
    Statement,
    Submission,
)
from consultation.participants import consents
from consultation.settings import settings
from consultation.storage import Storage
from samenspraak.cli import app


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path


def stored(storage: Storage, catalogue: Catalogue, path: Path, **options: object) -> ImportResult:
    file = read_rows(path, catalogue)
    with storage.writing() as session:
        consultation = rounds.ensure_consultation(session, catalogue)
        round_ = rounds.open_(session, consultation.id, 1)
        return store_rows(session, consultation.id, round_, file, catalogue, **options)  # type: ignore[arg-type]


def test_a_document_is_one_row_with_the_files_own_text(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    text = "  Één zin.\r\n\r\nNog een.\n"
    path = written(tmp_path, "advies.txt", b"\xef\xbb\xbf" + text.encode())
    (row,) = read_rows(path, catalogue).rows
    assert row.text == text


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_csv_of_any_office_is_read(
    tmp_path: Path, catalogue: Catalogue, separator: str, encoding: str
) -> None:
    lines = [
        separator.join(["text", "opdracht", "group", "kleur"]),
        separator.join(['"Te duur, zegt één moeder; en\nte ver"', "4", "burger", "rood"]),
        separator.join(["", "4", "burger", "rood"]),
    ]
    path = written(tmp_path, "a.csv", "\r\n".join(lines).encode(encoding))
    file = read_rows(path, catalogue)
    (row,) = file.rows
    assert row.text == "Te duur, zegt één moeder; en\nte ver"
    assert (row.opdracht, row.group) == (4, "burger")
    assert file.empty == 1
    assert file.unknown_columns == ("kleur",)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "tekst\nx\n", "line 1: there is no column 'text'"),
        ("a.csv", "", "is empty"),
        ("a.csv", "text,group\nx,koningen\n", "line 2: group: 'koningen' is not a group; choose"),
        ("a.csv", "text,opdracht\nx,vier\n", "line 2: opdracht: 'vier' is not a number"),
        ("a.csv", "text,opdracht\nx,99\n", "line 2: opdracht: there is no opdracht 99; choose"),
        ("a.csv", "text,question\nx,waarom\n", "line 2: question: 'waarom' is not a question"),
        ("a.csv", "text,citaat\nx,misschien\n", "line 2: citaat: 'misschien' does not fit; write"),
        ("a.csv", "text,id\nx,1\ny,1\n", "line 3: id: '1' stands on line 2 already"),
        ("a.csv", "text,id\nx,1,2\n", "3 cells where the header has 2"),
        ("a.csv", 'text\n"x', "not valid csv"),
        ("a.jsonl", "niets", "line 1: not JSON"),
        ("a.jsonl", "[1]", "line 1: not an object"),
        ("a.jsonl", '{"tekst": "x"}', "line 1: there is no 'text'"),
        ("a.jsonl", '{"text": 3}', "line 1: text: not a text"),
        ("a.jsonl", '{"text": "x", "group": ["burger"]}', "line 1: group"),
        ("a.jsonl", '{"text": "x\\ud800"}', "line 1: text: holds half a character"),
        ("a.txt", b"een\nca\xf0\x81", "line 2: neither UTF-8 nor Windows-1252"),
        ("a.txt", b"PK\x00\x01", "binary data"),
        ("a.pdf", "x", "cannot be imported; save it as one of txt, md, csv, jsonl"),
    ],
)
def test_what_does_not_fit_is_refused_with_place_and_mend(
    tmp_path: Path, catalogue: Catalogue, name: str, content: str | bytes, said: str
) -> None:
    path = written(tmp_path, name, content)
    with pytest.raises(ImportFileError) as error:
        read_rows(path, catalogue)
    assert str(path) in str(error.value)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_or_is_a_folder(tmp_path: Path, catalogue: Catalogue) -> None:
    with pytest.raises(ImportFileError, match="no such file"):
        read_rows(tmp_path / "weg.txt", catalogue)
    with pytest.raises(ImportFileError, match="folder"):
        read_rows(tmp_path, catalogue)


ROWS = [
    {"text": "te duur", "opdracht": 10, "question": "drempel", "participant": "p1"},
    {"text": "gratis cursussen", "opdracht": 10, "question": "voorstel", "participant": "p1"},
    {"text": "5 - heel dringend", "opdracht": 10, "question": "prioriteit", "participant": "p1"},
    {"text": "Dringend", "opdracht": 4, "question": "prioriteit", "participant": "p1"},
    {"text": "geen idee", "opdracht": 4, "question": "prioriteit", "participant": "p2"},
    {"text": "te ver", "opdracht": 4, "group": "burger"},
    {"text": "te ver", "opdracht": 4, "group": "burger"},
    {"text": "zomaar iets"},
]


def test_a_second_import_adds_nothing_and_equal_answers_are_separate_voices(
    tmp_path: Path, catalogue: Catalogue, storage: Storage
) -> None:
    path = written(tmp_path, "a.jsonl", "\n".join(json.dumps(row) for row in ROWS))
    first = stored(storage, catalogue, path, auto=True)
    assert (first.added, first.skipped, first.participants) == (8, 0, 5)
    again = stored(storage, catalogue, path, auto=True)
    assert (again.added, again.skipped, again.participants) == (0, 8, 0)
    with storage.reading() as session:
        texts = sorted(session.scalars(select(ContributionVersion.text)))
        assert texts == sorted(row["text"] for row in ROWS)
        values = session.execute(
            select(Contribution.value).where(Contribution.question == "prioriteit")
        )
        assert sorted(str(value) for (value,) in values) == ["4", "5", "None"]
        assert session.scalar(select(func.count()).select_from(Submission)) == 6
        unplaced = session.scalars(select(Contribution).where(Contribution.auto)).one()
        assert unplaced.submission.opdracht is None


def test_a_file_of_another_source_may_count_from_one_again(
    tmp_path: Path, catalogue: Catalogue, storage: Storage
) -> None:
    one = written(tmp_path, "a.csv", "id,text\n1,te duur\n")
    other = written(tmp_path, "b.csv", "id,text\n1,te ver\n")
    assert stored(storage, catalogue, one).added == 1
    assert stored(storage, catalogue, other).added == 1


def test_imported_people_agreed_to_analysis_only(
    tmp_path: Path, catalogue: Catalogue, storage: Storage
) -> None:
    stored(storage, catalogue, written(tmp_path, "a.md", "# Kop\n\nEen zin."), group="burger")
    with storage.reading() as session:
        person = session.scalars(select(Participant)).one()
        assert person.group == "burger"
        assert consents(session, person.id) == {"analyse": True}


def test_only_who_agrees_by_the_file_is_quoted_and_a_no_is_final(
    tmp_path: Path, catalogue: Catalogue, storage: Storage
) -> None:
    header = "text,participant,citaat\n"
    rows = ["te duur,p1,ja", "te ver,p1,", "te laat,p2,Nee", "te moeilijk,p3,", "te druk,p4,ja"]
    stored(storage, catalogue, written(tmp_path, "a.csv", header + "\n".join(rows)))
    assert said_on_quotes(storage) == {"te duur": True, "te laat": False, "te druk": True}
    # The same answers again, with other words on quoting: nothing twice, a no wins, a yes is new.
    rows = ["te duur,p1,ja", "te ver,p1,nee", "te laat,p2,ja", "te moeilijk,p3,ja", "te druk,p4,"]
    again = stored(storage, catalogue, written(tmp_path, "b.csv", header + "\n".join(rows)))
    assert (again.added, again.skipped) == (0, 5)
    wanted = {"te duur": False, "te laat": False, "te moeilijk": True, "te druk": True}
    assert said_on_quotes(storage) == wanted
    with storage.writing() as session:
        spans = {}
        for version in session.scalars(select(ContributionVersion)):
            said = Statement(
                contribution_version_id=version.id, kind="drempel", start=0, end=len(version.text)
            )
            session.add(said)
            session.flush()
            spans[said.id] = version.text
        released = {spans[each] for each in quotable(session, spans)}
    assert released == {"te moeilijk", "te druk"}


def said_on_quotes(storage: Storage) -> dict[str, bool]:
    """The last word on being quoted, by a person's first answer."""
    found = {}
    with storage.reading() as session:
        for person in session.scalars(select(Participant).order_by(Participant.created_at)):
            said = consents(session, person.id)
            texts = (
                select(ContributionVersion.text)
                .join(Contribution, Contribution.id == ContributionVersion.contribution_id)
                .join(Submission, Submission.id == Contribution.submission_id)
                .where(Submission.participant_id == person.id)
            )
            if "citaat" in said:
                found[sorted(session.scalars(texts))[0]] = said["citaat"]
    return found


def test_an_option_that_does_not_exist_is_refused_and_nothing_is_stored(
    tmp_path: Path, catalogue: Catalogue, storage: Storage
) -> None:
    path = written(tmp_path, "a.md", "Een zin.")
    with pytest.raises(ImportFileError, match="--opdracht: there is no opdracht 77"):
        stored(storage, catalogue, path, opdracht=77)
    with pytest.raises(ImportFileError, match="--group: 'koning' is not a group"):
        stored(storage, catalogue, path, group="koning")
    with storage.reading() as session:
        assert session.scalar(select(func.count()).select_from(Contribution)) == 0


def test_the_sample_consultation_is_read_whole(catalogue: Catalogue) -> None:
    for name in ("ronde1", "ronde2"):
        file = read_rows(Path("data/voorbeeld") / f"{name}.jsonl", catalogue)
        assert len(file.rows) > 200
        assert not file.unknown_columns
        agreed = {row.participant for row in file.rows if row.citaat}
        assert 0.7 < len(agreed) / len({row.participant for row in file.rows}) < 0.9


def test_what_came_in_is_told_in_plain_words_file_by_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMENSPRAAK_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SAMENSPRAAK_EMBEDDING", "use")
    monkeypatch.delenv("SAMENSPRAAK_DATABASE_URL", raising=False)
    settings.cache_clear()
    command = CliRunner()
    command.invoke(app, ["round", "open", "1"])
    one = written(tmp_path, "een.csv", "text,opdracht\nHet is te duur.,4\n,4\n")
    two = written(tmp_path, "twee.csv", "text\nTe ver. Te laat.\nEen busje.\n")
    first = command.invoke(app, ["import", str(one)]).stdout
    both = command.invoke(app, ["import", str(one), str(two)]).stdout
    found = json.loads(command.invoke(app, ["import", str(one), str(two), "--json"]).stdout)
    settings.cache_clear()
    assert first == ("Round 1: 1 answer added, 1 row without text left out; 1 statement made.\n")
    assert both.splitlines() == [
        "een.csv: 0 answers added, 1 was there already, 1 row without text left out",
        "twee.csv: 2 answers added",
        "Round 1: 2 answers added, 1 was there already, 1 row without text left out; "
        "3 statements made, 3 of them without opdracht.",
    ]
    assert found["per_file"] == [
        {
            "file": "een.csv",
            "added": 0,
            "changed": 0,
            "skipped": 1,
            "empty": 1,
            "left_out": [{"reason": "without text", "rows": 1, "lines": [3]}],
        },
        {"file": "twee.csv", "added": 0, "changed": 0, "skipped": 2, "empty": 0, "left_out": []},
    ]
