"""``make demo`` ends with a site that answers, an analysed sample and a login that works."""

from __future__ import annotations

import json
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from consultation.settings import ROOT

SAMENSPRAAK = Path(sys.executable).with_name("samenspraak")
PATIENCE = 420.0


def free_ports(count: int) -> list[int]:
    """Ports that nobody holds, all different."""
    servers = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports: list[int] = [server.getsockname()[1] for server in servers]
    for server in servers:
        server.close()
    return ports


@contextmanager
def demo(environment: dict[str, str], log: Path) -> Iterator[tuple[httpx.Client, str]]:
    """A running demo: a client for its site, and what was printed; ended as by Ctrl-C."""
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "scripts" / "demo.py")],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    url = f"http://127.0.0.1:{environment['SAMENSPRAAK_PORT']}"
    try:
        with httpx.Client(base_url=url, timeout=30.0, follow_redirects=True) as client:
            wait_until_ready(process, client, log)
            yield client, log.read_text(encoding="utf-8")
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


def wait_until_ready(process: subprocess.Popen[bytes], client: httpx.Client, log: Path) -> None:
    """Returns once a talk can be held; fails with what was printed when that never comes."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text(encoding="utf-8")
        try:
            if client.get("/readyz").status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.5)
    pytest.fail(f"not ready in {PATIENCE:.0f} s:\n{log.read_text(encoding='utf-8')}")


def wait_until_analysed(log: Path) -> None:
    """Returns once the sample is analysed, which happens while the site is up."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if "round 2 analysed" in log.read_text(encoding="utf-8"):
            return
        time.sleep(0.5)
    pytest.fail(f"not analysed in {PATIENCE:.0f} s:\n{log.read_text(encoding='utf-8')}")


def password_in(printed: str) -> str:
    found = re.search(r"login +demo, password: (\S+)$", printed, flags=re.MULTILINE)
    assert found, printed
    return found.group(1)


@pytest.mark.soak
@pytest.mark.servers
def test_the_demo_from_nothing_and_once_more(
    workplace_environment: dict[str, str], tmp_path: Path
) -> None:
    names = ("SAMENSPRAAK_PORT", "SAMENSPRAAK_RASA_PORT", "SAMENSPRAAK_ACTIONS_PORT")
    environment = {
        **workplace_environment,
        **dict(zip(names, map(str, free_ports(3)), strict=True)),
    }

    with demo(environment, tmp_path / "first.log") as (client, printed):
        password = password_in(printed)
        assert client.get("/").status_code == 200
        assert client.post("/api/chat/sessions", json={}).status_code == 201
        wait_until_analysed(tmp_path / "first.log")
    kept = tmp_path / "demo_login"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    themes = subprocess.run(
        [str(SAMENSPRAAK), "themes", "--round", "2", "--format", "json"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert len({theme["opdracht"] for theme in json.loads(themes.stdout)}) >= 5

    with demo(environment, tmp_path / "second.log") as (_, printed):
        assert "sample: left out" in printed
        assert password_in(printed) == password
