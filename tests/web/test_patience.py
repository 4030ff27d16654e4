"""Who is slow, and what is held or full, is in nobody else's way."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from consultation.database.storage import Storage
from consultation.settings import Settings
from dialogue import threads
from tests.web_stage import Site, StandIn
from web import health
from web.server import security_headers
from web.server.http_timeouts import TimeoutProtocol

pytest_plugins = ["tests.web_fixtures"]

HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("begin immediate")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same limits, sooner reached."""
    monkeypatch.setattr(security_headers, "BODY_SECONDS", 1.0)
    for name, seconds in (("headers", 1.0), ("request", 3.0), ("reading", 1.0), ("look", 0.1)):
        monkeypatch.setattr(TimeoutProtocol, f"{name}_seconds", seconds)


def connected(site: Site) -> socket.socket:
    """A bare connection with the website."""
    return socket.create_connection(("127.0.0.1", int(site.url.rsplit(":", 1)[1])), timeout=30)


def drip(link: socket.socket, start: bytes, drop: bytes = b"a", seconds: float = 20) -> bytes:
    """Sends a beginning, then a drop every twentieth of a second, until the server hangs up or the
    time is over; what it said before that."""
    until = time.monotonic() + seconds
    said = b""
    link.settimeout(0.05)
    with suppress(ConnectionError):
        link.sendall(start)
        while time.monotonic() < until:
            with suppress(TimeoutError):
                part = link.recv(4096)
                said += part
                if not part:
                    return said
            link.sendall(drop)
        raise AssertionError(f"never hung up on: {start[:60]!r}")
    return said


def posted(path: str, *headers: str) -> bytes:
    """The beginning of a request that promises a long body."""
    lines = [f"POST {path} HTTP/1.1", "Host: x", *headers, "Content-Length: 200000", "", ""]
    return "\r\n".join(lines).encode()


JSON = "Content-Type: application/json"
FORM = "Content-Type: application/x-www-form-urlencoded"
PARTS = "Content-Type: multipart/form-data; boundary=x"


PART = b'--x\r\nContent-Disposition: form-data; name="y"\r\n\r\n'
TOO_SLOW = b"Wat u stuurt komt te traag"
CHUNKED = (
    f"POST /mijn-antwoorden HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n{FORM}\r\n\r\n"
)
SLOW = {
    "nothing": (b"", b"", b""),
    "headers": (b"GET / HTTP/1.1\r\nX: ", b"a", b"HTTP/1.1 408"),
    "second": (b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /pri", b"v", b"HTTP/1.1 408"),
    "json": (posted("/api/chat/sessions", JSON), b" ", b'{"detail":"' + TOO_SLOW),
    "form": (posted("/formulier/4", FORM), b"a", TOO_SLOW),
    "parts": (posted("/formulier/4", PARTS) + PART, b"a", TOO_SLOW),
    "login": (posted("/beheer/login", FORM), b"a", TOO_SLOW),
    "chunked": (CHUNKED.encode(), b"1\r\na\r\n", TOO_SLOW),
    # These are answered before their body is in; the connection ends all the same.
    "nowhere": (posted("/nergens", FORM), b"a", b"HTTP/1.1 404"),
    "method": (posted("/gesprek", FORM), b"a", b"HTTP/1.1 405"),
}


@pytest.mark.usefixtures("impatient")
def test_who_sends_slowly_is_hung_up_on(site: Site) -> None:
    def sent_slowly(start: bytes, drop: bytes, answer: bytes) -> bool:
        with connected(site) as link:
            said = drip(link, start, drop)
            return answer in said and said.count(b"HTTP/1.1 ") <= 1 + start.count(b"\r\n\r\nGET")

    with ThreadPoolExecutor(len(SLOW)) as all_at_once:
        done = {name: all_at_once.submit(sent_slowly, *case) for name, case in SLOW.items()}
    assert {name: each.result() for name, each in done.items()} == dict.fromkeys(SLOW, True)


def test_a_hundred_slow_senders_stop_nobody(
    site: Site, http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("headers", "request"):
        monkeypatch.setattr(TimeoutProtocol, f"{name}_seconds", 120.0)
    monkeypatch.setattr(security_headers, "BODY_SECONDS", 120.0)
    starts = [b"GET / HTTP/1.1\r\nX: ", posted("/api/chat/sessions", JSON)]
    starts += [posted("/formulier/4", FORM), posted("/beheer/login", FORM)]
    links = [connected(site) for _ in range(100)]
    ended: list[bytes] = []

    def send_slowly(number: int) -> None:
        ended.append(drip(links[number], starts[number % len(starts)], seconds=180))

    senders = [threading.Thread(target=send_slowly, args=(each,)) for each in range(100)]
    for each in senders:
        each.start()
    got = [http.get(path).status_code for path in ("/healthz", "/", "/formulier/4", "/readyz")]
    got.append(http.post("/api/chat/sessions", json={}).status_code)
    assert [each.is_alive() for each in senders] == [True] * 100
    for name in ("headers", "request"):
        monkeypatch.setattr(TimeoutProtocol, f"{name}_seconds", 0.0)
    for each in senders:
        each.join()
    for link in links:
        link.close()
    assert got == [200, 200, 200, 200, 201]
    assert len(ended) == 100


@pytest.mark.usefixtures("impatient")
def test_a_request_in_pieces_that_comes_in_time_is_answered(site: Site) -> None:
    body = b'{"opdracht": 4}'
    request = (
        b"POST /api/chat/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    )
    with connected(site) as link:
        # Several on one connection: each has its own time.
        for _ in range(3):
            for place in range(0, len(request), 40):
                link.sendall(request[place : place + 40])
                time.sleep(0.05)
            assert b" 201 " in link.recv(65536).splitlines()[0]
            time.sleep(0.5)


def test_a_request_that_is_underway_when_the_server_stops_is_answered(site: Site) -> None:
    request = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    with connected(site) as new, connected(site) as used:
        used.sendall(request)
        assert b" 200 " in used.recv(65536)
        time.sleep(0.2)
        leaving = threading.Thread(target=site.stop)
        leaving.start()
        time.sleep(0.2)
        for link in (new, used):
            link.sendall(request)
            said = b""
            while part := link.recv(65536):
                said += part
            assert b" 200 " in said.splitlines()[0]
            assert b"connection: close" in said.lower()
        leaving.join()


@pytest.mark.usefixtures("impatient")
def test_who_reads_nothing_is_hung_up_on(site: Site, http: httpx.Client) -> None:
    with socket.socket() as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        link.connect(("127.0.0.1", int(site.url.rsplit(":", 1)[1])))
        ask = b"GET /widget/samenspraak-chat.js HTTP/1.1\r\nHost: x\r\n\r\n"
        link.settimeout(5)
        with suppress(TimeoutError, ConnectionError):
            link.sendall(ask * 400)
        assert http.get("/healthz").status_code == 200
        assert site._server is not None
        # The other client's connection ends too, by itself.
        wait_for(lambda: not site._server.server_state.connections)  # type: ignore[union-attr]


def wait_for(true: Callable[[], bool], seconds: float = 30) -> None:
    """Returns once it is true."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)


@contextmanager
def write_lock_held(file: Path) -> Iterator[None]:
    """Another program has the database's write lock."""
    command = [sys.executable, "-c", HOLD, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        yield
        assert other.stdin is not None
        other.stdin.close()


def test_readers_do_not_wait_for_writers(site: Site, http: httpx.Client) -> None:
    assert site.storage.file is not None
    answers: list[int] = []

    def enter() -> None:
        with site.client() as own:
            answers.append(own.post("/api/chat/sessions", json={}, timeout=90).status_code)

    paths = ["/healthz", "/", "/opdrachten/4", "/formulier/4", "/beheer/login", "/readyz"]
    writers = [threading.Thread(target=enter) for _ in range(55)]
    with write_lock_held(site.storage.file):
        for each in writers:
            each.start()
        # All of them are in: twelve wait for the lock, the others for their turn.
        wait_for(lambda: len(site._server.server_state.tasks) >= 55)  # type: ignore[union-attr]
        assert threads.AT_ONCE < 40
        got = [http.get(path).status_code for path in paths]
        answered_before = list(answers)
    for each in writers:
        each.join()
    assert got == [200] * len(paths)
    assert answered_before == []
    assert answers == [201] * len(writers)


def test_a_second_opening_takes_no_locks_away(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'samenspraak.db'}"
    first = Storage(url)
    with first.writing() as session:
        session.execute(text("select 1"))
        Storage(url).close()
        script = (
            "import sqlite3, sys; "
            "sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)"
            ".execute('begin immediate')"
        )
        other = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path / "samenspraak.db")],
            capture_output=True,
            text=True,
            check=False,
        )
    first.close()
    assert "database is locked" in other.stderr


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MB of its own."""
    place = tmp_path / "klein"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "none", str(place)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False).returncode != 0:
        pytest.skip("a file system can be mounted by root only")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_full_disk_is_not_ready(small_disk: Path, stand_in: StandIn) -> None:
    values = Settings(
        data_dir=small_disk,
        database_url="",
        secret_key="only for tests",
        rasa_port=stand_in.port,
        actions_port=stand_in.port,
    )
    running = Site(values, Storage(values.resolved_database_url), stand_in)
    running.start()
    with running.client() as http:
        assert http.get("/readyz").json()["ready"] is True
        with (small_disk / "vol").open("wb", buffering=0) as full, suppress(OSError):
            while True:
                full.write(bytes(65536))
        answer = http.get("/readyz")
        assert answer.status_code == 503
        assert answer.json() == {
            "ready": False,
            "database": True,
            "disk": False,
            "rasa": True,
            "actions": True,
        }
        os.truncate(small_disk / "vol", 0)
        assert http.get("/readyz").status_code == 200
    running.stop()
    running.storage.close()


def test_a_disk_that_takes_no_files_or_is_almost_full_is_not_ready(
    site: Site, http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert http.get("/readyz").status_code == 200
    with monkeypatch.context() as patch:
        patch.setattr(health, "LEAST_ROOM", 10**18)
        assert http.get("/readyz").json()["disk"] is False
    moved = site.settings.data_dir.with_name("verplaatst")
    site.settings.data_dir.rename(moved)
    assert http.get("/readyz").status_code == 503
    moved.rename(site.settings.data_dir)
    assert http.get("/readyz").status_code == 200


@pytest.mark.postgres
def test_a_database_that_takes_no_writes_is_not_ready(
    postgres_url: str, tmp_path: Path, stand_in: StandIn
) -> None:
    def site_on(url: str) -> Site:
        values = Settings(
            data_dir=tmp_path,
            database_url=url,
            secret_key="only for tests",
            rasa_port=stand_in.port,
            actions_port=stand_in.port,
        )
        return Site(values, Storage(url), stand_in)

    site = site_on(postgres_url)
    site.start()
    with site.client() as http:
        assert http.get("/readyz").status_code == 200
        with site.storage.engine.connect() as connection, connection.begin():
            name = connection.engine.url.database
            connection.execute(
                text(f'alter database "{name}" set default_transaction_read_only=on')
            )
            # The setting is of new connections only. Replacing the pool instead would abandon a
            # connection that a thread of the website has in use at this moment.
            connection.execute(
                text(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where datname = current_database() and pid <> pg_backend_pid()"
                )
            )
        answer = http.get("/readyz")
        assert (answer.status_code, answer.json()["database"]) == (503, False)
    site.stop()
    site.storage.close()
