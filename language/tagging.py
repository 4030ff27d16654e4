"""Parts of speech for Dutch, the same on every machine.

By HanTa, the Hanover Tagger (Wartena 2019, "A Probabilistic Morphology Model for German
Lemmatization"): a hidden Markov model over the morphemes of words, which knows parts of unknown
compounds. Its Dutch model comes inside the wheel. It reads one to three thousand words per second,
so it is for the texts that are shown, not for all.
"""

from __future__ import annotations

import re
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
"""The tagger takes the square of a word's length; of a longer word the end decides, as the head of
a Dutch compound comes last."""

_MOST_WORK = 15_000
_WORK_OF_A_WORD = 10
"""How much of one text is tagged: each word is this much work, and the square of its length. That
is some 270 words of prose, or a fraction of a second of letters at random."""

_FINAL = {"v": "f", "z": "s"}
_OPEN_SYLLABLE = re.compile(r"(?:^|[^aeou])[aeou][^\W\d_aeiouy]$")


def universal_tags(tokens: Sequence[str]) -> list[str]:
    """The universal part of speech (Petrov et al. 2012) of each token of one sentence or text.

    X for those beyond what is tagged of one text, some 270 words of prose.
    """
    short = [token[-LONGEST_WORD:] for token in tokens]
    work = accumulate(_WORK_OF_A_WORD + len(token) ** 2 for token in short)
    tagged = [token for token, so_far in zip(short, work, strict=True) if so_far <= _MOST_WORK]
    return [*_tags(tuple(tagged)), *["X"] * (len(short) - len(tagged))]


@lru_cache(maxsize=20_000)
def word_class(word: str) -> str:
    """The most likely universal part of speech of a word by itself; X for a long one."""
    return "X" if len(word) > LONGEST_WORD else _universal(str(_tagger().analyze(word)[1]))


@lru_cache(maxsize=20_000)
def singular(word: str) -> str:
    """A noun in lower case and in the singular ("vakbonden" is "vakbond", "CVO's" is "cvo"), an
    adjective without ending ("lokale" is "lokaal").

    What is no plural by its form, or too long to tell, is left as it is; an irregular plural
    ("leden") may give a word that does not exist, always the same one.
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
    """The adjectives as they stand before a noun without article: "(het) brede aanbod" is "breed
    aanbod". Only a neuter noun in the singular asks for it; else they stay as they are."""
    if any(len(word) > LONGEST_WORD for word in (*adjectives, noun)):
        return list(adjectives)
    return list(_uninflected(tuple(adjectives), noun))


@lru_cache(maxsize=20_000)
def _uninflected(adjectives: tuple[str, ...], noun: str) -> tuple[str, ...]:
    tagged = _tagger().tag_sent(["het", *adjectives, noun])
    if not str(tagged[-1][2]).startswith("N(soort,ev,basis,onz"):
        return adjectives
    return tuple(_stem(word) if word.endswith("e") else word for word in adjectives)


def _stem(adjective: str) -> str:
    """The form without ending: "brede" is "breed", "stille" "stil", "financiële" "financieel"."""
    bare = adjective[:-1]
    if bare.endswith("ël"):
        return f"{bare[:-2]}eel"
    if len(bare) > 3 and bare[-1] == bare[-2]:
        return bare[:-1]
    final = bare[:-1] + _FINAL.get(bare[-1], bare[-1])
    if not _OPEN_SYLLABLE.search(final):
        return final
    doubled = final[:-1] + final[-2:]
    # "Zekere" is "zeker", but "brede" is "breed": only an e may be a syllable without stress.
    if final[-2] != "e" or zipf(doubled) > zipf(final):
        return doubled
    return final


@lru_cache(maxsize=20_000)
def _tags(tokens: tuple[str, ...]) -> tuple[str, ...]:
    if not tokens:
        return ()
    return tuple(_universal(str(tag)) for _, _, tag in _tagger().tag_sent(list(tokens)))


def _universal(tag: str) -> str:
    """From the tags of the Corpus Gesproken Nederlands, as N(soort,ev,basis,zijd,stan)."""
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


@lru_cache(maxsize=1)
def _tagger() -> Any:
    from HanTa import HanoverTagger

    return HanoverTagger.HanoverTagger("morphmodel_dutch.pgz")
