"""Nothing that was said is lost or replaced: additions, corrections, going back, leaving it."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.contribution_form import AskAntwoord, AskBevestigd, ValidateContributionForm
from actions.corrections import ActionAntwoordWijzigen, ActionOverslaan, ActionTerug
from actions.digressions import ActionDigressie
from actions.opening import ActionVerder
from actions.talk import Talk, TalkAction, catalogue, sentences
from language.reading import acts

BUS = "De bus rijdt niet meer na zes uur."
GIVEN = {"drempel": BUS, "voorstel": "Geef iedereen een buspas."}
AT_QUESTION: dict[str, Any] = {"vraag": "trekker", "antwoord": None, "requested_slot": "antwoord"}
AT_SUMMARY: dict[str, Any] = {"vraag": None, "antwoord": "klaar", "requested_slot": "bevestigd"}


class Turn:
    """One turn of somebody in opdracht 4."""

    def __init__(self, text: str, intent: str = "bijdrage", **slots: Any) -> None:
        entities = slots.pop("entities", [])
        known = {"opdracht": 4, "groep": "burger", "antwoorden": dict(GIVEN), **slots}
        message = {
            "text": text,
            "intent": {"name": intent, "confidence": 1.0},
            "intent_ranking": [{"name": intent, "confidence": 1.0}],
            "entities": entities,
            "metadata": {"typed": "m1"},
        }
        loop = {"name": "contribution_form"}
        self.tracker = Tracker("x", known, message, [], False, None, loop, "action_listen")
        self.dispatcher = CollectingDispatcher()
        self.talk = Talk(self.dispatcher, self.tracker)

    def answer(self) -> dict[str, Any]:
        """The slots after the text at an open question."""
        validate: Any = ValidateContributionForm().validate_antwoord
        text = self.tracker.latest_message["text"]
        slots: dict[str, Any] = validate(text, self.dispatcher, self.tracker, {})
        return slots

    def act(self, action: TalkAction) -> dict[str, Any]:
        """The slots after an action."""
        events = action.act(self.talk)
        return {each["name"]: each["value"] for each in events if each["event"] == "slot"}

    @property
    def said(self) -> str:
        return "\n".join(each["text"] for each in self.dispatcher.messages if each.get("text"))

    @property
    def titles(self) -> list[str]:
        return [each["title"] for one in self.dispatcher.messages for each in one["buttons"]]

    @property
    def effects(self) -> list[dict[str, Any]]:
        customs = [each.get("custom") or {} for each in self.dispatcher.messages]
        return [effect for custom in customs for effect in custom.get("effects", [])]


@pytest.mark.parametrize(
    ("text", "content"),
    [
        (
            "Het klopt, maar ik wil nog toevoegen: de crèche sluit te vroeg",
            "de crèche sluit te vroeg",
        ),
        ("ja klopt, maar ik was vergeten te zeggen dat de bus te duur is", "de bus te duur is"),
        ("zet er nog bij dat de trap te steil is", "de trap te steil is"),
        ("ik wil bij wat tegenhoudt nog toevoegen: het lokaal is koud", "het lokaal is koud"),
        ("en ook nog: het is moeilijk te vinden", "het is moeilijk te vinden"),
    ],
)
def test_an_addition_at_the_summary_is_added_and_told(text: str, content: str) -> None:
    turn = Turn(text, **AT_SUMMARY)
    slots = turn.act(ActionVerder())
    (effect,) = turn.effects
    assert (effect["kind"], effect["question"], effect["added"]) == ("answer", "drempel", True)
    start, end = effect["source"]["start"], effect["source"]["end"]
    assert text[start:end] == content
    assert slots["antwoorden"]["drempel"] == f"{BUS}\n{content}"
    assert content in turn.said


@pytest.mark.parametrize(
    "text",
    [
        "ja maar de bus is ook te duur voor velen",
        "nee, het is ook te ver voor wie geen auto heeft",
        "de bus is ook te duur",
        "klopt, alleen is het boek ook te duur",
        "Het klopt niet, mensen durven ook niet te komen",
    ],
)
def test_content_at_the_summary_is_taken_in_place_and_can_be_taken_back(text: str) -> None:
    turn = Turn(text, **AT_SUMMARY)
    slots = turn.act(ActionVerder())
    (effect,) = turn.effects
    assert (effect["question"], effect["added"]) == ("drempel", True)
    start, end = effect["source"]["start"], effect["source"]["end"]
    assert slots["antwoorden"]["drempel"] == f"{BUS}\n{text[start:end]}"
    assert text[start:end] in turn.said
    assert turn.titles == ["Zet het terug"]


@pytest.mark.parametrize(
    "text",
    [
        "de bus is ook te duur",
        "amai, de bus is een ramp",
        "in Gent is dat zo geregeld",
        "zo gaat dat bij ons in de straat",
        "mijn bril ligt in de keuken beneden",
    ],
)
def test_what_may_be_no_answer_is_offered_at_the_summary(text: str) -> None:
    turn = Turn(text, **AT_SUMMARY)
    turn.tracker.latest_message["intent_ranking"] = [{"name": "bijdrage", "confidence": 0.4}]
    slots = turn.act(ActionVerder())
    assert turn.effects == []
    assert slots["aanbod"]["text"] in text


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("niet zes maar zeven", "zeven"),
        ("ik bedoelde zeven uur, niet zes uur", "zeven uur"),
        ("nee wacht, het moet zeven uur zijn", "zeven uur"),
        ("oei, bij de eerste vraag bedoelde ik zeven, niet zes", "zeven"),
        ("verander zes in zeven", "zeven"),
    ],
)
def test_a_correction_is_about_the_answer_it_names_and_waits_for_a_yes(text: str, new: str) -> None:
    at = AT_QUESTION
    turn = Turn(text, **at)
    slots = turn.answer()
    assert turn.effects == []
    assert slots["aanbod"]["question"] == "drempel"
    assert slots["aanbod"]["text"] == new
    yes = Turn("ja", "bevestigen", **{**at, **slots, "requested_slot": "keuze_aanbod"})
    validate: Any = ValidateContributionForm().validate_keuze_aanbod
    after = validate("ja", yes.dispatcher, yes.tracker, {})
    (effect,) = yes.effects
    assert effect["corrects"] in BUS
    assert "zeven" in after["antwoorden"]["drempel"]
    assert "zes" not in after["antwoorden"]["drempel"]
    assert "De bus rijdt" in after["antwoorden"]["drempel"]
    # The step beneath stays as it was.
    assert "vraag" not in after


@pytest.mark.parametrize(
    ("text", "now"),
    [
        ("niet zes maar zeven", "De bus rijdt niet meer na zeven uur."),
        ("oei, de bus moet de tram zijn", "de tram rijdt niet meer na zes uur."),
        ("zes uur is te vroeg, maak er acht uur van", "De bus rijdt niet meer na acht uur."),
        ("zet na achten in plaats van na zes uur", "De bus rijdt niet meer na achten."),
        ("verander zes in half zeven", "De bus rijdt niet meer na half zeven uur."),
    ],
)
def test_a_plain_correction_at_the_summary_is_carried_out_and_can_be_taken_back(
    text: str, now: str
) -> None:
    turn = Turn(text, **AT_SUMMARY)
    slots = turn.act(ActionVerder())
    (effect,) = turn.effects
    assert (effect["question"], effect["corrects"] in BUS) == ("drempel", True)
    start, end = effect["source"]["start"], effect["source"]["end"]
    assert BUS.replace(effect["corrects"], text[start:end]) == now
    assert slots["antwoorden"]["drempel"] == now
    # Both are shown, and the summary comes again before it counts.
    assert effect["corrects"] in turn.said
    assert text[start:end] in turn.said
    assert turn.titles == ["Zet het terug"]
    assert "bevestigd" not in slots


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Mijn voorstel wordt korter: een buspas voor elke werkzoekende", "voorstel"),
        ("vervang mijn eerste antwoord door: er rijdt geen bus", "drempel"),
        ("Een buspas is te vaag. Beter gezegd: een pas voor wie les volgt", "voorstel"),
        ("bij wat mij tegenhoudt liever: de laatste bus is te vroeg", "drempel"),
        ("herformuleer dat van die buspas: gratis vervoer naar elke les", "voorstel"),
    ],
)
def test_an_answer_that_is_worded_anew_is_replaced(text: str, key: str) -> None:
    turn = Turn(text, **AT_SUMMARY)
    slots = turn.act(ActionVerder())
    (effect,) = turn.effects
    assert (effect["question"], effect["added"], effect["corrects"]) == (key, False, None)
    assert slots["antwoorden"][key] == text.partition(": ")[2]
    assert GIVEN[key] in turn.said


@pytest.mark.parametrize(
    "text",
    [
        "wat stond er nu weer over die buspas?",
        "hoe had ik dat van de buspas gezegd?",
        "wat schreef ik ook weer bij de buspas",
        "waarom staat er een buspas?",
        "euh, wat was dat met die buspas",
    ],
)
def test_a_question_about_an_answer_shows_it_and_stores_nothing(text: str) -> None:
    turn = Turn(text, **AT_SUMMARY)
    slots = turn.act(ActionVerder())
    assert turn.effects == []
    assert "aanbod" not in slots
    assert GIVEN["voorstel"] in turn.said


@pytest.mark.parametrize(
    "text",
    [
        "die buspas is te duur, dat moet anders",
        "dat van die buspas klopt niet",
        "de buspas is fout verwoord",
        "ik zou het liever niet over een buspas hebben",
        "zo'n buspas heb ik niet bedoeld",
    ],
)
def test_a_change_without_its_words_asks_that_question_again(text: str) -> None:
    turn = Turn(text, **AT_SUMMARY)
    slots = turn.act(ActionVerder())
    assert turn.effects == []
    assert (slots["vraag"], slots["antwoord"], slots["bevestigd"]) == ("voorstel", None, False)


@pytest.mark.parametrize(
    "text",
    [
        "de gemeente, niet de provincie",
        "niet de scholen maar de VDAB",
        "de VDAB moet de trekker zijn",
        "het moet de gemeente zijn",
        "en ook nog de vakbond moet dat doen",
    ],
)
def test_an_answer_that_looks_like_a_change_is_the_answer(text: str) -> None:
    turn = Turn(text, **AT_QUESTION)
    turn.answer()
    (effect,) = turn.effects
    assert (effect["question"], effect["source"]) == ("trekker", None)


@pytest.mark.parametrize(
    "text",
    [
        "geen idee",
        "gn mening",
        "kweet het niet",
        "dat weet ik niet",
        "geen flauw idee",
    ],
)
def test_no_idea_is_no_answer(text: str) -> None:
    turn = Turn(text, "weet_niet", **AT_QUESTION)
    slots = turn.answer()
    assert turn.effects == []
    assert slots["vraag"] == "prioriteit"


@pytest.mark.parametrize("text", ["ja", "nee", "ok", "ja klopt", "Neen."])
def test_a_yes_or_no_never_replaces_an_answer(text: str) -> None:
    turn = Turn(text, vraag="voorstel", antwoord=None, requested_slot="antwoord")
    slots = turn.answer()
    assert turn.effects == []
    assert slots["vraag"] == "trekker"


def test_a_second_answer_is_offered_to_add_or_to_replace() -> None:
    turn = Turn("Meer lessen overdag", vraag="voorstel", antwoord=None, requested_slot="antwoord")
    slots = turn.answer()
    assert turn.effects == []
    assert (slots["aanbod"]["question"], slots["keuze_aanbod"]) == ("voorstel", None)


def test_who_wants_to_change_sees_the_old_text_and_goes_on_where_no_answer_is() -> None:
    ask = Turn("mijn antwoord op de eerste vraag klopt niet", "antwoord_wijzigen", **AT_QUESTION)
    slots = ask.act(ActionAntwoordWijzigen())
    assert (slots["vraag"], slots["wijziging"]) == ("drempel", "vervang")
    shown = Turn("", "antwoord_wijzigen", **{**AT_QUESTION, **slots})
    AskAntwoord().act(shown.talk)
    assert BUS in shown.said
    assert "komt in de plaats" in shown.said
    assert shown.titles == ["Ik wil iets toevoegen", "Laat het zoals het is"]
    told = Turn(
        "Poetshulpen in Aalst hebben na hun werk geen enkele bus naar de les.",
        **{**AT_QUESTION, **slots},
    )
    after = told.answer()
    (effect,) = told.effects
    assert (effect["question"], effect["added"]) == ("drempel", False)
    # The proposal has an answer: the talk goes on with who should do it.
    assert after["vraag"] == "trekker"


def test_who_asked_to_add_adds() -> None:
    button = [{"entity": "waarde", "value": "erbij"}, {"entity": "vraag", "value": "drempel"}]
    ask = Turn("x", "antwoord_wijzigen", entities=button, **AT_QUESTION)
    slots = ask.act(ActionAntwoordWijzigen())
    assert slots["wijziging"] == "erbij"
    told = Turn("En de trein is te duur.", **{**AT_QUESTION, **slots})
    after = told.answer()
    assert told.effects[0]["added"] is True
    assert after["antwoorden"]["drempel"].startswith(BUS)


@pytest.mark.parametrize(
    "text",
    [
        "laat maar",
        "nee laat maar staan zoals het was",
        "zoals het was",
        "hou het zo",
        "laat het zo",
    ],
)
def test_leaving_it_keeps_the_answer_and_goes_on(text: str) -> None:
    turn = Turn(text, "overslaan", vraag="drempel", antwoord=None, requested_slot="antwoord")
    slots = turn.act(ActionOverslaan())
    assert turn.effects == []
    assert slots["vraag"] == "trekker"
    summary = Turn(text, "overslaan", **AT_SUMMARY)
    assert summary.act(ActionOverslaan()) == {}
    assert any(each in summary.said for each in sentences()["blijft_zoals_het_is"])


@pytest.mark.parametrize(
    "text", ["mijn voorstel", "het voorstel", "mijn idee", "vraag 2", "de oplossing"]
)
def test_naming_a_question_at_the_summary_opens_it(text: str) -> None:
    turn = Turn(text, **AT_SUMMARY)
    slots = turn.act(ActionVerder())
    assert (slots["vraag"], slots["antwoord"], slots["bevestigd"]) == ("voorstel", None, False)


def test_a_long_answer_is_shown_shortened_to_change() -> None:
    known = {"voorstel": "woord " * 400}
    turn = Turn("", vraag="voorstel", antwoord=None, wijziging="vervang", antwoorden=known)
    AskAntwoord().act(turn.talk)
    assert len(turn.said) < 600


@pytest.mark.parametrize("text", ["dat is genoeg", "zo, dat was het", "meer heb ik niet"])
def test_enough_leads_to_the_summary(text: str) -> None:
    slots = Turn(text, "overslaan", **AT_QUESTION).act(ActionOverslaan())
    assert slots["antwoord"] == "klaar"


@pytest.mark.parametrize(
    "text", ["wacht even", "momentje", "even nadenken", "hmm", "wacht, ik moet mijn bril zoeken"]
)
def test_asking_for_a_moment_is_granted(text: str) -> None:
    turn = Turn(text, "hulp", **AT_QUESTION)
    assert turn.act(ActionDigressie()) == {}
    assert turn.said == "Neem gerust uw tijd."


def test_going_back_from_the_third_question_asks_the_second_and_shows_it() -> None:
    slots = Turn("terug", "terug", **AT_QUESTION).act(ActionTerug())
    assert slots["vraag"] == "voorstel"
    shown = Turn("terug", "terug", **{**AT_QUESTION, **slots})
    AskAntwoord().act(shown.talk)
    assert GIVEN["voorstel"] in shown.said


def test_a_no_to_an_offer_is_not_a_no_to_the_summary() -> None:
    turn = Turn("nee", "ontkennen", **AT_SUMMARY)
    turn.tracker.events = [{"event": "user"}, {"event": "slot", "name": "keuze_aanbod"}]
    AskBevestigd().act(turn.talk)
    assert "Klopt dit zo?" in turn.said


def test_an_answer_to_a_follow_up_question_is_added() -> None:
    opdracht = catalogue().opdracht(4)
    assert opdracht
    probe = opdracht.vragen[1].doorvraag[0]
    turn = Turn(
        "Bijvoorbeeld in Aalst, voor wie geen auto heeft.",
        vraag="voorstel",
        doorvraag=probe,
        antwoord=None,
        requested_slot="antwoord",
    )
    slots = turn.answer()
    assert turn.effects[0]["probe"] == probe
    assert slots["antwoorden"]["voorstel"].startswith(GIVEN["voorstel"])


@pytest.mark.parametrize(
    "text",
    [
        "de VDAB en de bedrijven samen",
        "de vakbonden en de werkgevers",
        "de lokale besturen met de scholen",
        "elke gemeente met haar bibliotheek",
        "een consortium van scholen",
    ],
)
def test_an_answer_passes_over_an_offer_which_then_waits(text: str) -> None:
    first = Turn("niet zes maar zeven", **AT_QUESTION)
    slots = first.answer()
    known = {**AT_QUESTION, **slots, "requested_slot": "keuze_aanbod"}
    turn = Turn(text, **known)
    validate: Any = ValidateContributionForm().validate_keuze_aanbod
    after = validate(text, turn.dispatcher, turn.tracker, {})
    assert turn.effects[0]["question"] == "trekker"
    assert after["keuze_aanbod"] == "klaar"
    assert [each["text"] for each in after["bewaard"]] == ["zeven"]
    # It is offered before the summary.
    last = {"vraag": "prioriteit", "antwoord": None, "requested_slot": "antwoord"}
    done = Turn("4", **{**last, "bewaard": after["bewaard"]}).answer()
    assert done["aanbod"]["text"] == "zeven"


@pytest.mark.parametrize(
    ("text", "content", "key"),
    [
        ("Dat kost te veel, dat hoort nog bij het vorige", "Dat kost te veel", "voorstel"),
        (
            "De bus is te duur. Dat is mijn antwoord op de eerste vraag.",
            "De bus is te duur. Dat is mijn antwoord op de eerste vraag.",
            "drempel",
        ),
        ("geef ook een fiets, dat hoort bij mijn voorstel", "geef ook een fiets", "voorstel"),
        (
            "het station is ver weg, dat was voor de eerste vraag",
            "het station is ver weg",
            "drempel",
        ),
        ("ook een treinpas, dat moet bij mijn voorstel", "ook een treinpas", "voorstel"),
    ],
)
def test_a_text_goes_to_the_question_it_names(text: str, content: str, key: str) -> None:
    turn = Turn(text, **AT_QUESTION)
    turn.answer()
    (effect,) = turn.effects
    assert (effect["question"], effect["added"]) == (key, True)
    source = effect["source"]
    assert text[source["start"] : source["end"]] == content


@pytest.mark.parametrize(
    "text",
    [
        "maak van dat tamelijk dringend maar heel dringend",
        "niet tamelijk dringend maar heel dringend",
        "ik bedoelde heel dringend",
        "wacht, het moet heel dringend zijn",
        "bij hoe dringend bedoelde ik 5, niet 3",
    ],
)
def test_the_urgency_is_corrected_as_a_whole(text: str) -> None:
    known = {"antwoorden": {**GIVEN, "prioriteit": "3 - Tamelijk dringend"}, **AT_SUMMARY}
    first = Turn(text, **known)
    slots = first.act(ActionVerder())
    if first.effects:
        # The participant named both steps: it is done at once, and both are shown.
        (effect,) = first.effects
        assert (effect["value"], effect["added"]) == (5, False)
        assert slots["antwoorden"]["prioriteit"] == "5 - Heel dringend"
        assert "3 - Tamelijk dringend" in first.said
        return
    assert slots["aanbod"]["question"] == "prioriteit"
    yes = Turn("ja", "bevestigen", **{**known, **slots, "requested_slot": "keuze_aanbod"})
    validate: Any = ValidateContributionForm().validate_keuze_aanbod
    after = validate("ja", yes.dispatcher, yes.tracker, {})
    effect, _ = yes.effects
    assert (effect["value"], effect["added"], effect["corrects"]) == (5, False, None)
    assert "Tamelijk" not in after["antwoorden"]["prioriteit"]


@pytest.mark.parametrize(
    ("text", "key", "content"),
    [
        (
            "Zet er bij de trekker nog bij dat de vakbonden meedoen.",
            "trekker",
            "de vakbonden meedoen.",
        ),
        ("U mag bij mijn voorstel nog zetten dat er taxi's rijden", "voorstel", "er taxi's rijden"),
        (
            "Wij staan hierachter, met één aanvulling bij het voorstel: begin klein.",
            "voorstel",
            "begin klein.",
        ),
        ("schrijf bij mijn idee nog bij: ook op zondag", "voorstel", "ook op zondag"),
        ("ge moogt bij de drempel ook noteren dat het ver is", "drempel", "het ver is"),
    ],
)
def test_an_addition_told_at_the_summary_is_stored(text: str, key: str, content: str) -> None:
    turn = Turn(text, **AT_SUMMARY)
    slots = turn.act(ActionVerder())
    assert slots["antwoorden"][key].endswith(content)
    assert turn.effects[0]["added"] is True


@pytest.mark.parametrize(
    "text",
    [
        "zes uur is fout, maak er zeven uur van",
        "verander zes in zeven",
        "oei, niet zes maar zeven",
        "in plaats van zes moet er zeven staan",
        "zes moet zeven zijn, sorry",
    ],
)
@pytest.mark.parametrize("intent", ["antwoord_wijzigen", "terug", "klacht"])
def test_a_change_is_carried_out_whatever_command_it_resembles(text: str, intent: str) -> None:
    """And the summary comes after it, not the question which answer should change."""
    action = {
        "antwoord_wijzigen": ActionAntwoordWijzigen,
        "terug": ActionTerug,
        "klacht": ActionDigressie,
    }[intent]
    turn = Turn(text, intent, **AT_SUMMARY)
    slots = turn.act(action())
    assert "zeven" in slots["antwoorden"]["drempel"]
    after = Turn(text, intent, **{**AT_SUMMARY, **slots})
    cleared = after.act(AskBevestigd())
    assert "Klopt dit zo?" in after.said
    assert cleared["wijziging"] is None


DONE: dict[str, Any] = {**GIVEN, "prioriteit": "2 - Weinig dringend"}


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("maak er toch maar een 4 van", 4),
        ("verander die 2 in een 5", 5),
        ("zet die 2 op 3", 3),
        ("doe toch maar een 4", 4),
        ("maak daar vier van", 4),
        ("nee, maak er een 3 van", 3),
        ("eigenlijk, maak van die 2 een 4", 4),
        ("Verander diene 2 in ne 5", 5),
        ("change the 2 to a 4", 4),
        ("zet er maar een vijfke van", 5),
    ],
)
def test_a_number_alone_changes_how_urgent_it_is(text: str, step: int) -> None:
    turn = Turn(text, "antwoord_wijzigen", **AT_SUMMARY, antwoorden=dict(DONE))
    slots = turn.act(ActionAntwoordWijzigen())
    assert slots["antwoorden"]["prioriteit"].startswith(str(step))
    assert [(each["question"], each["value"]) for each in turn.effects] == [("prioriteit", step)]


@pytest.mark.parametrize(
    "text",
    [
        "maak er 4 bussen van",
        "verander die 3 in een 5",
        "zet er nog een vierde bij",
        "4 keer per week",
    ],
)
def test_other_numbers_leave_the_urgency(text: str) -> None:
    turn = Turn(text, "bijdrage", **AT_SUMMARY, antwoorden=dict(DONE))
    slots = turn.act(ActionVerder())
    assert slots.get("antwoorden", DONE)["prioriteit"] == DONE["prioriteit"]


@pytest.mark.parametrize(
    "text",
    [
        "bijna goed, alleen mijn voorstel wil ik nog aanpassen",
        "goed, enkel dat voorstel zou ik nog willen herzien",
        "mijn voorstel wil ik nog wat bijschaven",
        "klopt, maar mijn idee wil ik veranderen",
        "alles juist, mijn oplossing wil ik nog anders zeggen",
    ],
)
def test_who_wants_to_change_an_answer_is_asked_it_again_and_adds_nothing(text: str) -> None:
    entity = {"entity": acts.ENTITY, "value": acts.ADD}
    turn = Turn(text, "bijdrage", **AT_SUMMARY, entities=[entity])
    slots = turn.act(ActionVerder())
    assert (slots["vraag"], slots["wijziging"]) == ("voorstel", "vervang")
    assert turn.effects == []


@pytest.mark.parametrize(
    "text",
    [
        "Mag ik er nog iets aan toevoegen?",
        "kan ik bij mijn voorstel nog iets toevoegen?",
        "die 2 ook?",
        "staat die 3 er nog?",
        "is dat een 4?",
    ],
)
def test_a_question_at_the_summary_stores_and_changes_nothing(text: str) -> None:
    turn = Turn(text, **AT_SUMMARY, antwoorden=dict(DONE))
    slots = turn.act(ActionVerder())
    assert [each for each in turn.effects if each["kind"] == "answer"] == []
    assert slots.get("antwoorden", DONE) == DONE


@pytest.mark.parametrize(
    "text",
    [
        "zet der nog by dat de bus te duur is",
        "zet der by dat de bus te duur is",
        "zet er nog bie dat de bus te duur is",
        "dat was ik vergeten: de bus is te duur",
        "er bij zetten dat de bus te duur is",
    ],
)
def test_what_was_forgotten_is_added_also_in_dialect(text: str) -> None:
    entity = {"entity": acts.ENTITY, "value": acts.MEND}
    turn = Turn(text, **AT_SUMMARY, entities=[entity])
    slots = turn.act(ActionVerder())
    assert any("te duur" in each for each in slots["antwoorden"].values())
    assert all(said in slots["antwoorden"][key] for key, said in GIVEN.items())
