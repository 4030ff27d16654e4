"""``python -m benchmarks.talks``."""

from __future__ import annotations

from benchmarks.talks.runner import main

main()
