"""What leaves: only what was approved and released, in files that open and do no harm."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from consultation import dates, rounds
from consultation.curation.log import append
from consultation.database.models import Consent, Participant, Statement, Theme
from consultation.participation.participants import erase, give_consent
from consultation.queries.disclosure import FOLD_BELOW, breakdown, organisations, quotable
from reporting import export, plan_document, sheets
from reporting.export_formats import ExportSubject, Format
from reporting.publication import approved
from reporting.sheets import Column, Sheet
from samenspraak.workplace import Workplace
from tests.review_stage import agree_to_quotes
from tests.web_stage import analysed

DANGEROUS = ["=1+1", "+32 2 123", "-x", "@sum(A1)", "\tx", "\rx", " =cmd|' /C calc'!A0", "＝1"]


@pytest.fixture
def decided(workplace: Workplace) -> dict[str, str]:
    """A consultation with one approved theme, one rejected, and three actions: two approved."""
    with workplace.storage.writing() as session:
        rounds.open_(session, 1, 1)
    analysed(workplace.storage)
    agree_to_quotes(workplace.storage)
    with workplace.storage.writing() as session:
        ids = {each.number: each.id for each in session.query(Theme)}
        quote = session.query(Statement).filter_by(kind="voorstel").first()
        assert quote

        def do(**operation: object) -> None:
            append(session, 1, "els", operation)

        do(op="rename", theme=ids[1], label='=HYPERLINK("x")')
        do(op="describe", theme=ids[1], text="Wie in ploegen werkt, haalt de les niet.")
        do(op="approve", theme=ids[1])
        do(op="reject", theme=ids[2])
        made = {"op": "action", "do": "create", "opdracht": 4}
        do(
            **made,
            id="a" * 32,
            text="Begin de lessen later.",
            themes=[ids[1]],
            trekker="@CVO",
            partners=["VDAB", "SERV"],
            priority=5,
            deadline="2027-09-01",
            regelgeving="hervormen",
        )
        do(**made, id="b" * 32, statement=quote.id)
        do(**made, id="c" * 32, text="Dit is nog een ontwerp.")
        for each in ("a" * 32, "b" * 32):
            do(op="action", do="status", action=each, status="goedgekeurd")
        return {"theme": ids[1], "quote": quote.id}


def exported(workplace: Workplace, what: ExportSubject, format_: Format) -> bytes:
    with workplace.storage.reading() as session:
        return export.export(session, 1, workplace.catalogue, what, format_)


def word_file(content: bytes) -> Any:
    """The document; its styles and widths may be absent in other files, not in ours."""
    return docx.Document(io.BytesIO(content))


@pytest.mark.usefixtures("decided")
def test_the_word_file_has_headings_and_a_table_with_what_was_decided(workplace: Workplace) -> None:
    document = word_file(exported(workplace, ExportSubject.actieplan, Format.docx))
    headings = [
        (each.style.name, each.text)
        for each in document.paragraphs
        if each.style and each.style.name.startswith(("Heading", "Title"))
    ]
    opdracht = workplace.catalogue.opdracht(4)
    assert opdracht
    assert headings[0] == ("Title", "Voorstel tot actieplan: De lerende samenleving")
    # The order of the policy note.
    assert [text for style, text in headings if style in ("Heading 1", "Heading 2")] == [
        "Overzicht",
        f"O04 {opdracht.titel}",
        "Ambitie",
        "Hindernissen en hefbomen",
        "Acties",
        "Regelgeving",
        "Draagvlak en houding",
        "Wat veranderde sinds de vorige ronde",
        "Hoe zeker zijn we van de thema’s",
        "Hoe dit plan gemaakt is",
    ]
    assert ("Heading 4", 'O04-T001 =HYPERLINK("x")') in headings
    overview, table = document.tables[:2]
    assert [cell.text for cell in overview.rows[1].cells][:5] == [
        "O04",
        "@CVO",
        opdracht.titel,
        "1 te hervormen",
        "2 in het actieplan",
    ]
    for each in document.tables:
        assert each._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))
        assert each.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows[0][:3] == ["Actie", "Thema’s", "Trekker"]
    assert rows[1] == [
        "Begin de lessen later.",
        "O04-T001",
        "@CVO",
        "VDAB, SERV",
        "5",
        "1 september 2027",
        "regels hervormen",
        "minder dan 5 deelnemers",
    ]
    assert len(rows) == 3
    whole = "\n".join(each.text for each in document.paragraphs)
    assert (
        "19 deelnemers, 19 uitspraken. Burger: 5; Werkgever of werkgeversorganisatie: 5; anderen: 9"
        in whole
    )
    assert sum(each.style.name == "Quote" for each in document.paragraphs if each.style) == 3
    assert "ontwerp" not in whole
    assert "nog niet door mensen nagekeken" in whole
    assert "Dit is de eerste ronde." in whole
    assert document.core_properties.language == "nl-BE"


@pytest.mark.usefixtures("decided")
def test_the_workbook_holds_the_same_and_no_formula(workplace: Workplace) -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(exported(workplace, ExportSubject.actieplan, Format.xlsx))
    )
    assert book.sheetnames == ["Actieplan", "Thema’s"]
    rows = list(book["Actieplan"].iter_rows(values_only=True))
    assert rows[1][1] == "Begin de lessen later."
    assert rows[1][3] == "@CVO"
    assert rows[1][5] == 5
    assert len(rows) == 3
    theme = book["Thema’s"]["B2"]
    assert (theme.value, theme.data_type) == ('=HYPERLINK("x")', "s")
    assert all(cell.data_type != "f" for page in book for row in page for cell in row)


@pytest.mark.usefixtures("decided")
def test_csv_markdown_and_json_hold_the_same(workplace: Workplace) -> None:
    raw = exported(workplace, ExportSubject.actieplan, Format.csv).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(raw)))
    assert rows[0]["Actie"] == "Begin de lessen later."
    assert rows[0]["Trekker"] == "'@CVO"
    text = exported(workplace, ExportSubject.actieplan, Format.md).decode()
    assert "| Begin de lessen later. | O04-T001 | @CVO |" in text
    plan = json.loads(exported(workplace, ExportSubject.actieplan, Format.json))
    assert plan["opdrachten"][0]["actions"][0]["partners"] == ["VDAB", "SERV"]


@pytest.mark.usefixtures("decided")
@pytest.mark.parametrize("what", [ExportSubject.themes, ExportSubject.statements])
@pytest.mark.parametrize("format_", list(Format))
def test_themes_and_statements_come_in_every_format(
    workplace: Workplace, what: ExportSubject, format_: Format
) -> None:
    content = exported(workplace, what, format_)
    if format_ is Format.docx and what is ExportSubject.themes:
        document = word_file(content)
        first = [each.text for each in document.paragraphs if each.style.name == "Heading 2"]
        count = len(first)
    elif format_ is Format.docx:
        table = word_file(content).tables[0]
        count, first = len(table.rows) - 1, [cell.text for cell in table.rows[1].cells]
    elif format_ is Format.xlsx:
        (page,) = openpyxl.load_workbook(io.BytesIO(content)).worksheets
        found = list(page.iter_rows(values_only=True))
        count, first = len(found) - 1, [str(each or "") for each in found[1]]
    elif format_ is Format.csv:
        lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        count, first = len(lines) - 1, lines[1]
    elif format_ is Format.json:
        objects = json.loads(content)
        count, first = len(objects), [str(each or "") for each in objects[0].values()]
    elif format_ is Format.html:
        page = content.decode()
        assert '<html lang="nl-BE">' in page
        assert page.count("<caption>") == page.count("<table>") == 1
        count, first = page.count("<tr>") - 1, [page]
    elif what is ExportSubject.themes:
        first = [line for line in content.decode().splitlines() if line.startswith("### ")]
        count = len(first)
    else:
        found_lines = [line for line in content.decode().splitlines() if line.startswith("|")]
        count, first = len(found_lines) - 2, found_lines[2].split("|")
    assert count == (2 if what is ExportSubject.themes else 48)
    assert any("O04-T00" in each or "zonder thema" in each for each in first)


@pytest.mark.usefixtures("decided")
def test_the_markdown_of_themes_says_what_the_word_file_says(workplace: Workplace) -> None:
    text = exported(workplace, ExportSubject.themes, Format.md).decode()
    assert not any(line.startswith("|") for line in text.splitlines())
    document = word_file(exported(workplace, ExportSubject.themes, Format.docx))
    marks = {"Title": "# ", "Heading 1": "## ", "Heading 2": "### ", "List Bullet": "- "}
    wanted = [
        marks.get(each.style.name, "") + sheets.markdown(each.text) for each in document.paragraphs
    ]
    lines = [line.replace("**", "") for line in text.splitlines() if line]
    assert [line.replace("\\", "") for line in lines] == [line.replace("\\", "") for line in wanted]


@pytest.mark.usefixtures("decided")
def test_the_word_file_of_themes_is_read_from_top_to_bottom(workplace: Workplace) -> None:
    document = word_file(exported(workplace, ExportSubject.themes, Format.docx))
    assert document.tables == []
    page = document.sections[0]
    assert page.page_width < page.page_height
    lines = [(each.style.name, each.text) for each in document.paragraphs]
    opdracht = workplace.catalogue.opdracht(4)
    assert opdracht
    at = lines.index(("Heading 1", f"O04 {opdracht.titel}"))
    assert lines[at + 1] == ("Heading 2", 'O04-T001 =HYPERLINK("x")')
    assert lines[at + 2][1] == (
        "Goedgekeurd. 19 deelnemers, 19 uitspraken. "
        "Burger: 5; Werkgever of werkgeversorganisatie: 5; anderen: 9."
    )
    assert lines[at + 3][1] == "Wie in ploegen werkt, haalt de les niet."
    second = next(i for i, each in enumerate(lines) if each[1].startswith("O04-T002"))
    assert [style for style, _ in lines[at + 5 : second]] == ["List Bullet"] * 19
    with workplace.storage.writing() as session:
        some = session.query(Participant).all()[:6]
        for each in some:
            each.consents.append(Consent(purpose="citaat", granted=False, version="1"))
    document = word_file(exported(workplace, ExportSubject.themes, Format.docx))
    texts = [each.text for each in document.paragraphs]
    assert [each for each in texts if each.startswith("Zonder toestemming om te tonen: ")]
    assert sum(each.style.name == "List Bullet" for each in document.paragraphs) < 19 + 24


@pytest.mark.usefixtures("decided")
@pytest.mark.parametrize("what", list(ExportSubject))
def test_a_column_of_a_word_file_holds_its_longest_word(
    workplace: Workplace, what: ExportSubject
) -> None:
    document = word_file(exported(workplace, what, Format.docx))
    assert document.tables or what is ExportSubject.themes
    for table in document.tables:
        across = sum(column.width for column in table.columns)
        section = document.sections[0]
        room = section.page_width - section.left_margin - section.right_margin
        assert 0.98 * room <= across <= room
        for column in table.columns:
            words = [word for cell in column.cells for word in cell.text.split()]
            # Nine points: a character of Calibri is 1.7 mm wide.
            assert column.width >= max(map(len, words)) * 1.7 * 36_000


@pytest.mark.usefixtures("decided")
def test_people_read_dutch_dates_and_programs_iso_dates(workplace: Workplace) -> None:
    iso, words = "2027-09-01", "1 september 2027"
    read: dict[Format, str] = {}
    for format_ in Format:
        content = exported(workplace, ExportSubject.actieplan, format_)
        if format_ is Format.docx:
            cells = word_file(content).tables[1].rows[1].cells
            read[format_] = "\n".join(cell.text for cell in cells)
        elif format_ is Format.xlsx:
            book = openpyxl.load_workbook(io.BytesIO(content))
            read[format_] = "\n".join(str(each.value) for each in book["Actieplan"][2])
        else:
            read[format_] = content.decode()
    for format_, text in read.items():
        machine = format_ in (Format.csv, Format.json)
        assert (iso in text) == machine, format_
        assert (words in text) != machine, format_
    assert re.search(r"gemaakt op \d{1,2} [a-z]+ 20\d\d\.", read[Format.md])


def test_a_moment_is_told_on_the_clock_of_brussels() -> None:
    assert dates.moment(datetime(2026, 11, 29, 13, 5, tzinfo=UTC)) == (
        "29 november 2026 om 14.05 uur"
    )
    assert dates.moment(datetime(2026, 7, 31, 22, 30, tzinfo=UTC)) == "1 augustus 2026 om 0.30 uur"
    assert dates.moment(datetime(2026, 3, 2, tzinfo=UTC)) == "2 maart 2026"
    assert dates.moment(datetime(2026, 3, 2, 0, 0, 1, tzinfo=UTC)) == "2 maart 2026 om 1.00 uur"
    assert dates.day(datetime(2026, 7, 31, 22, 30, tzinfo=UTC)) == "1 augustus 2026"
    assert dates.day(date(2026, 3, 3)) == "3 maart 2026"


def test_words_without_consent_to_quoting_stay_inside(workplace: Workplace) -> None:
    with workplace.storage.writing() as session:
        rounds.open_(session, 1, 1)
    analysed(workplace.storage)
    for what in ExportSubject:
        for format_ in (Format.md, Format.json, Format.csv):
            content = exported(workplace, what, format_).decode()
            assert "ploegen werkt" not in content
            assert "buurthuis" not in content


def test_a_consent_that_was_taken_back_takes_the_quote_back(
    workplace: Workplace, decided: dict[str, str]
) -> None:
    with workplace.storage.writing() as session:
        assert decided["quote"] in quotable(session, [decided["quote"]])
        said = session.get_one(Statement, decided["quote"])
        person = said.contribution_version.contribution.submission.participant_id
        give_consent(session, workplace.catalogue, person, "citaat", False)
        session.flush()
        assert quotable(session, [decided["quote"]]) == {}
        plan = approved(session, 1, workplace.catalogue)
        assert [each.text for each in plan.opdrachten[0].actions] == ["Begin de lessen later."]
        assert plan.opdrachten[0].withheld == ("b" * 32,)
        give_consent(session, workplace.catalogue, person, "citaat", True)
        give_consent(session, workplace.catalogue, person, "analyse", False)
        session.flush()
        assert quotable(session, [decided["quote"]]) == {}
        erase(session, person)
        assert len(approved(session, 1, workplace.catalogue).opdrachten[0].actions) == 1


def test_an_organisation_is_named_only_with_its_consent(workplace: Workplace) -> None:
    with workplace.storage.writing() as session:
        rounds.open_(session, 1, 1)
    analysed(workplace.storage, 6)
    with workplace.storage.writing() as session:
        people = session.query(Participant).all()
        for number, person in enumerate(people[:3]):
            person.organisation = f"Bond {number}"
        people[0].consents.append(Consent(purpose="organisatie", granted=True, version="1"))
        people[1].consents.append(Consent(purpose="organisatie", granted=True, version="1"))
        session.flush()
        people[1].consents.append(Consent(purpose="organisatie", granted=False, version="1"))
        session.flush()
        assert organisations(session, 1) == ["Bond 0"]
    content = exported(workplace, ExportSubject.actieplan, Format.md).decode()
    assert "- Bond 0" in content
    assert "Bond 1" not in content


@given(st.dictionaries(st.sampled_from("abcdefgh") | st.none(), st.integers(1, 20), max_size=8))
def test_no_breakdown_tells_of_fewer_than_five(groups: dict[str | None, int]) -> None:
    found = breakdown(groups)
    total = sum(groups.values())
    if total < FOLD_BELOW:
        assert found.people is None
        assert found.groups == ()
    else:
        assert found.people == total == sum(count for _, count in found.groups) + found.others
        assert all(count >= FOLD_BELOW for _, count in found.groups)
        assert found.others == 0 or found.others >= FOLD_BELOW


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=60) | st.sampled_from(DANGEROUS))
def test_no_cell_is_a_formula_in_any_file(text: str) -> None:
    sheet = Sheet("Blad", (Column("text", "Tekst"),), ((text,),))
    raw = sheets.as_csv(sheet).decode("utf-8-sig")
    written = list(csv.reader(io.StringIO(raw, newline="")))[1][0]
    assert not written.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
    (page,) = openpyxl.load_workbook(io.BytesIO(sheets.as_xlsx([sheet]))).worksheets
    assert page["A2"].value is None or page["A2"].data_type == "s"
    document = plan_document.new_document("x")
    sheets.add_table(document, sheet)
    assert docx.Document(io.BytesIO(plan_document.saved(document))).tables
    assert len(sheets.as_markdown(sheet).decode().strip().splitlines()) == 5
    assert json.loads(sheets.as_json(sheet).decode(errors="replace"))


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_looks_like_a_formula_gets_an_apostrophe(text: str) -> None:
    sheet = Sheet("Blad", (Column("text", "Tekst"),), ((text,),))
    rows = list(csv.reader(io.StringIO(sheets.as_csv(sheet).decode("utf-8-sig"), newline="")))
    assert rows[1][0].startswith("'")


@pytest.mark.usefixtures("decided")
def test_the_verb_writes_the_file(workplace_environment: dict[str, str], tmp_path: Path) -> None:
    verb = [str(Path(sys.executable).with_name("samenspraak")), "export", "actieplan"]
    file = tmp_path / "plan.docx"
    done = subprocess.run(
        [*verb, "--format", "docx", "-o", str(file)],
        env={**os.environ, **workplace_environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert len(docx.Document(str(file)).tables) == 2
    nowhere = subprocess.run(
        [*verb, "--format", "docx", "-o", str(tmp_path / "nergens" / "plan.docx")],
        env={**os.environ, **workplace_environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert nowhere.returncode == 1
    assert "folder that exists" in nowhere.stderr


@pytest.mark.usefixtures("decided")
def test_the_statements_tell_stance_and_rule_and_the_rule_only_with_the_text(
    workplace: Workplace,
) -> None:
    with workplace.storage.writing() as session:
        said = session.query(Statement).filter_by(kind="voorstel", opdracht=4).first()
        assert said
        said.contribution_version.text = "Het decreet over het onderwijs houdt ons tegen."
        said.start, said.end = 0, 48
        append(session, 1, "els", {"op": "stance", "statements": [said.id], "stance": "tegen"})
        person, found = said.contribution_version.contribution.submission.participant, said.id

    def row() -> dict[str, Any]:
        rows = json.loads(exported(workplace, ExportSubject.statements, Format.json))
        return next(each for each in rows if each["id"] == found)

    told = row()
    assert (told["stance"], told["rule_effect"]) == ("tegen", "hindert")
    assert told["rule"].startswith("decreet")
    assert told["about"] or told["themes"] == "zonder thema"
    with workplace.storage.writing() as session:
        give_consent(session, workplace.catalogue, person.id, "citaat", False)
    told = row()
    assert (told["rule"], told["text"], told["rule_effect"]) == ("", "", "hindert")
