"""Reads answers from texts, tables and workbooks; checks values against the catalogue.

A text document is one answer with the file's text unchanged, so that every statement is a slice of
the imported text. A table has one answer per row.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import ftfy

from consultation.catalogue import Catalogue
from consultation.database.models import place_at
from consultation.errors import ImportFileError
from consultation.importing import sheets, transcripts
from consultation.importing.dates import month_comes_first, read_moment
from consultation.importing.formats import documents
from consultation.importing.formats.apart import LARGEST, read_apart
from consultation.importing.formats.flow import DocumentContent, content
from consultation.importing.formats.markdown import readable_markdown
from consultation.importing.mapping import SurveyMapping, mapped
from consultation.importing.tables import (
    ARRAY,
    COLUMNS,
    FileFaults,
    Record,
    SkippedRows,
    Table,
    csv_grid,
    delimited,
    is_nan,
    is_table,
    lines_of_json,
    named,
    survey_table,
    unknown_columns_told,
)
from consultation.importing.text import decoded, kind_of, on_lines
from consultation.importing.values import (
    SPREADSHEET_ERROR,
    RecognisedColumn,
    Unreadable,
    asked,
    group_slug,
    is_blank,
    is_empty,
    opdracht_number,
    question_key,
    recognised_ids,
    recognised_participants,
    shown,
    unknown_opdracht,
    yes_or_no,
)
from language.folding import is_unseen
from language.segmentation.plain_text import plain
from language.segmentation.statements import without_notes

TEXTS = (".txt", ".md")
DOCUMENTS = (*TEXTS, *documents.ENDINGS, *transcripts.ENDINGS)
TABLES = (".csv", ".jsonl", ".tsv", *sheets.ENDINGS)
SURVEYS = (".csv", ".tsv", *sheets.ENDINGS)
_MENDS = {
    **dict.fromkeys(
        (".numbers", ".fods", ".gsheet"),
        "in the spreadsheet, File, Save as or Export",
    ),
    **dict.fromkeys(
        (".doc", ".wpd", ".pages", ".msg", ".odp", ".ppt", ".pptx"),
        "as docx, pdf or plain text (.txt); a message of Outlook as eml",
    ),
    ".json": f"as .jsonl, for it is {ARRAY}",
    ".sav": "as csv, from the survey tool or SPSS",
    ".tab": "give it the ending .tsv",
    ".zip": "unpack it and import the files in it",
}
_WITHOUT_TEXT = "without text"
_MARKUP = 2_000
"""The longest text of which the tags are looked at to see that it says nothing."""

_UNKNOWN = {
    "group": "is no group that the catalogue has: left empty. Say which one it is, or geen, under "
    "group_values in the mapping",
    "question": "is no question that the catalogue has: left empty",
    "citaat": "is neither a yes nor a no: they are not quoted",
}
"""What is said of values of a survey export that the catalogue does not know, by column."""

_OTHER_CODING = re.compile(r"[a-z]Ž|(?<=[a-z])[‚‰‹•„ˆ‡](?=[a-z])")
Value = TypeVar("Value")


@dataclass(frozen=True)
class ImportRow:
    """One answer of a file. ``place`` names it in messages; empty values are None.

    ``citaat`` is whether the participant agrees to being quoted; None: not known. It is no part of
    the answer, so it is left out of ``repr`` and thus of the row's key. ``mangled``: a spreadsheet
    damaged the id or the participant of the row.
    """

    place: str
    text: str
    id: str | None = None
    opdracht: int | None = None
    question: str | None = None
    group: str | None = None
    organisation: str | None = None
    submitted_at: datetime | None = None
    participant: str | None = None
    citaat: bool | None = field(default=None, repr=False)
    mangled: bool = field(default=False, repr=False)
    places: tuple[tuple[int, int | str], ...] = field(default=(), repr=False)
    """Positions in the text, in order, and what begins there: a page number, or in a transcript the
    time (``00:01:02``)."""

    def page(self, position: int) -> int | str | None:
        """The page, or the time, at which the character at ``position`` stands, where known."""
        return place_at(self.places, position)


@dataclass(frozen=True)
class ImportFile:
    """Content of a file: its rows, the rows left out with the reasons, and warnings.

    ``part`` is the column that was read as the text and the sheet, where these were named. A
    ``document`` is one answer, identified by its file name at a next import. The rows of ``prose``
    are whole documents: of an e-mail, its text and each attachment. Of an export of a survey,
    ``survey`` is its name, under which its answers are known again, and ``header`` its columns.
    """

    name: str
    rows: tuple[ImportRow, ...]
    left_out: tuple[SkippedRows, ...] = ()
    warnings: tuple[str, ...] = ()
    part: str | None = None
    document: bool = False
    prose: bool = False
    survey: str | None = None
    header: tuple[str, ...] = ()

    @property
    def empty(self) -> int:
        """How many rows had no text."""
        return sum(len(each.lines) for each in self.left_out if each.reason == _WITHOUT_TEXT)


def read_rows(
    path: Path,
    catalogue: Catalogue,
    text_column: str | None = None,
    sheet: str | None = None,
    mapping: SurveyMapping | None = None,
) -> ImportFile:
    """The answers in a text, a table or a workbook, checked against the catalogue.

    A document is one answer, and so is a txt or md file, unless it holds a table. Footnotes and
    their numbers are left out. The cells of
    tables may be separated by commas, semicolons, tabs or bars, in UTF-8, UTF-16 or Windows-1252.
    Rows that are no answers are left out and listed. Placeholders that programs write into empty
    cells (NaN, null, #N/A) count as empty, except in the text: the text is kept unchanged, and the
    analysis lists it among the answers without content. ``text_column`` names the column with the
    answers, if it is not ``text``; ``sheet`` the sheet of a workbook, if several have answers. A
    file with a ``mapping`` is an export of a survey, in any columns.

    Raises:
        ImportFileError: the file cannot be read, or values are invalid; names file, line, column
            and correction of all of them.
    """
    check_file(path)
    ending = path.suffix.lower()
    faults = FileFaults()
    if mapping is not None:
        table = read_survey(path, faults, mapping.questions[0].column, sheet)
        return replace(survey_answers(path, catalogue, table, mapping, faults), part=sheet)
    if ending in sheets.ENDINGS:
        table = sheets.workbook_table(path, faults, text_column, sheet)
    elif ending in transcripts.ENDINGS:
        return _transcript(path, decoded(path, path.read_bytes()))
    elif ending in documents.ENDINGS:
        return _document(path, read_apart("formats.documents.document", path))
    else:
        text = decoded(path, path.read_bytes())
        if ending in TEXTS and not is_table(text, text_column):
            return _text(path, text)
        table = (lines_of_json if ending == ".jsonl" else delimited)(
            path, text, faults, text_column
        )
    file = _Reader(path, catalogue, table, faults).read()
    faults.check(path)
    return replace(file, part=", ".join(filter(None, (text_column, sheet))) or None)


def survey_answers(
    path: Path, catalogue: Catalogue, table: Table, mapping: SurveyMapping, faults: FileFaults
) -> ImportFile:
    """The answers in the table of a survey export, by its mapping; ``path`` names the file.

    ``faults`` has those of reading the table.

    Raises:
        ImportFileError: columns of the mapping are missing, or values are invalid; names file,
            line, column and correction of all of them.
    """
    file = _Reader(path, catalogue, mapped(path, table, mapping), faults, mapping=True).read()
    faults.check(path)
    return replace(file, survey=mapping.survey, header=tuple(table.columns))


def read_survey(
    path: Path, faults: FileFaults, column: str = "", sheet: str | None = None
) -> Table:
    """The table of a survey export; ``column`` is one of its columns, by which it is found.

    Raises:
        ImportFileError: the file is no table, or cannot be read.
    """
    check_file(path)
    ending = path.suffix.lower()
    if ending in sheets.ENDINGS:
        grid, warnings = sheets.sheet_grid(path, named(column), sheet)
    elif ending in (".csv", ".tsv", ".txt"):
        grid, warnings = csv_grid(decoded(path, path.read_bytes()), faults, named(column)), []
    else:
        raise ImportFileError(f"{path}: a mapping is for csv, tsv, xlsx and ods files.")
    table = survey_table(path, grid, faults)
    table.warnings += warnings
    return table


def _text(path: Path, text: str) -> ImportFile:
    if "\x00" in text:
        lines = [number for number, line in enumerate(text.split("\n"), 1) if "\x00" in line]
        raise ImportFileError(
            f"{path}: {on_lines(lines)}: holds a NUL character; take it out, or save the file as "
            "UTF-8 again."
        )
    notes = 0
    if path.suffix.lower() == ".md":
        text, notes = readable_markdown(text)
    found = content(text)
    found["notes"] = notes
    found["warnings"] += _coded_twice([(1, text)])
    return _document(path, found)


def _document(path: Path, found: DocumentContent) -> ImportFile:
    """The answers in a document: its text, and the attachments of an e-mail, by one participant."""
    rows: list[ImportRow] = []
    warnings: list[str] = []
    mail = found["message"] or found["sender"]
    moment = datetime.fromisoformat(found["date"]) if found["date"] else None

    def take(part: DocumentContent, name: str) -> None:
        text, notes = without_notes(part["text"]) if not part["pages"] else (part["text"], 0)
        notes += part["notes"]
        if notes:
            many = "footnote is" if notes == 1 else "footnotes are"
            warnings.append(f"{name}{notes} {many} left out")
        warnings.extend(f"{name}{said}" for said in part["warnings"])
        if text.strip():
            rows.append(
                ImportRow(
                    place=f"{path}{f': {name}' if name else ''}".removesuffix(": "),
                    text=text,
                    id=f"{mail} {name}" if mail else None,
                    participant=f"e-mail {found['sender']}" if found["sender"] else None,
                    submitted_at=moment.astimezone(UTC) if moment else None,
                    places=tuple((start, page) for start, page in part["pages"]),
                )
            )
        for title, inner in part["attachments"]:
            take(inner, f"{name}{title}: ")

    take(found, "")
    left_out = () if rows else (SkippedRows(_WITHOUT_TEXT, (1,)),)
    return ImportFile(
        path.name,
        tuple(rows),
        left_out,
        tuple(warnings),
        document=mail is None,
        prose=True,
    )


def _transcript(path: Path, text: str) -> ImportFile:
    """The answers in a transcript: one per turn, one participant per speaker."""
    turns = transcripts.spoken(path, text)
    rows = tuple(
        ImportRow(
            place=f"{path}: line {turn.line}",
            text=turn.text,
            id=f"{turn.times[0][1]} {turn.speaker or ''} {turn.line}",
            participant=f"{path.stem}: {turn.speaker or 'spreker'}",
            places=turn.times,
        )
        for turn in turns
    )
    lines = tuple(turn.line for turn in turns if turn.speaker is None)
    warnings = (f"{on_lines(lines)}: no speaker is named; counts as one person",) if lines else ()
    left_out = () if rows else (SkippedRows(_WITHOUT_TEXT, (1,)),)
    return ImportFile(path.name, rows, left_out, warnings, prose=True)


def check_opdracht(number: int | None, catalogue: Catalogue, place: str = "--opdracht") -> None:
    """Checks that an opdracht is in the catalogue; None passes.

    Raises:
        ImportFileError: it is not; names the opdrachten of the catalogue.
    """
    if number is not None and catalogue.opdracht(number) is None:
        raise ImportFileError(f"{place}: {unknown_opdracht(number, catalogue)}")


def named_group(value: str | None, catalogue: Catalogue, place: str = "--group") -> str | None:
    """The slug of the group that a text names, by slug or by name; None for None.

    Raises:
        ImportFileError: it names no group; names the groups of the catalogue.
    """
    try:
        return None if value is None else group_slug(value, catalogue)[0]
    except Unreadable as error:
        raise ImportFileError(f"{place}: {error}") from error


def check_file(path: Path) -> None:
    """Looks whether a file may be read, before anything reads it.

    Raises:
        ImportFileError: it is not there, too large, of a kind that is not read, or of another kind
            than its name says.
    """
    ending = path.suffix.lower()
    if path.is_dir():
        raise ImportFileError(f"{path}: is a folder; name the files in it.")
    if path.exists() and ending not in DOCUMENTS + TABLES:
        known = ", ".join(each[1:] for each in DOCUMENTS + TABLES)
        how = f" ({_MENDS[ending]})" if ending in _MENDS else ""
        raise ImportFileError(
            f"{path}: files ending in '{ending}' cannot be imported; save it as one of {known}"
            f"{how}."
        )
    try:
        if path.stat().st_size > LARGEST:
            raise ImportFileError(f"{path}: larger than 100 MB; split it into several files.")
        kind = kind_of(path)
    except FileNotFoundError as error:
        raise ImportFileError(f"{path}: there is no such file; check the path.") from error
    except OSError as error:
        raise ImportFileError(
            f"{path}: cannot be read ({error.strerror}); check its permissions."
        ) from error
    if kind is not None and ending not in kind.endings:
        mend = kind.mend or f"give it a name that ends in {kind.endings[0]}"
        raise ImportFileError(f"{path}: is {kind.name}, whatever its name says; {mend}.")


class _Reader:
    """Converts a table's records to rows; collects faults and warnings with their lines."""

    def __init__(
        self,
        path: Path,
        catalogue: Catalogue,
        table: Table,
        faults: FileFaults,
        mapping: bool = False,
    ) -> None:
        """``mapping``: the table comes from a mapping, which can say what an unknown group is."""
        self._path = path
        self._catalogue = catalogue
        self._table = table
        self._faults = faults
        self._mapping = mapping
        self._told: dict[str, list[int]] = {}
        self._known: dict[tuple[str, str, int | None], Any] = {}

    def read(self) -> ImportFile:
        empty: list[int] = []
        errors: list[int] = []
        records: list[Record] = []
        for record in self._table.records:
            raw = record.cells.get("text")
            if raw is not None and not isinstance(raw, str):
                continue
            if raw is None or _says_nothing(raw):
                empty.append(record.line)
            elif SPREADSHEET_ERROR.fullmatch(raw.strip()) and not is_empty(raw):
                errors.append(record.line)
            else:
                records.append(record)
        rows = self._rows(records)
        rows, again = self._without_repeated_ids(rows)
        left_out = list(self._table.left_out)
        if not self._table.records and not left_out:
            self._table.warnings.append("holds no answers, only the names of the columns")
        for reason, lines in (
            (_WITHOUT_TEXT, empty),
            ("a spreadsheet's error in place of the text", errors),
            ("the same row again, id and all", again),
        ):
            if lines:
                left_out.append(SkippedRows(reason, tuple(lines)))
        texts = [(line, row.text) for line, row in rows]
        warnings = [
            *self._table.warnings,
            *(f"{on_lines(lines)}: {said}" for said, lines in self._told.items()),
            *_coded_twice(texts),
            *_one_person(rows),
        ]
        unknown = tuple(dict.fromkeys(name for name in self._table.columns if name not in COLUMNS))
        if told := unknown_columns_told(unknown):
            warnings.insert(0, told)
        return ImportFile(
            self._path.name,
            tuple(row for _, row in rows),
            tuple(left_out),
            tuple(warnings),
        )

    def _rows(self, records: list[Record]) -> list[tuple[int, ImportRow]]:
        ids = self._sorted(records, "id", recognised_ids)
        people = self._sorted(records, "participant", recognised_participants)
        moments = [self._cell(each, "submitted_at") for each in records]
        month_first = month_comes_first(each for each in moments if each is not None)
        if month_first:
            self._table.warnings.append(
                "submitted_at: the month stands before the day here, so that 3/4/2026 is 4 March"
            )
        rows = []
        numbers: list[int] = []
        for index, record in enumerate(records):
            text = str(record.cells["text"])
            if not self._can_be_stored(record, text):
                continue
            opdracht = self._value(record, "opdracht", opdracht_number) or self._asked(record)
            question = self._value(record, "question", _sure(question_key), opdracht)
            if self._mapping and question is None and not any(map(str.isalpha, text)):
                numbers.append(record.line)
                continue
            rows.append(
                (
                    record.line,
                    ImportRow(
                        place=f"{self._path}: line {record.line}",
                        text=text,
                        id=ids.values[index],
                        opdracht=opdracht,
                        question=question,
                        group=self._value(record, "group", group_slug),
                        organisation=self._cell(record, "organisation"),
                        submitted_at=self._moment(record, moments[index], month_first),
                        participant=people.values[index],
                        citaat=self._value(record, "citaat", _sure(yes_or_no)),
                        mangled=ids.mangled[index] or people.mangled[index],
                    ),
                )
            )
        if numbers:
            self._table.left_out.append(SkippedRows("without a letter in the text", tuple(numbers)))
        return rows

    def _asked(self, record: Record) -> int | None:
        """The opdracht whose question a record names in its own words, where it names none."""
        cell = self._cell(record, "question")
        if cell is None:
            return None
        key = ("asked", cell, None)
        if key not in self._known:
            found = asked(cell, self._catalogue)
            self._known[key] = found[0] if found else None
        opdracht: int | None = self._known[key]
        return opdracht

    def _sorted(
        self,
        records: list[Record],
        column: str,
        sort: Callable[[list[str | None]], RecognisedColumn],
    ) -> RecognisedColumn:
        found = sort([self._cell(each, column, is_blank) for each in records])
        for said, places in found.warnings:
            self._told.setdefault(said, []).extend(records[place].line for place in places)
        return found

    def _can_be_stored(self, record: Record, text: str) -> bool:
        if "\x00" in text:
            self._faults.add(record.line, "text: holds a NUL character; take it out.")
            return False
        if any("\ud800" <= letter <= "\udfff" for letter in text):
            self._faults.add(
                record.line, "text: holds half a character (a lone surrogate); take it out."
            )
            return False
        return True

    def _cell(
        self, record: Record, column: str, is_nothing: Callable[[str], bool] = is_empty
    ) -> str | None:
        value = record.cells.get(column)
        if value is None or is_nan(value):
            return None
        if isinstance(value, bool) and column == "citaat":
            return "ja" if value else "nee"
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            self._faults.add(
                record.line, f"{column}: {value!r:.60} does not fit; write a text or number."
            )
            return None
        text = " ".join(str(value).split())
        if any("\ud800" <= letter <= "\udfff" or letter == "\x00" for letter in text):
            self._faults.add(record.line, f"{column}: holds a character that cannot be stored.")
            return None
        return None if is_nothing(text) else text

    def _value(
        self,
        record: Record,
        column: str,
        read: Callable[..., tuple[Value, bool]],
        opdracht: int | None = None,
    ) -> Value | None:
        """Parsed value of a cell, or None. An unsure one adds a warning, an invalid one a fault."""
        cell = self._cell(record, column)
        if cell is None:
            return None
        key = (column, cell, opdracht)
        if key not in self._known:
            try:
                given = (cell, opdracht) if column == "question" else (cell,)
                self._known[key] = (
                    read(cell) if column == "citaat" else read(*given, self._catalogue)
                )
            except Unreadable as error:
                self._known[key] = error
        found = self._known[key]
        if isinstance(found, Unreadable):
            if column in _UNKNOWN and self._mapping:
                told = f"{column}: {shown(cell)} {_UNKNOWN[column]}"
                self._told.setdefault(told, []).append(record.line)
            else:
                self._faults.add(record.line, f"{column}: {found}")
            return None
        value: Value
        value, sure = found
        if not sure:
            self._told.setdefault(f"{column}: {shown(cell)} is read as {value}", []).append(
                record.line
            )
        return value

    def _moment(self, record: Record, cell: str | None, month_first: bool) -> datetime | None:
        if cell is None:
            return None
        moment = read_moment(cell, month_first)
        if moment is None:
            self._told.setdefault(
                "submitted_at: not a date that can be read; the answer is imported without it. "
                "Write e.g. 2-3-2026 9:20 or 2026-03-02T09:20:00+01:00",
                [],
            ).append(record.line)
        return moment

    def _without_repeated_ids(
        self, rows: list[tuple[int, ImportRow]]
    ) -> tuple[list[tuple[int, ImportRow]], list[int]]:
        """Rows with a unique id or none, and the lines of rows that repeat another row entirely."""
        first: dict[str, tuple[int, ImportRow]] = {}
        kept: list[tuple[int, ImportRow]] = []
        again: list[int] = []
        for line, row in rows:
            seen = first.setdefault(row.id, (line, row)) if row.id is not None else (line, row)
            if seen[0] == line:
                kept.append((line, row))
            elif replace(seen[1], place="") == replace(row, place=""):
                again.append(line)
            else:
                mend = "give each row its own id"
                if (seen[1].question, seen[1].opdracht) != (row.question, row.opdracht):
                    mend += ", or call the column 'participant' if it tells who answered"
                self._faults.add(
                    line, f"id: {shown(row.id or '')} stands on line {seen[0]} already; {mend}."
                )
        return kept, again


def _says_nothing(raw: str) -> bool:
    """Whether nothing of a text is seen, but for tags and entities (``<div>&nbsp;</div>``)."""
    return is_unseen(raw) or (len(raw) < _MARKUP and "<" in raw and is_unseen(plain(raw).text))


def _sure(read: Callable[..., Value]) -> Callable[..., tuple[Value, bool]]:
    return lambda *given: (read(*given), True)


def _coded_twice(texts: list[tuple[int, str]]) -> tuple[str, ...]:
    """A warning about texts with a wrong encoding: UTF-8 decoded as another, or Mac or DOS."""
    lines = [
        line
        for line, text in texts
        if _OTHER_CODING.search(text) or ftfy.fix_encoding(text) != text
    ]
    if not lines:
        return ()
    return (
        f"{on_lines(lines)}: letters that look wrongly coded (such as Ã© for é: coded twice); they "
        "are imported as they stand. Open the original again in its own coding (in Excel: Data, "
        "From Text/CSV, File origin 65001 for UTF-8), save it as CSV UTF-8 and import that",
    )


def _one_person(rows: list[tuple[int, ImportRow]]) -> list[str]:
    """Warnings about participants with several groups, or that seem to be several people."""
    told = []
    named = [(line, row) for line, row in rows if row.participant is not None]
    groups: dict[str, set[str]] = {}
    answers: dict[str, dict[tuple[int | None, str | None], list[int]]] = {}
    for line, row in named:
        who = str(row.participant)
        if row.group is not None:
            groups.setdefault(who, set()).add(row.group)
        answers.setdefault(who, {}).setdefault((row.opdracht, row.question), []).append(line)
    mixed = sum(len(each) > 1 for each in groups.values())
    if mixed:
        told.append(f"participant: {mixed} with more than one group; the first one named counts")
    for each in answers.values():
        lines = max(each.values(), key=len)
        if len(lines) >= 5 and len(lines) > 0.5 * len(rows):
            told.append(
                f"{on_lines(lines)}: participant: the same in all of these, so they count as one "
                "person; leave the column out if it does not tell who answered"
            )
    return told
