"""What became of a participant's words, by receipt code: an answer for every statement.

It works without JavaScript. The code is the only credential, and is sent in the body of a form.
"""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool

from consultation.errors import ReceiptUnknown
from consultation.participation import participants
from consultation.participation.sign_in import canonical_receipt
from consultation.reactions.objections import objects
from consultation.reactions.outcome import WordsOutcome, outcomes
from dialogue.messages import say
from dialogue.threads import in_writing_thread
from web.chat.answers import question_shown
from web.dependencies import ClientAddress, Here, Services
from web.pages import pages
from web.public.forms import sent_form

PATH = "/mijn-antwoorden/geworden"

router = APIRouter(prefix="/mijn-antwoorden", include_in_schema=False)


@dataclass(frozen=True)
class RoundOutcome:
    """What became of what a participant said in one round, by title of the opdracht."""

    round: int
    by_opdracht: dict[str, list[tuple[str, WordsOutcome]]]


@router.post("/geworden")
async def what_became(request: Request, here: Here, client: ClientAddress) -> Response:
    """What became of all that was said with this code, per round."""
    receipt = await _code(request)
    wait = await here.limits.entry(client)
    if wait:
        return _page(request, receipt, error=say("te_snel", seconden=wait), status=429)
    try:
        told = await run_in_threadpool(_read, here, receipt)
    except ReceiptUnknown:
        return _page(request, receipt, error=say("onbekende_code"), status=404)
    return _page(request, canonical_receipt(receipt), told)


@router.post("/bezwaar")
async def object_to(request: Request, here: Here, client: ClientAddress) -> Response:
    """Passes on to the facilitators that a statement is not what its author meant."""
    receipt = await _code(request)
    wait = await here.limits.entry(client)
    if wait:
        return _page(request, receipt, error=say("te_snel", seconden=wait), status=429)
    sent = (await sent_form(request)).get("uitspraak")
    statement = sent if isinstance(sent, str) else ""
    try:
        known = await in_writing_thread(_object, here, receipt, statement)
        told = await run_in_threadpool(_read, here, receipt)
    except ReceiptUnknown:
        return _page(request, receipt, error=say("onbekende_code"), status=404)
    if not known:
        error = say("waarover_weg_pagina")
        return _page(request, canonical_receipt(receipt), told, error=error, status=404)
    return _page(request, canonical_receipt(receipt), told, objected=True)


async def _code(request: Request) -> str:
    code = (await sent_form(request)).get("code")
    return code.strip()[:60] if isinstance(code, str) else ""


def _object(here: Services, receipt: str, statement: str) -> bool:
    with here.storage.writing() as session:
        found = participants.find_by_receipt(session, here.consultation_id, receipt, here.key)
        return objects(session, found.id, statement)


def _read(here: Services, receipt: str) -> list[RoundOutcome]:
    with here.storage.reading() as session:
        found = participants.find_by_receipt(session, here.consultation_id, receipt, here.key)
        all_ = outcomes(
            session,
            found.id,
            here.catalogue,
            lambda number: here.snapshots.of(session, here.consultation_id, number),
        )
    rounds: dict[int, dict[str, list[tuple[str, WordsOutcome]]]] = {}
    for each in all_:
        opdracht = here.catalogue.opdracht(each.opdracht)
        own = rounds.setdefault(each.round, {}).setdefault(opdracht.titel if opdracht else "", [])
        own.append((question_shown(here, each.opdracht, each.question), each))
    return [RoundOutcome(number, parts) for number, parts in sorted(rounds.items(), reverse=True)]


def _page(
    request: Request,
    receipt: str,
    told: list[RoundOutcome] | None = None,
    *,
    error: str = "",
    objected: bool = False,
    status: int = 200,
) -> HTMLResponse:
    return pages(request).render(
        request,
        "mijn-woorden.html",
        status=status,
        headers={"Cache-Control": "no-store"},
        receipt=receipt,
        told=told,
        error=error,
        objected=objected,
    )
