"""The review: rounds, the themes of an opdracht, their statements, and every whole answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from analysis.standing import Count, Said, counts, standing, without_opdracht
from analysis.themes import (
    FEWEST,
    ThemeView,
    latest_run,
    theme_counts,
    themes_of,
    without_theme,
)
from consultation import rounds
from consultation.catalogue import Opdracht
from consultation.models import AnalysisRun, Round
from web import findings, numbers
from web.accounts import FORM_COOKIE, SESSION_SECONDS, CurrentReviewer, Reviewer, form_token
from web.pages import pages
from web.services import Here, Services

PER_PAGE = 50
THEMES_PER_PAGE = 20

router = APIRouter(prefix="/beheer", include_in_schema=False)

ChosenRound = Annotated[int | None, Query(alias="ronde", ge=1, le=9999)]
PageNumber = Annotated[int, Query(alias="pagina", ge=1, le=99_999)]
ThemePageNumber = Annotated[int, Query(alias="themas", ge=1, le=99_999)]


@dataclass(frozen=True)
class Paged:
    """One page of a long list; ``first`` is the number of its first item in the whole list."""

    items: Sequence[Any]
    page: int
    pages: int
    total: int
    first: int


def paged(items: Sequence[Any], page: int, size: int = PER_PAGE) -> Paged:
    """The page asked for, or the last one where there are fewer."""
    pages = max(1, -(-len(items) // size))
    page = min(page, pages)
    first = (page - 1) * size
    return Paged(items[first : first + size], page, pages, len(items), first + 1)


@router.get("")
def overview(
    request: Request, here: Here, reviewer: CurrentReviewer, ronde: ChosenRound = None
) -> HTMLResponse:
    """All rounds and all opdrachten with their numbers."""
    with here.storage.reading() as session:
        chosen = _round(session, here, ronde)
        until = chosen.number if chosen else None
        run = latest_run(session, here.consultation_id, None, ronde)
        rows = []
        stand = counts(session, here.consultation_id, until)
        said = numbers.per_opdracht(session, here.consultation_id, until)
        for opdracht in here.catalogue.opdrachten:
            number = opdracht.nummer
            own = latest_run(session, here.consultation_id, number, ronde)
            rows.append(
                {
                    "opdracht": opdracht,
                    "numbers": said.get(number, numbers.Numbers()),
                    "statements": stand.get(number, Count()).statements,
                    "themes": theme_counts(session, own.id)[number] if own else None,
                }
            )
        return _page(
            request,
            here,
            reviewer,
            "beheer/overzicht.html",
            rounds=numbers.per_round(session, here.consultation_id),
            chosen=chosen,
            run=run,
            run_round=session.get(Round, run.round_id) if run else None,
            rows=rows,
            unplaced=stand.get(None, Count()),
        )


@router.get("/zonder-opdracht")
def unplaced_page(
    request: Request,
    here: Here,
    reviewer: CurrentReviewer,
    ronde: ChosenRound = None,
    pagina: PageNumber = 1,
) -> HTMLResponse:
    """The statements that no opdracht was found for."""
    with here.storage.reading() as session:
        chosen = _round(session, here, ronde)
        said = without_opdracht(session, here.consultation_id, chosen.number if chosen else None)
        return _page(
            request,
            here,
            reviewer,
            "beheer/zonder_opdracht.html",
            chosen=chosen,
            people=len({each.participant for each in said}),
            answers=len({each.contribution for each in said}),
            shown=paged(said, pagina),
        )


@router.get("/opdrachten/{number:int}")
def opdracht_page(
    request: Request,
    here: Here,
    reviewer: CurrentReviewer,
    number: int,
    ronde: ChosenRound = None,
    pagina: PageNumber = 1,
    themas: ThemePageNumber = 1,
) -> HTMLResponse:
    """The themes of one opdracht, and the statements that are in none."""
    opdracht = _opdracht(here, number)
    with here.storage.reading() as session:
        run, chosen, said, found = _found(session, here, number, ronde)
        return _page(
            request,
            here,
            reviewer,
            "beheer/opdracht.html",
            opdracht=opdracht,
            chosen=chosen,
            run=run,
            statements=said,
            people=len({each.participant for each in said}),
            themes=paged(found, themas, THEMES_PER_PAGE),
            loose=paged(without_theme(said, found), pagina),
            few=len(said) < FEWEST,
            fewest=FEWEST,
        )


@router.get("/themas/{code}")
def theme_page(
    request: Request,
    here: Here,
    reviewer: CurrentReviewer,
    code: str,
    ronde: ChosenRound = None,
    pagina: PageNumber = 1,
) -> HTMLResponse:
    """All statements of one theme, each marked inside its whole answer."""
    known = findings.theme_number(code)
    if known is None:
        raise HTTPException(404)
    opdracht = _opdracht(here, known[0])
    with here.storage.reading() as session:
        _, chosen, _, found = _found(session, here, opdracht.nummer, ronde)
        theme = next((each for each in found if each.code == code.upper()), None)
        if theme is None:
            raise HTTPException(404)
        shown = paged(theme.said, pagina)
        texts = findings.texts_of(session, [each.contribution for each in shown.items])
        return _page(
            request,
            here,
            reviewer,
            "beheer/thema.html",
            opdracht=opdracht,
            chosen=chosen,
            theme=theme,
            shown=shown,
            segments={
                each.id: findings.marked(
                    texts[each.contribution], [(each.id, each.start, each.end)]
                )
                for each in shown.items
            },
        )


@router.get("/antwoorden/{contribution}")
def answer_page(
    request: Request, here: Here, reviewer: CurrentReviewer, contribution: str
) -> HTMLResponse:
    """One whole answer, everything that was made from it, and the turn it was given in."""
    with here.storage.reading() as session:
        answer = findings.answer(session, here.consultation_id, contribution)
        if answer is None:
            raise HTTPException(404)
        codes: dict[str, list[str]] = {}
        for number in {each.opdracht for each in answer.statements if each.opdracht}:
            run = latest_run(session, here.consultation_id, number)
            if run is not None:
                ids = [each.id for each in answer.statements if each.opdracht == number]
                codes |= findings.theme_codes(session, ids, run.id)
        return _page(
            request,
            here,
            reviewer,
            "beheer/antwoord.html",
            answer=answer,
            opdracht=here.catalogue.opdracht(answer.opdracht),
            codes=codes,
            segments=findings.marked(
                answer.text, [(each.id, each.start, each.end) for each in answer.statements]
            ),
        )


def _found(
    session: Session, here: Services, opdracht: int, ronde: int | None
) -> tuple[AnalysisRun | None, Round | None, list[Said], list[ThemeView]]:
    """The run that tells of an opdracht, what was said until then, and its themes: the one with
    most people first."""
    chosen = _round(session, here, ronde)
    run = latest_run(session, here.consultation_id, opdracht, ronde)
    until = chosen.number if chosen else None
    said = standing(session, here.consultation_id, opdracht, until_round=until)
    views = themes_of(session, run, opdracht, said) if run else []
    return run, chosen, said, sorted(views, key=lambda each: -each.people)


def _round(session: Session, here: Services, number: int | None) -> Round | None:
    if number is None:
        return None
    every = rounds.all_rounds(session, here.consultation_id)
    found = next((each for each in every if each.number == number), None)
    if found is None:
        raise HTTPException(404)
    return found


def _opdracht(here: Services, number: int) -> Opdracht:
    found = here.catalogue.opdracht(number)
    if found is None:
        raise HTTPException(404)
    return found


def _page(
    request: Request, here: Services, reviewer: Reviewer, name: str, **context: Any
) -> HTMLResponse:
    cookie, field = form_token(request, here)
    response = pages(request).render(request, name, reviewer=reviewer, formulier=field, **context)
    response.set_cookie(
        FORM_COOKIE,
        cookie,
        max_age=SESSION_SECONDS,
        path="/beheer",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
    return response
