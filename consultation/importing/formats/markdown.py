"""Reads Markdown as the text that its writer means to be read."""

from __future__ import annotations

import re
from collections.abc import Iterator

_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")
_RULE_ROW = re.compile(r"[|:\s-]{3,500}")
_ROW = re.compile(r"\s*\|.*\|\s*")
_CELLS = re.compile(r"(?<!\\)\|")
_NOTE = re.compile(r"\[\^[^\]\s]{1,30}\]:")
_NOTE_MARK = re.compile(r"\[\^[^\]\s]{1,30}\]")
_FRONT = 60
"""The most lines of a front matter."""


def readable_markdown(text: str) -> tuple[str, int]:
    """A Markdown text without what no reader sees as text, and how many footnotes were left out.

    Front matter, code between fences and footnotes are left out, and so is the row of names above a
    table; each other cell becomes a paragraph. A text that has none of it is given back as it is.
    """
    lines = text.splitlines()
    lines = lines[_front_matter(lines) :]
    notes = 0
    kept: list[str] = []
    in_note = False
    for line in _without_code(lines):
        if _NOTE.match(line):
            in_note, notes = True, notes + 1
        elif in_note and (line[:1] in " \t" or not line.strip()) and line:
            continue
        elif _is_rule(line) and kept and _ROW.fullmatch(kept[-1]):
            in_note = False
            kept[-1] = ""
        else:
            in_note = False
            kept.append(_NOTE_MARK.sub("", line))
    found = list(_without_bars(kept))
    return (text, 0) if found == text.splitlines() else ("\n".join(found), notes)


def _is_rule(line: str) -> bool:
    """Whether a line is the one below the names of a table (``|---|:-:|``)."""
    return "|" in line and "--" in line and bool(_RULE_ROW.fullmatch(line))


def _front_matter(lines: list[str]) -> int:
    """The number of lines of settings at the top, between two lines ``---``."""
    if not lines or lines[0].strip() != "---":
        return 0
    ends = (n for n, line in enumerate(lines[1:_FRONT], 1) if line.strip() in ("---", "..."))
    return next(ends, -1) + 1


def _without_code(lines: list[str]) -> Iterator[str]:
    fence = ""
    for line in lines:
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence):
                fence = ""
        elif mark:
            fence = mark[1]
        else:
            yield line


def _without_bars(lines: list[str]) -> Iterator[str]:
    for line in lines:
        if not _ROW.fullmatch(line):
            yield line
            continue
        for cell in _CELLS.split(line):
            if cell.strip():
                yield from ("", cell.strip())
        yield ""
