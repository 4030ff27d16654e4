"""The pair check of an opdracht in words: what people said of pairs, beside chance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.database.models import AnalysisRun
from consultation.database.records import PairCheck
from consultation.runs import latest_run

if TYPE_CHECKING:
    from analysis.codebook.pairs import Check
    from analysis.codebook.trust import ShareInterval

ENOUGH = 20
"""As many answers are a figure; fewer only where the opdracht has no more pairs."""


@dataclass(frozen=True)
class PairFigure:
    """The answers to the last pair check that was answered; shares from 0 to 1, intervals of 95 %.

    ``current`` is whether the themes come from the run that was checked. ``open`` counts the pairs
    without an answer.
    """

    check: Check
    current: bool
    open: int

    @property
    def told(self) -> bool:
        """Whether enough pairs were answered to show the figure."""
        return self.check.pairs >= ENOUGH or not self.open

    @property
    def chance_found(self) -> float:
        """The share of all pairs that is in one theme: the recall of themes at random."""
        return self.check.joined / max(self.check.joined + self.check.apart, 1)

    @property
    def sentences(self) -> tuple[str, str]:
        """Precision and recall in words, per ten pairs; the interval is never made smaller."""
        together, found = _of_ten(self.check.precision), _of_ten(self.check.recall)
        return (
            f"Van 10 paren die in een thema samen zitten, horen er {together} ook volgens mensen "
            f"samen. Door toeval {_chance(self.check.chance.mid)}.",
            f"Van 10 paren die volgens mensen samen horen, zitten er {found} in een thema samen. "
            f"Door toeval {_chance(self.chance_found)}.",
        )

    @property
    def precision(self) -> str:
        """Precision in percent, with its interval."""
        return _percent(self.check.precision)

    @property
    def recall(self) -> str:
        """Recall in percent, with its interval."""
        return _percent(self.check.recall)


def pair_figure(
    session: Session, consultation_id: int, opdracht: int, run: AnalysisRun | None
) -> PairFigure | None:
    """The figure for the themes of ``run``: of its own check, or else of an earlier run's.

    None when nobody answered a pair yet.
    """
    if run is None:
        return None
    answered = select(PairCheck.id).where(
        PairCheck.consultation_id == consultation_id,
        PairCheck.opdracht == opdracht,
        PairCheck.run_id <= run.id,
        PairCheck.same.is_not(None),
    )
    if session.scalar(answered.limit(1)) is None:
        return None
    # Pages do not load the libraries of the analysis before there is something to compute.
    from analysis.asking import pair_check

    found = pair_check.result(session, consultation_id, opdracht, run.id)
    return PairFigure(found.check, found.current, found.open_) if found.check else None


def run_behind(
    session: Session, consultation_id: int, opdracht: int, number: int
) -> AnalysisRun | None:
    """The run that a published round stands on: its own last one, or that of an earlier round."""
    runs = (latest_run(session, consultation_id, opdracht, each) for each in range(number, 0, -1))
    return next((each for each in runs if each is not None), None)


def _of_ten(share: ShareInterval) -> str:
    low, high = math.floor(10 * share.low + 1e-9), math.ceil(10 * share.high - 1e-9)
    return str(low) if low == high else f"{low} tot {high}"


def _chance(share: float) -> str:
    of_ten = round(10 * share)
    return f"zouden het er ongeveer {of_ten} zijn" if of_ten else "zou het er minder dan 1 zijn"


def _percent(share: ShareInterval) -> str:
    low, high = math.floor(100 * share.low), math.ceil(100 * share.high)
    return f"{100 * share.mid:.0f} % ({low} tot {high})"
