"""What a run says of a theme; a module of its own, so that reading a run loads nothing heavy."""

from __future__ import annotations

from collections.abc import Mapping
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
