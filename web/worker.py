"""The work that no request waits for, in a process of its own: ``python -m web.worker``.

It answers messages that an outage left waiting, and runs the analyses that pages ask for. The web
processes do the first too; while a worker lives, they leave the second to it.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys

from starlette.concurrency import run_in_threadpool

from consultation import logs
from consultation.database.outages import is_outage, reason
from consultation.database.presence import ANALYSES, Presence
from consultation.errors import SamenspraakError
from consultation.private_files import start_private
from consultation.settings import settings
from web.dependencies import Services, open_services
from web.server.alone import say_ready

PAUSE = 1.0

_log = logging.getLogger("samenspraak.web.worker")


def main() -> int:
    """Works until the process is ended; returns the exit code, 1 when it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m web.worker")
    parser.add_argument("--ready", type=int, help="a pipe on which to say that it works")
    given = parser.parse_args()
    start_private()
    try:
        values = settings()
        logs.set_up(values.log_format)
        here = open_services(values)
    except SamenspraakError as error:
        print(f"worker: {error}", file=sys.stderr)
        return 1
    asyncio.run(_work(here, given.ready))
    return 0


async def _work(here: Services, ready: int | None) -> None:
    ended = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, ended.set)
    presence = Presence(here.storage.engine, ANALYSES)
    await run_in_threadpool(here.care.prepare)
    here.turns.start()
    say_ready(ready)
    while not ended.is_set():
        try:
            await run_in_threadpool(presence.keep)
            await run_in_threadpool(here.reruns.take_waiting)
        except Exception as error:
            if is_outage(error):
                _log.warning("the database does not answer: %s", reason(error))
            else:
                _log.exception("a job could not be taken")
        try:
            await asyncio.wait_for(ended.wait(), PAUSE)
        except TimeoutError:
            continue
    await here.turns.stop()
    here.reruns.stop()
    presence.close()
    await here.assistant.close()
    here.storage.close()


if __name__ == "__main__":
    sys.exit(main())
