"""The themes of an opdracht, and one theme with all its statements."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from analysis.standing import Said, standing
from analysis.themes import FEWEST, ThemeView, latest_run, themes_of, without_theme
from consultation.models import AnalysisRun, Round
from web import findings
from web.accounts import CurrentReviewer
from web.review import ChosenRound, PageNumber, chosen_round, known_opdracht, page, paged
from web.services import Here, Services

THEMES_PER_PAGE = 20

router = APIRouter(prefix="/beheer", include_in_schema=False)

ThemePageNumber = Annotated[int, Query(alias="themas", ge=1, le=99_999)]


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
    opdracht = known_opdracht(here, number)
    reviewer.require("read", number)
    with here.storage.reading() as session:
        run, chosen, said, found = _found(session, here, number, ronde)
        return page(
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
    opdracht = known_opdracht(here, known[0])
    reviewer.require("read", opdracht.nummer)
    with here.storage.reading() as session:
        _, chosen, _, found = _found(session, here, opdracht.nummer, ronde)
        theme = next((each for each in found if each.code == code.upper()), None)
        if theme is None:
            raise HTTPException(404)
        shown = paged(theme.said, pagina)
        texts = findings.texts_of(session, [each.contribution for each in shown.items])
        return page(
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


def _found(
    session: Session, here: Services, opdracht: int, ronde: int | None
) -> tuple[AnalysisRun | None, Round | None, list[Said], list[ThemeView]]:
    """The run that tells of an opdracht, what was said until then, and its themes: the one with
    most people first."""
    chosen = chosen_round(session, here, ronde)
    run = latest_run(session, here.consultation_id, opdracht, ronde)
    until = chosen.number if chosen else None
    said = standing(session, here.consultation_id, opdracht, until_round=until)
    views = themes_of(session, run, opdracht, said) if run else []
    return run, chosen, said, sorted(views, key=lambda each: -each.people)
