"""Who is named in an answer to "who should do this?"."""

from __future__ import annotations

import pytest

from language.actors import MOST_READ, Aliases, actors

ALIASES = Aliases.of(
    [
        ("VDAB", ()),
        ("CVO", ("centra voor volwassenenonderwijs",)),
        (
            "Departement Werk en Sociale Economie",
            ("Werk en Sociale Economie", "departement Werk", "WSE", "Werk"),
        ),
        ("gemeente", ("stad", "steden", "lokaal bestuur", "gemeentebestuur")),
        ("Vlaamse overheid", ("overheid", "Vlaanderen")),
        ("Digitaal Vlaanderen", ()),
    ]
)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("VDAB", ["VDAB"]),
        ("de vdab", ["VDAB"]),
        ("CVO's, met de sectorfondsen in de regio", ["CVO", "Sectorfondsen"]),
        ("Steden en de centra voor volwassenenonderwijs samen", ["gemeente", "CVO"]),
        ("Stads- en gemeentebesturen zelf", ["gemeente"]),
        ("Departement Werk en Sociale Economie", ["Departement Werk en Sociale Economie"]),
        ("Digitaal Vlaanderen met de opleiders", ["Digitaal Vlaanderen", "Opleiders"]),
        ("uitvoering door het departement Werk", ["Departement Werk en Sociale Economie"]),
        ("De inspectie van Werk en Sociale Economie", ["Inspectie van Werk en Sociale Economie"]),
        ("niet de VDAB maar de steden", ["gemeente"]),
        ("De bedrijven, met subsidie voor de kleintjes", ["Bedrijven"]),
        ("De stad Gent", ["Stad Gent"]),
        ("werk van de scholen", []),
        ("Ik vind dat de VDAB dit moet doen, want zij kennen de mensen.", ["VDAB"]),
        ("Dat zou de taak van de overheid moeten zijn", ["Vlaamse overheid"]),
        ("verenigingen waar armen het woord nemen", ["Verenigingen"]),
        ("- VDAB\n- de lokale besturen\n- Ligo", ["VDAB", "gemeente", "Ligo"]),
        ("VDAB, vdab en VDAB", ["VDAB"]),
        ("weet ik niet", []),
        ("iedereen samen", []),
        ("Goeie vraag! VDAB denk ik", ["VDAB"]),
        ("Mooi initiatief, doe zo voort", []),
        ("Een kop koffie en wat goesting, meer moet dat niet zijn", []),
        ("Hmm, interessante vraag", []),
        ("Tijd en geld", []),
        ("Lastige kwestie. Ik zou zeggen de stad", ["gemeente"]),
        ("Ouders, leerkrachten en het CLB", ["Ouders", "Leerkrachten", "CLB"]),
        ("een onafhankelijke dienst of vlaio", ["Onafhankelijke dienst", "Vlaio"]),
        ("POM West-Vlaanderen", ["POM West-Vlaanderen"]),
        ("De scholen. Groetjes, Jan", ["Scholen"]),
        ("Minder papierwerk, kortere dagen", []),
        ("?", []),
        ("", []),
    ],
)
def test_the_names_in_an_answer(text: str, names: list[str]) -> None:
    assert [each.name for each in actors(text, ALIASES)] == names


def test_the_same_name_in_another_form_has_the_same_key() -> None:
    forms = ["de vakbonden", "Vakbond", "een vakbond", "vakbonden."]
    assert len({actors(each, ALIASES)[0].key for each in forms}) == 1


def test_a_long_answer_is_read_as_far_as_it_may_be() -> None:
    text = "De gemeente. " + "wegens omstandigheden " * 2_000
    assert len(text) > MOST_READ
    assert actors(text, ALIASES)[0].name == "gemeente"
