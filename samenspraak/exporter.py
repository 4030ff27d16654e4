"""The verb export, which writes files to share with others."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from consultation import audit
from consultation.errors import SamenspraakError
from reporting.export_formats import ExportSubject, Format
from samenspraak.organiser import SHELL
from samenspraak.workplace import open_workplace


def register(app: typer.Typer) -> None:
    """Adds the verb to the command line."""
    app.command()(export)


def export(
    what: Annotated[ExportSubject, typer.Argument(help="What to export.")],
    format_: Annotated[Format, typer.Option("--format", help="The kind of file.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The file to write.")],
    opdracht: Annotated[
        int | None, typer.Option(min=1, help="Only this opdracht.", show_default=False)
    ] = None,
) -> None:
    """Exports the action plan, the themes or the statements, with only what may be released."""
    from reporting import export as outgoing

    place = open_workplace()
    if opdracht is not None and place.catalogue.opdracht(opdracht) is None:
        raise SamenspraakError(f"--opdracht {opdracht}: the catalogue has no such opdracht.")
    with place.storage.reading() as session:
        content = outgoing.export(
            session, place.consultation_id, place.catalogue, what, format_, opdracht
        )
    try:
        output.write_bytes(content)
    except OSError as error:
        raise SamenspraakError(
            f"{output}: cannot be written ({error.strerror}); give a file in a folder that exists."
        ) from error
    with place.storage.writing() as session:
        audit.record(
            session, place.consultation_id, SHELL, "uitvoer", wat=what.value, soort=format_.value
        )
    print(f"samenspraak: written: {output}", file=sys.stderr)
