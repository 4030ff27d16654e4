"""The classifier of intents: word and character n-grams and a sentence vector, in one regression.

It imports nothing of Rasa, so that ``benchmarks/nlu.py`` measures what the assistant runs. A
trained model is kept as plain numbers and JSON: loading one never runs code from it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.spelling import plain_text, word_runs

Numbers = npt.NDArray[Any]

_VIEWS: dict[str, dict[str, Any]] = {
    "words": {"analyzer": word_runs},
    "characters": {"analyzer": "char", "ngram_range": (2, 5), "preprocessor": plain_text},
}
_FLATTEN = 0.5
_WEIGHTS = "intents.npz"
_VOCABULARY = "intents.json"


class IntentModel:
    """Gives each intent a chance, from a text and its sentence vector."""

    def __init__(self, c: float = 10.0, vector_weight: float = 1.0, ngrams: bool = True) -> None:
        """A model to train.

        Args:
            c: how freely the regression follows the examples, as in scikit-learn.
            vector_weight: the vectors' weight beside that of the n-grams.
            ngrams: without them the vectors stand alone; only the benchmark does so.
        """
        self._c = c
        self._weight = vector_weight
        self._names = list(_VIEWS) if ngrams else []
        self._views: list[TfidfVectorizer] = []
        self.intents: list[str] = []

    def fit(self, texts: Sequence[str], vectors: Numbers, intents: Sequence[str]) -> IntentModel:
        """Trains on texts with their vectors and intents."""
        self._mean, self._turn = _flattened(np.asarray(vectors, dtype=np.float64))
        self._views = [_view(name).fit(texts) for name in self._names]
        regression = LogisticRegression(C=self._c, max_iter=150, tol=1e-3)
        regression.fit(self._features(texts, vectors), intents)
        self.intents = [str(name) for name in regression.classes_]
        self._coefficients = np.ascontiguousarray(regression.coef_.T)
        self._intercept = regression.intercept_
        return self

    def chances(self, texts: Sequence[str], vectors: Numbers) -> Numbers:
        """The chance of each of ``intents``, a row for each text."""
        scores = self._features(texts, vectors) @ self._coefficients + self._intercept
        scores -= scores.max(axis=1, keepdims=True)
        powers = np.exp(scores)
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))

    def save(self, folder: Path) -> None:
        """Keeps a trained model in a folder."""
        np.savez(
            folder / _WEIGHTS,
            coefficients=self._coefficients.astype(np.float32),
            intercept=self._intercept,
            mean=self._mean,
            turn=self._turn.astype(np.float32),
            weight=np.array([self._weight]),
            **{f"idf_{name}": view.idf_ for name, view in zip(_VIEWS, self._views, strict=True)},
        )
        kept = {
            "intents": self.intents,
            "views": [
                sorted(view.vocabulary_, key=lambda term: view.vocabulary_[term])
                for view in self._views
            ],
        }
        (folder / _VOCABULARY).write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> IntentModel:
        """The model that ``save`` kept."""
        kept = json.loads((folder / _VOCABULARY).read_text(encoding="utf-8"))
        with np.load(folder / _WEIGHTS, allow_pickle=False) as numbers:
            model = cls(vector_weight=float(numbers["weight"][0]))
            model.intents = kept["intents"]
            model._coefficients = numbers["coefficients"].astype(np.float64)
            model._intercept = numbers["intercept"]
            model._mean = numbers["mean"]
            model._turn = numbers["turn"].astype(np.float64)
            for name, terms in zip(_VIEWS, kept["views"], strict=True):
                view = _view(name, {term: place for place, term in enumerate(terms)})
                view.idf_ = numbers[f"idf_{name}"]
                model._views.append(view)
        return model

    def _features(self, texts: Sequence[str], vectors: Numbers) -> csr_matrix:
        around = (np.asarray(vectors, dtype=np.float64) - self._mean) @ self._turn
        lengths = np.maximum(np.linalg.norm(around, axis=1, keepdims=True), 1e-12)
        dense = csr_matrix(around / lengths * self._weight)
        return hstack([dense, *(view.transform(texts) for view in self._views)]).tocsr()


def _flattened(vectors: Numbers) -> tuple[Numbers, Numbers]:
    """The vectors' mean, and what to multiply with so that no direction outweighs the others much.

    The vectors of e5 all point much the same way, and around their mean a few directions still
    hold most of the spread. Each principal direction is divided by the square root of its spread:
    half of the way to whitening, which measured better than none and than all of it.
    """
    mean = vectors.mean(axis=0)
    _, spread, directions = np.linalg.svd(vectors - mean, full_matrices=False)
    spread = np.maximum(spread / np.sqrt(len(vectors)), 1e-6)
    return mean, directions.T / spread**_FLATTEN


def _view(name: str, vocabulary: dict[str, int] | None = None) -> TfidfVectorizer:
    return TfidfVectorizer(
        sublinear_tf=True,
        min_df=1 if vocabulary else 2,
        vocabulary=vocabulary,
        **_VIEWS[name],
    )
