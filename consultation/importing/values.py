"""The values of an import file's cells, as people write them, read against the catalogue."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from consultation.catalogue import Catalogue, Groep

Value = TypeVar("Value")

_NEAR = 0.84
"""How alike (``difflib`` ratio) two names are that differ by an ending or a slip of the pen."""

_YES = frozenset({"ja", "j", "yes", "y", "oui", "true", "waar", "1"})
_NO = frozenset({"nee", "neen", "n", "no", "non", "false", "onwaar", "0"})

_BLANK = frozenset({"", "nan", "na", "n a", "n b", "nat", "none", "null"})
"""What programs and spreadsheets write into a cell that has no value, folded."""

_SAID_TO_BE_EMPTY = frozenset(
    {"nvt", "n v t", "niet van toepassing", "sans objet", "not applicable", "leeg", "blanco"}
)
"""What people write there, folded."""

_NOBODY = frozenset(
    {"anoniem", "anonieme", "anonymous", "anon", "anonyme", "onbekend", "unknown", "inconnu"}
    | {"geen", "geen naam", "geen id", "niet ingevuld", "deelnemer", "respondent", "gast", "guest"}
    | {"xx", "xxx", "0"}
)
"""What stands for a participant who has no name or number, folded."""

SPREADSHEET_ERROR = re.compile(
    r"#(?:#+|NAAM\?|NAME\?|NOM\s?\?|WAARDE!|VALUE!|VALEUR!|VERW!|REF!|DEEL/0!|DIV/0!|N/B|N/A"
    r"|NUM!|GETAL!|LEEG!|NULL!|OVERLOOP!|SPILL!)",
    re.IGNORECASE,
)
"""What a spreadsheet shows instead of a value, such as ``#NAAM?`` for a text that begins with =."""

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
_OPDRACHT = re.compile(
    r"(?:opdracht|opdr\.?|o)?\s?(?:nummer|nr\.?|#)?\s?0{0,3}(\d{1,2})(?:[.,]0{1,2})?"
    r"(?:(?:\s?[.:),;/&+–—-]\s?|\s)(\S.{0,300})?)?",
    re.IGNORECASE,
)


class Unreadable(Exception):
    """A cell's value does not fit; the text names it and the mend."""


@dataclass(frozen=True)
class Sorted:
    """A column of ids or participants: for each row its value or None, whether a spreadsheet took
    the value away, and what to warn of."""

    values: tuple[str | None, ...]
    mangled: tuple[bool, ...]
    warnings: tuple[tuple[str, tuple[int, ...]], ...] = ()
    """Texts, each with the rows it is about."""


def folded(value: str) -> str:
    """A name without case, accents, punctuation and double spaces, for comparing."""
    plain = unicodedata.normalize("NFKD", value).casefold()
    kept = "".join(
        letter if letter.isalnum() else " " for letter in plain if not unicodedata.combining(letter)
    )
    return " ".join(kept.split())


def is_blank(value: str) -> bool:
    """Whether a cell that is no answer was left empty, or says so in a program's words (NaN)."""
    return not value.strip() or ("#" not in value and folded(value) in _BLANK - {""})


def is_empty(value: str) -> bool:
    """Whether a cell that is no answer holds nothing: no letter or digit, or ``n.v.t.``, NaN."""
    plain = folded(value)
    return plain in _BLANK or plain in _SAID_TO_BE_EMPTY


def shown(value: str) -> str:
    """A value as an error names it: on one line and not too long."""
    line = " ".join(value.split())
    return f"'{line[:60]}…'" if len(line) > 60 else f"'{line}'"


def group_slug(value: str, catalogue: Catalogue) -> tuple[str, bool]:
    """The group that a text names, and whether it is named by its own slug or name.

    Else by one of its words, by a name that was cut off, or by one that is nearly the same.

    Raises:
        Unreadable: it names none, or more than one.
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
    """The opdracht that a text names, and whether that is sure: by its number, alone or with the
    beginning of its title, or by its title alone. Other words beside the number make it unsure.

    Raises:
        Unreadable: it names none, none of the catalogue, or two.
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
    """What to say of an opdracht that is not in the catalogue."""
    known = ", ".join(str(each.nummer) for each in catalogue.opdrachten)
    return f"there is no opdracht {number}; choose from {known}."


def _titled(text: str, catalogue: Catalogue) -> int | None:
    titles = {folded(each.titel): each.nummer for each in catalogue.opdrachten}
    return _near(text, titles)


def question_key(value: str, opdracht: int | None, catalogue: Catalogue) -> str:
    """The key of the question that a text names: the key, or the question's own words.

    Raises:
        Unreadable: it names none of the opdracht's questions, or of any where none is given.
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


def _near(text: str, names: dict[str, Value]) -> Value | None:
    """What a text names: exactly, cut off, or nearly; None where it names none or several."""
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
    """The step, 1 to 5, that an answer to the question ``prioriteit`` names; else None."""
    if question != "prioriteit":
        return None
    text = answer.strip().lower()
    # The longest name first: "Heel dringend" holds "Dringend".
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
    """Whether somebody agrees to being quoted.

    Raises:
        Unreadable: it is neither a yes nor a no.
    """
    plain = folded(value)
    if plain not in _YES | _NO:
        raise Unreadable(
            f"{shown(value)} does not fit; write ja where they agree to being quoted, nee where "
            "they do not, and nothing where it is not known."
        )
    return plain in _YES


def sorted_ids(values: Sequence[str | None]) -> Sorted:
    """The ids of a file's rows. One that a spreadsheet shortened, or that was made equal to
    another, tells nothing and is left out."""
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


def sorted_participants(values: Sequence[str | None]) -> Sorted:
    """The participants of a file's rows. Who has no name, or one that a spreadsheet took away, is
    not the same as anybody else: such a row stands for a person of its own."""
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
) -> Sorted:
    left_out = lost.union(nobody)
    kept = [None if each in left_out else each for each in values]
    return Sorted(_without_zeros(kept), tuple(each in lost for each in values), tuple(warnings))


def _shortened(times: Counter[str]) -> set[str]:
    """Values of which a spreadsheet kept the first digits only: 1,14018E+11, or 15 digits and
    noughts in a column where no long number ends otherwise."""
    lost = {each for each in times if _SHORTENED.fullmatch(each)}
    long = {each for each in times if len(each) > 15 and each.isascii() and each.isdigit()}
    if sum(times[each] for each in long) > 1 and all(_ROUNDED.fullmatch(each) for each in long):
        lost |= long
    return lost


def _is_replaced(value: str) -> bool:
    return bool(SPREADSHEET_ERROR.fullmatch(value) or _AS_DATE.fullmatch(value))


def _is_nobody(value: str, times: Counter[str]) -> bool:
    if value == "0" and "1" in times:
        # A list that counts from nought.
        return times[value] > max(number for name, number in times.items() if name != value)
    return is_empty(value) or folded(value) in _NOBODY


def _without_zeros(values: Sequence[str | None]) -> tuple[str | None, ...]:
    """Numbers as a spreadsheet or pandas would write them (7 for 007 and 7.0), unless two of the
    column would become one."""
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
