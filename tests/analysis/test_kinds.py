"""The kind of a statement that no question asked for is learnt from statements labelled by hand."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from sqlalchemy import select

from analysis.preprocessing.statement_kind import examples, kinds_of
from analysis.preprocessing.statements import cut_new
from consultation.catalogue import Catalogue
from consultation.database.models import Statement
from consultation.database.storage import Storage
from consultation.importing.readers import ImportRow
from language.embedding import load_encoder
from tests.analysis.test_run import prepared


def test_on_statements_it_did_not_learn_from_the_kind_is_mostly_right() -> None:
    texts, labels = examples()
    vectors = load_encoder("use").encode(texts)
    fold = np.arange(len(texts)) % 5
    found: list[tuple[str, str]] = []
    for number in range(5):
        mine, rest = np.flatnonzero(fold == number), np.flatnonzero(fold != number)
        told = kinds_of(
            [texts[row] for row in mine],
            vectors[mine],
            vectors[rest],
            [labels[row] for row in rest],
            [texts[row] for row in rest],
        )
        found += zip([labels[row] for row in mine], told, strict=True)
    right = Counter(label for label, told in found if label == told)
    asked = Counter(label for label, _ in found)
    # With use some .70; with e5 .74 of the sample's statements; cue words alone reached .38.
    assert sum(right.values()) / len(found) >= 0.65
    assert right["voorstel"] / asked["voorstel"] >= 0.75
    assert right["drempel"] / asked["drempel"] >= 0.65


def test_a_question_decides_and_only_without_one_the_words_do(
    storage: Storage, catalogue: Catalogue
) -> None:
    rows = [
        ImportRow("a", "Geef elke cursist een laptop.", opdracht=4, question="drempel"),
        ImportRow("b", "Te duur en te ver.", opdracht=4, question="voorstel"),
        ImportRow("c", "Geef elke cursist gratis een laptop in bruikleen.", opdracht=4),
        ImportRow("d", "De lessen zijn te duur en er rijdt geen bus.", opdracht=4),
    ]
    consultation = prepared(storage, catalogue, rows)
    cut_new(storage, consultation, catalogue, "use")
    with storage.reading() as session:
        kinds = session.scalars(select(Statement.kind).order_by(Statement.start)).all()
    assert Counter(kinds) == {"drempel": 2, "voorstel": 2}


@pytest.mark.parametrize("text", ["", "😀", "x" * 20_000])
def test_any_text_has_a_kind(text: str) -> None:
    known, _ = examples()
    encoder = load_encoder("use")
    (kind,) = kinds_of([text], encoder.encode([text[:500]]), encoder.encode(known))
    assert kind in ("drempel", "hefboom", "voorstel", "anders")
