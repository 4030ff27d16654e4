"""Themes join people: who says several things is not a theme, and is not known by heart."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from analysis.clustering import knn_graph
from analysis.clustering.features import clustering_features, context_weights, with_context
from analysis.clustering.graph_clusterer import GraphClusterer
from analysis.clustering.knn_graph import integer_vectors, nearest
from analysis.continuity.theme_classifier import Example, ThemeMapper
from benchmarks.people import across, learning, loaded, of_one
from language.embedding import Vectors, normalised

SUBJECTS = ("kinderopvang crèche kleuters", "treinverbinding bushalte dienstregeling", "diploma")
PEOPLE, EACH = 15, 5
DIMENSION = 48


def talks(own: float = 1.5, seed: int = 0) -> tuple[Vectors, list[str], list[str], list[int]]:
    """Vectors, texts, people and subjects: each person has one subject, and a manner (``own``)
    that is louder than it."""
    rng = np.random.default_rng(seed)
    subjects = rng.normal(size=(len(SUBJECTS), DIMENSION))
    vectors, texts, people, truth = [], [], [], []
    for person in range(PEOPLE):
        subject = person % len(SUBJECTS)
        manner = own * rng.normal(size=DIMENSION)
        for sentence in range(EACH):
            vectors.append(subjects[subject] + manner + rng.normal(size=DIMENSION))
            word = SUBJECTS[subject].split()[sentence % len(SUBJECTS[subject].split())]
            texts.append(f"{word} is wat persoon {person} in zin {sentence} zegt")
            people.append(f"p{person}")
            truth.append(subject)
    return normalised(np.array(vectors)), texts, people, truth


def test_texts_that_stand_alone_are_compared_as_they_are() -> None:
    vectors, texts, _, _ = talks()
    alone = context_weights(range(len(texts)), range(len(texts)))
    assert clustering_features(vectors, texts, alone) is vectors
    np.testing.assert_array_equal(with_context(vectors, alone), vectors)


def test_themes_are_of_people_who_speak_of_one_subject_whatever_their_manner() -> None:
    vectors, texts, people, truth = talks()
    beside = context_weights(people, people)
    plain = GraphClusterer().fit_predict(with_context(vectors, beside))
    assert len(set(plain.tolist())) > 2 * len(SUBJECTS)  # nearly every person is a theme
    found = GraphClusterer(people=people).fit_predict(clustering_features(vectors, texts, beside))
    assert adjusted_rand_score(truth, found) > 0.9
    assert of_one(found, people) == 0


def test_who_says_what_counts_whatever_the_order() -> None:
    vectors, texts, people, _ = talks(seed=3)
    order = np.random.default_rng(1).permutation(len(texts))
    found = GraphClusterer(people=people).fit_predict(
        clustering_features(vectors, texts, context_weights(people, people))
    )
    texts, people = [texts[row] for row in order], [people[row] for row in order]
    again = GraphClusterer(people=people).fit_predict(
        clustering_features(vectors[order], texts, context_weights(people, people))
    )
    np.testing.assert_array_equal(found[order], again)


@pytest.mark.parametrize("pairs", [knn_graph._PAIRS, 5_000])
def test_few_neighbours_are_ones_own(pairs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knn_graph, "_PAIRS", pairs)
    vectors, _, people, _ = talks(own=5)
    numbers = np.array([int(each[1:]) for each in people])
    k = 12
    rows, cosines = nearest(integer_vectors(vectors), k, numbers)
    heard = cosines > 0
    own = (numbers[rows] == numbers[:, None]) & heard & (rows != np.arange(len(rows))[:, None])
    assert own.sum(axis=1).max() == math.ceil(k * EACH / len(people)) == 1
    free, _ = nearest(integer_vectors(vectors), k)
    assert (numbers[free] == numbers[:, None]).sum(axis=1).min() > 1


def test_a_document_of_one_author_has_themes_too() -> None:
    rng = np.random.default_rng(0)
    parts = np.repeat(rng.normal(size=(4, DIMENSION)), 15, axis=0)
    vectors = normalised(parts + 0.6 * rng.normal(size=parts.shape))
    found = GraphClusterer(people=["raad"] * 60).fit_predict(vectors)
    assert adjusted_rand_score(np.repeat(range(4), 15), found) > 0.9


def test_what_several_people_say_alike_is_nobodys_own() -> None:
    vectors, _, people, _ = talks()
    said = np.vstack([vectors, np.repeat(vectors[:1], 4, axis=0)])
    found = GraphClusterer(people=[*people, "a", "b", "c", "d"]).fit_predict(said)
    assert len(set(found[-4:]) | {found[0]}) == 1


def test_what_was_learned_of_few_people_weighs_less_than_the_label() -> None:
    vectors, texts, people, truth = talks(own=3)
    names = [f"thema {each}" for each in range(len(SUBJECTS))]
    rng = np.random.default_rng(0)
    subjects = rng.normal(size=(len(SUBJECTS), DIMENSION))
    labels = dict(zip(names, normalised(subjects), strict=True))
    examples = [
        Example(text, (names[subject],), speaker=person)
        for text, person, subject in zip(texts, people, truth, strict=True)
    ]
    fresh = normalised(
        subjects.repeat(10, axis=0) + 3 * rng.normal(size=(10 * len(SUBJECTS), DIMENSION))
    )
    asked = np.repeat(range(len(SUBJECTS)), 10)
    words = ["iets anders"] * len(asked)

    def right(examples: list[Example]) -> float:
        mapper = ThemeMapper(examples, vectors, labels)
        return float((mapper.scores(fresh, words).argmax(axis=1) == asked).mean())

    known_by_heart = [Example(each.text, each.themes) for each in examples]
    assert right(examples) > right(known_by_heart)


def test_the_themes_of_the_sample_join_people(tmp_path: Path) -> None:
    """Read against what a reader made of it: a bound well below what was measured, see
    docs/benchmarks.md."""
    heard = loaded(str(tmp_path), (4, 8, 10))
    assert sum(of_one(each.themes, each.people) for each in heard) <= 2
    assert all(3 <= each.themes.max() + 1 <= 15 for each in heard)
    figures = [across(each.themes, each)["MCC"] for each in heard]
    plain = [across(GraphClusterer().fit_predict(each.vectors), each)["MCC"] for each in heard]
    assert np.mean(figures) > 1.2 * np.mean(plain)
    ours, votes = learning(heard)
    assert ours["F1"] > votes["F1"] + 0.05
