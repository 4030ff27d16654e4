"""A stage for the website: a real server, and a stand-in for Rasa that speaks its protocol.

The stand-in is a process outside the product; it can answer in any shape, fail, hang, or be gone.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from sqlalchemy.orm import Session

from consultation import rounds
from consultation.database.models import (
    AnalysisRun,
    Assignment,
    Consent,
    Contribution,
    ContributionVersion,
    Participant,
    RunTheme,
    Statement,
    Submission,
    Theme,
    now,
)
from consultation.database.storage import Storage
from consultation.settings import Settings
from web.app import create_app
from web.server.configuration import configured

Answer = Callable[[dict[str, Any]], Any]


def ask(text: str, step: str, **custom: Any) -> list[dict[str, Any]]:
    """A question the way Rasa sends it: the custom part in an item of its own."""
    buttons = custom.pop("buttons", [])
    item: dict[str, Any] = {"recipient_id": "x", "text": text}
    if buttons:
        item["buttons"] = buttons
    return [item, {"recipient_id": "x", "custom": {"step": step, **custom}}]


def effects(*each: dict[str, Any]) -> dict[str, Any]:
    """What a turn changes, as the action server sends it."""
    return {"recipient_id": "x", "custom": {"effects": list(each)}}


YES_NO = [{"title": "Ja", "payload": "/bevestigen"}, {"title": "Nee", "payload": "/ontkennen"}]


def small_talk(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Consent, then the four questions of opdracht 4, then the end."""
    position = body["metadata"]
    if body["message"] == "/begroeten":
        return [
            {"recipient_id": "x", "text": "Dag, ik ben een automatische assistent."},
            *ask("Mogen we uw antwoorden bewaren?", "toestemming", buttons=YES_NO),
        ]
    keys = ["drempel", "voorstel", "trekker", "prioriteit"]
    done: list[dict[str, Any]] = []
    if position["step"] == "vraag":
        key = position["question"]
        value = {"value": 4} if key == "prioriteit" else {}
        done = [effects({"kind": "answer", "opdracht": 4, "question": key, **value})]
        after = keys.index(key) + 1
    else:
        done = [
            effects(
                {"kind": "consent", "purpose": "analyse", "granted": True},
                {"kind": "opdracht", "opdracht": 4},
            )
        ]
        after = 0
    if after == len(keys):
        return [*done, effects({"kind": "ended"}), *ask("Dank u wel en tot ziens.", "einde")]
    return [
        *done,
        *ask(
            f"Dit is de vraag over {keys[after]}.",
            "vraag",
            opdracht=4,
            question=keys[after],
            progress={"nr": after + 1, "of": 4},
        ),
    ]


@dataclass
class StandIn:
    """Something on a port that answers like Rasa; also like the action server's health check."""

    port: int
    answer: Answer = small_talk
    heard: list[dict[str, Any]] = field(default_factory=list)
    forgot: list[str] = field(default_factory=list)
    deaf: int = 0
    """How many times more it does not hear that it must forget."""
    _server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._send(200, {"status": "ok"})

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", "0"))
                body = json.loads(self.rfile.read(length))
                stand_in.heard.append(body)
                answer = stand_in.answer(body)
                if isinstance(answer, int):
                    self._send(answer, {"status": "failure"})
                else:
                    self._send(200, answer)

            def do_DELETE(self) -> None:
                if stand_in.deaf:
                    stand_in.deaf -= 1
                    self._send(500, {"status": "failure"})
                    return
                stand_in.forgot.append(self.path.removeprefix("/webhooks/binnen/gesprekken"))
                self._send(200, {})

            def _send(self, status: int, content: Any) -> None:
                raw = content if isinstance(content, bytes) else json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(raw)
                self.close_connection = True

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
FOREIGN = f"http://localhost:{free_port()}"


@contextmanager
def foreign_page(policy: str, body: str) -> Iterator[str]:
    """A page of somebody else's website, with a content security policy."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", int(FOREIGN.rsplit(":", 1)[1])), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield FOREIGN
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Site:
    """The running website, and ways to look behind it."""

    settings: Settings
    storage: Storage
    rasa: StandIn
    url: str = ""
    app: FastAPI = field(init=False, repr=False)
    _server: uvicorn.Server | None = None
    _thread: threading.Thread | None = None

    def start(self) -> None:
        port = int(self.url.rsplit(":", 1)[1]) if self.url else free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.app = create_app(self.settings)
        self._server = uvicorn.Server(configured(self.app, "127.0.0.1", port))
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        for _ in range(500):
            if self._server.started:
                return
            time.sleep(0.01)
        raise AssertionError("the website did not start")

    def stop(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(timeout=10)

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=30, trust_env=False)


@dataclass
class Talk:
    """One stakeholder's side of the contract."""

    http: httpx.Client
    session: str
    token: str
    receipt: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def send(self, message: str, client_id: str, **more: Any) -> httpx.Response:
        body = {"message": message, "client_id": client_id, **more}
        return self.http.post("/api/chat/messages", json=body, headers=self.headers)

    def read(self, after: int = 0) -> list[dict[str, Any]]:
        answer = self.http.get(f"/api/chat/messages?after={after}", headers=self.headers)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()
        return found

    def wait_for_reply(self, after: int, seconds: float = 15) -> list[dict[str, Any]]:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = [each for each in self.read(after) if each["from"] == "assistent"]
            if found:
                return found
            time.sleep(0.1)
        raise AssertionError("no reply came")


def begin(http: httpx.Client, **how: Any) -> Talk:
    """A talk, by the contract's front door."""
    answer = http.post("/api/chat/sessions", json=how)
    assert answer.status_code == 201, answer.text
    return Talk(http, **answer.json())


BARRIERS = [
    "De avondlessen beginnen te vroeg voor wie in ploegen werkt.",
    "Opleiding is te duur & niemand zegt dat er hulp is.",
    "Ik vind de weg niet op de website <b>van</b> de overheid.",
    "Wie kinderen heeft, kan 's avonds moeilijk weg.",
    "Mijn baas geeft geen tijd om te leren.",
]
PROPOSALS = [
    "Geef elke werknemer een halve dag per maand om te leren.",
    "Laat één loket alle vragen beantwoorden.",
    "Organiseer lessen in het buurthuis, met opvang.",
]
SUBTHEMES = {"Opleidin": "Duur & <i>weinig</i> hulp", "Ik vind ": "De weg vinden"}
"""The names of sub-themes, by how their statements begin; the others are in none."""

GROUPS = ["burger", "werknemersorganisatie", "werkgeversorganisatie", "burger", None]


def _add(session: Session, rows: Sequence[Any]) -> None:
    """Writes rows at once, in their order."""
    session.add_all(rows)
    session.flush()


def analysed(storage: Storage, people: int = 24, opdracht: int = 4) -> dict[str, Any]:
    """A consultation that was held and analysed: two statements per person, two themes.

    Every fifth barrier is left without a theme.
    """
    with storage.writing() as session:
        round_ = rounds.require_round(session, 1)
        run = AnalysisRun(round_id=round_.id, finished_at=now())
        themes = [Theme(consultation_id=1, opdracht=opdracht, number=number) for number in (1, 2)]
        session.add_all([run, *themes])
        session.flush()
        participants = [
            Participant(consultation_id=1, group=GROUPS[number % len(GROUPS)])
            for number in range(people)
        ]
        for participant in participants:
            participant.consents.append(Consent(purpose="analyse", granted=True, version="1"))
        _add(session, participants)
        submissions = [
            Submission(participant_id=each.id, round_id=round_.id, opdracht=opdracht)
            for each in participants
        ]
        _add(session, submissions)
        said = [
            (number, question, first[number % len(first)])
            for number in range(people)
            for question, first in (("drempel", BARRIERS), ("voorstel", PROPOSALS))
        ]
        answers = [
            Contribution(submission_id=submissions[number].id, question=question, channel="import")
            for number, question, _ in said
        ]
        _add(session, answers)
        versions = [
            ContributionVersion(
                contribution_id=answer.id, version=1, text=f"Eerst dit: {text} Dat was het, éé🎓n."
            )
            for answer, (_, _, text) in zip(answers, said, strict=True)
        ]
        _add(session, versions)
        start = len("Eerst dit: ")
        statements = [
            Statement(
                contribution_version_id=version.id,
                start=start,
                end=start + len(text),
                kind=question,
                opdracht=opdracht,
            )
            for version, (_, question, text) in zip(versions, said, strict=True)
        ]
        _add(session, statements)
        numbered = list(zip(statements, said, strict=True))
        members = [
            [each for each, (number, kind, _) in numbered if kind == "drempel" and number % 5],
            [each for each, (_, kind, _) in numbered if kind == "voorstel"],
        ]
        labels = ("geen tijd <script>alert(1)</script>", "leren op het werk")
        for theme, label, own in zip(themes, labels, members, strict=True):
            session.add(
                RunTheme(
                    run_id=run.id,
                    theme_id=theme.id,
                    label=label,
                    keywords=["avondles", "opvang", "tijd"],
                    quotes=[each.id for each in own[:3]],
                    action_statement_id=own[0].id if own else None,
                )
            )
            session.add_all(
                Assignment(
                    statement_id=each.id,
                    theme_id=theme.id,
                    run_id=run.id,
                    subtheme=SUBTHEMES.get(
                        each.contribution_version.text[len("Eerst dit: ") :][:8]
                    ),
                )
                for each in own
            )
        session.flush()
        return {
            "run": run.id,
            "codes": [theme.code for theme in themes],
            "answers": [each.id for each in answers],
        }
