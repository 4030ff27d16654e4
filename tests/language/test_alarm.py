"""A cry for help is heard; figures of speech and policy about it are not taken for one."""

from __future__ import annotations

import json

import pytest

from language.alarm import alarm, asks_help_number
from tests.conftest import shared_file


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
        ("als ik te laat thuis ben dan slaat hij mij", "dreiging"),
        ("ze slaan me thuis als ik boeken lees", "dreiging"),
        ("slaat mijn vader mij weer", "dreiging"),
        ("hij heeft mij vorige week nog geslagen", "dreiging"),
        ("mijn vent klopt op mij", "dreiging"),
        ("mijn vriend laat mij nooit alleen weggaan", "dreiging"),
        ("ik word thuis geslagen", "dreiging"),
        ("ik weet waar jullie wonen", "dreiging"),
        ("als die gast mij nog eens buitenzet sla ik zijn bakkes in", "dreiging"),
        ("ik klop die consulent verrot", "dreiging"),
        ("volgende keer breek ik zijn benen", "dreiging"),
        ("ik ga hem in elkaar slaan", "dreiging"),
        ("trap ik haar tanden in", "dreiging"),
        ("alle politici moeten hangen", "dreiging"),
        ("iedereen die dit leest moet dood", "dreiging"),
        ("ik steek die boel in brand", "dreiging"),
        ("al die politiekers moete dood", "dreiging"),
        ("ze moeten ze allemaal doodschieten", "dreiging"),
        ("die ministers verdienen de strop!", "dreiging"),
        ("hang ze allemaal op", "dreiging"),
        ("ik ga heel dat kot opblazen", "dreiging"),
        ("kga die consulent doodschieten", "dreiging"),
        ("ik kom eens langs met een geweer", "dreiging"),
        ("kweet waar ge woont", "dreiging"),
        ("je vais vous tuer", "dreiging"),
        ("i'll kill you", "dreiging"),
        ("ik wil ni mier leven", "crisis"),
        ("'k zie t leven nimeer zitten", "crisis"),
        ("ik ga men eigen ophangen", "crisis"),
        ("kdenk aan zelfmoort", "crisis"),
        ("men leven heeft gin zin", "crisis"),
        ("je veux mourir", "crisis"),
        ("je ne veux plus vivre", "crisis"),
        ("j'ai envie de me suicider", "crisis"),
        ("i want to die", "crisis"),
        ("i want to kill myself", "crisis"),
        ("i don't want to live anymore", "crisis"),
        ("soms zie ik het echt niet meer zitten, dan hoeft het voor mij niet meer", "crisis"),
        ("'k zien het allemaal nie meer zitten", "crisis"),
        ("voor mij hoeft het allemaal niet meer", "crisis"),
        ("ik heb geen reden meer om verder te leven", "crisis"),
        ("ik wou dat ik er niet meer was", "crisis"),
        ("was ik maar nooit geboren", "crisis"),
        ("niemand zou mij missen als ik er niet was", "crisis"),
        ("ik kan het allemaal niet meer aan", "crisis"),
        ("ik kan niet meer", "crisis"),
        ("ik zie geen uitweg meer", "crisis"),
        ("ik wil 's morgens niet meer wakker worden", "crisis"),
        ("ik weet niet hoe lang ik dit nog volhoud", "crisis"),
        ("ik ben iedereen tot last", "crisis"),
        ("je n'en peux plus", "crisis"),
        ("i can't go on like this", "crisis"),
        ("ich kann nicht mehr", "crisis"),
        ("ich will nicht mehr leben", "crisis"),
        ("'s nachts denk ik vaak dat ik er beter niet zou zijn", "crisis"),
        ("misschien was het beter dat ik er niet meer zou zijn", "crisis"),
        ("ik vraag me soms af waarom ik nog opsta", "crisis"),
        ("ik weet niet waarvoor ik nog leef", "crisis"),
        ("waarom ik eigenlijk besta, geen idee", "crisis"),
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
        "ik sterf van de honger",
        "die cursus is om je dood te lachen",
        "de deadline is een moord",
        "alle politici moeten luisteren",
        "de politici moeten de dode letter schrappen",
        "die boel moet in orde",
        "ik steek veel tijd in die opleiding",
        "de bazen moeten niet aan hun stoel blijven hangen",
        "ze moeten de affiches laten hangen",
        "alle werkgevers moeten de uurregeling ophangen aan de muur",
        "die werkgevers moeten de strop van de loonkost loslaten",
        "de ministers moeten een kogel door de kerk jagen",
        "ik wil sterven van schaamte in de les",
        "ik ga dood van verveling",
        "ik schiet in de lach",
        "je veux mourir de rire",
        "ik zie die cursus niet meer zitten",
        "ik zie het niet meer zitten om elke dag naar Brussel te pendelen",
        "ik zie het niet meer zitten met al die formulieren",
        "ik kan niet meer naar de les want de bus rijdt niet",
        "ik kan het tempo niet meer aan in die klas",
        "een diploma hoeft niet meer, een attest volstaat",
        "ik heb geen zin meer om te studeren",
        "wat heeft het voor zin om te leren als er geen werk is",
        "ik wil niet meer antwoorden",
        "nu ben ik er niet meer zo zeker van",
        "er is geen hoop op een vast contract",
        "ga dood",
    ],
)
def test_a_figure_of_speech_is_none(text: str) -> None:
    assert alarm(text) is None


@pytest.mark.parametrize("name", ["regeerakkoord_vl_zinnen", "moties_onderwijs"])
def test_policy_about_it_is_none(name: str) -> None:
    lines = shared_file(f"data/{name}.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    assert [text for text in texts if alarm(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "Dat nummer van daarstraks, wat was dat ook alweer?",
        "welk nummer moest ik bellen, wat was dat van daarnet weer?",
        "wat is het nummer van tele-onthaal",
        "hoe bereik ik de zelfmoordlijn?",
        "what was the number to call again, the one from before",
    ],
)
def test_who_asks_for_the_number_to_call_gets_it_again(text: str) -> None:
    assert asks_help_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "welk nummer had dat onderwerp ook alweer",
        "dat nummer had ik niet mogen geven",
        "een telefoonnummer om een cursus te zoeken zou helpen",
        "nummer vier graag",
    ],
)
def test_other_numbers_are_not_asked_for(text: str) -> None:
    assert not asks_help_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "ik ben bang dat hij mij vanavond iets doet",
        "ik heb schrik dat hij ons kwaad doet",
        "bang dat mijn man mij iets aandoet als hij dit leest",
        "ik ben bang dat ze mij iets gaat doen",
        "schrik dat mijn ex mij pijn doet",
    ],
)
def test_fear_of_somebody_at_home_is_heard(text: str) -> None:
    assert alarm(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "ik ben bang dat ik niet slaag",
        "bang dat de lessen te moeilijk zijn",
        "schrik dat hij niet mag meedoen",
    ],
)
def test_fear_of_learning_is_no_alarm(text: str) -> None:
    assert alarm(text) is None
