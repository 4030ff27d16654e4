"""How well each statement fits the description of each theme, before anybody decided anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, vstack

from analysis.codebook.codebook import Codebook
from analysis.codebook.features import Features, NewFeatures, Numbers
from language.embedding import Vectors, normalised

Encode = Callable[[Sequence[str]], Vectors]
"""Encodes texts as unit vectors, with the encoder that made the vectors of the statements."""

_STATEMENTS_IN_CENTRE = 2.0
_PENALTY = 0.5
_EXAMPLES = 0.25


class Descriptions:
    """The descriptions of a codebook, compared with the statements of one opdracht.

    A score is the sum of two inner products, of meaning and of letter n-grams, each standardised
    per theme over the statements. Without that, a theme in general words draws everything. The
    text of a theme is its name with its description; examples move it towards them, and what the
    theme excludes lowers the statements that fit the exclusion better than the theme.
    """

    def __init__(self, features: Features, codebook: Codebook, encode: Encode) -> None:
        """``encode`` is called once, with all texts of the codebook."""
        themes = codebook.themes
        texts = codebook.texts()
        self._fits: list[tuple[_Fit, _Fit | None]] = []
        if not texts or not len(features):
            self._fits = [(_NOTHING, None)] * len(themes)
            return
        place = {text: at for at, text in enumerate(texts)}
        vectors = encode(texts)
        own = [place[theme.text] if theme.text.strip() else -1 for theme in themes]
        named = vectors[[at for at in own if at >= 0]]
        # The mean of the descriptions says "a text about this opdracht"; of two or three of them it
        # says too much of each, so the statements' mean counts as two descriptions more.
        centre = (named.sum(axis=0) + _STATEMENTS_IN_CENTRE * features.vector_mean) / (
            len(named) + _STATEMENTS_IN_CENTRE
        )
        meaning = normalised(vectors - centre)
        letters = features.letters_of(texts)
        for at, theme in enumerate(themes):
            examples = [place[each] for each in theme.examples if each.strip()]
            rows = [*([own[at]] if own[at] >= 0 else []), *examples]
            other = None
            if theme.excludes.strip():
                other = _fit(features, meaning, letters, [place[theme.excludes]])
            self._fits.append((_fit(features, meaning, letters, rows), other))

    def scores(self, said: Features | NewFeatures) -> Numbers:
        """Returns the scores (statements, themes): log odds, roughly calibrated."""
        scores = np.zeros((len(said), len(self._fits)))
        for at, (fit, excluded) in enumerate(self._fits):
            scores[:, at] = fit.of(said)
            if excluded is not None:
                other = excluded.of(said)
                scores[:, at] -= _PENALTY * np.maximum(other - scores[:, at], 0.0)
        return scores


def description_scores(features: Features, codebook: Codebook, encode: Encode) -> Numbers:
    """Returns how well the statements fit the descriptions, see ``Descriptions.scores``."""
    return Descriptions(features, codebook, encode).scores(features)


@dataclass(frozen=True)
class _Standard:
    """What makes inner products comparable between themes: their mean and spread."""

    mean: float
    spread: float

    def of(self, values: npt.NDArray[np.floating[Any]]) -> Numbers:
        if self.spread <= 1e-9:
            return np.zeros(len(values))
        found: Numbers = ((values - self.mean) / self.spread).astype(np.float64)
        return found


@dataclass(frozen=True)
class _Fit:
    """Texts that statements are compared with; None where there are none."""

    meaning: Vectors | None
    letters: Numbers | None
    said: _Standard
    spelled: _Standard

    def of(self, statements: Features | NewFeatures) -> Numbers:
        if self.meaning is None or self.letters is None:
            return np.zeros(len(statements))
        return self.said.of(statements.meaning @ self.meaning) + self.spelled.of(
            statements.letters @ self.letters
        )


_NOTHING = _Fit(None, None, _Standard(0.0, 0.0), _Standard(0.0, 0.0))


def _fit(features: Features, meaning: Vectors, letters: csr_matrix, rows: list[int]) -> _Fit:
    """The texts in some rows, to compare with; the first counts as much as all others together."""
    if not rows:
        return _NOTHING
    weights = np.full(len(rows), _EXAMPLES / max(len(rows) - 1, 1))
    weights[0] = 1.0
    meant = weights @ meaning[rows]
    spelled = np.asarray(weights @ vstack([letters[row] for row in rows])).ravel()
    return _Fit(
        meant,
        spelled,
        _standard(features.meaning @ meant),
        _standard(np.asarray(features.letters @ spelled).ravel()),
    )


def _standard(values: npt.NDArray[np.floating[Any]]) -> _Standard:
    return _Standard(float(values.mean()), float(values.std()))
