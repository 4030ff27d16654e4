"""Intent classifier: word and character n-grams and a sentence vector in one regression.

Sentence vectors take most of the time of a training and of a turn, and the n-grams alone classify
most texts. So the vector is an optional input: only a share of the training examples has one, which
teaches the regression to predict with and without it (modality dropout; Neverova et al., "ModDrop",
2016). The assistant computes the vector of a text only where the n-grams are uncertain.

This module imports nothing of Rasa, so that ``benchmarks/nlu.py`` measures the same code as the
assistant runs. A trained model is stored as plain numbers and JSON: loading it never runs code.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu import regression
from bot.nlu.spelling import plain_text, word_runs

Numbers = npt.NDArray[Any]

_VIEWS: dict[str, dict[str, Any]] = {
    "words": {"analyzer": word_runs},
    "characters": {"analyzer": "char", "ngram_range": (2, 5), "preprocessor": plain_text},
}
_FLATTEN = 0.5
_ITERATIONS = 25
_BATCH = 64
_WEIGHTS = "intents.npz"
_VOCABULARY = "intents.json"


@dataclass(frozen=True)
class _View:
    """A fitted ``TfidfVectorizer`` for one text at a time.

    The vectorizer's own ``transform`` takes ten times as long for one text: it checks its settings
    and makes several sparse matrices.
    """

    analyse: Callable[[str], list[str]]
    places: Mapping[str, int]
    """The column of every term."""
    idf: Numbers

    def weights(self, text: str) -> tuple[list[int], Numbers]:
        """The columns of a text's terms, and their weights: sublinear tf-idf of length 1."""
        known = self.places
        found = Counter(known[term] for term in self.analyse(text) if term in known)
        columns = list(found)
        weights = (1 + np.log(np.fromiter(found.values(), float, len(columns)))) * self.idf[columns]
        return columns, weights / max(float(np.linalg.norm(weights)), 1e-12)


def has_vector(text: str, share: float) -> bool:
    """Whether a training example is in the share that gets a sentence vector.

    This depends on the text only, so that cached vectors stay useful when examples are added.
    """
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:4], "big") < share * 2**32


class IntentModel:
    """Predicts the probability of every intent from a text and, optionally, its sentence vector."""

    def __init__(self, c: float = 10.0, vector_weight: float = 1.0, ngrams: bool = True) -> None:
        """An untrained model.

        Args:
            c: inverse regularisation strength of the regression, as in scikit-learn.
            vector_weight: the weight of the vectors relative to the n-grams.
            ngrams: whether to use n-grams; only the benchmark uses vectors alone.
        """
        self._c = c
        self._weight = vector_weight
        self._names = list(_VIEWS) if ngrams else []
        self._views: list[_View] = []
        self.intents: list[str] = []

    def fit(
        self,
        texts: Sequence[str],
        intents: Sequence[str],
        vectors: Numbers,
        places: Sequence[int] | None = None,
    ) -> IntentModel:
        """Trains on texts with their intents.

        Args:
            texts: the examples.
            intents: one per text.
            vectors: (vectors, dimension), the vectors of the texts at ``places``.
            places: the indexes of the texts that have a vector; by default all.
        """
        having = np.arange(len(texts)) if places is None else np.asarray(places, dtype=int)
        self._mean, self._turn = _flattened(np.asarray(vectors, dtype=np.float64))
        dense = np.zeros((len(texts), vectors.shape[1]), dtype=np.float32)
        dense[having] = self._dense(vectors)
        vectorizers = [_vectorizer(name) for name in self._names]
        blocks = [each.fit_transform(texts) for each in vectorizers]
        self._views = [
            _View(each.build_analyzer(), each.vocabulary_, each.idf_) for each in vectorizers
        ]
        sparse = hstack(blocks).tocsr() if blocks else csr_matrix((len(texts), 0))
        found = regression.fit(dense, sparse, intents, self._c, _ITERATIONS)
        self.intents = found.labels
        self._of_vector, self._of_ngrams = found.dense, found.sparse
        self._intercept = found.intercept
        return self

    def chances(self, texts: Sequence[str], vectors: Numbers | None = None) -> Numbers:
        """The probabilities of ``intents``: (texts, intents).

        Without ``vectors`` only the n-grams are used.
        """
        scores = np.tile(self._intercept, (len(texts), 1))
        for row, text in zip(scores, texts, strict=True):
            row += self._of_terms(text)
        if vectors is not None:
            scores += self._dense(vectors) @ self._of_vector
        scores -= scores.max(axis=1, keepdims=True)
        powers = np.exp(scores)
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))

    def sparing_chances(
        self,
        texts: Sequence[str],
        encode: Callable[[list[str]], Numbers],
        sure: float,
        needless: Sequence[bool] | None = None,
    ) -> Numbers:
        """As ``chances``, with vectors only for uncertain texts.

        These are the texts whose most probable intent is below ``sure`` and that are not marked in
        ``needless``. ``encode`` computes their vectors, in batches.
        """
        rows = self.chances(texts)
        doubtful = rows.max(axis=1) < sure
        if needless is not None:
            doubtful &= ~np.asarray(needless, dtype=bool)
        unsure = sorted(np.flatnonzero(doubtful).tolist(), key=lambda place: len(texts[place]))
        for start in range(0, len(unsure), _BATCH):
            places = unsure[start : start + _BATCH]
            asked = [texts[place] for place in places]
            rows[places] = self.chances(asked, np.asarray(encode(asked)))
        return rows

    def save(self, folder: Path) -> None:
        """Saves a trained model in a folder."""
        idf: dict[str, Any] = {
            f"idf_{name}": view.idf for name, view in zip(_VIEWS, self._views, strict=True)
        }
        np.savez(
            folder / _WEIGHTS,
            of_vector=self._of_vector.astype(np.float32),
            of_ngrams=self._of_ngrams.astype(np.float32),
            intercept=self._intercept,
            mean=self._mean,
            turn=self._turn.astype(np.float32),
            weight=np.array([self._weight]),
            **idf,
        )
        kept = {
            "intents": self.intents,
            "views": [sorted(view.places, key=view.places.__getitem__) for view in self._views],
        }
        (folder / _VOCABULARY).write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> IntentModel:
        """The model that ``save`` wrote in a folder."""
        kept = json.loads((folder / _VOCABULARY).read_text(encoding="utf-8"))
        with np.load(folder / _WEIGHTS, allow_pickle=False) as numbers:
            model = cls(vector_weight=float(numbers["weight"][0]))
            model.intents = kept["intents"]
            model._of_vector = numbers["of_vector"].astype(np.float64)
            model._of_ngrams = numbers["of_ngrams"].astype(np.float64)
            model._intercept = numbers["intercept"]
            model._mean = numbers["mean"]
            model._turn = numbers["turn"].astype(np.float64)
            for name, terms in zip(_VIEWS, kept["views"], strict=True):
                places = {term: place for place, term in enumerate(terms)}
                analyse = _vectorizer(name).build_analyzer()
                model._views.append(_View(analyse, places, numbers[f"idf_{name}"]))
        return model

    def _of_terms(self, text: str) -> Numbers:
        """The scores that the n-grams of a text give: (intents)."""
        scores = np.zeros(len(self.intents))
        first = 0
        for view in self._views:
            columns, weights = view.weights(text)
            scores += weights @ self._of_ngrams[[first + column for column in columns]]
            first += len(view.places)
        return scores

    def _dense(self, vectors: Numbers) -> Numbers:
        around = (np.asarray(vectors, dtype=np.float64) - self._mean) @ self._turn
        lengths = np.maximum(np.linalg.norm(around, axis=1, keepdims=True), 1e-12)
        return np.asarray(around / lengths * self._weight)


def _flattened(vectors: Numbers) -> tuple[Numbers, Numbers]:
    """The mean of the vectors, and a matrix (dimension, dimension) for partial whitening.

    The vectors of e5 all have nearly the same direction, and around their mean a few directions
    still have most of the variance. The matrix divides every principal direction by the square root
    of its standard deviation. That is half of whitening, and was better in measurements than no
    whitening and than full whitening.
    """
    mean = vectors.mean(axis=0)
    around = vectors - mean
    squares, directions = np.linalg.eigh(around.T @ around / max(1, len(vectors)))
    spread = np.maximum(np.sqrt(np.maximum(squares, 0.0)), 1e-6)
    return mean, directions / spread**_FLATTEN


def _vectorizer(name: str) -> TfidfVectorizer:
    return TfidfVectorizer(sublinear_tf=True, min_df=2, **_VIEWS[name])
