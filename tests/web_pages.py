"""What the browser tests do on a page: talk, read, and look for accessibility errors."""

from __future__ import annotations

from collections import Counter
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

# All rules, best practice included; this one (WCAG 2.2) is off by default.
RULES = {"rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"], "resultTypes": ["violations"]}


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


def violations(page: Page, options: dict[str, Any] = RULES) -> list[Any]:
    """What axe finds wrong on a page."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found = page.evaluate("options => axe.run(options)", options)["violations"]
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]


def check_everywhere(page: Page, where: str, *widths: int) -> None:
    """Fails if axe finds fault with a page, or if it is wider than the screen.

    In light colours at each width by all rules, then in dark colours by the rules on colours, as
    no other depends on them. The page is as it was afterwards.
    """
    before = page.viewport_size
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme="light")
        assert violations(page) == [], (where, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (where, width)
        page.emulate_media(color_scheme="dark")
        assert violations(page, COLOURS) == [], (where, width, "dark")
    page.emulate_media(color_scheme="light")
    if before:
        page.set_viewport_size(before)
