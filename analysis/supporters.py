"""Finds the supporters of an action: the statements that ask for it, not all in its themes.

A reviewer may list them (``curate``: the ``support`` of an action). Until then they are the
statements that the action quotes (or quoted before it was reworded) or was composed of, their
duplicates, and the proposals in its themes that share most of its subject words. This is strict on
purpose: a theme holds proposals for different things.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Protocol

from analysis.preprocessing.proposals import reads_as_proposal
from consultation.curation.state import CuratedAction, CurationState
from consultation.queries.statements import StatementView
from consultation.queries.themes import Marks
from language.folding import without_accents
from language.frequency import FUNCTION_WORDS, zipf

_WORD = re.compile(r"[^\W\d_]{3,40}")
_MOST_READ = 5_000
_USUAL = 5.42
"""Words of at least this Zipf frequency (over 260 per million) are no subject words."""

_ASKING = frozenset(
    [
        "geef",
        "geven",
        "zorg",
        "zorgen",
        "maak",
        "maken",
        "laat",
        "laten",
        "zet",
        "zetten",
        "doe",
        "doen",
        "organiseer",
        "organiseren",
        "stel",
        "voorzie",
        "voorzien",
        "breng",
        "brengen",
        "start",
        "starten",
        "steun",
        "voorstel",
        "voorstellen",
        "vraag",
        "vragen",
        "moeten",
        "zouden",
        "willen",
        "kunnen",
        "graag",
        "elke",
        "iedere",
        "alle",
        "beter",
        "meer",
        "minder",
    ]
)
"""Words that proposals on any subject contain; they are no subject words."""

_RAREST = 8.0
_FEWEST_SHARED = 2
_LEAST_SHARED = 0.5
_FEWEST_OF_HEAD = 5
_ENDINGS = re.compile(r"(?<=\w{3})(?:en|e|(?<=[elrnm])s)$")
_FINAL = {"v": "f", "z": "s"}


class ProposersInput(Protocol):
    """The data of one opdracht that ``proposers`` needs."""

    @property
    def state(self) -> CurationState:
        """The themes and their members."""

    @property
    def by_id(self) -> Mapping[str, StatementView]:
        """The current statements, by id."""

    @property
    def marks(self) -> Marks:
        """The marks of the last run; they tell which statements are duplicates."""

    @property
    def subject_words(self) -> dict[str, frozenset[str]]:
        """A cache that ``proposers`` fills: the ``subjects`` of a statement, by statement id."""


def proposers(action: CuratedAction, parts: Iterable[ProposersInput]) -> tuple[StatementView, ...]:
    """Returns the current statements that propose an action; see the module.

    Statements that proposed it before it was reworded keep counting. ``parts`` holds the data of
    the opdrachten of the action and of its themes.
    """
    seen = list(parts)
    if action.support is not None:
        chosen = action.support
        return tuple(part.by_id[each] for each in chosen for part in seen if each in part.by_id)
    found: dict[str, StatementView] = {}
    words = {action.text or ""}
    for part in seen:
        for id_ in (action.statement or action.reworded or "", *action.sources):
            quoted = part.by_id.get(id_)
            if quoted is not None:
                words.add(quoted.text)
                found[quoted.id] = quoted
                found |= {copy.id: copy for copy in _copies(quoted, part)}
    stay = [part.by_id[each] for each in action.seconds for part in seen if each in part.by_id]
    if stay and not found:
        # The quoted participant was erased: another statement that proposed it gives the words.
        words.add(stay[0].text)
    found |= {each.id: each for each in stay}
    wanted = [one for text in words if len(one := subjects(text)) >= _FEWEST_SHARED]
    for part in seen if wanted else ():
        for each in proposals_in(action, [part]):
            if each.id in found:
                continue
            own = part.subject_words.get(each.id)
            if own is None:
                own = part.subject_words[each.id] = subjects(each.text)
            if any(asks_for(one, own) for one in wanted):
                found[each.id] = each
    return tuple(found.values())


def proposals_in(action: CuratedAction, parts: Iterable[ProposersInput]) -> list[StatementView]:
    """Returns all statements in the live themes of an action that propose something."""
    found: dict[str, StatementView] = {}
    for part in parts:
        themes = [part.state.themes[each] for each in action.themes if each in part.state.themes]
        for member in (member for theme in themes if theme.live for member in theme.members):
            said = part.by_id.get(member.statement)
            if said is not None and is_proposal(said):
                found[said.id] = said
    return list(found.values())


def people_of(said: Iterable[StatementView]) -> int:
    """Returns the number of different participants behind these statements."""
    return len({each.participant for each in said})


def _copies(quoted: StatementView, part: ProposersInput) -> list[StatementView]:
    copies = part.marks.copies
    voice = copies.get(quoted.id, quoted.id)
    same = [each for each, of in copies.items() if of == voice]
    return [part.by_id[each] for each in (voice, *same) if each in part.by_id]


def is_proposal(said: StatementView) -> bool:
    """Returns whether a statement proposes something, by its kind or else by its wording."""
    return said.kind == "voorstel" or (said.kind != "drempel" and reads_as_proposal(said.text))


def subjects(text: str) -> frozenset[str]:
    """Returns the stems of the subject words of a text."""
    return frozenset(
        stem for word in _WORD.findall(text[:_MOST_READ]) if (stem := _subject(word)) is not None
    )


def asks_for(wanted: frozenset[str], said: frozenset[str]) -> bool:
    """Returns whether two proposals, given by their subjects, share most of what they ask."""
    shared = wanted & said
    # A head and its compound end in the same letters: this leaves few pairs to compare.
    ends = {each[-_FEWEST_OF_HEAD:] for each in said - shared}
    left = [each for each in wanted - shared if each[-_FEWEST_OF_HEAD:] in ends]
    heads = {head for one in left for other in said - shared if (head := _head(one, other))}
    if len(shared) + len(heads) < _FEWEST_SHARED:
        return False
    lightest = min(_weight(wanted), _weight(said))
    return _weight(shared) + _weight(heads) >= _LEAST_SHARED * lightest


def _head(one: str, other: str) -> str:
    """Returns the shorter word if the longer is a compound of it ("opvang", "kinderopvang")."""
    shorter, longer = sorted((one, other), key=len)
    fits = len(shorter) >= _FEWEST_OF_HEAD and longer.endswith(shorter)
    return shorter if fits else ""


def _weight(stems: Iterable[str]) -> float:
    return sum(_RAREST - zipf(each) for each in stems)


@lru_cache(maxsize=50_000)
def _subject(word: str) -> str | None:
    low = word.lower()
    if low in FUNCTION_WORDS or low in _ASKING or zipf(low) >= _USUAL:
        return None
    plain = _ENDINGS.sub("", without_accents(low))
    plain = plain[:-1] + _FINAL.get(plain[-1], plain[-1])
    if len(plain) > 3 and plain[-1] == plain[-2]:
        plain = plain[:-1]
    return re.sub(r"([aeou])\1", r"\1", plain)
