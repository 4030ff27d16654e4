"""Reads OpenDocument texts (odt); runs in a child process (``apart``)."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from consultation.importing.formats.flow import DocumentContent, Flow, is_note_mark
from consultation.importing.formats.xml import child, local, named_all, parts, value

_SKIPPED = frozenset(
    word
    for line in (
        "tracked-changes table-of-content annotation annotation-end ruby-text forms",
        "page-number bookmark title-page illustration-index bibliography",
    )
    for word in line.split()
)


def document(path: Path) -> DocumentContent:
    """The text of an OpenDocument text: without notes, headers, footers and contents.

    Raises:
        UnreadableFile: it is broken or has a password.
    """
    root, styles = parts(path, "content.xml", "styles.xml")
    assert root is not None
    reader = _Reader(root, styles)
    text = child(root, "body", "text")
    reader.blocks(text if text is not None else root)
    return reader.flow.content()


class _Reader:
    def __init__(self, root: etree._Element, styles: etree._Element | None) -> None:
        breaks = next(named_all(root, "soft-page-break"), None) is not None
        self.flow = Flow(page=1 if breaks else 0)
        self._raised = {
            value(style, "name")
            for place in (root, styles)
            for style in named_all(place, "style")
            if _is_raised(value(child(style, "text-properties"), "text-position"))
        }
        self._numbered = {
            value(style, "name")
            for place in (root, styles)
            for style in named_all(place, "list-style")
            if child(style, "list-level-style-number") is not None
        }

    def blocks(self, parent: etree._Element, mark: str = "") -> None:
        """Adds the paragraphs, headings, lists and tables below an element."""
        for each in parent:
            name = local(each)
            if name == "h":
                self._paragraph(each, "heading")
            elif name == "p":
                self._paragraph(each, "item" if mark else "paragraph", mark)
                mark = ""
            elif name == "list":
                self._list(each)
            elif name == "soft-page-break":
                self.flow.page += 1
            elif name not in _SKIPPED:
                self.blocks(each, mark)

    def _list(self, element: etree._Element, style: str | None = None) -> None:
        style = value(element, "style-name") or style
        number = 0
        for item in element:
            if local(item) == "list-header":
                self.blocks(item)
                continue
            number += 1
            first = True
            for each in item:
                if local(each) == "list":
                    self._list(each, style)
                elif local(each) in ("p", "h"):
                    mark = f"{number}." if style in self._numbered else "-"
                    self._paragraph(each, "item" if first else "paragraph", mark)
                    first = False

    def _paragraph(self, element: etree._Element, role: str, mark: str = "") -> None:
        page = self.flow.page
        text = self._text(element, "")
        after, self.flow.page = self.flow.page, page
        self.flow.add(text, role, mark)  # type: ignore[arg-type]
        self.flow.page = after
        for box in named_all(element, "text-box"):
            self.blocks(box)

    def _text(self, element: etree._Element, before: str) -> str:
        found = element.text or ""
        for each in element:
            name = local(each)
            if name == "note":
                self.flow.notes += 1
            elif name == "s":
                found += " " * min(int(value(each, "c") or "1"), 100)
            elif name == "tab":
                found += "\t"
            elif name == "line-break":
                found += "\n"
            elif name == "soft-page-break":
                self.flow.page += 1
            elif name not in _SKIPPED and name not in ("text-box", ""):
                part = self._text(each, before + found)
                if value(each, "style-name") in self._raised and is_note_mark(before + found, part):
                    self.flow.notes += 1
                else:
                    found += part
            found += each.tail or ""
        return found


def _is_raised(position: str | None) -> bool:
    first = (position or "").split(" ")[0]
    return first == "super" or (first.endswith("%") and not first.startswith(("-", "0")))
