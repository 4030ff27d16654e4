"""Statements are exact slices: in order, apart, and without what is no statement."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from language.segmentation.plain_text import plain, readable
from language.segmentation.sentences import sentence_spans
from language.segmentation.statements import DOCUMENT_FROM, statement_spans

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
        "<p>",
        "</p><li>",
        "&eacute;",
        "&lt;b&gt;",
        "Pagina 1 van 3",
        "\uf0b7\t",
        "o\t",
        "2.5 Maak",
        "II. ",
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


@settings(max_examples=200, deadline=None)
@given(st.lists(_PIECES, max_size=40).map("".join))
def test_each_sign_that_is_read_has_its_place_in_what_is_stored(text: str) -> None:
    read = plain(text)
    assert len(read.text) == len(read.starts) == len(read.ends)
    assert read.starts == sorted(read.starts)
    places = zip(read.starts, read.ends, strict=True)
    assert all(0 <= first < last <= len(text) for first, last in places)


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
        ("o ja, dat klopt", ["o ja, dat klopt"]),
        ("2 leraren per klas", ["2 leraren per klas"]),
        ("9.30 uur is te vroeg", ["9.30 uur is te vroeg"]),
        ("2.5 Miljoen is te veel", ["2.5 Miljoen is te veel"]),
        ("B1: te moeilijk", ["B1: te moeilijk"]),
        ("A. Peeters en B. Claes kwamen.", ["A. Peeters en B. Claes kwamen."]),
        ("- De les - die van dinsdag - is te laat", ["De les - die van dinsdag - is te laat"]),
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\uf0b7\tGratis bus\n\uf0a7 Een laptop", ["Gratis bus", "Een laptop"]),
        ("o\tgratis bus\no\tlaptop te leen", ["gratis bus", "laptop te leen"]),
        ("o Een gratis bus", ["Een gratis bus"]),
        ("-gratis bus\n-laptop", ["gratis bus", "laptop"]),
        ("1.gratis bus\n2)laptop", ["gratis bus", "laptop"]),
        ("1.1\tkorting\n1.2  betalen per maand", ["korting", "betalen per maand"]),
        ("2.5 Maak een gids", ["Maak een gids"]),
        ("2.4. leg normen vast", ["leg normen vast"]),
        ("→ gratis bus\n=> een tolk\n☐ opvang", ["gratis bus", "een tolk", "opvang"]),
        ("(iv) meer tijd\nxii. een tolk", ["meer tijd", "een tolk"]),
        ("A. Een bus\nB. Een tram", ["Een bus", "Een tram"]),
        ("Aanbeveling 2: Betaal terug.", ["Betaal terug."]),
        ("Voorstel nr. 3 - Een bus", ["Een bus"]),
        ("Mesure 4 : un bus gratuit", ["un bus gratuit"]),
        ("R3. Werkgevers geven tijd.", ["Werkgevers geven tijd."]),
        ("§ 1. Het decreet wijzigt.\nArt. 5. De subsidie stijgt.",
         ["Het decreet wijzigt.", "De subsidie stijgt."]),
        ("I. Een bus II. Een tolk III. Een gids", ["Een bus", "Een tolk", "Een gids"]),
        ("Wij willen: a) een bus b) een tolk", ["Wij willen:", "een bus", "een tolk"]),
        ("1) een bus; en 2) een tolk", ["een bus;", "een tolk"]),
        ("• een bus • een tolk • een gids", ["een bus", "een tolk", "een gids"]),
        ("* een bus * een tolk", ["een bus", "een tolk"]),
        ("- een bus - een tolk - een gids", ["een bus", "een tolk", "een gids"]),
    ],
)  # fmt: skip
def test_list_marks_are_outside_and_items_apart(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


ADVICE = """Raad voor leren - advies

1 Situering

De raad stelt vast dat wie in ploegen werkt, weinig deelneemt, zoals blijkt uit de tabel in bijlage

                         Pagina 1 van 2
\fRaad voor leren - advies

2 van het jaarverslag.

2 Wat wij vragen

2.1 Opvang voor ouders
2.2 Stel in elke gemeente een loket open
2.3 De wachtlijsten elk kwartaal publiceren
2.4 Meer bussen op zondag
(a) voor ouders;
"""


def test_a_numbered_line_that_asks_is_an_item() -> None:
    spans = statement_spans(ADVICE, document=True)
    assert [readable(ADVICE[each.start : each.end]) for each in spans] == [
        "De raad stelt vast dat wie in ploegen werkt, weinig deelneemt, zoals blijkt uit de tabel "
        "in bijlage\n2 van het jaarverslag.",
        "Stel in elke gemeente een loket open",
        "De wachtlijsten elk kwartaal publiceren",
        "Meer bussen op zondag",
        "voor ouders;",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p>Te <b>ver</b>.</p><p>Laat een bus &amp; tram rijden.</p>",
         ["Te ver.", "Laat een bus & tram rijden."]),
        ("<ul><li>Opvang&nbsp;in de les</li><li class=\"x\">Een laptop</li></ul>",
         ["Opvang in de les", "Een laptop"]),
        ("&eacute;&eacute;n bus<br>geen tram<br/>&#8364; 300", ["één bus", "geen tram"]),
        ("<div>De les\nis te ver</div>", ["De les\nis te ver"]),
        ("&lt;p&gt;Te ver&lt;/p&gt;&lt;p&gt;Te duur&lt;/p&gt;", ["Te ver", "Te duur"]),
        ("Te duur.<!-- van Word --><style>p {color: red}</style>", ["Te duur."]),
        ("Wie < 25 is & > 60, <3 van R&D; of AT&T.", ["Wie < 25 is & > 60, <3 van R&D; of AT&T."]),
        ("Te ver. Zie https://a.be/x?y=1&z=2.", ["Te ver."]),
        ("Te ver (zie ook www.a.be/b).", ["Te ver"]),
        ("https://a.be Te ver, meer info: jan.p@a.be", ["Te ver"]),
        ("Op www.a.be/cursus vind ik niets.", ["Op […] vind ik niets."]),
        ("Ik vond niets op https://a.be", ["Ik vond niets op […]"]),
        ("Lees [ons dossier](https://a.be/d) over de bus.", ["Lees ons dossier over de bus."]),
        ("vdab.be is te moeilijk", ["vdab.be is te moeilijk"]),
    ],
)  # fmt: skip
def test_tags_and_addresses_are_no_statement(text: str, expected: list[str]) -> None:
    spans = statement_spans(text)
    assert [readable(text[each.start : each.end]) for each in spans] == expected


def test_a_long_announcement_is_apart_from_what_it_announces() -> None:
    lead = "Als lid van de raad sluit ik mij aan bij de oproep, en voeg het volgende toe:"
    assert cut(f"{lead} de bus rijdt niet.") == [lead, "de bus rijdt niet."]
    assert cut("Mijn vraag is: kan dat?") == ["Mijn vraag is: kan dat?"]
