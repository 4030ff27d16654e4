"""Whether a sentence can be read without the answer, the question and the theme around it.

The rules name what made readers who did not know the answers reject a proposal: a word that points
at another sentence, a thing that was told of before, a comparison with nothing, an argument or a
complaint beside the proposal, spoken language. Wording and part of speech decide; nothing is
learned. A text is one sentence on one line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# How one talks to somebody, or as one talks: not how a plan is written.
_SPOKEN = re.compile(
    r"""\b(?:ge|gij|gulder|zijt|nen|ne|da|da's|ni|nie|nimmer|efkes|es|gwn|ofzo|aub|ipv|mekaar|'k|'t|d'n|den|iets\sof\swat|mois|moe|lak
    |euh|haha|hoor|allez|awel|ewel|bon|amai|sorry|klaar|punt|onnozele?|deftig|serieus|gasten|kot|miserie|u|uw|uzelf|jij|jou|jouw|je\seigen
    |the|and|with|avec|pour|und)\b
    |!!|\.\.\.|…|;|\bof\szo\b
    |\b(?:toch|eens|gewoon|eindelijk|alstublieft|alsjeblieft|graag|liefst|echt|gerust|ginder|ginds|desnoods|trouwens)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_FIRST_PERSON = re.compile(
    r"\b(?:ik|mij|mijn|m'n|me|mezelf|ons|onze|we|wij)\b|\b(?:laat|zouden)\sons\b", re.IGNORECASE
)
# A main clause after the measure: its verb stands second, not last as in a relative clause.
_ARGUES = re.compile(
    r""",\s(?:en\s|maar\s)?(?:want\b|dan\s|(?:dat|die|dit|deze|er|daar|hier|het|ze|zij|we|wij|ik|je|men|niemand
    |iedereen|anders|nu|zo)\s(?:is|zijn|was|waren|heeft|hebben|had|kan|kunnen|mag|mogen|moet|moeten|zal|zullen|zou
    |wordt|worden|gaat|gaan|komt|komen|doet|doen|staat|staan|ligt|liggen|maakt|maken|kost|kosten|scheelt|werkt
    |werken|lukt|weet|weten|ziet|zien|zegt|vindt|blijft|krijgt|krijgen|geeft|geven|hoeft|hoeven|helpt|levert
    |leveren|zorgt|bestaat|houdt|houden|brengt|lost|spaart|trekt|loopt|valt|gebeurt|betekent)\b)""",
    re.IGNORECASE | re.VERBOSE,
)
_REASON = re.compile(
    r"\b(?:want|omdat|aangezien|daarom|nochtans|jammer|spijtig|waarom)\b|\bals\s(?:dat|dit)\b|!\s|\?|[.!]\s+[A-ZÉ]\w*\s",
    re.IGNORECASE,
)
_DONE = re.compile(
    r"\b(?:was|waren|had|hadden|werd|werden|ging|gingen|deed|deden|kreeg|kregen|bestaat\sal|al\sjaren)\b",
    re.IGNORECASE,
)
_LINKED = re.compile(
    r"""(?:en|maar|dus|ook|want|of|toch|dan|daarna|nadien|pas|zo|zodat|verder|eerst|evenzeer|tevens|eveneens
    |bovendien|daarnaast|ten\s\w+:?|tot\sslot|tenslotte|bijvoorbeeld|bv|alleen|enkel|zeker|belangrijk|gelijk
    |zonder|niet|niks|geen|wel|misschien|nog|anders|liever|vooral|zelfs|kortom|concreet|als|wanneer|terwijl
    |andere?|ja|nee|neen|willen|naast|hierbij|daarbij|zoals|vervolgens)(?![\w-])
    |[\w-]{1,30}\s(?:[\w-]{1,30}\s)?(?:wel|liever|dan|dus|nog)\s
    |\d|\W|[a-z][.)]""",
    re.IGNORECASE | re.VERBOSE,
)
_ALSO = re.compile(
    r"\s(?:eveneens|tevens|evenzeer|bovendien|nog\see?n|nog\seens)\s|\b(?:moet(?:en)?|dan|zou(?:den)?|kan|kunnen)\sook\s",
    re.IGNORECASE,
)
_LATER = re.compile(r",\s|\s(?:zodat|die|dat|waar\w*|wie|om)\s", re.IGNORECASE)
_OWN_TEXT = re.compile(
    r"\b(?:voorstel|vraag|antwoord|punt|zin|opdracht|idee|advies)\s(?:één|eén|een|twee|drie|vier|\d)\b"
    r"|\b(?:vorige|volgende|bovenstaande|onderstaande|genoemde|vermelde|bedoelde|overige|zogenaamde)\b",
    re.IGNORECASE,
)
_POINTING_WORD = re.compile(
    r"""(?:daar|hier)(?:\w{2,7})?|er(?:aan|af|bij|door|in|mee|na|naar|naast|onder|op|over|rond|toe|tussen|uit|van|voor)
    |zo'n|zulke?|zoiets|dergelijke|soortgelijke|degelijk|ginder|beide""",
    re.IGNORECASE | re.VERBOSE,
)
_PERSONS = ("ze", "zij", "hen", "hun", "hem", "haar", "hij")
_WITHIN = ("die", "deze", "daarvoor", "daarna", "daarbij", *_PERSONS)
_STRANDED = ("van", "voor", "op", "aan", "over", "mee", "naar", "bij", "tegen", "in", "uit", "door")
_SAME = re.compile(
    r"\b(?:het|de|die|dat|een)\s?zelfde\b(?!\s(?:\S+\s){1,4}(?:als|die|waar)\b)", re.IGNORECASE
)
_COMPARED = re.compile(
    r"\b(?!(?:andere|iedere|bijzondere|zekere|eerdere|verdere|latere|hogere|lagere|zwangere|dappere|bittere|lekkere"
    r"|openbare|kwetsbare|zelfsturende|wakkere|oudere|meerdere|eigenlijkere|duurzamere|jongere)\b)"
    r"[^\W\d_]{3,16}(?<![aeou]b)ere\s(?!\S+\sdan\b)[^\W\d_]",
    re.IGNORECASE,
)
_THAN_WHAT = re.compile(
    r"(?:goedkoper|beter|sneller|vaker|eerder|vroeger|trager|duidelijker|makkelijker|langer|korter|veiliger|dichter)\s"
    r"|[\w-]{1,30}\s(?:het|alles)\s(?:\w{1,30}er)\b",
    re.IGNORECASE,
)
# Orders of which the measure is told elsewhere: where one goes, with whom one works.
_WEAK_ORDER = re.compile(
    r"(?:ga|gaan|kijk|kijken|denk|denken|begin|beginnen|zeg|zeggen|toon|tonen|kom|blijf|blijven|doe"
    r"|beoordeel|noem|vertel|vier|wees|hou(?:d)?\srekening|leg\suit|luister|luisteren|probeer|werk\ssamen)\s",
    re.IGNORECASE,
)
# What a price, a rule or an answer belongs to is told before, unless a complement follows.
_OF_WHAT = re.compile(
    r"""\b(?:de|het)\s(?:\w{2,20}e\s)?\w{0,24}(?:prij(?:s|zen)|kost(?:en|prijs)?|betaling|opbrengst|aanvraag|regeling|regels?|maatregel
    |procedure|start|rest|duur|termijn|bedrag|tarief|toegang|oplossing|aanpak|werking|norm|bewijslast|beslissing
    |uitleg|resulta(?:at|ten)|afstand|drempels?|bron|oorzaak|gevolgen|kennis|ervaring|gegevens|project|formulier|systeem
    |premies?|vergoeding|toelage|subsidies?|fonds|dossier|proef|toets|examen|attest|bijdrage|steun|commissie|werkgroep|plan|lijst
    |kaart|afspraak|afspraken|controle|voorwaarden?|verplichting|sanctie|boete)\b
    (?!\s(?:van|voor|om|tot|per|die|dat|waar\w*|over|tussen|in|bij|aan|tijdens|na|naar|op|met|uit)\b)""",
    re.IGNORECASE | re.VERBOSE,
)
_ELSEWHERE = re.compile(
    r"\b(?:wie|die|dat)\ser\b|\been\ssoort\b|^\S+\s(?:alles|iets|dingen)\b|\bwie\swat\b|^\S+\s(?:de|het)\s(?:systeem|rekening|project|proef|lijst)\b|\b(?:de|die|deze)\sande(?:re|ren)\b",
    re.IGNORECASE,
)
_TAKES_AWAY = re.compile(r"\b(?:eraf|eruit|erin|erbij|eronder|weg)$", re.IGNORECASE)
# Free days of what: the thing is the noun that is missing.
_FREE_TIME = re.compile(
    r"\bgratis\s(?:dag(?:en)?|uur|uren|uurtje|kwartier|minuten|beurt(?:en)?|keren|weken|maand(?:en)?)\b"
    r"(?!\s\w{4,24}en\b)",
    re.IGNORECASE,
)
_ARTICLES = ("de", "het")
_COMPLEMENT = re.compile(
    "van|voor|in|op|aan|tussen|naar|om|die|dat|met|bij|uit|over|tot|rond|langs|te|per|waar|waarin"
    "|waarop|zonder"
)
_LONG = 11
"""A compound of this many letters mostly tells by itself which thing it is."""

_STEM = 5
# What there is one of, and what is meant in general.
_FAMILIAR = re.compile(
    r"""(?:\w*(?:gemeente|stad|overheid|regering|staat|minister|provincie|sector|markt|buurt|wijk|streek|regio|dorp
    |centrum|stadhuis|loket|bib|school|klas|les|winkel|kerk|moskee|kermis|sporthal|wachtzaal|huis|vloer|werk|werkgever
    |werknemer|burger|persoon|mens|leerling|ouder|kind|chef|baas|politie|vervoer|avond|ochtend|namiddag|middag|weekend
    |week|maand|jaar|zomer|winter|herfst|lente|dag|nacht|vakantie|spits|begin|einde|gevangenis|internet|telefoon|radio
    |station|park|plein|jeugd|patiënt|toekomst|leven|helft|recht|loonbrief|diploma|rijbewijs|loon|inkomen|uitkering
    |bevolking|pensioen|ziekenfonds|vakbond|bijzonder|algemeen|uurrooster
    |televisie|post|wet|natuur|samenleving|verkeer|afval|onderwijs|arbeid|zorg|land|omroep|ziekte|nieuws|bedrijf|job|spoed))s?""",
    re.IGNORECASE | re.VERBOSE,
)  # fmt: skip
_MOMENTS = ("dag", "dagen", "ochtend", "namiddag", "avond", "nacht", "week", "maand", "periode")
_TIMES = ("uur", "uren", "dagen", "weken", "maanden", "jaar")
_ROLES = ("er", "aar", "eur", "ist", "arts")
_ON_IT = (
    "voetpad",
    "fietspad",
    "trottoir",
    "stoep",
    "straat",
    "trein",
    "bus",
    "tram",
    "auto",
    "fiets",
)


def is_spoken(text: str) -> bool:
    """Whether a sentence is in spoken language, another language, or speaks to somebody."""
    return bool(_SPOKEN.search(text))


def argues(text: str) -> bool:
    """Whether a sentence asks, gives a reason, or tells what happened, beside what it proposes."""
    return bool(_ARGUES.search(text) or _REASON.search(text) or _DONE.search(text))


def leans_on_others(
    text: str, words: Sequence[str], tags: Sequence[str], parts: Sequence[str]
) -> bool:
    """Whether a word of the sentence points at another sentence, or at who speaks.

    ``words`` are the words of the text, ``tags`` their tags of the Corpus Gesproken Nederlands, and
    ``parts`` their universal parts of speech.
    """
    if _LINKED.match(text) or _FIRST_PERSON.search(text) or _OWN_TEXT.search(text):
        return True
    main = _LATER.split(text, maxsplit=1)[0]
    if _ALSO.search(f"{main} ") or _SAME.search(text):
        return True
    return any(_points_away(words, tags, parts, place) for place in range(len(words)))


def misses_what_it_names(
    text: str, words: Sequence[str], tags: Sequence[str], parts: Sequence[str]
) -> bool:
    """Whether the sentence names a thing or a comparison of which the other half is not told."""
    if _WEAK_ORDER.match(text) or _FREE_TIME.search(text) or _TAKES_AWAY.search(text.rstrip(" .!")):
        return True
    if _COMPARED.search(text) or _THAN_WHAT.match(text):
        return True
    if _OF_WHAT.search(text) or _ELSEWHERE.search(text):
        return True
    return any(_is_untold(words, tags, parts, place) for place in range(len(words) - 1))


def _points_away(
    words: Sequence[str], tags: Sequence[str], parts: Sequence[str], place: int
) -> bool:
    """Whether the word at this place points at something outside the sentence."""
    low = words[place].lower()
    before, after = parts[:place], parts[place + 1 : place + 2]
    told = sum(part in ("NOUN", "PROPN") for part in before)
    again = any(words[at] == "," or words[at].lower() in ("en", "of") for at in range(place))
    if told > 1 and again and (low in _WITHIN or (low == "dat" and parts[place - 1] == "VERB")):
        return False
    if low in _PERSONS:
        return not told
    if _POINTING_WORD.fullmatch(low):
        # "Zorg ervoor dat ...", "ervoor zorgen dat ...": the clause that follows is meant.
        return not (low == "ervoor" and {"dat", "om"} & {each.lower() for each in words[place:]})
    if low in ("dat", "dit"):
        return "aanw" in tags[place] and not (place and parts[place - 1] in ("NOUN", "PROPN"))
    if low in ("die", "deze"):
        if words[place + 1 : place + 2] and words[place + 1].lower() in _MOMENTS:
            return True
        # The second word of a sentence is relative to no noun: "Vraag die mensen ..." is an order.
        relative = place > 1 and (
            parts[place - 1] in ("NOUN", "PROPN", "PRON") or words[place - 1] == ","
        )
        return not relative and ("aanw" in tags[place] or tuple(after) == ("NOUN",))
    if low == "het":
        return _is_pronoun(words, tags, parts, place)
    if low == "er" and place:
        # "Er moet meer aandacht voor komen": for what is told elsewhere.
        return any(
            words[at].lower() in _STRANDED and parts[at + 1 : at + 2] in (("VERB",), ["VERB"])
            for at in range(place, len(words))
        )
    return bool(low == "er" and after == ())


def _is_pronoun(
    words: Sequence[str], tags: Sequence[str], parts: Sequence[str], place: int
) -> bool:
    """Whether "het" stands for a thing, and not before a noun or for a clause that follows."""
    after = parts[place + 1] if place + 1 < len(parts) else "PUNCT"
    if after in ("NOUN", "PROPN", "NUM"):
        return False
    rest = {each.lower() for each in words[place + 1 :]}
    if after == "ADJ":
        following = set(parts[place + 2 : place + 4])
        return not (following & {"NOUN", "PROPN"} or rest & {"om", "dat", "voor"})
    if after == "VERB":
        # "het leren van ouders" is a thing.
        return "inf" not in tags[place + 1] or words[place + 2 : place + 3] not in (
            ("van",),
            ["van"],
        )
    return True


def _is_untold(words: Sequence[str], tags: Sequence[str], parts: Sequence[str], place: int) -> bool:
    """Whether an article at this place points at a thing that the text has not named."""
    if words[place].lower() not in _ARTICLES:
        return False
    head = place + 1
    while parts[head] == "ADJ" and head + 1 < len(words):
        head += 1
    # "het educatief verlof": an adjective that was taken for a noun.
    head += parts[head : head + 2] in (("NOUN", "NOUN"), ["NOUN", "NOUN"])
    noun = words[head]
    if parts[place + 1] == "NUM" and parts[head + 1 : head + 2] in (("NOUN",), ["NOUN"]):
        # "de twee formulieren", but not "de tien grootste" nor "de eerste les".
        return "hoofd" in tags[place + 1] and words[head + 1].lower() not in _TIMES
    if parts[head] != "NOUN" or len(noun) >= _LONG or not noun[:1].islower():
        return False
    after = words[head + 1].lower() if head + 1 < len(words) else ""
    plural = ",mv," in tags[head] or (words[place].lower() == "de" and noun.endswith(("en", "s")))
    if plural or _FAMILIAR.fullmatch(noun) or _COMPLEMENT.fullmatch(after):
        return False
    if words[place].lower() == "de" and noun.endswith(_ROLES):
        return False
    if place and noun in _ON_IT and words[place - 1].lower() in ("op", "met", "van", "per"):
        return False
    stem = noun[:_STEM].lower()
    return not any(each.lower().startswith(stem) for each in words[:place])
