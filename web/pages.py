"""Pages from templates; nothing in them is trusted as HTML unless it is the template itself."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from consultation.catalogue import Catalogue
from web.texts import TEMPLATES, say

STATIC = Path(__file__).parent / "static"


class Pages:
    """The templates of one website, with what every page needs."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Templates are read when they are first used."""
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(
            catalogue=catalogue, texts=catalogue.consultatie, asset=asset
        )
        self._environment.filters.update(moment=moment, dag=day, iso=datetime.isoformat)

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
        origin = f"{request.url.scheme}://{request.url.netloc}"
        html = self._environment.get_template(template).render(
            path=request.url.path, origin=origin, address=origin + request.url.path, **context
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


def moment(value: datetime | None) -> str:
    """A moment as people in Flanders write it; ``-`` where there is none."""
    return value.astimezone(_zone()).strftime("%d/%m/%Y %H:%M") if value else "-"


def day(value: datetime | None) -> str:
    """A day as people in Flanders write it: ``3 maart 2026``; ``-`` where there is none."""
    if value is None:
        return "-"
    local = value.astimezone(_zone())
    return f"{local.day} {say('maanden').split()[local.month - 1]} {local.year}"


@lru_cache(maxsize=1)
def _zone() -> ZoneInfo | None:
    try:
        return ZoneInfo("Europe/Brussels")
    except ZoneInfoNotFoundError:
        return None
