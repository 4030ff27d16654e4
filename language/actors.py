"""Actors named in an answer to "who should do this?": organisations, public bodies and roles.

The text is split into names and noun phrases at commas, "en", "met" and the like. A phrase is an
actor when it ends in a word for an organisation or a role, or is a proper name; small talk ("goede
vraag!") names no actor. The caller supplies the list of aliases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from language.frequency import zipf
from language.informativeness import is_non_answer
from language.tagging import singular, word_class

MOST_READ = 2_000
"""Maximum number of characters read of one answer: actors are named in the first lines."""

_MOST_WORDS = 6
_TOKEN = re.compile(r"[^\W\d_](?:[\w'’\-]|\.(?=\w))*|[^\w\s]|\n")

_ENDS = frozenset(".;!?\n")
_LISTS = frozenset({",", ":", "(", ")", "/", "+", "&", "-", "–", "•", "*"})
_JOINS = frozenset(
    ["en", "of", "met", "plus", "alsook", "evenals", "naast", "samen", "door", "via", "maar", "wel"]
)
_NOT = frozenset(["niet", "geen", "nooit", "behalve", "zonder", "noch"])
_SUBORDINATE = frozenset(
    [
        "die",
        "dat",
        "waar",
        "wie",
        "wat",
        "omdat",
        "zodat",
        "want",
        "als",
        "aangezien",
        "hoewel",
        "terwijl",
        "waarbij",
        "waarvan",
        "waarmee",
        "wanneer",
        "zoals",
        "volgens",
    ]
)
_INSIDE = frozenset({"van", "voor"})
_ABOUT = frozenset(
    [
        "in",
        "op",
        "bij",
        "tegen",
        "om",
        "over",
        "tot",
        "uit",
        "aan",
        "onder",
        "tussen",
        "binnen",
        "naar",
        "per",
        "rond",
        "sinds",
        "na",
        "tijdens",
        "vanuit",
        "te",
    ]
)
_ARTICLES = frozenset(
    [
        "de",
        "het",
        "een",
        "één",
        "eén",
        "'t",
        "den",
        "ne",
        "nen",
        "elke",
        "iedere",
        "alle",
        "onze",
        "hun",
    ]
)
_MODALS = frozenset(
    [
        "moet",
        "moeten",
        "kan",
        "kunnen",
        "mag",
        "mogen",
        "zal",
        "zullen",
        "zou",
        "zouden",
        "wil",
        "willen",
    ]
)
_THINGS = frozenset(
    [
        "subsidie",
        "steun",
        "geld",
        "budget",
        "middel",
        "hulp",
        "premie",
        "project",
        "overleg",
        "samenwerking",
        "regelgeving",
        "wet",
        "decreet",
        "initiatief",
        "uitvoering",
        "coördinatie",
        "leiding",
        "taak",
        "rol",
        "begeleiding",
        "ondersteuning",
        "financiering",
        "toezicht",
    ]
)
_THINKS = frozenset(
    ["vind", "vinden", "denk", "denken", "zeg", "zeggen", "geloof", "lijkt", "hoop", "hopen"]
)
_HEAPS = frozenset(["groep", "aantal", "paar", "soort", "team"])
_HOUSES = (  # noqa: SIM905
    "organisatie vereniging bond fonds dienst bestuur koepel school universiteit instelling "
    "instituut instantie centrum huis voorziening bedrijf onderneming firma raad commissie "
    "comité departement agentschap ministerie kabinet regering overheid gemeente stad provincie "
    "intercommunale bibliotheek inspectie administratie werkgroep netwerk platform verband "
    "partner federatie unie sector sectoor kamer orde bank loket winkel punt team ploeg "
    "directie management personeel afdeling beweging kerk moskee parochie club coöperatie "
    "stichting startup museum lerarenopleiding maatschappij mutualiteit media politie politiek "
    "verenigingsleven middenveld jeugdwerk consortium autoriteit vzw academie college stadhuis "
    "beleid lobby welzijn"
).split()
_ROLES = (  # noqa: SIM905
    "leerkracht leraar lerares lesgever docent coach begeleider opleider trainer gever nemer "
    "werker ondernemer leider manager directeur directrice baas chef minister burgemeester "
    "schepen ambtenaar consulent adviseur expert onderzoeker wetenschapper ouder burger inwoner "
    "bewoner buurman vrijwilliger cursist student leerling boer maker kunstenaar verpleger "
    "dokter arts bemiddelaar coördinator verantwoordelijke voorzitter secretaris afgevaardigde "
    "vertegenwoordiger gebruiker jongere oudere senior speler aanbieder verstrekker uitgever "
    "ontwerper ontwikkelaar architect bibliothecaris notaris mentor voerder houder kundige "
    "bestuurder bediende arbeider personeelslid lid leden specialist ambassadeur politicus "
    "politici psycholoog pedagoog logopedist consultant werkzoekende zelfstandige"
).split()
_ACTING = (*_HOUSES, *_ROLES)
"""Nouns for organisations, public bodies and roles, alone or as the head of a compound."""

_NO_HEADS = frozenset(
    [
        "standpunt",
        "tijdpunt",
        "hoogtepunt",
        "pijnpunt",
        "punt",
        "minpunt",
        "pluspunt",
        "uitgangspunt",
    ]
)
_RARE = 3.3
"""A word below this Zipf frequency with the tag PROPN or X counts as a name ("VLAIO")."""

_GREETS = re.compile(r"\b(?:met vriendelijke groet|vriendelijke groet|groet|mvg\b)", re.IGNORECASE)
_NO_NAME = frozenset({"ADV", "PRON", "ADP", "CCONJ", "SCONJ", "INTJ", "NUM", "DET", "PUNCT"})


@dataclass(frozen=True)
class Actor:
    """An actor named in an answer.

    ``key`` is equal for different forms of one name; ``known`` says that ``name`` is from the
    caller's list.
    """

    key: str
    name: str
    known: bool = False


@dataclass(frozen=True)
class Aliases:
    """Aliases of known actors, for lookup in a sequence of words."""

    names: Mapping[tuple[str, ...], tuple[str, bool]] = field(default_factory=dict)
    longest: int = 0

    @classmethod
    def of(cls, known: Iterable[tuple[str, Iterable[str]]]) -> Aliases:
        """Builds the lookup table from pairs of a name and its aliases.

        A single word with a capital letter ("Werk") matches only words with that capital.
        """
        names: dict[tuple[str, ...], tuple[str, bool]] = {}
        for name, others in known:
            for each in (name, *others):
                words = tuple(_TOKEN.findall(each))
                capital = len(words) == 1 and each.istitle()
                names.setdefault(tuple(map(_key, words)), (name, capital))
        return cls(names, max(map(len, names), default=0))

    def at(self, words: list[str], keys: list[str], start: int) -> tuple[str, int] | None:
        """The longest name that starts at ``words[start]`` and its number of words, or None."""
        for size in range(min(self.longest, len(words) - start), 0, -1):
            found = self.names.get(tuple(keys[start : start + size]))
            if found is not None and (not found[1] or words[start][:1].isupper()):
                return found[0], size
        return None


def actors(text: str, aliases: Aliases) -> tuple[Actor, ...]:
    """The distinct actors that an answer names, in order of appearance; empty where there are none.

    Negated actors ("niet de VDAB") are left out.
    """
    if is_non_answer(text):
        return ()
    greeting = _GREETS.search(text, 0, MOST_READ)
    words = _TOKEN.findall(text[: greeting.start() if greeting else MOST_READ])
    return _Reader(words, aliases).read()


class _Reader:
    """Parses the words of one answer in a single pass."""

    def __init__(self, words: list[str], aliases: Aliases) -> None:
        self._words = words
        self._keys = [_key(each) for each in words]
        self._aliases = aliases
        self._found: dict[str, Actor] = {}
        self._own: list[str] = []
        self._run: list[str] = []
        self._proper = False
        self._opening = True
        self._begin()

    def read(self) -> tuple[Actor, ...]:
        at = 0
        while at < len(self._words):
            alias = self._aliases.at(self._words, self._keys, at)
            size = 1
            if alias is not None:
                size = self._take(alias[0], at, alias[1])
            else:
                self._word(self._words[at])
            self._opening = self._words[at] in _ENDS
            at += size
        self._flush()
        return tuple(self._found.values())

    def _begin(self) -> None:
        """Starts a new clause: resets negation and the other flags of the clause before."""
        self._negated = self._aside = self._subordinate = self._stated = self._thinks = False
        self._own = []

    def _take(self, name: str, at: int, size: int) -> int:
        """Reads a known name; returns the number of words read."""
        words = self._words[at : at + size]
        behind = self._words[at + size : at + size + 1]
        proper = bool(behind) and behind[0][:1].isupper()
        if self._run and (_joins(self._run) or not self._run[-1].endswith("e")):
            self._run += words
            self._proper = True
        elif proper and self._aliases.at(self._words, self._keys, at + size) is None:
            # "Stad Gent": the known name "stad" is part of a longer proper name.
            self._flush()
            self._run = [*words]
            self._proper = True
        elif not (self._negated or self._subordinate):
            self._run = []
            self._note(Actor(name.lower(), name, known=True))
        return size

    def _word(self, word: str) -> None:
        low = word.lower()
        if low in _ENDS or low in _LISTS:
            self._flush()
            self._begin()
        elif low in _JOINS:
            self._flush()
            if low in ("door", "maar", "wel"):
                # "Uitvoering door de stad": the actor follows, so earlier phrases are dropped.
                for each in self._own if low == "door" else ():
                    self._found.pop(each, None)
                self._begin()
            self._aside = False
            self._stated = self._stated and low != "met"
        elif low in _NOT:
            self._flush()
            self._negated = True
        elif low in _SUBORDINATE:
            self._flush()
            if low == "dat" and self._thinks:
                # "Ik vind dat de stad dit doet": the actor is in the clause after "dat".
                self._begin()
            elif low != "volgens" and not (self._opening and low in ("dat", "die")):
                self._subordinate = True
        elif low in _INSIDE and self._run:
            self._run.append(low)
        elif low in _ARTICLES:
            if _joins(self._run):
                self._run.append(low)
            else:
                self._flush()
        elif low in _ABOUT or low in _INSIDE:
            self._flush()
            self._aside = True
        else:
            self._content(word)

    def _content(self, word: str) -> None:
        kind = word_class(word)
        low = word.lower()
        name = word[:1].isupper() and word != self._words[0]
        if low in _MODALS or (kind == "VERB" and not name):
            self._flush()
            self._stated, self._thinks = True, low in _THINKS
        elif (
            (kind in _NO_NAME and not name)
            or not word[:1].isalpha()
            or word.endswith("-")
            or (self._stated and not (word.isupper() and len(word) > 1))
        ):
            self._flush()
        else:
            self._run.append(word)
            self._proper = self._proper or (name and not self._opening)

    def _flush(self) -> None:
        run, self._run = self._run, []
        proper, self._proper = self._proper, False
        while run and (run[-1].lower() in _INSIDE or run[-1].lower() in _ARTICLES):
            run.pop()
        if len(run) > 1 and singular(run[0]) in _HEAPS:
            run = run[1:]
        if run and run[0].lower() in _INSIDE:
            run = run[1:]
        if not run or self._negated or self._subordinate or self._aside:
            return
        if len(run) > _MOST_WORDS or singular(run[0]) in _THINGS or len("".join(run)) < 2:
            return
        first = self._words[0]
        if all(word_class(one) == "ADJ" and (one[0].islower() or one == first) for one in run):
            return
        if not (proper or _acts(run)):
            return
        key = " ".join(_key(each) for each in run if each.lower() not in _ARTICLES)
        name = " ".join(run)
        actor = Actor(key, name[0].upper() + name[1:])
        if key not in self._found:
            self._own.append(key)
        self._note(actor)

    def _note(self, actor: Actor) -> None:
        self._found.setdefault(actor.key, actor)


def _acts(run: list[str]) -> bool:
    """Whether a phrase names an actor: an organisation, a public body, a role or a proper name.

    "Goede vraag" and "een kop koffie" name none.
    """
    inside = next((at for at, each in enumerate(run) if each.lower() in _INSIDE), len(run))
    for word in run[:inside]:
        word = word.strip(".")
        low, one = word.lower(), singular(word)
        if not {low, one} & _NO_HEADS and (low.endswith(_ACTING) or one.endswith(_ACTING)):
            return True
        if word.isupper() and len(word) > 1:
            return True
        if word_class(word) in ("PROPN", "X") and zipf(low) < _RARE and len(low) > 2:
            return True
    return False


def _joins(run: list[str]) -> bool:
    """Whether a phrase is incomplete and needs a noun: "koepel van de"."""
    return bool(run) and (run[-1].lower() in _INSIDE or run[-1].lower() in _ARTICLES)


def _key(word: str) -> str:
    return singular(word.strip(".")) if word[:1].isalpha() else word
