"""How far the review of an opdracht's themes is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from consultation.queries.opdracht_snapshot import Picture


@dataclass(frozen=True)
class Seen:
    """An opdracht's themes by what was decided on them, and its actions that were approved."""

    candidates: int = 0
    approved: int = 0
    rejected: int = 0
    actions: int = 0

    @property
    def decided(self) -> int:
        """How many were decided on."""
        return self.approved + self.rejected

    @property
    def shown(self) -> int:
        """How many stand: candidates and approved ones."""
        return self.candidates + self.approved


def seen_in(picture: Picture) -> Seen:
    """The themes of an opdracht, by status."""
    found = Counter(each.status for each in picture.themes)
    actions = sum(each.status in ("goedgekeurd", "gepubliceerd") for each in picture.actions)
    return Seen(found["kandidaat"], found["goedgekeurd"], found["verworpen"], actions)
