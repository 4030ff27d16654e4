"""Answers read from txt, md, csv and jsonl files, every value checked against the catalogue.

A text document is one answer with the file's own text, so that every statement is a slice of what
was imported. A table is one answer per row.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from consultation.catalogue import Catalogue
from consultation.errors import ImportFileError

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
DOCUMENTS = (".txt", ".md")
TABLES = (".csv", ".jsonl")
_LARGEST = 100 * 1024 * 1024
_EMPTY_CELLS = frozenset({"nan", "<na>", "nat", "none", "null", "n/a", "#n/a", "#n/b"})
"""What spreadsheets and programs write into an empty cell, in small letters."""


@dataclass(frozen=True)
class ImportRow:
    """One answer of a file. ``place`` names it in messages; empty values are None.

    ``citaat`` tells whether who gave the answer agrees to being quoted; None: not known. It is no
    part of the answer, so it is left out of what tells rows apart.
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


@dataclass(frozen=True)
class ImportFile:
    """What a file holds: its rows, how many had no text, and the columns that are not known."""

    name: str
    rows: tuple[ImportRow, ...]
    empty: int = 0
    unknown_columns: tuple[str, ...] = ()


def read_rows(path: Path, catalogue: Catalogue) -> ImportFile:
    """The answers in a txt, md, csv or jsonl file, checked against the catalogue.

    txt and md are one answer: the file's text as it is. csv may be separated by commas, semicolons
    or tabs, in UTF-8 or Windows-1252. Rows without text are counted and left out. What programs
    write into an empty cell (NaN, null, #N/A) counts as empty, except in the text: that is kept as
    it was written, and the analysis lists it among the answers that say nothing.

    Raises:
        ImportFileError: the file cannot be read, or a value does not fit; names file, row, column
            and mend.
    """
    ending = path.suffix.lower()
    data = _bytes(path)
    if ending in DOCUMENTS:
        text = _document(path, data)
        if not text.strip():
            return ImportFile(path.name, (), empty=1)
        return ImportFile(path.name, (ImportRow(str(path), text),))
    records, header = (_csv if ending == ".csv" else _jsonl)(path, data)
    unknown = tuple(dict.fromkeys(name for name in header if name not in COLUMNS))
    rows: list[ImportRow] = []
    empty = 0
    for place, record in records:
        raw = record.get("text")
        if raw is None or not str(raw).strip():
            empty += 1
            continue
        rows.append(_row(place, str(raw), record, catalogue))
    _refuse_repeated_ids(rows)
    return ImportFile(path.name, tuple(rows), empty, unknown)


def check_opdracht(number: int | None, catalogue: Catalogue, place: str = "--opdracht") -> None:
    """Passes when the opdracht is in the catalogue, or None.

    Raises:
        ImportFileError: it is not; names the opdrachten there are.
    """
    if number is not None and catalogue.opdracht(number) is None:
        known = ", ".join(str(each.nummer) for each in catalogue.opdrachten)
        raise ImportFileError(f"{place}: there is no opdracht {number}; choose from {known}.")


def check_group(slug: str | None, catalogue: Catalogue, place: str = "--group") -> None:
    """Passes when the group is in the catalogue, or None.

    Raises:
        ImportFileError: it is not; names the groups there are.
    """
    if slug is not None and catalogue.groep(slug) is None:
        known = ", ".join(each.slug for each in catalogue.groepen)
        raise ImportFileError(f"{place}: '{slug}' is not a group; choose from {known}.")


def _bytes(path: Path) -> bytes:
    ending = path.suffix.lower()
    if path.is_dir():
        raise ImportFileError(f"{path}: is a folder; name the files in it.")
    if path.exists() and ending not in DOCUMENTS + TABLES:
        known = ", ".join(each[1:] for each in DOCUMENTS + TABLES)
        raise ImportFileError(
            f"{path}: files ending in '{ending}' cannot be imported; save it as one of {known}."
        )
    try:
        if path.stat().st_size > _LARGEST:
            raise ImportFileError(f"{path}: larger than 100 MB; split it into several files.")
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise ImportFileError(f"{path}: there is no such file; check the path.") from error
    except OSError as error:
        raise ImportFileError(
            f"{path}: cannot be read ({error.strerror}); check its permissions."
        ) from error
    if b"\x00" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ImportFileError(f"{path}: holds binary data, not text; save it as UTF-8 text.")
    return data


def _document(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ImportFileError(
            f"{path}: line {line}: not UTF-8; save the file as UTF-8 and import it again."
        ) from error


_Records = tuple[list[tuple[str, dict[str, Any]]], list[str]]


def _csv(path: Path, data: bytes) -> _Records:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            raise ImportFileError(
                f"{path}: line {line}: neither UTF-8 nor Windows-1252; save the file as UTF-8."
            ) from error
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(",;\t", key=lambda each: first.count(each)) if first else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    records: list[tuple[str, dict[str, Any]]] = []
    header: list[str] = []
    try:
        for cells in reader:
            place = f"{path}: line {reader.line_num}"
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = [cell.strip().lower() for cell in cells]
                _check_header(path, header)
                continue
            if len(cells) > len(header):
                raise ImportFileError(
                    f"{place}: {len(cells)} cells where the header has {len(header)}; put quotes "
                    f"around a text that holds '{separator}'."
                )
            records.append((place, dict(zip(header, cells, strict=False))))
    except csv.Error as error:
        raise ImportFileError(
            f"{path}: line {reader.line_num}: not valid csv ({error}); check the quotes there."
        ) from error
    if not header:
        raise ImportFileError(f"{path}: is empty; the first line must name the columns.")
    return records, header


def _check_header(path: Path, header: Sequence[str]) -> None:
    if "text" not in header:
        raise ImportFileError(
            f"{path}: line 1: there is no column 'text' (found: {', '.join(header)}); name the "
            "column with the answers 'text'."
        )
    for name, times in Counter(header).items():
        if times > 1 and name in COLUMNS:
            raise ImportFileError(
                f"{path}: line 1: the column '{name}' stands there {times} times; keep one."
            )


def _jsonl(path: Path, data: bytes) -> _Records:
    records: list[tuple[str, dict[str, Any]]] = []
    header: dict[str, None] = {}
    # Only a line feed ends a line here: splitlines would also cut at characters within a text.
    for number, line in enumerate(_document(path, data).split("\n"), start=1):
        if not line.strip():
            continue
        place = f"{path}: line {number}"
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            reason = getattr(error, "msg", "nested too deeply")
            raise ImportFileError(
                f"{place}: not JSON ({reason}); write one object per line."
            ) from error
        if not isinstance(record, dict):
            raise ImportFileError(f'{place}: not an object; write e.g. {{"text": "..."}}.')
        if "text" not in record:
            raise ImportFileError(
                f"{place}: there is no 'text'; name the field with the answer 'text'."
            )
        if _is_nan(record["text"]):
            record["text"] = None
        if record["text"] is not None and not isinstance(record["text"], str):
            raise ImportFileError(f"{place}: text: not a text; put it between quotes.")
        header.update(dict.fromkeys(record))
        records.append((place, record))
    return records, list(header)


def _row(place: str, text: str, record: dict[str, Any], catalogue: Catalogue) -> ImportRow:
    if "\x00" in text:
        raise ImportFileError(f"{place}: text: holds a NUL character; take it out.")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ImportFileError(
            f"{place}: text: holds half a character (a lone surrogate); take it out."
        ) from error
    opdracht = _opdracht(_cell(record, "opdracht", place), place)
    check_opdracht(opdracht, catalogue, f"{place}: opdracht")
    group = _cell(record, "group", place)
    check_group(group, catalogue, f"{place}: group")
    return ImportRow(
        place=place,
        text=text,
        id=_cell(record, "id", place),
        opdracht=opdracht,
        question=_question(_cell(record, "question", place), opdracht, catalogue, place),
        group=group,
        organisation=_cell(record, "organisation", place),
        submitted_at=_moment(_cell(record, "submitted_at", place), place),
        participant=_cell(record, "participant", place),
        citaat=_yes_or_no(_cell(record, "citaat", place), place),
    )


def _cell(record: dict[str, Any], column: str, place: str) -> str | None:
    value = record.get(column)
    if value is None or _is_nan(value):
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ImportFileError(f"{place}: {column}: {value!r} does not fit; write a text or number.")
    text = str(value).strip()
    if any("\ud800" <= letter <= "\udfff" or letter == "\x00" for letter in text):
        raise ImportFileError(f"{place}: {column}: holds a character that cannot be stored.")
    return None if text.lower() in _EMPTY_CELLS else text or None


def _is_nan(value: object) -> bool:
    """Whether this is the number that Python's JSON writes as NaN: no text, and no error."""
    return isinstance(value, float) and math.isnan(value)


def _opdracht(value: str | None, place: str) -> int | None:
    if value is None:
        return None
    match = re.fullmatch(r"[Oo]?0*(\d{1,2})(?:\.0)?", value)
    if not match:
        raise ImportFileError(
            f"{place}: opdracht: '{value}' is not a number; write the opdracht's number, e.g. 4."
        )
    return int(match[1])


def _question(
    value: str | None, opdracht: int | None, catalogue: Catalogue, place: str
) -> str | None:
    if value is None:
        return None
    owner = catalogue.opdracht(opdracht)
    owners = [owner] if owner else list(catalogue.opdrachten)
    known = list(dict.fromkeys(vraag.key for each in owners for vraag in each.vragen))
    if value not in known:
        where = f" of opdracht {opdracht}" if owner else ""
        raise ImportFileError(
            f"{place}: question: '{value}' is not a question{where}; choose from "
            f"{', '.join(known)}."
        )
    return value


def _yes_or_no(value: str | None, place: str) -> bool | None:
    if value is None:
        return None
    if value.lower() not in ("ja", "nee"):
        raise ImportFileError(
            f"{place}: citaat: '{value}' does not fit; write ja where they agree to being quoted, "
            "nee where they do not, and nothing where it is not known."
        )
    return value.lower() == "ja"


def _moment(value: str | None, place: str) -> datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ImportFileError(
            f"{place}: submitted_at: '{value}' is not a date; write e.g. 2026-03-02 or "
            "2026-03-02T09:30:00+01:00."
        ) from error


def _refuse_repeated_ids(rows: Iterable[ImportRow]) -> None:
    seen: dict[str, str] = {}
    for row in rows:
        if row.id is None:
            continue
        if row.id in seen:
            first = seen[row.id].rsplit(": ", 1)[-1]
            raise ImportFileError(
                f"{row.place}: id: '{row.id}' stands on {first} already; give each row its own id."
            )
        seen[row.id] = row.place
