"""Reads a yes or a no: the one place that knows in which words people say these.

In Dutch, Flemish dialect, French, English and German, with filling and swearing around them. Any
word beyond a yes, a no and filling makes a text neither, so that an addition or a condition stays
content. ``plain`` reads a whole text where anything is asked; ``confirms`` one about a summary or
an offer, which people also answer by what should happen next ("verstuur maar"); ``begins`` reads
how a clause begins. The words are in ``ja_nee.yml`` and, for a summary, below.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from language.folding import folded
from language.reading.spelling import words

YES, NO = "ja", "nee"

READ, LONGEST = 160, 120
_MOST_WORDS = 16


@lru_cache(maxsize=1)
def _parts() -> dict[str, Any]:
    text = Path(__file__).with_name("ja_nee.yml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def _any_of(*lists: Iterable[str]) -> str:
    return "|".join(part for each in lists for part in each)


_GOOD = "👍👌✅✔🆗💯🙆"
_BAD = "👎❌🚫🙅✖⛔"
_WORDS_BESIDE = frozenset(_parts()["vulling"].split())
_YES = re.compile(rf"\b(?:{_any_of(_parts()['ja'])})\b")
_NO = re.compile(rf"\b(?:{_any_of(_parts()['klopt_niet'], _parts()['nee'])})\b")
_RIGHT = re.compile(rf"\b(?:{_any_of(_parts()['klopt'])})\b")
_WHY_NOT = re.compile(r"\b(?:wa+rom|woarom) niet(?: \?)?")
_GLADLY = re.compile(r"(?:heel |zeer )?graag(?: hoor| zelfs| zeg| meneer| mevrouw)?[.! ]{0,5}")
_SHORTEST_YES = frozenset({"k", "kk", "okk", "oki", "y", "j"})
_THANKS = re.compile(r"\b(?:dank(?: je)? wel|bedankt|^wel)\b")


def plain(text: str, *, right: bool = False) -> str | None:
    """``YES`` or ``NO`` where a whole short text says nothing else, or None.

    A yes beside a no is neither. "Waarom niet" is no question. ``right``: "dat klopt" is a yes too.
    """
    if len(text) > LONGEST:
        return None
    if text.strip(" .!").casefold() in _SHORTEST_YES:
        return YES
    said = _WHY_NOT.sub("ja", spelled(text))
    if "?" in said:
        return None
    if _GLADLY.fullmatch(text.strip().casefold()):
        return YES
    rest, no = _NO.subn(" ", said)
    is_right = 0
    if right:
        rest, is_right = _RIGHT.subn(" ", rest)
    rest, yes = _YES.subn(" ", rest)
    if any(word not in _WORDS_BESIDE for word in rest.split()):
        return None
    if no:
        turned = "wel" in rest.split() and not _THANKS.search(said)
        return None if yes or is_right or turned else NO
    return YES if yes or is_right else None


def bare(text: str) -> str | None:
    """As ``plain``, where something else is asked: only words for yes and no themselves.

    "Geen zin" may be what holds somebody back.
    """
    said = plain(text, right=True)
    return said if said == begins(" ".join(folded(text[:LONGEST]).split())) else None


def is_filling(said: str) -> bool:
    """Whether words change nothing beside a yes or a no."""
    return _WORDS_BESIDE.issuperset(said.split())


def spelled(text: str) -> str:
    """The words of a text in standard Dutch; a thumb up or down as a word for yes or no."""
    for sign in _GOOD:
        text = text.replace(sign, " emojija ")
    for sign in _BAD:
        text = text.replace(sign, " emojinee ")
    return " ".join(word for word in words(text) if word != "!")


_SIGHS = (
    r"(?:(?:ah|aha|och|ach|oei|amai|allee|allez|bah|euh|bwa|mja|goh|tja|mo|moar|maar|oh|of|wacht"
    r"|dan|heel|100|100%|procent|t is|voor|ik ben|ben|kzen|k ben|absoluut|doe|doet|only that"
    r"|just that)\W+)*"
)
_BEGINS_YES = re.compile(
    _SIGHS + r"(?:j+a+h?|ja(?:ja)+|jawel|jawohl|jazeker|j[ou]+a?[ktsh]?|jo+a\w{0,2}|jao|joat"
    r"|joak|joaj?|ju+p|jep|yep|yes|yeah|oui|ouais|si|okido|ok+|oke+|okay|akkoord|graag|gerne|sure"
    r"|zeker\w{0,2}|tuurlijk|natuurlijk|uiteraard|vooruit|goed|goe|is goed|prima|tis goe|doe maar"
    r"|doet maar|waarom niet|woarom nie|toch wel|moja|bwa ja|inderdaad|klopt|dat klopt|definitief"
    r"|correct|juist|exact|precies|ga maar)\b"
)
_BEGINS_NO = re.compile(
    _SIGHS + r"(?:n+e+h?|nee+n?|neej?e?|neuh|neu|ni+nk|nin|ninck|nien|nee[cjk]k?|neet|neje"
    r"|nie+j?e?|nieë|nint|nit|nope?|nop|nah|non|no|nein|liever niet|liefst niet|toch niet|niet doen"
    r"|toch maar niet|maar niet)\b"
)
_ALLEZ = re.compile(r"allez\b")


def begins(clause: str) -> str | None:
    """``YES`` or ``NO`` where a clause, in lower case without accents, begins with one; or None."""
    if _BEGINS_NO.match(clause):
        return NO
    return YES if _BEGINS_YES.match(clause) or _ALLEZ.match(clause) else None


_IT = r"(?:da|dat|dit|het|t|et|d|alles|allemaal|da t)"
_PHRASES = re.compile(
    r"\b(?:"
    # There is nothing to change.
    r"(?:nee+n?\W+)?(?:(?:er|daar|ik|heb|zou|wil|moet|valt|is|hoef|hoeft|nee"
    r"|neen)\W+){0,5}(?:niets|niks|nix|nikske|niemendal)"
    r"(?:\W+(?:meer|aan|eraan|er|hoeft|moet|te|nog|toe|van|meer)){0,5}"
    r"\W+(?:veranderen|verandere|veranderd|gewijzigd|wijzigen|verbeteren|aanpassen|toevoegen"
    r"|voegen|merken|vergeten"
    r"|anders|zeggen|verander|bij)(?: (?:worden|te worden|voor mij))?"
    r"|(?:heb |zie |ik ){0,3}geen (?:opmerking\w*|wijziging\w*|verandering\w*|aanpassing\w*|fout\w*"
    r"|bemerking\w*|commentaar|probleem|bezwaar|aanvulling\w*)"
    r"|waarom ni(?:et|e)?|why not|pourquoi pas|warum nicht"
    r"|rien (?:a|d autre a) (?:changer|ajouter|dire|modifier)|nothing to (?:change|add)"
    r"|nichts zu (?:andern|erganzen)"
    r"|(?:(?:voor )?(?:de|het) rest|alles|dat|da|het|dit|ze|zo) (?:mag|moet|kan|moe) "
    r"(?:(?:wel|gewoon|dan|maar|zo|allemaal) ){0,3}(?:blijven staan|blijven|staan)"
    r"(?: (?:zoals|gelijk|lijk|hoe) (?:het|t|dat|da) (?:er |nu |daar ){0,2}(?:staat|is|was))?"
    # It is as I said it.
    r"|zoo? (?:is|es|was|ist) (?:t|et|het|da|dat|dit)|zo ist|tis zo|das (?:t|het|em)"
    r"|(?:dat|da) (?:is|es) (?:em|m)"
    r"|(?:zo|dat|da|precies wat|dat is wat|wat) (?:(?:bedoel\w*|zei|heb|had|wou|wilde|wil) (?:ik"
    r"|k|ich)"
    r"|(?:ik|k|ich) (?:bedoel\w*|zei|heb|had|wou|wilde|wil))(?: (?:het|t|dat|da|zeggen|ook|gezegd"
    r"|bedoeld|wel)){0,4}"
    r"|(?:daar |ik ){0,2}sta (?:ik |er |daar |volledig |helemaal |100 ){0,4}achter"
    r"|daar teken ik voor"
    r"|(?:je|ge|gij|u|jullie) (?:hebt|heb|heeft|hebben|hed) (?:mij|me|het|t|alles|dat) (?:heel "
    r"|zeer )?"
    r"(?:goed|juist|correct) (?:begrepen|verstaan|gehoord|opgeschreven|genoteerd|samengevat)"
    r"|(?:(?:dat|het|t|da|alles) )?(?:heb|hebt|heeft|hebben|hed) (?:je|ge|gij|u"
    r"|jullie) (?:(?:het|t|dat|alles|heel|zeer) ){0,3}"
    r"(?:goed|juist|correct|mooi) (?:begrepen|verstaan|gehoord|opgeschreven|genoteerd|samengevat"
    r"|gedaan)"
    r"|(?:heel |zeer )?(?:goed|mooi|juist|correct) (?:samengevat|verwoord|begrepen|opgeschreven"
    r"|genoteerd|weergegeven|opgenomen)"
    r"|(?:ziet|zie) er (?:zeer |heel |wel |best )?(?:goed|prima|juist|ok|oke|goe) uit"
    r"|als (?:een|nen|ne) bus|als gegoten|voor (?:de )?(?:volle )?100(?: ?%| procent)?"
    r"|(?:gelijk|zoals) (?:dat |da |het |t |er |daar |nu ){1,3}(?:staat|is)|zo staat (?:het|t"
    r"|alles)"
    r"|(?:staat|stoat) er (?:zo |zeker |wel |heel |juist )*(?:goed|juist|correct|ok) (?:op|in)?"
    r"|zeker en vast"
    # Leave it, send it.
    rf"|laat (?:{_IT} |maar |toch |nu |gewoon ){{0,4}}(?:zo staan|zo|staan)(?: zoals (?:het"
    rf"|t) (?:is|staat))?"
    rf"|(?:hou|houd|houden we) (?:{_IT} |maar ){{0,3}}(?:zo|daarbij)"
    rf"|(?:{_IT} )?(?:mag|mogen|kan|kunnen|mag je) (?:{_IT} |wel |gerust |allemaal |er ){{0,6}}"
    r"(?:zo )?(?:blijven(?: staan)?|door|verstuurd|ingediend|doorgestuurd|opgestuurd|bewaard"
    r"|staan|versturen|doorsturen|indienen|bewaren)(?: worden)?"
    rf"|(?:stuur|verstuur|dien|zend|verzend|geef|sla|bewaar|noteer|bevestig)"
    rf"(?: (?:{_IT}|maar|gerust|nu|zo)){{0,6}}(?: (?:in|door|op|af))?"
    rf"|doe(?: (?:{_IT}|maar|gerust)){{0,6}}(?: (?:zo|door|voort))?"
    rf"|(?:neem|pak) (?:{_IT} |maar |zo ){{0,6}}mee"
    r"|(?:ga|doe) (?:maar |gerust )*(?:verder|voort|door)"
    # Other languages.
    r"|c est (?:bien |tout a fait |tres |exactement |parfaitement )?(?:bon|ca|juste|correct"
    r"|exact|bien"
    r"|parfait|en ordre|ok|ce que j ai dit)|tout (?:est|a fait)(?: bon| correct| juste| exact| ok)?"
    r"|(?:ca )?me convient|ca (?:me )?va|ca joue|en ordre"
    r"|that s (?:right|it|correct|fine|good|ok|all correct)|(?:looks|sounds|seems) "
    r"(?:good|right|fine|correct|great|ok)"
    r"|all (?:good|correct|right|fine|ok)|spot on|go ahead|send it|i agree|you got it"
    r"|alles (?:klar|richtig|gut|korrekt|bestens)|so (?:ist es|passt (?:es|das)|stimmt (?:es|das))"
    r"|in (?:orde|order|ordnung)|d accord|eens|mee eens|(?:ga|ben) (?:er |ik |hier |daar ){0,3}"
    r"(?:mee )?(?:akkoord|eens)(?: mee)?"
    r")(?=\W|$)"
)
_WORDS_OF_YES = re.compile(
    r"(?:j+a+h?|ja(?:ja)+|jawel|jazeker|jawohl|jaat|jo+a?[ktsh]?|jou?a+[kt]?|joaj?|jup|jep|yep"
    r"|yes|yeah|yup"
    r"|ye|jao|jau|oui+|ouais|si|klop[td]?|klopn|klopt?t|kloppen|stemt|juiste?|zjust|just|joest"
    r"|juust|jus[t]?"
    r"|sjust|djuste?|correcte?|korrekt|goe[d]?|goeie?|content|tevreden|proper|netjes|prima|perfect|perfekt|parfait|ok+|oke+"
    r"|okay|okido|oki"
    r"|akkoord|accoord|exact|exactement|exactly|precies|inderdaad|absoluut|zeker|zekers|tuurlijk"
    r"|natuurlijk|uiteraard|top|super|uitstekend|fijn|mooi|nickel|right|fine|good|great|richtig"
    r"|stimmt"
    r"|genau|passt|gut|einverstanden|tiptop|bevestigd?|goedgekeurd|affirmatief|amen|vooruit"
    r"|versturen|verstuur|verzenden|indienen|doorsturen|gelijk|graag|bingo|emojija|yess+|sure|true"
    r"|juiste|accord|nikkel|impec|impeccable|klar|bon|bonne|bien|juste)"
)
_WORDS_OF_NO = re.compile(
    r"(?:n+e+n?|nee+n?|neeje?|neje?|nie|niet|ni|nit|nint|fout|foute?n?|verkeerd|mis|not|no|non"
    r"|pas|nicht"
    r"|nein|falsch|wrong|faux|nope?|geen|nog niet|emojinee|onjuist)"
)
_WORDS_AROUND = """
danku dankuwel dankjewel juffrouw juffra mevr mijnheer madammeke
100 a ah aha al alle allee allemaal alles alletwee allez amai antwoord antwoorden au aub auch awel
bah bwa bedankt ben betreft bij bitte bot c ca computer d da dan dank danke dankjewel das dat de
dees den denk dese deze dis dit doch doe dus echt eens eigenlijk eindelijk en er erg erin erop
es est et euh for ganz gast broer bro zus kerel makker kameraad jongen ventje manneke vent dude
ge gelezen gewoon gezien gij godverdomme ha he heb hebt heeft heel
helemaal het hier hm hoor how i ich ihr ik ils in is ist it jaah je jong k kijk la le lijkt maat
mach machine madam man mate me mee meneer merci mevrouw mij mijn mijns moi na nagekeken
nagelezen nou now nu o och oh ons op opnieuw please pour procent robot s samenvatting schat sehr
sie so staat stomme svp t tekst tes thanks that the this tis toch tot tout tres tsjeef u van
verder verdomme very vind voila vol volgens volkomen volledig voor vous vriend wa was wat we wel
well wij y zal ze zeer zeg zenne zo zoo zulle
"""
_FILL = frozenset(_WORDS_AROUND.split())


def confirms(text: str) -> str | None:
    """``YES`` or ``NO`` where a whole short text says so of a summary or an offer, or None.

    Beside a plain yes or no these are what people say of what they read: that it is right, that
    nothing need change, that it may be sent.
    """
    found = _of_summary(text)
    return bare(text) if found is None else found


def _of_summary(text: str) -> str | None:
    if len(text) > READ or ("?" in text and not text.strip().casefold().startswith("waarom nie")):
        return None
    for sign in _GOOD:
        text = text.replace(sign, " emojija ")
    for sign in _BAD:
        text = text.replace(sign, " emojinee ")
    said = " ".join(re.findall(r"\w+", folded(text)))
    if not said or len(said.split()) > _MOST_WORDS:
        return None
    rest, agreed = _PHRASES.subn(" ", said)
    refused = False
    for word in rest.split():
        if _WORDS_OF_NO.fullmatch(word):
            refused = True
        elif _WORDS_OF_YES.fullmatch(word):
            agreed += 1
        elif word not in _FILL:
            return None
    if refused:
        # "Nee, alles klopt" and "ja, nee" mean either.
        first = _WORDS_OF_NO.fullmatch(said.split()[0]) is not None
        denied = re.search(
            r"\b(?:klopt|juist|goed|correct|stimmt|right|juste) (?:\w+ ){0,2}(?:niet|nie|ni|not"
            r"|nicht|pas)\b|\b(?:niet|nie|not|pas|nicht) (?:\w+ ){0,2}(?:juist|goed|correct"
            r"|right|juste|richtig)\b",
            said,
        )
        if agreed and not denied:
            return None
        return NO if first or denied or not agreed else None
    return YES if agreed else None
