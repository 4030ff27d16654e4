"""What the browser tests do on a page: talk, read, and look for accessibility errors."""

from __future__ import annotations

from collections import Counter
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

# All rules, best practice included; this one (WCAG 2.2) is off by default.
RULES = {"rules": {"target-size": {"enabled": True}}}


def answer_box(page: Page) -> Locator:
    """Where an answer is typed."""
    return page.get_by_label("Uw antwoord")


def say(page: Page, text: str, reply: str) -> None:
    """Types an answer and waits for what it brings."""
    answer_box(page).fill(text)
    page.keyboard.press("Enter")
    expect(page.get_by_text(reply)).to_be_visible()


def lines(page: Page) -> list[str]:
    """The bubbles of the talk, with their author as a screen reader has it."""
    return page.locator(".msg").all_text_contents()


def alike(page: Page) -> list[str]:
    """The names that more than one thing to press bears, where one sees both at once."""
    seen = page.locator("button:visible, a.button:visible, summary:visible")
    names: list[str] = seen.evaluate_all(
        "all => all.map((each) => each.getAttribute('aria-label') || each.textContent)"
    )
    plain = Counter(" ".join(each.split()) for each in names)
    return [name for name, times in plain.items() if times > 1]


def violations(page: Page) -> list[Any]:
    """What axe finds wrong on a page."""
    found: list[Any] = Axe().run(page, options=RULES).response["violations"]
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]
