"""The public pages: Dutch, from the catalogue, nothing personal, and safe to show."""

from __future__ import annotations

import csv
import html
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
import yaml
from sqlalchemy import select

from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.database.models import Participant
from consultation.errors import CatalogueError, StorageError
from consultation.participation.participants import erase, give_consent
from consultation.queries.disclosure import Breakdown
from consultation.settings import Settings
from reporting.plan import PlanTheme
from reporting.publication import withdraw
from tests.public_stage import ACTION, LABEL, published_round, second_round
from tests.web_stage import Site, StandIn, analysed, free_port
from web.app import create_app
from web.public.outcome import changed
from web.public.sitemap import PAGES

pytest_plugins = ["tests.web_fixtures"]

PATHS = (*PAGES, "/opdrachten/4", "/opdrachten/5")
TABLES = ("themas.csv", "acties.csv", "citaten.csv", "alles.json")
PAGE_BUDGET = 60 * 1024


def everything_public(http: httpx.Client, published: bool = True) -> str:
    """The text of every public page and file, one after the other."""
    files = [f"/open-data/ronde-1/{name}" for name in TABLES] if published else []
    answers = [http.get(path) for path in (*PATHS, *files, "/sitemap.xml")]
    assert [each.status_code for each in answers] == [200] * len(answers)
    return "\n".join(each.text for each in answers)


def test_home_shows_every_opdracht_of_the_catalogue(
    http: httpx.Client, site: Site, catalogue: Catalogue
) -> None:
    analysed(site.storage)
    page = html.unescape(http.get("/").text)
    assert '<html lang="nl">' in page
    assert catalogue.consultatie.doel in page
    titles = [each.titel for each in catalogue.uitdagingen]
    for title in (*titles, *(each.titel for each in catalogue.opdrachten)):
        assert title in page
    assert "48 antwoorden tot nu toe" in page
    assert page.count("Nog geen antwoorden") == 9


def test_an_opdracht_folds_small_groups(http: httpx.Client, site: Site) -> None:
    analysed(site.storage, people=20)
    page = http.get("/opdrachten/4").text
    assert "40 antwoorden van 20 deelnemers" in page
    assert '<tr><th scope="row">Burger</th><td class="number">8</td></tr>' in page
    assert "Vakbond of werknemersorganisatie</th>" not in page
    assert (
        '<tr><th scope="row">Andere of kleine groepen</th><td class="number">12</td></tr>' in page
    )
    analysed(site.storage, people=4, opdracht=5)
    few = http.get("/opdrachten/5").text
    assert "8 antwoorden van minder dan vijf deelnemers" in few
    assert "<figure" not in few
    assert '<samenspraak-chat opdracht="4">' in page


def test_no_page_carries_inline_script_or_style(http: httpx.Client) -> None:
    for path in (*PATHS, "/gesprek?opdracht=4", "/formulier/4", "/beheer/login", "/x"):
        answer = http.get(path)
        policy = answer.headers["content-security-policy"]
        assert "unsafe" not in policy
        embedded = path.startswith("/gesprek")
        assert ("frame-ancestors 'self' https://gemeente.example" in policy) == embedded
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
            for path in (*PAGES, "/opdrachten/1", "/formulier/1", "/gesprek"):
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


def test_what_was_published_is_shown_with_size_quotes_and_actions(
    http: httpx.Client, site: Site, catalogue: Catalogue
) -> None:
    published_round(site, catalogue)
    page = html.unescape(http.get("/opdrachten/4").text)
    assert f"<h3>{LABEL}</h3>" in page
    assert f"<h3>{ACTION}</h3>" in page
    size = "19 mensen: Burger 5, Werkgever of werkgeversorganisatie 5, andere groepen 9"
    assert f"{size} · 19 uitspraken" in page
    assert page.count("<blockquote>") == 3
    assert "Ik vind de weg niet op de website van de overheid." in page
    home = http.get("/").text
    assert "publiceerden we 1 thema en 1 actie" in home
    assert "48 antwoorden tot nu toe · 1 thema gepubliceerd" in home
    method = http.get("/methode").text
    cells = re.findall(r'<td class="number">([^<]+)</td>', method)
    assert cells == ["48", "90\xa0%", "71\xa0%", "niet gemeten"]


def test_nothing_that_was_not_published_can_be_seen(http: httpx.Client, site: Site) -> None:
    analysed(site.storage)
    before = everything_public(http, published=False)
    for hidden in ("geen tijd", "leren op het werk", "avondles", "te duur", "O04-T"):
        assert hidden not in before
    for name in TABLES:
        assert http.get(f"/open-data/ronde-1/{name}").status_code == 404


def test_only_what_was_approved_leaves_the_review(
    http: httpx.Client, site: Site, catalogue: Catalogue
) -> None:
    published_round(site, catalogue)
    seen = everything_public(http)
    assert "O04-T001" in seen
    for hidden in ("leren op het werk", "O04-T002", "Nog niet beslist", "Eerst dit:"):
        assert hidden not in seen
    with site.storage.writing() as session:
        withdraw(session, 1, 1, "els")
    after = everything_public(http, published=False)
    assert "O04-T001" not in after
    assert "Lessen op een ander uur" not in after


def test_who_is_erased_or_takes_a_consent_back_is_gone_from_every_page_at_once(
    http: httpx.Client, site: Site, catalogue: Catalogue
) -> None:
    published_round(site, catalogue)
    assert "<b>24</b> deelnemers" in http.get("/opdrachten/4").text
    quoted = http.get("/open-data/ronde-1/alles.json").json()["citaten"]
    with site.storage.writing() as session:
        people = list(session.scalars(select(Participant.id).order_by(Participant.created_at)))
        erase(session, people[0])
    assert "<b>23</b> deelnemers" in http.get("/opdrachten/4").text
    with site.storage.writing() as session:
        give_consent(session, catalogue, people[1], "analyse", False)
        for person in people[1:]:
            give_consent(session, catalogue, person, "citaat", False)
    page = http.get("/opdrachten/4").text
    assert "<b>22</b> deelnemers" in page
    assert "<blockquote>" not in page
    assert "Tot nu toe gaven 22 deelnemers 44 antwoorden" in http.get("/").text
    assert len(quoted) == 3
    assert http.get("/open-data/ronde-1/alles.json").json()["citaten"] == []


def test_open_data_are_what_is_published(
    http: httpx.Client, site: Site, catalogue: Catalogue
) -> None:
    published_round(site, catalogue)
    content = http.get("/open-data/ronde-1/alles.json").json()
    (theme,) = content["themas"]
    assert (theme["code"], theme["naam"], theme["mensen"]) == ("O04-T001", LABEL, 19)
    assert theme["groepen"] == {"burger": 5, "werkgeversorganisatie": 5}
    assert theme["andere"] == 9
    assert [each["tekst"] for each in content["acties"]] == [ACTION]
    assert {each["thema"] for each in content["citaten"]} == {"O04-T001"}
    rows = list(csv.DictReader(http.get("/open-data/ronde-1/themas.csv").text[1:].splitlines()))
    assert [row["naam"] for row in rows] == [LABEL]
    assert rows[0]["groepen"] == "burger: 5; werkgeversorganisatie: 5"


def test_a_second_publication_says_what_changed(
    http: httpx.Client, site: Site, catalogue: Catalogue
) -> None:
    second_round(site, catalogue, published_round(site, catalogue))
    page = http.get("/opdrachten/4").text
    part = page[page.index("Wat veranderde sinds ronde 1?") :]
    assert re.findall(r'<td>(\w[\w ]*)</td><td class="number">([^<]+)</td>', part) == [
        ("Nieuw", "-"),
        ("Even groot", "19"),
    ]


def theme(name: str, people: int | None) -> PlanTheme:
    return PlanTheme(name, f"O04-{name}", name, "", people, Breakdown(people, (), 0), ())


def test_themes_are_compared_by_their_identity() -> None:
    before = (theme("a", 8), theme("b", 9), theme("c", 7), theme("d", None))
    now = (theme("e", 30), theme("b", 12), theme("a", 6), theme("d", 5))
    kinds = [(each.label, each.kind) for each in changed(before, now)]
    assert kinds == [
        ("e", "nieuw"),
        ("b", "gegroeid"),
        ("a", "kleiner"),
        ("d", "gegroeid"),
        ("c", "weg"),
    ]


def test_every_chart_has_a_text_and_a_table_with_its_numbers(
    http: httpx.Client, site: Site, catalogue: Catalogue
) -> None:
    second_round(site, catalogue, published_round(site, catalogue))
    page = http.get("/opdrachten/4").text
    figures = re.findall(r'<figure class="chart">.*?</figure>', page, re.DOTALL)
    assert len(figures) == 2
    for figure in figures:
        assert re.search(r'alt="Staafdiagram van [^"]{30,}"', figure)
        numbers = re.findall(r'<td class="number">(\d+)</td>', figure)
        for address in re.findall(r'(?:src|srcset)="([^"]+)"', figure):
            answer = http.get(html.unescape(address))
            assert answer.headers["content-type"] == "image/svg+xml"
            assert "max-age=86400" in answer.headers["cache-control"]
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            drawn = ElementTree.fromstring(answer.text)
            texts = [each.text or "" for each in drawn.iter("{http://www.w3.org/2000/svg}text")]
            assert set(numbers) <= set(texts)
            assert drawn.find(".//{http://www.w3.org/2000/svg}script") is None
    assert http.get("/grafieken/opdracht-4-rondes.svg").status_code == 404
    assert http.get("/grafieken/opdracht-99-groepen.svg").status_code == 404
    old = http.get("/grafieken/opdracht-4-groepen.svg?v=oud")
    assert old.headers["cache-control"] == "no-cache"


def test_pages_can_be_shared_and_found(http: httpx.Client, site: Site) -> None:
    places = re.findall(r"<loc>([^<]+)</loc>", http.get("/sitemap.xml").text)
    assert len(places) == len(PAGES) + 10
    origin = site.settings.site_url
    for place in places:
        answer = http.get(place.removeprefix(origin))
        assert answer.status_code == 200
        assert f'<link rel="canonical" href="{place}">' in answer.text
        for name in ("title", "description", "image"):
            assert re.search(rf'<meta property="og:{name}" content="[^"]+">', answer.text)
    image = re.search(r'og:image" content="([^"]+)"', http.get("/").text)
    assert image
    assert http.get(image[1].removeprefix(origin)).headers["content-type"] == "image/png"
    robots = http.get("/robots.txt").text
    assert "Disallow: /beheer\n" in robots
    assert f"Sitemap: {origin}/sitemap.xml" in robots
    linked = set(re.findall(r'<a [^>]*href="(/[^"#?]*)"', everything_public(http, False)))
    for path in linked:
        assert http.get(path, follow_redirects=True).status_code == 200, path


def test_a_public_page_is_at_most_60_kilobytes(
    http: httpx.Client, site: Site, catalogue: Catalogue
) -> None:
    published_round(site, catalogue)
    for path in (*PATHS, "/gesprek", "/formulier/4"):
        page = http.get(path)
        total = page.num_bytes_downloaded
        for part in set(
            re.findall(
                r'<(?:link rel="(?:icon|stylesheet)"|script|img)[^>]*?(?:href|src)="([^"]+)"',
                page.text,
            )
        ):
            if not part.startswith("/grafieken/"):
                assert part.startswith("/"), f"{path} asks another server for {part}"
                total += http.get(html.unescape(part)).num_bytes_downloaded
        assert total <= PAGE_BUDGET, (path, total)


def test_only_what_holds_no_secret_is_compressed(http: httpx.Client) -> None:
    for path in ("/", "/opdrachten/4", "/widget/samenspraak-chat.js"):
        assert http.get(path).headers["content-encoding"] == "gzip"
    assert "content-encoding" not in http.get("/beheer/login").headers
    assert "content-encoding" not in http.post("/formulier/4", data={"code": "x"}).headers


def test_catalogue_texts_are_shown_as_text(
    tmp_path: Path, second_catalogue: Path, stand_in: StandIn
) -> None:
    bad = "<img src=x onerror=alert(1)>"
    shown = {"titel", "ondertitel", "ambitie", "tekst", "eenvoudiger", "voorbeeld", "naam"}
    shown |= {"bot", "wie", "privacy", "vraag", "resultaat"}

    def spoil(node: Any) -> Any:
        if isinstance(node, dict):
            return {
                key: f"{value} {bad}" if key in shown and isinstance(value, str) else spoil(value)
                for key, value in node.items()
            }
        return [spoil(each) for each in node] if isinstance(node, list) else node

    spoilt = tmp_path / "bad.yml"
    raw = yaml.safe_load(second_catalogue.read_text(encoding="utf-8"))
    spoilt.write_text(yaml.safe_dump(spoil(raw), allow_unicode=True), encoding="utf-8")
    settings = Settings(
        data_dir=tmp_path,
        database_url="",
        secret_key="x",
        catalogue=spoilt,
        rasa_port=stand_in.port,
        actions_port=stand_in.port,
    )
    running = Site(settings, None, stand_in)  # type: ignore[arg-type]
    running.start()
    try:
        with running.client() as http:
            for path in (*PAGES, "/opdrachten/1", "/formulier/1", "/gesprek", "/sitemap.xml"):
                answer = http.get(path)
                assert answer.status_code == 200
                assert "<img src=x" not in answer.text
            assert html.escape(bad) in http.get("/opdrachten/1").text
    finally:
        running.stop()
