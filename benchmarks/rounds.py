"""Two rounds of a labelled set: do decisions survive, do new statements find their theme, is what
is really new, split or fading told, and what does a small rerun cost?

``python -m benchmarks.rounds SET.jsonl ...`` (``{"text", "label"}`` lines) plays it through the
product: a database, the first two thirds as round 1, ``analyse``, each theme named by the label
that most of its statements bear, themes of one label merged, all approved; then the rest as
round 2. ``--scale FILE`` measures the cost of a rerun with 1 % new texts. ``--vectors DIR`` takes
vectors from ``SET.npz`` (``vectors``, and ``texts`` in the same order) instead of computing them.
``--write`` puts the tables in ``docs/rounds.md``.

F1 counts pairs of a new statement and a theme, micro-averaged. A pair is right when the theme
bears the statement's label; statements whose label no theme of round 1 bears can only be wrong.
The baseline is a vote of the k nearest statements of round 1 (cosine of centred vectors) for the
label of the theme they are in, with k = 1, 5 (scikit-learn's own choice; ``gain`` is against it)
and 15; ``over best`` is the gain against whichever of the three did best. The mapping also reads
the themes' labels, which the baseline cannot. ``ceiling`` is what a discriminant gets that learned
from round 1's gold labels instead of its themes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.neighbors import KNeighborsClassifier

from analysis.clustering import stability
from analysis.preprocessing.embeddings import encoder_named, vectors_of
from benchmarks.product.consulted import ENCODER, Consulted, Cost, Labelled, read
from consultation.catalogue import Catalogue, load_catalogue
from language.embedding import normalised

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "rounds.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
_FEW = 0.1
_MUCH = 0.3


def f1(found: Sequence[set[str]], gold: Sequence[str], known: set[str]) -> float:
    """Micro-averaged F1 of label sets; only labels that a theme bears can be found."""
    right = sum(label in each for each, label in zip(found, gold, strict=True))
    given = sum(len(each) for each in found)
    return 2 * right / max(given + sum(label in known for label in gold), 1)


def two_rounds(data: Labelled, catalogue: Catalogue, seed: int) -> dict[str, Any]:
    """One split of a set; the row of the table."""
    order = np.random.default_rng(seed).permutation(len(data.texts))
    cut = 2 * len(order) // 3
    first, second = order[:cut], order[cut:]
    label_of = dict(zip(data.texts, data.labels, strict=True))
    with tempfile.TemporaryDirectory() as folder:
        place = Consulted(folder, catalogue)
        if data.vectors is not None:
            place.remember(data.texts, data.vectors)
        vectors = vectors_of(place.storage, encoder_named(ENCODER), data.texts, progress=True)
        place.say(1, [data.texts[row] for row in first])
        place.analyse(1)
        named = place.review(label_of)
        before = place.themes()
        place.say(2, [data.texts[row] for row in second])
        result, _ = place.analyse(2)
        after = place.themes()
        told = place.told()
        again, _ = place.analyse(2)
    known = set(named)
    gold = [data.labels[row] for row in second]
    approved = [
        {label for label, status in after[data.texts[row]] if status == "goedgekeurd"}
        for row in second
    ]
    primary = [
        {after[data.texts[row]][0][0]} & known if after[data.texts[row]] else set()
        for row in second
    ]
    survived = {label for own in after.values() for label, status in own if status == "goedgekeurd"}
    kept = [before[text] == after[text] for text in before if before[text]]
    mean = vectors[first].mean(axis=0)
    old, new = normalised(vectors[first] - mean), normalised(vectors[second] - mean)
    inside = np.array([row for row, each in enumerate(first) if before[data.texts[each]]])
    target = [before[data.texts[first[row]]][0][0] for row in inside]

    def learned(model: Any, rows: npt.NDArray[np.int64], labels: Sequence[str]) -> float:
        return f1([{each} for each in model.fit(old[rows], labels).predict(new)], gold, known)

    votes = {
        f"knn {k}": learned(KNeighborsClassifier(k, metric="cosine"), inside, target)
        for k in (1, 5, 15)
    }
    gold_first = [data.labels[row] for row in first]
    discriminant = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
    score = f1(approved, gold, known)
    (figures,) = result.opdrachten
    return {
        "set": data.name,
        "seed": seed,
        "themes": len(known),
        "labels": len(set(data.labels)),
        "survived": len(survived & known) / len(known),
        "stayed": float(np.mean(kept)),
        "purity": float(
            np.mean([gold_first[row] == each for row, each in zip(inside, target, strict=True)])
        ),
        "f1": score,
        "f1_primary": f1(primary, gold, known),
        **votes,
        "gain": score - votes["knn 5"],
        "over best": score - max(votes.values()),
        "ceiling": learned(discriminant, np.arange(len(old)), gold_first),
        "without": float(np.mean([not each for each in approved])),
        "new_themes": sum(kind == "new" for kind in told.values()),
        "proposals": figures.proposals,
        "rerun_reused": again.reused,
    }


def planted(data: Labelled, catalogue: Catalogue, seed: int) -> dict[str, Any]:
    """A label that only round 2 has, one that only round 1 has, one that round 1 has few of and
    that bears the name of another there, and a copy: what is told?
    """
    counts = Counter(data.labels)
    whole, part, fading = sorted(counts, key=lambda each: (-counts[each], each))[:3]
    order = np.random.default_rng(seed).permutation(len(data.texts))
    first, second = np.split(order, [2 * len(order) // 3])
    is_part = np.array([each == part for each in data.labels])
    is_fading = np.array([each == fading for each in data.labels])
    own = order[is_part[order]]
    its = {data.texts[each] for each in own}
    few = round(_FEW * len(own))
    rest = first[~is_part[first]], second[~is_part[second]]
    rows: dict[str, Any] = {"set": data.name, "new": part}
    with tempfile.TemporaryDirectory() as folder:
        place = played(
            folder, data, catalogue, rest[0], np.r_[own, rest[1][~is_fading[rest[1]]]], {}
        )
        told, held = place.told(), place.held(its)
        new = [label for label, kind in told.items() if kind == "new"]
        rows["new told"] = any(held[each] > _MUCH * len(own) for each in new)
        rows["other new"] = sum(held[each] <= _MUCH * len(own) for each in new)
        rows["fading"] = fading
        rows["purity"] = place.purity.get(fading, 0.0)
        rows["fading told"] = told.get(fading, "no theme")
        rows["others"] = dict(
            Counter(
                kind for label, kind in told.items() if label in place.purity and label != fading
            )
        )
    with tempfile.TemporaryDirectory() as folder:
        place = played(
            folder,
            data,
            catalogue,
            np.r_[rest[0], own[:few]],
            np.r_[rest[1], own[few:]],
            {part: whole},
        )
        told, held = place.told(), place.held(its)
        rows["split"] = f"{few} of {len(own)} {part} called {whole}"
        rows["split told"] = (
            "yes"
            if place.parted(its)
            else "as new"
            if any(held[each] > _MUCH * len(own) for each, kind in told.items() if kind == "new")
            else "no"
        )
    with tempfile.TemporaryDirectory() as folder:
        place = played(folder, data, catalogue, first, first, {})
        rows["alarms on a copy"] = sum(kind != "same" for kind in place.told().values())
    return rows


def played(
    folder: str,
    data: Labelled,
    catalogue: Catalogue,
    first: npt.NDArray[np.int64],
    second: npt.NDArray[np.int64],
    called: dict[str, str],
) -> Consulted:
    """Two rounds of these rows; ``called`` gives the labels that the reviewer knows by another
    name.
    """
    label_of = {
        text: called.get(label, label) for text, label in zip(data.texts, data.labels, strict=True)
    }
    place = Consulted(folder, catalogue)
    if data.vectors is not None:
        place.remember(data.texts, data.vectors)
    place.say(1, [data.texts[each] for each in first])
    place.analyse(1)
    place.review(label_of)
    place.say(2, [data.texts[each] for each in second])
    place.analyse(2)
    return place


def scale(data: Labelled, catalogue: Catalogue, size: int) -> dict[str, Any]:
    """The cost of a rerun with 1 % new texts, embedding included, against that of the first run."""
    texts = data.texts[:size]
    extra = data.texts[size : size + size // 100]
    encoder = encoder_named(ENCODER)
    sample = texts[:: max(1, size // 400)]
    started = Cost.now()
    encoder.encode(sample)
    spent = Cost.now() - started
    times = size / len(sample) if data.vectors is not None else 0.0
    with tempfile.TemporaryDirectory() as folder:
        place = Consulted(folder, catalogue)
        if data.vectors is not None:
            place.remember(texts, data.vectors[:size])
        place.say(1, texts)
        _, first = place.analyse(1)
        place.say(1, extra)
        result, again = place.analyse(1)
    return {
        "texts": len(texts),
        "new": len(extra),
        "mapped": result.opdrachten[0].mapped,
        "embedding s": spent.seconds * times,
        "first run s": first.seconds,
        "rerun s": again.seconds,
        "share": again.seconds / (first.seconds + spent.seconds * times),
        "share of processor": again.processor / (first.processor + spent.processor * times),
        "share without embedding": again.processor / first.processor,
    }


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Rows as a Markdown table."""
    names = list(rows[0])
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    lines += ["| " + " | ".join(_cell(row[name]) for name in names) + " |" for row in rows]
    return "\n".join(lines)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3f}" if abs(value) < 10 else f"{value:.0f}"
    if isinstance(value, dict):
        return ", ".join(f"{count} {name}" for name, count in value.items())
    return str(value)


def main() -> None:
    """Measures and prints; writes the page where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", type=Path)
    parser.add_argument("--vectors", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--scale", type=Path)
    parser.add_argument("--size", type=int, default=20_000)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    catalogue = load_catalogue(ROOT / "data" / "opdrachten.yml")
    parts = []
    usual = stability.SUBSAMPLES
    sets = [read(each, asked.vectors) for each in asked.sets]
    if sets:
        stability.SUBSAMPLES = 1  # how stable themes are is not asked here
        rows = []
        for data in sets:
            for seed in range(asked.seeds):
                rows.append(two_rounds(data, catalogue, seed))
                print(table(rows[-1:]), file=sys.stderr, flush=True)
        parts.append("### Two rounds, 2:1\n\n" + table(rows))
        told = [planted(data, catalogue, 0) for data in sets]
        parts.append("### Planted\n\n" + table(told))
    if asked.scale:
        stability.SUBSAMPLES = usual
        row = scale(read(asked.scale, asked.vectors), catalogue, asked.size)
        parts.append("### A rerun with 1 % new texts\n\n" + table([row]))
    text = "\n\n".join(parts)
    print(text)
    if asked.write:
        page = PAGE.read_text(encoding="utf-8")
        head, tail = page.split(BEGIN)[0], page.split(END)[1]
        PAGE.write_text(f"{head}{BEGIN}\n\n{text}\n\n{END}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
