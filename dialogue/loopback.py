"""A small HTTP client for the three processes among themselves, on the loopback interface.

A turn makes one call to Rasa and one or two to the action server. A general client (aiohttp) spends
a tenth of the website's time and a fifth of Rasa's on them: cookies, redirects, proxies, tracing.
This one sends a request in one write over a connection that stays open, and nothing else. httptools
parses the response. Rasa's environment imports this module too, so it needs only Python 3.10.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from httptools import HttpParserError, HttpResponseParser

_MOST_IDLE = 4.0
"""Seconds after which an idle connection is not used again: Sanic ends one after five."""


class Unreachable(ConnectionError):
    """There is no complete response; the server may have handled the request or not."""


class Refused(Unreachable):
    """There is no connection, so the server got nothing."""


class TooSlow(Unreachable):
    """There was no complete response in time."""


class Loopback:
    """One server, with a pool of connections that stay open."""

    def __init__(self, host: str, port: int, headers: dict[str, str]) -> None:
        """Connects at the first request; ``headers`` go with every request."""
        self._host, self._port = host, port
        fixed = {"Host": f"{host}:{port}", "Content-Type": "application/json", **headers}
        self._fixed = "".join(f"{name}: {value}\r\n" for name, value in fixed.items())
        self._idle: list[_Connection] = []

    async def post(self, path: str, body: bytes, patience: float) -> tuple[int, bytes]:
        """Status and body of the response to a POST request.

        A request is never sent twice. When the caller is cancelled, its connection is closed.

        Raises:
            TooSlow: no complete response came within ``patience`` seconds.
            Refused: there is no connection with the server.
            Unreachable: the server refused or broke the connection, or sent no HTTP.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + patience
        connection = self._pooled(loop) or await self._connected(loop, patience)
        head = f"POST {path} HTTP/1.1\r\n{self._fixed}Content-Length: {len(body)}\r\n\r\n"
        found = await connection.exchanged(head.encode("latin-1") + body, until)
        if connection.reusable:
            self._idle.append(connection)
        else:
            connection.close()
        return found

    def close(self) -> None:
        """Closes the idle connections."""
        while self._idle:
            self._idle.pop().close()

    def _pooled(self, loop: asyncio.AbstractEventLoop) -> _Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.fresh(loop):
                return connection
            connection.close()
        return None

    async def _connected(self, loop: asyncio.AbstractEventLoop, patience: float) -> _Connection:
        opening = loop.create_connection(lambda: _Connection(loop), self._host, self._port)
        try:
            _, connection = await asyncio.wait_for(opening, patience)
        except asyncio.TimeoutError as error:
            raise TooSlow("connecting took too long") from error
        except OSError as error:
            raise Refused(type(error).__name__) from error
        return connection


class _Connection(asyncio.Protocol):
    """One connection, with one request at a time."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._since = 0.0
        self._start()

    @property
    def reusable(self) -> bool:
        """Whether the server keeps the connection open after its last response."""
        return bool(self._transport and not self._transport.is_closing() and self._stays)

    def fresh(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Whether an idle connection may take a request on this event loop."""
        return loop is self._loop and self.reusable and loop.time() - self._since < _MOST_IDLE

    def close(self) -> None:
        """Closes the connection."""
        if self._transport is not None and not self._loop.is_closed():
            self._transport.close()

    async def exchanged(self, request: bytes, until: float) -> tuple[int, bytes]:
        """Sends a request and returns the response, before the moment ``until``."""
        assert self._transport is not None
        self._start()
        self._answer = self._loop.create_future()
        timer = self._loop.call_at(until, self._fail, TooSlow("no response in time"))
        self._transport.write(request)
        try:
            return await self._answer
        except BaseException:
            # A response that still comes must not be taken for that of a next request.
            self._transport.abort()
            raise
        finally:
            timer.cancel()
            self._answer = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except HttpParserError:
            self._fail(Unreachable("the response is no HTTP"))
            self.close()

    def connection_lost(self, _: Exception | None) -> None:
        self._fail(Unreachable("the server broke the connection"))

    def on_body(self, body: bytes) -> None:
        """Called by the parser for every part of the body."""
        self._parts.append(body)

    def on_message_complete(self) -> None:
        """Called by the parser at the end of the response."""
        self._since = self._loop.time()
        self._stays = self._parser.should_keep_alive()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((self._parser.get_status_code(), b"".join(self._parts)))
        else:
            # A response to no request: whatever follows cannot be trusted.
            self.close()

    def _start(self) -> None:
        self._parser: Any = HttpResponseParser(self)
        self._parts: list[bytes] = []
        self._stays = False

    def _fail(self, error: Unreachable) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)
