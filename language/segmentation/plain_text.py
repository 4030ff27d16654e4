"""Converts a stored text to plain text: without HTML, entities and addresses.

Answers are stored unchanged, also where a survey tool wrote HTML. ``plain`` gives the plain text
and maps every character of it to its position in the stored text, so that a span of the plain text
is an exact slice of the stored text. ``readable`` gives the words of such a slice.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.entities import html5

ADDRESS = "\ufffc"
"""Replaces a web or e-mail address in the plain text."""

PAGE_BREAK = "\ufff9"
"""Replaces a page break within the plain text: the page number and the header of the next page."""

OMITTED = "[…]"
"""Replaces an address within a sentence in text for display."""

_BLOCKS = (
    "address|article|aside|blockquote|body|br|caption|center|dd|div|dl|dt|fieldset|figcaption|figure"
    "|footer|form|h[1-6]|head|header|hr|html|main|nav|ol|p|pre|section|table|tbody|td|tfoot|th"
    "|thead|title|tr|ul"
)
_INLINE = (
    "a|abbr|acronym|b|bdi|bdo|big|button|cite|code|col|colgroup|data|del|em|font|i|iframe|img|input"
    "|ins|kbd|label|link|mark|meta|o:p|object|q|s|samp|small|span|st1:\\w+|strike|strong|sub|sup"
    "|time|tt|u|var|wbr"
)
_MARKUP = re.compile(
    rf"<(?P<close>/?)(?:(?P<item>li)|(?P<block>{_BLOCKS})|(?:{_INLINE}))(?=[\s/>])[^<>]*+>"
    r"|(?P<comment><!--)|<(?P<hidden>style)\b|<!(?:doctype|\[)[^<>]*+>|<\?xml[^<>]*+>"
    r"|&(?P<entity>(?:amp;){0,3}(?:\#[0-9]{1,7}|\#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});)",
    re.IGNORECASE,
)
_PARAGRAPH = re.compile(r"<(?:p|div|li|td|h[1-6])(?=[\s/>])", re.IGNORECASE)
_DOMAINS = "be|com|org|net|eu|nl|fr|de|lu|uk|gov|edu|info|io|example|vlaanderen|brussels"
_ADDRESS = re.compile(
    r"\[(?P<told>[^\[\]\n]{1,200})\]\((?:https?://|www\.|mailto:)[^\s()]*+\)"
    r"|(?P<angle><)?(?<![\w@])(?:(?:https?|ftp)://|www\.(?=\w))[^\s<>\"]*+(?(angle)>?)"
    r"|(?:mailto:)?(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}"
    rf"|(?<![\w@./-])(?:[a-z0-9-]{{1,63}}\.){{1,4}}(?:{_DOMAINS})/[^\s<>\"]*+",
    re.IGNORECASE,
)
_ADDRESS_SIGNS = ("://", "www.", "@", "](", "/")
_AFTER_ADDRESS = ".,;:!?)]}'”’»*_"
_PAGE_NUMBER = re.compile(
    r"(?:pagina|blz\.?|bladzijde|page|p\.)\s*+\d{1,4}(?:\s*+(?:/|van|of|de|sur)\s*+\d{1,4})?",
    re.IGNORECASE,
)
_LONGEST_HEADER = 120
_BRACKETED = re.compile(
    rf"\s?[(\[](?:[^\W\d_]{{1,12}}[.:]?\s){{0,3}}{ADDRESS}(?:[,;]?\s?{ADDRESS}){{0,4}}[)\]]"
)
_SPACE = re.compile(r"(?<!\s)\s++")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Plain:
    """A plain text; its character ``i`` represents ``stored[starts[i]:ends[i]]``."""

    text: str
    starts: list[int]
    ends: list[int]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """The span in the stored text of ``text[start:end]``, which must not be empty."""
        return self.starts[start], self.ends[end - 1]


def plain(stored: str) -> Plain:
    """The plain text of a stored text.

    HTML blocks become paragraphs, list items get a dash, and entities become the characters they
    encode. Addresses become ``ADDRESS`` and page breaks ``PAGE_BREAK``.
    """
    found = Plain(stored, list(range(len(stored))), list(range(1, len(stored) + 1)))
    # Some tools encode the tags themselves as entities, so that a second pass has tags to remove.
    for _ in range(2):
        if "<" not in found.text and "&" not in found.text:
            break
        again = _replaced(found, _markup(found.text))
        if again.text == found.text:
            break
        found = again
    if any(sign in found.text for sign in _ADDRESS_SIGNS):
        found = _replaced(found, _addresses(found.text))
    if "\n" in found.text:
        found = _replaced(found, _page_breaks(found.text))
    return found


def readable(piece: str) -> str:
    """The words of a slice of a stored text; the slice itself where it is plain text already.

    An address within a sentence is shown as ``OMITTED``. A slice without letters in its plain text
    is returned unchanged.
    """
    text = plain(piece).text
    if text == piece and ADDRESS not in text:
        return piece
    text = _BRACKETED.sub("", text).replace(PAGE_BREAK, " ")
    if not _LETTER.search(text):
        return piece
    # Tags and page breaks leave several line breaks, which become one.
    text = _SPACE.sub(lambda gap: "\n" if gap[0].count("\n") > 1 else gap[0], text)
    return text.replace(ADDRESS, OMITTED).strip()


_Change = tuple[int, int, str]
"""Start, end and replacement of a piece of text."""


def _replaced(old: Plain, changes: Iterator[_Change]) -> Plain:
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    position = 0
    for start, end, text in changes:
        pieces += (old.text[position:start], text)
        starts += old.starts[position:start]
        ends += old.ends[position:start]
        starts += [old.starts[start]] * len(text)
        ends += [old.ends[end - 1]] * len(text)
        position = end
    pieces.append(old.text[position:])
    return Plain("".join(pieces), starts + old.starts[position:], ends + old.ends[position:])


def _markup(text: str) -> Iterator[_Change]:
    """Yields the replacements of tags and entities.

    In a text with paragraph tags a line break becomes a space, as in a browser.
    """
    flows = bool(_PARAGRAPH.search(text))
    lower = text.lower()
    never_closed: set[str] = set()
    position = 0
    while found := _MARKUP.search(text, position):
        if flows:
            yield from _spaces(text, position, found.start())
        start, position = found.span()
        if closing := _closing(found):
            closed = -1 if closing in never_closed else lower.find(closing, position)
            if closed < 0:
                never_closed.add(closing)
                continue
            position = text.find(">", closed) + 1 or len(text)
            yield start, position, ""
            continue
        read = _read(found)
        if read != found[0]:
            yield start, position, read
    if flows:
        yield from _spaces(text, position, len(text))


def _closing(found: re.Match[str]) -> str:
    """The end mark of a comment or a style sheet, whose content is dropped; otherwise empty."""
    if found["hidden"]:
        return f"</{found['hidden'].lower()}"
    return "-->" if found["comment"] else ""


def _read(found: re.Match[str]) -> str:
    if found["entity"]:
        # "&amp;eacute;" was encoded twice.
        name = re.sub(r"^(?:amp;)+(?!$)", "", found["entity"], flags=re.IGNORECASE)
        if name[0] != "#" and name not in html5:
            return found[0]
        return html.unescape(f"&{name}").replace("\xa0", " ").replace("\xad", "")
    if found["item"]:
        return "\n\n" if found["close"] else "\n\n- "
    return "\n\n" if found["block"] else ""


def _spaces(text: str, start: int, end: int) -> Iterator[_Change]:
    place = text.find("\n", start, end)
    while place >= 0:
        yield place, place + 1, " "
        place = text.find("\n", place + 1, end)


def _addresses(text: str) -> Iterator[_Change]:
    for found in _ADDRESS.finditer(text):
        start, end = found.span()
        if found["told"]:
            yield start, found.start("told"), ""
            yield found.end("told"), end, ""
            continue
        while end > start + 1 and text[end - 1] in _AFTER_ADDRESS:
            # "(https://voorbeeld.be/a_(b))": a bracket opened in the address is closed in it.
            if text[end - 1] == ")" and text.count("(", start, end) >= text.count(")", start, end):
                break
            end -= 1
        yield start, end, ADDRESS


def _page_breaks(text: str) -> Iterator[_Change]:
    """Yields the replacements of page numbers ("Pagina 1 van 3") and the header line after them."""
    position = 0
    lines: list[tuple[int, int]] = []
    for raw in text.splitlines(keepends=True):
        lines.append((position, position + len(raw)))
        position += len(raw)

    def bare(index: int) -> str:
        return text[slice(*lines[index])].strip()

    taken = -1
    for index in range(1, len(lines) - 1):
        if index <= taken or not _PAGE_NUMBER.fullmatch(bare(index)):
            continue
        first, last = index, index
        while first > taken + 1 and not bare(first - 1):
            first -= 1
        head = index + 2 if text[slice(*lines[index + 1])] == "\f" else index + 1
        if head < len(lines) and len(bare(head)) <= _LONGEST_HEADER:
            last = head if head + 1 == len(lines) or not bare(head + 1) else index
        while last + 1 < len(lines) and not bare(last + 1):
            last += 1
        if first > 0 and last + 1 < len(lines):
            start = lines[first][0]
            yield start, lines[last][1], f"{PAGE_BREAK}\n"
        taken = last
