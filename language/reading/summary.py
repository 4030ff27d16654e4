"""Says how a text answers the summary of one's answers: right, wrong, right but for something.

``yes_no`` reads whether a whole text says yes or no and nothing else; here is what stands beside.
"""

from __future__ import annotations

import re

from language.folding import folded
from language.reading import yes_no

YES, NO = yes_no.YES, yes_no.NO

READ = yes_no.READ


def says(text: str) -> str | None:
    """``YES`` or ``NO`` where a whole short text says nothing else, or None."""
    return yes_no.confirms(text)


_CUT = re.compile(
    r"[,.;:!…\n–-]+\s*|\s+(?=(?:maar|mo|mor|mar|en|alleen|enkel|wel|mits|behalve|but|mais|aber|and"
    r"|et|und)\b)",
    re.IGNORECASE,
)
_JOINS = re.compile(
    r"(?:(?:maar|mo|mor|mar|en|alleen|enkel|wel|but|mais|aber|and|et|und)\b[\s,:]{1,4}){0,2}",
    re.IGNORECASE,
)


def after_yes(text: str) -> int:
    """Where a text goes on after a beginning that says yes; 0 where it begins otherwise."""
    cuts = [each for each in _CUT.finditer(text, 0, READ) if says(text[: each.start()]) == YES]
    if not cuts:
        return 0
    found = _JOINS.match(text, cuts[-1].end())
    return found.end() if found else cuts[-1].end()


_RIGHT = r"\b(?:klopt|juist|goed|in orde|right|correct|stimmt|bon)\b"
_SAVE = r"\b(?:behalve|uitgezonderd|buiten|except|sauf|ausser|außer)\b"
_BUT_ONE = (
    r"\bop (?:een|één|1|twee|2|dat|die|de|het|den)\b(?: \w{1,14}){0,4}? na\b"
    r"|\b(?:op|buiten) dat (?:ene|een) na\b|\bat one thing\b"
)
_EXCEPT = re.compile(rf"{_RIGHT}.{{0,30}}{_SAVE}|{_SAVE}.{{2,60}}{_RIGHT}|{_BUT_ONE}", re.I)
_EXCEPT_AT = re.compile(rf"{_SAVE}|{_BUT_ONE}", re.IGNORECASE)


def excepts(text: str) -> str | None:
    """What a text excepts from its yes, with what follows; None where it excepts nothing."""
    at = _EXCEPT_AT.search(text[:READ])
    if at is None or not _EXCEPT.search(text[:READ]):
        return None
    return text[at.start() :]


_PLAIN_NO = re.compile(
    r"(?:(?:ah|och|amai|allee|allez|bah|euh|oh|goh|tja|mo|of|ach|ba) )*(?:(?:nee){1,3}n?|neej+e?"
    r"|nope?|nah|non|no|nein|nint|nit|neet|neje|nin)(?: (?:hoor|dank|bedankt|merci|danke|thanks"
    r"|dank je|dank u|ze|zenne|nu niet|niet meer|nie meer|jong|zulle|sorry)){0,3}"
)
_CLAUSES = re.compile(r"[,.;:!…]+|\b(?:of|maar)\b(?= nee)")
_TURNS_TO_YES = re.compile(
    r"(?:(?:(?:of|wacht|allez|och|euh|hm) ){1,3}(?:ja|jawel|toch)|(?:ja |jawel )?toch)\b"
    r"(?! (?:niet|nie|ni|maar (?:niet|nie|ni)|bedankt|merci|geen))"
)
_TURNS = re.compile(
    r"\b(?:maar|nog|ook|behalve|niet|nie|alleen|enkel|toevoeg\w{0,2}|vergeten|verander\w{0,2}"
    r"|wijzig\w{0,2}|wis|wissen|schrap\w{0,2}|erbij|bij|eerst|wacht|moet|moest|over)\b"
)
_MOST_BESIDE, _FIRST = 16, 2


def refuses(text: str) -> bool:
    """Whether one of the first clauses is a plain no, whatever reason stands beside it."""
    plain = " ".join(folded(text[: READ + 1]).replace("'", " ").split())
    if len(plain) > READ or len(plain.split()) > _MOST_BESIDE or "?" in plain:
        return False
    clauses = [each.strip() for each in _CLAUSES.split(plain) if each.strip()]
    if any(_TURNS_TO_YES.match(each) for each in clauses[1:]):
        return False
    return any(_PLAIN_NO.fullmatch(each) for each in clauses[:_FIRST])


def agrees_beside(text: str) -> bool:
    """Whether a clause says yes, none says no, and nothing beside it adds or changes anything."""
    plain = " ".join(folded(text[: READ + 1]).split())
    if len(plain) > READ or len(plain.split()) > _MOST_BESIDE or "?" in plain:
        return False
    clauses = [each.strip() for each in _CLAUSES.split(plain) if each.strip()]
    meant = [says(each) for each in clauses]
    others = [each for each, said in zip(clauses, meant, strict=True) if said is None]
    return YES in meant and NO not in meant and not any(map(_TURNS.search, others))
