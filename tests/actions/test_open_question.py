"""What is typed at an open question: commands in everyday words, going back, an open offer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from actions.contribution_form import ValidateContributionForm
from actions.corrections import ActionTerug
from actions.digressions import ActionDigressie
from actions.offering import place
from actions.talk import catalogue
from bot.nlu.judgement import judge
from bot.nlu.phrases import plain_meaning
from consultation.participation.stand_ins import READERS
from consultation.settings import ROOT
from dialogue.questions import addressed
from language.reading import message
from language.reading.urgency import read_urgency
from tests.actions.test_changes import AT_QUESTION, BUS, GIVEN, Turn

DATA = ROOT / "tests" / "data"

CONTENTS = [
    json.loads(line)["text"]
    for path in sorted(DATA.glob("nlu*_bijdragen.jsonl"))
    for line in path.read_text(encoding="utf-8").splitlines()
]


def test_the_rules_take_no_content_for_a_command() -> None:
    assert [text for text in CONTENTS if plain_meaning(text, "vraag")] == []


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("ga maar voort", "overslaan"),
        ("die sla ik over", "overslaan"),
        ("let's move on", "overslaan"),
        ("on passe à la suite", "overslaan"),
        ("weiter bitte", "overslaan"),
        ("kga hier stoppen", "stoppen"),
        ("ik moet gaan", "stoppen"),
        ("I have to go", "stoppen"),
        ("je dois partir", "stoppen"),
        ("ich muss los", "stoppen"),
        ("nog even terug", "terug"),
        ("can we go back?", "terug"),
        ("retour à la question précédente", "terug"),
        ("wa moek hier zegge", "hulp"),
        ("kunt ge da uitlegge", "herhalen"),
        ("geef eens een voorbeeld", "herhalen"),
        ("donnez-moi un exemple", "herhalen"),
        ("hoeveel vragen nog", "vraag_duur"),
        ("combien de questions encore", "vraag_duur"),
        ("wie lange noch", "vraag_duur"),
        ("wat is een leerrekening", "uitleg_opdracht"),
    ],
)
def test_a_command_in_everyday_words_is_a_command(text: str, intent: str) -> None:
    assert plain_meaning(text, "vraag") == intent


@pytest.mark.parametrize(
    "text",
    [
        "ga maar voort met de buurtlessen",
        "stop met al die attesten",
        "terug naar school gaan kost te veel",
        "geef een voorbeeld aan de jongeren",
        "volgende generaties moeten ook kunnen leren",
        "ik moet gaan werken en heb dus geen tijd",
        "wie lange dagen werkt, leert niet meer",
        "uitleg in gewone taal",
    ],
)
def test_content_with_the_words_of_a_command_stays_content(text: str) -> None:
    assert plain_meaning(text, "vraag") is None


@pytest.mark.parametrize(
    "text", ["who reads this?", "qui va lire ça ?", "wer liest das?", "who will see my answers"]
)
def test_who_reads_it_is_asked_in_other_languages(text: str) -> None:
    found = addressed(text)
    assert found is not None
    assert found.asks == READERS


SCALE = {each.waarde: each.naam for each in catalogue().consultatie.prioriteiten}


@pytest.mark.parametrize(
    "text",
    ["ik stop hier", "ik moet nu weg", "nu stop ik ermee", "stop nu", "dat heb ik gisteren gezegd"],
)
def test_a_remark_is_no_urgency(text: str) -> None:
    assert read_urgency(text, SCALE).values == ()


@pytest.mark.parametrize("text", ["nu", "liefst gisteren", "c'était hier", "nu meteen beginnen"])
def test_a_moment_is_an_urgency(text: str) -> None:
    assert read_urgency(text, SCALE).values == (5,)


@pytest.mark.parametrize(
    "text", ["idem", "hetzelfde", "zie vorig antwoord", "Tis 't zelfde.", "la même chose", "same"]
)
def test_the_same_as_before_is_no_answer_of_its_own(text: str) -> None:
    turn = Turn(text, **AT_QUESTION)
    slots = turn.answer()
    assert turn.effects == []
    assert slots["vraag"] == "prioriteit"


def test_an_addition_is_placed_while_the_slot_holds_the_text() -> None:
    """As over the server, where the slot of the question holds the text while it is validated."""
    text = "de trein ook, dat hoort nog bij het vorige"
    turn = Turn(text, **{**AT_QUESTION, "antwoord": text})
    slots = turn.answer()
    assert slots["antwoorden"] == {**GIVEN, "voorstel": f"{GIVEN['voorstel']}\nde trein ook"}


@pytest.mark.parametrize(
    ("standing", "how"),
    [
        ("Geef iedereen een buspas.", "erbij"),
        ("who reads this?", "vervang"),
        ("idem", "vervang"),
        ("laat maar", "vervang"),
        ("momentje", "vervang"),
        ("🤷", "vervang"),
    ],
)
def test_going_back_says_what_the_next_text_does_and_keeps_to_it(standing: str, how: str) -> None:
    given = {**GIVEN, "voorstel": standing}
    turn = Turn("terug", "terug", **AT_QUESTION, antwoorden=given)
    assert turn.act(ActionTerug())["wijziging"] == how
    new = "Laat de bus later rijden in elke gemeente."
    at: dict[str, Any] = {
        "vraag": "voorstel",
        "antwoord": None,
        "requested_slot": "antwoord",
        "wijziging": how,
    }
    turn = Turn(new, **at, antwoorden=given)
    slots = turn.answer()
    (effect,) = turn.effects
    assert effect["added"] is (how == "erbij")
    whole = f"{standing} {new}" if how == "erbij" else new
    assert slots["antwoorden"]["voorstel"] == whole


OFFER = {
    "message": "m0",
    "start": 0,
    "end": 13,
    "text": "de trein ook",
    "opdracht": 4,
    "question": "drempel",
    "corrects": None,
    "why": None,
}


def decided(text: str, intent: str = "bijdrage", **slots: Any) -> tuple[Turn, dict[str, Any]]:
    """The slots after a text while an offer stands open over a question without an answer."""
    at: dict[str, Any] = {
        **AT_QUESTION,
        "requested_slot": "keuze_aanbod",
        "keuze_aanbod": text,
        "aanbod": OFFER,
    }
    turn = Turn(text, intent, **{**at, **slots})
    validate: Any = ValidateContributionForm().validate_keuze_aanbod
    return turn, validate(text, turn.dispatcher, turn.tracker, {})


@pytest.mark.parametrize("text", ["de RVA🤷", "de VDAB", "gemeenten", "Unizo en Voka", "een coach"])
def test_a_short_text_over_an_offer_answers_the_open_question(text: str) -> None:
    turn, slots = decided(text)
    assert slots["antwoorden"]["trekker"] == text
    assert slots["bewaard"] == [OFFER]
    (effect,) = turn.effects
    assert effect["question"] == "trekker"


def test_a_text_that_goes_on_is_taken_with_the_offer() -> None:
    at: dict[str, Any] = {"vraag": "drempel", "antwoord": "klaar", "requested_slot": "keuze_aanbod"}
    turn, slots = decided("en ook de tram in de stad", **at)
    assert slots["antwoorden"]["drempel"].endswith("de trein ook\nen ook de tram in de stad")
    assert [effect["added"] for effect in turn.effects] == [True, True]


def test_a_text_that_is_no_urgency_is_not_stored_as_one() -> None:
    at: dict[str, Any] = {"vraag": "prioriteit", "antwoord": None, "requested_slot": "antwoord"}
    turn = Turn("zet er nog bij dat de trap te steil is", **at)
    slots = turn.answer()
    assert "prioriteit" not in slots.get("antwoorden", {})


@pytest.mark.parametrize(
    "text",
    [
        "nu wil ik het nog over het geld hebben",
        "laten we het over iets anders hebben: het geld voor leren",
        "kunnen we het nu over geld hebben",
    ],
)
def test_turning_to_another_subject_is_no_answer(text: str) -> None:
    turn = Turn(text, **AT_QUESTION)
    slots = turn.answer()
    assert slots["opdracht"] == 10
    assert [effect["kind"] for effect in turn.effects] == ["opdracht_chosen"] or not any(
        effect["kind"] == "answer" for effect in turn.effects
    )


def test_a_sentence_that_tells_its_place_is_kept_with_the_text() -> None:
    text = "De provincie trekt dit. Dat is mijn antwoord op wie het moet doen."
    reading = message.read(text)
    assert message.part(text, reading.content) == text


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("das weiß ich nicht, nächste Frage", "weet_niet"),
        ("kweten ik da nie wi, goa mo deure", "weet_niet"),
        ("pardon je n'ai pas compris la question, plus simple svp", "herhalen"),
        ("geen idee, volgende", "weet_niet"),
        ("ik moet gaan, bedankt hoor", "stoppen"),
        ("te moeilijk, geen tijd", None),
        ("te moeilijk", None),
        ("onduidelijk, te duur", None),
    ],
)
def test_clauses_that_are_all_commands_are_one(text: str, intent: str | None) -> None:
    assert plain_meaning(text, "vraag") == intent


def test_a_long_answer_that_holds_the_words_of_a_button_answers_the_open_question() -> None:
    """Words of a choice ("erbij") inside a long text are no choice; nothing is thrown away."""
    text = "Ga erbij zitten en praat met de mensen, zonder papier. En schrijf het achteraf pas op."
    _, slots = decided(text)
    assert slots["antwoorden"]["trekker"] == text
    assert slots["bewaard"] == [OFFER]


def test_content_over_an_offer_for_the_open_question_is_its_answer() -> None:
    text = "Laat de bus ook na acht uur rijden, in elk dorp."
    offer = {**OFFER, "question": "trekker"}
    _, slots = decided(text, aanbod=offer)
    assert slots["antwoorden"]["trekker"] == text
    assert slots["aanbod"] == offer or offer in (slots["bewaard"] or [])


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("terug", "voorstel"),
        ("twee vragen terug", "drempel"),
        ("deux questions en arrière", "drempel"),
    ],
)
def test_going_back_by_more_than_one_question(text: str, key: str) -> None:
    turn = Turn(text, "terug", **AT_QUESTION)
    assert turn.act(ActionTerug())["vraag"] == key


def test_an_addition_to_what_they_came_back_for_goes_on() -> None:
    at: dict[str, Any] = {
        "vraag": "drempel",
        "antwoord": None,
        "requested_slot": "antwoord",
        "wijziging": "erbij",
    }
    turn = Turn("Ik zou er nog aan toevoegen dat de trein te duur is.", **at)
    slots = turn.answer()
    assert slots["antwoorden"]["drempel"].startswith(BUS)
    assert slots["vraag"] == "trekker"


@pytest.mark.parametrize(
    "text",
    ["Ik ga mijn zus bellen. maar ik doe nog even voort", "we doen voort", "ok, ik ga verder"],
)
def test_going_on_is_no_goodbye(text: str) -> None:
    assert message.read(text).kind == message.WAIT


@pytest.mark.parametrize(("term", "passed_on"), [("zebrapad", True), ("leren", False)])
def test_a_word_that_the_explanation_does_not_use_is_passed_on(term: str, passed_on: bool) -> None:
    at: dict[str, Any] = {**AT_QUESTION, "toestemming_analyse": True}
    turn = Turn(f"wat is een {term}", "uitleg_opdracht", **at)
    turn.act(ActionDigressie())
    assert any(each["kind"] == "question" for each in turn.effects) is passed_on


def test_an_offer_at_the_summary_stands_over_the_summary() -> None:
    """After the last answer ``requested_slot`` is still the question's when an offer is shown."""
    slots: dict[str, Any] = {"vraag": None, "antwoord": "klaar", "requested_slot": "antwoord"}
    assert place(Turn("5", **slots).talk)["step"] == "bevestigen"


@pytest.mark.parametrize(
    "text",
    [
        "is 1 het hoogst of 5",
        "wat is het hoogste, 1 of 5?",
        "zeg, is 5 het meest dringend",
        "welke is de laagste",
        "is een het minst dringend",
    ],
)
def test_who_asks_which_end_of_the_scale_is_the_highest_is_told(text: str) -> None:
    assert judge({"bijdrage": 1.0}, text, "vraag", 0.91, "prioriteit") == "herhalen"
    assert judge({"bijdrage": 1.0}, text, "vraag", 0.91, "voorstel") == "bijdrage"
