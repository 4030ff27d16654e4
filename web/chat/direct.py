"""The short way for the request that a talk makes most: ``POST /api/chat/messages``.

FastAPI's router, dependencies and response model take a fifth of the website's time in a turn. This
middleware takes a request that is in order, calls the endpoint itself and sends its answer. A
request that is not (no token, a body that does not fit) goes on to FastAPI, body and all, so that
every refusal, and the description of the API, has one source.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Request
from pydantic import TypeAdapter, ValidationError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web import errors
from web.chat.gateway import BubbleOut, MessageIn, send_message

if TYPE_CHECKING:
    from web.dependencies import Services

PATH = "/api/chat/messages"
_BEARER = b"bearer "
_BODY: TypeAdapter[MessageIn] = TypeAdapter(MessageIn)
_BUBBLES: TypeAdapter[list[BubbleOut]] = TypeAdapter(list[BubbleOut])


class DirectTurnMiddleware:
    """Middleware that answers a message without FastAPI's router; passes everything else on."""

    def __init__(self, app: ASGIApp, here: Services) -> None:
        """``here`` are the services that the dependency ``Here`` gives."""
        self._app = app
        self._here = here

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request for a message that is in order."""
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] != PATH:
            await self._app(scope, receive, send)
            return
        try:
            # ``Shield`` raises here for a body that is too large or too slow.
            first = await receive()
            found = self._in_order(scope, first)
            said = await send_message(self._here, *found) if found else None
        except Exception as error:
            response = await errors.response_to(Request(scope), error)
            if response is None:
                raise
            await response(scope, receive, send)
            return
        if said is None:
            await self._app(scope, _again(first, receive), send)
            return
        if not isinstance(said, list):
            await said(scope, receive, send)
            return
        content = _BUBBLES.dump_json(said, exclude_none=True, by_alias=True)
        headers = [
            (b"content-length", str(len(content)).encode()),
            (b"content-type", b"application/json"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    def _in_order(self, scope: Scope, message: Message) -> tuple[str, MessageIn] | None:
        """The conversation and the body of a request that FastAPI would accept too."""
        if message["type"] != "http.request" or message.get("more_body"):
            return None
        given: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            given.setdefault(name, value)
        token = given.get(b"authorization", b"")
        if given.get(b"content-type", b"").lower() != b"application/json":
            return None
        if token[: len(_BEARER)].lower() != _BEARER:
            return None
        conversation_id = self._here.tokens.read(token[len(_BEARER) :].decode("latin-1"))
        if conversation_id is None:
            return None
        try:
            return conversation_id, _BODY.validate_json(message.get("body", b""))
        except ValidationError:
            return None


def _again(first: Message, receive: Receive) -> Receive:
    """A ``receive`` that gives a message once more, and then goes on."""
    waiting = [first]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed
