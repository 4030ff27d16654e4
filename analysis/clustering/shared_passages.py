"""Passages that many texts share word for word, such as a long common introduction.

A passage at one end of a text that is fixed text (``analysis.preprocessing.fixed_text``) does not
help to tell texts apart, so texts are compared without it. A passage that occurs in half of the
themes or more is not used to name a theme. A request that participants make in the same words, with
different reasons, occurs in one or two themes and is kept. Runs of words are looked up by hash, so
the time is linear in the number of words.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from analysis.clustering.graph_clusterer import WITHOUT_THEME, Labels
from analysis.parameters import PASSAGES, RECURRING
from analysis.preprocessing.fixed_text import says_something

_WORD = re.compile(r"[^\W_]+")

Places = dict[int, list[tuple[int, int]]]
"""The passages of each row, as start and end characters."""


Run = tuple[str, int, int]


def shared_runs(texts: Sequence[str]) -> dict[int, list[Run]]:
    """The runs of ``PASSAGES.words`` words that recur over these distinct texts.

    Returns, by row, the case-folded words of each run with its start and end character. A run
    recurs if it is in at least ``RECURRING.least`` texts. Of the runs in a text, only those stay
    that are in at least ``RECURRING.often`` times as many texts as its most frequent run: a
    continuation that only a few texts share is content.
    """
    most = RECURRING.least(len(texts))
    runs = [_runs(text) for text in texts]
    times: Counter[int] = Counter()
    for each in runs:
        times.update(set(each))
    often = {each for each, count in times.items() if count >= most}
    found: dict[int, list[Run]] = {}
    for row, own in enumerate(runs):
        if often.isdisjoint(own):
            continue
        least = max(most, RECURRING.often * max(times[each] for each in own))
        words = [word.span() for word in _WORD.finditer(texts[row])]
        spans = [
            (words[at][0], words[at + PASSAGES.words - 1][1])
            for at, each in enumerate(own)
            if times[each] >= least
        ]
        found[row] = [(texts[row][start:end].casefold(), start, end) for start, end in spans]
    return found


def introductions(texts: Sequence[str], runs: dict[int, list[Run]]) -> Places:
    """The passages at the beginning or the end of a text, but not both, that are fixed text."""
    found: Places = {}
    says: dict[str, bool] = {}
    for row, own in runs.items():
        text = texts[row]
        words = [word.span() for word in _WORD.finditer(text)]
        fixed = []
        for start, end in _joined([(start, end) for _, start, end in own]):
            first, last = start <= words[0][0], end >= words[-1][1]
            passage = text[start:end]
            if first != last and passage not in says:
                says[passage] = says_something(passage)
            if first != last and not says[passage]:
                fixed.append((start, end))
        if fixed:
            found[row] = fixed
    return found


def without_spans(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text without the spans, with single spaces and no punctuation at its ends."""
    kept, at = [], 0
    for start, end in spans:
        kept.append(text[at:start])
        at = end
    return " ".join("".join([*kept, text[at:]]).strip(" ,;:.-–—").split())


def passages(runs: dict[int, list[Run]], labels: Labels) -> Places:
    """The runs that occur in at least ``PASSAGES.spread`` of the themes, and in at least two."""
    themes = len({int(label) for label in labels if label != WITHOUT_THEME})
    through: dict[str, set[int]] = defaultdict(set)
    for row, own in runs.items():
        if labels[row] != WITHOUT_THEME:
            for words, _, _ in own:
                through[words].add(int(labels[row]))
    least = max(2, PASSAGES.spread * themes)
    found: Places = {}
    for row, own in runs.items():
        spans = [(start, end) for words, start, end in own if len(through[words]) >= least]
        if spans:
            found[row] = _joined(spans)
    return found


def union(one: Places, other: Places) -> Places:
    """The union of two sets of passages."""
    rows = sorted(one.keys() | other.keys())
    return {row: _joined([*one.get(row, ()), *other.get(row, ())]) for row in rows}


def _joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in order, with overlapping and adjacent ones merged."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def covered(place: int, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether the character at ``place`` is in one of the spans."""
    return any(start <= place < end for start, end in spans)


def _runs(text: str) -> list[int]:
    """The hash of each run of ``PASSAGES.words`` words, in order."""
    words = [word.casefold() for word in _WORD.findall(text)]
    last = len(words) - PASSAGES.words + 1
    return [hash(tuple(words[at : at + PASSAGES.words])) for at in range(last)]
