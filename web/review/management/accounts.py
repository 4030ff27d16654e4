"""Pages of the review for accounts, the own password and the audit log."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import select

from consultation import accounts, audit
from consultation.audit_sentences import audit_sentence
from consultation.database.models import Account
from consultation.errors import AccountError
from dialogue.messages import say
from dialogue.threads import in_writing_thread
from web.access.login import SESSION_COOKIE, CurrentReviewer, Reviewer, session_cookie, set_cookie
from web.dependencies import Here, Services
from web.review.common import FormPost, PageNumber, PostedForm, back_to, page, paged
from web.server.threads import WritingRoute

router = APIRouter(prefix="/beheer", include_in_schema=False, route_class=WritingRoute)

Done = Annotated[str, Query(alias="gedaan", max_length=80)]


@router.get("/accounts")
def accounts_page(
    request: Request, here: Here, reviewer: CurrentReviewer, gedaan: Done = ""
) -> Response:
    """All accounts, and the form for a new one."""
    reviewer.require("manage")
    notice = say("account_bewaard", naam=gedaan) if gedaan else ""
    return _accounts(request, here, reviewer, notice=notice)


@router.post("/accounts")
def save_account(request: Request, here: Here, form: PostedForm) -> Response:
    """Makes an account, or gives one another password and role."""
    form.reviewer.require("manage", typed=form.typed)
    name, role = form.line("naam"), form.line("rol")
    limit = form.number("opdracht")
    if limit is not None and here.catalogue.opdracht(limit) is None:
        return _accounts(
            request, here, form.reviewer, 422, say("opdracht_onbekend", nummer=limit), form
        )
    password = str(form.fields.get("wachtwoord") or "")
    if password != str(form.fields.get("herhaald") or ""):
        return _accounts(request, here, form.reviewer, 422, say("wachtwoord_verschilt"), form)
    error = _unfit(name, role, password)
    if error:
        return _accounts(request, here, form.reviewer, 422, error, form)
    hashed = accounts.hashed(password)
    with here.storage.writing() as session:
        saved = accounts.add_account(session, name, role, hashed, limit)
        known_as = saved.account.name
        audit.record(
            session,
            here.consultation_id,
            form.reviewer.name,
            "account",
            naam=known_as,
            rol=role,
            opdracht=limit or 0,
        )
    return back_to("/beheer/accounts", gedaan=known_as)


@router.get("/wachtwoord")
def password_page(
    request: Request, here: Here, reviewer: CurrentReviewer, gedaan: Done = ""
) -> Response:
    """The form for another password of one's own."""
    notice = say("wachtwoord_bewaard") if gedaan else ""
    return page(request, here, reviewer, "beheer/wachtwoord.html", notice=notice, error="")


@router.post("/wachtwoord")
async def change_password(request: Request, here: Here, form: PostedForm) -> Response:
    """Gives whoever is logged in another password; their other sessions end."""
    reviewer = form.reviewer
    now, new, again = (
        str(form.fields.get(name) or "") for name in ("huidig", "wachtwoord", "herhaald")
    )
    key = f"wachtwoord {reviewer.name}"
    error = "" if new == again else say("wachtwoord_verschilt")
    error = error or _unfit(reviewer.name, "facilitator", new)
    # Take the token before the password check, so that concurrent attempts all count.
    wait = 0 if error else await here.limits.logins.taken(key)
    if wait:
        error = say("te_veel_pogingen", minuten=-(-wait // 60))
        return page(request, here, reviewer, "beheer/wachtwoord.html", 429, notice="", error=error)
    cookie = None
    if not error:
        cookie = await in_writing_thread(_changed, here, reviewer, now, new)
        if cookie is None:
            error = say("wachtwoord_verkeerd")
        else:
            await here.limits.logins.given_back(key)
    if error or cookie is None:
        return page(request, here, reviewer, "beheer/wachtwoord.html", 422, notice="", error=error)
    response = back_to("/beheer/wachtwoord", gedaan="ja")
    set_cookie(request, response, SESSION_COOKIE, cookie)
    return response


@router.get("/logboek")
def audit_page(
    request: Request,
    here: Here,
    reviewer: CurrentReviewer,
    wie: Annotated[str, Query(max_length=80)] = "",
    pagina: PageNumber = 1,
) -> Response:
    """Who logged in, exported, published, made accounts."""
    reviewer.require("manage")
    with here.storage.reading() as session:
        found = audit.entries(session, here.consultation_id, wie.strip().lower() or None)
    return page(
        request,
        here,
        reviewer,
        "beheer/logboek.html",
        shown=paged(found, pagina, 100),
        wie=wie,
        told=audit_sentence,
    )


def _changed(here: Services, reviewer: Reviewer, now: str, new: str) -> str | None:
    """Sets the new password; returns a new session cookie, None when the current one is wrong."""
    with here.storage.reading() as session:
        if accounts.verify(session, reviewer.name, now) is None:
            return None
    hashed = accounts.hashed(new)
    with here.storage.writing() as session:
        account = accounts.set_password(session, reviewer.name, hashed)
        audit.record(session, here.consultation_id, reviewer.name, "wachtwoord")
        return session_cookie(here, account)


def _unfit(name: str, role: str, password: str) -> str:
    """The first error in a name, role or password, in Dutch; empty when all are valid."""
    if role not in accounts.ROLES:
        return say("rol_onbekend")
    try:
        accounts.check_name(name)
    except AccountError:
        return say("accountnaam_past_niet")
    try:
        accounts.check_password(password)
    except AccountError:
        return say("wachtwoord_past_niet", minstens=accounts.MIN_PASSWORD)
    return ""


def _accounts(
    request: Request,
    here: Services,
    reviewer: Reviewer,
    status: int = 200,
    error: str = "",
    form: FormPost | None = None,
    notice: str = "",
) -> Response:
    with here.storage.reading() as session:
        known = list(session.scalars(select(Account).order_by(Account.name)))
    return page(
        request,
        here,
        reviewer,
        "beheer/accounts.html",
        status,
        accounts=known,
        roles=accounts.ROLES,
        error=error,
        notice=notice,
        typed=form.typed if form else {},
    )
