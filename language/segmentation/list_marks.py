"""List marks: bullets, numbers, letters and labels before the text of a list item."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from language.segmentation.clauses import opens_with_order

# The bullets of Word are in symbol fonts, which map to the private use area of Unicode.
_SIGNS = "•●○◦∙‧▪▫■□◆◇▶►➢➤➔→⇒⟶‣⁃☐☑☒✓✔✗✘★☆❖❑❏♦\uf000-\uf0ff"
_LABELS = (
    "aanbeveling|voorstel|actie|maatregel|punt|prioriteit|idee|drempel|stap|eis|doelstelling|doel"
    "|advies|opmerking|knelpunt|suggestie|bijdrage|antwoord|recommandation|recommendation"
    "|proposition|proposal|mesure|measure|action"
)
_UNITS = (
    "euro|eur|procent|percent|uur|uren|minuten|dag|dagen|weken|maand|maanden|jaar|keer|miljoen"
    "|miljard|km|kilometer|meter|kg|ton|punten|op"
)
_MARK = re.compile(
    rf"""[ \t]*+(?:
      (?P<bullet>[{_SIGNS}]|[-–—*+·]|=>|-->?|->|>>)[ \t]++
    | (?P<glued>[{_SIGNS}–—·-]|\*(?![^*\n]{{0,200}}\*))(?=[^\W\d_])
    | (?P<label>(?i:{_LABELS})(?:s|en)?
        (?:[ \t]++(?:nr\.?[ \t]*+)?(?:\d{{1,3}}(?:\.\d{{1,2}}){{0,2}}|[IVX]{{1,5}}|[A-Z])\b)?[ \t]?
        (?:[:)]|(?<=\d)\.|(?<=[IVX])\.|(?<=[\dIVX][ \t])[–—-](?=[ \t])))[ \t]++
    | (?P<law>(?:§|(?i:art(?:ikel)?)\.?)[ \t]*+\d{{1,3}}[.:°]?)[ \t]++(?=[^\W\d_a-z])
    | (?P<code>(?![ABC][12][.:)])[A-Z]\d{{1,3}}[.:)])[ \t]++
    | (?P<levels>\d{{1,2}}(?:\.[12]?\d){{1,3}}
        (?:[.)][ \t]++|[ \t]++(?:(?<=\t)|(?<=[ \t][ \t])|(?=[“"'‘(]?[A-Z]))))(?!(?i:{_UNITS})\b)
    | (?P<number>\(?\d{{1,2}}[.)])(?:[ \t]++|(?=[^\W\d_]))
    | (?P<letter>\([a-zA-Z]\)|[a-zA-Z]\)|[a-z]\.)[ \t]++
    | (?P<roman>\((?:[ivx]{{1,5}}|[IVX]{{1,5}})\)|(?:[ivx]{{2,5}}|[IVX]{{2,5}})[.)])[ \t]++
    | (?P<capital>[A-Z]\.)[ \t]++
    | (?P<round>o)[ \t]++
    | (?P<bare>\d{{1,2}})[ \t]++(?=[A-Z])
    )(?=\S)""",
    re.VERBOSE,
)
_IN_LINE = re.compile(
    rf"(?:[-–*+·{_SIGNS}]|\(?\d{{1,2}}\)|\d{{1,2}}\.(?!\d)|\(?[a-zA-Z]\)"
    rf"|(?i:{_LABELS})[ \t]\d{{1,3}}[.:)])\s+(?=\S)"
)
_ORDINAL = re.compile(r"(?<!\S)(\(?)(\d{1,2}|[ivx]{1,5}|[IVX]{1,5}|[a-zA-Z])([.)])(?=\s+\S)")
_BULLET = re.compile(rf"(?<!\S)([-–*+·{_SIGNS}])(?=\s+\S)")
_STRONG = re.compile(rf"[{_SIGNS}]")
_GOES_ON = frozenset(
    word
    for line in (
        "die dat is zijn was waren heeft hebben en of maar ook dus zoals bijvoorbeeld niet want",
        "als om wat wie dan",
    )
    for word in line.split()
)
_ITEM_WORDS = 8
_JOINT = re.compile(r"\s(?:en|of|en/of|and|or|et|ou)$")
_LONGEST_JOINT = 6
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")

_LEAD_WORDS = 8
_SPEAKS = frozenset({"ik", "wij", "we", "ons", "onze", "mijn", "mij", "u", "uw"})
_ANNOUNCES = frozenset(
    word
    for line in (
        "volgende volgt toe daarom mee vragen vraag pleiten pleit stellen stel voorstel wens",
        "wensen mening zeggen opmerken delen meegeven onderlijnen benadrukken weten dit standpunt",
    )
    for word in line.split()
)
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Mark:
    """A list mark.

    ``end`` is where the text of the item begins, ``sign`` the mark without white space around it;
    ``section`` says that headings can be numbered like this too ("2.5", "3").
    """

    end: int
    sign: str
    section: bool = False


class Marks:
    """The list marks of the lines of a text.

    Some count only where another line has the next or previous one: "A." may be an initial, "o" a
    word and "3" an amount.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._found = [_MARK.match(line) for line in lines]
        self._signs = [
            (found.lastgroup, found[found.lastgroup]) if found and found.lastgroup else None
            for found in self._found
        ]
        self._all = set(self._signs)
        self._rounds = sum(each is not None and each[0] == "round" for each in self._signs)

    def of(self, index: int) -> Mark | None:
        """The mark of the line with this index, or None."""
        found, sign = self._found[index], self._signs[index]
        if found is None or sign is None or not self._holds(found, *sign):
            return None
        return Mark(found.end(), sign[1].strip(), sign[0] in ("levels", "bare"))

    def _holds(self, found: re.Match[str], kind: str, sign: str) -> bool:
        follows = found.string[found.end() : found.end() + 60]
        if kind == "round":
            return "\t" in found[0] or self._rounds > 1 or follows[0].isupper()
        if kind == "capital":
            near = {chr(ord(sign[0]) + step) for step in (-1, 1)}
            return any(("capital", f"{each}.") in self._all for each in near) or (
                sign in ("I.", "V.", "X.")
                and any(each and each[0] == "roman" for each in self._all)
            )
        if kind == "bare":
            near_by = {str(int(sign) + step) for step in (-1, 1)}
            return opens_with_order(follows) or any(("bare", each) in self._all for each in near_by)
        return True


def is_mark(text: str) -> bool:
    """Whether a text is only a list mark."""
    found = _MARK.match(f"{text} X")
    return found is not None and found.end() > len(text)


def mark_of(text: str, start: int, end: int) -> Mark | None:
    """The list mark at the start of ``text[start:end]``, a sentence within a line, or None."""
    found = _IN_LINE.match(text, start, end)
    return Mark(found.end(), found[0].strip()) if found else None


def inline_items(text: str, start: int, end: int, sign: str = "") -> list[tuple[int, int]]:
    """The spans of the items of a list in one line ("1) ... 2) ..."), without their marks.

    Text that is not such a list is returned as one span. ``sign`` is the mark before
    ``text[start:end]``.
    """
    cuts = _ordinals(text, start, end, sign) or _bullets(text, start, end, sign)
    found = []
    for first, last in cuts:
        item = text[start:first].rstrip()
        joint = _JOINT.search(item, max(0, len(item) - _LONGEST_JOINT))
        if item:
            found.append((start, start + (joint.start() if joint else len(item))))
        start = last
    return [*found, (start, end)]


def lead_in(sentence: str) -> int:
    """The start of a sentence's content after a long announcement, else 0.

    For example: "... voeg ik hier nog het volgende aan toe: ...".
    """
    colon = sentence.find(":")
    while 0 <= colon < len(sentence) - 1 and not sentence[colon + 1].isspace():
        colon = sentence.find(":", colon + 1)
    if colon < 0:
        return 0
    before = [word.lower() for word in _WORD.findall(sentence[:colon])]
    if len(before) < _LEAD_WORDS or len(_WORD.findall(sentence[colon:])) < 2:
        return 0
    announces = _SPEAKS.intersection(before) and _ANNOUNCES.intersection(before[-6:])
    return colon + 1 if announces else 0


_Cuts = list[tuple[int, int]]
"""The spans of the marks in a line."""


def _ordinals(text: str, start: int, end: int, sign: str) -> _Cuts:
    marks = [
        (found.start(), found.end(), found[2], found[1] + found[3])
        for found in _ORDINAL.finditer(text, start, end)
    ]
    best: _Cuts = []
    for style in {(_style(each[2], roman), each[3]) for each in marks for roman in (True, False)}:
        run = _run(marks, *style, sign)
        if len(run) <= len(best):
            continue
        capital = style[0] == "capital" and style[1] == "."
        opened = bool(sign) or not text[start : run[0][0]].strip()
        opened = opened or text[start : run[0][0]].rstrip()[-1:] in ":.;!?"
        if len(run) >= (3 if capital or not opened else 1 if _value(sign, style[0]) else 2):
            best = run
    return best


def _run(marks: list[tuple[int, int, str, str]], style: str, closing: str, sign: str) -> _Cuts:
    expected = (_value(sign, style) or 0) + 1
    found = []
    for first, last, name, own in marks:
        if own == closing and _value(name, style) == expected:
            found.append((first, last))
            expected += 1
    return found


def _style(name: str, roman: bool) -> str:
    if name.isdigit():
        return "number"
    if roman and name.lower() in _ROMAN:
        return "roman" if name.islower() else "Roman"
    return "letter" if name.islower() else "capital"


def _value(name: str, style: str) -> int | None:
    """The position of an ordinal in a list of this style; None where it has another style."""
    bare = name.strip("(). \t")
    if style == "number":
        return int(bare) if bare.isascii() and bare.isdigit() else None
    if not bare or bare.islower() != (style in ("roman", "letter")):
        return None
    if style in ("roman", "Roman"):
        return _ROMAN.index(bare.lower()) + 1 if bare.lower() in _ROMAN else None
    return ord(bare.lower()) - ord("a") + 1 if len(bare) == 1 else None


def _bullets(text: str, start: int, end: int, sign: str) -> _Cuts:
    marks = list(_BULLET.finditer(text, start, end))
    strong = [each.span() for each in marks if _STRONG.match(each[1])]
    if strong and (len(strong) > 1 or _STRONG.match(sign)):
        return strong
    own = [each.span() for each in marks if each[1] == sign]
    return own if sign in ("*", "+", "·") or _is_list(text, start, end, own) else []


def _is_list(text: str, start: int, end: int, cuts: _Cuts) -> bool:
    """Whether dashes separate short items, rather than enclose a parenthesis."""
    if len(cuts) < 2:
        return False
    places = [start, *(last for _, last in cuts)]
    pieces = zip(places, [*(first for first, _ in cuts), end], strict=True)
    items = [[word.lower() for word in _WORD.findall(text[slice(*piece)])] for piece in pieces]
    return all(0 < len(item) <= _ITEM_WORDS for item in items) and not any(
        item[0] in _GOES_ON for item in items[1:]
    )
