"""Exports the action plan, the themes and the statements in several file formats.

All exports follow the rules of ``consultation.queries.disclosure``.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict

from sqlalchemy.orm import Session

from analysis.stance.rules import named_rule
from consultation.catalogue import UNKNOWN_GROUP, Catalogue
from consultation.queries.disclosure import FOLD_BELOW, breakdown, public_joint, quotable
from consultation.queries.opdracht_snapshot import OpdrachtSnapshot, SnapshotCache
from consultation.queries.public_labels import labels_of, public_label
from reporting import plan_document, sheets, theme_document
from reporting.action_plan import renderers
from reporting.action_plan.blocks import blocks
from reporting.action_plan.chapters import chapters
from reporting.export_formats import ExportSubject, Format
from reporting.export_words import word
from reporting.plan import Plan
from reporting.publication import approved
from reporting.sheets import Column, Sheet

_DOCUMENTS = {
    Format.docx: renderers.as_docx,
    Format.html: renderers.as_html,
    Format.md: renderers.as_markdown,
}
_PLAN = ("opdracht", *plan_document.ACTION_COLUMNS, "proposed_by", "groups")
_THEMES = (
    "code",
    "opdracht",
    "label",
    "description",
    "status",
    "keywords",
    "people",
    "statements",
    "groups",
    "quotes",
)
_STATEMENTS = (
    "id",
    "opdracht",
    "round",
    "group",
    "kind",
    "themes",
    "stance",
    "about",
    "rule",
    "rule_effect",
    "released",
    "text",
)


def export(
    session: Session,
    consultation_id: int,
    catalogue: Catalogue,
    what: ExportSubject,
    format_: Format,
    opdracht: int | None = None,
    snapshots: SnapshotCache | None = None,
) -> bytes:
    """The content of one export file.

    ``opdracht`` limits it to one opdracht. ``snapshots`` is the cache of snapshots to use.

    Raises:
        SamenspraakError: the pipeline that detects names is unavailable.
    """
    seen = snapshots or SnapshotCache()
    numbers = [opdracht] if opdracht else [each.nummer for each in catalogue.opdrachten]
    if what is ExportSubject.actieplan:
        plan = approved(session, consultation_id, catalogue, snapshots=snapshots)
        if opdracht is not None:
            parts = tuple(each for each in plan.opdrachten if each.nummer == opdracht)
            plan = Plan(plan.round, plan.at, parts, plan.organisations)
        if format_ not in _DOCUMENTS:
            return _plan(plan, catalogue, format_)
        known = seen.all(session, consultation_id, numbers)
        told = chapters(session, consultation_id, catalogue, plan, known)
        return _DOCUMENTS[format_](blocks(plan, told, catalogue, whole=opdracht is None))
    found = list(seen.all(session, consultation_id, numbers).values())
    if what is ExportSubject.themes:
        if format_ is Format.docx:
            return theme_document.themes_docx(session, found, catalogue)
        if format_ is Format.md:
            return theme_document.themes_markdown(session, found, catalogue)
        return file_content(themes_sheet(session, found, catalogue), format_)
    if format_ is Format.docx:
        tables = {each.opdracht: statements_sheet(session, [each], catalogue) for each in found}
        return theme_document.statements_docx(tables, catalogue)
    return file_content(statements_sheet(session, found, catalogue), format_)


def file_content(sheet: Sheet, format_: Format) -> bytes:
    """The content of a file with one table."""
    if format_ is Format.csv:
        return sheets.as_csv(sheet)
    if format_ is Format.xlsx:
        return sheets.as_xlsx([sheet])
    if format_ is Format.md:
        return sheets.as_markdown(sheet)
    if format_ is Format.html:
        return sheets.as_html(sheet)
    if format_ is Format.json:
        return sheets.as_json(sheet)
    document = plan_document.new_document(sheet.title)
    sheets.add_table(document, sheet)
    return plan_document.saved(document)


def plan_sheet(plan: Plan, catalogue: Catalogue) -> Sheet:
    """The plan's actions as one table, including those without a theme."""
    rows = []
    for part in plan.opdrachten:
        opdracht = catalogue.opdracht(part.nummer)
        title = f"{opdracht.code} {opdracht.titel}" if opdracht else str(part.nummer)
        for action in part.actions:
            people = action.people
            rows.append(
                (
                    title,
                    *plan_document.action_row(action, part),
                    _few(people.people),
                    plan_document.groups(people, catalogue),
                )
            )
    return Sheet(word("bladen", "actieplan"), _columns(_PLAN), tuple(rows))


def plan_themes_sheet(plan: Plan, catalogue: Catalogue) -> Sheet:
    """The plan's themes as one table."""
    keys = ("code", "label", "description", "people", "statements", "groups", "quotes")
    rows = tuple(
        (
            theme.code,
            theme.label,
            theme.description,
            _few(theme.people.people),
            theme.statements,
            plan_document.groups(theme.people, catalogue, theme.joint),
            "\n".join(each.text for each in theme.quotes),
        )
        for part in plan.opdrachten
        for theme in part.themes
    )
    return Sheet(word("bladen", "themes"), _columns(keys), rows)


def themes_sheet(session: Session, found: list[OpdrachtSnapshot], catalogue: Catalogue) -> Sheet:
    """All current themes as a table, including candidates and rejected ones."""
    chosen = [each.id for seen in found for view in seen.themes for each in view.quotes]
    quotes = quotable(session, chosen)
    labels = labels_of(session, found)
    rows = []
    for seen in found:
        for view in seen.themes:
            people = breakdown(view.groups, UNKNOWN_GROUP)
            shown = [quotes[each.id].text for each in view.quotes if each.id in quotes]
            rows.append(
                (
                    view.code,
                    view.opdracht,
                    labels[view.id],
                    view.description,
                    word("status", view.status),
                    ", ".join(public_label(each) for each in view.keywords),
                    _few(people.people),
                    None if people.people is None else len(view.said),
                    plan_document.groups(people, catalogue, public_joint(view.joint)),
                    "\n".join(shown),
                )
            )
    return Sheet(word("bladen", "themes"), _columns(_THEMES), tuple(rows))


def statements_sheet(
    session: Session, found: list[OpdrachtSnapshot], catalogue: Catalogue
) -> Sheet:
    """All active statements with their themes as a table; only releasable ones have their text.

    The rule that a statement names is part of its text, and told only with it.

    A group is named if at least five of its participants have a statement on the opdracht.
    """
    released = quotable(session, [each.id for seen in found for each in seen.said])
    labels = labels_of(session, found)
    rows = []
    for seen in found:
        pairs = {(each.participant, each.group) for each in seen.said}
        people = Counter(group for _, group in pairs)
        codes: dict[str, list[str]] = {}
        about: dict[str, str] = {}
        for view in seen.themes:
            if view.status != "verworpen":
                for each in view.said:
                    codes.setdefault(each.id, []).append(view.code)
                    about.setdefault(each.id, labels[view.id])
        for each in seen.said:
            group = catalogue.groep(each.group)
            named = group is not None and people[each.group] >= FOLD_BELOW
            quote = released.get(each.id)
            held = seen.stances.get(each.id)
            stance = held.stance if held else "geen"
            rule = named_rule(quote.text if quote else each.text)
            rows.append(
                (
                    each.id,
                    each.opdracht,
                    each.round,
                    group.naam if named and group else word("rest"),
                    word("soort", each.kind),
                    ", ".join(codes.get(each.id, [])) or word("zonder_thema"),
                    word("houding", stance),
                    about.get(each.id, "") if stance != "geen" else "",
                    rule.text if rule and quote else "",
                    word("regel", rule.effect) if rule else "",
                    word("ja") if quote else word("nee"),
                    quote.text if quote else "",
                )
            )
    return Sheet(word("bladen", "statements"), _columns(_STATEMENTS), tuple(rows))


def _plan(plan: Plan, catalogue: Catalogue, format_: Format) -> bytes:
    if format_ is Format.xlsx:
        return sheets.as_xlsx([plan_sheet(plan, catalogue), plan_themes_sheet(plan, catalogue)])
    if format_ is Format.csv:
        return sheets.as_csv(plan_sheet(plan, catalogue))
    raw = asdict(plan) | {"at": plan.at.isoformat()}
    return json.dumps(raw, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def _few(people: int | None) -> str | int:
    return word("weinig", grens=FOLD_BELOW) if people is None else people


def _columns(keys: tuple[str, ...]) -> tuple[Column, ...]:
    return tuple(Column(each, word("kolommen", each)) for each in keys)
