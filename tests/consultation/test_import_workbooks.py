"""Workbooks come in like csv files: cells as people see them, hostile files stopped in one line."""

from __future__ import annotations

import datetime as dt
import json
import resource
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from sqlalchemy import func, select
from typer.testing import CliRunner

from consultation.catalogue import Catalogue
from consultation.database.models import Contribution, Participant
from consultation.errors import ImportFileError
from consultation.importing.formats import apart
from consultation.importing.readers import ImportFile, read_rows
from consultation.settings import settings
from samenspraak.cli import app
from tests.databases import open_storage

ROWS: list[list[Any]] = [
    ["id", "text", "group", "opdracht", "submitted_at", "citaat"],
    [1, "Te duur;\nen <b>te ver</b>", "burger", 4, dt.datetime(2026, 3, 2, 9, 20), True],
    [2, "Eén bus, 12,5 euro", "Vakbond", "Opdracht 4", "2-3-2026 9:20", "nee"],
]


def xlsx(path: Path, *sheets: Sequence[Sequence[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, 1):
        sheet = book.create_sheet(f"Blad{number}")
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def ods(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    book = OpenDocumentSpreadsheet()
    table = Table(name="Blad1")
    for row in rows:
        line = TableRow()
        for value in row:
            if isinstance(value, dt.datetime):
                cell = TableCell(valuetype="date", datevalue=value.isoformat())
            elif isinstance(value, bool):
                cell = TableCell(valuetype="boolean", booleanvalue=str(value).lower())
            elif isinstance(value, int):
                cell = TableCell(valuetype="float", value=value)
            else:
                cell = TableCell(valuetype="string")
                for part in str(value).split("\n"):
                    cell.addElement(P(text=part))
            line.addElement(cell)
        table.addElement(line)
    book.spreadsheet.addElement(table)
    book.save(str(path))
    return path


def rewritten(path: Path, name: str, change: Any) -> Path:
    """The workbook with one part changed or, if it lacks that, added."""
    with zipfile.ZipFile(path) as archive:
        parts = {each: archive.read(each) for each in archive.namelist()}
    parts[name] = change(parts.get(name, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, content in parts.items():
            archive.writestr(each, content)
    return path


def refusal(path: Path, catalogue: Catalogue, **options: Any) -> str:
    with pytest.raises(ImportFileError) as error:
        read_rows(path, catalogue, **options)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_workbook_gives_what_the_same_csv_gives(
    tmp_path: Path, catalogue: Catalogue, kind: str
) -> None:
    path = tmp_path / f"a.{kind}"
    file = read_rows(xlsx(path, ROWS) if kind == "xlsx" else ods(path, ROWS), catalogue)
    moment = dt.datetime(2026, 3, 2, 9, 20, tzinfo=dt.UTC)
    found = [
        (row.id, row.text, row.group, row.opdracht, row.submitted_at, row.citaat)
        for row in file.rows
    ]
    assert found == [
        ("1", "Te duur;\nen <b>te ver</b>", "burger", 4, moment, True),
        ("2", "Eén bus, 12,5 euro", "werknemersorganisatie", 4, moment, False),
    ]
    assert file.warnings == ("line 3: group: 'Vakbond' is read as werknemersorganisatie",)


def test_merged_cells_titles_totals_and_empty_rows(tmp_path: Path, catalogue: Catalogue) -> None:
    rows: list[list[Any]] = [
        ["Enquête 2026"],
        [],
        ["id", "text", "group"],
        [1, "Te duur.", "burger"],
        [],
        [2, "Te ver.", None],
        [3, "Te laat.", None],
        ["Totaal", 3, None],
    ]
    path = xlsx(tmp_path / "a.xlsx", rows)
    book = openpyxl.load_workbook(path)
    book.active.merge_cells("A1:C1")
    book.active.merge_cells("C4:C6")
    book.active.merge_cells("X900:Y905")
    book.save(path)
    file = read_rows(path, catalogue)
    assert [(row.id, row.text, row.group) for row in file.rows] == [
        ("1", "Te duur.", "burger"),
        ("2", "Te ver.", "burger"),
        ("3", "Te laat.", None),
    ]
    assert [each.lines for each in file.left_out] == [(1,), (8,)]


def test_numbers_that_lost_digits_and_ids_that_became_dates_are_told(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    rows: list[list[Any]] = [
        ["id", "text", "participant"],
        [dt.date(2026, 2, 1), "Te duur.", 123456789012345678],
        [2, "Te ver.", 123456789012345999],
        [3, "Te laat.", 12.0],
        [4, 5, "p1"],
    ]
    rows.insert(2, rows[1])
    file = read_rows(xlsx(tmp_path / "a.xlsx", rows), catalogue)
    assert [row.id for row in file.rows] == [None, None, "2", "3", "4"]
    assert [row.participant for row in file.rows] == [None, None, None, "12", "p1"]
    assert file.rows[-1].text == "5"
    told = " ".join(file.warnings)
    assert "made a number or date of the id" in told
    assert "made a number or date of who answered" in told


def test_formulas_give_their_results_and_one_without_result_is_named(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    path = xlsx(
        tmp_path / "a.xlsx",
        [["id", "text"], [1, '="Te "&"duur"'], [2, "Te ver."], [3, "='[1]X'!A1"]],
    )
    file = read_rows(path, catalogue)
    assert [row.id for row in file.rows] == ["2"]
    assert "B2, B4: a formula without its result" in file.warnings[0]
    result = b'<c r="B2" t="str"><f>"Te "&amp;"duur"</f><v>Te duur</v></c>'
    sheet = "xl/worksheets/sheet1.xml"
    rewritten(path, sheet, lambda old: old[: old.index(b'<c r="B2"')] + result + after(old, b"B2"))
    rewritten(path, "xl/vbaProject.bin", lambda _: b"\xd0\xcf\x11\xe0Sub AutoOpen()")
    macros = path.rename(tmp_path / "a.xlsm")
    assert [row.text for row in read_rows(macros, catalogue).rows] == ["Te duur", "Te ver."]


def after(xml: bytes, cell: bytes) -> bytes:
    return xml[xml.index(b"</c>", xml.index(b'<c r="' + cell + b'"')) + 4 :]


def test_the_sheet_with_the_texts_is_found_and_doubt_is_told(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    notes = [["Toelichting", "bij de enquête"], ["Wie", "iedereen"], ["Wanneer", "in maart"]]
    path = xlsx(tmp_path / "a.xlsx", notes, [["text"], ["Te duur."]], [["tekst"], ["Te ver."]])
    file = read_rows(path, catalogue)
    assert [row.text for row in file.rows] == ["Te duur."]
    assert "read from the sheet 'Blad2'; not from 'Blad1', 'Blad3'" in file.warnings[0]
    assert "choose from 'Blad1', 'Blad2', 'Blad3'" in refusal(path, catalogue, sheet="Blad9")
    told = refusal(path, catalogue, sheet="blad3")
    assert "line 1: there is no column 'text' (found: tekst)" in told
    path = xlsx(tmp_path / "b.xlsx", [["text"], ["Te duur."]], [["text"], ["Te ver."]])
    assert "the sheets 'Blad1', 'Blad2' all have a column 'text'" in refusal(path, catalogue)
    (row,) = read_rows(path, catalogue, sheet="Blad2").rows
    assert row.text == "Te ver."
    assert "is empty" in refusal(xlsx(tmp_path / "c.xlsx", []), catalogue)


def test_a_fault_is_told_with_row_and_column_and_nothing_is_stored(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    rows = [["text", "group"], ["x", "burger"], [], ["y", "koningen"]]
    told = refusal(xlsx(tmp_path / "a.xlsx", rows), catalogue)
    assert "line 4: group: 'koningen' is not a group" in told


def test_two_thousand_columns_are_one_warning(tmp_path: Path, catalogue: Catalogue) -> None:
    header: list[Any] = ["id", "text", *(f"V{number}" for number in range(2_000))]
    rows = [header, *([number, "Te duur.", *["x"] * 2_000] for number in range(50))]
    file = read_rows(xlsx(tmp_path / "a.xlsx", rows), catalogue)
    (warning,) = file.warnings
    assert (len(file.rows), warning.endswith("and 1992 more are left out")) == (50, True)


def timed(path: Path, catalogue: Catalogue) -> ImportFile | str:
    """What a file gives, or its refusal in one line; within the limit of processor time."""
    since = _spent()
    try:
        return read_rows(path, catalogue)
    except ImportFileError as error:
        told = str(error)
    finally:
        assert _spent() - since < apart.SECONDS + 2
    assert "\n" not in told
    return told


def _spent() -> float:
    """The processor time of the children that ended, in seconds."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def test_files_that_would_exhaust_the_machine_end_in_time(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    sheet = "xl/worksheets/sheet1.xml"

    def rows(inner: bytes) -> Any:
        return lambda old: old.replace(b"</sheetData>", inner + b"</sheetData>")

    path = xlsx(tmp_path / "leeg.xlsx", [["text"], ["Te duur."]])
    empty = b"".join(b'<row r="%d"><c r="A%d" s="0"/></row>' % (n, n) for n in range(3, 1_000_003))
    found = timed(rewritten(path, sheet, rows(empty)), catalogue)
    assert isinstance(found, ImportFile)
    assert [row.text for row in found.rows] == ["Te duur."]

    path = xlsx(tmp_path / "ver.xlsx", [["text"], ["Te duur."]])
    stray = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    found = timed(rewritten(path, sheet, rows(stray)), catalogue)
    assert isinstance(found, str)
    assert "needs too much memory" in found

    path = xlsx(tmp_path / "bom.xlsx", [["text"], ["Te duur."]])
    found = timed(rewritten(path, "xl/media/a.bin", lambda _: bytes(1_100_000_000)), catalogue)
    assert isinstance(found, str)
    assert "unpacks to 2 GB" in found

    path = xlsx(tmp_path / "lach.xlsx", [["text"], ["Te duur."]])
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha">' + b"".join(
        b'<!ENTITY %c "%s">' % (letter, b"&%c;" % (letter - 1) * 10) for letter in b"bcdefghij"
    )

    def laughing(old: bytes) -> bytes:
        head, _, rest = old.partition(b"<sheetData>")
        row = b'<row r="9"><c r="A9" t="inlineStr"><is><t>&j;</t></is></c></row>'
        return laughs + b"]>" + head + b"<sheetData>" + rest.replace(b"</sheetData>", row)

    found = timed(rewritten(path, sheet, laughing), catalogue)
    assert isinstance(found, str) or all(len(row.text) < 100 for row in found.rows)


def test_a_reader_that_takes_too_long_is_stopped(
    tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = xlsx(tmp_path / "a.xlsx", ROWS)
    monkeypatch.setattr(apart, "PATIENCE", 0.01)
    assert "seconds to read" in refusal(path, catalogue)


def test_a_dry_run_tells_what_would_happen_and_stores_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMENSPRAAK_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("SAMENSPRAAK_DATABASE_URL", raising=False)
    settings.cache_clear()
    command = CliRunner()
    command.invoke(app, ["round", "open", "1"])
    path = xlsx(tmp_path / "a.xlsx", [*ROWS, [3, None, "burger", 4, None, None]])
    told = command.invoke(app, ["import", str(path), "--dry-run"])
    found = json.loads(command.invoke(app, ["import", str(path), "--dry-run", "--json"]).stdout)
    storage = open_storage(settings().resolved_database_url)
    settings.cache_clear()
    assert told.stdout == (
        "Round 1: 2 answers added, 1 row without text left out; nothing is stored (--dry-run).\n"
    )
    assert "is read as werknemersorganisatie" in told.stderr
    assert (found["dry_run"], found["added"], found["participants"]) == (True, 2, 2)
    with storage.reading() as session:
        for table in (Contribution, Participant):
            assert session.scalar(select(func.count()).select_from(table)) == 0
