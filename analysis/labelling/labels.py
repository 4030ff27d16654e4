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
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from wordfreq import zipf_frequency

from analysis.labelling.phrases import Phrase, phrases
from analysis.labelling.term_weights import VAGUE, Heard, Reading, is_vague
from analysis.preprocessing.proposals import names_actor, reads_as_proposal, wording
from analysis.preprocessing.recurring_texts import shortened
from language.embedding import Vectors, normalised

CENTRAL = 40
"""How many of a theme's most central statements are read for its label."""

Encode = Callable[[Sequence[str]], Vectors]

_ENCODED = 25
_MOST_WORDS = 7
# From this many statements on a theme speaks for itself: a phrase heard once is a detail of it.
_LARGE = 20
# How much better a phrase is for standing in a proposal, for being what a proposal asks for, for
# being what a small theme's proposed action asks for, and the thing wished for there.
_IN_PROPOSAL = 1.1
_ASKED = 1.3
_ASKED_BY_ACTION = 2.0
_WISHED = 1.3
_SUBJECT = 0.12
# How good a phrase must be to go before a bare word: with that word in it, or without.
_STILL = 0.5
_NEARLY = 0.7
# When a second phrase comes beside the first: how good it must be, what it adds, what is enough.
_AS_GOOD = 0.85
_BESIDE_BARE = 0.5
_ADDS = 0.15
_ENOUGH = 0.6
# On Zipf's scale: a word too usual to come second, and one that says much by itself.
_COMMON = 4.6
_RARE = 3.5
_SURE_JOINTS = ("", "van", "voor", "tegen", "tussen", "zonder")
_CLAUSE_ENDS = re.compile(r"[,:;(.!?]\s|\s(?:die|dat|waar\w*|wie|zodat|om|als|want|met)\s")


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
    reading: Reading,
    vectors: Vectors | None = None,
    encode: Encode | None = None,
    given: Mapping[int, str | None] | None = None,
    answers: Mapping[int, Collection[int]] | None = None,
) -> list[str]:
    """One label per theme, all different, in the themes' order.

    ``vectors`` (statements, dimension) are those of all statements of the set, and ``encode`` gives
    those of phrases in the same space; without them words alone decide. ``given`` are labels that
    stand, by theme, and ``answers`` the rows that a theme is named by, where these are only some.
    """
    heard, given, answers = Heard(reading), given or {}, answers or {}
    candidates = [
        [] if given.get(theme) else _candidates(reading, heard, theme, answers.get(theme, ()))
        for theme in range(len(reading.themes))
    ]
    if encode is not None and vectors is not None:
        _measure(candidates, reading, vectors, encode)
    labels: list[str] = []
    taken = [
        frozenset(word.lemma for word in reading.words.get(row, ()) if word.content)
        for theme, rows in answers.items()
        if given.get(theme)
        for row in list(rows)[:1]
    ]
    for theme, found in enumerate(candidates):
        if name := given.get(theme):
            labels.append(_unique(name, labels))
            continue
        label, content = _chosen(found, len(reading.themes[theme]), taken)
        if theme in answers and " " not in label:
            # One word tells too little of what so many people say in so many words.
            label = shortened(reading.texts[next(iter(answers[theme]))])
        labels.append(_unique(label[:1].upper() + label[1:], labels))
        taken.append(content)
    return labels


def _candidates(
    reading: Reading, heard: Heard, theme: int, named_by: Collection[int] = ()
) -> list[_Candidate]:
    rows: dict[tuple[str, ...], set[int]] = defaultdict(set)
    written: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    sample: dict[tuple[str, ...], Phrase] = {}
    stands: dict[tuple[str, ...], float] = defaultdict(float)
    asked: dict[tuple[str, ...], float] = {}
    action: dict[tuple[str, ...], float] = {}
    for row in heard.themes[theme].intersection(named_by) or heard.themes[theme]:
        found_here = phrases(reading.texts[row], reading.words[row])
        for phrase in found_here:
            rows[phrase.key].add(row)
            written[phrase.key][phrase.text] += 1
            sample.setdefault(phrase.key, phrase)
            stands[phrase.key] = max(stands[phrase.key], _standing(phrase))
        if row in reading.proposals and reads_as_proposal(reading.texts[row]):
            asked |= _asked(reading.texts[row], found_here)
        if row == reading.actions[theme]:
            action = _asked(reading.texts[row], found_here)
    found = []
    for key, phrase in sample.items():
        if all(heard.common(lemma, theme) for lemma in phrase.content):
            continue
        weights = [heard.weight(lemma, theme) for lemma in phrase.content]
        lexical = math.sqrt(math.exp(float(np.mean(np.log(np.array(weights) + 1e-4)))))
        telling = [lemma for lemma in phrase.content if lemma not in VAGUE]
        covers = frozenset().union(*(heard.inside(lemma, theme) for lemma in telling))
        literal = float(np.mean([heard.own(lemma, theme) for lemma in telling])) if telling else 0.0
        form = _form(phrase, reading, heard, theme, len(rows[key])) * stands[key]
        if key in action and not any(is_vague(word) for word in phrase.nouns[:1]):
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


def _form(phrase: Phrase, reading: Reading, heard: Heard, theme: int, said: int) -> float:
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
    if any(is_vague(word) for word in first):
        form *= 0.6 if phrase.words[0].pos == "ADJ" and not large else 0.35
    if len(phrase.nouns) > 1 and any(is_vague(word) for word in last):
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


def _standing(phrase: Phrase) -> float:
    """Below 1 for what stands behind a preposition: "in de garage" tells where, not what."""
    return 1.0 if not phrase.after else 0.9 if phrase.after in _SURE_JOINTS else 0.75


def _usual(phrase: Phrase) -> float:
    """How usual a bare word is, on Zipf's scale: 7 is "de", 2 what few have ever read."""
    return max((zipf_frequency(lemma, "nl") for lemma in phrase.key), default=0.0)


def _score(found: _Candidate) -> float:
    reach = found.literal
    if found.found is not None:
        reach += (1 - found.literal) * float(found.found.mean())
    return (reach + 0.8 * found.lexical + 0.05 * math.log2(len(found.rows))) * found.form


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
    A rare word ("loopbaanbegeleiding") says enough to give way only to a phrase that has it.
    """
    best = ranked[0]
    if not best.bare:
        return best
    rare = _usual(best.phrase) < _RARE
    for each in ranked:
        if each.bare:
            continue
        if set(best.content) & set(each.content):
            fits = each.score >= _STILL * best.score and (size < _LARGE or len(each.rows) > 1)
        else:
            fits = each.score >= _NEARLY * best.score and size < _LARGE and not rare
        if fits:
            return each
    return best


def _beside(first: _Candidate, ranked: Sequence[_Candidate], size: int) -> _Candidate | None:
    """A phrase that is as good a name and covers much of what the first does not."""
    if len(first.covers) >= _ENOUGH * size or " en " in first.text:
        return None
    least = 0 if first.bare and size < _LARGE else _ADDS
    # That a small theme's action asks for the first, and so lifts it, makes the second no worse.
    high = min(first.score, 1.0) if size < _LARGE else first.score
    good = (_BESIDE_BARE if first.bare else _AS_GOOD) * high
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
