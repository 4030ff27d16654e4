"""The action server as an application: the actions, behind a secret, with wordless failures."""

from __future__ import annotations

from typing import Any

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor
from sanic import Sanic, response
from sanic.request import Request
from sanic.response import BaseHTTPResponse, HTTPResponse


def application() -> Sanic[Any, Any]:
    """The server, not running yet."""
    executor = ActionExecutor()
    executor.register_package("actions")
    app: Sanic[Any, Any] = create_app(executor)

    async def without_words(_: Request, answer: BaseHTTPResponse) -> HTTPResponse | None:
        # The SDK sends back the error's message and the whole tracker, and Rasa logs both.
        if answer.status < 500:
            return None
        return response.json({"error": "the action failed; see the log"}, answer.status)

    app.register_middleware(without_words, "response")
    return app
