"""The proposed action plan as blocks, in the order of the policy note.

Per opdracht: ambition, hindrances and levers with quotes, actions, regulation, stance by group with
minority views, what changed since the round before, and how far it can be trusted. The whole plan
begins with the note's table of trekker, opdracht, principles and stakeholders.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from consultation import dates
from consultation.catalogue import Catalogue
from consultation.queries.disclosure import FOLD_BELOW
from consultation.reactions.priorities import SuggestedPriority
from reporting import plan_document
from reporting.action_plan.chapters import (
    CHARACTERS,
    PlanChapter,
    PublicReaction,
    PublicStance,
)
from reporting.export_words import word
from reporting.plan import Plan, PlanAction, PlanTheme
from reporting.sheets import Cell, Column, Sheet

_ACTIONS = (
    "action",
    "themes",
    "trekker",
    "partners",
    "priority",
    "deadline",
    "regelgeving",
    "proposed_by",
)
_EFFECTS = ("nieuw", "hervormen", "stopzetten")


@dataclass(frozen=True)
class Heading:
    """A heading; level 0 is the title. ``new_page``: it begins a page, where there are pages."""

    level: int
    text: str
    new_page: bool = False


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; ``kind`` is ``text``, ``item`` (of a list) or ``quote``."""

    text: str
    kind: str = "text"


@dataclass(frozen=True)
class Difference:
    """What changed in a wording: parts with ``gelijk``, ``weg`` or ``erbij``."""

    parts: tuple[tuple[str, str], ...]


Block = Heading | Paragraph | Sheet | Difference
"""A table is a ``Sheet``; its title tells what it holds."""


def blocks(
    plan: Plan, chapters: Sequence[PlanChapter], catalogue: Catalogue, whole: bool = True
) -> list[Block]:
    """The blocks of a plan; ``whole`` is false for a plan of one opdracht."""
    found: list[Block] = [
        Heading(0, word("titel", consultatie=catalogue.consultatie.titel)),
        Paragraph(word("inleiding", ronde=plan.round, datum=dates.day(plan.at))),
        Paragraph(word("regels", grens=FOLD_BELOW)),
    ]
    if not chapters:
        found.append(Paragraph(word("leeg")))
    elif whole:
        found += [Heading(1, word("overzicht")), Paragraph(word("overzicht_uitleg"))]
        found.append(_overview(chapters, catalogue))
    for each in chapters:
        found += _chapter(each, catalogue, whole)
    found += [Heading(1, word("methode")), *map(Paragraph, _lines("methode_uitleg"))]
    if plan.organisations:
        found += [Heading(1, word("deelnemers")), Paragraph(word("organisaties"))]
        found += [Paragraph(each, "item") for each in plan.organisations]
    return found


def _overview(chapters: Sequence[PlanChapter], catalogue: Catalogue) -> Sheet:
    rows: list[tuple[Cell, ...]] = []
    for each in chapters:
        effects = [
            f"{len(found)} {word('regelgeving_kort', effect)}"
            for effect in _EFFECTS
            if (found := each.on_rules(effect))
        ]
        rows.append(
            (
                each.opdracht.code,
                ", ".join(each.trekkers) or word("geen_trekker"),
                each.opdracht.titel,
                ", ".join(effects) or word("geen_regels"),
                word("aantal_acties", aantal=len(each.part.actions)),
                plan_document.groups(each.people, catalogue)
                or plan_document.people_in_words(each.people),
            )
        )
    keys = ("opdracht", "trekker", "principe_1", "principe_2", "principe_3", "stakeholders")
    return Sheet(word("overzicht"), _columns(keys), tuple(rows))


def _chapter(chapter: PlanChapter, catalogue: Catalogue, whole: bool) -> Iterator[Block]:
    opdracht = chapter.opdracht
    yield Heading(1, f"{opdracht.code} {opdracht.titel}", new_page=whole)
    challenge = next((x for x in catalogue.uitdagingen if x.nummer == opdracht.uitdaging), None)
    if challenge:
        yield Paragraph(word("uitdaging", titel=challenge.titel))
    yield Heading(2, word("kop_ambitie"))
    yield Paragraph(opdracht.ambitie)
    if opdracht.trekker:
        yield Paragraph(word("trekker_opdracht", naam=opdracht.trekker))
    spread = plan_document.groups(chapter.people, catalogue)
    people = plan_document.people_in_words(chapter.people)
    yield Paragraph(word("wie_sprak", mensen=people) + (f" {spread}." if spread else ""))
    yield from _themes(chapter, catalogue)
    yield from _actions(chapter, catalogue)
    yield from _regulation(chapter)
    yield from _stances(chapter, catalogue)
    yield from _changed(chapter)
    yield from _trust(chapter)


def _themes(chapter: PlanChapter, catalogue: Catalogue) -> Iterator[Block]:
    yield Heading(2, word("kop_themas"))
    if not chapter.part.themes:
        yield Paragraph(word("geen_themas_goedgekeurd"))
    for kind in CHARACTERS:
        own = [x for x in chapter.part.themes if chapter.character.get(x.id, "voorstel") == kind]
        if own:
            yield Heading(3, word("kop_soort", kind))
        for theme in own:
            yield from _theme(theme, catalogue)


def _theme(theme: PlanTheme, catalogue: Catalogue) -> Iterator[Block]:
    yield Heading(4, f"{theme.code} {theme.label}")
    spread = plan_document.groups(theme.people, catalogue, theme.joint)
    told = plan_document.size(theme.people, theme.statements)
    yield Paragraph(f"{told}. {spread}".strip() + ("." if spread else ""))
    if theme.description:
        yield Paragraph(theme.description)
    for quote in theme.quotes:
        yield Paragraph(f"{quote.text} ({plan_document.origin(quote, catalogue)})", "quote")


def _actions(chapter: PlanChapter, catalogue: Catalogue) -> Iterator[Block]:
    yield Heading(2, word("acties"))
    if not chapter.part.actions:
        yield Paragraph(word("geen_acties"))
        return
    codes = {each.id: each.code for each in chapter.part.themes}
    suggested = chapter.suggested
    priority = {
        each.id: each.priority or (suggested[each.id].value if each.id in suggested else 0)
        for each in chapter.part.actions
    }
    actions = sorted(chapter.part.actions, key=lambda each: -priority[each.id])
    rows = tuple(_action(each, codes, suggested.get(each.id), catalogue) for each in actions)
    yield Sheet(word("acties"), _columns(_ACTIONS), rows)
    if suggested:
        yield Paragraph(word("prioriteit_uitleg"))
    if chapter.amendments:
        yield Heading(3, word("kop_gewijzigd"))
        yield Paragraph(word("gewijzigd_uitleg"))
    for each in chapter.amendments:
        yield Difference(each.parts or (("gelijk", each.text),))
        yield Paragraph(word("gewijzigd" if each.parts else "gewijzigd_zonder"))
        if each.reason:
            yield Paragraph(word("gewijzigd_reden", reden=each.reason))


def _action(
    action: PlanAction,
    codes: dict[str, str],
    suggested: SuggestedPriority | None,
    catalogue: Catalogue,
) -> tuple[Cell, ...]:
    support = plan_document.people_in_words(action.people) if action.counted else ""
    spread = plan_document.groups(action.people, catalogue)
    return (
        action.text,
        ", ".join(codes[each] for each in action.themes if each in codes),
        action.trekker or word("geen_trekker"),
        ", ".join(action.partners),
        word("prioriteit_voorstel", getal=suggested.value) if suggested else action.priority,
        date.fromisoformat(action.deadline) if action.deadline else None,
        word("regelgeving", action.regelgeving),
        f"{support}. {spread}".strip() if spread else support,
    )


def _regulation(chapter: PlanChapter) -> Iterator[Block]:
    yield Heading(2, word("kop_regels"))
    if chapter.rules:
        rows = tuple(
            (
                each.name,
                each.people if each.people is not None else word("weinig", grens=FOLD_BELOW),
                word("regel_effect", "beide" if each.helps else "hindert")
                if each.hinders
                else word("regel_effect", "helpt"),
            )
            for each in chapter.rules
        )
        yield Sheet(word("regels_genoemd"), _columns(("rule", "people", "effect")), rows)
    if chapter.rules_left:
        yield Paragraph(word("regels_rest", aantal=chapter.rules_left))
    on_rules = [each for each in _EFFECTS if chapter.on_rules(each)]
    for effect in on_rules:
        yield Heading(3, word("kop_regelgeving", effect))
        for action in chapter.on_rules(effect):
            yield Paragraph(action.text, "item")
    if not (chapter.rules or chapter.rules_left or on_rules):
        yield Paragraph(word("geen_regels_genoemd"))


def _stances(chapter: PlanChapter, catalogue: Catalogue) -> Iterator[Block]:
    yield Heading(2, word("kop_houding"))
    if chapter.reactions is not None:
        yield from _reactions(chapter.reactions, catalogue)
        yield Heading(3, word("kop_in_antwoorden"))
    rows = [
        (
            each.theme if not row.group else "",
            _group(row.group, catalogue),
            *map(_count, row.people),
        )
        for each in chapter.stances
        for row in each.rows
    ]
    if rows:
        yield Paragraph(word("houding_uitleg", grens=FOLD_BELOW))
        keys = ("label", "group", "voor", "tegen", "voorwaardelijk")
        yield Sheet(word("kop_houding"), _columns(keys), tuple(rows))
    else:
        yield Paragraph(word("geen_houding"))
    for each in chapter.stances:
        if each.divided:
            yield Paragraph(word("verdeeld", thema=each.theme), "item")
    yield Heading(3, word("kop_minderheid"))
    held = [each for each in chapter.stances if each.minority]
    if not held:
        yield Paragraph(word("geen_minderheid", grens=FOLD_BELOW))
    for each in held:
        yield from _minority(each)


def _reactions(found: Sequence[PublicReaction], catalogue: Catalogue) -> Iterator[Block]:
    yield Heading(3, word("kop_reacties"))
    rows = [
        (
            each.text if not row.group else "",
            _group(row.group, catalogue),
            row.opinions,
            f"{round(100 * row.share)} %",
            f"{math.floor(100 * row.low)}–{math.ceil(100 * row.high)} %",
        )
        for each in found
        for row in each.rows
    ]
    if rows:
        yield Paragraph(word("reacties_uitleg", grens=FOLD_BELOW))
        keys = ("action", "group", "opinions", "in_favour", "limits")
        yield Sheet(word("kop_reacties"), _columns(keys), tuple(rows))
    else:
        yield Paragraph(word("geen_reacties"))
    for each in found:
        if each.carried:
            yield Paragraph(word("gedragen", actie=each.text), "item")
        else:
            why = " ".join(each.reasons)
            yield Paragraph(word("niet_gedragen", actie=each.text, waarom=why), "item")


def _minority(stance: PublicStance) -> Iterator[Block]:
    side = word("kant", stance.minority)
    yield Paragraph(word("minderheid", thema=stance.theme, mensen=stance.people, kant=side))
    for quote in stance.quotes:
        yield Paragraph(quote.text, "quote")


def _changed(chapter: PlanChapter) -> Iterator[Block]:
    yield Heading(2, word("kop_veranderd"))
    changes = chapter.changes
    if changes is None:
        yield Paragraph(word("eerste_ronde"))
        return
    if not changes.any:
        yield Paragraph(word("niets_veranderd", ronde=changes.since))
        return
    yield Paragraph(word("sinds", ronde=changes.since))
    for kind, themes in changes.themes.items():
        yield Paragraph(f"{word('ontwikkeling', kind)}: {'; '.join(themes)}.", "item")
    for name, texts in (("actie_nieuw", changes.new_actions), ("actie_weg", changes.gone_actions)):
        for text in texts:
            yield Paragraph(f"{word(name)}: {text}", "item")


def _trust(chapter: PlanChapter) -> Iterator[Block]:
    yield Heading(2, word("kop_betrouwbaar"))
    figure = chapter.pairs
    if figure is None or not figure.told:
        yield Paragraph(word("niet_nagekeken"))
    else:
        yield from map(Paragraph, figure.sentences)
        if not figure.current:
            yield Paragraph(word("oudere_paren"))
    if chapter.own_placings:
        yield Paragraph(chapter.own_placings)


def _group(slug: str, catalogue: Catalogue) -> str:
    known = catalogue.groep(slug)
    return known.naam if known else word("allen")


def _count(people: int | None) -> Cell:
    return word("te_weinig") if people is None else people


def _lines(name: str) -> list[str]:
    return word(name).split("\n")


def _columns(keys: Sequence[str]) -> tuple[Column, ...]:
    return tuple(Column(each, word("kolommen", each)) for each in keys)
