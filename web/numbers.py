"""How many people said how much, per opdracht."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consultation.models import (
    Contribution,
    Participant,
    Round,
    Statement,
    Submission,
)

FOLD_BELOW = 5


@dataclass(frozen=True)
class Numbers:
    """Answers, the people who gave them, and those people by stakeholder group."""

    answers: int = 0
    people: int = 0
    groups: dict[str | None, int] = field(default_factory=dict)

    @property
    def shown(self) -> list[tuple[str, int]]:
        """The groups that may be shown to everyone, largest first."""
        large = [
            (slug, count) for slug, count in self.groups.items() if slug and count >= FOLD_BELOW
        ]
        return sorted(large, key=lambda each: (-each[1], each[0]))

    @property
    def folded(self) -> int:
        """People in groups too small to show by name, or in none."""
        return self.people - sum(count for _, count in self.shown)


def per_opdracht(
    session: Session, consultation_id: int, until_round: int | None = None
) -> dict[int, Numbers]:
    """Numbers by opdracht, up to and including a round.

    An import that names no opdracht counts where its statements were placed.
    """
    asked = (
        select(
            Submission.opdracht.label("opdracht"),
            Contribution.id.label("contribution"),
            Submission.participant_id.label("participant"),
            Submission.round_id.label("round"),
        )
        .join(Contribution, Contribution.submission_id == Submission.id)
        .where(Contribution.withdrawn_at.is_(None), Submission.opdracht.is_not(None))
    )
    placed = (
        select(
            Statement.opdracht.label("opdracht"),
            Contribution.id.label("contribution"),
            Submission.participant_id.label("participant"),
            Submission.round_id.label("round"),
        )
        .join(Statement.contribution_version)
        .join(Contribution)
        .join(Submission)
        .where(
            Contribution.withdrawn_at.is_(None),
            Submission.opdracht.is_(None),
            Statement.opdracht.is_not(None),
        )
    )
    said = asked.union(placed).subquery()
    query = (
        select(
            said.c.opdracht,
            said.c.participant,
            Participant.group,
            func.count(said.c.contribution.distinct()),
        )
        .join(Round, Round.id == said.c.round)
        .join(Participant, Participant.id == said.c.participant)
        .where(Round.consultation_id == consultation_id)
        .group_by(said.c.opdracht, said.c.participant, Participant.group)
    )
    if until_round is not None:
        query = query.where(Round.number <= until_round)
    answers: Counter[int] = Counter()
    groups: dict[int, Counter[str | None]] = {}
    for opdracht, _, group, count in session.execute(query):
        answers[opdracht] += count
        groups.setdefault(opdracht, Counter())[group] += 1
    return {
        opdracht: Numbers(answers[opdracht], sum(counted.values()), dict(counted))
        for opdracht, counted in groups.items()
    }


@dataclass(frozen=True)
class RoundNumbers:
    """One round and what came in during it."""

    round: Round
    people: int
    answers: int


def per_round(session: Session, consultation_id: int) -> list[RoundNumbers]:
    """All rounds, by number."""
    query = (
        select(
            Round,
            func.count(Submission.participant_id.distinct()),
            func.count(Contribution.id.distinct()),
        )
        .outerjoin(Submission, Submission.round_id == Round.id)
        .outerjoin(
            Contribution,
            (Contribution.submission_id == Submission.id) & Contribution.withdrawn_at.is_(None),
        )
        .where(Round.consultation_id == consultation_id)
        .group_by(Round.id)
        .order_by(Round.number)
    )
    return [RoundNumbers(*row) for row in session.execute(query)]
