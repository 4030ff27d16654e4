"""How urgent something is, in people's own words, as a step of the scale."""

from __future__ import annotations

import pytest

from language.reading.urgency import read_urgency

STEPS = {
    1: "Kan wachten",
    2: "Weinig dringend",
    3: "Tamelijk dringend",
    4: "Dringend",
    5: "Heel dringend",
}
SAID = {
    5: (
        "5",
        "vijf",
        "heel dringend!!",
        "très urgent",
        "zo snel mogelijk",
        "sehr dringend",
        "very urgent",
        "gisteren al",
        "🔥🔥🔥🔥🔥",
        "heel belanrijk",
        "een vier, allee nee, maak er vijf van",
        "zo rap meuglijk",
        "kan niet wachten",
        "5/5",
        "zo snel mogelijk, want de mensen vallen nu al uit",
        "superdringend",
    ),
    4: (
        "4!!",
        "ne vier",
        "Dringend",
        "da moet rap gaan ze",
        "niet dringend genoeg voor een 5, doe 4",
        "ik ben 71, het mag dus niet te lang meer duren",
        "geen 5 maar een 4",
        "ik ben er zelf te oud voor, maar voor mijn kleinkinderen geef ik een 4",
        "4 zou ik zeggen, of komt mijn naam daar dan bij te staan?",
        "wij zijn al verloren moeite, geef de jongeren een dikke vier",
        "4 op 5",
        "wichtig",
    ),
    3: (
        "drie",
        "Gemiddeld.",
        "'t moe nie vandoage zyn, mor ook nie te loate",
        "nogal dringend",
        "er tussenin",
        "assez urgent",
        "ziemlich dringend",
    ),
    2: ("2", "niet zo", "pas si urgent", "not very urgent", "nicht so dringend", "nie zo dringend"),
    1: (
        "mag wachten",
        "not urgent",
        "da pressiert nie",
        "geen haast",
        "kann warten",
        "moag wachtn",
        "helemaal niet dringend",
    ),
}


@pytest.mark.parametrize(
    ("text", "value"), [(text, value) for value, texts in SAID.items() for text in texts]
)
def test_a_step_of_the_scale_is_understood(text: str, value: int) -> None:
    assert read_urgency(text, STEPS).value == value


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("3 of 4", (3, 4)),
        ("tussen 3 en 4", (3, 4)),
        ("drie of vier", (3, 4)),
        ("een 3 of een 4", (3, 4)),
        ("2 à 3", (2, 3)),
        ("een beetje dringend", (2, 3)),
    ],
)
def test_of_two_steps_the_participant_chooses(text: str, values: tuple[int, int]) -> None:
    assert read_urgency(text, STEPS).values == values


@pytest.mark.parametrize(
    "text",
    [
        "weet ik niet",
        "geen mening",
        "kweet het niet",
        "je ne sais pas",
        "I don't know",
        "weiß ich nicht",
        "daar heb ik geen mening over",
        "moeilijk te zeggen",
    ],
)
def test_who_does_not_know_skips(text: str) -> None:
    assert read_urgency(text, STEPS).skipped


@pytest.mark.parametrize(
    "text",
    [
        "stomme robot",
        "jij bent een idioot",
        "De gemeente moet snel een bus inleggen naar het dorp",
        "Zie vorig antwoord.",
        "wat bedoelt u?",
        "hoe bedoel je dringend?",
        "in 5 gemeenten is er geen bus",
        "100",
        "zeven",
        "10 euro per les",
        "de VDAB en de bedrijven",
        "mijn voorstel is ook dat de lessen gratis worden",
        "",
    ],
)
def test_what_says_nothing_about_urgency_has_no_value(text: str) -> None:
    said = read_urgency(text, STEPS)
    assert (said.values, said.skipped) == ((), False)


@pytest.mark.parametrize(("text", "value"), [("zo snel mogelijk", 3), ("kan wachten", 1), ("2", 2)])
def test_a_scale_of_another_length_has_its_own_steps(text: str, value: int) -> None:
    assert read_urgency(text, {1: "laag", 2: "midden", 3: "hoog"}).value == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("kdenk een 3tje", 3),
        ("kzou een 4ke geven", 4),
        ("doe maar een 2tje", 2),
        ("een vijfke voor mij", 5),
        ("och, een drieke zal wel volstaan zeker", 3),
        ("kgeef ne 4", 4),
        ("voor mij een viertje dan", 4),
        ("I'd go for five", 5),
        ("I'll give it a four", 4),
        ("I would say three", 3),
        ("je dirais quatre", 4),
        ("6 als dat bestond!", 5),
        ("een 7 als het kon", 5),
        ("zet er 10 als dat mag", 5),
        ("als ge een 6 had, als dat kan, dan dat", 5),
        ("a 6 if that existed", 5),
        ("meer dan 5", 5),
        ("hoger dan vijf", 5),
        ("boven de 5", 5),
        ("ik zou zeggen drie, of eerder vier. Ja, vier.", 4),
        ("twee. of nee, dus drie", 3),
        ("een 5, of toch een 4. Ok, 4.", 4),
        ("3 of eerder een 2", 2),
        ("eerst dacht ik 2, maar laat ons zeggen 3", 3),
        ("op een schaal tot vijf? vier.", 4),
        ("op de schaal van 1 tot 5: 2", 2),
        ("on a scale of five, three", 3),
    ],
)
def test_a_step_is_understood_however_it_is_put(text: str, value: int) -> None:
    assert read_urgency(text, STEPS).value == value


@pytest.mark.parametrize(
    "text",
    [
        "wat is dringent",
        "wat betekent dringend hier",
        "wacht is da 3 van de 5 of van de 10",
        "is 5 het hoogste of 1",
        "is 1 nu weinig of veel van belang",
        "welke kant is dringend",
        "hoe werkt dat met die cijfers van 1 tot 5",
        "wat is het verschil tussen 4 en 5",
        "what does urgent mean here",
        "maar wat bedoelt ge met dringend",
        "Laten we hier nu verdergaan met het volgende punt.",
        "laat ons nu doorgaan naar de volgende",
        "nu gewoon verderdoen aub",
        "we kunnen direct overgaan naar iets anders",
    ],
)
def test_a_question_about_the_scale_or_a_wish_to_go_on_is_no_step(text: str) -> None:
    assert read_urgency(text, STEPS).values == ()


@pytest.mark.parametrize(
    "text",
    ["waar was ik gebleven, wat vroegt ge nu juist", "wat was er nu ook weer gevraagd"],
)
def test_a_question_on_the_talk_is_no_step(text: str) -> None:
    assert read_urgency(text, STEPS).value is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3 of 4, ik ga 4 zeggen", 4),
        ("twee of drie, kzeg drie", 3),
        ("4 of 5, doe toch maar 5", 5),
        ("geef er maar een vijf aan en dan stop ik", 5),
        ("noteer een drie, ik moet nu gaan eten", 3),
        ("zet maar vier, daarna ga ik slapen", 4),
    ],
)
def test_who_settles_on_a_number_gives_it(text: str, value: int) -> None:
    assert read_urgency(text, STEPS).values == (value,)


def test_two_numbers_that_stay_open_are_two() -> None:
    assert read_urgency("4 of 5, hangt ervan af", STEPS).values == (4, 5)
