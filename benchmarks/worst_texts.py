"""Whether one client with the worst texts can keep others waiting, or stop the analysis.

    .venv/bin/python -m benchmarks.worst_texts [--seconds 60]

Starts the product on free ports with an empty database of its own. One client sends the texts of
``tests/nasty_texts.py`` without a pause: first in talks, one after the other, then by the form. At
the same time somebody else talks, at a person's pace, and ``/healthz`` is asked ten times a second.
The same is measured before, with nobody else there. Then ``analyse`` has to finish with all of it
in the database. Exits with 1 where a target is missed; the targets are for two idle cores.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.parse
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

from benchmarks.chat_load import Line, OurPerson
from benchmarks.turns import ROOT, SAMENSPRAAK, serving
from tests.nasty_texts import LONGEST, filled, nasty_texts

TARGETS = {"turn, p95": 1_000.0, "/healthz, p95": 200.0, "/healthz, longest": 200.0}
_THINK = 0.5
_HEALTH_PAUSE = 0.1
_FORM = ("drempel", "voorstel", "trekker")


@dataclass
class Heard:
    """What came of one client's requests: statuses, and milliseconds of those that were timed."""

    statuses: Counter[str] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Phase:
    """The figures while one thing went on."""

    name: str
    turns: list[float]
    unanswered: int
    health: list[float]
    sent: Counter[str]

    @property
    def figures(self) -> dict[str, float]:
        """By the names of the targets, in milliseconds."""
        return {
            "turn, p95": _p95(self.turns),
            "/healthz, p95": _p95(self.health),
            "/healthz, longest": max(self.health),
        }


class Attacker(OurPerson):
    """Answers every question with the next of the worst texts, without a pause."""

    def __init__(self, texts: Iterator[str], *more: Any) -> None:
        super().__init__(*more)
        self._texts = texts

    def _next(
        self, said: list[dict[str, Any]], answers: Iterator[str]
    ) -> tuple[str, str, str | None]:
        step, text, payload = super()._next(said, answers)
        if payload is None:
            return step, next(self._texts), None
        if step == "keuze":
            # Whatever looks like personal data stays in.
            button = said[-1]["buttons"][-1]
            return step, button["title"], button["payload"]
        return step, text, payload


def main() -> None:
    """Runs the phases and the analysis, and prints the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0, help="per phase")
    seconds = parser.parse_args().seconds
    texts = worst_texts()
    with tempfile.TemporaryDirectory() as folder:
        with serving(Path(folder)) as (port, _):
            _phase("to warm up", port, min(seconds, 10.0), None)
            phases = [
                _phase("nobody else", port, seconds, None),
                _phase("talks", port, seconds, lambda until: _talks(port, cycle(texts), until)),
                _phase("the form", port, seconds, lambda until: _forms(port, texts, until)),
            ]
            # Whatever the limits held up comes in as well.
            sent = _all_in_talks(port, texts)
        analysis = _analysed(Path(folder))
    print(_report(phases, len(texts), sent, analysis))
    missed = [
        name for phase in phases for name, limit in TARGETS.items() if phase.figures[name] > limit
    ]
    idle = [phase.name for phase in phases[1:] if not phase.sent]
    if idle:
        print(f"nothing was sent by: {', '.join(idle)}; its figures tell nothing")
    raise SystemExit(1 if missed or idle or analysis["code"] else 0)


def worst_texts() -> list[str]:
    """Those of the tests, and words without end."""
    words = {
        "long words": " ".join(filled("verantwoordelijkheid", 60) for _ in range(160)),
        "a word of a thousand": " ".join(filled("arbeidsmarkt", 1_000) for _ in range(9)),
        "digits": filled("0123456789"),
        "Chinese": filled("我想学习更多的荷兰语。"),
    }
    return [text[:LONGEST] for text in {**nasty_texts(), **words}.values()]


def _phase(name: str, port: int, seconds: float, attack: Callable[[float], Heard] | None) -> Phase:
    until = time.monotonic() + seconds
    person = OurPerson(1, port, _THINK, until)
    health = Heard()
    sent = Heard()
    work: list[Callable[[], Any]] = [person.hold, lambda: _ask_health(port, until, health)]
    if attack is not None:
        work.append(lambda: sent.statuses.update(attack(until).statuses))
    threads = [threading.Thread(target=each) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if person.tally.errors:
        print(f"{name}: errors of the other person: {Counter(person.tally.errors)}")
    found = Phase(
        name,
        [1000 * each for each in person.tally.seconds],
        person.tally.unanswered,
        health.milliseconds,
        sent.statuses,
    )
    print(f"{name}: {_figures(found)}; sent {dict(found.sent)}", flush=True)
    return found


def _ask_health(port: int, until: float, heard: Heard) -> None:
    line = Line(port, "127.0.0.99")
    while time.monotonic() < until:
        begun = time.perf_counter()
        status, _ = line.call("GET", "/healthz")
        heard.milliseconds.append(1000 * (time.perf_counter() - begun))
        heard.statuses[str(status)] += 1
        time.sleep(_HEALTH_PAUSE)
    line.close()


def _talks(port: int, texts: Iterator[str], until: float) -> Heard:
    attacker = Attacker(texts, 200, port, 0.0, until)
    attacker.hold()
    tally = attacker.tally
    heard = Heard(Counter({"200": len(tally.seconds), "202": tally.unanswered}))
    heard.statuses.update(tally.errors)
    return heard


def _forms(port: int, texts: Sequence[str], until: float) -> Heard:
    heard = Heard()
    turning = cycle(texts)
    opdracht = cycle(range(1, 11))
    line = http.client.HTTPConnection("127.0.0.1", port, 60, source_address=("127.0.0.77", 0))
    while time.monotonic() < until:
        answers = {f"antwoord_{key}": next(turning) for key in _FORM}
        # What looks like personal data has to be kept on purpose: then it is sent once more.
        kept = {f"persoonlijk_{key}": "laten" for key in _FORM}
        body = {"formulier": uuid.uuid4().hex, "toestemming_analyse": "ja", **answers, **kept}
        line.request(
            "POST",
            f"/formulier/{next(opdracht)}",
            urllib.parse.urlencode(body),
            {"Content-Type": "application/x-www-form-urlencoded"},
        )
        answer = line.getresponse()
        answer.read()
        heard.statuses[str(answer.status)] += 1
    line.close()
    return heard


def _all_in_talks(port: int, texts: Sequence[str]) -> int:
    """Every text as an answer, however long that takes; gives how many were accepted."""
    left = iter(texts)
    sent = 0

    def counted() -> Iterator[str]:
        nonlocal sent
        for text in left:
            sent += 1
            yield text
        attacker._until = 0.0
        yield "Dat was alles."

    attacker = Attacker(counted(), 201, port, 0.25, time.monotonic() + 1_800)
    attacker.hold()
    return sent


def _analysed(folder: Path) -> dict[str, Any]:
    kept = {name: value for name, value in os.environ.items() if "SAMENSPRAAK_" not in name}
    begun = time.monotonic()
    done = subprocess.run(
        [SAMENSPRAAK, "analyse", "--json"],
        env={**kept, "SAMENSPRAAK_DATA_DIR": str(folder)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    found: dict[str, Any] = {"code": done.returncode, "seconds": time.monotonic() - begun}
    if done.returncode:
        print(done.stderr[-2_000:])
        return {**found, "statements": 0, "set_aside": []}
    result = json.loads(done.stdout)
    statements = sum(each["statements"] for each in result["opdrachten"])
    return {**found, "statements": statements, "set_aside": result["set_aside"]}


def _report(phases: Sequence[Phase], texts: int, sent: int, analysis: dict[str, Any]) -> str:
    lines = [
        f"`benchmarks/worst_texts.py`: {texts} texts of up to {LONGEST} characters; "
        f"{os.cpu_count()} cores ({platform.machine()}), load average {os.getloadavg()[0]:.1f}, of "
        "which the benchmark itself is about two.",
        "",
        "| while one client sends worst texts by | turns | p50 ms | p95 ms | no answer (202) "
        "| `/healthz` p95 ms | longest ms | what the client got |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for each in phases:
        got = ", ".join(f"{status}: {count}" for status, count in sorted(each.sent.items()))
        figures = each.figures
        lines.append(
            f"| {each.name} | {len(each.turns)} | {statistics.median(each.turns):.0f} "
            f"| {figures['turn, p95']:.0f} | {each.unanswered} | {figures['/healthz, p95']:.0f} "
            f"| {figures['/healthz, longest']:.0f} | {got} |"
        )
    targets = ", ".join(f"{name} {limit:.0f} ms" for name, limit in TARGETS.items())
    lines += [
        "",
        f"Targets: {targets}. With all of it in the database, and once more the {sent} texts one "
        f"by one, `analyse` ended with code {analysis['code']} after {analysis['seconds']:.0f} s: "
        f"{analysis['statements']} statements, {len(analysis['set_aside'])} answers set aside.",
    ]
    return "\n".join(lines)


def _figures(phase: Phase) -> str:
    return ", ".join(f"{name} {value:.0f} ms" for name, value in phase.figures.items())


def _p95(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=20)[-1] if len(values) > 1 else float("nan")


if __name__ == "__main__":
    main()
