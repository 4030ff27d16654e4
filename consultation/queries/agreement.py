"""Agreement of two coders on the themes of the same statements.

A decision is whether one statement is in one theme. F1 is the harmonic mean of precision
and recall over all decisions (micro-averaged); a statement in no theme counts as in the extra theme
"none". Kappa is Cohen's (1960) over the same decisions. The 95 % intervals are percentiles of
2,000 bootstrap samples of statements (Efron 1979).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np

_SAMPLES = 2_000
_NONE = ""


@dataclass(frozen=True)
class Interval:
    """A value with its 95 % interval; all three are None if the value is undefined."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Agreement:
    """Agreement of two coders, measured on ``statements`` statements."""

    statements: int
    f1: Interval
    kappa: Interval


def agreement(
    one: Mapping[str, Set[str]], other: Mapping[str, Set[str]], themes: Sequence[str], seed: int = 0
) -> Agreement:
    """The agreement on the statements that both coders coded.

    ``one`` and ``other`` map statement ids to sets of theme ids, empty for no theme. The measure is
    symmetric: the order of the coders does not matter. ``seed`` sets the bootstrap.
    """
    both = sorted(one.keys() & other.keys())
    labels = [*themes, _NONE]
    counts = np.array([_counts(one[each], other[each], labels) for each in both]).reshape(-1, 4)
    if not len(counts):
        nothing = Interval(None, None, None)
        return Agreement(0, nothing, nothing)
    rng = np.random.default_rng(seed)
    chosen = rng.multinomial(len(counts), np.full(len(counts), 1 / len(counts)), size=_SAMPLES)
    total, resampled = counts.sum(axis=0, keepdims=True), chosen @ counts
    return Agreement(
        len(both),
        _interval(_f1(total), _f1(resampled)),
        _interval(_kappa(total), _kappa(resampled)),
    )


def _counts(one: Set[str], other: Set[str], labels: Sequence[str]) -> tuple[int, int, int, int]:
    """The number of labels in both sets, only in the first, only in the second, and in neither."""
    first, second = one or {_NONE}, other or {_NONE}
    inside = sum(each in first and each in second for each in labels)
    left = sum(each in first and each not in second for each in labels)
    right = sum(each not in first and each in second for each in labels)
    return inside, left, right, len(labels) - inside - left - right


def _f1(counts: np.ndarray) -> np.ndarray:
    both, left, right, _ = counts.T.astype(float)
    with np.errstate(invalid="ignore"):
        found: np.ndarray = 2 * both / (2 * both + left + right)
    return found


def _kappa(counts: np.ndarray) -> np.ndarray:
    both, left, right, neither = counts.T.astype(float)
    total = both + left + right + neither
    seen = (both + neither) / total
    chance = ((both + left) * (both + right) + (neither + left) * (neither + right)) / total**2
    with np.errstate(invalid="ignore", divide="ignore"):
        found: np.ndarray = np.where(chance < 1, (seen - chance) / (1 - chance), np.nan)
    return found


def _interval(value: np.ndarray, samples: np.ndarray) -> Interval:
    known = samples[np.isfinite(samples)]
    if not np.isfinite(value[0]) or not len(known):
        return Interval(None, None, None)
    low, high = np.percentile(known, [2.5, 97.5])
    return Interval(round(float(value[0]), 4), round(float(low), 4), round(float(high), 4))
