"""The support for an action: its proposers, their stakeholder groups, the urgency they gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.supporters import people_of, proposers
from consultation.curation.state import CuratedAction
from consultation.database.models import Contribution, Participant, Round, Submission
from consultation.queries.opdracht_snapshot import OpdrachtSnapshot
from consultation.queries.statements import COUNTED, counting_participants

Urgency = Mapping[tuple[int, str], int]
"""The priority (1 to 5) that each participant gave to each opdracht."""


@dataclass(frozen=True)
class SupportFigures:
    """The support for an action.

    ``people`` counts the participants who propose it, ``statements`` their statements, ``groups``
    their known stakeholder groups. ``urgency`` is the mean priority (1 to 5) that these
    participants gave, None where none of them gave one; ``answers`` is the number of priorities.
    """

    people: int
    statements: int
    groups: int
    urgency: float | None
    answers: int


def urgencies(session: Session, consultation_id: int) -> dict[tuple[int, str], int]:
    """Returns the priority by opdracht and participant, for participants who agreed to analysis.

    The priority of the last round counts where there are several.
    """
    query = (
        select(Submission.opdracht, COUNTED, Contribution.value)
        .select_from(Submission)
        .join(Contribution, Contribution.submission_id == Submission.id)
        .join(Participant, Participant.id == Submission.participant_id)
        .join(Round, Round.id == Submission.round_id)
        .where(
            Round.consultation_id == consultation_id,
            Contribution.value.is_not(None),
            Submission.opdracht.is_not(None),
            Submission.participant_id.in_(counting_participants()),
        )
        .order_by(Round.number)
    )
    return {
        (opdracht, participant): value
        for opdracht, participant, value in session.execute(query)
        if opdracht is not None and value is not None
    }


def weight(
    action: CuratedAction, snapshots: Mapping[int, OpdrachtSnapshot], given: Urgency
) -> SupportFigures:
    """Returns the support for an action, from its proposers (see ``analysis.supporters``)."""
    said = proposers(action, snapshots.values())
    people = {(each.participant, each.opdracht) for each in said}
    values = [
        given[opdracht, participant]
        for participant, opdracht in people
        if opdracht is not None and (opdracht, participant) in given
    ]
    return SupportFigures(
        people=people_of(said),
        statements=len(said),
        groups=len({each.group for each in said if each.group}),
        urgency=sum(values) / len(values) if values else None,
        answers=len(values),
    )
