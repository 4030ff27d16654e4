"""Requests about one's own data, as ``bot.nlu.own_data`` reads them."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu import own_data
from bot.nlu.judgement import judge
from bot.nlu.own_data import read
from language.reading import request

STEPS = ("vraag", "groep", "opdracht", "bevestigen", "verder", "einde", "beheer")

SAID = {
    ("citaat", False): [
        "ik wil niet meer dat jullie mij citeren",
        "citeer mij toch maar niet",
        "u mag mijn zinnen niet letterlijk tonen",
        "ik wil liever niet geciteerd worden",
        "stop met mij te citeren",
        "kga niet akkoord meer dat ge mij citeert",
        "neen, mijn woorden mogen niet getoond worden",
    ],
    ("citaat", True): [
        "citeer mij toch maar wel",
        "jullie mogen mij nu wel citeren",
        "ik heb er geen bezwaar tegen dat jullie mij citeren",
        "ik vind het niet erg dat u mij citeert",
        "citeer dat gerust, dat mag iedereen weten",
        "mijn zinnen mag u toch tonen",
    ],
    ("organisatie", False): [
        "u mag mijn organisatie toch niet noemen",
        "noem onze vereniging niet meer",
        "ik wil niet dat jullie mijn organisatie vermelden",
        "de naam van onze organisatie liever niet vermelden",
        "laat de naam van mijn organisatie weg",
    ],
    ("organisatie", True): [
        "noem onze vereniging maar gerust",
        "jullie mogen mijn organisatie toch vermelden",
        "u mag de naam van mijn organisatie wel noemen",
        "vermeld onze vzw maar wel",
        "ik wil dat je mijn organisatie noemt",
    ],
    ("analyse", False): [
        "bewaar mijn antwoorden niet meer",
        "jullie mogen mijn antwoorden niet gebruiken",
        "ik wil niet dat u mijn antwoorden bewaart",
        "ik geef geen toestemming meer om mijn antwoorden te bewaren",
        "stop met mijn gegevens te bewaren",
    ],
    ("", False): [
        "ik trek mijn toestemming in",
        "ik herroep mijn toestemming",
        "ik wil mijn toestemming intrekken",
        "hierbij trek ik mijn toestemming in",
        "ik geef mijn toestemming niet meer",
    ],
    ("naam", False): [
        "haal mijn naam eruit",
        "laat mijn naam weg",
        "schrap mijn naam aub",
        "zet mijn naam er niet bij",
        "mijn naam mag er niet bij",
    ],
}
CONSENTS = [(text, purpose, sense) for (purpose, sense), texts in SAID.items() for text in texts]


@pytest.mark.parametrize(("text", "purpose", "sense"), CONSENTS)
def test_a_wish_on_consent_is_read_from_negation_and_object(
    text: str, purpose: str, sense: bool
) -> None:
    for step in STEPS:
        found = read(text, step)
        assert found is not None, step
        assert found.wish == request.CONSENT
        assert dict(found.consents) == {purpose: sense}


@pytest.mark.parametrize(
    "text",
    [
        "jullie mogen mij citeren maar niet mijn organisatie noemen",
        "citeer mij, of nee, toch niet",
        "ik wil niet dat jullie mij niet citeren",
        "citeer mij alleen als ik het goedvind",
        "misschien mogen jullie mij citeren",
        "noem mijn organisatie en citeer mij niet",
    ],
)
def test_two_meanings_are_not_guessed(text: str) -> None:
    for step in STEPS:
        found = read(text, step)
        assert found is not None
        assert found.wish == request.CONSENT
        assert {sense for _, sense in found.consents} == {None}


_WITHDRAWN = [
    ("citaat", "citeer mij {}"),
    ("citaat", "ik wil {} dat jullie mij citeren"),
    ("citaat", "jullie mogen mij {} citeren"),
    ("citaat", "u mag mijn zinnen {} tonen"),
    ("organisatie", "noem mijn organisatie {}"),
    ("organisatie", "jullie mogen onze vereniging {} noemen"),
    ("organisatie", "ik wil {} dat u mijn organisatie vermeldt"),
    ("analyse", "jullie mogen mijn antwoorden {} bewaren"),
    ("analyse", "bewaar mijn antwoorden {}"),
]
_NO = ["niet", "niet meer", "nooit", "toch niet", "liever niet", "nu niet", "maar niet"]
_YES = ["wel", "toch wel", "gerust", "toch maar wel", "nu wel"]
_BEFORE = [
    "",
    "ja, ",
    "nee, ",
    "ok, ",
    "euh ",
    "sorry, ",
    "toch, ",
    "wacht, ",
    "nee nee, ",
    "bah, ",
]
_AFTER = ["", " aub", ".", "!", " alstublieft", ", dank u", ", dat is beter", " hoor", ", ok"]


@given(
    st.sampled_from(_WITHDRAWN),
    st.sampled_from([*((word, False) for word in _NO), *((word, True) for word in _YES)]),
    st.sampled_from(_BEFORE),
    st.sampled_from(_AFTER),
    st.sampled_from(STEPS),
    st.booleans(),
)
@settings(max_examples=600, deadline=None)
def test_no_wish_is_ever_read_as_its_opposite(
    said: tuple[str, str],
    word: tuple[str, bool],
    before: str,
    after: str,
    step: str,
    loud: bool,
) -> None:
    purpose, pattern = said
    text = f"{before}{pattern.format(word[0])}{after}"
    found = read(text.upper() if loud else text, step)
    if found is None or found.wish != request.CONSENT:
        assert found is None or found.wish == request.CONSENT
        return
    for name, sense in found.consents:
        assert name == purpose
        assert sense in (word[1], None), text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("wis alles", {"everything": True}),
        ("kan ik alles laten verwijderen?", {"everything": True, "asks": True}),
        ("gooi alles maar weg wat ik gezegd heb", {"everything": True}),
        ("verwijder mij uit jullie lijst", {"everything": True}),
        ("ik wil dat jullie al mijn antwoorden wissen", {"everything": True}),
        ("wis mijn laatste antwoord", {"last": True}),
        ("was maar een grapje, wis dat laatste", {"last": True}),
        ("smijt da laatste antwoord maar weg", {"last": True}),
        ("haal weg wat ik daarnet zei", {"last": True}),
        ("ik had liever dat mijn laatste antwoord geschrapt werd", {"last": True}),
        ("wis mijn antwoord over wie het doet bij opdracht 8", {"opdracht": 8}),
        ("wis alles over opdracht 8", {"opdracht": 8}),
        ("verwijder mijn antwoorden bij opdracht drie", {"opdracht": 3}),
        ("schrap mijn antwoord op vraag 2 van opdracht 5", {"opdracht": 5}),
        ("trek mijn antwoord bij onderwerp 9 in", {"opdracht": 9}),
    ],
)
def test_what_is_to_be_erased_is_read(text: str, expected: dict[str, object]) -> None:
    for step in STEPS:
        found = read(text, step)
        assert found is not None, step
        assert found.wish == request.ERASE
        for name, value in expected.items():
            assert getattr(found, name) == value, (step, name)


@pytest.mark.parametrize(
    "text",
    [
        "niet wissen!",
        "wis mijn antwoorden niet",
        "ik wil mijn antwoord niet wissen",
        "verwijder mijn gegevens toch maar niet",
        "ik wil mijn toestemming niet intrekken",
        "je moet mijn naam niet weghalen",
    ],
)
def test_not_to_erase_is_no_erasure(text: str) -> None:
    for step in STEPS:
        found = read(text, step)
        assert found is not None
        assert found.wish == request.KEEP


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("nee niet alles, enkel mijn voorstel", "voorstel"),
        ("enkel mijn voorstel", "voorstel"),
        ("wis niet mijn voorstel maar mijn drempel", "drempel"),
        ("nee alleen dat van de trekker", "trekker"),
        ("wat ik over de bus zei", "bus"),
    ],
)
def test_an_object_is_enough_while_own_data_are_spoken_of(text: str, about: str) -> None:
    found = read(text, "beheer")
    assert found is not None
    assert (found.wish, found.everything) == (request.ERASE, False)
    assert about in found.about


@pytest.mark.parametrize(
    "text",
    ["ja, maar niet mijn voorstel", "alles behalve de trekker", "alles wissen, niet de drempel"],
)
def test_an_exception_is_asked_about(text: str) -> None:
    found = read(text, "beheer")
    assert found == request.Reading(request.ERASE, yes=found.yes if found else None)


@pytest.mark.parametrize(
    "text",
    [
        "cursisten moeten hun gegevens kunnen wissen",
        "toestemming van de werkgever is nodig",
        "mijn baas geeft geen toestemming om les te volgen",
        "ik wil dat mijn werkgever mijn gegevens wist",
        "ik geef geen toestemming om mijn loon af te houden",
        "mijn voorstel: schrap het inschrijvingsgeld",
        "mijn idee is om de drempels weg te halen",
        "haal de drempels weg voor mensen met een beperking",
        "citeer de wet in elke brief",
        "mijn organisatie wordt nooit genoemd in het overleg",
        "stop met tienjarenvoorspellingen en wis de oude beroepsprofielen",
        "wat ik zei over de bus blijft belangrijk",
        "noem de dingen bij hun naam",
        "alles moet weg en opnieuw beginnen",
        "vergeet de ouderen niet",
        "ze mogen mijn naam niet doorgeven aan de vdab",
        "De bus rijdt niet meer na zes uur, dus ik geraak niet thuis.",
    ],
)
def test_content_that_mentions_such_words_is_left_to_the_classifier(text: str) -> None:
    for step in ("vraag", "groep", "opdracht", "bevestigen", "verder", "einde"):
        assert read(text, step) is None, step


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("wat is mijn code?", request.CODE),
        ("waar vind ik mijn ontvangstcode", request.CODE),
        ("ik ben mijn code kwijt", request.CODE),
        ("wacht, krijg ik een code of zoiets?", request.CODE),
        ("toon mijn code nog eens", request.CODE),
        ("wat weten jullie van mij", request.SHOW),
        ("welke gegevens hebt u over mij?", request.SHOW),
        ("toon wat ik zei", request.SHOW),
        ("wat heb ik allemaal al gezegd", request.SHOW),
        ("laat mijn antwoorden eens zien", request.SHOW),
        ("ik wil mijn gegevens inkijken", request.SHOW),
    ],
)
def test_a_wish_to_see_is_read(text: str, wish: str) -> None:
    for step in STEPS:
        found = read(text, step)
        assert found is not None
        assert found.wish == wish
        assert judge({"bijdrage": 1.0}, text, step, 0.9) == own_data.INTENTS[wish]


@pytest.mark.parametrize("question", ["analyse", "citaat", "organisatie"])
def test_an_answer_to_the_consent_that_is_asked_for_is_no_wish(question: str) -> None:
    for (purpose, _), texts in SAID.items():
        for text in texts if purpose in (question, "", "naam") else ():
            assert read(text, "toestemming", question) is None, text


@pytest.mark.parametrize(
    ("text", "yes"),
    [
        *itertools.product(
            ["ja", "ja dat klopt", "ok", "doe maar", "zeker", "ja ik ben zeker"], [True]
        ),
        *itertools.product(
            ["nee", "neen dank u", "toch niet", "laat maar staan", "niets"], [False]
        ),
        *itertools.product(
            ["ja, laat het staan", "ja maar wacht", "ik twijfel", "ja of nee"], [None]
        ),
    ],
)
def test_a_yes_is_only_a_clear_yes(text: str, yes: bool | None) -> None:
    found = read(text, "beheer")
    assert (found.yes if found else None) is yes


@pytest.mark.parametrize(
    ("text", "about"),
    [
        (
            "als ik het zo lees spreek ik beter voor mijn zaak, als werkgever dus. Mag dat?",
            "werkgever",
        ),
        ("eigenlijk antwoord ik beter als leerkracht", "leerkracht"),
        ("hier spreek ik eerder namens de vakbond", "de vakbond"),
        ("nu ik erover denk spreek ik liever als mantelzorger, kan dat nog?", "mantelzorger"),
        ("dan spreek ik toch beter voor de gemeente hoor", "de gemeente"),
    ],
)
def test_who_would_rather_speak_for_others_changes_group(text: str, about: str) -> None:
    found = read(text, "vraag", "drempel")
    assert found is not None
    assert (found.wish, found.about) == (request.GROUP, about)


@pytest.mark.parametrize(
    "text",
    [
        "Nederlands spreek ik beter als ik niet moe ben",
        "op papier antwoord ik beter voor je weet wel",
    ],
)
def test_what_one_does_better_is_no_group(text: str) -> None:
    found = read(text, "vraag", "drempel")
    assert found is None or found.wish != request.GROUP


@pytest.mark.parametrize(
    "text",
    [
        "haal heel dat antwoord maar weg",
        "wis gans dat antwoord",
        "gooi heel mijn voorstel maar weg",
        "smijt heel dat antwoord weg",
        "doe heel dat antwoord maar weg",
    ],
)
def test_the_whole_of_one_answer_is_not_everything(text: str) -> None:
    found = read(text, "vraag", "trekker")
    assert found is not None
    assert (found.wish, found.everything) == (request.ERASE, False)


@pytest.mark.parametrize(
    ("text", "wonders"),
    [
        ("Kunnen jullie alles wissen als ik dat vraag? Ik zeg niet dat ik dat wil.", True),
        ("kan ik mijn antwoorden later laten wissen? ik vraag het maar", True),
        ("mag ik alles nog laten wissen? niet dat ik het nu wil hoor", True),
        ("Kunt ge alles wissen?", False),
        ("De les is te duur. Kan alles gewist worden? Ik vraag het gewoon.", False),
        ("Wis alles. Ik vraag het gewoon.", False),
    ],
)
def test_who_only_wonders_wants_nothing_now(text: str, wonders: bool) -> None:
    assert own_data.only_wonders(text, "vraag") is wonders
