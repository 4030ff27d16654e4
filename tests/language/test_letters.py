"""The frame of a letter is no statement, and what a letter says is."""

from __future__ import annotations

import pytest

from language.segmentation.statements import statement_spans

SAID = ("De cursus begint te vroeg voor wie in ploegen werkt.", "Zet ook 's avonds een les in.")


def statements(text: str) -> list[str]:
    return [text[each.start : each.end] for each in statement_spans(text)]


HEADS = (
    "VZW De Leerhoek\nMolenstraat 12\n9300 Aalst\n\nAalst, 3 maart 2026\nOns kenmerk: LH/12\n\n"
    "Geachte heer Peeters,",
    "Betreft: uw bevraging\n\nBeste",
    "Dag allemaal,",
    "Geacht comité,",
    "Mevrouw de schepen,",
    "Hallo team!",
    "Hoi Mia",
    "Geacht stadsbestuur",
    "",
)
TAILS = (
    "Met vriendelijke groeten,\n\nAn Peeters\nvoorzitter",
    "Hoogachtend\nK. De Smet",
    "mvg\nRik",
    "Namens het bestuur,\nLuc Baert, secretaris",
    "Vriendelijke groet\nJan\nVerstuurd vanaf mijn telefoon",
    "Hartelijke groeten uit Gent,\nFatima\nDisclaimer: dit bericht is vertrouwelijk. Wis het als "
    "het niet voor u is.",
    "Tot ziens op de infoavond!\nMia, buurthuis De Kring",
    "",
)


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("tail", TAILS)
def test_the_frame_of_a_letter_is_left_out(head: str, tail: str) -> None:
    letter = f"{head}\n\n{SAID[0]}\n{SAID[1]}\n\n{tail}".strip()
    assert statements(letter) == list(SAID)


@pytest.mark.parametrize(
    "text",
    [
        "Beste opleiding ooit",
        "Groeten aan de leraar, want die is goed",
        "Dag en nacht werken gaat niet samen met leren.\nIk stop ermee.\nDat is jammer.",
        "Beste leraars verdienen beter loon\nGeef hun tijd\nGeef hun rust",
        "Molenstraat 12",
        "Geachte minister, ik ben leraar in een school in de Kempen en ik schrijf u\nover het "
        "tekort.\nDat is groot.",
        "Beste mensen, ik vind alle cursussen hier te duur,\nen ook te ver.\nDat moet anders.",
        "2000 mensen wachten\n1500 plaatsen zijn er\nDat klopt niet",
    ],
)
def test_what_only_looks_like_a_frame_is_said(text: str) -> None:
    assert " ".join(statements(text)).split() == text.split()


def test_what_stands_above_a_salutation_or_below_a_close_and_is_a_sentence_is_said() -> None:
    above = "Wij kregen deze brief van een buur en sturen hem door."
    below = "PS Kunt u ook iets doen aan de wachtlijst van zeven maanden?"
    letter = f"{above}\n\nBeste schepen,\n\n{SAID[0]}\n\nGroeten,\nAn\n\n{below}"
    assert statements(letter) == [above, SAID[0], below]


def test_an_item_of_a_list_of_recommendations_stays_whole() -> None:
    items = (
        "Geef elke cursist een begeleider. Die belt als iemand twee keer afwezig is.",
        "Betaal de opvang terug.",
    )
    thanks = "Wij danken de hele ploeg. Het lokaal is goed."
    text = f"Wij bevelen aan:\n- {items[0]}\n- {items[1]}\n\n{thanks}"
    assert statements(text)[1:] == [*items, "Wij danken de hele ploeg.", "Het lokaal is goed."]
    long = " ".join([items[0]] * 8)
    assert len(statements(f"Wij bevelen aan:\n- {long}\n- {items[1]}")) > 10


def test_a_heading_with_a_mark_is_none_and_makes_its_list_proposals() -> None:
    text = "# Onze nota\n\nHet is te ver.\n\n## Aanbevelingen\n\n1. Meer bussen.\n2. Les hier."
    found = statement_spans(text)
    assert [text[each.start : each.end] for each in found] == [
        "Het is te ver.",
        "Meer bussen.",
        "Les hier.",
    ]
    assert [each.proposal for each in found] == [False, True, True]
    assert statements("# te duur") == ["te duur"]


@pytest.mark.parametrize("heading", ["Onze aanbevelingen", "3. Aanbevelingen", "Wat wij vragen:"])
def test_a_plain_line_that_calls_a_list_recommendations_makes_it_so(heading: str) -> None:
    items = "1. Rij vaker. Ook 's avonds.\n2. Print het boek, want dat helpt."
    text = f"Het is te ver.\n\n{heading}\n{items}"
    proposals = [text[each.start : each.end] for each in statement_spans(text) if each.proposal]
    assert proposals == ["Rij vaker. Ook 's avonds.", "Print het boek, want dat helpt."]


def test_short_lines_above_a_salutation_are_said_where_they_say_the_most() -> None:
    lines = ["te ver", "te duur", "geen opvang", "geen laptop", "niemand die mij helpt"]
    assert statements("\n".join([*lines, "Beste minister,", "luister"])) == [*lines, "luister"]
