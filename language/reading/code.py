"""Whether a text asks for the receipt code, or how to come back later, which is the same answer."""

from __future__ import annotations

import re

from language.folding import folded

_READ = 160
_MOST_WORDS = 26
_CODE = re.compile(
    r"\b(?:mijn|m'n|die|een|de|welke|onze|mon|my|mein|le|the) (?:ontvangst ?)?code\b(?! van)"
    r"|\bontvangst ?code\b|^code\b"
)
_ASKS = re.compile(
    r"\b(?:wat|waar|welke?|krijg|kreeg|kwijt|verloren|vergeten|toon|zie|zien|vind|vinden|opnieuw"
    r"|staat|geef|geven|nodig|hoe|herhaal|herhalen|opgeschreven|genoteerd|gezien|zeggen|quoi|quel"
    r"|what|where|ou|wo|was|wie ist|again|lost|donne\w{0,2}|hoort|ook al ?weer|nog eens)\b"
    r"|^(?:mijn |de |die )?(?:ontvangst ?)?code\W{0,3}$"
)
_ASKED_FIRST = re.compile(
    r"\?|^(?:(?:en|maar|wacht|euh|zeg|ja|nee|oh|allez|nog iets|ok|,) ?){0,3}(?:hoe|kan|kannek"
    r"|mag|magk"
    r"|kunnen|kun|waar|waarmee|can|how|puis|comment|peux|kann|wie)\b|\bof (?:kan|mag)\b"
    r"|\bhoe (?:kan"
    r"|geraak|kom|moet)\b"
)
_LATER = re.compile(
    r"\b(?:later|straks|morgen|vanavond|vnv|vanmiddag|nadien|volgende (?:keer|week)|een andere keer"
    r"|andere dag|nog eens|tomorrow|demain|plus tard|spater|weer|terug|opnieuw|thuis|ander toestel"
    r"|op mijn (?:computer|gsm|pc|tablet))\b"
)
_COMES_BACK = re.compile(
    r"\b(?:(?:kom|geraak|raak) (?:ik )?(?:\w{1,12} ){0,4}(?<!op )terug(?! naar)|verder(?:doen"
    r"|gaan|praten)?|verder (?:doen|gaan|praten)|terug ?(?:komen|kom|keren)"
    r"|weer binnen"
    r"|terug binnen|(?<!te )binnen|inloggen|log in"
    r"|doorgaan|voortdoen|voort|hervatten|afwerken|afmaken"
    r"|continue"
    r"|come back|get back|continuer|revenir|weitermachen|zuruck\w{0,7}"
    r"|(?:later|straks|morgen|nadien|vanavond|achteraf)(?: \w{1,12}){0,3} terug(?= ?(?:\?|$)))\b"
)


_CHANGES_LATER = re.compile(
    r"\b(?:toevoegen|bijvoegen|bijzetten|bijschrijven|aanvullen|aanpassen|veranderen|wijzigen"
    r"|verbeteren|herzien|terugkomen op|add|change|edit|ajouter|modifier|changer|andern|erganzen)\b"
)


def asks_to_change_later(text: str) -> bool:
    """Whether a short text asks if answers can be added to or changed another time."""
    plain = " ".join(folded(text[: _READ + 1]).replace("?", " ? ").split())
    if len(text) > _READ or len(plain.split()) > _MOST_WORDS:
        return False
    later = _LATER.search(plain) and _CHANGES_LATER.search(plain)
    return bool(later and _ASKED_FIRST.search(plain))


def asks_code(text: str) -> bool:
    """Whether a short text asks for the code, or how to go on with the talk another time."""
    plain = " ".join(re.findall(r"[\w?']+|,", folded(text[: _READ + 1]).replace("?", " ? ")))
    if len(text) > _READ or len(plain.split()) > _MOST_WORDS:
        return False
    if _CODE.search(plain) and _ASKS.search(plain):
        return True
    returns = _LATER.search(plain) and _COMES_BACK.search(plain)
    return bool(returns and _ASKED_FIRST.search(plain))
