"""How many messages a second many people get: whole talks, beside the assistant of ``rasa init``.

    .venv/bin/python -m benchmarks.chat_load [--at-once 1 10 50] [--seconds 20] [--think 0] [--docs]

Starts the product on free ports with an empty database of its own, and, on another port, the
assistant that ``rasa init`` makes (made and trained once, kept in ``.rasa/init``). One after the
other they get the same load: so many people at once, each holding talks one after the other until
the time is up. Every talk is somebody else's and comes from an address of its own, as the limit on
new talks per address (60, then one a second) expects. Ours go through the web gateway, as the
widget's do; the peer's go to its REST channel. A message counts when its answer is there: a 202 of
ours (stored, no answer yet) is counted apart, as is every error. A turn in which the peer chose to
say nothing counts as answered, and is told under the table. CPU and memory are those of the
processes of each; what the clients cost is told too, since they share the cores.

``--docs`` writes the table to ``docs/turns.md``. Run it on an idle machine.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import random
import signal
import statistics
import subprocess
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

from benchmarks.turns import ANSWERS, free_port, put_between, serving
from samenspraak.processes import BOT_PYTHON

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "turns.md"
PEER = ROOT / ".rasa" / "init"
MARK = "chat_load"
_TICKS = os.sysconf("SC_CLK_TCK")
_PATIENCE = 60.0

PEER_TALK = (
    "hi",
    "I am feeling very sad",
    "no",
    "are you a bot?",
    "hello there",
    "wonderful, thank you",
    "am I talking to a human?",
    "good evening",
    "not so good",
    "yes",
    "hey",
    "super stoked",
    "are you a human?",
    "bye",
)
"""What people say to the assistant of ``rasa init``: its own stories, mood after mood."""


@dataclass(frozen=True)
class Process:
    """One process of an assistant, by name and id."""

    name: str
    pid: int

    def seconds(self) -> float:
        """Processor time so far, user and system."""
        stat = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(stat[11]) + int(stat[12])) / _TICKS

    def megabytes(self) -> float:
        """Resident memory now."""
        for line in Path(f"/proc/{self.pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return 0.0


@dataclass
class Tally:
    """What one person saw: seconds per answered message, messages without an answer, errors.

    ``silent``: answered messages in whose turn the assistant chose to say nothing.
    """

    seconds: list[float] = field(default_factory=list)
    unanswered: int = 0
    silent: int = 0
    errors: list[str] = field(default_factory=list)
    talks: int = 0


@dataclass(frozen=True)
class Load:
    """The figures of one assistant under one load."""

    who: str
    at_once: int
    elapsed: float
    tally: Tally
    cpu: dict[str, float]
    client_cpu: float
    memory: dict[str, float]

    @property
    def rate(self) -> float:
        """Answered messages a second."""
        return len(self.tally.seconds) / self.elapsed

    def milliseconds(self, share: float) -> float:
        """The time within which this share of the answers was there."""
        ordered = sorted(self.tally.seconds)
        if not ordered:
            return float("nan")
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    def cpu_per_message(self, name: str) -> float:
        """Milliseconds of processor time that one process spent per answered message."""
        return 1000 * self.cpu[name] / max(1, len(self.tally.seconds))


class Line:
    """One person's connection, kept open, from an address of their own.

    A server closes a connection on which somebody thinks for long; it is opened again, as a
    browser does.
    """

    def __init__(self, port: int, address: str) -> None:
        self._used = False
        self._connection = http.client.HTTPConnection(
            "127.0.0.1", port, timeout=_PATIENCE, source_address=(address, 0)
        )

    def call(
        self, method: str, path: str, body: Any = None, token: str | None = None
    ) -> tuple[int, Any]:
        """Status and decoded body of one request."""
        try:
            found = self._exchanged(method, path, body, token)
        except (BrokenPipeError, ConnectionResetError, http.client.RemoteDisconnected):
            if not self._used:
                raise
            self._connection.close()
            found = self._exchanged(method, path, body, token)
        self._used = True
        return found

    def _exchanged(self, method: str, path: str, body: Any, token: str | None) -> tuple[int, Any]:
        headers = {"Content-Type": "application/json", "Connection": "keep-alive"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        sent = json.dumps(body) if body is not None else None
        self._connection.request(method, path, sent, headers)
        answer = self._connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text else None

    def close(self) -> None:
        """Hangs up."""
        self._connection.close()


class Person:
    """Holds talks until told to stop."""

    def __init__(self, number: int, port: int, think: float, until: float) -> None:
        self.tally = Tally()
        self._random = random.Random(number)
        self._port = port
        self._network = f"127.{10 + number % 200}"
        self._begun = 0
        self._think = think
        self._until = until

    def hold(self) -> None:
        """Talks one after the other; a broken connection counts as an error and is made anew.

        People who think do not all come in the same second.
        """
        time.sleep(self._random.uniform(0, self._think))
        while time.monotonic() < self._until:
            line = Line(self._port, self._new_address())
            try:
                for _ in self._talk(line):
                    if time.monotonic() >= self._until:
                        break
                    if self._think:
                        time.sleep(self._random.expovariate(1 / self._think))
                else:
                    self.tally.talks += 1
            except (OSError, http.client.HTTPException, ValueError) as error:
                self.tally.errors.append(type(error).__name__)
                time.sleep(0.2)
            finally:
                line.close()

    def _new_address(self) -> str:
        self._begun += 1
        return f"{self._network}.{self._begun // 250 % 250}.{1 + self._begun % 250}"

    def _talk(self, line: Line) -> Iterator[None]:
        raise NotImplementedError

    def _timed(self, line: Line, path: str, body: Any, token: str | None = None) -> Any:
        begun = time.perf_counter()
        status, found = line.call("POST", path, body, token)
        taken = time.perf_counter() - begun
        if status == 202:
            self.tally.unanswered += 1
            return None
        if status >= 300:
            self.tally.errors.append(f"HTTP {status}")
            return None
        self.tally.seconds.append(taken)
        return found


class OurPerson(Person):
    """A stakeholder: consent, group, an opdracht, its questions, one question back, the summary."""

    def _talk(self, line: Line) -> Iterator[None]:
        opened = self._timed(line, "/api/chat/sessions", {"opdracht": self._random.randint(1, 10)})
        if opened is None:
            time.sleep(1)
            return
        token = opened["token"]
        _, said = line.call("GET", "/api/chat/messages", token=token)
        answers = cycle(self._random.sample(ANSWERS, len(ANSWERS)))
        yield None
        while said:
            step, text, payload = self._next(said, answers)
            if step in ("einde", "verder"):
                return
            body = {"message": text, "client_id": uuid.uuid4().hex}
            if payload:
                body["payload"] = payload
            said = self._timed(line, "/api/chat/messages", body, token)
            if said == []:
                self.tally.errors.append("no answer")
            yield None

    def _next(
        self, said: list[dict[str, Any]], answers: Iterator[str]
    ) -> tuple[str, str, str | None]:
        bubble = next(each for each in reversed(said) if (each.get("custom") or {}).get("step"))
        custom, buttons = bubble["custom"], bubble.get("buttons") or []
        step = custom["step"]
        if not buttons or (step == "vraag" and custom.get("probe")):
            return step, next(answers), None
        if step == "toestemming" and self._random.random() < 0.5:
            return step, "ja dat mag", None
        button = buttons[-1] if step in ("groep", "vraag") else buttons[0]
        return step, button["title"], button["payload"]


class PeerPerson(Person):
    """Somebody who talks with the assistant of ``rasa init``."""

    def _talk(self, line: Line) -> Iterator[None]:
        sender = uuid.uuid4().hex
        for text in PEER_TALK:
            body = {"sender": sender, "message": text}
            # Its policy may choose to listen: a whole turn, with nothing to say.
            self.tally.silent += self._timed(line, "/webhooks/rest/webhook", body) == []
            yield None


def main() -> None:
    """Loads both and prints the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--at-once", type=int, nargs="+", default=[1, 10, 50])
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--think", type=float, default=0.0, help="mean seconds before each message")
    parser.add_argument("--no-peer", action="store_true", help="leave rasa init's assistant out")
    parser.add_argument("--docs", action="store_true")
    arguments = parser.parse_args()
    found: list[Load] = []
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as (port, logs):
        parts = [Process(file.stem, int(file.read_text())) for file in sorted(logs.glob("*.pid"))]
        _load("ours", OurPerson, port, parts, 2, 4.0, 0.0)
        for at_once in arguments.at_once:
            found.append(
                _load("ours", OurPerson, port, parts, at_once, arguments.seconds, arguments.think)
            )
            print(_line(found[-1]), flush=True)
    if not arguments.no_peer:
        with _peer() as (port, process):
            _load("rasa init", PeerPerson, port, [process], 2, 4.0, 0.0)
            for at_once in arguments.at_once:
                found.append(
                    _load(
                        "rasa init",
                        PeerPerson,
                        port,
                        [process],
                        at_once,
                        arguments.seconds,
                        arguments.think,
                    )
                )
                print(_line(found[-1]), flush=True)
    text = _report(found, arguments.seconds, arguments.think)
    print(text)
    if arguments.docs:
        put_between(PAGE, MARK, text)


def _load(
    who: str,
    kind: type[Person],
    port: int,
    parts: Sequence[Process],
    at_once: int,
    seconds: float,
    think: float,
) -> Load:
    before = {part.name: part.seconds() for part in parts}
    own = time.process_time()
    begun = time.monotonic()
    people = [kind(number, port, think, begun + seconds) for number in range(at_once)]
    threads = [threading.Thread(target=person.hold) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.monotonic() - begun
    tally = Tally(
        seconds=[each for person in people for each in person.tally.seconds],
        unanswered=sum(person.tally.unanswered for person in people),
        silent=sum(person.tally.silent for person in people),
        errors=[each for person in people for each in person.tally.errors],
        talks=sum(person.tally.talks for person in people),
    )
    return Load(
        who,
        at_once,
        elapsed,
        tally,
        cpu={part.name: part.seconds() - before[part.name] for part in parts},
        client_cpu=time.process_time() - own,
        memory={part.name: part.megabytes() for part in parts},
    )


@contextmanager
def _peer() -> Iterator[tuple[int, Process]]:
    environment = {
        **os.environ,
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "",
        "LOG_LEVEL": "WARNING",
    }
    rasa = [str(BOT_PYTHON), "-W", "ignore", "-m", "rasa"]
    if not list((PEER / "models").glob("*.tar.gz")):
        print("making and training the assistant of rasa init ...", flush=True)
        PEER.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [*rasa, "init", "--no-prompt", "--init-dir", str(PEER)],
            env=environment,
            cwd=PEER,
            check=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
        )
    port = free_port()
    child = subprocess.Popen(
        [*rasa, "run", "--interface", "127.0.0.1", "--port", str(port)],
        env=environment,
        cwd=PEER,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 180
        while time.monotonic() < deadline:
            try:
                line = Line(port, "127.0.0.1")
                if line.call("GET", "/webhooks/rest/")[0] == 200:
                    break
            except (OSError, http.client.HTTPException, ValueError):
                pass
            if child.poll() is not None:
                raise SystemExit("the assistant of rasa init did not start")
            time.sleep(0.5)
        yield port, Process("rasa", child.pid)
    finally:
        child.send_signal(signal.SIGINT)
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()


def _line(load: Load) -> str:
    return (
        f"{load.who}, {load.at_once} at once: {load.rate:.1f} messages/s, "
        f"p50 {load.milliseconds(0.5):.0f} ms, p95 {load.milliseconds(0.95):.0f} ms, "
        f"{load.tally.unanswered} unanswered, {len(load.tally.errors)} errors "
        f"{sorted(set(load.tally.errors))}, {load.tally.talks} whole talks; CPU ms a message: "
        + ", ".join(f"{name} {load.cpu_per_message(name):.1f}" for name in load.cpu)
        + f", clients {1000 * load.client_cpu / max(1, len(load.tally.seconds)):.1f}"
    )


def _report(found: Sequence[Load], seconds: float, think: float) -> str:
    lines = [
        "| at once | who | messages/s | p50 ms | p95 ms | p99 ms | no answer (202) | errors "
        "| CPU ms a message | MB |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for load in sorted(found, key=lambda each: (each.at_once, each.who)):
        parts = ", ".join(f"{name} {load.cpu_per_message(name):.1f}" for name in load.cpu)
        total = sum(load.cpu_per_message(name) for name in load.cpu)
        lines.append(
            f"| {load.at_once} | {load.who} | {load.rate:.1f} | {load.milliseconds(0.5):.0f} "
            f"| {load.milliseconds(0.95):.0f} | {load.milliseconds(0.99):.0f} "
            f"| {load.tally.unanswered} | {len(load.tally.errors)} | {total:.1f} ({parts}) "
            f"| {sum(load.memory.values()):.0f} |"
        )
    ours = {load.at_once: load for load in found if load.who == "ours"}
    ratios = [
        f"{load.at_once} at once: {ours[load.at_once].rate / load.rate:.2f} times the messages, "
        f"p95 {ours[load.at_once].milliseconds(0.95) / load.milliseconds(0.95):.2f} times"
        for load in found
        if load.who != "ours" and load.at_once in ours and load.rate
    ]
    silent = sum(load.tally.silent for load in found if load.who != "ours")
    clients = statistics.mean(
        1000 * load.client_cpu / max(1, len(load.tally.seconds)) for load in found
    )
    thinking = f"some {think:g} s of thought before each message" if think else "no time to think"
    return "\n".join(
        (
            f"`benchmarks/chat_load.py`, {seconds:.0f} s each, {thinking}; {os.cpu_count()} cores "
            f"({platform.machine()}), clients beside them ({clients:.1f} CPU ms a message).",
            "",
            *lines,
            "",
            *(f"Against `rasa init`, {each}.  " for each in ratios),
            *([f"`rasa init` had nothing to say in {silent} of its turns."] if silent else []),
        )
    )


if __name__ == "__main__":
    main()
