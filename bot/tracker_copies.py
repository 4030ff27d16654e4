"""Cheaper copies of trackers: patches Rasa to copy a tracker's state, not to replay its events.

Rasa 3.6 copies a tracker for every action of a turn, and forms make two more. Each copy replays all
events since the tracker began, and copies each slot by pickling: some 30 % of a turn, and more in a
longer talk. The state of a tracker is the result of these events, so after ``install`` a copy takes
the state over. What changes in place (the events, the open form) is copied. Copies share their
slots, and who sets a slot sets a copy of it: a turn makes some six copies and sets a few slots.
"""

from __future__ import annotations

import copy
import logging
from types import SimpleNamespace
from typing import Any

import rasa.shared.core.trackers
from rasa.core.actions.forms import FormAction
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SlotSet
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker

_log = logging.getLogger(__name__)


def install() -> None:
    """Patches Rasa for all trackers of this process."""
    Slot.__copy__ = _slot
    DialogueStateTracker.copy = tracker_copy
    DialogueStateTracker._set_slot = _set_slot
    DialogueStateTracker._reset_slots = _reset_slots
    FormAction._temporary_tracker = _temporary_tracker
    # The state of the open form holds the whole first message; its readers change nothing in it.
    rasa.shared.core.trackers.dataclasses = SimpleNamespace(asdict=lambda each: dict(vars(each)))


def tracker_copy(self: DialogueStateTracker) -> DialogueStateTracker:
    """A tracker with the same events and state; replaces ``DialogueStateTracker.copy``."""
    made: DialogueStateTracker = object.__new__(type(self))
    made.__dict__.update(self.__dict__)
    made.events = self.events.copy()
    made.slots = self.slots.copy()
    made.active_loop = copy.copy(self.active_loop)
    # As in Rasa, a copy names no model and no assistant in what is added to it.
    made.sender_source = made.model_id = made.assistant_id = None
    return made


def _slot(self: Slot) -> Slot:
    made: Slot = object.__new__(type(self))
    made.__dict__.update(self.__dict__)
    return made


def _set_slot(self: DialogueStateTracker, key: str, value: Any) -> None:
    """Sets a slot of this tracker only; replaces ``DialogueStateTracker._set_slot``."""
    if key not in self.slots:
        _log.error("the domain has no slot %s", key)
        return
    changed = copy.copy(self.slots[key])
    changed.value = value
    self.slots[key] = changed


def _reset_slots(self: DialogueStateTracker) -> None:
    """Resets the slots of this tracker only; replaces ``DialogueStateTracker._reset_slots``."""
    self.slots = type(self.slots)({name: copy.copy(slot) for name, slot in self.slots.items()})
    for slot in self.slots.values():
        slot.reset()


def _temporary_tracker(
    self: FormAction,
    current_tracker: DialogueStateTracker,
    additional_events: list[Event],
    _: Domain,
) -> DialogueStateTracker:
    """The tracker as if the form had run and the events had come after it."""
    made = tracker_copy(current_tracker)
    requested: Any = SlotSet(REQUESTED_SLOT, self.get_slot_to_fill(current_tracker))
    for event in (requested, ActionExecuted(self.name()), *additional_events):
        made.update(event)
    return made
