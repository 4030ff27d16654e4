"""Passages that many texts share word for word: a long introduction before what each of them says.

A passage counts where it runs through half of the themes or more: then it tells nothing of any of
them. What people ask in the same words, each with a reason of their own, is in one theme or two,
and stays. Runs of words are looked up by their words, so that the time it takes grows with the
number of words alone.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from analysis.clustering import WITHOUT_THEME, Labels
from analysis.parameters import PASSAGES, RECURRING

_WORD = re.compile(r"[^\W_]+")

Places = dict[int, list[tuple[int, int]]]
"""Per row its passages, from a character to another."""


def shared_runs(texts: Sequence[str]) -> dict[str, list[tuple[int, int, int]]]:
    """The runs of words that recur over these different texts: where each stands, as a row and its
    first and last character."""
    most = RECURRING.least(len(texts))
    times: Counter[int] = Counter()
    for text in texts:
        times.update({hash_ for hash_, _, _ in _runs(text)})
    often = {each for each, count in times.items() if count >= most}
    found: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    if not often:
        return found
    for row, text in enumerate(texts):
        for hash_, start, end in _runs(text):
            if hash_ in often:
                found[text[start:end].casefold()].append((row, start, end))
    return found


def passages(runs: dict[str, list[tuple[int, int, int]]], labels: Labels) -> Places:
    """The runs that go through ``PASSAGES.spread`` of the themes or more, and through two."""
    themes = len({int(label) for label in labels if label != WITHOUT_THEME})
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for places in runs.values():
        through = {int(labels[row]) for row, _, _ in places} - {WITHOUT_THEME}
        if len(through) >= max(2, PASSAGES.spread * themes):
            for row, start, end in places:
                found[row].append((start, end))
    return {row: _joined(spans) for row, spans in found.items()}


def _joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same stretches of text, where none overlaps another."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def within(place: int, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a character is in one of the spans."""
    return any(start <= place < end for start, end in spans)


def _runs(text: str) -> list[tuple[int, int, int]]:
    words = [(word[0].casefold(), word.start(), word.end()) for word in _WORD.finditer(text)]
    return [
        (hash(tuple(word for word, _, _ in run)), run[0][1], run[-1][2])
        for at in range(len(words) - PASSAGES.words + 1)
        for run in [words[at : at + PASSAGES.words]]
    ]
