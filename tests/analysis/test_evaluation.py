"""The ``evaluate`` verb measures what ``analyse`` would do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analysis.evaluation import evaluate, read_labelled
from analysis.preprocessing.embeddings import AnalysisError
from tests.conftest import shared_file

KEYS = [
    "n",
    "themes",
    "ami",
    "ari",
    "coverage",
    "largest",
    "shuffle_ari",
    "drop10_ari",
    "seconds",
    "peak_mb",
]


@pytest.fixture(scope="module")
def sentences() -> Path:
    return shared_file("data/sib200_nld.jsonl")


def test_real_texts_are_covered_in_themes_that_do_not_depend_on_order(sentences: Path) -> None:
    texts, labels = read_labelled(sentences)
    assert labels is not None
    texts, labels = texts[:500], labels[:500]
    found = evaluate(texts, labels, "use")
    assert list(json.loads(found.as_json())) == KEYS
    assert found.n == len(texts)
    assert found.coverage >= 0.95
    assert found.themes >= 5
    assert found.largest < 0.5
    assert found.shuffle_ari == 1.0
    assert found.ami is not None
    assert found.ami > 0.25


def test_copies_are_one_voice_and_what_says_nothing_is_set_aside(sentences: Path) -> None:
    texts = read_labelled(sentences)[0][:60]
    letter = "Beste minister, " + texts[0]
    alone = evaluate(texts, None, "use")
    campaign = evaluate([*texts, *texts[:1] * 29, letter, *["geen mening"] * 10], None, "use")
    # What thirty people say to the letter is a theme of its own.
    assert campaign.themes == alone.themes + 1
    assert campaign.drop10_ari == pytest.approx(alone.drop10_ari, abs=0.02)
    assert campaign.shuffle_ari == 1.0
    assert campaign.coverage == 0.9


def test_without_labels_agreement_is_null(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "een"}\n{"text": "twee", "label": "x"}\n', encoding="utf-8")
    texts, labels = read_labelled(path)
    assert labels is None
    found = evaluate(texts, labels, "use")
    assert (found.n, found.themes, found.ami, found.ari) == (2, 0, None, None)
    assert (found.coverage, found.largest, found.drop10_ari) == (0.0, 0.0, None)


@pytest.mark.parametrize("content", ["x", "[]", "{}", '{"text": 1}'])
def test_a_line_that_does_not_fit_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(AnalysisError, match="line 1"):
        read_labelled(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(AnalysisError, match="cannot be read"):
        read_labelled(tmp_path / "weg.jsonl")
