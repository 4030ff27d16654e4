"""Ctrl-C that is heard also where a library swallows it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

_AGAIN_SECONDS = 0.5


@contextmanager
def heard_in_the_end() -> Iterator[None]:
    """Raises ``KeyboardInterrupt`` at SIGINT, and again each half second until the block ends.

    Python drops an exception that is raised in a callback from C or in a finalizer. The numerical
    libraries have such callbacks: without this, an analysis may go on after Ctrl-C.
    """

    def stop(_signal: int, _frame: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, _AGAIN_SECONDS)
        raise KeyboardInterrupt

    # A process that was started to ignore SIGINT, such as a job in the background, ignores it.
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGALRM)}
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for each, handler in before.items():
            signal.signal(each, handler)
