"""Our intent classifier as a part of Rasa's pipeline; what it does stands in ``intent_model``."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.embedding_featurizer import EmbeddingFeaturizer
from bot.intent_model import IntentModel

RANKING = "intent_ranking"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SentenceIntentClassifier(IntentClassifier, GraphComponent):
    """Gives each message the chances of all intents."""

    @classmethod
    def required_components(cls) -> list[type]:
        """The sentence vectors come from our own featurizer."""
        return [EmbeddingFeaturizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See ``IntentModel``: ``c`` and ``vector_weight``."""
        return {"c": 10.0, "vector_weight": 1.0}

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
        return cls(model, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SentenceIntentClassifier:
        """The classifier as trained."""
        with model_storage.read_from(resource) as folder:
            return cls(IntentModel.load(folder), model_storage, resource)

    def __init__(self, model: IntentModel, model_storage: ModelStorage, resource: Resource) -> None:
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
        self._model.fit(
            [example.get(TEXT) for example in examples],
            np.stack([_vector(example) for example in examples]),
            [example.get(INTENT) for example in examples],
        )
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets the likeliest intent and the chances of all."""
        typed = [message for message in messages if message.get(TEXT)]
        if not typed:
            return messages
        vectors = np.stack([_vector(message) for message in typed])
        rows = self._model.chances([message.get(TEXT) for message in typed], vectors)
        for message, row in zip(typed, rows, strict=True):
            ranking = [
                {"name": self._model.intents[place], "confidence": float(row[place])}
                for place in np.argsort(-row)
            ]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(RANKING, ranking, add_to_output=True)
        return messages


def _vector(message: Message) -> Any:
    _, sentence = message.get_dense_features(TEXT)
    assert sentence is not None, "a text without a sentence vector"
    return sentence.features[0]
