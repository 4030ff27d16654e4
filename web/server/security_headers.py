"""Middleware around every request: security headers, and limits on the request body."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from urllib.parse import unquote_plus

from fastapi import Request, Response
from starlette.datastructures import URL, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dialogue.messages import say
from web.errors import problem_response

MAX_BODY = 256 * 1024
MAX_UPLOAD = 20 * 1024 * 1024
"""The largest file that a facilitator may send to ``UPLOADS``, in bytes."""

UPLOADS = "/beheer/invoer"
BODY_SECONDS = 30.0
_HTTPS_FROM_NOW_ON = "max-age=31536000"
_HANG_UP = {"Connection": "close"}
_PRIVATE = ("/api/", "/beheer", "/gesprek")
_PICTURES = "/grafieken/"
_KEPT = "public, max-age=31536000, immutable"
_TALK = "/gesprek"
_PAGE_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'"
)
_PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


class SecurityHeadersMiddleware:
    """Adds security headers; refuses a body that is too large (413) or too slow (408)."""

    def __init__(self, app: ASGIApp, embed_origins: tuple[str, ...] = ()) -> None:
        """Sets who may frame a page.

        The embed origins may frame the chat page, no site may frame a page of the review, and the
        site itself may frame the rest.
        """
        self._app = app
        self._talk_frames = " ".join(("'self'", *embed_origins))

    def _policy(self, path: str) -> str:
        # A chart SVG needs inline styles for its dark colours, and nothing else.
        if path.startswith(_PICTURES):
            return _PICTURE_POLICY
        frames = "'self'"
        if path == _TALK:
            frames = self._talk_frames
        elif path.startswith("/beheer"):
            frames = "'none'"
        return f"{_PAGE_POLICY}; frame-ancestors {frames}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on with a bounded body, and adds headers to the response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        most = MAX_BODY + MAX_UPLOAD if path == UPLOADS else MAX_BODY
        read = 0
        until: float | None = None
        whole = False

        async def bounded() -> Message:
            nonlocal read, until, whole
            if whole:
                return await receive()
            until = until or asyncio.get_running_loop().time() + BODY_SECONDS
            try:
                async with asyncio.timeout_at(until):
                    message = await receive()
            except TimeoutError as error:
                raise HTTPException(408, headers=_HANG_UP) from error
            if message["type"] == "http.request":
                read += len(message.get("body", b""))
                whole = not message.get("more_body", False)
                if read > most:
                    raise HTTPException(413, headers=_HANG_UP)
            return message

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = self._policy(path)
                headers["X-Content-Type-Options"] = "nosniff"
                if scope["scheme"] == "https":
                    # Also behind a proxy that is trusted; over http browsers ignore it.
                    headers["Strict-Transport-Security"] = _HTTPS_FROM_NOW_ON
                headers["Referrer-Policy"] = "same-origin"
                headers["Permissions-Policy"] = "camera=(), geolocation=(), payment=(), usb=()"
                if "location" in headers:
                    headers["Location"] = _within(scope, headers["location"])
                if path.startswith(_PRIVATE):
                    headers["Cache-Control"] = "no-store"
                elif path.startswith("/static/") and b"v=" in scope["query_string"]:
                    headers["Cache-Control"] = _KEPT
            await send(message)

        refused = _unkeepable(scope)
        if refused is not None:
            await refused(scope, receive, guarded)
            return
        # A client that disconnected during its request gets no response; that is no server error.
        with suppress(ClientDisconnect):
            await self._app(scope, bounded, guarded)


def _unkeepable(scope: Scope) -> Response | None:
    """The error response to a URL with a NUL, which databases cannot store; else None."""
    if "\0" in scope["path"]:
        return problem_response(Request(scope), 404, say("niet_gevonden"))
    if "\0" in unquote_plus(scope["query_string"].decode("latin-1")):
        detail = say("ongeldig", waar=say("onbewaarbaar_teken"))
        return problem_response(Request(scope), 422, detail)
    return None


def _within(scope: Scope, location: str) -> str:
    """A redirect target on this site as a path, without the host that the request named."""
    here = str(URL(scope=scope).replace(path="/", query="", fragment=""))
    return "/" + location.removeprefix(here).lstrip("/") if location.startswith(here) else location


class WidgetCorsMiddleware(CORSMiddleware):
    """CORS for the chat API only, so that scripts of other websites reach nothing else."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Applies CORS to ``/api/chat``; passes every other request on unchanged."""
        chat = scope["type"] == "http" and scope["path"].startswith("/api/chat")
        await (super().__call__ if chat else self.app)(scope, receive, send)
