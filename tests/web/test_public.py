"""The public pages in a real browser: for every eye, every screen, with and without colour."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from consultation.catalogue import Catalogue
from tests.public_stage import LABEL, published_round, second_round
from tests.web_pages import check_everywhere
from tests.web_stage import Site
from web.public.sitemap import PAGES

pytest_plugins = ["tests.web_fixtures"]
pytestmark = pytest.mark.browser


def test_no_public_page_has_an_accessibility_error(
    page: Page, site: Site, catalogue: Catalogue
) -> None:
    second_round(site, catalogue, published_round(site, catalogue))
    for path in (*PAGES, "/opdrachten/4", "/opdrachten/5", "/nergens"):
        page.goto(path)
        for table in page.locator("details").all():
            table.evaluate("node => { node.open = true }")
        check_everywhere(page, path, 320, 1280)


def test_labels_and_actions_are_text_on_the_page_and_in_its_charts(
    page: Page, site: Site, catalogue: Catalogue
) -> None:
    second_round(site, catalogue, published_round(site, catalogue))
    page.goto("/opdrachten/4")
    expect(page.get_by_role("heading", name=LABEL)).to_be_visible()
    assert page.locator("main script").count() == 0
    picture = page.locator("figure img").last
    picture.scroll_into_view_if_needed()
    page.wait_for_function(
        "image => image.complete && image.naturalWidth > 0", arg=picture.element_handle()
    )


def test_everything_can_be_reached_with_the_keyboard(
    page: Page, site: Site, catalogue: Catalogue
) -> None:
    published_round(site, catalogue)
    page.goto("/opdrachten/4")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Naar de inhoud")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    summary = page.get_by_text("Toon de cijfers als tabel").first
    for _ in range(40):
        page.keyboard.press("Tab")
        if summary.evaluate("node => document.activeElement === node"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("table").first).to_be_visible()
