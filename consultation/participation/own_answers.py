"""The current answers of one participant, to show, to download and to correct."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.database.models import (
    Contribution,
    ContributionVersion,
    Conversation,
    Round,
    Submission,
)


@dataclass(frozen=True)
class OwnAnswer:
    """The last version of an answer, of time ``at``; ``value`` is the number if there is one."""

    contribution: str
    round: int
    opdracht: int | None
    question: str | None
    text: str
    value: int | None
    at: datetime


@dataclass(frozen=True)
class OwnWords:
    """The answers of the participant of a conversation; ``round`` is the conversation's round."""

    round: int
    answers: tuple[OwnAnswer, ...] = ()


def own_answers(
    session: Session, participant_id: str, round_number: int | None = None
) -> list[OwnAnswer]:
    """A participant's answers in all rounds or one, by round and then by time of first answer.

    Withdrawn answers are left out.
    """
    query = (
        select(
            Contribution.id,
            Round.number,
            Submission.opdracht,
            Contribution.question,
            ContributionVersion.text,
            Contribution.value,
            ContributionVersion.at,
        )
        .join(Submission, Submission.id == Contribution.submission_id)
        .join(Round, Round.id == Submission.round_id)
        .join(ContributionVersion, ContributionVersion.contribution_id == Contribution.id)
        .where(
            Submission.participant_id == participant_id,
            ContributionVersion.version == Contribution.version,
        )
        .order_by(Round.number, Submission.created_at, Contribution.created_at, Contribution.id)
    )
    if round_number is not None:
        query = query.where(Round.number == round_number)
    return [OwnAnswer(*row) for row in session.execute(query)]


def own_words(session: Session, conversation_id: str) -> OwnWords | None:
    """The answers in all rounds of the participant of a conversation; None if there is no such."""
    talk = session.get(Conversation, conversation_id)
    if talk is None:
        return None
    number = session.get_one(Round, talk.round_id).number
    return OwnWords(number, tuple(own_answers(session, talk.participant_id)))
