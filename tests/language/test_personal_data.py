"""Personal data is noticed, few answers raise a false alarm, and what is masked is gone."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from consultation.settings import ROOT
from language.personal_data import SURE, find, masked
from language.pipeline import load_pipeline
from tests.conftest import shared_file

CUES = spacy.blank("nl")
"""A pipeline without names: the cues alone decide."""


def seen(text: str) -> list[tuple[str, str]]:
    return [(each.kind, text[each.start : each.end]) for each in find(text, CUES)]


@pytest.mark.parametrize(
    ("text", "kind", "part"),
    [
        ("mail mij: jan.peeters@telenet.be aub", "e-mailadres", "jan.peeters@telenet.be"),
        ("jan.peeters (at) telenet.be", "e-mailadres", "jan.peeters (at) telenet.be"),
        ("bel 0475 12 34 56 na vijf", "telefoonnummer", "0475 12 34 56"),
        ("of 03/234.56.78 overdag", "telefoonnummer", "03/234.56.78"),
        ("+32 475 12 34 56", "telefoonnummer", "+32 475 12 34 56"),
        ("mijn gsm is 06-12345678", "telefoonnummer", "06-12345678"),
        ("rijksregister 85.07.30-033.28", "rijksregisternummer", "85.07.30-033.28"),
        ("85073003328", "rijksregisternummer", "85073003328"),
        ("mijn bsn is 111222333", "bsn", "111222333"),
        ("stort op BE68 5390 0754 7034 is goed", "rekeningnummer", "BE68 5390 0754 7034"),
        ("NL91ABNA0417164300", "rekeningnummer", "NL91ABNA0417164300"),
        ("ik woon Kerkstraat 12 bus 3, 9000 Gent", "adres", "Kerkstraat 12 bus 3, 9000 Gent"),
        ("in de stationsstraat 45b", "adres", "stationsstraat 45b"),
        ("Koning Albertlaan 5 is te ver", "adres", "Koning Albertlaan 5"),
        ("1234 AB Utrecht", "adres", "1234 AB Utrecht"),
        ("met de wagen 1-ABC-123", "nummerplaat", "1-ABC-123"),
        ("vraag het aan mevrouw Peeters van de dienst", "naam", "Peeters"),
        ("bel mevrouw Van Damme of de balie", "naam", "Van Damme"),
        ("dhr. K. de Vries beslist alles", "naam", "de Vries"),
        ("juf Annelies legt het goed uit", "naam", "Annelies"),
        ("mijn collega Jan kan niet mee", "naam", "Jan"),
        ("onze directeur Luc Van den Bossche", "naam", "Luc Van den Bossche"),
        ("mijn chef, Peter, wil niet", "naam", "Peter"),
        ("Ik ben Jan De Smet uit Gent", "naam", "Jan De Smet"),
        ("ik heet Özlem", "naam", "Özlem"),
        ("volgens Fatima Yilmaz kan het", "naam", "Fatima Yilmaz"),
        ("jan peeters van de vdab heeft mij tegengewerkt", "naam", "jan peeters"),
        ("mijn bazin an de smet", "naam", "an de smet"),
        ("mijn collega jan kan niet mee", "naam", "jan"),
        ("mevrouw peeters van de dienst", "naam", "peeters"),
        ("ik ken sarah vermeulen goed", "naam", "sarah vermeulen"),
        ("onze directeur luc van den bossche", "naam", "luc van den bossche"),
        ("meester bart legt het uit", "naam", "bart"),
        ("volgens piet de wit is het te duur", "naam", "piet de wit"),
        ("mijn chef, peter, wil niet", "naam", "peter"),
        ("de trainer tom claes was slecht", "naam", "tom claes"),
        ("mijn collega els weet het", "naam", "els"),
    ],
)
def test_personal_data_is_found_where_it_stands(text: str, kind: str, part: str) -> None:
    assert seen(text) == [(kind, part)]
    assert find(text, CUES)[0].certainty >= SURE


@pytest.mark.parametrize(
    "text",
    [
        "85.07.30-033.27",
        "111222334",
        "BE68 5390 0754 7035",
        "in 2019-2024 kost dat 100000 euro, 2030 zelfs 1.500.000",
        "wet van 12.03.2014, artikel 45",
        "op 01/09/2025 om 18u30",
        "minister Ben Weyts en burgemeester Bart De Wever moeten dit doen",
        "Thomas More en de Karel de Grote Hogeschool",
        "de directeur Onderwijs van de stad, met VDAB en Ligo",
        "Ik ben Vlaming en ik ben Tevreden",
        "elke straat 5 huizen, de Arbeidsmarkt 4.0",
        "mevrouw de directeur zegt nee",
        "de voorzitter van het Huis en de directeur van Nintendo",
        "een leraar Excel of een professor Economie",
        "Jan Modaal betaalt dat niet",
        "tegen 2024 EU en 2030 NL",
        "de bakker en de slager doen niet mee",
        "jan met de pet betaalt",
        "jan modaal en thomas more",
        "in gent, leuven of brugge, in mei of april",
        "elke week les, elke vos verliest zijn haren",
        "ik ben jansen beu, ben lasser",
        "mijn collega elke dag moe, mijn man ben ik kwijt",
        "mijn baas ken ik goed, mijn dochter leen ik geld",
        "mijn man frans spreken, mijn vader an zee",
        "minister ben weyts en burgemeester bart de wever",
        "bij albert heijn, delhaize of sint jan berchmans",
        "mevrouw de directeur, meneer de voorzitter",
        "een job, lot of toon van de werkzoekende",
        "max twee uur, mark de kosten aan",
        "poser des questions au prof. Moi je le fais dans le bus",
        "on peut demander au prof. Nous le faisons",
        "you can ask the prof. They know it",
        "frag den prof. Ich mache das auch",
    ],
)
def test_ordinary_answers_raise_no_alarm(text: str) -> None:
    assert seen(text) == []


def test_the_samples_answers_raise_hardly_an_alarm() -> None:
    folder = ROOT / "data" / "voorbeeld"
    texts = [
        json.loads(line)["text"]
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    for typed in (texts, [text.lower() for text in texts]):
        alarms = [(text, seen(text)) for text in typed if seen(text)]
        assert len(alarms) <= 0.01 * len(texts), alarms


@pytest.mark.parametrize("model", [False, True], ids=["cues", "names of the pipeline"])
def test_a_policy_text_raises_hardly_an_alarm(model: bool) -> None:
    path = shared_file("data/regeerakkoord_vl_zinnen.jsonl")
    lines = path.read_text(encoding="utf-8").splitlines()[:: 6 if model else 1]
    texts = [json.loads(line)["text"] for line in lines]
    nlp = load_pipeline(str(shared_file("models/nl_ud_dev"))) if model else CUES
    alarms = [text for text in texts if find(text, nlp)]
    assert len(alarms) <= 0.005 * len(texts), alarms


def test_the_pipelines_names_find_who_no_list_knows(dutch_model: Path) -> None:
    text = "De begeleiding door Sachin Tendulkar was heel goed."
    assert find(text, CUES) == []
    found = find(text, load_pipeline(str(dutch_model)))
    assert [(each.kind, text[each.start : each.end]) for each in found] == [
        ("naam", "Sachin Tendulkar")
    ]


def test_what_is_masked_is_gone_and_the_rest_is_untouched() -> None:
    text = "Bel mevrouw Peeters op 0475 12 34 56.\n\n Zij weet alles!"
    hidden = masked(text, find(text, CUES))
    assert hidden == "Bel mevrouw [naam] op [telefoonnummer].\n\n Zij weet alles!"
    assert find(hidden, CUES) == []


_PIECES = [
    "jan@peeters.be",
    "0475123456",
    "mevrouw Peeters",
    "Kerkstraat 12",
    "85.07.30-033.28",
    "te duur",
    "\n",
    "é 🙏",
    "2030",
    "VDAB",
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(_PIECES) | st.text(max_size=8), max_size=8))
def test_findings_are_slices_in_order_and_masking_changes_nothing_else(parts: list[str]) -> None:
    text = " ".join(parts)
    found = find(text, CUES)
    assert all(0 <= each.start < each.end <= len(text) for each in found)
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))
    rest = "".join(
        text[start:end]
        for start, end in zip(
            [0, *(each.end for each in found)],
            [*(each.start for each in found), len(text)],
            strict=True,
        )
    )
    hidden = masked(text, found)
    for each in found:
        hidden = hidden.replace(f"[{each.kind}]", "", 1)
    assert hidden == rest or "[" in text
