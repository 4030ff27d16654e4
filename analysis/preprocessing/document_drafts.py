"""Cuts an uploaded document into statements for a person to check, and stores what was checked.

``python -m analysis.preprocessing.document_drafts FOLDER`` reads the draft in a folder and writes
its ``DocumentProposal`` beside it, or why there is none; the website runs it as a process of its
own.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from analysis.preprocessing.answer_reader import ReaderBroken
from analysis.preprocessing.embeddings import AnalysisError
from analysis.preprocessing.statement_kind import Kind
from analysis.preprocessing.statements import StatementPreview, preview
from consultation import audit
from consultation.catalogue import Catalogue, catalogue_at
from consultation.curation.succession import with_predecessors
from consultation.database.models import (
    Contribution,
    ContributionVersion,
    Round,
    Statement,
    Submission,
    now,
)
from consultation.database.storage import Storage
from consultation.errors import ImportFileError
from consultation.importing.drafts import Draft, DraftFolder
from consultation.importing.imports import ImportResult, store_rows
from consultation.importing.readers import ImportFile, ImportRow, read_rows
from consultation.importing.tables import SkippedRows
from consultation.rounds import lock_consultation
from consultation.settings import settings
from language.matching import Match

PROPOSAL = "voorstel"
FAULT = "fout"
"""Under these names a draft holds its proposal, or the reason why there is none."""

NOT_PROSE = "tabel"
NO_ENCODER = "model"
"""Reasons that come from no reader of files."""


@dataclass(frozen=True)
class DocumentProposal:
    """A document as it would be imported, and per row its statements as they would be stored."""

    file: ImportFile
    statements: tuple[tuple[StatementPreview, ...], ...]


@dataclass(frozen=True)
class CheckedStatement:
    """A statement that a person checked: characters ``start`` to ``end`` of a row's text.

    ``score`` is the probability of the opdracht that was proposed; None without a proposal.
    ``placed_by`` is ``machine``, or the account that chose another opdracht.
    """

    start: int
    end: int
    kind: Kind
    opdracht: int | None
    score: float | None
    placed_by: str


def proposal(draft: Draft) -> DocumentProposal | None:
    """What was proposed for a draft; None until it is read."""
    raw = draft.read(PROPOSAL)
    if raw is None:
        return None
    of_file = raw["file"]
    of_file["rows"] = tuple(map(_row, of_file["rows"]))
    of_file["left_out"] = tuple(
        SkippedRows(each["reason"], tuple(each["lines"])) for each in of_file["left_out"]
    )
    of_file["warnings"], of_file["header"] = tuple(of_file["warnings"]), ()
    statements = tuple(tuple(map(_statement, row)) for row in raw["statements"])
    return DocumentProposal(ImportFile(**of_file), statements)


def _row(raw: dict[str, Any]) -> ImportRow:
    at = raw["submitted_at"]
    raw["submitted_at"] = None if at is None else datetime.fromisoformat(at)
    raw["places"] = tuple((start, place) for start, place in raw["places"])
    return ImportRow(**raw)


def _statement(raw: dict[str, Any]) -> StatementPreview:
    raw["opdrachten"] = tuple(Match(**each) for each in raw["opdrachten"])
    return StatementPreview(**raw)


def store_checked(
    storage: Storage,
    consultation_id: int,
    round_: Round,
    file: ImportFile,
    statements: Sequence[Sequence[CheckedStatement]],
    catalogue: Catalogue,
    account: str,
) -> tuple[ImportResult, int]:
    """Imports a document with exactly these statements per row; all in one transaction.

    Returns what the import did, and how many statements were stored. A row that is in the round
    already keeps its statements. The audit log says who did it.
    """
    with storage.writing() as session:
        lock_consultation(session, consultation_id)
        result = store_rows(session, consultation_id, round_, file, catalogue, auto=True)
        rows = _statement_rows(session, round_, file, statements)
        if rows:
            with_predecessors(session, rows)
            session.execute(insert(Statement), rows)
        audit.record(
            session,
            consultation_id,
            account,
            "ingelezen",
            ronde=round_.number,
            erbij=result.added,
            gewijzigd=result.changed,
            verbeterd=sum(each["placed_by"] == account for each in rows),
        )
    return result, len(rows)


def _statement_rows(
    session: Session,
    round_: Round,
    file: ImportFile,
    statements: Sequence[Sequence[CheckedStatement]],
) -> list[dict[str, Any]]:
    query = (
        select(ContributionVersion)
        .join(Contribution, Contribution.id == ContributionVersion.contribution_id)
        .join(Submission, Submission.id == Contribution.submission_id)
        .where(
            Submission.round_id == round_.id,
            Contribution.channel == "import",
            Contribution.version == ContributionVersion.version,
            ContributionVersion.cut_at.is_(None),
        )
        .order_by(ContributionVersion.id)
    )
    uncut = list(session.scalars(query))
    rows: list[dict[str, Any]] = []
    moment = now()
    for row, checked in zip(file.rows, statements, strict=True):
        version = next((each for each in uncut if each.text == row.text), None)
        if version is None:
            continue
        uncut.remove(version)
        version.cut_at = moment
        rows += [
            {
                "contribution_version_id": version.id,
                "start": each.start,
                "end": each.end,
                "kind": each.kind,
                "opdracht": each.opdracht,
                "opdracht_score": each.score,
                "placed_by": each.placed_by,
                "created_at": moment,
            }
            for each in checked
        ]
    session.flush()
    return rows


def read_draft(draft: Draft, storage: Storage, catalogue: Catalogue, encoder: str) -> None:
    """Reads a draft and writes its proposal, or the reason why there is none."""
    try:
        file = read_rows(draft.file, catalogue)
        if not file.prose:
            draft.write(FAULT, NOT_PROSE)
            return
        # The address of a sender is kept as a key only, and no path of this machine at all.
        rows = tuple(replace(each, place=draft.name) for each in file.rows)
        found = preview(storage, rows, catalogue, encoder)
    except ImportFileError as error:
        draft.write(FAULT, str(error))
        return
    except (AnalysisError, ReaderBroken):
        draft.write(FAULT, NO_ENCODER)
        return
    made = asdict(DocumentProposal(replace(file, rows=rows), tuple(map(tuple, found))))
    for row in made["file"]["rows"]:
        at = row["submitted_at"]
        row["submitted_at"] = None if at is None else at.isoformat()
    draft.write(PROPOSAL, made)


def main() -> None:
    """Reads the draft whose folder the command line names, with the settings of the environment."""
    folder = Path(sys.argv[1])
    values = settings()
    draft = DraftFolder(folder.parent.parent).find(folder.name)
    if draft is None:
        return
    storage = Storage(values.resolved_database_url)
    try:
        read_draft(draft, storage, catalogue_at(values.catalogue), values.embedding)
    finally:
        storage.close()


if __name__ == "__main__":
    main()
