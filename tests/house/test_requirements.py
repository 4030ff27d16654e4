"""What a machine lacks is skipped with its reason, or fails where it is required."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from consultation.settings import ROOT

TESTS = """
import pytest

@pytest.mark.browser
def test_with_the_fixture(chromium):
    pass

@pytest.mark.browser
def test_that_skips_itself():
    pytest.skip("I did not feel like it")

def test_with_redis(redis_url):
    pass

def test_with_tables(storage):
    pass

def test_that_needs_nothing():
    pass
"""


def outcome(folder: Path, tests: str = TESTS, **variables: str) -> tuple[int, str]:
    """Exit code and output of a run on a machine that has nothing."""
    for name in ("conftest.py", "servers.py"):
        shutil.copy(ROOT / "tests" / name, folder)
    (folder / "test_machine.py").write_text(tests)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-ra", "-p", "no:cacheprovider", f"--rootdir={folder}"],
        cwd=folder,
        env={
            "PATH": str(folder),
            "SAMENSPRAAK_TEST_REDIS": "redis://127.0.0.1:1/0",
            "SAMENSPRAAK_TEST_POSTGRES": "postgresql://postgres@127.0.0.1:1",
            **variables,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_what_is_lacking_is_skipped_with_its_reason(tmp_path: Path) -> None:
    code, told = outcome(tmp_path)
    assert code == 0, told
    assert "2 passed, 4 skipped" in told
    assert "no Chromium on PATH" in told
    assert "no Redis at redis://127.0.0.1:1/0" in told
    assert "no PostgreSQL at postgresql://postgres@127.0.0.1:1" in told


@pytest.mark.parametrize(
    ("require", "failed", "kind"),
    [("browser", 2, "failed"), ("redis", 1, "error"), ("postgres", 1, "error")],
)
def test_what_is_required_and_lacking_fails(
    tmp_path: Path, require: str, failed: int, kind: str
) -> None:
    code, told = outcome(tmp_path, SAMENSPRAAK_REQUIRE=require)
    assert code == 1, told
    assert f"SAMENSPRAAK_REQUIRE names {require}" in told
    assert told.count("FAILED") + told.count("ERROR test") >= failed
    assert f" {kind}" in told.splitlines()[-1]
    assert "2 passed" in told


def test_a_module_may_not_skip_itself_when_parts_are_required(tmp_path: Path) -> None:
    tests = "import pytest\npytest.skip('no browser', allow_module_level=True)\n"
    assert outcome(tmp_path, tests)[0] == 5
    code, told = outcome(tmp_path, tests, SAMENSPRAAK_REQUIRE="browser")
    assert code not in (0, 5)
    assert "skips itself" in told


def test_an_unknown_part_is_refused(tmp_path: Path) -> None:
    code, told = outcome(tmp_path, SAMENSPRAAK_REQUIRE="browsers")
    assert code == 4
    assert "browsers is not one of browser, node, postgres, redis" in told
