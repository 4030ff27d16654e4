"""What kind of thing a statement says, guessed from its wording when no question asked for it.

First cut, by cue words: a proposal is an instruction, a plea or a wish; a drempel names what is
missing or in the way; a hefboom names what helps. A question's own kind always goes first.
"""

from __future__ import annotations

import re
from typing import Literal

Kind = Literal["drempel", "hefboom", "voorstel", "anders"]

_PROPOSAL = re.compile(
    r"""\b(?:moet(?:en)?|dien(?:t|en)|pleit(?:en)?|bepleit(?:en)?|zou(?:den)?|stel(?:len)?\s.{0,40}voor
    |voorstel(?:len)?|aanbevel\w+|nood\s+aan|beter\s+is|zorg\s+(?:ervoor|dat|voor)|graag|laat\s+ons
    |kan\s+best|kunnen\s+best|mag\s+best|verdient?\s+aanbeveling|waarom\s+niet)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_ORDER = re.compile(
    r"""(?:introduceer|maak|geef|schep|breng|integreer|investeer|organiseer|start|stop|zet|zorg|laat
    |bied|betaal|bouw|creëer|erken|financier|help|hervorm|koppel|leg|neem|ondersteun|ontwikkel|open
    |richt|schaf|schrap|stel|stem|stimuleer|verbeter|verbied|vereenvoudig|verhoog|verlaag|verplicht
    |versterk|verzamel|voer|voorzie|vraag|werk|trek|spreek|verdeel|houd|hou|doe|ga|geen|elke?|een)
    \s""",
    re.IGNORECASE | re.VERBOSE,
)
_TO_DO = re.compile(r"\bte\s+\w+en\W*$", re.IGNORECASE)
_HURDLE = re.compile(
    r"""\b(?:niet|geen|nergens|nooit|niemand|niets|amper|nauwelijks|te\s+(?:weinig|duur|ver|laat|veel|
    moeilijk|traag|lang|vaak|hoog|laag|ingewikkeld|klein|groot|kort|streng|oud)|gebrek|ontbre\w+|mis(?:t|sen)
    |moeilijk\w*|lastig|tekort\w*|drempels?|hinder\w*|belemmer\w*|problee?m\w*|kloof|risico\w*|bang|schrik
    |wachtlijst\w*|haakt?\s+af|haken\s+af|stoppen|afwezig|uitsluiting|achterop|zwakke?|bedreig\w+)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_LEVER = re.compile(
    r"""\b(?:hefboom|helpt|helpen|hielp|versterk(?:t|en)|dankzij|stimuleert|stimuleren|draagt\s+bij|bijdragen
    |werkt\s+(?:goed|wel)|zorgt\s+voor|kans(?:en)?|mogelijkheden|motiveert|lukt)\b""",
    re.IGNORECASE | re.VERBOSE,
)


def kind_of(text: str) -> Kind:
    """The kind the wording points to; ``anders`` when it points nowhere."""
    plain = " ".join(text.split())
    if _PROPOSAL.search(plain) or _is_order(plain) or _TO_DO.search(plain):
        return "voorstel"
    if _HURDLE.search(plain):
        return "drempel"
    if _LEVER.search(plain):
        return "hefboom"
    return "anders"


def _is_order(text: str) -> bool:
    found = _ORDER.match(text)
    if not found:
        return False
    first = found[0].split()[0].lower()
    # "Een leerwinkel in elke wijk." asks for something: a noun phrase without a finite verb.
    if first in {"een", "elk", "elke", "geen"}:
        verbs = r"\b(?:is|zijn|was|waren|heeft|hebben|wordt|worden|kan|kunnen|gaat|krijgt|\w+t)\b"
        return first != "geen" and not re.search(verbs, text.lower())
    return True
