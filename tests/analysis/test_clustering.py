"""Clusters do not depend on the order of the rows, leave nobody out, and tell their stability."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from analysis.clustering import knn_graph
from analysis.clustering.features import context_weights, with_context
from analysis.clustering.graph_clusterer import GraphClusterer, cluster
from analysis.clustering.knn_graph import integer_vectors
from analysis.clustering.stability import measure_stability
from analysis.continuity.alignment import align, persistence
from consultation.queries.themes import FEWEST
from language.embedding import Vectors, normalised


def blobs(sizes: list[int], seed: int = 0, spread: float = 0.6) -> tuple[Vectors, list[int]]:
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(len(sizes), 32))
    rows = [
        centres[i] + spread * rng.normal(size=32) for i, n in enumerate(sizes) for _ in range(n)
    ]
    return normalised(np.array(rows)), [i for i, n in enumerate(sizes) for _ in range(n)]


def test_what_belongs_together_comes_together() -> None:
    vectors, truth = blobs([40, 30, 20, 10])
    labels = cluster(vectors)
    assert adjusted_rand_score(truth, labels) > 0.9
    assert (labels >= 0).all()
    assert np.all(np.diff(np.bincount(labels)) <= 0)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000))
def test_the_order_of_the_rows_changes_nothing(seed: int) -> None:
    vectors, _ = blobs([20, 15, 10], seed, spread=1.5)
    vectors = np.vstack([vectors, vectors[:5]])
    order = np.random.default_rng(seed).permutation(len(vectors))
    np.testing.assert_array_equal(cluster(vectors)[order], cluster(vectors[order]))


def test_the_last_bits_of_the_vectors_change_nothing() -> None:
    vectors, _ = blobs([20, 15, 10], spread=1.5)
    noise: Any = np.random.default_rng(0).normal(size=vectors.shape)
    np.testing.assert_array_equal(cluster(vectors), cluster(vectors * (1 + 1e-9 * noise)))
    nearly = (vectors.astype(np.float32) * np.float32(1 + 2e-7)).astype(np.float32)
    np.testing.assert_array_equal(cluster(vectors), cluster(nearly))


def test_in_blocks_too_nobody_is_a_neighbour_of_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knn_graph, "_PAIRS", 1_000)
    vectors, truth = blobs([40, 40, 40], spread=0.3)
    directions = integer_vectors(np.vstack([vectors, vectors[:30]]))
    rows, cosines = knn_graph.nearest(directions, 20)
    assert (rows != np.arange(150)[:, None]).all()
    np.testing.assert_allclose(cosines.max(axis=1)[:30], 1, atol=1e-3)
    assert adjusted_rand_score(truth, cluster(vectors)) > 0.9


@pytest.mark.parametrize("n", [0, 1, 5, 29])
def test_few_texts_are_not_clustered(n: int) -> None:
    labels = cluster(normalised(np.random.default_rng(0).normal(size=(n, 8))))
    assert labels.tolist() == [-1] * n
    measured = measure_stability(np.zeros((n, 8), dtype=np.float32), labels)
    assert (measured.coverage, measured.stability) == (0.0, None)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 30, 31])
def test_any_number_of_texts_can_be_clustered_also_all_equal(n: int) -> None:
    rng = np.random.default_rng(n)
    assert len(GraphClusterer().fit_predict(normalised(rng.normal(size=(n, 8))))) == n
    equal = np.ones((n, 8), dtype=np.float32)
    assert GraphClusterer().fit_predict(equal).tolist() == [0] * n


def test_two_texts_are_no_theme_of_their_own() -> None:
    vectors, _ = blobs([40, 2, 1], spread=0.2)
    assert np.bincount(GraphClusterer().fit_predict(vectors)).min() >= 3


def test_a_thousand_equal_texts_weigh_as_one() -> None:
    vectors, _ = blobs([40, 30, 20], spread=1.2)
    campaign = np.vstack([vectors, np.repeat(vectors[:1], 1000, axis=0)])
    alone, together = cluster(vectors), cluster(campaign)
    assert adjusted_rand_score(alone, together[: len(vectors)]) == 1.0
    assert len(set(together[len(vectors) :])) == 1


def test_sub_themes_lie_within_their_theme() -> None:
    rng = np.random.default_rng(2)
    middles = np.repeat(rng.normal(size=(4, 32)), 3, axis=0)
    middles = middles + 0.4 * rng.normal(size=middles.shape)
    truth = np.repeat(np.arange(12), 25)
    vectors = normalised(middles[truth] + 0.4 * rng.normal(size=(300, 32)))
    found = GraphClusterer().fit(vectors)
    assert found.parts_.max() >= 1
    for theme in np.unique(found.labels_):
        parts = found.parts_[found.labels_ == theme]
        assert len(set(parts) - {-1}) != 1
        assert all(np.sum(parts == part) >= 3 for part in set(parts))
    within = found.parts_ >= 0
    fine = found.labels_ * 100 + found.parts_
    assert adjusted_rand_score(truth[within], fine[within]) > 0.9


def test_texts_that_fit_nowhere_are_few() -> None:
    vectors, _ = blobs([150, 150], spread=0.5)
    opposite = normalised(-vectors[[0, 200]] + 0.01)
    labels = cluster(np.vstack([vectors, opposite]))
    assert 0 <= (labels < 0).sum() <= 3
    noise = normalised(np.random.default_rng(3).normal(size=(1000, 16)))
    assert (cluster(noise) < 0).mean() <= 0.01


def test_no_more_themes_than_people_can_read() -> None:
    vectors, _ = blobs([20] * 90, spread=0.2)
    labels = cluster(vectors)
    assert labels.max() + 1 <= 60
    assert (labels >= 0).mean() >= 0.99


def test_hundreds_of_islands_do_not_become_one_theme() -> None:
    vectors, truth = blobs([22] * 250, spread=0.2)
    labels = cluster(vectors)
    assert 5 <= labels.max() + 1 <= 60
    assert np.bincount(labels[labels >= 0]).max() < 0.35 * len(vectors)
    assert adjusted_rand_score(truth, labels) > 0.2


@pytest.mark.parametrize("rows", [1000, 2047])
def test_rounded_vectors_multiply_the_same_in_any_order_of_adding(rows: int) -> None:
    vectors = integer_vectors(
        np.random.default_rng(rows).normal(size=(rows, 384)).astype(np.float32)
    )
    at_once = vectors @ vectors.T
    exact = vectors.astype(np.int64)
    np.testing.assert_array_equal(at_once.astype(np.int64), exact @ exact.T)
    assert np.abs(at_once).max() < 2**24


def test_what_is_not_a_number_does_not_stop_the_clustering() -> None:
    vectors, _ = blobs([40, 40])
    vectors[3] = 0.0
    vectors[4] = np.nan
    assert len(cluster(vectors)) == 80


def test_clear_clusters_are_stable_and_noise_is_not() -> None:
    clear, _ = blobs([30, 30, 30], spread=0.3)
    noise = normalised(np.random.default_rng(1).normal(size=(90, 32)))
    sure, unsure = (measure_stability(each, cluster(each)) for each in (clear, noise))
    assert sure.stability is not None
    assert unsure.stability is not None
    assert sure.stability > 0.95 > unsure.stability
    assert min(sure.per_topic) > 0.85


def test_context_is_what_the_same_person_says() -> None:
    vectors = np.eye(4, dtype=np.float32)
    mixed = with_context(
        vectors, context_weights(["a", "b", "c", "d"], ["Jan", "Jan", "Els", "Jan"])
    )
    assert mixed[0] @ mixed[1] > 0.3
    assert mixed[0] @ mixed[0] > mixed[0] @ mixed[3] > 0.3
    np.testing.assert_array_equal(mixed[2], vectors[2])


def test_who_says_much_is_heard_sentence_by_sentence() -> None:
    vectors = np.eye(30, dtype=np.float32)
    mixed = with_context(vectors, context_weights(["advies"] * 30, ["raad"] * 30))
    assert mixed[0] @ mixed[1] > 0.2
    assert mixed[0] @ mixed[29] == 0


def test_context_counts_only_within_an_answer() -> None:
    vectors = np.eye(3, dtype=np.float32)
    mixed = with_context(vectors, context_weights(["a", "a", "b"]))
    assert mixed[0] @ mixed[1] > 0.5
    np.testing.assert_array_equal(mixed[2], vectors[2])


def test_themes_keep_their_identity_by_shared_members() -> None:
    before = {"t1": set("abcd"), "t2": set("efgh"), "t3": set("ij")}
    clusters = [set("efgxyzuvw"), set("abcd"), set("klm")]
    found = align(clusters, before)
    assert [each.theme for each in found] == ["t2", "t1", None]
    assert found[2].parents == ()


def test_a_split_names_its_parent_and_a_faded_theme_may_come_back() -> None:
    before = {"t1": set("abcdefgh")}
    big, small = align([set("abcde"), set("fgh")], before)
    assert (big.theme, small.theme) == ("t1", None)
    assert small.parents == ("t1",)
    (back,) = align([set("xyz")], before, {"old": set("xyz")})
    assert back.theme == "old"


def test_persistence_counts_who_kept_the_theme() -> None:
    before = {"t1": set("abc"), "t2": set("d")}
    assert persistence({"t1": set("abx"), "t2": set("cd")}, before) == 0.75
    assert persistence({"t1": set("x")}, before) is None


def test_the_least_to_cluster_is_thirty() -> None:
    assert FEWEST == 30
