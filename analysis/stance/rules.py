"""Recognises rules that a statement names (a decree, a law, an agreement), as hindrance or lever.

The rule is the exact slice that names it. Recognition is by words: nouns of rules and their
compounds ("inschrijvingsreglement"), with the name after them ("de wet op de ..."). A rule hinders
unless the wording says that it allows, protects, helps or gives a right. Both are functions of the
text, so nothing is stored.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from analysis.preprocessing.proposals import reads_as_proposal
from analysis.preprocessing.statement_kind import names_hurdle
from consultation.queries.statements import StatementView

RuleEffect = Literal["hindert", "helpt"]

_MOST_READ = 2_000

_HEAD = r"""
    \w{0,40}(?:decree?t(?:en)?|wetgeving|regelgeving|reglement(?:en|ering)?
    |verordening(?:en)?|richtlijn(?:en)?
    |omzendbrief|omzendbrieven|wetboek|statuut|statuten|ordonnantie
    |bouwcode|wegcode|code\svan\s\w+)
    |\w{0,40}(?:vergunning(?:en)?|erkenning(?:en)?|machtiging(?:en)?|concessie)
    |\w{0,40}(?:voorschrift(?:en)?|normen|vereisten?|rechtsregels?)
    |\w{1,40}(?:wet(?:ten)?|besluit(?:en)?|plicht|vrijstelling|norm
    |recht|regels|regeling|procedures?|voorwaarden?)
    |wet(?:ten)?|koninklijk(?:e)?\sbesluit(?:en)?|besluit\s(?:over
    |van\s(?:de|\d)|op|rond|betreffende)|besluit
    |cao(?:\s\d{1,3}|'s)?|kb|GDPR|AVG|RSZ-\w+|GAS-\w+|regels|procedures?|deontologische\scode
    |attest(?:en)?|convenant|paritair\scomité|wettelijke\s\w+|artikel\s\d{1,4}
    |voorwaarden\s(?:voor|van|om)|leeftijdsgrens|aftrek
"""
_RULE = re.compile(rf"\b(?:{_HEAD})(?![\w])", re.IGNORECASE | re.VERBOSE)
_NAME = re.compile(
    r"\s(?:(?:op|over|van|rond|betreffende|voor)\s(?:de\s|het\s|een\s)?)?[^\W\d_][\w-]{2,40}"
)
_SAYING = re.compile(
    r"""\b(?:in\sde\sregel|(?:wij|ik|we)\sbesluit\w*|wet\svan\sde\ssterkste
    |besluit\som|wet\svan\smurphy
    |de\snorm\sbij\sons|zonder\sverbod)\b""",
    re.IGNORECASE | re.VERBOSE,
)
# Compounds with these endings that name no rule.
_NO_RULE = re.compile(
    r"""(?:\w*(?:kracht|voorrecht|gerecht|oprecht|terecht|rechtop|wedstrijd)
    |recht|onrecht|slecht|echt|gewet
    |weet|\w*verplicht|\w*herkenning(?:en)?|(?:spel|huis|grond)regels
    |norm|afwezigheid|aanwezigheid|\w*(?:dorp|boek)recht|enorm\w*
    |ontregel\w*|gerechten?|terecht|averecht|uurregeling
    |betaalregeling|lichtregeling|verkeersregeling|uurregels|regels)""",
    re.IGNORECASE | re.VERBOSE,
)
_LEVER = re.compile(
    r"""\b(?:dankzij|laat\s(?:\S+\s){0,6}?toe|lieten?\s(?:\S+\s){0,4}?toe
    |maakt?\s(?:\S+\s){0,4}?(?:mogelijk|makkelijker)|maken\s(?:\S+\s){0,5}?mogelijk
    |helpt|helpen|hielp(?:en)?|beschermt?|beschermen|geeft|geven|gaf(?:\s
    |en)|recht\sop|hefboom|stok\sachter|redding|steun|houvast
    |vooruitgang|werkt\s(?:goed|wel)?|zorg(?:t|de|en)\s(?:er)?voor
    |ervoor\sgezorgd|(?<!te\s)mogen|mag\snu|volstond|zichtbaar\sbeter|opende
    |over\sde\sstreep
    |betaalt|opgeleverd|gebracht|kon(?:den)?\s(?:ik|wij|we)|durf\sik
    |gebruik\shet|pas\s(?:het|dat)\s(?:dan\s)?toe|bestaat\sal|perfect
    |biedt|rechtsgrond|conform|terugkrijgen|kost\s(?:\S+\s){0,2}?(?:niets
    |niks)|voorbeeld|echt\sstatuut|waarde|gewicht)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_HINDER = re.compile(
    r"""\b(?:niet|geen|nooit|niemand|verbiedt?|verbieden|verhinder\w*
    |houdt?\s(?:\S+\s){0,4}?tegen|blokkeert|onmogelijk|moeilijk
    |verlies\w*|kwijt|duur(?:t|der)?|weken|maanden|jaar\swachten|te\s(?:streng
    |veel|kort|zwaar|duur|traag|lang)|streng|ramp|dwingt|eist|sluit\w*
    |uit\sde\sboot
    |traag|verschilt|ingewikkeld|botsen|straft|drempel|absurd|absoluut\sniet|enkel|uitsluitend
    |alleen|stapel|zesvoud|verschillende|versnipperd|nekt|maakt?\s(?:\S+\s){0,5}?(?:duur
    |zwaar|waardeloos|onmogelijk|moeilijk))\b""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True)
class NamedRule:
    """A rule as named: ``text`` is the slice ``start`` to ``end``; ``effect`` hinders or helps."""

    text: str
    start: int
    end: int
    effect: RuleEffect


@lru_cache(maxsize=20_000)
def named_rule(text: str) -> NamedRule | None:
    """The first rule that a statement names, with its effect; None if it names none."""
    read = text[:_MOST_READ]
    sayings = [each.span() for each in _SAYING.finditer(read)]
    for found in _RULE.finditer(read):
        start, end = found.span()
        within = any(one <= start < other for one, other in sayings)
        word = found[0].lower()
        mentioned = word.startswith("attest") and not _requires(read, start)
        if within or mentioned or (word != "regels" and _NO_RULE.fullmatch(word)):
            continue
        if named := _NAME.match(read, end):
            end = named.end() if named[0].split()[0] in _JOINS else end
        return NamedRule(text[start:end], start, end, _effect(read))
    return None


@dataclass(frozen=True)
class RuleMentions:
    """The statements that name a rule, by effect; ``name`` is the rule as it is named most."""

    name: str
    hindering: tuple[StatementView, ...]
    helping: tuple[StatementView, ...]

    @property
    def people(self) -> int:
        """The number of different participants who name it."""
        return len({each.participant for each in (*self.hindering, *self.helping)})


def rules_named(said: Iterable[StatementView]) -> list[RuleMentions]:
    """The rules that statements name, those of most people first."""
    found: dict[str, list[tuple[StatementView, NamedRule]]] = {}
    for each in said:
        if rule := named_rule(each.text):
            found.setdefault(rule.text.casefold(), []).append((each, rule))
    mentions = [
        RuleMentions(
            Counter(rule.text for _, rule in own).most_common(1)[0][0],
            tuple(each for each, rule in own if rule.effect == "hindert"),
            tuple(each for each, rule in own if rule.effect == "helpt"),
        )
        for own in found.values()
    ]
    return sorted(mentions, key=lambda each: (-each.people, each.name.casefold()))


_JOINS = frozenset({"op", "over", "rond", "betreffende", "van"})
_REQUIRING = re.compile(
    r"\b(?:zonder|moet\w*|nodig|verplicht\w*|vraag\w*|vragen|eis\w*|mag|erkend?)\b", re.IGNORECASE
)


def _requires(text: str, start: int) -> bool:
    """Whether an attest is asked for, and not only mentioned."""
    return bool(_REQUIRING.search(text, max(0, start - 60), start + 90))


_LOOSENS = re.compile(
    r"""\b(?:zonder|schrap|vereenvoudig|versoepel|verlicht|afwijken\svan|minder|lichter|schaf)\b""",
    re.IGNORECASE | re.VERBOSE,
)


def _effect(text: str) -> RuleEffect:
    helps = len(_LEVER.findall(text))
    hinders = len(_HINDER.findall(text)) + names_hurdle(text)
    if _LOOSENS.search(text):
        return "hindert"
    if not hinders and reads_as_proposal(text):
        return "helpt"
    return "helpt" if helps > hinders else "hindert"
