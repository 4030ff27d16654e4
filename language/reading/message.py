"""Says what a typed text is made of: a yes or no, content, an addition, a correction, a remark.

Rules for what is clear; where they find nothing the classifier decides, and in an open question a
text stays an answer. They run in both environments and import nothing of the tree. Every pattern
reads at most ``READ`` characters of a short text, so the time is linear.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

YES, NO = "ja", "nee"
ADDITION, CORRECTION, REMOVAL = "toevoeging", "verbetering", "schrapping"
WAIT, ENOUGH, LEAVE, NO_IDEA, QUESTION_MARK = "wachten", "genoeg", "laten", "weet_niet", "?"
SAME = "hetzelfde"
BACK = "terug_naar"
ANSWER_AND_QUESTION = "antwoord_en_vraag"
REMARKS = frozenset({WAIT, ENOUGH, LEAVE, NO_IDEA, QUESTION_MARK, SAME})
"""Kinds that hold no content at all."""

Span = tuple[int, int]

READ = 400
_MOST_WORDS = 30
_LEAST_CONTENT = 3


@dataclass(frozen=True)
class Reading:
    """What a text is made of; spans are characters of the text.

    ``says``: the yes or no it begins with. ``kind``: one of the constants, or None where no rule
    fits. ``content``: what may be an answer, without the words around it. ``old`` and ``new``: the
    words a correction takes away and puts in their place. ``about``: the words that may name the
    answer it is about. ``turned``: a "maar" or "en" follows the yes or no. ``marked``:
    a correction says that it is one, or of what.
    """

    says: str | None = None
    kind: str | None = None
    content: Span | None = None
    old: Span | None = None
    new: Span | None = None
    about: Span | None = None
    turned: bool = False
    marked: bool = False


def part(text: str, span: Span | None) -> str:
    """The characters of a span."""
    return text[span[0] : span[1]] if span else ""


_JA = (
    r"(?:ja+h?|jawel|jep|yep|jazeker|ok(?:e|é|ay)?|zeker|prima|klopt|juist|in orde|goed zo|akkoord"
    r"|(?:dat|het|da|'?t|alles|dit) (?:klopt|is (?:juist|goed|ok|oke|oké|correct|in orde|zo goed))"
    r"|'?t is goe(?:d)?)"
)
_JA_MORE = (
    r"(?:[\s,]{1,4}"
    r"(?:hoor|klopt|helemaal|wel|zo|da[t]? klopt|het klopt|grotendeels|voor de rest|verder"
    r"|in grote lijnen|bijna|ongeveer|dat is goed|is goed|goed|juist))*"
)
_NEE = (
    r"(?:nee+n?|nope|niet helemaal|(?:dat|het|da|'?t) klopt (?:niet|nie)(?: helemaal| echt)?"
    r"|(?:(?:dat|het|da|'?t|dit|alles) )?klopt (?:(?:van|langs) geen kanten|voor geen meter"
    r"|geen (?:bal|hout|snars)|allerminst|(?:hoegenaamd|helemaal|totaal|absoluut) nie?t?))"
)
_ANSWERED = re.compile(rf"(?P<nee>{_NEE})(?![\w'])|(?P<ja>{_JA}{_JA_MORE})(?![\w'])", re.IGNORECASE)
_SURE_YES = re.compile(r"(?:ja+|nee|het|dat|klopt)\b", re.IGNORECASE)
_BUT = re.compile(
    r"(?:maar|alleen|enkel|want|wel|en|behalve dat|op één ding na|op een ding na)\b\s{0,3}",
    re.IGNORECASE,
)

_LEAD = (
    r"(?:(?:maar|en|o|oh|ah|oei|oeps|ai|sorry|wacht(?: even| eens)?|ik|nog|iets|ook|ja|nee|ps|allez"
    r"|trouwens)[\s,.:!]{1,4}){0,6}"
)
_ABOUT = r"(?:(?:bij|over|voor|op|in|van|aan)\s{1,3}(?P<about>[^:;,.!?]{2,60}?)[\s,:]{1,4})"
_UNNAMED = _ABOUT.replace("?P<about>", "?:")
_EARLIER = (
    r"(?:bij|op|aan|in|van)\s{1,3}(?:die|dat|de|het|mijn|m'n)\s{1,3}"
    r"(?:vorige?|eerste|tweede|derde)\s{1,3}(?:vraag|antwoord|punt|stuk)(?:\s{1,3}|(?=[,:]))"
)
"""An earlier answer by its place; what stands before the content names it."""
_ADD_VERB = r"(?:toevoegen|bijvoegen|aanvullen|bijzetten|toevoege|bijzeggen)"
_SAY_VERB = r"(?:zeggen|kwijt|meegeven|vermelden|melden|schrijven|toelichten)"
_FILL = r"(?:graag|nog|er|daar|iets|ook|even|wel|aan|bij|eigenlijk|dit|het volgende|willen)"
_REST = r"\s{0,3}(?::|,|\bdat\b)?\s{0,3}(?P<content>\S.*)"
_ADDITIONS = tuple(
    re.compile(rf"{_LEAD}{pattern}", re.IGNORECASE | re.DOTALL)
    for pattern in (
        rf"{_ABOUT}?(?:ik\s{{1,3}})?(?:k?wil(?:de)?|zou|mag|kan|moet|had)\s{{1,3}}(?:ik\s{{1,3}})?"
        rf"(?:{_FILL}\s{{1,3}}){{0,7}}{_UNNAMED}?(?:{_FILL}\s{{1,3}}){{0,3}}{_ADD_VERB}{_REST}",
        rf"{_ABOUT}?(?:ik\s{{1,3}})?(?:k?wil(?:de)?|zou|mag|kan|moet)\s{{1,3}}(?:ik\s{{1,3}})?"
        rf"(?:{_FILL}\s{{1,3}}){{0,3}}(?:nog|ook|er nog|daar nog)\s{{1,3}}"
        rf"(?:{_FILL}\s{{1,3}}){{0,4}}{_SAY_VERB}"
        rf"{_REST}",
        rf"(?:(?:ik\s{{1,3}})?(?:was|ben|had|heb|k)\s{{1,3}})?(?:"
        rf"(?:ik|nog|iets|ook|wel)\s{{1,3}}){{0,4}}"
        rf"{_ABOUT}?(?:nog\s{{1,3}})?vergeten\s{{1,3}}te\s{{1,3}}"
        rf"(?:zeggen|vermelden|melden|schrijven|noemen){_REST}",
        rf"(?:(?:ik\s{{1,3}})?(?:was|ben|had|heb)\s{{1,3}})?(?:"
        rf"(?:ik|nog|iets|ook)\s{{1,3}}){{0,3}}vergeten\s{{0,3}}:{_REST}",
        rf"(?:(?:ik|'?k|we)\s{{1,3}})?(?:heb|had|was|ben|vergat)\s{{1,3}}"
        rf"(?:(?:ik|nog|daar|daarnet|daarstraks|iets|wel|ook|eigenlijk|een ding)\s{{1,3}}){{0,5}}"
        rf"(?:vergeten\s{{1,3}}{_EARLIER}|{_EARLIER}(?:(?:nog|iets|ook)\s{{1,3}}){{0,3}}vergeten)"
        rf"\s{{0,3}}[,:]\s{{0,3}}(?P<content>\S.*)",
        rf"(?:ik\s{{1,3}})?(?:k?wil(?:de)?|zou|mag|kan|moet)\s{{1,3}}(?:ik\s{{1,3}})?"
        rf"(?:(?:{_FILL[3:-1]}|eerst|vlug|snel)\s{{1,3}}){{0,6}}{_EARLIER}"
        rf"(?:(?:nog|iets|ook)\s{{1,3}}){{0,3}}(?:zetten|schrijven|plakken|hangen|doen)"
        rf"\s{{0,3}}[,:]\s{{0,3}}(?P<content>\S.*)",
        rf"{_EARLIER}(?:(?:ook|toch|graag)\s{{1,3}}){{0,2}}nog\s{{1,3}}"
        rf"(?:dit|iets|een ding|eentje|het volgende)\s{{0,3}}[,:]\s{{0,3}}(?P<content>\S.*)",
        rf"(?:en\s{{1,3}})?(?:ook nog|nog iets|nog eentje|nog een "
        rf"(?:ding|idee|punt|puntje)|aanvulling"
        rf"|toevoeging)(?:\s{{1,3}}{_ABOUT}|\s{{0,3}}:|,)?\s{{0,3}}(?P<content>\S.*)",
        r"(?:zet|voeg|schrijf|noteer|plaats)\s{1,3}(?:(?:er|ook|nog|maar|dat)\s{1,3}){0,3}"
        r"bij\s{1,3}(?P<about>[^:;,.!?]{2,40}?)\s{1,3}(?:(?:er|ook|nog|maar)\s{1,3}){0,3}"
        r"(?:bij|toe)(?:\s{1,3}dat)?\s{0,3}[:,]?\s{0,3}(?P<content>\S.*)",
        r"(?:(?:ge|gij|je|u|jullie)\s{1,3})?(?:moet|moogt|mag|mocht|kunt|kan)\s{1,3}"
        r"(?:(?:er|daar|nog|ook|wel|gerust|misschien|eigenlijk|ge|je|u)\s{1,3}){1,5}"
        r"(?:bij|aan)\s{0,3}(?:doen|zetten|schrijven|toevoegen|noteren|vermelden)\s{1,3}"
        r"dat\s{1,3}(?P<content>\S.*)",
        rf"{_ABOUT}?(?:zet|voeg|schrijf|noteer)\s{{1,3}}(?:"
        rf"(?:er|daar|maar|ook|nog)\s{{1,3}}){{1,4}}"
        rf"(?:bij|aan toe|toe|achter)(?:\s{{1,3}}dat)?\s{{0,3}}[:,]?\s{{0,3}}(?P<content>\S.*)",
    )
)
_ADDED_TO = re.compile(
    r"(?:(?:en|ja|oh|maar)[\s,]{1,4}){0,2}bij\s{1,3}(?P<about>[^:;,.!?]{2,60}?)\s{1,3}"
    r"(?:mag|moet|kan|hoort)\s{1,3}(?P<content>\S.{0,120}?)\s{1,3}(?:er\s{1,3})?"
    r"(?:nog\s{1,3}|ook\s{1,3}){0,3}"
    r"(?:bij|toe|tussen)[\s.!]{0,9}$",
    re.IGNORECASE | re.DOTALL,
)

_BELONGS = re.compile(
    r"(?:.{0,300}?)(?:[.,;!–-]\s{0,3}|\s)(?P<tail>(?:(?:en|maar)\s{1,3})?(?:dat|dit|da)\s{1,3}"
    r"(?:is|was|hoort|hoorde|gaat|ging|moet|ben|had|vergat)\s{1,3}"
    r"(?:(?:nog|eigenlijk|ook|mijn|een|het|deel van|ik|vergeten|daarnet|daarstraks|te|zeggen|zetten"
    r"|schrijven|vermelden)\s{1,3}){0,6}"
    r"(?:antwoord\s{1,3})?(?:op|bij|voor|over|in)\s{1,3}(?P<about>[^:;.!?]{2,60}?)[\s.!]{0,9})$",
    re.IGNORECASE | re.DOTALL,
)
_PLACE_WORD = re.compile(
    r"\b(?:vorige?|eerste|tweede|derde|vierde|vraag|antwoord|voorstel|idee|drempel|wie|trekker"
    r"|wat (?:mij |me |ons )?tegenhoudt|hoe dringend|dringendheid)\b",
    re.IGNORECASE,
)
_BACK_TO = re.compile(
    rf"{_LEAD}(?:"
    rf"(?:ik|toch|nog|eens|even|liever|eerst|kan|kunnen|mag|we|wil|zou|graag|laat|ons|ga|gaan"
    r"|dan|maar|efkes)\s{1,3}){0,8}(?:terug|terugkeren|terugkomen|weer)\s{1,3}(?:naar|op)\s{1,3}"
    r"(?P<about>[^:;,.!?]{2,60}?)(?:,\s{1,3}[^:;?]{3,80})?[\s.!?]{0,9}$",
    re.IGNORECASE,
)

_WORD = r"[^,;:!?]{1,60}?"
_MEANT = r"bedoel(?:de|den)?"
_END = r"['’”\"\s.!]{0,9}$"
_CORRECTIONS = tuple(
    re.compile(rf"(?P<lead>{_LEAD})(?:{_ABOUT})?{pattern}", re.IGNORECASE)
    for pattern in (
        r"moet\s{1,3}(?P<old>\S{1,30}\s{1,3}(?P<noun>\S{1,30}))\s{1,3}"
        r"(?P<new>\S{1,30}\s{1,3}(?P=noun))\s{1,3}"
        rf"(?:zijn|worden){_END}",
        rf"maak\s{{1,3}}(?:er\s{{1,3}}|daar\s{{1,3}})?van\s{{1,3}}"
        rf"(?:dat\s{{1,3}}|die\s{{1,3}}|de\s{{1,3}}|het\s{{1,3}})?(?P<old>{_WORD})\s{{1,3}}"
        rf"(?:(?:maar|dan|toch|liever)\s{{1,3}}){{1,3}}(?P<new>{_WORD}){_END}",
        rf"(?:ik\s{{1,3}})?{_MEANT}\s{{1,3}}(?:ik\s{{1,3}})?"
        rf"(?:eigenlijk\s{{1,3}}|dus\s{{1,3}})?(?:niet|geen)\s{{1,3}}(?P<old>{_WORD})"
        rf"[\s,]{{1,4}}maar\s{{1,3}}(?:wel\s{{1,3}})?(?P<new>{_WORD}){_END}",
        rf"(?:ik\s{{1,3}})?{_MEANT}\s{{1,3}}(?:ik\s{{1,3}})?"
        rf"(?:eigenlijk\s{{1,3}}|dus\s{{1,3}}|wel\s{{1,3}})?(?P<new>{_WORD})"
        rf"[\s,]{{1,4}}(?:en\s{{1,3}}|dus\s{{1,3}})?"
        rf"(?:niet|geen|i\.?p\.?v\.?|in plaats van)\s{{1,3}}"
        rf"(?P<old>{_WORD}){_END}",
        rf"(?:niet|geen)\s{{1,3}}(?P<old>{_WORD})[\s,]{{1,4}}maar\s{{1,3}}(?:wel\s{{1,3}})?"
        rf"(?P<new>{_WORD}){_END}",
        rf"(?:het|dat|er|dit|'t)\s{{1,3}}moe(?:s)?t(?:en)?\s{{1,3}}"
        rf"(?:eigenlijk\s{{1,3}}|daar\s{{1,3}}|dus\s{{1,3}})*"
        rf"(?P<new>{_WORD})\s{{1,3}}(?:zijn|worden|staan|wezen)[\s,]{{1,4}}(?:en\s{{1,3}})?"
        rf"(?:niet|geen|in plaats van)\s{{1,3}}(?P<old>{_WORD}){_END}",
        rf"(?:het|dat|er|dit|'t)\s{{1,3}}moe(?:s)?t(?:en)?\s{{1,3}}"
        rf"(?:eigenlijk\s{{1,3}}|daar\s{{1,3}}|dus\s{{1,3}})*"
        rf"(?P<new>{_WORD})\s{{1,3}}(?:zijn|worden|staan|wezen){_END}",
        rf"(?:zet|schrijf|maak|verander|vervang)\s{{1,3}}(?:er\s{{1,3}}|daar\s{{1,3}})?"
        rf"(?:van\s{{1,3}})?"
        rf"(?P<old>{_WORD})\s{{1,3}}(?:maar\s{{1,3}})?(?:in|door|naar)\s{{1,3}}"
        rf"(?P<new>{_WORD}){_END}",
        rf"(?:zei|schreef|zeg|typte)\s{{1,3}}(?:ik|ich|k)\s{{1,3}}"
        rf"(?P<old>{_WORD})[\s,]{{1,4}}(?:maar|mer|mar)\s{{1,3}}"
        rf"(?:het|'?t|dat)\s{{1,3}}(?:was|is|moet)\s{{1,3}}(?P<new>{_WORD})"
        rf"(?:\s{{1,3}}zijn)?{_END}",
        rf"(?P<marked>)(?P<old>{_WORD})\s{{1,3}}moet\s{{1,3}}(?:eigenlijk\s{{1,3}})?"
        rf"(?P<new>{_WORD})\s{{1,3}}(?:zijn|worden){_END}",
        rf"(?:ik\s{{1,3}})?{_MEANT}\s{{1,3}}(?:ik\s{{1,3}})?"
        rf"(?:eigenlijk\s{{1,3}}|dus\s{{1,3}}|wel\s{{1,3}})?(?P<new>{_WORD}){_END}",
        rf"(?P<marked>)(?P<new>{_WORD})\s{{1,3}}(?:in plaats van|i\.?p\.?v\.?)\s{{1,3}}"
        rf"(?P<old>{_WORD}){_END}",
        rf"(?P<new>(?:\S+\s{{1,3}}){{0,3}}[^\s,]{{1,4}})\s{{0,3}},\s{{0,3}}"
        rf"(?:en\s{{1,3}})?niet\s{{1,3}}(?!alleen|enkel|zo|echt)(?P<old>"
        rf"(?:\S+\s{{1,3}}){{0,3}}\S+?){_END}",
    )
)
_TAKES_BACK = ("wacht", "nee", "sorry", "oei", "oeps", "ai ")
_TELLS = re.compile(r"\bbedoel", re.IGNORECASE)
_NAMED_FIRST = re.compile(
    r"(?:bij|over|voor|aan)\s{1,3}(?P<about>[^:;.!?]{2,60}?)\s{0,3}[:,]\s{0,3}(?P<content>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_REMOVALS = tuple(
    re.compile(rf"{_LEAD}{pattern}", re.IGNORECASE)
    for pattern in (
        rf"(?:schrap|verwijder|wis)\s{{1,3}}(?:maar\s{{1,3}})?['’‘“\"]?"
        rf"(?P<old>{_WORD})['’”\"]?\s{{1,3}}"
        rf"(?:uit|bij|van|in)\s{{1,3}}(?P<about>{_WORD}){_END}",
        rf"(?:laat|haal|doe)\s{{1,3}}['’‘“\"](?P<old>{_WORD})['’”\"]\s{{1,3}}"
        rf"(?:er\s{{1,3}})?(?:maar\s{{1,3}})?(?:toch\s{{1,3}})?"
        rf"(?:weg|uit|vallen)(?:\s{{1,3}}(?:uit|bij|van|in)\s{{1,3}}(?P<about>{_WORD}))?{_END}",
    )
)

_PRIVATE = (
    r"(?:[\s,.!]{1,4}(?:even|eens|effe|efkes|eventjes|e ki|ne keer|is|ff|hoor|a\.?u\.?b\.?"
    r"|alstublieft|alsjeblieft|nog|hé|he))*"
)
_ERRAND = (
    r"(?:[\s,.!]{1,4}(?:(?:want\s{1,3})?(?:ik|k|'k)\s{1,3}"
    r"(?:moet|ga|zal|pak|zoek|haal|kom|ben|kijk|lees|zet|neem|doe)\b"
    r"|(?:er|de|mijn|den|m'n|het)\s{1,3}(?:\S+\s{1,3}){0,3}"
    r"(?:belt|bel|deur|hier|telefoon|huilt|roept|gsm)\b"
    r"|(?:want\s{1,3})?moet\s{1,3}(?:(?:ff|even|nu|hier|eerst)\s{1,3}){0,2}"
    r"(?:(?:af|over|uit)stappen|iets|weg|opnemen|bellen|naar)\b"
    r"|er (?:is|staat) (?:iemand|bezoek|volk)\b|telefoon\b|deur\b).{0,80})?"
)
_SOFT = (
    r"(?:(?:oei|sorry|ja|ok|oke|oké|euh+|eh+|uh+"
    r"|nee|amai|hola|och|ach|tja|goh|pff+|zo)[\s,.!]{1,4})"
)
_REMARKS = (
    (
        WAIT,
        rf"{_SOFT}{{0,3}}(?:wacht|wach|moment(?:je)?|een moment(?:je)?|(?:een )?ogenblik(?:je)?"
        rf"|(?:een )?(?:seconde|secondje|minuutje)"
        rf"|(?:ff|even|efkes|effe|effen|eventjes) (?:geduld|wachten))"
        rf"{_PRIVATE}{_ERRAND}[\s.!…]{{0,9}}$",
    ),
    (
        WAIT,
        rf"{_SOFT}{{0,3}}(?:(?:ik|'?k) )?(?:ben|kom) (?:zo|direct|dadelijk|straks|subiet|seffens)"
        rf" (?:terug|weer)[\s.!…]{{0,9}}$",
    ),
    (
        WAIT,
        rf"{_SOFT}{{0,3}}(?:(?:laat "
        rf"(?:me|mij)|ik moet|daar moet ik|dat moet ik|ik ga|moet ik)\s{{1,3}})?"
        r"(?:(?:hier|daar|er|eens|even|effe|efkes|nog|goed|over)\s{1,3}){0,5}"
        r"(?:denken|nadenken|peinzen|over nadenken)(?: hoor)?[\s.!…]{0,9}$",
    ),
    (
        WAIT,
        r"(?:.{0,120}[.,;!] )?(?:maar |en )?(?:ik|we|'?k) (?:doe|doen|ga|gaan) "
        r"(?:(?:nog|toch|gewoon|wel|even|efkes|nu|terug)\s{1,3}){0,4}(?:voort|verder|door)"
        r"(?: nu| hoor)?[\s.!]{0,9}$",
    ),
    (
        WAIT,
        r"(?:.{0,120}[.,;!] )?(?:maar |en )?(?:ik|we|'?k) (?:wil|wou|zou|willen|kan) "
        r"(?:(?:hier|graag|nu|liever|toch|nog) ){0,4}gewoon (?:voort|verder|door)\w{0,5}"
        r"(?: hoor| nu)?[\s.!]{0,9}$",
    ),
    (
        WAIT,
        r"(?:(?:h?m+|euh+|eh+|uh+|goh+|pff+|tja+|oei)[\s,.…]{0,9}){1,3}$",
    ),
    (
        WAIT,
        r"(?:(?:goh|amai|oei|pff+|jee|o+h?|tja|bah|hm+|euh)[\s,.!]{1,4}){1,3}"
        r"(?:(?:dat is |das |tis |wat ?)?(?:echt |heel |zo )?(?:moeilijk|lastig|zwaar|ingewikkeld)"
        r"|(?:dat is |das |tis )?(?:niet|nie) (?:simpel|gemakkelijk|evident))(?: zeg| hoor| "
        r"he)?[\s.!…]{0,9}$",
    ),
    (
        WAIT,
        rf"{_SOFT}{{0,3}}(?:dat is |das |wat )?(?:een |ne )?"
        r"(?:goeie|goede|moeilijke|lastige) vraag(?: zeg| hoor)?[\s.!…]{0,9}$",
    ),
    (
        ENOUGH,
        rf"{_SOFT}{{0,3}}(?:(?:dat|dit|da|'?t|het) (?:is|was|volstaat)|das|tis|zo is het)"
        r"(?: (?:wel|zo|nu|al|eigenlijk))*(?: (?:genoeg|alles|voldoende|het|'t|em))"
        r"(?: (?:zo|nu|voor nu|hoor|denk ik|wel|voor deze vraag|wat mij betreft))*[\s.!]{0,9}$",
    ),
    (
        ENOUGH,
        rf"{_SOFT}{{0,3}}(?:meer (?:heb|weet) ik (?:er )?(?:niet|nie)(?: over)?"
        r"(?: te zeggen| te vertellen)?"
        r"|(?:ik heb |meer )?(?:niets|niks|nix) (?:meer )?"
        r"(?:toe te voegen|te zeggen|aan toe te voegen)"
        r"|genoeg zo|zo is het genoeg|genoeg gezegd)[\s.!]{0,9}$",
    ),
    (
        LEAVE,
        rf"(?:{_SOFT}|(?:bij nader inzien|toch|maar|neen|dan|bedankt|goed)[\s,.!]{{1,4}}){{0,4}}"
        r"(?:laat (?:het |dat |'t |da |alles |dit )?"
        r"(?:(?:toch|gewoon|maar|dan|zo|allemaal|daar)\s{0,3})*"
        r"(?:staan|zo|zijn|maar|zoals)?"
        r"|(?:hou|houd|houden we) (?:het |'t |da |dat )?(?:(?:toch|gewoon|maar|dan)\s{1,3})*(?:zo)?"
        r"|verander (?:toch |dan )?(?:maar )?(?:niets|niks)|niets veranderen|niks veranderen"
        r"|toch niet(?: veranderen)?|niet veranderen"
        r"|(?:dat|het|'t|da|alles) (?:mag|moet|kan) (?:(?:toch|gewoon|maar)\s{1,3})*"
        r"(?:zo )?(?:blijven|"
        r"blijven staan|staan)|(?:het|dat|'t) (?:was|is) (?:wel |toch |al )?goed(?: zo)?"
        r"|blijf maar|laat maar|(?=[\s,]{0,9}(?:staan )?zoals ))"
        r"[\s,]{0,9}(?:staan )?(?:zoals (?:het|'t|dat|da|alles) (?:(?:nu|al|er)\s{1,3})?"
        r"(?:was|is|staat|stond))?[\s.!]{0,9}$",
    ),
    (
        NO_IDEA,
        rf"{_SOFT}{{0,3}}(?:(?:(?:ik|'?k)\s{{1,3}})?(?:zou|weet|wee|kweet|wist)\s{{1,3}}"
        r"(?:ik\s{1,3})?(?:het|dat|'?t|da|er|daar)?\s{0,3}"
        r"(?:(?:echt|eigenlijk|ook|gewoon|zelf|zo|goed|hier)\s{1,3})*"
        r"(?:niet|nie|ni|niks van|niets van)"
        r"(?:\s{1,3}(?:echt|weten|goed|zo direct|hoor|direct|zeker))*"
        r"|(?:dat|da|dit) weet ik (?:(?:echt|eigenlijk|ook|zelf|zo|gewoon)\s{1,3})*(?:niet|nie)"
        r"|(?:(?:daar|hier) heb ik |ik heb |'?k heb )?(?:(?:daar|hier|er)\s{1,3})?"
        r"(?:echt |eigenlijk )?"
        r"(?:geen|gn|gin|geen enkel|geen flauw)\s{1,3}(?:echt )?"
        r"(?:idee|gedachte?|mening|benul"
        r"|antwoord|voorstel|inspiratie)(?:\s{1,3}(?:over|hierover|daarover|van|hoor|op|sorry))*"
        r"|(?:geen (?:flauw |enkel )?(?:idee|gedacht|benul)|(?:ik )?zou (?:ik )?(?:het )?(?:niet"
        r"|nie) weten)"
        r" (?:wie|wat|hoe)(?: \w{1,12}){1,6}"
        r"|weet ik veel|(?:ik )?k?(?:weet|wee) (?:het |da |dat )?(?:echt )?(?:niet|nie|ni)"
        r" (?:wie|wat|hoe)"
        r"(?: (?:ik|dat|da|het|er|daar|hier|op|moet|moeten|zou|kan|doen|zeggen|antwoorden|schrijven"
        r"|invullen|trekken)){1,8}"
        r"|(?:pass|skip|next)(?: please)?[,.!;:]{1,3} ?"
        r"(?:no (?:clue|idea)|i (?:have no|don'?t know)|geen (?:idee|gedacht))(?: [\w']{1,15}){0,8}"
        r"|no clue(?: (?:who|what|how)(?: [\w']{1,15}){1,6})?"
        r"|dunno|idk|no idea|i don'?t know|je ne sais pas|aucune id[ée]e|keine ahnung"
        r"|(?:ich )?wei(?:ss|ß) (?:es |ich )?nicht)[\s.!?]{0,9}$",
    ),
    (
        SAME,
        rf"{_SOFT}{{0,3}}(?:(?:dat is |das |tis |is |ook |weer |net |precies |juist |hier ){{0,3}}"
        r"(?:idem|dito|ditto|het ?zelfde|'?t zelfde|dezelfde?|zelfde|same|the same|la m[eê]me chose"
        r"|pareil|gleiche[sr]?|das gleiche|dasselbe)"
        r"(?: (?:dito|hier|weer|antwoord|answer|réponse|als (?:hier)?(?:boven|daarnet|net|ervoor"
        r"|hiervoor|(?:bij )?(?:de|mijn|het|vraag)(?: \S{1,12}){1,2})|as (?:above|before)|wie oben"
        r"|que (?:plus haut|ci-dessus|la précédente)|eigenlijk|hoor|zeker|toch|denk ik)){0,4}"
        r"|(?:zie|cf\.?|zoals|voir|see|siehe)(?: (?:bij|in|naar|mijn|het|de|my|ma|la))*"
        r"(?: (?:vorige?|eerste|tweede|derde|eerder|boven|hierboven|daarnet|previous|above"
        r"|oben|plus haut|antwoord|answer|réponse|vraag|précédente)){1,3})[\s.!]{0,9}$",
    ),
    (QUESTION_MARK, r"[?？¿\s]+$"),
)
_BEFORE = r"[\W_]{0,3}"
_REMARK_PATTERNS = tuple(
    (kind, re.compile(rf"{_BEFORE}(?:{text})", re.IGNORECASE)) for kind, text in _REMARKS
)

_SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]*")
_ABOUT_TALK = re.compile(
    r"\b(?:fout\w*|juist|klopt|kloppen|verander\w*|wijzig\w*|antwoord\w*|verbeter\w*|aanpass\w*"
    r"|stop|stoppen|vraag|vragen|opdracht|onderwerp|genoeg|verder|ga maar|doe maar|dank\w*|merci"
    r"|alles|toestemming|niet waar|hierboven|samenvatting|wis|wissen|terug)\b",
    re.IGNORECASE,
)
_BARE_PLACE = re.compile(
    r"(?:aan|bij|over|op|in|van)\s{1,3}(?:\S+\s{1,3}){0,5}(?:antwoord\w*|vraag|voorstel|idee|tekst)"
    r"(?:\s{1,3}\S+){0,2}[\s.!?]{0,9}$|"
    r"(?:a\.?u\.?b\.?|graag|alstublieft|alsjeblieft|kan dat|mag dat)\W*$",
    re.IGNORECASE,
)
_NOT_CONTENT = re.compile(
    r"\W*(?:ik (?:snap|begrijp|versta|vind (?:dit|dat|het|uw)|heb (?:een|nog een|ne) vraag"
    r"|wil (?:eerst|weten|stoppen)|weet (?:het )?niet|ben (?:benieuwd|niet zeker|bang)"
    r"|twijfel|geloof|lees)|sorry|wacht|ok|oke|oké|ja|nee|dank|bedankt|merci|hallo|dag|goede"
    r"|goei|mag ik|leuk|interessant|hm|euh|eerst|voor ik|voordat|alvorens|vraagje|kleine vraag"
    r"|nog een vraag|een vraag|stop|u bent|jullie|je bent|gij|ge zijt|dit is|is dit"
    r"|mijn gegevens|mijn naam)\b",
    re.IGNORECASE,
)


def read(text: str) -> Reading:
    """What the text is made of; an empty reading where no rule is sure."""
    begin = len(text) - len(text.lstrip("\u2060 \t\r\n"))
    if not text.strip():
        return Reading()
    remark = _remark(text[begin:])
    if remark is not None:
        return Reading(kind=remark)
    says, rest = _answered(text, begin)
    found = _made_of(text, rest)
    if found is not None:
        return Reading(says, **found)
    if says is not None:
        span = _trimmed(text, rest, len(text))
        said = part(text, span)
        content = len(said.split()) >= _LEAST_CONTENT and not _ABOUT_TALK.search(said[:READ])
        turned = _BUT.search(text, begin, rest) is not None
        return Reading(says, content=span if content else None, turned=turned)
    if answer_and_question(text):
        return Reading(kind=ANSWER_AND_QUESTION, content=_trimmed(text, begin, len(text)))
    return Reading()


_GOES_ON = re.compile(
    r"\W{0,5}(?:(?:ja|oh|ah|en|maar)[\s,]{1,4}){0,2}(?:en ook|en nog|ook nog|ook (?:de|het|een|voor"
    r"|bij|in|als|omdat|wie)\b|en (?:dan|daarbij|daarnaast)|daarnaast|bovendien|daarbij|plus"
    r"|verder nog|et aussi|and also|also|und auch)\b",
    re.IGNORECASE,
)


def goes_on(text: str) -> bool:
    """Whether a text begins as the rest of what was said just before: "en ook ..."."""
    return _GOES_ON.match(text[:READ]) is not None


_ASKING = (
    r"(?:wie|wat|hoe\w{0,5}|waar\w{0,6}|wanneer|waarom|welke?|kan|kunt|mag|moet|is|zijn|wordt"
    r"|worden|komt|krijg|heb|hebt|gaat|klopt|telt|staat|who|what|how|will|qui|que|est|wer|was"
    r"|wird)\b"
)
_ASKED_BESIDE = re.compile(
    rf"(?P<said>(?!\W{{0,3}}{_ASKING})[^?]{{1,120}}?)\s{{0,3}}[,.;!…-]\s{{0,3}}"
    r"(?P<asked>(?:(?:maar|en|of|euh|trouwens|zeg)\b\s{0,3}){0,2}"
    rf"{_ASKING}[^?]{{3,160}}\?)\s{{0,3}}",
    re.IGNORECASE,
)
_NAMES = re.compile(
    r"\W{0,3}(?:(?:(?i:de|het|den|d'|een|nen?|mijn|ons|onze|la|le|les|the|in|met|bij|op|aan|meer"
    r"|minder|betere?"
    r"|geen|gratis|te|kortere|extra|elke?|iedere?|alle)\s{1,3}"
    r"|d')\w|.{0,40}\b[A-Z]{3,}\b)"
)
"""A few words that name something, as an answer does and a cry does not."""


def asked_beside(text: str) -> tuple[str, str] | None:
    """What a text says, and the question that it asks after a comma or a full stop; or None."""
    found = _ASKED_BESIDE.fullmatch(text.strip()[:READ])
    return (found["said"], found["asked"]) if found else None


_HESITATES = re.compile(
    r"(?P<said>[^?.!]{2,80}?),?\s(?:zeker|misschien|toch|ofzo|of zo|of zoiets|denk ik|he|hé|hè"
    r"|allicht|wellicht|maybe|peut-être|vielleicht)\s{0,3}\?+\s{0,3}",
    re.IGNORECASE,
)


def hesitates(text: str) -> bool:
    """Whether a text only looks like a question: "de staat zeker?"."""
    found = _HESITATES.fullmatch(text.strip()[:READ])
    if found is None or len(found["said"].split()) > _MOST_WORDS // 3:
        return False
    return re.match(rf"\W{{0,3}}{_ASKING}", found["said"], re.IGNORECASE) is None


def sentences(text: str) -> list[str]:
    """The sentences of the first ``READ`` characters with their signs, without what has no word."""
    found = [each.group().strip() for each in _SENTENCE.finditer(text[:READ])]
    return [each for each in found if any(sign.isalnum() for sign in each)]


def answer_and_question(text: str) -> bool:
    """Whether a text says something of its own before it asks something."""
    if "?" not in text[:READ]:
        return False
    beside = asked_beside(text)
    if beside is not None and _NAMES.match(beside[0]) and not _ABOUT_TALK.search(beside[0]):
        return True
    first, *others = sentences(text) or [""]
    if not others or first.endswith("?"):
        return False
    return len(first.split()) > _LEAST_CONTENT and not _NOT_CONTENT.match(first)


def _remark(text: str) -> str | None:
    if len(text) > READ or len(text.split()) > _MOST_WORDS // 2:
        return None
    plain = text.strip()
    for kind, pattern in _REMARK_PATTERNS:
        if pattern.match(plain):
            return kind
    return None


def _answered(text: str, begin: int) -> tuple[str | None, int]:
    found = _ANSWERED.match(text, begin, begin + READ)
    if found is None:
        return None, begin
    rest = found.end()
    after = text[rest : rest + 1]
    if re.match(r"\s{1,3}dat\b", text[rest : rest + 8], re.IGNORECASE):
        return None, begin
    if after and after not in " ,.;:!\n–—-":
        return None, begin
    while rest < len(text) and text[rest] in " ,.;:!\n–—-":
        rest += 1
    but = _BUT.match(text, rest)
    joined = after in ("", ",", ".", ";", ":", "!", "\n", "–", "—", "-")
    follows = rest < len(text) and but is None and not joined and not _has_mark(text, rest)
    if follows and found.group("ja") and not _SURE_YES.match(found.group()):
        # "zeker in Gent" is no yes.
        return None, begin
    if but is not None:
        rest = but.end()
    return (YES if found.group("ja") else NO), rest


def _has_mark(text: str, rest: int) -> bool:
    return any(each.match(text, rest, rest + READ) for each in _ADDITIONS)


def _made_of(text: str, begin: int) -> dict[str, Any] | None:
    last = len(text.rstrip())
    if last - begin <= READ and len(text[begin:].split()) <= _MOST_WORDS:
        for pattern in _REMOVALS:
            found = pattern.match(text, begin)
            if found:
                return {"kind": REMOVAL, "old": _quoted(text, found, "old"), "about": _about(found)}
    short = last - begin <= READ
    for pattern in (*_ADDITIONS, _ADDED_TO) if short else _ADDITIONS:
        # Only the beginning of a long text is matched; its content goes on to the end.
        found = pattern.match(text, begin, begin + READ)
        if found:
            end = found.end("content") if pattern is _ADDED_TO else len(text)
            start = found.start("content")
            named = _NAMED_FIRST.match(text, start, start + READ)
            found = named or found
            content = _trimmed(text, found.start("content"), end)
            if content and not _BARE_PLACE.match(part(text, content)[:READ]):
                named_by = _about(found) or (begin, found.start("content"))
                return {"kind": ADDITION, "content": content, "about": named_by}
    if short:
        found = _BELONGS.match(text, begin)
        if found and _PLACE_WORD.search(found.group("about")):
            content = _trimmed(text, begin, found.start("tail"), " \n\t\r,;–-")
            if content and part(text, content).endswith((".", "!")):
                # A sentence of its own that tells where the text belongs is kept with it.
                content = _trimmed(text, begin, len(text))
            if content and len(part(text, content).split()) >= _LEAST_CONTENT:
                return {"kind": ADDITION, "content": content, "about": found.span("about")}
        found = _BACK_TO.match(text, begin) or _back_at_first(text, begin)
        if found and _PLACE_WORD.search(found.group("about")):
            return {"kind": BACK, "about": found.span("about")}
    if last - begin <= READ and len(text[begin:].split()) <= _MOST_WORDS:
        for pattern in _CORRECTIONS:
            found = pattern.match(text, begin)
            if found:
                old = _quoted(text, found, "old") if "old" in pattern.groupindex else None
                new = _quoted(text, found, "new")
                lead = found.group("lead").casefold()
                about = _about(found)
                marked = (
                    about is not None
                    or any(word in lead for word in _TAKES_BACK)
                    or _TELLS.search(found.group()) is not None
                )
                enough = marked or (old is not None and "marked" not in pattern.groupindex)
                if new is not None and enough and part(text, old) != part(text, new):
                    return {
                        "kind": CORRECTION,
                        "old": old,
                        "new": new,
                        "content": new,
                        "about": about,
                        "marked": marked,
                    }
    return None


def _back_at_first(text: str, begin: int) -> re.Match[str] | None:
    """The wish to go back in a first sentence, with a few words of why: "... iets te binnen"."""
    found = re.search(r"[.!?](?=\s)", text[begin:])
    if found is None or len(text[begin + found.end() :].split()) > _FEW_REASONS:
        return None
    return _BACK_TO.match(text[: begin + found.end()], begin)


_FEW_REASONS = 9


def _about(found: re.Match[str]) -> Span | None:
    span = found.span("about") if "about" in found.re.groupindex else (-1, -1)
    return span if span[0] >= 0 else None


def _quoted(text: str, found: re.Match[str], name: str) -> Span | None:
    start, end = found.span(name)
    if start < 0:
        return None
    return _trimmed(text, start, end, " '’‘“”\"\n\t.,")


def _trimmed(text: str, start: int, end: int, signs: str = " \n\t\r") -> Span | None:
    while start < end and text[start] in signs:
        start += 1
    while end > start and text[end - 1] in signs:
        end -= 1
    return (start, end) if start < end else None
