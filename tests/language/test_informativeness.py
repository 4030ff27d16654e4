"""The measure behind asking on: what answers tell, which of them are thin, and what is missing."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultation.catalogue import Catalogue
from consultation.settings import ROOT
from language.embedding import Vectors, normalised
from language.informativeness import (
    LENIENT,
    OFF,
    STRICT,
    UNKNOWN_BITS,
    Kind,
    information,
    is_non_answer,
    judge_answer,
    load_frequencies,
)

NON_ANSWERS = [
    "weet niet",
    "Weet ik niet.",
    "kweenie",
    "'k weet het ni",
    "ik zou het niet weten",
    "Geen mening",
    "geen idee, sorry",
    "geen flauw idee eigenlijk",
    "ik weet niet wat ik hier moet schrijven",
    "zie boven",
    "zie vorige vraag",
    "hetzelfde als daarnet",
    "idem",
    "-",
    "?",
    "...",
    "",
    "👍",
    "nvt",
    "N.v.t.",
    "ok",
    "Oké",
    "ja",
    "nee hoor",
    "niks",
    "haha",
    "blablabla",
    "asdfghjkl",
    "qsdf jklm",
    "xkcjv wqrtz",
    "lkjfds oiwejr",
    "hfjdk",
    "test test",
    "tja",
    "aaaaaaaa",
]

ANSWERS = [
    "te duur",
    "geen tijd",
    "geen goesting",
    "Ik weet niet wat ik wil leren",
    "weet niet waar ik mij moet inschrijven",
    "ja, als de werkgever meebetaalt",
    "nee aan verplichte bijscholing",
    "VDAB",
    "leerkosten",
    "MIJN ERVARING TELT NIET",
    "geen idee waar ik die info kan vinden",
    "uurrooster past niet",
    "Ehliyetim yok, kurs çok uzak",
    "wa kost da allemaal nie",
    "opleidingsverlof",
    "onderwys is te dur",
    "Les cours sont trop chers pour nous",
    "الدروس غالية جدا",
    "Курсы слишком дорогие",
    "Zajęcia są za drogie",
    "4",
]

TOLD: list[tuple[Kind, str]] = [
    ("drempel", "te duur voor alleenstaande ouders in Gent"),
    ("drempel", "geen kinderopvang in ons dorp"),
    ("drempel", "Mijn baas zegt: als ik u opleid gaat ge weg"),
    ("drempel", "den bus rijdt 's avonds niet meer"),
    ("drempel", "Ik ben slechtziend. Ik word nooit gevraagd."),
    ("drempel", "geen laptop en geen internet thuis"),
    ("drempel", "Na mijn shift in de fabriek ben ik doodop"),
    ("drempel", "ik vin gin opvang voor mijn kinders"),
    ("drempel", "de cursus kost 380 euro, da kan ik nie betale"),
    ("drempel", "Laaggeletterden begrijpen de folders niet"),
    ("drempel", "faalangst door slechte ervaringen op school"),
    ("drempel", "geen opvang tijdens de avondlessen"),
    ("drempel", "Wie weinig verdient kan geen laptop kopen"),
    ("drempel", "opleidingsverlof geldt niet voor interimmers"),
    ("drempel", "wachtlijst van zes maanden voor Nederlands"),
    ("drempel", "Les cours de néerlandais sont trop chers à Vilvorde"),
    ("voorstel", "gratis bus voor cursisten"),
    ("voorstel", "kinderopvang tijdens de lessen"),
    ("voorstel", "laptops uitlenen in de bib"),
    ("voorstel", "Een vast aanspreekpunt per gemeente"),
    ("voorstel", "laat de vakbond infosessies geven op het werk"),
    ("voorstel", "avondles online voor ploegarbeiders"),
    ("voorstel", "Zet het gewoon op mijn loonbriefje"),
    ("voorstel", "een buddy die mee gaat de eerste les"),
    ("voorstel", "sectorfonds betaalt de cursus van kmo's"),
    ("voorstel", "gelijk in Denemarken: een studieloon voor iederen"),
    ("voorstel", "VDAB moet langskomen in de buurthuizen"),
    ("trekker", "VDAB"),
    ("trekker", "de gemeente"),
    ("trekker", "vdab"),
    ("trekker", "Sectorfonds"),
    ("trekker", "de werkgever"),
    ("trekker", "wij zelf"),
    ("trekker", "SERV"),
    ("trekker", "den bib"),
    ("trekker", "De overheid"),
    ("trekker", "mijn baas"),
    ("trekker", "AHOVOKS"),
    ("prioriteit", "4"),
    ("prioriteit", "heel dringend"),
    ("prioriteit", "weet niet"),
    ("extra", "de lessen zijn te ver van huis"),
    ("extra", "meer Nederlandse les op de werkvloer"),
]

THIN: list[tuple[Kind, str, str]] = [
    ("drempel", "te duur", "voorbeeld"),
    ("drempel", "geld", "voorbeeld"),
    ("drempel", "geen tijd", "voorbeeld"),
    ("drempel", "Tijd en geld", "voorbeeld"),
    ("drempel", "beter onderwijs", "voorbeeld"),
    ("drempel", "te veel theorie", "voorbeeld"),
    ("drempel", "het is allemaal te moeilijk", "voorbeeld"),
    ("drempel", "veel mensen hebben daar geen tijd voor", "voorbeeld"),
    ("drempel", "tis te duur e", "voorbeeld"),
    ("drempel", "motivatie", "voorbeeld"),
    ("drempel", "da's allemaal nie gemakkelijk", "voorbeeld"),
    ("drempel", "alles is veel te ingewikkeld geworden", "voorbeeld"),
    ("drempel", "geld geld geld geld geld", "voorbeeld"),
    ("drempel", "weet niet", "wat"),
    ("drempel", "5", "voorbeeld"),
    ("voorstel", "meer doen", "wat"),
    ("voorstel", "het moet beter", "wat"),
    ("voorstel", "geld", "hoe"),
    ("voorstel", "beter onderwijs", "hoe"),
    ("voorstel", "gratis maken", "hoe"),
    ("voorstel", "Meer investeren", "wat"),
    ("voorstel", "mensen beter helpen", "wat"),
    ("voorstel", "sensibiliseren", "hoe"),
    ("voorstel", "een campagne", "hoe"),
    ("voorstel", "meer aandacht en respect", "hoe"),
    ("voorstel", "betere comunicatie", "hoe"),
    ("voorstel", "gewoon is wa meer luisteren", "hoe"),
    ("voorstel", "zie boven", "wat"),
    ("trekker", "iedereen", "wie"),
    ("trekker", "niemand", "wie"),
    ("trekker", "geen idee", "wie"),
    ("trekker", "ze", "wie"),
    ("trekker", "?", "wie"),
    ("extra", "meer", "voorbeeld"),
    ("extra", "ok", "wat"),
]


@pytest.mark.parametrize("text", NON_ANSWERS)
def test_a_non_answer_is_known(text: str) -> None:
    assert is_non_answer(text)
    assert judge_answer(text, "drempel").thin


@pytest.mark.parametrize("text", ANSWERS)
def test_a_short_answer_is_no_non_answer(text: str) -> None:
    assert not is_non_answer(text)


@pytest.mark.parametrize(("kind", "text"), TOLD)
def test_a_short_answer_that_tells_something_is_left_alone(kind: Kind, text: str) -> None:
    assert not judge_answer(text, kind).thin


@pytest.mark.parametrize(("kind", "text", "missing"), THIN)
def test_a_thin_answer_is_asked_on_and_for_what(kind: Kind, text: str, missing: str) -> None:
    judgement = judge_answer(text, kind)
    assert judgement.thin
    assert judgement.missing == missing


def test_words_of_the_question_tell_nothing_new() -> None:
    question = "Wat houdt mensen tegen om een eigen leerdoel te kiezen?"
    answer = "een leerdoel kiezen in de werkplaats"
    assert not judge_answer(answer, "drempel").thin
    assert judge_answer(answer, "drempel", question).thin


@pytest.mark.parametrize(("kind", "text"), [each[:2] for each in THIN])
def test_off_asks_on_never_but_still_measures(kind: Kind, text: str) -> None:
    off, on = judge_answer(text, kind, strictness=OFF), judge_answer(text, kind)
    assert not off.thin
    assert (off.non_answer, off.information, off.cues) == (
        on.non_answer,
        on.information,
        on.cues,
    )


@pytest.mark.parametrize(("kind", "text"), [each[:2] for each in THIN])
def test_what_is_thin_stays_thin_when_stricter(kind: Kind, text: str) -> None:
    assert judge_answer(text, kind, strictness=STRICT).thin


def test_strict_wants_a_name_behind_the_government() -> None:
    assert not judge_answer("de overheid", "trekker").thin
    assert judge_answer("de overheid", "trekker", strictness=STRICT).missing == "wie"


def test_the_cues_that_were_found() -> None:
    judgement = judge_answer(
        "Vorig jaar moesten 12 poetshulpen in Aalst stoppen, bijvoorbeeld met Excel.", "drempel"
    )
    assert judgement.cues == ("wie", "wat", "waar", "getal", "voorbeeld")
    assert judgement.specificity == 5
    assert judgement.missing is None
    assert judge_answer("het moet beter", "voorstel").specificity == 0


def test_rare_words_carry_more_than_common_ones() -> None:
    assert information("") == 0
    assert 3 < information("de") < 6
    assert information("het is niet goed") < information("geen kinderopvang na schooltijd")
    assert information("onderwijs") < information("onderwys") == UNKNOWN_BITS
    assert information("te duur") == information("TE DUUR!!")


def test_letters_at_random_tell_no_more_than_a_rare_word() -> None:
    assert information("xkcjvwqrtzbn") == UNKNOWN_BITS


def test_kinds_and_strictness_are_closed() -> None:
    with pytest.raises(ValueError, match="choose from drempel"):
        judge_answer("te duur", "drempels")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="strictness 3"):
        judge_answer("te duur", "drempel", strictness=3)


class _Letters:
    """An encoder that compares texts by the letters they use."""

    name, version, dimension = "letters", "1", 26

    def encode(self, texts: Sequence[str]) -> Vectors:
        counts = [[text.lower().count(chr(97 + i)) + 0.01 for i in range(26)] for text in texts]
        return normalised(np.array(counts))


def test_relevance_is_there_when_an_encoder_is() -> None:
    question = "Wat maakt een cursus te duur?"
    assert judge_answer("te duur", "drempel", question).relevance is None
    assert judge_answer("te duur", "drempel", encoder=_Letters()).relevance is None
    near = judge_answer("een cursus is te duur", "drempel", question, encoder=_Letters()).relevance
    far = judge_answer("voetbal op zondag", "drempel", question, encoder=_Letters()).relevance
    assert near is not None
    assert far is not None
    assert 0 <= far < near <= 1


def test_relevance_counts_only_when_strict() -> None:
    answer, question = "zz zzz voetbal Zoo zzzzz 3 buzz pizza jazz puzzel quiz", "Wat weegt er mee?"
    lenient = judge_answer(answer, "extra", question, encoder=_Letters())
    assert lenient.relevance is not None
    assert lenient.thin == judge_answer(answer, "extra", question).thin


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=200), st.sampled_from(["drempel", "voorstel", "trekker", "extra"]))
def test_any_text_gets_a_judgement(text: str, kind: Kind) -> None:
    for strictness in (OFF, LENIENT, STRICT):
        judgement = judge_answer(text, kind, strictness=strictness)
        assert judgement.information >= 0
        assert 0 <= judgement.specificity <= 5
        assert not judgement.thin or judgement.missing is not None
        assert strictness == OFF or judgement.thin or not judgement.non_answer


def test_few_are_asked_on_in_the_sample() -> None:
    rows = [
        json.loads(line)
        for number in (1, 2)
        for line in (ROOT / "data" / "voorbeeld" / f"ronde{number}.jsonl").read_bytes().splitlines()
    ]
    rows = [row for row in rows if row["question"] in ("drempel", "voorstel")]
    share = {
        strictness: sum(
            judge_answer(row["text"], row["question"], strictness=strictness).thin for row in rows
        )
        / len(rows)
        for strictness in (OFF, LENIENT, STRICT)
    }
    assert share[OFF] == 0
    assert 0.03 < share[LENIENT] < 0.30
    assert share[LENIENT] < share[STRICT] < 0.30
    brief = [row for row in rows if len(row["text"].split()) <= 8]
    assert sum(judge_answer(row["text"], row["question"]).thin for row in brief) > len(brief) / 2


def test_long_texts_do_not_take_long() -> None:
    load_frequencies()
    for text in ("de " * 4_000, "a" * 10_000, "ik heb " * 2_000, "x" * 5_000 + " " + "1" * 5_000):
        start = time.process_time()
        judge_answer(text, "voorstel")
        assert time.process_time() - start < 1


def test_of_short_chat_answers_those_are_asked_on_that_say_little(catalogue: Catalogue) -> None:
    path = ROOT / "tests" / "data" / "korte_antwoorden.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    opdracht = catalogue.opdracht(4)
    assert opdracht is not None
    assert len(rows) >= 60
    asked, as_labelled = 0, 0
    for row in rows:
        vraag = opdracht.question(row["kind"])
        assert vraag is not None
        thin = judge_answer(row["text"], row["kind"], vraag.tekst).thin
        asked += thin
        as_labelled += thin == row["thin"]
    assert as_labelled >= 0.9 * len(rows)
    assert 0.4 * len(rows) <= asked <= 0.7 * len(rows)
