"""Reads web pages (html); runs in a child process (``apart``)."""

from __future__ import annotations

import re
from pathlib import Path

from lxml import etree
from lxml import html as lxml_html

from consultation.importing.formats.apart import UnreadableFile
from consultation.importing.formats.flow import DocumentContent, Flow, is_note_mark

_SKIPPED = frozenset(
    word
    for line in (
        "script style head nav noscript template svg iframe button select textarea input",
        "title audio video object math figcaption footer aside form dialog menu",
    )
    for word in line.split()
)
_ROLES = frozenset(
    ("navigation", "banner", "contentinfo", "search", "complementary", "dialog", "alertdialog")
)
_HIDDEN_STYLE = re.compile(r"(?:display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden)", re.I)
_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:cookies?|skip|skiplink|sr-only|visually-hidden|breadcrumbs?|kruimelpad|share"
    r"|social|newsletter|nieuwsbrief|related|byline|meta)(?:$|[\s_-])",
    re.IGNORECASE,
)
_NOTES = re.compile(r"(?:^|[\s_-])(?:footnotes?|voetnoten|endnotes?)(?:$|[\s_-])", re.IGNORECASE)
_WHOLE = 200
"""The least characters of the element that a page calls its main part."""

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_INLINE = frozenset(
    word
    for line in (
        "a abbr b bdi bdo cite code data del dfn em font i ins kbd label mark q s samp",
        "small span strike strong sub sup time tt u var wbr img o:p acronym big center",
    )
    for word in line.split()
)


def document(path: Path) -> DocumentContent:
    """The text of a web page, as a browser shows it, without menus and scripts.

    Raises:
        UnreadableFile: it holds no text.
    """
    return page(path.read_bytes())


def page(raw: bytes) -> DocumentContent:
    """The text of a web page; its encoding is the one it names, UTF-8 or Windows-1252.

    Raises:
        UnreadableFile: it holds no text.
    """
    source: bytes | str = raw
    if b"charset" not in raw[:2_000].lower() and b"encoding=" not in raw[:200]:
        try:
            source = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            source = raw.decode("cp1252", errors="replace")
    try:
        root = lxml_html.document_fromstring(source)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableFile("holds no text.") from error
    reader = _Reader()
    reader.block(_main_part(root), "")
    reader.end()
    return reader.flow.content()


def _main_part(root: etree._Element) -> etree._Element:
    """The element that a page itself calls its main part; all of it where there is no one such."""
    mains = [each for each in root.iter() if each.tag == "main" or each.get("role") == "main"]
    for found in (mains, list(root.iter("article"))):
        if len(found) == 1 and len(" ".join(_words_in(found[0]).split())) >= _WHOLE:
            return found[0]
    return root


def _is_beside(element: etree._Element, name: str) -> bool:
    """Whether an element is hidden, or menu, banner or colophon of the website."""
    if (
        name in _SKIPPED
        or element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
    ):
        return True
    if (element.get("role") or "").lower() in _ROLES:
        return True
    if _HIDDEN_STYLE.search((element.get("style") or "")[:500]):
        return True
    if name == "header":
        return element.find(".//nav") is not None
    return name not in ("body", "html", "main", "article") and _is_called(element, _ASIDE)


def _is_called(element: etree._Element, names: re.Pattern[str]) -> bool:
    """Whether the class or the id of an element has one of these names in it."""
    return bool(names.search(f"{element.get('class') or ''} {element.get('id') or ''}"[:300]))


def _words_in(element: etree._Element) -> str:
    return "".join(map(str, element.itertext()))


class _Reader:
    def __init__(self) -> None:
        self.flow = Flow()
        self._text = ""
        self._mark = ""
        self._heading = False

    def block(self, element: etree._Element, mark: str) -> None:
        """Adds the text of a block element and of the elements in it."""
        number = 0
        self._words(element.text)
        for each in element:
            name = each.tag.lower() if isinstance(each.tag, str) else ""
            if not name or _is_beside(each, name):
                pass
            elif _is_called(each, _NOTES):
                self.end()
            elif name == "br":
                self._text += "\n"
            elif name in ("sup", "a") and is_note_mark(self._text, _words_in(each)):
                self.flow.notes += 1
            elif name in _INLINE:
                self.block(each, mark)
            else:
                self.end()
                if name == "li":
                    number += 1
                    self._mark = f"{number}." if element.tag == "ol" else "-"
                self._heading = name in _HEADINGS
                self.block(each, mark)
                self.end()
                self._mark, self._heading = "", False
            self._words(each.tail)

    def end(self) -> None:
        """Ends the current paragraph."""
        # A line break of the author separates paragraphs only where it stands twice.
        for part in self._text.split("\n\n"):
            role = "heading" if self._heading else "item" if self._mark else "paragraph"
            self.flow.add(part, role, self._mark)  # type: ignore[arg-type]
            if part.strip():
                self._mark = ""
        self._text = ""

    def _words(self, text: str | None) -> None:
        if text:
            joined = " ".join(text.split()) or " "
            lead = " " if text[:1].isspace() else ""
            tail = " " if text[-1:].isspace() else ""
            self._text += lead + joined + tail
