"""Time-outs for clients that send or read slowly, as every open connection takes a resource.

Uvicorn itself waits forever for the rest of a request, and for a client that reads nothing.
"""

from __future__ import annotations

import asyncio
from typing import ClassVar

from uvicorn.protocols.http.auto import AutoHTTPProtocol

_TOO_LATE = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class TimeoutProtocol(AutoHTTPProtocol):  # type: ignore[valid-type, misc]
    """HTTP with a time limit on the headers and on the whole request, and a minimum reading speed.

    ``SecurityHeadersMiddleware`` answers a slow body (408) before the limit on the request here
    ends. All times are in seconds.
    """

    headers_seconds: ClassVar[float] = 10.0
    request_seconds: ClassVar[float] = 45.0
    reading_seconds: ClassVar[float] = 20.0
    """Time in which a client must read at least ``reading_bytes`` of a waiting response."""
    reading_bytes: ClassVar[int] = 8_192
    look_seconds: ClassVar[float] = 1.0
    leaving_seconds: ClassVar[float] = 1.0
    """Time in which a request that is still underway to a server that stops is answered."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Starts the periodic check of the time limits."""
        super().connection_made(transport)
        self._awaited_since: float | None = self.loop.time()
        self._headers_are_in = False
        self._stuck: tuple[float, int] | None = None
        self._leaving = False
        self._look = self.loop.call_later(self.look_seconds, self._look_at_the_clock)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stops the periodic check."""
        self._look.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Records whether the headers, and the whole request, have arrived."""
        before = self.cycle
        answered = before is None or before.response_complete
        super().data_received(data)
        begun = self.cycle is not None and not (self.cycle is before and answered)
        if begun and not self.cycle.more_body:
            self._awaited_since = None
        elif self._awaited_since is None:
            self._awaited_since = self.loop.time()
        self._headers_are_in = begun
        if self._leaving and begun:
            self.cycle.keep_alive = False

    def shutdown(self) -> None:
        """Closes the connection after its request, also one that is sent at this moment.

        Uvicorn itself closes a connection on which it has read no request yet, though the client
        may have sent one. Its client would then read an error at each restart under load.
        """
        if self.cycle is None or self.cycle.response_complete:
            self._leaving = True
            self.loop.call_later(self.leaving_seconds, super().shutdown)
        else:
            super().shutdown()

    def _look_at_the_clock(self) -> None:
        moment = self.loop.time()
        self._look = self.loop.call_later(self.look_seconds, self._look_at_the_clock)
        if self._takes_nothing(moment):
            self.transport.abort()
        elif self._awaited_since is not None:
            limit = self.request_seconds if self._headers_are_in else self.headers_seconds
            if moment - self._awaited_since >= limit:
                self._give_up()

    def _give_up(self) -> None:
        if self.transport.is_closing():
            return
        answered = self.cycle is None or self.cycle.response_complete
        if answered and not (self.cycle and self.cycle.more_body):
            self.transport.write(_TOO_LATE)
        self.transport.close()

    def _takes_nothing(self, moment: float) -> bool:
        """Whether the client read less than ``reading_bytes`` in ``reading_seconds``."""
        unsent = self.transport.get_write_buffer_size()
        no_more_comes = self.flow.write_paused or self.transport.is_closing()
        if not unsent or not no_more_comes:
            self._stuck = None
            return False
        if self._stuck is None:
            self._stuck = (moment, unsent)
        since, then = self._stuck
        if moment - since < self.reading_seconds:
            return False
        self._stuck = (moment, unsent)
        return bool(then - unsent < self.reading_bytes)
