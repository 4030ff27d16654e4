"""What is guessed of stances, and what it follows from; reading a run loads no more than this."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from analysis.parameters import STANCE
from consultation.curation.operations import Stance
from consultation.settings import ROOT

EXAMPLES = ROOT / "data" / "houdingen.jsonl"

_VERSION = 1
"""Raise it when the model gives another stance for the same text."""


@dataclass(frozen=True)
class StanceGuess:
    """The most likely stance of a statement, and its chance (0 to 1)."""

    stance: Stance
    score: float


def stance_digest(corrected: Mapping[str, Stance], statements: Iterable[str]) -> str:
    """Returns a digest of what the stances of these statements (ids) follow from.

    Stances that were guessed under the same digest stand: training takes longer than all else in
    a run that only follows decisions on themes.
    """
    told = [_VERSION, asdict(STANCE), sorted(corrected.items()), sorted(statements)]
    return hashlib.sha256(json.dumps(told).encode() + EXAMPLES.read_bytes()).hexdigest()
