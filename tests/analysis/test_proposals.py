"""What reads as a proposal, not as just any answer."""

from __future__ import annotations

import pytest

from analysis.preprocessing.proposals import reads_as_proposal


@pytest.mark.parametrize(
    "text",
    [
        "Geef elke werknemer een halve dag per maand om te leren.",
        "2) Maak de lessen gratis voor wie weinig verdient.",
        "En laat ouderen ook eens lesgeven\naan de jongeren.",
        "Zorg voor opvang tijdens de lessen.",
        "De gemeente moet lokalen gratis openzetten in het weekend.",
        "Wij stellen voor om dit in twee regio's te beproeven.",
        "We willen samen met vijf buurgemeenten één leercoach aanwerven.",
        "Een leerwinkel in elke regio met een vast budget.",
        "Eén vaste begeleider die meegaat van de keuze tot na de cursus.",
        "Meer bussen naar het centrum, ook op zondag.",
        "Opleidingscheques terug uitbreiden en het bedrag laten afhangen van uw loon.",
        "Iedereen vanaf achttien jaar een leerrekening geven.",
        "Waarom niet elke maand een open les op de markt?",
        "Vier keer per jaar bij een collega in de les gaan zitten, met een vervanger.",
        "Nazorg: het recht op een gesprek zes maanden na elke opleiding.",
        "Ten eerste: een gedeeld opleidingsatelier in de regio.",
    ],
)
def test_an_order_a_plea_a_wished_thing_and_an_infinitive_are_proposals(text: str) -> None:
    assert reads_as_proposal(text)


@pytest.mark.parametrize(
    "text",
    [
        "De juf komt af en toe binnen.",
        "Alleen de fietsenstalling is donker.",
        "Maak lessen gratis.",
        "In Diest deden 23 clubs mee aan onze proefversie.",
        "Eén gevoelige vraag levert meer op dan een test.",
        "Een cursus is veel te duur voor ons.",
        "Pas na een paar van die doelen lukt het.",
        "Met cijfers van inschrijvingen en jobs erbij.",
        "Wij doen dit al drie jaar in de Brugse Poort.",
        "Hoe kunnen mensen dat allemaal weten?",
        "Wij stellen voor dit jaar het volgende voor.",
        "Wij hebben drie voorstellen die wij graag zouden uitwerken:",
        "",
    ],
)
def test_a_description_a_fragment_and_a_question_are_none(text: str) -> None:
    assert not reads_as_proposal(text)
