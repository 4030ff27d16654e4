"""Coherence and diversity of the keywords of topics.

Coherence is the mean normalised pointwise mutual information (NPMI) of the keywords over the texts
(Bouma 2009; Lau, Newman and Baldwin 2014). Diversity is the share of different words among the
keywords of all topics (Dieng, Ruiz and Blei 2020). Both measure the words that are shown and say
little about the quality of the themes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import combinations
from math import log

_TOP = 8


def coherence(documents: Sequence[Collection[str]], keywords: Sequence[str]) -> float | None:
    """The mean NPMI of all pairs of keywords, -1 (never together) to 1 (always together).

    Uses the first eight different keywords. ``documents`` holds the words of each text. Returns
    None when no two of the keywords occur in the documents.
    """
    top = list(dict.fromkeys(keywords))[:_TOP]
    sets = [set(each) for each in documents]
    rows = {word: {row for row, each in enumerate(sets) if word in each} for word in top}
    pairs = [(a, b) for a, b in combinations(top, 2) if rows[a] and rows[b]]
    if not pairs:
        return None
    return sum(_npmi(rows[a], rows[b], len(sets)) for a, b in pairs) / len(pairs)


def _npmi(one: set[int], other: set[int], texts: int) -> float:
    both = len(one & other)
    if both == 0:
        return -1.0
    if both == texts:
        return 1.0
    joint = both / texts
    return log(joint * texts * texts / (len(one) * len(other))) / -log(joint)


def diversity(keywords: Sequence[Sequence[str]]) -> float | None:
    """The share of different words, 0 to 1, among all topics' keywords; None if there are none."""
    words = [word for each in keywords for word in each]
    return len(set(words)) / len(words) if words else None
