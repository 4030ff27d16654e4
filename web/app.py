"""The website as one application: chat gateway, public pages, review."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from consultation.logs import without_words
from consultation.settings import Settings
from consultation.settings import settings as current_settings
from web import (
    accounts,
    addresses,
    answers,
    explanations,
    form,
    gateway,
    health,
    open_data,
    own_data,
    people,
    pictures,
    problems,
    review_across,
    review_actions,
    review_answers,
    review_aside,
    review_coding,
    review_decisions,
    review_overview,
    review_proposals,
    review_rounds,
    review_themes,
    review_trekkers,
    site,
    widget,
)
from web.pages import STATIC, Pages
from web.services import open_services
from web.shield import ChatFromElsewhere, Shield
from web.squeeze import Squeeze
from web.upkeep import keep_scrubbed


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application, with its catalogue read and its database open.

    Raises:
        SamenspraakError: a setting, the catalogue or the database is not right; the message says
            how to mend it. It is raised here and not at start-up, so that a server prints one line.
    """
    without_words()
    values = settings or current_settings()
    services = open_services(values)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        threading.Thread(target=services.care.prepare, daemon=True).start()
        services.turns.start()
        upkeep = asyncio.create_task(keep_scrubbed(services.storage))
        yield
        upkeep.cancel()
        await services.turns.stop()
        services.reruns.stop()
        await services.assistant.close()
        services.storage.close()

    app = FastAPI(
        title="Samenspraak",
        summary="A consultation as a talk.",
        version="0.1.0",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        separate_input_output_schemas=False,
    )
    app.state.services = services
    app.state.pages = Pages(services.catalogue, values.site_url)
    problems.register(app)
    for room in (gateway, answers, health, accounts, people):
        app.include_router(room.router)
    for room in (site, explanations, form, own_data, widget, pictures, open_data, addresses):
        app.include_router(room.router)
    for room in (
        review_overview,
        review_themes,
        review_trekkers,
        review_across,
        review_actions,
        review_aside,
        review_proposals,
        review_coding,
        review_decisions,
        review_answers,
        review_rounds,
    ):
        app.include_router(room.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    origins = embed_origins(values)
    if origins:
        app.add_middleware(
            ChatFromElsewhere,
            allow_origins=list(origins),
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Authorization", "Content-Type"],
            expose_headers=["Retry-After"],
        )
    app.add_middleware(Squeeze)
    app.add_middleware(Shield, embed_origins=origins)
    proxies = values.trusted_proxies.split(",") if values.trusted_proxies else []
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=proxies)
    return app


def embed_origins(settings: Settings) -> tuple[str, ...]:
    """The origins that may embed the widget, as browsers write them."""
    parts = (each.strip().rstrip("/") for each in settings.embed_origins.split(","))
    return tuple(each for each in parts if each)
