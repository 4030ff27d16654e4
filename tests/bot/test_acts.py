"""What people do at an open question instead of answering it: heard, and nothing is lost by it."""

from __future__ import annotations

import base64
import json
import subprocess
from typing import Any

import pytest

from actions import mending, offering
from actions.contribution_form import ValidateContributionForm
from actions.digressions import ActionDigressie
from bot.nlu.acts import Act, ActModel
from bot.nlu.judgement import intent_of, worth_asking
from bot.nlu.phrases import goes_on_with_questions
from consultation.settings import ROOT, Settings
from language.embedding import load_encoder
from language.reading import acts
from samenspraak.processes import BOT_PYTHON, latest_model, rasa_environment
from tests.actions.test_changes import AT_QUESTION, BUS, GIVEN, Turn


def doing(act: str, text: str, **slots: Any) -> Turn:
    """A turn at the third question in which the text does something."""
    entity = {"entity": acts.ENTITY, "value": act}
    return Turn(text, entities=[entity], **{**AT_QUESTION, **slots})


@pytest.mark.parametrize(
    ("act", "said"),
    [(acts.WAIT, "tijd"), (acts.REMARK, "niet"), (acts.LEAVE, "niet")],
)
def test_a_remark_changes_nothing_and_the_question_stays(act: str, said: str) -> None:
    turn = doing(act, "de bel gaat hier juist", intent="hulp")
    assert turn.act(ActionDigressie()) == {}
    assert said in turn.said
    assert turn.effects == []


def test_in_doubt_the_participant_is_asked_and_nothing_is_stored() -> None:
    turn = doing(acts.DOUBT, "mijn bril ligt boven")
    slots = turn.answer()
    assert slots["antwoord"] is None
    assert slots["aanbod"]["why"] == offering.DOUBT
    assert slots["aanbod"]["question"] == "trekker"
    assert turn.effects == []


def at_offer(text: str, intent: str = "bijdrage", act: str | None = None) -> tuple[Turn, Any]:
    """A turn while a doubtful text is offered: the turn, and the slots after it."""
    offered = {"message": "m0", "start": 0, "end": 20, "text": "mijn bril ligt boven"}
    offered |= {"opdracht": 4, "question": "trekker", "corrects": None, "why": offering.DOUBT}
    entities = [] if act is None else [{"entity": acts.ENTITY, "value": act}]
    turn = Turn(
        text,
        intent,
        entities=entities,
        aanbod=offered,
        keuze_aanbod=None,
        **{**AT_QUESTION, "requested_slot": "keuze_aanbod"},
    )
    validate: Any = ValidateContributionForm().validate_keuze_aanbod
    return turn, validate(text, turn.dispatcher, turn.tracker, {})


@pytest.mark.parametrize("text", ["ja", "ja hoor", "dat is mijn antwoord, ja"])
def test_a_yes_to_the_doubt_stores_the_text(text: str) -> None:
    _, slots = at_offer(text, "bevestigen")
    assert slots["antwoorden"]["trekker"] == "mijn bril ligt boven"


def test_who_answers_otherwise_has_passed_the_doubtful_text_over() -> None:
    turn, slots = at_offer("De gemeente, samen met de bib van de stad.")
    assert slots["antwoorden"]["trekker"] == "De gemeente, samen met de bib van de stad."
    assert not slots.get("bewaard")
    assert [each["question"] for each in turn.effects] == ["trekker"]


@pytest.mark.parametrize("act", [acts.WAIT, acts.REMARK, acts.ASK])
def test_a_second_remark_leaves_the_first(act: str) -> None:
    turn, slots = at_offer("het gaat wel, mijn zus is hier", act=act)
    assert slots["keuze_aanbod"] == offering.NOTHING_OFFERED
    assert turn.effects == []


@pytest.mark.parametrize("text", ["geen idee, doe maar voort", "weet ik niet", "pas"])
def test_who_has_no_idea_at_the_doubt_goes_on(text: str) -> None:
    turn, slots = at_offer(text, "weet_niet", acts.PASS)
    assert slots["vraag"] == "prioriteit"
    assert turn.effects == []


@pytest.mark.parametrize(
    ("text", "key", "old", "new"),
    [
        ("foutje, 14 km moet 4 km zijn", "drempel", "14", "4"),
        ("Erratum: gelieve 14 te lezen als 40.", "drempel", "14", "40"),
        ("sorry ik typte 14, het is 24", "drempel", "14", "24"),
        ("pardon c'est 15 et pas 14", "drempel", "14", "15"),
        ("30 euro? nee 14 was het, euh 16 bedoel ik, niet 14", "drempel", None, None),
    ],
)
def test_numbers_tell_which_answer_is_mended(
    text: str, key: str, old: str | None, new: str | None
) -> None:
    given = {"drempel": "De school ligt 14 km verder.", "voorstel": "Een bus om 7 uur."}
    turn = doing(acts.MEND, text, antwoorden=given)
    slots = mending.no_answer(turn.talk, text)
    assert slots is not None
    offered = slots["aanbod"]
    if new is not None:
        assert (offered["question"], offered["corrects"], offered["text"]) == (key, old, new)
    assert turn.effects == []


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("dat van die buspas, maak er een fietspas van", "voorstel"),
        ("niet de bus maar de trein rijdt niet meer na zes uur, schreef ik fout", "drempel"),
        ("bij het eerste nog dit: en op zondag helemaal niet", "drempel"),
        ("bij mijn voorstel nog toevoegen: ook voor de kinderen", "voorstel"),
        ("toch nog iets bij het eerste: er is geen lift", "drempel"),
    ],
)
def test_words_tell_which_answer_is_mended(text: str, key: str) -> None:
    turn = doing(acts.MEND, text)
    slots = mending.no_answer(turn.talk, text)
    assert slots is not None
    assert slots["aanbod"]["question"] == key
    assert turn.effects == []


@pytest.mark.parametrize(
    "text",
    [
        "ik wil niet meer leven",
        "soms zie ik het niet meer zitten. voor mij hoeft het niet meer",
        "ik kan niet meer.",
        "ik klop die consulent verrot",
        "je n'en peux plus",
    ],
)
def test_a_cry_for_help_is_kept_only_if_the_person_wishes(text: str) -> None:
    turn = Turn(text, **AT_QUESTION)
    slots = turn.answer()
    assert slots["aanbod"]["why"] == offering.DOUBT
    assert turn.effects == []


def test_a_cry_for_help_within_an_answer_is_stored_with_it() -> None:
    turn = Turn("Niemand helpt mij aan een cursus. Soms wil ik niet meer leven.", **AT_QUESTION)
    turn.answer()
    assert [each["question"] for each in turn.effects] == ["trekker"]


@pytest.mark.parametrize(
    "text", ["asdfghjkl", "qsdfqsdf jklm", "sdkfjhsdkfjh", "🙃🙃", "...", "hahaha", "blablabla"]
)
def test_random_letters_and_signs_are_stored_only_if_the_person_wishes(text: str) -> None:
    turn = Turn(text, **AT_QUESTION)
    slots = turn.answer()
    assert slots["aanbod"]["why"] == offering.DOUBT
    assert turn.effects == []


@pytest.mark.parametrize("text", ["angst", "VDAB", "UNIZO", "de bib", "4", "schrik"])
def test_a_short_answer_is_stored(text: str) -> None:
    turn = Turn(text, **AT_QUESTION)
    turn.answer()
    assert [each["question"] for each in turn.effects] == ["trekker"]
    assert not worth_asking(text)


def test_a_question_gets_the_intent_that_it_is_likeliest_to_have() -> None:
    assert intent_of(Act(acts.ASK, True), {"vraag_anoniem": 0.4, "andere_taal": 0.6}) == (
        "vraag_anoniem"
    )
    assert intent_of(Act(acts.ASK, True), {"andere_taal": 0.98}) == "herhalen"


def test_every_kind_has_examples_and_none_stands_in_two() -> None:
    told = ActModel().told()
    assert set(told) > {acts.ANSWER, acts.WAIT, acts.REMARK, acts.ASK, acts.PASS, acts.MEND}
    every = [text for texts in told.values() for text in texts]
    assert len(every) == len(set(every))


_OWN = "gegevens_verwijderen"
# Written after the examples, in other words.
NEVER_SEEN = {
    "hulp": [
        "ogenblikje, mijn buurvrouw staat hier aan de deur",
        "wacht even, ik zet mijn hoorapparaat aan",
        "ik moet mijn kleinzoon er even bij halen",
        "one sec, my boss just walked in",
        "un instant, je cherche mon stylo",
        "even stil, ik ben aan het nadenken",
        "kben direct terug, de kleine weent",
        "grapje hoor, let er niet op",
        "ah bedankt voor dat nummer, het lukt wel",
        "sorry voor al die typfouten",
    ],
    "overslaan": [
        "dat is jullie taak, niet de mijne, ga verder",
        "geen benul, vraag maar iets anders",
        "daar heb ik niks over te melden, volgende",
        "no clue about that, next question please",
        "je n'en ai aucune idée, suivante",
    ],
    "stoppen": [
        "ik sluit af, de bakker staat aan de deur",
        "tot hier voor mij, mijn shift begint",
        "k moe stoppn, 't is voederen",
        "ik laat het hierbij want mijn trein is er",
        "I'll leave it here, my lunch break is over",
    ],
    "gegevens_verwijderen": [
        "ik zie liever geen zin van mij in dat verslag",
        "mijn directeur herkent mij zo, laat mijn woorden er maar uit",
        "gelieve mijn uitspraken niet letterlijk weer te geven",
        "kwil nie da mijn zinnen in dat plan komen",
        "bij nader inzien: niks van mij letterlijk overnemen",
        "please leave my sentences out of the report",
        "could you not quote me after all",
        "je ne souhaite plus être cité",
        "meine Sätze sollen nicht in den Bericht",
        "ik heb mij bedacht, u mag mijn zinnen toch tonen",
        "that consent to quote me, I take it back",
        "verwerk wat ik zei in uw eigen woorden, niet in die van mij",
    ],
}
QUOTES_OF_OTHERS = [
    "cursisten willen hun eigen woorden terugvinden in het examen",
    "mijn werkgever zet onze zinnen in zijn folder zonder te vragen",
    "in het verslag van de inspectie staat daar geen letter over",
    "laat de lesgever citeren uit echte brieven van de gemeente",
    "toon de resultaten van elke school op een website",
    "niemand mag weten dat ik niet goed kan lezen, dat houdt mij tegen",
    "mensen zijn bang om herkend te worden in de klas",
    "de teksten in de cursus zijn te moeilijk, gebruik gewone woorden",
    "zet de namen van de bedrijven die meedoen in de krant",
    "ik durf mijn mening niet te zeggen op het werk",
]


CONTENTS = [
    BUS,
    *GIVEN.values(),
    "de bel van de school",
    "wachtlijsten",
    "mijn zus helpt mij",
    *QUOTES_OF_OTHERS,
]
MEANT = [(text, intent) for intent, told in NEVER_SEEN.items() for text in told]


@pytest.fixture(scope="module")
def understood() -> list[dict[str, Any]]:
    """What the trained model makes of ``MEANT``, ``CONTENTS`` and ``with_vectors``, in order."""
    rows = [{"text": text} for text in [*(text for text, _ in MEANT), *CONTENTS]]
    done = subprocess.run(
        [str(BOT_PYTHON), "-W", "ignore", "-m", "bot.understand", str(latest_model()), "vraag"],
        cwd=ROOT,
        env=rasa_environment(Settings()),
        input="\n".join(map(json.dumps, [*rows, *with_vectors()])),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def with_vectors() -> list[dict[str, str]]:
    """One text in four spellings, as a vector belongs to a text: alone, with the vector of the
    first, with that of ``BUS``, and with the same of another encoder."""
    encoder = load_encoder("e5")
    name = f"{encoder.name} {encoder.version}"
    first, *others = "mijn bril ligt boven", "Mijn bril ligt boven", "mijn Bril ligt boven"
    own, bus = (base64.b64encode(each.tobytes()).decode() for each in encoder.encode([first, BUS]))
    return [
        {"text": first},
        {"text": others[0], "encoder": name, "vector": own},
        {"text": others[1], "encoder": name, "vector": bus},
        {"text": "mijn bril Ligt boven", "encoder": f"{name}.1", "vector": bus},
    ]


@pytest.mark.servers
def test_texts_that_were_never_seen_are_heard_and_contents_are_not_taken(
    understood: list[dict[str, Any]],
) -> None:
    found = [each["intent"] for each in understood]
    stored = [each for each in found[: len(MEANT)] if each == "bijdrage"]
    # In doubt a text is asked about, and until then it counts as content here.
    assert len(stored) <= len(MEANT) // 3, list(zip(MEANT, found, strict=False))
    assert set(found[len(MEANT) : len(MEANT) + len(CONTENTS)]) == {"bijdrage"}
    wished = [got for (_, intent), got in zip(MEANT, found, strict=False) if intent == _OWN]
    assert wished.count(_OWN) >= len(wished) * 3 // 4, wished


@pytest.mark.servers
def test_a_vector_that_a_text_brings_is_used_where_the_encoder_is_the_same(
    understood: list[dict[str, Any]],
) -> None:
    alone, own, other, strange = understood[-4:]
    assert own == alone
    assert other != alone
    assert strange != other


@pytest.mark.parametrize(
    ("text", "goes_on"),
    [
        ("ik wil gewoon verder doen met de vragen", True),
        ("het gaat weer, mijn broer komt straks. doe maar verder met uw vragen", True),
        ("zullen we voortgaan met het gesprek", True),
        ("ik zou graag doorgaan met de volgende vraag", True),
        ("allez, verder met die enquete", True),
        ("ik doe morgen verder met de vragen", False),
        ("ik ga niet verder met deze vragen", False),
        ("stop maar, verder met de vragen lukt nie", False),
        ("kan ik later verder met het gesprek?", False),
        ("mensen willen verder doen met hun opleiding", False),
    ],
)
def test_who_goes_on_with_the_questions_does_not_stop(text: str, goes_on: bool) -> None:
    assert goes_on_with_questions(text) is goes_on
