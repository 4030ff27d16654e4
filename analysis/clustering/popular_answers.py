"""Popular answers: a short answer that many participants give in the same words is a theme.

The clustering sees each duplicate group once, so that a campaign does not pull the clusters
(``analysis.preprocessing.deduplication``). An answer that thirty participants give word for word is
then a single text and would disappear in the nearest theme. It therefore forms a theme with the
nearby texts that say the same, unless the clustering already made that theme. A text that mostly
occurs together with other recurring texts is part of a circulated letter: it remains one text among
others, and counts for all its participants in labels, keywords and quotes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt

from analysis.clustering.graph_clusterer import (
    WITHOUT_THEME,
    GraphClusterer,
    Labels,
    by_size,
    centres_of,
    least_size,
)
from analysis.clustering.knn_graph import integer_vectors
from analysis.parameters import POPULAR
from analysis.preprocessing.recurring_texts import PopularGroups, RecurringTexts
from language.embedding import Vectors, normalised

_BLOCK = 1_024
_LENGTH = 4_000.0


def popular_groups(vectors: Vectors, said: RecurringTexts) -> PopularGroups:
    """Groups of the popular answers in ``said`` with the texts that say the same.

    ``vectors`` (texts, dimension) are those of the single texts. Two popular answers with a cosine
    of at least ``POPULAR.near`` are one group. Another text joins the popular answer nearest to it
    at that cosine, or at ``POPULAR.near_enough`` if fewer than ``POPULAR.nearest`` texts are nearer
    to it than the answer. Empty ``Groups`` when there are no popular answers.
    """
    seeds = sorted(said.popular, key=lambda row: (-said.weight(row), row))
    if not seeds:
        return PopularGroups()
    directions = integer_vectors(vectors)
    near = _cosines(directions, directions[seeds])
    leader = list(range(len(seeds)))
    for at, row in enumerate(seeds):
        alike = [before for before in range(at) if near[row, before] >= POPULAR.near]
        if alike:
            leader[at] = leader[max(alike, key=lambda each: (near[row, each], -each))]
    best = near.argmax(axis=1)
    home: dict[int, int] = {}
    close = np.flatnonzero(near.max(axis=1) >= POPULAR.near_enough)
    doubtful = [int(row) for row in close if near[row].max() < POPULAR.near and row not in seeds]
    nearer = dict(zip(doubtful, _nearer(directions, doubtful, near.max(axis=1)), strict=True))
    for row in map(int, close):
        if row not in seeds and nearer.get(row, 0) < POPULAR.nearest:
            home[row] = leader[best[row]]
    answers: dict[int, list[int]] = defaultdict(list)
    members: dict[int, list[int]] = defaultdict(list)
    for at, row in enumerate(seeds):
        answers[leader[at]].append(row)
        members[leader[at]].append(row)
    for row, at in home.items():
        members[at].append(row)
    order = sorted(answers)
    return PopularGroups(
        tuple(tuple(answers[at]) for at in order), tuple(tuple(sorted(members[at])) for at in order)
    )


def _cosines(directions: Vectors, others: Vectors) -> npt.NDArray[np.float64]:
    return np.asarray(directions @ others.T, dtype=np.float64) / _LENGTH**2


def _nearer(directions: Vectors, rows: Sequence[int], than: npt.NDArray[np.float64]) -> list[int]:
    """For each of the ``rows``, how many other texts have a higher cosine with it than ``than``."""
    found: list[int] = []
    for start in range(0, len(rows), _BLOCK):
        block = list(rows[start : start + _BLOCK])
        near = _cosines(directions[block], directions)
        near[np.arange(len(block)), block] = -1.0
        found += (near > than[block][:, None]).sum(axis=1).tolist()
    return found


class PopularClusterer(GraphClusterer):
    """Clusters as ``GraphClusterer`` does, and gives each popular answer a theme.

    If the group of a popular answer makes up half of a cluster or more, the whole cluster is its
    theme, and the rest of the group moves there; several such clusters are merged. Otherwise the
    group leaves its clusters and forms a new theme. If the remainder of a cluster is too small for
    a theme, it joins the nearest one.
    """

    def __init__(
        self, people: Sequence[Hashable] | None, around: PopularGroups, enough: bool = True
    ) -> None:
        """``around`` are the groups; without ``enough`` texts, only the groups become themes."""
        super().__init__(people=people)
        self.around = around
        self.enough = enough

    def fit(self, vectors: Vectors, y: object = None) -> GraphClusterer:
        """Clusters vectors (texts, dimension) and fills ``labels_`` and ``parts_``."""
        if self.enough:
            super().fit(vectors, y)
        else:
            self.labels_ = np.full(len(vectors), WITHOUT_THEME, dtype=np.int64)
            self.parts_ = self.labels_.copy()
        if self.around.rows:
            self._give(vectors)
        return self

    def _give(self, vectors: Vectors) -> None:
        labels, parts = self.labels_.copy(), self.parts_.copy()
        sizes = Counter(labels[labels >= 0].tolist())
        taken: set[int] = set()
        for rows in self.around.rows:
            here = Counter(int(labels[row]) for row in rows)
            own = [
                label
                for label, count in sorted(here.items())
                if label in sizes and label not in taken and count >= POPULAR.whole * sizes[label]
            ]
            theme = own[0] if own else int(labels.max(initial=-1)) + 1
            for label in own[1:]:
                labels[labels == label] = theme
            moved = [row for row in rows if labels[row] != theme]
            labels[moved] = theme
            parts[moved] = WITHOUT_THEME
            taken.add(theme)
        self._settle(vectors, labels, parts, taken)
        self.labels_ = by_size(labels)
        self.parts_ = parts

    def _settle(self, vectors: Vectors, labels: Labels, parts: Labels, popular: set[int]) -> None:
        """Moves remainders of clusters that are too small to the nearest cluster, in place."""
        least = least_size(len(labels), self.smallest)
        before = Counter(self.labels_[self.labels_ >= 0].tolist())
        sizes = Counter(labels[labels >= 0].tolist())
        small = [
            label
            for label, size in sorted(sizes.items())
            if label not in popular and size < before[label] and self._too_few(labels, label, least)
        ]
        kept = [label for label in sorted(sizes) if label not in small and label not in popular]
        if not small or not kept:
            return
        units = normalised(integer_vectors(vectors))
        middles = centres_of(units, labels, kept)
        rows = np.flatnonzero(np.isin(labels, small))
        nearest = np.round(units[rows] @ middles.T, 6).argmax(axis=1)
        labels[rows] = np.array(kept, dtype=np.int64)[nearest]
        parts[rows] = WITHOUT_THEME

    def _too_few(self, labels: Labels, label: int, least: int) -> bool:
        rows = np.flatnonzero(labels == label)
        if self.people is not None and len({self.people[int(row)] for row in rows}) < 2:
            return True
        return len(rows) < least
