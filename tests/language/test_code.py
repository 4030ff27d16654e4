"""Who asks for the code, or how to come back later, is told where the code stands."""

from __future__ import annotations

import pytest

from language.reading.code import asks_code, asks_to_change_later


@pytest.mark.parametrize(
    "text",
    [
        "welke code hoort er bij dit gesprek?",
        "hoe geraak ik hier morgen weer binnen?",
        "kan ik straks nog verder doen?",
        "mag ik later terugkomen om het af te werken?",
        "c'est quoi mon code déjà ?",
        "mijn code ben ik kwijt",
        "hoe kan ik op mijn computer verder?",
    ],
)
def test_a_question_about_coming_back_is_one_about_the_code(text: str) -> None:
    assert asks_code(text)


@pytest.mark.parametrize(
    "text",
    [
        "hoe kunnen mensen later terug naar school?",
        "ik wil later verder studeren",
        "de postcode staat er niet bij",
        "kan ik terug naar het vorige antwoord?",
        "de bus rijdt later niet meer terug",
        "hoe dringend is dat?",
    ],
)
def test_a_text_about_something_else_is_not(text: str) -> None:
    assert not asks_code(text)


@pytest.mark.parametrize(
    "text",
    [
        "ik moet weg, hoe geraak ik later terug in dit gesprek?",
        "mijn klanten zijn daar, hoe kom ik hier morgen terug in?",
        "met welke code kan ik er dan terug in als ik morgen weer van gedacht verander?",
        "ik kom later terug. hoe doe ik dat?",
        "kan ik straks op mijn computer verder gaan?",
    ],
)
def test_who_comes_back_later_asks_the_code(text: str) -> None:
    assert asks_code(text)


@pytest.mark.parametrize(
    "text",
    [
        "Kan ik nog terug naar de vorige vraag?",
        "Kunnen we eerst over de bedrijven spreken? Hier kom ik zo op terug.",
        "Kan ik later nog iets toevoegen?",
    ],
)
def test_who_goes_back_in_the_talk_asks_no_code(text: str) -> None:
    assert not asks_code(text)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("kan ik later nog iets toevoegen?", True),
        ("mag ik dit volgende week nog aanpassen", True),
        ("can I change it later?", True),
        ("puis-je modifier plus tard ?", True),
        ("hoe kan ik dat morgen nog veranderen?", True),
        ("later wil ik iets toevoegen over de bus", False),
        ("de lessen moeten later veranderen", False),
        ("mag ik iets veranderen?", False),
    ],
)
def test_whether_one_may_change_it_later(text: str, asks: bool) -> None:
    assert asks_to_change_later(text) is asks


@pytest.mark.parametrize(
    "text",
    [
        "Mijn trein is er. Mag ik vanavond nog terug?",
        "kan ik hier straks terug",
        "ik ben nu moe, kan ik morgen terug?",
        "mag ik later gewoon terug?",
        "ik kook eerst, kan ik nadien nog eens terug?",
    ],
)
def test_who_may_be_back_later_asks_the_code(text: str) -> None:
    assert asks_code(text)


@pytest.mark.parametrize("text", ["kan ik terug?", "mag ik een vraag terug?"])
def test_one_question_back_is_not_later(text: str) -> None:
    assert not asks_code(text)
