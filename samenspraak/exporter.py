"""The verbs export and verify: files to share with others, and the check of a proof."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from consultation import audit
from consultation.access.audit_chain import audit_head, broken_entries, holds_head
from consultation.curation.chain import LogHead, broken_links, log_head
from consultation.errors import SamenspraakError
from reporting.export_formats import ExportSubject, Format
from samenspraak.exchange import export_project
from samenspraak.organiser import SHELL
from samenspraak.workplace import open_workplace


def register(app: typer.Typer) -> None:
    """Adds the verbs to the command line."""
    app.command()(export)
    app.command()(verify)


class Exported(StrEnum):
    """What the verb exports: a subject of ``ExportSubject``, the proof, or a project."""

    actieplan = "actieplan"
    statements = "statements"
    themes = "themes"
    bewijs = "bewijs"
    qdpx = "qdpx"


def export(
    what: Annotated[Exported, typer.Argument(help="What to export.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The file to write.")],
    format_: Annotated[
        Format | None,
        typer.Option(
            "--format", help="The kind of file; bewijs and qdpx have their own.", show_default=False
        ),
    ] = None,
    opdracht: Annotated[
        int | None, typer.Option(min=1, help="Only this opdracht.", show_default=False)
    ] = None,
    internal: Annotated[
        bool,
        typer.Option(
            "--internal",
            help="qdpx: also answers of people who do not agree to being quoted, to the letter.",
        ),
    ] = False,
) -> None:
    """Exports the action plan, the themes, the statements, the proof, or a project.

    They hold only what may be released. The proof (bewijs) is a zip file that a stranger checks
    with verify; its fingerprint is printed, to be made public beside it. A project (qdpx) opens in
    tools for qualitative research, and comes back with import; with --internal it holds more, and
    must stay within the team.
    """
    from reporting import export as outgoing

    if internal and what is not Exported.qdpx:
        raise typer.BadParameter("only qdpx takes --internal.")
    if what is Exported.qdpx:
        if format_ is not None:
            raise typer.BadParameter("qdpx takes no --format.")
        _write(output, export_project(opdracht, internal))
        print(f"samenspraak: written: {output}", file=sys.stderr)
        return
    if what is Exported.bewijs:
        if format_ is not None or opdracht is not None:
            raise typer.BadParameter("bewijs takes neither --format nor --opdracht.")
        _export_proof(output)
        return
    if format_ is None:
        raise typer.BadParameter(f"{what.value} needs one.", param_hint="--format")
    place = open_workplace()
    if opdracht is not None and place.catalogue.opdracht(opdracht) is None:
        raise SamenspraakError(f"--opdracht {opdracht}: the catalogue has no such opdracht.")
    subject = ExportSubject(what.value)
    with place.storage.reading() as session:
        content = outgoing.export(
            session, place.consultation_id, place.catalogue, subject, format_, opdracht
        )
    _write(output, content)
    with place.storage.writing() as session:
        audit.record(
            session, place.consultation_id, SHELL, "uitvoer", wat=what.value, soort=format_.value
        )
    print(f"samenspraak: written: {output}", file=sys.stderr)


def verify(
    file: Annotated[
        Path | None,
        typer.Argument(help="A file that export bewijs wrote; without it, the logs here."),
    ] = None,
    fingerprint: Annotated[
        str | None,
        typer.Option(
            help="The fingerprint that was made public with the plan.", show_default=False
        ),
    ] = None,
    head: Annotated[
        str | None,
        typer.Option(
            help="Without a file: a head of the audit log, noted earlier.", show_default=False
        ),
    ] = None,
) -> None:
    """Checks a proof without a database: counts, quotes and the log of decisions.

    Without a file it checks the log of decisions and the audit log of this installation, and prints
    their heads: note them elsewhere, and give that of the audit log back with --head, so that an
    end that was cut off is found. Prints one line per fault, with its place, and exits with 1 if
    there is one.
    """
    if file is None:
        if fingerprint is not None:
            raise typer.BadParameter("goes with a file.", param_hint="--fingerprint")
        _verify_logs(head)
        return
    if head is not None:
        raise typer.BadParameter("goes without a file.", param_hint="--head")
    from reporting.proof import verification

    verdict = verification.verify(file, fingerprint)
    for line in verification.lines_of(verdict):
        print(line)
    if verdict.fingerprint:
        print(f"fingerprint: {verdict.fingerprint}")
    if verdict.faults:
        print(f"samenspraak: {file}: {len(verdict.faults)} faults", file=sys.stderr)
        raise typer.Exit(1)
    print(f"samenspraak: {file}: everything holds", file=sys.stderr)


def _verify_logs(noted: str | None) -> None:
    place = open_workplace()
    consultation = place.consultation_id
    earlier = None if noted is None else _read_head(noted)
    with place.storage.reading_one_moment() as session:
        decided, logged = log_head(session, consultation), audit_head(session, consultation)
        faults = [f"decision {each}" for each in broken_links(session, consultation)]
        faults += [f"audit entry {each}" for each in broken_entries(session, consultation)]
        cut = earlier is not None and not holds_head(session, consultation, earlier)
    for each in faults:
        print(f"{each} does not follow from the one before: the table was changed by hand")
    if cut:
        print("the audit log no longer holds the head that was noted: its end was cut off")
    print(f"decisions: {decided.events}:{decided.link}")
    print(f"audit log: {logged.events}:{logged.link}")
    if faults or cut:
        raise typer.Exit(1)
    print("samenspraak: both logs hold", file=sys.stderr)


def _read_head(noted: str) -> LogHead:
    events, _, link = noted.partition(":")
    if not events.isdecimal() or len(events) > 9 or len(link) != 64:
        raise typer.BadParameter("write it as verify printed it, NUMBER:LINK.", param_hint="--head")
    return LogHead(int(events), link)


def _export_proof(output: Path) -> None:
    from reporting.proof import bundle

    place = open_workplace()
    with place.storage.reading_one_moment() as session:
        proof = bundle.proof_of(
            session, place.consultation_id, place.catalogue, place.settings.signing_key
        )
    _write(output, proof.content)
    with place.storage.writing() as session:
        audit.record(
            session,
            place.consultation_id,
            SHELL,
            "uitvoer",
            wat=Exported.bewijs.value,
            soort="zip",
            vingerafdruk=proof.fingerprint,
        )
    for event in proof.changed:
        print(
            f"samenspraak: warning: decision {event} does not follow from the log before it: "
            "somebody changed the table outside the program. verify says so too.",
            file=sys.stderr,
        )
    print(f"samenspraak: written: {output}", file=sys.stderr)
    print(proof.fingerprint)


def _write(output: Path, content: bytes) -> None:
    try:
        output.write_bytes(content)
    except OSError as error:
        raise SamenspraakError(
            f"{output}: cannot be written ({error.strerror}); give a file in a folder that exists."
        ) from error
