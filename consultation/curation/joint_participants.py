"""Joint participants: participants, or answers, that people decided to count as one.

The decisions are events of the log (``CountAsOne``, ``CountApart``). Their result also stands in
``joint_id`` of participants and answers, so that every count is one query over the columns
``COUNTED`` or ``COUNTED_PERSON`` (``consultation.queries.statements``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from consultation.curation import operations as ops
from consultation.curation.operations import CurationError
from consultation.curation.state import Event
from consultation.curation.store import in_force, load_events
from consultation.database.models import (
    Contribution,
    ContributionVersion,
    JointParticipant,
    Participant,
    Round,
    Statement,
    Submission,
)
from consultation.database.storage import in_chunks

Counting = ops.CountAsOne | ops.CountApart

_KINDS = ("count_as_one", "count_apart", "revoke")
_CHUNK = 500
_UNSEEN = {"synchronize_session": False}


@dataclass(frozen=True)
class CountingDecision:
    """A decision in force on what counts as one."""

    event: Event
    operation: Counting


def decisions(session: Session, consultation_id: int) -> list[CountingDecision]:
    """The decisions in force on what counts as one, oldest first."""
    log = load_events(session, consultation_id, kinds=_KINDS)
    return [
        CountingDecision(each, each.operation)
        for each in in_force(log)
        if isinstance(each.operation, ops.CountAsOne | ops.CountApart)
    ]


def opdrachten_of(session: Session, consultation_id: int, operation: Counting) -> set[int | None]:
    """The opdrachten that the named participants or answers speak about, and None.

    None stands for the whole consultation: who decides on one opdracht only decides nothing here.

    Raises:
        CurationError: there is no such participant or answer in the consultation.
    """
    if operation.participants:
        known = select(Participant.id).where(Participant.consultation_id == consultation_id)
        _all_known(session, known, Participant.id, operation.participants, "participant")
        mine, ids = Submission.participant_id, operation.participants
    else:
        known = (
            select(Contribution.id)
            .join(Submission, Submission.id == Contribution.submission_id)
            .join(Round, Round.id == Submission.round_id)
            .where(Round.consultation_id == consultation_id)
        )
        _all_known(session, known, Contribution.id, operation.answers, "answer")
        mine, ids = Contribution.id, operation.answers
    query = (
        select(Submission.opdracht, Statement.opdracht)
        .join(Contribution, Contribution.submission_id == Submission.id)
        .outerjoin(ContributionVersion, ContributionVersion.contribution_id == Contribution.id)
        .outerjoin(Statement, Statement.contribution_version_id == ContributionVersion.id)
        .distinct()
    )
    return {None} | {one for pair in in_chunks(session, query, mine, ids) for one in pair}


def all_there(session: Session, operations: Iterable[object]) -> bool:
    """Whether all participants and answers that these operations name still exist."""
    for each in operations:
        if isinstance(each, ops.CountAsOne | ops.CountApart):
            column = Participant.id if each.participants else Contribution.id
            wanted = set(each.participants or each.answers)
            if len(list(in_chunks(session, select(column), column, wanted))) < len(wanted):
                return False
    return True


def refresh(session: Session, consultation_id: int) -> None:
    """Writes ``joint_id`` of participants and answers anew, from the decisions in force.

    Operations that share a member make one joint participant, with the id of the first of them.
    """
    own = select(JointParticipant.id).where(JointParticipant.consultation_id == consultation_id)
    before = list(session.scalars(own))
    wanted = [
        each.operation
        for each in decisions(session, consultation_id)
        if isinstance(each.operation, ops.CountAsOne)
    ]
    if not before and not wanted:
        return
    session.flush()
    for table in (Participant, Contribution):
        cleared = update(table).where(table.joint_id.in_(own)).values(joint_id=None)
        session.execute(cleared, execution_options=_UNSEEN)
    session.execute(
        delete(JointParticipant).where(JointParticipant.id.in_(before)), execution_options=_UNSEEN
    )
    for table, groups in (
        (Participant, joined([(str(each.id), each.participants) for each in wanted])),
        (Contribution, joined([(str(each.id), each.answers) for each in wanted])),
    ):
        for joint, members in groups.items():
            group = _group_of(session, table, members)
            row = {"id": joint, "consultation_id": consultation_id, "group": group}
            session.execute(insert(JointParticipant), [row])
            for start in range(0, len(members), _CHUNK):
                part = table.id.in_(members[start : start + _CHUNK])
                session.execute(
                    update(table).where(part).values(joint_id=joint), execution_options=_UNSEEN
                )


def joined(named: Iterable[tuple[str, Sequence[str]]]) -> dict[str, list[str]]:
    """Groups of members, by the id of the first pair of (id, members) that has one of them."""
    groups: dict[str, list[str]] = {}
    joint_of: dict[str, str] = {}
    for id_, members in named:
        met = list(dict.fromkeys(joint_of[each] for each in members if each in joint_of))
        order = {each: at for at, each in enumerate(groups)}
        into = min(met, key=order.__getitem__, default=id_)
        own = groups.setdefault(into, []) if members else []
        for other in met:
            if other != into:
                own += groups.pop(other)
        own += [each for each in dict.fromkeys(members) if each not in joint_of]
        joint_of |= dict.fromkeys(own, into)
    return groups


def _group_of(
    session: Session, table: type[Participant] | type[Contribution], members: Collection[str]
) -> str | None:
    """The group of most members, of several the first by name; None if no group is known."""
    query = select(Participant.id, Participant.group)
    if table is Contribution:
        query = query.join(Submission, Submission.participant_id == Participant.id).join(
            Contribution, Contribution.submission_id == Submission.id
        )
    found = {who: group for who, group in in_chunks(session, query, table.id, members) if group}
    counts = Counter(found.values())
    return min(counts, key=lambda each: (-counts[each], each), default=None)


def _all_known(
    session: Session, query: object, column: object, wanted: Sequence[str], what: str
) -> None:
    found = {each for (each,) in in_chunks(session, query, column, wanted)}
    for each in wanted:
        if each not in found:
            place = f"count.{what}s[{wanted.index(each)}]"
            raise CurationError(f"{what}_unknown", f"there is no {what} {each}.", place)
