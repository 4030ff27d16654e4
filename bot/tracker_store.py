"""Trackers kept alive in memory, the least used let go.

A tracker is disposable: the database is the truth, and ``action_session_start`` rebuilds a talk
from it. So nothing is serialised or read back each turn (43 % of a turn's cost when it is), and a
restart of Rasa loses nothing.
"""

from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from bot import remote_action

_KEPT = 2_000
_stores: weakref.WeakSet[LiveTrackerStore] = weakref.WeakSet()


def forget(conversation: str) -> None:
    """Drops every tracker of a talk, from all stores of this process.

    Trackers are named after their talk, with a number behind a dot (``consultation``).
    """
    for store in _stores:
        store.drop(conversation)


def forget_all() -> None:
    """Drops every tracker, from all stores of this process."""
    for store in _stores:
        store.drop_all()


def remembered(conversation: str) -> int:
    """How many trackers of a talk are kept in this process."""
    return sum(len(store.of(conversation)) for store in _stores)


class LiveTrackerStore(TrackerStore):
    """The most recently used trackers, as live objects."""

    def __init__(
        self,
        domain: Domain,
        event_broker: EventBroker | None = None,
        kept: int = _KEPT,
        **kwargs: Any,
    ) -> None:
        """Keeps at most ``kept`` trackers."""
        # Whatever starts Rasa makes a tracker store; ``rasa shell`` has no channel of ours.
        remote_action.install()
        self._trackers: OrderedDict[str, DialogueStateTracker] = OrderedDict()
        self._kept = kept
        super().__init__(domain, event_broker, **kwargs)
        _stores.add(self)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keeps a tracker as the most recently used.

        One that was dropped while its turn was under way stays gone. A new one is saved while it
        has no events yet.
        """
        if tracker.events and self._trackers.get(tracker.sender_id) is not tracker:
            return
        await self.stream_events(tracker)
        self._trackers[tracker.sender_id] = tracker
        self._trackers.move_to_end(tracker.sender_id)
        while len(self._trackers) > self._kept:
            self._trackers.popitem(last=False)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker as it was left, or None."""
        return self._trackers.get(sender_id)

    async def keys(self) -> Iterable[str]:
        """Names of the trackers kept."""
        return list(self._trackers)

    def drop(self, conversation: str) -> None:
        """Lets go of every tracker of a talk."""
        for sender_id in self.of(conversation):
            del self._trackers[sender_id]

    def drop_all(self) -> None:
        """Lets go of every tracker."""
        self._trackers.clear()

    def of(self, conversation: str) -> list[str]:
        """The names of a talk's trackers."""
        return [each for each in self._trackers if each.split(".")[0] == conversation]
