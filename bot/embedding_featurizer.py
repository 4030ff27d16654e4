"""A dense featurizer that gives Rasa our own sentence embeddings.

The encoder's name is kept inside the trained model, so that a model trained with one encoder can
never be run with another.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import numpy.typing as npt
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.vector_cache import vectors_of
from language.embedding import Encoder, load_encoder

_FILE = "encoder.json"
# A command is short; reading all of ten thousand characters would take seconds a turn.
_READ = 500


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class EmbeddingFeaturizer(DenseFeaturizer, GraphComponent):
    """Adds one sentence vector per message."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Rasa's dense featurizers come after a tokenizer."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The encoder to train with: a name that ``language.embedding`` knows."""
        return {**DenseFeaturizer.get_default_config(), "encoder": "e5"}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> EmbeddingFeaturizer:
        """A new featurizer, to be trained."""
        return cls(config, model_storage, resource, execution_context)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> EmbeddingFeaturizer:
        """The featurizer as trained, with the encoder it was trained with."""
        with model_storage.read_from(resource) as folder:
            trained = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        return cls({**config, **trained}, model_storage, resource, execution_context)

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> None:
        super().__init__(execution_context.node_name, config)
        self._model_storage = model_storage
        self._resource = resource
        self._encoder: Encoder | None = None

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """The encoder's name is checked when it is loaded."""

    def train(self, training_data: TrainingData) -> Resource:
        """Remembers which encoder the model is trained with."""
        with self._model_storage.write_to(self._resource) as folder:
            text = json.dumps({"encoder": self._config["encoder"]})
            (folder / _FILE).write_text(text, encoding="utf-8")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds vectors to all training examples."""
        typed = [example for example in training_data.training_examples if example.get(TEXT)]
        if typed:
            vectors = vectors_of([example.get(TEXT) for example in typed], self._loaded())
            self._add(typed, vectors)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds vectors to messages, of how they begin; a button's payload needs none."""
        typed = [message for message in messages if message.get(TEXT)]
        if typed:
            vectors = self._loaded().encode([message.get(TEXT)[:_READ] for message in typed])
            self._add(typed, np.asarray(vectors))
        return messages

    def _loaded(self) -> Encoder:
        if self._encoder is None:
            self._encoder = load_encoder(self._config["encoder"])
        return self._encoder

    def _add(self, messages: list[Message], vectors: npt.NDArray[Any]) -> None:
        for message, vector in zip(messages, vectors, strict=True):
            message.add_features(
                Features(vector.reshape(1, -1), FEATURE_TYPE_SENTENCE, TEXT, self._config["alias"])
            )
