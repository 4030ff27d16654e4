"""Parts of speech for Dutch, the same on every machine.

By HanTa, the Hanover Tagger (Wartena 2019, "A Probabilistic Morphology Model for German
Lemmatization"): a hidden Markov model over the morphemes of words, which knows parts of unknown
compounds. Its Dutch model comes inside the wheel. It reads one to three thousand words per second,
so it is for the texts that are shown, not for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

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


def universal_tags(tokens: Sequence[str]) -> list[str]:
    """The universal part of speech (Petrov et al. 2012) of each token of one sentence or text."""
    return list(_tags(tuple(tokens)))


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
