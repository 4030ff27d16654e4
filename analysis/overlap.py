"""Finds actions of different opdrachten that ask for nearly the same, or for the opposite."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

import numpy as np

from analysis.clustering.vectors import unit_rows
from analysis.preprocessing.embeddings import encoder_named, vectors_of
from analysis.supporters import subjects
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
    "stopzetten", "stopzetting", "beperkt", "afbouwen", "afbouw", "verbied", "verbieden",
    "verboden", "verbod", "korter",
])  # fmt: skip
# The thing stands before these ("de lessen langer", "het geld afschaffen"), or on both sides.
_AFTER_THE_THING = frozenset([
    "vaker", "langer", "korter", "verplicht", "verplichte", "verboden",
])  # fmt: skip
_ADVERBS = ("verplicht", "verboden", "korter")
_NEGATIONS = frozenset(["niet", "geen", "nooit"])
_PLEDGES = frozenset(["verplicht", "verplichten", "verbied", "verbieden"])
_ENDS_THING = frozenset([
    "van", "voor", "in", "bij", "om", "aan", "op", "tot", "tijdens", "uit", "met", "per", "die",
    "dat", "wie", "zonder", "door", "over", "naar", "als",
])  # fmt: skip
_CLAUSE = re.compile(r"[.,;:!?()]")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_HEAD = 5
_WORDS = 2
_RARE = 0.1
_FEWEST = 3
_MOST_READ = 2_000


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
        one wants more of a thing or to start it, the other less of that thing or to stop it.
        """
        effects = {self.one.regelgeving, self.other.regelgeving}
        if "stopzetten" in effects and effects & {"nieuw", "hervormen"}:
            return "regels"
        return "richting" if _conflict(self.one.text, self.other.text) else ""


@dataclass(frozen=True)
class _Wish:
    """That a text wants more (1) or less (-1) of something, given by its stems."""

    sign: int
    thing: frozenset[str]


def _conflict(one: str, other: str) -> bool:
    """Whether one text wants more of the thing of which the other wants less, by their words."""
    others = _wishes(other)
    return any(
        mine.sign == -theirs.sign and _same_thing(mine.thing, theirs.thing)
        for mine in _wishes(one)
        for theirs in others
    )


def _wishes(text: str) -> list[_Wish]:
    found = []
    for clause in _CLAUSE.split(text[:_MOST_READ].casefold()):
        words_ = _WORD.findall(clause)
        for place, word in enumerate(words_):
            sign = 1 if word in _MORE else -1 if word in _LESS else 0
            before = words_[max(place - 2, 0) : place]
            if not sign or (word == "stop" and before[-1:] in (["de"], ["een"], ["elke"])):
                continue
            kept_off = "af" in words_[place:] and words_[words_.index("af", place) - 1] == "niet"
            no_more = word == "meer" and "geen" in words_[:place]
            if _NEGATIONS & set(before) or kept_off or no_more:
                sign = -sign
            thing = _thing(words_, place)
            if thing:
                found.append(_Wish(sign, thing))
    return found


def _thing(clause: Sequence[str], place: int) -> frozenset[str]:
    """The stems of what the word at this place of a clause is about; see ``_AFTER_THE_THING``."""
    word, after = clause[place], list(clause[place + 1 :])
    if word in _PLEDGES and "om" in after:
        return subjects(" ".join(after[after.index("om") + 1 :]))
    denied = bool(_NEGATIONS & set(clause[:place]))
    later = word.endswith(("en", "t", "d")) or word in _AFTER_THE_THING or denied
    found: frozenset[str] = frozenset()
    if later:
        found |= subjects(" ".join(_until_preposition(clause[:place])))
    if not (later and (word in _ADVERBS or found & subjects(word))):
        while after and after[0] in _ENDS_THING:
            after.pop(0)
        found |= subjects(" ".join(_until_preposition(after)))
    return found - subjects(word)


def _until_preposition(words_: Sequence[str]) -> list[str]:
    return list(takewhile(lambda each: each not in _ENDS_THING, words_))


def _same_thing(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two things share a word, or one is a compound of the other ("uren", "lesuren")."""
    pairs = (sorted((mine, theirs), key=len) for mine in one for theirs in other)
    return any(
        shorter == longer or (len(shorter) >= _HEAD and longer.endswith(shorter))
        for shorter, longer in pairs
    )


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
