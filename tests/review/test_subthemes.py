"""The review and the report show parts of a theme, and what was set aside, and lose nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import httpx
import pytest

from consultation.catalogue import Catalogue
from consultation.database.models import RunMark
from consultation.queries.opdracht_snapshot import OpdrachtSnapshot, opdracht_snapshot
from consultation.queries.themes import FIXED_TEXT, ThemeView
from reporting.report import render
from tests.review_stage import as_role, post, set_aside
from tests.web_stage import Site, analysed

pytest_plugins = ["tests.web_fixtures"]

NAMES = ("De weg vinden", "Duur & <i>weinig</i> hulp")


@pytest.fixture
def made(site: Site) -> dict[str, Any]:
    """Two themes, of which the first has two sub-themes."""
    return analysed(site.storage)


@pytest.fixture
def els(site: Site, made: dict[str, Any]) -> Iterator[httpx.Client]:
    """A facilitator."""
    assert made
    with as_role(site, "els", "facilitator") as client:
        yield client


def seen(site: Site) -> OpdrachtSnapshot:
    with site.storage.reading() as session:
        return opdracht_snapshot(session, 1, 4)


def first(site: Site) -> ThemeView:
    """The first theme that was made; the other one is larger."""
    return next(each for each in seen(site).themes if each.code == "O04-T001")


def shown(page: str) -> set[str]:
    return set(re.findall(r'<li id="u-([0-9a-f]{32})"', page))


def test_a_theme_is_read_by_sub_theme(els: httpx.Client, site: Site, made: dict[str, Any]) -> None:
    path = f"/beheer/themas/{made['codes'][0]}"
    whole = els.get(path).text
    view = first(site)
    assert [each.name for each in view.subthemes] == sorted(NAMES)
    assert "<i>weinig" not in whole
    read: set[str] = set()
    for name, size in (*((each.name, len(each.said)) for each in view.subthemes), ("-", 9)):
        part = els.get(path, params={"deelthema": name})
        assert len(shown(part.text)) == size
        assert not read & shown(part.text)
        read |= shown(part.text)
    assert read == {each.id for each in view.said}
    assert "Deelthema" not in els.get(f"/beheer/themas/{made['codes'][1]}").text


def test_a_sub_theme_is_split_off_as_a_theme_of_its_own(
    els: httpx.Client, site: Site, made: dict[str, Any]
) -> None:
    path = f"/beheer/themas/{made['codes'][0]}"
    part = first(site).subthemes[1]
    link = re.findall(r'href="([^"]+/splitsing\?[^"]+)"', els.get(path).text)[1]
    form = els.get(unescape(link)).text
    assert (
        f'name="label" value="{NAMES[1].replace("&", "&amp;").replace("<", "&lt;")}'.split("&lt;")[
            0
        ]
        in form
    )
    chosen = re.findall(r'name="uitspraak" value="([0-9a-f]{32})" checked', form)
    assert set(chosen) == {each.id for each in part.said}
    done = post(
        els,
        "/beheer/opdrachten/4/beslis",
        doe="splits",
        thema=first(site).id,
        label=part.name,
        uitspraak=chosen,
        terug=path,
    )
    assert done.status_code == 303
    new = next(each for each in seen(site).themes if each.label == part.name)
    assert {each.id for each in new.said} == set(chosen)
    assert not any(each.subthemes for each in seen(site).themes)
    assert els.get(path, params={"deelthema": part.name}).status_code == 200
    assert els.get(f"{path}/splitsing", params={"deelthema": part.name}).status_code == 404


def test_where_nothing_was_set_aside_no_page_says_so(els: httpx.Client) -> None:
    page = els.get("/beheer/opdrachten/4").text
    assert "Apart gelegd" not in page
    assert "Zonder thema (5)" in page
    assert "Er is niets apart gelegd" in els.get("/beheer/opdrachten/4/apart").text


def test_what_was_set_aside_is_listed_with_the_reason(
    els: httpx.Client, site: Site, made: dict[str, Any]
) -> None:
    french, silent, voice, *_ = set_aside(site.storage, made["run"])
    page = els.get("/beheer/opdrachten/4").text
    assert "Apart gelegd: 4 uitspraken" in page
    assert "Zonder thema (3)" in page
    page = els.get("/beheer/opdrachten/4/apart").text
    assert "Andere taal: Frans" in page
    assert "Geen antwoord" in page
    assert page.count('name="uitspraak"') == 2
    assert "3 keer" in page
    assert voice.text in unescape(page)

    refused = post(
        els, "/beheer/opdrachten/4/beslis", doe="verplaats", terug="/beheer/opdrachten/4/apart"
    )
    assert refused.status_code == 422
    assert "Andere taal: Frans" in refused.text
    done = post(
        els,
        "/beheer/opdrachten/4/beslis",
        doe="verplaats",
        naar=first(site).id,
        uitspraak=[french.id],
        terug="/beheer/opdrachten/4/apart",
    )
    assert done.status_code == 303
    assert french.id in {each.id for each in first(site).said}
    assert [each.id for each in seen(site).excluded.silent] == [silent.id]
    assert not seen(site).excluded.foreign


def test_fixed_text_is_listed_with_its_count_and_can_still_be_placed(
    els: httpx.Client, site: Site, made: dict[str, Any], catalogue: Catalogue
) -> None:
    lines = seen(site).unplaced[:3]
    with site.storage.writing() as session:
        marks = (
            RunMark(run_id=made["run"], statement_id=each.id, mark=FIXED_TEXT) for each in lines
        )
        session.add_all(marks)
    assert len(seen(site).excluded) == seen(site).excluded.fixed_lines == 3
    assert not {each.id for each in lines} & {each.id for each in seen(site).unplaced}
    page = els.get("/beheer/opdrachten/4").text
    assert "Apart gelegd: 3 uitspraken" in page
    assert "Zonder thema (2)" in page
    page = unescape(els.get("/beheer/opdrachten/4/apart").text)
    assert "3 met vaste tekst" in page
    texts = {each.said.text: len(each.all) for each in seen(site).excluded.fixed}
    assert sum(texts.values()) == 3
    for text, count in texts.items():
        assert f"{count} keer: {text}" in page
        assert page.count(f"Vaste tekst, {count} keer") >= count
    assert page.count('name="uitspraak"') == 3
    report = unescape(render(site.storage, 1, catalogue, "use"))
    assert "Vaste tekst (3)" in report
    assert all(text in report.partition("Vaste tekst (3)")[2] for text in texts)
    done = post(
        els,
        "/beheer/opdrachten/4/beslis",
        doe="verplaats",
        naar=first(site).id,
        uitspraak=[lines[0].id],
        terug="/beheer/opdrachten/4/apart",
    )
    assert done.status_code == 303
    assert lines[0].id in {each.id for each in first(site).said}
    assert seen(site).excluded.fixed_lines == 2


def test_the_report_has_the_hierarchy_and_what_was_set_aside(
    site: Site, made: dict[str, Any], catalogue: Catalogue
) -> None:
    set_aside(site.storage, made["run"])
    page = unescape(render(site.storage, 1, catalogue, "use"))
    tree = page[page.index("Thema's en deelthema's") :]
    tree = tree[: tree.index("<h3", 5)]
    assert tree.index(made["codes"][1]) < tree.index(made["codes"][0]) < tree.index(NAMES[0])
    assert "in geen deelthema: 9" in tree
    assert "Apart gelegd (4)" in page
    assert "Andere taal (1)" in page
    assert "Frans 1" in page
    assert "Geen antwoord (1)" in page
    assert "Dubbele teksten en campagnes (1)" in page
