"""The actions of all opdrachten: their support, overlap, and how they serve the note's goal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from analysis.action_support import SupportFigures, urgencies, weight
from analysis.overlap import ComparedAction, Overlap, overlaps
from analysis.preprocessing.embeddings import AnalysisError
from consultation import checklist
from consultation.catalogue import Opdracht
from consultation.curation.state import CuratedAction
from consultation.queries.opdracht_snapshot import OpdrachtSnapshot
from dialogue.messages import say
from web.access.login import CurrentReviewer
from web.dependencies import Here, Services
from web.errors import Problem
from web.review.carry_out import Raw, Refusal, carry_out
from web.review.common import PostedForm, after, back_to, known_opdracht, page
from web.review.decisions import recent_decisions
from web.server.threads import WritingRoute

router = APIRouter(prefix="/beheer", include_in_schema=False, route_class=WritingRoute)

SORTS = ("prioriteit", "dringend", "groepen", "deelnemers", "toets", "opdracht")


@dataclass(frozen=True)
class ScoredAction:
    """An action with its support; ``score`` counts the criteria it meets, a half for partly."""

    action: CuratedAction
    opdracht: Opdracht
    words: str
    weight: SupportFigures
    score: float
    answered: int


@router.get("/acties")
def across(request: Request, here: Here, reviewer: CurrentReviewer) -> Response:
    """The actions side by side, in the order asked for."""
    reviewer.require("read")
    sort = request.query_params.get("sorteer", "")
    sort = sort if sort in SORTS else "prioriteit"
    also = request.query_params.get("ook", "") == "voorstellen"
    with here.storage.reading() as session:
        rows = _weighed(session, here, also)
        orders = {
            "prioriteit": lambda each: (-(each.action.priority or 0), -(each.weight.urgency or 0)),
            "dringend": lambda each: (-(each.weight.urgency or 0), -each.weight.groups),
            "groepen": lambda each: (-each.weight.groups, -each.weight.people),
            "deelnemers": lambda each: (-each.weight.people, -each.weight.groups),
            "toets": lambda each: (-each.score, -each.weight.groups),
            "opdracht": lambda each: (each.opdracht.nummer, -(each.action.priority or 0)),
        }
        return page(
            request,
            here,
            reviewer,
            "beheer/alle_acties.html",
            rows=sorted(rows, key=orders[sort]),
            sort=sort,
            also=also,
        )


@router.get("/acties/overlap")
def overlap_page(request: Request, here: Here, reviewer: CurrentReviewer) -> Response:
    """Actions of different opdrachten that look alike, side by side."""
    return _overlap(request, here, reviewer)


@router.post("/acties/overlap")
def settle_overlap(request: Request, here: Here, form: PostedForm) -> Response:
    """Joins two actions, hands one over, or keeps them apart."""
    form.reviewer.require("decide")
    one, other = form.line("een"), form.line("ander")
    what = form.line("doe")
    if what in ("hou_apart", "toch_niet"):
        with here.storage.writing() as session:
            checklist.keep_apart(
                session,
                here.consultation_id,
                one,
                other,
                form.reviewer.name,
                apart=what == "hou_apart",
            )
        return back_to("/beheer/acties/overlap", gedaan=what)
    raw: dict[str, list[Raw]] = {
        "voeg_samen": [{"op": "action", "do": "join", "actions": [other], "into": one}],
        "geef_door": [
            {
                "op": "action",
                "do": "hand_over",
                "action": other,
                "opdracht": form.number("opdracht") or 0,
            }
        ],
    }
    if what not in raw:
        raise HTTPException(404)
    done = carry_out(here, form, None, raw[what])
    if isinstance(done, Refusal):
        return _overlap(request, here, form.reviewer, done)
    return after("/beheer/acties/overlap", done)


@router.post("/opdrachten/{number:int}/acties/{action}/toets")
def answer_checklist(here: Here, form: PostedForm, number: int, action: str) -> Response:
    """Keeps the answers to the checklist of one action."""
    known_opdracht(here, number)
    form.reviewer.require("decide", number, form.typed)
    with here.storage.reading() as session:
        known = here.snapshots.of(session, here.consultation_id, number).state.actions.get(action)
    if known is None or known.opdracht != number:
        raise Problem(409, say("curatie_action_gone"))
    with here.storage.writing() as session:
        now = checklist.checked(session, here.consultation_id).get(action, {})
        for criterion in here.catalogue.consultatie.criteria:
            field = f"toets_{criterion.sleutel}"
            if field not in form.fields:
                continue
            answer = form.line(field)
            before = now[criterion.sleutel].answer if criterion.sleutel in now else ""
            if answer in checklist.ANSWERS and answer != before:
                checklist.check(
                    session,
                    here.consultation_id,
                    action,
                    criterion.sleutel,
                    answer,
                    form.reviewer.name,
                )
    return back_to(f"/beheer/opdrachten/{number}/acties/{action}", getoetst="ja")


def _weighed(session: Session, here: Services, proposals: bool) -> list[ScoredAction]:
    snapshots = _snapshots(session, here)
    given = urgencies(session, here.consultation_id)
    answers = checklist.checked(session, here.consultation_id)
    criteria = [each.sleutel for each in here.catalogue.consultatie.criteria]
    found = []
    for number, seen in snapshots.items():
        opdracht = known_opdracht(here, number)
        for action in seen.actions:
            if action.status == "verworpen" or (action.proposed and not proposals):
                continue
            own = [
                each.answer for key, each in answers.get(action.id, {}).items() if key in criteria
            ]
            found.append(
                ScoredAction(
                    action=action,
                    opdracht=opdracht,
                    words=seen.words(action),
                    weight=weight(action, snapshots, given),
                    score=own.count("ja") + own.count("deels") / 2,
                    answered=len(own),
                )
            )
    return found


def _snapshots(session: Session, here: Services) -> Mapping[int, OpdrachtSnapshot]:
    numbers = [each.nummer for each in here.catalogue.opdrachten]
    return here.snapshots.all(session, here.consultation_id, numbers)


def _overlap(
    request: Request,
    here: Services,
    reviewer: CurrentReviewer,
    refusal: Refusal | None = None,
) -> Response:
    reviewer.require("read")
    with here.storage.reading() as session:
        snapshots = _snapshots(session, here)
        apart = checklist.kept_apart(session, here.consultation_id)
        done = recent_decisions(session, here, request.query_params)
    actions = {
        action.id: action
        for seen in snapshots.values()
        for action in seen.actions
        if action.status != "verworpen"
    }
    worded = [
        ComparedAction(
            each.id, each.opdracht, snapshots[each.opdracht].words(each), each.regelgeving
        )
        for each in actions.values()
    ]
    error = ""
    found: list[Overlap] = []
    try:
        settings = here.settings
        found = overlaps(here.storage, settings.embedding, worded, settings.spacy_model)
    except AnalysisError:
        error = say("overlap_kan_niet")

    def is_apart(pair: Overlap) -> bool:
        return (min(pair.one.id, pair.other.id), max(pair.one.id, pair.other.id)) in apart

    return page(
        request,
        here,
        reviewer,
        "beheer/overlap.html",
        refusal.status if refusal else 200,
        # Those that may conflict come first; otherwise the nearest.
        pairs=sorted((x for x in found if not is_apart(x)), key=lambda x: not x.opposed),
        apart=[each for each in found if is_apart(each)],
        actions=actions,
        error=refusal.detail if refusal else error,
        done=done,
        settled=request.query_params.get("gedaan", ""),
    )
