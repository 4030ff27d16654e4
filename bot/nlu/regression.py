"""Multinomial logistic regression on dense and sparse features together.

Rasa 3.6 pins a scikit-learn whose solver needs minutes for this problem. Three things make this one
fast: the dense block is multiplied as a dense matrix, the rows are divided over threads (matrix
products release the global interpreter lock), and every parameter is scaled by an estimate of its
curvature (Jacobi preconditioning; Nocedal and Wright, Numerical Optimization, 2006, chapter 5), so
that L-BFGS needs some twenty iterations instead of a hundred and fifty. L-BFGS is implemented here
(algorithm 7.4 there), because SciPy loops in Python over the bounds of three million parameters.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

Numbers = npt.NDArray[Any]

_MEMORY = 5
_ENOUGH = 1e-4
_LEAST_STEP = 1e-6


@dataclass(frozen=True)
class Regression:
    """A fitted regression: ``labels`` in order, with their weights and intercepts as float64.

    ``dense`` is (dense features, labels), ``sparse`` (sparse features, labels), ``intercept``
    (labels).
    """

    labels: list[str]
    dense: Numbers
    sparse: Numbers
    intercept: Numbers


@dataclass(frozen=True)
class _Rows:
    """The rows of one thread."""

    dense: Numbers
    sparse: csr_matrix
    transposed: csr_matrix
    targets: Numbers


def fit(
    dense: Numbers, sparse: csr_matrix, labels: Sequence[str], c: float, iterations: int
) -> Regression:
    """Fits label probabilities to features, with an L2 penalty on all weights but the intercepts.

    Args:
        dense: (rows, dense features).
        sparse: (rows, sparse features).
        labels: one per row.
        c: inverse of the penalty, as in scikit-learn.
        iterations: maximum number of L-BFGS iterations; few iterations also regularise (early
            stopping).
    """
    names, targets = np.unique(np.asarray(labels), return_inverse=True)
    dense = np.ascontiguousarray(dense, dtype=np.float32)
    sparse = csr_matrix(sparse, dtype=np.float32)
    threads = max(1, min(8, os.cpu_count() or 1))
    cuts = np.linspace(0, len(targets), threads + 1).astype(int)
    shares = [
        _Rows(dense[a:b], sparse[a:b], sparse[a:b].T.tocsr(), targets[a:b])
        for a, b in pairwise(cuts)
    ]
    scale = _scales(dense, sparse, c, len(names))
    wide = dense.shape[1]
    with ThreadPoolExecutor(threads) as pool:

        def loss_and_gradient(scaled: Numbers) -> tuple[float, Numbers]:
            weights = scaled * scale
            parts = list(pool.map(lambda rows: _share(rows, weights, wide), shares))
            gradient = parts[0][1]
            for _, slope in parts[1:]:
                gradient += slope
            gradient *= c
            weights[-1] = 0
            loss = c * sum(loss for loss, _ in parts) + 0.5 * float(np.vdot(weights, weights))
            gradient += weights
            gradient *= scale
            return loss, gradient

        start = np.zeros((len(scale), len(names)), dtype=np.float32)
        weights = _minimised(loss_and_gradient, start, iterations).astype(np.float64) * scale
    return Regression(
        [str(name) for name in names], weights[:wide], weights[wide:-1], weights[-1].copy()
    )


def _scales(dense: Numbers, sparse: csr_matrix, c: float, labels: int) -> Numbers:
    """One over the square root of every parameter's curvature, for equally probable labels."""
    squares = np.concatenate(
        [
            np.square(dense).sum(axis=0),
            np.asarray(sparse.multiply(sparse).sum(axis=0)).ravel(),
            [dense.shape[0]],
        ]
    )
    curvature = c * squares / max(2, labels)
    curvature[:-1] += 1
    return (1 / np.sqrt(curvature)).astype(np.float32)[:, None]


def _share(rows: _Rows, weights: Numbers, wide: int) -> tuple[float, Numbers]:
    """The loss of the rows of one thread and its gradient, without the penalty."""
    scores = rows.sparse @ weights[wide:-1]
    scores += rows.dense @ weights[:wide]
    scores += weights[-1]
    scores -= scores.max(axis=1, keepdims=True)
    places = np.arange(len(rows.targets))
    own = scores[places, rows.targets]
    np.exp(scores, out=scores)
    totals = scores.sum(axis=1, keepdims=True)
    loss = float((np.log(totals[:, 0]) - own).sum(dtype=np.float64))
    scores /= totals
    scores[places, rows.targets] -= 1
    slope = np.concatenate(
        [rows.dense.T @ scores, rows.transposed @ scores, scores.sum(axis=0, keepdims=True)]
    )
    return loss, slope


def _minimised(
    function: Callable[[Numbers], tuple[float, Numbers]], start: Numbers, iterations: int
) -> Numbers:
    """L-BFGS with backtracking, for a convex function that returns its value and gradient."""
    point = start
    value, gradient = function(point)
    pairs: deque[tuple[Numbers, Numbers, float]] = deque(maxlen=_MEMORY)
    for _ in range(iterations):
        direction = _direction(gradient, pairs)
        slope = float(np.vdot(direction, gradient))
        step = 1.0 if pairs else 1 / max(1.0, float(np.linalg.norm(gradient)))
        while True:
            moved = point + np.float32(step) * direction
            new_value, new_gradient = function(moved)
            if new_value <= value + _ENOUGH * step * slope:
                break
            step /= 2
            if step < _LEAST_STEP:
                return point
        change, turn = moved - point, new_gradient - gradient
        curvature = float(np.vdot(change, turn))
        if curvature > 0:
            pairs.append((change, turn, curvature))
        point, value, gradient = moved, new_value, new_gradient
    return point


def _direction(gradient: Numbers, pairs: deque[tuple[Numbers, Numbers, float]]) -> Numbers:
    """Minus the gradient times the inverse Hessian estimated from the last steps."""
    found = -gradient
    shares = []
    for change, turn, curvature in reversed(pairs):
        share = np.float32(np.vdot(change, found) / curvature)
        shares.append(share)
        found -= share * turn
    if pairs:
        _, turn, curvature = pairs[-1]
        found *= np.float32(curvature / np.vdot(turn, turn))
    for (change, turn, curvature), share in zip(pairs, reversed(shares), strict=True):
        found += (share - np.float32(np.vdot(turn, found) / curvature)) * change
    return found
