"""Whether a text may be the answer to the open question at all, by what that question asks for.

Who leads something is a person or an organisation: a text that names nobody, and speaks of an
earlier answer, is meant for that answer.
"""

from __future__ import annotations

import re
from functools import lru_cache

from actions.talk import Talk
from consultation.catalogue import Vraag
from language.actors import Aliases, actors
from language.reading.changes import speaks_of

_LEAST_WORDS, _READ = 4, 400
_SOMEBODY = re.compile(
    r"\b(?i:wij|iedereen|niemand|mensen|centra|zij|samen"
    r"|cit(?:y|ies)|schools?|compan(?:y|ies)|government|ministr(?:y|ies)|unions?|hospitals?|mayor"
    r"|teachers?|director|employers?|people|everybody|ville|communes?|écoles?|patrons?|syndicats?"
    r"|ministre|ministère|gouvernement|entreprises?|état|gens|stadt|schulen?|firmen"
    r"|gewerkschaft\w{0,3}|gemeinde|regierung)\b|(?<=\w )[A-Z]\w+|\b[A-Z]{2,}\b"
)
"""People and organisations in other words and languages, and names."""
_QUOTES = re.compile(r"[\"'“”‘’«»]")


def names_somebody(talk: Talk, text: str) -> bool:
    """Whether a text names a person, a group of people or an organisation."""
    read = _QUOTES.sub(" ", text[:_READ])
    return bool(_SOMEBODY.search(read)) or bool(actors(read, _known(talk)))


def names_actor(talk: Talk, text: str) -> bool:
    """Whether a text surely names an organisation or a role that may lead something."""
    return bool(actors(text[:_READ], _known(talk)))


def meant_for(talk: Talk, vraag: Vraag, text: str) -> str | None:
    """The key of the earlier answer that a text is about which cannot answer the open question."""
    if vraag.soort != "trekker" or len(text.split()) < _LEAST_WORDS or names_somebody(talk, text):
        return None
    urgent = talk.opdracht.of_kind("prioriteit") if talk.opdracht else None
    left = (vraag.key, urgent.key if urgent else None)
    return speaks_of(text, {key: said for key, said in talk.answers.items() if key not in left})


def _known(talk: Talk) -> Aliases:
    return _aliases(tuple((each.naam, tuple(each.woorden)) for each in talk.catalogue.actoren))


@lru_cache(maxsize=4)
def _aliases(known: tuple[tuple[str, tuple[str, ...]], ...]) -> Aliases:
    return Aliases.of(known)
