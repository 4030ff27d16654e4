"""The secret that the website, Rasa and the action server share.

Every user of the machine can reach a port on the loopback interface, so requests without the secret
are refused.
"""

from __future__ import annotations

import hmac
import os
from functools import lru_cache
from pathlib import Path

from rasa.shared.exceptions import RasaException
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

_ROOT = Path(__file__).resolve().parent.parent


@lru_cache(maxsize=1)
def header() -> str:
    """The required value of the header ``Authorization``, also sent to the action server.

    Raises:
        RasaException: no secret is set, and the file of the secret is missing, unreadable or empty.
    """
    secret = os.environ.get("SAMENSPRAAK_SHARED_SECRET", "")
    path = Path(os.environ.get("SAMENSPRAAK_DATA_DIR") or _ROOT / "var") / "shared_secret"
    try:
        secret = secret or path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise RasaException(
            f"{path}: cannot be read ({error.strerror}); start everything with samenspraak serve, "
            "or the action server first, or set SAMENSPRAAK_SHARED_SECRET."
        ) from error
    if not secret:
        raise RasaException(f"{path}: is empty; remove it and start the action server again.")
    return f"Bearer {secret}"


def guard(door: Blueprint) -> None:
    """Makes the whole server of a channel refuse all requests without the shared secret."""
    header()

    async def begin(app: Sanic, _loop: object) -> None:
        app.register_middleware(_refuse_strangers, "request")

    door.listener(begin, "before_server_start")


async def _refuse_strangers(request: Request) -> HTTPResponse | None:
    given = request.headers.get("authorization", "").encode("utf-8", "surrogateescape")
    if hmac.compare_digest(given, header().encode()):
        return None
    headers = {"WWW-Authenticate": "Bearer realm=samenspraak"}
    return response.json({"error": "the shared secret is missing or wrong"}, 401, headers)
