"""Classifies texts with a trained model: JSON lines in, JSON lines out.

``python -m bot.understand MODEL STEP`` reads ``{"text": ...}`` lines from standard input and writes
``{"intent": ..., "confidence": ...}`` lines, in order. STEP is the current step of the
conversation, as in a chat bubble; a line may have its own as ``"step"``, and a ``"question"``. A
line may also bring the sentence vector of its text, as ``"vector"`` (float32, base64) with the
name and version of the encoder as ``"encoder"``: it is not computed again. The model is loaded
before the lines are read, so a caller can compute vectors meanwhile. All texts go through Rasa's
pipeline in one batch.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from collections.abc import Iterable
from typing import Any

import numpy as np
from rasa.core.agent import load_agent
from rasa.core.channels.channel import UserMessage
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT

from bot.nlu.intent_classifier import GIVEN_VECTOR


async def understand(model: str, step: str) -> None:
    """Classifies all lines of standard input and prints the intents.

    Raises:
        SystemExit: the model cannot be loaded.
    """
    agent = await load_agent(model_path=model)
    if agent.processor is None:
        raise SystemExit(f"{model}: the model cannot be loaded")
    rows = [json.loads(line) for line in sys.stdin if line.strip()]
    for intent in _intents(agent.processor, [_message(row, step) for row in rows]):
        answer = {"intent": intent["name"], "confidence": round(float(intent["confidence"]), 4)}
        print(json.dumps(answer), flush=True)


def _message(row: dict[str, Any], step: str) -> UserMessage:
    text = row["text"]
    if text.strip().startswith("/"):
        text = "\u2060" + text
    place = {"step": row.get("step", step), "question": row.get("question")}
    if "vector" in row:
        vector = np.frombuffer(base64.b64decode(row["vector"]), dtype="<f4")
        place[GIVEN_VECTOR] = (row["encoder"], vector)
    return UserMessage(text=text, metadata=place)


def _intents(processor: Any, messages: list[UserMessage]) -> Iterable[dict[str, Any]]:
    target = processor.model_metadata.nlu_target
    inputs = {
        PLACEHOLDER_MESSAGE: messages,
        PLACEHOLDER_TRACKER: DialogueStateTracker.from_events("understand", []),
    }
    found = processor.graph_runner.run(inputs=inputs, targets=[target])[target]
    nothing = {"name": "", "confidence": 0.0}
    return (message.get(INTENT) or nothing for message in found)


if __name__ == "__main__":
    asyncio.run(understand(sys.argv[1], sys.argv[2]))
