"""A blind check of themes: is the text that does not belong found among those that do?

Intrusion after Chang et al. 2009 ("Reading Tea Leaves"): five quotes of one theme and one of
another theme of the same set (of the same opdracht in the sample), shuffled. Who answers sees the
questions only, then the labels, which are a file of their own since they give the theme away; the
key is kept elsewhere. Chance is one in six.

    python -m benchmarks.intrusion draw SET.jsonl ... --sample --vectors FOLDER \
        --questions Q.md --labels L.md --key KEY.json
    python -m benchmarks.intrusion score --key KEY.json ANSWERS.txt ...

An answers file has one line per question: its number and the letter of the intruder ("12 c"), or
``ja`` or ``nee`` for whether the label is readable and fits ("12 ja"); both may stand on one line.
``--vectors`` names a folder with SET.npz (``texts``, ``vectors``) of the same encoder; what is not
in it is computed.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import string
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from analysis.evaluation import read_labelled
from analysis.labelling.topics import find_topics
from analysis.preprocessing.deduplication import group_duplicates
from analysis.preprocessing.embeddings import encoder_named, vectors_of
from analysis.preprocessing.statement_kind import examples, kinds_of
from analysis.run import analyse
from benchmarks.product.consulted import hold_sample
from consultation.catalogue import load_catalogue
from consultation.database.storage import Storage
from consultation.queries.themes import ThemeView, theme_views
from consultation.settings import ROOT, settings
from language.embedding import Vectors
from language.pipeline import load_pipeline

QUOTES = 5
_ASK_INTRUDER = (
    "Per vraag horen vijf teksten bij één thema en één niet. Schrijf per vraag het nummer en de\n"
    "letter van de tekst die er niet bij hoort."
)
_ASK_LABEL = (
    "Pas te lezen als alle vragen beantwoord zijn. Schrijf per vraag het nummer, en ja of nee:\n"
    "is de naam leesbaar en past hij bij de vijf teksten?"
)


@dataclass(frozen=True)
class Theme:
    """A theme to ask about: its set, its label and its quotes, central first."""

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


def themes_of_file(
    path: Path, encoder_name: str, storage: Storage, folder: Path | None = None
) -> list[Theme]:
    """The themes of a file of ``{"text"}`` lines, each text a statement that stands alone.

    ``folder`` may hold their vectors as NAME.npz.
    """
    texts, _ = read_labelled(path)
    texts = [" ".join(text.split()) for text in texts]
    texts = [texts[row] for row in group_duplicates(texts).representatives]
    encoder = encoder_named(encoder_name)
    vectors = _at_hand(folder / f"{path.stem}.npz", texts) if folder else None
    if vectors is None:
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
        Theme(path.stem, topic.label, tuple(texts[row] for row in topic.quotes)) for topic in topics
    ]


def _at_hand(path: Path, texts: Sequence[str]) -> Vectors | None:
    """The stored vectors of the texts; None where the file is absent or lacks one of them."""
    if not path.exists():
        return None
    # The texts are an array of objects, which numpy reads with pickle: only files of one's own.
    stored = np.load(path, allow_pickle=True)
    row_of = {str(text): row for row, text in enumerate(stored["texts"])}
    if not all(text in row_of for text in texts):
        return None
    return np.asarray(stored["vectors"][[row_of[text] for text in texts]], dtype=np.float32)


def themes_of_sample(encoder_name: str, storage: Storage) -> list[Theme]:
    """The themes that ``analyse`` finds in the sample consultation, over all its opdrachten."""
    catalogue = load_catalogue(ROOT / "data" / "opdrachten.yml")
    consultation = hold_sample(storage, catalogue, (1, 1))
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
    ]


def questions(themes: list[Theme], wanted: int, seed: int) -> tuple[str, str, list[Key]]:
    """The questions and the labels as text, and their key.

    As many themes of each set as the numbers allow, of those with ``QUOTES`` quotes and another
    theme to take an intruder from.
    """
    rng = random.Random(seed)
    sets: dict[str, list[Theme]] = {}
    for theme in themes:
        if len(theme.quotes) >= QUOTES and _strangers(theme, themes):
            sets.setdefault(_group(theme.set), []).append(theme)
    for group in sets.values():
        rng.shuffle(group)
    drawn: list[Theme] = []
    while len(drawn) < wanted and any(sets.values()):
        for group in sets.values():
            if group and len(drawn) < wanted:
                drawn.append(group.pop())
    rng.shuffle(drawn)
    asked = [_ASK_INTRUDER, ""]
    named = [_ASK_LABEL, ""]
    keys: list[Key] = []
    for number, theme in enumerate(drawn, start=1):
        other, strange = rng.choice(_strangers(theme, themes))
        shown = [*theme.quotes[:QUOTES], strange]
        rng.shuffle(shown)
        letter = string.ascii_lowercase[shown.index(strange)]
        keys.append(Key(number, theme.set, theme.label, letter, other))
        asked += [f"## {number}", *map(". ".join, zip(string.ascii_lowercase, shown, strict=False))]
        asked.append("")
        named.append(f"{number}. {theme.label}")
    return "\n".join(asked), "\n".join([*named, ""]), keys


def _strangers(theme: Theme, themes: list[Theme]) -> list[tuple[str, str]]:
    """Label and text of what could be put among a theme's quotes: none of its own."""
    return [
        (each.label, text)
        for each in themes
        if each.set == theme.set and each != theme
        for text in each.quotes[:QUOTES]
        if text not in theme.quotes
    ]


def _group(name: str) -> str:
    """The sample's opdrachten are one set."""
    return name.split(",", maxsplit=1)[0]


def score(keys: list[Key], answers: str) -> dict[str, object]:
    """The share of intruders found with its 95 % interval (Wilson), in all and per set.

    A question without an answer counts as not found.
    """
    letters: dict[int, str] = {}
    judged: dict[int, bool] = {}
    for line in answers.splitlines():
        first, *given = line.lower().replace(",", " ").split() or [""]
        number = first.rstrip(".:)")
        if not number.isdigit():
            continue
        for each in given:
            if each in ("ja", "nee"):
                judged[int(number)] = each == "ja"
            else:
                letters[int(number)] = each.rstrip(".")
    found = {key.number: letters.get(key.number) == key.intruder for key in keys}
    good = [judged[key.number] for key in keys if key.number in judged]
    per_set: dict[str, list[bool]] = {}
    for key in keys:
        per_set.setdefault(_group(key.set), []).append(found[key.number])
    return {
        "questions": len(keys),
        "answered": sum(key.number in letters for key in keys),
        "found": sum(found.values()),
        "share": round(sum(found.values()) / len(keys), 3),
        "interval": _wilson(sum(found.values()), len(keys)),
        "per_set": {name: f"{sum(each)}/{len(each)}" for name, each in sorted(per_set.items())},
        "labels_readable": f"{sum(good)}/{len(good)}",
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
    draw.add_argument("--vectors", type=Path, help="a folder with SET.npz")
    draw.add_argument("--themes", type=int, default=60)
    draw.add_argument("--seed", type=int, default=0)
    draw.add_argument("--questions", type=Path, required=True)
    draw.add_argument("--labels", type=Path, required=True)
    draw.add_argument("--key", type=Path, required=True)
    judge = verbs.add_parser("score", help="compare answers with the key")
    judge.add_argument("--key", type=Path, required=True)
    judge.add_argument("answers", nargs="+", type=Path)
    chosen = parser.parse_args()
    if chosen.verb == "score":
        keys = [Key(**each) for each in json.loads(chosen.key.read_text(encoding="utf-8"))]
        given = "\n".join(each.read_text(encoding="utf-8") for each in chosen.answers)
        print(json.dumps(score(keys, given), indent=1))
        return
    if chosen.key.resolve().is_relative_to(ROOT):
        raise SystemExit(f"{chosen.key}: keep the key outside the project, it is not to be read.")
    name = settings().embedding
    with tempfile.TemporaryDirectory() as folder:
        storage = Storage(f"sqlite:///{Path(folder) / 'intrusion.db'}")
        themes = themes_of_sample(name, storage) if chosen.sample else []
        for file in chosen.files:
            themes += themes_of_file(file, name, storage, chosen.vectors)
        storage.close()
    text, labels, keys = questions(themes, chosen.themes, chosen.seed)
    chosen.questions.write_text(text, encoding="utf-8")
    chosen.labels.write_text(labels, encoding="utf-8")
    chosen.key.write_text(
        json.dumps([asdict(key) for key in keys], ensure_ascii=False, indent=1), encoding="utf-8"
    )
    short = sum(len(each.quotes) < QUOTES for each in themes)
    print(
        f"{len(keys)} questions: {chosen.questions}; then their labels: {chosen.labels}; key: "
        f"{chosen.key}. Of {len(themes)} themes {short} have fewer than {QUOTES} quotes."
    )


if __name__ == "__main__":
    main()
