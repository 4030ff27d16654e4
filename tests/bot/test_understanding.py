"""The guard's decision, and what the trained assistant makes of texts it has never seen."""

from __future__ import annotations

import json
import subprocess
from collections import Counter

import pytest

from bot.nlu.consent import yes_or_no
from bot.nlu.judgement import CONTENT, CONTENT_IN_QUESTION, judge
from consultation.settings import ROOT, Settings
from samenspraak.processes import BOT_PYTHON, latest_model, rasa_environment
from samenspraak.understanding import STEPS

LIMIT = 0.8


@pytest.mark.parametrize(
    ("chances", "text", "step", "expected"),
    [
        ({"stoppen": 0.9, "bijdrage": 0.1}, "stop maar", "vraag", "stoppen"),
        ({"stoppen": 0.6, "bijdrage": 0.4}, "stop met de attesten", "vraag", "bijdrage"),
        ({"hulp": 0.45, "herhalen": 0.45, "bijdrage": 0.1}, "wat nu", "vraag", "hulp"),
        ({"weet_niet": 0.95, "bijdrage": 0.05}, "geen idee", "vraag", "weet_niet"),
        ({"ontkennen": 0.99, "bijdrage": 0.01}, "nee", "vraag", "bijdrage"),
        ({"buiten_onderwerp": 0.99, "hulp": 0.01}, "het regent", "vraag", "bijdrage"),
        ({"hulp": 0.6, "buiten_onderwerp": 0.35, "bijdrage": 0.05}, "hulp", "vraag", "hulp"),
        ({"stoppen": 1.0}, "/stop", "vraag", "bijdrage"),
        ({"stoppen": 1.0}, "\u2060/stop", "vraag", "bijdrage"),
        ({"stoppen": 1.0}, "stop " * 20, "vraag", "bijdrage"),
        ({"bijdrage": 0.9, "hulp": 0.1}, "geld", "opdracht", "opdracht_kiezen"),
        ({"hulp": 0.9, "bijdrage": 0.1}, "help", "opdracht", "hulp"),
        ({"weet_niet": 0.9, "bijdrage": 0.1}, "geen idee", "opdracht", "weet_niet"),
        ({"opdracht_kiezen": 0.9, "hulp": 0.1}, "de vakbond", "groep", "bijdrage"),
        ({"bevestigen": 0.9, "bijdrage": 0.1}, "ja", "bevestigen", "bevestigen"),
    ],
)
def test_the_guard_decides_by_the_step(
    chances: dict[str, float], text: str, step: str, expected: str
) -> None:
    assert judge(chances, text, step, LIMIT) == expected


_YES = {"bevestigen": 0.95, "ontkennen": 0.05}
_NO = {"ontkennen": 0.95, "bevestigen": 0.05}
_NAMELESS = {"vraag_anoniem": 0.8, "bevestigen": 0.15, "ontkennen": 0.05}
_PRIVATE = {"vraag_privacy": 0.7, "ontkennen": 0.3}


@pytest.mark.parametrize(
    ("chances", "text", "purpose", "expected"),
    [
        (_YES, "ja", "analyse", "bevestigen"),
        (_YES, "doe maar gerust", "analyse", "bevestigen"),
        (_YES, "👍", "analyse", "bevestigen"),
        (_NAMELESS, "ja dat mag, zonder mijn naam", "analyse", "bevestigen"),
        (_NAMELESS, "ja maar anoniem dan", "citaat", "bevestigen"),
        (_NO, "ok maar geen naam vermelden", "citaat", "bevestigen"),
        (_YES, "geen probleem", "analyse", "bevestigen"),
        (_NO, "nee", "analyse", "ontkennen"),
        (_NO, "ik ga niet akkoord", "analyse", "ontkennen"),
        (_NO, "nee hoeft niet", "analyse", "ontkennen"),
        (_PRIVATE, "nee liever niet, te privé", "citaat", "ontkennen"),
    ],
)
def test_a_clear_yes_or_no_is_taken_whatever_stands_around_it(
    chances: dict[str, float], text: str, purpose: str, expected: str
) -> None:
    assert yes_or_no(chances, text, purpose) == expected


@pytest.mark.parametrize(
    ("chances", "text", "purpose"),
    [
        ({"bevestigen": 0.6, "hulp": 0.4}, "dat zal wel", "analyse"),
        ({"ontkennen": 0.4, "hulp": 0.3}, "tja", "analyse"),
        (_YES, "ja?", "analyse"),
        (_YES, "ja maar", "analyse"),
        (_YES, "ja dat is te privé", "analyse"),
        (_YES, "ja als mijn baas het goed vindt", "analyse"),
        (_YES, "ja, maar alleen voor het onderzoek", "citaat"),
        (_YES, "ja maar niet citeren", "citaat"),
        (_NO, "ja dat mag niet", "analyse"),
        (_NO, "nee, geen probleem", "analyse"),
        (_NO, "nee, ja toch wel", "analyse"),
        (_NAMELESS, "anoniem graag", "analyse"),
        (_NAMELESS, "ja mag dat zonder naam", "analyse"),
        (_NAMELESS, "ja, is dat anoniem?", "analyse"),
        (_NAMELESS, "ja maar anoniem dan", "organisatie"),
        (_YES, "ok maar geen naam vermelden", "organisatie"),
        (_PRIVATE, "wie leest dit", "analyse"),
        ({"stoppen": 0.8, "bevestigen": 0.2}, "ok stop maar", "analyse"),
    ],
)
def test_in_doubt_no_consent_is_given_or_refused(
    chances: dict[str, float], text: str, purpose: str
) -> None:
    assert yes_or_no(chances, text, purpose) not in ("bevestigen", "ontkennen")


def test_a_question_beside_the_consent_is_answered() -> None:
    found = judge(_NAMELESS, "ja, is dat anoniem?", "toestemming", LIMIT, "analyse")
    assert found == "vraag_anoniem"


@pytest.mark.parametrize("step", ["toestemming", "beheer"])
def test_a_typed_slash_gives_no_consent(step: str) -> None:
    assert judge(_YES, "/ja", step, LIMIT) == "bijdrage"


FLOORS = {
    "nlu": {"commands": 0.95, "weakest": 0.75, "taken": 0.035},
    "nlu2": {"commands": 0.95, "weakest": 0.8, "taken": 0.03},
    "nlu3": {"commands": 0.945, "weakest": 0.8, "taken": 0.03},
    "nlu4": {"commands": 0.935, "weakest": 0.7, "taken": 0.02},
}
"""Somewhat under what was measured (docs/understanding.md), as the encoder differs by machine."""

INTENTS = {"nlu": 28, "nlu2": 28, "nlu3": 26, "nlu4": 28}
"""Commands a set has. Set 3 has what is off topic, or in another language, only while a question is
open, where it is an answer by design."""


def understood(number: str) -> list[tuple[str, str]]:
    """Of a held-out set the pairs of what a text is and what the trained assistant takes it for."""
    rows = [
        json.loads(line)
        for name in ("opdrachten", "bijdragen")
        for line in _lines(f"{number}_{name}")
    ]
    asked = "".join(
        json.dumps({"text": row["text"], "step": STEPS[row["context"]]}) + "\n" for row in rows
    )
    done = subprocess.run(
        [str(BOT_PYTHON), "-W", "ignore", "-m", "bot.understand", str(latest_model()), "vraag"],
        cwd=ROOT,
        env=rasa_environment(Settings()),
        input=asked,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = [json.loads(line)["intent"] for line in done.stdout.splitlines() if line[:1] == "{"]
    return [
        (
            CONTENT
            if row["context"] == "vraag" and row["intent"] in CONTENT_IN_QUESTION
            else row["intent"],
            intent,
        )
        for row, intent in zip(rows, found, strict=True)
    ]


def _lines(name: str) -> list[str]:
    return (ROOT / "tests" / "data" / f"{name}.jsonl").read_text("utf-8").splitlines()


@pytest.mark.servers
@pytest.mark.parametrize(
    "number",
    [
        pytest.param("nlu", marks=pytest.mark.soak),
        pytest.param("nlu2", marks=pytest.mark.soak),
        "nlu3",
        "nlu4",
    ],
)
def test_a_held_out_set_is_understood(number: str) -> None:
    """The two newest sets in every run, the older ones in ``make soak``."""
    pairs, floor = understood(number), FLOORS[number]
    total = Counter(intent for intent, _ in pairs)
    right = Counter(intent for intent, taken in pairs if intent == taken)
    contents = total.pop("bijdrage")
    lost = contents - right.pop("bijdrage")
    weakest = min(total, key=lambda intent: right[intent] / total[intent])
    figures = (
        f"set {number}: commands {right.total()}/{total.total()}, taken {lost}/{contents}, "
        f"weakest {weakest} {right[weakest]}/{total[weakest]}"
    )
    print(figures)
    assert len(total) == INTENTS[number], figures
    assert right.total() / total.total() >= floor["commands"], figures
    assert right[weakest] / total[weakest] >= floor["weakest"], figures
    assert lost / contents <= floor["taken"], figures
