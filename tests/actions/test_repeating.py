"""No bubble is said twice in a row, and what the assistant does not know it passes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.contribution_form import AskAntwoord, AskBevestigd, AskVerder
from actions.digressions import ActionDigressie
from actions.opening import ActionVerder, AskConsentAnalyse, AskGroep, AskOpdracht
from actions.talk import Talk, TalkAction, catalogue, sentences
from consultation.participation.conversation import fingerprint
from consultation.participation.stand_ins import (
    GIVEN,
    INSULT,
    JOKE,
    KEPT,
    OPEN_QUESTION,
    READERS,
    REPLY,
)

OPDRACHT = catalogue().opdracht(4)
assert OPDRACHT
KNOWN: dict[str, Any] = {
    "opdracht": 4,
    "vraag": "voorstel",
    "requested_slot": "antwoord",
    "toestemming_analyse": True,
    "antwoorden": {"drempel": "De les is te laat."},
}


def turn(
    action: TalkAction,
    said: list[str],
    intent: str = "hulp",
    asks: str | None = None,
    loop: str = "contribution_form",
    entities: dict[str, str] | None = None,
    **slots: Any,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[Any]]:
    """The bubbles, the effects and the events of an action, after bubbles that were just said."""
    latest = {
        "intent": {"name": intent},
        "intent_ranking": [{"name": intent, "confidence": 1.0}],
        "entities": [{"entity": name, "value": value} for name, value in (entities or {}).items()],
        "text": "x",
        "metadata": {"asks": asks, "said": [fingerprint(each) for each in said]},
    }
    tracker = Tracker(
        "x", {**KNOWN, **slots}, latest, [], False, None, {"name": loop}, "action_listen"
    )
    dispatcher = CollectingDispatcher()
    events = action.act(Talk(dispatcher, tracker))
    bubbles = [each for each in dispatcher.messages if each["text"]]
    effects = [
        effect
        for each in dispatcher.messages
        for effect in (each.get("custom") or {}).get("effects", [])
    ]
    return bubbles, effects, events


STEPS: tuple[tuple[Callable[[], TalkAction], dict[str, Any]], ...] = (
    (AskAntwoord, {}),
    (AskAntwoord, {"vraag": "prioriteit"}),
    (AskAntwoord, {"doorvraag": "Kunt u een voorbeeld geven?"}),
    (AskBevestigd, {"requested_slot": "bevestigd"}),
    (AskBevestigd, {"requested_slot": "bevestigd", "antwoorden": {}}),
    (AskVerder, {"requested_slot": "verder"}),
    (AskGroep, {"requested_slot": "groep"}),
    (AskOpdracht, {"requested_slot": "opdracht"}),
    (AskConsentAnalyse, {"requested_slot": "toestemming_analyse"}),
    (ActionVerder, {"requested_slot": "bevestigd"}),
)


@pytest.mark.parametrize("intent", ["hulp", "bijdrage", "vraag_duur", "begroeten"])
@pytest.mark.parametrize(("step", "slots"), STEPS)
def test_no_step_is_asked_in_the_words_of_the_turn_before(
    step: Callable[[], TalkAction], slots: dict[str, Any], intent: str
) -> None:
    said: list[str] = []
    first: list[dict[str, Any]] = []
    for _ in range(6):
        bubbles, _, _ = turn(step(), said, intent, **slots)
        texts = [each["text"] for each in bubbles]
        assert not set(texts) & set(said)
        assert len(set(texts)) == len(texts)
        first = first or bubbles
        # The buttons stay with it, and the place too.
        assert [each["buttons"] for each in bubbles] == [each["buttons"] for each in first]
        said = texts


def test_who_asks_to_repeat_hears_the_same() -> None:
    (bubble,), _, _ = turn(AskAntwoord(), [], "herhalen")
    (again,), _, _ = turn(AskAntwoord(), [bubble["text"]], "herhalen")
    assert again["text"] == bubble["text"]


@pytest.mark.parametrize(
    "intent",
    ["vraag_privacy", "vraag_anoniem", "vraag_doel", "vraag_wie", "bot_uitdagen", "contact_mens"],
)
def test_an_answer_from_the_catalogue_is_shorter_the_second_time(intent: str) -> None:
    (long,), _, _ = turn(ActionDigressie(), [], intent)
    (short,), _, _ = turn(ActionDigressie(), [long["text"]], intent)
    assert short["text"].startswith(("Zoals gezegd", "Ik zei het net al"))
    assert len(short["text"]) < len(long["text"])
    (other,), _, _ = turn(ActionDigressie(), [short["text"]], intent)
    assert other["text"] != short["text"]


@pytest.mark.parametrize(
    ("intent", "asks"),
    [
        ("bedanken", None),
        ("begroeten", None),
        ("hulp", None),
        ("hulp", INSULT),
        ("hulp", JOKE),
        ("hulp", KEPT),
        ("hulp", OPEN_QUESTION),
    ],
)
def test_a_human_line_has_other_words_each_time(intent: str, asks: str | None) -> None:
    said = ""
    for _ in range(8):
        (bubble,), _, _ = turn(ActionDigressie(), [said], intent, asks)
        assert bubble["text"] != said
        said = bubble["text"]


@pytest.mark.parametrize(
    ("asks", "told"),
    [(OPEN_QUESTION, 1), (READERS, 2), (REPLY, 2)],
)
def test_a_question_without_an_answer_is_passed_on(asks: str, told: int) -> None:
    bubbles, effects, _ = turn(ActionDigressie(), [], asks=asks)
    assert len(bubbles) == told
    assert effects == [{"kind": "question", "opdracht": 4, "contact": False}]
    known = sentences()["vraag_doorgegeven" if told == 1 else "rest_doorgegeven"]
    assert bubbles[-1]["text"] in known
    # Nothing is stored before the consent, and nothing is promised.
    bubbles, effects, _ = turn(ActionDigressie(), [], asks=asks, toestemming_analyse=None)
    assert effects == []
    assert catalogue().consultatie.contact.e_mail in bubbles[-1]["text"]


def test_the_wish_for_a_person_is_passed_on_only_after_a_tap() -> None:
    (bubble,), effects, _ = turn(ActionDigressie(), [], "contact_mens")
    contact = catalogue().consultatie.contact
    assert bubble["text"].startswith(contact.tekst.strip())
    assert contact.e_mail in bubble["text"]
    assert effects == []
    (button,) = bubble["buttons"]
    assert button["payload"] == '/contact_mens{"waarde":"doorgeven"}'
    (after,), effects, _ = turn(
        ActionDigressie(), [], "contact_mens", entities={"waarde": "doorgeven"}
    )
    assert after["text"] in sentences()["contact_doorgegeven"]
    assert effects == [{"kind": "question", "opdracht": 4, "contact": True}]
    (bubble,), _, _ = turn(ActionDigressie(), [], "contact_mens", toestemming_analyse=None)
    assert bubble["buttons"] == []


def test_who_answered_already_sees_it_and_goes_on() -> None:
    answers = {"drempel": "De les is te laat.", "voorstel": "Begin om 20 uur."}
    bubbles, _, events = turn(ActionDigressie(), [], asks=GIVEN, antwoorden=answers)
    assert "“Begin om 20 uur.”" in bubbles[0]["text"]
    slots = {each["name"]: each["value"] for each in events}
    assert slots["vraag"] not in ("voorstel", "drempel")
    # Without an answer to this question all others are shown.
    bubbles, _, events = turn(ActionDigressie(), [], asks=GIVEN)
    assert "De les is te laat." in bubbles[-1]["text"]
    assert events
    # Without any answer it stays.
    (bubble,), _, events = turn(ActionDigressie(), [], asks=GIVEN, antwoorden={})
    assert bubble["text"] in sentences()["nog_geen_antwoord"]
    assert events == []


def test_what_this_turn_said_counts_too() -> None:
    dispatcher = CollectingDispatcher()
    events = [
        {"event": "bot", "text": "Van vroeger."},
        {"event": "user", "text": "x"},
        {"event": "bot", "text": "Van nu."},
    ]
    tracker = Tracker("x", KNOWN, {}, events, False, None, {}, "action_listen")
    talk = Talk(dispatcher, tracker)
    talk.say("Van vroeger.")
    talk.say("Van nu.", "Anders.")
    talk.say("VAN  vroeger.", "Nog anders.")
    texts = [each["text"] for each in dispatcher.messages]
    assert texts == ["Van vroeger.", "Anders.", "Nog anders."]
