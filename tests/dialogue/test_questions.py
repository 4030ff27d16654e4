"""A question to the assistant is told from content with a question mark."""

from __future__ import annotations

import pytest

from consultation.participation.stand_ins import (
    GIVEN,
    INSULT,
    JOKE,
    KEPT,
    OPEN_QUESTION,
    READERS,
    REPLY,
)
from dialogue.questions import Addressed, addressed, asked_for, asked_inside

BY_ITSELF = {
    OPEN_QUESTION: (
        "is er al budget voor?",
        "is daar geld voor voorzien?",
        "hoeveel geld is er hiervoor voorzien?",
        "is alles al beslist?",
        "ligt dit niet al lang vast?",
        "kan ik iets uploaden?",
        "kan ik hier een foto of bijlage toevoegen?",
        "mag ik een document meesturen?",
        "hoe kan ik mijn nota doorsturen",
        "krijg ik hiervoor betaald?",
        "krijg ik hier iets voor?",
        "word ik hiervoor vergoed?",
        "wat verdien ik hiermee?",
    ),
    REPLY: (
        "wanneer komt er antwoord?",
        "tegen wanneer hoor ik iets?",
        "wanneer krijg ik een antwoord op mijn vraag?",
        "krijg ik nog een reactie op dit?",
        "En wanneer komt er antwoord? Volgende week?",
    ),
    READERS: (
        "Wie leest dit? Mijn concurrent?",
        "wie leest dit?",
        "wie gaat dat hier allemaal lezen",
        "wie leest mijn antwoord eigenlijk?",
        "maar wie ziet dit allemaal?",
        "krijgt de vdab mijn antwoorden te zien?",
        "leest de minister dit?",
    ),
    "vraag_anoniem": (
        "kan mijn baas zien dat ik dit geschreven heb?",
        "ziet mijn werkgever dit?",
        "leest mijn directeur mee?",
        "kan mijn baas zien wie ik ben?",
        "kunnen mijn collega's dit lezen?",
    ),
    "vraag_resultaat": (
        "Lezen jullie dit eigenlijk echt?",
        "wordt dit gelezen?",
        "leest er iemand dit?",
        "doen jullie er eigenlijk iets mee?",
        "worden mijn antwoorden ook echt gelezen?",
    ),
    "contact_mens": (
        "ik wil een mens spreken",
        "kan iemand mij bellen?",
        "geef mij uw baas",
        "ik wil iemand van vlees en bloed spreken",
        "mag ik met een echte persoon praten?",
        "bel mij eens terug",
        "verbind mij door met een medewerker",
        "kan er iemand contact met mij opnemen?",
        "liever een mens aub",
        "wie kan ik bellen?",
    ),
    GIVEN: (
        "daar heb ik al op geantwoord",
        "dat heb ik daarnet al gezegd!",
        "ik heb daar al op geantwoord",
        "die vraag heb je al gesteld",
        "dat is al beantwoord",
        "ge vroegt mij dat al",
        "da hem ik al gezeid",
    ),
    KEPT: (
        "zijn mijn antwoorden nu weg?",
        "is dit al bewaard?",
        "zijn mijn antwoorden opgeslagen?",
        "is alles nu kwijt?",
        "staan mijn antwoorden er nog?",
    ),
    INSULT: (
        "stomme robot",
        "wat een stomme machine!",
        "idioot",
        "gij zijt een onnozelaar",
        "loop naar de maan",
        "domme computer dat ge zijt",
    ),
    JOKE: (
        "mag ik ook een mop vertellen?",
        "ken je een mop?",
        "vertel eens een grap",
        "hahaha",
        "zing eens iets",
        "wil je met mij trouwen?",
    ),
}
CONTENT = (
    "Waarom krijgt niet elke werknemer opleidingsverlof?",
    "Is er genoeg budget voor taallessen in elke gemeente?",
    "Waarom doen jullie niks voor werkzoekenden?",
    "Kunnen jullie niet gewoon avondlessen organiseren?",
    "Wie betaalt de kinderopvang tijdens de les?",
    "Wanneer komt er eindelijk een leerrekening voor iedereen?",
    "Waarom moet ik een foto uploaden om me in te schrijven bij de VDAB?",
    "Mag ik met mijn opleidingscheques een rijbewijs betalen?",
    "Wie leest er nog een folder van de VDAB?",
    "Mijn baas leest geen mails over opleidingen.",
    "Krijg ik mijn loon doorbetaald als ik les volg?",
    "ik wil met mensen praten tijdens de les",
    "ik wil een collega spreken over mijn opleiding voor ik me inschrijf",
    "Een medewerker van de VDAB moet mij bellen als er een cursus start",
    "er moet een mens aan het loket zitten, geen robot",
    "geef de gemeente meer geld",
    "geef elke school een coach",
    "Waarom krijg ik nooit antwoord van de school?",
    "is er geld voor?  meestal niet, zegt de baas",
    "het is al beslist door de directie",
    "dat heb ik op school geleerd",
    "dat heb ik al gezegd tegen mijn baas maar hij luistert niet",
    "wat gebeurt er met mensen zonder diploma?",
    "stomme regels van de overheid",
    "domme computers op school vervangen",
    "de vragenlijst van de VDAB is te lang",
    "Is een cursus te duur? Ja, veel te duur.",
    "Heb je geen auto dan raak je er niet",
    "wie ziet er nog door de bomen het bos",
    "zijn mijn diploma's uit Marokko hier iets waard?",
    "een mop vertellen in de les helpt",
    "ik moet eerst met mijn baas praten",
    "ik wil een medewerker spreken over opleidingen voor lassers",
    "kan iemand mij helpen met mijn diploma",
    "kan iedereen dat betalen?",
    "mag mijn baas dat weigeren?",
    "wat gebeurt er met mijn uitkering als ik begin?",
    "is er geld voor",
    "bel de mensen thuis op",
)


@pytest.mark.parametrize(
    ("text", "asks"), [(text, asks) for asks, texts in BY_ITSELF.items() for text in texts]
)
def test_a_question_about_the_consultation_itself_is_known_by_its_words(
    text: str, asks: str
) -> None:
    found = addressed(text)
    assert found is not None
    # Whatever the classifier makes of it.
    assert {asked_for(found, each) for each in (None, "bijdrage", "stoppen")} == {asks}


@pytest.mark.parametrize("text", CONTENT)
def test_content_is_content_even_with_a_question_mark(text: str) -> None:
    assert addressed(text) is None
    assert addressed(f"{text} " * 9) is None


@pytest.mark.parametrize(
    "text",
    [
        "hoeveel mensen doen er mee aan deze bevraging?",
        "tot wanneer kan ik meedoen?",
        "mag mijn vrouw ook meedoen?",
        "kan ik mijn antwoorden afdrukken?",
        "wie heeft deze chatbot gemaakt?",
    ],
)
def test_what_the_catalogue_answers_the_classifier_decides(text: str) -> None:
    found = addressed(text)
    assert found == Addressed()
    assert asked_for(found, "vraag_wie") == "vraag_wie"
    assert asked_for(found, "buiten_onderwerp") == OPEN_QUESTION
    assert asked_for(found, None) == OPEN_QUESTION
    # A command stays one.
    assert asked_for(found, "antwoord_wijzigen") is None


@pytest.mark.parametrize(
    "text",
    ["hoe oud ben je?", "hebt u kinderen?", "weet je hoe duur een les is?", "kan u niet helpen?"],
)
def test_an_address_alone_needs_the_classifier_as_a_second_witness(text: str) -> None:
    found = addressed(text)
    assert found == Addressed(sure=False)
    assert asked_for(found, "buiten_onderwerp") == OPEN_QUESTION
    assert asked_for(found, "bot_uitdagen") == "bot_uitdagen"
    assert asked_for(found, "bijdrage") is None
    assert asked_for(found, None) is None


def test_inside_an_answer_a_joke_or_remark_stays_part_of_it() -> None:
    assert asked_inside("Is er al budget voor?", None) == OPEN_QUESTION
    assert asked_inside("Lezen jullie dit eigenlijk echt?", "bijdrage") == "vraag_resultaat"
    assert asked_inside("Wie betaalt dat?", "bijdrage") == "bijdrage"
    assert asked_inside("ken je een mop?", None) is None
    assert asked_inside("hoe oud ben je?", None) is None
    assert asked_inside("Hoe lang duurt dit nog?", "vraag_duur") == "vraag_duur"


@pytest.mark.parametrize(
    "text",
    [
        "Hoe zou u zelf dat aanpakken?",
        "en wat vindt ge er zelf van?",
        "is het een probleem dat ik dialect schrijf?",
        "ist erg als mijn Nederlands niet zo goed is?",
        "pouvez-vous parler français avec moi ?",
    ],
)
def test_what_the_assistant_thinks_and_how_one_may_write_is_asked(text: str) -> None:
    assert addressed(text) == Addressed(OPEN_QUESTION)


@pytest.mark.parametrize(
    "text",
    [
        "Wat denkt u van een leerbon voor iedereen?",
        "Is het erg dat de werkgever niet betaalt?",
        "wie zou dat beter doen dan de gemeente?",
    ],
)
def test_a_proposal_or_complaint_as_a_question_is_content(text: str) -> None:
    assert addressed(text) is None
