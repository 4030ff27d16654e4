"""What public pages count, kept until something they count changes.

With 10,000 statements the page of an opdracht takes a third of a second to count and a few
milliseconds to see that nothing changed. Erasures and consents show at once; at the latest after a
minute everything is counted again.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consultation.models import AnalysisRun, Consent, Contribution, Participant, Statement
from consultation.records import Publication

LONGEST = 60.0
"""Seconds after which everything is counted anew, whatever the stamp says."""

_MOST = 64

Value = TypeVar("Value")


class Kept:
    """Values by key, each as long as what they were made from is the same."""

    def __init__(self) -> None:
        """Keeps none yet."""
        self._values: OrderedDict[Hashable, tuple[tuple[Any, ...], float, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, session: Session, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value with this key; made where there is none, or where the database changed."""
        stamp = _stamp(session)
        moment = time.monotonic()
        with self._lock:
            found = self._values.get(key)
            if found is not None and found[0] == stamp and moment - found[1] < LONGEST:
                self._values.move_to_end(key)
                value: Value = found[2]
                return value
        made = make()
        with self._lock:
            self._values[key] = (stamp, moment, made)
            self._values.move_to_end(key)
            while len(self._values) > _MOST:
                self._values.popitem(last=False)
        return made


def _stamp(session: Session) -> tuple[Any, ...]:
    """Differs after an answer, a correction, a withdrawal, a consent, an erasure, a statement that
    was made or moved, and a publication."""
    parts = (
        select(func.count(Participant.id), func.count(Participant.group)),
        select(func.max(Consent.id), func.count(Consent.id)),
        select(
            func.count(Contribution.id),
            func.sum(Contribution.version),
            func.max(Contribution.created_at),
        ),
        select(func.count(Statement.id), func.sum(Statement.opdracht)),
        select(func.max(AnalysisRun.id)),
        select(func.max(Publication.id), func.count(Publication.withdrawn_at)),
    )
    return tuple(value for part in parts for value in session.execute(part).one())
