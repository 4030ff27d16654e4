"""What may belong to an answer where the open step cannot use it, and what is done with it."""

from __future__ import annotations

from typing import Any

import pytest

from actions.contribution_form import ValidateContributionForm
from actions.corrections import ActionTerug
from actions.offering import EARLY, SELF, AskKeuzeAanbod
from actions.opening import ActionVerder, AskConsentCitaat, ValidateOpeningForm, after_end
from actions.reading import choosing
from actions.reading.content import has_form_of_content, is_surely_content, may_be_content
from actions.reading.naming import mentions
from actions.talk import catalogue
from language.reading import acts
from tests.actions.test_changes import AT_QUESTION, AT_SUMMARY, BUS, Turn


@pytest.mark.parametrize(
    "text",
    [
        "wacht is dat nu drie van de vijf of van de tien",
        "wie leest dit eigenlijk allemaal na",
        "hoe moet ik dat hier invullen dan",
        "mag ik daar later op terugkomen",
        "kan ik hier ook een tekening sturen",
        "weet ge wel wat ge aan het vragen zijt",
        "what does this have to do with me",
        "est-ce que mon patron va lire ceci",
        "wer ist das der das liest",
        "bedoelt ge nu mij of mijn bedrijf",
        "moet ik dit allemaal nog eens uitleggen?",
        "wacht even, de bel gaat hier",
    ],
)
def test_a_question_or_a_remark_has_no_form_of_content(text: str) -> None:
    assert not has_form_of_content(text)


@pytest.mark.parametrize(
    "text",
    [
        BUS,
        "wie in shiften werkt geraakt nooit in een les",
        "hoe meer cursussen op zaterdag hoe beter voor ons",
        "wat hier ontbreekt is een lokaal met een lift",
        "kinderopvang tijdens de avondlessen zou veel helpen",
        "mijn dochter moest twee jaar wachten op een plaats",
        "de prijs van zo'n cursus schrikt mensen af",
        "waar ik woon is er geen enkele avondschool meer",
        "is goed materiaal niet te duur voor een kleine vzw",
        "mag best wat minder papier bij de inschrijving",
    ],
)
def test_what_tells_something_has_the_form_of_content(text: str) -> None:
    assert has_form_of_content(text)


def test_the_classifier_and_the_act_decide_too() -> None:
    def heard(chance: float, *entities: dict[str, str]) -> Any:
        turn = Turn(BUS, entities=list(entities))
        turn.tracker.latest_message["intent_ranking"] = [{"name": "bijdrage", "confidence": chance}]
        return turn.talk

    move = {"entity": acts.ENTITY, "value": acts.MOVE}
    perhaps = {"entity": acts.ENTITY, "value": acts.doubtful(acts.MOVE)}
    assert may_be_content(heard(0.9), BUS)
    assert is_surely_content(heard(0.9), BUS)
    assert may_be_content(heard(0.6), BUS)
    assert not is_surely_content(heard(0.6), BUS)
    assert not may_be_content(heard(0.3), BUS)
    assert not may_be_content(heard(0.9, move), BUS)
    assert may_be_content(heard(0.9, perhaps), BUS)
    assert not is_surely_content(heard(0.9, perhaps), BUS)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("te veel om te lezen. iets over hulp bij leren", 5),
        ("die van 't recht op leren, da's onze winkel", 9),
        ("ik zou het willen hebben over cursussen die achterlopen op de praktijk", 8),
        ("bedrijven die zelf blijven leren lijkt mij wel iets", 2),
        ("oei wat een lijst, maar het geld interesseert mij: wie de cursus betaalt", 10),
        ("mijn dochter zegt dat ik moet kiezen; liefst over begeleiding naar een opleiding", 5),
        ("och, doe maar iets, zelf kiezen wat je leert bijvoorbeeld", 1),
        ("ik heb maar vijf minuten, over de wet en het recht op opleiding", 9),
        ("tja. meer goesting om te leren, dat is het", 3),
        ("wij weten nooit op voorhand: welke jobs organisaties morgen nodig hebben", 7),
    ],
)
def test_one_clause_that_surely_means_a_subject_chooses_it(text: str, number: int) -> None:
    assert choosing.by_part(text, catalogue()) == number


@pytest.mark.parametrize(
    "text",
    ["opdracht 5 of 10", "ik weet het niet goed", "hallo, wie bent u", "het regent hier al weer"],
)
def test_without_a_sure_clause_no_subject_is_chosen(text: str) -> None:
    assert choosing.by_part(text, catalogue()) is None


def at_choice(text: str, chance: float, act: str | None = None, **more: Any) -> dict[str, Any]:
    """The slots after a text where a subject is chosen."""
    entities = [{"entity": acts.ENTITY, "value": act}] if act else []
    at: dict[str, Any] = {"opdracht": None, "requested_slot": "opdracht", "antwoorden": {}, **more}
    turn = Turn(text, entities=entities, **at)
    turn.tracker.latest_message["intent_ranking"] = [{"name": "bijdrage", "confidence": chance}]
    validate: Any = ValidateOpeningForm().validate_opdracht
    slots: dict[str, Any] = validate(text, turn.dispatcher, turn.tracker, {})
    return slots


def test_what_was_typed_before_a_question_is_kept_as_what_it_is() -> None:
    told = "Sinds de fusie is er in ons dorp na vijf uur niemand meer die helpt."
    assert [each["why"] for each in at_choice(told, 0.9)["bewaard"]] == [None]
    assert [each["why"] for each in at_choice(told, 0.6)["bewaard"]] == [EARLY]
    doubtful = at_choice(told, 0.9, acts.doubtful(acts.MOVE))
    assert [each["why"] for each in doubtful["bewaard"]] == [EARLY]
    assert "bewaard" not in at_choice(told, 0.9, acts.MOVE)
    assert "bewaard" not in at_choice(told, 0.2)


ASKED = {"requested_slot": "keuze_aanbod"}


@pytest.mark.parametrize("why", [EARLY, SELF])
def test_a_yes_to_the_summary_leaves_out_what_may_be_no_content(why: str) -> None:
    waits = {"message": "m1", "start": 0, "end": 9, "text": "iets over de prijs", "why": why}
    waits |= {"opdracht": 4, "question": "voorstel"}
    turn = Turn(
        "ja klopt allemaal",
        "bevestigen",
        **{**AT_SUMMARY, "requested_slot": "keuze_aanbod"},
        aanbod=waits,
    )
    turn.act(AskKeuzeAanbod())
    assert "Dat staat hier niet bij" in turn.said
    validate: Any = ValidateContributionForm().validate_keuze_aanbod
    slots = validate("ja klopt allemaal", turn.dispatcher, turn.tracker, {})
    assert slots["bevestigd"] is True
    assert [each["kind"] for each in turn.effects] == ["confirmed"]


@pytest.mark.parametrize(
    ("text", "key"),
    [("terug naar de vorige vraag", "voorstel"), ("terug naar wat mij tegenhoudt", "drempel")],
)
def test_going_back_goes_to_the_answer_that_is_named(text: str, key: str) -> None:
    assert Turn(text, "terug", **AT_QUESTION).act(ActionTerug())["vraag"] == key


def test_reasons_beside_a_no_to_the_summary_are_looked_at() -> None:
    text = "nee, mensen durven ook niet te komen"
    turn = Turn(text, "ontkennen", **AT_SUMMARY)
    validate: Any = ValidateContributionForm().validate_bevestigd
    slots = validate(False, turn.dispatcher, turn.tracker, {})
    assert slots["bevestigd"] is None
    assert slots["aanbod"]["text"] == "mensen durven ook niet te komen"


@pytest.mark.parametrize("intent", ["bijdrage", "weet_niet", "buiten_onderwerp"])
def test_a_third_unclear_answer_about_quotes_is_a_no(intent: str) -> None:
    def turn(unclear: int) -> Turn:
        asked = {"requested_slot": "toestemming_citaat", "toestemming_citaat": None}
        found = Turn("tja, mijn zuster zegt altijd", intent, toestemming_analyse=True, **asked)
        found.tracker.active_loop["name"] = "opening_form"
        found.tracker.latest_message["metadata"] = {
            "step": "toestemming",
            "question": "citaat",
            "unclear": unclear,
        }
        return found

    for unclear in (0, 1):
        asked = turn(unclear)
        assert "toestemming_citaat" not in asked.act(ActionVerder())
        assert asked.effects == []
        asked.act(AskConsentCitaat())
        assert asked.dispatcher.messages[-1]["custom"]["unclear"] == unclear + 1
    last = turn(2)
    assert last.act(ActionVerder())["toestemming_citaat"] is False
    assert last.effects == [{"kind": "consent", "purpose": "citaat", "granted": False}]
    assert "Dan doen we het niet" in last.said


@pytest.mark.parametrize(
    ("text", "what", "named"),
    [
        ("mijn vorige antwoord", "vorige", True),
        ("een vorigeeuws lokaal", "vorige", False),
        ("alles mag weg", "alles", True),
        ("allesbehalve dringend", "alles", False),
        ("wis niets", "niets", True),
        ("een nietsnut op kantoor", "niets", False),
        ("een verbijsterbij idee", "aanbod_erbij", False),
        ("zet het erbij, graag", "aanbod_erbij", True),
        ("vervang het maar", "aanbod_vervang", True),
        ("een vervangleerkracht", "aanbod_vervang", False),
    ],
)
def test_a_word_is_named_only_as_a_word(text: str, what: str, named: bool) -> None:
    assert mentions(text, what) is named


@pytest.mark.parametrize(
    "text",
    [
        "van alle kanten bekeken dus",
        "amai de max zeg he",
        "dat zeggen ze op tv ook",
        "ne schone boterham",
    ],
)
def test_what_is_hardly_an_answer_waits_beside_the_summary(text: str) -> None:
    turn = Turn(text, **AT_SUMMARY)
    turn.tracker.latest_message["intent_ranking"] = [{"name": "hulp", "confidence": 0.9}]
    slots = turn.act(ActionVerder())
    assert turn.effects == []
    assert (slots.get("aanbod") or {"why": EARLY})["why"] == EARLY


@pytest.mark.parametrize("text", ["nr 4", "opdracht 4", "nummer 4 graag", "nummer vier"])
def test_the_number_of_the_open_opdracht_is_no_answer(text: str) -> None:
    turn = Turn(text, **AT_QUESTION)
    assert turn.answer() == {"antwoord": None}
    assert turn.effects == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("nummer zwei bitte", 2),
        ("thema drei", 3),
        ("number five please", 5),
        ("sujet quatre svp", 4),
        ("le numero dix", 10),
        ("topic seven", 7),
        ("nummer acht", 8),
        ("Nummer sechs", 6),
        ("no nine", None),
        ("vanaf zwei uur", None),
    ],
)
def test_an_opdracht_is_named_by_its_number_in_other_languages(
    text: str, number: int | None
) -> None:
    assert choosing.named_number(text, catalogue()) == number


@pytest.mark.parametrize(
    "text",
    [
        "ah toch nog, mag ik verder praten?",
        "kunnen we nog even voortdoen?",
        "mag ik toch nog verdergaan",
        "kan ik hervatten",
        "can I go on?",
        "je peux continuer?",
        "kann ich weitermachen?",
        "wil ik nog verder, ja",
        "mogen we voort",
        "may I carry on",
    ],
)
def test_who_asks_to_go_on_after_the_end_goes_on(text: str) -> None:
    done: dict[str, Any] = {
        "toestemming_analyse": True,
        "bevestigd": None,
        "vraag": "trekker",
        "antwoord": None,
    }
    turn = Turn(text, **done, entities=[{"entity": acts.ENTITY, "value": acts.ASK}])
    turn.tracker.latest_message["metadata"] = {"step": "einde", "message": "m9"}
    events = after_end(turn.talk)
    assert events[-1]["event"] == "followup"
    assert "4" in turn.said


@pytest.mark.parametrize(
    "text", ["mag ik morgen verder doen?", "kan ik straks voort?", "mag ik later verder praten?"]
)
def test_who_asks_whether_that_can_be_later_hears_how(text: str) -> None:
    done: dict[str, Any] = {
        "toestemming_analyse": True,
        "bevestigd": None,
        "vraag": "trekker",
        "antwoord": None,
    }
    turn = Turn(text, **done, entities=[{"entity": acts.ENTITY, "value": acts.ASK}])
    turn.tracker.latest_message["metadata"] = {"step": "einde", "message": "m9"}
    assert after_end(turn.talk) == []


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("nee, mijn voorstel niet", "voorstel"),
        ("dat is niet wat ik bedoelde met mijn voorstel", "voorstel"),
        ("de eerste klopt niet", "drempel"),
        ("de eerste klopt, de tweede niet", "voorstel"),
    ],
)
def test_a_no_that_names_an_answer_asks_it_again(text: str, key: str) -> None:
    turn = Turn(text, "ontkennen", **AT_SUMMARY)
    validate: Any = ValidateContributionForm().validate_bevestigd
    slots = validate(False, turn.dispatcher, turn.tracker, {})
    assert (slots["vraag"], slots["wijziging"]) == (key, "vervang")
    assert turn.effects == []


def test_who_goes_on_telling_where_a_subject_is_asked_talks_about_what_fits_best() -> None:
    """Kept once, and asked which subject; then the talk goes on, with all that was told."""
    first = "Den bus rijdt bij ons na zessen niet meer, en de les begint maar om zeven uur."
    second = "Laat de lesgevers met een busje naar de dorpen komen, zoals vroeger de markt deed."
    once = at_choice(first, 0.9)
    assert once["opdracht"] is None
    earlier = [{**each, "message": "m0"} for each in once["bewaard"]]
    again = at_choice(second, 0.9, bewaard=earlier)
    assert again["opdracht"] == choosing.likeliest([first, second])
    waiting = [*again["bewaard"], *filter(None, [again["aanbod"]])]
    assert {each["text"] for each in waiting} == {first, second}


def test_a_text_that_tells_who_somebody_is_chooses_no_subject() -> None:
    told = {"text": "Ik heb heel mijn leven op den boer gewerkt.", "why": SELF}
    text = "Den bus rijdt bij ons na zessen niet meer, en de les begint maar om zeven uur."
    assert at_choice(text, 0.9, bewaard=[told])["opdracht"] is None


@pytest.mark.parametrize(
    ("text", "content"),
    [
        (
            "J'ai commencé un cours le soir, mais personne ne m'a dit quel niveau choisir.",
            True,
        ),
        ("The evening course was full and nobody could tell me when the next one starts.", True),
        ("Der Kurs war voll und niemand konnte mir sagen, wann der nächste anfängt.", True),
        ("je ne parle pas bien néerlandais", False),
    ],
)
def test_sentences_in_another_language_are_content_where_no_question_asks_for_it(
    text: str, content: bool
) -> None:
    turn = Turn(text, "andere_taal", opdracht=None, requested_slot="opdracht", antwoorden={})
    turn.tracker.latest_message["intent_ranking"] = [{"name": "andere_taal", "confidence": 0.9}]
    assert may_be_content(turn.talk, text) is content
