"""Candidates for the action of a theme: proposals that a facilitator can use as they stand.

A candidate is a whole sentence of one participant that is a measure by itself
(``analysis.labelling.measures``), never a clause of a longer sentence. Where a theme has no such
sentence it has no candidate: a bad one costs a facilitator more than none. It then shows its best
proposal as one that must be rewritten, and says what is wrong with it (``best_to_rewrite``).
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass

from analysis.labelling.measures import Fault, fault_of, is_infinitive, names_people
from analysis.preprocessing.proposals import names_actor, reads_as_proposal, wording
from analysis.supporters import asks_for, is_proposal, subjects
from consultation.queries.statements import StatementView

MOST = 3
"""The most candidates of a theme."""

_GOOD_WORDS = (8, 30)
_CENTRAL = 0.35
# Tagging takes up to ten milliseconds a text, so no more texts of a theme are tried.
_MOST_TRIED = 80

_CAPITALS = 0.2
"""Where fewer texts of a theme begin with a capital, a sentence may do without."""

_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*$")
_SECOND_ORDER = re.compile(
    r"\b(?:en|of)\s(?:geef|laat|zet|stop|stel|maak|zorg|doe|kom|neem|breng|hou|organiseer|koppel|test|open|schaf|deel)\s",
    re.IGNORECASE,
)
_MENDED = (Fault.WHOM, Fault.FORM, Fault.VAGUE, Fault.SPOKEN, Fault.ARGUES, Fault.REFERS)
"""The faults, the one that is mended most easily first."""


@dataclass(frozen=True)
class ProposalToRewrite:
    """A proposal that cannot be an action as it stands, and why."""

    said: StatementView
    fault: Fault


def whole_sentences(said: Iterable[StatementView]) -> frozenset[str]:
    """The ids of the statements that are whole sentences of their answer, not clauses.

    Long sentences are cut into clauses (``language.segmentation.clauses``). A statement is whole if
    it begins the answer or follows the end of a sentence or begins with a capital (an item of a
    list), and the same holds for what follows it.
    """
    answers: dict[str, list[StatementView]] = {}
    for each in said:
        answers.setdefault(each.contribution, []).append(each)
    found = set()
    for own in answers.values():
        own.sort(key=lambda each: each.start)
        starts = [
            not before or bool(_SENTENCE_END.search(before.text)) or _is_opening(each.text)
            for before, each in zip([None, *own], own, strict=False)
        ]
        for each, opens, closes in zip(own, starts, [*starts[1:], True], strict=True):
            if opens and (closes or _SENTENCE_END.search(each.text)):
                found.add(each.id)
    return frozenset(found)


def ranked(
    texts: Sequence[str], whole: Sequence[bool] | None = None, known: Container[int] = ()
) -> Iterator[int]:
    """The indices of the usable texts, the best first, found one by one.

    ``texts`` are the proposals of a theme, the most central first; ``whole`` tells which are whole
    sentences (None: all), and ``known`` which are usable without looking. Central texts come first,
    and those that name who acts.
    """
    lower = _typed_lower(texts)
    for place in _in_order(texts, whole):
        if place in known or fault_of(texts[place], lower) is None:
            yield place


def candidates(
    said: Sequence[StatementView], whole: frozenset[str], most: int = MOST
) -> tuple[StatementView, ...]:
    """The best candidates for the action of a theme, of different people, each for another thing.

    ``said`` are the statements of the theme, the most central first, and ``whole`` the ids of the
    whole sentences (``whole_sentences``). Empty where no statement can be used as it stands.
    """
    proposals = [each for each in said if may_propose(each.kind, each.text)]
    found: list[StatementView] = []
    people: set[str] = set()
    wanted: list[frozenset[str]] = []
    for place in ranked(
        [each.text for each in proposals], [each.id in whole for each in proposals]
    ):
        each = proposals[place]
        about = subjects(each.text)
        if each.participant in people or any(asks_for(one, about) for one in wanted):
            continue
        if found and is_infinitive(each.text):
            continue
        found.append(each)
        people.add(each.participant)
        wanted.append(about)
        if len(found) == most:
            break
    return tuple(found)


def best_to_rewrite(
    said: Sequence[StatementView], whole: frozenset[str]
) -> ProposalToRewrite | None:
    """The proposal of a theme that needs least to become an action; None where nobody proposes.

    It is a whole sentence, if there is one, and the arguments are those of ``candidates``.
    """
    proposals = [each for each in said if is_proposal(each)]
    texts = [each.text for each in proposals]
    lower = _typed_lower(texts)
    tried = _in_order(texts, [each.id in whole for each in proposals]) or _in_order(texts, None)
    faults = {place: fault_of(texts[place], lower) or Fault.FORM for place in tried}
    if not faults:
        return None
    # ``tried`` is in order of merit, and ``min`` takes the first of equals.
    best = min(tried, key=lambda place: _MENDED.index(faults[place]))
    return ProposalToRewrite(proposals[best], faults[best])


def may_propose(kind: str, text: str) -> bool:
    """Whether a statement of this kind can be a candidate: a proposal, by its kind or its wording.

    An order is one also where the statement was taken for an obstacle.
    """
    return (
        kind == "voorstel" or wording(text).order or (kind != "drempel" and reads_as_proposal(text))
    )


def _in_order(texts: Sequence[str], whole: Sequence[bool] | None) -> list[int]:
    """The indices of the whole sentences among the texts, by merit; at most ``_MOST_TRIED``."""
    merits = [
        _merit(text) - _CENTRAL * place / max(len(texts), 1) for place, text in enumerate(texts)
    ]
    kept = [place for place in range(len(texts)) if whole is None or whole[place]]
    kept.sort(key=lambda each: (-merits[each], each))
    return kept[:_MOST_TRIED]


def _typed_lower(texts: Sequence[str]) -> bool:
    """Whether the people of these texts type without capitals."""
    return sum(map(_is_opening, texts)) < _CAPITALS * len(texts)


def _is_opening(text: str) -> bool:
    first = text.lstrip("\"'“‘([ ")[:1]
    return first.isupper() or first.isdigit()


def _merit(text: str) -> float:
    how = wording(text)
    merit = 0.12 if names_actor(text) else 0.0
    merit += 0.08 if names_people(text) else 0.0
    merit += 0.1 if how.order else 0.05 if how.plea else 0.0
    merit -= 0.1 if _SECOND_ORDER.search(text) else 0.0
    merit -= 0.0 if how.has_verb or how.order else 0.1
    good = _GOOD_WORDS[0] <= len(text.split()) <= _GOOD_WORDS[1]
    return merit if good else merit - 0.15
