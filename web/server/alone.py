"""What a process of the website does for the one that started it, and for others like it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy.engine import make_url

from consultation.errors import SamenspraakError
from consultation.private_files import make_private_file, make_private_folder
from consultation.settings import Settings


def say_ready(pipe: int | None) -> None:
    """Tells the process that started this one that it is up; does nothing without a pipe."""
    if pipe is not None:
        with suppress(OSError):
            os.write(pipe, b"1")
            os.close(pipe)


@contextmanager
def one_on_sqlite(values: Settings) -> Iterator[None]:
    """A block that no other web process on the same SQLite database can be in.

    The turns of a talk keep their order by locks of PostgreSQL, or inside one process.

    Raises:
        SamenspraakError: another web process uses the database.
    """
    url = make_url(values.resolved_database_url)
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        yield
        return
    path = Path(f"{url.database}.web")
    make_private_folder(path.parent)
    make_private_file(path)
    with path.open("rb") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise SamenspraakError(
                f"{url.database}: another web process uses this SQLite database, which serves one; "
                "stop that one, or set SAMENSPRAAK_DATABASE_URL to a PostgreSQL database "
                "(docs/operation.md tells how to move to one)."
            ) from error
        yield
