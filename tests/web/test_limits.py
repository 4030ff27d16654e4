"""Limits: per talk, address and day; shared over Redis, and counted alone while it is away."""

from __future__ import annotations

import asyncio
import logging
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import redis

from consultation import rounds
from consultation.database.storage import Storage
from consultation.settings import Settings
from tests.conftest import missing
from tests.servers import free_port
from tests.web_stage import Site, StandIn, begin
from web.dependencies import Limits
from web.server.challenges import GOOD_SECONDS
from web.server.limits import RateLimiter, SharedBuckets

pytest_plugins = ["tests.web_fixtures"]
ADDRESS = "192.0.2.77"


class OwnRedis:
    """A Redis server of the test, that it starts and stops."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = shutil.which("redis-server")
        if program is None:
            missing("redis", "no redis-server on PATH")
        self._process = subprocess.Popen(
            [str(program), "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
        )
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("Redis did not start")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[OwnRedis]:
    server = OwnRedis(tmp_path)
    server.start()
    yield server
    server.stop()


def limiter(buckets: SharedBuckets | None, rate: float = 0.5, burst: int = 3) -> RateLimiter:
    made = RateLimiter(rate, burst, clock=lambda: 0.0)
    if buckets is not None:
        made.share("proef", buckets)
    return made


@pytest.mark.redis
@pytest.mark.parametrize("shared", [False, True])
def test_a_bucket_is_the_same_in_memory_and_in_redis(own_redis: OwnRedis, shared: bool) -> None:
    buckets = SharedBuckets(own_redis.url, "geheim")
    # Slow to fill, so that a busy machine changes nothing.
    tried = limiter(buckets if shared else None, rate=0.001)
    assert [tried.take("a") for _ in range(3)] == [0, 0, 0]
    wait = tried.take("a")
    assert 990 <= wait <= 1000
    assert tried.take("b") == 0
    tried.give_back("a")
    assert tried.take("a") == 0
    tried.give_back("nieuw")
    assert [tried.take("nieuw") for _ in range(4)][:3] == [0, 0, 0], "never more than full"
    assert tried.take("nieuw") > 0
    buckets.close()


@pytest.mark.redis
def test_an_answer_to_a_challenge_counts_once_for_all_web_processes(own_redis: OwnRedis) -> None:
    one, two = (Limits.of(own_redis.url, "geheim").proofs for _ in range(2))
    assert one.take("opgave") == 0
    assert two.take("opgave") > 0, "another process knows that it was used"
    assert two.take("een andere") == 0


def test_an_answer_that_was_used_is_too_old_before_it_would_count_again() -> None:
    moment = [0.0]
    proofs = Limits().proofs
    proofs._clock = lambda: moment[0]
    assert proofs.take("opgave") == 0
    moment[0] = GOOD_SECONDS + 1.0
    assert proofs.take("opgave") > 0


@pytest.mark.redis
def test_a_shared_bucket_fills_up_and_then_leaves_redis(own_redis: OwnRedis) -> None:
    buckets = SharedBuckets(own_redis.url, "geheim")
    tried = limiter(buckets, rate=5, burst=1)
    assert tried.take(ADDRESS) == 0
    assert tried.take(ADDRESS) == 1
    time.sleep(0.4)
    assert tried.take(ADDRESS) == 0
    with closing(redis.Redis.from_url(own_redis.url)) as seen:
        keys = seen.keys()
        assert keys
        assert not any(ADDRESS.encode() in each for each in keys), "only hashed"
        until = time.monotonic() + 10
        while seen.keys():
            assert time.monotonic() < until
            time.sleep(0.1)
    buckets.close()


@pytest.mark.redis
def test_without_redis_each_process_counts_alone_and_says_so_once(
    own_redis: OwnRedis, caplog: pytest.LogCaptureFixture
) -> None:
    clock = [0.0]
    buckets = SharedBuckets(own_redis.url, "geheim", clock=lambda: clock[0])
    one, two = limiter(buckets), limiter(buckets)
    assert [one.take("a"), two.take("a"), one.take("a")] == [0, 0, 0]
    assert two.take("a") > 0, "together they took three"
    own_redis.stop()
    with caplog.at_level(logging.WARNING):
        started = time.monotonic()
        assert [two.take("a") for _ in range(3)] == [0, 0, 0], "nobody is kept out"
        assert two.take("a") > 0, "but the limit holds in each process"
        assert time.monotonic() - started < 2
    (told,) = [each.getMessage() for each in caplog.records]
    assert "Redis does not answer" in told
    own_redis.start()
    assert one.take("a") == 0, "it is not asked again at once"
    clock[0] = 60.0
    with caplog.at_level(logging.WARNING):
        assert [one.take("a") for _ in range(3)] == [0, 0, 0]
        assert two.take("a") > 0, "shared again"
    assert "answers again" in caplog.records[-1].getMessage()
    buckets.close()


def test_a_redis_that_never_answers_holds_nobody_up() -> None:
    """It takes the connection, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        buckets = SharedBuckets(f"redis://127.0.0.1:{deaf.getsockname()[1]}/0", "geheim")
        tried = limiter(buckets)
        started = time.monotonic()
        assert [tried.take("a") for _ in range(3)] == [0, 0, 0]
        assert time.monotonic() - started < 3
        buckets.close()


@pytest.mark.redis
def test_two_websites_share_the_limits_of_an_address_and_of_a_talk(
    own_redis: OwnRedis, tmp_path: Path, stand_in: StandIn
) -> None:
    values = Settings(
        data_dir=tmp_path,
        database_url="",
        redis_url=own_redis.url,
        secret_key="only for tests",
        rasa_port=stand_in.port,
        actions_port=stand_in.port,
    )
    sites = [Site(values, Storage(values.resolved_database_url), stand_in) for _ in range(2)]
    for each in sites:
        each.start()
    with sites[0].storage.writing() as session:
        rounds.open_(session, 1, 1)
    with sites[0].client() as one, sites[1].client() as two:
        talk = begin(one)
        taken = 0
        while not sites[0].app.state.services.limits.messages.take(talk.session):
            taken += 1
        assert taken >= 80
        refused = two.post(
            "/api/chat/messages",
            json={"message": "Ja", "client_id": "c1", "payload": "/bevestigen"},
            headers=talk.headers,
        )
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) >= 1
        for number in range(100):
            answer = (one, two)[number % 2].post("/api/chat/sessions", json={"receipt": "x"})
            if answer.status_code == 429:
                break
        assert answer.status_code == 429
        assert {
            one.post("/api/chat/sessions", json={"receipt": "x"}).status_code,
            two.post("/api/chat/sessions", json={"receipt": "x"}).status_code,
        } == {429}
    for each in sites:
        each.stop()
        each.storage.close()


@pytest.mark.parametrize(
    ("kind", "short", "day"), [("entry", "sessions", 5_000), ("message", "messages", 2_000)]
)
def test_a_day_has_a_limit_of_its_own(kind: str, short: str, day: int) -> None:
    """Who stays under the limit of the moment all day long meets that of the day."""
    clock = [0.0]
    limits = Limits()
    for each in (getattr(limits, short), getattr(limits, f"{short[:-1]}_days")):
        each._clock = lambda: clock[0]

    async def all_day() -> int:
        taken = 0
        for _ in range(day * 2):
            clock[0] += 1.0
            taken += not await getattr(limits, kind)("iemand")
        return taken

    taken = asyncio.run(all_day())
    assert day <= taken <= day * 1.3
