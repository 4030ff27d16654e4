"""Answers from files stored: all of a file in one transaction, and none of them twice."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from consultation.catalogue import Catalogue
from consultation.import_files import ImportFile, ImportRow, check_group, check_opdracht
from consultation.models import (
    Consent,
    Contribution,
    ContributionVersion,
    Participant,
    Round,
    Submission,
    new_id,
    now,
)

CONSENT_VERSION = "import"


@dataclass
class ImportResult:
    """What storing did: contributions added, those that were there, new participants."""

    added: int = 0
    skipped: int = 0
    participants: int = 0
    contributions: list[str] = field(default_factory=list)


def store_rows(
    session: Session,
    consultation_id: int,
    round_: Round,
    file: ImportFile,
    catalogue: Catalogue,
    *,
    opdracht: int | None = None,
    auto: bool = False,
    group: str | None = None,
) -> ImportResult:
    """Stores a file's rows in a round; what an earlier import stored is left as it is.

    ``opdracht`` and ``group`` hold for rows that name none. With ``auto``, rows without an opdracht
    are left for the analysis to place, statement by statement. Rows with the same ``participant``
    are one voice; otherwise each row is its own. Imported answers were given to be studied, so
    consent to analysis is recorded; consent to naming is not. Consent to quoting is recorded where
    ``citaat`` says so, and counts for the person: a no in any row wins, and no file turns an
    earlier no into a yes. Rows that were stored already still tell it.

    Raises:
        ImportFileError: ``opdracht`` or ``group`` is not in the catalogue.
    """
    check_opdracht(opdracht, catalogue)
    check_group(group, catalogue)
    result = ImportResult()
    people = _People(session, consultation_id)
    submissions, known = _stored(session, round_)
    for key, row in _keyed(file.rows):
        row_group = row.group or group
        where = row.opdracht if row.opdracht is not None else opdracht
        if row.participant is not None:
            person_key = _hash("participant", row.participant)
        else:
            person_key = _hash("row", str(round_.id), key)
        person = people.get(person_key)
        if person is None:
            person = people.add(person_key, row_group, row.organisation, row.submitted_at)
            result.participants += 1
        people.may_be_quoted(person, row.citaat, row.submitted_at)
        submission = submissions.get((person.id, where))
        if submission is None:
            submission = _submission(person, round_, where, row.submitted_at)
            session.add(submission)
            submissions[person.id, where] = submission
        if (submission.id, key) in known:
            result.skipped += 1
            continue
        at = row.submitted_at or now()
        contribution = Contribution(
            id=new_id(),
            submission_id=submission.id,
            question=row.question,
            channel="import",
            value=_priority(row, catalogue),
            source=file.name,
            source_key=key,
            auto=auto and where is None,
            created_at=at,
        )
        contribution.versions.append(ContributionVersion(version=1, text=row.text, at=at))
        session.add(contribution)
        result.added += 1
        result.contributions.append(contribution.id)
    session.flush()
    return result


def _keyed(rows: Sequence[ImportRow]) -> list[tuple[str, ImportRow]]:
    """Each row with a key that is the same at a next import of the same file.

    The key is made of all a row holds, not of its id alone: files of two sources both count from 1.
    Equal rows are told apart by their count: two people who answer the same are two voices.
    """
    counts: dict[str, int] = defaultdict(int)
    keyed = []
    for row in rows:
        moment = row.submitted_at.isoformat() if row.submitted_at else ""
        whole = _hash(repr(replace(row, place="", submitted_at=None)), moment)
        counts[whole] += 1
        keyed.append((_hash(whole, str(counts[whole])), row))
    return keyed


def _hash(*parts: str) -> str:
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode("utf-8")
        digest.update(str(len(raw)).encode() + b":" + raw)
    return digest.hexdigest()


def _priority(row: ImportRow, catalogue: Catalogue) -> int | None:
    if row.question != "prioriteit":
        return None
    text = row.text.strip().lower()
    # The longest name first: "Heel dringend" holds "Dringend".
    steps = sorted(catalogue.consultatie.prioriteiten, key=lambda each: -len(each.naam))
    for step in steps:
        if text.startswith(step.naam.lower()):
            return step.waarde
    numbers = re.findall(r"(?<![\d.,])([1-5])(?![\d%])(?!\s*(?:jaar|maand|op de))", text)
    if numbers and len(set(numbers)) == 1:
        return int(numbers[0])
    leading = re.match(r"([1-5])(?![\d.,%])", text)
    if leading:
        return int(leading[1])
    return next((step.waarde for step in steps if step.naam.lower() in text), None)


class _People:
    """The imported participants of a consultation, by import key."""

    def __init__(self, session: Session, consultation_id: int) -> None:
        self._session = session
        self._consultation_id = consultation_id
        query = (
            select(Participant)
            .where(
                Participant.consultation_id == consultation_id, Participant.import_key.is_not(None)
            )
            .options(selectinload(Participant.consents))
        )
        self._known = {str(each.import_key): each for each in session.scalars(query)}

    def get(self, key: str) -> Participant | None:
        return self._known.get(key)

    def add(
        self, key: str, group: str | None, organisation: str | None, at: datetime | None
    ) -> Participant:
        moment = at or now()
        person = Participant(
            id=new_id(),
            consultation_id=self._consultation_id,
            group=group,
            organisation=organisation,
            import_key=key,
            created_at=moment,
        )
        person.consents.append(
            Consent(purpose="analyse", granted=True, version=CONSENT_VERSION, at=moment)
        )
        self._session.add(person)
        self._known[key] = person
        return person

    def may_be_quoted(self, person: Participant, granted: bool | None, at: datetime | None) -> None:
        """Adds a yes or no to quoting, unless the person said the same or no before."""
        if granted is None:
            return
        said = {each.granted for each in person.consents if each.purpose == "citaat"}
        if granted in said or False in said:
            return
        person.consents.append(
            Consent(purpose="citaat", granted=granted, version=CONSENT_VERSION, at=at or now())
        )


def _stored(
    session: Session, round_: Round
) -> tuple[dict[tuple[str, int | None], Submission], set[tuple[str, str]]]:
    """A round's submissions by participant and opdracht, and the rows that stand in each."""
    in_round = Submission.round_id == round_.id
    submissions = session.scalars(select(Submission).where(in_round))
    rows = session.execute(
        select(Contribution.submission_id, Contribution.source_key)
        .join(Submission, Submission.id == Contribution.submission_id)
        .where(in_round, Contribution.source_key.is_not(None))
    )
    return (
        {(each.participant_id, each.opdracht): each for each in submissions},
        {(submission, str(key)) for submission, key in rows},
    )


def _submission(
    person: Participant, round_: Round, opdracht: int | None, at: datetime | None
) -> Submission:
    moment = at or now()
    return Submission(
        id=new_id(),
        participant_id=person.id,
        round_id=round_.id,
        opdracht=opdracht,
        status="bevestigd",
        created_at=moment,
        confirmed_at=moment,
    )
