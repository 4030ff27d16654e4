"""Dates as people in Flanders read them, in Dutch and in the time of Brussels."""

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
    """A day in words: ``29 november 2026``; of a moment, the day it is in Brussels then."""
    if isinstance(value, datetime):
        value = value.astimezone(_zone())
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def moment(value: datetime) -> str:
    """A moment in words, on the clock of Brussels: ``29 november 2026 om 14.05 uur``.

    A file that names a day and no time gives midnight in UTC, to the second: that is told as a day.
    """
    if value.astimezone(UTC).time() == time():
        return day(value)
    local = value.astimezone(_zone())
    return f"{day(local)} om {local.hour}.{local.minute:02d} uur"


@lru_cache(maxsize=1)
def _zone() -> ZoneInfo | None:
    """The zone, or the machine's own where it has no time zone data."""
    try:
        return ZoneInfo("Europe/Brussels")
    except ZoneInfoNotFoundError:
        return None
