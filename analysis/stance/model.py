"""Classifies the stance of a statement towards the measure that it is about.

A logistic regression, one against the rest, uses word and character n-grams of the text and cues in
its wording (``analysis.stance.cues``). It is trained at run time, in a second or two, on
``data/houdingen.jsonl``: some 1,200 statements that were written and labelled for it, on learning,
work, care, housing and other subjects. Statements whose stance a facilitator set are examples too.

Stance is read from the text alone. The kind of the statement changes the odds: an answer to "what
holds you back" mostly holds no stance, and a proposal is mostly for what it proposes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.parameters import STANCE
from analysis.stance.cues import MOST_READ, cues
from analysis.stance.guess import EXAMPLES, StanceGuess
from consultation.curation.operations import Stance

_TOKENS = r"[^\W_]+|[?!,:]"
_ODDS: Mapping[str, Mapping[str, float]] = {
    "drempel": {"geen": STANCE.hurdle_odds},
    "voorstel": {"voor": STANCE.proposal_odds},
}


def examples() -> tuple[list[str], list[Stance]]:
    """The texts of the training set, and their stances."""
    rows = [json.loads(line) for line in EXAMPLES.read_text(encoding="utf-8").splitlines()]
    return [row["text"] for row in rows], [row["stance"] for row in rows]


class StanceModel:
    """A trained classifier of stance."""

    def __init__(self, corrected: Mapping[str, Stance] | None = None) -> None:
        """Trains the model; ``corrected`` has the stances that people set, by text.

        A corrected text counts ``STANCE.correction_weight`` times.
        """
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.multiclass import OneVsRestClassifier

        texts, stances = examples()
        for text, stance in (corrected or {}).items():
            texts += [text] * STANCE.correction_weight
            stances += [stance] * STANCE.correction_weight
        self._grams = (
            TfidfVectorizer(
                ngram_range=(1, 3),
                token_pattern=_TOKENS,
                sublinear_tf=True,
                preprocessor=_plain,
            ),
            TfidfVectorizer(
                analyzer="char_wb",
                ngram_range=(2, 4),
                sublinear_tf=True,
                preprocessor=_plain,
                min_df=2,
            ),
        )
        for grams in self._grams:
            grams.fit(texts)
        one = LogisticRegression(
            C=STANCE.strength, solver="liblinear", class_weight="balanced", random_state=0
        )
        self._model = OneVsRestClassifier(one).fit(self._features(texts), np.asarray(stances))

    def guess(self, texts: Sequence[str], kinds: Sequence[str] | None = None) -> list[StanceGuess]:
        """The stance of each text; ``kinds`` are the kinds of the statements, if known."""
        if not texts:
            return []
        classes: list[Stance] = [str(each) for each in self._model.classes_]  # type: ignore[misc]
        chances: npt.NDArray[np.float64] = self._model.predict_proba(self._features(texts))
        for row, kind in enumerate(kinds or ()):
            for stance, odds in _ODDS.get(kind, {}).items():
                column = classes.index(stance)  # type: ignore[arg-type]
                chances[row, column] = chances[row, column] * odds
        chances = chances / np.maximum(chances.sum(axis=1, keepdims=True), 1e-12)
        best = chances.argmax(axis=1)
        return [
            StanceGuess(classes[place], round(float(chances[row, place]), 4))
            for row, place in enumerate(best)
        ]

    def _features(self, texts: Sequence[str]) -> Any:
        from scipy.sparse import csr_matrix, hstack

        marks = STANCE.cue_weight * np.array([_cues(text) for text in texts])
        return hstack(
            [csr_matrix(marks), *(grams.transform(texts) for grams in self._grams)]
        ).tocsr()


@lru_cache(maxsize=1)
def untaught() -> StanceModel:
    """The model without corrections; trained once per process."""
    return StanceModel()


_cues = lru_cache(maxsize=20_000)(cues)


def _plain(text: str) -> str:
    return " ".join(text[:MOST_READ].lower().split())
