"""Words and Word documents that the plan and the lists of themes and statements share."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date

from docx import Document
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from consultation.catalogue import Catalogue
from consultation.queries.disclosure import FOLD_BELOW, Breakdown, Quote
from reporting.export_words import word
from reporting.plan import PlanAction, PlanOpdracht
from reporting.sheets import Cell, printable

ACTION_COLUMNS = ("action", "themes", "trekker", "partners", "priority", "deadline", "regelgeving")


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


def groups(people: Breakdown, catalogue: Catalogue, joint: Sequence[int] = ()) -> str:
    """The number of people per group in words; empty if no group may be named.

    ``joint`` has the senders of participants that stand for several (``PlanTheme.joint``).
    """
    parts = [
        f"{known.naam if (known := catalogue.groep(slug)) else slug}: {count}"
        for slug, count in people.groups
    ]
    if people.others and parts:
        parts.append(f"{word('anderen')}: {people.others}")
    parts += [word("samen", afzenders=each) for each in joint]
    return "; ".join(parts)


def people_in_words(people: Breakdown) -> str:
    """The number of people, in words."""
    if people.people is None:
        return word("omvang_klein", grens=FOLD_BELOW)
    return word("mensen", mensen=people.people)


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
