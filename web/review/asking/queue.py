"""The queue: one statement at a time, the one whose place teaches the mapping most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from consultation.curation.operations import PlaceExactly, Revoke
from consultation.curation.state import CuratedTheme, CurationState, Outcome
from consultation.database.models import new_id
from dialogue.messages import say
from web.access.login import CurrentReviewer, Reviewer
from web.dependencies import Here, Services
from web.review.asking.encoder import needs_encoder, reading_page
from web.review.asking.new_theme import new_theme, with_new_themes
from web.review.carry_out import Raw, Refusal, carry_out, feedback
from web.review.common import FormPost, PostedForm, back_to, known_opdracht, page, whole_number
from web.server.threads import WritingRoute

NUMBERED = 9
"""As many themes have a key of their own."""

_SKIPS_KEPT = 40
_TAIL = 8
"""A skipped statement is remembered in the address by the last digits of its id."""

router = APIRouter(prefix="/beheer", include_in_schema=False, route_class=WritingRoute)


@router.get("/opdrachten/{number:int}/wachtrij")
def queue_page(
    request: Request, here: Here, reviewer: CurrentReviewer, number: int
) -> HTMLResponse:
    """The next question: a statement, or several that say much the same, and where it belongs."""
    return show_queue(request, here, reviewer, number, request.query_params)


@router.post("/opdrachten/{number:int}/wachtrij")
def answer(request: Request, here: Here, form: PostedForm, number: int) -> Response:
    """Writes the answer to a question, undoes the last one, or skips; then asks the next."""
    known_opdracht(here, number)
    form.reviewer.require("decide", number, form.typed)
    skipped = _skipped(form.line("over", 1000))
    asked = form.line("gevraagd")
    path = f"/beheer/opdrachten/{number}/wachtrij"
    what = form.line("doe")
    if what == "sla_over":
        return back_to(path, over=_joined([*skipped, asked]))
    back: Sequence[Outcome] = ()
    if what == "ongedaan":
        with here.storage.reading() as session:
            state = here.snapshots.of(session, here.consultation_id, number).state
        back = _last(state, form)
        raw: list[Raw] = [{"op": "revoke", "event": each.event.id} for each in reversed(back)]
        if not raw:
            refusal = Refusal(422, say("wachtrij_niets_terug"))
            return _refused(request, here, form, number, refusal)
    else:
        raw = _placed(form, number)
    done = carry_out(here, form, number, raw)
    if isinstance(done, Refusal):
        return _refused(request, here, form, number, done)
    again = next((s for each in back for s in each.event.operation.statements_named), None)
    told = "-".join(str(each.id) for each in done)
    return back_to(path, vraag=again, over=_joined(skipped), gedaan=told)


@needs_encoder()
def show_queue(
    request: Request,
    here: Services,
    reviewer: Reviewer,
    number: int,
    query: Mapping[str, str],
    refusal: Refusal | None = None,
    typed: Mapping[str, Any] | None = None,
) -> HTMLResponse:
    """The page of the queue."""
    opdracht = known_opdracht(here, number)
    reviewer.require("read", number)
    if waits := reading_page(request, here, reviewer, opdracht, "/wachtrij"):
        return waits
    skipped = _skipped(query.get("over", ""))
    with here.storage.reading() as session:
        seen = here.snapshots.of(session, here.consultation_id, number)
    step = here.desk.step(number, query.get("vraag", ""), skipped)
    question = step.question
    suggested = [each.theme for each in question.suggestions] if question else []
    others = _others(seen.state, suggested)
    return page(
        request,
        here,
        reviewer,
        "beheer/wachtrij.html",
        refusal.status if refusal else 200,
        **feedback(seen, query, refusal, typed),
        opdracht=opdracht,
        ready=step.ready,
        question=question,
        statements=step.statements,
        suggested=[seen.state.themes[each] for each in suggested],
        numbered=others[: NUMBERED - len(suggested)],
        others=others[NUMBERED - len(suggested) :],
        progress=step.progress,
        skipped=_joined(skipped),
    )


def _others(state: CurationState, suggested: Sequence[str]) -> list[CuratedTheme]:
    found = [each for each in state.themes.values() if each.live and each.decided]
    found = [each for each in found if each.id not in suggested]
    return sorted(found, key=lambda each: each.number)


def _placed(form: FormPost, number: int) -> list[Raw]:
    """The operations that put the chosen statements where the form says."""
    statements = form.many("uitspraak")
    what = form.line("doe")
    made: list[Raw] = []
    if what == "nieuw":
        theme = new_id()
        made = new_theme(number, theme, form.line("label"), form.text("beschrijving"))
        themes = [theme]
    elif what == "geen":
        themes = []
    else:
        theme = form.line("ander") if what == "ander" else form.line("thema")
        if not theme:
            return []
        themes = [theme]
    placed: list[Raw] = [
        {"op": "place", "statement": each, "themes": themes} for each in statements
    ]
    return [*made, *placed] if placed else []


def _last(state: CurationState, form: FormPost) -> list[Outcome]:
    """What this person decided last: all of what the page told, or their last placing.

    A theme that was made for the placing goes along with it.
    """

    def own(outcome: Outcome) -> bool:
        event = outcome.event
        return (event.account, event.actor, outcome.status == "revoked") == (
            form.reviewer.name,
            "facilitator",
            False,
        )

    numbers = [int(each) for each in form.line("gedaan").split("-") if whole_number(each)]
    told = [each for one in numbers if (each := state.outcomes.get(one)) and own(each)]
    told = [each for each in told if not isinstance(each.event.operation, Revoke)]
    placed = [each for each in state.log if isinstance(each.event.operation, PlaceExactly)]
    return told or with_new_themes(state, [each for each in placed if own(each)][-1:])


def _refused(
    request: Request, here: Services, form: FormPost, number: int, refusal: Refusal
) -> HTMLResponse:
    query = {"over": form.line("over", 1000), "vraag": form.line("gevraagd")}
    typed = {**form.typed, "uitspraak": form.many("uitspraak")}
    return show_queue(request, here, form.reviewer, number, query, refusal, typed)


def _skipped(raw: str) -> list[str]:
    found = [each for each in raw.split("-") if len(each) == _TAIL and each.isalnum()]
    return list(dict.fromkeys(found))[-_SKIPS_KEPT:]


def _joined(skipped: Sequence[str]) -> str:
    return "-".join(list(dict.fromkeys(each[-_TAIL:] for each in skipped if each))[-_SKIPS_KEPT:])
