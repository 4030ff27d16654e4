"""Open data: themes, actions and quotes of a published round, as CSV and JSON."""

from __future__ import annotations

import json
from functools import partial
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from consultation.catalogue import Catalogue
from reporting.publication import PublishedRound, published, published_rounds
from reporting.sheets import Column, Sheet, as_csv
from web.dependencies import Here
from web.pages import pages

router = APIRouter(prefix="/open-data", include_in_schema=False)

Table = Literal["themas", "acties", "citaten"]
Row = dict[str, Any]


@router.get("")
def overview(request: Request, here: Here) -> HTMLResponse:
    """What can be downloaded."""
    with here.storage.reading() as session:
        found = published_rounds(session, here.consultation_id)
    return pages(request).render(request, "open-data.html", rounds=found)


@router.get("/ronde-{number:int}/alles.json")
def everything(here: Here, number: int) -> Response:
    """One published round as JSON."""
    found = _published(here, number)
    content = {
        "consultatie": here.catalogue.consultatie.slug,
        "ronde": found.number,
        "gepubliceerd": found.at.isoformat(),
        "organisaties": list(found.plan.organisations),
        "beslissingen": {"aantal": found.log.events, "schakel": found.log.link}
        if found.log
        else None,
        **tables(found, here.catalogue),
    }
    return Response(
        json.dumps(content, ensure_ascii=False, indent=1), media_type="application/json"
    )


@router.get("/ronde-{number:int}/{table}.csv")
def one_table(here: Here, number: int, table: Table) -> Response:
    """One table of a published round as CSV."""
    rows = tables(_published(here, number), here.catalogue)[table]
    columns = _COLUMNS[table]
    sheet = Sheet(
        table,
        tuple(Column(name, name) for name in columns),
        tuple(tuple(_cell(row[name]) for name in columns) for row in rows),
    )
    name = f"{here.catalogue.consultatie.slug}-ronde-{number}-{table}.csv"
    return Response(
        as_csv(sheet),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


_COLUMNS: dict[str, tuple[str, ...]] = {
    "themas": ("code", "opdracht", "naam", "uitleg", "uitspraken", "mensen", "groepen", "andere"),
    "acties": (
        "id",
        "opdracht",
        "tekst",
        "themas",
        "trekker",
        "partners",
        "prioriteit",
        "tegen",
        "regelgeving",
        "mensen",
    ),
    "citaten": ("thema", "opdracht", "tekst", "groep"),
}


def tables(found: PublishedRound, catalogue: Catalogue) -> dict[str, list[Row]]:
    """The rows per table; an empty count means fewer than five participants."""
    themes: list[Row] = []
    actions: list[Row] = []
    quotes: list[Row] = []
    for part in found.plan.opdrachten:
        codes = {each.id: each.code for each in part.themes}
        for theme in part.themes:
            themes.append(
                {
                    "code": theme.code,
                    "opdracht": part.nummer,
                    "naam": theme.label,
                    "uitleg": theme.description,
                    "uitspraken": theme.statements,
                    "mensen": theme.people.people,
                    "groepen": dict(theme.people.groups),
                    "andere": theme.people.others,
                    "samen": list(theme.joint),
                }
            )
            quotes += [
                {
                    "thema": theme.code,
                    "opdracht": part.nummer,
                    "tekst": quote.text,
                    "groep": quote.group,
                }
                for quote in theme.quotes
            ]
        for action in part.actions:
            actions.append(
                {
                    "id": action.id,
                    "opdracht": part.nummer,
                    "tekst": action.text,
                    "themas": [codes[each] for each in action.themes if each in codes],
                    "trekker": action.trekker,
                    "partners": list(action.partners),
                    "prioriteit": action.priority,
                    "tegen": action.deadline,
                    "regelgeving": action.regelgeving,
                    "mensen": action.people.people,
                }
            )
    known = {each.nummer for each in catalogue.opdrachten}
    return {
        name: [row for row in rows if row["opdracht"] in known]
        for name, rows in (("themas", themes), ("acties", actions), ("citaten", quotes))
    }


def _cell(value: Any) -> str | int | float | None:
    if isinstance(value, dict):
        return "; ".join(f"{name}: {count}" for name, count in value.items())
    if isinstance(value, list):
        return "; ".join(str(each) for each in value)
    found: str | int | float | None = value
    return found


def _published(here: Here, number: int) -> PublishedRound:
    with here.storage.reading() as session:
        found = here.kept.of(
            session,
            ("ronde", number),
            partial(published, session, here.consultation_id, number),
        )
    if found is None:
        raise HTTPException(404)
    return found
