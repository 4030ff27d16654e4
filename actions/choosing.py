"""Finds the opdracht that a participant describes in their own words."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from functools import lru_cache

from actions.talk import catalogue
from consultation.catalogue import Catalogue
from consultation.settings import settings
from language.embedding import load_encoder
from language.folding import folded
from language.matching import Match, Matcher

SURE = 0.5
_BATCH = 64

# A choice is short; encoding all of ten thousand characters would take seconds.
_READ = 250

_COUNT = "een twee drie vier vijf zes zeven acht negen tien elf twaalf"
_RANK = (
    "eerste tweede derde vierde vijfde zesde zevende achtste negende tiende elfde twaalfde laatste"
)
_LAST = -1
_VALUE: dict[str, int] = {
    **{word: value for value, word in enumerate(_COUNT.split(), 1)},
    **{word: value for value, word in enumerate(_RANK.split(), 1)},
    "laatste": _LAST,
}
_ITEM = r"(?:opdracht|onderwerp|thema|nummer|numero|nr\.?)"
_ANY = rf"(?P<count>\d{{1,2}}|{'|'.join(_COUNT.split())})"
_RANKED = rf"(?P<rank>\d{{1,2}}(?:e|de|ste)|{'|'.join(_RANK.split())})"
_LEAD = (
    r"(?:(?:ik|k?wil|zou|had|kies|neem|pak|doe|maar|geef|mij|me|ga|voor|graag|liefst|mag|naar|"
    r"start|begin|met|over|toch|dan|we|laten|mijn|keuze|is)[\s:]+){0,6}"
)
_TAIL = r"(?:\s+(?:graag|aub|alstublieft|alsjeblieft|doen|kiezen|nemen|van de lijst))*\W*$"
# Matches "opdracht 4", "nummer vier graag", "de vierde" and "4", but not "5 dagen" or
# "de eerste stap".
_NAMED = (
    re.compile(rf"\b{_ITEM}\s*{_ANY}(?!\w)"),
    re.compile(rf"\b(?:de|den|het|die)\s+{_RANKED}(?=\s+{_ITEM}\b|{_TAIL})"),
    re.compile(rf"^\W*{_LEAD}{_ANY}{_TAIL}"),
)

_building = threading.Lock()


@lru_cache(maxsize=2)
def _built(current: Catalogue) -> Matcher:
    kept = settings().data_dir / "vectors"
    return Matcher(current.descriptions(), load_encoder(settings().embedding), kept)


def _matcher(current: Catalogue) -> Matcher:
    with _building:
        return _built(current)


def prepare() -> None:
    """Loads the encoder and encodes the catalogue, so that the first choice is not delayed."""
    _matcher(catalogue())


def matches(text: str, top: int = 3) -> list[Match]:
    """The opdrachten that match a text best, best first, with scores between 0 and 1.

    An opdracht named by its number, its position in the list or its title comes first, with score
    1; the others then get score 0.
    """
    return matches_of([text], top)[0]


def matches_of(texts: Sequence[str], top: int = 3) -> list[list[Match]]:
    """``matches`` of many texts, encoded in batches of similar length."""
    current = catalogue()
    matcher = _matcher(current)
    found: list[list[Match]] = [[] for _ in texts]
    read = [text.strip()[:_READ] for text in texts]
    ordered = sorted(range(len(texts)), key=lambda place: len(read[place]))
    for start in range(0, len(ordered), _BATCH):
        places = ordered[start : start + _BATCH]
        best_of = matcher.match([read[each] for each in places], top=top)
        for place, best in zip(places, best_of, strict=True):
            named = named_number(texts[place], current)
            if named is not None:
                others = [each.number for each in best if each.number != named]
                best = [Match(named, 1.0), *(Match(each, 0.0) for each in others[: top - 1])]
            found[place] = best
    return found


def named_number(text: str, current: Catalogue) -> int | None:
    """The number of the opdracht that a text names by number, position or title, or None."""
    plain = text.strip().casefold()
    for opdracht in current.opdrachten:
        if plain == opdracht.titel.casefold():
            return opdracht.nummer
    bare = folded(plain)
    for pattern in _NAMED:
        found = pattern.search(bare)
        if found is None:
            continue
        word = next(value for value in found.groupdict().values() if value)
        digits = re.match(r"\d+", word)
        value = int(digits.group()) if digits else _VALUE[word]
        if value == _LAST:
            return current.opdrachten[-1].nummer
        if current.opdracht(value) is not None:
            return value
    return None
