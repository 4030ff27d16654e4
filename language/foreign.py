"""Detects the language of a text that is clearly not Dutch.

The script decides first, then the words: every language scores the sum of the logarithms of its
word frequencies (naive Bayes over single words, with the frequencies of wordfreq). Function words
decide, so a few words are enough; a typo or a dialect word, which no list contains, favours no
language. Texts that are not clearly in another language count as Dutch: wrongly excluding a Dutch
answer does more harm than including a foreign one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

import numpy as np

LATIN = ("en", "fr", "de", "es", "it", "pt", "tr", "pl", "ro")
"""Languages in Latin script that are recognised; any other counts as Dutch."""

FEWEST_WORDS = 3
MARGIN = 3.0
"""Minimum difference of the log10 likelihoods of a language and Dutch.

``tests/language/test_foreign.py`` tests for misses and false positives.
"""

_FLOOR = -6.5
_DUTCH = frozenset(
    {"het", "een", "voor", "wordt", "naar", "niet", "van", "geen", "moet", "ook", "ik"}
)
_SCRIPTS = (
    ("ARABIC", ("ar", "fa", "ur")),
    ("CYRILLIC", ("ru", "uk", "bg")),
    ("GREEK", ("el",)),
    ("HEBREW", ("he",)),
    ("HANGUL", ("ko",)),
    ("HIRAGANA", ("ja",)),
    ("KATAKANA", ("ja",)),
    ("CJK", ("zh",)),
    ("DEVANAGARI", ("hi",)),
)
_OTHER_SCRIPTS = {"ETHIOPIC": "am", "ARMENIAN": "hy", "GEORGIAN": "ka", "THAI": "th"}
_WORD = re.compile(r"[^\W\d_]+")


def foreign_language(text: str) -> str | None:
    """The ISO 639-1 code of the language when a text is clearly not Dutch, else None."""
    script = _script(text)
    if script is not None:
        return script
    words = _WORD.findall(text.lower().replace("’", "'"))
    if len(words) < FEWEST_WORDS:
        return None
    # "Het European Partnership for Responsible Minerals" is Dutch with an English name.
    margin = MARGIN * (3 if _DUTCH.intersection(words) else 1)
    scores = {language: _score(words, language) for language in ("nl", *LATIN)}
    best = max(LATIN, key=lambda language: (scores[language], language))
    return best if scores[best] - scores["nl"] >= margin else None


def load_languages() -> None:
    """Loads the word lists (some 0.3 s), so that the first text is not delayed."""
    for language in ("nl", *LATIN):
        _logarithms(language)


def _script(text: str) -> str | None:
    """The language of a text with most letters in a script other than Latin, else None."""
    letters = [letter for letter in text if letter.isalpha()]
    strange = [letter for letter in letters if ord(letter) > 0x36F]
    if len(strange) * 2 <= len(letters) or not letters:
        return None
    names = " ".join(unicodedata.name(letter, "") for letter in strange[:200])
    for script, languages in _SCRIPTS:
        if script in names:
            words = _WORD.findall(text.lower())
            return max(languages, key=lambda each: _score(words, each) if len(languages) > 1 else 0)
    return next((code for script, code in _OTHER_SCRIPTS.items() if script in names), None)


def _score(words: list[str], language: str) -> float:
    known = _logarithms(language)
    return sum(known.get(word, _FLOOR) for word in words)


@lru_cache(maxsize=16)
def _logarithms(language: str) -> Mapping[str, float]:
    from wordfreq import get_frequency_dict  # takes half a second to load

    listed = get_frequency_dict(language, wordlist="small")
    shares = np.fromiter(listed.values(), dtype=np.float64, count=len(listed))
    return dict(zip(listed, np.maximum(np.log10(shares), _FLOOR).tolist(), strict=True))
