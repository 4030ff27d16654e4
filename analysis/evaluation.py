"""The ``evaluate`` verb: measures the clustering on texts whose labels are known."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score
from tqdm import tqdm

from analysis.clustering.consensus import Labels
from analysis.clustering.graph_clusterer import WITHOUT_THEME, cluster
from analysis.clustering.popular_answers import PopularClusterer, popular_groups
from analysis.clustering.stability import coverage, measure_stability
from analysis.preprocessing.deduplication import DuplicateGroups, group_duplicates
from analysis.preprocessing.embeddings import AnalysisError, encoder_named
from analysis.preprocessing.recurring_texts import PopularGroups, recurring_texts
from language.embedding import Vectors

_BATCH = 64


@dataclass(frozen=True)
class Evaluation:
    """The figures of ``evaluate``, named as in its JSON.

    - ``n`` and ``themes``: the numbers of texts and of themes;
    - ``ami`` and ``ari``: agreement with the labels, None without labels; a text without theme
      counts as a theme of its own;
    - ``coverage`` and ``largest``: the shares of the texts in a theme and in the largest theme;
    - ``shuffle_ari``: agreement with a clustering of the same texts in another order;
    - ``drop10_ari``: agreement with clusterings of 90 % subsamples of the clustered texts (twenty
      up to 5,000 texts, see ``analysis.clustering.stability``; None under 34 texts);
    - ``seconds``: the time from texts to themes;
    - ``peak_mb``: the peak memory of the process.
    """

    n: int
    themes: int
    ami: float | None
    ari: float | None
    coverage: float
    largest: float
    shuffle_ari: float | None
    drop10_ari: float | None
    seconds: float
    peak_mb: float

    def as_json(self) -> str:
        """Returns the figures as one JSON object."""
        return json.dumps(asdict(self))


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Gives the lines of a UTF-8 file that are not blank, with their numbers from 1.

    Raises:
        AnalysisError: the file cannot be read; names the mend.
    """
    try:
        content = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise AnalysisError(
            f"{path}: cannot be read ({error.strerror}); check the path."
        ) from error
    except UnicodeDecodeError as error:
        raise AnalysisError(f"{path}: not UTF-8; save the file as UTF-8.") from error
    for number, line in enumerate(content.split("\n"), start=1):
        if line.strip():
            yield number, line


def read_labelled(path: Path) -> tuple[list[str], list[str] | None]:
    """Reads a file with a ``{"text", "label"}`` object per line.

    Returns the texts, and the labels where every line has one (else None).

    Raises:
        AnalysisError: the file cannot be read or a line is invalid; names the line and the mend.
    """
    texts: list[str] = []
    labels: list[str | None] = []
    for number, line in numbered_lines(path):
        try:
            record = json.loads(line)
            text = record["text"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise AnalysisError(
                f'{path}: line {number}: no {{"text": "..."}} object; write one per line.'
            ) from error
        if not isinstance(text, str):
            raise AnalysisError(f"{path}: line {number}: text: not a text; put it between quotes.")
        label = record.get("label")
        texts.append(text)
        labels.append(None if label is None else str(label))
    known = [label for label in labels if label is not None]
    return texts, known if texts and len(known) == len(texts) else None


def evaluate(
    texts: list[str], gold: list[str] | None, encoder_name: str, progress: bool = False
) -> Evaluation:
    """Clusters the texts exactly as ``analyse`` clusters an opdracht's statements, and measures.

    So a group of duplicates is clustered as one text, and texts that say nothing or are not Dutch
    are excluded: they have no theme.
    """
    encoder = encoder_named(encoder_name)
    started = time.perf_counter()
    groups = group_duplicates(texts)
    plain = [" ".join(text.split()) for text in texts]
    unique = sorted(set(plain), key=lambda text: (len(text), text))
    vectors_by_text: dict[str, Vectors] = {}
    with tqdm(total=len(unique), desc="vectors", unit="text", disable=not progress) as bar:
        for start in range(0, len(unique), _BATCH):
            batch = unique[start : start + _BATCH]
            vectors_by_text.update(zip(batch, encoder.encode(batch), strict=True))
            bar.update(len(batch))

    def vectors_of(wanted: Sequence[str]) -> Vectors:
        rows = [vectors_by_text[text] for text in wanted]
        return np.array(rows, dtype=np.float32).reshape(len(rows), encoder.dimension)

    def around(groups: DuplicateGroups, vectors: Vectors, said: Sequence[str]) -> PopularGroups:
        """Groups the texts around popular answers; each text counts as one participant."""
        everybody = range(len(said))
        return popular_groups(
            vectors,
            recurring_texts(said, everybody, everybody, groups.duplicates, groups.representatives),
        )

    def themes_of(groups: DuplicateGroups, vectors: Vectors, said: Sequence[str]) -> Labels:
        """Returns a theme per text; duplicates share one, excluded texts have none."""
        labels = np.full(len(texts), WITHOUT_THEME, dtype=np.int64)
        clusterer = PopularClusterer(None, around(groups, vectors, said))
        labels[list(groups.representatives)] = cluster(vectors, clusterer)
        labels[list(groups.duplicates)] = labels[list(groups.duplicates.values())]
        return labels

    vectors = vectors_of([plain[row] for row in groups.representatives])
    labels = themes_of(groups, vectors, texts)
    seconds = time.perf_counter() - started
    themes = int(labels.max()) + 1 if len(labels) else 0
    shuffled = None
    if themes:
        order = np.random.default_rng(0).permutation(len(texts))
        other_way = [texts[row] for row in order]
        again = group_duplicates(other_way)
        vectors_again = vectors_of([plain[order[row]] for row in again.representatives])
        other = themes_of(again, vectors_again, other_way)
        shuffled = float(adjusted_rand_score(labels[order], other))
    distinct = labels[list(groups.representatives)]
    stability = measure_stability(
        vectors, distinct, around=around(groups, vectors, texts)
    ).stability
    single = alone(labels)
    return Evaluation(
        n=len(plain),
        themes=themes,
        ami=_rounded(adjusted_mutual_info_score(gold, single)) if gold else None,
        ari=_rounded(adjusted_rand_score(gold, single)) if gold else None,
        coverage=round(coverage(labels), 4),
        largest=round(float(np.bincount(labels[labels >= 0]).max() / len(plain)), 4)
        if themes
        else 0.0,
        shuffle_ari=_rounded(shuffled),
        drop10_ari=_rounded(stability),
        seconds=round(seconds, 2),
        peak_mb=round(peak_mb(), 1),
    )


def alone(labels: Labels) -> Labels:
    """Returns the labels, where each text without theme is a theme of its own."""
    single = labels.copy()
    without = labels == WITHOUT_THEME
    single[without] = np.arange(without.sum()) + len(labels)
    return single


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), 4)


def peak_mb() -> float:
    """Returns the peak memory of this process in MB."""
    # Linux counts in kilobytes, macOS in bytes.
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1024 * 1024) if sys.platform == "darwin" else used / 1024
