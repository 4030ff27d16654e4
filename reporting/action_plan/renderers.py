"""The blocks of the plan as a Word document, as an HTML page and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from docx.shared import Pt

from reporting import plan_document
from reporting.action_plan.blocks import Block, Difference, Heading, Paragraph
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
        elif isinstance(each, Difference):
            changed = document.add_paragraph()
            for kind, text in each.parts:
                run = changed.add_run(printable(text))
                run.font.strike = kind == "weg"
                run.font.underline = kind == "erbij"
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
        elif isinstance(each, Difference):
            lines += ["".join(_tagged(kind, _inline(text)) for kind, text in each.parts), ""]
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
        item = isinstance(each, Paragraph) and each.kind == "item"
        if item != in_list:
            parts.append("<ul>" if item else "</ul>")
            in_list = item
        if isinstance(each, Heading):
            level = each.level + 1
            parts.append(f"<h{level}>{escape(printable(each.text))}</h{level}>")
        elif isinstance(each, Sheet):
            parts.append(html_table(each))
        elif isinstance(each, Difference):
            told = (_tagged(kind, escape(printable(text))) for kind, text in each.parts)
            parts.append(f"<p>{''.join(told)}</p>")
        else:
            tag = {"item": "li", "quote": "blockquote"}.get(each.kind, "p")
            parts.append(f"<{tag}>{escape(printable(each.text))}</{tag}>")
    if in_list:
        parts.append("</ul>")
    return html_page(title.text, "\n".join(parts))


def _tagged(kind: str, text: str) -> str:
    tag = {"weg": "del", "erbij": "ins"}.get(kind)
    return f"<{tag}>{text}</{tag}>" if tag else text


def _inline(text: str) -> str:
    """Markdown of a part of a line: white space at its ends stays."""
    start, end = (" " if text[place].isspace() else "" for place in (0, -1))
    return f"{start}{markdown(text)}{end}"
