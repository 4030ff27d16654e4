"""Projects of tools for qualitative research: ``export qdpx`` and ``import FILE.qdpx``."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import typer
from pydantic import TypeAdapter

from consultation import accounts, audit, rounds
from consultation.errors import ImportFileError, SamenspraakError
from consultation.importing.formats.apart import read_apart
from consultation.importing.projects import take_in
from consultation.qda.project import QdaProject
from consultation.qda.writing import qdpx
from samenspraak.organiser import SHELL
from samenspraak.workplace import open_workplace, user_name

ENDING = ".qdpx"


def are_projects(files: Sequence[Path]) -> bool:
    """Whether these files are one project.

    Raises:
        ImportFileError: there is a project among other files.
    """
    found = [each for each in files if each.suffix.lower() == ENDING]
    if found and len(files) > 1:
        raise ImportFileError(f"{found[0]}: import a project by itself, without other files.")
    return bool(found)


def import_project(
    file: Path,
    number: int | None,
    opdracht: int | None,
    account: str | None,
    as_json: bool,
    dry_run: bool = False,
) -> None:
    """Takes over a project; prints what came in, or with ``dry_run`` what would.

    Raises:
        ImportFileError: the file cannot be read, or an opdracht is missing.
    """
    name = accounts.check_name(account or user_name())
    if not file.is_file():
        raise ImportFileError(f"{file}: there is no such file.")
    place = open_workplace()
    project = TypeAdapter(QdaProject).validate_python(read_apart("formats.qdpx.project", file))
    with place.storage.reading() as session:
        if number is None:
            into = rounds.require_open_round(session, place.consultation_id)
        else:
            into = rounds.require_round(session, place.consultation_id, number)
    done = take_in(
        place.storage,
        place.consultation_id,
        place.catalogue,
        into,
        project,
        name,
        opdracht,
        dry_run=dry_run,
    )
    for warning in done.warnings:
        print(f"samenspraak: warning: {warning}", file=sys.stderr)
    if as_json:
        how = {"dry_run": True} if dry_run else {}
        print(json.dumps({"file": file.name, **asdict(done), **how}, ensure_ascii=False))
        return
    print(
        f"{file.name}: {done.added} answers added, {done.skipped} there already, of "
        f"{done.participants} new participants; {done.statements} statements, {done.themes} new "
        f"themes, {done.codings} codings; "
        + ("nothing is stored (--dry-run)." if dry_run else f"decided by {name}.")
    )


def export_project(opdracht: int | None, internal: bool) -> bytes:
    """The content of a project, recorded in the audit trail.

    Raises:
        SamenspraakError: there is no such opdracht, or nothing to export.
    """
    from reporting.qda import qda_export

    place = open_workplace()
    if opdracht is not None and place.catalogue.opdracht(opdracht) is None:
        raise SamenspraakError(f"--opdracht {opdracht}: the catalogue has no such opdracht.")
    with place.storage.reading() as session:
        found = qda_export(
            session, place.consultation_id, place.catalogue, internal=internal, opdracht=opdracht
        )
    with place.storage.writing() as session:
        kind = "intern" if internal else "vrij"
        audit.record(session, place.consultation_id, SHELL, "uitvoer", wat="qdpx", soort=kind)
    if internal:
        typer.echo(
            "samenspraak: warning: internal: this holds the words of people who do not agree to "
            "being quoted; keep it within the team, and delete it when you are done. Who is erased "
            "here is not erased there.",
            err=True,
        )
    elif found.left_out:
        typer.echo(
            f"samenspraak: left out: {found.left_out} answers that may not be quoted or were not "
            "checked for personal data; --internal takes them.",
            err=True,
        )
    return qdpx(found.project)
