"""How much work one text may take, whatever it is made of."""

from __future__ import annotations

import time

SECONDS = 2.0
"""Of processor time. Ten thousand characters take a tenth of a second, and half a second more where
a pipeline looks for names."""


class Budget:
    """The work of this thread on one text; waiting for others does not count.

    It is asked for between steps that are short of themselves: it breaks none off.
    """

    def __init__(self, seconds: float | None = None) -> None:
        """Starts now; without ``seconds`` it is ``SECONDS``."""
        self.whole = True
        """Whether the text was read whole."""
        self._started = time.thread_time()
        self._seconds = SECONDS if seconds is None else seconds

    @property
    def spent(self) -> float:
        """Seconds of work so far."""
        return time.thread_time() - self._started

    @property
    def left(self) -> bool:
        """Whether it is not used up; once it is, ``whole`` is false."""
        if self.spent <= self._seconds:
            return True
        self.whole = False
        return False
