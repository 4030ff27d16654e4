"""The website as one application: chat gateway, public pages, review."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from consultation.logs import without_words
from consultation.settings import Settings
from consultation.settings import settings as current_settings
from web import errors, health, metrics, news
from web.access import login, provider_login, second_factor
from web.chat import answers, gateway, widget
from web.chat.direct import DirectTurnMiddleware
from web.dependencies import Services, open_services
from web.pages import STATIC, Pages
from web.public import (
    chart_images,
    explanations,
    form,
    open_data,
    own_data,
    own_words,
    site,
    sitemap,
)
from web.review import (
    across,
    actions,
    coding,
    decisions,
    excluded,
    overview,
    questions,
    rules,
    suggestions,
    themes,
    trekkers,
)
from web.review import answers as review_answers
from web.review.asking import codebook, drafts, pairs, queue
from web.review.importing import documents, joint_participants, surveys, uploads
from web.review.management import accounts as account_pages
from web.review.management import floods, indicators, rounds
from web.review.management import second_factor as own_second_factor
from web.review.reacting import objections
from web.review.reacting import results as reaction_results
from web.server.compression import CompressionMiddleware
from web.server.maintenance import keep_forgetting, keep_mailing, keep_scrubbed
from web.server.security_headers import SecurityHeadersMiddleware, WidgetCorsMiddleware


def _prepare(services: Services) -> None:
    """Loads what the first participant would otherwise wait for, or miss."""
    services.care.prepare()
    services.own.read_codebooks()


def create_app(settings: Settings | None = None) -> FastAPI:
    """Creates the application, with its catalogue read and its database open.

    Raises:
        SamenspraakError: a setting, the catalogue or the database is invalid; the message says how
            to fix it. It is raised here and not in the lifespan, so that a server prints one line.
    """
    without_words()
    values = settings or current_settings()
    services = open_services(values)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        threading.Thread(target=_prepare, args=(services,), daemon=True).start()
        services.turns.start()
        upkeep = [
            asyncio.create_task(keep_scrubbed(services.storage)),
            asyncio.create_task(keep_forgetting(services.storage, services.consultation_id)),
        ]
        if values.smtp_host:
            title = services.catalogue.consultatie.titel
            upkeep.append(asyncio.create_task(keep_mailing(services.storage, values, title)))
        yield
        for task in upkeep:
            task.cancel()
        await services.turns.stop()
        services.reruns.stop()
        services.readings.stop()
        await services.assistant.close()
        if services.limits.shared is not None:
            services.limits.shared.close()
        services.storage.close()

    app = FastAPI(
        title="Samenspraak",
        summary="A consultation as a talk.",
        version=version("samenspraak"),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        separate_input_output_schemas=False,
    )
    app.state.services = services
    app.state.pages = Pages(services.catalogue, values.site_url, bool(values.smtp_host))
    errors.register(app)
    for room in (
        gateway,
        answers,
        health,
        login,
        second_factor,
        provider_login,
        account_pages,
        own_second_factor,
    ):
        app.include_router(room.router)
    for room in (
        site,
        explanations,
        form,
        own_data,
        own_words,
        news,
        widget,
        chart_images,
        open_data,
        sitemap,
    ):
        app.include_router(room.router)
    for room in (
        overview,
        themes,
        rules,
        trekkers,
        across,
        actions,
        reaction_results,
        objections,
        excluded,
        suggestions,
        coding,
        decisions,
        review_answers,
        rounds,
        indicators,
        questions,
        floods,
        codebook,
        drafts,
        queue,
        pairs,
        documents,
        joint_participants,
        surveys,
        uploads,
    ):
        app.include_router(room.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.include_router(metrics.router)
    app.add_middleware(DirectTurnMiddleware, here=services)
    origins = embed_origins(values)
    if origins:
        app.add_middleware(
            WidgetCorsMiddleware,
            allow_origins=list(origins),
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Authorization", "Content-Type"],
            expose_headers=["Retry-After"],
        )
    app.add_middleware(CompressionMiddleware)
    app.add_middleware(SecurityHeadersMiddleware, embed_origins=origins)
    proxies = values.trusted_proxies.split(",") if values.trusted_proxies else []
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=proxies)
    return app


def embed_origins(settings: Settings) -> tuple[str, ...]:
    """The origins that may embed the widget, without a trailing slash, as browsers send them."""
    parts = (each.strip().rstrip("/") for each in settings.embed_origins.split(","))
    return tuple(each for each in parts if each)
