"""The text of a document, built paragraph by paragraph, with the places where its pages begin."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, TypedDict

Role = Literal["paragraph", "heading", "item"]

_SPACE = re.compile(r"[^\S\n]+")
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\xad\u200b\u2060\ufeff\ud800-\udfff]")
_SQUARED = re.compile(r"(?:^|[\s\d(])(?:[cdkm]?m|[cd]l|CO|H)$")
_NOTE_SIGN = re.compile(r"(?:\[?\d{1,3}\]?|[*†‡]{1,3})(?:[,;\s]+\d{1,3}){0,9}")


class DocumentContent(TypedDict):
    """A document as text: paragraphs with an empty line between, ``# `` before a heading.

    ``pages`` has the position in the text and the number of each page, where known. ``notes`` is
    the number of footnotes that were left out, ``warnings`` what else the user should know.
    ``attachments`` are the documents inside, with their names; of an e-mail, ``sender``,
    ``date`` (ISO) and ``message`` (its id) are those of its headers.
    """

    text: str
    pages: list[tuple[int, int]]
    notes: int
    warnings: list[str]
    attachments: list[tuple[str, DocumentContent]]
    sender: str | None
    date: str | None
    message: str | None


def content(text: str, pages: list[tuple[int, int]] | None = None) -> DocumentContent:
    """A document that is only text."""
    return {
        "text": text,
        "pages": pages or [],
        "notes": 0,
        "warnings": [],
        "attachments": [],
        "sender": None,
        "date": None,
        "message": None,
    }


@dataclass
class Flow:
    """Collects the paragraphs of a document in reading order."""

    parts: list[str] = field(default_factory=list)
    pages: list[tuple[int, int]] = field(default_factory=list)
    notes: int = 0
    page: int = 0
    """The current page; 0: not known."""

    _length: int = 0
    _last: Role | None = None

    def add(self, text: str, role: Role = "paragraph", mark: str = "") -> None:
        """Adds a paragraph; of an item, ``mark`` is the bullet or number. Empty text is skipped."""
        text = cleaned(text)
        if not text:
            return
        if role == "heading" and text.endswith((".", "!", "?")):
            # A whole sentence may say something, also where it stands as a heading.
            role = "paragraph"
        if self.parts:
            self._append("\n" if role == self._last == "item" else "\n\n")
        if self.page and (not self.pages or self.pages[-1][1] != self.page):
            self.pages.append((self._length, self.page))
        sign = {"heading": "# ", "item": f"{mark or '-'} ", "paragraph": ""}[role]
        self._append(sign + text)
        self._last = role

    def go_on(self, text: str, page: int) -> None:
        """Adds words to the last paragraph, on a page that may be another."""
        text = cleaned(text)
        if page and self.pages and self.pages[-1][1] != page:
            self.pages.append((self._length + 1, page))
        self._append(f" {text}")

    def content(self) -> DocumentContent:
        """The document."""
        found = content("".join(self.parts), self.pages)
        found["notes"] = self.notes
        return found

    def _append(self, text: str) -> None:
        self.parts.append(text)
        self._length += len(text)


def cleaned(text: str) -> str:
    """A paragraph without invisible characters, and with single blanks."""
    lines = _INVISIBLE.sub("", text).replace("\xa0", " ").splitlines()
    return "\n".join(_SPACE.sub(" ", line).strip() for line in lines if line.strip())


def is_note_mark(before: str, raised: str) -> bool:
    """Whether raised characters after a text refer to a note, rather than say "m²"."""
    return bool(_NOTE_SIGN.fullmatch(raised.strip())) and not _SQUARED.search(before)
