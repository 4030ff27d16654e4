"""Which opdracht a statement is about, when whoever sent it named none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from consultation.catalogue import Catalogue
from language.embedding import Encoder, Vectors
from language.matching import Matcher

SURE_FROM = 0.25
"""Below this probability a statement keeps no opdracht and a facilitator places it. On the sample
consultation's answers about three in four are kept, and three in four of those are right."""

_OWN_WORDS = 0.75


@dataclass(frozen=True)
class Placement:
    """The likeliest opdracht, or None where it is not likely enough, and its probability."""

    opdracht: int | None
    score: float


def opdracht_matcher(catalogue: Catalogue, encoder: Encoder) -> Matcher:
    """A matcher over the catalogue's opdrachten."""
    return Matcher(catalogue.descriptions(), encoder)


def place(
    matcher: Matcher, texts: Sequence[str], vectors: Vectors, blocks: Sequence[object]
) -> list[Placement]:
    """Places statements; those next to each other with the same block help one another.

    ``texts``, ``vectors`` (texts, dimension) and ``blocks`` go together, in reading order. A
    statement's own words count for three quarters, the rest of its paragraph for one quarter, as
    "Dat is veel hoger dan elders." says little by itself.
    """
    if not texts:
        return []
    plain = [" ".join(text.split()) for text in texts]
    similar = matcher.similarities(plain, vectors)
    mixed = similar.copy()
    for row in range(len(texts)):
        near = [
            other
            for other in (row - 2, row - 1, row + 1)
            if 0 <= other < len(texts) and blocks[other] == blocks[row]
        ]
        if near:
            mixed[row] = _OWN_WORDS * similar[row] + (1 - _OWN_WORDS) * similar[near].mean(axis=0)
    likely = matcher.probabilities(mixed)
    found = []
    for row in likely:
        best = int(np.argmax(row))
        score = float(row[best])
        found.append(Placement(matcher.numbers[best] if score >= SURE_FROM else None, score))
    return found
