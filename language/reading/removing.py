"""Reads what should happen to words that may go: are they removed, or do they stay?

Two steps ask it: personal data in an answer, and an answer that the participant wants to erase.
What a text says of the words decides ("gooi dat eruit", "die naam mag blijven"), a negation turns
it around, and a yes or a no counts only where no clause says more. Clauses that contradict each
other decide nothing.
"""

from __future__ import annotations

import re

from language.folding import folded

LONGEST = 240
_MOST_WORDS = 24
_CLAUSES = re.compile(
    r"[,.;:!?()\n]+|\b(?:maar|want|omdat|en dan|dus)\b(?=\s+[^\s,.;:!?]+\s)"
    r"|\ben\b(?=\s+(?:(?:laat|hou|houd|bewaar)\s+)?(?:de|al de|heel de|het) rest\b)"
)
NEGATIONS = "niet|nie|ni|geen|nooit|niets|niks|not|nicht"
"""Words that turn a wish around, as alternatives of a pattern."""
ERASES = (
    r"verwijder\w{0,2}|gewist|uitwissen|wissen|wis|wist|schrap\w{0,3}|geschrapt|delete\w{0,2}"
    r"|gedeletet?|vernietig\w{0,2}|remove|erase|enleve[rz]?|efface[rz]?|supprime[rz]?|losch\w{0,3}"
)
"""Verbs for erasing, as alternatives of a pattern."""
_REMOVES = re.compile(
    r"\b(?:(?<!\bde )(?<!\been )(?<!\bop )(?<!\bgeen )weg\w{0,10}|eruit\w{0,6}|eraf|der ?uit"
    r"|d'?r ?uit|(?:er|daar)(?: \w+){0,2} uit|uithalen"
    rf"|{ERASES}|gooi\w{{0,2}}|smijt\w{{0,2}}"
    r"|anoniem\w{0,3}|verberg\w{0,2}"
    r"|zonder(?: \w{1,20}){0,2} (?:naam|namen|nummers?|adres\w{0,3}|mail\w{0,6}|telefoon\w{0,6}"
    r"|gsm)"
    r"|zonder(?: (?:die|dat|dit|haar|hem))?$"
    r"|(?:haal|laat|doe|neem|knip|trek|veeg)(?: \S+){0,6} uit)\b"
)
_KEEPS = re.compile(
    r"\b(?:blijven|blijft|blijf|staan|houden|hou|houd|behoud\w{0,2}"
    r"|bewaar|bewaren|laat het|laat zo|laat maar|keep|leave it|laisse[rz]?|garde[rz]?|lassen"
    r"|openbaar|publiek\w{0,2}|geen geheim|iedereen (?:kent|weet)|algemeen bekend|gerust|erbij"
    r"|er ?(?:(?:maar|niet|nie|ni|wel|gerust|toch) ){0,2}(?:bij|in)|erin|is ok"
    r"|mag (?:dat|het|je|u|jullie|ge)|gebruiken|tonen|vermelden)\b"
)
_REST = re.compile(r"\b(?:de|het|al de|heel de) rest\b")
_NOT = re.compile(rf"\b(?:{NEGATIONS}|don t|pas|nint|nimmer)\b")
_REGRETS = re.compile(r"\b(?:had|mocht|moest|wou|wilde)\b.{0,40}\b(?:niet|nie|ni)\b")
_YES = re.compile(
    r"(?:(?:och|ach|oei|amai|euh|bah|bwa|mja|allez|allee|goh|heel|100|100%|procent|t is|voor|ik ben"
    r"|ben|kzen|k ben|absoluut|doe|doet|only that|just that) )*"
    r"(?:ja+|jawel|jazeker|jaja|jao|ok(?:e|ay)?|graag|doe maar|doet maar|is goed|goed|zeker\w{0,2}"
    r"|akkoord|yes|oui|yep|sure|inderdaad|klopt|dat klopt|absoluut|definitief|vooruit|joa\w{0,2}"
    r"|jup|jep|jo|natuurlijk|prima|correct|juist|exact|precies|ga maar|uiteraard|tuurlijk)\b"
)
_NO = re.compile(
    r"(?:(?:och|ach|oei|amai|euh|bah|bwa|allez|allee|goh|of|wacht|dan|doe) )*(?:nee+n?|nope?|no|non"
    r"|nein|nint|neet|neje|liever niet|liefst niet|toch niet|niet doen|toch maar niet|maar niet)\b"
)
_WAVERS = re.compile(
    r"\b(?:of|misschien|eerst|wacht|twijfel\w{0,2}|als|tenzij|weet (?:het |ik )?(?:niet|nie)|straks"
    r"|later|zou|raadt|denk|behalve|beslissen|bedenken|nog niet)\b"
)


def removed(text: str) -> bool | None:
    """Whether words are to be removed (True) or stay (False); None where that is not said."""
    clauses = _said(text)
    told = [_of_clause(clause) for clause in clauses]
    if not any(each is not None for each in told):
        return agreed(text)
    if True in told and False in told:
        return None
    # "Wis maar, niet mijn voorstel" makes an exception.
    excepted = any(
        each is None and _NOT.search(clause) and not _NO.match(clause)
        for each, clause in zip(told, clauses, strict=True)
    )
    return False if False in told else None if excepted else True


def agreed(text: str) -> bool | None:
    """Whether any clause of a short text says yes or no; None beside a doubt or an exception."""
    clauses = _said(text)
    if not clauses or _WAVERS.search(" ".join(clauses)):
        return None
    no = any(_NO.match(clause) for clause in clauses)
    yes = any(map(_YES.match, clauses)) and not any(map(_NOT.search, clauses))
    return None if yes == no else yes


def _said(text: str) -> list[str]:
    """The clauses of a short text; none of a longer one, nor of a question."""
    plain = " ".join(folded(text[: LONGEST + 1]).split())
    if "?" in plain or len(plain) > LONGEST or len(plain.split()) > _MOST_WORDS:
        return []
    clauses = [" ".join(re.findall(r"[\w'%]+", each)) for each in _CLAUSES.split(plain)]
    return [each for each in clauses if each and not _REST.search(each)]


def _of_clause(clause: str) -> bool | None:
    """What a clause says of the words themselves; None where it says nothing of them."""
    negated = bool(_NOT.search(clause))
    if _REMOVES.search(clause):
        return not negated
    if _REGRETS.search(clause):
        return True
    if _KEEPS.search(clause):
        return negated
    return None
