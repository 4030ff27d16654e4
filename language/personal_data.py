"""Detects personal data in a text and masks it.

Numbers are matched by their form and verified by checksum (python-stdnum) or numbering plan
(phonenumbers), so that a year, an amount or the number of a law is not reported. Names of people
are detected by the words before them ("mevrouw Peeters", "mijn collega Jan"), by a known first name
followed by a family name, and by the spaCy pipeline where it has named entity recognition.
Organisations, places and ministers in their public role are not reported.

All code that looks for personal data uses the shared instance of ``detector``, so that the chat,
the form and the masking of quotes agree on what personal data is.

Names in lower case are found after the same cues, or as a known first name with a known family
name. A first name that is also a common word ("elke", "ben") then needs both the cue and the family
name.

Known misses: a family name alone without a cue, a first name alone in lower case without a cue, a
street without a number.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import phonenumbers
from faker.providers.person.nl_BE import Provider as Belgian
from faker.providers.person.nl_NL import Provider as Dutch
from stdnum import iban
from stdnum.be import nn
from stdnum.nl import bsn
from wordfreq import get_frequency_dict

from language.budget import Budget
from language.pipeline import PERSON_LABELS, load_pipeline, readable

if TYPE_CHECKING:
    from spacy.language import Language

Kind = Literal[
    "e-mailadres",
    "telefoonnummer",
    "rijksregisternummer",
    "bsn",
    "rekeningnummer",
    "adres",
    "nummerplaat",
    "naam",
]

SURE = 0.5
"""Minimum certainty of a finding to ask the participant about it."""

_REMEMBERED_FROM = 0.002
_REMEMBERED = 8_192
_PIECE = 3_000
_MOST_NUMBERS = 1_000


@dataclass(frozen=True, order=True)
class Finding:
    """One piece of personal data: ``text[start:end]``, with a certainty of 0 to 1."""

    start: int
    end: int
    kind: Kind
    certainty: float


@dataclass(frozen=True)
class ScanResult:
    """The findings in a text; ``whole`` is false where the budget ended before the text did."""

    found: tuple[Finding, ...]
    whole: bool = True


class Detector:
    """Detects personal data with the configured spaCy pipeline, which is loaded at first use."""

    def __init__(self, spacy_model: str) -> None:
        """``spacy_model`` is the name or path of the pipeline; nothing is loaded yet."""
        self._spacy_model = spacy_model
        self._reading = threading.Lock()
        self._nlp: Language | None = None

    def prepare(self) -> None:
        """Loads the pipeline, so that the first request is not delayed; see ``load_pipeline``."""
        self._pipeline()

    @property
    def ready(self) -> bool:
        """Whether the pipeline is loaded."""
        return self._nlp is not None

    def find(self, text: str) -> list[Finding]:
        """Findings with a certainty of at least ``SURE``, in order of position, not overlapping."""
        return list(self.look(text).found)

    def look(self, text: str) -> ScanResult:
        """As ``find``, and whether the whole text was searched."""
        seen = look(text, self._pipeline())
        return ScanResult(tuple(each for each in seen.found if each.certainty >= SURE), seen.whole)

    def masked(self, text: str) -> str:
        """The text with the findings of ``find`` masked; see the function ``masked``."""
        return masked(text, self.find(text))

    def masked_slice(self, text: str, start: int, end: int) -> str | None:
        """``text[start:end]`` with personal data masked; the text around it serves for cues.

        None where the text was not searched to its end, because it may still contain personal data.
        """
        seen = self.look(text)
        if not seen.whole:
            return None
        inside = (
            Finding(max(each.start, start) - start, min(each.end, end) - start, each.kind, 1.0)
            for each in seen.found
            if each.start < end and each.end > start
        )
        return masked(text[start:end], inside)

    def _pipeline(self) -> Language:
        with self._reading:
            if self._nlp is None:
                self._nlp = load_pipeline(self._spacy_model)
            return self._nlp


@lru_cache(maxsize=2)
def detector(spacy_model: str) -> Detector:
    """The detector with this pipeline: one shared instance per process."""
    return Detector(spacy_model)


def find(text: str, nlp: Language) -> list[Finding]:
    """The personal data in a text, in order of position, not overlapping.

    ``nlp`` is a spaCy pipeline (``language.pipeline``). Where it has named entity recognition, its
    persons are included; otherwise names are detected by cues only.
    """
    return list(look(text, nlp).found)


def look(text: str, nlp: Language, seconds: float | None = None) -> ScanResult:
    """As ``find``, within a ``Budget`` of ``seconds``, and whether the whole text was searched.

    Results that took long are cached by a hash of the text.
    """
    key = (hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest(), _has_names(nlp))
    known = _seen.get(key)
    if known is not None:
        return known
    budget = Budget(seconds)
    found: list[Finding] = []
    taken = _Taken(len(text))
    # The most certain kind first: a rijksregisternummer can look like a telephone number.
    for finder in (
        _emails,
        _accounts,
        _national_numbers,
        _phones,
        _addresses,
        _plates,
        _names,
        _small_names,
    ):
        if budget.left:
            found += taken.free(finder(text, budget))
    if _has_names(nlp):
        found += taken.free(_recognised(text, nlp, budget))
    seen = ScanResult(tuple(sorted(found)), budget.left and budget.whole)
    if budget.spent >= _REMEMBERED_FROM:
        _seen.keep(key, seen)
    return seen


def may_be_name(word: str) -> bool:
    """Whether a word by itself can be a person's name: a known name, or not a common word."""
    name = word[:1].upper() + word[1:]
    return name in _first_names() or name in _last_names() or not _everyday(word)


def masked(text: str, findings: Iterable[Finding]) -> str:
    """The text with every finding replaced by its kind in brackets; the rest is unchanged."""
    pieces = []
    end = 0
    for each in sorted(findings):
        pieces += [text[end : each.start], f"[{each.kind}]"]
        end = each.end
    return "".join([*pieces, text[end:]])


class _Taken:
    """Marks the characters of a text that are part of a finding."""

    def __init__(self, length: int) -> None:
        self._marks = bytearray(length)

    def free(self, fresh: Iterable[Finding]) -> Iterator[Finding]:
        """Yields the findings that do not overlap earlier ones, and marks their characters."""
        for each in fresh:
            if self._marks.find(1, each.start, each.end) < 0:
                self._marks[each.start : each.end] = b"\1" * (each.end - each.start)
                yield each


class _Seen:
    """Cache of the latest results that took long; keys are hashes, so it contains no text."""

    def __init__(self) -> None:
        self._looks: OrderedDict[tuple[bytes, bool], ScanResult] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[bytes, bool]) -> ScanResult | None:
        with self._lock:
            return self._looks.get(key)

    def keep(self, key: tuple[bytes, bool], look: ScanResult) -> None:
        with self._lock:
            self._looks[key] = look
            if len(self._looks) > _REMEMBERED:
                self._looks.popitem(last=False)


_seen = _Seen()


def _has_names(nlp: Language) -> bool:
    return "ner" in nlp.pipe_names


_AT = re.compile(r"@|\(at\)|\[at\]", re.IGNORECASE)
_HOST = re.compile(r"\s?[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b", re.IGNORECASE)
_BEFORE_AT = frozenset("_.+-")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ .-]?[A-Z0-9]{1,4}){3,8}\b", re.IGNORECASE)
_NATIONAL = re.compile(
    r"(?<![\d.,/-])\d{2}[. ]?\d{2}[. ]?\d{2}[ -]{0,3}\d{3}[. -]?\d{2}(?![\d,/-])"
)
_NINE = re.compile(r"(?<![\d.,/-])\d{4}([. ]?)\d{2}\1\d{3}(?![\d,/-])")
_NAMED_BSN = re.compile(r"\b(?:bsn|burgerservicenummer|sofinummer|sofi)\b", re.IGNORECASE)
_BEFORE = 40


def _emails(text: str, _: Budget) -> Iterator[Finding]:
    # Starts at the @ and extends both ways: a match from the front would try every letter of a long
    # word as the start of an address.
    last = 0
    for sign in _AT.finditer(text):
        host = _HOST.match(text, sign.end())
        end = sign.start()
        if host is None or end <= last:
            continue
        if text[end - 1].isspace():
            end -= 1
        start = end
        while start > last and (text[start - 1].isalnum() or text[start - 1] in _BEFORE_AT):
            start -= 1
        if start < end:
            last = host.end()
            yield Finding(start, last, "e-mailadres", 1.0)


def _accounts(text: str, _: Budget) -> Iterator[Finding]:
    for match in _IBAN.finditer(text):
        # The next word may look like another group of the number, so shorter matches are tried.
        end = match.end()
        while end > match.start() + 14:
            if iban.is_valid(text[match.start() : end], check_country=False):
                yield Finding(match.start(), end, "rekeningnummer", 1.0)
                break
            cut = max(text.rfind(mark, match.start(), end) for mark in " .-")
            if cut < 0:
                break
            end = cut


def _national_numbers(text: str, _: Budget) -> Iterator[Finding]:
    for match in _NATIONAL.finditer(text):
        if nn.is_valid(match[0]):
            yield Finding(match.start(), match.end(), "rijksregisternummer", 1.0)
    for match in _NINE.finditer(text):
        if bsn.is_valid(match[0]):
            named = _NAMED_BSN.search(text, max(0, match.start() - _BEFORE), match.start())
            # One number in eleven passes the check by chance, so without a cue it is less certain.
            yield Finding(match.start(), match.end(), "bsn", 1.0 if named else 0.6)


def _phones(text: str, budget: Budget) -> Iterator[Finding]:
    for region in ("BE", "NL"):
        matcher = phonenumbers.PhoneNumberMatcher(text, region, max_tries=_MOST_NUMBERS)
        for match in matcher:
            # Without a leading zero or plus, a number is more often an amount or a code.
            if match.raw_string.lstrip("(").startswith(("0", "+")):
                yield Finding(match.start, match.end, "telefoonnummer", 0.9)
        if matcher._max_tries <= 0:
            budget.whole = False
        if not budget.left:
            return


_STREET = re.compile(
    r"\b(?:[A-Z][\w'’-]{0,60}\s(?:(?:van|de|den|der|het|ter|ten)\s){0,4}){0,3}"
    r"(?:[A-Za-zÀ-ÿ'’-]{3,60}(?:straat|laan|steenweg|dreef|plein|kaai|kade|gracht|singel|stwg)"
    r"|[A-ZÀ-Ý][a-zà-ÿ'’-]{2,60}(?:weg|lei|baan|hof|pad|dijk|vest|wijk)|Steenweg|Dorp|Markt|Kerkplein)"
    r",?\s(?:nr\.?\s?|nummer\s)?\d{1,4}(?![\d.,]\d|\s?(?:%|euro|jaar|uur|km|meter|keer|procent))"
    r"(?:[a-z]|\s?[A-F])?\b(?:\s?(?:bus|bte|/)\s?\w{1,4})?"
    r"(?:,?\s(?:te\s)?(?:B-)?[1-9]\d{3}(?:\s?[A-Z]{2}\b)?\s[A-Z][\w-]+)?"
)
_POSTCODE = re.compile(
    r"\b([1-9]\d{3})\s?([A-Z]{2})(?:\s?,?\s?(?:nr\.?\s?)?\d{1,4}\b|\s[A-Z][a-z]+)"
)
_NO_POSTCODE = frozenset("EU EN NL BE VK VS UK US AI IT HR SA SD SS".split())  # noqa: SIM905
_PLATE = re.compile(
    r"\b(?:[1-9]-[A-Z]{3}-\d{3}|[A-Z]{3}-\d{3}|\d{3}-[A-Z]{3}|[A-Z]{2}-\d{3}-[A-Z]|[A-Z]-\d{3}-[A-Z]{2}"
    r"|\d{2}-[A-Z]{2,3}-\d{1,2}|[A-Z]{2}-\d{2}-[A-Z]{2}|\d-[A-Z]{2,3}-\d{2,3})\b"
)


def _addresses(text: str, _: Budget) -> Iterator[Finding]:
    for match in _STREET.finditer(text):
        yield Finding(match.start(), match.end(), "adres", 0.9)
    for match in _POSTCODE.finditer(text):
        if match[2] not in _NO_POSTCODE and not match[1].startswith(("19", "20")):
            yield Finding(match.start(), match.end(), "adres", 0.7)


def _plates(text: str, _: Budget) -> Iterator[Finding]:
    for match in _PLATE.finditer(text):
        yield Finding(match.start(), match.end(), "nummerplaat", 0.8)


# Lengths are bounded, because otherwise every letter of a long string could start a match.
_SMALL = r"[a-zà-ÿ]{1,40}"
_CAPITAL = (
    rf"[A-ZÀ-Ý]{_SMALL}(?:['’-][A-ZÀ-Ý]?{_SMALL}){{0,5}}|[A-Z]['’][A-Z][a-z]{{1,40}}"
    r"|Mc[A-Z][a-z]{1,40}"
)
_BETWEEN = r"(?:van|de|den|der|het|ter|ten|von|el|al|la|le|du|'t|van 't|di)"
_LAST = rf"(?:(?:{_BETWEEN}|V[ao]n|De|Den|Der|Ter|Ten|El|Al|Vande|Vander)\s){{0,2}}(?:{_CAPITAL})"
_NAME = rf"(?:{_CAPITAL})(?:\s{_LAST})?|{_LAST}"
_TITLED = re.compile(
    r"\b(?:[Mm]evrouw|[Mm]evr\.?|[Mm]vr\.?|[Mm]w\.?|[Mm]eneer|[Mm]ijnheer|[Mm]enier|[Dd]hr\.?"
    r"|[Dd]e heer|[Jj]uffrouw|[Jj]uf|[Mm]eester|[Mm]adame?|[Dd]okter|[Dd]r\.|[Pp]rof\.|[Pp]rofessor"
    rf")\s(?:[A-Z]\.\s?)?({_NAME})"
)
_KIN = (
    r"(?:collega|vriend|vriendin|buurman|buurvrouw|buur|dochter|zoon|zus|broer|man|vrouw|partner"
    r"|moeder|vader|mama|papa|moe|tante|nonkel|oom|neef|nicht|kleinzoon|kleindochter|baas|bazin"
    r"|chef|ploegbaas|cheffin)"
)
_FUNCTION = (
    r"(?:leraar|lerares|leerkracht|lesgever|lesgeefster|docent|docente|trainer|coach|begeleider"
    r"|begeleidster|consulent|consulente|directeur|directrice|coördinator|coordinator|voorzitter"
    r"|voorzitster|secretaris|manager|teamleider|zaakvoerder|cursist|cursiste|leerling|student"
    r"|studente|stagiair|stagiaire|medewerker|medewerkster)"
)
_RELATED = re.compile(
    rf"\b(?:[Mm]ijn|[Oo]nze|[Mm]['’]n|[Zz]ijn|[Hh]aar|[Uu]w)\s{_KIN},?\s({_NAME})"
)
_IN_FUNCTION = re.compile(rf"\b{_FUNCTION},?\s({_NAME})")
_CALLED = re.compile(
    r"\b(?:[Ii]k heet|[Mm]ijn naam is|[Mm](?:ij|['’])n naam is|heet(?:te)?|genaamd|met de naam"
    rf"|[Gg]roet(?:jes|en)?,?|[Mm]et vriendelijke groet(?:en)?,?)\s({_NAME})"
)
_I_AM = re.compile(rf"\b(?:[Ii]k ben|[Hh]ier is)\s({_NAME})")
_WHOLE_NAME = re.compile(rf"({_CAPITAL})\s({_LAST})")
_FULL = re.compile(rf"\b({_CAPITAL})\s({_LAST})")
_IN_PUBLIC = re.compile(
    r"\b(?:[Mm]inister(?:-president)?|[Vv]iceminister-president|[Pp]remier|[Ss]taatssecretaris"
    r"|[Bb]urgemeester|[Ss]chepen|[Gg]ouverneur|[Kk]oning(?:in)?|[Pp]rins(?:es)?|[Pp]resident"
    r"|[Pp]aus|[Ss]int|[Kk]abinet|[Rr]egering|[Cc]ommissie|[Pp]laneet|[Oo]nderwijsminister)"
    r"(?:\s(?:van\s)?[Oo]nderwijs|\s(?:van\s)?[Ww]erk)?[\s-]+$"
)
_OF_A_HOUSE = re.compile(
    r"[\s-]*(?:[Hh]oge?school|[Cc]ollege|[Ss]chool|[Ss]tichting|[Ii]nstituut|[Ff]onds|[Uu]niversiteit"
    r"|[Aa]theneum|[Ll]yceum|[Cc]ampus|[Zz]iekenhuis|[Ll]aan|[Ss]traat|[Pp]lein|[Pp]ark|vzw|VZW|nv|NV"
    r"|bv|BV|[Aa]cademie|[Cc]entrum|[Pp]rijs|[Kk]azerne|[Bb]ibliotheek)\b"
)
_NOBODY = frozenset(
    {
        "thomas more",
        "karel de grote",
        "jan modaal",
        "jan publiek",
        "jan met de pet",
        "jan alleman",
        "martin luther",
        "van dale",
        "pieter breughel",
        "anne frank",
        "albert heijn",
    }
)
_PARTICLES = frozenset("Van Von De Den Der Ter Ten El Al Vande Vander".split())  # noqa: SIM905
_SENTENCE_STARTS = (
    "Moi Je Tu Il Elle On Nous Vous Ils Elles Ce Mais Donc Alors Puis Si Pour Avec I We They He She"
    " You But And So Then If When Ich Wir Er Sie Aber Und Dann Wenn"
)
_BEGINS_SENTENCE = frozenset(_SENTENCE_STARTS.split())
"""Words after "prof." or "mme" that begin a sentence, in the languages of participants."""
_OFTEN = 3e-6
_LONGEST = 12


def _names(text: str, _: Budget) -> Iterator[Finding]:
    for pattern, certainty in ((_TITLED, 0.9), (_CALLED, 0.8), (_RELATED, 0.8)):
        for match in pattern.finditer(text):
            end = _name_end(text, match.start(1), match.end(1))
            if end is not None and _private(text, match.start(), match.start(1), end):
                yield Finding(match.start(1), end, "naam", certainty)
    for pattern in (_I_AM, _IN_FUNCTION):
        for match in pattern.finditer(text):
            # "Directeur van Nintendo": a match that starts in lower case is a place or a company.
            head = match[1].split()[0]
            if head[0].isupper() and (head in _first_names() or head in _last_names()):
                start, end = match.span(1)
                if _private(text, match.start(), start, end):
                    yield Finding(start, end, "naam", 0.8)
    for match in _FULL.finditer(text):
        last = match[2].split()[-1]
        if (
            match[1] in _first_names()
            and (last in _last_names() or not _everyday(last))
            and _private(text, match.start(), match.start(), match.end())
        ):
            yield Finding(match.start(), match.end(), "naam", 0.8)


def _word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_TYPED_SMALL = re.compile(r"[^\W\d_]{1,30}(?:['’-][^\W\d_]{1,30}){0,3}")
_SMALL_BETWEEN = _word_set("van de den der ten ter vande vanden vander el al von")
_MOST_BETWEEN = 3
_OF_SOMEBODY = _word_set("mijn m'n onze ons zijn haar uw je jouw hun den de het")
_SMALL_TITLES = _word_set(
    "mevrouw mevr mvr meneer mijnheer menier dhr juffrouw juf meester madam madame dokter"
)
_SMALL_KIN = re.compile(rf"(?:{_KIN}|{_FUNCTION})")
_WORDS_TOO = _word_set(
    "an august bas beau ben bo cas constant dana dean el elke els fleur floor frans greet guy"
    " hope ian iris isa isis jade jasmijn jet jo job joke jolie joost joy juni kas kay ken"
    " kick kim lana leen lies lieve linde lot luna mark mart max maxim mees merel mia nova"
    " noor pol puck rik roos rosa rose said sep stan tara thor toon valentijn victoria ward"
    " amber dries april mei augustus wolf storm sterre madelief bloem will bill sky ray don"
    " christian florence sien"
)
"""First names that are also common words, in Dutch or in dialect."""
_NAMES_AFTER_CUE = _word_set("els greet joke lies floor noor rik dries kim stan")
"""Those of ``_WORDS_TOO`` that are names after a cue ("mijn collega els")."""
_SURNAMES_TOO = _word_set(
    "peeters peters janssen jansen jacobs mertens willems wouters martens hermans pieters"
    " sanders timmermans verhoeven hendriks cornelis fransen meyer meijer simons singh smit"
    " smith stevens schouten dijkstra huisman kuipers verstappen vissers smet bosch adams"
    " arnold arts wilson jones fransen mulder kramer dekker brouwer visser ahmed ali yilmaz"
)
"""Frequent family names that are no common words."""


def _small_names(text: str, budget: Budget) -> Iterator[Finding]:
    """Names of persons that are typed in lower case."""
    found = [(each[0], each.start(), each.end()) for each in _TYPED_SMALL.finditer(text)]
    for place, (word, start, _) in enumerate(found):
        if place % _LOOKED_OVER == 0 and not budget.left:
            return
        if not word.islower():
            continue
        cue = _small_cue(found, place)
        first = word in _small_first_names()
        last = _small_last(text, found, place + 1) if first else None
        if first and last is not None and (cue is not None or word not in _WORDS_TOO):
            end = found[last][2]
        elif first and cue is not None and (word not in _WORDS_TOO or word in _NAMES_AFTER_CUE):
            end = found[place][2]
        elif cue == "title" and (alone := _small_surname(text, found, place)) is not None:
            end = found[alone][2]
        else:
            continue
        if _private(text, start, start, end):
            yield Finding(start, end, "naam", 0.7)


_LOOKED_OVER = 200
_Words = list[tuple[str, int, int]]


def _small_cue(found: _Words, place: int) -> str | None:
    """``title`` or ``kin`` when the word before is one, ("mevrouw", "mijn collega"), else None."""
    if place == 0:
        return None
    before = found[place - 1][0].lower()
    if before in _SMALL_TITLES:
        return "title"
    related = place > 1 and found[place - 2][0].lower() in _OF_SOMEBODY
    return "kin" if related and _SMALL_KIN.fullmatch(before) else None


def _small_last(text: str, found: _Words, place: int) -> int | None:
    """The place of the family name that starts here, after its particles; None if there is none."""
    end = place
    while end < len(found) and end - place < _MOST_BETWEEN and found[end][0] in _SMALL_BETWEEN:
        end += 1
    if end >= len(found) or not _side_by_side(text, found, place - 1, end):
        return None
    word = found[end][0]
    if not word.islower() or word not in _small_last_names():
        return None
    # "jan de wit" is a name; "jan wit" may be anything.
    return end if end > place or word in _SURNAMES_TOO or not _everyday(word) else None


def _small_surname(text: str, found: _Words, place: int) -> int | None:
    """As ``_small_last`` for a family name right after a title ("mevrouw de smet")."""
    last = _small_last(text, found, place)
    if last is None:
        return None
    word = found[last][0]
    return last if word in _SURNAMES_TOO or not _everyday(word) else None


def _side_by_side(text: str, found: _Words, first: int, last: int) -> bool:
    """Whether only single spaces stand between some words."""
    return all(
        text[found[each][2] : found[each + 1][1]] == " " for each in range(max(first, 0), last)
    )


def _name_end(text: str, start: int, end: int) -> int | None:
    """The end of a name after a cue; None when it is not a name ("directeur Onderwijs")."""
    words = text[start:end].split()
    # In "mevrouw Van Damme" the word after "Van" decides.
    proper = [word for word in words if word[0].isupper()]
    head = next((word for word in proper if word not in _PARTICLES), (proper or words)[0])
    if head in _BEGINS_SENTENCE:
        return None
    if head not in _first_names() and head not in _last_names() and _everyday(head):
        return None
    goes_on = len(words) > 1 and _everyday(words[-1]) and words[-1] not in _last_names()
    # "Mijn collega Jan Omdat ...": a sentence that goes on with a capital.
    return start + len(words[0]) if goes_on and words[0] in _first_names() else end


def _private(text: str, cue: int, start: int, end: int) -> bool:
    """Whether a name is not part of a public office, a saint's name or an organisation's name."""
    if text[start:end].casefold() in _NOBODY:
        return False
    before = text[max(0, min(cue, start) - _BEFORE) : min(cue, start)]
    return not _IN_PUBLIC.search(before) and not _OF_A_HOUSE.match(text, end)


def _recognised(text: str, nlp: Language, budget: Budget) -> Iterator[Finding]:
    """Full names that the pipeline labels as persons; single words are too often wrong."""
    skip = [name for name in ("parser", "lemmatizer") if name in nlp.pipe_names]
    for first, last in _pieces(text):
        if not budget.left:
            return
        doc = next(iter(nlp.pipe([readable(text[first:last])], disable=skip)))
        for entity in doc.ents:
            if entity.label_ not in PERSON_LABELS:
                continue
            words = entity.text.split()
            name = _WHOLE_NAME.fullmatch(entity.text)
            start, end = first + entity.start_char, first + entity.end_char
            if name is None or any(_everyday(word) or len(word) > _LONGEST for word in words):
                continue
            if _private(text, start, start, end):
                yield Finding(start, end, "naam", 0.6)


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Spans that cover a long text, cut at the end of a line, a sentence or a word if possible."""
    start = 0
    while len(text) - start > _PIECE:
        until = start + _PIECE
        ends = (text.rfind(mark, start + 1, until) for mark in ("\n", ". ", " "))
        end = next((end + 1 for end in ends if end > start + _PIECE // 2), until)
        yield start, end
        start = end
    yield start, len(text)


@lru_cache(maxsize=1)
def _first_names() -> frozenset[str]:
    names = {*Belgian.first_names, *Dutch.first_names}
    return frozenset(name for name in names if name.isalpha() or "-" in name)


@lru_cache(maxsize=1)
def _small_first_names() -> frozenset[str]:
    return frozenset(name.lower() for name in _first_names())


@lru_cache(maxsize=1)
def _small_last_names() -> frozenset[str]:
    return frozenset(name.lower() for name in _last_names()) | _SURNAMES_TOO


@lru_cache(maxsize=1)
def _last_names() -> frozenset[str]:
    whole = {*Belgian.last_names, *Dutch.last_names}
    return frozenset(name.split()[-1] for name in whole)


@lru_cache(maxsize=1)
def _frequencies() -> dict[str, float]:
    return get_frequency_dict("nl", wordlist="best")


def _everyday(word: str) -> bool:
    """Whether a word is so common that a capital letter does not make it a name."""
    return _frequencies().get(word.casefold(), 0.0) >= _OFTEN
