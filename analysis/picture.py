"""One opdracht as the review shows it, kept ready while nothing in it changed.

Replaying the log and reading all statements takes a while with 10,000 of them; a page should not.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.aside import Aside, set_aside
from analysis.public_actions import as_published, public_actions
from analysis.standing import Said, standing
from analysis.themes import Marks, ThemeView, latest_run, marks_of, view_of
from consultation.curation_replay import replay
from consultation.curation_state import (
    CuratedAction,
    CuratedTheme,
    CurationState,
    Machine,
    Outcome,
    Proposal,
    concerned,
)
from consultation.curation_store import load_events, load_machine
from consultation.models import (
    AnalysisRun,
    Consent,
    Contribution,
    CurationEvent,
    Participant,
    Round,
    RunTheme,
    Statement,
    Theme,
)
from consultation.records import Publication

_MOST_KEPT = 32
_ANEW = frozenset({"place", "split", "create", "accept", "revoke"})
"""Decisions that make themes or place statements elsewhere: then the machine is read anew."""

Stamp = tuple[object, ...]
T = TypeVar("T")


@dataclass(frozen=True)
class Picture:
    """What stands on one opdracht: statements, themes and actions, after the last run.

    ``runs_say`` is what the last run that had a theme says of it; ``marks`` which statements the
    last run took for copies or set aside.
    """

    opdracht: int
    run: AnalysisRun | None
    run_round: int | None
    said: tuple[Said, ...]
    state: CurationState
    runs_say: Mapping[str, RunTheme]
    marks: Marks

    @cached_property
    def by_id(self) -> dict[str, Said]:
        """The statements that stand, by id."""
        return {each.id: each for each in self.said}

    @cached_property
    def themes(self) -> tuple[ThemeView, ...]:
        """The themes on the page, rejected ones too, in their order."""
        return tuple(
            view_of(each, self.runs_say.get(each.id), self.state, self.by_id, self.marks)
            for each in self.state.themes_of(self.opdracht)
        )

    @cached_property
    def loose(self) -> tuple[Said, ...]:
        """The statements in no theme."""
        ids = self.state.without_theme(self.opdracht)
        return tuple(self.by_id[each] for each in ids if each in self.by_id)

    @cached_property
    def aside(self) -> Aside:
        """What the last run set aside, with the reason."""
        return set_aside(self.said, self.loose, self.marks)

    @cached_property
    def unplaced(self) -> tuple[Said, ...]:
        """The statements in no theme that were not set aside."""
        apart = self.marks.no_answer | self.marks.languages.keys()
        return tuple(each for each in self.loose if each.id not in apart)

    @cached_property
    def off_topic(self) -> tuple[Said, ...]:
        """The statements that somebody marked as not about the opdracht."""
        return tuple(self.by_id[each] for each in self.state.off_topic if each in self.by_id)

    @cached_property
    def actions(self) -> tuple[CuratedAction, ...]:
        """The actions that stand, proposals of the machine included."""
        return tuple(self.state.actions_of(self.opdracht))

    @cached_property
    def decisions(self) -> tuple[Outcome, ...]:
        """What was decided on this opdracht, oldest first; the log of a state holds what was
        decided on actions of every opdracht, as they may be handed over."""
        events = {id_: each.event for id_, each in self.state.outcomes.items()}
        here = {each.id for each in self.state.actions.values() if each.opdracht == self.opdracht}
        return tuple(
            each
            for each in self.state.log
            if self.opdracht in each.event.recorded.get("opdrachten", ())
            or not here.isdisjoint(concerned(each.event, events))
        )

    @cached_property
    def proposals(self) -> tuple[Proposal, ...]:
        """What the machine would change, as far as nobody answered it."""
        return tuple(each for each in self.state.proposals if each.id not in self.state.answered)

    def theme(self, code: str) -> CuratedTheme | None:
        """The theme with a code, also one that was merged away."""
        wanted = code.upper()
        return next((each for each in self.state.themes.values() if each.code == wanted), None)

    def view(self, theme: CuratedTheme) -> ThemeView:
        """A theme as a page shows it."""
        found = next((each for each in self.themes if each.id == theme.id), None)
        if found is not None:
            return found
        return view_of(theme, self.runs_say.get(theme.id), self.state, self.by_id, self.marks)

    def words(self, action: CuratedAction) -> str:
        """An action's wording, for reviewers: its text, or the quote it stands on."""
        if action.text is not None:
            return action.text
        said = self.by_id.get(action.statement or "")
        return said.text if said else ""


@dataclass(frozen=True)
class _Kept:
    """A picture with what it was made from: to lay later decisions over the same machine."""

    data: Stamp
    last_event: int
    picture: Picture
    machine: Machine


class Pictures:
    """Pictures that were made, each until something in it changes.

    After a decision only the log is laid anew over what was read before; the statements are read
    again when answers, consents, runs or placements changed.
    """

    def __init__(self) -> None:
        """Keeps none yet."""
        self._kept: OrderedDict[tuple[int, int], _Kept] = OrderedDict()
        self._others: dict[tuple[int, str], tuple[Stamp, Any]] = {}
        self._lock = threading.Lock()

    def of(self, session: Session, consultation_id: int, opdracht: int) -> Picture:
        """The picture of an opdracht as it is now."""
        return self.all(session, consultation_id, [opdracht])[opdracht]

    def all(
        self, session: Session, consultation_id: int, opdrachten: Iterable[int]
    ) -> dict[int, Picture]:
        """The pictures of several opdrachten."""
        data, last = _stamp(session, consultation_id)
        return {each: self._one(session, consultation_id, each, data, last) for each in opdrachten}

    def kept(
        self,
        session: Session,
        consultation_id: int,
        name: str,
        make: Callable[[], T],
        *,
        decisions: bool = True,
    ) -> T:
        """Anything else that follows from all that stands, made anew when any of that changed.

        Without ``decisions`` it follows from what was said and where that was placed alone.
        """
        data, last = _stamp(session, consultation_id)
        if not decisions:
            last = _last_placement(session, consultation_id)
        stamp = (data, last, latest_run_id(session, consultation_id))
        key = (consultation_id, name)
        with self._lock:
            found = self._others.get(key)
            if found is not None and found[0] == stamp:
                known: T = found[1]
                return known
        made = make()
        with self._lock:
            self._others[key] = (stamp, made)
        return made

    def _one(
        self, session: Session, consultation_id: int, opdracht: int, data: Stamp, last: int
    ) -> Picture:
        run = latest_run(session, consultation_id, opdracht)
        stamp = (*data, run.id if run is not None else None)
        key = (consultation_id, opdracht)
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
        if kept is not None and kept.data == stamp:
            if kept.last_event == last:
                return kept.picture
            made = _later(session, consultation_id, kept, stamp, last)
        else:
            made = None
        made = made or _read(session, consultation_id, opdracht, run, stamp, last)
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return made.picture


def picture(session: Session, consultation_id: int, opdracht: int) -> Picture:
    """What stands on an opdracht, read anew."""
    run = latest_run(session, consultation_id, opdracht)
    return _read(session, consultation_id, opdracht, run, (), 0).picture


def latest_run_id(session: Session, consultation_id: int) -> int | None:
    """The id of the last finished run over anything."""
    run = latest_run(session, consultation_id, None)
    return run.id if run is not None else None


def _read(
    session: Session,
    consultation_id: int,
    opdracht: int,
    run: AnalysisRun | None,
    data: Stamp,
    last: int,
) -> _Kept:
    round_ = session.get(Round, run.round_id) if run is not None else None
    said = standing(session, consultation_id, opdracht)
    log = load_events(session, consultation_id, (opdracht,))
    ids = [each.id for each in said]
    machine = load_machine(session, consultation_id, (opdracht,), log, {opdracht: run}, ids)
    query = (
        select(RunTheme)
        .join(Theme, Theme.id == RunTheme.theme_id)
        .where(Theme.consultation_id == consultation_id, Theme.opdracht == opdracht)
        .order_by(RunTheme.run_id)
    )
    made = Picture(
        opdracht=opdracht,
        run=run,
        run_round=round_.number if round_ is not None else None,
        said=tuple(said),
        state=as_published(replay(machine, log), public_actions(session, consultation_id)),
        runs_say={each.theme_id: each for each in session.scalars(query)},
        marks=marks_of(session, run.id, opdracht) if run is not None else Marks(),
    )
    return _Kept(data, last, made, machine)


def _later(
    session: Session, consultation_id: int, kept: _Kept, data: Stamp, last: int
) -> _Kept | None:
    """The same picture after later decisions; None where they changed what the machine says."""
    log = load_events(session, consultation_id, (kept.picture.opdracht,))
    fresh = {each.operation.op for each in log if each.id > kept.last_event}
    if fresh & _ANEW:
        return None
    state = as_published(replay(kept.machine, log), public_actions(session, consultation_id))
    made = replace(kept.picture, state=state)
    return _Kept(data, last, made, kept.machine)


def _last_placement(session: Session, consultation_id: int) -> int:
    query = select(func.max(CurationEvent.id)).where(
        CurationEvent.consultation_id == consultation_id, CurationEvent.op.in_(("place", "revoke"))
    )
    return session.scalar(query) or 0


def _stamp(session: Session, consultation_id: int) -> tuple[Stamp, int]:
    """Differs as soon as what was said does: by a statement, an answer that was changed or
    withdrawn, a consent, or an erasure; or what is published. And the id of the last decision."""
    last, *counts = session.execute(
        select(
            select(func.max(CurationEvent.id))
            .where(CurationEvent.consultation_id == consultation_id)
            .scalar_subquery(),
            select(func.count()).select_from(Statement).scalar_subquery(),
            select(func.count(Statement.opdracht)).scalar_subquery(),
            select(func.sum(Statement.opdracht)).scalar_subquery(),
            select(func.max(Consent.id)).scalar_subquery(),
            select(func.count()).select_from(Participant).scalar_subquery(),
            select(func.count()).select_from(Contribution).scalar_subquery(),
            select(func.sum(Contribution.version)).scalar_subquery(),
            select(func.max(Contribution.created_at)).scalar_subquery(),
            select(func.max(Publication.id)).scalar_subquery(),
            select(func.count(Publication.withdrawn_at)).scalar_subquery(),
        )
    ).one()
    return tuple(counts), last or 0
