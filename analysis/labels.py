"""A readable label per theme: a phrase people used, seldom two of them.

Candidates are the noun phrases of a theme's most central statements. A label is to a theme what a
query is to its documents: who reads it should find them. So a phrase is judged by its reach: how
many of the theme's statements have its words, and how far in front its meaning puts the others when
all statements of the set are ranked by nearness to it (average precision). That a phrase's own
statements do not count there keeps anecdotes out: "pizza" finds nothing but the sentence about
pizza. Beside reach it counts how much its words are the theme's own (compounds included:
"kinderopvang" speaks for "opvang"), whether it is what a proposal is about, and its form: a phrase
rather than a bare, vague or private word. A second phrase is put beside the first only where it
adds much, or where the first is a bare word.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from wordfreq import zipf_frequency

from analysis.phrases import Phrase, phrases
from analysis.proposals import names_actor, reads_as_proposal, wording
from language.embedding import Vectors, normalised
from language.pipeline import Word

METHOD = 2
"""Rises when labels, quotes or proposed actions are chosen otherwise than before, so that an
analysis is made anew."""

CENTRAL = 40
"""How many of a theme's most central statements are read for its label."""

Encode = Callable[[Sequence[str]], Vectors]

_ENCODED = 25
_ENOUGH = 0.6
_MOST_WORDS = 7
_AS_GOOD = 0.85
_BESIDE_BARE = 0.5
_ADDS = 0.15
_NEARLY = 0.7
_STILL = 0.55
_LARGE = 20
_COMMON = 4.6
_CLAUSE_ENDS = re.compile(r"[,:;(.!?]\s|\s(?:die|dat|waar\w*|wie|zodat|om|als|want|met)\s")
_ASKED_BY_ACTION = 2.0
_ASKED = 1.3
_IN_PROPOSAL = 1.1
_WISHED = 1.3
_SUBJECT = 0.12
_SURE_JOINTS = ("", "van", "voor", "tegen", "tussen", "zonder")

_VAGUE = frozenset(
    word
    for line in (
        "aanpak aandacht aantal antwoord april augustus avond basis bedrag begin behoeve beleid",
        "beroep blad boel bron buur geheel half jongs kader pakket rekening respect reeks sprake",
        "tempo uitzondering voorhand wijze",
        "collega dag december deel deur ding dinsdag dochter doel donderdag duur effect eind",
        "einde euro februari gang gebied gebruik gedrag geluk gemeente geval gevoel gevolg",
        "groep haha hand heleboel helft herfst hoofd huis hulp idee iemand invulling inzet",
        "jaar januari juli juni kamer kans kant keer kind kwartier kwestie land lente lid",
        "lijst maand maandag maart maatregel mama man manier mei mens mensen middag middel",
        "minuut moeder moeite mogelijkheid moment motie naam namiddag nederland nieuws",
        "november ochtend oktober onderzoek oog orde overleg paar papa pasen persoon plaats",
        "plan positie principe probleem procent punt raad reden reeks regering rest resultaat",
        "rol schijn schrik september situatie soort stad stap stuk systeem taak tal tijd uur",
        "vader verbetering verhaal verzoek vlaanderen volk voorbeeld voormiddag voorstel vorm",
        "vraag vriend vrijdag vrouw week weg werk winter woensdag woord zaak zaterdag zin",
        "zomer zondag zoon zus",
    )
    for word in line.split()
)


@dataclass(frozen=True)
class Reading:
    """What was read for labels.

    ``themes`` has the rows of each theme, central first; ``texts`` and ``words`` (with parts of
    speech) the most central of them by row, ``people`` who says each row and ``proposals`` the rows
    that are proposals. ``actions`` has the row of each theme's proposed action, if it has one.
    """

    texts: Mapping[int, str]
    words: Mapping[int, Sequence[Word]]
    people: Mapping[int, str]
    proposals: frozenset[int]
    themes: Sequence[Sequence[int]]
    actions: Sequence[int | None]


@dataclass
class _Candidate:
    """A phrase of a theme: the rows that have it, those that have its words, and its worth."""

    phrase: Phrase
    text: str
    rows: frozenset[int]
    covers: frozenset[int]
    literal: float
    lexical: float
    form: float
    found: npt.NDArray[np.float64] | None = None
    score: float = 0.0

    @property
    def content(self) -> tuple[str, ...]:
        return self.phrase.content

    @property
    def bare(self) -> bool:
        return len(self.phrase.words) == 1


def theme_labels(
    reading: Reading, vectors: Vectors | None = None, encode: Encode | None = None
) -> list[str]:
    """One label per theme, all different, in the themes' order.

    ``vectors`` (statements, dimension) are those of all statements of the set, and ``encode`` gives
    those of phrases in the same space; without them words alone decide.
    """
    heard = _Heard(reading)
    candidates = [_candidates(reading, heard, theme) for theme in range(len(reading.themes))]
    if encode is not None and vectors is not None:
        _measure(candidates, reading, vectors, encode)
    labels: list[str] = []
    taken: list[frozenset[str]] = []
    for theme, found in enumerate(candidates):
        label, content = _chosen(found, len(reading.themes[theme]), taken)
        labels.append(_unique(label[:1].upper() + label[1:], labels))
        taken.append(content)
    return labels


class _Heard:
    """In which rows and from how many people each lemma is heard, compounds included."""

    def __init__(self, reading: Reading) -> None:
        self.themes = [frozenset(rows) & reading.words.keys() for rows in reading.themes]
        said: dict[str, set[int]] = defaultdict(set)
        for row, words in reading.words.items():
            for word in words:
                if word.content and word.pos in ("NOUN", "PROPN", "ADJ"):
                    said[word.lemma].add(row)
        lemmas = sorted(said)
        self.rows: dict[str, frozenset[int]] = {
            lemma: frozenset(said[lemma].union(*(said[each] for each in _compounds(lemma, lemmas))))
            for lemma in lemmas
        }
        self.total = len(reading.words)
        self.people = reading.people

    def inside(self, lemma: str, theme: int) -> frozenset[int]:
        """The rows of a theme where a lemma is heard."""
        return self.rows.get(lemma, frozenset()) & self.themes[theme]

    def own(self, lemma: str, theme: int) -> float:
        """How many of the theme's rows have a lemma, and how many of those that have it are the
        theme's: the mean, 0 to 1, when both are."""
        inside, everywhere = self.inside(lemma, theme), self.rows.get(lemma, frozenset())
        share = len(inside) / max(len(self.themes[theme]), 1)
        return share * math.sqrt(len(inside) / max(len(everywhere), 1))

    def spread(self, lemma: str) -> float:
        """The share of themes in which a lemma is heard, 0 to 1."""
        rows = self.rows.get(lemma, frozenset())
        return sum(bool(rows & theme) for theme in self.themes) / len(self.themes)

    def weight(self, lemma: str, theme: int) -> float:
        """How much a lemma is this theme's own, 0 to some 5."""
        inside = self.inside(lemma, theme)
        size = max(len(self.themes[theme]), 1)
        count = max(len(inside), 0.3)
        here = count / size
        beyond = len(self.rows.get(lemma, ())) - len(inside)
        elsewhere = (beyond + 0.5) / (self.total - size + 1)
        voices = len({self.people[row] for row in inside})
        sure = {0: 0.2, 1: 0.25, 2: 0.8}.get(voices, 1.0) * (1.0 if count > 1 else 0.9)
        rare = min(1.0, max(0.3, (7.5 - zipf_frequency(lemma, "nl")) / 3.5))
        common = 1 - 0.7 * max(0.0, self.spread(lemma) - 0.25)
        vague = 0.1 if lemma in _VAGUE else 1.0
        return here * max(math.log2(here / elsewhere), 0.05) * sure * rare * common * vague


def _compounds(lemma: str, lemmas: Iterable[str]) -> list[str]:
    """The longer words that begin or end with a lemma: "kinderopvang" for "opvang"."""
    if len(lemma) < 3:
        return []
    found = []
    for other in lemmas:
        rest = len(other) - len(lemma)
        if rest < 3 or not (other.endswith(lemma) or other.startswith(lemma)):
            continue
        # "Bus" stands in "bushalte", but not in "bushel": the rest must be a word too.
        left = other[: -len(lemma)].rstrip("s") if other.endswith(lemma) else other[len(lemma) :]
        if len(lemma) > 3 or zipf_frequency(left, "nl") > 3.3:
            found.append(other)
    return found


def _candidates(reading: Reading, heard: _Heard, theme: int) -> list[_Candidate]:
    rows: dict[tuple[str, ...], set[int]] = defaultdict(set)
    written: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    sample: dict[tuple[str, ...], Phrase] = {}
    free: set[tuple[str, ...]] = set()
    owned: set[tuple[str, ...]] = set()
    asked: dict[tuple[str, ...], float] = {}
    action: dict[tuple[str, ...], float] = {}
    for row in heard.themes[theme]:
        found_here = phrases(reading.texts[row], reading.words[row])
        for phrase in found_here:
            rows[phrase.key].add(row)
            written[phrase.key][phrase.text] += 1
            sample.setdefault(phrase.key, phrase)
            (free if not phrase.after else owned if phrase.after in _SURE_JOINTS else set()).add(
                phrase.key
            )
        if row in reading.proposals and reads_as_proposal(reading.texts[row]):
            asked |= _asked(reading.texts[row], found_here)
        if row == reading.actions[theme]:
            action = _asked(reading.texts[row], found_here)
    found = []
    for key, phrase in sample.items():
        weights = [heard.weight(lemma, theme) for lemma in phrase.content]
        lexical = math.sqrt(math.exp(float(np.mean(np.log(np.array(weights) + 1e-4)))))
        telling = [lemma for lemma in phrase.content if lemma not in _VAGUE]
        covers = frozenset().union(*(heard.inside(lemma, theme) for lemma in telling))
        literal = float(np.mean([heard.own(lemma, theme) for lemma in telling])) if telling else 0.0
        form = _form(phrase, reading, heard, theme, len(rows[key]))
        if key not in free:
            form *= 0.9 if key in owned else 0.75
        if key in action and not any(_is_vague(word) for word in phrase.nouns[:1]):
            small = len(reading.themes[theme]) < _LARGE
            form *= _ASKED_BY_ACTION * action[key] if small else _ASKED
        elif key in asked:
            form *= _ASKED
        elif rows[key] & reading.proposals:
            form *= _IN_PROPOSAL
        text = min(written[key], key=lambda each: (-written[key][each], each))
        found.append(_Candidate(phrase, text, frozenset(rows[key]), covers, literal, lexical, form))
    for each in found:
        each.score = _score(each)
    return sorted(found, key=lambda each: (-each.score, each.text))


def _asked(text: str, found: Sequence[Phrase]) -> dict[tuple[str, ...], float]:
    """The phrases in a proposal's first clause, which says what is asked for, and how much each
    counts: more where it opens a thing that is wished for ("Een leerwinkel in elke regio").

    Of a plea ("De gemeente moet lokalen openzetten") not who should do it.
    """
    clause = _CLAUSE_ENDS.search(text)
    until = clause.start() if clause else len(text)
    first = [phrase for phrase in found if phrase.words[-1].start < until] or list(found)
    how = wording(text)
    if how.plea and not (how.order or how.wish or how.infinitive):
        first = [phrase for phrase in first if not names_actor(phrase.text)]
    start = min((phrase.words[0].start for phrase in first), default=0)
    return {
        phrase.key: _WISHED if how.wish and phrase.words[0].start == start else 1.0
        for phrase in first
    }


def _form(phrase: Phrase, reading: Reading, heard: _Heard, theme: int, said: int) -> float:
    """Below 1 for what makes a worse name: a bare, vague, long or private phrase."""
    form = 1.0
    first, last = phrase.nouns[:1], phrase.nouns[-1:]
    large = len(reading.themes[theme]) >= _LARGE
    if len(phrase.words) == 1:
        # The more usual a word, the less it tells: "opleiding", but "leerrekening".
        form = min(0.9, max(0.5, 1.25 - 0.13 * _usual(phrase)))
    elif len(phrase.words) > 4:
        form = 0.9
    if large and said < 2 and len(phrase.nouns) > 1:
        form *= 0.85
    if any(_is_vague(word) for word in first):
        form *= 0.6 if phrase.words[0].pos == "ADJ" and not large else 0.35
    if len(phrase.nouns) > 1 and any(_is_vague(word) for word in last):
        form *= 0.5
    if any(
        word.pos == "PROPN" and len(heard.inside(word.lemma, theme)) < 2 for word in phrase.words
    ):
        form *= 0.4
    elif any(word.pos == "PROPN" for word in first):
        form *= 0.7
    if phrase.words[0].text.lower() == "geen":
        form *= 0.4
    # "De data met respect behandelen": what follows most prepositions may belong to the verb.
    if phrase.preposition not in _SURE_JOINTS and said < 2:
        form *= 0.4 if phrase.definite else 0.6 if large else 0.8
    return form


def _usual(phrase: Phrase) -> float:
    """How usual a bare word is, on Zipf's scale: 7 is "de", 2 what few have ever read."""
    return max((zipf_frequency(lemma, "nl") for lemma in phrase.key), default=0.0)


def _is_vague(word: Word) -> bool:
    forms = (word.lemma, word.text.lower(), word.lemma.removesuffix("en"), word.lemma[:-1])
    return any(form in _VAGUE for form in forms)


def _score(found: _Candidate) -> float:
    reach = found.literal
    if found.found is not None:
        reach += (1 - found.literal) * float(found.found.mean())
    return (reach + 0.35 * found.lexical + 0.05 * math.log2(len(found.rows))) * found.form


def _measure(
    candidates: list[list[_Candidate]], reading: Reading, vectors: Vectors, encode: Encode
) -> None:
    """Adds what the best candidates find by meaning, and how near they lie to the whole subject."""
    kept = [found[:_ENCODED] for found in candidates]
    texts = sorted({each.text for found in kept for each in found})
    if len(texts) < 3:
        return
    raw = encode(texts)
    row_of = {text: row for row, text in enumerate(texts)}
    middle = vectors.mean(axis=0)
    near = normalised(raw - raw.mean(axis=0)) @ normalised(vectors - middle).T
    whole = raw @ middle
    relevant = np.clip((whole - whole.mean()) / max(float(whole.std()), 1e-6), -2, 2)
    for theme, found in enumerate(kept):
        members = np.array(reading.themes[theme])
        for each in found:
            row = row_of[each.text]
            each.found = _precisions(near[row], members, each.rows)
            each.form *= 1 + _SUBJECT * float(relevant[row])
            each.score = _score(each)
        candidates[theme] = sorted(found, key=lambda each: (-each.score, each.text))


def _precisions(
    near: Vectors, members: npt.NDArray[np.int64], own: frozenset[int]
) -> npt.NDArray[np.float64]:
    """For each member that does not have the phrase itself: which share of the statements that are
    at least as near to the phrase are members, 0 to 1. Their mean is the average precision."""
    others = np.array([row for row in members if row not in own], dtype=np.int64)
    if not len(others):
        return np.ones(1)
    free = np.ones(len(near), dtype=bool)
    free[list(own)] = False
    ordered = np.sort(near[others])[::-1]
    beyond = np.sort(near[free])
    return np.arange(1, len(others) + 1) / (len(beyond) - np.searchsorted(beyond, ordered))


def _chosen(
    ranked: list[_Candidate], size: int, taken: Sequence[frozenset[str]]
) -> tuple[str, frozenset[str]]:
    free = [each for each in ranked if not any(_same(each.content, other) for other in taken)]
    if not free:
        return "Overige uitspraken", frozenset()
    first = _fuller(free, size)
    second = _beside(first, free, size)
    content = frozenset(first.content)
    if second is None:
        return first.text, content
    return f"{first.text} en {second.text}", content | frozenset(second.content)


def _fuller(ranked: Sequence[_Candidate], size: int) -> _Candidate:
    """The best phrase; in place of a bare word one that is nearly as good, since it tells more.

    In a large theme it has the word in it, and is heard more than once: a detail is no name there.
    """
    best = ranked[0]
    if not best.bare:
        return best
    for each in ranked:
        if each.bare:
            continue
        shares = bool(set(best.content) & set(each.content))
        small = size < _LARGE
        if each.score >= (_STILL if shares else _NEARLY) * best.score and (
            small or (shares and len(each.rows) > 1)
        ):
            return each
    return best


def _beside(first: _Candidate, ranked: Sequence[_Candidate], size: int) -> _Candidate | None:
    """A phrase that is as good a name and covers much of what the first does not."""
    if len(first.covers) >= _ENOUGH * size or " en " in first.text:
        return None
    least = 0 if first.bare and size < _LARGE else _ADDS
    # That an action asks for the first, and so puts it high, does not make the second worse.
    good = (_BESIDE_BARE if first.bare else _AS_GOOD) * min(first.score, 1.0)
    for each in ranked:
        if each.score < good:
            return None
        if each.bare and _usual(each.phrase) > _COMMON:
            continue
        words = len(each.phrase.words) + len(first.phrase.words)
        adds = len(each.covers - first.covers) / size
        joined = " en " in each.text or each.text.startswith("geen ")
        if words <= _MOST_WORDS and adds > least and not joined and not _related(each, first):
            return each
    return None


def _related(one: _Candidate, other: _Candidate) -> bool:
    return any(
        left[:5] == right[:5] or left in right or right in left
        for left in one.content
        for right in other.content
    )


def _same(content: Iterable[str], other: frozenset[str]) -> bool:
    """Whether a reader would take two labels for one: the first says nothing that the other does
    not, or most of their words are the same."""
    one = frozenset(content)
    return one <= other or len(one & other) / len(one | other) > 0.5


def _unique(label: str, taken: Sequence[str]) -> str:
    number, name = 2, label
    while name.casefold() in {each.casefold() for each in taken}:
        name, number = f"{label} ({number})", number + 1
    return name
