"""Login to the review: a signed session cookie, CSRF tokens for forms, throttled attempts."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.exceptions import HTTPException

from consultation import accounts, audit
from consultation.access.second_factor import has_second_factor
from consultation.database.models import Account
from consultation.rights import Right, may
from dialogue.messages import say
from dialogue.threads import in_writing_thread
from web.dependencies import ClientAddress, Here, Limits, Services, services
from web.errors import Problem
from web.pages import pages
from web.server.limits import RateLimiter

LOGIN = "/beheer/login"
CODE = "/beheer/login/code"
ENROL = "/beheer/tweede-stap"
SESSION_COOKIE = "samenspraak_beheer"
FORM_COOKIE = "samenspraak_formulier"
BROWSER_COOKIE = "samenspraak_browser"
PENDING_COOKIE = "samenspraak_tweede_stap"
SESSION_SECONDS = 12 * 3600
BROWSER_SECONDS = 90 * 24 * 3600
PENDING_SECONDS = 300
BY_PASSWORD, BY_PROVIDER = "wachtwoord", "aanbieder"
_MAX_FIELD = 1000

router = APIRouter(prefix="/beheer", include_in_schema=False)


@dataclass(frozen=True)
class LoginAttempt:
    """A login attempt, counted before the password is checked.

    An attempt counts for its client address, and for its account from any address. A browser that
    logged in to the account before has its own count instead, so that strangers who guess at the
    account cannot lock its owner out.
    """

    limits: Limits
    client: str
    name: str
    browser: str | None

    async def begin(self) -> int:
        """Counts the attempt; returns 0, or the seconds to wait after too many attempts."""
        for buckets, key in self._counters():
            wait = await buckets.taken(key)
            if wait:
                return wait
        return 0

    async def succeeded(self) -> None:
        """Takes the attempt out of the counts, so that correct passwords never reach the limit."""
        for buckets, key in self._counters():
            await buckets.given_back(key)

    def _counters(self) -> tuple[tuple[RateLimiter, str], ...]:
        if self.browser is not None:
            return ((self.limits.logins, f"browser {self.browser}"),)
        account = hashlib.sha256(accounts.canonical(self.name).encode()).hexdigest()
        return (self.limits.logins, self.client), (self.limits.accounts, account)


@dataclass(frozen=True)
class Reviewer:
    """The logged-in account; ``opdracht`` is the only one it may work on, None for all."""

    name: str
    role: str
    opdracht: int | None
    second_factor: bool = True
    """Whether the session was begun with a second factor, or by a provider."""

    def may(self, right: str, opdracht: int | None = None) -> bool:
        """Whether the account has a right on an opdracht, or (None) on the whole consultation."""
        return may(self.role, self.opdracht, Right(right), opdracht)

    def require(
        self,
        right: str,
        opdracht: int | None = None,
        typed: Mapping[str, str] | None = None,
    ) -> None:
        """Raises unless the account has the right; ``typed`` is given back with the error.

        Raises:
            Problem: 403, with a sentence that says which role or opdracht the right belongs to.
        """
        if self.may(right, opdracht):
            return
        if self.opdracht is not None and may(self.role, None, Right(right)):
            detail = say("ander_opdracht", eigen=self.opdracht)
        else:
            detail = say(f"geen_recht_{right}")
        raise Problem(403, detail, typed=typed)


def reviewer(request: Request, here: Here) -> Reviewer:
    """The logged-in account; redirects (303) to the login page when there is none."""
    found = logged_in(request, here)
    if found is None:
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        location = f"{LOGIN}?next={quote(target, safe='')}"
        raise HTTPException(303, headers={"Location": location})
    if must_enrol(found, here):
        raise HTTPException(303, headers={"Location": ENROL})
    return found


def must_enrol(reviewer: Reviewer, here: Services) -> bool:
    """Whether somebody sets up a second factor before anything else."""
    return here.settings.forces_second_factor and not reviewer.second_factor


CurrentReviewer = Annotated[Reviewer, Depends(reviewer)]


def form_page(
    request: Request, here: Services, template: str, status: int = 200, **context: Any
) -> HTMLResponse:
    """Renders a page with forms: their proof is ``formulier``, and its cookie is set."""
    cookie = request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(24)
    proof = _proof(request, here, cookie)
    response = pages(request).render(request, template, status=status, formulier=proof, **context)
    set_cookie(request, response, FORM_COOKIE, cookie)
    return response


def forged(request: Request, here: Services, field: str | None) -> bool:
    """Whether a form field is not the proof for this browser's form cookie and session."""
    cookie = request.cookies.get(FORM_COOKIE)
    if cookie is None or field is None:
        return True
    return not hmac.compare_digest(_proof(request, here, cookie).encode(), field.encode())


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
    return login_form(request, here, target, notice=say("afgemeld") if afgemeld else "")


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
        return login_form(
            request, here, target, 403, error=say("vervalst_formulier"), name=username
        )
    attempt = LoginAttempt(here.limits, client, username, _known_browser(request, here, username))
    wait = await attempt.begin()
    if wait:
        error = say("te_veel_pogingen", minuten=-(-wait // 60))
        answer = login_form(request, here, target, 429, error=error, name=username)
        answer.headers["Retry-After"] = str(wait)
        return answer
    async with AsyncExitStack() as turn:
        if attempt.browser is None:
            await turn.enter_async_context(here.limits.hashing)
        account = await in_writing_thread(_verify, here, username, password)
    if account is None:
        error = say("verkeerde_aanmelding")
        return login_form(request, here, target, 401, error=error, name=username)
    await attempt.succeeded()
    if has_second_factor(account):
        contents = [account.name, accounts.fingerprint(account), _inside(target)]
        response = RedirectResponse(CODE, 303)
        pending = str(_pending(here).dumps(contents))
        set_cookie(request, response, PENDING_COOKIE, pending, PENDING_SECONDS)
        return response
    return admitted(request, here, account, target)


@dataclass(frozen=True)
class PendingLogin:
    """Somebody whose password was right, and whose code is asked for."""

    account: str
    fingerprint: str
    target: str


def pending_login(request: Request, here: Services) -> PendingLogin | None:
    """Whose code is asked for in this browser; None when that took too long."""
    try:
        cookie = request.cookies.get(PENDING_COOKIE, "")
        name, mark, target = _pending(here).loads(cookie, max_age=PENDING_SECONDS)
    except (BadData, ValueError, TypeError):
        return None
    return PendingLogin(str(name), str(mark), str(target))


def admitted(
    request: Request, here: Services, account: Account, target: str, how: str = BY_PASSWORD
) -> Response:
    """Begins the session of an account, and goes on to the page that was asked for."""
    response = RedirectResponse(_inside(target), 303)
    set_cookie(request, response, SESSION_COOKIE, session_cookie(here, account, how))
    browser = _browsers(here).dumps([account.name, secrets.token_urlsafe(12)])
    set_cookie(request, response, BROWSER_COOKIE, str(browser), BROWSER_SECONDS)
    drop_cookie(request, response, PENDING_COOKIE)
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
    drop_cookie(request, response, SESSION_COOKIE)
    return response


def login_form(
    request: Request,
    here: Services,
    target: str,
    status: int = 200,
    *,
    error: str = "",
    notice: str = "",
    name: str = "",
) -> Response:
    """The page of the login, with what went wrong or well."""
    return form_page(
        request,
        here,
        "beheer/login.html",
        status,
        target=_inside(target),
        error=error,
        notice=notice,
        name=name,
        provider=here.settings.oidc_name if here.settings.oidc_issuer else "",
    )


def set_cookie(
    request: Request, response: Response, name: str, value: str, seconds: int = SESSION_SECONDS
) -> None:
    """Sets a cookie under ``/beheer``: ``HttpOnly``, ``SameSite=Lax``, and ``Secure`` over https.

    ``seconds`` is its lifetime.
    """
    public = urlsplit(services(request).settings.site_url)
    over_https = public.scheme == "https" and request.headers.get("host") == public.netloc
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path="/beheer",
        secure=request.url.scheme == "https" or over_https,
        httponly=True,
        samesite="lax",
    )


def drop_cookie(request: Request, response: Response, name: str) -> None:
    """Takes a cookie of ``set_cookie`` away, where the browser has it."""
    if name in request.cookies:
        set_cookie(request, response, name, "", 0)


def _verify(here: Services, name: str, password: str) -> Account | None:
    with here.storage.reading() as session:
        account = accounts.verify(session, name, password)
        known = account is not None or accounts.find(session, name) is not None
    if known and not (account and has_second_factor(account)):
        what = "aangemeld" if account else "aanmelding_mislukt"
        with here.storage.writing() as session:
            audit.record(session, here.consultation_id, accounts.canonical(name), what)
    return account


def session_cookie(here: Services, account: Account, how: str = BY_PASSWORD) -> str:
    """The session cookie of an account, valid until its password changes or the session expires.

    ``how`` is ``BY_PASSWORD`` or ``BY_PROVIDER``.
    """
    contents = [account.name, accounts.fingerprint(account), secrets.token_urlsafe(12), how]
    return str(_signer(here).dumps(contents))


def renewed_cookie(request: Request, here: Services, account: Account) -> str:
    """The cookie of this same session after its account changed; forms shown before stay good."""
    found = _session(request, here)
    if found is None:
        return session_cookie(here, account)
    _, _, which, how = found
    contents = [account.name, accounts.fingerprint(account), which, how]
    return str(_signer(here).dumps(contents))


def logged_in(request: Request, here: Services) -> Reviewer | None:
    """The account of the session cookie; None without a valid session."""
    found = _session(request, here)
    if found is None:
        return None
    name, mark, _, how = found
    with here.storage.reading() as session:
        account = accounts.find(session, name)
        if account is None or accounts.fingerprint(account) != mark:
            return None
        second = has_second_factor(account) or how == BY_PROVIDER
        return Reviewer(account.name, account.role, account.opdracht, second)


def _signer(here: Services) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(here.key, salt="samenspraak-beheer")


def _pending(here: Services) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(here.key, salt="samenspraak-tweede-stap")


def _browsers(here: Services) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(here.key, salt="samenspraak-browser")


def _session(request: Request, here: Services) -> tuple[str, str, str, str] | None:
    """Account name, fingerprint, session id and how it was begun; None without a valid cookie."""
    try:
        cookie = request.cookies.get(SESSION_COOKIE, "")
        name, mark, which, how = _signer(here).loads(cookie, max_age=SESSION_SECONDS)
    except (BadData, ValueError, TypeError):
        return None
    return str(name), str(mark), str(which), str(how)


def _known_browser(request: Request, here: Services, name: str) -> str | None:
    """The id of this browser, when it logged in to the account before; else None."""
    try:
        cookie = request.cookies.get(BROWSER_COOKIE, "")
        known, mark = _browsers(here).loads(cookie, max_age=BROWSER_SECONDS)
    except (BadData, ValueError, TypeError):
        return None
    return str(mark) if known == accounts.canonical(name) else None


def _proof(request: Request, here: Services, cookie: str) -> str:
    session = _session(request, here)
    bound = f"form {cookie} {session[2] if session else ''}"
    return hmac.new(here.key.encode(), bound.encode(), hashlib.sha256).hexdigest()


def _from_a_browser(request: Request) -> bool:
    """Whether a browser sent the form: it names the origin, which a command-line tool does not."""
    return any(request.headers.get(name) for name in ("origin", "sec-fetch-site", "referer"))


def _inside(target: str) -> str:
    """The target when it is a page of the review other than the login page, else ``/beheer``."""
    parts = urlsplit(target)
    inside = parts.path == "/beheer" or parts.path.startswith("/beheer/")
    if parts.scheme or parts.netloc or not inside or parts.path == LOGIN or "\\" in target:
        return "/beheer"
    return target
