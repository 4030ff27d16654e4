"""Selects the statements to cluster: one per duplicate group, and none that are excluded.

Texts that are equal except for a name, a typo or a greeting form a duplicate group, because a
thousand copies of a text must not pull the clusters. One text of the group goes into the analysis;
the others get the theme of that text, so that all counts stay correct. Statements that say nothing
or are in another language than Dutch are excluded and listed apart; so is fixed text
(``analysis.preprocessing.fixed_text``).

Candidates for duplicates come from ``analysis.preprocessing.near_texts``; each is then compared
word by word.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import takewhile
from zlib import crc32

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from analysis.preprocessing.near_texts import NearTexts
from consultation.database.models import Assignment, RunMark
from consultation.database.storage import in_chunks
from consultation.queries.themes import FIXED_TEXT, NO_ANSWER, OTHER_LANGUAGE, SAME_TEXT, Mark
from language.folding import without_accents
from language.foreign import foreign_language
from language.frequency import zipf
from language.informativeness import is_non_answer

_LONGEST_NOTHING = 80
_FEWEST_WORDS = 5
_MOST_WORDS = 500
_LONGEST_WORD = 60
_FEWEST_SHARED = 3
_LEAST_SHARED = 0.7
_TYPO = 0.8
_SHINGLE = 5
_BANDS, _ROWS = 21, 3

_GREETING = re.compile(
    r"^(?:(?:beste|geachte|dag|hallo|hoi|goeiedag|goededag|goedendag|goeiemorgen|goedemorgen)"
    r"(?:\s+(?:mevrouw|meneer|heer|dames|heren|iedereen|allemaal|en|lezer|mensen|minister))*"
    r"\s*[,!.:]+\s*)+",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?<!\W)\W*+(?:(?:met\s+)?(?:vriendelijke|hartelijke|beste|warme)\s+groet(?:en|jes)?|groet(?:en|jes)"
    r"|mvg|hoogachtend|(?:alvast\s+)?(?:hartelijk\s+)?(?:bedankt|dank\s+u(?:\s+wel)?|dankjewel))"
    r"(?P<name>(?:[\s,]+(?-i:[A-Z])[\w.'’-]*+){0,4})\W*$",
    re.IGNORECASE,
)
_OPENS_CLOSING = re.compile(
    r"\W*(?:(?:met\s+)?(?:vriendelijke|hartelijke|beste|warme)\s+groet(?:en|jes)?|groet(?:en|jes)"
    r"|mvg|hoogachtend)\b",
    re.IGNORECASE,
)
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_FILLERS = frozenset(
    word
    for line in (
        "de het een den t ook toch nu dus en gewoon echt heel graag aub a u b alstublieft svp",
        "alsjeblieft beste geachte dag hallo bedankt dank wel",
    )
    for word in line.split()
)
_NAME_FOLLOWS = frozenset("ben is heet uit namens mevrouw meneer mevr mr dhr".split())  # noqa: SIM905
_TOWN_FOLLOWS = frozenset({"woon", "wonen", "werk", "woont"})


@dataclass(frozen=True)
class Exclusion:
    """An excluded statement: its row, the reason, and the language if that is the reason."""

    row: int
    mark: Mark
    language: str | None = None


@dataclass(frozen=True)
class DuplicateGroups:
    """The rows of the texts by duplicate group; a row is in exactly one of the three fields.

    ``representatives`` has the row that represents each duplicate group, ascending. ``duplicates``
    maps the row of every other text of a group to its representative. ``excluded`` has the excluded
    statements.
    """

    representatives: tuple[int, ...]
    duplicates: dict[int, int]
    excluded: tuple[Exclusion, ...]

    @property
    def sizes(self) -> Counter[int]:
        """The size of each duplicate group, by the row of its representative."""
        return Counter(self.representatives) + Counter(self.duplicates.values())


def group_duplicates(
    texts: Sequence[str],
    placed: Container[int] = (),
    fixed: Container[int] = (),
    read: Mapping[int, Exclusion | None] | None = None,
) -> DuplicateGroups:
    """Sorts texts into representatives, their duplicates, and excluded ones.

    Rows in ``fixed`` are excluded as fixed text. ``read`` tells why rows that were read before are
    excluded, or None if they are not: reading loads the word lists of ten languages.

    The most frequent wording represents a duplicate group, but rows in ``placed``, which have a
    theme already, go first so that they keep it. The order of the texts only decides between
    identical texts: the first is the representative.
    """
    excluded = []
    rows = []
    read = read or {}
    for row, text in enumerate(texts):
        if row in fixed:
            mark: Exclusion | None = Exclusion(row, FIXED_TEXT)
        else:
            mark = read[row] if row in read else _exclusion(row, text)
        if mark is None:
            rows.append(row)
        else:
            excluded.append(mark)
    representative_of = {}
    for group in _same([texts[row] for row in rows]):
        known = [each for each in group if rows[each] in placed]
        plain = {each: " ".join(texts[rows[each]].split()) for each in group}
        often = Counter(plain.values())
        # The most frequent wording represents the group; of identical texts, the first.
        representative = min(
            known or group, key=lambda each: (-often[plain[each]], plain[each], rows[each])
        )
        for each in group:
            representative_of[rows[each]] = rows[representative]
    representatives = tuple(sorted(set(representative_of.values())))
    duplicates = {row: own for row, own in sorted(representative_of.items()) if row != own}
    return DuplicateGroups(representatives, duplicates, tuple(excluded))


def store_marks(
    session: Session,
    run_id: int,
    groups: DuplicateGroups,
    ids: Sequence[str],
    living: Collection[str],
    placed: Collection[str] = (),
) -> None:
    """Stores the excluded statements and duplicates of a run, and assigns duplicates to themes.

    A duplicate gets the assignments of its representative, which must be stored already. ``ids``
    are the statement ids of the rows. Statements that are not in ``living`` are left out;
    duplicates in ``placed`` have assignments of their own.
    """
    marks: list[dict[str, object]] = []
    followers: dict[str, list[str]] = {}
    for row, representative in groups.duplicates.items():
        if ids[row] in living:
            if ids[row] not in placed:
                followers.setdefault(ids[representative], []).append(ids[row])
            marks.append(
                {"statement_id": ids[row], "mark": SAME_TEXT, "value": ids[representative]}
            )
    for each in groups.excluded:
        if ids[each.row] in living:
            marks.append({"statement_id": ids[each.row], "mark": each.mark, "value": each.language})
    if marks:
        session.execute(insert(RunMark), [{**mark, "run_id": run_id} for mark in marks])
    if not followers:
        return
    ours = select(Assignment).where(Assignment.run_id == run_id)
    own = (each for (each,) in in_chunks(session, ours, Assignment.statement_id, followers))
    following = [
        {
            "statement_id": follower,
            "theme_id": placed.theme_id,
            "run_id": run_id,
            "is_primary": placed.is_primary,
            "score": placed.score,
            "subtheme": placed.subtheme,
        }
        for placed in own
        for follower in followers.get(placed.statement_id, ())
    ]
    if following:
        session.execute(insert(Assignment), following)


def without_greeting(text: str) -> str:
    """The text without greeting, closing words and outer space; the text itself if none is left."""
    plain = " ".join(text.split())
    short = _CLOSING.sub("", _GREETING.sub("", plain)).strip()
    return short or plain


def _exclusion(row: int, text: str) -> Exclusion | None:
    if not _LETTER.search(text):
        return Exclusion(row, NO_ANSWER)
    if len(text) <= _LONGEST_NOTHING and (is_non_answer(text) or is_polite(text)):
        return Exclusion(row, NO_ANSWER)
    language = foreign_language(text)
    return Exclusion(row, OTHER_LANGUAGE, language) if language else None


def is_polite(text: str) -> bool:
    """Whether a text is a greeting, or the closing words of a letter, and nothing else."""
    plain = " ".join(text.split())
    return bool(_CLOSING.fullmatch(plain) or _GREETING.fullmatch(plain + ","))


def opens_closing(text: str) -> bool:
    """Whether a text begins with the closing words of a letter."""
    return bool(_OPENS_CLOSING.match(text))


def same_words(text: str) -> str:
    """The words of a text, lower case and without accents: equal for texts with the same words."""
    return _folded(" ".join(_WORD.findall(text)))


def _same(texts: Sequence[str]) -> list[list[int]]:
    """The positions of the texts, by duplicate group."""
    words = [tuple(_WORD.findall(without_greeting(text))) for text in texts]
    exact: dict[str, list[int]] = {}
    for position, row in enumerate(words):
        exact.setdefault(_folded(" ".join(row)), []).append(position)
    # The most frequent text comes first, so that its variants are matched to it.
    keys = sorted(exact, key=lambda key: (-len(exact[key]), key))
    joined: dict[str, list[int]] = {}
    for key, representative in zip(
        keys, _nearest(keys, [words[exact[key][0]] for key in keys]), strict=True
    ):
        joined.setdefault(representative, []).extend(exact[key])
    return [sorted(group) for group in joined.values()]


def _nearest(keys: Sequence[str], words: Sequence[tuple[str, ...]]) -> list[str]:
    """For each key, the earlier key that it duplicates, or itself."""
    long = [index for index, row in enumerate(words) if _FEWEST_WORDS <= len(row) <= _MOST_WORDS]
    found = list(keys)
    if len(long) < 2:
        return found
    bags = {index: frozenset(map(_folded, words[index])) - _FILLERS for index in long}
    near = NearTexts(_BANDS, _ROWS)
    for index in long:
        sketch = near.sketch(map(crc32, _shingles(keys[index])))
        enough = _LEAST_SHARED * len(bags[index])
        for other in near.alike(sketch):
            if len(bags[index] & bags[other]) >= enough and near_duplicate(
                words[other], words[index]
            ):
                found[index] = keys[other]
                break
        else:
            near.keep(index, sketch)
    return found


def near_duplicate(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two sequences of words differ only in fillers, typos and names.

    Numbers and all other words count: "18 jaar" is not "65 jaar", and "niet" is not a filler. The
    time is quadratic in the number of words, so use it for at most ``_MOST_WORDS`` words.
    """
    plain = [_folded(word) for word in one], [_folded(word) for word in other]
    blocks = SequenceMatcher(None, *plain, autojunk=False).get_opcodes()
    shared = sum(
        word not in _FILLERS
        for tag, start, end, _, _ in blocks
        if tag == "equal"
        for word in plain[0][start:end]
    )
    most = max(sum(word not in _FILLERS for word in row) for row in plain)
    if shared < _FEWEST_SHARED or shared < _LEAST_SHARED * most:
        return False
    for tag, start, end, first, last in blocks:
        if tag == "equal":
            continue
        left, right = one[start:end], other[first:last]
        if len(left) == len(right) and all(map(_typo, left, right)):
            continue
        if not all(_free(one, at) for at in range(start, end)):
            return False
        if not all(_free(other, at) for at in range(first, last)):
            return False
    return True


def _free(words: Sequence[str], at: int) -> bool:
    """Whether the word at ``at`` may differ: a filler, or the name or town of a person."""
    if _folded(words[at]) in _FILLERS:
        return True
    while at > 0 and words[at][0].isupper() and words[at][1:].islower():
        before = words[at - 1].lower()
        if before in _NAME_FOLLOWS or (at > 1 and words[at - 2].lower() in _TOWN_FOLLOWS):
            return True
        # In a name of several words, the introducing word comes before the first of them.
        if before[0] == words[at - 1][0]:
            return False
        at -= 1
        if _folded(words[at]) in _FILLERS:
            return True
    return False


def _typo(one: str, other: str) -> bool:
    """Whether one word is a misspelling or another form of the other."""
    one, other = _folded(one), _folded(other)
    if (
        any(letter.isdigit() for letter in one + other)
        or "on" + one == other
        or "on" + other == one
    ):
        return False
    shorter = min(len(one), len(other))
    if not 5 <= shorter <= _LONGEST_WORD or len(one) + len(other) > 2 * _LONGEST_WORD:
        return False
    if SequenceMatcher(None, one, other, autojunk=False).ratio() < _TYPO:
        return False
    # "Werkgevers" is not a misspelt "werknemers": two existing words must share their stem.
    common = sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    )
    return common >= max(5, 0.6 * shorter) or not (_exists(one) and _exists(other))


def _exists(word: str) -> bool:
    return zipf(word) > 0


@lru_cache(maxsize=100_000)
def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    return without_accents(text.casefold())


def _shingles(text: str) -> list[bytes]:
    pieces = {text[at : at + _SHINGLE] for at in range(max(1, len(text) - _SHINGLE + 1))}
    return [piece.encode() for piece in pieces]
