"""Whole answers for the review, with the position of every statement in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.curation.store import curated
from consultation.database.models import (
    AnalysisRun,
    Contribution,
    ContributionVersion,
    Message,
    Participant,
    Round,
    Submission,
    place_at,
)
from consultation.queries.statements import StatementView, active_statements


@dataclass(frozen=True)
class Segment:
    """A slice of an answer's text, with the ids of the statements that cover it."""

    text: str
    statements: tuple[str, ...]


@dataclass(frozen=True)
class AnswerTurn:
    """The turn of a conversation in which (a part of) an answer was given.

    ``seq`` is the number of the message, ``asked`` the last text of the assistant before it.
    """

    text: str
    seq: int
    at: datetime
    asked: str | None


@dataclass(frozen=True)
class Answer:
    """A whole answer with its statements, the turns it was given in and its earlier versions."""

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
    unread: str | None
    statements: tuple[StatementView, ...]
    parts: tuple[AnswerTurn, ...]
    earlier: tuple[str, ...]
    places: tuple[tuple[int, int | str], ...] = ()

    def place(self, position: int) -> int | str | None:
        """The page of the document, or the time in the transcript, of a position in the text."""
        return place_at(self.places, position)


@dataclass(frozen=True)
class AnswerStatements:
    """The statements of one answer in a theme, in the order of the answer.

    ``person`` numbers the participants of the theme from 1; answers of the same participant have
    the same number.
    """

    contribution: str
    person: int
    said: tuple[StatementView, ...]


def by_answer(
    said: Iterable[StatementView], everything: Iterable[StatementView]
) -> list[AnswerStatements]:
    """Groups statements by answer, and the answers by participant, in order of first appearance.

    ``everything`` holds all statements of the theme; its order determines the participant numbers.
    """
    people: dict[str, int] = {}
    for each in everything:
        people.setdefault(each.sender, len(people) + 1)
    own: dict[str, dict[str, list[StatementView]]] = {}
    for each in said:
        own.setdefault(each.sender, {}).setdefault(each.contribution, []).append(each)
    return [
        AnswerStatements(
            contribution, people[participant], tuple(sorted(these, key=lambda one: one.start))
        )
        for participant, answers in own.items()
        for contribution, these in answers.items()
    ]


def marked(text: str, spans: Iterable[tuple[str, int, int]]) -> list[Segment]:
    """Cuts the text at the borders of ``(id, start, end)`` spans; the segments add up to the text.

    ``start`` and ``end`` are character offsets; offsets outside the text are clipped.
    """
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


_AROUND = 120


def in_context(text: str, statement: str, start: int, end: int) -> list[Segment]:
    """One statement with up to ``_AROUND`` characters of its answer before and after it.

    The context is cut at spaces; an ellipsis marks omitted text.
    """
    left = max(0, start - _AROUND)
    right = min(len(text), end + _AROUND)
    if left:
        left = text.find(" ", left, start) + 1 or start
    if right < len(text):
        right = text.rfind(" ", end, right) if text.rfind(" ", end, right) >= 0 else end
    parts = marked(text[left:right], [(statement, start - left, end - left)])
    before = [Segment("… ", ())] if left else []
    after = [Segment(" …", ())] if right < len(text) else []
    return [*before, *parts, *after]


def answer(session: Session, consultation_id: int, contribution_id: str) -> Answer | None:
    """The answer with this id; None if the consultation has no such answer."""
    row = session.execute(
        select(Contribution, Submission, Round, Participant.group)
        .join(Submission, Submission.id == Contribution.submission_id)
        .join(Round, Round.id == Submission.round_id)
        .join(Participant, Participant.id == Submission.participant_id)
        .where(
            Contribution.id == contribution_id,
            Round.consultation_id == consultation_id,
        )
    ).first()
    if row is None:
        return None
    contribution, submission, round_, group = row
    versions = {each.version: each for each in contribution.versions}
    current = versions[contribution.version]
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
        unread=current.unread,
        places=tuple((start, place) for start, place in current.places or ()),
        statements=tuple(active_statements(session, consultation_id, contribution=contribution_id)),
        parts=_parts(session, current),
        earlier=tuple(
            versions[number].text for number in sorted(versions) if number != current.version
        ),
    )


def texts_of(session: Session, contribution_ids: Iterable[str]) -> dict[str, str]:
    """The current full texts of answers, by contribution id."""
    query = (
        select(Contribution.id, ContributionVersion.text)
        .join(ContributionVersion, ContributionVersion.contribution_id == Contribution.id)
        .where(
            Contribution.id.in_(set(contribution_ids)),
            ContributionVersion.version == Contribution.version,
        )
    )
    return {row.id: row.text for row in session.execute(query)}


def theme_codes(
    session: Session,
    consultation_id: int,
    opdracht: int,
    run: AnalysisRun,
    statement_ids: Sequence[str],
) -> dict[str, list[str]]:
    """The codes of the shown themes of every statement, by statement id, the primary one first."""
    state = curated(session, consultation_id, opdracht, run, statement_ids)
    found: dict[str, list[str]] = {}
    for theme in state.themes_of(opdracht):
        for member in theme.members:
            own = found.setdefault(member.statement, [])
            own.insert(0 if member.primary else len(own), theme.code)
    return found


def _parts(session: Session, version: ContributionVersion) -> tuple[AnswerTurn, ...]:
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
        found.append(AnswerTurn(text, message.seq, message.at, asked))
    return tuple(found)
