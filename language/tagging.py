"""Part-of-speech tagging for Dutch, with the same result on every machine.

Uses HanTa, the Hanover Tagger (Wartena 2019, "A Probabilistic Morphology Model for German
Lemmatization"): a hidden Markov model over the morphemes of words, which recognises parts of
unknown compounds. Its wheel includes the Dutch model. It tags one to three thousand words per
second, so it is for texts that are shown, not for all texts.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any

from language.frequency import zipf

_UNIVERSAL = {
    "N": "NOUN",
    "ADJ": "ADJ",
    "WW": "VERB",
    "VZ": "ADP",
    "LID": "DET",
    "VNW": "PRON",
    "BW": "ADV",
    "TW": "NUM",
    "VG": "CCONJ",
    "TSW": "INTJ",
    "LET": "PUNCT",
}


LONGEST_WORD = 30
"""Maximum length of a word to tag, because the tagger's time is quadratic in the length.

Of a longer word only the end is tagged: the head of a Dutch compound comes last.
"""

_MOST_WORK = 15_000
_WORK_OF_A_WORD = 10
"""Units of work per word, to which the square of its length is added.

``_MOST_WORK`` units per text are some 270 words of prose, or a fraction of a second of random
letters.
"""

_LOADING = threading.Lock()

_FINAL = {"v": "f", "z": "s"}
_OPEN_SYLLABLE = re.compile(r"(?:^|[^aeou])[aeou][^\W\d_aeiouy]$")


def universal_tags(tokens: Sequence[str]) -> list[str]:
    """The universal parts of speech (Petrov et al. 2012) of the tokens of one sentence or text.

    Tokens beyond the limit of one text, some 270 words of prose, get X.
    """
    short = [token[-LONGEST_WORD:] for token in tokens]
    work = accumulate(_WORK_OF_A_WORD + len(token) ** 2 for token in short)
    tagged = [token for token, so_far in zip(short, work, strict=True) if so_far <= _MOST_WORK]
    return [*_tags(tuple(tagged)), *["X"] * (len(short) - len(tagged))]


@lru_cache(maxsize=20_000)
def word_class(word: str) -> str:
    """The most likely universal part of speech of a word out of context; X for a long word."""
    return "X" if len(word) > LONGEST_WORD else _universal(str(_tagger().analyze(word)[1]))


@lru_cache(maxsize=20_000)
def singular(word: str) -> str:
    """A noun in the singular, or an adjective without its ending, in lower case.

    "vakbonden" becomes "vakbond", "CVO's" becomes "cvo" and "lokale" becomes "lokaal". Other words
    lose only a final "'s", and words over ``LONGEST_WORD`` nothing. An irregular plural ("leden")
    may give a word that does not exist, but always the same word.
    """
    if len(word) > LONGEST_WORD:
        return word.lower()
    lemma, tag = _tagger().analyze(word)
    if tag.startswith("ADJ"):
        return str(lemma).lower()
    if ",mv," in tag:
        return _stem(f"{str(lemma).lower()}e")
    return word.lower().removesuffix("'s").removesuffix("’s")


def without_article(adjectives: Sequence[str], noun: str) -> list[str]:
    """The adjectives in the form used before a noun without article.

    "(het) brede aanbod" becomes "breed aanbod". Only a neuter noun in the singular requires the
    other form; before any other noun the adjectives are returned unchanged.
    """
    if any(len(word) > LONGEST_WORD for word in (*adjectives, noun)):
        return list(adjectives)
    return list(_uninflected(tuple(adjectives), noun))


@lru_cache(maxsize=20_000)
def _uninflected(adjectives: tuple[str, ...], noun: str) -> tuple[str, ...]:
    tagged = _tagger().tag_sent(["het", *adjectives, noun], taglevel=0)
    if not str(tagged[-1]).startswith("N(soort,ev,basis,onz"):
        return adjectives
    return tuple(_stem(word) if word.endswith("e") else word for word in adjectives)


def _stem(adjective: str) -> str:
    """The form without ending: "brede": "breed", "stille": "stil", "financiële": "financieel"."""
    bare = adjective[:-1]
    if bare.endswith("ël"):
        return f"{bare[:-2]}eel"
    if len(bare) > 3 and bare[-1] == bare[-2]:
        return bare[:-1]
    final = bare[:-1] + _FINAL.get(bare[-1], bare[-1])
    if not _OPEN_SYLLABLE.search(final):
        return final
    doubled = final[:-1] + final[-2:]
    # "Zekere" gives "zeker", but "brede" gives "breed": only an e can be an unstressed syllable.
    if final[-2] != "e" or zipf(doubled) > zipf(final):
        return doubled
    return final


@lru_cache(maxsize=20_000)
def _tags(tokens: tuple[str, ...]) -> tuple[str, ...]:
    if not tokens:
        return ()
    # Level 0 gives the tags of level 1 without lemmas, which take half of the time.
    return tuple(_universal(str(tag)) for tag in _tagger().tag_sent(list(tokens), taglevel=0))


def _universal(tag: str) -> str:
    """Maps a tag of the Corpus Gesproken Nederlands, such as N(soort,ev,basis,zijd,stan)."""
    kind, _, rest = tag.partition("(")
    if kind == "N" and rest.startswith("eigen"):
        return "PROPN"
    if kind == "WW" and rest.startswith("inf,nom"):
        return "NOUN"
    if kind == "WW" and rest.startswith(("vd,prenom", "od,prenom")):
        return "ADJ"
    if kind == "ADJ" and rest.startswith("nom"):
        return "NOUN"
    if kind == "VNW" and "prenom" in rest:
        return "DET"
    if kind == "VG" and rest.startswith("onder"):
        return "SCONJ"
    return _UNIVERSAL.get(kind, "X")


def _tagger() -> Any:
    # Without the lock, threads that need it at once would each load it, which takes a second.
    with _LOADING:
        return _loaded()


@lru_cache(maxsize=1)
def _loaded() -> Any:
    from HanTa import HanoverTagger

    return HanoverTagger.HanoverTagger("morphmodel_dutch.pgz")
