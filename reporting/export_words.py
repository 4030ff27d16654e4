"""Dutch texts for code to use, mostly in exported files, from ``templates/uitvoer.yml``."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).parent / "templates" / "uitvoer.yml"


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    words: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return words


def word(*path: str, **values: object) -> str:
    """The text at a path with ``values`` filled in; the last step itself if there is no text."""
    found: Any = _words()
    for step in path:
        found = found.get(step) if isinstance(found, dict) else None
    return path[-1] if found is None else str(found).strip().format(**values)
