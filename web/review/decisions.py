"""All decisions of the review, over all opdrachten."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from consultation.curation.state import CurationState, Outcome
from consultation.queries.opdracht_snapshot import OpdrachtSnapshot
from consultation.queries.statements import StatementView
from web.access.login import CurrentReviewer
from web.dependencies import Here, Services
from web.review.common import page, page_number, paged, whole_number

router = APIRouter(prefix="/beheer", include_in_schema=False)


@dataclass(frozen=True)
class DescribedDecision:
    """A decision with the data for its Dutch sentence.

    ``state`` is that of one opdracht the decision is about. ``by_id`` holds the statements of all
    opdrachten, as an action may be joined with one of another opdracht.
    """

    outcome: Outcome
    opdracht: int
    opdrachten: tuple[int, ...]
    state: CurationState
    by_id: Mapping[str, StatementView]
    themes_afar: Mapping[str, tuple[str, str]]

    def quote(self, statement: str) -> str:
        """The text of a statement; empty when it was erased."""
        said = self.by_id.get(statement)
        return said.text if said else ""


@router.get("/beslissingen")
def every_decision(request: Request, here: Here, reviewer: CurrentReviewer) -> HTMLResponse:
    """What was decided anywhere, newest first, each with its opdracht and to be undone."""
    reviewer.require("read")
    with here.storage.reading() as session:
        told = decisions(session, here)
    shown = paged(list(told.values()), page_number(request.query_params))
    return page(
        request,
        here,
        reviewer,
        "beheer/alle_beslissingen.html",
        shown=shown,
        done=_named(told, request.query_params),
    )


def decisions(session: Session, here: Services) -> dict[int, DescribedDecision]:
    """All decisions by event number, newest first."""
    numbers = [each.nummer for each in here.catalogue.opdrachten]
    snapshots = here.snapshots.all(session, here.consultation_id, numbers)
    words = ChainMap(*[each.by_id for each in snapshots.values()])
    places: dict[int, list[OpdrachtSnapshot]] = {}
    for seen in snapshots.values():
        for outcome in seen.decisions:
            places.setdefault(outcome.event.id, []).append(seen)
    return {
        event: DescribedDecision(
            outcome=seen[0].state.outcomes[event],
            opdracht=seen[0].opdracht,
            opdrachten=tuple(each.opdracht for each in seen),
            state=seen[0].state,
            by_id=words,
            themes_afar=seen[0].themes_afar,
        )
        for event, seen in sorted(places.items(), reverse=True)
    }


def recent_decisions(
    session: Session, here: Services, query: Mapping[str, str]
) -> list[DescribedDecision]:
    """The decisions that the query string names as just made (``gedaan``)."""
    return _named(decisions(session, here), query) if query.get("gedaan") else []


def _named(
    told: Mapping[int, DescribedDecision], query: Mapping[str, str]
) -> list[DescribedDecision]:
    raw = query.get("gedaan", "").split("-")
    return [told[int(each)] for each in raw if whole_number(each) and int(each) in told]
