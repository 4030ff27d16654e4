"""The neighbour graph: nearest neighbours by cosine, bit for bit the same on every machine.

A matrix product adds up in an order that depends on the number of threads and the processor. Its
last bits therefore differ between machines, and one neighbour more or less can change the clusters.
Here vectors are rounded to integers that are small enough for a float32 to hold every intermediate
sum exactly (below 2 to the 24th), so the order of adding makes no difference.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix, csr_matrix

from language.embedding import Vectors

Indices = npt.NDArray[np.int64]

# The squared length of a rounded vector, slightly over 4000 squared, stays below 2 to the 24th.
_LENGTH = 4_000.0
_BLOCK = 1_024
_PAIRS = 2**25
"""Maximum number of cosines that are held at once: 128 MiB."""
_WEAKEST = 1e-3
_BACKGROUND = 0.8


def integer_vectors(vectors: Vectors) -> Vectors:
    """Centred (texts, dimension) vectors, scaled to length 4,000 and rounded to integers (float32).

    Rounding changes a cosine by about 1e-4. A vector equal to the mean becomes 0.
    """
    exact = vectors.astype(np.float64)
    exact -= exact.mean(axis=0)
    lengths = np.sqrt(np.square(exact).sum(axis=1, keepdims=True))
    exact /= np.where(lengths > 1e-9, lengths, np.inf)
    rounded: Vectors = np.rint(exact * _LENGTH).astype(np.float32)
    return rounded


def nearest(directions: Vectors, k: int, people: Indices | None = None) -> tuple[Indices, Vectors]:
    """The ``k`` nearest other rows of each row: indices and cosines, both (texts, k).

    ``directions`` are ``integer_vectors``.

    ``people`` numbers the participant of each text. The share of neighbours from a text's own
    participant is at most that participant's share of all texts, rounded up to whole neighbours: it
    tells nothing that participants agree with themselves.

    All pairs are compared, whose number grows with the square of the texts: 20,000 texts take
    seconds, 200,000 of one opdracht minutes. An approximation would have to be compiled first,
    which takes as long as 50,000 texts, and its result depends on the machine.
    """
    n = len(directions)
    size = max(1, min(_BLOCK, _PAIRS // max(1, n)))
    own = _own_rows(people, n, k)
    rows = np.empty((n, k), dtype=np.int64)
    cosines = np.empty((n, k), dtype=np.float32)
    for start in range(0, n, size):
        block = directions[start : start + size] @ directions.T
        here = np.arange(len(block))
        block[here, start + here] = -np.inf
        for row in range(len(block)):
            if start + row in own:
                _limit(block[row], *own[start + row])
        found = np.argpartition(block, n - k, axis=1)[:, n - k :]
        rows[start : start + size] = found
        cosines[start : start + size] = np.take_along_axis(block, found, axis=1)
    return rows, cosines / np.float32(_LENGTH**2)


def neighbour_graph(directions: Vectors, k: int, people: Indices | None = None) -> csr_matrix:
    """A symmetric graph (texts, texts) that joins each text to its ``k`` nearest neighbours.

    The weight of an edge is the sum of the weights from its two ends. From one end that is the
    cosine minus four fifths of the cosine of the farthest neighbour: in a dense region, a high
    cosine tells less (after local scaling, Zelnik-Manor and Perona 2004). For ``people`` see
    ``nearest``.
    """
    n = len(directions)
    rows, cosines = nearest(directions, k, people)
    exact = cosines.astype(np.float64)
    background = _BACKGROUND * exact.min(axis=1, keepdims=True)
    weights = np.maximum(exact - background, _WEAKEST).ravel()
    one_way = coo_matrix((weights, (np.repeat(np.arange(n), k), rows.ravel())), shape=(n, n))
    graph = (one_way + one_way.T).tocsr()
    graph.setdiag(0)
    graph.eliminate_zeros()
    graph.sort_indices()
    return graph


def _own_rows(people: Indices | None, n: int, k: int) -> dict[int, tuple[Indices, int]]:
    """By row: its participant's rows and how many may be neighbours, where that is a limit."""
    if people is None:
        return {}
    order = np.argsort(people, kind="stable")
    borders = np.flatnonzero(np.diff(people[order])) + 1
    found = {}
    for rows in np.split(order, borders):
        most = math.ceil(k * len(rows) / n)
        if len(rows) - 1 > most:
            found.update(dict.fromkeys(rows.tolist(), (rows, most)))
    return found


def _limit(near: Vectors, own: Indices, most: int) -> None:
    """Sets the cosines of the rows ``own`` to minus infinity, except the ``most`` nearest."""
    surplus = np.argsort(-near[own], kind="stable")[most:]
    near[own[surplus]] = -np.inf
