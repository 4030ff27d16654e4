"""Parameters of the analysis, hashed into each run: a change makes the next run start anew.

This module imports nothing heavy: whether a run is up to date is checked before models are loaded.
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
    "labels": 5,
}
"""The version of each stage: raise it when a stage gives another result for the same input."""


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
    """The parameters of recurring texts.

    A text recurs when at least ``fewest`` participants use it, and at least ``share`` times the
    square root of the number of participants. ``often`` is the share of the answers with a text in
    which a property must occur to count for the text.
    """

    fewest: int = 5
    share: float = 0.3
    often: float = 0.5

    def least(self, people: int) -> int:
        """Returns the least number of participants of a recurring text, out of ``people``."""
        return max(self.fewest, round(self.share * math.sqrt(people)))


@dataclass(frozen=True)
class Popular:
    """The parameters of ``analysis.clustering.popular_answers``.

    - ``most_words``: the greatest length of a popular answer;
    - ``near``: the least cosine of centred vectors with which another text says the same;
    - ``near_enough``: the same where the answer is among the ``nearest`` neighbours of the text;
    - ``whole``: the share of a cluster's texts from which it is the theme of a popular answer;
    - ``label_words`` and ``label_letters``: the greatest length of a label.
    """

    most_words: int = 40
    near: float = 0.6
    near_enough: float = 0.35
    nearest: int = 3
    whole: float = 0.5
    label_words: int = 8
    label_letters: int = 60


@dataclass(frozen=True)
class FixedText:
    """The parameters of ``analysis.preprocessing.fixed_text``.

    ``long_words`` is the least number of words of a sentence that is not repeated by chance,
    ``name_words`` the greatest of a signature.
    """

    long_words: int = 8
    name_words: int = 6


@dataclass(frozen=True)
class Passages:
    """The parameters of ``analysis.clustering.shared_passages``.

    ``words`` is the number of words of a run. A run that occurs in at least the share ``spread`` of
    the themes does not characterise them.
    """

    words: int = 8
    spread: float = 0.5


@dataclass(frozen=True)
class Naming:
    """``common``: a term in this share of the texts outside a theme is not used in its label."""

    common: float = 0.5


@dataclass(frozen=True)
class StanceParameters:
    """The parameters of ``analysis.stance.model``.

    ``hurdle_odds`` multiplies the odds of no stance in an answer on barriers, ``proposal_odds``
    those of being for in a proposal; ``strength`` is C of the regression, ``cue_weight`` scales the
    cues beside the n-grams, and a text that people corrected counts ``correction_weight`` times.
    """

    version: int = 1
    strength: float = 4.0
    cue_weight: float = 0.4
    hurdle_odds: float = 5.0
    proposal_odds: float = 2.0
    correction_weight: int = 3


CLUSTERING = Clustering()
RECURRING = Recurring()
POPULAR = Popular()
FIXED_TEXT = FixedText()
PASSAGES = Passages()
NAMING = Naming()
STANCE = StanceParameters()


def parameters() -> dict[str, object]:
    """Returns all parameters as they are stored with a run."""
    return {
        **METHODS,
        **asdict(CLUSTERING),
        "recurring": asdict(RECURRING),
        "popular": asdict(POPULAR),
        "fixed_text": asdict(FIXED_TEXT),
        "passages": asdict(PASSAGES),
        "naming": asdict(NAMING),
        "stance": asdict(STANCE),
    }
