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

from bot.nlu import acts, closing
from bot.nlu.acts import ActModel
from bot.nlu.closing import ClosingModel
from bot.nlu.consent import is_plain
from bot.nlu.consent_model import MOST_WORDS as MOST_WORDS_OF_CONSENT
from bot.nlu.consent_model import ConsentModel
from bot.nlu.intent_model import IntentModel, has_vector
from bot.nlu.judgement import CONTENT, too_long_for_command
from bot.nlu.vector_cache import FOLDER
from language.embedding import SHIPPED, Encoder, kept_vectors, load_encoder
from language.reading import summary
from language.reading.acts import ANSWER

CHANCES = "intent_chances"
"""Message property with the probability of every intent by name, for ``AnswerGuard``; internal."""

ACT = "act"
"""Message property with the ``Act`` of a text; internal."""

LEARNED = "learned_consent"
"""Message property with the probability of what a text says where consent is asked; internal."""

GIVEN_VECTOR = "vector"
"""Key of a message's metadata: the name and version of an encoder, and its vector of the text. It
saves computing the vector again; only ``bot.understand`` sets it."""

_ENCODER, _ACTS, _CLOSING, _CONSENT = "encoder.json", "acts", "closing", "consent"
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
            found._acts.load(folder / _ACTS)
            found._closing.load(folder / _CLOSING)
            found._consent.load(folder / _CONSENT)
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
        self._acts = ActModel()
        self._closing = ClosingModel()
        self._consent = ConsentModel()
        self._model_storage = model_storage
        self._resource = resource

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """The examples of acts and of consent, which are no training data of Rasa's own."""
        small = (ActModel(), ClosingModel(), ConsentModel())
        return "".join(each.fingerprint() for each in small)

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
        answers = self._acts.told()[ANSWER]
        texts += answers
        intents += [CONTENT] * len(answers)
        places = [place for place, text in enumerate(texts) if has_vector(text, share)]
        small = (self._acts, self._closing, self._consent)
        # One call for all models: the cache keeps only the texts of the last one.
        needed = [texts[place] for place in places]
        needed += [text for each in small for text in each.texts()]
        known = kept_vectors(needed, self._encoder, FOLDER, shipped=SHIPPED)
        vectors = dict(zip(needed, known, strict=True))

        def encoded(wanted: list[str]) -> npt.NDArray[Any]:
            return np.stack([vectors[text] for text in wanted])

        self._model.fit(texts, intents, encoded([texts[place] for place in places]), places)
        for each in small:
            each.fit(texts[:own], intents[:own], share, encoded)
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder)
            self._acts.save(folder / _ACTS)
            self._closing.save(folder / _CLOSING)
            self._consent.save(folder / _CONSENT)
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
        vectors = self._given_vectors(typed)

        def encode(wanted: list[str]) -> npt.NDArray[Any]:
            """Returns the vectors of the texts; computes those that are not there yet."""
            missing = [text for text in dict.fromkeys(wanted) if text not in vectors]
            if missing:
                new = self._encoder.encode([text[:_READ_BY_ENCODER] for text in missing])
                vectors.update(zip(missing, new, strict=True))
            return np.array([vectors[text] for text in wanted])

        rows = self._model.sparing_chances(texts, encode, float(self._config["sure"]), needless)
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
        # In one batch: the texts that the intents did without a vector.
        encode([message.get(TEXT) for message in [*unsettled, *consenting]])
        for message in unsettled:
            text, step = message.get(TEXT), _step(message)
            vector = vectors[text][None, :]
            if step in closing.READ_AT:
                message.set(ACT, self._closing.read_at(text, vector, step))
            else:
                message.set(ACT, self._acts.read(text, vector))
        for message in consenting:
            text = message.get(TEXT)
            message.set(LEARNED, self._consent.chances(text, vectors[text][None, :]))
        return messages

    @cached_property
    def _encoder(self) -> Encoder:
        return load_encoder(self._config["encoder"])

    def _given_vectors(self, messages: list[Message]) -> dict[str, npt.NDArray[Any]]:
        """Returns the vectors that messages brought, by text; those of another encoder are not."""
        found: dict[str, npt.NDArray[Any]] = {}
        for message in messages:
            given = (message.get("metadata") or {}).get(GIVEN_VECTOR)
            # In a talk no message brings one, and many need no encoder at all.
            if given and given[0] == f"{self._encoder.name} {self._encoder.version}":
                found[message.get(TEXT)] = found[message.get(TEXT)[:_READ]] = given[1]
        return found


def _step(message: Message) -> str | None:
    return (message.get("metadata") or {}).get("step")


def _may_be_act(message: Message, chances: dict[str, float]) -> bool:
    """Whether a text may do something else than the step asks, although no intent says so."""
    words = len(message.get(TEXT).split())
    if _step(message) in closing.READ_AT:
        return words <= closing.MOST_WORDS and summary.says(message.get(TEXT)) is None
    if _step(message) != "vraag":
        return False
    return words <= acts.MOST_WORDS and chances.get("bijdrage", 0.0) < _SURELY_ANSWER


def _needs_reading(message: Message) -> bool:
    """Whether a text is said where consent is asked, and no rule reads it."""
    metadata, text = message.get("metadata") or {}, message.get(TEXT)
    if metadata.get("step") != "toestemming" or len(text.split()) > MOST_WORDS_OF_CONSENT:
        return False
    return not is_plain(text, metadata.get("question"))


def _needs_no_vector(message: Message) -> bool:
    """Whether the intent does not matter: a sure answer, or a yes or a no to consent."""
    metadata = message.get("metadata") or {}
    if metadata.get("step") == "toestemming":
        return is_plain(message.get(TEXT), metadata.get("question"))
    return bool(metadata.get("content")) or too_long_for_command(
        message.get(TEXT), metadata.get("step", "start")
    )
