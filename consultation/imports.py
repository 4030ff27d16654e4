"""Answers from files stored: all of a file in one transaction, and none of them twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from consultation.catalogue import Catalogue
from consultation.import_files import ImportFile, ImportRow, check_opdracht, named_group
from consultation.import_keys import (
    KeyedRow,
    are_versions,
    hashed,
    id_key,
    keyed_rows,
    person_key,
    plain_text,
)
from consultation.import_values import priority
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
_FEW = 5
"""So few ids in a file of the same name are corrected, whatever the words."""


@dataclass
class ImportResult:
    """What storing did: contributions added, those that were there, those of which the words or
    what stands beside them changed, new participants, and what to warn of."""

    added: int = 0
    skipped: int = 0
    changed: int = 0
    participants: int = 0
    contributions: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


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
    source: str | None = None,
) -> ImportResult:
    """Stores a file's rows in a round; what an earlier import stored stands, or is corrected.

    ``opdracht`` and ``group`` (a slug or a name) hold for rows that name none. With ``auto``, rows
    without an opdracht are left for the analysis to place, statement by statement. Rows with the
    same ``participant`` are one voice; otherwise each row is its own. Imported answers were given
    to be studied, so consent to analysis is recorded; consent to naming is not. Consent to quoting
    is recorded where ``citaat`` says so, and counts for the person: a no in any row wins, and no
    file turns an earlier no into a yes. Rows that were stored already still tell it.

    An ``id`` names a row within its source. When it comes again with the same words, nothing is
    added; with others, these become the answer's new version. Two files are of one source when the
    ids they share stand, for the most part, for words alike; ``source`` settles it where words do
    not tell. White space, line ends and the form of accents make no difference. A document (txt,
    md) is named by its file: with the same name, and half of its words, it is corrected.

    Raises:
        ImportFileError: ``opdracht`` or ``group`` is not in the catalogue.
    """
    check_opdracht(opdracht, catalogue)
    slug = named_group(group, catalogue)
    return _Import(session, consultation_id, round_, file, catalogue).store(
        source, opdracht, auto, slug
    )


@dataclass(frozen=True)
class _Stored:
    """An answer that an earlier import stored, as it stands."""

    id: str
    submission: str
    participant: str
    opdracht: int | None
    source: str | None
    key: str
    question: str | None
    text: str


class _Import:
    """One file on its way into one round."""

    def __init__(
        self,
        session: Session,
        consultation_id: int,
        round_: Round,
        file: ImportFile,
        catalogue: Catalogue,
    ) -> None:
        self._session = session
        self._round = round_
        self._file = file
        self._catalogue = catalogue
        self._people = _People(session, consultation_id)
        self._submissions, stored = _stored(session, round_)
        self._by_key = {each.key: each for each in stored}
        self._result = ImportResult()
        self._left: set[str] = set()
        self._elsewhere = 0
        self._back = 0
        self._other_group: set[str] = set()
        # Two documents of one import are never versions of one, whatever their names.
        self._taken: set[str] = session.info.setdefault("documents imported", set())

    def store(
        self, source: str | None, opdracht: int | None, auto: bool, group: str | None
    ) -> ImportResult:
        own = source or self._own_name()
        name = source or (self._document(own) if self._file.document else self._source(own))
        label = own if name in {each.source for each in self._by_key.values()} else name
        rows = keyed_rows(self._file.rows, name)
        groups = _first_named((each.who, each.row.group) for each in rows)
        organisations = _first_named((each.who, each.row.organisation) for each in rows)
        seen: set[str] = set()
        for each in rows:
            about = groups.get(each.who), organisations.get(each.who)
            stored = self._find(each, seen)
            if stored is None and self._file.document:
                stored = next(iter(self._earlier(name)), None)
            if stored is None:
                self._add(each, label, opdracht, auto, about, group)
            else:
                seen.add(stored.id)
                self._again(stored, each, opdracht, about, group)
                if self._file.document:
                    self._taken.add(stored.id)
        self._session.flush()
        if self._file.document:
            self._taken.update(self._result.contributions)
        self._drop_what_was_left()
        self._tell()
        return self._result

    def _own_name(self) -> str:
        column = self._file.text_column
        return f"{self._file.name} [{column}]" if column else self._file.name

    def _earlier(self, name: str) -> list[_Stored]:
        """The document of this name that an earlier import stored."""
        known = self._by_key.values()
        return [each for each in known if each.source == name and each.id not in self._taken]

    def _document(self, own: str) -> str:
        """The name of the document that this one corrects, or a name for a new one."""
        text = "".join(row.text for row in self._file.rows)
        sources = {each.source for each in self._by_key.values()}
        name, number, other = own, 1, ""
        while name in sources:
            earlier = self._earlier(name)
            if any(are_versions(text, each.text) for each in earlier):
                return name
            other = other or (name if earlier else "")
            number += 1
            name = f"{own} ({number})"
        if other and not any(each.text == text for each in self._by_key.values()):
            self._result.warnings.append(
                f"{other} stands in the round already, with quite other words: taken as another "
                f"answer. If this corrects it, import with --source '{other}'"
            )
        return name

    def _source(self, own: str) -> str:
        """The earlier source that the ids of this file belong to, or a name for a new one."""
        rows = [row for row in self._file.rows if row.id is not None]
        known = dict.fromkeys([own, *(each.source for each in self._by_key.values())])
        same: list[tuple[int, str]] = []
        other: dict[str, int] = {}
        for name in [each for each in known if each is not None] if rows else ():
            shared = [
                (row, self._by_key[key])
                for row in rows
                if (key := id_key(name, row)) in self._by_key
            ]
            if not shared:
                continue
            alike = sum(
                None in (row.question, stored.question) or row.question == stored.question
                for row, stored in shared
                if are_versions(row.text, stored.text)
            )
            corrected = name == own and (len(shared) < _FEW or _FEW * alike >= len(shared))
            if corrected or 2 * alike >= len(shared):
                same.append((alike, name))
            else:
                other[name] = len(shared)
        if same:
            return max(same, key=lambda each: each[0])[1]
        if other:
            name, shared_ids = next(iter(other.items()))
            self._result.warnings.append(
                f"{_counted(shared_ids, 'id stands', 'ids stand')} in the round already, from "
                f"{name}, with quite other words: taken as another source. If this corrects it, "
                f"import with --source '{name}'"
            )
        number = 1
        name = own
        while name in other:
            number += 1
            name = f"{own} ({number})"
        return name

    def _find(self, each: KeyedRow, seen: set[str]) -> _Stored | None:
        for key in (each.key, *each.others):
            stored = self._by_key.get(key)
            if stored is not None and stored.id not in seen:
                return stored
        return None

    def _add(
        self,
        each: KeyedRow,
        source: str,
        opdracht: int | None,
        auto: bool,
        about: tuple[str | None, str | None],
        group: str | None,
    ) -> None:
        row = each.row
        where = row.opdracht if row.opdracht is not None else opdracht
        person = self._person(each, about, group)
        self._people.may_be_quoted(person, row.citaat, row.submitted_at)
        if about[0] not in (None, person.group):
            self._other_group.add(person.id)
        at = row.submitted_at or now()
        contribution = Contribution(
            id=new_id(),
            submission_id=self._submission(person, where, row.submitted_at),
            question=row.question,
            channel="import",
            value=priority(row.question, row.text, self._catalogue),
            source=source,
            source_key=each.key,
            auto=auto and where is None,
            created_at=at,
        )
        contribution.versions.append(ContributionVersion(version=1, text=row.text, at=at))
        self._session.add(contribution)
        self._result.added += 1
        self._result.contributions.append(contribution.id)

    def _again(
        self,
        stored: _Stored,
        each: KeyedRow,
        opdracht: int | None,
        about: tuple[str | None, str | None],
        group: str | None,
    ) -> None:
        """An answer that is there already: what the file says of it otherwise is taken over."""
        row = each.row
        person = self._people.by_id[stored.participant]
        moves = row.participant is not None and person.import_key != person_key(row)
        if moves:
            person = self._person(each, about, group)
        changed = moves | self._corrected(person, row, about, group)
        self._people.may_be_quoted(person, row.citaat, row.submitted_at)
        if row.opdracht is None and opdracht not in (None, stored.opdracht):
            self._elsewhere += 1
        where = stored.opdracht if row.opdracht is None else row.opdracht
        question = row.question or stored.question
        new_words = plain_text(row.text) != plain_text(stored.text)
        cut_anew = new_words or (where, question) != (stored.opdracht, stored.question)
        if stored.key != each.key or moves or cut_anew:
            contribution = self._session.get_one(Contribution, stored.id)
            contribution.source_key = each.key
            if moves or where != stored.opdracht:
                contribution.submission_id = self._submission(person, where, row.submitted_at)
                self._left.add(stored.submission)
            if cut_anew:
                self._new_version(contribution, row.text if new_words else stored.text, question)
                contribution.auto = contribution.auto and where is None
        if changed or cut_anew:
            self._result.changed += 1
        else:
            self._result.skipped += 1

    def _new_version(self, contribution: Contribution, text: str, question: str | None) -> None:
        plain = plain_text(text)
        earlier = {plain_text(version.text) for version in contribution.versions[:-1]}
        self._back += plain in earlier and plain != plain_text(contribution.versions[-1].text)
        contribution.question = question
        contribution.value = priority(question, text, self._catalogue)
        contribution.version += 1
        contribution.versions.append(ContributionVersion(version=contribution.version, text=text))

    def _person(
        self, each: KeyedRow, about: tuple[str | None, str | None], group: str | None
    ) -> Participant:
        key = person_key(each.row) or hashed("row", str(self._round.id), each.key)
        person = self._people.get(key)
        if person is None:
            self._result.participants += 1
            return self._people.add(key, about[0] or group, about[1], each.row.submitted_at)
        person.group = person.group or about[0] or group
        person.organisation = person.organisation or about[1]
        return person

    def _corrected(
        self,
        person: Participant,
        row: ImportRow,
        about: tuple[str | None, str | None],
        group: str | None,
    ) -> bool:
        """Whether a person's group or organisation is another now. Only an id corrects them."""
        before = person.group, person.organisation
        if row.id is not None:
            person.group = about[0] or person.group
            person.organisation = about[1] or person.organisation
        elif about[0] not in (None, person.group) and person.group is not None:
            self._other_group.add(person.id)
        person.group = person.group or about[0] or group
        person.organisation = person.organisation or about[1]
        return before != (person.group, person.organisation)

    def _submission(self, person: Participant, opdracht: int | None, at: datetime | None) -> str:
        known = self._submissions.get((person.id, opdracht))
        if known is None:
            submission = _submission(person, self._round, opdracht, at)
            self._session.add(submission)
            known = self._submissions[person.id, opdracht] = submission.id
        return known

    def _drop_what_was_left(self) -> None:
        """Takes away submissions, and people known by a row only, whose answers all moved."""
        for submission_id in self._left:
            in_it = Contribution.submission_id == submission_id
            if self._session.scalar(select(func.count(Contribution.id)).where(in_it)):
                continue
            submission = self._session.get_one(Submission, submission_id)
            person = submission.participant
            self._session.delete(submission)
            self._session.flush()
            theirs = Submission.participant_id == person.id
            if person.receipt_hash is None and not self._session.scalar(
                select(func.count(Submission.id)).where(theirs)
            ):
                self._session.delete(person)
        self._session.flush()

    def _tell(self) -> None:
        if self._back:
            self._result.warnings.append(
                f"{_counted(self._back, 'answer goes', 'answers go')} back to words of an earlier "
                "import; is this the newest file?"
            )
        if self._elsewhere:
            self._result.warnings.append(
                f"{_counted(self._elsewhere, 'answer is', 'answers are')} in the round already "
                "under another opdracht, or none, and stay there; a column opdracht moves them"
            )
        if self._other_group:
            self._result.warnings.append(
                f"{_counted(len(self._other_group), 'participant has', 'participants have')} "
                "another group than in an earlier import, which stays"
            )


def _first_named(pairs: Iterable[tuple[str, str | None]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for who, name in pairs:
        if name is not None:
            found.setdefault(who, name)
    return found


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


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
        self.by_id = {each.id: each for each in self._known.values()}

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
        self._known[key] = self.by_id[person.id] = person
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
) -> tuple[dict[tuple[str, int | None], str], list[_Stored]]:
    """A round's submissions by participant and opdracht, and the answers imported into it."""
    in_round = Submission.round_id == round_.id
    submissions = session.execute(
        select(Submission.participant_id, Submission.opdracht, Submission.id).where(in_round)
    )
    answers = session.execute(
        select(
            Contribution.id,
            Submission.id,
            Submission.participant_id,
            Submission.opdracht,
            Contribution.source,
            Contribution.source_key,
            Contribution.question,
            ContributionVersion.text,
        )
        .join(Submission, Submission.id == Contribution.submission_id)
        .join(ContributionVersion, ContributionVersion.contribution_id == Contribution.id)
        .where(
            in_round,
            Contribution.source_key.is_not(None),
            ContributionVersion.version == Contribution.version,
        )
    )
    return (
        {(participant, opdracht): known for participant, opdracht, known in submissions},
        [
            _Stored(id_, submission, participant, opdracht, source, str(key), question, text)
            for id_, submission, participant, opdracht, source, key, question, text in answers
        ],
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
