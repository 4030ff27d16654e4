"""Decodes files to import, in the encodings that office programs use."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from consultation.errors import ImportFileError

_LINES = 5


class FileKind(NamedTuple):
    """What a file is by its content: a name, the endings that fit, and what to do instead."""

    name: str
    endings: tuple[str, ...]
    mend: str = ""


_OFFICE = {
    "word/": FileKind("a Word document", (".docx", ".docm")),
    "xl/": FileKind("an Excel workbook", (".xlsx", ".xlsm", ".xlsb")),
    "ppt/": FileKind("a PowerPoint file", (), "save it as pdf"),
    "application/vnd.oasis.opendocument.text": FileKind("an OpenDocument text", (".odt",)),
    "application/vnd.oasis.opendocument.spreadsheet": FileKind("a sheet", (".ods",)),
}
_STARTS = (
    (b"%PDF", FileKind("a PDF", (".pdf",))),
    (b"{\\rtf", FileKind("rich text", (".rtf",))),
    (b"\x1f\x8b", FileKind("a gzip file", (), "unpack it")),
    (b"\x89PNG", FileKind("a picture", (), "import its text, not a picture of it")),
    (b"\xff\xd8\xff", FileKind("a picture", (), "import its text, not a picture of it")),
    (b"GIF8", FileKind("a picture", (), "import its text, not a picture of it")),
)
_OLD_OFFICE = FileKind("an old Office file", (), "save it as docx or xlsx")
_ZIP = FileKind("a zip file", (), "unpack it and import the files in it")
_BROKEN_ZIP = FileKind("a workbook or other zip file that breaks off", (), "save it as csv (UTF-8)")
_BINARY = (".docx", ".docm", ".xlsx", ".xlsm", ".xlsb", ".ods", ".odt", ".pdf")
_PLAIN = FileKind("plain text", (".txt", ".csv", ".tsv", ".md"))
_HEAD = 1_024


def kind_of(path: Path) -> FileKind | None:
    """What a file is by its first bytes, if that tells; None of plain text with a name of text.

    A broken or encrypted office file tells nothing either: its reader says what is wrong.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
        if head.startswith(b"PK\x03\x04"):
            file.seek(0)
            return _packed(file, path.suffix.lower())
    for start, kind in _STARTS:
        if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(start):
            return kind
    ending = path.suffix.lower()
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return _OLD_OFFICE if ending not in (*_BINARY, ".xls") else None
    text = ending in _BINARY and head.strip() and b"\x00" not in head
    return _PLAIN if text and head.isascii() else None


def _packed(file: BinaryIO, ending: str) -> FileKind | None:
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            kind = archive.read("mimetype")[:_HEAD].decode() if "mimetype" in names[:1] else ""
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError):
        return None if ending in _BINARY else _BROKEN_ZIP
    if kind in _OFFICE:
        return _OFFICE[kind]
    found = next((known for known in _OFFICE if any(map(_begins(known), names[:200]))), None)
    if found is not None:
        return _OFFICE[found]
    return None if ending in _BINARY else _ZIP


def _begins(start: str) -> Callable[[str], bool]:
    return lambda name: name.startswith(start)


_CONTROLS = bytes([*range(1, 9), *range(14, 26), *range(27, 32)])
"""Control bytes that do not occur in text."""
_UTF_8 = re.compile("[ÂÃ][\x80-\xbf]|â[\x80-\xbf]{2}")
"""UTF-8 sequences decoded as Latin-1."""


def decoded(path: Path, data: bytes) -> str:
    """Decodes a file's text from UTF-8, UTF-16 (the "Unicode text" of Excel) or Windows-1252.

    A NUL character within text stays; the reader of the text tells its place.

    Raises:
        ImportFileError: it is none of these, or not text; names the line if there is one.
    """
    encoding = _utf_16(data)
    if encoding is not None:
        try:
            return data.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError as error:
            raise ImportFileError(
                f"{path}: is UTF-16 but breaks off in the middle of a character; save it as UTF-8."
            ) from error
    if b"\x00" in data and len(data.translate(None, _CONTROLS)) < len(data):
        raise ImportFileError(f"{path}: holds binary data, not text; save it as UTF-8 text.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len((data[: error.start] + b".").splitlines())
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError as other:
            raise ImportFileError(
                f"{path}: line {line}: neither UTF-8 nor Windows-1252; save the file as UTF-8."
            ) from other
        if _UTF_8.search(data.decode("latin-1")):
            raise ImportFileError(
                f"{path}: line {line}: not UTF-8, though other lines are; save the file as UTF-8 "
                "and import it again."
            ) from error
        return text


def _utf_16(data: bytes) -> str | None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    start = data[:2_000]
    for encoding, zeros, others in (
        ("utf-16-le", start[1::2], start[::2]),
        ("utf-16-be", start[::2], start[1::2]),
    ):
        if len(zeros) > 3 and zeros.count(0) > 0.7 * len(zeros) and others.count(0) == 0:
            return encoding
    return None


def on_lines(lines: Sequence[int]) -> str:
    """Formats line numbers: ``line 3``, or ``lines 3, 5, 8, 9, 12 and 40 more``."""
    known = list(dict.fromkeys(lines))
    if len(known) == 1:
        return f"line {known[0]}"
    if len(known) <= _LINES:
        return f"lines {', '.join(map(str, known[:-1]))} and {known[-1]}"
    return f"lines {', '.join(map(str, known[:_LINES]))} and {len(known) - _LINES} more"
