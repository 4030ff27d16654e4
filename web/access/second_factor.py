"""The second step of a login: a code of an app, or a recovery code."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from consultation import accounts, audit
from consultation.access import second_factor
from consultation.access.second_factor import SecondFactorProof
from consultation.database.models import Account
from dialogue.messages import say
from dialogue.threads import in_writing_thread
from web.access.login import (
    CODE,
    PendingLogin,
    admitted,
    forged,
    form_page,
    login_form,
    pending_login,
)
from web.dependencies import Here, Services

_MAX_FIELD = 1000

router = APIRouter(prefix="/beheer", include_in_schema=False)


@router.get("/login/code")
def code_page(request: Request, here: Here) -> Response:
    """The form for the code, after the password."""
    if pending_login(request, here) is None:
        return RedirectResponse("/beheer", 303)
    return _form(request, here)


@router.post("/login/code")
async def give_code(
    request: Request,
    here: Here,
    code: Annotated[str, Form(max_length=_MAX_FIELD)] = "",
    formulier: Annotated[str | None, Form(max_length=_MAX_FIELD)] = None,
) -> Response:
    """Begins the session where the code is right."""
    pending = pending_login(request, here)
    if pending is None:
        return login_form(request, here, "/beheer", 401, error=say("tweede_stap_te_laat"))
    if forged(request, here, formulier):
        return _form(request, here, 403, say("vervalst_formulier"))
    key = f"code {pending.account}"
    # Take the token before the check, so that concurrent attempts all count.
    wait = await here.limits.logins.taken(key)
    if wait:
        answer = _form(request, here, 429, say("te_veel_pogingen", minuten=-(-wait // 60)))
        answer.headers["Retry-After"] = str(wait)
        return answer
    account = await in_writing_thread(_proved, here, pending, code)
    if account is None:
        return _form(request, here, 401, say("tweede_stap_code"))
    await here.limits.logins.given_back(key)
    return admitted(request, here, account, pending.target)


def _proved(here: Services, pending: PendingLogin, code: str) -> Account | None:
    """The account when the code is right; either way it is in the log."""
    with here.storage.writing() as session:
        account = accounts.find(session, pending.account)
        if account is None or accounts.fingerprint(account) != pending.fingerprint:
            return None
        proof = second_factor.prove(session, account.name, code, here.key)
        what = "aangemeld" if proof else "aanmelding_mislukt"
        if proof is SecondFactorProof.recovery:
            audit.record(session, here.consultation_id, account.name, "herstelcode")
        audit.record(session, here.consultation_id, account.name, what)
        return account if proof else None


def _form(request: Request, here: Services, status: int = 200, error: str = "") -> Response:
    return form_page(request, here, "beheer/code.html", status, error=error, action=CODE)
