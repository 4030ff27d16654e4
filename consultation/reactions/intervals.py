"""The interval of a share."""

from __future__ import annotations

import math

_TWO_SIDED = 1.96


def share_interval(hits: float, count: float) -> tuple[float, float]:
    """The 95 % limits, 0 to 1, of the share ``hits`` of ``count``, after Wilson (1927).

    With a count of 0 nothing is known: 0 to 1. ``hits`` may be a sum of values between 0 and 1, and
    ``count`` an effective number of people.
    """
    if count == 0:
        return 0.0, 1.0
    square = _TWO_SIDED**2
    middle = (hits + square / 2) / (count + square)
    spread = _TWO_SIDED / (count + square) * math.sqrt(hits * (count - hits) / count + square / 4)
    return max(middle - spread, 0.0), min(middle + spread, 1.0)
