"""The group of a participant, from their own words: by the word list, else by meaning."""

from __future__ import annotations

import threading
from functools import lru_cache

from actions.talk import catalogue
from consultation.catalogue import Catalogue, Groep
from consultation.groups import Named, group_of, likely_descriptions, may_be_content
from consultation.settings import settings
from language.embedding import load_encoder
from language.matching import Matcher

_SURE, _MARGIN = 0.8, 0.6
_READ = 120
_MOST_WORDS = 8
_FIRST_PERSON = frozenset({"ik", "k", "'k", "we", "wij", "kben", "kwerk", "ikke"})

_building = threading.Lock()


@lru_cache(maxsize=2)
def _built(current: Catalogue) -> Matcher:
    kept = settings().data_dir / "vectors" / "groepen"
    return Matcher(described_groups(current), load_encoder(settings().embedding), kept)


def _matcher(current: Catalogue) -> Matcher:
    with _building:
        return _built(current)


def described_groups(current: Catalogue) -> dict[int, list[str]]:
    """What describes each group, by its place in the catalogue."""
    return {place: list(texts) for place, (_, texts) in enumerate(likely_descriptions(current))}


def prepare() -> None:
    """Encodes the descriptions of the groups, so that the first participant does not wait."""
    _matcher(catalogue())


def read_group(text: str) -> Named:
    """The groups that a text names, likeliest first; by meaning where it has no known word.

    By meaning a group is sure only in a few words about oneself and far ahead of the next one.
    """
    current = catalogue()
    named = group_of(text, current)
    if named.groups or not any(sign.isalpha() for sign in text):
        return named
    best = _matcher(current).match([text.strip()[:_READ]], top=3)[0]
    found = tuple(current.groepen[each.number] for each in best)
    ahead = best[0].score - (best[1].score if len(best) > 1 else 0.0)
    words = text.casefold().split()
    who = len(words) == 1 or (len(words) <= _MOST_WORDS and words[0] in _FIRST_PERSON)
    about_them = who and not may_be_content(text)
    return Named(found, about_them and best[0].score >= _SURE and ahead >= _MARGIN)


def first_groups(current: Catalogue, opdracht: int | None, most: int) -> list[Groep]:
    """The groups to show first: of people for themselves, and those the opdracht is about most."""
    chosen = current.opdracht(opdracht)
    about = [chosen] if chosen else current.opdrachten
    counts = [slug for each in about for slug in each.groepen]
    person = group_of("inwoner", current).groups[:1]
    rest = sorted(
        (each for each in current.groepen if each not in person),
        key=lambda each: -counts.count(each.slug),
    )
    kept = [*person, *rest][:most]
    return [each for each in current.groepen if each in kept]
