"""Statements that a run did not cluster separately, with the reason: excluded or duplicate."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from consultation.queries.statements import StatementView, active_statements
from consultation.queries.themes import (
    FIXED_TEXT,
    NO_ANSWER,
    OTHER_LANGUAGE,
    Marks,
    latest_run,
    marks_of,
)

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class DuplicateGroup:
    """A group of statements with the same text: a representative, and all of them."""

    said: StatementView
    all: tuple[StatementView, ...]


@dataclass(frozen=True)
class ExcludedStatements:
    """Excluded and duplicate statements.

    Excluded statements that a person has put in a theme since are left out.

    ``silent`` holds statements without content; ``foreign`` those in another language, with its
    ISO 639-1 code; ``unread`` whole answers that took too long to read or failed (see
    ``analysis.preprocessing.answer_reader``). ``fixed`` holds boilerplate such as greetings,
    grouped by text (see ``analysis.preprocessing.fixed_text``). ``repeated`` holds duplicate
    groups: these are clustered as one text, so they can be in a theme. ``fixed`` and ``repeated``
    are ordered by size, largest first.
    """

    silent: tuple[StatementView, ...]
    foreign: tuple[tuple[StatementView, str], ...]
    repeated: tuple[DuplicateGroup, ...]
    unread: tuple[StatementView, ...] = ()
    fixed: tuple[DuplicateGroup, ...] = ()

    @property
    def copies(self) -> int:
        """The number of duplicates, not counting one statement per duplicate group."""
        return sum(len(each.all) - 1 for each in self.repeated)

    @property
    def fixed_lines(self) -> int:
        """The number of statements that are fixed text (boilerplate)."""
        return sum(len(each.all) for each in self.fixed)

    def __len__(self) -> int:
        """The number of excluded statements plus the number of duplicates (``copies``)."""
        alone = len(self.silent) + len(self.foreign) + len(self.unread)
        return alone + self.copies + self.fixed_lines


def _often(repeated: DuplicateGroup) -> tuple[int, str]:
    return -len(repeated.all), repeated.said.text


def excluded_statements(
    said: Iterable[StatementView], loose: Iterable[StatementView], marks: Marks
) -> ExcludedStatements:
    """The excluded and duplicate statements of ``said``; ``loose`` are those in no theme."""
    unplaced = list(loose)
    same: dict[str, list[StatementView]] = {}
    shared = set(marks.copies.values())
    for each in said:
        voice = marks.copies.get(each.id, each.id)
        if voice in shared:
            same.setdefault(voice, []).append(each)
    repeated = [
        # The representative may have been erased; then a duplicate shows the text.
        DuplicateGroup(next((one for one in own if one.id == voice), own[0]), tuple(own))
        for voice, own in same.items()
        if len(own) > 1
    ]
    lines: dict[str, list[StatementView]] = {}
    for each in unplaced:
        if each.id in marks.fixed:
            lines.setdefault(" ".join(_WORD.findall(each.text.casefold())), []).append(each)
    fixed = [DuplicateGroup(own[0], tuple(own)) for own in lines.values()]
    return ExcludedStatements(
        silent=tuple(each for each in unplaced if each.id in marks.no_answer),
        foreign=tuple(
            (each, marks.languages[each.id]) for each in unplaced if each.id in marks.languages
        ),
        unread=tuple(each for each in unplaced if each.set_aside),
        repeated=tuple(sorted(repeated, key=_often)),
        fixed=tuple(sorted(fixed, key=_often)),
    )


def excluded_counts(
    session: Session, consultation_id: int, numbers: Iterable[int], round_number: int | None = None
) -> dict[int, Counter[str]]:
    """Returns how many statements the last runs excluded, by opdracht and mark (``RunMark``).

    Duplicates are not excluded: they are in the theme of the statement they repeat.
    """
    found: dict[int, Counter[str]] = {}
    for number in numbers:
        run = latest_run(session, consultation_id, number, round_number)
        if run is None:
            continue
        marks = marks_of(session, run.id, number)
        here = {each.id for each in active_statements(session, consultation_id, number)}
        found[number] = Counter[str](
            {
                FIXED_TEXT: len(marks.fixed & here),
                NO_ANSWER: len(marks.no_answer & here),
                OTHER_LANGUAGE: len(marks.languages.keys() & here),
            }
        )
    return found
