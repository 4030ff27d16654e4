"""What is left open fails a test, also where only a collection of garbage sees it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from consultation.settings import ROOT

TESTS = {
    "file": "open(__file__)",
    "database": "Storage(url)",
    "circle": "kept = [socket.socket()]; kept.append(kept)",
    "closed": "Storage(url).close()",
    "closed_by_the_suite": "open_storage(url)",
}
MODULE = """
import socket
from consultation.database.storage import Storage
from tests.databases import open_storage

def test_it(tmp_path):
    url = f"sqlite:///{tmp_path}/a.db"
    LEAK
"""


def test_what_is_left_open_fails_its_module(tmp_path: Path) -> None:
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    for name, leak in TESTS.items():
        (tmp_path / f"test_{name}.py").write_text(MODULE.replace("LEAK", leak))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:schemathesis"),
            *("-c", str(ROOT / "pyproject.toml"), f"--rootdir={tmp_path}", str(tmp_path)),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    failed = set(re.findall(r"(?:FAILED|ERROR) test_(\w+)\.py", done.stdout))
    assert failed == {"file", "database", "circle"}, done.stdout + done.stderr
    assert done.stdout.count("ResourceWarning: unclosed") >= 3
