"""The hash chain over the audit log: an entry that is changed, removed or moved breaks it.

The link of an entry is ``sha256(link of the entry before + sha256(the whole entry))``, as in the
log of decisions (``curation.chain``); nothing of it is shown to strangers, so nothing is salted.
Who cuts off the end of the log leaves a chain that follows: whoever noted its head earlier sees
that (``holds_head``).
"""

from __future__ import annotations

import hashlib
from datetime import UTC

from sqlalchemy import BigInteger, cast, func, literal, select
from sqlalchemy.orm import Session

from consultation.curation.chain import FIRST_LINK, LogHead, canonical, last_link, log_head
from consultation.database.records import AuditEntry

_LOCK = 0x53414D45
"""Key of PostgreSQL's lock on the end of the log (the letters SAME)."""


def append_entry(session: Session, entry: AuditEntry) -> None:
    """Adds an entry with its link; others wait with theirs until this transaction ends."""
    if session.get_bind().dialect.name == "postgresql":
        lock = func.pg_advisory_xact_lock(cast(literal(_LOCK + entry.consultation_id), BigInteger))
        session.execute(select(lock))
    entry.link = _link_after(last_link(session, entry.consultation_id, AuditEntry), entry)
    session.add(entry)
    session.flush()


def audit_head(session: Session, consultation_id: int) -> LogHead:
    """The number of entries of a consultation's audit log, and the link of the last one."""
    return log_head(session, consultation_id, AuditEntry)


def broken_entries(session: Session, consultation_id: int) -> list[int]:
    """The ids of the entries whose link does not follow: they or the one before were changed."""
    query = select(AuditEntry).where(AuditEntry.consultation_id == consultation_id)
    found = []
    before = FIRST_LINK
    for entry in session.scalars(query.order_by(AuditEntry.id)):
        if _link_after(before, entry) != entry.link:
            found.append(entry.id)
        before = entry.link
    return found


def holds_head(session: Session, consultation_id: int, head: LogHead) -> bool:
    """Whether a head that was noted earlier is still in the log, at its place."""
    if head.events == 0:
        return head.link == FIRST_LINK
    query = select(AuditEntry.link).where(AuditEntry.consultation_id == consultation_id)
    place = query.order_by(AuditEntry.id).offset(head.events - 1).limit(1)
    return session.scalar(place) == head.link


def _link_after(before: str, entry: AuditEntry) -> str:
    at = entry.at.astimezone(UTC).isoformat()
    whole = hashlib.sha256(canonical([entry.account, entry.what, entry.about, at])).digest()
    try:
        return hashlib.sha256(bytes.fromhex(before) + whole).hexdigest()
    except ValueError:
        # A link that somebody overwrote with something else.
        return ""
