"""Which statements to ask a person about: those whose decision teaches the mapping most.

Uncertainty, times density, times diversity (Settles 2009): the mapping is likely wrong about the
statement, likely wrong about statements of *other* participants that are like it, and these are not
yet asked in the same batch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from analysis.codebook.features import Features, Numbers, Rows
from analysis.codebook.mapping import Mapped

_NEAREST = 10
_AT_ONCE = 1_000
_SAME_PERSON = 0.5
_SAME_THEME = 0.9
_ALIKE = 0.55
_LARGEST_BATCH = 7
_FEWEST_IN_BATCH = 3


@dataclass(frozen=True)
class StatementQuestion:
    """A statement (its row) to ask about, with its likeliest themes and their chances."""

    row: int
    suggestions: tuple[tuple[str, float], ...]


def neighbourhood(features: Features) -> csr_matrix:
    """Returns the ten nearest statements of others of each, (statements, statements).

    A weight is the square of the similarity in meaning. Computed once per set of statements.
    """
    count = len(features)
    nearest = min(_NEAREST, count - 1)
    rows, columns, weights = [], [], []
    for start in range(0, count if nearest > 0 else 0, _AT_ONCE):
        block = features.meaning[start : start + _AT_ONCE] @ features.meaning.T
        people = features.people[start : start + _AT_ONCE]
        block[people[:, None] == features.people] = 0.0
        near = np.argpartition(-block, nearest - 1, axis=1)[:, :nearest]
        rows.append(np.repeat(np.arange(start, start + len(block)), nearest))
        columns.append(near.ravel())
        weights.append(np.maximum(np.take_along_axis(block, near, axis=1), 0.0).ravel() ** 2)
    if not rows:
        return csr_matrix((count, count))
    places = (np.concatenate(rows), np.concatenate(columns))
    return csr_matrix((np.concatenate(weights).astype(np.float64), places), shape=(count, count))


def uncertainty(mapped: Mapped) -> Numbers:
    """Returns the chance that the likeliest theme of each statement is wrong; 0 where decided."""
    found: Numbers = 1 - mapped.free.max(axis=1)
    found[list(mapped.decided)] = 0.0
    return found


def questions(
    mapped: Mapped, features: Features, near: csr_matrix, limit: int = 10, suggested: int = 3
) -> list[StatementQuestion]:
    """Returns at most ``limit`` statements to ask about, the most useful first.

    ``near`` is what ``neighbourhood`` gave. Statements that are decided on are never asked.
    """
    return [
        StatementQuestion(row, mapped.suggestions(row, suggested))
        for row in _chosen(mapped, features, near, limit)
    ]


def batch_of(mapped: Mapped, features: Features, row: int) -> tuple[int, ...]:
    """Returns the undecided statements that say much the same as one, with it; empty: too few."""
    best = mapped.free.argmax(axis=1)
    free = best == best[row]
    free[list(mapped.decided)] = False
    rows = _alike(features, row, free) if free[row] else None
    return () if rows is None else tuple(rows.tolist())


def _alike(features: Features, row: int, among: npt.NDArray[np.bool_]) -> Rows | None:
    """The rows that say much the same as one, the nearest first; None: too few, or one person."""
    alike = features.similarities(row) / 2
    rows = np.flatnonzero(among & (alike >= _ALIKE))
    rows = rows[np.argsort(-alike[rows], kind="stable")][:_LARGEST_BATCH]
    people = len(np.unique(features.people[rows]))
    return rows if len(rows) >= _FEWEST_IN_BATCH and people > 1 else None


def _chosen(mapped: Mapped, features: Features, near: csr_matrix, limit: int) -> list[int]:
    unsure = uncertainty(mapped)
    worth = unsure * (1 + near @ unsure)
    worth[list(mapped.decided)] = -1.0
    best = mapped.free.argmax(axis=1)
    chosen: list[int] = []
    while len(chosen) < limit and len(worth):
        row = int(worth.argmax())
        if worth[row] < 0:
            break
        chosen.append(row)
        if len(chosen) == limit:
            break
        discount = 1 - np.clip(features.alike(row), 0, 1)
        discount *= np.where(features.people == features.people[row], _SAME_PERSON, 1.0)
        discount *= np.where(best == best[row], _SAME_THEME, 1.0)
        worth = np.where(worth >= 0, worth * discount, worth)
        worth[row] = -1.0
    return chosen
