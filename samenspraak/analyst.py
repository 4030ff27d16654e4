"""The verbs of the analyst: import, statements, themes, actions, analyse, evaluate, report."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from consultation import rounds
from consultation.errors import ImportFileError, SamenspraakError
from samenspraak.workplace import Workplace, open_workplace

# What only some of the verbs need is imported inside them: it takes a second.
if TYPE_CHECKING:
    import pandas as pd
    from sqlalchemy.orm import Session

    from analysis.preprocessing.statements import StatementPreview
    from analysis.scheduling.cluster import Scheduling
    from consultation.importing.imports import ImportResult
    from consultation.importing.mapping import SurveyMapping
    from consultation.importing.readers import ImportFile


class Format(str, Enum):
    """The output format of a table."""

    table = "table"
    csv = "csv"
    json = "json"


_WARNINGS = {
    "few_statements": "under 30 different texts; read them instead of their themes",
    "unstable": "other themes come when a tenth of the statements is absent",
    "one_group": "more than half of the statements come from one group",
    "one_campaign": "more than a fifth of the statements are copies of one text",
}

_MARKS = {
    "vaste_tekst": "fixed text around answers",
    "geen_antwoord": "no answer",
    "andere_taal": "another language",
}
_SET_ASIDE = {"tijd": "reading it takes too much time", "fout": "reading it fails"}

RoundOption = Annotated[
    int | None, typer.Option("--round", min=1, help="A round's number.", show_default=False)
]
OpdrachtOption = Annotated[
    int | None, typer.Option("--opdracht", min=1, help="An opdracht's number.", show_default=False)
]
FormatOption = Annotated[Format, typer.Option("--format", help="How the rows are written.")]


def register(app: typer.Typer) -> None:
    """Adds the verbs to the command line."""
    app.command("import")(import_)
    app.command()(statements)
    app.command()(themes)
    app.command()(actions)
    app.command()(analyse)
    app.command()(evaluate)
    app.command()(report)


def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Documents (docx, odt, pdf, rtf, html, eml, txt, md, vtt, srt), tables, a qdpx."
        ),
    ],
    round_: Annotated[
        int | None,
        typer.Option("--round", min=1, help="Into this round; without it, the open one."),
    ] = None,
    opdracht: Annotated[
        str | None,
        typer.Option(
            help="For rows that name none: a number, or auto to place each statement by its words."
        ),
    ] = None,
    group: Annotated[
        str | None, typer.Option(help="Stakeholder group of rows that name none, by slug or name.")
    ] = None,
    text: Annotated[
        str | None,
        typer.Option("--text", help="The column with the answers, where it is not called text."),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            help="The earlier file whose ids these are, where words do not tell: this corrects it."
        ),
    ] = None,
    sheet: Annotated[
        str | None,
        typer.Option(help="The sheet with the answers, where several sheets of a workbook do."),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(
            help="Which column of a survey export is which question (YAML), or the name of a "
            "survey that was imported before. With --dry-run, a file that is not there yet is "
            "written, with what is guessed from the export."
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would happen; store nothing.")
    ] = False,
    account: Annotated[
        str | None,
        typer.Option(
            "--as", help="qdpx: who decides; without it, who runs this command.", show_default=False
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Imports answers from files and cuts them into statements; a second time adds nothing.

    Columns of tables: text, and where known id, opdracht, question, group,
    organisation, submitted_at, participant (the same for all answers of one person), citaat (ja or
    nee: whether the person agrees to being quoted; without it nothing is quoted). An id that comes
    again with other words corrects the earlier answer. A project of a tool for qualitative research
    (qdpx) brings its codes as themes and its codings as decisions. See docs/importing.md.
    """
    from samenspraak.exchange import are_projects, import_project

    if are_projects(files):
        chosen = _opdracht_choice(opdracht)
        if mapping or text or source or sheet or group or opdracht == "auto":
            raise typer.BadParameter(
                "a qdpx takes only --round, --opdracht, --dry-run, --as and --json."
            )
        import_project(files[0], round_, chosen, account, as_json, dry_run)
        return
    from analysis.preprocessing.statements import SegmentationCounts, cut_new, preview
    from consultation.importing.imports import import_files
    from consultation.importing.readers import check_opdracht, named_group
    from consultation.importing.stored_mappings import keep_mapping

    _log_to_stderr()
    number = _opdracht_choice(opdracht)
    place = open_workplace()
    check_opdracht(number, place.catalogue)
    group = named_group(group, place.catalogue)
    with place.storage.reading() as session:
        if round_ is None:
            into = rounds.require_open_round(session, place.consultation_id)
        else:
            into = rounds.require_round(session, place.consultation_id, round_)
    columns = None if mapping is None else _mapping(mapping, files, sheet, place, dry_run)
    read = _read_all(files, place, text, sheet, columns)

    def keep(session: Session, _: list[ImportResult]) -> None:
        if columns is not None:
            keep_mapping(session, place.consultation_id, columns, read[-1].header)

    stored = import_files(
        place.storage,
        place.consultation_id,
        into,
        read,
        place.catalogue,
        opdracht=number,
        auto=opdracht == "auto",
        group=group,
        source=source,
        dry_run=dry_run,
        beside=keep,
    )
    warnings = [
        f"{file.name}: {warning}"
        for file, each in zip(read, stored, strict=True)
        for warning in (*file.warnings, *each.warnings)
    ]
    for warning in warnings:
        _say(f"warning: {warning}")
    for file in read:
        for left_out in file.left_out:
            _say(f"{file.name}: {left_out}")
    cut = (
        SegmentationCounts()
        if dry_run
        else cut_new(
            place.storage, place.consultation_id, place.catalogue, place.settings.embedding, True
        )
    )
    summary: dict[str, Any] = {
        "files": [file.name for file in read],
        "per_file": [
            {
                "file": file.name,
                "added": each.added,
                "changed": each.changed,
                "skipped": each.skipped,
                "empty": file.empty,
                "left_out": [
                    {"reason": part.reason, "rows": len(part.lines), "lines": part.lines[:10]}
                    for part in file.left_out
                ],
            }
            for file, each in zip(read, stored, strict=True)
        ],
        "added": sum(each.added for each in stored),
        "changed": sum(each.changed for each in stored),
        "skipped": sum(each.skipped for each in stored),
        "empty": sum(file.empty for file in read),
        "left_out": sum(len(part.lines) for file in read for part in file.left_out),
        "statements": cut.statements,
        "unplaced": cut.unplaced,
        "participants": sum(each.participants for each in stored),
        "warnings": warnings,
    }
    statements_of = []
    if dry_run:
        prose = [row for file in read if file.prose for row in file.rows]
        statements_of = list(
            zip(
                prose,
                preview(
                    place.storage, prose, place.catalogue, place.settings.embedding, number, True
                ),
                strict=True,
            )
        )
        summary["dry_run"] = True
        summary["preview"] = [
            {"place": row.place, **asdict(each)} for row, found in statements_of for each in found
        ]
        summary["statements"] = len(summary["preview"])
    if as_json:
        print(json.dumps(summary, ensure_ascii=False))
        return
    if len(read) > 1:
        for each in summary["per_file"]:
            print(f"{each['file']}: {_came_in(each)}")
    if dry_run:
        for row, found in statements_of:
            print(f"{row.place}: {_counted(len(found), 'statement', 'statements')}")
            _write_preview(found)
        print(f"Round {into.number}: {_came_in(summary)}; nothing is stored (--dry-run).")
        return
    made = _counted(cut.statements, "statement", "statements")
    unplaced = f", {cut.unplaced} of them without opdracht" if cut.unplaced else ""
    print(f"Round {into.number}: {_came_in(summary)}; {made} made{unplaced}.")


def _mapping(
    path: Path, files: list[Path], sheet: str | None, place: Workplace, dry_run: bool
) -> SurveyMapping:
    """The mapping in a file, or stored under that name; else it is guessed and written.

    Raises:
        ImportFileError: it is not there and this is no dry run, or it does not fit.
    """
    from consultation.importing.mapping import guessed, mapping_text, read_mapping
    from consultation.importing.readers import read_survey
    from consultation.importing.stored_mappings import mapping_named
    from consultation.importing.tables import FileFaults

    if path.exists():
        return read_mapping(path, place.catalogue)
    with place.storage.reading() as session:
        stored = mapping_named(session, place.consultation_id, str(path), place.catalogue)
    if stored is not None:
        return stored
    if not dry_run:
        raise ImportFileError(
            f"{path}: there is no such mapping; with --dry-run it is guessed and written, for you "
            "to check."
        )
    faults = FileFaults()
    table = read_survey(files[0], faults, sheet=sheet)
    faults.check(files[0])
    found = guessed(table, files[0].stem, place.catalogue)
    try:
        path.write_text(mapping_text(found), encoding="utf-8")
    except OSError as error:
        raise ImportFileError(f"{path}: cannot be written ({error.strerror}).") from error
    _say(f"written: {path}; check it, then import with it:")
    for line in mapping_text(found).splitlines():
        _say(f"  {line}")
    return found


def _write_preview(statements: list[StatementPreview]) -> None:
    import pandas as pd

    rows = [
        (
            each.page,
            f"{each.start}-{each.end}",
            each.kind,
            ", ".join(f"{match.number} ({match.score:.0%})" for match in each.opdrachten)
            + ("" if each.sure else " ?"),
            each.text,
        )
        for each in statements
    ]
    columns = ["page", "span", "kind", "opdracht", "text"]
    write(pd.DataFrame(rows, columns=columns, dtype=object), Format.table)


def _read_all(
    files: list[Path],
    place: Workplace,
    text: str | None,
    sheet: str | None,
    mapping: SurveyMapping | None,
) -> list[ImportFile]:
    """Reads the files.

    Raises:
        ImportFileError: some are invalid; the message lists the errors of all files.
    """
    from consultation.importing.readers import read_rows

    read = []
    errors = []
    for path in files:
        try:
            known = None
            if mapping is None and text is None:
                known = _known_survey(path, sheet, place)
            read.append(known or read_rows(path, place.catalogue, text, sheet, mapping))
        except ImportFileError as error:
            errors.append(str(error))
    if errors:
        raise ImportFileError("\n".join(errors))
    return read


def _known_survey(path: Path, sheet: str | None, place: Workplace) -> ImportFile | None:
    """The answers in an export of a survey that is known by its columns; None for other files.

    A table with a column ``text`` is no export of a survey.

    Raises:
        ImportFileError: the file cannot be read, or the mapping does not fit the catalogue.
    """
    from consultation.importing.readers import SURVEYS, read_survey, survey_answers
    from consultation.importing.stored_mappings import known_survey, stored_surveys
    from consultation.importing.tables import FileFaults

    if path.suffix.lower() not in SURVEYS:
        return None
    with place.storage.reading() as session:
        if not stored_surveys(session, place.consultation_id):
            return None
    faults = FileFaults()
    table = read_survey(path, faults, "text", sheet)
    if "text" in table.columns:
        return None
    with place.storage.reading() as session:
        known = known_survey(session, place.consultation_id, table.columns, place.catalogue)
    if known is None:
        return None
    _say(f"{path.name}: read with the mapping of the survey '{known.mapping.survey}'")
    if known.new:
        more = f" and {len(known.new) - 8} more" if len(known.new) > 8 else ""
        _say(
            f"warning: {path.name}: columns that the mapping does not know are left out: "
            f"{', '.join(each[:60] for each in known.new[:8])}{more}"
        )
    return replace(survey_answers(path, place.catalogue, table, known.mapping, faults), part=sheet)


def statements(
    round_: RoundOption = None,
    opdracht: OpdrachtOption = None,
    format_: FormatOption = Format.table,
) -> None:
    """Lists the statements: exact slices of what people said."""
    from analysis import dataframes

    _list(
        lambda session, place: dataframes.statements(
            session, place.consultation_id, _numbers(place, None), round_, opdracht
        ),
        round_,
        opdracht,
        format_,
        hidden=("contribution", "start", "end"),
    )


def themes(
    round_: RoundOption = None,
    opdracht: OpdrachtOption = None,
    format_: FormatOption = Format.table,
) -> None:
    """Lists the themes of the last analysis, the largest of each opdracht first.

    What was set aside is counted beside them, on standard error.
    """
    from analysis import dataframes

    _list(
        lambda session, place: dataframes.themes(
            session, place.consultation_id, _numbers(place, opdracht), round_
        ),
        round_,
        opdracht,
        format_,
        hidden=("id", "quotes", "parents", "trust", "action"),
    )
    _tell_set_aside(open_workplace(), round_, opdracht)


def actions(
    round_: RoundOption = None,
    opdracht: OpdrachtOption = None,
    format_: FormatOption = Format.table,
) -> None:
    """Lists the actions that were proposed or decided."""
    from analysis import dataframes

    _list(
        lambda session, place: dataframes.actions(
            session, place.consultation_id, _numbers(place, opdracht), place.catalogue
        ),
        round_,
        opdracht,
        format_,
        hidden=("partners", "reactions", "carried"),
    )


def analyse(
    round_: RoundOption = None,
    opdracht: OpdrachtOption = None,
    workers: Annotated[
        int | None,
        typer.Option("--workers", min=1, help="Worker processes to start on this machine (Dask)."),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option("--scheduler", help="The Dask scheduler whose workers do the work."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Finds the themes in all that was said up to a round."""
    from analysis import run

    _log_to_stderr()
    scheduling = _scheduling(workers, scheduler)
    place = open_workplace()
    result = run.analyse(
        place.storage,
        place.consultation_id,
        place.catalogue,
        encoder_name=place.settings.embedding,
        spacy_model=place.settings.spacy_model,
        round_number=round_,
        opdracht=opdracht,
        progress=True,
        scheduling=scheduling,
    )
    if result.reused:
        _say(f"nothing changed since run {result.run}: it still stands")
    for answer, why in result.set_aside:
        _say(f"warning: answer {answer} is set aside: {_SET_ASIDE[why]}; read it in the review")
    if as_json:
        print(result.as_json())
        return
    columns = [name for name in run.OpdrachtResult.__dataclass_fields__ if name != "trust"]
    rows = [[getattr(each, name) for name in columns] for each in result.opdrachten]
    _say(f"run {result.run}, round {result.round}")
    _write_table(columns, rows)
    _tell_set_aside(place, round_, opdracht)
    for each in result.opdrachten:
        for warning in (each.trust or {}).get("warnings", ()):
            _say(f"warning: opdracht {each.opdracht}: {_WARNINGS[warning]}")
        if weak := (each.trust or {}).get("weakest"):
            _say(f"opdracht {each.opdracht}: hardly come back in subsamples: {', '.join(weak)}")


def evaluate(
    file: Annotated[Path, typer.Argument(help='A file of {"text", "label"} lines.')],
) -> None:
    """Clusters labelled texts exactly as analyse would, and prints how well as JSON."""
    from analysis import evaluation
    from consultation.settings import settings

    _log_to_stderr()
    texts, labels = evaluation.read_labelled(file)
    print(evaluation.evaluate(texts, labels, settings().embedding, progress=True).as_json())


def report(
    output: Annotated[Path, typer.Option("-o", "--output", help="The HTML file to write.")],
    round_: RoundOption = None,
) -> None:
    """Writes the last analysis as one self-contained HTML file, in Dutch."""
    from reporting import report as reporting

    place = _ready(round_, None)
    html = reporting.render(
        place.storage,
        place.consultation_id,
        place.catalogue,
        place.settings.embedding,
        round_number=round_,
    )
    try:
        output.write_text(html, encoding="utf-8")
    except OSError as error:
        raise SamenspraakError(
            f"{output}: cannot be written ({error.strerror}); give a file in a folder that exists."
        ) from error
    _say(f"written: {output}")


def _ready(round_: int | None, opdracht: int | None) -> Workplace:
    """Returns the workplace, after cutting new answers and checking the round and opdracht.

    Raises:
        SamenspraakError: there is no such round or opdracht.
    """
    from analysis.preprocessing.statements import cut_new
    from consultation.importing.readers import check_opdracht

    _log_to_stderr()
    place = open_workplace()
    check_opdracht(opdracht, place.catalogue)
    if round_ is not None:
        with place.storage.reading() as session:
            rounds.require_round(session, place.consultation_id, round_)
    cut_new(place.storage, place.consultation_id, place.catalogue, place.settings.embedding, True)
    return place


def _list(
    table: Callable[[Session, Workplace], pd.DataFrame],
    round_: int | None,
    opdracht: int | None,
    format_: Format,
    hidden: Iterable[str],
) -> None:
    place = _ready(round_, opdracht)
    with place.storage.reading() as session:
        found = table(session, place)
    write(found, format_, hidden)


def _tell_set_aside(place: Workplace, round_: int | None, opdracht: int | None) -> None:
    from consultation.queries.excluded_statements import excluded_counts

    with place.storage.reading() as session:
        found = excluded_counts(session, place.consultation_id, _numbers(place, opdracht), round_)
    for number, counts in found.items():
        told = [f"{count} {_MARKS[mark]}" for mark, count in counts.items() if count]
        if told:
            _say(f"opdracht {number}: set aside, see the review or the report: {', '.join(told)}")


def _came_in(counts: dict[str, Any]) -> str:
    """Returns a summary of an import: the number of added answers, and the other counts above 0."""
    parts = [f"{_counted(counts['added'], 'answer', 'answers')} added"]
    if counts["changed"]:
        parts.append(f"{counts['changed']} changed")
    if counts["skipped"]:
        parts.append(f"{_counted(counts['skipped'], 'was', 'were')} there already")
    if counts["empty"]:
        parts.append(f"{_counted(counts['empty'], 'row', 'rows')} without text left out")
    other = _left_out(counts) - counts["empty"]
    if other:
        parts.append(f"{_counted(other, 'other row', 'other rows')} left out")
    return ", ".join(parts)


def _left_out(counts: dict[str, Any]) -> int:
    found = counts["left_out"]
    return found if isinstance(found, int) else sum(each["rows"] for each in found)


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _numbers(place: Workplace, opdracht: int | None) -> list[int]:
    if opdracht is not None:
        return [opdracht]
    return [each.nummer for each in place.catalogue.opdrachten]


def _opdracht_choice(value: str | None) -> int | None:
    if value is None or value == "auto":
        return None
    if not value.isascii() or not value.isdigit():
        raise typer.BadParameter(
            f"'{value}' is neither a number nor auto.", param_hint="--opdracht"
        )
    if len(value) > 4:
        raise ImportFileError(f"--opdracht: there is no opdracht {value[:20]}.")
    return int(value)


def write(frame: pd.DataFrame, format_: Format, hidden: Iterable[str] = ()) -> None:
    """Writes a table to stdout; ``hidden`` columns are left out of the format ``table``."""
    if format_ is Format.json:
        records = json.loads(frame.to_json(orient="records", force_ascii=False))
        print(json.dumps(records, ensure_ascii=False, indent=1))
    elif format_ is Format.csv:
        flat = frame.map(
            lambda cell: (
                json.dumps(cell, ensure_ascii=False) if isinstance(cell, list | dict) else cell
            )
        )
        print(flat.to_csv(index=False), end="")
    else:
        seen = frame.drop(columns=[name for name in hidden if name in frame.columns])
        _write_table(seen.columns, seen.itertuples(index=False))


def _write_table(columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(show_lines=False)
    for name in columns:
        wide = name in ("text", "label", "keywords")
        table.add_column(name, overflow="fold", ratio=3 if wide else None)
    for row in rows:
        table.add_row(*(Text(_shown(cell)) for cell in row))
    console = Console(width=None if sys.stdout.isatty() else 160)
    console.print(table)


def _shown(cell: Any) -> str:
    if isinstance(cell, list):
        return ", ".join(str(each)[:8] if _is_id(each) else str(each) for each in cell)
    if isinstance(cell, dict):
        return ", ".join(f"{name} {value}" for name, value in cell.items())
    if cell is None or cell != cell or str(cell) == "<NA>":
        return ""
    if _is_id(cell):
        return str(cell)[:8]
    return " ".join(str(cell).split())


def _is_id(cell: Any) -> bool:
    return isinstance(cell, str) and len(cell) == 32 and cell.isalnum()


def _say(text: str) -> None:
    print(f"samenspraak: {text}", file=sys.stderr)


def _scheduling(workers: int | None, scheduler: str | None) -> Scheduling | None:
    if workers is None and scheduler is None:
        return None
    if workers is not None and scheduler is not None:
        raise typer.BadParameter("give --workers or --scheduler, not both.")
    from analysis.scheduling.cluster import Scheduling

    where = Scheduling(scheduler, workers or 0)
    if where.is_open:
        _say(f"warning: words of participants go to {scheduler} unencrypted; use tls://")
    return where


def _log_to_stderr() -> None:
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="samenspraak: %(message)s", force=True
    )
