"""Routes that run POST endpoints in the thread pool for database writes."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

from fastapi.routing import APIRoute

from dialogue.threads import in_writing_thread


class WritingRoute(APIRoute):
    """A route that runs a synchronous POST endpoint in the thread pool for database writes."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Takes the same arguments as ``APIRoute``."""
        posts = "POST" in (options.get("methods") or ())
        if posts and not inspect.iscoroutinefunction(endpoint):
            endpoint = _in_writing_thread(endpoint)
        super().__init__(path, endpoint, **options)


def _in_writing_thread(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(endpoint)
    async def elsewhere(*args: Any, **kwargs: Any) -> Any:
        return await in_writing_thread(endpoint, *args, **kwargs)

    return elsewhere
