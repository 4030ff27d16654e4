"""Explanatory pages: how it works, privacy, accessibility, and the reliability of the themes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from consultation.catalogue import Opdracht
from consultation.queries.themes import FEWEST
from reporting.own_placing_figures import own_placing_sentence
from reporting.pair_figures import PairFigure, pair_figure, run_behind
from reporting.publication import published
from web.dependencies import Here, Services
from web.pages import pages

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class TrustRow:
    """Figures of the run of one opdracht: shares from 0 to 1, None if not measured.

    ``figure`` is what people said of pairs of statements, ``own`` of their own answers.
    ``described``: people described the themes, so no groups were looked for.
    """

    opdracht: Opdracht
    statements: int
    coverage: float | None
    stability: float | None
    persistence: float | None
    figure: PairFigure | None = None
    own: str = ""
    described: bool = False


@router.get("/hoe-werkt-het")
def how_it_works(request: Request) -> HTMLResponse:
    """From answer to action, step by step."""
    return pages(request).render(request, "hoe-werkt-het.html")


@router.get("/privacy")
def privacy(request: Request, here: Here) -> HTMLResponse:
    """What is kept, why, who else reads it, and how to have it erased."""
    values = here.settings
    return pages(request).render(
        request, "privacy.html", has_model=bool(values.llm_url), model_host=values.llm_host
    )


@router.get("/toegankelijkheid")
def accessibility(request: Request) -> HTMLResponse:
    """The accessibility statement."""
    return pages(request).render(request, "toegankelijkheid.html")


@router.get("/methode")
def method(request: Request, here: Here) -> HTMLResponse:
    """How themes are made, with the trust figures of what is published."""
    with here.storage.reading() as session:
        number, rows = here.kept.of(session, "methode", partial(_trust, session, here))
    return pages(request).render(request, "methode.html", number=number, rows=rows, fewest=FEWEST)


def _trust(session: Session, here: Services) -> tuple[int | None, list[TrustRow]]:
    last = published(session, here.consultation_id)
    if last is None:
        return None, []
    rows = []
    for part in last.plan.opdrachten:
        opdracht = here.catalogue.opdracht(part.nummer)
        run = run_behind(session, here.consultation_id, part.nummer, last.number)
        if opdracht is None or run is None:
            continue
        for found in run.metrics.get("opdrachten", []):
            if found["opdracht"] == part.nummer:
                rows.append(
                    TrustRow(
                        opdracht,
                        found["statements"],
                        found.get("coverage"),
                        found.get("stability"),
                        found.get("label_persistence"),
                        pair_figure(session, here.consultation_id, part.nummer, run),
                        own_placing_sentence(
                            session, here.consultation_id, part.nummer, last.number
                        ),
                        bool((found.get("trust") or {}).get("described")),
                    )
                )
    return last.number, rows
