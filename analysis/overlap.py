"""Finds actions of different opdrachten that ask for nearly the same, or for the opposite."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.clustering.vectors import unit_rows
from analysis.preprocessing.embeddings import encoder_named, vectors_of
from consultation.database.storage import Storage
from language.pipeline import load_pipeline, words

NEAR = 0.45
"""The least cosine of centred vectors with which two actions overlap without shared words."""

NEAR_WITH_WORDS = 0.2
"""The least cosine for two actions that share two words. Below ``NEAR``, a cosine alone mostly
means a shared phrasing ("Geef ..."); a shared word alone mostly means a shared setting
("bedrijf")."""

_MORE = frozenset([
    "verhoog", "verhoogt", "verhogen", "verhoging", "verruim", "verruimen", "verruiming",
    "breid", "uitbreiden", "uitbreiding", "meer", "vaker", "langer", "invoeren", "ingevoerd",
    "invoering", "verplicht", "verplichten", "verplichte", "verdubbel", "verdubbelen", "behoud",
    "behouden",
])  # fmt: skip
_LESS = frozenset([
    "verlaag", "verlaagt", "verlagen", "verlaging", "verminder", "verminderen", "vermindering",
    "minder", "beperk", "beperken", "beperking", "halveer", "halveren", "schaf", "afschaffen",
    "afgeschaft", "afschaffing", "schrap", "schrappen", "geschrapt", "stop", "stoppen",
    "stopzetten", "stopzetting", "afbouwen", "afbouw", "verbied", "verbieden", "verboden",
    "verbod", "korter",
])  # fmt: skip
_SIGNS = ".,;:!?()'\"’‘“”"
_WORDS = 2
_RARE = 0.1
_FEWEST = 3


@dataclass(frozen=True)
class ComparedAction:
    """An action with its text, for comparison; ``regelgeving`` is its effect on rules."""

    id: str
    opdracht: int
    text: str
    regelgeving: str = "geen"


@dataclass(frozen=True)
class Overlap:
    """Two actions of different opdrachten; ``near`` is their cosine (-1 to 1)."""

    one: ComparedAction
    other: ComparedAction
    near: float

    @property
    def opposed(self) -> Literal["", "regels", "richting"]:
        """Whether the two may conflict, and by what.

        ``regels``: one asks for new or better rules, the other for an end to rules. ``richting``:
        one wants more of something or to start it, the other less or to stop it.
        """
        effects = {self.one.regelgeving, self.other.regelgeving}
        if "stopzetten" in effects and effects & {"nieuw", "hervormen"}:
            return "regels"
        return (
            "richting" if {direction(self.one.text), direction(self.other.text)} == {1, -1} else ""
        )


def direction(text: str) -> int:
    """Whether a text wants more of something (1), less of it (-1), or neither (0), by its words."""
    found = {each.strip(_SIGNS).casefold() for each in text.split()}
    if found & _LESS or {"niet", "meer"} <= found:
        return -1
    return 1 if found & _MORE else 0


def overlaps(
    storage: Storage,
    encoder_name: str,
    actions: Sequence[ComparedAction],
    spacy_model: str = "nl_core_news_sm",
) -> list[Overlap]:
    """Returns pairs from different opdrachten that ask for nearly the same, the nearest first.

    The vectors are centred on the mean of all actions: texts of one field are all similar
    otherwise. A shared word is a content word that occurs in at most one in ten of the actions, or
    in at most three if that is more. Under three actions the list is empty.

    Raises:
        AnalysisError: the encoder is not available.
    """
    worded = [each for each in actions if each.text.strip()]
    if len(worded) < _FEWEST:
        return []
    texts = [each.text for each in worded]
    vectors = vectors_of(storage, encoder_named(encoder_name), texts).astype(np.float64)
    vectors = unit_rows(vectors - vectors.mean(axis=0))
    cosines = vectors @ vectors.T
    subjects = _subjects(texts, spacy_model)
    found = [
        Overlap(worded[row], worded[column], round(float(cosines[row, column]), 3))
        for row in range(len(worded))
        for column in range(row + 1, len(worded))
        if worded[row].opdracht != worded[column].opdracht
        and cosines[row, column] >= NEAR_WITH_WORDS
        and (cosines[row, column] >= NEAR or len(subjects[row] & subjects[column]) >= _WORDS)
    ]
    return sorted(found, key=lambda each: (-each.near, each.one.id, each.other.id))


def _subjects(texts: Sequence[str], spacy_model: str) -> list[set[str]]:
    """Returns per text the lemmas of content words that few of the texts contain."""
    lemmas = [
        {word.lemma for word in row if word.content}
        for row in words(load_pipeline(spacy_model), list(texts))
    ]
    counts = Counter(lemma for row in lemmas for lemma in row)
    most = max(_FEWEST, int(_RARE * len(texts)))
    return [{lemma for lemma in row if counts[lemma] <= most} for row in lemmas]
