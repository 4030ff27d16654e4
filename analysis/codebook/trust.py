"""How much of a mapping is right, estimated from the decisions themselves.

Each decided statement tells how sure the mapping would have been without its decision, and whether
it would have been right. A logistic curve from the one to the other (Platt 1999), drawn towards
"as right as it is sure", then gives the chance that each undecided statement is right.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from analysis.codebook.features import Numbers
from analysis.codebook.mapping import Mapper

_DRAWS = 400
_WIDTH = 0.9
_SLOPE = 0.35
_LEVEL = 0.6
_SUREST = 0.995


@dataclass(frozen=True)
class ShareInterval:
    """A share with the limits between which it lies in nine of ten cases."""

    low: float
    mid: float
    high: float


@dataclass(frozen=True)
class CodebookProgress:
    """How far the decisions have come.

    ``all`` is the share of all statements of which the best theme is right, ``undecided`` that of
    those that nobody decided on. ``gain`` is by how much the next ten decisions raise ``all`` by
    themselves, not counting what they teach.
    """

    decided: int
    statements: int
    undecided: ShareInterval
    all: ShareInterval
    gain: float

    def enough(self, share: float = 0.85) -> bool:
        """Tells whether to stop: this share of all statements is surely right."""
        return self.all.low >= share or self.decided == self.statements


def progress(mapper: Mapper, seed: int = 0) -> CodebookProgress:
    """Returns the estimated share of statements that are right."""
    mapped = mapper.mapped
    count, decided = len(mapped.free), len(mapped.decided)
    rows = np.setdiff1d(np.arange(count), list(mapped.decided))
    if not len(rows):
        sure = ShareInterval(1.0, 1.0, 1.0)
        return CodebookProgress(decided, count, sure, sure, 0.0)
    without, truth = mapper.left_out()
    best = without.argmax(axis=1) if len(without) else np.zeros(0, dtype=np.int64)
    right = truth[np.arange(len(best)), best] > 0
    middle, spread = _curve(_odds(without.max(axis=1)) if len(without) else np.zeros(0), right)
    rng = np.random.default_rng(seed)
    curves = rng.multivariate_normal(middle, spread, size=_DRAWS, method="cholesky")
    odds = _odds(mapped.free[rows].max(axis=1))
    shares = []
    for slope, level in curves:
        chances = _logistic(slope * odds + level)
        noise = np.sqrt(float((chances * (1 - chances)).sum())) / len(rows)
        shares.append(np.clip(chances.mean() + noise * rng.standard_normal(), 0, 1))
    outside = (1 - _WIDTH) / 2
    low, mid, high = (float(x) for x in np.quantile(shares, [outside, 0.5, 1 - outside]))
    likely = _logistic(middle[0] * odds + middle[1])

    def of_all(share: float) -> float:
        return (decided + share * len(rows)) / count

    return CodebookProgress(
        decided,
        count,
        ShareInterval(low, mid, high),
        ShareInterval(of_all(low), of_all(mid), of_all(high)),
        float((1 - np.sort(likely)[:10]).sum()) / count,
    )


def _curve(odds: Numbers, right: npt.NDArray[np.bool_]) -> tuple[Numbers, Numbers]:
    """The slope and level of the curve, and their covariance."""
    start = np.array([1.0, 0.0])
    exact = np.array([1 / _SLOPE**2, 1 / _LEVEL**2])

    def loss(curve: Numbers) -> float:
        scores = curve[0] * odds + curve[1]
        missed = np.logaddexp(0, scores) - right * scores
        return float(missed.sum() + 0.5 * (exact * (curve - start) ** 2).sum())

    middle: Numbers = np.asarray(minimize(loss, start, method="BFGS").x, dtype=np.float64)
    chances = _logistic(middle[0] * odds + middle[1])
    weight = chances * (1 - chances)
    sides = np.stack([odds, np.ones(len(odds))])
    spread: Numbers = np.asarray(
        np.linalg.inv((sides * weight) @ sides.T + np.diag(exact)), dtype=np.float64
    )
    return middle, spread


def _odds(chances: Numbers) -> Numbers:
    kept = np.clip(chances, 1e-3, _SUREST)
    found: Numbers = np.log(kept / (1 - kept))
    return found


def _logistic(values: Numbers) -> Numbers:
    found: Numbers = 1 / (1 + np.exp(-np.clip(values, -30, 30)))
    return found
