"""Our clusterer against its peers, on the same vectors: quality, stability, time and memory.

``python -m benchmarks.topics SET.jsonl ... [--write]`` (``{"text", "label"}`` lines). Every method
runs with one configuration for all sets, each in a process of its own, so that its peak of memory
is its own. ``--vectors DIR`` takes vectors from ``SET.npz`` (``vectors``, ``texts``, ``labels``)
instead of computing them. ``--results FILE`` keeps each figure as it comes and goes on from there
when started again. ``--write`` puts the table and a plot in ``docs/benchmarks.md``.

The methods:

- ours: BERTopic with ``GraphClusterer`` and without dimension reduction, as in ``analyse``;
- BERTopic: its defaults (UMAP to 5 dimensions, HDBSCAN of at least 10 texts), without a seed;
- BERTopic, k-means: the same with k-means of 20 clusters instead of HDBSCAN;
- NMF: scikit-learn's, 20 components of the centred vectors' positive part, the largest wins.

A text without topic counts as a topic of its own in AMI and ARI. Seconds are those of one fit on
given vectors, after a first fit on 300 texts that is not counted (imports, compilation).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

from analysis.clustering.graph_clusterer import GraphClusterer, Labels
from analysis.clustering.stability import subsample
from analysis.evaluation import alone, peak_mb, read_labelled
from analysis.preprocessing.embeddings import encoder_named
from language.embedding import Vectors

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
PLOT = ROOT / "docs" / "images" / "benchmark-topics.svg"
BEGIN, END = "<!-- topics: begin -->", "<!-- topics: end -->"
ENCODER = "e5"
PARTS = 20
_WARM = 300
_BATCH = 64

Method = Callable[[list[str], Vectors], Labels]


def fitted_bertopic(texts: list[str], vectors: Vectors, **parts: Any) -> Labels:
    """BERTopic's topic of each text, -1 for none; its defaults but for these ``parts``."""
    from bertopic import BERTopic
    from bertopic.backend import BaseEmbedder

    model = BERTopic(
        language="multilingual",
        embedding_model=BaseEmbedder(),
        calculate_probabilities=False,
        **parts,
    )
    return np.asarray(model.fit_transform(texts, embeddings=vectors)[0], dtype=np.int64)


def ours(texts: list[str], vectors: Vectors) -> Labels:
    """The product's parts inside BERTopic."""
    from bertopic.dimensionality import BaseDimensionalityReduction

    return fitted_bertopic(
        texts, vectors, umap_model=BaseDimensionalityReduction(), hdbscan_model=GraphClusterer()
    )


def with_k_means(texts: list[str], vectors: Vectors) -> Labels:
    """BERTopic with k-means."""
    from sklearn.cluster import KMeans

    return fitted_bertopic(
        texts, vectors, hdbscan_model=KMeans(min(PARTS, len(texts) // 2), random_state=0)
    )


def nmf(texts: list[str], vectors: Vectors) -> Labels:  # noqa: ARG001
    """Non-negative matrix factorisation of the vectors."""
    from sklearn.decomposition import NMF

    positive = np.maximum(vectors - vectors.mean(axis=0), 0)
    weights = NMF(PARTS, random_state=0, max_iter=300).fit_transform(positive)
    return np.asarray(weights.argmax(axis=1), dtype=np.int64)


METHODS: dict[str, Method] = {
    "ours": ours,
    "BERTopic": fitted_bertopic,
    "BERTopic, k-means": with_k_means,
    "NMF": nmf,
}


def measure(
    method: str,
    texts: list[str],
    vectors: Vectors,
    gold: Sequence[str] | None,
    subsamples: int,
    shuffle: bool,
) -> dict[str, Any]:
    """One method's figures on one set; those that were not asked for are None."""
    fit = METHODS[method]
    fit(texts[:_WARM], vectors[:_WARM])
    started, worked = time.perf_counter(), time.process_time()
    labels = fit(texts, vectors)
    seconds, work = time.perf_counter() - started, time.process_time() - worked
    peak = peak_mb()
    single = alone(labels)

    def again(rows: np.ndarray) -> float:
        other = fit([texts[row] for row in rows], vectors[rows])
        return float(adjusted_rand_score(labels[rows], other))

    return {
        "method": method,
        "n": len(texts),
        "themes": int(labels.max()) + 1,
        "ami": float(adjusted_mutual_info_score(gold, single)) if gold is not None else None,
        "ari": float(adjusted_rand_score(gold, single)) if gold is not None else None,
        "coverage": float((labels >= 0).mean()),
        "largest": float(np.bincount(labels[labels >= 0]).max() / len(labels)),
        "shuffle_ari": again(np.random.default_rng(0).permutation(len(texts))) if shuffle else None,
        "drop10_ari": float(np.mean([again(subsample(vectors, n)) for n in range(subsamples)]))
        if subsamples
        else None,
        "subsamples": subsamples,
        "seconds": seconds,
        "cpu_seconds": work,
        "peak_mb": peak,
    }


def in_own_process(method: str, vectors: Path, **asked: Any) -> dict[str, Any]:
    """``measure`` in a process of its own; ``asked`` are the settings of ``child``."""
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.topics", "--child"]
    settings = {"method": method, "vectors": str(vectors), **asked}
    done = subprocess.run(
        [*command, json.dumps(settings)], cwd=ROOT, check=True, stdout=subprocess.PIPE
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def child(
    method: str,
    vectors: str,
    size: int = 0,
    subsamples: int = 0,
    shuffle: bool = False,
) -> dict[str, Any]:
    """Reads a set's vectors and measures; of more texts than there are, copies with noise."""
    with np.load(vectors, allow_pickle=True) as kept:
        rows = kept["vectors"].astype(np.float32)
        texts = [str(each) for each in kept["texts"]]
        gold = [str(each) for each in kept["labels"]]
    size = size or len(texts)
    place = np.arange(size) % len(texts)
    repeated = rows[place]
    if size > len(texts):
        noise = np.random.default_rng(0).normal(size=repeated.shape).astype(np.float32)
        repeated = repeated + noise * np.float32(0.25 / np.sqrt(rows.shape[1]))
        repeated /= np.linalg.norm(repeated, axis=1, keepdims=True)
    return measure(
        method,
        [texts[row] for row in place],
        repeated,
        [gold[row] for row in place],
        subsamples,
        shuffle,
    )


def vectors_file(path: Path, folder: Path | None) -> Path:
    """Where a set's vectors are; computed and kept under ``var`` where nobody gave them."""
    if folder is not None and (folder / f"{path.stem}.npz").exists():
        return folder / f"{path.stem}.npz"
    kept = ROOT / "var" / "benchmarks" / f"{path.stem}.npz"
    if not kept.exists():
        texts, labels = read_labelled(path)
        encoder = encoder_named(ENCODER)
        plain = [" ".join(text.split()) for text in texts]
        batches = [plain[start : start + _BATCH] for start in range(0, len(plain), _BATCH)]
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.savez(
            kept,
            vectors=np.vstack([encoder.encode(batch) for batch in batches]),
            texts=np.array(plain, dtype=object),
            labels=np.array(labels or plain, dtype=object),
        )
    return kept


def table(rows: Sequence[dict[str, Any]]) -> str:
    """The figures as a Markdown table."""
    head = (
        "| set | n | method | themes | AMI | ARI | coverage | largest | other order | 90 % (runs)"
        " | seconds | peak MB |"
    )
    lines = [head, "|" + "---|" * 12]
    for row in rows:
        again = row["drop10_ari"]
        stable = "not run" if again is None else f"{again:.3f} ({row['subsamples']})"
        order = "not run" if row["shuffle_ari"] is None else f"{row['shuffle_ari']:.3f}"
        lines.append(
            f"| {row['set']} | {row['n']} | {row['method']} | {row['themes']} | {row['ami']:.3f}"
            f" | {row['ari']:.3f} | {row['coverage']:.3f} | {row['largest']:.3f} | {order}"
            f" | {stable} | {row['seconds']:.1f} | {row['peak_mb']:.0f} |"
        )
    return "\n".join(lines)


def plot(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """AMI and stability of each method on each set, as bars."""
    frame = pd.DataFrame(rows).rename(columns={"ami": "AMI", "drop10_ari": "ARI on 90 %"})
    frame = frame.melt(
        id_vars=["set", "method"], value_vars=["AMI", "ARI on 90 %"], var_name="figure"
    ).dropna()
    order = list(METHODS)
    chart = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            y=alt.Y("method:N", sort=order, title=None),
            x=alt.X("value:Q", title=None, scale=alt.Scale(domain=[0, 1])),
            color=alt.Color("method:N", sort=order, legend=None),
            row=alt.Row("set:N", title=None, header=alt.Header(labelAngle=0, labelAlign="left")),
            column=alt.Column("figure:N", title=None),
        )
        .properties(width=260, height=70)
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    chart.save(str(path))


def write(page: Path, begin: str, end: str, text: str) -> None:
    """Puts a text between two marks of a page.

    Raises:
        ValueError: the page does not bear the marks.
    """
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        raise ValueError(f"{page}: no {begin} ... {end}; put both marks where the figures go.")
    page.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")


def main() -> None:
    """Measures and prints; writes the page where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", type=Path)
    parser.add_argument("--vectors", type=Path)
    parser.add_argument("--results", type=Path, default=ROOT / "var" / "benchmarks" / "topics.json")
    parser.add_argument("--methods", nargs="*", choices=list(METHODS), default=list(METHODS))
    parser.add_argument("--subsamples", type=int, default=20, help="for ours")
    parser.add_argument("--peer-subsamples", type=int, default=5, help="for the others")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        print(json.dumps(child(**json.loads(asked.child))))
        return
    rows: list[dict[str, Any]] = (
        json.loads(asked.results.read_text(encoding="utf-8")) if asked.results.exists() else []
    )
    for method in asked.methods:
        for path in asked.sets:
            if any((row["set"], row["method"]) == (path.stem, method) for row in rows):
                continue
            found = in_own_process(
                method,
                vectors_file(path, asked.vectors),
                subsamples=asked.subsamples if method == "ours" else asked.peer_subsamples,
                shuffle=True,
            )
            rows.append({"set": path.stem, **found})
            asked.results.parent.mkdir(parents=True, exist_ok=True)
            asked.results.write_text(json.dumps(rows, indent=1), encoding="utf-8")
            print(table(rows[-1:]).splitlines()[-1], file=sys.stderr, flush=True)
    methods = list(METHODS)
    sets = list(dict.fromkeys(row["set"] for row in rows))
    rows.sort(key=lambda row: (sets.index(row["set"]), methods.index(row["method"])))
    print(table(rows))
    if asked.write:
        plot(rows, PLOT)
        write(PAGE, BEGIN, END, table(rows))


if __name__ == "__main__":
    main()
