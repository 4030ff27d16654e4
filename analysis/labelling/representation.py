"""What a run says of a theme; a module of its own, so that reading a run loads nothing heavy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Representation:
    """The representation of a theme in a run; ``quotes`` and ``action`` are statement ids."""

    label: str
    keywords: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()
    action: str | None = None
    trust: Mapping[str, Any] = field(default_factory=dict)


def distinct(label: str, taken: Iterable[str], keywords: Sequence[str] = ()) -> str:
    """The label, made different from those in ``taken`` by adding a keyword, else a number."""
    used = {each.casefold() for each in taken}
    if label.casefold() not in used:
        return label
    for word in keywords:
        candidate = f"{label} ({word})"
        if word.casefold() not in label.casefold() and candidate.casefold() not in used:
            return candidate
    number = 2
    while f"{label} ({number})".casefold() in used:
        number += 1
    return f"{label} ({number})"
