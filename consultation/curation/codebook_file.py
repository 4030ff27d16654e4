"""The codebook as a csv file: themes with name, description, exclusions and examples.

An import decides through the log: a theme that is there already (by its name, whatever the
capitals) is changed, a new one is made and approved. A row that changes nothing decides nothing.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from consultation.catalogue import Catalogue
from consultation.curation import operations as ops
from consultation.curation.ledger import Ledger
from consultation.curation.log import decide
from consultation.curation.operations import MAX_EXAMPLES, MAX_LABEL, MAX_TEXT, CurationError
from consultation.curation.state import CuratedTheme
from consultation.curation.store import curated, words_of
from consultation.database.models import new_id
from consultation.database.storage import Storage
from consultation.errors import ImportFileError

COLUMNS = ("opdracht", "name", "description", "excludes", "examples")
BETWEEN = " | "
"""What separates the examples in a cell."""

LARGEST = 10 * 1024 * 1024
"""The most bytes of a file."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class CodebookRow:
    """One theme in the file; ``line`` is where it stands."""

    opdracht: int
    name: str
    description: str = ""
    excludes: str = ""
    examples: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True)
class CodebookImport:
    """The number of themes that an import made, changed, and left as they were."""

    created: int = 0
    changed: int = 0
    same: int = 0


class CodebookFileError(ImportFileError):
    """A file is not a codebook; ``lines`` are those at fault, empty where all of it is."""

    def __init__(self, message: str, lines: Sequence[int] = ()) -> None:
        """Builds the error with the message that names every fault."""
        super().__init__(message)
        self.lines = tuple(lines)


def read_codebook(path: Path, catalogue: Catalogue) -> list[CodebookRow]:
    """Reads a codebook file: comma, semicolon or tab between the columns, UTF-8.

    Raises:
        CodebookFileError: the file is not a codebook; names every faulty line and the remedy.
        ImportFileError: it cannot be read.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise CodebookFileError(f"{path}: is larger than 10 MB; is this a codebook?")
        return parse_codebook(path.read_bytes(), path.name, catalogue)
    except OSError as error:
        raise ImportFileError(
            f"{path}: cannot be read ({error.strerror}); give a csv file."
        ) from error


def parse_codebook(content: bytes, name: str, catalogue: Catalogue) -> list[CodebookRow]:
    """Parses the content of a codebook file; ``name`` is what errors call it.

    Raises:
        CodebookFileError: it is not a codebook; names every faulty line and the remedy.
    """
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise CodebookFileError(f"{name}: is not UTF-8 text; save it as UTF-8.") from error
    head = text.split("\n", 1)[0]
    separator = max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO(text), delimiter=separator)
    try:
        names = [each.strip().casefold() for each in next(rows, [])]
        missing = [each for each in ("opdracht", "name") if each not in names]
        unknown = [each for each in names if each and each not in COLUMNS]
        if missing or unknown:
            what = f"has no column {missing[0]}" if missing else f"'{unknown[0]}' is no column"
            raise CodebookFileError(f"{name}: {what}; it has {', '.join(COLUMNS)}.")
        found: list[CodebookRow] = []
        faults: dict[int, str] = {}
        for cells in rows:
            if not any(each.strip() for each in cells):
                continue
            values = dict(zip(names, map(_plain, cells), strict=False))
            try:
                found.append(_row(values, catalogue, rows.line_num))
            except ValueError as fault:
                faults[rows.line_num] = f"{name}, line {rows.line_num}: {fault}"
    except csv.Error as error:
        raise CodebookFileError(f"{name}: is not a csv file ({error}).") from error
    seen: dict[tuple[int, str], int] = {}
    for each in found:
        first = seen.setdefault((each.opdracht, each.name.casefold()), each.line)
        if first != each.line:
            faults[each.line] = (
                f"{name}, line {each.line}: '{each.name}' is on line {first} already."
            )
    if faults:
        raise CodebookFileError("\n".join(faults.values()), list(faults))
    return found


def import_codebook(
    storage: Storage,
    consultation_id: int,
    account: str,
    rows: Sequence[CodebookRow],
    opdrachten: Collection[int],
) -> CodebookImport:
    """Makes and changes the themes of these rows as decisions of ``account``, all or none.

    Raises:
        CurationError: a decision does not apply; the message starts with the line of the file.
    """
    counted: list[str] = []

    def make(ledger: Ledger) -> None:
        counted.clear()
        for row in rows:
            try:
                counted.append(_take_over(ledger, account, row))
            except CurationError as error:
                raise error.at(f"line {row.line}") from error

    decide(storage, consultation_id, opdrachten, make)
    return CodebookImport(*(counted.count(each) for each in ("created", "changed", "same")))


def codebook_rows(
    session: Session, consultation_id: int, opdrachten: Collection[int]
) -> list[CodebookRow]:
    """Returns the themes that people decided on, per opdracht in display order.

    Examples that were erased are left out.
    """
    found = []
    for number in sorted(opdrachten):
        for theme in curated(session, consultation_id, number).themes_of(number):
            if theme.live and theme.decided:
                said = (words_of(session, each) for each in theme.example_statements)
                examples = tuple(" ".join(each.split()) for each in (*theme.examples, *said))
                found.append(
                    CodebookRow(
                        number,
                        theme.label,
                        theme.description,
                        theme.excludes,
                        tuple(each for each in examples if each),
                    )
                )
    return found


def as_csv(rows: Sequence[CodebookRow]) -> str:
    """Returns the codebook as csv; a cell that a spreadsheet would compute gets an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        examples = BETWEEN.join(each.replace("|", "/") for each in row.examples)
        cells = (row.name, row.description, row.excludes, examples)
        writer.writerow([row.opdracht, *map(_safe, cells)])
    return out.getvalue()


def _row(values: dict[str, str], catalogue: Catalogue, line: int) -> CodebookRow:
    """The row of these cells.

    Raises:
        ValueError: a cell is invalid; the message names the column and the remedy.
    """
    raw = values.get("opdracht", "")
    number = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 5 else None
    if number is None or catalogue.opdracht(number) is None:
        known = ", ".join(str(each.nummer) for each in catalogue.opdrachten)
        raise ValueError(f"opdracht: there is no opdracht '{raw}'; choose from {known}.")
    name = " ".join(values.get("name", "").split())
    if not name:
        raise ValueError("name: is empty; give the theme a name.")
    if len(name) > MAX_LABEL:
        raise ValueError(f"name: is too long; at most {MAX_LABEL} characters.")
    for column in ("description", "excludes", "examples"):
        if len(values.get(column, "")) > MAX_TEXT:
            raise ValueError(f"{column}: is too long; at most {MAX_TEXT} characters.")
    parts = [each.strip() for each in values.get("examples", "").split(BETWEEN.strip())]
    examples = tuple(dict.fromkeys(each for each in parts if each))
    if len(examples) > MAX_EXAMPLES:
        raise ValueError(f"examples: are too many; at most {MAX_EXAMPLES}.")
    return CodebookRow(
        number, name, values.get("description", ""), values.get("excludes", ""), examples, line
    )


def _take_over(ledger: Ledger, account: str, row: CodebookRow) -> str:
    """Appends what one row changes; returns ``created``, ``changed`` or ``same``."""
    standing = next(
        (
            each
            for each in ledger.look(row.opdracht).themes_of(row.opdracht)
            if each.label.casefold() == row.name.casefold()
        ),
        None,
    )
    theme = standing.id if standing is not None else new_id()
    if standing is None:
        ledger.append(account, ops.Create(opdracht=row.opdracht, label=row.name, id=theme))
    elif _has(ledger, standing, row):
        if standing.status == "goedgekeurd":
            return "same"
        ledger.append(account, ops.Approve(theme=theme))
        return "changed"
    if standing is not None or row.description or row.excludes or row.examples:
        ledger.append(
            account,
            ops.Describe(
                theme=theme,
                text=row.description,
                excludes=row.excludes,
                examples=list(row.examples),
                example_statements=[],
            ),
        )
    if standing is None or standing.status != "goedgekeurd":
        ledger.append(account, ops.Approve(theme=theme))
    return "changed" if standing is not None else "created"


def _has(ledger: Ledger, theme: CuratedTheme, row: CodebookRow) -> bool:
    """Whether the theme says what the row says already."""
    words = {
        *theme.examples,
        *(" ".join(ledger.words(s).split()) for s in theme.example_statements),
    }
    same = (theme.description, theme.excludes) == (row.description, row.excludes)
    return same and {each.replace("|", "/") for each in words if each} == set(row.examples)


def _plain(cell: str) -> str:
    text = cell.strip()
    return text[1:] if text[:1] == "'" and text[1:2] in _FORMULA and text[1:2] else text


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
