"""From a text to its statements: spans that each say one thing, exact to the character.

A statement is a sentence, a list item, or a clause where one sentence makes several proposals.
Paragraphs wrapped over lines are read as one, so a statement may span a line break; the slice
``text[start:end]`` is still what was written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from language.clauses import clause_spans
from language.sentences import sentence_spans

DOCUMENT_FROM = 1_500
"""From this many characters on a text is read as a document, with headings, notes and page numbers
to skip. Below it everything with a letter counts: it is somebody's whole answer."""

_WRAPPED_FROM = 45
_HEADING_WORDS = 12
_LEAST_WORDS = 3

_BULLET = re.compile(r"[ \t]*(?:[-–—•*▪◦‣·►➢✓+]|\(?\d{1,2}[.)]|\(?[a-zA-Z]\)|[a-z]\.)[ \t]+(?=\S)")
_MARK = re.compile(r"(?:[-–—•*▪◦‣·►➢✓+]|\(?\d{1,2}\)|\d{1,2}\.(?!\d)|\(?[a-zA-Z]\))\s+(?=\S)")
_NO_WORDS = re.compile(r"[\W\d_]*")
_PAGE = re.compile(r"(?:pagina|blz\.?|page|p\.)?\s*\d{1,4}(?:\s*(?:/|van|of)\s*\d{1,4})?", re.I)
_URL = re.compile(r"<?(?:https?://|www\.)\S+(?:\s+<?(?:https?://|www\.)\S+)*\s*", re.I)
_NOTE = re.compile(r"(?:\[\^?)?(\d{1,3})(?:\]:?)?\s+\S")
_RAISED = re.compile(r"[^\W\d_][’'”\")\]]*[.,;:?!]?(\d{1,3})(?!\d)(?![^\W\d_])")
_MARKDOWN_HEADING = re.compile(r"#{1,6}\s+")
_QUOTE_MARK = re.compile(r"[ \t]*(?:>[ \t]?)+")
_LIFE_DATES = re.compile(r"\(\s*+(?:[°*]\s*+)?\d{3,4}\s*+[-–]\s*+(?:\d{3,4}\s*+)?\)")
_WORD = re.compile(r"[^\W\d_][\w’'-]*")


@dataclass(frozen=True)
class Span:
    """One statement: ``text[start:end]``. ``block`` numbers the paragraph or list item it is in."""

    start: int
    end: int
    block: int


@dataclass(frozen=True)
class _Line:
    start: int
    end: int
    text: str

    @property
    def bare(self) -> str:
        return self.text.strip()


@dataclass
class _Block:
    start: int
    end: int
    lines: int
    item: bool
    heading: bool = False


def statement_spans(text: str, document: bool | None = None) -> list[Span]:
    """The statements of a text, in order, not overlapping, without outer white space.

    Left out are page numbers, addresses of websites, footnotes, bullet marks and whatever has no
    letter; in a document (by default: a text of at least ``DOCUMENT_FROM`` characters) also
    headings, names under quotations and scraps of fewer than three words.
    """
    if document is None:
        document = len(text) >= DOCUMENT_FROM
    spans: list[Span] = []
    for number, block in enumerate(_blocks(text, document)):
        if block.heading:
            continue
        for start, end in sentence_spans(text[block.start : block.end]):
            # Items of a list written in one line ("1) ... 2) ..."): the mark is not what is said.
            mark = _MARK.match(text, block.start + start, block.start + end)
            start = mark.end() - block.start if mark else start
            sentence = text[block.start + start : block.start + end]
            for opens, closes in clause_spans(sentence):
                first = block.start + start + opens
                last = block.start + start + closes
                if _says_something(text[first:last], document):
                    spans.append(Span(first, last, number))
    return spans


def _says_something(piece: str, document: bool) -> bool:
    words = _WORD.findall(piece)
    if not words or _URL.fullmatch(piece):
        return False
    if not document:
        return True
    return len(words) >= _LEAST_WORDS and not _LIFE_DATES.search(piece)


def _blocks(text: str, document: bool) -> list[_Block]:
    blocks: list[_Block] = []
    current: _Block | None = None
    closed_by_debris = True
    last_line = ""
    lines = _lines(text)
    notes = _note_lines(lines, text) if document else frozenset()
    for index, line in enumerate(lines):
        bare = line.bare
        if not bare:
            current = None
            continue
        if index in notes or _is_debris(bare, document):
            current, closed_by_debris = None, True
            continue
        start, end = _content(line)
        if start >= end:
            current, closed_by_debris = None, True
            continue
        is_item = bool(_BULLET.match(line.text[_indent(line) :]))
        markdown = bool(_MARKDOWN_HEADING.match(bare))
        if markdown:
            blocks.append(_Block(start, end, 1, item=False, heading=document))
            current, closed_by_debris = None, True
            continue
        goes_on = (
            blocks
            and not is_item
            and not blocks[-1].heading
            and (
                _continues(last_line, text[start:end], document)
                if current is not None
                else document
                and not closed_by_debris
                and text[start].islower()
                and not _ended(last_line)
            )
        )
        if goes_on:
            blocks[-1].end = end
            blocks[-1].lines += 1
        else:
            blocks.append(_Block(start, end, 1, item=is_item))
        current, closed_by_debris, last_line = blocks[-1], False, bare
    if document:
        _mark_headings(blocks, text)
    return blocks


def _lines(text: str) -> list[_Line]:
    lines: list[_Line] = []
    position = 0
    for raw in text.splitlines(keepends=True):
        body = raw.rstrip("\r\n\f\v\x1c\x1d\x1e\x85\u2028\u2029")
        lines.append(_Line(position, position + len(body), body))
        position += len(raw)
    return lines


def _indent(line: _Line) -> int:
    match = _QUOTE_MARK.match(line.text)
    return match.end() if match else 0


def _content(line: _Line) -> tuple[int, int]:
    """Where the line's own words start and end: quote, heading and bullet marks left out."""
    start = _indent(line)
    heading = _MARKDOWN_HEADING.match(line.text[start:].lstrip())
    if heading:
        start = line.text.index("#", start) + heading.end()
    bullet = _BULLET.match(line.text[start:])
    if bullet:
        start += bullet.end()
    return line.start + start, line.end - (len(line.text) - len(line.text.rstrip()))


def _is_debris(bare: str, document: bool) -> bool:
    if _URL.fullmatch(bare) or _NO_WORDS.fullmatch(bare):
        return True
    return document and bool(_PAGE.fullmatch(bare))


def _note_lines(lines: list[_Line], text: str) -> frozenset[int]:
    """The lines that are footnotes: a number first, and that number raised at a word earlier on."""
    found: set[int] = set()
    free = True
    raised: dict[str, int] = {}
    for match in _RAISED.finditer(text):
        raised.setdefault(match[1], match.end())
    for index, line in enumerate(lines):
        note = _NOTE.match(line.bare)
        if note and free and raised.get(note[1], len(text)) <= line.start:
            found.add(index)
            continue
        free = not line.bare or bool(_URL.fullmatch(line.bare)) or index in found
    return frozenset(found)


def _ended(line: str) -> bool:
    return line.rstrip("\"'”’»)]").endswith((".", "!", "?", "…", ":"))


def _continues(before: str, after: str, document: bool) -> bool:
    if document:
        return len(before) >= _WRAPPED_FROM or after[:1].islower() or _ended(before)
    return len(before) >= _WRAPPED_FROM


def _mark_headings(blocks: list[_Block], text: str) -> None:
    for index, block in enumerate(blocks):
        words = _WORD.findall(text[block.start : block.end])
        short = block.lines <= 2 and len(words) <= _HEADING_WORDS
        if short and not block.item and not _ended(text[block.start : block.end]):
            block.heading = index + 1 < len(blocks)
