"""How far the review of an opdracht's themes is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.models import RunTheme, Theme


@dataclass(frozen=True)
class Seen:
    """An opdracht's themes by what was decided on them."""

    candidates: int = 0
    approved: int = 0
    rejected: int = 0
    published: bool = False

    @property
    def decided(self) -> int:
        """How many were decided on."""
        return self.approved + self.rejected

    @property
    def shown(self) -> int:
        """How many stand: candidates and approved ones."""
        return self.candidates + self.approved


def seen_in(session: Session, run_id: int, opdracht: int) -> Seen:
    """The themes of a run on an opdracht, by status."""
    query = (
        select(Theme.status)
        .join(RunTheme, RunTheme.theme_id == Theme.id)
        .where(RunTheme.run_id == run_id, Theme.opdracht == opdracht)
    )
    found = Counter(session.scalars(query))
    return Seen(found["kandidaat"], found["goedgekeurd"], found["verworpen"])
