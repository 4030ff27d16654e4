"""Noun phrases that could name a theme: "opvang tijdens de les", "betaalde opleiding".

A phrase is a noun with optional adjectives, and optionally a preposition with a second such group
or a second noun after a conjunction ("peter of meter"). The words are adjacent in the text and keep
their spelling. The exception is an adjective whose article is left out, which loses its ending:
"het risicogerichte toezicht" becomes "risicogericht toezicht".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from language.pipeline import Word
from language.tagging import without_article

_PREPOSITIONS = frozenset(
    word
    for line in (
        "voor van in op met bij tijdens tussen naar over zonder buiten na aan door uit tegen",
        "binnen onder rond",
    )
    for word in line.split()
)
_ARTICLES = frozenset({"de", "het", "een", "elke", "elk", "alle"})
_NEUTER = frozenset({"het", "'t", "dit", "dat", "ons"})
_DEFINITE = _NEUTER | {"de", "die", "deze", "onze", "hun", "mijn", "uw", "je"}
_DETERMINERS = _DEFINITE | _ARTICLES | {"één", "zijn", "haar", "geen", "dezelfde", "hetzelfde"}
_JOINTS = frozenset({"en", "of"})
_WEAK_ADJECTIVES = frozenset(
    word
    for line in (
        "zelf eigen ander andere vele meeste enkele zulke hele heel bepaalde diverse zelfde",
        "dezelfde hetzelfde betreffende desbetreffende genoemde dergelijke zo vorige volgende",
        "laatste eerste goed goede nieuw nieuwe groot grote verschillende huidige nodige echte",
        "voorgenomen voorgestelde beide afzonderlijke relevante onmiddellijke vol extra",
        "gehele geheel gewone",
    )
    for word in line.split()
)
_ORDERS = frozenset(
    word
    for line in ("laat maak geef zet doe kijk neem stel zorg haal stop begin ga kom koppel betaal",)
    for word in line.split()
)
_NEVER_NOUNS = _ORDERS - {"zorg", "stop", "begin", "kom"}
_NOUNS = ("NOUN", "PROPN")
_PLAIN = re.compile(r"[^\W\d_][\w'’.-]*")
_LONGEST = 6


@dataclass(frozen=True)
class Phrase:
    """A phrase in one text: its lemmas as ``key``, its text as shown, and its tagged words.

    ``after`` is the preposition before the phrase, if any ("in de garage"). ``definite`` is whether
    a definite article, demonstrative or possessive ("de", "het", "deze", "onze") comes before it.
    """

    key: tuple[str, ...]
    text: str
    words: tuple[Word, ...]
    after: str = ""
    definite: bool = False

    @property
    def content(self) -> tuple[str, ...]:
        """The lemmas that carry the subject."""
        return tuple(word.lemma for word in self.words if word.content)

    @property
    def nouns(self) -> tuple[Word, ...]:
        """Its nouns and names, in order."""
        return tuple(word for word in self.words if word.pos in _NOUNS)

    @property
    def preposition(self) -> str:
        """The preposition in it, if any."""
        found = (word.text.lower() for word in self.words[1:])
        return next((word for word in found if word in _PREPOSITIONS), "")


def phrases(text: str, words: Sequence[Word]) -> list[Phrase]:
    """The candidate phrases of a text in order, given its words with their parts of speech."""
    found = []
    for first, end in _spans(words):
        span = tuple(words[first:end])
        if len(span) > _LONGEST or not _stands_together(text, span):
            continue
        if span[0].text.lower() in _ORDERS or not any(word.content for word in span):
            continue
        written = text[span[0].start : span[-1].start + len(span[-1].text)]
        key = tuple(word.lemma for word in span)
        article, before = (_lower(words, first - back) if back <= first else "" for back in (1, 2))
        shown = _shown(written, span, article in _NEUTER)
        after = article if article in _PREPOSITIONS else before
        if article not in _PREPOSITIONS | _DETERMINERS or after not in _PREPOSITIONS:
            after = ""
        found.append(Phrase(key, shown, span, after, article in _DEFINITE))
    return found


def _spans(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    for first, word in enumerate(words):
        for end in _groups(words, first):
            yield first, end
            if _lower(words, end) in _JOINTS:
                yield from ((first, last) for last in _groups(words, end + 1))
            preposition = _lower(words, end)
            if preposition not in _PREPOSITIONS:
                continue
            second = end + 1
            if _lower(words, second) in _ARTICLES:
                second += 1
            for last in _groups(words, second):
                both = _lower(words, last) in _JOINTS
                if preposition != "tussen":
                    yield first, last
                if both:
                    yield from ((first, further) for further in _groups(words, last + 1))
        if word.text.lower() == "geen":
            for end in _groups(words, first + 1):
                yield first, end
        follows = words[first + 1 : first + 2]
        if word.text.lower() == "te" and follows and follows[0].pos == "ADJ":
            yield first, first + 2


def _lower(words: Sequence[Word], place: int) -> str:
    return words[place].text.lower() if place < len(words) else ""


def _groups(words: Sequence[Word], first: int) -> list[int]:
    """The possible ends of a group that starts at ``first``: at most two adjectives and a noun."""
    end = first
    adjectives = 0
    while end < len(words) and adjectives < 2 and _qualifies(words[end]):
        adjectives += 1
        end += 1
        joined = adjectives == 1 and _lower(words, end) in _JOINTS
        if joined and end + 1 < len(words) and _qualifies(words[end + 1]):
            end += 1
    if end >= len(words) or words[end].pos not in _NOUNS or _lower(words, end) in _NEVER_NOUNS:
        return []
    # "Een leven lang leren" is a fixed expression; "leven" alone would be wrong.
    if _lower(words, end + 1) == "lang" and _lower(words, end + 2) == "leren":
        return [end + 3]
    ends = [end + 1]
    if end + 1 < len(words) and words[end + 1].pos == "PROPN":
        ends.append(end + 2)
    return ends


def _qualifies(word: Word) -> bool:
    return word.pos == "ADJ" and word.text.lower() not in _WEAK_ADJECTIVES | _NEVER_NOUNS


def _stands_together(text: str, span: Sequence[Word]) -> bool:
    ends = [word.start + len(word.text) for word in span]
    gaps = [text[end : word.start] for end, word in zip(ends, span[1:], strict=False)]
    return all(gap == " " for gap in gaps) and all(_PLAIN.fullmatch(word.text) for word in span)


def _shown(written: str, span: Sequence[Word], defined: bool) -> str:
    """The text as shown: no capital at the start of a sentence and no all-caps words.

    Names keep their capital. With ``defined`` (after a neuter article) adjectives are uninflected.
    """
    shown = []
    for word in written.split():
        shouted = len(word) > 5 and word.isupper()
        shown.append(word.lower() if shouted else word)
    first = span[0]
    if first.start == 0 and first.text[1:].islower() and first.pos != "PROPN":
        shown[0] = shown[0][:1].lower() + shown[0][1:]
    adjectives = len(list(takewhile(lambda word: word.pos == "ADJ", span[:-1])))
    if defined and adjectives:
        shown[:adjectives] = without_article(shown[:adjectives], span[adjectives].text.lower())
    return " ".join(shown)
