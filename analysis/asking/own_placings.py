"""Makes what participants said of their own answers decisions of the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_
from sqlalchemy.orm import Session, aliased

from consultation.curation.ledger import Ledger
from consultation.curation.log import decide
from consultation.curation.operations import CurationError, PlaceExactly
from consultation.curation.state import PARTICIPANT
from consultation.database.models import (
    Contribution,
    ContributionVersion,
    OwnPlacing,
    Statement,
    now,
)
from consultation.database.storage import Storage
from consultation.queries.statements import active_answer, answers


@dataclass(frozen=True)
class _OwnDecision:
    """A participant's answer that is not in the log yet, and the statement that it is about."""

    placing: str
    statement: str
    themes: tuple[str, ...]


def take_over(storage: Storage, consultation_id: int) -> int:
    """Writes a placing for each answer of a participant that the log lacks; returns their number.

    What a facilitator decided on the same statement stays; a theme that was rejected gets nothing.
    """
    with storage.reading() as session:
        found = _undecided(session, consultation_id)
    if not found:
        return 0

    def make(ledger: Ledger) -> None:
        for each in found:
            operation = PlaceExactly(statement=each.statement, themes=list(each.themes))
            try:
                ledger.append(PARTICIPANT, operation, actor="participant")
            except CurationError:
                # A facilitator decided, or the theme is gone.
                continue

    events = decide(storage, consultation_id, None, make)
    with storage.writing() as session:
        _taken_over(session, found)
    return len(events)


def _undecided(session: Session, consultation_id: int) -> list[_OwnDecision]:
    """The answers of participants that are not in the log yet, oldest first.

    An answer whose text was not cut into statements yet is left for later.
    """
    then = aliased(ContributionVersion)
    statement = _slice(ContributionVersion, Statement)
    query = (
        answers(OwnPlacing.id, Statement.id, OwnPlacing.themes)
        .join(Statement, Statement.contribution_version_id == ContributionVersion.id)
        .join(then, then.contribution_id == Contribution.id)
        .join(OwnPlacing, OwnPlacing.contribution_version_id == then.id)
        .where(
            *active_answer(consultation_id),
            statement == _slice(then, OwnPlacing),
            OwnPlacing.themes.is_not(None),
            or_(
                OwnPlacing.decided_on.is_(None),
                OwnPlacing.decided_on != Statement.id,
                OwnPlacing.taken_over_at < OwnPlacing.answered_at,
            ),
        )
        .order_by(OwnPlacing.answered_at, OwnPlacing.id, Statement.start)
    )
    found = {row[0]: _OwnDecision(row[0], row[1], tuple(row[2])) for row in session.execute(query)}
    return list(found.values())


def _taken_over(session: Session, decisions: Sequence[_OwnDecision]) -> None:
    """Records that these answers of participants are in the log, or can never be."""
    for each in decisions:
        found = session.get(OwnPlacing, each.placing)
        if found is not None and found.themes == list(each.themes):
            found.decided_on, found.taken_over_at = each.statement, now()
    session.flush()


def _slice(version: Any, span: Any) -> ColumnElement[str]:
    return func.substr(version.text, span.start + 1, span.end - span.start)
