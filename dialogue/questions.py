"""Tells questions to the assistant from content with a question mark.

Precision comes first: a question about learning ("Waarom krijgt niet elke werknemer
opleidingsverlof?") is content, whoever it seems to address. A text is a question to the assistant
where its subject is the consultation itself: this conversation, its readers, the answer to it, what
the participant gets for it, or the organiser's people. What the catalogue answers is left to the
classifier; the rest is passed on to the organiser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from consultation.participation.stand_ins import (
    BECAME,
    GIVEN,
    INSULT,
    JOKE,
    KEPT,
    OPEN_QUESTION,
    READERS,
    REPLY,
)
from language.folding import folded
from language.reading.code import asks_code

_MOST_WORDS = 22
_MOST_CHARACTERS = 200
_ANSWERED = frozenset(
    {
        "vraag_privacy",
        "vraag_anoniem",
        "vraag_doel",
        "vraag_duur",
        "vraag_resultaat",
        "vraag_wie",
        "bot_uitdagen",
        "uitleg_opdracht",
        "contact_mens",
    }
)
"""Intents that the catalogue has a text for."""
_OTHER = frozenset({"buiten_onderwerp", "bijdrage", "opdracht_kiezen", "andere_taal", "weet_niet"})
_NO_COMMAND = _ANSWERED | _OTHER


@dataclass(frozen=True)
class Addressed:
    """A text that is, or may be, a question or remark to the assistant.

    ``asks`` is an intent, or one of the constants of this module, where the text itself decides.
    ``sure`` is false where the classifier must agree that the text is no content.
    """

    asks: str | None = None
    sure: bool = True


def addressed(text: str) -> Addressed | None:
    """What a whole text asks the assistant; None for content and for anything long."""
    if len(text) > _MOST_CHARACTERS or len(text.split()) > _MOST_WORDS:
        return None
    if asks_code(text):
        # The assistant knows where the code stands.
        return None
    plain = " ".join(folded(text).replace("’", "'").split())
    for asks, pattern in _WHOLE:
        if pattern.fullmatch(plain):
            return Addressed(asks)
    parts = [each.strip(" ,.;:-") for each in re.split(r"[?!.]+", plain) if each.strip(" ,.;:-")]
    if not parts or len(parts) > _MOST_SENTENCES:
        return None
    direct = _INDIRECT.sub("", parts[0])
    found = next((asks for asks, pattern in _ANYWHERE if pattern.search(direct)), None)
    if found is None and "?" in plain and _MONEY.search(parts[0]):
        found = OPEN_QUESTION
    most = _SHORT if plain.endswith("?") else _SHORTEST
    if found is not None and all(len(each.split()) <= most for each in parts[1:]):
        return Addressed(found)
    if len(parts) > 1 or not _asking(plain, parts[0]):
        return None
    if _PROCESS.search(parts[0]):
        return Addressed()
    short = len(parts[0].split()) <= _SHORT_QUESTION
    personal = plain.endswith("?") and short and _PERSONAL.match(parts[0])
    return Addressed(sure=False) if personal else None


def asked_for(found: Addressed, intent: str | None) -> str | None:
    """The intent, or its stand-in, of an addressed text; None where it is a command or content.

    ``intent`` is the classifier's, None where it is not clear.
    """
    if found.asks is not None:
        return found.asks
    if intent in _ANSWERED:
        return intent
    if intent is not None and intent not in _NO_COMMAND:
        return None
    return OPEN_QUESTION if found.sure or intent == "buiten_onderwerp" else None


def asked_inside(question: str, intent: str | None) -> str | None:
    """The intent, or its stand-in, of a question inside an answer."""
    found = addressed(question)
    if found is None or found.asks in (GIVEN, INSULT, JOKE):
        return intent
    if found.asks is None and not found.sure:
        return intent
    return asked_for(found, intent) or intent


_MOST_SENTENCES = 3
_SHORT, _SHORTEST = 6, 2
_SHORT_QUESTION = 9


def _asking(plain: str, sentence: str) -> bool:
    return plain.endswith("?") or _INTERROGATIVE.match(sentence) is not None


_FIRST = (
    r"(?:(?:en|maar|ah|oh|ja|nee|euh|eh|he|zeg|allez|amai|wacht|sorry|eigenlijk|trouwens"
    r"|nog (?:een|1) vraag(?:je|ske)?|(?:een )?vraagje),? ){0,2}"
)
_I = r"(?:ik|'?k|we|wij|ekik)"
_INDIRECT = re.compile(
    r"(?:(?:en|maar|allez|allee|ah|oh|euh|zeg|sorry|eerst|wacht|ok|goed),? ){0,3}"
    r"(?:(?:kunt|kan|kunde|wilt|wil|zou|mag) (?:ge|gij|u|je|ik) "
    r"(?:(?:mij|me|eens|even|ne keer|een keer|misschien|ook|eerst|mogen|kunnen|willen) ){0,4}"
    r"(?:zeggen|vertellen|weten|vragen)|(?:weet|wete) (?:ge|gij|u|je)(?: (?:ook|soms|misschien))?"
    r"|zeg (?:mij |me )?(?:eens|ne keer|even)|ik (?:zou|wil|wou) (?:(?:graag|eerst|wel|eens|toch) )"
    r"{0,3}weten|ik vraag (?:mij|me) af)(?: eens| een keer)? (?=wie|wat|hoe|waar|of|wanneer|welke)"
)
"""What makes a question indirect: "kunt u mij zeggen wie ...", "ik zou graag weten wie ..."."""
_THIS = (
    r"(?:dit|da|dat|het|'t|alles|mijn antwoord(?:en)?|mijn tekst|wat ik (?:hier )?(?:schrijf|typ"
    r"|zeg)|m'n antwoord(?:en)?)"
)
_CONSULTATION = (
    r"(?:(?:deze|dees|die|dit|dat|uw|jullie|de|het) (?:bevraging|enquete|vragenlijst|chat(?:bot)?"
    r"|gesprek"
    r"|babbel|formulier|website|webstek|app|robot|assistent|antwoord(?:en)? van mij))"
)
_ACQUAINTED = (
    r"(?:mijn (?:baas|bazin|chef|werkgever|concurrent(?:en)?|collega'?s?|directeur|directie|bedrijf"
    r"|leerkracht|school|buren|buurman|buurvrouw|man|vrouw|ouders|dienst|leidinggevende|ploegbaas"
    r"|consulent)|de (?:concurrentie|baas|directie)|anderen|andere (?:mensen|deelnemers)|iedereen)"
)
_OFFICIAL = r"(?:de (?:pers|vdab|politie|belastingen|minister|overheid|politiek|regering))"
_PERSON = (
    r"(?:een |ne |nen |n |echt(?:e|en)? |levende? |gewone? |menselijke? ){0,3}"
    r"(?:mens|persoon|iemand(?: van vlees en bloed)?|medewerker|begeleider|collega"
    r"|verantwoordelijke"
    r"|leidinggevende|baas|chef|cheffin|directeur|overste|manager)"
)
_INTERROGATIVE = re.compile(
    rf"{_FIRST}(?:wie|wat|hoe|hoeveel|waar\w{{0,8}}|wanneer|waneer|welke?|kan|kunt?|kunnen|mag"
    rf"|mogen"
    r"|moet|is|zijn|komt?|krijg\w{0,2}|wordt?|worden|heb|hebt|hebben|ben|bent|zal|zou|gaat?|gaan"
    r"|lees"
    r"|leest|lezen|ziet|zien|doet|doen|tot wanneer|voor wie|bestaat)\b"
)
_GLADLY = (
    r"(?:(?:graag|liever|eens|nu|gewoon|toch|direct|even|hier|eerst|alleen|wel|ook|er|liefst) )"
)
_PLEASE = (
    r"(?: (?:aub|alstublieft|alsjeblieft|graag|nu|eens|hierover|daarover|erover|van jullie|kunnen"
    r"|mogen|van het team|van de organisatie|in plaats van een \w{1,25}|ipv \w{1,25}|ergens|even"
    r"|want \w{1,25} \w{1,25}|hier|over dit|over deze vraag|hoor|niet een \w{1,25})){0,3}$"
)
_SPEAK = (
    r"(?:spreken|spreke|praten|klappen|babbelen|bellen|contacteren|aan de lijn|te spreken krijgen)"
)
_CALL = r"(?:bellen|opbellen|contacteren|mailen|opnemen|terugbellen)"
_HANDOVER = re.compile(
    rf"^{_FIRST}(?:"
    rf"{_I} (?:wil|wou|zou|moet|kan|mag)(?: ?'?k| ik)? {_GLADLY}{{0,4}}(?:met )?{_PERSON}"
    rf" {_GLADLY}{{0,2}}{_SPEAK}{_PLEASE}"
    rf"|(?:kan|mag|kunnen|kannek|magk) (?:{_I} )?{_GLADLY}{{0,4}}(?:met )?{_PERSON} "
    rf"{_GLADLY}{{0,2}}{_SPEAK}{_PLEASE}"
    rf"|(?:kan|kunnen|wil|zou|mag) (?:er )?{_PERSON} (?:van jullie )?(?:contact )?(?:met )?"
    rf"(?:mij|me|ons) {_GLADLY}{{0,3}}{_CALL}{_PLEASE}"
    rf"|(?:bel|mail|contacteer) (?:mij|me) {_GLADLY}{{0,2}}(?:maar|eens|op|terug|aub)?{_PLEASE}"
    r"|(?:geef|haal|roep|stuur|verbind)(?: (?:mij|me|eens|maar|toch|door|met|er|dan|direct"
    r"|nu)){0,4} (?:uw|je|jouw|jullie|nen?|een) (?:echte |andere )?"
    r"(?:baas|chef|cheffin|overste|directeur|verantwoordelijke|mens|persoon|collega|medewerker"
    rf"|manager)(?: (?:eens|maar|aan de lijn|door|erbij)){{0,4}}{_PLEASE}"
    rf"|(?:wie|waar|hoe|welk nummer) (?:kan|moet|mag) {_I} (?:(?:hier|hiervoor|dan|daarvoor"
    rf"|iemand|jullie|u|een mens) ){{0,3}}(?:bellen|mailen|contacteren|bereiken"
    rf"|aanspreken){_PLEASE}"
    r"|(?:wat is|hebt u|heeft u|hebben jullie|is er) (?:een |het |uw |jullie )?"
    r"(?:telefoonnummer|e-?mailadres)$"
    rf"|(?:liever|graag) (?:met )?(?:een |nen? )(?:echte? )?(?:mens|persoon){_PLEASE}"
    r")"
)
_FILLER = (
    r"(?:gaat|gaan|zal|zullen|kan|mag|kunnen|is|zijn|er|allemaal|eigenlijk|nu|hier|straks|dan|nog"
    r"|mee|na"
    r"|te|ook|dees|deze|die|van jullie)"
)
_READERS = re.compile(
    rf"^{_FIRST}(?:wie|welke mensen|hoeveel mensen)(?: {_FILLER}){{0,5}}"
    rf"(?: {_THIS})?(?: {_FILLER}){{0,3}}"
    r" (?:lees|leest|lezen|ziet|zien|bekijkt|bekijken|krijgt|verwerkt|beoordeelt|analyseert"
    r"|onderzoekt)"
    rf"(?: {_FILLER}){{0,4}}(?: {_THIS})?(?: {_FILLER}){{0,4}}$"
)
_MAY_READ = (
    r" (?:(?:\w{1,25} ){0,4}?(?:dit|dat|da|het|mee|mijn antwoord(?:en)?|wie ik ben)"
    r"(?: \w{1,25}){0,4}? ?(?:zien|lezen|weten|inkijken|meelezen|volgen|te weten|te zien)"
    r"|(?:zien|lezen|weten) (?:wat|dat|wie|of) (?:ik|'?k)(?: \w{1,25}){0,6})$"
)
_DO_READ = (
    r" (?:\w{1,25} ){0,3}?(?:dit|dat|da|het|mee|mijn antwoord(?:en)?|wie ik ben)"
    r"(?: (?:hier|ook|dan|allemaal|te|zien|lezen|weten|nu|eigenlijk|straks)){0,4}$"
)
_MAY = rf"^{_FIRST}(?:kan|kunnen|gaat|gaan|zal|zullen|mag|mogen|komt) (?:ook )?"
_DO = rf"^{_FIRST}(?:krijgt|krijgen|ziet|leest|lezen|zien|weet|weten) (?:ook )?"
_FOREIGN_READERS = re.compile(
    r"^(?:(?:and|et|und|but|so|excusez moi|excusez-moi|pardon|sorry|excuse me|mais),? ){0,2}"
    r"(?:who (?:will |is going to |gets to |can |actually ){0,2}"
    r"(?:reads?|sees?|reading)|qui (?:va |peut |vont )?(?:lire|lit|lira|voir|voit)"
    r"|wer (?:wird |kann )?(?:liest|lesen|sieht))"
    r"(?: (?:this|it|my answers?|all this|that|tout ca|tout cela|ca|cela|ceci|mes reponses|das"
    r"|dies|das hier|meine antworten|lesen|eigentlich|actually|then)){0,3}$"
)
_OTHERS_READ = re.compile(f"{_MAY}{_ACQUAINTED}{_MAY_READ}|{_DO}{_ACQUAINTED}{_DO_READ}")
_OFFICIALS_READ = re.compile(f"{_MAY}{_OFFICIAL}{_MAY_READ}|{_DO}{_OFFICIAL}{_DO_READ}")
_IS_READ = re.compile(
    rf"^{_FIRST}(?:(?:lezen|leest|bekijken|doen) (?:jullie|u|ze|er iemand|iemand|gij|ge) "
    rf"(?:er )?(?:eigenlijk |echt |wel |ook ){{0,3}}(?:{_THIS}|iets mee)(?: (?:eigenlijk|echt|wel"
    rf"|ook|allemaal|na)){{0,4}}"
    rf"|(?:wordt|worden) {_THIS} (?:\w{{1,25}} ){{0,8}}gelezen(?: of door \w{{1,20}}| "
    rf"\w{{1,20}}){{0,3}}"
    rf"|(?:is|doet|leest) (?:het|dat|dit|er)? ?(?:een |ne )?(?:computer|machine|robot|mens|ai)"
    rf" (?:\w{{1,25}} ){{0,4}}(?:leest|lezen|doet|na)"
    r"|(?:gaat|wordt|komt) (?:daar|hier|er) (?:een )?(?:ai|computer|algoritme|robot) (?:\w{1,15} "
    r"){0,3}"
    r"(?:los\w{0,6}|mee|aan te pas|gebruikt|op|over))$"
)
_UPLOAD = re.compile(
    rf"^{_FIRST}(?:kan|mag|hoe|waar|kunnen|kunde|kannek|is het mogelijk|kan u"
    rf"|kunt u)\b(?: [\w']{{1,25}}){{0,9}} "
    r"(?:uploaden|uploade|opladen|oplade|bijvoegen|meesturen|doorsturen|aanhechten"
    r"|toevoegen als bijlage)$"
    rf"|^{_FIRST}(?:kan|mag|kunnen|hoe|waar)\b(?: [\w']{{1,25}}){{0,4}} (?:een |nen? |mijn |die "
    rf"|dat )?(?:foto'?s?|bestand(?:en)?"
    r"|document(?:en)?|bijlage|pdf|filmpje|nota|brief|cv|bewijs)\b(?: [\w']{1,25}){0,3} "
    r"(?:sturen|doorsturen|toevoegen|geven|plakken|delen|zetten)$"
)
_REWARD = re.compile(
    rf"^{_FIRST}(?:"
    rf"(?:krijg|krijgen|krijgk|verdien|verdienen) {_I}? ?(?:\w{{1,25}} ){{0,4}}(?:hiervoor"
    rf"|hier iets voor|hier geld voor|ervoor"
    r"|daarvoor|voor dit|voor deze \w{1,25}|voor mijn (?:antwoord(?:en)?|tijd|moeite|mening"
    r"|deelname))(?: \w{1,25}){0,4}"
    rf"|(?:word|worden) {_I} (?:hiervoor|hier|ervoor|daarvoor) (?:\w{{1,25}} ){{0,2}}(?:betaald"
    rf"|vergoed|beloond)"
    rf"|wat (?:krijg|verdien|schiet|win|brengt) (?:{_I} )?(?:\w{{1,25}} ){{0,2}}(?:hiervoor"
    rf"|hiermee|ermee|ervoor|daarvoor|hier)(?: \w{{1,25}}){{0,2}}"
    r"|(?:is|staat|hangt) (?:hier|daar|er) (?:een |iets van )?(?:vergoeding|beloning|prijs|cadeau"
    r"|bon)(?: (?:aan|tegenover|verbonden|voor|mij|ons|deelnemers|te|winnen|hier|mee|bij)){0,4}"
    r"|(?:kan|valt) (?:ik |er )?(?:hier |hiermee )?iets (?:mee )?(?:te )?winnen(?: \w{1,25}){0,2}"
    r")$"
)
_REPLY = re.compile(
    rf"^{_FIRST}(?:"
    r"(?:wanneer|waneer|tegen wanneer|hoe snel) (?:komt|krijg|krijgen|hoor|horen|mag|mogen|weet"
    r"|weten)"
    r" (?:(?:er|ik|we|wij|'?k|hier|hierop|daarop|dan|ergens|nu) ){0,4}"
    r"(?:(?:een|nen?|het|mijn|iets) ){0,2}(?:antwoord|reactie|nieuws|uitslag|iets|meer|bericht"
    r"|resultaat"
    r"|antwoord verwachten)(?: (?:op|van|hierop|daarop|terug|verwachten|hierover|daarover|jullie"
    r"|u|dit|dat|mijn|vraag|vragen|horen|weten)){0,4}"
    r"|(?:krijg|krijgen|komt|hoor|horen) (?:(?:ik|we|wij|'?k|er) )?(?:hier |nog |ook |ooit |dan "
    r"|daar ){0,3}"
    r"(?:een |nen? |iets van )?(?:antwoord|reactie|bericht|nieuws|iets)(?: (?:op|van|hierop"
    r"|daarop|terug|hierover|jullie|u|dit))+"
    r"|hoe lang duurt het (?:nog )?(?:voor|eer|voordat|vooraleer|tot) (?:ik|we|wij|er"
    r"|'?k) (?:\w{1,25} ){0,3}"
    r"(?:antwoord|reactie|nieuws|iets)(?: \w{1,25}){0,3}"
    r")$"
)
_MONEY = re.compile(
    rf"^{_FIRST}(?:"
    r"(?:is|zit|komt|hebben jullie|hebt u|bestaat) (?:er |daar |hier |al |dan ){0,3}(?:wel |nu "
    r"|eigenlijk |genoeg ){0,2}"
    r"(?:al |nog )?(?:een |het )?(?:budget|geld|subsidie|middelen|centen|beslissing|wet|datum"
    r"|planning)"
    r"(?: (?:al|wel|eigenlijk|hier|daar|er|dan)){0,4}"
    r"(?: (?:voor|voorzien|hiervoor|daarvoor|ervoor|genomen|over genomen|over|beschikbaar)){0,4}"
    r"|(?:hoeveel|welk) (?:geld|budget|centen) (?:is|hebben|hebt|komt|zit) (?:er |jullie |u "
    r"|daar |hier ){0,2}"
    r"(?:al |dan |eigenlijk )?(?:hier|daar)?(?:voor|voorzien|hiervoor|daarvoor|ervoor| ){0,4}"
    r"|(?:wat|hoeveel) (?:kost|koste) (?:deze bevraging|dees|dit hier|heel dit"
    r"|deze chatbot)(?: \w{1,25}){0,2}"
    r"|(?:is|zijn|ligt|staat|werd) (?:dit|het|alles|dat|de plannen|da) (?:niet |nie )?(?:al "
    r"|toch |allemaal |eigenlijk ){0,3}"
    r"(?:lang )?(?:beslist|besloten|vast|goedgekeurd)"
    r")$"
)
_IS_KEPT = re.compile(
    rf"^{_FIRST}(?:zijn|is|staan|staat|ben ik) {_THIS}(?: (?:nu|dan|al|allemaal|eerder"
    rf"|vorig[e]?)){{0,4}}"
    r"(?: (?:nu|dan|allemaal|er|nog|wel|al|toch)){0,4} ?(?:weg|kwijt|bewaard|verloren|gewist"
    r"|opgeslagen|er nog|nog)$"
)
_GIVEN = re.compile(
    rf"{_FIRST}(?:"
    r"(?:daar|hier|dat|da|dit) (?:heb|he|hem) (?:ik|'?k|ekik)(?: \w{1,25}){0,2} (?:al|reeds"
    r"|daarnet|daarstraks|juist|net|eerder|zonet)"
    r"(?: \w{1,25}){0,3} (?:geantwoord|beantwoord|gezegd|gezeid|verteld|geschreven|getypt"
    r"|ingevuld|uitgelegd)(?: \w{1,25}){0,2}"
    r"|(?:ik|'?k) (?:heb|he|hem)(?:\w{1,25})? (?:\w{1,25} ){0,2}(?:daar|hier|dat|da|dit|die vraag"
    r"|deze vraag) (?:\w{1,25} ){0,3}"
    r"(?:al|reeds|daarnet|daarstraks|juist|net|eerder|zonet) (?:\w{1,25} ){0,2}(?:geantwoord"
    r"|beantwoord|gezegd|gezeid|verteld|geschreven|getypt|ingevuld)"
    r"(?: \w{1,25}){0,2}"
    r"|(?:heb|he) (?:ik|'?k) (?:\w{1,25} ){0,2}(?:al|toch al|reeds|net|juist"
    r"|daarnet) (?:\w{1,25} ){0,2}(?:geantwoord|beantwoord|gezegd|gezeid|verteld"
    r"|geschreven)(?: \w{1,25}){0,2}"
    r"|(?:dat|da|dit|die vraag|deze vraag) (?:is|was|werd) (?:\w{1,25} ){0,2}(?:al"
    r"|reeds) (?:\w{1,25} ){0,2}(?:geantwoord|beantwoord|gezegd|gevraagd)"
    r"|(?:die|deze|dezelfde) vraag (?:hebt|heb|had|stelde|hebben) (?:u|je|ge|gij|jullie) (?:mij "
    r"|me )?(?:al|daarnet|net|juist|al eens)(?: \w{1,25}){0,3}"
    r"|(?:u|je|ge|gij|jullie) (?:vroeg|vroegt|hebt|heeft|hebben|heb) (?:mij |me )?(?:dat|da"
    r"|dit) (?:al|daarnet|net|juist)(?: \w{1,25}){0,3}"
    r")[?!. ]{0,5}"
)
_RUDE = (
    r"(?:stomme?|domme?|onnozele?|achterlijke?|dwaze|rotte?|kloterige?|klote|lompe?|waardeloze?"
    r"|belachelijke?|debiele?|idiote|fucking)"
)
_THING = (
    r"(?:robot|bot|chatbot|computer|machine|ding|apparaat|programma|assistent|kloot|kieken|ezel"
    r"|kalf|koe)"
)
_INSULT = re.compile(
    rf"(?:gij |ge |je |jij |u |wat (?:een |nen? ))?(?:zijt |bent |ben |zij )?(?:echt |toch "
    rf"|maar )?(?:een |nen? )?"
    rf"(?:{_RUDE} ){{1,2}}{_THING}(?: da?t? (?:ge|je|u) (?:zijt|bent))?[!. ]{{0,5}}"
    r"|(?:gij |ge |je |jij |u )?(?:zijt |bent |ben )?(?:echt |toch )?(?:een |nen? )?"
    r"(?:idioot|onnozelaar|onnozelaard|sukkel|kieken|klootzak|eikel|lul|trut|debiel|stommerik"
    r"|dommerik|mongool|loser|flapdrol"
    r"|hoerenzoon|smeerlap)(?: da?t? (?:ge|je|u) (?:zijt|bent))?[!. ]{0,5}"
    r"|(?:loop|val|ga) (?:toch |maar )?(?:naar de (?:maan|hel|pomp|duivel)|dood|fietsen)[!. ]{0,5}"
    r"|(?:fuck|fok) (?:you|u|off|op|it)[!. ]{0,5}|(?:houd?|hou) (?:toch )?(?:uw|je) (?:bakkes"
    r"|mond|muil|smoel|kop|bek)(?: toch)?[!. ]{0,5}"
    r"|(?:kust? mijn|kus m'n) (?:kloten|gat|botten)[!. ]{0,5}"
)
_JOKE = re.compile(
    rf"{_FIRST}(?:(?:ken(?:t|de)?|weet|heb|hebt) (?:je|u|ge|gij)?(?: ge)? ?(?:een |nog een |nen? "
    rf"|ook ){{0,4}}(?:goeie |goede |leuke )?(?:mop|grap|mopje|raadsel"
    rf"|grapje)(?: \w{{1,25}}){{0,2}}"
    r"|(?:vertel|zeg|geef) (?:mij |me |eens |maar |toch ){0,3}(?:een |nen? )?(?:goeie |goede "
    r"|leuke )?(?:mop|grap|mopje|raadsel|grapje)(?: \w{1,25}){0,2}"
    r"|mag ik (?:u |je |ook |eens |even ){0,3}(?:een |nen? )?(?:goeie |goede )?(?:mop|grap|mopje"
    r"|grapje|raadsel) (?:vertellen|doen|geven)"
    r"|(?:zing|dans|fluit|rap) (?:eens )?(?:iets|een liedje|voor mij|eens|mee)(?: \w{1,25}){0,2}"
    r"|(?:ha){2,10}h?|(?:hi){2,10}|lol+|(?:wil|zou) (?:je|u|ge) met (?:mij|me) (?:trouwen|uitgaan"
    r"|op cafe|dansen)(?: \w{1,25}){0,2})[?!. ]{0,5}"
)
_PROCESS = re.compile(
    rf"\b{_CONSULTATION}\b|\btot wanneer (?:kan|kunnen|mag) (?:ik|we|wij|'?k"
    rf"|iedereen) (?:\w{{1,25}} )?(?:meedoen|antwoorden|invullen|reageren)"
    r"|\bhoeveel mensen (?:doen|deden|hebben|vulden|zijn) (?:\w{1,25} ){0,4}(?:mee|meegedaan"
    r"|ingevuld|geantwoord|in)$"
    r"|^(?:kan|mag) (?:ik|'?k|mijn (?:man|vrouw|collega|zoon|dochter|vriend|vriendin|buurman"
    r"|buurvrouw|moeder|vader)) "
    r"(?:hier |dit |ook |nog |eens |twee keer |een keer |later |straks ){0,5}(?:meedoen|invullen"
    r"|antwoorden|afdrukken|printen|kopieren|doormailen)(?: \w{1,25}){0,2}$"
    r"|^(?:kan|mag) (?:ik|'?k) (?:dit|mijn antwoord(?:en)?|het|da"
    r"|dat) (?:\w{1,25} ){0,3}(?:afdrukken|printen|kopieren|doormailen|nalezen|opslaan|delen"
    r"|bewaren)(?: \w{1,25}){0,2}$"
    r"|^(?:moet|kan|mag) ik (?:hiervoor|hier|daarvoor) (?:\w{1,25} ){0,3}(?:inloggen|aanmelden"
    r"|registreren|betalen|account|naam)(?: \w{1,25}){0,3}$"
    r"|^(?:en |maar ){0,2}wat (?:gebeurt|doen|doet|ga|gaan) (?:er |jullie |u |ze "
    r"|men ){1,2}(?:nu |dan |eigenlijk |straks |allemaal ){0,3}"
    r"(?:met (?:dit|wat ik|(?:mijn|die|deze|al die|al mijn|onze|de) (?:antwoord(?:en)?|tekst"
    r"|mening(?:en)?"
    r"|inbreng|idee|ideeen|woorden|reactie))|mee$|hiermee|daarmee)"
)
_WHO_I_AM = re.compile(
    r"^(?:en |maar )?(?:hebt|heb|heeft|weet|wete|ziet|kent|ken|kunt|kan|gaat|houdt|staat|zie)"
    r" (?:u|je|ge|gij|jullie|er|de computer|dat ding)\b.{0,40}\bwie ik ben\b"
)
_PERSONAL = re.compile(
    rf"{_FIRST}(?:(?:wie|wat|hoe|waar|waarom|hoe oud|hoe laat|van waar|waarvoor) )?"
    r"(?:ben|bent|zijt|heb|hebt|heeft|kan|kunt|kunde|kunt|weet|wete|ken|kent|kende|slaap|slaapt"
    r"|woon|woont|vind|vindt|hou|houdt"
    r"|stem|stemt|verdien|verdient|eet|drinkt|spreek|spreekt|is)(?: (?:u|je|jij|gij|ge|uw|jouw)\b"
    r"|(?<=e)\b)"
)
_MINE = r"(?:mijn|mijne|mij|me|ons|onze|wat (?:ik|we|wij)|hetgeen ik|alles wat ik)"
_BECAME = re.compile(
    r"(?:\S{1,12} ){0,5}?wat (?:(?:werd|wierd|is|kwam|komt) er (?:\S{1,12} ){0,3}?(?:van|met|uit) "
    rf"{_MINE}(?: \S{{1,16}}){{0,4}}"
    rf"|is er (?:\S{{1,12}} ){{0,2}}?(?:van|met) {_MINE}(?: \S{{1,16}}){{0,3}} "
    r"(?:geworden|gebeurd|gekomen|gedaan)"
    r"|(?:hebben|hebt|heb|heeft|deden|deed) (?:jullie|ze|u|ge|gij|men) (?:\S{1,12} ){0,3}?"
    rf"(?:gedaan )?(?:van|met) {_MINE}(?: \S{{1,16}}){{0,4}})[ ?!.]{{0,4}}"
)
"""Who asks what became of their own words."""
_OF_THE_TALK = re.compile(
    rf"{_FIRST}(?:"
    r"(?:wie|wat|hoe|welke?) (?:denkt|vindt|peinst|kiest|zou) (?:u|ge|gij|je|jij)"
    r" (?:(?:er|daar|eigenlijk) )?zelf"
    r"(?: (?:daarvan|ervan|daarover|dan|eigenlijk|dat|van|over)\b.{0,60})?"
    r"|(?:is|ist|tis)(?: (?:het|dat|da|t))? (?:erg|een probleem|geen probleem|niet erg)"
    r" (?:als|dat|da|wanneer) .{0,20}\b(?:nederlands|fouten|dialect|taal|typ|schrijf|spel).{0,40}"
    r"|(?:est-ce que )?(?:vous pouvez|pouvez-vous|tu peux|peux-tu|on peut) .{0,20}"
    r"(?:poser|parler|expliquer|repeter|ecrire|repondre|continuer).{0,40}"
    r") ?\?{1,3}"
)
"""What the assistant thinks itself, and the language of the talk: no answer to a question."""
_WHOLE: tuple[tuple[str, re.Pattern[str]], ...] = (
    (GIVEN, _GIVEN),
    (BECAME, _BECAME),
    (INSULT, _INSULT),
    (JOKE, _JOKE),
    (OPEN_QUESTION, _OF_THE_TALK),
)
_ANYWHERE: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("contact_mens", _HANDOVER),
    ("vraag_resultaat", _IS_READ),
    (READERS, _READERS),
    (READERS, _FOREIGN_READERS),
    ("vraag_anoniem", _OTHERS_READ),
    ("vraag_anoniem", _WHO_I_AM),
    (READERS, _OFFICIALS_READ),
    (OPEN_QUESTION, _UPLOAD),
    (OPEN_QUESTION, _REWARD),
    (REPLY, _REPLY),
    (KEPT, _IS_KEPT),
)
