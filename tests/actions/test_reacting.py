"""The steps of a reaction round in the talk: stances, words, corrections, the ranking."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import own_data
from actions.reactions.form import (
    ActionReactieOverslaan,
    ActionReactieTerug,
    AskReactie,
    ValidateReactionForm,
)
from actions.reading import proposed
from actions.session import restore
from actions.talk import Talk
from bot.nlu.judgement import judge
from consultation.catalogue import Catalogue
from consultation.participation.resumption import Position, ResumptionState
from dialogue.buttons import AT_ONCE

FIRST, SECOND, THIRD = (f"{number:032x}" for number in (1, 2, 3))
ACTIONS = [
    {"id": FIRST, "text": "Een loket.", "wording": "a" * 64, "statement": None},
    {"id": SECOND, "text": "Gratis opvang.", "wording": "b" * 64, "statement": "e" * 32},
    {"id": THIRD, "text": "Later beginnen.", "wording": "c" * 64, "statement": None},
]
UNLIKELY = {"bijdrage": 0.3, "klacht": 0.4, "bevestigen": 0.3}


class Said:
    """One turn in a reaction round, and what it did."""

    def __init__(self, text: str, at: str, given: dict[str, Any] | None = None, **more: Any):
        payload = text.startswith("/")
        value = text.partition('":"')[2].rstrip('"}') if payload else None
        latest = {
            "text": text,
            "intent": {"name": more.get("intent", "bijdrage")},
            "entities": [{"entity": "waarde", "value": value}] if value else [],
            "metadata": {"step": "reactie", "question": at},
        }
        slots = {
            "opdracht": 4,
            "rondesoort": "reactie",
            "vraag": at,
            "acties": ACTIONS,
            "gereageerd": given or {},
            "requested_slot": "reactie",
        }
        self.tracker = Tracker("x", slots, latest, [], False, None, {}, "action_listen")
        self.dispatcher = CollectingDispatcher()
        validate: Any = ValidateReactionForm().validate_reactie
        self.slots: dict[str, Any] = validate(text, self.dispatcher, self.tracker, {})

    @property
    def effects(self) -> list[tuple[Any, ...]]:
        """What the turn proposes to store, in short."""
        found = []
        for each in self.dispatcher.messages:
            for effect in (each.get("custom") or {}).get("effects", ()):
                about = effect.get("action") or effect.get("question") or effect.get("actions")
                found.append((effect["kind"], about, effect.get("stance")))
        return found

    def asks(self) -> dict[str, Any]:
        """The bubble with which the assistant goes on."""
        self.tracker.slots |= self.slots
        dispatcher = CollectingDispatcher()
        AskReactie().act(Talk(dispatcher, self.tracker))
        bubble: dict[str, Any] = dispatcher.messages[-1]
        return bubble


def test_a_tap_and_a_typed_text_store_a_stance_and_go_on() -> None:
    for text in ('/bijdrage{"waarde":"tegen"}', "nee, niet akkoord"):
        turn = Said(text, f"actie:{FIRST}")
        assert turn.effects == [("reaction", FIRST, "tegen")]
        bubble = turn.asks()
        assert bubble["custom"]["step"] == "reactie"
        assert bubble["custom"]["question"] == f"actie:{SECOND}"
        assert bubble["custom"]["progress"]["nr"] == 2
        assert bubble["custom"]["statement"] == "e" * 32
        assert len(bubble["buttons"]) == 5 < AT_ONCE


def test_a_condition_is_kept_with_the_stance_or_asked_for() -> None:
    whole = Said("alleen als het gratis blijft", f"actie:{FIRST}")
    assert whole.effects == [
        ("reaction", FIRST, "voorwaarde"),
        ("answer", f"voorwaarde:{FIRST}", None),
    ]
    tapped = Said('/bijdrage{"waarde":"voorwaarde"}', f"actie:{FIRST}")
    assert tapped.effects == [("reaction", FIRST, "voorwaarde")]
    bubble = tapped.asks()
    assert (bubble["custom"]["step"], bubble["custom"]["question"]) == (
        "vraag",
        f"voorwaarde:{FIRST}",
    )
    given = {FIRST: ["voorwaarde", None]}
    said = Said("Als het gratis is.", f"voorwaarde:{FIRST}", given)
    assert said.effects == [("answer", f"voorwaarde:{FIRST}", None)]
    assert said.slots["vraag"] == f"actie:{SECOND}"
    assert Said("nee", f"voorwaarde:{FIRST}", given).effects == []


def test_another_wording_is_kept_and_the_stance_is_still_asked() -> None:
    asked = Said("ik zou het anders zeggen", f"actie:{FIRST}")
    assert asked.slots["vraag"] == f"wijziging:{FIRST}"
    said = Said("Eén loket, ook in het weekend.", f"wijziging:{FIRST}")
    assert said.effects == [("answer", f"wijziging:{FIRST}", None)]
    assert said.slots["vraag"] == f"actie:{FIRST}"


@pytest.mark.parametrize("at", [f"actie:{SECOND}", "ontbreekt", "rangorde"])
def test_the_reaction_before_can_be_changed_and_what_is_asked_stays(at: str) -> None:
    turn = Said("toch liever tegen", at, {FIRST: ["steun", 1]})
    assert turn.effects == [("reaction", FIRST, "tegen")]
    assert turn.slots["gereageerd"] == {FIRST: ["tegen", None]}
    assert turn.slots.get("vraag", at) == at
    assert turn.slots["reactie"] is None


def test_a_text_without_a_stance_is_kept_and_asked_about() -> None:
    turn = Said("De bussen rijden hier niet na acht uur.", f"actie:{FIRST}")
    assert turn.effects == [("answer", f"toelichting:{FIRST}", None)]
    assert turn.slots == {"reactie": None}
    assert Said("hmm", f"actie:{FIRST}").effects == []
    assert Said("bwa joat", f"actie:{FIRST}", intent="bevestigen").effects == [
        ("reaction", FIRST, "steun")
    ]


def test_a_ranking_is_offered_for_two_supported_actions_stored_step_by_step_and_skipped() -> None:
    given = {FIRST: ["steun", None], SECOND: ["voorwaarde", None], THIRD: ["steun", None]}
    turn = Said("Er rijdt geen bus.", "ontbreekt", given)
    assert turn.effects == [("answer", "ontbreekt", None)]
    bubble = turn.asks()
    assert bubble["custom"]["question"] == "rangorde"
    assert [each["title"] for each in bubble["buttons"]] == [
        "Actie 1",
        "Actie 2",
        "Actie 3",
        "Overslaan",
    ]
    first = Said("de tweede", "rangorde", given)
    assert first.effects == [("ranked", (SECOND,), None)] or first.effects == [
        ("ranked", [SECOND], None)
    ]
    last = Said("3", "rangorde", first.slots["gereageerd"])
    assert [list(each[1]) for each in last.effects if each[0] == "ranked"] == [
        [SECOND, THIRD, FIRST]
    ]
    assert last.slots["reactie"] == "klaar"
    assert Said("nee", "rangorde", given).slots["reactie"] == "klaar"
    one = Said("Er rijdt geen bus.", "ontbreekt", {FIRST: ["steun", None]})
    assert one.slots["reactie"] == "klaar"


def test_skipping_and_going_back() -> None:
    turn = Said("hmm", f"actie:{FIRST}")
    skipped = ActionReactieOverslaan().act(Talk(CollectingDispatcher(), turn.tracker))
    assert {each["name"]: each["value"] for each in skipped}["vraag"] == f"actie:{SECOND}"
    turn = Said("hmm", "ontbreekt", {THIRD: ["steun", None]})
    back = ActionReactieTerug().act(Talk(CollectingDispatcher(), turn.tracker))
    turn.slots = {each["name"]: each["value"] for each in back}
    bubble = turn.asks()
    assert bubble["custom"]["question"] == f"actie:{THIRD}"
    assert "U zei: ik steun dit." in bubble["text"]


def test_an_action_that_was_taken_away_is_passed() -> None:
    turn = Said("ik steun dit", f"actie:{'9' * 32}")
    assert turn.effects == []
    assert turn.slots["vraag"] == f"actie:{FIRST}"


def test_after_a_change_of_group_no_action_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposed, "shown_on", lambda *_: [ACTIONS[2], *ACTIONS[:2]])
    turn = Said('/bijdrage{"waarde":"voor"}', f"actie:{FIRST}")
    changed = own_data._change_group(Talk(turn.dispatcher, turn.tracker), "burger")
    assert changed["groep"] == "burger"
    turn.tracker.slots |= {**changed, "vraag": f"actie:{FIRST}"}
    talk = Talk(turn.dispatcher, turn.tracker)
    order = [each["id"] for each in proposed.shown(talk)]
    assert order == [FIRST, THIRD, SECOND]
    given = {FIRST: ["voor", None]}
    assert proposed.after_action(talk, FIRST, given) == f"actie:{THIRD}"
    assert proposed.after_action(talk, THIRD, {**given, THIRD: ["voor", None]}) == f"actie:{SECOND}"


def test_a_talk_goes_on_where_it_stood(catalogue: Catalogue) -> None:
    standing = ResumptionState(
        position=Position("vraag", 4, f"wijziging:{SECOND}"),
        consents={"analyse": True, "citaat": True},
        group="burger",
        organisation=None,
        opdracht=4,
        kind="reactie",
        reactions={FIRST: ("steun", 1)},
    )
    events = restore(catalogue, standing, "gesprek")
    slots = {each["name"]: each["value"] for each in events if each["event"] == "slot"}
    assert slots["vraag"] == f"wijziging:{SECOND}"
    assert slots["gereageerd"] == {FIRST: ["steun", 1]}
    assert slots["requested_slot"] == "reactie"
    assert [each["name"] for each in events if each["event"] == "active_loop"] == ["reaction_form"]


@pytest.mark.parametrize("text", ["dat is een slecht plan", "onzin", "tegen!", "kben voor"])
def test_a_stance_is_never_taken_for_a_complaint(text: str) -> None:
    assert judge(UNLIKELY, text, "reactie", 0.91, f"actie:{FIRST}") in ("bijdrage", "bevestigen")


SUPPORTED = {FIRST: ["steun", None], SECOND: ["steun", None], THIRD: ["tegen", None]}


@pytest.mark.parametrize(
    "text",
    [
        "er ontbreekt iets over vervoer: op zondag rijdt er geen bus",
        "Geef de centra genoeg geld om om de 2 weken te starten, behalve in augustus.",
        "en de mensen van de tweede kans dan, die hebben ook lessen nodig",
        "ge vergeet wel de ouders die geen auto hebben",
        "voeg maar toe dat de school dichter moet zijn",
    ],
)
def test_content_typed_at_the_ranking_is_kept_and_chooses_nothing(text: str) -> None:
    turn = Said(text, "rangorde", SUPPORTED)
    assert turn.effects == [("answer", "ontbreekt", None)]
    assert turn.slots == {"reactie": None}


@pytest.mark.parametrize(
    "text",
    ["geen gedacht", "weet ik niet", "allebei even belangrijk", "alletwee", "geen idee"],
)
def test_who_ranks_nothing_goes_on(text: str) -> None:
    turn = Said(text, "rangorde", SUPPORTED)
    assert turn.slots["reactie"] == "klaar"
    assert not [each for each in turn.effects if each[0] == "ranked"]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("die van het loket", FIRST),
        ("de opvang eerst", SECOND),
        ("actie 2", SECOND),
        ("de eerste vind ik het belangrijkst", FIRST),
        ("opvang!!", SECOND),
    ],
)
def test_an_action_is_ranked_by_its_number_or_a_word_of_its_own(text: str, first: str) -> None:
    ranked = [each[1] for each in Said(text, "rangorde", SUPPORTED).effects if each[0] == "ranked"]
    assert next(iter(ranked[0])) == first
