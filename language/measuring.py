"""The measure stored with an answer: the same for every channel."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from language.foreign import foreign_language
from language.informativeness import Judgement, is_mash


def measure(judgement: Judgement, text: str, others: Iterable[str] = ()) -> dict[str, Any]:
    """A judgement in the stored form, with the language of the text and its marks.

    The keys are the fields of ``consultation.participation.effects.Measure``. ``others`` are the
    participant's earlier answers on the same opdracht: a repeated text gets a mark.
    """
    plain = _folded(text)
    repeated = bool(plain) and any(plain == _folded(other) for other in others)
    marks = [name for name, holds in (("onzin", is_mash(text)), ("herhaling", repeated)) if holds]
    return {
        "information": round(judgement.information, 2),
        "specificity": judgement.specificity,
        "relevance": judgement.relevance,
        "non_answer": judgement.non_answer,
        "thin": judgement.thin,
        "language": foreign_language(text),
        "marks": tuple(marks),
    }


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
