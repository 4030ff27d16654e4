"""Rate limits: token buckets in memory."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

_MOST_KEYS = 20_000


class RateLimiter:
    """One token bucket per key: ``burst`` tokens at most, refilled at ``rate`` per second."""

    def __init__(
        self, rate: float, burst: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """All buckets start full."""
        self._rate = rate
        self._burst = float(burst)
        self._clock = clock
        self._levels: dict[str, tuple[float, float]] = {}

    def wait(self, key: str) -> int:
        """Whole seconds until a token is available, 0 when one is; takes no token."""
        level = self._level(key)
        return 0 if level >= 1 else max(1, math.ceil((1 - level) / self._rate))

    def take(self, key: str) -> int:
        """Takes a token and returns 0, or returns the seconds to wait when there is none."""
        seconds = self.wait(key)
        if seconds == 0:
            if len(self._levels) >= _MOST_KEYS:
                self._forget_full()
            self._levels[key] = (self._level(key) - 1, self._clock())
        return seconds

    def give_back(self, key: str) -> None:
        """Returns a token to its bucket."""
        level, since = self._levels.get(key, (self._burst, 0.0))
        self._levels[key] = (min(self._burst, level + 1), since)

    def _level(self, key: str) -> float:
        level, since = self._levels.get(key, (self._burst, 0.0))
        return min(self._burst, level + (self._clock() - since) * self._rate)

    def _forget_full(self) -> None:
        self._levels = {
            key: self._levels[key] for key in self._levels if self._level(key) < self._burst
        }
