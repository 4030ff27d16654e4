"""Noun phrases that could name a theme: "opvang tijdens de les", "betaalde opleiding".

A phrase is adjectives and a noun, perhaps with a preposition and a second such group, each word as
people wrote it, with nothing left out in between.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from language.pipeline import Word

_PREPOSITIONS = frozenset(
    word
    for line in (
        "voor van in op met bij tijdens tussen naar over zonder buiten na aan door uit tegen",
        "binnen onder rond",
    )
    for word in line.split()
)
_ARTICLES = frozenset({"de", "het", "een", "elke", "elk", "alle"})
_WEAK_ADJECTIVES = frozenset(
    word
    for line in (
        "zelf eigen ander andere vele meeste enkele zulke hele heel bepaalde diverse",
        "betreffende genoemde dergelijke zo vorige volgende laatste eerste goed goede nieuw",
        "nieuwe groot grote",
    )
    for word in line.split()
)
_ORDERS = frozenset(
    word
    for line in ("laat maak geef zet doe kijk neem stel zorg haal stop begin ga kom koppel betaal",)
    for word in line.split()
)
_NOUNS = ("NOUN", "PROPN")
_PLAIN = re.compile(r"[^\W\d_][\w'’.-]*")
_LONGEST = 6


@dataclass(frozen=True)
class Phrase:
    """A phrase in one text: what identifies it (lemmas), its words as written and tagged."""

    key: tuple[str, ...]
    text: str
    words: tuple[Word, ...]

    @property
    def content(self) -> tuple[str, ...]:
        """The lemmas that carry the subject."""
        return tuple(word.lemma for word in self.words if word.content)

    @property
    def nouns(self) -> tuple[Word, ...]:
        """Its nouns and names, in order."""
        return tuple(word for word in self.words if word.pos in _NOUNS)


def phrases(text: str, words: Sequence[Word]) -> list[Phrase]:
    """The candidate phrases of a text, given its words with their parts of speech."""
    found = []
    for first, end in _spans(words):
        span = tuple(words[first:end])
        if len(span) > _LONGEST or not _stands_together(text, span):
            continue
        if span[0].text.lower() in _ORDERS or not any(word.content for word in span):
            continue
        written = text[span[0].start : span[-1].start + len(span[-1].text)]
        found.append(Phrase(tuple(word.lemma for word in span), _lowered(written, span), span))
    return found


def _spans(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    for first, word in enumerate(words):
        for end in _groups(words, first):
            yield first, end
            if end >= len(words) or words[end].text.lower() not in _PREPOSITIONS:
                continue
            second = end + 1
            if second < len(words) and words[second].text.lower() in _ARTICLES:
                second += 1
            for last in _groups(words, second):
                yield first, last
        if word.text.lower() == "geen":
            for end in _groups(words, first + 1):
                yield first, end
        follows = words[first + 1 : first + 2]
        if word.text.lower() == "te" and follows and follows[0].pos == "ADJ":
            yield first, first + 2


def _groups(words: Sequence[Word], first: int) -> list[int]:
    """Where a group of at most two adjectives and a noun that starts here ends."""
    end = first
    while (
        end < len(words)
        and end - first < 2
        and words[end].pos == "ADJ"
        and words[end].text.lower() not in _WEAK_ADJECTIVES
    ):
        end += 1
    if end >= len(words) or words[end].pos not in _NOUNS:
        return []
    ends = [end + 1]
    if end + 1 < len(words) and words[end + 1].pos == "PROPN":
        ends.append(end + 2)
    return ends


def _stands_together(text: str, span: Sequence[Word]) -> bool:
    ends = [word.start + len(word.text) for word in span]
    gaps = [text[end : word.start] for end, word in zip(ends, span[1:], strict=False)]
    return all(gap == " " for gap in gaps) and all(_PLAIN.fullmatch(word.text) for word in span)


def _lowered(written: str, span: Sequence[Word]) -> str:
    """Without the capital of a sentence's first word, and without shouting; names keep theirs."""
    shown = []
    for word in written.split():
        shouted = len(word) > 5 and word.isupper()
        shown.append(word.lower() if shouted else word)
    first = span[0]
    if first.start == 0 and first.text[1:].islower() and first.pos != "PROPN":
        shown[0] = shown[0][:1].lower() + shown[0][1:]
    return " ".join(shown)
