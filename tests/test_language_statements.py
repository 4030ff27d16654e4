"""Statements are exact slices: in order, apart, and without what is no statement."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from language.sentences import sentence_spans
from language.statements import DOCUMENT_FROM, statement_spans

_PIECES = st.sampled_from(
    [
        "De bus rijdt niet.",
        "te duur",
        "\n",
        "\n\n",
        " ",
        "- ",
        "1) ",
        "12",
        "https://voorbeeld.be/x",
        "Echt waar?",
        "“Nee!”",
        "\r\n",
        "\f",
        "o.a.",
        "3 Verslag van de raad",
        "…",
        "één",
        "# Kop",
        "> ",
        "\u2028",
    ]
)


def cut(text: str, document: bool | None = None) -> list[str]:
    return [text[span.start : span.end] for span in statement_spans(text, document)]


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(st.text(max_size=300), st.lists(_PIECES, max_size=40).map("".join)),
    st.sampled_from([None, True, False]),
)
def test_spans_are_ordered_apart_inside_the_text_and_trimmed(
    text: str, document: bool | None
) -> None:
    last = 0
    for span in statement_spans(text, document):
        assert last <= span.start < span.end <= len(text)
        piece = text[span.start : span.end]
        assert piece == piece.strip()
        assert piece
        last = span.end


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(["a", "b.", "!", "?", "…", "B", "é", "1", "\n", ")", "”", "nr."]),
        max_size=30,
    )
)
def test_sentences_together_hold_every_letter(pieces: list[str]) -> None:
    text = " ".join(pieces)
    kept = "".join(text[start:end] for start, end in sentence_spans(text))
    assert "".join(kept.split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("te duur", ["te duur"]),
        ("", []),
        ("  \n ", []),
        ("...", []),
        ("12", []),
        ("Te ver. Te duur!", ["Te ver.", "Te duur!"]),
        ("te ver. geen bus", ["te ver.", "geen bus"]),
        ("Dat kost o.a. tijd en bv. geld.", ["Dat kost o.a. tijd en bv. geld."]),
        ("Zie art. 5 van de wet.", ["Zie art. 5 van de wet."]),
        ("Werk, gezin, enz. Dat is te veel.", ["Werk, gezin, enz.", "Dat is te veel."]),
        ("J. Peeters belde. Niemand nam op.", ["J. Peeters belde.", "Niemand nam op."]),
        ("1) Een tolk. 2) Een kinderhoek.", ["Een tolk.", "Een kinderhoek."]),
        (
            "Dit is nodig. - Meer bussen. - Meer tijd.",
            ["Dit is nodig.", "Meer bussen.", "Meer tijd."],
        ),
        ("3.5 procent haakt af. Dat is veel.", ["3.5 procent haakt af.", "Dat is veel."]),
        ("Waarom? Omdat het kan.", ["Waarom?", "Omdat het kan."]),
        ("Prijs 3.50 Euro per les.", ["Prijs 3.50 Euro per les."]),
        ("geen tijd\nte duur", ["geen tijd", "te duur"]),
        ("- geen tijd\n- te duur", ["geen tijd", "te duur"]),
        ("1. eerst dit\n2. dan dat", ["eerst dit", "dan dat"]),
        ("Kijk op\nhttps://voorbeeld.be", ["Kijk op"]),
    ],
)
def test_a_short_answer_keeps_every_thing_said(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


DOCUMENT = """ 1

Leren in onze stad

De bibliotheek van onze stad gaat om vijf uur dicht, en wie werkt, geraakt er dus
niet meer binnen1. Dat vinden wij jammer voor al wie overdag geen tijd heeft en toch

graag een boek leent. Wij vragen daarom:

- langere uren op donderdag en zaterdag, ook in de kleinere
  filialen;
- een plek met computers.

1 Jaarverslag van de bibliotheek
https://voorbeeld.be/jaarverslag

Piet Peeters (1950 - )
"""


def test_a_document_loses_headings_notes_page_numbers_and_addresses() -> None:
    assert [" ".join(each.split()) for each in cut(DOCUMENT, document=True)] == [
        "De bibliotheek van onze stad gaat om vijf uur dicht, en wie werkt, geraakt er dus niet "
        "meer binnen1.",
        "Dat vinden wij jammer voor al wie overdag geen tijd heeft en toch graag een boek leent.",
        "Wij vragen daarom:",
        "langere uren op donderdag en zaterdag, ook in de kleinere filialen;",
        "een plek met computers.",
    ]


def test_a_text_is_a_document_by_its_length() -> None:
    assert cut("Korte kop\n\n" + "Een gewone zin over leren. " * 3)[0] == "Korte kop"
    long = "Korte kop\n\n" + "Een gewone zin over leren. " * (DOCUMENT_FROM // 20)
    assert cut(long)[0] == "Een gewone zin over leren."


def test_statements_of_one_list_item_or_paragraph_share_a_block() -> None:
    spans = statement_spans("Eerst dit. Dan dat.\n\n- los punt\n- nog een punt")
    assert [span.block for span in spans] == [0, 0, 1, 2]
