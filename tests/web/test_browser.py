"""In a real browser: a talk with the widget, and every page free of accessibility errors."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import func, select

from consultation import accounts
from consultation.database.models import ContributionVersion, Message, Participant
from tests.web_pages import alike, answer_box, check_everywhere, lines, say, violations
from tests.web_stage import Site, StandIn, analysed, foreign_page, small_talk

pytest_plugins = ["tests.web_fixtures"]
pytestmark = pytest.mark.browser

PASSWORD = "een lang wachtwoord"


def test_a_whole_talk_by_keyboard_alone(page: Page, site: Site) -> None:
    page.goto("/opdrachten/4")
    start = page.get_by_role("button", name="Start het gesprek")
    start.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Mogen we uw antwoorden bewaren?")).to_be_visible()
    expect(answer_box(page)).to_be_focused()
    page.get_by_role("button", name="Ja", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("vraag 1 van 4")).to_be_visible()
    expect(answer_box(page)).to_be_focused()
    page.keyboard.type("Te duur")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("<img src=x onerror=alert(1)>")
    page.keyboard.press("Enter")
    expect(page.get_by_text("vraag 2 van 4")).to_be_visible()
    say(page, "/restart", "vraag 3 van 4")
    say(page, "VDAB", "vraag 4 van 4")
    say(page, "Dringend", "Dank u wel en tot ziens.")
    expect(page.get_by_text("vraag 4 van 4")).to_be_hidden()
    assert page.locator("samenspraak-chat img").count() == 0
    with site.storage.reading() as session:
        texts = set(session.scalars(select(ContributionVersion.text)))
    assert texts == {"Te duur\n<img src=x onerror=alert(1)>", "/restart", "VDAB", "Dringend"}


def test_a_reload_goes_on_where_the_talk_was(page: Page, site: Site) -> None:
    page.goto("/gesprek?opdracht=4")
    page.get_by_role("button", name="Ja", exact=True).click()
    expect(page.get_by_text("vraag 1 van 4")).to_be_visible()
    before, code = lines(page), page.locator(".receipt b").inner_text()
    page.reload()
    expect(page.get_by_text("vraag 1 van 4")).to_be_visible()
    assert lines(page) == before
    assert page.locator(".receipt b").inner_text() == code
    with site.storage.reading() as session:
        assert session.scalar(select(func.count()).select_from(Participant)) == 1


def test_a_lost_connection_loses_and_doubles_nothing(page: Page, site: Site) -> None:
    page.goto("/gesprek?opdracht=4")
    page.get_by_role("button", name="Ja", exact=True).click()
    expect(page.get_by_text("vraag 1 van 4")).to_be_visible()
    page.context.set_offline(True)
    answer_box(page).fill("Zonder verbinding")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="Geen verbinding")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("vraag 2 van 4")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("alert").filter(has_text="Geen verbinding")).to_be_hidden()
    assert sum("Zonder verbinding" in line for line in lines(page)) == 1
    with site.storage.reading() as session:
        query = select(func.count()).where(Message.text == "Zonder verbinding")
        assert session.scalar(query) == 1


def test_a_message_typed_offline_survives_a_closed_page(page: Page) -> None:
    page.goto("/gesprek?opdracht=4")
    page.get_by_role("button", name="Ja", exact=True).click()
    expect(page.get_by_text("vraag 1 van 4")).to_be_visible()
    page.route("**/api/chat/messages", lambda route: route.abort())
    answer_box(page).fill("Bewaar mij")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="Geen verbinding")).to_be_visible()
    page.unroute("**/api/chat/messages")
    page.reload()
    expect(page.get_by_text("vraag 2 van 4")).to_be_visible(timeout=20_000)
    assert [line for line in lines(page) if "Bewaar mij" in line] == ["U: Bewaar mij"]
    assert lines(page)[-1].endswith("Dit is de vraag over voorstel.")


HASTE = (
    "const slow = setTimeout; window.setTimeout = (f, ms, ...a) => slow(f, (ms || 0) / 30, ...a);"
)


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_server_that_keeps_failing_is_asked_again_only_when_told(
    page: Page, site: Site, method: str
) -> None:
    page.add_init_script(HASTE)
    page.goto("/gesprek?opdracht=4")
    page.get_by_role("button", name="Ja", exact=True).click()
    expect(page.get_by_text("vraag 1 van 4")).to_be_visible()
    asked: list[str] = []

    def fail(route: Route) -> None:
        if route.request.method == method:
            asked.append(route.request.url)
            route.fulfill(status=500, content_type="text/html", body="<h1>Oeps</h1>")
        elif method == "GET":
            route.fulfill(status=202, json={"detail": "Uw bericht is bewaard."})
        else:
            route.continue_()

    page.route(re.compile("/api/chat/messages"), fail)
    answer_box(page).fill("Wat ik typte")
    page.keyboard.press("Enter")
    again = page.get_by_role("button", name="Probeer opnieuw")
    expect(again).to_be_visible(timeout=15_000)
    expect(page.get_by_role("alert").filter(has_text="blijft hier bewaard")).to_be_visible()
    assert violations(page) == []
    times = len(asked)
    assert 4 <= times <= 12
    page.wait_for_timeout(1_500)
    assert len(asked) == times
    assert sum("Wat ik typte" in line for line in lines(page)) == 1
    # Once more in vain, then a server that works.
    again.click()
    expect(again).to_be_hidden()
    expect(again).to_be_visible(timeout=15_000)
    page.unroute_all()
    if method == "GET":
        page.reload()
        return
    again.click()
    expect(page.get_by_text("vraag 2 van 4")).to_be_visible(timeout=15_000)
    expect(again).to_be_hidden()
    with site.storage.reading() as session:
        query = select(func.count()).where(Message.text == "Wat ik typte")
        assert session.scalar(query) == 1


def test_an_answer_that_comes_later_is_shown(page: Page, stand_in: StandIn) -> None:
    page.goto("/gesprek?opdracht=4")
    expect(page.get_by_role("button", name="Ja", exact=True)).to_be_visible()
    stand_in.stop()
    answer_box(page).fill("Is er iemand?")
    page.keyboard.press("Enter")
    expect(page.get_by_text("antwoordt zodra het kan")).to_be_visible(timeout=15_000)
    stand_in.start()
    expect(page.get_by_text("vraag 1 van 4")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("antwoordt zodra het kan")).to_be_hidden()


def test_erase_restart_and_come_back_with_a_code(page: Page, site: Site) -> None:
    page.goto("/gesprek")
    expect(page.get_by_text("Mogen we uw antwoorden bewaren?")).to_be_visible()
    first = page.locator(".receipt b").inner_text()
    say(page, "Eerste gesprek", "vraag 1 van 4")
    page.get_by_role("button", name="Opnieuw beginnen").click()
    page.get_by_role("button", name="Ja, begin opnieuw").click()
    expect(page.locator(".receipt b")).not_to_have_text(first)
    expect(page.get_by_text("Eerste gesprek")).to_have_count(0)
    page.get_by_role("button", name="Verder met een code").click()
    expect(page.get_by_label("Uw ontvangstcode")).to_be_focused()
    page.keyboard.type("2222 2222 2222")
    page.keyboard.press("Enter")
    expect(page.get_by_text("We kennen deze ontvangstcode niet")).to_be_visible()
    page.get_by_label("Uw ontvangstcode").fill(first.lower())
    page.keyboard.press("Enter")
    expect(page.get_by_text("Eerste gesprek")).to_be_visible()
    page.get_by_role("button", name="Wis mijn gegevens").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Wis mijn gegevens")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Ja, wis alles").click()
    expect(page.get_by_text("Uw gegevens zijn gewist.")).to_be_visible()
    expect(page.get_by_role("button", name="Start het gesprek")).to_be_focused()
    assert page.evaluate("localStorage.length") == 0
    with site.storage.reading() as session:
        assert session.scalar(select(func.count()).where(Message.text == "Eerste gesprek")) == 0


def test_a_long_turn_is_read_from_its_beginning(page: Page, stand_in: StandIn) -> None:
    page.set_viewport_size({"width": 360, "height": 700})
    long = [
        {"recipient_id": "x", "text": f"Deel {number}. " + "Lees dit. " * 30} for number in range(4)
    ]
    stand_in.answer = lambda body: [*long, *small_talk(body)]
    page.goto("/gesprek")
    expect(page.get_by_role("button", name="Ja", exact=True)).to_be_attached()
    expect(page.locator(".receipt b")).to_be_in_viewport()
    answer_box(page).fill("Goed")
    page.keyboard.press("Enter")
    expect(page.get_by_text("vraag 1 van 4")).to_be_visible()
    expect(page.locator(".me")).to_be_in_viewport()


def test_only_what_is_new_is_announced(page: Page) -> None:
    page.goto("/gesprek")
    log = page.get_by_role("log")
    expect(page.get_by_text("Mogen we uw antwoorden bewaren?")).to_be_visible()
    expect(log).to_have_attribute("aria-live", "polite")
    page.reload()
    expect(log).to_have_attribute("aria-live", "off")
    expect(page.get_by_text("Mogen we uw antwoorden bewaren?")).to_be_visible()
    expect(log).to_have_attribute("aria-live", "polite")


def test_the_widget_works_in_a_foreign_page_with_a_strict_policy(page: Page, site: Site) -> None:
    policy = f"default-src 'none'; script-src {site.url}; connect-src {site.url}"
    body = (
        '<!doctype html><html lang="en">'
        f'<script src="{site.url}/widget/samenspraak-chat.js"></script>'
        "<samenspraak-chat></samenspraak-chat></html>"
    )
    with foreign_page(policy, body) as url:
        page.goto(url)
        page.get_by_role("button", name="Start het gesprek").click()
        expect(page.get_by_text("Mogen we uw antwoorden bewaren?")).to_be_visible()
        say(page, "Dag", "vraag 1 van 4")
        send = page.get_by_role("button", name="Verstuur")
        assert send.evaluate("node => getComputedStyle(node).borderRadius") != "0px"


def test_no_page_has_an_accessibility_error(page: Page, site: Site, stand_in: StandIn) -> None:
    made = analysed(site.storage)
    with site.storage.writing() as session:
        accounts.add_account(session, "els", "facilitator", PASSWORD)
    page.set_viewport_size({"width": 320, "height": 800})

    def check(where: str) -> None:
        check_everywhere(page, where, 320, 1280)
        assert alike(page) == [], where

    for path in ("/", "/opdrachten/4", "/privacy", "/nergens", "/beheer/login"):
        page.goto(path)
        check(path)
    page.goto("/gesprek?opdracht=4")
    page.get_by_role("button", name="Ja", exact=True).click()
    expect(page.get_by_text("vraag 1 van 4")).to_be_visible()
    check("talk")
    page.context.set_offline(True)
    answer_box(page).fill("Weg")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="Geen verbinding")).to_be_visible()
    check("offline")
    page.context.set_offline(False)
    expect(page.get_by_text("vraag 2 van 4")).to_be_visible(timeout=20_000)
    page.get_by_text("Meer", exact=True).click()
    page.get_by_role("button", name="Verder met een code").click()
    check("code")
    page.goto("/beheer")
    page.get_by_label("Naam").fill("els")
    page.get_by_label("Wachtwoord").fill("mis mis mis")
    page.get_by_role("button", name="Aanmelden").click()
    check("wrong login")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Aanmelden").click()
    check("/beheer")
    for path in (
        "/beheer/opdrachten/4",
        "/beheer/opdrachten/5",
        f"/beheer/themas/{made['codes'][0]}",
        f"/beheer/antwoorden/{made['answers'][2]}",
    ):
        page.goto(path)
        check(path)
    assert stand_in.answer is small_talk
