"""Runs the analysis for a page in a separate process, so that the website stays responsive."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any

from consultation.database.models import now
from consultation.settings import ROOT, Settings

_PERCENT = re.compile(r"(\d{1,3})%")
_KEPT = 4000


@dataclass
class Job:
    """One analysis process: the account that started it, its progress and its result.

    ``opdracht`` is the number of the analysed opdracht, None for all. ``percent`` is the progress
    of the current step (0 to 100), None before and after. ``told`` is the end of its standard
    error, up to 4,000 characters. ``results`` holds the figures per opdracht, as
    ``samenspraak analyse --json`` prints them.
    """

    account: str
    round: int
    opdracht: int | None = None
    started: datetime = field(default_factory=now)
    finished: datetime | None = None
    percent: int | None = None
    run: int | None = None
    code: int | None = None
    told: str = ""
    results: tuple[dict[str, Any], ...] = ()

    @property
    def busy(self) -> bool:
        """Whether the process is still running."""
        return self.finished is None


class AnalysisJobs:
    """Starts at most one analysis at a time from the pages, and keeps the last job."""

    def __init__(self, settings: Settings) -> None:
        """Starts nothing yet; the settings are passed on to each analysis process."""
        self._settings = settings
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self.last: Job | None = None

    def start(
        self,
        account: str,
        round_number: int,
        opdracht: int | None,
        done: Callable[[Job], None],
    ) -> Job | None:
        """Starts the analysis of a round, for one opdracht or for all (None).

        Returns the job, or None while another is running. ``done`` is called with the job at the
        end, from another thread.
        """
        with self._lock:
            if self.last is not None and self.last.busy:
                return None
            job = Job(account, round_number, opdracht)
            verb = [sys.executable, "-m", "samenspraak.cli", "analyse", "--json"]
            verb += ["--round", str(round_number)]
            if opdracht is not None:
                verb += ["--opdracht", str(opdracht)]
            process = subprocess.Popen(
                verb,
                cwd=ROOT,
                env=child_environment(self._settings),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
            )
            self.last, self._process = job, process
        threading.Thread(target=self._follow, args=(job, process, done), daemon=True).start()
        return job

    def stop(self) -> None:
        """Terminates a running analysis; an interrupted analysis stores nothing."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def _follow(
        self, job: Job, process: subprocess.Popen[str], done: Callable[[Job], None]
    ) -> None:
        assert process.stdout is not None
        assert process.stderr is not None
        with process:
            teller = threading.Thread(target=_listen, args=(job, process.stderr), daemon=True)
            teller.start()
            printed = process.stdout.read()
            job.code = process.wait()
            teller.join(timeout=5)
        job.percent = None
        if job.code == 0:
            found = json.loads(printed)
            job.run, job.results = int(found["run"]), tuple(found["opdrachten"])
        job.finished = now()
        done(job)


def child_environment(values: Settings) -> dict[str, str]:
    """The environment of a process of ours that works with the same settings."""
    own = {
        "DATA_DIR": str(values.data_dir),
        "DATABASE_URL": values.resolved_database_url,
        "CATALOGUE": str(values.catalogue),
        "EMBEDDING": values.embedding,
        "SPACY_MODEL": values.spacy_model,
        "SECRET_KEY": values.signing_key,
    }
    named = {f"SAMENSPRAAK_{name}": value for name, value in own.items()}
    return {"OMP_NUM_THREADS": "1", **os.environ, **named}


def _listen(job: Job, stream: IO[str]) -> None:
    """Reads standard error into ``job.told`` and ``job.percent`` until the process closes it."""
    while chunk := stream.readline(400):
        found = _PERCENT.findall(chunk)
        if found:
            job.percent = min(100, int(found[-1]))
        job.told = (job.told + chunk)[-_KEPT:]
