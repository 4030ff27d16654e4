"""The website: ``python -m web``."""

from __future__ import annotations

import resource
import sys
from contextlib import suppress

import uvicorn

from consultation.errors import SamenspraakError
from consultation.private_files import start_private
from consultation.settings import settings
from web.app import create_app
from web.server.configuration import configured


def main() -> int:
    """Serves the website until the process ends; returns the exit code, 1 when it cannot start."""
    start_private()
    # Each connection takes a file descriptor; the soft limit of many systems is 1024.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    try:
        values = settings()
        app = create_app(values)
    except SamenspraakError as error:
        print(f"web: {error}", file=sys.stderr)
        return 1
    server = uvicorn.Server(configured(app, values.host, values.port))
    server.run()
    return 0 if server.started else 1


if __name__ == "__main__":
    sys.exit(main())
