"""Consent in people's words: a reason or a sigh beside a yes or a no does not make it unclear."""

from __future__ import annotations

import itertools

import pytest
import yaml

from bot.nlu.consent import yes_or_no
from consultation.settings import ROOT

MEANING = {"ja": "bevestigen", "nee": "ontkennen", "onduidelijk": "onduidelijk"}
CASES = [
    (purpose, kind, text)
    for purpose, kinds in yaml.safe_load(
        (ROOT / "tests/data/toestemming_zinnen.yml").read_text("utf-8")
    ).items()
    for kind, texts in kinds.items()
    for text in texts
]
EVEN = {"bevestigen": 0.3, "ontkennen": 0.3, "bijdrage": 0.4}
LEANINGS = {"even": EVEN, "klacht": {"klacht": 0.6, "bijdrage": 0.3, "bevestigen": 0.1}}


def read(text: str, purpose: str, leaning: str = "even") -> str:
    found = yes_or_no(LEANINGS[leaning], text, purpose)
    return found if found in ("bevestigen", "ontkennen") else "onduidelijk"


@pytest.mark.parametrize(("purpose", "kind", "text"), CASES)
def test_consent_means_what_its_writer_meant(purpose: str, kind: str, text: str) -> None:
    assert read(text, purpose) == MEANING[kind]


@pytest.mark.parametrize("purpose", ["analyse", "citaat", "organisatie"])
def test_never_the_opposite(purpose: str) -> None:
    """Whatever stands in front or behind, a yes never becomes a no, nor a no a yes."""
    yes = ["ja", "joak", "akkoord", "oui", "tuurlijk", "ok", "doe maar"]
    no = ["nee", "neeje", "liever niet", "non", "bah nink", "geen sprake van"]
    around = [
        "{}",
        "{}, dat is toch normaal",
        "{} hoor",
        "pff, {}",
        "{} want ik zit er zelf mee",
        "{}, maar wie leest dat?",
        "{}, als het mag van mijn baas",
        "allez {} dan",
        "{}!! 😀",
        "dus {}",
    ]
    for word, frame in itertools.product(yes, around):
        assert read(frame.format(word), purpose) != "ontkennen"
    for word, frame in itertools.product(no, around):
        assert read(frame.format(word), purpose) != "bevestigen"
    for one, other in itertools.product(yes, no):
        assert read(f"{one}, {other}", purpose) == "onduidelijk"
        assert read(f"{other}, {one}", purpose) == "onduidelijk"


@pytest.mark.parametrize(
    "condition", ["als", "mits", "tenzij", "alleen", "zolang", "if", "sauf si"]
)
@pytest.mark.parametrize("word", ["ja", "akkoord", "oui", "yes", "doe maar", "zeker"])
def test_a_condition_leaves_a_yes_open(word: str, condition: str) -> None:
    assert read(f"{word}, {condition} de directie het weet", "analyse") == "onduidelijk"
