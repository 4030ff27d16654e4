"""Reads uploaded documents, each in a process of its own, one at a time.

Several web processes may show a draft: the one that has its lock file reads it.
"""

from __future__ import annotations

import fcntl
import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

from analysis.preprocessing.document_drafts import FAULT, PROPOSAL
from consultation.importing.drafts import Draft
from consultation.settings import ROOT, Settings
from web.analysis_jobs import child_environment

SECONDS = 300.0
"""Limit of the time for one document: reading it, and computing what its statements are about."""

LOCK = "reading"
"""File in the folder of a draft, locked by the web process that has it read."""

TOO_SLOW = "takes more than 300 seconds"
BROKEN = "is broken"


class DocumentReadings:
    """Starts the reading of drafts and follows it."""

    def __init__(self, settings: Settings) -> None:
        """Starts nothing yet; the settings are passed on to each process."""
        self._settings = settings
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(1)
        self._waiting: dict[str, Future[None]] = {}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, draft: Draft) -> None:
        """Reads a draft in the background, unless that is done or under way."""
        with self._lock:
            if draft.id in self._waiting or draft.read(PROPOSAL) or draft.read(FAULT):
                return
            self._waiting[draft.id] = self._pool.submit(self._read, draft)

    def stop(self) -> None:
        """Ends a running process; a draft that is not read is read when somebody asks for it."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def _read(self, draft: Draft) -> None:
        try:
            # The draft may have been thrown away meanwhile, or another web process reads it.
            gone = suppress(FileNotFoundError, BlockingIOError)
            with gone, (draft.folder / LOCK).open("wb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if not (draft.read(PROPOSAL) or draft.read(FAULT)):
                    self._read_now(draft)
        finally:
            with self._lock:
                self._waiting.pop(draft.id, None)

    def _read_now(self, draft: Draft) -> None:
        command = [sys.executable, "-m", "analysis.preprocessing.document_drafts"]
        self._process = subprocess.Popen(
            [*command, str(draft.folder.absolute())],
            cwd=ROOT,
            env=child_environment(self._settings),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        fault = ""
        try:
            if self._process.wait(SECONDS) > 0:
                fault = BROKEN
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            fault = TOO_SLOW
        if fault:
            draft.write(FAULT, fault)
