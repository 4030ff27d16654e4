"""Runs the test suite in four lines at once: the real servers and then half of the rest, the pages
in two lines, and the other half. Many tests wait for a server or a browser more than they work.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = (("house", "review"), ("web",))
MARK = "pytest.mark.servers"


def main() -> int:
    """Shows one part after the other, and gives 1 where a test failed."""
    tests = sorted(path.relative_to(ROOT) for path in ROOT.glob("tests/**/test_*.py"))
    pages = [[path for path in tests if path.parts[1] in rooms] for rooms in PAGES]
    rest = [path for path in tests if not any(path in part for part in pages)]
    servers = [path for path in tests if MARK in (ROOT / path).read_text(encoding="utf-8")]
    beside, later = rest[: len(rest) // 2], rest[len(rest) // 2 :]
    parts = [*pages, beside]
    with ExitStack() as open_files:
        logs = [open_files.enter_context(tempfile.TemporaryFile()) for _ in parts]
        running = [
            subprocess.Popen(
                _pytest("not servers", part), cwd=ROOT, stdout=log, stderr=subprocess.STDOUT
            )
            for part, log in zip(parts, logs, strict=True)
        ]
        try:
            failed = [
                subprocess.run(_pytest(marked, part), cwd=ROOT, check=False).returncode
                for marked, part in (("servers", servers), ("not servers", later))
            ]
            failed += [each.wait() for each in running]
        finally:
            for each in running:
                each.kill()
        for log in logs:
            log.seek(0)
            sys.stdout.buffer.write(log.read())
    return int(any(failed))


def _pytest(marked: str, tests: Sequence[Path]) -> list[str]:
    marks = f"not soak and {marked}"
    slowest = ["--durations=20", "--durations-min=3"]
    return [sys.executable, "-m", "pytest", "-m", marks, *slowest, *map(str, tests)]


if __name__ == "__main__":
    sys.exit(main())
