"""A sentence that makes two proposals becomes two statements; any other sentence stays whole."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.segmentation.clauses import clause_spans
from language.segmentation.statements import statement_spans
from tests.conftest import shared_file

TWO = (
    ("Maak de lessen overal gratis", "geef ouders een toelage voor opvang.", " en "),
    ("Maak de lessen overal gratis", "geef ouders een toelage voor opvang.", ", en ook "),
    ("Maak de lessen overal gratis", "stop de verhoging van het inschrijvingsgeld", "; "),
    ("De VDAB moet loketten in elke stad openen", "de gemeenten moeten de bus betalen.", " en "),
    ("De overheid moet het loon betalen", "laat sectorfondsen de lesgevers betalen.", ", "),
)
ONE = (
    "Bel en vraag wat ze willen.",
    "Koppel de gegevens in één databank en zet dat gratis online voor opleiders.",
    "Geef elke school een coach en een vast budget voor vijf jaar.",
    "Ik werk en leer al twaalf jaar in dezelfde fabriek in Zelzate.",
    "De VDAB moet loketten in elke stad openen en de wachtlijst voor Nederlands afbouwen.",
    "We moeten rekening houden met ouders en met wie in ploegen werkt op zondag.",
    "Geef mensen tijd voor school en werk dat bij hen past en blijft passen.",
    "Er is geen opvang voor kinderen en de bus rijdt niet meer na zeven uur.",
    'Hang een bord met "maak hier samen een plan en geef elke buur een stoel" aan de deur.',
)


@pytest.mark.parametrize(("first", "second", "joint"), TWO)
def test_two_proposals_in_one_sentence_are_two_statements(
    first: str, second: str, joint: str
) -> None:
    text = first + joint + second
    assert [text[each.start : each.end] for each in statement_spans(text)] == [first, second]


@pytest.mark.parametrize("sentence", ONE)
def test_a_sentence_with_one_proposal_stays_whole(sentence: str) -> None:
    assert [sentence[start:end] for start, end in clause_spans(sentence)] == [sentence]


@given(
    st.lists(
        st.sampled_from([each for pair in TWO for each in pair[:2]] + list(ONE)), min_size=1
    ).flatmap(
        lambda parts: st.sampled_from([" en ", ", ", "; "]).map(lambda joint: joint.join(parts))
    )
)
def test_clauses_stand_in_order_and_leave_out_only_joints(sentence: str) -> None:
    spans = clause_spans(sentence)
    assert spans[0][0] == 0
    assert spans[-1][1] == len(sentence)
    for (_, before), (after, _) in pairwise(spans):
        assert set(sentence[before:after].split()) <= {",", ";", "en", "maar", "ook"}


def test_prose_of_a_government_is_hardly_cut() -> None:
    lines = shared_file("data/regeerakkoord_vl_zinnen.jsonl").read_text("utf-8").splitlines()
    cut = [text for line in lines if len(clause_spans(text := json.loads(line)["text"])) > 1]
    assert len(cut) <= 3
