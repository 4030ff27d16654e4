"""Verbs on the codebook: codebook import and export, queue, pairs."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from consultation import accounts
from consultation.curation.codebook_file import (
    as_csv,
    codebook_rows,
    import_codebook,
    read_codebook,
)
from consultation.curation.operations import CurationError
from consultation.errors import SamenspraakError
from consultation.importing.readers import check_opdracht
from samenspraak.curator import json_lines
from samenspraak.workplace import Workplace, open_workplace, user_name

if TYPE_CHECKING:
    from analysis.asking.desk import CodebookDesk
    from analysis.asking.pair_check import PairResult
    from analysis.codebook.trust import ShareInterval

codebook = typer.Typer(help="The themes of each opdracht, as people describe them.")
pairs = typer.Typer(
    help="The pair check: do two statements of different people say the same?",
    invoke_without_command=True,
)

OpdrachtOption = Annotated[int, typer.Option("--opdracht", min=1, help="An opdracht's number.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
AsOption = Annotated[str, typer.Option("--as", help="Who decides.")]


def register(app: typer.Typer) -> None:
    """Adds the verbs to the command line."""
    app.add_typer(codebook, name="codebook")
    app.command()(queue)
    app.add_typer(pairs, name="pairs")


@codebook.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A csv file: opdracht, name, description, ...")],
    account: Annotated[
        str | None, typer.Option("--as", help="Who decides; without it, who runs this command.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Takes over themes from a file: new ones are approved, known ones are changed.

    Columns: opdracht, name, description, excludes (what does not belong) and examples, with a bar
    between them. Each change is a decision in the log, and can be undone.
    """
    name = accounts.check_name(account or user_name())
    place = open_workplace()
    rows = read_codebook(file, place.catalogue)
    numbers = [each.nummer for each in place.catalogue.opdrachten]
    done = import_codebook(place.storage, place.consultation_id, name, rows, numbers)
    if as_json:
        print(json.dumps({"created": done.created, "changed": done.changed, "same": done.same}))
        return
    print(
        f"{file.name}: {done.created} made, {done.changed} changed, "
        f"{done.same} as they were; decided by {name}."
    )


@codebook.command("export")
def export(
    output: Annotated[Path, typer.Option("-o", "--output", help="The csv file to write.")],
    opdracht: Annotated[
        int | None, typer.Option("--opdracht", min=1, help="One opdracht only.")
    ] = None,
) -> None:
    """Writes the themes that people decided on, as codebook import reads them."""
    place = open_workplace()
    check_opdracht(opdracht, place.catalogue)
    numbers = [opdracht] if opdracht else [each.nummer for each in place.catalogue.opdrachten]
    with place.storage.reading() as session:
        rows = codebook_rows(session, place.consultation_id, numbers)
    try:
        output.write_text(as_csv(rows), encoding="utf-8")
    except OSError as error:
        raise SamenspraakError(
            f"{output}: cannot be written ({error.strerror}); give a file in a folder that exists."
        ) from error
    _say(f"written: {output}, {len(rows)} {'theme' if len(rows) == 1 else 'themes'}")


def queue(
    opdracht: OpdrachtOption,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most this many.")] = 10,
    as_json: JsonOption = False,
) -> None:
    """Lists the statements whose decision teaches the mapping most, with their likeliest themes.

    Decide with curate: {"op": "place", "statement": ID, "themes": [IDS]}.
    """
    _, desk = _desk(opdracht)
    found = desk.queue(opdracht, limit)
    if not found:
        _say(
            f"opdracht {opdracht}: nothing to ask; import a codebook, or describe a theme."
            if not desk.has_codebook(opdracht)
            else f"opdracht {opdracht}: nothing to ask; every statement is decided on."
        )
    if as_json:
        _print(
            [
                {
                    "statement": each.statement.id,
                    "text": each.statement.text,
                    "suggestions": [
                        {"theme": one.theme, "name": one.name, "score": round(one.score, 4)}
                        for one in each.suggestions
                    ],
                }
                for each in found
            ]
        )
        return
    for each in found:
        named = ", ".join(f"{one.name} ({one.score:.2f})" for one in each.suggestions)
        print(f"{each.statement.id}\t{' '.join(each.statement.text.split())}\t{named}")


@pairs.callback()
def list_pairs(
    context: typer.Context,
    opdracht: Annotated[
        int | None, typer.Option("--opdracht", min=1, help="An opdracht's number.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most this many.")] = 30,
    as_json: JsonOption = False,
) -> None:
    """Lists the pairs that nobody answered yet, half of them from one theme."""
    if context.invoked_subcommand is not None:
        context.obj = opdracht
        return
    if opdracht is None:
        raise typer.BadParameter("is missing; give a number.", param_hint="--opdracht")
    _, desk = _desk(opdracht)
    found = desk.pairs(opdracht, limit)
    if as_json:
        _print(
            [
                {
                    "pair": each.pair,
                    "a": {"statement": each.a.id, "text": each.a.text},
                    "b": {"statement": each.b.id, "text": each.b.text},
                }
                for each in found
            ]
        )
        return
    for each in found:
        print(each.pair, *(" ".join(one.text.split()) for one in (each.a, each.b)), sep="\t")


@pairs.command("answer")
def answer(
    file: Annotated[Path, typer.Argument(help='A file of {"pair", "same"} lines.')],
    account: AsOption,
) -> None:
    """Stores answers to pairs: all of the file, or at the first wrong line nothing."""
    name = accounts.check_name(account)
    answers: dict[str, bool] = {}
    for where, raw in json_lines(file):
        if not isinstance(raw, dict) or set(raw) != {"pair", "same"}:
            raise CurationError("wrong_form", 'write {"pair": "...", "same": true}.', where)
        if not isinstance(raw["pair"], str) or not isinstance(raw["same"], bool):
            raise CurationError("wrong_value", "same is true or false.", where)
        answers[raw["pair"]] = raw["same"]
    _, desk = _desk(None)
    numbers = desk.answer_pairs(name, answers)
    _say(f"{len(answers)} answers stored as {name}, opdracht {', '.join(map(str, numbers))}")


@pairs.command("result")
def result(
    context: typer.Context,
    opdracht: Annotated[
        int | None, typer.Option("--opdracht", min=1, help="An opdracht's number.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Tells what the answers say, with 95 % intervals: one line (with --json an object) each."""
    number = opdracht or context.obj
    place, desk = _desk(number)
    numbers = [number] if number else [each.nummer for each in place.catalogue.opdrachten]
    found = [desk.pair_result(each) for each in numbers]
    if not any(each.check for each in found):
        _say("nobody answered a pair yet; see samenspraak pairs --opdracht N.")
    for each in found:
        if as_json and (each.check is not None or number):
            _print(_told(each))
        if as_json or each.check is None:
            continue
        precision, recall = each.check.precision, each.check.recall
        print(
            f"opdracht {each.opdracht}: {each.check.pairs} pairs, "
            f"precision {_interval(precision)}, recall {_interval(recall)}, "
            f"chance {each.check.chance.mid:.2f}"
            + ("" if each.current else "; of an earlier run than the last")
        )


def _told(found: PairResult) -> dict[str, Any]:
    check = found.check
    return {
        "opdracht": found.opdracht,
        "pairs": check.pairs if check else 0,
        "precision": _numbers(check.precision) if check else None,
        "recall": _numbers(check.recall) if check else None,
        "chance": round(check.chance.mid, 4) if check else None,
        "chance_interval": _numbers(check.chance) if check else None,
        "run": found.run,
        "current": found.current,
        "open": found.open_,
    }


def _numbers(share: ShareInterval) -> list[float]:
    return [round(each, 4) for each in (share.low, share.mid, share.high)]


def _interval(share: ShareInterval) -> str:
    return f"{share.mid:.2f} ({share.low:.2f} to {share.high:.2f})"


def _desk(opdracht: int | None) -> tuple[Workplace, CodebookDesk]:
    """Returns the workplace and its desk, after checking the opdracht.

    Raises:
        SamenspraakError: there is no such opdracht.
    """
    from analysis.asking.desk import CodebookDesk

    place = open_workplace()
    check_opdracht(opdracht, place.catalogue)
    return place, CodebookDesk(place.storage, place.consultation_id, place.settings.embedding)


def _print(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False))


def _say(text: str) -> None:
    print(f"samenspraak: {text}", file=sys.stderr)
