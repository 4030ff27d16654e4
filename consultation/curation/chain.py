"""The hash chain over the event log: a decision that is changed, removed or moved later breaks it.

An event has an open part, which may be told to anybody, and a sealed part: the whole row, with
account, texts and statement ids, as a hash with a random salt. The event's link is
``sha256(link of the event before + sha256(open part + sealed part))``, so a stranger can follow the
chain and know that the open parts are what was written at the time, without seeing the rest.
``docs/decisions/0027-proof.md`` tells what this proves and what it does not.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consultation.database.models import CurationEvent
from consultation.database.records import AuditEntry

Log = type[CurationEvent] | type[AuditEntry]
"""The two logs that are chained: of decisions, and of other acts (``access.audit_chain``)."""

FIRST_LINK = "0" * 64
"""The link before the first event."""


@dataclass(frozen=True)
class LogHead:
    """The number of events in a log, and the link of the last one."""

    events: int
    link: str


def canonical(value: object) -> bytes:
    """The JSON of a value in one way only: sorted keys, no spaces, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii")


def open_part(row: CurationEvent, revokes: str | None) -> dict[str, Any]:
    """What may be told of an event to anybody: no texts, no accounts, no statements.

    ``revokes`` is the link of the event that it undoes. For a stored row the result must be the
    same in every later version of the program, or its link no longer follows.
    """
    recorded = row.payload.get("recorded", {})
    told = {
        "op": row.op,
        "day": row.at.astimezone(UTC).date().isoformat(),
        "actor": row.actor,
        "opdrachten": list(recorded.get("opdrachten", [])),
        "themes": list(recorded.get("themes", [])),
        "actions": _actions(row.op, row.payload),
    }
    told |= {name: row.payload[name] for name in ("do", "status") if name in row.payload}
    return told if revokes is None else told | {"revokes": revokes}


def sealed_part(row: CurationEvent) -> str:
    """The salted hash of the whole row."""
    whole = [row.account, row.actor, row.op, row.payload, _moment(row.at)]
    return hashlib.sha256(row.salt.encode("ascii") + canonical(whole)).hexdigest()


def link_after(before: str, told: Mapping[str, Any], sealed: str) -> str:
    """The link of an event with this open and sealed part, which comes after the link ``before``.

    Raises:
        ValueError: ``before`` or ``sealed`` is not hexadecimal.
    """
    leaf = hashlib.sha256(canonical(dict(told)) + bytes.fromhex(sealed)).digest()
    return hashlib.sha256(bytes.fromhex(before) + leaf).hexdigest()


def append_link(row: CurationEvent, before: str, revokes: str | None) -> str:
    """Gives a new row its salt and its link; returns the link."""
    row.salt = secrets.token_hex(16)
    row.link = link_after(before, open_part(row, revokes), sealed_part(row))
    return row.link


def last_link(session: Session, consultation_id: int, log: Log = CurationEvent) -> str:
    """The link of the last event of a consultation's log; ``FIRST_LINK`` without events."""
    own = log.consultation_id == consultation_id
    last = select(log.link).where(own).order_by(log.id.desc()).limit(1)
    return session.scalar(last) or FIRST_LINK


def log_head(session: Session, consultation_id: int, log: Log = CurationEvent) -> LogHead:
    """The head of a consultation's log."""
    own = log.consultation_id == consultation_id
    events = session.scalar(select(func.count()).select_from(log).where(own)) or 0
    return LogHead(events, last_link(session, consultation_id, log))


def broken_links(session: Session, consultation_id: int) -> list[int]:
    """The ids of the events whose link does not follow: they or the one before were changed."""
    query = select(CurationEvent).where(CurationEvent.consultation_id == consultation_id)
    links: dict[int, str] = {}
    found = []
    before = FIRST_LINK
    for row in session.scalars(query.order_by(CurationEvent.id)):
        told = open_part(row, links.get(row.revokes_id or 0))
        if link_after(before, told, sealed_part(row)) != row.link:
            found.append(row.id)
        before = links[row.id] = row.link
    return found


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _actions(op: str, payload: Mapping[str, Any]) -> list[str]:
    """The ids of the actions that an event names; ``id`` and ``into`` may also be a theme's."""
    names = ("action", "id", "into", "actions") if op == "action" else ("action",)
    found: set[str] = set()
    for value in (payload.get(name) for name in names):
        found |= set(value if isinstance(value, list) else [value] if value else [])
    return sorted(found)
