"""The action server as an application: requires the shared secret, and keeps text out of errors."""

from __future__ import annotations

import hmac
from typing import Any

from rasa_sdk.endpoint import create_app
from sanic import Sanic, response
from sanic.request import Request
from sanic.response import BaseHTTPResponse, HTTPResponse

from actions.ahead import AheadExecutor


def application(secret: str) -> Sanic[Any, Any]:
    """The server application, not started; it refuses requests without the shared secret."""
    shown = f"Bearer {secret}".encode()
    executor = AheadExecutor()
    executor.register_package("actions")
    app: Sanic[Any, Any] = create_app(executor)

    async def refuse_strangers(request: Request) -> HTTPResponse | None:
        given = request.headers.get("authorization", "").encode("utf-8", "surrogateescape")
        if hmac.compare_digest(given, shown):
            return None
        headers = {"WWW-Authenticate": "Bearer realm=samenspraak"}
        return response.json({"error": "the shared secret is missing or wrong"}, 401, headers)

    async def without_words(_: Request, answer: BaseHTTPResponse) -> HTTPResponse | None:
        # The SDK returns the message of the error and the whole tracker, and Rasa logs both.
        if answer.status < 500:
            return None
        return response.json({"error": "the action failed; see the log"}, answer.status)

    app.register_middleware(refuse_strangers, "request")
    app.register_middleware(without_words, "response")
    return app
