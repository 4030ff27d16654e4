"""How heavy and how fast the public site is: bytes, first paint on a slow line, the server's time.

Run with the app's Python: ``.venv/bin/python benchmarks/site.py``. It starts a site of its own on
an empty folder, publishes a round of ``--people`` participants, and prints a table in Markdown.
A slow line is what Chromium's tools call slow 4G (150 ms, 1.6 Mbit/s down) with the processor four
times slower, without anything in the browser's cache.
"""

from __future__ import annotations

import argparse
import gzip
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent))

from consultation import rounds
from consultation.catalogue import load_catalogue
from consultation.database.storage import Storage
from consultation.settings import Settings
from tests.public_stage import published_round
from tests.web_fixtures import FLAGS
from tests.web_stage import Site, StandIn, free_port
from web.chat.widget import assembled
from web.public.sitemap import PAGES

PATHS = (*PAGES, "/opdrachten/4", "/formulier/4", "/gesprek?opdracht=4")
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 93_750}
SLOWER_PROCESSOR = 4


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    chosen = parser.parse_args()
    rasa = StandIn(free_port())
    rasa.start()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            data_dir=Path(folder),
            database_url="",
            secret_key="only for measuring",
            rasa_port=rasa.port,
            actions_port=rasa.port,
        )
        storage = Storage(settings.resolved_database_url)
        site = Site(settings, storage, rasa)
        site.start()
        catalogue = load_catalogue(settings.catalogue)
        with storage.writing() as session:
            rounds.open_(session, 1, 1)
        published_round(site, catalogue, chosen.people)
        with storage.writing() as session:
            rounds.open_(session, 1, 2)
        try:
            widget = assembled().encode()
            print(f"widget: {len(widget):,} bytes, {len(gzip.compress(widget, 9)):,} gzipped\n")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chosen.chromium, args=FLAGS)
                _pages(site, browser, chosen.times)
                browser.close()
            _charts(site, chosen.times)
        finally:
            site.stop()
            rasa.stop()


def _pages(site: Site, browser: Browser, times: int) -> None:
    print("| page | KB sent | first paint, slow line | server |\n|---|---|---|---|")
    with site.client() as http:
        for path in PATHS:
            sent = _bytes(http, path)
            paints = [_first_paint(browser, site.url + path) for _ in range(times)]
            server = statistics.median(_seconds(http, path) for _ in range(times))
            worst = f"{statistics.median(paints):.2f} s (worst {max(paints):.2f})"
            print(f"| `{path}` | {sent / 1024:.1f} | {worst} | {server * 1000:.0f} ms |")


def _charts(site: Site, times: int) -> None:
    with site.client() as http:
        address = "/grafieken/opdracht-4-groepen.svg"
        first = _seconds(http, address)
        rest = statistics.median(_seconds(http, address) for _ in range(times))
        size = http.get(address).num_bytes_downloaded
    print(f"\nchart: {first:.2f} s the first time, {rest * 1000:.0f} ms after; {size:,} bytes")


def _bytes(http: httpx.Client, path: str) -> int:
    """What a browser with an empty cache gets for a page, without the chart images."""
    page = http.get(path)
    parts = re.findall(r'<(?:link|script|img)\b[^>]*?\b(?:href|src)="(/[^"]+)"', page.text)
    wanted = {each for each in parts if not each.startswith("/grafieken/")}
    return page.num_bytes_downloaded + sum(http.get(each).num_bytes_downloaded for each in wanted)


def _seconds(http: httpx.Client, path: str) -> float:
    begun = time.perf_counter()
    http.get(path).raise_for_status()
    return time.perf_counter() - begun


def _first_paint(browser: Browser, address: str) -> float:
    """Seconds until the first contentful paint, on a slow line with an empty cache."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    tools: Any = context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send("Network.emulateNetworkConditions", SLOW)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER_PROCESSOR})
    page.goto(address)
    paint = page.wait_for_function(
        "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
    ).json_value()
    context.close()
    return float(paint) / 1000


if __name__ == "__main__":
    main()
