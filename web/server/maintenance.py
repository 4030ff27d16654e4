"""Background maintenance of the running website."""

from __future__ import annotations

import asyncio
import logging

from starlette.concurrency import run_in_threadpool

from consultation.database.storage import Storage

PAUSE = 1.0

_log = logging.getLogger("samenspraak.web.server.maintenance")


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
