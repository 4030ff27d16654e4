"""What a text is made of: parts that are sure, and nothing where it may just be an answer."""

from __future__ import annotations

import time

import pytest

from language.reading import message
from language.reading.message import part, read


@pytest.mark.parametrize(
    ("text", "content"),
    [
        (
            "Het klopt, maar ik wil nog toevoegen: de crèche sluit te vroeg",
            "de crèche sluit te vroeg",
        ),
        ("ja klopt, maar ik was vergeten te zeggen dat de bus te duur is", "de bus te duur is"),
        ("ik wil er nog iets aan toevoegen: het boek kost ook geld", "het boek kost ook geld"),
        ("mag ik nog toevoegen dat het lokaal koud is?", "het lokaal koud is?"),
        ("en ook nog: niemand zegt waar je moet zijn", "niemand zegt waar je moet zijn"),
        ("zet er nog bij dat de trap te steil is", "de trap te steil is"),
        ("ik zou ook nog willen zeggen dat de uren slecht zijn", "de uren slecht zijn"),
        ("en bij wie het doet mag de bib er nog bij", "de bib"),
        ("vergeten te vermelden bij de vorige vraag: ook op zaterdag", "ook op zaterdag"),
        (
            "oei, ik ben iets vergeten bij de eerste vraag, de lift is stuk en de trap is te steil",
            "de lift is stuk en de trap is te steil",
        ),
        ("Ik had bij mijn vorige antwoord nog iets vergeten: de lift", "de lift"),
        ("ik wil eerst vlug iets aan mijn tweede antwoord hangen: een lift", "een lift"),
        ("bij mijn vorig antwoord nog dit: een lift", "een lift"),
        ("Ik moet nog iets op de eerste vraag schrijven, de lift is stuk", "de lift is stuk"),
    ],
)
def test_an_addition_is_the_exact_part_of_the_text(text: str, content: str) -> None:
    reading = read(text)
    assert reading.kind == message.ADDITION
    assert part(text, reading.content) == content


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("ik bedoelde acht uur, niet negen", "negen", "acht uur"),
        ("nee, niet negen maar acht", "negen", "acht"),
        ("oei sorry, ik bedoel niet Aalst maar Ninove", "Aalst", "Ninove"),
        ("wacht, bij de eerste vraag bedoelde ik drie dagen, niet twee", "twee", "drie dagen"),
        ("nee wacht, het moet 300 euro zijn", "", "300 euro"),
        ("verander Gent in Brugge", "Gent", "Brugge"),
        ("bij 'wat tegenhoudt' moet 40 mensen 400 mensen zijn", "40 mensen", "400 mensen"),
        ("maak van weinig dringend toch dringend", "weinig dringend", "dringend"),
    ],
)
def test_a_correction_has_what_goes_and_what_comes(text: str, old: str, new: str) -> None:
    reading = read(text)
    assert reading.kind == message.CORRECTION
    assert (part(text, reading.old), part(text, reading.new)) == (old, new)


REMARKS = {
    message.WAIT: (
        "wacht even",
        "momentje aub",
        "ok wacht, er is iemand aan de deur",
        "even nadenken",
        "euh...",
        "ik ben zo terug",
        "amai, moeilijke vraag",
    ),
    message.ENOUGH: (
        "dat is genoeg",
        "zo, dat was het",
        "meer heb ik niet te zeggen",
        "ik heb niets meer toe te voegen",
        "'t is genoeg zo",
    ),
    message.LEAVE: (
        "laat maar",
        "nee, laat het maar staan zoals het was",
        "zoals het was",
        "verander toch maar niets",
        "hou het zo",
        "ach laat maar zo",
    ),
    message.NO_IDEA: (
        "geen idee",
        "gn mening",
        "kweet het niet",
        "dat weet ik echt niet",
        "goh, daar heb ik geen mening over",
        "no idea",
        "weet ik veel",
        "weet nie wie da moet doen",
        "ik weet niet wat ik daar moet zeggen",
    ),
    message.QUESTION_MARK: ("?", "??", " ? ", "? ?", "???"),
}


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in REMARKS.items() for text in texts]
)
def test_a_remark_holds_no_content(kind: str, text: str) -> None:
    assert read(text).kind == kind


@pytest.mark.parametrize(
    "text",
    [
        "wachtlijsten zijn te lang",
        "wacht niet tot mensen werkloos zijn",
        "even wachten op een antwoord duurt weken",
        "Laat de leerrekening meteen betalen.",
        "laat mensen zelf kiezen",
        "mensen weten niet waar ze terecht kunnen",
        "ik weet niet waar ik een cursus vind",
        "geen idee hebben van wat bestaat houdt mensen tegen",
        "niet iedereen kan met een computer werken",
        "de VDAB moet de trekker zijn",
        "het moet gratis zijn",
        "extra lessen in de avond",
        "vergeten groepen zoals daklozen bereiken",
        "zeker in Gent is er te weinig aanbod",
        "er is geen idee over de kosten",
        "genoeg begeleiders in elke school",
        "ja",
        "ok.",
        "Neen.",
        "goed!",
        "maar",
        "de gemeente en de scholen samen",
    ],
)
def test_what_may_be_an_answer_is_not_read_otherwise(text: str) -> None:
    assert read(text).kind is None


@pytest.mark.parametrize(
    ("text", "both"),
    [
        ("De bus rijdt niet meer na zes uur. Wie leest dit eigenlijk?", True),
        ("Te weinig lessen in de avond! Is dit anoniem?", True),
        ("Een cursus kost 300 euro bij ons. Hoelang duurt dit nog?", True),
        ("Mijn baas geeft geen vrij voor een les. Wat doen jullie daarmee?", True),
        ("Geef iedereen een coach in de buurt. Wanneer hoor ik iets?", True),
        ("Ik begrijp de vraag niet. Wat bedoel je?", False),
        ("Hallo daar. Wie ben jij?", False),
        ("Sorry maar dit is raar. Wie leest dit?", False),
        ("Wie leest dit? En hoelang duurt het?", False),
        ("Kan dat anoniem?", False),
    ],
)
def test_an_answer_before_a_question_is_seen(text: str, both: bool) -> None:
    assert message.answer_and_question(text) is both


@pytest.mark.parametrize(
    "text",
    [
        "ik wil " + "nog " * 3000,
        "bij " + "a " * 5000,
        "niet " * 2000,
        "wacht " + "even " * 2000,
        "ja " * 3000,
        "laat " + "maar " * 3000,
        "en bij x mag " + "nog ook " * 1200,
        "x" * 10000,
        "het moet " + "eigenlijk dus " * 700,
        "a, " * 3000 + "?",
        "?" * 10000,
    ],
)
def test_reading_takes_no_time(text: str) -> None:
    begun = time.perf_counter()
    read(text[:10000])
    assert time.perf_counter() - begun < 0.5


@pytest.mark.parametrize(
    "text",
    [
        "toch terug naar wie het moet doen",
        "kunnen we even terug naar de eerste vraag?",
        "ik wil terug naar mijn voorstel",
        "ga nog eens terug naar de vorige vraag",
        "mag ik terugkomen op mijn antwoord",
    ],
)
def test_going_back_to_a_question_is_no_answer(text: str) -> None:
    assert read(text).kind == message.BACK


@pytest.mark.parametrize(
    "text",
    ["terug naar de basis", "mensen terug naar de schoolbanken brengen", "terug naar school gaan"],
)
def test_going_back_to_something_else_is_an_answer(text: str) -> None:
    assert read(text).kind is None


@pytest.mark.parametrize(
    "text",
    [
        "klopt van geen kanten",
        "dat klopt langs geen kanten",
        "klopt helemaal niet",
        "het klopt voor geen meter",
        "dit klopt hoegenaamd niet",
        "klopt totaal niet",
        "da klopt geen bal",
    ],
)
def test_what_is_not_right_at_all_is_a_no(text: str) -> None:
    found = read(text)
    assert (found.says, found.content) == (message.NO, None)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ff wachten moet afstappen", message.WAIT),
        ("even wachten, moet iets opnemen", message.WAIT),
        ("efkes geduld, ik moet de deur opendoen", message.WAIT),
        ("goh moeilijk", message.WAIT),
        ("amai, dat is niet simpel zeg", message.WAIT),
        ("pff lastig hoor", message.WAIT),
        ("geen flauw idee wie dat moet doen", message.NO_IDEA),
        ("skip, i have no idea who runs these things", message.NO_IDEA),
        ("no clue who should pay", message.NO_IDEA),
        ("ik zou niet weten hoe ze dat moeten aanpakken", message.NO_IDEA),
        ("dat is hetzelfde als mijn voorstel eigenlijk", message.SAME),
        ("mag ik terug naar mijn voorstel, die bus vind ik flauw", message.BACK),
    ],
)
def test_what_people_say_beside_an_answer(text: str, kind: str) -> None:
    assert message.read(text).kind == kind


@pytest.mark.parametrize(
    "text",
    [
        "wacht moet zaterdag zijn",
        "moeilijk is dat de lessen te ver zijn",
        "moeilijke woorden in de cursus",
        "wachten op een plaats duurt te lang",
        "geen idee hebben ze van wat wij nodig hebben",
    ],
)
def test_content_with_the_same_words_is_no_remark(text: str) -> None:
    assert message.read(text).kind not in message.REMARKS
