"""Answers the validation of a form and the question that follows in one request.

Rasa runs ``validate_<form>`` and then ``action_ask_<form>_<slot>``, each in a request of its own.
Which slot comes next follows from the first result, so this server runs the second action at once
and adds its result to the first response. ``bot/remote_action.py`` uses it if Rasa then asks that
same action about the same state, and calls the server as before if not.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rasa_sdk.executor import ActionExecutor, ActionExecutorRunResult

_VALIDATES = "validate_"
_REQUESTED = "requested_slot"


class ResultWithAhead(ActionExecutorRunResult):
    """A result with that of the next action: its name, events and responses."""

    ahead: dict[str, Any] | None = None


class AheadExecutor(ActionExecutor):
    """Runs an action and, after the validation of a form, the action that asks the next slot."""

    async def run(self, action_call: dict[str, Any], *others: Any, **more: Any) -> Any:
        """The result of the action, with ``ahead`` where the next action is known."""
        result = await super().run(action_call, *others, **more)
        form = str(action_call.get("next_action") or "")
        if result is None or not form.startswith(_VALIDATES):
            return result
        ahead = await self._asked(action_call, form.removeprefix(_VALIDATES), result.events)
        return ResultWithAhead(events=result.events, responses=result.responses, ahead=ahead)

    async def _asked(
        self, call: dict[str, Any], form: str, events: list[dict[str, Any]]
    ) -> dict[str, Any] | None:
        set_now = {each["name"]: each["value"] for each in events if each["event"] == "slot"}
        slots = {**call["tracker"]["slots"], **set_now}
        required = (call.get("domain") or {}).get("forms", {}).get(form, {})
        name = f"action_ask_{form}_{_next_slot(required.get('required_slots', ()), slots)}"
        if _REQUESTED in set_now or name not in self.actions:
            return None
        tracker = {**call["tracker"], "slots": slots, "events": []}
        try:
            asked = await super().run({**call, "next_action": name, "tracker": tracker})
        except Exception:
            # Rasa then asks for this action itself, and handles the same error.
            return None
        return {"action": name, **asked.model_dump()} if asked else None


def _next_slot(required: Iterable[str], slots: dict[str, Any]) -> str | None:
    return next((each for each in required if slots.get(each) is None), None)
