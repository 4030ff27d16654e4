"""Takes a project in: its texts as answers, its codes as themes, its codings as decisions.

Ids are kept, so that a project of our own comes back as it was, and a second import of the same
file adds nothing. What the computer coded and nobody decided on comes back as the result of a run,
where no run came yet; elsewhere the next analysis does it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.curation import operations as ops
from consultation.curation.ledger import Ledger
from consultation.curation.log import CurationError, curated
from consultation.database.models import (
    AnalysisRun,
    Assignment,
    Base,
    Consent,
    Contribution,
    ContributionVersion,
    Participant,
    Round,
    RunTheme,
    Statement,
    Submission,
    Theme,
    new_id,
    now,
)
from consultation.database.storage import Storage, in_chunks
from consultation.errors import ImportFileError
from consultation.importing.imports import CONSENT_VERSION
from consultation.importing.keys import hashed
from consultation.importing.values import priority
from consultation.qda.project import (
    EXAMPLE,
    EXCLUDES,
    MACHINE,
    QdaCase,
    QdaCode,
    QdaProject,
    QdaSelection,
    QdaSource,
    row_id,
)
from consultation.rounds import lock_consultation
from consultation.theme_code import ThemeCode

_KINDS = ("drempel", "hefboom", "voorstel", "anders")


@dataclass
class QdaImport:
    """What an import stored, and what it left out."""

    added: int = 0
    skipped: int = 0
    participants: int = 0
    statements: int = 0
    themes: int = 0
    codings: int = 0
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Coded:
    """A code as a theme of an opdracht; ``number`` is None where the next free one is taken."""

    id: str
    opdracht: int
    number: int | None
    label: str
    code: QdaCode
    approved: bool


def take_in(
    storage: Storage,
    consultation_id: int,
    catalogue: Catalogue,
    round_: Round,
    project: QdaProject,
    account: str,
    opdracht: int | None = None,
    *,
    dry_run: bool = False,
) -> QdaImport:
    """Stores a project, all of it or nothing; decisions are those of ``account``.

    With ``dry_run`` it stores nothing: the result says what would be.

    ``opdracht`` is that of what names none, as in projects of other tools. People count as
    agreeing to analysis, and to being quoted only where the project says so.

    Raises:
        ImportFileError: an opdracht is missing or unknown.
        CurationError: a decision does not apply.
    """
    with suppress(_NotStored), storage.writing() as session:
        lock_consultation(session, consultation_id)
        taking = _Taking(session, consultation_id, catalogue, round_, project, account, opdracht)
        result = taking.run()
        if dry_run:
            # An exception takes the whole transaction back.
            raise _NotStored
    return result


class _NotStored(Exception):
    """A dry run is done."""


class _Taking:
    """One import, within its transaction."""

    def __init__(
        self,
        session: Session,
        consultation_id: int,
        catalogue: Catalogue,
        round_: Round,
        project: QdaProject,
        account: str,
        opdracht: int | None,
    ) -> None:
        self._session = session
        self._consultation = consultation_id
        self._catalogue = catalogue
        self._round = round_
        self._project = project
        self._account = account
        self._opdracht = opdracht
        self._result = QdaImport(warnings=list(project.warnings))
        self._machine = {each.guid for each in project.users if each.name == MACHINE}
        self._rounds = {
            each.number: each.id for each in rounds.all_rounds(session, consultation_id)
        }
        self._fresh = (
            session.scalar(
                select(AnalysisRun.id)
                .join(Round, Round.id == AnalysisRun.round_id)
                .where(Round.consultation_id == consultation_id)
                .limit(1)
            )
            is None
        )

    def run(self) -> QdaImport:
        coded, made = self._matched(list(self._themes()))
        new = self._sources()
        placed = [
            (selection, [coded[each.code] for each in selection.codings if each.code in coded])
            for source in new
            for selection in source.selections
        ]
        if self._fresh:
            self._store_run(made, placed)
        self._decide(made, placed)
        self._result.themes = len(made)
        self._result.codings = sum(len(themes) for _, themes in placed)
        return self._result

    def _themes(self) -> Iterator[_Coded]:
        approved = set(self._project.approved)
        for code in _flat(self._project.codes):
            name, _, rest = code.name.partition(" ")
            stands = ThemeCode.read(name) if self._project.ours else None
            label = " ".join((rest if stands else code.name).split())[: ops.MAX_LABEL]
            number = stands.opdracht if stands else self._opdracht
            if number is None:
                raise ImportFileError(
                    f"the code '{code.name[:60]}' names no opdracht; say with --opdracht to which "
                    "one the codes belong."
                )
            self._check(number)
            yield _Coded(
                row_id(code.guid),
                number,
                stands.number if stands else None,
                label or code.guid[:8],
                code,
                code.guid in approved or not self._project.ours,
            )

    def _matched(self, codes: Sequence[_Coded]) -> tuple[dict[str, _Coded], list[_Coded]]:
        """The theme of each code, by GUID, and those that are new.

        A code is a theme that is there already where it has its id, or its label in the opdracht.
        """
        known = self._known(Theme, [each.id for each in codes])
        stands: dict[tuple[int, str], str] = {}
        for number in {each.opdracht for each in codes}:
            for theme in curated(self._session, self._consultation, number).themes_of(number):
                if theme.live:
                    stands[number, theme.label.casefold()] = theme.id
        found: dict[str, _Coded] = {}
        made = []
        for each in codes:
            name = (each.opdracht, each.label.casefold())
            if each.id not in known and name in stands:
                found[each.code.guid] = replace(each, id=stands[name])
                continue
            found[each.code.guid] = each
            if each.id not in known:
                stands[name] = each.id
                made.append(each)
        return found, made

    def _check(self, number: int) -> None:
        if self._catalogue.opdracht(number) is None:
            known = ", ".join(str(each.nummer) for each in self._catalogue.opdrachten)
            raise ImportFileError(f"there is no opdracht {number}; choose from {known}.")

    def _sources(self) -> list[QdaSource]:
        """Stores the answers that are not there yet, and returns their sources."""
        cases = {source: case for case in self._project.cases for source in case.sources}
        known = self._known(Contribution, [row_id(each.guid) for each in self._project.sources])
        new = [each for each in self._project.sources if row_id(each.guid) not in known]
        new = [each for each in new if each.text.strip()]
        self._result.skipped = len(self._project.sources) - len(new)
        rows: dict[type[Base], list[dict[str, Any]]] = {}
        people: dict[str, str] = {}
        submissions: dict[tuple[str, int, int | None], str] = {}
        taken = self._known(Statement, [row_id(s.guid) for each in new for s in each.selections])
        for source in new:
            person = self._person(source, cases.get(source.guid), people, rows)
            about = self._about(source)
            round_id = self._round_of(source)
            key = (person, round_id, about)
            if key not in submissions:
                submissions[key] = self._submission(key, source, rows)
            self._answer(source, submissions[key], about, taken, rows)
        for model in (
            Participant,
            Consent,
            Submission,
            Contribution,
            ContributionVersion,
            Statement,
        ):
            if rows.get(model):
                self._session.execute(insert(model), rows[model])
        self._session.flush()
        self._result.added = len(new)
        self._result.statements = len(rows.get(Statement, ()))
        return new

    def _person(
        self,
        source: QdaSource,
        case: QdaCase | None,
        people: dict[str, str],
        rows: dict[type[Base], list[dict[str, Any]]],
    ) -> str:
        key = case.guid if case else source.guid
        if key in people:
            return people[key]
        values = case.values if case else {}
        import_key = hashed("qdpx", key)
        known = self._session.scalar(
            select(Participant.id).where(
                Participant.consultation_id == self._consultation,
                (Participant.import_key == import_key) | (Participant.id == row_id(key)),
            )
        )
        if known is not None:
            people[key] = known
            return known
        group = values.get("doelgroep")
        if group is not None and all(group != each.slug for each in self._catalogue.groepen):
            self._result.warnings.append(f"the group '{group[:40]}' is not known and was left out")
            group = None
        free = case is not None and self._session.get(Participant, row_id(key)) is None
        people[key] = row_id(key) if free else new_id()
        rows.setdefault(Participant, []).append(
            {
                "id": people[key],
                "consultation_id": self._consultation,
                "group": group,
                "organisation": values.get("organisatie"),
                "import_key": import_key,
            }
        )
        consents = {"analyse": True}
        if values.get("citaat") in ("ja", "nee"):
            consents["citaat"] = values["citaat"] == "ja"
        rows.setdefault(Consent, []).extend(
            {
                "participant_id": people[key],
                "purpose": purpose,
                "granted": granted,
                "version": CONSENT_VERSION,
            }
            for purpose, granted in consents.items()
        )
        self._result.participants += 1
        return people[key]

    def _about(self, source: QdaSource) -> int | None:
        raw = source.values.get("opdracht", "")
        number = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 5 else self._opdracht
        if number is not None:
            self._check(number)
        elif not self._project.ours:
            raise ImportFileError(
                f"the source '{source.name[:60]}' names no opdracht; say with --opdracht to which "
                "one it belongs."
            )
        return number

    def _round_of(self, source: QdaSource) -> int:
        raw = source.values.get("ronde", "")
        number = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 5 else -1
        return self._rounds.get(number, self._round.id)

    def _submission(
        self,
        key: tuple[str, int, int | None],
        source: QdaSource,
        rows: dict[type[Base], list[dict[str, Any]]],
    ) -> str:
        person, round_id, about = key
        known = self._session.scalar(
            select(Submission.id).where(
                Submission.participant_id == person,
                Submission.round_id == round_id,
                Submission.opdracht.is_(None) if about is None else Submission.opdracht == about,
            )
        )
        if known is not None:
            return known
        made = new_id()
        rows.setdefault(Submission, []).append(
            {
                "id": made,
                "participant_id": person,
                "round_id": round_id,
                "opdracht": about,
                "status": "bevestigd",
                "created_at": source.at,
                "confirmed_at": source.at,
            }
        )
        return made

    def _answer(
        self,
        source: QdaSource,
        submission: str,
        about: int | None,
        taken: set[str],
        rows: dict[type[Base], list[dict[str, Any]]],
    ) -> None:
        question = source.values.get("vraag")
        if question is not None and len(question) > 60:
            question = None
        answer, version_id = row_id(source.guid), new_id()
        rows.setdefault(Contribution, []).append(
            {
                "id": answer,
                "submission_id": submission,
                "question": question,
                "channel": "import",
                "value": priority(question, source.text, self._catalogue),
                "source": "qdpx",
                "source_key": hashed("qdpx", source.guid),
                "version": 1,
                "created_at": source.at,
            }
        )
        # Where somebody coded, their spans are the statements; other texts are cut by the analysis.
        cut = source.selections or self._project.ours
        rows.setdefault(ContributionVersion, []).append(
            {
                "id": version_id,
                "contribution_id": answer,
                "version": 1,
                # No database of ours holds NUL; the replacement keeps every position.
                "text": source.text.replace("\0", "\ufffd"),
                "at": source.at,
                "cut_at": now() if cut else None,
            }
        )
        spans: set[tuple[int, int]] = set()
        for each in source.selections:
            statement = row_id(each.guid)
            if (each.start, each.end) in spans or statement in taken:
                self._result.warnings.append(
                    f"source '{source.name[:60]}': a second selection of characters {each.start} "
                    f"to {each.end} was left out"
                )
                continue
            spans.add((each.start, each.end))
            taken.add(statement)
            opdracht, kind = _kind(each, question, about)
            rows.setdefault(Statement, []).append(
                {
                    "id": statement,
                    "contribution_version_id": version_id,
                    "start": each.start,
                    "end": each.end,
                    "kind": kind,
                    "opdracht": opdracht,
                    "placed_by": "vraag" if opdracht == about else self._account,
                }
            )

    def _store_run(
        self, themes: Sequence[_Coded], placed: Sequence[tuple[QdaSelection, list[_Coded]]]
    ) -> None:
        """The themes, and what the computer coded, as the result of a run."""
        run = AnalysisRun(round_id=self._round.id, models={"import": "qdpx"}, finished_at=now())
        self._session.add(run)
        self._session.flush()
        numbers: dict[int, int] = {}
        for each in sorted(themes, key=lambda one: one.number or 0):
            number = each.number or numbers.get(each.opdracht, 0) + 1
            numbers[each.opdracht] = max(number, numbers.get(each.opdracht, 0))
            self._session.add(
                Theme(
                    id=each.id,
                    consultation_id=self._consultation,
                    opdracht=each.opdracht,
                    number=number,
                    created_run_id=run.id,
                )
            )
            self._session.flush()
            self._session.add(RunTheme(run_id=run.id, theme_id=each.id, label=each.label))
        self._session.flush()
        stored = self._known(Statement, [row_id(each.guid) for each, _ in placed])
        rows = [
            {
                "statement_id": row_id(selection.guid),
                "theme_id": each.id,
                "run_id": run.id,
                "is_primary": rank == 0,
                "score": 1.0,
            }
            for selection, own in placed
            if own and row_id(selection.guid) in stored and not self._by_people(selection)
            for rank, each in enumerate(own)
        ]
        if rows:
            self._session.execute(insert(Assignment), rows)

    def _decide(
        self, made: Sequence[_Coded], placed: Sequence[tuple[QdaSelection, list[_Coded]]]
    ) -> None:
        numbers = [each.nummer for each in self._catalogue.opdrachten]
        self._session.flush()
        ledger = Ledger(self._session, self._consultation, numbers)
        for each in made:
            if not self._fresh:
                create = ops.Create(opdracht=each.opdracht, label=each.label, id=each.id)
                ledger.append(self._account, create)
            elif each.approved:
                ledger.append(self._account, ops.Rename(theme=each.id, label=each.label))
            memos = each.code.memos
            excludes = next((one.text for one in memos if one.name == EXCLUDES), "")
            examples = [one.text[: ops.MAX_TEXT] for one in memos if one.name == EXAMPLE]
            if each.code.description or excludes or examples:
                ledger.append(
                    self._account,
                    ops.Describe(
                        theme=each.id,
                        text=each.code.description[: ops.MAX_TEXT],
                        excludes=excludes[: ops.MAX_TEXT],
                        examples=examples[: ops.MAX_EXAMPLES],
                        example_statements=[],
                    ),
                )
            for memo in memos:
                if memo.name not in (EXCLUDES, EXAMPLE) and memo.text.strip():
                    ledger.append(
                        self._account, ops.Note(theme=each.id, text=memo.text[: ops.MAX_TEXT])
                    )
            if each.approved:
                ledger.append(self._account, ops.Approve(theme=each.id))
        for selection, own in placed:
            if own and self._by_people(selection):
                place = ops.PlaceExactly(
                    statement=row_id(selection.guid),
                    themes=list(dict.fromkeys(each.id for each in own)),
                )
                try:
                    ledger.append(self._account, place)
                except CurationError as error:
                    self._result.warnings.append(f"a coding was left out: {error}")
        ledger.write(self._session)

    def _by_people(self, selection: QdaSelection) -> bool:
        return any(each.user not in self._machine for each in selection.codings)

    def _known(self, model: type[Any], ids: Sequence[str]) -> set[str]:
        rows = in_chunks(self._session, select(model.id), model.id, ids)
        return {row[0] for row in rows}


def _flat(codes: Sequence[QdaCode]) -> Iterator[QdaCode]:
    """The codes that code, whatever group they are in."""
    for each in codes:
        if each.codable:
            yield each
        yield from _flat(each.codes)


def _kind(
    selection: QdaSelection, question: str | None, about: int | None
) -> tuple[int | None, str]:
    """The opdracht and the kind of a statement, by the name of its selection or its question."""
    words = selection.name.split()
    if words and words[-1] in _KINDS:
        raw = words[0][1:] if words[0][:1] == "O" else ""
        return (int(raw) if raw.isascii() and raw.isdigit() else about), words[-1]
    return about, question if question in _KINDS else "anders"
