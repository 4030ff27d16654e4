"""The website: ``python -m web``."""

from __future__ import annotations

import argparse
import resource
import socket
import sys
from contextlib import ExitStack, suppress

import uvicorn

from consultation import logs
from consultation.errors import SamenspraakError
from consultation.private_files import start_private
from consultation.settings import settings
from web.app import create_app
from web.server.alone import one_on_sqlite, say_ready
from web.server.configuration import configured


class _Server(uvicorn.Server):
    """A server that tells its parent once it answers."""

    def __init__(self, config: uvicorn.Config, ready: int | None) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts to listen, and says so."""
        await super().startup(sockets=sockets)
        if self.started:
            say_ready(self._ready)


def main() -> int:
    """Serves the website until the process ends; returns the exit code, 1 when it cannot start."""
    start_private()
    given = _arguments()
    # Each connection takes a file descriptor; the soft limit of many systems is 1024.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with ExitStack() as at_end:
        try:
            values = settings()
            values.require_own_secrets()
            logs.set_up(values.log_format)
            at_end.enter_context(one_on_sqlite(values))
            app = create_app(values)
        except SamenspraakError as error:
            print(f"web: {error}", file=sys.stderr)
            return 1
        server = _Server(configured(app, values.host, values.port), given.ready)
        shared = None if given.socket is None else [socket.socket(fileno=given.socket)]
        server.run(sockets=shared)
        return 0 if server.started else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m web")
    parser.add_argument("--socket", type=int, help="a listening socket that serve passes on")
    parser.add_argument("--ready", type=int, help="a pipe on which to say that the site answers")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
