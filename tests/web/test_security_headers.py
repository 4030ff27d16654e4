"""What a browser is told about a page, and what a page never holds."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest
from fastapi import Request
from playwright.sync_api import Browser, Page

from consultation.errors import SamenspraakError
from consultation.settings import ROOT, Settings
from tests.review_stage import as_role
from tests.servers import free_port, workplace_variables
from tests.web.test_doors import website
from tests.web_stage import Site, StandIn, analysed
from web.dependencies import address_mark

pytest_plugins = ["tests.web_fixtures"]

PAGES = [
    "/", "/opdrachten/4", "/gesprek", "/formulier/4", "/mijn-antwoorden", "/privacy", "/methode",
    "/open-data", "/hoe-werkt-het", "/toegankelijkheid", "/nergens", "/beheer/login",
]  # fmt: skip
REVIEWED = [
    "/beheer", "/beheer/opdrachten/4", "/beheer/opdrachten/4/acties", "/beheer/accounts",
    "/beheer/logboek", "/beheer/tweede-stap", "/beheer/wachtwoord", "/beheer/uitvoer",
    "/beheer/invoer", "/beheer/vragen", "/beheer/indicatoren", "/beheer/opdrachten/4/codeboek",
]  # fmt: skip


class Inline(HTMLParser):
    """Collects what stands inline in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        # Data is no script: browsers do not run it.
        script = tag == "script" and "src" not in given
        if tag == "style" or (script and not str(given.get("type", "")).endswith("json")):
            self.found.append(f"<{tag}>")
        self.found += [
            f"{tag} {name}" for name in given if name.startswith("on") or name == "style"
        ]
        self.found += [
            f"{tag} {value}"
            for value in given.values()
            if str(value).strip().lower().startswith("javascript:")
        ]


def test_no_page_has_anything_inline_and_the_policy_allows_nothing(site: Site) -> None:
    analysed(site.storage)
    found = {}
    with as_role(site, "baas", "beheerder") as http:
        for path in (*PAGES, *REVIEWED):
            answer = http.get(path)
            inline = Inline()
            inline.feed(answer.text)
            policy = answer.headers["content-security-policy"]
            wrong = [*inline.found, *re.findall(r"unsafe-\w+|\*|https?:(?=[;\s]|$)", policy)]
            for asked in ("default-src 'self'", "object-src 'none'", "base-uri 'none'"):
                wrong += [] if asked in policy else [f"no {asked}"]
            if answer.headers["x-content-type-options"] != "nosniff" or wrong:
                found[path] = wrong
    assert found == {}


@pytest.mark.browser
def test_a_script_that_gets_into_a_page_does_not_run(browser_context: Page) -> None:
    page = browser_context
    page.goto("/privacy")
    page.evaluate(
        """() => {
        const script = document.createElement('script');
        script.textContent = 'window.taken = 1';
        document.body.append(script);
        document.body.insertAdjacentHTML('beforeend', '<img src="x:" onerror="window.taken = 2">');
        const other = document.createElement('script');
        other.src = 'https://kwaad.example/x.js';
        document.body.append(other);
        }"""
    )
    page.wait_for_timeout(300)
    assert page.evaluate("window.taken") is None


@pytest.fixture
def browser_context(browser: Browser, site: Site) -> Iterator[Page]:
    """A page that may break the policy, as that is what is tried."""
    context = browser.new_context(base_url=site.url)
    yield context.new_page()
    context.close()


def test_over_https_browsers_are_told_to_stay_there(tmp_path: Path, stand_in: StandIn) -> None:
    name, https = "strict-transport-security", {"X-Forwarded-Proto": "https"}
    with (
        website(tmp_path / "a", stand_in, trusted_proxies="127.0.0.1") as site,
        site.client() as http,
    ):
        for path in ("/", "/beheer/login", "/healthz", "/static/htmx.min.js", "/nergens"):
            assert http.get(path, headers=https).headers[name] == "max-age=31536000", path
            assert name not in http.get(path).headers
    with website(tmp_path / "b", stand_in) as site, site.client() as http:
        assert name not in http.get("/", headers=https).headers


@pytest.mark.parametrize("secret", ["geheim", "x" * 40, "changeme" * 5, "0123456789" * 2])
@pytest.mark.parametrize("public", [{"host": "0.0.0.0"}, {"public_url": "https://x.example"}])
def test_a_public_website_does_not_start_with_a_secret_that_can_be_guessed(
    secret: str, public: dict[str, str]
) -> None:
    for name in ("secret_key", "shared_secret"):
        with pytest.raises(SamenspraakError, match=f"SAMENSPRAAK_{name.upper()}: can be guessed"):
            Settings(**{name: secret}, **public).require_own_secrets()  # type: ignore[arg-type]
        # On this machine alone, as in a test, anything goes.
        Settings(**{name: secret}, host="127.0.0.1").require_own_secrets()  # type: ignore[arg-type]
    Settings(secret_key="kV3x9Qm2Lr7Tz0Wp5Ns8Yb4Hc6Jd1Fg", host="0.0.0.0").require_own_secrets()
    Settings(host="0.0.0.0").require_own_secrets()


def test_the_process_of_the_website_says_so_and_ends(tmp_path: Path) -> None:
    variables = {
        **workplace_variables(tmp_path),
        "SAMENSPRAAK_HOST": "0.0.0.0",
        "SAMENSPRAAK_SECRET_KEY": "geheim",
        "SAMENSPRAAK_PORT": str(free_port()),
    }
    done = subprocess.run(
        [sys.executable, "-m", "web"], env={**os.environ, **variables}, cwd=ROOT,
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 1
    assert "SAMENSPRAAK_SECRET_KEY: can be guessed" in done.stderr


def test_an_address_is_a_mark_of_one_day(site: Site, http: httpx.Client) -> None:
    """Limits know a visitor again today; what they keep names no address."""
    assert http.post("/api/chat/sessions", json={}).status_code == 201
    kept = site.app.state.services.limits.sessions._levels
    assert len(kept) == 1
    assert not any("127.0.0.1" in each for each in kept)

    def mark(address: str, day: str = "2026-11-30", key: str = "k") -> str:
        scope = {"type": "http", "client": (address, 1), "headers": []}
        return address_mark(Request(scope), key, day)

    assert mark("198.51.100.7") == mark("198.51.100.7")
    assert mark("198.51.100.7") != mark("198.51.100.8")
    assert mark("198.51.100.7") != mark("198.51.100.7", day="2026-12-01")
    assert mark("198.51.100.7") != mark("198.51.100.7", key="another")
    assert mark("2001:db8:1:2::1") == mark("2001:db8:1:2::9")
    assert mark("2001:db8:1:2::1") != mark("2001:db8:1:3::1")
