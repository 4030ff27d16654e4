"""Frequent words of Dutch: their frequency, and stop words."""

from __future__ import annotations

from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path


def _stop_words_of_spacy() -> frozenset[str]:
    """Dutch stop words, read from spaCy's file: importing spaCy takes half a second."""
    package = find_spec("spacy")
    assert package is not None
    assert package.origin is not None
    file = Path(package.origin).parent / "lang" / "nl" / "stop_words.py"
    spec = spec_from_file_location("dutch_stop_words", file)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return frozenset(module.STOP_WORDS)


FUNCTION_WORDS = _stop_words_of_spacy()
"""Dutch stop words as spaCy lists them."""

STOP_WORDS = FUNCTION_WORDS | frozenset(
    word
    for line in (
        "één eén éénmaal zélf dé hét vóór 't 's 'n m'n z'n d'r zo'n ge gelle jullie u uw uwe jouw",
        "bv bv. bijv bijv. bvb enz enz. etc etc. o.a. nl. m.b.t. i.p.v. d.w.z. t.o.v. i.v.m. e.d.",
        "dus ook wel nog al maar echt heel eigenlijk gewoon misschien toch daarom hierbij hiervoor",
        "daarbij daarvoor waarbij waarvoor waardoor daardoor hierdoor zodat zoals tevens verder",
        "graag gaan gaat komen komt krijgen krijgt geven geeft zien ziet vinden vindt laten laat",
        "staan staat willen wil weten weet zetten doen doet maken maakt iedereen iemand niemand",
        "een twee drie vier vijf zes zeven acht negen tien twintig honderd per uur uren dag dagen",
        "week weken maand maanden jaar jaren keer stap voorbeeld manier zie vorig antwoord samen",
        "nieuw nieuwe goede grote kleine eigen ander andere eerste laatste elk elke hele zelf",
        "iets niets alles mensen mens vaak altijd nooit soms meer minder veel weinig beter best",
    )
    for word in line.split()
)
"""Dutch stop words, accented forms included, and words that name no subject in answers."""


def zipf(word: str) -> float:
    """The Zipf frequency of a word: log10 of its occurrences per billion words, 0 if not listed."""
    from wordfreq import zipf_frequency  # takes half a second to load

    return zipf_frequency(word, "nl")
