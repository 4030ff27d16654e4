"""Finds the frame of a letter: its head with addresses, its salutation, its close and signature.

None of these says anything about the subject. A frame is only seen by a salutation or a close on a
line of its own, and what is a sentence is never part of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

_NEAR_TOP = 30
"""The salutation is among this many lines with words."""

_LONGEST = 120
_HEAD_LINES = 16
_CLOSING_LINES = 14
_SENTENCE_WORDS = 6
_HELLO = (
    r"(?:zeer )?(?:geachte?|beste|dag|hallo|hoi|hey|hi|goeiedag|goedendag|goedemorgen|goeiemorgen"
    r"|goedenavond|dear|chère?)"
)
_GREETING = re.compile(_HELLO, re.IGNORECASE)
_WHO = frozenset(
    word
    for line in (
        "mevrouw mevr mijnheer meneer heer dhr dames heren collega collega's collega’s team allen",
        "allemaal iedereen leden minister burgemeester schepen voorzitter directeur directie",
        "redactie vrienden mensen lezer sir madam all de het en of van zeer",
    )
    for word in line.split()
)
_MOST_GREETED = 8
_SALUTATION = re.compile(
    rf"{_HELLO}\b[^.!?:;,]{{0,60}}"
    r"(?:, (?:geachte?|beste|mevrouw|mijnheer|heer|dames)\b[^.!?:;,]{0,30}){0,3}[,!:]"
    r"|(?=.{0,40}\Z)(?:zeer )?geachte?(?: [^\s.!?:;,]{1,24}){1,5}"
    r"|(?:mevrouw|mijnheer|meneer|dames en heren|madame|monsieur)\b[^.!?:;,]{0,50},",
    re.IGNORECASE,
)
_BY_NAME = re.compile(rf"(?i:{_HELLO}) [A-ZÉ][^\W\d_]{{1,20}}(?: [A-ZÉ][^\W\d_]{{1,20}})?")
_CLOSE = re.compile(
    r"(?:(?:met|veel)\s)?(?:(?:zeer|onze|mijn|de)\s)?"
    r"(?:vriendelijke|hartelijke|beste|collegiale|warme|oprechte|genegen|sportieve|vele)\s"
    r"groet(?:en|jes)?\b[^.!?]{0,60}[,.!]?"
    r"|(?:hoogachtend|hoogachting|groet(?:en|jes)?|mvg|m\.v\.g\.|vr\.? ?gr\.?|cordialement"
    r"|(?:kind|best|warm)(?: regards)?|regards|bien à vous)\s*[,.!]?"
    r"|(?:groet(?:en|jes)?|mvg)\b,?\s[^.!?]{1,40}"
    r"|namens (?:het|de|ons|onze) [^.!?]{2,50},"
    r"|tot (?:ziens|gauw|binnenkort|dan|snel)\b[^.!?]{0,40}[.!]?",
    re.IGNORECASE,
)
_FRAME_ANYWHERE = re.compile(
    r"(?:verzonden|verstuurd|sent|envoyé) (?:vanaf|vanuit|met|from|via|de) (?:mijn|my|mon)\b.{0,40}"
    r"|(?:dit bericht|deze (?:e-?)?mail)\b.{0,60}\b(?:vertrouwelijk\w*|bestemd)\b.{0,900}"
    r"|disclaimer\b.{0,900}"
    r"|(?:denk|think)\b.{0,40}\b(?:milieu|environment)\b.{0,60}\b(?:afdrukt|print\w*|printing)\b.{0,40}"
    r"|.{0,120}\b(?:IBAN:? ?[A-Z]{2} ?\d|RPR\b|tel\.? ?:? ?[+0(]\d|maatschappelijke zetel:).{0,160}"
    r"|disclaimer",
    re.IGNORECASE,
)
_STREET = re.compile(
    r"(?:[Aa]dres:?\s)?[A-Z][\w.’' -]{2,30}(?:straat|laan|weg|plein|kaai|dreef|lei|markt|hof)"
    r" \d{1,4}\b[^.!?]{0,20}"
)
_TOWN = re.compile(r"(?:B-)?[1-9]\d{3} [A-Z][\w'’ -]{1,30}")
_MORE_TO_SAY = re.compile(r"(?:p\.? ?s\.?|n\.? ?b\.?|bijlagen?|post scriptum|#)[\s.:,]", re.I)


def frame_lines(lines: Sequence[str]) -> frozenset[int]:
    """The indexes of the lines that are the frame of a letter; none in any other text.

    After a close, up to ``_CLOSING_LINES`` short lines are the signature, but for a postscript and
    what follows it.
    """
    filled = [index for index, line in enumerate(lines) if line.strip()]
    found = {index for index in filled if _FRAME_ANYWHERE.fullmatch(lines[index].strip())}
    if len(filled) < 3:
        return frozenset()
    for index, after in pairwise([*filled, filled[-1]]):
        if _STREET.fullmatch(lines[index].strip()) and _TOWN.fullmatch(lines[after].strip()):
            found.update((index, after))
    greeting = next(
        (index for index in filled[:_NEAR_TOP] if _is_salutation(lines[index])),
        None,
    )
    if greeting is not None and greeting != filled[-1]:
        head = [index for index in filled if index < greeting]
        below = filled[filled.index(greeting) + 1 :]
        if (
            len(head) <= _HEAD_LINES
            and not any(_is_sentence(lines[index]) for index in head)
            and _words_on(lines, head) < 2 * _words_on(lines, below)
        ):
            found.update(head)
        found.add(greeting)
    # A text may hold several letters, so each close is looked at.
    for place, index in enumerate(filled):
        if place == 0 or index in found or not _CLOSE.fullmatch(lines[index].strip()):
            continue
        found.add(index)
        for after in filled[place + 1 : place + 1 + _CLOSING_LINES]:
            line = lines[after].strip()
            if _MORE_TO_SAY.match(line) or _is_sentence(line) or _is_salutation(line):
                break
            found.add(after)
    return frozenset(found)


def _words_on(lines: Sequence[str], which: Sequence[int]) -> int:
    return sum(len(lines[index].split()) for index in which)


def _is_salutation(line: str) -> bool:
    """Whether a line greets somebody, with a comma behind it or with such words alone."""
    bare = line.strip()
    if _SALUTATION.fullmatch(bare) or _BY_NAME.fullmatch(bare):
        return True
    words = bare.lower().replace(",", " ").replace(".", " ").split()
    return (
        0 < len(words) <= _MOST_GREETED
        and bool(_GREETING.match(bare))
        and all(word in _WHO or _GREETING.fullmatch(word) for word in words)
    )


def _is_sentence(line: str) -> bool:
    """Whether a line tells something: it is long, or a sentence to its end."""
    bare = line.strip()
    if _FRAME_ANYWHERE.fullmatch(bare):
        return False
    return len(bare) > _LONGEST or (
        bare.endswith((".", "!", "?")) and len(bare.split()) >= _SENTENCE_WORDS
    )
