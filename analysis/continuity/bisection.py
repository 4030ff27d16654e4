"""Suggests how to split a theme in two, from the vectors that the last run cached.

The only computation is a clustering of cached vectors into two, so a web page can ask for it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from analysis.clustering.vectors import unit_rows
from analysis.preprocessing.embeddings import cached_vectors
from consultation.database.models import AnalysisRun
from consultation.participation.answers import text_hash
from consultation.queries.statements import StatementView

FEWEST = 6
"""The least number of statements of a theme for a suggestion."""

_WORDS = 6
_EVERYDAY = 5.5
_TOKEN = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True)
class Division:
    """Two parts of a theme: the statements that would stay, and those that would leave.

    ``division`` sorts the statements of a part by their distance to its centre, the nearest first.
    ``apart`` is the mean silhouette (-1 to 1): under 0.05 the parts hardly differ; None where it
    was not measured. ``words`` are the words that one part uses more often than the other.
    """

    parts: tuple[tuple[StatementView, ...], tuple[StatementView, ...]]
    words: tuple[tuple[str, ...], tuple[str, ...]]
    apart: float | None = None


def division(
    session: Session, run: AnalysisRun | None, said: Sequence[StatementView]
) -> Division | None:
    """Returns the two parts that k-means finds in the statements of a theme, the larger one first.

    None where there are fewer than ``FEWEST`` statements with a cached vector, or no two parts.
    """
    if run is None or len(said) < FEWEST:
        return None
    vectors = cached_vectors(
        session,
        str(run.models.get("embedding", "")),
        sorted({text_hash(each.text) for each in said}),
    )
    known = [each for each in said if text_hash(each.text) in vectors]
    if len(known) < FEWEST:
        return None
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    table = np.stack([vectors[text_hash(each.text)] for each in known]).astype(np.float64)
    table = unit_rows(table - table.mean(axis=0))
    fitted = KMeans(n_clusters=2, n_init=10, random_state=0).fit(table)
    sides = fitted.labels_
    if len(set(sides)) < 2:
        return None
    apart = float(silhouette_score(table, sides))
    near = np.linalg.norm(table - fitted.cluster_centers_[sides], axis=1)
    order = np.argsort(near, kind="stable")
    parts = [tuple(known[row] for row in order if sides[row] == side) for side in (0, 1)]
    parts.sort(key=len, reverse=True)
    first, second = parts
    return Division((first, second), (_words(first, second), _words(second, first)), apart)


def division_by(said: Sequence[StatementView], part: Sequence[StatementView]) -> Division:
    """Returns the division of a theme into the given ``part`` and the rest; the rest stays."""
    going = {each.id for each in part}
    rest = tuple(each for each in said if each.id not in going)
    return Division((rest, tuple(part)), (_words(rest, part), _words(part, rest)))


def _words(own: Sequence[StatementView], other: Sequence[StatementView]) -> tuple[str, ...]:
    from wordfreq import zipf_frequency

    mine, theirs = (
        Counter(word for each in part for word in set(_TOKEN.findall(each.text.lower())))
        for part in (own, other)
    )
    share = {
        word: count / len(own) - theirs[word] / len(other)
        for word, count in mine.items()
        if count > 1 and zipf_frequency(word, "nl") < _EVERYDAY
    }
    ranked = sorted(share, key=lambda word: (-share[word], word))
    return tuple(word for word in ranked if share[word] > 0)[:_WORDS]
