"""What a text means where the talk may go on or end: yes, no, thanks, or something more.

The classifier knows most of these; the words here are the dialect, the other languages and the
curt answers that it does not.
"""

from __future__ import annotations

import re
from typing import Literal

from language.folding import folded
from language.reading import summary

Reply = Literal["yes", "no", "thanks", "more"]

_YES = re.compile(
    r"(?:(?:ah|och|amai|allee|bah|euh|mo|moar|maar)\W+)?(?:j+a+h?|ja(?:ja)+|jawel|jazeker"
    r"|j[ou]+a?[ktsh]?"
    r"|joat|joak|joaj?|ju+p|jep|yep|yes|yeah|oui|ouais|si|okido|ok+|oke+|okay|akkoord|graag"
    r"|gerne|sure|zeker"
    r"|tuurlijk|natuurlijk|vooruit|goed|goe|prima|tis goe|doe maar|waarom niet|woarom nie"
    r"|allez|toch wel|moja|mja|bwa ja)\b"
)
_NO = re.compile(
    r"(?:(?:ah|och|amai|allee|bah|euh|mo|moar|maar|oh|goh|tja)\W+)?(?:n+e+h?|nee+n?|neej?e?"
    r"|neuh|neu|ni+nk|nin|ninck|nien|nee[cjk]k?"
    r"|nie+j?e?|nieë|nint|nin|nit|nope?|nop|nah|non|no|nein|niet meer|nu niet|nie nu|liever niet"
    r"|liefst niet|geen zin|hoeft niet|moet niet|laat maar|foert|niks meer|niets meer)\b"
)
_ENOUGH = re.compile(
    r"\b(?:stop(?:pen)?|genoeg|klaar|gedaan|geweest|schluss|arretez?|basta|afronden|rond(?:en)?"
    r"(?: \w+){0,2} af|volgende keer|andere keer|morgen|straks|later|moe|tot daar|dat was het"
    r"|da was t|dat is alles|tis alles|c est tout|that s it|that s all|finished|fini|fertig|done"
    r"|(?:k ?zin|zin|ben|k ben) (?:der |er |dan |nu )*(?:deure?|weg|vandoor|mee weg|gaan)"
    r"|volstaat|voldoende"
    r"|hier laat ik|laat (?:ik )?(?:het|t) (?:hier)?bij|hierbij laten|(?:alles"
    r"|genoeg) (?:is )?gezegd"
    r"|(?:meer|verder|anders) (?:heb|hoef|wil|moet) ik (?:niet|niets|niks|nie)|geen ander\w*"
    r"|afsluiten|sluit (?:\w+ ){0,2}af"
    r"|(?:dat|da) (?:is|was) (?:het|t|em|alles)|das (?:t|het|em|alles)|ik moet (?:nu "
    r"|dan )?(?:gaan|door|weg|vertrekken)"
    r"|that ?ll be all|i m good|ca (?:suffit|ira|sera tout)|ce sera tout|das (?:reicht|genugt"
    r"|war)|genug"
    r"|assez|enough|(?:mag|kunnen|kan|mogen) (?:je |we |hier |nu )*(?:stoppen|ophouden)"
    r"|hou er mee op"
    r"|moet weg|ben weg|ga slapen|hou(?:d)? (?:het|er) (?:hier)?(?:bij|mee op)|einde|ermee op)\b"
)
_THANKS = re.compile(
    r"(?:(?:ok|oke|goed|ja|nee+n?|allee|en|heel|hartelijk|veel|dikke|super|hele|nog|een|ne|nen"
    r"|graag"
    r"|top|leuk|prima|mooi|fijn|perfect|het beste|ook|voor|alles|uw|je|de|hulp|tijd|u|jullie|mij"
    r"|gedaan|was|het|dat|meneer|mevrouw|robot|tot|dan|wel|hoor|ze|zenne|he|daarvoor)\W+)*"
    r"(?:bedankt|dank(?: u| je| jullie)?(?: wel)?|danku|dankuwel|dankjewel|merci|thx|thanks"
    r"|thank you|danke|daag?|dada|salu(?:t|kes)?|doei|doeg|ciao|tschuss|bye|goodbye|au revoir|adieu"
    r"|saluutjes|tot(?: de)? (?:ziens|later|straks|volgende|kijk|weerziens|morgen)(?: keer)?"
    r"|de groeten"
    r"|groetjes|groeten|prettige (?:dag|avond)|fijne (?:dag|avond)|goeden?(?:dag|avond|nacht)"
    r"|slaapwel"
    r"|top|ok+|oke+|okay|prima|perfect|goed|goe|cool|super|in orde|graag gedaan|tis goe|leuk"
    r"|mooi)\b"
    r"(?:\W+(?:voor|alles|de|het|uw|je|hulp|tijd|gesprek|hoor|he|ze|zenne|wel|en|tot|ziens|later"
    r"|bedankt|dank|u|merci|daag?|salu|nog|een|fijne|prettige|dag|avond|allemaal|robot|veel|succes"
    r"|jullie|iedereen|meneer|mevrouw|volgende|keer|straks))*\W*"
)
_MORE = re.compile(
    r"\b(?:nog (?:iets|wat|dit|een ding|e ding|een idee|een punt)|(?:iets|wat) vergeten|vergat"
    r"|vergeten (?:te )?zeggen"
    r"|wil(?:de)? (?:ook )?(?:nog|ook) (?:iets |wat )?(?:zeggen|toevoegen|vertellen|kwijt)"
    r"|toevoegen|aanvullen"
    r"|p\.? ?s\b|schiet me te binnen|encore une chose|one more thing)"
)
_GOES_ON = re.compile(
    r"\b(?:wacht|nog ni(?:et|e)|niet stoppen|nie stoppen|verder|eerst"
    r"|toch(?! niet| nie| ni| bedankt| merci)"
    r"|liever over|wel over"
    r"|nog (?:iets|wat|een|over|eens)|terug|verander\w*|wijzig\w*|aanpassen|verbeter\w*"
    r"|toevoeg\w*|wis|wissen"
    r"|toon|tonen|wil (?:het |ik |nog |eerst |ook |nu |wel ){0,4}over|over opdracht)\b"
)
_STOPS = re.compile(
    r"\b(?:genoeg|klaar|gedaan|geweest|volgende keer|andere keer|later|morgen|bedankt|merci|dank"
    r"|niet verder|nie verder|hoeft|niets|niks|geen)\b"
)
_FAREWELL = re.compile(
    r"\b(?:bedankt|dank\w*|merci|thx|thanks|thank|danke|daag?|dada|salu\w*|doei|doeg|ciao"
    r"|tschuss|bye"
    r"|goodbye|au revoir|adieu|tot (?:ziens|later|straks|volgende|de volgende|kijk|weerziens"
    r"|morgen)"
    r"|groet\w*|fijne|prettige|goeden\w*|slaapwel)\b"
)
_PRAISE = re.compile(
    r"(?:(?:echt|heel|wel|dat was|dit was|het was|t was|amai|jullie|ge|je|u|een|ne|toch|zeer"
    r"|deze|dit"
    r"|dat|is|vind ik|hebt|heb) ){0,10}(?:mooi|knap|goed|tof|leuk|fijn|wijs|sterk|slim|plezant"
    r"|handig"
    r"|schoon|mooie|knappe|goede|goeie|toffe|leuke|fijne|sterke|slimme|handige|nice|cool|lieve?)"
    r" (?:gemaakt|gedaan|bezig|werk|systeem|gesprek|babbel|initiatief|app|machien|robot"
    r"|assistent|ding"
    r"|uitgelegd|geluisterd|work|job)\b"
)
_LEAVES = re.compile(
    r"(?!.{0,80}\b(?:over|idee|gedacht|nog iets|nog dit|vergeten|zeggen|kwijt|toevoegen|ook)\b)"
    r"(?:(?:oei|sorry|ja|maar|want|helaas|nu|eigenlijk|amai|allez|bon|goh) )*(?:(?:ik|k|we|ekik) )?"
    r"(?:k?moe[t]?|k?ga|k?goa|gaan|heb|kheb|word|ben|vertrek)\b(?: \S{1,20}){0,6}? (?:halen|weg"
    r"|vertrekken"
    r"|eten|koken|werken|slapen|door|les|vergadering|afspraak|bus|trein|tram|dienst|baliedienst"
    r"|bakken"
    r"|klant|klanten|bed|thuis|naar huis|afhalen|bellen|boodschappen|haast|opgehaald|doen)"
    r"|(?:(?:oei|sorry|ja|want|mijn|de|den|het|er) )*(?:bus|trein|tram|baby|kind|kinderen|bel"
    r"|klant|bezoek"
    r"|bezoeker|telefoon|gsm|baas|eten|soep|patatten|pauze|batterij|veearts|dokter|les|vergadering"
    r"|meeting)(?: \S{1,12}){0,2}? (?:is|zijn|komt|gaat|huilt|roept|belt|wacht|staat|begint"
    r"|valt|kookt)\b"
    r".{0,24}"
)
_LEAVE_WORDS = 9
_LEAST_MORE = 4
_AFTER_NO = 9


def reply_in(text: str, intent: str | None) -> Reply | None:
    """What a typed text or the intent of a button means; None where it is none of these."""
    plain = " ".join(folded(text).replace("'", " ").split())
    words = len(plain.split())
    if text and not re.search(r"\w", plain):
        return "thanks"
    if _MORE.search(plain) and words > _LEAST_MORE:
        return "more"
    if plain and (_THANKS.fullmatch(plain) or _PRAISE.match(plain)):
        return "thanks"
    if words <= _LEAVE_WORDS and "?" not in text and _LEAVES.fullmatch(plain.strip(" .!")):
        return "no"
    if summary.refuses(text) and not _GOES_ON.search(plain):
        return "no"
    if _NO.match(plain) and _GOES_ON.search(plain) and not _STOPS.search(plain):
        return None
    if _NO.match(plain) and (words <= _AFTER_NO or intent in ("ontkennen", "stoppen", "afscheid")):
        return "no"
    if intent in ("stoppen", "afscheid"):
        return "no"
    if _YES.match(plain):
        return "yes"
    if intent == "ontkennen" or (_ENOUGH.search(plain) and words <= _AFTER_NO):
        return "no"
    if intent == "bedanken":
        return "thanks"
    return "yes" if intent in ("bevestigen", "ander_opdracht") else None


def farewell(text: str) -> bool:
    """Whether a text thanks or says goodbye."""
    return _FAREWELL.search(" ".join(folded(text).replace("'", " ").split())) is not None


def extra_in(text: str) -> str:
    """The part of a text after "nog iets:" and the like; all of it without such a beginning."""
    found = re.match(
        r"^.{0,60}?\b(?:nog (?:iets|wat|een ding)|vergeten|toevoegen|aanvullen|zeggen)\b"
        r"[^:,\n]{0,40}[:,]\s*",
        text,
        re.IGNORECASE,
    )
    rest = text[found.end() :].strip() if found else text.strip()
    return rest if len(rest.split()) >= 2 else text.strip()
