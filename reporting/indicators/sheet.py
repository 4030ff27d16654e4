"""The indicators as one long table: one value a row, with its round or day, opdracht and group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from consultation.catalogue import Catalogue
from reporting.export_words import word
from reporting.indicators.figures import Indicators, OpdrachtIndicators, RoundFigures
from reporting.sheets import Cell, Column, Sheet

_COLUMNS = ("indicator", "opdracht", "round", "day", "group", "code", "value", "of")


def indicators_sheet(found: Indicators, catalogue: Catalogue) -> Sheet:
    """The table; ``value`` is a count or a number of days, ``of`` the total it belongs to."""
    rows = [*_rounds(found.rounds, "")]
    for each in found.responses:
        where: dict[str, Cell] = {"round": each.round, "group": _group(each.group, catalogue)}
        rows.append(_row("respons", each.answered, of=each.invited, **where))
        rows.append(_row("zonder_uitnodiging", each.uninvited, **where))
    for part in found.opdrachten:
        rows += _opdracht(part, catalogue)
    columns = tuple(Column(each, word("kolommen", each)) for each in _COLUMNS)
    return Sheet(word("bladen", "indicatoren"), columns, tuple(rows))


def _opdracht(part: OpdrachtIndicators, catalogue: Catalogue) -> Iterator[tuple[Cell, ...]]:
    known = catalogue.opdracht(part.opdracht)
    name = known.code if known else str(part.opdracht)
    yield from _rounds(part.rounds, name)
    if part.saturation:
        last = part.saturation
        yield _row("verzadiging", last.new_themes, opdracht=name, of=last.people)
    every = part.progress.candidates + part.progress.decided
    yield _row("beslist", part.progress.decided, opdracht=name, of=every)
    for day, count in part.decided_on:
        yield _row("beslist_tot", count, opdracht=name, day=day)
    if part.days is not None:
        yield _row("dagen", round(part.days, 1), opdracht=name)
    for theme in part.themes:
        where: dict[str, Cell] = {"opdracht": name, "code": theme.code, "of": theme.people}
        group = _group(theme.group, catalogue)
        yield _row("zonder_groep", theme.without_group, group=group, **where)
        yield _row("zonder_campagne", theme.without_campaign, **where)


def _rounds(rows: Iterable[RoundFigures], opdracht: str) -> Iterator[tuple[Cell, ...]]:
    for each in rows:
        where: dict[str, Cell] = {"opdracht": opdracht, "round": each.round}
        yield _row("mensen", each.people, **where)
        yield _row("antwoorden", each.answers, **where)
        yield _row("mager", each.thin, of=each.measured, **where)
        yield _row("nieuwe_themas", each.new_themes, **where)


def _row(name: str, value: Cell, **where: Cell) -> tuple[Cell, ...]:
    cells = {"indicator": word("indicator", name), "value": value, **where}
    return tuple(cells.get(each, "") for each in _COLUMNS)


def _group(slug: str, catalogue: Catalogue) -> str:
    known = catalogue.groep(slug)
    return known.naam if known else word("onbekend")
