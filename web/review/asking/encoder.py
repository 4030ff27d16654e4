"""What these pages say while the encoder reads statements, and when it cannot be loaded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import Request
from fastapi.responses import HTMLResponse

from analysis.preprocessing.embeddings import AnalysisError
from consultation.catalogue import Opdracht
from dialogue.messages import say
from web.access.login import Reviewer
from web.dependencies import Services
from web.errors import Problem
from web.review.common import page


def reading_page(
    request: Request, here: Services, reviewer: Reviewer, opdracht: Opdracht, path: str
) -> HTMLResponse | None:
    """The page that tells how far the reading of statements is; None once it is done.

    A browser asks for it again by itself.

    Raises:
        AnalysisError: the encoder of the settings cannot be loaded.
    """
    reading = here.desk.reading(opdracht.nummer)
    if reading is None:
        return None
    with here.storage.reading() as session:
        seen = here.snapshots.of(session, here.consultation_id, opdracht.nummer)
    shown = page(
        request,
        here,
        reviewer,
        "beheer/leest.html",
        opdracht=opdracht,
        seen=seen,
        reading=reading,
        tab=path,
    )
    shown.headers["Refresh"] = "3"
    return shown


@contextmanager
def needs_encoder() -> Iterator[None]:
    """Turns a missing encoder into a page that says so.

    Raises:
        Problem: 503, the encoder of the settings cannot be loaded.
    """
    try:
        yield
    except AnalysisError as error:
        raise Problem(503, say("codeboek_kan_niet")) from error
