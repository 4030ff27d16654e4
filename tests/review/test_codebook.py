"""The codebook and its queue in the browser: written, tried, asked, undone; by keyboard alone."""

from __future__ import annotations

import html
import os
import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from analysis.preprocessing.statements import cut_new
from consultation import accounts
from consultation.catalogue import Catalogue
from consultation.curation.log import append_all, curated
from consultation.curation.operations import PlaceExactly
from consultation.curation.state import CurationState
from consultation.database.storage import Storage
from consultation.queries.statements import active_statements
from consultation.settings import Settings
from tests.analysis.test_rounds import say as told
from tests.analysis.test_rounds import sentences
from tests.model_server import says, serving
from tests.review_stage import PASSWORD, as_role, field_of, log_in, post
from tests.web_pages import violations
from tests.web_stage import Site, StandIn, analysed

pytest_plugins = ["tests.web_fixtures"]

QUEUE = "/beheer/opdrachten/4/wachtrij"
CODEBOOK = "/beheer/opdrachten/4/codeboek"
THEMES = {
    "Bus en trein": "Met de bus, de trein of ander openbaar vervoer naar de les raken.",
    "Taal": "Nederlands spreken, lezen en begrijpen; de taalles.",
    "Opvang": "Kinderopvang of een oppas vinden tijdens de les.",
}


SAID = {"bus": (0, 18), "taal": (0, 18), "opvang": (0, 14)}
MANY_SAID = dict.fromkeys(("bus", "taal", "opvang", "computer"), (0, 27))
SUBJECT = {text: name for name in MANY_SAID for text in sentences(name, 0, 27)}
NAMES = {"bus": "Bus en trein", "taal": "Taal", "opvang": "Opvang", "computer": "Computer"}
WORDS = {**THEMES, "Computer": "Werken met een laptop, een website of internet."}


@pytest.fixture
def unread(tmp_path: Path, stand_in: StandIn, catalogue: Catalogue) -> Iterator[Site]:
    """A site with answers on opdracht 4 that nothing has read yet."""
    yield from _site(tmp_path, stand_in, catalogue, SAID)


@pytest.fixture
def unread_many(tmp_path: Path, stand_in: StandIn, catalogue: Catalogue) -> Iterator[Site]:
    """The same with 108 answers."""
    yield from _site(tmp_path, stand_in, catalogue, MANY_SAID)


def _site(
    tmp_path: Path, stand_in: StandIn, catalogue: Catalogue, said: Mapping[str, tuple[int, int]]
) -> Iterator[Site]:
    settings = Settings(
        data_dir=tmp_path,
        database_url="",
        secret_key="only for tests",
        embedding="use",
        rasa_port=stand_in.port,
        actions_port=stand_in.port,
    )
    storage = Storage(settings.resolved_database_url)
    told(storage, catalogue, 1, **said)
    running = Site(settings, storage, stand_in)
    running.start()
    yield running
    running.stop()
    storage.close()


@pytest.fixture
def asked(unread: Site, catalogue: Catalogue) -> Site:
    """The same, with the answers cut into statements, which no analysis has grouped."""
    cut_new(unread.storage, 1, catalogue, unread.settings.embedding)
    return unread


def state(site: Site) -> CurationState:
    with site.storage.reading() as session:
        return curated(session, 1, 4)


def placings(site: Site) -> list[tuple[str, list[str]]]:
    """The placings that stand, oldest first: the statement and its themes."""
    return [
        (each.event.operation.statement, each.event.operation.themes)
        for each in state(site).log
        if isinstance(each.event.operation, PlaceExactly) and each.status == "applied"
    ]


def described(site: Site) -> dict[str, str]:
    """Puts the themes in the codebook; their ids by name."""
    made = {name: f"{at + 1:032x}" for at, name in enumerate(THEMES)}
    rows: list[tuple[str, object]] = []
    for name, theme in made.items():
        rows += [
            ("", {"op": "create", "opdracht": 4, "label": name, "id": theme}),
            ("", {"op": "describe", "theme": theme, "text": THEMES[name]}),
            ("", {"op": "approve", "theme": theme}),
        ]
    append_all(site.storage, 1, "bas", rows)
    return made


def described_ids(site: Site) -> list[str]:
    return [each.id for each in state(site).themes.values()]


def statement_of(page: str) -> str:
    found = re.search(r'name="gevraagd" value="(\w+)"', page)
    assert found
    return found[1]


def follow(http: httpx.Client, answer: httpx.Response) -> str:
    assert answer.status_code == 303, answer.text
    return http.get(answer.headers["location"]).text


def test_an_opdracht_without_a_codebook_says_what_to_do(asked: Site) -> None:
    with as_role(asked, "els", "facilitator") as els:
        page = els.get(QUEUE).text
        assert "Er is nog geen codeboek" in page
        assert f'href="{CODEBOOK}"' in page
        page = els.get(CODEBOOK).text
        assert "Er zijn nog geen thema’s" in page
        assert 'href="/beheer/analyse?opdracht=4"' in page
        assert f'href="{CODEBOOK}"' in els.get("/beheer/opdrachten/4").text
        assert f'href="{QUEUE}"' in els.get("/beheer/opdrachten/4").text
        assert "Er zijn nog geen uitspraken" in els.get("/beheer/opdrachten/5/codeboek").text


def test_a_theme_is_tried_and_then_put_in_the_codebook(asked: Site) -> None:
    with as_role(asked, "els", "facilitator") as els:
        bus = THEMES["Bus en trein"]
        fields = {"label": "Bus en trein", "beschrijving": bus, "niet": "Auto’s."}
        page = post(els, CODEBOOK, doe="vang", **fields).text
        caught = re.search(r"Dit zou <strong>(\d+) uitspraken</strong> vangen", page)
        assert caught
        assert int(caught[1]) >= 10
        assert "Er is nog niets bewaard." in page
        assert 'value="Auto’s."' in page
        assert state(asked).log == ()
        page = follow(els, post(els, CODEBOOK, doe="bewaar", voorbeelden="Eén\nTwee", **fields))
        assert "In het codeboek (1)" in page
        (theme,) = state(asked).themes.values()
        assert (theme.label, theme.status) == ("Bus en trein", "goedgekeurd")
        assert (theme.description, theme.excludes) == (fields["beschrijving"], "Auto’s.")
        assert theme.examples == ("Eén", "Twee")
        assert f"<strong>{caught[1]} deelnemers</strong>, {caught[1]} uitspraken" in page

        # A second theme says what it takes from the first.
        taal = {"label": "Taal", "beschrijving": THEMES["Taal"]}
        page = html.unescape(post(els, CODEBOOK, doe="vang", **taal).text)
        assert re.search(r"(komt|komen) uit ‘Bus en trein’|nog geen thema", page)

        # What changes nothing decides nothing, and an empty description is refused.
        same = {**fields, "thema": theme.id, "voorbeelden": "Eén\nTwee"}
        assert post(els, CODEBOOK, doe="bewaar", **same).status_code == 422
        refused = post(els, CODEBOOK, doe="bewaar", label="Leeg", beschrijving=" ")
        assert refused.status_code == 422
        assert "Geef het thema een naam" in refused.text
        assert 'value="Leeg"' in refused.text
        taken = post(els, CODEBOOK, doe="bewaar", label="bus en TREIN", beschrijving="Iets.")
        assert taken.status_code == 422
        assert len(state(asked).themes) == 1


def test_an_example_that_somebody_said_stays_a_reference(asked: Site) -> None:
    with asked.storage.reading() as session:
        said = active_statements(session, 1, 4)[0]
    with as_role(asked, "els", "facilitator") as els:
        fields = {"label": "Bus", "beschrijving": "De bus.", "voorbeelden": said.text}
        post(els, CODEBOOK, doe="bewaar", **fields)
        (theme,) = state(asked).themes.values()
        assert (theme.examples, theme.example_statements) == ((), (said.id,))
        more = {**fields, "thema": theme.id, "voorbeelden": f"{said.text}\nTe laat."}
        assert post(els, CODEBOOK, doe="bewaar", **more).status_code == 303
        (theme,) = state(asked).themes.values()
        assert (theme.examples, theme.example_statements) == (("Te laat.",), (said.id,))


def test_a_candidate_shows_different_people_and_becomes_a_theme(site: Site) -> None:
    made = analysed(site.storage)
    with as_role(site, "els", "facilitator") as els:
        page = els.get(CODEBOOK).text
        assert "Nog te beschrijven (2)" in page
        first = state(site).themes_of(4)[0]
        card = page[page.index(f'id="{first.code}"') :].partition("</article>")[0]
        shown = re.findall(r"<blockquote>(.*?)</blockquote>", card)
        assert len(shown) == len(set(shown)) == 3
        words = {"label": "Leren op het werk", "beschrijving": "Tijd van de baas."}
        page = follow(els, post(els, CODEBOOK, doe="bewaar", thema=first.id, **words))
        assert "Nog te beschrijven (1)" in page
        assert "In het codeboek (1)" in page
        now = state(site).themes[first.id]
        assert (now.label, now.status) == ("Leren op het werk", "goedgekeurd")
        assert now.code in made["codes"]


def test_a_decision_teaches_and_is_undone(asked: Site) -> None:
    made = described(asked)
    with as_role(asked, "els", "facilitator") as els:
        page = els.get(QUEUE).text
        assert "Naar schatting staat" in page
        assert "Na tien beslissingen weten we het beter." in page
        first = statement_of(page)
        answer = {"gevraagd": first, "uitspraak": first}
        page = follow(els, post(els, QUEUE, thema=made["Taal"], **answer))
        second = statement_of(page)
        assert second != first
        assert "els plaatste" in page
        assert "Mensen beslisten over 1 van de" in page
        follow(els, post(els, QUEUE, doe="geen", gevraagd=second, uitspraak=second))
        assert placings(asked) == [(first, [made["Taal"]]), (second, [])]
        # Undone one by one, also without what the page told; the statement is asked again.
        page = follow(els, post(els, QUEUE, doe="ongedaan"))
        assert statement_of(page) == second
        page = follow(els, post(els, QUEUE, doe="ongedaan"))
        assert statement_of(page) == first
        assert placings(asked) == []
        assert post(els, QUEUE, doe="ongedaan").status_code == 422
        # Another statement by a select, and what somebody else decided is not undone.
        follow(els, post(els, QUEUE, doe="ander", ander=made["Opvang"], **answer))
    with as_role(asked, "tom", "facilitator") as tom:
        assert post(tom, QUEUE, doe="ongedaan").status_code == 422
        assert len(placings(asked)) == 1


def test_skipping_writes_nothing_and_goes_on(asked: Site) -> None:
    described(asked)
    with as_role(asked, "els", "facilitator") as els:
        seen = []
        page = els.get(QUEUE).text
        for _ in range(5):
            seen.append(statement_of(page))
            over = re.search(r'name="over" value="([^"]*)"', page)
            assert over
            skip = post(els, QUEUE, doe="sla_over", gevraagd=seen[-1], over=over[1])
            page = follow(els, skip)
        assert len(set(seen)) == 5
        assert placings(asked) == []
        assert statement_of(els.get(QUEUE).text) == seen[0]


def test_a_new_theme_from_a_question_and_its_undo(asked: Site) -> None:
    described(asked)
    with as_role(asked, "els", "facilitator") as els:
        first = statement_of(els.get(QUEUE).text)
        answer = {"gevraagd": first, "uitspraak": first, "doe": "nieuw"}
        refused = post(els, QUEUE, label="", **answer)
        assert refused.status_code == 422
        assert statement_of(refused.text) == first
        done = post(els, QUEUE, label="Auto", beschrijving="Met de auto.", **answer)
        page = follow(els, done)
        auto = next(each for each in state(asked).themes.values() if each.label == "Auto")
        assert auto.status == "goedgekeurd"
        assert [each.statement for each in auto.members] == [first]
        told = re.search(r'name="gedaan" value="([\d-]+)"', page)
        assert told
        follow(els, post(els, QUEUE, doe="ongedaan", gedaan=told[1]))
        assert auto.id not in state(asked).themes
        assert placings(asked) == []


def test_a_later_undo_takes_the_new_theme_along(asked: Site) -> None:
    """The page that told of the decisions is gone: the last placing and its theme are undone."""
    described(asked)
    with as_role(asked, "els", "facilitator") as els:
        first = statement_of(els.get(QUEUE).text)
        new = {"doe": "nieuw", "label": "Auto", "beschrijving": "Met de auto."}
        follow(els, post(els, QUEUE, gevraagd=first, uitspraak=first, **new))
        auto = next(each for each in state(asked).themes.values() if each.label == "Auto")
        second = statement_of(els.get(QUEUE).text)
        follow(els, post(els, QUEUE, gevraagd=second, uitspraak=second, thema=auto.id))
        follow(els, post(els, QUEUE, doe="ongedaan"))
        # Another placing needs the theme.
        assert placings(asked) == [(first, [auto.id])]
        assert state(asked).themes[auto.id].status == "goedgekeurd"
        follow(els, post(els, QUEUE, doe="ongedaan"))
        assert placings(asked) == []
        assert auto.id not in state(asked).themes


def test_a_language_model_drafts_what_nobody_stored(site: Site) -> None:
    analysed(site.storage)
    first = state(site).themes_of(4)[0]
    path = f"{CODEBOOK}/voorstel"
    with as_role(site, "els", "facilitator") as els, serving() as server:
        assert "Stel een naam" not in els.get(CODEBOOK).text
        more = {"llm_url": server.url, "llm_model": "klein"}
        here = site.app.state.services
        object.__setattr__(here, "settings", here.settings.model_copy(update=more))
        assert "Stel een naam en omschrijving voor" in els.get(CODEBOOK).text
        server.answer = says({"naam": "Leren en werken", "omschrijving": "Tijd van de baas."})
        page = post(els, path, thema=first.id, label="x", niet="Geld.")
        assert page.status_code == 200
        assert 'value="Leren en werken"' in page.text
        assert "Tijd van de baas.</textarea>" in page.text
        assert 'value="Geld."' in page.text
        assert "Kijk ze na" in page.text
        server.answer = says("niets")
        refused = post(els, path, thema=first.id, label="Mijn naam")
        assert refused.status_code == 422
        assert "gaf geen bruikbaar voorstel" in refused.text
        assert 'value="Mijn naam"' in refused.text
        assert state(site).log == ()
    with as_role(site, "lezer", "analist") as reader:
        assert post(reader, path, thema=first.id).status_code == 403


def test_a_mapping_that_stops_says_so(asked: Site) -> None:
    theme = next(iter(described(asked).values()))
    others = [each for each in described_ids(asked) if each != theme]
    with as_role(asked, "els", "facilitator") as els:
        raw: list[tuple[str, object]] = [("", {"op": "reject", "theme": each}) for each in others]
        append_all(asked.storage, 1, "bas", raw)
        assert "Geen enkel goedgekeurd thema" not in els.get(CODEBOOK).text
        append_all(asked.storage, 1, "bas", [("", {"op": "describe", "theme": theme, "text": ""})])
        assert "Geen enkel goedgekeurd thema heeft nog een omschrijving" in els.get(CODEBOOK).text


@pytest.mark.browser
def test_who_comes_while_statements_are_read_sees_how_far_that_is(
    asked: Site, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analysis.asking.desk._READ_AT_ONCE", 0)
    described(asked)
    with as_role(asked, "els", "facilitator") as els:
        first = els.get(QUEUE)
        assert re.search(r"Hij las \d+ van de 50 uitspraken", first.text), first.text
        assert first.headers["refresh"] == "3"
    page = browser.new_page(base_url=asked.url)
    page.set_content(first.text.replace('href="/static', f'href="{asked.url}/static'))
    assert violations(page) == []
    if folder := os.environ.get("SCHERMFOTOS"):
        page.screenshot(path=f"{folder}/leest.png", full_page=True)
    page.close()
    with asked.client() as els:
        log_in(els, "els")
        for _ in range(100):
            then = els.get(QUEUE)
            if "refresh" not in then.headers:
                break
            time.sleep(0.1)
        assert statement_of(then.text)


def test_a_batch_is_placed_and_undone_as_one(asked: Site) -> None:
    made = described(asked)
    desk = asked.app.state.services.desk
    steps = (desk.step(4, each.statement.id, ()) for each in desk.queue(4, 50))
    ids = next([each.id for each in step.statements] for step in steps if len(step.statements) > 1)
    assert len(ids) >= 3
    with as_role(asked, "els", "facilitator") as els:
        page = els.get(QUEUE, params={"vraag": ids[0]}).text
        assert f"Deze {len(ids)} zeggen ongeveer hetzelfde" in page
        assert page.count('name="uitspraak"') == page.count(" checked") == len(ids)
        chosen = ids[:-1]
        answer = {"gevraagd": ids[0], "uitspraak": chosen, "thema": made["Taal"]}
        page = follow(els, post(els, QUEUE, **answer))
        assert [each for each, _ in placings(asked)] == chosen
        told = re.search(r'name="gedaan" value="([\d-]+)"', page)
        assert told
        page = follow(els, post(els, QUEUE, doe="ongedaan", gedaan=told[1]))
        assert placings(asked) == []
        assert f"Deze {len(ids)} zeggen ongeveer hetzelfde" in page
        nothing = {"gevraagd": ids[0], "thema": made["Taal"]}
        assert post(els, QUEUE, **nothing).status_code == 422


def test_who_may_not_decide_sees_and_cannot(asked: Site) -> None:
    made = described(asked)
    with as_role(asked, "els", "facilitator") as els:
        first = statement_of(els.get(QUEUE).text)
        forged = els.post(QUEUE, data={"uitspraak": first, "thema": made["Taal"]})
        assert forged.status_code == 403
        forged = els.post(CODEBOOK, data={"doe": "bewaar", "label": "x", "beschrijving": "y"})
        assert forged.status_code == 403
    answer = {"gevraagd": first, "uitspraak": first, "thema": made["Taal"]}
    theme = {"doe": "bewaar", "label": "Nieuw", "beschrijving": "Iets."}
    for name, role, opdracht in (("ann", "analist", None), ("tine", "facilitator", 5)):
        with as_role(asked, name, role, opdracht) as http:
            page = http.get(QUEUE)
            assert page.status_code == (200 if opdracht is None else 403)
            assert "data-key" not in page.text
            assert 'action="/beheer/opdrachten/4' not in http.get(CODEBOOK).text
            assert post(http, QUEUE, **answer).status_code == 403
            assert post(http, QUEUE, doe="ongedaan").status_code == 403
            assert post(http, QUEUE, doe="sla_over", gevraagd=first).status_code == 403
            assert post(http, CODEBOOK, **theme).status_code == 403
            assert post(http, CODEBOOK, **{**theme, "doe": "vang"}).status_code == 403
            assert post(http, CODEBOOK, doe="laad").status_code == 403
            file = http.get(f"{CODEBOOK}.csv")
            assert file.status_code == (200 if opdracht is None else 403)
    with asked.client() as http:
        assert http.get(QUEUE).status_code == http.get(f"{CODEBOOK}.csv").status_code == 303
        assert http.post(QUEUE, data=answer).status_code == 401
    assert placings(asked) == []
    assert len(state(asked).themes) == 3


def test_the_codebook_leaves_and_comes_back_as_a_file(asked: Site) -> None:
    described(asked)
    with as_role(asked, "els", "facilitator") as els:
        written = els.get(f"{CODEBOOK}.csv")
        assert "codeboek-4.csv" in written.headers["content-disposition"]
        assert f'4,Taal,"{THEMES["Taal"]}"' in written.text
        field = {"formulier": field_of(els), "doe": "laad"}

        def sent(content: bytes) -> httpx.Response:
            return els.post(CODEBOOK, data=field, files={"bestand": ("x.csv", content)})

        page = follow(els, sent(written.content))
        assert "0 nieuwe thema’s, 0 gewijzigd, 3 bleven" in page
        page = follow(els, sent(b"opdracht;name;description\r\n4;Auto;Met de auto.\r\n"))
        assert "1 nieuw thema, 0 gewijzigd" in page
        assert "In het codeboek (4)" in page
        for content, words in (
            (b"", "geen codeboek"),
            (b"\xff\xfe", "geen codeboek"),
            (b"naam\nx\n", "geen codeboek"),
            (b"opdracht,name\n4,\n99,x\n", "rij 2, 3"),
            (b"opdracht,name\n5,x\n", "over opdracht 4"),
        ):
            refused = sent(content)
            assert refused.status_code == 422
            assert words in refused.text
        assert len(state(asked).themes) == 4


def logged_in(browser: Browser, site: Site, **how: Any) -> Page:
    """A browser of a facilitator; a script error or a policy violation is kept in ``problems``."""
    with site.storage.writing() as session:
        accounts.add_account(session, "els", "facilitator", PASSWORD)
    page = browser.new_context(base_url=site.url, **how).new_page()
    page.goto("/beheer/login")
    page.get_by_label("Naam").fill("els")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Aanmelden").click()
    expect(page.get_by_role("heading", name="Overzicht")).to_be_visible()
    return page


def tab_to(page: Page, wanted: Locator) -> None:
    """Presses Tab until it has the focus."""
    for _ in range(150):
        if wanted.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no Tab leads to {wanted}")


def press(page: Page, wanted: Locator) -> None:
    tab_to(page, wanted)
    page.keyboard.press("Enter")


def subject_shown(page: Page) -> str:
    """The subject that the question is about; of a batch that of its first statement."""
    text = page.locator("#vraag blockquote, #vraag .batch .pick span").first.inner_text()
    return SUBJECT[text]


def test_without_an_encoder_the_pages_say_so(asked: Site) -> None:
    described(asked)
    asked.settings.embedding = "onnx:nergens"
    with as_role(asked, "els", "facilitator") as els:
        for path in (QUEUE, CODEBOOK):
            page = els.get(path)
            assert page.status_code == 503
            assert "kan de uitspraken nu niet indelen" in page.text


@pytest.mark.browser
@pytest.mark.parametrize("wanted", [25, pytest.param(100, marks=pytest.mark.soak)])
def test_from_unread_answers_to_many_decisions_by_keyboard_alone(
    browser: Browser, unread_many: Site, wanted: int
) -> None:
    unread = unread_many
    page = logged_in(browser, unread)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(CODEBOOK)
    expect(page.get_by_text("nog niet gelezen")).to_be_visible()
    press(page, page.get_by_role("link", name="Start de analyse"))
    expect(page.get_by_role("heading", name="Analyse")).to_be_visible()
    press(page, page.get_by_role("button", name="Start de analyse"))
    expect(page.get_by_text("De analyse van ronde 1, opdracht 4 is klaar")).to_be_visible(
        timeout=600_000
    )

    # Two of the candidates get words; what they would catch shows at once.
    page.goto(CODEBOOK)
    for subject in ("bus", "taal"):
        card = page.locator("article", has_text=re.compile("|".join(sentences(subject, 0, 27))))
        card = card.filter(has=page.get_by_text("Kandidaat")).first
        tab_to(page, card.get_by_label("Naam"))
        page.keyboard.press("Control+a")
        page.keyboard.type(NAMES[subject])
        tab_to(page, card.get_by_label("Wat hoort erbij?"))
        page.keyboard.type(WORDS[NAMES[subject]])
        press(page, card.get_by_role("button", name="Wat zou dit vangen?"))
        expect(page.locator("#vangst")).to_be_focused()
        expect(page.locator("#vangst")).to_contain_text("Er is nog niets bewaard.")
        assert violations(page) == []
        page.keyboard.press("Shift+Tab")
        press(
            page,
            page.locator("#vangst")
            .locator("xpath=..")
            .get_by_role("button", name="Zet in het codeboek"),
        )
        expect(page.locator("#gedaan")).to_contain_text(NAMES[subject])
    assert violations(page) == []
    press(page, page.get_by_role("link", name="Naar de wachtrij"))
    expect(page.locator("#vraag")).to_be_focused()
    assert violations(page) == []

    # From here on one key answers a question, also one about several statements, and one key takes
    # the answer back; only a theme that is still missing has to be written.
    asked = page.locator("#antwoord input[name=gevraagd]")
    decisions = questions = 0
    written = []

    def press_one(key: str) -> None:
        """Presses one key, which alone must bring the next page, with the question in focus."""
        before = asked.input_value()
        page.keyboard.press(key)
        expect(asked).not_to_have_value(before)
        expect(page.locator("#vraag")).to_be_focused()

    expect(page.locator("#vraag")).to_be_focused()
    press_one("s")
    while decisions < wanted:
        now = asked.input_value()
        name = NAMES[subject_shown(page)]
        statements = page.locator('#antwoord input[name="uitspraak"]').count()
        button = page.locator("#antwoord button[data-key]").filter(has_text=name)
        known = button.count() > 0
        if known:
            press_one(button.first.get_attribute("data-key") or "")
        else:
            written.append(name)
            page.keyboard.press("n")
            page.keyboard.type(name)
            page.keyboard.press("Tab")
            page.keyboard.type(WORDS[name])
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            expect(asked).not_to_have_value(now)
            expect(page.locator("#vraag")).to_be_focused()
        decisions += statements
        questions += 1
        if questions in (1, 10):
            press_one("u")
            expect(asked).to_have_value(now)
            decisions -= statements
            # A theme that was written for the answer goes along with it.
            written = written if known else written[:-1]
            assert len(placings(unread)) == decisions
    assert len(written) == len(set(written)) <= len(NAMES)
    assert len(placings(unread)) == decisions
    names = {each.id: each.label for each in state(unread).themes.values()}
    with unread.storage.reading() as session:
        said = {each.id: each.text for each in active_statements(session, 1, 4)}
    for statement, (theme,) in placings(unread):
        assert names[theme] == NAMES[SUBJECT[said[statement]]]
    expect(page.get_by_text(f"Mensen beslisten over {decisions} van de 108")).to_be_visible()
    assert violations(page) == []
    assert problems == []
    page.context.close()


@pytest.mark.browser
def test_the_queue_works_without_scripts(browser: Browser, asked: Site) -> None:
    described(asked)
    page = logged_in(browser, asked, java_script_enabled=False)
    page.goto(QUEUE)
    first = page.locator("#antwoord input[name=gevraagd]").input_value()
    page.locator(".option").first.click()
    expect(page.locator("#gedaan")).to_contain_text("els plaatste")
    assert placings(asked)
    page.get_by_role("button", name="Maak mijn laatste beslissing ongedaan").click()
    assert placings(asked) == []
    assert page.locator("#antwoord input[name=gevraagd]").input_value() == first
    page.locator("#nieuw-thema summary").click()
    page.get_by_label("Naam").fill("Auto")
    page.get_by_label("Naam").press("Enter")
    expect(page.locator("#gedaan")).to_contain_text("Auto")
    assert {each.label for each in state(asked).themes.values()} >= {"Auto"}
    page.context.close()
