"""Which opdracht or group somebody means, when they say it in their own words."""

from __future__ import annotations

import re
import threading
from functools import lru_cache

from actions.talk import catalogue
from consultation.catalogue import Catalogue
from consultation.settings import settings
from language.embedding import load_encoder
from language.matching import Match, Matcher

SURE = 0.5
_NUMBER = re.compile(r"(?:^|\bopdracht\s*|\bnummer\s*|\bnr\.?\s*)(\d{1,2})(?=\W|$)", re.IGNORECASE)


_building = threading.Lock()


@lru_cache(maxsize=2)
def _built(current: Catalogue) -> Matcher:
    return Matcher(current.descriptions(), load_encoder(settings().embedding))


def _matcher(current: Catalogue) -> Matcher:
    with _building:
        return _built(current)


def prepare() -> None:
    """Reads the encoder and the catalogue's phrases in, so that nobody has to wait for it."""
    _matcher(catalogue())


def matches(text: str, top: int = 3) -> list[Match]:
    """The opdrachten a text fits best, best first, with scores between 0 and 1."""
    return _matcher(catalogue()).match([text], top=top)[0]


def named_number(text: str, current: Catalogue) -> int | None:
    """The opdracht whose number or title a text names, or None."""
    plain = text.strip().casefold()
    for opdracht in current.opdrachten:
        if plain == opdracht.titel.casefold():
            return opdracht.nummer
    found = _NUMBER.search(text)
    if found and current.opdracht(int(found.group(1))) is not None:
        return int(found.group(1))
    return None


def named_group(text: str, current: Catalogue) -> str | None:
    """The slug of the only group whose name or everyday words a text holds, or None."""
    plain = text.casefold()
    hits = {
        groep.slug
        for groep in current.groepen
        for word in (groep.naam, groep.slug.replace("_", " "), *groep.woorden)
        if re.search(rf"(?<!\w){re.escape(word.casefold())}(?!\w)", plain)
    }
    return hits.pop() if len(hits) == 1 else None
