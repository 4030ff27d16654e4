"""Other languages are told from Dutch, and Dutch is never taken for another language."""

from __future__ import annotations

import json

import pytest

from consultation.settings import ROOT
from language.foreign import foreign_language
from language.segmentation.statements import statement_spans
from tests.conftest import shared_file

IN_ANOTHER = {
    "en": (
        "It is too expensive.",
        "Free childcare please.",
        "That is all.",
        "Nobody told me about the vouchers.",
        "The bus does not run after seven.",
        "Why are there no lessons on Saturday?",
    ),
    "fr": (
        "C'est trop cher.",
        "Pas de garde d'enfants.",
        "Je ne parle pas bien néerlandais.",
        "Trop de théorie.",
        "La commune devrait s'en occuper.",
    ),
    "de": (
        "Das ist zu teuer.",
        "Mein Chef will das nicht.",
        "Wir brauchen Kinderbetreuung.",
        "Man sollte die Kurse kostenlos machen.",
    ),
    "tr": ("Formlar çok zor.", "Patronum bana izin vermiyor.", "Hollandacam iyi değil."),
    "es": ("Es demasiado caro.", "Mi jefe no me deja."),
    "pl": ("To jest za drogie.", "Nie mam czasu wieczorem."),
    "it": ("Non ho tempo la sera.",),
    "ro": ("Nu am timp seara.",),
    "ar": ("هذا غالي جدا", "أريد دورات مجانية"),
    "fa": ("این خیلی گران است",),
    "ru": ("У меня нет времени",),
    "uk": ("Це занадто дорого для мене і моєї сім'ї",),
}
DUTCH = (
    "te duur",
    "nee",
    "Wéér een app met een code.",
    "les in het nederlands, in een klas",
    "kweet nie wa ge bedoelt, zie da mijn baas da nie wilt hè",
    "zedde gij zot",
    "Digital skills workshop in de bib",
    "Een coach, een buddy, een mentor: noem het hoe je wil",
    "learning on the job, dat werkt",
    "De European Qualifications Framework is niet bekend bij ons",
    "VDAB, CVO, Ligo, Syntra",
    "👍👍",
    "",
    "12345 / 678",
    "Internet Excel Word PowerPoint",
)


@pytest.mark.parametrize(
    ("language", "text"), [(name, text) for name, texts in IN_ANOTHER.items() for text in texts]
)
def test_short_answers_in_another_language_are_told(language: str, text: str) -> None:
    assert foreign_language(text) == language


@pytest.mark.parametrize("text", DUTCH)
def test_dialect_english_words_and_names_stay_dutch(text: str) -> None:
    assert foreign_language(text) is None


def test_of_the_sample_only_the_english_and_french_answers_are_marked() -> None:
    marked: set[str] = set()
    for name in ("ronde1.jsonl", "ronde2.jsonl"):
        for line in (ROOT / "data" / "voorbeeld" / name).read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            for span in statement_spans(row["text"]):
                if foreign_language(row["text"][span.start : span.end]):
                    marked.add(row["text"].split()[0])
    assert marked == {"In", "A", "Pour", "Rendre"}


@pytest.mark.parametrize(
    "name", ["regeerakkoord_vl_zinnen.jsonl", "moties_onderwijs.jsonl", "sib200_nld.jsonl"]
)
def test_of_thousands_of_dutch_sentences_none_is_marked(name: str) -> None:
    lines = shared_file(f"data/{name}").read_text(encoding="utf-8").splitlines()
    marked = [text for line in lines if foreign_language(text := json.loads(line)["text"])]
    assert marked == []
