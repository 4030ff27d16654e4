"""Channel for turns: the route and responses of Rasa's REST channel, for concurrent conversations.

- A thread classifies a text before its turn begins, so that the turns of other conversations go on
  meanwhile (the encoder releases the global interpreter lock while it computes).
- No words of participants are logged. Rasa's channel logs the whole text of a message when its turn
  fails, or when the gateway closes the connection. An erasure does not remove lines from a log.
"""

from __future__ import annotations

import asyncio
import logging
from asyncio import CancelledError
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import predictions, remote_action, tracker_copies, tracker_store
from bot.logs import without_words
from bot.shared_secret import guard

_log = logging.getLogger(__name__)


class TurnDoor(InputChannel):
    """Routes under ``/webhooks/rest``, as in Rasa's REST channel."""

    def __init__(self) -> None:
        """Also patches predictions to be faster, and keeps participants' words out of the logs."""
        without_words()
        predictions.install()
        tracker_copies.install()

    @classmethod
    def name(cls) -> str:
        """The path segment of this channel."""
        return "rest"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Routes for turns; a failed turn gets a partial response, which the gateway detects."""
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
                place = message.metadata or {}
                if "after" in place:
                    tracker_store.begins(message.sender_id, place["after"])
                await on_new_message(message)
                if "after" in place:
                    tracker_store.completed(message.sender_id, place["message"])
            except (CancelledError, Exception) as error:
                _log.error(
                    "%s: a turn ended with %s",
                    message.sender_id,
                    type(error).__name__,
                    exc_info=error,
                )
            finally:
                remote_action.forget_ahead()
            return response.json(said.messages)

        return door


async def understood(processor: MessageProcessor, message: UserMessage) -> Any:
    """The result of Rasa's NLU pipeline for a message: a text is read in a thread.

    A tapped button names its intent, so that there is nothing to read.
    """
    if str(message.text).startswith(INTENT_MESSAGE_PREFIX):
        return _understood(processor, message)
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(None, _understood, processor, message)


def _understood(processor: MessageProcessor, message: UserMessage) -> Any:
    parsing = processor.parse_message(message)
    try:
        # The coroutine never awaits, so it needs no event loop and ends at the first step.
        parsing.send(None)
    except StopIteration as done:
        return done.value
    raise RuntimeError("Rasa's parse_message waits for something")
