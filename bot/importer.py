"""Loads the training data without repeated copies.

Rasa's importers merge the same examples six times before a training. Every merge deep-copies them
and serialises all of them to JSON to find duplicates: more than half of the work of a training with
our 29,000 examples. Here the fast parser reads them from their files, and merges share references.
The checks of ``rasa data validate`` still work.
"""

from __future__ import annotations

import hashlib
from typing import Any

import rasa.shared.utils.io
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData


class LeanImporter(RasaFileImporter):
    """Rasa's file importer, without copies of the examples."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Also patches Rasa, so that this process merges examples by reference."""
        super().__init__(*arguments, **options)
        TrainingData.merge = _merged
        Message.fingerprint = _fingerprint


def _merged(self: TrainingData, *others: TrainingData | None) -> TrainingData:
    """Replaces ``TrainingData.merge``: the result shares its examples with the parts."""
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
    """Replaces ``Message.fingerprint``: a hash of the content of an example, without JSON."""
    if self.features:
        return str(rasa.shared.utils.io.deep_container_fingerprint([self.data, self.features]))
    return hashlib.md5(repr(sorted(self.data.items())).encode("utf-8")).hexdigest()
