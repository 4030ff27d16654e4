"""Normalises the spelling and dialect of Dutch as typed in Flanders, for comparison only.

``kweet het nie`` and ``ik weet het niet`` should have the same words, and so should *je*, *u* and
*ge*. Texts are stored as they were typed, not in the normalised form.
"""

from __future__ import annotations

import re
import unicodedata

from language.reading.dialect import standard

START, END = "<s>", "</s>"

# U+FDFA becomes eighteen letters: a text of only that character would cost as much as 18 texts.
_LETTERS_OF_ONE = 3

_TOKENS = re.compile(r"\w+|[?!]")

_SAME: dict[str, str] = {
    typed: plain
    for plain, many in {
        "niet": "nie ni",
        "dat": "da",
        "wat": "wa",
        "je": "ge gij gie u jij uw jouw jou jullie gulle gulder",
        "een": "nen ne",
        "de": "den",
        "deze": "dees",
        "het": "t",
        "ik": "k",
        "mij": "me",
        "mijn": "men mn",
        "ben": "bent zijt",
        "kan": "kunt kun",
        "aub": "alstublieft alsjeblieft graag gelieve",
        "nee": "neen",
        "ok": "oke",
        "goed": "goe",
        "begrijp": "snap versta verstaan",
        "niets": "niks",
        "anoniem": "anonniem annoniem",
        "het is": "tis",
        "is het": "ist",
        "ik heb": "kheb kem",
        "heb ik": "hebk hek",
        "ik weet": "kweet",
        "ik weet niet": "kweeni kweenie kweetnie kweetni weetni",
        "het klopt": "tklopt",
        "ik wil": "kwil",
        "ik ben": "kben",
        "ik begrijp": "ksnap",
        "kan je": "kunde",
        "ben je": "zijde bende",
    }.items()
    for typed in many.split()
}


def words(text: str) -> list[str]:
    """The words in lower case without accents, dialect as standard Dutch; ``?`` and ``!`` stay."""
    plain = text.casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain)[: _LETTERS_OF_ONE * len(text)]
        plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    found: list[str] = []
    for token in standard(_TOKENS.findall(plain.replace("'", " ").replace("’", " "))):
        found += _SAME.get(token, token).split()
    return found


def word_runs(text: str) -> list[str]:
    """The word n-grams of one to three words, with marks for the start and the end of the text.

    The marks matter: ``stop`` alone is a command, ``stop de wachtlijsten`` is not.
    """
    tokens = [START, *words(text), END]
    return [
        " ".join(tokens[first : first + length])
        for length in (1, 2, 3)
        for first in range(len(tokens) - length + 1)
        if length > 1 or tokens[first] not in (START, END)
    ]


def plain_text(text: str) -> str:
    """The normalised words between marks for start and end, as input for character n-grams."""
    return f"^ {' '.join(words(text))} $"
