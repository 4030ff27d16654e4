"""How often scripted participants are misunderstood, over HTTP with the real servers.

    .venv/bin/python -m benchmarks.talks [--set known|blind] [--show] [--docs]
    .venv/bin/python -m benchmarks.talks --check FILE...

Plays the talks of ``benchmarks/talks`` and judges every turn; ``--check`` only reads files.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from benchmarks.talks_format import FormatError, read


def main() -> None:
    """Checks files."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", type=Path, nargs="+", metavar="FILE", required=True)
    arguments = parser.parse_args()
    _check(arguments.check)


def _check(paths: Sequence[Path]) -> None:
    wrong = False
    for path in paths:
        try:
            scripts = read(path)
        except FormatError as error:
            wrong = True
            print(error)
            continue
        turns = sum(len(script.turns) for script in scripts)
        print(f"{path.name}: {len(scripts)} participants, {turns} turns; fits the format")
    if wrong:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
