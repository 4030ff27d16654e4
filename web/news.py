"""News by mail: a participant asks for it with the receipt code, and stops it by code or by link.

The pages work without JavaScript. An address never stands in a URL.
"""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool

from consultation.errors import AddressInvalid, ReceiptUnknown
from consultation.notices.addresses import address_of, ask_for_news, stop_news, stopped_by
from consultation.participation import participants
from consultation.participation.sign_in import canonical_receipt
from dialogue.messages import say
from dialogue.threads import in_writing_thread
from web.dependencies import ClientAddress, Here, Services
from web.pages import pages
from web.public.forms import sent_form

Done = Literal["", "bewaard", "gestopt", "vraag"]

router = APIRouter(include_in_schema=False)


@router.post("/mijn-antwoorden/bericht")
async def news_by_mail(request: Request, here: Here, client: ClientAddress) -> Response:
    """Shows whether news was asked for, keeps an address, or removes it."""
    sent = await sent_form(request)
    code, typed, what = (_line(sent.get(name)) for name in ("code", "adres", "doe"))
    wait = await here.limits.entry(client)
    if wait:
        return _page(request, code, typed, error=say("te_snel", seconden=wait), status=429)
    if what == "bewaar" and not here.settings.smtp_host:
        raise HTTPException(404)
    agreed = sent.get("akkoord") == "ja"
    try:
        if what == "bewaar" and agreed:
            await in_writing_thread(_keep, here, code, typed)
        elif what == "stop":
            await in_writing_thread(_stop, here, code)
        address = await run_in_threadpool(_read, here, code)
    except AddressInvalid:
        return _page(request, code, typed, error=say("adres_past_niet"), status=422)
    except ReceiptUnknown:
        return _page(request, code, typed, error=say("onbekende_code"), status=404)
    receipt = canonical_receipt(code)
    if what == "bewaar" and not agreed:
        return _page(request, receipt, typed, error=say("bericht_niet_akkoord"), status=422)
    done: Done = "bewaard" if what == "bewaar" else "gestopt" if what == "stop" else ""
    return _page(request, receipt, address, kept=bool(address), done=done)


@router.get("/afmelden/{token}")
def asked_to_stop(request: Request, token: str) -> HTMLResponse:
    """Asks whether the news may stop: programs that look at mail follow the links in it."""
    return _page(request, "", "", done="vraag", token=token)


@router.post("/afmelden/{token}")
async def stop_by_link(request: Request, here: Here, token: str) -> Response:
    """Stops the news; mail programs send this by themselves (RFC 8058)."""
    if not await in_writing_thread(_stop_by, here, token):
        return _page(request, "", "", error=say("afmelden_onbekend"), status=404)
    return _page(request, "", "", done="gestopt")


def _line(value: object) -> str:
    return value.strip()[:300] if isinstance(value, str) else ""


def _keep(here: Services, code: str, address: str) -> None:
    with here.storage.writing() as session:
        found = participants.find_by_receipt(session, here.consultation_id, code, here.key)
        ask_for_news(session, found.id, address)


def _stop(here: Services, code: str) -> None:
    with here.storage.writing() as session:
        found = participants.find_by_receipt(session, here.consultation_id, code, here.key)
        stop_news(session, found.id)


def _stop_by(here: Services, token: str) -> bool:
    with here.storage.writing() as session:
        found = stopped_by(session, token, here.key)
        if found:
            stop_news(session, found)
    return found is not None


def _read(here: Services, code: str) -> str:
    with here.storage.reading() as session:
        found = participants.find_by_receipt(session, here.consultation_id, code, here.key)
        return address_of(session, found.id)


def _page(
    request: Request,
    receipt: str,
    address: str,
    *,
    kept: bool = False,
    done: Done = "",
    token: str = "",
    error: str = "",
    status: int = 200,
) -> HTMLResponse:
    return pages(request).render(
        request,
        "bericht.html",
        status=status,
        headers={"Cache-Control": "no-store"},
        receipt=receipt,
        news_address=address,
        kept=kept,
        done=done,
        token=token,
        error=error,
    )
