"""Themes and statements as documents to read and print: Word, and Markdown for themes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from docx.document import Document as Docx
from docx.shared import Pt
from sqlalchemy.orm import Session

from consultation import dates
from consultation.catalogue import UNKNOWN_GROUP, Catalogue
from consultation.database.models import now
from consultation.queries.disclosure import FOLD_BELOW, Quote, breakdown, public_joint, quotable
from consultation.queries.opdracht_snapshot import OpdrachtSnapshot
from consultation.queries.public_labels import labels_of, public_label
from consultation.queries.themes import ThemeView
from reporting import plan_document
from reporting.export_words import word
from reporting.sheets import Sheet, add_table, markdown, printable

_READ = ("text", "themes", "kind", "group", "round", "id")
"""The columns of a printed table, the text first; the opdracht is in the heading above it."""


def themes_docx(session: Session, found: list[OpdrachtSnapshot], catalogue: Catalogue) -> bytes:
    """A Word document (docx) with a heading per theme, its counts and the releasable statements.

    Themes are grouped by opdracht; candidates and rejected themes are included, rejected ones last.
    """
    document = _begun(word("bladen", "themes"), wide=False)
    offered = [each.id for seen in found for view in seen.themes for each in view.said]
    quotes = quotable(session, offered)
    labels = labels_of(session, found)
    for seen in found:
        if seen.themes:
            document.add_heading(_title(seen.opdracht, catalogue), 1)
        for view in sorted(seen.themes, key=lambda each: each.status == "verworpen"):
            _theme(document, view, labels[view.id], quotes, catalogue)
    if not any(seen.themes for seen in found):
        document.add_paragraph(word("geen_themas"))
    return plan_document.saved(document)


def themes_markdown(session: Session, found: list[OpdrachtSnapshot], catalogue: Catalogue) -> bytes:
    """The content of ``themes_docx`` as Markdown in UTF-8: a heading per theme, no table."""
    lines = [f"# {markdown(word('bladen', 'themes'))}", ""]
    lines += [word("gemaakt", datum=dates.day(now())), "", word("regels", grens=FOLD_BELOW), ""]
    offered = [each.id for seen in found for view in seen.themes for each in view.said]
    quotes = quotable(session, offered)
    labels = labels_of(session, found)
    for seen in found:
        if seen.themes:
            lines += [f"## {markdown(_title(seen.opdracht, catalogue))}", ""]
        for view in sorted(seen.themes, key=lambda each: each.status == "verworpen"):
            told = _Told.of(view, labels[view.id], quotes, catalogue)
            lines += [f"### {markdown(told.heading)}", "", markdown(told.facts), ""]
            if told.description:
                lines += [markdown(told.description), ""]
            if told.keywords:
                lines += [f"**{word('kolommen', 'keywords')}:** {markdown(told.keywords)}", ""]
            if told.quotes:
                lines += [*(f"- {markdown(each)}" for each in told.quotes), ""]
            if told.hidden:
                lines += [markdown(told.hidden), ""]
    if not any(seen.themes for seen in found):
        lines.append(word("geen_themas"))
    return ("\n".join(lines).rstrip() + "\n").encode("utf-8", "replace")


def statements_docx(sheets: Mapping[int, Sheet], catalogue: Catalogue) -> bytes:
    """A Word document (docx) with a heading and a table per opdracht that has statements.

    The table has the releasable statements; a line below it gives the number of other statements.
    """
    document = _begun(word("bladen", "statements"), wide=True)
    for opdracht, sheet in sheets.items():
        if sheet.rows:
            document.add_heading(_title(opdracht, catalogue), 1)
            _statements(document, sheet)
    if not any(sheet.rows for sheet in sheets.values()):
        document.add_paragraph(word("geen_uitspraken"))
    return plan_document.saved(document)


def _begun(title: str, wide: bool) -> Docx:
    document = plan_document.new_document(title, wide)
    document.add_paragraph(word("gemaakt", datum=dates.day(now())))
    document.add_paragraph(word("regels", grens=FOLD_BELOW))
    return document


def _title(number: int, catalogue: Catalogue) -> str:
    opdracht = catalogue.opdracht(number)
    return printable(f"{opdracht.code} {opdracht.titel}" if opdracht else str(number))


def _statements(document: Docx, sheet: Sheet) -> None:
    keys = [each.key for each in sheet.columns]
    order = [keys.index(each) for each in _READ]
    rows = tuple(tuple(row[at] for at in order) for row in sheet.rows if row[keys.index("text")])
    if rows:
        add_table(document, Sheet(sheet.title, tuple(sheet.columns[at] for at in order), rows))
    hidden = len(sheet.rows) - len(rows)
    if hidden:
        document.add_paragraph(word("niet_vrij", aantal=hidden))


@dataclass(frozen=True)
class _Told:
    """The texts of a document about one theme."""

    heading: str
    facts: str
    description: str
    keywords: str
    quotes: tuple[str, ...]
    hidden: str

    @classmethod
    def of(
        cls, view: ThemeView, label: str, quotes: Mapping[str, Quote], catalogue: Catalogue
    ) -> _Told:
        """The counts of a theme and its releasable statements."""
        people = breakdown(view.groups, UNKNOWN_GROUP)
        facts = [
            word("status", view.status).capitalize(),
            plan_document.size(people, len(view.said)),
            plan_document.groups(people, catalogue, public_joint(view.joint)),
        ]
        shown = tuple(quotes[each.id].text for each in view.said if each.id in quotes)
        hidden = len(view.said) - len(shown)
        number = word("meer") if people.people is None else str(hidden)
        return cls(
            heading=f"{view.code} {label}",
            facts=". ".join(each for each in facts if each) + ".",
            description=view.description,
            keywords=", ".join(public_label(each) for each in view.keywords),
            quotes=shown,
            hidden=word("niet_getoond", aantal=number) if hidden else "",
        )


def _theme(
    document: Docx,
    view: ThemeView,
    label: str,
    quotes: Mapping[str, Quote],
    catalogue: Catalogue,
) -> None:
    told = _Told.of(view, label, quotes, catalogue)
    document.add_heading(printable(told.heading), 2)
    document.add_paragraph(printable(told.facts))
    if told.description:
        document.add_paragraph(printable(told.description))
    if told.keywords:
        line = document.add_paragraph()
        line.add_run(word("kolommen", "keywords") + ": ").bold = True
        line.add_run(printable(told.keywords))
    for text in told.quotes:
        line = document.add_paragraph(printable(text), style="List Bullet")
        line.paragraph_format.space_after = Pt(2)
    if told.hidden:
        document.add_paragraph(told.hidden)
