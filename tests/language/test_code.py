"""Who asks for the code, or how to come back later, is told where the code stands."""

from __future__ import annotations

import pytest

from language.reading.code import asks_code


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
