"""What ``docs/architecture.md`` names exists, and its walk goes from the chat to the plan."""

from __future__ import annotations

import ast
import re

import pytest

from consultation.settings import ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`([\w./]+\.py)(?:::(\w+))?`", PAGE)))
FILES = sorted(set(re.findall(r"`([\w./-]+/(?:[\w-]+\.yml|))`", PAGE)))


@pytest.mark.parametrize(("file", "name"), NAMED, ids="::".join)
def test_a_named_function_exists(file: str, name: str) -> None:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    defined = {
        each.name
        for each in tree.body
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    defined |= {
        target.id
        for each in tree.body
        if isinstance(each, ast.Assign | ast.AnnAssign)
        for target in (each.targets if isinstance(each, ast.Assign) else [each.target])
        if isinstance(target, ast.Name)
    }
    assert not name or name in defined


@pytest.mark.parametrize("path", FILES)
def test_a_named_folder_or_catalogue_exists(path: str) -> None:
    assert (ROOT / path).exists()


def test_the_walk_passes_every_room() -> None:
    walk = PAGE.split("## One sentence")[1].split("## Where to add")[0]
    rooms = {file.split("/")[0] for file, _ in re.findall(r"`([\w./]+\.py)::(\w+)`", walk)}
    assert rooms >= {
        "web",
        "dialogue",
        "bot",
        "actions",
        "consultation",
        "analysis",
        "language",
        "reporting",
    }
