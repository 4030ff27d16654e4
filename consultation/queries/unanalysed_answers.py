"""The answers that no run on their opdracht has read yet: counts and details."""

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
from consultation.queries.statements import active_answer, answers


@dataclass(frozen=True)
class NewAnswer:
    """An answer that the last run has not read; ``changed`` if it replaces an earlier version."""

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
    """The number of unread answers by opdracht; ``runs`` gives the last run on it.

    Without a run, all answers of an opdracht count.
    """
    standing = active_answer(consultation_id, until_round)
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
    """The unread answers of an opdracht, the latest first."""
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
            *active_answer(consultation_id),
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
    """Condition for answers with a statement that was placed under this opdracht."""
    return ContributionVersion.id.in_(
        select(Statement.contribution_version_id).where(Statement.opdracht == opdracht)
    )


def _unread(session: Session, run: AnalysisRun | None) -> ColumnElement[bool]:
    """Condition for answers that a run has not read; always true if ``run`` is None.

    Such an answer was not segmented yet, was segmented after the run started, or belongs to a later
    round. The time of the answer cannot be used, because an import may add old answers.
    """
    if run is None:
        return true()
    number = session.get_one(Round, run.round_id).number
    return or_(
        ContributionVersion.cut_at.is_(None),
        ContributionVersion.cut_at > run.started_at,
        Round.number > number,
    )
