"""The page of indicators, and the same as CSV."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from consultation import audit
from reporting.indicators.figures import Indicators, indicators
from reporting.indicators.sheet import indicators_sheet
from reporting.sheets import as_csv
from web.access.login import CurrentReviewer, Reviewer
from web.dependencies import Here, Services
from web.review.common import page

router = APIRouter(prefix="/beheer", include_in_schema=False)


@router.get("/indicatoren")
def indicators_page(request: Request, here: Here, reviewer: CurrentReviewer) -> HTMLResponse:
    """Response, saturation, quality, decisions, and what the themes rest on."""
    reviewer.require("read", reviewer.opdracht)
    with here.storage.reading() as session:
        found = _found(session, here, reviewer)
    return page(request, here, reviewer, "beheer/indicatoren.html", found=found)


@router.get("/indicatoren.csv")
def indicators_csv(here: Here, reviewer: CurrentReviewer) -> Response:
    """All values with their history; whoever is limited to an opdracht gets that one only."""
    reviewer.require("export", reviewer.opdracht)
    with here.storage.reading() as session:
        content = as_csv(indicators_sheet(_found(session, here, reviewer), here.catalogue))
    with here.storage.writing() as session:
        audit.record(
            session, here.consultation_id, reviewer.name, "uitvoer", wat="indicatoren", soort="csv"
        )
    name = f"{here.catalogue.consultatie.slug}-indicatoren.csv"
    return Response(
        content,
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _found(session: Session, here: Services, reviewer: Reviewer) -> Indicators:
    every = [each.nummer for each in here.catalogue.opdrachten]
    numbers = [reviewer.opdracht] if reviewer.opdracht else every
    snapshots = here.snapshots.all(session, here.consultation_id, numbers)
    return here.snapshots.kept(
        session,
        here.consultation_id,
        f"indicators {reviewer.opdracht}",
        lambda: indicators(session, here.consultation_id, here.catalogue, snapshots),
    )
