"""docs/settings.md names every setting with its default, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from consultation.settings import ROOT, Settings
from samenspraak import doctor

ROWS = [
    row
    for row in (ROOT / "docs" / "settings.md").read_text(encoding="utf-8").splitlines()
    if row.startswith("| `SAMENSPRAAK_")
]


def expected_row(name: str) -> str:
    """The row that documents a setting."""
    field = Settings.model_fields[name]
    default = field.default
    if isinstance(default, Path):
        default = default.relative_to(ROOT)
    shown = f"`{default}`" if str(default) else "empty"
    return f"| `SAMENSPRAAK_{name.upper()}` | {shown} | {field.description} |"


def test_every_setting_is_documented_as_it_is() -> None:
    undocumented = [row for row in map(expected_row, Settings.model_fields) if row not in ROWS]
    assert undocumented == [], "docs/settings.md: add or correct these rows"


def test_nothing_else_is_documented() -> None:
    named = {match.group(1) for row in ROWS if (match := re.match(r"\| `(SAMENSPRAAK_\w+)`", row))}
    settings = {f"SAMENSPRAAK_{name.upper()}" for name in Settings.model_fields}
    assert named - settings == set(doctor.OTHER_VARIABLES)


def test_no_code_reads_a_variable_that_is_not_documented() -> None:
    documented = {row.split("`")[1] for row in ROWS}
    used: dict[str, str] = {}
    for room in (
        "actions",
        "analysis",
        "bot",
        "consultation",
        "dialogue",
        "language",
        "reporting",
        "samenspraak",
        "web",
    ):
        for path in (ROOT / room).rglob("*.py"):
            if ".venv" not in path.parts:
                text = path.read_text(encoding="utf-8")
                for name in re.findall(r"SAMENSPRAAK_[A-Z0-9_]*[A-Z0-9]\b(?!_)", text):
                    used.setdefault(name, path.name)
    for path in [ROOT / "scripts" / "setup.py", *(ROOT / "tests").glob("conftest.py")]:
        for name in re.findall(r"SAMENSPRAAK_[A-Z0-9_]*[A-Z0-9]\b", path.read_text("utf-8")):
            used.setdefault(name, path.name)
    assert {name: place for name, place in used.items() if name not in documented} == {}


@pytest.mark.parametrize("name", Settings.model_fields)
def test_an_empty_variable_counts_as_not_set(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"SAMENSPRAAK_{name.upper()}", "")
    assert getattr(Settings(), name) == Settings.model_fields[name].default
