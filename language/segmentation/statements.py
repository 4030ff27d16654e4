"""Splits a text into statements: character spans with one point per span.

A statement is a sentence, a list item, or a clause where one sentence makes several proposals.
The lines of a wrapped paragraph are joined, so a statement may span a line break; the slice
``text[start:end]`` is still the original text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from language.segmentation.clauses import asks, clause_spans
from language.segmentation.letters import frame_lines
from language.segmentation.list_marks import Marks, inline_items, lead_in, mark_of
from language.segmentation.plain_text import ADDRESS, PAGE_BREAK, plain
from language.segmentation.sentences import sentence_spans

DOCUMENT_FROM = 1_500
"""Minimum characters of a document, where headings, notes and page numbers are skipped.

A shorter text is the whole answer of a participant: everything with a letter in it counts.
"""

_WHOLE_ITEM = 400
"""An item of a list of proposals is one statement up to this length; longer ones are cut."""

_SHORT_HEADING = 100
_WRAPPED_FROM = 45
_HEADING_WORDS = 12
_LEAST_WORDS = 3

_NO_WORDS = re.compile(r"[\W\d_]*")
_PAGE = re.compile(r"(?:pagina|blz\.?|page|p\.)?\s*\d{1,4}(?:\s*(?:/|van|of)\s*\d{1,4})?", re.I)
_NOTE = re.compile(r"(?:\[\^?)?(\d{1,3})(?:\]:?)?\s+\S")
_RAISED = re.compile(r"[^\W\d_][’'”\")\]]*[.,;:?!]?(\d{1,3})(?!\d)(?![^\W\d_])")
_MARKDOWN_HEADING = re.compile(r"#{1,6}\s+")
_QUOTE_MARK = re.compile(r"[ \t]*(?:>[ \t]?)+")
_LIFE_DATES = re.compile(r"\(\s*+(?:[°*]\s*+)?\d{3,4}\s*+[-–]\s*+(?:\d{3,4}\s*+)?\)")
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_OPENING_ADDRESS = re.compile(rf"(?:{ADDRESS}[\s.,;:)\]>-]*)+")
_CLOSING_ADDRESS = re.compile(rf"{ADDRESS}[^\w{ADDRESS}]*$")
_PROPOSAL = (
    r"(?:beleids|kern|slot)?(?:aanbeveling(?:en)?|voorstel(?:len)?|maatregel(?:en)?|acties?"
    r"|actiepunt(?:en)?|oplossing(?:en)?|eisen|suggesties?|adviezen)"
)
_PROPOSAL_MARK = re.compile(
    r"(?:aanbeveling|voorstel|maatregel|actie|eis|suggestie|recommand|recommend|propos|mesure|measure)",
    re.IGNORECASE,
)
_PROPOSALS_HEADING = re.compile(
    r"(?:\d{1,2}(?:\.\d{1,2})*\.?\s+)?(?:(?:onze|de|concrete|volgende|overzicht van de)\s+){0,3}"
    rf"(?:{_PROPOSAL}|wat (?:wij|we) (?:vragen|voorstellen|nodig hebben))"
    r"(?:\s+(?:aan|voor|van|om|en|tot)\b.{0,60})?",
    re.IGNORECASE,
)
_ANNOUNCED = re.compile(
    rf"(?:\b{_PROPOSAL}\b|\b(?:vragen|pleiten|adviseren)\s+(?:wij|we)\b|\b(?:wij|we)\s+"
    r"(?:vragen|pleiten|adviseren|bevelen)\b|\bstel(?:t|len)\b.{0,40}\bvoor\b|\bbeve(?:elt|len)\b.{0,40}\baan\b)"
    r"[^.!?:]{0,120}:\s*$",
    re.IGNORECASE,
)
_FORMULA = re.compile(r"(?:\b[A-Z]{1,5}|\b[cdk]?m)$")
_POINTS = frozenset(
    word
    for line in (
        "zie cf cfr bron bronnen info informatie link links lees kijk bekijk bezoek website site",
        "url surf klik mail mailen contact contacteer voir source see read",
    )
    for word in line.split()
)
_MORE = ("meer info", "Meer info", "verdere info", "more info")
_POINTS_WITH = frozenset(
    word
    for line in (
        "ook meer op hier via naar bij aan in van de het deze dit onze mijn daarvoor hierover bv",
        "bijv bijvoorbeeld me mij ons verder au sur aussi le la also at on the more for to en of",
    )
    for word in line.split()
)


@dataclass(frozen=True)
class Span:
    """One statement: ``text[start:end]``. ``block`` is the number of its paragraph or list item.

    ``proposal``: it is an item of a list that the text itself calls recommendations or proposals.
    """

    start: int
    end: int
    block: int
    proposal: bool = False


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
    numbered: bool = False
    sign: str = ""
    heading: bool = False


def statement_spans(text: str, document: bool | None = None) -> list[Span]:
    """The statements of a text, in order, not overlapping, without outer white space.

    HTML is read as a browser shows it (see ``language.segmentation.plain_text``). Page numbers,
    addresses of websites, footnotes, list marks, text without letters and the frame of a letter
    (``language.segmentation.letters``) are left out. In a
    document (by default: a text of at least ``DOCUMENT_FROM`` characters) headings, names under
    quotations and fragments of fewer than three words are left out too.
    """
    read = plain(text)
    if document is None:
        document = len(read.text) >= DOCUMENT_FROM
    return [
        Span(*read.place(each.start, each.end), each.block, each.proposal)
        for each in _statements(read.text, document)
    ]


def _outer(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _statements(text: str, document: bool) -> list[Span]:
    spans: list[Span] = []
    blocks = _blocks(text, document)
    proposals = _proposals(blocks, text)
    for number, block in enumerate(blocks):
        if block.heading:
            continue
        items = inline_items(text, block.start, block.end, block.sign)
        least = 1
        if document and len(items) == 1:
            least = _least_words(text[block.start : block.end], block.item)
        for first, last in items:
            sentences = list(sentence_spans(text[first:last]))
            if number in proposals and last - first <= _WHOLE_ITEM and sentences:
                sentences = [(sentences[0][0], sentences[-1][1])]
            for start, end in sentences:
                spans += [
                    Span(*piece, number, number in proposals)
                    for piece in _clauses(text, first + start, first + end, number in proposals)
                    if _says_something(text[slice(*piece)], least)
                ]
    return spans


def _proposals(blocks: list[_Block], text: str) -> frozenset[int]:
    """The indexes of the items that the text calls proposals.

    Their own mark says so ("Aanbeveling 2:"), or the paragraph before the list ("Wij doen de
    volgende aanbevelingen:"), or the heading that they stand under.
    """
    found: set[int] = set()
    headed = announced = False
    for index, block in enumerate(blocks):
        content = text[block.start : block.end]
        if block.heading:
            headed, announced = bool(_PROPOSALS_HEADING.fullmatch(content.strip(" .:"))), False
        elif _PROPOSAL_MARK.match(block.sign):
            found.add(index)
        elif _PROPOSALS_HEADING.fullmatch(content.strip(" .:")) and len(content) < _SHORT_HEADING:
            # In plain text a heading is a line like any other, and may have a number.
            announced = True
        elif block.item or block.numbered:
            if headed or announced:
                found.add(index)
        else:
            announced = bool(_ANNOUNCED.search(content[-400:]))
    return frozenset(found)


def without_notes(text: str) -> tuple[str, int]:
    """A plain text without its footnotes and their raised numbers, and how many were left out.

    Only in a document, a text of at least ``DOCUMENT_FROM`` characters; see ``_note_lines``.
    """
    if len(text) < DOCUMENT_FROM:
        return text, 0
    lines = _lines(text)
    cuts: list[tuple[int, int]] = []
    notes = sorted(_note_lines(lines, text))
    for index in notes:
        line = lines[index]
        number = _NOTE.match(line.bare)
        assert number is not None
        marks = [
            mark.span(1)
            for mark in _RAISED.finditer(text, 0, line.start)
            if mark[1] == number[1]
            and not _FORMULA.search(text, max(0, mark.start(1) - 6), mark.start(1))
        ]
        cuts += [marks[-1]] if marks else []
        after = lines[index + 1].start if index + 1 < len(lines) else len(text)
        cuts.append((line.start, after))
    kept = []
    position = 0
    for start, end in sorted(set(cuts)):
        kept.append(text[position:start])
        position = max(position, end)
    return "".join([*kept, text[position:]]), len(notes)


def _clauses(text: str, start: int, end: int, whole: bool) -> list[tuple[int, int]]:
    """The clauses of a sentence that are statements, without its list mark and outer addresses.

    ``whole``: the sentence stays one, since its author listed it as one proposal.
    """
    # An item of a list in one line begins with a mark, which is not part of the statement.
    mark = mark_of(text, start, end)
    start = mark.end if mark else start
    found = []
    opening = lead_in(text[start:end])
    parts = [(0, opening), (opening, end - start)] if opening else [(0, end - start)]
    for first, last in parts:
        content = text[start + first : start + last]
        for opens, closes in [(0, len(content))] if whole else clause_spans(content):
            at, until = _outer(text, start + first + opens, start + first + closes)
            piece = _without_addresses(text, at, until)
            if piece[0] < piece[1]:
                found.append(piece)
    return found


def _without_addresses(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without leading and trailing addresses and the words that refer to them ("zie")."""
    if opening := _OPENING_ADDRESS.match(text, start, end):
        start = min(opening.end(), end)
    while address := _last_address(text, start, end):
        before = text[start:address].rstrip(" \t\n:,;(<[–—-")
        words = list(_WORD.finditer(before))
        cut = None
        for word in reversed(words):
            if word[0].lower() in _POINTS or before.startswith(_MORE, word.start()):
                cut = word.start()
            elif word[0].lower() not in _POINTS_WITH:
                break
        if cut is None and words and words[-1][0].lower() in _POINTS_WITH:
            # "Ik vond niets op https://...": without the address the sentence is incomplete.
            break
        kept = before if cut is None else before[:cut].rstrip(" \t\n:,;(<[–—-")
        start, end = _outer(text, start, start + len(kept))
    return start, end


def _last_address(text: str, start: int, end: int) -> int | None:
    place = text.rfind(ADDRESS, start, end)
    if place < 0 or _WORD.search(text, place, end):
        return None
    return place


def _least_words(content: str, item: bool) -> int:
    """The minimum number of words of a statement in a document; lower for list items."""
    return (1 if content[:1].islower() else 2) if item else _LEAST_WORDS


def _says_something(piece: str, least: int) -> bool:
    words = _WORD.findall(piece)
    return len(words) >= least and (least == 1 or not _LIFE_DATES.search(piece))


def _blocks(text: str, document: bool) -> list[_Block]:
    blocks: list[_Block] = []
    current: _Block | None = None
    closed_by_debris = True
    last_line = ""
    new_page = False
    lines = _lines(text)
    marks = Marks(line.text[_indent(line) :] for line in lines)
    notes = _note_lines(lines, text) if document else frozenset()
    skipped = notes | frame_lines([line.text for line in lines])
    for index, line in enumerate(lines):
        bare = line.bare
        if bare == PAGE_BREAK:
            current, new_page = None, True
            continue
        if not bare:
            current = None
            continue
        if index in skipped or _is_debris(bare, document):
            current, closed_by_debris = None, True
            continue
        mark = marks.of(index)
        start, end = _content(line, mark.end if mark else 0)
        if start >= end:
            current, closed_by_debris = None, True
            continue
        is_item = mark is not None
        markdown = bool(_MARKDOWN_HEADING.match(bare))
        if markdown:
            blocks.append(_Block(start, end, 1, item=False, heading=True))
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
                and (text[start].islower() or (new_page and text[start].isdigit()))
                and not _ended(last_line)
            )
        )
        if goes_on:
            blocks[-1].end = end
            blocks[-1].lines += 1
        else:
            numbered = mark is not None and mark.section
            sign = mark.sign if mark else ""
            blocks.append(_Block(start, end, 1, is_item and not numbered, numbered, sign))
        current, closed_by_debris, new_page, last_line = blocks[-1], False, False, bare
    if document:
        _mark_headings(blocks, text)
    elif blocks and blocks[-1].heading:
        # A heading of nothing is what a participant says.
        blocks[-1].heading = False
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


def _content(line: _Line, mark: int) -> tuple[int, int]:
    """The span of the content of a line, without quote, heading and list marks."""
    start = _indent(line) + mark
    heading = _MARKDOWN_HEADING.match(line.text[start:].lstrip())
    if heading:
        start = line.text.index("#", start) + heading.end()
    return line.start + start, line.end - (len(line.text) - len(line.text.rstrip()))


def _is_debris(bare: str, document: bool) -> bool:
    if _NO_WORDS.fullmatch(bare):
        return True
    return document and bool(_PAGE.fullmatch(bare))


def _only_addresses(bare: str) -> bool:
    return ADDRESS in bare and bool(_NO_WORDS.fullmatch(bare))


def _note_lines(lines: list[_Line], text: str) -> frozenset[int]:
    """The indexes of footnote lines: a number first, and that number after a word earlier on."""
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
        free = not line.bare or _only_addresses(line.bare) or index in found
    return frozenset(found)


def _ended(line: str) -> bool:
    return line.rstrip("\"'”’»)]").endswith((".", "!", "?", "…", ":"))


def _continues(before: str, after: str, document: bool) -> bool:
    if document:
        return len(before) >= _WRAPPED_FROM or after[:1].islower() or _ended(before)
    return len(before) >= _WRAPPED_FROM


def _mark_headings(blocks: list[_Block], text: str) -> None:
    for index, block in enumerate(blocks):
        content = text[block.start : block.end]
        short = block.lines <= 2 and len(_WORD.findall(content)) <= _HEADING_WORDS
        if short and not block.item and not _ended(content) and not asks(content):
            block.heading = index + 1 < len(blocks) or block.numbered
