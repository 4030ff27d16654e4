"""Pages rendered from Jinja templates; all values are escaped."""

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


class CurationView(Protocol):
    """The data that sentences about decisions need: the state and the texts of its statements."""

    @property
    def state(self) -> CurationState:
        """The state of curation after all decisions."""

    @property
    def themes_afar(self) -> Mapping[str, tuple[str, str]]:
        """Code and label of the themes of other opdrachten."""

    def quote(self, statement: str) -> str:
        """The text of a statement; empty when it was erased."""


class Pages:
    """The template environment of one website, with the globals and filters of every page."""

    def __init__(self, catalogue: Catalogue, site_url: str, sends_mail: bool = False) -> None:
        """Creates the environment; a template is loaded at its first use.

        ``sends_mail``: participants may ask for news by mail. Absolute links start with
        ``site_url``, never with the ``Host`` header of a request.
        """
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
            sends_mail=sends_mail,
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
        """Renders a template as an HTML response; ``context`` are its variables."""
        path = request.url.path
        html = self._environment.get_template(template).render(
            path=path, address=self._site_url + path, **context
        )
        return HTMLResponse(html, status_code=status, headers=dict(headers or {}))


def pages(request: Request) -> Pages:
    """The ``Pages`` of the running website."""
    found: Pages = request.app.state.pages
    return found


@lru_cache(maxsize=32)
def asset(name: str) -> str:
    """The URL of a static file; it changes with the content, so that browsers may cache it long."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"


def _sentences(catalogue: Catalogue, seen: CurationView) -> Sentences:
    """The Dutch sentences for the decisions on an opdracht."""
    return Sentences(seen.state, catalogue, seen.quote, seen.themes_afar)


def _moment(value: datetime | None) -> str:
    """A date and time in words; ``-`` for None."""
    return dates.moment(value) if value else "-"


def _day(value: date | str | None) -> str:
    """A day in words, from a date or an ISO string; ``-`` for None or an empty string."""
    if isinstance(value, str):
        value = date.fromisoformat(value)
    return dates.day(value) if value else "-"
