"""Login to the review by an organisation's OpenID Connect provider."""

from __future__ import annotations

import hmac
import logging
from dataclasses import astuple
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.exceptions import HTTPException

from consultation import audit
from consultation.access.provider_accounts import account_of
from consultation.database.models import Account
from dialogue.messages import say
from dialogue.threads import in_writing_thread
from web.access.login import BY_PROVIDER, admitted, drop_cookie, login_form, set_cookie
from web.access.openid import (
    LoginQuestion,
    OpenIdProvider,
    ProvidedPerson,
    ProviderAway,
    ProviderRefused,
    new_question,
)
from web.dependencies import ClientAddress, Here, Services

CALLBACK = "/beheer/login/terug"
QUESTION_COOKIE = "samenspraak_aanbieder"
QUESTION_SECONDS = 600
_MAX_FIELD = 4000

router = APIRouter(prefix="/beheer", include_in_schema=False)
_log = logging.getLogger("samenspraak.web")


@router.get("/login/aanbieder")
async def to_the_provider(
    request: Request,
    here: Here,
    target: Annotated[str, Query(alias="next", max_length=1000)] = "/beheer",
) -> Response:
    """Sends the browser to the provider."""
    question = new_question()
    try:
        address = await _provider(request, here).address(question)
    except ProviderAway as error:
        return _away(request, here, target, error)
    response = RedirectResponse(address, 303)
    asked = str(_questions(here).dumps([*astuple(question), target]))
    set_cookie(request, response, QUESTION_COOKIE, asked, QUESTION_SECONDS)
    return response


@router.get("/login/terug")
async def back_from_the_provider(
    request: Request,
    here: Here,
    client: ClientAddress,
    code: Annotated[str, Query(max_length=_MAX_FIELD)] = "",
    state: Annotated[str, Query(max_length=_MAX_FIELD)] = "",
) -> Response:
    """Begins the session of whom the provider vouches for."""
    provider = _provider(request, here)
    asked = _question(request, here)
    name = here.settings.oidc_name
    if (
        asked is None
        or not code
        or not hmac.compare_digest(asked[0].state.encode(), state.encode())
    ):
        return _ended(
            request,
            login_form(request, here, "/beheer", 403, error=say("aanbieder_geweigerd", naam=name)),
        )
    question, target = asked
    wait = await here.limits.logins.taken(client)
    if wait:
        error = say("te_veel_pogingen", minuten=-(-wait // 60))
        return _ended(request, login_form(request, here, target, 429, error=error))
    try:
        person = await provider.person(code, question)
    except ProviderAway as error:
        return _ended(request, _away(request, here, target, error))
    except ProviderRefused as error:
        _log.warning("a login by the provider was refused: %s", error)
        told = say("aanbieder_geweigerd", naam=name)
        return _ended(request, login_form(request, here, target, 403, error=told))
    await here.limits.logins.given_back(client)
    account = await in_writing_thread(_account, here, person)
    if account is None:
        told = say("aanbieder_geen_account", naam=here.catalogue.consultatie.titel)
        return _ended(request, login_form(request, here, target, 403, error=told))
    return _ended(request, admitted(request, here, account, target, BY_PROVIDER))


def _account(here: Services, person: ProvidedPerson) -> Account | None:
    with here.storage.writing() as session:
        found = account_of(session, person.name, person.subject)
        if found is not None:
            audit.record(session, here.consultation_id, found.name, "aangemeld")
        return found


def _ended(request: Request, response: Response) -> Response:
    """Forgets the question, which is answered once."""
    drop_cookie(request, response, QUESTION_COOKIE)
    return response


def _away(request: Request, here: Services, target: str, error: ProviderAway) -> Response:
    _log.error("the provider of logins does not answer: %s", error)
    told = say("aanbieder_weg", naam=here.settings.oidc_name)
    return login_form(request, here, target, 503, error=told)


def _provider(request: Request, here: Services) -> OpenIdProvider:
    """The provider of this website.

    Raises:
        HTTPException: 404, none is set.
    """
    if not here.settings.oidc_issuer:
        raise HTTPException(404)
    known: OpenIdProvider | None = getattr(request.app.state, "provider", None)
    if known is None:
        known = OpenIdProvider(here.settings, here.settings.site_url + CALLBACK)
        request.app.state.provider = known
    return known


def _questions(here: Services) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(here.key, salt="samenspraak-aanbieder")


def _question(request: Request, here: Services) -> tuple[LoginQuestion, str] | None:
    """What this browser was sent to the provider with, and where it goes on to."""
    try:
        cookie = request.cookies.get(QUESTION_COOKIE, "")
        parts = _questions(here).loads(cookie, max_age=QUESTION_SECONDS)
        state, nonce, verifier, target = (str(each) for each in parts)
    except (BadData, ValueError, TypeError):
        return None
    return LoginQuestion(state, nonce, verifier), target
