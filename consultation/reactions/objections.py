"""Statements of which their author says: this is not what I meant."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from consultation.database.models import (
    Contribution,
    ContributionVersion,
    Objection,
    Participant,
    Round,
    Statement,
    Submission,
    now,
)

OPEN, LOOKED_AT = "open", "bekeken"


def objects(session: Session, participant_id: str, statement_id: str) -> bool:
    """Stores an objection of a participant to how their own statement was understood, once.

    False if the statement is not theirs, or is gone.
    """
    own = (
        select(Statement.id)
        .join(ContributionVersion, ContributionVersion.id == Statement.contribution_version_id)
        .join(Contribution, Contribution.id == ContributionVersion.contribution_id)
        .join(Submission, Submission.id == Contribution.submission_id)
        .where(Statement.id == statement_id, Submission.participant_id == participant_id)
    )
    if session.scalar(own) is None:
        return False
    found = session.scalar(select(Objection).where(Objection.statement_id == statement_id))
    if found is None:
        session.add(Objection(participant_id=participant_id, statement_id=statement_id))
        session.flush()
    return True


def objections(
    session: Session, consultation_id: int, opdracht: int | None = None
) -> Sequence[Objection]:
    """The objections in a consultation, or on one opdracht: open ones first, then by age."""
    query = (
        select(Objection)
        .join(Objection.statement)
        .join(ContributionVersion, ContributionVersion.id == Statement.contribution_version_id)
        .join(Contribution, Contribution.id == ContributionVersion.contribution_id)
        .join(Submission, Submission.id == Contribution.submission_id)
        .join(Round, Round.id == Submission.round_id)
        .where(Round.consultation_id == consultation_id)
        .options(contains_eager(Objection.statement))
        .order_by(Objection.state.desc(), Objection.id)
    )
    if opdracht is not None:
        query = query.where(Statement.opdracht == opdracht)
    return session.scalars(query).all()


def count_open(session: Session, consultation_id: int, opdracht: int | None = None) -> int:
    """The number of objections that nobody looked at yet."""
    found = objections(session, consultation_id, opdracht)
    return sum(each.state == OPEN for each in found)


def find(session: Session, consultation_id: int, objection: int) -> Objection | None:
    """The objection with this number in this consultation, locked for a change, or None."""
    query = (
        select(Objection)
        .join(Participant, Participant.id == Objection.participant_id)
        .where(Participant.consultation_id == consultation_id, Objection.id == objection)
        .with_for_update(of=Objection)
    )
    return session.scalar(query)


def handle(objection: Objection, account: str, note: str) -> None:
    """Marks an objection as looked at, with a note for colleagues."""
    objection.state, objection.note = LOOKED_AT, note
    objection.handled_by, objection.handled_at = account, now()


def reopen(objection: Objection) -> None:
    """Undoes ``handle``; the note stays, so that it can be changed."""
    objection.state = OPEN
    objection.handled_by = objection.handled_at = None
