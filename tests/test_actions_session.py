"""A fresh tracker is brought to where the talk stands."""

from __future__ import annotations

import pytest

from actions.session import restore
from consultation.catalogue import Catalogue
from consultation.participation.conversation import Position, Standing

YES = {"analyse": True, "citaat": False}


def restored(catalogue: Catalogue, standing: Standing) -> tuple[dict[str, object], object]:
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
    standing = Standing(position, YES, "burger", None, 4, {"drempel": "te duur"})
    slots, opened = restored(catalogue, standing)
    assert (opened, slots.get("requested_slot")) == (loop, requested)
    assert slots["gesprek"] == "gesprek-1"
    assert slots["toestemming_analyse"] is True


def test_the_open_question_its_probe_and_the_answers_come_back(catalogue: Catalogue) -> None:
    probe = catalogue.opdrachten[3].vragen[0].doorvraag[0]
    standing = Standing(
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
    slots, _ = restored(catalogue, Standing(Position("groep"), YES, None, None, None))
    assert slots["toestemming_organisatie"] is False
    invited = Standing(Position("groep"), YES, "burger", "Vzw De Brug", None)
    assert restored(catalogue, invited)[0]["toestemming_organisatie"] is None


def test_an_opdracht_chosen_beforehand_waits_for_the_opening(catalogue: Catalogue) -> None:
    slots, _ = restored(catalogue, Standing(Position("groep"), YES, None, None, 7))
    assert slots["vooraf"] == 7
    assert slots.get("opdracht") is None
