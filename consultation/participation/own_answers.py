"""The current answers of one participant, to show, to download and to correct."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.database.models import Contribution, ContributionVersion, Round, Submission


@dataclass(frozen=True)
class OwnAnswer:
    """The last version of an answer; ``value`` is the number if the question has one."""

    contribution: str
    round: int
    opdracht: int | None
    question: str | None
    text: str
    value: int | None


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
