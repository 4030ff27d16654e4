"""Consent in words that no rule knows: heard, asked about in doubt, and never its opposite."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from actions.opening import ActionVerder, ValidateOpeningForm
from bot.nlu.consent import hesitation, is_plain, yes_or_no
from bot.nlu.consent_clauses import opposes
from bot.nlu.consent_model import ConsentModel
from bot.nlu.own_data import read
from bot.nlu.phrases import NO, YES
from consultation.settings import ROOT, Settings
from language.reading import acts
from samenspraak.processes import BOT_PYTHON, latest_model, rasa_environment
from tests.actions.test_changes import Turn

UNCLEAR = "bijdrage"


def learned(**chances: float) -> dict[str, float]:
    """What the model gives: these chances, and the rest for other texts."""
    rest = {"ja": 0.0, "nee": 0.0, "voorwaarde": 0.0, "twijfel": 0.0, "vraag": 0.0, "anders": 0.0}
    return {**rest, "anders": 1.0 - sum(chances.values()), **chances}


ANY = {UNCLEAR: 0.4, "klacht": 0.3}


def test_a_text_that_no_rule_reads_means_what_was_learned() -> None:
    text = "steek het maar onder uw hoofdkussen"
    for question in ("analyse", "citaat", "organisatie"):
        assert yes_or_no(ANY, text, question, learned(ja=0.9)) == YES
        assert yes_or_no(ANY, text, question, learned(nee=0.9)) == NO
        assert yes_or_no(ANY, text, question, learned(ja=0.6)) == UNCLEAR
        assert yes_or_no(ANY, text, question, learned(ja=0.6, nee=0.2)) == UNCLEAR
        assert yes_or_no(ANY, text, question, learned(nee=0.5, ja=0.2)) == UNCLEAR
        assert yes_or_no(ANY, text, question, learned(ja=0.4)) == UNCLEAR
        assert yes_or_no(ANY, text, question, learned(nee=0.4)) == UNCLEAR


@pytest.mark.parametrize(
    "text",
    [
        "hou mijn zinnen maar onder ons",
        "steek dat maar weg voor de rest",
        "zwijg daar maar over",
        "bewaar dat maar voor uzelf",
        "laat de rest maar gerust met mijn zinnen",
    ],
)
def test_a_soft_maar_does_not_undo_a_learned_no(text: str) -> None:
    assert yes_or_no(ANY, text, "citaat", learned(nee=0.9)) == NO


def test_content_typed_where_a_later_consent_is_asked_is_kept() -> None:
    text = "Mensen weten niet bij wie ze terechtkunnen, van loket naar loket."
    place: dict[str, Any] = {
        "requested_slot": "toestemming_citaat",
        "toestemming_citaat": None,
        "opdracht": None,
    }
    for stored in (True, None):
        turn = Turn(text, toestemming_analyse=stored, bewaard=[], **place)
        turn.tracker.active_loop = {"name": "opening_form"}
        ranking = [{"name": "bijdrage", "confidence": 0.9}]
        turn.tracker.latest_message["intent_ranking"] = ranking
        slots = turn.act(ActionVerder())
        assert ("bewaard" in slots) == (stored is True)
        assert turn.effects == []


def test_a_no_that_ends_the_talk_must_be_surer() -> None:
    text = "dat is meer iets voor mijn buurman"
    assert yes_or_no(ANY, text, "citaat", learned(nee=0.6)) == NO
    assert yes_or_no(ANY, text, "analyse", learned(nee=0.6)) == UNCLEAR


@pytest.mark.parametrize(
    "text",
    [
        "voorlopig wel te doen",
        "strikt vertrouwelijk dan",
        "dat blijft tussen ons",
        "maximum een half jaar",
        "kies gij dat maar eens",
        "wie krijgt dat te zien",
        "als de schepen het niet leest",
        "zonder dat het in de krant komt",
        "een stukje ervan",
        "vat dat eens samen in plaats daarvan",
        "ik ben er tegen",
        "misschien later eens",
        "dat laat ik achterwege",
        "maakt dat iets uit?",
    ],
)
def test_no_learned_yes_stands_against_words_that_hold_back(text: str) -> None:
    assert opposes(text, YES)
    assert yes_or_no(ANY, text, "citaat", learned(ja=0.99)) != YES


@pytest.mark.parametrize(
    "text",
    ["daar heb ik niks op tegen", "geen bezwaar hoor", "dat mag gerust", "dat is geen probleem"],
)
def test_no_learned_no_stands_against_words_that_agree(text: str) -> None:
    assert opposes(text, NO)
    assert yes_or_no(ANY, text, "citaat", learned(nee=0.99)) != NO


@pytest.mark.parametrize(
    ("text", "question", "meant"),
    [
        # The question is about quoting without a name: that condition is met.
        ("Mijn naam komt er niet bij? Dan is het goed.", "citaat", YES),
        ("oké maar echt zonder mijn naam hé", "citaat", YES),
        ("waarom niet, maar mijn naam moet er niet bij staan", "citaat", YES),
        ("joa, moa mien noame moe der nie bie stoan", "citaat", YES),
        ("zonder naam? dat mag", "citaat", YES),
        ("zonder mijn naam?", "citaat", None),
        ("nee, ook zonder naam niet", "citaat", NO),
        # One clause allows it, and the others are about something else.
        ("Ge moogt mij gerust citeren, graag zelfs.", "citaat", YES),
        ("Citeer maar, ge doet er toch niks mee.", "citaat", YES),
        ("Bewaren mag. Maar niets letterlijk citeren.", "analyse", YES),
        ("Alweer een enquête. Ja, onderzoek maar.", "analyse", YES),
        ("ik denk het wel, ja", "analyse", YES),
        ("ik denk het wel", "analyse", None),
        ("bewaren mag maar niet onderzoeken", "analyse", "bijdrage"),
        ("toon maar, niet letterlijk", "citaat", None),
        ("ja, bewaar maar" + ", ja" * 95 + ", of toch liever niet", "analyse", None),
        ("ge moogt mij niet citeren, graag zelfs", "citaat", None),
    ],
)
def test_what_stands_beside_a_yes_is_weighed(text: str, question: str, meant: str | None) -> None:
    found = yes_or_no(ANY, text, question, learned())
    assert found == (UNCLEAR if meant is None else meant)
    assert is_plain(text, question) == (meant in (YES, NO))


@pytest.mark.parametrize(
    "text",
    [
        "wat een zever",
        "zo'n zever zeg",
        "alles goed met u?",
        "alles goed met u",
        "goed en met u",
        "qu'est-ce que vous faites avec ça",
        "zet het in andere woorden",
        "schrijf het in uw eigen woorden",
        "ja, solange mein Chef es nicht liest",
        "yes as long as my boss can't see it",
    ],
)
def test_what_resembles_a_yes_is_none(text: str) -> None:
    assert yes_or_no(ANY, text, "citaat", learned()) != YES


@pytest.mark.parametrize(
    "text",
    [
        "neem het maar mee naar boven",
        "neem maar wat bruikbaar is",
        "nee dat stoort mij niet hoor",
        "neem gerust alles over",
        "nee, daar lig ik niet van wakker",
    ],
)
def test_what_resembles_a_no_is_none(text: str) -> None:
    assert yes_or_no(ANY, text, "citaat", learned()) != NO


def test_plain_answers_need_no_model() -> None:
    for text in ("ja", "nee", "ja hoor", "liever niet", "ok", "👍", "joat", "nee dank u", "non"):
        assert is_plain(text, "citaat"), text
    assert not is_plain("dat is meer iets voor mijn buurman", "citaat")


def test_a_doubt_and_a_condition_get_their_own_line() -> None:
    assert hesitation(learned(twijfel=0.8)) == acts.WAVERS
    assert hesitation(learned(voorwaarde=0.8)) == acts.CONDITION
    assert hesitation(learned(ja=0.6)) == acts.UNCLEAR
    assert hesitation(learned(anders=0.6)) is None
    for why, said in ((acts.WAVERS, "tijd"), (acts.CONDITION, "voorwaarde")):
        turn = Turn(
            "daar slaap ik nog een nachtje over",
            entities=[{"entity": acts.CONSENT_ENTITY, "value": why}],
            requested_slot="toestemming_citaat",
            toestemming_analyse=True,
            toestemming_citaat=None,
            opdracht=None,
        )
        turn.tracker.active_loop = {"name": "opening_form"}
        turn.act(ActionVerder())
        assert said in turn.said
        assert turn.effects == []


@pytest.mark.parametrize(
    ("text", "granted"),
    [
        ("ja, maar niet citeren", False),
        ("bewaren mag, maar citeer mij niet", False),
        ("onderzoeken is goed, mijn zinnen letterlijk tonen niet", False),
        ("ok om te bewaren, liever geen citaten van mij", False),
        ("ja en ge moogt mij ook citeren", True),
        ("ja hoor, en citeren mag ook", True),
    ],
)
def test_both_consents_may_be_given_at_once(text: str, granted: bool) -> None:
    assert yes_or_no(ANY, text, "analyse", learned()) == YES
    asked = read(text, "toestemming", "analyse")
    assert asked is not None
    assert asked.wish is None
    turn = Turn(
        text,
        "bevestigen",
        entities=[{"entity": "verzoek", "value": asked.dumped()}],
        requested_slot="toestemming_analyse",
        toestemming_analyse=None,
        toestemming_citaat=None,
        toestemming_organisatie=False,
        opdracht=None,
        groep=None,
    )
    validate: Any = ValidateOpeningForm().validate_toestemming_analyse
    slots = validate(True, turn.dispatcher, turn.tracker, {})
    assert (slots["toestemming_analyse"], slots["toestemming_citaat"]) == (True, granted)
    assert [(each["purpose"], each["granted"]) for each in turn.effects] == [
        ("analyse", True),
        ("citaat", granted),
    ]
    assert "citeren" in turn.said


@pytest.mark.parametrize("text", ["ja", "ja hoor doe maar", "goed, bewaar het maar", "nee"])
def test_what_names_one_consent_decides_about_one(text: str) -> None:
    assert read(text, "toestemming", "analyse") is None


def test_every_kind_has_many_examples_and_none_stands_in_two() -> None:
    told = ConsentModel().told()
    every = [text.casefold() for texts in told.values() for text in texts]
    assert len(every) == len(set(every)) > 400
    assert all(len(texts) > 60 for texts in told.values())


# Written after the examples, in other words.
NEVER_SEEN = {
    YES: [
        "komaan dan, schrijf op",
        "daar is toch niks verkeerds aan, noteren maar",
        "het zou mij genoegen doen",
        "gebruik die gerust voor het verslag",
        "onze raad van bestuur ziet daar geen bezwaar in",
        "boeie, pak maar",
        "gij moogt da zeker doen",
        "ik gun het jullie",
        "mijn fiat krijgt ge",
        "je vous en prie, utilisez-les",
        "help yourself",
        "aber sicher doch",
        "hang het voor mijn part aan de kerkdeur",
        "graag zelfs, ze mogen het horen",
        "ze mogen gerust weten wat ik denk",
        "het mag, dat is voor de vooruitgang",
        "ik maak daar geen spel van",
        "allez joh, doe dan",
    ],
    NO: [
        "dat zou ik niet prettig vinden",
        "mijn gezever moet niemand onder ogen krijgen",
        "dat is niks voor een boek",
        "zijde zot zeker, dat gaat niet door",
        "ik bedank voor de eer",
        "bespaar mij dat",
        "hou mijn zinnen maar binnenshuis",
        "geen behoefte aan",
        "laat mij daar maar uit",
        "kheb da liever nie",
        "je tiens à rester discret, donc non",
        "I would prefer to keep that private",
        "das bleibt bitte unter uns",
        "ge kunt het schudden",
        "dat is een brug te ver voor mij",
        "mijn directie staat dat niet toe",
        "da moogde vergeten",
    ],
    UNCLEAR: [
        "enkel als mijn schoonbroer het niet leest",
        "voor twee weken mag het",
        "daar moet ik eens een nacht over slapen",
        "kiest gij maar wat het beste is",
        "ik heb een kleindochter van twaalf",
        "dat bekijk ik op het einde nog eens",
        "hm, wat zou mijn vrouw daarvan vinden",
        "wat een zever allemaal",
        "de trein naar Aalst was weer te laat",
        "alleen de eerste twee zinnen",
        "mijn bril is beslagen",
        "pff, wat een lange tekst",
    ],
}


@pytest.mark.servers
@pytest.mark.parametrize("question", ["citaat", "analyse"])
def test_words_that_were_never_seen_are_heard_and_never_the_opposite(question: str) -> None:
    rows = [(text, meant) for meant, texts in NEVER_SEEN.items() for text in texts]
    command = [str(BOT_PYTHON), "-W", "ignore", "-m", "bot.understand"]
    done = subprocess.run(
        [*command, str(latest_model()), "toestemming"],
        cwd=ROOT,
        env=rasa_environment(Settings()),
        input="\n".join(json.dumps({"text": text, "question": question}) for text, _ in rows),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    found = [json.loads(line)["intent"] for line in done.stdout.splitlines()]
    read_as = [(text, meant, intent) for (text, meant), intent in zip(rows, found, strict=True)]
    wrong = [each for each in read_as if each[2] in (YES, NO) and each[2] != each[1]]
    assert [each for each in wrong if each[2] == YES] == []
    assert len(wrong) <= 1, wrong
    for meant in (YES, NO):
        heard = [each for each in read_as if each[1] == each[2] == meant]
        missed = [each for each in read_as if each[1] == meant != each[2]]
        assert len(heard) >= len(NEVER_SEEN[meant]) // 3, missed


@pytest.mark.parametrize(
    "text",
    [
        "Oké, onder die voorwaarden ben ik akkoord.",
        "op die voorwaarde is het goed",
        "onder deze voorwaarden stem ik in",
        "goed, onder die voorwaarden mag het",
        "onder die voorwaarden akkoord",
    ],
)
def test_conditions_that_were_met_before_leave_a_yes(text: str) -> None:
    assert yes_or_no(ANY, text, "analyse", learned()) == YES


@pytest.mark.parametrize(
    "text",
    [
        "nee hoor, geen enkel probleem, gebruik maar wat je nodig hebt",
        "nee dat is geen probleem, doe maar",
        "neen, geen bezwaar, schrijf maar op",
        "nee hoor, niet erg, toon maar",
        "nee, geen probleem, neem maar over wat past",
    ],
)
def test_a_no_to_an_objection_leaves_a_learned_yes(text: str) -> None:
    assert yes_or_no(ANY, text, "citaat", learned(ja=0.9)) == YES
    assert yes_or_no(ANY, text, "citaat", learned()) != NO


@pytest.mark.parametrize(
    "text",
    [
        "Nee, maar mijn antwoorden tellen dan toch nog mee?",
        "nee, kan ik dan nog verder doen?",
        "liever niet, en wat gebeurt er dan met mijn tekst?",
        "neen, is dat erg?",
        "nee hoor, doe ik dan nog mee?",
    ],
)
def test_a_no_with_a_question_about_it_is_a_no_where_the_talk_goes_on(text: str) -> None:
    assert yes_or_no(ANY, text, "citaat", learned()) == NO
    assert yes_or_no(ANY, text, "analyse", learned()) != YES


@pytest.mark.parametrize(
    "text",
    [
        "doe maar, of nee wacht, toch liever niet",
        "ja, goed. Of nee, toch maar niet",
        "citeer gerust. hm, eigenlijk toch liever niet",
        "dat mag, of wacht, liever niet letterlijk",
        "ok dan, maar nee, liever niet tonen",
        "ja hoor, en dan, nee, toch liever niet doen",
        "akkoord; bij nader inzien: toch niet",
        "ja, maar nee, liever niet hoor",
        "goed voor mij, wacht, toch beter niet",
        "doet maar, nee, liever ni",
    ],
)
def test_who_ends_with_a_no_says_no(text: str) -> None:
    assert yes_or_no(ANY, text, "citaat", learned(twijfel=0.8)) == NO


@pytest.mark.parametrize(
    "text",
    [
        "liever niet eigenlijk, maar voor de rest doe ik graag mee",
        "Dat heb ik liever niet, als het u hetzelfde is",
        "nee dat zou ik niet aankunnen als iemand mij herkent",
        "nee, de rest mag u wel bewaren",
        "nee dank u, verder doe ik gewoon mee",
        "liever niet, ik woon in een klein dorp",
        "nee ik werk daar nog, als mijn chef dat leest heb ik last",
        "liefst niet, voor het overige help ik graag",
        "nee want iedereen kent mij daar",
        "nee merci, als het kan zonder mijn woorden",
    ],
)
def test_reasons_and_readiness_for_the_rest_leave_a_no(text: str) -> None:
    assert yes_or_no(ANY, text, "citaat", learned(ja=0.6)) == NO


@pytest.mark.parametrize(
    "text",
    [
        "nee geen probleem",
        "nee hoor, doe maar",
        "nee, dat is goed voor mij",
        "liever niet, of ja toch wel",
        "nee, dat mag gerust",
        "nee ik heb daar geen bezwaar tegen",
    ],
)
def test_a_no_that_takes_an_objection_away_is_no_refusal(text: str) -> None:
    assert yes_or_no(ANY, text, "citaat", learned(nee=0.4)) != NO


@pytest.mark.parametrize(
    "text",
    [
        "als myn naam der nie by stoat is 't goed voor my",
        "os mijn noam der ni bie stoat mag da",
        "doe maar juffrouw, als mijne naam er maar nie bij staat",
        "doe mor, ast mor zonder mijne noam is",
        "zolang mijn naam er niet bij komt is het goed voor mij",
        "ja als men naam der ni bij stoat",
        "ok zolang mijn naam nergens staat",
        "is goed voor mij als mijn naam er niet bij staat",
        "mits mijn naam er niet bij komt, akkoord",
        "als je mijn naam weglaat mag het",
    ],
)
def test_the_condition_that_no_name_is_told_is_met_in_dialect_too(text: str) -> None:
    assert yes_or_no(ANY, text, "citaat", learned(voorwaarde=0.5)) == YES
    assert yes_or_no(ANY, text, "organisatie", learned(voorwaarde=0.5)) != YES


@pytest.mark.parametrize(
    "text",
    [
        "een samenvatting mag, letterlijk niet",
        "in uw eigen woorden mag, niet in die van mij",
        "het idee mag je gebruiken, mijn zinnen niet",
        "vertellen mag, overschrijven niet",
        "bespreken is goed, afdrukken niet",
    ],
)
def test_what_is_allowed_beside_leaves_a_sure_no_to_quotes(text: str) -> None:
    assert yes_or_no(ANY, text, "citaat", learned(nee=0.95)) == NO
    assert yes_or_no(ANY, text, "analyse", learned(nee=0.95)) != YES


@pytest.mark.parametrize(
    "text",
    ["ik heb niets te verstoppen", "niks te verbergen hier", "ik heb niets te vrezen"],
)
def test_who_has_nothing_to_hide_does_not_stop(text: str) -> None:
    assert yes_or_no({"stoppen": 0.8}, text, "analyse", learned(ja=0.9)) == YES


@pytest.mark.parametrize(
    "text",
    [
        "als ge mijn naam er niet bij schrijft vind ik dat best",
        "zolang je mijn naam niet noemt heb ik daar geen bezwaar",
        "ok, but no name please",
        "oui mais sans mon nom",
        "goed, but without my name",
        "liever wel",
        "liefst wel, ja",
        "nee. of toch ja",
        "nee wacht, toch wel, doe maar",
        "neen, eigenlijk toch ja",
    ],
)
def test_a_met_condition_and_a_turn_to_yes_are_a_yes_to_quotes(text: str) -> None:
    assert yes_or_no(ANY, text, "citaat", learned()) == YES


@pytest.mark.parametrize(
    "text",
    [
        "dat ik niet wil, ik schrijf niet mooi",
        "ik dat niet wil",
        "neint, da moet nie, moa 'k wil wel voort doen",
        "nint merci",
        "dat wij liever niet willen",
        "nee, toch bedankt",
        "ja, of nee wacht, toch maar niet",
    ],
)
def test_a_no_in_other_word_order_and_dialect_is_a_no_to_quotes(text: str) -> None:
    assert yes_or_no(ANY, text, "citaat", learned()) == NO


@pytest.mark.parametrize(
    "text",
    ["nee. of toch ja", "ik zou liever wel weten wie dat leest", "ok zolang het niet op tv komt"],
)
def test_what_turns_or_lays_a_condition_does_not_begin_the_talk(text: str) -> None:
    assert yes_or_no(ANY, text, "analyse", learned()) not in (YES, NO)


@pytest.mark.parametrize(
    "text",
    [
        "mijn zinnen? goh ja, zolang mijn naam er niet bij staat",
        "doe maar, mijn naam komt er toch niet bij",
        "mijn woorden in een plan, mijn moeder zou trots zijn. Ja zeker.",
        "toon maar, ik heb niks te verbergen behalve mijn leeftijd",
        "dan zeg ik ja, maar met een klein hartje",
        "oké dan mag het",
        "ja, vuur maar af",
        "ja hoor, steek maar van wal",
    ],
)
def test_a_yes_with_a_sigh_or_an_invitation_is_a_yes(text: str) -> None:
    assert yes_or_no(ANY, text, "citaat") == YES


@pytest.mark.parametrize(
    "text",
    [
        "citeren, nee. Samenvatten mag.",
        "letterlijk, liever niet. De rest mag.",
        "quotes moet ik eerst overleggen, dus voorlopig niet",
        "dat bekijk ik met mijn collega's, dus nu nog niet",
        "citaten? dat vraag ik na, voorlopig niet",
    ],
)
def test_a_no_for_now_or_by_name_is_a_no(text: str) -> None:
    assert yes_or_no(ANY, text, "citaat") == NO


@pytest.mark.parametrize(
    "text",
    [
        "hangt ervan af wat ik ga zeggen",
        "dat hangt af van wat ge ermee doet",
        "goh, hangt er van af",
        "hangt daarvan af of mijn baas meeleest",
    ],
)
def test_what_depends_is_asked_again_and_ends_nothing(text: str) -> None:
    for question in ("analyse", "citaat"):
        assert yes_or_no({"stoppen": 0.9, UNCLEAR: 0.1}, text, question) == UNCLEAR


@pytest.mark.parametrize(
    "text",
    [
        "mag dat? niet met mijn naam",
        "ja maar eerst wil ik weten wie het leest",
        "mijn zinnen? liever niet",
        "oke dan mag het niet",
        "ja, vraag maar niet te veel",
    ],
)
def test_words_that_hold_back_are_no_yes(text: str) -> None:
    assert yes_or_no(ANY, text, "citaat") != YES


@pytest.mark.parametrize(
    "text",
    [
        "bwa voor mij goed, zolang ge mijn naam eruit laat",
        "dat mag gerust, ge moet er gewoon gene naam bij schrijven",
        "zeker, als ge mijnen naam eruit houdt",
        "voor mij is dat ok, zolang mijn naam er niet onder staat",
        "tuurlijk, ge moet mijn naam er alleen niet bij zetten",
    ],
)
def test_a_name_that_stays_out_is_no_condition_of_quotes(text: str) -> None:
    assert yes_or_no(ANY, text, "citaat", learned(voorwaarde=0.6)) == YES


@pytest.mark.parametrize(
    "text",
    [
        "ja natuurlijk, anders was ik hier niet",
        "uiteraard, anders heeft heel dit gesprek geen nut",
        "ja zeg, waarom zou ik hier anders zitten",
        "zeker mag dat, wat zou ik hier anders komen doen",
        "allicht mag dat",
    ],
)
def test_the_reason_of_a_yes_by_its_opposite_leaves_the_yes(text: str) -> None:
    assert yes_or_no(ANY, text, "analyse", learned(vraag=0.6)) == YES


@pytest.mark.parametrize(
    "text",
    [
        "yep ma citeer mij nie he",
        "ja mo gin citaten",
        "ok mr quote mij niet",
        "jawel moar nie letterlijk overnemen",
        "ja ma zonder quotes",
    ],
)
def test_a_no_to_quotes_in_dialect_ends_nothing_where_it_is_asked_to_keep(text: str) -> None:
    assert yes_or_no({NO: 0.9, UNCLEAR: 0.1}, text, "analyse", learned(nee=0.9)) != NO


@pytest.mark.parametrize(
    "text",
    [
        "natuurlijk mag dat niet",
        "ja ma ik wil da ge ze achteraf wist",
        "ja anders niet",
        "mja voor mij goed, maar wie leest dat",
        "ja ma bewaar ze nie",
    ],
)
def test_but_in_dialect_and_otherwise_do_not_make_a_yes(text: str) -> None:
    assert yes_or_no(ANY, text, "analyse", learned()) != YES


@pytest.mark.parametrize(
    "text",
    [
        "oui vous pouvez utiliser ma phrase",
        "oui pour ma part",
        "pas de problème pour ma part",
        "oui, citez ma phrase",
        "d'accord pour ma réponse",
    ],
)
def test_the_french_ma_is_no_but(text: str) -> None:
    assert yes_or_no(ANY, text, "citaat", learned(ja=0.8)) == YES


@pytest.mark.parametrize(
    "text",
    [
        "Citeren kan, na anonimisering",
        "akkoord, onder voorwaarde van volledige anonimiteit",
        "geen bezwaar, mits garantie op anonimiteit",
        "och joa, es mienen naam der neet bie steet",
    ],
)
def test_a_condition_in_formal_words_or_dialect_that_is_met_leaves_a_yes(text: str) -> None:
    assert yes_or_no(ANY, text, "citaat", learned(voorwaarde=0.8)) == YES


@pytest.mark.parametrize(
    "text", ["citeren mag niet, ook niet met anonimisering", "niet zonder anonimisering"]
)
def test_anonymity_makes_no_yes_of_a_no(text: str) -> None:
    assert yes_or_no(ANY, text, "citaat", learned(voorwaarde=0.8)) != YES
