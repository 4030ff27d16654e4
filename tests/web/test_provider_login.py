"""Login by an organisation's OpenID Connect provider, against one that runs and signs for real."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import ValidationError
from sqlalchemy import select

from consultation import accounts, rounds
from consultation.access.provider_accounts import add_provider_account
from consultation.database.models import Account
from consultation.database.records import AuditEntry
from consultation.database.storage import Storage
from consultation.settings import ROOT, Settings
from tests.openid_provider import CLIENT, SECRET
from tests.review_stage import PASSWORD
from tests.web_stage import Site, StandIn, free_port

pytest_plugins = ["tests.web_fixtures"]

EMAIL = "els@gemeente.example"


@contextmanager
def site_with_provider(folder: Path, stand_in: StandIn, **more: Any) -> Iterator[Site]:
    """A website with a provider's process, and an account for somebody there."""
    port = free_port()
    command = [sys.executable, "-m", "tests.openid_provider", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as provider:
        assert provider.stdout is not None
        assert provider.stdout.readline() == b"ready\n"
        own = free_port()
        values = Settings(
            data_dir=folder,
            database_url="",
            secret_key="only for tests",
            rasa_port=stand_in.port,
            actions_port=stand_in.port,
            public_url=f"http://127.0.0.1:{own}",
            oidc_client_id=CLIENT,
            oidc_client_secret=SECRET,
            oidc_issuer=f"http://127.0.0.1:{port}",
            oidc_name="de gemeente",
            **more,
        )
        storage = Storage(values.resolved_database_url)
        site = Site(values, storage, stand_in, url=f"http://127.0.0.1:{own}")
        site.start()
        with storage.writing() as session:
            rounds.open_(session, 1, 1)
            add_provider_account(session, EMAIL, "facilitator")
        yield site
        site.stop()
        storage.close()
        provider.terminate()


@pytest.fixture
def provided(tmp_path: Path, stand_in: StandIn) -> Iterator[Site]:
    with site_with_provider(tmp_path, stand_in) as site:
        yield site


def control(site: Site, **wanted: Any) -> None:
    """Tells the provider who comes, and what to do wrong."""
    httpx.post(f"{site.settings.oidc_issuer}/control", json=wanted, trust_env=False)


def come_back(http: httpx.Client, page: str = "/beheer") -> httpx.Response:
    """Logs in by the button, to the last answer of this website."""
    asked = http.get("/beheer/login/aanbieder", params={"next": page})
    assert asked.status_code == 303, asked.text
    told = http.get(asked.headers["location"])
    assert told.status_code == 302
    return http.get(told.headers["location"])


def test_whom_the_provider_vouches_for_is_logged_in(provided: Site) -> None:
    with provided.client() as http:
        page = http.get("/beheer/login?next=/beheer/vragen").text
        assert "Aanmelden met de gemeente" in page
        assert 'href="/beheer/login/aanbieder?next=/beheer/vragen"' in page
        done = come_back(http, "/beheer/vragen")
        assert (done.status_code, done.headers["location"]) == (303, "/beheer/vragen")
        assert f"{EMAIL} afmelden" in http.get("/beheer/vragen").text
    with provided.storage.reading() as session:
        told = [(each.account, each.what) for each in session.scalars(select(AuditEntry))]
    assert told == [(EMAIL, "aangemeld")]


def test_the_question_travels_with_pkce_and_in_a_closed_cookie(provided: Site) -> None:
    with provided.client() as http:
        asked = http.get("/beheer/login/aanbieder")
        query = parse_qs(urlsplit(asked.headers["location"]).query)
        assert query["code_challenge_method"] == ["S256"]
        assert len(query["state"][0]) > 30
        assert len(query["nonce"][0]) > 30
        assert "HttpOnly" in asked.headers["set-cookie"]
        assert SECRET not in asked.headers["location"]


WRONG: dict[str, dict[str, Any]] = {
    "signed by another": {"how": "other"},
    "not signed": {"how": "none"},
    "signed with the public key as a secret": {"how": "secret"},
    "meant for another website": {"claims": {"aud": "winkel"}},
    "meant for two, and the other asked": {"claims": {"aud": [CLIENT, "winkel"], "azp": "winkel"}},
    "from another provider": {"claims": {"iss": "https://kwaad.example"}},
    "too old": {"claims": {"exp": 1_700_000_000}},
    "without an end": {"claims": {"exp": None}},
    "an answer to another question": {"claims": {"nonce": "een andere"}},
    "without a question": {"claims": {"nonce": None}},
    "an address that was not verified": {"claims": {"email_verified": False}},
    "verified in words": {"claims": {"email_verified": "true"}},
    "without a name": {"claims": {"email": None}},
    "a name that is no text": {"claims": {"email": ["els@gemeente.example"]}},
    "a name with a NUL": {"claims": {"email": f"{EMAIL}\0"}},
    "without a subject": {"claims": {"sub": None}},
    "nobody with an account": {"claims": {"email": "piet@gemeente.example"}},
}


def test_an_answer_that_does_not_hold_lets_nobody_in(provided: Site) -> None:
    let_in: list[tuple[str, int, bool]] = []
    for name, wrong in WRONG.items():
        control(provided, **wrong)
        provided.app.state.services.limits.logins._levels.clear()
        with provided.client() as http:
            done = come_back(http)
            inside = http.get("/beheer").status_code == 200
            if done.status_code != 403 or inside or 'role="alert"' not in done.text:
                let_in.append((name, done.status_code, inside))
    assert let_in == []
    control(provided)
    with provided.client() as http:
        assert come_back(http).status_code == 303


def test_an_answer_counts_once_and_in_the_browser_that_asked(provided: Site) -> None:
    with provided.client() as http, provided.client() as thief:
        asked = http.get("/beheer/login/aanbieder")
        back = http.get(asked.headers["location"]).headers["location"]
        assert thief.get(back).status_code == 403
        # Somebody else's answer in one's own browser: a login that was slipped in.
        thief.get("/beheer/login/aanbieder")
        assert thief.get(back).status_code == 403
        assert http.get(back.replace("state=", "state=x")).status_code == 403
        again = http.get("/beheer/login/aanbieder")
        back = http.get(again.headers["location"]).headers["location"]
        cookies = dict(http.cookies)
        assert http.get(back).status_code == 303
        assert http.get(back).status_code == 403
        with provided.client() as replay:
            replay.cookies.update(cookies)
            assert replay.get(back).status_code == 403


def test_who_gets_the_address_of_somebody_who_left_gets_no_account(provided: Site) -> None:
    with provided.client() as http:
        assert come_back(http).status_code == 303
    control(provided, claims={"sub": "u-2"})
    with provided.client() as http:
        assert come_back(http).status_code == 403
    control(provided, claims={"sub": "u-1", "email": "els.nieuw@gemeente.example"})
    with provided.client() as http:
        assert come_back(http).status_code == 303
        assert f"{EMAIL} afmelden" in http.get("/beheer").text


def test_an_account_with_a_password_is_not_taken_over_and_one_without_has_none(
    provided: Site,
) -> None:
    with provided.storage.writing() as session:
        accounts.add_account(session, "baas@gemeente.example", "beheerder", PASSWORD)
        hidden = session.get_one(Account, EMAIL).password_hash
    control(provided, claims={"email": "baas@gemeente.example", "sub": "u-9"})
    with provided.client() as http:
        assert come_back(http).status_code == 403
        for password in ("", "!", hidden):
            form = {"username": EMAIL, "password": password}
            assert http.post("/beheer/login", data=form).status_code == 401


def test_another_key_of_the_provider_is_taken_and_an_outage_is_told(provided: Site) -> None:
    with provided.client() as http:
        assert come_back(http).status_code == 303
    control(provided, rotate=True)
    with provided.client() as http:
        assert come_back(http).status_code == 303
        http.cookies.clear()
        asked = http.get("/beheer/login/aanbieder")
        back = http.get(asked.headers["location"]).headers["location"]
        control(provided, away=True)
        late = http.get(back)
        assert late.status_code in (403, 503)
        assert "de gemeente" in late.text
    provided.app.state.provider = None
    with provided.client() as http:
        away = http.get("/beheer/login/aanbieder")
        assert away.status_code == 503
        assert "lukt nu niet" in away.text


def test_a_provider_takes_the_place_of_the_second_step(tmp_path: Path, stand_in: StandIn) -> None:
    with site_with_provider(tmp_path, stand_in, two_factor="ja") as site, site.client() as http:
        assert come_back(http).status_code == 303
        assert http.get("/beheer").status_code == 200


def test_without_a_provider_there_is_no_such_login(http: httpx.Client) -> None:
    assert "/beheer/login/aanbieder" not in http.get("/beheer/login").text
    for path in ("/beheer/login/aanbieder", "/beheer/login/terug?code=a&state=b"):
        assert http.get(path).status_code == 404


@pytest.mark.parametrize(
    "wrong", ["http://login.example", "ftp://x", "login.example", "https://x.example?a=b"]
)
def test_a_provider_that_anybody_could_play_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError):
        Settings(oidc_client_id="x", oidc_issuer=wrong)
    with pytest.raises(ValidationError):
        Settings(oidc_issuer="https://login.example")
