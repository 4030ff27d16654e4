"""Our intent classifier as a part of Rasa's pipeline; what it does stands in ``intent_model``.

It reads texts itself: a tokenizer and a featurizer before it would put features on each of the
training examples and make Rasa fingerprint, copy and keep them, for nothing that it uses. The
encoder's name is kept inside the trained model, so that a model trained with one encoder can never
be run with another.
"""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.intent_model import IntentModel, has_vector
from bot.nlu.judgement import too_long_for_command
from bot.nlu.vector_cache import FOLDER
from language.embedding import Encoder, kept_vectors, load_encoder

CHANCES = "intent_chances"
"""A message's property: the chance of each intent by name, for the guard; it stays inside Rasa."""

_ENCODER = "encoder.json"
# A command is short; reading all of ten thousand characters would take seconds a turn.
_READ = 500
_READ_BY_ENCODER = 250
"""Of signs that are each a piece of a word, 500 take half a second and more."""
_SHOWN = 5


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SentenceIntentClassifier(IntentClassifier, GraphComponent):
    """Gives each message the chances of all intents."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``encoder``: a name that ``language.embedding`` knows; ``vector_share``: the share of the
        examples that is encoded for the training; ``sure``: from this chance on, n-grams decide a
        text alone; ``c`` and ``vector_weight``: see ``IntentModel``."""
        return {
            "encoder": "e5",
            "vector_share": 0.2,
            "sure": 0.9,
            "c": 10.0,
            "vector_weight": 1.0,
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceIntentClassifier:
        """A new classifier, to be trained."""
        model = IntentModel(float(config["c"]), float(config["vector_weight"]))
        return cls(config, model, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SentenceIntentClassifier:
        """The classifier as trained, with the encoder it was trained with."""
        with model_storage.read_from(resource) as folder:
            trained = json.loads((folder / _ENCODER).read_text(encoding="utf-8"))
            model = IntentModel.load(folder)
        found = cls({**config, **trained}, model, model_storage, resource)
        # The first doubtful text would wait for it.
        found._encoder.encode(["hallo"])
        return found

    def __init__(
        self,
        config: dict[str, Any],
        model: IntentModel,
        model_storage: ModelStorage,
        resource: Resource,
    ) -> None:
        self._config = config
        self._model = model
        self._model_storage = model_storage
        self._resource = resource

    def train(self, training_data: TrainingData) -> Resource:
        """Trains on all examples that have a text and an intent."""
        examples = [
            example
            for example in training_data.intent_examples
            if example.get(TEXT) and example.get(INTENT)
        ]
        texts = [example.get(TEXT) for example in examples]
        places = [
            place
            for place, text in enumerate(texts)
            if has_vector(text, float(self._config["vector_share"]))
        ]
        self._model.fit(
            texts,
            [example.get(INTENT) for example in examples],
            kept_vectors([texts[place] for place in places], self._encoder, FOLDER),
            places,
        )
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder)
            text = json.dumps({"encoder": self._config["encoder"]})
            (folder / _ENCODER).write_text(text, encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets the likeliest intents, by how a text begins; what a button sends is not read."""
        typed = [
            message
            for message in messages
            if message.get(TEXT) and not message.get(TEXT).startswith(INTENT_MESSAGE_PREFIX)
        ]
        if not typed:
            return messages
        texts = [message.get(TEXT)[:_READ] for message in typed]
        needless = [_is_content_anyway(message) for message in typed]
        rows = self._model.sparing_chances(
            texts, self._encode, float(self._config["sure"]), needless
        )
        for message, row in zip(typed, rows, strict=True):
            ranking = [
                {"name": self._model.intents[place], "confidence": float(row[place])}
                for place in np.argsort(-row)[:_SHOWN]
            ]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            message.set(CHANCES, dict(zip(self._model.intents, map(float, row), strict=True)))
        return messages

    @cached_property
    def _encoder(self) -> Encoder:
        return load_encoder(self._config["encoder"])

    def _encode(self, texts: list[str]) -> npt.NDArray[Any]:
        return self._encoder.encode([text[:_READ_BY_ENCODER] for text in texts])


def _is_content_anyway(message: Message) -> bool:
    """Whether ``AnswerGuard`` takes a text for an answer whatever its intent."""
    metadata = message.get("metadata") or {}
    return bool(metadata.get("content")) or too_long_for_command(
        message.get(TEXT), metadata.get("step", "start")
    )
