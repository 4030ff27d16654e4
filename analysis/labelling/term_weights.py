"""Term weights: which words several participants use in a theme and few use elsewhere."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from wordfreq import zipf_frequency

from analysis.parameters import NAMING
from language.pipeline import Word

VAGUE = frozenset(
    word
    for line in (
        "aanpak aandacht aantal antwoord april augustus avond basis bedrag begin behoeve beleid",
        "beroep blad boel bron buur geheel half jongs kader pakket rekening respect reeks sprake",
        "tempo uitzondering voorhand wijze",
        "collega dag december deel deur ding dinsdag dochter doel donderdag duur effect eind",
        "einde euro februari gang gebied gebruik gedrag geluk gemeente geval gevoel gevolg",
        "groep haha hand heleboel helft herfst hoofd huis hulp idee iemand invulling inzet",
        "jaar januari juli juni kamer kans kant keer kind kwartier kwestie land lente lid",
        "lijst maand maandag maart maatregel mama man manier mei mens mensen middag middel",
        "minuut moeder moeite mogelijkheid moment motie naam namiddag nederland nieuws",
        "november ochtend oktober onderzoek oog orde overleg paar papa pasen persoon plaats",
        "plan positie principe probleem procent punt raad reden reeks regering rest resultaat",
        "rol schijn schrik september situatie soort stad stap stuk systeem taak tal tijd uur",
        "vader verbetering verhaal verzoek vlaanderen volk voorbeeld voormiddag voorstel vorm",
        "vraag vriend vrijdag vrouw week weg werk winter woensdag woord zaak zaterdag zin",
        "zomer zondag zoon zus weekend halfuur beleidsdomein",
    )
    for word in line.split()
)
"""Nouns that name no subject in any set of texts."""


@dataclass(frozen=True)
class LabelInput:
    """The input for labels.

    ``themes`` has the rows of each theme, the most central first. ``texts`` and ``words`` (with
    parts of speech) hold the most central of them by row, ``people`` the participants of each row,
    and ``proposals`` the rows that are proposals. ``actions`` has the row of the proposed action of
    each theme, or None.
    """

    texts: Mapping[int, str]
    words: Mapping[int, Sequence[Word]]
    people: Mapping[int, Collection[str]]
    proposals: frozenset[int]
    themes: Sequence[Sequence[int]]
    actions: Sequence[int | None]


class TermIndex:
    """Index of the rows and participants that use each lemma, its compounds included."""

    def __init__(self, reading: LabelInput) -> None:
        self.themes = [frozenset(rows) & reading.words.keys() for rows in reading.themes]
        said: dict[str, set[int]] = defaultdict(set)
        for row, words in reading.words.items():
            for word in words:
                if word.content and word.pos in ("NOUN", "PROPN", "ADJ"):
                    said[word.lemma].add(row)
        lemmas = sorted(said)
        backwards = sorted(lemma[::-1] for lemma in lemmas)
        self.rows: dict[str, frozenset[int]] = {
            lemma: frozenset(
                said[lemma].union(*(said[each] for each in _compounds(lemma, lemmas, backwards)))
            )
            for lemma in lemmas
        }
        self.total = len(reading.words)
        self.people = reading.people

    def inside(self, lemma: str, theme: int) -> frozenset[int]:
        """The rows of a theme that contain a lemma."""
        return self.rows.get(lemma, frozenset()) & self.themes[theme]

    def own(self, lemma: str, theme: int) -> float:
        """How typical a lemma is of a theme, 0 to 1.

        The share of the theme's participants who use it, times the square root of the share of its
        rows that are in the theme. 1 when all of its participants and no other rows use it.
        """
        inside, everywhere = self.inside(lemma, theme), self.rows.get(lemma, frozenset())
        share = self._voices(inside) / max(self._voices(self.themes[theme]), 1)
        return share * math.sqrt(len(inside) / max(len(everywhere), 1))

    def _voices(self, rows: Iterable[int]) -> int:
        return len({who for row in rows for who in self.people[row]})

    def common(self, lemma: str, theme: int) -> bool:
        """Whether a lemma is too common outside a theme to name it.

        True if at least the share ``NAMING.common`` of the texts outside the theme contain it.
        """
        outside = self.total - len(self.themes[theme])
        beyond = len(self.rows.get(lemma, frozenset()) - self.themes[theme])
        return outside > 0 and beyond >= NAMING.common * outside

    def spread(self, lemma: str) -> float:
        """The share of themes, 0 to 1, that contain a lemma."""
        rows = self.rows.get(lemma, frozenset())
        return sum(bool(rows & theme) for theme in self.themes) / len(self.themes)

    def weight(self, lemma: str, theme: int) -> float:
        """The term weight of a lemma in a theme, 0 to about 5.

        Its share of the theme's rows, times the log ratio to its share elsewhere, lowered for
        lemmas that few participants use, that are common in Dutch or over themes, or are ``VAGUE``.
        """
        inside = self.inside(lemma, theme)
        size = max(len(self.themes[theme]), 1)
        count = max(len(inside), 0.3)
        here = count / size
        beyond = len(self.rows.get(lemma, ())) - len(inside)
        elsewhere = (beyond + 0.5) / (self.total - size + 1)
        voices = self._voices(inside)
        sure = {0: 0.2, 1: 0.25, 2: 0.8}.get(voices, 1.0) * (1.0 if count > 1 else 0.9)
        rare = min(1.0, max(0.3, (7.5 - zipf_frequency(lemma, "nl")) / 3.5))
        common = 1 - 0.7 * max(0.0, self.spread(lemma) - 0.25)
        vague = 0.1 if lemma in VAGUE else 1.0
        return here * max(math.log2(here / elsewhere), 0.05) * sure * rare * common * vague


def _compounds(lemma: str, lemmas: Sequence[str], backwards: Sequence[str]) -> list[str]:
    """The longer words that begin or end with a lemma: "kinderopvang" for "opvang".

    ``lemmas`` is sorted; ``backwards`` holds the same words reversed, and is sorted too.
    """
    if len(lemma) < 3:
        return []
    longer = {
        *_beginning(lemma, lemmas),
        *(word[::-1] for word in _beginning(lemma[::-1], backwards)),
    }
    found = []
    for other in longer:
        if len(other) - len(lemma) < 3:
            continue
        # "Bus" is part of "bushalte", but not of "bushel": the rest must be a word too.
        left = other[: -len(lemma)].rstrip("s") if other.endswith(lemma) else other[len(lemma) :]
        if len(lemma) > 3 or zipf_frequency(left, "nl") > 3.3:
            found.append(other)
    return found


def _beginning(start: str, ordered: Sequence[str]) -> Iterator[str]:
    place = bisect_left(ordered, start)
    while place < len(ordered) and ordered[place].startswith(start):
        yield ordered[place]
        place += 1


def is_vague(word: Word) -> bool:
    """Whether a word, in any of its forms, is in ``VAGUE``."""
    forms = (word.lemma, word.text.lower(), word.lemma.removesuffix("en"), word.lemma[:-1])
    return any(form in VAGUE for form in forms)
