"""Holds one whole conversation over HTTP, as the widget does; needs nothing but Python.

    python3 scripts/talk.py [--url http://localhost:8000] [--opdracht 4] [--twice]

Prints what was said and the receipt code. With ``--twice`` every message is sent twice with the
same ``client_id``; the transcript is checked afterwards: each text stands there once, verbatim.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import urllib.error
import urllib.request
import uuid
from typing import Any

ANSWERS = {
    "drempel": "Wie ’s avonds werkt, vindt overdag geen cursus.\n\nEn kinderopvang is er niet.",
    "voorstel": "/stop met vaste lesuren: laat CVO's ook 's ochtends vroeg en online lesgeven ☀️",
    "trekker": "De VDAB, samen met de centra voor volwassenenonderwijs.",
}
OTHER = "Daar heb ik nu niet meer over te zeggen dan dit."


class Server:
    """The chat API of one website."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.token = ""

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        """Status and JSON body of one request; a server that is away is tried again."""
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        for attempt in range(120):
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    text = answer.read()
                    return answer.status, json.loads(text) if text else None
            except urllib.error.HTTPError as error:
                if error.code >= 500 and attempt < 119:
                    time.sleep(1)
                    continue
                return error.code, json.loads(error.read() or b"null")
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(1)
        raise SystemExit(f"{self.url}: no answer; is it running?")

    def start(self, opdracht: int | None) -> str:
        """Starts a session; gives the receipt code."""
        body = {} if opdracht is None else {"opdracht": opdracht}
        status, answer = self.call("POST", "/api/chat/sessions", body)
        if status != 201:
            raise SystemExit(f"no session ({status}): {answer}")
        self.token = answer["token"]
        return str(answer["receipt"])

    def bubbles(self, after: int) -> list[dict[str, Any]]:
        """What the assistant said after a sequence number, once it is there."""
        for _ in range(240):
            _, said = self.call("GET", f"/api/chat/messages?after={after}")
            found = [each for each in said if each["from"] == "assistent"]
            if any((each.get("custom") or {}).get("step") for each in found):
                return found
            time.sleep(0.5)
        raise SystemExit("the assistant did not answer")

    def send(self, text: str, payload: str | None, twice: bool) -> list[dict[str, Any]]:
        """Sends one message and waits for its answer, also when that comes later."""
        body: dict[str, Any] = {"message": text, "client_id": str(uuid.uuid4())}
        if payload is not None:
            body["payload"] = payload
        answers = []
        for _ in range(2 if twice else 1):
            status, answer = self.call("POST", "/api/chat/messages", body)
            for _ in range(240):
                if status not in (202, 429):
                    break
                time.sleep(1)
                status, answer = self.call("POST", "/api/chat/messages", body)
            if status != 200:
                raise SystemExit(f"message refused ({status}): {answer}")
            answers.append(answer)
        if twice and answers[0] != answers[1]:
            raise SystemExit(f"the second answer differs: {answers}")
        return list(answers[0])


def choose(bubbles: list[dict[str, Any]]) -> tuple[str, str | None, str]:
    """What to say next: text, payload and step, from the last bubble that names a step."""
    bubble = next(b for b in reversed(bubbles) if (b.get("custom") or {}).get("step"))
    custom, buttons = bubble["custom"], bubble.get("buttons") or []
    step, question = custom["step"], custom.get("question")
    if step == "verder":
        return buttons[-1]["title"], buttons[-1]["payload"], step
    if step == "vraag" and not buttons:
        return ANSWERS.get(question, OTHER), None, step
    if step == "vraag":
        return buttons[-1]["title"], buttons[-1]["payload"], step
    if not buttons:
        return "", None, step
    return buttons[0]["title"], buttons[0]["payload"], step


def main() -> None:
    """Holds the talk."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="http://localhost:8000")
    parser.add_argument("--opdracht", type=int)
    parser.add_argument("--twice", action="store_true")
    arguments = parser.parse_args()
    server = Server(arguments.url)
    receipt = server.start(arguments.opdracht)
    bubbles = server.bubbles(0)
    sent = []
    while True:
        for bubble in bubbles:
            if bubble.get("text"):
                print("assistent:", bubble["text"])
        text, payload, step = choose(bubbles)
        if step == "einde":
            break
        print("deelnemer:", text)
        sent.append(text)
        bubbles = server.send(text, payload, arguments.twice)
    _, said = server.call("GET", "/api/chat/messages?after=0")
    stored = [each["text"] for each in said if each["from"] == "deelnemer"]
    if stored != sent:
        raise SystemExit(f"what is stored differs from what was sent: {stored} / {sent}")
    print(f"ontvangstcode: {receipt}")
    print(f"ok: {len(sent)} messages stand verbatim, once each", file=sys.stderr)


if __name__ == "__main__":
    main()
