"""What strangers on the network can get out of the website, and what they can do to others."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import ValidationError

from consultation import accounts, rounds
from consultation.database.storage import Storage
from consultation.settings import ROOT, Settings
from tests.review_stage import PASSWORD, as_role, field_of, log_in
from tests.servers import SAMENSPRAAK
from tests.web_stage import Site, StandIn

pytest_plugins = ["tests.web_fixtures"]

ELSEWHERE = "kwaad.example"
PUBLIC = "https://overleg.example"


@contextmanager
def website(folder: Path, stand_in: StandIn, **settings: str) -> Iterator[Site]:
    """A website with settings of its own, round 1 open, and an account."""
    more: dict[str, Any] = {"database_url": "", **settings}
    values = Settings(
        data_dir=folder,
        secret_key="only for tests",
        rasa_port=stand_in.port,
        actions_port=stand_in.port,
        **more,
    )
    storage = Storage(values.resolved_database_url)
    running = Site(values, storage, stand_in)
    running.start()
    limits = running.app.state.services.limits
    # However slow the machine, nobody gets attempts back within a test.
    limits.logins._clock = limits.accounts._clock = lambda: 1000.0
    with storage.writing() as session:
        rounds.open_(session, 1, 1)
        accounts.add_account(session, "anna", "facilitator", PASSWORD)
    yield running
    running.stop()
    storage.close()


def guess(http: httpx.Client, address: str = "", name: str = "anna") -> int:
    """The status of an attempt with a wrong password, as if from an address."""
    headers = {"X-Forwarded-For": address} if address else {}
    form = {"username": name, "password": "geraden wachtwoord"}
    return http.post("/beheer/login", data=form, headers=headers).status_code


def test_twenty_attempts_at_once_are_twenty_attempts(tmp_path: Path, stand_in: StandIn) -> None:
    with website(tmp_path, stand_in) as site, site.client() as http:
        with ThreadPoolExecutor(20) as all_at_once:
            got = list(all_at_once.map(lambda _: guess(http), range(20)))
        assert sorted(got) == [401] * 10 + [429] * 10
        assert log_in(http, "anna").status_code == 429


def test_twenty_attempts_at_another_password_at_once(site: Site) -> None:
    with as_role(site, "bea", "facilitator") as http:
        form = {
            "formulier": field_of_review(http),
            "huidig": "geraden wachtwoord",
            "wachtwoord": "een ander wachtwoord",
            "herhaald": "een ander wachtwoord",
        }
        with ThreadPoolExecutor(20) as all_at_once:
            got = list(
                all_at_once.map(
                    lambda _: http.post("/beheer/wachtwoord", data=form).status_code, range(20)
                )
            )
    assert sorted(got) == [422] * 10 + [429] * 10


def test_nobody_is_believed_about_another_s_address(tmp_path: Path, stand_in: StandIn) -> None:
    with website(tmp_path, stand_in) as site, site.client() as http:
        got = [guess(http, f"198.51.100.{number}") for number in range(11)]
    assert got == [401] * 10 + [429]


def test_a_proxy_that_is_named_is_believed(tmp_path: Path, stand_in: StandIn) -> None:
    with (
        website(tmp_path, stand_in, trusted_proxies="127.0.0.0/8, ::1") as site,
        site.client() as http,
    ):
        got = [guess(http, f"198.51.100.{number}", f"u{number}") for number in range(11)]
        assert got == [401] * 11
        # What a visitor puts there himself stands before what the proxy adds.
        got = [guess(http, f"198.51.100.{number}, 203.0.113.9", "x") for number in range(11)]
        assert got == [401] * 10 + [429]
        # A network of version 6 is one visitor.
        got = [guess(http, f"2001:db8:1:2::{number:x}", "y") for number in range(11)]
        assert got == [401] * 10 + [429]


def test_many_addresses_cannot_try_one_account_nor_keep_its_owner_out(
    tmp_path: Path, stand_in: StandIn
) -> None:
    with (
        website(tmp_path, stand_in, trusted_proxies="127.0.0.1") as site,
        site.client() as strangers,
        site.client() as owner,
        site.client() as elsewhere,
    ):
        assert log_in(owner, "anna").status_code == 303
        got = [guess(strangers, f"198.51.{n // 200}.{n % 200}", " Anna") for n in range(60)]
        assert got.count(401) == 30
        assert set(got[30:]) == {429}
        # Nobody who is not there is told apart.
        got = [guess(strangers, f"203.0.{n // 200}.{n % 200}", "niemand") for n in range(40)]
        assert got.count(401) == 30
        # The owner's own browser is not in the way of strangers, whoever sits before them.
        owner.cookies.delete("samenspraak_beheer")
        assert log_in(owner, "anna").status_code == 303
        # From another computer the owner waits shortly.
        later = log_in(elsewhere, "anna")
        assert later.status_code == 429
        assert int(later.headers["retry-after"]) <= 20
        # A browser is known for one account, and its own guesses are counted.
        assert guess(owner, "192.0.2.1", "niemand") == 429
        got = [guess(owner, f"192.0.2.{n}") for n in range(11)]
        assert got == [401] * 10 + [429]


@pytest.mark.parametrize("wrong", ["*", "proxy.example", "10.0.0.0/33", "127.0.0.1;::1"])
def test_a_proxy_is_named_by_its_address(wrong: str) -> None:
    with pytest.raises(ValidationError):
        Settings(trusted_proxies=wrong)


@pytest.mark.parametrize("wrong", ["overleg.example", "ftp://x", "https://x.be/pad", "https://a@b"])
def test_a_public_address_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError):
        Settings(public_url=wrong)


def test_no_answer_holds_a_name_that_the_request_gave_the_site(
    tmp_path: Path, stand_in: StandIn
) -> None:
    paths = ["/", "/opdrachten/4", "/gesprek", "/formulier/4", "/sitemap.xml", "/robots.txt"]
    paths += ["/beheer", "/beheer/", "/beheer/login/", "/privacy/", "/opdrachten/4/", "/nergens"]
    headers = {
        "Host": ELSEWHERE,
        "X-Forwarded-Host": ELSEWHERE,
        "X-Forwarded-Proto": "https",
        "Forwarded": f"host={ELSEWHERE}",
    }
    for public in ("", f"{PUBLIC}/"):
        with (
            website(tmp_path, stand_in, public_url=public) as site,
            site.client() as http,
        ):
            origin = PUBLIC if public else f"http://localhost:{site.settings.port}"
            for path in paths:
                answer = http.get(path, headers=headers)
                assert answer.status_code in (200, 303, 307, 404), path
                assert ELSEWHERE not in answer.text + str(answer.headers), path
            assert http.get("/privacy/", headers=headers).headers["location"] == "/privacy"
            home = http.get("/", headers=headers).text
            assert f'<link rel="canonical" href="{origin}/">' in home
            assert f'<meta property="og:url" content="{origin}/">' in home
            assert f'og:image" content="{origin}/static/' in home
            assert f"<loc>{origin}/opdrachten/4</loc>" in http.get("/sitemap.xml").text
            assert f"Sitemap: {origin}/sitemap.xml" in http.get("/robots.txt").text


def test_an_invitation_leads_to_the_public_address(
    tmp_path: Path, workplace_environment: dict[str, str]
) -> None:
    rows = tmp_path / "mensen.csv"
    rows.write_text("name,organisation,group,opdrachten,email\nBea,,burger,4,bea@example.org\n")

    def verb(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(SAMENSPRAAK), *arguments],
            env={**workplace_environment, **more},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )

    verb("round", "open", "1")
    public = verb("invite", str(rows), SAMENSPRAAK_PUBLIC_URL=PUBLIC)
    assert f",{PUBLIC}/gesprek?uitnodiging=" in public.stdout
    assert public.stderr == ""
    local = verb("invite", str(rows), SAMENSPRAAK_PORT="8123")
    assert ",http://localhost:8123/gesprek?uitnodiging=" in local.stdout
    assert "SAMENSPRAAK_PUBLIC_URL" in local.stderr


def test_cookies_travel_over_https_only_where_the_site_does(
    tmp_path: Path, stand_in: StandIn
) -> None:
    form = {"username": "anna", "password": PASSWORD}
    with website(tmp_path, stand_in, public_url=PUBLIC) as site, site.client() as http:
        for host, secure in (("overleg.example", True), ("localhost:8000", False)):
            answer = http.post("/beheer/login", data=form, headers={"Host": host})
            assert answer.status_code == 303
            given = answer.headers.get_list("set-cookie")
            assert [("Secure" in each) for each in given] == [secure] * 2
            assert all("HttpOnly" in each and "SameSite=lax" in each for each in given)


@pytest.mark.parametrize(
    ("path", "frames"),
    [
        ("/gesprek", "frame-ancestors 'self' https://gemeente.example"),
        ("/gesprek?opdracht=4", "frame-ancestors 'self' https://gemeente.example"),
        ("/", "frame-ancestors 'self'"),
        ("/formulier/4", "frame-ancestors 'self'"),
        ("/mijn-antwoorden", "frame-ancestors 'self'"),
        ("/beheer/login", "frame-ancestors 'none'"),
        ("/beheer", "frame-ancestors 'none'"),
        ("/beheer/nergens", "frame-ancestors 'none'"),
    ],
)
def test_only_the_talk_stands_in_a_frame_of_another_website(
    http: httpx.Client, path: str, frames: str
) -> None:
    policy = http.get(path).headers["content-security-policy"]
    assert re.search(f"{frames}(;|$| http://localhost)", policy), policy


def test_scripts_of_other_websites_reach_the_chat_only(http: httpx.Client) -> None:
    theirs = {"Origin": "https://gemeente.example"}
    for path in ("/api/chat/messages", "/beheer/login", "/beheer", "/", "/mijn-antwoorden"):
        allowed = "access-control-allow-origin" in http.get(path, headers=theirs).headers
        assert allowed == path.startswith("/api/chat"), path


def field_of_review(http: httpx.Client) -> str:
    """The proof in the forms of somebody who is logged in."""
    found = re.search(r'name="formulier" value="([^"]+)"', http.get("/beheer/wachtwoord").text)
    assert found
    return found[1]


def test_the_proof_of_a_form_is_good_in_one_session_only(site: Site) -> None:
    with (
        as_role(site, "anna", "facilitator") as anna,
        as_role(site, "kwaad", "facilitator") as attacker,
        site.client() as again,
    ):
        assert log_in(again, "anna").status_code == 303
        for other in (attacker, again):
            theirs = field_of_review(other)
            mine = field_of_review(anna)
            assert theirs != mine
            kept = anna.cookies["samenspraak_formulier"]
            # A neighbour under the same domain can set a cookie, but not the session's.
            anna.cookies.set(
                "samenspraak_formulier",
                other.cookies["samenspraak_formulier"],
                domain="127.0.0.1",
                path="/beheer",
            )
            assert anna.post("/beheer/wachtwoord", data={"formulier": theirs}).status_code == 403
            anna.cookies.set("samenspraak_formulier", kept, domain="127.0.0.1", path="/beheer")
            assert anna.post("/beheer/wachtwoord", data={"formulier": mine}).status_code == 422


def test_a_proof_from_before_the_login_is_not_good_after_it(site: Site) -> None:
    with site.storage.writing() as session:
        accounts.add_account(session, "anna", "facilitator", PASSWORD)
    with site.client() as http:
        before = field_of(http)
        form = {"username": "anna", "password": PASSWORD, "formulier": before}
        assert http.post("/beheer/login", data=form).status_code == 303
        assert http.post("/beheer/wachtwoord", data={"formulier": before}).status_code == 403


ODD = ("%00", "O04-T001%00", "a%00b", "9" * 30, "-1", "%F0%9F%8E%93", "%FF", "a" * 3000)


def test_no_odd_address_or_field_is_an_outage(
    tmp_path: Path, stand_in: StandIn, database_url: str
) -> None:
    with (
        website(tmp_path, stand_in, database_url=database_url) as site,
        as_role(site, "baas", "beheerder") as http,
    ):
        proof = field_of_review(http)
        wrong: list[str] = []

        def ask(method: str, url: str, nul: bool, **more: Any) -> None:
            answer = http.request(method, url, **more)
            code = answer.status_code
            if code >= 500 or (nul and not 400 <= code < 500):
                wrong.append(f"{method} {url[:60]} {more}: {code}")

        routes = {
            (min(each.original_route.methods or ()), each.original_route.path)
            for each in iter_route_contexts(site.app.routes)
            if isinstance(each.original_route, APIRoute)
        } - {("POST", "/beheer/logout")}
        assert len([path for _, path in routes if "{" in path]) > 20
        for method, path in sorted(routes):
            plain = re.sub(r"\{[^}]*\}", "1", path)
            for odd in ODD if "{" in path else ():
                # Odd in the place of a number, it may be no such address: 404 is well.
                url = re.sub(r"\{[^}]*\}", odd, path)
                ask(
                    method,
                    url,
                    "%00" in odd,
                    data={"formulier": proof} if method == "POST" else None,
                )
            for odd in ("%00", "a%00b", "9" * 30, "%FF"):
                for name in ("ronde", "pagina", "wie", "next", "uitnodiging", "opdracht", "after"):
                    ask(method, f"{plain}?{name}={odd}", "%00" in odd)
            if method == "POST":
                for name in ("naam", "x", "code", "antwoord_drempel", "message", "formulier"):
                    data = {"formulier": proof, name: "a\0b"}
                    ask("POST", plain, True, data=data)
                    ask("POST", plain, True, files={"y": (None, "z")}, data=data)
                    ask("POST", plain, True, json={name: "a\0b"})
        assert wrong == []
