"""Encodes the training examples before Rasa needs their vectors.

``python -m bot.nlu.vector_cache`` reads ``config.yml`` and ``data/nlu`` and reports its progress.
``samenspraak train`` starts it first, so that the vectors are computed while Rasa validates and
loads the data; a training that needs the vectors waits for it. The vectors are cached between
trainings, beside Rasa's own cache, because a change of the data affects few examples.

The vectors of most examples go with the source code (``data/vectors``): computing them takes up to
five minutes on a slow machine. Examples that are not there are encoded. After a change of many
examples ``python -m bot.nlu.vector_cache --ship`` writes the file anew.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from bot.nlu.acts import ActModel
from bot.nlu.closing import ClosingModel
from bot.nlu.consent_model import ConsentModel
from bot.nlu.intent_model import has_vector
from language.embedding import SHIPPED, kept_vectors, load_encoder, ship_vectors

FOLDER = Path(".rasa") / "vectors"

_CLASSIFIER = "bot.nlu.intent_classifier.SentenceIntentClassifier"


def main(arguments: Sequence[str] = ()) -> None:
    """Fills the cache of vectors for the next training; with ``--ship`` also ``data/vectors``."""
    encoder, texts = load_encoder(_config()["encoder"]), encoded_texts()

    def tell(done: int, of: int) -> None:
        print(f"{done} of {of} examples encoded", file=sys.stderr, flush=True)

    vectors = kept_vectors(texts, encoder, FOLDER, progress=tell, shipped=SHIPPED)
    if "--ship" in arguments:
        print(ship_vectors(texts, encoder, vectors, SHIPPED), file=sys.stderr)


def encoded_texts() -> list[str]:
    """The examples whose vectors a training needs."""
    share = float(_config()["vector_share"])
    small = (ActModel(), ClosingModel(), ConsentModel())
    own = [text for each in small for text in each.texts()]
    return [*(text for text in _examples() if has_vector(text, share)), *own]


def _config() -> dict[str, Any]:
    pipeline = yaml.safe_load(Path("config.yml").read_text(encoding="utf-8"))["pipeline"]
    return next(part for part in pipeline if part["name"] == _CLASSIFIER)


def _examples() -> list[str]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found = []
    for path in sorted(Path("data", "nlu").glob("*.yml")):
        for block in yaml.load(path.read_text(encoding="utf-8"), Loader=loader).get("nlu", []):
            lines = block.get("examples", "").splitlines()
            found += [line[2:].strip() for line in lines if line.startswith("- ")]
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
