"""What size costs: seconds and peak memory of one fit on given vectors, ours and BERTopic's.

``python -m benchmarks.scale SET.jsonl [--sizes 5000 20000 200000] [--write]``. Sizes above the
set's are made of copies whose vectors bear noise (a quarter of a vector's length), so that no two
are equal; BERTopic (its default) is left out above ``--peer-until``. ``--vectors DIR`` and
``--results FILE`` are as in ``benchmarks.topics``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.topics import PAGE, ROOT, in_own_process, vectors_file, write

BEGIN, END = "<!-- scale: begin -->", "<!-- scale: end -->"


def table(rows: Sequence[dict[str, Any]]) -> str:
    """The figures as a Markdown table."""
    lines = ["| n | method | themes | seconds | CPU seconds | peak MB |", "|" + "---|" * 6]
    lines += [
        f"| {row['n']:,} | {row['method']} | {row['themes']} | {row['seconds']:.1f}"
        f" | {row['cpu_seconds']:.1f} | {row['peak_mb']:.0f} |"
        for row in rows
    ]
    return "\n".join(lines)


def main() -> None:
    """Measures and prints; writes the page where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", type=Path)
    parser.add_argument("--vectors", type=Path)
    parser.add_argument("--results", type=Path, default=ROOT / "var" / "benchmarks" / "scale.json")
    parser.add_argument("--sizes", type=int, nargs="*", default=[5_000, 20_000, 200_000])
    parser.add_argument("--peer-until", type=int, default=20_000)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    rows: list[dict[str, Any]] = (
        json.loads(asked.results.read_text(encoding="utf-8")) if asked.results.exists() else []
    )
    vectors = vectors_file(asked.set, asked.vectors)
    for size in asked.sizes:
        for method in ("ours", "BERTopic"):
            done = any((row["n"], row["method"]) == (size, method) for row in rows)
            if done or (method != "ours" and size > asked.peer_until):
                continue
            rows.append(in_own_process(method, vectors, size=size))
            asked.results.parent.mkdir(parents=True, exist_ok=True)
            asked.results.write_text(json.dumps(rows, indent=1), encoding="utf-8")
            print(table(rows[-1:]).splitlines()[-1], file=sys.stderr, flush=True)
    rows.sort(key=lambda row: (row["n"], row["method"] != "ours"))
    print(table(rows))
    if asked.write:
        write(PAGE, BEGIN, END, table(rows))


if __name__ == "__main__":
    main()
