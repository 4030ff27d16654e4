"""What a participant is offered about their own data: buttons that say what they do."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import own_data
from actions.digressions import ActionDigressie
from actions.own_data import ActionBeheer, AskKeuze, ValidateBeheerForm
from actions.talk import Talk, catalogue, sentences
from bot.nlu.own_data import INTENTS, read
from consultation.participation.conversation import Bubble
from consultation.participation.own_answers import OwnAnswer
from dialogue.buttons import limited


def turn(request: str, **slots: Any) -> list[dict[str, str]]:
    """The buttons of all bubbles of a turn, as the widget shows them side by side."""
    known = {"beheer": request, "opdracht": 4, **slots}
    tracker = Tracker("x", known, {}, [], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    AskKeuze().act(Talk(dispatcher, tracker))
    return [button for bubble in dispatcher.messages for button in bubble["buttons"]]


def consents(analyse: bool, citaat: bool | None, organisatie: bool | None) -> dict[str, Any]:
    given = {"analyse": analyse, "citaat": citaat, "organisatie": organisatie}
    slots = {f"toestemming_{name}": value for name, value in given.items()}
    return {**slots, "organisatie": "CVO Semper"}


@pytest.mark.parametrize(
    ("analyse", "citaat", "organisatie"),
    itertools.product((True, False), (True, False, None), (True, False, None)),
)
def test_no_two_buttons_on_consent_are_alike(
    analyse: bool, citaat: bool | None, organisatie: bool | None
) -> None:
    buttons = turn("toestemming", **consents(analyse, citaat, organisatie))
    titles = [each["title"] for each in buttons]
    assert len(set(titles)) == len(titles) >= 2
    # What a button says is what it does: "niet" or "wel", and of what.
    for each in buttons[:-1]:
        assert ("niet meer" in each["title"]) == ("=nee" in each["payload"]), each
        assert not each["title"].startswith("Verander")


def test_no_two_buttons_on_erasing_are_alike() -> None:
    opdracht = catalogue().opdracht(4)
    assert opdracht
    answers = {vraag.key: "x" for vraag in opdracht.vragen}
    for request in ("wissen", "wissen:alles", "wissen:drempel"):
        titles = [each["title"] for each in turn(request, antwoorden=answers)]
        assert len(set(titles)) == len(titles) >= 2


def test_a_title_that_is_typed_does_what_its_button_does() -> None:
    known = {"requested_slot": "keuze", "beheer": "toestemming", **consents(True, True, True)}
    tracker = Tracker("x", known, {}, [], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    validate: Any = ValidateBeheerForm().validate_keuze
    slots = validate("citeer mij niet meer.", dispatcher, tracker, {})
    assert slots["toestemming_citaat"] is False
    (effects,) = [each["custom"] for each in dispatcher.messages if each.get("custom")]
    assert effects["effects"][0]["purpose"] == "citaat"
    assert effects["effects"][0]["granted"] is False


GIVEN = {"antwoorden": {"drempel": "De bus rijdt niet.", "voorstel": "Een gratis bus."}}


class Said:
    """A turn of somebody whose consents stand, at a step, read as the bot reads it."""

    def __init__(self, text: str, step: str = "vraag", intent: str | None = None, **slots: Any):
        found = read(text, step)
        entities = [{"entity": "verzoek", "value": found.dumped()}] if found else []
        latest = {
            "text": text,
            "intent": {"name": intent or (INTENTS[found.wish] if found and found.wish else "x")},
            "entities": entities,
            "metadata": {"step": step},
        }
        known = {"opdracht": 4, "vraag": "trekker", **consents(True, True, True), **GIVEN, **slots}
        self.tracker = Tracker("x", known, latest, [], False, None, {}, "action_listen")
        self.dispatcher = CollectingDispatcher()
        self.events: list[Any] = []
        self.slots: dict[str, Any] = {}

    def asked(self) -> str | None:
        """What the request leads to, while something else was going on."""
        self.events = ActionBeheer().act(Talk(self.dispatcher, self.tracker))
        set_to = {each["name"]: each["value"] for each in self.events if each["event"] == "slot"}
        request: str | None = set_to["beheer"]
        return request

    def answered(self, request: str) -> dict[str, Any]:
        """The slots after an answer to the question of a request."""
        self.tracker.slots |= {"requested_slot": "keuze", "beheer": request}
        validate: Any = ValidateBeheerForm().validate_keuze
        text = self.tracker.latest_message["text"]
        self.slots = validate(text, self.dispatcher, self.tracker, {})
        return self.slots

    @property
    def effects(self) -> list[dict[str, Any]]:
        parts = [each.get("custom") or {} for each in self.dispatcher.messages]
        return [effect for part in parts for effect in part.get("effects", ())]

    @property
    def told(self) -> str:
        return " ".join(each.get("text") or "" for each in self.dispatcher.messages)


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("ik wil niet meer dat jullie mij citeren", "toestemming:citaat=nee"),
        ("u mag mijn organisatie toch niet noemen", "toestemming:organisatie=nee"),
        ("haal mijn naam eruit", "toestemming:organisatie=nee"),
        ("ik trek mijn toestemming in", "toestemming"),
        ("bewaar mijn antwoorden niet meer", "wissen:alles"),
        ("kan ik alles laten verwijderen?", "wissen:alles"),
        ("wis mijn voorstel", "wissen:4.voorstel"),
        ("wis wat ik over de bus zei", "wissen:4.drempel+4.voorstel"),
        ("wis mijn antwoord op vraag 1", "wissen:4.drempel"),
        ("wis mijn antwoord over de trein", "wissen"),
        ("noem mijn organisatie en citeer mij niet", "toestemming"),
    ],
)
def test_a_request_leads_to_a_question_in_its_own_words(text: str, request_: str) -> None:
    for step in ("vraag", "bevestigen", "verder", "einde", "groep"):
        said = Said(text, step)
        assert said.asked() == request_, step
        assert said.effects == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("citeer mij gerust", "We mogen u nu al citeren"),
        ("niet wissen!", "blijft_zoals_het_is"),
        ("ik wil mijn toestemming niet intrekken", "blijft_zoals_het_is"),
        ("noem mijn organisatie maar gerust", "We mogen uw organisatie nu al noemen"),
    ],
)
def test_what_changes_nothing_is_told_and_the_talk_goes_on(text: str, told: str) -> None:
    for step in ("vraag", "bevestigen", "verder", "einde"):
        said = Said(text, step)
        assert said.asked() is None
        wordings = sentences().get(told, [told])
        assert any(each in said.told for each in wordings)
        assert [each for each in said.events if each["event"] == "followup"]
        assert {effect["kind"] for effect in said.effects} <= {"ended"}


def test_without_anything_stored_there_is_nothing_to_erase() -> None:
    said = Said("wis alles", "groep", antwoorden=None, toestemming_analyse=None)
    assert said.asked() is None
    assert "nog geen antwoorden" in said.told


def test_consent_is_asked_in_its_own_words_with_buttons_that_name_it() -> None:
    expected = {
        "toestemming:citaat=nee": ("niet meer citeren. Klopt dat?", "Ja, citeer mij niet meer"),
        "toestemming:citaat=ja": ("wel mogen citeren. Klopt dat?", "Ja, citeer mij wel"),
        "toestemming:organisatie=nee": ("niet meer noemen", "Ja, noem mijn organisatie niet meer"),
        "toestemming:organisatie=ja": ("wel mogen noemen", "Ja, noem mijn organisatie wel"),
        "wissen:alles": ("alles wat u zei", "Ja, wis alles"),
        "wissen:4.voorstel": ("“Een gratis bus.”", "Ja, wis “Uw voorstel”"),
    }
    for request, (text, title) in expected.items():
        said = Said("x", beheer=request)
        AskKeuze().act(Talk(said.dispatcher, said.tracker))
        assert text in said.told
        assert title in [each["title"] for each in said.dispatcher.messages[-1]["buttons"]]


@pytest.mark.parametrize("yes", ["ja", "ja dat klopt", "ok", "doe maar", "zeker", "inderdaad"])
def test_a_yes_does_what_was_asked(yes: str) -> None:
    for purpose, wanted in itertools.product(("citaat", "organisatie"), ("ja", "nee")):
        said = Said(yes, "beheer")
        slots = said.answered(f"toestemming:{purpose}={wanted}")
        assert slots[f"toestemming_{purpose}"] is (wanted == "ja")
        (effect,) = said.effects
        assert (effect["purpose"], effect["granted"]) == (purpose, wanted == "ja")
    said = Said(yes, "beheer")
    said.answered("wissen:4.voorstel")
    assert said.effects == [{"kind": "withdrawn", "opdracht": 4, "question": "voorstel"}]
    assert said.slots["antwoorden"] == {"drempel": "De bus rijdt niet."}


@pytest.mark.parametrize(
    "text",
    ["hm", "ik twijfel", "de bus dan", "ja maar wacht", "wat nu", "5"],
)
@pytest.mark.parametrize(
    "request_", ["toestemming:citaat=nee", "wissen:alles", "wissen:4.voorstel"]
)
def test_an_unclear_answer_is_asked_once_more_and_changes_nothing(text: str, request_: str) -> None:
    said = Said(text, "beheer")
    assert said.answered(request_) == {"keuze": None, "beheer": f"{request_}?"}
    assert said.effects == []
    assert "zoals het is" not in said.told
    again = Said(text, "beheer")
    assert again.answered(f"{request_}?") == {"keuze": "klaar", "beheer": None}
    assert again.effects == []
    assert "nog niets veranderd" in again.told


@pytest.mark.parametrize(
    ("request_", "text", "then"),
    [
        ("wissen:alles", "nee niet alles, enkel mijn voorstel", "wissen:4.voorstel"),
        ("wissen:alles", "nee, alleen mijn drempel", "wissen:4.drempel"),
        (
            "toestemming:citaat=nee",
            "noem mijn organisatie niet meer",
            "toestemming:organisatie=nee",
        ),
        ("toestemming:citaat=nee", "nee", "toestemming"),
        ("toestemming:citaat=ja", "nee, citeer mij niet", "toestemming:citaat=nee"),
        ("toestemming", "niet meer citeren", "toestemming:citaat=nee"),
        ("wissen", "mijn voorstel", "wissen:4.voorstel"),
        ("wissen", "wat ik over gratis zei", "wissen:4.voorstel"),
        ("wissen:alles", "ja, maar niet mijn voorstel", "wissen"),
    ],
)
def test_another_wish_is_asked_about_first(request_: str, text: str, then: str) -> None:
    said = Said(text, "beheer")
    assert said.answered(request_) == {"keuze": None, "beheer": then}
    assert said.effects == []


@pytest.mark.parametrize(
    "text",
    [
        "nee, citeer mij niet",
        "nee nee, niet citeren",
        "neen, niet meer citeren aub",
        "nee geen citaten",
    ],
)
def test_a_no_with_the_wish_not_to_be_quoted_is_that_wish(text: str) -> None:
    said = Said(text, "beheer")
    assert said.answered("toestemming:citaat=nee")["keuze"] == "klaar"
    assert [each["kind"] for each in said.effects] == ["consent"]
    assert said.effects[0]["granted"] is False


@pytest.mark.parametrize("no", ["nee", "niet wissen!", "laat maar staan", "toch niet", "niets"])
@pytest.mark.parametrize("request_", ["wissen:alles", "wissen:4.voorstel", "wissen"])
def test_a_no_to_an_erasure_leaves_all_and_says_so(no: str, request_: str) -> None:
    said = Said(no, "beheer")
    assert said.answered(request_) == {"keuze": "klaar", "beheer": None}
    assert said.effects == []
    assert "ik wis niets" in said.told


_PURPOSES = {
    "citaat": ("citeer mij {}", "jullie mogen mij {} citeren"),
    "organisatie": ("noem mijn organisatie {}", "u mag onze vereniging {} noemen"),
}
_WORDS = {False: ("niet", "niet meer", "nooit", "liever niet"), True: ("wel", "gerust", "toch wel")}


@given(
    st.sampled_from(sorted(_PURPOSES)),
    st.booleans(),
    st.integers(0, 1),
    st.integers(0, 2),
    st.sampled_from(["", "ja, ", "nee, ", "euh, ", "ok "]),
    st.sampled_from(["vraag", "bevestigen", "verder", "einde", "beheer"]),
    st.sampled_from(
        [
            "toestemming",
            "wissen:alles",
            *(f"toestemming:{each}" for each in ("citaat=ja", "citaat=nee", "organisatie=nee")),
        ]
    ),
    st.booleans(),
    st.sampled_from(["bevestigen", "ontkennen", None]),
)
@hypothesis_settings(max_examples=400, deadline=None)
def test_no_effect_is_ever_the_opposite_of_the_sentence(
    purpose: str, wish: bool, pattern: int, word: int, before: str, step: str, open_request: str,
    now: bool, intent: str | None,
) -> None:  # fmt: skip
    text = before + _PURPOSES[purpose][pattern].format(_WORDS[wish][word])
    said = Said(text, step, intent, **consents(True, now, now))
    if step == "beheer":
        said.answered(open_request)
        follows = said.slots["beheer"] or ""
    else:
        follows = said.asked() or ""
    for effect in said.effects:
        assert effect["kind"] in ("consent", "ended"), (text, open_request)
        if effect["kind"] == "consent":
            assert (effect["purpose"], effect["granted"]) == (purpose, wish), (text, open_request)
    opposite = f"toestemming:{purpose}={'nee' if wish else 'ja'}"
    if not follows.startswith(open_request):
        assert not follows.startswith(opposite), (text, open_request, follows)


def test_no_more_buttons_than_fit_while_leaving_stays_in_sight() -> None:
    many = {vraag.key: "x" for vraag in catalogue().opdrachten[3].vragen}
    for answers in (many, {}):
        said = Said("wis iets", beheer="wissen", antwoorden=answers)
        AskKeuze().act(Talk(said.dispatcher, said.tracker))
        bubbles = [Bubble(buttons=tuple(said.dispatcher.messages[-1]["buttons"]))]
        shown = [each["title"] for each in limited(bubbles)[0].buttons]
        assert len(shown) <= 6
        assert "Niets wissen" in shown


def test_own_answers_of_all_subjects_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    stored = [
        OwnAnswer("a", 1, 4, "drempel", "De bus rijdt niet.", None, moment),
        OwnAnswer("b", 1, 8, "trekker", "De VDAB.", None, moment),
    ]
    monkeypatch.setattr(own_data, "_all_own", lambda *_, **__: stored)
    for text in ("wat weten jullie van mij", "toon wat ik zei", "wat heb ik al gezegd"):
        said = Said(text, groep="burger")
        own_data.show_answers(Talk(said.dispatcher, said.tracker))
        assert "De bus rijdt niet." in said.told
        assert "De VDAB." in said.told
        assert ("Uw groep: Burger" in said.told) == ("van mij" in text)
    said = Said("wis mijn antwoord over wie het doet bij opdracht 8")
    assert said.asked() == "wissen:8.trekker"
    said = Said("ja", "beheer")
    said.answered("wissen:8.trekker")
    assert said.effects == [{"kind": "withdrawn", "opdracht": 8, "question": "trekker"}]


def test_the_code_is_told_where_it_stands() -> None:
    for text in ("wat is mijn code?", "ik ben mijn code kwijt", "waar staat mijn ontvangstcode"):
        said = Said(text)
        ActionDigressie().act(Talk(said.dispatcher, said.tracker))
        assert "Mijn code" in said.told


@pytest.mark.parametrize(
    "text",
    [
        "zeker van, weg ermee",
        "doe maar ja",
        "ja, definitief wissen graag",
        "jao, allein dat ein",
        "absoluut, gooi maar weg",
        "ja haal die zin er maar uit",
        "goh ja, laat het dan maar weg",
    ],
)
def test_who_says_it_once_more_in_other_words_is_understood(text: str) -> None:
    slots = Said(text, step="beheer").answered("wissen:4.drempel")
    assert "drempel" not in slots["antwoorden"]
    assert slots["beheer"] is None


@pytest.mark.parametrize(
    "text",
    [
        "ja, maar niet mijn voorstel",
        "ik weet het niet goed, wat raadt ge aan?",
        "dan toch maar niet, ik heb er te lang aan getypt",
        "laat het dan maar staan",
        "is dat dan voorgoed weg?",
        "wacht, eerst wil ik het nog eens zien",
    ],
)
def test_a_doubt_or_an_exception_erases_nothing(text: str) -> None:
    slots = Said(text, step="beheer").answered("wissen:4.drempel")
    assert "antwoorden" not in slots


@pytest.mark.parametrize("text", ["heel zeker, alles", "100% zeker, weg met alles", "ja wis alles"])
def test_all_is_erased_after_a_yes_in_other_words(text: str) -> None:
    assert Said(text, step="beheer").answered("wissen:alles")["beheer"] == "gewist"


@pytest.mark.parametrize(
    "text", ["only the quoting, yes", "ja, enkel dat citeren", "klopt, alleen het citeren"]
)
def test_a_yes_that_names_the_consent_again_changes_it(text: str) -> None:
    slots = Said(text, step="beheer").answered("toestemming:citaat=nee")
    assert slots["toestemming_citaat"] is False


def at_choice(text: str, request: str, chance: float = 0.9, **slots: Any) -> Said:
    """A turn at the question of a request, of a text that the classifier takes for an answer."""
    said = Said(text, "beheer", "bijdrage", bewaard=[], onder="vraag", **slots)
    said.tracker.latest_message["intent_ranking"] = [{"name": "bijdrage", "confidence": chance}]
    said.tracker.latest_message["metadata"] = {"step": "beheer", "message": "m7"}
    said.answered(request)
    return said


CONTENT = [
    "De bus rijdt niet meer na zes uur, dus ik geraak niet thuis.",
    "Cursussen op zaterdag zouden veel mensen helpen die overdag werken.",
    "Niemand weet waar je zo'n opleiding kan vinden en wat ze kost.",
    "De werkgevers sturen hun mensen weg zonder dat ze iets leerden.",
    "Zonder kinderopvang kunnen jonge ouders nooit naar de les komen.",
    "Ze schrappen overal de avondlessen, dat is spijtig voor ons dorp.",
]


@pytest.mark.parametrize("text", CONTENT)
@pytest.mark.parametrize("request_", ["wissen:4.drempel", "wissen:alles", "toestemming:citaat=nee"])
def test_content_typed_at_a_question_on_own_data_is_kept(text: str, request_: str) -> None:
    said = at_choice(text, request_)
    assert said.effects == []
    assert said.slots["keuze"] is None
    assert [each["text"] for each in said.slots["bewaard"]] == [text]


def test_a_question_at_a_question_on_own_data_is_answered_first() -> None:
    said = Said("wacht, wat gebeurt er dan met mijn antwoorden?", "beheer")
    said.tracker.latest_message["metadata"] = {"step": "beheer", "aside": "vraag_resultaat"}
    slots = said.answered("wissen:alles")
    assert slots["keuze"] is None
    assert said.effects == []
    assert catalogue().consultatie.resultaat.split(".")[0] in said.told


def test_what_was_kept_is_offered_as_soon_as_the_choice_is_made() -> None:
    kept = at_choice(CONTENT[0], "wissen:4.voorstel").slots["bewaard"]
    said = Said("nee, laat maar staan", "beheer", bewaard=kept, onder="vraag")
    slots = said.answered("wissen:4.voorstel")
    assert slots["keuze"] == "klaar"
    assert slots["aanbod"]["text"] == CONTENT[0]
    assert said.effects == []


@pytest.mark.parametrize(
    "text",
    ["ja", "nee", "weg ermee", "doe dat maar", "mijn voorstel", "dat van de bus", "laat maar"],
)
def test_what_decides_is_not_kept_as_content(text: str) -> None:
    assert "bewaard" not in at_choice(text, "wissen:4.drempel", chance=0.3).slots


@pytest.mark.parametrize(
    "text",
    [
        "citeer mij niet meer en noem onze organisatie ook niet",
        "ik wil niet meer dat jullie mij citeren. En vermeld mijn organisatie niet meer.",
        "geen citaten meer van mij, en laat onze vereniging er ook uit",
        "stop met mij te citeren en noem ons bedrijf niet meer",
        "mijn zinnen niet meer tonen aub, en de naam van onze school ook niet vermelden",
    ],
)
def test_two_consents_are_changed_at_once_after_one_yes(text: str) -> None:
    said = Said(text)
    request = said.asked()
    assert request == "toestemming:citaat=nee+organisatie=nee"
    said = Said("x", beheer=request)
    AskKeuze().act(Talk(said.dispatcher, said.tracker))
    assert "u niet meer citeren en we uw organisatie niet meer noemen" in said.told
    said = Said("ja, dat klopt", "beheer")
    slots = said.answered(request)
    assert (slots["toestemming_citaat"], slots["toestemming_organisatie"]) == (False, False)
    assert [(each["purpose"], each["granted"]) for each in said.effects] == [
        ("citaat", False),
        ("organisatie", False),
    ]


@pytest.mark.parametrize("text", ["citeer mij niet meer, maar noem onze organisatie wel"])
def test_of_two_consents_each_has_its_own_sense(text: str) -> None:
    said = Said(text, toestemming_organisatie=False)
    assert said.asked() == "toestemming:citaat=nee+organisatie=ja"


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("ik wil mijn groep veranderen", "groep"),
        ("mijn groep klopt niet", "groep"),
        ("pas mijn groep aan aub", "groep"),
        ("kan ik nog een andere groep kiezen?", "groep"),
        ("ik koos daarstraks de verkeerde groep", "groep"),
        ("verander mijn groep naar vakbond", "groep:werknemersorganisatie"),
        ("ik sta in de verkeerde groep, ik ben gepensioneerd", "groep:burger"),
        ("noteer mij toch liever als burger", "groep:burger"),
        ("zet ons maar bij de vakbond", "groep:werknemersorganisatie"),
        ("eigenlijk spreek ik toch als mantelzorger", "groep:burger"),
    ],
)
def test_the_group_can_be_changed_later_after_a_yes(text: str, request_: str) -> None:
    said = Said(text, groep="lokaal_bestuur")
    assert said.asked() == request_
    assert said.effects == []
    slug = request_.partition(":")[2]
    if slug:
        said = Said("ja hoor", "beheer")
        assert said.answered(request_)["groep"] == slug
        assert [each["group"] for each in said.effects] == [slug]


@pytest.mark.parametrize(
    "text",
    [
        "De groep is te groot om iets te leren.",
        "Zet de groepen klein, dan leert iedereen beter.",
        "Verander de groep in kleinere groepen van tien.",
        "Schrijf mij maar in voor die cursus, zei ze, maar het zat vol.",
        "Ik spreek vooral voor mensen zonder diploma.",
    ],
)
def test_content_on_groups_is_no_wish_to_change_ones_own(text: str) -> None:
    found = read(text, "vraag")
    assert found is None or found.wish is None


@pytest.mark.parametrize(
    ("text", "slug"),
    [("vakbond dan", "werknemersorganisatie"), ("ik ben gepensioneerd", "burger")],
)
def test_another_group_may_be_named_at_the_question(text: str, slug: str) -> None:
    said = Said(text, "beheer", "bijdrage", groep="lokaal_bestuur")
    assert said.answered("groep:adviesorgaan")["groep"] == slug


def test_all_groups_and_the_way_out_are_among_the_buttons() -> None:
    titles = [each["title"] for each in turn("groep")]
    assert len(titles) == len(catalogue().groepen) + 1
    assert "Niets veranderen" in titles[:6]


@pytest.mark.parametrize(
    ("text", "sense"),
    [
        ("Zet dat citeren toch maar af, ons dorp is te klein.", False),
        ("schakel dat citeren van mij uit", False),
        ("Mijn zinnen mogen toch niet letterlijk in dat boek komen, mijn man wil dat niet.", False),
        ("mijn woorden moeten niet in de krant verschijnen", False),
        ("laat mijn zinnen er toch maar uit, te veel mensen kennen mij", False),
        ("doe dat citeren maar weg", False),
        ("Die zinnen moogt ge toch gebruiken, dat kan geen kwaad.", True),
        ("citeer mij toch maar, dat is geen geheim", True),
        ("ge moogt mij wel citeren, ik heb niets te verbergen", True),
    ],
)
def test_a_wish_about_quotes_has_reasons_beside_it(text: str, sense: bool) -> None:
    for step in ("vraag", "bevestigen"):
        found = read(text, step)
        assert found is not None
        assert found.consents == (("citaat", sense),)


@pytest.mark.parametrize("content", CONTENT)
def test_an_answer_beside_the_choice_is_kept_and_the_choice_is_made(content: str) -> None:
    said = at_choice(f"Ja, citeer mij niet meer. {content}", "toestemming:citaat=nee")
    assert said.slots["toestemming_citaat"] is False
    waiting = [*said.slots["bewaard"], *filter(None, [said.slots.get("aanbod")])]
    assert [each["text"] for each in waiting] == [content]


@pytest.mark.parametrize(
    "text",
    [
        "Ja, citeer mij niet meer. Ik wil niet dat mijn zinnen in het verslag komen.",
        "Ja. En wis dan ook alles wat ik daarnet over de bus zei.",
        "Ja, doe maar. Is dat dan echt overal weg in jullie systeem?",
        "Ja. Dank u wel voor de moeite.",
    ],
)
def test_what_stands_beside_the_choice_and_is_no_answer_is_not_kept(text: str) -> None:
    assert not at_choice(text, "toestemming:citaat=nee").slots.get("bewaard")
