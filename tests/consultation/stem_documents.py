"""One advice in every kind of document: paragraphs, headings, notes and a list, built from text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.message import EmailMessage
from html import escape
from pathlib import Path
from typing import Any

import docx
import odf.text as odt
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from odf.opendocument import OpenDocumentText
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph

_NOTE_LINE = re.compile(r"(\d{1,2}) (\S.*)")
_NOTE = re.compile(r"(?<=[a-z’.])(\d{1,2})(?=[\s.]|$)")
_HEADINGS = (
    "De band tussen",
    "Leercultuur in",
    "Leergoesting",
    "Technologie als hefboom voor",
    "0% digibeten",
    "Verhoging van de",
    "De sleutels",
)


@dataclass
class Block:
    """A paragraph, ``heading`` or ``item``; a note stands in its text as ``{{3}}``."""

    role: str
    text: str


@dataclass
class Advice:
    """The blocks of a document in order, and its notes by number."""

    blocks: list[Block] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)


def advice(text: str) -> Advice:
    """The structure of the seed advice, read from its plain text."""
    found = Advice()
    listed = False
    for raw in re.split(r"\n\s*\n", text):
        lines = [line.strip() for line in raw.splitlines() if line.strip()]
        lines = [line for line in lines if not line.startswith("http")]
        notes = [match for line in lines if (match := _NOTE_LINE.fullmatch(line))]
        if len(notes) == len(lines):
            found.notes.update({match[1]: match[2].replace("ĳ", "ij") for match in notes})
            continue
        if not lines or lines == ["2"]:
            continue
        for line in lines[:1]:
            if line.startswith(_HEADINGS) and len(lines) > 1 and line == "Leergoesting":
                found.blocks.append(Block("heading", line))
                lines = lines[1:]
        joined = " ".join(lines)
        if joined.startswith("- "):
            listed = True
            found.blocks.append(Block("item", joined[2:]))
        elif listed:
            found.blocks[-1].text += f" {joined}"
        else:
            heading = joined.startswith(_HEADINGS) and len(joined) < 90
            found.blocks.append(Block("heading" if heading else "paragraph", joined))
    for block in found.blocks:
        block.text = _NOTE.sub(
            lambda match: f"{{{{{match[1]}}}}}" if match[1] in found.notes else match[0],
            block.text,
        )
    return found


def _parts(text: str) -> list[tuple[str, str | None]]:
    """The text between notes, and the number of the note after it."""
    pieces = re.split(r"\{\{(\d+)\}\}", text)
    numbers: list[str | None] = [*pieces[1::2], None]
    return list(zip(pieces[::2], numbers, strict=True))


def as_docx(source: Advice, path: Path) -> Path:
    """A Word document with styles, a bulleted list and real footnote references."""
    book: Any = docx.Document()
    styles = {"heading": "Heading 1", "item": "List Bullet", "paragraph": "Normal"}
    for block in source.blocks:
        paragraph = book.add_paragraph(style=styles[block.role])
        for text, number in _parts(block.text):
            paragraph.add_run(text)
            if number is not None:
                run = paragraph.add_run()
                reference = OxmlElement("w:footnoteReference")
                reference.set(qn("w:id"), number)
                run._r.append(reference)
    book.sections[0].footer.paragraphs[0].text = "STEM-platform - pagina 1"
    book.save(str(path))
    return path


def as_odt(source: Advice, path: Path) -> Path:
    """An OpenDocument text with headings, a list and notes."""
    book = OpenDocumentText()
    items: Any = None
    for block in source.blocks:
        if block.role == "heading":
            element: Any = odt.H(outlinelevel=1)
        else:
            element = odt.P()
        for text, number in _parts(block.text):
            element.addText(text)
            if number is not None:
                note = odt.Note(noteclass="footnote")
                note.addElement(odt.NoteCitation(text=number))
                body = odt.NoteBody()
                body.addElement(odt.P(text=source.notes[number]))
                note.addElement(body)
                element.addElement(note)
        if block.role == "item":
            items = items or odt.List()
            item = odt.ListItem()
            item.addElement(element)
            items.addElement(item)
        else:
            book.text.addElement(element)
    if items is not None:
        book.text.addElement(items)
    book.save(str(path))
    return path


def as_pdf(source: Advice, path: Path) -> Path:
    """A PDF in two columns, with a header, page numbers and footnotes under the columns."""
    width, height = A4
    here: list[str] = []

    def finish(canvas: Any, _: Any) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawString(50, height - 40, "STEM-platform | Advies leercultuur")
        canvas.drawCentredString(width / 2, 30, str(canvas.getPageNumber()))
        for place, number in enumerate(here):
            y = 118 - 10 * place
            canvas.setFont("Helvetica", 5)
            canvas.drawString(50, y + 3, number)
            canvas.setFont("Helvetica", 7)
            canvas.drawString(54, y, source.notes[number][:110])
        here.clear()

    def noted(_canvas: Any, _kind: str, label: str) -> None:
        here.append(label)

    book = BaseDocTemplate(str(path), pagesize=A4)
    frames = [Frame(50, 135, 235, height - 200), Frame(310, 135, 235, height - 200)]
    book.addPageTemplates(PageTemplate(frames=frames, onPageEnd=finish))
    styles = {
        "paragraph": ParagraphStyle("p", fontSize=10, leading=12.5, alignment=4, spaceAfter=8),
        "heading": ParagraphStyle("h", fontSize=13, leading=16, spaceBefore=8, spaceAfter=6),
        "item": ParagraphStyle(
            "i", fontSize=10, leading=12.5, leftIndent=12, bulletIndent=2, spaceAfter=5
        ),
    }
    story = []
    for block in source.blocks:
        text = re.sub(
            r"\{\{(\d+)\}\}",
            r'<super size="6">\1</super><onDraw name="noted" label="\1"/>',
            escape(block.text, quote=False),
        )
        bullet = "•" if block.role == "item" else None
        paragraph = Paragraph(text, styles[block.role], bulletText=bullet)
        story.append(paragraph)

    def canvas(*args: Any, **options: Any) -> Any:
        made = Canvas(*args, **options)
        made.setNamedCB("noted", noted)
        return made

    book.build(story, canvasmaker=canvas)
    return path


def as_report(source: Advice, path: Path) -> Path:
    """A PDF in one column: headings in bold, a numbered list, each note under its paragraph."""
    width, height = A4

    def finish(canvas: Any, _: Any) -> None:
        canvas.setFont("Times-Roman", 9)
        canvas.drawRightString(width - 50, height - 30, "Advies van het STEM-platform")
        canvas.drawRightString(width - 50, 25, f"Pagina {canvas.getPageNumber()} van 4")

    book = BaseDocTemplate(str(path), pagesize=A4)
    frames = [Frame(60, 60, width - 120, height - 120)]
    book.addPageTemplates(PageTemplate(frames=frames, onPageEnd=finish))
    plain = ParagraphStyle(
        "p", fontName="Times-Roman", fontSize=11, leading=13.2, alignment=4, spaceAfter=6
    )
    bold = ParagraphStyle("h", plain, fontName="Times-Bold", spaceBefore=10, spaceAfter=4)
    item = ParagraphStyle("i", plain, leftIndent=20, bulletFontSize=13)
    small = ParagraphStyle("n", plain, fontSize=9, leading=11)
    story = []
    number = 0
    for block in source.blocks:
        text = escape(block.text, quote=False)
        text = re.sub(r"\{\{(\d+)\}\}", r"<super>\1</super>", text)
        number += block.role == "item"
        style = {"heading": bold, "item": item, "paragraph": plain}[block.role]
        bullet = f"{number}." if block.role == "item" else None
        story.append(Paragraph(text, style, bulletText=bullet))
        for note in re.findall(r"\{\{(\d+)\}\}", block.text):
            words = escape(source.notes[note], quote=False)
            story.append(Paragraph(f"<super>{note}</super> {words}", small))
    book.build(story)
    return path


def as_html(source: Advice, path: Path) -> Path:
    """A web page with a menu, notes as raised links, and a list."""
    body = []
    for block in source.blocks:
        text = "".join(
            escape(text) + (f'<sup><a href="#n{number}">{number}</a></sup>' if number else "")
            for text, number in _parts(block.text)
        )
        tag = {"heading": "h2", "item": "li", "paragraph": "p"}[block.role]
        body.append(f"<{tag}>{text}</{tag}>")
    first = next(i for i, block in enumerate(source.blocks) if block.role == "item")
    inner = "\n".join([*body[:first], "<ul>", *body[first:], "</ul>"])
    path.write_text(
        f"<html><head><title>Advies</title><style>p {{}}</style></head><body><nav>Menu</nav>{inner}"
        "<script>var x = 'Dit is geen zin.';</script></body></html>",
        encoding="utf-8",
    )
    return path


def as_rtf(source: Advice, path: Path) -> Path:
    """Rich text with footnotes and a list with marks of its own."""

    def code(text: str) -> str:
        return "".join(letter if ord(letter) < 128 else f"\\u{ord(letter)}?" for letter in text)

    out = ["{\\rtf1\\ansi\\ansicpg1252\\deff0 "]
    for block in source.blocks:
        if block.role == "item":
            out.append("{\\listtext\\'b7\\tab}")
        for text, number in _parts(block.text):
            out.append(code(text))
            if number is not None:
                out.append(
                    "{\\super\\chftn{\\footnote\\pard\\plain {\\super\\chftn} "
                    f"{code(source.notes[number])}}}}}"
                )
        out.append("\\par\n")
    path.write_text("".join([*out, "}"]), encoding="ascii")
    return path


def as_eml(text: str, path: Path, attachment: Path | None = None) -> Path:
    """An e-mail with the text as body, or a short letter with an attachment."""
    message = EmailMessage()
    message["From"] = "An Peeters <an.peeters@voorbeeld.be>"
    message["To"] = "leren@voorbeeld.be"
    message["Subject"] = "Ons advies"
    message["Date"] = "Mon, 02 Mar 2026 09:20:00 +0100"
    message["Message-ID"] = "<advies-1@voorbeeld.be>"
    message.set_content(text)
    if attachment is not None:
        message.add_attachment(
            attachment.read_bytes(),
            maintype="application",
            subtype="octet-stream",
            filename=attachment.name,
        )
        message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="logo.png")
    path.write_bytes(bytes(message))
    return path
