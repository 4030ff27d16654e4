"""Starts and stops the processes of the product together, or some of them on a machine of its own.

A child process that ends is restarted. The children end with this process, even if it is killed
(on Linux), so that no port stays in use. SIGHUP restarts them one after the other. The public port
belongs to this process and all web processes accept from it: while one of them starts again, the
others take its visitors, and without others these wait.
"""

from __future__ import annotations

import ctypes
import enum
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from types import FrameType
from typing import Any

import httpx
import yaml

from consultation.errors import SamenspraakError
from consultation.private_files import make_private_folder
from consultation.settings import RASA_URLS, ROOT, Settings

BOT_PYTHON = ROOT / "bot" / ".venv" / "bin" / "python"
_PR_SET_PDEATHSIG = 1
MOST_FAILED_STARTS = 5
_QUICK_DEATH = 5.0
_MAX_WAIT = 20.0
_STOP_WAIT = 8.0
_BACKLOG = 2048


class Part(enum.StrEnum):
    """A part of the product that may run alone."""

    web = "web"
    rasa = "rasa"
    actions = "actions"
    worker = "worker"


@dataclass
class Process:
    """One process to keep running.

    ``health`` is the URL that answers once it is up; empty for a process of ours that says so
    itself, over a pipe. ``shared`` is the socket of the public port, for a web process.
    """

    name: str
    command: list[str]
    health: str
    environment: dict[str, str]
    log: Path
    shared: socket.socket | None = None
    child: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    wait: float = 0.5
    due: float = field(default=0.0)
    was_healthy: bool = False
    failed_starts: int = 0
    """How often the process ended before it was healthy for the first time."""
    _ready: int | None = None

    def start(self) -> None:
        """Starts the process; its output goes to its log, its id to a ``.pid`` file beside it."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        command, passed = list(self.command), []
        if self.shared is not None:
            passed.append(self.shared.fileno())
            command += ["--socket", str(self.shared.fileno())]
        if not self.health:
            self.forget_ready()
            self._ready, told = os.pipe()
            passed.append(told)
            command += ["--ready", str(told)]
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=passed,
                preexec_fn=die_with_parent if sys.platform == "linux" else None,
            )
        if not self.health:
            os.close(told)
        self.log.with_suffix(".pid").write_text(f"{self.child.pid}\n", encoding="ascii")
        self.started = time.monotonic()

    def forget_ready(self) -> None:
        """Closes the pipe of the last start."""
        if self._ready is not None:
            os.close(self._ready)
            self._ready = None

    @property
    def healthy(self) -> bool:
        """True once the process said so, or when its health endpoint answers within 2 seconds."""
        if not self.health:
            told = self._ready is not None and select.select([self._ready], [], [], 0)[0]
            return bool(told and self._ready is not None and os.read(self._ready, 1))
        headers = {"Authorization": f"Bearer {self.environment['SAMENSPRAAK_SHARED_SECRET']}"}
        try:
            return httpx.get(self.health, headers=headers, timeout=2.0).status_code == 200
        except httpx.HTTPError:
            return False


def processes(
    values: Settings,
    part: Part | None = None,
    web: int = 1,
    rasa: int = 1,
    shared: socket.socket | None = None,
) -> list[Process]:
    """Returns the processes that the settings describe: all of one machine, or those of a part.

    ``shared`` is the socket of the public port, where there are web processes. Without a part, the
    shared secret is made anew, unless it is set.

    Raises:
        SamenspraakError: the bot's environment or the trained model is missing, or the settings do
            not fit the number of processes.
    """
    _check(values, part, web)
    with_rasa = part in (None, Part.rasa)
    if with_rasa and not BOT_PYTHON.exists():
        raise SamenspraakError(f"{BOT_PYTHON.parent.parent}: not set up; run: make setup")
    model = latest_model() if with_rasa else None
    own_rasas = ",".join(f"http://127.0.0.1:{values.rasa_port + each}" for each in range(rasa))
    environment = {
        **rasa_environment(values),
        "SAMENSPRAAK_SHARED_SECRET": (
            values.renew_inner_secret() if part is None else values.inner_secret
        ),
        "PROMETHEUS_MULTIPROC_DIR": str(
            _empty_folder(values.data_dir / f"metrics-{part or 'all'}")
        ),
    }
    if part is None:
        make_private_folder(values.data_dir)
        told = values.data_dir / RASA_URLS
        environment["SAMENSPRAAK_RASA_URLS"] = own_rasas
        # For verbs in another window, such as forget.
        told.write_text(own_rasas + "\n", encoding="ascii")
    logs = values.data_dir / "log"
    host = "127.0.0.1" if values.inner_host in ("0.0.0.0", "::") else values.inner_host  # noqa: S104

    def named(name: str, number: int, of: int) -> str:
        return f"{name}-{number + 1}" if of > 1 else name

    def ours(name: str, module: str, health: str, **more: Any) -> Process:
        log = logs / f"{name}.log"
        return Process(name, [sys.executable, "-m", module], health, environment, log, **more)

    found: list[Process] = []
    if part in (None, Part.actions):
        found.append(ours("actions", "actions", f"http://{host}:{values.actions_port}/health"))
    for number in range(rasa if with_rasa else 0):
        name, port = named("rasa", number, rasa), values.rasa_port + number
        command = [str(BOT_PYTHON), "-m", "rasa", "run", "--model", str(model)]
        command += ["--interface", values.inner_host, "--port", str(port)]
        command += ["--endpoints", str(_endpoints(values)), "--credentials", "credentials.yml"]
        health = f"http://{host}:{port}/"
        found.append(Process(name, command, health, environment, logs / f"{name}.log"))
    for number in range(web if part in (None, Part.web) else 0):
        found.append(ours(named("web", number, web), "web", "", shared=shared))
    if part is Part.worker:
        found.append(ours("worker", "web.worker", ""))
    return found


def _empty_folder(folder: Path) -> Path:
    """A folder for the counters of the processes, which begin at zero."""
    shutil.rmtree(folder, ignore_errors=True)
    make_private_folder(folder)
    return folder.resolve()


def _check(values: Settings, part: Part | None, web: int) -> None:
    """Checks that the settings fit these processes.

    Raises:
        SamenspraakError: they do not; the message says how to mend it.
    """
    sqlite = values.resolved_database_url.startswith("sqlite")
    if sqlite and (web > 1 or part is Part.worker):
        what = f"--web {web}" if web > 1 else "worker"
        raise SamenspraakError(
            f"{what}: SQLite serves one web process, as it has no locks between processes for a "
            "turn; set SAMENSPRAAK_DATABASE_URL to a PostgreSQL database (docs/operation.md tells "
            "how to move to one)."
        )
    open_inside = values.inner_host not in ("127.0.0.1", "::1", "localhost")
    if open_inside and not values.shared_secret:
        raise SamenspraakError(
            f"SAMENSPRAAK_INNER_HOST: {values.inner_host} is open to other machines; set "
            "SAMENSPRAAK_SHARED_SECRET to the same long secret on each of them."
        )


def public_socket(values: Settings) -> socket.socket:
    """Returns the listening socket of the public port, which all web processes accept from.

    Raises:
        SamenspraakError: the port cannot be bound; the message names the setting to change.
    """
    family = socket.AF_INET6 if ":" in values.host else socket.AF_INET
    listening = socket.socket(family)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((values.host, values.port))
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        raise _port_in_use("PORT", values.port, error) from error
    return listening


def _endpoints(values: Settings) -> Path:
    text = (ROOT / "endpoints.yml").read_text(encoding="utf-8")
    endpoints = yaml.safe_load(text)
    endpoints["action_endpoint"]["url"] = f"{values.actions_address}/webhook"
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


def require_free_ports(values: Settings, part: Part | None = None, rasa: int = 1) -> None:
    """Checks that the ports that the processes of a part bind are free.

    Raises:
        SamenspraakError: a port cannot be bound; the message names the setting to change.
    """
    rasas = [("RASA_PORT", values.inner_host, values.rasa_port + each) for each in range(rasa)]
    wanted = {
        Part.web: [("PORT", values.host, values.port)],
        Part.rasa: rasas,
        Part.actions: [("ACTIONS_PORT", values.inner_host, values.actions_port)],
        Part.worker: [],
    }
    bound = chain.from_iterable(wanted.values()) if part is None else wanted[part]
    for setting, host, port in bound:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise _port_in_use(setting, port, error) from error


def _port_in_use(setting: str, port: int, error: OSError) -> SamenspraakError:
    return SamenspraakError(
        f"port {port} is in use ({error.strerror}); stop what listens there or set "
        f"SAMENSPRAAK_{setting} to another port."
    )


def run_together(everything: list[Process], say: Callable[[str], None]) -> None:
    """Starts all processes and keeps them running until SIGINT or SIGTERM; then stops them all.

    A process that was healthy once is restarted without limit. At SIGHUP they are restarted one
    after the other, each once the one before it is up again.

    Raises:
        SamenspraakError: a process ended ``MOST_FAILED_STARTS`` times before it was healthy for
            the first time; all processes are stopped.
    """
    stopping = False
    to_renew: list[Process] = []

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    def renew(_signal: int, _frame: FrameType | None) -> None:
        to_renew[:] = everything

    handlers = {signal.SIGINT: stop, signal.SIGTERM: stop, signal.SIGHUP: renew}
    previous = {each: signal.signal(each, handler) for each, handler in handlers.items()}
    try:
        for process in everything:
            process.start()
        waiting = {process.name for process in everything}
        while not stopping:
            _restart_dead(everything, say)
            for process in everything:
                if process.name in waiting and process.healthy:
                    waiting.discard(process.name)
                    process.was_healthy = True
                    say(f"{process.name} is up ({time.monotonic() - process.started:.0f} s)")
                    if not waiting:
                        say("ready")
            if to_renew and not waiting:
                process = to_renew.pop(0)
                say(f"{process.name} is restarted")
                stop_all([process])
                process.start()
                waiting.add(process.name)
            time.sleep(0.3)
    finally:
        stop_all(everything)
        for process in everything:
            process.forget_ready()
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


def _restart_dead(everything: list[Process], say: Callable[[str], None]) -> None:
    """Restarts ended processes after a pause."""
    for process in everything:
        if process.child is None or process.child.poll() is None:
            continue
        moment = time.monotonic()
        if process.due == 0.0:
            if not process.was_healthy:
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
