"""Says whether a whole text confirms or rejects the summary of one's answers, and nothing else.

"Klopt dit zo?" is answered in many words: in dialect, in other languages, by what should happen
next ("verstuur maar"). A text with any word beyond a yes or a no and filling means neither, so that
an addition or a condition stays content.
"""

from __future__ import annotations

import re

from language.folding import folded

YES, NO = "ja", "nee"

READ = 160
_MOST_WORDS = 16

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
samengevat verwoord begrepen genoteerd
nagelezen nou now nu o och oh ons op opnieuw please pour procent robot s samenvatting schat sehr
sie so staat stomme svp t tekst tes thanks that the this tis toch tot tout tres tsjeef u van
verder verdomme very vind voila vol volgens volkomen volledig voor vous vriend wa was wat we wel
well wij y zal ze zeer zeg zenne zo zoo zulle
"""
_FILL = frozenset(_WORDS_AROUND.split())
_GOOD = "👍👌✅✔🆗💯🙆"
_BAD = "👎❌🚫🙅✖⛔"


def says(text: str) -> str | None:
    """``YES`` or ``NO`` where a whole short text says nothing else, or None."""
    if len(text) > READ or ("?" in text and not text.strip().casefold().startswith("waarom nie")):
        return None
    for sign in _GOOD:
        text = text.replace(sign, " emojija ")
    for sign in _BAD:
        text = text.replace(sign, " emojinee ")
    plain = " ".join(re.findall(r"\w+", folded(text)))
    if not plain or len(plain.split()) > _MOST_WORDS:
        return None
    rest, agreed = _PHRASES.subn(" ", plain)
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
        first = _WORDS_OF_NO.fullmatch(plain.split()[0]) is not None
        denied = re.search(
            r"\b(?:klopt|juist|goed|correct|stimmt|right|juste) (?:\w+ ){0,2}(?:niet|nie|ni|not"
            r"|nicht|pas)\b|\b(?:niet|nie|not|pas|nicht) (?:\w+ ){0,2}(?:juist|goed|correct"
            r"|right|juste|richtig)\b",
            plain,
        )
        if agreed and not denied:
            return None
        return NO if first or denied or not agreed else None
    return YES if agreed else None


_CUT = re.compile(
    r"[,.;:!…\n–-]+\s*|\s+(?=(?:maar|mo|mor|mar|en|alleen|enkel|wel|mits|behalve|but|mais|aber|and"
    r"|et|und)\b)",
    re.IGNORECASE,
)
_JOINS = re.compile(
    r"(?:(?:maar|mo|mor|mar|en|alleen|enkel|wel|but|mais|aber|and|et|und)\b[\s,:]{1,4}){0,2}",
    re.IGNORECASE,
)


def after_yes(text: str) -> int:
    """Where a text goes on after a beginning that says yes; 0 where it begins otherwise."""
    cuts = [each for each in _CUT.finditer(text, 0, READ) if says(text[: each.start()]) == YES]
    if not cuts:
        return 0
    found = _JOINS.match(text, cuts[-1].end())
    return found.end() if found else cuts[-1].end()


_RIGHT = r"\b(?:klopt|juist|goed|in orde|right|correct|stimmt|bon)\b"
_SAVE = r"\b(?:behalve|uitgezonderd|buiten|except|sauf|ausser|außer)\b"
_BUT_ONE = (
    r"\bop (?:een|één|1|twee|2|dat|die|de|het|den)\b(?: \w{1,14}){0,4}? na\b"
    r"|\b(?:op|buiten) dat (?:ene|een) na\b|\bat one thing\b"
)
_EXCEPT = re.compile(rf"{_RIGHT}.{{0,30}}{_SAVE}|{_SAVE}.{{2,60}}{_RIGHT}|{_BUT_ONE}", re.I)
_EXCEPT_AT = re.compile(rf"{_SAVE}|{_BUT_ONE}", re.IGNORECASE)


def excepts(text: str) -> str | None:
    """What a text excepts from its yes, with what follows; None where it excepts nothing."""
    at = _EXCEPT_AT.search(text[:READ])
    if at is None or not _EXCEPT.search(text[:READ]):
        return None
    return text[at.start() :]


_PLAIN_NO = re.compile(
    r"(?:(?:ah|och|amai|allee|allez|bah|euh|oh|goh|tja|mo|of|ach|ba) )*(?:(?:nee){1,3}n?|neej+e?"
    r"|nope?|nah|non|no|nein|nint|nit|neet|neje|nin|nee+i?n?k|nei+n?k)(?: (?:hoor|dank|bedankt"
    r"|merci|danke|thanks"
    r"|dank je|dank u|ze|zenne|nu niet|niet meer|nie meer|jong|zulle|sorry)){0,3}"
)
_CLAUSES = re.compile(r"[,.;:!…]+|\b(?:of|maar)\b(?= nee)")
_TURNS_TO_YES = re.compile(
    r"(?:(?:(?:of|wacht|allez|och|euh|hm) ){1,3}(?:ja|jawel|toch)|(?:ja |jawel )?toch)\b"
    r"(?! (?:niet|nie|ni|maar (?:niet|nie|ni)|bedankt|merci|geen))"
)
_TURNS = re.compile(
    r"\b(?:maar|nog|ook|behalve|niet|nie|alleen|enkel|toevoeg\w{0,2}|vergeten|verander\w{0,2}"
    r"|wijzig\w{0,2}|wis|wissen|schrap\w{0,2}|erbij|bij|eerst|wacht|moet|moest|over)\b"
)
_BUT_THAT = re.compile(r"\b(?:over|rond|bij)\b.{2,40}\bwel\b")
_THAT_WAS_ALL = re.compile(r" (?:dat|da|dit) (?:is|was) (?:het|t|em|alles|genoeg)$")
_NO_MORE = re.compile(
    r"(?:no|nothing) (?:more|other|further|else)\b(?! (?:than|courses|money))|(?:rien|pas) d "
    r"autre\b"
    r"|non,? je m arrete|nichts mehr"
)
_MOST_BESIDE, _FIRST = 16, 2


def refuses(text: str) -> bool:
    """Whether one of the first clauses is a plain no, whatever reason stands beside it."""
    plain = " ".join(folded(text[: READ + 1]).replace("'", " ").split())
    if len(plain) > READ or len(plain.split()) > _MOST_BESIDE or "?" in plain:
        return False
    clauses = [each.strip() for each in _CLAUSES.split(plain) if each.strip()]
    if any(_TURNS_TO_YES.match(each) or _BUT_THAT.search(each) for each in clauses[1:]):
        return False
    return any(
        _PLAIN_NO.fullmatch(_THAT_WAS_ALL.sub("", each)) for each in clauses[:_FIRST]
    ) or bool(_NO_MORE.match(plain))


def agrees_beside(text: str) -> bool:
    """Whether a clause says yes, none says no, and nothing beside it adds or changes anything."""
    plain = " ".join(folded(text[: READ + 1]).split())
    if len(plain) > READ or len(plain.split()) > _MOST_BESIDE or "?" in plain:
        return False
    clauses = [each.strip() for each in _CLAUSES.split(plain) if each.strip()]
    meant = [says(each) for each in clauses]
    others = [each for each, said in zip(clauses, meant, strict=True) if said is None]
    return YES in meant and NO not in meant and not any(map(_TURNS.search, others))
