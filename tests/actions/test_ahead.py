"""The response to the validation of a form holds the question that follows, and no other."""

from __future__ import annotations

import asyncio
import copy
from typing import Any

import pytest

from actions.ahead import AheadExecutor
from consultation.catalogue import Catalogue

REQUIRED = {
    "contribution_form": {"required_slots": ["antwoord", "bevestigd", "verder"]},
    "opening_form": {"required_slots": ["toestemming_analyse", "groep", "opdracht"]},
}


@pytest.fixture(scope="module")
def executor() -> AheadExecutor:
    found = AheadExecutor()
    found.register_package("actions")
    return found


def _call(
    form: str, slots: dict[str, Any], changed: dict[str, Any], text: str = "x"
) -> dict[str, Any]:
    """What Rasa sends to have a form validated, just after ``changed`` was filled."""
    events: list[dict[str, Any]] = [{"event": "action", "name": form}]
    events += [{"event": "slot", "name": name, "value": each} for name, each in changed.items()]
    tracker = {
        "sender_id": "t",
        "slots": {**slots, **changed},
        "latest_message": {"text": text, "intent": {"name": "bijdrage"}, "entities": []},
        "events": events,
        "paused": False,
        "followup_action": None,
        "active_loop": {"name": form},
        "latest_action_name": form,
    }
    return {
        "next_action": f"validate_{form}",
        "tracker": tracker,
        "domain": {"forms": REQUIRED},
        "version": "3.6.21",
    }


def _run(executor: AheadExecutor, call: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = asyncio.run(executor.run(copy.deepcopy(call))).model_dump()
    return found


@pytest.mark.parametrize("vraag", [0, 1, -1])
def test_the_next_question_is_that_of_a_request_of_its_own(
    executor: AheadExecutor, catalogue: Catalogue, vraag: int
) -> None:
    opdracht = catalogue.opdracht(1)
    assert opdracht is not None
    keys = [each.key for each in opdracht.vragen]
    slots = {
        "requested_slot": "antwoord",
        "keuze_aanbod": "klaar",
        "opdracht": 1,
        "vraag": keys[vraag],
        "antwoorden": dict.fromkeys(keys[:vraag], "Iets."),
        "bevestigd": None,
        "verder": None,
        "toestemming_analyse": True,
        "doorgevraagd": list(opdracht.vragen[vraag].doorvraag),
    }
    answer = (
        "Een leraar uit onze wijk gaf in 2023 zes avonden les aan twaalf buren in het buurthuis."
    )
    if opdracht.vragen[vraag].soort == "prioriteit":
        answer = "4"
    call = _call("contribution_form", slots, {"antwoord": answer}, answer)
    found = _run(executor, call)
    changed = {each["name"]: each["value"] for each in found["events"] if each["event"] == "slot"}
    ahead = found["ahead"]
    asked = "antwoord" if vraag != -1 else "bevestigd"
    assert ahead["action"] == f"action_ask_contribution_form_{asked}"
    call["next_action"] = ahead["action"]
    call["tracker"]["slots"].update(changed)
    alone = _run(executor, call)
    assert ahead["events"] == alone["events"]
    assert [each["custom"] for each in ahead["responses"]] == [
        each["custom"] for each in alone["responses"]
    ]
    if vraag == 0:
        assert any(each["custom"].get("question") == keys[1] for each in ahead["responses"])


def test_a_form_that_ends_or_names_its_own_next_slot_holds_nothing_ahead(
    executor: AheadExecutor,
) -> None:
    full = {
        "keuze_aanbod": "klaar",
        "antwoord": "klaar",
        "bevestigd": True,
        "requested_slot": "verder",
    }
    assert _run(executor, _call("contribution_form", full, {"verder": True}, "ja"))["ahead"] is None
    slots = {"requested_slot": "toestemming_analyse", "groep": None, "opdracht": None}
    refused = _run(executor, _call("opening_form", slots, {"toestemming_analyse": False}))
    assert refused["ahead"] is None


def test_an_action_that_fails_ahead_is_left_to_rasa(
    executor: AheadExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setitem(executor.actions, "action_ask_opening_form_groep", failing)
    slots = {"requested_slot": "toestemming_analyse", "groep": None, "opdracht": None}
    found = _run(executor, _call("opening_form", slots, {"toestemming_analyse": True}))
    assert found["ahead"] is None
    assert found["events"]


def test_other_actions_hold_no_more_than_their_own_result(executor: AheadExecutor) -> None:
    call = _call("contribution_form", {"opdracht": 1, "vraag": None}, {})
    call["next_action"] = "action_ask_contribution_form_antwoord"
    assert set(_run(executor, call)) == {"events", "responses"}
