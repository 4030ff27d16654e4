"""The uvicorn configuration of the website."""

from __future__ import annotations

import uvicorn
from fastapi import FastAPI

from web.server.http_timeouts import TimeoutProtocol


def configured(app: FastAPI, host: str, port: int) -> uvicorn.Config:
    """The uvicorn configuration that serves an application on a host and port.

    Uvicorn ignores proxy headers: the application handles them, as it knows the trusted proxies.
    """
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=TimeoutProtocol,
        proxy_headers=False,
        ws="none",
        access_log=False,
        log_config=None,
        log_level="warning",
        timeout_graceful_shutdown=3,
    )
