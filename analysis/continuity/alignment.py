"""Matches new clusters with earlier themes by shared members, never by rank or label."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

LEAST_SHARED = 0.34
LEAST_PARENT = 0.34
_SOME_SHARED = 0.2
_SAME_PLACE = 0.9
_PLACE_COUNTS = 0.1

Centre = Callable[[Set[str]], npt.NDArray[np.float32] | None]


@dataclass(frozen=True)
class Alignment:
    """The earlier theme of a cluster, or None for a new one, with the themes it came from.

    ``parents`` is empty where ``theme`` is set.
    """

    theme: str | None
    parents: tuple[str, ...]


def align(
    clusters: Sequence[Set[str]],
    latest: Mapping[str, Set[str]],
    earlier: Mapping[str, Set[str]] | None = None,
    centre: Centre | None = None,
) -> list[Alignment]:
    """Returns for each cluster the theme that it continues.

    ``clusters`` hold statement ids, ``latest`` the members of the themes of the last run,
    ``earlier`` those of themes that had faded by then and may come back. Themes and clusters are
    paired one to one so that their overlap is largest (Hungarian method); a pair needs an overlap
    of about a third (Jaccard, ``LEAST_SHARED``). New statements are left out of the overlap, so
    that a theme that grows keeps its identity. ``centre`` returns the unit vector of the centre of
    a set of statements, in centred space. It decides between pairs with about the same overlap, and
    where the centres coincide (a cosine of 0.9) an overlap of a fifth is enough.
    """
    found: list[str | None] = [None] * len(clusters)
    for before in (latest, earlier or {}):
        open_rows = [row for row, theme in enumerate(found) if theme is None]
        pairs = _pair([clusters[row] for row in open_rows], before, centre)
        for row, theme in pairs.items():
            found[open_rows[row]] = theme
    return [
        Alignment(theme, () if theme else _parents(cluster, latest))
        for cluster, theme in zip(clusters, found, strict=True)
    ]


def persistence(clusters: Mapping[str, Set[str]], before: Mapping[str, Set[str]]) -> float | None:
    """Returns the share, 0 to 1, of the statements in a theme before and now that kept it.

    None where no statement was in a theme at both times.
    """
    was = {statement: theme for theme, members in before.items() for statement in members}
    now = {statement: theme for theme, members in clusters.items() for statement in members}
    both = was.keys() & now.keys()
    if not both:
        return None
    return sum(was[each] == now[each] for each in both) / len(both)


def _pair(
    clusters: Sequence[Set[str]], before: Mapping[str, Set[str]], centre: Centre | None
) -> dict[int, str]:
    if not clusters or not before:
        return {}
    themes = sorted(before)
    known = set().union(*before.values())
    living = set().union(*clusters)
    shared = np.zeros((len(clusters), len(themes)))
    near = _near(clusters, [before[theme] for theme in themes], centre)
    for row, cluster in enumerate(clusters):
        for column, theme in enumerate(themes):
            one, other = cluster & known, before[theme] & living
            together = one | other
            shared[row, column] = len(one & other) / len(together) if together else 0.0
    rows, columns = linear_sum_assignment(-(shared + _PLACE_COUNTS * near))
    return {
        int(row): themes[column]
        for row, column in zip(rows, columns, strict=True)
        if shared[row, column] >= LEAST_SHARED
        or (shared[row, column] >= _SOME_SHARED and near[row, column] >= _SAME_PLACE)
    }


def _near(
    clusters: Sequence[Set[str]], themes: Sequence[Set[str]], centre: Centre | None
) -> npt.NDArray[np.float64]:
    """Returns the cosines (clusters, themes) of their centres, with negative ones set to 0."""
    found = np.zeros((len(clusters), len(themes)))
    if centre is None:
        return found
    ours, theirs = [centre(each) for each in clusters], [centre(each) for each in themes]
    for row, one in enumerate(ours):
        for column, other in enumerate(theirs):
            if one is not None and other is not None:
                found[row, column] = max(0.0, float(one @ other))
    return found


def _parents(cluster: Set[str], before: Mapping[str, Set[str]]) -> tuple[str, ...]:
    known = cluster & set().union(*before.values()) if before else set()
    if not known:
        return ()
    shares = {theme: len(known & members) / len(known) for theme, members in before.items()}
    best = sorted(shares, key=lambda theme: (-shares[theme], theme))
    return tuple(theme for theme in best if shares[theme] >= LEAST_PARENT)
