"""How far the review of an opdracht's themes is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy.orm import Session

from consultation.curation_store import curated
from consultation.models import AnalysisRun, Round


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
    """The themes that stand after a run on an opdracht, by status."""
    run = session.get_one(AnalysisRun, run_id)
    consultation = session.get_one(Round, run.round_id).consultation_id
    themes = curated(session, consultation, opdracht, run).themes_of(opdracht)
    found = Counter(each.status for each in themes)
    return Seen(found["kandidaat"], found["goedgekeurd"], found["verworpen"])
