"""Logging in to the review: a signed cookie, forms that cannot be forged, throttled attempts."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from consultation import accounts, audit
from consultation.models import Account
from consultation.rights import Right, may
from web.pages import pages
from web.problems import Problem
from web.services import ClientAddress, Here, Services
from web.texts import say

LOGIN = "/beheer/login"
SESSION_COOKIE = "samenspraak_beheer"
FORM_COOKIE = "samenspraak_formulier"
SESSION_SECONDS = 12 * 3600
_MAX_FIELD = 1000

router = APIRouter(prefix="/beheer", include_in_schema=False)


@dataclass(frozen=True)
class Reviewer:
    """Who is logged in; ``opdracht`` is the only one that is theirs, where it is filled."""

    name: str
    role: str
    opdracht: int | None

    def may(self, right: str, opdracht: int | None = None) -> bool:
        """Whether they may do something, on an opdracht or on the consultation as a whole."""
        return may(self.role, self.opdracht, Right(right), opdracht)

    def require(
        self,
        right: str,
        opdracht: int | None = None,
        typed: Mapping[str, str] | None = None,
    ) -> None:
        """Stops who may not.

        Raises:
            Problem: 403, with a sentence that says whose work it is.
        """
        if self.may(right, opdracht):
            return
        if self.opdracht is not None and may(self.role, None, Right(right)):
            detail = say("ander_opdracht", eigen=self.opdracht)
        else:
            detail = say(f"geen_recht_{right}")
        raise Problem(403, detail, typed=typed)


def reviewer(request: Request, here: Here) -> Reviewer:
    """The account that is logged in; sends everybody else to the login page."""
    found = logged_in(request, here)
    if found is None:
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        location = f"{LOGIN}?next={quote(target, safe='')}"
        raise HTTPException(303, headers={"Location": location})
    return found


CurrentReviewer = Annotated[Reviewer, Depends(reviewer)]


def form_token(request: Request, here: Services) -> tuple[str, str]:
    """The secret in the form cookie (made where there is none), and the field that proves it."""
    cookie = request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(24)
    return cookie, _proof(here, cookie)


def forged(request: Request, here: Services, field: str | None) -> bool:
    """Whether a form was not made by this site for this browser."""
    cookie = request.cookies.get(FORM_COOKIE)
    if cookie is None or field is None:
        return True
    return not hmac.compare_digest(_proof(here, cookie).encode(), field.encode())


@router.get("/login")
def login_page(
    request: Request,
    here: Here,
    target: Annotated[str, Query(alias="next", max_length=_MAX_FIELD)] = "/beheer",
    afgemeld: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """The form."""
    if logged_in(request, here) is not None:
        return RedirectResponse(_inside(target), 303)
    return _form(request, here, target, notice=say("afgemeld") if afgemeld else "")


@router.post("/login")
async def login(
    request: Request,
    here: Here,
    client: ClientAddress,
    username: Annotated[str, Form(max_length=_MAX_FIELD)] = "",
    password: Annotated[str, Form(max_length=_MAX_FIELD)] = "",
    target: Annotated[str, Form(alias="next", max_length=_MAX_FIELD)] = "/beheer",
    formulier: Annotated[str | None, Form(max_length=_MAX_FIELD)] = None,
) -> Response:
    """Logs in where name and password belong together."""
    if forged(request, here, formulier) and (formulier is not None or _from_a_browser(request)):
        return _form(request, here, target, 403, error=say("vervalst_formulier"), name=username)
    keys = (f"{client} {username.strip().lower()}", client)
    wait = max(here.limits.logins.wait(key) for key in keys)
    if wait:
        error = say("te_veel_pogingen", minuten=-(-wait // 60))
        answer = _form(request, here, target, 429, error=error, name=username)
        answer.headers["Retry-After"] = str(wait)
        return answer
    cookie = await run_in_threadpool(_verify, here, username, password)
    if cookie is None:
        for key in keys:
            here.limits.logins.take(key)
        error = say("verkeerde_aanmelding")
        return _form(request, here, target, 401, error=error, name=username)
    response = RedirectResponse(_inside(target), 303)
    set_cookie(request, response, SESSION_COOKIE, cookie)
    return response


@router.post("/logout")
def logout(
    request: Request,
    here: Here,
    formulier: Annotated[str | None, Form(max_length=_MAX_FIELD)] = None,
) -> Response:
    """Logs out."""
    if forged(request, here, formulier):
        return RedirectResponse("/beheer", 303)
    response = RedirectResponse(f"{LOGIN}?afgemeld=ja", 303)
    response.delete_cookie(SESSION_COOKIE, path="/beheer")
    return response


def _form(
    request: Request,
    here: Services,
    target: str,
    status: int = 200,
    *,
    error: str = "",
    notice: str = "",
    name: str = "",
) -> Response:
    cookie, field = form_token(request, here)
    response = pages(request).render(
        request,
        "beheer/login.html",
        status=status,
        target=_inside(target),
        error=error,
        notice=notice,
        name=name,
        formulier=field,
    )
    set_cookie(request, response, FORM_COOKIE, cookie)
    return response


def set_cookie(request: Request, response: Response, name: str, value: str) -> None:
    """Gives the browser a cookie of the review: not for scripts, not for other sites."""
    response.set_cookie(
        name,
        value,
        max_age=SESSION_SECONDS,
        path="/beheer",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )


def _verify(here: Services, name: str, password: str) -> str | None:
    with here.storage.reading() as session:
        account = accounts.verify(session, name, password)
        known = account is not None or accounts.find(session, name) is not None
        cookie = session_cookie(here, account) if account else None
    if known:
        what = "aangemeld" if cookie else "aanmelding_mislukt"
        with here.storage.writing() as session:
            audit.record(session, here.consultation_id, name.strip().lower(), what)
    return cookie


def session_cookie(here: Services, account: Account) -> str:
    """What proves that someone logged in, until their password changes or the session ends."""
    return str(_signer(here).dumps([account.name, accounts.fingerprint(account)]))


def logged_in(request: Request, here: Services) -> Reviewer | None:
    """The account that is logged in with this browser, or None."""
    cookie = request.cookies.get(SESSION_COOKIE)
    if not cookie:
        return None
    try:
        name, mark = _signer(here).loads(cookie, max_age=SESSION_SECONDS)
    except (BadData, ValueError, TypeError):
        return None
    with here.storage.reading() as session:
        account = accounts.find(session, str(name))
        if account is None or accounts.fingerprint(account) != mark:
            return None
        return Reviewer(account.name, account.role, account.opdracht)


def _signer(here: Services) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(here.key, salt="samenspraak-beheer")


def _proof(here: Services, cookie: str) -> str:
    return hmac.new(here.key.encode(), f"form {cookie}".encode(), hashlib.sha256).hexdigest()


def _from_a_browser(request: Request) -> bool:
    """Browsers name the origin of every posted form; a tool that logs in by itself does not."""
    return any(request.headers.get(name) for name in ("origin", "sec-fetch-site", "referer"))


def _inside(target: str) -> str:
    """The target, where it is a page of the review; else the review's first page."""
    parts = urlsplit(target)
    inside = parts.path == "/beheer" or parts.path.startswith("/beheer/")
    if parts.scheme or parts.netloc or not inside or parts.path == LOGIN or "\\" in target:
        return "/beheer"
    return target
