"""A text that cannot be the answer goes where it belongs, and replaces nothing unasked."""

from __future__ import annotations

from typing import Any

import pytest

from actions import offering
from consultation.catalogue import Catalogue
from consultation.groups import group_of
from language.reading import message, yes_no
from tests.actions.test_changes import AT_QUESTION, Turn

ANSWERS = {
    "drempel": "De late shift moet altijd door iemand anders worden overgenomen.",
    "voorstel": "Stuur een brief met drie vragen, en zet twee voormiddagen iemand aan een tafel.",
}
AT_NUMBER = {**AT_QUESTION, "vraag": "prioriteit"}


def at_question(text: str, intent: str = "bijdrage", **slots: Any) -> dict[str, Any]:
    return Turn(text, intent, **{**AT_QUESTION, "antwoorden": dict(ANSWERS), **slots}).answer()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("k en my misschreven, 't moet drie voormiddagen zyn", "voorstel"),
        ("die voormiddagen mogen ook namiddagen worden", "voorstel"),
        ("bij die late shift hoort ook nog dat de planning vastligt", "drempel"),
        ("van die vragen moeten er vier komen", "voorstel"),
        ("die tafel moet wel vooraan staan", "voorstel"),
    ],
)
def test_what_names_nobody_and_speaks_of_an_earlier_answer_is_offered_there(
    text: str, key: str
) -> None:
    slots = at_question(text)
    assert slots["antwoord"] is None
    assert "antwoorden" not in slots
    assert slots.get("vraag") == key or slots["aanbod"]["question"] == key


@pytest.mark.parametrize(
    "text",
    [
        "De stad, met iemand aan die tafel.",
        "VDAB stuurt die brief met de drie vragen.",
        "iedereen die de late shift overneemt",
        "the city, and the people of the late shift",
        "De gemeente, twee voormiddagen per week.",
        "geen idee van namen",
    ],
)
def test_who_should_lead_is_an_answer_whatever_it_shares_with_an_earlier_one(text: str) -> None:
    assert not at_question(text).get("aanbod")


@pytest.mark.parametrize(
    "text",
    [
        "nee wacht, de vrt met de scholen",
        "de gemeente bedoel ik, samen met de bib",
        "vakbonden en werkgevers samen",
        "het OCMW met de scholen uit de buurt",
        "oei, de provincie en de sectorfondsen",
    ],
)
def test_who_is_named_where_a_number_is_asked_is_offered(text: str) -> None:
    slots = at_question(text, **AT_NUMBER)
    assert slots["aanbod"]["question"] == "trekker"


@pytest.mark.parametrize(
    "text",
    [
        "hoort een erkenning van ervaring hier ook bij?",
        "Even tussendoor, gaat dit ook over avondscholen of is dat een andere opdracht?",
        "moet dat dan betaald worden door ons?",
        "is dat niet al lang beslist in Brussel?",
        "waarom vraagt ge dat eigenlijk aan mij?",
    ],
)
def test_one_question_and_nothing_else_is_asked_about(text: str) -> None:
    slots = at_question(text, vraag="voorstel", antwoorden={"drempel": ANSWERS["drempel"]})
    assert slots["aanbod"]["why"] == offering.DOUBT


@pytest.mark.parametrize("text", ["de staat zeker?", "de vakbonden misschien?"])
def test_a_mark_that_hesitates_asks_nothing(text: str) -> None:
    assert not at_question(text).get("aanbod")


@pytest.mark.parametrize("intent", ["buiten_onderwerp", "bot_uitdagen", "hulp"])
def test_what_the_classifier_takes_for_no_answer_at_all_is_asked_about(intent: str) -> None:
    slots = at_question("wacht rood is groen", intent)
    assert slots["aanbod"]["why"] == offering.DOUBT


@pytest.mark.parametrize(
    ("text", "replaces"),
    [
        ("De late dienst moet altijd een ander doen, ook in het weekend.", True),
        ("Een brief helpt niet, niemand leest hem.", False),
        ("De bus rijdt hier maar tot zes uur.", False),
        ("Niemand neemt de shift over, dus blijft iedereen thuis.", True),
        ("te duur", True),
    ],
)
def test_a_guessed_answer_is_replaced_only_by_a_text_that_resembles_it(
    text: str, replaces: bool
) -> None:
    turn = Turn(
        text,
        vraag="drempel",
        antwoord=None,
        requested_slot="antwoord",
        antwoorden=dict(ANSWERS),
        bevestigd=False,
        wijziging=offering.PERHAPS,
    )
    slots = turn.answer()
    if replaces:
        assert slots["antwoorden"]["drempel"] == text
        # What went is shown, with the way back.
        assert "Zet het terug" in turn.titles
    else:
        assert not turn.effects
        assert (slots["aanbod"]["question"], slots["aanbod"]["why"]) == ("drempel", offering.AGAIN)


@pytest.mark.parametrize("text", ["oui", "yes", "ja ja", "joat", "jup", "jawohl"])
def test_a_bare_yes_at_an_open_question_is_no_answer_in_any_language(text: str) -> None:
    turn = Turn(text, **AT_QUESTION, antwoorden=dict(ANSWERS))
    assert turn.answer() == {"antwoord": None}
    assert not turn.effects


@pytest.mark.parametrize("text", ["geen zin", "geen goesting", "nooit", "jamais", "geen interesse"])
def test_what_holds_back_is_no_bare_no(text: str) -> None:
    assert yes_no.bare(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "de kleinste huilt, momentje",
        "oei mijn soep, wacht even",
        "er staat iemand aan de deur, even geduld",
        "le petit pleure, un instant",
        "the kettle, one moment",
    ],
)
def test_why_somebody_asks_for_a_moment_may_stand_first(text: str) -> None:
    assert message.read(text).kind == message.WAIT


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        (
            "ik zit hier als werkgever, al ben ik zelf ook maar een werknemer",
            "werkgeversorganisatie",
        ),
        ("leerkracht, hoewel ik ook in een adviesraad zit", "publieke_opleider"),
        ("ik spreek voor de vakbond, ook al ben ik gepensioneerd", "werknemersorganisatie"),
    ],
)
def test_what_somebody_is_too_is_not_the_group(text: str, slug: str, catalogue: Catalogue) -> None:
    found = group_of(text, catalogue)
    assert found.sure
    assert found.groups[0].slug == slug
