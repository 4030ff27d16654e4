"""Assigns new statements to known themes with a classifier trained on the statements in them.

There is one small classifier per opdracht. It combines three models:

- linear discriminant analysis on the sentence vectors (Fisher 1936), with the shrunken covariance
  of Ledoit and Wolf (2004), since there are hundreds of dimensions and few statements;
- complement naive Bayes on character n-grams (Rennie et al. 2003), which recognises compounds that
  share a part;
- the similarity of the statement's vector to that of the theme's label and description, which say
  what people take the theme to be about.

The first two learn from examples. Examples of few participants teach them the participants rather
than the subject. So they are validated on participants that they were not trained on, and get a
weight from nothing up to that of the label (a logarithmic pool, weighted by stacking: Wolpert
1992). Each theme gets a weight with which it attracts as many statements as it has; then the
scores are calibrated out of fold by isotonic regression (Zadrozny and Elkan 2002).

A cluster is wrong most often at its edge. So statements that fit their own theme least, out of
fold, are left out of the training, unless a person put them there: those always count, with a
triple weight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from scipy.special import softmax

from language.embedding import Vectors, normalised

if TYPE_CHECKING:
    from sklearn.isotonic import IsotonicRegression

FITS = 0.3
"""The least calibrated score with which a statement is assigned to a theme."""

_MOST_THEMES = 3
_FOLDS = 5
_DOUBTFUL = 0.3
_FEWEST_LEFT = 5
_HUMAN_WEIGHT = 3
_MOST_ROWS = 6_000
_MOST_LETTER_GROUPS = 60_000
_LABEL_TEMPERATURE = 0.07
_LEAST = 1e-4
_DRAWN_TO_HALF = 20.0
_OUTSIDE = 0.02
_SLACK = 0.05
_ROUNDS_OF_EVENING = 20

Scores = npt.NDArray[np.float64]
_Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Example:
    """A training example: a statement with its themes, the primary one first.

    ``human`` is true when a person put it there; ``speaker`` is the participant, None if unknown.
    """

    text: str
    themes: tuple[str, ...]
    human: bool = False
    speaker: str | None = None


@dataclass(frozen=True)
class ThemeScores:
    """The themes of a statement with calibrated scores, 0 to 1, the best first; may be empty."""

    themes: tuple[tuple[str, float], ...] = ()


class ThemeMapper:
    """Learns themes from examples, and assigns statements to them.

    ``themes`` are the ids of the themes, in the order of the columns of ``scores``;
    ``out_of_fold`` (examples, themes) are the scores of the examples by models that were not
    trained on them.
    """

    def __init__(
        self,
        examples: Sequence[Example],
        vectors: Vectors,
        labels: dict[str, Vectors] | None = None,
    ) -> None:
        """Learns from examples and their unit vectors (examples, dimension).

        ``labels`` holds by theme the unit vector of its label and description. If the examples are
        sorted by text, the result is reproducible up to rounding.
        """
        # Imported here: a run with a codebook learns no themes, and is spared half a second.
        from sklearn.feature_extraction.text import TfidfVectorizer

        self.themes = tuple(sorted({theme for each in examples for theme in each.themes}))
        self._mean = vectors.mean(axis=0)
        self._labels = (
            None
            if labels is None or len(self.themes) < 2
            else np.stack([labels[each] for each in self.themes])
        )
        texts = [each.text for each in examples]
        centred = normalised(vectors - self._mean)
        truth = np.zeros((len(examples), len(self.themes)))
        for row, each in enumerate(examples):
            truth[row, [self.themes.index(theme) for theme in each.themes]] = 1
        human = np.array([each.human for each in examples])
        self._letters = TfidfVectorizer(
            analyzer="char_wb",
            ngram_range=(3, 5),
            sublinear_tf=True,
            max_features=_MOST_LETTER_GROUPS,
        )
        groups = self._letters.fit_transform(texts)
        kept = _chosen(human)
        self._label_means = (
            np.zeros(len(self.themes))
            if self._labels is None
            else (centred @ self._prototypes().T).mean(axis=0)
        )
        speakers = _numbered([each.speaker for each in examples])
        folds = np.unique(speakers[kept], return_inverse=True)[1] % _FOLDS
        # Folds keep the statements of one participant together: they predict each other.
        learned = np.zeros((len(examples), len(self.themes)))
        for fold in range(_FOLDS):
            train, test = kept[folds != fold], kept[folds == fold]
            if len(test) and len(train):
                opinions = self._learned(centred, groups, truth, human, train)
                learned[test] = _both(opinions, centred[test], groups[test])
        self._weight = 1.0
        if self._labels is not None:
            self._weight = _worth(learned[kept], self._near(centred[kept]), truth[kept])
        raw = self._joined(learned, centred)
        self._evening = balance_weights(raw[kept], truth[kept])
        raw = self._even(raw)
        self._calibration = _calibrated(raw[kept], truth[kept])
        sure = self._without_doubtful(raw, truth, human, kept)
        self._opinions = self._learned(centred, groups, truth, human, sure)
        self._reach = _reach(centred, truth, speakers)
        self.out_of_fold = self._calibration_of(raw)

    def scores(self, vectors: Vectors, texts: Sequence[str]) -> Scores:
        """Returns calibrated scores (statements, themes), each 0 to 1; rows need not sum to 1."""
        centred = normalised(vectors - self._mean)
        learned = _both(self._opinions, centred, self._letters.transform(texts))
        found = self._joined(learned, centred)
        scores = self._calibration_of(self._even(found))
        centres, least = self._reach
        scores[centred @ centres.T < least] = 0.0
        return scores

    def fits(self, scores: Scores) -> list[ThemeScores]:
        """Returns per row of scores the themes it fits: at most three, the best first, or none."""
        found = []
        for row in scores:
            best = [int(each) for each in np.argsort(-row, kind="stable")[:_MOST_THEMES]]
            found.append(
                ThemeScores(
                    tuple(
                        (self.themes[each], round(float(row[each]), 4))
                        for each in best
                        if row[each] >= FITS
                    )
                )
            )
        return found

    def _prototypes(self) -> Vectors:
        assert self._labels is not None
        return normalised(self._labels - self._mean)

    def _learned(
        self,
        centred: Vectors,
        groups: csr_matrix,
        truth: Scores,
        human: npt.NDArray[np.bool_],
        rows: _Rows,
    ) -> tuple[_Discriminant, _Letters]:
        weight = np.where(human[rows], _HUMAN_WEIGHT, 1.0)[:, None] * truth[rows]
        return _Discriminant(centred[rows], weight), _Letters(groups[rows], weight)

    def _near(self, centred: Vectors) -> Scores:
        near = centred @ self._prototypes().T - self._label_means
        shares: Scores = softmax(near / _LABEL_TEMPERATURE, axis=1)
        return shares

    def _joined(self, learned: Scores, centred: Vectors) -> Scores:
        if self._labels is None:
            return learned
        return _pooled(learned, self._near(centred), self._weight)

    def _even(self, raw: Scores) -> Scores:
        weighed = raw * self._evening
        evened: Scores = weighed / np.maximum(weighed.sum(axis=1, keepdims=True), 1e-12)
        return evened

    def _calibration_of(self, raw: Scores) -> Scores:
        if self._calibration is None:
            return raw.copy()
        flat = self._calibration.predict(raw.ravel())
        scores: Scores = flat.reshape(raw.shape) + 1e-9 * raw
        return scores

    def _without_doubtful(
        self, raw: Scores, truth: Scores, human: npt.NDArray[np.bool_], kept: _Rows
    ) -> _Rows:
        own = np.where(truth[kept] > 0, raw[kept], -1.0).max(axis=1)
        drop = np.zeros(len(kept), dtype=bool)
        for theme in range(truth.shape[1]):
            mine = np.flatnonzero((truth[kept, theme] > 0) & ~human[kept])
            most = min(int(len(mine) * _DOUBTFUL), max(0, len(mine) - _FEWEST_LEFT))
            drop[mine[np.argsort(own[mine], kind="stable")[:most]]] = True
        return kept[~drop]


def balance_weights(raw: Scores, truth: Scores) -> npt.NDArray[np.float64]:
    """Returns a weight per theme with which it is the best theme of as many statements as it has.

    ``raw`` are probabilities and ``truth`` is 1 for the themes of a statement, both (statements,
    themes). Without these weights some themes attract statements of others, and a comparison of
    rounds would show growth where there is none.
    """
    sizes = truth.sum(axis=0) / np.maximum(truth.sum(axis=1), 1).mean()
    weights = np.ones(truth.shape[1])
    for _ in range(_ROUNDS_OF_EVENING):
        best = (raw * weights).argmax(axis=1)
        drawn = np.bincount(best, minlength=len(weights))
        weights *= ((sizes + 1) / (drawn + 1)) ** 0.5
    return weights


class _Discriminant:
    """Linear discriminant analysis with one shrunken covariance for all themes."""

    def __init__(self, vectors: Vectors, weight: Scores) -> None:
        from sklearn.covariance import ledoit_wolf

        mass = weight.sum(axis=0)
        means = (weight.T @ vectors) / np.maximum(mass, 1e-9)[:, None]
        rows, themes = np.nonzero(weight)
        residuals = vectors[rows] - means[themes]
        covariance, _ = ledoit_wolf(residuals, assume_centered=True)
        self._directions = np.linalg.solve(covariance + 1e-6 * np.eye(len(covariance)), means.T).T
        with np.errstate(divide="ignore"):
            prior = np.log(mass / mass.sum())
        self._offsets = prior - 0.5 * (means * self._directions).sum(axis=1)

    def chances(self, vectors: Vectors) -> Scores:
        shares: Scores = softmax(vectors @ self._directions.T + self._offsets, axis=1)
        return shares


class _Letters:
    """Complement naive Bayes on character n-grams."""

    def __init__(self, groups: csr_matrix, weight: Scores) -> None:
        from sklearn.naive_bayes import ComplementNB

        rows, themes = np.nonzero(weight)
        self._width = weight.shape[1]
        self._known = np.unique(themes)
        self._model = None
        if len(self._known) > 1:
            self._model = ComplementNB(alpha=0.3).fit(
                groups[rows], themes, sample_weight=weight[rows, themes]
            )

    def chances(self, groups: csr_matrix) -> Scores:
        found = np.zeros((groups.shape[0], self._width))
        if self._model is None:
            found[:, self._known] = 1.0
        else:
            found[:, self._known] = self._model.predict_proba(groups)
        return found


def _chosen(human: npt.NDArray[np.bool_]) -> _Rows:
    """Returns the rows to learn from: all, or of very many those of people and a regular sample."""
    rows = np.arange(len(human))
    if len(rows) <= _MOST_ROWS:
        return rows
    others = rows[~human]
    step = np.linspace(0, len(others) - 1, _MOST_ROWS).astype(np.int64)
    return np.union1d(rows[human], others[step])


def _both(opinions: tuple[_Discriminant, _Letters], centred: Vectors, groups: csr_matrix) -> Scores:
    meaning, letters = opinions
    return (meaning.chances(centred) + letters.chances(groups)) / 2


def _pooled(learned: Scores, near: Scores, weight: float) -> Scores:
    """Returns the logarithmic opinion pool of the label (weight 1) and the learned (``weight``)."""
    logs = weight * np.log(np.maximum(learned, _LEAST)) + np.log(np.maximum(near, _LEAST))
    shares: Scores = softmax(logs, axis=1)
    return shares


def _worth(learned: Scores, near: Scores, truth: Scores) -> float:
    """Returns the weight, 0 to 1, of the learned models in the pool.

    It maximises the probability of the true themes of statements outside the training folds, and is
    regularised towards a half where these are few.
    """
    shares = truth / truth.sum(axis=1, keepdims=True)

    def wrong(weight: float) -> float:
        found = np.log(np.maximum(_pooled(learned, near, weight), 1e-9))
        return float(_DRAWN_TO_HALF * (weight - 0.5) ** 2 - (shares * found).sum())

    return float(minimize_scalar(wrong, bounds=(0, 1), method="bounded").x)


def _numbered(speakers: Sequence[str | None]) -> _Rows:
    """Returns a number per participant; a row without a known participant has its own number."""
    numbers: dict[object, int] = {}
    return np.array(
        [
            numbers.setdefault(row if speaker is None else speaker, len(numbers))
            for row, speaker in enumerate(speakers)
        ],
        dtype=np.int64,
    )


def _calibrated(raw: Scores, truth: Scores) -> IsotonicRegression | None:
    from sklearn.isotonic import IsotonicRegression

    if truth.shape[1] < 2 or len(raw) < 30:
        return None
    return IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(
        raw.ravel(), truth.ravel()
    )


def _reach(
    centred: Vectors, truth: Scores, speakers: npt.NDArray[np.int64]
) -> tuple[Vectors, npt.NDArray[np.float64]]:
    """Returns the centre (themes, dimension) and the least cosine with it of each theme.

    The least cosine is the 2 % quantile of those of its own statements, less a slack of 0.05; a
    statement is compared with the centre of the statements of other participants. The statements of
    a single participant do not tell how far a theme reaches: its least cosine is then -1.
    """
    centres, least = [], []
    for theme in range(truth.shape[1]):
        members = np.flatnonzero(truth[:, theme] > 0)
        own, numbers = centred[members], np.unique(speakers[members], return_inverse=True)[1]
        total = own.sum(axis=0)
        centres.append(total)
        if numbers.max() == 0:
            least.append(-1.0)
            continue
        spoken = np.zeros((int(numbers.max()) + 1, centred.shape[1]))
        np.add.at(spoken, numbers, own)
        others = normalised(total - spoken[numbers])
        near = (own * others).sum(axis=1)
        least.append(float(np.quantile(near, _OUTSIDE)) - _SLACK)
    return normalised(np.stack(centres)), np.array(least)
