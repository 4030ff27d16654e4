"""What a text does at an open question, where the intents take it for an answer.

The intents are about commands in everyday words. People also ask for a moment, think aloud, mend an
earlier answer, or ask what is meant, in sentences that resemble content. A small regression of its
own, on the same features as the intents, tells these acts from answers. Its examples are those of
``data/handelingen.yml`` and a share of the intents' own.

An act is ``sure`` where an answer is most unlikely. In doubt the participant is asked whether the
text is the answer, so that nothing is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from bot.nlu.example_model import DATA, ExampleModel, Share
from language.reading import acts

MOST_WORDS = 25
"""A longer text is an answer."""

SURE, SURE_TO_LEAVE, DOUBT = 0.02, 0.05, 0.22
"""Below these chances of an answer an act is done, the question or the talk is left, or the
participant is asked."""

SURE_OF_QUOTES = 0.6

_SHARE: Share = {
    "bijdrage": (acts.ANSWER, None),
    "weet_niet": (acts.PASS, 400),
    "overslaan": (acts.PASS, 300),
    "herhalen": (acts.ASK, 300),
    "hulp": (acts.ASK, 200),
    "bedanken": (acts.REMARK, 200),
    "begroeten": (acts.REMARK, 150),
    "bot_uitdagen": (acts.REMARK, 300),
    "ander_opdracht": (acts.MOVE, 300),
    "opdracht_kiezen": (acts.MOVE, 150),
    "antwoord_wijzigen": (acts.MEND, 400),
    "stoppen": (acts.STOP, 300),
    "afscheid": (acts.STOP, 200),
}
"""The act of an intent's examples."""


@dataclass(frozen=True)
class Act:
    """What a text does, whether that is sure, and the chance of it."""

    name: str
    sure: bool
    chance: float = 1.0


class ActModel(ExampleModel):
    """The regression over acts."""

    def __init__(self) -> None:
        """An untrained model."""
        super().__init__(DATA / "handelingen.yml", _SHARE)

    def read(self, text: str, vector: npt.NDArray[Any]) -> Act | None:
        """The act of a text, or None for an answer."""
        by_name = self.chances(text, vector)
        answer = by_name.pop(acts.ANSWER)
        if answer >= DOUBT:
            return None
        name = max(by_name, key=lambda name: by_name[name])
        if name in acts.QUOTING:
            # It is asked about before it is done, so being likely is enough.
            return Act(name, by_name[name] >= SURE_OF_QUOTES, by_name[name])
        return Act(name, answer < (SURE_TO_LEAVE if name in (acts.PASS, acts.STOP) else SURE))
