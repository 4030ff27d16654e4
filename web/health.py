"""Whether the website lives, and whether a talk can be held."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from web.services import Here, Services

router = APIRouter(tags=["health"])


class Alive(BaseModel):
    """The process lives."""

    status: Literal["ok"] = "ok"


class Ready(BaseModel):
    """Whether a talk can be held, and which part is missing."""

    ready: bool
    database: bool
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
    """All parts of the road of a turn answer."""
    database = await run_in_threadpool(_database, here)
    health = await here.assistant.health()
    found = Ready(
        ready=database and health.whole,
        database=database,
        rasa=health.rasa,
        actions=health.actions,
    )
    response.status_code = 200 if found.ready else 503
    return found


def _database(here: Services) -> bool:
    try:
        with here.storage.reading() as session:
            session.execute(text("select 1"))
    except SQLAlchemyError:
        return False
    return True
