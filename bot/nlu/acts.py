"""What a text does at an open question, where the intents take it for an answer.

The intents are about commands in everyday words. People also ask for a moment, think aloud, mend an
earlier answer, or ask what is meant, in sentences that resemble content. A small regression of its
own, on the same features as the intents, tells these acts from answers. Its examples are those of
``data/handelingen.yml`` and a share of the intents' own.

An act is ``sure`` where an answer is most unlikely. In doubt the participant is asked whether the
text is the answer, so that nothing is lost.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy.typing as npt
import yaml

from bot.nlu.intent_model import IntentModel, has_vector
from language.reading import acts

EXAMPLES = Path(__file__).parents[2] / "data" / "handelingen.yml"

MOST_WORDS = 25
"""A longer text is an answer."""

SURE, SURE_TO_LEAVE, DOUBT = 0.02, 0.05, 0.2
"""Below these chances of an answer an act is done, the question or the talk is left, or the
participant is asked."""

_SHARE = {
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
"""The act of an intent's examples, and how many of them take part; None: all with a vector."""


@dataclass(frozen=True)
class Act:
    """What a text does, and whether that is sure."""

    name: str
    sure: bool


class ActModel:
    """The regression over acts."""

    def __init__(self, model: IntentModel | None = None) -> None:
        """A model that is untrained, or was loaded."""
        self._model = model or IntentModel()

    def fit(
        self,
        texts: Sequence[str],
        intents: Sequence[str],
        share: float,
        encode: Callable[[list[str]], npt.NDArray[Any]],
    ) -> ActModel:
        """Trains on the examples of acts and on those of intents that have a vector anyway.

        Args:
            texts: the examples of the intents.
            intents: one per text.
            share: the share of the examples that has a vector, see ``has_vector``.
            encode: computes the vectors of texts.
        """
        examples, labels = [], []
        for name, told in examples_of_acts().items():
            examples += told
            labels += [name] * len(told)
        for intent, (name, most) in _SHARE.items():
            having = [
                text
                for text, given in zip(texts, intents, strict=True)
                if given == intent and has_vector(text, share)
            ]
            chosen = sorted(having, key=_digest)[:most]
            examples += chosen
            labels += [name] * len(chosen)
        self._model.fit(examples, labels, encode(examples))
        return self

    def read(self, text: str, vector: npt.NDArray[Any]) -> Act | None:
        """The act of a text, or None for an answer."""
        chances = self._model.chances([text], vector)[0]
        by_name = dict(zip(self._model.intents, map(float, chances), strict=True))
        answer = by_name.pop(acts.ANSWER)
        if answer >= DOUBT:
            return None
        name = max(by_name, key=lambda name: by_name[name])
        return Act(name, answer < (SURE_TO_LEAVE if name in (acts.PASS, acts.STOP) else SURE))

    def save(self, folder: Path) -> None:
        """Saves the trained model in a folder, which is made."""
        folder.mkdir()
        self._model.save(folder)

    @classmethod
    def load(cls, folder: Path) -> ActModel:
        """The model that ``save`` wrote."""
        return cls(IntentModel.load(folder))


def examples_of_acts() -> Mapping[str, list[str]]:
    """The examples per act."""
    found: dict[str, list[str]] = yaml.safe_load(EXAMPLES.read_text(encoding="utf-8"))
    return found


def texts() -> list[str]:
    """The examples of all acts, which are encoded for the training."""
    return [text for told in examples_of_acts().values() for text in told]


def fingerprint() -> str:
    """Changes with the examples, so that a training does not reuse an older model."""
    return hashlib.sha256(EXAMPLES.read_bytes()).hexdigest()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
