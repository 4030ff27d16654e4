"""Pages for the themes of an opdracht and for one theme with its statements, with decisions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from consultation import rounds
from consultation.curation.state import Event
from consultation.errors import SamenspraakError
from consultation.queries import answer_view
from consultation.queries.opdracht_snapshot import OpdrachtSnapshot
from consultation.queries.public_labels import public_labels
from consultation.queries.stances import theme_stance
from consultation.queries.themes import FEWEST, ThemeView
from consultation.queries.unanalysed_answers import count_new
from consultation.theme_code import ThemeCode
from reporting.own_placing_figures import own_placing_sentence
from reporting.pair_figures import pair_figure
from web.access.login import CurrentReviewer, Reviewer
from web.dependencies import Here, Services
from web.errors import Problem
from web.review.actions import candidates_of, show_action, show_actions
from web.review.carry_out import Refusal, carry_out, feedback, requested_operations
from web.review.common import (
    FormPost,
    PostedForm,
    after,
    chosen_round,
    known_opdracht,
    page,
    page_number,
    paged,
)
from web.review.excluded import show_excluded
from web.review.filters import KINDS, SORTS, STATUSES, StatementFilter, per_round
from web.review.reacting.results import show_reactions
from web.review.trekkers import trekkers_on
from web.server.threads import WritingRoute

THEMES_PER_PAGE = 20
_RECENT = 5

router = APIRouter(prefix="/beheer", include_in_schema=False, route_class=WritingRoute)

FormValues = Mapping[str, Any]


@router.get("/opdrachten/{number:int}")
def opdracht_page(
    request: Request, here: Here, reviewer: CurrentReviewer, number: int
) -> HTMLResponse:
    """The themes of one opdracht, and the statements that are in none."""
    return show_opdracht(request, here, reviewer, number, request.query_params)


@router.get("/themas/{code}")
def theme_page(request: Request, here: Here, reviewer: CurrentReviewer, code: str) -> HTMLResponse:
    """All statements of one theme, marked inside their answers; an answer is shown once."""
    return show_theme(request, here, reviewer, code, request.query_params)


@router.get("/opdrachten/{number:int}/beslissingen")
def decisions_page(
    request: Request, here: Here, reviewer: CurrentReviewer, number: int
) -> HTMLResponse:
    """Every decision on an opdracht, newest first, each to be undone."""
    opdracht = known_opdracht(here, number)
    reviewer.require("read", number)
    with here.storage.reading() as session:
        seen = here.snapshots.of(session, here.consultation_id, number)
        return page(
            request,
            here,
            reviewer,
            "beheer/beslissingen.html",
            **_shared(seen, request.query_params, None, {}),
            opdracht=opdracht,
            shown=paged(list(reversed(seen.decisions)), page_number(request.query_params)),
        )


@router.post("/opdrachten/{number:int}/beslis")
def decide(request: Request, here: Here, form: PostedForm, number: int) -> Response:
    """Carries out what a form asks for, and goes back to the page it stood on."""
    known_opdracht(here, number)
    target = form.line("terug", 2000)
    done = decided(here, form, number)
    if isinstance(done, Refusal):
        return refused_form(request, here, form, target, done)
    return after(target or f"/beheer/opdrachten/{number}", done)


def decided(here: Services, form: FormPost, number: int) -> list[Event] | Refusal:
    """Carries out a form on an opdracht; an invalid field (422) becomes a ``Refusal``."""
    try:
        raw = requested_operations(form)
    except Problem as problem:
        if problem.status_code != 422:
            raise
        form.reviewer.require("decide", number, form.typed)
        return Refusal(422, str(problem.detail))
    return carry_out(here, form, number, raw)


def refused_form(
    request: Request, here: Services, form: FormPost, target: str, refusal: Refusal
) -> Response:
    """Renders the page of a refused form again, with the reason and the typed values.

    Raises:
        Problem: the status of the refusal, when ``target`` is no page with such a form.
    """
    parts = urlsplit(target)
    query = dict(parse_qsl(parts.query))
    query.pop("gedaan", None)
    typed = {**form.typed, "uitspraak": form.many("uitspraak"), "thema": form.many("thema")}
    typed["bron"] = form.many("bron")
    if match := re.fullmatch(r"/beheer/themas/(O\d+-T\d+)", parts.path):
        return show_theme(request, here, form.reviewer, match[1], query, refusal, typed, parts.path)
    if match := re.fullmatch(r"/beheer/opdrachten/(\d{1,4})", parts.path):
        return show_opdracht(
            request, here, form.reviewer, int(match[1]), query, refusal, typed, parts.path
        )
    if match := re.fullmatch(r"/beheer/opdrachten/(\d{1,4})/apart", parts.path):
        return show_excluded(request, here, form.reviewer, int(match[1]), query, refusal, typed)
    if match := re.fullmatch(r"/beheer/opdrachten/(\d{1,4})/acties", parts.path):
        return show_actions(request, here, form.reviewer, int(match[1]), query, refusal, typed)
    if match := re.fullmatch(r"/beheer/opdrachten/(\d{1,4})/acties/([0-9a-f]{32})", parts.path):
        return show_action(
            request, here, form.reviewer, int(match[1]), match[2], query, refusal, typed
        )
    if match := re.fullmatch(r"/beheer/opdrachten/(\d{1,4})/reacties", parts.path):
        return show_reactions(request, here, form.reviewer, int(match[1]), query, refusal, typed)
    raise Problem(refusal.status, refusal.detail, typed=form.typed, link=parts.path or None)


def show_opdracht(
    request: Request,
    here: Services,
    reviewer: Reviewer,
    number: int,
    query: Mapping[str, str],
    refusal: Refusal | None = None,
    typed: FormValues | None = None,
    path: str | None = None,
) -> HTMLResponse:
    """The page of an opdracht's themes."""
    opdracht = known_opdracht(here, number)
    reviewer.require("read", number)
    sift = StatementFilter.of(query)
    with here.storage.reading() as session:
        chosen_round(session, here, sift.ronde)
        every_round = rounds.all_rounds(session, here.consultation_id)
        seen = here.snapshots.of(session, here.consultation_id, number)
        said = [each for each in seen.said if sift.keeps(each)] if sift.narrows else seen.said
        found = sift.themes(seen.themes)
        if not sift.status:
            found = [each for each in found if each.status != "verworpen"]
        loose = [each for each in seen.unplaced if sift.keeps(each)]
        return page(
            request,
            here,
            reviewer,
            "beheer/opdracht.html",
            refusal.status if refusal else 200,
            **_shared(seen, query, refusal, typed),
            here_path=path or request.url.path,
            opdracht=opdracht,
            figure=pair_figure(session, here.consultation_id, number, seen.run),
            own=own_placing_sentence(session, here.consultation_id, number),
            arrived=count_new(session, here.consultation_id, {number: seen.run})[number],
            rounds=[each.number for each in every_round],
            sift=sift,
            kinds=KINDS,
            statuses=STATUSES,
            sorts=SORTS,
            people=len({each.participant for each in said}),
            statements=said,
            themes=paged(found, page_number(query, "themas"), THEMES_PER_PAGE),
            rejected=[each for each in seen.themes if each.status == "verworpen"],
            order=[each.id for each in seen.themes if each.status != "verworpen"],
            loose=paged(loose, page_number(query)),
            off_topic=[each for each in seen.off_topic if sift.keeps(each)],
            few=len(seen.said) - len(seen.excluded) < FEWEST,
            fewest=FEWEST,
            recent=list(reversed(seen.decisions))[:_RECENT],
        )


def show_theme(
    request: Request,
    here: Services,
    reviewer: Reviewer,
    code: str,
    query: Mapping[str, str],
    refusal: Refusal | None = None,
    typed: FormValues | None = None,
    path: str | None = None,
) -> HTMLResponse:
    """The page of one theme."""
    known = ThemeCode.read(code)
    if known is None:
        raise HTTPException(404)
    opdracht = known_opdracht(here, known[0])
    reviewer.require("read", opdracht.nummer)
    sift = StatementFilter.of(query)
    with here.storage.reading() as session:
        chosen_round(session, here, sift.ronde)
        every_round = [each.number for each in rounds.all_rounds(session, here.consultation_id)]
        seen = here.snapshots.of(session, here.consultation_id, opdracht.nummer)
        theme = seen.theme(code)
        if theme is None:
            raise HTTPException(404)
        view = seen.view(theme)
        narrowed = next(iter(sift.themes((view,))), None)
        kept = narrowed.said if narrowed else ()
        shown = paged(answer_view.by_answer(kept, view.said), page_number(query))
        texts = answer_view.texts_of(session, [each.contribution for each in shown.items])
        into = seen.state.themes.get(seen.state.standing_theme(theme.id))
        candidates = candidates_of(session, here, seen, view)
        own_actions = [each for each in seen.actions if theme.id in each.themes]
        offered_here = {each.said.id for each in candidates if each.action}
        return page(
            request,
            here,
            reviewer,
            "beheer/thema.html",
            refusal.status if refusal else 200,
            **_shared(seen, query, refusal, typed),
            here_path=path or request.url.path,
            opdracht=opdracht,
            sift=sift,
            theme=view,
            public_label=_public_label(session, view),
            theme_trend=per_round(view.said, every_round),
            curated=theme,
            merged_into=into if theme.merged_into else None,
            others=[each for each in seen.themes if each.id != theme.id],
            actions=[each for each in own_actions if each.statement not in offered_here],
            candidates=candidates,
            stance=theme_stance(view.said, seen.stances),
            history=list(reversed(seen.state.about(theme.id))),
            shown=shown,
            kept=len(kept),
            trekkers=trekkers_on(session, here, opdracht.nummer).behind(view.said, seen.said),
            suggested=_suggested(typed, query),
            segments={
                each.contribution: answer_view.marked(
                    texts[each.contribution], [(one.id, one.start, one.end) for one in each.said]
                )
                for each in shown.items
            },
        )


def _public_label(session: Session, view: ThemeView) -> str:
    """The label of a theme as published; the label itself when it cannot be screened."""
    try:
        own = [each.id for each in view.said]
        return public_labels(session, {view.id: (view.label, own)})[view.id]
    except SamenspraakError:
        return view.label


def _suggested(typed: FormValues | None, query: Mapping[str, str]) -> frozenset[str]:
    """The ids of statements to tick: from the refused form, or from a suggestion (``kies``)."""
    if typed:
        return frozenset(typed.get("uitspraak", ()))
    return frozenset(query.get("kies", "").split(","))


def _shared(
    seen: OpdrachtSnapshot,
    query: Mapping[str, str],
    refusal: Refusal | None,
    typed: FormValues | None,
) -> dict[str, Any]:
    """Template variables of every page on the themes of an opdracht."""
    return {
        **feedback(seen, query, refusal, typed),
        "run": seen.run,
        "per_round": per_round,
    }
