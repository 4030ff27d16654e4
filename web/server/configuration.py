"""How the website is served over HTTP."""

from __future__ import annotations

import uvicorn
from fastapi import FastAPI

from web.server.http_timeouts import PatientProtocol


def configured(app: FastAPI, host: str, port: int) -> uvicorn.Config:
    """The web server of an application on an address.

    Headers of proxies are left to the application, which knows whose are believed.
    """
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=PatientProtocol,
        proxy_headers=False,
        ws="none",
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=3,
    )
