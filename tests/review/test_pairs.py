"""The pair check in the review: blind, by keyboard alone, and the figure wherever trust is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from analysis.asking.pair_check import PAIRS
from analysis.codebook.pairs import Check, StatementPair, precision_and_recall
from consultation.catalogue import Catalogue
from consultation.database.models import AnalysisRun, Assignment, now
from consultation.database.records import PairCheck
from consultation.participation.participants import erase
from consultation.queries.opdracht_snapshot import opdracht_snapshot
from consultation.queries.themes import basis_of
from reporting import report
from reporting.pair_figures import PairFigure, pair_figure
from tests.public_stage import published_round
from tests.review.test_browser import leave, log_in
from tests.review_stage import as_role, field_of
from tests.web_pages import violations
from tests.web_stage import FLAGS, Site, analysed

pytest_plugins = ["tests.web_fixtures"]

PATH = "/beheer/opdrachten/4/paren"
NOT_YET = "nog niet door mensen nagekeken"


def rows(site: Site) -> list[PairCheck]:
    """The pairs of the check, in the order of asking."""
    with site.storage.reading() as session:
        return list(session.query(PairCheck).order_by(PairCheck.id))


def asked(page: str) -> str:
    found = re.search(r'name="paar" value="(\w+)"', page)
    assert found, page
    return found[1]


def answer_all(http: httpx.Client, site: Site) -> str:
    """Begins the check, and says of every pair what the themes say; the last page."""
    field = field_of(http)
    data = {"formulier": field, "doe": "begin"}
    page = http.post(PATH, data=data, follow_redirects=True).text
    joined = {row.pair: row.joined for row in rows(site)}
    for left in range(PAIRS, 0, -1):
        assert f"Nog {left} pa" in page
        pair = asked(page)
        data = {"formulier": field, "paar": pair, "doe": "ja" if joined[pair] else "nee"}
        page = http.post(PATH, data=data, follow_redirects=True).text
    return page


def test_answers_are_stored_and_told_in_words(site: Site) -> None:
    analysed(site.storage)
    with as_role(site, "els", "facilitator") as els:
        review = els.get("/beheer/opdrachten/4").text
        assert NOT_YET in review
        assert f'href="{PATH}"' in review
        page = els.get(PATH).text
        assert NOT_YET in page
        assert rows(site) == []
        page = answer_all(els, site)
        assert "Klaar: wat zeggen de paren?" in page
        known = rows(site)
        assert len(known) == PAIRS
        assert all(row.same is row.joined and row.account == "els" for row in known)
        for told in (page, els.get("/beheer/opdrachten/4").text):
            assert "Van 10 paren die in een thema samen zitten, horen er 8 tot 10 ook" in told
            assert "Van 10 paren die volgens mensen samen horen" in told
            assert f"Mensen lazen {PAIRS} paren" in told
            assert NOT_YET not in told
        review = els.get("/beheer/opdrachten/4").text
        assert review.index("Van 10 paren") < review.index('class="theme ')


def test_the_page_does_not_tell_which_pairs_are_of_one_theme(site: Site) -> None:
    made = analysed(site.storage)
    with as_role(site, "els", "facilitator") as els:
        field = field_of(els)
        page = els.post(PATH, data={"formulier": field, "doe": "begin"}, follow_redirects=True).text
        shapes: dict[bool, set[str]] = {True: set(), False: set()}
        with site.storage.reading() as session:
            texts = [each.text for each in opdracht_snapshot(session, 1, 4).said]
        for row in rows(site):
            assert asked(page) == row.pair
            assert not [code for code in made["codes"] if code in page]
            bare = re.sub(r'name="(paar|formulier)" value="[^"]*"|\d+|paa?r(en)?', "", page)
            bare = re.sub(r'(?s)<blockquote.*?</blockquote>|<p class="fine">.*?</p>', "", bare)
            bare = re.sub(r"<button class=\"button small quiet\".*?</button>", "", bare)
            assert not [text for text in texts if text in bare]
            shapes[row.joined].add(" ".join(bare.split()))
            data = {"formulier": field, "paar": row.pair, "doe": "nee"}
            page = els.post(PATH, data=data, follow_redirects=True).text
        assert shapes[True] == shapes[False]


def test_the_last_answer_is_taken_back(site: Site) -> None:
    analysed(site.storage)
    with as_role(site, "els", "facilitator") as els, as_role(site, "ann", "analist") as ann:
        field, other = field_of(els), field_of(ann)
        els.post(PATH, data={"formulier": field, "doe": "begin"})
        first, second = (row.pair for row in rows(site)[:2])
        for pair in (first, second):
            els.post(PATH, data={"formulier": field, "paar": pair, "doe": "ja"})
        # What somebody else answered is not theirs to take back, nor to answer again.
        ann.post(PATH, data={"formulier": other, "doe": "terug"})
        late = ann.post(PATH, data={"formulier": other, "paar": first, "doe": "nee"})
        assert late.status_code == 409
        assert [row.same for row in rows(site)[:3]] == [True, True, None]
        data = {"formulier": field, "doe": "terug"}
        page = els.post(PATH, data=data, follow_redirects=True).text
        assert asked(page) == second
        assert [row.same for row in rows(site)[:3]] == [True, None, None]
        assert els.post(PATH, data={"formulier": field, "paar": second}).status_code == 422
        review = els.get("/beheer/opdrachten/4").text
        assert NOT_YET in review
        assert "Mensen lazen nog maar 1 van de 30 paren." in review


def test_rights_and_forged_forms_are_checked(site: Site) -> None:
    analysed(site.storage)
    with as_role(site, "tine", "facilitator", 5) as tine, as_role(site, "els", "analist") as els:
        field = field_of(tine)
        assert tine.get(PATH).status_code == 403
        assert tine.post(PATH, data={"formulier": field, "doe": "begin"}).status_code == 403
        assert els.post(PATH, data={"doe": "begin"}).status_code == 403
        assert rows(site) == []
        els.post(PATH, data={"formulier": field_of(els), "doe": "begin"})
        pair = rows(site)[0].pair
        # Neither on the opdracht of the pair, nor by the page of one's own.
        for number, status in ((4, 403), (5, 409)):
            path = f"/beheer/opdrachten/{number}/paren"
            data = {"formulier": field, "paar": pair, "doe": "ja"}
            assert tine.post(path, data=data).status_code == status
        assert els.post(PATH, data={"paar": pair, "doe": "ja"}).status_code == 403
        assert {row.same for row in rows(site)} == {None}
    with site.client() as nobody:
        assert nobody.get(PATH).status_code == 303


def test_who_is_erased_takes_the_pairs_along(site: Site) -> None:
    analysed(site.storage)
    with as_role(site, "els", "facilitator") as els:
        answer_all(els, site)
        before = rows(site)
        with site.storage.writing() as session:
            said = opdracht_snapshot(session, 1, 4).said
            person = next(x.participant for x in said if x.id == before[0].statement_a)
            own = {each.id for each in said if each.participant == person}
            erase(session, person)
        touched = {row.pair for row in before if {row.statement_a, row.statement_b} & own}
        assert touched
        assert {row.pair for row in rows(site)} == {row.pair for row in before} - touched
        page = els.get(PATH).text
        assert f"Mensen lazen {PAIRS - len(touched)} paren" in page


def test_without_themes_there_is_nothing_to_check(site: Site) -> None:
    with as_role(site, "els", "facilitator") as els:
        assert "Er zijn nog geen thema’s om na te kijken" in els.get(PATH).text
        assert NOT_YET not in els.get("/beheer/opdrachten/4").text


def test_a_check_of_an_earlier_run_says_so_and_of_a_later_one_is_not_told(site: Site) -> None:
    made = analysed(site.storage)
    with as_role(site, "els", "facilitator") as els:
        answer_all(els, site)
        with site.storage.writing() as session:
            old = session.get_one(AnalysisRun, made["run"])
            later = AnalysisRun(round_id=old.round_id, finished_at=now())
            session.add(later)
            session.flush()
            figure = pair_figure(session, 1, 4, later)
            assert figure is not None
            assert not figure.current
            for row in session.query(PairCheck):
                row.run_id = later.id
            session.flush()
            assert pair_figure(session, 1, 4, old) is None
            session.rollback()


def figure(yes: int, no: int, open_: int = 0) -> PairFigure:
    """A check with fifteen pairs in a theme, and none of fifteen others that says the same."""
    pairs = [StatementPair(str(at), 0, 0, joined=at < yes + no) for at in range(yes + no + 15)]
    found: Check = precision_and_recall(
        pairs, {str(at): at < yes for at in range(yes + no + 15)}, (100, 900)
    )
    return PairFigure(found, True, open_)


def test_the_words_never_promise_more_than_the_interval() -> None:
    told = figure(11, 4)
    low, high = told.check.precision.low, told.check.precision.high
    words = re.findall(r"er (\d+) tot (\d+)", " ".join(told.sentences))
    assert int(words[0][0]) <= 10 * low < 10 * high <= int(words[0][1])
    assert int(words[1][0]) <= 10 * told.check.recall.low
    assert int(words[1][1]) >= 10 * told.check.recall.high
    assert told.chance_found == 0.1
    assert "Door toeval zouden het er ongeveer 1 zijn." in told.sentences[1]
    assert not figure(2, 1, open_=12).told
    assert figure(2, 1).told


def test_a_theme_of_few_people_says_so_before_any_other_figure(site: Site) -> None:
    analysed(site.storage)
    with site.storage.writing() as session:
        seen = opdracht_snapshot(session, 1, 4)
        first, second = seen.themes
        assert (first.basis, second.basis) == ("", "")
        kept = {each.id for each in first.said[:3]}
        assert basis_of(first.said[:3]) == "few_people"
        assert basis_of([*first.said[:5], *[first.said[0]] * 5]) == "one_person"
        assert basis_of([*first.said[:5], *[first.said[0]] * 2]) == ""
        gone = {each.id for each in first.said} - kept
        for each in session.query(Assignment).where(Assignment.statement_id.in_(gone)):
            session.delete(each)
    with as_role(site, "els", "facilitator") as els:
        warning = "Let op: de uitspraken komen van maar 3 deelnemers."
        for path in ("/beheer/opdrachten/4", f"/beheer/themas/{first.code}"):
            page = els.get(path).text
            assert page.count(warning) == 1
            assert page.index(warning) < page.index("<strong>3 deelnemers</strong>")
        # A filter shows less of a theme; that does not make it rest on fewer people.
        narrowed = els.get("/beheer/opdrachten/4?groep=burger").text
        assert narrowed.count("Let op: ") <= 1


def test_the_report_and_the_method_page_begin_with_the_figure(
    site: Site, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "_map", lambda *_: "")
    published_round(site, catalogue)
    with as_role(site, "els", "facilitator") as els:

        def texts() -> dict[str, str]:
            made = report.render(site.storage, 1, catalogue, "use", 1)
            pages = {"method": els.get("/methode").text, "outcome": els.get("/opdrachten/4").text}
            return {"report": made, **pages}

        for text in texts().values():
            assert NOT_YET in text
        answer_all(els, site)
        for name, text in texts().items():
            assert NOT_YET not in text, name
            told = text.index("horen er 8 tot 10 ook volgens mensen samen")
            part = text.index("Opdracht 4:") if name == "report" else 0
            after = {"outcome": 'class="theme"', "method": "Van antwoord tot uitspraak"}
            assert part < told < text.index(after.get(name, "omen terug"), part)
            assert "tevigheid" not in text
            assert "tabiliteit" not in text


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Chromium."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        launched.close()


@pytest.mark.browser
@pytest.mark.parametrize("how", [{}, {"viewport": {"width": 390, "height": 800}}])
def test_by_keyboard_alone(browser: Browser, site: Site, how: dict[str, Any]) -> None:
    analysed(site.storage)
    els = log_in(browser, site, "els", "facilitator", **how)
    els.goto("/beheer/opdrachten/4")
    assert violations(els) == []
    els.goto(PATH)
    assert violations(els) == []
    els.keyboard.press("Enter")
    expect(els.get_by_text(f"Nog {PAIRS} paren")).to_be_visible()
    expect(els.locator("#paar")).to_be_focused()
    assert violations(els) == []
    for left in range(PAIRS, 0, -1):
        expect(
            els.get_by_text(f"Nog {left} paar" if left == 1 else f"Nog {left} paren")
        ).to_be_visible()
        expect(els.locator("#paar")).to_be_focused()
        els.keyboard.press("j" if left % 2 else "n")
        if left == PAIRS - 3:
            expect(els.get_by_text(f"Nog {left - 1} paren")).to_be_visible()
            els.keyboard.press("u")
            expect(els.get_by_text(f"Nog {left} paren")).to_be_visible()
            els.keyboard.press("j")
    expect(els.get_by_role("heading", name="Klaar: wat zeggen de paren?")).to_be_focused()
    assert violations(els) == []
    assert [row.same for row in rows(site)] == [
        left % 2 == 1 or left == PAIRS - 3 for left in range(PAIRS, 0, -1)
    ]
    leave(els)


@pytest.mark.browser
def test_without_javascript(browser: Browser, site: Site) -> None:
    analysed(site.storage)
    els = log_in(browser, site, "els", "facilitator", java_script_enabled=False)
    els.goto(PATH)
    els.get_by_role("button", name="Begin").click()
    els.get_by_role("button", name="Ja", exact=False).first.click()
    expect(els.get_by_text(f"Nog {PAIRS - 1} paren")).to_be_visible()
    els.get_by_role("button", name="Nee", exact=True).click()
    els.get_by_role("button", name="Neem mijn laatste antwoord terug").click()
    expect(els.get_by_text(f"Nog {PAIRS - 1} paren")).to_be_visible()
    assert [row.same for row in rows(site)[:2]] == [True, None]
    leave(els)
