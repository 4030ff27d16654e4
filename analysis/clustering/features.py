"""What a statement means beside what else its speaker says, and by what statements are compared.

People speak of one subject in several short sentences, each in a manner of their own. So the
nearest sentence to a person's is most often another one of the same person, or one that complains
or orders in the same way. Themes are to join people, not sentences of one. Three things help:

- a sentence is read together with what its speaker says beside it (``in_context``);
- directions in which the sentences of one speaker differ say how something is told (a complaint, an
  order, a story) rather than what about, and weigh less: within-class covariance normalisation
  (Hatch, Kajarekar and Stolcke 2006), with the speakers as classes and the covariance of Ledoit
  and Wolf (2004);
- the letters of the words that a speaker uses, rare words before usual ones, count as much as the
  sentence vectors: "kinderopvang" and "opvang" share more letters than their sentences share
  meaning.

How many neighbours a statement may have from its own speaker is a matter of the graph
(``analysis.clustering.knn_graph``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, diags
from scipy.sparse.linalg import svds
from sklearn.covariance import ledoit_wolf
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from wordfreq import zipf_frequency

from language.embedding import Vectors, normalised

_MUCH = 10
_NEAR = 2
_CONTEXT = 0.8
_LETTERS = (4, 6)
_USUAL = 6.0
_MOST_DIRECTIONS = 256
_WHOLE_KERNEL = 2_000
_WORD = re.compile(r"[^\W\d_]{3,}")

_Exact = npt.NDArray[np.float64]


def company(answers: Sequence[object], people: Sequence[object] | None = None) -> csr_matrix:
    """For each text the others that are heard with it: (texts, texts), each row adding up to 1, or
    empty for a text that stands alone.

    ``answers`` names each text's answer, ``people`` who gave it; texts stand in reading order.
    Those are the person's other texts, or the neighbours in the same answer for who says more than
    ten things, since a long document speaks of many; without ``people`` those neighbours for all.
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


def in_context(vectors: Vectors, heard_with: csr_matrix) -> Vectors:
    """Unit vectors (texts, dimension), mixed with what ``heard_with`` (see ``company``) puts beside
    them.

    "En dat blad is van u." says what it is about only together with its neighbours, and "Ik zit in
    een rolstoel." with the proposal that follows. A fifth of a vector stays its own, the rest is
    the mean of all that is heard together; a text that stands alone keeps its vector.
    """
    alone = np.diff(heard_with.indptr) == 0
    mixed = normalised(_together(vectors, heard_with, _CONTEXT))
    mixed[alone] = vectors[alone]
    return mixed


def links(vectors: Vectors, texts: Sequence[str], heard_with: csr_matrix) -> Vectors:
    """Vectors (texts, directions) by which texts are compared when themes are sought.

    ``vectors`` are the unit vectors of the single texts. Where all stand alone, there is nothing to
    learn from who speaks, and they are given back as they are.
    """
    if not len(_in_company(heard_with)):
        return vectors
    # In an order of the texts' own: sums differ in their last bits with the order of adding.
    order = np.array(sorted(range(len(texts)), key=lambda row: (texts[row], row)))
    back = np.argsort(order)
    beside = heard_with[order][:, order]
    told = _said_alike(vectors[order].astype(np.float64), beside)
    words = _letters([texts[row] for row in order], beside)
    return np.hstack([told, words]).astype(np.float32)[back] / np.float32(np.sqrt(2))


def _said_alike(vectors: _Exact, beside: csr_matrix) -> _Exact:
    rows = _in_company(beside)
    apart = vectors[rows] - beside[rows] @ vectors
    covariance, _ = ledoit_wolf(apart, assume_centered=True)
    spread, directions = np.linalg.eigh(covariance)
    even = directions / np.sqrt(np.maximum(spread, 1e-9))
    told = _unit(vectors @ even @ directions.T)
    return _middled(_together(told, beside, _CONTEXT))


def _letters(texts: Sequence[str], beside: csr_matrix) -> _Exact:
    """Directions of what words, by their letters, are used by a text and those beside it."""
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
    """Coordinates of the rows whose inner products are those of the rows; of many the largest."""
    if rows.shape[0] <= _WHOLE_KERNEL:
        strength, axes = np.linalg.eigh((rows @ rows.T).toarray())
        kept: _Exact = axes * np.sqrt(np.maximum(strength, 0.0))
        return kept[:, ::-1]
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


@lru_cache(maxsize=100_000)
def _zipf(word: str) -> float:
    return zipf_frequency(word, "nl")


def _together(rows: Any, beside: csr_matrix, share: float) -> Any:
    """The rows, where ``share`` of each is the mean of itself and what is beside it."""
    others = np.diff(beside.indptr)[:, None]
    mean = (rows + others * (beside @ rows)) / (1 + others)
    return (1 - share) * rows + share * mean


def _in_company(heard_with: csr_matrix) -> npt.NDArray[np.int64]:
    return np.flatnonzero(np.diff(heard_with.indptr))


def _middled(rows: _Exact) -> _Exact:
    """Unit directions from the middle."""
    return _unit(_unit(rows) - _unit(rows).mean(axis=0))


def _unit(rows: _Exact) -> _Exact:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: _Exact = rows / np.where(lengths > 1e-12, lengths, 1.0)
    return unit
