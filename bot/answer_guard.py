"""Decides whether a text is a command to the assistant or content to store.

NLU components see no tracker, so the gateway tells in the message's metadata which step and which
question are open. While an open question is asked, text is content unless it is clearly a command:
a lost command costs the person one more tap, a lost answer costs the consultation its voice.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

CONTENT = "bijdrage"
CHOICE = "opdracht_kiezen"

# While a question is open these are never commands: what somebody says off topic, in another
# language or by way of a subject is their answer, and is stored.
_CONTENT_IN_QUESTION = frozenset(
    {"buiten_onderwerp", "andere_taal", "opdracht_kiezen", "weet_niet", "bevestigen", "ontkennen"}
)
_CHOICE_IN_CHOOSING = frozenset({"bijdrage", "buiten_onderwerp", "klacht", "weet_niet"})
_MAX_COMMAND_WORDS = 14


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class AnswerGuard(GraphComponent):
    """Turns an intent into ``bijdrage`` where the text is, or may be, an answer."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``command_threshold``: the least confidence for a command in an open question."""
        return {"command_threshold": 0.5}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> AnswerGuard:
        """A guard with its configuration."""
        return cls(config)

    def __init__(self, config: dict[str, Any]) -> None:
        self._threshold = float(config["command_threshold"])

    def process(self, messages: list[Message]) -> list[Message]:
        """Judges each message by the step it answers."""
        for message in messages:
            intent = message.get(INTENT)
            if not intent or not intent.get("name"):
                continue
            step = (message.get("metadata") or {}).get("step", "start")
            name = judge(
                intent["name"],
                float(intent.get("confidence", 0.0)),
                message.get(TEXT) or "",
                step,
                self._threshold,
            )
            if name != intent["name"]:
                message.set(INTENT, {**intent, "name": name}, add_to_output=True)
        return messages


def judge(intent: str, confidence: float, text: str, step: str, threshold: float) -> str:
    """The intent to act on, from the predicted one and the step that is open.

    Typed text that starts with a slash is text, never a command. (What a button sends goes past
    this: Rasa reads it after the classifiers.)

    Args:
        intent: what the classifier predicts.
        confidence: how sure it is, 0 to 1.
        text: what was typed.
        step: ``vraag`` while an open question is asked, ``opdracht`` or ``groep`` while one is
            chosen, ``bevestigen``, ``toestemming``, ``verder``, ``einde`` or ``start``.
        threshold: the least confidence for a command while a question is open.
    """
    if text.lstrip("\u2060 ").startswith("/"):
        intent, confidence = CONTENT, 1.0
    if step == "vraag":
        unclear = confidence < threshold or len(text.split()) > _MAX_COMMAND_WORDS
        return CONTENT if unclear or intent in _CONTENT_IN_QUESTION else intent
    if step in ("opdracht", "groep"):
        unclear = confidence < threshold or intent in _CHOICE_IN_CHOOSING
        return (CHOICE if step == "opdracht" else CONTENT) if unclear else intent
    return intent
