"""Reads a csv or tsv file of a stranger; runs in a child process (``formats.apart``)."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

from consultation.errors import ImportFileError
from consultation.importing.formats.apart import UnreadableFile
from consultation.importing.tables import FileFaults, Rows, csv_grid
from consultation.importing.text import decoded


class CsvContent(TypedDict):
    """The rows of a ``tables.Grid``, the lines above it, its separator, and its faults."""

    rows: Rows
    before: list[int]
    separator: str
    faults: dict[str, list[int]]


def rows(path: Path) -> CsvContent:
    """The filled rows of a csv or tsv file.

    Raises:
        UnreadableFile: it is no text.
    """
    faults = FileFaults()
    try:
        grid = csv_grid(decoded(path, path.read_bytes()), faults, "")
    except ImportFileError as error:
        raise UnreadableFile(str(error).removeprefix(f"{path}: ")) from error
    return {
        "rows": grid.rows,
        "before": grid.before,
        "separator": grid.separator,
        "faults": faults.told,
    }
