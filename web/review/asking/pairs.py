"""The pair check: two statements of two people at a time, and what the answers say."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from consultation.curation.operations import CurationError
from dialogue.messages import say
from reporting.pair_figures import pair_figure
from web.access.login import CurrentReviewer, Reviewer
from web.dependencies import Here, Services
from web.review.common import PostedForm, back_to, known_opdracht, page
from web.server.threads import WritingRoute

router = APIRouter(prefix="/beheer", include_in_schema=False, route_class=WritingRoute)

_ANSWERS = {"ja": True, "nee": False}


@router.get("/opdrachten/{number:int}/paren")
def pairs_page(request: Request, here: Here, reviewer: CurrentReviewer, number: int) -> Response:
    """The next pair; before the first one what is asked, after the last one the figure."""
    return _page(request, here, reviewer, number)


@router.post("/opdrachten/{number:int}/paren")
def answer(request: Request, here: Here, form: PostedForm, number: int) -> Response:
    """Draws the pairs, stores an answer, or takes the last one back; then asks the next."""
    known_opdracht(here, number)
    form.reviewer.require("code", number, form.typed)
    what = form.line("doe")
    if what == "begin":
        here.desk.pairs(number)
    elif what == "terug":
        here.desk.undo_pair(number, form.reviewer.name)
    elif what in _ANSWERS:
        pair = form.line("paar")
        # A pair of another opdracht, and one that somebody else answered meanwhile, is refused.
        if pair not in {each.pair for each in here.desk.open_pairs(number)}:
            return _page(request, here, form.reviewer, number, 409, say("paar_voorbij"))
        try:
            here.desk.answer_pairs(form.reviewer.name, {pair: _ANSWERS[what]})
        except CurationError:
            return _page(request, here, form.reviewer, number, 409, say("paar_voorbij"))
    else:
        return _page(request, here, form.reviewer, number, 422, say("paar_geen_antwoord"))
    return back_to(f"/beheer/opdrachten/{number}/paren")


def _page(
    request: Request,
    here: Services,
    reviewer: Reviewer,
    number: int,
    status: int = 200,
    error: str = "",
) -> Response:
    opdracht = known_opdracht(here, number)
    reviewer.require("code", number)
    asked = here.desk.open_pairs(number)
    with here.storage.reading() as session:
        seen = here.snapshots.of(session, here.consultation_id, number)
        figure = pair_figure(session, here.consultation_id, number, seen.run)
        done = figure.check.pairs if figure and figure.current else 0
        return page(
            request,
            here,
            reviewer,
            "beheer/paren.html",
            status,
            opdracht=opdracht,
            seen=seen,
            pair=asked[0] if asked else None,
            left=len(asked),
            done=done,
            figure=figure,
            error=error,
        )
