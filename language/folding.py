"""Letters brought nearer to one spelling, for comparing only."""

from __future__ import annotations

import unicodedata

_LETTERS_OF_ONE = 3
"""One sign stands for three letters at most: there is one (U+FDFA) that stands for a sentence of
eighteen, and a text of nothing else would cost eighteen texts."""


def folded(text: str) -> str:
    """Lower case without accents, so that "één" and "een" or "financiele" find each other."""
    if text.isascii():
        return text.lower()
    split = unicodedata.normalize("NFKD", text.lower().replace("’", "'"))
    split = split[: _LETTERS_OF_ONE * len(text)]
    return "".join(letter for letter in split if not unicodedata.combining(letter))
