"""Public pages travel compressed. Pages that hold a secret beside something typed do not: the size
of a compressed answer can give such a secret away (BREACH)."""

from __future__ import annotations

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

_SECRET = ("/api/", "/beheer")


class Squeeze:
    """Compresses what is public."""

    def __init__(self, app: ASGIApp) -> None:
        """Small answers are left as they are."""
        self._plain = app
        self._squeezed = GZipMiddleware(app, minimum_size=800, compresslevel=6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, along one of two roads."""
        # What a posted form brings back holds a receipt code beside what was typed.
        secret = (
            scope["type"] != "http"
            or scope["method"] not in ("GET", "HEAD")
            or scope["path"].startswith(_SECRET)
        )
        await (self._plain if secret else self._squeezed)(scope, receive, send)
