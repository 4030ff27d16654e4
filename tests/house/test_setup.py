"""Set-up finds what it needs wherever it is, tells each step, and fails with one line."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from consultation.settings import ROOT

SCRIPT = ROOT / "scripts" / "setup.py"

UV = """#!/bin/sh
echo "$@ telemetry=$RASA_TELEMETRY_ENABLED" >> "{log}"
case "$1" in
--version) echo "uv 0.9.9" ;;
sync)
    case "$@" in *"${{FAIL:-nothing}}"*) echo "error: no such host" >&2; exit 2 ;; esac
    mkdir -p "$UV_PROJECT_ENVIRONMENT" ;;
*) echo "error: out of reach" >&2; exit 1 ;;
esac
"""
PYTHON = """#!/bin/sh
printf 'cpython\\n{version}\\n%s\\n' "$0"
"""
SHIM = """#!/bin/sh
echo "pyenv: python3.10: command not found" >&2
exit 127
"""


def executable(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture(scope="module")
def setup() -> ModuleType:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("setup_script", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def uv(tmp_path: Path) -> Path:
    """A uv that writes down what it is asked, installs nothing and reaches nothing."""
    return executable(tmp_path / "bin" / "uv", UV.format(log=tmp_path / "uv.log"))


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without any Python, and the first folder on PATH."""
    for name in ("SAMENSPRAAK_PYTHON", "SAMENSPRAAK_PYTHON310"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    return tmp_path


def test_it_needs_nothing_but_an_old_python() -> None:
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 8))
    roots = {alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names}
    roots |= {n.module or "." for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert {name.split(".")[0] for name in roots} <= {"__future__", *sys.stdlib_module_names}


def test_a_shim_without_python_is_passed_over_for_the_one_of_pyenv(
    setup: ModuleType, uv: Path, nowhere: Path
) -> None:
    executable(nowhere / "bin" / "python3.10", SHIM)
    real = nowhere / "pyenv" / "versions" / "3.10.99" / "bin" / "python3.10"
    executable(real, PYTHON.format(version="3.10.99"))
    assert setup.find_python(str(uv), ("3.10",)) == (str(real), "3.10.99")


def test_a_python_of_another_version_is_passed_over(
    setup: ModuleType, uv: Path, nowhere: Path
) -> None:
    executable(nowhere / "bin" / "python3.10", PYTHON.format(version="3.1.0"))
    real = nowhere / ".asdf" / "installs" / "python" / "3.10.7" / "bin" / "python3.10"
    executable(real, PYTHON.format(version="3.10.7"))
    assert setup.find_python(str(uv), ("3.10",)).path == str(real)


def test_the_python_that_is_asked_for_comes_first(
    setup: ModuleType, uv: Path, nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    executable(nowhere / "bin" / "python3.10", PYTHON.format(version="3.10.1"))
    asked = executable(nowhere / "own" / "py", PYTHON.format(version="3.10.2"))
    monkeypatch.setenv("SAMENSPRAAK_PYTHON310", str(asked))
    assert setup.find_python(str(uv), ("3.10",)) == (str(asked), "3.10.2")


def test_a_wrong_python_that_is_asked_for_is_named(
    setup: ModuleType, uv: Path, nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = executable(nowhere / "own" / "py", SHIM)
    monkeypatch.setenv("SAMENSPRAAK_PYTHON310", str(asked))
    with pytest.raises(setup.SetupError, match=f"SAMENSPRAAK_PYTHON310: {asked} does not run"):
        setup.find_python(str(uv), ("3.10",))


def test_without_any_python_three_ways_are_told(setup: ModuleType, uv: Path, nowhere: Path) -> None:
    shim = executable(nowhere / "bin" / "python3.99", SHIM)
    with pytest.raises(setup.SetupError) as caught:
        setup.find_python(str(uv), ("3.99",))
    said = str(caught.value)
    assert str(shim) in said
    for way in ("uv python install 3.99", "pyenv install 3.99", "apt install python3.99"):
        assert way in said


def test_an_old_or_broken_uv_is_passed_over(
    setup: ModuleType, nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    executable(nowhere / "bin" / "uv", "#!/bin/sh\necho uv 0.1.0\n")
    executable(nowhere / "shims" / "uv", SHIM)
    good = executable(nowhere / "good" / "uv", "#!/bin/sh\necho uv 0.9.0 \\(x\\)\n")
    folders = [nowhere / "shims", nowhere / "bin", nowhere / "good"]
    monkeypatch.setenv("PATH", os.pathsep.join(map(str, folders)))
    assert setup.find_uv() == str(good)


def test_where_uv_cannot_be_installed_the_missing_package_is_named(
    setup: ModuleType, nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = executable(nowhere / "bare", "#!/bin/sh\necho ensurepip is not available\nexit 1\n")
    monkeypatch.setattr(setup.sys, "executable", str(bare))
    monkeypatch.setattr(setup, "TOOLS", nowhere / ".tools")
    monkeypatch.setenv("PATH", str(nowhere / "bin"))
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    with pytest.raises(setup.SetupError, match=f"apt install python{version}-venv"):
        setup.find_uv()


def test_without_a_home_to_write_in_the_cache_stays_in_the_project(
    setup: ModuleType, nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("UV_CACHE_DIR", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert "UV_CACHE_DIR" not in setup._environment()
    monkeypatch.setattr(setup.os, "access", lambda path, _mode: not path.startswith(str(nowhere)))
    assert setup._environment()["UV_CACHE_DIR"] == str(ROOT / ".tools" / "cache")


class Clone:
    """A fresh clone with nothing but the script, on a machine where uv reaches nothing."""

    def __init__(self, home: Path) -> None:
        self.home = home
        (home / "clone" / "scripts").mkdir(parents=True)
        self.script = Path(shutil.copy(SCRIPT, home / "clone" / "scripts"))
        self.asked = home / "uv.log"

    def run(self, *options: str, **more: str) -> subprocess.CompletedProcess[str]:
        bot = executable(self.home / "own" / "python3.10", PYTHON.format(version="3.10.13"))
        return subprocess.run(
            [sys.executable, str(self.script), *options],
            env={
                "HOME": str(self.home),
                "PATH": f"{self.home / 'bin'}:/usr/bin:/bin",
                "SAMENSPRAAK_PYTHON": sys.executable,
                "SAMENSPRAAK_PYTHON310": str(bot),
                **more,
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def calls(self, verb: str) -> list[str]:
        return [row for row in self.asked.read_text().splitlines() if row.startswith(verb)]


@pytest.fixture
def clone(tmp_path: Path, uv: Path) -> Clone:
    assert uv.exists()
    return Clone(tmp_path)


def test_each_step_is_told_with_its_time(clone: Clone) -> None:
    done = clone.run()
    assert done.returncode == 0, done.stderr
    steps = re.findall(r"^\[(\d)/6\] .+ \.\.\. \d+\.\d s$", done.stdout, flags=re.MULTILINE)
    assert steps == ["1", "2", "3", "4", "5", "6"]
    assert (clone.home / "clone" / ".venv").is_dir()
    assert (clone.home / "clone" / "bot" / ".venv").is_dir()


def test_both_environments_are_made_from_their_locks_without_telemetry(clone: Clone) -> None:
    clone.run("--dev")
    app, bot = sorted(clone.calls("sync"), key=lambda call: "--project bot" in call)
    assert "--dev" in app
    assert "--project bot" in bot
    for call in (app, bot):
        assert "--frozen" in call
        assert call.endswith("telemetry=false")


def test_the_app_alone_needs_no_python_310(clone: Clone) -> None:
    done = clone.run("--app-only", "--no-model", SAMENSPRAAK_PYTHON310="/nonexistent")
    assert done.returncode == 0, done.stderr
    assert len(clone.calls("sync")) == 1


@pytest.mark.parametrize(("fail", "name"), [("--no-dev", "app"), ("--project bot", "bot")])
def test_a_failed_installation_is_one_line_with_the_mend(
    clone: Clone, fail: str, name: str
) -> None:
    done = clone.run(FAIL=fail)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith(
        f"setup: the {name} environment was not installed (error: no such"
    )
    assert "check the network" in done.stderr
    assert clone.run().returncode == 0


def test_a_model_out_of_reach_is_tried_once(clone: Clone) -> None:
    first = clone.run()
    assert "the built-in Dutch fallback serves" in first.stdout
    assert "RETRY_MODEL=1" in clone.run().stdout
    assert len(clone.calls("pip install")) == 1
    clone.run("--retry-model")
    assert len(clone.calls("pip install")) == 2
    clone.run("--no-model")
    assert len(clone.calls("pip install")) == 2


def test_make_help_lists_every_target_and_is_the_default() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", text, flags=re.MULTILINE))
    contract = ["help", "setup", "demo", "test", "soak", "lint", "format"]
    contract += ["train", "serve", "clean"]
    assert targets == set(contract)
    told = {}
    for goal in ([], ["help"]):
        done = subprocess.run(
            ["make", "--no-print-directory", *goal],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        told[" ".join(goal)] = done.stdout
    assert told[""] == told["help"]
    rows = [row.split(maxsplit=2) for row in told["help"].splitlines()]
    assert [row[1] for row in rows] == contract
    assert all(len(row) == 3 for row in rows)
