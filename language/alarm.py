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


_FIRST_PERSON = re.compile(
    r"\b(?:ik|'?k|mij|me|mijn|m'n|mezelf|mijzelf|kdenk|kpeis|kpleeg|je|i|my|moi|mon|ma)\b"
)
_SUBJECT = re.compile(
    r"\b(?:zelfmoo?r?d|zelfmoort|zelfdoding|suicide|suicidaal|suicidale|suicider|suicidal"
    r"|suicidaire)\b"
)
_SELF = r"(?:me ?zelf|mij ?zelf|mijn eigen|men eigen|mn eigen|m'n eigen|mezelve)"
_NOT_MORE = r"(?:(?:niet|nie|ni|niets|nit) ?(?:meer|mer|mee|mier)|nimeer|niemeer|nimer)"
_LIVE = r"(?:leven|leve|leevn|levn|lievn|bestaan|bestoan|wakker worden|er zijn)"
_CRISIS = re.compile(
    r"\b(?:"
    rf"(?:ik|'?k|ek|kik) ?(?:wil|wou|zou|kan|ga|hoef|wul)(?: \w{{1,20}}){{0,3}} {_NOT_MORE}"
    rf" (?:te )?{_LIVE}"
    rf"|k(?:wil|wou|wul|kan) (?:ekik )?{_NOT_MORE} (?:te )?{_LIVE}"
    r"|(?:wil|wou|ga|zal|kwil|kwou) (?:ik |gewoon |liever |er |maar |nu |echt |'?k ){0,3}"
    r"(?:dood|doad|doodgaan|doodgoan|sterven|sterve|niet meer zijn|niet meer leven)"
    rf"|(?:{_SELF}|mij|me) (?:van kant|van het leven|iets aandoen|iets aan doen|ophangen|verhangen"
    r"|verdrinken|verzuipen|snijden|pijn doen|vermoorden|doodmaken)"
    rf"|ik (?:doe|ga) {_SELF} (?:iets|wat|kapot|dood)"
    rf"|(?:snij|kras|pijnig) (?:ik )?(?:me|mij|{_SELF})"
    r"|einde? (?:maken )?aan (?:mijn|m'n) leven|stoppen met (?:het )?leven"
    r"|(?:mijn|m'n|men) leven (?:te )?beeindigen"
    r"|ik (?:maak|ga) er (?:een )?einde? aan(?: maken)?\W{0,5}$|uit het leven stappen"
    r"|zie het (?:leven )?niet meer zitten om"
    rf"|zie (?:het|t|'t) leven {_NOT_MORE}"
    r"|(?:het|mijn|m'n|men) leven (?:heeft|is|eeft) (?:\w{1,20} )?(?:geen zin|gin zin|niks waard"
    r"|niets waard|zinloos)|levensmoe"
    r"|beter (?:af )?zonder mij|(?:ik (?:ben|was) |was ik |kwas )(?:veel )?liever dood"
    r"|(?:ik spring|springen|spring ik|gooien) (?:onder|voor|van) (?:de|een|nen) (?:trein|brug)"
    r"|(?:onder|voor) (?:de|een|nen) trein (?:springen|gooien|gaan liggen|smijten)"
    r"|je (?:ne )?(?:veux|voudrais|peux) (?:plus|pas continuer a) (?:vivre|exister)"
    r"|je (?:veux|voudrais|vais) (?:mourir|me tuer|me suicider|en finir|me pendre)"
    r"|(?:envie de|pense a) (?:mourir|me tuer|me suicider|en finir|mettre fin)"
    r"|ma vie n'?a plus de sens|mettre fin a (?:mes jours|ma vie)"
    r"|i (?:do not|don'?t|no longer) (?:want|wanna|wish) (?:to )?(?:live|be alive|exist)"
    r"|i (?:want|wanna|would like|am going|will) (?:to )?(?:die|kill myself|end my life|end it all)"
    r"|(?:kill|hang|hurt) myself|end my (?:own )?life|better off (?:dead|without me)"
    r"|no reason to live"
    r")(?!\w)"
)
_OTHERWISE = re.compile(
    r"\b(?:preventie|zelfmoordlijn|thema|cursus over|opleiding over|dood ?graag|dood van|prevention"
    r"|(?:wil|ga|zal|sterf|sterven) (?:\w{1,20} ){0,2}(?:van|of) (?:\w{1,20} )?(?:honger|dorst|kou"
    r"|warmte|het lachen|schaamte|verveling)|sterven van|mourir de (?:faim|rire|soif|froid|honte)"
    r"|die (?:of|laughing)|(?:van|met) (?:\w{1,20} ){1,3}(?:niet|nie|ni) meer leven)\b"
)
_WHOM = (
    r"(?:jullie|ulder|ullie|u|hem|haar|hen|ze|iedereen|alleman|hun"
    r"|(?:die|de|mijn|onze|den|dien|diene) \w{1,25})"
)
_CROWD = (
    r"(?:iedereen(?: (?:die|daar|hier|van)(?: \w{1,20}){1,5})?|(?:ze|jullie|gulder|gullie)(?: alle"
    r"(?: ?maal)?)?|(?:alle?|al de|al die|die|de|elke|iedere"
    r"|heel die)(?: \w{1,20})? (?:politiekers?"
    r"|politici|ministers?|ambtenaren|bazen|directeurs|consulenten|leerkrachten|leraars|werkgevers"
    r"|vreemdelingen|buitenlanders|migranten|moslims|joden|homo'?s|vrouwen|mannen|rechters|flikken"
    r"|agenten|journalisten|regering|bende|kliek|zakkenvullers|profiteurs|vakbonden|werklozen))"
)
_DEATH = (
    r"(?:dood|doad|hangen|hange|opgehangen|opgehange|ophangen|galg|strop|creperen|verrekken"
    r"|afgemaakt|afmaken|neergeschoten|doodgeschoten|vermoord|vergast|verbrand|kogel|uitgeroeid"
    r"|afgeknald|doodschieten|neerschieten|tegen de muur)"
)
_PLACE = (
    r"(?:(?:die|de|dat|het|jullie|uw|heel die|heel de|heel dat|ulder|hunne) (?:hele "
    r"|ganse )?(?:boel"
    r"|kot|bureau|kantoor|gebouw|school|keet|tent|zaak|stadhuis|gemeentehuis|vdab|ocmw|ministerie"
    r"|parlement|winkel|huis|boeltje))"
)
_FIRE = r"(?:in (?:de |den )?(?:brand|fik|vlam)|in de lucht|plat)"
_THREAT = re.compile(
    r"\b(?:"
    rf"(?:ik|we|wij|'?k|kga|kzal)(?: \w{{1,20}}){{0,3}} {_WHOM}(?: \w{{1,20}}){{0,3}} (?:vermoorden"
    r"|vermoorde|doodschieten|neerschieten|afmaken|neersteken|doodsteken|doodslaan|opblazen"
    r"|afknallen"
    r"|kapotschieten|in brand steken|aandoen)"
    rf"|(?:schiet|steek|sla|knal) (?:ik )?{_WHOM}(?: \w{{1,20}}){{0,2}} (?:dood|neer|overhoop"
    rf"|kapot)"
    rf"|(?:ik|'?k|ekik) ?(?:vermoord|wurg) {_WHOM}"
    rf"|{_CROWD} (?:moet|moeten|moete|mag|mogen|verdient|verdienen|zou(?:den)?)"
    rf"(?: (?:allemaal|ze|echt|gewoon|maar|eigenlijk|moeten|van mij|eraan|aan|de|een|nu|eens|alle"
    rf"|maal|voor)){{0,4}} {_DEATH}"
    r"(?= ?(?:$|[.,!?;:)]|gaan|vallen|zijn|worden|en|maar|want|nu|of|allemaal|zeg|krijgen|maken)"
    r"(?!\w))"
    rf"|(?:hang|knoop|schiet) (?:ze|al die \w{{1,20}}"
    rf"|die \w{{1,20}}) (?:allemaal )?(?:maar )?(?:op|dood"
    r"|neer)|kogel door (?:de|hun|uw|zijn) kop"
    rf"|(?:steek|stook|stekt) (?:ik |'?k |we )?(?:nog |nu "
    rf"|eens )?{_PLACE} (?:\w{{1,15}} ){{0,2}}{_FIRE}"
    rf"|(?:ik|'?k|we|wij|kga|kzal) (?:\w{{1,15}} ){{0,3}}{_PLACE} (?:\w{{1,15}} ){{0,2}}(?:opblazen"
    rf"|platbranden|afbranden|{_FIRE} (?:steken|steke|blazen|laten vliegen))"
    rf"|ik blaas {_PLACE} op"
    r"|(?:er ligt|ik leg|ik plaats|ik gooi|leggen|plaatsen) (?:een|nen) (?:bom|granaat)"
    r"|(?:een|nen) bom (?:leggen|plaatsen|gooien)"
    r"|(?:kom|ga|zal) (?:ik )?(?:eens )?(?:langs )?met (?:een|nen|mijn) (?:mes|geweer|pistool|bijl)"
    r"|(?:ik|'?k) ?weet waar (?:u|jullie|ze|hij|zij|ge|gij|ulder) (?:\w{1,10} )?(?:won\w{1,3}"
    r"|woont?)"
    r"|ik kom (?:jullie|u|ulder) halen"
    r"|(?:i will|i'?ll|i'?m going to) (?:kill|shoot|stab) (?:you|them|him|her|everyone)"
    r"|(?:je vais|on va) (?:vous|te|les) (?:tuer|buter)"
    r")(?!\w)"
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
