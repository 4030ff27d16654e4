"""Background maintenance of the running website."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool

from consultation.database.storage import Storage
from consultation.settings import Settings
from reporting.news_mail import send_due

PAUSE = 1.0

_log = logging.getLogger("samenspraak.web.server.maintenance")


MAIL_PAUSE = 60.0
"""Seconds between two looks at the queue of mails."""


async def keep_mailing(storage: Storage, values: Settings, title: str) -> None:
    """Sends the mails that are due, every minute, until it is cancelled; see ``news_mail``."""

    def failed(error: Exception) -> None:
        # The text of an error may hold an address.
        _log.error("the queue of mails could not be worked off: %s", type(error).__name__)

    await _keep(MAIL_PAUSE, failed, send_due, storage, values, title)


async def keep_scrubbed(storage: Storage) -> None:
    """Removes erased text from SQLite's write-ahead log, every second, until it is cancelled.

    It completes erasures that an open reader blocked at the time, including those of the command
    line or of a process that died.
    """

    def failed(error: Exception) -> None:
        _log.error("the write-ahead log could not be scrubbed", exc_info=error)

    await _keep(PAUSE, failed, storage.scrub)


async def _keep(
    pause: float, failed: Callable[[Exception], None], work: Callable[..., object], *args: object
) -> None:
    """Does work in a thread, and again after ``pause`` seconds, until it is cancelled."""
    while True:
        try:
            await run_in_threadpool(work, *args)
        except Exception as error:
            failed(error)
        await asyncio.sleep(pause)
