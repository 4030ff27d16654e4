"""Trains and asks Rasa's own DIET; ``benchmarks/nlu.py`` runs this in the bot's environment.

``python -m benchmarks.nlu_diet TRAIN.json TEXTS.json OUT.json EPOCHS``: ``TRAIN`` holds pairs of
text and intent, ``TEXTS`` a list of texts. ``OUT`` gets the intents, a row of chances per text, the
seconds to train and the milliseconds per message.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import yaml
from rasa.core.agent import load_agent
from rasa.core.channels.channel import UserMessage
from rasa.model_training import train_nlu
from rasa.utils.log_utils import configure_structlog

PIPELINE: list[dict[str, Any]] = [
    {"name": "WhitespaceTokenizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
]


def trained(examples: list[list[str]], epochs: int, folder: Path) -> str:
    """The path of a model with Rasa's default features and DIET."""
    diet = {
        "name": "DIETClassifier",
        "epochs": epochs,
        "entity_recognition": False,
        "ranking_length": 0,
        "constrain_similarities": True,
        "random_seed": 1,
    }
    config = {"recipe": "default.v1", "language": "nl", "pipeline": [*PIPELINE, diet]}
    (folder / "config.yml").write_text(yaml.safe_dump({**config, "assistant_id": "diet"}))
    by_intent: dict[str, list[str]] = defaultdict(list)
    for text, intent in examples:
        by_intent[intent].append(f"- {text}\n")
    blocks = [{"intent": intent, "examples": "".join(lines)} for intent, lines in by_intent.items()]
    data = yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True)
    (folder / "nlu.yml").write_text(data, encoding="utf-8")
    path = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder / "models"))
    assert path is not None
    return str(path)


async def asked(model: str, texts: list[str]) -> list[dict[str, float]]:
    """The chance of each intent, for each text."""
    agent = await load_agent(model_path=model)
    assert agent.processor is not None
    rows = []
    for text in texts:
        parsed = await agent.processor.parse_message(UserMessage(text=text))
        rows.append({each["name"]: each["confidence"] for each in parsed["intent_ranking"]})
    return rows


def main() -> None:
    """Reads, trains, asks, writes; Rasa would log the texts."""
    configure_structlog(logging.ERROR)
    train, texts, out, epochs = sys.argv[1:]
    examples = json.loads(Path(train).read_text(encoding="utf-8"))
    asking = json.loads(Path(texts).read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        model = trained(examples, int(epochs), Path(folder))
        middle = time.perf_counter()
        rows = asyncio.run(asked(model, asking))
        end = time.perf_counter()
    names = sorted({intent for _, intent in examples})
    found = {
        "intents": names,
        "chances": [[row.get(name, 0.0) for name in names] for row in rows],
        "seconds": middle - begin,
        "milliseconds": 1000 * (end - middle) / len(asking),
    }
    Path(out).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
