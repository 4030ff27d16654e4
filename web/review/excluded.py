"""The excluded statements of an opdracht with the reason; a reviewer can still place them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from reporting.export_words import word
from web.access.login import CurrentReviewer, Reviewer
from web.dependencies import Here, Services
from web.review.carry_out import Refusal, feedback
from web.review.common import known_opdracht, page, page_number, paged

_UNREAD = {"tijd": "Niet gelezen: duurde te lang", "fout": "Niet gelezen: ging mis"}

router = APIRouter(prefix="/beheer", include_in_schema=False)


@router.get("/opdrachten/{number:int}/apart")
def excluded_page(
    request: Request, here: Here, reviewer: CurrentReviewer, number: int
) -> HTMLResponse:
    """The page of excluded and duplicate statements, and of answers that were not read."""
    return show_excluded(request, here, reviewer, number, request.query_params)


def show_excluded(
    request: Request,
    here: Services,
    reviewer: Reviewer,
    number: int,
    query: Mapping[str, str],
    refusal: Refusal | None = None,
    typed: Mapping[str, Any] | None = None,
) -> HTMLResponse:
    """The page of the excluded statements of an opdracht."""
    opdracht = known_opdracht(here, number)
    reviewer.require("read", number)
    with here.storage.reading() as session:
        seen = here.snapshots.of(session, here.consultation_id, number)
        unplaced = [
            *((each, _UNREAD[each.unread or ""]) for each in seen.excluded.unread),
            *(
                (each, f"Andere taal: {word('talen', code)}")
                for each, code in seen.excluded.foreign
            ),
            *((each, "Geen antwoord") for each in seen.excluded.silent),
            *(
                (each, f"Vaste tekst, {len(line.all)} keer")
                for line in seen.excluded.fixed
                for each in line.all
            ),
        ]
        return page(
            request,
            here,
            reviewer,
            "beheer/apart.html",
            refusal.status if refusal else 200,
            **feedback(seen, query, refusal, typed),
            here_path=f"/beheer/opdrachten/{number}/apart",
            opdracht=opdracht,
            shown=paged(unplaced, page_number(query)),
            repeated=paged(seen.excluded.repeated, page_number(query, "teksten")),
            theme_of={
                each.id: view
                for view in reversed(seen.themes)
                if view.status != "verworpen"
                for each in view.said
            },
        )
