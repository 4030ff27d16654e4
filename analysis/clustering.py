"""Themes as communities in a nearest-neighbour graph.

Texts are joined to their nearest neighbours by cosine of centred vectors, and the Leiden algorithm
(Traag, Waltman and Van Eck 2019) finds communities in that graph. One run of it depends on chance,
so twenty runs vote: joined texts keep an edge as strong as the share of runs that put them together
(consensus clustering, Lancichinetti and Fortunato 2012), and Leiden runs once more on that graph.

The order of the rows makes no difference: texts are sorted by their vectors first, and equal ones
are a single node.
"""

from __future__ import annotations

from typing import Any

import graspologic_native
import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix, csr_matrix

from language.embedding import Vectors, normalised

Labels = npt.NDArray[np.int64]
Indices = npt.NDArray[np.int64]

WITHOUT_THEME = -1
_BRUTE_FORCE_UNTIL = 20_000
_BLOCK = 2_048
_WEAKEST = 1e-3


class GraphClusterer:
    """Clusters vectors, in the manner of scikit-learn: ``fit`` fills ``labels_``.

    ``labels_`` numbers the clusters by size from 0, the largest first; -1 is no cluster.
    """

    def __init__(
        self,
        neighbours: int = 15,
        resolution: float = 1.0,
        seeds: int = 20,
        smallest: int = 3,
        seed: int = 0,
    ) -> None:
        """Sets how fine: ``resolution`` 1 to 2 gives more and smaller clusters.

        ``neighbours`` is lowered for few texts. Communities of fewer than ``smallest`` texts join
        the one nearest to them.
        """
        self.neighbours = neighbours
        self.resolution = resolution
        self.seeds = seeds
        self.smallest = smallest
        self.seed = seed
        self.labels_: Labels = np.zeros(0, dtype=np.int64)

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002
        """The parameters by name."""
        names = ("neighbours", "resolution", "seeds", "smallest", "seed")
        return {name: getattr(self, name) for name in names}

    def fit(self, vectors: Vectors, y: object = None) -> GraphClusterer:  # noqa: ARG002
        """Clusters (texts, dimension) vectors."""
        if len(vectors) == 0:
            self.labels_ = np.zeros(0, dtype=np.int64)
            return self
        unique, place, voices = np.unique(
            np.ascontiguousarray(vectors), axis=0, return_inverse=True, return_counts=True
        )
        place = np.asarray(place).reshape(-1)
        labels = self._communities(unique)
        labels = _joined(labels, unique, voices, self.smallest)
        self.labels_ = _by_size(labels[place])
        return self

    def fit_predict(self, vectors: Vectors, y: object = None) -> Labels:
        """``fit``, and its labels."""
        return self.fit(vectors, y).labels_

    def _communities(self, vectors: Vectors) -> Labels:
        n = len(vectors)
        if n < 4:
            return np.zeros(n, dtype=np.int64)
        centred = normalised(vectors - vectors.mean(axis=0))
        # With few texts 15 neighbours are nearly everybody: take about the root of their number.
        k = max(3, min(self.neighbours, round(1.1 * float(np.sqrt(n))), n - 1))
        graph = _graph(centred, k)
        rows = np.repeat(np.arange(n), np.diff(graph.indptr))
        together = np.zeros(graph.nnz)
        for seed in range(self.seeds):
            labels = _leiden(graph, self.resolution, self.seed + seed)
            together += labels[rows] == labels[graph.indices]
        agreed = graph.copy()
        agreed.data = np.maximum(together / self.seeds, _WEAKEST)
        return _leiden(agreed, self.resolution, self.seed)


def neighbours_of(vectors: Vectors, k: int) -> tuple[Indices, Vectors]:
    """The ``k`` nearest others of each unit vector: their rows and cosines, both (texts, k)."""
    n = len(vectors)
    if n > _BRUTE_FORCE_UNTIL:
        return _approximate(vectors, k)
    rows = np.empty((n, k), dtype=np.int64)
    cosines = np.empty((n, k), dtype=np.float32)
    for start in range(0, n, _BLOCK):
        block = vectors[start : start + _BLOCK] @ vectors.T
        here = np.arange(len(block))
        block[here, start + here] = -2.0
        nearest = np.argpartition(-block, k - 1, axis=1)[:, :k]
        rows[start : start + _BLOCK] = nearest
        cosines[start : start + _BLOCK] = np.take_along_axis(block, nearest, axis=1)
    return rows, cosines


def _approximate(vectors: Vectors, k: int) -> tuple[Indices, Vectors]:
    from pynndescent import NNDescent  # type: ignore[import-untyped]

    index = NNDescent(vectors, metric="cosine", n_neighbors=k + 1, random_state=0)
    rows, distances = index.neighbor_graph
    return rows[:, 1:].astype(np.int64), (1 - distances[:, 1:]).astype(np.float32)


def _graph(vectors: Vectors, k: int) -> csr_matrix:
    n = len(vectors)
    rows, cosines = neighbours_of(vectors, k)
    weights = np.maximum(cosines.astype(np.float64).ravel(), _WEAKEST)
    one_way = coo_matrix((weights, (np.repeat(np.arange(n), k), rows.ravel())), shape=(n, n))
    one_way = one_way.tocsr()
    graph = one_way.maximum(one_way.T).tocsr()
    graph.sort_indices()
    return graph


def _leiden(graph: csr_matrix, resolution: float, seed: int) -> Labels:
    _, found = graspologic_native.leiden_csr(
        graph.indptr.astype(np.int64),
        graph.indices.astype(np.int32),
        graph.data.astype(np.float64),
        graph.shape[0],
        resolution=resolution,
        seed=seed,
    )
    labels = np.empty(graph.shape[0], dtype=np.int64)
    for node, community in found.items():
        labels[node] = community
    return labels


def _joined(
    labels: Labels, vectors: Vectors, voices: npt.NDArray[np.int64], smallest: int
) -> Labels:
    """Communities that are too small join the one with the nearest centre."""
    labels = labels.copy()
    centred = normalised(vectors - vectors.mean(axis=0))
    while True:
        names = np.unique(labels)
        sizes = np.array([voices[labels == name].sum() for name in names])
        small = np.flatnonzero(sizes < smallest)
        if len(names) == 1 or len(small) == 0:
            return labels
        centres = normalised(np.stack([centred[labels == name].mean(axis=0) for name in names]))
        least = small[np.argmin(sizes[small])]
        near = centres @ centres[least]
        near[least] = -2.0
        labels[labels == names[least]] = names[int(np.argmax(near))]


def _by_size(labels: Labels) -> Labels:
    names, sizes = np.unique(labels, return_counts=True)
    order = np.lexsort((names, -sizes))
    ranks = np.empty(len(names), dtype=np.int64)
    ranks[order] = np.arange(len(names))
    return ranks[np.searchsorted(names, labels)]
