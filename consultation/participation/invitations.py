"""Invitations: a link with a token that carries group, organisation and opdrachten."""

from __future__ import annotations

import csv
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from consultation.catalogue import Catalogue
from consultation.database.models import Invitation
from consultation.errors import ImportFileError
from consultation.participation.participants import keyed_hash

COLUMNS = ("name", "organisation", "group", "opdrachten", "email")
_ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"


@dataclass(frozen=True)
class InvitationRow:
    """One row of the file of people to invite."""

    name: str
    organisation: str
    group: str
    opdrachten: tuple[int, ...]
    email: str

    def cells(self) -> list[str]:
        """The row's cells in the order of ``COLUMNS``."""
        numbers = " ".join(str(number) for number in self.opdrachten)
        return [self.name, self.organisation, self.group, numbers, self.email]


def read_invitations(path: Path, catalogue: Catalogue) -> list[InvitationRow]:
    """The rows of a csv file with the columns name, organisation, group, opdrachten, email.

    Raises:
        ImportFileError: the file or a cell is invalid; the message names line and column.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ImportFileError(
            f"{path}: cannot be read ({error}); give a UTF-8 csv file."
        ) from error
    first = text.splitlines()[0] if text else ""
    reader = csv.DictReader(text.splitlines(), delimiter=";" if ";" in first else ",")
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
    if missing:
        raise ImportFileError(
            f"{path}: line 1: column {missing[0]} is missing; write {','.join(COLUMNS)}."
        )
    return [_row(path, number, cells, catalogue) for number, cells in enumerate(reader, 2)]


def invite(session: Session, round_id: int, rows: Sequence[InvitationRow], key: str) -> list[str]:
    """Stores an invitation per row and returns their tokens; only the hashes are stored."""
    tokens = ["".join(secrets.choice(_ALPHABET) for _ in range(24)) for _ in rows]
    session.add_all(
        Invitation(
            round_id=round_id,
            token_hash=keyed_hash(token, key),
            name=row.name or None,
            email=row.email or None,
            group=row.group or None,
            organisation=row.organisation or None,
            opdrachten=list(row.opdrachten),
        )
        for token, row in zip(tokens, rows, strict=True)
    )
    session.flush()
    return tokens


def _row(
    path: Path, number: int, cells: dict[str, str | None], catalogue: Catalogue
) -> InvitationRow:
    values = {name: (cells.get(name) or "").strip() for name in COLUMNS}
    if values["group"] and catalogue.groep(values["group"]) is None:
        known = ", ".join(groep.slug for groep in catalogue.groepen)
        raise ImportFileError(
            f"{path}: line {number}: group: {values['group']!r} is no group; choose from {known}."
        )
    opdrachten = []
    for part in values["opdrachten"].replace(";", " ").replace(",", " ").split():
        if not part.isdigit() or catalogue.opdracht(int(part)) is None:
            raise ImportFileError(
                f"{path}: line {number}: opdrachten: {part!r} is no opdracht of the catalogue."
            )
        opdrachten.append(int(part))
    return InvitationRow(
        values["name"],
        values["organisation"],
        values["group"],
        tuple(opdrachten),
        values["email"],
    )
