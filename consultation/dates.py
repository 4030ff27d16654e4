"""Formats dates and times in Dutch, in the time zone of Brussels."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MONTHS = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)


def day(value: date) -> str:
    """A date in words: ``29 november 2026``; a ``datetime`` is first converted to Brussels time."""
    if isinstance(value, datetime):
        value = value.astimezone(_zone())
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def moment(value: datetime) -> str:
    """A moment in words, in Brussels time: ``29 november 2026 om 14.05 uur``.

    Midnight in UTC is formatted as a date only: that is how a date without time is imported.
    """
    if value.astimezone(UTC).time() == time():
        return day(value)
    local = value.astimezone(_zone())
    return f"{day(local)} om {local.hour}.{local.minute:02d} uur"


@lru_cache(maxsize=1)
def _zone() -> ZoneInfo | None:
    """The time zone of Brussels, or None (the machine's own) if there is no time zone data."""
    try:
        return ZoneInfo("Europe/Brussels")
    except ZoneInfoNotFoundError:
        return None
