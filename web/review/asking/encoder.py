"""What these pages say when the sentence encoder cannot be loaded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from analysis.preprocessing.embeddings import AnalysisError
from dialogue.messages import say
from web.errors import Problem


@contextmanager
def needs_encoder() -> Iterator[None]:
    """Turns a missing encoder into a page that says so.

    Raises:
        Problem: 503, the encoder of the settings cannot be loaded.
    """
    try:
        yield
    except AnalysisError as error:
        raise Problem(503, say("codeboek_kan_niet")) from error
