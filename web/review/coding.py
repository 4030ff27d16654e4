"""The blind coding task: one statement at a time, and the agreement between coders."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from consultation import audit
from consultation.database.records import CodingTask
from consultation.queries.coding import (
    CodingError,
    choices,
    choose,
    draw,
    items,
    pairs,
    progress,
    tasks,
)
from consultation.queries.opdracht_snapshot import OpdrachtSnapshot
from dialogue.messages import say
from reporting import export, sheets
from reporting.export_formats import MEDIA, Format
from reporting.export_words import word
from reporting.sheets import Column, Sheet
from web.access.login import CurrentReviewer
from web.dependencies import Here, Services
from web.review.common import PostedForm, back_to, known_opdracht, page
from web.server.threads import WritingRoute

router = APIRouter(prefix="/beheer", include_in_schema=False, route_class=WritingRoute)

_AGREEMENT = ("one", "other", "statements", "f1", "f1_low", "f1_high", "kappa", "low", "high")
_CHOICES = ("id", "coder", "themes")


@router.get("/opdrachten/{number:int}/coderen")
def tasks_page(request: Request, here: Here, reviewer: CurrentReviewer, number: int) -> Response:
    """The coding tasks of an opdracht; results only for who finished coding."""
    return _tasks(request, here, reviewer, number)


@router.post("/opdrachten/{number:int}/coderen")
def new_task(request: Request, here: Here, form: PostedForm, number: int) -> Response:
    """Draws a new sample."""
    known_opdracht(here, number)
    form.reviewer.require("code", number)
    size = min(500, max(5, form.number("aantal") or 50))
    try:
        with here.storage.reading() as session:
            seen = here.snapshots.of(session, here.consultation_id, number)
        with here.storage.writing() as session:
            task = draw(session, here.consultation_id, seen, form.reviewer.name, size)
            audit.record(
                session, here.consultation_id, form.reviewer.name, "codeertaak", opdracht=number
            )
            made = task.id
    except CodingError as error:
        return _tasks(request, here, form.reviewer, number, 422, say(f"codeer_{error.code}"))
    return back_to(f"/beheer/coderen/{made}")


@router.get("/coderen/{task_id}")
def task_page(request: Request, here: Here, reviewer: CurrentReviewer, task_id: str) -> Response:
    """The next statement to code, or the one asked for; at the end the agreement."""
    with here.storage.reading() as session:
        task = _task(session, here, task_id)
        reviewer.require("code", task.opdracht)
        seen = here.snapshots.of(session, here.consultation_id, task.opdracht)
        every = [each for each in items(session, task) if each.statement_id in seen.by_id]
        own = choices(session, task).get(reviewer.name, {})
        raw = request.query_params.get("nr", "")
        asked = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 6 else 0
        places = {each.position: at for at, each in enumerate(every)}
        if asked in places:
            at: int | None = places[asked]
        else:
            at = next((n for n, each in enumerate(every) if each.statement_id not in own), None)
        themes = [seen.state.themes[each] for each in task.themes if each in seen.state.themes]
        common: dict[str, Any] = {
            "task": task,
            "opdracht": known_opdracht(here, task.opdracht),
            "themes": themes,
            "total": len(every),
            "coded": sum(each.statement_id in own for each in every),
        }
        if at is None:
            finished = progress(session, task).finished_by(reviewer.name)
            return page(
                request,
                here,
                reviewer,
                "beheer/overeenkomst.html",
                **common,
                pairs=pairs(session, task) if finished else [],
                finished=finished,
            )
        said = seen.by_id[every[at].statement_id]
        return page(
            request,
            here,
            reviewer,
            "beheer/codeer.html",
            **common,
            said=said,
            number=every[at].position,
            before=every[at - 1].position if at else None,
            chosen=own.get(said.id),
        )


@router.post("/coderen/{task_id}")
def code(here: Here, form: PostedForm, task_id: str) -> Response:
    """Keeps the choice for one statement and goes on to the next."""
    with here.storage.reading() as session:
        form.reviewer.require("code", _task(session, here, task_id).opdracht, form.typed)
    with here.storage.writing() as session:
        task = _task(session, here, task_id)
        choose(session, task, form.line("uitspraak"), form.reviewer.name, form.many("thema"))
    return back_to(f"/beheer/coderen/{task_id}")


@router.get("/coderen/{task_id}/uitvoer.{format_}")
def coding_export(here: Here, reviewer: CurrentReviewer, task_id: str, format_: Format) -> Response:
    """The choices and the agreement as a file; without anybody's words."""
    with here.storage.reading() as session:
        task = _task(session, here, task_id)
        reviewer.require("export", task.opdracht)
        if not progress(session, task).finished_by(reviewer.name):
            return back_to(f"/beheer/coderen/{task_id}")
        seen = here.snapshots.of(session, here.consultation_id, task.opdracht)
        tables = [_agreement_sheet(session, task), _choices_sheet(session, task, seen)]
    if format_ is Format.xlsx:
        content = sheets.as_xlsx(tables)
    else:
        content = export.file_content(tables[0] if format_ is Format.docx else tables[1], format_)
    return Response(
        content,
        media_type=MEDIA[format_],
        headers={
            "Content-Disposition": f'attachment; filename="codeertaak-{task_id[:8]}.{format_}"'
        },
    )


def _tasks(
    request: Request,
    here: Services,
    reviewer: CurrentReviewer,
    number: int,
    status: int = 200,
    error: str = "",
) -> Response:
    opdracht = known_opdracht(here, number)
    reviewer.require("read", number)
    with here.storage.reading() as session:
        seen = here.snapshots.of(session, here.consultation_id, number)
        known = tasks(session, here.consultation_id, number)
        return page(
            request,
            here,
            reviewer,
            "beheer/coderen.html",
            status,
            opdracht=opdracht,
            seen=seen,
            tasks=known,
            approved=sum(each.status == "goedgekeurd" for each in seen.themes),
            error=error,
        )


def _task(session: Session, here: Services, task_id: str) -> CodingTask:
    found = session.get(CodingTask, task_id)
    if found is None or found.consultation_id != here.consultation_id:
        raise HTTPException(404)
    return found


def _agreement_sheet(session: Session, task: CodingTask) -> Sheet:
    rows = tuple(
        (
            each.one,
            each.other,
            each.agreement.statements,
            each.agreement.f1.value,
            each.agreement.f1.low,
            each.agreement.f1.high,
            each.agreement.kappa.value,
            each.agreement.kappa.low,
            each.agreement.kappa.high,
        )
        for each in pairs(session, task)
    )
    return Sheet(word("bladen", "overeenkomst"), _columns(_AGREEMENT), rows)


def _choices_sheet(session: Session, task: CodingTask, seen: OpdrachtSnapshot) -> Sheet:
    codes = {each.id: each.code for each in seen.state.themes.values()}
    rows = tuple(
        (
            statement,
            account,
            ", ".join(sorted(codes.get(each, each) for each in chosen)) or word("zonder_thema"),
        )
        for account, own in choices(session, task).items()
        for statement, chosen in own.items()
    )
    return Sheet(word("bladen", "keuzes"), _columns(_CHOICES), rows)


def _columns(keys: tuple[str, ...]) -> tuple[Column, ...]:
    return tuple(Column(each, word("kolommen", each)) for each in keys)
