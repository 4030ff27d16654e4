"""Stores answers from files, all in one transaction and none of them twice.

``import_files`` computes the changes before the write transaction, and computes them again if
another import was stored meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.orm import Session

from consultation.catalogue import Catalogue
from consultation.database.models import (
    Base,
    Consent,
    Contribution,
    ContributionVersion,
    Participant,
    Round,
    Submission,
    new_id,
    now,
)
from consultation.database.revision import RevisionCounter
from consultation.database.storage import Storage, in_chunks
from consultation.importing.keys import (
    KeyedRow,
    are_versions,
    hashed,
    id_key,
    keyed_rows,
    person_key,
    plain_text,
)
from consultation.importing.readers import ImportFile, ImportRow, check_opdracht, named_group
from consultation.importing.values import priority
from consultation.rounds import lock_consultation

CONSENT_VERSION = "import"
_TRIES = 3
_DELETED = 500
_FEW = 5
"""A file that shares fewer ids with a source of its own name corrects them, whatever the texts.

With more shared ids, at least one in ``_FEW`` must have a similar text.
"""


@dataclass
class ImportResult:
    """Result of storing a file.

    Counts of contributions that were added, skipped (already stored and equal) and changed (text,
    question, opdracht, participant, group or organisation), and of new participants; the ids of
    the added contributions; and warnings.
    """

    added: int = 0
    skipped: int = 0
    changed: int = 0
    participants: int = 0
    contributions: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def import_files(
    storage: Storage,
    consultation_id: int,
    round_: Round,
    files: Sequence[ImportFile],
    catalogue: Catalogue,
    *,
    opdracht: int | None = None,
    auto: bool = False,
    group: str | None = None,
    source: str | None = None,
    dry_run: bool = False,
    beside: Callable[[Session, list[ImportResult]], None] | None = None,
) -> list[ImportResult]:
    """Stores files one after another, all or none; returns one result per file. See ``store_rows``.

    ``beside`` writes what belongs to them in the same transaction. With ``dry_run``, nothing is
    stored: the results say what would be. After ``_TRIES`` tries in which another import came in
    between, it computes the changes under the lock.

    Raises:
        ImportFileError: ``opdracht`` or ``group`` is not in the catalogue.
    """
    check_opdracht(opdracht, catalogue)
    slug = named_group(group, catalogue)

    def worked_out(session: Session) -> tuple[_Import, list[ImportResult]]:
        made = _Import(session, consultation_id, round_, catalogue)
        return made, [made.take(session, each, source, opdracht, auto, slug) for each in files]

    for _ in range(_TRIES):
        with storage.reading() as session:
            made, results = worked_out(session)
        if dry_run:
            return results
        with storage.writing() as session:
            lock_consultation(session, consultation_id)
            if made.fits(session):
                made.write(session)
                if beside is not None:
                    beside(session, results)
                return results
    with storage.writing() as session:
        lock_consultation(session, consultation_id)
        made, results = worked_out(session)
        made.write(session)
        if beside is not None:
            beside(session, results)
        return results


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
    """Stores a file's rows in a round; rows of an earlier import are kept or corrected.

    ``opdracht`` and ``group`` (a slug or a name) apply to rows that name none. With ``auto``, the
    analysis places the statements of rows without an opdracht one by one. Rows with the same
    ``participant`` are one participant; a row without one is a participant of its own.

    Consent to analysis is recorded, since imported answers were given to be studied; consent to
    naming is not. Consent to quoting is recorded where ``citaat`` says so, and counts for the
    participant: a no in any row wins, and no file turns an earlier no into a yes. This also holds
    for rows that are already stored.

    An ``id`` identifies a row within its source. A known id with the same text adds nothing; with
    another text it adds a new version of the answer. Two files are of one source if at least half
    of the ids they share have similar texts; ``source`` overrides this. White space, line ends and
    the Unicode form of accents are ignored. A document (txt, md) is identified by its file name: a
    stored document of the same name that shares half of its words is corrected.

    Everything happens in the caller's transaction; ``import_files`` holds the lock for less time.

    Raises:
        ImportFileError: ``opdracht`` or ``group`` is not in the catalogue.
    """
    check_opdracht(opdracht, catalogue)
    slug = named_group(group, catalogue)
    made = _Import(session, consultation_id, round_, catalogue)
    result = made.take(session, file, source, opdracht, auto, slug)
    made.write(session)
    return result


@dataclass
class _Stored:
    """The current state of an answer that an earlier file stored."""

    id: str
    submission: str
    participant: str
    opdracht: int | None
    source: str | None
    key: str
    question: str | None
    text: str
    version: int
    auto: bool


@dataclass
class _Person:
    """An imported participant; ``quoting`` holds their answers on being quoted."""

    id: str
    key: str
    group: str | None
    organisation: str | None
    quoting: set[bool] = field(default_factory=set)


@dataclass(frozen=True)
class _Standing:
    """Rows of earlier imports: a consultation's participants and a round's answers.

    ``facts`` is the revision read before these rows: while it is unchanged, so are they.
    """

    facts: int
    people: list[tuple[Any, ...]]
    quoting: list[tuple[Any, ...]]
    submissions: list[tuple[Any, ...]]
    answers: list[tuple[Any, ...]]

    def as_sets(self) -> tuple[set[Any], ...]:
        """The rows as sets, to compare without order."""
        return set(self.people), set(self.quoting), set(self.submissions), set(self.answers)


class _Import:
    """Import of files into one round: ``take`` computes a file's changes, ``write`` stores all.

    Only ``write`` changes the database.
    """

    def __init__(
        self, session: Session, consultation_id: int, round_: Round, catalogue: Catalogue
    ) -> None:
        self._consultation_id = consultation_id
        self._round_id = round_.id
        self._catalogue = catalogue
        self._standing = standing = _read(session, consultation_id, round_.id)
        self._people = {each[1]: _Person(*each) for each in standing.people}
        self._by_id = {each.id: each for each in self._people.values()}
        for participant, granted in standing.quoting:
            self._by_id[participant].quoting.add(granted)
        self._submissions = {(who, opdracht): id_ for who, opdracht, id_ in standing.submissions}
        self._answers = [_Stored(*each) for each in standing.answers]
        self._texts: dict[str, list[str]] = {}
        self._new_people: list[dict[str, Any]] = []
        self._new_consents: list[dict[str, Any]] = []
        self._new_submissions: list[dict[str, Any]] = []
        self._new_answers: dict[str, dict[str, Any]] = {}
        self._new_versions: list[dict[str, Any]] = []
        self._changes: dict[str, dict[str, Any]] = {}
        self._left: set[str] = set()
        # Two documents of one import are never versions of one, even if they have the same name.
        self._taken: set[str] = set()

    def fits(self, session: Session) -> bool:
        """Whether the rows that the changes were computed from are unchanged."""
        if session.scalar(select(RevisionCounter.facts)) == self._standing.facts:
            return True
        now_ = _read(session, self._consultation_id, self._round_id)
        return now_.as_sets() == self._standing.as_sets()

    def take(
        self,
        session: Session,
        file: ImportFile,
        source: str | None,
        opdracht: int | None,
        auto: bool,
        group: str | None,
    ) -> ImportResult:
        """Computes a file's changes on top of those of earlier files; reads with ``session``."""
        self._session = session
        self._file = file
        self._by_key = {each.key: each for each in self._answers}
        self._result = ImportResult()
        self._elsewhere = self._back = 0
        self._other_group: set[str] = set()
        source = source or file.survey
        own = source or self._own_name()
        name = source or (self._document(own) if self._file.document else self._source(own))
        label = own if name in {each.source for each in self._by_key.values()} else name
        rows = keyed_rows(file.rows, name)
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
        if self._file.document:
            self._taken.update(self._result.contributions)
        self._tell()
        return self._result

    def write(self, session: Session) -> None:
        """Stores the computed changes."""
        for model, rows in (
            (Participant, self._new_people),
            (Consent, self._new_consents),
            (Submission, self._new_submissions),
            (Contribution, list(self._new_answers.values())),
        ):
            _insert(session, model, rows)
        people = [
            {"id": id_, "group": person.group, "organisation": person.organisation}
            for id_, _, group, organisation in self._standing.people
            if (person := self._by_id[id_])
            and (person.group, person.organisation) != (group, organisation)
        ]
        if people:
            session.execute(update(Participant), people)
        if self._changes:
            session.execute(
                update(Contribution), [{"id": id_, **each} for id_, each in self._changes.items()]
            )
        _insert(session, ContributionVersion, self._new_versions)
        if self._left:
            _drop_empty(session, self._left)
        session.flush()

    def _own_name(self) -> str:
        part = self._file.part
        return f"{self._file.name} [{part}]" if part else self._file.name

    def _earlier(self, name: str) -> list[_Stored]:
        """Documents of this name from earlier imports, except those this import already uses."""
        known = self._by_key.values()
        return [each for each in known if each.source == name and each.id not in self._taken]

    def _document(self, own: str) -> str:
        """The source name of the document that this one corrects, or a new name."""
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
        """The earlier source to which the ids of this file belong, or a new name."""
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
        self._may_be_quoted(person, row.citaat, row.submitted_at)
        if about[0] not in (None, person.group):
            self._other_group.add(person.id)
        at = row.submitted_at or now()
        answer = _Stored(
            id=new_id(),
            submission=self._submission(person, where, row.submitted_at),
            participant=person.id,
            opdracht=where,
            source=source,
            key=each.key,
            question=row.question,
            text=row.text,
            version=1,
            auto=auto and where is None,
        )
        self._new_answers[answer.id] = {
            "id": answer.id,
            "submission_id": answer.submission,
            "question": row.question,
            "channel": "import",
            "value": priority(row.question, row.text, self._catalogue),
            "source": source,
            "source_key": each.key,
            "auto": answer.auto,
            "version": 1,
            "created_at": at,
        }
        self._version(answer, at, [list(each) for each in row.places])
        self._answers.append(answer)
        self._texts[answer.id] = [answer.text]
        self._result.added += 1
        self._result.contributions.append(answer.id)

    def _again(
        self,
        stored: _Stored,
        each: KeyedRow,
        opdracht: int | None,
        about: tuple[str | None, str | None],
        group: str | None,
    ) -> None:
        """Updates an answer that is already stored with the values that differ in the file."""
        row = each.row
        person = self._by_id[stored.participant]
        moves = row.participant is not None and person.key != person_key(row)
        if moves:
            person = self._person(each, about, group)
        changed = moves | self._corrected(person, row, about, group)
        self._may_be_quoted(person, row.citaat, row.submitted_at)
        if row.opdracht is None and opdracht not in (None, stored.opdracht):
            self._elsewhere += 1
        where = stored.opdracht if row.opdracht is None else row.opdracht
        question = row.question or stored.question
        new_words = plain_text(row.text) != plain_text(stored.text)
        cut_anew = new_words or (where, question) != (stored.opdracht, stored.question)
        if stored.key != each.key:
            stored.key = each.key
            self._change(stored, source_key=each.key)
        if moves or where != stored.opdracht:
            self._left.add(stored.submission)
            stored.submission = self._submission(person, where, row.submitted_at)
            stored.participant, stored.opdracht = person.id, where
            self._change(stored, submission_id=stored.submission)
        if cut_anew:
            self._new_version(stored, row, question)
            stored.auto = stored.auto and where is None
            self._change(stored, auto=stored.auto)
        if changed or cut_anew:
            self._result.changed += 1
        else:
            self._result.skipped += 1

    def _new_version(self, stored: _Stored, row: ImportRow, question: str | None) -> None:
        """Adds a version; the words and places stay where the words of the row are the same."""
        text = stored.text
        places: list[Any] | None
        if plain_text(row.text) != plain_text(stored.text):
            text, places = row.text, [list(each) for each in row.places]
        else:
            places = self._places(stored)
        texts = self._said(stored.id)
        plain = plain_text(text)
        earlier = {plain_text(each) for each in texts[:-1]}
        self._back += plain in earlier and plain != plain_text(texts[-1])
        texts.append(text)
        stored.question, stored.text = question, text
        stored.version += 1
        value = priority(question, text, self._catalogue)
        self._change(stored, question=question, value=value, version=stored.version)
        self._version(stored, now(), places)

    def _said(self, answer: str) -> list[str]:
        """The texts of all versions of an answer, oldest first."""
        if answer not in self._texts:
            query = select(ContributionVersion.text).where(
                ContributionVersion.contribution_id == answer
            )
            found = self._session.scalars(query.order_by(ContributionVersion.version))
            self._texts[answer] = list(found)
        return self._texts[answer]

    def _places(self, stored: _Stored) -> list[Any] | None:
        """The places of the current version, also where this import adds it."""
        for version in reversed(self._new_versions):
            if version["contribution_id"] == stored.id:
                places: list[Any] | None = version["places"]
                return places
        return self._session.scalar(
            select(ContributionVersion.places).where(
                ContributionVersion.contribution_id == stored.id,
                ContributionVersion.version == stored.version,
            )
        )

    def _version(self, stored: _Stored, at: datetime, places: list[Any] | None) -> None:
        self._new_versions.append(
            {
                "id": new_id(),
                "contribution_id": stored.id,
                "version": stored.version,
                "text": stored.text,
                "parts": [],
                "places": places or None,
                "at": at,
            }
        )

    def _change(self, stored: _Stored, **values: Any) -> None:
        row = self._new_answers.get(stored.id)
        if row is None:
            row = self._changes.setdefault(stored.id, {})
        row.update(values)

    def _person(
        self, each: KeyedRow, about: tuple[str | None, str | None], group: str | None
    ) -> _Person:
        key = person_key(each.row) or hashed("row", str(self._round_id), each.key)
        person = self._people.get(key)
        if person is None:
            return self._newcomer(key, about[0] or group, about[1], each.row.submitted_at)
        person.group = person.group or about[0] or group
        person.organisation = person.organisation or about[1]
        return person

    def _newcomer(
        self, key: str, group: str | None, organisation: str | None, at: datetime | None
    ) -> _Person:
        person = _Person(new_id(), key, group, organisation)
        self._people[key] = self._by_id[person.id] = person
        self._result.participants += 1
        moment = at or now()
        self._new_people.append(
            {
                "id": person.id,
                "consultation_id": self._consultation_id,
                "group_slug": group,
                "organisation": organisation,
                "import_key": key,
                "created_at": moment,
            }
        )
        self._consent(person, "analyse", True, moment)
        return person

    def _consent(self, person: _Person, purpose: str, granted: bool, at: datetime) -> None:
        self._new_consents.append(
            {
                "participant_id": person.id,
                "purpose": purpose,
                "granted": granted,
                "version": CONSENT_VERSION,
                "at": at,
            }
        )

    def _may_be_quoted(self, person: _Person, granted: bool | None, at: datetime | None) -> None:
        """Adds consent to quoting or its refusal, unless it is known or was refused before."""
        if granted is None or granted in person.quoting or False in person.quoting:
            return
        person.quoting.add(granted)
        self._consent(person, "citaat", granted, at or now())

    def _corrected(
        self,
        person: _Person,
        row: ImportRow,
        about: tuple[str | None, str | None],
        group: str | None,
    ) -> bool:
        """Updates a participant's group and organisation; returns whether either changed.

        Missing values are filled in. Existing values change only for a row with an id.
        """
        before = person.group, person.organisation
        if row.id is not None:
            person.group = about[0] or person.group
            person.organisation = about[1] or person.organisation
        elif about[0] not in (None, person.group) and person.group is not None:
            self._other_group.add(person.id)
        person.group = person.group or about[0] or group
        person.organisation = person.organisation or about[1]
        return before != (person.group, person.organisation)

    def _submission(self, person: _Person, opdracht: int | None, at: datetime | None) -> str:
        known = self._submissions.get((person.id, opdracht))
        if known is None:
            known = self._submissions[person.id, opdracht] = new_id()
            moment = at or now()
            self._new_submissions.append(
                {
                    "id": known,
                    "participant_id": person.id,
                    "round_id": self._round_id,
                    "opdracht": opdracht,
                    "status": "bevestigd",
                    "created_at": moment,
                    "confirmed_at": moment,
                }
            )
        return known

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


def _read(session: Session, consultation_id: int, round_id: int) -> _Standing:
    facts = session.scalar(select(RevisionCounter.facts)) or 0
    imported = Participant.import_key.is_not(None)
    people = select(
        Participant.id, Participant.import_key, Participant.group, Participant.organisation
    ).where(Participant.consultation_id == consultation_id, imported)
    quoting = (
        select(Consent.participant_id, Consent.granted)
        .join(Participant, Participant.id == Consent.participant_id)
        .where(
            Participant.consultation_id == consultation_id, imported, Consent.purpose == "citaat"
        )
    )
    submissions = (
        select(Submission.participant_id, Submission.opdracht, Submission.id)
        .join(Participant, Participant.id == Submission.participant_id)
        .where(Submission.round_id == round_id, imported)
    )
    answers = (
        select(
            Contribution.id,
            Submission.id,
            Submission.participant_id,
            Submission.opdracht,
            Contribution.source,
            Contribution.source_key,
            Contribution.question,
            ContributionVersion.text,
            Contribution.version,
            Contribution.auto,
        )
        .join(Submission, Submission.id == Contribution.submission_id)
        .join(ContributionVersion, ContributionVersion.contribution_id == Contribution.id)
        .where(
            Submission.round_id == round_id,
            Contribution.source_key.is_not(None),
            ContributionVersion.version == Contribution.version,
        )
    )
    found = (
        [tuple(row) for row in session.execute(query)]
        for query in (people, quoting, submissions, answers)
    )
    return _Standing(facts, *found)


def _insert(session: Session, model: type[Base], rows: list[dict[str, Any]]) -> None:
    """Inserts rows given by column name, without the overhead of the ORM."""
    if rows:
        session.execute(insert(model.__table__), rows)  # type: ignore[arg-type]


def _drop_empty(session: Session, left: Iterable[str]) -> None:
    """Deletes submissions without answers, and their participants without submissions.

    A participant with a receipt code stays.
    """
    answered = exists().where(Contribution.submission_id == Submission.id)
    query = select(Submission.id, Submission.participant_id).where(~answered)
    rows = [tuple(row) for row in in_chunks(session, query, Submission.id, sorted(left))]
    _delete(session, Submission, [submission for submission, _ in rows])
    takes_part = exists().where(Submission.participant_id == Participant.id)
    alone = select(Participant.id).where(~takes_part, Participant.receipt_hash.is_(None))
    people = in_chunks(session, alone, Participant.id, [person for _, person in rows])
    _delete(session, Participant, [person for (person,) in people])


def _delete(session: Session, model: type[Submission | Participant], ids: list[str]) -> None:
    for start in range(0, len(ids), _DELETED):
        part = ids[start : start + _DELETED]
        session.execute(delete(model).where(model.id.in_(part)))
