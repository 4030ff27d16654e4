"""Parses dates and times as survey tools, spreadsheets and people in Belgium write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan januari january janvier janv",
            "feb februari february febr fevrier février fevr févr",
            "mrt maart march mar mars",
            "apr april avril avr",
            "mei may mai",
            "jun juni june juin",
            "jul juli july juillet juil",
            "aug augustus august aout août",
            "sep sept september septembre",
            "okt oktober oct october octobre",
            "nov november novembre",
            "dec december déc decembre décembre",
        ),
        start=1,
    )
    for name in names.split()
}
_ZONES = {
    "z": 0,
    "utc": 0,
    "gmt": 0,
    "wet": 0,
    "cet": 1,
    "met": 1,
    "mez": 1,
    "hnec": 1,
    "bst": 1,
    "west": 1,
    "cest": 2,
    "mest": 2,
    "mesz": 2,
    "heec": 2,
    "eet": 2,
    "eest": 3,
}
"""Offsets from UTC, in hours, of time zones in European exports."""

_NUMBERS = re.compile(r"(\d{1,4})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{1,4})(?!\d)")
_DAY_FIRST = re.compile(
    r"(?:[^\W\d]{2,12}\.?,?\s)?(\d{1,2})[-\s.]{1,2}([^\W\d]{3,9})\.?[-\s,]{1,2}(\d{4}|\d\d)(?!\d)"
)
_MONTH_FIRST = re.compile(r"(?:[^\W\d]{2,12}\.?,?\s)?([^\W\d]{3,9})\.?\s(\d{1,2}),?\s(\d{4})(?!\d)")
_TIME = re.compile(
    r"[\s,T]{0,3}(?:om\s|at\s|à\s)?(\d{1,2})(?:[:.hu](\d{2}))?(?:[:.](\d{2})(?:[.,]\d{1,9})?)?"
    r"(?:\s?([ap])\.?\s?m\b\.?)?(?:\s?(?:uur|u|h)\b)?",
    re.IGNORECASE,
)
_ZONE = re.compile(
    r"\s?\(?([A-Za-z]{1,5})?\s?(?:([+-])(\d{1,2}):?(\d{2})?)?\)?(?:\s\([^()]{1,60}\))?\s?$"
)
_SERIAL = re.compile(r"([3-6]\d{4})(?:[.,](\d{1,15}))?")
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?")
_NO_DATE = datetime(1980, 1, 1, tzinfo=UTC)
"""The value that LimeSurvey writes if it stores no date."""


def month_comes_first(values: Iterable[str]) -> bool:
    """Whether a column writes the month before the day (3/25/2026), unlike Belgian usage.

    True only if some date is valid in no other way, and no date contradicts it.
    """
    found = False
    for value in values:
        match = _NUMBERS.match(value.strip())
        if match is None or len(match[1]) > 2:
            continue
        if int(match[1]) > 12:
            return False
        found = found or int(match[3]) > 12
    return found


def read_moment(value: str, month_first: bool = False) -> datetime | None:
    """Parses a date and time to UTC; returns None if that fails or the cell is empty.

    The day comes before the month (unless ``month_first``), except in dates that begin with the
    year. A moment without a time zone is taken as UTC. Also read: ``9:20:37 a.m. CET``, ``GMT+1``,
    month names in Dutch, English and French, seconds since 1970, and day numbers of spreadsheets.
    """
    text = " ".join(value.split())
    if not text or len(text) > 120:
        return None
    try:
        moment = _iso(text) or _number(text) or _written(text, month_first)
        return None if moment is None or moment == _NO_DATE else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _iso(text: str) -> datetime | None:
    if not re.match(r"\d{4}-?\d{2}", text):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _number(text: str) -> datetime | None:
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    serial = _SERIAL.fullmatch(text)
    if serial is None:
        return None
    days = float(f"{serial[1]}.{serial[2] or 0}")
    return datetime(1899, 12, 30, tzinfo=UTC) + timedelta(seconds=round(days * 86_400))


def _written(text: str, month_first: bool) -> datetime | None:
    found = _day(text, month_first)
    if found is None:
        return None
    (year, month, day), rest = found
    hour = minute = second = 0
    time = _TIME.match(rest) if rest.strip() else None
    if time is not None:
        hour, minute, second = int(time[1]), int(time[2] or 0), int(time[3] or 0)
        if time[4]:
            if not 1 <= hour <= 12:
                return None
            hour = hour % 12 + (12 if time[4].lower() == "p" else 0)
        rest = rest[time.end() :]
    zone = _zone(rest)
    return None if zone is None else datetime(year, month, day, hour, minute, second, tzinfo=zone)


def _day(text: str, month_first: bool) -> tuple[tuple[int, int, int], str] | None:
    if match := _NUMBERS.match(text):
        first, second, third = int(match[1]), int(match[3]), int(match[4])
        if len(match[1]) == 4:
            day = first, second, third
        elif len(match[1]) == 3 or len(match[4]) not in (2, 4):
            return None
        elif month_first:
            day = _year(match[4]), first, second
        else:
            day = _year(match[4]), second, first
    elif (match := _DAY_FIRST.match(text)) and match[2].lower() in _MONTHS:
        day = _year(match[3]), _MONTHS[match[2].lower()], int(match[1])
    elif (match := _MONTH_FIRST.match(text)) and match[1].lower() in _MONTHS:
        day = int(match[3]), _MONTHS[match[1].lower()], int(match[2])
    else:
        return None
    return day, text[match.end() :]


def _year(digits: str) -> int:
    return int(digits) + (2000 if len(digits) == 2 else 0)


def _zone(rest: str) -> timezone | None:
    match = _ZONE.match(rest)
    if match is None or (match[1] and match[1].lower() not in _ZONES):
        return None
    hours = _ZONES.get((match[1] or "z").lower(), 0)
    offset = timedelta(hours=int(match[3] or 0), minutes=int(match[4] or 0))
    return timezone(timedelta(hours=hours) + (-offset if match[2] == "-" else offset))
