"""What a text changes in the answers that it is about, found by the words that stand in them."""

from __future__ import annotations

import time

import pytest

from language.reading.changes import changes_in, part_with, speaks_of

ANSWERS = {
    "drempel": "De crèche sluit om zes uur en de avondles begint pas om zeven. Dat kost mij 35 euro"
    " oppas per avond, zegt mijn zus uit Temse.",
    "voorstel": "Geef elke ouder een oppasbon van tien uur per maand, te gebruiken bij een erkende"
    " onthaalouder of in de buurtschool.",
    "trekker": "Kind en Gezin met de stad Lokeren, en de Gezinsbond als partner.",
}
EVENING = {
    "drempel": "Op dinsdagavond, na zes uur, rijdt er geen bus.",
    "voorstel": "Het reglement van 2009 geeft maar 300 euro.",
}
VOLUNTEERS = {
    "drempel": "De cursus in Gent kost 300 euro, dan moet ik mijn dochter afhalen.",
    "voorstel": "Laat vrijwilligers op dinsdag les geven in de bib, twee keer per maand.",
}


def the_change(text: str, answers: dict[str, str]) -> tuple[str, str]:
    """The only change in a text: old and new words."""
    (change,) = changes_in(text, answers)
    assert change.sure
    return change.old, text[change.new[0] : change.new[1]]


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("het is niet 35 maar 45 euro", "35", "45"),
        ("sorry, mijn zus woont in Zele, niet in Temse", "Temse", "Zele"),
        ("zet Sint-Niklaas in plaats van Lokeren", "Lokeren", "Sint-Niklaas"),
        (
            "ipv een erkende onthaalouder schrijf je beter een vriendin",
            "erkende onthaalouder",
            None,
        ),
        ("tien uur is te weinig, maak er twintig uur van", "tien", "twintig"),
        ("verander de Gezinsbond in Femma", "Gezinsbond", "Femma"),
        ("oei, de avondles moet dagles zijn", "avondles", "dagles"),
        ("35 euro was vorig jaar, nu is het 38", "35", "38"),
        ("Temse -> Hamme", "Temse", "Hamme"),
        ("not ten hours but elke ouder is goed, 35 euro moet 40 euro zijn", "35", "40"),
        ("maak van die buurtschool maar een bibliotheek", "buurtschool", "bibliotheek"),
        ("ik bedoelde mijn tante, niet mijn zus", "mijn zus", "mijn tante"),
        ("de Gezinsbond heet nu Gezinspunt", "Gezinsbond", "Gezinspunt"),
        ("nie Lokeren mo Lebbeke", "Lokeren", "Lebbeke"),
        ("sorry, niet zeven, half acht is beter", "zeven", "half acht"),
        ("in mijn tweede antwoord hoort twintig te staan in plaats van tien", "tien", "twintig"),
        (
            "het is niet de buurtschool, het moet de bibliotheek zijn",
            "de buurtschool",
            "de bibliotheek",
        ),
        ("in plek van zes uur moest er vijf uur staan", "zes", "vijf"),
        ("Kind en Gezin liever niet, zet Opgroeien", "Kind en Gezin", "Opgroeien"),
    ],
)
def test_new_words_take_the_place_of_words_of_an_answer(
    text: str, old: str, new: str | None
) -> None:
    change, *_ = changes_in(text, ANSWERS)
    assert change.sure
    assert change.old.casefold().endswith(old.casefold())
    assert change.old in ANSWERS[change.key]
    if new is not None:
        said = text[change.new[0] : change.new[1]]
        assert said.casefold().endswith(new.casefold())
        assert len(said.split()) <= len(new.split()) + 1


def test_several_changes_in_one_text_are_all_found() -> None:
    text = "niet Lokeren maar Zele, en in plaats van 35 euro moet er 40 euro staan"
    found = [(each.old, text[each.new[0] : each.new[1]]) for each in changes_in(text, ANSWERS)]
    assert found == [("Lokeren", "Zele"), ("35", "40")]


@pytest.mark.parametrize(
    "text",
    [
        "de avondles is ook te duur",
        "de crèche moet gratis zijn voor alleenstaanden",
        "en in het weekend is er helemaal geen opvang",
        "niet de crèche maar de school sluit niet op tijd",
        "Kind en Gezin moet de trekker zijn",
        "wat schreef ik over de Gezinsbond?",
        "ja dat klopt",
        "de stad moet ook oppassers opleiden",
        "mensen zonder werk hebben nu geen recht op een oppasbon",
        "",
        "!!!",
    ],
)
def test_a_text_that_only_shares_words_changes_nothing(text: str) -> None:
    assert not [each for each in changes_in(text, ANSWERS) if each.sure]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("dat van die oppas", "drempel"),
        ("het stuk over de buurtschool", "voorstel"),
        ("die van de Gezinsbond", "trekker"),
        ("wat zei ik over de onthaalouders?", "voorstel"),
        ("dat is goed zo", None),
    ],
)
def test_a_text_speaks_of_the_answer_with_its_words(text: str, key: str | None) -> None:
    assert speaks_of(text, ANSWERS) == key


def test_the_part_of_an_answer_with_the_words_is_a_clause_of_it() -> None:
    assert part_with("haal dat van de Gezinsbond eruit", ANSWERS["trekker"]) == (
        "en de Gezinsbond als partner"
    )
    assert part_with("dat van mijn zus mag weg", ANSWERS["drempel"]) == "zegt mijn zus uit Temse"
    assert part_with("wis dat van de bus", "de bus rijdt niet") is None


@pytest.mark.parametrize("sign", ["!", "niet maar ", "35 ", ", ", "moet ", "OLD1 "])
def test_long_and_odd_texts_cost_little(sign: str) -> None:
    begun = time.perf_counter()
    changes_in(sign * (320 // len(sign)), {"drempel": sign * 2000})
    speaks_of(sign * 3000, {"drempel": sign * 2000})
    part_with(sign * 3000, sign * 2000)
    assert time.perf_counter() - begun < 1.0


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (
            "dinsdagavond moet donderdagavond zijn in wat ik daarnet schreef",
            "dinsdagavond",
            "donderdagavond",
        ),
        ("oei, dinsdagavond moest vrijdag zijn in mijn eerste antwoord", "dinsdagavond", "vrijdag"),
        ("sorry, zes uur moet zeven uur zijn bij de eerste vraag", "zes", "zeven"),
        ("gelieve 2009 te lezen als 2011", "2009", "2011"),
        ("Erratum: 2009 dient te worden gelezen als 2011.", "2009", "2011"),
        ("2009 moogt u lezen als 2010", "2009", "2010"),
        ("lees donderdag in plaats van dinsdagavond", "dinsdagavond", "donderdag"),
        ("maak van die 300 toch maar 400", "300", "400"),
        ("van die 300 moogt ge 250 maken", "300", "250"),
        ("read Thursday instead of dinsdagavond", "dinsdagavond", "Thursday"),
    ],
)
def test_what_takes_the_place_of_what_is_found_in_these_frames_too(
    text: str, old: str, new: str
) -> None:
    assert the_change(text, EVENING) == (old, new)


@pytest.mark.parametrize(
    "text",
    [
        "oeps typfout, bij vraag 1 moet dat 12 zijn",
        "in antwoord 1 stond een fout, het was 12",
        "bij punt 1 moet 12 staan",
        "vraag 1 klopt niet, maak daar 12 van",
        "question 1 was wrong, it should be 12",
    ],
)
def test_the_number_of_a_question_is_no_word_of_an_answer(text: str) -> None:
    assert changes_in(text, {"voorstel": "Laat ons elk jaar 1 week meelopen."}) == ()


@pytest.mark.parametrize(
    "text",
    [
        "de bus moet gratis zijn voor iedereen",
        "zes uur moet genoeg zijn om te leren",
        "de bus moet er zijn als de les gedaan is",
        "een reglement moet duidelijk zijn",
    ],
)
def test_what_should_be_is_no_correction(text: str) -> None:
    assert not any(each.sure for each in changes_in(text, EVENING))


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (
            "ik heb vrijwilligers geschreven maar eigenlijk moeten dat betaalde krachten zijn",
            "vrijwilligers",
            "betaalde krachten",
        ),
        ("maakt van die twee keer er drie", "twee", "drie"),
        ("bij nader inzien liever woensdag dan dinsdag", "dinsdag", "woensdag"),
        ("dinsdag, of nee, donderdag is beter", "dinsdag", "donderdag"),
        ("twee keer per maand mag vier keer worden", "twee", "vier"),
        ("kan je Gent veranderen naar Brugge?", "Gent", "Brugge"),
        ("in mijn voorstel moet bib bibliotheek zijn", "bib", "bibliotheek"),
        ("Gent is fout het moet Wetteren zijn", "Gent", "Wetteren"),
        (
            "met vrijwilligers bedoel ik eigenlijk gepensioneerden",
            "vrijwilligers",
            "gepensioneerden",
        ),
        ("wacht, toch liever de school dan de bib", "de bib", "de school"),
        ("dochter vervangen door zoon graag", "dochter", "zoon"),
    ],
)
def test_a_change_is_found_in_everyday_frames(text: str, old: str, new: str) -> None:
    assert the_change(text, VOLUNTEERS) == (old, new)


@pytest.mark.parametrize(
    "text",
    [
        "maak van die bib nog eens iets juist",
        "zet dat van de vrijwilligers eens goed",
        "verander vrijwilligers in beter",
        "dat van de bib moet mijn drempel zijn",
    ],
)
def test_how_it_should_become_is_not_what_it_becomes(text: str) -> None:
    assert changes_in(text, VOLUNTEERS) == ()


def test_a_number_is_corrected_in_dialect() -> None:
    said = "De bus rijdt niet meer na zes uur."
    (change,) = changes_in("zeg, ich bedoelde zeve oer, neet zes", {"drempel": said})
    assert (change.old, change.sure) == ("zes", True)
