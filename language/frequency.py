"""How common a Dutch word is; the word list is loaded at the first question."""

from __future__ import annotations


def zipf(word: str) -> float:
    """The Zipf frequency of a word: the logarithm of how often it stands in a billion words, 0
    where it is not in the list."""
    from wordfreq import zipf_frequency  # takes half a second to load

    return zipf_frequency(word, "nl")
