"""Attacks a website of its own: thousands of odd requests, and hundreds of slow senders.

    .venv/bin/python scripts/attack.py --cases 10000 --senders 200

starts the website with a stand-in for Rasa, and holds talks while ``--senders`` connections send
one byte a second. Then schemathesis makes requests from the whole OpenAPI description, half of
them fitting and half not. Prints the figures as JSON; exits with 1 for any status of 500 or more,
any answer that takes longer than 30 seconds, and any talk that could not go on.
"""

from __future__ import annotations

import argparse
import json
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import requests  # noqa: E402
import schemathesis  # noqa: E402
from hypothesis import HealthCheck, Phase, given, seed, settings  # noqa: E402
from hypothesis.errors import Unsatisfiable  # noqa: E402
from schemathesis import GenerationMode  # noqa: E402

from consultation import rounds  # noqa: E402
from consultation.database.storage import Storage  # noqa: E402
from consultation.settings import Settings  # noqa: E402
from tests.web_stage import Site, StandIn, begin, free_port  # noqa: E402
from web.dependencies import Limits  # noqa: E402
from web.server.limits import RateLimiter  # noqa: E402

HANG = 30.0
_PER_TALK = 25
_STARTS = (
    b"GET / HTTP/1.1\r\nX: ",
    b"POST /api/chat/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Content-Length: 200000\r\n\r\n",
    b"POST /formulier/4 HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\n",
    b"POST /beheer/login HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\n",
)


@contextmanager
def website(folder: Path) -> Iterator[Site]:
    """A website with round 1 open, and limits that let one address send everything."""
    rasa = StandIn(free_port())
    rasa.start()
    values = Settings(
        data_dir=folder,
        database_url="",
        secret_key="only for an attack",
        rasa_port=rasa.port,
        actions_port=rasa.port,
    )
    storage = Storage(values.resolved_database_url)
    site = Site(values, storage, rasa)
    site.start()
    with storage.writing() as session:
        rounds.open_(session, 1, 1)
    wide = Limits(messages=RateLimiter(1e6, 10**6), sessions=RateLimiter(1e6, 10**6))
    site.app.state.services = replace(site.app.state.services, limits=wide)
    try:
        yield site
    finally:
        site.stop()
        storage.close()
        rasa.stop()


def _send_slowly(site: Site, start: bytes, stop: threading.Event, hung_up: Counter[str]) -> None:
    port = int(site.url.rsplit(":", 1)[1])
    while not stop.is_set():
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=10) as link:
            link.sendall(start)
            while not stop.wait(1.0):
                link.sendall(b"a")
        if not stop.is_set():
            hung_up["connections ended by the server"] += 1


def slow_senders(site: Site, senders: int, seconds: float) -> dict[str, Any]:
    """Holds talks while others send one byte a second; seconds per message, and what failed."""
    stop = threading.Event()
    hung_up: Counter[str] = Counter()
    with site.client() as http:
        # The first turn waits for the Dutch pipeline, with or without slow senders.
        begin(http).send("Ja", "c0", payload="/bevestigen")
    threads = [
        threading.Thread(target=_send_slowly, args=(site, _STARTS[each % 4], stop, hung_up))
        for each in range(senders)
    ]
    for each in threads:
        each.start()
    took, failed = [], Counter[str]()
    until = time.monotonic() + seconds
    with site.client() as http:
        number = 0
        while time.monotonic() < until:
            talk = begin(http)
            for text, payload in (("Ja", "/bevestigen"), ("De les begint te vroeg.", None)):
                number += 1
                more = {"payload": payload} if payload else {}
                since = time.monotonic()
                answer = talk.send(text, f"c{number}", **more)
                took.append(time.monotonic() - since)
                if answer.status_code not in (200, 202):
                    failed[str(answer.status_code)] += 1
    stop.set()
    for each in threads:
        each.join()
    return {
        "senders": senders,
        "messages": len(took),
        "p50": round(statistics.median(took), 3),
        "max": round(max(took), 3),
        "failed": dict(failed),
        **hung_up,
    }


def odd_requests(site: Site, cases: int) -> dict[str, Any]:
    """Requests made from the OpenAPI description: how many per status, and what went wrong."""
    schema = schemathesis.openapi.from_url(f"{site.url}/openapi.json")
    statuses: Counter[int] = Counter()
    per_operation: Counter[str] = Counter()
    faults: list[str] = []
    slowest = 0.0
    link = requests.Session()
    link.trust_env = False
    with site.client() as http:
        headers = begin(http).headers

        def send(case: schemathesis.Case[Any], label: str) -> None:
            nonlocal headers, slowest
            if sum(statuses.values()) >= cases:
                return
            if label.startswith("DELETE") or sum(statuses.values()) % _PER_TALK == 0:
                headers = begin(http).headers
            since = time.monotonic()
            try:
                answer = case.call(headers=headers, session=link, timeout=HANG)
            except requests.Timeout:
                faults.append(f"{label}: no answer in {HANG:.0f} s")
                statuses[0] += 1
                return
            slowest = max(slowest, time.monotonic() - since)
            statuses[answer.status_code] += 1
            per_operation[label] += 1
            if answer.status_code >= 500:
                faults.append(f"{label}: {answer.status_code}: {case.as_curl_command()[:300]}")

        turn = 0
        while sum(statuses.values()) < cases:
            turn += 1
            for result in schema.get_all_operations():
                operation: Any = result.ok()  # type: ignore[union-attr]
                for mode in GenerationMode:

                    @seed(turn)
                    @given(operation.as_strategy(generation_mode=mode))
                    @settings(
                        max_examples=100,
                        deadline=None,
                        database=None,
                        phases=[Phase.generate],
                        suppress_health_check=list(HealthCheck),
                    )
                    def tried(case: schemathesis.Case[Any]) -> None:
                        send(case, case.operation.label)

                    with suppress(Unsatisfiable):
                        tried()
            print(f"{sum(statuses.values())} cases", file=sys.stderr, flush=True)
    link.close()
    return {
        "cases": sum(statuses.values()),
        "statuses": {str(each): statuses[each] for each in sorted(statuses)},
        "operations": dict(per_operation),
        "slowest": round(slowest, 3),
        "faults": faults[:50],
    }


def main() -> int:
    """Attacks, prints the figures, and tells whether it held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--senders", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, website(Path(folder)) as site:
        slow = slow_senders(site, asked.senders, asked.seconds)
        odd = odd_requests(site, asked.cases)
    print(json.dumps({"slow_senders": slow, "odd_requests": odd}, indent=1))
    return 1 if odd["faults"] or slow["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
