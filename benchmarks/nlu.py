"""Compares ways to understand what people type, and writes the tables of ``docs/understanding.md``.

``python -m benchmarks.nlu`` measures on the training data (``data/nlu/``) and on the held-out sets
(``tests/data/``), each written apart from it. To compare ways, each is trained once on the same
part of the training data and asked the rest; Rasa's DIET, in the bot's environment, on samples of
both and for few epochs, as it is slow, and ours on those samples too. Each runs in a process of its
own, so that its memory is its own. Ours is cross-validated besides, and then trained on all for the
tables of confusions. ``--write`` puts the tables between the marks in the page.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from sklearn.model_selection import StratifiedKFold, train_test_split

from bot.nlu.intent_model import IntentModel, has_vector
from bot.nlu.judgement import CONTENT, CONTENT_IN_QUESTION, judge
from bot.nlu.vector_cache import FOLDER
from consultation.settings import Settings
from language.embedding import kept_vectors, load_encoder
from language.pipeline import load_pipeline
from samenspraak.processes import BOT_PYTHON, rasa_environment
from samenspraak.understanding import STEPS

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "understanding.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
SETS = {
    "1": ("nlu_opdrachten", "nlu_bijdragen"),
    "2": ("nlu2_opdrachten", "nlu2_bijdragen"),
    "3": ("nlu3_opdrachten", "nlu3_bijdragen"),
    "4": ("nlu4_opdrachten", "nlu4_bijdragen"),
}
SHARED = ("regeerakkoord_vl_zinnen", "moties_onderwijs")
ALLOWED = 0.015
LIMITS = np.round(np.arange(0.5, 0.995, 0.01), 2)
SHOWN = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95)
LONGEST = 16


@dataclass(frozen=True)
class Way:
    """One way to understand: its name, the vectors it reads, and the classifier's options."""

    name: str
    vectors: str
    options: dict[str, Any]


WAYS = (
    Way("n-grams and e5 (ours)", "e5", {}),
    Way("n-grams alone", "e5", {"vector_weight": 0.0}),
    Way("e5 alone", "e5", {"vector_weight": 4.0, "ngrams": False}),
    Way("n-grams and spaCy's vectors", "spacy", {}),
)
OURS = WAYS[0]


@dataclass(frozen=True)
class Found:
    """What a way, trained on a part, makes of training texts left out of it and of the held-out
    texts: a row of chances each. ``tried`` holds the places of the former in the training data.
    """

    crossed: np.ndarray
    rows: np.ndarray
    tried: np.ndarray
    seconds: float
    milliseconds: float
    megabytes: float


@dataclass(frozen=True)
class Texts:
    """All texts, in order: training, held-out."""

    examples: list[tuple[str, str]]
    held_out: list[dict[str, str]]

    @property
    def known(self) -> list[str]:
        """The training texts."""
        return [text for text, _ in self.examples]

    @property
    def intents(self) -> list[str]:
        """The training texts' intents."""
        return [intent for _, intent in self.examples]

    @property
    def probes(self) -> list[str]:
        """The held-out texts."""
        return [row["text"] for row in self.held_out]


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
    """The test sets: text, intent, the context in which it is said, and which set it is of.

    What set 3 calls off topic or another language is said while a question is open: an answer then.
    """
    rows = [
        {**json.loads(line), "set": number}
        for number, names in SETS.items()
        for name in names
        for line in (ROOT / "tests" / "data" / f"{name}.jsonl").read_text("utf-8").splitlines()
    ]
    for row in rows:
        if row["context"] == "vraag" and row["intent"] in CONTENT_IN_QUESTION:
            row["intent"] = CONTENT
    return rows


def spacy_vectors(texts: Sequence[str]) -> np.ndarray:
    """SpaCy's vector of each text; a pipeline without any gives (texts, 0)."""
    pipeline = load_pipeline(Settings().spacy_model)
    docs = pipeline.pipe(texts, batch_size=256)
    return np.stack([np.asarray(doc.vector, dtype=np.float64) for doc in docs])


def encoded(kind: str, texts: Sequence[str]) -> np.ndarray:
    """The vectors of one kind, for these texts."""
    if kind == "spacy":
        return spacy_vectors(texts)
    return kept_vectors(texts, load_encoder(kind), ROOT / FOLDER / "benchmark")


def folds(intents: Sequence[str], count: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """The same cuts for every way."""
    return list(StratifiedKFold(count, shuffle=True, random_state=1).split(intents, intents))


def sampled(part: np.ndarray, intents: list[str], count: int) -> np.ndarray:
    """Some of a part's places, with each intent in proportion."""
    truth = [intents[i] for i in part]
    kept, _ = train_test_split(part, train_size=count, stratify=truth, random_state=1)
    return np.sort(kept)


def shared(known: list[str], vectors: np.ndarray, part: np.ndarray) -> tuple[np.ndarray, list[int]]:
    """The vectors of a part of the examples that a training has, and their places in the part."""
    share = configured("vector_share")
    places = [place for place, i in enumerate(part) if has_vector(known[i], share)]
    return vectors[part[places]], places


def measured(
    way: Way, texts: Texts, vectors: np.ndarray, old: np.ndarray, new: np.ndarray
) -> Found:
    """Trains one way on ``old`` and asks it ``new``; runs in a process of its own."""
    known = texts.known
    mine, theirs = vectors[: len(known)], vectors[len(known) :]
    begin = time.perf_counter()
    model = IntentModel(**way.options).fit(
        [known[i] for i in old], [texts.intents[i] for i in old], *shared(known, mine, old)
    )
    seconds = time.perf_counter() - begin
    crossed = model.chances([known[i] for i in new], mine[new])
    some = texts.probes[::12]
    needs_vector = way.options.get("vector_weight") != 0.0
    if needs_vector:
        encoded_once(way.vectors, some[0])
    begin = time.perf_counter()
    for text in some:
        vector = encoded_once(way.vectors, text) if needs_vector else mine[:1]
        model.chances([text], vector)
    each = 1000 * (time.perf_counter() - begin) / len(some)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Found(crossed, model.chances(texts.probes, theirs), new, seconds, each, peak)


def together(parts: list[Found]) -> Found:
    """The folds of one way as one; what only one model has is the first's."""
    crossed = np.concatenate([found.crossed for found in parts])
    tried = np.concatenate([found.tried for found in parts])
    return replace(parts[0], crossed=crossed, tried=tried)


def encoded_once(kind: str, text: str) -> np.ndarray:
    """One text's vector, not from the cache."""
    return spacy_vectors([text]) if kind == "spacy" else load_encoder(kind).encode([text])


def diet(texts: Texts, old: np.ndarray, new: np.ndarray, epochs: int) -> Found:
    """Rasa's DIET, trained on ``old`` and asked ``new``, in the bot's environment."""
    known = texts.known
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        train, ask, out = folder / "train.json", folder / "ask.json", folder / "out.json"
        train.write_text(json.dumps([texts.examples[i] for i in old]), encoding="utf-8")
        ask.write_text(json.dumps([known[i] for i in new] + texts.probes), encoding="utf-8")
        child = subprocess.Popen(
            [
                *(str(BOT_PYTHON), "-W", "ignore", "-m", "benchmarks.nlu_diet"),
                *(str(train), str(ask), str(out), str(epochs)),
            ],
            cwd=ROOT,
            env=rasa_environment(Settings()),
            stdout=sys.stderr,
        )
        _, status, used = os.wait4(child.pid, 0)
        if status:
            raise SystemExit("DIET could not be trained; its message stands above.")
        answer = json.loads(out.read_text(encoding="utf-8"))
    rows = np.array(answer["chances"])
    return Found(
        rows[: len(new)],
        rows[len(new) :],
        new,
        answer["seconds"],
        answer["milliseconds"],
        used.ru_maxrss / 1024,
    )


def pleas(names: list[str], rows: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """How much pleads for a command in an open question, and which, as ``judge`` sees it."""
    places = [place for place, name in enumerate(names) if name not in CONTENT_IN_QUESTION]
    likely = rows[:, places].sum(axis=1)
    against = likely / np.maximum(likely + rows[:, names.index(CONTENT)], 1e-9)
    best = [names[places[place]] for place in rows[:, places].argmax(axis=1)]
    return np.where(likely >= 0.5, against, 0.0), best


def curve(names: list[str], found: Found, intents: list[str]) -> list[tuple[float, float, float]]:
    """Per threshold the share of commands right and of contents taken, cross-validated."""
    plea, best = pleas(names, found.crossed)
    truth = [intents[i] for i in found.tried]
    command = np.array([name not in CONTENT_IN_QUESTION for name in truth])
    content = np.array([name == CONTENT for name in truth])
    right = np.array([a == b for a, b in zip(best, truth, strict=True)])
    return [
        (
            float(limit),
            float((right & (plea >= limit))[command].mean()),
            float((plea >= limit)[content].mean()),
        )
        for limit in LIMITS
    ]


def threshold() -> float:
    """The guard's threshold, as the assistant is configured."""
    return configured("command_threshold")


def configured(option: str) -> float:
    """An option of the pipeline, as the assistant is configured."""
    parts = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    return float(next(part[option] for part in parts if option in part))


def judged(names: list[str], rows: np.ndarray, texts: Texts, limit: float) -> list[str]:
    """What the guard makes of each held-out text in its place."""
    return [
        judge(dict(zip(names, row, strict=True)), asked["text"], STEPS[asked["context"]], limit)
        for row, asked in zip(rows, texts.held_out, strict=True)
    ]


def scores(found: list[str], texts: Texts, number: str) -> tuple[int, int, int, int]:
    """Of one set: commands right, commands, contents taken, contents."""
    pairs = [
        (asked["intent"], intent)
        for asked, intent in zip(texts.held_out, found, strict=True)
        if asked["set"] == number
    ]
    commands = [a == b for a, b in pairs if a != CONTENT]
    contents = [a != b for a, b in pairs if a == CONTENT]
    return sum(commands), len(commands), sum(contents), len(contents)


def accuracy(names: list[str], found: Found, texts: Texts) -> float:
    """The share of left-out training texts that get their own intent."""
    first = [names[place] for place in found.crossed.argmax(axis=1)]
    return float(np.mean([a == texts.intents[i] for a, i in zip(first, found.tried, strict=True)]))


def line(way: str, names: list[str], found: Found, texts: Texts) -> str:
    """A way's row of the table, at the threshold that takes as few contents as allowed."""
    few = [row for row in curve(names, found, texts.intents) if row[2] <= ALLOWED]
    limit, right = few[0][:2] if few else (float(LIMITS[-1]), None)
    cells = [way, f"{100 * accuracy(names, found, texts):.1f} %", f"{limit:.2f}"]
    cells.append("-" if right is None else f"{100 * right:.1f} %")
    answers = judged(names, found.rows, texts, limit)
    for number in SETS:
        good, commands, lost, contents = scores(answers, texts, number)
        cells += [f"{100 * good / commands:.1f} %", f"{100 * lost / contents:.1f} %"]
    cells += [f"{found.seconds:.0f}", f"{found.milliseconds:.0f}", f"{found.megabytes:.0f}"]
    return f"| {' | '.join(cells)} |"


def confusions(found: list[str], texts: Texts) -> list[str]:
    """Per intent and set what was right, and what else it was taken for."""
    lines = []
    for number in SETS:
        pairs = [
            (asked["intent"], intent)
            for asked, intent in zip(texts.held_out, found, strict=True)
            if asked["set"] == number
        ]
        good, commands, lost, contents = scores(found, texts, number)
        lines += [
            "",
            f"Held-out set {number}: commands {good} of {commands}"
            f" ({100 * good / commands:.1f} %), contents taken {lost} of {contents}"
            f" ({100 * lost / contents:.1f} %).",
            "",
            f"| intent (set {number}) | right | taken for |",
            "|---|---|---|",
        ]
        total = Counter(a for a, _ in pairs)
        right, wrong = (
            Counter(a for a, b in pairs if a == b),
            Counter(p for p in pairs if p[0] != p[1]),
        )
        for intent in sorted(total, key=lambda name: (right[name] / total[name], name)):
            others = ", ".join(f"{b} {n}" for (a, b), n in wrong.most_common() if a == intent)
            lines.append(f"| {intent} | {right[intent]}/{total[intent]} | {others or '-'} |")
    return lines


def policy(model: IntentModel) -> list[str]:
    """How much of real policy texts would be taken for something else."""
    lines = ["| policy texts, as answers | not stored as content |", "|---|---|"]
    encoder = load_encoder("e5")
    for name in SHARED:
        path = ROOT.parent / "shared" / "data" / f"{name}.jsonl"
        if not path.exists():
            lines.append(f"| {name} | skipped: the file is not there |")
            continue
        rows = [json.loads(row)["text"] for row in path.read_text("utf-8").splitlines()]
        # What is longer is content whatever its words: only the rest has to be looked at.
        short = [text for text in rows if len(text.split()) <= LONGEST]
        chances = model.chances(short, kept_vectors(short, encoder, ROOT / FOLDER / name))
        taken = sum(
            judge(dict(zip(model.intents, row, strict=True)), text, "vraag", threshold()) != CONTENT
            for text, row in zip(short, chances, strict=True)
        )
        lines.append(f"| {name} | {taken} of {len(rows)} ({100 * taken / len(rows):.2f} %) |")
    return lines


def measure(count: int, sample: int, epochs: int) -> str:
    """The page's tables."""
    texts = Texts(training(), held_out())
    names = sorted(set(texts.intents))
    cuts = folds(texts.intents, count)
    old, new = cuts[0]
    few = sampled(old, texts.intents, sample)
    others = sampled(new, texts.intents, sample // 2)
    table = [
        f"{len(texts.examples)} training examples; each way is trained on {len(old)} of them and"
        f" asked the other {len(new)}. Each at its own threshold: the lowest that takes at most"
        f" {100 * ALLOWED:.1f} % of the contents among those (a dash: none does, so the highest).",
        "",
        "| way | intent | threshold | commands |"
        + "".join(f" set {number}: commands | set {number}: taken |" for number in SETS)
        + " s to train | ms per message | MB |",
        "|---|---|---|---|---|---|---|" + "---|---|" * len(SETS),
    ]
    everything = texts.known + texts.probes
    vectors = {kind: encoded(kind, everything) for kind in ("e5", "spacy")}
    fresh = multiprocessing.get_context("spawn")

    def asked(way: Way, part: np.ndarray, rest: np.ndarray) -> Found:
        print(f"{way.name} on {len(part)} ...", file=sys.stderr)
        with fresh.Pool(1) as pool:
            return pool.apply(measured, (way, texts, vectors[way.vectors], part, rest))

    parts = []
    for way in WAYS:
        if vectors[way.vectors].shape[1] == 0:
            table.append(f"| {way.name}: not measured, no Dutch pipeline with vectors here |")
            continue
        found = asked(way, old, new)
        table.append(line(way.name, names, found, texts))
        if way is OURS:
            parts.append(found)
    if epochs:
        found = asked(OURS, few, others)
        table.append(line(f"ours, on {len(few)} examples", names, found, texts))
        print(f"DIET, {epochs} epochs ...", file=sys.stderr)
        found = diet(texts, few, others, epochs)
        table.append(line(f"DIET, {epochs} epochs, on the same {len(few)}", names, found, texts))
    parts += [asked(OURS, part, rest) for part, rest in cuts[1:]]
    ours = together(parts)
    table += [
        "",
        "Seconds to train are without the examples' vectors, which are kept between trainings"
        " (DIET: with Rasa's own start). A message's milliseconds are with its vector.",
        "",
        f"Ours in {count} folds: {100 * accuracy(names, ours, texts):.1f} % of the training texts"
        " get their own intent when left out. As a guard:",
        "",
        "| threshold | commands right | contents taken |",
        "|---|---|---|",
    ]
    for limit, good, taken in curve(names, ours, texts.intents):
        if limit in SHOWN or limit == threshold():
            table.append(f"| {limit} | {100 * good:.1f} % | {100 * taken:.1f} % |")
    places = np.arange(len(texts.known))
    mine = vectors["e5"][: len(texts.known)]
    whole = IntentModel().fit(texts.known, texts.intents, *shared(texts.known, mine, places))
    rows = whole.chances(texts.probes, vectors["e5"][len(texts.known) :])
    answers = judged(names, rows, texts, threshold())
    table += ["", f"Trained on all, at threshold {threshold()}:", *confusions(answers, texts)]
    return "\n".join([*table, "", *policy(whole)])


def main() -> None:
    """Measures, prints and on request writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--sample", type=int, default=4000, help="examples DIET is trained on")
    parser.add_argument("--epochs", type=int, default=15, help="of DIET; 0 leaves it out")
    parser.add_argument("--write", action="store_true", help=f"put the tables into {PAGE.name}")
    options = parser.parse_args()
    begin = time.perf_counter()
    tables = measure(options.folds, options.sample, options.epochs)
    tables += f"\n\nMeasured in {(time.perf_counter() - begin) / 60:.0f} minutes."
    print(tables)
    if options.write:
        page = PAGE.read_text(encoding="utf-8")
        before, after = page.split(BEGIN)[0], page.split(END)[1]
        PAGE.write_text(f"{before}{BEGIN}\n{tables}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
