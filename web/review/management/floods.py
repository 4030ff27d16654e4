"""Floods: talks that are kept apart until a facilitator counts them, and talks like a program's."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from consultation import audit
from consultation.access import floods
from web.access.login import CurrentReviewer
from web.dependencies import Here
from web.review.common import PageNumber, PostedForm, back_to, page, paged, whole_number
from web.server.threads import WritingRoute

router = APIRouter(prefix="/beheer", include_in_schema=False, route_class=WritingRoute)
PATH = "/beheer/vloed"
_PER_PAGE = 20
_COUNTS = {"tel": True, "apart": False}


@router.get("/vloed")
def floods_page(
    request: Request, here: Here, reviewer: CurrentReviewer, pagina: PageNumber = 1
) -> Response:
    """What is kept apart, what was decided on it, and who may be a program."""
    reviewer.require("decide")
    with here.storage.reading() as session:
        return page(
            request,
            here,
            reviewer,
            "beheer/vloed.html",
            shown=paged(floods.floods(session, here.consultation_id), pagina, _PER_PAGE),
            fast=floods.fast_talks(session, here.consultation_id, _PER_PAGE),
        )


@router.post("/vloed")
def decide_flood(request: Request, here: Here, form: PostedForm) -> Response:  # noqa: ARG001
    """Counts a flood or keeps it apart; or sets one participant apart as a program."""
    form.reviewer.require("decide", None, form.typed)
    what, number, name = form.line("doe"), form.line("vloed"), form.reviewer.name
    with here.storage.writing() as session:
        if what == "robot":
            found = floods.set_apart(session, here.consultation_id, form.line("deelnemer"), name)
            counted = False
        elif what in _COUNTS and whole_number(number):
            counted = _COUNTS[what]
            known = floods.decide(session, here.consultation_id, int(number), counted, name)
            found = int(number) if known else None
        else:
            raise HTTPException(404)
        if found is None:
            raise HTTPException(404)
        done = "vloed_telt" if counted else "vloed_apart"
        audit.record(session, here.consultation_id, name, done, vloed=found)
    return back_to(f"{PATH}#vloed-{found}")
