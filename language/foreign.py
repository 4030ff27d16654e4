"""Which language a text is in, when it is clearly not Dutch.

By script first, then by words: for each language the sum of the logarithms of its words'
frequencies (naive Bayes over single words, the frequencies of wordfreq). Function words decide, so
a few words are enough, and a typo or a dialect word, unknown to all, pleads for none. Texts that
are not clearly another language count as Dutch: a Dutch answer that is wrongly set aside does more
harm than a foreign one that is not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

import numpy as np

LATIN = ("en", "fr", "de", "es", "it", "pt", "tr", "pl", "ro")
"""Languages in Latin script that are told apart; another one counts as Dutch."""

FEWEST_WORDS = 3
MARGIN = 3.0
"""How many powers of ten likelier than Dutch a language must be. ``tests/test_language_foreign.py``
holds what this misses and what it marks wrongly."""

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
    """The language's two letters (ISO 639-1) when a text is clearly not Dutch, else None."""
    script = _script(text)
    if script is not None:
        return script
    words = _WORD.findall(text.lower().replace("’", "'"))
    if len(words) < FEWEST_WORDS:
        return None
    # "Het European Partnership for Responsible Minerals" is Dutch, with an English name.
    margin = MARGIN * (3 if _DUTCH.intersection(words) else 1)
    scores = {language: _score(words, language) for language in ("nl", *LATIN)}
    best = max(LATIN, key=lambda language: (scores[language], language))
    return best if scores[best] - scores["nl"] >= margin else None


def load_languages() -> None:
    """Reads the word lists now (some 0.3 s), so that the first text need not wait."""
    for language in ("nl", *LATIN):
        _logarithms(language)


def _script(text: str) -> str | None:
    """The language of a text of which most letters are in another script than ours."""
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
    return {word: max(float(np.log10(share)), _FLOOR) for word, share in listed.items()}
