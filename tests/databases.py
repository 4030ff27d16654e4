"""Databases that tests open: closed at the end of the test, and missed when they are not."""

from __future__ import annotations

import functools
import sqlite3
import sys
import warnings
from contextlib import ExitStack
from typing import Any

import pytest

from consultation.database.storage import Storage

_open = ExitStack()


def open_storage(url: str) -> Storage:
    """The database at a URL, which is closed at the end of the test."""
    opened = Storage(url)
    _open.callback(opened.close)
    return opened


def close_databases() -> None:
    """Closes what ``open_storage`` opened."""
    _open.close()


class _Watched(sqlite3.Connection):
    """A connection that warns when it is dropped without being closed."""

    _is_open = False

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._is_open = True

    def close(self) -> None:
        self._is_open = False
        super().close()

    def __del__(self) -> None:
        if self._is_open:
            told = f"unclosed database in {self!r}"
            warnings.warn(told, ResourceWarning, stacklevel=2, source=self)


def warn_of_open_databases(patch: pytest.MonkeyPatch) -> None:
    """Makes SQLite's connections warn where Python does not do it yet."""
    if sys.version_info < (3, 13):
        connect = functools.partial(sqlite3.connect, factory=_Watched)
        patch.setattr(sqlite3, "connect", connect)
        patch.setattr(sqlite3.dbapi2, "connect", connect)
