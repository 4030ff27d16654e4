"""How themes are made: what is hashed into a run, so that a change of it makes the next run anew.

Nothing heavy is imported here: whether a run is still of today is asked before anything is loaded.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

METHODS: dict[str, object] = {
    "statements": 2,
    "non_answers": 2,
    "method": "votes-of-leiden-9",
    "continuing": "map-and-challenge-5",
    "context": 1,
    "voices": 3,
    "labels": 4,
}
"""The version of each stage: raise it when the stage gives something else for the same input."""


@dataclass(frozen=True)
class Clustering:
    """The parameters of ``analysis.clustering.graph_clusterer.GraphClusterer``."""

    neighbours: int = 20
    agreement: float = 0.45
    close_agreement: float = 0.8
    votes: int = 200
    smallest: float = 0.3
    seed: int = 0


@dataclass(frozen=True)
class Recurring:
    """From how many people on a text recurs: ``fewest``, and ``share`` times the root of all
    people. ``often`` is the share of its answers in which something must hold of a text."""

    fewest: int = 5
    share: float = 0.3
    often: float = 0.5

    def least(self, people: int) -> int:
        """From how many people on a text recurs, where so many speak."""
        return max(self.fewest, round(self.share * math.sqrt(people)))


@dataclass(frozen=True)
class Popular:
    """The parameters of ``analysis.clustering.popular_answers``: the most words of a popular
    answer, and how near (as a cosine of centred vectors) another text says the same: at all, or
    where the answer is among its ``nearest``. From ``whole`` of its texts on a cluster is a popular
    answer's."""

    most_words: int = 40
    near: float = 0.6
    near_enough: float = 0.35
    nearest: int = 3
    whole: float = 0.5
    label_words: int = 8
    label_letters: int = 60


@dataclass(frozen=True)
class FixedText:
    """The parameters of ``analysis.preprocessing.fixed_text``: the fewest words of a sentence that
    nobody writes twice by chance, and the most of a signature."""

    long_words: int = 8
    name_words: int = 6


@dataclass(frozen=True)
class Passages:
    """The parameters of ``analysis.clustering.shared_passages``: of how many words a run is, and
    through which share of the themes it goes that tells nothing of them."""

    words: int = 8
    spread: float = 0.5


@dataclass(frozen=True)
class Naming:
    """``common``: what stands in this share of the texts outside a theme does not name it."""

    common: float = 0.5


CLUSTERING = Clustering()
RECURRING = Recurring()
POPULAR = Popular()
FIXED_TEXT = FixedText()
PASSAGES = Passages()
NAMING = Naming()


def parameters() -> dict[str, object]:
    """All of it, as it is stored with a run."""
    return {
        **METHODS,
        **asdict(CLUSTERING),
        "recurring": asdict(RECURRING),
        "popular": asdict(POPULAR),
        "fixed_text": asdict(FIXED_TEXT),
        "passages": asdict(PASSAGES),
        "naming": asdict(NAMING),
    }
