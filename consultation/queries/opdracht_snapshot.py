"""A cached snapshot of one opdracht for the review.

Replaying the log and reading all statements is too slow for a page request with 10,000 statements.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.curation.replay import replay
from consultation.curation.state import (
    CuratedAction,
    CuratedTheme,
    CurationState,
    Machine,
    Outcome,
    Suggestion,
    concerned,
)
from consultation.curation.store import curated, load_events, load_machine
from consultation.database.models import AnalysisRun, RunTheme, Theme
from consultation.database.revision import Revision, revision
from consultation.database.storage import in_chunks
from consultation.queries.excluded_statements import ExcludedStatements, excluded_statements
from consultation.queries.public_actions import as_published, public_actions
from consultation.queries.stances import StatementStance, stances_of
from consultation.queries.statements import StatementView, active_among, active_statements
from consultation.queries.themes import Marks, ThemeView, latest_run, marks_of, view_of
from consultation.runs import last_run_themes

_MOST_KEPT = 32

T = TypeVar("T")


@dataclass(frozen=True)
class OpdrachtSnapshot:
    """A snapshot of one opdracht: active statements, themes and actions after the last run.

    ``runs_say`` holds, by theme id, the result of the last run that contained the theme; ``marks``
    the duplicates and excluded statements of the last run.
    """

    opdracht: int
    run: AnalysisRun | None
    said: tuple[StatementView, ...]
    state: CurationState
    runs_say: Mapping[str, RunTheme]
    marks: Marks
    afar: Mapping[str, StatementView] = field(default_factory=dict)
    """Statements of other opdrachten that are quoted by actions here (handed over or joined)."""
    themes_afar: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Code and label, by theme id, of the themes of other opdrachten that such actions answer."""
    subject_words: dict[str, frozenset[str]] = field(default_factory=dict, repr=False)
    """A cache that ``analysis.supporters`` fills by statement; decisions do not invalidate it."""

    @cached_property
    def by_id(self) -> dict[str, StatementView]:
        """The active statements, by id."""
        return {each.id: each for each in self.said}

    @cached_property
    def themes(self) -> tuple[ThemeView, ...]:
        """The themes on the page, including rejected ones, in display order."""
        return tuple(
            view_of(each, self.runs_say.get(each.id), self.state, self.by_id, self.marks)
            for each in self.state.themes_of(self.opdracht)
        )

    @cached_property
    def stances(self) -> dict[str, StatementStance]:
        """The stance of each statement that has one, by id."""
        return stances_of(self.state, self.marks)

    @cached_property
    def loose(self) -> tuple[StatementView, ...]:
        """The statements in no theme."""
        ids = self.state.without_theme(self.opdracht)
        return tuple(self.by_id[each] for each in ids if each in self.by_id)

    @cached_property
    def excluded(self) -> ExcludedStatements:
        """The excluded and duplicate statements of the last run, with the reason."""
        return excluded_statements(self.said, self.loose, self.marks)

    @cached_property
    def unplaced(self) -> tuple[StatementView, ...]:
        """The statements in no theme that are not excluded either."""
        apart = self.marks.apart
        return tuple(each for each in self.loose if each.id not in apart and not each.set_aside)

    @cached_property
    def off_topic(self) -> tuple[StatementView, ...]:
        """The statements that a person marked as not about the opdracht."""
        return tuple(self.by_id[each] for each in self.state.off_topic if each in self.by_id)

    @cached_property
    def actions(self) -> tuple[CuratedAction, ...]:
        """The current actions, including those suggested by the run."""
        return tuple(self.state.actions_of(self.opdracht))

    @cached_property
    def decisions(self) -> tuple[Outcome, ...]:
        """The outcomes of the decisions on this opdracht, oldest first.

        The log of the state has more: it also has decisions on actions in other opdrachten, because
        an action may be handed over.
        """
        events = {id_: each.event for id_, each in self.state.outcomes.items()}
        here = {each.id for each in self.state.actions.values() if each.opdracht == self.opdracht}
        return tuple(
            each
            for each in self.state.log
            if self.opdracht in each.event.recorded.get("opdrachten", ())
            or not here.isdisjoint(concerned(each.event, events))
        )

    @cached_property
    def proposals(self) -> tuple[Suggestion, ...]:
        """The suggestions of the run that are not accepted or declined yet."""
        return tuple(each for each in self.state.proposals if each.id not in self.state.answered)

    def theme(self, code: str) -> CuratedTheme | None:
        """The theme with this code, also if it was merged; None if there is none."""
        wanted = code.upper()
        return next((each for each in self.state.themes.values() if each.code == wanted), None)

    def view(self, theme: CuratedTheme) -> ThemeView:
        """The view of a theme for pages; themes that are not listed get one too."""
        found = next((each for each in self.themes if each.id == theme.id), None)
        if found is not None:
            return found
        return view_of(theme, self.runs_say.get(theme.id), self.state, self.by_id, self.marks)

    def words(self, action: CuratedAction) -> str:
        """An action's wording, for reviewers: its text, or the statement it quotes."""
        return action.text if action.text is not None else self.quote(action.statement or "")

    def quote(self, statement: str) -> str:
        """The text of a statement here or quoted by an action here; empty if it is gone."""
        said = self.by_id.get(statement) or self.afar.get(statement)
        return said.text if said else ""


@dataclass(frozen=True)
class _CachedSnapshot:
    """A cached snapshot with its revision and run results, for replaying later decisions."""

    at: Revision
    snapshot: OpdrachtSnapshot
    machine: Machine


class SnapshotCache:
    """A thread-safe cache of snapshots, valid until the revision of the database changes.

    After a decision only the log is replayed over the cached statements and run results. Any other
    change reads everything again. The cache evicts the least recently used of more than
    ``_MOST_KEPT`` snapshots.
    """

    def __init__(self) -> None:
        """Starts with an empty cache."""
        self._kept: OrderedDict[tuple[int, int], _CachedSnapshot] = OrderedDict()
        self._others: dict[tuple[int, str], tuple[int, Any]] = {}
        self._lock = threading.Lock()

    def of(self, session: Session, consultation_id: int, opdracht: int) -> OpdrachtSnapshot:
        """The current snapshot of an opdracht."""
        return self.all(session, consultation_id, [opdracht])[opdracht]

    def all(
        self, session: Session, consultation_id: int, opdrachten: Iterable[int]
    ) -> dict[int, OpdrachtSnapshot]:
        """The current snapshots of several opdrachten, by number."""
        now = revision(session)
        return {each: self._one(session, consultation_id, each, now) for each in opdrachten}

    def kept(
        self,
        session: Session,
        consultation_id: int,
        name: str,
        make: Callable[[], T],
        *,
        decisions: bool = True,
    ) -> T:
        """A cached value under ``name``; ``make`` computes it again if the revision has changed.

        With ``decisions=False`` the value must not depend on the decisions: a decision then does
        not invalidate it.
        """
        now = revision(session)
        return self._kept_at((consultation_id, name), now.number if decisions else now.facts, make)

    def _kept_at(self, key: tuple[int, str], at: int, make: Callable[[], T]) -> T:
        with self._lock:
            found = self._others.get(key)
            if found is not None and found[0] == at:
                known: T = found[1]
                return known
        made = make()
        with self._lock:
            self._others[key] = (at, made)
        return made

    def _one(
        self, session: Session, consultation_id: int, opdracht: int, now: Revision
    ) -> OpdrachtSnapshot:
        key = (consultation_id, opdracht)
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
        if kept is not None and kept.at == now:
            return kept.snapshot
        public = self._kept_at(
            (consultation_id, "public actions"),
            now.facts,
            lambda: public_actions(session, consultation_id),
        )
        if kept is not None and kept.at.facts == now.facts:
            made = _later(session, consultation_id, kept, now, public)
        else:
            made = _read(session, consultation_id, opdracht, now, public)
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return made.snapshot


def opdracht_snapshot(session: Session, consultation_id: int, opdracht: int) -> OpdrachtSnapshot:
    """The snapshot of an opdracht, read from the database without the cache."""
    public = public_actions(session, consultation_id)
    return _read(session, consultation_id, opdracht, Revision(0, 0), public).snapshot


def _read(
    session: Session, consultation_id: int, opdracht: int, at: Revision, public: Collection[str]
) -> _CachedSnapshot:
    run = latest_run(session, consultation_id, opdracht)
    said = active_statements(session, consultation_id, opdracht)
    log = load_events(session, consultation_id, (opdracht,))
    ids = [each.id for each in said]
    machine = load_machine(session, consultation_id, (opdracht,), log, {opdracht: run}, ids)
    query = last_run_themes(consultation_id, opdracht)
    state = as_published(replay(machine, log), public)
    made = OpdrachtSnapshot(
        opdracht=opdracht,
        run=run,
        said=tuple(said),
        state=state,
        runs_say={each.theme_id: each for each in session.scalars(query)},
        marks=marks_of(session, run.id, opdracht) if run is not None else Marks(),
    )
    return _CachedSnapshot(at, _with_afar(session, consultation_id, made, state), machine)


def _later(
    session: Session,
    consultation_id: int,
    kept: _CachedSnapshot,
    at: Revision,
    public: Collection[str],
) -> _CachedSnapshot:
    """The cached snapshot with the current log replayed over its run results."""
    log = load_events(session, consultation_id, (kept.snapshot.opdracht,))
    state = as_published(replay(kept.machine, log), public)
    return _CachedSnapshot(
        at, _with_afar(session, consultation_id, kept.snapshot, state), kept.machine
    )


def _with_afar(
    session: Session, consultation_id: int, seen: OpdrachtSnapshot, state: CurationState
) -> OpdrachtSnapshot:
    """The snapshot with this state, and the statements and themes of others that actions need."""
    quoted = {one for each in state.actions.values() for one in (each.statement, each.reworded)}
    named = {one for each in state.actions.values() for one in each.themes}
    for outcome in state.log:
        operation = outcome.event.operation
        quoted.add(getattr(operation, "statement", None))
        quoted.add(outcome.before.statement if outcome.before else None)
        named |= {*operation.themes_named} if operation.actions_named else set()
    missing = {each for each in quoted if each} - seen.by_id.keys()
    afar = {each.id: each for each in active_among(session, consultation_id, missing)}
    names: dict[str, tuple[str, str]] = {}
    query = select(Theme.id, Theme.opdracht).where(Theme.consultation_id == consultation_id)
    places: dict[int, list[str]] = {}
    for theme, number in in_chunks(session, query, Theme.id, named - state.themes.keys()):
        places.setdefault(number, []).append(theme)
    for number, ids in places.items():
        elsewhere = curated(session, consultation_id, number).themes
        names |= {
            each: (elsewhere[each].code, elsewhere[each].label) for each in ids if each in elsewhere
        }
    return replace(seen, state=state, afar=afar, themes_afar=names)
