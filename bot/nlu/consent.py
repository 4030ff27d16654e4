"""Detects a yes or a no to a question for consent; if unclear, the question is asked again.

``ja, maar zonder mijn naam`` is a yes that the classifier takes for a question about anonymity, and
``nee, te privé`` a no that it takes for a question about privacy. By the classifier's probabilities
alone the assistant would only answer those questions, and would also accept an uncertain yes.

Rules read most texts. What they leave open is read by what was learned from examples
(``consent_model``); a yes needs a high probability then, and no word beside it that holds back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.nlu.consent_clauses import UNCLEAR, denies_objection, opposes, read_clauses, wavers
from bot.nlu.consent_model import AGREES, ASKS, CONDITION, DECLINES, DOUBTS, OTHER
from bot.nlu.phrases import NO, YES, plain_meaning, plain_yes_or_no
from bot.nlu.spelling import words
from language.reading import acts

READ = 300
_SURE_YES, _SURE_NO = 0.7, 0.5
_LEARNED_YES = 0.7
_LEARNED_NO, _LIKELY_NO = 0.55, 0.45
_LEARNED_END = 0.7
"""Without the first consent the talk ends, so that no must be surer than the others."""
_SURELY_NO = 0.9
"""A no to quotes or to a name that stands against words that agree."""
_HARDLY = 0.1
"""Where a yes has no higher chance, a likely no is enough; a yes is never only likely."""
_LEAST_OF_KIND, _LEAST_COMMAND = 0.4, 0.5
_MISTAKEN = frozenset(
    {YES, NO, "bijdrage", "vraag_anoniem", "vraag_privacy", "buiten_onderwerp", "klacht"}
)
"""Intents that the classifier may give a yes or a no with other words; any other intent is kept."""

_YES_WORD = re.compile(
    r"\b(ja+h?|jawel|jazeker|jep|jup|yes|oui|o+k|oke+|okay|akkoord|doe maar|dat mag|mij mag|is goed"
    r"|in orde)\b"
)
_NO_FIRST = re.compile(r"(a+h |bah |maar )?(nee+n?|neenee|nope?|liever niet|liefst niet)\b")
_QUESTION = re.compile(
    r"[?]|\b(wie|wat(?! mij betreft)|(?<!niet )waar(om|voor|mee|bij|over)?|wanneer|welke?"
    r"|hoe(lang|veel|zo)?)\b|(?<!mij )\b(mag|is|kan|blijft|wordt|moet|komt|gaat)"
    r" (dat|dit|het|mijn|ons|onze|ik|er|alles)\b"
)
_NO_OBJECTION = re.compile(r"\b(geen|zonder) (enkel )?(probleem|bezwaar)\b")
_NAMELESS = re.compile(
    r"\b((?:maar|but|mais|aber|mo|mor|moa) )?"
    r"((wel|dan|toch|liever|liefst|aub|echt|zeker|gewoon|uiteraard|natuurlijk|altijd) ){0,6}"
    r"((geen|zonder|niet)( met| bij| de| een| mijn| onze){0,6} (naam|namen)"
    r"|(mijn|de|onze|mien|myn|mienen) (?:naam|noame?)( er| der| d er| dan| liever| toch| ook| wel"
    r"| moet| moe"
    r"| mag| hoeft| hoef| zou| komt| kom| staat| stoat| wordt){0,6} (niet|weglaten)"
    r"(?: (?:bij|bie|by|op|onder|in|erbij|vermeld|genoemd|getoond|te)){0,2}"
    r"(?: (?:staan|stoan|komen|worden|bij))?|an+onie?m"
    r"|sans (?:mon |le )?nom|(?:no|without)(?: my| a)? name|ohne (?:meinen |den )?namen)"
    r"(?: (?:he|eh|hoor|dan|wel|aub|ze|zulle|\?)){0,2}(?!\w)"
)
_RESERVED = re.compile(
    r"\b(niet|geen|nooit|niks|niets|nee|neen|als|indien|mits|tenzij|alleen|enkel|behalve|misschien"
    r"|zolang|twijfel|eerst|denk|anon\w*|zonder|prive|(?<!doe )(?<!ga )(?<!sla )(?<!ze )maar)\b"
)
_AROUND_YES = re.compile(
    r"(dat|het|dit|is|mag|goed|best|prima|hoor|wel|dan|gerust|zeker|natuurlijk|voor|van|mij|mee|ik"
    r"|ben|ga|wil|geef|toestemming|toch|er|erbij|bij|vermelden|vermeld|noemen|zetten|tonen|blijven"
    r"|aub|bedankt|dank|je|gewoon|alles|he|please|svp|bitte|of course|bien|sur)"
)
_NAME_CONDITION = re.compile(
    r"\b(?:als|os|ast|ost|zolange?|zoolank|mits|indien|zonder dat|op voorwaarde dat|if|si|wenn)"
    r"(?: (?:maar|mo|mor|er|der|geen|mijn|mijne|mijnen|minne|myn|myne|mienen?|mien|men|onze"
    r"|de|het|dat|je|ge|u|my))"
    r"{0,5}(?: (?:zonder|weg))?(?: (?:mijn|mijne|mijnen|minne|myn|myne|mien|men|onze|de|my|mon))?"
    r" (?:naam|noame?|name|nom)"
    r"(?: (?:er|der|d|r|daar|maar|mo|mor|niet|nergens|nooit|bij|by|bie|erbij|in|op|onder|vermeld"
    r"|genoemd|getoond|gezet|staat|stoat|stat|komt|kom|wordt|is|zit|weglaat|weglaten|weglat"
    r"|wegblijft|uitlaat|verzwijgt|geheim|houdt|not|isn|on|it|used|shown|pas|dessus|zet|zetten|schrijf"
    r"|schrijft|noem|noemt|toont|gebruikt|verklapt|zegt|eruit|uit|laat|blijft)){1,6}\b"
    r"|\b(?:je|ge|u|ze) moet(?: (?:er|dan|alleen|enkel|gewoon|wel|maar|dus|zeker)){0,4}"
    r" (?:gee?ne? naam|(?:mijn|mijne|mijnen) naam(?: (?:er|dan|daar|alleen|gewoon)){0,3} niet)"
    r"(?: (?:onder|bij|op|in|erbij|eronder|erop)){0,2}"
    r" (?:zetten|schrijven|noemen|vermelden|tonen)\b"
    r"|\b(?:als|zolange?|mits|indien)(?: (?:maar|je|het|dat|er|de)){0,3}"
    r" (?:erbij|zonder naam|anoniem)(?: (?:is|blijft|staat|kan|gebeurt))?\b"
    r"|\b(?:mits|met|(?:op|onder) (?:de )?voorwaarde van|na)(?: (?:een|de|volledige|strikte|totale"
    r"|volle|behoud van|garantie op|respect voor)){0,3} (?:anonimi(?:teit|sering|satie|seren)"
    r"|naamloosheid|geheimhouding van (?:mijn|de) (?:naam|identiteit))\b"
)
_ALLOWS = re.compile(
    r"(?:(?:dan|dus|voor|ja|is|en) ){0,3}(?:mag (?:het|dat)|(?:is )?(?:het|dat|mij) "
    r"(?:goed|best|ok|gelijk)|is goed|geen probleem"
    r"|vind ik (?:dat|het) (?:goed|best|ok|prima)|(?:heb|zie) ik (?:daar |er )?(?:niets op tegen"
    r"|geen (?:probleem|bezwaar)))(?: (?:voor|van) (?:mij|my|mien|ons))?"
    r"(?: (?:hoor|wel|gerust|zeker|ze)){0,2}"
)
"""A yes that stands after its condition."""
_SENTENCE = re.compile(r"[^.!?\n]{1,400}[.!?\n]?")
_WEIGHS = re.compile(
    r"\b(?:an+oniem\w{0,4}|prive|privacy|naam|namen|wie|le(?:es|zen|est)|baas|chef|werkgever"
    r"|gegevens|veilig|gdpr"
    r"|delen|doorgeven|bewa\w{1,6}|niet|geen|maar)\b"
)
_TAKES_PART_OF = 0.1
_TURNED = re.compile(
    r"\b(ja+|jawel|mag wel|toch wel|(?<!niet )akkoord|(?<!geen )toestemming|o+k|oke+|okay|oui|yes"
    r"|sure|doe maar|stem in|d accord)\b|(?<!dank)(?<!dank je) wel$"
)


def is_plain(text: str, question: str | None) -> bool:
    """Whether the rules alone read a yes or a no, so that neither model is needed."""
    return _by_rules(_ECHO.sub("", text), question) in (YES, NO)


def yes_or_no(
    chances: Mapping[str, float],
    text: str,
    question: str | None = None,
    learned: Mapping[str, float] | None = None,
) -> str:
    """The intent to act on where consent is asked.

    A yes is accepted in two cases: the text has a word for yes, and otherwise only filler words or
    the wish not to be named; or the model is certain, and no word expresses a reservation. Where
    the consent is about naming the organisation, ``zonder naam`` is a reservation. A text that asks
    something is never a yes.

    Args:
        chances: the classifier's probability per intent, 0 to 1.
        text: the typed text.
        question: the purpose that the question is about, as in the catalogue.
        learned: the probability per kind of ``consent_model``, 0 to 1; None at other steps.

    Returns:
        ``bevestigen`` or ``ontkennen`` where that is clear, else the most probable intent. Where
        that is an unclear yes or no: ``bijdrage``, to which the assistant answers that it needs a
        yes or a no.
    """
    text = _ECHO.sub("", text)
    said = _by_rules(text, question)
    if said is not None:
        return said
    if learned is not None:
        return _learned(chances, learned, text, question)
    best = max(chances, key=lambda name: chances[name])
    unclear = "bijdrage" if best in (YES, NO) else best
    if best not in _MISTAKEN:
        return best
    plain = " ".join(word for word in words(text) if word != "!")
    if _QUESTION.search(plain):
        return _asked(chances, unclear)
    accepting = _NO_OBJECTION.sub("", plain)
    rest = accepting if question == "organisatie" else _NAMELESS.sub("", accepting)
    if _NO_FIRST.match(plain) or (best == NO and chances[NO] >= _SURE_NO):
        return unclear if _TURNED.search(plain) or accepting != plain else NO
    sure = best == YES and chances[YES] >= _SURE_YES
    return YES if sure and not _RESERVED.search(rest) else unclear


def hesitation(learned: Mapping[str, float]) -> str | None:
    """Why a text is neither a yes nor a no: a condition, a doubt, or an unclear word on consent.

    None where it may be about something else.
    """
    kind = max(learned, key=lambda name: learned[name])
    if kind == OTHER or learned[kind] < _LEAST_OF_KIND:
        return None
    return {CONDITION: acts.CONDITION, DOUBTS: acts.WAVERS}.get(kind, acts.UNCLEAR)


def _by_rules(text: str, question: str | None) -> str | None:
    """The intent that rules are sure of, ``bijdrage`` where a text opposes itself; or None."""
    if _ends_in_no(text):
        return NO
    if question != "analyse" and _not_for_now(text, question):
        return NO
    if question != "analyse" and _ends_in_yes(text):
        return YES
    plain = " ".join(word for word in words(text[:READ]) if word not in ",!")
    if _THEN_IT_MAY.fullmatch(plain) or _agrees_last(text):
        return YES
    if wavers(text):
        return "bijdrage"
    said = _plainly(text, question)
    if said is not None:
        return said
    if _allows_beside(text, question):
        return YES
    said = read_clauses(_without_name(text) if question == "citaat" else text, question)
    if said is None and question != "analyse" and _no_and_asks(text):
        return NO
    if said in (None, UNCLEAR) and question != "analyse" and _refuses_first(text):
        return NO
    if said is None:
        return _with_little_around(text, question)
    return "bijdrage" if said == UNCLEAR else said


def _allows_beside(text: str, question: str | None) -> bool:
    """Whether a clause allows what is asked, and every other is about something else.

    "Weeral een bevraging. Ja, bewaar maar, ge doet er toch niks mee": the rest sighs. Where it is
    asked to keep answers, what may not be quoted is another question.
    """
    if "?" in text or len(text) > READ or question not in _ALLOWING:
        return False
    clauses = [_OPENING.sub("", " ".join(words(each))) for each in _PARTS.split(text)]
    agrees = False
    for each in filter(None, clauses):
        if _ALLOWING[question].fullmatch(each) or plain_yes_or_no(each) == YES:
            agrees = True
        elif not _SIGHS.fullmatch(each) and not (
            question == "analyse" and _OF_QUOTES.fullmatch(each)
        ):
            return False
    return agrees


_OPENING = re.compile(r"^(?:(?:maar|en|dus|allez|och|bah|pff?|kijk|zeg|goh|bon|wel|nu) )+")
_FREELY = r"(?: (?:maar|gerust|zeker|wel|dan|dat|het|alles|hoor|van mij|voor mij)){0,3}"
_KEEP = r"(?:bewaren|onderzoeken|gebruiken|analyseren|bijhouden|bestuderen)"
_QUOTE = r"(?:citeren|quoten|tonen|gebruiken|overnemen|publiceren|aanhalen)"
_ALLOWING = {
    "analyse": re.compile(
        rf"(?:(?:het |dat )?{_KEEP} (?:mag|moogt)(?: je)?{_FREELY}"
        rf"|(?:ja )?(?:bewaar|onderzoek|analyseer|gebruik|bekijk|hou){_FREELY}(?: bij)?"
        r"|je (?:mag|moogt) (?:(?:ze|het|dat|alles|mijn antwoorden|onze antwoorden) )?"
        rf"{_KEEP}{_FREELY})"
    ),
    "citaat": re.compile(
        r"(?:(?:ja )?(?:citeer|quote|toon|gebruik|publiceer)(?: (?:mij|ons|het|dat|ze))?"
        rf"{_FREELY}|(?:het )?(?:letterlijk )?{_QUOTE} mag{_FREELY}"
        r"|je (?:mag|moogt) (?:(?:mij|ons|het|dat|ze|alles|mijn zinnen|onze zinnen|mijn woorden) )?"
        rf"(?:(?:gerust|altijd|zeker|letterlijk) ){{0,2}}{_QUOTE}{_FREELY})"
    ),
}
"""Clauses that allow what is asked, in the words of ``spelling``."""
_SIGHS = re.compile(
    r"(?:dat is )?(?:weer|weeral|nog|alweer)(?: al)? (?:een|zo een) "
    r"(?:bevraging|enquete|vragenlijst|onderzoek|praatbarak)"
    r"|je (?:doe|doet|gaat) er (?:toch|waarschijnlijk|achteraf|uiteindelijk) "
    r"(?:niets|niet veel|weinig)(?: mee)?(?: doen)?"
    r"|(?:dat )?(?:helpt|verandert|dient) (?:toch )?(?:niets|niet veel|weinig)"
    r"|aub(?: zelfs| heel erg)?|doe (?:er )?maar (?:iets|wat) mee"
    r"|ik (?:denk|peins|geloof|vermoed) (?:het |van |dat )?wel"
    r"|(?:ik )?(?:heb |heb toch )?niets te verbergen(?: behalve(?: \w{1,14}){1,5})?"
    r"|als het (?:maar )?(?:helpt|vooruit gaat|iets oplevert)"
)
_OF_QUOTES = re.compile(
    r"(?:(?:niets|niet|geen|liever|niet echt|zonder) ){1,2}(?:\w{1,12} ){0,3}?"
    r"(?:letterlijk\w*|citeren|citaten|overnemen|quoten|quotes|aanhalen|publiceren)"
    r"(?: \w{1,12}){0,2}"
)


def _ends_in_no(text: str) -> bool:
    """Whether who agreed takes that back at the end: "doe maar, of nee wacht, toch liever niet"."""
    clauses = [" ".join(words(each)) for each in _PARTS.split(text[:READ])]
    *before, last = [each for each in clauses if each] or [""]
    if not before or "?" in text or _LAST_NO.fullmatch(last) is None:
        return False
    return _TAKES_BACK.search(" ".join((*before[1:], last))) is not None


_ECHO = re.compile(
    r"\A\s{0,3}(?:(?:zo|ah|oh|amai|goh)\W{1,3})?(?!(?:wie|wat|hoe\w*|waar\w*|wanneer|welke?|kan|mag|is"
    r"|moet|wordt|ja|nee)\b)[^?.!,]{2,36}\?\s{1,3}(?=\w)",
    re.IGNORECASE,
)
"""The question said after the assistant: "mijn zinnen tonen? ja hoor"."""
_INVITES = (
    r"(?:ja+h?|ok|oke|jawel|goed|allez|vooruit|zeker)(?: hoor)? "
    r"(?:vraag|stel|doe|ga|begin|schiet|steek|vuur) (?:je )?(?:maar|gerust)"
    r"(?: (?:op|gerust|raak|af|van wal|verder|door|los|hoor|je vragen)){0,2}"
)
_THEN_IT_MAY = re.compile(
    rf"{_INVITES}|"
    r"(?:(?:ah|oh|allez|bon|dan|ja) )*(?:ok|oke|ja|goed|bon|vooruit|akkoord|in orde)"
    r"(?: (?:dan|in dat geval|als het zo zit))* (?:mag|kan) (?:het|dat)(?: (?:wel|gerust|dan"
    r"|hoor))*"
)
_NOT_NOW = re.compile(
    r"(?:(?:dus|daarom|dan|maar|voor) )*(?:voorlopig|nu|momenteel|op dit moment|vandaag)"
    r"(?: (?:nog|even|maar|liever|dus))* (?:niet|nee+n?)"
)
_OF_QUOTING = re.compile(
    r"(?:(?:mij |mijn zinnen |letterlijk )?(?:citeren|citaten|citaat|quotes?|quoten|letterlijk"
    r"|zinnen tonen|mijn zinnen|tonen))"
)
_PLAIN_NO = re.compile(r"(?:nee+n?|liever niet|liefst niet|niet|dat niet|nope?)(?: hoor| dank je)?")


def _not_for_now(text: str, question: str | None) -> bool:
    """Whether a text ends with a no for now, or names quoting and says no: "citeren, nee"."""
    clauses = [" ".join(words(each)) for each in _PARTS.split(text[:READ])]
    clauses = [each for each in clauses if each]
    if not clauses or "?" in text:
        return False
    if len(clauses) > 1 and _NOT_NOW.fullmatch(clauses[-1]):
        return True
    named = question == "citaat" and len(clauses) > 1 and _OF_QUOTING.fullmatch(clauses[0])
    return bool(named and _PLAIN_NO.fullmatch(clauses[1]))


def _agrees_last(text: str) -> bool:
    """Whether the last of several sentences is a plain yes, and no word before it holds back."""
    *before, last = [each.strip() for each in _SENTENCE.findall(text[:READ]) if each.strip()] or [
        ""
    ]
    if not before or "?" in text or plain_yes_or_no(last) != YES:
        return False
    told = " ".join(words(" ".join(before)))
    return _RESERVED.search(told) is None and _NO_FIRST.match(told) is None


def _ends_in_yes(text: str) -> bool:
    """Whether who refused turns to a plain yes: "nee. of toch, ja, waarom niet"."""
    first, *others = [" ".join(words(each)) for each in _PARTS.split(text[:READ])]
    rest = " ".join(each for each in others if each)
    if (
        "?" in text
        or plain_yes_or_no(first.removesuffix(" wacht")) != NO
        or not _TURNS_TO_YES.match(rest)
    ):
        return False
    return plain_yes_or_no(_TURNS_TO_YES.sub("", rest)) == YES


_TURNS_TO_YES = re.compile(
    r"(?:(?:of|maar|wacht|euh|hm|allez|och|nee|weet je wat|bij nader inzien|eigenlijk) ){0,4}"
    r"(?:toch|jawel|eigenlijk)(?: (?:maar|wel|gewoon))*(?: |$)"
)
_PARTS = re.compile(r"[,.;!:\n…]+")
_LAST_NO = re.compile(
    r"(?:(?:of|maar|nee+n?|wacht|en|weet je wat|doe|dan|eigenlijk) ){0,4}"
    r"(?:(?:toch|liever|liefst|beter) (?:maar )?){1,3}niet"
    r"(?: (?:letterlijk|tonen|doen|bewaren|gebruiken|publiceren|hoor|aub|dan|zo)){0,3}"
)
_TAKES_BACK = re.compile(r"\b(?:of|nee+n?|wacht|bij nader inzien|eigenlijk|toch|weet je wat)\b")
"""Without one of these "ja, liever niet" may mean either."""


def _refuses_first(text: str) -> bool:
    """Whether a text begins with a no that nothing after it takes back.

    What is not agreed to may not be used, so reasons and a "for the rest I gladly take part" do not
    make it doubtful.
    """
    if "?" in text:
        return False
    first, *others = [each for each in _PARTS.split(text[:READ]) if each.strip()] or [""]
    plain = " ".join(words(first))
    refused = plain_yes_or_no(first) == NO or read_clauses(first, "citaat") == NO
    if not refused and not _NO_AND_WHY.match(plain):
        return False
    rest = [" ".join(words(each)) for each in others]
    kept = [each for each in rest if not _FOR_THE_REST.search(each)]
    return not any(_AGREES_TO.search(each) or denies_objection(each) for each in kept)


_NO_AND_WHY = re.compile(
    r"(?:a+h |bah |och |oei |amai |maar )?nee+n? (?:dat|ik|dank|bedankt|want|daar|liever|liefst"
    r"|merci)\b(?!.*\b(?:probleem|bezwaar|geheim|tegen|mag|goed|stoort|maakt|erg)\b)"
)
_FOR_THE_REST = re.compile(
    r"\b(?:(?:maar )?voor (?:de|het) (?:rest|overige|andere)|verder|de rest|het andere|wel meedoen"
    r"|anders"
    r"|als (?:het|dat) (?:je|mag|kan|voor)"
    r"|(?:wil|ga|zal|doe) (?:ik |wel |gerust |graag |gewoon ){1,3}"
    r"(?:meedoen|mee|verder|voort|vors|door))\b"
)
_AGREES_TO = re.compile(
    r"\b(?:ja+h?|jawel|joa\w{0,2}|tuurlijk|mag|moogt|mogen|doe maar|akkoord|ok|oke|goed|toch wel"
    r"|(?:geen|gin) (?:probleem|bezwaar)|gerust|citeer|toon|oui|yes|sure|maar)\b"
)


def _no_and_asks(text: str) -> bool:
    """Whether a text is a plain no with a question about what follows from it."""
    first, _, rest = text[:READ].partition(",")
    asks = rest.rstrip().endswith("?") and not _TURNED.search(" ".join(words(rest)))
    return asks and plain_yes_or_no(first) == NO


def _with_little_around(text: str, question: str | None) -> str | None:
    """A yes with nothing but filler words or the wish not to be named beside it, or None."""
    plain = " ".join(word for word in words(text) if word != "!")
    if _QUESTION.search(plain) or not _YES_WORD.search(plain):
        return None
    accepting = _NO_OBJECTION.sub("", plain)
    rest = accepting if question == "organisatie" else _NAMELESS.sub("", accepting)
    around = _YES_WORD.sub("", rest).split()
    return YES if all(_AROUND_YES.fullmatch(word) for word in around) else None


def _learned(
    chances: Mapping[str, float],
    learned: Mapping[str, float],
    text: str,
    question: str | None,
) -> str:
    """The intent by what was learned; words against a yes or a no leave it open."""
    bare = _without_name(text) if question == "citaat" else text
    yes, no = learned[AGREES], learned[DECLINES]
    declines = no >= _LEARNED_NO or (no >= _LIKELY_NO and yes <= _HARDLY)
    if yes >= _LEARNED_YES and not opposes(bare, YES):
        return YES
    surely = question != "analyse" and no >= _SURELY_NO and not denies_objection(text.casefold())
    if surely and "?" not in text:
        # "Een samenvatting mag, letterlijk niet": what it allows beside is something else.
        return NO
    if declines and (question != "analyse" or no >= _LEARNED_END):
        return "bijdrage" if "?" in text or opposes(text, NO) else NO
    best = max(chances, key=lambda name: chances[name])
    if best not in _MISTAKEN and chances[best] >= _LEAST_COMMAND:
        return best
    asks = max(learned, key=lambda name: learned[name]) == ASKS
    return _asked(chances, "bijdrage") if asks else "bijdrage"


def _plainly(text: str, question: str | None) -> str | None:
    """A yes, a no or a command by the rules for whole texts; a question beside it may be left out.

    A yes is not taken where the question beside it may decide about it: who reads this, is it
    anonymous.
    """
    said = plain_yes_or_no(text)
    if said is None and question == "citaat":
        # The question is about quoting without a name, so this condition is met.
        plain = " ".join(words(text[:READ]))
        bare = _NAME_CONDITION.sub(" ", plain)
        # "Als mijn naam er niet bij staat" and nothing else: that condition is met.
        told = bare != plain and not bare.strip()
        bare = " ".join(_NAMELESS.sub(" ", bare).split())
        told = told or plain_yes_or_no(bare) == YES or _ALLOWS.fullmatch(bare) is not None
        said = YES if bare != plain and told else None
    if said is not None or len(text) > READ:
        return said
    return _beside_question(text) or plain_meaning(text, "toestemming")


def _beside_question(text: str) -> str | None:
    """A yes or a no with a question beside it that does not decide about it."""
    sentences = [found.group() for found in _SENTENCE.finditer(text)]
    asked = [each for each in sentences if each.endswith("?")]
    if not asked or len(asked) == len(sentences):
        return None
    told = plain_yes_or_no(" ".join(each for each in sentences if each not in asked))
    weighs = any(_WEIGHS.search(" ".join(words(each))) for each in asked)
    return None if told == YES and weighs else told


def _without_name(text: str) -> str:
    """A text without the condition that no name is told, which quoting meets already."""
    lowered = text[:READ].casefold()
    bare = _NAMELESS.sub(" ", _NAME_CONDITION.sub(" ", lowered))
    return bare if bare != lowered else text


def _asked(chances: Mapping[str, float], unclear: str) -> str:
    """The most probable question of a text that asks something, if there is one."""
    asked = {name: chance for name, chance in chances.items() if name.startswith("vraag_")}
    best = max(asked, key=lambda name: asked[name], default=None)
    if unclear != "bijdrage" or best is None or asked[best] < _TAKES_PART_OF:
        return unclear
    return best
