"""Splits a sentence with several orders ("Geef elke buurt een leerwinkel") into clauses.

"Maak de lessen gratis en geef ouders een toelage voor opvang" makes two proposals, which may get
two answers: every clause becomes a statement. The clauses are found by rule, so that they are the
same on every machine.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from language.tagging import universal_tags

FEWEST_WORDS = 4
"""Minimum number of words on both sides of a split: "bel en vraag" is one action."""

_ORDER_WORDS = """
    beantwoord bedenk beding begeleid begin behoud bel beloon benoem benut beoordeel bepaal
    beperk bereken bescherm beslis bespreek betaal betrek bevraag bevries bewaar bezoek bied
    bouw breid breng bundel check combineer communiceer controleer creëer deel doe draai erken
    evalueer experimenteer financier ga garandeer gebruik geef gun haal hang help herbekijk
    hervorm herzie hou houd huur informeer installeer integreer introduceer investeer ken kies
    kijk koop koppel kort laat lanceer leen leer leg luister maak mail meet mik motiveer neem
    nodig noem oefen ondersteun ontwerp ontwikkel open organiseer pas plaats plan probeer
    promoot publiceer regel registreer reken reserveer richt rol schaf schakel schenk schep
    schrap schrijf sensibiliseer sluit spreek spreid start stel stem steun stimuleer stop stuur
    subsidieer test toon train trek verander verbeter verbied verbind verdeel vereenvoudig
    vergoed verhoog verkort verlaag verleng vermijd verminder verplaats verplicht verruim
    verspreid versterk vertaal vertel vervang verwijs verzamel verzeker voeg voer volg voorzie
    vraag vul waardeer weeg werf werk wijs zeg zet zoek zorg
"""
_ORDER = re.compile(rf"(?:{'|'.join(_ORDER_WORDS.split())})\s(?!(?:na|dan|als)\b)", re.IGNORECASE)
_ALSO_NOUNS = frozenset(
    word
    for line in (
        "beding begin bel bouw check deel ga haal hang help huur ken kijk koop kort leen leer leg",
        "mail nodig open pas plaats plan regel reken richt rol start stel stem steun stop test",
        "toon train trek voer volg vraag vul weeg werk zet zorg",
    )
    for word in line.split()
)
_DETERMINER = re.compile(
    r"(?:de|het|een|één|elke?|alle|ieder(?:e|een)?|die|deze|dat|dit|onze|hun|meer|minder|geen|gratis"
    r"|daar|er|hen|ons|mensen|zelf|ook|wie|wat|per|in|op|aan|voor|met|naar|uit)\s",
    re.IGNORECASE,
)
_MODAL = re.compile(r"\b(?:moet(?:en)?|dien(?:t|en)|mag|mogen)\b", re.IGNORECASE)
_DUTY = re.compile(
    r"(?:de|het|een|elke?|alle|ieder(?:e|een)?|wie|we|wij|ze|zij|men|er|[A-Z][\w.-]+)\s(?:\S+\s){0,4}?"
    r"(?:moet(?:en)?|dien(?:t|en)|mag|mogen)\s\S+\s\S"
)
_WISH = re.compile(
    r"(?:meer|minder|gratis|extra|betere?|snellere?|langere?|kortere?|goedkopere?|stop|schaf|geen"
    r"|(?:een|één)\s(?:\S+\s){1,3}(?:in|per|voor)\s(?:elke?|iedere?)|recht\sop)\s+\S+\s+\S",
    re.IGNORECASE,
)
_HEADS = frozenset({"wat", "wie", "waar", "waarom", "wanneer", "hoe", "welk", "welke"})
_LEANS_BACK = re.compile(
    r"\S+\s(?:(?:het|dat|er|hen|dit|daar|ze|hem|haar)\s|(?:die|deze)\s(?:met|in|op|aan|door|naar)\s)",
    re.IGNORECASE,
)
# A match starts only at the first character of a run of white space: otherwise the time would be
# quadratic in the length of the run.
_JOINT = re.compile(
    r"(?:(?<!\s)\s+)?(?:;\s+|,\s+(?:(?:en|maar)\s+(?:ook\s+)?)?)"
    r"|(?<!\s)\s+(?:en|maar)\s+(?:ook\s+)?"
)
_WORD = re.compile(r"\S+")
_OPENS = {"(": 1, ")": -1, "“": 1, "”": -1}
_LONGEST_ORDER = 24


def opens_with_order(text: str) -> bool:
    """Whether a text begins with a known imperative of a request."""
    return bool(_ORDER.match(text))


def asks(text: str) -> bool:
    """Whether a short text is a request: an order, a duty, a wish, or an infinitive."""
    plain = " ".join(text.split())
    if _opens_clause_with_order(plain, 0) or _MODAL.search(plain) or _WISH.match(plain):
        return True
    words = plain.rstrip(" .;,").split(" ")
    if len(words) < 3 or not words[-1].endswith("n") or words[0].lower() in _HEADS:
        return False
    return universal_tags(words)[-1] == "VERB"


def clause_spans(sentence: str) -> list[tuple[int, int]]:
    """The clauses of a sentence with several proposals as ``(start, end)``, else one whole span.

    The sentence is split before another order ("..., en geef ...") and before a duty of another
    subject ("... moet ..., en de gemeenten moeten ..."). The conjunction or comma between two
    clauses belongs to neither.
    """
    joints = [joint.span() for joint in _JOINT.finditer(sentence)]
    if not joints:
        return [(0, len(sentence))]
    words = [word.start() for word in _WORD.finditer(sentence)]
    modals = [modal.start() for modal in _MODAL.finditer(sentence)]
    depths = _depths(sentence, [first for first, _ in joints])
    ends = [first for first, _ in joints[1:]] + [len(sentence)]
    cuts: list[tuple[int, int]] = []
    start = 0
    for (first, last), depth, end in zip(joints, depths, ends, strict=True):
        left = bisect_left(words, first) - bisect_left(words, start)
        right = len(words) - bisect_left(words, last)
        if depth or left < FEWEST_WORDS or right < FEWEST_WORDS:
            continue
        duty = bisect_left(modals, first) > bisect_left(modals, start)
        if _opens_clause_with_order(sentence, last):
            splits = duty or bool(_ORDER.match(sentence, start, first))
        else:
            # The right side ends at the next joint, and must contain its own duty.
            splits = duty and bool(_DUTY.match(sentence, last, end))
        if splits:
            cuts.append((start, first))
            start = last
    cuts.append((start, len(sentence)))
    return cuts


def _opens_clause_with_order(text: str, start: int) -> bool:
    if not _ORDER.match(text, start):
        return False
    # "... en zet dat online": "dat" refers to the clause before.
    if _LEANS_BACK.match(text, start):
        return False
    space = text.find(" ", start, start + _LONGEST_ORDER)
    first = text[start:space].lower() if space >= 0 else ""
    return first not in _ALSO_NOUNS or bool(_DETERMINER.match(text, space + 1))


def _depths(text: str, places: Sequence[int]) -> list[int]:
    """The number of open brackets and quotation marks at every place: no split is made inside."""
    found: list[int] = []
    depth = quotes = at = 0
    for place in places:
        for sign in text[at:place]:
            depth += _OPENS.get(sign, 0)
            quotes += sign == '"'
        found.append(depth + quotes % 2)
        at = place
    return found
