"""The tables of ``analysis``, read from a database given by its URL or by the settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from sqlalchemy import select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from analysis import comparison, dataframes
from analysis.preprocessing import answer_quality
from consultation.catalogue import Catalogue, catalogue_at
from consultation.database.models import AnalysisRun, Consultation, Round
from consultation.database.storage import Storage
from consultation.errors import StorageError
from consultation.importing.readers import check_opdracht
from consultation.rounds import require_round
from consultation.settings import settings

RUN_COLUMNS = (
    "run",
    "round",
    "opdracht",
    "finished_at",
    "statements",
    "themes",
    "coverage",
    "stability",
    "label_persistence",
    "seconds",
    "refit",
    "mapped",
    "proposals",
    "embedding",
    "spacy",
)


@dataclass(frozen=True)
class _Opened:
    session: Session
    consultation: int
    catalogue: Catalogue
    numbers: list[int]


def statements(
    opdracht: int | None = None, round_number: int | None = None, database: str | None = None
) -> pd.DataFrame:
    """See ``analysis.statements``."""
    with _opened(database, opdracht, round_number) as at:
        said = dataframes.statements(
            at.session, at.consultation, at.numbers, round_number, opdracht
        )
        names = dataframes.subthemes(at.session, at.consultation, at.numbers)
        return said.assign(subtheme=said["id"].map(names.get).astype(object))


def themes(
    opdracht: int | None = None, round_number: int | None = None, database: str | None = None
) -> pd.DataFrame:
    """See ``analysis.themes``."""
    with _opened(database, opdracht, round_number) as at:
        return dataframes.themes(at.session, at.consultation, at.numbers, round_number)


def actions(opdracht: int | None = None, database: str | None = None) -> pd.DataFrame:
    """See ``analysis.actions``."""
    with _opened(database, opdracht) as at:
        return dataframes.actions(at.session, at.consultation, at.numbers, at.catalogue)


def runs(opdracht: int | None = None, database: str | None = None) -> pd.DataFrame:
    """See ``analysis.runs``."""
    with _opened(database, opdracht) as at:
        query = (
            select(AnalysisRun, Round.number)
            .join(Round, Round.id == AnalysisRun.round_id)
            .where(Round.consultation_id == at.consultation)
            .order_by(AnalysisRun.id)
        )
        rows = [
            {
                **figures,
                **run.models,
                "run": run.id,
                "round": number,
                "finished_at": run.finished_at,
            }
            for run, number in at.session.execute(query)
            for figures in run.metrics.get("opdrachten", [])
            if figures["opdracht"] in at.numbers
        ]
    return pd.DataFrame(rows, columns=list(RUN_COLUMNS))


def compare(
    first: int, second: int, opdracht: int | None = None, database: str | None = None
) -> pd.DataFrame:
    """See ``analysis.compare``."""
    with _opened(database, opdracht) as at:
        return comparison.compare(at.session, at.consultation, first, second, at.numbers)


def channels(opdracht: int | None = None, database: str | None = None) -> pd.DataFrame:
    """See ``analysis.channels``."""
    with _opened(database, opdracht) as at:
        return answer_quality.channels(at.session, at.consultation, at.catalogue, opdracht)


@contextmanager
def _opened(
    database: str | None, opdracht: int | None, round_number: int | None = None
) -> Iterator[_Opened]:
    values = settings()
    catalogue = catalogue_at(values.catalogue)
    check_opdracht(opdracht, catalogue, "opdracht")
    numbers = [opdracht] if opdracht else [each.nummer for each in catalogue.opdrachten]
    url = database or values.resolved_database_url
    _check_there(url)
    storage = Storage(url)
    try:
        with storage.reading() as session:
            slug = catalogue.consultatie.slug
            found = session.scalar(select(Consultation).where(Consultation.slug == slug))
            if found is None:
                raise StorageError(
                    f"{_shown(url)}: holds nothing of the consultation '{slug}'; name another "
                    "database, or the catalogue with SAMENSPRAAK_CATALOGUE."
                )
            if round_number is not None:
                require_round(session, found.id, round_number)
            yield _Opened(session, found.id, catalogue, numbers)
    finally:
        storage.close()


def _check_there(url: str) -> None:
    """Raises an error for a missing SQLite file: a mistyped path must not create a database."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return
    path = parsed.database
    if parsed.get_backend_name() == "sqlite" and path and not Path(path).is_file():
        raise StorageError(
            f"{path}: there is no such database; give database='sqlite:///...' or "
            "'postgresql+psycopg://user@host/name', or set SAMENSPRAAK_DATA_DIR."
        )


def _shown(url: str) -> str:
    return make_url(url).render_as_string(hide_password=True)
