"""What the gateway asks of Rasa beside turns: to forget a talk, and to understand one sentence.

Rasa's own HTTP API offers more than anybody should reach (CVE-2024-49375), so it stays shut. This
channel answers on the loopback, like the turns do, to who shows the shared secret.
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
        """The part of the path that names this channel."""
        return "binnen"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Tells how much is remembered of a talk, drops it or all, understands one sentence."""
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
