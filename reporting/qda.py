"""A consultation as a project for qualitative research (``consultation.qda``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.catalogue import Catalogue
from consultation.curation.state import PARTICIPANT, CuratedTheme
from consultation.database.models import (
    Contribution,
    ContributionVersion,
    Participant,
    Round,
    Statement,
    Submission,
)
from consultation.database.storage import in_chunks
from consultation.errors import needs_pipeline
from consultation.qda.project import (
    EXAMPLE,
    EXCLUDES,
    MACHINE,
    NOTE,
    ORIGIN,
    QdaCase,
    QdaCode,
    QdaCoding,
    QdaMemo,
    QdaProject,
    QdaSelection,
    QdaSource,
    QdaUser,
    guid,
    named_guid,
)
from consultation.queries.opdracht_snapshot import OpdrachtSnapshot, SnapshotCache
from consultation.queries.public_labels import labels_of
from consultation.queries.statements import active_answer, answers, consented
from consultation.settings import settings

_INTERNAL = (
    "INTERN: bevat ook antwoorden van mensen die niet geciteerd willen worden, woordelijk. "
    "Geef dit bestand niet door."
)
_RELEASED = (
    "Bevat alleen antwoorden van mensen die geciteerd mogen worden, met persoonsgegevens vervangen."
)


@dataclass(frozen=True)
class QdaExport:
    """A project, and how many answers it leaves out because they may not be quoted."""

    project: QdaProject
    left_out: int


@dataclass(frozen=True)
class _Answer:
    """An answer as it goes out, with the spans of its statements in ``text``, by statement id."""

    row: Any
    text: str
    spans: Mapping[str, tuple[int, int]]


def qda_export(
    session: Session,
    consultation_id: int,
    catalogue: Catalogue,
    *,
    internal: bool,
    opdracht: int | None = None,
) -> QdaExport:
    """Returns the answers as sources, the themes as codes and their statements as codings.

    Not ``internal``: only answers of who consents to being quoted, with personal data masked, and
    without notes, names of accounts and organisations. ``internal``: every answer of who consents
    to analysis, to the letter. Rejected and merged themes are left out.

    Raises:
        SamenspraakError: the pipeline that detects names is unavailable; names the remedy.
    """
    numbers = [opdracht] if opdracht else [each.nummer for each in catalogue.opdrachten]
    seen = SnapshotCache().all(session, consultation_id, numbers)
    rows = _rows(session, consultation_id, opdracht)
    spans = _statements(session, [row.version_id for row in rows])
    quoted = set(session.scalars(consented("citaat")))
    named = set(session.scalars(consented("organisatie")))
    found: list[_Answer] = []
    for row in rows:
        own = spans.get(row.version_id, [])
        if internal:
            found.append(_Answer(row, row.text, {each.id: (each.start, each.end) for each in own}))
        elif row.participant in quoted and row.unread is None:
            masked = _masked(row.text, own)
            if masked is not None:
                found.append(_Answer(row, *masked))
    coders = _Coders(internal)
    labels = {} if internal else labels_of(session, seen.values())
    homes = _homes(seen.values(), coders)
    codes = tuple(
        _group(catalogue, number, seen[number], labels, coders, internal) for number in numbers
    )
    themes = [each for number in numbers for each in _live(seen[number])]
    people = _numbered(each.row.participant for each in found)
    kinds = {each.id: each for own in spans.values() for each in own}
    project = QdaProject(
        name=f"{catalogue.consultatie.titel}{' (INTERN)' if internal else ''}",
        origin=f"{ORIGIN} {version('samenspraak')}",
        description=_INTERNAL if internal else _RELEASED,
        users=coders.users,
        codes=tuple(each for each in codes if each.codes),
        approved=tuple(guid(each.id) for each in themes if each.status == "goedgekeurd"),
        sources=tuple(
            _source(each, number, people, homes, kinds) for number, each in enumerate(found, 1)
        ),
        cases=_cases(found, people, quoted, named, internal),
    )
    return QdaExport(project, len(rows) - len(found))


class _Coders:
    """The users of a project; outside ``internal`` accounts get a number for a name."""

    def __init__(self, internal: bool) -> None:
        self._internal = internal
        self._names: dict[str, str] = {"": MACHINE}

    def user(self, account: str) -> str:
        """The GUID of an account; an empty one is the machine."""
        if account not in self._names:
            hidden = f"Codeur {len(self._names)}"
            shown = self._internal or account == PARTICIPANT
            self._names[account] = account if shown else hidden
        return named_guid("user", self._names[account])

    @property
    def users(self) -> tuple[QdaUser, ...]:
        return tuple(
            QdaUser(named_guid("user", name), name) for name in dict.fromkeys(self._names.values())
        )


def _rows(session: Session, consultation_id: int, opdracht: int | None) -> Sequence[Any]:
    query = (
        answers(
            Contribution.id,
            ContributionVersion.id.label("version_id"),
            ContributionVersion.text,
            ContributionVersion.unread,
            Contribution.question,
            Contribution.created_at,
            Submission.opdracht,
            Round.number.label("round"),
            Participant.id.label("participant"),
            Participant.group,
            Participant.organisation,
        )
        .join(Participant, Participant.id == Submission.participant_id)
        .where(*active_answer(consultation_id))
        .order_by(Contribution.created_at, Contribution.id)
    )
    if opdracht is not None:
        here = select(Statement.contribution_version_id).where(Statement.opdracht == opdracht)
        query = query.where((Submission.opdracht == opdracht) | ContributionVersion.id.in_(here))
    return [row for row in session.execute(query) if row.text]


def _statements(session: Session, versions: Sequence[str]) -> dict[str, list[Statement]]:
    found: dict[str, list[Statement]] = {}
    query = select(Statement)
    for (each,) in in_chunks(session, query, Statement.contribution_version_id, versions):
        found.setdefault(each.contribution_version_id, []).append(each)
    return {each: sorted(own, key=lambda one: (one.start, one.end)) for each, own in found.items()}


def _masked(
    text: str, statements: Sequence[Statement]
) -> tuple[str, dict[str, tuple[int, int]]] | None:
    """The text with personal data masked, and the spans in it; None if it was not read whole."""
    # Imported here because the import loads word lists that only quotes need.
    from language.personal_data import detector, masked

    with needs_pipeline():
        seen = detector(settings().spacy_model).look(text)
    if not seen.whole:
        return None
    finds = sorted(seen.found)

    def moved(position: int, end: bool) -> int:
        """The position in the masked text; inside a mask, its start or its end."""
        shift = 0
        for each in finds:
            mask = len(each.kind) + 2
            if each.end <= position:
                shift += mask - (each.end - each.start)
            elif each.start < position:
                return each.start + shift + (mask if end else 0)
        return position + shift

    spans = {each.id: (moved(each.start, False), moved(each.end, True)) for each in statements}
    return masked(text, finds), spans


def _live(seen: OpdrachtSnapshot) -> list[CuratedTheme]:
    return sorted(
        (each for each in seen.state.themes_of(seen.opdracht) if each.live),
        key=lambda each: each.number,
    )


def _homes(found: Iterable[OpdrachtSnapshot], coders: _Coders) -> dict[str, tuple[QdaCoding, ...]]:
    """The codings of each statement, those of its primary theme first."""
    homes: dict[str, list[tuple[bool, int, QdaCoding]]] = {}
    for seen in found:
        for theme in _live(seen):
            for member in theme.members:
                settled = seen.state.settled.get(member.statement)
                account = member.decided_by or (settled.account if settled else "")
                coding = QdaCoding(guid(theme.id), coders.user(account))
                order = (not member.primary, theme.number, coding)
                homes.setdefault(member.statement, []).append(order)
    return {
        statement: tuple(coding for _, _, coding in sorted(own, key=lambda each: each[:2]))
        for statement, own in homes.items()
    }


def _group(
    catalogue: Catalogue,
    number: int,
    seen: OpdrachtSnapshot,
    labels: Mapping[str, str],
    coders: _Coders,
    internal: bool,
) -> QdaCode:
    opdracht = catalogue.opdracht(number)
    title = f"{opdracht.code} {opdracht.titel}" if opdracht else str(number)
    return QdaCode(
        guid=named_guid("opdracht", str(number)),
        name=title,
        codable=False,
        codes=tuple(
            QdaCode(
                guid=guid(each.id),
                name=f"{each.code} {labels.get(each.id, each.label)}",
                description=each.description,
                memos=_memos(each, seen, coders, internal),
            )
            for each in _live(seen)
        ),
    )


def _memos(
    theme: CuratedTheme, seen: OpdrachtSnapshot, coders: _Coders, internal: bool
) -> tuple[QdaMemo, ...]:
    at = max((each.event.at for each in seen.state.about(theme.id)), default=None)
    if at is None:
        return ()
    said = [seen.quote(each) for each in theme.example_statements] if internal else []
    texts = [(EXCLUDES, theme.excludes), *((EXAMPLE, each) for each in (*theme.examples, *said))]
    found = [
        QdaMemo(named_guid("memo", f"{theme.id} {place}"), name, text, coders.user(""), at)
        for place, (name, text) in enumerate(texts)
        if text
    ]
    for each in theme.notes if internal else ():
        note = named_guid("note", str(each.event))
        found.append(QdaMemo(note, NOTE, each.text, coders.user(each.account), each.at))
    return tuple(found)


def _numbered(participants: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in participants:
        found.setdefault(each, len(found) + 1)
    return found


def _source(
    answer: _Answer,
    number: int,
    people: Mapping[str, int],
    homes: Mapping[str, tuple[QdaCoding, ...]],
    statements: Mapping[str, Statement],
) -> QdaSource:
    row = answer.row
    about = f"O{row.opdracht:02d}" if row.opdracht else "O--"
    question = row.question or "tekst"
    values = {"ronde": str(row.round), "vraag": row.question or ""}
    if row.opdracht:
        values["opdracht"] = str(row.opdracht)
    return QdaSource(
        guid=guid(row.id),
        name=f"{number:04d} {about} {question} deelnemer {people[row.participant]}",
        text=answer.text,
        at=row.created_at,
        selections=tuple(
            QdaSelection(
                guid=guid(statement),
                start=start,
                end=end,
                at=row.created_at,
                name=_kind(statements[statement]),
                codings=homes.get(statement, ()),
            )
            for statement, (start, end) in answer.spans.items()
        ),
        values={name: value for name, value in values.items() if value},
    )


def _kind(statement: Statement) -> str:
    about = f"O{statement.opdracht:02d} " if statement.opdracht else ""
    return f"{about}{statement.kind}"


def _cases(
    found: Sequence[_Answer],
    people: Mapping[str, int],
    quoted: set[str],
    named: set[str],
    internal: bool,
) -> tuple[QdaCase, ...]:
    own: dict[str, list[Any]] = {}
    for each in found:
        own.setdefault(each.row.participant, []).append(each.row)
    cases = []
    for participant, rows in own.items():
        values = {}
        if rows[0].group:
            values["doelgroep"] = rows[0].group
        if rows[0].organisation and internal and participant in named:
            values["organisatie"] = rows[0].organisation
        if internal:
            values["citaat"] = "ja" if participant in quoted else "nee"
        cases.append(
            QdaCase(
                guid=guid(participant)
                if internal
                else named_guid("case", str(people[participant])),
                name=f"Deelnemer {people[participant]}",
                sources=tuple(guid(each.id) for each in rows),
                values=values,
            )
        )
    return tuple(cases)
