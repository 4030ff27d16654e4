"""Files come in whole or not at all, once, with every problem named with its place and mend."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.database.models import (
    Contribution,
    ContributionVersion,
    Participant,
    Statement,
    Submission,
)
from consultation.database.storage import Storage
from consultation.errors import ImportFileError
from consultation.importing.imports import ImportResult, store_rows
from consultation.importing.readers import read_rows
from consultation.participation.participants import consents
from consultation.queries.disclosure import quotable
from consultation.settings import settings
from samenspraak.cli import app
from tests.conftest import SHARED


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
    assert "kleur" in file.warnings[0]


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
        ("a.txt", b"een\ntw\x00ee\n", "line 2: holds a NUL character"),
        ("a.csv", b"text;group\nx;bur\x00ger\n", "line 2: group: holds a character"),
        ("a.pdf", b"\x00\x01x", "is broken or no PDF; open it and save it again."),
        ("a.pdf", "x", "is plain text, whatever its name says; give it a name that ends in .txt"),
        (
            "a.docx",
            "%PDF-1.7 ...",
            "is a PDF, whatever its name says; give it a name",
        ),
        ("a.txt", b"\x89PNG\r\n", "is a picture, whatever its name says; import its text"),
        ("a.doc", "x", "cannot be imported; save it as one of txt, md, docx"),
        ("a.xlsx", b"PK\x03\x04", "is broken or breaks off; fetch or save it again."),
        ("a.xlsx", b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "has a password; save it without one."),
        ("a.ods", "text\nx\n", "is plain text, whatever its name says"),
        ("a.ods", b"\x00text", "is no workbook that can be read"),
        ("a.numbers", "x", "in the spreadsheet, File, Save as or Export"),
        ("a.json", "[]", "write one object per line, e.g. with: jq"),
        ("a.jsonl", '[{"text": "x"}]', "line 1: not an object but an array; write one object per"),
        ("a.csv", b"PK\x03\x04\x14\x00", "is a workbook or other zip file"),
        ("a.csv", b"id;text\n1;x\x00y\n2;z\n", "line 2: text: holds a NUL character"),
        (
            "a.csv",
            b"text\n\xc3\xa9\xc3\xa9n\ncaf\xe9\n",
            "line 3: not UTF-8, though other lines are",
        ),
        ("a.csv", 'id,text\n1,x\n2,"y\n3,z\n', "line 3: not valid csv"),
        ("a.csv", "id;text;group\n1;x;\n2;Een tekst\ndie doorgaat;\n3;y;\n", "line 4: 2 cells"),
        ("a.csv", "text,opdracht\nx,4 en 6\n", "line 2: opdracht: '4 en 6' names more than one"),
        ("a.csv", "text,opdracht\nx,4. Leren als recht in de wet\n", "names more than one"),
        ("a.csv", "id,question,text\n1,drempel,x\n1,voorstel,y\n", "call the column 'participant'"),
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


def test_all_faults_of_a_file_are_told_at_once_and_many_are_counted(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    rows = ["a,koningen,4,ja", "b,burger,99,ja", "c,koningen,4,soms", "d,burger,4,nee"]
    path = written(tmp_path, "a.csv", "text,group,opdracht,citaat\n" + "\n".join(rows))
    with pytest.raises(ImportFileError) as error:
        read_rows(path, catalogue)
    first, *faults = str(error.value).splitlines()
    assert first == f"{path}: 3 faults; nothing is imported:"
    assert [fault.split("; ")[0].strip() for fault in faults] == [
        "lines 2 and 4: group: 'koningen' is not a group",
        "line 3: opdracht: there is no opdracht 99",
        "line 4: citaat: 'soms' does not fit",
    ]
    many = "text,group\n" + "".join(f"x,koning{number}\n" for number in range(300))
    with pytest.raises(ImportFileError) as error:
        read_rows(written(tmp_path, "b.csv", many), catalogue)
    assert "300 faults" in str(error.value)
    assert str(error.value).endswith("and 280 more")
    assert str(error.value).count("choose from") == 1
    lines = '{"text": 3}\nniets\n{"text": "x", "group": "y"}\n'
    with pytest.raises(ImportFileError, match="3 faults"):
        read_rows(written(tmp_path, "c.jsonl", lines), catalogue)


TABLE = "id;text;group\n1;Te duur, vind ik.;burger\n2;Te ver.;\n"


@pytest.mark.parametrize(
    ("content", "left_out"),
    [
        (TABLE, []),
        ("sep=;\r\n" + TABLE, []),
        ('"SEP=;"\n' + TABLE, []),
        (TABLE.replace(";", "\t"), []),
        (TABLE.replace(";", "|"), []),
        (TABLE.replace(";", "\t").encode("utf-16"), []),
        (TABLE.replace(";", "\t").encode("utf-16-le"), []),
        (TABLE.replace("\n", "\r"), []),
        (TABLE.replace("\n", ";;\n") + ";;;;\n", []),
        ("id;text;group\n1;Te duur, vind ik.;burger;;\n2;Te ver.;;;\n", []),
        (TABLE.replace("group", 'group;"Wat helpt (geld, tijd, opvang, vervoer)?"'), []),
        ("Enquête, editie 2026;;\nGemaakt op 2-3-2026;;\n;;\n" + TABLE, [(1, 2)]),
        ("Enquête: wie, wat, waar en hoe\n\n" + TABLE, [(1,)]),
        (TABLE + ";Totaal aantal reacties: 2;\n", [(4,)]),
        (TABLE + ";;\nTotaal;2;\nGegenereerd op 2-3-2026;;\n", [(5, 6)]),
        (TABLE + "Einde van de export\n", [(4,)]),
        (TABLE + "id;text;group\n3;;\n", [(4,), (5,)]),
        (TABLE + "3;#NAAM?;burger\n2;Te ver.;\n", [(4,), (5,)]),
    ],
)
@pytest.mark.parametrize("ending", [".csv", ".tsv"])
def test_a_table_is_read_as_offices_and_tools_leave_it(
    tmp_path: Path, catalogue: Catalogue, content: str | bytes, left_out: list[object], ending: str
) -> None:
    file = read_rows(written(tmp_path, f"a{ending}", content), catalogue)
    found = [(row.id, row.text, row.group) for row in file.rows]
    assert found == [("1", "Te duur, vind ik.", "burger"), ("2", "Te ver.", None)]
    assert [each.lines for each in file.left_out] == left_out


def test_a_column_alone_holds_whole_texts(tmp_path: Path, catalogue: Catalogue) -> None:
    content = 'text\nTe duur, te ver; te laat\n"Geen bus, zegt hij"\nTotaal aantal reacties: 2\n'
    file = read_rows(written(tmp_path, "a.csv", content), catalogue)
    assert [row.text for row in file.rows] == ["Te duur, te ver; te laat", "Geen bus, zegt hij"]
    content = "text;;\nTe duur, te ver;;\n"
    (row,) = read_rows(written(tmp_path, "b.csv", content), catalogue).rows
    assert row.text == "Te duur, te ver"
    real = "text\nTotaal onvoldoende: 2 lessen per week is te weinig\nIk betaal samen 340\n"
    assert len(read_rows(written(tmp_path, "c.csv", real), catalogue).rows) == 2


def test_a_text_file_is_a_document_or_the_unicode_text_of_a_spreadsheet(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    words = "Onze financiële raad vindt: één loket, € 20 – te veel.\r\n"
    for encoding in ("utf-8", "cp1252", "utf-16"):
        (row,) = read_rows(written(tmp_path, "a.txt", words.encode(encoding)), catalogue).rows
        assert row.text == words
    table = "id\ttext\r\n1\tEén bus\r\n".encode("utf-16")
    (row,) = read_rows(written(tmp_path, "b.txt", table), catalogue).rows
    assert (row.id, row.text) == ("1", "Eén bus")
    for content in ("nr\tantwoord\n1\tEen bus\n2\tTe duur\n", "Nr;Tekst\n1;Een bus\n"):
        with pytest.raises(ImportFileError, match="there is no column 'text'"):
            read_rows(written(tmp_path, "c.txt", content), catalogue)
    for content in ("•\tEen bus\n•\tKorting\n•\tOpvang\n", "Beste; wij vragen dit:\neen bus\n"):
        (row,) = read_rows(written(tmp_path, "d.txt", content), catalogue).rows
        assert row.text == content


@pytest.mark.parametrize(
    ("column", "written_as", "meant"),
    [
        *(("group", name, "burger") for name in ("burger", "BURGER", "Burgers", "1. Burger")),
        *(("group", name, "burger") for name in ("Burger (ouder)", "inwoner", "ik ben burger")),
        ("group", "Vakbond of werknemersorganisatie", "werknemersorganisatie"),
        ("group", "Vakbond of ...", "werknemersorganisatie"),
        ("group", "Stad, gemeente of OCMW", "lokaal_bestuur"),
        ("group", "Lokaal bestuur", "lokaal_bestuur"),
        ("group", "n.v.t.", None),
        *(("opdracht", name, 4) for name in ("4", "04", "4.0", "O4", "O04", "#4", "4)")),
        *(("opdracht", name, 4) for name in ("Opdracht 4", "opdracht nr. 4", "Opdr. 4")),
        *(
            ("opdracht", name, 4)
            for name in ("4. Een goed aanbod binnen ieders bereik", "4. Een g…")
        ),
        *(
            ("opdracht", name, 4)
            for name in ("Een goed aanbod binnen ieders berijk", "Een goed aanbod")
        ),
        ("opdracht", "-", None),
        ("question", "Drempel", "drempel"),
        ("citaat", "Yes", True),
        ("citaat", "Neen", False),
        ("citaat", "", None),
    ],
)
def test_values_are_read_as_people_write_them(
    tmp_path: Path, catalogue: Catalogue, column: str, written_as: str, meant: object
) -> None:
    path = written(tmp_path, "a.csv", f"text;{column}\nx;{written_as}\n")
    (row,) = read_rows(path, catalogue).rows
    assert getattr(row, column) == meant


def test_a_question_is_known_by_its_own_words(tmp_path: Path, catalogue: Catalogue) -> None:
    opdracht = catalogue.opdrachten[0]
    vraag = opdracht.vragen[1]
    record = {"text": "x", "opdracht": opdracht.titel, "question": vraag.tekst}
    (row,) = read_rows(written(tmp_path, "a.jsonl", json.dumps(record)), catalogue).rows
    assert (row.opdracht, row.question) == (opdracht.nummer, vraag.key)


def test_a_value_that_is_guessed_is_told(tmp_path: Path, catalogue: Catalogue) -> None:
    path = written(tmp_path, "a.csv", "text,group\nx,Burger\ny,Burgers\nz,Burgers\n")
    assert read_rows(path, catalogue).warnings == (
        "lines 3 and 4: group: 'Burgers' is read as burger",
    )


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("2-3-2026 9:20", "2026-03-02T09:20:00"),
        ("2/03/2026", "2026-03-02T00:00:00"),
        ("02.03.2026 09.20", "2026-03-02T09:20:00"),
        ("2/3/26 21:05:07", "2026-03-02T21:05:07"),
        ("2026/03/02 9:20:37 a.m. CET", "2026-03-02T08:20:37"),
        ("2026/07/02 9:20:37 PM CEST", "2026-07-02T19:20:37"),
        ("2026/03/02 12:20:37 a.m. GMT+1", "2026-03-01T23:20:37"),
        ("2026-03-02", "2026-03-02T00:00:00"),
        ("2026-03-02T09:30:00+01:00", "2026-03-02T08:30:00"),
        ("2026-03-02 09:30:00 UTC", "2026-03-02T09:30:00"),
        ("maandag 2 maart 2026 om 9u20", "2026-03-02T09:20:00"),
        ("2-mrt-26", "2026-03-02T00:00:00"),
        ("Sun Mar 22 2026 19:00:00 GMT+0000 (Coordinated Universal Time)", "2026-03-22T19:00:00"),
        ("March 2, 2026 9:20 AM", "2026-03-02T09:20:00"),
        ("46083,389", "2026-03-02T09:20:10"),
        *(
            (each, None)
            for each in ("gisteren", "31-2-2026", "2-3", "9:20", "12", "2-3-2026 25:00")
        ),
        *((each, None) for each in ("2-3-2026 9:20 XYZ", "1980-01-01 00:00:00", "00-00-0000")),
    ],
)
def test_dates_of_here_are_read_and_what_is_none_is_left_out_with_a_warning(
    tmp_path: Path, catalogue: Catalogue, said: str, moment: str | None
) -> None:
    lines = json.dumps({"text": "x", "submitted_at": said})
    file = read_rows(written(tmp_path, "a.jsonl", lines), catalogue)
    (row,) = file.rows
    if moment is None:
        assert row.submitted_at is None
        assert "line 1: submitted_at: not a date" in file.warnings[0]
    else:
        assert row.submitted_at == datetime.fromisoformat(moment).replace(tzinfo=UTC)
        assert not file.warnings


def test_a_column_of_months_before_days_is_known_by_its_dates(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    path = written(tmp_path, "a.csv", "text,submitted_at\nx,3/25/2026\ny,3/4/2026\n")
    file = read_rows(path, catalogue)
    found = [
        row.submitted_at and (row.submitted_at.month, row.submitted_at.day) for row in file.rows
    ]
    assert found == [(3, 25), (3, 4)]
    assert "the month stands before the day" in file.warnings[0]


@pytest.mark.parametrize(
    ("names", "people", "said"),
    [
        (["1,14018E+11"] * 3, 0, "in 3 rows a spreadsheet (Excel) made a number or date of who"),
        (["1.14E+11", "p1", "p1"], 1, "in 1 row a spreadsheet"),
        (["1-feb", "feb/24", "2/03/2026"], 0, "in 3 rows a spreadsheet"),
        (["123456789012345000"] * 2 + ["123456789012346000"], 0, "in 3 rows a spreadsheet"),
        (["#NAAM?", "#####", "p1"], 1, "in 2 rows a spreadsheet"),
        (["n.v.t.", "anoniem", "-"], 0, "3 rows with a name that names nobody"),
        (["0", "0", "p1"], 1, "2 rows with a name that names nobody"),
        (["Anoniem", "p1", "p1"], 1, "1 row with a name that names nobody ('Anoniem')"),
        (["0", "1", "2"], 3, ""),
        (["2026-03-02 09:20:37", "p2", "nan"], 2, ""),
        (["7", "7.0", "x"], 3, ""),
        (["007", "7", "x"], 3, ""),
    ],
)
def test_participants_who_are_no_names_are_nobody_else(
    tmp_path: Path, catalogue: Catalogue, names: list[str], people: int, said: str
) -> None:
    rows = "".join(f'"{name}";Tekst\n' for name in names)
    file = read_rows(written(tmp_path, "a.csv", "participant;text\n" + rows), catalogue)
    assert len({row.participant for row in file.rows if row.participant}) == people
    if said:
        assert said in file.warnings[0]
    else:
        assert not file.warnings


def test_one_participant_for_all_is_warned_of(tmp_path: Path, catalogue: Catalogue) -> None:
    rows = "".join(f"import,Tekst {number}\n" for number in range(6))
    file = read_rows(written(tmp_path, "a.csv", "participant,text\n" + rows), catalogue)
    assert "they count as one person" in file.warnings[0]


def test_ids_that_a_spreadsheet_made_equal_are_told_as_such(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    path = written(tmp_path, "a.csv", "id;text\n1,14E+11;x\n1,14E+11;y\n3;z\n")
    file = read_rows(path, catalogue)
    assert [row.id for row in file.rows] == [None, None, "3"]
    assert "a spreadsheet (Excel) made a number or date of the id" in file.warnings[0]
    assert "2 of them are equal now" in file.warnings[0]


def test_what_survey_tools_write_is_decoded_or_left_out(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    vv = "id\ttext\n1\tEen{newline}{quote}twee{quote}{cr}{newline}\n2\t{question_not_shown}\n"
    file = read_rows(written(tmp_path, "vv.csv", vv), catalogue)
    assert [row.text for row in file.rows] == ['Een\n"twee"\r\n']
    assert (file.empty, "LimeSurvey" in file.warnings[0]) == (1, True)
    qualtrics = (
        'ResponseId,Status,text\nAntwoord,Status,Wat houdt u tegen?\n"{""ImportId"":""x""}",'
        '"{""ImportId"":""y""}","{""ImportId"":""z""}"\nR1,IP Address,Te duur.\n'
        "R2,Survey Preview,Een test.\nR3,Spam,Koop nu!\n"
    )
    file = read_rows(written(tmp_path, "q.csv", qualtrics), catalogue)
    assert [row.text for row in file.rows] == ["Te duur."]
    assert [each.lines for each in file.left_out] == [(2, 3), (5, 6)]


def test_text_coded_twice_is_warned_of_with_its_lines(tmp_path: Path, catalogue: Catalogue) -> None:
    good = "id,text\n1,Één café – “quote” € 20 naïef 👍🏽\n2,العربية\n"
    assert not read_rows(written(tmp_path, "a.csv", good), catalogue).warnings
    twice = "id,text\n1,goed\n2,financiële drempel\n".encode().decode("cp1252")
    (warning,) = read_rows(written(tmp_path, "b.csv", twice), catalogue).warnings
    assert warning.startswith("line 3: letters that look wrongly coded")
    assert "65001" in warning
    mac = "id;text\r1;één café\r".encode("mac_roman")
    assert read_rows(written(tmp_path, "c.csv", mac), catalogue).warnings


def test_many_unknown_columns_are_one_warning(tmp_path: Path, catalogue: Catalogue) -> None:
    names = ";".join(f"V{number}" for number in range(300))
    file = read_rows(written(tmp_path, "a.csv", f"id;text;groep;{names}\n1;x\n"), catalogue)
    (warning,) = file.warnings
    assert warning.endswith("and 293 more are left out ('groep' is perhaps group)")


def test_without_a_column_text_it_is_said_which_may_be_it(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    content = (
        "Nr;Datum;Wat houdt u tegen?;Keuze\n"
        "1;2026-03-02 09:00;De bus rijdt niet na acht uur.;ja\n"
        "2;2026-03-02 09:01;Het is te duur;nee\n"
    )
    path = written(tmp_path, "a.csv", content)
    with pytest.raises(ImportFileError) as error:
        read_rows(path, catalogue)
    assert "(found: nr, datum, wat houdt u tegen?, keuze)" in str(error.value)
    assert "--text 'wat houdt u tegen?'" in str(error.value)
    assert [row.text for row in read_rows(path, catalogue, "Wat houdt u tegen?").rows] == [
        "De bus rijdt niet na acht uur.",
        "Het is te duur",
    ]
    lines = '{"Tekst": "De bus rijdt niet na acht uur."}'
    with pytest.raises(ImportFileError, match="name that field 'text', or import it with --text"):
        read_rows(written(tmp_path, "a.jsonl", lines), catalogue)


FIELD = SHARED / "field"
EXPECTED: dict[str, tuple[int, str]] = {
    # file: rows, and words of a warning or of what was left out
    "02b-limesurvey-vv-1header.csv": (2, "LimeSurvey"),
    "03-qualtrics.csv": (4, "header row of Qualtrics"),
    "06-googleforms.csv": (4, ""),
    "06b-forms-nl-dates.csv": (4, ""),
    "07-unicode-tekst.csv": (5, ""),
    "08-sep.csv": (5, ""),
    "09b-cp1252.txt": (1, ""),
    "09c-mojibake.csv": (3, "coded twice"),
    "11-cr-only.csv": (2, ""),
    "11b-newlines.csv": (2, ""),
    "12-mangled-id.csv": (5, "Excel"),
    "12b-mangled-participant.csv": (5, "Excel"),
    "14-emoji-rtl.csv": (4, ""),
    "15-wide.csv": (5, "and 292 more"),
    "16-trailing-rows.csv": (5, ""),
    "16b-trailing-header.csv": (5, ""),
    "38-group-label.csv": (2, ""),
    "38b-opdracht-label.csv": (2, ""),
    "41-comma-header.csv": (5, "unknown column"),
    "43-title-rows.csv": (5, "above the names"),
    "44-footer.csv": (5, "a total"),
    "45-pipe.csv": (5, ""),
    "46-tsv.tsv": (5, ""),
    "57b-one.import.jsonl": (1, ""),
}
REFUSED = {
    "01-limesurvey-full.csv": "--text 'g01q01.",
    "05-forms.xlsx": "is broken or breaks off",
    "17-stray-quotes.csv": "line 2",
    "17b-backslash-quotes.csv": "line 2",
    "21-polis-comments.csv": "--text 'comment-body'",
    "40-tekst.csv": "--text 'tekst'",
    "47-json-array.json": "one object per line",
    "47b-json-array.jsonl": "one object per line",
    "48-nul.csv": "line 2",
}


@pytest.mark.skipif(not FIELD.is_dir(), reason="the field cases are not beside the project")
def test_the_field_cases_give_what_people_expect(catalogue: Catalogue) -> None:
    for name, (rows, said) in EXPECTED.items():
        file = read_rows(FIELD / name, catalogue)
        told = " ".join([*file.warnings, *map(str, file.left_out)])
        assert (name, len(file.rows)) == (name, rows)
        assert said in told, name
        assert said or not file.left_out, name
    for name, mend in REFUSED.items():
        with pytest.raises(ImportFileError) as error:
            read_rows(FIELD / name, catalogue)
        assert mend in str(error.value), name


def test_a_file_that_is_not_there_or_is_a_folder(tmp_path: Path, catalogue: Catalogue) -> None:
    with pytest.raises(ImportFileError, match="no such file"):
        read_rows(tmp_path / "weg.txt", catalogue)
    with pytest.raises(ImportFileError, match="folder"):
        read_rows(tmp_path, catalogue)


ROWS: list[dict[str, Any]] = [
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
        assert not [each for each in file.warnings if "column" in each]
        agreed = {row.participant for row in file.rows if row.citaat}
        assert 0.7 < len(agreed) / len({row.participant for row in file.rows}) < 0.9


@pytest.mark.parametrize("text", ["\u200b", "\ufeff", "\u200e \u200f", "\u2060", "\xa0 "])
def test_a_row_of_which_nothing_is_seen_has_no_text(
    tmp_path: Path, catalogue: Catalogue, text: str
) -> None:
    path = written(tmp_path, "leeg.csv", f'text,opdracht\n"{text}",4\nTe\u200b duur.,4\n')
    file = read_rows(path, catalogue)
    assert [row.text for row in file.rows] == ["Te\u200b duur."]
    assert [(each.reason, each.lines) for each in file.left_out] == [("without text", (2,))]


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


def test_what_was_left_out_and_warned_of_is_listed_and_faults_of_all_files_stop_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMENSPRAAK_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SAMENSPRAAK_EMBEDDING", "use")
    monkeypatch.delenv("SAMENSPRAAK_DATABASE_URL", raising=False)
    settings.cache_clear()
    command = CliRunner()
    command.invoke(app, ["round", "open", "1"])
    good = written(tmp_path, "een.csv", "id;tekst;datum\n1;Te duur.;x\n;Totaal: 1;\n")
    bad = written(tmp_path, "twee.csv", "text,group\nx,koningen\ny,keizers\n")
    worse = written(tmp_path, "drie.csv", "text,opdracht\nx,99\n")
    refused = command.invoke(app, ["import", str(good), str(bad), str(worse), "--text", "text"])
    told = str(refused.exception)
    listed = command.invoke(
        app, ["import", str(good), "--text", "Tekst", "--group", "Burger", "--opdracht", "4"]
    )
    settings.cache_clear()
    assert refused.exit_code == 1
    assert "een.csv: line 1: there is no column 'text'" in told
    assert "twee.csv: 2 faults" in told
    assert "drie.csv: line 2: opdracht: there is no opdracht 99" in told
    assert "1 answer added, 1 other row left out" in listed.stdout
    assert "1 row left out, a total or a colophon under the table: line 3" in listed.stderr
    assert "warning: een.csv: unknown column 'datum' is left out" in listed.stderr
