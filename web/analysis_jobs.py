"""Runs the analysis for a page in a separate process, so that the website stays responsive.

How a job goes stands in the database: any web process may show the page. The process that was asked
runs the analysis, or a worker where one lives (``samenspraak serve worker``). After a job a process
for the next one is loaded, since a rerun after a few decisions loads longer than it computes.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation import audit, rounds
from consultation.database.models import now
from consultation.database.outages import is_outage
from consultation.database.presence import ANALYSES, NOBODY, Presence, living
from consultation.database.records import AnalysisJob
from consultation.database.storage import Storage
from consultation.settings import ROOT, Settings

_PERCENT = re.compile(r"(\d{1,3})%")
_KEPT = 4000
_TELL_EVERY = 1.0
_OUTAGE_PAUSE = 2.0
_LONGEST_OUTAGE = 300.0
_WARM_SECONDS = 900.0
_BROKEN_OFF = "The process that ran it ended."


@dataclass(frozen=True)
class Job:
    """One analysis process: the account that started it, its progress and its result.

    ``opdracht`` is the number of the analysed opdracht, None for all. ``percent`` is the progress
    of the current step (0 to 100), None before and after. ``told`` is the end of its standard
    error, up to 4,000 characters. ``results`` holds the figures per opdracht, as
    ``samenspraak analyse --json`` prints them. ``busy``: it runs, or waits for a worker.
    """

    account: str
    round: int
    opdracht: int | None
    started: datetime
    finished: datetime | None
    percent: int | None
    run: int | None
    code: int | None
    told: str
    results: tuple[dict[str, Any], ...]
    busy: bool


class AnalysisJobs:
    """Starts at most one analysis at a time from the pages, and keeps the last job."""

    def __init__(
        self, settings: Settings, storage: Storage, consultation_id: int, presence: Presence
    ) -> None:
        """Starts nothing yet; the settings are passed on to each analysis process."""
        self._settings = settings
        self._storage = storage
        self._consultation = consultation_id
        self._presence = presence
        self._lock = threading.Lock()
        self._running: int | None = None
        self._process: subprocess.Popen[str] | None = None
        self._warm: subprocess.Popen[str] | None = None
        self._stopped = False

    @property
    def last(self) -> Job | None:
        """The last job, or None."""
        with self._storage.reading() as session:
            row = self._last(session)
            return None if row is None else self._shown(session, row)

    def start(self, account: str, round_number: int, opdracht: int | None) -> bool:
        """Starts the analysis of a round, for one opdracht or for all (None).

        Returns False while another is running.
        """
        with self._lock, self._storage.writing() as session:
            rounds.lock_consultation(session, self._consultation)
            last = self._last(session)
            if last is not None and self._busy(session, last):
                return False
            left = bool(living(session, ANALYSES))
            row = AnalysisJob(
                consultation_id=self._consultation,
                account=account,
                round=round_number,
                opdracht=opdracht,
                owner=NOBODY if left else self._presence.number,
            )
            session.add(row)
            session.flush()
            if left:
                return True
            # Before anybody can read the row and find that nobody runs it.
            self._running = row.id
        self._launch(row.id, round_number, opdracht)
        return True

    def take_waiting(self) -> None:
        """Runs the job that waits for a worker, if there is one and this process runs none."""
        if self._running is not None:
            return
        with self._storage.writing() as session:
            query = select(AnalysisJob).where(
                AnalysisJob.consultation_id == self._consultation,
                AnalysisJob.finished.is_(None),
                AnalysisJob.owner == NOBODY,
            )
            row = session.scalar(query.order_by(AnalysisJob.id.desc()).limit(1).with_for_update())
            if row is None:
                return
            row.owner = self._presence.number
            self._running = row.id
        self._launch(row.id, row.round, row.opdracht)

    def stop(self) -> None:
        """Terminates a running analysis; an interrupted analysis stores nothing."""
        with self._lock:
            self._stopped = True
            warm, self._warm = self._warm, None
        if warm is not None:
            _end(warm)
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def _last(self, session: Session) -> AnalysisJob | None:
        query = select(AnalysisJob).where(AnalysisJob.consultation_id == self._consultation)
        return session.scalar(query.order_by(AnalysisJob.id.desc()).limit(1))

    def _busy(self, session: Session, row: AnalysisJob) -> bool:
        if row.finished is not None:
            return False
        if row.owner == self._presence.number:
            return self._running == row.id
        if row.owner == NOBODY:
            return bool(living(session, ANALYSES))
        return row.owner in living(session)

    def _shown(self, session: Session, row: AnalysisJob) -> Job:
        busy = self._busy(session, row)
        broken_off = not busy and row.finished is None
        return Job(
            account=row.account,
            round=row.round,
            opdracht=row.opdracht,
            started=row.started,
            finished=row.finished,
            percent=row.percent,
            run=row.run,
            code=row.code,
            told=f"{row.told}\n{_BROKEN_OFF}" if broken_off else row.told,
            results=tuple(row.results),
            busy=busy,
        )

    def _launch(self, job: int, round_number: int, opdracht: int | None) -> None:
        arguments = ["analyse", "--json", "--round", str(round_number)]
        if opdracht is not None:
            arguments += ["--opdracht", str(opdracht)]
        process = self._asked_of_warm(arguments)
        if process is None:
            process = self._begun("samenspraak.cli", *arguments, stdin=subprocess.DEVNULL)
        self._process = process
        threading.Thread(target=self._follow, args=(job, process), daemon=True).start()

    def _begun(self, module: str, *arguments: str, stdin: int) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env=child_environment(self._settings),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        )

    def _warm_up(self) -> None:
        """Loads a process for the next analysis; it is let go if none comes for a while."""
        with self._lock:
            if self._stopped or self._warm is not None:
                return
            self._warm = self._begun("web.warm_analysis", stdin=subprocess.PIPE)
            timer = threading.Timer(_WARM_SECONDS, self._let_go, [self._warm])
            timer.daemon = True
            timer.start()

    def _let_go(self, process: subprocess.Popen[str]) -> None:
        with self._lock:
            if self._warm is not process:
                return
            self._warm = None
        _end(process)

    def _asked_of_warm(self, arguments: list[str]) -> subprocess.Popen[str] | None:
        """The process that was loaded beforehand, which now runs the verb; None without one."""
        with self._lock:
            process, self._warm = self._warm, None
        if process is None:
            return None
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(arguments) + "\n")
            process.stdin.close()
        except OSError:  # it was ended from outside
            _end(process)
            return None
        return process

    def _follow(self, job: int, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        assert process.stderr is not None
        heard = _Heard(lambda percent: self._note(job, percent=percent))
        with process:
            teller = threading.Thread(target=heard.listen, args=(process.stderr,), daemon=True)
            teller.start()
            printed = process.stdout.read()
            code = process.wait()
            teller.join(timeout=5)
        found = json.loads(printed) if code == 0 else {"run": None, "opdrachten": []}
        try:
            self._note(
                job,
                patience=_LONGEST_OUTAGE,
                percent=None,
                code=code,
                run=found["run"],
                results=found["opdrachten"],
                told=heard.told,
                finished=now(),
            )
        finally:
            self._running = None
            self._warm_up()

    def _note(self, job: int, patience: float = 0.0, **values: Any) -> None:
        """Writes down how a job goes; at its end also in the log of the consultation."""
        until = time.monotonic() + patience
        while not self._stopped:
            try:
                with self._storage.writing() as session:
                    row = session.get_one(AnalysisJob, job)
                    for name, value in values.items():
                        setattr(row, name, value)
                    if "code" in values:
                        self._audit(session, row)
                return
            except Exception as error:
                if not is_outage(error):
                    raise
                if time.monotonic() > until:
                    return
            time.sleep(_OUTAGE_PAUSE)

    def _audit(self, session: Session, row: AnalysisJob) -> None:
        audit.record(
            session,
            self._consultation,
            row.account,
            "analyse" if row.code == 0 else "analyse_mislukt",
            ronde=row.round,
            opdracht=row.opdracht or 0,
            run=row.run or 0,
        )


class _Heard:
    """What an analysis tells on its standard error: the end of it, and the progress."""

    def __init__(self, tell: Callable[[int], None]) -> None:
        """``tell`` gets the progress in percent, once a second at most."""
        self.told = ""
        self._tell = tell
        self._since = 0.0

    def listen(self, stream: IO[str]) -> None:
        """Reads until the process closes the stream."""
        while chunk := stream.readline(400):
            self.told = (self.told + chunk)[-_KEPT:]
            found = _PERCENT.findall(chunk)
            if found and time.monotonic() - self._since >= _TELL_EVERY:
                self._since = time.monotonic()
                self._tell(min(100, int(found[-1])))


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        with suppress(OSError):  # what was written to it and never read
            if pipe is not None:
                pipe.close()


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
    # How threads wait is read where a library first loads OpenMP; see ``samenspraak.cli``.
    threads = {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "passive"}
    return {**threads, **os.environ, **named}
