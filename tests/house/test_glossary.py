"""``docs/glossary.md`` names each public class of the domain, and nothing that is gone."""

from __future__ import annotations

import ast
import re
from collections import Counter

import pytest

from consultation.settings import ROOT

PAGE = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
NAMED = re.findall(r"^\| `(\w+)` \| `([\w.]+)` \| \S", PAGE, re.MULTILINE)


def classes(room: str) -> list[tuple[str, str]]:
    return [
        (each.name, ".".join(file.relative_to(ROOT).with_suffix("").parts))
        for file in sorted((ROOT / room).rglob("*.py"))
        for each in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(each, ast.ClassDef) and not each.name.startswith("_")
    ]


@pytest.mark.parametrize("room", ["consultation", "analysis", "reporting"])
def test_the_glossary_has_each_public_class_and_no_other(room: str) -> None:
    listed = {each for each in NAMED if each[1].split(".")[0] == room}
    assert listed == set(classes(room))


def test_a_class_name_has_one_meaning() -> None:
    rooms = ("consultation", "analysis", "reporting")
    names = Counter(name for room in rooms for name, _ in classes(room))
    assert [name for name, times in names.items() if times > 1] == []


def test_a_word_stands_in_the_glossary_once() -> None:
    words = [*re.findall(r"^\| ([a-z][\w ]*) \|", PAGE, re.MULTILINE)]
    assert [word for word, times in Counter(words).items() if times > 1 and word != "class"] == []
