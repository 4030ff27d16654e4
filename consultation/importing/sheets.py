"""Finds the table in a workbook: which sheet holds it, and which row names the columns.

The line numbers of the messages are the row numbers of the sheet.
"""

from __future__ import annotations

from pathlib import Path

from consultation.errors import ImportFileError
from consultation.importing.formats.apart import read_apart
from consultation.importing.formats.workbooks import SheetContent, WorkbookContent
from consultation.importing.tables import FileFaults, Grid, Table, headed, header_rank, named

ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


def workbook_table(
    path: Path, faults: FileFaults, text_column: str | None = None, sheet: str | None = None
) -> Table:
    """The table in the sheet named ``sheet``, or in the only sheet with a column of texts.

    Raises:
        ImportFileError: the workbook cannot be read, it is not clear which sheet is meant, or the
            sheet is no table.
    """
    wanted = named(text_column) if text_column else "text"
    grid, warnings = sheet_grid(path, wanted, sheet)
    table = headed(path, grid, faults, wanted)
    table.warnings += warnings
    return table


def sheet_grid(path: Path, wanted: str, sheet: str | None = None) -> tuple[Grid, list[str]]:
    """The filled rows of the sheet named ``sheet``, or of the one with a column ``wanted``.

    Without such a column, of the sheet with most rows. The second value has warnings.

    Raises:
        ImportFileError: the workbook cannot be read, or several sheets have that column.
    """
    book: WorkbookContent = read_apart("formats.workbooks.sheets", path)
    filled = book["sheets"]
    if not filled:
        raise ImportFileError(f"{path}: is empty; no visible sheet holds anything.")
    chosen = _chosen(path, filled, wanted, sheet)
    found = header_rank(chosen["rows"], wanted)
    above = found[1] if found else chosen["rows"][0][0]
    before = [row for row, _ in chosen["rows"] if row < above]
    warnings = []
    others = [f"'{each['name']}'" for each in filled if each is not chosen]
    if others:
        warnings.append(
            f"read from the sheet '{chosen['name']}'; not from {', '.join(others[:8])} (--sheet)"
        )
    if cells := book["without_result"]:
        warnings.append(
            f"{', '.join(cells[:8])}{f' and {len(cells) - 8} more' if len(cells) > 8 else ''}: "
            "a formula without its result counts as empty; open the file in the spreadsheet, save "
            "it and import again"
        )
    return Grid(chosen["rows"][len(before) :], before), warnings


def _chosen(path: Path, sheets: list[SheetContent], wanted: str, name: str | None) -> SheetContent:
    names = ", ".join(f"'{each['name']}'" for each in sheets[:20])
    if name is not None:
        for each in sheets:
            if named(each["name"]) == named(name):
                return each
        raise ImportFileError(f"{path}: --sheet: there is no sheet '{name}'; choose from {names}.")
    able = [
        each
        for each in sheets
        if (found := header_rank(each["rows"], wanted)) is not None and found[0][0] == 1
    ]
    if len(able) > 1:
        names = ", ".join(f"'{each['name']}'" for each in able[:20])
        raise ImportFileError(
            f"{path}: the sheets {names} all have a column '{wanted}'; name one with --sheet, and "
            "import the others after it."
        )
    return able[0] if able else max(sheets, key=lambda each: len(each["rows"]))
