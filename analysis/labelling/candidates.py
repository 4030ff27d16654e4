"""Candidates for the action of a theme: proposals that a facilitator can use as they stand.

A candidate is a whole sentence of one participant that can be read by itself: it says what should
be done, and for whom, where or by whom. A clause of a longer sentence is none, and neither is a
sentence that refers to another one ("Maak er dus een vaste werking van"), one that argues beside
what it asks ("Belast de auto, dan komt het vanzelf goed"), one that speaks to somebody ("uw chef"),
or one in spoken language. Where a theme has no such sentence it has no candidate: a bad one costs a
facilitator more than none.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from functools import lru_cache

from analysis.labelling.self_contained import has_sender, is_complete, states_a_fact
from analysis.preprocessing.proposals import (
    leans_back,
    names_actor,
    reads_as_proposal,
    wording,
)
from analysis.supporters import asks_for, is_proposal, subjects
from consultation.queries.statements import StatementView
from language.tagging import universal_tags

MOST = 3
"""The most candidates of a theme."""

_FEWEST_WORDS, _MOST_WORDS = 6, 50
_GOOD_WORDS = (8, 35)
_CENTRAL = 0.35
_MOST_READ = 1_000
# Tagging takes up to ten milliseconds a text, so no more texts of a theme are tried.
_MOST_TRIED = 80

_CAPITALS = 0.2
"""Where fewer texts of a theme begin with a capital, a sentence may do without."""

_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*$")
_OPENS = re.compile(r"[\"'“‘(\[]*")
_LINKED = re.compile(
    r"""(?:en|maar|dus|daarom|daarvoor|daarmee|ook|want|of|toch|dan|daarna|nadien|pas|zo|zodat|verder|eerst
    |bovendien|daarnaast|ten\s(?:eerste|tweede|derde|vierde|slotte)|tenslotte|bijvoorbeeld|bv|desnoods
    |alleen|enkel|zeker|gewoon|belangrijk|gelijk|met|zonder|niet|niks|geen|wel|misschien|nog|anders|liever|vooral
    |liefst|graag|zelfs|trouwens|kortom|concreet|omdat|als|indien|mocht|zolang|wanneer|terwijl|gratis\svoor|bij|via|onafhankelijk
    |andere?|ja|nee|allez|bon|tja|amai|awel)(?![\w-])
    |\S+\s(?:\S+\s)?(?:wel|liever|dan|dus|ook|desnoods)\s""",
    re.IGNORECASE | re.VERBOSE,
)
_BACK = re.compile(
    r"""(?:dat|dit|die|deze|daar\w{0,7}|hier\w{0,7}|er\w{0,5}|ze|zij|hem|haar|hen|hun|hij|zoiets|zo'n|zulke?
    |ervan|beide|zoals)""",
    re.IGNORECASE | re.VERBOSE,
)
_HERE = re.compile(
    r"\b(?:ik|mij|mijn|m'n|me|mezelf|hier|ons|onze|we|wij)\b"
    r"|\b(?:d?er)\s?(?:onder|boven|tussen|naast)\b|\b(?:dat|dit)\s(?:zou|moet|mag|kan)\b",
    re.IGNORECASE,
)
_MAY = re.compile(
    r"^(?:de|het|elke?|iedere?)\s(?:\S+\s){1,3}(?:kan|kunnen|zou|zouden)\s", re.IGNORECASE
)
_DUTY_OF_PEOPLE = re.compile(
    r"\b(?:ge|gij|je|jij|u|men)\s(?:\S+\s){0,3}?(?:moet(?:en)?|zou(?:den)?)\b"
    r"|\b(?:moet|zou)\s(?:ge|gij|je|jij|men|u)\b",
    re.IGNORECASE,
)
_DONE = re.compile(
    r"\b(?:was|waren|had|hadden|werd|werden|ging|gingen|deed|deden|kreeg|kregen|bestaat\sal|al\sjaren)\b",
    re.IGNORECASE,
)
_FOR_WHOM = re.compile(
    r"""\b(?:voor|aan|per|elke?|iedere?(?:en)?|iedereen|alle|wie|mensen|burgers?|ouders?|jongeren|ouderen|kinderen
    |leerlingen|studenten|cursisten|deelnemers|werknemers?|werkzoekenden|werklozen|collega's|vrijwilligers
    |buren|bewoners|klanten|fietsers?|voetgangers?|automobilisten|handelaars?|gezinnen|nieuwkomers)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_OBJECTS = (["DET"], ["NOUN"], ["ADP"], ["NUM"], ["ADJ"])
_NO_OBJECT = (["ADP"], ["ADV"], ["CCONJ"], ["PUNCT"])
_POINTING = ("dat", "dit", "die", "deze")
_TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[^\w\s]")
_ASIDE = re.compile(r"(?:om|op|in|na|tijdens|tegen|vanaf|van|aan|uit)\s", re.IGNORECASE)
_TWO_SENTENCES = re.compile(r"[.!]\s+[A-ZÉ]\w*\s")
_CLAUSE = re.compile(r"[,;:]\s")
_EARLY = 4
"""The verb of "Oude banken herstellen met ..." stands among so many words."""

_NAMELESS = ("plaats", "keer", "beetje", "geval", "moment")
_SPOKEN = re.compile(
    r"\b(?:ge|gij|gulder|zijt|nen|ne|da|da's|ni|nie|efkes|gwn|ofzo|aub|mekaar|'k)\b", re.IGNORECASE
)
_TO_SOMEBODY = re.compile(r"\b(?:u|uw|uzelf|jij|jou|jouw|je\seigen)\b", re.IGNORECASE)
# A main clause after the measure: its verb stands second, not last as in a relative clause.
_ARGUES = re.compile(
    r""",\s(?:en\s|maar\s)?(?:want\b|dan\s|(?:dat|die|dit|deze|er|daar|hier|het|ze|zij|we|wij|ik|je|men|niemand
    |iedereen|anders|nu|zo)\s(?:is|zijn|was|waren|heeft|hebben|had|kan|kunnen|mag|mogen|moet|moeten|zal|zullen|zou
    |wordt|worden|gaat|gaan|komt|komen|doet|doen|staat|staan|ligt|liggen|maakt|maken|kost|kosten|scheelt|werkt
    |werken|lukt|weet|weten|ziet|zien|zegt|vindt|blijft|krijgt|krijgen|geeft|geven|hoeft|hoeven|helpt|levert
    |leveren|zorgt|bestaat|houdt|houden|brengt|lost|spaart|trekt|loopt|valt|gebeurt|betekent)\b)""",
    re.IGNORECASE | re.VERBOSE,
)
# What a price, a rule or an answer belongs to is told before, unless a complement follows.
_OF_WHAT = re.compile(
    r"""\b(?:de|het)\s(?:prij(?:s|zen)|kost(?:en|prijs)?|betaling|opbrengst|aanvraag|regeling|regels?|maatregel
    |procedure|start|rest|duur|termijn|bedrag|tarief|toegang|oplossing|aanpak|werking|grens|norm|bewijslast|beslissing
    |uitleg|resultaat|resultaten|afstand|drempel|vorm|bron|oorzaak|gevolgen|kennis|ervaring|gegevens)\b
    (?!\s(?:van|voor|om\s|tot|per|die|dat|waar\w*|over|tussen|in|bij|aan|tijdens|na|naar)\b)""",
    re.IGNORECASE | re.VERBOSE,
)
_ELSEWHERE = re.compile(
    r"\b(?:wie|die|dat)\ser\b|\been\ssoort\b|^\S+\s(?:alles|iets|dingen)\b"
    r"|^\S+\s(?:de|het)\s(?:systeem|rekening|project|proef|lijst)\b",
    re.IGNORECASE,
)
_TAKES_AWAY = re.compile(r"\b(?:eraf|eruit|erin|erbij|eronder|weg|klaar)$", re.IGNORECASE)
_THAN_WHAT = re.compile(
    r"(?!(?:andere|iedere|bijzondere|zekere)\b)(?:\w{3,14}ere|goedkoper|beter|sneller|vaker|eerder|later|vroeger"
    r"|trager|duidelijker|makkelijker|langer|korter|veiliger|verder|dichter)\s",
    re.IGNORECASE,
)
_SECOND_ORDER = re.compile(
    r"\b(?:en|of)\s(?:geef|laat|zet|stop|stel|maak|zorg|doe|kom|neem|breng|hou|organiseer|koppel|test|open|schaf|deel)\s",
    re.IGNORECASE,
)
_AND_MORE = re.compile(
    r",\sen\s(?!(?:met|zonder|in|op|bij|voor|van|door|ook|niet)\b)", re.IGNORECASE
)
_FEWEST_BEFORE_COLON = 4
_CHATTER = re.compile(
    r"\bzeker[.!]?$|\bpunt\s(?:uit|andere\slijn)\b|\b(?:euh|haha|hoor|allez|awel|bon|amai|meen\s+het|sorry)\b|!!|\?!|\.\.\.|…",
    re.IGNORECASE,
)


def whole_sentences(said: Iterable[StatementView]) -> frozenset[str]:
    """The ids of the statements that are whole sentences of their answer, not clauses.

    Long sentences are cut into clauses (``language.segmentation.clauses``). A statement is whole if
    it begins the answer or follows the end of a sentence or begins with a capital (an item of a
    list), and the same holds for what follows it.
    """
    answers: dict[str, list[StatementView]] = {}
    for each in said:
        answers.setdefault(each.contribution, []).append(each)
    found = set()
    for own in answers.values():
        own.sort(key=lambda each: each.start)
        starts = [
            not before or bool(_SENTENCE_END.search(before.text)) or _is_opening(each.text)
            for before, each in zip([None, *own], own, strict=False)
        ]
        for each, opens, closes in zip(own, starts, [*starts[1:], True], strict=True):
            if opens and (closes or _SENTENCE_END.search(each.text)):
                found.add(each.id)
    return frozenset(found)


@lru_cache(maxsize=20_000)
def usable(text: str, lower: bool = False) -> bool:
    """Whether a sentence can be the text of an action as it stands; see the module.

    ``lower``: people type without capitals here, so that a sentence may begin without one.
    """
    plain = " ".join(text[:_MOST_READ].split())
    bare = plain[_OPENS.match(plain).end() :]  # type: ignore[union-attr]
    words = bare.split()
    if not _FEWEST_WORDS <= len(words) <= _MOST_WORDS or len(text) > _MOST_READ:
        return False
    if _LINKED.match(bare) or leans_back(bare) or "?" in bare or _CHATTER.search(bare):
        return False
    if _TWO_SENTENCES.search(bare) or (_ASIDE.match(bare) and not wording(bare).plea):
        return False
    if has_sender(bare) or not _reads_alone(bare, lower):
        return False
    if _HERE.search(bare) or _DONE.search(bare) or _DUTY_OF_PEOPLE.search(bare):
        return False
    may = bool(_MAY.match(bare)) and names_actor(bare)
    return _says_what(bare.strip(), may or reads_as_proposal(bare))


def ranked(
    texts: Sequence[str], whole: Sequence[bool] | None = None, known: Container[int] = ()
) -> Iterator[int]:
    """The indices of the usable texts, the best first, found one by one.

    ``texts`` are the proposals of a theme, the most central first; ``whole`` tells which are whole
    sentences (None: all), and ``known`` which are usable without looking. Central texts come first,
    and those that name who acts or for whom.
    """
    merits = [
        _merit(text) - _CENTRAL * place / max(len(texts), 1) for place, text in enumerate(texts)
    ]
    kept = [place for place in range(len(texts)) if whole is None or whole[place]]
    kept.sort(key=lambda each: (-merits[each], each))
    lower = _typed_lower(texts)
    yield from (p for p in kept[:_MOST_TRIED] if p in known or usable(texts[p], lower))


def candidates(
    said: Sequence[StatementView], whole: frozenset[str], most: int = MOST
) -> tuple[StatementView, ...]:
    """The best candidates for the action of a theme, of different people, each for another thing.

    ``said`` are the statements of the theme, the most central first, and ``whole`` the ids of the
    whole sentences (``whole_sentences``). Empty where no statement can be used as it stands.
    """
    proposals = [each for each in said if is_proposal(each)]
    found: list[StatementView] = []
    people: set[str] = set()
    wanted: list[frozenset[str]] = []
    for place in ranked(
        [each.text for each in proposals], [each.id in whole for each in proposals]
    ):
        each = proposals[place]
        about = subjects(each.text)
        if each.participant in people or any(asks_for(one, about) for one in wanted):
            continue
        found.append(each)
        people.add(each.participant)
        wanted.append(about)
        if len(found) == most:
            break
    return tuple(found)


def _reads_alone(text: str, lower: bool) -> bool:
    """Whether a text is in written language, argues nothing, and tells what its words are about."""
    if _SPOKEN.search(text) or _TO_SOMEBODY.search(text) or _ARGUES.search(text):
        return False
    if _OF_WHAT.search(text) or _ELSEWHERE.search(text):
        return False
    if not (lower or _is_opening(text)):
        return False
    how = wording(text)
    if how.order or how.plea:
        return True
    if not how.states and (_AND_MORE.search(text) or len(text.split()) < _GOOD_WORDS[0]):
        return False
    first = _CLAUSE.split(text, maxsplit=1)[0].rstrip(" .!")
    slogan = ":" in text[: len(first) + 1] and len(first.split()) < _FEWEST_BEFORE_COLON
    return not (slogan or _TAKES_AWAY.search(first) or _THAN_WHAT.match(text))


def _typed_lower(texts: Sequence[str]) -> bool:
    """Whether the people of these texts type without capitals."""
    return sum(map(_is_opening, texts)) < _CAPITALS * len(texts)


def _is_opening(text: str) -> bool:
    first = text.lstrip("\"'“‘([ ")[:1]
    return first.isupper() or first.isdigit()


def _says_what(text: str, proposes: bool) -> bool:
    """Whether the text names what is done, and for whom or where, without referring to another.

    A text that does not read as a proposal counts if it is an order or names a thing, without verb.
    A thing without a verb must tell for whom it is; who does something, where.
    """
    tokens = _TOKEN.findall(text)
    tags = universal_tags(tokens)
    nouns = [place for place, tag in enumerate(tags) if tag in ("NOUN", "PROPN")]
    if not nouns or not (proposes or _orders_or_names(text, tokens[0], tags)):
        return False
    how = wording(text)
    # "Een effen strook": before a noun it is an adjective, whatever the tagger says.
    infinitive = any(
        tags[place] == "VERB" and tokens[place].endswith("en") and after != "NOUN"
        for place, after in enumerate(tags[1 : _EARLY + 1])
    )
    verbless = not (how.states or how.order or how.infinitive or infinitive or tags[0] == "VERB")
    if not is_complete(text, tokens, tags, verbless):
        return False
    if not how.order and states_a_fact(text, tokens, tags):
        return False
    # "Uitbreiden naar alle wegen": an infinitive without its object.
    if tags[0] == "VERB" and tokens[0].lower().endswith("en") and tags[1:2] in _NO_OBJECT:
        return False
    clause = len(_TOKEN.findall(_CLAUSE.split(text, maxsplit=1)[0]))
    if not any(place < clause and tokens[place].lower() not in _NAMELESS for place in nouns):
        return False
    for place, token in enumerate(tokens):
        if not _BACK.fullmatch(token):
            continue
        if place < nouns[0] and token.lower() != "er":
            return False
        after = tags[place + 1 : place + 2]
        loose = tags[place - 1] not in ("NOUN", "PROPN", "PUNCT")
        points = after == ["NOUN"] or (loose and after in (["ADJ"], ["NUM"]))
        if token.lower() in _POINTING and points:
            return False
    whom = bool(_FOR_WHOM.search(text) or names_actor(text))
    acts = "ADP" in tags and not verbless and not how.states
    long = len(tokens) >= _GOOD_WORDS[0]
    return len(nouns) > 1 and (whom or (acts and (long or how.order)) or len(nouns) > 2)


def _orders_or_names(text: str, first: str, tags: Sequence[str]) -> bool:
    if wording(text).states:
        return False
    # The stem of a verb before an object: "Knip de lange trajecten in blokken".
    order = not first.lower().endswith(("en", "t")) and tags[1:2] in _OBJECTS
    return tags[0] in ("NOUN", "ADJ") or (tags[0] == "VERB" and order)


def _merit(text: str) -> float:
    words = len(text.split())
    how = wording(text)
    merit = 0.12 if names_actor(text) else 0.0
    merit += 0.08 if _FOR_WHOM.search(text) else 0.0
    merit += 0.1 if how.order else 0.05 if how.plea or how.infinitive else 0.0
    merit -= 0.1 if _SECOND_ORDER.search(text) else 0.0
    merit -= 0.0 if how.has_verb or how.order or how.infinitive else 0.1
    return merit if _GOOD_WORDS[0] <= words <= _GOOD_WORDS[1] else merit - 0.15
