"""A readable label per theme: a phrase people used, or two of them.

Candidates are the noun phrases of a theme's most central statements. A phrase counts for more when
its words are heard from several people in this theme and seldom in the others (compounds included:
"kinderopvang" speaks for "opvang"), when its meaning lies near the theme's centre and far from the
other centres (as KeyBERT does: Grootendorst 2020), when it stands in a proposal, and when it is a
phrase rather than a bare or vague word. Where one phrase covers less than most of a theme, the one
that adds most to it is put beside it.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from wordfreq import zipf_frequency

from analysis.phrases import Phrase, phrases
from language.embedding import Vectors, normalised
from language.pipeline import Word

CENTRAL = 40
"""How many of a theme's most central statements are read for its label."""

Encode = Callable[[Sequence[str]], Vectors]

_ENCODED = 25
_ENOUGH = 0.6
_MOST_WORDS = 7

_VAGUE = frozenset(
    word
    for line in (
        "aanpak aantal antwoord april augustus avond basis begin beleid boel bron buur",
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
    """The central statements of all themes, read for labels.

    ``texts`` and ``words`` (with parts of speech) by row, ``people`` who says each row and
    ``proposals`` the rows that are proposals; ``themes`` the rows of each theme, central first.
    """

    texts: Mapping[int, str]
    words: Mapping[int, Sequence[Word]]
    people: Mapping[int, str]
    proposals: frozenset[int]
    themes: Sequence[Sequence[int]]


@dataclass
class _Candidate:
    text: str
    content: tuple[str, ...]
    rows: frozenset[int]
    covers: frozenset[int]
    lexical: float
    form: float
    near: float = 0.0
    score: float = 0.0


def theme_labels(
    reading: Reading,
    centres: Vectors,
    middle: Vectors | None = None,
    encode: Encode | None = None,
) -> list[str]:
    """One label per theme, all different, in the themes' order.

    ``centres`` (themes, dimension) are the themes' unit centres among centred vectors, ``middle``
    the mean vector of all statements. Without ``encode``, which gives the vectors of phrases, words
    alone decide.
    """
    heard = _Heard(reading)
    candidates = [_candidates(reading, heard, theme) for theme in range(len(reading.themes))]
    if encode is not None and middle is not None:
        _measure(candidates, centres, middle, encode)
    labels: list[str] = []
    taken: list[frozenset[str]] = []
    for theme, found in enumerate(candidates):
        label, content = _chosen(found, heard, theme, taken)
        labels.append(_unique(label[:1].upper() + label[1:], labels))
        taken.append(content)
    return labels


class _Heard:
    """In which rows and from how many people each lemma is heard, compounds included."""

    def __init__(self, reading: Reading) -> None:
        self.themes = [frozenset(rows) for rows in reading.themes]
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
    for row in reading.themes[theme]:
        for phrase in phrases(reading.texts[row], reading.words[row]):
            rows[phrase.key].add(row)
            written[phrase.key][phrase.text] += 1
            sample.setdefault(phrase.key, phrase)
    found = []
    for key, phrase in sample.items():
        weights = [heard.weight(lemma, theme) for lemma in phrase.content]
        lexical = math.sqrt(math.exp(float(np.mean(np.log(np.array(weights) + 1e-4)))))
        telling = [lemma for lemma in phrase.content if lemma not in _VAGUE]
        covers = frozenset().union(*(heard.inside(lemma, theme) for lemma in telling))
        form = _form(phrase, heard, theme)
        if rows[key] & reading.proposals:
            form *= 1.25
        text = min(written[key], key=lambda each: (-written[key][each], each))
        found.append(_Candidate(text, phrase.content, frozenset(rows[key]), covers, lexical, form))
    for each in found:
        each.score = _score(each, heard, theme)
    return sorted(found, key=lambda each: (-each.score, each.text))


def _form(phrase: Phrase, heard: _Heard, theme: int) -> float:
    """Below 1 for what makes a worse name: a bare, vague, long or private phrase."""
    form = 1.0
    if len(phrase.words) == 1:
        form = 0.9 if len(phrase.text) > 8 else 0.8
    elif len(phrase.words) > 4:
        form = 0.85
    if any(_is_vague(word) for word in phrase.nouns):
        form *= 0.5
    if phrase.nouns and _is_vague(phrase.nouns[0]):
        form *= 0.6
    if any(
        word.pos == "PROPN" and len(heard.inside(word.lemma, theme)) < 2 for word in phrase.words
    ):
        form *= 0.4
    if phrase.words[0].text.lower() == "geen":
        form *= 0.7
    return form


def _is_vague(word: Word) -> bool:
    forms = (word.lemma, word.text.lower(), word.lemma.removesuffix("en"), word.lemma[:-1])
    return any(form in _VAGUE for form in forms)


def _score(found: _Candidate, heard: _Heard, theme: int) -> float:
    size = max(len(heard.themes[theme]), 1)
    common = min(1.0, max((heard.spread(lemma) for lemma in found.content), default=0.0))
    covered = len(found.covers) / size * (1 - 0.6 * common)
    # Few statements give little evidence by words: meaning counts for more.
    near = (1.2 if size < 30 else 0.9) * max(found.near, 0.0)
    words = 0.7 * found.lexical + 0.6 * covered + 0.08 * math.log2(len(found.rows))
    return (words + near) * found.form


def _measure(
    candidates: list[list[_Candidate]], centres: Vectors, middle: Vectors, encode: Encode
) -> None:
    """Adds how near the best candidates lie to their theme's centre and to the whole subject."""
    kept = [found[:_ENCODED] for found in candidates]
    texts = sorted({each.text for found in kept for each in found})
    if len(texts) < 3:
        return
    raw = encode(texts)
    vectors = dict(zip(texts, normalised(raw - raw.mean(axis=0)), strict=True))
    whole = raw @ middle
    apart = (whole - whole.mean()) / max(float(whole.std()), 1e-6)
    relevant = dict(zip(texts, np.clip(apart, -2, 2), strict=True))
    for theme, found in enumerate(kept):
        for each in found:
            cosines = centres @ vectors[each.text]
            others = np.delete(cosines, theme)
            each.near = float(cosines[theme] - (0.5 * others.max() if len(others) else 0.0))
            each.form *= 1 + 0.15 * float(relevant[each.text])
        candidates[theme] = found


def _chosen(
    found: list[_Candidate], heard: _Heard, theme: int, taken: Sequence[frozenset[str]]
) -> tuple[str, frozenset[str]]:
    for each in found:
        each.score = _score(each, heard, theme)
    ranked = sorted(found, key=lambda each: (-each.score, each.text))
    free = [each for each in ranked if not any(_same(each.content, other) for other in taken)]
    if not free:
        return "Overige uitspraken", frozenset()
    first = free[0]
    size = max(len(heard.themes[theme]), 1)
    if len(first.text.split()) == 1 and len(first.covers) < 0.5 * size:
        first = _fuller(first, free)
    content = frozenset(first.content)
    bare = len(first.text.split()) == 1
    if len(first.covers) >= (0.8 if bare else _ENOUGH) * size:
        return first.text, content
    second = _beside(first, free, heard, theme, least=0.4 if bare else 0.55)
    if second is None:
        return first.text, content
    return f"{first.text} en {second.text}", content | frozenset(second.content)


def _fuller(word: _Candidate, ranked: Sequence[_Candidate]) -> _Candidate:
    """A phrase with the word in it that is as near to the theme: it tells more."""
    for each in ranked[:_ENCODED]:
        longer = len(each.text.split()) > 1 and set(word.content) & set(each.content)
        if longer and each.near >= word.near - 0.02 and each.score > 0.6 * word.score:
            return each
    return word


def _beside(
    first: _Candidate, ranked: Sequence[_Candidate], heard: _Heard, theme: int, least: float
) -> _Candidate | None:
    size = max(len(heard.themes[theme]), 1)
    best: tuple[float, _Candidate] | None = None
    for each in ranked[:40]:
        words = len(each.text.split())
        if words + len(first.text.split()) > _MOST_WORDS or _related(each, first):
            continue
        if words == 1 and max(heard.spread(lemma) for lemma in each.content) > 0.7:
            continue
        voices = max(
            len({heard.people[row] for row in heard.inside(lemma, theme)}) for lemma in each.content
        )
        if size >= 8 and voices < 2 and each.near < 0.15:
            continue
        adds = len(each.covers - first.covers) / size
        worth = each.score * (0.35 + 2 * adds)
        if each.score > least * first.score and (best is None or worth > best[0]):
            best = (worth, each)
    return best[1] if best else None


def _related(one: _Candidate, other: _Candidate) -> bool:
    return any(
        left[:5] == right[:5] or left.endswith(right) or right.endswith(left)
        for left in one.content
        for right in other.content
    )


def _same(content: Iterable[str], other: frozenset[str]) -> bool:
    one = frozenset(content)
    return bool(one | other) and len(one & other) / len(one | other) > 0.5


def _unique(label: str, taken: Sequence[str]) -> str:
    number, name = 2, label
    while name.casefold() in {each.casefold() for each in taken}:
        name, number = f"{label} ({number})", number + 1
    return name
