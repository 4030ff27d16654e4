"""One advice in any kind of document gives the same statements; broken ones end in one line."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import select
from typer.testing import CliRunner

from analysis.preprocessing.statements import StatementPreview, cut_new, preview
from consultation.catalogue import Catalogue
from consultation.database.models import ContributionVersion, Participant, Statement
from consultation.database.storage import Storage
from consultation.importing.readers import ImportFile, read_rows
from consultation.settings import settings
from language.segmentation.statements import statement_spans
from samenspraak.cli import app
from tests.conftest import SHARED
from tests.consultation import stem_documents
from tests.consultation.test_import_again import Imports, counted
from tests.consultation.test_import_workbooks import refusal, rewritten, timed

SEED = SHARED / "seeds" / "stem-platform-advies-leercultuur.txt"
RECOMMENDATIONS = {
    "Schep een echte leercultuur": 3,
    "Breng alle leerlingen": 3,
    "De opleidingsdeelname en -bereidheid": 3,
    "Tegen 2030 moeten we": 4,
    "Een digi-academie": 4,
    "Introduceer een individuele leerrekening": 10,
    "Technologie (AR, VR": 4,
    "Integreer leer- en loopbaanbeleid": 5,
}
LETTER = "Beste,\n\nIn bijlage vindt u ons advies.\n\n-- \nAn Peeters\n"


def said(text: str) -> list[tuple[str, bool]]:
    """The statements of a text on one line each, and whether they are listed as proposals."""
    spans = statement_spans(text)
    return [(" ".join(text[each.start : each.end].split()), each.proposal) for each in spans]


@pytest.fixture(scope="module")
def advice() -> stem_documents.Advice:
    if not SEED.is_file():
        pytest.skip("the seed documents are not beside the project")
    return stem_documents.advice(SEED.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def made(
    advice: stem_documents.Advice, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """The advice in each kind of document."""
    folder = tmp_path_factory.mktemp("advies")
    text = SEED.read_text(encoding="utf-8")
    found = {
        kind: getattr(stem_documents, f"as_{kind}")(advice, folder / f"advies.{kind}")
        for kind in ("docx", "odt", "pdf", "html", "rtf")
    }
    found["report"] = stem_documents.as_report(advice, folder / "verslag.pdf")
    found["txt"] = SEED
    found["eml"] = stem_documents.as_eml(text, folder / "brief.eml")
    found["bijlage"] = stem_documents.as_eml(LETTER, folder / "bijlage.eml", found["pdf"])
    return found


def test_each_kind_of_document_gives_the_same_statements(
    made: dict[str, Path], catalogue: Catalogue
) -> None:
    files = {kind: read_rows(path, catalogue) for kind, path in made.items()}
    found = {kind: said(file.rows[-1].text) for kind, file in files.items()}
    wanted = found["txt"]
    assert len(wanted) == 91
    assert [text for text, proposal in wanted if proposal] == [text for text, _ in wanted[-8:]]
    for kind, statements in found.items():
        assert (kind, statements) == (kind, wanted)
        assert any("10 footnotes are left out" in each for each in files[kind].warnings), kind
    for text, _ in wanted:
        assert not any(mark in text for mark in ("’1", "2.", "infrastructuur2", "volgen10")), text
    assert [each[1] for each in files["pdf"].rows[0].places] == [1, 2, 3]
    letter, attached = files["bijlage"].rows
    assert letter.text == "Beste,\n\nIn bijlage vindt u ons advies."
    assert letter.participant == attached.participant == "e-mail an.peeters@voorbeeld.be"
    assert letter.submitted_at is not None
    assert letter.submitted_at.isoformat() == "2026-03-02T08:20:00+00:00"


@pytest.fixture(scope="module")
def previewed(
    made: dict[str, Path], tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue
) -> list[StatementPreview]:
    """The preview of the advice as a PDF, with the encoder that is used by default."""
    storage = Storage(f"sqlite:///{tmp_path_factory.mktemp('db') / 'a.db'}")
    rows = read_rows(made["pdf"], catalogue).rows
    text = rows[0].text
    start = text.index("Levenslang leren is niet alleen een opdracht")
    # Without the rest of the advice, which takes long to encode.
    row = replace(rows[0], text=f"{' ' * start}{text[start:]}")
    (found,) = preview(storage, [row], catalogue, "e5")
    storage.close()
    return found


def test_the_closing_recommendations_are_proposals_with_the_right_opdracht_first(
    previewed: list[StatementPreview],
) -> None:
    last = previewed[-8:]
    assert [each.kind for each in last] == ["voorstel"] * 8
    assert {each.page for each in last} == {3}
    right = 0
    for each, (begins, opdracht) in zip(last, RECOMMENDATIONS.items(), strict=True):
        assert each.text.startswith(begins)
        assert len(each.opdrachten) == 3
        right += each.opdrachten[0].number == opdracht
        assert each.sure == (each.opdrachten[0].score >= 0.25)
    # Seven would need words of this very text in the catalogue.
    assert right >= 6


@pytest.fixture
def imports(storage: Storage, catalogue: Catalogue, tmp_path: Path) -> Imports:
    """Files imported one after another."""
    return Imports(storage, catalogue, tmp_path)


def test_documents_are_stored_once_and_corrected_and_their_spans_are_exact(
    made: dict[str, Path], imports: Imports, catalogue: Catalogue
) -> None:
    pdf, mail = (read_rows(made[kind], catalogue) for kind in ("pdf", "bijlage"))
    assert counted(imports.file(pdf)) == (1, 0, 0, 1)
    assert counted(imports.file(pdf)) == (0, 0, 1, 0)
    assert counted(imports.file(mail)) == (2, 0, 0, 1)
    assert counted(imports.file(mail)) == (0, 0, 2, 0)
    cut_new(imports.storage, imports.consultation, catalogue, "use")
    with imports.storage.reading() as session:
        assert len(list(session.scalars(select(Participant.id)))) == 2
        rows = session.execute(select(Statement, ContributionVersion).join(ContributionVersion))
        cut = [version.text[each.start : each.end] for each, version in rows]
    assert sum(each.startswith("Een digi-academie in elke gemeente.") for each in cut) == 2


def test_a_dry_run_shows_the_statements_of_a_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMENSPRAAK_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SAMENSPRAAK_EMBEDDING", "use")
    monkeypatch.delenv("SAMENSPRAAK_DATABASE_URL", raising=False)
    settings.cache_clear()
    book: Any = docx.Document()
    book.add_paragraph("Wij doen de volgende aanbevelingen:")
    for text in ("Een digi-academie in elke gemeente", "Maak de lessen gratis"):
        book.add_paragraph(text, style="List Number")
    book.save(str(tmp_path / "a.docx"))
    command = CliRunner()
    command.invoke(app, ["round", "open", "1"])
    arguments = ["import", str(tmp_path / "a.docx"), "--opdracht", "auto", "--dry-run"]
    told = command.invoke(app, arguments).stdout
    found = json.loads(command.invoke(app, [*arguments, "--json"]).stdout)["preview"]
    settings.cache_clear()
    assert "3 statements" in told
    assert "Een digi-academie in elke gemeente" in told
    assert [each["kind"] for each in found[1:]] == ["voorstel", "voorstel"]
    assert found[1]["opdrachten"][0]["number"] == 4


def docx_with(path: Path, inner: str) -> Path:
    """A Word document with this XML as its body."""
    docx.Document().save(str(path))
    part = "word/document.xml"

    def change(old: bytes) -> bytes:
        head, _, rest = old.partition(b"<w:body>")
        return head + b"<w:body>" + inner.encode() + rest

    return rewritten(path, part, change)


def test_word_keeps_what_counts_and_leaves_out_what_was_deleted(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    def run(text: str, style: str = "") -> str:
        return f"<w:r><w:rPr>{style}</w:rPr><w:t xml:space='preserve'>{text}</w:t></w:r>"

    raised = "<w:vertAlign w:val='superscript'/>"
    path = docx_with(
        tmp_path / "a.docx",
        f"<w:p>{run('Gratis bus')}<w:ins>{run(' na de les')}</w:ins>"
        f"<w:del><w:r><w:delText>met de trein</w:delText></w:r></w:del>{run('1', raised)}"
        f"{run(' voor 20 m')}{run('2', raised)}</w:p>"
        f"<w:tbl><w:tr><w:tc><w:p>{run('Cel één')}</w:p></w:tc><w:tc><w:p>{run('Cel twee')}</w:p>"
        "</w:tc></w:tr></w:tbl><w:p><w:r><w:br w:type='page'/></w:r>"
        f"{run('Op blad twee')}</w:p>",
    )
    (row,) = read_rows(path, catalogue).rows
    assert row.text == "Gratis bus na de les voor 20 m2\n\nCel één\n\nCel twee\n\nOp blad twee"
    assert row.page(row.text.index("blad")) in (1, 2)


def drawn(
    path: Path, pages: Sequence[Sequence[tuple[float, float, str]]], size: float = 10
) -> Path:
    canvas = Canvas(str(path), pagesize=A4)
    for lines in pages:
        canvas.setFont("Helvetica", size)
        for x, y, text in lines:
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return path


def test_body_lines_that_begin_alike_are_no_header_of_a_pdf(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """A header may have another number on each page; text near the next line is none."""
    pages = [
        [
            (60, 810, f"Advies 2026, bladzijde {number} van 2"),
            (60, 770, f"In {number}4 gemeenten is er geen enkele les in de avond,"),
            (60, 756, f"zodat wie in ploeg {number} werkt nergens terecht kan."),
            (60, 742, f"Vraag {number} aan de minister is om dat te veranderen."),
        ]
        for number in (1, 2)
    ]
    (row,) = read_rows(drawn(tmp_path / "a.pdf", pages), catalogue).rows
    assert "In 14 gemeenten" in row.text
    assert "In 24 gemeenten" in row.text
    assert "bladzijde" not in row.text


def test_a_pdf_of_equal_pages_is_read(tmp_path: Path, catalogue: Catalogue) -> None:
    page = [(60, 800, "Wij vragen meer bussen na de avondles, ook in het weekend.")]
    (row,) = read_rows(drawn(tmp_path / "a.pdf", [page, page]), catalogue).rows
    assert row.text.count("avondles") == 2


def test_a_pdf_is_joined_over_broken_words_lines_columns_and_pages(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    left = [
        "Wij vragen dat de opleidings-",
        "deelname stijgt. Het STEM-",
        "platform wil een leer- en loop-",
        "baanbeleid dat voor iedereen",
        "werkt, en een leer-",
        "en loopbaanbeleid dat deze",
    ]
    right = [
        "kolom verder zet in de vol-",
        "gende kolom, zonder dat er",
        "een nieuwe zin begint, tot",
        "aan het einde van dit blad",
        "en nog verder, want ook een",
        "zin over twee bladen blijft",
    ]
    pages = [
        [(60, 800, "Advies van de raad"), (290, 20, f"Pagina {number} van 2")] for number in (1, 2)
    ]
    # The file holds the lines of both columns in turn, as some programs write them.
    for number, (one, other) in enumerate(zip(left, right, strict=True)):
        pages[0] += [(60, 700 - 13 * number, one), (310, 700 - 13 * number, other)]
    pages[1] += [(60, 700, "een zin. Dit is de laatste zin van het hele advies.")]
    (row,) = read_rows(drawn(tmp_path / "a.pdf", pages), catalogue).rows
    assert row.text == (
        "Wij vragen dat de opleidingsdeelname stijgt. Het STEM-platform wil een leer- en "
        "loopbaanbeleid dat voor iedereen werkt, en een leer- en loopbaanbeleid dat deze kolom "
        "verder zet in de volgende kolom, zonder dat er een nieuwe zin begint, tot aan het einde "
        "van dit blad en nog verder, want ook een zin over twee bladen blijft een zin. Dit is de "
        "laatste zin van het hele advies."
    )
    assert row.page(row.text.index("laatste zin")) == 2


@pytest.fixture
def hostile(tmp_path: Path) -> dict[str, tuple[Path, str]]:
    """Documents that cannot be read, and what is said of each."""
    good = drawn(tmp_path / "goed.pdf", [[(60, 700, "Wij vragen meer bussen na de avondles.")]])
    broken = tmp_path / "stuk.pdf"
    broken.write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 40)
    cut = tmp_path / "half.pdf"
    cut.write_bytes(good.read_bytes()[:300])
    locked = tmp_path / "slot.pdf"
    canvas = Canvas(str(locked), encrypt=StandardEncryption("geheim"))
    canvas.drawString(60, 700, "Wij vragen meer bussen.")
    canvas.save()
    scan = tmp_path / "scan.pdf"
    canvas = Canvas(str(scan))
    for _ in range(3):
        canvas.rect(50, 50, 400, 600, fill=1)
        canvas.drawString(500, 20, "1")
        canvas.showPage()
    canvas.save()
    bomb = tmp_path / "bom.docx"
    docx.Document().save(str(bomb))
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/a.bin", bytes(1_100_000_000))
    swollen = docx_with(tmp_path / "groot.docx", f"<w:p><w:t>{'x' * 210_000_000}</w:t></w:p>")
    laughs = docx_with(tmp_path / "lach.docx", "<w:p><w:r><w:t>&j;</w:t></w:r></w:p>")
    entities = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {chr(letter)} "{f"&{chr(letter - 1)};" * 10}">' for letter in range(98, 107)
    )
    declared = f"<!DOCTYPE x [{entities}]><w:document".encode()
    rewritten(laughs, "word/document.xml", lambda old: old.replace(b"<w:document", declared, 1))
    ole = tmp_path / "slot.docx"
    ole.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(2_000))
    return {
        "broken": (broken, "is broken or no PDF"),
        "cut": (cut, "is broken or no PDF"),
        "locked": (locked, "has a password; save it without one."),
        "scan": (scan, "holds no text, only pictures (a scan)"),
        "bomb": (bomb, "unpacks to 2 GB"),
        "swollen": (swollen, "holds too much text"),
        "laughs": (laughs, "is broken ("),
        "ole": (ole, "has a password or is an old Office file"),
    }


def test_documents_that_cannot_be_read_end_in_one_line(
    hostile: dict[str, tuple[Path, str]], catalogue: Catalogue
) -> None:
    for name, (path, words) in hostile.items():
        found = timed(path, catalogue)
        assert isinstance(found, str), name
        assert words in found
    assert "cannot be imported; save it as one of" in refusal(
        _written(hostile["ole"][0].with_suffix(".doc")), catalogue
    )


def _written(path: Path) -> Path:
    path.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(2_000))
    return path


def test_a_report_of_three_hundred_pages_is_read_in_time(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    line = "Zin {} van dit verslag zegt dat de lessen op zaterdag moeten doorgaan voor iedereen."
    pages = [
        [(60, 780 - 13 * row, line.format(40 * page + row)) for row in range(40)]
        for page in range(300)
    ]
    path = drawn(tmp_path / "lang.pdf", pages)
    found = timed(path, catalogue)
    assert isinstance(found, ImportFile)
    assert found.rows[0].text.count("van dit verslag") == 12_000
    assert found.rows[0].places[-1][1] == 300


PAGE = """<html><body>
<a class="skip-link" href="#m">Spring naar de tekst</a>
<div class="cookie-melding" role="dialog">Wij plaatsen cookies.</div>
<header><nav><a href="/">Thuis</a></nav><p>Netwerk Lezen</p></header>
{opens}<h1>Lezen in de trein</h1>
<p hidden>Sjabloon</p><p style="display: none">Ook sjabloon</p><p aria-hidden="true">Versiering</p>
<p>Wij vragen een leeshoek in elk station, want daar wacht iedereen vaak lang op een trein.</p>
<form><label>Zoek <input></label></form>
<p>Vrijwilligers willen er elke week voorlezen, maar ze vinden geen lokaal.</p>
<div class="footnotes"><p>1. Verslag van mei.</p></div>{closes}
<aside><p>Lees ook: lezen op de bus</p></aside>
<footer><p>Alle rechten voorbehouden</p></footer>
</body></html>"""


@pytest.mark.parametrize("opens", ["", "<main>", '<div role="main">', "<article>"])
def test_of_a_web_page_only_what_it_says_is_read(
    tmp_path: Path, catalogue: Catalogue, opens: str
) -> None:
    closes = {"<main>": "</main>", "<article>": "</article>", "": ""}.get(opens, "</div>")
    path = tmp_path / "a.html"
    path.write_text(PAGE.format(opens=opens, closes=closes), encoding="utf-8")
    (row,) = read_rows(path, catalogue).rows
    text = row.text.replace("Netwerk Lezen\n\n", "")
    assert [each for each, _ in said(text)] == [
        "Wij vragen een leeshoek in elk station, want daar wacht iedereen vaak lang op een trein.",
        "Vrijwilligers willen er elke week voorlezen, maar ze vinden geen lokaal.",
    ]


def test_hidden_text_and_fields_of_rich_text_are_left_out(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    path = tmp_path / "a.rtf"
    path.write_bytes(
        rb"{\rtf1\ansi De bus rijdt niet.\par {\v geheim {\b diep} einde}\v weg\v0 Lees "
        rb'{\field{\*\fldinst{HYPERLINK "https://bus.example"}}{\fldrslt{\ul ons plan}}}.\par '
        rb"{\b\v ook weg}Wij vragen een belbus.}"
    )
    (row,) = read_rows(path, catalogue).rows
    assert row.text.split("\n\n") == [
        "De bus rijdt niet.",
        "Lees ons plan.",
        "Wij vragen een belbus.",
    ]


FORWARDED = """From: Tine <tine@stad.example>
Subject: {subject}
Message-ID: <1@stad.example>

Kan jij dit inlezen?

{head}

Wij vragen een lokaal voor onze leesclub.

Groeten,
Rik
"""
HEADS = (
    "________________________________\nVan: Leesclub <club@lezen.example>\nVerzonden: 2 maart\n"
    "Aan: contact@stad.example\nOnderwerp: lokaal",
    "---------- Forwarded message ---------\nFrom: Leesclub <Club@lezen.example>\nDate: 2 Mar\n"
    "Subject: lokaal\nTo: <contact@stad.example>",
    "-------- Doorgestuurd bericht --------\nOnderwerp:\nlokaal\nDatum:\n2 maart\nVan:\n"
    "Leesclub <club@lezen.example>\nAan:\ncontact@stad.example",
)


@pytest.mark.parametrize("head", HEADS)
def test_a_forwarded_mail_is_of_who_wrote_it(
    tmp_path: Path, catalogue: Catalogue, head: str
) -> None:
    path = tmp_path / "a.eml"
    path.write_text(FORWARDED.format(subject="FW: lokaal", head=head), encoding="utf-8")
    file = read_rows(path, catalogue)
    assert [row.participant for row in file.rows] == ["e-mail club@lezen.example"]
    assert [each for each, _ in said(file.rows[0].text)] == [
        "Wij vragen een lokaal voor onze leesclub."
    ]
    assert any("forwarded" in each for each in file.warnings)
    # Below an answer the same head begins what is quoted.
    path.write_text(FORWARDED.format(subject="RE: lokaal", head=head), encoding="utf-8")
    file = read_rows(path, catalogue)
    assert [(row.participant, row.text.strip()) for row in file.rows] == [
        ("e-mail tine@stad.example", "Kan jij dit inlezen?")
    ]


@pytest.mark.parametrize(
    "body",
    [
        "Op 3 maart schreef An Peeters:\n> Wat houdt u tegen?\n\nDe bus rijdt niet.",
        "De bus rijdt niet.\n\nOp 3 maart schreef An Peeters:\n\n> Wat houdt u tegen?",
        "De bus rijdt niet.\n\nVan: An\nVerzonden: 3 maart\nAan: Rik\n"
        "Onderwerp: vraag\n\nWat houdt u tegen?",
        "> Wat houdt u tegen?\nDe bus rijdt niet.",
    ],
)
def test_an_answer_above_or_below_what_it_quotes_is_read(
    tmp_path: Path, catalogue: Catalogue, body: str
) -> None:
    path = tmp_path / "a.eml"
    path.write_text(f"From: Rik <rik@x.example>\nSubject: RE: vraag\n\n{body}\n", encoding="utf-8")
    (row,) = read_rows(path, catalogue).rows
    assert [each for each, _ in said(row.text)] == ["De bus rijdt niet."]


def test_where_nothing_stands_above_the_head_of_a_mail_nothing_is_left_out(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    path = tmp_path / "a.eml"
    path.write_text(
        "From: Rik <rik@x.example>\nSubject: RE: vraag\n\nVan: An\nVerzonden: 3 maart\nAan: Rik\n"
        "Onderwerp: vraag\n\nWat houdt u tegen?\n\nDe bus rijdt niet.\n",
        encoding="utf-8",
    )
    (row,) = read_rows(path, catalogue).rows
    assert "De bus rijdt niet." in [each for each, _ in said(row.text)]


MARKDOWN = """---
title: Nota
tags: [lezen]
---

# Nota

Leesclubs vinden geen lokaal[^1].

```yaml
sleutel: waarde
```

| wie | wat |
|-----|-----|
| bib | Open de zaal ook op zondag. |

[^1]: Bevraging van mei.
    Nog een regel.

Dat is jammer.
"""


def test_of_markdown_what_no_reader_sees_is_left_out(tmp_path: Path, catalogue: Catalogue) -> None:
    path = tmp_path / "a.md"
    path.write_text(MARKDOWN, encoding="utf-8")
    file = read_rows(path, catalogue)
    assert [each for each, _ in said(file.rows[0].text)] == [
        "Leesclubs vinden geen lokaal.",
        "bib",
        "Open de zaal ook op zondag.",
        "Dat is jammer.",
    ]
    assert any("1 footnote is left out" in each for each in file.warnings)
    plain = "# Nota\n\nEen *gewone* tekst.\n\n---\n\nMet een streep.\n"
    path.write_text(plain, encoding="utf-8")
    assert read_rows(path, catalogue).rows[0].text == plain
