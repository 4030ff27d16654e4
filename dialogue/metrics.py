"""What the processes count for ``/metrics``: turns, their time by part, errors, refusals.

Counters of several web processes are added up where ``samenspraak serve`` started them: it sets
``PROMETHEUS_MULTIPROC_DIR``, and prometheus_client then keeps them in files of that folder. Nothing
here tells who said what: labels come from fixed lists.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from prometheus_client import Counter, Histogram

Part = Literal["whole", "queue", "store", "assistant", "complete"]
Outcome = Literal["answered", "later", "apologised"]
Failure = Literal["assistant", "broken", "database", "server"]

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

_TURN_SECONDS = Histogram(
    "samenspraak_turn_seconds",
    "Seconds of a turn: whole as a participant waits, in the queue, storing the message, asking "
    "Rasa and its actions, storing the reply.",
    ["part"],
    buckets=_SECONDS,
)
_TURNS = Counter(
    "samenspraak_turns",
    "Messages of participants: answered at once, later (202), or given up with an apology.",
    ["outcome"],
)
_ERRORS = Counter(
    "samenspraak_errors",
    "The assistant is down or slow, answers brokenly, the database is away, or a fault of ours.",
    ["kind"],
)
_REFUSED = Counter("samenspraak_refused", "Requests of the chat over a limit (429).")
_PARTS = {part: _TURN_SECONDS.labels(part) for part in Part.__args__}  # type: ignore[attr-defined]


@contextmanager
def timed(part: Part) -> Iterator[None]:
    """Counts the seconds of a block for a part of a turn."""
    begun = time.perf_counter()
    try:
        yield
    finally:
        _PARTS[part].observe(time.perf_counter() - begun)


def count_turn(outcome: Outcome) -> None:
    """Counts a message."""
    _TURNS.labels(outcome).inc()


def count_error(kind: Failure) -> None:
    """Counts an error."""
    _ERRORS.labels(kind).inc()


def count_refusal() -> None:
    """Counts a request over a limit."""
    _REFUSED.inc()
