"""A small regression over kinds of texts that the intents do not tell apart.

Each has a file of examples of its own; a share of the intents' examples takes part as well, so that
what the intents know need not be written again. Features and regression are those of the intents.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy.typing as npt
import yaml

from bot.nlu.intent_model import IntentModel, has_vector

DATA = Path(__file__).parents[2] / "data"

Share = Mapping[str, tuple[str, int | None]]
"""The kind of an intent's examples, and how many of them take part; None: all with a vector."""


class ExampleModel:
    """The regression over the kinds of one file of examples."""

    def __init__(self, examples: Path, share: Share, model: IntentModel | None = None) -> None:
        """A model that is untrained, or was loaded.

        Args:
            examples: a YAML file with a list of texts per kind.
            share: which intents take part.
            model: the trained model.
        """
        self.examples = examples
        self._share = share
        self._model = model or IntentModel()

    def fit(
        self,
        texts: Sequence[str],
        intents: Sequence[str],
        share: float,
        encode: Callable[[list[str]], npt.NDArray[Any]],
    ) -> None:
        """Trains on the file's examples and on those of intents that have a vector anyway.

        Args:
            texts: the examples of the intents.
            intents: one per text.
            share: the share of the examples that has a vector, see ``has_vector``.
            encode: computes the vectors of texts.
        """
        examples, labels = [], []
        for name, told in self.told().items():
            examples += told
            labels += [name] * len(told)
        for intent, (name, most) in self._share.items():
            having = [
                text
                for text, given in zip(texts, intents, strict=True)
                if given == intent and has_vector(text, share)
            ]
            chosen = sorted(having, key=_digest)[:most]
            examples += chosen
            labels += [name] * len(chosen)
        self._model.fit(examples, labels, encode(examples))

    def chances(self, text: str, vector: npt.NDArray[Any]) -> dict[str, float]:
        """The probability of every kind, 0 to 1, of a text with its vector (1, dimension)."""
        row = self._model.chances([text], vector)[0]
        return dict(zip(self._model.intents, map(float, row), strict=True))

    def told(self) -> Mapping[str, list[str]]:
        """The examples per kind."""
        found: dict[str, list[str]] = yaml.safe_load(self.examples.read_text(encoding="utf-8"))
        return found

    def texts(self) -> list[str]:
        """The examples of all kinds, which are encoded for the training."""
        return [text for told in self.told().values() for text in told]

    def fingerprint(self) -> str:
        """Changes with the examples, so that a training does not reuse an older model."""
        return hashlib.sha256(self.examples.read_bytes()).hexdigest()

    def save(self, folder: Path) -> None:
        """Saves the trained model in a folder, which is made."""
        folder.mkdir()
        self._model.save(folder)

    def load(self, folder: Path) -> None:
        """Becomes the model that ``save`` wrote."""
        self._model = IntentModel.load(folder)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
