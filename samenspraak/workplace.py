"""What every verb starts from: the settings, the catalogue and the open database."""

from __future__ import annotations

from dataclasses import dataclass

from consultation import rounds
from consultation.catalogue import Catalogue, catalogue_at
from consultation.database.storage import Storage
from consultation.private_files import mend_private
from consultation.settings import Settings, settings


@dataclass(frozen=True)
class Workplace:
    """One consultation, ready to work on."""

    settings: Settings
    catalogue: Catalogue
    storage: Storage
    consultation_id: int


def open_workplace() -> Workplace:
    """Reads settings and catalogue, opens and migrates the database.

    Raises:
        SamenspraakError: any of the three cannot be had; the message says how to mend it.
    """
    values = settings()
    mend_private(values.data_dir, values.resolved_database_url)
    catalogue = catalogue_at(values.catalogue)
    storage = Storage(values.resolved_database_url)
    return Workplace(values, catalogue, storage, rounds.consultation_id(storage, catalogue))
