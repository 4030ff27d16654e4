"""The code of a theme is made and read in one place."""

from __future__ import annotations

import re

import pytest

from consultation.settings import ROOT
from consultation.theme_code import ThemeCode


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("O04-T012", (4, 12)),
        ("o4-t1", (4, 1)),
        ("O12-T1234", (12, 1234)),
        ("O04", None),
        ("O04-T", None),
        ("O-T012", None),
        ("T012-O04", None),
        ("O04-T012 ", None),
        ("O٤-T012", None),
        ("O04-T0123456789", None),
        ("0" * 32, None),
    ],
)
def test_what_is_a_code_is_read_and_nothing_else(text: str, code: tuple[int, int] | None) -> None:
    assert ThemeCode.read(text) == code


@pytest.mark.parametrize(("opdracht", "number"), [(1, 1), (4, 12), (12, 999), (100, 1000)])
def test_a_code_that_was_made_is_read_back(opdracht: int, number: int) -> None:
    assert ThemeCode.read(str(ThemeCode(opdracht, number))) == (opdracht, number)


def test_no_other_module_makes_or_reads_one() -> None:
    rooms = ("actions", "analysis", "consultation", "reporting", "samenspraak", "web")
    files = [file for room in rooms for file in (ROOT / room).rglob("*.py")]
    made = re.compile(r"-T\{|\"-T\"|'-T'|:03d")
    found = [file.name for file in files if made.search(file.read_text(encoding="utf-8"))]
    assert found == ["theme_code.py"]
