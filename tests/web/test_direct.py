"""The short way of a message answers as FastAPI does, to what is in order and to what is not."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.web.test_patience import JSON, TOO_SLOW, connected, drip, posted
from tests.web_stage import Site, Talk
from web.chat import direct

pytest_plugins = ["tests.web_fixtures"]

BODIES: dict[str, Any] = {
    "a button": {"message": "Ja", "client_id": "c0", "payload": "/bevestigen"},
    "the same again": {"message": "Ja", "client_id": "c0", "payload": "/bevestigen"},
    "another text": {"message": "Nee", "client_id": "c0", "payload": "/bevestigen"},
    "typed": {"message": "Te duur, zegt de baas. é́ 🎓", "client_id": "c1"},
    "not offered": {"message": "Ja", "client_id": "c2", "payload": "/verzonnen"},
    "empty": {"message": " \n", "client_id": "c3"},
    "too long": {"message": "a" * 10_001, "client_id": "c4"},
    "one key more": {"message": "a", "client_id": "c5", "wie": "x"},
    "one key less": {"message": "a"},
    "no text": {"message": 7, "client_id": "c6"},
    "a NUL": {"message": "a\0b", "client_id": "c7"},
    "half a character": b'{"message": "\\ud800", "client_id": "c8"}',
    "no JSON": b"{",
    "nothing": b"",
}


def _post(talk: Talk, body: Any, kind: str, token: str | None = None) -> tuple[int, str, Any]:
    headers = {"Content-Type": kind, "Authorization": token or f"Bearer {talk.token}"}
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = talk.http.post("/api/chat/messages", content=raw, headers=headers)
    shown = {name: value for name, value in answer.headers.items() if name != "date"}
    return answer.status_code, answer.text, shown


def test_both_ways_answer_alike(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    ways: list[bool] = []
    in_order = direct.DirectTurnMiddleware._in_order

    def seen(self: Any, scope: Any, message: Any) -> Any:
        found = in_order(self, scope, message)
        ways.append(found is not None)
        return found

    monkeypatch.setattr(direct.DirectTurnMiddleware, "_in_order", seen)
    for name, body in BODIES.items():
        short = _post(talk, body, "application/json")
        assert short == _post(talk, body, "application/json; charset=utf-8"), name
    for token in ("Bearer vals", "Basic eDp5", f"bearer {talk.token}"):
        short = _post(talk, BODIES["typed"], "application/json", token)
        assert short == _post(talk, BODIES["typed"], "application/json; charset=utf-8", token)
    assert ways[::2].count(True) == 8
    assert not any(ways[1::2])


def test_a_slow_body_gets_its_answer(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.server.security_headers.BODY_SECONDS", 0.5)
    with connected(site) as link:
        link.sendall(posted("/api/chat/messages", JSON))
        said = drip(link, b"", b"")
    assert said.startswith(b"HTTP/1.1 408 ")
    assert TOO_SLOW in said


def test_too_many_messages_are_told_how_long_to_wait(talk: Talk, site: Site) -> None:
    bucket = site.app.state.services.limits.messages
    while not bucket.take(talk.session):
        pass
    answer: httpx.Response = talk.send("nog een", "c99")
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
