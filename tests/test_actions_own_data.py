"""What a participant is offered about their own data: buttons that say what they do."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.own_data import AskKeuze, ValidateBeheerForm
from actions.talk import Talk, catalogue


def turn(request: str, **slots: Any) -> list[dict[str, str]]:
    """The buttons of all bubbles of a turn, as the widget shows them side by side."""
    known = {"beheer": request, "opdracht": 4, **slots}
    tracker = Tracker("x", known, {}, [], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    AskKeuze().act(Talk(dispatcher, tracker))
    return [button for bubble in dispatcher.messages for button in bubble["buttons"]]


def consents(analyse: bool, citaat: bool | None, organisatie: bool | None) -> dict[str, Any]:
    given = {"analyse": analyse, "citaat": citaat, "organisatie": organisatie}
    slots = {f"toestemming_{name}": value for name, value in given.items()}
    return {**slots, "organisatie": "CVO Semper"}


@pytest.mark.parametrize(
    ("analyse", "citaat", "organisatie"),
    itertools.product((True, False), (True, False, None), (True, False, None)),
)
def test_no_two_buttons_on_consent_are_alike(
    analyse: bool, citaat: bool | None, organisatie: bool | None
) -> None:
    buttons = turn("toestemming", **consents(analyse, citaat, organisatie))
    titles = [each["title"] for each in buttons]
    assert len(set(titles)) == len(titles) >= 2
    # What a button says is what it does: "niet" or "wel", and of what.
    for each in buttons[:-1]:
        assert ("niet meer" in each["title"]) == ("=nee" in each["payload"]), each
        assert not each["title"].startswith("Verander")


def test_no_two_buttons_on_erasing_are_alike() -> None:
    opdracht = catalogue().opdracht(4)
    assert opdracht
    answers = {vraag.key: "x" for vraag in opdracht.vragen}
    for request in ("wissen", "wissen:alles", "wissen:drempel"):
        titles = [each["title"] for each in turn(request, antwoorden=answers)]
        assert len(set(titles)) == len(titles) >= 2


def test_a_title_that_is_typed_does_what_its_button_does() -> None:
    known = {"requested_slot": "keuze", "beheer": "toestemming", **consents(True, True, True)}
    tracker = Tracker("x", known, {}, [], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    validate: Any = ValidateBeheerForm().validate_keuze
    slots = validate("citeer mij niet meer.", dispatcher, tracker, {})
    assert slots["toestemming_citaat"] is False
    (effects,) = [each["custom"] for each in dispatcher.messages if each.get("custom")]
    assert effects["effects"][0]["purpose"] == "citaat"
    assert effects["effects"][0]["granted"] is False
