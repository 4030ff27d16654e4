"""What is said at one question about another: placed there, mended there, never stored here."""

from __future__ import annotations

from typing import Any

import pytest

from actions import offering
from actions.contribution_form import ValidateContributionForm
from actions.corrections import ActionAntwoordWijzigen
from bot.nlu.judgement import judge
from bot.nlu.phrases import plain_meaning
from consultation.participation.stand_ins import READERS
from dialogue.questions import addressed
from language.reading.message import ANSWER_AND_QUESTION, hesitates, read
from language.reading.urgency import read_urgency
from tests.actions.test_changes import AT_QUESTION, GIVEN, Turn
from tests.actions.test_open_question import SCALE, decided

LESSONS = {
    "drempel": "De les begint om half negen op dinsdag in Gent, en dat al jaren.",
    "voorstel": "Maak een website met alle cursussen per regio.",
}
AT_URGENCY: dict[str, Any] = {**AT_QUESTION, "vraag": "prioriteit"}


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("oei ik schreef half negen maar het is half acht", "negen", "acht"),
        ("ik zei dinsdag maar tis donderdag", "dinsdag", "donderdag"),
        ("kheb dinsdag getypt mor tis woensdag", "dinsdag", "woensdag"),
        ("ik had Gent gezet maar het was Aalst", "Gent", "Aalst"),
        ("Gent is fout, het moet Aalst zijn", "Gent", "Aalst"),
        ("sorry, dat van Gent klopt niet, het was Lokeren", "Gent", "Lokeren"),
        ("I wrote Gent but it is Bruges", "Gent", "Bruges"),
        ("j'ai écrit Gent mais c'est Bruges", "Gent", "Bruges"),
        ("In the first answer it should be Aalst, not Gent.", "Gent", "Aalst"),
    ],
)
@pytest.mark.parametrize("at", [AT_QUESTION, AT_URGENCY])
def test_a_slip_in_an_earlier_answer_is_mended_there(
    text: str, old: str, new: str, at: dict[str, Any]
) -> None:
    turn = Turn(text, **at, antwoorden=LESSONS)
    slots = turn.answer()
    assert slots["antwoorden"]["drempel"] == LESSONS["drempel"].replace(old, new)
    (effect,) = turn.effects
    start, end = effect["source"]["start"], effect["source"]["end"]
    assert (effect["corrects"], text[start:end]) == (old, new)
    assert turn.titles == ["Zet het terug"]


@pytest.mark.parametrize(
    "text",
    [
        "In die les moet ook een tolk zitten, dat was ik vergeten bij mijn voorstel.",
        "er is geen lift, dat had ik vergeten te zeggen bij mijn voorstel",
        "ook een app, dat hoort bij mijn voorstel",
        "zet er bij mijn voorstel nog bij dat het gratis is",
        "voeg bij mijn voorstel nog toe: ook in de bib",
    ],
)
def test_what_was_forgotten_is_added_and_corrects_nothing(text: str) -> None:
    turn = Turn(text, **AT_QUESTION, antwoorden=LESSONS)
    slots = turn.answer()
    (effect,) = turn.effects
    assert (effect["question"], effect["added"], effect["corrects"]) == ("voorstel", True, None)
    assert slots["antwoorden"]["voorstel"].startswith(LESSONS["voorstel"])


@pytest.mark.parametrize(
    "text",
    [
        "mijn baas zei dinsdag maar het is nooit dinsdag",
        "ik had op dinsdag les maar het was te ver",
        "De stad Gent, en niet de provincie.",
        "Niet de school in Gent maar de provincie moet dat trekken.",
        "Wie in Gent woont heeft geluk, maar de rest niet",
        "de website van de VDAB, die bestaat al jaren",
    ],
)
def test_an_answer_with_words_of_an_earlier_one_stays_an_answer(text: str) -> None:
    turn = Turn(text, **AT_QUESTION, antwoorden=LESSONS)
    turn.answer()
    assert [each["question"] for each in turn.effects] == ["trekker"]


@pytest.mark.parametrize(
    ("text", "key", "content"),
    [
        ("ok mijn voorstel: ook een telefoonlijn erbij", "voorstel", "ook een telefoonlijn erbij"),
        (
            "wat mij ook tegenhoudt: er is geen opvang",
            "drempel",
            "er is geen opvang",
        ),
        (
            "ah en mijn idee: laat mensen een dag meelopen",
            "voorstel",
            "laat mensen een dag meelopen",
        ),
        ("bij de eerste vraag: ook de trein is te duur", "drempel", "ook de trein is te duur"),
        ("ah ja, het probleem: niemand neemt op", "drempel", "niemand neemt op"),
    ],
)
@pytest.mark.parametrize("at", [AT_QUESTION, AT_URGENCY])
def test_what_begins_with_the_name_of_another_answer_goes_there(
    text: str, key: str, content: str, at: dict[str, Any]
) -> None:
    turn = Turn(text, **at)
    slots = turn.answer()
    assert slots["antwoorden"][key] == f"{GIVEN[key]}\n{content}"
    assert slots["antwoord"] is None
    assert [each["question"] for each in turn.effects] == [key]
    assert turn.titles == ["Zet het terug"]


def test_a_proposal_that_becomes_another_takes_its_place_and_can_be_taken_back() -> None:
    turn = Turn("Mijn voorstel wordt dan: een gesprek van een uur.", **AT_QUESTION)
    slots = turn.answer()
    assert slots["antwoorden"]["voorstel"] == "een gesprek van een uur."
    assert GIVEN["voorstel"] in turn.said
    assert turn.titles == ["Zet het terug"]


@pytest.mark.parametrize(
    "text",
    [
        "Twee dingen: meer geld en meer tijd",
        "wie het doet: de gemeente met de scholen",
        "De trekker: VDAB, Syntra en de bonden",
        "Om 8:30 moet de gemeente open zijn",
    ],
)
def test_a_name_of_the_open_question_or_of_none_is_an_answer(text: str) -> None:
    turn = Turn(text, **AT_QUESTION)
    turn.answer()
    assert [each["question"] for each in turn.effects] == ["trekker"]


@pytest.mark.parametrize(
    "text",
    [
        "ik heb nu toch iets voor die eerste die ik had overgeslagen",
        "die vraag die ik oversloeg wil ik toch doen",
        "mag ik de eerste die ik overgeslagen heb nog invullen",
        "bij die ik heb leeg gelaten weet ik nu iets",
        "I have something for the one I skipped",
    ],
)
def test_a_question_that_was_passed_over_is_asked_again(text: str) -> None:
    turn = Turn(text, **AT_QUESTION, antwoorden={"voorstel": GIVEN["voorstel"]})
    slots = turn.answer()
    assert (slots["vraag"], slots["antwoord"]) == ("drempel", None)
    assert turn.effects == []


@pytest.mark.parametrize(
    "text",
    [
        "hmm nee schrap dat van die website, er zijn er al genoeg",
        "nee wacht, laat dat van die website maar weg",
        "bij nader inzien doe dat van die website weg",
        "ik trek mijn voorstel van die website terug",
        "sorry, neem dat van die website terug",
    ],
)
def test_who_withdraws_an_earlier_answer_sees_it(text: str) -> None:
    turn = Turn(text, **AT_QUESTION, antwoorden=LESSONS)
    slots = turn.answer()
    asked = slots.get("vraag") or slots["aanbod"]["question"]
    assert (asked, slots["antwoord"]) == ("voorstel", None)
    assert turn.effects == []


def test_the_button_that_takes_back_works_at_a_question() -> None:
    turn = Turn(
        "/antwoord_wijzigen",
        "antwoord_wijzigen",
        entities=[{"entity": "waarde", "value": offering.BACK}],
        **AT_QUESTION,
    )
    assert "wijziging" not in turn.act(ActionAntwoordWijzigen())


@pytest.mark.parametrize("text", ["ja", "Ja.", "jawel", "ja hoor", "ok"])
@pytest.mark.parametrize("probe", [None, "Kunt u daar een voorbeeld van geven?"])
def test_a_bare_yes_is_the_beginning_of_an_answer(text: str, probe: str | None) -> None:
    given = dict(GIVEN) if probe is None else {**GIVEN, "trekker": "de gemeente"}
    turn = Turn(text, **AT_QUESTION, antwoorden=given, doorvraag=probe)
    slots = turn.answer()
    assert turn.effects == []
    assert slots == {"antwoord": None}
    assert turn.said


@pytest.mark.parametrize("text", ["nee", "Neen", "nee hoor", "nope", "nee bedankt"])
def test_a_bare_no_passes_a_follow_up_or_a_question(text: str) -> None:
    given = {**GIVEN, "trekker": "de gemeente"}
    turn = Turn(text, **AT_QUESTION, antwoorden=given, doorvraag="Met wie samen?")
    assert turn.answer()["vraag"] == "prioriteit"
    assert turn.effects == []
    turn = Turn(text, **AT_QUESTION)
    assert turn.answer()["vraag"] == "prioriteit"
    assert turn.effects == []


@pytest.mark.parametrize("text", ["ja, de gemeente", "nee, de bond", "zeker de VDAB", "ok, geld"])
def test_a_yes_or_no_with_more_is_an_answer(text: str) -> None:
    turn = Turn(text, **AT_QUESTION)
    turn.answer()
    assert [each["question"] for each in turn.effects] == ["trekker"]


@pytest.mark.parametrize(
    "text",
    [
        "De NVAO. Of is dit nog de vraag naar de actie?",
        "VDAB. Klopt dat?",
        "de VDAB, of mag dat niet?",
        "Het OCMW. Mag ik er twee noemen?",
        "een coach in elke school, hoeveel vragen komen er nog?",
    ],
)
def test_an_answer_with_a_question_is_kept_also_over_an_offer(text: str) -> None:
    assert read(text).kind == ANSWER_AND_QUESTION
    _, slots = decided(text)
    assert slots["antwoorden"]["trekker"] == text


@pytest.mark.parametrize("text", ["Amai. Wat is dit?", "Ik weet het niet, wat bedoelt u?"])
def test_a_cry_before_a_question_is_no_answer(text: str) -> None:
    assert read(text).kind != ANSWER_AND_QUESTION


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("4 denk ik, of wordt dat ook ergens aan mijn naam gehangen?", (4,)),
        ("een 4. wie leest dat eigenlijk?", (4,)),
        ("heel dringend hoor. Hoeveel vragen nog?", (5,)),
        ("vijf! komt mijn naam erbij?", (5,)),
        ("drie, of is dat te laag?", (3,)),
        ("tussen de 3 en de 4", (3, 4)),
        ("tussen 2 en 3", (2, 3)),
        ("ik ben al 74 he, voor mij moet het dus rap zijn, heel dringend", (5,)),
        ("het mag snel gaan, zeer snel, dringend dus", (4,)),
        ("het heeft haast, weinig dringend is het niet, heel dringend", (5,)),
        ("Waarom zou dat dringend zijn, en wie betaalt dat?", ()),
        ("wat is 5?", ()),
    ],
)
def test_an_urgency_with_more_around_it(text: str, values: tuple[int, ...]) -> None:
    assert read_urgency(text, SCALE).values == values


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("zet maar op kan wachten", "1 - Kan wachten (“zet maar op kan wachten”)"),
        ("ne vier", "4 - Dringend (“ne vier”)"),
        ("5 - Heel dringend", "5 - Heel dringend"),
        ("geen idee", "geen idee"),
    ],
)
def test_the_summary_shows_the_step_that_was_understood(said: str, shown: str) -> None:
    turn = Turn("x", **AT_QUESTION, antwoorden={"prioriteit": said})
    offering.tell_answers(turn.talk, turn.talk.opdracht, turn.talk.answers)
    assert turn.said.endswith(f"Hoe dringend: {shown}")


@pytest.mark.parametrize("text", ["na 3 weken wachten", "2 jaar te laat", "4 dagen in de week"])
def test_a_digit_in_a_text_is_no_urgency(text: str) -> None:
    offered = {
        "message": "m0",
        "start": 0,
        "end": len(text),
        "text": text,
        "opdracht": 4,
        "question": "prioriteit",
        "corrects": None,
        "why": None,
    }
    entities = [{"entity": "waarde", "value": "naar:prioriteit"}]
    at = {**AT_QUESTION, "requested_slot": "keuze_aanbod", "aanbod": offered}
    turn = Turn("/bijdrage", entities=entities, **at)
    validate: Any = ValidateContributionForm().validate_keuze_aanbod
    slots = validate("/bijdrage", turn.dispatcher, turn.tracker, {})
    assert slots["aanbod"]["why"] == "ander"
    assert turn.effects == []


@pytest.mark.parametrize(
    "text",
    [
        "nee gewoon de minister van onderwijs, met de jeugdhuizen",
        "gewoon de gemeente zeker",
        "gewoon meer geld voor de school",
        "een normaal loon voor de lesgevers",
        "gewoon luisteren naar mensen",
    ],
)
def test_just_says_nothing_of_urgency(text: str) -> None:
    assert read_urgency(text, SCALE).values == ()


@pytest.mark.parametrize(
    "text",
    [
        "kunt ge mij ne keer zeggen wie da hier leest",
        "ik zou graag weten wie mijn antwoorden leest",
        "weet ge wie dat leest",
        "zeg eens wie dit allemaal ziet",
        "mag ik weten wie dit leest",
    ],
)
def test_an_indirect_question_is_one(text: str) -> None:
    found = addressed(text)
    assert found is not None
    assert found.asks == READERS


@pytest.mark.parametrize(
    "text",
    [
        "ik vraag mij af wie dat gaat betalen",
        "ik wil weten waar ik een cursus vind",
        "ik zou willen weten wie de bus betaalt",
    ],
)
def test_an_answer_that_wonders_is_no_question_to_the_assistant(text: str) -> None:
    assert addressed(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "sla maar over die, mijn bus is daar bijna",
        "sla die maar over, ik moet weg",
        "deze niet, ik weet daar niks van",
        "sla over, de kinderen zijn daar",
        "volgende, ik heb geen tijd",
    ],
)
def test_a_skip_with_an_excuse_is_a_skip(text: str) -> None:
    assert plain_meaning(text, "vraag") == "overslaan"


@pytest.mark.parametrize(
    "text", ["sla die theorie over, mijn zoon leert met zijn handen", "moeilijke woorden"]
)
def test_content_like_a_skip_is_content(text: str) -> None:
    assert plain_meaning(text, "vraag") is None


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("op een schaal van 1 tot 10 een 8", (4,)),
        ("8 op 10", (4,)),
        ("7/10", (3, 4)),
        ("tien op tien", (5,)),
        ("5 op 10", (2, 3)),
        ("voor mij persoonlijk 2, voor de mensen 5", (2, 5)),
        ("2, nee 3", (3,)),
        ("mijn kinderen worden groot dus wacht niet te lang", (4,)),
        ("niet te dringend", (2,)),
    ],
)
def test_other_scales_and_two_minds(text: str, values: tuple[int, ...]) -> None:
    assert read_urgency(text, SCALE).values == values


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("het is niet half negen, het is half acht", "negen", "acht"),
        ("het is op woensdag, niet op dinsdag", "dinsdag", "woensdag"),
        ("niet dinsdag hé, donderdag", "dinsdag", "donderdag"),
    ],
)
def test_a_number_or_a_day_in_the_place_of_another_is_asked_about(
    text: str, old: str, new: str
) -> None:
    turn = Turn(text, **AT_QUESTION, antwoorden=LESSONS)
    offered = turn.answer()["aanbod"]
    assert (offered["question"], offered["corrects"].split()[-1]) == ("drempel", old)
    assert offered["text"].split()[-1] == new
    assert turn.effects == []


@pytest.mark.parametrize(
    "text",
    [
        "dat van Gent mag er niet in staan",
        "dat van dinsdag moet eruit",
        "liever niet zeggen dat ik in Gent woon",
        "toch liever niet schrijven dat ik op dinsdag niet kan",
    ],
)
def test_a_detail_that_should_not_be_told_is_shown_with_its_answer(text: str) -> None:
    turn = Turn(text, **AT_QUESTION, antwoorden=LESSONS)
    slots = turn.answer()
    asked = slots.get("vraag") or slots["aanbod"]["question"]
    assert (asked, slots["antwoord"]) == ("drempel", None)
    assert turn.effects == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("zeer dringend", 5),
        ("dat is dringend", 4),
        ("heel dringend!", 5),
        ("niet zo dringend", 2),
        ("erg urgent", 5),
    ],
)
def test_an_urgency_told_early_is_kept_as_one(text: str, value: int) -> None:
    turn = Turn(text, **AT_QUESTION)
    slots = turn.answer()
    (effect,) = turn.effects
    assert (effect["question"], effect["value"]) == ("prioriteit", value)
    assert slots["antwoord"] is None


@pytest.mark.parametrize("text", ["dringend meer leerkrachten", "de dienst die urgent werkt"])
def test_an_answer_with_the_word_urgent_is_an_answer(text: str) -> None:
    turn = Turn(text, **AT_QUESTION)
    turn.answer()
    assert [each["question"] for each in turn.effects] == ["trekker"]


@pytest.mark.parametrize(
    "text",
    [
        "nee gewoon de minister van onderwijs, met de jeugdhuizen",
        "de scholen samen met de bib",
        "wel de stad zeker, met Kind en Gezin",
        "eerder de vakbonden en de sector",
        "de VDAB met het OCMW",
    ],
)
def test_who_is_named_at_the_urgency_is_offered_for_who_does_it(text: str) -> None:
    turn = Turn(text, **AT_URGENCY)
    assert turn.answer()["aanbod"]["question"] == "trekker"
    assert turn.effects == []


@pytest.mark.parametrize(
    "text",
    [
        "de bibliotheek mag dat leiden, die kent iedereen al dertig jaar",
        "Geef elke school twee jaar lang een proefproject zonder extra papierwerk vooraf",
        "Onze ploegbaas mag dat organiseren, die kent de ploeg al tien jaar",
        "Laat buren elkaar een ambacht tonen in de school, elk jaar met een attest erbij",
        "De stad mag het trekken, die hebben daar volk en tijd voor",
    ],
)
def test_content_with_a_word_of_time_is_offered_at_the_urgency(text: str) -> None:
    turn = Turn(text, **AT_URGENCY)
    assert turn.answer().get("aanbod") is not None, turn.said


@pytest.mark.parametrize(
    "text",
    [
        "dat had gisteren al moeten gebeuren",
        "we wachten al jaren op die bus",
        "binnen een jaar of twee",
    ],
)
def test_words_about_time_are_asked_for_a_step(text: str) -> None:
    assert Turn(text, **AT_URGENCY).answer().get("aanbod") is None


@pytest.mark.parametrize(
    "text",
    [
        "de staat zeker?",
        "hmm de clb ofzo??",
        "het OCMW misschien?",
        "de VDAB, denk ik?",
        "mijn baas allicht?",
    ],
)
def test_a_hesitation_with_a_question_mark_is_an_answer(text: str) -> None:
    assert judge({"vraag_duur": 0.99, "bijdrage": 0.01}, text, "vraag", 0.9) == "bijdrage"


@pytest.mark.parametrize("text", ["moet dat zeker?", "wie leest dit toch?", "is dat anoniem hé?"])
def test_a_question_that_hesitates_is_a_question(text: str) -> None:
    assert not hesitates(text)


@pytest.mark.parametrize(
    "text",
    [
        "goeie vraag, ik denk meer lessen in de voormiddag",
        "amai moeilijk, misschien een bus per dorp erbij",
        "hm lastige vraag. Volgens mij de gemeente en de scholen",
        "oei, ik zou de vakbond laten trekken",
        "that's a tough one, I think the city should do it",
    ],
)
def test_what_one_thinks_after_a_remark_is_not_doubted(text: str) -> None:
    entity = {"entity": "handeling", "value": "twijfel"}
    turn = Turn(text, **AT_QUESTION, entities=[entity])
    turn.answer()
    assert [each["question"] for each in turn.effects] == ["trekker"]


@pytest.mark.parametrize("text", ["met de scholen", "en met de bib", "samen met mijn baas"])
def test_who_joins_in_is_offered_for_who_does_it(text: str) -> None:
    turn = Turn(text, **AT_URGENCY)
    assert turn.answer()["aanbod"]["question"] == "trekker"


def test_who_has_no_answer_yet_is_not_asked_which_to_change() -> None:
    at = {**AT_QUESTION, "vraag": "drempel"}
    turn = Turn("ik wil mijn antwoord veranderen", "antwoord_wijzigen", **at, antwoorden={})
    turn.act(ActionAntwoordWijzigen())
    assert turn.titles == []
    assert "nog" in turn.said


@pytest.mark.parametrize(
    "text",
    [
        "wacht, dat van die les moet bij mijn voorstel staan en dat van de website bij de drempel",
        "de les hoort eigenlijk bij mijn voorstel en de website hoort dan bij wat tegenhoudt",
    ],
)
def test_answers_under_the_wrong_question_are_asked_again_and_not_garbled(text: str) -> None:
    turn = Turn(text, **AT_QUESTION, antwoorden=LESSONS)
    slots = turn.answer()
    assert turn.effects == []
    assert slots.get("antwoorden", LESSONS) == LESSONS


@pytest.mark.parametrize(
    "text",
    [
        "nee, dat eerste klopt niet, niet in Gent maar in Deinze",
        "dat klopt nie, tis niet Gent maar Deinze",
    ],
)
def test_what_is_not_right_is_mended_where_the_urgency_is_asked(text: str) -> None:
    slots = Turn(text, **AT_URGENCY, antwoorden=LESSONS).answer()
    assert slots["antwoorden"]["drempel"] == LESSONS["drempel"].replace("Gent", "Deinze")
