"""Several things in one message: an answer and a wish, a change taken back, a name and content."""

from __future__ import annotations

from typing import Any

import pytest

from actions import changing, going_on
from actions.digressions import ActionDigressie
from actions.mending import about_earlier
from consultation.participation.conversation import Bubble
from tests.actions.test_changes import AT_QUESTION, AT_SUMMARY, BUS, GIVEN, Turn

ALL = {**GIVEN, "trekker": "De gemeente, samen met de scholen.", "prioriteit": "4 - Dringend"}
AT_VERDER: dict[str, Any] = {"antwoord": "klaar", "bevestigd": True, "requested_slot": "verder"}


@pytest.mark.parametrize(
    ("text", "answer", "key", "more"),
    [
        (
            "De gemeente trekt dat. En bij dat eerste antwoord, schrijf er nog bij dat het "
            "halfzeven is.",
            "De gemeente trekt dat.",
            "drempel",
            "het halfzeven is.",
        ),
        (
            "De scholen, met de stad. Bij mijn voorstel wil ik nog toevoegen dat het gratis moet.",
            "De scholen, met de stad.",
            "voorstel",
            "het gratis moet.",
        ),
        (
            "De stad samen met VDAB. Voorstel: een gratis bus",
            "De stad samen met VDAB.",
            "voorstel",
            "een gratis bus",
        ),
        (
            "Onze koepel, met de stad. Zet bij de drempel nog dat ik geen auto heb.",
            "Onze koepel, met de stad.",
            "drempel",
            "ik geen auto heb",
        ),
        (
            "De provincie doet dat best! En bij de eerste vraag wil ik nog toevoegen: de trein ook",
            "De provincie doet dat best!",
            "drempel",
            "de trein ook",
        ),
    ],
)
def test_an_answer_and_what_is_said_after_it_of_another_are_both_kept(
    text: str, answer: str, key: str, more: str
) -> None:
    turn = Turn(text, **AT_QUESTION)
    slots = turn.answer()
    first, second = turn.effects
    places = [(each["question"], each["source"]) for each in (first, second)]
    assert [name for name, _ in places] == ["trekker", key]
    said = [text[source["start"] : source["end"]] for _, source in places]
    assert said == [answer, more]
    assert slots["antwoorden"]["trekker"] == answer
    assert slots["antwoorden"][key].endswith(more)
    assert slots["vraag"] == "prioriteit"


@pytest.mark.parametrize(
    "text",
    [
        "De gemeente. Die kent iedereen in de straat.",
        "De scholen moeten het doen. Want zij weten hoe dat gaat.",
        "VDAB en de bonden. Samen staan ze sterker.",
        "De minister. Of de stad. Dat maakt mij niet uit.",
        "Iedereen een beetje. De bib, de school en de buren.",
    ],
)
def test_an_answer_of_several_sentences_stays_whole(text: str) -> None:
    turn = Turn(text, **AT_QUESTION)
    slots = turn.answer()
    assert slots["antwoorden"]["trekker"] == text
    (effect,) = turn.effects
    assert effect.get("source") is None


@pytest.mark.parametrize(
    "text",
    [
        "en die 4 mag een 5 worden... of nee toch niet, laat maar staan",
        "maak van de bus de trein, of nee, laat het maar zo",
        "schrap dat van de bus, wacht nee laat maar staan",
        "de bus moet de trein zijn. nee, laat het toch maar staan",
        "zet dringend op 5. of nee, laat alles maar zo",
    ],
)
def test_a_change_that_is_taken_back_in_the_same_message_changes_nothing(text: str) -> None:
    turn = Turn(text, **AT_SUMMARY)
    turn.tracker.slots["antwoorden"] = dict(ALL)
    slots = changing.told(turn.talk, text)
    assert slots == {"antwoorden": ALL}
    assert turn.effects == []


@pytest.mark.parametrize(
    ("text", "key", "content"),
    [
        (
            "mijn tweede antwoord moet eigenlijk zijn: lessen op woensdag",
            "voorstel",
            "lessen op woensdag",
        ),
        (
            "hmm, bij wie het moet doen: maak er van dat de zorgscholen het trekken",
            "trekker",
            "de zorgscholen het trekken",
        ),
        (
            "bij de eerste vraag schrijf je alleen dit: de les is in de avond",
            "drempel",
            "de les is in de avond",
        ),
        (
            "mijn drempel is niet goed verwoord, maak ervan: geen opvang na zes uur",
            "drempel",
            "geen opvang na zes uur",
        ),
        (
            "het eerste is te negatief, ik zou het positiever zeggen: met opvang kom ik",
            "drempel",
            "met opvang kom ik",
        ),
    ],
)
def test_what_stands_after_the_colon_takes_the_place_of_the_named_answer(
    text: str, key: str, content: str
) -> None:
    turn = Turn(text, **AT_SUMMARY)
    turn.tracker.slots["antwoorden"] = dict(ALL)
    slots = changing.told(turn.talk, text)
    assert slots is not None
    assert slots["antwoorden"] == {**ALL, key: content}
    assert turn.titles == ["Zet het terug"]


@pytest.mark.parametrize(
    "text",
    [
        "maak er van dat de provincie het trekt, niet de gemeente",
        "bij mijn idee maak van die buspas een fiets, dat is gezonder",
        "en bij dat eerste moet zes zeven worden, het is later",
        "bij mijn voorstel moet buspas treinpas zijn, sorry",
        "de bus in de drempel moet de trein worden, die rijdt ook niet",
    ],
)
def test_what_stands_after_a_comma_never_takes_the_place_of_a_whole_answer(text: str) -> None:
    turn = Turn(text, **AT_SUMMARY)
    turn.tracker.slots["antwoorden"] = dict(ALL)
    slots = changing.told(turn.talk, text) or {}
    after = text.rpartition(",")[2].strip()
    assert after not in slots.get("antwoorden", {}).values()
    for effect in turn.effects:
        assert effect["corrects"]
        assert effect["corrects"] not in ALL.values()


@pytest.mark.parametrize(
    ("text", "key", "content"),
    [
        (
            "mag ik nog iets zeggen over daarnet? het is ook de prijs",
            "voorstel",
            "het is ook de prijs",
        ),
        (
            "wacht, over mijn vorige antwoord: het moet ook op zondag",
            "voorstel",
            "het moet ook op zondag",
        ),
        ("bij mijn voorstel vergat ik: ook gratis koffie", "voorstel", "ook gratis koffie"),
        ("over de eerste vraag: de trein rijdt ook niet", "drempel", "de trein rijdt ook niet"),
        (
            "mag ik eerst nog iets zeggen over de eerste vraag, het lokaal is ook koud",
            "drempel",
            "het lokaal is ook koud",
        ),
    ],
)
def test_more_about_an_earlier_answer_goes_there(text: str, key: str, content: str) -> None:
    turn = Turn(text, **AT_QUESTION)
    slots = turn.answer()
    (effect,) = turn.effects
    assert (effect["question"], effect["added"]) == (key, True)
    assert slots["antwoorden"] == {**GIVEN, key: slots["antwoorden"][key]}
    assert slots["antwoorden"][key].startswith(f"{GIVEN[key]}\n")
    assert slots["antwoorden"][key].endswith(content)


@pytest.mark.parametrize(
    "text",
    [
        "mijn voorstel was niet zo slim, ik zou het houden op gratis lessen",
        "dat voorstel van mij was te duur, geef gewoon korting aan jongeren",
        "mijn idee is eigenlijk onzin, laat de scholen zelf kiezen",
        "eigenlijk was mijn voorstel te vaag, geef elke werknemer vijf dagen",
        "mijn voorstel vind ik achteraf niet goed, doe iets met korte filmpjes",
    ],
)
def test_regret_on_an_earlier_answer_offers_the_new_words_there(text: str) -> None:
    slots = about_earlier(Turn(text, **AT_QUESTION).talk, text)
    if slots is None:
        pytest.fail(f"{text!r} is taken for the answer to the open question")
    offered = slots.get("aanbod")
    assert (offered["question"] if offered else slots["vraag"]) == "voorstel"


@pytest.mark.parametrize(
    ("text", "key", "content"),
    [
        ("nog één ding over mijn voorstel: ook in de vakantie", "voorstel", "ook in de vakantie"),
        ("nog een precisering bij de trekker: ook VDAB erbij", "trekker", "ook VDAB erbij"),
        ("oei. bij wat mij tegenhield nog dit: de trap", "drempel", "de trap"),
        ("ah vergeten. bij wie het moet doen: de bib ook", "trekker", "de bib ook"),
        ("bij het voorstel mag er nog bij dat het gratis is", "voorstel", "het gratis is"),
        ("to my idea please add that it should be free", "voorstel", "it should be free"),
        ("ajoutez à ma première réponse que c'est loin", "drempel", "c'est loin"),
    ],
)
def test_after_the_summary_what_is_added_by_name_is_added_at_once(
    text: str, key: str, content: str
) -> None:
    turn = Turn(text, **AT_VERDER)
    turn.tracker.slots["antwoorden"] = dict(ALL)
    slots = going_on.change(turn.talk, text)
    assert slots is not None
    assert slots["antwoorden"] == {**ALL, key: f"{ALL[key]}\n{content}"}
    assert turn.titles == ["Zet het terug"]


@pytest.mark.parametrize(
    "text",
    [
        "waarom vraagt ge dat aan mij? dat moet toch de politiek beslissen",
        "wat bedoelt u? de scholen moeten dat regelen met de stad",
        "is dat voor mij? de gemeente moet dat doen, denk ik",
        "wie leest dit? de vakbonden moeten dat trekken vind ik",
        "moet ik dat weten? laat de bedrijven dat regelen, zij kunnen dat organiseren",
    ],
)
def test_what_stands_after_a_question_is_offered_as_the_answer(text: str) -> None:
    went = Turn(text, "vraag_doel", **AT_QUESTION).act(ActionDigressie())
    assert went["aanbod"]["text"] == text.partition("? ")[2]
    assert went["aanbod"]["question"] == "trekker"


@pytest.mark.parametrize(
    "text",
    [
        "hoeveel vragen nog? ik heb niet veel tijd meer",
        "wie leest dit? ik wil dat eerst weten",
        "hoe lang duurt het? de soep kookt over",
        "is dit anoniem? want ik moet voorzichtig zijn",
    ],
)
def test_why_somebody_asks_is_not_offered(text: str) -> None:
    assert "aanbod" not in Turn(text, "vraag_duur", **AT_QUESTION).act(ActionDigressie())


@pytest.mark.parametrize(
    "text",
    [
        "of nee, laat het toch staan",
        "och neen, laat het toch maar staan",
        "wacht, laat dat maar staan",
        "nee toch, die mag blijven",
        "oh nee laat het maar zo",
    ],
)
def test_what_was_just_changed_can_be_left_as_it_was(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    button = {"title": "Zet het terug", "payload": '/antwoord_wijzigen{"waarde":"terug"}'}
    said = [Bubble("Dat is weg.", ({"title": "Ja", "payload": "/bevestigen"},))]

    class Reading:
        def reading(self) -> Reading:
            return self

        def __enter__(self) -> None:
            return None

        def __exit__(self, *_: object) -> None:
            return None

    monkeypatch.setattr("actions.changing.storage", Reading)
    monkeypatch.setattr("actions.changing.conversation.last_said", lambda *_: said)
    monkeypatch.setattr(
        "actions.changing.resumption.last_change", lambda *_: ("drempel", "De trein.")
    )
    turn = Turn(text, **AT_SUMMARY, gesprek="g1")
    assert changing.let_stand(turn.talk) is None
    said.append(Bubble("Dat is weg.", (button,)))
    assert changing.let_stand(turn.talk) == {
        "antwoorden": {**GIVEN, "drempel": "De trein."},
        "wijziging": changing.DONE,
    }
    (effect,) = turn.effects
    assert effect["question"] == "drempel"


@pytest.mark.parametrize(
    "text",
    [
        "pfff neen, laat september maar staan, anders is het te laat",
        "laat het maar staan zoals het is",
        "toch niet, laat dat maar staan",
        "och, laat mijn antwoord gewoon staan",
        "nee, bij nader inzien laat alles maar zo",
    ],
)
def test_who_comes_to_change_an_answer_may_leave_it(text: str) -> None:
    turn = Turn(text, **{**AT_QUESTION, "vraag": "drempel"}, wijziging="vervang", bevestigd=False)
    slots = turn.answer()
    assert turn.effects == []
    assert slots["antwoord"] == "klaar"
    assert turn.tracker.slots["antwoorden"]["drempel"] == BUS


@pytest.mark.parametrize(
    "text",
    [
        "Ik wou keramiek volgen. Maar dat is het probleem: alles is 's avonds.",
        "De bus is weg. Wat mij tegenhoudt is simpel: het geld.",
        "Overdag is er niets. De moeilijkheid: alles begint om zeven uur.",
    ],
)
def test_a_colon_within_the_answer_to_the_open_question_splits_nothing(text: str) -> None:
    turn = Turn(text, **{**AT_QUESTION, "vraag": "drempel"}, antwoorden={})
    assert turn.answer()["antwoorden"] == {"drempel": text}


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("De gemeente trekt dat. Nee wacht, niet de gemeente maar de stad.", "de stad trekt dat."),
        ("De bonden doen dat. Sorry, ik bedoelde niet de bonden maar VDAB.", "VDAB doen dat."),
    ],
)
def test_a_last_sentence_that_mends_the_answer_mends_it(text: str, answer: str) -> None:
    turn = Turn(text, **AT_QUESTION)
    slots = turn.answer()
    if "antwoorden" not in slots:
        assert slots["aanbod"]["corrects"]
        return
    assert slots["antwoorden"]["trekker"].casefold() in (answer.casefold(), text.casefold())
    first, *others = turn.effects
    assert first["question"] == "trekker"
    assert [each["corrects"] for each in others] != [None]


@pytest.mark.parametrize(
    "lead", ["mag ik nog iets zeggen over daarnet?", "mijn voorstel was niet zo slim,"]
)
def test_a_long_text_about_an_earlier_answer_is_kept_whole(lead: str) -> None:
    text = f"{lead} {'de bus moet ook later rijden en vaker stoppen ' * 12}tot in het dorp"
    turn = Turn(text, **AT_QUESTION)
    slots = turn.answer()
    offered = (slots.get("aanbod") or {}).get("text", "")
    assert any(
        kept.endswith("tot in het dorp")
        for kept in (offered, *slots.get("antwoorden", {}).values())
    )
