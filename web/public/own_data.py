"""A participant's own answers by receipt code: read, download or erase, even with no round open.

It works without JavaScript. The code is the only credential, and is sent in the body of a form.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from consultation.errors import ReceiptUnknown
from consultation.notices.addresses import address_of
from consultation.participation import participants
from consultation.participation.answers import Erasure
from consultation.participation.sign_in import canonical_receipt
from consultation.privacy.erasure import erasing
from consultation.privacy.own_file import own_file
from dialogue.messages import say
from dialogue.threads import in_writing_thread
from web.chat.answers import AnswerOut, answers_of
from web.dependencies import ClientAddress, Here, Services
from web.pages import pages
from web.public.forms import sent_form
from web.public.own_placing import PlacingChoice, choices_of, store_choices

PATH = "/mijn-antwoorden"

router = APIRouter(prefix=PATH, include_in_schema=False)


@dataclass(frozen=True)
class OwnData:
    """The stored data of a participant, with the answers by opdracht.

    ``news`` is the e-mail address for news; empty without one.
    """

    receipt: str
    group: str | None
    organisation: str | None
    news: str
    consents: dict[str, bool]
    answers: dict[str, list[AnswerOut]]
    placings: list[PlacingChoice]


@router.get("")
def asked_for_code(request: Request) -> HTMLResponse:
    """The form that asks for the code."""
    return _page(request)


@router.get("/{rest:path}")
def back_to_the_code(rest: str) -> RedirectResponse:  # noqa: ARG001
    """Who reloads a page that a code brought."""
    return RedirectResponse(PATH, 303)


@router.post("")
async def own_answers(request: Request, here: Here, client: ClientAddress) -> Response:
    """All that was answered with this code."""
    found = await _found(request, here, client)
    return found if isinstance(found, Response) else _page(request, own=found)


@router.post("/bewaar")
async def download(request: Request, here: Here, client: ClientAddress) -> Response:
    """The same as a text file."""
    found = await _found(request, here, client)
    if isinstance(found, Response):
        return found
    return Response(
        # Windows programs need the byte order mark to read the file as UTF-8.
        "\ufeff" + _as_text(found),
        media_type="text/plain; charset=utf-8",
        headers={
            "Content-Disposition": 'attachment; filename="mijn-antwoorden.txt"',
            "Cache-Control": "no-store",
        },
    )


@router.post("/gegevens")
async def everything(request: Request, here: Here, client: ClientAddress) -> Response:
    """All that is stored of the person with this code, as one JSON file."""
    found = await _found(request, here, client)
    if isinstance(found, Response):
        return found
    content = await run_in_threadpool(_everything, here, found.receipt)
    return Response(
        content,
        media_type="application/json",
        headers={
            "Content-Disposition": 'attachment; filename="mijn-gegevens.json"',
            "Cache-Control": "no-store",
        },
    )


@router.post("/wis")
async def erase(request: Request, here: Here, client: ClientAddress) -> Response:
    """Erases everything, once it was asked whether that is sure."""
    sent = await sent_form(request)
    found = await _found(request, here, client)
    if isinstance(found, Response):
        return found
    if sent.get("zeker") != "ja":
        return _page(request, own=found, error=say("wis_niet_zeker"), status=422)
    for talk in await in_writing_thread(_erase, here, found.receipt):
        await here.turns.forget(talk)
    return _page(request, erased=True)


@router.post("/waarover")
async def place(request: Request, here: Here, client: ClientAddress) -> Response:
    """Stores what the participant says that the answers are about."""
    found = await _found(request, here, client)
    if isinstance(found, Response):
        return found
    sent = await sent_form(request)
    await in_writing_thread(_place, here, found.receipt, sent)
    return _page(request, own=await run_in_threadpool(_read, here, found.receipt), placed=True)


def _place(here: Services, receipt: str, sent: FormData) -> None:
    with here.storage.reading() as session:
        person = participants.find_by_receipt(session, here.consultation_id, receipt, here.key).id
    store_choices(here, person, sent)


async def _found(request: Request, here: Services, client: str) -> OwnData | Response:
    """The data of the participant with the sent code, or the page that asks for the code again."""
    code = (await sent_form(request)).get("code")
    receipt = code.strip()[:60] if isinstance(code, str) else ""
    wait = await here.limits.entry(client)
    if wait:
        return _page(request, error=say("te_snel", seconden=wait), code=receipt, status=429)
    try:
        return await run_in_threadpool(_read, here, receipt)
    except ReceiptUnknown:
        return _page(request, error=say("onbekende_code"), code=receipt, status=404)


def _read(here: Services, receipt: str) -> OwnData:
    with here.storage.reading() as session:
        found = participants.find_by_receipt(session, here.consultation_id, receipt, here.key)
        answers: dict[str, list[AnswerOut]] = {}
        for each in answers_of(here, session, found.id):
            answers.setdefault(each.titel, []).append(each)
        own = OwnData(
            receipt=canonical_receipt(receipt),
            group=found.group,
            organisation=found.organisation,
            news=address_of(session, found.id),
            consents=participants.consents(session, found.id),
            answers=answers,
            placings=[],
        )
    return replace(own, placings=choices_of(here, found.id))


def _everything(here: Services, receipt: str) -> bytes:
    with here.storage.reading_one_moment() as session:
        person = participants.find_by_receipt(session, here.consultation_id, receipt, here.key)
        found = own_file(session, here.catalogue, person.id)
    return json.dumps(found, ensure_ascii=False, indent=1).encode()


def _erase(here: Services, receipt: str) -> list[str]:
    def someone(session: Session) -> str | None:
        try:
            return participants.find_by_receipt(session, here.consultation_id, receipt, here.key).id
        except ReceiptUnknown:
            # The same form was sent twice; the other request erased the participant.
            return None

    def erased(session: Session) -> list[str]:
        found = someone(session)
        return participants.contributions(session, found) if found else []

    def write(session: Session, planned: Erasure | None) -> list[str]:
        found = someone(session)
        return participants.erase(session, found, planned).talks if found else []

    return erasing(here.storage, erased, write)


def _as_text(own: OwnData) -> str:
    parts = [say("mijn_antwoorden"), f"{say('uw_code')} {own.receipt}"]
    for title, answers in own.answers.items():
        parts.append(f"{title}\n{'=' * min(len(title), 60)}")
        for each in answers:
            parts += [each.vraag, each.text]
    chosen = [(each.words, each.told) for each in own.placings if each.told]
    if chosen:
        title = say("waarover_titel")
        parts.append(f"{title}\n{'=' * len(title)}")
        parts += [f"{words}\n→ {name}" for words, name in chosen]
    return "\n\n".join(parts) + "\n"


def _page(
    request: Request,
    *,
    own: OwnData | None = None,
    error: str = "",
    code: str = "",
    erased: bool = False,
    placed: bool = False,
    status: int = 200,
) -> HTMLResponse:
    return pages(request).render(
        request,
        "mijn-antwoorden.html",
        status=status,
        headers={"Cache-Control": "no-store"} if request.method == "POST" else None,
        own=own,
        error=error,
        code=code,
        erased=erased,
        placed=placed,
    )
