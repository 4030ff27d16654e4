"""The sitemap and ``robots.txt`` for search engines."""

from __future__ import annotations

from xml.sax.saxutils import escape

from fastapi import APIRouter, Response

from web.dependencies import Here

router = APIRouter(include_in_schema=False)

PAGES = (
    "/",
    "/hoe-werkt-het",
    "/methode",
    "/mijn-antwoorden",
    "/open-data",
    "/privacy",
    "/toegankelijkheid",
)
"""Paths of the public pages of every consultation, besides those of its opdrachten."""

_CLOSED = ("/api/", "/beheer", "/gesprek", "/formulier/", "/grafieken/")


@router.get("/sitemap.xml")
def sitemap(here: Here) -> Response:
    """All public pages."""
    origin = here.settings.site_url
    paths = [*PAGES, *(f"/opdrachten/{each.nummer}" for each in here.catalogue.opdrachten)]
    places = "".join(f"<url><loc>{escape(origin + path)}</loc></url>\n" for path in paths)
    return Response(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{places}</urlset>\n',
        media_type="application/xml",
    )


@router.get("/robots.txt")
def robots(here: Here) -> Response:
    """What search engines should leave alone."""
    closed = "".join(f"Disallow: {path}\n" for path in _CLOSED)
    origin = here.settings.site_url
    return Response(
        f"User-agent: *\n{closed}Sitemap: {origin}/sitemap.xml\n", media_type="text/plain"
    )
