"""Spreads requests over several Rasa servers; any of them may take any conversation.

A conversation prefers one server, where its tracker is: that saves the rebuilding of it. It goes to
another one as soon as that server does not answer, and comes back later. Nothing depends on it, as
a tracker that missed a turn is rebuilt from the database (``bot.tracker_store``).
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from dialogue.loopback import Loopback, Refused, TooSlow, Unreachable

REST_REFUSED = 1.0
REST_SLOW = 10.0
"""Seconds that a server gets nothing after it refused or broke a connection, or did not answer."""


@dataclass
class _Server:
    url: str
    client: Loopback
    rests_until: float = 0.0


class RasaServers:
    """The servers, each with its connections and whether it answered lately."""

    def __init__(self, urls: Sequence[str], headers: dict[str, str]) -> None:
        """Takes base URLs without https, and connects lazily."""
        self._servers = [
            _Server(url, Loopback(parts.hostname or "", parts.port or 80, headers))
            for url in urls
            if (parts := urlsplit(url))
        ]

    async def post(self, key: str, path: str, body: bytes, patience: float) -> tuple[int, bytes]:
        """Status and body of the response to a POST request, from the first server that takes it.

        ``key`` decides which server is preferred. A request that a server got is never sent twice.

        Raises:
            Unreachable: no server took it, or the one that did gave no complete response.
        """
        refused: Unreachable = Refused("no server")
        for server in self._in_order(key):
            try:
                return await server.client.post(path, body, patience)
            except Refused as error:
                refused = error
                server.rests_until = time.monotonic() + REST_REFUSED
            except Unreachable as error:
                rest = REST_SLOW if isinstance(error, TooSlow) else REST_REFUSED
                server.rests_until = time.monotonic() + rest
                raise
        raise refused

    def close(self) -> None:
        """Closes the connections."""
        for server in self._servers:
            server.client.close()

    def _in_order(self, key: str) -> Sequence[_Server]:
        """The servers by preference, those that do not answer last (rendezvous hashing)."""
        if len(self._servers) == 1:
            return self._servers
        moment = time.monotonic()

        def place(server: _Server) -> tuple[bool, bytes]:
            mixed = f"{key} {server.url}".encode("utf-8", "surrogatepass")
            return server.rests_until > moment, hashlib.blake2b(mixed, digest_size=8).digest()

        return sorted(self._servers, key=place)
