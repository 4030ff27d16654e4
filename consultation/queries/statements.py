"""Queries for the active statements, shared by tables, reports and pages.

A statement is active while its answer is neither withdrawn nor changed, and while the participant
counts (``counting_participants``). The module must import nothing heavy, because pages use it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any, Unpack

from sqlalchemy import ColumnElement, FromClause, Select, case, func, select
from sqlalchemy.orm import Session

from consultation.database.models import (
    SET_ASIDE,
    Consent,
    Contribution,
    ContributionVersion,
    Flood,
    JointParticipant,
    Participant,
    Round,
    Statement,
    Submission,
)
from language.segmentation.plain_text import readable

_CHUNK = 500

COUNTED = func.coalesce(Contribution.joint_id, Participant.joint_id, Participant.id)
"""What an answer counts for: its joint participant, else that of who gave it, else who gave it."""

COUNTED_PERSON = func.coalesce(Participant.joint_id, Participant.id)
"""What a participant counts for, where it is not about one answer."""

COUNTED_GROUP = case(
    (JointParticipant.id.is_not(None), JointParticipant.group), else_=Participant.group
)
"""The group of ``COUNTED`` or ``COUNTED_PERSON``; needs an outer join of ``JointParticipant``."""


@dataclass(frozen=True)
class StatementView:
    """An active statement.

    ``participant`` is who it counts for: a joint participant, if people decided that its answers or
    participants count as one, else who said it; ``group`` is the group of that. ``sender`` is who
    said it. ``start`` and ``end`` are character offsets in the answer. ``text`` is the slice, but
    without tags and addresses (``language.segmentation.plain_text``).
    ``unread`` is the reason why the answer was not read completely, see ``ContributionVersion``.
    """

    id: str
    contribution: str
    participant: str
    opdracht: int | None
    round: int
    group: str | None
    question: str | None
    kind: str
    start: int
    end: int
    text: str
    unread: str | None = None
    sender: str = ""

    @property
    def set_aside(self) -> bool:
        """Whether the analysis excluded the answer of the statement."""
        return self.unread in SET_ASIDE


@dataclass(frozen=True)
class Author:
    """Who a statement counts for, and the group of that; see ``StatementView``."""

    participant: str
    group: str | None
    sender: str = ""


@dataclass(frozen=True)
class StatementCounts:
    """The number of active statements, of their answers and of their participants."""

    statements: int = 0
    answers: int = 0
    people: int = 0


def active_statements(
    session: Session,
    consultation_id: int,
    opdracht: int | None = None,
    round_number: int | None = None,
    until_round: int | None = None,
    contribution: str | None = None,
) -> list[StatementView]:
    """The active statements, oldest answer first.

    The arguments are filters: ``round_number`` selects one round, ``until_round`` all rounds up to
    and including it, ``contribution`` one answer.
    """
    wanted: list[ColumnElement[bool]] = []
    if opdracht is not None:
        wanted.append(Statement.opdracht == opdracht)
    if round_number is not None:
        wanted.append(Round.number == round_number)
    if contribution is not None:
        wanted.append(Contribution.id == contribution)
    return _said(session, consultation_id, until_round, *wanted)


def active_among(
    session: Session, consultation_id: int, statements: Collection[str]
) -> list[StatementView]:
    """The active ones among these statements, of any opdracht."""
    ids = sorted(statements)
    return [
        each
        for start in range(0, len(ids), _CHUNK)
        for each in _said(
            session, consultation_id, None, Statement.id.in_(ids[start : start + _CHUNK])
        )
    ]


def without_opdracht(
    session: Session, consultation_id: int, until_round: int | None = None
) -> list[StatementView]:
    """The active statements without an opdracht, which a facilitator has to place."""
    return _said(session, consultation_id, until_round, Statement.opdracht.is_(None))


def unread_answers(
    session: Session, consultation_id: int, until_round: int | None = None
) -> list[tuple[str, str]]:
    """The ids of the active answers that the analysis excluded, with the reason, oldest first."""
    query = answers(Contribution.id, ContributionVersion.unread).where(
        *active_answer(consultation_id, until_round), ContributionVersion.unread.in_(SET_ASIDE)
    )
    rows = session.execute(query.order_by(Contribution.created_at, Contribution.id))
    return [(answer, why) for answer, why in rows]


def authors(
    session: Session,
    consultation_id: int,
    until_round: int | None = None,
    among: FromClause | None = None,
) -> dict[str, Author]:
    """The authors of the active statements, by statement id.

    ``among`` is a subquery of statement ids that limits the result.
    """
    query = _joined(Statement.id, COUNTED, COUNTED_GROUP, Participant.id).where(
        *active_answer(consultation_id, until_round)
    )
    if among is not None:
        query = query.where(Statement.id.in_(select(among)))
    return {statement: Author(*author) for statement, *author in session.execute(query)}


def joint_senders(said: Iterable[StatementView | Author]) -> dict[str, set[str]]:
    """The senders of each joint participant among these, by the id of the joint participant."""
    senders: dict[str, set[str]] = {}
    for each in said:
        if each.sender not in ("", each.participant):
            senders.setdefault(each.participant, set()).add(each.sender)
    return senders


def joint_sizes(said: Iterable[StatementView | Author]) -> tuple[int, ...]:
    """How many senders each joint participant among these has, the largest first."""
    return tuple(sorted(map(len, joint_senders(said).values()), reverse=True))


def counts(
    session: Session, consultation_id: int, until_round: int | None = None
) -> dict[int | None, StatementCounts]:
    """The counts of active statements by opdracht; the key None holds those without one."""
    query = (
        _joined(
            Statement.opdracht,
            func.count(),
            func.count(Contribution.id.distinct()),
            func.count(COUNTED.distinct()),
        )
        .where(*active_answer(consultation_id, until_round))
        .group_by(Statement.opdracht)
    )
    return {number: StatementCounts(*found) for number, *found in session.execute(query)}


def consented(purpose: str) -> Select[str]:
    """A query for the ids of the participants whose last answer on a consent purpose is yes."""
    last = (
        select(func.max(Consent.id))
        .where(Consent.purpose == purpose)
        .group_by(Consent.participant_id)
    )
    return select(Consent.participant_id).where(Consent.id.in_(last), Consent.granted.is_(True))


def counting_participants() -> Select[str]:
    """A query for the ids of the participants who count.

    These consent to analysis, and are not kept apart as a flood.
    """
    return consented("analyse").where(Consent.participant_id.not_in(uncounted()))


def uncounted() -> Select[str]:
    """A query for the ids of the participants of floods that no facilitator counts."""
    return (
        select(Participant.id)
        .join(Flood, Flood.id == Participant.flood_id)
        .where(Flood.counted.is_(False))
    )


def answers(*columns: Any) -> Select[Unpack[tuple[Any, ...]]]:
    """A query for columns of answer versions, joined with answer, submission and round."""
    return (
        select(*columns)
        .select_from(ContributionVersion)
        .join(Contribution, Contribution.id == ContributionVersion.contribution_id)
        .join(Submission, Submission.id == Contribution.submission_id)
        .join(Round, Round.id == Submission.round_id)
    )


def active_answer(
    consultation_id: int, until_round: int | None = None
) -> list[ColumnElement[bool]]:
    """The conditions for an active answer: current version, of a participant who counts."""
    found = [
        Round.consultation_id == consultation_id,
        ContributionVersion.version == Contribution.version,
        Submission.participant_id.in_(counting_participants()),
    ]
    if until_round is not None:
        found.append(Round.number <= until_round)
    return found


def _said(
    session: Session,
    consultation_id: int,
    until_round: int | None,
    *wanted: ColumnElement[bool],
) -> list[StatementView]:
    # The database cuts the slice, so that a long document is not sent once per statement.
    # ``substr`` counts characters as Python does.
    text = func.substr(
        ContributionVersion.text, Statement.start + 1, Statement.end - Statement.start
    )
    query = (
        _joined(
            Statement.id,
            Contribution.id,
            COUNTED,
            Statement.opdracht,
            Round.number,
            COUNTED_GROUP,
            Contribution.question,
            Statement.kind,
            Statement.start,
            Statement.end,
            text,
            ContributionVersion.unread,
            Participant.id.label("sender"),
        )
        .where(*active_answer(consultation_id, until_round), *wanted)
        .order_by(Contribution.created_at, Contribution.id, Statement.start, Statement.end)
    )
    said = (StatementView(*row) for row in session.execute(query))
    return [replace(each, text=readable(each.text)) for each in said]


def _joined(*columns: Any) -> Select[Unpack[tuple[Any, ...]]]:
    return (
        answers(*columns)
        .join(Statement, Statement.contribution_version_id == ContributionVersion.id)
        .join(Participant, Participant.id == Submission.participant_id)
        .outerjoin(JointParticipant, JointParticipant.id == COUNTED)
    )
