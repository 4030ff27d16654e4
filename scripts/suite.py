"""Runs the test suite in five lines at once: the real servers, and the rooms of the tests.

Many tests wait for a server or a browser more than they work. A line that is done takes the next
part; the last parts are short, so that no line works alone at the end. The part of the servers is
shown as it goes, each other part when it is done.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
PARTS = {"web": 1, "analysis": 1, "review": 1, "samenspraak": 1, "house": 1, "consultation": 2}
"""Rooms of tests that take long, the longest first, and in how many parts they are run."""
OTHERS = 2
"""In how many parts all other rooms are run."""
MARK = "pytest.mark.servers"
LINES = 5


def main() -> int:
    """Shows one part after the other, and gives 1 where a test failed."""
    tests = sorted(path.relative_to(ROOT) for path in ROOT.glob("tests/**/test_*.py"))
    servers = [path for path in tests if MARK in (ROOT / path).read_text(encoding="utf-8")]
    rooms = [
        ([path for path in tests if path.parts[1] == room], cut) for room, cut in PARTS.items()
    ]
    rooms.append(([path for path in tests if path.parts[1] not in PARTS], OTHERS))
    parts = [room[start::cut] for room, cut in rooms for start in range(cut)]
    running: list[subprocess.Popen[bytes]] = []

    def run(marked: str, part: Sequence[Path], log: IO[bytes] | None = None) -> int:
        command = _pytest(marked, part)
        each = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log and subprocess.STDOUT)
        running.append(each)
        return each.wait()

    def run_and_show(part: Sequence[Path]) -> int:
        with tempfile.TemporaryFile() as log:
            code = run("not servers", part, log)
            log.seek(0)
            sys.stdout.buffer.write(log.read())
            sys.stdout.flush()
        return code

    with ThreadPoolExecutor(LINES) as lines:
        shown = lines.submit(run, "servers", servers)
        later = [lines.submit(run_and_show, part) for part in parts]
        try:
            failed = [each.result() for each in (shown, *later)]
        except BaseException:
            lines.shutdown(wait=False, cancel_futures=True)
            for each in running:
                each.kill()
            raise
    return int(any(failed))


def _pytest(marked: str, tests: Sequence[Path]) -> list[str]:
    marks = f"not soak and {marked}"
    slowest = ["--durations=20", "--durations-min=3"]
    # No test uses their fixtures, and to load them takes each part a second and a half.
    unused = ["-p", "no:faker", "-p", "no:schemathesis"]
    return [sys.executable, "-m", "pytest", "-m", marks, *slowest, *unused, *map(str, tests)]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as shared:
        os.environ["SAMENSPRAAK_TEST_VECTORS"] = str(Path(shared) / "vectors.db")
        sys.exit(main())
