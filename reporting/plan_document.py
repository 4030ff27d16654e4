"""An action plan as a Word document and as Markdown: a heading and a table per opdracht."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date

from docx import Document
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from consultation import dates
from consultation.catalogue import Catalogue, Opdracht
from consultation.queries.disclosure import FOLD_BELOW, Breakdown, Quote
from reporting.export_words import word
from reporting.plan import Plan, PlanAction, PlanOpdracht
from reporting.sheets import Cell, Column, Sheet, add_table, markdown, printable, shown

ACTION_COLUMNS = ("action", "themes", "trekker", "partners", "priority", "deadline", "regelgeving")


def as_docx(plan: Plan, catalogue: Catalogue) -> bytes:
    """The plan as a Word document (docx) in Dutch, with heading styles, on landscape pages."""
    document = new_document(word("titel", consultatie=catalogue.consultatie.titel))
    for line in _opening(plan):
        document.add_paragraph(printable(line))
    if not plan.opdrachten:
        document.add_paragraph(word("leeg"))
    for opdracht, part in _parts(plan, catalogue):
        _opdracht(document, opdracht, part, catalogue)
    if plan.organisations:
        document.add_heading(word("deelnemers"), 1)
        document.add_paragraph(word("organisaties"))
        for name in plan.organisations:
            document.add_paragraph(printable(name), style="List Bullet")
    return saved(document)


def as_markdown(plan: Plan, catalogue: Catalogue) -> bytes:
    """The plan as Markdown, in UTF-8."""
    lines = [f"# {markdown(word('titel', consultatie=catalogue.consultatie.titel))}", ""]
    lines += [line for each in _opening(plan) for line in (markdown(each), "")]
    if not plan.opdrachten:
        lines += [word("leeg"), ""]
    for opdracht, part in _parts(plan, catalogue):
        lines += [f"## {_title(opdracht)}", "", *_under(opdracht)]
        lines += [f"### {word('acties')}", ""]
        sheet = actions_sheet(part)
        if sheet.rows:
            lines.append("| " + " | ".join(each.heading for each in sheet.columns) + " |")
            lines.append("|" + " --- |" * len(sheet.columns))
            for row in sheet.rows:
                cells = (markdown(shown(each)) for each in row)
                lines.append("| " + " | ".join(cells) + " |")
        else:
            lines.append(word("geen_acties"))
        lines.append("")
        if part.themes:
            lines += [f"### {word('themas')}", ""]
        for theme in part.themes:
            lines += [f"#### {theme.code} {markdown(theme.label)}", ""]
            told = f"{size(theme.people, theme.statements)}. {groups(theme.people, catalogue)}"
            lines += [markdown(told), ""]
            if theme.description:
                lines += [markdown(theme.description), ""]
            for quote in theme.quotes:
                lines += [f"> {markdown(quote.text)} ({markdown(origin(quote, catalogue))})", ""]
    if plan.organisations:
        lines += [f"## {word('deelnemers')}", "", word("organisaties"), ""]
        lines += [f"- {markdown(each)}" for each in plan.organisations]
    return ("\n".join(lines).rstrip() + "\n").encode("utf-8", "replace")


def actions_sheet(part: PlanOpdracht) -> Sheet:
    """The actions of one opdracht as a table."""
    rows = tuple(action_row(each, part) for each in part.actions)
    columns = tuple(Column(key, word("kolommen", key)) for key in ACTION_COLUMNS)
    return Sheet(word("acties"), columns, rows)


def action_row(action: PlanAction, part: PlanOpdracht) -> tuple[Cell, ...]:
    """The cells of an action, in the order of ``ACTION_COLUMNS``."""
    themes = [theme for each in action.themes if (theme := part.theme(each))]
    return (
        action.text,
        "; ".join(f"{each.code} {each.label}" for each in themes),
        action.trekker,
        ", ".join(action.partners),
        action.priority,
        date.fromisoformat(action.deadline) if action.deadline else None,
        word("regelgeving", action.regelgeving),
    )


def groups(people: Breakdown, catalogue: Catalogue) -> str:
    """The number of people per group in words; empty if no group may be named."""
    parts = [
        f"{known.naam if (known := catalogue.groep(slug)) else slug}: {count}"
        for slug, count in people.groups
    ]
    if people.others and parts:
        parts.append(f"{word('anderen')}: {people.others}")
    return "; ".join(parts)


def size(people: Breakdown, statements: int | None) -> str:
    """The number of people and statements of a theme, in words."""
    if people.people is None:
        return word("omvang_klein", grens=FOLD_BELOW)
    return word("omvang", mensen=people.people, uitspraken=statements)


def origin(quote: Quote, catalogue: Catalogue) -> str:
    """The name of the group that a quote is from, or a general word if it may not be named."""
    known = catalogue.groep(quote.group)
    return known.naam if known else word("rest")


def new_document(title: str, wide: bool = True) -> Docx:
    """An empty Word document in Dutch on A4, with a title; ``wide`` makes the page landscape."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    if wide:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = Cm(2)
    document.styles["Normal"].font.name = "Calibri"
    document.styles["Normal"].font.size = Pt(11)
    language = document.styles.element.find(f".//{qn('w:lang')}")
    if language is not None:
        language.set(qn("w:val"), "nl-BE")
    document.core_properties.title = title
    document.core_properties.language = "nl-BE"
    document.core_properties.author = "Samenspraak"
    document.core_properties.comments = ""
    document.add_heading(printable(title), 0)
    return document


def saved(document: Docx) -> bytes:
    """The bytes of a Word document."""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _opdracht(document: Docx, opdracht: Opdracht, part: PlanOpdracht, catalogue: Catalogue) -> None:
    document.add_heading(printable(_title(opdracht)), 1)
    for line in _under(opdracht):
        if line:
            document.add_paragraph(printable(line))
    document.add_heading(word("acties"), 2)
    sheet = actions_sheet(part)
    if sheet.rows:
        add_table(document, sheet)
    else:
        document.add_paragraph(word("geen_acties"))
    if part.themes:
        document.add_heading(word("themas"), 2)
    for theme in part.themes:
        document.add_heading(printable(f"{theme.code} {theme.label}"), 3)
        spread = groups(theme.people, catalogue)
        document.add_paragraph(f"{size(theme.people, theme.statements)}. {spread}".strip())
        if theme.description:
            document.add_paragraph(printable(theme.description))
        for quote in theme.quotes:
            words = f"{quote.text} ({origin(quote, catalogue)})"
            document.add_paragraph(printable(words), style="Quote")


def _opening(plan: Plan) -> list[str]:
    return [
        word("inleiding", ronde=plan.round, datum=dates.day(plan.at)),
        word("regels", grens=FOLD_BELOW),
    ]


def _under(opdracht: Opdracht) -> list[str]:
    lines = [word("ambitie", tekst=opdracht.ambitie), ""]
    if opdracht.trekker:
        lines += [word("trekker_opdracht", naam=opdracht.trekker), ""]
    return lines


def _title(opdracht: Opdracht) -> str:
    return f"{opdracht.code} {opdracht.titel}"


def _parts(plan: Plan, catalogue: Catalogue) -> Iterator[tuple[Opdracht, PlanOpdracht]]:
    for opdracht in catalogue.opdrachten:
        part = plan.opdracht(opdracht.nummer)
        if part is not None:
            yield opdracht, part
