"""How far to trust a run is told: words that cohere, weak themes, loud groups and campaigns."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.clustering.coherence import coherence, diversity
from analysis.clustering.stability import speakers, subsample, subsamples, warnings, weakest
from analysis.run import analyse
from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.importing.imports import store_rows
from consultation.importing.readers import ImportFile, ImportRow
from reporting.report import render
from tests.databases import open_storage


def test_words_that_are_said_together_cohere_and_words_that_never_meet_do_not() -> None:
    texts = [["bus", "trein"], ["bus", "trein", "laat"], ["oppas"], ["oppas", "laat"]]
    assert coherence(texts, ["bus", "trein"]) == pytest.approx(1)
    assert coherence(texts, ["bus", "oppas"]) == -1
    assert coherence(texts, ["bus", "laat"]) == pytest.approx(0)
    assert coherence(texts, ["bus", "fiets"]) is None


@given(st.lists(st.lists(st.sampled_from("abcdef"), min_size=1), min_size=1, max_size=30))
def test_coherence_lies_between_minus_one_and_one(texts: list[list[str]]) -> None:
    found = coherence(texts, list("abcdef"))
    assert found is None or -1 <= round(found, 9) <= 1


def test_themes_that_share_their_keywords_are_less_diverse() -> None:
    assert diversity([["bus", "trein"], ["oppas", "kind"]]) == 1
    assert diversity([["bus", "trein"], ["bus", "kind"]]) == 0.75
    assert diversity([]) is None


def test_only_themes_that_dissolve_are_named_as_weak_the_weakest_first() -> None:
    themes = {"a": 0.4, "b": 0.9, "c": None, "d": 0.1, "e": 0.45, "f": 0.3}
    assert weakest(themes) == ["d", "f", "a"]
    assert weakest({"b": 0.9, "c": None}) == []


def test_one_group_and_one_campaign_that_speak_loudest_are_told() -> None:
    told = speakers(["vakbond"] * 7 + ["school", None, None], [4, 1, 1, 1, 1, 1, 1])
    assert told == {"group": "vakbond", "group_share": 0.7, "campaign_share": 0.4}
    assert warnings(40, 0.4, 0.7, 0.4) == ["unstable", "one_group", "one_campaign"]
    assert warnings(29, None, 0.5, 0.2) == ["few_statements"]
    assert speakers([], []) == {"group": None, "group_share": 0.0, "campaign_share": 0.0}


def test_up_to_five_thousand_texts_have_twenty_subsamples_and_more_texts_fewer() -> None:
    sizes = (0, 100, 5_000, 10_000, 20_000, 200_000)
    assert [subsamples(size) for size in sizes] == [20, 20, 20, 10, 5, 3]


def test_a_subsample_leaves_out_the_same_texts_whatever_their_order() -> None:
    vectors = np.random.default_rng(0).normal(size=(50, 12)).astype(np.float32)
    order = np.random.default_rng(1).permutation(50)
    kept = {row.tobytes() for row in vectors[subsample(vectors, 3)]}
    assert len(kept) == 45
    assert kept == {row.tobytes() for row in vectors[order][subsample(vectors[order], 3)]}


def test_a_run_says_how_far_to_trust_it(tmp_path: Path, catalogue: Catalogue) -> None:
    storage = open_storage(f"sqlite:///{tmp_path / 'samenspraak.db'}")
    ends = ("in Gent", "bij ons", "op het platteland", "voor ouders", "na het werk", "in de zomer")
    starts = (
        "De bus rijdt niet naar de cursus",
        "De trein naar de les is altijd te laat",
        "Kinderopvang is veel te duur",
        "Een oppas vinden lukt niet",
        "Een cursus online volgen is moeilijk",
        "Ik heb geen computer die werkt",
    )
    said = [f"{start} {end}." for start in starts for end in ends]
    said += ["Schaf het inschrijvingsgeld van alle opleidingen voor volwassenen af."] * 12
    rows = tuple(
        ImportRow(
            "",
            text,
            opdracht=4,
            question="drempel",
            group="werkgeversorganisatie" if number < 30 else None,
        )
        for number, text in enumerate(said)
    )
    with storage.writing() as session:
        consultation = rounds.ensure_consultation(session, catalogue).id
        round_ = rounds.open_(session, consultation, 1)
        store_rows(session, consultation, round_, ImportFile("ronde1.jsonl", rows), catalogue)
    result = analyse(
        storage,
        consultation,
        catalogue,
        encoder_name="use",
        spacy_model="nl_core_news_sm",
        round_number=1,
        opdracht=4,
    )
    (told,) = json.loads(result.as_json())["opdrachten"]
    trust = told["trust"]
    assert trust["subsamples"] == 20
    assert -1 <= trust["coherence"] <= 1
    assert 0 < trust["diversity"] <= 1
    assert trust["group"] == "werkgeversorganisatie"
    assert trust["group_share"] == round(30 / told["statements"], 4)
    assert trust["campaign_share"] == round(12 / told["statements"], 4)
    assert trust["warnings"][-2:] == ["one_group", "one_campaign"]
    assert all(code.startswith("O04-T") for code in trust["weakest"])
    page = " ".join(render(storage, consultation, catalogue, "use").split())
    assert "van de uitspraken komt van één groep: Werkgever of" in page
    assert "van de uitspraken is telkens dezelfde tekst" in page
