"""The review's own people: what each role may do, their accounts, and who did what."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeTimedSerializer

from consultation import accounts, audit
from consultation.catalogue import Catalogue
from consultation.queries import coverage_gaps
from consultation.rights import ROLES, Right, may
from tests.review_stage import PASSWORD, as_role, field_of, log_in, post
from tests.web_stage import Site, analysed

pytest_plugins = ["tests.web_fixtures"]


@given(st.sampled_from(sorted(ROLES)), st.sampled_from(list(Right)), st.integers(1, 10))
def test_a_limit_only_ever_takes_rights_away(role: str, right: Right, opdracht: int) -> None:
    assert not may(role, 3, right)
    assert not may(role, 3, right, 4)
    if may(role, 3, right, 3):
        assert may(role, None, right, opdracht)


def test_each_role_has_its_own_work() -> None:
    assert may("facilitator", None, Right.decide)
    assert not may("analist", None, Right.decide)
    assert all(may(role, None, Right.analyse) for role in ROLES)
    assert may("facilitator", 4, Right.analyse, 4)
    assert [role for role in ROLES if may(role, None, Right.manage)] == ["beheerder"]
    assert not may("niemand", None, Right.read)
    assert set(ROLES) == set(accounts.ROLES)


def test_a_trekker_sees_only_the_opdracht_that_is_theirs(site: Site) -> None:
    made = analysed(site.storage)
    with as_role(site, "tine", "facilitator", 5) as http:
        assert http.get("/beheer/opdrachten/5").status_code == 200
        for path in (
            "/beheer/opdrachten/4",
            f"/beheer/themas/{made['codes'][0]}",
            f"/beheer/antwoorden/{made['answers'][0]}",
            "/beheer/zonder-opdracht",
        ):
            answer = http.get(path)
            assert answer.status_code == 403, path
            assert "alleen doen bij opdracht 5" in answer.text
        overview = http.get("/beheer").text
        assert 'href="/beheer/opdrachten/5"' in overview
        assert 'href="/beheer/opdrachten/4"' not in overview
        assert "tine" in overview
    with as_role(site, "tom", "facilitator", 4) as http:
        assert http.get(f"/beheer/antwoorden/{made['answers'][0]}").status_code == 200


@pytest.mark.parametrize("role", ["facilitator", "analist"])
def test_only_an_administrator_sees_accounts_and_the_log(site: Site, role: str) -> None:
    with as_role(site, "els", role) as http:
        for path in ("/beheer/accounts", "/beheer/logboek"):
            answer = http.get(path)
            assert answer.status_code == 403
            assert "Alleen een beheerder" in answer.text
        made = post(http, "/beheer/accounts", naam="ik", rol="beheerder", wachtwoord=PASSWORD)
        assert made.status_code == 403
    with site.storage.reading() as session:
        assert accounts.find(session, "ik") is None


def test_an_administrator_makes_an_account_and_it_is_in_the_log(site: Site) -> None:
    with as_role(site, "baas", "beheerder") as http:
        form = {"naam": "Tine", "rol": "facilitator", "opdracht": "9"}
        unequal = post(http, "/beheer/accounts", **form, wachtwoord=PASSWORD, herhaald="anders")
        assert unequal.status_code == 422
        assert 'value="Tine"' in unequal.text
        assert PASSWORD not in unequal.text
        for wrong in ({"rol": "koning"}, {"naam": "a b"}, {"opdracht": "99"}, {"opdracht": "x"}):
            same = {"wachtwoord": PASSWORD, "herhaald": PASSWORD}
            assert post(http, "/beheer/accounts", **{**form, **same, **wrong}).status_code == 422
        short = post(http, "/beheer/accounts", **form, wachtwoord="kort", herhaald="kort")
        assert "minstens 8 tekens" in short.text
        saved = post(http, "/beheer/accounts", **form, wachtwoord=PASSWORD, herhaald=PASSWORD)
        assert saved.status_code == 303
        assert "account tine is bewaard" in http.get(saved.headers["location"]).text
        log = http.get("/beheer/logboek").text
        assert "Account ‘tine’ als facilitator, opdracht 9" in log
        assert "Bewaarde een account" in http.get("/beheer/logboek?wie=Baas").text
        assert "Nog niets" in http.get("/beheer/logboek?wie=tine").text
    with site.client() as http:
        assert log_in(http, "tine").status_code == 303
        assert http.get("/beheer/opdrachten/9").status_code == 200


def test_another_password_takes_the_present_one_and_ends_other_sessions(site: Site) -> None:
    with as_role(site, "els", "analist") as here, site.client() as elsewhere:
        log_in(elsewhere, "els")
        new = {"wachtwoord": "nog een wachtwoord", "herhaald": "nog een wachtwoord"}
        wrong = post(here, "/beheer/wachtwoord", huidig="mis", **new)
        assert wrong.status_code == 422
        assert "Uw huidige wachtwoord klopt niet" in wrong.text
        done = post(here, "/beheer/wachtwoord", huidig=PASSWORD, **new)
        assert done.status_code == 303
        assert here.get("/beheer").status_code == 200
        assert elsewhere.get("/beheer").status_code == 303
        assert log_in(elsewhere, "els", "nog een wachtwoord").status_code == 303


def test_guessing_the_present_password_is_slowed_down(site: Site) -> None:
    with as_role(site, "els", "analist") as http:
        new = {"wachtwoord": "nog een wachtwoord", "herhaald": "nog een wachtwoord"}
        codes = [
            post(http, "/beheer/wachtwoord", huidig="mis", **new).status_code for _ in range(11)
        ]
        assert codes == [422] * 10 + [429]


def test_a_form_after_the_session_says_so_and_gives_back_what_was_typed(site: Site) -> None:
    with as_role(site, "baas", "beheerder") as http:
        fields = {"formulier": field_of(http), "naam": "tine <b>", "wachtwoord": PASSWORD}
        http.cookies.set("samenspraak_beheer", "oud.en.vals", path="/beheer")
        answer = http.post(
            "/beheer/accounts", data=fields, headers={"Referer": f"{site.url}/beheer/accounts"}
        )
        assert answer.status_code == 401
        assert "Uw sessie is voorbij" in answer.text
        assert "tine &lt;b&gt;" in answer.text
        assert PASSWORD not in answer.text
        assert "/beheer/login?next=%2Fbeheer%2Faccounts" in answer.text


def test_a_session_ends_after_twelve_hours(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.access.login.SESSION_SECONDS", -1)
    with site.storage.writing() as session:
        accounts.add_account(session, "els", "analist", PASSWORD)
    with site.client() as http:
        log_in(http, "els")
        assert http.get("/beheer").status_code == 303


def test_a_cookie_signed_with_another_key_is_nobody(site: Site) -> None:
    with site.client() as http:
        forged = URLSafeTimedSerializer("andere sleutel", salt="samenspraak-beheer")
        http.cookies.set("samenspraak_beheer", str(forged.dumps(["els", "x"])), path="/beheer")
        assert http.get("/beheer").status_code == 303


def test_a_forged_form_changes_nothing_and_gives_back_what_was_typed(site: Site) -> None:
    with as_role(site, "baas", "beheerder") as http:
        form = {"naam": "tine", "rol": "analist", "wachtwoord": PASSWORD, "herhaald": PASSWORD}
        for field in ({}, {"formulier": "vals"}):
            answer = http.post("/beheer/accounts", data={**form, **field})
            assert answer.status_code == 403
            assert "komt van een andere website" in answer.text
            assert "<dd>tine</dd>" in answer.text
    with site.storage.reading() as session:
        assert accounts.find(session, "tine") is None


def test_logins_are_in_the_log_but_never_what_was_typed(site: Site, http: httpx.Client) -> None:
    with as_role(site, "els", "analist"):
        log_in(http, "els", "geheim mis")
        log_in(http, "wie-dan-ook", "geheim mis")
    with site.storage.reading() as session:
        found = audit.entries(session, 1)
    assert [(each.account, each.what, each.about) for each in found] == [
        ("els", "aanmelding_mislukt", {}),
        ("els", "aangemeld", {}),
    ]


def test_the_overview_names_the_groups_that_were_not_heard(
    site: Site, catalogue: Catalogue
) -> None:
    analysed(site.storage, opdracht=9)
    nine = catalogue.opdracht(9)
    assert nine
    heard = {"burger", "werknemersorganisatie", "werkgeversorganisatie"}
    absent = [slug for slug in nine.groepen if slug not in heard]
    found = coverage_gaps.gaps([nine], catalogue.groepen, {9: dict.fromkeys(heard, 1)})
    assert [each.group.slug for each in found] == absent
    assert coverage_gaps.gaps([nine], catalogue.groepen, {}) == []
    with as_role(site, "els", "facilitator") as http:
        page = http.get("/beheer").text
        group = catalogue.groep(absent[0])
        assert group
        assert "Bij opdracht 9: " in page
        assert f"nog niemand van ‘{group.naam}’" in page
        assert page.count("Bij opdracht ") == 1
