"""How long an analysis takes again after ten decisions, from a page and from a terminal.

``python -m benchmarks.product.rerun`` imports the first round of the sample into a folder of its
own, serves it, and has a page analyse it. Then it places ten statements of one opdracht in another
theme and analyses again, three times from the page and three times by ``samenspraak analyse``;
after that the same with a codebook for every opdracht, made of the labels and keywords of the first
run. It prints seconds on the clock; from the page until the page says that it is ready.
"""

from __future__ import annotations

import csv
import json
import os
import re
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from benchmarks.product.consulted import OPDRACHT
from benchmarks.turns import SAMENSPRAAK, free_port
from consultation.settings import ROOT, Settings
from web.app import create_app

NAME = "anna"
PASSWORD = "only for measuring"
TIMES = 3
DECISIONS = 10
_FIELD = re.compile(r'name="formulier" value="([^"]{1,200})"')
_PAGE = "/beheer/analyse"


class Product:
    """The product with data in a folder: its verbs, and its pages for one reviewer."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = {**os.environ, "SAMENSPRAAK_DATA_DIR": str(folder)}
        self._placed = 0
        self.verb("round", "open", "1")
        self.verb("import", str(ROOT / "data" / "voorbeeld" / "ronde1.jsonl"), "--round", "1")
        self.verb("user", "add", NAME, "--role", "beheerder", "--password-stdin", told=PASSWORD)

    def verb(self, *arguments: str, told: str = "") -> str:
        """Runs ``samenspraak`` and returns what it prints."""
        return subprocess.run(
            [SAMENSPRAAK, *arguments],
            env=self._environment,
            cwd=ROOT,
            input=told,
            check=True,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ).stdout

    def rows(self, verb: str) -> list[dict[str, Any]]:
        """The rows of ``statements`` or ``themes`` of the opdracht."""
        found: list[dict[str, Any]] = json.loads(
            self.verb(verb, "--opdracht", str(OPDRACHT), "--format", "json")
        )
        return found

    def place(self) -> None:
        """Ten decisions: the next ten statements, each to another theme than the last time."""
        themes = [each["id"] for each in self.rows("themes")]
        said = self.rows("statements")
        events = self._folder / "events.jsonl"
        with events.open("w", encoding="utf-8") as file:
            for at in range(self._placed, self._placed + DECISIONS):
                statement = said[at % len(said)]["id"]
                theme = themes[(at + at // len(said)) % len(themes)]
                file.write(json.dumps({"op": "place", "statement": statement, "themes": [theme]}))
                file.write("\n")
        self._placed += DECISIONS
        self.verb("curate", str(events), "--as", NAME)

    def describe_all(self) -> None:
        """A codebook for every opdracht: its themes, described by their keywords."""
        themes = json.loads(self.verb("themes", "--format", "json"))
        file = self._folder / "codebook.csv"
        with file.open("w", encoding="utf-8", newline="") as sheet:
            writer = csv.writer(sheet)
            writer.writerow(("opdracht", "name", "description", "excludes", "examples"))
            for each in themes:
                told = " ".join(each["keywords"])
                writer.writerow((each["opdracht"], each["label"], told, "", ""))
        self.verb("codebook", "import", str(file), "--as", NAME)

    @contextmanager
    def served(self) -> Iterator[httpx.Client]:
        """A logged-in client of the website."""
        port = free_port()
        settings = Settings(data_dir=self._folder, database_url="", secret_key="x")
        config = uvicorn.Config(create_app(settings), port=port, log_level="error")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as http:
            field = _FIELD.findall(http.get("/beheer/login").text)[0]
            form = {"username": NAME, "password": PASSWORD, "formulier": field}
            assert http.post("/beheer/login", data=form).status_code == 303
            yield http
        server.should_exit = True
        thread.join(timeout=20)


def from_page(http: httpx.Client) -> float:
    """Seconds until the page says that the analysis it was asked for is ready."""
    field = _FIELD.findall(http.get(_PAGE).text)[0]
    started = time.perf_counter()
    asked = http.post(_PAGE, data={"formulier": field, "ronde": "1", "opdracht": ""})
    assert asked.status_code == 303, asked.text
    while "is klaar" not in (page := http.get(_PAGE).text):
        assert "mislukt" not in page, page
        time.sleep(0.05)
    return time.perf_counter() - started


def measure(product: Product, http: httpx.Client) -> dict[str, list[float]]:
    """Seconds of reruns after ten decisions each, from the page and by the verb."""
    found: dict[str, list[float]] = {"from the page": [], "by the verb": []}
    for _ in range(TIMES):
        time.sleep(8)  # as long as a person takes for ten decisions, and less
        product.place()
        found["from the page"].append(from_page(http))
        product.place()
        started = time.perf_counter()
        product.verb("analyse", "--round", "1")
        found["by the verb"].append(time.perf_counter() - started)
    return found


def main() -> None:
    """Makes, serves, measures and prints."""
    with tempfile.TemporaryDirectory() as folder:
        product = Product(Path(folder))
        with product.served() as http:
            print(f"first analysis, from the page: {from_page(http):.1f} s", flush=True)
            rows = {"without a codebook": measure(product, http)}
            product.describe_all()
            print(f"with a codebook, first: {from_page(http):.1f} s\n", flush=True)
            rows["with a codebook"] = measure(product, http)
    print("| after ten decisions | from the page, s | by the verb, s |")
    print("|---|---|---|")
    for name, found in rows.items():
        told = (
            f"{statistics.median(each):.1f} ({min(each):.1f} to {max(each):.1f})"
            for each in found.values()
        )
        print(f"| {name} | {' | '.join(told)} |")


if __name__ == "__main__":
    main()
