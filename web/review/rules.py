"""The rules that people name on an opdracht, as hindrance or lever, with the actions on rules."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from analysis.stance.rules import rules_named
from web.access.login import CurrentReviewer
from web.dependencies import Here
from web.review.common import PageNumber, known_opdracht, page, paged

router = APIRouter(prefix="/beheer", include_in_schema=False)


@router.get("/opdrachten/{number:int}/regels")
def rules_page(
    request: Request, here: Here, reviewer: CurrentReviewer, number: int, pagina: PageNumber = 1
) -> HTMLResponse:
    """The rules, each with the statements that name it; and what is decided on rules."""
    opdracht = known_opdracht(here, number)
    reviewer.require("read", number)
    with here.storage.reading() as session:
        seen = here.snapshots.of(session, here.consultation_id, number)
        found = here.snapshots.kept(
            session,
            here.consultation_id,
            f"rules {number}",
            lambda: rules_named(seen.said),
            decisions=False,
        )
        return page(
            request,
            here,
            reviewer,
            "beheer/regels.html",
            opdracht=opdracht,
            seen=seen,
            shown=paged(found, pagina),
            actions=[each for each in seen.actions if each.regelgeving != "geen"],
        )
