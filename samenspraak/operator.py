"""Verbs that run the product: serve, train, nlu, doctor."""

from __future__ import annotations

import enum
import json
import time
from pathlib import Path
from typing import Annotated

import typer

from consultation.settings import settings
from samenspraak import doctor as installation
from samenspraak import processes, training
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


def serve() -> None:
    """Start the website, Rasa and the action server; stop them together."""
    values = settings()
    processes.require_free_ports(values)
    everything = processes.processes(values)
    place = open_workplace()
    place.storage.close()
    _say(f"starting; the website will be at http://localhost:{values.port}")
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


def _say(text: str) -> None:
    typer.echo(f"samenspraak: {text}", err=True)
