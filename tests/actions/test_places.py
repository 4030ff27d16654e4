"""Where a talk goes: subjects in people's own words, the step after an opdracht, the end."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.contribution_form import AskAntwoord, AskVerder, ValidateContributionForm
from actions.corrections import ActionAnderOpdracht, ActionStoppen, ActionTerug
from actions.digressions import ActionDigressie
from actions.opening import ActionVerder, ActionWelkom, AskOpdracht, ValidateOpeningForm
from actions.reading import choosing
from actions.reading.replies import extra_in, reply_in
from actions.talk import Talk, TalkAction, catalogue
from consultation.catalogue import Catalogue
from language.reading import request
from language.reading.request import CODE, Reading

KNOWN: dict[str, Any] = {
    "toestemming_analyse": True,
    "toestemming_citaat": True,
    "groep": "burger",
    "keuze_aanbod": "klaar",
}
AT_VERDER = {**KNOWN, "opdracht": 4, "antwoord": "klaar", "bevestigd": True, "antwoorden": {}}


class Turn:
    """One turn of the handlers, with a tracker of its own."""

    def __init__(
        self,
        text: str,
        intent: str = "bijdrage",
        entities: dict[str, str] | None = None,
        place: dict[str, Any] | None = None,
        **slots: Any,
    ) -> None:
        message = {
            "text": text,
            "intent": {"name": intent, "confidence": 1.0},
            "intent_ranking": [{"name": intent, "confidence": 1.0}],
            "entities": [
                {"entity": name, "value": value} for name, value in (entities or {}).items()
            ],
            "metadata": {"message": "m1", **(place or {})},
        }
        self.tracker = Tracker("x", slots, message, [], False, None, {}, "action_listen")
        self.dispatcher = CollectingDispatcher()

    def act(self, action: TalkAction) -> dict[str, Any]:
        """The slots that an action sets; ``form`` is the form that it goes to."""
        events = action.act(Talk(self.dispatcher, self.tracker))
        set_now = {each["name"]: each["value"] for each in events if each["event"] == "slot"}
        forms = [each["name"] for each in events if each["event"] == "followup"]
        return {**set_now, "form": forms[-1] if forms else None}

    def validate(self, form: Any, slot: str, value: Any = None) -> dict[str, Any]:
        """The slots after the validation of one."""
        self.tracker.slots["requested_slot"] = slot
        said = value if value is not None else self.tracker.latest_message["text"]
        found: dict[str, Any] = getattr(form, f"validate_{slot}")(
            said, self.dispatcher, self.tracker, {}
        )
        return found

    @property
    def said(self) -> str:
        return "\n".join(each["text"] or "" for each in self.dispatcher.messages)

    @property
    def buttons(self) -> list[str]:
        return [
            button["title"]
            for each in self.dispatcher.messages
            for button in each.get("buttons") or []
        ]

    @property
    def custom(self) -> list[dict[str, Any]]:
        return [each["custom"] for each in self.dispatcher.messages if each.get("custom")]

    @property
    def effects(self) -> list[dict[str, Any]]:
        return [effect for each in self.custom for effect in each.get("effects", [])]

    @property
    def step(self) -> str | None:
        steps = [each["step"] for each in self.custom if "step" in each]
        return steps[-1] if steps else None


# Subjects.


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("opdracht 8, 5 en 10", (8, 5, 10)),
        ("8, 5, 10", (8, 5, 10)),
        ("eerst opdracht 3 en daarna de 7de", (3, 7)),
        ("vijf en zeven graag", (5, 7)),
        ("opdrachten 2 en 4", (2, 4)),
        ("kinderopvang en het geld", (4, 10)),
        ("ik wil het hebben over begeleiding en over premies", (5, 10)),
        ("Nieuwe begeleiding naar en tijdens leren", (5,)),
    ],
)
def test_several_subjects_are_all_chosen(
    text: str, numbers: tuple[int, ...], catalogue: Catalogue
) -> None:
    assert choosing.chosen(text, catalogue).numbers == numbers


@pytest.mark.parametrize(
    "text",
    [
        "ik zeg toch de gemeente",
        "weet ik niet",
        "jij bent dom",
        "de overheid moet dat doen",
        "maakt niet uit",
        "opdracht 5 of 10",
        "alles",
        "leren",
    ],
)
def test_no_subject_starts_unasked(text: str, catalogue: Catalogue) -> None:
    assert choosing.chosen(text, catalogue).numbers == ()


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("ja, nu over begeleiding", (5,)),
        ("ander onderwerp: digitale cursussen", (4,)),
        ("opdracht 5 graag", (5,)),
        ("terug naar opdracht 3", (3,)),
        ("of nee, toch nog iets over opdracht 2", (2,)),
        ("ja, terug naar dat van de toekomst van organisaties", (7,)),
        ("nu wil ik het nog over het geld hebben", (10,)),
        ("kunnen we het over opdracht 2 hebben?", (2,)),
        ("ja", ()),
        ("ander onderwerp", ()),
        ("De gemeente moet over de bus praten", ()),
    ],
)
def test_a_request_with_a_subject_is_understood_at_any_step(
    text: str, numbers: tuple[int, ...], catalogue: Catalogue
) -> None:
    assert choosing.wished(text, catalogue).numbers == numbers


@pytest.mark.parametrize(
    "text",
    [
        "opdracht 4 vind ik goed omdat het over de bus gaat",
        "ik denk zoals bij opdracht 3 dat de gemeente moet betalen",
        "begeleiding",
        "nu wil ik het nog over het geld hebben",
        "de gemeente moet 5 bussen inleggen",
    ],
)
def test_an_answer_that_mentions_a_subject_is_no_request(text: str, catalogue: Catalogue) -> None:
    assert choosing.requested(text, catalogue).numbers == ()


@pytest.mark.parametrize("text", ["opdracht 8, 5 en 10", "de 8ste, dan 5 en 10 graag"])
def test_the_first_starts_and_the_others_are_said_and_kept(text: str) -> None:
    turn = Turn(text, "opdracht_kiezen", place={"step": "opdracht"}, **KNOWN)
    slots = turn.validate(ValidateOpeningForm(), "opdracht")
    assert (slots["opdracht"], slots["vraag"], slots["wachtrij"]) == (8, "drempel", [5, 10])
    assert "opdracht 5 en 10" in turn.said
    assert {"queue": [5, 10]} in turn.custom
    assert turn.effects == [{"kind": "opdracht", "opdracht": 8}]


def test_the_next_of_the_row_is_offered_and_a_yes_goes_to_it() -> None:
    asked = Turn("ja klopt", place={"step": "bevestigen"}, **AT_VERDER, wachtrij=[5, 10])
    asked.act(AskVerder())
    assert "opdracht 5" in asked.said
    assert asked.buttons == ["Ja, opdracht 5", "Ja, een ander onderwerp", "Nee, ik wil stoppen"]
    for text in ("ja", "joa da's goe", "oui", "doe maar", "ok"):
        turn = Turn(text, "bevestigen", place={"step": "verder"}, **AT_VERDER, wachtrij=[5, 10])
        slots = turn.validate(ValidateContributionForm(), "verder")
        assert slots == {"verder": True, "geraden": None}
        later = Turn(text, "bevestigen", **{**AT_VERDER, "verder": True}, wachtrij=[5, 10])
        went = later.act(ActionVerder())
        assert (went["opdracht"], went["wachtrij"], went["form"]) == (5, [10], "contribution_form")


def test_another_subject_in_a_row_of_subjects_is_the_next_one() -> None:
    slots = {**KNOWN, "opdracht": 8, "vraag": "voorstel", "antwoorden": {"drempel": "x"}}
    for text in ("doe maar de volgende opdracht", "ander onderwerp", "volgend onderwerp graag"):
        turn = Turn(text, "ander_opdracht", place={"step": "vraag"}, **slots, wachtrij=[5])
        assert turn.act(ActionAnderOpdracht())["opdracht"] == 5


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("ander onderwerp: digitale cursussen", 4),
        ("ik wil naar een ander thema, premies", 10),
        ("ander onderwerp, begeleiding", 5),
        ("liever opdracht 2", 2),
        ("nu over het geld", 10),
    ],
)
def test_another_subject_by_name_is_gone_to_at_once(text: str, number: int) -> None:
    slots = {**KNOWN, "opdracht": 8, "vraag": "voorstel", "antwoorden": {"drempel": "x"}}
    turn = Turn(text, "ander_opdracht", place={"step": "vraag"}, **slots)
    went = turn.act(ActionAnderOpdracht())
    assert (went["opdracht"], went["form"]) == (number, "contribution_form")


@pytest.mark.parametrize(
    "text", ["opdracht 5 graag", "ga naar opdracht 5", "liever opdracht vijf", "nu opdracht 5"]
)
def test_at_a_question_a_request_by_number_is_no_answer(text: str) -> None:
    slots = {**KNOWN, "opdracht": 8, "vraag": "voorstel", "antwoorden": {"drempel": "x"}}
    turn = Turn(text, place={"step": "vraag", "question": "voorstel"}, **slots)
    went = turn.validate(ValidateContributionForm(), "antwoord")
    assert (went["opdracht"], went["vraag"]) == (5, "drempel")
    assert [each["kind"] for each in turn.effects] == ["opdracht"]


def test_back_to_an_opdracht_is_not_one_question_back() -> None:
    slots = {**KNOWN, "opdracht": 8, "vraag": "voorstel", "antwoorden": {"drempel": "x"}}
    turn = Turn("terug naar opdracht 3", "terug", place={"step": "vraag"}, **slots)
    assert turn.act(ActionTerug())["opdracht"] == 3


def test_a_known_opdracht_goes_on_at_its_first_open_question(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = {"drempel": "te ver", "trekker": "de stad"}
    monkeypatch.setattr("actions.entering.answers_on", lambda *_: given)
    for text in ("4", "opdracht 4", "de vierde", "nummer vier graag", "kinderopvang"):
        turn = Turn(text, "opdracht_kiezen", place={"step": "opdracht"}, **KNOWN)
        slots = turn.validate(ValidateOpeningForm(), "opdracht")
        assert (slots["vraag"], slots["antwoorden"], slots["antwoord"]) == ("voorstel", given, None)
        assert "verder met opdracht 4" in turn.said
    given |= {"voorstel": "x", "prioriteit": "5"}
    turn = Turn("4", "opdracht_kiezen", place={"step": "opdracht"}, **KNOWN)
    slots = turn.validate(ValidateOpeningForm(), "opdracht")
    assert (slots["antwoord"], slots["bevestigd"]) == ("klaar", None)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("oke die eerste dan", (1,)),
        ("7 dan", (7,)),
        ("de vierde hoor", (4,)),
        ("nummer 3 is goed", (3,)),
        ("ok doe 4 maar", (4,)),
        ("pak die over goesting", (3,)),
        ("bereik", (4,)),
        ("zowel 1 als 3, en liefst ook 5", (1, 3, 5)),
        ("allebei, 2 en 9", (2, 9)),
    ],
)
def test_a_few_words_choose_a_subject(text: str, numbers: tuple[int, ...]) -> None:
    assert choosing.chosen(text, catalogue()).numbers == numbers


@pytest.mark.parametrize(
    "text",
    [
        "Betalen van de cursussen voor al wie dat zelf nu nog doet.",
        "zowel opdracht 1 als 3, en liefst daarna ook nog opdracht 5",
    ],
)
def test_a_long_name_of_a_subject_is_not_kept_as_an_answer(text: str) -> None:
    turn = Turn(text, "opdracht_kiezen", place={"step": "opdracht"}, **KNOWN)
    slots = turn.validate(ValidateOpeningForm(), "opdracht")
    assert slots["opdracht"] is not None
    assert not slots.get("bewaard")


@pytest.mark.parametrize(
    "text",
    [
        "geeft niet, kies gij maar iets",
        "kies jij maar",
        "beslist u maar voor mij",
        "maakt mij niet uit",
        "om het even",
        "eender welk",
        "peu importe",
    ],
)
def test_who_leaves_the_choice_gets_the_whole_list(text: str) -> None:
    turn = Turn(text, "opdracht_kiezen", place={"step": "opdracht"}, **KNOWN)
    slots = turn.validate(ValidateOpeningForm(), "opdracht")
    assert slots == {"opdracht": None, "geraden": None}
    assert "zelf het best" in turn.said


@pytest.mark.parametrize("text", ["ik spreek voor mezelf hoor", "als gepensioneerde dus"])
def test_who_says_once_more_who_they_are_gets_the_subjects(text: str) -> None:
    turn = Turn(text, "opdracht_kiezen", place={"step": "opdracht"}, **KNOWN)
    slots = turn.validate(ValidateOpeningForm(), "opdracht")
    assert slots["opdracht"] is None
    assert slots["groep"] == "burger"
    assert "bewaard" not in slots


def test_guesses_are_three_buttons_and_one_for_the_rest() -> None:
    for text in ("leren en werken", "dat wat mensen al kunnen ook meetelt", "opdracht 5 of 10"):
        turn = Turn(text, "opdracht_kiezen", place={"step": "opdracht"}, **KNOWN)
        slots = turn.validate(ValidateOpeningForm(), "opdracht")
        assert slots["opdracht"] is None
        shown = Turn(text, place={"step": "opdracht"}, **KNOWN, geraden=slots["geraden"])
        shown.act(AskOpdracht())
        assert 2 <= len(shown.buttons) <= 4
        assert len(set(shown.buttons)) == len(shown.buttons)
        assert shown.buttons[-1] == "Toon alle onderwerpen"


def test_every_opdracht_is_on_a_page_of_at_most_six_buttons(catalogue: Catalogue) -> None:
    seen: list[str] = []
    start: int | None = None
    for _ in range(4):
        turn = Turn("x", place={"step": "opdracht"}, **KNOWN, geraden=start)
        turn.act(AskOpdracht())
        assert len(turn.buttons) <= 6
        seen += turn.buttons[:-1]
        tap = turn.dispatcher.messages[-1]["buttons"][-1]["payload"]
        entity = {"waarde": tap.split('"')[3]}
        said = Turn(tap, "ander_opdracht", entity, place={"step": "opdracht"}, **KNOWN)
        start = said.validate(ValidateOpeningForm(), "opdracht")["geraden"]
        if start == 0:
            break
    assert sorted(seen) == sorted(each.titel for each in catalogue.opdrachten)


@pytest.mark.parametrize(
    "text",
    [
        "De bus rijdt niet meer na zes uur, dus ik geraak niet thuis.",
        "Kinderopvang sluit om zes uur, en de les begint pas om zeven.",
        "Met mijn uren in de zorg geraak ik nooit in de avondles in de stad.",
        "Er is bij ons geen enkele cursus, alles zit in de stad en de bus rijdt niet.",
        "Een cursus kost bij ons 300 euro, dat kan ik niet betalen met mijn loon.",
    ],
)
def test_content_that_is_typed_while_a_subject_is_chosen_is_kept(text: str) -> None:
    turn = Turn(text, place={"step": "opdracht"}, **KNOWN)
    slots = turn.validate(ValidateOpeningForm(), "opdracht")
    assert text in str(slots.get("bewaard")) + str(slots.get("aanbod"))


# After an opdracht, and after the end.


@pytest.mark.parametrize(
    ("text", "intent", "reply"),
    [
        ("ja", "bevestigen", "yes"),
        ("joa da's goe", "bijdrage", "yes"),
        ("oui", "andere_taal", "yes"),
        ("nieë, 'k hem nen klant", "bijdrage", "no"),
        ("bah nieje, ik stop ermee", "stoppen", "no"),
        ("neuh", "bijdrage", "no"),
        ("foert", "klacht", "no"),
        ("nein danke, Schluss", "andere_taal", "no"),
        ("non, arrêtez s'il vous plaît", "andere_taal", "no"),
        ("Ik rond hier af.", "bijdrage", "no"),
        ("neen, 't is genoeg voor vandaag", "ontkennen", "no"),
        ("Neen, wij hebben over de andere onderwerpen geen standpunt.", "ontkennen", "no"),
        ("bedankt", "bedanken", "thanks"),
        ("daag!", "afscheid", "thanks"),
        ("👍", "bijdrage", "thanks"),
        ("merci en nog een fijne dag", "bedanken", "thanks"),
        ("tot de volgende keer", "afscheid", "thanks"),
        ("nog iets: de trein rijdt ook niet", "bijdrage", "more"),
        ("o ja, nog iets bij wie het moet doen: Inagro ook", "bijdrage", "more"),
        ("ik ben vergeten te zeggen dat de lessen ook duur zijn", "bijdrage", "more"),
    ],
)
def test_replies_where_the_talk_may_end(text: str, intent: str, reply: str) -> None:
    assert reply_in(text, intent) == reply


def test_what_comes_after_the_announcement_is_what_was_meant() -> None:
    assert extra_in("nog iets: de trein rijdt ook niet") == "de trein rijdt ook niet"
    assert extra_in("o ja, nog iets bij wie het moet doen: Inagro ook") == "Inagro ook"
    assert extra_in("De trein rijdt ook niet") == "De trein rijdt ook niet"


@pytest.mark.parametrize(
    ("text", "intent", "number"),
    [
        ("ja, nu over begeleiding", "bevestigen", 5),
        ("ja, terug naar dat van de toekomst van organisaties", "terug", 7),
        ("opdracht 9 nog", "opdracht_kiezen", 9),
        ("begeleiding", "opdracht_kiezen", 5),
        ("ja graag, iets over die premies en cheques", "bevestigen", 10),
    ],
)
def test_a_subject_after_an_opdracht_starts_at_once(text: str, intent: str, number: int) -> None:
    turn = Turn(text, intent, place={"step": "verder", "opdracht": 4}, **AT_VERDER)
    slots = turn.validate(ValidateContributionForm(), "verder")
    assert (slots["opdracht"], slots["verder"], slots["bevestigd"]) == (number, None, None)


@pytest.mark.parametrize(
    "text",
    [
        "nog iets: de trein rijdt ook niet",
        "nee maar ik wil nog toevoegen dat het te duur is",
        "vergeten te zeggen dat de opvang om zes uur sluit",
        "De opvang sluit om zes uur en dan kan niemand nog komen.",
        "en nog iets, de cursus computers is altijd volzet",
    ],
)
def test_more_to_say_after_an_opdracht_is_offered(text: str) -> None:
    turn = Turn(text, place={"step": "verder", "opdracht": 4}, **AT_VERDER)
    slots = turn.validate(ValidateContributionForm(), "verder")
    assert slots["verder"] is None
    assert slots["aanbod"]["text"] in text
    assert slots["keuze_aanbod"] is None


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("bedankt", "bedanken"),
        ("daag", "afscheid"),
        ("👍", "bijdrage"),
        ("ok", "bevestigen"),
        ("tot ziens en merci", "afscheid"),
        ("nee", "ontkennen"),
    ],
)
def test_a_goodbye_after_the_end_does_not_start_again(text: str, intent: str) -> None:
    action = ActionStoppen() if intent in ("bedanken", "afscheid") else ActionVerder()
    turn = Turn(text, intent, place={"step": "einde"}, **KNOWN, opdracht=4, vraag="trekker")
    went = turn.act(action)
    assert (turn.step, went["form"]) == ("einde", None)


@pytest.mark.parametrize(
    "text",
    [
        "nog iets: de trein rijdt ook niet",
        "De opvang sluit om zes uur en dan kan niemand nog komen.",
        "ik vergat te zeggen dat de les te duur is",
        "trouwens, de computers in de bib zijn allemaal kapot",
    ],
)
def test_content_after_the_end_is_offered(text: str) -> None:
    turn = Turn(text, place={"step": "einde"}, **AT_VERDER)
    went = turn.act(ActionVerder())
    assert went["aanbod"]["text"] in text
    assert (went["keuze_aanbod"], went["form"]) == (None, "contribution_form")


def test_an_addition_by_name_after_the_end_is_added_at_once() -> None:
    text = "o ja, nog iets bij wie het moet doen: Inagro ook"
    turn = Turn(text, place={"step": "einde"}, **AT_VERDER)
    assert turn.act(ActionVerder())["antwoorden"] == {"trekker": "Inagro ook"}


@pytest.mark.parametrize("text", ["of nee, toch nog iets over opdracht 2", "opdracht 2 graag"])
def test_a_subject_after_the_end_starts_at_once(text: str) -> None:
    turn = Turn(text, "opdracht_kiezen", place={"step": "einde"}, **KNOWN, opdracht=7)
    assert turn.act(ActionVerder())["opdracht"] == 2


def test_a_refusal_that_is_turned_asks_again_and_keeps_the_opdracht_of_the_page() -> None:
    refused = {**KNOWN, "toestemming_analyse": False, "groep": None, "vooraf": 7}
    for text in ("ja toch wel", "ok doe maar", "joa", "goed dan", "vooruit"):
        turn = Turn(text, "bevestigen", place={"step": "einde"}, **refused)
        went = turn.act(ActionVerder())
        assert went == {"toestemming_analyse": None, "form": "opening_form"}
    turn = Turn("mijn zoon heet Jan", place={"step": "einde"}, **refused)
    assert turn.act(ActionVerder())["form"] == "action_listen"
    assert turn.step == "einde"


# Coming back, and urgency.


def test_who_comes_back_hears_where_they_were_and_gets_that_question() -> None:
    slots = {**KNOWN, "opdracht": 4, "vraag": "trekker", "antwoorden": {"drempel": "x"}}
    for place in ({"step": "einde"}, {"step": "vraag", "question": "trekker"}):
        turn = Turn("/begroeten", "begroeten", place=place, **slots)
        assert turn.act(ActionWelkom())["form"] == "contribution_form"
        assert "U was bij opdracht 4" in turn.said
    done = Turn("/begroeten", "begroeten", place={"step": "einde"}, **AT_VERDER)
    assert done.act(ActionWelkom())["form"] == "opening_form"
    asked = Turn("/begroeten", "begroeten", place={"step": "beheer"}, **slots, beheer="wissen")
    assert asked.act(ActionWelkom())["form"] == "beheer_form"


AT_URGENCY = {
    **KNOWN,
    "opdracht": 4,
    "vraag": "prioriteit",
    "antwoorden": {"drempel": "x", "voorstel": "y", "trekker": "z"},
}
PRIORITEIT = {"step": "vraag", "opdracht": 4, "question": "prioriteit"}


@pytest.mark.parametrize("text", ["3 of 4", "drie of vier", "tussen 3 en 4", "3-4", "3 à 4"])
def test_between_two_steps_the_two_are_offered(text: str) -> None:
    turn = Turn(text, place=PRIORITEIT, **AT_URGENCY)
    assert turn.validate(ValidateContributionForm(), "antwoord") == {"antwoord": None}
    turn.act(AskAntwoord())
    assert [title[:1] for title in turn.buttons] == ["3", "4"]
    assert turn.effects == []


@pytest.mark.parametrize(
    "text", ["stomme robot", "Zie vorig antwoord.", "blabla", "wat?", "uw moeder"]
)
def test_what_is_no_urgency_is_asked_again_and_not_stored(text: str) -> None:
    turn = Turn(text, place=PRIORITEIT, **AT_URGENCY)
    assert turn.validate(ValidateContributionForm(), "antwoord") == {"antwoord": None}
    turn.act(AskAntwoord())
    assert turn.effects == []
    assert len(turn.buttons) == 6


def test_content_at_the_urgency_is_offered_elsewhere() -> None:
    text = "de bus moet ook op zondag rijden voor de leerlingen"
    turn = Turn(text, place=PRIORITEIT, **AT_URGENCY)
    slots = turn.validate(ValidateContributionForm(), "antwoord")
    assert (slots["antwoord"], slots["aanbod"]["text"]) == (None, text)
    assert turn.effects == []


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        ("De les is verhuisd naar een zaal zonder lift, ik raak daar niet boven.", "Bij u ook?"),
        ("Zet de bus van negen uur terug, dan raken de leerlingen in de les.", "Kan dat?"),
        ("Mijn zoon volgt avondles in Ronse en komt pas om elf thuis.", "Is dat normaal?"),
    ],
)
def test_content_with_a_question_at_the_urgency_is_offered_too(told: str, asked: str) -> None:
    turn = Turn(f"{told} {asked}", place=PRIORITEIT, **AT_URGENCY)
    slots = turn.validate(ValidateContributionForm(), "antwoord")
    assert slots["antwoord"] is None
    assert slots["aanbod"]["text"].startswith(told.rstrip("."))
    assert turn.effects == []


@pytest.mark.parametrize("text", ["weet ik niet", "geen mening", "kweet et nie", "je ne sais pas"])
def test_no_opinion_on_urgency_skips_it(text: str) -> None:
    turn = Turn(text, "weet_niet", place=PRIORITEIT, **AT_URGENCY)
    assert turn.validate(ValidateContributionForm(), "antwoord")["antwoord"] == "klaar"
    assert turn.effects == []


@pytest.mark.parametrize(
    ("text", "value"), [("zo snel mogelijk", 5), ("ne vier", 4), ("mag wachten", 1), ("3", 3)]
)
def test_an_urgency_is_stored_with_its_step(text: str, value: int) -> None:
    turn = Turn(text, place=PRIORITEIT, **AT_URGENCY)
    turn.validate(ValidateContributionForm(), "antwoord")
    assert [each["value"] for each in turn.effects] == [value]


@pytest.mark.parametrize(
    "text",
    [
        "ik moet de kinderen halen",
        "neenee, mijn soep staat op",
        "mja, of nee, de bel gaat",
        "mijn trein komt eraan",
        "nee dank u, ik ga slapen",
    ],
)
def test_a_reason_to_leave_is_a_no_to_another_subject(text: str) -> None:
    assert reply_in(text, "bijdrage") == "no"


@pytest.mark.parametrize(
    "text",
    [
        "ik heb nog een idee over de bus",
        "de bus komt altijd te laat bij ons in het dorp",
        "nee, toch nog iets over de les",
        "ik moet nog kwijt dat de les te laat begint",
        "is er nog een les over koken?",
    ],
)
def test_a_text_with_more_to_say_is_no_goodbye(text: str) -> None:
    assert reply_in(text, "bijdrage") != "no"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("rest er nog mijn laatste punt, weten wat mensen willen leren", 6),
        ("ba ja, over die centen ook nog", 10),
        ("nog eentje: het recht op leren in de wet", 9),
        ("dan nog dat punt over begeleiding aub", 5),
        ("onderwerp drie zou ik ook willen behandelen", 3),
    ],
)
def test_a_subject_is_heard_between_other_words(
    catalogue: Catalogue, text: str, number: int
) -> None:
    assert choosing.named_beside(text, catalogue).numbers == (number,)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("bah, daar weet ik niets van, doe liever dat van de begeleiding", 5),
        ("dit past niet bij mij, ik heb het liever over leergoesting", 3),
        ("hmm, neem toch liever iets over eerlijk betalen", 10),
    ],
)
def test_who_would_rather_talk_of_another_subject_goes_there(text: str, number: int) -> None:
    at = {**KNOWN, "opdracht": 4, "vraag": "drempel", "antwoorden": {}, "antwoord": None}
    slots = Turn(text, **at).validate(ValidateContributionForm(), "antwoord", text)
    assert slots["opdracht"] == number


def test_a_wish_for_the_actors_is_no_wish_for_another_subject() -> None:
    text = "geef de mensen liever iets van begeleiding in de buurt, zonder papieren"
    at = {**KNOWN, "opdracht": 4, "vraag": "voorstel", "antwoorden": {}, "antwoord": None}
    slots = Turn(text, **at).validate(ValidateContributionForm(), "antwoord", text)
    assert slots.get("opdracht") is None


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("ik stop ermee, wat is mijn code om later verder te doen", True),
        ("goed, genoeg voor nu. Geef me nog die code", True),
        ("wat was mijn code weer?", False),
    ],
)
def test_who_stops_and_asks_for_the_code_stops(text: str, ends: bool) -> None:
    code = {request.ENTITY: Reading(CODE).dumped()}
    turn = Turn(text, "vraag_privacy", code, **AT_VERDER, requested_slot="verder")
    assert (turn.act(ActionDigressie())["form"] == "action_listen") is ends


@pytest.mark.parametrize(
    "text",
    [
        "oei wacht, ik werk eigenlijk voor de gemeente, zet dat daar eens juist",
        "sorry, verkeerd, ik ben hier namens de stad, pas dat aan als het kan",
    ],
)
def test_who_mends_their_group_where_a_subject_is_asked_is_in_the_other_group(text: str) -> None:
    turn = Turn(text, **KNOWN)
    slots = turn.validate(ValidateOpeningForm(), "opdracht", text)
    assert (slots["groep"], slots["opdracht"]) == ("lokaal_bestuur", None)
