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
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import matthews_corrcoef
from sklearn.neighbors import KNeighborsClassifier

from analysis.clustering.features import context_weights, with_context
from analysis.clustering.graph_clusterer import GraphClusterer, Labels
from analysis.continuity.theme_classifier import Example, ThemeMapper
from analysis.preprocessing.deduplication import group_duplicates
from analysis.preprocessing.embeddings import encoder_named, vectors_of
from analysis.run import analyse
from benchmarks.consulted import hold_sample
from benchmarks.rounds import table
from benchmarks.topics import ENCODER, PAGE, ROOT, fitted_bertopic, write
from consultation.catalogue import load_catalogue
from consultation.database.storage import Storage
from consultation.queries.statements import StatementView, active_statements
from consultation.queries.themes import FEWEST, theme_views
from consultation.settings import settings
from language.embedding import Vectors, normalised

SUBJECTS = ROOT / "tests" / "data" / "voorbeeld_onderwerpen.json"
BEGIN, END = "<!-- people: begin -->", "<!-- people: end -->"
NONE = "anders"


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


def loaded(folder: str) -> list[Heard]:
    """Both rounds of the sample, analysed in a database of their own."""
    storage = Storage(f"sqlite:///{folder}/samenspraak.db")
    catalogue = load_catalogue(ROOT / "data" / "opdrachten.yml")
    consultation = hold_sample(storage, catalogue)
    analyse(
        storage,
        consultation,
        catalogue,
        encoder_name=ENCODER,
        spacy_model=settings().spacy_model,
        round_number=2,
    )
    subjects = json.loads(SUBJECTS.read_text(encoding="utf-8"))
    found = []
    with storage.reading() as session:
        for number in sorted(map(int, subjects)):
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


def main() -> None:
    """Measures and prints; writes the page where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        heard = [each for each in loaded(folder) if len(each.said) >= FEWEST]
        text = f"{table(joining(heard))}\n\n{table(learning(heard))}"
    print(text)
    if asked.write:
        write(PAGE, BEGIN, END, text)


if __name__ == "__main__":
    main()
