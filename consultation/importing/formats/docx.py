"""Reads Word documents (docx); runs in a child process (``apart``)."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from consultation.importing.formats.flow import DocumentContent, Flow, is_note_mark
from consultation.importing.formats.xml import child, local, named_all, parts, value

_SKIPPED = frozenset(
    ("del", "moveFrom", "instrText", "delText", "Fallback", "txbxContent", "rt", "pPr", "rPr")
)
_NOTES = frozenset(("footnoteReference", "endnoteReference"))
_HEADING = re.compile(r"(?:heading|kop|title|titel|subtitle|ondertitel|titre)\s*\d?", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc|inhopg|inhoudsopgave)\b.{0,20}", re.IGNORECASE)
_NO_NUMBER = "0"


class _Style(NamedTuple):
    heading: bool
    contents: bool
    number: str | None


def document(path: Path) -> DocumentContent:
    """The text of a Word document: without deleted text, notes, headers, footers and contents.

    Raises:
        UnreadableFile: it is broken or has a password.
    """
    root, styles, numbering = parts(
        path, "word/document.xml", "word/styles.xml", "word/numbering.xml"
    )
    assert root is not None
    return _Reader(root, styles, numbering).read()


class _Reader:
    def __init__(
        self,
        root: etree._Element,
        styles: etree._Element | None,
        numbering: etree._Element | None,
    ) -> None:
        self._root = root
        self._styles = _styles(styles)
        self._bullets = _bullets(numbering)
        self._counts: Counter[tuple[str, str]] = Counter()
        # Word writes where its pages broke; other programs only write the breaks of the author.
        self._rendered = next(named_all(root, "lastRenderedPageBreak"), None) is not None
        self._flow = Flow(page=1 if self._breaks() else 0)

    def read(self) -> DocumentContent:
        body = child(self._root, "body")
        self._blocks(body if body is not None else self._root)
        return self._flow.content()

    def _breaks(self) -> bool:
        return self._rendered or any(
            value(each, "type") == "page" for each in named_all(self._root, "br")
        )

    def _blocks(self, parent: etree._Element) -> None:
        for each in parent:
            name = local(each)
            if name == "p":
                self._paragraph(each)
            elif name not in _SKIPPED:
                self._blocks(each)

    def _paragraph(self, paragraph: etree._Element) -> None:
        settings = child(paragraph, "pPr")
        style = self._styles.get(value(child(settings, "pStyle")) or "", _Style(False, False, None))
        number = value(child(settings, "numPr", "numId")) or style.number
        level = value(child(settings, "numPr", "ilvl")) or "0"
        page = self._flow.page
        text = self._text(paragraph)
        after, self._flow.page = self._flow.page, page
        if text.strip() and not style.contents:
            outline = value(child(settings, "outlineLvl"))
            if style.heading or outline not in (None, "9"):
                self._flow.add(text, "heading")
            elif number is not None and number != _NO_NUMBER:
                self._flow.add(text, "item", self._mark(number, level))
            else:
                self._flow.add(text)
        self._flow.page = after
        for box in named_all(paragraph, "txbxContent"):
            if not any(local(up) == "Fallback" for up in box.iterancestors()):
                self._blocks(box)

    def _mark(self, number: str, level: str) -> str:
        if self._bullets.get((number, level), True):
            return "-"
        self._counts[number, level] += 1
        return f"{self._counts[number, level]}."

    def _text(self, element: etree._Element) -> str:
        found: list[str] = []
        for each in element:
            name = local(each)
            if name in _SKIPPED:
                continue
            if name == "r":
                raised = value(child(each, "rPr", "vertAlign")) == "superscript"
                run = self._text(each)
                if raised and is_note_mark("".join(found), run):
                    self._flow.notes += 1
                else:
                    found.append(run)
            elif name == "t":
                found.append(each.text or "")
            elif name == "tab":
                found.append("\t")
            elif name in ("br", "cr"):
                page = value(each, "type") == "page"
                self._flow.page += page and not self._rendered
                found.append("\n")
            elif name == "lastRenderedPageBreak":
                self._flow.page += 1
            elif name == "noBreakHyphen":
                found.append("-")
            elif name in _NOTES:
                self._flow.notes += 1
            else:
                found.append(self._text(each))
        return "".join(found)


def _styles(root: etree._Element | None) -> dict[str, _Style]:
    known = {value(each, "styleId") or "": each for each in named_all(root, "style")}

    def own(identifier: str, depth: int = 0) -> _Style:
        style = known.get(identifier)
        if style is None or depth > 10:
            return _Style(False, False, None)
        name = value(child(style, "name")) or ""
        based = own(value(child(style, "basedOn")) or "", depth + 1)
        outline = value(child(style, "pPr", "outlineLvl"))
        return _Style(
            based.heading or bool(_HEADING.fullmatch(name)) or outline not in (None, "9"),
            based.contents or bool(_CONTENTS.fullmatch(name)),
            value(child(style, "pPr", "numPr", "numId")) or based.number,
        )

    return {identifier: own(identifier) for identifier in known}


def _bullets(root: etree._Element | None) -> dict[tuple[str, str], bool]:
    """Whether a list has bullets, by number and level; it is numbered otherwise."""
    forms = {
        value(each, "abstractNumId"): {
            value(level, "ilvl") or "0": value(child(level, "numFmt")) in ("bullet", "none", None)
            for level in each
            if local(level) == "lvl"
        }
        for each in named_all(root, "abstractNum")
    }
    return {
        (value(each, "numId") or "", level): bullet
        for each in named_all(root, "num")
        for level, bullet in forms.get(value(child(each, "abstractNumId")), {}).items()
    }
