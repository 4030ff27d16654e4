"""``/metrics`` for Prometheus: the counters of all web processes, and what the database tells now.

It is for the organiser alone: without ``SAMENSPRAAK_METRICS_TOKEN`` there is no such page.
"""

from __future__ import annotations

import hmac
import os
import time
from collections.abc import Iterator

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import REGISTRY, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from consultation.database.models import AnalysisRun, Message, now
from consultation.database.presence import ANALYSES, living
from dialogue.assistant import Health
from web.dependencies import Here, Services

router = APIRouter(include_in_schema=False)


@router.get("/metrics")
async def metrics(request: Request, here: Here) -> Response:
    """The figures as text, for who shows the token."""
    token = here.settings.metrics_token
    if not token:
        raise HTTPException(404)
    given = request.headers.get("authorization", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    health = await here.assistant.health()
    text = await run_in_threadpool(lambda: generate_latest(_registry(here, health)))
    return Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST})


def _registry(here: Services, health: Health) -> CollectorRegistry:
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(REGISTRY)
    registry.register(_Now(here, health))
    return registry


class _Now(Collector):
    """What is asked at the moment itself, the same at every web process."""

    def __init__(self, here: Services, health: Health) -> None:
        self._here = here
        self._health = health

    def collect(self) -> Iterator[Metric]:
        """The figures, those of the database only while it answers."""
        yield _gauge("rasa_up", "A Rasa server answers.", self._health.rasa)
        yield _gauge("actions_up", "The action server answers.", self._health.actions)
        begun = time.perf_counter()
        try:
            found = list(self._of_the_database())
        except SQLAlchemyError:
            yield _gauge("database_up", "The database answers.", 0)
            return
        yield _gauge("database_up", "The database answers.", 1)
        seconds = time.perf_counter() - begun
        yield _gauge("database_seconds", "Seconds in which it answered these questions.", seconds)
        yield from found

    def _of_the_database(self) -> Iterator[Metric]:
        waits = Message.state == "ontvangen"
        with self._here.storage.reading() as session:
            waiting, oldest = session.execute(
                select(func.count(), func.min(Message.at)).where(waits)
            ).one()
            yield _gauge("waiting_messages", "Messages that are stored and not answered.", waiting)
            age = (now() - oldest).total_seconds() if oldest is not None else 0.0
            yield _gauge("waiting_seconds", "How long the oldest of them waits.", max(age, 0.0))
            runs, last = session.execute(
                select(func.count(), func.max(AnalysisRun.finished_at))
            ).one()
            yield _gauge("analysis_runs", "Analyses that were run.", runs)
            ended = last.timestamp() if last is not None else 0.0
            yield _gauge("analysis_last_timestamp_seconds", "When the last one ended.", ended)
            processes = living(session) or {0}
            yield _gauge("gateway_processes", "Processes that take turns.", len(processes))
            workers = len(living(session, ANALYSES))
            yield _gauge("worker_processes", "Processes that run analyses for pages.", workers)
        job = self._here.reruns.last
        busy = job is not None and job.busy
        yield _gauge("analysis_busy", "An analysis that a page asked for runs or waits.", busy)
        connections = self._here.storage.connections_in_use()
        yield _gauge("database_connections", "Connections in use by this process.", connections)


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(f"samenspraak_{name}", about, value=float(value))
