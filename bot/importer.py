"""Reads the training data once.

Rasa's importers merge the same examples six times on the way to a training, and each time copy them
deeply and write each of them to JSON to find doubles: more than half of a training's work with our
29,000 examples. Here they are read from their files by the fast parser, and merged by reference;
what Rasa checks of them (``rasa data validate``) it still checks.
"""

from __future__ import annotations

import hashlib
from typing import Any

import rasa.shared.utils.io
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData


class LeanImporter(RasaFileImporter):
    """Rasa's file importer, with examples that are not copied."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Also makes this process merge examples by reference."""
        super().__init__(*arguments, **options)
        TrainingData.merge = _merged
        Message.fingerprint = _fingerprint


def _merged(self: TrainingData, *others: TrainingData | None) -> TrainingData:
    """All of these together, as ``TrainingData.merge``; examples are shared with the parts."""
    parts = [self, *(other for other in others if other)]
    found = TrainingData(
        entity_synonyms={
            text: each for part in parts for text, each in part.entity_synonyms.items()
        },
        regex_features=[each for part in parts for each in part.regex_features],
        lookup_tables=[each for part in parts for each in part.lookup_tables],
        responses={name: each for part in parts for name, each in part.responses.items()},
    )
    found.training_examples = [each for part in parts for each in part.training_examples]
    return found


def _fingerprint(self: Message) -> str:
    """A hash of what an example holds, as ``Message.fingerprint``, without JSON."""
    if self.features:
        return str(rasa.shared.utils.io.deep_container_fingerprint([self.data, self.features]))
    return hashlib.md5(repr(sorted(self.data.items())).encode("utf-8")).hexdigest()
