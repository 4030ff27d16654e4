"""Keeps the mapping of a survey, and finds it again by the columns of the next export."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.catalogue import Catalogue
from consultation.database.models import now
from consultation.database.records import StoredMapping
from consultation.importing.mapping import SurveyMapping, check_mapping, columns_of
from consultation.importing.tables import named

_ALIKE = 0.8
"""Share of columns that two exports have in common, from which they are of one survey."""


@dataclass(frozen=True)
class KnownSurvey:
    """A stored mapping for an export; ``new`` are the columns that its last export did not have."""

    mapping: SurveyMapping
    new: tuple[str, ...] = ()


def keep_mapping(
    session: Session, consultation_id: int, mapping: SurveyMapping, columns: Sequence[str]
) -> None:
    """Stores the mapping of a survey, with the columns of its export; replaces an earlier one."""
    found = _named(session, consultation_id, mapping.survey)
    if found is None:
        found = StoredMapping(consultation_id=consultation_id, survey=mapping.survey)
        session.add(found)
    found.columns = list(columns)
    found.fingerprint = _fingerprint(columns)
    found.mapping = mapping.model_dump(exclude_none=True)
    found.at = now()


def mapping_named(
    session: Session, consultation_id: int, survey: str, catalogue: Catalogue
) -> SurveyMapping | None:
    """The mapping that is stored under the name of a survey, if any.

    Raises:
        ImportFileError: it names an opdracht, question or group that the catalogue lacks.
    """
    found = _named(session, consultation_id, survey)
    return None if found is None else _checked(found, catalogue)


def known_survey(
    session: Session, consultation_id: int, columns: Sequence[str], catalogue: Catalogue
) -> KnownSurvey | None:
    """The stored mapping of the survey that has these columns, if any.

    That is the last one stored with the same columns, in any order; else the one that shares most
    of them, if these are at least ``_ALIKE`` of all and all columns of the mapping are there.

    Raises:
        ImportFileError: it names an opdracht, question or group that the catalogue lacks.
    """
    query = select(StoredMapping).where(StoredMapping.consultation_id == consultation_id)
    every = list(session.scalars(query.order_by(StoredMapping.at.desc(), StoredMapping.id.desc())))
    mark = _fingerprint(columns)
    for each in every:
        if each.fingerprint == mark:
            return KnownSurvey(_checked(each, catalogue))
    here = set(columns)
    best: tuple[float, StoredMapping] | None = None
    for each in every:
        before = set(each.columns)
        shared = len(here & before) / max(1, len(here | before))
        wanted = map(named, columns_of(SurveyMapping.model_validate(each.mapping)))
        whole = here.issuperset(wanted)
        if whole and shared >= _ALIKE and (best is None or shared > best[0]):
            best = shared, each
    if best is None:
        return None
    new = tuple(name for name in columns if name not in set(best[1].columns))
    return KnownSurvey(_checked(best[1], catalogue), new)


def stored_surveys(session: Session, consultation_id: int) -> list[StoredMapping]:
    """The stored mappings, by the name of their survey."""
    query = select(StoredMapping).where(StoredMapping.consultation_id == consultation_id)
    return list(session.scalars(query.order_by(StoredMapping.survey)))


def _named(session: Session, consultation_id: int, survey: str) -> StoredMapping | None:
    query = select(StoredMapping).where(
        StoredMapping.consultation_id == consultation_id, StoredMapping.survey == survey
    )
    return session.scalars(query).one_or_none()


def _checked(found: StoredMapping, catalogue: Catalogue) -> SurveyMapping:
    mapping = SurveyMapping.model_validate(found.mapping)
    check_mapping(mapping, catalogue, f"the stored mapping '{found.survey}'")
    return mapping


def _fingerprint(columns: Sequence[str]) -> str:
    return hashlib.sha256("\x1f".join(sorted(columns)).encode()).hexdigest()
