"""At the summary and after it, what a text does decides where no rule knows its words."""

from __future__ import annotations

from typing import Any

import pytest

from actions import changing, offering
from actions.changing import WHICH
from actions.contribution_form import AskBevestigd, ValidateContributionForm
from actions.corrections import ActionAntwoordWijzigen
from actions.digressions import ActionDigressie
from actions.opening import ActionVerder
from actions.talk import catalogue
from language.reading import acts, summary
from tests.actions.test_changes import AT_SUMMARY, BUS, Turn

GIVEN = {
    "drempel": "De bus van De Lijn rijdt niet meer na zes uur. Mijn chef geeft geen vrij.",
    "voorstel": "Geef iedereen een buspas.",
    "trekker": "De gemeente en Vivaqua.",
    "prioriteit": "3 - Tamelijk dringend",
}
AFTERWARDS: dict[str, Any] = {
    "vraag": None,
    "antwoord": "klaar",
    "bevestigd": True,
    "requested_slot": "verder",
}


def doing(act: str, text: str, at: dict[str, Any], intent: str = "bijdrage") -> Turn:
    """A turn in which a text does something, with answers to all questions."""
    entity = {"entity": acts.ENTITY, "value": act}
    return Turn(text, intent, entities=[entity], antwoorden=dict(GIVEN), **at)


def going_on(turn: Turn) -> dict[str, Any]:
    """The slots after a text at the question how to go on."""
    validate: Any = ValidateContributionForm().validate_verder
    text = turn.tracker.latest_message["text"]
    slots: dict[str, Any] = validate(text, turn.dispatcher, turn.tracker, {})
    return slots


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("yep klopt, maar ook de trein is te laat", "ook de trein is te laat"),
        ("ja dat is juist maar de trein ook", "de trein ook"),
        ("helemaal goed. Alleen is de trein ook duur", "is de trein ook duur"),
        ("oui c'est correct, et le train aussi", "le train aussi"),
        ("Aha. Ja is goed maar de fiets ook", "de fiets ook"),
        ("de trein is ook te duur", "de trein is ook te duur"),
        ("nee, de trein is te duur", "nee, de trein is te duur"),
    ],
)
def test_where_a_text_goes_on_after_its_yes(text: str, rest: str) -> None:
    assert text[summary.after_yes(text) :] == rest


@pytest.mark.parametrize(
    ("text", "key", "content"),
    [
        ("top, maar zet bij wie het moet doen ook de provincie erbij", "trekker", "de provincie"),
        ("ja klopt. Doe bij mijn voorstel nog een fiets erbij", "voorstel", "een fiets"),
        ("goed zo, maar ook de fietsers moeten kunnen leren", None, "ook de fietsers moeten"),
        ("yes correct but the evenings are too short as well", None, "the evenings are too short"),
        ("bij 't eerste hoort de regen er ook nog in", "drempel", "de regen"),
    ],
)
def test_what_is_added_beside_a_yes_is_kept_with_the_answer_it_names(
    text: str, key: str | None, content: str
) -> None:
    turn = doing(acts.ADD, text, AT_SUMMARY)
    slots = turn.act(ActionVerder())
    (effect,) = turn.effects
    assert effect["added"] is True
    start, end = effect["source"]["start"], effect["source"]["end"]
    assert content in text[start:end]
    assert not text[start:end].startswith(("top", "ja", "goed", "yes"))
    assert key in (None, effect["question"])
    assert content in slots["antwoorden"][effect["question"]]
    assert turn.titles == ["Zet het terug"]


@pytest.mark.parametrize(
    ("text", "corrects"),
    [
        ("die chef moet er niet in", "Mijn chef geeft geen vrij."),
        ("van mijn chef, laat da ma vallen", "Mijn chef geeft geen vrij."),
        ("zonder dat van de chef aub", "Mijn chef geeft geen vrij."),
        ("Vivaqua hoeft daar niet bij", "en Vivaqua"),
        ("drop Vivaqua please", "en Vivaqua"),
    ],
)
def test_a_dropped_detail_is_shown_and_waits_for_a_yes(text: str, corrects: str) -> None:
    turn = doing(acts.DROP, text, AT_SUMMARY)
    slots = turn.act(ActionVerder())
    assert turn.effects == []
    assert slots["aanbod"]["text"] == ""
    assert corrects in f"{slots['aanbod']['corrects']}.".replace("..", ".")


@pytest.mark.parametrize(
    ("act", "text", "key"),
    [
        (acts.MEND, "dat van die chef heb ik te grof gezegd", "drempel"),
        (acts.MEND, "die buspas, dat had ik beter anders geschreven", "voorstel"),
        (acts.WRONG, "de derde klopt niet helemaal", "trekker"),
        (acts.WRONG, "wie dat moet trekken wil ik anders", "trekker"),
        (acts.MEND, "'t tweede moet anders verwoord zijn", "voorstel"),
        (acts.DROP, "de gemeente de gemeente die wil ik weg", "trekker"),
    ],
)
def test_the_answer_that_should_change_is_asked_again(act: str, text: str, key: str) -> None:
    turn = doing(act, text, AT_SUMMARY)
    slots = turn.act(ActionVerder())
    assert turn.effects == []
    found = slots.get("vraag") or slots["aanbod"]["question"]
    assert found == key


@pytest.mark.parametrize(
    ("act", "text", "content"),
    [
        (acts.MEND, "van de trekker weet ik het nu: de stad Gent", "de stad Gent"),
        (acts.WRONG, "Wie het doet: het buurthuis met de school", "het buurthuis met de school"),
        (acts.MEND, "bij wie het doet had ik niks, zet daar de bib", "zet daar de bib"),
        (acts.ADD, "nu weet ik wie: de wijkwerking met de kerk", "de wijkwerking met de kerk"),
        (acts.ADD, "toch nog voor de derde vraag: de mutualiteit", "de mutualiteit"),
    ],
)
def test_a_question_that_was_passed_over_is_answered_later(
    act: str, text: str, content: str
) -> None:
    turn = doing(act, text, AT_SUMMARY)
    turn.tracker.slots["antwoorden"] = {key: GIVEN[key] for key in ("drempel", "voorstel")}
    slots = turn.act(ActionVerder())
    found = slots["aanbod"] if "aanbod" in slots else turn.effects[0]
    assert found["question"] == "trekker"
    said = slots["aanbod"]["text"] if "aanbod" in slots else slots["antwoorden"]["trekker"]
    assert content in said


@pytest.mark.parametrize(
    "text",
    [
        "er staat iets fout",
        "ge hebt mij mis verstaan",
        "hier klopt iets niet",
        "iets wijzigen",
        "zo zei ik het niet",
    ],
)
def test_in_doubt_which_answer_should_change_that_is_asked(text: str) -> None:
    turn = doing(acts.WRONG, text, AT_SUMMARY)
    slots = turn.act(ActionVerder())
    assert slots["wijziging"] == WHICH
    asked = Turn(text, **{**AT_SUMMARY, "wijziging": WHICH})
    asked.act(AskBevestigd())
    assert "Ja, dit klopt" in asked.titles
    assert "Uw voorstel" in asked.titles
    turn = doing(acts.WRONG, "dat van die chef, bah nee", AT_SUMMARY, "antwoord_wijzigen")
    assert turn.act(ActionAntwoordWijzigen())["vraag"] == "drempel"


@pytest.mark.parametrize(
    "text",
    [
        "wie krijgt dat onder ogen",
        "moet ik nu iets drukken",
        "hoeveel volk doet daar aan mee",
        "is dat dan definitief",
        "wa gebeurt er als ik ja zeg",
    ],
)
def test_a_question_at_the_summary_is_passed_on_and_the_summary_stays(text: str) -> None:
    turn = doing(acts.ASK, text, {**AT_SUMMARY, "toestemming_analyse": True})
    slots = turn.act(ActionVerder())
    assert [each["kind"] for each in turn.effects] == ["question"]
    assert slots["bevestigd"] is None


@pytest.mark.parametrize(
    "text",
    [
        "ach laat het toch maar",
        "lotj mor zijn",
        "nee, doe het toch maar niet",
        "leave it then",
        "'t mag er in blijven zulle",
    ],
)
def test_who_leaves_it_at_the_summary_stays_at_the_summary(text: str) -> None:
    turn = doing(acts.LEAVE, text, AT_SUMMARY, "hulp")
    assert turn.act(ActionDigressie()) == {}
    assert turn.effects == []


@pytest.mark.parametrize(
    "text",
    ["dat ziet er just uit ze", "ba 't is in den haak", "nikske mis mee", "dat is hem", "perfecto"],
)
def test_what_is_likely_a_yes_is_asked_for_and_not_offered_as_an_answer(text: str) -> None:
    turn = doing(acts.doubtful(acts.AGREE), text, AT_SUMMARY)
    turn.tracker.latest_message["intent_ranking"] = [{"name": "bijdrage", "confidence": 0.5}]
    assert "aanbod" not in turn.act(ActionVerder())
    assert turn.effects == []


@pytest.mark.parametrize(
    ("act", "text", "key"),
    [
        (acts.MEND, "voor we gaan, die chef heb ik te hard aangepakt", "drempel"),
        (acts.MEND, "dat van die buspas had ik anders moeten zeggen", "voorstel"),
        (acts.WRONG, "mijn tweede antwoord was toch niet juist", "voorstel"),
        (acts.DROP, "haal Vivaqua er nog uit voor ik ga", "trekker"),
        (acts.MEND, "de dringendheid heb ik onderschat", "prioriteit"),
    ],
)
def test_an_answer_can_still_change_after_the_summary(act: str, text: str, key: str) -> None:
    slots = going_on(doing(act, text, AFTERWARDS))
    found = slots.get("vraag") or slots["aanbod"]["question"]
    assert found == key
    assert slots["verder"] is None


@pytest.mark.parametrize(
    "text",
    [
        "Straks misschien. Wat was mijn code weer?",
        "nee nu niet. waar staat mijn code?",
        "Neen dank u. Hoe kan ik later verder doen?",
        "not now. What is my code?",
        "nee merci! geef mij die ontvangstcode nog eens",
    ],
)
def test_a_question_beside_a_no_is_answered(text: str) -> None:
    turn = doing(acts.ASK, text, {**AFTERWARDS, "toestemming_analyse": True})
    assert going_on(turn) == {"verder": None}
    assert "Mijn code" in turn.said


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("doe maar dat over weten wat mensen willen leren", 6),
        ("de begeleiding naar en tijdens leren dan", 5),
        ("een goed aanbod binnen ieders bereik, dat nog", 4),
        ("leren beter en eerlijk betalen misschien", 10),
        ("dat van meer leergoesting in de samenleving", 3),
    ],
)
def test_a_subject_in_other_words_is_gone_to(text: str, number: int) -> None:
    turn = doing(acts.MOVE, text, {**AFTERWARDS, "opdracht": 1}, "opdracht_kiezen")
    slots = going_on(turn)
    meant = [slots["opdracht"]] if "opdracht" in slots else slots["geraden"]
    assert meant[0] == number


@pytest.mark.parametrize("intent", ["contact_mens", "klacht"])
def test_who_wants_a_human_being_is_told_the_address(intent: str) -> None:
    turn = Turn("ik wil een mens", intent, **AT_SUMMARY)
    turn.act(ActionDigressie())
    assert catalogue().consultatie.contact.e_mail in turn.said


def test_who_comes_back_reads_the_answers_again() -> None:
    turn = Turn("", "begroeten", **AT_SUMMARY)
    turn.act(AskBevestigd())
    said = turn.talk.said
    again = Turn("", "begroeten", **AT_SUMMARY)
    again.tracker.latest_message["metadata"] |= {"said": list(said), "returns": True}
    again.act(AskBevestigd())
    assert BUS in again.said


def offered_of_self(text: str, intent: str = "bijdrage", entities: Any = ()) -> Turn:
    """A turn at the summary, where a text that told who somebody is waits."""
    offered = {"message": "m0", "start": 0, "end": 20, "text": "ik ben boer met melkvee"}
    offered |= {"opdracht": 4, "question": "voorstel", "corrects": None, "why": offering.SELF}
    at = {**AT_SUMMARY, "requested_slot": "keuze_aanbod"}
    return Turn(text, intent, entities=list(entities), aanbod=offered, keuze_aanbod=None, **at)


def choosing(turn: Turn) -> dict[str, Any]:
    """The slots after a text at an offer."""
    validate: Any = ValidateContributionForm().validate_keuze_aanbod
    text = turn.tracker.latest_message["text"]
    slots: dict[str, Any] = validate(text, turn.dispatcher, turn.tracker, {})
    return slots


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("ja", "bevestigen"),
        ("klopt", "bevestigen"),
        ("joat 't es goe", "bevestigen"),
        ("gg ez klopt", "bevestigen"),
        ("zo mag het in het dossier", "bevestigen"),
    ],
)
def test_a_yes_to_the_summary_adds_nothing_that_was_said_of_oneself(text: str, intent: str) -> None:
    turn = offered_of_self(text, intent)
    slots = choosing(turn)
    assert [each["kind"] for each in turn.effects] == ["confirmed"]
    assert slots["bevestigd"] is True


def test_what_was_said_of_oneself_is_added_where_asked() -> None:
    shown = offered_of_self("")
    shown.act(offering.AskKeuzeAanbod())
    assert shown.titles[:2] == ["Ja, dit klopt", "Ja, zet het erbij"]
    assert "ik ben boer met melkvee" in shown.said
    for text in ("zet het erbij", "ja, zet dat er ook bij", "voeg toe"):
        turn = offered_of_self(text, "bevestigen")
        assert "ik ben boer met melkvee" in choosing(turn)["antwoorden"]["voorstel"]


@pytest.mark.parametrize(
    "text",
    [
        "en de gemeente moogt ge schrappen",
        "die gemeente moet er niet in",
        "de gemeente mag weg",
        "ja, maar de gemeente die moogt ge weglaten",
        "Vivaqua, dat hoeft er niet bij te staan",
    ],
)
def test_what_only_drops_is_no_addition(text: str) -> None:
    turn = Turn(text, antwoorden=dict(GIVEN), **AT_SUMMARY)
    slots = turn.act(ActionVerder())
    assert turn.effects == []
    assert (slots["aanbod"]["question"], slots["aanbod"]["text"]) == ("trekker", "")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("alles klopt behalve mijn voorstel", "voorstel"),
        ("behalve die chef is alles juist", "drempel"),
        ("'t is allemaal goed buiten dat van de trekker", "trekker"),
        ("everything is right except the second answer", "voorstel"),
        ("tout est bon sauf la gemeente", "trekker"),
        ("klopt, uitgezonderd het derde antwoord", "trekker"),
    ],
)
def test_an_exception_to_the_yes_is_asked_again(text: str, key: str) -> None:
    turn = Turn(text, antwoorden=dict(GIVEN), **AT_SUMMARY)
    assert turn.act(ActionVerder())["vraag"] == key
    assert turn.effects == []


@pytest.mark.parametrize(
    "text",
    [
        "zo dringend is het nu ook weer niet",
        "zo dringend is dat toch niet",
        "'t is al dringend maar zo erg nu ook niet",
        "dat is nu niet zo dringend, doe wat minder",
        "zoo dringend is da nie",
    ],
)
def test_less_urgent_is_never_read_as_more(text: str) -> None:
    turn = Turn(text, antwoorden=dict(GIVEN), **AT_SUMMARY)
    slots = turn.act(ActionVerder())
    values = [each.get("value") for each in turn.effects]
    assert slots.get("vraag") == "prioriteit" or all(value in (1, 2) for value in values)


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("Mijn voorstel moet zijn, elke wijk krijgt een leraar", "elke wijk krijgt een leraar"),
        ("opnieuw voor mijn voorstel, gratis lessen op school", "gratis lessen op school"),
        ("vervang het tweede antwoord, een leraar per straat", "een leraar per straat"),
        ("het voorstel wordt: gratis lessen in de bib", "gratis lessen in de bib"),
        ("beter zo voor het tweede antwoord, les aan huis", "les aan huis"),
    ],
)
def test_a_whole_answer_is_put_in_other_words(text: str, new: str) -> None:
    turn = Turn(text, antwoorden=dict(GIVEN), **AT_SUMMARY)
    slots = turn.act(ActionVerder())
    assert slots["antwoorden"]["voorstel"] == new
    assert turn.titles == ["Zet het terug"]


@pytest.mark.parametrize(
    ("text", "key", "content"),
    [
        ("bij wie het doet ook nog de scholen", "trekker", "de scholen"),
        ("voor mijn voorstel ook de fietsers", "voorstel", "de fietsers"),
        ("klopt, en bij de trekker nog de provincie", "trekker", "de provincie"),
        ("ok maar voeg bij het voorstel nog een fiets toe", "voorstel", "een fiets"),
        ("zet bij mijn eerste antwoord ook de regen erbij", "drempel", "de regen"),
    ],
)
def test_only_what_is_added_is_kept_where_the_answer_is_named(
    text: str, key: str, content: str
) -> None:
    turn = Turn(text, antwoorden=dict(GIVEN), **AT_SUMMARY)
    slots = turn.act(ActionVerder())
    assert slots["antwoorden"][key] == f"{GIVEN[key]}\n{content}"


@pytest.mark.parametrize(
    "text",
    [
        "de kinderen ook he, niet alleen moeders",
        "ouderen ook, niet enkel jongeren",
        "voor iedereen, niet alleen voor werkenden",
        "de buren mogen ook, niet alleen de school",
        "in de stad ook, niet alleen op den buiten",
    ],
)
def test_not_only_is_no_correction(text: str) -> None:
    turn = Turn(text, antwoorden=dict(GIVEN), **AT_SUMMARY)
    slots = turn.act(ActionVerder())
    kept = [each["text"] for each in [slots.get("aanbod")] if each]
    kept += list(slots.get("antwoorden", {}).values())
    assert any(text in each for each in kept)


@pytest.mark.parametrize(
    "text",
    [
        "en ook nog dit, dat buspas moet ook geldig zijn op zondag",
        "nog iets, die gemeente moet ook luisteren",
        "ja, ook nog dit, de bus moet op tijd rijden",
        "en ook de bus moet op tijd zijn",
        "oh en nog een idee, de buspas moet gratis zijn",
    ],
)
@pytest.mark.parametrize("at", [AT_SUMMARY, AFTERWARDS])
def test_what_says_that_it_adds_replaces_nothing(text: str, at: dict[str, Any]) -> None:
    turn = Turn(text, antwoorden=dict(GIVEN), **at)
    slots = turn.act(ActionVerder()) if at is AT_SUMMARY else going_on(turn)
    assert all(effect["corrects"] is None and effect["added"] for effect in turn.effects)
    for key, said in slots.get("antwoorden", GIVEN).items():
        assert said.startswith(GIVEN[key])


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("wat stond er bij de tweede?", "voorstel"),
        ("wat zei ik bij mijn eerste antwoord?", "drempel"),
        ("hoe luidde mijn voorstel weer?", "voorstel"),
        ("wie had ik bij de derde vraag gezet?", "trekker"),
        ("welk cijfer gaf ik?", "prioriteit"),
    ],
)
def test_who_asks_what_an_answer_was_reads_it(text: str, key: str) -> None:
    turn = Turn(text, antwoorden=dict(GIVEN), toestemming_analyse=True, **AT_SUMMARY)
    turn.act(ActionVerder())
    assert GIVEN[key] in turn.said
    assert turn.effects == []


@pytest.mark.parametrize(
    "text",
    [
        "wie het moet trekken weet ik ondertussen, de vakschool",
        "nu weet ik wie het doet: de vakschool",
        "ik weet al wie dat moet doen, de vakschool van hier",
        "bij wie het doet weet ik het nu wel, de vakschool",
        "wie het moet doen ken ik nu, de vakschool",
    ],
)
def test_who_knows_it_now_is_offered_it_at_the_question_passed_over(text: str) -> None:
    turn = Turn(text, **AT_SUMMARY)
    slots = turn.act(ActionVerder())
    meant = slots["aanbod"] if "aanbod" in slots else turn.effects[0]
    assert meant["question"] == "trekker"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ik schrik als ik zie hoelang de wachtlijst is, dus heel dringend", "heel dringend"),
        ("eigenlijk is het heel dringend", "heel dringend"),
        ("wacht, het moet heel dringend zijn", "heel dringend"),
        ("maak er bij dringend maar een 5 van", "5"),
        ("zet dringend op 5", "5"),
    ],
)
def test_after_the_summary_another_urgency_is_offered_before_it_counts(
    text: str, words: str
) -> None:
    turn = Turn(text, antwoorden=dict(GIVEN), **AFTERWARDS)
    slots = going_on(turn)
    assert turn.effects == []
    assert slots["aanbod"]["question"] == "prioriteit"
    assert slots["aanbod"]["text"] == words


@pytest.mark.parametrize(
    ("text", "now"),
    [
        ("hm nee, maak van die 3 toch een 5", "5 - Heel dringend"),
        ("euh, zet die 3 dan op 2", "2 - Weinig dringend"),
    ],
)
def test_the_number_that_is_changed_is_the_urgency(text: str, now: str) -> None:
    answers = {**GIVEN, "voorstel": "Geef drie keer per jaar een buspas."}
    turn = Turn(text, "ontkennen", antwoorden=answers, **AT_SUMMARY)
    slots = turn.act(ActionVerder())
    assert slots["antwoorden"] == {**answers, "prioriteit": now}


def test_who_throws_the_whole_talk_away_loses_no_part_of_an_answer() -> None:
    for text in (
        "Mijn chef herkent mij hierin. Gooi heel mijn gesprek weg.",
        "doe die babbel over de bus en mijn chef weg, of nee, haal alles weg",
    ):
        turn = Turn(text, antwoorden=dict(GIVEN), **AT_SUMMARY)
        assert changing.part_dropped(turn.talk, text) is None
