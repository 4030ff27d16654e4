"""The wizard for an export of a survey: which column is what, what would come in, and confirm."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from consultation import audit
from consultation.catalogue import Catalogue
from consultation.errors import ImportFileError
from consultation.importing.csv_file import CsvContent
from consultation.importing.drafts import Draft
from consultation.importing.formats.apart import read_apart
from consultation.importing.imports import ImportResult, import_files
from consultation.importing.mapping import (
    NO_GROUP,
    QuestionColumn,
    SurveyMapping,
    check_mapping,
    guessed,
    unknown_groups,
)
from consultation.importing.readers import ImportFile, check_file, read_survey, survey_answers
from consultation.importing.sheets import ENDINGS as WORKBOOKS
from consultation.importing.stored_mappings import keep_mapping, known_survey
from consultation.importing.tables import (
    FileFaults,
    Grid,
    Record,
    SkippedRows,
    Table,
    named,
    survey_table,
)
from dialogue.messages import say
from web.access.login import CurrentReviewer, Reviewer
from web.dependencies import Here, Services
from web.errors import Problem
from web.review.common import MAX_LINE, FormPost, PostedForm, back_to, page
from web.review.importing.dutch import refused, remarks
from web.review.importing.uploads import START, drafts, may_bring_in, round_of, wanted
from web.server.threads import WritingRoute

ROWS = 10
MOST_COLUMNS = 300
MOST_ROWS = 20_000
MOST_VALUES = 50
_SAMPLES = 3
_CELL = 90

ROLES = {
    "id": "Nummer van het antwoord",
    "participant": "Wie antwoordde (nummer)",
    "group": "Groep",
    "organisation": "Organisatie",
    "submitted_at": "Datum",
    "citaat": "Mag geciteerd worden (ja of nee)",
    "opdracht": "Nummer van de opdracht",
    "question": "Naam van de vraag",
    "title": "Titel boven het antwoord",
}
"""What a column is, besides an answer or a box to tick for a group; each at most once."""

ANSWER = "antwoord"
TICK = "vakje:"

router = APIRouter(prefix="/beheer", include_in_schema=False, route_class=WritingRoute)


@dataclass(frozen=True)
class Column:
    """A column of the export: its number, name, wording, some cells, and what it is taken for."""

    number: int
    name: str
    label: str
    samples: tuple[str, ...]
    role: str
    opdracht: int | None


@dataclass(frozen=True)
class GroupValue:
    """A value in the column of groups that is no group: its rows, and what it is taken for."""

    value: str
    rows: int
    slug: str


@dataclass(frozen=True)
class Trial:
    """What an import would do: the counts, the first answers, and remarks in Dutch."""

    counts: ImportResult
    rows: tuple[Any, ...]
    remarks: tuple[str, ...]
    mark: str


@dataclass
class _Chosen:
    """What a form or a mapping says of each column, by number."""

    survey: str
    roles: dict[int, str] = field(default_factory=dict)
    opdrachten: dict[int, int | None] = field(default_factory=dict)
    group: str = ""
    group_values: dict[str, str] = field(default_factory=dict)


@router.get("/invoer/enquete/{draft}")
def survey_page(request: Request, here: Here, reviewer: CurrentReviewer, draft: str) -> Response:
    """The columns of an export with what each is guessed to be, and its first rows."""
    may_bring_in(reviewer)
    found = wanted(here, draft)
    try:
        table = _table(found)
    except ImportFileError as error:
        return _show(request, here, reviewer, found, None, refusals=refused(error, str(found.file)))
    with here.storage.reading() as session:
        try:
            stored = known_survey(session, here.consultation_id, table.columns, here.catalogue)
        except ImportFileError:
            # The catalogue lacks what the stored mapping names: it is guessed anew.
            stored = None
    known = None if stored is None else stored.mapping
    try:
        mapping = known or guessed(table, Path(found.name).stem, here.catalogue)
    except ImportFileError:
        chosen = _Chosen(Path(found.name).stem)
    else:
        chosen = _from_mapping(table, mapping)
    new = () if stored is None else stored.new
    return _show(request, here, reviewer, found, table, chosen, known=known is not None, new=new)


@router.post("/invoer/enquete/{draft}")
def decide_on_survey(request: Request, here: Here, form: PostedForm, draft: str) -> Response:
    """Tells what an import by the chosen columns would do, or does it."""
    may_bring_in(form.reviewer)
    found = wanted(here, draft)
    try:
        table = _table(found)
    except ImportFileError as error:
        told = refused(error, str(found.file))
        return _show(request, here, form.reviewer, found, None, refusals=told)
    chosen = _from_form(form, len(table.columns))
    try:
        mapping = _mapping(chosen, table)
        check_mapping(mapping, here.catalogue, str(found.file))
        file = survey_answers(found.file, here.catalogue, table, mapping, FileFaults())
    except Problem as problem:
        told = [str(problem.detail)]
        return _show(request, here, form.reviewer, found, table, chosen, refusals=told)
    except ImportFileError as error:
        told = refused(error, str(found.file))
        return _show(request, here, form.reviewer, found, table, chosen, refusals=told)
    mark = _mark(mapping, chosen.group)
    sure = form.line("doe") == "bevestig"
    if sure and form.line("bekeken") == mark:
        return _import(here, form.reviewer, found, file, mapping, chosen.group)
    result = _run(here, found, file, chosen.group)
    trial = Trial(result, file.rows[:ROWS], tuple(remarks(file, result.warnings)), mark)
    refusals = [say("invoer_eerst_kijken")] if sure else []
    return _show(request, here, form.reviewer, found, table, chosen, trial, refusals=refusals)


def _import(
    here: Services,
    reviewer: Reviewer,
    draft: Draft,
    file: ImportFile,
    mapping: SurveyMapping,
    group: str,
) -> Response:
    def keep(session: Session, results: list[ImportResult]) -> None:
        keep_mapping(session, here.consultation_id, mapping, file.header)
        audit.record(
            session,
            here.consultation_id,
            reviewer.name,
            "ingelezen",
            ronde=draft.round,
            erbij=results[0].added,
            gewijzigd=results[0].changed,
        )

    result = _run(here, draft, file, group, beside=keep)
    drafts(here).discard(draft)
    return back_to(
        START,
        erbij=str(result.added),
        gewijzigd=str(result.changed),
        zelfde=str(result.skipped),
        mensen=str(result.participants),
    )


def _run(
    here: Services,
    draft: Draft,
    file: ImportFile,
    group: str,
    beside: Callable[[Session, list[ImportResult]], None] | None = None,
) -> ImportResult:
    """Imports the answers and writes ``beside``; without it, only tells what would happen."""
    (result,) = import_files(
        here.storage,
        here.consultation_id,
        round_of(here, draft),
        [file],
        here.catalogue,
        auto=True,
        group=group or None,
        dry_run=beside is None,
        beside=beside,
    )
    return result


def _table(draft: Draft) -> Table:
    """The table of an export: read by a child with limits at first, then as it was kept.

    Raises:
        ImportFileError: it cannot be read, or is too large for a page.
    """
    kept = draft.read("tabel")
    if kept is not None:
        kept["records"] = [Record(**each) for each in kept["records"]]
        kept["left_out"] = [
            SkippedRows(each["reason"], tuple(each["lines"])) for each in kept["left_out"]
        ]
        return Table(**kept)
    check_file(draft.file)
    faults = FileFaults()
    if draft.file.suffix.lower() in WORKBOOKS:
        table = read_survey(draft.file, faults)
    else:
        found: CsvContent = read_apart("csv_file.rows", draft.file)
        for message, lines in found["faults"].items():
            for line in lines:
                faults.add(line, message)
        rows = [(line, cells) for line, cells in found["rows"]]
        grid = Grid(rows, found["before"], found["separator"])
        table = survey_table(draft.file, grid, faults)
    faults.check(draft.file)
    for count, most, key in (
        (len(table.columns), MOST_COLUMNS, "invoer_te_veel_kolommen"),
        (len(table.records), MOST_ROWS, "invoer_te_veel_rijen"),
    ):
        if count > most:
            raise Problem(422, say(key, aantal=count, grens=most), link=START)
    draft.write("tabel", asdict(table))
    return table


def _from_mapping(table: Table, mapping: SurveyMapping) -> _Chosen:
    """What a mapping says of each column."""
    numbers = {name: number for number, name in enumerate(table.columns)}
    chosen = _Chosen(mapping.survey, group_values=dict(mapping.group_values))
    for role in ROLES:
        column = getattr(mapping, role, None)
        if column is not None:
            chosen.roles[numbers[named(column)]] = role
    for slug, column in mapping.groups.items():
        chosen.roles[numbers[named(column)]] = f"{TICK}{slug}"
    for question in mapping.questions:
        number = numbers[named(question.column)]
        chosen.roles[number] = f"{ANSWER}:{question.question or ''}"
        chosen.opdrachten[number] = question.opdracht
        if question.title is not None:
            chosen.roles[numbers[named(question.title)]] = "title"
    return chosen


def _from_form(form: FormPost, columns: int) -> _Chosen:
    chosen = _Chosen(form.line("enquete", 200), group=form.line("groep"))
    for number in range(columns):
        role = form.line(f"rol-{number}")
        if role:
            chosen.roles[number] = role
        chosen.opdrachten[number] = form.number(f"opdracht-{number}")
    for number in range(MOST_VALUES):
        value, slug = form.line(f"waarde-{number}"), form.line(f"waarde-groep-{number}")
        if value and slug:
            chosen.group_values[value] = slug
    return chosen


def _mapping(chosen: _Chosen, table: Table) -> SurveyMapping:
    """The mapping that a form asks for.

    Raises:
        Problem: 422, it names no answers or no survey, or names a single field twice.
    """
    if not chosen.survey:
        raise Problem(422, say("invoer_geen_enquete_naam"))
    fields: dict[str, Any] = {"survey": chosen.survey}
    groups: dict[str, str] = {}
    questions: list[QuestionColumn] = []
    for number, role in chosen.roles.items():
        name = table.columns[number]
        kind, _, key = role.partition(":")
        if kind == ANSWER:
            opdracht = chosen.opdrachten.get(number)
            questions.append(QuestionColumn(column=name, opdracht=opdracht, question=key or None))
        elif role.startswith(TICK):
            groups[key] = name
        elif role in fields:
            raise Problem(422, say("invoer_twee_keer", wat=ROLES[role]))
        elif role in ROLES:
            fields[role] = name
    if not questions:
        raise Problem(422, say("invoer_geen_vraagkolom"))
    title = fields.pop("title", None)
    questions[0].title = title
    values = chosen.group_values if "group" in fields else {}
    return SurveyMapping(questions=questions, groups=groups, group_values=values, **fields)


def _mark(mapping: SurveyMapping, group: str) -> str:
    """What tells whether a form was changed after it was looked at."""
    return hashlib.sha256(f"{mapping.model_dump_json()} {group}".encode()).hexdigest()[:16]


def _show(
    request: Request,
    here: Services,
    reviewer: Reviewer,
    draft: Draft,
    table: Table | None,
    chosen: _Chosen | None = None,
    trial: Trial | None = None,
    *,
    refusals: list[str] | None = None,
    known: bool = False,
    new: tuple[str, ...] = (),
) -> Response:
    columns = [] if table is None or chosen is None else _columns(table, chosen)
    values: list[GroupValue] = []
    more = 0
    if table is not None and chosen is not None:
        values, more = _group_values(table, chosen, here.catalogue)
    return page(
        request,
        here,
        reviewer,
        "beheer/enquete.html",
        422 if refusals else 200,
        draft=draft,
        refusals=refusals or [],
        table=table,
        columns=[each for each in columns if each.samples or each.role],
        empty=[each.label for each in columns if not each.samples and not each.role],
        chosen=chosen,
        values=values,
        more_values=more,
        no_group=NO_GROUP,
        head=[] if table is None else _first_rows(table),
        trial=trial,
        known=known,
        new=new,
        roles=ROLES,
        answers=_answer_roles(here.catalogue),
    )


def _group_values(
    table: Table, chosen: _Chosen, catalogue: Catalogue
) -> tuple[list[GroupValue], int]:
    """What stands in the column of groups and is no group, and how many more values there are."""
    number = next((number for number, role in chosen.roles.items() if role == "group"), None)
    if number is None:
        return [], 0
    found = unknown_groups(table, table.columns[number], chosen.group_values, catalogue)
    short = [each for each in found.most_common() if len(each[0]) <= MAX_LINE]
    values = [
        GroupValue(value, count, chosen.group_values.get(value, ""))
        for value, count in short[:MOST_VALUES]
    ]
    return values, len(found) - len(values)


def _columns(table: Table, chosen: _Chosen) -> list[Column]:
    found = []
    for number, name in enumerate(table.columns):
        cells = (_short(each.cells.get(name)) for each in table.records[:200])
        samples = tuple(dict.fromkeys(cell for cell in cells if cell))[:_SAMPLES]
        found.append(
            Column(
                number,
                name,
                table.labels.get(name, name),
                samples,
                chosen.roles.get(number, ""),
                chosen.opdrachten.get(number),
            )
        )
    return found


def _first_rows(table: Table) -> list[tuple[int, list[str]]]:
    return [
        (each.line, [_short(each.cells.get(name)) for name in table.columns])
        for each in table.records[:ROWS]
    ]


def _short(cell: object) -> str:
    text = " ".join(str(cell if cell is not None else "").split())
    return text if len(text) <= _CELL else f"{text[:_CELL]}…"


def _answer_roles(catalogue: Catalogue) -> Mapping[str, str]:
    """The questions that a column may answer: a key, and its kind and wording."""
    names = {"drempel": "wat iemand tegenhoudt", "voorstel": "wat iemand voorstelt"}
    names |= {"trekker": "wie het moet doen", "prioriteit": "hoe dringend het is"}
    keys = {vraag.key: vraag.tekst for each in catalogue.opdrachten for vraag in each.vragen}
    asked = {f"{ANSWER}:{key}": names.get(key, text) for key, text in keys.items()}
    return {**asked, f"{ANSWER}:": "iets anders"}
