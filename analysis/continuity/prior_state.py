"""The state of an opdracht before a run: the themes of the last run and people's decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.codebook.standing import codebook_digest
from analysis.labelling.representation import Representation
from analysis.stance.guess import StanceGuess
from consultation.curation import operations as ops
from consultation.curation.state import CurationState, Event
from consultation.curation.store import curated, in_force
from consultation.database.models import Assignment, RunMark, RunStance, Statement, Theme
from consultation.database.records import CodingChoice, CodingTask
from consultation.queries.themes import subthemes_of
from consultation.runs import last_run_themes, latest_run

Members = dict[str, set[str]]


@dataclass(frozen=True)
class PriorAssignment:
    """The assignment of a statement to a theme by the machine."""

    theme: str
    score: float
    primary: bool


@dataclass(frozen=True)
class Refit:
    """The last full clustering: its run, round and number of statements.

    ``method`` is the digest of its parameters and models, ``codebook`` that of the codebook.
    ``settled`` counts the statements that people had placed when keywords were last made.
    """

    run: int
    round: int
    statements: int
    method: str
    codebook: str = ""
    settled: int = 0


@dataclass(frozen=True)
class PriorState:
    """The prior state of an opdracht.

    ``assignments`` holds the machine's own assignments in the last run, by statement; ``latest``
    and ``earlier`` the members of the themes of that run and of themes that had faded by then;
    ``by_hand`` the statements that a person placed otherwise than by accepting a suggestion. By
    statement, ``coded`` holds the themes that people chose in a blind coding task, ``subthemes``
    the names of the sub-themes of the last run, and ``stances`` what that run guessed, without
    those that hold none; ``stance_digest`` is what it guessed them from. ``marks`` holds the marks
    of the last run (``RunMark``) with their values, ``inputs`` the digest of what it read, and
    ``figures`` what it told (``analysis.result.OpdrachtResult``).
    """

    run: int | None
    state: CurationState
    assignments: Mapping[str, tuple[PriorAssignment, ...]]
    representations: Mapping[str, Representation]
    latest: Members
    earlier: Members
    refit: Refit | None
    stability: float | None
    by_hand: frozenset[str]
    coded: Mapping[str, frozenset[str]]
    subthemes: Mapping[str, str]
    stances: Mapping[str, StanceGuess] = field(default_factory=dict)
    stance_digest: str = ""
    marks: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)
    inputs: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def codebook(self) -> str:
        """The digest of the codebook (``analysis.codebook.standing``); empty without one."""
        return codebook_digest(self.state)

    @property
    def decided(self) -> bool:
        """Whether people decided on any theme: a run then only assigns, adds and suggests."""
        return any(each.decided for each in self.state.themes.values())


def prior_state(session: Session, consultation_id: int, opdracht: int) -> PriorState:
    """Reads the prior state of an opdracht from the database."""
    run = latest_run(session, consultation_id, opdracht)
    state = curated(session, consultation_id, opdracht, run)
    latest, earlier = _members(session, consultation_id, opdracht, run.id if run else None)
    refits = run.metrics.get("refits", {}) if run else {}
    refit = refits.get(str(opdracht))
    figures: dict[str, Any] = next(
        (
            each
            for each in (run.metrics.get("opdrachten", ()) if run else ())
            if each["opdracht"] == opdracht
        ),
        {},
    )
    return PriorState(
        run=run.id if run else None,
        state=state,
        assignments=_assignments(session, opdracht, run.id) if run else {},
        representations=_portraits(session, consultation_id, opdracht),
        latest=latest,
        earlier=earlier,
        refit=Refit(**refit) if refit else None,
        stability=figures.get("stability"),
        by_hand=_by_hand([each.event for each in state.log]),
        coded=_coded(session, consultation_id, opdracht, state),
        subthemes=subthemes_of(session, run.id, opdracht) if run else {},
        stances=_stances(session, opdracht, run.id) if run else {},
        stance_digest=run.metrics.get("stances", {}).get(str(opdracht), "") if run else "",
        marks=_marks(session, opdracht, run.id) if run else {},
        inputs=run.metrics.get("inputs", {}).get(str(opdracht), "") if run else "",
        figures=figures,
    )


def _assignments(
    session: Session, opdracht: int, run_id: int
) -> dict[str, tuple[PriorAssignment, ...]]:
    rows = session.execute(
        select(
            Assignment.statement_id, Assignment.theme_id, Assignment.score, Assignment.is_primary
        )
        .join(Theme, Theme.id == Assignment.theme_id)
        .where(Assignment.run_id == run_id, Theme.opdracht == opdracht)
        .order_by(Assignment.id)
    )
    found: dict[str, tuple[PriorAssignment, ...]] = {}
    for statement, theme, score, primary in rows:
        found[statement] = (*found.get(statement, ()), PriorAssignment(theme, score, primary))
    return found


def _stances(session: Session, opdracht: int, run_id: int) -> dict[str, StanceGuess]:
    rows = session.execute(
        select(RunStance.statement_id, RunStance.stance, RunStance.score)
        .join(Statement, Statement.id == RunStance.statement_id)
        .where(RunStance.run_id == run_id, Statement.opdracht == opdracht)
    )
    found: dict[str, StanceGuess] = {}
    for statement, stance, score in rows:
        found[statement] = StanceGuess(stance, score)  # type: ignore[arg-type]
    return found


def _marks(session: Session, opdracht: int, run_id: int) -> dict[str, tuple[str, str | None]]:
    rows = session.execute(
        select(RunMark.statement_id, RunMark.mark, RunMark.value)
        .join(Statement, Statement.id == RunMark.statement_id)
        .where(RunMark.run_id == run_id, Statement.opdracht == opdracht)
    )
    return {statement: (mark, value) for statement, mark, value in rows}


def _portraits(session: Session, consultation_id: int, opdracht: int) -> dict[str, Representation]:
    rows = session.scalars(last_run_themes(consultation_id, opdracht))
    return {
        row.theme_id: Representation(
            label=row.label,
            keywords=tuple(row.keywords),
            quotes=tuple(row.quotes),
            action=row.action_statement_id,
            trust=row.trust,
        )
        for row in rows
    }


def _members(
    session: Session, consultation_id: int, opdracht: int, last: int | None
) -> tuple[Members, Members]:
    newest = last_run_themes(consultation_id, opdracht).subquery()
    rows = session.execute(
        select(Assignment.theme_id, Assignment.statement_id, Assignment.run_id).join(
            newest,
            (newest.c.theme_id == Assignment.theme_id) & (newest.c.run_id == Assignment.run_id),
        )
    )
    latest: Members = {}
    earlier: Members = {}
    for theme_id, statement_id, run_id in rows:
        here = latest if run_id == last else earlier
        here.setdefault(theme_id, set()).add(statement_id)
    return latest, earlier


def _coded(
    session: Session, consultation_id: int, opdracht: int, state: CurationState
) -> dict[str, frozenset[str]]:
    rows = session.execute(
        select(CodingChoice.statement_id, CodingChoice.themes)
        .join(CodingTask, CodingTask.id == CodingChoice.task_id)
        .where(CodingTask.consultation_id == consultation_id, CodingTask.opdracht == opdracht)
        .order_by(CodingChoice.at)
    )
    return {
        statement: frozenset(state.standing_theme(str(each)) for each in themes)
        for statement, themes in rows
    }


def _by_hand(log: list[Event]) -> frozenset[str]:
    placing = (ops.Move, ops.Copy, ops.Remove, ops.Split, ops.Create, ops.PlaceExactly)
    return frozenset(
        statement
        for event in in_force(log)
        if isinstance(event.operation, placing)
        for statement in event.operation.statements_named
    )
