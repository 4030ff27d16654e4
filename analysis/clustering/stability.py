"""Quality of a clustering: coverage, stability on subsamples, and dominance of a group or campaign.

For the coherence of keywords see ``analysis.clustering.coherence``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.clustering.consensus import Labels
from analysis.clustering.graph_clusterer import WITHOUT_THEME, cluster
from analysis.clustering.popular_answers import PopularClusterer
from analysis.preprocessing.recurring_texts import PopularGroups
from consultation.queries.themes import FEWEST
from language.embedding import Vectors

KEPT = 0.9
SUBSAMPLES = 20
"""The number of subsamples for up to 5,000 texts; fewer above that, see ``subsamples``."""

FEW, UNSTABLE, ONE_GROUP, ONE_CAMPAIGN = "few_statements", "unstable", "one_group", "one_campaign"
"""The warnings of a run: fewer than ``FEWEST`` distinct texts; a stability under .5; more than half
of the statements from one stakeholder group; more than a fifth of them duplicates of one text."""

_CLUSTERED = 100_000
_FEWEST_SUBSAMPLES = 3
_WEAK = 0.5
_WEAKEST = 3
_HALF = 0.5
_LOUD = 0.2


@dataclass(frozen=True)
class ClusterStability:
    """Coverage and stability of a clustering.

    Attributes:
        coverage: the share of texts in a topic, 0 to 1.
        stability: the mean adjusted Rand index with clusterings of 90 % subsamples, over the texts
            that both contain; 1 is identical, 0 is chance, None is not measured.
        per_topic: for each topic, the mean over the subsamples of its largest Jaccard overlap with
            a topic there (Hennig 2007): above .75 a topic is stable, below .5 it is dissolved.
    """

    coverage: float
    stability: float | None
    per_topic: tuple[float, ...] = ()


def coverage(labels: Labels) -> float:
    """The share of texts in a topic, 0 to 1; 0 if there are no texts."""
    return float((labels != WITHOUT_THEME).mean()) if len(labels) else 0.0


def subsamples(texts: int) -> int:
    """How many subsamples to cluster for the stability of this many texts.

    20 up to 5,000 texts. Above that, as many as make 100,000 clustered texts in all, but at least
    three (20,000 texts: 5).
    """
    return max(_FEWEST_SUBSAMPLES, min(SUBSAMPLES, _CLUSTERED // max(texts, 1)))


def measure_stability(
    vectors: Vectors,
    labels: Labels,
    seed: int = 0,
    people: Sequence[Hashable] | None = None,
    around: PopularGroups | None = None,
) -> ClusterStability:
    """Clusters ``subsamples`` of the vectors again and compares the result with ``labels``.

    Pass ``people`` (the participant of each text) and ``around`` (the groups of popular answers) if
    the labels were made with them. Only coverage is returned when there is no topic or a subsample
    has fewer than ``FEWEST`` texts.
    """
    numbers = [int(number) for number in np.unique(labels) if number != WITHOUT_THEME]
    if not numbers or int(len(vectors) * KEPT) < FEWEST:
        return ClusterStability(coverage(labels), None)
    # Imported here: a run with a codebook measures no stability, and is spared half a second.
    from sklearn.metrics import adjusted_rand_score

    similar: list[float] = []
    overlaps: list[list[float]] = []
    for number in range(subsamples(len(vectors))):
        rows = subsample(vectors, number, seed)
        speakers = None if people is None else [people[row] for row in rows]
        kept = (around or PopularGroups()).among(rows.tolist())
        again = cluster(vectors[rows], PopularClusterer(speakers, kept))
        similar.append(float(adjusted_rand_score(labels[rows], again)))
        overlaps.append([_overlap(labels[rows] == topic, again) for topic in numbers])
    per_topic = np.mean(overlaps, axis=0)
    return ClusterStability(
        coverage(labels), float(np.mean(similar)), tuple(float(each) for each in per_topic)
    )


def subsample(vectors: Vectors, number: int, seed: int = 0) -> npt.NDArray[np.int64]:
    """The rows of the ``number``-th 90 % subsample, ascending.

    The draw depends on the vectors and the seed, not on the order of the rows.
    """
    order = np.lexsort(vectors.T[:8])
    rng = np.random.default_rng(seed + number)
    drawn = rng.permutation(len(vectors))[: int(len(vectors) * KEPT)]
    return np.sort(order[drawn]).astype(np.int64)


def weakest(stability: Mapping[str, float | None]) -> list[str]:
    """The names of at most three themes with a stability under .5, the least stable first."""
    weak = sorted((each, name) for name, each in stability.items() if each is not None)
    return [name for each, name in weak if each < _WEAK][:_WEAKEST]


def speakers(groups: Sequence[str | None], voices: Collection[int]) -> dict[str, Any]:
    """The shares of the largest stakeholder group and of the most repeated text.

    Returns ``group`` with its ``group_share`` of the statements, and ``campaign_share``, the share
    of the text with the most duplicates (0 if no text has any). ``groups`` gives the stakeholder
    group of each statement, ``voices`` the size of each duplicate group.
    """
    total = len(groups)
    named = Counter(each for each in groups if each)
    group, size = min(named.items(), key=lambda each: (-each[1], each[0]), default=(None, 0))
    largest = max(voices, default=0)
    return {
        "group": group,
        "group_share": round(size / total, 4) if total else 0.0,
        "campaign_share": round(largest / total, 4) if largest > 1 else 0.0,
    }


def warnings(
    voices: int, stability: float | None, group_share: float, campaign_share: float
) -> list[str]:
    """The warnings to show with the themes: ``FEW``, ``UNSTABLE``, ``ONE_GROUP``, ``ONE_CAMPAIGN``.

    ``voices`` is the number of distinct texts; the shares are those of ``speakers``, 0 to 1.
    """
    found = {
        FEW: voices < FEWEST,
        UNSTABLE: stability is not None and stability < _WEAK,
        ONE_GROUP: group_share > _HALF,
        ONE_CAMPAIGN: campaign_share > _LOUD,
    }
    return [name for name, holds in found.items() if holds]


def _overlap(mine: npt.NDArray[np.bool_], again: Labels) -> float:
    best = 0.0
    for topic in np.unique(again[mine]):
        other = again == topic
        best = max(best, float((mine & other).sum() / (mine | other).sum()))
    return best
