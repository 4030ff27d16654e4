"""The letter n-grams of words, weighted: what a description and a statement share in spelling.

The weights are those of scikit-learn's ``TfidfVectorizer`` (sublinear term frequency, smoothed
inverse document frequency, rows of length 1); a test compares. It is written out because loading
scikit-learn takes a rerun longer than all its mapping.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from scipy.sparse import csr_matrix
from wordfreq import zipf_frequency

_LETTERS = (4, 6)
_USUAL = 6.0
_WORD = re.compile(r"[^\W\d_]{3,}")
_MOST_GROUPS = 200_000


class LetterGroups:
    """The letter n-grams of a set of texts, with their weights in it.

    Of more than 200,000 n-grams the most frequent are kept. Without any, there is one that no text
    has.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        found = [letter_groups(text) for text in texts]
        times = Counter(group for own in found for group in own)
        kept = sorted(times)
        if len(kept) > _MOST_GROUPS:
            kept = sorted(sorted(kept, key=lambda each: -times[each])[:_MOST_GROUPS])
        self._column = {group: column for column, group in enumerate(kept)}
        texts_with = Counter(group for own in found for group in dict.fromkeys(own))
        share = np.array([1 + texts_with[group] for group in kept], dtype=np.float64)
        self._weights = np.log((1 + len(texts)) / share) + 1

    def counted(self, texts: Sequence[str]) -> csr_matrix:
        """Returns the weights of the n-grams in texts, (texts, n-grams), in rows of length 1."""
        starts, columns, times = [0], [], []
        for text in texts:
            own = Counter(
                self._column[group] for group in letter_groups(text) if group in self._column
            )
            for column in sorted(own):
                columns.append(column)
                times.append(own[column])
            starts.append(len(columns))
        at = np.array(columns, dtype=np.int32)
        weights = (1 + np.log(np.array(times, dtype=np.float64))) * self._weights[at]
        width = max(1, len(self._column))
        rows = csr_matrix((weights, at, np.array(starts)), shape=(len(texts), width))
        sizes = np.diff(rows.indptr)
        lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
        rows.data /= np.repeat(np.where(lengths > 0, lengths, 1.0), sizes)
        return rows


def letter_groups(text: str) -> list[str]:
    """Returns the n-grams of the words of a text that are not common, with their edges."""
    return [group for word in _WORD.findall(text.lower()) for group in _of_word(word)]


@lru_cache(maxsize=100_000)
def _of_word(word: str) -> tuple[str, ...]:
    if zipf_frequency(word, "nl") >= _USUAL:
        return ()
    padded = f" {word} "
    least, most = _LETTERS
    return tuple(
        padded[at : at + size]
        for size in range(least, most + 1)
        for at in range(len(padded) - size + 1)
    )
