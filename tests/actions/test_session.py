"""A fresh tracker is brought to where the talk stands."""

from __future__ import annotations

import pytest

from actions.session import restore
from consultation.catalogue import Catalogue
from consultation.participation.resumption import Position, ResumptionState

YES = {"analyse": True, "citaat": False}


def restored(catalogue: Catalogue, standing: ResumptionState) -> tuple[dict[str, object], object]:
    """Slots and form after the events."""
    events = restore(catalogue, standing, "gesprek-1")
    slots = {each["name"]: each["value"] for each in events if each["event"] == "slot"}
    loops = [each["name"] for each in events if each["event"] == "active_loop"]
    return slots, loops[0] if loops else None


@pytest.mark.parametrize(
    ("position", "loop", "requested"),
    [
        (Position("toestemming", None, "citaat"), "opening_form", "toestemming_citaat"),
        (Position("groep"), "opening_form", "groep"),
        (Position("opdracht"), "opening_form", "opdracht"),
        (Position("vraag", 4, "voorstel"), "contribution_form", "antwoord"),
        (Position("bevestigen", 4), "contribution_form", "bevestigd"),
        (Position("verder", 4), "contribution_form", "verder"),
        (Position("einde"), None, None),
        (Position(), None, None),
    ],
)
def test_each_step_opens_its_form_at_its_slot(
    catalogue: Catalogue, position: Position, loop: str | None, requested: str | None
) -> None:
    standing = ResumptionState(position, YES, "burger", None, 4, {"drempel": "te duur"})
    slots, opened = restored(catalogue, standing)
    assert (opened, slots.get("requested_slot")) == (loop, requested)
    assert slots["gesprek"] == "gesprek-1"
    assert slots["toestemming_analyse"] is True


PLACES = [
    Position("toestemming", None, "citaat"),
    Position("groep"),
    Position("opdracht"),
    Position("vraag", 4, "voorstel"),
    Position("vraag", 4, "trekker", changing=True),
    Position("bevestigen", 4),
    Position("verder", 4),
]


@pytest.mark.parametrize("place", PLACES, ids=lambda each: each.step)
def test_after_the_end_the_slots_are_those_of_the_place_before_it(
    catalogue: Catalogue, place: Position
) -> None:
    given = {"drempel": "te duur"}
    at_it, _ = restored(catalogue, ResumptionState(place, YES, "burger", None, 4, given))
    ended = ResumptionState(Position("einde"), YES, "burger", None, 4, given, paused=place)
    after_it, loop = restored(catalogue, ended)
    at_it.pop("requested_slot")
    assert after_it == at_it
    assert loop is None


@pytest.mark.parametrize("place", PLACES, ids=lambda each: each.step)
def test_who_returns_is_asked_again_by_the_opening_turn(
    catalogue: Catalogue, place: Position
) -> None:
    """No form is open, so that the turn says where the talk stood and opens it itself."""
    slots, loop = restored(
        catalogue, ResumptionState(place, YES, "burger", None, 4, {"drempel": "x"}, returned=True)
    )
    assert loop is None
    assert "requested_slot" not in slots
    if place.step in ("toestemming", "groep", "opdracht"):
        name = "toestemming_citaat" if place.question else place.step
        assert slots.get(name) is None


def test_a_request_about_own_data_after_the_end_keeps_the_place_before_it(
    catalogue: Catalogue,
) -> None:
    place = Position("vraag", 4, "trekker")
    asked = Position("beheer", request="wissen", under="einde")
    slots, loop = restored(
        catalogue, ResumptionState(asked, YES, "burger", None, 4, {"drempel": "x"}, paused=place)
    )
    assert (slots["opdracht"], slots["vraag"], slots["onder"]) == (4, "trekker", "einde")
    assert loop == "beheer_form"


def test_the_opdrachten_that_were_named_come_back(catalogue: Catalogue) -> None:
    standing = ResumptionState(
        Position("vraag", 4, "drempel"), YES, "burger", None, 4, queue=(5, 10)
    )
    assert restored(catalogue, standing)[0]["wachtrij"] == [5, 10]


def test_the_open_question_its_probe_and_the_answers_come_back(catalogue: Catalogue) -> None:
    probe = catalogue.opdrachten[3].vragen[0].doorvraag[0]
    standing = ResumptionState(
        Position("vraag", 4, "drempel", probe),
        YES,
        "burger",
        None,
        4,
        {"drempel": "te duur"},
        probes=(probe,),
    )
    slots, _ = restored(catalogue, standing)
    assert (slots["opdracht"], slots["vraag"], slots["doorvraag"]) == (4, "drempel", probe)
    assert slots["doorgevraagd"] == [probe]
    assert slots["antwoorden"] == {"drempel": "te duur"}
    assert slots["antwoord"] is None


def test_who_has_no_organisation_is_not_asked_to_name_it(catalogue: Catalogue) -> None:
    slots, _ = restored(catalogue, ResumptionState(Position("groep"), YES, None, None, None))
    assert slots["toestemming_organisatie"] is False
    invited = ResumptionState(Position("groep"), YES, "burger", "Vzw De Brug", None)
    assert restored(catalogue, invited)[0]["toestemming_organisatie"] is None


def test_an_opdracht_chosen_beforehand_waits_for_the_opening(catalogue: Catalogue) -> None:
    slots, _ = restored(catalogue, ResumptionState(Position("groep"), YES, None, None, 7))
    assert slots["vooraf"] == 7
    assert slots.get("opdracht") is None
