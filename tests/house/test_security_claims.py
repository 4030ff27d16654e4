"""docs/security.md claims nothing without a test: each row names some, and they exist."""

from __future__ import annotations

import ast
import re

from consultation.settings import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
TABLE = PAGE.partition("## Claims, and their tests")[2].partition("\n## ")[0]
ROWS = [
    [cell.strip() for cell in row.strip("|").split(" | ")]
    for row in TABLE.splitlines()
    if row.startswith("| ") and not row.startswith("| claim")
]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def functions(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)}


def test_every_claim_names_tests_that_exist() -> None:
    assert len(ROWS) > 25
    missing = []
    for claim, tests in ROWS:
        found = NAMED.findall(tests)
        # Nothing else stands in the column: a misspelt name is no name.
        if not found or len(found) != tests.count("`") // 2:
            missing.append(claim)
        missing += [
            f"{file}::{name}"
            for file, name in found
            if not (ROOT / file).is_file() or name not in functions(file)
        ]
    assert missing == []


def test_no_claim_is_made_twice() -> None:
    claims = [claim for claim, _ in ROWS]
    assert len(claims) == len(set(claims))
