"""Recognises what a participant names in their own words: an answer, everything, their consent."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from consultation.catalogue import Opdracht


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    text = Path(__file__).with_name("woorden.yml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def mentions(text: str, what: str) -> bool:
    """Whether a text names ``what``: ``alles``, ``toestemming``, ``niets`` or ``vorige``."""
    plain = text.casefold()
    return any(word.casefold() in plain for word in _words()[what])


def named_question(text: str, opdracht: Opdracht, current: str | None) -> str | None:
    """The key of the question whose answer a text names, or None where it names none or several.

    ``current`` is the key of the open question: "mijn vorige antwoord" is the question before it.
    """
    plain = text.casefold()
    hits = {
        vraag.key
        for vraag in opdracht.vragen
        for word in (*_words()["vragen"].get(vraag.soort, ()), *_own_words(vraag.sleutel))
        if word.casefold() in plain
    }
    if len(hits) == 1:
        return hits.pop()
    if hits or not mentions(text, "vorige"):
        return None
    keys = [vraag.key for vraag in opdracht.vragen]
    place = keys.index(current) if current in keys else len(keys)
    return keys[place - 1] if place > 0 else None


def _own_words(key: str | None) -> tuple[str, ...]:
    """The words that name an extra question: its key."""
    return (key.replace("_", " "),) if key else ()
