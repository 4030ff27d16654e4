"""What an analysis found, read for the review: themes, statements and the answers they are from.

Counts are taken from the statements that stand now, so an erased or changed answer is never
counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Unpack

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from consultation.models import (
    AnalysisRun,
    Assignment,
    Contribution,
    ContributionVersion,
    Message,
    Participant,
    Round,
    RunTheme,
    Statement,
    Submission,
    Theme,
)

FEWEST_TO_GROUP = 30


@dataclass(frozen=True)
class Said:
    """One statement: the exact slice, and where it stands."""

    id: str
    kind: str
    start: int
    end: int
    answer: str
    contribution: str
    question: str | None
    opdracht: int | None
    channel: str
    participant: str
    group: str | None
    round: int

    @property
    def text(self) -> str:
        """The exact characters of the answer."""
        return self.answer[self.start : self.end]


@dataclass(frozen=True)
class Found:
    """A theme as one run sees it; ``statements`` are those that stand now."""

    id: str
    code: str
    opdracht: int
    label: str
    status: str
    keywords: tuple[str, ...]
    statements: tuple[Said, ...]
    quotes: tuple[Said, ...]
    action: Said | None

    @property
    def people(self) -> int:
        """How many different participants speak in it."""
        return len({each.participant for each in self.statements})

    @property
    def groups(self) -> list[tuple[str | None, int]]:
        """People per stakeholder group, largest first."""
        members = {(each.group, each.participant) for each in self.statements}
        counted = Counter(group for group, _ in members)
        return sorted(counted.items(), key=lambda each: (-each[1], each[0] or "~"))


@dataclass(frozen=True)
class Segment:
    """A stretch of an answer, and the statements that cover it."""

    text: str
    statements: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """The turn in which (a part of) an answer was given."""

    text: str
    seq: int
    at: datetime
    asked: str | None


@dataclass(frozen=True)
class Answer:
    """A whole answer with everything that was made from it."""

    id: str
    opdracht: int | None
    question: str | None
    value: int | None
    probe: str | None
    channel: str
    source: str | None
    group: str | None
    round: int
    at: datetime
    text: str
    version: int
    statements: tuple[Said, ...]
    parts: tuple[Part, ...]
    earlier: tuple[str, ...]


def marked(text: str, spans: Iterable[tuple[str, int, int]]) -> list[Segment]:
    """The text cut at the borders of ``(id, start, end)`` spans; joined again it is the text."""
    known = [(name, max(0, start), min(len(text), end)) for name, start, end in spans]
    borders = sorted({0, len(text), *(edge for _, start, end in known for edge in (start, end))})
    return [
        Segment(
            text[left:right],
            tuple(name for name, start, end in known if start <= left and right <= end),
        )
        for left, right in pairwise(borders)
        if left < right
    ]


def latest_run(
    session: Session, consultation_id: int, opdracht: int | None, round_number: int | None = None
) -> AnalysisRun | None:
    """The last finished run that covers an opdracht (None: that covers anything)."""
    query = (
        select(AnalysisRun)
        .join(Round, Round.id == AnalysisRun.round_id)
        .where(Round.consultation_id == consultation_id, AnalysisRun.status == "klaar")
        .order_by(AnalysisRun.id.desc())
        .limit(1)
    )
    if opdracht is not None:
        query = query.where(AnalysisRun.opdracht.is_(None) | (AnalysisRun.opdracht == opdracht))
    if round_number is not None:
        query = query.where(Round.number == round_number)
    return session.scalar(query)


def said(
    session: Session,
    consultation_id: int,
    opdracht: int,
    until_round: int | None = None,
) -> list[Said]:
    """The statements on an opdracht that stand now, in the order they came."""
    query = _standing().where(
        Round.consultation_id == consultation_id, Statement.opdracht == opdracht
    )
    if until_round is not None:
        query = query.where(Round.number <= until_round)
    return [_said(row) for row in session.execute(query)]


def themes(
    session: Session, run: AnalysisRun, opdracht: int, statements: Sequence[Said]
) -> list[Found]:
    """A run's themes on an opdracht, the one with most people first."""
    by_id = {each.id: each for each in statements}
    members: dict[str, dict[str, Said]] = {}
    placed = (
        select(Assignment.theme_id, Assignment.statement_id)
        .join(Theme, Theme.id == Assignment.theme_id)
        .where(Assignment.run_id == run.id, Theme.opdracht == opdracht)
        .order_by(Assignment.is_primary.desc(), Assignment.score.desc(), Assignment.id)
    )
    for theme_id, statement_id in session.execute(placed):
        if statement_id in by_id:
            members.setdefault(theme_id, {})[statement_id] = by_id[statement_id]
    rows = session.execute(
        select(Theme, RunTheme)
        .join(RunTheme, RunTheme.theme_id == Theme.id)
        .where(RunTheme.run_id == run.id, Theme.opdracht == opdracht)
        .order_by(Theme.number)
    )
    found = [
        Found(
            id=theme.id,
            code=theme.code,
            opdracht=theme.opdracht,
            label=seen.label,
            status=theme.status,
            keywords=tuple(str(each) for each in seen.keywords),
            statements=tuple(members.get(theme.id, {}).values()),
            quotes=tuple(by_id[each] for each in seen.quotes if each in by_id)[:5],
            action=by_id.get(seen.action_statement_id or ""),
        )
        for theme, seen in rows
    ]
    return sorted(found, key=lambda each: (-each.people, -len(each.statements), each.code))


def loose(statements: Sequence[Said], found: Sequence[Found]) -> list[Said]:
    """The statements that are in no theme: shown as such, never dropped."""
    placed = {each.id for theme in found for each in theme.statements}
    return [each for each in statements if each.id not in placed]


def theme_number(code: str) -> tuple[int, int] | None:
    """Opdracht and number from a code such as ``O04-T012``; None for anything else."""
    left, _, right = code.upper().partition("-T")
    if left[:1] != "O" or not (_digits(left[1:]) and _digits(right)):
        return None
    return int(left[1:]), int(right)


def answer(session: Session, consultation_id: int, contribution_id: str) -> Answer | None:
    """A whole answer, or None where there is none."""
    row = session.execute(
        select(Contribution, Submission, Round, Participant.group)
        .join(Submission, Submission.id == Contribution.submission_id)
        .join(Round, Round.id == Submission.round_id)
        .join(Participant, Participant.id == Submission.participant_id)
        .where(
            Contribution.id == contribution_id,
            Contribution.withdrawn_at.is_(None),
            Round.consultation_id == consultation_id,
        )
    ).first()
    if row is None:
        return None
    contribution, submission, round_, group = row
    versions = {each.version: each for each in contribution.versions}
    current = versions[contribution.version]
    rows = session.execute(_standing().where(Contribution.id == contribution_id))
    return Answer(
        id=contribution.id,
        opdracht=submission.opdracht,
        question=contribution.question,
        value=contribution.value,
        probe=contribution.probe,
        channel=contribution.channel,
        source=contribution.source,
        group=group,
        round=round_.number,
        at=current.at,
        text=current.text,
        version=contribution.version,
        statements=tuple(_said(each) for each in rows),
        parts=_parts(session, current),
        earlier=tuple(
            versions[number].text for number in sorted(versions) if number != current.version
        ),
    )


def theme_codes(
    session: Session, statement_ids: Sequence[str], run_id: int
) -> dict[str, list[str]]:
    """The codes of the themes each statement is in, according to a run."""
    rows = session.execute(
        select(Assignment.statement_id, Theme)
        .join(Theme, Theme.id == Assignment.theme_id)
        .where(Assignment.run_id == run_id, Assignment.statement_id.in_(statement_ids))
        .order_by(Assignment.is_primary.desc(), Assignment.id)
    )
    found: dict[str, list[str]] = {}
    for statement_id, theme in rows:
        found.setdefault(statement_id, []).append(theme.code)
    return found


def counts(session: Session, consultation_id: int, until_round: int | None = None) -> Counter[int]:
    """How many statements stand per opdracht."""
    standing = _standing().where(Round.consultation_id == consultation_id)
    if until_round is not None:
        standing = standing.where(Round.number <= until_round)
    inner = standing.order_by(None).subquery()
    query = select(inner.c.opdracht, func.count()).group_by(inner.c.opdracht)
    return Counter({number: count for number, count in session.execute(query) if number})


def theme_counts(session: Session, run_id: int) -> Counter[int]:
    """How many themes a run has per opdracht."""
    query = (
        select(Theme.opdracht, func.count())
        .join(RunTheme, RunTheme.theme_id == Theme.id)
        .where(RunTheme.run_id == run_id)
        .group_by(Theme.opdracht)
    )
    return Counter({row[0]: row[1] for row in session.execute(query)})


def _standing() -> Select[Unpack[tuple[Any, ...]]]:
    return (
        select(
            Statement.id,
            Statement.kind,
            Statement.start,
            Statement.end,
            ContributionVersion.text.label("answer"),
            Contribution.id.label("contribution"),
            Contribution.question,
            Statement.opdracht,
            Contribution.channel,
            Submission.participant_id.label("participant"),
            Participant.group.label("group_slug"),
            Round.number.label("round_number"),
        )
        .select_from(Statement)
        .join(ContributionVersion, ContributionVersion.id == Statement.contribution_version_id)
        .join(Contribution, Contribution.id == ContributionVersion.contribution_id)
        .join(Submission, Submission.id == Contribution.submission_id)
        .join(Participant, Participant.id == Submission.participant_id)
        .join(Round, Round.id == Submission.round_id)
        .where(
            Contribution.withdrawn_at.is_(None),
            ContributionVersion.version == Contribution.version,
        )
        .order_by(Contribution.created_at, Contribution.id, Statement.start, Statement.end)
    )


def _said(row: Sequence[Any]) -> Said:
    return Said(*row)


def _parts(session: Session, version: ContributionVersion) -> tuple[Part, ...]:
    found = []
    for part in version.parts:
        message = session.get(Message, part["message"])
        if message is None:
            continue
        asked = session.scalar(
            select(Message.text)
            .where(
                Message.conversation_id == message.conversation_id,
                Message.sender == "assistent",
                Message.seq < message.seq,
                Message.text != "",
            )
            .order_by(Message.seq.desc())
            .limit(1)
        )
        text = version.text[part["start"] : part["end"]]
        found.append(Part(text, message.seq, message.at, asked))
    return tuple(found)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 6
