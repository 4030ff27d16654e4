"""The HTTP client of Rasa: sends a turn and returns bubbles and effects, or reports an outage."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
from pydantic import ValidationError

from consultation.participation.conversation import Bubble, Turn
from consultation.participation.effects import Effect, parse_effects
from consultation.participation.stand_ins import STAND_INS
from dialogue.loopback import Unreachable
from dialogue.rasa_servers import RasaServers

CLEAR = 0.6
"""Least confidence of Rasa's intent for a question inside an answer to get a reply of its own."""

WORD_JOINER = "\u2060"
_TURN_TIMEOUT = aiohttp.ClientTimeout(total=10.0)
_HEALTH_TIMEOUT = aiohttp.ClientTimeout(total=2.0)
_MOST_CONNECTIONS = 100


class AssistantDown(Exception):
    """No complete reply: Rasa or the action server is down, slow, or replied in part."""


class AnswerBroken(AssistantDown):
    """The reply is incomplete or malformed: the message itself may cause it, not an outage."""


@dataclass(frozen=True)
class Reply:
    """The assistant's complete reply to one turn."""

    bubbles: tuple[Bubble, ...]
    effects: tuple[Effect, ...]


@dataclass(frozen=True)
class Health:
    """Whether a Rasa and the action server respond."""

    rasa: bool
    actions: bool

    @property
    def whole(self) -> bool:
        """Whether a turn can succeed."""
        return self.rasa and self.actions


class Assistant:
    """Rasa over its REST channel: one server, or several of which any may take any turn."""

    def __init__(self, rasas: Sequence[str], actions: str, secret: str) -> None:
        """Takes base URLs, connects lazily; all get the shared secret in every request.

        Turns go through ``RasaServers``, and the few other requests through aiohttp.
        """
        self._headers = {"Authorization": f"Bearer {secret}"}
        self._rasas = tuple(rasas)
        self._actions = actions
        self._turns = RasaServers(rasas, self._headers)
        self._pool: aiohttp.ClientSession | None = None

    async def ask(
        self,
        turn: Turn,
        content: bool = False,
        aside: str | None = None,
        unread: bool = False,
        asks: str | None = None,
    ) -> Reply:
        """Sends a turn to Rasa and returns its reply.

        ``content`` makes Rasa treat the text as an answer, whichever intent it resembles. ``aside``
        is the intent of a question to the assistant inside the answer. ``unread`` says that reading
        the text in full exceeds the processing budget. ``asks`` is the intent of a text that is a
        question to the assistant as a whole, or one of ``STAND_INS``: Rasa then classifies nothing.

        Raises:
            AssistantDown: there is no complete reply (timeout, refused connection, error status);
                the turn must be sent again.
            AnswerBroken: Rasa replied with status 500, or the reply is incomplete or malformed.
        """
        position = turn.position
        body = {
            "sender": turn.sender_id,
            "message": turn.payload or (_command(asks) if asks else safe(turn.text)),
            "metadata": {
                "conversation": turn.conversation_id,
                "message": turn.message_id,
                "typed": turn.said_id or turn.message_id,
                "step": position.step,
                "opdracht": position.opdracht,
                "question": position.question,
                "under": position.under,
                "unclear": position.unclear,
                "offer": position.offer is not None,
                "content": content,
                "aside": aside,
                "unread": unread,
                "asks": asks,
                "said": list(turn.said),
                "returns": turn.returns,
                "after": turn.after,
            },
        }
        try:
            status, found = await self._posted(turn.conversation_id, "/webhooks/rest/webhook", body)
        except Unreachable as error:
            raise AssistantDown(type(error).__name__) from error
        if status == 500:
            raise AnswerBroken("status 500")
        if status >= 300:
            raise AssistantDown(f"status {status}")
        try:
            items = json.loads(found)
        except ValueError as error:
            raise AnswerBroken("the answer is no JSON") from error
        return read_reply(items)

    async def understood(self, sentence: str) -> str | None:
        """The intent of a single sentence; None below confidence ``CLEAR`` or without a reply."""
        try:
            asked = {"text": safe(sentence)}
            status, found = await self._posted(sentence, "/webhooks/binnen/begrip", asked)
            if status >= 300:
                return None
            intent = json.loads(found)["intent"]
            return str(intent["name"]) if float(intent["confidence"]) >= CLEAR else None
        except (Unreachable, ValueError, KeyError, TypeError):
            return None

    async def forget(self, conversation_id: str | None = None) -> None:
        """Makes every Rasa delete its memory of a conversation, or of all of them without an id.

        A refused connection counts as success: a process that is down has no memory.

        Raises:
            AssistantDown: a Rasa did not confirm, so it may still hold the conversation.
        """
        which = f"/{conversation_id}" if conversation_id else ""
        done = await asyncio.gather(
            *(self._forgotten(f"{each}/webhooks/binnen/gesprekken{which}") for each in self._rasas),
            return_exceptions=True,
        )
        for error in done:
            if isinstance(error, BaseException):
                raise error

    async def health(self) -> Health:
        """Whether Rasa and the action server respond."""
        return Health(
            rasa=any(await asyncio.gather(*(self._answers(f"{each}/") for each in self._rasas))),
            actions=await self._answers(f"{self._actions}/health"),
        )

    async def close(self) -> None:
        """Closes the connections."""
        self._turns.close()
        if self._pool is not None:
            await self._pool.close()
            self._pool = None

    @property
    def servers(self) -> int:
        """How many Rasa servers there are."""
        return len(self._rasas)

    async def _posted(self, key: str, path: str, body: dict[str, Any]) -> tuple[int, bytes]:
        patience = _TURN_TIMEOUT.total or 0.0
        return await self._turns.post(key, path, json.dumps(body).encode(), patience)

    async def _forgotten(self, url: str) -> None:
        try:
            async with self._client.delete(url, timeout=_HEALTH_TIMEOUT) as response:
                response.raise_for_status()
        except aiohttp.ClientConnectorError:
            return
        except (aiohttp.ClientError, TimeoutError) as error:
            raise AssistantDown(type(error).__name__) from error

    @property
    def _client(self) -> aiohttp.ClientSession:
        if self._pool is None:
            connector = aiohttp.TCPConnector(limit=_MOST_CONNECTIONS)
            self._pool = aiohttp.ClientSession(connector=connector, headers=self._headers)
        return self._pool

    async def _answers(self, url: str) -> bool:
        try:
            async with self._client.get(url, timeout=_HEALTH_TIMEOUT) as response:
                return response.ok
        except (aiohttp.ClientError, TimeoutError):
            return False


def _command(asks: str) -> str:
    # A stand-in takes the path of every question to the assistant: an answer, then the step.
    return f"/{'hulp' if asks in STAND_INS else asks}"


def safe(text: str) -> str:
    """The text for Rasa; a word joiner before a leading ``/`` keeps it from being a command."""
    return WORD_JOINER + text if text.strip().startswith("/") else text


def read_reply(items: Any) -> Reply:
    """Bubbles and effects from Rasa's list of items.

    Rasa sends a bubble's ``custom`` as an item of its own, right after the text it belongs to.

    Raises:
        AnswerBroken: the list is malformed, or is not a complete turn.
    """
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise AnswerBroken("the answer is no list of items")
    bubbles: list[Bubble] = []
    effects: list[Effect] = []
    open_for_custom = False
    for item in items:
        custom = item.get("custom")
        if custom is not None and not isinstance(custom, dict):
            raise AnswerBroken("a custom item is no object")
        if custom and custom.get("turn_failed"):
            raise AnswerBroken("the assistant gave the turn up")
        if custom and "effects" in custom:
            effects += _effects(custom["effects"])
            continue
        text = item.get("text")
        if text is None and custom is None:
            continue
        if text is None and open_for_custom:
            last = bubbles.pop()
            bubbles.append(Bubble(text=last.text, buttons=last.buttons, custom=custom))
            open_for_custom = False
            continue
        bubbles.append(
            Bubble(
                text=str(text) if text is not None else None,
                buttons=_buttons(item.get("buttons")),
                custom=custom,
            )
        )
        open_for_custom = text is not None and custom is None
    if not any(bubble.custom and bubble.custom.get("step") for bubble in bubbles):
        raise AnswerBroken("no bubble names the step: the turn broke off")
    return Reply(tuple(bubbles), tuple(effects))


def _effects(raw: Any) -> list[Effect]:
    try:
        return parse_effects(raw)
    except ValidationError as error:
        raise AnswerBroken("an effect cannot be understood") from error


def _buttons(raw: Any) -> tuple[dict[str, str], ...]:
    try:
        return tuple(
            {"title": str(each["title"]), "payload": str(each["payload"])} for each in raw or ()
        )
    except (KeyError, TypeError) as error:
        raise AnswerBroken("a button has no title or payload") from error
