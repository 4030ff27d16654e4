"""OpenID Connect: what a provider is asked, and whether its answer holds.

The authorization code flow with PKCE (RFC 7636). An answer counts when the provider's key signed it
for this website, in answer to this very question (``nonce``), and it is not too old.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from consultation.settings import Settings

_SIGNED_BY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures with a public key only: no shared secret, and never none."""

_SECONDS = 10.0
_KEPT_SECONDS = 3600.0
_LEEWAY = 60
_MOST = 500


class ProviderAway(Exception):
    """The provider does not answer, or not in the way that OpenID Connect prescribes."""


class ProviderRefused(Exception):
    """The answer does not hold, or does not say who somebody is."""


@dataclass(frozen=True)
class LoginQuestion:
    """What the browser takes to the provider; the answer must fit all three.

    ``state`` comes back in the address, ``nonce`` in what is signed, and who holds ``verifier``
    alone can trade the code in.
    """

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class ProvidedPerson:
    """Who the provider says that somebody is: ``subject`` for ever, ``name`` at present."""

    subject: str
    name: str


def new_question() -> LoginQuestion:
    """A question that nobody can guess."""
    return LoginQuestion(*(secrets.token_urlsafe(32) for _ in range(3)))


class OpenIdProvider:
    """The provider of the settings; what it publishes about itself is kept for an hour."""

    def __init__(self, settings: Settings, callback: str) -> None:
        """``callback`` is the address to which the provider sends the browser back."""
        self._settings = settings
        self._callback = callback
        self._about: dict[str, Any] = {}
        self._keys: KeySet | None = None
        self._until = 0.0
        self._lock = asyncio.Lock()

    async def address(self, question: LoginQuestion) -> str:
        """Where the browser goes to log in.

        Raises:
            ProviderAway: the provider does not answer.
        """
        about, _ = await self._known()
        digest = hashlib.sha256(question.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self._settings.oidc_client_id,
            "redirect_uri": self._callback,
            "scope": "openid email profile",
            "state": question.state,
            "nonce": question.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        place = str(about["authorization_endpoint"])
        return f"{place}{'&' if '?' in place else '?'}{urlencode(asked)}"

    async def person(self, code: str, question: LoginQuestion) -> ProvidedPerson:
        """Who somebody is who came back with this code.

        Raises:
            ProviderAway: the provider does not answer.
            ProviderRefused: the answer does not hold, or names nobody.
        """
        about, keys = await self._known()
        raw = await self._traded(str(about["token_endpoint"]), code, question)
        try:
            claims = self._claims(raw, keys, question)
        except (JoseError, ValueError):
            # The provider may have another key since.
            self._until = 0.0
            _, keys = await self._known()
            try:
                claims = self._claims(raw, keys, question)
            except (JoseError, ValueError) as error:
                raise ProviderRefused(type(error).__name__) from error
        return self._named(claims)

    async def _traded(self, endpoint: str, code: str, question: LoginQuestion) -> str:
        """The signed answer for which the provider trades a code in (RFC 6749, section 4.1.3)."""
        values = self._settings
        sent = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._callback,
            "code_verifier": question.verifier,
        }
        own = httpx.Auth()
        if values.oidc_client_secret:
            # The standard has both encoded as in a form first (section 2.3.1).
            own = httpx.BasicAuth(
                quote_plus(values.oidc_client_id), quote_plus(values.oidc_client_secret)
            )
        else:
            sent["client_id"] = values.oidc_client_id
        try:
            async with httpx.AsyncClient(timeout=_SECONDS, auth=own) as http:
                answer = await http.post(endpoint, data=sent)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ProviderAway(type(error).__name__) from error
        if answer.status_code >= 500:
            raise ProviderAway(str(answer.status_code))
        try:
            raw = answer.json()["id_token"] if answer.status_code == 200 else None
        except (ValueError, KeyError, TypeError) as error:
            raise ProviderRefused(type(error).__name__) from error
        if not isinstance(raw, str):
            raise ProviderRefused(str(answer.status_code))
        return raw

    def _claims(self, raw: str, keys: KeySet, question: LoginQuestion) -> Mapping[str, Any]:
        own = self._settings.oidc_client_id
        claims: dict[str, Any] = jwt.decode(raw, keys, algorithms=_SIGNED_BY).claims
        registry = jwt.JWTClaimsRegistry(
            leeway=_LEEWAY,
            iss={"essential": True, "value": str(self._about["issuer"])},
            aud={"essential": True, "value": own},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": question.nonce},
        )
        registry.validate(claims)
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != own:
            raise ValueError("it is meant for another website")
        return claims

    def _named(self, claims: Mapping[str, Any]) -> ProvidedPerson:
        claim = self._settings.oidc_claim
        name, subject = claims.get(claim), claims["sub"]
        if claim == "email" and claims.get("email_verified") is not True:
            raise ProviderRefused("email_verified")
        for each in (name, subject):
            if not isinstance(each, str) or not 0 < len(each) <= _MOST or not each.isprintable():
                raise ProviderRefused(claim)
        # One provider's people are not those of the next.
        return ProvidedPerson(f"{self._about['issuer']} {subject}"[:_MOST], str(name))

    async def _known(self) -> tuple[Mapping[str, Any], KeySet]:
        async with self._lock:
            if self._keys is None or time.monotonic() >= self._until:
                self._about, self._keys = await self._asked()
                self._until = time.monotonic() + _KEPT_SECONDS
            return self._about, self._keys

    async def _asked(self) -> tuple[dict[str, Any], KeySet]:
        issuer = self._settings.oidc_issuer
        try:
            async with httpx.AsyncClient(timeout=_SECONDS) as http:
                place = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
                about = (await http.get(place)).raise_for_status().json()
                if about["issuer"] != issuer:
                    raise ProviderAway("it calls itself otherwise than SAMENSPRAAK_OIDC_ISSUER")
                named = (about["authorization_endpoint"], about["token_endpoint"])
                keys = (await http.get(about["jwks_uri"])).raise_for_status().json()
                if not all(isinstance(each, str) for each in named):
                    raise ProviderAway("it does not say where to log in")
                return about, KeySet.import_key_set(keys)
        except (
            httpx.HTTPError,
            httpx.InvalidURL,
            JoseError,
            ValueError,
            KeyError,
            TypeError,
        ) as error:
            raise ProviderAway(type(error).__name__) from error
