"""Writes the vectors of what the catalogue says, and of the labelled kinds, to ``data/vectors``.

They go with the source code, so that a new installation need not compute them: that takes some
twenty seconds. Run it after a change of ``data/opdrachten.yml`` or ``data/soorten.jsonl``; what is
not there is computed by who needs it. ``bot.nlu.vector_cache`` writes those of the assistant's
examples.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from actions.reading.grouping import described_groups
from analysis.preprocessing.statement_kind import KIND_VECTORS, examples
from consultation.catalogue import load_catalogue
from consultation.settings import ROOT
from language.embedding import SHIPPED, kept_vectors, load_encoder, ship_vectors


def shipped_texts() -> Mapping[str, Sequence[str]]:
    """The texts whose vectors are shipped, by the name of their folder."""
    catalogue = load_catalogue(ROOT / "data" / "opdrachten.yml")
    subjects = {"opdrachten": catalogue.descriptions(), "groepen": described_groups(catalogue)}
    texts = {
        name: list(dict.fromkeys(text for texts in described.values() for text in texts))
        for name, described in subjects.items()
    }
    return texts | {KIND_VECTORS: list(dict.fromkeys(examples()[0]))}


def main() -> None:
    """Writes the files; what was shipped before keeps its vector to the bit."""
    encoder = load_encoder("e5")
    with tempfile.TemporaryDirectory() as cache:
        for name, texts in shipped_texts().items():
            vectors = kept_vectors(texts, encoder, Path(cache) / name, shipped=SHIPPED / name)
            print(ship_vectors(texts, encoder, vectors, SHIPPED / name), file=sys.stderr)


if __name__ == "__main__":
    main()
