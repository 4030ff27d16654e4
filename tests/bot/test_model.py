"""The parts of the assistant's understanding that need no Rasa: spelling, cache, classifier."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix, hstack, random
from sklearn.linear_model import LogisticRegression

from bot.nlu import regression
from bot.nlu.intent_model import _VIEWS, IntentModel, _vectorizer, has_vector
from bot.nlu.judgement import CONTENT, judge, too_long_for_command
from bot.nlu.spelling import plain_text, word_runs, words
from bot.nlu.vector_cache import FOLDER, encoded_texts
from consultation.settings import ROOT
from language.embedding import SHIPPED, kept_vectors, load_encoder, ship_vectors


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


def test_shipped_vectors_are_not_computed(tmp_path: Path) -> None:
    shipped, cached, texts = tmp_path / "shipped", tmp_path / "cached", ["drie", "een"]
    ship_vectors(texts, _Lengths(), _Lengths().encode(texts), shipped)
    asked = _Lengths()
    found = kept_vectors([*texts, "nieuw"], asked, cached, shipped=shipped)
    assert asked.asked == ["nieuw"]
    right = _Lengths().encode([*texts, "nieuw"])
    right /= np.linalg.norm(right, axis=1, keepdims=True)
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    assert (found * right).sum(axis=1) == pytest.approx(1, abs=1e-4)


def test_shipped_vectors_of_another_version_are_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ship_vectors(["een"], _Lengths("1"), _Lengths().encode(["een"]), tmp_path / "shipped")
    newer = _Lengths("2")
    kept_vectors(["een"], newer, tmp_path / "cached", shipped=tmp_path / "shipped")
    assert newer.asked == ["een"]
    assert "vectors are computed again" in caplog.text


def test_new_texts_leave_the_shipped_rows_as_they_were(tmp_path: Path) -> None:
    """So a new version of the file is mostly the bytes of the one before."""
    texts = [f"voorbeeld {number}" for number in range(50)]
    rows = np.random.default_rng(2).normal(size=(51, 8)).astype(np.float32)
    encoder = _Lengths()
    path = ship_vectors(texts, encoder, rows[:50], tmp_path)
    with np.load(path) as file:
        before = dict(zip(file["keys"].tolist(), file["vectors"].tolist(), strict=True))
    again = kept_vectors(texts, encoder, tmp_path / "cached", shipped=tmp_path)
    ship_vectors([*texts, "nieuw"], encoder, np.vstack([again, rows[50:]]), tmp_path)
    with np.load(path) as file:
        after = dict(zip(file["keys"].tolist(), file["vectors"].tolist(), strict=True))
        assert file["keys"].tolist() == sorted(file["keys"].tolist())
    assert len(after) == 51
    assert {key: after[key] for key in before} == before


@pytest.mark.servers
def test_the_shipped_vectors_are_those_of_the_examples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nearly all examples are there, and thirty drawn ones have the vector that the encoder gives.

    After a change of many examples: ``bot/.venv/bin/python -m bot.nlu.vector_cache --ship``.
    """
    monkeypatch.chdir(ROOT)
    texts, encoder = list(dict.fromkeys(encoded_texts())), load_encoder("e5")
    if encoder.name != "e5":
        pytest.skip("the encoder e5 cannot load on this machine")
    missing: list[str] = []

    class Noted:
        name, version, dimension = encoder.name, encoder.version, encoder.dimension

        def encode(self, asked: Sequence[str]) -> Any:
            missing.extend(asked)
            return np.ones((len(asked), self.dimension), dtype=np.float32)

    shipped = dict(zip(texts, kept_vectors(texts, Noted(), tmp_path, shipped=SHIPPED), strict=True))
    assert len(missing) <= 0.05 * len(texts), f"{len(missing)} of {len(texts)} are not shipped"
    left = set(missing)
    there = [text for text in texts if text not in left]
    drawn = [there[place] for place in np.random.default_rng(7).integers(len(there), size=30)]
    found = np.stack([shipped[text] for text in drawn])
    assert ((found * encoder.encode(drawn)).sum(axis=1) > 0.9999).all()


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


def test_the_terms_of_one_text_weigh_what_scikit_learn_gives_them() -> None:
    texts = [f"{verb} {what}" for verb in ("stop", "wis") for what in ("nu", "aub", "de vraag")]
    model = IntentModel().fit(texts, ["stoppen"] * 3 + ["wissen"] * 3, np.zeros((6, 4)))
    peers = [_vectorizer(name).fit(texts) for name in _VIEWS]
    asked = ["stop stop de vraag nu", "héél iets anders", "", "wis"]
    for text in asked:
        sparse = hstack([peer.transform([text]) for peer in peers]).tocsr()
        scores = sparse @ model._of_ngrams + model._intercept
        chances = np.exp(scores) / np.exp(scores).sum()
        assert np.allclose(model.chances([text]), chances)


def test_the_regression_comes_to_what_scikit_learn_comes_to() -> None:
    rng = np.random.default_rng(3)
    dense = rng.normal(size=(300, 6))
    sparse = random(300, 40, 0.2, format="csr", random_state=3)
    labels = [
        f"label {number}" for number in (dense[:, 0] > 0).astype(int) + rng.integers(0, 2, 300)
    ]
    found = regression.fit(dense, sparse, labels, c=2.0, iterations=300)
    peer = LogisticRegression(C=2.0, max_iter=5000, tol=1e-8)
    peer.fit(hstack([csr_matrix(dense), sparse]).tocsr(), labels)
    assert found.labels == list(peer.classes_)
    scores = dense @ found.dense + sparse @ found.sparse + found.intercept
    chances = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    expected = peer.predict_proba(hstack([csr_matrix(dense), sparse]).tocsr())
    assert np.abs(chances - expected).max() < 0.01


def test_which_examples_have_a_vector_depends_on_their_text_alone() -> None:
    texts = [f"voorbeeld {number}" for number in range(2000)]
    chosen = [text for text in texts if has_vector(text, 0.35)]
    assert 0.3 < len(chosen) / len(texts) < 0.4
    assert set(chosen) <= {text for text in texts if has_vector(text, 0.5)}
    assert not any(has_vector(text, 0.0) for text in texts)
    assert all(has_vector(text, 1.0) for text in texts)


def _trained() -> tuple[IntentModel, list[str]]:
    texts = [f"{verb} {what}" for verb in ("stop", "wis") for what in ("nu", "aub", "de vraag")]
    vectors = np.random.default_rng(1).normal(size=(3, 4))
    model = IntentModel().fit(texts, ["stoppen"] * 3 + ["wissen"] * 3, vectors, places=[0, 2, 4])
    return model, texts


def test_only_texts_in_doubt_are_encoded() -> None:
    model, texts = _trained()
    asked: list[str] = []

    def encode(some: list[str]) -> npt.NDArray[np.float64]:
        asked.extend(some)
        return np.ones((len(some), 4))

    alone = model.chances([*texts, "iets"])
    sure = float(np.median(alone.max(axis=1)))
    rows = model.sparing_chances([*texts, "iets"], encode, sure)
    doubtful = [text for text, row in zip([*texts, "iets"], alone, strict=True) if row.max() < sure]
    assert sorted(asked) == sorted(doubtful)
    assert "iets" in asked
    assert 0 < len(asked) < len(texts) + 1
    known = [place for place, text in enumerate(texts) if text not in asked]
    assert np.array_equal(rows[known], alone[known])
    assert np.allclose(rows[-1], model.chances(["iets"], np.ones((1, 4)))[0])


def test_a_text_that_is_an_answer_anyway_is_not_encoded() -> None:
    model, _ = _trained()
    asked: list[str] = []

    def encode(some: list[str]) -> npt.NDArray[np.float64]:
        asked.extend(some)
        return np.ones((len(some), 4))

    rows = model.sparing_chances(["iets", "wat"], encode, 1.1, [True, False])
    assert asked == ["wat"]
    assert np.array_equal(rows[:1], model.chances(["iets"]))


@pytest.mark.parametrize("step", ["vraag", "groep", "verder", "opdracht", "start"])
def test_only_what_no_reading_can_change_counts_as_too_long_for_a_command(step: str) -> None:
    for count in (15, 16, 17, 60):
        text = "stop " * count
        certain = {"stoppen": 0.99, CONTENT: 0.01}
        if too_long_for_command(text, step):
            assert judge(certain, text, step, 0.9) == CONTENT
        else:
            assert judge(certain, text, step, 0.9) == "stoppen"


def test_a_model_learns_with_hardly_any_vectors() -> None:
    model, texts = _trained()
    best = model.chances(texts).argmax(axis=1)
    assert [model.intents[place] for place in best] == ["stoppen"] * 3 + ["wissen"] * 3


def test_a_training_leaves_the_vectors_that_the_next_one_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both models of the training share one cache; neither throws out what the other needs."""
    monkeypatch.chdir(ROOT)
    if not (ROOT / FOLDER).is_dir():
        pytest.skip("nothing was trained in this folder")
    kept = tmp_path / "vectors"
    shutil.copytree(ROOT / FOLDER, kept)
    with np.load(next(kept.glob("*.npz"))) as file:
        version = str(file["version"])

    class Known:
        name, dimension = next(kept.glob("*.npz")).stem, 1

        def __init__(self) -> None:
            self.version = version

        def encode(self, texts: Sequence[str]) -> Any:
            raise AssertionError(f"{len(texts)} examples are encoded again, as {texts[0]!r}")

    kept_vectors(encoded_texts(), Known(), kept)
