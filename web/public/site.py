"""The public pages: the home page, one page per opdracht, and the page of the chat."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from consultation import rounds
from web.dependencies import Here
from web.pages import pages
from web.public.outcome import cached_page, outcome_counts

router = APIRouter(include_in_schema=False)


@router.get("/")
def home(request: Request, here: Here) -> HTMLResponse:
    """What this is, how far it is, and the opdrachten with how many answers each has."""
    with here.storage.reading() as session:
        counted = here.kept.of(
            session, "home", partial(outcome_counts, session, here.consultation_id)
        )
        stages = rounds.all_rounds(session, here.consultation_id)
        return pages(request).render(
            request,
            "home.html",
            said=counted.said,
            stages=stages,
            round=next((each for each in stages if each.status == "open"), None),
            totals=counted.totals,
            published=counted.published,
        )


@router.get("/opdrachten/{number:int}")
def opdracht(request: Request, here: Here, number: int) -> HTMLResponse:
    """One opdracht: what came in, what was published, and the talk about it."""
    found = here.catalogue.opdracht(number)
    if found is None:
        raise HTTPException(404)
    with here.storage.reading() as session:
        page = cached_page(session, here.kept, here.consultation_id, here.catalogue, number)
        open_ = rounds.open_round(session, here.consultation_id)
    uitdaging = next(each for each in here.catalogue.uitdagingen if each.nummer == found.uitdaging)
    return pages(request).render(
        request, "opdracht.html", opdracht=found, uitdaging=uitdaging, page=page, round=open_
    )


@router.get("/gesprek")
def talk(
    request: Request,
    here: Here,
    opdracht: Annotated[str, Query(max_length=20)] = "",
    uitnodiging: Annotated[str, Query(max_length=200)] = "",
) -> HTMLResponse:
    """The talk on a page of its own; an opdracht that does not exist is left out."""
    number = int(opdracht) if opdracht.isascii() and opdracht.isdigit() else None
    found = here.catalogue.opdracht(number)
    with here.storage.reading() as session:
        open_ = rounds.open_round(session, here.consultation_id)
    return pages(request).render(
        request, "gesprek.html", opdracht=found, invitation=uitnodiging.strip(), round=open_
    )
