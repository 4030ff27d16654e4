"""What a text does at the step where it is said, learned from examples at every step.

The intents are about commands in everyday words. People also agree, decline, mend, add, hesitate,
think aloud or ask in sentences that no intent and no rule knows, and what such a sentence does
depends on what was asked. One regression for all steps reads it: on the features of the intents,
with the step, the open question and whether it is a follow-up as features beside them. All weights
of words are shared between the steps, so that what was learned at one step serves at the others.

Its examples are the files of ``data`` below and some answers of ``data/nlu``. Those of
``uitspraken.yml`` were written by people who had not seen the assistant.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import yaml

from bot.nlu.intent_model import IntentModel, has_vector
from language.reading.acts import ANSWER

DATA = Path(__file__).parents[2] / "data"
_OWN_TEXTS = "uitspraken.yml"
_AT: Mapping[str, tuple[str, ...]] = {
    "handelingen.yml": ("vraag",),
    "handelingen_na_de_vragen.yml": ("bevestigen", "verder"),
    "instemming.yml": ("toestemming",),
}
"""The files of which all examples are of the same steps."""

MARKS = (
    *("toestemming", "groep", "opdracht", "vraag", "doorvraag", "bevestigen", "verder", "einde"),
    *("aanbod", "keuze", "analyse", "citaat", "organisatie"),
    *("drempel", "voorstel", "trekker", "prioriteit", "extra"),
)
"""The steps and the questions that may be open, each a feature."""

_MOST_ANSWERS = 1000
"""So many answers of the intents' examples take part: a real answer may be about anything."""


class Example(NamedTuple):
    """A text, what it does, and the marks of where it is said."""

    text: str
    act: str
    at: tuple[str, ...]


class StepModel:
    """The regression over acts, for all steps."""

    def __init__(self, model: IntentModel | None = None) -> None:
        """A model that is untrained, or was loaded."""
        self._model = model or IntentModel()

    def fit(
        self,
        texts: Sequence[str],
        intents: Sequence[str],
        share: float,
        encode: Callable[[list[str]], npt.NDArray[Any]],
    ) -> None:
        """Trains on the examples of the files, and on answers that have a vector anyway.

        Args:
            texts: the examples of the intents.
            intents: one per text.
            share: the share of the examples that has a vector, see ``has_vector``.
            encode: computes the vectors of texts.
        """
        content = [
            text
            for text, given in zip(texts, intents, strict=True)
            if given == "bijdrage" and has_vector(text, share)
        ]
        chosen = sorted(content, key=_digest)[:_MOST_ANSWERS]
        self.fit_on([*examples(), *(Example(text, ANSWER, ("vraag",)) for text in chosen)], encode)

    def fit_on(
        self, told: Sequence[Example], encode: Callable[[list[str]], npt.NDArray[Any]]
    ) -> None:
        """Trains on these examples only."""
        said = [each.text for each in told]
        acts = [each.act for each in told]
        marks = np.stack([_marked(each.at) for each in told])
        self._model.fit(said, acts, encode(said), marks=marks)

    def chances(
        self, text: str, vector: npt.NDArray[Any], at: Sequence[str | None]
    ) -> dict[str, float]:
        """The probability of every act, 0 to 1, of a text with its vector (1, dimension).

        ``at``: the step and the question that is open; what is no mark is left out.
        """
        row = self._model.chances([text], vector, _marked(at)[None, :])[0]
        return dict(zip(self._model.intents, map(float, row), strict=True))

    def save(self, folder: Path) -> None:
        """Saves the trained model in a folder, which is made."""
        folder.mkdir()
        self._model.save(folder)

    def load(self, folder: Path) -> None:
        """Becomes the model that ``save`` wrote."""
        self._model = IntentModel.load(folder)


@lru_cache(maxsize=1)
def examples() -> tuple[Example, ...]:
    """The examples of all files, each text once per step."""
    return tuple(dict.fromkeys(_told()))


def _told() -> Iterator[Example]:
    for name, steps in _AT.items():
        for act, texts in _loaded(name).items():
            yield from (Example(text, act, steps) for text in texts)
    for place, by_act in _loaded(_OWN_TEXTS).items():
        for act, texts in by_act.items():
            yield from (Example(text, act, tuple(place.split())) for text in texts)


def _loaded(name: str) -> Any:
    return yaml.safe_load((DATA / name).read_text(encoding="utf-8"))


def answers_like_commands() -> list[str]:
    """The answers that look like something else, which teach the intents what an answer is."""
    found: list[str] = _loaded("handelingen.yml")[ANSWER]
    return found


def fingerprint() -> str:
    """Changes with the examples, so that a training does not reuse an older model."""
    found = b"".join((DATA / name).read_bytes() for name in (*_AT, _OWN_TEXTS))
    return hashlib.sha256(found).hexdigest()


def _marked(at: Sequence[str | None]) -> npt.NDArray[Any]:
    return np.array([mark in at for mark in MARKS], dtype=np.float64)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
