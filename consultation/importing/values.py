"""Parses cell values of import files, as people write them, with the help of the catalogue."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from consultation.catalogue import Catalogue, Groep
from language.folding import without_accents

Value = TypeVar("Value")

_NEAR = 0.84
"""Least ``difflib`` ratio of two names that differ only by an ending or a typing error."""

_YES = frozenset({"ja", "j", "yes", "y", "oui", "true", "waar", "1"})
_NO = frozenset({"nee", "neen", "n", "no", "non", "false", "onwaar", "0"})

_AGREES = re.compile(r"(?:ja|yes|oui|akkoord|ik ga akkoord|ok|dat mag|mag)\b")
_REFUSES = re.compile(r"(?:nee|neen|no|non|niet|liever niet|ik ga niet akkoord|not)\b")
_RESERVED = re.compile(r"\b(?:niet|geen|maar|enkel|alleen|pas|als|not|but|only|mais|pas)\b")
"""Words beside a yes that make it a condition: it is for people to read."""

_BLANK = frozenset({"", "nan", "na", "n a", "n b", "nat", "none", "null"})
"""Placeholders of programs and spreadsheets for an empty cell, folded."""

_SAID_TO_BE_EMPTY = frozenset(
    {"nvt", "n v t", "niet van toepassing", "sans objet", "not applicable", "leeg", "blanco"}
)
"""Placeholders that people write in an empty cell, folded."""

_NOBODY = frozenset(
    {"anoniem", "anonieme", "anonymous", "anon", "anonyme", "onbekend", "unknown", "inconnu"}
    | {"geen", "geen naam", "geen id", "niet ingevuld", "deelnemer", "respondent", "gast", "guest"}
    | {"xx", "xxx", "0"}
)
"""Placeholders for a participant without name or number, folded."""

SPREADSHEET_ERROR = re.compile(
    r"#(?:#+|NAAM\?|NAME\?|NOM\s?\?|WAARDE!|VALUE!|VALEUR!|VERW!|REF!|DEEL/0!|DIV/0!|N/B|N/A"
    r"|NUM!|GETAL!|LEEG!|NULL!|OVERLOOP!|SPILL!)",
    re.IGNORECASE,
)
"""Error values of spreadsheets, such as ``#NAAM?`` for a text that begins with =."""

_SHORTENED = re.compile(r"\d(?:[.,]\d{1,20})?[eE][+-]\d{2,3}")
_ROUNDED = re.compile(r"[1-9]\d{14}0{1,30}")
_MONTH = (
    r"(?:jan|feb|f[eé]v|fevr|févr|mrt|mar|mars|apr|avr|mei|may|mai|jun|juin|jul|juil|aug|ao[uû]t"
    r"|sep|sept|okt|oct|nov|dec|déc)"
)
_AS_DATE = re.compile(
    rf"\d{{1,2}}[-/ ]{_MONTH}\.?(?:[-/ ]\d{{2,4}})?|{_MONTH}\.?[-/ ]\d{{2,4}}"
    r"|\d{1,2}([-/.])\d{1,2}\1(?:\d{4}|\d\d)(?: 0?0:00(?::00)?)?"
    r"|\d{4}-\d\d-\d\d(?:[ T]00:00(?::00)?)?",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\(?(?:\d{1,2}|[a-z])\s?[.):]\s?|(?:\d{1,2}|[a-z])\s[-–—]\s", re.IGNORECASE)
_MOST_OF_IT = 0.6
_AROUND = re.compile(r"\A\s*\w{1,12}[:.]\s|\([^()]{0,60}\)|\s-\s.{0,60}\Z|\[[^\[\]]{0,60}\]")
_OPDRACHT = re.compile(
    r"(?:opdracht|opdr\.?|o)?\s?(?:nummer|nr\.?|#)?\s?0{0,3}(\d{1,2})(?:[.,]0{1,2})?"
    r"(?:(?:\s?[.:),;/&+–—-]\s?|\s)(\S.{0,300})?)?",
    re.IGNORECASE,
)


class Unreadable(Exception):
    """A cell's value is invalid; the message names the value and the correction."""


@dataclass(frozen=True)
class RecognisedColumn:
    """A checked column of ids or participants.

    Per row the value or None, and whether a spreadsheet damaged it; and warnings for the column.
    """

    values: tuple[str | None, ...]
    mangled: tuple[bool, ...]
    warnings: tuple[tuple[str, tuple[int, ...]], ...] = ()
    """Pairs of a message and the indices of its rows."""


def folded(value: str) -> str:
    """A name without case, accents, punctuation and double spaces, for comparison."""
    plain = without_accents(value, "NFKD").casefold()
    kept = "".join(letter if letter.isalnum() else " " for letter in plain)
    return " ".join(kept.split())


def is_blank(value: str) -> bool:
    """Whether a cell, not an answer text, is empty or holds a program's placeholder (NaN)."""
    return not value.strip() or ("#" not in value and folded(value) in _BLANK - {""})


def is_empty(value: str) -> bool:
    """Whether a cell, not an answer text, has no letter or digit, or holds ``n.v.t.`` or NaN."""
    plain = folded(value)
    return plain in _BLANK or plain in _SAID_TO_BE_EMPTY


def shown(value: str) -> str:
    """A value as shown in messages: quoted, on one line, at most 60 characters."""
    line = " ".join(value.split())
    return f"'{line[:60]}…'" if len(line) > 60 else f"'{line}'"


def group_slug(value: str, catalogue: Catalogue) -> tuple[str, bool]:
    """The slug of the group that a text names, and whether it is an exact slug or name.

    Other matches are one of the group's words, a truncated name, or a similar name.

    Raises:
        Unreadable: the text names no group, or more than one.
    """
    plain = folded(value)
    bare = folded(_NUMBERED.sub("", value.strip(), count=1))
    for name in (plain, bare):
        for groep in catalogue.groepen:
            if name in (folded(groep.slug), folded(groep.naam)):
                return groep.slug, True
    without = folded(re.sub(r"\([^()]{0,200}\)", " ", _NUMBERED.sub("", value.strip(), count=1)))
    names = {groep.slug: _names(groep) for groep in catalogue.groepen}
    every = [name for known in names.values() for name in known]
    nearest = difflib.get_close_matches(without, every, 1, _NEAR)
    cut_off = value.rstrip().endswith(("...", "…"))
    attempts: tuple[Callable[[list[str]], bool], ...] = (
        lambda known: bare in known or without in known,
        lambda known: cut_off and len(bare) >= 4 and any(each.startswith(bare) for each in known),
        lambda known: bool(nearest and nearest[0] in known),
        lambda known: any(f" {each} " in f" {without} " for each in known),
    )
    for attempt in attempts:
        hits = [slug for slug, known in names.items() if attempt(known)]
        if len(hits) == 1:
            return hits[0], False
        if hits:
            raise Unreadable(f"{shown(value)} may be {' or '.join(hits)}; write one of these.")
    known = ", ".join(each.slug for each in catalogue.groepen)
    raise Unreadable(f"{shown(value)} is not a group; choose from {known}.")


def _names(groep: Groep) -> list[str]:
    parts = re.split(r",\s?|\sof\s", groep.naam)
    return sorted({folded(each) for each in (groep.slug, groep.naam, *parts, *groep.woorden)})


def opdracht_number(value: str, catalogue: Catalogue) -> tuple[int, bool]:
    """The number of the opdracht that a text names, and whether the match is sure.

    A number alone, a number with the beginning of the title, or a title alone is sure. Other words
    next to the number make it unsure.

    Raises:
        Unreadable: the text names no opdracht, one that is not in the catalogue, or two.
    """
    text = " ".join(value.split())
    match = _OPDRACHT.fullmatch(text)
    titled = _titled(text if match is None else match[2] or "", catalogue)
    if match is None:
        if titled is None:
            raise Unreadable(
                f"{shown(value)} is not a number; write the opdracht's number, e.g. 4."
            )
        return titled, True
    number = int(match[1])
    if (titled is not None and titled != number) or re.match(
        r"(?:en\s|and\s|et\s)?(?:opdracht\s|o)?\d", match[2] or "", re.IGNORECASE
    ):
        raise Unreadable(f"{shown(value)} names more than one; write one opdracht's number.")
    owner = catalogue.opdracht(number)
    if owner is None:
        raise Unreadable(unknown_opdracht(number, catalogue))
    title, rest = folded(owner.titel), folded(match[2] or "")
    return number, titled == number or title.startswith(rest) or rest.startswith(title)


def unknown_opdracht(number: int, catalogue: Catalogue) -> str:
    """Error message for an opdracht that is not in the catalogue."""
    known = ", ".join(str(each.nummer) for each in catalogue.opdrachten)
    return f"there is no opdracht {number}; choose from {known}."


def _titled(text: str, catalogue: Catalogue) -> int | None:
    titles = {folded(each.titel): each.nummer for each in catalogue.opdrachten}
    return _near(text, titles)


def question_key(value: str, opdracht: int | None, catalogue: Catalogue) -> str:
    """The key of the question that a text names, by key or by wording.

    Raises:
        Unreadable: it names no question of the opdracht; without an opdracht, of the catalogue.
    """
    owner = catalogue.opdracht(opdracht)
    owners = [owner] if owner else list(catalogue.opdrachten)
    known = list(dict.fromkeys(vraag.key for each in owners for vraag in each.vragen))
    plain = folded(value)
    for key in known:
        if plain == folded(key):
            return key
    wordings = {
        folded(text): vraag.key
        for each in owners
        for vraag in each.vragen
        for text in (vraag.tekst, vraag.eenvoudiger)
    }
    named = _near(value, wordings)
    if named is None:
        where = f" of opdracht {opdracht}" if owner else ""
        raise Unreadable(
            f"{shown(value)} is not a question{where}; choose from {', '.join(known)}."
        )
    return named


def asked(wording: str, catalogue: Catalogue) -> tuple[int | None, str] | None:
    """The opdracht and the key of the question whose own words a text is; None: of none.

    What a survey tool puts around the words (``opdracht 6/``, ``5:``, ``(1-5)``, ``- Selected
    Choice``) makes no difference. The opdracht is None where several ask this in the same words.
    """
    owners: dict[str, set[tuple[int, str]]] = {}
    for each in catalogue.opdrachten:
        for vraag in each.vragen:
            for text in (vraag.tekst, vraag.eenvoudiger):
                owners.setdefault(folded(text), set()).add((each.nummer, vraag.key))
    bare = _AROUND.sub(" ", wording.rsplit("/", 1)[-1])
    cut_off = wording.rstrip().endswith(("...", "…"))
    length = len(folded(bare))
    # "Welke organisatie?" is not the question that begins so and goes on.
    likely = {
        text: frozenset(askers)
        for text, askers in owners.items()
        if cut_off or length >= _MOST_OF_IT * len(text)
    }
    found = _near(bare, likely)
    if not found:
        return None
    keys = {key for _, key in found}
    numbers = {number for number, _ in found}
    return (numbers.pop() if len(numbers) == 1 else None, keys.pop()) if len(keys) == 1 else None


def _near(text: str, names: dict[str, Value]) -> Value | None:
    """The value whose name a text matches: exactly, truncated or nearly; else None."""
    plain = folded(text)
    if plain in names:
        return names[plain]
    if len(plain) < 4:
        return None
    if text.rstrip().endswith(("...", "…")) or len(plain) > 8:
        hits = {value for name, value in names.items() if name.startswith(plain)}
        if hits:
            return hits.pop() if len(hits) == 1 else None
    near = difflib.get_close_matches(plain, names, 1, _NEAR)
    return names[near[0]] if near else None


def priority(question: str | None, answer: str, catalogue: Catalogue) -> int | None:
    """The step, 1 to 5, named by an answer to the question ``prioriteit``; else None."""
    if question != "prioriteit":
        return None
    text = answer.strip().lower()
    # Longest name first, since "Heel dringend" contains "Dringend".
    steps = sorted(catalogue.consultatie.prioriteiten, key=lambda each: -len(each.naam))
    for step in steps:
        if text.startswith(step.naam.lower()):
            return step.waarde
    numbers = re.findall(r"(?<![\d.,])([1-5])(?![\d%])(?!\s*(?:jaar|maand|op de))", text)
    if numbers and len(set(numbers)) == 1:
        return int(numbers[0])
    leading = re.match(r"([1-5])(?![\d.,%])", text)
    if leading:
        return int(leading[1])
    return next((step.waarde for step in steps if step.naam.lower() in text), None)


def yes_or_no(value: str) -> bool:
    """Whether a participant agrees to being quoted.

    Raises:
        Unreadable: the value is neither a yes nor a no.
    """
    plain = folded(value)
    agrees = plain in _YES or (_AGREES.match(plain) and not _RESERVED.search(plain))
    if not agrees and plain not in _NO and not _REFUSES.match(plain):
        raise Unreadable(
            f"{shown(value)} does not fit; write ja where they agree to being quoted, nee where "
            "they do not, and nothing where it is not known."
        )
    return bool(agrees)


def recognised_ids(values: Sequence[str | None]) -> RecognisedColumn:
    """Checks the ids of a file's rows.

    An id that a spreadsheet shortened, or that it replaced so that it occurs more than once,
    becomes None, with a warning.
    """
    times = Counter(each for each in values if each is not None)
    lost = _shortened(times) | {each for each in times if times[each] > 1 and _is_replaced(each)}
    places = tuple(index for index, each in enumerate(values) if each in lost)
    warnings: list[tuple[str, tuple[int, ...]]] = []
    if places:
        equal = max(times[each] for each in lost)
        same = f"; {equal} of them are equal now" if equal > 1 else ""
        warnings.append(
            (
                f"id: in {_rows(places)} a spreadsheet (Excel) made a number or date of the id "
                f"({_listed(values, places)}){same}. They are imported without id: take the column "
                "from the source again, formatted as text",
                places,
            )
        )
    return _sorted(values, lost, warnings)


def recognised_participants(values: Sequence[str | None]) -> RecognisedColumn:
    """Checks the participants of a file's rows.

    A value that names nobody, or that a spreadsheet damaged, becomes None, with a warning: the row
    then counts as a participant of its own.
    """
    times = Counter(each for each in values if each is not None)
    lost = _shortened(times) | {each for each in times if _is_replaced(each)}
    nobody = {each for each in times if each not in lost and _is_nobody(each, times)}
    warnings: list[tuple[str, tuple[int, ...]]] = []
    places = tuple(index for index, each in enumerate(values) if each in lost)
    if places:
        warnings.append(
            (
                f"participant: in {_rows(places)} a spreadsheet (Excel) made a number or date of "
                f"who answered ({_listed(values, places)}). Each of them counts as a person of its "
                "own: take the column from the source again, formatted as text, and import again",
                places,
            )
        )
    places = tuple(index for index, each in enumerate(values) if each in nobody)
    if places:
        warnings.append(
            (
                f"participant: {_rows(places)} with a name that names nobody "
                f"({_listed(values, places)}). Each of them counts as a person of its own: leave "
                "the cell empty, or give each person a number",
                places,
            )
        )
    return _sorted(values, lost, warnings, nobody)


def _sorted(
    values: Sequence[str | None],
    lost: set[str],
    warnings: list[tuple[str, tuple[int, ...]]],
    nobody: Iterable[str] = (),
) -> RecognisedColumn:
    left_out = lost.union(nobody)
    kept = [None if each in left_out else each for each in values]
    return RecognisedColumn(
        _without_zeros(kept), tuple(each in lost for each in values), tuple(warnings)
    )


def _shortened(times: Counter[str]) -> set[str]:
    """Values of which a spreadsheet kept only the first digits.

    These are written as 1,14018E+11, or as 15 digits followed by zeros in a column where all long
    numbers end so.
    """
    lost = {each for each in times if _SHORTENED.fullmatch(each)}
    long = {each for each in times if len(each) > 15 and each.isascii() and each.isdigit()}
    if sum(times[each] for each in long) > 1 and all(_ROUNDED.fullmatch(each) for each in long):
        lost |= long
    return lost


def _is_replaced(value: str) -> bool:
    return bool(SPREADSHEET_ERROR.fullmatch(value) or _AS_DATE.fullmatch(value))


def _is_nobody(value: str, times: Counter[str]) -> bool:
    if value == "0" and "1" in times:
        # Numbering may start at 0; then 0 occurs no more often than the other numbers.
        return times[value] > max(number for name, number in times.items() if name != value)
    return is_empty(value) or folded(value) in _NOBODY


def _without_zeros(values: Sequence[str | None]) -> tuple[str | None, ...]:
    """Numbers as a spreadsheet or pandas writes them: 7 for 007 and 7.0.

    The column is unchanged if two different values would become equal.
    """
    bare = {each: _bare(each) for each in values if each is not None}
    if len(set(bare.values())) < len(bare):
        return tuple(values)
    return tuple(None if each is None else bare[each] for each in values)


def _bare(value: str) -> str:
    match = re.fullmatch(r"0{0,40}(\d{1,60})(?:[.,]0)?", value)
    return match[1] if match and value.isascii() else value


def _rows(places: Sequence[int]) -> str:
    return f"{len(places)} row{'' if len(places) == 1 else 's'}"


def _listed(values: Sequence[str | None], places: Sequence[int]) -> str:
    names = list(dict.fromkeys(shown(str(values[index])) for index in places))
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more
