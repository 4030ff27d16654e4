"""What descriptions and decisions make of the themes, on coded answers.

``python -m benchmarks.codebook [--docs] [--seeds 5]`` reads ``../shared/data/mobiliteit.jsonl``
with its codebook, and the sample consultation with the codebooks of its readers
(``tests/data/voorbeeld_onderwerpen.json``). A person who decides is played by the coder.

*Right*: the likeliest theme is one that the coder gave; statements without any count where the
mapping may say "no theme", in the column "with none". Per opdracht and the mean:

- ``codebook``: names only, and names with descriptions, nobody decided anything;
- ``queue`` and ``random``: after 25, 50 and 100 decisions, on the statements nobody decided on and
  on all (those decided on are right). Here a decided statement may be of a person who is asked
  again. The queue is asked one by one;
- ``apart``: the decisions are of two thirds of the people, the figure is of the other third;
- ``without descriptions``: the decisions alone, at random, on the undecided;
- ``needs``: how many decisions the queue needs for what a random order has after 100 (on all: as
  many right in total), as a share of those 100.

The estimate of the share that is right stands beside the true share.

``--product`` plays the mobility set through the product instead, see
``benchmarks.product.codebook_road``.
``--llm URL`` and ``--embedding NAME`` compare more models on the same sets, with nothing decided:
as ``samenspraak evaluate-codebook`` does on coded answers of one's own. ``--model NAME`` names the
language model; an address that is not this machine's needs ``SAMENSPRAAK_LLM_REMOTE=ja``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from analysis.codebook.codebook import Codebook, CodebookTheme
from analysis.codebook.descriptions import Encode
from analysis.codebook.features import Features, features_of
from analysis.codebook.mapping import Mapped, Mapper
from analysis.codebook.queue import neighbourhood, questions
from analysis.codebook.trust import progress
from analysis.codebook_evaluation import CodedStatements, evaluate_codebook
from analysis.language_model.connection import LanguageModel, language_model
from benchmarks.rounds import table
from benchmarks.topics import ROOT, write
from consultation.settings import Settings, settings
from language.embedding import kept_vectors, load_encoder

SHARED = ROOT.parent / "shared" / "data"
SUBJECTS = ROOT / "tests" / "data" / "voorbeeld_onderwerpen.json"
PAGE = ROOT / "docs" / "codebook.md"
BEGIN, END = "<!-- codebook: begin -->", "<!-- codebook: end -->"
PRODUCT_BEGIN, PRODUCT_END = "<!-- product: begin -->", "<!-- product: end -->"
STEPS = (25, 50, 100)
_HELD_OUT = 3
_NONE = "anders"


@dataclass(frozen=True)
class Coded:
    """The coded statements of one opdracht, with the codebook of the coder."""

    name: str
    codebook: Codebook
    texts: tuple[str, ...]
    answers: tuple[Any, ...]
    features: Features
    people: tuple[str, ...]
    truth: tuple[frozenset[str], ...]

    @property
    def has_theme(self) -> np.ndarray:
        """Which statements the coder gave a theme."""
        return np.array([bool(each) for each in self.truth])


def mobility_books(folder: Path = SHARED) -> dict[int, Codebook]:
    """The codebooks of the made-up consultation on mobility, by opdracht."""
    parts = (folder / "mobiliteit-codeboek.md").read_text(encoding="utf-8").split("\n## Opdracht ")
    return {
        int(part[0]): Codebook(
            tuple(
                CodebookTheme(*theme)
                for theme in re.findall(
                    r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", part.split("\n## ")[0], re.M
                )
            )
        )
        for part in parts[1:]
    }


def mobility(encode: Encode, folder: Path = SHARED) -> list[Coded]:
    """The two opdrachten of the made-up consultation on mobility, one statement per segment."""
    answers = [
        json.loads(line)
        for line in (folder / "mobiliteit.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    found = []
    for number, book in mobility_books(folder).items():
        said = [
            (answer["person"], at, segment["text"], frozenset(segment["subjects"]))
            for at, answer in enumerate(answers)
            if answer["opdracht"] == number
            for segment in answer["segments"]
        ]
        found.append(_coded(f"mobility {number}", book, said, encode))
    return found


def sample(encode: Encode) -> list[Coded]:
    """The sample consultation: its readers' subjects, both rounds, duplicates once."""
    from analysis.preprocessing.deduplication import group_duplicates
    from analysis.preprocessing.statements import cut_new
    from benchmarks.product.consulted import ENCODER, hold_sample
    from consultation.catalogue import load_catalogue
    from consultation.database.storage import Storage
    from consultation.queries.statements import active_statements

    subjects = json.loads(SUBJECTS.read_text(encoding="utf-8"))
    found = []
    with tempfile.TemporaryDirectory() as folder:
        storage = Storage(f"sqlite:///{folder}/samenspraak.db")
        catalogue = load_catalogue(ROOT / "data" / "opdrachten.yml")
        consultation = hold_sample(storage, catalogue)
        cut_new(storage, consultation, catalogue, ENCODER, False)
        with storage.reading() as session:
            for number in sorted(map(int, subjects)):
                everything = active_statements(session, consultation, number)
                heard = group_duplicates([each.text for each in everything]).representatives
                codes = subjects[str(number)]["codes"]
                said = [
                    (
                        everything[row].participant,
                        everything[row].contribution,
                        everything[row].text,
                        frozenset({codes[everything[row].text]} - {_NONE}),
                    )
                    for row in heard
                ]
                book = Codebook(
                    tuple(
                        CodebookTheme(code, code.replace("_", " ").capitalize(), text)
                        for code, text in subjects[str(number)]["codebook"].items()
                        if code != _NONE
                    )
                )
                found.append(_coded(f"sample {number}", book, said, encode))
        storage.close()
    return found


def _coded(
    name: str, book: Codebook, said: Sequence[tuple[str, Any, str, frozenset[str]]], encode: Encode
) -> Coded:
    people = [person for person, _, _, _ in said]
    texts = [text for _, _, text, _ in said]
    return Coded(
        name,
        book,
        tuple(texts),
        tuple(answer for _, answer, _, _ in said),
        features_of(encode(texts), texts, people, [answer for _, answer, _, _ in said]),
        tuple(people),
        tuple(truth for _, _, _, truth in said),
    )


def right(mapped: Mapped, coded: Coded) -> np.ndarray:
    """Per statement whether its likeliest theme is one the coder gave; False without any."""
    best = mapped.free[:, :-1].argmax(axis=1)
    return np.array(
        [mapped.themes[theme] in truth for theme, truth in zip(best, coded.truth, strict=True)]
    )


def right_with_none(mapped: Mapped, coded: Coded) -> np.ndarray:
    """The same, where "no theme" is an answer too."""
    best = mapped.free.argmax(axis=1)
    themes = [*mapped.themes, None]
    return np.array(
        [
            themes[at] in truth if truth else themes[at] is None
            for at, truth in zip(best, coded.truth, strict=True)
        ]
    )


def without_descriptions(codebook: Codebook) -> Codebook:
    """The names only."""
    return Codebook(
        tuple(replace(each, description="", excludes="", examples=()) for each in codebook.themes)
    )


def nameless(codebook: Codebook) -> Codebook:
    """Themes of which nothing is said: only decisions tell what belongs to them."""
    return Codebook(tuple(CodebookTheme(each.id, "") for each in codebook.themes))


Asking = Callable[[Mapper, int], list[int]]


def course(
    coded: Coded,
    mapper: Mapper,
    ask: Asking,
    steps: Sequence[int],
    judged: np.ndarray | None = None,
) -> dict[int, dict[str, float]]:
    """Decides one by one as the coder would, and measures at these steps.

    ``judged`` are the statements that are measured; without it those nobody decided on.
    """
    found: dict[int, dict[str, float]] = {}
    done = 0
    for step in steps:
        while done < step:
            rows = ask(mapper, step - done)
            if not rows:
                return found
            mapper.decide({row: coded.truth[row] for row in rows})
            done += len(rows)
        found[step] = figures(coded, mapper, judged)
    return found


def figures(coded: Coded, mapper: Mapper, judged: np.ndarray | None = None) -> dict[str, float]:
    """What is right now."""
    open_ = np.ones(len(coded.truth), dtype=bool)
    open_[list(mapper.mapped.decided)] = False
    hit, hit_none = right(mapper.mapped, coded), right_with_none(mapper.mapped, coded)
    rows = (open_ if judged is None else judged) & coded.has_theme
    told = progress(mapper)
    return {
        "undecided": float(hit[rows].mean()) if rows.any() else float("nan"),
        "all": float((hit | ~open_)[coded.has_theme].mean()),
        "with none": float((hit_none | ~open_).mean()),
        "low": told.all.low,
        "estimate": told.all.mid,
        "high": told.all.high,
    }


def by_queue(coded: Coded) -> Asking:
    """The most useful question each time."""
    near = neighbourhood(coded.features)

    def ask(mapper: Mapper, _: int) -> list[int]:
        return [each.row for each in questions(mapper.mapped, coded.features, near, 1)]

    return ask


def at_random(coded: Coded, seed: int, among: np.ndarray | None = None) -> Asking:
    """Statements in a random order, or those of some people only."""
    rng = np.random.default_rng(seed)
    rows = np.arange(len(coded.truth)) if among is None else np.flatnonzero(among)
    order = iter(rng.permutation(rows).tolist())
    return lambda _, count: list(islice(order, count))


def held_out(coded: Coded, seed: int) -> np.ndarray:
    """The statements of a third of the people."""
    people = sorted(set(coded.people))
    chosen = set(np.random.default_rng(seed).permutation(people)[: len(people) // _HELD_OUT])
    return np.array([person in chosen for person in coded.people])


def measured(coded: Coded, encode: Encode, seeds: int) -> dict[str, Any]:
    """One row of the table, and the courses from which it comes."""
    names = Mapper(coded.features, without_descriptions(coded.codebook), encode)
    start = Mapper(coded.features, coded.codebook, encode)
    row: dict[str, Any] = {
        "opdracht": coded.name,
        "statements": len(coded.truth),
        "names": figures(coded, names)["undecided"],
        "descriptions": figures(coded, start)["undecided"],
        "with none": figures(coded, start)["with none"],
    }
    every = range(5, 101, 5)
    # The queue has no chance in it: one course stands for all seeds.
    asked = Mapper(coded.features, coded.codebook, encode)
    kinds: dict[str, list[dict[int, dict[str, float]]]] = {
        "queue": [course(coded, asked, by_queue(coded), every)]
    }
    for seed in range(seeds):

        def fresh() -> Mapper:
            return Mapper(coded.features, coded.codebook, encode)

        judged = held_out(coded, seed)
        plain = Mapper(coded.features, nameless(coded.codebook), encode)
        runs = {
            "random": course(coded, fresh(), at_random(coded, seed), every),
            "apart": course(coded, fresh(), at_random(coded, seed, ~judged), STEPS, judged),
            "plain": course(coded, plain, at_random(coded, seed), STEPS),
        }
        for kind, run in runs.items():
            kinds.setdefault(kind, []).append(run)
    row["courses"] = {
        kind: {
            step: {
                key: float(np.mean([run[step][key] for run in runs if step in run]))
                for key in runs[0][min(runs[0])]
            }
            for step in sorted({step for run in runs for step in run})
        }
        for kind, runs in kinds.items()
    }
    row["held"] = [
        run[step]["low"] <= run[step]["with none"] <= run[step]["high"]
        for kind in ("queue", "random")
        for run in kinds[kind]
        for step in STEPS
        if step in run
    ]
    return row


def needed(
    queue: dict[int, dict[str, float]], random: dict[int, dict[str, float]], key: str
) -> float:
    """The share of the random order's decisions that the queue needs for its last share right."""
    last = max(random)
    goal = random[last][key]
    steps = sorted(queue)
    before, had = 0, 0.0
    for step in steps:
        value = queue[step][key]
        if value >= goal:
            part = 1.0 if step == steps[0] else (goal - had) / max(value - had, 1e-9)
            return (before + part * (step - before)) / last
        before, had = step, value
    return float("nan")


def tables(rows: Sequence[dict[str, Any]]) -> str:
    """The tables, Markdown."""
    first, second, third = [], [], []
    for row in rows:
        courses = row["courses"]
        first.append(
            {
                key: row[key]
                for key in ("opdracht", "statements", "names", "descriptions", "with none")
            }
        )
        for step in STEPS:
            if step not in courses["queue"]:
                continue
            at = {
                kind: courses[kind].get(step, {}).get("undecided", float("nan"))
                for kind in ("queue", "random", "plain", "apart")
            }
            second.append(
                {
                    "opdracht": row["opdracht"],
                    "decisions": step,
                    "queue, undecided": at["queue"],
                    "random, undecided": at["random"],
                    "without descriptions": at["plain"],
                    "queue, all": courses["queue"][step]["all"],
                    "random, all": courses["random"][step]["all"],
                    "people apart": at["apart"],
                    "queue, with none": courses["queue"][step]["with none"],
                    "estimate": courses["queue"][step]["estimate"],
                }
            )
        third.append(
            {
                "opdracht": row["opdracht"],
                "needs, undecided": needed(courses["queue"], courses["random"], "undecided"),
                "needs, all": needed(courses["queue"], courses["random"], "all"),
                "interval holds": float(np.mean(row["held"])),
            }
        )
    for found, by in ((first, ()), (second, ("decisions",)), (third, ())):
        for kind in ("mobility", "sample"):
            _add_means(found, kind, by)
    return "\n\n".join(table(found) for found in (first, second, third))


def _add_means(rows: list[dict[str, Any]], kind: str, by: tuple[str, ...]) -> None:
    own = [row for row in rows if row["opdracht"].startswith(kind + " ")]
    for group in sorted({tuple(row[key] for key in by) for row in own}):
        these = [row for row in own if tuple(row[key] for key in by) == group]
        mean: dict[str, Any] = {"opdracht": f"**{kind}**"}
        for key in list(these[0])[1:]:
            values = [row[key] for row in these if not np.isnan(row[key])]
            mean[key] = row_value(key, values, by)
        rows.append(mean)


def row_value(key: str, values: list[float], by: tuple[str, ...]) -> Any:
    """The mean of a column, the sum of a count."""
    if not values:
        return float("nan")
    if key in by:
        return values[0]
    return sum(values) if key == "statements" else float(np.mean(values))


def timed(size: int = 10_000, decisions: int = 500) -> str:
    """How long one decision takes among made-up statements."""
    rng = np.random.default_rng(0)
    words = ["".join(rng.choice(list("abdegiklmnoprstuvz"), 7)) for _ in range(3_000)]
    texts = [" ".join(rng.choice(words, 14)) for _ in range(size)]
    vectors = rng.normal(size=(size, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    began = time.perf_counter()
    features = features_of(vectors, texts, [at // 3 for at in range(size)])
    near = neighbourhood(features)
    book = Codebook(
        tuple(CodebookTheme(f"t{at}", words[at], " ".join(words[at : at + 8])) for at in range(12))
    )
    mapper = Mapper(features, book, lambda texts: vectors[: len(texts)])
    ready = time.perf_counter() - began
    row = questions(mapper.mapped, features, near)[0].row
    took = []
    for at in range(decisions):
        began = time.perf_counter()
        mapper.decide({row: frozenset({f"t{at % 12}"})})
        row = questions(mapper.mapped, features, near)[0].row
        took.append(time.perf_counter() - began)
    rows = [
        {
            "decision": f"{end - 49} to {end}",
            "median ms": 1000 * float(np.median(took[end - 50 : end])),
            "slowest ms": 1000 * max(took[end - 50 : end]),
        }
        for end in (50, 100, 200, 300, 500)
        if end <= decisions
    ]
    head = f"{size:,} statements, ready in {ready:.1f} s; a decision with the next ten questions:"
    return f"{head}\n\n{table(rows)}"


def played() -> str:
    """The table of the road through the product."""
    from benchmarks.product.codebook_road import road

    return table(road(SHARED / "mobiliteit.jsonl", mobility_books()))


def compared(coded: Sequence[Coded], encoders: Sequence[str], model: LanguageModel | None) -> str:
    """The models on each set, the best with descriptions first."""
    found = []
    for kind in ("mobility", "sample"):
        own = [
            CodedStatements(
                int(each.name.split()[1]),
                each.codebook,
                each.texts,
                each.people,
                each.answers,
                each.truth,
            )
            for each in coded
            if each.name.startswith(kind + " ")
        ]
        if not own:
            continue
        result = evaluate_codebook(own, encoders, model, settings().spacy_model, print)
        for each in result.models:
            found.append(
                {
                    "set": kind,
                    "model": each.model,
                    "names": each.names.mid,
                    "descriptions": each.descriptions.mid,
                    "95 % over people": f"{each.descriptions.low:.3f}-{each.descriptions.high:.3f}",
                    "with none": each.with_none,
                    "answered": each.answered,
                }
            )
        if result.lead:
            first, second = result.models[:2]
            print(f"{kind}: {first.model} over {second.model}: {result.lead}")
    return table(found)


def main() -> None:
    """Measures and prints; writes the page where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--docs", action="store_true")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--cache", type=Path, default=ROOT / "var" / "benchmarks")
    parser.add_argument("--only", choices=("mobility", "sample", "speed"))
    parser.add_argument("--product", action="store_true")
    parser.add_argument("--llm", help="the address of a language model")
    parser.add_argument("--model", default="", help="the name of that model")
    parser.add_argument("--embedding", action="append", default=[], help="one more encoder")
    asked = parser.parse_args()
    if asked.product:
        text = played()
        print(text)
        if asked.docs:
            write(PAGE, PRODUCT_BEGIN, PRODUCT_END, text)
        return
    encoder = load_encoder("e5")

    known: dict[str, Any] = {}

    def encode(texts: Sequence[str]) -> Any:
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if missing:
            # One folder per list of texts: a cache file holds the texts of one call only.
            name = hashlib.sha256("|".join(missing).encode()).hexdigest()[:16]
            found = kept_vectors(missing, encoder, asked.cache / name)
            known.update(zip(missing, found, strict=True))
        return np.stack([known[text] for text in texts])

    parts = []
    if asked.only in (None, "mobility", "sample"):
        sets = []
        if asked.only != "sample":
            sets += mobility(encode)
        if asked.only != "mobility":
            sets += sample(encode)
        if asked.llm or asked.embedding:
            values = Settings(llm_url=asked.llm or "", llm_model=asked.model)
            encoders = ["e5", *asked.embedding]
            print(compared(sets, encoders, language_model(values)))
            return
        parts.append(tables([measured(each, encode, asked.seeds) for each in sets]))
    if asked.only in (None, "speed"):
        parts.append(timed())
    text = "\n\n".join(parts)
    print(text)
    if asked.docs:
        write(PAGE, BEGIN, END, text)


if __name__ == "__main__":
    main()
