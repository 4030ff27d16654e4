"""What is checked in the texts of a public form: their length, and personal data in them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from language.personal_data import Finding

MAX_ANSWER = 10_000
REMOVE, KEEP = "weg", "laten"


@dataclass(frozen=True)
class FormErrors:
    """Errors per field, and per question the personal data that the participant must decide on."""

    errors: Mapping[str, str]
    personal: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the form may be stored."""
        return not self.errors and not self.personal


NOTHING = FormErrors({})


def mark_of(found: Sequence[Finding]) -> str:
    """A short hash of the positions of personal data in an answer; empty without findings."""
    places = " ".join(f"{each.start}-{each.end}" for each in found)
    return hashlib.sha256(places.encode()).hexdigest()[:12] if found else ""
