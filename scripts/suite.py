"""Runs the test suite in two halves at once: most tests wait for servers more than they work."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SERVED = ("house", "review", "talk", "understanding", "web")


def main() -> int:
    """Runs both, shows one after the other, and gives 1 where a test failed."""
    tests = sorted(ROOT.glob("tests/test_*.py"))
    served = [each for each in tests if each.stem.split("_")[1] in SERVED]
    others = [each for each in tests if each not in served]
    with tempfile.TemporaryFile() as log:
        beside = subprocess.Popen(_pytest(others), cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
        try:
            failed = subprocess.run(_pytest(served), cwd=ROOT, check=False).returncode
            failed = beside.wait() or failed
        finally:
            beside.kill()
        log.seek(0)
        sys.stdout.buffer.write(log.read())
    return int(bool(failed))


def _pytest(tests: list[Path]) -> list[str]:
    named = [str(each.relative_to(ROOT)) for each in tests]
    return [sys.executable, "-m", "pytest", "-m", "not soak", *named]


if __name__ == "__main__":
    sys.exit(main())
