"""Threads for what writes, apart from those for what only reads.

Who writes may wait long for SQLite's one write lock, or for a row of PostgreSQL. In one pool with
the readers they would take every thread, and every page would wait with them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar

AT_ONCE = 12
"""Less than the connections of the smallest pool, so that readers always find one."""

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")
_writers: RunVar[CapacityLimiter] = RunVar("samenspraak_writers")


async def in_writing_thread(
    function: Callable[_Given, _Result], *args: _Given.args, **kwargs: _Given.kwargs
) -> _Result:
    """Runs what writes to the database in a thread."""
    try:
        limiter = _writers.get()
    except LookupError:
        limiter = CapacityLimiter(AT_ONCE)
        _writers.set(limiter)
    return await to_thread.run_sync(partial(function, *args, **kwargs), limiter=limiter)
