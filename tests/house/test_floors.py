"""Who may import whom: import-linter's contracts in ``pyproject.toml``, and what they leave
open."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import tomllib

from consultation.settings import ROOT

FULL = 15
"""How many modules a folder may have, ``__init__`` apart."""

_LINTER = (sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()")
_ROOMS: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]["root_packages"]


def _linted(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*_LINTER, "--no-cache"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )


def _modules(room: str) -> list[Path]:
    return [path for path in (ROOT / room).rglob("*.py") if ".venv" not in path.parts]


def test_the_contracts_are_kept() -> None:
    done = _linted(ROOT)
    assert done.returncode == 0, done.stdout


def test_every_room_is_looked_at() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages - {"benchmarks", "scripts", "tests", "migrations"} == set(_ROOMS)


def test_no_folder_is_too_full_to_find_a_module_in() -> None:
    folders = Counter(
        path.parent
        for room in (*_ROOMS, "benchmarks", "scripts")
        for path in _modules(room)
        if path.name != "__init__.py"
    )
    assert {str(folder): count for folder, count in folders.items() if count > FULL} == {}


def test_what_the_bot_imports_is_python_310_clean() -> None:
    clean = [ROOT / "language" / "embedding.py", *(ROOT / "language" / "reading").glob("*.py")]
    for path in (*_modules("bot"), *clean, ROOT / "dialogue" / "loopback.py"):
        ast.parse(path.read_text(encoding="utf-8"), filename=str(path), feature_version=(3, 10))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A well-behaved tree under the same contracts: in each room the modules that these name, and
    two more."""
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    named = {
        "dialogue": ("loopback",),
        "language": ("embedding", "measuring", "pipeline", "reading", "segmentation"),
    }
    for room in _ROOMS:
        (tmp_path / room).mkdir()
        names = ("__init__", "hall", "room", *named.get(room, ()))
        for name in names:
            (tmp_path / room / f"{name}.py").write_text("", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("consultation/room.py", "import web.room"),
        ("language/room.py", "from consultation import room"),
        ("analysis/room.py", "def f():\n    import reporting.room"),
        ("analysis/room.py", "from dialogue import room"),
        ("dialogue/room.py", "from web.room import x"),
        ("reporting/room.py", "import actions.room"),
        ("web/room.py", "import bot.room"),
        ("web/room.py", "import actions.room"),
        ("bot/room.py", "from language import pipeline"),
        ("bot/room.py", "import consultation.room"),
        ("bot/room.py", "from dialogue import room"),
        ("language/embedding.py", "from language import pipeline"),
        ("samenspraak/room.py", "import bot.room"),
        ("web/room.py", "import web.hall"),
    ],
)
def test_a_trespass_is_seen(tree: Path, module: str, line: str) -> None:
    (tree / "web" / "hall.py").write_text("import web.room", encoding="utf-8")
    (tree / module).write_text(line, encoding="utf-8")
    done = _linted(tree)
    assert done.returncode == 1, done.stdout
    assert " BROKEN" in done.stdout


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("bot/room.py", "from language.embedding import x"),
        ("bot/room.py", "from dialogue.loopback import x"),
        ("analysis/room.py", "from language import embedding, room"),
        ("web/room.py", "import analysis.room\nfrom . import hall"),
        ("reporting/room.py", "import analysis.room"),
        ("samenspraak/room.py", "from web import room"),
    ],
)
def test_a_right_import_is_let_be(tree: Path, module: str, line: str) -> None:
    (tree / module).write_text(line, encoding="utf-8")
    done = _linted(tree)
    assert done.returncode == 0, done.stdout
