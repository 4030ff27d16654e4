"""The answers that no analysis of their opdracht has read yet: how many, and which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from consultation.database.models import (
    AnalysisRun,
    Contribution,
    ContributionVersion,
    Participant,
    Round,
    Statement,
    Submission,
)
from consultation.queries.statements import answers, stands


@dataclass(frozen=True)
class NewAnswer:
    """An answer that the last run has not read; ``changed`` where an earlier version was given."""

    id: str
    question: str | None
    value: int | None
    participant: str
    group: str | None
    round: int
    at: datetime
    text: str
    changed: bool


def count_new(
    session: Session,
    consultation_id: int,
    runs: Mapping[int, AnalysisRun | None],
    until_round: int | None = None,
) -> dict[int, int]:
    """New answers per opdracht, given the last run over it; all its answers where there is none."""
    standing = stands(consultation_id, until_round)
    found = dict.fromkeys(runs, 0)
    unread = or_(
        false(), *(and_(_about(number), _unread(session, run)) for number, run in runs.items())
    )
    query = (
        _joined(Submission.opdracht, func.count())
        .where(*standing, Submission.opdracht.is_not(None), unread)
        .group_by(Submission.opdracht)
    )
    for number, count in session.execute(query):
        found[number] = count
    for number, run in runs.items():
        query = _joined(func.count()).where(
            *standing,
            Submission.opdracht.is_(None),
            _placed(number),
            _unread(session, run),
        )
        found[number] += session.scalar(query) or 0
    return found


def new_answers(
    session: Session, consultation_id: int, opdracht: int, run: AnalysisRun | None
) -> Sequence[NewAnswer]:
    """The new answers of an opdracht, the latest first."""
    query = (
        _joined(
            Contribution.id,
            Contribution.question,
            Contribution.value,
            Participant.id,
            Participant.group,
            Round.number,
            ContributionVersion.at,
            ContributionVersion.text,
            ContributionVersion.version > 1,
        )
        .where(
            *stands(consultation_id),
            or_(_about(opdracht), and_(Submission.opdracht.is_(None), _placed(opdracht))),
            _unread(session, run),
        )
        .order_by(ContributionVersion.at.desc(), Contribution.id)
    )
    return [NewAnswer(*row) for row in session.execute(query)]


def _joined(*columns: Any) -> Select[Any]:
    return answers(*columns).join(Participant, Participant.id == Submission.participant_id)


def _about(opdracht: int) -> ColumnElement[bool]:
    return Submission.opdracht == opdracht


def _placed(opdracht: int) -> ColumnElement[bool]:
    """Answers without an opdracht of their own, of which a statement was placed under this one."""
    return ContributionVersion.id.in_(
        select(Statement.contribution_version_id).where(Statement.opdracht == opdracht)
    )


def _unread(session: Session, run: AnalysisRun | None) -> ColumnElement[bool]:
    """Answers that a run has not read: they were cut after it began, or not yet, or belong to a
    later round. When an answer was given says nothing: a file may bring old answers today."""
    if run is None:
        return true()
    number = session.get_one(Round, run.round_id).number
    return or_(
        ContributionVersion.cut_at.is_(None),
        ContributionVersion.cut_at > run.started_at,
        Round.number > number,
    )
