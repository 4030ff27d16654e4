"""Whole short texts with one plain meaning: yes, no and a few commands, in dialect and languages.

Rules for the whole text: a text with any word beyond them has no plain meaning, so that content
stays content, and consent with a condition stays unclear. The parts are in ``zinsdelen.yml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from bot.nlu.spelling import words
from language.reading import message

YES, NO = "bevestigen", "ontkennen"


def _parts(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(
        Path(__file__).with_name(name).read_text(encoding="utf-8")
    )
    return found


_PARTS = _parts("zinsdelen.yml")
_COMMANDS = _parts("bevelen.yml")


def _any_of(*lists: Iterable[str]) -> str:
    return "|".join(part for each in lists for part in each)


LONGEST = 120
_LONGEST_COMMAND = 70
_SHORT_NO = 8
_ANSWERED = frozenset({"bevestigen", "reactie", "verder", "einde"})
_MOST_CLAUSES = 3
_CLAUSES = re.compile(r"[,.;!]")
_GOOD = "👍👌✅✔🆗💯🙆"
_BAD = "👎❌🚫🙅✖⛔"

_FILL = frozenset(_PARTS["vulling"].split())
_YES = re.compile(rf"\b(?:{_any_of(_PARTS['ja'])})\b")
_NO = re.compile(rf"\b(?:{_any_of(_PARTS['klopt_niet'], _PARTS['nee'])})\b")
_RIGHT = re.compile(rf"\b(?:{_any_of(_PARTS['klopt'])})\b")
_WHY_NOT = re.compile(r"\b(?:wa+rom|woarom) niet(?: \?)?")
_GLADLY = re.compile(r"(?:heel |zeer )?graag(?: hoor)?[.! ]{0,5}")
_SHORTEST_YES = frozenset({"k", "kk", "okk", "oki", "y", "j"})
_THANKS = re.compile(r"\b(?:dank(?: je)? wel|bedankt|^wel)\b")
_NO_AT_ONCE = re.compile(r"(?:ne+n?|nee+n?|nej+e?|nee+j+e*|nie+j+e*|non|nein|no|nope)\b")
_GOES_ON = re.compile(
    r"\b(?:maar|over|onderwerp|opdracht|thema|klopt|moet|was|waren|staat|eerst|ja+|toch|liever|wil)\b"
)
_START = (
    r"(?:(?:ja|nee|ok|oei|sorry|pardon|euh|hm|allez|allee|oh|ah|zeg|well|bon|eh bien|please|bitte"
    r"|gelieve|aub|can you|could you|i want to|i d like to|je veux|je voudrais|ich mochte|ich will"
    r"|let s) )*"
)
_COURTESY = (
    r"(?: (?:aub|dank je|bedankt|merci|please|thanks|svp|s il vous plait|s il te plait|bitte|danke"
    r"|hoor|maar|dan|nu|ze|he|now|alors|jetzt|zeg|meneer|mevrouw|robot|vriend|!|\?))*"
)
_EVERYWHERE: tuple[dict[str, list[str]], ...] = (_PARTS["opdrachten"], _COMMANDS["overal"])
_ALWAYS = {
    intent: re.compile(
        f"{_START}(?:{_any_of(*(each.get(intent, ()) for each in _EVERYWHERE))}){_COURTESY}"
    )
    for intent in dict.fromkeys(intent for each in _EVERYWHERE for intent in each)
}
_ELSEWHERE = {
    intent: re.compile(f"{_START}(?:{_any_of(parts)}){_COURTESY}")
    for intent, parts in _PARTS["buiten_vragen"].items()
}
_AT_A_QUESTION = {
    intent: re.compile(f"{_START}(?:{_any_of(parts)}){_COURTESY}")
    for intent, parts in _COMMANDS["aan_een_vraag"].items()
}


def plain_yes_or_no(text: str, step: str = "toestemming") -> str | None:
    """``bevestigen`` or ``ontkennen`` where a whole text says nothing else, or None.

    Any word beyond yes, no and filling makes it None, as does a yes beside a no. Where a summary is
    confirmed, "dat klopt" is a yes too. "Waarom niet" is no question.
    """
    if len(text) > LONGEST:
        return None
    if text.strip(" .!").casefold() in _SHORTEST_YES:
        return YES
    plain = _WHY_NOT.sub("ja", _plain(text))
    if "?" in plain:
        return None
    if _GLADLY.fullmatch(text.strip().casefold()):
        return YES
    rest, no = _NO.subn(" ", plain)
    right = 0
    if step == "bevestigen":
        rest, right = _RIGHT.subn(" ", rest)
    rest, yes = _YES.subn(" ", rest)
    if any(word not in _FILL for word in rest.split()):
        return None
    if no:
        turned = "wel" in rest.split() and not _THANKS.search(plain)
        return None if yes or right or turned else NO
    return YES if yes or right else None


def plain_meaning(text: str, step: str) -> str | None:
    """The intent of a whole short text with one plain meaning at a step, or None.

    While a question is open a yes or a no is an answer, and is not read here; where consent or an
    erasure is asked, ``consent`` reads it.
    """
    if len(text) > LONGEST or text.lstrip("\u2060 ").startswith("/"):
        return None
    if step in _ANSWERED:
        found = plain_yes_or_no(text, step)
        if found is not None:
            return found
        plain = _plain(text)
        short = len(plain.split()) <= _SHORT_NO and "?" not in plain
        if step == "verder" and short and _NO_AT_ONCE.match(plain) and not _GOES_ON.search(plain):
            return NO
    if len(text) > _LONGEST_COMMAND:
        return None
    plain = " ".join(words(text))
    found = _command(plain, _ALWAYS)
    if found is None:
        found = _command(plain, _AT_A_QUESTION if step == "vraag" else _ELSEWHERE)
    if found is None and step == "vraag":
        found = _because(text)
    return _by_clause(text) if found is None else found


def goes_on_with_questions(text: str) -> bool:
    """Whether a clause asks to go on with the questions, or lost the question: no wish to stop."""
    if _INVITES.search(" ".join(words(text[-_READ_BACK:]))):
        return True
    if _LOST_QUESTION.search(" ".join(words(text[:_LONGEST_READ]))):
        return True
    clauses = (" ".join(words(each)) for each in re.split(r"[,.;!]|\bmaar\b", text[:_LONGEST_READ]))
    return any(_ON_WITH.search(each) and not _NOT_NOW.search(each) for each in clauses)


_LONGEST_READ = 300
_READ_BACK = 60
_INVITES = re.compile(
    r"\b(?:vraag|stel|steek|vuur)(?: (?:je|jij))? (?:maar|gerust)"
    r"(?: (?:op|door|verder|raak|af|van wal|je vragen|uw vragen|wat je wil))?(?: hoor| !)?$"
)
"""Who invites the next question: "..., vraag maar"."""
_LOST_QUESTION = re.compile(
    r"\b(?:weet|herinner|ken)(?: (?:ik|mij)){0,2}(?: (?:nu|eigenlijk|zelfs|al)){0,2}"
    r" (?:de|je|die|deze) vraag(?: (?:al|nu|zelfs)){0,2} niet meer\b"
    r"|\b(?:de|je|die) vraag (?:is mij ontgaan|ben ik (?:al )?(?:kwijt|vergeten))\b"
    r"|\b(?:ben|heb) ik (?:nu |al |even )?(?:de|je) (?:vraag|draad) (?:al )?(?:kwijt|vergeten)\b"
)
"""Who does not know any more what was asked."""
_ON_WITH = re.compile(
    r"\b(?:verder|voort|door|vooruit)(?: ?(?:te )?(?:doen|gaan|werken|antwoorden|babbelen))? "
    r"(?:met|aan|op) (?:de|die|uw|je|onze|dees|deze|het|dit|t) (?:andere |volgende |rest van de )?"
    r"(?:vra+g\w{0,3}|gesprek|babbel|bevraging|enquete|vragenlijst)\b"
)
_NOT_NOW = re.compile(
    r"\b(?:niet|nie|ni|geen|nooit|stop\w{0,3}|morgen|straks|later|vanavond|volgende week|keer"
    r"|kan ik|kannek|wanneer|moet ik|waarom|hoe)\b"
)


def _because(text: str) -> str | None:
    """The command of a text that asks to skip or stop, and then tells why: "..., mijn bus"."""
    first, _, rest = text.partition(",")
    said = _command(" ".join(words(first)), _ALWAYS)
    excuse = _EXCUSE.match(" ".join(words(rest)))
    return said if said in ("overslaan", "stoppen") and excuse else None


_EXCUSE = re.compile(
    r"(?:want )?(?:ik (?:moet|heb|ben|zit|weet|ken|kom er)|k (?:moet|heb|ben|weet)|kheb|kmoet"
    r"|mijn|mn|den?|de rest (?:lees|leest|staat|vind|volgt|komt)"
    r"|er (?:is|staat|komt))\b"
)


def _by_clause(text: str) -> str | None:
    """The first command of a text of which every clause is a command or only filling."""
    clauses = [" ".join(words(each)) for each in _CLAUSES.split(text)]
    clauses = [each for each in clauses if each and not set(each.split()) <= _FILL]
    if not 1 <= len(clauses) <= _MOST_CLAUSES:
        return None
    always = [_command(each, _ALWAYS) or _no_idea(each) for each in clauses]
    if not any(always):
        return None
    found = [
        said or _command(each, _ELSEWHERE) or _command(each, _AT_A_QUESTION)
        for said, each in zip(always, clauses, strict=True)
    ]
    return None if None in found else found[0]


def _no_idea(plain: str) -> str | None:
    return "weet_niet" if message.read(plain).kind == message.NO_IDEA else None


def _command(plain: str, commands: dict[str, re.Pattern[str]]) -> str | None:
    return next((intent for intent, said in commands.items() if said.fullmatch(plain)), None)


def _plain(text: str) -> str:
    for sign in _GOOD:
        text = text.replace(sign, " emojija ")
    for sign in _BAD:
        text = text.replace(sign, " emojinee ")
    return " ".join(word for word in words(text) if word != "!")
