"""How well each statement fits the description of each theme, before anybody decided anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.sparse import csr_matrix, vstack

from analysis.codebook.codebook import Codebook
from analysis.codebook.features import Features, Numbers
from language.embedding import Vectors, normalised

Encode = Callable[[Sequence[str]], Vectors]
"""Encodes texts as unit vectors, with the encoder that made the vectors of the statements."""

_STATEMENTS_IN_CENTRE = 2.0
_PENALTY = 0.5
_EXAMPLES = 0.25


def description_scores(features: Features, codebook: Codebook, encode: Encode) -> Numbers:
    """Returns the scores (statements, themes) of the descriptions: log odds, roughly calibrated.

    A score is the sum of two inner products, of meaning and of letter n-grams, each standardised
    per theme over the statements. Without that, a theme in general words draws everything. The
    text of a theme is its name with its description; examples move it towards them, and what the
    theme excludes lowers the statements that fit the exclusion better than the theme.
    """
    themes = codebook.themes
    texts = codebook.texts()
    if not texts or not len(features):
        return np.zeros((len(features), len(themes)))
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
    scores = np.zeros((len(features), len(themes)))
    for at, theme in enumerate(themes):
        examples = [place[each] for each in theme.examples if each.strip()]
        rows = [*([own[at]] if own[at] >= 0 else []), *examples]
        scores[:, at] = _fits(features, meaning, letters, rows)
        if theme.excludes.strip():
            other = _fits(features, meaning, letters, [place[theme.excludes]])
            scores[:, at] -= _PENALTY * np.maximum(other - scores[:, at], 0.0)
    return scores


def _fits(features: Features, meaning: Vectors, letters: csr_matrix, rows: list[int]) -> Numbers:
    """How well the statements fit some texts; the first counts as much as all others together."""
    if not rows:
        return np.zeros(len(features))
    weights = np.full(len(rows), _EXAMPLES / max(len(rows) - 1, 1))
    weights[0] = 1.0
    said = features.meaning @ (weights @ meaning[rows])
    picked = vstack([letters[row] for row in rows])
    spelled = features.letters @ (weights @ picked)
    found: Numbers = _standard(said) + _standard(np.asarray(spelled).ravel())
    return found


def _standard(values: Numbers) -> Numbers:
    spread = float(values.std())
    found: Numbers = (values - values.mean()) / spread if spread > 1e-9 else np.zeros(len(values))
    return found
