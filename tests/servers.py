"""The real servers, started by ``samenspraak serve`` on free ports, and a client that talks."""

from __future__ import annotations

import copy
import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from consultation.database.storage import Storage
from consultation.settings import ROOT
from tests.databases import open_storage

SAMENSPRAAK = Path(sys.executable).with_name("samenspraak")


def workplace_variables(folder: Path) -> dict[str, str]:
    """The variables that make a process work in a folder of its own, with no other setting."""
    kept = {name: value for name, value in os.environ.items() if "SAMENSPRAAK_" not in name}
    return {**kept, "SAMENSPRAAK_DATA_DIR": str(folder)}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Servers:
    """The product as users start it, with data in a folder of its own."""

    def __init__(self, folder: Path, serve: Sequence[str] = (), **variables: str) -> None:
        self.folder = folder
        self.serve = serve
        self.port = free_port()
        self.environment = {
            **workplace_variables(folder),
            "SAMENSPRAAK_PORT": str(self.port),
            "SAMENSPRAAK_RASA_PORT": str(free_port()),
            "SAMENSPRAAK_ACTIONS_PORT": str(free_port()),
            **variables,
        }
        self.url = f"http://127.0.0.1:{self.port}"
        self._serve: subprocess.Popen[bytes] | None = None

    def verb(self, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Runs ``samenspraak`` with these arguments."""
        return subprocess.run(
            [str(SAMENSPRAAK), *arguments],
            env=self.environment,
            cwd=ROOT,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )

    def start(self) -> None:
        """Starts the servers and waits until all three answer."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "serve.log").open("ab") as log:
            self._serve = subprocess.Popen(
                [str(SAMENSPRAAK), "serve", *self.serve],
                env=self.environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )
        try:
            self.wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def wait_until_ready(self, seconds: float = 180) -> None:
        """Waits until web, Rasa and the action server all answer."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert self._serve is not None
            assert self._serve.poll() is None, (self.folder / "serve.log").read_text()
            try:
                if httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.3)
        raise AssertionError("not ready:\n" + (self.folder / "serve.log").read_text())

    def stop(self) -> int:
        """Stops them all, as Ctrl-C does; gives the exit code."""
        assert self._serve is not None
        if self._serve.poll() is None:
            self._serve.send_signal(signal.SIGINT)
        return self._serve.wait(30)

    def restart_one_by_one(self) -> None:
        """Asks for a rolling restart."""
        assert self._serve is not None
        self._serve.send_signal(signal.SIGHUP)

    def kill(self, name: str) -> None:
        """Kills one process, so that it has no time for a last word."""
        pid = int((self.folder / "log" / f"{name}.pid").read_text())
        os.kill(pid, signal.SIGKILL)

    def logs(self) -> list[Path]:
        """What the processes wrote down."""
        return [self.folder / "serve.log", *(self.folder / "log").glob("*.log")]

    def remembers(self, talk: str) -> int:
        """How many trackers Rasa keeps of a talk."""
        answer = httpx.get(self._memory(talk), headers=self.secret, timeout=30)
        return int(answer.json()["trackers"])

    def forget(self, talk: str) -> None:
        """Makes Rasa lose its memory of a talk."""
        answer = httpx.delete(self._memory(talk), headers=self.secret, timeout=30)
        assert answer.status_code == 204

    @property
    def secret(self) -> dict[str, str]:
        """The header that opens Rasa's port and the action server's."""
        secret = (self.folder / "shared_secret").read_text(encoding="utf-8").strip()
        return {"Authorization": f"Bearer {secret}"}

    def _memory(self, talk: str) -> str:
        port = self.environment["SAMENSPRAAK_RASA_PORT"]
        return f"http://127.0.0.1:{port}/webhooks/binnen/gesprekken/{talk}"

    def storage(self) -> Storage:
        """The database that these servers write."""
        url = self.environment.get("SAMENSPRAAK_DATABASE_URL")
        return open_storage(url or f"sqlite:///{self.folder / 'samenspraak.db'}")


@contextmanager
def serving(folder: Path) -> Iterator[Servers]:
    """The product, serving, with round 1 open; it must end well."""
    running = Servers(folder)
    done = running.verb("round", "open", "1")
    assert done.returncode == 0, done.stderr
    running.start()
    try:
        yield running
    finally:
        code = running.stop()
    assert code == 0


class Talk:
    """A participant with the contract in hand."""

    patience = 120.0
    """Seconds to wait for an answer."""

    def __init__(self, url: str, address: str | None = None, **body: Any) -> None:
        transport = httpx.HTTPTransport(local_address=address)
        self.http = httpx.Client(base_url=url, timeout=60, transport=transport)
        answer = self._tried("POST", "/api/chat/sessions", json=body)
        assert answer.status_code == 201, answer.text
        opened = answer.json()
        self.session = opened["session"]
        self.receipt = opened["receipt"]
        self.http.headers["Authorization"] = f"Bearer {opened['token']}"
        self.bubbles: list[dict[str, Any]] = []
        self.wait_for_step(0)

    def __del__(self) -> None:
        # Warnings are errors, and a socket that nobody closed is one.
        self.http.close()

    def tab(self) -> Talk:
        """The same talk in another tab of the browser."""
        other = copy.copy(self)
        other.http = httpx.Client(
            base_url=self.http.base_url, timeout=60, headers=self.http.headers
        )
        return other

    def wait_for_step(self, after: int) -> None:
        """Reads what the assistant said, until a bubble names a step."""
        deadline = time.monotonic() + self.patience
        while time.monotonic() < deadline:
            said = [each for each in self.transcript(after) if each["from"] == "assistent"]
            if any((each.get("custom") or {}).get("step") for each in said):
                self.bubbles = said
                return
            time.sleep(0.3)
        raise AssertionError("the assistant did not answer")

    def transcript(self, after: int = 0) -> list[dict[str, Any]]:
        """What was said; a server that is just away is tried again."""
        messages: list[dict[str, Any]] = self._tried(
            "GET", f"/api/chat/messages?after={after}"
        ).json()
        return messages

    def typed(self) -> list[str]:
        """What the participant said, as stored."""
        return [each["text"] for each in self.transcript() if each["from"] == "deelnemer"]

    def post(self, **body: Any) -> httpx.Response:
        """One POST of a message, as it is."""
        return self._tried("POST", "/api/chat/messages", json=body)

    def say(self, text: str, payload: str | None = None, times: int = 1) -> list[dict[str, Any]]:
        """Says something and gives the bubbles that answer it, however long that takes."""
        body: dict[str, Any] = {"message": text, "client_id": uuid.uuid4().hex}
        if payload is not None:
            body["payload"] = payload
        return self.send(body, times)

    def send(self, body: dict[str, Any], times: int = 1) -> list[dict[str, Any]]:
        """Sends one message, some times over, and gives the bubbles that answer it."""
        answers = []
        for _ in range(times):
            answer = self.post(**body)
            deadline = time.monotonic() + self.patience
            while answer.status_code == 202 and time.monotonic() < deadline:
                time.sleep(0.5)
                answer = self.post(**body)
            assert answer.status_code == 200, (answer.status_code, answer.text)
            answers.append(answer.json())
        assert all(answer == answers[0] for answer in answers)
        self.bubbles = answers[0]
        # The widget shows the buttons of all bubbles of a turn side by side.
        titles = [each["title"] for bubble in self.bubbles for each in bubble.get("buttons") or []]
        assert len(set(titles)) == len(titles), titles
        return self.bubbles

    def answer(self, text: str) -> list[dict[str, Any]]:
        """Answers the open question, and declines when more is asked about it."""
        self.say(text)
        if self.custom.get("probe"):
            self.tap("/overslaan")
        return self.bubbles

    def tap(self, wanted: str, times: int = 1) -> list[dict[str, Any]]:
        """Taps the button whose title or payload holds ``wanted``."""
        for bubble in reversed(self.bubbles):
            hidden = (bubble.get("custom") or {}).get("more", [])
            for button in [*(bubble.get("buttons") or []), *hidden]:
                if wanted in button["title"] or wanted in button["payload"]:
                    return self.say(button["title"], button["payload"], times)
        raise AssertionError(f"no button {wanted!r} in {json.dumps(self.bubbles)}")

    @property
    def custom(self) -> dict[str, Any]:
        """The custom part of the last bubble that names a step."""
        found = [each.get("custom") or {} for each in self.bubbles]
        return next(custom for custom in reversed(found) if custom.get("step"))

    @property
    def at(self) -> tuple[str, Any, Any]:
        """Step, opdracht and question that are open."""
        custom = self.custom
        return custom["step"], custom.get("opdracht"), custom.get("question")

    @property
    def said(self) -> str:
        """All that the assistant said in its last turn."""
        return "\n".join(each.get("text") or "" for each in self.bubbles)

    def open(self, group: str = "burger") -> None:
        """Goes through consent and group, up to the choice of an opdracht (or beyond it)."""
        while self.at[0] == "toestemming":
            self.tap("/bevestigen")
        if self.at[0] == "groep":
            self.tap(f'"{group}"')

    def _tried(self, method: str, path: str, **more: Any) -> httpx.Response:
        deadline = time.monotonic() + max(self.patience, 30)
        while time.monotonic() < deadline:
            try:
                answer = self.http.request(method, path, **more)
                if answer.status_code < 500:
                    return answer
            except httpx.TransportError:
                pass
            time.sleep(0.3)
        raise AssertionError(f"{method} {path}: no answer")
