"""The only texts a language model gets: with personal data masked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NewType

from consultation.errors import needs_pipeline

MaskedText = NewType("MaskedText", str)
"""A text on one line in which personal data is replaced by its kind, as in ``[naam]``."""

LONGEST = 600
"""The most characters of a text; a longer one is cut off after it was masked."""


def masked_texts(texts: Sequence[str], spacy_model: str) -> list[MaskedText]:
    """Returns the texts as a language model may have them.

    A text that could not be searched to its end is empty, since it may still hold personal data.

    Raises:
        SamenspraakError: the pipeline that detects names is unavailable; names the remedy.
    """
    # Imported here because the import loads word lists that only this needs.
    from language.personal_data import detector

    with needs_pipeline():
        found = detector(spacy_model)
        return [as_masked(found.masked_slice(text, 0, len(text)) or "") for text in texts]


def as_masked(text: str) -> MaskedText:
    """Returns a text that was masked already, as ``consultation.queries.disclosure`` does."""
    return MaskedText(" ".join(text.split())[:LONGEST])
