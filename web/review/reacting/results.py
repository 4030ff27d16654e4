"""The reactions to the actions of an opdracht: what each group thinks, and the amendments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from consultation.participation.reactions import amendment_statement
from consultation.reactions.proposed import withheld_actions
from consultation.reactions.results import reaction_rounds, round_reactions, word_diff
from dialogue.messages import say
from web.access.login import CurrentReviewer, Reviewer
from web.dependencies import Here, Services
from web.review.carry_out import Refusal, carry_out, feedback
from web.review.common import PostedForm, after, known_opdracht, page, whole_number

router = APIRouter(prefix="/beheer", include_in_schema=False)


@router.get("/opdrachten/{number:int}/reacties")
def reactions_page(
    request: Request, here: Here, reviewer: CurrentReviewer, number: int
) -> Response:
    """The reactions in one reaction round, by default the last one."""
    return show_reactions(request, here, reviewer, number, request.query_params)


@router.post("/opdrachten/{number:int}/reacties/wijziging")
def answer_amendment(request: Request, here: Here, form: PostedForm, number: int) -> Response:
    """Accepts or refuses an amendment; accepted, its words become the action's wording."""
    known_opdracht(here, number)
    form.reviewer.require("decide", number, form.typed)
    query = {"ronde": form.line("ronde")}
    accepted = form.line("besluit") == "neem_over"
    with here.storage.writing() as session:
        statement = amendment_statement(session, form.line("bijdrage"))
        found = statement.id if statement is not None else None
    if found is None:
        refusal = Refusal(409, say("curatie_statements_gone"))
        return show_reactions(request, here, form.reviewer, number, query, refusal, form.typed)
    raw: dict[str, Any] = {
        "op": "action",
        "do": "amend",
        "action": form.line("actie"),
        "statement": found,
        "accepted": accepted,
        "reason": form.text("reden"),
    }
    done = carry_out(here, form, number, [raw])
    if isinstance(done, Refusal):
        return show_reactions(request, here, form.reviewer, number, query, done, form.typed)
    return after(f"/beheer/opdrachten/{number}/reacties?ronde={query['ronde']}", done)


def show_reactions(
    request: Request,
    here: Services,
    reviewer: Reviewer,
    number: int,
    query: Mapping[str, str],
    refusal: Refusal | None = None,
    typed: Mapping[str, Any] | None = None,
) -> Response:
    """The page of the reactions on an opdracht.

    Raises:
        HTTPException: 404, there is no such reaction round.
    """
    opdracht = known_opdracht(here, number)
    reviewer.require("read", number)
    asked = query.get("ronde", "")
    if asked and not whole_number(asked):
        raise HTTPException(404)
    with here.storage.reading() as session:
        seen = here.snapshots.of(session, here.consultation_id, number)
        known = reaction_rounds(session, here.consultation_id)
        chosen = int(asked) if asked else None
        if chosen is not None and chosen not in known:
            raise HTTPException(404)
        reacted = round_reactions(session, here.consultation_id, seen, here.catalogue, chosen)
        return page(
            request,
            here,
            reviewer,
            "beheer/reacties.html",
            refusal.status if refusal else 200,
            **feedback(seen, query, refusal, typed),
            here_path=f"/beheer/opdrachten/{number}/reacties",
            opdracht=opdracht,
            reacted=reacted,
            rounds=known,
            withheld=withheld_actions(session, seen, here.catalogue),
            diff=word_diff,
        )
