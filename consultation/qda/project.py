"""A REFI-QDA project, without its files: sources, codes, codings, memos and users.

The names are those of the standard (REFI-QDA Project Exchange 1.0/1.5, qdasoftware.org): a source
is an answer, a code a theme, a case a participant, and a selection a statement. Positions count
Unicode code points from 0, the end not included, in the text as it stands.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

ORIGIN = "Samenspraak"
"""The start of ``QdaProject.origin`` in files of our own."""

APPROVED = "Goedgekeurde thema's"
"""The name of the set with the codes that people approved."""

MACHINE = "Samenspraak (computer)"
"""The user whose codings nobody decided on."""

EXCLUDES = "Hoort er niet bij"
EXAMPLE = "Voorbeeld"
NOTE = "Notitie"
"""The names of memos on a code: what does not belong to it, an example, a note for colleagues."""

_OURS = uuid.UUID("5a3e5f1e-8d0e-4c1b-9d5c-9f2f6c9a7e11")


def guid(id_: str) -> str:
    """The GUID of a row: its id in the notation of the standard."""
    return str(uuid.UUID(hex=id_))


def row_id(guid_: str) -> str:
    """The id of a row from its GUID.

    Raises:
        ValueError: it is no GUID.
    """
    return uuid.UUID(guid_).hex


def named_guid(kind: str, name: str) -> str:
    """The GUID of what has a name but no row: the same in every export."""
    return str(uuid.uuid5(_OURS, f"{kind}:{name}"))


@dataclass(frozen=True)
class QdaUser:
    """Somebody who codes."""

    guid: str
    name: str


@dataclass(frozen=True)
class QdaMemo:
    """A memo on a code; ``name`` says what kind it is."""

    guid: str
    name: str
    text: str
    user: str
    at: datetime


@dataclass(frozen=True)
class QdaCode:
    """A code; a group of codes is one that is not ``codable``."""

    guid: str
    name: str
    description: str = ""
    codable: bool = True
    memos: tuple[QdaMemo, ...] = ()
    codes: tuple[QdaCode, ...] = ()


@dataclass(frozen=True)
class QdaCoding:
    """A code of a selection, and the user who gave it; both are GUIDs."""

    code: str
    user: str


@dataclass(frozen=True)
class QdaSelection:
    """A span of a source with its codings, the most important one first."""

    guid: str
    start: int
    end: int
    at: datetime
    name: str = ""
    codings: tuple[QdaCoding, ...] = ()


@dataclass(frozen=True)
class QdaSource:
    """A text; ``values`` are those of its variables, by name."""

    guid: str
    name: str
    text: str
    at: datetime
    selections: tuple[QdaSelection, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class QdaCase:
    """A case with the GUIDs of its sources; ``values`` are those of its variables, by name."""

    guid: str
    name: str
    sources: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class QdaProject:
    """A whole project; ``approved`` are the GUIDs of the codes in the set ``APPROVED``.

    ``warnings`` say what a reader left out.
    """

    name: str
    origin: str = ""
    description: str = ""
    users: tuple[QdaUser, ...] = ()
    codes: tuple[QdaCode, ...] = ()
    approved: tuple[str, ...] = ()
    sources: tuple[QdaSource, ...] = ()
    cases: tuple[QdaCase, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def ours(self) -> bool:
        """Whether an installation of this program wrote it."""
        return self.origin.startswith(ORIGIN)
