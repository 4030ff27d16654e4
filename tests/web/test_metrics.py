"""What a monitor reads: ``/metrics``, and logs of one JSON object per line."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from consultation.settings import Settings
from tests.web.test_doors import website
from tests.web_stage import Site, StandIn, begin

pytest_plugins = ["tests.web_fixtures"]
TOKEN = {"Authorization": "Bearer een lang woord"}
SECRET_WORDS = "Mijn buurvrouw Rosa De Wit uit Temse zegt het ook."


@pytest.fixture
def watched(tmp_path: Path, stand_in: StandIn) -> Iterator[Site]:
    """A website that a monitor may read."""
    with website(tmp_path, stand_in, metrics_token="een lang woord") as running:
        yield running


def figures(http: httpx.Client) -> dict[str, float]:
    """The figures by name and labels."""
    answer = http.get("/metrics", headers=TOKEN)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_without_a_token_nobody_reads_the_figures(http: httpx.Client) -> None:
    assert http.get("/metrics").status_code == 404
    assert http.get("/metrics", headers=TOKEN).status_code == 404
    assert http.get("/metrics", headers={"Authorization": "Bearer"}).status_code == 404


def test_only_who_shows_the_token_reads_the_figures(watched: Site) -> None:
    with watched.client() as http:
        for wrong in ({}, {"Authorization": "Bearer een"}, {"Authorization": "een lang woord"}):
            answer = http.get("/metrics", headers=wrong)
            assert answer.status_code == 401
            assert "samenspraak_" not in answer.text
        assert "samenspraak_turns_total" in http.get("/metrics", headers=TOKEN).text


def test_a_turn_an_outage_and_what_waits_are_counted(watched: Site) -> None:
    with watched.client() as http:
        talk = begin(http)
        before = figures(http)
        assert talk.send("Ja", "c1", payload="/bevestigen").status_code == 200
        after = figures(http)
        grown = {name: after[name] - before.get(name, 0.0) for name in after}
        assert grown["samenspraak_turns_total answered"] == 1
        for part in ("whole", "queue", "store", "assistant", "complete"):
            assert grown[f"samenspraak_turn_seconds_count {part}"] == 1, part
        assert after["samenspraak_turn_seconds_sum whole"] > 0
        assert after["samenspraak_waiting_messages"] == 0
        assert (after["samenspraak_rasa_up"], after["samenspraak_database_up"]) == (1, 1)
        watched.rasa.stop()
        assert talk.send("De avondles begint te laat.", "c2").status_code == 202
        away = figures(http)
        assert away["samenspraak_rasa_up"] == 0
        assert away["samenspraak_waiting_messages"] == 1
        assert away["samenspraak_waiting_seconds"] > 0
        assert away["samenspraak_turns_total later"] - after.get("samenspraak_turns_total later", 0)
        errors = "samenspraak_errors_total assistant"
        assert away[errors] > after.get(errors, 0.0)
        assert "avondles" not in http.get("/metrics", headers=TOKEN).text


def test_figures_of_several_processes_are_added_up(tmp_path: Path) -> None:
    """As serve starts them: with a folder for their counters; one that ended still counts."""
    program = (
        "from dialogue.metrics import count_turn\ncount_turn('answered')\ncount_turn('answered')"
    )
    read = (
        "from prometheus_client import CollectorRegistry, generate_latest\n"
        "from prometheus_client.multiprocess import MultiProcessCollector\n"
        "registry = CollectorRegistry()\nMultiProcessCollector(registry)\n"
        "print(generate_latest(registry).decode())"
    )
    environment = {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for _ in range(2):
        subprocess.run([sys.executable, "-c", program], env=environment, check=True)
    done = subprocess.run(
        [sys.executable, "-c", read], env=environment, check=True, capture_output=True, text=True
    )
    assert 'samenspraak_turns_total{outcome="answered"} 4.0' in done.stdout


LOGS = """
import logging, sys
from consultation import logs
logs.set_up("json")
log = logging.getLogger("samenspraak.proef")
log.warning("talk %s: no answer (%s)", "abc", "TooSlow")
try:
    raise ValueError(sys.argv[1])
except ValueError:
    log.exception("een fout")
log.error("%s", ValueError(sys.argv[1]))
"""


def test_a_log_line_is_an_object_without_words_of_participants() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOGS, SECRET_WORDS], check=True, capture_output=True, text=True
    )
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [each["level"] for each in lines] == ["WARNING", "ERROR", "ERROR"]
    assert lines[0]["message"] == "talk abc: no answer (TooSlow)"
    assert lines[0]["logger"] == "samenspraak.proef"
    assert lines[0]["at"].endswith("+00:00")
    assert "ValueError" in lines[1]["error"]
    assert "Rosa" not in done.stderr


def test_the_format_of_logs_is_one_of_two() -> None:
    with pytest.raises(ValueError, match="text"):
        Settings(log_format="xml")
    assert logging.getLogger("samenspraak").level == logging.NOTSET
