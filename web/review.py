"""The review: rounds, the themes of an opdracht, their statements, and every whole answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from consultation import rounds
from consultation.catalogue import Opdracht
from consultation.models import AnalysisRun, Round
from web import findings, numbers
from web.accounts import FORM_COOKIE, SESSION_SECONDS, CurrentReviewer, Reviewer, form_token
from web.pages import pages
from web.services import Here, Services

PER_PAGE = 100

router = APIRouter(prefix="/beheer", include_in_schema=False)

ChosenRound = Annotated[int | None, Query(alias="ronde", ge=1, le=9999)]
PageNumber = Annotated[int, Query(alias="pagina", ge=1, le=99_999)]


@dataclass(frozen=True)
class Paged:
    """One page of a long list."""

    items: Sequence[Any]
    page: int
    pages: int
    total: int

    @property
    def first(self) -> int:
        """The number of this page's first item in the whole list."""
        return (self.page - 1) * PER_PAGE + 1


def paged(items: Sequence[Any], page: int) -> Paged:
    """The page asked for, or the last one where there are fewer."""
    count = max(1, -(-len(items) // PER_PAGE))
    page = min(page, count)
    return Paged(items[(page - 1) * PER_PAGE : page * PER_PAGE], page, count, len(items))


@router.get("")
def overview(
    request: Request, here: Here, reviewer: CurrentReviewer, ronde: ChosenRound = None
) -> HTMLResponse:
    """All rounds and all opdrachten with their numbers."""
    with here.storage.reading() as session:
        chosen = _round(session, here, ronde)
        until = chosen.number if chosen else None
        run = findings.latest_run(session, here.consultation_id, None, ronde)
        rows = []
        statements = findings.counts(session, here.consultation_id, until)
        said = numbers.per_opdracht(session, here.consultation_id, until)
        for opdracht in here.catalogue.opdrachten:
            own = findings.latest_run(session, here.consultation_id, opdracht.nummer, ronde)
            rows.append(
                {
                    "opdracht": opdracht,
                    "numbers": said.get(opdracht.nummer, numbers.Numbers()),
                    "statements": statements[opdracht.nummer],
                    "themes": (
                        findings.theme_counts(session, own.id)[opdracht.nummer] if own else None
                    ),
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
        )


@router.get("/opdrachten/{number:int}")
def opdracht_page(
    request: Request,
    here: Here,
    reviewer: CurrentReviewer,
    number: int,
    ronde: ChosenRound = None,
    pagina: PageNumber = 1,
) -> HTMLResponse:
    """The themes of one opdracht, and the statements that are in none."""
    opdracht = _opdracht(here, number)
    with here.storage.reading() as session:
        run, chosen, said = _said(session, here, number, ronde)
        found = findings.themes(session, run, number, said) if run else []
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
            themes=found,
            loose=paged(findings.loose(said, found), pagina),
            few=len(said) < findings.FEWEST_TO_GROUP,
            fewest=findings.FEWEST_TO_GROUP,
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
        run, chosen, said = _said(session, here, opdracht.nummer, ronde)
        found = findings.themes(session, run, opdracht.nummer, said) if run else []
        theme = next((each for each in found if each.code == code.upper()), None)
        if theme is None:
            raise HTTPException(404)
        shown = paged(theme.statements, pagina)
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
                each.id: findings.marked(each.answer, [(each.id, each.start, each.end)])
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
            run = findings.latest_run(session, here.consultation_id, number)
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


def _said(
    session: Session, here: Services, opdracht: int, ronde: int | None
) -> tuple[AnalysisRun | None, Round | None, list[findings.Said]]:
    chosen = _round(session, here, ronde)
    run = findings.latest_run(session, here.consultation_id, opdracht, ronde)
    until = chosen.number if chosen else None
    return run, chosen, findings.said(session, here.consultation_id, opdracht, until)


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
