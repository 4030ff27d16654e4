"""Reads requests about one's own data: erase, consent, show, the receipt code.

A request is read from its negations and its object, clause by clause. Where both do not lead to one
meaning, the consent or the object stays open, and the assistant shows the choices. A text that only
mentions erasing, quoting or consent is no request: ``read`` then returns None, and the classifier
decides. ``AnswerGuard`` passes the reading to the actions as an entity.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from bot.nlu.spelling import words
from language.reading.code import asks_code
from language.reading.message import sentences
from language.reading.removing import ERASES, NEGATIONS
from language.reading.request import CODE, CONSENT, ERASE, GROUP, KEEP, SHOW, Reading

INTENTS = {
    ERASE: "gegevens_verwijderen",
    KEEP: "gegevens_verwijderen",
    CONSENT: "gegevens_verwijderen",
    GROUP: "gegevens_verwijderen",
    SHOW: "overzicht_tonen",
    CODE: "hulp",
}
QUOTE, NAME, ORGANISATION, ANALYSIS = "citaat", "naam", "organisatie", "analyse"

READ = 400
_MOST_WORDS = 22
_SHORT = 3
_LONGEST_OBJECT = 10
"""Words of a text that names an answer to erase without saying so; a longer one is content."""

_NEGATIVE = re.compile(
    rf"\b({NEGATIONS}|zonder|niemand|nergens|don|never|jamais)\b"
    r"|\bne (?:\w+ ){1,3}pas\b"
)
_NO_OBJECTION = (
    r"\bgeen (?:enkel )?(?:probleem|problemen|bezwaar|bezwaren|moeite|kwaad|erg|punt|geheim)\b"
    r"|\bniet erg\b|\b(?:niets|niks|ook niet|ook niks) (?:op )?tegen\b|\bniets te verbergen\b"
)
_NOT_NEGATIVE = re.compile(
    rf"{_NO_OBJECTION}"
    r"|\bwaarom niet\b|\bniet waar\b|\bof niet\b"
)
_CONDITION = re.compile(
    r"\b(alleen|enkel|tenzij|mits|behalve|zolang|misschien|twijfel|als|indien|wanneer|soms"
    r"|niet zomaar|niet altijd|weet niet|eerst)\b"
)
_WITHDRAW = re.compile(
    r"\b(zet|schakel)\b.{0,40}\b(af|uit)\b|\b(trek|trekken|neem|nemen)\b.{0,60}\b(in|terug)\b"
    r"|\b(intrekken|intrek|ingetrokken"
    r"|terugtrekken|terugnemen|herroep\w*|stop|stoppen|ophouden|verbied\w*|weiger\w*|weglaten"
    r"|weggelaten|weghalen|eruit|eraf|weg|schrap\w*|verwijder\w*|wis|wissen)\b"
    r"|\b(hou|houd) op\b|\blaat\b.{0,40}\buit\b|\b(haal|laat|doe)\b.{0,40}\ber ?(maar |toch "
    r"|wel )?(uit|af)\b"
    r"|\bnaam (moet|mag) (\w+ ){0,3}(uit|af|weg)\b"
)
_GIVE = re.compile(
    r"\b(mag|mogen|wel|toch|terug|opnieuw|weer|graag|gerust|akkoord|geef|geven|toestaan|toelaten"
    r"|sta toe|laat toe|ok|goed|prima|ja|jawel|citeer|quote|noem|vermeld|bewaar|toon|wil)\b"
    rf"|{_NO_OBJECTION}"
)
_ASKED_FIRST = re.compile(
    r"^(en |maar |euh |wacht |dus )*(wie|wat|hoe\w*|waar\w*|wanneer|welke?|kan|mag|mogen"
    r"|kunnen|moet"
    r"|is het|wordt|worden|zal|gaan|zijn)\b"
)
_INVERTED = re.compile(
    r"^(zet|laat|noem\w*|vermeld\w*|toon|tonen|citeer|citeren|bewaar|bewaren|gebruik\w*|haal|halen"
    r"|wis|wissen|verwijder\w*) (je|ik|we)\b"
)
_WHEN = re.compile(r"^(en |maar )*(wanneer|waarom|wie|hoe ?lang|hoe veilig|wat gebeurt)\b")
_CLAUSES = re.compile(
    r"[.,;:!?\n]+|\ben\b(?= (?:noem|vermeld|citeer|toon|publiceer|laat|haal|gebruik|bewaar)\b)"
    r"|\bmaar\b(?= (?:ik|je|jullie|u|ge|gij|geen|enkel|alleen|noem|citeer|mijn|onze)\b)"
)
_LEAST_BEFORE_MAAR = 2
_LEAD = re.compile(
    r"^(?:(?:ja+|jaja|jawel|jazeker|nee+|neenee|euh+|och|bah|amai|allee|kijk|wacht|sorry|ok|goed"
    r"|eigenlijk|nu|toch|dan|maar|en|dus|aub|hallo|dag|hierbij|bij deze|!) )+"
)
_YES = re.compile(
    r"^(ja+h?|jaja|joa\w*|jawel|jazeker|jep|jup|ok+|okay|akkoord|(heel )?zeker|(dat |het )?klopt"
    r"|juist"
    r"|(dat |het )?is (juist|goed|ok|correct)|inderdaad|doe (dat )?maar|goed|prima|correct|precies"
    r"|yes|oui|natuurlijk|absoluut|uiteraard|tuurlijk|(dat |het )?mag|wis (het|ze|alles|maar))\b"
)
_ONLY_THAT = re.compile(r"\b(alleen|enkel) (dat|die|dit|het)( ene| eerste| laatste| antwoord)?$")
_NO = re.compile(
    r"^(nee+|neenee|nope?|no|non|nein|(toch |liever |liefst )?niet(s)?|laat maar|annuleer\w*"
    r"|(dat |het )?klopt niet|(dat |dit )?bedoel\w* ik niet|laat\b.{0,30}\bstaan"
    r"|hou(d)?\b.{0,30}\bbij"
    r"|(dat |het )?mag blijven|dat hoeft niet|hoeft niet|doe maar niet)\b"
)
_RESERVED = re.compile(
    r"\b(niet|geen|nooit|(?<!doe )(?<!doe dat )(?<!wis )(?<!ja )maar|alleen|enkel|behalve|wacht"
    r"|misschien|eerst|twijfel|of|tenzij|als|niets|zonder|staan|blijven|houden|hou)\b"
)

# Who is spoken of; "je" is the assistant, after ``words``.
_OTHERS = re.compile(
    r"\b(cursist\w*|mensen|werknemer\w*|burgers?|klant\w*|deelnemers?|leerling\w*|student\w*"
    r"|werkgever\w*|bedrijven|scholen|iedereen|ze|zij|hun|hen|men|ouders?|kinderen|leerkracht\w*"
    r"|baas|bazen|chef|overheid|vdab|gemeente\w*|ocmw|platform\w*|app|website|leerrekening\w*"
    r"|account\w*|profiel\w*|dossier\w*|collega\w*|diploma\w*|attest\w*|organisaties|instellingen"
    r"|opleider\w*|opleidingen|lesgever\w*|docent\w*|personeel|sector\w*|vakbonden|hij|zijn"
    r"|anderen|minister\w*|krant\w*|media)\b"
)
_OWN = (
    r"(mijn|onze) ((eerste|tweede|derde|vierde|vijfde|laatste|vorige|oude|lange|korte|hele"
    r"|ander\w*)"
    r" )?(antwoord\w*|gegevens|persoonsgegevens|data|informatie|info|bijdragen?|teksten?|uitspraken"
    r"|voorstel\w*|idee\w*|drempel|deelname|gesprek\w*|woorden|inbreng|reacties?|zin|zinnen"
    r"|berichten|bericht|score|cijfer|verhaal|opmerking\w*|trekker)"
)
_SAID = (
    r"wat (ik|we) (\w+ ){0,7}(zei|zeiden|gezegd|schreef|geschreven|typte|getypt|vertelde|verteld"
    r"|antwoordde|geantwoord|invulde|ingevuld|ingetypt|ingaf|ingegeven|stuurde|gestuurd)"
)
_THAT = (
    r"(dat|dit|die|het|mijn) (laatste|vorige|eerste|tweede|derde|vierde)( antwoord| zin| bericht)?"
    r"|(dat|dit|het) antwoord\b( (op|over|van|bij) (de )?(vraag|opdracht|\w+ vraag))?"
)
_ALL = re.compile(
    r"\balles\b|\bal wat (ik|we)\b|\b(al|heel|gans|de hele|het hele) (mijn|dit|dat|het)"
    r" (?!(?:antwoord|voorstel|idee|zin|zinnetje|stuk|stukje|verhaal|tekst)\b)\w+"
    r"|\ballemaal\b"
    r"|\b(mijn|onze) (persoons)?gegevens\b|\bmijn data\b|\bmijn antwoorden\b|\b(dit|heel|mijn)"
    r" (het )?gesprek\b|\bvergeet mij\b|\bmij (\w+ ){0,4}(uit|vergeten|verwijderen|wissen)\b"
    r"|\b(verwijder|wis|schrap|haal) mij\b|\bmijn deelname\b|\bvergeten worden\b"
)
_ONLY_ALL = re.compile(
    r"^(wis|verwijder|schrap|delete|gooi|smijt|doe|haal|vergeet|vernietig)"
    r"( (maar|nu|dan|toch|aub|meteen|direct|gewoon|dat|dit|het))* (alles|allemaal|dit gesprek|mij)"
    r"( (maar|nu|dan|toch|aub|meteen|direct|gewoon|weg|eruit|hier|van|mij|over|uit|je|systeem"
    r"|databank|lijst|bestand|het|de|tot nu toe))*$"
)
_OWN_ALL = re.compile(
    r"\balles\b.{0,30}\b(van mij|over mij|wat ik|over opdracht|bij opdracht|van opdracht)\b"
    r"|\b(kan|mag|wil|wou|zou) ik\b.{0,12}\balles\b|\bik (wil|wou|zou)\b.{0,25}\balles\b.{0,12}"
    r"\b(wissen|gewist|verwijder\w*|weg\w*|wist)\b|\b(verwijder|wis|schrap|vergeet|haal) (mij"
    r"|ons)\b"
    r"|^((toch|maar|aub|liever) )*niet (\w+ )?(wissen|verwijderen|schrappen)$"
    r"|^(kan|mag|kunnen|mogen) (je|alles|we)\b.{0,25}\balles\b|^kan alles\b"
)
_ERASES_THAT = re.compile(
    r"^(wis|verwijder|schrap|delete|gooi|smijt|doe|haal|neem) (dat|het|die|dit|ze|dat maar)"
    r"( (maar|weg|toch|aub|eruit|alstublieft|terug|nu))*$"
    r"|^(dat|die|het|dit) (mag|moet|mogen|kan) weg$"
)
_LAST_SAID = re.compile(
    r"\b(mijn|dat|dit|het|die) (laatste|vorige)\b|\bwat ik (\w+ )?(daarnet|daarjuist|zonet|zojuist"
    r"|net|juist|laatst)\b"
)
_ERASE_VERB = re.compile(
    rf"\b({ERASES}|weggooien|weggegooid|weghalen|weggehaald|wegdoen|weggedaan|uitvegen|uitgommen"
    r"|wegsmijten|weggesmeten)\b|\b(gooi|smijt|doe|haal|veeg|neem|zwier|laat)\b.{0,80}"
    r"\b(weg|eruit|eraf|er (uit|af)|uit je|uit (het|de) (systeem|lijst|bestand|databank))\b"
    r"|\b(mag|moet|mogen|moeten)\b.{0,30}\bweg\b|\b(?:kan|kunnen)\b.{0,40}\bweg$"
    r"|\bweg ermee\b|\bvergeet (mij|alles|mijn|wat ik)\b|\b(vergeten worden|laten vergeten)\b"
    r"|\bdat je\b.{0,60}\bwist$|\btrek\b.{0,60}\bin$|\b(intrekken|terugtrekken)\b"
)
_TOLD = re.compile(
    r"^(wis|verwijder|schrap|delete|gooi|smijt|doe|haal|veeg|neem|trek|vergeet|vernietig|laat"
    r"|gelieve|schakel"
    r"|aub|citeer|quote|noem|vermeld|toon|bewaar|gebruik|stop|hou|houd|zet|publiceer|niet"
    r"|geen|nooit"
    r"|liever|enkel|alleen|je (mag|mogen|moet|hoeft|hoeven|kan)|(misschien )?(mogen|mag) (je"
    r"|ik)|trek ik|de naam van (mijn|onze)|ik (wil|wou|zou|had|trek|geef"
    r"|neem|sta|laat|kies|wens|ga"
    r"|heb|vind|ben|zie|mag|kan|herroep|verbied|weiger)|wil je|(kan|mag|zou|kunnen|mogen) (ik"
    r"|je|we)"
    r"|hoe (kan|trek|verwijder|wis)|dat|dit|die|mijn|mij|onze|het|alles|al|wat ik|op vraag|uit|we"
    r" (willen|geven)|is het|het antwoord|citeren|citaten)\b"
)
_NOT_ERASED_BY_ASKED = re.compile(
    r"\b(wordt|worden|zijn|is)\b.{0,60}\b(gewist|verwijderd|weg|weggegooid|weggedaan)\b"
)
_OPDRACHT = re.compile(r"\b(?:opdracht|onderwerp|thema)\s*(?:nummer |nr )?(\d{1,2})\b")
_NUMBERS = "een twee drie vier vijf zes zeven acht negen tien"
_COUNTED = {word: number for number, word in enumerate(_NUMBERS.split(), 1)}
_OPDRACHT_WORD = re.compile(rf"\b(?:opdracht|onderwerp|thema) ({'|'.join(_COUNTED)})\b")

_QUOTING = re.compile(
    r"\b(citeer\w*|citeren|geciteerd|citaat|citaten|quote|quoten|gequoot)\b"
    r"|\b(mijn|onze) (zinnen|woorden|uitspraken|tekst|zin) (\w+ ){0,8}(tonen|getoond|toont?"
    r"|gebruiken"
    r"|publiceren|gepubliceerd|overnemen|laten zien|komen|verschijnen|staan|belanden|lezen)\b"
    r"|\blaat (\w+ ){0,3}(?:mijn|die) (?:zinnen|woorden|uitspraken) (\w+ ){0,4}(?:uit|weg)\b"
    r"|\b(toon|publiceer) (\w+ ){0,4}mijn (zinnen"
    r"|woorden|uitspraken|tekst)\b|\bletterlijk (\w+ ){0,3}(tonen|getoond|gebruiken|overnemen)\b"
)
_QUOTED_SELF = re.compile(
    r"\b(mij|mijn|ons|onze)\b|\b(dat|het) citeren\b|\bik\b.{0,40}\bgeciteerd\b|\bciteer (dat|dit"
    r"|het|ze)\b"
    r"|^((niet|geen|liever|liefst|toch|maar|wel|nu) )*(citeren|citeer|citaten|citaat|geciteerd)"
    r"( (mag|mogen|wel|niet|maar|gerust|toch|liever|liefst|aub|meer|hoor|dan|worden|wil|ik))*$"
)
_NAMING = re.compile(
    r"\b(laat\b.{0,40}\buit|weglaten|eruit|noem\w*|genoemd|vermeld\w*|tonen|getoond|naam|bij naam"
    r"|bekend|zet|bijzetten|erbij)\b"
)
_OWN_ORGANISATION = re.compile(
    r"\b(mijn|onze|ons|de) (organisatie|vereniging|vzw|firma|instelling|dienst|bedrijf|bond|zaak"
    r"|school|club)\b"
)
_OWN_NAME = re.compile(
    r"\b(haal|laat|schrap|verwijder|wis|doe|zet|noem|vermeld|toon)\b.{0,20}\b(mijn"
    r"|onze) naam\b(?! van)"
    r"|\b(noem|vermeld) (mij|ons) (toch )?niet\b|\b(mijn|onze) naam (mag|moet"
    r"|hoeft) (\w+ ){0,3}(weg"
    r"|eruit|in|bij|getoond|vermeld|genoemd|niet)\b|\bmijn naam (niet|weg|eruit)\b"
)
_STORING = re.compile(
    r"\b(bewaart?|bewaren|bewaard|gebruikt?|gebruiken|onderzoeken|onderzocht|analyseren"
    r"|geanalyseerd"
    r"|verwerken|verwerkt|bijhouden|opslaan)\b"
)
_OWN_ANSWERS = re.compile(r"\b(mijn|onze) (antwoorden?|gegevens|data|bijdragen?)\b")
_PERMISSION = re.compile(r"\b(toestemming(en)?|toelating|instemming)\b")
_PERMISSION_CHANGED = re.compile(
    r"\b(mijn|onze|alle|de)\b.{0,60}\b(verander\w*|wijzig\w*|aanpas\w*|aan|herzien|terug|in"
    r"|intrek\w*|weg|stop\w*|opnieuw)\b|\b(herroep|trek|verander|wijzig|weiger|neem)\b"
    r".{0,40}\b(mijn|onze|alle|de)\b|\b(geef|geven)\b.{0,30}\b(niet|geen|toch|terug|opnieuw|weer"
    r"|wel)\b|\b(niet|geen|toch|terug|wel)\b.{0,20}\b(geef|geven)\b"
)
_FOR_OTHER = re.compile(
    r"\btoestemming (\w+ )?(om|aan|tot|van|voor (?!dit|deze|citaten|alles|het gesprek"
    r"|de bevraging))"
)
_YOU = re.compile(r"\bje\b|\b(mag|kan|wil) ik\b|\bmij\b|\bmijn\b")
_DIRECTS = re.compile(
    r"\bje\b|\b(mag|mogen|moet|moeten|hoeft|hoeven|wil|wou|zou|wens|liever|liefst|geef|trek"
    r"|herroep\w*|verbied|weiger|neem|akkoord|bezwaar|probleem|erg|sta)\b"
    r"|\bniet (?:meer )?(?:tonen|vermelden|noemen|citeren|gebruiken|publiceren)\b|^(schakel"
    r"|citeer|quote|noem"
    r"|vermeld|toon|bewaar|gebruik|publiceer|stop|hou|houd|zet|haal|laat|doe|schrap|verwijder|wis"
    r"|geen|niet|nooit|citeren|citaten|mij|mijn naam (niet|weg|eruit)|gelieve|aub|alleen|enkel)\b"
)
_WONDERS = re.compile(r"\b(weten|af) (hoe\w*|wat|waar\w*|of|wie|welke|wanneer)\b|\biemand\b")
_NAMELESS = re.compile(r"\b(zonder|niet (bij|met)) (mijn |onze )?naam\b|\banoniem\b")
_GIVES_NAME = re.compile(r"\b(geef|geven|schrijf|schrijven|typen|invullen|zeggen)\b")
_DESCRIBES = re.compile(
    r"\bmijn (antwoord|voorstel|idee|drempel|trekker|reactie) (\w+ )?(is|was|zou|blijft|luidt"
    r"|om|dat"
    r"|gaat|kost)\b|\bmijn voorstel (tot|voor)\b|\b(zin|stuk\w*|deel"
    r"|woord\w*) (\w+ ){0,4}(van|uit|in) mijn"
    r" (antwoord|tekst)\b|\buit mijn (antwoord|tekst)\b"
)

_SHOW = re.compile(
    r"\b(wat|welke (gegevens|info|informatie|antwoorden|data))\b.{0,30}\b(weet|weten|heb"
    r"|hebben|hebt)"
    r" (\w+ )?je\b.{0,30}\b(van|over) (mij|ons)\b(?! weten)"
    r"|\b(wat|welke (gegevens|info|informatie|data)) (weet|weten|heb"
    r"|hebben) je\b.{0,20}\b(van|over)"
    r" (mij|ons)\b|\bwat je (\w+ ){0,3}(van|over) (mij|ons) (\w+ ){0,2}(weet|weten|hebt|heb)\b"
    r"|^(toon|geef|lees|laat)\b.{0,25}\b(wat ik|mijn antwoorden|al mijn antwoorden|mijn gegevens"
    r"|alles wat ik)\b(?!.{0,40}\b(door|weg|graag|schrijf)\b)"
    r"|\bwat (heb|had) ik (\w+ ){0,4}(gezegd|geschreven|geantwoord|verteld|ingevuld)\b"
    r"|\bwat zei ik\b|\b(ik|je)\b.{0,20}\bmijn (gegevens|antwoorden)\b.{0,25}\b(inkijken|bekijken"
    r"|nalezen|inzien|opvragen|zien|tonen)\b"
)

_WHO = r"(?P<who>.{2,60})"
_CHANGES_IT = (
    r"\b(?:verander\w*|wijzig\w*|pas|aanpas\w*|corrigeer|verbeter\w*|zet|maak|kies|kiezen)\b"
)
_WRONG = r"\b(?:klopt niet|niet juist|fout|verkeerd|niet de juiste|niet correct)\b"
_GROUPS = tuple(
    re.compile(rf"{pattern}")
    for pattern in (
        rf"{_CHANGES_IT}.{{0,12}}\b(?:mijn|die|onze) groep\b(?: (?:aan|maar|aub|toch))*"
        rf"(?: (?:naar|in|op|ik ben|we zijn)(?: (?:bij|de|een))? {_WHO})?$",
        rf"\b(?:mijn|die|onze) groep\b.{{0,12}}(?:{_CHANGES_IT}|{_WRONG})"
        rf"(?:.{{0,12}}\b(?:ben|zijn|naar|in) {_WHO})?$",
        rf"\b(?:sta|zit|hoor|staan|koos|gekozen|heb|had)\b.{{0,15}}\b(?:verkeerde|foute"
        rf"|andere) groep\b"
        rf"(?:.{{0,15}}\b(?:ben|zijn) {_WHO})?",
        r"\b(?:wil|kan|mag|wou|zou) (?:ik|we)?\b.{0,20}\b(?:andere|nieuwe) groep\b.{0,12}$",
        r"^.{0,90}\b(?:noteer|schrijf|zet|plaats|registreer|tel|reken) (?:mij|ons) (?:(?:toch|maar"
        r"|liever|eerder|dan|gerust"
        rf"|nu|beter) ){{0,3}}(?:als|bij|onder)(?: de groep(?: van)?)? {_WHO}$",
        rf"^(?:(?:nee|wacht|sorry|ah|oh|of) ){{0,2}}(?:eigenlijk |toch )?(?:ik )?(?:spreek"
        rf"|antwoord|reageer)"
        rf" (?:ik )?(?:(?:hier|nu) )?(?:(?:toch|eigenlijk|eerder|liever) ){{1,3}}(?:als"
        rf"|namens) {_WHO}$",
        r"\b(?:spreek|antwoord|reageer) ik (?:dan |hier |nu )?(?:(?:toch|eigenlijk) )?"
        rf"(?:beter|liever|eerder) (?:als|namens|voor) (?!ik |je |we |ze |hij |het maar){_WHO}$",
    )
)
"""Who wants to belong to another group; a sentence on groups of people is content."""

_JOINED = re.compile(
    r"\bk(ga|had|vind|zou|geef|trek|neem|mag|kan|sta|zie|denk|moet|herroep|verbied)\b"
)

_SPOKEN = (
    ("mag", re.compile(r"\b(moogt|moocht|moogd)\b")),
    ("niet", re.compile(r"\bnie\b")),
    ("kan", re.compile(r"\bkunt\b")),
    ("citeer", re.compile(r"\bciteert\b")),
    ("wegdoen", re.compile(r"\bwegdoet\b")),
)

# Whole short requests that the clauses below do not show: their object, then their negation.
_LONGEST_SURE = 16
_OBJECT_QUOTE = re.compile(
    r"\b(citeer\w*|citeren|geciteerd|citaat|citaten|zitier\w*|zitat\w*|quot\w+|citer|cite|citez"
    r"|citation\w*)\b"
    r"|\b(mijn|die|deze) (letterlijke )?(zinnen|woorden|uitspraken|zin)\b.{0,40}\b(tonen|toon"
    r"|getoond"
    r"|gebruik\w*|letterlijk|plan|rapport|verslag|verschijnen|publiceren|gepubliceerd|overnemen)\b"
    r"|\b(gebruik|toon|publiceer)\b.{0,20}\bmijn (zinnen|woorden|uitspraken)\b"
    r"|\bletterlijke? (zinnen|woorden|uitspraken) van (mij|ons)\b"
    r"|\b(niet|geen|wel) .{0,20}\b(mijn|die) (zinnen|woorden)\b.{0,30}\b(plan|rapport|verslag)\b"
    r"|\b(mij|ons|letterlijk) (?:\w{1,12} ){0,4}(aanhalen|aangehaald)\b"
)
_SELF = re.compile(
    r"\b(mij|mijn|me|ik|ons|onze|moi|mich|mein\w*|i|my|mes)\b|\b(die|deze) (zinnen|woorden)\b"
    r"|\bdat (van dat )?citeren\b"
)
_BARE_QUOTE = re.compile(
    r"((toch|wel|niet|liever|maar|nu|gerust|citeren|citaten|quoten|quotes|mag|mogen|geen|eigenlijk"
    r"|ook|je|dat|dan|hoor) ?)+"
)
_NEGATIONS = re.compile(rf"\b({NEGATIONS}|nergens|zonder|don|dont|never|no|pas|jamais|kein\w*)\b")
_LEAVES_OUT = re.compile(
    r"\b(laat|haal|hou|houd|doe)\b.{0,30}\b(mijn|die) (zinnen|woorden"
    r"|uitspraken)\b.{0,15}\b(uit (dat|het|je) (plan|rapport|verslag)|weg|eruit)\b"
)
_GIVEN_AGAIN = re.compile(
    r"\b(toch|wel|mag|mogen|gerust|goed|ok|akkoord|can|may|pouvez|peux|konnen|durfen|probleem|nu)\b"
)
_DOUBTS = re.compile(
    r"\b(als|mits|tenzij|indien|zolang|behalve|misschien|twijfel|of|alleen|enkel|if|unless|wenn"
    r"|si)\b"
)
_ALL_SAID = re.compile(
    r"\b(alles|al wat ik|heel mijn \w+|al mijn (gegevens|antwoorden|data|woorden)|everything"
    r"|all my \w+"
    r"|tout ce que|toutes mes \w+|alle meine \w+|all meine \w+)\b"
)
_GONE = re.compile(
    rf"\b({ERASES}|weg|wegdoen|wegsmijten|weggooien|verdwijn\w*|uitvegen|vergeten|vergeet)\b"
    r"|\bveeg\b.{0,20}\buit\b"
)
_ONE_SELF = re.compile(
    r"\b(ik|mijn|mij|i|my|ich|mein\w*|mes|j ai|van ons|onze)\b|\bdat je alles (wegdoen|wist"
    r"|verwijdert)\b"
    r"|^((goh|ja|weet je wat|nee|toch|maar|doe|liefst|allez|bah|en|nu|dan) )*(veeg|wis|gooi"
    r"|smijt|doe|schrap|verwijder"
    r"|delete|effacez|erase)( (alles|maar|toch|gerust|nu|dan|everything|tout))+( (uit|weg))?$"
)
_REFUSES_IT = re.compile(
    r"\b(?:liever|liefst|wil|mag|mogen|hoef\w{0,2}|nee+n?|citeer\w*|quot\w+|doe (?:dat|het)"
    r"|toch (?:maar )?niet)\b"
)
"""Words by which a negation in another clause may be of the quotes."""
_PART_OF_ALL = re.compile(
    r"\b(over|rond|bij|opdracht|onderwerp|thema|behalve|uitgezonderd|van (?!mij|ons)\w+|en begin"
    r"|opnieuw)\b"
)
_LAST_ANSWER = re.compile(
    r"^(delete|erase|remove|effacez|supprimez|losche\w*|losch\w*)\b.{0,12}\b(my last|ma derniere"
    r"|meine letzte)\b"
    r"|\b(kan|mag|moet) mijn (laatste|vorige) (antwoord|zin|tekst)( er)?( nu| ook| toch"
    r"| maar)? (weg|uit|eruit)\b"
)
_KEEPS = re.compile(
    r"((nee|neen|ja|laat maar|toch|maar|dan|ok|goed) )*(bewaar|hou|houd|behoud|laat) ((maar|toch"
    r"|dan|nu|gewoon) )*alles"
    r"( (maar|toch|bij|staan|gewoon|aub|niet wissen|zoals het is))*"
    r"|((nee|neen|toch|maar|dan|je|moet|moeten|mag|hoeft|hoeven|alles|staan|laat|aub) )*"
    r"(niet|niets|niks)( (meer|toch|maar|wissen|te))* (wissen|wegdoen|verwijderen|weggooien"
    r"|schrappen)( (aub|hoor|he))*"
    r"|((nee|neen|toch|maar) )*(wis|verwijder|schrap|gooi)( (toch|maar|dan|nu))* (niets"
    r"|niks)( (weg|aub|hoor))*"
)
_SHOWS = re.compile(
    r"\b(toon|laat|lees|geef|mag|kan|wil|zou|graag|overzicht)\b.{0,40}\bwat ik\b.{0,25}\b(gezegd"
    r"|geschreven|geantwoord"
    r"|zei|schreef|verteld|getypt|ingevuld)\b|\bwat staat er\b.{0,15}\bvan mij\b"
    r"|\bwat (?:stond|staat) er (?:weer|nu|nog|ook|alweer|nu weer)\b.{0,30}\bbij\b"
    r"|\bwat (?:was|had|heb)\b.{0,25}\b(?:ik|k)\b.{0,25}\b(?:zei|gezegd|gezeid|schreef|geschreven"
    r"|gezet|getypt|geantwoord)\b.{0,20}\b(?:lees|toon|weer|alweer)\b"
    r"|^lees eens (?:voor|vur|veur|vo)\b.{0,30}\b(?:zei|gezegd|gezeid|schreef|geschreven)\b"
    r"|\b(show|see|read)\b.{0,12}\b(what i|my answers)\b|\b(montre\w*|voir"
    r"|relire)\b.{0,12}\b(mes reponses|ce que j ai)\b"
    r"|\b(zeig\w*|sehen)\b.{0,12}\b(meine antworten|was ich)\b"
)


def _sure(plain: str, clauses: list[str], asks: bool) -> Reading | None:
    """A whole short request by its object and negations; never where both senses may be meant."""
    if len(plain.split()) > _LONGEST_SURE or _of_others(plain) or _WONDERS.search(plain):
        return None
    if _KEEPS.fullmatch(plain):
        return Reading(KEEP, asks=asks)
    erases = _GONE.search(plain) is not None
    if _SHOWS.search(plain) and not erases:
        return Reading(SHOW, asks=asks)
    negations = _count(plain)
    doubts = _DOUBTS.search(plain) is not None
    foreign = negations and re.search(r"\b(zitier\w*|cite\w*|quot\w*)\b", plain)
    told = _of_quotes(clauses)
    about_self = _SELF.search(plain) or _BARE_QUOTE.fullmatch(_without_lead(told)) or foreign
    if _OBJECT_QUOTE.search(plain) and about_self and not _DESCRIBES.search(plain):
        sense: bool | None = None
        if not doubts and negations == 1 and _count(told):
            sense = False
        elif not doubts and not _count(told) and not asks and _GIVEN_AGAIN.search(told):
            sense = True
        return None if sense is None else Reading(CONSENT, consents=((QUOTE, sense),), asks=asks)
    if _LEAVES_OUT.search(plain) and not negations and not doubts:
        return Reading(CONSENT, consents=((QUOTE, False),), asks=asks)
    if negations or doubts or _DESCRIBES.search(plain) or _WHEN.search(plain):
        return None
    if _LAST_ANSWER.search(plain):
        return Reading(ERASE, last=True, about=plain, asks=asks)
    whole = _ALL_SAID.search(plain) and erases and _ONE_SELF.search(plain)
    if whole and not _PART_OF_ALL.search(plain):
        return Reading(ERASE, everything=True, asks=asks)
    return None


def _of_quotes(clauses: list[str]) -> str:
    """The clauses of a text, without those whose negation is of something else than the quotes."""
    return " ".join(
        each
        for each in clauses
        if not _count(each)
        or len(each.split()) <= _SHORT
        or _OBJECT_QUOTE.search(each)
        or _REFUSES_IT.search(each)
    )


def _count(plain: str) -> int:
    """The negations of a text, without those that deny an objection."""
    negated = re.sub(_NO_OBJECTION, " ", plain).replace("don t", "not")
    return len(_NEGATIONS.findall(negated))


def read(text: str, step: str, question: str | None = None) -> Reading | None:
    """The request about one's own data in a text, or None.

    Args:
        text: the typed text.
        step: the step of the conversation; at ``beheer`` an object alone is enough, as is a yes or
            a no.
        question: at the step ``toestemming`` the purpose that is asked for; an answer to that is no
            request.
    """
    text = _without_name(text[:READ])
    plain = _plain(text)
    if not plain or len(plain.split()) > _MOST_WORDS:
        return None
    own_step = step == "beheer"
    asks = "?" in text or bool(_ASKED_FIRST.search(plain) or _INVERTED.search(plain))
    found = _read(text, plain, asks, own_step)
    if step == "groep" and found is not None and found.wish == GROUP:
        # It is the answer to the question.
        return None
    if _KEEPS.fullmatch(plain) or found is None:
        found = _sure(plain, clauses_of(text), asks) or found
    if step == "toestemming":
        found = _beside(found, clauses_of(text), question)
    if not own_step:
        return found
    yes = _yes_or_no(plain, asks)
    if found is None:
        return Reading(yes=yes) if yes is not None else None
    return replace(found, yes=yes)


def only_wonders(text: str, step: str) -> bool:
    """Whether a text asks if a wish could be done, and says that it is no wish for now."""
    told = sentences(text)
    asked = [each for each in told if not _ONLY_WONDERS.search(" ".join(words(each)))]
    if len(asked) == len(told) or not all("?" in each for each in asked):
        return False
    return read(" ".join(asked), step) is not None


_ONLY_WONDERS = re.compile(
    r"\b(?:ik )?(?:zeg|bedoel)(?: ik)? (?:daarmee |nu )?niet dat (?:ik|het) (?:\w{1,10} ){0,3}"
    r"(?:wil|moet|vraag|doe|ga)\b"
    r"|\bik vraag (?:het|dat) (?:gewoon|maar|alleen|enkel|zomaar)\b"
    r"|\bniet dat ik (?:dat|het) (?:nu )?(?:wil|ga doen|van plan ben)\b"
)
"""Who says that they only ask."""


def _without_name(text: str) -> str:
    """A text on quoting without the clause that leaves the name out, which quoting does anyway."""
    kept, _, rest = text.partition(",")
    named = (
        _NO_NAME.fullmatch(_plain(rest)) if rest and _OBJECT_QUOTE.search(_plain(kept)) else None
    )
    return text if named is None else kept


_GO = re.compile(
    r"\b(?:ik |we )?(?:moet|moeten|ben|ga)(?: nu| dan| dringend| even)? (?:weg|ervandoor)\b"
)
_NO_NAME = re.compile(
    r"(?:maar |en |dan |wel )*(?:(?:mijn|de) naam (?:hoeft|moet|mag|komt|staat)?(?: er| daar| ook"
    r"| wel| toch)*"
    r" (?:niet|weg|eruit)(?: bij| erbij| te staan| staan)*|zonder (?:mijn )?naam(?: erbij)?|niet "
    r"mijn naam)"
)


def _beside(found: Reading | None, clauses: list[str], question: str | None) -> Reading | None:
    """What a text asks beside its answer to the consent that is asked for.

    A request about something else; or, without a wish, what is agreed to or refused for another
    purpose than the one that is asked for: "bewaren mag, citeren liever niet".
    """
    if found is not None and found.wish in (SHOW, CODE):
        return found
    if found is not None and question != ANALYSIS and found.wish in (ERASE, CONSENT):
        own = (question, NAME, ANALYSIS, "")
        if found.wish == ERASE or all(purpose not in own for purpose, _ in found.consents):
            return found
    told = _consents(clauses, asks=False, own_step=True)
    others = (QUOTE, ORGANISATION) if told is not None and told.wish == CONSENT else ()
    consents = tuple(
        (purpose, sense)
        for purpose, sense in (told.consents if told else ())
        if purpose in others and purpose != question and sense is not None
    )
    return Reading(consents=consents) if consents else None


def _read(text: str, plain: str, asks: bool, own_step: bool) -> Reading | None:
    if (
        asks_code(text)
        and not _WONDERS.search(plain)
        and not _ERASE_VERB.search(_GO.sub("", plain))
    ):
        return Reading(CODE, asks=asks)
    if _SHOW.search(plain) and not _ERASE_VERB.search(plain):
        return Reading(SHOW, asks=asks)
    if (group := _group(plain, asks)) is not None:
        return group
    clauses = clauses_of(text)
    consents = _consents(clauses, asks, own_step)
    if consents is not None:
        # What happens with a name or with answers is a question that the catalogue answers.
        unclear = asks and all(sense is None for _, sense in consents.consents)
        return None if unclear and consents.wish == CONSENT and not own_step else consents
    return _erasure(clauses, plain, asks, own_step)


def clauses_of(text: str) -> list[str]:
    """The clauses of a text, in plain words."""
    return [each for each in map(_plain, _split(text)) if each]


_MAY_I = re.compile(r"(?: (?:dus|he|hoor|aub))*(?: (?:kan|mag|gaat) dat(?: (?:nog|ook)){0,2})?$")


def _group(plain: str, asks: bool) -> Reading | None:
    """The wish to belong to another group, with the words that may name it."""
    for pattern in _GROUPS:
        found = pattern.search(plain)
        if found is not None:
            who = _MAY_I.sub("", found.groupdict().get("who") or "")
            # "Voor het ziekenhuis, als werkgever dus": the role says which group.
            return Reading(GROUP, about=who.rpartition(" als ")[2], asks=asks)
    return None


def _plain(text: str) -> str:
    bare = " ".join(word for word in words(text) if word not in ("?", "!"))
    for word, pattern in _SPOKEN:
        bare = pattern.sub(word, bare)
    return _JOINED.sub(r"ik \1", bare)


def _split(text: str) -> Iterator[str]:
    last = 0
    for found in _CLAUSES.finditer(text.casefold()):
        # "Wis maar mijn voorstel": here "maar" only softens.
        softens = found.group() == "maar" and (
            len(text[last : found.start()].split()) < _LEAST_BEFORE_MAAR
        )
        # In "noem mijn school en citeer mij niet" the negation may be of both.
        before = " ".join(words(text[last : found.start()]))
        joined = found.group() == "en" and not (
            _NEGATIVE.search(before) or _WITHDRAW.search(before)
        )
        if softens or joined:
            continue
        yield text[last : found.start()]
        last = found.end()
    yield text[last:]


_ABOUT_THEM = re.compile(
    r"\b(?:over|van) (?:\w+ ){0,2}\w+|\bin (?:de|dat|die|het) (?:krant|media|app|website"
    r"|platform)\b"
)


def _of_others(clause: str) -> bool:
    """Whether a clause speaks of other people; those an answer is about do not count."""
    return bool(_OTHERS.search(_ABOUT_THEM.sub(" ", clause)))


def _without_lead(clause: str) -> str:
    return _LEAD.sub("", f"{clause} ").strip()


def _yes_or_no(plain: str, asks: bool) -> bool | None:
    if asks:
        return None
    if _NO.search(plain):
        return False
    if _YES.search(plain):
        return None if _RESERVED.search(_ONLY_THAT.sub("", plain)) else True
    return None


# Consent


def _consents(clauses: list[str], asks: bool, own_step: bool) -> Reading | None:
    turned = _turned(" ".join(clauses)) if not asks else None
    if turned is not None:
        return Reading(CONSENT, consents=((QUOTE, turned),))
    wanted: dict[str, bool | None] = {}
    kept = negated_elsewhere = withdrawn_after = False
    for clause in clauses:
        purposes = _purposes(clause, own_step)
        bare = _without_lead(clause)
        if not purposes:
            withdrawn_after |= bool(wanted) and _WITHDRAWS_THAT.fullmatch(bare) is not None
            negated_elsewhere |= bool(_NEGATIVE.search(_NOT_NEGATIVE.sub(" ", bare))) or (
                bool(re.match(r"nee\b", clause)) and clause is not clauses[0]
            )
            continue
        sense, keeps = _sense(bare, asks, len(purposes) > 1)
        if _REGRETS.search(bare):
            sense, keeps = (False, False) if sense else (None, False)
        kept |= keeps
        for purpose in purposes:
            same = purpose not in wanted or wanted[purpose] == sense
            wanted[purpose] = sense if same else None
    if not wanted:
        return None
    if withdrawn_after:
        # "U mag mij citeren, zei ik, en dat trek ik in."
        wanted, negated_elsewhere = dict.fromkeys(wanted, False), False
    if kept:
        return Reading(KEEP, asks=asks)
    if negated_elsewhere:
        # "Citeer mij, of nee, toch niet": a give with a negation elsewhere may mean its opposite.
        wanted = {name: sense if sense is False else None for name, sense in wanted.items()}
    if "" in wanted and len(wanted) > 1:
        wanted.pop("")
    return Reading(CONSENT, consents=tuple(wanted.items()), asks=asks)


_REGRETS = re.compile(
    r"\b(?:spijt|beklaag|betreur|te snel|had (?:ik )?(?:beter|liever) (?:niet|nooit))\b"
)
_WITHDRAWS_THAT = re.compile(
    r"(?:(?:maar|en|dus) )?(?:dat|die|het|ze) (?:trek|neem) ik (?:(?:bij deze|nu|dus|graag|toch) )*"
    r"(?:in|terug)|(?:dat|het) (?:mag|moet|wil ik) (?:dus |nu |eigenlijk )?(?:niet|nooit) meer"
    r"|trek (?:dat|het) (?:maar )?in|dat betreur ik(?: (?:nu|toch|wel))*"
    r"|daar heb ik (?:(?:nu|toch|wel|eigenlijk) )*spijt van"
)
_SAID_OF_QUOTES = re.compile(
    r"\b(?:zei|zegde|gezegd|geantwoord|antwoordde|gekozen|koos|getikt|geklikt|aangeduid|gegeven)\b"
)
_YES_OR_NO_TO = re.compile(
    r"\b(?P<said>nee|neen|ja|akkoord)\b.{0,40}\b(?:op|bij|tegen|over|voor|van)\b.{0,30}"
    r"\b(?:letterlijk\w*|citeren|citaten|citaat|quotes?|(?:mijn|onze) (?:zinnen|woorden))\b"
)
_NOW_YES = re.compile(
    r"\b(?:doe maar|(?:dat|het|ze) mag|mag (?:dat |het )?(?:toch )?wel|mogen (?:toch )?wel"
    r"|maak er (?:maar )?(?:toch )?ja|toch ja|is (?:toch )?goed|geen probleem)\b"
)
_NOW_NO = re.compile(
    r"\b(?:maak er (?:maar )?(?:toch )?nee|toch nee|(?:toch|liever|beter|liefst) (?:maar )?niet"
    r"|trek ik in|mag niet|niet meer|neem ik terug)\b"
)


def _turned(plain: str) -> bool | None:
    """Whether quotes are allowed now that a text says were refused before, or the other way.

    "Ik zei daarstraks nee op dat letterlijk tonen, maar dat mag wel" allows them; None where a text
    tells no such turn.
    """
    found = _YES_OR_NO_TO.search(plain)
    if found is None or not _SAID_OF_QUOTES.search(plain):
        return None
    rest = plain[found.end() :]
    yes, no = _NOW_YES.search(rest) is not None, _NOW_NO.search(rest) is not None
    if yes == no:
        return None
    return yes if yes == (found["said"] in ("nee", "neen")) else None


def _purposes(clause: str, own_step: bool) -> list[str]:
    """The purposes of consent that a clause is about; "" for consent as such."""
    bare = _without_lead(clause)
    if not own_step:
        asked = _ASKED_FIRST.search(clause) and _YOU.search(clause)
        if (
            _of_others(clause)
            or _WONDERS.search(clause)
            or not (asked or (_TOLD.search(bare) and _DIRECTS.search(bare)))
        ):
            return []
    found = []
    quoting = _QUOTING.search(clause) and not _NAMELESS.search(clause)
    if quoting and (own_step or _QUOTED_SELF.search(bare)):
        found.append(QUOTE)
    if _OWN_ORGANISATION.search(clause) and _NAMING.search(clause):
        found.append(ORGANISATION)
    elif _OWN_NAME.search(clause) and not (
        _ASKED_FIRST.search(clause) or _INVERTED.search(clause) or _GIVES_NAME.search(clause)
    ):
        found.append(NAME)
    storing = _STORING.search(clause) and _OWN_ANSWERS.search(clause)
    if storing and not _PERMISSION.search(clause) and not found:
        found.append(ANALYSIS)
    if _PERMISSION.search(clause) and not found:
        of_other = _FOR_OTHER.search(clause) and not _STORING.search(clause)
        if own_step or (_PERMISSION_CHANGED.search(clause) and not of_other):
            found.append(ANALYSIS if _STORING.search(clause) else "")
    return found


def _sense(clause: str, asks: bool, several: bool) -> tuple[bool | None, bool]:
    """Whether a clause gives consent (True) or withdraws it (False), and whether it keeps it.

    None where the meaning is not clear: a condition, two negations, a plain question.
    """
    condition = _CONDITION.search(clause)
    count = len(_NEGATIVE.findall(_NOT_NEGATIVE.sub(" ", clause)))
    withdraws = bool(_WITHDRAW.search(clause))
    if withdraws and count == 1:
        return None, not condition and not asks
    if condition or count > 1 or (several and (count or withdraws)):
        return None, False
    if count or withdraws:
        return False, False
    if asks or not _GIVE.search(clause):
        return None, False
    return True, False


# Erasure


def _erasure(clauses: list[str], plain: str, asks: bool, own_step: bool) -> Reading | None:
    verb = any(_ERASE_VERB.search(clause) for clause in clauses)
    if _WHEN.search(plain):
        return None
    if asks and _NOT_ERASED_BY_ASKED.search(plain) and not re.search(r"\b(kan|mag) ik\b", plain):
        return None
    if not verb and not own_step:
        return None
    if own_step and len(plain.split()) > _FEW and not _names_own(clauses, plain, verb):
        return None
    if not own_step and not _orders_erasure(clauses, plain):
        return None
    wanted: list[str] = []
    refused = everything = excepted = False
    for clause in clauses:
        bare = _without_lead(clause)
        if not bare:
            continue
        own = bool(_names_object(bare)) or bool(_ALL.search(bare))
        not_all = bool(re.search(r"\bniet (alles|allemaal|al)\b", bare))
        negative = bool(_NEGATIVE.search(re.sub(r"\bniet (alles|allemaal|al)\b", " ", bare)))
        if re.search(r"\b(behalve|uitgezonderd|op .{0,20} na)\b", bare):
            excepted = True
        if negative and own:
            refused = True
            continue
        if negative:
            short = own_step and len(bare.split()) <= _SHORT
            refused |= short or bool(_ERASE_VERB.search(bare))
            continue
        if not_all:
            bare = re.sub(r"\bniet (alles|allemaal|al)\b", " ", bare)
        elif _ALL.search(bare) and not _named_part(bare):
            everything = True
            wanted.append(bare)
            continue
        if _names_object(bare) or (_ERASE_VERB.search(bare) and not own):
            wanted.append(bare)
    if not wanted and refused:
        negations = len(_NEGATIVE.findall(plain))
        agrees = re.match(r"ja+\b", plain)
        # "Ja, maar niet mijn voorstel": which ones is asked with the answers as buttons.
        return Reading(ERASE if agrees or negations > 1 else KEEP, asks=asks)
    if not wanted:
        return None
    about = " ".join(wanted)
    if everything and (refused or excepted):
        return Reading(ERASE, asks=asks)
    opdracht = _opdracht(about)
    last = bool(_LAST_SAID.search(about)) and opdracht is None
    only = everything and not any(map(_names_a_part, wanted))
    return Reading(
        ERASE, everything=only, last=last, opdracht=opdracht, about="" if only else about, asks=asks
    )


def _names_a_part(clause: str) -> bool:
    """Whether a clause asks to erase something less than everything."""
    return not _ALL.search(clause) and bool(_ERASE_VERB.search(clause) or _is_own(clause))


def _names_own(clauses: list[str], plain: str, verb: bool) -> bool:
    """Whether a longer text at a question on own data names what one said; else it is content."""
    if _is_own(_without_lead(plain)):
        return True
    if verb:
        return any(_ERASE_VERB.search(each) and not _of_others(each) for each in clauses)
    short = len(plain.split()) <= _LONGEST_OBJECT
    return short and any(_OBJECT_FIRST.match(_without_lead(each)) for each in clauses)


_FEW = 4
_OBJECT_FIRST = re.compile(
    r"(?:enkel|alleen|liever|ook|gewoon|toch|nee )?(?: ?)(?:dat|die|dit|het|deze|over|op|bij|mijn"
    r"|wat"
    r"|opdracht|vraag|antwoord|van|de (?:eerste|tweede|derde|vierde|laatste|vorige))\b"
)


def _orders_erasure(clauses: list[str], plain: str) -> bool:
    """Whether a clause tells to erase something that the participant said."""
    if _DESCRIBES.search(plain):
        return False
    for clause in clauses:
        if not _ERASE_VERB.search(clause) or _of_others(clause) or not _is_told(clause):
            continue
        if _is_own(_without_lead(clause)):
            return True
        if _ERASES_THAT.search(_without_lead(clause)) and re.search(
            rf"\b({_OWN})\b|{_SAID}", plain
        ):
            return True
    return False


def _is_own(bare: str) -> bool:
    return bool(
        re.search(rf"\b({_OWN})\b|\b{_SAID}\b|\b({_THAT})", bare)
        or _ONLY_ALL.search(bare)
        or _OWN_ALL.search(bare)
    )


def _is_told(clause: str) -> bool:
    return bool(_TOLD.search(_without_lead(clause)) or _ASKED_FIRST.search(clause))


def _named_part(clause: str) -> bool:
    """Whether "alles" is limited by an object: "alles over de bus" names a part."""
    return bool(
        re.search(r"\balles\b.{0,20}\b(over|rond|van) (?!mij|ons|vroeger|daarnet)\w+", clause)
    )


def _names_object(clause: str) -> bool:
    return bool(
        re.search(rf"\b({_OWN})\b|\b{_SAID}\b|\b({_THAT})", clause)
        or re.search(r"\b(over|op|bij|vraag|opdracht|enkel|alleen) (\w+)", clause)
        or re.search(
            r"\b(voorstel|drempel|trekker|prioriteit|antwoord|wie het doet|dringend)\b", clause
        )
    )


def _opdracht(text: str) -> int | None:
    found = _OPDRACHT.search(text)
    if found:
        return int(found.group(1))
    spelled = _OPDRACHT_WORD.search(text)
    return _COUNTED[spelled.group(1)] if spelled else None
