"""One opdracht as the review shows it, kept ready while nothing in it changed.

Replaying the log and reading all statements takes a while with 10,000 of them; a page should not.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.standing import Said, standing
from analysis.themes import Marks, ThemeView, latest_run, marks_of, view_of
from consultation.curation_state import CuratedAction, CuratedTheme, CurationState, Proposal
from consultation.curation_store import curated
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

_MOST_KEPT = 32

Stamp = tuple[object, ...]


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
    def off_topic(self) -> tuple[Said, ...]:
        """The statements that somebody marked as not about the opdracht."""
        return tuple(self.by_id[each] for each in self.state.off_topic if each in self.by_id)

    @cached_property
    def actions(self) -> tuple[CuratedAction, ...]:
        """The actions that stand, proposals of the machine included."""
        return tuple(self.state.actions_of(self.opdracht))

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


class Pictures:
    """Pictures that were made, each until something in it changes."""

    def __init__(self) -> None:
        """Keeps none yet."""
        self._kept: OrderedDict[tuple[int, int], tuple[Stamp, Picture]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, session: Session, consultation_id: int, opdracht: int) -> Picture:
        """The picture of an opdracht as it is now."""
        key = (consultation_id, opdracht)
        stamp = _stamp(session, consultation_id, opdracht)
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and kept[0] == stamp:
                self._kept.move_to_end(key)
                return kept[1]
        made = picture(session, consultation_id, opdracht)
        with self._lock:
            self._kept[key] = (stamp, made)
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return made


def picture(session: Session, consultation_id: int, opdracht: int) -> Picture:
    """What stands on an opdracht, read anew."""
    run = latest_run(session, consultation_id, opdracht)
    round_ = session.get(Round, run.round_id) if run is not None else None
    said = standing(session, consultation_id, opdracht)
    state = curated(session, consultation_id, opdracht, run, [each.id for each in said])
    query = (
        select(RunTheme)
        .join(Theme, Theme.id == RunTheme.theme_id)
        .where(Theme.consultation_id == consultation_id, Theme.opdracht == opdracht)
        .order_by(RunTheme.run_id)
    )
    return Picture(
        opdracht=opdracht,
        run=run,
        run_round=round_.number if round_ is not None else None,
        said=tuple(said),
        state=state,
        runs_say={each.theme_id: each for each in session.scalars(query)},
        marks=marks_of(session, run.id) if run is not None else Marks(),
    )


def _stamp(session: Session, consultation_id: int, opdracht: int) -> Stamp:
    """Differs as soon as the picture would: by an event, a run, a statement, an answer that was
    changed or withdrawn, a consent, or an erasure."""
    run = latest_run(session, consultation_id, opdracht)
    counts = session.execute(
        select(
            select(func.max(CurationEvent.id))
            .where(CurationEvent.consultation_id == consultation_id)
            .scalar_subquery(),
            select(func.count()).select_from(Statement).scalar_subquery(),
            select(func.max(Consent.id)).scalar_subquery(),
            select(func.count()).select_from(Participant).scalar_subquery(),
            select(func.sum(Contribution.version)).scalar_subquery(),
            select(func.count(Contribution.withdrawn_at)).scalar_subquery(),
        )
    ).one()
    return (run.id if run is not None else None, *counts)
