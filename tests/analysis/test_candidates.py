"""Candidates for an action: whole sentences that stand by themselves, of different people."""

from __future__ import annotations

import pytest

from analysis.labelling.candidates import candidates, usable, whole_sentences
from consultation.queries.statements import StatementView


def said(text: str, person: str = "p", answer: str = "a", start: int = 0) -> StatementView:
    """A proposal."""
    return StatementView(
        f"{answer}{start}", answer, person, 4, 1, None, "voorstel", "voorstel", start,
        start + len(text), text,
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "Geef elke werknemer een halve dag per maand om te leren.",
        "Knip de lange trajecten in blokken van zestien uur, elk met een eigen attest.",
        "De gemeente kan lokalen gratis ter beschikking stellen: de bib, het dorpshuis, de refter.",
        "Een leerwinkel in elke regio met een vast budget.",
        "Terugbetaling van de busrit aan cursisten op het einde van de les.",
        "Voeg in elke wijk zitbanken en een drinkfontein toe.",
        "Oude schoolbanken herstellen met leerlingen van de houtafdeling.",
        "Maak de kosten van een cursus voor ouders bekend in één brief.",
        "Laat mensen die op hun vijftigste iets nieuws begonnen het zelf vertellen op de radio.",
        "Vraag mensen met een handicap wat ze willen leren, in een vorm die de schermlezer leest.",
        "Bedrijven moeten hun werkplaats een dag per week openstellen voor scholen.",
        "Meters inzetten in het eerste jaar van de opleiding voor nieuwkomers.",
        "Geef hogere studies een plaats in elke stad, ook voor ouders.",
    ],
)
def test_what_says_what_and_for_whom_can_be_an_action(text: str) -> None:
    assert usable(text)


@pytest.mark.parametrize(
    "text",
    [
        "Ten tweede: een gedeeld opleidingsatelier in de regio voor kleine bedrijven.",
        "En laat de overheid zelf het voorbeeld geven aan de bedrijven.",
        "Maak er dus een vaste werking van voor alle centra.",
        "Neem het op in een cao per sector.",
        "Publiceer ze in één openbaar register voor alle burgers.",
        "Bundel daarin stap voor stap de bestaande steun voor werknemers.",
        "Train alle leraren om dat te begeleiden in de klas.",
        "Vraag die mensen wat de gemeente kan doen.",
        "Dit moet de gemeente ook voor ouders doen.",
        "Daarom moet elke werkgever tijd geven aan zijn mensen.",
        "Geef mij een week in een bedrijf en kijk naar de machines.",
        "Laat gewone bedrijven uit de buurt bij ons komen kijken.",
        "Organiseer het beter voor de mensen.",
        "Nu moet ge drie formulieren invullen voor een cursus van een dag.",
        "Hoe kan de gemeente de mensen bereiken met een brief?",
        "Gratis voor bedrijven met minder dan twintig mensen.",
        "Geef korting op de zoo haha, voor elke cursist.",
        "Test wat ik kan.",
        "Terugbetaling van de busrit op het einde van de les.",
        "Belast elke tweede wagen van een gezin, dan komt er plaats voor bomen.",
        "Geef elke school een poort met een slot, dat houdt de kinderen binnen.",
        "Zet de winkel in elke wijk open, want de mensen vinden de weg niet.",
        "Stuur elke cursist een brief met wat ge nog kunt leren.",
        "Bespreek elk jaar een plan met de leerlingen, samen met uw directeur.",
        "Laat de prijs voortaan afhangen van het inkomen van cursisten.",
        "Kleinere groepen met meer tijd voor elke cursist in de les.",
        "Drempels eraf, met een helling voor alle rolstoelen van de bewoners.",
        "Uitbreiden naar alle scholen van de stad en de rand.",
        "Een poort bij de school, en de bomen laten staan voor de kinderen.",
        "Eén loket: alle scholen sturen hun ouders naar dezelfde balie.",
        "Lessen in het buurthuis voor ouders.",
        "lessen in het buurthuis met opvang voor de kinderen van cursisten",
        "Breng alles samen op een kaart voor alle bewoners.",
        "Open het systeem voor alle scholen die erom vragen.",
        "Een soort loon voor volwassenen zoals in andere landen van Europa.",
        "In Diest deden 23 clubs mee aan een proef voor ouders.",
        # Who asks stands before what is asked.
        "Wij stellen voor dat elke opleiding in minstens twee uurroosters wordt aangeboden.",
        "Wij vragen dat centra een deel van hun uren buiten de steden geven.",
        "De ouderraad vraagt een jaarlijks overleg met alle scholen van de gemeente.",
        "Ons voorstel is een jaarlijks overleg tussen alle scholen van de gemeente.",
        "Voorstel: elke school een poort voor de fietsen van de leerlingen.",
        # What was told before: which file, which road, the same as what.
        "Organiseer proefdagen bij scholen zonder punten in het dossier.",
        "Maak de straat autovrij tijdens de uren van alle scholen.",
        "Organiseer een les voor ouders in hetzelfde lokaal als vorig jaar, met dezelfde mensen.",
        "Zet een bank voor ouderen langs het pad en plant een boom daar op de hoek.",
        "Geef de kinderen van elke school toch eindelijk een eigen speelplein.",
        "Een effen strook van beton, van begin tot einde.",
        "Geef elke cursist een kaart met tien gratis dagen.",
        # For what, for whom, than what.
        "Ga naar de plaatsen waar mensen komen: de markt, de kermis, de sporthal.",
        "Een scan van een uur met een verslag waar de zaakvoerder mee aan de slag kan.",
        "Maak een lichtere vrijstelling op basis van een gesprek met de cursist.",
        "Zeg voor het einde van het jaar aan alle scholen wie wat betaalt.",
        "Laat de nieuwe borden maken door een groep van leerlingen.",
        "Plaats een hogere muur rond de speelplaats voor de kinderen.",
        "Zorg eveneens voor koffie en thee voor alle cursisten.",
        # How things are, or under which condition.
        "Indien de stad de bus betaalt, komt elke klas naar de les in het dorp.",
        "Zolang de bus niet rijdt, moet niemand van ouders een cursus vragen.",
        "Ouders werken dag en nacht en zien hun kinderen niet in de week.",
        "Jongeren nemen drie keer minder deel aan lessen dan ouderen.",
        "Een opleiding moet een recht zijn en geen gunst voor ouders.",
        "De school kan een warme plek zijn waar ouders van kinderen komen.",
        "Een sporthal 40 euro per uur, een zwembad 8 euro, een zaal onbetaalbaar.",
        "Verbied de verkoop van frisdrank in alle scholen maar dat is lastig zeker",
        "",
    ],
)
def test_what_leans_on_another_sentence_or_has_no_object_cannot(text: str) -> None:
    assert not usable(text)


def test_a_clause_of_a_longer_sentence_is_no_whole_sentence() -> None:
    answer = ("Bevries het lesgeld voor vijf jaar", "hou de vrijstelling voor elke cursist.",
              "Zet de school open voor de buurt.")  # fmt: skip
    spans = [said(text, start=100 * place) for place, text in enumerate(answer)]
    items = [said("Een les in elke wijk", answer="b"), said("Een bus per dorp", "p", "b", 50)]
    assert whole_sentences([*reversed(spans), *items]) == {"a200", "b0", "b50"}


def test_at_most_three_of_different_people_and_each_for_another_thing() -> None:
    texts = [
        ("Geef elke werknemer een halve dag per maand om te leren.", "an"),
        ("Geef elke ouder een bon voor opvang tijdens de avondlessen.", "an"),
        ("Geef alle werknemers een halve dag om te leren op het werk.", "bo"),
        ("Organiseer taallessen in het buurthuis voor nieuwe bewoners.", "bo"),
        ("Maak er dus een vaste werking van.", "cis"),
        ("Zet in elke gemeente een leerwinkel met een vaste begeleider.", "cis"),
        ("Betaal de bus terug aan cursisten uit kleine dorpen.", "dirk"),
    ]
    theme = [said(text, person, f"{row}") for row, (text, person) in enumerate(texts)]
    found = candidates(theme, whole_sentences(theme))
    assert sorted(each.participant for each in found) == ["an", "bo", "cis"]
    assert all(usable(each.text) for each in found)
    assert texts[3][0] in {each.text for each in found}


def test_where_all_type_without_capitals_a_sentence_may_begin_without_one() -> None:
    texts = ("geef elke werknemer een halve dag per maand om te leren.",
             "organiseer taallessen in het buurthuis voor nieuwe bewoners.",
             "de bus was te laat.")  # fmt: skip
    theme = [said(text, f"p{row}", f"a{row}") for row, text in enumerate(texts)]
    assert {each.text for each in candidates(theme, whole_sentences(theme))} == set(texts[:2])
    others = [said(f"Geef {text}", f"q{row}", f"b{row}") for row, text in enumerate(texts)]
    mixed = [*theme, *others]
    assert not {each.text for each in candidates(mixed, whole_sentences(mixed))} & set(texts)


def test_a_theme_without_a_usable_sentence_has_none() -> None:
    theme = [said("Maak er dus een vaste werking van."), said("gewoon bellen", "q", "b")]
    assert candidates(theme, whole_sentences(theme)) == ()
