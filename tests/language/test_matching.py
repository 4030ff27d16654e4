"""A text finds its opdracht by meaning and by the words people use."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from actions.reading import choosing, grouping
from consultation.catalogue import Catalogue
from consultation.settings import ROOT, Settings
from language.embedding import SHIPPED, Encoder, Vectors, kept_vectors, load_encoder
from language.matching import Matcher
from scripts.ship_vectors import shipped_texts


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


def test_what_the_catalogue_says_is_encoded_before_it_is_installed(tmp_path: Path) -> None:
    """After a change of the catalogue: ``python -m scripts.ship_vectors``."""
    encoder = load_encoder("e5")
    if encoder.name != "e5":
        pytest.skip("the encoder e5 cannot load on this machine")
    for name, texts in shipped_texts().items():
        asked = _Asked(encoder)
        kept_vectors(texts, asked, tmp_path / name, shipped=SHIPPED / name)
        assert asked.texts == [], f"{name}: {asked.texts[:3]} ..."
        drawn = texts[:: len(texts) // 10]
        shipped = kept_vectors(drawn, asked, tmp_path / "drawn", shipped=SHIPPED / name)
        assert ((shipped * encoder.encode(drawn)).sum(axis=1) > 0.9999).all()


def test_opdrachten_and_groups_are_encoded_once_by_whoever_starts_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They had one cache in common, and each threw away the vectors of the other."""
    asked = _Asked(load_encoder("use"))
    own = Settings(data_dir=tmp_path)
    for room in (choosing, grouping):
        monkeypatch.setattr(room, "load_encoder", lambda _: asked)
        monkeypatch.setattr(room, "settings", lambda: own)
    for _ in range(2):
        choosing._built.cache_clear()
        grouping._built.cache_clear()
        asked.texts.clear()
        choosing.prepare()
        grouping.prepare()
    assert asked.texts == []
    choosing._built.cache_clear()
    grouping._built.cache_clear()


class _Asked:
    """An encoder that notes what it is asked."""

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.version, self.dimension = encoder.name, encoder.version, encoder.dimension
        self.texts: list[str] = []
        self._encoder = encoder

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.texts += texts
        return self._encoder.encode(texts)
