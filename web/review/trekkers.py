"""Trekkers that participants name: per opdracht, per theme, and as choices for an action."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from analysis.trekkers import Trekkers, TrekkerSuggestions, trekkers
from consultation.queries.opdracht_snapshot import OpdrachtSnapshot
from consultation.queries.statements import StatementView
from web.access.login import CurrentReviewer
from web.dependencies import Here, Services
from web.review.common import PageNumber, known_opdracht, page, paged

router = APIRouter(prefix="/beheer", include_in_schema=False)


@router.get("/opdrachten/{number:int}/trekkers")
def trekkers_page(
    request: Request, here: Here, reviewer: CurrentReviewer, number: int, pagina: PageNumber = 1
) -> HTMLResponse:
    """Who is named on an opdracht, with the answers that name them."""
    opdracht = known_opdracht(here, number)
    reviewer.require("read", number)
    with here.storage.reading() as session:
        seen = here.snapshots.of(session, here.consultation_id, number)
        found = trekkers_on(session, here, number)
        return page(
            request,
            here,
            reviewer,
            "beheer/trekkers.html",
            opdracht=opdracht,
            seen=seen,
            trekkers=found,
            shown=paged(found.named, pagina),
        )


def trekkers_on(session: Session, here: Services, number: int) -> Trekkers:
    """The trekkers named on an opdracht, cached until an answer changes."""
    return here.snapshots.kept(
        session,
        here.consultation_id,
        f"trekkers {number}",
        lambda: trekkers(session, here.consultation_id, here.catalogue, number),
        decisions=False,
    )


def offered(
    session: Session, here: Services, seen: OpdrachtSnapshot, said: Sequence[StatementView]
) -> TrekkerSuggestions:
    """The trekkers to offer for an action supported by these statements."""
    found = trekkers_on(session, here, seen.opdracht)
    return TrekkerSuggestions(found.behind(said, seen.said).named, found.named)
