"""The blocks of the plan as a Word document, as an HTML page and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from docx.shared import Pt

from reporting import plan_document
from reporting.action_plan.blocks import Block, Heading
from reporting.sheets import Sheet, add_table, html_page, html_table, markdown, printable, shown

_AFTER_TABLE = Pt(10)
_STYLES = {"item": "List Bullet", "quote": "Quote", "text": None}


def as_docx(blocks: Iterable[Block]) -> bytes:
    """A Word document (docx) in Dutch, on landscape pages, with heading, list and quote styles."""
    title, *rest = blocks
    assert isinstance(title, Heading)
    document = plan_document.new_document(title.text)
    after_table = False
    for each in rest:
        if isinstance(each, Heading):
            heading = document.add_heading(printable(each.text), each.level)
            heading.paragraph_format.page_break_before = each.new_page
        elif isinstance(each, Sheet):
            add_table(document, each)
        else:
            made = document.add_paragraph(printable(each.text), style=_STYLES[each.kind])
            if after_table:
                made.paragraph_format.space_before = _AFTER_TABLE
        after_table = isinstance(each, Sheet)
    return plan_document.saved(document)


def as_markdown(blocks: Iterable[Block]) -> bytes:
    """Markdown, in UTF-8."""
    lines: list[str] = []
    for each in blocks:
        if isinstance(each, Heading):
            lines += [f"{'#' * (each.level + 1)} {markdown(each.text)}", ""]
        elif isinstance(each, Sheet):
            lines.append("| " + " | ".join(x.heading for x in each.columns) + " |")
            lines.append("|" + " --- |" * len(each.columns))
            for row in each.rows:
                lines.append("| " + " | ".join(markdown(shown(cell)) for cell in row) + " |")
            lines.append("")
        else:
            mark = {"item": "- ", "quote": "> "}.get(each.kind, "")
            lines += [f"{mark}{markdown(each.text)}", ""]
    return ("\n".join(lines).rstrip() + "\n").encode("utf-8", "replace")


def as_html(blocks: Iterable[Block]) -> bytes:
    """A self-contained HTML page in Dutch, in UTF-8."""
    title, *rest = blocks
    assert isinstance(title, Heading)
    parts: list[str] = []
    in_list = False
    for each in rest:
        item = not isinstance(each, Heading | Sheet) and each.kind == "item"
        if item != in_list:
            parts.append("<ul>" if item else "</ul>")
            in_list = item
        if isinstance(each, Heading):
            level = each.level + 1
            parts.append(f"<h{level}>{escape(printable(each.text))}</h{level}>")
        elif isinstance(each, Sheet):
            parts.append(html_table(each))
        else:
            tag = {"item": "li", "quote": "blockquote"}.get(each.kind, "p")
            parts.append(f"<{tag}>{escape(printable(each.text))}</{tag}>")
    if in_list:
        parts.append("</ul>")
    return html_page(title.text, "\n".join(parts))
