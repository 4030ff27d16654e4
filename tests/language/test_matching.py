"""A text finds its opdracht by meaning and by the words people use."""

from __future__ import annotations

import json

import numpy as np
import pytest

from consultation.catalogue import Catalogue
from consultation.settings import ROOT
from language.embedding import load_encoder
from language.matching import Matcher


@pytest.fixture(scope="module")
def matcher(catalogue: Catalogue) -> Matcher:
    return Matcher(catalogue.descriptions(), load_encoder("use"))


@pytest.mark.parametrize(
    ("text", "opdracht"),
    [
        ("Ik wil iets zeggen over de leerrekening", 10),
        ("Geef iedereen een leerrekening bij de bank", 10),
        ("goesting om te leren bij jong en oud", 3),
        ("erkenning van wat ik al kan, zonder diploma", 8),
        ("ik krijg geen verlof om een opleiding te volgen", 9),
    ],
)
def test_own_words_find_the_opdracht(matcher: Matcher, text: str, opdracht: int) -> None:
    first, *_ = matcher.match([text])[0]
    assert first.number == opdracht
    # `use` is the weaker encoder, for machines where e5 cannot load: less sure, as right.
    assert first.score > 0.4


def test_scores_are_probabilities_best_first(matcher: Matcher) -> None:
    found = matcher.match(["de cursus", "xyzzy", ""], top=10)
    for row in found:
        scores = [match.score for match in row]
        assert scores == sorted(scores, reverse=True)
        assert min(scores) >= 0
        assert sum(scores) <= 1.001
    assert found[1][0].score < 0.5


def test_a_subject_with_one_description_works() -> None:
    matcher = Matcher({1: ["bloemen planten"], 2: ["een muur metsen"]}, load_encoder("use"))
    assert matcher.match(["tulpen en rozen in de tuin"], top=1)[0][0].number == 1


def test_most_sample_answers_are_placed_right_and_the_sure_ones_nearly_all(
    matcher: Matcher,
) -> None:
    rows = []
    for line in (ROOT / "data/voorbeeld/ronde1.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["question"] in ("drempel", "voorstel"):
            rows.append(row)
    rows = rows[::2]
    found = matcher.match([row["text"] for row in rows], top=3)
    right = np.array(
        [row["opdracht"] == each[0].number for row, each in zip(rows, found, strict=True)]
    )
    among = [
        row["opdracht"] in {match.number for match in each}
        for row, each in zip(rows, found, strict=True)
    ]
    sure = np.array([each[0].score >= 0.6 for each in found])
    assert right.mean() > 0.5
    assert np.mean(among) > 0.7
    assert right[sure].mean() > 0.75
