"""Features of statements for clustering: sentence vectors in context, and letter n-grams.

A participant often spreads one subject over several short sentences, in a personal style. The
nearest neighbour of a sentence is then usually another sentence of the same participant, or one
with the same tone (a complaint, an order). Themes should join participants, not the sentences of
one. The features correct for this in three ways:

- the vector of a sentence is mixed with those of the participant's other sentences
  (``with_context``);
- directions in which the sentences of one participant differ reflect the form (a complaint, an
  order, a story) rather than the subject, and get less weight: within-class covariance
  normalisation (Hatch, Kajarekar and Stolcke 2006), with the participants as classes and the
  covariance estimate of Ledoit and Wolf (2004);
- letter n-grams of the participant's words, weighted towards rare words, count as much as the
  sentence vectors: "kinderopvang" and "opvang" share more letters than their sentences share
  meaning.

The neighbour graph (``analysis.clustering.knn_graph``) limits how many neighbours a statement may
have from its own participant.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, diags

from analysis.clustering.vectors import unit_rows
from language.embedding import Vectors, normalised
from language.frequency import zipf

_MUCH = 10
_NEAR = 2
_CONTEXT = 0.8
_LETTERS = (4, 6)
_USUAL = 6.0
_MOST_DIRECTIONS = 256
_WHOLE_KERNEL = 2_000
_WORD = re.compile(r"[^\W\d_]{3,}")

_Exact = npt.NDArray[np.float64]


def context_weights(
    answers: Sequence[object], people: Sequence[object] | None = None
) -> csr_matrix:
    """The context of each text: a (texts, texts) matrix of weights of the texts to read it with.

    A row adds up to 1, or is empty for a text without context. ``answers`` gives the answer of each
    text, ``people`` its participant; texts are in reading order. The context of a text is all other
    texts of its participant. For a participant with more than ten texts it is only the two texts
    before and after in the same answer, since a long document covers many subjects. Without
    ``people`` this second rule holds for all texts.
    """
    by_person: dict[object, list[int]] = {}
    for row in range(len(answers)):
        by_person.setdefault(people[row] if people is not None else answers[row], []).append(row)
    rows, columns = [], []
    for own in by_person.values():
        for row in own:
            beside = own
            if len(own) > _MUCH or people is None:
                near = range(max(0, row - _NEAR), min(len(answers), row + _NEAR + 1))
                beside = [other for other in near if answers[other] == answers[row]]
            rows += [row] * (len(beside) - 1)
            columns += [other for other in beside if other != row]
    shape = (len(answers), len(answers))
    together = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=shape)
    counts = np.asarray(together.sum(axis=1)).ravel()
    return diags(1 / np.maximum(counts, 1)) @ together


def with_context(vectors: Vectors, context: csr_matrix) -> Vectors:
    """Unit vectors (texts, dimension), mixed with ``context`` (see ``context_weights``).

    "En dat blad is van u." makes its subject clear only together with its neighbours, and "Ik zit
    in een rolstoel." only with the proposal that follows. The result is one fifth the text's own
    vector and four fifths the mean of the text and its context, normalised to length 1. A text
    without context keeps its vector.
    """
    alone = np.diff(context.indptr) == 0
    mixed = normalised(_together(vectors, context, _CONTEXT))
    mixed[alone] = vectors[alone]
    return mixed


def clustering_features(vectors: Vectors, texts: Sequence[str], context: csr_matrix) -> Vectors:
    """The features (texts, directions) that the clustering compares, float32.

    ``vectors`` are the unit vectors of the single texts, ``context`` is their context (see
    ``context_weights``). When no text has context, ``vectors`` are returned unchanged, because
    there is nothing to learn from the participants. Otherwise the two halves, vectors and letter
    n-grams, have equal weight.
    """
    if not len(_in_company(context)):
        return vectors
    # A fixed order of the texts: the last bits of a float sum depend on the order of adding.
    order = np.array(sorted(range(len(texts)), key=lambda row: (texts[row], row)))
    back = np.argsort(order)
    beside = context[order][:, order]
    told = _said_alike(vectors[order].astype(np.float64), beside)
    words = _letters([texts[row] for row in order], beside)
    return np.hstack([told, words]).astype(np.float32)[back] / np.float32(np.sqrt(2))


def _said_alike(vectors: _Exact, beside: csr_matrix) -> _Exact:
    from sklearn.covariance import ledoit_wolf  # only a full clustering needs it

    rows = _in_company(beside)
    apart = vectors[rows] - beside[rows] @ vectors
    covariance, _ = ledoit_wolf(apart, assume_centered=True)
    spread, directions = np.linalg.eigh(covariance)
    even = directions / np.sqrt(np.maximum(spread, 1e-9))
    told = unit_rows(vectors @ even @ directions.T)
    return _middled(_together(told, beside, _CONTEXT))


def _letters(texts: Sequence[str], beside: csr_matrix) -> _Exact:
    """Features from the letter n-grams of the words in a text and its context."""
    from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

    counter = CountVectorizer(analyzer=_words, binary=True)
    try:
        used = counter.fit_transform(texts)
    except ValueError:  # not one word of three letters
        return np.zeros((len(texts), 1))
    known = counter.get_feature_names_out()
    groups = CountVectorizer(analyzer=_groups).fit_transform(known)
    sizes = np.asarray(groups.sum(axis=1)).ravel()
    rarity = [_USUAL - _zipf(word) for word in known]
    weighed = used @ diags(np.array(rarity) / np.sqrt(sizes)) @ groups
    spoken = TfidfTransformer().fit_transform(weighed)
    return _middled(_together(_directions(spoken), beside, 1.0))


def _directions(rows: csr_matrix) -> _Exact:
    """Dense coordinates with the same inner products as ``rows``.

    Exact up to 2,000 rows; above that the 256 largest singular directions at most.
    """
    if rows.shape[0] <= _WHOLE_KERNEL:
        strength, axes = np.linalg.eigh((rows @ rows.T).toarray())
        kept: _Exact = axes * np.sqrt(np.maximum(strength, 0.0))
        return kept[:, ::-1]
    from scipy.sparse.linalg import svds  # only a large set needs it

    size = min(_MOST_DIRECTIONS, min(rows.shape) - 1)
    axes, strength, _ = svds(rows, k=size, v0=np.ones(min(rows.shape)))
    found: _Exact = axes * strength
    return found


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.lower()) if _zipf(word) < _USUAL]


def _groups(word: str) -> set[str]:
    padded = f" {word} "
    least, most = _LETTERS
    return {
        padded[at : at + size]
        for size in range(least, most + 1)
        for at in range(len(padded) - size + 1)
    }


_zipf = lru_cache(maxsize=100_000)(zipf)


def _together(rows: Any, beside: csr_matrix, share: float) -> Any:
    """Rows mixed with their context: ``share`` of a row becomes the mean of it and its context."""
    others = np.diff(beside.indptr)[:, None]
    mean = (rows + others * (beside @ rows)) / (1 + others)
    return (1 - share) * rows + share * mean


def _in_company(context: csr_matrix) -> npt.NDArray[np.int64]:
    return np.flatnonzero(np.diff(context.indptr))


def _middled(rows: _Exact) -> _Exact:
    """Normalises rows, subtracts their mean and normalises again."""
    return unit_rows(unit_rows(rows) - unit_rows(rows).mean(axis=0))
