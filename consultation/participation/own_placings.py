"""What participants say themselves that a sentence of each of their answers is about.

An answer of a participant is kept here until a run has cut the answer into statements; then it
becomes a decision of the log (``analysis.asking.own_placings``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, aliased

from consultation.database.models import (
    Contribution,
    ContributionVersion,
    OwnPlacing,
    Submission,
    now,
)


@dataclass(frozen=True)
class PlaceableAnswer:
    """An answer as it stands that nobody was asked about: its version, question and text."""

    version: str
    question: str
    text: str


@dataclass(frozen=True)
class PlacedSentence:
    """A sentence that still stands in an answer, and what its participant says it is about.

    ``likely`` are the ids of the themes to offer, ``themes`` the participant's answer: empty for
    none of them, None as long as there is none. ``asked`` tells whether the question was put.
    """

    id: str
    opdracht: int
    question: str
    words: str
    likely: tuple[str, ...]
    themes: tuple[str, ...] | None
    asked: bool


def placeable_answers(
    session: Session, participant_id: str, round_id: int, opdracht: int
) -> list[PlaceableAnswer]:
    """The answers on an opdracht of which no sentence was chosen to ask about.

    Texts that were not read in full, and those that the chat found to say nothing, are left out.
    """
    query = (
        select(
            ContributionVersion.id,
            Contribution.id,
            Contribution.question,
            ContributionVersion.text,
            ContributionVersion.measure,
        )
        .join(Contribution, Contribution.id == ContributionVersion.contribution_id)
        .join(Submission, Submission.id == Contribution.submission_id)
        .where(
            Submission.participant_id == participant_id,
            Submission.round_id == round_id,
            Submission.opdracht == opdracht,
            Contribution.question.is_not(None),
            ContributionVersion.version == Contribution.version,
            ContributionVersion.unread.is_(None),
        )
        .order_by(Contribution.created_at)
    )
    known = {row.answer for row in _standing(session, participant_id, round_id, opdracht)}
    return [
        PlaceableAnswer(version, question, text)
        for version, answer, question, text, measure in session.execute(query)
        if answer not in known and not _empty(measure)
    ]


def placed_sentences(
    session: Session, participant_id: str, round_id: int | None = None, opdracht: int | None = None
) -> list[PlacedSentence]:
    """The sentences of a participant that were chosen to ask about, in the order of the answers."""
    return [
        PlacedSentence(
            id=row.OwnPlacing.id,
            opdracht=row.opdracht,
            question=row.question,
            words=_words(row),
            likely=tuple(row.OwnPlacing.likely),
            themes=None if row.OwnPlacing.themes is None else tuple(row.OwnPlacing.themes),
            asked=row.OwnPlacing.asked_at is not None,
        )
        for row in _standing(session, participant_id, round_id, opdracht)
    ]


def prepare(
    session: Session,
    version: str,
    span: tuple[int, int],
    likely: Sequence[str],
    machine: str | None,
) -> None:
    """Stores a sentence to ask about, unless its answer changed or was erased meanwhile."""
    start, end = span
    found = session.get(ContributionVersion, version)
    if found is None or found.version != found.contribution.version:
        return
    known = select(OwnPlacing.id).where(OwnPlacing.contribution_version_id == version)
    if session.scalar(known.limit(1)) is None:
        session.add(
            OwnPlacing(
                contribution_version_id=version,
                start=start,
                end=end,
                likely=list(likely),
                machine=machine,
            )
        )
        session.flush()


def put(session: Session, placing: str) -> None:
    """Records that a question was put to the participant; it may be erased meanwhile."""
    found = session.get(OwnPlacing, placing)
    if found is not None:
        found.asked_at = found.asked_at or now()
        session.flush()


def answer(session: Session, placing: str, themes: Sequence[str]) -> bool:
    """Stores a participant's answer, the last one counts; False if the sentence was erased."""
    found = session.get(OwnPlacing, placing)
    if found is None:
        return False
    moment = now()
    found.asked_at = found.asked_at or moment
    if found.themes != list(themes):
        found.themes, found.answered_at = list(themes), moment
    session.flush()
    return True


def _standing(
    session: Session, participant_id: str, round_id: int | None, opdracht: int | None
) -> list[Row[Any]]:
    """The sentences that still stand in the current version of their answer."""
    then = aliased(ContributionVersion)
    columns: tuple[Any, ...] = (
        OwnPlacing,
        Contribution.id.label("answer"),
        Contribution.question,
        Submission.opdracht,
        ContributionVersion.text,
        then.text.label("then"),
    )
    query = (
        select(*columns)
        .select_from(ContributionVersion)
        .join(Contribution, Contribution.id == ContributionVersion.contribution_id)
        .join(Submission, Submission.id == Contribution.submission_id)
        .join(then, then.contribution_id == Contribution.id)
        .join(OwnPlacing, OwnPlacing.contribution_version_id == then.id)
        .where(
            Submission.participant_id == participant_id,
            Submission.opdracht.is_not(None),
            ContributionVersion.version == Contribution.version,
        )
        .order_by(Contribution.created_at, then.version)
    )
    if round_id is not None:
        query = query.where(Submission.round_id == round_id)
    if opdracht is not None:
        query = query.where(Submission.opdracht == opdracht)
    return [row for row in session.execute(query) if _words(row) in row.text]


def _words(row: Row[Any]) -> str:
    found: str = row.then[row.OwnPlacing.start : row.OwnPlacing.end]
    return found


def _empty(measure: dict[str, Any] | None) -> bool:
    if not measure:
        return False
    return bool(measure.get("non_answer") or measure.get("language") or measure.get("marks"))
