"""What stands before every answer: security headers, and a bound on what is read."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 256 * 1024
_PRIVATE = ("/api/", "/beheer", "/gesprek")
_PICTURES = "/grafieken/"
_KEPT = "public, max-age=31536000, immutable"
_PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


class Shield:
    """Adds the headers, and stops reading a body that is too large."""

    def __init__(self, app: ASGIApp, embed_origins: tuple[str, ...] = ()) -> None:
        """Only the embed origins may show the pages in a frame."""
        self._app = app
        frames = " ".join(("'self'", *embed_origins))
        self._policy = (
            "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
            f"form-action 'self'; frame-ancestors {frames}"
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        read = 0

        async def bounded() -> Message:
            nonlocal read
            message = await receive()
            if message["type"] == "http.request":
                read += len(message.get("body", b""))
                if read > MAX_BODY:
                    raise HTTPException(413)
            return message

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                # A picture has its own dark colours inside, and nothing else.
                picture = path.startswith(_PICTURES)
                headers["Content-Security-Policy"] = _PICTURE_POLICY if picture else self._policy
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "same-origin"
                headers["Permissions-Policy"] = "camera=(), geolocation=(), payment=(), usb=()"
                if path.startswith(_PRIVATE):
                    headers["Cache-Control"] = "no-store"
                elif path.startswith("/static/") and b"v=" in scope["query_string"]:
                    headers["Cache-Control"] = _KEPT
            await send(message)

        await self._app(scope, bounded, guarded)
