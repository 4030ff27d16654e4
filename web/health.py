"""Liveness (``/healthz``) and readiness for conversations (``/readyz``)."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryFile
from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from web.dependencies import Here, Services

LEAST_ROOM = 8_000_000
"""Free bytes required: SQLite's write-ahead log and the log files grow by some megabytes."""
_PROBE = 64 * 1024

router = APIRouter(tags=["health"])


class Alive(BaseModel):
    """The process lives."""

    status: Literal["ok"] = "ok"


class Ready(BaseModel):
    """Whether a talk can be held, and which part is missing."""

    ready: bool
    database: bool
    disk: bool = Field(description="What people say can be written down.")
    rasa: bool
    actions: bool


@router.get("/healthz", response_model=Alive)
async def healthz() -> Alive:
    """The process lives."""
    return Alive()


@router.get(
    "/readyz",
    response_model=Ready,
    responses={503: {"model": Ready, "description": "A part does not answer."}},
)
async def readyz(here: Here, response: Response) -> Ready:
    """All parts of the road of a turn answer, and there is room for what comes in."""
    database, disk = await run_in_threadpool(lambda: (_database(here), _disk(here)))
    health = await here.assistant.health()
    found = Ready(
        ready=database and disk and health.whole,
        database=database,
        disk=disk,
        rasa=health.rasa,
        actions=health.actions,
    )
    response.status_code = 200 if found.ready else 503
    return found


def _database(here: Services) -> bool:
    try:
        return here.storage.takes_writes()
    except SQLAlchemyError:
        return False


def _disk(here: Services) -> bool:
    file = here.storage.file
    folders = {here.settings.data_dir, *([file.parent] if file else [])}
    return all(_has_room(folder) for folder in folders)


def _has_room(folder: Path) -> bool:
    """Whether a file can be written in the folder, and ``LEAST_ROOM`` bytes are free after it."""
    try:
        with TemporaryFile(dir=folder) as probe:
            probe.write(bytes(_PROBE))
            probe.flush()
        return shutil.disk_usage(folder).free >= LEAST_ROOM
    except OSError:
        return False
