"""New statements go to the theme they belong to, and what fits nowhere to none."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.continuity.theme_classifier import FITS, Example, ThemeMapper, balance_weights
from language.embedding import Vectors, normalised

WORDS = {
    "bus": "de bus rijdt niet",
    "opvang": "kinderopvang is te duur",
    "taal": "Nederlands oefenen",
}
DIMENSION = 24


def drawn(theme: int, number: int, seed: int, spread: float = 0.18) -> Vectors:
    """Unit vectors around one axis per theme."""
    rng = np.random.default_rng(seed)
    centre = np.zeros(DIMENSION)
    centre[theme] = 1
    return normalised((centre + spread * rng.normal(size=(number, DIMENSION))).astype(np.float32))


@pytest.fixture(scope="module")
def learned() -> ThemeMapper:
    examples, vectors = [], []
    for index, (theme, text) in enumerate(WORDS.items()):
        examples += [Example(f"{text} {n}", (theme,)) for n in range(30)]
        vectors.append(drawn(index, 30, index))
    return ThemeMapper(examples, np.concatenate(vectors))


def test_each_new_statement_goes_to_its_theme(learned: ThemeMapper) -> None:
    for index, (theme, text) in enumerate(WORDS.items()):
        scores = learned.scores(drawn(index, 20, 50 + index), [text] * 20)
        assert ((scores >= 0) & (scores <= 1.001)).all()
        found = [fit.themes[0][0] for fit in learned.fits(scores) if fit.themes]
        assert len(found) >= 18
        assert set(found) == {theme}


def test_what_lies_outside_every_theme_fits_none(learned: ThemeMapper) -> None:
    scores = learned.scores(drawn(9, 20, 7, spread=0.05), ["heel iets anders"] * 20)
    assert not any(fit.themes for fit in learned.fits(scores))


def test_a_statement_between_two_themes_can_have_both() -> None:
    rng = np.random.default_rng(3)
    examples, vectors = [], []
    for n in range(120):
        pair = ("a",) if n % 3 == 0 else ("b",) if n % 3 == 1 else ("a", "b")
        centre = np.zeros(DIMENSION)
        centre[[{"a": 0, "b": 1}[each] for each in pair]] = 1
        vectors.append(centre + 0.15 * rng.normal(size=DIMENSION))
        examples.append(Example(f"tekst {n}", pair))
    mapper = ThemeMapper(examples, normalised(np.array(vectors, dtype=np.float32)))
    middle = np.zeros((1, DIMENSION), dtype=np.float32)
    middle[0, :2] = 2**-0.5
    (fit,) = mapper.fits(mapper.scores(middle, ["tekst"]))
    assert {theme for theme, _ in fit.themes} == {"a", "b"}
    assert all(score >= FITS for _, score in fit.themes)


def test_a_theme_draws_as_many_statements_as_it_has() -> None:
    rng = np.random.default_rng(0)
    truth = np.zeros((400, 2))
    truth[:320, 0] = truth[320:, 1] = 1
    sure = np.clip(0.3 * truth[:, 1] + 0.2 + 0.1 * rng.normal(size=400), 0.01, 0.99)
    raw = np.stack([1 - sure, sure], axis=1)
    drawn_before = int((raw.argmax(axis=1) == 1).sum())
    drawn_after = int(((raw * balance_weights(raw, truth)).argmax(axis=1) == 1).sum())
    assert drawn_before < 60
    assert abs(drawn_after - 80) <= 4


def test_corrections_by_people_move_the_border() -> None:
    texts = [f"tekst {n}" for n in range(60)]
    vectors = np.concatenate([drawn(0, 30, 1, 0.4), drawn(1, 30, 2, 0.4)])
    examples = [Example(text, ("a",) if n < 30 else ("b",)) for n, text in enumerate(texts)]
    odd = drawn(5, 12, 3, 0.2)
    before = ThemeMapper(examples, vectors)
    corrected = [*examples, *(Example(f"anders {n}", ("b",), human=True) for n in range(10))]
    after = ThemeMapper(corrected, np.concatenate([vectors, odd[:10]]))
    column = after.themes.index("b")
    gained = after.scores(odd[10:], ["anders"] * 2)[:, column]
    assert (gained > before.scores(odd[10:], ["anders"] * 2)[:, column]).all()
    assert (gained >= FITS).all()
