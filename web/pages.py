"""Pages from templates; nothing in them is trusted as HTML unless it is the template itself."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Protocol

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from consultation import dates
from consultation.catalogue import Catalogue
from consultation.curation.sentences import Sentences
from consultation.curation.state import CurationState

STATIC = Path(__file__).parent / "static"
TEMPLATES = Path(__file__).parent / "templates"


class Decided(Protocol):
    """What decisions are told from: a state, and the words of its statements."""

    @property
    def state(self) -> CurationState:
        """What was decided."""

    @property
    def themes_afar(self) -> Mapping[str, tuple[str, str]]:
        """Code and label of the themes of other opdrachten."""

    def quote(self, statement: str) -> str:
        """The words of a statement; empty where they are gone."""


class Pages:
    """The templates of one website, with what every page needs."""

    def __init__(self, catalogue: Catalogue, site_url: str) -> None:
        """Templates are read when they are first used. Links to the site itself begin with its
        address, never with the name that a request gives it."""
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(
            catalogue=catalogue,
            texts=catalogue.consultatie,
            asset=asset,
            origin=site_url,
            sentences=partial(_sentences, catalogue),
        )
        self._site_url = site_url
        self._environment.filters.update(moment=_moment, dag=_day, iso=datetime.isoformat)

    def render(
        self,
        request: Request,
        template: str,
        /,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **context: Any,
    ) -> HTMLResponse:
        """One page."""
        path = request.url.path
        html = self._environment.get_template(template).render(
            path=path, address=self._site_url + path, **context
        )
        return HTMLResponse(html, status_code=status, headers=dict(headers or {}))


def pages(request: Request) -> Pages:
    """The pages of the running website."""
    found: Pages = request.app.state.pages
    return found


@lru_cache(maxsize=32)
def asset(name: str) -> str:
    """The address of a static file; it changes with the file, so that it can be kept long."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"


def _sentences(catalogue: Catalogue, seen: Decided) -> Sentences:
    """How the decisions on an opdracht are told."""
    return Sentences(seen.state, catalogue, seen.quote, seen.themes_afar)


def _moment(value: datetime | None) -> str:
    """A moment in words; ``-`` where there is none."""
    return dates.moment(value) if value else "-"


def _day(value: date | str | None) -> str:
    """A day in words, also one that is kept in ISO form; ``-`` where there is none."""
    if isinstance(value, str):
        value = date.fromisoformat(value)
    return dates.day(value) if value else "-"
