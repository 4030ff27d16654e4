"""Topics of one set of texts: BERTopic with our own clusterer and Dutch lemmas."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from spacy.language import Language

from analysis.clustering.coherence import coherence
from analysis.clustering.graph_clusterer import WITHOUT_THEME, FixedLabels, GraphClusterer, Labels
from analysis.clustering.shared_passages import (
    Places,
    covered,
    introductions,
    passages,
    shared_runs,
    union,
)
from analysis.labelling.labels import CENTRAL, Encode, theme_labels
from analysis.labelling.term_weights import LabelInput, is_vague
from analysis.labelling.theme_examples import theme_examples
from analysis.parameters import NAMING, POPULAR
from analysis.preprocessing.recurring_texts import PopularGroups, RecurringTexts, as_label
from consultation.queries.themes import FEWEST
from language.embedding import Vectors, normalised
from language.pipeline import Word, tagged_words, words

_KEYWORDS = 8
_CANDIDATES = 40
# Weights of a term by how many participants use it, and of a term that is not a subject noun.
_SAID_BY = {0: 0.4, 1: 0.4, 2: 0.8}
_NO_NAME = 0.3


@dataclass(frozen=True)
class Topic:
    """One topic: the rows of its texts, most central first, and its representation.

    ``closeness`` has, for each of ``rows``, the cosine, -1 to 1, of the text with the centre of the
    topic. ``quotes`` and ``action`` are rows too. ``action`` is the proposal that says best what
    should be done and by whom, or None if no statement reads as a proposal. ``coherence`` is that
    of the keywords (``analysis.clustering.coherence``).
    """

    rows: tuple[int, ...]
    closeness: tuple[float, ...]
    label: str
    keywords: tuple[str, ...]
    quotes: tuple[int, ...]
    action: int | None
    coherence: float | None = None


def find_topics(
    texts: Sequence[str],
    vectors: Vectors,
    kinds: Sequence[str],
    voices: Sequence[str],
    nlp: Language,
    clusterer: GraphClusterer | None = None,
    encode: Encode | None = None,
    links: Vectors | None = None,
    said_by_many: RecurringTexts | None = None,
    around: PopularGroups | None = None,
    whole: Sequence[bool] | None = None,
) -> list[Topic]:
    """The topics of a set of texts, largest first.

    ``vectors`` (texts, dimension), ``kinds`` (statement kinds) and ``voices`` (the participants;
    quotes come from different participants if possible) are aligned with the texts. ``encode``
    computes vectors of phrases in the space of ``vectors``; labels then use meaning as well as
    words. The clustering compares the features ``links`` (see ``analysis.clustering.features``), or
    the vectors if there are none.

    A text in ``said_by_many`` counts once for each of its participants in words, centres and
    quotes. A topic that consists for at least half of the group ``around`` a popular answer is
    named after that answer. ``whole`` tells which texts are whole sentences (None: all): only these
    can be the action of a topic (``analysis.labelling.candidates``). Returns an empty list for
    fewer than ``FEWEST`` texts, unless there are such groups.
    """
    around, many = around or PopularGroups(), said_by_many or RecurringTexts()
    if len(texts) < FEWEST and not around.rows:
        return []
    flat = [" ".join(text.split()) for text in texts]
    tokens = words(nlp, flat)
    documents = [[word.lemma for word in row if word.content] for row in tokens]
    surfaces = _surfaces(tokens)
    compared = vectors if links is None else links
    clusterer = clusterer or GraphClusterer()
    introduced: Places = {}
    if runs := shared_runs(flat):
        clusterer = FixedLabels(clusterer.fit(compared).labels_)
        introduced = union(introductions(flat, runs), passages(runs, clusterer.labels_))
        documents = [
            [
                word.lemma
                for word in row
                if word.content and not covered(word.start, introduced.get(number, ()))
            ]
            for number, row in enumerate(tokens)
        ]
    counted = [own * many.weight(row) for row, own in enumerate(documents)]
    labels, keywords = _fit(compared, counted, clusterer)
    centred = normalised(vectors - vectors.mean(axis=0))
    numbers = [int(number) for number in np.unique(labels) if number != WITHOUT_THEME]
    members = [[int(row) for row in np.flatnonzero(labels == number)] for number in numbers]
    if not members:
        return []
    members.sort(key=lambda rows: -sum(many.weight(row) for row in rows))
    examples = [theme_examples(rows, flat, kinds, voices, centred, many, whole) for rows in members]
    members = [list(each.rows) for each in examples]
    weights = [keywords.get(int(labels[ranked[0]]), {}) for ranked in members]
    who = [many.people.get(row) or frozenset({each}) for row, each in enumerate(voices)]
    said_by = [_said_by(ranked, documents, who) for ranked in members]
    actions = [each.action for each in examples]
    read = label_input(flat, kinds, who, members, nlp, actions, introduced)
    answers = _answers(members, around)
    given = {number: as_label(flat[rows[0]]) for number, rows in answers.items()}
    names = theme_labels(read, vectors, encode, given, answers)
    common = _common(members, documents, labels)
    subjects = _subject_words(read)
    topics = []
    for number, (ranked, name, shown) in enumerate(zip(members, names, examples, strict=True)):
        own = [tokens[row] for row in ranked]
        telling = {
            lemma: each for lemma, each in weights[number].items() if lemma not in common[number]
        }
        lemmas = _keywords(telling, said_by[number], own, subjects)
        coherent = coherence(documents, lemmas)
        topics.append(
            Topic(
                rows=tuple(ranked),
                closeness=shown.closeness,
                label=name,
                keywords=tuple(surfaces.get(lemma, lemma) for lemma in lemmas),
                quotes=shown.quotes,
                action=shown.action,
                coherence=None if coherent is None else round(coherent, 4),
            )
        )
    return topics


def _answers(members: Sequence[Sequence[int]], around: PopularGroups) -> dict[int, tuple[int, ...]]:
    """The rows of the popular answer of each topic that has one, by topic number.

    The topic must contain the answer, and at least ``POPULAR.whole`` of its texts must belong to
    the group of that answer.
    """
    home = {row: number for number, rows in enumerate(members) for row in rows}
    found: dict[int, tuple[int, ...]] = {}
    for answers, rows in zip(around.answers, around.rows, strict=True):
        number = home.get(answers[0])
        if number is None or number in found:
            continue
        here = sum(home.get(row) == number for row in rows)
        if here >= POPULAR.whole * len(members[number]):
            found[number] = answers
    return found


def _common(
    members: Sequence[Sequence[int]], documents: Sequence[Sequence[str]], labels: Labels
) -> list[frozenset[str]]:
    """For each topic, the lemmas in at least ``NAMING.common`` of the texts of other topics."""
    total = Counter(lemma for row in documents for lemma in set(row))
    texts = int((labels != WITHOUT_THEME).sum())
    often = {lemma for lemma, count in total.items() if count >= NAMING.common * len(documents) / 2}
    found = []
    for rows in members:
        inside = Counter(lemma for row in rows for lemma in set(documents[row]) & often)
        outside = texts - len(rows)
        found.append(
            frozenset(
                lemma
                for lemma in often
                if outside and total[lemma] - inside[lemma] >= NAMING.common * outside
            )
        )
    return found


def label_input(
    texts: Sequence[str],
    kinds: Sequence[str],
    voices: Sequence[Collection[str]],
    members: Sequence[Sequence[int]],
    nlp: Language,
    actions: Sequence[int | None] | None = None,
    shared: Places | None = None,
) -> LabelInput:
    """The input for the labels of groups of texts.

    ``voices`` has the participants of each text. ``members`` has the rows of each group, most
    central first; only the first ``CENTRAL`` are tagged. ``actions`` has the row of the proposed
    action of each group, or None. Words in ``shared`` passages are left out.
    """
    actions = actions or [None] * len(members)
    central = (row for theme in members for row in theme[:CENTRAL])
    rows = list(dict.fromkeys([*central, *(row for row in actions if row is not None)]))
    tagged = tagged_words(nlp, [texts[row] for row in rows])
    return LabelInput(
        texts={row: texts[row] for row in rows},
        words={
            row: [each for each in own if not covered(each.start, (shared or {}).get(row, ()))]
            for row, own in zip(rows, tagged, strict=True)
        },
        people={row: voices[row] for row in rows},
        proposals=frozenset(row for row in rows if kinds[row] == "voorstel"),
        themes=members,
        actions=actions,
    )


@contextmanager
def _without_umap() -> Iterator[None]:
    """Hides umap while BERTopic is imported.

    BERTopic imports umap if it is installed, and umap then compiles for some fifteen seconds; we do
    not reduce dimensions. Later imports of umap work as usual.
    """
    if "bertopic" in sys.modules or "umap" in sys.modules:
        yield
        return
    sys.modules["umap"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        sys.modules.pop("umap", None)


def _fit(
    vectors: Vectors,
    lemmas: Sequence[Sequence[str]],
    clusterer: GraphClusterer,
) -> tuple[Labels, dict[int, dict[str, float]]]:
    """The topic number of each row, and for each topic its typical lemmas with their weights."""
    # Imported here because loading BERTopic takes seconds and listing statements does not need it.
    with _without_umap():
        from bertopic import BERTopic
    from bertopic.backend import BaseEmbedder
    from bertopic.dimensionality import BaseDimensionalityReduction
    from bertopic.vectorizers import ClassTfidfTransformer
    from sklearn.feature_extraction.text import CountVectorizer

    # BERTopic joins the documents of a topic before it counts words. Passing it lemmas that are
    # already selected keeps accents, which its English clean-up strips, and parses each text once.
    documents = [" ".join(row) for row in lemmas]
    counter = CountVectorizer(analyzer=str.split)
    known = {lemma for row in lemmas for lemma in row}
    if len(known) < 2:  # too few terms for term weights
        found = clusterer.fit_predict(vectors)
        rows = zip(found.tolist(), lemmas, strict=True)
        return found, {number: dict.fromkeys(own, 1.0) for number, own in rows if own}
    model = BERTopic(
        language="multilingual",
        embedding_model=BaseEmbedder(),
        umap_model=BaseDimensionalityReduction(),
        hdbscan_model=clusterer,
        vectorizer_model=counter,
        ctfidf_model=ClassTfidfTransformer(reduce_frequent_words=True),
        top_n_words=_CANDIDATES,
        calculate_probabilities=False,
        verbose=False,
    )
    topics, _ = model.fit_transform(documents, embeddings=vectors)
    keywords: dict[int, dict[str, float]] = {}
    weighed: dict[int, Any] = model.get_topics()
    for number, ranked in weighed.items():
        own = {str(lemma): float(weight) for lemma, weight in ranked if lemma and weight > 0}
        keywords[int(number)] = own
    return np.asarray(topics, dtype=np.int64), keywords


def _subject_words(read: LabelInput) -> dict[str, bool]:
    """For each tagged word form, whether it is mostly a subject noun that is not vague."""
    times: dict[str, list[bool]] = {}
    for row in read.words.values():
        for word in row:
            # A town or a person belongs to one story; an abbreviation (all caps) is a subject.
            noun = word.pos == "NOUN" or (word.pos == "PROPN" and word.text.isupper())
            names = noun and not is_vague(word)
            times.setdefault(word.text.lower(), []).append(names)
    return {form: 2 * sum(names) > len(names) for form, names in times.items()}


def _said_by(
    rows: Sequence[int], documents: Sequence[Sequence[str]], voices: Sequence[Collection[str]]
) -> dict[str, int]:
    """How many participants use each lemma in the given rows."""
    people: dict[str, set[str]] = {}
    for row in rows:
        for lemma in documents[row]:
            people.setdefault(lemma, set()).update(voices[row])
    return {lemma: len(each) for lemma, each in people.items()}


def _keywords(
    weights: Mapping[str, float],
    said_by: Mapping[str, int],
    own: Sequence[Sequence[Word]],
    subjects: Mapping[str, bool],
) -> list[str]:
    """The ``_KEYWORDS`` best lemmas of a topic, best first.

    A lemma is ranked by its term weight, lowered when few participants use it or when it is not a
    subject noun. Ties go to the lemma in the most central text: ``own`` has the words of the texts
    of the topic, most central first.
    """
    forms: dict[str, set[str]] = {}
    first: dict[str, int] = {}
    for place, row in enumerate(own):
        for word in row:
            forms.setdefault(word.lemma, set()).add(word.text.lower())
            first.setdefault(word.lemma, place)

    def worth(lemma: str) -> float:
        people = _SAID_BY.get(said_by.get(lemma, 0), 1.0)
        names = any(subjects.get(form, True) for form in forms.get(lemma, ()))
        return weights[lemma] * people * (1.0 if names else _NO_NAME)

    return sorted(weights, key=lambda each: (-worth(each), first.get(each, 0), each))[:_KEYWORDS]


def _surfaces(tokens: Sequence[Sequence[Word]]) -> dict[str, str]:
    """The form that participants used, for lemmas that never occur and have one form only.

    Such a lemma is usually an error of the word list; other lemmas are left out.
    """
    forms: dict[str, dict[str, int]] = {}
    for row in tokens:
        for word in row:
            counts = forms.setdefault(word.lemma, {})
            counts[word.text.lower()] = counts.get(word.text.lower(), 0) + 1
    return {
        lemma: min(counts, key=lambda form: (-counts[form], form))
        for lemma, counts in forms.items()
        if lemma not in counts and len(counts) == 1
    }
