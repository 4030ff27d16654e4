"""Consensus clustering: many clusterings of one graph vote on which texts belong together.

Evidence accumulation (Fred and Jain 2005) over communities (Leiden: Traag, Waltman and Van Eck
2019) of a neighbour graph. Each vote leaves out a random fifth of the texts and uses one of several
resolutions. The agreement of two texts is the share of votes that put them in one community, among
the votes that contain both. Average linkage on the agreement gives one tree, so its cuts at
different heights are nested.
"""

from __future__ import annotations

from dataclasses import dataclass

import graspologic_native
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

Labels = npt.NDArray[np.int64]
Agreement = npt.NDArray[np.float32]

RESOLUTIONS = (0.7, 1.0, 1.5, 2.0)
LEFT_OUT = 0.2
_WHOLE_TREE = 4_000
"""Up to this many texts, each text is a leaf of the tree; above it, small dense communities are."""
_FINE = 50.0


@dataclass(frozen=True)
class Votes:
    """The votes: two 0/1 matrices that say which texts took part and where each was put.

    ``member`` has shape (texts, communities of all votes), ``present`` has shape (texts, votes).
    """

    member: csr_matrix
    present: Agreement

    def of_texts(self) -> Agreement:
        """The agreement, 0 to 1, of all pairs of texts: (texts, texts)."""
        together: Agreement = (self.member @ self.member.T).toarray()
        together /= np.maximum(self.present @ self.present.T, 1.0)
        return together

    def of_groups(self, labels: Labels) -> Agreement:
        """The mean agreement, 0 to 1, of all pairs of groups: (groups, groups)."""
        groups = _groups(labels)
        members = np.asarray((groups.T @ self.member).todense(), dtype=np.float64)
        present = (groups.T @ self.present).astype(np.float64)
        shares: Agreement = (members @ members.T) / np.maximum(present @ present.T, 1.0)
        return shares.astype(np.float32)

    def of_texts_with_groups(self, labels: Labels) -> Agreement:
        """The mean agreement, 0 to 1, of texts with groups: (texts, groups). -1 is no group."""
        groups = _groups(labels)
        together: Agreement = self.member @ (self.member.T @ groups).toarray()
        together /= np.maximum(self.present @ (groups.T @ self.present).T, 1.0)
        return together


def vote(graph: csr_matrix, votes: int, seed: int) -> Votes:
    """Finds communities ``votes`` times, each time without a random fifth of the texts.

    ``graph`` is the symmetric neighbour graph, (texts, texts); its indices are sorted in place.
    Vote ``i`` uses resolution ``i % 4`` of ``RESOLUTIONS``.
    """
    n = graph.shape[0]
    rng = np.random.default_rng(seed)
    size = max(2, n - int(n * LEFT_OUT))
    present = np.zeros((n, votes), dtype=np.float32)
    rows = np.empty((votes, size), dtype=np.int64)
    communities = np.empty((votes, size), dtype=np.int64)
    edges = _Edges(graph)
    first = 0
    for number in range(votes):
        inside = np.zeros(n, dtype=np.bool_)
        inside[rng.permutation(n)[:size]] = True
        kept = np.flatnonzero(inside)
        resolution = RESOLUTIONS[number % len(RESOLUTIONS)]
        found = _communities(*edges.among(inside, kept), resolution, seed + number)
        present[kept, number] = 1.0
        rows[number] = kept
        communities[number] = found + first
        first += int(found.max()) + 1
    ones = np.ones(rows.size, dtype=np.float32)
    member = csr_matrix((ones, (rows.ravel(), communities.ravel())), shape=(n, first))
    return Votes(member, present)


class _Edges:
    """The edges of a graph, to take many subgraphs from.

    Small sets make up the most of the votes, and there each call of numpy counts: this needs a
    third of the time of slicing with scipy.
    """

    def __init__(self, graph: csr_matrix) -> None:
        graph.sort_indices()
        edges = graph.astype(np.float64).tocoo()
        self._rows, self._columns, self._weights = edges.row, edges.col, edges.data
        self._starts = graph.indptr
        self._before = np.zeros(len(self._weights) + 1, dtype=np.int64)

    def among(
        self, inside: npt.NDArray[np.bool_], kept: Labels
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], npt.NDArray[np.float64]]:
        """The subgraph of the texts ``inside``, as the three arrays of a CSR matrix.

        ``kept`` are the same texts, ascending. The arrays are new ones.
        """
        selected = inside[self._rows] & inside[self._columns]
        np.cumsum(selected, out=self._before[1:])
        starts = np.empty(len(kept) + 1, dtype=np.int64)
        starts[:-1] = self._before[self._starts[kept]]
        starts[-1] = self._before[-1]
        place = np.cumsum(inside, dtype=np.int32)
        place -= 1
        return starts, place[self._columns[selected]], self._weights[selected]


def tree(votes: Votes, graph: csr_matrix, seed: int) -> tuple[Labels, npt.NDArray[np.float64]]:
    """The leaf of each text, and scipy's linkage of the leaves; a height is 1 - mean agreement."""
    # Imported here: a run that clusters nothing is spared half a second.
    from scipy.cluster.hierarchy import linkage
    from scipy.spatial.distance import squareform

    n = graph.shape[0]
    if n <= _WHOLE_TREE:
        leaves = np.arange(n)
        agreement = votes.of_texts()
    else:
        leaves = leiden(graph, _FINE, seed)
        agreement = votes.of_groups(leaves)
    apart = np.maximum(1.0 - agreement.astype(np.float64), 0.0)
    np.fill_diagonal(apart, 0.0)
    return leaves, linkage(squareform(apart, checks=False), "average")


def cut(leaves: Labels, merges: npt.NDArray[np.float64], agreement: float) -> Labels:
    """The group of each text when the tree is cut at this mean agreement, numbered from 0."""
    from scipy.cluster.hierarchy import fcluster

    groups = fcluster(merges, 1.0 - agreement, "distance").astype(np.int64)
    return renumbered(groups[leaves])


def renumbered(labels: Labels) -> Labels:
    """The same groups, numbered from 0 without gaps."""
    return np.unique(labels, return_inverse=True)[1].reshape(-1).astype(np.int64)


def leiden(graph: csr_matrix, resolution: float, seed: int) -> Labels:
    """Communities of one Leiden run, numbered from 0; a text without edges is its own community."""
    graph.sort_indices()
    found = _communities(
        graph.indptr.astype(np.int64),
        graph.indices.astype(np.int32),
        graph.data.astype(np.float64),
        resolution,
        seed,
    )
    return renumbered(found)


def _communities(
    starts: npt.NDArray[np.int64],
    columns: npt.NDArray[np.int32],
    weights: npt.NDArray[np.float64],
    resolution: float,
    seed: int,
) -> Labels:
    """The community of each text: different numbers from 0, possibly with gaps."""
    n = len(starts) - 1
    _, found = graspologic_native.leiden_csr(
        starts, columns, weights, n, resolution=resolution, seed=seed
    )
    labels = np.arange(n, 2 * n, dtype=np.int64)
    nodes = np.fromiter(found.keys(), np.int64, len(found))
    labels[nodes] = np.fromiter(found.values(), np.int64, len(found))
    return labels


def _groups(labels: Labels) -> csr_matrix:
    """Indicator matrix (texts, groups): 1 where a text is in a group; label -1 is in none."""
    rows = np.flatnonzero(labels >= 0)
    ones = np.ones(len(rows), dtype=np.float32)
    shape = (len(labels), int(labels.max()) + 1)
    return csr_matrix((ones, (rows, labels[rows])), shape=shape)
