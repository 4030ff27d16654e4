"""Background maintenance of the running website."""

from __future__ import annotations

import asyncio
import logging

from starlette.concurrency import run_in_threadpool

from consultation.access.floods import forget_marks
from consultation.database.storage import Storage
from consultation.settings import Settings
from reporting.news_mail import send_due

PAUSE = 1.0

_log = logging.getLogger("samenspraak.web.server.maintenance")


MAIL_PAUSE = 60.0
"""Seconds between two looks at the queue of mails."""

MARKS_PAUSE = 3600.0
"""Seconds between two looks at the marks of addresses."""


async def keep_mailing(storage: Storage, values: Settings, title: str) -> None:
    """Sends the mails that are due, every minute, until it is cancelled; see ``news_mail``."""
    while True:
        try:
            await run_in_threadpool(send_due, storage, values, title)
        except Exception as error:
            # The text of an error may hold an address.
            _log.error("the queue of mails could not be worked off: %s", type(error).__name__)
        await asyncio.sleep(MAIL_PAUSE)


async def keep_forgetting(storage: Storage, consultation_id: int) -> None:
    """Removes the marks of the addresses of yesterday's floods, until it is cancelled."""
    while True:
        try:
            await run_in_threadpool(_forget_marks, storage, consultation_id)
        except Exception as error:
            _log.error("marks of addresses could not be removed: %s", type(error).__name__)
        await asyncio.sleep(MARKS_PAUSE)


def _forget_marks(storage: Storage, consultation_id: int) -> None:
    with storage.writing() as session:
        forget_marks(session, consultation_id)


async def keep_scrubbed(storage: Storage) -> None:
    """Removes erased text from SQLite's write-ahead log, every second, until it is cancelled.

    It completes erasures that an open reader blocked at the time, including those of the command
    line or of a process that died.
    """
    while True:
        try:
            await run_in_threadpool(storage.scrub)
        except Exception:
            _log.exception("the write-ahead log could not be scrubbed")
        await asyncio.sleep(PAUSE)
