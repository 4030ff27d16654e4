"""Measures the stance classifier beside its baselines.

``python -m benchmarks.stance [mobiliteit.jsonl]`` prints macro F1 and F1 per stance on the test set
of ``tests/data/houdingen.jsonl`` and on the segments of a coded consultation. The baselines are a
list of words per stance and the five nearest training examples by sentence vector.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

from analysis.stance.model import examples, untaught
from consultation.settings import ROOT
from language.embedding import load_encoder, normalised

TEST = ROOT / "tests" / "data" / "houdingen.jsonl"
STANCES = ("voor", "tegen", "voorwaardelijk", "geen")
_WORDS = {
    "voorwaardelijk": r"\b(?:mits|tenzij|zolang|op voorwaarde|als|indien)\b",
    "tegen": r"\b(?:tegen|niet|geen|nooit|nee|stop|afschaffen|schaf|weg|slecht|onzin)\b",
    "voor": r"\b(?:voor|graag|moet(?:en)?|goed|meer|gratis|elke?|geef|maak|zorg|laat|steun)\b",
}
_NEIGHBOURS = 5


def words(texts: Sequence[str]) -> list[str]:
    """The stance by the first list with a word in the text."""
    return [
        next((stance for stance, list_ in _WORDS.items() if re.search(list_, text, re.I)), "geen")
        for text in texts
    ]


def neighbours(texts: Sequence[str]) -> list[str]:
    """The commonest stance of the nearest training examples, by centred e5 vectors."""
    known, stances = examples()
    encoder = load_encoder("e5")
    vectors = encoder.encode(known)
    centre = vectors.mean(axis=0)
    near = normalised(encoder.encode(list(texts)) - centre) @ normalised(vectors - centre).T
    found = []
    for row in near:
        nearest = row.argsort()[::-1][:_NEIGHBOURS]
        found.append(Counter(stances[each] for each in nearest).most_common(1)[0][0])
    return [str(each) for each in found]


def scores(gold: Sequence[str], found: Sequence[str]) -> list[float]:
    """F1 of each stance, and their mean (macro F1) first."""
    per = []
    for stance in STANCES:
        both = sum(one == two == stance for one, two in zip(gold, found, strict=True))
        either = gold.count(stance) + list(found).count(stance)
        per.append(2 * both / either if either else 0.0)
    return [sum(per) / len(per), *per]


def main() -> None:
    """Prints the table."""
    sets = {"test": ([], [], [])}  # type: dict[str, tuple[list[str], list[str], list[str]]]
    for line in TEST.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        sets["test"][0].append(row["text"])
        sets["test"][1].append(row["stance"])
    for name in sys.argv[1:]:
        texts, gold, kinds = sets.setdefault(Path(name).stem, ([], [], []))
        for line in Path(name).read_text(encoding="utf-8").splitlines():
            answer = json.loads(line)
            texts += [each["text"] for each in answer["segments"]]
            gold += [each["stance"] for each in answer["segments"]]
            kinds += [answer["question"]] * len(answer["segments"])
    print("| set | method | macro F1 | " + " | ".join(STANCES) + " |")
    print("|---|---|" + "---|" * 5)
    for name, (texts, gold, kinds) in sets.items():
        found: dict[str, Sequence[str]] = {
            "word list": words(texts),
            "nearest neighbours": neighbours(texts),
            "ours": [each.stance for each in untaught().guess(texts)],
        }
        if kinds:
            own = untaught().guess(texts, kinds)
            found["ours, with the question"] = [each.stance for each in own]
        for method, stances in found.items():
            told = " | ".join(f"{each:.2f}" for each in scores(gold, stances))
            print(f"| {name} ({len(texts)}) | {method} | {told} |")


if __name__ == "__main__":
    main()
