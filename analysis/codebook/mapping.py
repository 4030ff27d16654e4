"""The themes of each statement: the descriptions, corrected by what people decided.

A kernel logistic regression (Zhu and Hastie 2005) over the themes and "no theme" learns what the
descriptions get wrong: its prior mean is the description's score, so that without decisions the
descriptions alone speak, and with each decision the statements like it follow. Decisions also tell
how often people answer "no theme", which calibrates its threshold.

The statements that people decided on span the solution, so a decision costs a few steps from the
last solution on a system of as many unknowns as decisions, times themes. Ten thousand statements
only cost one matrix product.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cholesky, solve_triangular
from scipy.optimize import minimize

from analysis.codebook.codebook import Codebook
from analysis.codebook.descriptions import Descriptions, Encode
from analysis.codebook.features import Features, NewFeatures, Numbers
from language.embedding import Vectors

NO_THEME = 0.6
"""The score of "no theme" before decisions; the best theme of a statement scores about 2."""
SECOND = 0.3
"""The least chance with which a statement gets a second or third theme."""

_MOST_THEMES = 3
_VARIANCE = 10.0
_BIAS = 0.25
_JITTER = 1e-4
_MOST_STEPS = 60
_TOLERANCE = 1e-4

Decisions = Mapping[int, frozenset[str]]
"""What people decided: per statement (its row) the ids of its themes, empty for no theme."""


@dataclass(frozen=True)
class Mapped:
    """The themes of all statements.

    ``chances`` (statements, themes + 1) add up to 1 per row; the last column is "no theme". Rows
    that a person decided on have what the person said. ``free`` are the chances without that.
    """

    themes: tuple[str, ...]
    chances: Numbers
    free: Numbers
    decided: frozenset[int]

    def fits(self, row: int) -> tuple[tuple[str, float], ...]:
        """Returns the themes of a statement with their chances, the best first; empty: no theme."""
        chances = self.chances[row]
        best = [int(each) for each in np.argsort(-chances, kind="stable")]
        if best[0] == len(self.themes):
            return ()
        least = 1e-9 if row in self.decided else SECOND
        kept = [best[0], *(each for each in best[1:] if chances[each] >= least)]
        return tuple(
            (self.themes[each], float(chances[each])) for each in kept if each < len(self.themes)
        )[: None if row in self.decided else _MOST_THEMES]

    def assignments(self) -> list[tuple[str, ...]]:
        """Returns the themes of every statement, the best first."""
        return [tuple(theme for theme, _ in self.fits(row)) for row in range(len(self.chances))]

    def suggestions(self, row: int, limit: int = 3) -> tuple[tuple[str, float], ...]:
        """Returns the likeliest themes of a statement, whatever a person decided on it."""
        chances = self.free[row, :-1]
        best = np.argsort(-chances, kind="stable")[:limit]
        return tuple((self.themes[each], float(chances[each])) for each in best.tolist())


class Mapper:
    """Maps the statements of one opdracht, and learns decision by decision.

    The order of the decisions changes the outcome by less than the solver's tolerance; ``mapped``
    gives the outcome from nothing.
    """

    def __init__(self, features: Features, codebook: Codebook, encode: Encode) -> None:
        self.features = features
        self.codebook = codebook
        self._descriptions = Descriptions(features, codebook, encode)
        self._prior: Numbers = self._before(features)
        self._rows: list[int] = []
        self._truth: Numbers = np.zeros((0, len(codebook.ids) + 1))
        self._columns: Vectors = np.zeros((len(features), 0), dtype=np.float32)
        self._known: dict[int, Vectors] = {}
        self._root: Numbers = np.zeros((0, 0))
        self._weights: Numbers = np.zeros((0, len(codebook.ids) + 1))
        self.mapped = self._mapped()

    @property
    def decisions(self) -> dict[int, frozenset[str]]:
        """What people decided so far."""
        ids = self.codebook.ids
        return {
            row: frozenset(ids[each] for each in np.flatnonzero(truth[:-1]))
            for row, truth in zip(self._rows, self._truth, strict=True)
        }

    def decide(self, decisions: Decisions) -> Mapped:
        """Learns from decisions, new or changed, and returns the mapping that follows.

        Raises:
            KeyError: a theme is not in the codebook.
        """
        truths = {row: self._target(themes) for row, themes in decisions.items()}
        new = [row for row in truths if row not in self._rows]
        for at, row in enumerate(self._rows):
            if row in truths:
                self._truth[at] = truths[row]
        if len(new) == 1:
            self._add(new[0], truths[new[0]])
        elif new:
            self._add_all(new, [truths[row] for row in new])
        self._solve()
        self.mapped = self._mapped()
        return self.mapped

    def forget(self, rows: Iterable[int]) -> Mapped:
        """Takes decisions back, and returns the mapping without them."""
        gone = set(rows)
        kept = [at for at, row in enumerate(self._rows) if row not in gone]
        self._rows = [self._rows[at] for at in kept]
        self._truth = self._truth[kept]
        self._columns = self._columns[:, kept]
        self._root = _root(self.kernel())
        self._weights = np.zeros((len(kept), self._truth.shape[1]))
        self._solve()
        self.mapped = self._mapped()
        return self.mapped

    def described(self, codebook: Codebook, encode: Encode, decisions: Decisions) -> Mapper:
        """Returns a mapper of the same statements with another codebook, and these decisions."""
        other = Mapper(self.features, codebook, encode)
        other._known = self._known
        if decisions:
            other.decide({row: decisions[row] for row in sorted(decisions)})
        return other

    def kernel(self) -> Numbers:
        """Returns the similarity of the decided statements with each other."""
        found: Numbers = self._columns[self._rows].astype(np.float64)
        return found

    def left_out(self) -> tuple[Numbers, Numbers]:
        """Returns what the mapping would say of each decided statement without its own decision.

        Chances and truth, both (decisions, themes + 1): the approximation of leave-one-out of
        Laplace's method, theme by theme (Rasmussen and Williams 2006, chapters 3 and 5).
        """
        if not self._rows:
            return self._truth.copy(), self._truth.copy()
        kernel = _VARIANCE * self.kernel()
        scores = self._prior[self._rows] + self._root @ self._weights
        chances = _softmax(scores)
        without = scores.copy()
        for theme in range(scores.shape[1]):
            weight = np.maximum(chances[:, theme] * (1 - chances[:, theme]), 1e-6)
            inner = kernel + np.diag(1 / weight)
            spread = np.diag(kernel) - (kernel * np.linalg.solve(inner, kernel)).sum(axis=0)
            pull = spread / np.maximum(1 - weight * spread, 1e-3)
            without[:, theme] -= pull * (self._truth[:, theme] - chances[:, theme])
        return _softmax(without), self._truth.copy()

    def guess(self, new: NewFeatures) -> Numbers:
        """Returns the chances (new, themes + 1) of what somebody just said; nothing is kept."""
        scores = self._before(new)
        if self._rows:
            columns = self.features.similarities_to(new, self._rows) + _BIAS
            scores = scores + columns @ self._shares()
        return _softmax(scores)

    def _before(self, said: Features | NewFeatures) -> Numbers:
        """The scores without decisions, with "no theme" in the last column."""
        found: Numbers = np.hstack(
            [self._descriptions.scores(said), np.full((len(said), 1), NO_THEME)]
        )
        return found

    def _shares(self) -> Numbers:
        found: Numbers = solve_triangular(
            self._root.T, self._weights, lower=False, check_finite=False
        )
        return found

    def _target(self, themes: frozenset[str]) -> Numbers:
        truth = np.zeros(len(self.codebook.ids) + 1)
        for theme in themes:
            if theme not in self.codebook.ids:
                raise KeyError(f"{theme} is not in the codebook")
            truth[self.codebook.ids.index(theme)] = 1 / len(themes)
        if not themes:
            truth[-1] = 1.0
        return truth

    def _column(self, row: int) -> Vectors:
        if row not in self._known:
            self._known[row] = (self.features.kernel(row) + _BIAS).astype(np.float32)
        return self._known[row]

    def _add_all(self, rows: list[int], truths: list[Numbers]) -> None:
        columns = np.stack([self._column(row) for row in rows], axis=1)
        self._columns = np.hstack([self._columns, columns])
        self._rows += rows
        self._truth = np.vstack([self._truth, *truths])
        self._weights = np.vstack([self._weights, np.zeros((len(rows), self._truth.shape[1]))])
        self._root = _root(self.kernel())

    def _add(self, row: int, truth: Numbers) -> None:
        column = self._column(row)
        with_others = column[self._rows].astype(np.float64)
        # One more row of the Cholesky factor; the others stay, and the solution with them.
        across = solve_triangular(self._root, with_others, lower=True, check_finite=False)
        corner = float(column[row]) + _JITTER - float(across @ across)
        size = len(self._rows)
        root = np.zeros((size + 1, size + 1))
        root[:size, :size] = self._root
        root[size, :size] = across
        root[size, size] = np.sqrt(max(corner, _JITTER))
        self._root = root
        self._rows.append(row)
        self._truth = np.vstack([self._truth, truth])
        self._columns = np.hstack([self._columns, column[:, None]])
        self._weights = np.vstack([self._weights, np.zeros((1, len(truth)))])

    def _solve(self) -> None:
        if not self._rows:
            return
        prior, root, truth = self._prior[self._rows], self._root, self._truth

        def loss(flat: Numbers) -> tuple[float, Numbers]:
            weights = flat.reshape(truth.shape)
            scores = prior + root @ weights
            top = scores.max(axis=1, keepdims=True)
            grown = np.exp(scores - top)
            total = grown.sum(axis=1, keepdims=True)
            missed = float((top + np.log(total)).sum() - (truth * scores).sum())
            slope = root.T @ (grown / total - truth) + weights / _VARIANCE
            return missed + 0.5 / _VARIANCE * float((weights * weights).sum()), slope.ravel()

        found = minimize(
            loss,
            self._weights.ravel(),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": _MOST_STEPS, "gtol": _TOLERANCE},
        )
        self._weights = found.x.reshape(truth.shape)

    def _mapped(self) -> Mapped:
        scores = self._prior
        if self._rows:
            scores = scores + self._columns @ self._shares().astype(np.float32)
        free = _softmax(scores)
        chances = free.copy()
        chances[self._rows] = self._truth
        return Mapped(self.codebook.ids, chances, free, frozenset(self._rows))


def mapped(
    features: Features, codebook: Codebook, encode: Encode, decisions: Decisions | None = None
) -> Mapped:
    """Returns the mapping of the statements, from the descriptions and all decisions."""
    mapper = Mapper(features, codebook, encode)
    if not decisions:
        return mapper.mapped
    return mapper.decide({row: decisions[row] for row in sorted(decisions)})


def _root(kernel: Numbers) -> Numbers:
    if not len(kernel):
        return np.zeros((0, 0))
    found: Numbers = cholesky(kernel + _JITTER * np.eye(len(kernel)), lower=True)
    return found


def _softmax(scores: Numbers) -> Numbers:
    grown = np.exp(scores - scores.max(axis=1, keepdims=True))
    found: Numbers = grown / grown.sum(axis=1, keepdims=True)
    return found
