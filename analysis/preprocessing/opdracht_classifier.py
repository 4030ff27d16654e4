"""The opdracht of a statement, for answers that name none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from consultation.catalogue import Catalogue
from consultation.settings import settings
from language.embedding import Encoder, Vectors
from language.matching import Match, Matcher

SURE_FROM = 0.25
"""Below this probability a statement gets no opdracht and a facilitator assigns it. On the answers
of the sample consultation about three in four are above it, and three in four of those are right.
"""

_OWN_WORDS = 0.75
_SUGGESTED = 3


@dataclass(frozen=True)
class Placement:
    """The most likely opdracht, or None below ``SURE_FROM``, and its probability, 0 to 1.

    ``suggestions`` has the most likely opdrachten with their probabilities, best first, also below
    ``SURE_FROM``.
    """

    opdracht: int | None
    score: float
    suggestions: tuple[Match, ...] = ()


def opdracht_matcher(catalogue: Catalogue, encoder: Encoder) -> Matcher:
    """A matcher over the catalogue's opdrachten."""
    return Matcher(
        catalogue.descriptions(), encoder, settings().data_dir / "vectors" / "opdrachten"
    )


def place(
    matcher: Matcher, texts: Sequence[str], vectors: Vectors, blocks: Sequence[object]
) -> list[Placement]:
    """The opdracht of each statement; neighbours in the same block are used as context.

    ``texts``, ``vectors`` (texts, dimension) and ``blocks`` are aligned and in reading order. The
    statement itself has weight three quarters, its context (the two statements before it and the
    one after, in its block) one quarter: "Dat is veel hoger dan elders." says little by itself.
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
    found = []
    for suggestions in matcher.best(matcher.probabilities(mixed), _SUGGESTED):
        best = suggestions[0]
        number = best.number if best.score >= SURE_FROM else None
        found.append(Placement(number, best.score, tuple(suggestions)))
    return found
