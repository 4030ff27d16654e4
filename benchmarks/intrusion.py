"""A blind check of themes: is the text that does not belong found among those that do?

Intrusion after Chang et al. 2009 ("Reading Tea Leaves"): five quotes of one theme and one of
another theme of the same set, shuffled. Who answers sees the questions only; the key is another
file, kept elsewhere. Chance is one in six.

    python benchmarks/intrusion.py draw SET.jsonl ... --sample --questions Q.md --key KEY.json
    python benchmarks/intrusion.py score --key KEY.json ANSWERS.txt

An answers file has one line per question: its number, the letter of the intruder and, where asked,
``ja`` or ``nee`` for whether the label shown is readable and fits: ``12 c ja``.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import string
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from analysis.embeddings import encoder_named, vectors_of
from analysis.evaluation import read_labelled
from analysis.kinds import examples, kinds_of
from analysis.run import analyse
from analysis.themes import ThemeView, theme_views
from analysis.topics import find_topics
from analysis.voices import sort_out
from consultation import rounds
from consultation.catalogue import load_catalogue
from consultation.import_files import read_rows
from consultation.imports import store_rows
from consultation.settings import ROOT, settings
from consultation.storage import Storage
from language.pipeline import load_pipeline

QUOTES = 5
SAMPLE = ("ronde1.jsonl", "ronde2.jsonl")


@dataclass(frozen=True)
class Theme:
    """A theme to ask about: its set, its label and five or more quotes, central first."""

    set: str
    label: str
    quotes: tuple[str, ...]


@dataclass(frozen=True)
class Key:
    """What a question hides: the set, the label and the letter of the intruder."""

    number: int
    set: str
    label: str
    intruder: str
    from_theme: str


def themes_of_file(path: Path, encoder_name: str, storage: Storage) -> list[Theme]:
    """The themes of a file of ``{"text"}`` lines, each text a statement that stands alone."""
    texts, _ = read_labelled(path)
    texts = [" ".join(text.split()) for text in texts]
    texts = [texts[row] for row in sort_out(texts).heard]
    encoder = encoder_named(encoder_name)
    vectors = vectors_of(storage, encoder, texts, progress=True)
    known, _ = examples()
    kinds = kinds_of(texts, vectors, vectors_of(storage, encoder, known))
    topics = find_topics(
        texts,
        vectors,
        kinds,
        [str(row) for row in range(len(texts))],
        load_pipeline(settings().spacy_model),
        encode=lambda phrases: vectors_of(storage, encoder, phrases),
    )
    return [
        Theme(path.stem, topic.label, tuple(texts[row] for row in topic.quotes))
        for topic in topics
        if len(topic.quotes) >= QUOTES
    ]


def themes_of_sample(encoder_name: str, storage: Storage) -> list[Theme]:
    """The themes that ``analyse`` finds in the sample consultation, over all its opdrachten."""
    catalogue = load_catalogue(ROOT / "data" / "opdrachten.yml")
    with storage.writing() as session:
        consultation = rounds.ensure_consultation(session, catalogue).id
        round_ = rounds.open_(session, consultation, 1)
        for name in SAMPLE:
            file = read_rows(ROOT / "data" / "voorbeeld" / name, catalogue)
            store_rows(session, consultation, round_, file, catalogue)
    analyse(
        storage,
        consultation,
        catalogue,
        encoder_name=encoder_name,
        spacy_model=settings().spacy_model,
        progress=True,
    )
    with storage.reading() as session:
        views: list[ThemeView] = [
            view
            for opdracht in catalogue.opdrachten
            for view in theme_views(session, consultation, opdracht.nummer)
        ]
    return [
        Theme(
            f"voorbeeld, opdracht {view.opdracht}",
            view.label,
            tuple(" ".join(each.text.split()) for each in view.quotes),
        )
        for view in views
        if len(view.quotes) >= QUOTES
    ]


def questions(themes: list[Theme], wanted: int, seed: int) -> tuple[str, list[Key]]:
    """The questions as text, and their key: as many themes of each set as the numbers allow."""
    rng = random.Random(seed)
    sets: dict[str, list[Theme]] = {}
    for theme in themes:
        sets.setdefault(theme.set.split(",")[0], []).append(theme)
    for group in sets.values():
        rng.shuffle(group)
    drawn: list[Theme] = []
    while len(drawn) < wanted and any(sets.values()):
        for group in sets.values():
            if group and len(drawn) < wanted:
                drawn.append(group.pop())
    rng.shuffle(drawn)
    lines = [
        "Per vraag horen vijf teksten bij één thema en één niet. Schrijf per vraag het nummer, de",
        "letter van de tekst die er niet bij hoort, en ja of nee: is de naam leesbaar en past hij?",
        "",
    ]
    keys: list[Key] = []
    for number, theme in enumerate(drawn, start=1):
        others = [each for each in themes if each.set == theme.set and each.label != theme.label]
        if not others:
            continue
        other = rng.choice(others)
        strange = rng.choice(other.quotes[:QUOTES])
        shown = [*theme.quotes[:QUOTES], strange]
        rng.shuffle(shown)
        keys.append(
            Key(
                number,
                theme.set,
                theme.label,
                string.ascii_lowercase[shown.index(strange)],
                other.label,
            )
        )
        lines.append(f"## {number}. {theme.label}")
        lines += [
            f"{letter}. {text}" for letter, text in zip(string.ascii_lowercase, shown, strict=False)
        ]
        lines.append("")
    return "\n".join(lines), keys


def score(keys: list[Key], answers: str) -> dict[str, object]:
    """The share of intruders found with its 95 % interval (Wilson), in all and per set."""
    given: dict[int, list[str]] = {}
    for line in answers.splitlines():
        parts = line.split()
        if len(parts) >= 2 and parts[0].rstrip(".").isdigit():
            given[int(parts[0].rstrip("."))] = [part.lower() for part in parts[1:]]
    found = {key.number: given.get(key.number, [""])[0] == key.intruder for key in keys}
    judged = [given[key.number][1] == "ja" for key in keys if len(given.get(key.number, [])) > 1]
    per_set: dict[str, list[bool]] = {}
    for key in keys:
        per_set.setdefault(key.set.split(",")[0], []).append(found[key.number])
    return {
        "questions": len(keys),
        "answered": sum(key.number in given for key in keys),
        "found": sum(found.values()),
        "share": round(sum(found.values()) / len(keys), 3),
        "interval": _wilson(sum(found.values()), len(keys)),
        "per_set": {name: f"{sum(each)}/{len(each)}" for name, each in sorted(per_set.items())},
        "labels_readable": f"{sum(judged)}/{len(judged)}",
        "missed": [key.number for key in keys if not found[key.number]],
    }


def _wilson(hits: int, n: int) -> tuple[float, float]:
    z = 1.96
    middle = (hits + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * math.sqrt(hits * (n - hits) / n + z * z / 4)
    return round(middle - half, 3), round(middle + half, 3)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    draw = verbs.add_parser("draw", help="write the questions, and the key in another file")
    draw.add_argument("files", nargs="*", type=Path)
    draw.add_argument("--sample", action="store_true", help="also the sample consultation")
    draw.add_argument("--themes", type=int, default=60)
    draw.add_argument("--seed", type=int, default=0)
    draw.add_argument("--questions", type=Path, required=True)
    draw.add_argument("--key", type=Path, required=True)
    judge = verbs.add_parser("score", help="compare answers with the key")
    judge.add_argument("--key", type=Path, required=True)
    judge.add_argument("answers", type=Path)
    chosen = parser.parse_args()
    if chosen.verb == "score":
        keys = [Key(**each) for each in json.loads(chosen.key.read_text(encoding="utf-8"))]
        print(json.dumps(score(keys, chosen.answers.read_text(encoding="utf-8")), indent=1))
        return
    if chosen.key.resolve().is_relative_to(ROOT):
        raise SystemExit(f"{chosen.key}: keep the key outside the project, it is not to be read.")
    name = settings().embedding
    with tempfile.TemporaryDirectory() as folder:
        storage = Storage(f"sqlite:///{Path(folder) / 'intrusion.db'}")
        themes = themes_of_sample(name, storage) if chosen.sample else []
        for file in chosen.files:
            themes += themes_of_file(file, name, storage)
        storage.close()
    text, keys = questions(themes, chosen.themes, chosen.seed)
    chosen.questions.write_text(text, encoding="utf-8")
    chosen.key.write_text(
        json.dumps([asdict(key) for key in keys], ensure_ascii=False, indent=1), encoding="utf-8"
    )
    print(f"{len(keys)} questions: {chosen.questions}; key: {chosen.key}")


if __name__ == "__main__":
    main()
