"""How people in Flanders type Dutch, brought nearer to one spelling before words are compared.

``kweet het nie`` and ``ik weet het niet`` should share their words; so should *je*, *u* and *ge*.
What comes out is for comparing only: what somebody typed is stored as it was typed.
"""

from __future__ import annotations

import re
import unicodedata

START, END = "<s>", "</s>"

# One sign (U+FDFA) stands for a sentence of eighteen letters: a text of it would cost as many.
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
        "ik wil": "kwil",
        "ik ben": "kben",
        "ik begrijp": "ksnap",
        "kan je": "kunde",
        "ben je": "zijde bende",
    }.items()
    for typed in many.split()
}


def words(text: str) -> list[str]:
    """The words without accents or capitals, dialect as plain words; ``?`` and ``!`` stay."""
    plain = unicodedata.normalize("NFKD", text.casefold())[: _LETTERS_OF_ONE * len(text)]
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    found: list[str] = []
    for token in _TOKENS.findall(plain.replace("'", " ").replace("’", " ")):
        found += _SAME.get(token, token).split()
    return found


def word_runs(text: str) -> list[str]:
    """Runs of one to three words. Where a text begins and ends counts: ``stop`` alone is a command,
    ``stop de wachtlijsten`` is not."""
    tokens = [START, *words(text), END]
    return [
        " ".join(tokens[first : first + length])
        for length in (1, 2, 3)
        for first in range(len(tokens) - length + 1)
        if length > 1 or tokens[first] not in (START, END)
    ]


def plain_text(text: str) -> str:
    """A text's words with marks where it begins and ends, to cut characters from."""
    return f"^ {' '.join(words(text))} $"
