"""Reads rich text (rtf); runs in a child process (``apart``)."""

from __future__ import annotations

import re
from pathlib import Path

from striprtf.striprtf import rtf_to_text

from consultation.importing.formats.apart import UnreadableFile
from consultation.importing.formats.flow import DocumentContent, content

_LIST_TEXT = re.compile(r"\{\\(?:listtext|\*\\pn\w*|pntext)(?![a-z])")
_NOTE_SIGN = re.compile(r"\{\\super(?: ?\\chftn| ?\d{1,3}) ?\}|\\chftn ?")
_LINE = re.compile(r"\n+")


def document(path: Path) -> DocumentContent:
    """The text of a rich text file, with the marks of its lists and without its notes.

    Raises:
        UnreadableFile: it is no rich text.
    """
    raw = path.read_bytes()
    if not raw.lstrip().startswith(b"{\\rtf"):
        raise UnreadableFile("is no rich text; open it and save it again.")
    code = raw.decode("cp1252", errors="replace")
    notes = code.count("{\\footnote")
    # The marks of lists stand in groups that readers skip.
    code = _NOTE_SIGN.sub("", _LIST_TEXT.sub("{", code))
    text = str(rtf_to_text(code, errors="ignore"))  # type: ignore[no-untyped-call]
    text = _LINE.sub(
        "\n\n", text.replace("\xa0", " ").replace("\xad", "").replace("\x00", "")
    ).strip()
    found = content(text)
    found["notes"] = notes
    return found
