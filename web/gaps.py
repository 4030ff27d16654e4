"""What the overview tells beside counts: who was not heard yet, and what came in since a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consultation.catalogue import Groep, Opdracht
from consultation.models import Contribution, ContributionVersion, Round, Statement, Submission


@dataclass(frozen=True)
class Gap:
    """A group that an opdracht matters to, of which nobody said anything about it."""

    opdracht: Opdracht
    group: Groep


def gaps(
    opdrachten: Iterable[Opdracht],
    groups: Iterable[Groep],
    people: Mapping[int, Mapping[str | None, int]],
) -> list[Gap]:
    """The groups that are absent where the catalogue says that they matter most.

    An opdracht on which nobody said anything yet has no gaps: it is empty as a whole.
    """
    known = {each.slug: each for each in groups}
    return [
        Gap(opdracht, known[slug])
        for opdracht in opdrachten
        if people.get(opdracht.nummer)
        for slug in opdracht.groepen
        if slug in known and not people[opdracht.nummer].get(slug)
    ]


def arrived_since(
    session: Session, consultation_id: int, since: Mapping[int, datetime | None]
) -> dict[int, int]:
    """Answers per opdracht that came in, or were changed, after a moment of that opdracht's own.

    With no moment for an opdracht all its answers count.
    """
    found = {}
    for number, moment in since.items():
        asked = Submission.opdracht == number
        placed = Contribution.id.in_(
            select(ContributionVersion.contribution_id)
            .join(Statement, Statement.contribution_version_id == ContributionVersion.id)
            .where(Statement.opdracht == number)
        )
        query = (
            select(func.count(Contribution.id.distinct()))
            .join(Submission, Submission.id == Contribution.submission_id)
            .join(Round, Round.id == Submission.round_id)
            .join(ContributionVersion, ContributionVersion.contribution_id == Contribution.id)
            .where(
                Round.consultation_id == consultation_id,
                ContributionVersion.version == Contribution.version,
                asked | (Submission.opdracht.is_(None) & placed),
            )
        )
        if moment is not None:
            query = query.where(ContributionVersion.at > moment)
        found[number] = session.scalar(query) or 0
    return found
