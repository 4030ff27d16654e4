"""A theme shows three to five quotes that differ, wherever it has as many different statements."""

from __future__ import annotations

import numpy as np

from analysis.clustering.graph_clusterer import GraphClusterer, Labels
from analysis.labelling.topics import find_topics
from consultation.catalogue import Catalogue
from consultation.database.storage import Storage
from consultation.queries.themes import theme_views
from language.embedding import Vectors, load_encoder
from language.pipeline import load_pipeline
from tests.curation_stage import sid, staged, tid

COPIES = (
    "Alle cursussen in het volwassenenonderwijs moeten gratis zijn.",
    "Maak alle cursussen in het volwassenenonderwijs gratis, leren is een recht.",
    "Maak alle cursussen in het volwassenenonderwijs gratis.",
    "Cursussen in het volwassenenonderwijs gratis maken voor allen!",
)
SHORT = ("Te duur.", "Een brief.", "De bus.")
OTHERS = (
    "Zorg voor opvang tijdens de les.",
    "De laatste bus vertrekt om zes uur in de avond.",
    "Geef iedereen een leerrekening met financiële steun.",
    "Betaal de werkgever terug voor de uren van de opleiding.",
    "Niemand vertelt waar de lessen doorgaan.",
    "Stuur een adviseur naar kleine bedrijven.",
)


class Grouped(GraphClusterer):
    """A clusterer that finds the groups it was made with."""

    def __init__(self, groups: Labels) -> None:
        super().__init__()
        self.groups = groups

    def fit(self, vectors: Vectors, y: object = None) -> GraphClusterer:  # noqa: ARG002
        self.labels_ = self.groups
        return self


def quoted(texts: tuple[str, ...]) -> list[str]:
    """What the theme of these texts quotes, beside a theme of other texts."""
    filler = tuple(f"{text} Nummer {number}." for number in range(5) for text in OTHERS)
    everything = [*texts, *filler]
    groups = np.array([0] * len(texts) + [1] * len(filler), dtype=np.int64)
    topics = find_topics(
        everything,
        load_encoder("use").encode(everything),
        ["voorstel"] * len(everything),
        [str(row) for row in range(len(everything))],
        load_pipeline("nl_core_news_sm"),
        Grouped(groups),
    )
    (topic,) = [each for each in topics if set(each.rows) == set(range(len(texts)))]
    return [everything[row] for row in topic.quotes]


def test_what_says_the_same_in_almost_the_same_words_is_quoted_once() -> None:
    found = quoted((*COPIES, *OTHERS[:3]))
    assert sum(text in COPIES for text in found) == 1
    assert len(found) == 4


def test_short_statements_fill_up_to_three() -> None:
    assert len(quoted((OTHERS[0], *SHORT))) == 3
    assert len(quoted((*OTHERS[:5], *SHORT))) == 4  # the fifth is the proposed action


def test_there_are_never_more_quotes_than_different_statements() -> None:
    assert len(quoted((*COPIES, "Te duur."))) == 2


def test_quotes_stand_beside_the_action_and_are_filled_up_to_three_with_what_is_central(
    storage: Storage, catalogue: Catalogue
) -> None:
    consultation = staged(storage, catalogue)
    with storage.reading() as session:
        views = {view.id: view for view in theme_views(session, consultation, 4)}
    large, small = views[tid(0)], views[tid(2)]
    assert large.action is not None
    assert large.action.id == sid(0)
    assert [each.id for each in large.quotes] == [sid(1), sid(2), sid(3)]
    assert small.action is None or len(small.said) <= 3
    assert {each.id for each in small.quotes} == {each.id for each in small.said}


def test_keywords_are_what_several_people_name() -> None:
    own = [
        ("an", "Mijn kind eet spaghetti en ik zoek kinderopvang."),
        ("an", "Spaghetti koken duurt lang, spaghetti eten ook."),
        ("an", "Altijd weer die spaghetti."),
        ("bo", "Zonder kinderopvang kan ik niet komen."),
        ("cas", "De kinderopvang sluit om zes uur, dan moet ik lopen."),
        ("dirk", "Geef ons kinderopvang in het gebouw."),
    ]
    filler = [(str(n), f"{text} Nummer {n}.") for n in range(6) for text in OTHERS[1:]]
    people, texts = zip(*own, *filler, strict=True)
    topics = find_topics(
        list(texts),
        load_encoder("use").encode(list(texts)),
        ["voorstel"] * len(texts),
        list(people),
        load_pipeline("nl_core_news_sm"),
        Grouped(np.array([0] * len(own) + [1] * len(filler), dtype=np.int64)),
    )
    (topic,) = [each for each in topics if set(each.rows) == set(range(len(own)))]
    assert topic.keywords[0] == "kinderopvang"
    assert "spaghetti" in topic.keywords
    assert "lopen" not in topic.keywords[:3]
