"""An analysis that is loaded before it is asked for: ``python -m web.warm_analysis``.

Loading takes longer than a rerun computes. So after an analysis that a page asked for, the website
starts this process for the next one. It loads what a rerun uses, reads no data, and waits for one
line of JSON on its standard input: the arguments of a verb, with which it goes on as
``samenspraak``. It ends when its input is closed without a line.
"""

from __future__ import annotations

import importlib
import json
import sys

from language.tagging import word_class

_LOADED = (
    "samenspraak.analyst",
    "analysis.run",
    "analysis.find_themes",
    "sklearn.covariance",
    "sklearn.feature_extraction.text",
    "sklearn.isotonic",
    "sklearn.naive_bayes",
)
"""What a rerun uses where only decisions changed; anything else is loaded when it runs."""


def load() -> None:
    """Loads the modules and the model of the tagger."""
    for name in _LOADED:
        importlib.import_module(name)
    word_class("fiets")


if __name__ == "__main__":
    load()
    line = sys.stdin.readline()
    if line:
        sys.argv[1:] = json.loads(line)
        importlib.import_module("samenspraak.cli").main()
