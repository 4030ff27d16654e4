"""Many talks at once while processes are killed and services restarted, and what became of them.

Every typed answer carries its talk and the question that was open when it was typed. Afterwards the
database is asked: an accepted answer (status 200) that is not there is lost, one that stands twice
is doubled, one under another question or person is mixed.
"""

from __future__ import annotations

import os
import pwd
import random
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy import select

from consultation.database.models import (
    Contribution,
    ContributionVersion,
    Conversation,
    Message,
    Submission,
)
from tests.conftest import missing
from tests.servers import Servers, Talk, free_port

VICTIMS = ("web-1", "web-2", "rasa-1", "rasa-2", "actions")
_SENTENCES = (
    "De avondlessen beginnen te vroeg voor wie in ploegen werkt",
    "Laat de gemeente ruimere uren voor de opvang betalen",
    "De vakbond kan dit samen met de opleiders trekken",
)
_CALM = 0.7
"""How often the next blow waits until a talk can be held again."""
_MARK = re.compile(r"kenmerk (\w{1,20}) bij (\w{1,20})")


@dataclass
class OwnPostgres:
    """A PostgreSQL server of the test, that it starts, restarts and stops."""

    port: int = field(default_factory=free_port)
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="samenspraak-pg-")))
    """Not below pytest's own folder: PostgreSQL runs as another user, who may not enter there."""

    @property
    def url(self) -> str:
        """The SQLAlchemy URL of its database."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Makes the server and starts it."""
        if not _program("initdb"):
            missing("postgres", "no initdb of PostgreSQL here")
        if os.geteuid() == 0:
            os.chown(self.folder, pwd.getpwnam("postgres").pw_uid, -1)
        self._run("initdb", "--username=postgres", "--auth=trust", "-D", str(self.folder / "data"))
        self.up()

    def up(self) -> None:
        """Starts it."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k '' -c max_connections=200"
        log = str(self.folder / "log")
        self._ctl("start", "-w", "-o", options, "-l", log)

    def down(self) -> None:
        """Stops it, as an operator does who is in a hurry."""
        self._ctl("stop", "-w", "-m", "fast")

    def remove(self) -> None:
        """Stops it, and deletes what it wrote."""
        try:
            self.down()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _ctl(self, *arguments: str) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), *arguments)

    def _run(self, name: str, *arguments: str) -> None:
        command = [str(_program(name)), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(
            command,
            check=True,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


@dataclass
class OwnRedis:
    """A Redis server of the test, that it starts, restarts and stops."""

    folder: Path
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its URL."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        program = shutil.which("redis-server")
        if program is None:
            missing("redis", "no redis-server on PATH")
        self.folder.mkdir(exist_ok=True)
        command = [str(program), "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self._process = subprocess.Popen(command, cwd=self.folder, stdout=subprocess.DEVNULL)
        ask = [str(shutil.which("redis-cli")), "-p", str(self.port), "ping"]
        for _ in range(200):
            if b"PONG" in subprocess.run(ask, capture_output=True, check=False).stdout:
                return
            time.sleep(0.05)
        raise AssertionError("Redis did not start")

    def stop(self) -> None:
        """Stops it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None


def _program(name: str) -> Path | None:
    newest = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = str(newest[-1]) if newest else shutil.which(name)
    return Path(found) if found else None


@dataclass
class Result:
    """What became of the typed answers, and what was done to the processes."""

    talks: int = 0
    accepted: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def line(self) -> str:
        """The figures as one line."""
        done = ", ".join(f"{name} {count}x" for name, count in sorted(self.done.items()))
        return (
            f"{self.talks} talks, {self.accepted} answers accepted in {self.seconds:.0f} s: "
            f"{len(self.lost)} lost, {len(self.doubled)} doubled, {len(self.mixed)} mixed, "
            f"{len(self.errors)} talks broken off ({done or 'nothing was done to them'})"
        )


class _PatientTalk(Talk):
    """Somebody who waits as long as it takes: in a storm on a slow machine everything restarts."""

    patience = 600.0


Blow = tuple[str, Callable[[], None]]
"""Something that happens to the product while people talk, and its name."""


@dataclass
class Storm:
    """Talks with a running product, and what happens meanwhile."""

    servers: Servers
    seed: int = 1
    result: Result = field(default_factory=Result)
    _said: dict[tuple[str, str], str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, talks: int, at_once: int, blows: Sequence[Blow], pause: float) -> Result:
        """Holds so many talks at least, so many at once, until all blows have come."""
        since = time.monotonic()
        weather = threading.Thread(target=self._blow, args=(blows, pause))
        weather.start()
        numbers = count()

        def person(_: int) -> None:
            while (number := next(numbers)) < talks or weather.is_alive():
                self._talk(number)
                self.result.talks += 1

        with ThreadPoolExecutor(at_once) as people:
            list(people.map(person, range(at_once)))
        weather.join()
        self.servers.wait_until_ready(600)
        self.result.seconds = time.monotonic() - since
        self._judge()
        return self.result

    def _blow(self, blows: Sequence[Blow], pause: float) -> None:
        rng = random.Random(self.seed)
        for name, blow in blows:
            # However slow the machine, the product is up between two blows; at times one half.
            if rng.random() < _CALM:
                self.servers.wait_until_ready(600)
            time.sleep(pause * rng.uniform(0.5, 1.5))
            try:
                blow()
                self.result.done[name] += 1
            except (ProcessLookupError, FileNotFoundError):
                # It died just before; the next one then.
                continue

    def _talk(self, number: int) -> None:
        mark = f"t{self.seed}n{number}"
        address = f"127.{10 + number // 60_000}.{1 + number // 250 % 250}.{1 + number % 250}"
        try:
            talk = _PatientTalk(self.servers.url, address, opdracht=1 + number % 10)
            step = 0
            while talk.at[0] != "einde":
                step += 1
                assert step < 40, f"{mark}: no end at {talk.at}"
                where, _, question = talk.at
                if where == "vraag" and question in ("drempel", "voorstel", "trekker"):
                    said = f"{_SENTENCES[step % 3]}, kenmerk {mark} bij {question}."
                    talk.say(said)
                    with self._lock:
                        self._said[mark, question] = talk.session
                        self.result.accepted += 1
                    continue
                taps = {"vraag": '"waarde":"5"', "groep": '"burger"', "verder": "/stoppen"}
                talk.tap(
                    "/overslaan" if talk.custom.get("probe") else taps.get(where, "/bevestigen")
                )
        except Exception as error:
            self.result.errors.append(f"{mark}: {type(error).__name__} {str(error)[:200]}")

    def _judge(self) -> None:
        storage = self.servers.storage()
        query = (
            select(Conversation.id, Contribution.question, ContributionVersion.text)
            .join(Submission, Submission.participant_id == Conversation.participant_id)
            .join(Contribution, Contribution.submission_id == Submission.id)
            .join(ContributionVersion, ContributionVersion.contribution_id == Contribution.id)
        )
        typed = select(Message.text).where(Message.sender == "deelnemer", Message.payload.is_(None))
        with storage.reading() as session:
            rows = session.execute(query).tuples().all()
            messages = Counter(session.scalars(typed))
        found: Counter[tuple[str, str]] = Counter()
        for talk, question, text in rows:
            for mark, asked in _MARK.findall(text):
                found[mark, asked] += 1
                if asked != question or self._said.get((mark, asked), talk) != talk:
                    self.result.mixed.append(f"{mark}: {asked} stands under {question}")
        for mark, asked in self._said:
            if not found[mark, asked]:
                self.result.lost.append(f"{mark} {asked}")
            elif found[mark, asked] > 1:
                self.result.doubled.append(f"{mark} {asked}")
        for text, times in messages.items():
            if times > 1 and _MARK.search(text):
                self.result.doubled.append(f"message: {_MARK.findall(text)}")
        storage.close()


@contextmanager
def stormy(
    folder: Path, url: str, redis: OwnRedis, web: int = 2, rasa: int = 2
) -> Iterator[Servers]:
    """The product with several web and Rasa processes, on PostgreSQL and Redis; round 1 is open."""
    running = Servers(
        folder,
        serve=("--web", str(web), "--rasa", str(rasa)),
        SAMENSPRAAK_DATABASE_URL=url,
        SAMENSPRAAK_REDIS_URL=redis.url,
    )
    done = running.verb("round", "open", "1")
    assert done.returncode == 0, done.stderr
    running.start()
    try:
        yield running
    finally:
        code = running.stop()
    assert code == 0


def database_away(url: str) -> None:
    """Ends all connections of a database at once, as a restart of its server does."""
    plain = url.replace("postgresql+psycopg:", "postgresql:", 1)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )
