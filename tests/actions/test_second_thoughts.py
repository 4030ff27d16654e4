"""What somebody takes back, mends or excepts afterwards, in the words that people use for it."""

from __future__ import annotations

from typing import Any

import pytest

from actions import changing, offering
from actions.contribution_form import ValidateContributionForm
from actions.mending import about_earlier
from language.reading import summary
from language.reading.changes import changes_in, dropped_in
from language.reading.urgency import read_urgency, step_first
from tests.actions.test_changes import AT_QUESTION, AT_SUMMARY, GIVEN, Turn
from tests.language.test_urgency import STEPS

ANSWERS = {
    "drempel": "De les is te laat. Mijn buurvrouw Greet haakte af in november, en mijn nicht ook.",
    "voorstel": "Betaal elke maand een deel terug, met een briefje van de bakker en de slager.",
    "prioriteit": "dringend, ik wacht al drie jaar",
}
OFFERED = {"message": "m0", "start": 0, "end": 9, "text": "de fiets", "opdracht": 4}
ALL = {**ANSWERS, "trekker": "De stad.", "prioriteit": "3 - Tamelijk dringend"}


@pytest.mark.parametrize(
    ("text", "key", "gone"),
    [
        ("haal dat van mijn buurvrouw er maar uit, de rest mag blijven", "drempel", "Greet"),
        ('schrap alleen dat stukje "en mijn nicht ook"', "drempel", "nicht"),
        ("nu ik het herlees, die slager moet u schrappen", "voorstel", "slager"),
        ("sorry, laat die slager er toch maar uit", "voorstel", "slager"),
        ("wacht, dat stuk over november mag weg", "drempel", "november"),
        ("oh no, please take out the part about Greet", "drempel", "Greet"),
        ("oei, dat over november mag weg", "drempel", "november"),
    ],
)
def test_words_that_should_go_are_taken_out_with_a_way_back(text: str, key: str, gone: str) -> None:
    turn = Turn(text, **AT_QUESTION, antwoorden=dict(ANSWERS))
    slots = turn.answer()
    assert slots["antwoord"] is None
    if slots.get("vraag"):
        assert (slots["vraag"], slots["wijziging"]) == (key, "vervang")
        return
    if slots.get("aanbod"):
        # What would leave half a sentence is asked about first.
        assert gone in slots["aanbod"]["corrects"]
        return
    (effect,) = turn.effects
    assert effect["question"] == key
    assert gone in effect["corrects"]
    assert gone not in slots["antwoorden"][key]
    assert turn.titles == ["Zet het terug"]


@pytest.mark.parametrize(
    "text",
    [
        "Schrap die dure boeken en geef iedereen een tablet.",
        "Laat de bakker een uur vroeger sluiten op lesdagen.",
        "Haal de drempel van de inschrijving weg.",
        "Doe die papieren weg, want niemand begrijpt ze.",
        "De les moet vroeger, en de buurvrouw mag mee.",
    ],
)
def test_a_proposal_to_abolish_something_is_an_answer(text: str) -> None:
    found = dropped_in(text, {key: ANSWERS[key] for key in ("drempel", "voorstel")})
    assert found is None or not found.told
    assert about_earlier(Turn(text, **AT_QUESTION, antwoorden=dict(ANSWERS)).talk, text) is None


def test_words_of_an_urgency_go_by_asking_it_again() -> None:
    text = "die drie jaar, hou dat maar uit het verslag"
    slots = changing.told(Turn(text, **AT_SUMMARY, antwoorden=dict(ANSWERS)).talk, text)
    assert slots is not None
    assert (slots["vraag"], slots["wijziging"]) == ("prioriteit", "vervang")


def test_who_names_others_in_their_place_is_asked_again() -> None:
    text = "sorry, die slager moet eruit. Zet de apotheker erbij."
    found = dropped_in(text, ANSWERS)
    assert found is not None
    assert (found.key, found.words) == ("voorstel", None)


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("oei, die november is zever, maak daar januari van", "november", "januari"),
        ("elke maand is fout. ik wil elke week", "elke maand", "elke week"),
        ("en k greet gezeid moa 't moe griet zyn", "Greet", "griet"),
        ("elke maand is fout. ik wil elke week een deel", "elke maand", "elke week"),
    ],
)
def test_a_correction_takes_no_more_than_its_words(text: str, old: str, new: str) -> None:
    (found,) = changes_in(text, ANSWERS)
    said = text[found.new[0] : found.new[1]]
    assert (found.old.casefold(), said) == (old.casefold(), new)


def test_a_correction_in_french_finds_its_words() -> None:
    answers = {"drempel": "J'ai suivi un cours le matin, mais le bus est en retard."}
    text = "pardon, au début j'ai dit le matin, mais c'était le soir"
    (found,) = changes_in(text, answers)
    assert (found.old, text[found.new[0] : found.new[1]]) == ("le matin", "le soir")


@pytest.mark.parametrize(
    "text",
    [
        "vraag me dat voorstel nog eens opnieuw, het trekt op niets",
        "stel die vraag over de oplossing nog een keer",
        "wat ik bij mijn idee schreef deugt niet",
        "mag ik mijn voorstel overdoen",
        "geef mij die tweede vraag nog eens, ik was te vlug",
    ],
)
def test_who_wants_to_answer_again_gets_that_question(text: str) -> None:
    slots = about_earlier(Turn(text, **AT_QUESTION, antwoorden=dict(ANSWERS)).talk, text)
    assert slots is not None
    assert (slots["vraag"], slots["wijziging"]) == ("voorstel", "vervang")


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("vijf", 5),
        ("ne vier as ge per se een getal wilt", 4),
        ("2 toch, want het kan wel even wachten", 2),
        ("zet daar maar een vijf, mijn zoon wacht al jaren", 5),
        ("quatre sur cinq", 4),
        ("doe toch maar een drie", 3),
    ],
)
def test_a_number_changes_how_urgent_it_is_at_the_summary(text: str, step: int) -> None:
    turn = Turn(text, **AT_SUMMARY, antwoorden=dict(ALL))
    slots = changing.told(turn.talk, text)
    assert slots is not None
    assert slots["antwoorden"]["prioriteit"] == f"{step} - {STEPS[step]}"


@pytest.mark.parametrize(
    "text",
    [
        "alle vier",
        "nog een",
        "de eerste twee kloppen",
        "2 bussen",
        "vier mensen",
        "ja",
        "de vierde",
    ],
)
def test_other_numbers_are_no_step(text: str) -> None:
    assert step_first(text, STEPS) is None


@pytest.mark.parametrize(
    "text",
    [
        "da moe nie vandage klaar zyn moa 't mag ook gin vuuf joar deurn",
        "'t is nie da 't brandt mor 't mag ook nie lange duren",
        "het hoeft niet morgen maar het mag ook geen jaren aanslepen",
        "niet vandaag maar ook niet te laat",
        "het moet niet direct, maar het mag ook niet lang liggen",
    ],
)
def test_neither_today_nor_late_is_the_middle(text: str) -> None:
    assert read_urgency(text, STEPS).value == 3


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("alles juist op één ding na, de trekker", "trekker"),
        ("klopt, behalve mijn voorstel", "voorstel"),
        ("op dat van de buurvrouw na is het goed", "drempel"),
        ("in orde buiten wie het doet", "trekker"),
        ("correct op de slager na", "voorstel"),
    ],
)
def test_a_yes_with_an_exception_asks_that_answer_again(text: str, key: str) -> None:
    assert summary.excepts(text) is not None
    slots = changing.beside_answer(Turn(text, **AT_SUMMARY, antwoorden=dict(ALL)).talk)
    assert slots is not None
    assert slots["vraag"] == key


def test_an_exception_at_an_offer_leaves_the_offer_for_later() -> None:
    text = "alles correct op één ding na, de trekker"
    offered = {**OFFERED, "question": "voorstel"}
    turn = Turn(text, **AT_SUMMARY, aanbod=offered, antwoorden=dict(ALL))
    turn.tracker.slots["requested_slot"] = "keuze_aanbod"
    validate: Any = ValidateContributionForm().validate_keuze_aanbod
    slots = validate(text, turn.dispatcher, turn.tracker, {})
    assert (slots["vraag"], slots["bewaard"]) == ("trekker", [offered])


@pytest.mark.parametrize(
    "text",
    [
        "o ja die overgeslagen: de stad, samen met de scholen",
        "die ik oversloeg: de stad, samen met de scholen",
        "ik heb er een overgeslagen: de stad, samen met de scholen",
        "die vraag had ik opengelaten: de stad, samen met de scholen",
        "I skipped one: de stad, samen met de scholen",
    ],
)
def test_what_was_passed_over_is_answered_at_the_summary(text: str) -> None:
    turn = Turn(text, **AT_SUMMARY, antwoorden=dict(ANSWERS))
    slots = changing.told(turn.talk, text)
    assert slots is not None
    assert slots["antwoorden"]["trekker"] == "de stad, samen met de scholen"


@pytest.mark.parametrize(
    "text",
    [
        "ge moet er nog bij zetten dat de interims nooit mee mogen",
        "je mag er ook bij schrijven dat het voor deeltijdsen is",
        "zet er nog bij dat de les gratis moet zijn",
        "en de avondles zou ook in de wijk zelf moeten doorgaan, erbij dus",
        "de mensen van de nachtploeg slapen dan nog, dat hoort er ook bij",
    ],
)
def test_content_at_an_offer_is_more_than_the_choice_it_resembles(text: str) -> None:
    offered = {**OFFERED, "question": "voorstel"}
    turn = Turn(text, **AT_SUMMARY, aanbod=offered, antwoorden=dict(ALL))
    turn.tracker.slots["requested_slot"] = "keuze_aanbod"
    validate: Any = ValidateContributionForm().validate_keuze_aanbod
    slots = validate(text, turn.dispatcher, turn.tracker, {})
    kept = [*slots.get("bewaard", ()), *slots.get("antwoorden", {}).values(), slots.get("aanbod")]
    words = text.split()[-1]
    assert any(words in str(each) for each in kept)
    assert slots["keuze_aanbod"] != offering.NOTHING_OFFERED


@pytest.mark.parametrize(
    "text", ["doe maar gewoon voort", "ik wil gewoon verder", "we gaan verder", "ga maar door"]
)
def test_who_goes_on_does_not_keep_what_was_doubtful(text: str) -> None:
    offered = {**OFFERED, "question": "trekker", "why": offering.DOUBT}
    turn = Turn(text, "bevestigen", **AT_QUESTION, aanbod=offered)
    turn.tracker.slots["requested_slot"] = "keuze_aanbod"
    slots, answered = offering.decide(turn.talk, text)
    assert (slots["keuze_aanbod"], answered) == (offering.NOTHING_OFFERED, None)
    assert turn.effects == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("haal dat woord prutsers er toch maar uit, mijn baas leest mee", "prutsers"),
        ("dat scheldwoord prutsers mag eruit", "prutsers"),
        ("schrap het woord prutsers aub", "prutsers"),
        ("kunt ge het woordje verdorie weglaten?", "verdorie"),
        ("please take out the word prutsers", "prutsers"),
    ],
)
def test_of_a_sentence_only_the_word_goes_that_is_named_as_one(text: str, word: str) -> None:
    answers = {
        "drempel": "De prutsers van de dienst zeiden nooit iets, maar wij moesten wel betalen.",
        "voorstel": "Geef verdorie eens antwoord op een mail.",
    }
    found = dropped_in(text, answers)
    assert found is not None
    assert found.words is not None
    assert found.words.strip() == word


def test_a_word_that_should_go_elsewhere_is_no_word_of_an_answer() -> None:
    answers = {"drempel": "Mensen horen inburgering en haken af."}
    for text in (
        "schrap het woord inburgering uit de brochures",
        "het woord inburgering moet weg bij de loketten",
        "schrap het woord inburgering",
    ):
        found = dropped_in(text, answers)
        assert found is None or not found.told, text
    pointed = dropped_in("dat woord inburgering mag eruit", answers)
    assert pointed is not None
    assert pointed.told
    assert pointed.clean


@pytest.mark.parametrize(
    "text",
    [
        "Goed zo. Wie dat moet doen, wel, de VDAB met de gemeenten.",
        "ok, wie het doet: de VDAB met de gemeenten",
        "En wie dat moet regelen, dat is, de VDAB met de gemeenten",
        "nu, wie dit zou moeten trekken, de VDAB met de gemeenten",
        "Prima. Wie dat best doet, awel, de VDAB met de gemeenten",
    ],
)
def test_the_answer_to_another_question_replaces_none_that_is_asked_again(text: str) -> None:
    again = {**AT_QUESTION, "vraag": "drempel", "wijziging": "vervang"}
    turn = Turn(text, **again)
    slots = turn.answer()
    assert turn.effects == []
    assert "antwoorden" not in slots
    assert slots["aanbod"]["question"] == "trekker"


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("Wie dat moet trekken weet ik al, de VDAB met de bib", "de VDAB met de bib"),
        (
            "wie het moet doen weet ik wel, zet bij die vraag, de VDAB met de bib",
            "de VDAB met de bib",
        ),
    ],
)
def test_who_should_do_it_may_be_told_before_it_is_asked(text: str, content: str) -> None:
    turn = Turn(text, **{**AT_QUESTION, "vraag": "drempel", "antwoorden": {}})
    slots = turn.answer()
    assert turn.effects == []
    assert slots["aanbod"]["question"] == "trekker"
    start, end = slots["aanbod"]["start"], slots["aanbod"]["end"]
    assert text[start:end] == content


@pytest.mark.parametrize(
    "text",
    [
        "wie dat moet doen weet niemand, dat is het probleem",
        "Wie het doet, krijgt geen loon tijdens de les.",
        "wie dat doet moet daar ook de tijd voor krijgen",
    ],
)
def test_an_answer_with_the_name_of_a_question_stays_the_answer(text: str) -> None:
    turn = Turn(text, **{**AT_QUESTION, "vraag": "drempel", "antwoorden": {}})
    slots = turn.answer()
    assert slots["antwoorden"] == {"drempel": text}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (
            "Wacht, ik denk nog aan iets. Bij die eerste moet nog bij dat de les te lang duurt",
            "drempel",
        ),
        (
            "oei, ik vergat nog iets. Bij mijn voorstel mag nog bij dat de les te lang duurt",
            "voorstel",
        ),
        ("Nog iets. In mijn voorstel moet nog bij dat de les te lang duurt", "voorstel"),
        (
            "ah, ik bedenk nog iets: bij de eerste vraag mag ook bij dat de les te lang duurt",
            "drempel",
        ),
        (
            "er schiet mij iets te binnen. Bij het voorstel kan nog bij dat de les te lang duurt",
            "voorstel",
        ),
    ],
)
def test_what_comes_to_mind_at_the_urgency_is_added_where_it_belongs(text: str, key: str) -> None:
    turn = Turn(text, **{**AT_QUESTION, "vraag": "prioriteit"})
    slots = turn.answer()
    (effect,) = turn.effects
    assert (effect["question"], effect["added"]) == (key, True)
    assert slots["antwoorden"][key] == f"{GIVEN[key]}\nde les te lang duurt"


@pytest.mark.parametrize(
    "lead",
    ["", "Zet in de plaats dat ", "Schrijf in plaats daarvan: ", "noteer dan in de plaats "],
)
def test_what_comes_in_the_place_of_what_goes_is_offered_without_saying_so(lead: str) -> None:
    new = "elk kind een fiets krijgt van de stad."
    turn = Turn(f"Schrap dat van de buspas. {lead}{new}", **AT_QUESTION)
    offered = turn.answer()["aanbod"]
    assert (offered["question"], offered["text"]) == ("voorstel", new)
    assert turn.effects == []


@pytest.mark.parametrize(
    "text",
    [
        "och nee, laat toch maar, dat was goed zoals het stond",
        "laat maar. Het is zo goed",
        "ach wacht, laat dat dan maar, die is toch wel goed",
    ],
)
def test_who_finds_the_answer_good_after_all_leaves_it(text: str) -> None:
    assert changing.leaves(text)


@pytest.mark.parametrize(
    "text", ["laat de bus maar rijden, dat is goed voor iedereen", "laat maar weten wat goed is"]
)
def test_letting_others_do_something_leaves_no_answer(text: str) -> None:
    assert not changing.leaves(text)
