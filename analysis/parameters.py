"""How themes are made: what is hashed into a run, so that a change of it makes the next run anew.

Nothing heavy is imported here: whether a run is still of today is asked before anything is loaded.
"""

from __future__ import annotations

from dataclasses import dataclass

METHODS: dict[str, object] = {
    "method": "votes-of-leiden-8",
    "continuing": "map-and-challenge-4",
    "context": 1,
    "voices": 2,
    "labels": 3,
}
"""The version of each stage: raise it when the stage gives something else for the same input."""


@dataclass(frozen=True)
class Clustering:
    """The parameters of ``analysis.clustering.GraphClusterer``."""

    neighbours: int = 20
    agreement: float = 0.45
    close_agreement: float = 0.8
    votes: int = 200
    smallest: float = 0.3
    seed: int = 0


CLUSTERING = Clustering()
