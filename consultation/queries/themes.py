"""The current themes: a stored run with the decisions of people applied.

The module must import nothing heavy, because pages use it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.catalogue import UNKNOWN_GROUP
from consultation.curation.state import LIVE, CuratedTheme, CurationState
from consultation.curation.store import curated
from consultation.database.models import (
    AnalysisRun,
    Assignment,
    Round,
    RunMark,
    RunStance,
    RunTheme,
    Theme,
)
from consultation.queries.statements import StatementView, active_statements, joint_sizes
from consultation.runs import last_run_themes
from consultation.runs import latest_run as latest_run

FEWEST = 30
"""The minimum number of statements for clustering; fewer are only listed."""

FEWEST_IN_SUBTHEME = 3

FEW_PEOPLE = 5
"""A theme of fewer participants says so before any other figure."""

_QUOTES = 5
_FEWEST_QUOTES = 3

_WORD = re.compile(r"[^\W_]+")

T = TypeVar("T")

Basis = Literal["", "few_people", "one_person"]
"""Few participants altogether, or one who gave half of the statements or more."""

Mark = Literal["geen_antwoord", "andere_taal", "zelfde_tekst", "vaste_tekst"]
NO_ANSWER: Mark = "geen_antwoord"
OTHER_LANGUAGE: Mark = "andere_taal"
SAME_TEXT: Mark = "zelfde_tekst"
FIXED_TEXT: Mark = "vaste_tekst"


@dataclass(frozen=True)
class Marks:
    """What a run recorded about single statements, by statement id.

    ``copies`` maps a duplicate to the representative of its group; ``languages`` maps a statement
    that was excluded for its language to that language (ISO 639-1). ``no_answer`` holds statements
    without content and ``fixed`` boilerplate around the participants' own words. ``subthemes`` maps
    a statement to the name of its sub-theme; ``stances`` to its stance and the chance of it.
    """

    copies: Mapping[str, str] = field(default_factory=dict)
    languages: Mapping[str, str] = field(default_factory=dict)
    no_answer: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()
    subthemes: Mapping[str, str] = field(default_factory=dict)
    stances: Mapping[str, tuple[str, float]] = field(default_factory=dict)

    @property
    def apart(self) -> frozenset[str]:
        """The excluded statements: neither clustered nor duplicates of a clustered statement."""
        return self.no_answer | self.fixed | self.languages.keys()

    def campaigns(self, said: Iterable[StatementView]) -> Counter[str]:
        """The sizes of the duplicate groups in ``said``, by the id of the representative."""
        shared = set(self.copies.values())
        voices = Counter(self.copies.get(each.id, each.id) for each in said)
        return Counter({voice: count for voice, count in voices.items() if voice in shared})

    def subthemes_in(self, said: Iterable[StatementView]) -> dict[str, str]:
        """The sub-theme names by statement id, for a theme that consists of these statements.

        Names that too few different texts share are left out (``subthemes_among``).
        """
        named = {each.id: self.subthemes[each.id] for each in said if each.id in self.subthemes}
        voices = {(self.copies.get(each, each), name) for each, name in named.items()}
        shown = subthemes_among(name for _, name in voices)
        return {each: name for each, name in named.items() if name in shown}


@dataclass(frozen=True)
class Subtheme:
    """A part of a theme: statements that nearly always cluster together, most central first."""

    name: str
    said: tuple[StatementView, ...]

    @property
    def people(self) -> int:
        """The number of different participants in it."""
        return len({each.participant for each in self.said})


@dataclass(frozen=True)
class ThemeView:
    """A theme with its active statements, most central first."""

    id: str
    code: str
    opdracht: int
    label: str
    status: str
    keywords: tuple[str, ...]
    said: tuple[StatementView, ...]
    quotes: tuple[StatementView, ...]
    action: StatementView | None
    parents: tuple[str, ...]
    trust: dict[str, Any]
    campaigns: tuple[int, ...] = ()
    """The sizes of the duplicate groups, the largest first."""
    subtheme_of: Mapping[str, str] = field(default_factory=dict)
    """The names of the sub-themes, by statement; empty if there are fewer than two."""
    description: str = ""
    version: int = 0
    basis: Basis = ""
    """Why the theme rests on few people, whatever a filter shows of it; empty if it does not."""
    whole: int = 0
    """The number of different participants, whatever a filter shows."""

    @property
    def voices(self) -> int:
        """The number of different texts: a duplicate group counts once."""
        return len(self.said) - sum(self.campaigns) + len(self.campaigns)

    @cached_property
    def people(self) -> int:
        """The number of different participants in it."""
        return len({each.participant for each in self.said})

    @cached_property
    def joint(self) -> tuple[int, ...]:
        """How many senders each joint participant in it has, the largest first."""
        return joint_sizes(self.said)

    @cached_property
    def groups(self) -> dict[str, int]:
        """Participants per stakeholder group, the largest first; ``onbekend`` if none was given."""
        members = {(each.group or UNKNOWN_GROUP, each.participant) for each in self.said}
        counts = Counter(group for group, _ in members)
        return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))

    @cached_property
    def subthemes(self) -> tuple[Subtheme, ...]:
        """The sub-themes, the largest first."""
        parts: dict[str, list[StatementView]] = {}
        for each in self.said:
            if each.id in self.subtheme_of:
                parts.setdefault(self.subtheme_of[each.id], []).append(each)
        ranked = sorted(parts.items(), key=lambda part: (-len(part[1]), part[0]))
        return tuple(Subtheme(name, tuple(said)) for name, said in ranked)

    @property
    def in_no_subtheme(self) -> tuple[StatementView, ...]:
        """The statements that are in no sub-theme."""
        return tuple(each for each in self.said if each.id not in self.subtheme_of)

    @property
    def stability(self) -> float | None:
        """How well the theme recurs on subsamples of the statements, 0 to 1; None if unmeasured."""
        stability: float | None = self.trust.get("stability")
        return stability

    @property
    def main_group(self) -> tuple[str, float] | None:
        """The largest known group and its share of all participants (0 to 1).

        None if no group is known, or if the two largest are equally large.
        """
        known = [(group, people) for group, people in self.groups.items() if group != UNKNOWN_GROUP]
        if not known or (len(known) > 1 and known[0][1] == known[1][1]):
            return None
        return known[0][0], known[0][1] / self.people


def theme_views(
    session: Session, consultation_id: int, opdracht: int, round_number: int | None = None
) -> list[ThemeView]:
    """The themes of the last run on an opdracht (of one round, or of any), in display order.

    The list is empty if there is no run.
    """
    run = latest_run(session, consultation_id, opdracht, round_number)
    if run is None:
        return []
    return themes_of(session, run, opdracht, active_statements(session, consultation_id, opdracht))


def themes_of(
    session: Session, run: AnalysisRun, opdracht: int, said: Iterable[StatementView]
) -> list[ThemeView]:
    """The current themes of an opdracht, in the order set by people, then the largest first.

    These are the themes of the run with the decisions in force applied. Rejected themes are
    included, with their status. ``said`` are the statements to show.
    """
    by_id = {each.id: each for each in said}
    round_ = session.get_one(Round, run.round_id)
    state = curated(session, round_.consultation_id, opdracht, run, by_id)
    query = last_run_themes(round_.consultation_id, opdracht, run.id)
    seen = {each.theme_id: each for each in session.scalars(query)}
    marks = marks_of(session, run.id, opdracht)
    return [
        view_of(theme, seen.get(theme.id), state, by_id, marks)
        for theme in state.themes_of(opdracht)
    ]


def view_of(
    theme: CuratedTheme,
    seen: RunTheme | None,
    state: CurationState,
    by_id: Mapping[str, StatementView],
    marks: Marks,
) -> ThemeView:
    """A theme for pages and tables; ``seen`` is its result in the last run that contained it."""
    members = [by_id[each.statement] for each in theme.members if each.statement in by_id]
    ids = {each.id for each in members}
    quotes = [by_id[each] for each in (seen.quotes if seen else ()) if each in ids]
    action = next(
        (
            each.statement
            for each in state.actions_of(theme.opdracht)
            if theme.id in each.themes and each.statement is not None
        ),
        None,
    )
    return ThemeView(
        id=theme.id,
        code=theme.code,
        opdracht=theme.opdracht,
        label=theme.label,
        status=theme.status,
        keywords=tuple(str(each) for each in (seen.keywords if seen else ())),
        said=tuple(members),
        quotes=tuple(_enough(*_beside(action, quotes, members), marks.copies)),
        action=by_id.get(action or ""),
        parents=theme.parents,
        trust=seen.trust if seen else {},
        campaigns=tuple(sorted(marks.campaigns(members).values(), reverse=True)),
        subtheme_of=marks.subthemes_in(members),
        description=theme.description,
        version=theme.version,
        basis=basis_of(members),
        whole=len({each.participant for each in members}),
    )


def basis_of(said: Sequence[StatementView]) -> Basis:
    """Whether these statements come from few people, or for the half or more from one."""
    people = Counter(each.participant for each in said)
    if len(people) < FEW_PEOPLE:
        return "few_people" if people else ""
    return "one_person" if 2 * max(people.values()) >= len(said) else ""


def _beside(
    action: str | None, quotes: Sequence[StatementView], members: Sequence[StatementView]
) -> tuple[Sequence[StatementView], Sequence[StatementView]]:
    """Quotes and members without the statement of the action, which pages show separately.

    They are returned unchanged if fewer than ``_FEWEST_QUOTES`` members would be left.
    """
    others = [each for each in members if each.id != action]
    if len(others) < _FEWEST_QUOTES:
        return quotes, members
    return [each for each in quotes if each.id != action], others


def _enough(
    quotes: Sequence[StatementView], members: Sequence[StatementView], copies: Mapping[str, str]
) -> list[StatementView]:
    """The quotes, filled up with the most central statements of the theme.

    Quotes can be too few because people moved one elsewhere or created the theme. A duplicate of a
    chosen quote, or a statement with the same words, is skipped.
    """
    wanted = _FEWEST_QUOTES if quotes else _QUOTES
    shown = list(quotes)
    for each in members:
        if len(shown) >= wanted:
            break
        repeats = copies.get(each.id, each.id) in {copies.get(one.id, one.id) for one in shown}
        if not repeats and _words(each) not in {_words(other) for other in shown}:
            shown.append(each)
    return shown


def _words(said: StatementView) -> str:
    words = _WORD.findall(said.text.casefold())
    return " ".join(words) or said.text


def marks_of(session: Session, run_id: int, opdracht: int) -> Marks:
    """The excluded statements, duplicates and sub-themes of a run."""
    rows = session.execute(
        select(RunMark.statement_id, RunMark.mark, RunMark.value).where(RunMark.run_id == run_id)
    ).all()
    return Marks(
        copies={each: value or each for each, mark, value in rows if mark == SAME_TEXT},
        languages={each: value or "" for each, mark, value in rows if mark == OTHER_LANGUAGE},
        no_answer=frozenset(each for each, mark, _ in rows if mark == NO_ANSWER),
        fixed=frozenset(each for each, mark, _ in rows if mark == FIXED_TEXT),
        subthemes=subthemes_of(session, run_id, opdracht),
        stances={
            statement: (stance, score)
            for statement, stance, score in session.execute(
                select(RunStance.statement_id, RunStance.stance, RunStance.score).where(
                    RunStance.run_id == run_id
                )
            )
        },
    )


def subthemes_of(session: Session, run_id: int, opdracht: int) -> dict[str, str]:
    """The names of the sub-themes in a run, by statement."""
    rows = session.execute(
        select(Assignment.statement_id, Assignment.subtheme)
        .join(Theme, Theme.id == Assignment.theme_id)
        .where(
            Assignment.run_id == run_id,
            Assignment.subtheme.is_not(None),
            Theme.opdracht == opdracht,
        )
    )
    return {statement: name or "" for statement, name in rows}


def subthemes_among(voices: Iterable[T]) -> frozenset[T]:
    """The sub-theme names to show, given one name per different text in a theme.

    A name needs at least ``FEWEST_IN_SUBTHEME`` texts. The result is empty if fewer than two names
    qualify.
    """
    large = frozenset(
        name for name, count in Counter(voices).items() if count >= FEWEST_IN_SUBTHEME
    )
    return large if len(large) > 1 else frozenset()


def without_theme(said: Iterable[StatementView], views: Sequence[ThemeView]) -> list[StatementView]:
    """The statements that are in no theme or only in rejected ones; pages list them as such."""
    placed = {each.id for view in views if view.status in LIVE for each in view.said}
    return [each for each in said if each.id not in placed]
