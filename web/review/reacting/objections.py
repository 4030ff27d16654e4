"""Statements of which their author says "this is not what I meant": a list, and what was done."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from consultation import audit
from consultation.queries.statements import active_among
from consultation.reactions import objections
from web.access.login import CurrentReviewer
from web.dependencies import Here
from web.review.common import PageNumber, PostedForm, back_to, page, paged
from web.server.threads import WritingRoute

router = APIRouter(prefix="/beheer", include_in_schema=False, route_class=WritingRoute)

_DONE = {"bekeken": "bezwaar_bekeken", "heropen": "bezwaar_heropend"}


@router.get("/bezwaren")
def objections_page(
    request: Request, here: Here, reviewer: CurrentReviewer, pagina: PageNumber = 1
) -> Response:
    """The statements that were not understood as meant, those that are still open first."""
    reviewer.require("read", reviewer.opdracht)
    with here.storage.reading() as session:
        found = objections.objections(session, here.consultation_id, reviewer.opdracht)
        shown = paged(found, pagina)
        ids = [each.statement_id for each in shown.items]
        said = {each.id: each for each in active_among(session, here.consultation_id, ids)}
        numbers = {each.opdracht for each in said.values() if each.opdracht is not None}
        snapshots = here.snapshots.all(session, here.consultation_id, sorted(numbers))
        themes = {
            statement: [
                theme
                for theme in snapshots[each.opdracht].themes
                if any(member.id == statement for member in theme.said)
            ]
            for statement, each in said.items()
            if each.opdracht is not None
        }
        return page(
            request,
            here,
            reviewer,
            "beheer/bezwaren.html",
            shown=shown,
            said=said,
            themes=themes,
            waiting=sum(each.state == objections.OPEN for each in found),
        )


@router.post("/bezwaren/{number:int}")
def handle_objection(request: Request, here: Here, form: PostedForm, number: int) -> Response:  # noqa: ARG001
    """Marks an objection as looked at, with a note, or opens it again."""
    what = form.line("doe")
    note = form.text("notitie")
    if what not in _DONE:
        raise HTTPException(404)
    with here.storage.writing() as session:
        found = objections.find(session, here.consultation_id, number)
        if found is None:
            raise HTTPException(404)
        form.reviewer.require("decide", found.statement.opdracht, form.typed)
        name = form.reviewer.name
        if what == "bekeken":
            objections.handle(found, name, note)
        else:
            objections.reopen(found)
        audit.record(session, here.consultation_id, name, _DONE[what], bezwaar=number)
    return back_to(f"/beheer/bezwaren#bezwaar-{number}")
