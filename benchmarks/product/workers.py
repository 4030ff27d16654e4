"""The analysis of many statements of many people, here and by the workers of a Dask cluster.

``python -m benchmarks.product.workers SET.jsonl [--statements 20000] [--each 5] [--opdrachten 10]
[--workers 2] [--where here workers]`` (``{"text"}`` lines). Answers are made of the set's words, so
that no two are equal, and imported; their vectors are those of the set's texts with noise (a
quarter of a vector's length), put in the cache. So the seconds are those of ``analyse`` without
encoding: reading, cutting, duplicates, themes, stances, storing. Each run has a process and a
database of its own. Prints seconds, the highest memory of the process and of one worker, and
whether both found the same themes.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from analysis.preprocessing.embeddings import encoder_named, keep_vectors
from analysis.preprocessing.statements import cut_new
from analysis.run import analyse
from analysis.scheduling.cluster import Scheduling
from benchmarks.topics import ENCODER, ROOT, vectors_file
from consultation import rounds
from consultation.catalogue import load_catalogue
from consultation.database.storage import Storage
from consultation.importing.imports import store_rows
from consultation.importing.readers import ImportFile, ImportRow
from consultation.queries.statements import active_statements
from consultation.queries.themes import theme_views

_WORDS = (8, 14)
_NOISE = 0.25
_KEPT = 5_000


def made(vectors: Path, count: int, each: int, opdrachten: int) -> tuple[list[ImportRow], Any]:
    """So many answers of one statement, ``each`` of a person, with their unit vectors."""
    with np.load(vectors, allow_pickle=True) as kept:
        rows = kept["vectors"].astype(np.float32)
        texts = [str(text) for text in kept["texts"]]
    drawn = random.Random(0)
    every = [word for text in texts for word in text.split() if word.isalpha()]
    answers: dict[str, int] = {}
    while len(answers) < count:
        place = drawn.randrange(len(texts))
        own = [word for word in texts[place].split() if word.isalpha()] or every[:1]
        size = drawn.randint(*_WORDS)
        words = [drawn.choice(own if at % 2 else every).lower() for at in range(size)]
        answers.setdefault(" ".join(words).capitalize() + ".", place)
    noise = np.random.default_rng(0).normal(size=(count, rows.shape[1])).astype(np.float32)
    beside = rows[list(answers.values())] + noise * np.float32(_NOISE / np.sqrt(rows.shape[1]))
    beside /= np.linalg.norm(beside, axis=1, keepdims=True)
    said = [
        ImportRow(
            "",
            text,
            opdracht=1 + number // each % opdrachten,
            question="drempel",
            participant=f"p{number // each}",
        )
        for number, text in enumerate(answers)
    ]
    return said, beside


def prepared(folder: Path, vectors: Path, count: int, each: int, opdrachten: int) -> None:
    """A database in a folder with the answers, cut, and their vectors."""
    catalogue = load_catalogue(ROOT / "data" / "opdrachten.yml")
    storage = Storage(f"sqlite:///{folder / 'samenspraak.db'}")
    said, beside = made(vectors, count, each, opdrachten)
    with storage.writing() as session:
        consultation = rounds.ensure_consultation(session, catalogue).id
        round_ = rounds.open_(session, consultation, 1)
        store_rows(session, consultation, round_, ImportFile("veel.jsonl", tuple(said)), catalogue)
    cut_new(storage, consultation, catalogue, ENCODER, progress=True)
    known = {row.text: vector for row, vector in zip(said, beside, strict=True)}
    encoder = encoder_named(ENCODER)
    with storage.reading() as session:
        texts = list({one.text for one in active_statements(session, consultation)} & set(known))
    for start in range(0, len(texts), _KEPT):
        part = texts[start : start + _KEPT]
        keep_vectors(storage, encoder, {text: known[text] for text in part})
    storage.close()


def child(folder: str, workers: int) -> dict[str, Any]:
    """Analyses, and tells what it cost and found."""
    catalogue = load_catalogue(ROOT / "data" / "opdrachten.yml")
    storage = Storage(f"sqlite:///{Path(folder) / 'samenspraak.db'}")
    started = time.perf_counter()
    found = analyse(
        storage,
        1,
        catalogue,
        encoder_name=ENCODER,
        spacy_model="nl_core_news_sm",
        progress=True,
        scheduling=Scheduling(workers=workers) if workers else None,
    )
    seconds = time.perf_counter() - started
    with storage.reading() as session:
        themes = [
            (number.opdracht, each.label, sorted(one.text for one in each.said))
            for number in found.opdrachten
            for each in theme_views(session, 1, number.opdracht)
        ]
    storage.close()
    own, others = (
        resource.getrusage(who).ru_maxrss // 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return {
        "seconds": round(seconds, 1),
        "statements": sum(each.statements for each in found.opdrachten),
        "themes": len(themes),
        "process_mb": own,
        "worker_mb": others if workers else 0,
        "found": sorted(themes),
    }


def main() -> None:
    """Prepares the databases, analyses each, prints a line per run and whether they agree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", type=Path)
    parser.add_argument("--vectors", type=Path)
    parser.add_argument("--statements", type=int, default=20_000)
    parser.add_argument("--each", type=int, default=5)
    parser.add_argument("--opdrachten", type=int, default=10)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--where", nargs="*", default=["here", "workers"])
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        print(json.dumps(child(str(asked.set), asked.workers)))
        return
    vectors = vectors_file(asked.set, asked.vectors)
    results = {}
    for where in asked.where:
        with tempfile.TemporaryDirectory() as folder:
            prepared(Path(folder), vectors, asked.statements, asked.each, asked.opdrachten)
            workers = asked.workers if where == "workers" else 0
            command = [sys.executable, "-W", "ignore", "-m", "benchmarks.product.workers", folder]
            command += ["--child", "--workers", str(workers)]
            done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
        results[where] = json.loads(done.stdout.splitlines()[-1])
        told = {name: value for name, value in results[where].items() if name != "found"}
        print(json.dumps({"where": where, **told}), flush=True)
    if len(results) > 1:
        found = [each["found"] for each in results.values()]
        print("the same themes" if found[0] == found[1] else "OTHER THEMES")


if __name__ == "__main__":
    main()
