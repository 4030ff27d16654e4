"""Runs the test suite in four lines at once: the real servers, the pages in two, and the rest.

Many tests wait for a server or a browser more than they work. A line that is done takes the next
part. The part of the servers is shown as it goes, each other part when it is done.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = (("house", "review"), ("web",))
MARK = "pytest.mark.servers"
LINES = 4


def main() -> int:
    """Shows one part after the other, and gives 1 where a test failed."""
    tests = sorted(path.relative_to(ROOT) for path in ROOT.glob("tests/**/test_*.py"))
    pages = [[path for path in tests if path.parts[1] in rooms] for rooms in PAGES]
    rest = [path for path in tests if not any(path in part for part in pages)]
    servers = [path for path in tests if MARK in (ROOT / path).read_text(encoding="utf-8")]
    half, quarter = len(rest) // 2, len(rest) // 4
    parts = [rest[:half], *pages, rest[half : half + quarter], rest[half + quarter :]]
    running: list[subprocess.Popen[bytes]] = []

    def run(part: Sequence[Path]) -> int:
        with tempfile.TemporaryFile() as log:
            command = _pytest("not servers", part)
            each = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
            running.append(each)
            code = each.wait()
            log.seek(0)
            sys.stdout.buffer.write(log.read())
            sys.stdout.flush()
        return code

    with ThreadPoolExecutor(LINES - 1) as lines:
        later = [lines.submit(run, part) for part in parts]
        try:
            shown = subprocess.run(_pytest("servers", servers), cwd=ROOT, check=False).returncode
            failed = [shown, *(each.result() for each in later)]
        except BaseException:
            lines.shutdown(wait=False, cancel_futures=True)
            for each in running:
                each.kill()
            raise
    return int(any(failed))


def _pytest(marked: str, tests: Sequence[Path]) -> list[str]:
    marks = f"not soak and {marked}"
    slowest = ["--durations=20", "--durations-min=3"]
    return [sys.executable, "-m", "pytest", "-m", marks, *slowest, *map(str, tests)]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as shared:
        os.environ["SAMENSPRAAK_TEST_VECTORS"] = str(Path(shared) / "vectors.db")
        sys.exit(main())
