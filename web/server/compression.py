"""Gzip compression of public pages.

Pages that hold a secret next to user input stay uncompressed: the size of a compressed response can
reveal the secret (BREACH).
"""

from __future__ import annotations

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

_SECRET = ("/api/", "/beheer")


class CompressionMiddleware:
    """Middleware that compresses GET and HEAD responses outside ``/api/`` and ``/beheer``."""

    def __init__(self, app: ASGIApp) -> None:
        """Responses under 800 bytes stay uncompressed."""
        self._plain = app
        self._squeezed = GZipMiddleware(app, minimum_size=800, compresslevel=6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, through gzip when the response can hold no secret."""
        # The response to a posted form holds a receipt code next to user input.
        secret = (
            scope["type"] != "http"
            or scope["method"] not in ("GET", "HEAD")
            or scope["path"].startswith(_SECRET)
        )
        await (self._plain if secret else self._squeezed)(scope, receive, send)
