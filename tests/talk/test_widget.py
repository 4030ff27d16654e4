"""A whole talk in the browser with the real servers, by keyboard, while the web server dies."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from sqlalchemy import select

from consultation.database.models import Contribution, ContributionVersion
from tests.servers import Servers, serving
from tests.web_pages import answer_box, lines, violations
from tests.web_stage import FLAGS

pytestmark = [pytest.mark.browser, pytest.mark.servers]

TYPED = {
    "drempel": "De kinderopvang in Gent sluit om 18 uur en de les begint om 18 uur 30.",
    "voorstel": "Laat de gemeente Gent langere uren van de opvang betalen, liefst gratis.",
    "trekker": "De stad Gent, samen met VDAB en de centra voor volwassenenonderwijs.",
}
# The first of these that is offered is chosen.
CHOSEN = (
    "Ja, dit klopt",
    "Nee, ik wil stoppen",
    "Nee, dit is genoeg",
    "5 - Heel dringend",
    "Burger",
    "Ja",
    "Toon alle",
)
FOCUSED = "() => document.activeElement?.shadowRoot?.activeElement?.textContent ?? ''"


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Servers of its own: the test looks at everything that was stored."""
    with serving(tmp_path_factory.mktemp("var")) as running:
        yield running


@pytest.fixture
def page(chromium: str, servers: Servers) -> Iterator[Page]:
    """A page of the running product."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser.new_page(base_url=servers.url)
        browser.close()


def choose(page: Page, name: str) -> None:
    """Goes back from the input to a quick reply with Shift and Tab, and presses it."""
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        if page.evaluate(FOCUSED) == name:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"{name} cannot be reached with the keyboard")


def test_a_whole_talk_by_keyboard_goes_on_when_the_web_server_dies(
    page: Page, servers: Servers
) -> None:
    page.goto("/gesprek?opdracht=4")
    expect(answer_box(page)).to_be_focused(timeout=30_000)
    left = list(TYPED.values())
    turns = 0
    ended = page.get_by_text("Dit gesprek is klaar.")
    while not ended.is_visible():
        turns += 1
        assert turns < 20, lines(page)
        # The assistant had the last word, and nothing waits.
        expect(page.locator(".msg").last).to_have_class("msg bot", timeout=60_000)
        expect(page.get_by_role("alert").filter(has_text="verbinding")).to_be_hidden()
        page.wait_for_timeout(300)
        offered = page.locator(".choices button").all_text_contents()
        wanted = next((name for name in CHOSEN if name in offered), None)
        if wanted == "Toon alle":
            choose(page, wanted)
            continue
        before = page.locator(".msg").count()
        if turns == 4:
            servers.kill("web")
        if wanted is not None:
            choose(page, wanted)
        else:
            assert left, (offered, lines(page))
            page.keyboard.type(left.pop(0))
            page.keyboard.press("Enter")
        expect(page.locator(".msg").nth(before + 1)).to_be_visible(timeout=90_000)
        expect(answer_box(page)).to_be_focused()
    assert left == []
    said = [line for line in lines(page) if line.startswith("U: ")]
    for text in TYPED.values():
        assert said.count(f"U: {text}") == 1
    assert violations(page) == []
    storage = servers.storage()
    with storage.reading() as session:
        found = session.execute(
            select(Contribution.question, ContributionVersion.text, Contribution.value).join(
                ContributionVersion
            )
        ).all()
    storage.close()
    kept = {question: text for question, text, _ in found}
    assert {key: kept[key] for key in TYPED} == TYPED
    assert len(found) == 4
    assert [value for question, _, value in found if question == "prioriteit"] == [5]
