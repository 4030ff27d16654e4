"""A cry for help is heard; figures of speech and policy about it are not taken for one."""

from __future__ import annotations

import json

import pytest
from conftest import shared_file

from language.alarm import alarm


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Ik wil niet meer leven", "crisis"),
        ("ik denk aan zelfmoord", "crisis"),
        ("Ik zie het leven niet meer zitten sinds mijn ontslag.", "crisis"),
        ("soms wil ik gewoon dood", "crisis"),
        ("ik ga mezelf iets aandoen", "crisis"),
        ("kwil ni meer leve", "crisis"),
        ("iedereen is beter af zonder mij", "crisis"),
        ("ik spring voor de trein", "crisis"),
        ("ik wil stoppen met leven", "crisis"),
        ("ik snij mezelf", "crisis"),
        ("ik maak er een einde aan", "crisis"),
        ("ik schiet jullie allemaal neer", "dreiging"),
        ("ik vermoord die consulent", "dreiging"),
        ("er ligt een bom in jullie kantoor", "dreiging"),
        ("mijn man slaat mij", "dreiging"),
        ("ik word thuis geslagen", "dreiging"),
        ("ik weet waar jullie wonen", "dreiging"),
    ],
)
def test_a_cry_for_help_is_heard(text: str, kind: str) -> None:
    assert alarm(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "Ik word er zot van",
        "die school is dood",
        "de bureaucratie maakt ons kapot",
        "we moeten er een einde aan maken, aan die attesten",
        "ik wil dood graag een cursus volgen",
        "een opleiding over zelfmoordpreventie voor leerkrachten",
        "moordende concurrentie tussen de scholen",
        "mijn werkgever slaat opleiding over",
        "dat slaat nergens op",
        "ik kan van dat loon niet meer leven",
        "levenslang leren heeft geen zin voor mij",
    ],
)
def test_a_figure_of_speech_is_none(text: str) -> None:
    assert alarm(text) is None


@pytest.mark.parametrize("name", ["regeerakkoord_vl_zinnen", "moties_onderwijs"])
def test_policy_about_it_is_none(name: str) -> None:
    lines = shared_file(f"data/{name}.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    assert [text for text in texts if alarm(text)] == []
