"""A theme's label is a phrase that people used, readable and its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language

from analysis.labelling.labels import theme_labels
from analysis.labelling.phrases import phrases
from analysis.labelling.term_weights import LabelInput
from language.embedding import load_encoder
from language.pipeline import STOP_WORDS, load_pipeline, tagged_words
from language.tagging import without_article

OPVANG = (
    "Zorg voor gratis opvang tijdens de les.",
    "Zonder opvang voor de kinderen kan ik niet komen.",
    "De crèche is volzet, dus ik vind geen opvang.",
    "Reserveer plaatsen in de crèche voor ouders die leren.",
    "Kinderopvang is te duur voor een alleenstaande ouder.",
    "Ik betaal meer aan de crèche dan aan de cursus.",
)
BUS = (
    "De laatste bus vertrekt om zes uur.",
    "Er rijdt geen bus naar de school.",
    "Laat de bus ook in de avond rijden.",
    "Zonder auto en zonder bus geraak ik er niet.",
    "De bushalte ligt te ver van de school.",
    "Betaal de bus voor wie een cursus volgt.",
)
GELD = (
    "De financiële steun is een doolhof.",
    "Geef iedereen een leerrekening met financiële steun.",
    "De leerrekening moet van de burger zijn.",
    "Stort het geld op de leerrekening.",
    "Een leerrekening voor elke volwassene.",
)
TEXTS = [*OPVANG, *BUS, *GELD]
THEMES = [
    list(range(len(OPVANG))),
    list(range(len(OPVANG), len(OPVANG) + len(BUS))),
    list(range(len(OPVANG) + len(BUS), len(TEXTS))),
]


@pytest.fixture(scope="module", params=["fallback", "spacy"])
def nlp(request: pytest.FixtureRequest) -> Language:
    """The fallback, and a trained pipeline where one is beside the project."""
    if request.param == "fallback":
        return load_pipeline("nl_core_news_sm")
    folder: Path = request.getfixturevalue("dutch_model")
    return load_pipeline(str(folder))


def reading(
    nlp: Language,
    texts: list[str],
    themes: list[list[int]],
    actions: list[int | None] | None = None,
) -> LabelInput:
    return LabelInput(
        texts=dict(enumerate(texts)),
        words=dict(enumerate(tagged_words(nlp, texts))),
        people={row: f"p{row}" for row in range(len(texts))},
        proposals=frozenset(),
        themes=themes,
        actions=actions or [None] * len(themes),
    )


def labelled(nlp: Language, texts: list[str], themes: list[list[int]]) -> list[str]:
    encoder = load_encoder("use")
    return theme_labels(reading(nlp, texts, themes), encoder.encode(texts), encoder.encode)


def test_labels_name_the_subject_in_words_people_used(nlp: Language) -> None:
    first, second, third = labelled(nlp, TEXTS, THEMES)
    assert "opvang" in first.lower() or "crèche" in first.lower()
    assert "bus" in second.lower()
    assert "leerrekening" in third.lower() or "financiële" in third.lower()
    everything = " ".join(TEXTS).lower()
    for label in (first, second, third):
        assert label[0].isupper()
        assert all(part.lower() in everything for part in label.split(" en "))
        words = label.lower().split()
        assert words[0] not in STOP_WORDS
        assert words[-1] not in STOP_WORDS


def test_without_vectors_words_decide(nlp: Language) -> None:
    labels = theme_labels(reading(nlp, TEXTS, THEMES))
    assert "bus" in labels[1].lower()


def test_two_themes_with_the_same_words_get_different_labels(nlp: Language) -> None:
    texts = ["Gratis opvang tijdens de les."] * 6
    labels = labelled(nlp, texts, [[0, 1, 2], [3, 4, 5]])
    assert len({label.casefold() for label in labels}) == 2


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from([*TEXTS, "😀", "ok", "12", "geen"]), min_size=2, max_size=12))
def test_any_texts_give_different_labels_that_are_not_empty(texts: list[str]) -> None:
    half = len(texts) // 2
    themes = [list(range(half)), list(range(half, len(texts)))]
    labels = labelled(load_pipeline("nl_core_news_sm"), texts, themes)
    assert all(label.strip() for label in labels)
    assert len({label.casefold() for label in labels}) == 2


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Zorg voor gratis opvang tijdens de les.", "gratis opvang tijdens de les"),
        ("Wij vragen betaalde opleiding voor alle werknemers.", "betaalde opleiding"),
        ("De wachtlijst voor Nederlands is te lang.", "wachtlijst voor Nederlands"),
        ("Er is geen crèche in het dorp.", "geen crèche"),
        ("Zorg voor een peter of meter op het werk.", "peter of meter"),
        ("Verbeter het primair en voortgezet onderwijs.", "primair en voortgezet onderwijs"),
        ("Maak werk van een leven lang leren voor allen.", "leven lang leren"),
        ("Herzie het risicogerichte toezicht op scholen.", "risicogericht toezicht"),
        ("Een klein en vast budget per inwoner volstaat.", "klein en vast budget"),
    ],
)
def test_phrases_are_groups_around_a_noun(nlp: Language, text: str, phrase: str) -> None:
    (words,) = tagged_words(nlp, [text])
    assert phrase in {each.text for each in phrases(text, words)}


def test_a_phrase_is_never_cut_out_over_a_comma_or_an_order(nlp: Language) -> None:
    text = "Laat ouders, scholen en bedrijven samen beslissen."
    (words,) = tagged_words(nlp, [text])
    found = {each.text for each in phrases(text, words)}
    assert all("," not in each and not each.lower().startswith("laat") for each in found)
    assert all(each in text for each in found)


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("De aansluiting tussen mbo en hbo hapert.", "aansluiting tussen mbo"),
        ("Herzie het risicogerichte toezicht op scholen.", "risicogerichte toezicht"),
        ("Wij willen een leven lang leren.", "leven"),
        ("Geef mij een week in een bedrijf en kijk.", "bedrijf en kijk"),
    ],
)
def test_no_phrase_is_broken_off_or_inflected_for_an_article_it_lost(
    nlp: Language, text: str, broken: str
) -> None:
    (words,) = tagged_words(nlp, [text])
    assert broken not in {each.text for each in phrases(text, words)}


@pytest.mark.parametrize(
    ("adjective", "noun", "bare"),
    [
        ("brede", "aanbod", "breed"),
        ("speciale", "onderwijs", "speciaal"),
        ("stille", "lokaal", "stil"),
        ("kosteloze", "vervoer", "kosteloos"),
        ("financiële", "voordeel", "financieel"),
        ("vaste", "budget", "vast"),
        ("betaalde", "opleiding", "betaalde"),
        ("nieuwe", "scholen", "nieuwe"),
    ],
)
def test_only_before_a_neuter_noun_an_adjective_loses_its_ending(
    adjective: str, noun: str, bare: str
) -> None:
    assert without_article([adjective], noun) == [bare]


def test_a_detail_of_a_story_is_no_label(nlp: Language) -> None:
    story = "Op de barbecue in Napels at ik pizza en dacht ik aan mijn jeugd in de haven."
    for themes in (THEMES, [[*THEMES[0], len(TEXTS)], *THEMES[1:]]):
        label = labelled(nlp, [*TEXTS, story], themes)[0].lower()
        assert not {"pizza", "napels", "barbecue", "haven"} & set(label.split())


def test_a_small_theme_is_named_after_what_its_proposed_action_asks_for(nlp: Language) -> None:
    texts = [
        *OPVANG,
        "Een leerwinkel in elke regio met een vast budget.",
        "Mijn zus woont in Bree en daar is er geen in de buurt.",
        "In Leuven was het heel goed, zegt mijn zus.",
    ]
    themes = [list(range(6)), [6, 7, 8]]
    encoder = load_encoder("use")
    found = reading(nlp, texts, themes, [0, 6])
    label = theme_labels(found, encoder.encode(texts), encoder.encode)[1]
    assert label.startswith("Leerwinkel")
