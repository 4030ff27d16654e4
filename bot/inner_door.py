"""Channel for the gateway's requests other than turns: forget a conversation, classify a sentence.

Rasa's own HTTP API is disabled, because it exposes too much (CVE-2024-49375). This channel listens
on the loopback interface, as the channel for turns does, and requires the shared secret.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import tracker_store
from bot.shared_secret import guard


class InnerDoor(InputChannel):
    """Routes under ``/webhooks/binnen``."""

    @classmethod
    def name(cls) -> str:
        """The path segment of this channel."""
        return "binnen"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Routes to count or drop trackers of a conversation, drop all, or classify a sentence."""
        door = Blueprint("inner_door", __name__)
        guard(door)

        @door.route("/", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @door.route("/gesprekken/<name:str>", methods=["GET"])
        async def remembered(request: Request, name: str) -> HTTPResponse:
            return response.json({"trackers": tracker_store.remembered(name)})

        @door.route("/gesprekken/<name:str>", methods=["DELETE"])
        async def forget(request: Request, name: str) -> HTTPResponse:
            tracker_store.forget(name)
            return response.empty()

        @door.route("/gesprekken", methods=["DELETE"])
        async def forget_all(request: Request) -> HTTPResponse:
            tracker_store.forget_all()
            return response.empty()

        @door.route("/begrip", methods=["POST"])
        async def understand(request: Request) -> HTTPResponse:
            processor = request.app.ctx.agent.processor
            message = UserMessage(str(request.json["text"]), metadata={"step": "start"})
            found = await processor.parse_message(message)
            return response.json({"intent": found["intent"]})

        return door
