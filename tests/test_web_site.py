"""The public pages: Dutch, from the catalogue, nothing personal, and safe to show."""

from __future__ import annotations

import html
from pathlib import Path

import httpx
import pytest
from web_stage import Site, StandIn, analysed, free_port

from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.errors import CatalogueError, StorageError
from consultation.settings import Settings
from web.app import create_app
from web.numbers import Numbers

pytest_plugins = ["web_fixtures"]


def test_home_shows_every_opdracht_of_the_catalogue(
    http: httpx.Client, site: Site, catalogue: Catalogue
) -> None:
    analysed(site.storage)
    page = html.unescape(http.get("/").text)
    assert '<html lang="nl">' in page
    assert catalogue.consultatie.doel in page
    for each in (*catalogue.uitdagingen, *catalogue.opdrachten):
        assert each.titel in page
    assert "48 antwoorden tot nu toe" in page
    assert page.count("Nog geen antwoorden") == 9


def test_an_opdracht_folds_small_groups(http: httpx.Client, site: Site) -> None:
    analysed(site.storage, people=20)
    page = http.get("/opdrachten/4").text
    assert "40 antwoorden van 20 deelnemers" in page
    assert "Burger</td>" in page
    assert "Vakbond of werknemersorganisatie</td>" not in page
    assert "Andere of kleine groepen" in page
    assert '<samenspraak-chat opdracht="4">' in page


def test_folding_hides_groups_under_five() -> None:
    numbers = Numbers(12, 11, {"burger": 5, "adviesorgaan": 4, None: 2})
    assert numbers.shown == [("burger", 5)]
    assert numbers.folded == 6


def test_no_page_carries_inline_script_or_style(http: httpx.Client) -> None:
    for path in ("/", "/opdrachten/4", "/gesprek?opdracht=4", "/privacy", "/beheer/login", "/x"):
        answer = http.get(path)
        policy = answer.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'self' https://gemeente.example" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert " style=" not in answer.text
        assert "<script>" not in answer.text


def test_the_talk_page_takes_opdracht_and_invitation(http: httpx.Client) -> None:
    page = http.get("/gesprek", params={"opdracht": "4", "uitnodiging": 'a"><b>'}).text
    assert 'opdracht="4" invitation="a&#34;&gt;&lt;b&gt;" autostart' in page
    for odd in ("99", "x", "²", "-1"):
        answer = http.get("/gesprek", params={"opdracht": odd})
        assert answer.status_code == 200
        assert " opdracht=" not in answer.text


@pytest.mark.parametrize("path", ["/opdrachten/99", "/opdrachten/abc", "/nergens", "/static/x"])
def test_a_page_that_is_not_there_says_so_in_dutch(http: httpx.Client, path: str) -> None:
    answer = http.get(path)
    assert answer.status_code == 404
    assert "Deze pagina bestaat niet" in answer.text


def test_without_a_round_the_site_says_so(http: httpx.Client, site: Site) -> None:
    with site.storage.writing() as session:
        rounds.close(session, 1, 1)
    for path in ("/", "/opdrachten/4", "/gesprek"):
        page = http.get(path).text
        assert "Er loopt nu geen bevraging" in page
        assert "<samenspraak-chat" not in page


def test_a_second_catalogue_needs_no_code(
    tmp_path: Path, second_catalogue: Path, stand_in: StandIn
) -> None:
    settings = Settings(
        data_dir=tmp_path,
        database_url="",
        secret_key="x",
        catalogue=second_catalogue,
        rasa_port=stand_in.port,
        actions_port=stand_in.port,
    )
    running = Site(settings, None, stand_in)  # type: ignore[arg-type]
    running.start()
    try:
        with running.client() as http:
            for path in ("/", "/opdrachten/1", "/gesprek", "/privacy"):
                answer = http.get(path)
                assert answer.status_code == 200
                assert "lerende" not in answer.text.lower()
    finally:
        running.stop()


def test_what_is_missing_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"nergens\.yml"):
        create_app(Settings(data_dir=tmp_path, catalogue=tmp_path / "nergens.yml"))
    url = f"postgresql://nobody@127.0.0.1:{free_port()}/none"
    with pytest.raises(StorageError, match="start PostgreSQL"):
        create_app(Settings(data_dir=tmp_path, database_url=url, secret_key="x"))
