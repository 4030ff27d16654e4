"""Verbs on decisions and rounds: curate, history, compare."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from consultation import accounts
from consultation.curation.log import append_all, history
from consultation.curation.operations import CurationError
from consultation.curation.sentences import Sentences
from consultation.curation.state import Event, Outcome
from consultation.curation.store import curated, words_of
from consultation.importing.readers import check_opdracht
from samenspraak.analyst import Format, write
from samenspraak.workplace import Workplace, open_workplace


def register(app: typer.Typer) -> None:
    """Adds the verbs to the command line."""
    app.command()(curate)
    app.command("history")(history_)
    app.command()(compare)
    app.command()(joint)


def curate(
    file: Annotated[Path, typer.Argument(help="A file with one JSON operation per line.")],
    account: Annotated[str, typer.Option("--as", help="Who decides.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Applies decisions from a file: all of it, or at the first wrong line nothing."""
    name = accounts.check_name(account)
    place = open_workplace()
    operations = json_lines(file)
    written = append_all(
        place.storage,
        place.consultation_id,
        name,
        operations,
        [each.nummer for each in place.catalogue.opdrachten],
    )
    if as_json:
        print(json.dumps({"applied": len(written), "events": [each.id for each in written]}))
        return
    with place.storage.reading() as session:
        for each, told in zip(written, _sentences(session, place, written), strict=True):
            print(f"{each.id}\t{each.operation.op}\t{told}")
    done = "1 decision" if len(written) == 1 else f"{len(written)} decisions"
    print(f"samenspraak: {done} written as {name}", file=sys.stderr)


def history_(
    theme: Annotated[str, typer.Argument(help="A theme's code (O04-T012) or id.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list.")] = False,
) -> None:
    """Tells every decision about a theme, oldest first, and whether it still stands."""
    place = open_workplace()
    with place.storage.reading() as session:
        found = history(session, place.consultation_id, theme)
        told = _sentences(session, place, [each.event for each in found])
    rows = list(zip(found, told, strict=True))
    if as_json:
        print(json.dumps([_told(each, sentence) for each, sentence in rows], ensure_ascii=False))
        return
    for each, sentence in rows:
        state = each.status + (f" by {each.revoked_by}" if each.revoked_by else "")
        state += f" ({each.reason})" if each.reason else ""
        event = each.event
        when = f"{event.at:%Y-%m-%d %H:%M}"
        print(f"{event.id}\t{when}\t{state}\t{event.operation.op}\t{sentence}")


def compare(
    first: Annotated[int, typer.Option("--from", min=1, help="The earlier round.")],
    second: Annotated[int, typer.Option("--to", min=1, help="The later round.")],
    opdracht: Annotated[
        int | None, typer.Option("--opdracht", min=1, help="One opdracht only.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Tells per theme what became of it from one round to another."""
    from analysis import comparison

    place = open_workplace()
    check_opdracht(opdracht, place.catalogue)
    numbers = [opdracht] if opdracht else [each.nummer for each in place.catalogue.opdrachten]
    with place.storage.reading() as session:
        found = comparison.compare(session, place.consultation_id, first, second, numbers)
    if as_json:
        rows = json.loads(found.to_json(orient="records", force_ascii=False))
        print(json.dumps({"from": first, "to": second, "themes": rows}, ensure_ascii=False))
        return
    write(found, Format.table, hidden=("theme", "parents"))


def joint(
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list.")] = False,
) -> None:
    """Tells what may count as one participant: organisations and letter campaigns, undecided."""
    from analysis.preprocessing.joint_suggestions import joint_suggestions

    place = open_workplace()
    with place.storage.reading() as session:
        found = joint_suggestions(session, place.consultation_id)
    if as_json:
        rows = [
            {
                "kind": each.kind,
                "name": each.name,
                "senders": each.senders,
                "members": [
                    {"answer": one.answer, "channels": one.channels, "joint": one.joint}
                    for one in each.members
                ],
                "operation": each.operation("count_as_one"),
            }
            for each in found
        ]
        print(json.dumps(rows, ensure_ascii=False))
        return
    for each in found:
        print(f"{each.kind}\t{each.senders}\t{each.name}")


def json_lines(file: Path) -> list[tuple[str, object]]:
    """Reads a file with a JSON value per line; returns each with its place in the file.

    Raises:
        CurationError: the file cannot be read, or a line is not JSON; names the line.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CurationError(
            "unreadable", f"cannot be read ({error.strerror}); give a JSON lines file.", str(file)
        ) from error
    except UnicodeDecodeError as error:
        raise CurationError(
            "unreadable", "is not UTF-8 text; save it as UTF-8.", str(file)
        ) from error
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            where = f"{file.name}, line {number}"
            try:
                found.append((where, json.loads(line)))
            except (json.JSONDecodeError, RecursionError) as error:
                raise CurationError("not_json", f"is not JSON ({error}).", where) from error
    return found


def _sentences(session: Session, place: Workplace, events: Sequence[Event]) -> list[str]:
    """Returns a Dutch sentence per decision: who changed what, with the current names."""
    tellers: dict[int | None, Sentences] = {}
    lines = []
    for event in events:
        number = next(iter(event.recorded.get("opdrachten", ())), None)
        if number not in tellers:
            state = curated(session, place.consultation_id, number)
            tellers[number] = Sentences(state, place.catalogue, partial(words_of, session))
        teller = tellers[number]
        lines.append(f"{event.account} {teller.of(teller.state.outcomes[event.id])}")
    return lines


def _told(outcome: Outcome, sentence: str) -> dict[str, Any]:
    event = outcome.event
    return {
        "event": event.id,
        "at": event.at.isoformat(),
        "account": event.account,
        "status": outcome.status,
        "reason": outcome.reason,
        "missing": outcome.missing,
        "revoked_by": outcome.revoked_by,
        "operation": event.operation.as_payload(),
        "told": sentence,
    }
