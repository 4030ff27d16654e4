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


def asks_help_number(text: str) -> bool:
    """Whether a short text asks for a number to call for help: "dat nummer, wat was dat weer?"."""
    plain = " ".join(folded(text).split())
    return len(plain) <= _LONGEST_ASKED and _ASKS_NUMBER.search(plain) is not None


_LONGEST_ASKED = 120
_ASKS_NUMBER = re.compile(
    r"\b(?:tele-?onthaal|zelfmoordlijn)\b.{0,30}\?|\b(?:nummer|telefoonnummer|number|numero)\b.{0,30}"
    r"\b(?:zelfmoordlijn|tele-?onthaal)\b"
    r"|\b(?:dat|die|het|welke?|the|that|le|ce)\s{1,3}(?:\w{1,12}\s{1,3})?(?:telefoonnummer|nummer"
    r"|number|numero)\b(?=.{0,60}\b(?:daarstraks|daarnet|daarjuist|zonet|bellen|earlier|before"
    r"|tout a l'heure|appeler|call)\b).{0,60}\b(?:weer|alweer|nog|was|again|what|c'etait)\b"
)
_FIRST_PERSON = re.compile(
    r"\b(?:ik|'?k|mij|me|mijn|m'n|mezelf|mijzelf|kdenk|kpeis|kpleeg|je|i|my|moi|mon|ma)\b"
)
_SUBJECT = re.compile(
    r"\b(?:zelfmoo?r?d|zelfmoort|zelfdoding|suicide|suicidaal|suicidale|suicider|suicidal"
    r"|suicidaire)\b"
)
_SELF = r"(?:me ?zelf|mij ?zelf|mijn eigen|men eigen|mn eigen|m'n eigen|mezelve)"
_I = r"(?:ik|'?k|ek|kik|ekik|ikke|we)"
_NOT = r"(?:niet|nie|ni|nit)"
_NOT_MORE = r"(?:(?:niet|nie|ni|niets|nit) ?(?:meer|mer|mee|mier)|nimeer|niemeer|nimer|nimmer)"
_FILL = (
    r"(?:(?:echt|soms|gewoon|allemaal|helemaal|eigenlijk|toch|nu|stilaan|maar|zo|dan|dikwijls|vaak"
    r"|ook|al|eerlijk|gezegd|vandaag|tegenwoordig|hier|nog|er|efkes|totaal|absoluut|bijna|mij|me"
    r"|voor"
    r"|precies|dikwijls|elke dag|de laatste tijd|af en toe|liever|zelf|voortaan) ){0,4}"
)
_IT = r"(?:het|'?t|et|dat|da|alles|dit|het leven|'?t leven|mijn leven|m'n leven|alles hier)"
_LIVE = (
    r"(?:leven|leve|leevn|levn|lievn|bestaan|bestoan|wakker (?:te )?worden|er (?:te )?zijn"
    r"|opstaan en leven)"
)
_CLOSES = r"(?= ?(?:$|[.,;:!?)]|en |maar |want ))"
# What is hopeless is life, not a course or a journey: nothing that names another thing follows.
_AS_A_WHOLE = (
    r"(?!\w)(?! (?:om (?!(?:nog )?(?:verder|door|voort|te leven|op te staan))|met |in (?!mijn "
    r"leven)"
    r"|op |bij |aan |dat |als |want die|over |van die))"
)
_WHOLE_LIFE = r"(?:leven|bestaan|leve|lot|wereld)"
_GOES_ON = (
    r"(?:leven|verder (?:te )?(?:leven|gaan|doen)|verder|door te gaan|voort te doen|op te staan)"
)
_DESPAIR = "|".join(
    (
        rf"(?:k?zien?|ziek|k?zag) (?:{_I} )?{_FILL}{_IT} {_FILL}{_NOT_MORE} "
        rf"{_FILL}zitten{_AS_A_WHOLE}",
        rf"{_I} {_FILL}{_IT} {_FILL}{_NOT_MORE} {_FILL}(?:zie|zag|zitten) (?:zitten|zie|zag)"
        rf"{_AS_A_WHOLE}",
        rf"(?:zie|heb|is|was) (?:{_I} |er )?(?:\w{{1,12}} ){{0,3}}(?:geen|gin|gien|nergens|nergens "
        rf"een)"
        r" (?:\w{1,12} )?(?:uitweg|uitkomst|hoop|licht|levenslust|levenswil|levenszin)(?: meer)?"
        rf"{_AS_A_WHOLE}(?! op)",
        rf"(?:(?:het|'?t|alles|leven) hoeft|hoeft (?:het|'?t|alles|heel dat leven)) {_FILL}voor mij"
        rf" {_FILL}{_NOT_MORE}{_CLOSES}",
        rf"voor mij {_FILL}(?:hoeft|moet|moe) {_FILL}{_IT} {_FILL}{_NOT_MORE}{_CLOSES}",
        rf"(?:het|'?t|alles|hoeft) (?:het |'?t |hoeft )?{_FILL}{_NOT_MORE} voor mij{_CLOSES}",
        rf"(?:ik|'?k|mijn leven|men leven|m'n leven|'?t leven|het leven) (?:\w{{1,12}} ){{0,3}}"
        rf"(?:geen|gin) (?:\w{{1,12}} )?(?:zin|goesting|reden|moed|kracht)(?: meer)?"
        rf" (?:in|om|voor) (?:(?:het|'?t|mijn|m'n|dit|nog|te) ){{0,2}}(?:{_GOES_ON}|{_WHOLE_LIFE})",
        rf"(?:kan|kank|kon) (?:{_I} )?{_FILL}(?:{_IT} ){_FILL}{_NOT_MORE} "
        rf"(?:aan|dragen|opbrengen|trekken|hebben){_AS_A_WHOLE}",
        rf"(?:hou|houd|houk|trek|trekk?) (?:{_I} )?{_FILL}{_IT} {_FILL}{_NOT_MORE}(?: vol| uit)?"
        rf"{_AS_A_WHOLE}(?= ?(?:$|[.!?)]))",
        rf"(?:ik|'?k) (?:kan|kon|kank) {_FILL}{_NOT_MORE}(?= ?(?:$|[.,;:!?)]))",
        rf"(?:wat|waarom|waarvoor|waartoe) (?:\w{{1,10}} ){{0,4}}(?:zin (?:\w{{1,10}} ){{0,3}}om"
        rf" (?:nog )?{_GOES_ON}|(?:leef|besta) ik (?:eigenlijk |hier )?nog)",
        r"(?:niemand|geen mens|ze) (?:\w{1,10} )?(?:zou|gaat|zal|zouden|zullen|gaan) (?:\w{1,10} )?"
        r"(?:mij|me) (?:\w{1,10} )?(?:missen|misse)",
        r"niemand (?:mist|zal|zou) (?:mij|me)(?= ?(?:$|[.,;:!?)]|als|missen))",
        rf"beter (?:\w{{1,10}} ){{0,3}}(?:als |dat |zonder )?(?:{_I} )?(?:er )?(?:{_NOT}|zonder)"
        r" (?:meer )?(?:mij|(?:er )?(?:zou |zal |moest )?"
        r"(?:was|ben|waren|zijn|bestaan|bestond|geboren))(?!\w)",
        rf"(?:waarom|waarvoor|waartoe|wa+rveure?) (?:{_I}) (?:\w{{1,10}} ){{0,3}}?(?:nog|eigenlijk)"
        r" (?:eigenlijk |elke dag )?(?:leef|besta|opsta|wakker word|ademhaal|hier ben|er ben)"
        r"(?= ?(?:$|[.,;:!?)]))",
        r"(?:was|waar|ware) (?:ik|'?k) (?:maar |gewoon |beter |liever ){0,2}(?:dood|nooit geboren)",
        r"(?:wou|wilde|wens|wenste|hoop|zou willen|hoopte) (?:ik |'?k |soms |echt |gewoon )*dat"
        rf" (?:ik|'?k) (?:er |morgen |gewoon |ooit |maar ){{0,2}}(?:{_NOT_MORE} |{_NOT} |dood "
        rf"|nooit )"
        r"(?:\w{1,10} ){0,2}?(?:was|ben|geboren|leefde|bestond|wakker)",
        rf"(?:ik|'?k) (?:ben|was|voel|voelde) (?:mij |me |mezelf )?{_FILL}(?:een last|tot last"
        r"|(?:iedereen|alleman|mijn \w{1,15}) tot last|waardeloos|wanhopig|radeloos|suicidaal"
        r"|het leven (?:moe|beu)|levensmoe|niets waard|niks waard|niks meer waard|niets meer waard"
        r"|hopeloos alleen|kapot vanbinnen|depressief)(?!\w)(?! geweest)",
        rf"(?:ik|'?k) (?:heb|krijg) {_FILL}(?:donkere|zwarte|duistere|slechte|suicidale) "
        rf"gedachte[ns]?",
    )
)
_CRISIS = re.compile(
    r"\b(?:"
    rf"(?:ik|'?k|ek|kik) ?(?:wil|wou|zou|kan|ga|hoef|wul)(?: [\w']{{1,20}}){{0,3}} {_NOT_MORE}"
    rf" (?:te )?{_LIVE}"
    rf"|(?:wil|wou|wul|hoef) (?:ik|'?k|ekik) (?:\w{{1,20}} ){{0,3}}{_NOT_MORE} (?:te )?{_LIVE}"
    rf"|(?:er|hier) {_FILL}{_NOT_MORE} (?:te )?(?:willen|wil|hoeven|hoef) (?:te )?zijn"
    rf"|(?:ik|'?k) (?:er |hier )?{_FILL}{_NOT_MORE} (?:wil|wou|hoef) (?:te )?(?:zijn|{_LIVE})"
    rf"|k(?:wil|wou|wul|kan) (?:ekik )?(?:\w{{1,20}} ){{0,3}}{_NOT_MORE} (?:te )?(?:zijn|{_LIVE})"
    r"|(?:wil|wou|kwil|kwou|kga|kzou|(?:ik|'?k) (?:ga|zal|zou)|(?:ga|zal|zou) (?:ik|'?k)) "
    r"(?:ik |gewoon |liever |er |maar |nu |echt |soms |'?k ){0,4}(?:dood|doad|doodgaan|doodgoan"
    r"|sterven|sterve|niet meer zijn|niet meer leven)(?: zijn| willen)?"
    rf"|(?:{_SELF}|mij|me) (?:van kant|van het leven|iets aandoen|iets aan doen|ophangen|verhangen"
    r"|verdrinken|verzuipen|snijden|pijn doen|vermoorden|doodmaken|te snijden|pijn te doen)"
    rf"|ik (?:doe|ga) {_SELF} (?:iets|wat|kapot|dood)"
    rf"|(?:snij|kras|pijnig) (?:ik )?(?:me|mij|{_SELF})"
    r"|einde? (?:te )?(?:maken )?aan (?:mijn|m'n|het|'?t) leven|stoppen met (?:het )?leven"
    r"|(?:mijn|m'n|men) leven (?:te )?beeindigen"
    r"|(?:ik|'?k) (?:maak|ga|wil|zou|kan) er (?:\w{1,10} ){0,3}(?:een )?einde? aan(?: maken| "
    r"willen maken)?(?= ?\W{0,5}$)"
    r"|(?:uit|van) (?:het|dit) leven (?:te )?stappen"
    r"|(?:weg|verdwijnen) (?:van|uit) (?:deze|dees|de) wereld|(?:hoe lang|of) ik (?:dit|het|dat)"
    r" (?:\w{1,10} ){0,2}(?:nog|nog kan) (?:vol ?hou\w{0,3}|aankan)"
    r"|(?:het|mijn|m'n|men|'?t) leven (?:heeft|is|eeft) (?:\w{1,20} ){0,2}(?:geen zin|gin zin|niks "
    r"waard"
    r"|niets waard|zinloos)|levensmoe"
    r"|beter (?:af )?zonder mij|(?:ik (?:ben|was) |was ik |kwas |ik zou )(?:veel |nog |soms )?"
    r"liever dood"
    rf"|(?:ik spring|springen|spring ik|gooien) (?:onder|voor|van) (?:de|een|nen) (?:trein|brug"
    rf"|dak)"
    r"|(?:onder|voor) (?:de|een|nen) (?:trein|metro|tram) (?:gaan )?(?:springen|gooien|liggen"
    r"|smijten)"
    r"|(?:alle|al mijn|een hoop|te veel|mijn) (?:slaap)?pillen (?:\w{1,8} )?(?:slikken|innemen"
    r"|pakken)"
    r"|je (?:ne )?(?:veux|voudrais|peux) (?:plus|pas continuer a) (?:vivre|exister|etre la)"
    r"|je (?:veux|voudrais|vais) (?:mourir|me tuer|me suicider|en finir|me pendre|disparaitre)"
    r"|(?:envie de|pense a|penser a) (?:mourir|me tuer|me suicider|en finir|mettre fin|disparaitre)"
    r"|ma vie n'?a (?:plus|pas) (?:de|aucun) sens|mettre fin a (?:mes jours|ma vie)"
    r"|(?:je )?n'?en (?:peux|pouvais) plus(?= ?(?:$|[.,;!?]))"
    r"|je ne vois (?:plus|pas) (?:d'issue|d'espoir|de sortie)"
    r"|(?:plus|pas) (?:envie|la force) de (?:vivre|continuer)"
    r"|i (?:do not|don'?t|no longer) (?:want|wanna|wish) (?:to )?(?:live|be alive|exist|be here"
    r"|wake up)"
    r"|i (?:want|wanna|would like|am going|will) (?:to )?(?:die|kill myself|end my life|end it all"
    r"|disappear)|i (?:can'?t|cannot|can not) (?:go on|take (?:it|this) any ?more|do this any "
    r"?more)"
    r"(?= ?(?:$|[.,;!?]|like this|any))"
    r"|(?:kill|hang|hurt|cut|harm) myself|end my (?:own )?life|better off (?:dead|without me)"
    r"|(?:wish|wished) i (?:was|were) (?:dead|never born)|tired of (?:living|being alive)"
    r"|no reason to (?:live|go on)|no point in (?:living|going on)|(?:nobody|no one) would miss me"
    r"|ich (?:will|mochte|kann) (?:\w{1,10} ){0,2}nicht mehr (?:leben|da sein|aufwachen)"
    r"|ich (?:will|mochte|wollte) (?:\w{1,10} )?(?:sterben|tot sein|mich umbringen)|mich umbringen"
    r"|ich kann (?:\w{1,10} )?nicht mehr(?= ?(?:$|[.,;!?]))|ohne mich besser|lebensmude"
    rf"|{_DESPAIR}"
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
    rf"|(?:sla|klop|trap|stamp|schop|mep|timmer|ram|breek) (?:ik )?(?:{_WHOM}|zijn|haar|hun|uw|je) "
    r"(?:\w{1,12} ){0,2}(?:bakkes|kop|tanden|gezicht|smoel|muil|benen|nek|botten)(?: (?:in|kapot"
    r"|plat|open))?"
    rf"|(?:sla|klop|trap|stamp|schop|mep|ram) (?:ik )?{_WHOM} (?:\w{{1,12}} ){{0,2}}(?:in elkaar"
    rf"|verrot|kapot|dood"
    r"|het ziekenhuis in|in de prak)"
    rf"|{_WHOM} (?:\w{{1,12}} ){{0,3}}(?:in elkaar|verrot|kapot|zijn bakkes in|zijn kop in) "
    rf"(?:slaan|kloppen|trappen)"
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
_OURS = r"(?:mij|me|ons|de kinderen|mijn (?:kind|kinderen|zoon|dochter|moeder|zus))"
_HURTS = (
    r"(?:sl(?:aat|oeg|oegen)|mishandel(?:t|de|en|den)|misbruik(?:t|te|en|ten)|bedreig(?:t|de|en"
    r"|den)|stalk(?:t|te|en|ten)|verkracht(?:te|en|ten)?|schop(?:t|te|pen|ten)|klop(?:t|te|pen) op"
    r"|mep(?:t|te|pen|ten))"
)
_NO_FIGURE = r"(?! (?:met (?:verstomming|stomheid)|uit |tegen|erdoor|door|op |over|af|aan|dood ))"
_HURT = r"(?:geslagen|mishandeld|misbruikt|verkracht|aangerand|bedreigd|gestalkt|geschopt|gemept)"
_VIOLENCE = re.compile(
    r"\b(?:"
    rf"(?:{_HURTS} (?:(?:hij|ze|zij|em) )?{_OURS}|slaan (?:(?:ze|zij) )?(?:mij|me)){_NO_FIGURE}"
    rf"|(?:heeft|hebben|had|hadden) (?:\w{{1,12}} ){{0,2}}?{_OURS} (?:\w{{1,12}} ){{0,3}}?{_HURT}"
    rf"|{_HURTS} (?:mijn|onze|men|m'n) \w{{1,12}} {_OURS}"
    r"|(?:mijn|men|m'n) (?:man|vent|vriend|lief|partner|vader|ex|broer|schoonmoeder) (?:laat|liet) "
    r"(?:mij|me) (?:[\w']{1,10} ){0,3}(?:niet|nie|nooit) (?:meer )?(?:alleen )?"
    r"(?:buiten|weg|weggaan|vertrekken)"
    r"|(?:mij|me|ons|mijn kinderen|mijn kind) (?:\w+ ){0,2}(?:iets|kwaad) (?:\w+ ){0,2}"
    r"(?:aandoen|aan te doen|aandoet)|bang (?:van|voor) mijn (?:man|ex|vader|vriend|partner)\b"
    r"|(?:bang|schrik) dat (?:hij|ze|zij|em|mijn (?:man|ex|vriend|vent)) (?:mij|me|ons) "
    r"(?:\w{1,12} ){0,3}(?:iets|kwaad|pijn|komt halen)(?: \w{1,12}){0,2} ?(?:doet|aandoet|gaat "
    r"doen)?"
    r"|(?:word|werd) ik (?:\w+ )?(?:geslagen|mishandeld|misbruikt|verkracht|bedreigd|gestalkt)"
    r"|ik (?:word|werd|ben) (?:\w+ ){0,2}(?:geslagen|mishandeld|misbruikt|verkracht|aangerand"
    r"|bedreigd|gestalkt)"
    r")\b"
)
