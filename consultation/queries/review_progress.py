"""The progress of the review of an opdracht's themes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from consultation.queries.opdracht_snapshot import OpdrachtSnapshot


@dataclass(frozen=True)
class ReviewProgress:
    """The number of themes of an opdracht by status, and of its approved or published actions."""

    candidates: int = 0
    approved: int = 0
    rejected: int = 0
    actions: int = 0

    @property
    def decided(self) -> int:
        """The number of themes that are approved or rejected."""
        return self.approved + self.rejected

    @property
    def shown(self) -> int:
        """The number of themes that are candidates or approved."""
        return self.candidates + self.approved


def review_progress(snapshot: OpdrachtSnapshot) -> ReviewProgress:
    """The review progress of the opdracht in a snapshot."""
    found = Counter(each.status for each in snapshot.themes)
    actions = sum(each.status in ("goedgekeurd", "gepubliceerd") for each in snapshot.actions)
    return ReviewProgress(found["kandidaat"], found["goedgekeurd"], found["verworpen"], actions)
