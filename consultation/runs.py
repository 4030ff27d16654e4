"""Queries for finished runs of the analysis."""

from __future__ import annotations

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from consultation.database.models import AnalysisRun, Round, RunTheme, Theme


def latest_run(
    session: Session, consultation_id: int, opdracht: int | None, round_number: int | None = None
) -> AnalysisRun | None:
    """The last finished run that covers an opdracht (None: any), in one round or in all."""
    query = (
        select(AnalysisRun)
        .join(Round, Round.id == AnalysisRun.round_id)
        .where(Round.consultation_id == consultation_id)
        .order_by(AnalysisRun.id.desc())
        .limit(1)
    )
    if opdracht is not None:
        query = query.where(AnalysisRun.opdracht.is_(None) | (AnalysisRun.opdracht == opdracht))
    if round_number is not None:
        query = query.where(Round.number == round_number)
    return session.scalar(query)


def last_run_themes(
    consultation_id: int, opdracht: int, until_run: int | None = None
) -> Select[RunTheme]:
    """Query for the latest ``RunTheme`` of the themes of an opdracht: one row per theme.

    With ``until_run``, later runs are ignored.
    """
    earlier = aliased(RunTheme)
    last = select(func.max(earlier.run_id)).where(earlier.theme_id == Theme.id)
    if until_run is not None:
        last = last.where(earlier.run_id <= until_run)
    return (
        select(RunTheme)
        .join(Theme, Theme.id == RunTheme.theme_id)
        .where(
            Theme.consultation_id == consultation_id,
            Theme.opdracht == opdracht,
            RunTheme.run_id == last.correlate(Theme).scalar_subquery(),
        )
    )
