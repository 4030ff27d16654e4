"""The page on which somebody sets up the second step of their login, or takes it away."""

from __future__ import annotations

import time
from typing import Annotated, Any

import segno
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from itsdangerous import BadData, URLSafeTimedSerializer

from consultation import accounts, audit
from consultation.access import second_factor
from consultation.access.one_time_codes import app_address, matching_step, new_secret
from dialogue.messages import say
from dialogue.threads import in_writing_thread
from web.access.login import (
    ENROL,
    LOGIN,
    SESSION_COOKIE,
    Reviewer,
    logged_in,
    renewed_cookie,
    set_cookie,
)
from web.dependencies import Here, Services
from web.review.common import FormPost, page, posted_by_anyone

_SETUP_SECONDS = 900

router = APIRouter(prefix="/beheer", include_in_schema=False)

AnyForm = Annotated[FormPost, Depends(posted_by_anyone)]


@router.get("/tweede-stap")
def second_factor_page(request: Request, here: Here) -> Response:
    """Whether the second step is on; the picture for the app where it is not."""
    reviewer = logged_in(request, here)
    if reviewer is None:
        return RedirectResponse(f"{LOGIN}?next=%2Fbeheer%2Ftweede-stap", 303)
    return _page(request, here, reviewer)


@router.post("/tweede-stap")
async def change_second_factor(request: Request, here: Here, form: AnyForm) -> Response:
    """Turns the second step on or off, with a code that proves that the app is there."""
    reviewer = form.reviewer
    what, code = form.line("doe"), form.line("code")
    if what == "uit" and here.settings.forces_second_factor:
        return _page(request, here, reviewer, 422, error=say("tweede_stap_verplicht"))
    key = f"code {reviewer.name}"
    wait = await here.limits.logins.taken(key)
    if wait:
        error = say("te_veel_pogingen", minuten=-(-wait // 60))
        return _page(request, here, reviewer, 429, error=error)
    if what == "uit":
        cookie = await in_writing_thread(_turned_off, request, here, reviewer, code)
        codes: list[str] = []
    else:
        secret = _secret_of(here, reviewer, form.line("geheim", 1000))
        if secret is None:
            return _page(request, here, reviewer, 422, error=say("tweede_stap_te_laat"))
        plain = code.replace(" ", "")
        if matching_step(secret, plain, time.time()) is None:
            error = say("tweede_stap_code")
            return _page(request, here, reviewer, 422, error=error, secret=secret)
        cookie, codes = await in_writing_thread(_turned_on, request, here, reviewer, secret)
    if cookie is None:
        return _page(request, here, reviewer, 422, error=say("tweede_stap_code"))
    await here.limits.logins.given_back(key)
    notice = say("tweede_stap_aan" if codes else "tweede_stap_uit")
    response = _page(request, here, reviewer, notice=notice, codes=codes)
    set_cookie(request, response, SESSION_COOKIE, cookie)
    return response


def _turned_on(
    request: Request, here: Services, reviewer: Reviewer, secret: str
) -> tuple[str, list[str]]:
    with here.storage.writing() as session:
        codes = second_factor.enrol(session, reviewer.name, secret, here.key)
        account = accounts.find(session, reviewer.name)
        assert account is not None
        cookie = renewed_cookie(request, here, account)
        audit.record(session, here.consultation_id, reviewer.name, "tweede_stap")
        return cookie, codes


def _turned_off(request: Request, here: Services, reviewer: Reviewer, code: str) -> str | None:
    with here.storage.writing() as session:
        if second_factor.prove(session, reviewer.name, code, here.key) is None:
            return None
        second_factor.remove(session, reviewer.name)
        account = accounts.find(session, reviewer.name)
        assert account is not None
        cookie = renewed_cookie(request, here, account)
        audit.record(session, here.consultation_id, reviewer.name, "tweede_stap_uit")
        return cookie


def _page(
    request: Request,
    here: Services,
    reviewer: Reviewer,
    status: int = 200,
    *,
    error: str = "",
    notice: str = "",
    codes: list[str] | None = None,
    secret: str = "",
) -> Response:
    with here.storage.reading() as session:
        account = accounts.find(session, reviewer.name)
        on = account is not None and second_factor.has_second_factor(account)
    told: dict[str, Any] = {"picture": "", "secret": "", "sealed": ""}
    if not on:
        secret = secret or new_secret()
        issuer = f"Samenspraak {here.catalogue.consultatie.slug}"
        told = {
            "picture": _picture(app_address(secret, reviewer.name, issuer)),
            "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
            "sealed": _setups(here).dumps([reviewer.name, secret]),
        }
    return page(
        request,
        here,
        reviewer,
        "beheer/tweede_stap.html",
        status,
        on=on,
        forced=here.settings.forces_second_factor,
        error=error,
        notice=notice,
        codes=codes or [],
        action=ENROL,
        **told,
    )


def _picture(address: str) -> str:
    """The address as a QR code in SVG, to put into a page."""
    code = segno.make(address, error="m")
    svg: str = code.svg_inline(scale=4, border=4, omitsize=True, svgclass=None, lineclass=None)
    return svg


def _setups(here: Services) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(here.key, salt="samenspraak-instellen")


def _secret_of(here: Services, reviewer: Reviewer, sealed: str) -> str | None:
    """The secret that the page showed to this reviewer; None when it is too old."""
    try:
        name, secret = _setups(here).loads(sealed, max_age=_SETUP_SECONDS)
    except (BadData, ValueError, TypeError):
        return None
    return str(secret) if name == reviewer.name else None
