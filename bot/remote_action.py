"""Faster calls to the action server: patches Rasa to validate and send less.

Rasa 3.6 validates every response with jsonschema and checks the schema itself every time (59 % of a
turn under load), opens a connection per call, and sends the whole history of the conversation and
the whole domain. After ``install`` the shape of the response is checked by hand, connections stay
open, and only the events that the SDK reads are sent. The response to the validation of a form also
holds the question that follows (``actions/ahead.py``), so that it needs no call. Nothing else
changes, so an action behaves as with unpatched Rasa.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, cast
from urllib.parse import urlsplit

import rasa.core.actions.action
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.core.channels.channel import OutputChannel
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import EndpointConfig

from bot import shared_secret
from dialogue.loopback import Loopback, Unreachable

_PATIENCE = 30.0
_servers: dict[str, tuple[Loopback, str]] = {}
_PASSING = frozenset({"events", "latest_event_time"})
"""The parts of a tracker's state that actions after a validation do not read."""
_Ahead = tuple[Any, dict[str, Any], dict[str, Any]]
_ahead: ContextVar[_Ahead | None] = ContextVar("ahead", default=None)
"""What the last response of this turn holds for the next action."""


def install() -> None:
    """Patches Rasa for all custom actions of this process."""
    RemoteAction.run = _run
    Event.resolve_by_type = staticmethod(lru_cache(maxsize=None)(Event.resolve_by_type))


def forget_ahead() -> None:
    """Drops what a turn left unused; a task of Sanic lasts as long as its connection."""
    _ahead.set(None)


async def _run(
    self: RemoteAction,
    output_channel: OutputChannel,
    nlg: NaturalLanguageGenerator,
    tracker: DialogueStateTracker,
    domain: Domain,
) -> list[Event]:
    """Runs an action on the action server; replaces ``RemoteAction.run``.

    Raises:
        ActionExecutionRejection: the action refuses to run now.
        RasaException: the action server is unreachable, failed, or sent an invalid response.
    """
    name = self.name()
    if self.action_endpoint is None:
        raise RasaException(f"'{name}': no action_endpoint; see endpoints.yml")
    state = tracker.current_state()
    reply = _asked_before(name, state)
    if reply is None:
        reply = await _called(self.action_endpoint, name, _body(name, state, tracker, domain))
    events, responses = _checked(name, reply)
    _ahead.set(_expected(reply, state, events))
    bubbles = await self._utter_responses(responses, output_channel, nlg, tracker)
    return [*cast("list[Event]", bubbles), *deserialise_events(events)]


def _asked_before(name: str, state: dict[str, Any]) -> Any:
    """The result that an earlier response of this turn held for an action, else None.

    It counts only for the very state that the action server had: the same message and slots.
    """
    expected = _ahead.get()
    if expected is None or expected[0] != name or expected[1] != _standing(state):
        return None
    return expected[2]


def _expected(
    reply: dict[str, Any], state: dict[str, Any], events: list[dict[str, Any]]
) -> _Ahead | None:
    """The next action, the state in which its result counts, and the result; None without one."""
    ahead = reply.get("ahead")
    if not isinstance(ahead, dict):
        return None
    changed = {each.get("name"): each.get("value") for each in events if each["event"] == "slot"}
    standing = _standing(state)
    return ahead.get("action"), {**standing, "slots": {**standing["slots"], **changed}}, ahead


def _standing(state: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in state.items() if name not in _PASSING}


def _body(
    name: str, state: dict[str, Any], tracker: DialogueStateTracker, domain: Domain
) -> dict[str, Any]:
    events = [event.as_dict() for event in _latest(tracker.events)]
    return {
        "next_action": name,
        "sender_id": tracker.sender_id,
        "tracker": {**state, "events": events},
        "domain": {"forms": domain.forms},
        "version": rasa.__version__,
    }


def _latest(events: Iterable[Event]) -> list[Event]:
    """The last action and the events after it: these set the slots that a form has to validate."""
    everything = list(events)
    for place in range(len(everything) - 1, -1, -1):
        if isinstance(everything[place], ActionExecuted):
            return everything[place:]
    return everything


async def _called(endpoint: EndpointConfig, name: str, body: dict[str, Any]) -> Any:
    server, path = _server(endpoint)
    try:
        status, content = await server.post(path, json.dumps(body).encode(), _PATIENCE)
    except Unreachable as error:
        raise RasaException(
            f"'{name}': the action server at {endpoint.url} does not answer "
            f"({type(error).__name__}); start it with: python -m actions"
        ) from error
    try:
        if status == 400:
            refused = json.loads(content)
            raise ActionExecutionRejection(refused["action_name"], refused.get("error"))
        if status >= 300:
            raise RasaException(f"'{name}': the action server answers {status}")
        return json.loads(content)
    except (ValueError, KeyError, TypeError) as error:
        raise RasaException(f"'{name}': the action server's reply is no JSON") from error


def _server(endpoint: EndpointConfig) -> tuple[Loopback, str]:
    """The client of the action server, and the path of its webhook."""
    found = _servers.get(endpoint.url)
    if found is None:
        parts = urlsplit(endpoint.url)
        headers = {"Authorization": shared_secret.header(), **(endpoint.headers or {})}
        server = Loopback(parts.hostname or "127.0.0.1", parts.port or 80, headers)
        found = _servers[endpoint.url] = server, parts.path or "/"
    return found


def _checked(name: str, reply: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The events and responses in a reply of the action server.

    Raises:
        RasaException: the reply has another shape.
    """
    if isinstance(reply, dict):
        events, responses = (
            [] if reply.get(part) is None else reply[part] for part in ("events", "responses")
        )
        named = _are_objects(events) and all(isinstance(each.get("event"), str) for each in events)
        if named and _are_objects(responses):
            return events, responses
    raise RasaException(
        f"'{name}': the action server's reply is not of the shape that Rasa expects"
    )


def _are_objects(found: Any) -> bool:
    return isinstance(found, list) and all(isinstance(each, dict) for each in found)
