"""The upload page for a document: cut, checked, corrected, confirmed; nothing half stored."""

from __future__ import annotations

import re
import time
from itertools import cycle
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph
from sqlalchemy import select

from analysis.preprocessing.statements import cut_new
from consultation.audit import entries
from consultation.catalogue import Catalogue
from consultation.database.models import Contribution, Participant, Statement
from consultation.queries.statements import StatementView, active_statements
from tests.review.test_surveys import START, log_in, send, waiting
from tests.review_stage import as_role, post
from tests.web_pages import check_everywhere
from tests.web_stage import Site

pytest_plugins = ["tests.web_fixtures"]

LETTER = """Wij zijn een vereniging die mensen aan het leren krijgt.

De lessen beginnen te vroeg voor wie werkt.

Wij bevelen aan:
- Laat centra ook op zaterdag lesgeven.
- Zorg voor kinderopvang tijdens de avondlessen.
"""


PEOPLE = ("Ouders", "Mensen zonder wagen", "Nieuwkomers in de stad", "Oudere werknemers", "Velen")


def pdf(path: Path, pages: int = 2) -> Path:
    """An advice in two columns, that goes on on the next page."""
    height = A4[1]
    book = BaseDocTemplate(str(path), pagesize=A4)
    frames = [Frame(50, 90, 235, height - 180), Frame(310, 90, 235, height - 180)]
    book.addPageTemplates(PageTemplate(frames=frames))
    plain = ParagraphStyle("p", fontSize=11, leading=14, alignment=4, spaceAfter=9)
    said = [
        f"{people} vinden in {number} gemeenten moeilijk de weg naar een opleiding, omdat de "
        "informatie verspreid staat over verschillende websites van centra en diensten. "
        "Wie ploegendienst heeft, kan de avondlessen bovendien niet volgen."
        for number, people in zip(range(11, 11 + 13 * pages), cycle(PEOPLE), strict=False)
    ]
    items = [
        "Laat centra voor volwassenenonderwijs ook op zaterdag lesgeven.",
        "Zorg voor kinderopvang tijdens de avondlessen.",
    ]
    story = [Paragraph(text, plain) for text in said]
    story.append(Paragraph("Wij doen de volgende aanbevelingen:", plain))
    story += [Paragraph(text, plain, bulletText="•") for text in items]
    book.build(story)
    return path


def ready(http: httpx.Client, path: str) -> str:
    """The page of a draft, once the computer has read it."""
    until = time.monotonic() + 300
    while "leest het document" in (page := http.get(path)).text:
        assert page.headers["Refresh"] == "2"
        assert time.monotonic() < until
        time.sleep(0.5)
    return page.text


def fields(page: str) -> dict[str, str]:
    """What the selects of the page hold."""
    found = {}
    for name, options in re.findall(
        r'<select id="[^"]+" name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL
    ):
        picked = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = picked[1] if picked else ""
    return found


def texts(page: str) -> list[str]:
    return re.findall(r'<li id="u-\d+"[^>]*>\s*<p class="answer">([^<]*)</p>', page)


def stored(site: Site) -> list[StatementView]:
    with site.storage.reading() as session:
        return active_statements(session, 1)


def test_a_letter_is_corrected_and_stored_as_it_was_checked(
    site: Site, tmp_path: Path, catalogue: Catalogue
) -> None:
    site.settings.embedding = "use"
    path = tmp_path / "brief van de vereniging.txt"
    path.write_text(LETTER)
    with as_role(site, "els", "facilitator") as els:
        draft = send(els, path).headers["location"]
        page = ready(els, draft)
        said = texts(page)
        assert said[-2:] == [
            "Laat centra ook op zaterdag lesgeven.",
            "Zorg voor kinderopvang tijdens de avondlessen.",
        ]
        last = len(said)
        form = fields(page)
        assert form[f"soort-{last}"] == form[f"soort-{last - 1}"] == "voorstel"
        assert stored(site) == []
        form |= {
            "pagina": "1",
            "groep": "middenveld",
            "organisatie": "Vereniging Leergoesting",
            "citaat": "ja",
            "telt-1": "niet",
            f"opdracht-{last - 1}": "4",
            f"telt-{last}": "vorige",
            "soort-2": "hefboom",
        }
        if "middenveld" not in {each.slug for each in catalogue.groepen}:
            form["groep"] = catalogue.groepen[0].slug
        for change, wrong in (
            ({"soort-2": "vorstel"}, "Bij uitspraak 2 staat een keuze die we niet kennen"),
            ({"opdracht-2": "99"}, "Bij uitspraak 2 staat een keuze die we niet kennen"),
            ({"telt-2": "vorige"}, "Uitspraak 2 kan niet bij de vorige horen"),
        ):
            refused = post(els, draft, **{**form, **change}, doe="bevestig")
            assert (refused.status_code, wrong in refused.text) == (422, True)
        assert stored(site) == []
        kept = post(els, draft, **form, doe="bewaar")
        again = fields(els.get(kept.headers["location"]).text)
        assert {name: again[name] for name in ("telt-1", f"telt-{last}", "soort-2", "groep")} == {
            "telt-1": "niet",
            f"telt-{last}": "vorige",
            "soort-2": "hefboom",
            "groep": form["groep"],
        }
        done = post(els, draft, **form, doe="bevestig")
        told = els.get(done.headers["location"]).text
        assert "1 nieuw antwoord van 1 nieuwe deelnemer" in told
        assert f"Er zijn {last - 2} uitspraken bewaard" in told
        assert waiting(site) == []
    found = stored(site)
    with site.storage.reading() as session:
        person = session.scalars(select(Participant)).one()
        rows = list(session.scalars(select(Statement).order_by(Statement.start)))
        texts_ = {each.id: each.contribution_version.text for each in rows}
        audit = next(each.about for each in entries(session, 1) if each.what == "ingelezen")
    assert (person.group, person.organisation) == (form["groep"], "Vereniging Leergoesting")
    assert len(found) == len(rows) == last - 2
    assert set(texts_.values()) == {LETTER}
    joined = rows[-1]
    assert LETTER[joined.start : joined.end].startswith("Laat centra ook op zaterdag")
    assert LETTER[joined.start : joined.end].endswith("tijdens de avondlessen.")
    assert (joined.opdracht, joined.placed_by, joined.kind) == (4, "els", "voorstel")
    assert rows[0].kind == "hefboom"
    assert (audit["erbij"], audit["ronde"]) == (1, 1)
    # The next analysis cuts nothing anew.
    assert cut_new(site.storage, 1, catalogue, "use").contributions == 0
    with as_role(site, "bea", "beheerder") as bea:
        draft = send(bea, path).headers["location"]
        ready(bea, draft)
        told = bea.get(post(bea, draft, pagina="1", doe="bevestig").headers["location"]).text
        assert "0 nieuwe antwoorden van 0 nieuwe deelnemers, 0 gewijzigd, 1 stonden er al" in told
    assert [each.id for each in stored(site)] == [each.id for each in found]


def test_a_document_that_cannot_be_read_is_said_in_dutch(site: Site, tmp_path: Path) -> None:
    site.settings.embedding = "use"
    with as_role(site, "els", "facilitator") as els:
        for name, content, said in (
            ("stuk.docx", b"PK\x03\x04 stuk", "Het bestand is stuk"),
            ("leeg.txt", b"  \n", "geen tekst met uitspraken"),
            ("tabel.txt", b"id;text;group\n1;Te duur.;burger\n", "staat een tabel"),
        ):
            (tmp_path / name).write_bytes(content)
            draft = send(els, tmp_path / name).headers["location"]
            assert said in ready(els, draft), name
            assert post(els, draft, pagina="1", doe="bevestig").status_code in (303, 422)
            assert post(els, f"{START}/{draft.rpartition('/')[2]}/weg").status_code == 303
            assert els.get(draft).status_code == 404
    assert waiting(site) == []
    with site.storage.reading() as session:
        assert session.scalars(select(Contribution.id)).all() == []


@pytest.mark.browser
def test_a_pdf_in_two_columns_is_checked_in_the_browser(
    browser: Browser, site: Site, tmp_path: Path
) -> None:
    site.settings.embedding = "use"
    page = log_in(browser, site, java_script_enabled=True)
    page.goto(START)
    page.get_by_label("Bestand", exact=True).set_input_files(pdf(tmp_path / "advies.pdf"))
    page.get_by_role("button", name="Bekijk het bestand").click()
    expect(page.get_by_role("heading", name="Document inlezen")).to_be_visible()
    expect(page.get_by_role("heading", name="Van wie is dit document?")).to_be_visible(
        timeout=300_000
    )
    first = page.locator("#u-1 .answer")
    expect(first).to_have_text(
        "Ouders vinden in 11 gemeenten moeilijk de weg naar een opleiding, omdat de "
        "informatie verspreid staat over verschillende websites van centra en diensten."
    )
    check_everywhere(page, "document", 320, 1280)
    expect(page.locator("#u-1 .fine").first).to_contain_text("blz. 1 · tekens 0 tot")
    expect(page.get_by_role("heading", name="bladzijde 1 van 2")).to_be_visible()
    page.get_by_label("Telt mee? Uitspraak 3", exact=True).select_option("niet")
    page.get_by_label("Organisatie").fill("Raad voor het leren")
    page.get_by_role("button", name="naar de volgende bladzijde").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("onthouden")
    last = page.locator(".proposed > li").last
    expect(last.locator(".answer")).to_have_text("Zorg voor kinderopvang tijdens de avondlessen.")
    expect(last.locator(".fine").first).to_contain_text("blz. 2")
    last.get_by_label("Opdracht").select_option("4")
    expect(last.get_by_label("Soort")).to_have_value("voorstel")
    page.get_by_text("Toon de hele tekst").click()
    check_everywhere(page, "second page", 320, 1280)
    total = int((last.get_attribute("id") or "u-0")[2:])
    assert stored(site) == []
    page.get_by_role("button", name="Bevestig alle").press("Enter")
    expect(page.get_by_role("status")).to_contain_text(f"{total - 1} uitspraken bewaard")
    page.context.close()
    found = stored(site)
    assert len(found) == total - 1
    proposals = [each for each in found if each.text.startswith("Zorg voor kinderopvang")]
    assert [(each.opdracht, each.kind) for each in proposals] == [(4, "voorstel")]
