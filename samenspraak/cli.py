"""``samenspraak VERB``: data on stdout, log on stderr; exit code 0, 1 (failure) or 2 (usage)."""

from __future__ import annotations

import sys

import typer
from sqlalchemy.exc import SQLAlchemyError

from consultation.database.outages import is_outage, reason
from consultation.errors import SamenspraakError
from consultation.private_files import start_private
from samenspraak import analyst, coder, curator, evaluator, exporter, operator, organiser

app = typer.Typer(
    name="samenspraak",
    help="Consult stakeholders per opdracht and turn what they say into themes and actions.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
operator.register(app)
organiser.register(app)
analyst.register(app)
curator.register(app)
coder.register(app)
evaluator.register(app)
exporter.register(app)


def main() -> None:
    """Runs a verb.

    A ``SamenspraakError`` or a database outage becomes one line on stderr and exit code 1; an
    interrupt gives exit code 130.
    """
    start_private()
    try:
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


if __name__ == "__main__":
    main()
