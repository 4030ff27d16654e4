"""The parts of the assistant's understanding that need no Rasa: spelling, cache, classifier."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.intent_model import IntentModel
from bot.spelling import plain_text, word_runs, words
from language.embedding import kept_vectors


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("Kweet het nie", "ik weet het niet"),
        ("kunde gij da herhalen?", "kan je je dat herhalen ?"),
        ("één vraag terug, alstublieft", "een vraag terug aub"),
        ("'t Is goed", "het is goed"),
        ("", ""),
    ],
)
def test_dialect_and_plain_dutch_share_their_words(typed: str, plain: str) -> None:
    assert " ".join(words(typed)) == plain


def test_where_a_text_begins_and_ends_counts() -> None:
    assert "<s> stop </s>" in word_runs("Stop!".replace("!", ""))
    assert "<s> stop </s>" not in word_runs("stop de wachtlijsten")
    assert "<s>" not in word_runs("stop")


@given(st.text())
def test_any_text_has_a_plain_form(text: str) -> None:
    assert plain_text(text).startswith("^ ")
    assert all(isinstance(run, str) for run in word_runs(text))


class _Lengths:
    """Encodes a text as its length, and counts what it was asked."""

    name, dimension = "lengths", 2

    def __init__(self, version: str = "1") -> None:
        self.version = version
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        self.asked += texts
        return np.array([[len(text), 1] for text in texts], dtype=np.float32)


def test_vectors_are_computed_once_and_come_in_order(tmp_path: Path) -> None:
    first, again = _Lengths(), _Lengths()
    texts = ["drie", "een", "een", "tweetje"]
    assert kept_vectors(texts, first, tmp_path)[:, 0].tolist() == [4, 3, 3, 7]
    assert sorted(first.asked) == ["drie", "een", "tweetje"]
    assert kept_vectors([*texts, "nieuw"], again, tmp_path)[:, 0].tolist() == [4, 3, 3, 7, 5]
    assert again.asked == ["nieuw"]


def test_another_version_and_a_broken_file_are_computed_again(tmp_path: Path) -> None:
    kept_vectors(["een"], _Lengths(), tmp_path)
    newer = _Lengths("2")
    kept_vectors(["een"], newer, tmp_path)
    assert newer.asked == ["een"]
    (tmp_path / "lengths.npz").write_bytes(b"no archive")
    mended = _Lengths("2")
    assert kept_vectors(["een"], mended, tmp_path)[0, 0] == 3
    assert mended.asked == ["een"]


def test_a_kept_model_gives_the_same_chances(tmp_path: Path) -> None:
    verbs = ("stop", "herhaal", "wis")
    texts = [f"{verb} {what}" for verb in verbs for what in ("nu", "aub", "de vraag")]
    vectors = np.random.default_rng(1).normal(size=(9, 4))
    intents = ["stoppen"] * 3 + ["herhalen"] * 3 + ["wissen"] * 3
    model = IntentModel(vector_weight=0.1).fit(texts, intents, vectors)
    model.save(tmp_path)
    asked = ["stop", "herhaal eens", "iets anders"]
    before = model.chances(asked, vectors[:3])
    after = IntentModel.load(tmp_path).chances(asked, vectors[:3])
    assert np.allclose(before, after, atol=1e-5)
    assert np.allclose(before.sum(axis=1), 1)
    assert model.intents[int(before[0].argmax())] == "stoppen"
