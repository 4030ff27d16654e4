"""Tables as files that open safely: csv, xlsx, docx, html, md and json.

Files for people have Dutch dates, files for programs (csv, json) ISO dates. A text cell that a
spreadsheet would interpret as a formula is escaped so that it remains text.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

import openpyxl
from docx.document import Document as Docx
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Pt
from docx.styles.style import BaseStyle
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from consultation import dates

Cell = str | int | float | date | None

_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;color:#1b1b1b;background:#fff;margin:0}"
    "main{max-width:70rem;margin:0 auto;padding:1rem}"
    "h1,h2,h3,h4,h5{line-height:1.25;margin:1.6em 0 .4em}"
    ".table{overflow-x:auto;margin:1em 0}table{border-collapse:collapse;width:100%}"
    "caption{text-align:left;font-weight:600;padding:.3em 0}"
    "th,td{border:1px solid #8a8a8a;padding:.35em .5em;text-align:left;vertical-align:top}"
    "th{background:#e7edf3}blockquote{margin:.5em 0;padding-left:1em;border-left:4px solid #2b5c8a}"
)
_FORMULA = re.compile(r"^[\s\u200b\ufeff]*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_MOST_IN_CELL = 32_767
_HEADING_COLOUR = "E7EDF3"
_CHARACTERS_ACROSS = 145
_LONGEST_WORD = 34
_LONG_TEXT = 150
_WIDTHS = {"text": 80, "action": 60, "quotes": 80, "label": 40, "description": 50, "groups": 40}


@dataclass(frozen=True)
class Column:
    """A column with its JSON key and its Dutch heading."""

    key: str
    heading: str


@dataclass(frozen=True)
class Sheet:
    """A table with a title; every row has one cell per column."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


def as_csv(sheet: Sheet) -> bytes:
    """The table as CSV in UTF-8 with a byte order mark, which spreadsheets need to detect UTF-8.

    Text that starts like a formula is prefixed with an apostrophe.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([each.heading for each in sheet.columns])
    for row in sheet.rows:
        writer.writerow([_safe(each) if isinstance(each, str) else each for each in row])
    return out.getvalue().encode("utf-8-sig", "replace")


def as_xlsx(sheets: Sequence[Sheet]) -> bytes:
    """An Excel workbook with one sheet per table; text is stored as text, never as a formula.

    Texts longer than Excel's limit of 32,767 characters are cut.
    """
    book = openpyxl.Workbook()
    book.remove(book.active)
    for sheet in sheets:
        page = book.create_sheet(sheet.title[:31])
        for at, column in enumerate(sheet.columns, start=1):
            cell = page.cell(1, at, column.heading)
            cell.font = Font(bold=True)
            page.column_dimensions[get_column_letter(at)].width = _WIDTHS.get(column.key, 18)
        for down, row in enumerate(sheet.rows, start=2):
            for at, value in enumerate(row, start=1):
                cell = page.cell(down, at)
                if value == "":
                    continue
                if isinstance(value, str | date):
                    cell.value = printable(shown(value))[:_MOST_IN_CELL]
                    cell.data_type = "s"
                    cell.quotePrefix = bool(_FORMULA.match(shown(value)))
                    cell.alignment = Alignment(wrap_text=True, vertical="top")
                else:
                    cell.value = value
                    cell.alignment = Alignment(vertical="top")
        page.freeze_panes = "A2"
        if sheet.rows:
            page.auto_filter.ref = page.dimensions
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_markdown(sheet: Sheet) -> bytes:
    """A heading and a table in Markdown, in UTF-8."""
    lines = [
        f"# {markdown(sheet.title)}",
        "",
        "| " + " | ".join(markdown(each.heading) for each in sheet.columns) + " |",
        "|" + " --- |" * len(sheet.columns),
    ]
    for row in sheet.rows:
        cells = (markdown(shown(each)) for each in row)
        lines.append("| " + " | ".join(cells) + " |")
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def as_html(sheet: Sheet) -> bytes:
    """The table as a self-contained HTML page in Dutch, in UTF-8."""
    return html_page(sheet.title, html_table(sheet))


def html_table(sheet: Sheet) -> str:
    """The table in HTML, with its title as the caption."""
    heads = "".join(f'<th scope="col">{escape(each.heading)}</th>' for each in sheet.columns)
    rows = "\n".join(
        "<tr>" + "".join(f"<td>{escape(printable(shown(cell)))}</td>" for cell in row) + "</tr>"
        for row in sheet.rows
    )
    caption = escape(printable(sheet.title))
    return (
        f'<div class="table" role="region" tabindex="0" aria-label="{caption}"><table>'
        f"<caption>{caption}</caption>\n<thead><tr>{heads}</tr></thead>\n"
        f"<tbody>\n{rows}\n</tbody></table></div>"
    )


def html_page(title: str, body: str) -> bytes:
    """A self-contained HTML page in Dutch around ``body``, in UTF-8."""
    name = escape(printable(title))
    page = (
        '<!doctype html>\n<html lang="nl-BE">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{name}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n<h1>{name}</h1>\n{body}\n</main>\n</body>\n</html>\n"
    )
    return page.encode("utf-8", "replace")


def as_json(sheet: Sheet) -> bytes:
    """A JSON list of objects, one per row, with the columns' keys, in UTF-8."""
    keys = [each.key for each in sheet.columns]
    rows = [dict(zip(keys, row, strict=True)) for row in sheet.rows]
    text = json.dumps(rows, ensure_ascii=False, indent=1, default=date.isoformat)
    return text.encode("utf-8", "replace")


def add_table(document: Docx, sheet: Sheet) -> None:
    """Adds the table to a Word document, as wide as the page.

    The first row is marked as the heading to repeat on every page, and the title is the table's
    description for screen readers. Column widths follow ``column_shares``.
    """
    table = document.add_table(rows=1, cols=len(sheet.columns), style="Table Grid")
    table.autofit = False
    section = document.sections[-1]
    page = (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)
    widths = [Emu(int(page * share)) for share in column_shares(sheet)]
    for cell, column in zip(table.rows[0].cells, sheet.columns, strict=True):
        cell.paragraphs[0].add_run(column.heading).bold = True
        shade = OxmlElement("w:shd")
        shade.set(qn("w:val"), "clear")
        shade.set(qn("w:fill"), _HEADING_COLOUR)
        cell._tc.get_or_add_tcPr().append(shade)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    # What a screen reader says of the table.
    caption = OxmlElement("w:tblCaption")
    caption.set(qn("w:val"), printable(sheet.title))
    table._tbl.tblPr.append(caption)
    for row in sheet.rows:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = printable(shown(value))
    for made in table.rows:
        made._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    small = _small(document)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
        for cell in column.cells:
            cell.width = width
            cell.paragraphs[0].style = small


def column_shares(sheet: Sheet) -> list[float]:
    """The column widths as shares of the table width, which sum to 1.

    A column first gets room for its longest word; the remaining width is divided in proportion to
    the length of the texts.
    """
    columns = [
        [column.heading, *(shown(row[at]) for row in sheet.rows)]
        for at, column in enumerate(sheet.columns)
    ]
    words = [max(len(word) for text in texts for word in text.split() or [""]) for texts in columns]
    least = [min(each, _LONGEST_WORD) + 3 for each in words]
    lengths = [min(max(map(len, texts)), _LONG_TEXT) for texts in columns]
    wanted = [max(0, length - word) for length, word in zip(lengths, least, strict=True)]
    room = max(0, _CHARACTERS_ACROSS - sum(least))
    spread = room / sum(wanted) if sum(wanted) else 0
    found = [word + want * spread for word, want in zip(least, wanted, strict=True)]
    return [each / sum(found) for each in found]


def _small(document: Docx) -> BaseStyle:
    """The paragraph style for text in tables; added to the document if it is not there yet."""
    name = "Tabel"
    if name not in document.styles:
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        style.font.size = Pt(9)
        style.paragraph_format.space_after = Pt(0)
    found: BaseStyle = document.styles[name]
    return found


def shown(value: Cell) -> str:
    """The text of a cell for people, with Dutch dates; empty for None."""
    if isinstance(value, date):
        return dates.day(value)
    return "" if value is None else str(value)


def printable(text: str) -> str:
    """The text with the characters that office files do not allow replaced by U+FFFD."""
    return _UNPRINTABLE.sub("\ufffd", text)


def markdown(text: str) -> str:
    """The text on one line, with Markdown and HTML characters escaped."""
    plain = " ".join(printable(text).split())
    return re.sub(r"([\\`*_{}\[\]<>|~#&])", r"\\\1", plain)


def _safe(text: str) -> str:
    plain = printable(text)
    return f"'{plain}" if _FORMULA.match(text) else plain
