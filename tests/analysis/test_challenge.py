"""What a full clustering would change is told, and only what the new statements brought about."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from analysis.clustering.graph_clusterer import cluster, coarse_clusterer
from analysis.clustering.stability import subsample
from analysis.continuity.drift import births, merges, splits
from language.embedding import normalised


def labels(*sizes: tuple[int, int]) -> np.ndarray:
    """Cluster numbers: each number as many times as its size says, in order."""
    return np.concatenate([np.full(size, number) for number, size in sizes]).astype(np.int64)


def flags(*runs: tuple[bool, int]) -> np.ndarray:
    return np.concatenate([np.full(size, value) for value, size in runs]).astype(bool)


def test_a_cluster_of_new_statements_is_a_new_theme() -> None:
    after = labels((0, 40), (1, 40), (2, 20))
    known = flags((True, 30), (False, 10), (True, 30), (False, 10), (False, 20))
    (rows,) = births(after, known, np.zeros(100, dtype=bool))
    assert rows == tuple(range(80, 100))


def test_clusters_that_take_their_share_of_what_is_new_are_no_new_themes() -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        known = rng.random(300) < 2 / 3
        assert births(labels((0, 150), (1, 100), (2, 50)), known, ~known) == ()


def test_few_new_statements_make_a_theme_only_when_they_fit_no_other() -> None:
    after = labels((0, 60), (1, 8))
    known = flags((True, 60), (True, 2), (False, 6))
    fitting = flags((False, 62), (True, 6))
    assert births(after, known, fitting) == ((62, 63, 64, 65, 66, 67),)
    assert births(labels((0, 60), (1, 4)), known[:64], fitting[:64]) == ()


def test_two_talkative_people_are_no_new_theme_but_twenty_people_are() -> None:
    after = labels((0, 80), (1, 20))
    known = flags((True, 60), (False, 20), (False, 20))
    everybody = [f"p{row}" for row in range(100)]
    two = [*everybody[:80], *["p80"] * 10, *["p81"] * 10]
    assert births(after, known, ~known, everybody) == (tuple(range(80, 100)),)
    assert births(after, known, ~known, two) == ()


def test_one_new_text_that_many_people_say_is_a_new_theme() -> None:
    after = labels((0, 60), (1, 1))
    known = flags((True, 60), (False, 1))
    fitting = flags((False, 60), (True, 1))
    everybody = [f"p{row}" for row in range(61)]
    crowd = {60: frozenset(f"q{number}" for number in range(30))}
    assert births(after, known, fitting, everybody) == ()
    assert births(after, known, fitting, everybody, crowd) == ((60,),)


def test_two_talkative_people_do_not_part_a_theme_but_many_people_do() -> None:
    themes: list[str | None] = [*["t"] * 180]
    after = labels((0, 140), (1, 40))
    known = flags((True, 90), (False, 50), (True, 6), (False, 34))
    everybody = [f"p{row}" for row in range(180)]
    two = [*everybody[:146], *["p146"] * 17, *["p147"] * 17]
    before = labels((0, 96))
    assert len(splits(themes, before, after, known, people=everybody)) == 1
    assert splits(themes, before, after, known, people=two) == ()


def test_a_theme_that_falls_apart_is_a_split_but_not_one_that_always_did() -> None:
    themes: list[str | None] = [*["t"] * 60 + ["u"] * 40]
    after = labels((0, 35), (1, 25), (2, 40))
    known = flags((True, 20), (False, 15), (True, 20), (False, 5), (True, 40))
    together = labels((0, 40), (1, 40))
    (found,) = splits(themes, together, after, known)
    assert (found.theme, found.rows, found.sure) == ("t", tuple(range(35, 60)), 1.0)
    apart = labels((0, 20), (1, 20), (2, 40))
    assert splits(themes, apart, after, known) == ()


def test_what_new_statements_make_of_a_side_issue_is_a_split_of_its_theme() -> None:
    themes: list[str | None] = [*["t"] * 180]
    after = labels((0, 140), (1, 40))
    known = flags((True, 90), (False, 50), (True, 6), (False, 34))
    (found,) = splits(themes, labels((0, 96)), after, known)
    assert (found.theme, found.rows, found.sure) == ("t", tuple(range(140, 180)), 1.0)
    # It stood apart before, and people kept it in the theme.
    assert splits(themes, labels((0, 90), (1, 6)), after, known) == ()
    # It took its share of what is new, like the rest.
    even = flags((True, 90), (False, 50), (True, 26), (False, 14))
    assert splits(themes, labels((0, 116)), after, even) == ()


def test_a_theme_that_loses_a_few_to_another_cluster_does_not_split() -> None:
    themes: list[str | None] = [*["t"] * 60 + ["u"] * 40]
    after = labels((0, 50), (1, 50))
    known = flags((True, 100))
    assert splits(themes, labels((0, 60), (1, 40)), after, known) == ()


def test_a_split_that_coarser_clusterings_do_not_see_is_not_told() -> None:
    themes: list[str | None] = [*["t"] * 60 + ["u"] * 40]
    after = labels((0, 35), (1, 25), (2, 40))
    known = flags((True, 20), (False, 15), (True, 20), (False, 5), (True, 40))
    together = labels((0, 40), (1, 40))
    rows = np.arange(0, 100, 2)
    apart, as_one = labels((0, 17), (1, 13), (2, 20)), labels((0, 30), (1, 20))
    for seen, told in ((5, 1), (4, 1), (3, 0)):
        doubts = [(rows, apart)] * seen + [(rows, as_one)] * (5 - seen)
        assert len(splits(themes, together, after, known, partial(list, doubts))) == told


@pytest.mark.parametrize(("alike", "told"), [(0.0, 0), (0.5, 1), (0.7, 0)])
def test_a_theme_of_two_subjects_splits_once_there_is_much_about_both(
    alike: float, told: int
) -> None:
    rng = np.random.default_rng(1)
    centres = normalised(rng.normal(size=(5, 64)))
    centres[4] = alike * centres[3] + (1 - alike) * centres[4]
    centres = normalised(centres)

    def said(*sizes: int) -> np.ndarray:
        rows = np.repeat(np.arange(5), sizes)
        return centres[rows] + 0.11 * rng.normal(size=(len(rows), 64))

    vectors = normalised(np.vstack([said(30, 30, 30, 8, 8), said(10, 10, 10, 30, 30)]))
    known = np.arange(len(vectors)) < 106
    homes = [0] * 30 + [1] * 30 + [2] * 30 + [3] * 16 + [0] * 10 + [1] * 10 + [2] * 10 + [3] * 60
    found = splits(
        [f"theme {home}" for home in homes],
        cluster(vectors[known]),
        cluster(vectors),
        known,
        lambda: [
            (rows, cluster(vectors[rows], coarse_clusterer()))
            for rows in (subsample(vectors, number) for number in range(5))
        ],
    )
    assert len(found) == told
    for each in found:
        assert each.theme == "theme 3"
        subject = [98 <= row < 106 or row >= 166 for row in each.rows]
        assert max(sum(subject), len(subject) - sum(subject)) >= 0.9 * len(subject) > 30


def test_themes_that_fall_together_are_a_merge_but_not_when_they_always_did() -> None:
    themes: list[str | None] = [*["t"] * 30 + ["u"] * 30 + ["v"] * 40]
    after = labels((0, 60), (1, 40))
    known = flags((True, 20), (False, 10), (True, 20), (False, 10), (True, 40))
    (found,) = merges(themes, labels((0, 20), (1, 20), (2, 40)), after, known)
    assert (found.one, found.other, found.sure) == ("t", "u", 1.0)
    assert merges(themes, labels((0, 40), (1, 40)), after, known) == ()
