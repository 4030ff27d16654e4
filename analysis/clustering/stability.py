"""How far to trust a clustering: coverage, whether it comes back when some texts are absent, and
whether one group or one campaign speaks louder than the rest. How well its words go together is
told by ``analysis.clustering.coherence``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import adjusted_rand_score

from analysis.clustering.consensus import Labels
from analysis.clustering.graph_clusterer import WITHOUT_THEME, cluster
from analysis.clustering.popular_answers import PopularClusterer
from analysis.preprocessing.recurring_texts import Groups
from consultation.queries.themes import FEWEST
from language.embedding import Vectors

KEPT = 0.9
SUBSAMPLES = 20
"""As many subsamples are clustered, and fewer of more than 5,000 texts: see ``subsamples``."""

FEW, UNSTABLE, ONE_GROUP, ONE_CAMPAIGN = "few_statements", "unstable", "one_group", "one_campaign"
"""What a run warns of: under ``FEWEST`` voices; a stability under .5; more than half of the
statements from one group of stakeholders; more than a fifth copies of one text."""

_CLUSTERED = 100_000
_FEWEST_SUBSAMPLES = 3
_WEAK = 0.5
_WEAKEST = 3
_HALF = 0.5
_LOUD = 0.2


@dataclass(frozen=True)
class Trust:
    """``coverage``: the share of texts in a topic, 0 to 1. ``stability``: the mean adjusted Rand
    index with runs on 90 % subsamples, over the texts both have; 1 is the same, 0 is chance, None
    is not measured. ``per_topic``: per topic, the mean largest Jaccard overlap with a topic of such
    a run (Hennig 2007): above .75 a topic is stable, below .5 it is dissolved."""

    coverage: float
    stability: float | None
    per_topic: tuple[float, ...] = ()


def coverage(labels: Labels) -> float:
    """The share of texts in a topic, 0 to 1; 0 where there are no texts."""
    return float((labels != WITHOUT_THEME).mean()) if len(labels) else 0.0


def subsamples(texts: int) -> int:
    """How many subsamples tell the stability of so many texts: 20 up to 5,000 texts, and then so
    many that 100,000 texts are clustered in all, but three at least (20,000 texts: 5)."""
    return max(_FEWEST_SUBSAMPLES, min(SUBSAMPLES, _CLUSTERED // max(texts, 1)))


def trust(
    vectors: Vectors,
    labels: Labels,
    seed: int = 0,
    people: Sequence[Hashable] | None = None,
    around: Groups | None = None,
) -> Trust:
    """Clusters ``subsamples`` of the vectors again and compares; ``people`` says who says each
    text and ``around`` what goes with popular answers, where the labels were found with that."""
    numbers = [int(number) for number in np.unique(labels) if number != WITHOUT_THEME]
    if not numbers or int(len(vectors) * KEPT) < FEWEST:
        return Trust(coverage(labels), None)
    similar: list[float] = []
    overlaps: list[list[float]] = []
    for number in range(subsamples(len(vectors))):
        rows = subsample(vectors, number, seed)
        speakers = None if people is None else [people[row] for row in rows]
        kept = (around or Groups()).among(rows.tolist())
        again = cluster(vectors[rows], PopularClusterer(speakers, kept))
        similar.append(float(adjusted_rand_score(labels[rows], again)))
        overlaps.append([_overlap(labels[rows] == topic, again) for topic in numbers])
    per_topic = np.mean(overlaps, axis=0)
    return Trust(
        coverage(labels), float(np.mean(similar)), tuple(float(each) for each in per_topic)
    )


def subsample(vectors: Vectors, number: int, seed: int = 0) -> npt.NDArray[np.int64]:
    """The rows of the ``number``-th 90 % subsample, ascending.

    Which texts it leaves out follows from their vectors, not from the order of the rows.
    """
    order = np.lexsort(vectors.T[:8])
    rng = np.random.default_rng(seed + number)
    drawn = rng.permutation(len(vectors))[: int(len(vectors) * KEPT)]
    return np.sort(order[drawn]).astype(np.int64)


def weakest(stability: Mapping[str, float | None]) -> list[str]:
    """At most three names of themes with a stability under .5, the least stable first."""
    weak = sorted((each, name) for name, each in stability.items() if each is not None)
    return [name for each, name in weak if each < _WEAK][:_WEAKEST]


def speakers(groups: Sequence[str | None], voices: Collection[int]) -> dict[str, Any]:
    """Who speaks loudest: the largest ``group`` with its ``group_share`` of the statements, and the
    ``campaign_share`` of the text that was sent most, 0 where none was sent twice.

    ``groups`` gives the stakeholder group of each statement; ``voices`` how many statements each
    text stands for.
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
    """What to be told with the themes: some of ``FEW``, ``UNSTABLE``, ``ONE_GROUP`` and
    ``ONE_CAMPAIGN``."""
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
