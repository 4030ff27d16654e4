"""Representations of themes with fixed members: label, keywords, quotes and proposed action."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from spacy.language import Language

from analysis.clustering.graph_clusterer import WITHOUT_THEME, FixedLabels
from analysis.labelling.candidates import whole_sentences
from analysis.labelling.labels import Encode
from analysis.labelling.representation import Representation
from analysis.labelling.topics import Topic, find_topics
from analysis.preprocessing.recurring_texts import PopularGroups, RecurringTexts
from consultation.queries.statements import StatementView
from language.embedding import Vectors


def representations(
    said: Sequence[StatementView],
    vectors: Vectors,
    themes: Sequence[str | None],
    nlp: Language,
    encode: Encode | None = None,
    said_by_many: RecurringTexts | None = None,
    around: PopularGroups | None = None,
) -> dict[str, Representation]:
    """The representation of each theme, by theme name.

    ``themes`` has the theme name of each statement, or None. ``encode`` computes the vectors of
    candidate labels; without it only words count. For ``said_by_many`` and ``around`` see
    ``analysis.labelling.topics.find_topics``.

    Empty when there are too few statements to compare themes.
    """
    names = sorted({each for each in themes if each is not None})
    number = {name: index for index, name in enumerate(names)}
    labels = np.array(
        [WITHOUT_THEME if each is None else number[each] for each in themes], dtype=np.int64
    )
    whole = whole_sentences(said)
    topics = find_topics(
        [each.text for each in said],
        vectors,
        [each.kind for each in said],
        [each.participant for each in said],
        nlp,
        FixedLabels(labels),
        encode,
        said_by_many=said_by_many,
        around=around,
        whole=[each.id in whole for each in said],
    )
    return {
        str(themes[topic.rows[0]]): representation_of(topic, said)
        for topic in topics
        if themes[topic.rows[0]] is not None
    }


def representation_of(
    topic: Topic, said: Sequence[StatementView], stability: float | None = None
) -> Representation:
    """The representation of a topic, with statement ids in place of rows."""
    return Representation(
        label=topic.label,
        keywords=tuple(topic.keywords),
        quotes=tuple(said[row].id for row in topic.quotes),
        action=said[topic.action].id if topic.action is not None else None,
        trust={
            "stability": None if stability is None else round(stability, 4),
            "closeness": round(float(np.mean(topic.closeness)), 4),
            "coherence": topic.coherence,
        },
    )
