"""What a machine lacks is skipped with its reason, or fails where it is required."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

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


ITSELF = "import pytest\npytest.skip('no browser', allow_module_level=True)\n"
PLUGINS = ("cacheprovider", "schemathesis", "hypothesispytest", "anyio")
"""Not needed here, and they take longer to start than these tests to run."""


def outcome(folder: Path, itself: bool = False, **variables: str) -> tuple[int, str]:
    """Exit code and output of a run on a machine that has nothing."""
    for name in ("conftest.py", "servers.py"):
        shutil.copy(ROOT / "tests" / name, folder)
    (folder / "test_machine.py").write_text(TESTS)
    if itself:
        (folder / "test_itself.py").write_text(ITSELF)
    without = [word for plugin in PLUGINS for word in ("-p", f"no:{plugin}")]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-ra", *without, f"--rootdir={folder}"],
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
    code, told = outcome(tmp_path, itself=True)
    assert code == 0, told
    assert "2 passed, 5 skipped" in told
    assert "no Chromium on PATH" in told
    assert "no Redis at redis://127.0.0.1:1/0" in told
    assert "no PostgreSQL at postgresql://postgres@127.0.0.1:1" in told


def test_what_is_required_and_lacking_fails(tmp_path: Path) -> None:
    code, told = outcome(tmp_path, SAMENSPRAAK_REQUIRE="browser,redis,postgres")
    assert code == 1, told
    for part in ("browser", "redis", "postgres"):
        assert f"SAMENSPRAAK_REQUIRE names {part}" in told
    failed = re.findall(r"^(?:FAILED|ERROR) \S+::(\S+)", told, re.MULTILINE)
    assert sorted(set(failed)) == [
        "test_that_skips_itself",
        "test_with_redis",
        "test_with_tables[postgres]",
        "test_with_the_fixture",
    ]
    assert "2 passed" in told


def test_a_module_may_not_skip_itself_when_a_part_is_required(tmp_path: Path) -> None:
    code, told = outcome(tmp_path, itself=True, SAMENSPRAAK_REQUIRE="redis")
    assert code == 2, told
    assert "skips itself" in told


def test_an_unknown_part_is_refused(tmp_path: Path) -> None:
    code, told = outcome(tmp_path, SAMENSPRAAK_REQUIRE="browsers")
    assert code == 4
    assert "browsers is not one of browser, node, postgres, redis" in told
