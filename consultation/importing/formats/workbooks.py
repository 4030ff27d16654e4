"""Reads the sheets of Excel and OpenDocument workbooks; runs in a child process (``apart``)."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from pathlib import Path
from typing import Any, TypedDict

import python_calamine as calamine

from consultation.importing.formats.apart import UnreadableFile

_EXACT = 1e15
"""From here on a number has lost digits: a workbook keeps 15."""

_SCANNED = 50 * 1024 * 1024
"""Larger sheets are not scanned for formulas without a result."""

_LOCKED = "has a password; save it without one."

_NO_RESULT = re.compile(
    rb'<c r="([A-Z]{1,3}\d{1,7})"[^<>]{0,80}><f[^<>]{0,200}(?:/>|>[^<]{0,8192}</f>)'
    rb"(?:<v></v>|<v ?/>)?</c>"
)


class SheetContent(TypedDict):
    """A visible sheet: its name, and the filled rows as row number (from 1) and cells.

    A vertically merged cell holds its value in all its rows.
    """

    name: str
    rows: list[tuple[int, list[str]]]


class WorkbookContent(TypedDict):
    """The visible sheets, and the cells (B7) with a formula of which the result is not stored."""

    sheets: list[SheetContent]
    without_result: list[str]


def sheets(path: Path) -> WorkbookContent:
    """The content of a workbook (xlsx, xlsm, xlsb, xls, ods); formulas give their stored results.

    Raises:
        UnreadableFile: it has a password, or is no workbook.
    """
    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
        shown = [
            each.name
            for each in book.sheets_metadata
            if each.visible == calamine.SheetVisibleEnum.Visible
            and each.typ == calamine.SheetTypeEnum.WorkSheet
        ]
        found = [_sheet(book.get_sheet_by_name(name)) for name in shown]
    except calamine.PasswordError as error:
        raise UnreadableFile(_LOCKED) from error
    except (calamine.CalamineError, calamine.ZipError, calamine.XmlError) as error:
        if (
            path.suffix.lower() in (".xlsx", ".xlsm")
            and path.read_bytes()[:4] == b"\xd0\xcf\x11\xe0"
        ):
            raise UnreadableFile(_LOCKED) from error
        reason = " ".join(str(error).split())[:120]
        message = f"is no workbook that can be read ({reason}); save it again."
        raise UnreadableFile(message) from error
    return {
        "sheets": [each for each in found if each["rows"]],
        "without_result": _without_result(path),
    }


def _sheet(sheet: calamine.CalamineSheet) -> SheetContent:
    top, left = sheet.start or (0, 0)
    below = _merged_below(sheet)
    values: dict[tuple[int, int], str] = {}
    rows: list[tuple[int, list[str]]] = []
    for row, found in enumerate(sheet.iter_rows(), start=top):
        cells = [""] * left + [written(cell) for cell in found]
        filled = any(cells)
        for column in below.get(row, ()):
            if column >= len(cells):
                continue
            if cells[column]:
                values[row, column] = cells[column]
            elif filled:
                cells[column] = values.get((below[row][column], column), "")
        if filled:
            rows.append((row + 1, cells))
    return {"name": sheet.name, "rows": rows}


def _merged_below(sheet: calamine.CalamineSheet) -> dict[int, dict[int, int]]:
    """For each row, the first row of the vertically merged cells it lies in, by column."""
    found: dict[int, dict[int, int]] = {}
    for (top, left), (bottom, _) in sheet.merged_cell_ranges or ():
        if top < bottom:
            for row in range(top, min(bottom, sheet.total_height - 1) + 1):
                found.setdefault(row, {})[left] = top
    return found


def written(cell: Any) -> str:
    """A cell's value as text, dates in ISO form; a number of 15 digits or more as 1.14e+17."""
    if isinstance(cell, bool):
        return "ja" if cell else "nee"
    if isinstance(cell, float):
        if abs(cell) >= _EXACT:
            return f"{cell:.14e}"
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, dt.datetime | dt.date):
        return cell.isoformat(sep=" ") if isinstance(cell, dt.datetime) else cell.isoformat()
    return str(cell)


def _without_result(path: Path) -> list[str]:
    if not zipfile.is_zipfile(path):
        return []
    found = []
    with zipfile.ZipFile(path) as archive:
        for each in archive.infolist():
            name = each.filename
            if name.startswith("xl/worksheets/sheet") and each.file_size < _SCANNED:
                found += [cell.decode() for cell in _NO_RESULT.findall(archive.read(name))]
    return found[:100]
