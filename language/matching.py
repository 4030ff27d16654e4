"""Matches a text to one of several described subjects, with a calibrated probability.

A few texts describe every subject: its title, its explanation, everyday words for it. A text is
compared with them in two ways: by meaning (centred sentence vectors) and by letters (weighted
character n-grams, which recognise a rare word, such as the name of a scheme, that a small encoder
blurs). The weight of the two and the sharpness of the probabilities are fitted on the descriptions
by leave-one-out: every description must match its own subject.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from language.embedding import SHIPPED, Encoder, Vectors, kept_vectors, normalised

Floats = npt.NDArray[np.float64]

_NEAREST = 3
_PHRASES_WEIGHT = 0.6
_LETTERS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
_SHARPNESS = (4.0, 6.0, 8.0, 11.0, 15.0, 20.0, 28.0)
_FAR = 0.2


@dataclass(frozen=True)
class Match:
    """The number of a subject and the probability, 0 to 1, that the text is about it."""

    number: int
    score: float


class Matcher:
    """Finds the subject of a text among described subjects.

    ``numbers`` has the subjects in the order of the columns of ``similarities`` and
    ``probabilities``.
    """

    def __init__(
        self,
        descriptions: Mapping[int, Sequence[str]],
        encoder: Encoder,
        kept: Path | None = None,
    ) -> None:
        """Fits on the descriptions, at least one text per subject.

        ``kept`` is the cache folder of their vectors, for these descriptions alone
        (``kept_vectors``). The vectors in the folder of that name in ``SHIPPED`` are not computed.
        """
        self.encoder = encoder
        self.numbers = list(descriptions)
        pairs = [(n, text) for n, texts in descriptions.items() for text in dict.fromkeys(texts)]
        texts = [text for _, text in pairs]
        owner = np.array([self.numbers.index(n) for n, _ in pairs])
        self._owner = owner
        if kept is None:
            raw = encoder.encode(texts)
        else:
            raw = kept_vectors(texts, encoder, kept, shipped=SHIPPED / kept.name)
        means = np.stack([raw[owner == i].mean(axis=0) for i in range(len(self.numbers))])
        self._centre = means.mean(axis=0)
        self._vectors = normalised(raw - self._centre)
        from sklearn.feature_extraction.text import TfidfVectorizer  # takes a second to load

        self._letters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(4, 6), sublinear_tf=True, dtype=np.float64
        )
        self._letter_shares = self._letters.fit_transform(texts).power(2)
        self._fit(texts)

    def similarities(self, texts: Sequence[str], vectors: Vectors | None = None) -> Floats:
        """The similarity of every text to every subject: (texts, subjects), higher is more similar.

        ``vectors`` are the encoder's vectors of these texts, if already computed.
        """
        if not texts:
            return np.zeros((0, len(self.numbers)))
        raw = self.encoder.encode(texts) if vectors is None else vectors
        meaning = normalised(raw - self._centre) @ self._vectors.T
        return self._mix(meaning.astype(np.float64), self._contained(texts), self._weight)

    def probabilities(self, similarities: Floats) -> Floats:
        """Similarities as probabilities, (texts, subjects); a row sums to less than 1.

        The rest is the probability that the text is about none of the subjects.
        """
        return _softmax_with_none(similarities, self._sharpness, self._none)

    def match(
        self, texts: Sequence[str], top: int = 3, vectors: Vectors | None = None
    ) -> list[list[Match]]:
        """The ``top`` most probable subjects of every text, best first."""
        return self.best(self.probabilities(self.similarities(texts, vectors)), top)

    def best(self, probabilities: Floats, top: int) -> list[list[Match]]:
        """The ``top`` most probable subjects of every row of ``probabilities``, best first."""
        found = []
        for row in probabilities:
            order = np.argsort(-row, kind="stable")[:top]
            found.append([Match(self.numbers[i], round(float(row[i]), 4)) for i in order])
        return found

    def _contained(self, texts: Sequence[str]) -> Floats:
        """(texts, phrases): the share of a phrase's n-grams in a text, weighted by rarity."""
        present = self._letters.transform(texts)
        present.data[:] = 1.0
        shares: Floats = (present @ self._letter_shares.T).toarray()
        return shares

    def _mix(
        self, meaning: Floats, letters: Floats, weight: float, leave_out: bool = False
    ) -> Floats:
        """Combines (texts, phrases) similarities by meaning and letters to (texts, subjects)."""
        columns = []
        for subject in range(len(self.numbers)):
            mine = np.flatnonzero(self._owner == subject)
            near = meaning[:, mine].copy()
            same = letters[:, mine].copy()
            if leave_out:
                itself = mine[None, :] == np.arange(len(meaning))[:, None]
                near[itself], same[itself] = np.nan, np.nan
            best = -np.sort(-np.nan_to_num(near, nan=-1.0), axis=1)[:, :_NEAREST].mean(axis=1)
            whole = np.nanmean(near, axis=1) if near.shape[1] > 1 or not leave_out else best
            alike = np.nan_to_num(same, nan=0.0).max(axis=1)
            by_meaning = _PHRASES_WEIGHT * best + (1 - _PHRASES_WEIGHT) * whole
            columns.append((1 - weight) * by_meaning + weight * alike)
        return np.stack(columns, axis=1)

    def _fit(self, texts: Sequence[str]) -> None:
        meaning = (self._vectors @ self._vectors.T).astype(np.float64)
        letters = self._contained(texts)
        rows = np.arange(len(texts))
        best = (np.inf, _LETTERS[0], _SHARPNESS[0], -1.0)
        for weight in _LETTERS:
            similar = self._mix(meaning, letters, weight, leave_out=True)
            # A text less similar than four in five of a subject's own descriptions may be about
            # none of the subjects.
            none = float(np.quantile(similar[rows, self._owner], _FAR))
            for sharpness in _SHARPNESS:
                likely = _softmax_with_none(similar, sharpness, none)[rows, self._owner]
                loss = float(-np.log(np.maximum(likely, 1e-9)).mean())
                if loss < best[0]:
                    best = (loss, weight, sharpness, none)
        _, self._weight, self._sharpness, self._none = best


def _softmax_with_none(similar: Floats, sharpness: float, none: float) -> Floats:
    logits = np.hstack([similar, np.full((len(similar), 1), none)]) * sharpness
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Floats = weights / weights.sum(axis=1, keepdims=True)
    return shares[:, :-1]
