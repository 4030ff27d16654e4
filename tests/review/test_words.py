"""What the review shows in place of keys and numbers, and the button that opens a round."""

from __future__ import annotations

import html
import re

import pytest

from consultation import audit, rounds
from consultation.database.models import Contribution, Round
from consultation.queries.answer_view import in_context
from tests.review_stage import as_role, post
from tests.web.test_decisions import seen
from tests.web_stage import Site, analysed

pytest_plugins = ["tests.web_fixtures"]

ABOUT: dict[str, str | int] = {
    "wat": "themes", "soort": "docx", "naam": "tine", "rol": "facilitator", "ronde": 2,
    "opdracht": 9, "run": 3,
}  # fmt: skip


def test_the_log_has_words_for_all_that_is_recorded(site: Site) -> None:
    with site.storage.writing() as session:
        for what in sorted(audit.WHAT):
            audit.record(session, 1, "els", what, **ABOUT, iets_nieuws="x")
    with as_role(site, "baas", "beheerder") as baas:
        table = baas.get("/beheer/logboek").text.partition("<tbody>")[2].partition("</tbody>")[0]
    rows = re.findall(r"<tr><td>.*?</td><td>els</td><td>(.*?)</td><td>(.*?)</td></tr>", table)
    assert len(rows) == len(audit.WHAT)
    for done, about in rows:
        assert done[0].isupper()
        assert "_" not in done
        assert done != "Deed iets anders"
        assert html.unescape(about) == (
            "Thema’s als Word, account ‘tine’ als facilitator, ronde 2, opdracht 9, "
            "analyse nummer 3"
        )


def test_a_statement_is_shown_marked_in_its_answer(site: Site) -> None:
    analysed(site.storage)
    said = seen(site).said[0]
    with as_role(site, "els", "facilitator") as els:
        page = els.get(f"/beheer/antwoorden/{said.contribution}").text
    item = page.partition(f'id="u-{said.id}"')[2].partition("</li>")[0]
    assert not re.search(r"tekens \d", page)
    answer = html.unescape(item.partition('<p class="answer">')[2].partition("</p>")[0])
    assert answer == f"Eerst dit: <mark>{said.text}</mark> Dat was het, éé🎓n."


@pytest.mark.parametrize(("place", "shown"), [(3, "blz. 3 · "), ("00:01:02", "op 00:01:02 · ")])
def test_a_statement_of_a_document_is_shown_with_its_page_or_time(
    site: Site, place: int | str, shown: str
) -> None:
    analysed(site.storage)
    said = seen(site).said[0]
    with site.storage.writing() as session:
        answer = session.get_one(Contribution, said.contribution)
        answer.versions[-1].places = [[0, 2], [5, place]]
    with as_role(site, "els", "facilitator") as els:
        page = els.get(f"/beheer/antwoorden/{said.contribution}").text
    item = page.partition(f'id="u-{said.id}"')[2].partition("</li>")[0]
    assert item.partition('<p class="fine">')[2].startswith(shown)


@pytest.mark.parametrize("start", [0, 5, 300, 595])
def test_the_context_is_of_whole_words_and_holds_the_statement(start: int) -> None:
    text = "woord " * 100
    end = min(start + 40, len(text))
    parts = in_context(text, "a", start, end)
    assert [each.text for each in parts if each.statements] == [text[start:end]]
    inside = "".join(each.text for each in parts if each.text.strip() != "…")
    assert inside in text
    assert len(inside) < 300
    assert parts[0].text.startswith("…") == (start > 120)


def test_an_administrator_opens_the_next_round_after_a_question(site: Site) -> None:
    with site.storage.writing() as session:
        rounds.close(session, 1, 1)
    with as_role(site, "baas", "beheerder") as baas:
        assert 'href="/beheer/rondes/2/open"' in baas.get("/beheer").text
        assert "Ja, open ronde 2" in baas.get("/beheer/rondes/2/open").text
        unsure = post(baas, "/beheer/rondes/2/open")
        assert unsure.status_code == 422
        assert baas.get("/beheer/rondes/3/open").status_code == 404
        with site.storage.reading() as session:
            assert rounds.open_round(session, 1) is None
        done = post(baas, "/beheer/rondes/2/open", zeker="ja")
        assert "De ronde is open." in baas.get(done.headers["location"]).text
        with site.storage.reading() as session:
            found = rounds.open_round(session, 1)
            assert found
            assert (found.number, found.kind) == (2, "bevraging")
            assert audit.entries(session, 1)[0].what == "geopend"
        assert post(baas, "/beheer/rondes/1/open", zeker="ja").status_code == 409
        assert "Ronde 2 staat nog open" in baas.get("/beheer/rondes/1/open").text
        post(baas, "/beheer/rondes/2", doe="sluit")
        assert 'href="/beheer/rondes/1/open"' in baas.get("/beheer/rondes/1").text
        assert post(baas, "/beheer/rondes/1/open", zeker="ja").status_code == 303


@pytest.mark.parametrize("status", ["gepubliceerd"])
def test_a_published_round_is_not_opened_again(site: Site, status: str) -> None:
    with site.storage.writing() as session:
        session.query(Round).update({"status": status})
    with as_role(site, "baas", "beheerder") as baas:
        assert "Ja, open" not in baas.get("/beheer/rondes/1/open").text
        assert post(baas, "/beheer/rondes/1/open", zeker="ja").status_code == 409


@pytest.mark.parametrize("role", ["facilitator", "analist"])
def test_nobody_else_opens_a_round(site: Site, role: str) -> None:
    with site.storage.writing() as session:
        rounds.close(session, 1, 1)
    with as_role(site, "els", role) as els:
        assert "/rondes/2/open" not in els.get("/beheer").text
        assert els.get("/beheer/rondes/2/open").status_code == 403
        assert post(els, "/beheer/rondes/2/open", zeker="ja").status_code == 403


def test_a_sentence_and_the_link_behind_it_stand_apart(site: Site) -> None:
    analysed(site.storage)
    with as_role(site, "els", "facilitator") as els:
        for path in ("/beheer", "/beheer/opdrachten/4/nieuw", "/beheer/opdrachten/4"):
            glued = re.findall(r"\w[.)]{1,2}<a [^>]*>\w+", els.get(path).text)
            assert glued == [], path
