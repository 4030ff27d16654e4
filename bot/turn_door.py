"""Where turns come in: the route and the replies of Rasa's own REST channel, made for many at once.

- A text is understood in a thread before its turn begins, so that the turns of others go on
  meanwhile (the encoder lets go of the interpreter while it computes).
- No word of a participant goes to the log. Rasa's channel logs the whole text of a message when its
  turn fails, or when the gateway dies and hangs up. An erasure does not reach a log.
"""

from __future__ import annotations

import asyncio
import logging
from asyncio import CancelledError
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.core.processor import MessageProcessor
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import predictions
from bot.logs import without_words
from bot.shared_secret import guard

_log = logging.getLogger(__name__)


class TurnDoor(InputChannel):
    """Routes under ``/webhooks/rest``, as Rasa's."""

    def __init__(self) -> None:
        """Also makes predictions cheap and logs wordless."""
        without_words()
        predictions.install()

    @classmethod
    def name(cls) -> str:
        """The part of the path that names this channel."""
        return "rest"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Takes turns; one that fails is answered in part, and the gateway sees that."""
        door = Blueprint("turn_door", __name__)
        guard(door)

        @door.route("/", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @door.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            body = request.json
            said = CollectingOutputChannel()
            message = UserMessage(
                body.get("message"),
                said,
                body.get("sender"),
                input_channel=self.name(),
                metadata=body.get("metadata"),
            )
            try:
                processor: MessageProcessor = request.app.ctx.agent.processor
                message.parse_data = await understood(processor, message)
                await on_new_message(message)
            except (CancelledError, Exception) as error:
                _log.error(
                    "%s: a turn ended with %s",
                    message.sender_id,
                    type(error).__name__,
                    exc_info=error,
                )
            return response.json(said.messages)

        return door


async def understood(processor: MessageProcessor, message: UserMessage) -> Any:
    """What Rasa's pipeline makes of a message, computed in a thread."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(None, _understood, processor, message)


def _understood(processor: MessageProcessor, message: UserMessage) -> Any:
    parsing = processor.parse_message(message)
    try:
        # A coroutine that waits for nothing: it needs no event loop, and ends at the first step.
        parsing.send(None)
    except StopIteration as done:
        return done.value
    raise RuntimeError("Rasa's parse_message waits for something")
