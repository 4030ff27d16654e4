"""A draft of the name and the description of a theme, from what is said in it.

A draft is a suggestion: nobody sees it but the facilitator who then writes the theme. It holds no
quote: quotes are slices of stored texts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analysis.language_model import prompts
from analysis.language_model.connection import LanguageModel
from analysis.language_model.masking import MaskedText, as_masked
from consultation.database.storage import Storage
from consultation.queries.disclosure import masked_statements
from consultation.queries.themes import ThemeView

MOST_QUOTES = 15
"""The most statements that a draft is made from."""
LONGEST_NAME = 80
"""The most characters of a name."""
LONGEST_DESCRIPTION = 300
"""The most characters of a description."""

_FEWEST_LETTERS = 3
_LINK = re.compile(r"https?:|www\.|[<>{}\[\]]", re.IGNORECASE)
_SCHEMA = {
    "type": "object",
    "properties": {
        "naam": {"type": "string", "maxLength": LONGEST_NAME},
        "omschrijving": {"type": "string", "maxLength": LONGEST_DESCRIPTION},
    },
    "required": ["naam", "omschrijving"],
    "additionalProperties": False,
}


@dataclass(frozen=True)
class ThemeDraft:
    """What a theme may be called, and one line on what it is about."""

    name: str
    description: str


def draft(model: LanguageModel, quotes: Sequence[MaskedText]) -> ThemeDraft | None:
    """Returns a draft for the theme with these statements, or None without a usable one.

    The first ``MOST_QUOTES`` that hold a text count.
    """
    shown = [quote for quote in quotes if quote][:MOST_QUOTES]
    if not shown:
        return None
    asked = "\n".join([prompts.STATEMENTS, *(f"- {quote}" for quote in shown)])
    messages = [
        {"role": "system", "content": prompts.DRAFT},
        {"role": "user", "content": asked},
    ]
    return model.ask(messages, _SCHEMA, _read)


def suggest(storage: Storage, model: LanguageModel | None, theme: ThemeView) -> ThemeDraft | None:
    """Returns a draft for a theme of the review, or None: no model is set, or it gave none.

    It is made from the most central statements, one of each participant first. No transaction is
    open while the model thinks.

    Raises:
        SamenspraakError: the pipeline that detects names is unavailable; names the remedy.
    """
    if model is None:
        return None
    first: dict[str, str] = {}
    for each in theme.said:
        first.setdefault(each.participant, each.id)
    heard = list(first.values())
    chosen = [*heard, *(each.id for each in theme.said if each.id not in set(heard))]
    with storage.reading() as session:
        quotes = masked_statements(session, chosen[:MOST_QUOTES])
    return draft(model, [as_masked(quotes[each]) for each in chosen if each in quotes])


def _read(found: Any) -> ThemeDraft:
    name, description = (_line(found.get(key)) for key in ("naam", "omschrijving"))
    name = name.rstrip(".")
    for text, longest in ((name, LONGEST_NAME), (description, LONGEST_DESCRIPTION)):
        letters = sum(sign.isalpha() for sign in text)
        if len(text) > longest or letters < _FEWEST_LETTERS or _LINK.search(text):
            raise ValueError("no name and description")
    return ThemeDraft(name, description)


def _line(value: Any) -> str:
    """The text as one line; signs that steer a screen are left out."""
    if not isinstance(value, str):
        raise ValueError("no text")
    plain = "".join(
        sign for sign in " ".join(value.split()) if unicodedata.category(sign)[0] != "C"
    )
    return plain.strip()
