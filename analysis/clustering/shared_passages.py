"""Passages that many texts share word for word: a long introduction before what each of them says.

A passage says nothing of what differs where it is fixed text
(``analysis.preprocessing.fixed_text``) at one end of the texts: then they are compared without it.
It names no theme either where it runs through half of the themes or more. What people ask in the
same words, each with a reason of their own, is in one theme or two, and stays. Runs of words are
looked up by their words, so that the time it takes grows with the number of words alone.
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
"""Per row its passages, from a character to another."""


Run = tuple[str, int, int]


def shared_runs(texts: Sequence[str]) -> dict[int, list[Run]]:
    """The runs of words that recur over these different texts: per row their words, and the first
    and last character of each.

    Of the runs in a text only those that recur about as often as the one that does so most: where a
    few go on in the same words, that is what they say.
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
    """The runs at the beginning or the end of a text that are fixed text."""
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


def without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """A text without its passages."""
    kept, at = [], 0
    for start, end in spans:
        kept.append(text[at:start])
        at = end
    return " ".join("".join([*kept, text[at:]]).strip(" ,;:.-–—").split())


def passages(runs: dict[int, list[Run]], labels: Labels) -> Places:
    """The runs that go through ``PASSAGES.spread`` of the themes or more, and through two."""
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


def both(one: Places, other: Places) -> Places:
    """The passages of the one and of the other."""
    rows = sorted(one.keys() | other.keys())
    return {row: _joined([*one.get(row, ()), *other.get(row, ())]) for row in rows}


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


def _runs(text: str) -> list[int]:
    """A number for each run of words, in order."""
    words = [word.casefold() for word in _WORD.findall(text)]
    last = len(words) - PASSAGES.words + 1
    return [hash(tuple(words[at : at + PASSAGES.words])) for at in range(last)]
