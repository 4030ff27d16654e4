"""Compares ways to understand what people type, and writes ``docs/understanding.md``'s tables.

``python -m benchmarks.nlu`` cross-validates on the training data (``data/nlu/``) and measures on
the held-out set (``tests/data/nlu_*.jsonl``), which was written apart from it. ``--write`` puts the
tables between the marks in the page. It takes some minutes.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import spacy
import yaml
from sklearn.model_selection import StratifiedKFold

from bot.intent_model import IntentModel
from bot.judgement import CONTENT, CONTENT_IN_QUESTION, judge
from language.embedding import load_encoder

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "understanding.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
STEPS = {"vraag": "vraag", "kies": "opdracht", "bevestig": "bevestigen", "start": "start"}
SHARED = ("regeerakkoord_vl_zinnen", "moties_onderwijs")
DUTCH = ("nl_core_news_lg", "nl_core_news_md", "nl_core_news_sm")
WAYS: dict[str, dict[str, Any]] = {
    "n-grams and vectors (ours)": {},
    "n-grams alone": {"vector_weight": 0.0},
    "vectors alone": {"vector_weight": 4.0, "ngrams": False},
}
Job = tuple[dict[str, Any], list[str], np.ndarray, list[str], list[str], np.ndarray]


def training() -> list[tuple[str, str]]:
    """The examples of ``data/nlu/`` with their intents."""
    found = []
    for path in sorted((ROOT / "data" / "nlu").glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            for line in block.get("examples", "").splitlines():
                if line.startswith("- "):
                    found.append((line[2:].strip(), block["intent"]))
    return found


def held_out() -> list[dict[str, str]]:
    """The test set: text, intent and the context in which it is said."""
    return [
        json.loads(line)
        for name in ("nlu_opdrachten", "nlu_bijdragen")
        for line in (ROOT / "tests" / "data" / f"{name}.jsonl").read_text("utf-8").splitlines()
    ]


def fitted(job: Job) -> tuple[list[str], np.ndarray]:
    """Trains on the first texts and gives the chances of the last."""
    options, texts, vectors, intents, asked, asked_vectors = job
    model = IntentModel(**options).fit(texts, vectors, intents)
    return model.intents, model.chances(asked, asked_vectors)


def judged(intents: list[str], rows: np.ndarray, texts: list[str], steps: list[str]) -> list[str]:
    """What the guard makes of each text in its place."""
    limit = threshold()
    return [
        judge(dict(zip(intents, row, strict=True)), text, step, limit)
        for row, text, step in zip(rows, texts, steps, strict=True)
    ]


def threshold() -> float:
    """The guard's threshold, as the assistant is configured."""
    parts = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    return float(next(part["command_threshold"] for part in parts if "command_threshold" in part))


def share(values: Sequence[bool]) -> str:
    """A share in per cent."""
    return f"{100 * float(np.mean(values)):.1f} %"


def contents_taken(truth: list[str], found: list[str]) -> str:
    """The share of contents that would be taken for something else."""
    return share([a != CONTENT for a, b in zip(found, truth, strict=True) if b == CONTENT])


def measure(folds: int) -> str:
    """The page's tables."""
    examples, asked = training(), held_out()
    texts, intents = [text for text, _ in examples], [intent for _, intent in examples]
    probes = [row["text"] for row in asked]
    truth, steps = [row["intent"] for row in asked], [STEPS[row["context"]] for row in asked]
    encoder = load_encoder("e5")
    vectors, probe_vectors = encoder.encode(texts), encoder.encode(probes)
    cuts = list(StratifiedKFold(folds, shuffle=True, random_state=1).split(texts, intents))
    table = [
        f"{len(examples)} training examples, {len(asked)} held-out texts, {folds} folds,"
        f" threshold {threshold()}.",
        "",
        "| way | cross-validated: intent | cross-validated: contents taken"
        " | held-out: commands | held-out: contents taken | ms per text |",
        "|---|---|---|---|---|---|",
    ]
    ours: list[str] = []
    curve: list[str] = []
    with ProcessPoolExecutor(2) as pool:
        for way, options in WAYS.items():
            print(f"{way} ...", file=sys.stderr)
            jobs: list[Job] = [
                (
                    options,
                    [texts[i] for i in known],
                    vectors[known],
                    [intents[i] for i in known],
                    [texts[i] for i in new],
                    vectors[new],
                )
                for known, new in cuts
            ]
            jobs.append((options, texts, vectors, intents, probes, probe_vectors))
            *parts, (names, rows) = pool.map(fitted, jobs)
            crossed = np.zeros((len(texts), len(names)))
            for (_, new), (_, part) in zip(cuts, parts, strict=True):
                crossed[new] = part
            guess = [names[place] for place in crossed.argmax(axis=1)]
            stored = judged(names, crossed, texts, ["vraag"] * len(texts))
            found = judged(names, rows, probes, steps)
            cells = (
                way,
                share([a == b for a, b in zip(guess, intents, strict=True)]),
                contents_taken(intents, stored),
                share([a == b for a, b in zip(found, truth, strict=True) if b != CONTENT]),
                contents_taken(truth, found),
                f"{milliseconds(options, texts, vectors, intents, probes):.1f}",
            )
            table.append(f"| {' | '.join(cells)} |")
            if not options:
                ours = found
                curve = thresholds(names, crossed, intents)
    table += ["", "DIET was not measured.", spacy_line()]
    policy = shared_lines(texts, vectors, intents)
    return "\n".join([*table, "", *curve, "", *confusions(truth, ours), "", *policy])


def thresholds(names: list[str], crossed: np.ndarray, intents: list[str]) -> list[str]:
    """The cross-validated exchange of lost commands for lost contents."""
    places = [place for place, name in enumerate(names) if name not in CONTENT_IN_QUESTION]
    likely = crossed[:, places].sum(axis=1)
    best = [names[places[place]] for place in crossed[:, places].argmax(axis=1)]
    content = np.array([intent == CONTENT for intent in intents])
    command = np.array([intent not in CONTENT_IN_QUESTION for intent in intents])
    right = np.array([a == b for a, b in zip(best, intents, strict=True)])
    lines = [
        "| threshold (training data, cross-validated) | commands right | contents taken |",
        "|---|---|---|",
    ]
    for limit in (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9):
        over = likely >= limit
        lines.append(f"| {limit} | {share((right & over)[command])} | {share(over[content])} |")
    return lines


def confusions(truth: list[str], found: list[str]) -> list[str]:
    """Per intent what was right, and what else it was taken for."""
    total, right = Counter(truth), Counter(a for a, b in zip(truth, found, strict=True) if a == b)
    wrong = Counter((a, b) for a, b in zip(truth, found, strict=True) if a != b)
    lines = ["| intent (held-out) | right | taken for |", "|---|---|---|"]
    for intent in sorted(total, key=lambda name: right[name] / total[name]):
        others = ", ".join(f"{b} {n}" for (a, b), n in wrong.most_common() if a == intent)
        lines.append(f"| {intent} | {right[intent]}/{total[intent]} | {others or '-'} |")
    return lines


def shared_lines(texts: list[str], vectors: np.ndarray, intents: list[str]) -> list[str]:
    """How much of real policy texts would be taken for something else."""
    lines = ["| texts beside the project, as answers | not stored as content |", "|---|---|"]
    model = IntentModel().fit(texts, vectors, intents)
    for name in SHARED:
        path = ROOT.parent / "shared" / "data" / f"{name}.jsonl"
        if not path.exists():
            lines.append(f"| {name} | skipped: the file is not there |")
            continue
        rows = [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines()]
        chances = model.chances(rows, load_encoder("e5").encode(rows))
        found = judged(model.intents, chances, rows, ["vraag"] * len(rows))
        taken = sum(intent != CONTENT for intent in found)
        lines.append(f"| {name} | {taken} of {len(rows)} ({100 * taken / len(rows):.2f} %) |")
    return lines


def milliseconds(
    options: dict[str, Any],
    texts: list[str],
    vectors: np.ndarray,
    intents: list[str],
    probes: list[str],
) -> float:
    """One text at a time, vector included, without what Rasa adds; on a model of few examples."""
    model = IntentModel(**options).fit(texts[::4], vectors[::4], intents[::4])
    encoder, some = load_encoder("e5"), probes[::5]
    begin = time.perf_counter()
    for text in some:
        vector = encoder.encode([text]) if options.get("vector_weight") != 0.0 else vectors[:1]
        model.chances([text], vector)
    return 1000 * (time.perf_counter() - begin) / len(some)


def spacy_line() -> str:
    """Why spaCy's features are not in the table."""
    if any(spacy.util.is_package(name) for name in DUTCH):
        return "spaCy's features were not measured; a Dutch model is there, so they could be."
    return "spaCy's features were skipped: no Dutch model is installed here."


def main() -> None:
    """Measures, prints and on request writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help=f"put the tables into {PAGE.name}")
    options = parser.parse_args()
    tables = measure(options.folds)
    print(tables)
    if options.write:
        page = PAGE.read_text(encoding="utf-8")
        before, after = page.split(BEGIN)[0], page.split(END)[1]
        PAGE.write_text(f"{before}{BEGIN}\n{tables}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
