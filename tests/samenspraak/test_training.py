"""The assistant is trained again when anything that the training reads has changed."""

from __future__ import annotations

import ast

import pytest

from consultation.settings import ROOT
from samenspraak.training import _inputs

TREE = ("bot", "language", "dialogue")
AT_TRAINING = (
    "bot/nlu/spelling.py",
    "bot/nlu/example_model.py",
    "bot/nlu/intent_model.py",
    "bot/nlu/regression.py",
    "bot/nlu/vector_cache.py",
)
"""What makes the features of a text and weighs them."""


def imported(module: str) -> set[str]:
    """The files of the tree that a module imports by name."""
    found = set()
    for node in ast.walk(ast.parse((ROOT / module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in TREE:
            path = str(node.module).replace(".", "/")
            names = (f"{path}.py", *(f"{path}/{each.name}.py" for each in node.names))
            found |= {each for each in names if (ROOT / each).is_file()}
    return found


@pytest.mark.parametrize("module", AT_TRAINING)
def test_what_makes_the_features_is_an_input_of_the_training(module: str) -> None:
    inputs = {str(path.relative_to(ROOT)) for path in _inputs()}
    assert {module, *imported(module)} <= inputs
