"""A real HTTP server that speaks the protocol of a language model as a test tells it to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from analysis.language_model.connection import LanguageModel


@dataclass
class Server:
    """A server that answers as it is told, and keeps what it was sent."""

    url: str = ""
    answer: Callable[[BaseHTTPRequestHandler, dict[str, Any]], None] = lambda *_: None
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def model(self, **more: Any) -> LanguageModel:
        return LanguageModel(self.url, "klein", timeout=more.pop("timeout", 20.0), **more)


@contextmanager
def serving() -> Iterator[Server]:
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            server.asked.append(body)
            server.headers.append({"path": self.path, **dict(self.headers)})
            server.answer(self, body)

        def do_GET(self) -> None:
            server.headers.append({"path": self.path, **dict(self.headers)})
            send(self, json.dumps({"data": [{"id": "klein"}, {"id": "groot"}]}))

        def log_message(self, *_: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            # Who hangs up on a bad answer breaks the pipe.
            pass

    http = Quiet(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{http.server_port}/v1"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def send(to: BaseHTTPRequestHandler, content: str | bytes, status: int = 200, **more: str) -> None:
    raw = content.encode() if isinstance(content, str) else content
    to.send_response(status)
    for name, value in more.items():
        to.send_header(name.replace("_", "-"), value)
    to.send_header("Content-Length", str(len(raw)))
    to.end_headers()
    to.wfile.write(raw)


def written(content: object) -> str:
    """The reply in which the model wrote this; what is no text is written as JSON."""
    text = content if isinstance(content, str) else json.dumps(content)
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]})


def says(content: object) -> Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]:
    return lambda to, _: send(to, written(content))


def answers(*themes: object) -> dict[str, object]:
    """What the model writes to give these statements, from the first on, these themes."""
    return {str(at): each for at, each in enumerate(themes, start=1)}
