"""Reads tables of csv, tsv and jsonl files and of workbooks, as tools and offices write them.

Rows that are no answers (titles above the table, a total below it, previews) are left out, with a
reason and their lines. Rows that cannot be read are faults; all faults of a file are reported
together.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from consultation.errors import ImportFileError
from consultation.importing.formats.apart import LARGEST
from consultation.importing.text import on_lines
from consultation.importing.values import is_empty, shown

COLUMNS = (
    "text",
    "id",
    "opdracht",
    "question",
    "group",
    "organisation",
    "submitted_at",
    "participant",
    "citaat",
)
Rows = list[tuple[int, list[str]]]
"""Filled rows of a table: line or row number, and cells."""

Rank = tuple[float, int, int]
"""How well a row names the columns: higher is better; see ``header_rank``."""

_SEPARATORS = ",;\t|"
_NO_SEPARATOR = "\x1f"
_HEADER_WITHIN = 25
_FAULTS = 20
_COLUMNS = 20
_USUAL = 200

_SEP_LINE = re.compile(r'"?sep=(.|\t)"?;{0,40},{0,40}', re.IGNORECASE)
_VV_MARK = re.compile(r"\{(newline|cr|tab|quote|lbrace|rbrace)\}")
_VV = {"newline": "\n", "cr": "\r", "tab": "\t", "quote": '"', "lbrace": "{", "rbrace": "}"}
_IMPORT_ID = '"ImportId"'
_ANSWER_HEADS = frozenset(
    ("open-ended response", "response", "antwoord", "open antwoord", "réponse", "réponse ouverte")
)
"""What SurveyMonkey writes in its second header row under an open question."""

_NOT_SHOWN = "{question_not_shown}"
_TOTAL = re.compile(
    r"\W{0,5}(?:(?:eind|sub)?totaal|total|aantal|nombre|gemiddelde|moyenne|average|sum|som|count|n)"
    r"\b\D{0,60}[\d.,\s]{1,20}%?\W{0,5}",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"(?<=\d)\s?(?:antwoord(?:en)?|reacties?|rijen|lijnen|regels|rows|answers|responses)\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"tota[al]|antwoord|reactie|respons|respond|inzending|deelnem|rijen|rows|answers|records|r[eé]ponses"
    r"|bijdragen|formulieren|personen",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[\d.,\s]{1,20}%?")
_COLOPHON = re.compile(
    r"\W{0,5}(?:gegenereerd|gemaakt|ge[eë]xporteerd|export|bron|source|generated|created|exported"
    r"|einde|end of|pagina|page|filter|copyright|laatst|bijgewerkt|datum)\b.{0,150}",
    re.IGNORECASE,
)
_HINTS = {
    "tekst": "text",
    "antwoord": "text",
    "groep": "group",
    "doelgroep": "group",
    "organisatie": "organisation",
    "vraag": "question",
    "deelnemer": "participant",
    "respondent": "participant",
    "datum": "submitted_at",
    "tijdstempel": "submitted_at",
    "timestamp": "submitted_at",
    "submitdate": "submitted_at",
    "startdate": "submitted_at",
    "recordeddate": "submitted_at",
    "nr": "id",
    "responseid": "id",
    "comment-id": "id",
    "author-id": "participant",
}


@dataclass(frozen=True)
class SkippedRows:
    """Rows of a file that are no answers: the reason, and the lines on which they begin."""

    reason: str
    lines: tuple[int, ...]

    def __str__(self) -> str:
        rows = f"{len(self.lines)} {'row' if len(self.lines) == 1 else 'rows'}"
        return f"{rows} left out, {self.reason}: {on_lines(self.lines)}"


@dataclass
class FileFaults:
    """Faults of a file: the lines by message."""

    told: dict[str, list[int]] = field(default_factory=dict)

    def add(self, line: int, message: str) -> None:
        """Notes a fault of a line."""
        self.told.setdefault(message, []).append(line)

    def check(self, path: Path) -> None:
        """Does nothing if there are no faults.

        Raises:
            ImportFileError: lists the first ``_FAULTS`` faults by first line, and the number of
                the others.
        """
        if not self.told:
            return
        lines = []
        mends = set()
        for message, where in sorted(self.told.items(), key=lambda each: each[1][0]):
            said, _, mend = message.partition("; ")
            lines.append(f"{on_lines(where)}: {f'{said}.' if mend in mends else message}")
            if mend:
                mends.add(mend)
        if len(lines) == 1:
            raise ImportFileError(f"{path}: {lines[0]}")
        more = [f"and {len(lines) - _FAULTS} more"] if len(lines) > _FAULTS else []
        raise ImportFileError(
            "\n  ".join(
                [f"{path}: {len(lines)} faults; nothing is imported:", *lines[:_FAULTS], *more]
            )
        )


@dataclass(frozen=True)
class Record:
    """One row of a table: the line it begins on, and its cells by column."""

    line: int
    cells: dict[str, Any]


@dataclass
class Table:
    """A file's rows, its column names in lower case, the rows left out, and warnings.

    ``labels`` has the wording of questions by column, where the file has it beside the names.
    """

    columns: list[str] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    left_out: list[SkippedRows] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)


class Grid(NamedTuple):
    """The filled rows of a table from its header on, and the lines of the rows above it."""

    rows: Rows
    before: list[int]
    separator: str = ""


def is_table(text: str, text_column: str | None = None) -> bool:
    """Whether a text file is a table, such as the "Unicode text" of Excel.

    It is one if its first line names columns, or if all lines have the same number of tabs.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return False
    if _SEP_LINE.fullmatch(lines[0].strip()):
        return True
    for separator in ";\t|":
        names = [named(cell) for cell in lines[0].split(separator)]
        known = sum(name in COLUMNS or name in _HINTS for name in names)
        wanted = "text" in names or (text_column is not None and named(text_column) in names)
        if len(names) > 1 and (wanted or known > 1):
            return True
    tabs = lines[0].count("\t")
    # Lines of a list also hold a tab, after the bullet.
    headed = all(name[:1].isalpha() and len(name) > 1 for name in lines[0].split("\t"))
    return (
        tabs > 0 and headed and len(lines) > 2 and all(line.count("\t") == tabs for line in lines)
    )


def delimited(path: Path, text: str, faults: FileFaults, text_column: str | None = None) -> Table:
    """The table in a csv or tsv file; ``text_column`` is read as the column ``text``.

    Raises:
        ImportFileError: the file is empty, there is no column of texts, or a known column occurs
            twice.
    """
    wanted = named(text_column) if text_column else "text"
    return headed(path, csv_grid(text, faults, wanted), faults, wanted)


def csv_grid(text: str, faults: FileFaults, wanted: str) -> Grid:
    """The filled rows of a csv or tsv file; ``wanted`` is a column by which its header is known.

    The separator is a comma, semicolon, tab or bar, or the one that a first line ``sep=`` names.
    """
    csv.field_size_limit(LARGEST)
    skip = 0
    separators = _SEPARATORS
    first = re.match(r"[^\r\n]{0,60}", text)
    if first and (sep := _SEP_LINE.fullmatch(first[0].strip(" "))):
        separators, skip = sep[1], 1
    separator, above = _header_at(text, separators, skip, wanted)
    rows: Rows = []
    before: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for number, cells in enumerate(reader):
            begins, line = line, reader.line_num + 1
            if number < skip or not any(cell.strip() for cell in cells):
                continue
            if number < above:
                before.append(begins)
            else:
                rows.append((begins, cells))
    except csv.Error as error:
        faults.add(
            line,
            f"not valid csv ({error}); check the quotes there: a quote within a text is written "
            "twice.",
        )
    return Grid(rows, before, separator)


def headed(path: Path, grid: Grid, faults: FileFaults, wanted: str) -> Table:
    """The table whose columns the first row of a grid names; the column ``wanted`` has the texts.

    Raises:
        ImportFileError: there are no rows, no column ``wanted``, or a known column occurs twice.
    """
    (line, first), *rows = _filled(path, grid, faults)
    header = [named(cell) for cell in first]
    while len(header) > 1 and not header[-1]:
        header.pop()
    if wanted not in header:
        faults.check(path)
        samples = [dict(zip(header, cells, strict=False)) for _, cells in rows[:200]]
        raise ImportFileError(f"{path}: {_no_text(line, header, samples, wanted)}")
    _renamed(path, header, wanted, line)
    return _table(header, rows, grid, faults)


def survey_table(path: Path, grid: Grid, faults: FileFaults) -> Table:
    """The table of a survey export with any columns; ``labels`` has the wording of its questions.

    The second header row of SurveyMonkey is joined with the first, and that of Qualtrics gives the
    labels. A name that stands twice gets a number.

    Raises:
        ImportFileError: there are no rows.
    """
    (_, first), *rows = _filled(path, grid, faults)
    header = [named(cell) for cell in first]
    if rows and any(named(cell) in _ANSWER_HEADS for cell in rows[0][1]):
        _, second = rows.pop(0)
        question = ""
        for index, cell in enumerate(second[: len(header)]):
            question = header[index] or question
            name = named(cell)
            header[index] = f"{question} [{name}]" if name not in {"", *_ANSWER_HEADS} else question
    while len(header) > 1 and not header[-1]:
        header.pop()
    times: Counter[str] = Counter()
    for index, name in enumerate(header):
        times[name] += 1
        if name and times[name] > 1:
            header[index] = f"{name} ({times[name]})"
    labels = {}
    if _is_qualtrics(header) and rows and not any(_IMPORT_ID in c for _, r in rows[:3] for c in r):
        labels = _second_header(header, rows)
        if labels:
            grid.before.append(rows.pop(0)[0])
    for index, (_, cells) in enumerate(rows[:3]):
        if index and any(_IMPORT_ID in cell for cell in cells):
            labels = dict(
                zip(header, (" ".join(each.split()) for each in rows[index - 1][1]), strict=False)
            )
    table = _table(header, rows, grid, faults)
    table.labels = {name: label for name, label in labels.items() if name and label}
    return table


def _is_qualtrics(header: Sequence[str]) -> bool:
    return {"responseid", "recordeddate"} <= set(header)


def _second_header(header: Sequence[str], rows: Rows) -> dict[str, str]:
    """The wording of each column of a Qualtrics workbook, where its first row is no response."""
    first = dict(zip(header, (" ".join(each.split()) for each in rows[0][1]), strict=False))
    return {} if re.search(r"\d", first.get("recordeddate", "")) else first


def _filled(path: Path, grid: Grid, faults: FileFaults) -> Rows:
    if not grid.rows:
        faults.check(path)
        raise ImportFileError(f"{path}: is empty; the first line must name the columns.")
    return grid.rows


def _table(header: list[str], rows: Rows, grid: Grid, faults: FileFaults) -> Table:
    table = Table()
    if grid.before:
        _leave_out(table, "above the names of the columns", grid.before)
    table.columns = [name for name in header if name]
    _fill(table, header, rows, grid.separator, faults)
    return table


def named(cell: str) -> str:
    """A column's name as names are compared: in lower case, without double and invisible blanks."""
    kept = "".join(letter for letter in cell if unicodedata.category(letter) != "Cf")
    return " ".join(kept.split()).lower()


def header_rank(rows: Rows, wanted: str) -> tuple[Rank, int] | None:
    """Which of the first rows of a table names its columns: its rank and its number.

    The row with the column ``wanted`` (empty: not known), else the one that is most like the others
    in length.
    """
    rows = rows[:_HEADER_WITHIN]
    best: tuple[Rank, int] | None = None
    for number, cells in rows:
        names = [named(cell) for cell in cells]
        many = sum(1 for name in names if name)
        if wanted and wanted in names:
            rank = (1.0, many, -number)
        elif many > 1:
            alike = sum(len(other) == len(cells) for _, other in rows) / len(rows)
            rank = (alike / 2, many, -number)
        else:
            continue
        if best is None or rank > best[0]:
            best = (rank, number)
    return best


def _header_at(text: str, separators: str, skip: int, wanted: str) -> tuple[str, int]:
    """The cell separator, and the number of the header row."""
    best: tuple[Rank, str, int] | None = None
    for separator in separators:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        filled = [
            (number, cells)
            for number, cells in _some(rows)
            if number >= skip and any(cell.strip() for cell in cells)
        ]
        found = header_rank(filled, wanted)
        if found is not None and (best is None or found[0] > best[0]):
            best = (found[0], separator, found[1])
    if best is None:
        return separators[0], skip
    (share, names, _), separator, number = best
    if share == 1 and names == 1 and len(separators) > 1:
        separator = _of_one_column(text, number)
    return separator, number


def _some(rows: Any) -> Iterator[tuple[int, list[str]]]:
    try:
        yield from enumerate(islice(rows, _HEADER_WITHIN))
    except csv.Error:
        return


def _of_one_column(text: str, header: int) -> str:
    """The separator of a table with one named column: all cells after it are empty."""
    for separator in _SEPARATORS:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        try:
            longer = [cells for cells in islice(rows, header + 1, None) if len(cells) > 1]
        except csv.Error:
            continue
        if longer and not any(cell.strip() for cells in longer for cell in cells[1:]):
            return separator
    return _NO_SEPARATOR


def _no_text(
    line: int,
    header: Sequence[str],
    samples: Sequence[dict[str, Any]],
    wanted: str,
    of_csv: bool = True,
) -> str:
    names = [name for name in dict.fromkeys(header) if name]
    what = "column" if of_csv else "field"
    there_is_no = f"there is no column '{wanted}'" if of_csv else f"there is no '{wanted}'"
    said = f"line {line}: {there_is_no} (found: {_limited(names)})"
    likely = _likely(names, samples)
    if not likely:
        return f"{said}; name the {what} with the answers 'text', or give it as --text NAME."
    which = " or ".join(shown(each) for each in likely)
    how = (
        f"name that {what} 'text', or import it"
        if len(likely) == 1
        else f"name one {what} 'text', or import one at a time,"
    )
    all_at_once = " A survey export is taken whole with --mapping NEW.yaml --dry-run."
    more = all_at_once if of_csv else ""
    return f"{said}; the answers seem to stand in {which}: {how} with --text '{likely[0]}'.{more}"


def _limited(names: Sequence[str]) -> str:
    more = f" and {len(names) - _COLUMNS} more" if len(names) > _COLUMNS else ""
    return ", ".join(name[:60] for name in names[:_COLUMNS]) + more


def _likely(names: Sequence[str], samples: Sequence[dict[str, Any]]) -> list[str]:
    """Up to three columns that hold sentences, most words first."""
    words: dict[str, float] = {}
    for name in names:
        texts = [cell for row in samples if isinstance(cell := row.get(name), str) and cell.strip()]
        # Columns with many repeated values (dates, addresses, choices) are no answers.
        if not texts or (len(texts) > 3 and len(set(texts)) < len(texts) / 3):
            continue
        counts = [sum(part.isalpha() for part in re.split(r"\W+", text)) for text in texts]
        if sum(counts) / len(counts) >= 3 and not all(_is_moment(text) for text in texts):
            words[name] = sum(counts) / len(counts)
    likely = sorted(words, key=lambda name: -words[name])[:3]
    return likely or [name for name in names if _HINTS.get(name) == "text"][:1]


def _is_moment(text: str) -> bool:
    return bool(re.search(r"\b(?:19|20)\d\d\b.{0,20}\d\d:\d\d", text[:120]))


def _renamed(path: Path, header: list[str], wanted: str, line: int) -> None:
    for name, times in Counter(header).items():
        if times > 1 and name in (wanted, *COLUMNS):
            raise ImportFileError(
                f"{path}: line {line}: the column '{name}' stands there {times} times; keep one."
            )
    if wanted != "text":
        header[:] = [
            "text" if name == wanted else "" if name == "text" else name for name in header
        ]


def _fill(
    table: Table,
    header: list[str],
    rows: list[tuple[int, list[str]]],
    separator: str,
    faults: FileFaults,
) -> None:
    decoded_cells = 0
    again: list[int] = []
    nameless: list[int] = []
    under: list[int] = []
    short: list[int] = []
    last_whole = max((i for i, (_, cells) in enumerate(rows) if len(cells) > 1), default=0)
    firsts = Counter(cells[0].strip() for _, cells in rows)
    words_first = sum(len(each.split()) > 1 for each in firsts.elements()) > 0.5 * len(rows)
    for index, (line, cells) in enumerate(rows):
        extra = [cell for cell in cells[len(header) :] if cell.strip()]
        if extra:
            faults.add(
                line,
                f"{len(cells)} cells where the header has {len(header)}; put quotes around a text "
                f"that holds '{separator}', or name the column.",
            )
            continue
        if [named(cell) for cell in cells[: len(header)]] == header:
            again.append(line)
            continue
        if len(cells) < len(header) and header[0] != "text" and len(cells[0].split()) > 1:
            if index < last_whole and not (words_first or firsts[cells[0].strip()] > 1):
                faults.add(
                    line,
                    f"{len(cells)} cell{'' if len(cells) == 1 else 's'} where the header has "
                    f"{len(header)}; put quotes around a text that goes on on a next line.",
                )
                continue
            if len(cells) == 1:
                under.append(line)
                continue
        if len(cells) < len(header):
            short.append(line)
        if any(cell.strip() for name, cell in zip(header, cells, strict=False) if not name):
            nameless.append(line)
        whole = {}
        for name, cell in zip(header, cells, strict=False):
            if name and "{" in cell:
                plain = _decoded_cell(cell)
                decoded_cells += plain != cell
                whole[name] = plain
            elif name:
                whole[name] = cell
        table.records.append(Record(line, whole))
    if decoded_cells:
        table.warnings.append(
            f"marks of LimeSurvey such as {{newline}} and {_NOT_SHOWN} are decoded in "
            f"{decoded_cells} cell{'' if decoded_cells == 1 else 's'}"
        )
    if short and len(short) < 0.2 * len(rows):
        table.warnings.append(
            f"{on_lines(short)}: fewer cells than the other rows; if a text goes on on a next line "
            "there, put quotes around it"
        )
    if nameless:
        table.warnings.append(
            f"{on_lines(nameless)}: cells of a column without a name are left out; name it"
        )
    _leave_out(table, "the names of the columns again", again)
    _leave_out(table, "words under the table", under)
    _without_survey_rows(table)
    _without_footer(table)


def _leave_out(table: Table, reason: str, lines: Sequence[int]) -> None:
    if lines:
        table.left_out.append(SkippedRows(reason, tuple(lines)))


def _decoded_cell(cell: str) -> str:
    if cell.strip() == _NOT_SHOWN:
        return ""
    return _VV_MARK.sub(lambda mark: _VV[mark[1]], cell)


def _without_survey_rows(table: Table) -> None:
    """Leaves out the second and third header row of Qualtrics, and preview, test and spam rows."""
    for index, record in enumerate(table.records[:4]):
        if any(_IMPORT_ID in cell for cell in record.cells.values() if isinstance(cell, str)):
            heads = table.records[: index + 1]
            _leave_out(
                table, "the second and third header row of Qualtrics", [each.line for each in heads]
            )
            del table.records[: index + 1]
            break
    previews = [each for each in table.records if _is_preview(each.cells)]
    if previews:
        _leave_out(
            table, "filled in as a preview or test, or spam", [each.line for each in previews]
        )
        table.records = [each for each in table.records if not _is_preview(each.cells)]


def _is_preview(cells: dict[str, Any]) -> bool:
    return str(cells.get("distributionchannel") or "").strip().lower() in (
        "preview",
        "test",
    ) or str(cells.get("status") or "").strip().lower() in ("survey preview", "survey test", "spam")


def _without_footer(table: Table) -> None:
    """Leaves out a total or colophon in the last rows (at most five).

    Such a row lacks the cells that other rows fill, has its text outside the column ``text`` with
    only numbers after it, or names a total.
    """
    footer: list[int] = []
    while len(table.records) > 1 and len(footer) < 5:
        cells = {name: str(cell or "").strip() for name, cell in table.records[-1].cells.items()}
        text = " ".join(cell for cell in cells.values() if cell)
        counted = _UNIT.sub("", text) if len(text) <= 200 else text
        if len(text) > 200 or not any(
            pattern.fullmatch(counted) for pattern in (_TOTAL, _COLOPHON, _NUMBER)
        ):
            break
        others = table.records[-_USUAL - 1 : -1]
        usual = [name for name in table.columns if name != "text" and _is_usual(name, others)]
        first, *more = [name for name, cell in cells.items() if cell]
        lonely = bool(usual) and all(is_empty(cells.get(name, "")) for name in usual)
        # The text is in another column than ``text``, with only numbers after it.
        beside = first != "text" and all(_NUMBER.fullmatch(cells[name]) for name in more)
        beside = beside and not _NUMBER.fullmatch(cells[first])
        if not (lonely or beside or (_TOTAL.fullmatch(counted) and _COUNTED.search(text))):
            break
        footer.insert(0, table.records.pop().line)
    _leave_out(table, "a total or a colophon under the table", footer)


def _is_usual(name: str, records: Sequence[Record]) -> bool:
    filled = sum(not is_empty(str(each.cells.get(name) or "")) for each in records)
    return filled > 0.9 * len(records)


def lines_of_json(
    path: Path, text: str, faults: FileFaults, text_column: str | None = None
) -> Table:
    """The table in a jsonl file: one object per line.

    Raises:
        ImportFileError: no line has the text field, or the file is one array.
    """
    wanted = named(text_column) if text_column else "text"
    table = Table()
    header: dict[str, None] = {}
    without: list[int] = []
    # Only a line feed ends a line: ``splitlines`` also splits at other characters within a text.
    for line, raw in enumerate(text.split("\n"), start=1):
        if not raw.strip():
            continue
        try:
            record = json.loads(raw)
        except (ValueError, RecursionError) as error:
            reason = getattr(error, "msg", "nested too deeply")
            if not table.records and raw.lstrip().startswith("["):
                raise ImportFileError(f"{path}: line {line}: {ARRAY}") from error
            faults.add(line, f"not JSON ({reason}); write one object per line.")
            continue
        if isinstance(record, list) and record and isinstance(record[0], dict):
            raise ImportFileError(f"{path}: line {line}: {ARRAY}")
        if not isinstance(record, dict):
            faults.add(line, 'not an object; write e.g. {"text": "..."}.')
            continue
        cells = {named(str(name)): value for name, value in record.items()}
        header.update(dict.fromkeys(cells))
        table.records.append(Record(line, cells))
        if wanted not in cells:
            without.append(line)
        elif is_nan(cells[wanted]):
            cells[wanted] = None
        elif cells[wanted] is not None and not isinstance(cells[wanted], str):
            faults.add(line, f"{wanted}: not a text; put it between quotes.")
        if wanted != "text":
            cells["text"] = cells.pop(wanted, None)
    table.columns = ["text" if name == wanted else name for name in header]
    if without and len(without) == len(table.records):
        samples = [record.cells for record in table.records[:200]]
        said = _no_text(without[0], list(header), samples, wanted, of_csv=False)
        raise ImportFileError(f"{path}: {said}")
    for line in without:
        faults.add(line, f"there is no '{wanted}'; name the field with the answer '{wanted}'.")
    return table


ARRAY = (
    "not an object but an array; write one object per line, e.g. with: jq -c '.[]' FILE > NEW.jsonl"
)


def is_nan(value: object) -> bool:
    """Whether a value is the float NaN (``NaN`` in Python's JSON): an empty cell, not a fault."""
    return isinstance(value, float) and math.isnan(value)


def unknown_columns_told(names: Sequence[str]) -> str | None:
    """One line about unknown columns, or None if there are none."""
    if not names:
        return None
    likely = {name: "citaat" if "citer" in name else _HINTS.get(name) for name in names}
    hints = [f"'{name}' is perhaps {known}" for name, known in likely.items() if known][:8]
    which = (
        f"column '{names[0]}' is"
        if len(names) == 1
        else (
            f"columns {', '.join(shown(name) for name in names[:8])}"
            f"{f' and {len(names) - 8} more' if len(names) > 8 else ''} are"
        )
    )
    return f"unknown {which} left out" + (f" ({'; '.join(hints)})" if hints else "")
