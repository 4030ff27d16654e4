"""A readable label per theme: a phrase that participants used, rarely two of them.

Candidates are the noun phrases of a theme's most central statements. A label works like a search
query for the statements of its theme, so a phrase is scored by its reach: how many of the theme's
statements contain its words, and how high the others rank when all statements of the set are ranked
by the cosine with the phrase (average precision). The statements with the phrase itself are left
out of that ranking, which keeps anecdotes out: "pizza" retrieves only the sentence about pizza.

The score also uses how typical the words are of the theme (compounds included: "kinderopvang"
counts for "opvang"), whether a proposal asks for it, and its form: a phrase scores higher than a
single word, a vague word or the name of a person or place. A second phrase is added only if it adds
much, or if the first is a single word.
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
from analysis.labelling.term_weights import VAGUE, LabelInput, TermIndex, is_vague
from analysis.preprocessing.proposals import names_actor, reads_as_proposal, wording
from analysis.preprocessing.recurring_texts import shortened
from language.embedding import Vectors, normalised

CENTRAL = 40
"""The number of most central statements of a theme that its label is made from."""

Encode = Callable[[Sequence[str]], Vectors]

_ENCODED = 25
_MOST_WORDS = 7
# A theme of at least this many statements is large: a phrase that occurs once is a detail there.
_LARGE = 20
# Factors on the score of a phrase: it occurs in a proposal, a proposal asks for it, the proposed
# action of a small theme asks for it, and it is the thing that a proposal wishes for.
_IN_PROPOSAL = 1.1
_ASKED = 1.3
_ASKED_BY_ACTION = 2.0
_WISHED = 1.3
_SUBJECT = 0.12
# The share of a single word's score that a phrase needs to replace it: with that word, or without.
_STILL = 0.5
_NEARLY = 0.7
# A second phrase: its least share of the first one's score (beside a phrase, beside a single word),
# the share of the statements it must add, and the share at which the first is enough by itself.
_AS_GOOD = 0.85
_BESIDE_BARE = 0.5
_ADDS = 0.15
_ENOUGH = 0.6
# On the Zipf scale: a single word above the first is too common to come second, and one below the
# second is specific enough to be a label by itself.
_COMMON = 4.6
_RARE = 3.5
_SURE_JOINTS = ("", "van", "voor", "tegen", "tussen", "zonder")
_CLAUSE_ENDS = re.compile(r"[,:;(.!?]\s|\s(?:die|dat|waar\w*|wie|zodat|om|als|want|met)\s")


@dataclass
class _Candidate:
    """A phrase of a theme: the rows that contain it, the rows with its words, and its scores."""

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
    reading: LabelInput,
    vectors: Vectors | None = None,
    encode: Encode | None = None,
    given: Mapping[int, str | None] | None = None,
    answers: Mapping[int, Collection[int]] | None = None,
) -> list[str]:
    """One label per theme, all different, in the order of the themes.

    ``vectors`` (statements, dimension) are those of all statements of the set, and ``encode``
    computes vectors of phrases in the same space; without them only words count. ``given`` has
    fixed labels by theme. ``answers`` has the rows of the popular answer of a theme, which is then
    named from these rows only.
    """
    heard, given, answers = TermIndex(reading), given or {}, answers or {}
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
            # A single word says too little about a popular answer of several words.
            label = shortened(reading.texts[next(iter(answers[theme]))])
        labels.append(_unique(label[:1].upper() + label[1:], labels))
        taken.append(content)
    return labels


def _candidates(
    reading: LabelInput, heard: TermIndex, theme: int, named_by: Collection[int] = ()
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
    """The phrases in the first clause of a proposal, with a factor by phrase key.

    The first clause says what is asked for. The factor is higher for the phrase that opens a wish
    ("Een leerwinkel in elke regio"). In a plea ("De gemeente moet lokalen openzetten") the actor is
    left out.
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


def _form(phrase: Phrase, reading: LabelInput, heard: TermIndex, theme: int, said: int) -> float:
    """A factor below 1 for a worse label: a single, vague, long or private phrase.

    A private phrase has a proper name that only one statement of the theme uses.
    """
    form = 1.0
    first, last = phrase.nouns[:1], phrase.nouns[-1:]
    large = len(reading.themes[theme]) >= _LARGE
    if len(phrase.words) == 1:
        # A common word ("opleiding") says less than a rare one ("leerrekening").
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
    # "De data met respect behandelen": after most prepositions the noun may belong to the verb.
    if phrase.preposition not in _SURE_JOINTS and said < 2:
        form *= 0.4 if phrase.definite else 0.6 if large else 0.8
    return form


def _standing(phrase: Phrase) -> float:
    """A factor below 1 for a phrase after a preposition: "in de garage" says where, not what."""
    return 1.0 if not phrase.after else 0.9 if phrase.after in _SURE_JOINTS else 0.75


def _usual(phrase: Phrase) -> float:
    """The Zipf frequency of a phrase's most common lemma: 7 is "de", 2 is very rare."""
    return max((zipf_frequency(lemma, "nl") for lemma in phrase.key), default=0.0)


def _score(found: _Candidate) -> float:
    reach = found.literal
    if found.found is not None:
        reach += (1 - found.literal) * float(found.found.mean())
    return (reach + 0.8 * found.lexical + 0.05 * math.log2(len(found.rows))) * found.form


def _measure(
    candidates: list[list[_Candidate]], reading: LabelInput, vectors: Vectors, encode: Encode
) -> None:
    """Updates the scores of the best candidates of each theme by meaning, in place.

    Adds the precisions of ``_precisions``, and raises the form of phrases that are near the mean of
    all statements. Does nothing with fewer than three different phrases.
    """
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
    """The precision, 0 to 1, at the rank of each member that does not contain the phrase itself.

    That is the share of members among the statements at least as near to the phrase. The mean is
    the average precision. The rows ``own`` contain the phrase and are left out; ``[1.0]`` when all
    members contain it.
    """
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
    """The best phrase; a single word is replaced by a longer phrase that is nearly as good.

    In a large theme that phrase must contain the word and occur in more than one statement, since a
    detail is not a name there. A rare word ("loopbaanbegeleiding") is replaced only by a phrase
    that contains it.
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
    """A second phrase that scores well and covers many statements that the first does not."""
    if len(first.covers) >= _ENOUGH * size or " en " in first.text:
        return None
    least = 0 if first.bare and size < _LARGE else _ADDS
    # In a small theme the proposed action can raise the first score; that must not bar a second.
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
    """Whether two labels are too alike: ``other`` has all of ``content``, or most words match."""
    one = frozenset(content)
    return one <= other or len(one & other) / len(one | other) > 0.5


def _unique(label: str, taken: Sequence[str]) -> str:
    number, name = 2, label
    while name.casefold() in {each.casefold() for each in taken}:
        name, number = f"{label} ({number})", number + 1
    return name
