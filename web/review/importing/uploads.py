"""The page where a facilitator sends a file, and what waits there to be confirmed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from consultation import rounds
from consultation.database.models import Round
from consultation.importing.drafts import KEPT, MOST, Draft, DraftFolder, TooManyDrafts
from consultation.importing.readers import DOCUMENTS, SURVEYS
from consultation.importing.stored_mappings import stored_surveys
from consultation.rights import Right, may
from dialogue.messages import say
from web.access.login import LOGIN, CurrentReviewer, Reviewer, logged_in
from web.dependencies import Here, Services
from web.errors import Problem
from web.review.common import FormPost, PostedForm, back_to, page, posted
from web.server.security_headers import MAX_UPLOAD
from web.server.threads import WritingRoute

START = "/beheer/invoer"
SURVEY = f"{START}/enquete"
DOCUMENT = f"{START}/document"
_MEGABYTES = MAX_UPLOAD // 1024**2
_DONE = ("erbij", "gewijzigd", "zelfde", "mensen", "uitspraken", "weg")

router = APIRouter(prefix="/beheer", include_in_schema=False, route_class=WritingRoute)


async def uploaded(request: Request, here: Here) -> FormPost:
    """The form of this request, read only for somebody who may send files.

    Raises:
        Problem: 401 without a session, 403 without the right; before the file is read.
    """
    who = logged_in(request, here)
    if who is None:
        raise Problem(401, say("sessie_verlopen"), link=f"{LOGIN}?next=%2Fbeheer%2Finvoer")
    may_bring_in(who)
    return await posted(request, here)


UploadedForm = Annotated[FormPost, Depends(uploaded)]


@router.get("/invoer")
def uploads_page(request: Request, here: Here, reviewer: CurrentReviewer) -> Response:
    """The form for a file, and the files that wait."""
    may_bring_in(reviewer)
    return _start(request, here, reviewer)


@router.post("/invoer")
def upload(request: Request, here: Here, form: UploadedForm) -> Response:
    """Keeps a file as a draft, and goes on to the page on which it is looked at."""
    may_bring_in(form.reviewer)
    sent = form.fields.get("bestand")
    name, content = "", b""
    if isinstance(sent, UploadFile):
        with sent.file:
            name, content = sent.filename or "", sent.file.read(MAX_UPLOAD + 1)
    if not name or not content:
        return _start(request, here, form.reviewer, say("invoer_kies_bestand"))
    if len(content) > MAX_UPLOAD:
        return _start(
            request, here, form.reviewer, say("invoer_bestand_te_groot", grens=_MEGABYTES)
        )
    number = form.number("ronde")
    if number not in {each.number for each in _rounds(here)}:
        return _start(request, here, form.reviewer, say("invoer_kies_ronde"))
    ending = Path(name).suffix.lower()
    if ending not in SURVEYS + DOCUMENTS:
        refusal = say("invoer_soort")
        return _start(request, here, form.reviewer, refusal[:1].upper() + refusal[1:])
    try:
        draft = drafts(here).add(name, content, form.reviewer.name, number or 0)
    except TooManyDrafts:
        return _start(request, here, form.reviewer, say("invoer_wacht_vol", aantal=MOST))
    return back_to(page_of(draft))


@router.post("/invoer/{draft}/weg")
def discard(here: Here, form: PostedForm, draft: str) -> Response:
    """Throws a draft away; nothing of it was stored."""
    may_bring_in(form.reviewer)
    drafts(here).discard(wanted(here, draft))
    return back_to(START, weg="1")


def may_bring_in(reviewer: Reviewer) -> None:
    """Raises unless the account decides on the whole consultation.

    Raises:
        Problem: 403, with a sentence that says who may.
    """
    if reviewer.may("decide"):
        return
    if may(reviewer.role, None, Right.decide):
        raise Problem(403, say("ander_opdracht", eigen=reviewer.opdracht))
    raise Problem(403, say("geen_recht_invoer"))


def drafts(here: Services) -> DraftFolder:
    """The drafts of this consultation."""
    return DraftFolder(here.settings.data_dir)


def wanted(here: Services, draft: str) -> Draft:
    """The draft with this id.

    Raises:
        Problem: 404, it was imported, thrown away or is too old.
    """
    found = drafts(here).find(draft)
    if found is None:
        raise Problem(404, say("invoer_verdwenen"), link=START)
    return found


def page_of(draft: Draft) -> str:
    """The address of the page on which a draft is looked at."""
    survey = draft.file.suffix.lower() in SURVEYS
    return f"{SURVEY if survey else DOCUMENT}/{draft.id}"


def round_of(here: Services, draft: Draft) -> Round:
    """The round that a draft is for.

    Raises:
        HTTPException: 404, there is no such round any more.
    """
    found = next((each for each in _rounds(here) if each.number == draft.round), None)
    if found is None:
        raise HTTPException(404)
    return found


def _rounds(here: Services) -> list[Round]:
    """The rounds in which questions are asked, the newest first."""
    with here.storage.reading() as session:
        every = rounds.all_rounds(session, here.consultation_id)
    return [each for each in reversed(every) if each.kind == "bevraging"]


def _start(request: Request, here: Services, reviewer: Reviewer, refusal: str = "") -> Response:
    with here.storage.reading() as session:
        surveys = stored_surveys(session, here.consultation_id)
    query = request.query_params
    return page(
        request,
        here,
        reviewer,
        "beheer/invoer.html",
        422 if refusal else 200,
        refusal=refusal,
        done={name: int(query[name]) for name in _DONE if query.get(name, "").isdigit()},
        rounds=_rounds(here),
        waiting=[(each, page_of(each)) for each in drafts(here).all()],
        surveys=surveys,
        endings=",".join(SURVEYS + DOCUMENTS),
        megabytes=_MEGABYTES,
        hours=int(KEPT.total_seconds() // 3600),
    )
