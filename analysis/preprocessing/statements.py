"""Cuts stored answers into stored statements, and gives statements as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from analysis.preprocessing import answer_reader
from analysis.preprocessing.embeddings import encoder_named, vectors_of
from analysis.preprocessing.opdracht_classifier import Placement, opdracht_matcher, place
from analysis.preprocessing.statement_kind import Kind, example_vectors, kinds_of
from consultation.catalogue import Catalogue
from consultation.curation.succession import with_predecessors
from consultation.database.models import (
    Contribution,
    ContributionVersion,
    Statement,
    Submission,
    now,
)
from consultation.database.storage import Storage, in_chunks
from consultation.participation.reactions import AMENDMENT, read_key
from consultation.queries.statements import StatementView, active_answer, answers
from language.folding import is_unseen
from language.matching import Match
from language.segmentation.plain_text import readable
from language.segmentation.statements import Span

if TYPE_CHECKING:
    import pandas as pd

    from consultation.importing.readers import ImportRow

STATEMENT_COLUMNS = (
    "id",
    "contribution",
    "opdracht",
    "round",
    "group",
    "kind",
    "start",
    "end",
    "text",
    "themes",
    "stance",
    "about",
    "rule",
    "rule_effect",
)


@dataclass(frozen=True)
class SegmentationCounts:
    """The counts of a cut: answers cut, statements made, and statements without an opdracht."""

    contributions: int = 0
    statements: int = 0
    unplaced: int = 0


@dataclass
class _Answer:
    version_id: str
    text: str
    opdracht: int | None
    soort: str | None
    auto: bool
    whole: bool = False
    unread: answer_reader.Why | None = None
    spans: list[Span] = field(default_factory=list)
    places: list[Placement] = field(default_factory=list)
    kinds: list[Kind] = field(default_factory=list)


def cut_new(
    storage: Storage,
    consultation_id: int,
    catalogue: Catalogue,
    encoder_name: str,
    progress: bool = False,
) -> SegmentationCounts:
    """Cuts every answer that was not cut yet into statements; an answer is cut only once.

    Covers only the current version of answers that were not withdrawn, of participants who agreed
    to analysis. An answer without a sentence becomes one statement, so that it is listed and not
    lost. The same holds for an answer that takes too much time to read
    (``analysis.preprocessing.answer_reader``), which is marked as unread and excluded. Answers to
    questions of the kinds ``trekker`` and ``prioriteit`` get no statements: they are attributes of
    the submission's proposal (``docs/decisions/0010-what-is-a-statement.md``). All statements are
    stored in one transaction; an interrupted call changes nothing but the vector cache.

    Raises:
        AnalysisError: answers need an opdracht or a kind, and the encoder is not available.
        ReaderBroken: no answer can be read at all.
    """
    with storage.reading() as session:
        answers = _pending(session, consultation_id, catalogue)
    if not answers:
        return SegmentationCounts()
    for answer in answers:
        if answer.soort not in ("trekker", "prioriteit"):
            _cut(answer)
    to_place = [each for each in answers if each.auto and each.unread is None]
    _place(storage, to_place, catalogue, encoder_name, progress)
    _tell_kinds(storage, answers, encoder_name, progress)
    return _store(storage, answers)


@dataclass(frozen=True)
class StatementPreview:
    """A statement as it would be stored: ``text[start:end]`` of a row of a file to import.

    ``page`` is the page of a document, or the time in a transcript, where it begins.
    ``opdrachten`` has the most likely opdrachten with their probabilities, best first; the first
    is stored if it is ``sure``, and so is the only one if the row names it.
    """

    start: int
    end: int
    page: int | str | None
    kind: Kind
    opdrachten: tuple[Match, ...]
    sure: bool
    text: str


def preview(
    storage: Storage,
    rows: Sequence[ImportRow],
    catalogue: Catalogue,
    encoder_name: str,
    opdracht: int | None = None,
    progress: bool = False,
) -> list[list[StatementPreview]]:
    """The statements of rows to import, per row; stores nothing but vectors in the cache.

    ``opdracht`` applies to rows that name none.

    Raises:
        AnalysisError: the encoder is not available.
        ReaderBroken: no text can be read.
    """
    answers = []
    for row in rows:
        number = opdracht if row.opdracht is None else row.opdracht
        soort = catalogue.soort(number, row.question)
        answers.append(_Answer("", row.text, number, soort, auto=number is None))
    for index, answer in enumerate(answers):
        answer.version_id = str(index)
        _cut(answer)
    _place(storage, [each for each in answers if each.auto], catalogue, encoder_name, progress)
    _tell_kinds(storage, answers, encoder_name, progress)
    return [_previewed(*each) for each in zip(rows, answers, strict=True)]


def _previewed(row: ImportRow, answer: _Answer) -> list[StatementPreview]:
    found = []
    for index, span in enumerate(answer.spans):
        placed = answer.places[index] if answer.places else None
        given = () if answer.opdracht is None else (Match(answer.opdracht, 1.0),)
        found.append(
            StatementPreview(
                start=span.start,
                end=span.end,
                page=row.page(span.start),
                kind=answer.kinds[index],
                opdrachten=placed.suggestions if placed else given,
                sure=placed is None or placed.opdracht is not None,
                text=readable(answer.text[span.start : span.end]),
            )
        )
    return found


def statements_frame(
    said: list[StatementView],
    themes: Mapping[str, list[str]] | None = None,
    stances: Mapping[str, str] | None = None,
    about: Mapping[str, str] | None = None,
    rules: Mapping[str, tuple[str, str]] | None = None,
) -> pd.DataFrame:
    """Statements as a table with the columns ``STATEMENT_COLUMNS``.

    ``start`` and ``end`` are character offsets in the answer ``contribution``. ``opdracht`` is
    empty if none is certain. The mappings are by statement id: ``themes`` lists theme ids,
    ``stance`` is ``geen`` where none is given, and ``about`` names what a stance is about. ``rule``
    is a rule as named and ``rule_effect`` its effect, from the mapping ``rules``.
    """
    import pandas as pd

    known = themes or {}
    rows = [
        (
            each.id,
            each.contribution,
            each.opdracht,
            each.round,
            each.group,
            each.kind,
            each.start,
            each.end,
            each.text,
            known.get(each.id, []),
            (stances or {}).get(each.id, "geen"),
            (about or {}).get(each.id),
            *(rules or {}).get(each.id, (None, None)),
        )
        for each in said
    ]
    frame = pd.DataFrame(rows, columns=list(STATEMENT_COLUMNS))
    return frame.astype({"opdracht": "Int64"})


def _cut(answer: _Answer) -> None:
    if answer.whole:
        answer.spans = _whole(answer.text)
        return
    try:
        spans = [Span(*each) for each in answer_reader.statement_spans(answer.text)]
    except answer_reader.UnreadableText as given_up:
        answer.unread = given_up.why
        spans = []
    answer.spans = spans or _whole(answer.text)


def _whole(text: str) -> list[Span]:
    """The whole text as one span, without outer white space; empty if nothing of it is seen.

    Used for an answer without a sentence (emoji, a number, a link), which is listed, not dropped.
    """
    if is_unseen(text):
        return []
    start = len(text) - len(text.lstrip())
    end = len(text.rstrip())
    return [Span(start, end, 0)]


def _pending(session: Session, consultation_id: int, catalogue: Catalogue) -> list[_Answer]:
    query = (
        answers(ContributionVersion, Contribution, Submission.opdracht)
        .where(*active_answer(consultation_id), ContributionVersion.cut_at.is_(None))
        .order_by(Contribution.created_at, Contribution.id)
    )
    return [
        _Answer(
            version_id=version.id,
            text=version.text,
            opdracht=opdracht,
            soort=catalogue.soort(opdracht, contribution.question),
            auto=contribution.auto and opdracht is None,
            # An amendment is accepted or refused as a whole.
            whole=(read_key(contribution.question) or ("",))[0] == AMENDMENT,
        )
        for version, contribution, opdracht in session.execute(query)
    ]


def _place(
    storage: Storage,
    answers: list[_Answer],
    catalogue: Catalogue,
    encoder_name: str,
    progress: bool,
) -> None:
    pieces = [
        (answer, span, readable(answer.text[span.start : span.end]))
        for answer in answers
        for span in answer.spans
    ]
    if not pieces:
        return
    encoder = encoder_named(encoder_name)
    texts = [text for _, _, text in pieces]
    vectors = vectors_of(storage, encoder, texts, progress)
    blocks = [(answer.version_id, span.block) for answer, span, _ in pieces]
    places = place(opdracht_matcher(catalogue, encoder), texts, vectors, blocks)
    for (answer, _, _), found in zip(pieces, places, strict=True):
        answer.places.append(found)


def _tell_kinds(
    storage: Storage, answers: list[_Answer], encoder_name: str, progress: bool
) -> None:
    """Sets the kind of each statement: that of the question, a listed proposal, or a prediction."""
    unknown: list[tuple[_Answer, int, str]] = []
    for answer in answers:
        if answer.soort == "drempel":
            answer.kinds = ["drempel"] * len(answer.spans)
        elif answer.soort == "voorstel":
            answer.kinds = ["voorstel"] * len(answer.spans)
        elif answer.unread:
            answer.kinds = ["anders"] * len(answer.spans)
        else:
            answer.kinds = ["voorstel"] * len(answer.spans)
            unknown += [
                (answer, index, readable(answer.text[span.start : span.end]))
                for index, span in enumerate(answer.spans)
                if not span.proposal
            ]
    if not unknown:
        return
    encoder = encoder_named(encoder_name)
    texts = [text for _, _, text in unknown]
    vectors = vectors_of(storage, encoder, texts, progress)
    kinds = kinds_of(texts, vectors, example_vectors(encoder))
    for (answer, index, _), kind in zip(unknown, kinds, strict=True):
        answer.kinds[index] = kind


def _store(storage: Storage, answers: list[_Answer]) -> SegmentationCounts:
    contributions = 0
    moment = now()
    # Another process may have cut or erased an answer while the vectors were computed.
    uncut = (
        select(ContributionVersion)
        .where(ContributionVersion.cut_at.is_(None))
        .order_by(ContributionVersion.id)
        .with_for_update()
    )
    made = [_rows(each, moment) for each in answers]
    with storage.writing() as session:
        rows: list[dict[str, Any]] = []
        ids = (each.version_id for each in answers)
        found = in_chunks(session, uncut, ContributionVersion.id, ids)
        versions = {version.id: version for (version,) in found}
        for answer, of_it in zip(answers, made, strict=True):
            version = versions.get(answer.version_id)
            if version is None:
                continue
            version.cut_at = moment
            version.unread = answer.unread or version.unread
            contributions += 1
            rows += of_it
        if rows:
            with_predecessors(session, rows)
            session.execute(insert(Statement), rows)
    return SegmentationCounts(
        contributions, len(rows), sum(each["opdracht"] is None for each in rows)
    )


def _rows(answer: _Answer, moment: datetime) -> list[dict[str, Any]]:
    """The statements of an answer, as rows to insert."""
    rows = []
    for index, span in enumerate(answer.spans):
        placed = answer.places[index] if answer.places else None
        rows.append(
            {
                "contribution_version_id": answer.version_id,
                "start": span.start,
                "end": span.end,
                "kind": answer.kinds[index],
                "opdracht": placed.opdracht if placed else answer.opdracht,
                "opdracht_score": round(placed.score, 4) if placed else None,
                "placed_by": "machine" if placed else "vraag",
                "created_at": moment,
            }
        )
    return rows
