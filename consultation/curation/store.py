"""Reads the event log and the results of runs from the database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased

from consultation.curation import operations as ops
from consultation.curation.replay import replay, revoked
from consultation.curation.state import (
    CurationState,
    Event,
    Machine,
    MachineTheme,
    Membership,
    Suggestion,
)
from consultation.curation.succession import successors, with_successors
from consultation.database.models import (
    AnalysisRun,
    Assignment,
    Contribution,
    ContributionVersion,
    CurationEvent,
    EventSubject,
    Round,
    RunProposal,
    Statement,
    Submission,
    Theme,
)
from consultation.runs import last_run_themes, latest_run

Scope = Collection[int | None]

_ACTION = "action "


def curated(
    session: Session,
    consultation_id: int,
    opdracht: int | None,
    run: AnalysisRun | None = None,
    statements: Iterable[str] | None = None,
    last_event: int | None = None,
) -> CurationState:
    """The curated state of one opdracht (None: of the statements without one).

    All readers use this function. ``run`` is the run to start from, by default the last one.
    ``statements`` limits the state to these ids, for example to one round. ``last_event`` gives
    the state right after that event.
    """
    scope = (opdracht,)
    if run is None and opdracht is not None:
        run = latest_run(session, consultation_id, opdracht)
    log = load_events(session, consultation_id, scope, last_event)
    runs = {opdracht: run} if opdracht is not None else {}
    return replay(load_machine(session, consultation_id, scope, log, runs, statements), log)


def words_of(session: Session, statement: str) -> str:
    """The text of a statement; empty if the statement does not exist (any more)."""
    row = session.get(Statement, statement)
    return row.contribution_version.text[row.start : row.end] if row is not None else ""


def last_decision_and_run(session: Session, consultation_id: int) -> tuple[int, int]:
    """The ids of the last event and the last run of a consultation, 0 for none.

    As long as both are equal, no decision and no run was stored.
    """
    event = select(func.max(CurationEvent.id)).where(
        CurationEvent.consultation_id == consultation_id
    )
    run = (
        select(func.max(AnalysisRun.id))
        .join(Round, Round.id == AnalysisRun.round_id)
        .where(Round.consultation_id == consultation_id)
    )
    return session.scalar(event) or 0, session.scalar(run) or 0


def has_descriptions(session: Session, consultation_id: int, opdracht: int) -> bool:
    """Whether anybody ever described a theme of an opdracht; it may be undone since."""
    query = (
        select(CurationEvent.id)
        .join(EventSubject, EventSubject.event_id == CurationEvent.id)
        .where(
            CurationEvent.consultation_id == consultation_id,
            CurationEvent.op == "describe",
            EventSubject.ref.in_(subjects([opdracht])),
        )
    )
    return session.scalar(query.limit(1)) is not None


def load_events(
    session: Session,
    consultation_id: int,
    scope: Scope | None = None,
    last_event: int | None = None,
    after: int = 0,
    kinds: Collection[str] | None = None,
) -> list[Event]:
    """The events of a consultation, oldest first.

    A statement of a changed answer is named by the one that succeeds it.

    ``scope`` limits them to those about these opdrachten and their actions; ``last_event`` to those
    up to and including that event, and ``after`` to those later than that event; ``kinds`` to those
    operations.
    """
    query = (
        select(CurationEvent)
        .where(CurationEvent.consultation_id == consultation_id)
        .order_by(CurationEvent.id)
    )
    if last_event is not None:
        query = query.where(CurationEvent.id <= last_event)
    if after:
        query = query.where(CurationEvent.id > after)
    if kinds is not None:
        query = query.where(CurationEvent.op.in_(kinds))
    if scope is not None:
        query = query.where(CurationEvent.id.in_(_events_about(scope)))
    found = []
    now = successors(session)
    for row in session.scalars(query):
        payload = with_successors(row.payload, now) if now else row.payload
        recorded = dict(payload.get("recorded", {}))
        raw = {name: value for name, value in payload.items() if name != "recorded"}
        found.append(Event(row.id, row.account, row.at, ops.parse(raw), recorded, row.actor))  # type: ignore[arg-type]
    return found


def subjects(opdrachten: Iterable[int | None], actions: Iterable[str] = ()) -> set[str]:
    """The values of ``EventSubject.ref`` for these opdrachten and actions."""
    refs = {"opdracht" if each is None else f"opdracht {each}" for each in opdrachten}
    return refs | {f"{_ACTION}{each}" for each in actions}


def _events_about(scope: Scope) -> Select[int]:
    """A query for the ids of the events about these opdrachten and about the actions in them.

    The query is recursive: an action that was handed over or joined brings its earlier events.
    """
    wanted = subjects(scope)
    about = select(EventSubject.ref).where(EventSubject.ref.in_(wanted)).cte(recursive=True)
    near, named = aliased(EventSubject), aliased(EventSubject)
    about = about.union(
        select(named.ref)
        .join(near, near.event_id == named.event_id)
        .join(about, about.c.ref == near.ref)
        .where(named.ref.startswith(_ACTION))
    )
    return select(EventSubject.event_id).join(about, about.c.ref == EventSubject.ref)


def load_machine(
    session: Session,
    consultation_id: int,
    scope: Scope,
    log: Iterable[Event] = (),
    runs: Mapping[int, AnalysisRun | None] | None = None,
    statements: Iterable[str] | None = None,
) -> Machine:
    """The results of the analysis for the opdrachten of ``scope``.

    ``runs`` gives the run per opdracht if it is not the last one. ``log`` provides the original
    opdracht of statements that people placed elsewhere. ``statements`` limits the result to these.
    """
    if statements is None:
        places = _places(session, consultation_id, scope)
    else:
        known = set(statements)
        places = {
            each: number
            for each, number in _places(session, consultation_id, scope).items()
            if each in known
        }
    for statement, number in _original_places(log).items():
        if statement in places:
            places[statement] = number
    themes: list[MachineTheme] = []
    proposals: list[Suggestion] = []
    for number in sorted(each for each in scope if each is not None):
        run = (
            runs[number]
            if runs is not None and number in runs
            else latest_run(session, consultation_id, number)
        )
        themes += _themes(session, consultation_id, number, run, places)
        if run is not None:
            proposals += _proposals(session, run, number)
    return Machine(places, tuple(themes), tuple(proposals))


def curation_hash(log: Iterable[Event]) -> str:
    """The SHA-256 hex digest of the decisions in force on themes and statements.

    Notes, the order of themes and operations on actions do not count.
    """
    events = list(log)
    undone = revoked(events)
    digest = hashlib.sha256()
    for event in events:
        beside = event.operation.op in ("revoke", "note", "reorder", "reply", "action")
        if event.id not in undone and not beside:
            digest.update(json.dumps([event.id, event.operation.as_payload()]).encode())
    return digest.hexdigest()


def in_force(log: Iterable[Event]) -> list[Event]:
    """The events that are not revoked, without the revocations themselves."""
    events = list(log)
    undone = revoked(events)
    return [
        each
        for each in events
        if each.id not in undone and not isinstance(each.operation, ops.Revoke)
    ]


def _places(session: Session, consultation_id: int, scope: Scope) -> dict[str, int | None]:
    numbers = [each for each in scope if each is not None]
    wanted: ColumnElement[bool] = Statement.opdracht.in_(numbers)
    if None in scope:
        wanted |= Statement.opdracht.is_(None)
    query = (
        select(Statement.id, Statement.opdracht)
        .join(ContributionVersion, ContributionVersion.id == Statement.contribution_version_id)
        .join(Contribution, Contribution.id == ContributionVersion.contribution_id)
        .join(Submission, Submission.id == Contribution.submission_id)
        .join(Round, Round.id == Submission.round_id)
        .where(Round.consultation_id == consultation_id, wanted)
        .order_by(Statement.id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _original_places(log: Iterable[Event]) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    for event in log:
        for statement, (number, *_) in event.recorded.get("was", {}).items():
            found.setdefault(statement, number)
    return found


def _themes(
    session: Session,
    consultation_id: int,
    opdracht: int,
    run: AnalysisRun | None,
    places: Mapping[str, int | None],
) -> list[MachineTheme]:
    themes = session.scalars(
        select(Theme)
        .where(Theme.consultation_id == consultation_id, Theme.opdracht == opdracht)
        .order_by(Theme.number)
    )
    query = last_run_themes(consultation_id, opdracht, run.id if run is not None else None)
    seen = {each.theme_id: each for each in session.scalars(query)}
    members: dict[str, list[Membership]] = {}
    if run is not None:
        placed = (
            select(
                Assignment.theme_id,
                Assignment.statement_id,
                Assignment.score,
                Assignment.is_primary,
            )
            .join(Theme, Theme.id == Assignment.theme_id)
            .where(Assignment.run_id == run.id, Theme.opdracht == opdracht)
            .order_by(Assignment.is_primary.desc(), Assignment.score.desc(), Assignment.id)
        )
        for theme_id, statement, score, primary in session.execute(placed):
            if statement in places:
                members.setdefault(theme_id, []).append(Membership(statement, score, primary))
    found = []
    for theme in themes:
        last = seen.get(theme.id)
        current = last is not None and run is not None and last.run_id == run.id
        found.append(
            MachineTheme(
                id=theme.id,
                opdracht=theme.opdracht,
                number=theme.number,
                label=last.label if last else "",
                members=tuple(members.get(theme.id, ())),
                action=last.action_statement_id if last and current else None,
                parents=tuple(str(each) for each in theme.parents),
                in_run=current,
                status=theme.status,  # type: ignore[arg-type]
            )
        )
    return found


def _proposals(session: Session, run: AnalysisRun, opdracht: int) -> list[Suggestion]:
    rows = session.scalars(
        select(RunProposal)
        .where(RunProposal.run_id == run.id, RunProposal.opdracht == opdracht)
        .order_by(RunProposal.score.desc(), RunProposal.id)
    )
    return [
        Suggestion(
            id=row.id,
            kind=row.kind,  # type: ignore[arg-type]
            opdracht=row.opdracht,
            themes=tuple(row.themes),
            statements=tuple(row.statements),
            label=row.label,
            score=row.score,
        )
        for row in rows
    ]
