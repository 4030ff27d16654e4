"""What the mapping compares: sentence vectors and letter n-grams of what a participant says.

Both are mixed with the participant's other statements, since "Dat moet beter." says only together
with its neighbours what it is about. Both are centred, since the encoder gives all texts of one
opdracht nearly one vector. The letter n-grams are what the small encoder lacks: it knows that a
text is about traffic, while "fietspad" in a description and "fietspaden" in a statement share
letters. On two coded sets they add as much as the vectors themselves (docs/codebook.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, diags, identity

from analysis.clustering.features import context_weights
from analysis.codebook.letter_groups import LetterGroups
from language.embedding import Vectors, normalised

SHARE_OF_PERSON = 0.7
"""The share of a statement's features that is the mean of all that its participant says."""
SAME_PERSON = 0.5
"""What two statements of one participant add to their similarity, which is at most 2."""

Numbers = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class NewFeatures:
    """What a participant just said, compared as the statements in ``Features`` are."""

    meaning: Vectors
    letters: csr_matrix

    def __len__(self) -> int:
        return len(self.meaning)


@dataclass(frozen=True)
class Features:
    """The statements of one opdracht as the mapping compares them; made by ``features_of``.

    ``meaning`` (statements, dimension) are centred unit vectors; ``vector_mean`` and ``mixed_mean``
    were subtracted before and after mixing. ``letters`` are the weights of
    letter n-grams, (statements, n-grams), in rows of length 1 that are not centred yet: centring
    would fill the sparse matrix; ``by_group`` is its transpose. ``people`` numbers the
    participants.
    """

    meaning: Vectors
    letters: csr_matrix
    by_group: csr_matrix
    people: Rows
    vector_mean: Vectors
    mixed_mean: Vectors
    letter_mean: Numbers
    along_mean: Numbers
    letter_lengths: Numbers
    groups: LetterGroups

    def __len__(self) -> int:
        return len(self.meaning)

    def similarities(self, row: int) -> Numbers:
        """Returns the similarity of each statement with one of them, at most 2: half is meaning."""
        # By n-gram: a row has hundreds of them, the matrix millions.
        crossed = (self.letters[row] @ self.by_group).toarray().ravel()
        square = float(self.letter_mean @ self.letter_mean)
        centred = crossed - self.along_mean - self.along_mean[row] + square
        found: Numbers = self.alike(row) + centred / (
            self.letter_lengths * self.letter_lengths[row]
        )
        return found

    def alike(self, row: int) -> Vectors:
        """Returns the similarity in meaning of each statement with one of them, at most 1."""
        found: Vectors = self.meaning @ self.meaning[row]
        return found

    def kernel(self, row: int) -> Numbers:
        """Returns what a decision on this statement says of each: similarity and participant."""
        found: Numbers = self.similarities(row) + SAME_PERSON * (self.people == self.people[row])
        return found

    def letters_of(self, texts: Sequence[str]) -> csr_matrix:
        """Returns the letter n-grams of other texts, such as descriptions."""
        return self.groups.counted(texts)

    def of_newcomer(self, vectors: Vectors, texts: Sequence[str]) -> NewFeatures:
        """Returns the features of all that one participant said, none of it among the statements.

        ``vectors`` (texts, dimension) are the encoder's.
        """
        count = len(texts)
        mixing = (1 - SHARE_OF_PERSON) * np.eye(count) + SHARE_OF_PERSON / count
        mixed = mixing.astype(np.float32) @ normalised(vectors - self.vector_mean)
        letters = _unit(csr_matrix(mixing) @ self.letters_of(texts))
        return NewFeatures(normalised(mixed - self.mixed_mean), letters)

    def similarities_to(self, new: NewFeatures, rows: Sequence[int]) -> Numbers:
        """Returns the similarities (new, rows) of new statements with some of these."""
        picked = list(rows)
        square = float(self.letter_mean @ self.letter_mean)
        along = np.asarray(new.letters @ self.letter_mean).ravel()
        squares = np.asarray(new.letters.multiply(new.letters).sum(axis=1)).ravel()
        lengths = _lengths(squares, along, square)
        crossed = (new.letters @ self.letters[picked].T).toarray()
        centred = crossed - self.along_mean[picked] - along[:, None] + square
        alike = new.meaning @ self.meaning[picked].T
        found: Numbers = alike + centred / (lengths[:, None] * self.letter_lengths[picked])
        return found


def features_of(
    vectors: Vectors,
    texts: Sequence[str],
    people: Sequence[object],
    answers: Sequence[object] | None = None,
) -> Features:
    """Returns the features of statements, in reading order.

    ``vectors`` (statements, dimension) are the encoder's, ``people`` the participant of each.
    ``answers`` limits the context in a long document; without it each person gave one answer.
    """
    beside = context_weights(list(answers if answers is not None else people), list(people))
    mixing = _mixing(beside)
    centred = normalised(vectors - vectors.mean(axis=0)) if len(vectors) else vectors
    mixed = np.asarray(mixing @ centred)
    middle = mixed.mean(axis=0) if len(mixed) else np.zeros(vectors.shape[1:], np.float32)
    meaning = normalised(mixed - middle) if len(mixed) else mixed
    groups = LetterGroups(texts)
    letters = _unit(csr_matrix(mixing @ groups.counted(texts)))
    mean = np.asarray(letters.mean(axis=0)).ravel() if len(texts) else np.zeros(letters.shape[1])
    along = np.asarray(letters @ mean).ravel()
    squares = np.asarray(letters.multiply(letters).sum(axis=1)).ravel()
    lengths = _lengths(squares, along, float(mean @ mean))
    numbers: dict[object, int] = {}
    return Features(
        meaning=meaning,
        letters=letters,
        by_group=csr_matrix(letters.T),
        people=np.array(
            [numbers.setdefault(each, len(numbers)) for each in people], dtype=np.int64
        ),
        vector_mean=vectors.mean(axis=0)
        if len(vectors)
        else np.zeros(vectors.shape[1:], np.float32),
        mixed_mean=middle,
        letter_mean=mean,
        along_mean=along,
        letter_lengths=lengths,
        groups=groups,
    )


def _lengths(squares: Numbers, along: Numbers, square: float) -> Numbers:
    """The lengths of rows of letters once they are centred."""
    lengths = np.sqrt(np.maximum(squares - 2 * along + square, 1e-12))
    # A text without letters is as far from all; its length would blow up the noise of centring.
    found: Numbers = np.where(lengths > 1e-3, lengths, 1.0)
    return found


def _mixing(beside: csr_matrix) -> csr_matrix:
    """The matrix that mixes each statement with its context, itself included."""
    others = np.diff(beside.indptr)
    own = 1 - SHARE_OF_PERSON + SHARE_OF_PERSON / (1 + others)
    return diags(own) @ identity(len(others), format="csr") + (
        diags(SHARE_OF_PERSON * others / (1 + others)) @ beside
    )


def _unit(rows: Any) -> csr_matrix:
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return csr_matrix(diags(1 / np.where(lengths > 1e-12, lengths, 1.0)) @ rows)
