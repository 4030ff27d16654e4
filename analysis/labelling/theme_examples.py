"""The quotes and the action of a theme: what its statements themselves show of it.

This module loads no language pipeline: a run that only moves statements between themes needs none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.labelling import candidates
from analysis.preprocessing.proposals import leans_back
from analysis.preprocessing.recurring_texts import RecurringTexts
from language.embedding import Vectors, normalised
from language.frequency import STOP_WORDS

_QUOTES = 5
_FEWEST_QUOTES = 3
_SAME_WORDS = 0.75
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_VARIETY = 0.4


@dataclass(frozen=True)
class ThemeExamples:
    """What a theme shows of its statements, as rows of all texts.

    ``rows`` are all rows of the theme, the most central first; ``closeness`` has, for each of them,
    the cosine, -1 to 1, with the centre of the theme. ``action`` is the proposal that says best
    what should be done and by whom, or None if no statement reads as a proposal.
    """

    rows: tuple[int, ...]
    closeness: tuple[float, ...]
    quotes: tuple[int, ...]
    action: int | None


def theme_examples(
    rows: Sequence[int],
    texts: Sequence[str],
    kinds: Sequence[str],
    voices: Sequence[str],
    centred: Vectors,
    many: RecurringTexts,
    whole: Sequence[bool] | None,
    usable: int | None = None,
) -> ThemeExamples:
    """Returns the examples of the theme that has these rows; they follow from its rows alone.

    ``texts``, on one line each, ``kinds``, ``voices`` (the participants), centred unit vectors
    ``centred`` and ``whole`` are aligned and have all texts, as in
    ``analysis.labelling.topics.find_topics``. ``usable`` is a row that was found usable as an
    action before: it is not read again, which spares loading the tagger.
    """
    weight = np.array([many.weight(row) for row in rows], dtype=np.float64)
    own = centred[list(rows)]
    centre = _middle(own, weight)
    near = dict(zip(rows, (own @ centre).tolist(), strict=True))
    ranked = sorted(rows, key=lambda row: (-near[row], texts[row]))
    action = _action(ranked, texts, kinds, whole, usable)
    # The action is shown separately, so it is no quote unless too few statements are left.
    others = [row for row in ranked if row != action]
    quoted = others if len(others) >= _FEWEST_QUOTES else ranked
    return ThemeExamples(
        rows=tuple(ranked),
        closeness=tuple(round(near[row], 4) for row in ranked),
        quotes=tuple(_quotes(quoted, texts, voices, centred, centre, many)),
        action=action,
    )


def _action(
    rows: Sequence[int],
    texts: Sequence[str],
    kinds: Sequence[str],
    whole: Sequence[bool] | None,
    usable: int | None,
) -> int | None:
    """The best candidate for the action among the rows of a theme, most central first."""
    proposals = [row for row in rows if kinds[row] == "voorstel"]
    ranked = candidates.ranked(
        [texts[row] for row in proposals],
        whole and [whole[row] for row in proposals],
        [place for place, row in enumerate(proposals) if row == usable],
    )
    best = next(ranked, None)
    return None if best is None else proposals[best]


def _middle(rows: Vectors, weight: npt.NDArray[np.float64]) -> Vectors:
    """The mean of the rows, weighted by ``weight`` and normalised."""
    if (weight == 1).all():
        whole: Vectors = normalised(rows.mean(axis=0, keepdims=True))[0]
        return whole
    mean = (rows * weight[:, None]).sum(axis=0, keepdims=True) / weight.sum()
    middle: Vectors = normalised(mean.astype(np.float32))[0]
    return middle


def _quotes(
    ranked: Sequence[int],
    texts: Sequence[str],
    voices: Sequence[str],
    vectors: Vectors,
    centre: Vectors,
    many: RecurringTexts,
) -> list[int]:
    """The rows of central quotes that differ, by maximal marginal relevance.

    The method is that of Carbonell and Goldstein (1998). A theme gets three to five quotes if it
    has as many different statements. Statements of 25 to 400 characters come first, at most five
    from the 60 most central; shorter and longer ones are used only to reach three. Statements in
    almost the same words count as one. Statements that can be read by themselves and statements
    from another participant are preferred. A text in ``many`` may have any length.
    """
    fitting = [row for row in ranked if 25 <= len(texts[row]) <= 400 or row in many.people]
    said = {row: _content_words(texts[row]) for row in ranked}
    chosen: list[int] = []

    def fill(left: list[int], wanted: int) -> None:
        while left and len(chosen) < wanted:
            best = max(left, key=worth)
            left.remove(best)
            if not any(_says_the_same(said[best], said[other]) for other in chosen):
                chosen.append(best)

    def worth(row: int) -> float:
        same = max((float(vectors[row] @ vectors[other]) for other in chosen), default=0.0)
        again = 0.3 if voices[row] in {voices[other] for other in chosen} else 0.0
        alone = 0.0 if leans_back(texts[row]) else 0.1
        return (1 - _VARIETY) * float(vectors[row] @ centre) - _VARIETY * same - again + alone

    fill(fitting[:60], _QUOTES)
    fill([row for row in ranked if row not in fitting], _FEWEST_QUOTES)
    return chosen


def _content_words(text: str) -> frozenset[str]:
    found = frozenset(word for word in _WORD.findall(text.lower()) if word not in STOP_WORDS)
    return found or frozenset([text.casefold()])


def _says_the_same(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= _SAME_WORDS * min(len(one), len(other))
