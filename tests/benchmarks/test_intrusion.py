"""The blind check of themes asks without telling, and counts what was found."""

from __future__ import annotations

import re

import pytest

from benchmarks.intrusion import Key, Theme, questions, score

THEMES = [
    Theme(name, f"{name} {number}", tuple(f"{name} {number} tekst {each}" for each in range(6)))
    for name, count in (("moties", 9), ("voorbeeld, opdracht 1", 3), ("voorbeeld, opdracht 2", 3))
    for number in range(count)
]


def asked(text: str) -> dict[int, list[str]]:
    parts = re.split(r"^## (\d+)$", text, flags=re.MULTILINE)
    return {
        int(number): re.findall(r"^[a-f]\. (.+)$", body, flags=re.MULTILINE)
        for number, body in zip(parts[1::2], parts[2::2], strict=True)
    }


def test_each_question_has_five_texts_of_a_theme_and_one_of_another_of_the_same_set() -> None:
    text, _, keys = questions(THEMES, 10, seed=1)
    shown = asked(text)
    assert len(keys) == len(shown) == 10
    for key in keys:
        texts = shown[key.number]
        letters = dict(zip("abcdef", texts, strict=True))
        strange = letters.pop(key.intruder)
        assert all(each.startswith(f"{key.label} tekst") for each in letters.values())
        assert strange.startswith(f"{key.from_theme} tekst")
        assert key.from_theme != key.label
        assert key.from_theme.startswith(key.set)


def test_sets_are_drawn_evenly_and_the_intruder_has_no_place_of_its_own() -> None:
    _, _, keys = questions(THEMES, 12, seed=3)
    assert sum(key.set == "moties" for key in keys) == 6
    assert len({key.label for key in keys}) == 12
    assert len({key.intruder for key in keys}) > 2


def test_labels_stand_apart_from_the_questions_and_under_the_same_number() -> None:
    themes = [Theme("s", f"Naam {n}", tuple(f"tekst {n}{k}" for k in range(5))) for n in range(4)]
    text, labels, keys = questions(themes, 4, seed=0)
    assert "Naam" not in text
    assert {f"{key.number}. {key.label}" for key in keys} <= set(labels.splitlines())


def test_a_theme_with_too_few_quotes_or_without_another_beside_it_is_not_asked() -> None:
    few = Theme("s", "kort", ("een", "twee"))
    full = Theme("s", "vol", tuple("abcde"))
    lonely = Theme("t", "alleen", tuple("vwxyz"))
    _, _, keys = questions([few, full, lonely], 10, seed=0)
    assert [(key.label, key.from_theme) for key in keys] == [("vol", "kort")]


KEYS = [
    Key(1, "moties", "Een", "c", "Twee"),
    Key(2, "moties", "Twee", "a", "Een"),
    Key(3, "voorbeeld, opdracht 1", "Drie", "f", "Vier"),
    Key(4, "voorbeeld, opdracht 2", "Vier", "b", "Drie"),
]


@pytest.mark.parametrize(
    "answers",
    [
        "1 c ja\n2. b nee\n3 F ja",
        "2 b\n1 c\n3 f\n\n1 ja\n3 ja\n2 nee",
        "3: f, ja\n2: b, nee\n1: c, ja",
    ],
)
def test_answers_on_one_line_or_on_two_are_counted_alike(answers: str) -> None:
    told = score(KEYS, answers)
    assert (told["questions"], told["answered"], told["found"], told["share"]) == (4, 3, 2, 0.5)
    assert told["per_set"] == {"moties": "1/2", "voorbeeld": "1/2"}
    assert told["labels_readable"] == "2/3"
    assert told["missed"] == [2, 4]


def test_the_interval_is_wilsons() -> None:
    # By hand, with z = 1.96 and 2 of 4: .5 -+ 1.96 / 7.8416 * sqrt(1 + .9604).
    assert score(KEYS, "1 c\n3 f")["interval"] == (0.15, 0.85)
    assert score(KEYS, "")["interval"] == (0.0, 0.49)
