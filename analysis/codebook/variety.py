"""A few statements of a group that show how far it reaches."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.codebook.features import Features


def differing(features: Features, rows: Sequence[int], limit: int = 3) -> list[int]:
    """Returns at most ``limit`` of these rows, each of another participant, chosen to differ.

    The most central statement comes first, then each time the one that is least like those that
    were chosen (farthest-first traversal, Gonzalez 1985).
    """
    left = np.asarray(rows, dtype=np.int64)
    if not len(left):
        return []
    middle = features.meaning[left].mean(axis=0)
    chosen = [int(left[(features.meaning[left] @ middle).argmax()])]
    while len(chosen) < limit:
        left = left[~np.isin(features.people[left], features.people[chosen])]
        if not len(left):
            break
        nearest = (features.meaning[left] @ features.meaning[chosen].T).max(axis=1)
        chosen.append(int(left[nearest.argmin()]))
    return chosen
