"""A readable label per theme: a phrase people used, not a list of lemmas."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from language.pipeline import Word

_LONGEST = 4
_BINDS = frozenset({"geen", "te"})
_INSIDE = frozenset(
    {"van", "voor", "op", "in", "met", "de", "het", "en", "aan", "bij", "om", "een", "naar", "tot"}
)
_NOT_LAST = frozenset({"ADJ", "ADV", "VERB", "AUX", "NUM", "ADP", "DET", "PRON", "SCONJ", "CCONJ"})
_NOT_ANYWHERE = frozenset({"VERB", "AUX", "PRON", "SCONJ"})
_GAP = re.compile(r"[^\S\n]*\n?[^\S\n]*")


@dataclass(frozen=True)
class _Phrase:
    key: tuple[str, ...]
    text: str
    content: tuple[str, ...]
    doubt: float


def theme_labels(
    texts: Sequence[str], words: Sequence[Sequence[Word]], themes: Sequence[Sequence[int]]
) -> list[str]:
    """One label per theme, all different, in the themes' order.

    ``words`` holds the words of each text, ``themes`` the rows of each theme. A phrase scores by
    how much more often its words are in the theme than elsewhere, how many of the theme's texts use
    it, and whether it stands by itself: it starts and ends with a word that carries a subject.
    """
    everywhere: Counter[str] = Counter()
    for row in words:
        everywhere.update({word.lemma for word in row if word.content})
    phrases = [_phrases(text, row) for text, row in zip(texts, words, strict=True)]
    labels: list[str] = []
    taken: list[set[str]] = []
    for rows in themes:
        weights = _weights(rows, words, everywhere, len(texts))
        ranked = _ranked(rows, phrases, weights)
        chosen = next(
            (p for p in ranked if not any(_same(set(p.content), other) for other in taken)), None
        )
        if chosen is None:
            best = sorted(weights, key=lambda lemma: (-weights[lemma], lemma))[:2]
            label, content = " en ".join(best) or "Overige", set(best)
        else:
            label, content = chosen.text, set(chosen.content)
            second = _second(chosen, ranked, weights) if len(content) == 1 else None
            if second is not None:
                label, content = f"{label} en {second.text}", content | set(second.content)
        label = label[:1].upper() + label[1:]
        labels.append(_unique(label, labels))
        taken.append(content)
    return labels


def _second(first: _Phrase, ranked: Sequence[_Phrase], weights: dict[str, float]) -> _Phrase | None:
    """What to name beside a single word, which by itself seldom tells a theme."""
    for phrase in ranked[:40]:
        apart = not set(phrase.content) & set(first.content)
        if apart and len(phrase.key) <= 3 and weights.get(phrase.content[0], 0.0) > 0:
            return phrase
    return None


def _same(one: set[str], other: set[str]) -> bool:
    return bool(one) and len(one & other) / len(one | other) > 0.5


def _unique(label: str, taken: Sequence[str]) -> str:
    number, name = 2, label
    while name.casefold() in {each.casefold() for each in taken}:
        name, number = f"{label} ({number})", number + 1
    return name


def _weights(
    rows: Sequence[int],
    words: Sequence[Sequence[Word]],
    everywhere: Counter[str],
    total: int,
) -> dict[str, float]:
    inside: Counter[str] = Counter()
    for row in rows:
        inside.update({word.lemma for word in words[row] if word.content})
    size = len(rows)
    weights = {}
    for lemma, count in inside.items():
        here = count / size
        elsewhere = (everywhere[lemma] - count + 0.5) / (total - size + 1.0)
        # One single use proves little, in whatever theme it happens to stand.
        proof = 1.0 if count > 1 else 0.35
        weights[lemma] = proof * here * max(float(np.log2(here / elsewhere)), 0.0)
    return weights


def _ranked(
    rows: Sequence[int], phrases: Sequence[Sequence[_Phrase]], weights: dict[str, float]
) -> list[_Phrase]:
    used: dict[tuple[str, ...], set[int]] = defaultdict(set)
    shown: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    sample: dict[tuple[str, ...], _Phrase] = {}
    for row in rows:
        for phrase in phrases[row]:
            used[phrase.key].add(row)
            shown[phrase.key][phrase.text] += 1
            sample[phrase.key] = phrase
    scored = []
    for key, phrase in sample.items():
        values = [weights.get(lemma, 0.0) for lemma in phrase.content]
        fits = float(np.mean(values)) * (1 + 0.6 * (min(len(values), 3) - 1))
        often = 1 + float(np.log2(len(used[key])))
        text = min(shown[key], key=lambda each: (-shown[key][each], each))
        best = _Phrase(key, text, phrase.content, phrase.doubt)
        scored.append((-fits * often * phrase.doubt, len(key), key, best))
    return [phrase for *_, phrase in sorted(scored, key=lambda each: each[:3])]


def _phrases(text: str, row: Sequence[Word]) -> list[_Phrase]:
    found = []
    for first in range(len(row)):
        for length in range(1, _LONGEST + 1):
            run = row[first : first + length]
            if len(run) < length or not _stands(text, run):
                continue
            start, end = run[0].start, run[-1].start + len(run[-1].text)
            found.append(
                _Phrase(
                    key=tuple(word.lemma for word in run),
                    text=_lowered(" ".join(text[start:end].split()), run[0]),
                    content=tuple(word.lemma for word in run if word.content),
                    doubt=_doubt(run),
                )
            )
    return found


def _stands(text: str, run: Sequence[Word]) -> bool:
    first, last = run[0], run[-1]
    if not last.content or not (first.content or first.text.lower() in _BINDS):
        return False
    if last.pos in _NOT_LAST or any(word.pos in _NOT_ANYWHERE for word in run):
        return first.text.lower() in _BINDS and len(run) == 2 and last.pos in ("ADJ", "ADV")
    if any(not word.content and word.text.lower() not in _INSIDE for word in run[1:-1]):
        return False
    ends = [word.start + len(word.text) for word in run]
    gaps = (text[end : word.start] for end, word in zip(ends, run[1:], strict=False))
    return all(gap and _GAP.fullmatch(gap) for gap in gaps)


def _doubt(run: Sequence[Word]) -> float:
    """Below 1 for what looks like no noun phrase where parts of speech are not known."""
    last = run[-1]
    doubt = 1.0
    if not last.pos:
        plain = last.text.lower()
        if plain.endswith("en") and last.lemma == plain:
            doubt *= 0.4
        if plain.endswith(("lijke", "ische", "ige", "bare", "ele", "eert", "eerd", "elijk")):
            doubt *= 0.4
    if len(run) == 1:
        doubt *= 0.9 if len(last.text) > 9 else 0.7
    return doubt


def _lowered(text: str, first: Word) -> str:
    """Without the capital of a sentence's first word; names and abbreviations keep theirs."""
    word = first.text
    if first.start == 0 and word[1:].islower() and first.pos != "PROPN":
        return word.lower() + text[len(word) :]
    return text
