"""A text that the open step cannot use is offered, and no answer changes without a yes."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import offering
from actions.contribution_form import ValidateContributionForm
from actions.reading.naming import fitting_question
from actions.session import restore
from actions.talk import Talk, catalogue
from consultation.catalogue import Catalogue
from consultation.participation.resumption import Position, ResumptionState

OLD = {"drempel": "De bus rijdt niet meer na zes uur."}


def talk_of(text: str, intent: str = "bijdrage", **slots: Any) -> Talk:
    """A turn at the summary of opdracht 4, or where ``slots`` put it."""
    known = {"opdracht": 4, "antwoord": "klaar", "antwoorden": dict(OLD), **slots}
    entities = slots.pop("entities", [])
    message = {
        "text": text,
        "intent": {"name": intent, "confidence": 1.0},
        "intent_ranking": [{"name": intent, "confidence": 1.0}],
        "entities": entities,
        "metadata": {"typed": "m1", "message": "m1"},
    }
    tracker = Tracker("x", known, message, [], False, None, {}, "action_listen")
    return Talk(CollectingDispatcher(), tracker)


def bubbles(talk: Talk) -> list[dict[str, Any]]:
    return [each for each in talk.dispatcher.messages if each.get("text")]


def effects(talk: Talk) -> list[dict[str, Any]]:
    found = []
    for each in talk.dispatcher.messages:
        found += (each.get("custom") or {}).get("effects", [])
    return found


def asked(talk: Talk, slots: dict[str, Any]) -> dict[str, Any]:
    """The bubble that asks about the offer."""
    again = talk_of("", **{**talk.tracker.slots, **slots})
    offering.AskKeuzeAanbod().act(again)
    (bubble,) = bubbles(again)
    return bubble


def test_an_offer_shows_the_old_and_the_new_text_and_stays_at_its_step() -> None:
    talk = talk_of("de bus is ook te duur")
    bubble = asked(talk, offering.offer_slots(talk))
    assert "de bus is ook te duur" in bubble["text"]
    assert OLD["drempel"] in bubble["text"]
    assert [each["title"] for each in bubble["buttons"]] == [
        "Ja, dit klopt",
        "In plaats van mijn antwoord",
        "Bij een ander antwoord",
        "Nee, laat maar",
        "Ik wil iets veranderen",
    ]
    assert "Klopt alles dan?" in bubble["text"]
    custom = bubble["custom"]
    assert (custom["step"], custom["opdracht"], custom["quotes"]) == ("bevestigen", 4, True)
    # The bubble refers to the message; only its text, which an erasure silences, repeats it.
    assert custom["offer"]["message"] == "m1"
    assert "te duur" not in str(custom["offer"])


def test_without_an_answer_there_is_nothing_to_replace() -> None:
    talk = talk_of("geef iedereen een gratis buspas")
    titles = [each["title"] for each in asked(talk, offering.offer_slots(talk))["buttons"]]
    assert titles == [
        "Ja, dit klopt",
        "Bij een ander antwoord",
        "Nee, laat maar",
        "Ik wil iets veranderen",
    ]


@pytest.mark.parametrize(
    ("text", "intent", "added"),
    [
        ("ja", "bevestigen", True),
        ("ja doe maar", "bevestigen", True),
        ("zet het erbij", "bijdrage", True),
        ("in plaats van mijn antwoord", "bijdrage", False),
        ("vervang het maar", "bijdrage", False),
    ],
)
def test_a_yes_adds_and_only_an_explicit_word_replaces(text: str, intent: str, added: bool) -> None:
    first = talk_of("de bus is ook te duur")
    slots = offering.offer_slots(first)
    talk = talk_of(text, intent, **slots)
    after, answered = offering.decide(talk, text)
    assert answered == "drempel"
    effect, confirmed = effects(talk)
    # Nobody confirms twice: the yes is also the yes to the summary.
    assert confirmed["kind"] == "confirmed"
    assert (after["bevestigd"], after["klaar"]) == (True, [4])
    assert effect["added"] is added
    assert effect["source"] == {"message": "m1", "start": 0, "end": len("de bus is ook te duur")}
    assert (OLD["drempel"] in after["antwoorden"]["drempel"]) is added
    assert after["keuze_aanbod"] == offering.NOTHING_OFFERED


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("nee", "ontkennen"),
        ("nee laat maar", "ontkennen"),
        ("laat maar", "bijdrage"),
        ("toch niet", "bijdrage"),
        ("overslaan", "overslaan"),
    ],
)
def test_a_no_changes_nothing_and_settles_the_text(text: str, intent: str) -> None:
    talk = talk_of(text, intent, **offering.offer_slots(talk_of("de bus is ook te duur")))
    after, answered = offering.decide(talk, text)
    assert answered is None
    assert effects(talk) == []
    assert after["keuze_aanbod"] == offering.NOTHING_OFFERED
    assert bubbles(talk)[-1]["custom"]["settled"]["message"] == "m1"


@pytest.mark.parametrize("text", ["hm", "wat bedoel je", "wie ben jij", "misschien", "1"])
def test_what_decides_nothing_keeps_the_offer_open(text: str) -> None:
    talk = talk_of(text, "hulp", **offering.offer_slots(talk_of("de bus is ook te duur")))
    after, answered = offering.decide(talk, text)
    assert (after["keuze_aanbod"], answered, effects(talk)) == (None, None, [])


def test_more_content_at_an_offer_is_offered_next() -> None:
    first = offering.offer_slots(talk_of("de bus is ook te duur"))
    talk = talk_of("de gemeente moet een extra bus inleggen", **first)
    after, _ = offering.decide(talk, "de gemeente moet een extra bus inleggen")
    assert after["keuze_aanbod"] is None
    yes = talk_of("ja", "bevestigen", **{**first, **after})
    then, _ = offering.decide(yes, "ja")
    assert then["aanbod"]["text"] == "de gemeente moet een extra bus inleggen"
    assert then["keuze_aanbod"] is None


@pytest.mark.parametrize("step", ["vraag", "bevestigen", "verder"])
def test_an_offer_survives_a_restart(catalogue: Catalogue, step: str) -> None:
    text = "de bus is ook te duur"
    offer = {"message": "m1", "start": 0, "end": len(text), "opdracht": 4, "question": "drempel"}
    kept = {**offer, "text": text}
    place = Position(step, 4, "voorstel" if step == "vraag" else None, offer=offer)
    standing = ResumptionState(place, {"analyse": True}, "burger", None, 4, OLD, kept=(kept,))
    events = restore(catalogue, standing, "gesprek")
    slots = {each["name"]: each["value"] for each in events if each["event"] == "slot"}
    assert slots["aanbod"] == kept
    assert slots["requested_slot"] == "keuze_aanbod"
    assert slots["keuze_aanbod"] is None
    assert offering.place(talk_of("", **slots))["step"] == step


def test_an_erased_text_is_not_offered_again(catalogue: Catalogue) -> None:
    offer = {"message": "m1", "start": 0, "end": 4, "opdracht": 4, "question": "drempel"}
    standing = ResumptionState(
        Position("vraag", 4, "voorstel", offer=offer), {}, "burger", None, 4, OLD
    )
    events = restore(catalogue, standing, "gesprek")
    slots = {each["name"]: each["value"] for each in events if each["event"] == "slot"}
    assert slots["requested_slot"] == "antwoord"


def test_a_text_kept_before_the_opdracht_is_offered_at_its_question() -> None:
    text = "geef iedereen een gratis buspas"
    early = talk_of(text, opdracht=None, antwoord=None)
    kept = offering.keep_slots(early)
    assert bubbles(early)[-1]["custom"]["kept"]["message"] == "m1"
    opdracht = catalogue().opdracht(4)
    assert opdracht
    talk = talk_of("x", antwoord=None, **kept)
    assert offering.due(talk, opdracht, "drempel") == {}
    slots = offering.due(talk, opdracht, "voorstel")
    assert slots["aanbod"]["text"] == text
    assert slots["bewaard"] == []
    bubble = asked(talk_of("x", antwoord=None, vraag="voorstel"), slots)
    assert text in bubble["text"]
    assert (bubble["custom"]["step"], bubble["custom"]["question"]) == ("vraag", "voorstel")
    # No question fitted: it is offered before the summary at last.
    assert offering.due(talk, opdracht, None)["aanbod"]["text"] == text


def test_a_yes_to_a_kept_text_answers_the_open_question() -> None:
    kept = offering.keep_slots(talk_of("geef iedereen een gratis buspas", opdracht=None))
    opdracht = catalogue().opdracht(4)
    assert opdracht
    offered = offering.due(talk_of("x", **kept), opdracht, "voorstel")
    known = {"requested_slot": "keuze_aanbod", "antwoord": None, "vraag": "voorstel"}
    talk = talk_of("ja", "bevestigen", **{**known, **offered})
    validate: Any = ValidateContributionForm().validate_keuze_aanbod
    slots = validate("ja", talk.dispatcher, talk.tracker, {})
    assert slots["vraag"] == "trekker"
    assert slots["antwoorden"]["voorstel"] == "geef iedereen een gratis buspas"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("de gemeente moet dat trekken samen met de scholen", "trekker"),
        ("dat zou de VDAB moeten doen", "trekker"),
        ("het is te duur voor mensen met een klein loon", "drempel"),
        ("ik geraak niet op tijd in de les", "drempel"),
        ("ik heb geen opvang voor mijn kinderen", "drempel"),
        ("geef iedereen een gratis buspas", "voorstel"),
        ("meer lessen in de namiddag", "voorstel"),
        ("de bibliotheek", "voorstel"),
    ],
)
def test_a_text_goes_to_the_question_of_its_kind(text: str, key: str) -> None:
    opdracht = catalogue().opdracht(4)
    assert opdracht
    assert fitting_question(text, opdracht, None) == key
