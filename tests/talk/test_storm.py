"""Talks with two web and two Rasa processes while these die: nothing lost, doubled or mixed."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest

from tests.storm import VICTIMS, Blow, OwnPostgres, OwnRedis, Result, Storm, database_away, stormy

pytestmark = [pytest.mark.servers, pytest.mark.postgres, pytest.mark.redis]


def nothing_went_wrong(result: Result) -> None:
    """Prints the figures, and fails where an answer went astray."""
    print(f"\n{result.line()}")
    assert result.lost == []
    assert result.doubled == []
    assert result.mixed == []
    assert result.errors == []


def test_talks_go_on_while_processes_die_and_connections_break(
    tmp_path: Path, postgres_url: str
) -> None:
    redis = OwnRedis(tmp_path / "redis")
    redis.start()
    with stormy(tmp_path / "var", postgres_url, redis) as running:
        blows: list[Blow] = [
            ("web-1", lambda: running.kill("web-1")),
            ("rasa-2", lambda: running.kill("rasa-2")),
            ("connections", lambda: database_away(postgres_url)),
            ("redis", redis.stop),
            ("web-2", lambda: running.kill("web-2")),
            ("actions", lambda: running.kill("actions")),
        ]
        result = Storm(running).run(talks=12, at_once=6, blows=blows, pause=0.7)
    redis.stop()
    nothing_went_wrong(result)
    assert result.accepted >= 12 * 3
    assert sum(result.done.values()) >= 3


@pytest.mark.soak
def test_many_talks_in_a_long_storm(tmp_path: Path) -> None:
    """SAMENSPRAAK_STORM=talks,kills,restarts chooses another length."""
    talks, kills, restarts = map(int, os.environ.get("SAMENSPRAAK_STORM", "300,100,5").split(","))
    postgres, redis = OwnPostgres(), OwnRedis(tmp_path / "redis")
    postgres.start()
    redis.start()

    def restart_postgres() -> None:
        postgres.down()
        time.sleep(2)
        postgres.up()

    def restart_redis() -> None:
        redis.stop()
        time.sleep(2)
        redis.start()

    try:
        with stormy(tmp_path / "var", postgres.url, redis) as running:

            def kill(name: str) -> Blow:
                return name, lambda: running.kill(name)

            # A Rasa takes a quarter of a minute to come back, so most kills are of the others.
            weights = [3 if name.startswith("rasa") else 4 for name in VICTIMS]
            names = random.Random(7).choices(VICTIMS, weights, k=kills)
            blows = [kill(name) for name in names]
            blows += [("postgresql", restart_postgres), ("redis", restart_redis)] * restarts
            blows += [("rolling restart", running.restart_one_by_one)]
            random.Random(8).shuffle(blows)
            result = Storm(running, seed=3).run(talks, min(talks, 50), blows, pause=3.0)
    finally:
        redis.stop()
        postgres.remove()
    nothing_went_wrong(result)


@pytest.mark.soak
def test_talks_go_on_during_a_rolling_restart_of_everything(
    tmp_path: Path, postgres_url: str
) -> None:
    """Every process is another one afterwards, and no request met a closed door."""
    redis = OwnRedis(tmp_path / "redis")
    redis.start()
    with stormy(tmp_path / "var", postgres_url, redis) as running:
        folder = tmp_path / "var" / "log"

        def ids() -> dict[str, str]:
            return {path.stem: path.read_text() for path in folder.glob("*.pid")}

        before = ids()
        assert set(before) == set(VICTIMS)
        result = Storm(running).run(
            talks=20,
            at_once=4,
            blows=[("rolling restart", running.restart_one_by_one)],
            pause=0.1,
        )
        until = time.monotonic() + 240
        while set(before.items()) & set(ids().items()):
            assert time.monotonic() < until, "not all were restarted"
            time.sleep(0.5)
        running.wait_until_ready()
    redis.stop()
    nothing_went_wrong(result)
