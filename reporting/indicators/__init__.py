"""Indicators: who answers, how well, how much is decided, and what the themes rest on."""
