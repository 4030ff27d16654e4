"""What the assistant says is plain Dutch, level B1: short sentences, one question at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from actions.talk import sentences
from consultation.catalogue import Catalogue, load_catalogue
from dialogue.messages import MESSAGES
from tests.conftest import CATALOGUE, SECOND_CATALOGUE

_ABOUT = ("doel", "bot", "duur", "resultaat", "wie", "privacy", "anoniem")
MAX_WORDS = 15
MAX_AVERAGE = 10.0
# Douma (1960): 80 and more is easy, 65 to 80 is what everybody can read.
MIN_FLESCH_DOUMA = 65.0


def test_the_measures_tell_hard_from_plain() -> None:
    plain = "U mag op elk moment stoppen. Alles wat u zei, is bewaard."
    hard = (
        "Overeenkomstig de desbetreffende reglementering inzake levenslang leren dient de "
        "verantwoordelijke organisatie onverwijld de administratieve gegevensverwerking te "
        "verduidelijken aan alle belanghebbenden."
    )
    assert flesch_douma(plain) > MIN_FLESCH_DOUMA > flesch_douma(hard)
    assert [len(words(each)) for each in split(plain)] == [6, 6]
    assert syllables("geïnteresseerde") == 6
    assert syllables("bevraging") == 3


@pytest.mark.parametrize("path", [CATALOGUE, SECOND_CATALOGUE], ids=lambda path: path.stem)
def test_every_sentence_a_stakeholder_reads_is_short(path: Path) -> None:
    texts = dict(spoken(load_catalogue(path)))
    long = [
        f"{place}: {len(words(sentence))} words: {sentence}"
        for place, text in texts.items()
        for sentence in split(text)
        if len(words(sentence)) > MAX_WORDS
    ]
    assert long == []
    lengths = [len(words(sentence)) for text in texts.values() for sentence in split(text)]
    assert sum(lengths) / len(lengths) <= MAX_AVERAGE


def test_the_texts_are_easy_by_flesch_douma(catalogue: Catalogue) -> None:
    texts = dict(spoken(catalogue))
    whole = flesch_douma(" ".join(texts.values()))
    assert whole >= MIN_FLESCH_DOUMA, whole
    longer = {place: text for place, text in texts.items() if len(words(text)) >= 40}
    hard = {place: round(flesch_douma(text)) for place, text in longer.items()}
    assert [place for place, score in hard.items() if score < 50] == [], hard


def test_a_bubble_asks_one_question(catalogue: Catalogue) -> None:
    double = [
        place
        for place, text in spoken(catalogue)
        if text.count("?") > 1 and not place.endswith("voorbeeld")
    ]
    assert double == []


def test_a_probe_never_asks_why_alone_and_never_the_same_twice(catalogue: Catalogue) -> None:
    for opdracht in catalogue.opdrachten:
        wordings = [wording for vraag in opdracht.vragen for wording in vraag.doorvraag]
        assert len(set(wordings)) == len(wordings)
        assert not [each for each in wordings if each.casefold().startswith("waarom")]


def spoken(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Every text a stakeholder reads in the chat, with its place."""
    for name, wordings in sentences().items():
        for index, text in enumerate(wordings):
            yield f"zinnen.{name}[{index}]", re.sub(r"\{\w+\}", "", text)
    notices = yaml.safe_load(MESSAGES.read_text(encoding="utf-8"))
    heard = ("keuze", "keuze_eerst", "keuze_weggehaald", "keuze_blijft", "later", "mislukt")
    for name in (*heard, "druk", "geen_ronde", "ronde_gesloten", "gesprek_gesloten"):
        yield f"meldingen.{name}", re.sub(r"\{\w+\}", "", notices[name])
    texts = catalogue.consultatie
    for name in (
        "doel",
        "bot",
        "duur",
        "resultaat",
        "wie",
        "privacy",
        "anoniem",
        "crisis",
        "dreiging",
    ):
        yield f"consultatie.{name}", getattr(texts, name)
    yield "consultatie.contact", texts.contact.tekst
    for consent in texts.toestemmingen:
        yield f"toestemming.{consent.doel}", f"{consent.vraag}\n{consent.uitleg}"
    for opdracht in catalogue.opdrachten:
        place = f"opdracht {opdracht.nummer}"
        yield f"{place}.ambitie", opdracht.ambitie
        yield f"{place}.uitleg", opdracht.uitleg
        for vraag in opdracht.vragen:
            yield f"{place}.{vraag.key}", vraag.tekst
            yield f"{place}.{vraag.key}.eenvoudiger", vraag.eenvoudiger
            yield f"{place}.{vraag.key}.voorbeeld", vraag.voorbeeld
            for index, wording in enumerate(vraag.doorvraag):
                yield f"{place}.{vraag.key}.doorvraag[{index}]", wording


def split(text: str) -> list[str]:
    """The sentences of a text; a line end ends one too."""
    parts = re.split(r"(?<=[.!?:;])[\s”\"]+|\n+", text)
    return [part for part in parts if words(part)]


def words(text: str) -> list[str]:
    """The words of a text, codes and addresses counted as one."""
    return re.findall(r"[\w@.'’-]*\w", text)


def syllables(word: str) -> int:
    """Dutch syllables by groups of vowels; a diaeresis starts a new one."""
    plain = re.sub(r"([ëïüö])", r" \1", word.lower())
    plain = plain.translate(str.maketrans("ëïüöéèêàáâç", "eiuoeeeaaac"))
    groups = r"aai|ooi|oei|eeu|ieu|aa|ee|oo|uu|ie|oe|eu|ui|ei|ij|au|ou|ai|oi|[aeiouy]"
    return max(1, len(re.findall(groups, plain)))


def flesch_douma(text: str) -> float:
    """Reading ease of Dutch (Douma 1960): 206.84 - 0.77 syllables per 100 words - 0.93 length."""
    found = words(text)
    per_hundred = 100 * sum(syllables(each) for each in found) / len(found)
    return 206.84 - 0.77 * per_hundred - 0.93 * len(found) / len(split(text))
