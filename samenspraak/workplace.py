"""The context of a verb: the settings, the catalogue and the open database."""

from __future__ import annotations

import getpass
from contextlib import ExitStack
from dataclasses import dataclass

from consultation import rounds
from consultation.catalogue import Catalogue, catalogue_at
from consultation.database.storage import Storage
from consultation.errors import SamenspraakError
from consultation.private_files import mend_private
from consultation.settings import Settings, settings

_open = ExitStack()


@dataclass(frozen=True)
class Workplace:
    """The settings, catalogue and database of one consultation."""

    settings: Settings
    catalogue: Catalogue
    storage: Storage
    consultation_id: int


def open_workplace() -> Workplace:
    """Reads the settings and the catalogue, opens and migrates the database.

    ``close_workplaces`` closes the database at the end of the verb.

    Raises:
        SamenspraakError: one of the three is not available; the message says how to fix it.
    """
    values = settings()
    mend_private(values.data_dir, values.resolved_database_url)
    catalogue = catalogue_at(values.catalogue)
    storage = Storage(values.resolved_database_url)
    _open.callback(storage.close)
    return Workplace(values, catalogue, storage, rounds.consultation_id(storage, catalogue))


def close_workplaces() -> None:
    """Closes the databases that the verb opened."""
    _open.close()


def user_name() -> str:
    """Who runs this command.

    Raises:
        SamenspraakError: the system does not tell.
    """
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:
        raise SamenspraakError("--as: is missing; say who decides.") from error
