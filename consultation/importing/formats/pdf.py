"""Reads PDF documents; runs in a child process (``apart``).

A PDF has no paragraphs, only characters with a place on a page. Lines, columns, paragraphs and list
items are found from the places; headers, footers, page numbers and notes are left out.
"""

from __future__ import annotations

import ctypes
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from statistics import median

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from consultation.importing.formats.apart import UnreadableFile
from consultation.importing.formats.flow import DocumentContent, Flow, is_note_mark
from language.segmentation.list_marks import is_mark

_RAISED = 0.85
"""Characters smaller than this share of the line, above its baseline, are raised."""

_SMALL = 0.93
"""Lines smaller than this share of the usual size may be notes."""

_LARGE = 1.12
"""Lines larger than this share of the usual size are headings."""

_EDGE = 0.14
"""The share of the page, at the top and at the bottom, that headers and footers stand in."""

_EDGE_LINES = 3
"""Headers and footers have at most this number of lines."""

_WHITE = 1.8
"""Lines of text are less than this many times their size apart."""

_SHORT_HEADER = 70

_LONGEST_WORD = 60

_LEAST_LETTERS = 40
"""A page, or a whole document, with fewer letters is a picture."""

_PAGE_NUMBER = re.compile(
    r"\W{0,3}(?:(?:pagina|blz\.?|bladzijde|page|p\.)\s{0,3})?\d{1,4}(?:\s{0,3}(?:/|van|of|\|)\s{0,3}\d{1,4})?\W{0,3}",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(r"\[?\d{1,3}[\].)]?")
_ENDED = (".", "!", "?", "…", ":", ";")
_BROKEN = re.compile(r"(?<![^\W\d_])([^\W\d_]{1,60})[-\xad\u2010\x02]$")
_JOINS = frozenset(("en", "of", "noch", "tot", "en/of", "and", "or", "et", "ou"))
_WORD = re.compile(r"(?<![^\W\d_])[^\W\d_]{1,60}(?:-[^\W\d_]{1,60}){1,9}")


@dataclass
class _Word:
    text: str
    left: float
    right: float
    base: float
    size: float


@dataclass
class _Line:
    words: list[_Word]
    page: int
    column: int = 0
    number: str | None = None
    """The raised number with which a note begins."""

    marks: tuple[str, ...] = ()
    """The numbers of notes that were raised in the line."""

    @cached_property
    def text(self) -> str:
        return " ".join(each.text for each in self.words)

    @property
    def left(self) -> float:
        return self.words[0].left

    @property
    def right(self) -> float:
        return max(each.right for each in self.words)

    @property
    def base(self) -> float:
        return self.words[-1].base

    @cached_property
    def size(self) -> float:
        """The size of most of its letters: a bullet may be larger."""
        return _usual_size(self.words)


def document(path: Path) -> DocumentContent:
    """The text of a PDF in reading order.

    Raises:
        UnreadableFile: it is broken, has a password, or is a scan without text.
    """
    try:
        book = pdfium.PdfDocument(str(path))
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadableFile("has a password; save it without one.") from error
        raise UnreadableFile("is broken or no PDF; open it and save it again.") from error
    pages: list[list[_Line]] = []
    heights: list[float] = []
    empty: list[int] = []
    for index in range(len(book)):
        try:
            page = book[index]
            lines = _lines(list(_words(page)), index + 1)
            heights.append(page.get_height())
            page.close()
        except pdfium.PdfiumError:
            lines = []
            heights.append(1.0)
        if sum(letter.isalpha() for line in lines for letter in line.text) < _LEAST_LETTERS:
            empty.append(index + 1)
        pages.append(lines)
    if len(empty) == len(pages) and _letters(pages) < _LEAST_LETTERS:
        raise UnreadableFile(
            "holds no text, only pictures (a scan); make its text readable first (OCR)."
        )
    found = _flow(_without_edges(pages, heights)).content()
    pictures = [each for each in empty if not pages[each - 1]]
    if pictures:
        found["warnings"].append(
            f"page {', '.join(map(str, pictures[:10]))}: no text there; if it is a scan, make its "
            "text readable first (OCR)"
        )
    return found


def _letters(pages: Sequence[Sequence[_Line]]) -> int:
    return sum(letter.isalpha() for lines in pages for line in lines for letter in line.text)


def _words(page: pdfium.PdfPage) -> Iterator[_Word]:
    """The words of a page in the order of the file, split where the size changes."""
    text = page.get_textpage()
    box = raw.FS_RECTF()
    x, y = ctypes.c_double(), ctypes.c_double()
    word: _Word | None = None
    for index in range(raw.FPDFText_CountChars(text.raw)):
        code = raw.FPDFText_GetUnicode(text.raw, index)
        letter = chr(code) if 0 < code < 0x110000 else ""
        if code == 2 or (letter == "\r" and word is None):
            # PDFium writes this in place of the hyphen of a broken word.
            letter = "-" if code == 2 else ""
        if not letter.strip() or raw.FPDFText_IsGenerated(text.raw, index) == 1:
            if word is not None:
                yield word
            word = None
            continue
        raw.FPDFText_GetLooseCharBox(text.raw, index, box)
        raw.FPDFText_GetCharOrigin(text.raw, index, x, y)
        size = abs(box.top - box.bottom) or 1.0
        apart = word is not None and (
            abs(size - word.size) > 0.08 * word.size
            or abs(y.value - word.base) > 0.15 * size
            or box.left - word.right > 0.3 * size
            or box.right < word.left
        )
        if word is not None and apart:
            yield word
            word = None
        if word is None:
            word = _Word(letter, box.left, box.right, y.value, size)
        else:
            word.text += letter
            word.right = max(word.right, box.right)
    if word is not None:
        yield word


def _lines(words: list[_Word], page: int) -> list[_Line]:
    """The lines of a page in reading order: column after column."""
    found: list[_Line] = []
    for number, column in enumerate(_columns(_runs(words))):
        rows: list[list[_Word]] = []
        ordered = sorted((word for run in column for word in run), key=lambda each: -each.base)
        for word in ordered:
            row = rows[-1] if rows else None
            # A raised number stands higher than its line, by less than half of the size.
            if row and abs(row[0].base - word.base) < 0.5 * max(row[0].size, word.size):
                row.append(word)
            else:
                rows.append([word])
        found += [_line(sorted(row, key=lambda each: each.left), page, number) for row in rows]
    return [each for each in found if each.words]


def _line(words: list[_Word], page: int, column: int) -> _Line:
    """A line without its raised note marks; words that touch are joined again."""
    size = _usual_size(words)
    base = median(each.base for each in words if each.size > _RAISED * size)
    kept: list[_Word] = []
    marks: list[str] = []
    number = None
    end = 0.0
    for word in words:
        raised = word.size < _RAISED * size and word.base > base + 0.1 * size
        if raised and is_note_mark(kept[-1].text if kept else "", word.text):
            if kept:
                marks += _DIGITS.findall(word.text) or [word.text]
                end = word.right
            else:
                number = word.text
            continue
        if kept and word.left - end < 0.06 * size:
            kept[-1] = _Word(
                kept[-1].text + word.text,
                kept[-1].left,
                word.right,
                base,
                max(kept[-1].size, word.size),
            )
        else:
            kept.append(word)
        end = word.right
    return _Line(kept, page, column, number, tuple(marks))


def _usual_size(words: Sequence[_Word]) -> float:
    letters: Counter[float] = Counter()
    for word in words:
        letters[round(word.size, 1)] += len(word.text)
    return letters.most_common(1)[0][0]


def _runs(words: list[_Word]) -> list[list[_Word]]:
    """Words next to each other on one line, in any order of the file."""
    rows: list[list[_Word]] = []
    for word in sorted(words, key=lambda each: (-round(each.base), each.left)):
        row = rows[-1] if rows else None
        if row and abs(row[-1].base - word.base) < 0.5 * word.size:
            row.append(word)
        else:
            rows.append([word])
    runs: list[list[_Word]] = []
    for row in rows:
        row.sort(key=lambda each: each.left)
        run = [row[0]]
        for word in row[1:]:
            if word.left - max(each.right for each in run[-3:]) > 1.2 * word.size:
                runs.append(run)
                run = []
            run.append(word)
        runs.append(run)
    return runs


def _columns(runs: list[list[_Word]], depth: int = 0) -> list[list[list[_Word]]]:
    """The runs of a page by column, in reading order; text over all columns is one of its own."""
    gutter = _gutter(runs) if depth < 3 else None
    if gutter is None:
        return [runs] if runs else []
    found: list[list[list[_Word]]] = []
    sides: tuple[list[list[_Word]], list[list[_Word]]] = ([], [])
    across: list[list[_Word]] = []

    def flush() -> None:
        for side in sides:
            found.extend(_columns(list(side), depth + 1))
            side.clear()

    for run in sorted(runs, key=lambda each: -each[0].base):
        if run[0].left < gutter < run[-1].right:
            flush()
            across.append(run)
            continue
        if across:
            found.append(list(across))
            across.clear()
        sides[run[0].left > gutter].append(run)
    flush()
    if across:
        found.append(across)
    return found


def _gutter(runs: list[list[_Word]]) -> float | None:
    """The place between two columns of text, or None."""
    if len(runs) < 6:
        return None
    left = min(run[0].left for run in runs)
    right = max(run[-1].right for run in runs)
    best: tuple[int, float] | None = None
    for step in range(20, 81, 2):
        place = left + (right - left) * step / 100
        crossing = sum(run[0].left < place + 3 and run[-1].right > place - 3 for run in runs)
        before = sum(run[-1].right <= place for run in runs)
        after = sum(run[0].left >= place for run in runs)
        if min(before, after) >= 3 and crossing < 0.35 * min(before, after) + 3:
            rank = (-crossing, -abs(step - 50))
            if best is None or rank > (best[0], -abs((best[1] - left) / (right - left) * 100 - 50)):
                best = (-crossing, place)
    if best is None:
        return None
    # Columns have lines beside each other; a list with short items has none.
    rows = [round(run[0].base) for run in runs if run[0].left > best[1]]
    beside = sum(any(abs(round(run[0].base) - row) < 200 for row in rows) for run in runs)
    return best[1] if beside else None


def _without_edges(pages: list[list[_Line]], heights: list[float]) -> list[list[_Line]]:
    """The pages without page numbers and without headers and footers that come again."""
    times: Counter[str] = Counter()
    edges: list[dict[int, str]] = []
    for lines, height in zip(pages, heights, strict=True):
        order = sorted(range(len(lines)), key=lambda index: lines[index].base)
        low = [index for index in order if lines[index].base <= _EDGE * height]
        high = [index for index in order[::-1] if lines[index].base >= (1 - _EDGE) * height]
        apart = _set_apart(lines, order, low) | _set_apart(lines, order[::-1], high)
        found = {
            index: _without_number(lines[index].text)
            if index in apart
            else lines[index].text.casefold()
            for index in {*order[:_EDGE_LINES], *order[-_EDGE_LINES:]}
            if not _EDGE * height < lines[index].base < (1 - _EDGE) * height
        }
        edges.append(found)
        times.update(set(found.values()))
    usual = {text for text, count in times.items() if count >= max(2, 0.3 * len(pages))}
    kept = [
        [
            line
            for index, line in enumerate(lines)
            if index not in found
            or not (found[index] in usual or _PAGE_NUMBER.fullmatch(line.text))
        ]
        for lines, found in zip(pages, edges, strict=True)
    ]
    # Pages that are equal have nothing but what comes again.
    return kept if any(kept) else pages


def _set_apart(lines: list[_Line], order: list[int], edge: Collection[int]) -> set[int]:
    """The first lines of ``order`` that white space parts from the next ones, those at the edge.

    A header may have another number on each page. So may the first line of the text on two pages,
    but that one stands near the line after it.
    """
    for count, (one, next_) in enumerate(pairwise(order[: _EDGE_LINES + 1]), start=1):
        if abs(lines[one].base - lines[next_].base) > _WHITE * lines[next_].size:
            return {index for index in order[:count] if index in edge}
    return set()


def _without_number(text: str) -> str:
    """The text of a header, the same on each page; of a short one without its numbers."""
    plain = text.casefold()
    return _DIGITS.sub("#", plain) if len(plain) <= _SHORT_HEADER else plain


def _flow(pages: list[list[_Line]]) -> Flow:
    lines = [line for page in pages for line in page]
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    usual = sizes.most_common(1)[0][0]
    flow = Flow(page=1)
    lines = list(_without_notes(lines, usual, flow))
    compounds = {word.casefold() for line in lines for word in _WORD.findall(line.text)}
    leading = _leading(lines)
    margins = _margins(lines)
    paragraph: list[_Line] = []
    for line in lines:
        if paragraph and not _goes_on(paragraph, line, leading, margins):
            _add(flow, paragraph, usual, compounds)
            paragraph = []
        paragraph.append(line)
    _add(flow, paragraph, usual, compounds)
    return flow


def _without_notes(lines: list[_Line], usual: float, flow: Flow) -> Iterator[_Line]:
    """The lines that are no footnotes: smaller lines from one that begins with a note's number."""
    known: set[str] = set()
    note: _Line | None = None
    for line in lines:
        small = line.size < _SMALL * usual
        number = line.number
        if (
            number is None
            and small
            and _NUMBER.fullmatch(line.words[0].text)
            and len(line.words) > 1
        ):
            number = _DIGITS.findall(line.words[0].text)[0]
        if small and number is not None and (line.number is not None or number in known):
            flow.notes += 1
            note = line
            continue
        if note is not None and small and line.page == note.page and line.size <= note.size * 1.05:
            continue
        note = None
        known.update(line.marks)
        yield line


def _leading(lines: Sequence[_Line]) -> float:
    """The usual distance between lines, as a share of their size."""
    gaps = [
        (one.base - other.base) / one.size
        for one, other in pairwise(lines)
        if (one.page, one.column) == (other.page, other.column) and one.base > other.base
    ]
    return median(gaps) if gaps else 1.2


def _margins(lines: Sequence[_Line]) -> dict[tuple[int, int], float]:
    """The right side of the text of each column of each page."""
    found: dict[tuple[int, int], float] = defaultdict(float)
    for line in lines:
        place = (line.page, line.column)
        found[place] = max(found[place], line.right)
    return found


def _goes_on(
    paragraph: list[_Line],
    line: _Line,
    leading: float,
    margins: dict[tuple[int, int], float],
) -> bool:
    """Whether a line belongs to the paragraph before it."""
    last = paragraph[-1]
    if is_mark(line.words[0].text) and len(line.words) > 1:
        return False
    if abs(line.size - last.size) > 0.08 * last.size:
        return False
    place = (last.page, last.column)
    ended = last.text.rstrip("\"'”’»)").endswith(_ENDED)
    goes = line.text[:1].islower() or bool(_BROKEN.search(last.text))
    # A line after which the next word would have fitted ends its paragraph.
    word = line.words[0]
    full = last.right + 0.4 * line.size + (word.right - word.left) > margins[place]
    if (line.page, line.column) != place:
        return not ended and (goes or full)
    gap = (last.base - line.base) / last.size
    if gap > 1.3 * leading or gap < 0:
        return False
    if ended and line.left > last.left + 0.8 * line.size and len(paragraph) > 1:
        return False
    return goes or full


def _add(flow: Flow, paragraph: list[_Line], usual: float, compounds: set[str]) -> None:
    if not paragraph:
        return
    flow.page = paragraph[0].page
    size = paragraph[0].size
    first = paragraph[0].words[0].text
    if size > _LARGE * usual and len(paragraph) < 4:
        flow.add(" ".join(each.text for each in paragraph), "heading")
        return
    pieces: list[tuple[str, int]] = [(paragraph[0].text, paragraph[0].page)]
    for line in paragraph[1:]:
        joined = _joined(pieces[-1][0], line.text, compounds)
        if joined is None and line.page == pieces[-1][1]:
            pieces[-1] = (f"{pieces[-1][0]} {line.text}", line.page)
        elif joined is not None:
            pieces[-1] = (joined, pieces[-1][1])
        else:
            pieces.append((line.text, line.page))
    text, _ = pieces[0]
    if is_mark(first) and text.startswith(f"{first} "):
        flow.add(text[len(first) :], "item", first)
    else:
        flow.add(text)
    for more, page in pieces[1:]:
        flow.go_on(more, page)


def _joined(before: str, after: str, compounds: set[str]) -> str | None:
    """Two lines as one where a word is broken between them; None otherwise."""
    broken = _BROKEN.search(before, max(0, len(before) - _LONGEST_WORD))
    following = after.split(" ")[0]
    if not broken or not following[:1].isalpha() or following.strip(",.;") in _JOINS:
        return None
    word = re.match(r"[^\W\d_]+", following)
    assert word is not None
    stem = before[: broken.end() - 1]
    whole = f"{broken[1]}-{word[0]}".casefold()
    keeps = whole in compounds or following[0].isupper() or broken[1].isupper()
    return f"{stem}-{after}" if keeps else f"{stem}{after}"
