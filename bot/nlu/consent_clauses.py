"""Reads a yes or a no to a question for consent clause by clause; other words may stand beside it.

Rules for whole texts refuse a text with any word beyond a yes or a no. Here a clear yes or no at
the start or the end counts, whatever reason, grumbling or rhetorical question stands beside it. A
condition, a negation beside a yes, a doubt, a command or a question about the consent makes it
unclear.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml

from bot.nlu.phrases import NO, YES, plain_yes_or_no
from bot.nlu.spelling import words

READ = 300
UNCLEAR = "onduidelijk"
"""What a text says that holds both a yes and a no."""

_ABOUT = {
    "analyse": re.compile(
        r"\b(?:lezen|leest|bestuder\w{2}|bewa(?:ar|art|ard|ren)|bijhouden|opslaan|opgeslagen"
        r"|onderzoek\w{0,3}|analys\w{0,5}"
        r"|verwerk\w{0,3}|store|keep|conserver|garder|speichern)\b"
    ),
    "citaat": re.compile(
        r"\b(?:citer\w{0,4}|citeert?|citaat|citaten|geciteerd|quot\w{1,4}|letterlijk\w{0,2}"
        r"|cite[rz]?|publi\w{2,6}|uitspraken|voorpagina|boekske|krant|zitier\w{0,3}|overnemen"
        r"|(?:woorden|zinnen|tekst|zinnekes?) \w{0,6} ?(?:tonen"
        r"|gebruiken|laten zien|publiceren|overnemen|delen))\b"
    ),
    "organisatie": re.compile(
        r"\b(?:(?:organisatie|bedrijf|werkgever|firma|vereniging|school|zaak)\w{0,3}|noem(?:en|t)?"
        r"|genoemd|vermeld(?:en|t)?|mention\w{0,3}|nommer)\b"
    ),
}
_VERB = (
    r"(?:bewaart?|hou[dt]?|onderzoekt?|gebruikt?|citeert?|toont?|noemt?|vermeldt?|neemt?"
    r"|publiceert?"
    r"|zet|schrijft?|verwerkt?|deelt?|pakt?|quote|use|keep|store|show|mention|citez|gardez|utilisez"
    r"|notez|montrez|mentionnez|nommez|nehmen sie|zitieren sie|zeigen sie|speichern sie)"
)
_INFINITIVE = (
    r"(?:bewaren|houden|bijhouden|onderzoeken|gebruiken|citeren|tonen|noemen|vermelden|overnemen"
    r"|publiceren|verwerken|delen|doen|opslaan|laten zien|gebruikt worden|bewaard worden|weten|zien"
    r"|geciteerd worden|genoemd worden|getoond worden|vermeld worden|erbij zetten|opschrijven)"
)
_OBJECT = (
    r"(?: (?:het|dat|da|dit|die|ze|hem|mij|ons|aub|onze|mijn|alles|allemaal|de|een|it|me|my|us"
    r"|them|les|tout"
    r"|mes|moi|antwoord|antwoorden|woorden|zinnen|zin|naam|organisatie|bedrijf|school|vereniging"
    r"|firma"
    r"|werkgever|tekst|reponses|answers|words|letterlijk|er|erbij|op|bij|in|daar|ook|wel|dan|over"
    r"|mee"
    r"|van|wat ik zeg|wat ik schrijf|zelf|zo|nu)){0,7}"
)
_LEAVE = r"(?:gerust|maar|vrij|zeker|graag|vooral|rustig|freely|please|volontiers)"
_GIVES = re.compile(
    rf"(?:{_VERB}{_OBJECT} {_LEAVE}{_OBJECT}(?: {_LEAVE})*"
    rf"|(?:je|ze|het|dat|die|ik vind dat je|van mij|voor mij|alles|mijn|onze)"
    rf"{_OBJECT} (?:mag|mogen|moogt|mocht|kan|kunnen|meugt|meug"
    rf"|magt)(?: je)?(?: {_LEAVE})*{_OBJECT}"
    rf"(?: {_LEAVE})*(?: {_INFINITIVE})?(?: {_LEAVE}| van mij| voor mij)*"
    rf"|{_INFINITIVE}{_OBJECT} (?:mag|kan|is goed|wel)(?: {_LEAVE}| van mij| voor mij)*"
    rf"|(?:mag|mogen|moogt)(?: je)?{_OBJECT} {_LEAVE}{_OBJECT}(?: {_INFINITIVE})?)"
)
_NOT = r"(?:niet|nie|nooit|not|nicht|pas|niks|niets|nergens)"
_REFUSES = re.compile(
    rf"(?:{_VERB}{_OBJECT}(?: {_LEAVE}| liever| toch)* {_NOT}(?: {_LEAVE})*{_OBJECT}"
    rf"|(?:liever |liefst |toch )*{_OBJECT} ?(?:liever |liefst |gerust |toch |zeker )*{_NOT}"
    rf"(?: te)?{_OBJECT} {_INFINITIVE}"
    rf"|{_INFINITIVE}(?: (?:dat|mag|liever|liefst|toch|doe je|moet|kan|hoeft|maar|gerust|wil ik))*"
    rf" {_NOT}(?: nodig| hoor)?"
    rf"|(?:ik |wij |we )?(?:wil|wens|heb|zie|wou)(?: (?:ik|dat|liever|liefst|je|het))* {_NOT}"
    rf"(?: (?:dat|je|ze|mij|ons|graag|mijn|onze|liever|hebben))*{_OBJECT}(?: {_INFINITIVE})?"
    rf"(?: (?:wordt|worden))?|(?:(?:dat |ik |je |heb |wil |doe )*(?:liever|liefst) )?(?:geen"
    rf"|zonder)"
    rf" (?:citaten?|naam|namen|quotes|organisatie|bedrijf)(?: aub| graag| erbij| vermelden)*"
    rf"|(?:ik )?(?:dat|dit|het) (?:ik |wij |we )?(?:liever |liefst |echt |eigenlijk )?{_NOT}"
    rf" (?:wil|willen|wens|hoef|doe|hebben)"
    rf"|(?:dat |ik |wij |we )*(?:heb|heeft|hebben|wil|willen)(?: (?:dat|ik|we))* (?:liever|liefst)"
    rf" {_NOT}(?: (?:eigenlijk|hoor|ze|aub))*|(?:please )?don (?:het|t) quote (?:mij|me)"
    rf"|no quotes|pas de citations?|keine zitate|(?:ne )?me citez pas|dont quote me)"
)
_WHETHER = re.compile(
    r"\b(?:als|mits|tenzij|indien|zolang|voorwaarden?|voorbehoud|alleen|enkel|behalve|uitgezonderd"
    r"|op voorhand|eerst|only|unless|if|provided|as long as|solange|sofern|tant que|mais|but|sauf"
    r"|condition|seulement|wenn|nur|aber"
    r"|maar|hangt|depends?|depend|kommt drauf)\b"
)
_FOR_A_TIME = re.compile(
    r"\b(?:voor|maar|max\w{0,5}|alleen|enkel) (?:\w{1,8} ){0,3}(?:dag|dagen|week|weken|maand"
    r"|maanden|jaar"
    r"|jaren|uur|keer)\b"
)
_DENIES = re.compile(
    r"\b(?:niet|nie|geen|gin|gene|nooit|niets|nergens|noch|zonder|not|dont|don|won|pas|jamais"
    r"|sans|without"
    r"|nicht|kein\w{0,2}|nie|ohne|never|nee|neen|non|nein|weiger|beter van|te (?:prive|persoonlijk)"
    r"|zelfs|no|nope)\b"
)
_DOUBTS = re.compile(
    r"\b(?:misschien|twijfel\w{0,2}|denk|weet|wacht|moment|efkes|straks|later|peut etre|maybe"
    r"|perhaps"
    r"|vielleicht|bang|schrik|prive|privacy|an+o?niem\w{0,4}|anonym\w{0,3}|liever|liefst|minder"
    r"|dag|lap|(?<!ik )(?<!dak )(?<!dat k )zeg|hallo|moeilijk|bof"
    r"|juist(?! (?:in|op|weer|staat|overkom\w{0,2}))|voorzichtig|lastig"
    r"|vertrouw|gevaarlijk|vreemd|raar"
    r"|vraag|bedenken|nadenken|eventueel|zou|hoop|deels|half|hangt|sommige|gedeelte|rather)\b"
)
_COMMANDS = re.compile(
    r"\b(?:stop\w{0,3}|help|hulp|herhaal|herhalen|opnieuw|nog eens|uitleg|leg|wis|wissen"
    r"|verwijder\w{0,2}"
    r"|schrap\w{0,3}|terug|intrek\w{0,3}|trek|oversla\w{0,2}|sla|code|skip|anders|simpeler"
    r"|toon mij)\b"
)
_HARMLESS = re.compile(
    r"\b(?:(?:heb |er is |is er )?(?:toch )?(?:niets|niks) (?:te (?:verbergen|verstoppen"
    r"|verzwijgen|vrezen)|op tegen|mis mee|tegen"
    r"|verkeerd"
    r"(?: aan| mee)?)|(?:geen|gin|gene|gien|zonder|nul) (?:enkel )?(?:probleem|bezwaar|bezwaren"
    r"|kwaad|erg|geheim|"
    r"geheimen|schrik|punt|zorg|zorgen)(?: (?:voor mij|mee|tegen))?|(?:niet|nie) (?:erg|geheim"
    r"|meer dan"
    r" normaal|bang)|rien a cacher|nothing to hide|nichts zu verbergen|(?:niet"
    r"|geen) moeilijk\w{0,2}"
    r"(?: doen| over)?|geen doekjes|waarom niet|why not|pourquoi pas|warum nicht|daarvoor"
    r"|ik weet het"
    r"|maar met (?:een )?(?:klein|bang)\w{0,2} hart\w{0,3}"
    r"|(?:maar )?(?:met (?:lange tanden|tegenzin)|tegen mijn (?:zin|goesting)|niet van harte)"
    r"|(?:stoort|boeit|interesseert|hindert|deert|bijt) (?:mij |dat |echt ){0,2}(?:niet|geen bal)"
    r"|(?:kan|maakt) mij (?:niet|niets|geen bal)(?: (?:uit|schelen|bommen))?"
    r"|lig ik (?:echt )?niet van"
    r" wakker|geen (?:stress|nood|nee|geheimen?)|rien contre|ne mij (?:gene|derange) pas"
    r"|(?:om te|voor de|maar) (?:lachen|grap|mop)|plaagde maar"
    r"|zeg ik|wat mij betreft|minder is dat|no problem|pas de probleme|kein problem)\b"
)
_ASKS = re.compile(
    r"(?:(?:ja+|ok|en|maar|allez|euh|oui|et|yes|and|dus|dan|nee) )*(?:(?:wie|wat(?! mij betreft)"
    r"|waar(?:om|voor|mee|bij|over|toe)?|wanneer|welke?|hoe(?:lang|veel|zo)?|qui|quoi|qu|est ce"
    r"|comment"
    r"|pourquoi"
    r"|combien|who|what|where|why|how|wer|was|wo|warum)\b|(?:mag|is|kan|blijft|wordt|moet|komt|gaat"
    r"|worden|blijven|mogen) (?:dat|dit|het|mijn|ons|onze|ik|er|alles|die|de)\b"
    r"|(?:hebt|heb|hebben|heeft|gebruiken?|gebruikt|weet|weten|kent|kennen|bewaart|bewaren|doet"
    r"|doen)"
    r" (?:je|jullie|u|ge)\b|c est (?:obligatoire|anonyme))"
)
_RHETORICAL = re.compile(
    r".*\b(?:toch|he+|hein|nietwaar|zeker|right|wel|oder|anders|niet) \??|(?:en |maar )?(?:waarom"
    r" (?:ook )?(?:niet|zou)|why (?:not|wouldn)|pourquoi pas|warum nicht|wat (?:anders|zou|kan het)"
    r"|wie (?:niet|zou)|what else)\b.*"
)
_WEIGHS = re.compile(
    r"\b(?:an+oni\w{0,5}|prive|privacy|naam|namen|wie|le(?:es|zen|est)|baas|chef|werkgever|gegevens"
    r"|veilig|gdpr|delen|doorgeven|bewa\w{1,6}|geen|waar|wat gebeurt|antwoorden|anonym\w{0,3})\b"
)
_HOLDS_BACK = re.compile(
    r"\b(?:vertrouwelijk\w{0,2}|confiden\w{3,6}|vertraulich\w{0,2}|geheim\w{0,4}|privat|private"
    r"|achterwege|intern|onder ons|tussen ons|onder uns|voor (?:je|mij)(?:zelf)?|pour je"
    r"|to yourself|fur sich"
    r"|mijn zaak|mijn zaken|voorlopig\w{0,2}|tijdelijk\w{0,2}|max\w{0,5}|hoogstens|uiterlijk"
    r"|tot (?:het|de|einde|na)|(?:dag|dagen|weken?|maand|maanden|jaar|jaren|uur|uren|keer"
    r"|eenmalig)|deel\w{0,4}|stuk\w{0,3}|beetje|een paar|samenvat\w{0,4}"
    r"|vat\b.{0,20}\bsamen"
    r"|tegen(?!woordig)|dagegen|against|contre|contra|eng|verlegen|beschaamd|overtuig\w{0,3}"
    r"|kiezen|griezelig|schrik\w{0,3}|achteraf|einde"
    r"|verplicht|kies|kiest|beslis|beslist|beslissen|raad\w{0,2}|geen van|tja|mja|bwa|mwa|hm+|euh+"
    r"|onduidelijk|waarvoor|anders|stop\w{0,3})\b"
)
"""Words beside which nothing but a rule takes a text for a yes."""
_REASON = re.compile(
    r"(?<=\S)\s+(?:omdat|want|aangezien|doordat|parce qu|car|puisque|because|cause|weil|denn)\b.*",
    re.DOTALL,
)
_LET_GO = re.compile(
    rf"\b((?:doe[tn]?|doetj|laat|ga|gaat|ze|zet|zeg|mij|me|dan|vooruit|begin|kom|komt|alles|naam"
    rf"|het"
    rf"|dat|da"
    rf"|ons|erbij|{_VERB}|die|woorden|antwoorden|organisatie|bedrijf)) (?:maar|mar|ma|mor|mo|mer"
    rf"|moar)\b"
    r"|(?<!\bja)(?<!\bok)(?<!\boke)(?<!\bwel)(?<!\bmag)(?<!\bgoed)(?<!\bakkoord)(?<!\bmij)"
    r" (?:maar|ma)"
    r"(?= (?:raak|op|in|los|bij|door|over|mee|aan|uit|af|eens|voort)(?:\W{0,4}$|[,.!])|\W{0,4}$"
    r"|[,.!])"
)
_PARTS = re.compile(
    r"[.,;:!\n…()]+|\s[-–—]+\s|(?<=[?])\s*|\s+(?=(?:maar|mais|but|aber|en dan|dus|alleen)\s)"
    r"|\s+en\s+(?=\S+\s+(?:niet|wel|mag)\b)"
)
_STRONG_YES = (
    r"(?:(?:ba|bo|mo|ah|och|oh)?j(?:a+h?|o+a+|o+|aa+)(?:[tksz]|ja|hoor)?|jawel|jazeker|jep|jup"
    r"|yep|yup"
    r"|yes+|oui+|ouais|(?!ook\b)o+k+|okay|oke+|okido|akkoord|natuurlijk|tuurlijk|uiteraard"
    r"|vanzelfsprekend"
    r"|(?:liever|liefst|graag) wel(?! (?:\w+ )?(?:dat|weten|als|met|zonder|eerst|wat|hoe|wie|niet))"
    r"|zeker en vast|sure|of course|bien sur|d accord|einverstanden|doe gerust|doe maar|is goed)"
)
_STARTS_YES = re.compile(
    rf"(?:(?:ah|och|oh|ach|bah|ba|bwa|wel|allez|allee|euh|hm|lol|goh|awel|pff|mo|hey|dag) ){{0,8}}"
    rf"{_STRONG_YES}\b(?! (?:zeg|dag|lap|watte|hallo|kijk|amai)\b)"
)
_ENDS_YES = re.compile(
    rf".*\b(?:dus|dan|voila|allez|kom|alors|also|so|gewoon|volmondig|is) {_STRONG_YES}(?: hoor)?"
)
_STARTS_NO = re.compile(
    r"(?:(?:ah|och|oh|ach|bah|ba|bwa|wel|allez|allee|euh|hm|lol|goh|awel|pff|amai|sorry|maar) )*"
    r"(?:ne+n?|nee+(?!m\b)[ntkm]*|nei?nt|nint|nej+e?|nee+j+e*|nie+j+e*|nink|non|nein|no|nope?"
    r"|liever niet|liefst niet)\b"
)
_ENDS_NO = re.compile(
    r".*\b(?:dus|dan|voila|allez|alors|so|gewoon|is) (?:nee+n?|non|nein|no|liever niet"
    r"|niet)(?: hoor)?"
    r"|(?:dat|hier|daar)\b.{0,40} liever niet"
)
_TURNED = re.compile(
    r"\b(?:ja+|jawel|mag(?! niet)|toch wel|(?<!niet )akkoord|o+k|oke+|okay|oui|yes|wel"
    r"|geen probleem"
    r"|geen bezwaar|no problem|is goed|sure|doe gerust|d accord|liever wel|mogen(?! niet))\b"
)
_KNOWN = [
    "akkoord",
    "natuurlijk",
    "tuurlijk",
    "uiteraard",
    "vanzelfsprekend",
    "jawel",
    "jazeker",
    "prima",
    "zeker",
    "graag",
    "liever",
    "gerust",
    "neen",
    "nooit",
    "nope",
    "daccord",
    "einverstanden",
    "volontiers",
    "okay",
    "citeren",
    "bewaren",
    "geen",
    "probleem",
]
_OTHER_WORDS = frozenset(
    [
        "lieve",
        "lever",
        "vraag",
        "draag",
        "traag",
        "kraag",
        "graan",
        "graad",
        "graaf",
        "graat",
        "ooit",
        "nood",
        "zekere",
        "beker",
        "zieker",
        "prime",
        "prive",
        "geren",
        "steen",
        "been",
        "heen",
        "seen",
        "teen",
        "veen",
        "ween",
        "even",
        "gene",
        "gen",
        "nee",
        "nop",
        "hope",
        "rope",
        "noot",
        "nooi",
        "gerst",
        "lieverd",
        "liefst",
        "zeer",
        "zever",
        "zeker",
        "leven",
        "jawel",
        "kabel",
        "dezen",
        "gezin",
        "seker",
        "onzeker",
        "eigen",
        "gene",
        "gees",
        "geef",
        "geel",
        "okt",
        "ieder",
        "liever",
        "bewaard",
        "bewaar",
        "citeer",
        "probleem",
        "problemen",
        "toen",
        "doen",
        "neem",
        "nemen",
        "nene",
        "lieber",
    ]
)


_STANCES: dict[str, list[str]] = yaml.safe_load(
    Path(__file__).with_name("houding.yml").read_text(encoding="utf-8")
)
_ACCEPTS, _DECLINES = (
    re.compile(rf"\b(?:{'|'.join(_STANCES[name])})(?!\w)") for name in ("aanvaardt", "weigert")
)
_MET_BEFORE = re.compile(r"\b(?:op|onder|aan) (?:die|deze|zulke|dergelijke) voorwaarden?\b")
"""A condition that refers back to what was said already is no new one."""
_ECHO_WORDS = 6
_SIGHED = re.compile(
    r"(?:ja+|jaja+|jawel|ok+|oke+|okay|oui|yes)(?: \w{1,5})? (?:zeg|dag|lap|watte|hallo|kijk|amai"
    r"|joh|seg|wadde|zal wel"
    r"|vast|right)"
    r"|(?:en |alles )?goed(?: en)? (?:met|daar|mee)(?: \w{1,8}){0,2}"
)
"""Sighs and greetings that begin as a yes and are none; "ja, zeg maar" goes on."""
_WAVERS = re.compile(
    r"\b(?:of (?:(?:nee|toch|misschien|eigenlijk|wacht|ja|niet|liever|wel)\b)"
    r"|(?:al)?hoewel|ja (?:of|en) nee|or (?:no|yes|maybe|not)\b|ou (?:non|oui|pas|peut etre)\b"
    r"|oder (?:nein|ja|doch|nicht)\b|^(?:dat |het |ja |goh |euh )*hangt (?:er ?|daar ?)?(?:van"
    r"|vanaf|af)\b)"
)
_ENDS_TURNED_NO = re.compile(
    r".*\b(?:toch|eigenlijk) (?:maar |liever |beter ){0,2}(?:niet|nee)(?: "
    r"hoor)?"
)
"""Who ends by taking a yes back says no: what is not agreed to may not be used."""


def wavers(text: str) -> bool:
    """Whether a text sighs or goes from a yes to a no or back, so that it decides nothing."""
    plain = " ".join(word for word in words(_spelled(text[:READ])) if word not in "!?")
    if _SIGHED.fullmatch(plain):
        return True
    return _WAVERS.search(plain) is not None


_NO_OBJECTS = re.compile(r"\bnee+n?(?: (?:hoor|dat is|dat))?\s{1,3}(?=,)")
"""The no of "nee hoor, geen probleem": it denies an objection."""


_RATHER = re.compile(r"^(?:liever|liefst|graag) wel(?= ,|$)")


def denies_objection(plain: str) -> bool:
    """Whether words say that there is nothing against it: "daar lig ik niet van wakker"."""
    return _HARMLESS.search(plain) is not None


def opposes(text: str, said: str) -> bool:
    """Whether words of a text speak against the yes or the no that it was taken for as a whole."""
    lowered = _LET_GO.sub(r"\1 gerust", _spelled(text[:READ]))
    plain = " ".join(word for word in words(lowered) if word not in "!")
    if said == NO:
        # "Hou dat maar onder ons": here "maar" lays down no condition.
        bare = re.sub(r"\bmaar\b", " ", plain)
        return any(each.search(bare) for each in (_TURNED, _HARMLESS, _ACCEPTS, _WHETHER))
    plain = _RATHER.sub("ja", plain)
    bare = _NO_OBJECTS.sub(" ", _HARMLESS.sub(" , ", _ACCEPTS.sub(" , ", plain)))
    against = (_WHETHER, _DENIES, _DOUBTS, _COMMANDS, _HOLDS_BACK, _DECLINES)
    return "?" in plain or bool(_ASKS.match(bare)) or any(each.search(bare) for each in against)


def read_clauses(text: str, question: str | None) -> str | None:
    """``bevestigen`` or ``ontkennen`` where a clause says so; ``UNCLEAR`` if another opposes it."""
    if len(text) > READ or not text.strip():
        return None
    asked = question if question in _ABOUT else None
    lowered = _spelled(text)
    whole = " ".join(word for word in words(lowered) if word not in "!?")
    told = _PERFORMS.search(whole)
    if told is not None:
        return NO if told["nee"] else YES
    if _ENDS_TURNED_NO.fullmatch(whole) and len(whole.split()) <= _SHORT_TURN:
        return NO
    lowered = _LET_GO.sub(r"\1 gerust", lowered)
    said: list[str] = []
    beside: list[str] = []
    for number, part in enumerate(_clauses(lowered)):
        plain = " ".join(word for word in words(part) if word != "!")
        if not plain:
            continue
        if "?" in plain and _is_echo(plain, asked):
            continue
        if "?" in plain:
            if not _RHETORICAL.fullmatch(plain) or _WEIGHS.search(plain):
                return None
            starts = _verdict(plain.replace("?", "").strip(), part.replace("?", ""))
            said += [starts] if starts else []
            continue
        if said and said[-1] == YES and _OTHERWISE.fullmatch(plain):
            continue
        if number and _elsewhere(plain, asked):
            continue
        if not number and _elsewhere(plain, asked):
            beside.append("")
            continue
        found = _verdict(plain, part)
        if found is None and _GREETS.match(plain):
            continue
        if found is None:
            beside.append(plain)
        else:
            said.append(found)
    return _together(said, beside, whole)


_SHORT_TURN = 8
_PERFORMS = re.compile(
    r"\b(?:antwoord (?:hierop |daarop )?is|(?:blijft|wordt|is) (?:het|dat)|beschouwen als"
    r"|(?:beschouw|lees|zie|neem|noteer)\w{0,2} "
    r"(?:dit|dat|het)"
    r"(?: \w{1,12}){0,2} als|(?:dit|dat)(?: \w{1,12}){0,2} als) (?:een |mijn )?"
    r"(?:(?P<nee>nee+n?|weigering|afwijzing)|ja|akkoord|instemming|toestemming)\b"
)
"""Who says what the text is to count as."""
_GREETS = re.compile(
    r"^(?:(?:dag|hallo|hoi|goeiedag|goedendag|bonjour|hello|hey)(?: "
    r"\w{1,14}){0,2})$"
)


def _is_echo(plain: str, asked: str | None) -> bool:
    """Whether a question only repeats what was asked: "letterlijk tonen? neen"."""
    if asked is None or len(plain.split()) > _ECHO_WORDS or _ASKS.match(plain):
        return False
    return _ABOUT[asked].search(plain) is not None and not _WEIGHS.search(plain)


def _together(said: list[str], beside: list[str], whole: str) -> str | None:
    if len(set(said)) != 1:
        return UNCLEAR if said and not _NO_OBJECTS.search(_HARMLESS.sub(" , ", whole)) else None
    rest = _HARMLESS.sub(" ", " , ".join(beside))
    if _WHETHER.search(rest) or _COMMANDS.search(rest):
        return None
    if said[0] == NO:
        agrees = _TURNED.search(rest) or _HARMLESS.search(" , ".join(beside))
        return UNCLEAR if agrees else NO
    if any(_ASKS.match(each) for each in beside):
        return None
    return None if _DENIES.search(rest) or _DOUBTS.search(rest) else YES


_OTHERWISE = re.compile(
    r"(?:want )?(?:anders (?:was|zat|zou|kwam|had|deed|stond) ik (?:hier|er|niet|nooit|wel)\b.*"
    r"|anders (?:heeft|had|is|was|dient) (?:heel |gans )?(?:het|dit|dat|deze|alles|mijn|zo een)\b.*"
    r"\b(?:nut|zin|nutteloos|zinloos|waarde|nergens|niets|voor niets)\b.*"
    r"|(?:wat|waarvoor|waarom|hoe) (?:zou|had|kwam|zat|doe) ik (?:er |hier |het )?anders\b.*"
    r"|(?:waarvoor|waarom) (?:zou|kom|ben|zit) ik (?:hier |er )?(?:anders |zijn|komen|zitten).*)"
)
"""What gives the reason of a yes by its opposite: "anders zat ik hier niet"."""


def _clauses(text: str) -> list[str]:
    """The clauses of a text, without a reason that follows the yes or the no."""
    parts = []
    sentences = re.split(r"(?<=[.?!\n])\s+", text)
    for sentence in sentences:
        found = _REASON.search(sentence)
        reason = found.group() if found else ""
        about = any(each.search(reason) for each in _ABOUT.values())
        if found and not about and not _WHETHER.search(reason) and "?" not in reason:
            sentence = sentence[: found.start()]
        parts += [part for part in _PARTS.split(sentence) if part and part.strip()]
    return parts


def _verdict(plain: str, part: str) -> str | None:
    """What one clause says; a negation or a condition within it never leaves a yes."""
    whole = plain_yes_or_no(part)
    if whole is not None:
        return whole
    if _FOR_A_TIME.search(plain):
        return None
    if _MET_BEFORE.search(plain) and plain_yes_or_no(_MET_BEFORE.sub(" ", plain)) == YES:
        return YES
    bare = re.sub(r"^(?:maar|en|but|mais|et) ", "", plain)
    if _REFUSES.fullmatch(bare) or _REFUSES.fullmatch(f" {bare}"):
        return NO
    if _GIVES.fullmatch(plain):
        return YES
    stance = _stance(plain)
    if stance is not None:
        return stance
    bare = _HARMLESS.sub(" ", plain)
    if _WHETHER.search(bare) or _COMMANDS.search(bare) or _ASKS.match(plain):
        return None
    start = _STARTS_NO.match(plain)
    if start is not None or _ENDS_NO.fullmatch(plain):
        rest = plain[start.end() :] if start else ""
        return None if _TURNED.search(rest) or _HARMLESS.search(rest) else NO
    start = _STARTS_YES.match(plain)
    if start is not None or _ENDS_YES.fullmatch(plain):
        rest = plain[start.end() :].strip() if start else plain
        if start and rest and (_REFUSES.fullmatch(rest) or _ASKS.match(rest)):
            return None
        rest = _HARMLESS.sub(" ", rest)
        return None if _DENIES.search(rest) or _DOUBTS.search(rest) else YES
    return None


def _stance(plain: str) -> str | None:
    """A yes or a no in an expression that has no word for it; what stands beside it may undo it."""
    found, accepted = _DECLINES.search(plain), _ACCEPTS.search(plain)
    if found and accepted and accepted.start() <= found.start() and accepted.end() >= found.end():
        # "Niets op tegen" holds "niets".
        found = None
    if found is not None:
        rest = f"{plain[: found.start()]} , {plain[found.end() :]}"
        taken_back = _TURNED.search(rest) or _COMMANDS.search(rest) or _ASKS.match(plain)
        return None if taken_back or _ACCEPTS.search(rest) else NO
    found = accepted
    if found is None:
        return None
    rest = f"{plain[: found.start()]} , {plain[found.end() :]}"
    rest = _HARMLESS.sub(" ", _MET_BEFORE.sub(" ", rest))
    undone = any(
        each.search(rest) for each in (_WHETHER, _COMMANDS, _DENIES, _DOUBTS)
    ) or _ASKS.match(plain)
    return None if undone else YES


def _elsewhere(plain: str, asked: str | None) -> bool:
    """Whether a clause decides about another purpose than the one that is asked."""
    if asked is None or not re.search(
        r"\b(?:niet|nie|geen|wel|mag|mogen|zonder|gerust|nee|neen|ja|liever)\b", plain
    ):
        return False
    about = {name for name, found in _ABOUT.items() if found.search(plain)}
    if asked == "analyse" and re.search(r"\bna+m(?:en)?\b", plain):
        return False
    return bool(about) and asked not in about and not _STARTS_YES.match(plain)


def _spelled(text: str) -> str:
    """The text in lower case; a typing error in a word for yes or no, and "ma", are mended."""
    lowered = text.casefold()
    if not _FRENCH.search(lowered):
        lowered = _BUT.sub(" maar ", lowered)
    return re.sub(r"[^\W\d_]{4,16}", lambda found: _mended(found.group()), lowered)


_BUT = re.compile(r"(?<=\w) (?:ma|mr|mo|mor|moar) (?=\w)")
"""As the coast, Brabant and telephones write it: "ja ma niet letterlijk"."""
_FRENCH = re.compile(
    r"\b(?:oui|ouais|non|vous|tu|pouvez|peux|pour|pas|mais|d['’]accord|bien|sans|avec|phrase|réponse"
    r"|citez|gardez|les|mes)\b"
)
"""Words beside which "ma" is French for my."""


@lru_cache(maxsize=2048)
def _mended(word: str) -> str:
    short = re.sub(r"(\w)\1{2,}", r"\1\1", word)
    if short in _KNOWN or short in _OTHER_WORDS:
        return short
    near = [known for known in _KNOWN if _one_apart(short, known)]
    return near[0] if len(near) == 1 else short


def _one_apart(typed: str, known: str) -> bool:
    """Whether one letter was added, dropped, replaced or swapped with the next one."""
    if abs(len(typed) - len(known)) > 1 or typed[0] != known[0]:
        return False
    at = next((n for n, (a, b) in enumerate(zip(typed, known, strict=False)) if a != b), None)
    if at is None:
        return True
    swapped = typed[at : at + 2] == known[at : at + 2][::-1] and typed[at + 2 :] == known[at + 2 :]
    return (
        swapped
        or typed[at + 1 :] == known[at + 1 :]
        or typed[at + 1 :] == known[at:]
        or typed[at:] == known[at + 1 :]
    )
