"""Buttons over the API and in the widget; the receipt code, and what an erasure leaves behind."""

from __future__ import annotations

import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.web_pages import alike, answer_box, say, violations
from tests.web_stage import StandIn, Talk, ask, effects, small_talk

pytest_plugins = ["tests.web_fixtures"]

NINE = [{"title": f"Keuze {number}", "payload": f'/kies{{"k":"{number}"}}'} for number in range(9)]


def offering(*bubbles: list[dict[str, str]]) -> Any:
    """An assistant that offers these buttons, and tells what it heard."""

    def answer(body: dict[str, Any]) -> list[dict[str, Any]]:
        heard = body["message"]
        if heard.startswith("/kies"):
            return ask(f"U koos {heard}", "groep")
        return [
            item
            for place, buttons in enumerate(bubbles)
            for item in ask(f"Kies er een ({place}).", "groep", buttons=buttons)
        ]

    return answer


def told(talk: Talk, text: str, client_id: str, **more: Any) -> list[dict[str, Any]]:
    """The reply to a message, however long the first one takes."""
    answer = talk.send(text, client_id, **more)
    for _ in range(40):
        if answer.status_code != 202:
            break
        time.sleep(0.5)
        answer = talk.send(text, client_id, **more)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


def titles(bubbles: list[dict[str, Any]]) -> list[str]:
    return [each["title"] for bubble in bubbles for each in bubble.get("buttons") or []]


def test_six_buttons_are_offered_and_the_rest_behind_one(talk: Talk, stand_in: StandIn) -> None:
    stand_in.answer = offering(NINE)
    (bubble,) = told(talk, "dag", "c1")
    assert titles([bubble]) == [*(each["title"] for each in NINE[:5]), "Toon alle"]
    assert bubble["custom"]["more"] == NINE[5:]
    heard = len(stand_in.heard)
    shown = told(talk, "Toon alle", "c2", payload="/toon_alle")
    assert titles(shown) == [each["title"] for each in NINE]
    assert len(stand_in.heard) == heard
    assert shown[-1]["custom"] == {"step": "groep"}
    said = told(talk, NINE[8]["title"], "c3", payload=NINE[8]["payload"])
    assert said[0]["text"] == f"U koos {NINE[8]['payload']}"


def test_what_is_not_shown_yet_may_be_chosen(talk: Talk, stand_in: StandIn) -> None:
    stand_in.answer = offering(NINE)
    told(talk, "dag", "c1")
    assert told(talk, "Keuze 7", "c2", payload=NINE[7]["payload"])


@pytest.mark.parametrize(
    "typed", ["keuze 8", "KEUZE 8", "Keuze 8.", "  keuze   8!", "“Keuze 8”", "keuze-8"]
)
def test_a_typed_title_is_a_tap(talk: Talk, stand_in: StandIn, typed: str) -> None:
    stand_in.answer = offering(NINE)
    told(talk, "dag", "c1")
    said = told(talk, typed, "c2")
    assert said[0]["text"] == f"U koos {NINE[8]['payload']}"
    assert [each["text"] for each in talk.read() if each["from"] == "deelnemer"][-1] == typed


@pytest.mark.parametrize(
    "typed", ["toon alle", "Toon alle.", "TOON ALLE", "toon alle!", " toon alle"]
)
def test_show_all_may_be_typed(talk: Talk, stand_in: StandIn, typed: str) -> None:
    stand_in.answer = offering(NINE)
    told(talk, "dag", "c1")
    assert len(titles(told(talk, typed, "c2"))) == 9


@pytest.mark.parametrize("typed", ["Keuze 88", "ik neem Keuze 8", "keuze", "!!!", "8"])
def test_another_text_is_no_tap(talk: Talk, stand_in: StandIn, typed: str) -> None:
    stand_in.answer = offering(NINE)
    told(talk, "dag", "c1")
    assert told(talk, typed, "c2")[0]["text"] == "Kies er een (0)."


def test_no_two_buttons_of_a_turn_are_alike(talk: Talk, stand_in: StandIn) -> None:
    other = {"title": "keuze 1", "payload": '/kies{"k":"x"}'}
    stand_in.answer = offering(NINE[:3], [*NINE[1:3], other])
    bubbles = told(talk, "dag", "c1")
    assert titles(bubbles) == ["Keuze 0", "Keuze 1", "Keuze 2", "keuze 1 (2)"]
    assert len({each.casefold() for each in titles(bubbles)}) == 4


def test_the_buttons_of_all_bubbles_of_a_turn_count(talk: Talk, stand_in: StandIn) -> None:
    stand_in.answer = offering(NINE[:3], NINE[3:])
    bubbles = told(talk, "dag", "c1")
    assert len(titles(bubbles)) == 6
    assert titles(bubbles)[-1] == "Toon alle"
    assert bubbles[-1]["custom"]["more"] == NINE[5:]


@pytest.mark.browser
def test_the_widget_shows_all_buttons_without_a_line(page: Page, stand_in: StandIn) -> None:
    stand_in.answer = offering(NINE)
    page.goto("/gesprek")
    more = page.get_by_role("button", name="Toon alle")
    expect(more).to_be_visible()
    expect(page.locator(".choices button")).to_have_count(6)
    page.context.set_offline(True)
    more.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".choices button")).to_have_count(9)
    expect(page.get_by_role("button", name="Keuze 5")).to_be_focused()
    expect(more).to_have_count(0)
    assert alike(page) == []
    page.context.set_offline(False)
    page.get_by_role("button", name="Keuze 8").click()
    expect(page.get_by_text("U koos")).to_be_visible()


@pytest.mark.browser
def test_after_an_erasure_nothing_of_the_talk_stays(page: Page, stand_in: StandIn) -> None:
    def erased(body: dict[str, Any]) -> list[dict[str, Any]]:
        if body["message"] != "wis alles":
            return small_talk(body)
        return [effects({"kind": "erased"}), *ask("Alles wat u zei, is gewist.", "gewist")]

    stand_in.answer = erased
    page.goto("/gesprek")
    say(page, "Mijn geheim", "vraag 1 van 4")
    code = page.locator(".receipt b").inner_text()
    assert len(code) == 14
    answer_box(page).fill("wis alles")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Alles wat u zei, is gewist.")).to_be_visible()
    expect(page.get_by_role("button", name="Start het gesprek")).to_be_focused()
    expect(page.locator(".msg")).to_have_count(0)
    everything = "document.querySelector('samenspraak-chat').shadowRoot.textContent"
    assert code not in page.evaluate(everything)
    assert "Mijn geheim" not in page.evaluate(everything)
    assert page.evaluate("localStorage.length") == 0
    assert violations(page) == []
    page.get_by_role("button", name="Start het gesprek").click()
    expect(page.get_by_text("Mogen we uw antwoorden bewaren?")).to_be_visible()
    expect(page.locator(".receipt b")).not_to_have_text(code)


@pytest.mark.browser
def test_the_code_is_always_at_hand_and_told_again_at_the_end(page: Page) -> None:
    page.goto("/gesprek")
    expect(page.get_by_text("Mogen we uw antwoorden bewaren?")).to_be_visible()
    code = page.locator(".receipt b").inner_text()
    mine = page.get_by_role("button", name="Mijn code")
    expect(mine).to_be_in_viewport()
    mine.click()
    expect(page.get_by_role("dialog").get_by_text(code)).to_be_visible()
    expect(page.get_by_role("dialog").get_by_role("button", name="Kopieer de code")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(mine).to_be_focused()
    for number, said in enumerate(["Ja", "De bus.", "Een bus.", "De stad.", "4"]):
        reply = f"vraag {number + 1} van 4" if number < 4 else "Dank u wel en tot ziens."
        say(page, said, reply)
    expect(page.locator(".ended").get_by_text(code)).to_be_visible()
    assert alike(page) == []
    assert violations(page) == []
    page.reload()
    expect(page.locator(".ended").get_by_text(code)).to_be_visible()
    page.set_viewport_size({"width": 320, "height": 560})
    expect(mine).to_be_in_viewport()
