"""Informativeness of an answer: decides whether the assistant asks a follow-up question.

Three measures, after Xiao et al. (TOCHI 2020, "Tell me about yourself"), who rate open answers by
informativeness, specificity, relevance and clarity (clarity is not measured here):

- *information* in bits, the sum of -log2 of the probability of every word in a list of Dutch word
  frequencies: rare words carry more information than common ones;
- *specificity*: whether the answer says who, what, where, how many, or gives an example;
- *relevance*: similarity of the answer to the question, only where an encoder is given.

An answer is *thin* when a follow-up question is worth the participant's time. The criterion depends
on the kind of question. Decision 0004 has the reasons, the thresholds and the share of answers that
get a follow-up question.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from language.embedding import Encoder, Vectors, normalised
from language.folding import folded
from language.non_answers import is_stock_non_answer

Kind = Literal["drempel", "voorstel", "trekker", "prioriteit", "extra"]
Cue = Literal["wie", "wat", "waar", "getal", "voorbeeld"]
Missing = Literal["voorbeeld", "wie", "hoe", "wat"]

OFF, LENIENT, STRICT = 0, 1, 2
"""Strictness: call no answer thin, answers that say little, or also answers that could say more."""

UNKNOWN_BITS = 20.0
"""Bits of a word outside the frequency list, and the maximum for any word.

Equals the bits of a word that occurs once in a million, so that a typo, the name of a scheme or
random letters count no more than a rare word in the list.
"""

NUMBER_BITS = 10.0
"""Bits of any number: those of a word that occurs once in a thousand words."""

CARRYING_FROM = 10.3
"""Minimum bits of a carrying word, one that can name a subject.

That is a frequency below 8 in 10,000 words: "geld" has 11.3 bits, "tijd" 9.4. Function words have
fewer bits. Vague words ("beter", "zaken") are never carrying words.
"""

ENOUGH: Mapping[tuple[str, int], tuple[float, float]] = {
    ("drempel", LENIENT): (40.0, 24.0),
    ("drempel", STRICT): (100.0, 70.0),
    ("voorstel", LENIENT): (48.0, 28.0),
    ("voorstel", STRICT): (100.0, 80.0),
    ("extra", LENIENT): (30.0, 20.0),
    ("extra", STRICT): (60.0, 40.0),
}
"""Minimum bits of distinct carrying words for an answer that is not thin, by kind and strictness.

The first number applies to carrying words alone, the second when the answer also says who, where,
how many, why or how, or gives an example. A carrying word has 10 to 20 bits, so (40, 24) means
three words alone and two with a cue.
"""

RELEVANT_FROM = 0.10
"""Below this relevance a short answer (up to twelve words) is thin, at strictness 2 only.

In the sample 1 % of the answers are below it, and 39 % of sentences on another subject (e5).
"""


@dataclass(frozen=True)
class Judgement:
    """The measured informativeness of one answer.

    Attributes:
        information: bits, the sum of -log2 probability over all words, repeated ones included.
        cues: which of wie, wat, waar, getal, voorbeeld the answer contains, in that order.
        relevance: 0 to 1, semantic similarity to the question; None without encoder or question.
        non_answer: has no content: weet niet, geen mening, zie boven, "-", random letters.
        thin: a follow-up question is worthwhile.
        missing: what to ask for first; None when nothing is missing, never None when ``thin``.
    """

    information: float
    cues: tuple[Cue, ...]
    relevance: float | None
    non_answer: bool
    thin: bool
    missing: Missing | None

    @property
    def specificity(self) -> int:
        """The number of cues in the answer, 0 to 5."""
        return len(self.cues)


def judge_answer(
    text: str,
    question_kind: Kind,
    question_text: str | Sequence[str] = "",
    *,
    strictness: int = LENIENT,
    encoder: Encoder | None = None,
) -> Judgement:
    """Measures an answer to a question of this kind, and decides whether it is thin.

    ``question_text`` is the question, or the question with its explanations. Words of the question
    that return in the answer are not carrying words. ``strictness`` 0 calls no answer thin, 1 few,
    2 more. An ``encoder`` adds the relevance, at the cost of one sentence embedding.

    Raises:
        ValueError: the strictness or the kind does not exist.
    """
    if strictness not in (OFF, LENIENT, STRICT):
        raise ValueError(f"strictness {strictness}: choose 0 (off), 1 (lenient) or 2 (strict)")
    if question_kind not in _KINDS:
        raise ValueError(f"question_kind {question_kind!r}: choose from {', '.join(_KINDS)}")
    questions = [question_text] if isinstance(question_text, str) else list(question_text)
    questions = [question for question in questions if question.strip()]
    words = _words(text)
    asked = frozenset(word for question in questions for word in _words(question))
    carrying = {word: _bits(word) for word in words if word not in asked and _carries(word)}
    load = sum(carrying.values())
    cues = _cues(text, carrying)
    non_answer = question_kind != "prioriteit" and is_non_answer(text)
    near = None
    if encoder is not None and questions and words:
        near = relevance(text, questions, encoder)
    missing = _missing(question_kind, text, cues, non_answer)
    thin = False
    if strictness != OFF and question_kind != "prioriteit":
        thin = non_answer or _little(question_kind, text, words, cues, load, near, strictness)
    if thin and missing is None:
        missing = "voorbeeld"
    return Judgement(information(text), cues, near, non_answer, thin, missing)


def information(text: str) -> float:
    """The sum of -log2 probability over the words of a text, in bits; 0 without words."""
    return sum(map(_bits, _words(text)))


def relevance(text: str, questions: Sequence[str], encoder: Encoder) -> float:
    """The similarity of a text to the most similar question: centred cosine, clipped to 0..1.

    Small encoders give any two Dutch sentences a high similarity. Subtracting the mean vector of
    unrelated sentences makes 0 mean "no more similar than any other sentence". The value separates
    the same subject from another subject, not a good answer from a bad one.
    """
    vector = normalised(np.subtract(encoder.encode([text]), _centre(encoder)))
    near = float(np.max(_question_vectors(encoder, tuple(questions)) @ vector[0]))
    return min(1.0, max(0.0, near))


def is_non_answer(text: str) -> bool:
    """Whether a text has no content: no idea, see above, only a yes or a dash, random letters."""
    words = _words(folded(text))
    if not words or is_stock_non_answer(text):
        return True
    plain = " ".join(words)
    bare = " ".join(word for word in words if word not in _PADDING)
    if _NOTHING.fullmatch(plain) or _NOTHING.fullmatch(bare) or bare == "":
        return True
    opening = _NO_IDEA.match(plain)
    if opening:
        rest = words[len(opening[0].split()) :]
        said = {word for word in rest if _bits(word) >= CARRYING_FROM} - _SAYING
        # "Weet niet wat ik wil leren" says what the participant does not know, and so counts as
        # content; "geen idee, druk" does not.
        needed = CARRYING_FROM if rest and rest[0] in _ASKING else _REST_FROM
        if sum(map(_bits, said)) < needed:
            return True
    return is_mash(text)


def load_frequencies() -> None:
    """Loads the frequency list (some 0.4 s, 40 MB), so that the first answer is not delayed."""
    _frequencies()
    _trigrams()


_KINDS: tuple[Kind, ...] = ("drempel", "voorstel", "trekker", "prioriteit", "extra")
_REST_FROM = 15.0
_LONGEST = 60
_MASH_SHARE = 0.6
_ODD_TRIGRAMS = 0.6
_TRIGRAM_FROM = 3

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’-][^\W\d_]+)*")


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFC", text).lower().replace("’", "'")
    # Truncated, because the words become cache keys.
    return [word[:_LONGEST] for word in _TOKEN.findall(plain)]


def _word_list(size: str) -> dict[str, float]:
    from wordfreq import get_frequency_dict  # takes half a second to load

    return get_frequency_dict("nl", wordlist=size)


@lru_cache(maxsize=1)
def _frequencies() -> dict[str, float]:
    return _word_list("best")


@lru_cache(maxsize=1)
def _trigrams() -> frozenset[str]:
    common = _word_list("small")
    counts = Counter(part for word in common for part in set(_parts(folded(word))))
    return frozenset(part for part, times in counts.items() if times >= _TRIGRAM_FROM)


def _parts(word: str) -> list[str]:
    padded = f" {word} "
    return [padded[at : at + 3] for at in range(len(padded) - 2)]


@lru_cache(maxsize=20_000)
def _bits(word: str) -> float:
    """The surprisal of a word in bits; a hyphenated word has that of its rarest part."""
    if word[0].isdigit():
        return NUMBER_BITS
    known = _frequencies().get(word)
    if known is None and "-" in word:
        return max((_bits(part) for part in word.split("-") if part), default=UNKNOWN_BITS)
    return min(UNKNOWN_BITS, -math.log2(known)) if known else UNKNOWN_BITS


@lru_cache(maxsize=20_000)
def _carries(word: str) -> bool:
    if word in _VAGUE or word[0].isdigit() or len(word) < 3:
        return False
    return _bits(word) >= CARRYING_FROM and not _LAUGH.fullmatch(word)


def _little(
    kind: Kind,
    text: str,
    words: Sequence[str],
    cues: Sequence[Cue],
    load: float,
    near: float | None,
    strictness: int,
) -> bool:
    """Whether an answer says too little for its kind of question."""
    if kind == "trekker":
        return not _names_someone(text, words, strictness)
    if strictness == STRICT and near is not None and near < RELEVANT_FROM and len(words) <= 12:
        return True
    link = _HOW if kind == "voorstel" else _REASON
    concrete = any(cue != "wat" for cue in cues) or bool(link.search(folded(text)))
    alone, with_cue = ENOUGH[kind, strictness]
    return load < (with_cue if concrete else alone)


def _names_someone(text: str, words: Sequence[str], strictness: int) -> bool:
    """Whether an answer names a trekker: "VDAB" is a complete answer, "iedereen" is not."""
    broad = _NOBODY if strictness == LENIENT else _NOBODY | _BROAD
    named = any(
        (_carries(word) or word in _SELF or _WHO.fullmatch(folded(word))) and word not in broad
        for word in words
    )
    return named or _abbreviates(text)


def _missing(kind: Kind, text: str, cues: Sequence[Cue], non_answer: bool) -> Missing | None:
    """What to ask for first: an example where that fits, because it is easiest to give."""
    if kind == "prioriteit":
        return None
    if kind == "trekker":
        return "wie" if non_answer or not _names_someone(text, _words(text), STRICT) else None
    if non_answer or (kind == "voorstel" and "wat" not in cues):
        return "wat"
    if kind == "voorstel":
        if not _HOW.search(folded(text)):
            return "hoe"
        return "wie" if "wie" not in cues else None
    if "voorbeeld" not in cues:
        return "voorbeeld"
    return "wie" if "wie" not in cues else None


def _abbreviates(text: str) -> bool:
    """Whether a text has an organisation's abbreviation in capitals, and is not all in capitals."""
    found = len(_ABBREVIATION.findall(text))
    return found > 0 and (found == 1 or 2 * found <= len(_words(text)))


def _cues(text: str, carrying: Mapping[str, float]) -> tuple[Cue, ...]:
    plain = folded(text)
    found: list[Cue] = []
    if _WHO.search(plain) or _abbreviates(text):
        found.append("wie")
    if carrying:
        found.append("wat")
    if _WHERE.search(plain) or _WHERE_NAMED.search(text):
        found.append("waar")
    if _NUMBER.search(plain):
        found.append("getal")
    if _EXAMPLE.search(plain):
        found.append("voorbeeld")
    return tuple(found)


def is_mash(text: str) -> bool:
    """Whether most letters of a text are random.

    A word counts as random when it is not in the frequency list, and most of its trigrams occur in
    no common Dutch word, or it has four adjacent keys, or one letter four times in a row. Words in
    other alphabets and abbreviations never count as random.
    """
    odd = seen = 0
    unknown = []
    for raw in _TOKEN.findall(text):
        word = folded(raw)
        if word[0].isdigit():
            continue
        seen += len(word)
        if _LAUGH.fullmatch(word):
            odd += len(word)
            continue
        if not re.fullmatch(r"[a-z]+", word) or raw.lower() in _frequencies():
            continue
        abbreviation = raw.isupper() and len(raw) <= 7
        voiceless = len(word) >= 5 and not re.search(r"[aeiouy]", word)
        if _SAME.search(word) or _in_a_row(word) or (voiceless and not abbreviation):
            odd += len(word)
        elif len(word) >= 4 and not abbreviation:
            unknown.append(word)
    # Most texts have too few such words for it to matter whether they look like Dutch.
    if odd + sum(map(len, unknown)) >= _MASH_SHARE * seen:
        odd += sum(len(word) for word in unknown if _looks_random(word))
    return seen > 0 and odd >= _MASH_SHARE * seen


def _looks_random(word: str) -> bool:
    parts = _parts(word)
    strange = sum(part not in _trigrams() for part in parts)
    return strange / len(parts) > _ODD_TRIGRAMS


def _in_a_row(word: str) -> bool:
    return any(word[at : at + 4] in row for at in range(len(word) - 3) for row in _KEYS)


_centres: dict[tuple[str, str], Vectors] = {}
_questions: dict[tuple[str, str, tuple[str, ...]], Vectors] = {}
_QUESTIONS_KEPT = 256


def _centre(encoder: Encoder) -> Vectors:
    key = (encoder.name, encoder.version)
    if key not in _centres:
        _centres[key] = np.asarray(encoder.encode(_UNRELATED).mean(axis=0), dtype=np.float32)
    return _centres[key]


def _question_vectors(encoder: Encoder, questions: tuple[str, ...]) -> Vectors:
    key = (encoder.name, encoder.version, questions)
    if key not in _questions:
        if len(_questions) >= _QUESTIONS_KEPT:
            _questions.clear()
        _questions[key] = normalised(np.subtract(encoder.encode(questions), _centre(encoder)))
    return _questions[key]


_ROWS = ("qsdfghjklm", "asdfghjkl", "azertyuiop", "qwertyuiop", "wxcvbn", "zxcvbnm")
_KEYS = tuple(key for row in _ROWS for key in (row, row[::-1]))
_SAME = re.compile(r"(.)\1\1\1")
_LAUGH = re.compile(
    r"(?:(?:ha|he|hi|ho|bla|la|xo|lo|na)\s?){2,}[hl]?|l+o+l+|x+|z+|m+h+m*|h+m+|p+f+"
)


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PADDING = _listed(
    "ik 'k k he hoor sorry echt eigenlijk gewoon helaas nu zo direct meteen dus ja nee hier "
    "daar over op van het dat dit er ook maar wel toch momenteel voorlopig verder niks "
    "alvast mij me heb hebben is a ah oh uh euh hm hmm tja bon awel goh och amai"
)
_NOTHING = re.compile(
    r"(?:(?:dat |het )?(?:weet|wee|wist|weeet) ?(?:ik|'k|k|'t|het|dat|er)?(?: (?:het|dat|t|'t))?"
    r" ?(?:echt |zo |nog |allemaal |totaal |helemaal |eigenlijk )*(?:niet|nie|ni|niks|niets)"
    r"|(?:'?k )?weet ?(?:et|t|het|'t) ?(?:niet|nie|ni)|kweetni(?:e|et)?"
    r"|kweenie|kwenie|kwenni|weeknie"
    r"|(?:geen|gen|g1) (?:idee|flauw idee|mening|antwoord|commentaar|opinie|inspiratie|gedacht"
    r"|benul|voorstel|voorstellen)|geen|zonder|blanco|leeg"
    r"|(?:daar )?geen (?:idee|mening|gedacht) over|(?:nog )?niet over nagedacht"
    r"|n ?v ?t|niet van toepassing|n a|n b|nvt|na|idk|weet|idee"
    # Values that programs write into an empty cell.
    r"|nan|null|none"
    r"|(?:zie|kijk|lees) (?:hier)?(?:boven|hoger|hierboven|eerder|vorig\w*|daarnet|supra)"
    r"(?: (?:vraag|antwoord))?|(?:het|de)?zelfde(?: als)?(?: (?:daarnet|boven|hierboven|hoger|"
    r"vorige?|bij de vorige|daarstraks))?(?: vraag| antwoord)?|idem(?: dito)?|dito|ibidem"
    r"|o ?k(?:e|é|ay|ee)?|okido|oke|oké|okee|ja+|jep|yes|nee+|neen|nope|no|misschien|goed|prima"
    r"|niks|niets|niks speciaals|niets te melden|niets te zeggen|nee niets|alles(?: goed)?"
    r"|pas|volgende|skip|next|test|test test|testje|bla(?: bla)*|joe|yo|hallo|hoi|dag|hey|lol"
    r"|whatever|maakt niet uit|maakt mij niet uit|kan mij niet schelen"
    r"|wat|huh|he|hoezo|waarom|hm+|euh+|uh+|tja|tjah|pff+|boh?|bwa+|bah|mwa+h?)"
)
_NO_IDEA = re.compile(
    r"(?:(?:ik|'k|k|ja|nee|goh|tja|bon|sorry|dat|pff|euh|ik zou) )*"
    r"(?:weet (?:ik |'k |k )?(?:het |dat |'t )?"
    r"(?:echt |zo |niet |nog |eigenlijk )*(?:niet|nie|ni|niets)|zou (?:ik )?(?:het )?niet weten"
    r"|(?:heb )?(?:hier |daar |er )?(?:echt |eigenlijk )?geen (?:flauw )?(?:idee|mening|gedacht)"
    r"|kweenie|kweetnie|geen commentaar|(?:kan|kunnen) (?:ik )?(?:hier|daar)? ?(?:niet|niets|niks) "
    r"(?:op |over )?(?:antwoorden|zeggen)"
    r"|(?:dit |dat )?is niet van toepassing|zie (?:hier)?boven)\b"
)

_VAGUE = _listed(
    "beter betere beters slechter slecht slechte goed goede goeie goei meer minder veel weinig erg "
    "heel zeer belangrijk belangrijke leuk leuke mooi mooie makkelijk makkelijker gemakkelijk "
    "gemakkelijker eenvoudig eenvoudiger simpel simpeler moeilijk moeilijke moeilijker lastig "
    "anders andere nodig mogelijk onmogelijk interessant interessante ding dingen zaak zaken iets "
    "niets niks alles iedereen niemand iemand mensen mens persoon personen doen maken zorgen zorg "
    "geven krijgen werken helpen hulp verbeteren verbetering verbeter veranderen verandering "
    "verander oplossen oplossing oplossingen probleem problemen actie acties aanpakken aanpak "
    "investeren investering inzetten inzet ondersteunen ondersteuning steun stimuleren "
    "aanmoedigen bevorderen versterken denk denken vind vinden zeggen zeg antwoord "
    "antwoorden vraag vragen schrijven invullen mening idee ideeen ideeën bedoel bedoelen weet "
    "weten wij jullie hun hen ons onze mijn jouw uw uwe gij ge gulder zijn haar hem zij ik mij me "
    "nie ni niet wel nog ook toch echt gewoon eigenlijk natuurlijk zeker altijd nooit vaak soms "
    "dikwijls blijkbaar allemaal allerlei bepaalde verschillende diverse enkele sommige bepaald "
    "algemeen algemene gebeuren gebeurt moeten moet mogen kunnen willen zouden moest mag manier "
    "manieren gebied vlak zoiets enzo enzovoort etc enz dergelijke voldoende genoeg snel sneller "
    "onvoldoende juist juiste correct duidelijk duidelijker leren leert leer beetje aanbieden "
    "bieden bied doe doet maak maakt zorgt geef krijgt werkt help helpt bekijken kijken meedoen "
    "vanalles vooral terug hetzelfde zelfde daarvoor hiervoor waarvoor zodat omdat hierover "
    "daarover hierop daarop situatie thema onderwerp onderwerpen punt punten jammer spijtig "
    "helaas sorry bedankt dank hallo goeiedag groetjes prima perfect super raar stom slim "
    "teveel awel allez amai bon voila hoor ofzo ofwel sowieso misschien wellicht "
    "eenieder elkeen belang optimaal optimaliseren efficiënter efficienter"
)

_PEOPLE = (
    r"ouders?|moeders?|vaders?|papa|mama|kinder(?:en|s)|kind|zoon|dochters?|vrouw(?:en)?|man(?:nen)?"
    r"|vriend(?:en|in)?|buren|buurman|familie|gezin(?:nen)?|alleenstaanden?|jongeren?|jeugd|ouderen?"
    r"|senioren|gepensioneerden?|zieken|patient(?:en)?|arm(?:en)|slechtziend\w*|slechthorend\w*"
    r"|anderstalig\w*|nieuwkomers?|vluchtelingen|migranten|allochtonen|laaggeletterd\w*"
    r"|laaggeschoold\w*|kortgeschoold\w*|laagopgeleid\w*|hooggeschoold\w*|werklo\w+"
    r"|\w*leerlingen|leerling|\w*student(?:en)?|\w*cursist(?:en)?|\w*leer(?:kracht|krachten|aar)"
    r"|lera(?:ar|ren)|\w*docent(?:en)?|\w*lesgevers?|juf|meester|\w*opleiders?|\w*trainers?"
    r"|\w*(?:werknemer|werkgever|ondernemer|zelfstandige|freelancer|arbeider|bediende|ambtenaar"
    r"|chauffeur|verpleegkundige|zorgkundige|poetshulp|kassier|starter|interimmer|werkzoekende"
    r"|consulent|begeleider|coach|adviseur|bemiddelaar|vrijwilliger|inwoner|burger|gebruiker"
    r"|deelnemer|collega|medewerker|werker|leidinggevende|manager|directeur|burgemeester|schepen"
    r"|minister|dokter|arts|boer|kok|ingenieur|mentor|peter|meter|buddy|ambassadeur"
    r"|mantelzorger|expert|specialist|tolk|gids|gastvrouw|onderzoeker)(?:s|n|en|'s)?"
    r"|\w*ambtenaren|\w*directie|baas|bazen|\w*chefs?|patron|personeel|volk|ploegbaas|ploegbazen"
    r"|\w*bedrij(?:f|ven)|kmo'?s?|\w*gemeente(?:n|s)?|gemeentebestu\w+|\w*stad|steden|stadsbestu\w+"
    r"|provincies?|\w*overhe(?:id|den)|regering|parlement|\w*besturen|lokaal bestuur|ocmw'?s?|vdab"
    r"|cvo'?s?|ligo|syntra|serv|vlor|voka|unizo|actiris|nbmv|kbo"
    r"|\w*vakbond(?:en)?|syndica(?:at|ten)|\w*fonds(?:en)?|\w*scho(?:ol|len)|\w*univer\w++|unief"
    r"|\w*organisaties?|\w*verenigingen|\w*vereniging|vzw'?s?|\w*centra|\w*koepels?|\w*federaties?"
    r"|\w*departement\w*+|\w*dienst(?:en)?|\w*agentschap\w*+|\w*bibliotheek|\w*bibliotheken|de bib"
    r"|\w*ziekenfonds\w*+|mutualiteit\w*|\w*instellingen|\w*partners|\w*sectoren"
)
_WHO = re.compile(
    rf"\b(?:{_PEOPLE}|(?:mensen|personen|iemand|iederen|wie|degenen|diegenen) "
    r"(?:met|zonder|die|dat|uit|in|van|als|geen|op|onder|boven)"
    r"|wie (?:\w+ )?(?:is|heeft|wil|kan|niet|geen|weinig|werkt|zit)|ik ben|'?k ben"
    r"|ik heb|ik zit|ik werk"
    r"|wij zijn|we zijn|bij ons|onze \w+|ons \w+|m(?:ij|')n (?!mening|gedacht|idee)\w+|wij \w+en)\b"
)
_ABBREVIATION = re.compile(
    r"(?<![\w-])(?!(?:OK|NVT|TV|PC|GSM|AI|IT|ICT|EN|NU|IK|JA|NEE)\b)[A-Z]{3,7}(?:'?s)?\b"
)
_PLACES = (
    r"vlaanderen|belgie|wallonie|brussel|antwerpen|gent|brugge|leuven|mechelen|aalst|kortrijk|hasselt"
    r"|genk|oostende|roeselare|turnhout|sint-niklaas|dendermonde|lokeren|ieper|geel|mol|lier|vilvoorde"
    r"|halle|tienen|diest|aarschot|tongeren|bree|maaseik|maasmechelen|beringen|lommel|poperinge"
    r"|diksmuide|veurne|torhout|tielt|waregem|deinze|eeklo|zelzate|oudenaarde|ronse|ninove|limburg"
    r"|geraardsbergen|knokke|blankenberge|westhoek|kempen|haspengouw|pajottenland|waasland|meetjesland"
    r"|herentals|hoogstraten|boom|denderleeuw|nederland|denemarken|duitsland|frankrijk|zweden|finland"
)
_WHERE = re.compile(
    rf"\b(?:{_PLACES}|\w*dorp(?:en)?|\w*wijk(?:en)?|\w*buurt(?:en)?|platteland|\w*regio'?s?|\w*streek"
    r"|\w*station|\w*huis|thuis|\w*fabriek(?:en)?|werkvloer|\w*vloer|\w*atelier|\w*bib|bibliotheek"
    r"|\w*lokaal|\w*lokalen|\w*zaal|\w*klas|\w*school|\w*winkels?|\w*halte|op het werk|in de zorg"
    r"|in de bouw|in de horeca|op kantoor|den bureau|in onze sector|\w*centrum|\w*cafe|\w*markt"
    r"|ter plaatse|dichtbij|in de les)\b"
)
_WHERE_NAMED = re.compile(r"\b(?:in|te|uit|naar|rond|van|bij)\s+[A-Z][a-z]{2,}")
_NUMBER = re.compile(
    r"\d|%|\b(?:twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|twintig|dertig|veertig|vijftig"
    r"|zestig|honderd|duizend|helft|halve?|half|derde|kwart|dubbele?|procent|tientallen|honderden"
    r"|wekelijks|maandelijks|jaarlijks|dagelijks)\b"
)
_EXAMPLE = re.compile(
    r"\b(?:bijvoorbeeld|b\.?v\.?b?|vb|zoals|gelijk (?:in|bij|de|den|een|met|nu|boeken)|toen|ooit"
    r"|onlangs|vorige? (?:jaar|maand|week|keer|zomer|winter)|laatst|gisteren"
    r"|daarnet|verleden (?:jaar|week)"
    r"|sinds|bij ons|in mijn geval|uit ervaring|ik heb (?:\w+ ){0,6}(?:ge|ver|be|ont|her)\w+"
    r"|(?:ik|we|wij|mijn \w+|onze \w+|een collega|ze|hij|zij|er) (?:\w+ ){0,2}"
    r"(?:had|hadden|kreeg|kregen|moest|moesten"
    r"|wou|wilde|was|waren|zat|zaten|stond|stonden|ging|gingen|belde|vroeg|zei|zeiden|deed|deden"
    r"|probeerde|volgde|werd|kwam|kon|mocht|wist)"
    r"|(?:mijn|onze|ons) \w+ (?:zegt|zeggen|heeft|hebben|wil|kan|durft|vindt|werkt|is|krijgt|volgt)"
    r"|elke (?:keer|week|dag|maand) dat)\b"
)
_HOW = re.compile(
    r"\b(?:door|via|zodat|met|samen|elke?|ieder|iedere|per|tijdens|zonder|eerst|daarna|automatisch"
    r"|gratis voor|betaald|in plaats van|als|wanneer|waar|waarbij|waarin|zoals|gelijk"
    r"|online|anoniem"
    r"|op maat|aan huis|in de|in het|in een|op de|op het|op mijn|voor wie|binnen|na|voor de|bij de"
    r"|bij een|aan de|vanaf|eenmalig|stap voor stap|tegen)\b"
)

_REASON = re.compile(
    r"\b(?:door(?:dat)?|omdat|want|wegens|vanwege|als|wanneer|tijdens|zonder|terwijl|na het|tussen"
    r"|sinds|waardoor|dus|voor wie)\b"
)

_ASKING = _listed("wat hoe waar wie of welke welk wanneer waarom hoeveel waarvoor")
_SAYING = _listed(
    "zeggen zeg antwoord antwoorden schrijven invullen denken denk moet moeten kan kunnen bedoelt "
    "bedoelen vragen vraag precies hierop daarop hierover daarover eigenlijk sorry vind vinden"
)

_NOBODY = _listed(
    "iedereen niemand mensen iemand allemaal ieder elkeen eenieder ze zij zullie anderen andere "
    "politiek politici zelf persoon personen verantwoordelijke verantwoordelijken"
)
_BROAD = _listed("overheid overheden regering vlaanderen staat samenleving maatschappij")
_SELF = _listed("wij we ik mij mijzelf ikzelf wijzelf onszelf ons uzelf")

_UNRELATED = (
    "Het regent al de hele dag.",
    "De trein naar zee had vertraging.",
    "We eten vanavond spaghetti met kaas.",
    "Mijn fiets heeft een lekke band.",
    "De ploeg verloor met twee tegen nul.",
    "Zij heeft een nieuwe jas gekocht.",
    "De hond slaapt onder de tafel.",
    "Er staat een lange rij bij de bakker.",
    "Morgen komt de loodgieter langs.",
    "De film begint om acht uur.",
    "Hij plant tomaten in zijn tuin.",
    "De prijs van koffie is gestegen.",
    "Mensen vinden het belangrijk.",
    "Het is te moeilijk en het duurt te lang.",
    "Ik denk dat het beter kan.",
    "De overheid moet daar iets aan doen.",
)
