"""Reads how urgent somebody says that something is, as a step of the catalogue's scale.

A text is split into clauses. A clause counts when it holds a number of the scale, the name of a
step, or words for urgency, and hardly anything else; so "de bus moet snel komen" says nothing about
the scale. Words of dialect, French, English and German count too.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from language.folding import folded
from language.reading.message import asked_beside


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MOST_READ = 600
_MOST_OTHER_WORDS = 3

_NUMBER_WORDS = {
    word: value
    for value, words in enumerate(
        (
            "een ene un une one eins eentje eenke",
            "twee deux two zwei twie tweetje tweeke",
            "drie driee dri dry drij trois three drei drietje drieke",
            "vier viere vjier quatre four viertje vierke",
            "vijf vuuf vijve veuf cinq five funf vijfje vijfke",
        ),
        1,
    )
    for word in words.split()
}
_NUMBER = rf"(?:\d+(?:[.,]\d+)?|(?:{'|'.join(_NUMBER_WORDS)})(?![a-z]))"
_UNIT = (
    r"\s*(?:euro|jaar|jaren|maand|maanden|week|weken|dag|dagen|uur|uren|keer|procent|mensen|ans"
    r"|years|months|weeks|days|hours|times|jahre)\b"
)
_BETWEEN = re.compile(
    rf"\b(?P<low>{_NUMBER})\s*(?:a|tot|of|ou|or|oder|en|et|and|und|-|–|/)\s*"
    r"(?:(?:een|ne|nen|de|den|t|the|le|der) )?"
    rf"(?P<high>{_NUMBER})(?!{_UNIT})\b"
)
_OUT_OF = re.compile(rf"\b({_NUMBER})\s*(?:/|op|van de|sur|out of|von)\s*(?:5|vijf|cinq|five)\b")
_SCALE = re.compile(
    r"\b(?:op )?(?:een |ne |de |die |uw )?(?:schaal|scale|skala|echelle)"
    r"(?: (?:van|from|von|de|of))?(?: (?:1|een|one|eins|un))?"
    r"(?: (?:tot|t e?m|tot en met|to|bis|a|of))? (?:5|vijf|five|funf|cinq)\b",
    re.IGNORECASE,
)
"""The scale itself, which names no step: "op een schaal tot vijf"."""
_BEYOND = re.compile(
    r"\b(?:(?:meer|hoger|boven|verder|over|above|more|hoher|mehr|plus) (?:dan|than|als|de"
    r"|que)? ?(?:een |ne |de )?"
    r"(?:5|vijf|five|funf|cinq)"
    r"|(?:hoger|meer) (?:kan|gaat|bestaat) (?:niet|nie|ni))\b"
)
_IF_IT_EXISTED = re.compile(
    r"\b(?:als|ast|moest|mocht|if|wenn|si)\b.{0,24}\b(?:best\w{2,5}|kon|kan|kost|mocht|mag|ging"
    r"|gaat|exist\w{0,3}"
    r"|could|possible|existait|gabe|ginge)\b"
)
"""Who gives more than the scale holds means its highest step."""
_SMALL = re.compile(r"\b(\d)(?:tje|ke|je|tjen|ken|kes)\b")
_JOINED = re.compile(
    r"\bk(denk|peis|peins|zou|zeg|geef|gif|gaf|vind|vin|doe|ga|kies|neem|schat|zet)\b",
    re.IGNORECASE,
)
_ASKS_OF_SCALE = re.compile(
    r"^(?:(?:wacht|maar|en|euh|sorry|ja|eh|ah|oei|hm|goh) ){0,3}"
    r"(?:(?:wat|what|was|wuk) (?:is|zijn|betekent|bedoel\w{0,3}|wil|does|means?|do|bedeutet|heisst"
    r"|verstaat|noemt)\b"
    r"|(?:is|zijn) (?:da|dat|dit|het|t|1|een|5|vijf|4|vier) .{0,30}\b(?:op|van|of|hoog\w{0,4}"
    r"|laag\w{0,4}|meest|minst)\b"
    r"|(?:hoe|how|wie|comment) (?:werkt|moet|kan|lees|does|do|gaat|zit)\b"
    r"|(?:welke?|which) (?:kant|cijfer|van de|way|is|kant)\b)"
)
"""A question about the scale, also without its mark: "wat is dringend"."""
_HALF = re.compile(r"(?<![\d.,])(?P<number>\d)[.,]5(?!\d)")
_OUT_OF_TEN = re.compile(
    rf"\b(?P<first>{_NUMBER}|zes|zeven|acht|negen|tien)\s*(?:/|op|van de|sur|out of|von)"
    r"\s*(?:10|tien|dix|ten|zehn)\b"
    rf"|\b(?:1|een|0|nul)\s*(?:tot|a|-|to|bis)\s*(?:10|tien|dix|ten|zehn)\b\D{{0,30}}?"
    r"(?P<last>\d+|zes|zeven|acht|negen|tien)\b"
)
"""A number on a scale of ten, which is twice ours."""
_TAKEN_BACK = re.compile(
    rf"\b(?:geen|niet|pas|not|nicht)\s+(?:(?:een|voor|echt|direct|genoeg|dringend)\s+){{0,4}}"
    rf"(?:{_NUMBER})\b"
)
_ENDS_WITH_STEP = re.compile(
    r"\b(?:een|ne|nen|geef ik|zeg ik|zeg|is dat|ga ik voor|kies ik|neem ik|doe maar|wordt het)"
    r" (?:dikke |volle |dubbele |stevige |duidelijke )?"
    rf"(?P<step>\d|(?:{'|'.join(_NUMBER_WORDS)})(?![a-z]))\Z"
)
"""A step after all else that is said: "voor mij is het te laat, maar voor de anderen een 5"."""
_FINAL = re.compile(
    r"\b(?:(?:geef|schrijf|noteer|gif|pak|neem|kies|put|mettez|schreib) (?:er |dan )?(?:maar|mo"
    r"|mor|gewoon|down)?"
    r"|iets|of eerder|or rather|ou plutot|oder eher|laat ons zeggen|zeg maar|enfin|finaal"
    r"|maar eigenlijk|toch maar|toch|liever|eigenlijk|maak er|maak da?t?|doe maar|doe|zet"
    r"|wacht|nee+n?|allee|bij nader inzien|of nee|non|no|nein|in feite)\b"
)

# From the strongest to the weakest; the first that fits a clause counts.
_VERY = (
    r"(?:heel+|he+l|hiel|zeer|zere|erg|super|mega|ultra|enorm|echt|extreem|uiterst|hoogst"
    r"|ontzettend"
    r"|vreselijk|verschrikkelijk|bijzonder|zo ontzettend|tres|vraiment|extremement|hyper|very"
    r"|really|extremely|so|sehr|ganz|absoluut|kei|giga|loei|ferm|bere|beire|hoog|allerhoogst"
    r"|bijzonder|dood|poep|onwijs|vies|stevig|dubbel)"
)
_URGENT = (
    r"(?:dring(?:end|ent|ind|ends?te?|ende)|drengend|drihgend|urgent[e]?|urjent|belang(?:rijk"
    r"|ri?k|rij?k)"
    r"|be?lan[gn]?rijk|important[e]?|nodig|noodzakelijk|prioritair|prioritaire|wichtig"
    r"|pressant[e]?|kritiek"
    r"|spoedeisend|hoogdringend|vitaal|cruciaal|essentieel|eilig|pressing)"
)
_NOT = (
    r"(?:niet|nie|ni|nii|nit|nint|geen|pas|not|nicht|isn t|ain t|allesbehalve|n est pas|not that)"
)
_PATTERNS: tuple[tuple[float, re.Pattern[str]], ...] = (
    # Not today, but not too late either.
    (
        0.5,
        re.compile(
            r"\b(?:"
            r"nie?t? (?:\w+ ){0,3}(?:vandaag|vand\w{0,2}ge|morgen|direct|meteen|dringend"
            r"|bran\w{0,2}|urgent)"
            r"\w*(?: \w+){0,3} (?:maar|mor|moar|moa|mo|mer|mar)(?: \w+){0,3}"
            r" (?:nie?t?|geen|gin|ook)(?: \w+){0,2}"
            r" (?:la?oa?te?|laat|lange?|eeuwig|wachten|j[ao]{1,2}r(?:en)?)"
            r")\b"
        ),
    ),
    (
        0.75,
        re.compile(
            r"\b(?:"
            rf"{_NOT} (?:te lang|te laat|lang meer|te loate|te lank|lang)"
            r"(?: \w+){0,2} (?:duren|wachten|deure|uitstellen|zijn|zyn)|liefst (?:snel|rap|gauw)"
            rf"|wacht(?:en)? (?:er )?{_NOT} (?:te|meer) (?:lang|la?oa?t)"
            r"|mag niet te lang(?: meer)?(?: duren)?|moe(?:t|e)? (?:wel )?(?:rap|vlug|snel) gaan"
            r"|da moet rap gaan"
            r")\b"
        ),
    ),
    (
        1.0,
        re.compile(
            r"\b(?:"
            r"ni(?:et|e)? kunnen wachten|kan(?: echt)? (?:niet|nie|ni) (?:langer |meer )*wachten"
            r"|kan geen dag wachten|can ?t wait|cannot wait|kann nicht warten"
            r"|ne peut pas attendre|dringender kan niet|niets dringender|hoe eerder hoe beter"
            r"|hoe sneller hoe beter|hoe rapper hoe beter|plus vite possible"
            r")\b"
        ),
    ),
    (
        0.0,
        re.compile(
            r"\b(?:"
            rf"(?:helemaal|totaal|absoluut|hoegenaamd|gewoon) {_NOT} {_URGENT}|(?:pas|not|nicht) at"
            rf" all|pas du tout|(?:helemaal|totaal|absoluut) {_NOT}|gar nicht|uberhaupt niet"
            r")\b"
        ),
    ),
    (
        0.25,
        re.compile(
            r"\b(?:"
            rf"{_NOT} (?:zo|zoo|zu|te(?! l[ao])|erg|zeer|heel|echt|super|bijzonder"
            rf"|overdreven|direct"
            rf"|meteen|si"
            rf"|tres|vraiment|very|so|that|too|really|sehr|besonders|ferm|zo heel|per se|overly"
            rf"|trop|echt heel)(?: (?:heel|erg|super))?(?: {_URGENT}| veel haast| snel| rap)?"
            rf"|weinig (?:{_URGENT}|haast)|minder {_URGENT}|niet {_URGENT} maar|peu {_URGENT}"
            rf"|wenig {_URGENT}"
            rf"|less {_URGENT}|nauwelijks(?: {_URGENT})?|amper(?: {_URGENT})?|eerder laag"
            rf"|(?:een |e )?(?:klein|kleen) beetje(?: {_URGENT})?|laag|low|faible|niedrig"
            r")\b"
        ),
    ),
    (
        0.0,
        re.compile(
            r"\b(?:"
            rf"{_NOT} {_URGENT}|{_NOT} (?:haast|spoed|prioriteit|hoast|zever|rush|hurry|presse)"
            r"|(?:mag|kan|moa?g|mach|ka|kan gerust|mag gerust)(?: nog)?(?: \w+){0,2} wacht(?:en|n)"
            r"|wacht(?:en|n) (?:kan|mag)|(?:kan|mag)(?: \w+){0,2} later|peut attendre"
            r"|can wait|kann warten|pressiert (?:niet|nie|ni|nit)|pressee?rt (?:niet|nie|ni)"
            r"|(?:heeft|hee|ee|hebben) (?:de |alle |den )?(?:tijd|toed)|onbelangrijk|laagste"
            r"|(?:ooit|later)(?: eens| wel| ne keer)?|op (?:t|het|zijn) gemak"
            r"|geen (?:enkele )?haast"
            r"|aucune urgence|pas presse|no (?:hurry|rush)|keine eile|minst(?: dringend)?"
            r"|maakt? (?:geen|niks) haast|is (?:niks|niets) dringend(?: aan)?|pas press\w+"
            r"|niet nodig|niks dringend"
            r")\b"
        ),
    ),
    (
        1.0,
        re.compile(
            r"\b(?:"
            rf"{_VERY}(?: {_VERY}){{0,3}} (?:{_URGENT}|snel|rap|hard nodig|vlug|hoog|high|hohe?)"
            rf"|(?:super|mega|hyper|kei|ultra|hoog|aller)(?:{_URGENT})|{_URGENT} {_URGENT}"
            r"|(?:zo|su|sa|so|asse) (?:snel|rap|gauw|vlug|spoedig|rasch|schnell|vroeg) (?:als )?"
            r"(?:mogelijk|meugelijk|meuglijk|mogelik|mogeleik|wie moglich|mugelijk|magelijk)"
            r"|le plus vite(?: possible)?|as soon as possible|asap|zsm|zo rap als ge kunt"
            r"|onmiddellijk|onmiddelijk|direct|meteen|subiet|seffens|nu|nou|now|sofort"
            r"|immediatement"
            r"|immediately|right away|straight away|tout de suite|maintenant|vandaag(?: nog)?"
            r"|vandoage(?: nog)?|gisteren(?: al)?|gister(?: al)?|hier|yesterday|gestern"
            r"|dringendste?"
            r"|dringender dan dringend|hoogste(?: prioriteit| nood)?|topprioriteit|top prioriteit"
            r"|prioriteit (?:nummer )?(?:een|1)|spoed|noodgeval|maximum|maximaal|maximale|max"
            r"|highest|hochste|brandend|zeer hoog|heel hoog|5 sterren|vijf sterren"
            r"|liever gisteren dan (?:vandaag|morgen)|met spoed|dringend dringend"
            r"|het meest dringend"
            r")\b"
        ),
    ),
    (
        0.5,
        re.compile(
            r"\b(?:"
            rf"(?:tamelijk|redelijk|nogal|vrij|gemiddeld|matig|betrekkelijk|zekere|assez|plutot"
            rf"|moyennement|fairly|quite|somewhat|pretty|ziemlich|halbwegs|wel wat|wat|toch wel"
            rf"|best wel|best|best|relatief|eerder)"
            rf" (?:{_URGENT}|snel|rap|hoog)|gemiddelde?|tussenin|er ?tussenin|ertussen|er tussen"
            r"|middelmatig|middelmoat\w*|medium|moyen(?:ne)?|mittel|mittelmassig|neutraal|normaal"
            r"|gewoon|halfweg|half half|half om half|in het midden|t midden|midden|middenin"
            r"|gaat wel|gemoten|matig|so so|comme ci comme ca|niet veel niet weinig|average"
            r"|redelijk|tamelijk|noch het een noch het ander|mwah|tis goe zo|bof"
            r")\b"
        ),
    ),
    (
        0.75,
        re.compile(
            r"\b(?:"
            rf"{_URGENT}|snel|rap|rapkes|vlug|gauw|spoedig|rapido|vite|soon|fast|schnell|bald"
            r"|hoge?|hoog|high|hoch|haute?|binnenkort|dit jaar(?: nog)?|haast|pressiert|presseert"
            r"|dat pressiert|hard nodig|broodnodig|binnen het jaar|volgende maand"
            r")\b"
        ),
    ),
)
_DOUBTFUL = re.compile(
    rf"\b(?:(?:een |e )?(?:beetje|bitje|bietje|betje|beke)|un peu|a bit|a little|bisschen)"
    rf"(?: {_URGENT})?\b"
)
_SKIPPED = re.compile(
    r"(?:(?:da|dat|dit|het|t|k|ik|heb|daarover|ich|i|je|wij|we|dees|ge|gij|euh|eh|ja|nee|tja"
    r"|pff+|bah|goh|hm+"
    r"|sorry|eigenlijk|echt|zo|daar|hier|dus|maar|ook)\s+){0,8}"
    r"(?:(?:k?weet|kwee?t|wit|weit|wist|weten)(?: \w+){0,2} (?:niet|nie|ni|nii|nit|nint"
    r"|neet)(?: \w+){0,3}"
    r"|weet(?:nie|niet)|weet ik veel|weetikveel|kweet(?:et|t)? ni(?:e|et)?|wk?weeni"
    r"|(?:k?heb |em |hem )?(?:(?:ik|k|daar|er|echt|hier) ){0,2}geen (?:idee|gedacht|gedacht van"
    r"|mening|gedachte|flauw idee"
    r"|flauw benul|benul|antwoord|oordeel|gacht|gedacht over|zicht op)(?: \w+){0,4}"
    r"|gein idee|geen ide+|idk|dunno|don t know|do not know|no idea|no opinion"
    r"|(?:je )?(?:ne )?sais pas|(?:je n ai )?(?:pas d avis|aucune idee|pas d idee)(?: \w+){0,2}"
    r"|weiss (?:ich |es )?nicht|weiss nicht|keine ahnung|keine meinung"
    r"|kan ik (?:echt )?(?:niet|nie|ni) (?:goed )?(?:zeggen|inschatten|beoordelen"
    r"|kiezen)(?: \w+){0,2}"
    r"|(?:zou|durf)(?: \w+){0,3} (?:niet|nie|ni) (?:weten|zeggen|durven)(?: \w+){0,2}"
    r"|(?:moeilijk|lastig) (?:te zeggen|om te zeggen|in te schatten|vraag)"
    r"|(?:ik )?(?:sla|sloa) (?:deze |die |dit |dat )?(?:maar |liever )?over|sla (?:\w+ ){0,2}over"
    r"|overslaan|skip|passer|uberspringen|geen voorkeur|maakt (?:me |mij )?ni(?:et|e)?(?:ks)? uit"
    r"|(?:zeg|antwoord)(?: \w+){0,3} (?:liever|liefst) niet(?: \w+){0,2}|liever niet)"
    r"(?:\s+(?:hoor|ze|zenne|eigenlijk|echt|daarover|sorry|meneer|mevrouw|volgende|nee|dus)){0,6}"
)
_SENTENCES = re.compile(r"[.!?;\n…]+")
_CONCLUDES = re.compile(
    r"(?:ja+|yes|oui|dus|ok|oke|allez|allee|goed|bon|komaan|juist|voila|so|also)\b"
)
_CLAUSES = re.compile(
    r"[.!?;\n()…]+|,(?!\d)|\s[-–—]\s|:\s|\b(?:want|omdat|aangezien|anders|zodat|parce que|car"
    r"|because|weil|denn)\b"
)
_FILLERS = _words(
    "gif mo moa schrijf schrijft schryft noteer noteert ik "
    "k vind vin vinden denk peis peins dink zou zeg zegge geef geven kies neem pak "
    "doe zet maar mor moar mer dat da dit het t is tis s ja jaja jao joa euh eh uh "
    "goh hm hmm ah oh o och allee wel toch dan nu voor mij mijn part ons onze ne nen "
    "een n de den der die dees deze aan van in op bij met en er echt hoor ze zenne "
    "zeker zekers eh he hè hein dus zo te zijn zyn was wordt worden moet moe mag kan "
    "zal komt gaat gaan blijft wil graag aub alsjeblieft alstublieft svp please bitte "
    "liefst misschien ongeveer rond ergens zowat mss niet nie ni al heel erg zeer ook "
    "prioriteit prio urgentie dringendheid cijfer getal score punt punten nummer "
    "numero nr stap c est cest ce je pense dirais it its it s i say think would this "
    "that thing es das ist ich finde wurde sagen zeggen noemen schat lijkt me jong "
    "man mens mensen gast vriend meneer amai stomme robot bot machine verdomme "
    "godverdomme potverdorie fuck shit as als ge gij u ulle wij we hun alles alle "
    "hier daar tot over ongetwijfeld absoluut natuurlijk uiteraard tuurlijk duidelijk "
    "maken maak maakt genoeg zeker vast bijna nog altijd al lang jaar jaren "
    "id d go for give gonna ll i'd make volstaan volstaat schaal scale skala eigenlijk"
)
_QUALIFIES = _words(
    "niet nie ni geen pas not nicht heel erg zeer echt super mega ultra zo so tres "
    "very sehr nogal vrij redelijk tamelijk weinig minder beetje best eerder ziemlich "
    "assez plutot fairly quite helemaal totaal absoluut extreem enorm bijzonder "
    "dringend dringende wat te"
)
_JUST = frozenset(("gewoon", "normaal"))
"""Words that mean an urgency only where they stand alone."""
_FIRE = re.compile("[\U0001f525\U0001f6a8\u203c\u2757\u26a0\u23f0]")
_MANY_FIRES = 3


@dataclass(frozen=True)
class Urgency:
    """What a text says about urgency.

    ``values`` holds one step of the scale, or two where the text leaves open which. ``skipped``:
    the participant does not know or does not want to say. Otherwise the text is not about urgency.
    """

    values: tuple[int, ...] = ()
    skipped: bool = False

    @property
    def value(self) -> int | None:
        """The step, where the text says exactly one."""
        return self.values[0] if len(self.values) == 1 else None


_TO_THE_ASSISTANT = re.compile(
    r"\b(?:stop\w*|stoppen|ophouden|afronden|rond\w*|kap|gaan|weg|door|naar|slapen|eten|vertrek\w*"
    r"|verdergaan|doorgaan|voortgaan|verderdoen|voortdoen|overgaan|volgende?"
    r"|(?<!zou )(?<!zou ik )(?<!ons )zeggen|gezegd|gezeid|geantwoord|antwoord\w*|vraag|vragen"
    r"|opdracht|onderwerp|einde|verder"
    r"|voort|moe|beu|terug|even|over|gebleven|vroeg\w{0,2}|gevraagd)\b"
)
_MOMENT = re.compile(
    r"\b(?:nu|nou|hier|direct|meteen|subiet|seffens|gisteren|gister|vandaag|now|maintenant"
    r"|yesterday|gestern|gewoon|sofort|heb|genoeg|vijf|vier|drie|twee)\b"
)
_OF_URGENCY = re.compile(
    rf"\b(?:{_URGENT}|snel|rap|vlug|gauw|spoedig|haast|prioriteit|prio|cijfer|score|(?<!volgende )"
    rf"(?<!volgend )punt"
    r"|mogelijk"
    r"|beginnen|starten|aanpakken|gebeuren|doen|gedaan|veranderen|wachten|liever|liefst|best)\b"
)


_TOLD_NUMBER = re.compile(
    r"\b(?:geef|gif|zet|noteer|schrijf|neem|pak|maak|doe)\b(?: \w{1,8}){0,4}? "
    rf"(?:{'|'.join(_NUMBER_WORDS)})\b"
)
"""Who gives a number, whatever they do next: "geef dat een vier, en dan ga ik slapen"."""


def _about_the_talk(plain: str) -> bool:
    """Whether words such as "nu" and "hier" stand in a remark: "ik stop hier", "ik moet nu weg"."""
    if re.search(r"\d", plain) or not _MOMENT.search(plain) or _OF_URGENCY.search(plain):
        return False
    if _TOLD_NUMBER.search(plain):
        return False
    return _TO_THE_ASSISTANT.search(plain) is not None


def read_urgency(text: str, steps: Mapping[int, str]) -> Urgency:
    """Reads a text; ``steps`` are the numbers of the scale and their names, as in the catalogue."""
    shown = _spoken(text.strip()[:MOST_READ])
    plain = _plain(shown)
    if _ASKS_OF_SCALE.match(plain):
        return Urgency()
    if _about_the_talk(plain):
        return Urgency(skipped=_SKIPPED.fullmatch(plain) is not None)
    if not plain:
        fires = len(_FIRE.findall(shown))
        if not fires:
            return Urgency()
        return Urgency((max(steps),)) if fires >= _MANY_FIRES else Urgency((_step(0.75, steps),))
    if _SKIPPED.fullmatch(plain):
        return Urgency(skipped=True)
    half = _HALF.search(shown)
    if half and others(shown) == 0:
        low = int(half["number"])
        return Urgency(tuple(each for each in (low, low + 1) if each in steps))
    if shown.endswith("?") and not _bare(plain, steps):
        first = step_first(shown.rstrip("?"), steps) if "," in shown else None
        if first is not None:
            # "4 denk ik, of komt mijn naam daarbij?"
            return Urgency((first,))
        beside = asked_beside(shown)
        if beside is None or others(beside[0]) > _MOST_OTHER_WORDS:
            return Urgency()
        return read_urgency(beside[0], steps)
    of_ten = _OUT_OF_TEN.search(_plain(shown, keep="-/,."))
    if of_ten and others(shown) <= _MOST_OTHER_WORDS:
        return Urgency(_of_ten(of_ten["first"] or of_ten["last"], steps))
    if _goes_beyond(plain, steps):
        return Urgency((max(steps),))
    names = {_plain(name): value for value, name in steps.items()}
    for name, value in names.items():
        if plain in (name, f"{value} {name}"):
            return Urgency((value,))
    if _PATTERNS[0][1].search(plain):
        return Urgency((_step(_PATTERNS[0][0], steps),))
    said: list[tuple[bool, tuple[int, ...], str]] = []
    for clause in _CLAUSES.split(folded(shown)):
        bare = _plain(clause)
        found = _of_clause(bare, clause, steps, names) if bare else ()
        if found:
            said.append((bool(re.search(r"\d", clause)) or _has_number(bare), found, bare))
    if not said:
        if (first := step_first(text, steps)) is not None:
            return Urgency((first,))
        ends = _ENDS_WITH_STEP.search(plain)
        if ends and len(re.findall(r"\d", plain)) == ends["step"].isdigit():
            value = int(_number(ends["step"]))
            return Urgency((value,) if value in steps else ())
        return Urgency(
            skipped=any(_SKIPPED.fullmatch(_plain(each)) for each in _CLAUSES.split(plain))
        )
    last = said[-1]
    if len(said) > 1 and last[0] and _concludes(shown):
        # "Drie, of eerder vier. Ja, vier."
        return Urgency(last[1])
    if len(said) > 1 and not _FINAL.search(last[2]):
        numbered = [each for each in said if each[0]]
        pair = numbered[0][1] if numbered else ()
        settled = [each[1] for each in numbered[1:] if len(each[1]) == 1]
        if len(pair) > 1 and settled and settled[-1][0] in pair:
            # "4 of 5, ik zal 4 zeggen": one of the two is chosen.
            return Urgency(settled[-1])
        if len({each[1] for each in numbered}) == 2 and not _FINAL.search(plain):
            # "Voor mij 2, voor de mensen 5": which of the two counts?
            low, high = sorted(value for each in numbered for value in each[1][:1])[:2]
            return Urgency((low, high))
        if numbered:
            last = numbered[-1]
        elif len(named := {each[1] for each in said if _names(each[2], names)}) == 1:
            # "Het moet rap gaan, heel dringend": the name of a step says which.
            return Urgency(named.pop())
        elif len({each[1] for each in said}) > 1:
            together = sorted({value for each in said for value in each[1]})
            return Urgency((together[0], together[-1]) if _near(together) else ())
    return Urgency(last[1])


def _spoken(text: str) -> str:
    """A text with small forms of numbers, and "k" before a verb, in their plain spelling."""
    bare = _SCALE.sub(" ", _SMALL.sub(r"\1", _JOINED.sub(r"ik \1", text)))
    return bare if any(sign.isalnum() for sign in bare) else text


def _concludes(text: str) -> bool:
    """Whether the last sentence of a text begins as a decision does."""
    *before, last = _SENTENCES.split(text.strip(" .!\n")) or [""]
    return bool(before) and _CONCLUDES.match(_plain(last)) is not None


def _goes_beyond(plain: str, steps: Mapping[int, str]) -> bool:
    """Whether a text gives more than the scale holds: "6 als dat bestond", "meer dan 5"."""
    if _BEYOND.search(plain) and _others(_BEYOND.sub(" ", plain)) <= _MOST_OTHER_WORDS:
        return True
    over = [each for each in re.findall(r"\b\d{1,4}\b", plain) if int(each) > max(steps)]
    return len(over) == 1 and _IF_IT_EXISTED.search(plain) is not None


def _names(bare: str, names: Mapping[str, int]) -> bool:
    """Whether a clause holds the whole name of a step."""
    found = [name for name in names if re.search(rf"\b{name}\b", bare)]
    return any(not _QUALIFIES & set(bare.replace(each, " ", 1).split()) for each in found)


_TENS = {"zes": 6, "zeven": 7, "acht": 8, "negen": 9, "tien": 10}


def _of_ten(word: str, steps: Mapping[int, str]) -> tuple[int, ...]:
    """The step, or the two between which it lies, of a number on a scale of ten."""
    number = _TENS.get(word) or _number(word)
    height = number * max(steps) / 10
    between = sorted({math.floor(height), math.ceil(height)})
    return tuple(each for each in between if each in steps)


def _near(values: list[int]) -> bool:
    return len(values) == 2 and values[1] - values[0] == 1


def _of_clause(
    bare: str, clause: str, steps: Mapping[int, str], names: Mapping[str, int]
) -> tuple[int, ...]:
    """The steps that one clause names; none where it says other things too."""
    final = list(_FINAL.finditer(bare))
    if final and final[-1].start() > 0:
        # "een vier, nee, maak er vijf van": what comes after the change of mind counts.
        later = _of_clause(bare[final[-1].end() :].strip(), bare[final[-1].end() :], steps, names)
        if later:
            return later
    whole = _plain(clause, keep="-/–,.")
    kept = _TAKEN_BACK.sub(" ", whole)
    low_high = _BETWEEN.search(kept)
    if low_high and not _OUT_OF.search(kept):
        both = sorted({_number(low_high["low"]), _number(low_high["high"])})
        rest = _others(_BETWEEN.sub(" ", kept))
        if len(both) == 2 and all(each in steps for each in both) and rest <= _MOST_OTHER_WORDS:
            return (int(both[0]), int(both[1]))
    numbers = _numbers(kept, steps)
    if len(numbers) == 1 and _others(re.sub(_NUMBER, " ", _OUT_OF.sub(" ", kept))) <= 1:
        return (numbers.pop(),)
    for name in sorted(names, key=len, reverse=True):
        if re.search(rf"\b{name}\b", bare) and not _QUALIFIES & set(
            bare.replace(name, " ", 1).split()
        ):
            rest = _others(bare.replace(name, " "))
            return (names[name],) if rest <= 1 else ()
    doubtful = _DOUBTFUL.search(bare)
    unsure = doubtful and not re.search(rf"\b{_NOT}\b|\bklein\b", bare)
    if unsure and _others(_DOUBTFUL.sub(" ", bare)) <= _MOST_OTHER_WORDS:
        return (_step(0.25, steps), _step(0.5, steps))
    for level, pattern in _PATTERNS:
        matched = pattern.search(bare)
        if matched:
            rest = _others(pattern.sub(" ", bare))
            if matched.group() in _JUST and rest:
                # "Gewoon de gemeente" says nothing of urgency.
                continue
            return (_step(level, steps),) if rest <= _MOST_OTHER_WORDS else ()
    return ()


_BESIDE_STEP = re.compile(r"[,.;:!\n]|\b(?:want|omdat|vermits|because|car|parce|weil|als|as) ")
_ARTICLES = _words("een ene eentje eenke un une one alle all toutes")


def step_first(text: str, steps: Mapping[int, str]) -> int | None:
    """The step that the first clause of a text names by its number, with only filling beside it.

    What follows may tell why: "4 toch, want volgend jaar gaan er zes op pensioen".
    """
    clause = _plain(_BESIDE_STEP.split(folded(_spoken(text[:MOST_READ])), maxsplit=1)[0], keep="/")
    words = clause.split()
    if len(words) > 1 and _ARTICLES & {*words} and not re.search(r"\bop|sur|out of\b", clause):
        return _step_beside_article(clause, steps)
    return _only_step(clause, steps)


def _step_beside_article(clause: str, steps: Mapping[int, str]) -> int | None:
    """As ``_only_step``, where an article stands that may be a number itself: "een vier"."""
    bare = re.sub(r"\b(?:een|ene|un|une|one)\b(?= \S)", " ", clause)
    return None if _ARTICLES & set(bare.split()) else _only_step(bare, steps)


def _only_step(clause: str, steps: Mapping[int, str]) -> int | None:
    found = _numbers(clause, steps)
    return found.pop() if len(found) == 1 and not _others(_OUT_OF.sub(" ", clause)) else None


def names_number(text: str) -> bool:
    """Whether a text holds the word of a number of the scale, in any language; no article."""
    return _has_number(_plain(text[:MOST_READ]))


def step_named(text: str, steps: Mapping[int, str]) -> int | None:
    """The only step whose number or name a text holds, whatever else it says; or None."""
    plain = _plain(text[:MOST_READ])
    found = _numbers(plain, steps) or {
        value for value, name in steps.items() if re.search(rf"\b{_plain(name)}\b", plain)
    }
    return found.pop() if len(found) == 1 else None


def others(text: str) -> int:
    """How many words of a text are no filling and no number."""
    return _others(_plain(text))


def _step(level: float, steps: Mapping[int, str]) -> int:
    """The step at a height of the scale: 0 is the lowest, 1 the highest."""
    ordered = sorted(steps)
    return ordered[round(level * (len(ordered) - 1))]


def _others(bare: str) -> int:
    words = re.findall(r"[a-z]{2,}", bare)
    return sum(word not in _FILLERS and word not in _NUMBER_WORDS for word in words)


def _number(word: str) -> float:
    return _NUMBER_WORDS[word] if word in _NUMBER_WORDS else float(word.replace(",", "."))


def _numbers(bare: str, steps: Mapping[int, str]) -> set[int]:
    out_of = _OUT_OF.search(bare)
    if out_of:
        value = _number(out_of[1])
        return {int(value)} if value in steps else set()
    found = set()
    for match in re.finditer(rf"(?<![\w,.])({_NUMBER})(?![\w%]|{_UNIT})", bare):
        word = match[1]
        # "een" and "un" are articles more often than numbers.
        if word in ("een", "ene", "un", "une", "one", "hier") and match.end() < len(bare.rstrip()):
            continue
        value = _number(word)
        if value in steps:
            found.add(int(value))
    return found


def _has_number(bare: str) -> bool:
    return any(word in _NUMBER_WORDS for word in bare.split() if word not in ("een", "un", "une"))


def _bare(plain: str, steps: Mapping[int, str]) -> bool:
    return _others(plain) == 0 and bool(_numbers(plain, steps))


def _plain(text: str, keep: str = "") -> str:
    """Letters and digits in lower case without accents, single spaces, no doubled exclamation."""
    kept = re.sub(rf"[^a-z0-9{re.escape(keep)}\s]", " ", folded(text).replace("ß", "ss"))
    return " ".join(re.sub(r"([a-z])\1{2,}", r"\1\1", kept).split())
