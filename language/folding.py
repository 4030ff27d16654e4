"""Normalises letters, for comparison only."""

from __future__ import annotations

import unicodedata
from typing import Literal

_LETTERS_OF_ONE = 3
"""Maximum growth of a text by decomposition, in letters per character.

U+FDFA becomes eighteen letters: a text of only that character would cost as much as eighteen texts.
"""


def folded(text: str) -> str:
    """Lower case without accents: "één" equals "een", and "financiële" equals "financiele"."""
    if text.isascii():
        return text.lower()
    return without_accents(text.lower().replace("’", "'"), "NFKD")


def without_accents(text: str, form: Literal["NFD", "NFKD"] = "NFD") -> str:
    """The text without accents. ``NFKD`` also splits letters such as "ﬁ" and "²"."""
    split = unicodedata.normalize(form, text)[: _LETTERS_OF_ONE * len(text)]
    return "".join(letter for letter in split if not unicodedata.combining(letter))
