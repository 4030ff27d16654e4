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
The baseline is a vote of the nearest statements of round 1 (cosine of centred vectors, k = 5 and
15, the better of the two) for the label of the theme they are in: it knows just what the mapping
knows.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.neighbors import KNeighborsClassifier
from sqlalchemy import insert

from analysis.comparison import developments
from analysis.embeddings import encoder_named, model_key, vectors_of
from analysis.result import RunResult
from analysis.run import analyse
from analysis.themes import theme_views
from consultation import rounds
from consultation.answers import text_hash
from consultation.catalogue import Catalogue, load_catalogue
from consultation.curation import append
from consultation.models import (
    Consent,
    Contribution,
    ContributionVersion,
    Embedding,
    Participant,
    Statement,
    Submission,
    new_id,
    now,
)
from consultation.storage import Storage
from language.embedding import Vectors, normalised

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "rounds.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
OPDRACHT = 4
ENCODER = "e5"


@dataclass(frozen=True)
class Labelled:
    """A labelled set with its vectors, where they are known."""

    name: str
    texts: list[str]
    labels: list[str]
    vectors: Vectors | None


def read(path: Path, vectors: Path | None) -> Labelled:
    """A set from its file; texts that come twice are kept once, as they would be one voice."""
    rows = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        rows.setdefault(" ".join(row["text"].split()), row["label"])
    texts = list(rows)
    found = None
    if vectors is not None and (vectors / f"{path.stem}.npz").exists():
        with np.load(vectors / f"{path.stem}.npz", allow_pickle=True) as kept:
            known = dict(
                zip(
                    (" ".join(str(each).split()) for each in kept["texts"]),
                    kept["vectors"],
                    strict=True,
                )
            )
        found = np.stack([known[each] for each in texts])
    return Labelled(path.stem, texts, [rows[each] for each in texts], found)


class Consulted:
    """One consultation in a database of its own, spoken to in whole statements."""

    def __init__(self, folder: str, catalogue: Catalogue) -> None:
        """Makes it, empty."""
        self.storage = Storage(f"sqlite:///{folder}/samenspraak.db")
        self.catalogue = catalogue
        self.text_of: dict[str, str] = {}
        with self.storage.writing() as session:
            self.id = rounds.ensure_consultation(session, catalogue).id

    def remember(self, texts: Sequence[str], vectors: Vectors) -> None:
        """Puts vectors in the cache."""
        model = model_key(encoder_named(ENCODER))
        with self.storage.writing() as session:
            session.execute(
                insert(Embedding),
                [
                    {
                        "model": model,
                        "text_hash": text_hash(text),
                        "vector": row.astype("<f4").tobytes(),
                    }
                    for text, row in zip(texts, vectors, strict=True)
                ],
            )

    def say(self, number: int, texts: Iterable[str]) -> None:
        """Each text is one statement of one person in this round."""
        with self.storage.writing() as session:
            for each in rounds.all_rounds(session, self.id):
                if each.status == "open" and each.number != number:
                    rounds.close(session, self.id, each.number)
            round_ = rounds.open_(session, self.id, number)
            rows: dict[Any, list[dict[str, Any]]] = defaultdict(list)
            for text in texts:
                ids = [new_id() for _ in range(5)]
                rows[Participant].append({"id": ids[0], "consultation_id": self.id})
                rows[Consent].append(
                    {
                        "participant_id": ids[0],
                        "purpose": "analyse",
                        "granted": True,
                        "version": "1",
                    }
                )
                rows[Submission].append(
                    {
                        "id": ids[1],
                        "participant_id": ids[0],
                        "round_id": round_.id,
                        "opdracht": OPDRACHT,
                    }
                )
                rows[Contribution].append(
                    {
                        "id": ids[2],
                        "submission_id": ids[1],
                        "question": "voorstel",
                        "channel": "import",
                    }
                )
                rows[ContributionVersion].append(
                    {
                        "id": ids[3],
                        "contribution_id": ids[2],
                        "version": 1,
                        "text": text,
                        "cut_at": now(),
                    }
                )
                rows[Statement].append(
                    {"id": ids[4], "contribution_version_id": ids[3], "start": 0, "end": len(text)}
                    | {"kind": "voorstel", "opdracht": OPDRACHT}
                )
                self.text_of[ids[4]] = text
            for table, own in rows.items():
                session.execute(insert(table), own)

    def analyse(self, number: int) -> tuple[RunResult, float]:
        """Runs the analysis; gives its seconds too."""
        started = time.perf_counter()
        result = analyse(
            self.storage,
            self.id,
            self.catalogue,
            encoder_name=ENCODER,
            spacy_model="nl_core_news_sm",
            round_number=number,
            opdracht=OPDRACHT,
        )
        return result, time.perf_counter() - started

    def review(self, label_of: dict[str, str]) -> dict[str, str]:
        """Names every theme by its majority label, merges those of one label, approves all. Gives
        the theme per label."""
        with self.storage.reading() as session:
            views = theme_views(session, self.id, OPDRACHT)
        named: dict[str, str] = {}
        for view in views:
            counts = Counter(label_of[self.text_of[each.id]] for each in view.said)
            label = min(counts, key=lambda each: (-counts[each], each))
            with self.storage.writing() as session:
                if label in named:
                    self._decide(session, op="merge", themes=[view.id], into=named[label])
                else:
                    named[label] = view.id
                    self._decide(session, op="rename", theme=view.id, label=label)
                    self._decide(session, op="approve", theme=view.id)
        return named

    def _decide(self, session: Any, **operation: Any) -> None:
        append(session, self.id, "bench", operation)

    def themes(self) -> dict[str, list[tuple[str, str]]]:
        """Per text the themes it stands in, as label and status, the primary one first."""
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        with self.storage.reading() as session:
            from consultation.curation_store import curated

            state = curated(session, self.id, OPDRACHT)
        for theme in state.themes_of(OPDRACHT):
            for member in theme.members:
                own = found[self.text_of[member.statement]]
                own.insert(0 if member.primary else len(own), (theme.label, theme.status))
        return found

    def told(self) -> dict[str, str]:
        """What ``compare`` tells of each theme, by label."""
        with self.storage.reading() as session:
            rows = developments(session, self.id, OPDRACHT, 1, 2)
        return {each.label: each.kind + (" (proposed)" if each.proposed else "") for each in rows}


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
    inside = [row for row, each in enumerate(first) if before[data.texts[each]]]
    target = [before[data.texts[first[row]]][0][0] for row in inside]
    votes = {
        k: f1(
            [
                {each}
                for each in KNeighborsClassifier(k, metric="cosine")
                .fit(old[inside], target)
                .predict(new)
            ],
            gold,
            known,
        )
        for k in (5, 15)
    }
    best = max(votes.values())
    (figures,) = result.opdrachten
    return {
        "set": data.name,
        "seed": seed,
        "themes": len(known),
        "labels": len(set(data.labels)),
        "survived": len(survived & known) / len(known),
        "stayed": float(np.mean(kept)),
        "f1": f1(approved, gold, known),
        "f1_primary": f1(primary, gold, known),
        "knn": best,
        "gain": f1(approved, gold, known) - best,
        "without": float(np.mean([not each for each in approved])),
        "new_themes": sum(kind == "new" for kind in told.values()),
        "proposals": figures.proposals,
        "rerun_reused": again.reused,
    }


def planted(data: Labelled, catalogue: Catalogue, seed: int) -> dict[str, Any]:
    """A label that only round 2 has, one that only round 1 has, and a copy: what is told?"""
    rng = np.random.default_rng(seed)
    counts = Counter(data.labels)
    fresh, fading = sorted(counts, key=lambda each: (-counts[each], each))[1:3]
    order = rng.permutation(len(data.texts))
    label_of = dict(zip(data.texts, data.labels, strict=True))
    rows: dict[str, Any] = {"set": data.name, "seed": seed, "new": fresh, "fading": fading}
    halves = (order[: 2 * len(order) // 3], order[2 * len(order) // 3 :])
    plans = {
        "changed": (
            [each for each in halves[0] if data.labels[each] != fresh],
            [
                each
                for each in order
                if data.labels[each] == fresh
                or (each in set(halves[1]) and data.labels[each] != fading)
            ],
        ),
        "copy": (list(halves[0]), list(halves[0])),
    }
    for name, (first, second) in plans.items():
        with tempfile.TemporaryDirectory() as folder:
            place = Consulted(folder, catalogue)
            if data.vectors is not None:
                place.remember(data.texts, data.vectors)
            place.say(1, [data.texts[each] for each in first])
            place.analyse(1)
            named = place.review(label_of)
            place.say(2, [data.texts[each] for each in second])
            place.analyse(2)
            told = place.told()
            if name == "copy":
                rows["alarms on a copy"] = sum(kind != "same" for kind in told.values())
                continue
            themes = place.themes()
            new = [label for label, kind in told.items() if kind == "new"]
            held = Counter(
                own[0][0] for text, own in themes.items() if own and label_of[text] == fresh
            )
            rows["new told"] = any(held[each] > 0.3 * counts[fresh] for each in new)
            rows["other new"] = sum(held[each] <= 0.3 * counts[fresh] for each in new)
            rows["fading told"] = told.get(fading, "no theme")
            rows["others"] = dict(
                Counter(kind for label, kind in told.items() if label in named and label != fading)
            )
    return rows


def scale(data: Labelled, catalogue: Catalogue, size: int) -> dict[str, Any]:
    """The cost of a rerun with 1 % new texts, embedding included, against that of the first run."""
    texts = data.texts[:size]
    extra = data.texts[size : size + size // 100]
    encoder = encoder_named(ENCODER)
    sample = texts[:: max(1, size // 400)]
    started = time.perf_counter()
    encoder.encode(sample)
    per_text = (time.perf_counter() - started) / len(sample)
    with tempfile.TemporaryDirectory() as folder:
        place = Consulted(folder, catalogue)
        if data.vectors is not None:
            place.remember(texts, data.vectors[:size])
        place.say(1, texts)
        _, first = place.analyse(1)
        place.say(1, extra)
        result, again = place.analyse(1)
    embedding = per_text * size if data.vectors is not None else 0.0
    return {
        "texts": len(texts),
        "new": len(extra),
        "embedding": embedding,
        "first": first,
        "rerun": again,
        "share": again / (first + embedding),
        "share_of_analysis": again / first,
        "mapped": result.opdrachten[0].mapped,
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
    sets = [read(each, asked.vectors) for each in asked.sets]
    if sets:
        rows = []
        for data in sets:
            for seed in range(asked.seeds):
                rows.append(two_rounds(data, catalogue, seed))
                print(table(rows[-1:]), file=sys.stderr, flush=True)
        parts.append("### Two rounds, 2:1\n\n" + table(rows))
        told = [planted(data, catalogue, 0) for data in sets]
        parts.append("### Planted\n\n" + table(told))
    if asked.scale:
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
