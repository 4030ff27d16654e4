"""Finished runs of the analysis."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.models import AnalysisRun, Round


def latest_run(
    session: Session, consultation_id: int, opdracht: int | None, round_number: int | None = None
) -> AnalysisRun | None:
    """The last finished run that covers an opdracht (None: any), of one round or of any."""
    query = (
        select(AnalysisRun)
        .join(Round, Round.id == AnalysisRun.round_id)
        .where(Round.consultation_id == consultation_id, AnalysisRun.status == "klaar")
        .order_by(AnalysisRun.id.desc())
        .limit(1)
    )
    if opdracht is not None:
        query = query.where(AnalysisRun.opdracht.is_(None) | (AnalysisRun.opdracht == opdracht))
    if round_number is not None:
        query = query.where(Round.number == round_number)
    return session.scalar(query)
