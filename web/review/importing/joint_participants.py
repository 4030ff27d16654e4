"""What counts as one participant: suggestions of the computer, and what people decided."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from analysis.preprocessing.joint_suggestions import JointSuggestion, joint_suggestions
from consultation.curation.joint_participants import decisions
from dialogue.messages import say
from web.access.login import CurrentReviewer, Reviewer
from web.dependencies import Here, Services
from web.review.carry_out import Raw, Refusal, carry_out
from web.review.common import PostedForm, after, page, page_number, paged, whole_number
from web.server.threads import WritingRoute

router = APIRouter(prefix="/beheer", include_in_schema=False, route_class=WritingRoute)
PATH = "/beheer/telt-als-een"
_PER_PAGE = 20
_CHOICES = {"als_een": "count_as_one", "apart": "count_apart"}


@router.get("/telt-als-een")
def joint_page(request: Request, here: Here, reviewer: CurrentReviewer) -> Response:
    """Who may count as one, and what was decided on it."""
    return _page(request, here, reviewer, None)


@router.post("/telt-als-een")
def decide_joint(request: Request, here: Here, form: PostedForm) -> Response:
    """Counts the members of a suggestion as one or apart, or undoes a decision."""
    form.reviewer.require("decide", None, form.typed)
    what = form.line("doe")
    raw: list[Raw] = []
    if what == "herroep" and whole_number(form.line("beslissing")):
        raw = [{"op": "revoke", "event": int(form.line("beslissing"))}]
    elif what in _CHOICES:
        with here.storage.reading() as session:
            key = form.line("voorstel")
            found = next((each for each in _suggested(session, here) if each.key == key), None)
        if found is None:
            refusal = Refusal(409, say("voorstel_veranderd"))
            return _page(request, here, form.reviewer, refusal)
        left = {each.id for each in found.members}.difference(form.many("niet"))
        if len(left) < 2:
            return _page(request, here, form.reviewer, Refusal(422, say("te_weinig_samen")))
        raw = [found.operation(_CHOICES[what], form.many("niet"))]
    done = carry_out(here, form, None, raw)
    if isinstance(done, Refusal):
        return _page(request, here, form.reviewer, done)
    return after(PATH, done)


def _page(
    request: Request, here: Services, reviewer: Reviewer, refusal: Refusal | None
) -> Response:
    reviewer.require("decide")
    with here.storage.reading() as session:
        suggested = _suggested(session, here)
        decided = decisions(session, here.consultation_id)
    done = request.query_params.get("gedaan", "").split("-")
    return page(
        request,
        here,
        reviewer,
        "beheer/telt_als_een.html",
        refusal.status if refusal else 200,
        shown=paged(suggested, page_number(request.query_params), _PER_PAGE),
        decided=decided[::-1],
        done=[each for each in decided if str(each.event.id) in done],
        undone=bool(request.query_params.get("gedaan")),
        refusal=refusal.detail if refusal else "",
    )


def _suggested(session: Session, here: Services) -> list[JointSuggestion]:
    return here.snapshots.kept(
        session,
        here.consultation_id,
        "joint suggestions",
        lambda: joint_suggestions(session, here.consultation_id),
    )
