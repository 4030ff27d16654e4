"""A codebook maps statements by its descriptions, and learns from what people decide."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from analysis.codebook.codebook import Codebook, CodebookTheme, codebook_of
from analysis.codebook.features import Features, features_of
from analysis.codebook.letter_groups import LetterGroups, letter_groups
from analysis.codebook.mapping import Mapper, mapped
from analysis.codebook.pairs import drawn_pairs, pair_id, population, precision_and_recall
from analysis.codebook.queue import batch_of, neighbourhood, questions
from analysis.codebook.trust import progress
from language.embedding import Vectors, normalised

SUBJECTS = {
    "bus": ("De bus", "te weinig bussen, haltes en aansluitingen"),
    "fiets": ("Fietspaden", "fietspaden met putten en zonder verlichting"),
    "opvang": ("Kinderopvang", "crèche en kinderopvang tijdens de les"),
    "kost": ("Kostprijs", "inschrijvingsgeld, boeken en andere kosten"),
}
WORDS = {
    "bus": "bussen halte aansluiting dienstregeling busje",
    "fiets": "fietspad putten verlichting fietsers fietsen",
    "opvang": "crèche kinderopvang onthaalouder kleuters opvang",
    "kost": "inschrijvingsgeld boeken kosten rekening prijzen",
}
DIMENSION = 64
PEOPLE = 40
CODEBOOK = codebook_of([(key, *texts) for key, texts in SUBJECTS.items()])


class Town:
    """A made-up opdracht: each person speaks twice, mostly of one subject, in vectors of noise."""

    def __init__(self, seed: int = 0, noise: float = 2.2, people: int = PEOPLE) -> None:
        rng = np.random.default_rng(seed)
        self.keys = list(SUBJECTS)
        self._axes = {key: rng.normal(size=DIMENSION) for key in self.keys}
        self.truth: list[frozenset[str]] = []
        self.people: list[str] = []
        self.texts: list[str] = []
        rows = []
        for person in range(people):
            for turn in range(2):
                key = self.keys[person % 4 if rng.random() < 0.7 else int(rng.integers(4))]
                rows.append(self._axes[key] + noise * rng.normal(size=DIMENSION))
                own = WORDS[key].split() if rng.random() < 0.5 else ["iets", "anders"]
                self.texts.append(f"{rng.choice(own)} zegt persoon{person} keer{turn}")
                self.people.append(f"p{person}")
                self.truth.append(frozenset({key}))
        self.vectors: Vectors = normalised(np.array(rows))
        self._described = {
            key: normalised((self._axes[key] + 6 * rng.normal(size=DIMENSION))[None])[0]
            for key in self.keys
        }

    @property
    def features(self) -> Features:
        return features_of(self.vectors, self.texts, self.people)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """A description has a vector that points somewhat to its subject."""
        found = []
        for text in texts:
            key = next((each for each in self.keys if SUBJECTS[each][0] in text), None)
            noise = np.random.default_rng(len(text)).normal(size=DIMENSION)
            found.append(self._described[key] if key else noise)
        return normalised(np.array(found))

    def mapper(self) -> Mapper:
        return Mapper(self.features, CODEBOOK, self.encode)

    def share_right(self, mapper: Mapper) -> float:
        open_ = [row for row in range(len(self.texts)) if row not in mapper.mapped.decided]
        best = mapper.mapped.free[:, :-1].argmax(axis=1)
        return float(np.mean([mapper.mapped.themes[best[row]] in self.truth[row] for row in open_]))


TOWN = Town()


def test_a_theme_comes_once() -> None:
    theme = CodebookTheme("t1", "Bus")
    with pytest.raises(ValueError, match="t1"):
        Codebook((theme, theme))


def test_without_decisions_the_descriptions_speak() -> None:
    found = mapped(TOWN.features, CODEBOOK, TOWN.encode)
    assert not found.decided
    np.testing.assert_array_equal(found.chances, found.free)
    np.testing.assert_allclose(found.chances.sum(axis=1), 1)
    assert TOWN.share_right(TOWN.mapper()) > 0.5  # chance is a quarter


def test_another_description_maps_otherwise() -> None:
    names = Codebook(tuple(replace(each, name="Iets", description="") for each in CODEBOOK.themes))
    plain = mapped(TOWN.features, names, TOWN.encode)
    assert plain.assignments() != mapped(TOWN.features, CODEBOOK, TOWN.encode).assignments()


@settings(max_examples=5, deadline=None)
@given(st.permutations(range(4)))
def test_the_order_of_the_themes_does_not_matter(order: list[int]) -> None:
    decisions = {row: TOWN.truth[row] for row in range(0, 40, 3)}
    one = mapped(TOWN.features, CODEBOOK, TOWN.encode, decisions)
    other = mapped(
        TOWN.features,
        Codebook(tuple(CODEBOOK.themes[at] for at in order)),
        TOWN.encode,
        decisions,
    )
    place = [one.themes.index(theme) for theme in other.themes]
    np.testing.assert_allclose(other.free[:, :-1], one.free[:, place], atol=0.01)


@settings(max_examples=6, deadline=None)
@given(
    st.dictionaries(
        st.integers(0, 2 * PEOPLE - 1),
        st.frozensets(st.sampled_from(list(SUBJECTS)), max_size=2),
        min_size=1,
        max_size=12,
    )
)
def test_what_a_person_decides_always_stands(decisions: dict[int, frozenset[str]]) -> None:
    mapper = TOWN.mapper()
    for row, themes in decisions.items():
        mapper.decide({row: themes})
    given_ = mapper.mapped.assignments()
    assert {row: frozenset(given_[row]) for row in decisions} == decisions
    assert mapper.decisions == decisions


def test_decision_by_decision_ends_where_all_at_once_ends() -> None:
    decisions = {row: TOWN.truth[row] for row in (31, 2, 55, 14, 8, 70, 21, 40)}
    mapper = TOWN.mapper()
    for row, themes in decisions.items():
        mapper.decide({row: themes})
    at_once = mapped(TOWN.features, CODEBOOK, TOWN.encode, decisions)
    np.testing.assert_allclose(mapper.mapped.free, at_once.free, atol=0.01)


def test_a_decision_taken_back_teaches_no_more() -> None:
    mapper = TOWN.mapper()
    mapper.decide({row: TOWN.truth[row] for row in range(10)})
    before = mapper.mapped.free
    mapper.decide({50: frozenset({"kost"})})
    after = mapper.forget([50])
    assert after.decided == frozenset(range(10))
    np.testing.assert_allclose(after.free, before, atol=0.01)
    np.testing.assert_array_equal(
        mapper.forget(range(10)).free, mapped(TOWN.features, CODEBOOK, TOWN.encode).free
    )


def test_a_changed_decision_teaches_what_it_says_now() -> None:
    mapper = TOWN.mapper()
    mapper.decide({3: frozenset({"bus"})})
    changed = mapper.decide({3: frozenset({"kost"})})
    only = mapped(TOWN.features, CODEBOOK, TOWN.encode, {3: frozenset({"kost"})})
    np.testing.assert_allclose(changed.free, only.free, atol=0.01)


def test_a_theme_outside_the_codebook_is_refused() -> None:
    with pytest.raises(KeyError, match="tram"):
        TOWN.mapper().decide({0: frozenset({"tram"})})


def test_decisions_make_the_others_better() -> None:
    gains = []
    for seed in range(3):
        town = Town(seed)
        mapper = town.mapper()
        before = town.share_right(mapper)
        rows = np.random.default_rng(seed).permutation(len(town.texts))[:40].tolist()
        mapper.decide({row: town.truth[row] for row in rows})
        gains.append(town.share_right(mapper) - before)
    assert np.mean(gains) > 0.05


def test_none_decided_often_makes_none_likelier() -> None:
    mapper = TOWN.mapper()
    before = mapper.mapped.free[:, -1].mean()
    mapper.decide({row: frozenset() for row in range(0, 60, 4)})
    assert mapper.mapped.free[:, -1].mean() > before
    mapper.forget(range(60))
    mapper.decide({row: TOWN.truth[row] for row in range(0, 60, 4)})
    assert mapper.mapped.free[:, -1].mean() < before


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_a_few_statements_are_mapped_too(count: int) -> None:
    features = features_of(TOWN.vectors[:count], TOWN.texts[:count], TOWN.people[:count])
    mapper = Mapper(features, CODEBOOK, TOWN.encode)
    assert len(mapper.mapped.assignments()) == count
    assert len(questions(mapper.mapped, features, neighbourhood(features))) == count
    assert progress(mapper).statements == count


def test_a_codebook_without_themes_gives_no_theme() -> None:
    found = mapped(TOWN.features, Codebook(()), TOWN.encode)
    assert set(found.assignments()) == {()}


def test_texts_without_a_word_are_mapped_by_their_vectors() -> None:
    features = features_of(TOWN.vectors, ["..."] * len(TOWN.texts), TOWN.people)
    found = Mapper(features, CODEBOOK, TOWN.encode)
    found.decide({0: TOWN.truth[0]})
    assert np.isfinite(found.mapped.free).all()


def test_questions_are_never_about_what_is_decided() -> None:
    mapper, near = TOWN.mapper(), neighbourhood(TOWN.features)
    asked = questions(mapper.mapped, TOWN.features, near, 10)
    assert len({each.row for each in asked}) == 10
    assert all(len(each.suggestions) == 3 for each in asked)
    mapper.decide({each.row: TOWN.truth[each.row] for each in asked})
    again = questions(mapper.mapped, TOWN.features, near, 100)
    assert not {each.row for each in asked} & {each.row for each in again}
    assert len(again) == len(TOWN.texts) - 10


def test_questions_go_to_many_people() -> None:
    asked = questions(TOWN.mapper().mapped, TOWN.features, neighbourhood(TOWN.features), 12)
    assert len({TOWN.people[each.row] for each in asked}) >= 10


def test_the_same_questions_each_time() -> None:
    runs = [
        questions(TOWN.mapper().mapped, TOWN.features, neighbourhood(TOWN.features), 20)
        for _ in range(2)
    ]
    assert runs[0] == runs[1]


def test_the_queue_leaves_more_right_than_a_random_order() -> None:
    shares: dict[str, list[float]] = {"queue": [], "random": []}
    for seed in range(3):
        town = Town(seed)
        near, queued, random = neighbourhood(town.features), town.mapper(), town.mapper()
        for _ in range(30):
            row = questions(queued.mapped, town.features, near, 1)[0].row
            queued.decide({row: town.truth[row]})
        order = np.random.default_rng(seed).permutation(len(town.texts))[:30].tolist()
        random.decide({row: town.truth[row] for row in order})
        shares["queue"].append(town.share_right(queued))
        shares["random"].append(town.share_right(random))
    assert np.mean(shares["queue"]) > np.mean(shares["random"]) + 0.05


def test_a_batch_says_the_same_and_is_of_several_people() -> None:
    town = Town(noise=0.4)
    mapper = town.mapper()
    found = {row: batch_of(mapper.mapped, town.features, row) for row in range(len(town.people))}
    assert any(found.values())
    for row, rows in found.items():
        if rows:
            assert row in rows
            assert 3 <= len(rows) <= 7
            assert len({town.people[each] for each in rows}) > 1
    alike = [len({town.truth[each] for each in rows}) == 1 for rows in found.values() if rows]
    assert np.mean(alike) > 0.75
    decided = next(row for row, rows in found.items() if rows)
    mapper.decide({decided: town.truth[decided]})
    assert batch_of(mapper.mapped, town.features, decided) == ()


def test_the_estimate_holds_what_is_right() -> None:
    held = []
    for seed in range(12):
        town = Town(seed, noise=1.5 + 0.1 * (seed % 10))
        mapper, near = town.mapper(), neighbourhood(town.features)
        for _ in range(20):
            row = questions(mapper.mapped, town.features, near, 1)[0].row
            mapper.decide({row: town.truth[row]})
        told = progress(mapper)
        assert told.undecided.low <= told.undecided.mid <= told.undecided.high
        held.append(told.undecided.low <= town.share_right(mapper) <= told.undecided.high)
    assert np.mean(held) >= 0.75


def test_more_decisions_narrow_the_estimate_until_all_is_decided() -> None:
    mapper = TOWN.mapper()
    before = progress(mapper)
    mapper.decide({row: TOWN.truth[row] for row in range(40)})
    after = progress(mapper)
    assert after.all.high - after.all.low < before.all.high - before.all.low
    mapper.decide({row: TOWN.truth[row] for row in range(len(TOWN.texts))})
    assert progress(mapper).all.low == 1.0
    assert progress(mapper).enough()


def test_a_decision_costs_little_among_ten_thousand() -> None:
    rng = np.random.default_rng(0)
    size = 10_000
    words = [f"{a}{b}{c}" for a in ("bus", "fiets", "school") for b in "aeiou" for c in "nrstl"]
    texts = [" ".join(rng.choice(words, 6)) for _ in range(size)]
    vectors = normalised(rng.normal(size=(size, 128)).astype(np.float32))
    features = features_of(vectors, texts, [row // 3 for row in range(size)])
    near = neighbourhood(features)
    mapper = Mapper(features, CODEBOOK, lambda asked: vectors[: len(asked)])
    mapper.decide({row: frozenset({list(SUBJECTS)[row % 4]}) for row in range(0, 600, 6)})
    spent = []
    for turn in range(7):
        began = time.process_time()
        row = questions(mapper.mapped, features, near)[0].row
        mapper.decide({row: frozenset({list(SUBJECTS)[turn % 4]})})
        spent.append(time.process_time() - began)
    # Processor time of all threads: a busy machine makes the clock on the wall tell nothing.
    assert np.median(spent) < 0.6


def joined_truth(seed: int) -> tuple[list[frozenset[str]], list[frozenset[str]], list[int]]:
    """Themes that are right for three in five statements, the truth, and who speaks."""
    rng = np.random.default_rng(seed)
    count = 300
    truth = rng.integers(0, 8, count)
    themes = np.where(rng.random(count) < 0.6, truth, rng.integers(0, 8, count))
    people = rng.integers(0, 100, count).tolist()
    as_sets = [[frozenset({f"t{each}"}) for each in found] for found in (themes, truth)]
    return as_sets[0], as_sets[1], people


def test_the_interval_of_the_pair_check_holds_the_true_precision() -> None:
    held = {"precision": 0, "recall": 0, "chance": 0}
    draws = 200
    for seed in range(draws):
        themes, truth, people = joined_truth(seed % 5)
        ids = [f"s{row}" for row in range(len(themes))]
        one, other = np.triu_indices(len(themes), 1)
        apart = np.array(people)[one] != np.array(people)[other]
        given_, meant = (
            np.array([next(iter(each)) for each in found]) for found in (themes, truth)
        )
        joined = (given_[one] == given_[other])[apart]
        same = (meant[one] == meant[other])[apart]
        true = {
            "precision": (joined & same).sum() / joined.sum(),
            "recall": (joined & same).sum() / same.sum(),
            "chance": same.mean(),
        }
        pairs = drawn_pairs(themes, people, ids, 30, seed)
        answers = {each.id: bool(truth[each.one] & truth[each.other]) for each in pairs}
        counts = population(themes, people)
        assert counts == (int(joined.sum()), int((~joined).sum()))
        result = precision_and_recall(pairs, answers, counts)
        for key, value in true.items():
            interval = getattr(result, key)
            held[key] += interval.low <= value <= interval.high
    assert min(held.values()) >= 0.9 * draws, held


def test_pairs_are_of_two_people_and_half_of_one_theme() -> None:
    themes, _, people = joined_truth(0)
    ids = [f"s{row}" for row in range(len(themes))]
    pairs = drawn_pairs(themes, people, ids, 30, 1)
    assert len({each.id for each in pairs}) == 30
    assert sum(each.joined for each in pairs) == 15
    assert all(people[each.one] != people[each.other] for each in pairs)
    assert all(bool(themes[each.one] & themes[each.other]) == each.joined for each in pairs)
    assert pairs == drawn_pairs(themes, people, ids, 30, 1)
    assert pair_id("a", "b") == pair_id("b", "a")


@pytest.mark.parametrize(
    ("themes", "people", "joined", "apart"),
    [
        ([], [], 0, 0),
        ([frozenset("a")], ["p"], 0, 0),
        ([frozenset("a")] * 3, ["p"] * 3, 0, 0),
        ([frozenset("a")] * 3, ["p", "q", "r"], 3, 0),
        ([frozenset(), frozenset()], ["p", "q"], 0, 1),
        ([frozenset("ab"), frozenset("b"), frozenset("c")], ["p", "q", "r"], 1, 2),
    ],
)
def test_few_pairs_give_few_questions(
    themes: list[frozenset[str]], people: list[str], joined: int, apart: int
) -> None:
    assert population(themes, people) == (joined, apart)
    ids = [str(row) for row in range(len(themes))]
    pairs = drawn_pairs(themes, people, ids)
    assert len(pairs) == joined + apart
    empty = precision_and_recall(pairs, {}, (joined, apart))
    assert (empty.precision.low, empty.precision.high) == (0.0, 1.0)


def test_a_newcomer_is_mapped_as_one_who_was_there() -> None:
    """What the mapping guesses of a person it never saw, it also says once it has seen them."""
    mapper = TOWN.mapper()
    mapper.decide({row: TOWN.truth[row] for row in range(0, 60, 3)})
    agree = 0
    last = range(len(TOWN.texts) - 20, len(TOWN.texts))
    known = features_of(TOWN.vectors[: last[0]], TOWN.texts[: last[0]], TOWN.people[: last[0]])
    without = Mapper(known, CODEBOOK, TOWN.encode)
    without.decide({row: TOWN.truth[row] for row in range(0, 60, 3)})
    for first in last[::2]:
        rows = [first, first + 1]
        new = known.of_newcomer(TOWN.vectors[rows], [TOWN.texts[row] for row in rows])
        chances = without.guess(new)
        np.testing.assert_allclose(chances.sum(axis=1), 1)
        agree += int((chances.argmax(axis=1) == mapper.mapped.free[rows].argmax(axis=1)).sum())
    assert agree >= 18


@given(
    st.lists(st.text("abcdeé ' 7", max_size=40), min_size=1, max_size=8),
    st.lists(st.text("abcdeé ", max_size=20), max_size=3),
)
@settings(max_examples=60, deadline=None)
def test_letter_groups_weigh_as_scikit_learn_does(texts: list[str], others: list[str]) -> None:
    ours = LetterGroups(texts)
    if not any(letter_groups(text) for text in texts):
        assert ours.counted(texts).nnz == 0
        return
    theirs = TfidfVectorizer(analyzer=letter_groups, sublinear_tf=True)
    assert np.allclose(ours.counted(texts).toarray(), theirs.fit_transform(texts).toarray())
    if others:
        assert np.allclose(ours.counted(others).toarray(), theirs.transform(others).toarray())
