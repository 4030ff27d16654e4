"""Verbs that run the product: serve, train, nlu, doctor, probe, mail, backup, restore."""

from __future__ import annotations

import enum
import json
import os
import time
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from consultation import audit
from consultation.errors import SamenspraakError
from consultation.private_files import make_private_file
from consultation.settings import settings
from samenspraak import doctor as installation
from samenspraak import processes, training
from samenspraak.organiser import SHELL
from samenspraak.workplace import open_workplace


class Context(enum.StrEnum):
    """The state of the conversation in which a text is interpreted: what the assistant asked."""

    vraag = "vraag"
    kies = "kies"
    bevestig = "bevestig"
    start = "start"


def register(app: typer.Typer) -> None:
    """Adds these verbs to the command line."""
    app.command()(serve)
    app.command()(train)
    app.command()(nlu)
    app.command()(doctor)
    app.command()(probe)
    app.command()(mail)
    app.command()(backup)
    app.command()(restore)


def serve(
    part: Annotated[
        processes.Part | None,
        typer.Argument(help="Start this part alone, for a machine of its own."),
    ] = None,
    web: Annotated[int, typer.Option(min=1, max=64, help="Web processes on the public port.")] = 1,
    rasa: Annotated[
        int, typer.Option(min=1, max=16, help="Rasa processes, on ports from RASA_PORT on.")
    ] = 1,
) -> None:
    """Start the website, Rasa and the action server; stop them together.

    More than one web process needs PostgreSQL. SIGHUP restarts all, one after the other.
    """
    values = settings()
    values.require_own_secrets()
    processes.require_free_ports(values, part, rasa)
    with ExitStack() as at_end:
        shared = None
        if part in (None, processes.Part.web):
            shared = at_end.enter_context(processes.public_socket(values))
            _say(f"starting; the website will be at http://localhost:{values.port}")
        everything = processes.processes(values, part, web, rasa, shared)
        if part is not processes.Part.rasa:
            # Migrated once, before several processes open it.
            open_workplace().storage.close()
        pid = values.data_dir / (f"serve-{part}.pid" if part else "serve.pid")
        make_private_file(pid)
        pid.write_text(f"{os.getpid()}\n", encoding="ascii")
        at_end.callback(pid.unlink, missing_ok=True)
        processes.run_together(everything, _say)
    _say("stopped")


def train(
    force: Annotated[bool, typer.Option(help="Train although nothing changed.")] = False,
) -> None:
    """Validate and train the assistant."""
    started = time.monotonic()
    model = training.train(settings(), _say, force)
    _say(f"done in {time.monotonic() - started:.0f} s")
    typer.echo(str(model))


def nlu(
    file: Annotated[Path, typer.Option(help='JSON lines with {"text": "..."}.')],
    context: Annotated[
        Context, typer.Option(help="What is open: a question, a choice, a yes/no, or nothing.")
    ] = Context.vraag,
) -> None:
    """Show what the assistant would do with each text of a file."""
    from samenspraak import understanding

    texts = understanding.read_texts(file)
    for answer in understanding.understand(settings(), texts, context.value):
        typer.echo(json.dumps(answer, ensure_ascii=False))


def doctor() -> None:
    """Check the installation and say what to mend."""
    raise typer.Exit(installation.run())


def probe(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per part.")] = False,
) -> None:
    """Hold one marked talk with the running product, through every part, and erase it again.

    Exits with 1 when a part failed.
    """
    from samenspraak.probe import Probe

    place = open_workplace()
    tried = Probe(place, f"http://127.0.0.1:{place.settings.port}")
    for finding in tried.run():
        typer.echo(json.dumps(asdict(finding)) if as_json else finding.line())
    place.storage.close()
    if not tried.healthy:
        raise typer.Exit(1)


def mail() -> None:
    """Send the news that is due to who asked for it; the website does so every minute.

    Prints how many mails there are by state. What a mail server may have taken, without
    saying so, is ``onzeker``, and is not sent again.
    """
    from consultation.notices.queue import counts
    from reporting.news_mail import send_due

    place = open_workplace()
    if not place.settings.smtp_host:
        raise SamenspraakError("no mail server is set; name it with SAMENSPRAAK_SMTP_HOST.")
    number = send_due(place.storage, place.settings, place.catalogue.consultatie.titel)
    _say(f"mails sent now: {number}")
    with place.storage.reading() as session:
        found = counts(session)
    typer.echo("state\tmails")
    for state, mails in sorted(found.items()):
        typer.echo(f"{state}\t{mails}")


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write, such as backup.zip.")],
) -> None:
    """Write everything to one file, as it is now; the product may go on meanwhile."""
    from consultation.database.backup import write_backup

    place = open_workplace()
    values = place.settings
    manifest = write_backup(
        place.storage, values.signing_key, file, _say, with_key=not values.secret_key
    )
    if values.secret_key:
        _say("the key of SAMENSPRAAK_SECRET_KEY is not in the file; keep it elsewhere")
    with place.storage.writing() as session:
        audit.record(session, place.consultation_id, SHELL, "reservekopie")
    _say(
        f"written: {file}, {sum(manifest.rows.values())} rows as of "
        f"{manifest.moment:%Y-%m-%d %H:%M:%S} UTC. It holds what people said; keep it as you keep "
        "the database."
    )


def restore(
    file: Annotated[Path, typer.Argument(help="A file that backup made.")],
) -> None:
    """Restore a backup into an empty data directory or database."""
    from consultation.database.backup import fingerprint, restore_backup

    values = settings()
    kept = values.data_dir / "secret_key"
    manifest, key = restore_backup(file, values.resolved_database_url, _say)
    if key is not None and not values.secret_key and not kept.exists():
        make_private_file(kept)
        kept.write_text(key + "\n", encoding="utf-8")
    if fingerprint(values.signing_key) != manifest.key:
        _say(
            "the secret key is another one than when the backup was made, so receipt codes and "
            "logins do not work; set SAMENSPRAAK_SECRET_KEY to that of then"
        )
    rows = sum(manifest.rows.values())
    _say(f"restored: {rows} rows as of {manifest.moment:%Y-%m-%d %H:%M:%S} UTC")


def _say(text: str) -> None:
    typer.echo(f"samenspraak: {text}", err=True)
