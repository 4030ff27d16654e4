"""Texts that many participants give in the same words, and which of these are popular answers.

This module imports no heavy libraries.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from analysis.parameters import POPULAR, RECURRING

_ASKED = re.compile(
    r"\b(?:vra(?:ag|agt|gen)|pleit(?:en)?|ijver(?:en)?)\b[^.!?]{0,60}?\s(?:om|voor)\s"
    r"(?P<what>(?!te\b)\S+\s[^.!?]+)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class RecurringTexts:
    """The recurring texts of an opdracht; a row stands for a duplicate group.

    ``people`` has the participants of each recurring text, by row. ``popular`` has the rows of the
    popular answers.
    """

    people: Mapping[int, frozenset[str]] = field(default_factory=dict)
    popular: tuple[int, ...] = ()

    def weight(self, row: int) -> int:
        """How many participants a row counts for in words, centres and quotes; 1 by default."""
        return len(self.people.get(row, ())) or 1


@dataclass(frozen=True)
class PopularGroups:
    """Groups of rows around popular answers.

    For each group, ``answers`` has the rows of its popular answers, the most popular first, and
    ``rows`` all of its rows.
    """

    answers: tuple[tuple[int, ...], ...] = ()
    rows: tuple[tuple[int, ...], ...] = ()

    def among(self, kept: Sequence[int]) -> PopularGroups:
        """The groups within the rows ``kept``, as positions in ``kept``.

        Groups without a popular answer in ``kept`` are dropped.
        """
        place = {int(row): at for at, row in enumerate(kept)}
        found = [
            (
                tuple(place[row] for row in answers if row in place),
                tuple(place[row] for row in rows if row in place),
            )
            for answers, rows in zip(self.answers, self.rows, strict=True)
        ]
        left = [(answers, rows) for answers, rows in found if answers]
        return PopularGroups(tuple(each for each, _ in left), tuple(each for _, each in left))


def recurring_texts(
    texts: Sequence[str],
    people: Sequence[Hashable],
    answers: Sequence[Hashable],
    duplicates: Mapping[int, int],
    representatives: Sequence[int],
) -> RecurringTexts:
    """The recurring texts and popular answers, as positions in ``representatives``.

    ``texts``, ``people`` (the participant) and ``answers`` (the answer) are aligned with all
    statements. ``representatives`` and ``duplicates`` say which rows are one text
    (see ``analysis.preprocessing.deduplication.DuplicateGroups``).

    A text recurs if at least ``RECURRING.least`` participants give it. It is a popular answer if it
    has at most ``POPULAR.most_words`` words and at most ``RECURRING.often`` of its answers contain
    another recurring text.
    """
    place = {row: at for at, row in enumerate(representatives)}
    said_by: dict[int, set[str]] = defaultdict(set)
    within: dict[int, set[Hashable]] = defaultdict(set)
    for row in (*representatives, *duplicates):
        group = place[duplicates.get(row, row)]
        said_by[group].add(str(people[row]))
        within[group].add(answers[row])
    least = RECURRING.least(len(set(people)))
    recurring = {row: frozenset(who) for row, who in said_by.items() if len(who) >= least}
    times = Counter(answer for row in recurring for answer in within[row])
    popular = []
    for row in sorted(recurring):
        together = sum(times[answer] > 1 for answer in within[row])
        words = len(texts[representatives[row]].split())
        if words <= POPULAR.most_words and together <= RECURRING.often * len(within[row]):
            popular.append(row)
    return RecurringTexts(recurring, tuple(popular))


def as_label(text: str) -> str | None:
    """A popular answer, or what it asks for, as the label of its theme; None if it is too long."""
    plain = " ".join(text.split())
    letters = [at for at, letter in enumerate(plain) if letter.isalnum()]
    if not letters:
        return None
    name = plain[letters[0] :].rstrip(" .,;:!?…-–—\"'”’)") or plain
    asked = _ASKED.search(name)
    if not _fits(name) and asked and _fits(asked["what"]):
        name = asked["what"]
    if not _fits(name):
        return None
    if name.isupper() and len(name) > 5:
        name = name.lower()
    return name[:1].upper() + name[1:]


def shortened(text: str) -> str:
    """The first words of a text that is too long for a label, with an ellipsis."""
    words: list[str] = []
    for word in text.split()[: POPULAR.label_words]:
        if len(" ".join([*words, word])) >= POPULAR.label_letters:
            break
        words.append(word)
    short = " ".join(words).rstrip(" .,;:!?…-–—")
    return f"{short[:1].upper()}{short[1:]}…"


def _fits(name: str) -> bool:
    return len(name.split()) <= POPULAR.label_words and len(name) <= POPULAR.label_letters
