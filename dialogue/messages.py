"""The short Dutch sentences of ``meldingen.yml``."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

MESSAGES = Path(__file__).with_name("meldingen.yml")


@lru_cache(maxsize=1)
def _texts() -> dict[str, str]:
    raw = yaml.safe_load(MESSAGES.read_text(encoding="utf-8"))
    return {str(key): str(text).strip() for key, text in raw.items()}


def known(key: str) -> bool:
    """Whether ``meldingen.yml`` has a sentence with this key."""
    return key in _texts()


def say(key: str, **values: object) -> str:
    """The sentence with this key, formatted with ``values``."""
    return _texts()[key].format(**values)
