"""Asks a language model over HTTP, in the protocol of OpenAI (``POST .../chat/completions``).

Ollama, llama.cpp, vLLM and others speak it. Whatever the server does, an answer takes no longer
than the timeout and no more memory than ``MOST_BYTES``; without a usable answer there is None. Logs
say why, and never what was asked or answered.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import httpx

from consultation.settings import Settings

MOST_BYTES = 200_000
"""The most bytes of an answer that are read."""
TRIES = 2
"""How often a question is asked at most, all within one timeout."""

MOST_AT_ONCE = 2
"""How many questions a process has open at most; the website's threads must not all wait here."""

_MOST_TOKENS = 1_500
_open = threading.BoundedSemaphore(MOST_AT_ONCE)
_THOUGHT = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_log = logging.getLogger(__name__)

Messages = Sequence[Mapping[str, str]]
Answer = TypeVar("Answer")


class _NoAnswerError(Exception):
    """There is no usable answer; ``again`` if another try may have one."""

    def __init__(self, reason: str, again: bool) -> None:
        super().__init__(reason)
        self.again: Final = again


@dataclass(frozen=True)
class LanguageModel:
    """A language model at an address; ``remote`` if that is another machine.

    ``url`` is the base address, such as http://localhost:8080/v1, ``timeout`` the seconds that all
    tries of one question may take.
    """

    url: str
    model: str
    key: str = ""
    timeout: float = 60.0
    remote: bool = False

    def ask(
        self, messages: Messages, schema: Mapping[str, Any], read: Callable[[Any], Answer]
    ) -> Answer | None:
        """Returns what ``read`` makes of the JSON object in the answer, or None without any.

        ``schema`` is the JSON schema of that object; a server that cannot hold its model to it is
        asked without. ``read`` raises ValueError for an object that is no answer. While two
        questions are open, others get None at once. Call it in a thread without an event loop, such
        as a plain endpoint's.
        """
        if not _open.acquire(blocking=False):
            _log.warning("The language model is not asked: it has %d questions open.", MOST_AT_ONCE)
            return None
        try:
            return asyncio.run(self._within(messages, schema, read))
        except TimeoutError:
            _log.warning("The language model gave no answer within %g s.", self.timeout)
        except _NoAnswerError as error:
            _log.warning("The language model gave no usable answer: %s.", error)
        finally:
            _open.release()
        return None

    def models(self) -> list[str]:
        """Returns the names of the models at the address.

        Raises:
            ConnectionError: the server does not answer as expected; the message says how.
        """
        try:
            found = asyncio.run(self._listed())
            return [str(each["id"]) for each in found["data"]]
        except (TimeoutError, _NoAnswerError, LookupError, TypeError) as error:
            raise ConnectionError(str(error) or "no answer in time") from error

    async def _within(
        self, messages: Messages, schema: Mapping[str, Any], read: Callable[[Any], Answer]
    ) -> Answer:
        body: dict[str, Any] = {
            "model": self.model,
            "messages": list(messages),
            "temperature": 0,
            "max_tokens": _MOST_TOKENS,
            "stream": False,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "antwoord", "strict": True, "schema": schema},
            },
        }
        async with asyncio.timeout(self.timeout), self._client() as client:
            for left in reversed(range(TRIES)):
                try:
                    return read(_object(await _sent(client, "POST", "chat/completions", body)))
                except _NoAnswerError as error:
                    if not left or not error.again:
                        raise
                    _log.info("The language model is asked again: %s.", error)
                except (ValueError, RecursionError) as error:
                    if not left:
                        raise _NoAnswerError("it is not what was asked for", False) from error
                # Some servers know no schema, and say so with an error or with nonsense.
                body.pop("response_format", None)
        raise AssertionError("the last try returns or raises")

    async def _listed(self) -> Any:
        async with asyncio.timeout(min(self.timeout, 5.0)), self._client() as client:
            return await _sent(client, "GET", "models", None)

    def _client(self) -> httpx.AsyncClient:
        headers = {"Accept-Encoding": "identity"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        # No redirect is followed, and for the machine itself no proxy of the environment is used:
        # either could send the words elsewhere.
        return httpx.AsyncClient(
            base_url=self.url, headers=headers, timeout=self.timeout, trust_env=self.remote
        )


def language_model(values: Settings) -> LanguageModel | None:
    """Returns the language model of the settings, or None where none is set."""
    if not values.llm_url:
        return None
    return LanguageModel(
        values.llm_url,
        values.llm_model,
        values.llm_key,
        values.llm_timeout,
        bool(values.llm_host),
    )


async def _sent(client: httpx.AsyncClient, method: str, path: str, body: Any) -> Any:
    """The JSON value that the server answers."""
    raw = bytearray()
    try:
        async with client.stream(method, path, json=body) as reply:
            if reply.status_code != 200:
                # Not 401 to 404: a key or a name that is wrong stays wrong.
                again = reply.status_code in (400, 422, 429) or reply.status_code >= 500
                raise _NoAnswerError(f"status {reply.status_code}", again)
            if reply.headers.get("content-encoding", "identity") != "identity":
                raise _NoAnswerError("it is compressed", False)
            async for part in reply.aiter_raw():
                raw += part
                if len(raw) > MOST_BYTES:
                    raise _NoAnswerError(f"it is longer than {MOST_BYTES} bytes", False)
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        raise _NoAnswerError(type(error).__name__, True) from error
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise _NoAnswerError("it is no JSON", True) from error


def _object(reply: Any) -> Any:
    """The JSON object that the model wrote, without thoughts before it and a fence around it."""
    try:
        written = reply["choices"][0]["message"]["content"]
    except (LookupError, TypeError) as error:
        raise ValueError("no message") from error
    if not isinstance(written, str):
        raise ValueError("no text")
    written = _THOUGHT.sub("", written).strip()
    if written.startswith("```") and written.endswith("```"):
        written = written.strip("`").removeprefix("json")
    found = json.loads(written)
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found
