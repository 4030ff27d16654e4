"""A thread pool for database writes, separate from the pool for reads.

A write may wait long for SQLite's single write lock, or for a row lock of PostgreSQL. In one shared
pool, waiting writes could take every thread and block every page.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar

AT_ONCE = 12
"""Writer threads: fewer than the smallest connection pool, so reads always get a connection."""

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")
_writers: RunVar[CapacityLimiter] = RunVar("samenspraak_writers")


async def in_writing_thread(
    function: Callable[_Given, _Result], *args: _Given.args, **kwargs: _Given.kwargs
) -> _Result:
    """Runs a function that writes to the database in a thread of the pool for writes."""
    try:
        limiter = _writers.get()
    except LookupError:
        limiter = CapacityLimiter(AT_ONCE)
        _writers.set(limiter)
    return await to_thread.run_sync(partial(function, *args, **kwargs), limiter=limiter)
