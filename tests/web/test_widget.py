"""The chat widget for everyone: on any page, with any line, by keyboard and by screen reader."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import func, select

from consultation.database.models import ContributionVersion, Message, Participant
from tests.web_pages import answer_box, lines, say, violations
from tests.web_stage import Site, StandIn, ask, foreign_page, small_talk

pytest_plugins = ["tests.web_fixtures"]

BUDGET = 20 * 1024
HOSTILE = """
* { all: unset !important; font: 3px/0 cursive !important; opacity: .1 !important;
  height: 0 !important; transform: rotate(180deg) !important; overflow: hidden !important;
  text-transform: uppercase !important; position: static !important; color: white !important;
  animation: none 9s !important; direction: rtl !important; }
html { font-size: 62.5% !important; } body { transform: translateX(-900px) !important; }
"""
QUESTIONS = ["drempel", "voorstel", "trekker", "prioriteit"]


def start(page: Page) -> None:
    """A talk on opdracht 4, at its first question."""
    page.goto("/gesprek?opdracht=4")
    page.get_by_role("button", name="Ja", exact=True).click()
    expect(page.get_by_text("vraag 1 van 4")).to_be_visible()


@pytest.mark.browser
@pytest.mark.parametrize("after_enter", ["", " en nog iets"])
def test_what_is_typed_while_the_talk_opens_is_sent(page: Page, after_enter: str) -> None:
    held: list[Route] = []
    page.route("**/api/chat/sessions", lambda route: held.append(route))
    page.goto("/gesprek")
    answer_box(page).fill("Ik kom snel")
    page.keyboard.press("Enter")
    page.keyboard.type(after_enter)
    expect(answer_box(page)).to_have_value(f"Ik kom snel{after_enter}")
    held[0].continue_()
    expect(page.get_by_text("vraag 1 van 4")).to_be_visible()
    assert [each for each in lines(page) if "Ik kom snel" in each] == [
        f"U: Ik kom snel{after_enter}"
    ]
    expect(answer_box(page)).to_have_value("")


@pytest.mark.browser
def test_what_is_typed_while_the_talk_cannot_open_is_kept(page: Page) -> None:
    held: list[Route] = []
    page.route("**/api/chat/sessions", lambda route: held.append(route))
    page.goto("/gesprek")
    start_again = page.get_by_role("button", name="Start het gesprek")
    answer_box(page).fill("Half getypt")
    held[0].abort()
    expect(start_again).to_be_visible()
    page.unroute("**/api/chat/sessions")
    start_again.click()
    expect(page.get_by_text("Mogen we uw antwoorden bewaren?")).to_be_visible()
    expect(answer_box(page)).to_have_value("Half getypt")


def test_the_widget_with_its_styles_and_texts_is_at_most_20_kilobytes(http: httpx.Client) -> None:
    answer = http.get("/widget/samenspraak-chat.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert len(gzip.compress(answer.content, 9)) <= BUDGET
    assert "innerHTML" not in answer.text
    assert "\nimport " not in answer.text
    same = http.get(
        "/widget/samenspraak-chat.js", headers={"If-None-Match": answer.headers["etag"]}
    )
    assert same.status_code == 304


@pytest.mark.browser
def test_one_script_tag_is_a_launcher_on_a_hostile_page(page: Page, site: Site) -> None:
    policy = (
        f"default-src 'none'; script-src {site.url}; connect-src {site.url}; "
        "style-src 'unsafe-inline'"
    )
    body = (
        f'<!doctype html><html lang="ar" dir="rtl"><title>x</title><style>{HOSTILE}</style><body>'
        f'<button>Elders</button><script src="{site.url}/widget/samenspraak-chat.js" '
        'data-mode="launcher" data-opdracht="4"></script></html>'
    )
    with foreign_page(policy, body) as url:
        page.goto(url)
        launcher = page.get_by_role("button", name="Praat mee")
        box = launcher.bounding_box()
        assert box is not None
        assert box["width"] >= 44
        assert box["height"] >= 44
        launcher.focus()
        page.keyboard.press("Enter")
        panel = page.get_by_role("dialog", name="Gesprek met de assistent")
        expect(panel).to_be_in_viewport(ratio=1)
        assert panel.evaluate("node => getComputedStyle(node).fontSize") == "16px"
        assert panel.evaluate("node => getComputedStyle(node).direction") == "ltr"
        assert panel.get_attribute("lang") == "nl"
        expect(page.get_by_role("button", name="Start het gesprek")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_text("Mogen we uw antwoorden bewaren?")).to_be_visible()
        say(page, "Ja, dat mag", "vraag 1 van 4")
        page.keyboard.press("Escape")
        expect(panel).to_be_hidden()
        expect(launcher).to_be_focused()
        page.keyboard.press("Enter")
        expect(answer_box(page)).to_be_focused()
        assert lines(page)[-1] == "Assistent: Dit is de vraag over drempel."


@pytest.mark.browser
def test_a_page_themes_the_widget_with_custom_properties(page: Page, site: Site) -> None:
    body = (
        f'<!doctype html><html lang="en"><title>x</title><style>samenspraak-chat '
        "{ --sp-accent: rgb(120, 0, 80); --sp-font-size: 22px }</style>"
        f'<script src="{site.url}/widget/samenspraak-chat.js" defer></script>'
        "<samenspraak-chat></samenspraak-chat></html>"
    )
    with foreign_page("script-src *; connect-src *", body) as url:
        page.goto(url)
        button = page.get_by_role("button", name="Start het gesprek")
        style = button.evaluate("node => [getComputedStyle(node).backgroundColor]")
        assert style == ["rgb(120, 0, 80)"]
        assert button.evaluate("node => getComputedStyle(node).fontSize") == "22px"


@pytest.mark.browser
def test_every_message_of_the_assistant_is_announced_once(page: Page) -> None:
    start(page)
    page.evaluate(
        """() => {
          window.heard = [];
          const root = document.querySelector("samenspraak-chat").shadowRoot;
          new MutationObserver((changes) => {
            for (const { target, addedNodes } of changes) {
              const element = target.nodeType === 1 ? target : target.parentElement;
              const region = element && element.closest("[role=log], [role=status], [role=alert]");
              if (!region || region.getAttribute("aria-live") === "off") continue;
              const role = region.getAttribute("role");
              for (const node of addedNodes) window.heard.push([role, node.textContent]);
            }
          }).observe(root, { subtree: true, childList: true, characterData: true });
        }"""
    )
    tree = page.context.new_cdp_session(page)
    for number, question in enumerate([*QUESTIONS[1:], "einde"]):
        told = "Dank u wel en tot ziens." if question == "einde" else f"vraag over {question}."
        say(page, f"Antwoord {number}", told)
        nodes = tree.send("Accessibility.getFullAXTree")["nodes"]
        byid = {node["nodeId"]: node for node in nodes}
        found = [
            node
            for node in nodes
            if node["role"]["value"] == "StaticText" and told in node["name"]["value"]
        ]
        assert len(found) == 1
        roles = []
        node = found[0]
        while "parentId" in node:
            node = byid[node["parentId"]]
            roles.append(node["role"]["value"])
        assert roles.count("log") == 1
        page.wait_for_timeout(100)
        heard = page.evaluate("window.heard")
        assert [role for role, text in heard if told in text] == ["log"]
        assert next(text for _, text in heard if told in text).startswith("Assistent: ")
        assert [role for role, text in heard if text == f"U: Antwoord {number}"] == ["log"]
        expect(answer_box(page)).to_be_focused()


@pytest.mark.browser
def test_quick_replies_are_told_beside_the_message(page: Page) -> None:
    page.goto("/gesprek?opdracht=4")
    expect(page.get_by_role("group", name="Kies een antwoord")).to_be_visible()
    told = page.get_by_text("U kunt kiezen: Ja of Nee. Typen mag ook.")
    expect(told).to_have_attribute("role", "status")


@pytest.mark.browser
def test_a_draft_survives_a_reload_and_goes_when_it_is_sent(page: Page) -> None:
    start(page)
    answer_box(page).fill("Half een zin")
    page.reload()
    expect(answer_box(page)).to_have_value("Half een zin")
    expect(page.get_by_text("vraag 1 van 4")).to_be_visible()
    say(page, "Een hele zin", "vraag 2 van 4")
    page.reload()
    expect(page.get_by_text("vraag 2 van 4")).to_be_visible()
    expect(answer_box(page)).to_have_value("")


@pytest.mark.browser
def test_a_line_cut_for_30_seconds_loses_and_doubles_nothing(page: Page, site: Site) -> None:
    start(page)
    page.context.set_offline(True)
    for text in ("Eerste", "Tweede"):
        answer_box(page).fill(text)
        page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="Geen verbinding")).to_be_visible()
    page.wait_for_timeout(30_000)
    page.context.set_offline(False)
    expect(page.get_by_text("vraag 3 van 4")).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="Geen verbinding")).to_be_hidden()
    said = [line for line in lines(page) if line.startswith("U: ")]
    assert said == ["U: Ja", "U: Eerste", "U: Tweede"]
    with site.storage.reading() as session:
        assert list(session.scalars(select(ContributionVersion.text))) == ["Eerste", "Tweede"]


@pytest.mark.browser
def test_a_talk_goes_on_after_the_server_was_away(page: Page, site: Site) -> None:
    start(page)
    site.stop()
    answer_box(page).fill("Bent u er nog?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="Geen verbinding")).to_be_visible()
    site.start()
    expect(page.get_by_text("vraag 2 van 4")).to_be_visible(timeout=20_000)
    assert lines(page).count("U: Bent u er nog?") == 1
    with site.storage.reading() as session:
        query = select(func.count()).where(Message.text == "Bent u er nog?")
        assert session.scalar(query) == 1
        assert session.scalar(select(func.count()).select_from(Participant)) == 1


@pytest.mark.browser
def test_two_tabs_do_not_lose_each_others_messages(page: Page, site: Site) -> None:
    start(page)
    other = page.context.new_page()
    other.goto("/gesprek?opdracht=4")
    expect(other.get_by_text("vraag 1 van 4")).to_be_visible()
    page.context.set_offline(True)
    for each, text in ((page, "Uit het eerste venster"), (other, "Uit het tweede venster")):
        answer_box(each).fill(text)
        each.keyboard.press("Enter")
        expect(each.get_by_role("alert").filter(has_text="Geen verbinding")).to_be_visible()
    other.close()
    page.context.set_offline(False)
    page.goto("/gesprek?opdracht=4")
    expect(page.get_by_text("vraag 3 van 4")).to_be_visible(timeout=20_000)
    with site.storage.reading() as session:
        texts = set(session.scalars(select(ContributionVersion.text)))
    assert texts == {"Uit het eerste venster", "Uit het tweede venster"}


@pytest.mark.browser
def test_on_another_opdracht_one_goes_on_or_begins_anew_and_keeps_the_code(page: Page) -> None:
    start(page)
    code = page.locator(".receipt b").inner_text()
    page.goto("/opdrachten/5")
    expect(page.get_by_role("button", name="Ga verder met uw gesprek")).to_be_visible()
    page.get_by_role("button", name="Begin een nieuw gesprek").click()
    expect(page.get_by_role("dialog")).to_contain_text(code)
    page.context.set_offline(True)
    page.get_by_role("button", name="Ja, begin opnieuw").click()
    expect(page.get_by_role("alert").filter(has_text="Geen verbinding")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="Begin een nieuw gesprek").click()
    expect(page.get_by_role("dialog")).to_contain_text(code)
    page.get_by_role("button", name="Ja, begin opnieuw").click()
    expect(page.get_by_role("button", name="Ja", exact=True)).to_be_visible()
    expect(page.locator(".receipt b")).not_to_have_text(code)


@pytest.mark.browser
def test_my_answers_are_shown_kept_and_printed(page: Page, tmp_path: Path) -> None:
    start(page)
    say(page, "Geen <b>tijd</b>\nen geen geld", "vraag 2 van 4")
    code = page.locator(".receipt b").inner_text()
    page.get_by_role("button", name="Mijn antwoorden").click()
    own = page.get_by_role("group", name="Mijn antwoorden")
    expect(own).to_contain_text("Geen <b>tijd</b>")
    assert violations(page) == []
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    kept = tmp_path / "kept.txt"
    download.value.save_as(kept)
    assert download.value.suggested_filename == "mijn-antwoorden.txt"
    text = kept.read_text(encoding="utf-8-sig")
    assert "Geen <b>tijd</b>\nen geen geld" in text
    assert code in text
    page.context.add_init_script("window.print = () => { document.title += ' (afgedrukt)'; }")
    with page.expect_popup() as popup:
        page.get_by_role("button", name="Druk af").click()
    paper = popup.value
    expect(paper.get_by_role("heading", level=1)).to_have_text("Mijn antwoorden")
    expect(paper.locator("dd")).to_have_text("Geen <b>tijd</b>\nen geen geld")
    assert violations(paper) == []
    paper.close()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Mijn antwoorden")).to_be_focused()


@pytest.mark.browser
def test_what_the_assistant_says_is_never_html(page: Page, stand_in: StandIn) -> None:
    bad = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    stand_in.answer = lambda _: ask(bad, bad, buttons=[{"title": bad, "payload": "/x"}])
    page.goto("/gesprek")
    expect(page.get_by_role("button", name=bad)).to_be_visible()
    assert lines(page) == [f"Assistent: {bad}"]
    assert page.locator("samenspraak-chat img, samenspraak-chat script").count() == 0
    assert page.title().startswith("Gesprek")


@pytest.mark.browser
def test_it_follows_what_the_system_asks_for(page: Page) -> None:
    start(page)
    look = """() => {
      const root = document.querySelector("samenspraak-chat").shadowRoot;
      const dots = root.querySelector(".dots");
      dots.hidden = false;
      const style = (name) => getComputedStyle(root.querySelector(name));
      const { backgroundColor } = style(".box");
      return [style(".dots i").animationName, style(".bot").borderTopColor, backgroundColor];
    }"""
    page.emulate_media(reduced_motion="no-preference", color_scheme="light")
    moving, line, paper = page.evaluate(look)
    assert moving == "dot"
    page.emulate_media(reduced_motion="reduce", contrast="more", color_scheme="dark")
    still, strong, dark = page.evaluate(look)
    assert still == "none"
    assert strong != line
    assert dark != paper
    page.emulate_media(forced_colors="active")
    assert page.locator(".me").first.evaluate("n => getComputedStyle(n).borderTopWidth") == "3px"
    assert violations(page) == []


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_state_of_the_widget_has_an_accessibility_error(
    page: Page, site: Site, scheme: Any, stand_in: StandIn
) -> None:
    page.emulate_media(color_scheme=scheme)
    policy = f"default-src 'none'; script-src {site.url}; connect-src {site.url}"
    body = (
        '<!doctype html><html lang="nl"><title>x</title><main><h1>x</h1></main>'
        f'<script src="{site.url}/widget/samenspraak-chat.js" data-mode="launcher"></script></html>'
    )

    def check(state: str) -> None:
        assert violations(page) == [], state

    with foreign_page(policy, body) as url:
        page.goto(url)
        expect(page.get_by_role("button", name="Praat mee")).to_be_visible()
        check("closed")
        page.get_by_role("button", name="Praat mee").click()
        check("open")
        page.get_by_role("button", name="Start het gesprek").click()
        expect(page.get_by_role("button", name="Ja", exact=True)).to_be_visible()
        check("choices")
        page.get_by_role("button", name="Ja", exact=True).click()
        say(page, "Te duur", "vraag 2 van 4")
        check("mid conversation")
        page.set_viewport_size({"width": 320, "height": 256})
        check("400 %")
        page.set_viewport_size({"width": 1280, "height": 900})
        page.get_by_text("Meer", exact=True).click()
        page.get_by_role("button", name="Wis mijn gegevens").click()
        check("question")
        page.keyboard.press("Escape")
        page.context.set_offline(True)
        answer_box(page).fill("Weg")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert").filter(has_text="Geen verbinding")).to_be_visible()
        check("error")
        page.context.set_offline(False)
        expect(page.get_by_text("vraag 3 van 4")).to_be_visible(timeout=20_000)
        say(page, "VDAB", "vraag 4 van 4")
        say(page, "Dringend", "Dit gesprek is klaar.")
        check("ended")
    assert stand_in.answer is small_talk


@pytest.mark.browser
@pytest.mark.parametrize("mode", ["inline", "launcher"])
def test_at_320_pixels_and_400_percent_all_can_be_reached(
    page: Page, site: Site, mode: str
) -> None:
    page.set_viewport_size({"width": 320, "height": 256})
    tag = f'<script src="{site.url}/widget/samenspraak-chat.js" data-mode="launcher"></script>'
    if mode == "inline":
        tag = tag.replace(' data-mode="launcher"', "") + "<samenspraak-chat></samenspraak-chat>"
    head = '<meta name="viewport" content="width=device-width"><title>x</title>'
    with foreign_page("script-src *; connect-src *", f"<!doctype html>{head}{tag}") as url:
        page.goto(url)
        if mode == "launcher":
            page.get_by_role("button", name="Praat mee").click()
        page.get_by_role("button", name="Start het gesprek").click()
        page.get_by_role("button", name="Ja", exact=True).click()
        for target in (answer_box(page), page.get_by_role("button", name="Verstuur")):
            target.scroll_into_view_if_needed()
            expect(target).to_be_in_viewport(ratio=0.99)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        page.get_by_text("Meer", exact=True).click()
        page.get_by_role("button", name="Wis mijn gegevens").click()
        no = page.get_by_role("button", name="Annuleren")
        no.scroll_into_view_if_needed()
        expect(no).to_be_in_viewport(ratio=0.99)
