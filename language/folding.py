"""Normalises letters, for comparison only; tells a text of which nothing is seen."""

from __future__ import annotations

import unicodedata
from typing import Literal

_LETTERS_OF_ONE = 3
"""Maximum growth of a text by decomposition, in letters per character.

U+FDFA becomes eighteen letters: a text of only that character would cost as much as eighteen texts.
"""

_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs that look like a blank."""

_SEEN = frozenset("LNPS")
_PRIVATE_USE = "Co"


def is_unseen(text: str) -> bool:
    """Whether nothing of a text is seen: blanks, and signs without width such as U+200B."""
    for sign in text:
        category = unicodedata.category(sign)
        # A bullet of a word processor is for private use, and seen.
        if (category[0] in _SEEN or category == _PRIVATE_USE) and sign not in _FILLERS:
            return False
    return True


def folded(text: str) -> str:
    """Lower case without accents: "één" equals "een", and "financiële" equals "financiele"."""
    if text.isascii():
        return text.lower()
    return without_accents(text.lower().replace("’", "'"), "NFKD")


def without_accents(text: str, form: Literal["NFD", "NFKD"] = "NFD") -> str:
    """The text without accents. ``NFKD`` also splits letters such as "ﬁ" and "²"."""
    split = unicodedata.normalize(form, text)[: _LETTERS_OF_ONE * len(text)]
    return "".join(letter for letter in split if not unicodedata.combining(letter))
