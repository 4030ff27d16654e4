"""Finds the opdracht that a participant describes in their own words."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from actions.talk import catalogue
from consultation.catalogue import Catalogue
from consultation.settings import settings
from language.embedding import Encoder, Vectors, load_encoder
from language.folding import folded
from language.matching import Match, Matcher

SURE = 0.5
_BATCH = 64

READ = 250
"""The characters of a text that are encoded: a choice is short, and all of ten thousand would take
seconds."""

_COUNT = "een twee drie vier vijf zes zeven acht negen tien elf twaalf"
_RANK = (
    "eerste tweede derde vierde vijfde zesde zevende achtste negende tiende elfde twaalfde laatste"
)
_LAST = -1
_VALUE: dict[str, int] = {
    **{word: value for value, word in enumerate(_COUNT.split(), 1)},
    **{word: value for value, word in enumerate(_RANK.split(), 1)},
    "laatste": _LAST,
}
_ITEM = r"(?:opdracht|onderwerp|thema|nummer|numero|nr\.?)"
_ANY = rf"(?P<count>\d{{1,2}}|{'|'.join(_COUNT.split())})"
_RANKED = rf"(?P<rank>\d{{1,2}}(?:e|de|ste)|{'|'.join(_RANK.split())})"
_FOREIGN_VALUE = {
    word: value
    for value, words in enumerate(
        (
            "eins un one",
            "zwei deux two",
            "drei trois three",
            "quatre four",
            "funf cinq five",
            "sechs six",
            "sieben sept seven",
            "huit eight",
            "neun neuf nine",
            "zehn dix ten",
        ),
        1,
    )
    for word in words.split()
}
_FOREIGN = re.compile(
    rf"\b(?:{_ITEM}|number|topic|sujet|theme)\s*(?P<count>{'|'.join(_FOREIGN_VALUE)})\b"
)
_LEAD = (
    r"(?:(?:ik|k?wil|zou|had|kies|neem|pak|doe|maar|geef|mij|me|ga|voor|graag|liefst|mag|naar|"
    r"start|begin|met|over|toch|dan|nu|dus|we|laten|mijn|keuze|is|ok|oke|okay|ja|nee|euh|allez|bon|zet|het"
    r"|wordt)[\s:,]+){0,6}"
)
_TAIL = (
    r"(?:[\s,]+(?:graag|aub|alstublieft|alsjeblieft|doen|kiezen|nemen|van de lijst|dan|maar|hoor|he"
    r"|ze|eerst|denk ik|please|svp|gewoon|voor mij|is goed|nu))*\W*$"
)
# Matches "opdracht 4", "nummer vier graag", "de vierde" and "4", but not "5 dagen" or
# "de eerste stap".
_NAMED = (
    re.compile(rf"\b{_ITEM}\s*{_ANY}(?!\w)"),
    re.compile(rf"\b(?:de|den|het|die)\s+{_RANKED}(?=\s+{_ITEM}\b|{_TAIL})"),
    re.compile(rf"^\W*{_LEAD}{_ANY}{_TAIL}"),
    re.compile(rf"^\W*{_LEAD}(?:de|den|die|het|dat)\s+(?P<count>\d{{1,2}})(?!\w){_TAIL}"),
    re.compile(
        rf"\b(?:naar|met|neem|kies|doe)\s+(?:de|den|het|dat|die)\s+{_RANKED}"
        rf"(?=\s*[,.;!]|\s+(?:beginnen|starten|eerst|dan|maar|graag|aub)\b|{_TAIL})"
    ),
)

# Several at once: "opdracht 8, 5 en 10", "eerst de derde en dan 7".
_COUNTED = "|".join((_COUNT + " " + _RANK).split())
_ONE = rf"(?:(?:{_ITEM}|de|den|het)\s+)?(?:\d{{1,2}}(?:e|de|ste)?(?!\w)|(?:{_COUNTED})\b)"
_AND = (
    r"(?:\s*(?:[,;/+&]|(?:en|als|plus|dan|daarna|vervolgens|of|ofwel|ook|liefst"
    r"|graag)\b)){1,4}\s*"
)
_SEVERAL = re.compile(rf"{_ONE}(?:{_AND}{_ONE})+")
_VALUES = re.compile(rf"\d{{1,2}}|\b(?:{_COUNTED})\b")
_EITHER = re.compile(r"\b(?:of|ofwel)\b")
# A request at a step where other texts are answers: the named opdracht is all that it holds.
_ASKING = (
    r"(?:(?:ja+|joa|nee+n?|ok|oke|okay|goed|maar|en|nu|toch|dan|eerst|straks|liever|graag|even"
    r"|nog|eens|ik|k|kwil|kan|kunnen|mag|laat|laten|ons|we|wij|wil|willen|wou|zou|ga|gaan|doe"
    r"|neem|kies|start|begin|spring|keer|terug|terugkeren|teruggaan|verder|door|naar|met|over|aan"
    r"|van|het|iets|wat|ander|andere|anders|onderwerp|opdracht|aub|svp|of|please|go|back|to"
    r"|retour|zurueck|eigenlijk|alstublieft|alsjeblieft|geef|toon|mij|me|der|is|keuze|mijn"
    r"|volgende|daarna|de|den|zowel|allebei)\b[\s,:.!]*)*"
)
_ASKED = (
    r"(?:[\s,]+(?:graag|aub|svp|alstublieft|alsjeblieft|please|doen|gaan|kiezen|nemen|praten"
    r"|spreken|babbelen|hebben|zeggen|antwoorden|beantwoorden|beginnen|starten|terug|terugkeren"
    r"|teruggaan|verder|verdergaan|verderdoen|nu|dan|eerst|eens|nog|iets|willen|wil|over|het"
    r"|mogen|kunnen|ook|aan|mee|even|in|plaats|van|deze))*[\s?!.,]*"
)
_REQUEST = re.compile(
    rf"\W*{_ASKING}(?P<named>{_ITEM}\s*(?:{_COUNT.replace(' ', '|')}|\d{{1,2}})(?!\w)"
    rf"(?:{_AND}{_ONE})*|(?:de|den)\s+{_RANKED}\s+{_ITEM}){_ASKED}"
)
_SUBJECT = re.compile(
    r"^\W*(?:(?:ja+|joa|jep|ok|oke|okay|goed|graag|nee+n?|maar|en|nu|dan|toch|eigenlijk|liever"
    r"|eerst|straks|nog|ook|ik|k|kwil|wil|wou|zou|we|willen|graag|even|eens|het|t|nog|iets|wat"
    r"|kunnen|kan|mag|laten|laat|ons|ga|gaan|doe|neem|kies|geef|mij|terug|verder|naar|doen|hebben"
    r"|praten|zeggen|van|bij|een|ne|nen|ander|andere|anders|nieuw|volgend|volgende|onderwerp|thema"
    r"|subject|opdracht|namelijk|zoals|over|rond|met|dat|of)\b[\s,:;.!-]*)+"
)
_TALK_OF = re.compile(r"(?:^|[\s,])(?:over|rond|naar|onderwerp|thema|opdracht|subject|about)\b")
_PARTS = re.compile(r"[,;+&/]|\ben\b(?:\s(?:ook|dan|daarna)\b)?|\bdaarna\b")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ACTORS = _words(
    "gemeente gemeenten stad steden overheid vdab regering minister vlaanderen "
    "werkgever werkgevers baas bazen vakbond vakbonden buren school scholen bedrijf "
    "bedrijven federatie politiek"
)
_SHORT = 14
_LEAST_GUESS = 0.05
_SURE_BARE = 0.4
_SURE_PART = 0.8
# Words that say nothing about a subject: "ik zeg toch de gemeente" names none.
_EMPTY = frozenset(
    " ".join(
        (
            _COUNT,
            "ik k je jij ge gij u uw jouw we wij ons onze hij zij ze het t dat da dit die deze "
            "de den",
            "der een ne nen niet nie ni geen wel toch maar en of als dan nu hier daar er zo "
            "ook nog al",
            "alles iets niets niks wat wie waar hoe waarom wanneer welke weet wist weten wil "
            "wou wilt",
            "willen kan kunnen kunt mag mogen moet moeten zou zal zullen ben is zijn was waren "
            "wordt",
            "heb heeft hebben had doe doet doen ga gaat gaan kom zeg zegt zeggen zei vind "
            "vindt denk",
            "denken praten spreken vertel geef kies pak neem mij me mijn hem haar hun van voor "
            "bij met",
            "op in aan uit over onder om te tot naar door ja nee neen jaja joa ok oke goed "
            "graag aub",
            "alsjeblieft alstublieft dank bedankt merci sorry hallo dag hoi euh eh goh tja bah "
            "amai",
            "liever eigenlijk misschien gewoon heel erg zeer echt veel beetje meer minder eens "
            "even",
            "terug verder ander andere anders onderwerp thema opdracht vraag antwoord keuze "
            "maakt moe",
            "stom stomme dom domme robot bot machine idioot onzin zever trut klootzak kloten",
            "stoppen stop gedaan genoeg klaar "
            "snap begrijp versta bedoel bedoelt luister luisteren beter slecht zoon buurman",
        )
    ).split()
)


@dataclass(frozen=True)
class Choice:
    """What a text says about the subject to talk about.

    ``numbers`` are opdrachten to talk about, in that order; ``guesses`` may be meant.
    """

    numbers: tuple[int, ...] = ()
    guesses: tuple[int, ...] = ()


_building = threading.Lock()


@lru_cache(maxsize=2)
def _built(current: Catalogue) -> Matcher:
    kept = settings().data_dir / "vectors" / "opdrachten"
    return Matcher(current.descriptions(), load_encoder(settings().embedding), kept)


def _matcher(current: Catalogue) -> Matcher:
    with _building:
        return _built(current)


def prepare() -> None:
    """Loads the encoder and encodes the catalogue, so that the first choice is not delayed."""
    _matcher(catalogue())


def matches(text: str, top: int = 3) -> list[Match]:
    """The opdrachten that match a text best, best first, with scores between 0 and 1.

    An opdracht named by its number, its position in the list or its title comes first, with score
    1; the others then get score 0.
    """
    return matches_of([text], top)[0]


def encoder_used() -> Encoder:
    """The encoder by which texts are matched."""
    return _matcher(catalogue()).encoder


def encoded(texts: Sequence[str]) -> Vectors:
    """The vectors by which ``matches_of`` compares the texts, of the first ``READ`` characters."""
    return encoder_used().encode([text.strip()[:READ] for text in texts])


def matches_of(
    texts: Sequence[str], top: int = 3, vectors: Vectors | None = None
) -> list[list[Match]]:
    """``matches`` of many texts, in batches of similar length.

    ``vectors`` are those of ``encoded``, if already computed.
    """
    current = catalogue()
    matcher = _matcher(current)
    found: list[list[Match]] = [[] for _ in texts]
    read = [text.strip()[:READ] for text in texts]
    ordered = sorted(range(len(texts)), key=lambda place: len(read[place]))
    for start in range(0, len(ordered), _BATCH):
        places = ordered[start : start + _BATCH]
        known = None if vectors is None else vectors[places]
        best_of = matcher.match([read[each] for each in places], top=top, vectors=known)
        for place, best in zip(places, best_of, strict=True):
            named = named_number(texts[place], current)
            if named is not None:
                others = [each.number for each in best if each.number != named]
                best = [Match(named, 1.0), *(Match(each, 0.0) for each in others[: top - 1])]
            found[place] = best
    return found


def likeliest(texts: Sequence[str]) -> int:
    """The opdracht that one of these texts is most about."""
    best = max((found[0] for found in matches_of(texts, top=1)), key=lambda each: each.score)
    return best.number


def chosen(text: str, current: Catalogue) -> Choice:
    """The opdrachten that a text chooses: by number or title, or in words that surely mean one."""
    several, either = named_numbers(text, current)
    if several:
        return Choice(guesses=several) if either else Choice(several)
    number = named_number(text, current)
    if number is not None:
        return Choice((number,))
    if not bare(text):
        return Choice()
    parts = [part for part in _PARTS.split(folded(text.strip())) if bare(part)]
    whole = matches(text)
    short = len(text.split()) <= _SHORT and not re.search(r"\d", text)
    if short and 1 < len(parts) <= len(current.opdrachten):
        about = len(re.findall(r"\bover\b", folded(text))) > 1
        sure = [_sure(part, least=SURE if about else _SURE_PART) for part in parts]
        apart = tuple(dict.fromkeys(each for each in sure if each is not None))
        if None not in sure and len(apart) > 1:
            return Choice(apart)
    best = _sure(text, whole)
    best = _by_title(text, current) if best is None else best
    if best is not None:
        return Choice((best,))
    return Choice(guesses=tuple(each.number for each in whole if each.score >= _LEAST_GUESS))


def by_part(text: str, current: Catalogue) -> int | None:
    """The only opdracht that a clause of a text, or what follows "over", surely means; or None.

    "Te veel om te lezen. Iets over hulp bij leren": the words around a subject lead the whole text
    elsewhere.
    """
    plain = folded(text.strip()[:READ])
    several = named_numbers(text, current)[0]
    if not bare(text) or len(plain.split()) > _MOST_BESIDE or several:
        return None
    sure = {
        found[0].number
        for found in matches_of(_parts_of(plain))
        if found and found[0].score >= _SURE_PART
    }
    if len(sure) == 1:
        return sure.pop()
    if not sure:
        # "Dat van de goesting, want ...": the subject by a word of its title.
        named = {_by_title(part, current) for part in _led_to(plain)} - {None}
        if len(named) == 1:
            return named.pop()
    whole = matches(text)
    return whole[0].number if whole and whole[0].score >= _SURE_WHOLE else None


_SURE_WHOLE = 0.9


def _led_to(plain: str) -> list[str]:
    """What stands between a word that leads to a subject and the end of its clause."""
    return [_CLAUSES.split(plain[found.end() :])[0] for found in _LEADS.finditer(plain)]


_LEADS = re.compile(r"\b(?:dat|die|iets) (?:over|van|rond|met) ")


def _parts_of(plain: str) -> list[str]:
    """The clauses of a text, and what follows a word that leads to a subject."""
    starts = [found.end() for found in _PART_BEGINS.finditer(plain)]
    parts = [*_CLAUSES.split(plain), *(plain[at:] for at in starts)]
    ends = [_PART_ENDS.sub("", part) for part in parts]
    told = (part.strip(" ,.!") for part in (*parts, *ends))
    return [part for part in dict.fromkeys(told) if bare(part)]


_CLAUSES = re.compile(r"[,;:.!]\s*")


def _by_title(text: str, current: Catalogue) -> int | None:
    """The only opdracht whose title holds the one word of a text that says something."""
    word = bare(text)
    if " " in word or len(word) < _LEAST_OF_TITLE:
        return None
    found = [each.nummer for each in current.opdrachten if word in folded(each.titel)]
    return found[0] if len(found) == 1 else None


_LEAST_OF_TITLE = 6


def wished(text: str, current: Catalogue) -> Choice:
    """The opdrachten that a text asks to go to, while the talk is about something else.

    "Terug naar opdracht 3" and "ander onderwerp: digitale cursussen" ask for one; a text that only
    mentions an opdracht or a subject does not.
    """
    plain = folded(text.strip())
    found = _REQUEST.fullmatch(plain)
    if found is not None:
        return chosen(found["named"], current)
    lead = _SUBJECT.match(plain)
    if lead is None or len(plain.split()) > _SHORT or not _TALK_OF.search(lead[0] + " "):
        return Choice()
    number = named_number(text, current)
    if number is not None:
        return Choice((number,))
    rest = plain[lead.end() :].strip()
    return chosen(rest, current) if bare(rest) else Choice()


def named_beside(text: str, current: Catalogue) -> Choice:
    """The subject that any part of a text surely means, where the question is which comes next.

    "Rest er nog mijn derde punt, weten wat burgers willen leren": the words around a subject lead
    the whole text elsewhere, so every part after a sign or after "over" is matched by itself.
    """
    plain = folded(text.strip())
    if len(plain.split()) > _MOST_BESIDE or not _NEXT.search(plain):
        return Choice()
    number = named_number(text, current)
    if number is not None:
        return Choice((number,))
    starts = [0, *(found.end() for found in _PART_BEGINS.finditer(plain))]
    parts = dict.fromkeys(part for at in starts if bare(part := plain[at:].strip(" ,.!")))
    ends = [_PART_ENDS.sub("", part).strip(" ,.!") for part in parts]
    best: dict[int, float] = {}
    for found in matches_of([each for each in dict.fromkeys([*parts, *ends]) if bare(each)]):
        for each in found[:2]:
            best[each.number] = max(best.get(each.number, 0.0), each.score)
    ordered = sorted(best, key=lambda each: -best[each])
    sure = [each for each in ordered if best[each] >= _SURE_PART]
    if len(sure) == 1:
        return Choice((sure[0],))
    return Choice(guesses=tuple(each for each in ordered[:3] if best[each] >= SURE))


_MOST_BESIDE = 20
_NEXT = re.compile(
    r"\b(?:over|rond|omtrent|onderwerp|thema|opdracht|punt\w{0,2}|subject|topic|nog (?:een"
    r"|eentje|iets|eint|e"
    r"|dat|die|1)|dat van|die van|die ene|dat ene|ook nog|volgende?|rest|behandelen|bespreken"
    r"|encore|about"
    r"|dan nog|wil ik nog|nu nog|eerst)\b"
)
_PART_BEGINS = re.compile(
    r"[,;:.!]\s*|\b(?:over|van|rond|omtrent|punt|thema|onderwerp|namelijk|about|sur|uber|zoals)\s+"
)
_PART_ENDS = re.compile(
    r"\b(?:wil ik|wou ik|zou ik|ook nog|nog|graag|eens|e ki|ton|aub|alstublieft|wens"
    r"|please)\b.{0,60}$"
)


def requested(text: str, current: Catalogue) -> Choice:
    """As ``wished``, but only by number: at a question, words about a subject are an answer."""
    found = _REQUEST.fullmatch(folded(text.strip()))
    return chosen(found["named"], current) if found is not None else Choice()


def bare(text: str) -> str:
    """The words of a text that can say something about a subject."""
    words = re.findall(r"[a-z0-9']+", folded(text))
    return " ".join(word for word in words if word not in _EMPTY and word not in _ACTORS)


def _sure(text: str, found: Sequence[Match] | None = None, least: float = SURE) -> int | None:
    """The opdracht that a text surely is about, with and without its empty words; or None."""
    best = next(iter(found or matches(text)), None)
    rest = bare(text)
    if best is None or best.score < least or not re.search(r"[a-z]", rest):
        return None
    alone = next(iter(matches(rest)), None)
    same = alone is not None and alone.number == best.number and alone.score >= _SURE_BARE
    return best.number if same else None


def named_numbers(text: str, current: Catalogue) -> tuple[tuple[int, ...], bool]:
    """The opdrachten that a text names by two or more numbers, and whether only one is meant."""
    plain = folded(text.strip())
    found = _SEVERAL.search(plain)
    around = "" if found is None else re.sub(_ASKING, " ", _around(plain, found))
    if found is None or re.search(r"[a-z]", around):
        return (), False
    values = [_value(each) for each in _VALUES.findall(found[0])]
    last = current.opdrachten[-1].nummer
    numbers = [last if value == _LAST else value for value in values]
    known = tuple(dict.fromkeys(each for each in numbers if current.opdracht(each) is not None))
    return (known, bool(_EITHER.search(found[0]))) if len(known) > 1 else ((), False)


def _around(plain: str, found: re.Match[str]) -> str:
    before = re.sub(rf"{_ITEM}(?:en|s)?\W*$", " ", plain[: found.start()])
    return f"{before} {re.sub(_ASKED, ' ', plain[found.end() :])}"


def _value(word: str) -> int:
    digits = re.match(r"\d+", word)
    return int(digits.group()) if digits else _VALUE[word]


def named_number(text: str, current: Catalogue) -> int | None:
    """The number of the opdracht that a text names by number, position or title, or None."""
    plain = text.strip().casefold()
    for opdracht in current.opdrachten:
        if plain == opdracht.titel.casefold():
            return opdracht.nummer
    bare = _FOREIGN.sub(lambda found: f"nummer {_FOREIGN_VALUE[found['count']]}", folded(plain))
    for pattern in _NAMED:
        found = pattern.search(bare)
        if found is None:
            continue
        word = next(value for value in found.groupdict().values() if value)
        value = _value(word)
        if value == _LAST:
            return current.opdrachten[-1].nummer
        if current.opdracht(value) is not None:
            return value
    return None
