"""Actions of different opdrachten that ask for nearly the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.embeddings import encoder_named, vectors_of
from consultation.storage import Storage

NEAR = 0.3
"""From this cosine of centred vectors on, two actions are shown side by side. It is low on purpose:
of the sample's 54 proposed actions, which were written apart, it shows 12 of 1,291 pairs, and a
reader dismisses most. Two wordings of one action come far above it."""

_FEWEST = 3


@dataclass(frozen=True)
class Worded:
    """An action's words, for comparing."""

    id: str
    opdracht: int
    text: str


@dataclass(frozen=True)
class Overlap:
    """Two actions of different opdrachten, and how near they are (-1 to 1)."""

    one: Worded
    other: Worded
    near: float


def overlaps(
    storage: Storage, encoder_name: str, actions: Sequence[Worded], least: float = NEAR
) -> list[Overlap]:
    """The pairs over opdrachten that are at least so near, the nearest first.

    The vectors are centred on all the actions: in one field everything looks alike otherwise.

    Raises:
        AnalysisError: the encoder is not there.
    """
    worded = [each for each in actions if each.text.strip()]
    if len(worded) < _FEWEST:
        return []
    encoder = encoder_named(encoder_name)
    vectors = vectors_of(storage, encoder, [each.text for each in worded]).astype(np.float64)
    vectors -= vectors.mean(axis=0)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    cosines = vectors @ vectors.T
    found = [
        Overlap(worded[row], worded[column], round(float(cosines[row, column]), 3))
        for row in range(len(worded))
        for column in range(row + 1, len(worded))
        if worded[row].opdracht != worded[column].opdracht and cosines[row, column] >= least
    ]
    return sorted(found, key=lambda each: (-each.near, each.one.id, each.other.id))
