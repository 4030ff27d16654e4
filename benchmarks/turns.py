"""How long one person waits for an answer: a long talk, every turn timed over HTTP.

    .venv/bin/python -m benchmarks.turns [--talks 3] [--docs]

Starts the product on free ports with an empty database of its own, holds talks of some 70 turns
(answers, follow-ups, questions to the assistant, corrections, several opdrachten) and prints median
and p95, and turn 60 beside turn 5. ``--docs`` writes the figures to ``docs/turns.md``. Run it on an
idle machine: the targets are for two idle cores.
"""

from __future__ import annotations

import argparse
import os
import platform
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "turns.md"
SAMENSPRAAK = Path(sys.executable).with_name("samenspraak")
TARGETS = {"median": 60.0, "p95": 200.0, "growth": 2.0}
TURNS = 72

ANSWERS = (
    "De avondles in Aalst begint om 18 uur en de kinderopvang sluit om 17u30.",
    "te duur",
    "De gemeente betaalt opvang tot 21 uur op lesavonden, via de school.",
    "hoe lang duurt dit nog?",
    "De VDAB, samen met de centra voor volwassenenonderwijs en de vakbonden.",
    "Ploegbazen in Gent laten niemand vertrekken tijdens de ploeg, want de productie gaat voor.",
    "wat doen jullie met mijn gegevens?",
    "Mensen in de Westhoek horen nooit van een cursus bij hen in het dorp, zeker niet op papier. "
    "Mijn moeder van 68 wil leren werken met de computer, maar de les is altijd in Brugge en de "
    "bus rijdt na zes uur niet meer. Wie geen auto heeft, blijft dus thuis.",
)


@dataclass(frozen=True)
class Timed:
    """One turn of a talk: its number, its kind, and milliseconds until the answer was there."""

    number: int
    kind: str
    milliseconds: float


def main() -> None:
    """Holds the talks and prints the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--talks", type=int, default=3)
    parser.add_argument("--docs", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as (port, _):
        url = f"http://127.0.0.1:{port}"
        # The first talk after a start reads caches in; it is held but not counted.
        _talk(url, 12)
        talks = [_talk(url, TURNS) for _ in range(arguments.talks)]
    text = _report(talks)
    print(text)
    if arguments.docs:
        put_between(PAGE, "turns", text)


def put_between(page: Path, name: str, text: str) -> None:
    """Puts a text between the two marks in a page that a benchmark of this name writes.

    Raises:
        SystemExit: the page has no such marks.
    """
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        raise SystemExit(f"{page}: the marks {begin} and {end} are missing")
    page.write_text(f"{before}{begin}\n{text.strip()}\n{end}{after}", encoding="utf-8")


@contextmanager
def serving(folder: Path) -> Iterator[tuple[int, Path]]:
    """The product on free ports with data in a folder and round 1 open: its port and its logs."""
    kept = {name: value for name, value in os.environ.items() if "SAMENSPRAAK_" not in name}
    port = free_port()
    environment = {
        **kept,
        "SAMENSPRAAK_DATA_DIR": str(folder),
        "SAMENSPRAAK_PORT": str(port),
        "SAMENSPRAAK_RASA_PORT": str(free_port()),
        "SAMENSPRAAK_ACTIONS_PORT": str(free_port()),
    }
    subprocess.run(
        [SAMENSPRAAK, "round", "open", "1"],
        env=environment,
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    serve = subprocess.Popen(
        [SAMENSPRAAK, "serve"],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_ready(port)
        yield port, folder / "log"
    finally:
        serve.send_signal(signal.SIGINT)
        serve.wait(30)


def _wait_until_ready(port: int) -> None:
    for _ in range(600):
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5).status_code == 200:
                # The encoder of the choice of an opdracht is read in behind the first health check.
                time.sleep(5)
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.3)
    raise SystemExit("the servers did not start; run: samenspraak doctor")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _talk(url: str, turns: int) -> list[Timed]:
    with httpx.Client(base_url=url, timeout=60) as http:
        opened = http.post("/api/chat/sessions", json={"opdracht": 1}).json()
        http.headers["Authorization"] = f"Bearer {opened['token']}"
        said: list[dict[str, Any]] = http.get("/api/chat/messages").json()
        answers = cycle(ANSWERS)
        timed = []
        for number in range(1, turns + 1):
            text, payload = _next(said, answers)
            body = {"message": text, "client_id": uuid.uuid4().hex}
            if payload:
                body["payload"] = payload
            begun = time.perf_counter()
            answer = http.post("/api/chat/messages", json=body)
            taken = 1000 * (time.perf_counter() - begun)
            answer.raise_for_status()
            said = answer.json()
            timed.append(Timed(number, "knop" if payload else "tekst", taken))
            # A person reads and types; the gateway's limit on messages is meant for machines.
            time.sleep(0.25)
        return timed


def _next(said: list[dict[str, Any]], answers: Iterator[str]) -> tuple[str, str | None]:
    """What a person says next: an answer where a question is open, else the fitting button."""
    bubble = next(each for each in reversed(said) if (each.get("custom") or {}).get("step"))
    step, buttons = bubble["custom"]["step"], bubble.get("buttons") or []
    probed = bubble["custom"].get("probe")
    if step == "vraag" and (probed or not buttons):
        return next(answers), None
    button = buttons[-1] if step in ("groep", "vraag") else buttons[0]
    return button["title"], button["payload"]


def _report(talks: list[list[Timed]]) -> str:
    everything = sorted(each.milliseconds for talk in talks for each in talk)
    typed = sorted(each.milliseconds for talk in talks for each in talk if each.kind == "tekst")
    early, late = _around(talks, 5), _around(talks, 60)
    rows = (
        ("median of all turns", statistics.median(everything), f"{TARGETS['median']:.0f} ms"),
        ("p95 of all turns", _p95(everything), f"{TARGETS['p95']:.0f} ms"),
        ("median of typed turns", statistics.median(typed), ""),
        ("p95 of typed turns", _p95(typed), ""),
        ("around turn 5 (turns 3 to 7, median)", early, ""),
        ("around turn 60 (turns 56 to 64, median)", late, f"{TARGETS['growth']:.0f} x turn 5"),
    )
    lines = [f"| {name} | {value:.0f} ms | {target} |" for name, value, target in rows]
    held = (
        rows[0][1] <= TARGETS["median"]
        and rows[1][1] <= TARGETS["p95"]
        and late <= TARGETS["growth"] * early
    )
    cores = os.cpu_count()
    load = os.getloadavg()[0]
    return "\n".join(
        (
            f"Measured by `benchmarks/turns.py`: {len(talks)} talks of {TURNS} turns, one person",
            f"at a time, over HTTP. {cores} cores ({platform.machine()}); load average {load:.1f}",
            "at the end, of which the benchmark itself is about one.",
            "",
            "| | measured | target |",
            "|---|---|---|",
            *lines,
            "",
            f"Turn 60 takes {late / early:.2f} times turn 5.",
            "All targets are held." if held else "**Not all targets are held.**",
            "",
        )
    )


def _around(talks: list[list[Timed]], number: int) -> float:
    width = 2 if number < 10 else 4
    near = [
        each.milliseconds for talk in talks for each in talk if abs(each.number - number) <= width
    ]
    return statistics.median(near)


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


if __name__ == "__main__":
    main()
