"""Which question a text names; words that only contain such a name are not one."""

from __future__ import annotations

import pytest

from actions.reading.naming import named_question
from actions.talk import catalogue


@pytest.mark.parametrize(
    "text",
    [
        "Embuild en het opleidingsfonds van de houtsector",
        "de begeleiding van de VDAB",
        "een inleiding in de derde graad van het secundair",
        "verleiding en misleiding",
        "aftrekposten voor wie studeert",
    ],
)
def test_a_word_inside_another_names_no_question(text: str) -> None:
    opdracht = catalogue().opdracht(8)
    assert opdracht is not None
    assert named_question(text, opdracht, None) is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("bij de trekker", "trekker"),
        ("zet dat bij wie het doet", "trekker"),
        ("mijn voorstel", "voorstel"),
        ("(voorstel)", "voorstel"),
        ("bij wat mensen tegenhoudt, de drempel dus", "drempel"),
        ("hoe dringend het is", "prioriteit"),
    ],
)
def test_a_question_is_named_by_its_words(text: str, key: str) -> None:
    opdracht = catalogue().opdracht(8)
    assert opdracht is not None
    assert named_question(text, opdracht, None) == key
