"""``samenspraak VERB``: data on stdout, log on stderr; exit code 0, 1 (failure) or 2 (usage)."""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import typer
from sqlalchemy.exc import SQLAlchemyError
from typer.core import TyperGroup
from typer.main import get_group

from consultation.database.outages import is_outage, reason
from consultation.errors import SamenspraakError
from consultation.private_files import start_private
from samenspraak.workplace import close_workplaces

MODULES: Mapping[str, Sequence[str]] = {
    "operator": ("serve", "train", "nlu", "doctor", "probe", "mail", "backup", "restore"),
    "organiser": ("round", "user", "invite", "forget", "retention"),
    "analyst": ("import", "statements", "themes", "actions", "analyse", "evaluate", "report"),
    "curator": ("curate", "history", "compare", "joint"),
    "coder": ("codebook", "queue", "pairs"),
    "evaluator": ("evaluate-codebook",),
    "exporter": ("export", "verify"),
}
"""The modules of this package with their verbs; a verb loads only its own."""

_AGAIN_SECONDS = 0.5


class _Verbs(TyperGroup):
    """The verbs of ``MODULES``; the module of a verb is loaded when the verb is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        return [verb for verbs in MODULES.values() for verb in verbs]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        for name, verbs in MODULES.items():
            if cmd_name in verbs:
                return _verbs_of(name)[cmd_name]
        # Typer seeks the verb that was meant among these.
        for name in MODULES:
            self.commands.update(_verbs_of(name))
        return None


def _verbs_of(module: str) -> dict[str, Any]:
    verbs = typer.Typer()
    importlib.import_module(f"samenspraak.{module}").register(verbs)
    return dict(get_group(verbs).commands)


app = typer.Typer(
    cls=_Verbs,
    name="samenspraak",
    help="Consult stakeholders per opdracht and turn what they say into themes and actions.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback()
def _each_verb(context: typer.Context) -> None:
    context.call_on_close(close_workplaces)


def main() -> None:
    """Runs a verb.

    A ``SamenspraakError`` or a database outage becomes one line on stderr and exit code 1; an
    interrupt gives exit code 130.
    """
    start_private()
    # OpenMP reads this where a library first loads it. Threads that spin while they wait for each
    # other cost ten times the work itself on a busy machine. Child processes get it as well.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    try:
        with _interrupts_are_heard():
            app()
    except SamenspraakError as error:
        print(f"samenspraak: {error}", file=sys.stderr)
        sys.exit(1)
    except SQLAlchemyError as error:
        if not is_outage(error):
            raise
        why = f"the database does not answer: {reason(error)}; try again when it does."
        print(f"samenspraak: {why}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("samenspraak: stopped.", file=sys.stderr)
        sys.exit(130)


@contextmanager
def _interrupts_are_heard() -> Iterator[None]:
    """Raises ``KeyboardInterrupt`` at SIGINT, and again each half second until the block ends.

    Python drops an exception that is raised in a callback from C or in a finalizer. The numerical
    libraries have such callbacks: without this, an analysis may go on after Ctrl-C.
    """

    def stop(_signal: int, _frame: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, _AGAIN_SECONDS)
        raise KeyboardInterrupt

    # A process that was started to ignore SIGINT, such as a job in the background, ignores it.
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGALRM)}
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for each, handler in before.items():
            signal.signal(each, handler)


if __name__ == "__main__":
    main()
