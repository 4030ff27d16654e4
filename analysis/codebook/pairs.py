"""The pair check: do two statements of different people say the same, and do the themes know?

A person reads pairs, half of them from one theme. The answers give, with intervals:

- *precision*: of the pairs in one theme, the share that says the same;
- *recall*: of the pairs that say the same, the share in one theme;
- *chance*: the share of all pairs that says the same, which themes at random would have.

Pairs in one theme are a small part of all pairs, and half of the check; for recall and chance each
half is weighed back to its number in the population. Each half is drawn evenly from its
population, so that the answers are what a larger check would give.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv

from analysis.codebook.features import Numbers
from analysis.codebook.trust import ShareInterval

_WIDTH = 0.95
_DRAWS = 4_000
_MOST_TRIES = 50

Kind = frozenset[str]


@dataclass(frozen=True)
class StatementPair:
    """Two statements (their rows) of different people, and whether the themes join them."""

    id: str
    one: int
    other: int
    joined: bool


@dataclass(frozen=True)
class Check:
    """What the answers say of the themes of an opdracht, and of how many pairs each half is."""

    pairs: int
    precision: ShareInterval
    recall: ShareInterval
    chance: ShareInterval
    joined: int
    apart: int


@dataclass(frozen=True)
class _Half:
    """All pairs of different people that the themes join, or all that they do not."""

    kinds: tuple[tuple[Kind, Kind], ...]
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


def population(themes: Sequence[Kind], people: Sequence[object]) -> tuple[int, int]:
    """Returns how many pairs of statements of different people are in one theme, and in none."""
    joined, apart = _halves(themes, people)
    return joined.total, apart.total


def drawn_pairs(
    themes: Sequence[Kind],
    people: Sequence[object],
    ids: Sequence[str],
    limit: int = 30,
    seed: int = 0,
) -> list[StatementPair]:
    """Returns pairs to ask about, half from one theme, in an order that does not tell which.

    ``themes`` are those of each statement, ``ids`` its lasting id, from which the pair gets one.
    Fewer pairs come back where there are no more; then the other half is larger.
    """
    rng = np.random.default_rng(seed)
    joined, apart = _halves(themes, people)
    most = min(limit - limit // 2, joined.total)
    halves = [(joined, True, most), (apart, False, min(limit - most, apart.total))]
    by_kind: dict[Kind, list[int]] = defaultdict(list)
    for row, kind in enumerate(themes):
        by_kind[kind].append(row)
    found: dict[tuple[int, int], bool] = {}
    for half, is_joined, count in halves:
        taken: set[tuple[int, int]] = set()
        if half.total <= 4 * count:
            every = _all_pairs(half, by_kind, people)
            chosen = rng.permutation(len(every))[:count]
            taken = {every[at] for at in chosen.tolist()}
        else:
            shares = np.array(half.counts) / half.total
            while len(taken) < count:
                kinds = half.kinds[int(rng.choice(len(shares), p=shares))]
                pair = _one_pair(rng, [by_kind[each] for each in kinds], people)
                if pair is not None:
                    taken.add(pair)
        found.update(dict.fromkeys(sorted(taken), is_joined))
    order = rng.permutation(len(found))
    pairs = list(found.items())
    return [
        StatementPair(pair_id(ids[one], ids[other]), one, other, is_joined)
        for (one, other), is_joined in (pairs[at] for at in order.tolist())
    ]


def pair_id(one: str, other: str) -> str:
    """Returns the id of a pair of statements, whichever comes first."""
    first, second = sorted((one, other))
    return hashlib.sha256(f"{first}|{second}".encode()).hexdigest()[:16]


def precision_and_recall(
    pairs: Sequence[StatementPair],
    answers: Mapping[str, bool],
    counts: tuple[int, int],
    seed: int = 0,
) -> Check:
    """Returns what the answers say; ``counts`` is what ``population`` gives.

    The intervals hold the true value in at least 95 of 100 checks: those of precision by Jeffreys
    (Brown, Cai and DasGupta 2001), the others by simulation from the same distributions.
    """
    said = {True: Counter[bool](), False: Counter[bool]()}
    for pair in pairs:
        if pair.id in answers:
            said[pair.joined][answers[pair.id]] += 1
    rng = np.random.default_rng(seed)
    draws = {
        half: rng.beta(0.5 + count[True], 0.5 + count[False], size=_DRAWS)
        for half, count in said.items()
    }
    same_joined, same_apart = counts[0] * draws[True], counts[1] * draws[False]
    same = np.maximum(same_joined + same_apart, 1e-12)
    yes, no = said[True][True], said[True][False]
    return Check(
        pairs=sum(sum(count.values()) for count in said.values()),
        precision=_jeffreys_interval(yes, no),
        recall=_simulated_interval(same_joined / same),
        chance=_simulated_interval(same / max(sum(counts), 1)),
        joined=counts[0],
        apart=counts[1],
    )


def _jeffreys_interval(yes: int, no: int) -> ShareInterval:
    outside = (1 - _WIDTH) / 2
    low = float(betaincinv(yes + 0.5, no + 0.5, outside)) if yes else 0.0
    high = float(betaincinv(yes + 0.5, no + 0.5, 1 - outside)) if no else 1.0
    return ShareInterval(low, yes / (yes + no) if yes + no else 0.5, high)


def _simulated_interval(draws: Numbers) -> ShareInterval:
    outside = (1 - _WIDTH) / 2
    low, mid, high = (float(each) for each in np.quantile(draws, [outside, 0.5, 1 - outside]))
    return ShareInterval(low, mid, high)


def _halves(themes: Sequence[Kind], people: Sequence[object]) -> tuple[_Half, _Half]:
    """The pairs of different people, counted by the theme sets of the two statements."""
    said: dict[Kind, Counter[object]] = defaultdict(Counter)
    for kind, person in zip(themes, people, strict=True):
        said[kind][person] += 1
    kinds = sorted(said, key=sorted)
    counted: dict[bool, dict[tuple[Kind, Kind], int]] = {True: {}, False: {}}
    for at, one in enumerate(kinds):
        for other in kinds[at:]:
            a, b = said[one], said[other]
            own = sum(count * b[person] for person, count in a.items())
            pairs = sum(a.values()) * sum(b.values()) - own
            if one == other:
                pairs //= 2
            if pairs:
                counted[bool(one & other)][one, other] = pairs
    joined, apart = (
        _Half(tuple(found), tuple(found.values())) for found in (counted[True], counted[False])
    )
    return joined, apart


def _one_pair(
    rng: np.random.Generator, rows: list[list[int]], people: Sequence[object]
) -> tuple[int, int] | None:
    """A pair of different people, each as likely as any other of these two theme sets."""
    for _ in range(_MOST_TRIES):
        one, other = (own[int(rng.integers(len(own)))] for own in rows)
        if people[one] != people[other]:
            return min(one, other), max(one, other)
    return None


def _all_pairs(
    half: _Half, by_kind: Mapping[Kind, list[int]], people: Sequence[object]
) -> list[tuple[int, int]]:
    return sorted(
        {
            (min(one, other), max(one, other))
            for first, second in half.kinds
            for one in by_kind[first]
            for other in by_kind[second]
            if people[one] != people[other]
        }
    )
