"""What people type where they are asked whether personal data may be removed."""

from __future__ import annotations

import pytest

from dialogue.choice import KEEP, REMOVE, choice


@pytest.mark.parametrize(
    "text",
    [
        "ja",
        "doe maar",
        "oei nee, die moet weg",
        "mijn collega had daar niet mogen staan",
        "die naam hoeft er niet bij",
        "ja, schrap dat telefoonnummer maar",
        "liever zonder dat adres",
        "smijt die naam er gewoon uit, de rest mag blijven",
        "remove it please",
        "mag er niet in blijven",
        "veeg dat maar uit",
        "doe maar zonder",
        "liefst zonder mijn gsm",
    ],
)
def test_a_wish_to_remove_is_read_from_what_should_happen(text: str) -> None:
    assert choice(None, text) == REMOVE


@pytest.mark.parametrize(
    "text",
    [
        "nee",
        "nee hoor, da's de firma haar nummer, dat mag",
        "dat moet niet weg",
        "hou het er maar in",
        "die man staat in de krant, iedereen kent hem",
        "niet weghalen aub",
        "dat is mijn werknummer, dat mag er gerust bij",
        "laat maar zo staan",
    ],
)
def test_a_wish_to_keep_is_read_from_what_should_happen(text: str) -> None:
    assert choice(None, text) == KEEP


@pytest.mark.parametrize(
    "text",
    [
        "de bus rijdt niet meer na zes uur",
        "Een centrum moet zijn uren vrij mogen invullen, zonder goedkeuring vooraf.",
        "zonder diploma geraakt ge nergens binnen",
        "de weg naar de les is veel te lang",
        "wie ziet dat dan?",
        "",
        "haal de naam weg, of nee, laat hem staan",
        "weg " * 30,
    ],
)
def test_what_chooses_nothing_or_both_is_asked_again(text: str) -> None:
    assert choice(None, text) is None


def test_a_button_chooses_and_nothing_else_does() -> None:
    assert choice(REMOVE, "nee") == REMOVE
    assert choice("/bevestigen", "ja") is None
