"""Stock non-answers in Dutch, French, English and German."""

from __future__ import annotations

import re

from language.folding import folded

LONGEST = 80
"""Maximum length of a non-answer, in characters."""

_TOKEN = re.compile(r"[^\W_]+")

_THINGS = (
    r"(?:opmerking|aanvulling|toevoeging|bemerking|suggestie|voorstel|vraag|idee|bezwaar|reactie"
    r"|antwoord|mening|inbreng|bijdrage|commentaar|inspiratie|standpunt|feedback|input|benul)"
    r"(?:en|s|len)?|vragen|bezwaren|commentaren|(?:drempel|belemmering|probleem|obstakel)(?:en|s)?"
    r"|problemen"
)
_NUMBERS = r"(?: ?(?:nr|nummer|no)? ?\d{1,2}| [a-z])(?: (?:en|et|and|of|tot)? ?\d{1,2}){0,3}"
_PLACES = (
    rf"(?:boven|hierboven|bovenstaande?|onder|hieronder|eerder|hoger|voorgaande|vorige?|vroeger"
    rf"|supra"
    rf"|infra|daarnet|daarstraks|ervoor|hiervoor|(?:eerste|tweede|derde|vierde|vijfde"
    rf"|laatste) (?:vraag"
    rf"|antwoord)|(?:vr|vraag|vragen|antwoord|antw|punt|opdracht|q){_NUMBERS}"
    rf"|(?:bijlagen?|mail|mailtje|e mail|email|brief|nota|pdf|document|bijgevoegde?|bestand|advies"
    rf"|dossier|link|website|attachment|antwoorden|antwoord|vragen|vraag|tekst)(?: (?:hier)?boven"
    rf"| (?:hier)?onder| bijlage| per mail)?)"
)
_JOINTS = (
    r"(?:(?:ook|maar|mijn|ons|onze|de|het|in|op|bij|aan|als|van|voor|is|met|per|mij|en) ){0,4}"
)
_WHERE = rf"{_JOINTS}{_PLACES}(?: {_JOINTS}{_PLACES}){{0,2}}"
_DUTCH = (
    rf"(?:ik heb )?(?:(?:nog|verder|hierover|daarover|hier|daar|voorlopig"
    rf"|momenteel) ){{0,2}}(?:geen|zonder)"
    rf"(?: (?:enkele|andere|verdere|bijkomende|extra|specifieke|speciale|bijzondere|verdere|flauw"
    rf"|concrete)){{0,2}} (?:{_THINGS})(?: (?:hierover|daarover|hierbij|over|meer|te melden"
    rf"|voor mij"
    r"|toe te voegen|voor ons)){0,2}",
    r"(?:er is )?(?:niets|niks|niet veel)(?: (?:anders|meer|verder|speciaals?|bijzonders?"
    r"|specifieks?))?"
    r"(?: (?:te melden|te zeggen|toe te voegen|op aan te merken|aan te merken|toevoegen"
    r"|te vermelden"
    r"|bij te voegen|op te merken|aan toe te voegen))?",
    rf"(?:ik )?(?:zie|cf|cfr|conform|lees|vgl|vergelijk|kijk|verwijs)(?: naar)? {_WHERE}",
    rf"(?:idem|dito|ditto|ibidem|zelfde|hetzelfde|de zelfde|dezelfde)(?: dito)?"
    rf"(?: (?:antwoord|opmerking|reactie))?(?: {_WHERE})?",
    rf"(?:dit |dat |dit is |dat is |staat |is |heb ik )?(?:al|reeds) (?:gezegd|beantwoord|vermeld"
    rf"|geantwoord|ingevuld|besproken)(?: {_JOINTS}{_PLACES})?",
    rf"(?:staat )?(?:al )?{_PLACES}(?: (?:al |reeds )?(?:gezegd|beantwoord|vermeld|geantwoord))",
    r"w? ?n ?v ?t|(?:dit is )?niet (?:van toepassing|relevant)(?: (?:op|voor|bij)? ?(?:mij|ons))?",
    r"niet van toepassing voor (?:mij|ons)|onbekend|nihil|nul|blanco|niets|niks|noppes",
    r"(?:nog |voorlopig )?(?:aan|in) te vullen|vul ik later (?:aan|in)|volgt(?: nog)?|later"
    r"|nog niet",
    r"alles (?:is |was )?(?:goed|prima|ok|oke|okay|perfect|in orde|duidelijk)(?: zo)?",
    r"in orde|prima zo|goed zo|t is goe zo|het is goed zo|(?:neen?|nee) (?:geen|hoor|niets|dank u"
    r"|bedankt)",
    r"neen?|geen|nog geen idee|geen van (?:deze|beide|bovenstaande)",
    r"(?:dat |dit )?weet ik niet(?: echt| goed)?|(?:k |ik )?weet (?:het |t )?(?:echt )?(?:nie"
    r"|niet)",
    r"(?:ik )?zou het niet weten|(?:ik )?heb (?:daar |hier )?(?:niks|niets) (?:op "
    r"|over )?te zeggen",
    r"(?:ik )?heb (?:hier |daar )?geen (?:mening|idee|antwoord|ervaring mee|zicht) ?(?:op|over)?",
)
_FRENCH = (
    r"sans (?:objet|commentaires?|reponse|avis|opinion|interet|remarques?|suite)|neant|r a s|nsp"
    r"|n s p",
    r"rien(?: du tout)?(?: (?:a|de) (?:signaler|dire|ajouter|declarer|redire|special|particulier"
    r"|plus|mentionner))?(?: de plus)?",
    r"(?:pas|plus|aucune?|point)(?: (?:de|d))?(?: autres?)? (?:commentaires?|remarques?|reponses?"
    r"|opinions?|avis|suggestions?|idees?|questions?|propositions?|observations?|application"
    r"|objections?)",
    r"aucune?s?|non|(?:non|pas) (?:applicable|concernee?s?)|ne (?:sait|sais) pas",
    r"(?:je |j )?(?:ne )?(?:sais|sait) pas(?: trop)?|(?:je n ai )?(?:pas|aucune?) d?'? ?idee|n a"
    r"|s o",
    r"(?:je n ai )?rien a (?:dire|ajouter)",
    rf"(?:voir|cf|idem|id|meme)(?: (?:que|a|la|le|ma|mes|mon|l|pour|reponse|chose|en|au))*"
    rf"(?: (?:annexes?|ci|dessus|plus haut|haut|piece jointe|pj|supra|precedente?s?|reponses?"
    rf"|(?:question|reponse|point|q){_NUMBERS}|dessous|mail|courriel|document|joint)){{0,3}}",
)
_ENGLISH = (
    r"(?:no|none|without)(?: (?:further|other|more|additional|specific))?(?: (?:comments?|remarks?"
    r"|answers?|opinions?|ideas?|suggestions?|questions?|responses?|input|clue|feedback|thanks"
    r"|thank you|concerns|proposals?))?(?: (?:to add|at this time|at all))?",
    r"nothing(?: (?:else|more|really|special|specific|particular))?(?: to (?:add|report|say"
    r"|declare))?",
    r"not (?:applicable|relevant|sure|available)|n a|nil|nope|tbd|tba|unknown|dunno|idk|pass|skip",
    r"(?:i )?(?:don'?t|do not|dont|don t) know|all (?:good|fine|ok|okay)|none of the above",
    rf"(?:see|as|same)(?: (?:as|my|the|to|in|for|answer|response))*"
    rf"(?: (?:above|before|below|attachments?|attached(?: file| document)?|previous(?: answer"
    rf"| question)?|email|e mail|mail|(?:question|answer|point|q){_NUMBERS}))?",
)
_GERMAN = (
    r"kein(?:e|en)? (?:angaben?|ahnung|antwort|meinung|anmerkung(?:en)?|kommentar|idee"
    r"|vorschlage?)",
    r"k a|weiss (?:ich |es )?nicht|entfallt|nichts(?: hinzuzufugen)?|siehe (?:oben|anhang"
    r"|frage \d{1,2})",
)
_NOTHING = re.compile("|".join((*_DUTCH, *_FRENCH, *_ENGLISH, *_GERMAN)))
_REPORT = re.compile(r"\W*(?:RAS|R\.A\.S\.?|NSP|TBD)\W*")
_PADDING = frozenset(
    word
    for line in (
        "ja nee neen oui non yes no sorry euh eh uh hoor helaas eigenlijk momenteel voorlopig",
        "echt",
    )
    for word in line.split()
)


def is_stock_non_answer(text: str) -> bool:
    """Whether a text is a stock non-answer: "n.v.t.", "zie vraag 2", "sans objet", one letter."""
    if len(text) > LONGEST:
        return False
    if _REPORT.fullmatch(text):
        return True
    words = _TOKEN.findall(folded(text).replace("'", " "))
    if len(words) == 1 and len(words[0]) == 1 and words[0].isalpha():
        return True
    bare = [word for word in words if word not in _PADDING]
    return any(_NOTHING.fullmatch(" ".join(each)) for each in (words, bare) if each)
