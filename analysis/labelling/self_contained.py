"""Whether the sentence of an action can be read without the answer, the question and the theme.

The rules name what made readers who did not know the answers reject a candidate: a sender before
the measure, a thing that was told of before, a comparison with nothing, an order that does not say
what for, a thing that is for nobody. Wording and part of speech decide; nothing is learned.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from analysis.preprocessing.proposals import names_actor

_SENDER = re.compile(
    r"""(?:wij|we|ik|men|mensen|de\s\S{1,30}|het\s\S{1,30}|onze\s\S{1,30}|ons\s\S{1,30}|mijn\s\S{1,30}|[A-Z]{2}\S{0,30})\s(?:\S{1,30}\s)?
    (?:stel(?:len|t)?\s(?:\S{1,30}\s)?voor|vra(?:ag|agt|gen)|pleit(?:en)?|bepleit(?:en)?|advise(?:er|ert|ren)
    |beve(?:el|elt|len)\s|wens(?:t|en)?|wil|wilt|willen|verwacht(?:en)?|hoopt|hopen|vind(?:t|en)?|denk(?:t|en)?
    |is\som|is\sdat)\b
    |(?:ons|mijn|het|een|een\s\S{1,30}|het\s\S{1,30})?\s?(?:voorstel(?:len)?|idee|vraag|advies|suggestie|tip|oplossing)
    \s?(?::|is\b|zou\b)""",
    re.IGNORECASE | re.VERBOSE,
)
# Orders of which the measure is told elsewhere: where one goes, with whom one works.
_WEAK_ORDER = re.compile(
    r"(?:ga|gaan|werk|werken|kijk|kijken|denk|denken|begin|beginnen|zeg|zeggen|toon|tonen|kom|blijf|blijven|deel"
    r"|beoordeel|noem|vertel|vier|let|wees|doe\s(?:iets|er)|hou(?:d)?\srekening|leg\suit|luister|luisteren|probeer)\s",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(
    r"""\b(?:per|elke?|iedere?)\s\w
    |\b(?:voor|aan)\s(?:alle|wie|iedereen|(?:de\s|het\s|hun\s)?(?:\S{1,30}\s)?(?:mensen|burgers?|ouders?|jongeren|ouderen|senioren
    |kinderen|leerlingen|studenten|cursisten|deelnemers|werknemers?|werkzoekenden|werklozen|vrijwilligers|buren
    |bewoners|klanten|fietsers|voetgangers|automobilisten|handelaars|gezinnen|nieuwkomers|volwassenen|bedrijven
    |scholen|verenigingen|zelfstandigen|gemeenten|bezoekers|leraren|chauffeurs|pendelaars|seizoenwerkers))\b""",
    re.IGNORECASE | re.VERBOSE,
)
_COMPARED = re.compile(
    r"\b(?!(?:hogere\s(?:onderwijs|studies|opleiding))\b)"
    r"(?!(?:andere|iedere|bijzondere|zekere|eerdere|verdere|latere|lagere|zwangere|dappere|bittere|lekkere"
    r"|openbare|kwetsbare|zelfsturende|wakkere|tijdelijkere|oudere|meerdere|eigenlijkere|duurzamere|jongere)\b)"
    r"[^\W\d_]{3,16}(?<![aeou]b)ere\s(?!\S+\sdan\b)[^\W\d_]",
    re.IGNORECASE,
)
# A thing that is so, or that somebody would like to be so: nothing is done.
_FACT = re.compile(
    r"""\bkeer\s(?:minder|meer|zo\w+)\b|\bonbetaalbaar\b|\bweinig\szin\b
    |\b(?:kan|kunnen|moet|moeten|mag|mogen|zou|zouden)\s(?:een|het|geen|de)\s(?:\S{1,30}\s){1,3}zijn\b""",
    re.IGNORECASE | re.VERBOSE,
)
_ALSO = re.compile(r"\b(?:eveneens|evenzeer|evengoed|tevens)\b", re.IGNORECASE)
_NEW_ONES = re.compile(r"\bde\snieuwe\s\w{2,30}(?:en|s)\s(?!van|voor|in|op|aan)", re.IGNORECASE)
# How one talks to somebody at the table, and a place that only they see.
_TALK = re.compile(
    r"\b(?:toch|eens|gewoon|eindelijk|alstublieft|alsjeblieft|graag|liefst|echt|gerust|want|daar|ginder|ginds|daarom"
    r"|daarnaast|daarboven|daarachter|daartussen|daarlangs)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r":\s(?:wat|wie|wanneer|waarom|waar|hoe)\s(?:is|zijn|mag|moet|kan)\b", re.IGNORECASE
)
# Free days of what: the thing is the noun that is missing.
_FREE_TIME = re.compile(
    r"\bgratis\s(?:dag(?:en)?|uur|uren|uurtje|kwartier|minuten|beurt(?:en)?|keren|weken|maand(?:en)?)\b"
    r"(?!\s\w{4,24}en\b)",
    re.IGNORECASE,
)
_WHO_DOES_WHAT = re.compile(r"\bwie\swat\b", re.IGNORECASE)
_SAME = re.compile(
    r"\b(?:het|de|die|dat)zelfde\b(?!\s(?:\S+\s){1,4}(?:als|die|waar)\b)", re.IGNORECASE
)
_DUTY = ("moeten", "mogen", "zouden", "dienen")
_LAST: tuple[list[str], ...] = (["ADP"], ["PUNCT"], [])
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
    |televisie|post|wet|natuur|samenleving|verkeer|afval|onderwijs|arbeid|zorg|land|omroep|ziekte|nieuws|bedrijf|job|spoed))s?""",
    re.IGNORECASE | re.VERBOSE,
)  # fmt: skip
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


def has_sender(text: str) -> bool:
    """Whether a text names who asks before what is asked ("De raad vraagt ...")."""
    return bool(_SENDER.match(text))


def is_complete(text: str, tokens: Sequence[str], tags: Sequence[str], verbless: bool) -> bool:
    """Whether a text says what is to be done, of which thing, and compares with nothing untold.

    ``tokens`` are the words of the text and ``tags`` their universal parts of speech. A text that
    is ``verbless`` must say for whom it is, or that it is for each place, person or time.
    """
    if (
        _WEAK_ORDER.match(text)
        or _ALSO.search(text)
        or _NEW_ONES.search(text)
        or _TALK.search(text)
        or _ASKS.search(text)
        or _WHO_DOES_WHAT.search(text)
        or _FREE_TIME.search(text)
    ):
        return False
    if _COMPARED.search(text) or _SAME.search(text) or (verbless and not _ADDRESSED.search(text)):
        return False
    return not any(_is_untold(tokens, tags, place) for place in range(len(tokens) - 1))


def states_a_fact(text: str, tokens: Sequence[str], tags: Sequence[str]) -> bool:
    """Whether a text tells how things are ("Kinderen tolken en vullen formulieren in").

    The verb of such people stands second, and what it is about after it; that of a measure stands
    last ("Leesmaatjes inzetten in het tweede leerjaar"). An organisation may act in a plan.
    """
    if _FACT.search(text):
        return True
    plural = tags[0] == "NOUN" and tokens[0].endswith(("en", "s"))
    verb = tags[1:2] == ["VERB"] and tokens[1].endswith("en") and tokens[1] not in _DUTY
    return plural and verb and not names_actor(tokens[0].lower()) and tags[2:3] not in _LAST


def _is_untold(tokens: Sequence[str], tags: Sequence[str], place: int) -> bool:
    """Whether an article at this place points at a thing that the text has not named."""
    if tokens[place].lower() not in _ARTICLES:
        return False
    head = place + (2 if tags[place + 1] == "ADJ" and place + 2 < len(tokens) else 1)
    noun = tokens[head]
    if tags[head] != "NOUN" or len(noun) >= _LONG or not noun[:1].islower():
        return False
    after = tokens[head + 1].lower() if head + 1 < len(tokens) else ""
    if noun.endswith(("en", "s")) or _FAMILIAR.fullmatch(noun) or _COMPLEMENT.fullmatch(after):
        return False
    if tokens[place].lower() == "de" and noun.endswith(_ROLES):
        return False
    if place and noun in _ON_IT and tokens[place - 1].lower() in ("op", "met", "van", "per"):
        return False
    stem = noun[:_STEM].lower()
    return not any(each.lower().startswith(stem) for each in tokens[:place])
