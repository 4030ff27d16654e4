"""Vectors of texts that another test encoded already.

Encoding is the largest part of an analysis, and many tests analyse the same texts. So a text is
encoded once in a process, and once in all lines of ``scripts/suite.py``, which names a file for
it. An encoder gives a text the same vector whatever stands beside it (``test_embedding``).
"""

from __future__ import annotations

import functools
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

import numpy as np
import pytest

from language import embedding
from language.embedding import Vectors

FILE = os.environ.get("SAMENSPRAAK_TEST_VECTORS", "")
"""Where the lines of the suite share vectors; empty: only this process."""


@contextmanager
def encoded_once() -> Iterator[None]:
    """The encoders that come with the product encode no text a second time."""
    with pytest.MonkeyPatch.context() as patch:
        for kind in (embedding._E5, embedding._Use):
            patch.setattr(kind, "encode", _remembered(kind.encode))
        yield


def _remembered(encode: Callable[..., Vectors]) -> Callable[..., Vectors]:
    known: dict[tuple[str, str], Vectors] = {}

    @functools.wraps(encode)
    def remembered(encoder: Any, texts: Sequence[str]) -> Vectors:
        if not texts:
            return encode(encoder, texts)
        wanted = [(encoder.name, text) for text in texts]
        unseen = list(dict.fromkeys(key for key in wanted if key not in known))
        known.update(_shared(unseen))
        new = [key for key in unseen if key not in known]
        if new:
            made = dict(zip(new, encode(encoder, [text for _, text in new]), strict=True))
            known.update(made)
            _share(made)
        return np.stack([known[key] for key in wanted])

    return remembered


def _opened() -> sqlite3.Connection:
    file = sqlite3.connect(FILE, timeout=60)
    file.execute("pragma synchronous = off")
    file.execute("create table if not exists vectors (key text primary key, vector blob)")
    return file


def _key(encoder: str, text: str) -> str:
    return f"{encoder} {text.encode('utf-8', 'surrogatepass').hex()}"


def _shared(keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Vectors]:
    if not FILE or not keys:
        return {}
    found = {}
    with closing(_opened()) as file:
        for key in keys:
            query = "select vector from vectors where key = ?"
            row = file.execute(query, (_key(*key),)).fetchone()
            if row is not None:
                found[key] = np.frombuffer(row[0], dtype=np.float32)
    return found


def _share(made: dict[tuple[str, str], Vectors]) -> None:
    if FILE:
        rows = [(_key(*key), vector.tobytes()) for key, vector in made.items()]
        with closing(_opened()) as file, file:
            file.executemany("insert or ignore into vectors values (?, ?)", rows)
