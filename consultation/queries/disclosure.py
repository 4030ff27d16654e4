"""Rules for disclosure: quotes with consent, personal data masked, groups of five or more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from consultation.database.models import (
    Consent,
    Contribution,
    ContributionVersion,
    Participant,
    Round,
    Statement,
    Submission,
)
from consultation.errors import needs_pipeline
from consultation.participation.answers import GONE
from consultation.queries.statements import (
    active_answer,
    answers,
    consented,
    counting_participants,
    uncounted,
)
from consultation.settings import settings
from language.segmentation.plain_text import readable

FOLD_BELOW = 5
"""The minimum number of people in a group that a breakdown names."""

_CHUNK = 500
_TO_QUOTE = ("analyse", "citaat")


@dataclass(frozen=True)
class Quote:
    """A statement that may be public; ``text`` has its personal data masked.

    Callers set ``group`` only if they know that the group is large enough to name.
    """

    statement: str
    text: str
    group: str | None = None


@dataclass(frozen=True)
class Breakdown:
    """People per group that may be public, largest first; ``others`` counts everybody else.

    ``people`` is None if there are fewer than five in total.
    """

    people: int | None
    groups: tuple[tuple[str, int], ...]
    others: int


def breakdown(groups: Mapping[Any, int], unknown: str | None = None) -> Breakdown:
    """People per group (a slug or None), with groups under five folded into ``others``.

    If ``others`` would hold one to four people, the smallest named group is folded too, because
    subtraction would otherwise reveal them. People whose group is ``unknown`` or None count as
    ``others``.
    """
    people = sum(groups.values())
    if people < FOLD_BELOW:
        return Breakdown(None, (), 0)
    named = sorted(
        (
            (slug, count)
            for slug, count in groups.items()
            if slug is not None and slug != unknown and count >= FOLD_BELOW
        ),
        key=lambda each: (-each[1], each[0]),
    )
    others = people - sum(count for _, count in named)
    while 0 < others < FOLD_BELOW and named:
        others += named.pop()[1]
    return Breakdown(people, tuple(named), others)


def public_joint(sizes: Iterable[int]) -> tuple[int, ...]:
    """The numbers of senders of joint participants that may be public: five or more."""
    return tuple(each for each in sizes if each >= FOLD_BELOW)


def releasable(session: Session, statement_ids: Iterable[str]) -> set[str]:
    """The ids of the statements that may be quoted.

    The statement must belong to the current version of its answer, the answer must have been read
    completely, and the participant must consent to analysis and to quotation.
    """
    return _consented_to(session, statement_ids, _TO_QUOTE)


def _consented_to(
    session: Session, statement_ids: Iterable[str], purposes: tuple[str, ...]
) -> set[str]:
    said_by: dict[str, str] = {}
    for chunk in _chunks(statement_ids):
        rows = session.execute(_where_from(chunk, Statement.id, Submission.participant_id))
        said_by.update((statement, participant) for statement, participant in rows)
    # Limited to these participants: reading all consents is too slow for a page.
    last: dict[tuple[str, str], bool] = {}
    for chunk in _chunks(said_by.values()):
        consents = (
            select(Consent.participant_id, Consent.purpose, Consent.granted)
            .where(Consent.participant_id.in_(chunk), Consent.purpose.in_(purposes))
            .order_by(Consent.id)
        )
        for participant, purpose, granted in session.execute(consents):
            last[participant, purpose] = granted
    apart = set(session.scalars(uncounted()))
    return {
        statement
        for statement, participant in said_by.items()
        if participant not in apart and all(last.get((participant, each)) for each in purposes)
    }


def all_releasable(session: Session, consultation_id: int) -> set[str]:
    """All statements of a consultation that may be quoted; see ``releasable``."""
    query = (
        answers(Statement.id)
        .join(Statement, Statement.contribution_version_id == ContributionVersion.id)
        .where(
            *active_answer(consultation_id),
            Submission.participant_id.in_(consented("citaat")),
            ContributionVersion.unread.is_(None),
        )
    )
    return set(session.scalars(query))


def quotable(session: Session, statement_ids: Iterable[str]) -> dict[str, Quote]:
    """The quotes of those of the statements that are ``releasable``, by statement id.

    Personal data is masked, as in ``[telefoonnummer]``. It is detected in the whole answer, not
    only in the quoted slice.

    Raises:
        SamenspraakError: the pipeline that detects names is unavailable; names the remedy.
    """
    ids = list(dict.fromkeys(statement_ids))
    allowed = releasable(session, ids)
    found = _masked_texts(session, [each for each in ids if each in allowed])
    return {each: Quote(each, found[each]) for each in ids if each in found}


def masked_statements(session: Session, statement_ids: Iterable[str]) -> dict[str, str]:
    """The texts of statements with personal data masked, by statement id, in the order given.

    These may not be public, but may be shown to another program. Statements of who does not consent
    to analysis, or of answers that were not read completely, are left out. Personal data is
    detected in the whole answer, not only in the statement.

    Raises:
        SamenspraakError: the pipeline that detects names is unavailable; names the remedy.
    """
    ids = list(dict.fromkeys(statement_ids))
    allowed = _consented_to(session, ids, ("analyse",))
    found = _masked_texts(session, [each for each in ids if each in allowed])
    return {each: found[each] for each in ids if each in found}


def _masked_texts(session: Session, ids: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    columns = (Statement.id, ContributionVersion.text, Statement.start, Statement.end)
    for chunk in _chunks(ids):
        for statement, text, start, end in session.execute(_where_from(chunk, *columns)):
            found[statement] = readable(_masked(text, start, end))
    return found


def _where_from(ids: list[str], *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Statement)
        .join(ContributionVersion, ContributionVersion.id == Statement.contribution_version_id)
        .join(Contribution, Contribution.id == ContributionVersion.contribution_id)
        .join(Submission, Submission.id == Contribution.submission_id)
        .where(
            Statement.id.in_(ids),
            ContributionVersion.version == Contribution.version,
            # An answer that was not read completely was not checked for personal data either.
            ContributionVersion.unread.is_(None),
        )
    )


def _chunks(ids: Iterable[str]) -> list[list[str]]:
    whole = list(dict.fromkeys(ids))
    return [whole[start : start + _CHUNK] for start in range(0, len(whole), _CHUNK)]


def organisations(
    session: Session, consultation_id: int, until_round: int | None = None
) -> list[str]:
    """The names of the organisations that took part and consent to be named, alphabetically.

    Only participants who consent to analysis count, up to and including ``until_round``.
    """
    query = (
        select(Participant.organisation)
        .join(Submission, Submission.participant_id == Participant.id)
        .join(Round, Round.id == Submission.round_id)
        .where(
            Participant.consultation_id == consultation_id,
            Participant.organisation.is_not(None),
            Participant.organisation != "",
            Participant.id.in_(counting_participants()),
            Participant.id.in_(consented("organisatie")),
        )
        .distinct()
    )
    if until_round is not None:
        query = query.where(Round.number <= until_round)
    names = {" ".join(str(each).split()) for each in session.scalars(query)}
    return sorted(names, key=str.casefold)


def _masked(text: str, start: int, end: int) -> str:
    # Imported here because the import loads word lists that only quotes need.
    from language.personal_data import detector

    with needs_pipeline():
        quote = detector(settings().spacy_model).masked_slice(text, start, end)
    return GONE if quote is None else quote
