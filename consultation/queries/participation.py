"""Counts of participants and answers, per opdracht and per round.

What people decided to count as one counts as one participant.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import Subquery, func, select
from sqlalchemy.orm import Session

from consultation.database.models import (
    Contribution,
    JointParticipant,
    Participant,
    Round,
    Statement,
    Submission,
)
from consultation.queries.disclosure import Breakdown, breakdown
from consultation.queries.statements import (
    COUNTED,
    COUNTED_GROUP,
    counting_participants,
    uncounted,
)


@dataclass(frozen=True)
class ParticipationCounts:
    """The number of answers, of their participants, and of participants by stakeholder group."""

    answers: int = 0
    people: int = 0
    groups: dict[str | None, int] = field(default_factory=dict)

    @property
    def public(self) -> Breakdown:
        """The participants per group for publication: small groups are folded (``breakdown``)."""
        return breakdown(self.groups)


def per_opdracht(
    session: Session, consultation_id: int, until_round: int | None = None
) -> dict[int, ParticipationCounts]:
    """The numbers by opdracht, up to and including ``until_round``.

    Only participants who consent to analysis count. A submission without an opdracht, such as an
    import, counts for the opdrachten that its statements were placed under.
    """
    return _per_opdracht(session, consultation_id, _said(), until_round)


def of_opdracht(session: Session, consultation_id: int, opdracht: int) -> ParticipationCounts:
    """The numbers of one opdracht, over all rounds; see ``per_opdracht``."""
    found = _per_opdracht(session, consultation_id, _said(opdracht), None)
    return found.get(opdracht, ParticipationCounts())


def _per_opdracht(
    session: Session, consultation_id: int, said: Subquery, until_round: int | None
) -> dict[int, ParticipationCounts]:
    query = (
        select(
            said.c.opdracht,
            said.c.group,
            func.count(said.c.participant.distinct()),
            func.count(said.c.contribution.distinct()),
        )
        .join(Round, Round.id == said.c.round)
        .where(Round.consultation_id == consultation_id, said.c.sender.in_(counting_participants()))
        .group_by(said.c.opdracht, said.c.group)
    )
    if until_round is not None:
        query = query.where(Round.number <= until_round)
    answers: Counter[int] = Counter()
    groups: dict[int, Counter[str | None]] = {}
    for opdracht, group, people, count in session.execute(query):
        answers[opdracht] += count
        groups.setdefault(opdracht, Counter())[group] += people
    return {
        opdracht: ParticipationCounts(answers[opdracht], sum(counted.values()), dict(counted))
        for opdracht, counted in groups.items()
    }


@dataclass(frozen=True)
class RoundNumbers:
    """A round with the number of its participants and answers."""

    round: Round
    people: int
    answers: int


def per_round(session: Session, consultation_id: int) -> list[RoundNumbers]:
    """All rounds with their counts, by number, whether or not participants consent to analysis.

    Floods are left out while they do not count.
    """
    query = (
        select(
            Round,
            func.count(COUNTED.distinct()),
            func.count(Contribution.id.distinct()),
        )
        .outerjoin(Submission, Submission.round_id == Round.id)
        .outerjoin(
            Participant,
            (Participant.id == Submission.participant_id) & Participant.id.not_in(uncounted()),
        )
        .outerjoin(
            Contribution,
            (Contribution.submission_id == Submission.id) & Participant.id.is_not(None),
        )
        .where(Round.consultation_id == consultation_id)
        .group_by(Round.id)
        .order_by(Round.number)
    )
    return [RoundNumbers(*row) for row in session.execute(query)]


@dataclass(frozen=True)
class RoundPart:
    """The number of participants and answers on one opdracht in one round."""

    number: int
    kind: str
    status: str
    people: int
    answers: int


def rounds_of(session: Session, consultation_id: int, opdracht: int) -> list[RoundPart]:
    """All rounds, by number, with the counts of one opdracht; rounds without answers are included.

    Only participants who consent to analysis count.
    """
    said = _said(opdracht)
    query = (
        select(
            Round.number,
            Round.kind,
            Round.status,
            func.count(said.c.participant.distinct()),
            func.count(said.c.contribution.distinct()),
        )
        .outerjoin(
            said,
            (said.c.round == Round.id) & said.c.sender.in_(counting_participants()),
        )
        .where(Round.consultation_id == consultation_id)
        .group_by(Round.id)
        .order_by(Round.number)
    )
    return [RoundPart(*row) for row in session.execute(query)]


@dataclass(frozen=True)
class Totals:
    """The number of participants and answers in the whole consultation."""

    people: int
    answers: int


def totals(session: Session, consultation_id: int) -> Totals:
    """The totals over the participants who consent to analysis."""
    query = (
        select(func.count(COUNTED.distinct()), func.count(Contribution.id.distinct()))
        .select_from(Contribution)
        .join(Submission, Submission.id == Contribution.submission_id)
        .join(Participant, Participant.id == Submission.participant_id)
        .where(
            Participant.consultation_id == consultation_id,
            Participant.id.in_(counting_participants()),
        )
    )
    return Totals(*session.execute(query).one())


def _said(opdracht: int | None = None) -> Subquery:
    """A subquery of opdracht, contribution, who it counts for, and round.

    It is for all opdrachten or for one. ``participant`` and ``group`` are what the answer counts
    for, ``sender`` is who gave it. A contribution may have a row per statement, so callers must
    count distinct values.
    """
    columns = (
        Contribution.id.label("contribution"),
        COUNTED.label("participant"),
        COUNTED_GROUP.label("group"),
        Submission.participant_id.label("sender"),
        Submission.round_id.label("round"),
    )
    asked = (
        select(Submission.opdracht.label("opdracht"), *columns)
        .select_from(Submission)
        .join(Contribution, Contribution.submission_id == Submission.id)
        .where(Submission.opdracht.is_not(None))
    )
    placed = (
        select(Statement.opdracht.label("opdracht"), *columns)
        .select_from(Statement)
        .join(Statement.contribution_version)
        .join(Contribution)
        .join(Submission)
        .where(
            Submission.opdracht.is_(None),
            Statement.opdracht.is_not(None),
        )
    )
    if opdracht is not None:
        asked = asked.where(Submission.opdracht == opdracht)
        placed = placed.where(Statement.opdracht == opdracht)
    asked, placed = (
        each.join(Participant, Participant.id == Submission.participant_id).outerjoin(
            JointParticipant, JointParticipant.id == COUNTED
        )
        for each in (asked, placed)
    )
    return asked.union_all(placed).subquery()
