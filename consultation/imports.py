"""Answers from files stored: all of a file in one transaction, and none of them twice."""

from __future__ import annotations

import difflib
import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from consultation.catalogue import Catalogue
from consultation.import_files import ImportFile, ImportRow, check_opdracht, named_group
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
    not tell. White space, line ends and the form of accents make no difference.

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


@dataclass(frozen=True)
class _Keyed:
    """A row and the key it is stored under, the same at a next import of the same file.

    ``others`` are keys under which the same answer may stand since an earlier import.
    """

    row: ImportRow
    key: str
    others: tuple[str, ...]

    @property
    def who(self) -> str:
        """What tells people apart: the participant, or the row where it names none."""
        return self.row.participant or self.key


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

    def store(
        self, source: str | None, opdracht: int | None, auto: bool, group: str | None
    ) -> ImportResult:
        own = source or self._own_name()
        name = source or self._source(own)
        label = own if name in {each.source for each in self._by_key.values()} else name
        rows = _keyed(self._file.rows, name)
        groups = _first_named((each.who, each.row.group) for each in rows)
        organisations = _first_named((each.who, each.row.organisation) for each in rows)
        seen: set[str] = set()
        for each in rows:
            about = groups.get(each.who), organisations.get(each.who)
            stored = self._find(each, seen)
            if stored is None:
                self._add(each, label, opdracht, auto, about, group)
            else:
                seen.add(stored.id)
                self._again(stored, each, opdracht, about, group)
        self._session.flush()
        self._drop_what_was_left()
        self._tell()
        return self._result

    def _own_name(self) -> str:
        column = self._file.text_column
        return f"{self._file.name} [{column}]" if column else self._file.name

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
                if (key := _id_key(name, row)) in self._by_key
            ]
            if not shared:
                continue
            alike = sum(_alike(row, stored) for row, stored in shared)
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

    def _find(self, each: _Keyed, seen: set[str]) -> _Stored | None:
        for key in (each.key, *each.others):
            stored = self._by_key.get(key)
            if stored is not None and stored.id not in seen:
                return stored
        return None

    def _add(
        self,
        each: _Keyed,
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
            value=_priority(row.question, row.text, self._catalogue),
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
        each: _Keyed,
        opdracht: int | None,
        about: tuple[str | None, str | None],
        group: str | None,
    ) -> None:
        """An answer that is there already: what the file says of it otherwise is taken over."""
        row = each.row
        person = self._people.by_id[stored.participant]
        moves = row.participant is not None and person.import_key not in _people_keys(row)
        if moves:
            person = self._person(each, about, group)
        changed = moves | self._corrected(person, row, about, group)
        self._people.may_be_quoted(person, row.citaat, row.submitted_at)
        if row.opdracht is None and opdracht not in (None, stored.opdracht):
            self._elsewhere += 1
        where = stored.opdracht if row.opdracht is None else row.opdracht
        question = row.question or stored.question
        new_words = _plain(row.text) != _plain(stored.text)
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
        plain = _plain(text)
        earlier = {_plain(version.text) for version in contribution.versions[:-1]}
        self._back += plain in earlier and plain != _plain(contribution.versions[-1].text)
        contribution.question = question
        contribution.value = _priority(question, text, self._catalogue)
        contribution.version += 1
        contribution.versions.append(ContributionVersion(version=contribution.version, text=text))

    def _person(
        self, each: _Keyed, about: tuple[str | None, str | None], group: str | None
    ) -> Participant:
        keys = _people_keys(each.row) or (_hash("row", str(self._round.id), each.key),)
        person = self._people.get(keys)
        if person is None:
            self._result.participants += 1
            return self._people.add(keys[0], about[0] or group, about[1], each.row.submitted_at)
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


def _keyed(rows: Sequence[ImportRow], source: str) -> list[_Keyed]:
    """Each row with its key: of its source and id, or of all it holds where it has no id.

    Equal rows without id are told apart by their count: two people who answer the same are two
    voices. A row whose id or participant a spreadsheet took away has a key of the rest, under which
    it is known again once these are there.
    """
    counts: Counter[str] = Counter()

    def counted(digest: str) -> str:
        counts[digest] += 1
        return _hash(digest, str(counts[digest]))

    keyed = []
    for row in rows:
        moment = row.submitted_at.isoformat() if row.submitted_at else ""
        before = counted(_hash(repr(replace(row, place="", submitted_at=None)), moment))
        # A spreadsheet keeps no seconds.
        rest = [_plain(row.text), row.opdracht, row.question, row.group, row.organisation]
        content = repr([*rest, moment[:16]])
        nameless = counted(_hash("nameless", content))
        whole = counted(_hash("content", content, row.participant or ""))
        if row.id is not None:
            keyed.append(_Keyed(row, _id_key(source, row), (before, nameless)))
        elif row.mangled:
            keyed.append(_Keyed(row, nameless, (before,)))
        else:
            others = (before, nameless) if row.participant else (before,)
            keyed.append(_Keyed(row, whole, others))
    return keyed


def _id_key(source: str, row: ImportRow) -> str:
    return _hash("id", source, str(row.id))


def _people_keys(row: ImportRow) -> tuple[str, ...]:
    return () if row.participant is None else (_hash("participant", row.participant),)


def _plain(text: str) -> str:
    """A text without what a spreadsheet changes when it saves: line ends, blanks, accents' form."""
    lines = unicodedata.normalize("NFC", text.replace("_x000D_", "")).splitlines()
    return "\n".join(" ".join(line.split()) for line in lines if line.strip())


def _alike(row: ImportRow, stored: _Stored) -> bool:
    """Whether a row and a stored answer are versions of one: half of their words are the same, or
    they are short and differ by a few letters."""
    if row.question is not None and stored.question not in (None, row.question):
        return False
    one, other = _plain(row.text).casefold(), _plain(stored.text).casefold()
    if one == other:
        return True
    words, others = set(one.split()), set(other.split())
    if 2 * len(words & others) >= len(words | others):
        return True
    return len(one) + len(other) < 400 and difflib.SequenceMatcher(None, one, other).ratio() > 0.8


def _first_named(pairs: Iterable[tuple[str, str | None]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for who, name in pairs:
        if name is not None:
            found.setdefault(who, name)
    return found


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _hash(*parts: str) -> str:
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode("utf-8")
        digest.update(str(len(raw)).encode() + b":" + raw)
    return digest.hexdigest()


def _priority(question: str | None, answer: str, catalogue: Catalogue) -> int | None:
    if question != "prioriteit":
        return None
    text = answer.strip().lower()
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
        self.by_id = {each.id: each for each in self._known.values()}

    def get(self, keys: Sequence[str]) -> Participant | None:
        return next((self._known[key] for key in keys if key in self._known), None)

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
