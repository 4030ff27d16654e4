"""Starts and stops the three processes of the product together.

A child process that ends is restarted. The children end with this process, even if it is killed
(on Linux), so that no port stays in use.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import httpx
import yaml

from consultation.errors import SamenspraakError
from consultation.settings import ROOT, Settings

BOT_PYTHON = ROOT / "bot" / ".venv" / "bin" / "python"
_PR_SET_PDEATHSIG = 1
MOST_FAILED_STARTS = 5
_QUICK_DEATH = 5.0
_MAX_WAIT = 20.0
_STOP_WAIT = 8.0


@dataclass
class Process:
    """One process to keep running."""

    name: str
    command: list[str]
    health: str
    environment: dict[str, str]
    log: Path
    child: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    wait: float = 0.5
    due: float = field(default=0.0)
    failed_starts: int = 0
    """How often the process ended before it was healthy for the first time."""

    def start(self) -> None:
        """Starts the process; its output goes to its log, its id to a ``.pid`` file beside it."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent if sys.platform == "linux" else None,
            )
        self.log.with_suffix(".pid").write_text(f"{self.child.pid}\n", encoding="ascii")
        self.started = time.monotonic()

    @property
    def healthy(self) -> bool:
        """True when the health endpoint answers with status 200 within two seconds."""
        secret = self.environment["SAMENSPRAAK_SHARED_SECRET"]
        headers = {} if self.name == "web" else {"Authorization": f"Bearer {secret}"}
        try:
            return httpx.get(self.health, headers=headers, timeout=2.0).status_code == 200
        except httpx.HTTPError:
            return False


def processes(values: Settings) -> list[Process]:
    """Returns the processes that the settings describe: action server, Rasa and web server.

    Raises:
        SamenspraakError: the bot's environment or the trained model is missing.
    """
    if not BOT_PYTHON.exists():
        raise SamenspraakError(f"{BOT_PYTHON.parent.parent}: not set up; run: make setup")
    model = latest_model()
    environment = {
        **rasa_environment(values),
        "SAMENSPRAAK_SHARED_SECRET": values.renew_inner_secret(),
    }
    logs = values.data_dir / "log"
    rasa = [str(BOT_PYTHON), "-m", "rasa", "run", "--model", str(model)]
    rasa += ["--interface", "127.0.0.1", "--port", str(values.rasa_port)]
    rasa += ["--endpoints", str(_endpoints(values)), "--credentials", "credentials.yml"]
    return [
        Process(
            "actions",
            [sys.executable, "-m", "actions"],
            f"http://127.0.0.1:{values.actions_port}/health",
            environment,
            logs / "actions.log",
        ),
        Process(
            "rasa",
            rasa,
            f"http://127.0.0.1:{values.rasa_port}/",
            environment,
            logs / "rasa.log",
        ),
        Process(
            "web",
            [sys.executable, "-m", "web"],
            f"http://127.0.0.1:{values.port}/healthz",
            environment,
            logs / "web.log",
        ),
    ]


def _endpoints(values: Settings) -> Path:
    text = (ROOT / "endpoints.yml").read_text(encoding="utf-8")
    endpoints = yaml.safe_load(text)
    endpoints["action_endpoint"]["url"] = f"http://127.0.0.1:{values.actions_port}/webhook"
    path = values.data_dir / "endpoints.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(endpoints), encoding="utf-8")
    return path.resolve()


def rasa_environment(values: Settings) -> dict[str, str]:
    """Returns the environment of child processes: telemetry off, ports set, less logging."""
    return {
        **os.environ,
        "PYTHONUNBUFFERED": "1",
        "RASA_TELEMETRY_ENABLED": "false",
        "SAMENSPRAAK_ACTIONS_PORT": str(values.actions_port),
        "SAMENSPRAAK_RASA_PORT": str(values.rasa_port),
        "SAMENSPRAAK_PORT": str(values.port),
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "SQLALCHEMY_WARN_20": "0",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "",
        "LOG_LEVEL": "WARNING",
        "LOG_LEVEL_LIBRARIES": "ERROR",
    }


def latest_model() -> Path:
    """Returns the path of the newest trained model.

    Raises:
        SamenspraakError: there is no trained model.
    """
    models = sorted((ROOT / "models").glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not models:
        raise SamenspraakError(f"{ROOT / 'models'}: no trained assistant; run: samenspraak train")
    return models[-1]


def require_free_ports(values: Settings) -> None:
    """Checks that all three ports are free.

    Raises:
        SamenspraakError: a port cannot be bound; the message names the setting to change.
    """
    for setting, host, port in (
        ("PORT", values.host, values.port),
        ("RASA_PORT", "127.0.0.1", values.rasa_port),
        ("ACTIONS_PORT", "127.0.0.1", values.actions_port),
    ):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise SamenspraakError(
                    f"port {port} is in use ({error.strerror}); stop what listens there or set "
                    f"SAMENSPRAAK_{setting} to another port."
                ) from error


def run_together(everything: list[Process], say: Callable[[str], None]) -> None:
    """Starts all processes and keeps them running until SIGINT or SIGTERM; then stops them all.

    A process that was healthy once is restarted without limit.

    Raises:
        SamenspraakError: a process ended ``MOST_FAILED_STARTS`` times before it was healthy for
            the first time; all processes are stopped.
    """
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    previous = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        for process in everything:
            process.start()
        waiting = {process.name for process in everything}
        while not stopping:
            _restart_dead(everything, waiting, say)
            for process in everything:
                if process.name in waiting and process.healthy:
                    waiting.discard(process.name)
                    say(f"{process.name} is up ({time.monotonic() - process.started:.0f} s)")
                    if not waiting:
                        say("ready")
            time.sleep(0.3)
    finally:
        stop_all(everything)
        for each, handler in previous.items():
            signal.signal(each, handler)


def stop_all(everything: list[Process]) -> None:
    """Ends every running process: SIGTERM first, SIGKILL after eight seconds in all."""
    alive = [each.child for each in everything if each.child and each.child.poll() is None]
    for child in alive:
        child.terminate()
    deadline = time.monotonic() + _STOP_WAIT
    for child in alive:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _restart_dead(everything: list[Process], waiting: set[str], say: Callable[[str], None]) -> None:
    """Restarts ended processes after a pause; ``waiting`` names those that were never healthy."""
    for process in everything:
        if process.child is None or process.child.poll() is None:
            continue
        moment = time.monotonic()
        if process.due == 0.0:
            if process.name in waiting:
                process.failed_starts += 1
                if process.failed_starts >= MOST_FAILED_STARTS:
                    raise SamenspraakError(
                        f"{process.name} ended {process.failed_starts} times before it was up, the "
                        f"last time with code {process.child.returncode}; its log tells why: "
                        f"{process.log}"
                    )
            lived = moment - process.started
            process.wait = min(process.wait * 2, _MAX_WAIT) if lived < _QUICK_DEATH else 0.5
            process.due = moment + process.wait
            say(
                f"{process.name} ended with code {process.child.returncode}; starting it again "
                f"(its log: {process.log})"
            )
        elif moment >= process.due:
            process.due = 0.0
            process.start()


def die_with_parent() -> None:
    """Asks Linux to send SIGTERM to this process when its parent dies; runs before exec."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
