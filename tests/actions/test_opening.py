"""The opening: consent, group and languages, in the words that people use."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.opening import ActionVerder, ActionWelkom, AskGroep, ValidateOpeningForm
from actions.reading import proposed
from actions.session import restore
from actions.talk import Talk, sentences, thank_in_language
from bot.nlu import own_data
from bot.nlu.consent import yes_or_no
from bot.nlu.judgement import judge
from bot.nlu.phrases import plain_meaning, plain_yes_or_no
from consultation.catalogue import UNKNOWN_GROUP, Catalogue, load_catalogue
from consultation.groups import OWN_WORDS, declines, group_of, may_be_content
from consultation.participation.resumption import Position, ResumptionState
from consultation.settings import ROOT
from language.reading import request

PHRASES: list[dict[str, Any]] = [
    json.loads(line)
    for line in (ROOT / "tests/data/opening_zinnen.jsonl").read_text("utf-8").splitlines()
]
EVEN = {"bevestigen": 0.3, "ontkennen": 0.3, "bijdrage": 0.4}


def understood(row: Mapping[str, Any], catalogue: Catalogue) -> str | None:
    """What is made of a text where the trained model has no opinion."""
    text, step = row["text"], row["step"]
    if step == "groep":
        if declines(text) or plain_meaning(text, step) == "overslaan":
            return "overslaan"
        named = group_of(text, catalogue)
        return named.groups[0].slug if named.sure else None
    if step == "toestemming":
        found = yes_or_no(EVEN, text, row["question"])
        return found if found in ("bevestigen", "ontkennen") else "onduidelijk"
    return plain_meaning(text, step)


@pytest.mark.parametrize("row", PHRASES, ids=lambda row: f"{row['step']}: {row['text']}")
def test_a_phrase_means_what_its_writer_meant(row: dict[str, Any], catalogue: Catalogue) -> None:
    assert understood(row, catalogue) == row["expect"]


def test_there_are_many_phrases_and_half_are_older_than_the_rules() -> None:
    before = sum(row["written"] == "voor" for row in PHRASES)
    assert len(PHRASES) >= 150
    assert before >= 75


# The group.

KINDS: dict[str, dict[str, Any]] = yaml.safe_load(OWN_WORDS.read_text("utf-8"))["soorten"]


def listed(kind: Mapping[str, Any], *roles: str) -> list[str]:
    return [word.strip() for role in roles for word in kind.get(role, "").split(",") if word]


@pytest.mark.parametrize("kind", KINDS)
def test_every_listed_word_leads_to_a_group_of_its_kind(kind: str, catalogue: Catalogue) -> None:
    wanted = set(KINDS[kind]["groepen"])
    lost = [
        word
        for word in listed(KINDS[kind], "status", "woorden", "zwak", "plek")
        if not wanted & {each.slug for each in group_of(word, catalogue).groups}
    ]
    assert lost == []


def test_there_are_more_than_six_hundred_words() -> None:
    words = [word for kind in KINDS.values() for word in listed(kind, "status", "woorden", "plek")]
    assert len(set(words)) == len(words) > 600


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        # Compounds, plurals, feminine forms and slips of the pen that no list has.
        ("betonarbeider", "burger"),
        ("koelwagenchauffeur", "burger"),
        ("schoolpoetsvrouwen", "burger"),
        ("hoofdverpleegkundige", "burger"),
        ("wij zijn metsers", "burger"),
        ("kinderverpleegster", "burger"),
        ("vrachtwagenchaufeur", "burger"),
        ("gepensionneerd", "burger"),
        ("bedrijfsboekhouder", "burger"),
        ("avondschoolstudente", "burger"),
        ("scheikundeleraar", "publieke_opleider"),
        ("muziekleerkrachten", "publieke_opleider"),
        ("lerkracht", "publieke_opleider"),
        ("gastdocente", "hoger_onderwijs"),
        ("kankeronderzoekster", "hoger_onderwijs"),
        ("drankenhandelzaakvoerder", "werkgeversorganisatie"),
        ("medezaakvoerster", "werkgeversorganisatie"),
        ("gemeenteraadsleden", "lokaal_bestuur"),
        ("districtsburgemeester", "lokaal_bestuur"),
        ("ACV-vakbondssecretaris", "werknemersorganisatie"),
        ("straathoekwerkster", "sociaal_cultureel"),
        ("hoofdjobcoach", "arbeidsbemiddeling"),
        ("gameprogrammeur", "technologie_en_startups"),
        ("rij-instructrice van een rijschool", "private_opleider"),
    ],
)
def test_words_that_are_in_no_list_are_known_by_their_form(
    text: str, slug: str, catalogue: Catalogue
) -> None:
    named = group_of(text, catalogue)
    assert [each.slug for each in named.groups][:1] == [slug]


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("ik ben leerkracht maar spreek als ouder", "burger"),
        ("ik werk bij de stad, maar ik antwoord hier als vakbondsman", "werknemersorganisatie"),
        ("vroeger juf, nu op pensioen", "burger"),
        ("mama van een leerling, maar vooral als zaakvoerder", "werkgeversorganisatie"),
        ("ik ben geen ambtenaar maar metser", "burger"),
        ("ik geef les aan werklozen bij een CVO", "publieke_opleider"),
        ("opleider bij de VDAB", "arbeidsbemiddeling"),
    ],
)
def test_a_group_is_whom_the_text_speaks_for(text: str, slug: str, catalogue: Catalogue) -> None:
    named = group_of(text, catalogue)
    assert [each.slug for each in named.groups] == [slug]
    assert named.sure


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("brger", "burger"),
        ("burgr", "burger"),
        ("bugrer", "burger"),
        ("borger", "burger"),
        ("de gemeenteblibiotheek van geel", "lokaal_bestuur"),
        ("ik heb een bouwbedrijf met twaalf man", "werkgeversorganisatie"),
        ("ik run een bakkerij met vier mensen in dienst", "werkgeversorganisatie"),
        ("wij zijn een familiebedrijf, 30 werknemers", "werkgeversorganisatie"),
        ("mijn eigen garage met drie gasten", "werkgeversorganisatie"),
        ("ich habe eine kleine Schreinerei, 6 Leute", "werkgeversorganisatie"),
        ("zaakvoerster, 6 man personeel, hoeveel vragen is da?", "werkgeversorganisatie"),
        ("lector aan Howest, hoe lang duurt dit?", "hoger_onderwijs"),
        ("ouder van drie kinderen, wie leest dit trouwens?", "burger"),
        ("ik ben thuisverpleegster zelfstandige dus schrijf maar gewoon burger", "burger"),
        ("ik werk bij de stad maar zet mij maar bij burger", "burger"),
        ("ik help in de oudervereniging en ik geef les. doe maar dat laatste", "publieke_opleider"),
        ("och, ik ben maar een gewoon oud mens", "burger"),
        ("kben 81", "burger"),
        ("zomaar iemand uit Kortrijk", "burger"),
        ("ik zit thuis met twee kleine mannen", "burger"),
    ],
)
def test_who_somebody_is_needs_no_exact_word(text: str, slug: str, catalogue: Catalogue) -> None:
    named = group_of(text, catalogue)
    assert named.sure
    assert [each.slug for each in named.groups] == [slug]


@pytest.mark.parametrize(
    "text",
    [
        "de school is te ver van het dorp",
        "de VDAB moet veel sneller antwoorden",
        "een bedrijf kan dat niet betalen",
        "er zijn te weinig leerkrachten",
        "waarom vraagt de gemeente dat?",
        "de vakbond doet daar niets aan, want het mag niets kosten",
        "",
        "de het een",
        "?!",
    ],
)
def test_content_that_mentions_a_group_is_not_who_somebody_is(
    text: str, catalogue: Catalogue
) -> None:
    assert group_of(text, catalogue).groups == ()


@pytest.mark.parametrize(
    "text",
    [
        "de bus rijdt niet na zes uur",
        "cursussen zijn te duur voor ons",
        "er is geen opvang voor de kinderen 's avonds",
        "de lessen moeten dichter bij huis",
        "ik wil leren lassen maar het kost te veel",
        "als er in het dorp een infoavond is dan zitten altijd dezelfde vier mensen vooraan",
        "als ge na zes uur belt dan krijgt ge een bandje en een muziekske",
        "ik ben twintig jaar bij de petanque en elke keer leggen de mannen hun papieren in een bak"
        " en lachen ze met de mensen van de bevraging",
        "ja als de mensen van ginder dan vragen waar het lokaal ligt stuurt iedereen ze weg",
    ],
)
def test_content_at_this_step_is_known_as_such(text: str) -> None:
    assert may_be_content(text)


@pytest.mark.parametrize(
    "text", ["ik ben een eenhoorn", "blabla", "weet ik veel", "batman", "zeg ik liever niet"]
)
def test_what_says_nothing_is_no_content(text: str) -> None:
    assert not may_be_content(text)


def test_another_catalogue_gets_its_own_groups() -> None:
    garden = load_catalogue(ROOT / "tests/data/tuinen.yml")
    for text, slug in {
        "ambtenaar bij de gemeente": "gemeentelijke_groendienst",
        "moestuinder": "buren",
        "voorzitter van een vereniging": "imkers-en-tuinclubs",
        "Gemeente": "gemeentelijke_groendienst",
    }.items():
        assert [each.slug for each in group_of(text, garden).groups][:1] == [slug], text
    assert not group_of("vakbondsman", garden).sure


def turn(
    text: str, step: str = "groep", *, tapped: str | None = None, **extra: Any
) -> tuple[Tracker, CollectingDispatcher]:
    metadata = {"step": step, "question": extra.pop("question", None), "message": "m1"}
    metadata |= extra.pop("metadata", {})
    entities = [{"entity": "waarde", "value": tapped}] if tapped else []
    intent = extra.pop("intent", "bijdrage")
    message = {
        "text": text,
        "intent": {"name": intent},
        "intent_ranking": [{"name": intent}],
        "entities": entities,
        "metadata": metadata,
    }
    slots = {"requested_slot": step, "toestemming_analyse": True, **extra}
    loop = {"name": "opening_form"} if step != "einde" else {}
    tracker = Tracker("x", slots, message, [], False, None, loop, "action_listen")
    return tracker, CollectingDispatcher()


def answered(text: str, **extra: Any) -> tuple[dict[str, Any], list[dict[str, Any]], list[Any]]:
    """The slots after an answer to the group, the bubble that asks again, and the effects."""
    tracker, dispatcher = turn(text, **extra)
    validate: Any = ValidateOpeningForm().validate_groep
    slots = validate(text, dispatcher, tracker, {})
    effects = [
        effect
        for each in dispatcher.messages
        for effect in (each.get("custom") or {}).get("effects", [])
    ]
    if slots["groep"] is None:
        again = {**tracker.slots, **slots}
        asked = Tracker("x", again, tracker.latest_message, [], False, None, {}, "action_listen")
        AskGroep().act(Talk(dispatcher, asked))
    return slots, dispatcher.messages, effects


@pytest.mark.parametrize(
    "text",
    [
        "zelfstandige loodgieter",
        "directeur",
        "ik ben een draak",
        "boekhouder bij de vakbond",
        "tja",
    ],
)
def test_in_doubt_there_are_a_few_groups_a_way_to_the_others_and_a_way_out(text: str) -> None:
    slots, bubbles, effects = answered(text)
    assert slots["groep"] is None
    assert effects == []
    asked = bubbles[-1]
    titles = [each["title"] for each in asked["buttons"]]
    assert len(set(titles)) == len(titles)
    # Three groups, "another group" and the way out come first; a gateway shows six at once.
    assert titles.index("Zeg ik liever niet") <= 4
    assert "Een andere groep" in titles[:4]
    assert asked["custom"] == {"step": "groep", "question": "nogmaals"}


@pytest.mark.parametrize(
    "text", ["ik ben een draak", "kapper", "tja", "de maan", "zelfstandige schilder"]
)
def test_the_group_is_not_asked_a_third_time(text: str) -> None:
    slots, bubbles, effects = answered(text, question="nogmaals")
    assert slots["groep"] == UNKNOWN_GROUP
    assert effects == []
    assert "zonder groep" in bubbles[-1]["text"]


@pytest.mark.parametrize(
    "text",
    [
        "zeg ik liever niet",
        "gaat u niet aan",
        "overslaan",
        "dat is privé",
        "geen zin om dat te zeggen",
    ],
)
def test_the_group_can_be_passed_over(text: str) -> None:
    slots, _, effects = answered(text, vooraf=4)
    assert slots["groep"] == UNKNOWN_GROUP
    assert slots["opdracht"] == 4
    assert [each["kind"] for each in effects] == ["opdracht"]


@pytest.mark.parametrize(
    ("text", "group"), [("gewoon als burger", "burger"), ("dat zeg ik liever niet", UNKNOWN_GROUP)]
)
def test_the_actions_to_react_to_stand_in_the_order_of_the_group_just_named(
    text: str, group: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups: list[str | None] = []

    def entered(talk: Talk, _: int) -> dict[str, Any]:
        groups.append(talk.slot("groep"))
        return {}

    monkeypatch.setattr(proposed, "entered", entered)
    answered(text, vooraf=4, rondesoort="reactie")
    assert groups == [group]


def test_the_button_to_pass_over_and_the_intent_do_the_same() -> None:
    assert answered("x", tapped=UNKNOWN_GROUP)[0]["groep"] == UNKNOWN_GROUP
    tracker, dispatcher = turn("laat deze vraag vallen", intent="overslaan")
    validate: Any = ValidateOpeningForm().validate_groep
    assert validate(UNKNOWN_GROUP, dispatcher, tracker, {})["groep"] == UNKNOWN_GROUP


def test_all_groups_are_shown_on_request(catalogue: Catalogue) -> None:
    for text in ("toon alle groepen", "welke groepen zijn er allemaal?", "geef alle keuzes"):
        slots, bubbles, _ = answered(text)
        assert slots["groep"] is None
        titles = [each["title"] for each in bubbles[-1]["buttons"]]
        assert titles[:-1] == [each.naam for each in catalogue.groepen]
        assert bubbles[-1]["custom"]["question"] is None


@pytest.mark.parametrize("opdracht", [None, 1, 4, 7, 10])
def test_at_first_people_for_themselves_and_the_way_out_are_among_the_first(
    opdracht: int | None,
) -> None:
    tracker, dispatcher = turn("ja", vooraf=opdracht, intent="bevestigen")
    AskGroep().act(Talk(dispatcher, tracker))
    (asked,) = dispatcher.messages
    titles = [each["title"] for each in asked["buttons"]]
    assert len(set(titles)) == len(titles) == 13
    assert {"Burger", "Zeg ik liever niet"} < set(titles[:5])


def test_content_typed_here_is_kept() -> None:
    slots, _, _ = answered("de bus rijdt niet na zes uur")
    assert [each["text"] for each in slots["bewaard"]] == ["de bus rijdt niet na zes uur"]


def test_a_group_that_was_passed_over_is_not_asked_for_after_a_restart(
    catalogue: Catalogue,
) -> None:
    for position, expected in (
        (Position("groep"), None),
        (Position("opdracht"), UNKNOWN_GROUP),
        (Position("vraag", 4, "drempel"), UNKNOWN_GROUP),
    ):
        events = restore(
            catalogue, ResumptionState(position, {"analyse": True}, None, None, None), "g"
        )
        slots = {each["name"]: each["value"] for each in events if each["event"] == "slot"}
        assert slots["groep"] == expected


# Consent.


@pytest.mark.parametrize(
    "text", ["ja doe maar stomme robot", "joat", "bah ja", "vooruit dan", "mij goed", "oui"]
)
@pytest.mark.parametrize("step", ["bevestigen", "verder", "toestemming"])
def test_a_yes_is_a_yes_at_every_step_that_asks_one(text: str, step: str) -> None:
    unsure = {"bijdrage": 0.6, "klacht": 0.3, "bevestigen": 0.1}
    assert judge(unsure, text, step, 0.9, "analyse") == "bevestigen"


@pytest.mark.parametrize(
    "text", ["neje", "non merci", "nein danke", "bah nee gij", "begot niet", "👎"]
)
@pytest.mark.parametrize("step", ["bevestigen", "verder", "toestemming", "beheer"])
def test_a_no_is_a_no_at_every_step_that_asks_one(text: str, step: str) -> None:
    unsure = {"bijdrage": 0.6, "klacht": 0.3, "ontkennen": 0.1}
    asked = own_data.read(text, step, "analyse")
    kept = asked is not None and asked.wish == request.KEEP
    # "Begot niet" is also the wish to erase nothing, which ends the request in the same way.
    assert judge(unsure, text, step, 0.9, "analyse") == "ontkennen" or (step == "beheer" and kept)


@pytest.mark.parametrize(
    "text",
    [
        "nee, ik ga akkoord",
        "ja, doe maar niet",
        "ja nee",
        "niet zonder mijn toestemming",
        "ok maar niet voor alles",
        "ik geef mijn akkoord onder voorbehoud",
        "mag dat?",
        "oui mais non",
        "yes and no",
        "👍👎",
    ],
)
@pytest.mark.parametrize("leaning", ["bevestigen", "ontkennen"])
def test_consent_is_never_read_where_a_text_says_both(text: str, leaning: str) -> None:
    chances = {"bevestigen": 0.05, "ontkennen": 0.05, "bijdrage": 0.2} | {leaning: 0.69}
    wrong = {"bevestigen", "ontkennen"} if leaning == "bevestigen" else {"bevestigen"}
    assert yes_or_no(chances, text, "analyse") not in wrong
    assert plain_yes_or_no(text) is None


@pytest.mark.parametrize(
    "text", ["wa bedoelde daarmee", "wablief", "hoezo", "snap het niet", "what?", "kzijn nie mee"]
)
@pytest.mark.parametrize(
    "step", ["vraag", "groep", "opdracht", "bevestigen", "verder", "toestemming"]
)
def test_who_does_not_understand_hears_it_again(text: str, step: str) -> None:
    assert judge({"bijdrage": 0.9, "klacht": 0.1}, text, step, 0.9, "analyse") == "herhalen"


def said(tracker: Tracker, dispatcher: CollectingDispatcher, action: Any) -> tuple[Any, str]:
    events = action.act(Talk(dispatcher, tracker))
    return events, "\n".join(each["text"] for each in dispatcher.messages if each.get("text"))


@pytest.mark.parametrize(
    "text",
    [
        "ja als mijn baas het niet leest",
        "ok mits inzage",
        "onder voorbehoud",
        "yes but only once",
        "alleen voor onderzoek",
    ],
)
def test_a_condition_is_told_to_be_none(text: str) -> None:
    tracker, dispatcher = turn(text, "toestemming_analyse", toestemming_analyse=None)
    _, told = said(tracker, dispatcher, ActionVerder())
    assert "voorwaarde" in told


def test_a_question_beside_a_yes_is_answered(catalogue: Catalogue) -> None:
    tracker, dispatcher = turn(
        "Ja. Hoe lang duurt het?", "toestemming_citaat", metadata={"aside": "vraag_duur"}
    )
    validate: Any = ValidateOpeningForm().validate_toestemming_citaat
    slots = validate(True, dispatcher, tracker, {})
    assert slots["toestemming_citaat"] is True
    told = "\n".join(each["text"] or "" for each in dispatcher.messages)
    assert " ".join(catalogue.consultatie.duur.split())[:30] in " ".join(told.split())


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("ik ben al op pensioen", "bijdrage"),
        ("poetsvrouw", "bijdrage"),
        ("de bus rijdt niet", "bijdrage"),
        ("weet ik niet", "weet_niet"),
        ("nee", "ontkennen"),
    ],
)
def test_after_a_refusal_one_short_line_with_one_button(text: str, intent: str) -> None:
    tracker, dispatcher = turn(text, "einde", toestemming_analyse=False, intent=intent)
    events, told = said(tracker, dispatcher, ActionVerder())
    (bubble,) = [each for each in dispatcher.messages if each.get("text")]
    assert told in sentences()["nog_geen_toestemming"]
    assert [each["title"] for each in bubble["buttons"]] == ["Toch meedoen"]
    assert (events[-1]["event"], events[-1]["name"]) == ("followup", "action_listen")


def test_a_refusal_is_answered_once_and_a_later_yes_asks_again() -> None:
    tracker, dispatcher = turn("nee", "toestemming", toestemming_analyse=False, intent="ontkennen")
    events, told = said(tracker, dispatcher, ActionVerder())
    assert "Dat is uw goed recht" in told
    assert events[-1]["name"] == "action_listen"
    tracker, dispatcher = turn(
        "ja toch wel", "einde", toestemming_analyse=False, intent="bevestigen"
    )
    events, told = said(tracker, dispatcher, ActionVerder())
    assert told == ""
    assert events[0]["value"] is None
    assert events[-1]["name"] == "opening_form"
    tracker, dispatcher = turn("/begroeten", "einde", toestemming_analyse=False, intent="begroeten")
    _, told = said(tracker, dispatcher, ActionWelkom())
    assert told in sentences()["welkom_na_weigering"]


# Languages.


@pytest.mark.parametrize(
    ("language", "word"),
    [("fr", "néerlandais"), ("en", "Dutch"), ("de", "Niederländisch"), ("es", "Nederlands")],
)
def test_the_notice_about_language_comes_once_in_that_language(language: str, word: str) -> None:
    tracker, dispatcher = turn("x", "antwoord")
    slots = thank_in_language(Talk(dispatcher, tracker), language)
    first = dispatcher.messages[-1]
    assert word in first["text"]
    assert "Nederlands" in first["text"]
    assert first["custom"] == {"other_language": language}
    tracker, dispatcher = turn("x", "antwoord", **slots)
    assert thank_in_language(Talk(dispatcher, tracker), language) == {}
    assert dispatcher.messages[-1]["text"] in sentences()["antwoord_bewaard"]


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("gewoon voor mezelf, ik ben geen voorzitter of zo", "burger"),
        ("enkel voor mezelf", "burger"),
        ("voor mijn eigen, niet voor mijn baas", "burger"),
        ("ikke gewoon", "burger"),
        ("net afgestudeerd", "burger"),
        ("ik zit in de gevangenis", "burger"),
        ("we hebben geen papieren", "burger"),
        ("nachtwaker in een fabriek", "burger"),
        ("ik leer Nederlands in het dorp", "burger"),
        ("feestcomité van onze wijk", "sociaal_cultureel"),
        ("ik zit in de seniorenraad", "sociaal_cultureel"),
        ("trainer van het jeugdvoetbal", "sociaal_cultureel"),
        ("arbeidsconsulente", "arbeidsbemiddeling"),
    ],
)
def test_more_of_who_somebody_may_be(text: str, slug: str, catalogue: Catalogue) -> None:
    named = group_of(text, catalogue)
    assert named.sure
    assert [each.slug for each in named.groups] == [slug]


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("kwerk by de stad moa k klappn ier vo mijn eign", "burger"),
        ("kzit in de bouw maar kdoe dit als gewone gast", "burger"),
        ("'k zyn een gepensioneerden, nie mi of nie min", "burger"),
        ("ik zit in een bedrijf maar spreek als gewone jongen", "burger"),
        ("kwerke in 't stad, ma kspreke vor mien eign", "burger"),
        ("ik zegge't vo mezelven, van gin organisatie", "burger"),
        ("werk bij een bank maar ik antwoord uit eigen naam", "burger"),
        ("ik hoor bij geen enkele vereniging hoor", "burger"),
        ("ik praat in eigen naam, niet voor mijn school", "burger"),
        ("ik heb een kmo met zestien man", "werkgeversorganisatie"),
        ("wij zijn een zaak met dertien mensen", "werkgeversorganisatie"),
    ],
)
def test_who_speaks_is_heard_in_dialect_and_by_the_staff(
    text: str, slug: str, catalogue: Catalogue
) -> None:
    named = group_of(text, catalogue)
    assert [each.slug for each in named.groups] == [slug]
    assert named.sure


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("ik werk bij het spoor, maar hier zit ik als gewone Mechelaar", "burger"),
        ("als simpele Oostendenaar zonder meer", "burger"),
        ("ik ben gewoon een brave Leuvenaar", "burger"),
        ("kwerke in den bouw moar k spreke vo min eigen", "burger"),
        ("ik zit in een fabriek, maar ik praat als gewone Gentse", "burger"),
        ("als gewone Leraar in het onderwijs", "publieke_opleider"),
    ],
)
def test_somebody_of_a_place_speaks_for_themselves(
    text: str, slug: str, catalogue: Catalogue
) -> None:
    named = group_of(text, catalogue)
    assert named.sure
    assert [each.slug for each in named.groups] == [slug]


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("voor mij", "burger"),
        ("enkel voor mezelf natuurlijk", "burger"),
        ("allez, voor mijn eigen verdorie, wat dacht ge", "burger"),
        ("ik doe dit voor mij en mijn twee kinderen", "burger"),
        ("dat is voor onze zoon met een beperking", "burger"),
        ("ten persoonlijken titel", "burger"),
        ("ich bin mer inne van Bree en ich zit zonger wirk", "burger"),
        ("kspreke vo min eign", "burger"),
        ("we zijn een vzw voor jonge werklozen", "sociaal_cultureel"),
        ("wij zijn een kleine vereniging van doven", "sociaal_cultureel"),
        ("ik ben verbonden aan de universiteit van Hasselt", "hoger_onderwijs"),
    ],
)
def test_who_speaks_for_themselves_or_for_an_association_of_others(
    text: str, slug: str, catalogue: Catalogue
) -> None:
    named = group_of(text, catalogue)
    assert ([each.slug for each in named.groups], named.sure) == ([slug], True)


@pytest.mark.parametrize(
    "text",
    [
        "voor mij is dat moeilijk want er rijdt geen trein",
        "voor ons",
        "wij zijn een vereniging van zelfstandigen",
    ],
)
def test_for_me_alone_says_who_speaks_and_no_more(text: str, catalogue: Catalogue) -> None:
    assert not group_of(text, catalogue).sure


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("we hebben een kleine kmo in de bouw", "werkgeversorganisatie"),
        ("firma", "werkgeversorganisatie"),
        ("namens onze slagerij", "werkgeversorganisatie"),
        ("zelfstandige met een frituur en drie kapsters in dienst", "werkgeversorganisatie"),
        ("kzin ne gewonen burger, 'k e nooit anders geweest", "burger"),
        ("grootmoeder van elf, de oudste studeert al", "burger"),
        ("ik was vroeger metser, intussen op pensioen", "burger"),
        ("freelance trainer, ik geef vorming in ziekenhuizen", "private_opleider"),
    ],
)
def test_a_business_that_is_ones_own_and_what_somebody_is_by_now(
    text: str, slug: str, catalogue: Catalogue
) -> None:
    named = group_of(text, catalogue)
    assert ([each.slug for each in named.groups], named.sure) == ([slug], True)


@pytest.mark.parametrize(
    "text",
    [
        "ik heb een bedrijf nodig dat mij opleidt",
        "ik heb in een winkel gestaan",
        "voor mijn vrouw haar bedrijf",
        "fabriek",
        "voor een firma is dat te duur",
    ],
)
def test_a_business_that_is_only_spoken_of_is_nobodys_group(
    text: str, catalogue: Catalogue
) -> None:
    assert not group_of(text, catalogue).sure
