"""Compares a full clustering with the current themes: which changes would it make?

A run never changes themes that people decided on. It clusters everything anew, and also clusters
the earlier statements without the new ones. Comparing the two shows only changes that the new
statements cause:

- a cluster of mostly new statements is a new theme;
- a theme that was one cluster and now falls into several is a suggested split;
- two themes that now fall into one cluster are a suggested merge.

A theme also splits when a part of it consists mostly of new statements around a few earlier ones: a
side issue that became an issue.

A theme can be cut in two in many ways, so a split must be stable: its parts have to come apart
again in coarser clusterings that each leave out a tenth of the statements.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.clustering.graph_clusterer import WITHOUT_THEME, Labels

SMALLEST = 5
"""The least number of statements of a new theme, or of a part that splits off."""

_RARE = 1e-3
_THIRD = 1 / 3
_MAJORITY = 0.5
_PART = 0.25
_MOST_OF = 0.6
_AS_ONE = 0.7
_HELD = 0.8

Doubts = Sequence[tuple[npt.NDArray[np.int64], Labels]]
"""Clusterings of subsamples, as pairs: the rows of the subsample, ascending, and their labels."""


@dataclass(frozen=True)
class SplitSuggestion:
    """The rows that would leave a theme; ``sure`` is their share of their cluster, 0 to 1."""

    theme: str
    rows: tuple[int, ...]
    sure: float


@dataclass(frozen=True)
class MergeSuggestion:
    """Two themes that would become one; ``sure`` is their joint share of the common cluster."""

    one: str
    other: str
    sure: float


def births(
    after: Labels,
    known: npt.NDArray[np.bool_],
    fitting: npt.NDArray[np.bool_],
    people: Sequence[str] | None = None,
    many: Mapping[int, frozenset[str]] | None = None,
) -> tuple[tuple[int, ...], ...]:
    """Returns the new rows of each new theme, the largest theme first.

    A cluster is a new theme if participants with statements in a known theme are much rarer in it
    than overall, or if more than half of it consists of new statements that fit no known theme; in
    the second case the theme gets only those. Much rarer means under a third of their overall
    share, and with a probability under one in a thousand by chance (binomial). Participants are
    counted rather than statements, because the statements of one participant are related.

    ``known`` marks rows that had a theme before, ``fitting`` new rows that fit one. ``people``
    gives the participant of each row (without it each row has its own); ``many`` gives all
    participants of a row with a recurring text.
    """
    from scipy.stats import binom  # takes a quarter of a second to load

    share = _share(range(len(known)), known, people, many)
    found = []
    for cluster in np.unique(after[after != WITHOUT_THEME]):
        rows = np.flatnonzero(after == cluster)
        new = rows[~known[rows]]
        if sum(len((many or {}).get(int(row), ())) or 1 for row in new) < SMALLEST:
            continue
        old, heard = _heard(rows, known, people, many)
        rarer = old < share * _THIRD * heard and binom.cdf(old, heard, share) < _RARE
        lost = (~fitting[new]).sum() > _MAJORITY * len(rows)
        if rarer:
            found.append(tuple(int(row) for row in new))
        elif lost:
            found.append(tuple(int(row) for row in new[~fitting[new]]))
    return tuple(sorted(found, key=lambda rows: (-len(rows), rows)))


def splits(
    themes: Sequence[str | None],
    before: Labels,
    after: Labels,
    known: npt.NDArray[np.bool_],
    doubts: Callable[[], Doubts] = tuple,
    people: Sequence[str] | None = None,
) -> tuple[SplitSuggestion, ...]:
    """Returns suggested splits of themes.

    A theme splits if it falls into more parts (two or more) than before the new statements came, or
    if one part attracted far more new statements than the rest (see ``_risen``). The largest part
    stays; the next is suggested as a theme of its own, if the two come apart in at least four of
    five of the ``doubts``. ``doubts`` is called only where there is a split.

    ``themes`` gives the theme of each row; ``after`` clusters all rows, ``before`` the known rows
    only, in their order. For ``known`` and ``people`` see ``births``.
    """
    found = []
    old = [theme for theme, each in zip(themes, known, strict=True) if each]
    for theme in sorted({each for each in themes if each is not None}):
        now = _parts(themes, after, theme)
        if len(now) >= 2 and len(_parts(old, before, theme)) < len(now):
            rows, sure = now[1]
            found.append((SplitSuggestion(theme, rows, sure), now[0][0]))
        elif (risen := _risen(themes, before, after, known, people, theme)) is not None:
            found.append(risen)
    asked = doubts() if found else ()
    return tuple(
        split
        for split, rest in found
        if not asked or np.mean([_apart(split.rows, rest, *each) for each in asked]) >= _HELD
    )


def merges(
    themes: Sequence[str | None], before: Labels, after: Labels, known: npt.NDArray[np.bool_]
) -> tuple[MergeSuggestion, ...]:
    """Returns pairs of themes that mostly fall into one cluster now, and did not before.

    The parameters are those of ``splits``.
    """
    old = [theme for theme, each in zip(themes, known, strict=True) if each]
    together = _pairs(themes, after)
    apart = _pairs(old, before)
    return tuple(
        MergeSuggestion(one, other, sure)
        for (one, other), sure in together.items()
        if (one, other) not in apart
    )


def _parts(
    themes: Sequence[str | None], labels: Labels, theme: str
) -> list[tuple[tuple[int, ...], float]]:
    """Returns the substantial parts of a theme and their shares of their clusters, largest first.

    A part is in one cluster, of which it makes at least half.
    """
    sizes = Counter(int(label) for label in labels)
    own = _by_cluster(themes, labels, theme)
    total = sum(len(rows) for rows in own.values())
    parts = [
        (tuple(rows), round(len(rows) / sizes[cluster], 4))
        for cluster, rows in own.items()
        if len(rows) >= max(SMALLEST, _PART * total) and len(rows) >= _MAJORITY * sizes[cluster]
    ]
    return sorted(parts, key=lambda part: (-len(part[0]), part[0]))


def _risen(
    themes: Sequence[str | None],
    before: Labels,
    after: Labels,
    known: npt.NDArray[np.bool_],
    people: Sequence[str] | None,
    theme: str,
) -> tuple[SplitSuggestion, tuple[int, ...]] | None:
    """Returns the split of a part made by new statements, and the rows of the largest other part.

    In such a part, participants with earlier statements are under half of what their share in the
    theme predicts, with a probability under one in a thousand by chance (binomial), and their
    statements were no cluster of their own before.
    """
    from scipy.stats import binom

    sizes = Counter(int(label) for label in after)
    own = _by_cluster(themes, after, theme)
    share = _share([row for rows in own.values() for row in rows], known, people)
    place = np.cumsum(known) - 1
    for cluster, rows in sorted(own.items(), key=lambda each: (-len(each[1]), each[0])):
        old = [row for row in rows if known[row]]
        before_now, heard = _heard(rows, known, people)
        fewer = before_now < share * _MAJORITY * heard
        clear = fewer and len(rows) - len(old) >= SMALLEST
        if not clear or len(rows) < _MAJORITY * sizes[cluster]:
            continue
        if binom.cdf(before_now, heard, share) >= _RARE or _stood(before, place[old]):
            continue
        rest = max((each for name, each in own.items() if name != cluster), key=len, default=[])
        if len(rest) >= SMALLEST:
            return SplitSuggestion(theme, tuple(rows), round(len(rows) / sizes[cluster], 4)), tuple(
                rest
            )
    return None


def _heard(
    rows: Iterable[int],
    known: npt.NDArray[np.bool_],
    people: Sequence[str] | None,
    many: Mapping[int, frozenset[str]] | None = None,
) -> tuple[int, int]:
    """Returns the number of participants of the known rows, and of all rows.

    A participant of both known and new rows counts twice in the second number.
    """
    said: set[tuple[object, bool]] = set()
    for row in rows:
        who = (many or {}).get(int(row)) or (row if people is None else people[row],)
        said |= {(each, bool(known[row])) for each in who}
    return sum(before for _, before in said), len(said)


def _share(
    rows: Iterable[int],
    known: npt.NDArray[np.bool_],
    people: Sequence[str] | None,
    many: Mapping[int, frozenset[str]] | None = None,
) -> float:
    old, heard = _heard(rows, known, people, many)
    return old / heard if heard else 0.0


def _stood(labels: Labels, rows: npt.NDArray[np.int64]) -> bool:
    """Returns whether one cluster holds most of these rows, and consists mostly of them."""
    clusters, sizes = np.unique(labels[rows], return_counts=True)
    return any(
        2 * size > len(rows) and 2 * size > (labels == cluster).sum()
        for cluster, size in zip(clusters, sizes, strict=True)
        if cluster != WITHOUT_THEME
    )


def _by_cluster(themes: Sequence[str | None], labels: Labels, theme: str) -> dict[int, list[int]]:
    """Returns the rows of a theme by cluster."""
    own: dict[int, list[int]] = {}
    for row, each in enumerate(themes):
        if each == theme and labels[row] != WITHOUT_THEME:
            own.setdefault(int(labels[row]), []).append(row)
    return own


def _apart(
    part: Sequence[int], rest: Sequence[int], rows: npt.NDArray[np.int64], labels: Labels
) -> bool:
    """Returns whether the two parts are mostly in different clusters: 60 % of the rows or more."""
    homes = []
    for own in (part, rest):
        seen = labels[np.isin(rows, own)]
        clusters, sizes = np.unique(seen[seen != WITHOUT_THEME], return_counts=True)
        if not len(sizes) or sizes.max() < _MOST_OF * len(seen):
            return False
        homes.append(int(clusters[sizes.argmax()]))
    return homes[0] != homes[1]


def _pairs(themes: Sequence[str | None], labels: Labels) -> dict[tuple[str, str], float]:
    totals = Counter(each for each in themes if each is not None)
    found = {}
    for cluster in np.unique(labels[labels != WITHOUT_THEME]):
        rows = np.flatnonzero(labels == cluster)
        here = Counter(theme for row in rows if (theme := themes[int(row)]) is not None)
        most = [
            theme
            for theme, count in here.items()
            if count >= _MOST_OF * totals[theme] and count >= SMALLEST
        ]
        for index, one in enumerate(sorted(most)):
            for other in sorted(most)[index + 1 :]:
                share = (here[one] + here[other]) / len(rows)
                if share >= _AS_ONE:
                    found[one, other] = round(share, 4)
    return found
