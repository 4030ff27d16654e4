"""Reads rich text (rtf); runs in a child process (``apart``)."""

from __future__ import annotations

import re
from pathlib import Path

from striprtf.striprtf import rtf_to_text

from consultation.importing.formats.apart import UnreadableFile
from consultation.importing.formats.flow import DocumentContent, content

_LIST_TEXT = re.compile(r"\{\\(?:listtext|\*\\pn\w*|pntext)(?![a-z])")
_NOTE_SIGN = re.compile(r"\{\\super(?: ?\\chftn| ?\d{1,3}) ?\}|\\chftn ?")
_HIDDEN = re.compile(r"\{(?:\\[a-z]{1,12}-?\d{0,4} ?){0,4}\\v(?![a-z0-9])|\{\\\*\\fldinst(?![a-z])")
"""The beginning of a group that no reader sees: hidden text, the instruction of a field."""

_HIDES = re.compile(r"\\v(0?)(?![a-z0-9])|[{}]")
_BRACE = re.compile(r"\\[{}\\]|[{}]")
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
    code = _without_hidden(_without_groups(code))
    code = _NOTE_SIGN.sub("", _LIST_TEXT.sub("{", code))
    text = str(rtf_to_text(code, errors="ignore"))  # type: ignore[no-untyped-call]
    text = _LINE.sub(
        "\n\n", text.replace("\xa0", " ").replace("\xad", "").replace("\x00", "")
    ).strip()
    found = content("\n\n".join(map(str.strip, text.split("\n\n"))))
    found["notes"] = notes
    return found


def _without_hidden(code: str) -> str:
    """The code without its hidden parts that begin and end within one group."""
    kept = []
    position = 0
    hidden: int | None = None
    for sign in _HIDES.finditer(code):
        if sign[0] in "{}":
            hidden = None
        elif not sign[1]:
            hidden = sign.start()
        elif hidden is not None:
            kept.append(code[position:hidden])
            position, hidden = sign.end(), None
    return "".join([*kept, code[position:]])


def _without_groups(code: str) -> str:
    """The code without the groups that ``_HIDDEN`` finds, with all that is in them."""
    kept = []
    position = 0
    while opening := _HIDDEN.search(code, position):
        kept.append(code[position : opening.start()])
        depth = 0
        position = len(code)
        for brace in _BRACE.finditer(code, opening.start()):
            depth += {"{": 1, "}": -1}.get(brace[0], 0)
            if depth == 0:
                position = brace.end()
                break
    return "".join([*kept, code[position:]])
