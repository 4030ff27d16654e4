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
