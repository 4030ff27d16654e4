"""Pages on a whole round: the analysis, publication and downloads."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from consultation import audit, rounds
from consultation.database.models import Round
from consultation.errors import RoundError
from consultation.queries.unanalysed_answers import count_new
from consultation.runs import latest_run
from dialogue.messages import say
from reporting import export
from reporting.export_formats import MEDIA, ExportSubject, Format
from reporting.plan import Plan
from reporting.publication import approved, published_rounds, release, withdraw
from web.access.login import CurrentReviewer, Reviewer
from web.dependencies import Here, Services
from web.review.common import PostedForm, back_to, chosen_round, known_opdracht, page
from web.server.threads import WritingRoute

router = APIRouter(prefix="/beheer", include_in_schema=False, route_class=WritingRoute)


@router.get("/analyse")
def analysis_page(request: Request, here: Here, reviewer: CurrentReviewer) -> Response:
    """How the last analysis went, and the button for a new one."""
    reviewer.require("read", reviewer.opdracht)
    return _analysis(request, here, reviewer)


@router.post("/analyse")
def start_analysis(request: Request, here: Here, form: PostedForm) -> Response:
    """Starts the analysis of a round in the background, of all opdrachten or of one."""
    opdracht = form.number("opdracht")
    if opdracht is None and form.reviewer.opdracht is not None:
        opdracht = form.reviewer.opdracht
    form.reviewer.require("analyse", opdracht)
    if opdracht is not None:
        known_opdracht(here, opdracht)
    number = form.number("ronde")
    with here.storage.reading() as session:
        if number is None or chosen_round(session, here, number) is None:
            raise HTTPException(404)
    name = form.reviewer.name
    if not here.reruns.start(name, number, opdracht):
        return _analysis(request, here, form.reviewer, 409, say("analyse_bezig"))
    return back_to("/beheer/analyse")


@router.get("/rondes/{number:int}")
def round_page(request: Request, here: Here, reviewer: CurrentReviewer, number: int) -> Response:
    """What everybody would see of a round, and the button that shows it to them."""
    reviewer.require("read")
    return _round(request, here, reviewer, number)


@router.post("/rondes/{number:int}")
def publish_round(request: Request, here: Here, form: PostedForm, number: int) -> Response:
    """Publishes a round, or takes it back."""
    form.reviewer.require("publish")
    what = form.line("doe")
    name = form.reviewer.name
    if what not in ("publiceer", "trek_in", "sluit"):
        raise HTTPException(404)
    try:
        if what == "publiceer":
            release(here.storage, here.consultation_id, here.catalogue, number, name)
        else:
            with here.storage.writing() as session:
                if what == "trek_in":
                    withdraw(session, here.consultation_id, number, name)
                else:
                    rounds.close(session, here.consultation_id, number)
                    audit.record(session, here.consultation_id, name, "gesloten", ronde=number)
    except RoundError:
        return _round(request, here, form.reviewer, number, 409, say("ronde_kan_niet"))
    return back_to(f"/beheer/rondes/{number}", gedaan=what)


@router.get("/rondes/{number:int}/open")
def open_round_page(
    request: Request, here: Here, reviewer: CurrentReviewer, number: int
) -> Response:
    """Asks whether to open a round."""
    reviewer.require("manage")
    return _opening(request, here, reviewer, number)


@router.post("/rondes/{number:int}/open")
def open_round(request: Request, here: Here, form: PostedForm, number: int) -> Response:
    """Opens a round: a new one, or a closed one again."""
    form.reviewer.require("manage")
    if form.line("zeker") != "ja":
        return _opening(request, here, form.reviewer, number, 422, say("ronde_open_niet_zeker"))
    name = form.reviewer.name
    try:
        with here.storage.writing() as session:
            known = _known_round(session, here, number)
            kind = "reactie" if form.line("soort") == "reactie" else "bevraging"
            kind = known.kind if known is not None else kind
            rounds.open_(session, here.consultation_id, number, kind)
            audit.record(session, here.consultation_id, name, "geopend", ronde=number)
    except RoundError:
        return _opening(request, here, form.reviewer, number, 409, say("ronde_open_kan_niet"))
    return back_to(f"/beheer/rondes/{number}", gedaan="open")


@router.get("/uitvoer")
def exports_page(request: Request, here: Here, reviewer: CurrentReviewer) -> Response:
    """The files that can be taken along, and by which rules."""
    reviewer.require("export", reviewer.opdracht)
    with here.storage.reading() as session:
        plan = approved(session, here.consultation_id, here.catalogue, snapshots=here.snapshots)
        withheld = _withheld(session, here, reviewer, plan)
    themes = sum(len(each.themes) for each in plan.opdrachten)
    actions = sum(len(each.actions) for each in plan.opdrachten)
    return page(
        request,
        here,
        reviewer,
        "beheer/uitvoer.html",
        whats=list(ExportSubject),
        formats=list(Format),
        planned=[
            each
            for each in here.catalogue.opdrachten
            if plan.opdracht(each.nummer) and reviewer.opdracht in (None, each.nummer)
        ],
        themes=themes,
        actions=actions,
        withheld=withheld,
    )


@router.get("/uitvoer/bewijs.zip")
def proof(here: Here, reviewer: CurrentReviewer) -> Response:
    """The proof of the whole consultation; its name begins with the file's fingerprint."""
    reviewer.require("export")
    # The proof loads the detector of personal data.
    from reporting.proof.bundle import proof_of

    with here.storage.reading_one_moment() as session:
        made = proof_of(session, here.consultation_id, here.catalogue, here.key)
    with here.storage.writing() as session:
        audit.record(
            session,
            here.consultation_id,
            reviewer.name,
            "uitvoer",
            wat="bewijs",
            soort="zip",
            vingerafdruk=made.fingerprint,
        )
    name = f"{here.catalogue.consultatie.slug}-bewijs-{made.fingerprint[:12]}.zip"
    return Response(
        made.content,
        media_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.get("/uitvoer/{what}.{format_}")
def download(
    here: Here,
    reviewer: CurrentReviewer,
    what: ExportSubject,
    format_: Format,
    opdracht: Annotated[int | None, Query(ge=1, le=9_999)] = None,
) -> Response:
    """One file, of all or of one opdracht; whoever is limited to an opdracht gets that one only."""
    number = reviewer.opdracht if opdracht is None else known_opdracht(here, opdracht).nummer
    reviewer.require("export", number)
    with here.storage.reading() as session:
        content = export.export(
            session,
            here.consultation_id,
            here.catalogue,
            what,
            format_,
            number,
            here.snapshots,
        )
    with here.storage.writing() as session:
        audit.record(
            session,
            here.consultation_id,
            reviewer.name,
            "uitvoer",
            wat=what.value,
            soort=format_.value,
        )
    part = "" if number is None else f"-opdracht-{number}"
    name = f"{here.catalogue.consultatie.slug}-{what.value}{part}.{format_.value}"
    return Response(
        content,
        media_type=MEDIA[format_],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _analysis(
    request: Request, here: Services, reviewer: Reviewer, status: int = 200, error: str = ""
) -> Response:
    with here.storage.reading() as session:
        every = rounds.all_rounds(session, here.consultation_id)
        numbers = [each.nummer for each in here.catalogue.opdrachten]
        runs = {each: latest_run(session, here.consultation_id, each) for each in numbers}
        arrived = count_new(session, here.consultation_id, runs)
    wanted = request.query_params.get("opdracht", "")
    job = here.reruns.last
    return page(
        request,
        here,
        reviewer,
        "beheer/analyse.html",
        status,
        rounds=[each.number for each in every],
        opdrachten=[
            each for each in here.catalogue.opdrachten if reviewer.may("analyse", each.nummer)
        ],
        chosen=int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 5 else None,
        arrived=arrived,
        job=job,
        results=[
            each
            for each in (job.results if job is not None else ())
            if reviewer.may("read", each["opdracht"])
        ],
        error=error,
    )


def _known_round(session: Session, here: Services, number: int) -> Round | None:
    every = rounds.all_rounds(session, here.consultation_id)
    return next((each for each in every if each.number == number), None)


def _opening(
    request: Request,
    here: Services,
    reviewer: Reviewer,
    number: int,
    status: int = 200,
    error: str = "",
) -> Response:
    with here.storage.reading() as session:
        every = rounds.all_rounds(session, here.consultation_id)
        known = _known_round(session, here, number)
        if known is None and number != len(every) + 1:
            raise HTTPException(404)
        busy = rounds.open_round(session, here.consultation_id)
        return page(
            request,
            here,
            reviewer,
            "beheer/ronde_open.html",
            status,
            number=number,
            again=known is not None,
            busy=busy,
            public=known is not None and known.status == "gepubliceerd",
            error=error,
        )


def _round(
    request: Request,
    here: Services,
    reviewer: Reviewer,
    number: int,
    status: int = 200,
    error: str = "",
) -> Response:
    with here.storage.reading() as session:
        round_ = chosen_round(session, here, number)
        plan = approved(
            session, here.consultation_id, here.catalogue, number, snapshots=here.snapshots
        )
        return page(
            request,
            here,
            reviewer,
            "beheer/ronde.html",
            status,
            round=round_,
            plan=plan,
            withheld=_withheld(session, here, reviewer, plan),
            public=number in published_rounds(session, here.consultation_id),
            done=request.query_params.get("gedaan", ""),
            error=error,
        )


def _withheld(
    session: Session, here: Services, reviewer: Reviewer, plan: Plan
) -> list[tuple[int, str, str]]:
    """The approved actions that the plan leaves out, as tuples of opdracht, id and text.

    Opdrachten that the reviewer may not read are skipped.
    """
    parts = [each for each in plan.opdrachten if each.withheld]
    numbers = [each.nummer for each in parts if reviewer.may("read", each.nummer)]
    snapshots = here.snapshots.all(session, here.consultation_id, numbers)
    return [
        (
            part.nummer,
            action,
            snapshots[part.nummer].words(snapshots[part.nummer].state.actions[action]),
        )
        for part in parts
        if part.nummer in snapshots
        for action in part.withheld
    ]
