"""Complete answers, answers that no analysis has read yet, and statements without opdracht."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from analysis.trekkers import trekkers
from consultation.curation.state import Event
from consultation.queries import answer_view
from consultation.queries.statements import without_opdracht
from consultation.queries.themes import latest_run
from consultation.queries.unanalysed_answers import new_answers
from web.access.login import CurrentReviewer, Reviewer
from web.dependencies import Here, Services
from web.errors import Problem
from web.review.carry_out import Refusal, carry_out, requested_operations
from web.review.common import (
    ChosenRound,
    PageNumber,
    PostedForm,
    after,
    chosen_round,
    known_opdracht,
    page,
    paged,
)
from web.review.decisions import recent_decisions
from web.server.threads import WritingRoute

router = APIRouter(prefix="/beheer", include_in_schema=False, route_class=WritingRoute)


@router.get("/zonder-opdracht")
def unplaced_page(
    request: Request,
    here: Here,
    reviewer: CurrentReviewer,
    ronde: ChosenRound = None,
    pagina: PageNumber = 1,
) -> HTMLResponse:
    """The statements that no opdracht was found for."""
    return _unplaced(request, here, reviewer, ronde, pagina)


@router.post("/zonder-opdracht")
def place(request: Request, here: Here, form: PostedForm) -> Response:
    """Places the chosen statements under an opdracht, or undoes that."""
    form.reviewer.require("decide", typed=form.typed)
    try:
        raw = requested_operations(form)
    except Problem as problem:
        done: list[Event] | Refusal = Refusal(422, str(problem.detail))
    else:
        done = carry_out(here, form, None, raw)
    if isinstance(done, Refusal):
        return _unplaced(request, here, form.reviewer, None, 1, done)
    return after("/beheer/zonder-opdracht", done)


def _unplaced(
    request: Request,
    here: Services,
    reviewer: Reviewer,
    ronde: int | None,
    pagina: int,
    refusal: Refusal | None = None,
) -> HTMLResponse:
    reviewer.require("read")
    with here.storage.reading() as session:
        chosen = chosen_round(session, here, ronde)
        said = without_opdracht(session, here.consultation_id, chosen.number if chosen else None)
        return page(
            request,
            here,
            reviewer,
            "beheer/zonder_opdracht.html",
            refusal.status if refusal else 200,
            refusal=refusal,
            done=recent_decisions(session, here, request.query_params),
            chosen=chosen,
            people=len({each.participant for each in said}),
            answers=len({each.contribution for each in said}),
            shown=paged(said, pagina),
            trekkers=trekkers(session, here.consultation_id, here.catalogue, None),
        )


@router.get("/opdrachten/{number:int}/nieuw")
def new_answers_page(
    request: Request, here: Here, reviewer: CurrentReviewer, number: int, pagina: PageNumber = 1
) -> HTMLResponse:
    """The answers to an opdracht that no analysis has read yet."""
    opdracht = known_opdracht(here, number)
    reviewer.require("read", number)
    with here.storage.reading() as session:
        seen = here.snapshots.of(session, here.consultation_id, number)
        run = latest_run(session, here.consultation_id, number)
        return page(
            request,
            here,
            reviewer,
            "beheer/nieuw.html",
            opdracht=opdracht,
            seen=seen,
            run=run,
            shown=paged(new_answers(session, here.consultation_id, number, run), pagina),
        )


@router.get("/antwoorden/{contribution}")
def answer_page(
    request: Request, here: Here, reviewer: CurrentReviewer, contribution: str
) -> HTMLResponse:
    """One whole answer, everything that was made from it, and the turn it was given in."""
    with here.storage.reading() as session:
        answer = answer_view.answer(session, here.consultation_id, contribution)
        if answer is None:
            raise HTTPException(404)
        numbers = {each.opdracht for each in answer.statements if each.opdracht}
        if not any(reviewer.may("read", number) for number in numbers):
            reviewer.require("read", answer.opdracht)
        codes: dict[str, list[str]] = {}
        for number in numbers:
            run = latest_run(session, here.consultation_id, number)
            if run is not None:
                ids = [each.id for each in answer.statements if each.opdracht == number]
                codes |= answer_view.theme_codes(session, here.consultation_id, number, run, ids)
        return page(
            request,
            here,
            reviewer,
            "beheer/antwoord.html",
            answer=answer,
            opdracht=here.catalogue.opdracht(answer.opdracht),
            codes=codes,
            contexts={
                each.id: answer_view.in_context(answer.text, each.id, each.start, each.end)
                for each in answer.statements
            },
            segments=answer_view.marked(
                answer.text, [(each.id, each.start, each.end) for each in answer.statements]
            ),
        )
