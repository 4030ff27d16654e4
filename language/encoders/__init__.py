"""Sentence encoders that need more than a package; ``language.embedding`` loads them by name."""
