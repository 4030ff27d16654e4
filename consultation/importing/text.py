"""Decodes files to import, in the encodings that office programs use."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from consultation.errors import ImportFileError

_LINES = 5
_FORMATS = {
    (b"PK\x03\x04",): "a workbook or other zip file",
    (b"\xd0\xcf\x11\xe0",): "an old Office file",
    (b"%PDF",): "a PDF",
    (b"\x1f\x8b",): "a gzip file",
    (b"\x89PNG", b"\xff\xd8\xff", b"GIF8"): "a picture",
}
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
    for starts, name in _FORMATS.items():
        if data.startswith(starts):
            raise ImportFileError(
                f"{path}: holds binary data: it is {name}, whatever its name says; save it as csv "
                "(UTF-8)."
            )
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
