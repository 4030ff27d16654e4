"""How far to trust a clustering: coverage, and whether it comes back when some texts are absent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.metrics import adjusted_rand_score

from analysis.clustering import WITHOUT_THEME
from analysis.consensus import Labels
from analysis.themes import FEWEST
from analysis.topics import cluster
from language.embedding import Vectors

KEPT = 0.9


@dataclass(frozen=True)
class Trust:
    """``coverage``: the share of texts in a topic, 0 to 1. ``stability``: the mean adjusted Rand
    index with runs on 90 % subsamples, over the texts both have; 1 is the same, 0 is chance, None
    is not measured. ``per_topic``: per topic, the mean largest Jaccard overlap with a topic of such
    a run (Hennig 2007): above .75 a topic is stable, below .5 it is dissolved."""

    coverage: float
    stability: float | None
    per_topic: tuple[float, ...] = ()


def coverage(labels: Labels) -> float:
    """The share of texts in a topic, 0 to 1; 0 where there are no texts."""
    return float((labels != WITHOUT_THEME).mean()) if len(labels) else 0.0


def trust(vectors: Vectors, labels: Labels, subsamples: int = 5, seed: int = 0) -> Trust:
    """Clusters subsamples of the vectors again and compares."""
    numbers = [int(number) for number in np.unique(labels) if number != WITHOUT_THEME]
    if not numbers or int(len(vectors) * KEPT) < FEWEST:
        return Trust(coverage(labels), None)
    similar: list[float] = []
    overlaps: list[list[float]] = []
    for number in range(subsamples):
        rows = subsample(vectors, number, seed)
        again = cluster(vectors[rows])
        similar.append(float(adjusted_rand_score(labels[rows], again)))
        overlaps.append([_overlap(labels[rows] == topic, again) for topic in numbers])
    per_topic = np.mean(overlaps, axis=0)
    return Trust(
        coverage(labels), float(np.mean(similar)), tuple(float(each) for each in per_topic)
    )


def subsample(vectors: Vectors, number: int, seed: int = 0) -> npt.NDArray[np.int64]:
    """The rows of the ``number``-th 90 % subsample, ascending.

    Which texts it leaves out follows from their vectors, not from the order of the rows.
    """
    order = np.lexsort(vectors.T[:8])
    rng = np.random.default_rng(seed + number)
    drawn = rng.permutation(len(vectors))[: int(len(vectors) * KEPT)]
    return np.sort(order[drawn]).astype(np.int64)


def _overlap(mine: npt.NDArray[np.bool_], again: Labels) -> float:
    best = 0.0
    for topic in np.unique(again[mine]):
        other = again == topic
        best = max(best, float((mine & other).sum() / (mine | other).sum()))
    return best
