"""The actions of an opdracht: propose, write, change, join and approve them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from analysis.action_support import SupportFigures, urgencies, weight
from analysis.labelling.candidates import candidates, whole_sentences
from analysis.supporters import is_proposal, proposals_in, proposers
from analysis.trekkers import TrekkerName
from consultation import checklist
from consultation.curation.state import CuratedAction
from consultation.queries.opdracht_snapshot import OpdrachtSnapshot
from consultation.queries.statements import StatementView
from consultation.queries.themes import ThemeView
from consultation.reactions.results import round_reactions
from web.access.login import CurrentReviewer, Reviewer
from web.dependencies import Here, Services
from web.review.carry_out import Refusal, feedback
from web.review.common import known_opdracht, page
from web.review.trekkers import offered, trekkers_on

_MOST_NAMED = 6
_MOST_OTHERS = 100


@dataclass(frozen=True)
class ActionCandidate:
    """A candidate for the action of a theme, its support, and the trekkers its supporters name.

    ``action`` is the undecided action that quotes it, if the run suggests it.
    """

    said: StatementView
    weight: SupportFigures
    named: tuple[TrekkerName, ...]
    action: str = ""


router = APIRouter(prefix="/beheer", include_in_schema=False)


@router.get("/opdrachten/{number:int}/acties")
def actions_page(request: Request, here: Here, reviewer: CurrentReviewer, number: int) -> Response:
    """All actions of an opdracht, and the form for a new one."""
    return show_actions(request, here, reviewer, number, request.query_params)


@router.get("/opdrachten/{number:int}/acties/{action}")
def action_page(
    request: Request, here: Here, reviewer: CurrentReviewer, number: int, action: str
) -> Response:
    """One action, to be changed."""
    return show_action(request, here, reviewer, number, action, request.query_params)


def show_actions(
    request: Request,
    here: Services,
    reviewer: Reviewer,
    number: int,
    query: Mapping[str, str],
    refusal: Refusal | None = None,
    typed: Mapping[str, Any] | None = None,
) -> Response:
    """The page of an opdracht's actions."""
    opdracht = known_opdracht(here, number)
    reviewer.require("read", number)
    with here.storage.reading() as session:
        seen = here.snapshots.of(session, here.consultation_id, number)
        snapshots = _snapshots(session, here, seen, seen.actions)
        given = urgencies(session, here.consultation_id)
        chosen = seen.theme(query.get("thema", ""))
        return page(
            request,
            here,
            reviewer,
            "beheer/acties.html",
            refusal.status if refusal else 200,
            **feedback(seen, query, refusal, typed),
            here_path=f"/beheer/opdrachten/{number}/acties",
            opdracht=opdracht,
            weights={each.id: weight(each, snapshots, given) for each in seen.actions},
            reacted=round_reactions(session, here.consultation_id, seen, here.catalogue),
            offered=offered(session, here, seen, seen.view(chosen).said if chosen else ()),
            action=_blank(number),
            chosen=[chosen.id] if chosen else list((typed or {}).get("thema", ())),
            sources=_sources(seen, seen.view(chosen) if chosen else None, query, typed),
        )


def show_action(
    request: Request,
    here: Services,
    reviewer: Reviewer,
    number: int,
    action_id: str,
    query: Mapping[str, str],
    refusal: Refusal | None = None,
    typed: Mapping[str, Any] | None = None,
) -> Response:
    """The page of one action."""
    opdracht = known_opdracht(here, number)
    reviewer.require("read", number)
    with here.storage.reading() as session:
        seen = here.snapshots.of(session, here.consultation_id, number)
        action = seen.state.actions.get(action_id)
        if action is None:
            raise HTTPException(404)
        if action.opdracht != number:
            return RedirectResponse(f"/beheer/opdrachten/{action.opdracht}/acties/{action.id}", 303)
        snapshots = _snapshots(session, here, seen, [action])
        given = urgencies(session, here.consultation_id)
        behind = proposers(action, snapshots.values())
        return page(
            request,
            here,
            reviewer,
            "beheer/actie.html",
            refusal.status if refusal else 200,
            **feedback(seen, query, refusal, typed),
            here_path=f"/beheer/opdrachten/{number}/acties/{action_id}",
            opdracht=opdracht,
            action=action,
            weight=weight(action, snapshots, given),
            reacted=round_reactions(session, here.consultation_id, seen, here.catalogue),
            behind=behind,
            sources=[
                part.by_id[each]
                for each in action.sources
                for part in snapshots.values()
                if each in part.by_id
            ],
            beside=_beside(proposals_in(action, snapshots.values()), behind),
            offered=offered(session, here, seen, behind or _in_themes(action, seen)),
            chosen=list((typed or {}).get("thema", ())) or list(action.themes),
            joined_into=seen.state.actions.get(action.joined_into or ""),
            history=list(reversed(seen.state.about(action.id))),
            checks=checklist.checked(session, here.consultation_id).get(action.id, {}),
            tested=bool(query.get("getoetst")),
        )


def candidates_of(
    session: Session, here: Services, seen: OpdrachtSnapshot, view: ThemeView
) -> list[ActionCandidate]:
    """The candidates for the action of a theme; see ``analysis.labelling.candidates``."""
    given = urgencies(session, here.consultation_id)
    answers = trekkers_on(session, here, seen.opdracht)
    proposed = {each.statement: each.id for each in seen.actions if each.proposed}
    found = []
    for said in candidates(view.said, whole_sentences(seen.said)):
        action = CuratedAction("", seen.opdracht, statement=said.id, themes=(view.id,))
        behind = proposers(action, [seen])
        found.append(
            ActionCandidate(
                said,
                weight(action, {seen.opdracht: seen}, given),
                answers.behind(behind, seen.said).named[:_MOST_NAMED],
                proposed.get(said.id, ""),
            )
        )
    return found


def _sources(
    seen: OpdrachtSnapshot,
    view: ThemeView | None,
    query: Mapping[str, str],
    typed: Mapping[str, Any] | None,
) -> dict[str, list[StatementView] | frozenset[str]]:
    """The proposals to compose an action from: ``best`` first, the ``others``, the ``ticked``."""
    ticked = list((typed or {}).get("bron", ())) or [query.get("bron", "")]
    said = view.said if view else ()
    best = list(candidates(said, whole_sentences(seen.said)))
    known = {each.id for each in best}
    best += [seen.by_id[each] for each in ticked if each in seen.by_id and each not in known]
    known = {each.id for each in best}
    others = [each for each in said if is_proposal(each) and each.id not in known]
    return {"best": best, "others": others[:_MOST_OTHERS], "ticked": frozenset(ticked)}


def _snapshots(
    session: Session, here: Services, seen: OpdrachtSnapshot, actions: Iterable[CuratedAction]
) -> Mapping[int, OpdrachtSnapshot]:
    """The snapshots needed to find the proposers of the actions, by opdracht.

    These are the snapshots of all opdrachten when an action refers to a theme or statement of
    another opdracht, else only ``seen``.
    """
    at_home = all(
        all(theme in seen.state.themes for theme in each.themes)
        and all(
            one in seen.by_id
            for one in (*(each.support or each.seconds), *each.sources, each.statement)
            if one
        )
        for each in actions
    )
    if at_home:
        return {seen.opdracht: seen}
    numbers = [each.nummer for each in here.catalogue.opdrachten]
    return here.snapshots.all(session, here.consultation_id, numbers)


def _beside(
    proposals: Iterable[StatementView], behind: Iterable[StatementView]
) -> list[StatementView]:
    known = {each.id for each in behind}
    return [each for each in proposals if each.id not in known]


def _in_themes(action: CuratedAction, seen: OpdrachtSnapshot) -> list[StatementView]:
    return [said for view in seen.themes if view.id in action.themes for said in view.said]


def _blank(number: int) -> CuratedAction:
    return CuratedAction("", number, text="")
