"""Who proposes an action: the statements that ask for what it says, not all of its themes.

People may say which they are (``curate``: an action's ``support``). Until then it is the statement
that the action quotes (or quoted before it was reworded), its copies, and the proposals in its
themes that share most of its subject words. That is strict on purpose: a theme holds proposals for
different things.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Protocol

from analysis.preprocessing.proposals import reads_as_proposal
from consultation.curation.state import CuratedAction, CurationState
from consultation.queries.statements import Said
from consultation.queries.themes import Marks
from language.frequency import zipf

_WORD = re.compile(r"[^\W\d_]{3,40}")
_MOST_READ = 5_000
_USUAL = 5.42
"""Words of this Zipf frequency and above (over 260 in a million) carry no subject."""

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
"""Words of any proposal, whatever it is for."""

_RAREST = 8.0
_FEWEST_SHARED = 2
_LEAST_SHARED = 0.5
_FEWEST_OF_HEAD = 5
_ENDINGS = re.compile(r"(?<=\w{3})(?:en|e|(?<=[elrnm])s)$")
_FINAL = {"v": "f", "z": "s"}


class Part(Protocol):
    """What stands on one opdracht, as far as it tells who proposes an action."""

    @property
    def state(self) -> CurationState:
        """The themes and their members."""

    @property
    def by_id(self) -> Mapping[str, Said]:
        """The statements that stand."""

    @property
    def marks(self) -> Marks:
        """Which of them repeat another one."""

    @property
    def subject_words(self) -> dict[str, frozenset[str]]:
        """The ``subjects`` of statements that were looked at, by statement: kept for the next."""


def proposers(action: CuratedAction, parts: Iterable[Part]) -> tuple[Said, ...]:
    """The statements that propose an action, of those that stand; see the module. Those that
    proposed it when it was put in other words stay its support.

    ``parts`` are the opdrachten of the action and of its themes.
    """
    seen = list(parts)
    if action.support is not None:
        chosen = action.support
        return tuple(part.by_id[each] for each in chosen for part in seen if each in part.by_id)
    found: dict[str, Said] = {}
    words = {action.text or ""}
    for part in seen:
        quoted = part.by_id.get(action.statement or action.reworded or "")
        if quoted is not None:
            words.add(quoted.text)
            found[quoted.id] = quoted
            found |= {each.id: each for each in _copies(quoted, part)}
    stay = [part.by_id[each] for each in action.seconds for part in seen if each in part.by_id]
    if stay and not found:
        # Whom it quoted was erased: the others who proposed the same stay, and tell what it was.
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
            if any(_asks_for(one, own) for one in wanted):
                found[each.id] = each
    return tuple(found.values())


def proposals_in(action: CuratedAction, parts: Iterable[Part]) -> list[Said]:
    """All statements in an action's themes that propose something."""
    found: dict[str, Said] = {}
    for part in parts:
        themes = [part.state.themes[each] for each in action.themes if each in part.state.themes]
        for member in (member for theme in themes if theme.live for member in theme.members):
            said = part.by_id.get(member.statement)
            if said is not None and is_proposal(said):
                found[said.id] = said
    return list(found.values())


def people_of(said: Iterable[Said]) -> int:
    """How many different participants said something."""
    return len({each.participant for each in said})


def _copies(quoted: Said, part: Part) -> list[Said]:
    copies = part.marks.copies
    voice = copies.get(quoted.id, quoted.id)
    same = [each for each, of in copies.items() if of == voice]
    return [part.by_id[each] for each in (voice, *same) if each in part.by_id]


def is_proposal(said: Said) -> bool:
    """Whether a statement proposes something: by its question, or else by how it is worded."""
    return said.kind == "voorstel" or (said.kind != "drempel" and reads_as_proposal(said.text))


def subjects(text: str) -> frozenset[str]:
    """The words of a text that carry its subject, without their endings."""
    return frozenset(
        stem for word in _WORD.findall(text[:_MOST_READ]) if (stem := _subject(word)) is not None
    )


def _asks_for(wanted: frozenset[str], said: frozenset[str]) -> bool:
    shared = wanted & said
    # A head and its compound end in the same letters: few pairs are left to compare.
    ends = {each[-_FEWEST_OF_HEAD:] for each in said - shared}
    left = [each for each in wanted - shared if each[-_FEWEST_OF_HEAD:] in ends]
    heads = {head for one in left for other in said - shared if (head := _head(one, other))}
    if len(shared) + len(heads) < _FEWEST_SHARED:
        return False
    lightest = min(_weight(wanted), _weight(said))
    return _weight(shared) + _weight(heads) >= _LEAST_SHARED * lightest


def _head(one: str, other: str) -> str:
    """The shorter word where it is the head of the other, a compound: "opvang", "kinderopvang"."""
    shorter, longer = sorted((one, other), key=len)
    fits = len(shorter) >= _FEWEST_OF_HEAD and longer.endswith(shorter)
    return shorter if fits else ""


def _weight(stems: Iterable[str]) -> float:
    return sum(_RAREST - zipf(each) for each in stems)


@lru_cache(maxsize=1)
def _stop_words() -> frozenset[str]:
    from spacy.lang.nl.stop_words import STOP_WORDS  # loads all of spaCy

    return frozenset(STOP_WORDS)


@lru_cache(maxsize=50_000)
def _subject(word: str) -> str | None:
    low = word.lower()
    if low in _stop_words() or low in _ASKING or zipf(low) >= _USUAL:
        return None
    plain = "".join(
        letter for letter in unicodedata.normalize("NFD", low) if not unicodedata.combining(letter)
    )
    plain = _ENDINGS.sub("", plain)
    plain = plain[:-1] + _FINAL.get(plain[-1], plain[-1])
    if len(plain) > 3 and plain[-1] == plain[-2]:
        plain = plain[:-1]
    return re.sub(r"([aeou])\1", r"\1", plain)
