"""Audit log of the review, other than curation: log-ins, accounts, exports, publications."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.access.audit_chain import append_entry
from consultation.database.models import now
from consultation.database.records import AuditEntry

WHAT = frozenset(
    {
        "aangemeld",
        "afgemeld",
        "aanmelding_mislukt",
        "account",
        "wachtwoord",
        "uitvoer",
        "reservekopie",
        "geopend",
        "gesloten",
        "gepubliceerd",
        "ingetrokken",
        "analyse",
        "analyse_mislukt",
        "codeertaak",
        "vraag_beantwoord",
        "vraag_heropend",
        "bezwaar_bekeken",
        "bezwaar_heropend",
        "ingelezen",
        "gewist",
        "tweede_stap",
        "tweede_stap_uit",
        "herstelcode",
        "bewaartermijn",
        "vloed_telt",
        "vloed_apart",
    }
)
"""Kinds of entries; ``audit_sentences`` has a sentence for each kind."""


def record(
    session: Session, consultation_id: int, account: str, what: str, **about: str | int
) -> None:
    """Adds an entry, last in its transaction: others wait with theirs until it ends.

    ``about`` holds ids, numbers and names of accounts; never participants' words.

    Raises:
        ValueError: ``what`` is not in ``WHAT``.
    """
    if what not in WHAT:
        raise ValueError(f"{what!r} is not recorded; choose from {', '.join(sorted(WHAT))}")
    entry = AuditEntry(
        consultation_id=consultation_id, account=account[:80], what=what, about=about, at=now()
    )
    append_entry(session, entry)


def entries(
    session: Session, consultation_id: int, account: str | None = None, limit: int = 500
) -> list[AuditEntry]:
    """The last entries, newest first; of one account or of all."""
    query = select(AuditEntry).where(AuditEntry.consultation_id == consultation_id)
    if account is not None:
        query = query.where(AuditEntry.account == account)
    return list(session.scalars(query.order_by(AuditEntry.id.desc()).limit(limit)))
