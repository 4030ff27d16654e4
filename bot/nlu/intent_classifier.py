"""The intent classifier as a component of Rasa's pipeline; ``intent_model`` has the model itself.

The component reads texts itself: a tokenizer and a featurizer before it would add unused features
to every training example, and Rasa would fingerprint, copy and store them. The trained model stores
the name of its encoder, so that a model trained with one encoder can never run with another.
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

from bot.nlu import acts, closing, consent, step_model
from bot.nlu.intent_model import IntentModel, has_vector
from bot.nlu.judgement import CONTENT, too_long_for_command
from bot.nlu.step_model import StepModel
from bot.nlu.vector_cache import FOLDER, SHIPPED
from language.embedding import Encoder, kept_vectors, load_encoder
from language.reading import summary

CHANCES = "intent_chances"
"""Message property with the probability of every intent by name, for ``AnswerGuard``; internal."""

ACT = "act"
"""Message property with the ``Act`` of a text; internal."""

LEARNED = "learned_consent"
"""Message property with the probability of what a text says where consent is asked; internal."""

_ENCODER, _STEPS = "encoder.json", "steps"
_SURELY_ANSWER = 0.97
# A command is short; reading all of ten thousand characters would take seconds per turn.
_READ = 500
_READ_BY_ENCODER = 250
"""Maximum characters for the encoder: 500 symbols of one token each take over half a second."""
_SHOWN = 5


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SentenceIntentClassifier(IntentClassifier, GraphComponent):
    """Sets the probabilities of all intents on every message."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The default options.

        ``encoder``: a name for ``language.embedding.load_encoder``; ``vector_share``: the share of
        the examples that is encoded for the training; ``sure``: the minimum probability at which
        the n-grams decide without a sentence vector; ``c`` and ``vector_weight``: see
        ``IntentModel``.
        """
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
        """A new, untrained classifier."""
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
        """The trained classifier, with the encoder of its training."""
        with model_storage.read_from(resource) as folder:
            trained = json.loads((folder / _ENCODER).read_text(encoding="utf-8"))
            model = IntentModel.load(folder)
            found = cls({**config, **trained}, model, model_storage, resource)
            found._steps.load(folder / _STEPS)
        # Loads the encoder now; otherwise the first uncertain text would wait for it.
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
        self._steps = StepModel()
        self._vectors: dict[str, npt.NDArray[Any]] = {}
        self._model_storage = model_storage
        self._resource = resource

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """The examples of what is done at a step, which are no training data of Rasa's own."""
        return step_model.fingerprint()

    def train(self, training_data: TrainingData) -> Resource:
        """Trains on all examples that have a text and an intent."""
        examples = [
            example
            for example in training_data.intent_examples
            if example.get(TEXT) and example.get(INTENT)
        ]
        texts = [example.get(TEXT) for example in examples]
        intents = [example.get(INTENT) for example in examples]
        share, own = float(self._config["vector_share"]), len(examples)
        # Answers that look like something else teach the intents what an answer is, too.
        answers = step_model.answers_like_commands()
        texts += answers
        intents += [CONTENT] * len(answers)
        places = [place for place, text in enumerate(texts) if has_vector(text, share)]
        # One call for both models: the cache keeps only the texts of the last one.
        needed = [texts[place] for place in places]
        needed += [each.text for each in step_model.examples()]
        known = kept_vectors(needed, self._encoder, FOLDER, shipped=SHIPPED)
        vectors = dict(zip(needed, known, strict=True))

        def encoded(wanted: list[str]) -> npt.NDArray[Any]:
            return np.stack([vectors[text] for text in wanted])

        self._model.fit(texts, intents, encoded([texts[place] for place in places]), places)
        self._steps.fit(texts[:own], intents[:own], share, encoded)
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder)
            self._steps.save(folder / _STEPS)
            text = json.dumps({"encoder": self._config["encoder"]})
            (folder / _ENCODER).write_text(text, encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets the most probable intents from the start of a text; button payloads are skipped."""
        typed = [
            message
            for message in messages
            if message.get(TEXT) and not message.get(TEXT).startswith(INTENT_MESSAGE_PREFIX)
        ]
        if not typed:
            return messages
        texts = [message.get(TEXT)[:_READ] for message in typed]
        needless = [_needs_no_vector(message) for message in typed]
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
            chances = dict(zip(self._model.intents, map(float, row), strict=True))
            message.set(CHANCES, chances)
        unsettled = [message for message in typed if _may_be_act(message, message.get(CHANCES))]
        consenting = [message for message in typed if _needs_reading(message)]
        self._encode_missing([message.get(TEXT) for message in [*unsettled, *consenting]])
        for message in (*unsettled, *consenting):
            text = message.get(TEXT)
            told = self._steps.chances(text, self._vectors[text][None, :], _at(message))
            _set_act(message, told)
        self._vectors.clear()
        return messages

    @cached_property
    def _encoder(self) -> Encoder:
        return load_encoder(self._config["encoder"])

    def _encode(self, texts: list[str]) -> npt.NDArray[Any]:
        vectors = self._encoder.encode([text[:_READ_BY_ENCODER] for text in texts])
        self._vectors |= dict(zip(texts, vectors, strict=True))
        return vectors

    def _encode_missing(self, texts: list[str]) -> None:
        """Encodes, in one batch, the texts that the intents did without a vector."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if missing:
            self._encode(missing)


def _metadata(message: Message) -> dict[str, Any]:
    return message.get("metadata") or {}


def _step(message: Message) -> str | None:
    """The step that is open; ``aanbod`` while a text is offered."""
    metadata = _metadata(message)
    return "aanbod" if metadata.get("offer") else metadata.get("step")


def _at(message: Message) -> tuple[str | None, ...]:
    metadata = _metadata(message)
    follow_up = "doorvraag" if metadata.get("probe") else None
    return _step(message), follow_up, metadata.get("question")


def _set_act(message: Message, told: dict[str, float]) -> None:
    """Sets what a text does at its step, from the chances of all acts."""
    step = _step(message)
    if step == "toestemming":
        message.set(LEARNED, consent.kinds(told, _metadata(message).get("question")))
    elif step == "vraag":
        follow_up = bool(_metadata(message).get("probe"))
        message.set(ACT, acts.read(told, follow_up=follow_up))
    else:
        message.set(ACT, closing.read_at(told, str(step)))


def _may_be_act(message: Message, chances: dict[str, float]) -> bool:
    """Whether a text may do something else than the step asks, although no intent says so."""
    text, step = message.get(TEXT), _step(message)
    words = len(text.split())
    if step == "vraag":
        return words <= acts.MOST_WORDS and chances.get(CONTENT, 0.0) < _SURELY_ANSWER
    after = step == "aanbod" or step in closing.READ_AT
    return after and words <= closing.MOST_WORDS and summary.says(text) is None


def _needs_reading(message: Message) -> bool:
    """Whether a text where consent is asked is more than a yes or a no."""
    text = message.get(TEXT)
    if _step(message) != "toestemming" or len(text.split()) > consent.MOST_WORDS:
        return False
    return not consent.is_plain(text)


def _needs_no_vector(message: Message) -> bool:
    """Whether the intent does not matter: a sure answer, or a yes or a no to consent."""
    metadata = _metadata(message)
    if metadata.get("step") == "toestemming":
        return consent.is_plain(message.get(TEXT))
    return bool(metadata.get("content")) or too_long_for_command(
        message.get(TEXT), metadata.get("step", "start")
    )
