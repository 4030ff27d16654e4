"""Limits the processor time that one text may take."""

from __future__ import annotations

import time

SECONDS = 2.0
"""Default budget in seconds of processor time.

Ten thousand characters take a tenth of a second, and half a second more where a pipeline looks for
names.
"""


class Budget:
    """The processor time of this thread for one text; waiting does not count.

    The caller checks ``left`` between short steps: the budget does not interrupt a step.
    """

    def __init__(self, seconds: float | None = None) -> None:
        """Starts the clock; ``seconds`` is ``SECONDS`` by default."""
        self.whole = True
        """Whether the whole text was read."""
        self._started = time.thread_time()
        self._seconds = SECONDS if seconds is None else seconds

    @property
    def spent(self) -> float:
        """Seconds of processor time used so far."""
        return time.thread_time() - self._started

    @property
    def left(self) -> bool:
        """Whether some budget is left; a check after it is used up sets ``whole`` to false."""
        if self.spent <= self._seconds:
            return True
        self.whole = False
        return False
