"""Where turns come in: Rasa's own REST channel, but no word of a participant goes to the log.

Rasa's channel logs the whole text of a message when its turn fails, or when the gateway dies and
hangs up. An erasure does not reach a log.
"""

from __future__ import annotations

import logging
import traceback
from asyncio import CancelledError
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.channels.rest import RestInput
from sanic import Blueprint

_log = logging.getLogger(__name__)


class TurnDoor(RestInput):
    """Routes under ``/webhooks/rest``, as Rasa's."""

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Takes turns; one that fails is answered in part, and the gateway sees that."""

        async def quietly(message: UserMessage) -> None:
            try:
                await on_new_message(message)
            except (CancelledError, Exception) as error:
                where = "".join(traceback.format_tb(error.__traceback__))
                _log.error(
                    "%s: a turn ended with %s\n%s", message.sender_id, type(error).__name__, where
                )

        return super().blueprint(quietly)
