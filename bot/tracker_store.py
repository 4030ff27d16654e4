"""Tracker store in memory that evicts the least recently used trackers.

A tracker is disposable: the database is the source of truth, and ``action_session_start`` rebuilds
a conversation from it. So no turn serialises or deserialises a tracker, which would be 43 % of its
cost, and a restart of Rasa loses nothing.

Several Rasa processes may serve one conversation. A tracker then may lack turns that another
process had, so each knows its last turn, and is dropped where the conversation went on without it.
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
    """Drops every tracker of a conversation, from all stores of this process.

    A tracker has the name of its conversation, a dot and a number (``consultation``).
    """
    for store in _stores:
        store.drop(conversation)


def forget_all() -> None:
    """Drops every tracker, from all stores of this process."""
    for store in _stores:
        store.drop_all()


def remembered(conversation: str) -> int:
    """The number of trackers of a conversation in this process."""
    return sum(len(store.of(conversation)) for store in _stores)


def begins(sender_id: str, after: str | None) -> None:
    """Drops a tracker whose last turn is not ``after``, the message that was answered last.

    It also does not count from now on, until ``completed`` says that the turn went well.
    """
    for store in _stores:
        store.continue_after(sender_id, after)


def completed(sender_id: str, message_id: str) -> None:
    """Notes the message that a tracker's last turn answered."""
    for store in _stores:
        store.note_turn(sender_id, message_id)


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
        # Every way to start Rasa creates a tracker store; ``rasa shell`` has none of our channels.
        remote_action.install()
        self._trackers: OrderedDict[str, DialogueStateTracker] = OrderedDict()
        self._kept = kept
        self._last_turns: dict[str, str] = {}
        super().__init__(domain, event_broker, **kwargs)
        _stores.add(self)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Stores a tracker as the most recently used one.

        A tracker that was dropped during its turn is not stored again. A new tracker is recognised
        by its lack of events.
        """
        if tracker.events and self._trackers.get(tracker.sender_id) is not tracker:
            return
        await self.stream_events(tracker)
        self._trackers[tracker.sender_id] = tracker
        self._trackers.move_to_end(tracker.sender_id)
        while len(self._trackers) > self._kept:
            self._last_turns.pop(self._trackers.popitem(last=False)[0], None)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker with this name, or None."""
        return self._trackers.get(sender_id)

    async def keys(self) -> Iterable[str]:
        """The names of all trackers in the store."""
        return list(self._trackers)

    def drop(self, conversation: str) -> None:
        """Drops every tracker of a conversation."""
        for sender_id in self.of(conversation):
            del self._trackers[sender_id]
            self._last_turns.pop(sender_id, None)

    def note_turn(self, sender_id: str, message_id: str) -> None:
        """Notes the last turn of a tracker, unless that was dropped meanwhile."""
        if sender_id in self._trackers:
            self._last_turns[sender_id] = message_id

    def continue_after(self, sender_id: str, after: str | None) -> None:
        """Drops a tracker whose last turn is another one."""
        if self._last_turns.pop(sender_id, None) != after:
            self._trackers.pop(sender_id, None)

    def drop_all(self) -> None:
        """Drops every tracker."""
        self._trackers.clear()
        self._last_turns.clear()

    def of(self, conversation: str) -> list[str]:
        """The names of the trackers of a conversation."""
        return [each for each in self._trackers if each.split(".")[0] == conversation]
