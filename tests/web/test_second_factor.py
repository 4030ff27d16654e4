"""The second step of a login: codes by time, recovery codes, and that nobody gets round it."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page
from sqlalchemy import select
from typer.testing import CliRunner

from consultation import accounts
from consultation.access import one_time_codes, second_factor
from consultation.access.one_time_codes import code_at, matching_step
from consultation.database.records import AuditEntry
from consultation.database.storage import Storage
from consultation.settings import settings
from samenspraak.cli import app
from tests.review_stage import PASSWORD, as_role, field_of, log_in
from tests.web.test_doors import website
from tests.web_pages import check_everywhere
from tests.web_stage import Site, StandIn

pytest_plugins = ["tests.web_fixtures"]

RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC_6238 = {
    59: "287082",
    1111111109: "081804",
    1111111111: "050471",
    1234567890: "005924",
    2000000000: "279037",
    20000000000: "353130",
}
KEY = "only for tests"


@pytest.mark.parametrize(("moment", "code"), RFC_6238.items())
def test_the_codes_are_those_of_the_standard(moment: int, code: str) -> None:
    assert code_at(RFC_SECRET, moment // 30) == code
    assert matching_step(RFC_SECRET, code, moment) == moment // 30
    # A clock may be half a minute off, and no more.
    assert matching_step(RFC_SECRET, code, moment + 30) == moment // 30
    assert matching_step(RFC_SECRET, code, moment + 61) is None
    assert matching_step(RFC_SECRET, code, moment, after=moment // 30) is None
    assert matching_step(RFC_SECRET, "", moment) is None


def test_codes_and_recovery_codes_count_once_on_every_database(storage: Storage) -> None:
    secret = one_time_codes.new_secret()
    with storage.writing() as session:
        accounts.add_account(session, "els", "facilitator", PASSWORD)
        codes = second_factor.enrol(session, "els", secret, KEY)
    assert len(set(codes)) == 10
    moment = 1_800_000_000.0

    def proves(typed: str, at: float = moment, key: str = KEY) -> str | None:
        with storage.writing() as session:
            return second_factor.prove(session, "els", typed, key, lambda: at)

    now = code_at(secret, int(moment) // 30)
    before = code_at(secret, int(moment) // 30 - 1)
    assert proves(now, key="another key") is None
    assert proves(f" {now[:3]} {now[3:]} ") == "code"
    # Not again, and not an older one that somebody saw.
    assert proves(now) is None
    assert proves(before) is None
    assert proves(code_at(secret, int(moment) // 30 + 1), moment + 30) == "code"
    assert proves(codes[0].upper()) == "recovery"
    assert proves(codes[0]) is None
    assert proves(codes[1].replace("-", "")) == "recovery"
    with storage.reading() as session:
        account = accounts.find(session, "els")
        assert account is not None
        assert len(account.recovery_hashes) == 8
        assert secret not in str(account.second_factor)


def secret_on(page: str) -> str:
    found = re.search(r"Sleutel: <code>([A-Z2-7 ]+)</code>", page)
    assert found
    return found[1].replace(" ", "")


def code_of(secret: str, later: int = 0) -> str:
    return code_at(secret, int(time.time()) // 30 + later)


def turn_on(http: httpx.Client) -> tuple[str, list[str]]:
    """Sets up the second step of who is logged in; the secret and the recovery codes."""
    page = http.get("/beheer/tweede-stap").text
    secret = secret_on(page)
    sealed = re.search(r'name="geheim" value="([^"]+)"', page)
    proof = re.search(r'name="formulier" value="([^"]+)"', page)
    assert sealed
    assert proof
    form = {"formulier": proof[1], "geheim": sealed[1], "code": "000000"}
    wrong = http.post("/beheer/tweede-stap", data=form)
    assert wrong.status_code == 422
    assert secret_on(wrong.text) == secret
    done = http.post("/beheer/tweede-stap", data={**form, "code": code_of(secret, -1)})
    assert done.status_code == 200, done.text
    codes = re.findall(r"<li><code>([a-z0-9-]{14})</code>", done.text)
    assert len(codes) == 10
    return secret, codes


def give(http: httpx.Client, code: str) -> httpx.Response:
    page = http.get("/beheer/login/code").text
    proof = re.search(r'name="formulier" value="([^"]+)"', page)
    assert proof
    return http.post("/beheer/login/code", data={"formulier": proof[1], "code": code})


def test_the_password_alone_opens_nothing_any_more(site: Site) -> None:
    with as_role(site, "els", "facilitator") as els, site.client() as thief:
        secret, codes = turn_on(els)
        # The session that set it up goes on; it says so in the log.
        assert els.get("/beheer").status_code == 200
        half = log_in(thief, "els", next="/beheer/vragen")
        assert (half.status_code, half.headers["location"]) == (303, "/beheer/login/code")
        assert "samenspraak_beheer" not in thief.cookies
        assert thief.get("/beheer").headers["location"].startswith("/beheer/login?")
        for wrong in ("", "000000", secret, PASSWORD):
            assert give(thief, wrong).status_code == 401
            assert thief.get("/beheer").status_code == 303
        # A form from elsewhere does not count, right code or not.
        forged = thief.post("/beheer/login/code", data={"code": code_of(secret)})
        assert forged.status_code == 403
        done = give(thief, code_of(secret))
        assert (done.status_code, done.headers["location"]) == (303, "/beheer/vragen")
        assert thief.get("/beheer").status_code == 200
        with site.client() as third:
            log_in(third, "els")
            assert give(third, codes[3]).status_code == 303
    with site.storage.reading() as session:
        told = [each.what for each in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert told == [
        "aangemeld", "tweede_stap", *["aanmelding_mislukt"] * 4,
        "aangemeld", "herstelcode", "aangemeld",
    ]  # fmt: skip


def test_a_session_from_before_ends_when_it_is_turned_on(site: Site) -> None:
    with as_role(site, "els", "facilitator") as els, site.client() as other:
        assert log_in(other, "els").status_code == 303
        turn_on(els)
        assert other.get("/beheer").status_code == 303


def test_guessing_codes_is_slowed_down_from_every_address(
    tmp_path: Path, stand_in: StandIn
) -> None:
    with website(tmp_path, stand_in) as site, site.client() as anna:
        log_in(anna, "anna")
        secret, _ = turn_on(anna)
        got = []
        for _ in range(3):
            with site.client() as thief:
                log_in(thief, "anna")
                got += [give(thief, "000000").status_code for _ in range(4)]
                if 429 in got:
                    assert give(thief, code_of(secret)).status_code == 429
    # One attempt of ten went to the wrong code while it was set up.
    assert got == [401] * 9 + [429] * 3


def test_a_half_login_is_good_for_five_minutes_and_its_own_password(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with as_role(site, "els", "facilitator") as els, site.client() as slow, site.client() as old:
        secret, _ = turn_on(els)
        log_in(slow, "els")
        page = slow.get("/beheer/login/code").text
        log_in(old, "els")
        proof = re.search(r'name="formulier" value="([^"]+)"', page)
        assert proof
        with monkeypatch.context() as patch:
            later = time.time() + 301
            patch.setattr("itsdangerous.timed.time.time", lambda: later)
            form = {"formulier": proof[1], "code": code_of(secret)}
            late = slow.post("/beheer/login/code", data=form)
            assert late.status_code == 401
            assert "te lang" in late.text
        with site.storage.writing() as session:
            accounts.set_password(session, "els", "een ander wachtwoord")
        assert give(old, code_of(secret)).status_code == 401


def test_where_it_is_forced_nothing_comes_before_it(tmp_path: Path, stand_in: StandIn) -> None:
    with website(tmp_path, stand_in, two_factor="ja") as site, site.client() as anna:
        log_in(anna, "anna")
        for path in ("/beheer", "/beheer/opdrachten/4", "/beheer/uitvoer/statements.csv"):
            answer = anna.get(path)
            assert (answer.status_code, answer.headers["location"]) == (303, "/beheer/tweede-stap")
        refused = anna.post("/beheer/wachtwoord", data={"formulier": field_of(anna)})
        assert refused.status_code == 403
        assert "tweede stap" in refused.text
        assert "verplicht" in anna.get("/beheer/tweede-stap").text
        secret, _ = turn_on(anna)
        assert anna.get("/beheer").status_code == 200
        proof = re.search(r'name="formulier" value="([^"]+)"', anna.get("/beheer").text)
        assert proof
        off = {"formulier": proof[1], "doe": "uit", "code": code_of(secret)}
        assert anna.post("/beheer/tweede-stap", data=off).status_code == 422
        assert anna.get("/beheer").status_code == 200


def test_it_is_turned_off_with_a_code_and_reset_from_the_command_line(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMENSPRAAK_DATA_DIR", str(site.settings.data_dir))
    settings.cache_clear()
    run = CliRunner()
    with as_role(site, "els", "facilitator") as els:
        secret, _ = turn_on(els)
        proof = re.search(r'name="formulier" value="([^"]+)"', els.get("/beheer").text)
        assert proof
        off = {"formulier": proof[1], "doe": "uit"}
        assert els.post("/beheer/tweede-stap", data={**off, "code": "000000"}).status_code == 422
        done = els.post("/beheer/tweede-stap", data={**off, "code": code_of(secret)})
        assert "staat uit" in html.unescape(done.text)
        turn_on(els)
        told = run.invoke(app, ["user", "reset", "Els"])
        assert (told.exit_code, told.stdout) == (0, "els: second factor removed\n")
        # Whoever held a session logs in anew.
        assert els.get("/beheer").status_code == 303
        els.cookies.clear()
        assert log_in(els, "els").headers["location"] == "/beheer"
        assert run.invoke(app, ["user", "reset", "niemand"]).exit_code == 1
    settings.cache_clear()


def test_the_secret_is_in_no_file_as_it_is(site: Site) -> None:
    with as_role(site, "els", "facilitator") as els:
        secret, codes = turn_on(els)
    for file in site.settings.data_dir.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert secret.encode() not in content, file.name
            assert not any(each.encode() in content for each in codes), file.name


@pytest.fixture
def enrolled(site: Site) -> Iterator[str]:
    with as_role(site, "els", "facilitator"):
        yield "els"


@pytest.mark.browser
def test_both_pages_are_read_by_everybody_and_work_by_keyboard(page: Page, enrolled: str) -> None:
    def log_in_by_keyboard() -> None:
        page.goto("/beheer/login")
        page.get_by_label("Naam").fill(enrolled)
        page.get_by_label("Wachtwoord").fill(PASSWORD)
        page.keyboard.press("Enter")

    log_in_by_keyboard()
    page.wait_for_url("**/beheer")
    page.get_by_role("link", name="Tweede stap").click()
    check_everywhere(page, "tweede stap", 320, 1280)
    assert page.get_by_role("img", name="Blokje voor de camera").locator("svg path").count() > 0
    secret = page.locator("p code").inner_text().replace(" ", "")
    page.get_by_label("Code uit de app").fill(code_of(secret, -1))
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Uw herstelcodes").wait_for()
    check_everywhere(page, "herstelcodes", 320, 1280)
    page.get_by_role("button", name="els afmelden").click()
    page.wait_for_url("**/beheer/login?afgemeld=ja")
    log_in_by_keyboard()
    page.get_by_role("heading", name="Code van uw app").wait_for()
    check_everywhere(page, "code", 320, 1280)
    page.get_by_label("Code").fill(code_of(secret))
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Overzicht").wait_for()
