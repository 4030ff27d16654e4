"""Themes of a set of vectors: groups of texts that stay together over many clusterings.

Texts are joined to their nearest neighbours (``analysis.clustering.knn_graph``), many clusterings
of that graph vote (``analysis.clustering.consensus``), and a theme is a group whose texts fall
together in about half of the votes or more. The number of themes is not a parameter: it follows
from the groups that are stable. Parts of a theme whose texts nearly always fall together are its
sub-themes.

The result does not depend on the order of the rows, the number of threads or the processor: equal
vectors are one node, nodes are sorted by their vectors, and sums are over integers.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import asdict
from itertools import count
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.clustering.consensus import Labels as Labels
from analysis.clustering.consensus import Votes, cut, renumbered, tree, vote
from analysis.clustering.knn_graph import integer_vectors, neighbour_graph
from analysis.parameters import CLUSTERING
from consultation.queries.themes import FEWEST
from language.embedding import Vectors, normalised

_COARSE = 0.3

WITHOUT_THEME = -1
_MOST_THEMES = 60
_VOTED = 500_000
_FEWEST_VOTES = 24
_SETTLING = 2
_AT_LENGTH = 20
"""From this many texts on a participant may have a theme alone: this is a document, not a chat."""

_FITS_NOWHERE = 0.01
"""At most this share of the texts gets no theme."""


class GraphClusterer:
    """Clusters vectors with scikit-learn's interface: ``fit`` fills ``labels_`` and ``parts_``.

    ``labels_`` has the cluster of each text, numbered by size from 0, the largest first; -1 is no
    cluster. ``parts_`` numbers the sub-clusters within each cluster in the same way; -1 where a
    text is in none.
    """

    def __init__(
        self,
        neighbours: int = CLUSTERING.neighbours,
        agreement: float = CLUSTERING.agreement,
        close_agreement: float = CLUSTERING.close_agreement,
        votes: int = CLUSTERING.votes,
        smallest: float = CLUSTERING.smallest,
        seed: int = CLUSTERING.seed,
        people: Sequence[Hashable] | None = None,
    ) -> None:
        """Sets the parameters; the defaults are those of ``analysis.parameters.CLUSTERING``.

        ``agreement`` and ``close_agreement`` are the mean shares of the votes in which the texts of
        a theme and of a sub-theme fall together. A theme has at least ``smallest`` times the square
        root of the number of texts, and at least three; the same holds for a sub-theme within its
        theme. ``neighbours`` is lowered for few texts, ``votes`` for more than 2,500. ``people`` is
        the participant of each text, if known. It limits the neighbours from a text's own
        participant, and a theme then needs two participants, or one with at least 20 texts.
        """
        self.neighbours = neighbours
        self.agreement = agreement
        self.close_agreement = close_agreement
        self.votes = votes
        self.smallest = smallest
        self.seed = seed
        self.people = people
        self.labels_: Labels = np.zeros(0, dtype=np.int64)
        self.parts_: Labels = np.zeros(0, dtype=np.int64)

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002
        """The parameters by name."""
        return {name: getattr(self, name) for name in asdict(CLUSTERING)}

    def fit(self, vectors: Vectors, y: object = None) -> GraphClusterer:  # noqa: ARG002
        """Clusters vectors (texts, dimension) and fills ``labels_`` and ``parts_``."""
        unique, place, voices = _unique(vectors)
        directions = integer_vectors(unique)
        # An order by rounded values: the last bits of the vectors differ by machine.
        order = np.lexsort(directions[:, :8].T)
        directions, voices, place = directions[order], voices[order], np.argsort(order)[place]
        labels, parts = self._themes(directions, self._speakers(place, len(unique)))
        labels[_lost(directions, labels, voices)] = WITHOUT_THEME
        self.labels_ = by_size(labels[place])
        self.parts_ = _within(self.labels_, parts[place], self.smallest)
        return self

    def fit_predict(self, vectors: Vectors, y: object = None) -> Labels:
        """Runs ``fit`` and returns ``labels_``."""
        return self.fit(vectors, y).labels_

    def _speakers(self, place: Labels, directions: int) -> Labels | None:
        """The participant of each direction as a number; None without ``people``.

        A direction that several participants share gets a number of its own.
        """
        if self.people is None:
            return None
        numbers = dict(zip(self.people, count(), strict=False))
        speakers = np.array([numbers[each] for each in self.people], dtype=np.int64)
        first = np.full(directions, -1, dtype=np.int64)
        first[place[::-1]] = speakers[::-1]
        shared = np.unique(place[speakers != first[place]])
        first[shared] = len(speakers) + np.arange(len(shared))
        return first

    def _themes(self, directions: Vectors, people: Labels | None) -> tuple[Labels, Labels]:
        """The theme of each direction, and its group at ``close_agreement``."""
        n = len(directions)
        if n < 4:
            return np.zeros(n, dtype=np.int64), np.full(n, WITHOUT_THEME, dtype=np.int64)
        # With few texts, 20 neighbours are nearly all of them: use about 1.5 times the square root.
        k = max(3, min(self.neighbours, round(1.5 * float(np.sqrt(n))), n - 1))
        graph = neighbour_graph(directions, k, people)
        # Large sets need fewer votes for the same certainty, and a vote costs more there.
        number = min(self.votes, max(_FEWEST_VOTES, _VOTED // n))
        votes = vote(graph, number, self.seed)
        leaves, merges = tree(votes, graph, self.seed)
        least = least_size(n, self.smallest)
        groups = self._large_enough(leaves, merges, directions, least, people)
        parts = cut(leaves, merges, self.close_agreement)
        labels = _settled(votes, groups)
        if people is not None:
            shared = _only_large(labels, 1, people)
            labels = _joined(votes, shared) if shared.max() >= 0 else labels
        return labels, parts

    def _large_enough(
        self,
        leaves: Labels,
        merges: npt.NDArray[np.float64],
        directions: Vectors,
        least: int,
        people: Labels | None,
    ) -> Labels:
        """The groups at ``agreement`` that are large enough to be a theme; -1 for other texts.

        If fewer than half of the texts are in such a group, the agreement is lowered by 0.1, up to
        three times. If that does not help, groups with nearby centres are joined, and if that does
        not help either, all texts are one group.
        """
        for lower in range(4):
            found = _only_large(cut(leaves, merges, self.agreement - lower / 10), least, people)
            if (found >= 0).mean() >= 0.5:
                return found
        gathered = _gathered(directions, cut(leaves, merges, self.agreement))
        found = _only_large(gathered, least, people)
        if (found >= 0).mean() >= 0.5:
            return found
        return np.zeros(len(leaves), dtype=np.int64)


def _gathered(directions: Vectors, groups: Labels) -> Labels:
    """At most ``_MOST_THEMES`` groups, joined by Ward's method on their centres."""
    from scipy.cluster.hierarchy import fcluster, linkage

    if groups.max() < _MOST_THEMES:
        return groups
    sums = np.zeros((int(groups.max()) + 1, directions.shape[1]))
    np.add.at(sums, groups, directions)
    joined = fcluster(linkage(normalised(sums), "ward"), _MOST_THEMES, "maxclust")
    return renumbered(joined.astype(np.int64)[groups])


def least_size(texts: int, smallest: float) -> int:
    """The fewest texts that a theme among so many texts needs; see ``GraphClusterer``."""
    return max(3, round(smallest * float(np.sqrt(texts))))


def _settled(votes: Votes, groups: Labels) -> Labels:
    """Assigns texts to the group they agree with most: first those in no group (-1), then all."""
    labels = _joined(votes, groups)
    for _ in range(_SETTLING):
        labels = votes.of_texts_with_groups(labels).argmax(axis=1).astype(np.int64)
        labels = renumbered(labels)
    return labels


def _joined(votes: Votes, groups: Labels) -> Labels:
    """The groups, after each text in no group (-1) joins the one it agrees with most."""
    outside = groups < 0
    labels = groups.copy()
    if outside.any():
        labels[outside] = votes.of_texts_with_groups(groups)[outside].argmax(axis=1)
    return labels


def _only_large(groups: Labels, least: int, people: Labels | None = None) -> Labels:
    """The largest groups of at least ``least`` texts, numbered from 0; -1 for the other texts.

    Keeps at most ``_MOST_THEMES`` groups. With ``people``, a group also needs two participants, or
    one with at least ``_AT_LENGTH`` texts.
    """
    sizes = np.bincount(groups)
    enough = sizes >= least
    if people is not None:
        alone = _of_one(groups, people) & (np.bincount(people)[people] < _AT_LENGTH)
        enough[groups[alone]] = False
    large = np.flatnonzero(enough)
    large = large[np.argsort(-sizes[large], kind="stable")][:_MOST_THEMES]
    numbers = np.full(len(sizes), WITHOUT_THEME, dtype=np.int64)
    numbers[large] = np.arange(len(large))
    kept: Labels = numbers[groups]
    return kept


def _of_one(groups: Labels, people: Labels) -> npt.NDArray[np.bool_]:
    """Mask of the texts that are in a group with a single participant."""
    pairs = np.unique(np.stack([groups, people]), axis=1)[0]
    alone: npt.NDArray[np.bool_] = np.bincount(pairs)[groups] == 1
    return alone


def _lost(
    directions: Vectors, labels: Labels, voices: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_]:
    """Mask of texts that fit no theme: their cosine with the centre of their theme is at most 0.

    The farthest texts come first, up to ``_FITS_NOWHERE`` of all texts; equal vectors all count.
    """
    lost = np.zeros(len(labels), dtype=bool)
    if len(labels) == 0:
        return lost
    units = normalised(directions)
    centres = centres_of(units, labels, range(int(labels.max()) + 1))
    close = np.round((units * centres[labels]).sum(axis=1).astype(np.float64), 6)
    order = np.argsort(close, kind="stable")
    few = np.cumsum(voices[order]) <= int(voices.sum() * _FITS_NOWHERE)
    lost[order] = few & (close[order] <= 0)
    return lost


def centres_of(units: Vectors, labels: Labels, names: Sequence[int]) -> Vectors:
    """The centres of the clusters ``names``, as unit vectors (clusters, dimension).

    ``units`` are the unit vectors of the texts, ``labels`` their clusters.
    """
    return normalised(np.stack([units[labels == name].mean(axis=0) for name in names]))


def _unique(vectors: Vectors) -> tuple[Vectors, Labels, npt.NDArray[np.int64]]:
    """The distinct rows in a fixed order, the index of each row among them, and their counts."""
    # Adding 0 turns -0 into 0; their bytes differ.
    rows = np.nan_to_num(np.ascontiguousarray(vectors, dtype=np.float32)) + np.float32(0)
    if len(rows) == 0:
        return rows, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    keys = rows.view(np.dtype((np.void, rows.shape[1] * rows.itemsize))).reshape(-1)
    _, first, place, voices = np.unique(
        keys, return_index=True, return_inverse=True, return_counts=True
    )
    return rows[first], np.asarray(place).reshape(-1), voices


def by_size(labels: Labels) -> Labels:
    """The same groups, numbered by size from 0, the largest first; -1 stays."""
    ranked = labels.copy()
    inside = labels >= 0
    names, place, sizes = np.unique(labels[inside], return_inverse=True, return_counts=True)
    ranks = np.empty(len(names), dtype=np.int64)
    ranks[np.lexsort((names, -sizes))] = np.arange(len(names))
    ranked[inside] = ranks[place.reshape(-1)]
    return ranked


def _within(labels: Labels, groups: Labels, smallest: float) -> Labels:
    """The sub-themes of each theme, numbered by size within the theme; -1 is none.

    A sub-theme is the part of one of the ``groups`` that lies in the theme. It needs the size that
    a theme needs, relative to its theme, and a theme has at least two sub-themes or none.
    """
    parts = np.full(len(labels), WITHOUT_THEME, dtype=np.int64)
    for theme in range(int(labels.max(initial=WITHOUT_THEME)) + 1):
        members = np.flatnonzero(labels == theme)
        if len(members) == 0:
            continue
        least = least_size(len(members), smallest)
        found = _only_large(renumbered(groups[members]), least)
        if found.max() >= 1:
            parts[members] = found
    return parts


class FixedLabels(GraphClusterer):
    """A clusterer that returns fixed labels."""

    def __init__(self, labels: Labels) -> None:
        """``labels`` become ``labels_``."""
        super().__init__()
        self.labels_ = labels

    def fit(self, vectors: Vectors, y: object = None) -> GraphClusterer:  # noqa: ARG002
        """Keeps the labels."""
        return self


def cluster(vectors: Vectors, clusterer: GraphClusterer | None = None) -> Labels:
    """The topic of each row, numbered by size from 0; all -1 with fewer than ``FEWEST`` rows."""
    if len(vectors) < FEWEST:
        return np.full(len(vectors), WITHOUT_THEME, dtype=np.int64)
    return (clusterer or GraphClusterer()).fit_predict(vectors)


def coarse_clusterer(people: Sequence[Hashable] | None = None) -> GraphClusterer:
    """A clusterer for broad topics: texts that fall together in 30 % of the votes are one topic."""
    return GraphClusterer(agreement=_COARSE, people=people)
