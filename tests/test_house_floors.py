"""Who may import whom: language and consultation on the ground, no import upwards, no circle."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from consultation.settings import ROOT

ALLOWED: dict[str, frozenset[str]] = {
    "language": frozenset(),
    # What is read of stored HTML: whoever erases words has to know it.
    "consultation": frozenset({"language.plain_text"}),
    "analysis": frozenset({"language", "consultation"}),
    "actions": frozenset({"language", "consultation"}),
    # A message is looked through before the assistant sees it (docs/decisions/0005-care.md).
    "web": frozenset(
        {
            "consultation",
            "analysis",
            "language.alarm",
            "language.budget",
            "language.foreign",
            "language.personal_data",
            "language.pipeline",
            "language.pipeline_status",
            "language.sentences",
        }
    ),
    "bot": frozenset({"language.embedding"}),
    "samenspraak": frozenset({"language", "consultation", "analysis", "actions", "web"}),
}


def modules(root: Path) -> dict[str, Path]:
    """Every module of the tree by its dotted name."""
    found = {}
    for room in ALLOWED:
        for path in sorted((root / room).rglob("*.py")):
            if ".venv" in path.parts:
                continue
            parts = path.relative_to(root).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(name: str, path: Path, known: dict[str, Path]) -> set[str]:
    """The modules of the tree that one module imports, wherever in it and however written."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), filename=str(path))):
        found |= {target for each in _named(node, package) if (target := _known(each, known))}
    return found - {name}


def _named(node: ast.AST, package: str) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            parts = package.split(".")
            above = parts[: len(parts) - node.level + 1]
            base = ".".join([*above, *([node.module] if node.module else [])])
        yield from (f"{base}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.Call) and node.args:
        function = node.func
        called = function.attr if isinstance(function, ast.Attribute) else None
        called = function.id if isinstance(function, ast.Name) else called
        argument = node.args[0]
        if called in ("import_module", "__import__") and isinstance(argument, ast.Constant):
            yield str(argument.value)


def _known(name: str, known: dict[str, Path]) -> str | None:
    """The module that a dotted name stands in: ``rounds.open_`` stands in ``rounds``."""
    while name:
        if name in known:
            return name
        name = name.rpartition(".")[0]
    return None


def import_graph(root: Path) -> dict[str, set[str]]:
    known = modules(root)
    return {name: imports(name, path, known) for name, path in known.items()}


def trespasses(graph: dict[str, set[str]]) -> list[str]:
    """Imports that the floors do not allow, as sentences."""
    found = []
    for name, targets in sorted(graph.items()):
        room = name.split(".")[0]
        for target in sorted(targets):
            parts = target.split(".")
            prefixes = {".".join(parts[:length]) for length in range(1, len(parts) + 1)}
            if parts[0] != room and not prefixes & ALLOWED[room]:
                found.append(f"{name} imports {target}")
    return found


def circle(graph: dict[str, set[str]]) -> list[str] | None:
    """One circle of imports, or None."""
    state: dict[str, bool] = {}

    def visit(name: str, road: list[str]) -> list[str] | None:
        if state.get(name) is True:
            return None
        if name in road:
            return [*road[road.index(name) :], name]
        for target in sorted(graph.get(name, ())):
            found = visit(target, [*road, name])
            if found:
                return found
        state[name] = True
        return None

    return next((found for name in sorted(graph) if (found := visit(name, []))), None)


def test_no_module_imports_from_a_higher_floor() -> None:
    assert trespasses(import_graph(ROOT)) == []


def test_no_circle_of_imports() -> None:
    assert circle(import_graph(ROOT)) is None


def test_every_room_is_looked_at() -> None:
    rooms = {name.split(".")[0] for name in modules(ROOT)}
    assert rooms == set(ALLOWED)


def test_what_the_bot_imports_is_python_310_clean() -> None:
    graph, known = import_graph(ROOT), modules(ROOT)
    reached, todo = set(), [name for name in graph if name.split(".")[0] == "bot"]
    while todo:
        name = todo.pop()
        if name not in reached:
            reached.add(name)
            todo.extend(graph[name])
    assert "bot" in reached
    for name in sorted(reached):
        ast.parse(known[name].read_text(encoding="utf-8"), feature_version=(3, 10))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A well-behaved tree: each room with one module, and one submodule more for language."""
    for room in ALLOWED:
        (tmp_path / room).mkdir()
        (tmp_path / room / "__init__.py").write_text("")
        (tmp_path / room / "room.py").write_text("")
    (tmp_path / "language" / "embedding.py").write_text("")
    return tmp_path


@pytest.mark.parametrize(
    ("module", "line", "wrong"),
    [
        ("consultation/room.py", "import web.room", "consultation.room imports web.room"),
        (
            "language/room.py",
            "from consultation import room",
            "language.room imports consultation.room",
        ),
        ("analysis/room.py", "def f():\n    import actions", "analysis.room imports actions"),
        ("web/room.py", "from language.room import x", "web.room imports language.room"),
        ("web/room.py", "from ..bot import room", "web.room imports bot.room"),
        ("bot/room.py", "from language import room", "bot.room imports language.room"),
        ("bot/room.py", "import language", "bot.room imports language"),
        ("samenspraak/room.py", "import bot.room", "samenspraak.room imports bot.room"),
        (
            "actions/room.py",
            "from importlib import import_module\nimport_module('web.room')",
            "actions.room imports web.room",
        ),
    ],
)
def test_the_check_sees_a_trespass(tree: Path, module: str, line: str, wrong: str) -> None:
    (tree / module).write_text(line)
    assert trespasses(import_graph(tree)) == [wrong]


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("bot/room.py", "from language.embedding import x"),
        ("bot/room.py", "from language import embedding"),
        ("analysis/room.py", "from language import embedding, room"),
        ("web/room.py", "import analysis.room\nfrom . import room"),
        ("samenspraak/room.py", "from web import room"),
    ],
)
def test_the_check_lets_a_right_import_be(tree: Path, module: str, line: str) -> None:
    (tree / module).write_text(line)
    assert trespasses(import_graph(tree)) == []


def test_the_check_sees_a_circle(tree: Path) -> None:
    (tree / "language" / "room.py").write_text("from .embedding import x")
    assert circle(import_graph(tree)) is None
    (tree / "language" / "embedding.py").write_text("def late():\n    from language import room")
    assert circle(import_graph(tree)) == [
        "language.embedding",
        "language.room",
        "language.embedding",
    ]
