"""Whether a sentence is a measure that can be an action as it stands, and if not, why not.

A measure has one of three forms: an order ("Geef elke werknemer ..."), a duty ("De gemeente moet
...") or, as plans are written, an infinitive after its object ("Stageplaatsen creëren voor ...").
It names what is done, and for whom; it can be read without the answer and the question; it argues
nothing, complains of nothing, and is in written language. What has no such form is no measure,
however it is worded: a thing without verb ("Een bus per dorp"), a description, a wish with its
sender ("Wij vragen ...").

The form is read from parts of speech (``language.tagging``); ``analysis.labelling.self_contained``
tells what leans on something else. Nothing is learned.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from analysis.labelling.self_contained import (
    argues,
    is_spoken,
    leans_on_others,
    misses_what_it_names,
)
from analysis.preprocessing.proposals import names_actor
from language.segmentation.clauses import opens_with_order
from language.tagging import spoken_dutch_tags, universal

_FEWEST_WORDS, _MOST_WORDS = 5, 45
_MOST_READ = 1_000


class Form(StrEnum):
    """How a sentence tells what should be done."""

    ORDER = "bevel"
    DUTY = "plicht"
    INFINITIVE = "infinitief"


class Fault(StrEnum):
    """Why a sentence cannot be an action as it stands; the first one found."""

    FORM = "vorm"
    """It is no whole sentence that says what should be done."""
    REFERS = "verwijst"
    """It refers to something that it does not tell."""
    ARGUES = "redeneert"
    """It argues, complains or asks beside what it proposes."""
    SPOKEN = "spreektaal"
    """It is in spoken language, or speaks to somebody."""
    VAGUE = "vaag"
    """It names no deed: an intention, a quality, attention for something."""
    WHOM = "voor wie"
    """It does not say for whom, where, or with what."""


@dataclass(frozen=True)
class Sentence:
    """A sentence with its words, their tags (Corpus Gesproken Nederlands) and parts of speech."""

    text: str
    words: tuple[str, ...]
    tags: tuple[str, ...]
    parts: tuple[str, ...]

    @property
    def nouns(self) -> list[int]:
        """The places of its nouns and names."""
        return [place for place, part in enumerate(self.parts) if part in ("NOUN", "PROPN")]


_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[^\w\s]")
_OPENS = re.compile(r"[\"'“‘(\[]*")
_CLOSES = re.compile(r"[^\s.:;,…?!]\.?[\"'”’)\]]{0,3}$")
_QUANTIFIED = frozenset(["elk", "elke", "ieder", "iedere", "iedereen", "alle", "wie"])
_MODAL = frozenset(
    [
        "moet",
        "moeten",
        "dient",
        "dienen",
        "hoort",
        "horen",
        "behoort",
        "behoren",
        "zou",
        "zouden",
        "mag",
        "mogen",
        "kan",
        "kunnen",
    ]
)
_DUTY = frozenset(["moet", "moeten", "dient", "dienen", "hoort", "horen", "behoort", "behoren"])
_RIGHT = frozenset(["krijgt", "krijgen", "mag", "mogen"])
_DENIED = frozenset(["niet", "geen", "nooit"])
_FINITE = "WW(pv"
_OBJECT = ("DET", "NOUN", "PROPN", "ADP", "NUM", "ADJ")
_POINTING_SUBJECT = re.compile(
    r"(?:dat|dit|die|deze|hij|zij|ze|het|ik|we|wij|ge|gij|je|jij|u|men|zoiets)"
)
# What weighs on people is told with the words of a duty as well: "Cursisten moeten eerst betalen".
_BURDEN = re.compile(
    r"""\b(?:moet(?:en)?|dien(?:t|en))\s(?:\S+\s){0,3}?
    (?:eerst|altijd|telkens|steeds|overal|opnieuw|alles|zelf|al|nog\s(?:altijd|steeds)|weer|soms|vaak|dus|toch|maar)\b
    |\b(?:moet|mag|kan|zou)\s(?:niet\s)?(?:doen|trekken|leiden|opvolgen|helpen|meehelpen)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_PEOPLE = re.compile(
    r"""^(?:(?:de|alle|veel|sommige|onze|die|heel\swat)\s)?(?:\S+\s)?(?:mensen|burgers|ouders|jongeren|ouderen|senioren|kinderen
    |leerlingen|studenten|cursisten|deelnemers|werknemers|werkzoekenden|werklozen|vrijwilligers|buren|bewoners
    |klanten|fietsers|voetgangers|automobilisten|reizigers|gezinnen|nieuwkomers|arbeiders|pati[eë]nten|huurders)\b
    |^(?:wie|mensen|iemand)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_GETS = re.compile(r"\b(?:krijgen|kunnen|mogen|hebben|worden)\b", re.IGNORECASE)
# An intention: it becomes a deed only by a means.
_INTENTION = re.compile(
    r"""\b(?:inzetten|investeren|investeer|stimuleren|stimuleer|versterken|versterk|bevorderen|verbeteren|verbeter|optimaliseren
    |faciliteren|streven|streef|bijdragen|inspelen|evolueren|waarborgen|garanderen|garandeer|behoren|uitbouwen|aanmoedigen|moedig
    |motiveer|motiveren|sensibiliseer|sensibiliseren|ondersteun|ondersteunen|steun|respecteer|waardeer|vermijd)\b
    |\b(?:zet|zetten)\s(?:\S+\s){0,4}?in\sop\b""",
    re.IGNORECASE | re.VERBOSE,
)
_MEANS = re.compile(
    r"\b(?:met|via|per|elke?|iedere?|gratis|één|eén|\d+)\b|\bdoor\s(?:\S+\s){1,12}?te\b",
    re.IGNORECASE,
)
_EMPTY = re.compile(
    r"""\b(?:aandacht|oog)\b(?!\w)|\bverantwoordelijkhe(?:id|den)\b|\brekening\b|\bcentraal\b|\bprioriteit\b|\bnood\saan\b
    |\b(?:internationale?\s)?topkwaliteit\b|\bexcellent\w*|\bkwaliteitsvol\w*|\bslagkrachtig\w*
    |\bambitie\b|\buitdaging(?:en)?\b|\btendensen\b""",
    re.IGNORECASE | re.VERBOSE,
)
# For whom: people by what they are or do, each of a kind of place, or all.
_WHOM = re.compile(
    r"""\b(?:per|elke?|iedere?(?:en)?|iedereen|wie|mensen|mens|personen
    |alle\s(?:wijken|buurten|dorpen|steden|regio's|provincies|centra|bibs|sectoren|opleidingen|cursussen)|burgers?|ouders?|jongeren|ouderen|senioren
    |kinderen|kleuters|leerlingen|studenten|cursist(?:en)?|deelnemers?|vrijwilligers?|buren|klanten|fietsers?
    |voetgangers?|automobilisten|chauffeurs|reizigers|pendelaars|handelaars?|gezinnen|huishoudens|nieuwkomers|vluchtelingen
    |zelfstandigen|lera(?:ar|ren)|lerares(?:sen)?|leerkracht(?:en)?|arbeiders?|bedienden|starters|mentoren|collega's|boeren
    |gedetineerden|migranten|anderstaligen|laaggeletterden|vrouwen|mannen|meisjes|jongens|ploeg(?:en)?|gast(?:en)?
    |directies?|directeurs?|teams?|pati[eë]nten|zieken|tieners|volwassenen|peuters|baby's|eigenaars?|winkeliers?
    |\w{0,20}(?:werkers?|nemers?|gevers?|zoekenden?|lozen|bewoners?|gebruikers?|bezoekers?|begeleiders?|leiders?|kundigen?
    |houders?|huurders?|rijders?|lezers?|medewerkers?|ambtenaren|therapeuten|artsen?|coaches|gerechtigden|zorgers?|verleners?|verenigingen
    |gemeenten|scholen|bedrijven|organisaties|besturen))\b""",
    re.IGNORECASE | re.VERBOSE,
)
_NAMELESS = ("plaats", "keer", "beetje", "geval", "moment", "ding", "dingen", "manier", "zaak")
_LETS = ("laat", "laten")
_CLAUSE = re.compile(r"[,:;(]\s")
_MAIN = re.compile(r"[,:;(]\s|\s(?:om|zodat|die|waar\w{0,10}|dat)\s", re.IGNORECASE)
_DONE_BY_PEOPLE = frozenset(
    word
    for line in (
        "leren oefenen betalen hebben zijn kennen krijgen gaan",
        "komen doen werken blijven worden zien volgen",
    )
    for word in line.split()
)
_LATER = re.compile(r"\s(?:om|zodat|die|waar\w{0,10})\s", re.IGNORECASE)


@lru_cache(maxsize=20_000)
def fault_of(text: str, lower: bool = False) -> Fault | None:
    """Why a sentence cannot be the text of an action as it stands; None if it can.

    ``lower``: people type without capitals here, so that a sentence may begin without one.
    """
    plain = " ".join(text[: _MOST_READ + 1].split())
    bare = plain[_OPENS.match(plain).end() :]  # type: ignore[union-attr]
    count = len(bare.split())
    if len(text) > _MOST_READ or not _FEWEST_WORDS <= count <= _MOST_WORDS:
        return Fault.FORM
    if not _CLOSES.search(bare) or not (lower or bare[0].isupper()):
        return Fault.FORM
    if is_spoken(bare):
        return Fault.SPOKEN
    if argues(bare):
        return Fault.ARGUES
    said = _sentence(bare)
    form = _form(said)
    if form is None:
        return Fault.FORM
    if leans_on_others(said.text, said.words, said.tags, said.parts) or misses_what_it_names(
        said.text, said.words, said.tags, said.parts
    ):
        return Fault.REFERS
    if form is Form.DUTY and _is_burden(bare):
        return Fault.ARGUES
    if _is_vague(said, form):
        return Fault.VAGUE
    return None if names_people(bare) else Fault.WHOM


@lru_cache(maxsize=20_000)
def is_infinitive(text: str) -> bool:
    """Whether a sentence is a measure in the infinitive, which reads less well than the others."""
    plain = " ".join(text[:_MOST_READ].split())
    return bool(plain) and _form(_sentence(plain)) is Form.INFINITIVE


def names_people(text: str) -> bool:
    """Whether a text names for whom something is done, or who does it."""
    return bool(_WHOM.search(text) or names_actor(text))


def _sentence(text: str) -> Sentence:
    words = tuple(_WORD.findall(text))
    # The capital of a first word makes a name of it for the tagger ("Leen gereedschap uit").
    first = words[0].lower() if words[0][1:].islower() else words[0]
    tags = spoken_dutch_tags((first, *words[1:]))
    if not tags[0].startswith("WW") and words[0] != first:
        tags = spoken_dutch_tags(words)
    return Sentence(text, words, tuple(tags), tuple(universal(tag) for tag in tags))


def _form(said: Sentence) -> Form | None:
    if _is_order(said):
        return Form.ORDER
    if _is_duty(said):
        return Form.DUTY
    return Form.INFINITIVE if _is_infinitive(said) else None


def _is_order(said: Sentence) -> bool:
    """Whether a sentence opens with an imperative that has its object in the same clause."""
    finite = said.tags[0].startswith(_FINITE) and not said.tags[0].startswith("WW(pv,verl")
    stem = finite and not said.words[0].lower().endswith("en")
    if said.words[0].lower() in _MODAL or not (stem or opens_with_order(said.text)):
        return False
    if said.parts[0] == "VERB" and not finite:
        # "Organiseren van ...", "Gekozen voor ...": an infinitive or a participle.
        return opens_with_order(said.text)
    if stem and not opens_with_order(said.text) and said.parts[1] not in _OBJECT:
        return False
    end = _length(said, _CLAUSE)
    return any(
        0 < place < end and said.words[place].lower() not in _NAMELESS for place in said.nouns
    )


def _is_duty(said: Sentence) -> bool:
    """Whether a sentence tells what somebody must do or get: "De gemeente moet ..."."""
    low = [word.lower() for word in said.words]
    place = next((at for at, word in enumerate(low) if at and word in _MODAL | _RIGHT), 0)
    if not place or (_POINTING_SUBJECT.fullmatch(low[0]) and said.parts[:2] != ("DET", "NOUN")):
        return False
    before = range(place)
    # The verb of each relative clause of the subject stands before that of the sentence.
    relative = sum(
        said.tags[at].startswith("VNW(betr") or low[at] in ("wie", "die", "waar") for at in before
    )
    finite = [at for at in before if said.tags[at].startswith(_FINITE)]
    if len(finite) != relative or _is_in_relative_clause(said, low, place, finite):
        return False
    commas = low[:place].count(",")
    if commas == 1 and not finite:
        return False
    if low[0] == "er" or said.parts[0] == "ADP":
        return low[place] in _DUTY and (
            said.parts[place + 1 : place + 2] != ("PRON",)
            and low[place + 1 : place + 2] not in (["je"], ["we"], ["u"], ["ge"])
        )
    if not any(said.parts[at] in ("NOUN", "PROPN") for at in before) and not (
        set(low[:place]) & _QUANTIFIED
    ):
        return False
    if any(said.tags[at].startswith("VNW(pers") for at in before):
        return False
    return _commits(low, place)


def _is_in_relative_clause(
    said: Sentence, low: Sequence[str], place: int, finite: Sequence[int]
) -> bool:
    """Whether the verb at a place belongs to a relative clause: "gezinnen die ... moeten"."""
    opened = [
        at
        for at in range(place)
        if low[at] in ("die", "waar") or said.tags[at].startswith("VNW(betr")
    ]
    return bool(opened) and not any(at > opened[-1] for at in finite)


def _is_infinitive(said: Sentence) -> bool:
    """Whether the only verb of the main clause is an infinitive after its object."""
    if said.parts[0] not in ("DET", "ADJ", "NOUN", "PROPN", "NUM"):
        return False
    main = range(min(len(_WORD.findall(_MAIN.split(said.text, maxsplit=1)[0])), len(said.words)))
    verbs = [at for at in main if said.parts[at] == "VERB"]
    if not verbs or not all(said.tags[at].startswith("WW(inf,vrij") for at in verbs):
        return False
    if said.parts[verbs[0] - 1] == "ADP":
        # "Een leerplan met pictogrammen": a plural that the tagger takes for an infinitive.
        return False
    if said.words[verbs[0]].lower() in _DONE_BY_PEOPLE or said.words[verbs[0] - 1].lower() == "te":
        return False
    after = said.parts[verbs[-1] + 1 : verbs[-1] + 2]
    return any(at < verbs[0] for at in said.nouns) and after in ((), ("ADP",), ("PUNCT",))


def _commits(low: Sequence[str], place: int) -> bool:
    """Whether the finite verb at a place makes a duty or a right of what the sentence tells."""
    verb, after = low[place], low[place + 1 :]
    if verb in ("moet", "moeten"):
        return True
    if verb in _DUTY:
        return "te" in after and after[0] not in ("als", "tot")
    if verb in ("zou", "zouden"):
        return bool({"moeten", "kunnen", "mogen"} & set(after))
    if verb in _RIGHT and low[0] in _QUANTIFIED:
        return True
    # What somebody can do is a possibility, mostly a remark to a proposal that stands elsewhere.
    return verb in ("mag", "mogen") and bool(_DENIED & set(after[:3]))


def _is_burden(text: str) -> bool:
    """Whether a duty weighs on people, or is about who does what was told before."""
    if _BURDEN.search(text):
        return True
    return bool(_PEOPLE.match(text)) and not _GETS.search(text)


def _is_vague(said: Sentence, form: Form) -> bool:
    if _EMPTY.search(said.text):
        return True
    if (
        form is Form.ORDER
        and said.words[0].lower() in _LETS
        and not any(tag.startswith("WW") for tag in said.tags[1:])
    ):
        return True
    main = _LATER.split(said.text, maxsplit=1)[0]
    return bool(_INTENTION.search(main)) and not _MEANS.search(said.text)


def _length(said: Sentence, end: re.Pattern[str]) -> int:
    """The number of words of the first clause."""
    return len(_WORD.findall(end.split(said.text, maxsplit=1)[0]))
