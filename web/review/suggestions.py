"""Suggestions of the machine: a reviewer accepts or declines them; none is applied by itself."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from analysis.continuity.bisection import FEWEST, division, division_by
from consultation.curation.state import Outcome
from consultation.theme_code import ThemeCode
from web.access.login import CurrentReviewer
from web.dependencies import Here
from web.review.carry_out import feedback
from web.review.common import known_opdracht, page

router = APIRouter(prefix="/beheer", include_in_schema=False)


@router.get("/opdrachten/{number:int}/voorstellen")
def proposals_page(
    request: Request, here: Here, reviewer: CurrentReviewer, number: int
) -> Response:
    """Splits, merges and moves that the last run proposes, and the themes that are new in it."""
    opdracht = known_opdracht(here, number)
    reviewer.require("read", number)
    with here.storage.reading() as session:
        seen = here.snapshots.of(session, here.consultation_id, number)
        answered: dict[str, Outcome] = {
            str(each.event.operation.proposal): each
            for each in seen.state.log
            if each.event.operation.op in ("accept", "decline") and each.status != "revoked"
        }
        known = any(each.decided for each in seen.state.themes.values())
        return page(
            request,
            here,
            reviewer,
            "beheer/voorstellen.html",
            **feedback(seen, request.query_params),
            opdracht=opdracht,
            here_path=request.url.path,
            answered=answered,
            fresh=[each for each in seen.themes if each.status == "kandidaat"] if known else [],
        )


@router.get("/themas/{code}/splitsing")
def division_page(request: Request, here: Here, reviewer: CurrentReviewer, code: str) -> Response:
    """Where the machine would split a theme, to take over in whole or in part.

    With ``deelthema``, it is split into that sub-theme and the rest.
    """
    known = ThemeCode.read(code)
    if known is None:
        raise HTTPException(404)
    opdracht = known_opdracht(here, known[0])
    reviewer.require("decide", opdracht.nummer)
    with here.storage.reading() as session:
        seen = here.snapshots.of(session, here.consultation_id, opdracht.nummer)
        theme = seen.theme(code)
        if theme is None or theme.merged_into:
            raise HTTPException(404)
        view = seen.view(theme)
        asked = request.query_params.get("deelthema", "")
        part = next((each for each in view.subthemes if each.name == asked), None)
        if asked and part is None:
            raise HTTPException(404)
        return page(
            request,
            here,
            reviewer,
            "beheer/splitsing.html",
            seen=seen,
            opdracht=opdracht,
            theme=view,
            subtheme=part.name if part else "",
            division=division_by(view.said, part.said)
            if part
            else division(session, seen.run, view.said),
            fewest=FEWEST,
        )
