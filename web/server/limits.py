"""Rate limits: token buckets, in memory or shared by all web processes over Redis.

While Redis does not answer, each process counts for itself: nobody is kept out because of it.
"""

from __future__ import annotations

import hashlib
import logging
import math
import time
from collections.abc import Callable

import redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from starlette.concurrency import run_in_threadpool

from consultation.logs import named

_MOST_KEYS = 20_000
_PATIENCE = 0.25
"""Seconds that a request waits for Redis."""
_PAUSE = 5.0
"""Seconds after which Redis is asked again, once it did not answer."""

_TAKE = """
local level, since = unpack(redis.call('hmget', KEYS[1], 'level', 'since'))
local rate, burst, tokens = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('time')
local now = time[1] + time[2] / 1000000
local passed = math.max(0, now - (tonumber(since) or now))
level = math.min(burst, (tonumber(level) or burst) + passed * rate)
local wait = 0
if level < tokens then
  wait = math.max(1, math.ceil((tokens - level) / rate))
else
  level = math.min(burst, level - tokens)
end
redis.call('hset', KEYS[1], 'level', tostring(level), 'since', string.format('%.6f', now))
redis.call('expire', KEYS[1], math.ceil((burst - level) / rate) + 1)
return wait
"""
"""Takes tokens from a bucket; the seconds to wait if there are too few. A full bucket expires."""

_log = logging.getLogger("samenspraak.web.server.limits")


class SharedBuckets:
    """Token buckets in Redis. Keys are hashed with the secret key: no address is written there."""

    def __init__(self, url: str, secret: str, clock: Callable[[], float] = time.monotonic) -> None:
        """Connects at the first use, so that Redis may be away at the start."""
        self._client = redis.Redis.from_url(
            url,
            socket_timeout=_PATIENCE,
            socket_connect_timeout=_PATIENCE,
            retry=Retry(NoBackoff(), 0),
        )
        self._script = self._client.register_script(_TAKE)
        self._secret = hashlib.sha256(secret.encode()).digest()
        self._clock = clock
        self._away_until = 0.0
        self._away = False

    def take(self, kind: str, key: str, rate: float, burst: float, tokens: int) -> int | None:
        """Takes tokens, or adds them where negative; seconds to wait, None while Redis is away."""
        if self._away and self._clock() < self._away_until:
            return None
        mark = hashlib.blake2b(key.encode("utf-8", "replace"), key=self._secret, digest_size=16)
        name = f"samenspraak:limit:{kind}:{mark.hexdigest()}"
        try:
            found: int = self._script(keys=[name], args=[rate, burst, tokens])
        except RedisError as error:
            if not self._away:
                _log.warning(
                    "Redis does not answer (%s): each web process counts limits for itself",
                    named(error),
                )
            self._away, self._away_until = True, self._clock() + _PAUSE
            return None
        if self._away:
            _log.warning("Redis answers again: limits are shared")
            self._away = False
        return found

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()


class RateLimiter:
    """One token bucket per key: ``burst`` tokens at most, refilled at ``rate`` per second."""

    def __init__(
        self, rate: float, burst: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """All buckets start full."""
        self._rate = rate
        self._burst = float(burst)
        self._clock = clock
        self._kind = ""
        self._shared: SharedBuckets | None = None
        self._levels: dict[str, tuple[float, float]] = {}

    def share(self, kind: str, buckets: SharedBuckets) -> None:
        """From now on a key has one bucket for all processes, under the name ``kind``."""
        self._kind, self._shared = kind, buckets

    def take(self, key: str) -> int:
        """Takes a token and returns 0, or returns the seconds to wait when there is none."""
        wait = self._in_redis(key, 1)
        if wait is not None:
            return wait
        level = self._level(key)
        if level < 1:
            return max(1, math.ceil((1 - level) / self._rate))
        if len(self._levels) >= _MOST_KEYS:
            self._forget_full()
        self._levels[key] = (level - 1, self._clock())
        return 0

    async def taken(self, key: str) -> int:
        """As ``take``, from the event loop: who waits for Redis stops nobody else."""
        if self._shared is None:
            return self.take(key)
        return await run_in_threadpool(self.take, key)

    async def given_back(self, key: str) -> None:
        """As ``give_back``, from the event loop."""
        if self._shared is None:
            self.give_back(key)
        else:
            await run_in_threadpool(self.give_back, key)

    def give_back(self, key: str) -> None:
        """Returns a token to its bucket."""
        if self._in_redis(key, -1) is not None:
            return
        level, since = self._levels.get(key, (self._burst, 0.0))
        self._levels[key] = (min(self._burst, level + 1), since)

    def _in_redis(self, key: str, tokens: int) -> int | None:
        if self._shared is None:
            return None
        return self._shared.take(self._kind, key, self._rate, self._burst, tokens)

    def _level(self, key: str) -> float:
        level, since = self._levels.get(key, (self._burst, 0.0))
        return min(self._burst, level + (self._clock() - since) * self._rate)

    def _forget_full(self) -> None:
        self._levels = {
            key: self._levels[key] for key in self._levels if self._level(key) < self._burst
        }
