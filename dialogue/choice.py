"""The choice of a participant about personal data in a text: remove them, or let them stand."""

from __future__ import annotations

from language.reading.removing import removed

REMOVE = "/persoonsgegevens_weghalen"
KEEP = "/persoonsgegevens_laten_staan"


def choice(payload: str | None, text: str) -> str | None:
    """The choice made with a button or typed in a short text: REMOVE, KEEP or None."""
    if payload is not None:
        return payload if payload in (REMOVE, KEEP) else None
    wanted = removed(text)
    if wanted is None:
        return None
    return REMOVE if wanted else KEEP
