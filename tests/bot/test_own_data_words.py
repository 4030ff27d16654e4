"""A hundred requests about own data in everyday words: read, or left open, never the opposite."""

from __future__ import annotations

import pytest

from bot.nlu.own_data import read
from language.reading.request import ERASE, Reading

STEPS = ("vraag", "bevestigen", "verder", "einde")
READ: list[tuple[str, tuple[object, ...] | None]] = [
    ("eigenlijk liever niet dat ge mij citeert", ("toestemming", "citaat", False)),
    ("bij nader inzien wil ik toch niet geciteerd worden", ("toestemming", "citaat", False)),
    (
        "ik heb mij bedacht, gebruik mijn zinnen maar niet letterlijk",
        ("toestemming", "citaat", False),
    ),
    ("hm, dat van dat citeren, doe dat toch maar niet", ("toestemming", "citaat", False)),
    (
        "kunt ge zorgen dat mijn woorden nergens letterlijk verschijnen",
        ("toestemming", "citaat", False),
    ),
    ("mijn zinnen moeten niet in dat plan staan", ("toestemming", "citaat", False)),
    (
        "ik wou daarstraks ja zeggen op die citaten maar eigenlijk liever niet",
        ("toestemming", "citaat", False),
    ),
    ("geen letterlijke zinnen van mij tonen aub", ("toestemming", "citaat", False)),
    ("toch liever geen citaten van mij", ("toestemming", "citaat", False)),
    (
        "ik wil niet dat mijn zinnen letterlijk in het rapport komen",
        ("toestemming", "citaat", False),
    ),
    (
        "zeg, dat met die zinnen tonen, dat mag toch niet meer van mij",
        ("toestemming", "citaat", False),
    ),
    ("please don't quote me", ("toestemming", "citaat", False)),
    ("je ne veux pas être cité", ("toestemming", "citaat", False)),
    ("bitte nicht zitieren", ("toestemming", "citaat", False)),
    ("i don't want to be quoted anymore", ("toestemming", "citaat", False)),
    ("ne me citez pas s'il vous plaît", ("toestemming", "citaat", False)),
    ("citeert mij maar nie", ("toestemming", "citaat", False)),
    ("ge moogt mij toch citeren", ("toestemming", "citaat", True)),
    (
        "Nog één ding, dat van die zinnen tonen, dat mag bij nader inzien toch wel",
        ("toestemming", "citaat", True),
    ),
    ("bij nader inzien mag je mijn zinnen wel tonen", ("toestemming", "citaat", True)),
    ("ik heb erover nagedacht en citeren mag toch", ("toestemming", "citaat", True)),
    ("je mag mij nu wel citeren, ik heb er geen probleem mee", ("toestemming", "citaat", True)),
    ("dat citeren is toch goed voor mij", ("toestemming", "citaat", True)),
    ("mijn woorden mogen toch letterlijk in het plan", ("toestemming", "citaat", True)),
    ("toch wel citeren", ("toestemming", "citaat", True)),
    ("you can quote me after all", ("toestemming", "citaat", True)),
    ("vous pouvez me citer finalement", ("toestemming", "citaat", True)),
    ("geciteerd worden mag nu wel van mij", ("toestemming", "citaat", True)),
    ("ik wil niet dat mijn antwoorden nog bewaard worden", ("toestemming", "analyse", False)),
    ("stop met mijn antwoorden te bewaren", ("toestemming", "analyse", False)),
    (
        "ik trek mijn toestemming om mijn antwoorden te bewaren in",
        ("toestemming", "analyse", False),
    ),
    ("ge moogt mijn antwoorden niet meer gebruiken", ("toestemming", "analyse", False)),
    ("ik wil mijn toestemming terug intrekken", ("toestemming", "", False)),
    ("doe mijn naam er maar uit", ("toestemming", "naam", False)),
    ("ik wil toch liever dat ge alles wegdoet", ("wissen", "all")),
    ("doe alles maar weg", ("wissen", "all")),
    ("smijt heel mijn boeltje maar weg", ("wissen", "all")),
    ("ik wil dat alles wat ik gezegd heb verdwijnt", ("wissen", "all")),
    ("kan alles wat ik hier getypt heb weg", ("wissen", "all")),
    ("vergeet alles wat ik gezegd heb", ("wissen", "all")),
    ("haal al mijn antwoorden uit uw computer", ("wissen", "all")),
    ("ik wil van niks meer weten, gooi alles weg", ("wissen", "all")),
    ("delete everything i said", ("wissen", "all")),
    ("effacez tout ce que j'ai dit", ("wissen", "all")),
    ("lösche alles was ich gesagt habe", ("wissen", "all")),
    ("al wat ik gezegd heb mag weg", ("wissen", "all")),
    ("verwijder mij volledig", ("wissen", "all")),
    ("liefst alles weg van mij", ("wissen", "all")),
    ("ik zou graag hebben dat al mijn gegevens verdwijnen", ("wissen", "all")),
    ("goh ja, weet ge wat, veeg alles maar uit", ("wissen", "all")),
    ("wis mijn voorstel", ("wissen", "voorstel")),
    ("mijn antwoord op de eerste vraag mag weg", ("wissen", "eerste")),
    ("kan mijn laatste antwoord weg", ("wissen", "last")),
    ("doe wat ik net zei maar weg", ("wissen", "last")),
    ("schrap mijn antwoord over wie het moet doen", ("wissen", "wie")),
    ("wat ik over mijn moeder vertelde, doe dat weg", ("wissen", "moeder")),
    ("wis mijn antwoord bij opdracht 5", ("wissen", 5)),
    ("verwijder alles wat ik bij opdracht 3 zei", ("wissen", 3)),
    ("mijn antwoorden van opdracht 8 mogen weg", ("wissen", 8)),
    ("wis wat ik bij het vorige onderwerp zei over mijn chef", ("wissen", "chef")),
    ("effacez ma dernière réponse", ("wissen", "last")),
    ("delete my last answer", ("wissen", "last")),
    ("laat maar, bewaar alles", ("houden",)),
    ("nee, wis toch maar niets", ("houden",)),
    ("wis mijn antwoorden niet", ("houden",)),
    ("niet wissen aub", ("houden",)),
    ("toch niet wissen", ("houden",)),
    ("ge moet niks wegdoen", ("houden",)),
    ("laat alles maar staan, niet wissen", ("houden",)),
    ("hou alles maar bij", ("houden",)),
    ("toon wat ik zei", ("tonen",)),
    ("wat heb ik nu al allemaal gezegd", ("tonen",)),
    ("laat eens zien wat ik geantwoord heb", ("tonen",)),
    ("kan ik mijn antwoorden nog eens zien", ("tonen",)),
    ("wat weet ge allemaal van mij", ("tonen",)),
    ("wat staat er nu van mij in", ("tonen",)),
    ("mag ik nog eens lezen wat ik geschreven heb", ("tonen",)),
    ("lees eens voor wat ik gezegd heb", ("tonen",)),
    ("toon mijn antwoorden", ("tonen",)),
    ("show me what i said", ("tonen",)),
    ("montrez-moi mes réponses", ("tonen",)),
    ("welke gegevens hebben jullie van mij", ("tonen",)),
    ("geef mij nog eens een overzicht van wat ik gezegd heb", ("tonen",)),
    ("wat was mijn code nu weer", ("code",)),
    ("waar vind ik mijn code", ("code",)),
    ("ik ben mijn code kwijt", ("code",)),
    ("kunt ge mij die code nog eens geven", ("code",)),
    ("ik heb mijn code niet opgeschreven", ("code",)),
    ("what is my code", ("code",)),
    ("c'est quoi mon code", ("code",)),
    ("die code, waar staat die", ("code",)),
    ("de overheid moet alles wissen wat ze van werklozen bewaart", None),
    ("leerkrachten mogen studenten citeren", None),
    ("gooi die oude diploma's weg en begin opnieuw", None),
    ("schrap de wachttijd voor de leerrekening", None),
    ("mensen willen niet dat hun baas alles ziet", None),
    ("doe de drempel weg", None),
    ("haal de cursussen uit de stad", None),
    ("de code 32 moet veranderen", None),
]
MISSED: list[tuple[str, tuple[object, ...]]] = [
    ("laat mijn woorden maar uit dat verslag", ("toestemming", "citaat", False)),
    ("mijn naam moet er wel uit he", ("toestemming", "naam", False)),
    ("wis gerust alles, ik wil er niks meer mee te maken hebben", ("wissen", "all")),
    ("dat van de bus mag er uit, dat ik gezegd heb", ("wissen", "bus")),
    ("haal dat stuk over mijn baas eruit dat ik schreef", ("wissen", "baas")),
    ("ik wil mijn antwoord over de drempel terugnemen", ("wissen", "drempel")),
]
"""Not read yet: the assistant must not take them for the opposite."""


def _fits(found: Reading | None, wanted: tuple[object, ...] | None) -> bool:
    if wanted is None or found is None or found.wish is None:
        return wanted is None and (found is None or found.wish is None)
    if found.wish != wanted[0]:
        return False
    if found.wish == "toestemming":
        return (wanted[1], wanted[2]) in found.consents
    if found.wish != ERASE:
        return True
    what = wanted[1]
    if what == "all":
        return found.everything and found.opdracht is None
    if what == "last":
        return found.last
    if isinstance(what, int):
        return found.opdracht == what
    return str(what) in found.about and not found.everything


@pytest.mark.parametrize(("text", "wanted"), READ)
def test_a_request_is_read_in_everyday_words(text: str, wanted: tuple[object, ...] | None) -> None:
    for step in STEPS:
        assert _fits(read(text, step), wanted), step


@pytest.mark.parametrize(("text", "wanted"), [*READ, *MISSED])
def test_no_request_is_read_as_its_opposite(text: str, wanted: tuple[object, ...] | None) -> None:
    for step in (*STEPS, "beheer"):
        found = read(text, step)
        if found is None or wanted is None:
            continue
        if wanted[0] == "toestemming":
            assert (wanted[1], not wanted[2]) not in found.consents, step
            assert not found.everything
        elif wanted[0] == "houden":
            assert found.wish != ERASE or not found.everything, step
        elif wanted[0] == "wissen" and wanted[1] != "all":
            assert not found.everything or found.opdracht is not None, step


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("Ik heb er spijt van dat u mijn woorden mag tonen.", False),
        ("Dat jullie mij mogen citeren, dat betreur ik nu.", False),
        ("Jullie mogen mijn zinnen tonen zei ik, dat trek ik in.", False),
        ("U mag mij citeren, antwoordde ik. Dat neem ik terug.", False),
        ("Ik gaf te snel een ja voor citaten, toch liever niet.", False),
        ("Ik zei daarnet nee bij dat citeren, maar het mag wel hoor.", True),
        ("bij die vraag over letterlijk tonen: ik koos nee op citeren, maak er maar ja van", True),
        ("Ik heb nee geantwoord op letterlijk tonen en eigenlijk mag dat wel.", True),
        ("ik had ja getikt voor mijn zinnen, maak er toch nee van", False),
        ("eerst zei ik nee tegen citaten. doe maar", True),
    ],
)
def test_who_turns_back_on_quotes_is_read_by_where_they_turn_to(text: str, allowed: bool) -> None:
    for step in STEPS:
        found = read(text, step)
        assert found is not None, step
        assert found.consents == (("citaat", allowed),), step


@pytest.mark.parametrize(
    "text",
    [
        "kan dat antwoord weg?",
        "Oei, mijn buurvrouw leest dat ook. Kan mijn laatste antwoord weg?",
        "kan mijn voorstel weg",
        "kunnen mijn antwoorden weg?",
        "Kan dat antwoord over mijn chef weg?",
    ],
)
def test_who_asks_whether_an_answer_can_go_wants_it_erased(text: str) -> None:
    for step in STEPS:
        found = read(text, step)
        assert found is not None, step
        assert found.wish == ERASE, step


@pytest.mark.parametrize(
    "text",
    [
        "Kan de drempel weg voor ouders met kinderen?",
        "de wachtlijsten moeten weg",
        "In de les zei de leraar nee op mijn vraag om te citeren, dat mag niet meer",
        "Mijn dochter heeft spijt dat ze haar school niet afmaakte.",
        "kan die regel weg uit het decreet",
    ],
)
def test_what_should_go_from_the_world_is_no_request(text: str) -> None:
    found = read(text, "vraag")
    assert found is None or found.wish is None


@pytest.mark.parametrize(
    "text",
    [
        "quoten mag eigenlijk toch, er staat nu toch niks herkenbaars in",
        "Mijn woorden mogen toch in het verslag, niemand kent mij daar",
        "je mag mijn zinnen nu toch tonen, er is geen mens die mij herkent",
        "you can quote me after all, nothing secret in it",
        "citeren mag toch, ik heb er niet meer over te klagen",
    ],
)
def test_a_negation_of_something_else_takes_no_quotes_back(text: str) -> None:
    for step in STEPS:
        found = read(text, step)
        assert found is None or ("citaat", False) not in found.consents, step


@pytest.mark.parametrize(
    "text",
    [
        "Gooi alles weg wat ik gezegd heb, echt alles.",
        "Ik heb er over geslapen. Wis alles wat ik zei, alles.",
        "wis alles, maar dan ook alles",
        "verwijder al mijn antwoorden, alles wat ik typte",
        "smijt alles weg, al wat ik schreef",
    ],
)
def test_everything_said_twice_is_everything(text: str) -> None:
    for step in STEPS:
        found = read(text, step)
        assert found is not None
        assert found.everything, step


def test_everything_and_a_part_is_not_everything() -> None:
    found = read("wis mijn voorstel en ook alles over de bus", "vraag")
    assert found is None or not found.everything


@pytest.mark.parametrize(
    "text",
    [
        "wa was da wa'k daar juist zei, lees eens vur",
        "wat stond er weer bij de vorige?",
        "lees eens voor wat ik gezegd heb",
        "wat had ik daar weer geschreven, toon eens",
        "wat staat er nu weer bij die eerste",
    ],
)
def test_who_asks_for_their_words_again_sees_them(text: str) -> None:
    found = read(text, "vraag")
    assert found is not None
    assert found.wish == "tonen"
