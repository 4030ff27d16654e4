"""Detects texts that need help rather than an answer: thoughts of suicide, violence, threats.

Works by cues only, chosen so that figures of speech about courses and schools ("ik word er zot
van", "die school is dood") do not match. A match shows telephone numbers beside the answer; it does
not change what is stored.
"""

from __future__ import annotations

import re
from typing import Literal

from language.folding import folded

Alarm = Literal["crisis", "dreiging"]


def alarm(text: str) -> Alarm | None:
    """``crisis`` for suicide or self-harm, ``dreiging`` for threats or violence, else None."""
    plain = " ".join(folded(text).split())
    of_self = _SUBJECT.search(plain) and _FIRST_PERSON.search(plain)
    if (of_self or _CRISIS.search(plain)) and not _OTHERWISE.search(plain):
        return "crisis"
    if _THREAT.search(plain) or _VIOLENCE.search(plain):
        return "dreiging"
    return None


_FIRST_PERSON = re.compile(r"\b(?:ik|'?k|mij|me|mijn|m'n|mezelf)\b")
_SUBJECT = re.compile(r"\b(?:zelfmoord|zelfdoding|suicide|suicidaal|suicidale)\b")
_CRISIS = re.compile(
    r"\b(?:"
    r"(?:ik|'?k) ?(?:wil|wou|zou|kan|ga|hoef)(?: \w+){0,3} (?:niet|nie|ni|niets) meer"
    r" (?:te )?(?:leven?|bestaan|wakker worden|er zijn)"
    r"|(?:wil|wou|ga|zal) (?:ik |gewoon |liever |er |maar |nu ){0,3}"
    r"(?:dood|sterven|doodgaan|niet meer zijn|niet meer leven)"
    r"|(?:mezelf|mijzelf|mij|me) (?:van kant|van het leven|iets aandoen|ophangen|verhangen"
    r"|verdrinken|snijden|pijn doen)"
    r"|(?:snij|kras|pijnig) (?:ik )?(?:me|mij|mezelf)"
    r"|einde? (?:maken )?aan (?:mijn|m'n) leven|stoppen met (?:het )?leven"
    r"|ik (?:maak|ga) er (?:een )?einde? aan(?: maken)?\W*$|uit het leven stappen"
    r"|zie het (?:leven )?niet meer zitten om|zie het leven niet meer"
    r"|(?:het|mijn) leven (?:heeft|is) (?:\w+ )?(?:geen zin|niks waard|niets waard|zinloos)"
    r"|beter (?:af )?zonder mij|(?:ik (?:ben|was) |was ik )(?:veel )?liever dood"
    r"|(?:ik spring|springen|spring ik|gooien) (?:onder|voor) (?:de|een) trein"
    r"|(?:onder|voor) (?:de|een) trein (?:springen|gooien|gaan liggen)"
    r")\b"
)
_OTHERWISE = re.compile(
    r"\b(?:preventie|zelfmoordlijn|thema|cursus over|opleiding over|dood ?graag|dood van"
    r"|(?:van|met) (?:\w+ ){1,3}(?:niet|nie|ni) meer leven)\b"
)
_WHOM = r"(?:jullie|u|hem|haar|hen|ze|iedereen|hun|(?:die|de|mijn|onze) \w+)"
_THREAT = re.compile(
    r"\b(?:"
    rf"(?:ik|we|wij|'?k)(?: \w+){{0,3}} {_WHOM}(?: \w+){{0,3}} (?:vermoorden|doodschieten"
    r"|neerschieten|afmaken|neersteken|doodsteken|doodslaan|opblazen|in brand steken|aandoen)"
    rf"|(?:schiet|steek|sla) (?:ik )?{_WHOM}(?: \w+){{0,2}} (?:dood|neer|overhoop)"
    rf"|ik (?:vermoord|wurg) {_WHOM}"
    r"|(?:er ligt|ik leg|ik plaats|leggen|plaatsen) een bom|een bom (?:leggen|plaatsen)"
    r"|ik weet waar (?:u|jullie|ze|hij|zij) won\w+|ik kom (?:jullie|u) halen"
    r")\b"
)
_VIOLENCE = re.compile(
    r"\b(?:"
    r"(?:slaat|sloeg|mishandelt|mishandelde|misbruikt|misbruikte|bedreigt|stalkt|verkracht"
    r"|verkrachtte) (?:mij|me|ons|de kinderen|mijn (?:kind|kinderen|zoon|dochter|moeder|zus))"
    r"|(?:word|werd) ik (?:\w+ )?(?:geslagen|mishandeld|misbruikt|verkracht|bedreigd|gestalkt)"
    r"|ik (?:word|werd|ben) (?:\w+ ){0,2}(?:geslagen|mishandeld|misbruikt|verkracht|aangerand"
    r"|bedreigd|gestalkt)"
    r")\b"
)
