"""The stakeholder group that a participant names in their own words.

``data/beroepen.yml`` has occupations, statuses and places of work per kind; a kind leads to the
catalogue's group with the same slug, or else to the group whose name or words it resembles. The
catalogue's own words count as well. A text that fits several groups, or that leaves doubt, gives
all of them: the participant chooses.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

import yaml

from consultation.catalogue import Catalogue, Groep
from consultation.settings import ROOT
from language.folding import folded
from language.reading.dialect import standard

OWN_WORDS = ROOT / "data" / "beroepen.yml"

_READ = 600
_MOST_TOKENS = 60
_MOST_WORDS = 12
_LEAST_CONTENT = 4
_MOST_OF_STATUS = 6
_LONG_ANSWER = 18
"""More words than who somebody is takes, also where the first of them tell it."""
_LONGEST_REFUSAL = 90
_LEAST_SUFFIX = 5
_LEAST_PREFIX = 3
_LEAST_FUZZY = 7
_LEAST_SHORT = 5
_MOST_FUZZY = 6
_ALIKE = 0.88

_TOKEN = re.compile(r"\w+")
_ARTICLES = frozenset(
    [
        "de",
        "den",
        "d",
        "het",
        "t",
        "een",
        "ne",
        "nen",
        "n",
        "der",
        "des",
        "la",
        "le",
        "les",
        "l",
        "un",
        "une",
        "the",
        "a",
        "an",
        "der",
        "die",
        "das",
    ]
)
_NO_SUFFIX = frozenset(
    {"ouder", "leger", "agent", "lager", "draaier", "ander", "senior", "haven", "mezelf"}
)

_SELF = re.compile(
    r"\b(ik|k|kben|kzen|kzin|kzijn|kzyn|kzit|kdoe|zyn|klap\w{0,3}|kwerk|ikke|ich|wij|we|wulder|ons|ben|zen|zin|bin|werk|werken"
    r"|werkt|als|namens|spreek|geef|run|leid|volg|zit|heb|hem|hebben|sta|je suis|suis|travaille"
    r"|i m|i am|am|work|arbeite)\b"
)
_SAYS = re.compile(
    r"\b(moet(en)?|kan|kun\w{0,4}|zou\w{0,4}|krijg\w{0,3}|rijdt|rijden|vind(en|t)?|wil(len)?|mag"
    r"|te (duur|ver|weinig|veel|moeilijk|laat|druk|vroeg|oud)|mogen|omdat|daarom|want|waarom|hoe"
    r"|wat|wanneer|waar|welke?|wie|niet|geen|is|was|worden|wordt|komt|gaat|duurt|kost|helpt|zonder"
    r"|graag|meer|minder|beter)\b"
)
_IS_SOMEBODY = re.compile(
    r"\b(ben|bin|zen|zin|(?:ik|we|wij) (?:leid|leiden|run|geef les|sta)"
    r"|(?:wij|we|ik|k) (?:zijn|zyn)|kzyn|kzit|kzin|bin"
    r"|werk|werken|spreek|als|namens|kben|kzen|suis|am|m)\b"
)
_SPEAKS_FOR = re.compile(
    r"\b(?:(?:spreek\w{0,2}|spreke|klap\w{0,3}|kdoe|doe dit|doe da|doe dat"
    r"|antwoord|praat|reageer|doe mee|zit hier|ben hier|sta hier|kom)"
    r"(?: \w{1,14}){0,3}? (?:als|voor|namens|vanuit|uit)"
    r"|(?:maar|vooral|eerder|eigenlijk|hier|toch|liefst) (?:als|namens|voor)|maar nu|nu)\b"
)
_NOT = frozenset({"geen", "niet", "nooit", "nie", "ni", "noch", "not", "pas"})
_PAST = frozenset(
    {
        "ex",
        "gewezen",
        "vroeger",
        "vroegere",
        "oud",
        "voormalig",
        "voormalige",
        "was",
        "ancien",
        "former",
    }
)

_NOW = frozenset({"nu", "na", "nou", "intussen", "ondertussen", "tegenwoordig", "vandaag"})
"""Words before what somebody is by now."""

_BESIDE = frozenset(
    {
        "gewoon",
        "voor",
        "veur",
        "enkel",
        "alleen",
        "vooral",
        "eerder",
        "hier",
        "toch",
        "puur",
        "zuiver",
        "louter",
        "maar",
    }
)
"""Words beside a group that leave a clause a name of it."""
_OBJECT = frozenset(
    [
        "aan",
        "met",
        "over",
        "begeleid",
        "begeleiden",
        "help",
        "opleid",
        "coach",
        "train",
        "over",
        "tegen",
        "voor",
    ]
)

_COUNT = (
    r"(?:\d{1,4}|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|dertien|veertien|vijftien|zestien|zeventien|achttien|negentien|twintig|dertig"
    r"|veertig"
    r"|vijftig|honderd|tientallen|een paar|paar|enkele|veel|deux|trois|quatre|cinq|six|three|four"
    r"|five|ten"
    r"|drei|funf|sechs|zehn)"
)
_EMPLOYS = re.compile(
    rf"\b{_COUNT} (?:\w{{1,12}} )?(?:man|mannen|mensen|gasten|werknemers?|medewerkers?"
    rf"|personeel\w{{0,6}}"
    r"|arbeiders|bedienden|werklieden|jongens|leute|mitarbeiter|employes|employees|people|personnes"
    rf"|ouvriers|staff|vaste krachten)\b|\b{_COUNT} (?:\w{{2,14}} ){{1,2}}in dienst\b"
    r"|\b(?:personeel|mensen|volk|werknemers) in dienst\b"
)
_OWNS = re.compile(
    r"\b(?:heb|hebben|run|runnen|leid|leiden|bezit|uitbaat|mijn|onze|eigen|familiebedrijf|habe"
    r"|have|own|ai"
    r"|avons|zaak|kmo|bedrijf|zijn)\b"
)
_CLAUSE = re.compile(
    r"[.,;:!?()\n]+|\s(?:maar|doch|mais|but|aber|komma|punt|want|dus|trouwens)\s", re.I
)
_MOST_CLAUSES = 5
_ASKS = re.compile(
    r"(?:(?:en|maar|trouwens|and|et) )*(?:wie|wat|hoe\w{0,6}|waar\w{0,6}|wanneer|welke?|is (?:dat"
    r"|da|dit|het|t)|telt"
    r"|mag|kan|who|what|how|why|is it|qui|quoi|combien|comment|est ce)\b"
)
_CHOOSES = re.compile(
    r"\b(?:schrijf|zet|noteer|doe|neem|maak|kies|pak|hou|houd|steek|tel|reken|write|put|mettez"
    r"|metsmoi|schreib)"
    r"(?: (?:er|mij|me|mezelf|ons|het|dat|dan|maar|gewoon|toch|van|als|bij|op|aub|dus|liever"
    r"|gerust|down))*"
    r" (?P<what>.{2,60})"
)
_AGED = re.compile(
    r"^(?:(?:ik|k|dag|och|ach|euh|wel|ja|maar|nog|al|bijna|toch) )*(?:ben|kben|bin|k ben|zen|word"
    r"|i am|i m|j ai|ich bin)"
    r" (?:(?:al|nu|maar|bijna|toch|nog) )*\d{2}(?: (?:jaar|joar|lentes|ans|years?|jahre?|en|and|et"
    r"|und)\b.{0,60})?$"
)
_LEAD = (
    r"(?:(?:nee+n?|sorry|pardon|liever|nou|bah|och|tja|dat|da|het|ik|wil|ga|daar|mag|zou|je|dit"
    r"|gewoon|maar|die) )*"
)
_TAIL = (
    r"(?: (?:hoor|he|ze|sorry|aub|a u b|alstublieft|alsjeblieft|graag|dank u|bedankt|eigenlijk"
    r"|please|bitte|svp|merci|thanks|niet|nie|zeggen|vriend|manneke|meneer|robot))*"
)


@dataclass(frozen=True)
class Named:
    """The groups that a text may name, likeliest first; ``sure`` when the first is meant."""

    groups: tuple[Groep, ...]
    sure: bool


@dataclass(frozen=True)
class _Hit:
    start: int
    end: int
    kind: str
    role: str
    slugs: tuple[str, ...]


_Entry = tuple[str, str]


@dataclass(frozen=True)
class _Words:
    """Phrases by their words, and the kinds as the file has them."""

    phrases: dict[tuple[str, ...], _Entry]
    single: tuple[str, ...]
    statuses: tuple[str, ...]
    kinds: dict[str, dict[str, Any]]
    declines: re.Pattern[str]


_BURGER_KINDS = frozenset({"werkende", "bedrijf"})
_BUSINESS = frozenset({"bedrijf", "werkgever", "zelfstandige", "technologie"})
_FOR_BUSINESS = _BUSINESS | {"werkende", "gewoon_mens"}
_ORDERS = frozenset(
    [
        "laat",
        "geef",
        "maak",
        "verplicht",
        "stuur",
        "betaal",
        "schrap",
        "vraag",
        "steek",
        "stop",
        "begin",
        "organiseer",
    ]
)
"""Words that begin a proposal: "laat de werkgever ..." tells nothing of who says it."""
_TEACHES = frozenset({"school", "private_opleider", "hoger_onderwijs", "arbeidsbemiddeling"})
_OFFICES = frozenset({"vakbond", "lokaal_bestuur", "overheid"})
_LIFE = frozenset({"gepensioneerd", "zonder_werk", "lerende"})
_ROLES = ("status", "woorden", "zwak", "plek")


def group_of(text: str, catalogue: Catalogue) -> Named:
    """The groups that a text names as the participant's own; none where it does not say who."""
    whole = catalogue.group_named(text) if _is_name(text, catalogue) else None
    if whole is not None:
        return Named((whole,), True)
    if len(text) <= _READ and _for_oneself(text):
        return _of_clause("mezelf", catalogue)
    named = _chosen(text, catalogue) or _of_clause(text, catalogue)
    if named.sure or len(text) > _READ:
        return named
    parts = [each for each in _CLAUSE.split(text) if each and each.strip()][:_MOST_CLAUSES]
    if len(parts) < 2:
        return named
    told = [each for each in parts if not _ASKS.match(folded(each.strip()))]
    if 0 < len(told) < len(parts):
        # A question beside it says nothing about who asks it.
        return group_of(", ".join(told), catalogue)
    about_self = [each for each in parts if _says_own(each, catalogue)]
    apart = [found for each in about_self if (found := _of_clause(each, catalogue)).sure]
    if len({found.groups for found in apart}) == 1 and set(apart[0].groups) >= set(named.groups):
        return apart[0]
    return named


_OWN_SELF = (
    r"(?:(?:mijn|mien|mienen|myn|min|mine|minne|me|men|mn|m n) )?(?:eigen|eign|eige|zelven?|zelvn)"
    r"(?: (?:naam|noame|persoon))?"
    r"|mezelf|mezelven?|mezelvn|mijzelf"
)
_NO = r"(?:geen|gin|gien|gene|ne gin)(?: (?:enkele?|inkele?))?"
_FOR_ONESELF = re.compile(
    r"\bk?(?:sprek\w{0,2}|spreek\w{0,2}|klap\w{0,3}|praat\w{0,2}|babbel\w{0,3}|zeg\w{0,4}"
    r"|antwoord\w{0,2}|reageer\w{0,2})(?: \w{1,12}){0,5}?"
    rf" (?:vo|vor|veur|vur|vu|voor|uit|in) (?:{_OWN_SELF})"
    r"(?= ?$| (?:maar|mo|mor|en|niet|nie|ni|hoor|want|ze|wi|k|ik|dan|als)\b)"
    rf"|\b(?:van|voor|bij|vo|veur|namens) {_NO} "
    r"(?:organisatie|organisoatie|vereniging|instelling)\b"
    r"|\bniet (?:voor|namens) (?:een|ne)(?: enkele)? (?:organisatie|vereniging)\b"
)
"""Who says that they speak for themselves, whatever else they tell of their work."""
_FAMILY = (
    r"(?:kinderen|kind|gezin|zoon|dochter|zonen|dochters|kleinkinderen|kleinkind|man|vrouw|partner"
    r"|familie|moeder|vader|ouders|broer|zus)"
)
_FOR_ME = re.compile(
    r"(?:(?:ja|nee|euh|goh|wel|gewoon|enkel|alleen|puur|vooral|eigenlijk|en|ik|k|dat|dit|doe|is"
    r"|ben|hier|maar|dus|toch) )*(?:(?:spreek\w{0,2}|praat|antwoord|zeg|vertel)"
    r"(?: (?:ik|dus|dan|hier|nu|wel|gewoon|enkel|alleen|maar|vooral|dit|toch))* )?voor "
    rf"(?:(?:mij|me|{_OWN_SELF})(?: (?:alleen|zelf|persoonlijk))?"
    rf"(?: en (?:(?:mijn|m|onze|ons) )?(?:\w{{2,12}} )?{_FAMILY})?"
    rf"|(?:mijn|m n|ons|onze) (?:\w{{2,12}} )?{_FAMILY}(?: met \w{{2,15}}(?: \w{{2,15}})?)?)"
    r"(?: (?:natuurlijk|zeker|he|eh|hoor|dus|eigenlijk|dan|ja|ze|toch|gvd|potver\w{0,6}"
    r"|verd\w{2,8}|godver\w{0,8}|wie anders))*"
)
"""A whole clause that says it: "ik spreek enkel voor mij", "voor mezelf natuurlijk"."""
_INHABITANT = re.compile(
    r"\b(?:als|(?:ben|zijn) (?:maar |gewoon )?een) (?:dood)?(?:gewone|simpele|eenvoudige|brave)"
    r" [A-Z]\w{3,15}(?:aar|er|se|ling|ster|naar)\b"
)
"""Who speaks as somebody of a place: "als gewone Hasselaar"."""


def _for_oneself(text: str) -> bool:
    """Whether a text says that the participant speaks for nobody else."""
    if _FOR_ONESELF.search(" ".join(_tokens(text))) or _INHABITANT.search(text):
        return True
    clauses = re.split(r"[.,;:!?()\n]+", text)[:_MOST_CLAUSES]
    return any(_FOR_ME.fullmatch(" ".join(_tokens(each))) for each in clauses)


def _says_own(clause: str, catalogue: Catalogue) -> bool:
    """Whether a clause speaks of the participant, or holds nothing but a name of a group."""
    tokens = _tokens(clause)
    hits = list(_hits(tokens, catalogue))
    first = bool(hits) and hits[0].start == 0 and all(hit.role == "status" for hit in hits)
    if first and len(tokens) <= _MOST_OF_STATUS and not _SAYS.search(" ".join(tokens)):
        # "Huismoeder en oma van zeven": who somebody is, before all else.
        return True
    inside = {place for hit in hits for place in range(hit.start, hit.end)}
    rest = [token for place, token in enumerate(tokens) if place not in inside]
    alone = bool(inside) and _BESIDE.issuperset(rest)
    return bool(_IS_SOMEBODY.search(" ".join(tokens))) or alone


def _chosen(text: str, catalogue: Catalogue) -> Named | None:
    """The group of a text that says which one to note: "schrijf maar burger"."""
    plain = " ".join(_tokens(text))
    found = next(reversed(list(_CHOOSES.finditer(plain))), None)
    if found is None:
        return None
    named = _of_clause(found["what"], catalogue)
    if named.sure:
        return named
    last = re.match(r"(?:(?:dat|die|de|het|mijn) )*(?:laatste|tweede)\b", found["what"])
    if last is None:
        return None
    tokens = _tokens(text[: text.casefold().rfind(found["what"][:4].strip())])
    hits = _meant(tokens, list(_hits(tokens, catalogue)))
    named = _named(hits[-1].slugs, True, catalogue) if hits else Named((), False)
    return named if named.sure else None


def _named(slugs: Sequence[str], sure: bool, catalogue: Catalogue) -> Named:
    found = tuple(g for g in (catalogue.groep(each) for each in dict.fromkeys(slugs)) if g)
    return Named(found, sure and len(found) == 1)


def _of_clause(text: str, catalogue: Catalogue) -> Named:
    """The groups that a text or a clause of it names as the participant's own."""
    tokens = _tokens(text)
    plain = " ".join(tokens)
    if _AGED.match(plain) and len(tokens) <= _MOST_WORDS:
        return _named(_slugs_of("gewoon_mens", catalogue), True, catalogue)
    hits = _meant(tokens, list(_hits(tokens, catalogue))) if tokens else []
    kinds = {hit.kind for hit in hits}
    if _has_business(tokens, hits):
        return _named(_slugs_of("werkgever", catalogue), True, catalogue)
    staff = _EMPLOYS.search(plain) and len(tokens) <= _MOST_WORDS and kinds <= _FOR_BUSINESS
    if staff and (kinds & _BUSINESS or (_OWNS.search(plain) and not _SAYS.search(plain))):
        return _named(_slugs_of("werkgever", catalogue), True, catalogue)
    if not hits or not _says_who(tokens, hits):
        return Named((), False)
    slugs, sure = _decide(hits)
    return _named(slugs, sure, catalogue)


_HOLDS = re.compile(
    r"(?:^|\b(?:ik|wij|we|k|kheb) )(?:heb|hebben|kheb|run|runnen|leid|leiden|bezit|bezitten"
    r"|(?:(?:spreek|spreken|praat|praten|antwoord|doe dit|kom) )?(?:hier )?(?:voor|namens)"
    r"|have|own|run|speak for|answer for)"
    r"(?: (?:zelf|hier|mijn|ons|onze|eigen|klein|kleine|heel|twee|drie|our|my|own|small))*$"
)
_IS_WANTED = re.compile(r"\b(?:nodig|gezocht|zoek|zoeken|gevonden|gewerkt|gebeld|gevraagd|tegen)\b")
_GENERIC = frozenset({"bedrijf", "onderneming", "firma", "kmo", "mkb", "company", "entreprise"})


def _has_business(tokens: Sequence[str], hits: Sequence[_Hit]) -> bool:
    """Whether somebody says that a business is theirs, or that they speak for one."""
    if not hits or {hit.kind for hit in hits} != {"bedrijf"} or len(tokens) > _MOST_WORDS:
        return False
    before = " ".join(tokens[: hits[0].start])
    if _SAYS.search(" ".join(tokens)) or _IS_WANTED.search(" ".join(tokens)):
        return False
    return _HOLDS.search(before) is not None if before else _GENERIC.issuperset(tokens)


def declines(text: str) -> bool:
    """Whether a short text says that the participant does not want to say who they are."""
    plain = " ".join(_TOKEN.findall(folded(text[:_READ])))
    return len(plain) <= _LONGEST_REFUSAL and bool(_own().declines.fullmatch(plain))


def may_be_content(text: str) -> bool:
    """Whether a text that names no group says something about the subject, as an answer does."""
    tokens = _tokens(text)
    if len(tokens) < _LEAST_CONTENT or declines(text) or text.rstrip().endswith("?"):
        return False
    who = _IS_SOMEBODY.search(_IF.sub("", " ".join(tokens[:_LEAST_CONTENT])))
    long = len(tokens) > (_LONG_ANSWER if who else _MOST_WORDS // 2)
    return long or bool(_SAYS.search(" ".join(tokens)))


_IF = re.compile(
    r"^(?:en |maar |ja )*als (?=(?:er|het|t|dat|da|ge|je|u|ze|de|den|we|ik|k|men|mensen)\b)"
)
"""A condition, where "als" does not say in which role somebody speaks."""


def likely_descriptions(catalogue: Catalogue, most: int = 6) -> list[tuple[Groep, list[str]]]:
    """Texts that describe each group, for a comparison by meaning: its words and some of ours."""
    described = []
    for groep in catalogue.groepen:
        own = [
            word
            for kind in _own().kinds
            if _slugs_of(kind, catalogue) == (groep.slug,)
            for word in islice(_listed(_own().kinds[kind], "woorden", "plek", "status"), most)
        ]
        described.append((groep, list(dict.fromkeys([*groep.names, *own]))))
    return described


def _is_name(text: str, catalogue: Catalogue) -> bool:
    plain = folded(text.strip().strip(".!"))
    return any(plain == folded(name) for groep in catalogue.groepen for name in groep.names[:2])


def _tokens(text: str) -> list[str]:
    words = _TOKEN.findall(folded(text[:_READ].replace("’", "'")))
    return [word for word in standard(words) if word not in _ARTICLES][:_MOST_TOKENS]


def _hits(tokens: Sequence[str], catalogue: Catalogue) -> Iterator[_Hit]:
    """Every phrase in a text, the longest first at each word; the catalogue's words go before."""
    ours, theirs = _own().phrases, _of_catalogue(catalogue)
    longest = max(map(len, (*ours, *theirs)))
    at, fuzzy = 0, _MOST_FUZZY
    while at < len(tokens):
        for length in range(min(longest, len(tokens) - at), 0, -1):
            piece = tuple(tokens[at : at + length])
            entry = ours.get(piece)
            slugs = _slugs_of(entry[0], catalogue) if entry else ()
            named = theirs.get(piece)
            if entry and slugs and (named is None or named in slugs):
                yield _Hit(at, at + length, *entry, slugs)
                break
            if named is not None:
                yield _Hit(at, at + length, "", "plek", (named,))
                break
        else:
            length = 1
            entry = _compound(tokens[at])
            if entry is None and len(tokens[at]) >= _LEAST_FUZZY and fuzzy:
                fuzzy -= 1
                entry = _misspelt(tokens[at]) or _misspelt_compound(tokens[at])
            elif entry is None and len(tokens[at]) >= _LEAST_SHORT and fuzzy:
                fuzzy -= 1
                entry = _slip(tokens[at])
            slugs = _slugs_of(entry[0], catalogue) if entry else ()
            if entry and slugs:
                yield _Hit(at, at + 1, *entry, slugs)
        at += length


def _compound(token: str) -> _Entry | None:
    """The entry that a compound ends with: ``metaalarbeider``, ``koekjesfabriek``."""
    for cut in range(_LEAST_PREFIX, len(token[:40]) - _LEAST_SUFFIX + 1):
        end = token[cut:]
        if end not in _NO_SUFFIX and (found := _own().phrases.get((end,))) is not None:
            return found
    return None


def _misspelt_compound(token: str) -> _Entry | None:
    """The entry that a compound of a known word and a misspelt one ends with."""
    for cut in range(_LEAST_SUFFIX, len(token[:40]) - _LEAST_FUZZY + 1):
        if (token[:cut],) in _own().phrases and (found := _misspelt(token[cut:])) is not None:
            return found
    return None


@lru_cache(maxsize=512)
def _misspelt(token: str) -> _Entry | None:
    if len(token) > 30:
        return None
    same = [
        each for each in _own().single if each[0] == token[0] and abs(len(each) - len(token)) < 2
    ]
    near = difflib.get_close_matches(token, same, n=1, cutoff=_ALIKE)
    return _own().phrases[(near[0],)] if near else None


@lru_cache(maxsize=512)
def _slip(token: str) -> _Entry | None:
    """The status that a short word means with one letter left out, added, replaced or swapped."""
    near = [each for each in _own().statuses if each[0] == token[0] and _one_apart(token, each)]
    return _own().phrases[(near[0],)] if len(near) == 1 else None


def _one_apart(typed: str, known: str) -> bool:
    if typed == known or abs(len(typed) - len(known)) > 1:
        return False
    pairs = zip(typed, known, strict=False)
    at = next(
        (n for n, (one, other) in enumerate(pairs) if one != other), min(len(typed), len(known))
    )
    swapped = typed[at : at + 2] == known[at : at + 2][::-1] and typed[at + 2 :] == known[at + 2 :]
    same = (
        (typed[at + 1 :], known[at + 1 :]),
        (typed[at + 1 :], known[at:]),
        (typed[at:], known[at + 1 :]),
    )
    return swapped or any(one == other for one, other in same)


_ASSOCIATION = re.compile(
    r"\b(?:wij|we|ik|namens|bij|van|uit|voor|onze|kleine)"
    r" (?:(?:zijn|ben|vormen|leid\w{0,2}|run\w{0,3}|kleine|grote|lokale|onze) ){0,4}"
    r"(?:vzw|vereniging|koepel|stichting|zelforganisatie|beweging|club|werkgroep|organisatie)"
    r" (?:voor|van|met|door)\b"
)
"""Who speaks for an association of or for people."""


def _meant(tokens: Sequence[str], hits: list[_Hit]) -> list[_Hit]:
    """The hits that say who the participant is now: not the denied and not the former ones."""
    kept = [
        hit
        for hit in hits
        if not _NOT.intersection(tokens[max(0, hit.start - 2) : hit.start])
        and not _PAST.intersection(tokens[max(0, hit.start - 1) : hit.start])
        and tokens[hit.start : hit.end] != ["verbonden"]  # to a school; no plural of "verbond"
    ]
    plain = " ".join(tokens)
    if (ours := _ASSOCIATION.search(plain)) is not None:
        # Whom it is for does not say who speaks.
        end = plain[: ours.end()].count(" ") + 1
        kept = [hit for hit in kept if hit.start < end or hit.role != "status"]
    if not _SPEAKS_FOR.search(plain) and tokens[0] not in ("voor", "namens"):
        kept = [
            hit
            for hit in kept
            if hit.role == "plek"
            or hit.kind == "gewoon_mens"
            or hit.start < 1
            or tokens[hit.start - 1] not in _OBJECT
        ]
    for found in _SPEAKS_FOR.finditer(plain):
        place = plain[: found.end()].count(" ") + 1
        later = [hit for hit in kept if hit.end >= place and hit.start >= place - 1]
        if later:
            kept = later
    return kept


def _says_who(tokens: Sequence[str], hits: Sequence[_Hit]) -> bool:
    """Whether a text is about the participant, and does not just mention a school or a company."""
    if any(hit.role == "status" and set(tokens[: hit.start][-1:]) & _NOW for hit in hits):
        return True
    inside = {place for hit in hits for place in range(hit.start, hit.end)}
    rest = " ".join(token for place, token in enumerate(tokens) if place not in inside)
    if all(hit.role == "plek" for hit in hits) and _SAYS.search(rest):
        return bool(_IS_SOMEBODY.search(" ".join(tokens[: hits[0].start])))
    if _SELF.search(" ".join(tokens)):
        before = " ".join(tokens[: hits[0].start])
        return not _SAYS.search(rest) or bool(_IS_SOMEBODY.search(before)) or hits[0].start <= 1
    return len(tokens) <= _MOST_WORDS and not _SAYS.search(rest) and tokens[0] not in _ORDERS


def _decide(hits: Sequence[_Hit]) -> tuple[tuple[str, ...], bool]:
    by_role = {role: [hit for hit in hits if hit.role == role] for role in _ROLES}
    status, roles, weak, places = (by_role[role] for role in _ROLES)
    if status:
        apart = [hit for hit in roles if hit.slugs != status[0].slugs]
        if apart and not any(hit.kind in _LIFE for hit in status):
            return _all(*status, *apart), False
        return status[0].slugs, len(status[0].slugs) == 1
    if roles:
        return _by_role(roles, places)
    if weak and places:
        business = [hit for hit in places if hit.kind == "bedrijf"]
        other = [hit for hit in places if hit.kind != "bedrijf"]
        if other:
            return _all(*other), len(_all(*other)) == 1
        sure = weak[0].kind in ("werkgever", "werkende")
        return (weak[0].slugs, sure) if sure else (_all(*weak, *business), False)
    if weak:
        return weak[0].slugs, weak[0].kind == "werkende"
    return _all(*places), len(_all(*places)) == 1


def _by_role(roles: Sequence[_Hit], places: Sequence[_Hit]) -> tuple[tuple[str, ...], bool]:
    kinds = {hit.kind for hit in roles}
    if "zelfstandige" in kinds and not kinds - {"zelfstandige", "werkende"}:
        return next(hit.slugs for hit in roles if hit.kind == "zelfstandige"), False
    shared = [slug for slug in _all(*roles) if all(slug in hit.slugs for hit in roles)]
    own = tuple(shared) or _all(*roles)
    others = [hit for hit in places if hit.kind != "bedrijf" and not set(hit.slugs) & set(own)]
    if kinds == {"private_opleider"}:
        # Where the lessons are given is not who gives them.
        others = [hit for hit in others if hit.kind != "werkende"]
    if not others or kinds <= _OFFICES:
        return own, len(own) == 1
    if (
        kinds <= _TEACHES
        and len({hit.slugs for hit in others}) == 1
        and others[0].kind != "werkende"
    ):
        return others[0].slugs, len(others[0].slugs) == 1
    return _all(*roles, *others), False


def _all(*hits: _Hit) -> tuple[str, ...]:
    return tuple(dict.fromkeys(slug for hit in hits for slug in hit.slugs))


@lru_cache(maxsize=256)
def _slugs_of(kind: str, catalogue: Catalogue) -> tuple[str, ...]:
    """The catalogue's groups of a kind: by their slugs, or else by resemblance."""
    wanted = _own().kinds[kind]
    direct = tuple(each for each in wanted["groepen"] if catalogue.groep(each) is not None)
    if direct:
        return direct
    alike = [
        groep.slug
        for groep in catalogue.groepen
        if any(folded(name) in _looks_like(wanted) for name in _split_names(groep))
    ]
    return tuple(alike) if len(alike) <= len(wanted["groepen"]) else ()


def _looks_like(kind: dict[str, Any]) -> frozenset[str]:
    return frozenset(folded(word) for word in kind["lijkt_op"])


def _split_names(groep: Groep) -> list[str]:
    parts = [part for name in groep.names for part in re.split(r",\s?|\sof\s|\sen\s", name)]
    return [*groep.names, *parts]


@lru_cache(maxsize=4)
def _of_catalogue(catalogue: Catalogue) -> dict[tuple[str, ...], str]:
    """The catalogue's words, each with its group; a word of two groups is left out."""
    found: dict[tuple[str, ...], set[str]] = {}
    for groep in catalogue.groepen:
        for name in groep.names:
            words = tuple(_tokens(name))
            for form in (words, *_forms(words)):
                if form:
                    found.setdefault(form, set()).add(groep.slug)
    return {words: slugs.pop() for words, slugs in found.items() if len(slugs) == 1}


@lru_cache(maxsize=1)
def _own() -> _Words:
    read = yaml.safe_load(OWN_WORDS.read_text(encoding="utf-8"))
    kinds = read["soorten"]
    declines = re.compile(f"{_LEAD}(?:{'|'.join(read['zegt_liever_niet'])}){_TAIL}")
    phrases: dict[tuple[str, ...], _Entry] = {}
    inflected: dict[tuple[str, ...], _Entry] = {}
    for kind, content in kinds.items():
        for role in _ROLES:
            for phrase in _listed(content, role):
                words = tuple(_tokens(phrase))
                phrases.setdefault(words, (kind, role))
                for form in _forms(words):
                    inflected.setdefault(form, (kind, role))
    everything = {**inflected, **phrases}
    single = tuple(
        each[0] for each in everything if len(each) == 1 and len(each[0]) > _LEAST_SUFFIX
    )
    statuses = tuple(
        each[0]
        for each, (_, role) in phrases.items()
        if len(each) == 1 and len(each[0]) > _LEAST_SHORT and role == "status"
    )
    return _Words(everything, single, statuses, kinds, declines)


def _listed(kind: dict[str, Any], *roles: str) -> Iterator[str]:
    for role in roles:
        yield from (word.strip() for word in kind.get(role, "").split(",") if word.strip())


_ENDINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("eur", ("eurs", "euse", "euses", "rice", "rices")),
    ("ier", ("iers", "ierster", "iersters")),
    ("der", ("ster", "sters")),
    ("er", ("ers", "ster", "sters", "res", "erke", "erken")),
    ("aar", ("aars", "ares", "aressen", "aren")),
    ("or", ("oren", "ors", "rice")),
    ("ist", ("isten", "iste", "istes")),
    ("man", ("mannen", "vrouw", "vrouwen", "lui", "lieden")),
    ("vrouw", ("vrouwen", "man", "mannen")),
    ("us", ("i", "a")),
    ("f", ("ven",)),
)


def _forms(words: tuple[str, ...]) -> set[tuple[str, ...]]:
    """Plurals and feminine forms of the last word of a phrase of at most two."""
    if not words or len(words) > 2 or len(words[-1]) < 4:
        return set()
    word = words[-1]
    made = {word + end for end in ("s", "en", "e", "n", "je", "ke", "es")}
    made |= {
        word + word[-1] + "en",
        word[:-2] + word[-1] + "en" if word[-3:-2] == word[-2:-1] else word,
    }
    for end, others in _ENDINGS:
        if word.endswith(end) and len(word) > len(end) + 2:
            made |= {word[: -len(end)] + other for other in others}
    return {(*words[:-1], each) for each in made if each != word}
