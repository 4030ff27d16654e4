"""Frequency of Dutch words; the word list is loaded at the first call."""

from __future__ import annotations


def zipf(word: str) -> float:
    """The Zipf frequency of a word: log10 of its occurrences per billion words, 0 if not listed."""
    from wordfreq import zipf_frequency  # takes half a second to load

    return zipf_frequency(word, "nl")
